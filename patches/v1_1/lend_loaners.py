"""Loaners and vendor repairs: an old site starts with the settings a new one has."""

import frappe

DOCTYPE = "Aftersales Settings"
FIELDS = ("ask_for_loaner", "loaner_days")


def execute() -> None:
	meta = frappe.get_meta(DOCTYPE)
	for fieldname in FIELDS:
		if not frappe.db.exists("Singles", {"doctype": DOCTYPE, "field": fieldname}):
			frappe.db.set_single_value(DOCTYPE, fieldname, meta.get_field(fieldname).default)
