"""A visit as a phone takes it along: what the technician may read of it, of its call and of its product."""

import frappe
from frappe.model.document import Document
from frappe.utils import flt, strip_html_tags

from aftersales.field_service import taken_along
from aftersales.field_service.mobile import answers, quote_steps
from aftersales.field_service.mobile.changes import FIELDS, ROW_FIELDS
from aftersales.service_posting import charges_ahead

HEAD = (
	"name",
	"docstatus",
	"status",
	"modified",
	"technician",
	"customer",
	"customer_name",
	"company",
	"equipment",
	"repair_call",
	"service_category",
	"support_kind",
	"planned_start",
	"planned_end",
	"preliminary_plan",
	"parts_to_take",
	"currency",
	"amount_due",
	"billing_status",
	"cash_receipt_no",
	"previous_voucher",
)
CALL = (
	"subject",
	"contact_name",
	"contact_phone",
	"contact_email",
	"hazard",
	"priority",
	"request_type",
	"promised_from",
	"promised_to",
	"coverage",
	"coverage_until",
	"status",
)
PRODUCT = (
	"title",
	"brand",
	"model",
	"serial_text",
	"serial_no",
	"item_code",
	"installed_on",
	"warranty_until",
	"repair_warranty_until",
	"location_details",
	"image",
)
EARLIER = 6
"""Visits and cards of the product that go along."""


def one(name: str) -> dict | None:
	"""The visit `name`; None where it is gone or the user may not read it."""
	if not frappe.db.exists("Service Voucher", name):
		return None
	doc = frappe.get_doc("Service Voucher", name)
	return of_document(doc) if doc.has_permission("read") else None


def of_document(doc: Document) -> dict:
	"""Fields, rows and place of a visit; times as texts in the site's time zone."""
	rows = {
		table: [
			{"name": row.name, **{field: _value(row, field) for field in fields}} for row in doc.get(table)
		]
		for table, fields in ROW_FIELDS.items()
	}
	return {
		**{field: _value(doc, field) for field in dict.fromkeys((*HEAD, *FIELDS))},
		**rows,
		**answers.on_phone(doc),
		"priced": _priced(doc),
		"quote": quote_steps.on_phone(doc),
		"charges": charges_ahead.ahead_of(doc),
		"crew": [row.technician for row in doc.crew],
		"taken_along": taken_along.receipt_of_visit(doc),
		"call": _call(doc),
		"product": _product(doc),
	}


def earlier_work(docs: list[Document]) -> dict[str, list[dict]]:
	"""Product → what was done on it before, the latest first, of what the user may read."""
	products = sorted({doc.equipment for doc in docs if doc.equipment})
	found: dict[str, list[dict]] = {product: [] for product in products}
	if not products:
		return found
	for row in frappe.get_list(
		"Repair Call",
		filters={"equipment": ("in", products), "status": ("in", ("Resolved", "Closed"))},
		fields=["name", "equipment", "subject", "resolved_at", "resolution", "symptom_code", "fault_code"],
		order_by="resolved_at desc, name desc",
		limit_page_length=EARLIER * len(products),
	):
		found[row.equipment].append({**row, "resolution": strip_html_tags(row.resolution or "")})
	return {product: rows[:EARLIER] for product, rows in found.items()}


def _priced(doc: Document) -> dict[str, dict]:
	"""Rows that the server has priced, by their names: quantity or hours, rate, and what is charged (net).

	`price`: the Service Price that charges the row, which nobody enters.
	"""
	return {
		row.name: {
			"qty": flt(row.get("qty") if row.get("qty") is not None else row.get("hours")),
			"rate": flt(row.rate) or flt(row.billed_rate),
			"amount": flt(row.amount),
			"price": row.get("service_price"),
		}
		for row in (*doc.labour, *doc.parts)
		if flt(row.rate) or flt(row.billed_rate) or row.get("service_price")
	}


def _call(doc: Document) -> dict | None:
	if not doc.repair_call:
		return None
	fields = [*CALL, "service_address_display", "description"]
	call = frappe.db.get_value("Repair Call", doc.repair_call, fields, as_dict=True)
	if not call:
		return None
	call.address = plain_lines(call.pop("service_address_display"))
	call.description = plain_lines(call.description)
	return {key: _plain(value) for key, value in call.items()}


def _product(doc: Document) -> dict | None:
	"""Of the product file what the desk's form of the visit shows, too, and no more: its reader may read it."""
	if not doc.equipment or not frappe.has_permission("Customer Equipment", "read", doc=doc.equipment):
		return None
	product = frappe.db.get_value("Customer Equipment", doc.equipment, list(PRODUCT), as_dict=True)
	return product and {key: _plain(value) for key, value in product.items()}


def plain_lines(text: str | None) -> str:
	"""HTML as lines of text."""
	broken = (text or "").replace("<br>", "\n").replace("</p>", "\n").replace("</div>", "\n")
	lines = (line.strip() for line in strip_html_tags(broken).splitlines())
	return "\n".join(line for line in lines if line)


def _value(row: Document, field: str):
	df = row.meta.get_field(field)
	value = row.get(field)
	if df and df.fieldtype in ("Float", "Currency"):
		return flt(value)
	return _plain(value)


def _plain(value):
	"""Times to the second: what the phone shows is what it compares with later."""
	if hasattr(value, "hour") and hasattr(value, "year"):
		return value.replace(microsecond=0).isoformat(" ")
	return value if value is None or isinstance(value, int | float | str) else str(value)
