"""A call and a complaint know the form they came from by one key, whether the desk or a customer filled it in.

What customers' forms left in `portal_key` moves to `entry_key`; the old column stays until `bench trim-tables`.
"""

import frappe


def execute() -> None:
	for doctype in ("Repair Call", "Service Complaint"):
		if not frappe.db.has_column(doctype, "portal_key"):
			continue
		row = frappe.qb.DocType(doctype)
		(
			frappe.qb.update(row)
			.set(row.entry_key, row.portal_key)
			.where(row.entry_key.isnull() & row.portal_key.isnotnull())
			.run()
		)
