"""Products in the field with their failures and what warranty paid for them, as far as the files tell."""

from collections import defaultdict
from datetime import date

import frappe
from frappe.query_builder.functions import Coalesce, Date
from frappe.utils import flt, getdate

from aftersales.core.report_filters import Scope
from aftersales.service_accounts.warranty_exchanges import replaced_in
from aftersales.service_accounts.warranty_lines import warranty_lines, warranty_vendor_repairs
from aftersales.service_calls.metrics import is_failure
from aftersales.service_quality.reliability.nevada_rules import Unit

KINDS = ("item_group", "brand", "model", "item_code")
"""By which field of the product file products are chosen."""
BEGINNING = date(1900, 1, 1)


def units(company: str, as_of: date, chosen: dict[str, str]) -> list[Unit]:
	"""One for each product file of a company with a day of installation, delivery or purchase.

	A failure is a call about something that had failed (`is_failure`), cancelled ones left out. Costs are lines, vendor
	repairs and replaced products that warranty paid for, by the day they were posted.
	"""
	since = _since(company, as_of, chosen)
	failures, costs = _failures(set(since), as_of), _costs(company, as_of)
	return [
		Unit(day, tuple(failures.get(name, ())), tuple(costs.get(name, ())))
		for name, day in sorted(since.items())
	]


def _since(company: str, as_of: date, chosen: dict[str, str]) -> dict[str, date]:
	product = frappe.qb.DocType("Customer Equipment")
	began = Coalesce(product.installed_on, product.delivered_on, product.purchase_date)
	query = (
		frappe.qb.from_(product)
		.select(product.name, began)
		.where(began.isnotnull() & (began <= as_of) & (product.company == company))
	)
	for field in KINDS:
		if chosen.get(field):
			query = query.where(product[field] == chosen[field])
	return {name: getdate(day) for name, day in query.run()}


def _failures(names: set[str], as_of: date) -> dict[str, list[date]]:
	call = frappe.qb.DocType("Repair Call")
	rows = (
		frappe.qb.from_(call)
		.select(call.equipment, Date(call.received_at))
		.where(is_failure(call) & (call.status != "Cancelled") & call.equipment.isnotnull())
		.where(Date(call.received_at) <= as_of)
		.orderby(call.received_at)
	).run()
	found: dict[str, list[date]] = defaultdict(list)
	for name, day in rows:
		if name in names:
			found[name].append(getdate(day))
	return found


def _costs(company: str, as_of: date) -> dict[str, list[tuple[date, float]]]:
	scope = Scope(company, BEGINNING, as_of)
	found: dict[str, list[tuple[date, float]]] = defaultdict(list)
	for line in (*warranty_lines(scope), *warranty_vendor_repairs(scope), *replaced_in(scope)):
		if line.equipment:
			found[line.equipment].append((getdate(line.date), flt(line.cost)))
	return found
