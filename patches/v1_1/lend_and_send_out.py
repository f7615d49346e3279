"""Sites from before loaners and vendor repairs: fields, rights, and the gate before a product is taken along.

The repair warranty that finished jobs gave is noted on them, so that cancelling one takes back its own only.
"""

import frappe
from frappe.query_builder import Interval
from frappe.query_builder.functions import Date
from frappe.utils import cint

from aftersales.setup import custom_fields, permissions

NEW_RIGHTS = ("Serial and Batch Bundle", "Purchase Order", "Supplier")


def execute() -> None:
	custom_fields.create()
	permissions.grant(NEW_RIGHTS)
	for fieldname, value in (("loaner_before_removal", 1), ("loaner_days", 14)):
		if not frappe.db.exists("Singles", {"doctype": "Aftersales Settings", "field": fieldname}):
			frappe.db.set_single_value("Aftersales Settings", fieldname, value)
	_note_warranty("Repair Card", "ready_at", ("status", ("Ready", "Returned")))
	_note_warranty("Service Voucher", "departed_at", ("outcome", ("Completed",)))


def _note_warranty(doctype: str, moment: str, repaired: tuple[str, tuple[str, ...]]) -> None:
	days = cint(frappe.db.get_single_value("Aftersales Settings", "repair_warranty_days"))
	job = frappe.qb.DocType(doctype)
	if days:
		(
			frappe.qb.update(job)
			.set(job.repair_warranty_until, Date(job[moment] + Interval(days=days)))
			.where((job.docstatus == 1) & job.equipment.isnotnull() & job[moment].isnotnull())
			.where(job.repair_warranty_until.isnull() & job[repaired[0]].isin(repaired[1]))
			.run()
		)
