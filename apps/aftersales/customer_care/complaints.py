"""Complaints: how they are registered, whose they are, and what they tell the call and the customer (R-FU-3).

Whatever way a complaint comes in, it is a Service Complaint, and its clocks run there and only there: a
Repair Call whose request type registers complaints hands it over when it is saved.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, strip_html_tags
from frappe.utils.user import get_users_with_role as users_with_role

from aftersales.core.guards import set_protected_values
from aftersales.core.roles import SUPERVISORS
from aftersales.customer_care import follow_ups
from aftersales.customer_care.complaint_rules import OVER
from aftersales.service_calls import facts
from aftersales.service_calls.assignment import is_enabled
from aftersales.service_setup.settings import aftersales_settings
from aftersales.service_staff import conduct

JOB_FIELDS = ("customer", "company", "equipment", "repair_call")


def register(
	customer: str,
	subject: str,
	text: str,
	repair_call: str | None = None,
	equipment: str | None = None,
	channel: str = "Web",
	entry_key: str | None = None,
	**values,
) -> str:
	"""Register a complaint of a customer; returns its name.

	For pages and jobs that have checked by themselves that the caller speaks for `customer`: the user's
	own permissions are not asked for.

	Args:
		text: the complaint as told, plain text.
		repair_call, equipment: the job and the product complained about; they must be the customer's.
		channel: one of the channels of a Service Complaint.
		entry_key: made by the form; unique, so that the same form registers one complaint.
		values: further fields, e.g. contact_name, contact_phone, contact_email, about.

	Raises:
		frappe.ValidationError: job or product of another customer, or nothing said.
	"""
	subject, text = (subject or "").strip(), (text or "").strip()
	if not (subject or text):
		frappe.throw(_("Enter what the complaint is about."), frappe.MandatoryError)
	complaint = frappe.new_doc("Service Complaint")
	complaint.update(values)
	complaint.update(
		{
			"customer": customer,
			"subject": (subject or text.splitlines()[0])[:140],
			"description": text,
			"repair_call": repair_call,
			"equipment": equipment,
			"channel": channel,
		}
	)
	set_protected_values(complaint, entry_key=entry_key)
	return complaint.insert(ignore_permissions=True).name


def register_from_call(call: Document, method: str | None = None) -> None:
	"""on_update of Repair Call: hand a call over whose request type registers complaints; once per call, guaranteed by a unique key."""
	if call.flags.from_register:
		return
	if not cint(facts.request_type(call, "registers_complaint")):
		return
	if not call.has_value_changed("request_type") or of_call(call.name):
		return
	complaint = frappe.new_doc("Service Complaint")
	complaint.update(
		{
			"subject": call.subject,
			"description": strip_html_tags(call.description or "").strip(),
			"repair_call": call.repeat_of,
			**{
				field: call.get(field)
				for field in (
					"customer",
					"company",
					"equipment",
					"channel",
					"received_at",
					"contact_name",
					"contact_phone",
					"contact_email",
					"call_owner",
				)
			},
		}
	)
	set_protected_values(complaint, intake_call=call.name)
	# the call registers it, whoever may save calls
	complaint.insert(ignore_permissions=True)


def of_call(call: str) -> str | None:
	"""Name of the complaint that came in as Repair Call `call`."""
	return frappe.db.get_value("Service Complaint", {"intake_call": call}, "name")


def values_of_job(complaint: Document) -> dict:
	"""What the visit, card or call that a complaint is about says: customer, product, who was there.

	The most precise one named is asked; nothing while none of them has changed.
	"""
	from aftersales.field_service import visits
	from aftersales.repair_workshop import cards

	if complaint.service_voucher and complaint.has_value_changed("service_voucher"):
		return visits.facts_of_visit(complaint.service_voucher)
	if complaint.repair_card and complaint.has_value_changed("repair_card"):
		return cards.facts_of_card(complaint.repair_card)
	if complaint.repair_call and complaint.has_value_changed("repair_call"):
		values = ["customer", "company", "equipment", "contact_name", "contact_phone", "contact_email"]
		return frappe.db.get_value("Repair Call", complaint.repair_call, values, as_dict=True) or {}
	return {}


def check_customer(complaint: Document) -> None:
	"""Job and product complained about are the customer's own.

	Raises:
		frappe.ValidationError: names the document and both customers.
	"""
	from aftersales.field_service import visits
	from aftersales.repair_workshop import cards

	checks = (
		("repair_call", "Repair Call", lambda name: frappe.db.get_value("Repair Call", name, "customer")),
		("service_voucher", "Service Voucher", lambda name: visits.facts_of_visit(name).get("customer")),
		("repair_card", "Repair Card", lambda name: cards.facts_of_card(name).get("customer")),
		(
			"equipment",
			"Customer Equipment",
			lambda name: frappe.db.get_value("Customer Equipment", name, "customer"),
		),
	)
	for fieldname, doctype, customer_of in checks:
		name = complaint.get(fieldname)
		if not name or not (
			complaint.has_value_changed(fieldname) or complaint.has_value_changed("customer")
		):
			continue
		owner = customer_of(name)
		if owner != complaint.customer:
			frappe.throw(
				_("{0} {1} is of customer {2}, not of {3}.").format(
					_(doctype),
					frappe.bold(escape_html(name)),
					frappe.bold(escape_html(owner or "-")),
					frappe.bold(escape_html(complaint.customer)),
				),
				title=_("Another Customer's Job"),
			)


def owner_for(complaint: Document) -> str:
	"""Who sees to a new complaint: named in the settings, else a desk user who registers it, else a supervisor.

	Never the person it is about.
	"""
	named = aftersales_settings().complaint_owner
	if named and complaint.may_be_owned_by(named):
		return named
	registers = frappe.session.user
	if frappe.has_permission("Service Complaint", "write") and not is_about(complaint, registers):
		return registers
	for role in SUPERVISORS:
		for user in sorted(users_with_role(role)):
			if complaint.may_be_owned_by(user):
				return user
	return "Administrator"


def check_owner(complaint: Document) -> None:
	"""The owner can log in, and is not the person complained about."""
	if not is_enabled(complaint.call_owner):
		frappe.throw(
			_("User {0} is disabled and cannot own a complaint.").format(
				frappe.bold(escape_html(complaint.call_owner))
			)
		)
	if is_about(complaint, complaint.call_owner):
		frappe.throw(
			_("The complaint is about {0}. Choose another user for {1}.").format(
				frappe.bold(escape_html(complaint.person_concerned)), frappe.bold(_("Complaint Owner"))
			)
		)


def validate_not_concerned(complaint: Document) -> None:
	"""Who is complained about has no part in what becomes of the complaint (ISO 10002: objectivity).

	Raises:
		frappe.PermissionError: the user is that person, as it is stored or as it is being set.
	"""
	if not is_about(complaint, frappe.session.user):
		return
	before = complaint.get_doc_before_save()
	person = (before and before.person_concerned) or complaint.person_concerned
	frappe.throw(
		_("The complaint is about {0}. Another user has to decide it.").format(
			frappe.bold(escape_html(person))
		),
		frappe.PermissionError,
		title=_("Not Impartial"),
	)


def is_about(complaint: Document, user: str) -> bool:
	"""True when `user` is the person complained about, as it is stored or as it is being set."""
	before = complaint.get_doc_before_save()
	persons = {complaint.person_concerned, before.person_concerned if before else None} - {None, ""}
	return any(frappe.get_cached_value("Service Technician", name, "user") == user for name in persons)


def plan_reply(complaint: Document) -> None:
	"""The customer has the answer: plan to ask whether it is accepted."""
	follow_ups.plan_complaint_reply(complaint)


def drop_reply(complaint: Document) -> None:
	"""The answer stands no more, or the complaint is over: nobody is to ask whether it is accepted."""
	follow_ups.call_off({"service_complaint": complaint.name})


def follow_in_staff_records(complaint: Document) -> None:
	"""What the complaint means for the person it is about: the next step once it is justified, taken back otherwise."""
	decides = ("status", "justified", "person_concerned")
	if not any(complaint.has_value_changed(fieldname) for fieldname in decides):
		return
	before = complaint.get_doc_before_save()
	person = complaint.person_concerned or (before and before.person_concerned)
	if person:
		is_justified = complaint.status in ("Answered", "Closed") and complaint.justified in ("Yes", "Partly")
		conduct.follow_complaint(person, complaint, is_justified and bool(complaint.person_concerned))


def record_reply(complaint: str, accepted: bool, comments: str | None) -> None:
	"""The customer has been asked whether the answer is accepted.

	Accepted: noted, somebody still closes the complaint. Not accepted: the complaint goes back to
	investigation, and its owner and the supervisors are told. A complaint that is over stays as it is.
	"""
	doc = frappe.get_doc("Service Complaint", complaint, for_update=True)
	if doc.status != "Answered":
		return
	if accepted:
		doc.customer_accepts = "Yes"
	else:
		doc.status = "Investigating"
		text = _("The customer does not accept the answer: {0}").format(escape_html(comments or "-"))
		doc.add_comment("Comment", text)
		follow_ups.tell_supervisors(
			_("Complaint {0}: the customer does not accept the answer").format(doc.name), doc
		)
	doc.save(ignore_permissions=True)


def answer_intake_call(complaint: Document) -> None:
	"""Somebody has spoken to the customer: the call the complaint came in as is answered too."""
	call = _open_intake_call(complaint)
	if call and call.status == "Open":
		call.status = "Triaged"
		call.save(ignore_permissions=True)


def close_intake_call(complaint: Document) -> None:
	"""The call the complaint came in as ends with it."""
	call = _open_intake_call(complaint)
	if not call:
		return
	call.update({"status": "Resolved", "resolution": _("Settled as complaint {0}").format(complaint.name)})
	call.save(ignore_permissions=True)
	call.status = "Closed"
	call.save(ignore_permissions=True)


def _open_intake_call(complaint: Document) -> Document | None:
	if not complaint.intake_call:
		return None
	call = frappe.get_doc("Repair Call", complaint.intake_call, for_update=True)
	return None if call.status in OVER else call
