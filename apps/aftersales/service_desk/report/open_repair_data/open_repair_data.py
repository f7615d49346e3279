"""The own register in the Open Repair Data Standard v0.3, to be exported as CSV and shared or imported elsewhere."""

from collections import defaultdict
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate, strip_html

from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import company_of, period_of

from . import open_repair_data_rules as rules

FIELDS = (
	"name",
	"received_at",
	"equipment",
	"brand",
	"item_group",
	"subject",
	"description",
	"register_outcome",
	"external_id",
)
MAX_ROWS = 100_000
WITHDRAWN = ("BUR", "DDR", "FXX", "TMP", "YMD", "ZAR")
"""Codes of countries that are others today, which CLDR still knows beside the new ones."""


@validate_filters
def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Script report. Filters: from_date, to_date (day of receipt) and company, all needed; data_provider, the name
	under which the records are shared, the company's when it is empty.

	Only closed calls about failures that the user may read. The customer, contacts and places are left out.

	Raises:
		frappe.ValidationError: a filter is missing, or the period ends before it begins.
		frappe.PermissionError: the user may not see the company.
	"""
	filters = frappe._dict(filters or {})
	company = company_of(filters)
	calls = _calls(company, *period_of(filters))
	names = [call.name for call in calls]
	cards = _last("Repair Card", "status", names)
	visits = _last("Service Voucher", "outcome", names)
	products = _products({call.equipment for call in calls if call.equipment})
	common = {"data_provider": filters.data_provider or company, "country": _country(company)}
	return _columns(), [
		{**common, **_record(call, products.get(call.equipment), cards[call.name], visits[call.name])}
		for call in calls
	]


def _columns() -> list[dict]:
	# The standard's own names: they are the header of the file.
	widths = {"problem": 400, "partner_product_category": 180, "product_category": 180}
	return [
		{"fieldname": name, "label": name, "fieldtype": "Data", "width": widths.get(name, 120)}
		for name in rules.COLUMNS
	]


def _calls(company: str, first: date, last: date) -> list[frappe._dict]:
	failures = frappe.get_all(
		"Service Request Type", filters={"is_failure": 1}, pluck="name", order_by="name"
	)
	calls = frappe.get_list(
		"Repair Call",
		filters=[
			["company", "=", company],
			["status", "=", "Closed"],
			["received_at", ">=", first],
			["received_at", "<", frappe.utils.add_days(last, 1)],
			["request_type", "in", failures],
		],
		fields=list(FIELDS),
		order_by="received_at asc, name asc",
		limit_page_length=MAX_ROWS + 1,
	)
	if len(calls) > MAX_ROWS:
		frappe.throw(_("More than {0} calls: choose a shorter period.").format(MAX_ROWS))
	return calls


def _last(doctype: str, fieldname: str, calls: list[str]) -> dict[str, list]:
	"""Call -> values of its submitted documents, the latest last."""
	found = defaultdict(list)
	rows = frappe.get_all(
		doctype,
		filters={"repair_call": ("in", calls), "docstatus": 1},
		fields=["repair_call", fieldname],
		order_by="creation asc, name asc",
	)
	for row in rows:
		found[row.repair_call].append(row[fieldname])
	return found


def _products(names: set[str]) -> dict[str, frappe._dict]:
	rows = frappe.get_all(
		"Customer Equipment",
		filters={"name": ("in", list(names))},
		fields=["name", "brand", "year_of_manufacture"],
		order_by="name",
	)
	return {row.name: row for row in rows}


def _country(company: str) -> str:
	"""ISO 3166-1 alpha-3 code of the company's country, from CLDR's aliases."""
	from babel.core import get_global

	country = frappe.get_cached_value("Company", company, "country")
	code = (frappe.db.get_value("Country", country, "code") or "").upper()
	same = (name for name, territories in get_global("territory_aliases").items() if territories == [code])
	three = (name for name in same if len(name) == 3 and name.isalpha())
	return next((name for name in three if name not in WITHDRAWN), "")


def _record(call, product, cards: list[str], visits: list[str]) -> dict:
	category = rules.category_of(call.item_group)
	day = getdate(call.received_at)
	made = (product and product.year_of_manufacture) or None
	text = strip_html((call.description or call.subject or "").replace("<br>", "\n"))
	return {
		"id": call.external_id or call.name,
		"partner_product_category": call.item_group or "",
		"product_category": category,
		"product_category_id": rules.CATEGORIES[category],
		"brand": call.brand or (product and product.brand) or "Unknown",
		"year_of_manufacture": made or "",
		"product_age": rules.age_of(made, day.year),
		"repair_status": rules.status_of(call.register_outcome, cards, visits),
		"repair_barrier_if_end_of_life": "",
		"group_identifier": "",
		"event_date": str(day),
		"problem": rules.without_personal_data(text),
	}
