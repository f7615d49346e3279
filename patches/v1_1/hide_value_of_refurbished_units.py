"""The value of a refurbished unit tells what the hour of who did the work costs: only those who see costs read it."""

import frappe

DOCTYPE = "Product Refurbishment"


def execute() -> None:
	doc = frappe.qb.DocType(DOCTYPE)
	(
		frappe.qb.update(doc)
		.set(doc.stock_value, doc.new_value)
		.set(doc.new_value, 0)
		.where((doc.docstatus > 0) & (doc.outcome == "Back to Stock") & (doc.stock_value == 0))
	).run()
