"""A technician works on their own visits only, and on those of a crew: permission hooks of Service Voucher.

The rule binds a user whose only right to vouchers comes from the role Service Technician; any other
role that grants the same right lifts it. Which roles those are is read from the permissions in
force, so that a role the administrator adds counts as well.
"""

import frappe
from frappe.model.document import Document

from aftersales.core.guards import granted_only_by
from aftersales.field_service.crew import crews
from aftersales.service_staff.technicians import technicians_of_user

TECHNICIAN = "Service Technician"
READING = ("read", "select", "print", "email", "report", "export")
OF_CREW = (*READING, "write")
"""What somebody of the crew may do: completing and cancelling is for the technician who leads the visit."""


def voucher_query_conditions(user: str | None = None, doctype: str = "Service Voucher") -> str:
	"""SQL condition for lists and reports: the vouchers of the user's own technician record, and those of its crews."""
	user = user or frappe.session.user
	if not is_restricted(user, "read"):
		return ""
	technicians = technicians_of_user(user)
	if not technicians:
		return "1 = 0"
	own = ", ".join(frappe.db.escape(name) for name in technicians)
	return f"(`tabService Voucher`.`technician` in ({own}) or {crews.condition_of_member(technicians)})"


def has_voucher_permission(doc: Document, ptype: str = "read", user: str | None = None, **kwargs) -> bool:
	"""True unless a technician reaches for a visit of another, or would hand one to another.

	The stored technician decides, not only the one in the document at hand, which the caller sent.
	"""
	user = user or frappe.session.user
	if not is_restricted(user, "read" if ptype in READING else ptype):
		return True
	own = technicians_of_user(user)
	if not isinstance(doc, Document) or doc.is_new():
		return not doc.get("technician") or doc.get("technician") in own
	stored = frappe.db.get_value("Service Voucher", doc.name, "technician")
	if stored in own:
		return doc.technician in own
	return ptype in OF_CREW and doc.technician == stored and crews.is_in_crew(doc.name, own)


def is_restricted(user: str, ptype: str) -> bool:
	"""True when only the role Service Technician gives `user` the right `ptype` to vouchers."""
	return granted_only_by({TECHNICIAN}, "Service Voucher", ptype, user)
