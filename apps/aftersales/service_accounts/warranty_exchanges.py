"""Products replaced under warranty: what the units cost us, with how far the recovery from the maker is.

Of a Product Exchange that is a replacement: the new unit at its value when it left stock, less the value at which the old
one came in, as the warranty account has them. A refund is a credit note of the sale and lowers income.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce
from frappe.utils import flt, getdate
from pypika.queries import QueryBuilder

from aftersales.core.money import rounded
from aftersales.core.report_filters import Scope
from aftersales.customer_goods.exchange.posting import accounts_of

EXCHANGE = "Product Exchange"
CLAIM_LINE = "Warranty Recovery Line"


def replaced_in(scope: Scope, brand: str | None = None) -> list[frappe._dict]:
	"""The replacements of a period that cost something, with the fields of `warranty_lines.warranty_lines`."""
	exchange = frappe.qb.DocType(EXCHANGE)
	query = _query(scope.company).where(exchange.exchanged_on[scope.from_date : scope.to_date])
	if brand:
		query = query.where(frappe.qb.DocType("Customer Equipment").brand == brand)
	return _rows(query)


def by_name(company: str, names: Iterable[str]) -> dict[str, frappe._dict]:
	"""Those of `names` that are replacements of the company, by name."""
	names = list(names)
	if not names:
		return {}
	exchange = frappe.qb.DocType(EXCHANGE)
	return {row.line: row for row in _rows(_query(company).where(exchange.name.isin(names)))}


def booked_accounts(names: Iterable[str]) -> dict[str, tuple[str, str | None]]:
	"""Exchange → account and cost centre that bore it."""
	rows = frappe.get_all(
		EXCHANGE, {"name": ("in", list(names)), "docstatus": 1}, ["name", "company"], order_by="name asc"
	)
	found = {}
	for row in rows:
		accounts = accounts_of(row.company)
		found[row.name] = (accounts.expense_account, accounts.cost_center)
	return found


def _query(company: str) -> QueryBuilder:
	exchange, equipment = frappe.qb.DocType(EXCHANGE), frappe.qb.DocType("Customer Equipment")
	claimed = frappe.qb.DocType(CLAIM_LINE)
	return (
		frappe.qb.from_(exchange)
		.left_join(equipment)
		.on(equipment.name == exchange.equipment)
		.left_join(claimed)
		.on(claimed.claim_key == exchange.name)
		.where((exchange.docstatus == 1) & (exchange.company == company))
		.where((exchange.decision == "Replacement") & (exchange.cost != 0))
		.select(
			exchange.name.as_("line"),
			exchange.exchanged_on.as_("date"),
			exchange.customer,
			exchange.equipment,
			exchange.cost,
			exchange.new_item_code.as_("item_code"),
			exchange.old_item_code.as_("product"),
			exchange.old_serial.as_("serial"),
			equipment.brand,
			equipment.model,
			claimed.parent.as_("claim"),
			Coalesce(claimed.claimed_amount, 0).as_("claimed"),
			Coalesce(claimed.accepted_amount, 0).as_("accepted"),
			Coalesce(claimed.credited_amount, 0).as_("credited"),
		)
		.orderby(exchange.exchanged_on)
		.orderby(exchange.name)
	)


def _rows(query: QueryBuilder) -> list[frappe._dict]:
	rows = query.run(as_dict=True)
	for number, row in enumerate(rows):
		row.update(
			{
				"idx": number,
				"job_type": EXCHANGE,
				"job": row.line,
				"line_type": EXCHANGE,
				"qty": 1,
				"activity": _("Replaced"),
				"month": f"{getdate(row.date):%Y-%m}",
				"service_category": None,
				**{
					amount: rounded(flt(row[amount]))
					for amount in ("cost", "claimed", "accepted", "credited")
				},
			}
		)
	return rows
