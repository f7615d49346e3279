import frappe


def execute():
	"""*Open Repair Data* is read in all its versions now: the format of imports is no longer named after one."""
	table = frappe.qb.DocType("Register Import")
	(
		frappe.qb.update(table)
		.set(table.file_format, "Open Repair Data")
		.where(table.file_format == "Open Repair Data v0.3")
	).run()
