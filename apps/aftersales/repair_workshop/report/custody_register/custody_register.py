"""The in/out register: customers' goods in our hands, where each lies and for how long (R-WS-2).

It is read from the Collection Receipts, never from the stock ledger: customers' goods are not stock.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import add_days, cint, getdate, now_datetime
from pypika.queries import QueryBuilder

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.permitted import permitted
from aftersales.customer_goods.custody_rules import AGE_BANDS, ISSUED, age_band

FILTERS = ("company", "customer", "location", "status", "equipment")

GROUPS = {"Location": "location", "Customer": "customer"}


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: in_our_hands (only what is here now), company, customer, location, status,
	equipment, from_date and to_date (received on), older_than (days), group_by (Location or Customer).

	Returns columns, rows, message, chart (products in our hands by age) and summary. Grouped, a row is a
	place or a customer with how many products are there, by age.
	"""
	filters = frappe._dict(filters or {})
	frappe.has_permission("Collection Receipt", "read", throw=True)
	rows = register(filters)
	_count_days(rows)
	group = GROUPS.get(filters.group_by)
	if group:
		return _group_columns(group), _grouped(rows, group), None, _chart(rows), _summary(rows)
	return columns(), rows, None, _chart(rows), _summary(rows)


def register(filters: frappe._dict) -> list[frappe._dict]:
	"""The receipts of the register with product and card, the longest here first; one query.

	User Permissions of whoever asks apply, as in a list.
	"""
	return _query(filters).run(as_dict=True)


def columns() -> list[dict]:
	return [
		_link("name", _("Collection Receipt"), "Collection Receipt"),
		{"fieldname": "received_at", "label": _("Received at"), "fieldtype": "Datetime", "width": 155},
		_link("customer", _("Customer"), "Customer", 160),
		{
			"fieldname": "product",
			"label": _("Product", context="After-sales"),
			"fieldtype": "Data",
			"width": 190,
		},
		{"fieldname": "serial", "label": _("Serial"), "fieldtype": "Data", "width": 120},
		{"fieldname": "location", "label": _("Location"), "fieldtype": "Data", "width": 130},
		{"fieldname": "days", "label": _("Days Here"), "fieldtype": "Int", "width": 95},
		{"fieldname": "status", "label": _("Receipt Status"), "fieldtype": "Data", "width": 115},
		_link("card", _("Repair Card"), "Repair Card", 140),
		{"fieldname": "card_status", "label": _("Repair"), "fieldtype": "Data", "width": 130},
		{"fieldname": "promised_return", "label": _("Promised"), "fieldtype": "Datetime", "width": 155},
		{"fieldname": "returned_at", "label": _("Returned at"), "fieldtype": "Datetime", "width": 155},
		{"fieldname": "return_signed_by", "label": _("Taken by"), "fieldtype": "Data", "width": 120},
	]


def _query(filters: frappe._dict) -> QueryBuilder:
	receipt = frappe.qb.DocType("Collection Receipt")
	product = frappe.qb.DocType("Customer Equipment")
	card = frappe.qb.DocType("Repair Card")
	query = (
		frappe.qb.from_(receipt)
		.left_join(product)
		.on(product.name == receipt.equipment)
		.left_join(card)
		.on((card.collection_receipt == receipt.name) & (card.docstatus < 2) & (card.status != "Cancelled"))
		.select(
			receipt.name,
			receipt.received_at,
			receipt.customer,
			receipt.equipment,
			product.title.as_("product"),
			product.serial_text.as_("serial"),
			receipt.location,
			receipt.status,
			card.name.as_("card"),
			card.status.as_("card_status"),
			card.promised_return,
			receipt.returned_at,
			receipt.return_signed_by,
		)
		.where(receipt.docstatus == 1)
		.orderby(receipt.received_at, order=Order.asc)
		.orderby(receipt.name, order=Order.asc)
	)
	for field in FILTERS:
		if filters.get(field):
			query = query.where(receipt[field] == filters[field])
	if cint(filters.in_our_hands):
		query = query.where(receipt.status == ISSUED)
	if filters.from_date:
		query = query.where(receipt.received_at >= getdate(filters.from_date))
	if filters.to_date:
		query = query.where(receipt.received_at < add_days(getdate(filters.to_date), 1))
	if cint(filters.older_than):
		query = query.where(receipt.received_at < add_days(now_datetime(), -cint(filters.older_than)))
	return permitted(query, receipt)


def _count_days(rows: Iterable[frappe._dict]) -> None:
	"""Days from the intake to the return, or to today."""
	today = getdate()
	for row in rows:
		row["days"] = (
			(row["returned_at"].date() if row["returned_at"] else today) - row["received_at"].date()
		).days


def _link(fieldname: str, label: str, doctype: str, width: int = 150) -> dict:
	return {"fieldname": fieldname, "label": label, "fieldtype": "Link", "options": doctype, "width": width}


def _group_columns(group: str) -> list[dict]:
	first = (
		_link("customer", _("Customer"), "Customer", 220)
		if group == "customer"
		else {"fieldname": "location", "label": _("Location"), "fieldtype": "Data", "width": 220}
	)
	return [
		first,
		{
			"fieldname": "count",
			"label": _("Products", context="After-sales"),
			"fieldtype": "Int",
			"width": 100,
		},
		{"fieldname": "oldest", "label": _("Longest Here (Days)"), "fieldtype": "Int", "width": 160},
		*(
			{
				"fieldname": f"age_{index}",
				"label": _("{0} days").format(label),
				"fieldtype": "Int",
				"width": 110,
			}
			for index, (label, _last) in enumerate(AGE_BANDS)
		),
	]


def _grouped(rows: Iterable[frappe._dict], group: str) -> list[dict]:
	bands = {label: f"age_{index}" for index, (label, _last) in enumerate(AGE_BANDS)}
	found: dict[str, dict] = {}
	for row in rows:
		key = row[group] or ""
		total = found.setdefault(
			key, {group: key, "count": 0, "oldest": 0, **dict.fromkeys(bands.values(), 0)}
		)
		total["count"] += 1
		total["oldest"] = max(total["oldest"], row["days"])
		total[bands[age_band(row["days"])]] += 1
	return sorted(found.values(), key=lambda total: (-total["oldest"], total[group]))


def _here(rows: Iterable[frappe._dict]) -> list[frappe._dict]:
	return [row for row in rows if row["status"] == ISSUED]


def _chart(rows: Iterable[frappe._dict]) -> dict | None:
	here = _here(rows)
	if not here:
		return None
	counts = dict.fromkeys((label for label, _last in AGE_BANDS), 0)
	for row in here:
		counts[age_band(row["days"])] += 1
	labels = [_("{0} days").format(label) for label in counts]
	return {**charts.bars(labels, [(_("Products here"), counts.values(), charts.COUNT)]), "height": 180}


def _summary(rows: Iterable[frappe._dict]) -> list[dict]:
	here = _here(rows)
	now = now_datetime()
	late = sum(1 for row in here if row["promised_return"] and row["promised_return"] < now)
	return [
		{"label": _("Products Here"), "value": len(here), "datatype": "Int"},
		{"label": _("Locations"), "value": len({row["location"] for row in here}), "datatype": "Int"},
		{
			"label": _("Longest Here (Days)"),
			"value": max((row["days"] for row in here), default=0),
			"datatype": "Int",
		},
		{
			"label": _("Past Their Promise"),
			"value": late,
			"datatype": "Int",
			"indicator": "Red" if late else "Green",
		},
	]
