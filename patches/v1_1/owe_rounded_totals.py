"""A row of a Quotation names the line it was made for; jobs show what is owed after rounding.

The amount of a job was the grand total of its invoice, also where the site rounds totals and less was owed.
"""

import frappe

from aftersales.setup import custom_fields

JOB_DOCTYPES = ("Service Voucher", "Repair Card")


def execute() -> None:
	custom_fields.create()
	for doctype in JOB_DOCTYPES:
		job, invoice = frappe.qb.DocType(doctype), frappe.qb.DocType("Sales Invoice")
		rounded = (
			frappe.qb.from_(job)
			.join(invoice)
			.on(invoice.name == job.sales_invoice)
			.select(job.name, invoice.rounded_total)
			.where((invoice.aftersales_voucher == job.name) & (invoice.docstatus < 2))
			.where((invoice.rounded_total != 0) & (job.amount_due != invoice.rounded_total))
			.orderby(job.name)
		).run()
		for name, total in rounded:
			frappe.db.set_value(doctype, name, "amount_due", total, update_modified=False)
