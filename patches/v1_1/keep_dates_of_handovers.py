"""Drafts of handovers keep the date that somebody entered: from now on the others take the day of submission."""

import frappe
from frappe.query_builder.functions import Date


def execute() -> None:
	handover = frappe.qb.DocType("Technician Cash Handover")
	(
		frappe.qb.update(handover)
		.set(handover.set_posting_date, 1)
		.where((handover.docstatus == 0) & (handover.posting_date != Date(handover.creation)))
		.run()
	)
