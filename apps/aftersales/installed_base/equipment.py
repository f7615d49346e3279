"""Product files (Customer Equipment): how the other rooms find, read and extend them."""

import base64
import io
from datetime import date
from urllib.parse import quote

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import format_date, get_link_to_form, get_url_to_form, getdate

from aftersales.core import site_address
from aftersales.core.input.requests import validate_call
from aftersales.core.job_types import CARD
from aftersales.installed_base import identity
from aftersales.installed_base.product_codes import product_signature
from aftersales.installed_base.serial_rules import serial_key

PRODUCT_FIELDS = ("brand", "model", "item_group", "item_code", "serial_no", "serial_text")
SERIAL_FIELDS = (
	*("name", "item_code", "item_group", "brand", "warranty_expiry_date", "amc_expiry_date"),
	*("customer", "warehouse", "status", "company"),
)
FILE_FIELDS = (
	"name",
	"customer",
	"company",
	"title",
	"address",
	"service_zone",
	"warranty_until",
	"labour_warranty_until",
	"repair_warranty_until",
	"status",
	"serial_key",
	"ownership_confirmed",
	"ownership_reason",
	*PRODUCT_FIELDS,
)


def product_file(name: str | None) -> frappe._dict | None:
	"""The fields of a product file that a call needs, or None when there is no such file."""
	if not name:
		return None
	return frappe.db.get_value("Customer Equipment", name, FILE_FIELDS, as_dict=True)


def serial_record(serial_no: str | None) -> frappe._dict | None:
	"""What ERPNext's Serial No says of a product; only ever read, never written."""
	if not serial_no:
		return None
	return frappe.db.get_value("Serial No", serial_no, SERIAL_FIELDS, as_dict=True)


def find_product_file(
	customer: str | None,
	serial_no: str | None = None,
	serial_text: str | None = None,
	brand: str | None = None,
	exclude: str | None = None,
) -> str | None:
	"""Name of the customer's product file with this serial, when exactly one fits.

	The ERPNext Serial No decides first; then the number on the plate however it is spelled, where a brand
	known on both sides must agree, since two makers may use the same number; then a number that the product
	had before it was replaced.
	"""
	key = serial_key(serial_text or serial_no)
	if not customer or not key:
		return None
	ours = {"customer": customer, "name": ["!=", exclude or ""]}
	if serial_no and len(found := _files({**ours, "serial_no": serial_no})) == 1:
		return found[0].name
	found = [row for row in _files({**ours, "serial_key": key}) if _same_brand(row.brand, brand)]
	if not found and (former := identity.files_with_former_number(key, serial_no)):
		found = [row for row in _files({**ours, "name": ["in", former]}) if _same_brand(row.brand, brand)]
		found = [row for row in found if row.name != exclude]
	return found[0].name if len(found) == 1 else None


def find_by_serial(number: str) -> str | None:
	"""Name of the product file with this serial (ERPNext's, or the one on the plate), when exactly one has it."""
	key = serial_key(number)
	found = frappe.get_all(
		"Customer Equipment",
		or_filters={"serial_no": number, "serial_key": key or number},
		pluck="name",
		order_by="creation asc",
		limit=2,
	)
	return found[0] if len(found) == 1 else None


def _files(filters: dict) -> list[frappe._dict]:
	return frappe.get_all(
		"Customer Equipment", filters=filters, fields=["name", "brand"], order_by="creation asc"
	)


def extend_repair_warranty(equipment: str | None, until: date | str | None) -> None:
	"""Set the repair warranty of a product file through `until` (a date); never shortens it.

	Called by a finished job. Written past the form's own save, because the job must be completed even
	where the product file has become incomplete meanwhile; the timeline tells of it.
	"""
	if not equipment or not until:
		return
	until = getdate(until)
	stored = frappe.db.get_value("Customer Equipment", equipment, "repair_warranty_until", for_update=True)
	if stored and getdate(stored) >= until:
		return
	frappe.db.set_value("Customer Equipment", equipment, "repair_warranty_until", until)
	_note(equipment, _("has set the repair warranty to {0}").format(format_date(until)))


def withdraw_repair_warranty(equipment: str, given: date | str, left: date | str | None) -> None:
	"""A job that gave repair warranty through `given` is cancelled; `left` is what other jobs gave, if any.

	Where the product file says another date, a longer warranty stands, and stays.
	"""
	stored = frappe.db.get_value("Customer Equipment", equipment, "repair_warranty_until", for_update=True)
	left = getdate(left) if left else None
	if not stored or getdate(stored) != getdate(given) or left == getdate(stored):
		return
	frappe.db.set_value("Customer Equipment", equipment, "repair_warranty_until", left)
	text = (
		_("has set the repair warranty back to {0}, since the job that gave more was cancelled").format(
			format_date(left)
		)
		if left
		else _("has taken back the repair warranty, since the job that gave it was cancelled")
	)
	_note(equipment, text)


def _note(equipment: str, text: str) -> None:
	"""A line on the timeline of a product file, which is not read for that."""
	frappe.get_doc(
		{
			"doctype": "Comment",
			"comment_type": "Info",
			"comment_email": frappe.session.user,
			"reference_doctype": "Customer Equipment",
			"reference_name": equipment,
			"content": text,
		}
	).insert(ignore_permissions=True)


@frappe.whitelist()
@validate_call
def product_details(equipment: str) -> dict:
	"""What a call takes over from a product file: customer, company, brand, model, serial, place."""
	doc = frappe.get_doc("Customer Equipment", equipment)
	doc.check_permission("read")
	return {field: doc.get(field) for field in ("customer", "company", "customer_name", *PRODUCT_FIELDS)}


def scan_address(doctype: str, name: str) -> str:
	"""The absolute address a tag's QR code leads to.

	The page `scan` decides where that is. A product's code opens a new call for it (R-IN-8); it is signed, so
	that whoever has the product at hand can report a problem without a login, and nobody can try numbers. A
	repair card's opens the card on the workshop board. Any other document's code opens the document.
	"""
	if doctype == "Customer Equipment":
		return site_address.absolute(f"/scan/{quote(name, safe='')}?code={product_signature(name)}")
	if doctype == CARD:
		return site_address.absolute(f"/scan/{quote(name, safe='')}")
	return get_url_to_form(doctype, name)


def qr_data_uri(doctype: str, name: str, scale: int = 4) -> str:
	"""The QR code of a document's tag as a data URI (SVG), for `<img src>` in print formats."""
	import pyqrcode

	image = io.BytesIO()
	pyqrcode.create(scan_address(doctype, name), error="M").svg(
		image, scale=scale, quiet_zone=2, background="white", xmldecl=False
	)
	return "data:image/svg+xml;base64," + base64.b64encode(image.getvalue()).decode()


@frappe.whitelist()
@validate_call
def qr_code(equipment: str) -> str:
	"""The QR code of a product file as a data URI, for its form."""
	frappe.get_doc("Customer Equipment", equipment).check_permission("read")
	return qr_data_uri("Customer Equipment", equipment)


def link_to(name: str) -> str:
	"""HTML link to a product file, for messages."""
	return get_link_to_form("Customer Equipment", name)


def _same_brand(one: str | None, other: str | None) -> bool:
	return not one or not other or one.casefold() == other.casefold()
