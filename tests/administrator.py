"""What an administrator changes in the desk, for tests of what his changes do."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string
from email.header import decode_header, make_header

import frappe

from tests import factories as make

WAITING = "Waiting for building manager"
ACTION = "Wait for Key"


def activate(name: str = "Repair Call"):
	"""Switch a shipped workflow on and return it."""
	workflow = frappe.get_doc("Workflow", name)
	workflow.is_active = 1
	workflow.save()
	return workflow


def add_waiting_state(workflow) -> None:
	"""A state mapped to On Hold, a step to it for supervisors of calls that came by phone, a step back."""
	make.once("Workflow State", WAITING, workflow_state_name=WAITING)
	make.once("Workflow Action Master", ACTION, workflow_action_name=ACTION)
	workflow.append(
		"states",
		{
			"state": WAITING,
			"doc_status": "0",
			"update_field": "status",
			"update_value": "On Hold",
			"allow_edit": "Service Agent",
		},
	)
	step = {"allowed": "Service Supervisor", "allow_self_approval": 1}
	workflow.append(
		"transitions",
		{
			"state": "Triaged",
			"action": ACTION,
			"next_state": WAITING,
			"condition": "doc.channel == 'Phone'",
			**step,
		},
	)
	workflow.append("transitions", {"state": WAITING, "action": "Resume", "next_state": "Triaged", **step})
	workflow.save()


def allow(target: str, seconds: int) -> None:
	"""Change the time of a Service Target."""
	doc = frappe.get_doc("Service Target", target)
	doc.time_allowed = seconds
	doc.save()


def notify_managers_of_breaches(name: str) -> None:
	"""A Notification of the kind Method on the event that the app calls, by e-mail to Service Managers."""
	make.make(
		"Notification",
		__newname=name,
		subject="Missed: {{ doc.name }}",
		document_type="Repair Call",
		event="Method",
		method="service_target_breached",
		channel="Email",
		message="{{ doc.subject }}",
		recipients=[{"receiver_by_role": "Service Manager"}],
		enabled=1,
	)


def outgoing_account() -> None:
	"""An account for outgoing mail, so that mail is queued; test sites send none."""
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	make.make(
		"Email Account",
		email_account_name="Desk",
		email_id="desk@example.com",
		enable_outgoing=1,
		default_outgoing=1,
		awaiting_password=1,
		smtp_server="mail.example.com",
	)


def mailed(address: str) -> list[str]:
	"""Subjects of the queued e-mails to an address that the administrator's notification wrote."""
	found = []
	for name in frappe.get_all("Email Queue", pluck="name", order_by="creation asc"):
		queued = frappe.get_doc("Email Queue", name)
		subject = str(make_header(decode_header(message_from_string(queued.message)["Subject"])))
		if address in [row.recipient for row in queued.recipients] and subject.startswith("Missed"):
			found.append(subject)
	return found


def arrive_clock(call):
	"""The clock that measures the arrival for a call."""
	return frappe.db.get_value(
		"Service Clock",
		{"reference_name": call.name, "measure": "Arrive"},
		["state", "allowed_seconds", "due_at", "started_at", "paused_seconds"],
		as_dict=True,
	)


def place(doc) -> tuple[str, str]:
	"""Workflow state and status as they are stored."""
	return tuple(frappe.db.get_value(doc.doctype, doc.name, ["workflow_state", "status"]))


@contextmanager
def shipped_workflows(*names: str) -> Iterator[None]:
	"""The shipped workflows `names` switched on for every process, and off again afterwards; commits."""
	for name in names:
		activate(name)
	frappe.db.commit()
	try:
		yield
	finally:
		frappe.db.rollback()
		for name in names:
			workflow = frappe.get_doc("Workflow", name)
			workflow.is_active = 0
			workflow.save()
		frappe.db.commit()
