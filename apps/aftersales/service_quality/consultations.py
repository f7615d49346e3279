"""A question to designers and makers, and its answer on the call it was asked for."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from aftersales.core.input.requests import validate_call
from aftersales.core.notices import Notice, notify
from aftersales.service_calls import quality_cases as cases

DOCTYPE = "Technical Consultation"
SPECIALIST = "Product Specialist"
FROM_CALL = ("brand", "model", "serial_text", "fault_code", "symptom_code", "non_conformance")


@frappe.whitelist(methods=["POST"])
@validate_call
def ask(repair_call: str, subject: str, question: str, expert: str | None = None) -> str:
	"""Ask about a call; returns the name of the consultation.

	Args:
		expert: a user; empty for everybody with the role Product Specialist.

	Raises:
		frappe.PermissionError: the user may not read the call or not ask.
	"""
	frappe.get_doc("Repair Call", repair_call).check_permission("read")
	doc = frappe.new_doc(DOCTYPE)
	doc.update({"repair_call": repair_call, "subject": subject, "question": question, "expert": expert})
	return doc.insert().name


def take_from_call(doc: Document) -> None:
	"""What of the call is for designers: the product and the codes, nothing of the customer.

	Raises:
		frappe.PermissionError: the user may not read the call.
	"""
	if not doc.is_new() and not doc.has_value_changed("repair_call"):
		return
	if not doc.flags.ignore_permissions:
		frappe.get_doc("Repair Call", doc.repair_call).check_permission("read")
	values = frappe.db.get_value("Repair Call", doc.repair_call, FROM_CALL, as_dict=True) or {}
	doc.update({field: doc.get(field) or values.get(field) for field in FROM_CALL})


def tell_specialists(doc: Document) -> None:
	"""The question reaches the user who is asked; where nobody is named it waits in the list of all."""
	if doc.expert and doc.expert != frappe.session.user:
		heading = _("Question {0}: {1}").format(doc.name, doc.subject)
		notify(doc.expert, Notice(heading, DOCTYPE, doc.name, escape_html(doc.question)))


def tell_call(doc: Document) -> None:
	"""The answer stands on the call, and its owner is told."""
	heading = _("Answer to {0}: {1}").format(doc.name, doc.subject)
	cases.tell(doc.repair_call, heading, doc.answer)
	owner = frappe.db.get_value("Repair Call", doc.repair_call, "call_owner")
	for user in {owner, doc.asked_by} - {None, "", frappe.session.user}:
		notify(user, Notice(heading, "Repair Call", doc.repair_call, escape_html(doc.answer)))
