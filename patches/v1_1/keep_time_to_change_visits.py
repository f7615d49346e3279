"""Customers change an appointment until a day before it begins, unless the site says otherwise: nothing stored would be 0 hours."""

import frappe


def execute() -> None:
	single = frappe.qb.DocType("Singles")
	stored = (
		frappe.qb.from_(single)
		.select(single.value)
		.where((single.doctype == "Aftersales Settings") & (single.field == "booking_cutoff"))
	).run()
	if not stored:
		frappe.db.set_single_value("Aftersales Settings", "booking_cutoff", 24)
