"""The app's texts in the user's language, from the same catalogue as the desk's.

The build lists the texts it finds in the app's sources (`messages.json`); what the documents say (outcomes, kinds of
work, states) is added here.
"""

import json
from pathlib import Path

import frappe
from frappe import _

OPTIONS = (
	("Service Voucher", "status"),
	("Service Voucher", "outcome"),
	("Service Voucher", "test_result"),
	("Service Labour Line", "activity"),
	("Service Photo", "shows"),
	("Repair Call", "hazard"),
	("Repair Call", "coverage"),
	("Fault Code", "kind"),
)
LABELS = ("Service Voucher", "Service Part Line", "Service Labour Line")


def translated() -> dict[str, str]:
	"""English → the user's language, of those that differ."""
	# Words that others use too have our context; all others fall back to the one without
	found = {text: _(text, context="After-sales") for text in sorted(_texts())}
	return {text: said for text, said in found.items() if said != text}


def _texts() -> set[str]:
	texts = set(_of_app())
	for doctype, fieldname in OPTIONS:
		options = frappe.get_meta(doctype).get_field(fieldname).options or ""
		texts.update(option for option in options.split("\n") if option)
	for doctype in LABELS:
		texts.update(field.label for field in frappe.get_meta(doctype).fields if field.label)
	return texts


def _of_app() -> list[str]:
	path = Path(frappe.get_app_path("aftersales", "public", "dist", "technician", "messages.json"))
	return json.loads(path.read_text()) if path.exists() else []
