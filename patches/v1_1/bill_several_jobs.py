"""Invoices may bill several jobs, customers say when they are invoiced, contracts have Subscriptions.

The rows of invoices made before name their job from now on, and one row of each holds the job's key, as
it does on new ones.
"""

import frappe
from frappe.query_builder.functions import Min

from aftersales.setup import custom_fields, defaults, dimensions, permissions

KEY = "aftersales_posting_key"


def execute():
	custom_fields.create()
	dimensions.add_to_jobs()
	permissions.grant(["Subscription", "Subscription Plan", "Project"])
	defaults.insert_missing(["Notification"])
	_name_jobs_on_rows()


def _name_jobs_on_rows():
	invoice, row = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Sales Invoice Item")
	# Both tables have these columns, and the query builder leaves out the table's name where it sets one
	# an update with a join, which the query builder does not write for MariaDB
	frappe.db.sql(  # nosemgrep
		"""update `tabSales Invoice Item` row
		join `tabSales Invoice` invoice on invoice.name = row.parent
		set row.aftersales_voucher_type = invoice.aftersales_voucher_type,
			row.aftersales_voucher = invoice.aftersales_voucher
		where invoice.aftersales_posting_key is not null
			and row.aftersales_line is not null
			and row.aftersales_voucher is null"""
	)
	first = (
		frappe.qb.from_(row)
		.join(invoice)
		.on(invoice.name == row.parent)
		.select(invoice[KEY], Min(row.idx), row.parent)
		.where(invoice[KEY].isnotnull() & row.aftersales_voucher.isnotnull())
		.groupby(row.parent)
	).run()
	for key, idx, parent in first:
		frappe.db.set_value(
			"Sales Invoice Item", {"parent": parent, "idx": idx}, KEY, key, update_modified=False
		)
