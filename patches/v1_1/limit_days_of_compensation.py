"""A delay without a bill, as of a visit, is compensated for thirty days at most unless the site says otherwise."""

import frappe


def execute() -> None:
	single = frappe.qb.DocType("Singles")
	stored = (
		frappe.qb.from_(single)
		.select(single.value)
		.where((single.doctype == "Aftersales Settings") & (single.field == "delay_max_days"))
	).run()
	if not stored:
		frappe.db.set_single_value("Aftersales Settings", "delay_max_days", 30)
