import frappe

from aftersales.setup import defaults

FORMER = "Technician Record"


def execute():
	"""Training and warnings become documents of their own, which the person can read and answer.

	The rows of *Training and Warnings* on Service Technician are copied as submitted Staff Records with the day and
	the user that they had; a site's own steps after a justified complaint start with the shipped ones.
	"""
	defaults.insert_missing(["Service Staff Settings"])
	if not frappe.db.table_exists(FORMER):
		return
	table = frappe.qb.DocType(FORMER)
	for row in (
		frappe.qb.from_(table).select(table.star).orderby(table.parent).orderby(table.idx).run(as_dict=True)
	):
		_copy(row)
	frappe.delete_doc_if_exists("DocType", FORMER, force=1)


def _copy(row: frappe._dict) -> None:
	if frappe.db.exists("Staff Record", {"entry_key": row.name}):
		return
	record = frappe.new_doc("Staff Record")
	record.update(
		{
			"technician": row.parent,
			"record_date": row.date,
			"kind": row.kind,
			"subject": row.subject,
			"valid_until": row.valid_until,
		}
	)
	record.flags.ignore_permissions = True
	record.flags.from_complaint = True
	record.insert()
	# The row's name: a patch that is run again copies nothing twice.
	record.db_set({"recorded_by": row.recorded_by or row.owner, "entry_key": row.name, "docstatus": 1})
