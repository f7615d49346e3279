"""Follow-ups: planned when a call is closed, and the new call a bad answer opens (R-FU-1)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, escape_html, getdate

from aftersales.service_desk.equipment import PRODUCT_FIELDS

UNFINISHED = ("Planned", "Attempted")


def plan_after_closing(call: Document) -> str | None:
	"""Plan the follow-up of a call that is being closed; returns its name.

	One per call: when the call was closed before, a follow-up still to be made moves to the new date,
	and one already made is not made again. None when follow-ups are switched off (0 days).
	"""
	days = cint(frappe.get_cached_doc("Aftersales Settings").follow_up_days)
	if not days:
		return None
	due = getdate(add_days(call.closed_at, days))
	# closing locks the row of the call, so two requests cannot both find nothing here
	planned = frappe.db.get_value(
		"Follow-up", {"repair_call": call.name, "kind": "Effectiveness"}, ["name", "status"], as_dict=True
	)
	if not planned:
		return _plan(call, due)
	if planned.status in UNFINISHED:
		frappe.db.set_value("Follow-up", planned.name, "due_date", due)
	return planned.name


def open_new_call(follow_up: Document, reasons: list[str]) -> str:
	"""Register the call that a bad answer asks for, linked to the old one; returns its name."""
	told = [_(reason) for reason in reasons]
	old = frappe.get_doc("Repair Call", follow_up.repair_call) if follow_up.repair_call else frappe._dict()
	new = frappe.new_doc("Repair Call")
	new.update(
		{
			"subject": f"{', '.join(told)}: {old.subject or follow_up.customer_name}"[:140],
			"description": escape_html(follow_up.comments or ""),
			"hazard": "Other" if follow_up.hidden_hazard == "Yes" else None,
			"repeat_of": old.name,
			"customer": follow_up.customer,
			"company": follow_up.company,
			"equipment": follow_up.equipment,
			"contact_name": follow_up.contact_name,
			"contact_phone": follow_up.contact_phone,
			"assigned_to": follow_up.assigned_to,
			"channel": "Phone",
			**{
				field: old.get(field)
				for field in ("service_address", "request_type", "support_kind", "symptom_code")
			},
		}
	)
	if not follow_up.equipment:
		new.update({field: old.get(field) for field in PRODUCT_FIELDS})
	# the answer opens the call, whoever writes it down, be it the customer himself
	return new.insert(ignore_permissions=True).name


def _plan(call: Document, due) -> str:
	follow_up = frappe.new_doc("Follow-up")
	follow_up.update(
		{
			"repair_call": call.name,
			"kind": "Effectiveness",
			"due_date": due,
			"customer": call.customer,
			"company": call.company,
			"equipment": call.equipment,
			"assigned_to": call.assigned_to,
			"contact_name": call.contact_name,
			"contact_phone": call.contact_phone,
		}
	)
	# planned by the app, also where a technician may close a call but not plan follow-ups
	return follow_up.insert(ignore_permissions=True).name
