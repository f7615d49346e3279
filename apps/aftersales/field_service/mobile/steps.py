"""The acts of a technician on a visit, by their kinds: each gets the visit with the phone's changes on it, the
values of the act and when it was done, and returns what the phone shows of it."""

from datetime import datetime

import frappe
from frappe import _
from frappe.core.doctype.communication.email import make as send_mail
from frappe.model.document import Document
from frappe.model.workflow import apply_workflow, get_transitions, get_workflow_name
from frappe.utils import flt, get_datetime

from aftersales.core.input import field_values
from aftersales.field_service.mobile import quote_steps, receipt_steps
from aftersales.service_calls import contacts_on_file

COMPLETED = "Completed"


def save(doc: Document, values: dict, at: datetime) -> None:
	"""What was entered, and nothing else."""
	doc.save()


def set_out(doc: Document, values: dict, at: datetime) -> dict | None:
	"""The technician is on the way and will be there in `minutes`: told by the room that writes to customers."""
	minutes = values.get("minutes")
	if minutes is not None and not (isinstance(minutes, int) and 0 <= minutes <= 24 * 60):
		field_values.refuse("minutes", minutes, _("minutes of one day"))
	for path in frappe.get_hooks("aftersales_technician_sets_out"):
		frappe.get_attr(path)(doc.name, minutes)
	return {"told": True}


def arrive(doc: Document, values: dict, at: datetime) -> None:
	"""The technician is there: On Site, since when it was pressed."""
	doc.arrived_at = doc.arrived_at or at
	if doc.status != "On Site":
		doc.status = "On Site"
	doc.save()


def complete(doc: Document, values: dict, at: datetime) -> dict:
	"""The visit is over: posted as the desk posts it. Returns what is due, and the receipt of cash collected."""
	doc.arrived_at = doc.arrived_at or at
	# An arrival that was long on its way is stored as that much later than it was
	doc.departed_at = doc.departed_at or max(at, get_datetime(doc.arrived_at))
	if get_workflow_name(doc.doctype):
		doc = _by_workflow(doc)
	else:
		doc.complete()
	return {"amount_due": flt(doc.amount_due), "currency": doc.currency, "receipt": doc.cash_receipt_no}


def collect_cash(doc: Document, values: dict, at: datetime) -> dict:
	"""Cash after completion, against a receipt; `so_far` is what the phone knew as collected."""
	for name in ("amount", "so_far"):
		if not isinstance(values.get(name) or 0, int | float):
			field_values.refuse(name, values.get(name), _("a number"))
	return {"receipt": doc.collect_cash(flt(values.get("amount")), flt(values.get("so_far")))}


def send_report(doc: Document, values: dict, at: datetime) -> dict:
	"""The report of a visit that is over, as a PDF to the address `to`, by the site's mail."""
	to = str(values.get("to") or "").strip()
	if not contacts_on_file.is_address(to):
		field_values.refuse("to", to, _("one e-mail address without a name"))
	if doc.docstatus != 1:
		frappe.throw(_("Complete the visit first, then send its report."))
	send_mail(
		doctype=doc.doctype,
		name=doc.name,
		recipients=to,
		subject=_("Service report {0}").format(doc.name),
		content=_("Please find the report of our visit attached."),
		send_email=True,
		print_format=doc.meta.default_print_format or "Service Voucher",
		communication_medium="Email",
	)
	return {"sent_to": to}


def _by_workflow(doc: Document) -> Document:
	"""The transition that leads to a completed visit, of those that the user may take."""
	doc.save()
	states = {
		row.state: row for row in frappe.get_cached_doc("Workflow", get_workflow_name(doc.doctype)).states
	}
	for transition in get_transitions(doc):
		state = states.get(transition.next_state)
		if state and str(state.doc_status) == "1" and state.update_value in (None, "", COMPLETED):
			apply_workflow(doc.as_json(), transition.action)
			return frappe.get_doc(doc.doctype, doc.name)
	frappe.throw(
		_("The workflow offers no step that completes {0} in state {1}.").format(
			doc.name, _(doc.get("workflow_state"))
		)
	)


STEPS = {
	"save": save,
	"set_out": set_out,
	"arrive": arrive,
	"complete": complete,
	"collect_cash": collect_cash,
	"send_report": send_report,
	"quote": quote_steps.quote,
	"accept_quote": quote_steps.accept_quote,
	"decline_quote": quote_steps.decline_quote,
	"hand_over": receipt_steps.hand_over,
}
