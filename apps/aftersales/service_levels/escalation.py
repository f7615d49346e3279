"""What a clock's event does: hooks for UI-made notifications, the step's own notices and actions.

Messages of one sweep are collected per recipient and sent at its end, as a digest when there are
many (R-SL-5), so that the catch-up after a downtime is one message and not a flood.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.model.document import Document
from frappe.utils import cstr, escape_html, format_datetime, get_url_to_form
from frappe.utils.user import get_users_with_role as users_with_role

from aftersales.core.notices import Notice, notify
from aftersales.core.savepoints import one_of_many
from aftersales.service_levels.clock_machine import Event, EventKind
from aftersales.service_setup.settings import aftersales_settings

HOOKS = {
	EventKind.WARNING: "service_target_warning",
	EventKind.BREACH: "service_target_breached",
	EventKind.ESCALATION: "service_target_escalated",
}
"""Document events for Method notifications, webhooks and server scripts made in the UI."""

DIGEST_FROM = 10
"""A recipient with at least so many messages in one batch gets them as one."""


@dataclass
class Outbox:
	"""Notices of one batch by recipient: user names, and plain addresses."""

	users: dict[str, list[Notice]] = field(default_factory=dict)
	addresses: dict[str, list[Notice]] = field(default_factory=dict)

	def to_user(self, user: str, notice: Notice) -> None:
		self.users.setdefault(user, []).append(notice)

	def to_address(self, address: str, notice: Notice) -> None:
		self.addresses.setdefault(address, []).append(notice)

	def send(self) -> None:
		"""Write system notifications and queue e-mails, in the transaction of the batch.

		What cannot be told to one recipient is logged: what the batch did stays done, and the others are told.
		"""
		for user, notices in self.users.items():
			for notice in _digested(notices):
				_told(user, notice, lambda: notify(user, notice))
				if notice.by_email:
					_told(user, notice, lambda: _mail(frappe.db.get_value("User", user, "email"), notice))
		for address, notices in self.addresses.items():
			for notice in _digested(notices):
				_told(address, notice, lambda: _mail(address, notice))


def perform(doc: Document, clock_row: dict, events: Iterable[Event], outbox: Outbox) -> None:
	"""Do every event of a clock on its document; what people are told is collected in `outbox`.

	Each part is done safely: a script of the site that raises keeps nobody from being told, and holds
	up no other document. What it did half is undone, the error is logged, and the event counts as done.
	"""
	steps = {step["name"]: step for step in frappe.parse_json(clock_row["terms"])["steps"]}
	doc.flags.service_clock = clock_row["name"]
	for event in events:
		subject = _subject(doc, clock_row, event)
		if event.kind is not EventKind.BREACH or not event.step:
			_safely(clock_row, lambda: doc.add_comment("Info", subject))
			_safely(clock_row, lambda: doc.run_method(HOOKS[event.kind]))
		if step := steps.get(event.step):
			_safely(clock_row, lambda: _act(doc, step))
			_collect(doc, step, subject, outbox)


def _told(recipient: str, notice: Notice, tell: Callable[[], object]) -> None:
	with one_of_many(_("{0} could not be told").format(recipient), notice.doctype, notice.name):
		tell()


def _safely(clock_row: dict, do: Callable[[], object]) -> None:
	title = _("Service clock {0} could not do its step").format(clock_row["name"])
	with one_of_many(title, "Service Clock", clock_row["name"]):
		do()


def _act(doc: Document, step: dict) -> None:
	if step["raise_priority_to"] and doc.meta.has_field("priority"):
		_raise_priority(doc, step["raise_priority_to"])
	if step["assign_to"]:
		_reassign(doc, step["assign_to"])


def _raise_priority(doc: Document, priority: str) -> None:
	"""An emergency is never lowered by an escalation."""
	highest = aftersales_settings().emergency_priority
	if doc.priority in (priority, highest):
		return
	doc.db_set("priority", priority)
	doc.add_comment("Info", _("Priority raised to {0}").format(priority))


def _reassign(doc: Document, user: str) -> None:
	"""Hand the document to `user`; who had it before keeps no open assignment."""
	from frappe.desk.form.assign_to import add

	if doc.meta.has_field("call_owner"):
		doc.db_set("call_owner", user)
	for name in frappe.get_all(
		"ToDo",
		filters={
			"reference_type": doc.doctype,
			"reference_name": doc.name,
			"status": "Open",
			"allocated_to": ("!=", user),
		},
		pluck="name",
		order_by="creation asc",
	):
		todo = frappe.get_doc("ToDo", name)
		todo.status = "Cancelled"
		todo.save(ignore_permissions=True)
	add(
		{"doctype": doc.doctype, "name": doc.name, "assign_to": [user], "description": _("Escalated")},
		ignore_permissions=True,
	)
	doc.add_comment("Info", _("Reassigned to {0}").format(user))


def _collect(doc: Document, step: dict, subject: str, outbox: Outbox) -> None:
	notice = Notice(subject, doc.doctype, doc.name, cstr(step["message"]), bool(step["send_email"]))
	for user in sorted(_users(doc, step)):
		outbox.to_user(user, notice)
	if step["notify_field"] and (address := cstr(doc.get(step["notify_field"])).strip()):
		outbox.to_address(address, notice)


def _users(doc: Document, step: dict) -> set[str]:
	users: set[str] = set()
	if step["notify_assignee"]:
		users.update(doc.get_assigned_users())
		users.add(doc.get("call_owner") or "")
		for function in frappe.get_hooks("aftersales_users_of_document"):
			users.update(frappe.get_attr(function)(doc))
	if step["notify_role"]:
		users.update(users_with_role(step["notify_role"]))
	users.add(step["notify_user"] or "")
	return {user for user in users if user and frappe.get_cached_value("User", user, "enabled")} - {"Guest"}


def _subject(doc: Document, clock_row: dict, event: Event) -> str:
	due = format_datetime(clock_row.get("due_at"))
	what = {
		EventKind.WARNING: _("{0} {1}: {2} is due at {3}"),
		EventKind.BREACH: _("{0} {1}: {2} is overdue since {3}"),
		EventKind.ESCALATION: _("{0} {1}: {2} is still overdue since {3}"),
	}[event.kind]
	return what.format(_(doc.doctype), doc.name, escape_html(_(clock_row["measure"])), due)


def _digested(notices: list[Notice]) -> list[Notice]:
	if len(notices) < DIGEST_FROM:
		return notices
	lines = "".join(
		f'<li><a href="{get_url_to_form(n.doctype, n.name)}">{n.subject}</a> {escape_html(n.message)}</li>'
		for n in notices
	)
	first = notices[0]
	return [
		Notice(
			_("{0} service targets need attention").format(len(notices)),
			first.doctype,
			first.name,
			f"<ul>{lines}</ul>",
			any(n.by_email for n in notices),
		)
	]


def stand_ins(user: str | None) -> list[str]:
	"""Who is told in place of a user: the user, or supervisors where the user is disabled or nobody."""
	if user and frappe.db.get_value("User", user, "enabled"):
		return [user]
	return sorted(set(users_with_role("Service Supervisor")) - {"Administrator", user})


def _mail(address: str | None, notice: Notice) -> None:
	account = address and EmailAccount.find_default_outgoing()
	if not account or not account.email_id:
		return  # a site without an outgoing account still has its system notifications
	link = (
		f'<p><a href="{get_url_to_form(notice.doctype, notice.name)}">{notice.doctype} {notice.name}</a></p>'
	)
	frappe.sendmail(
		recipients=[address],
		subject=notice.subject,
		message=f"<p>{notice.subject}</p>{notice.message}{link}",
		reference_doctype=notice.doctype,
		reference_name=notice.name,
	)
