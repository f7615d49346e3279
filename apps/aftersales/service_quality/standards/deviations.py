"""What follows when a standard is missed: an entry that asks for cause and measure, and a word to the customer."""

from datetime import datetime

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.model.document import Document
from frappe.utils import cstr, format_date, get_datetime, now_datetime

from aftersales.core.guards import set_protected_values
from aftersales.core.notices import Notice, notify
from aftersales.core.savepoints import one_of_many
from aftersales.service_calls import contacts_on_file
from aftersales.service_levels.escalation import stand_ins
from aftersales.service_quality import goal_figures, goals
from aftersales.service_setup.settings import aftersales_settings

DEVIATION = "Service Deviation"
TELL = "Word to the Customer"


def target_breached(doc: Document, method: str | None = None) -> None:
	"""`service_target_breached` of every document: enter the miss for each standard that the target enforces."""
	clock = doc.flags.service_clock
	if not clock:
		return
	row = frappe.db.get_value("Service Clock", clock, ["target", "due_at", "company"], as_dict=True)
	for standard in _standards_of(row.target if row else None):
		key = f"{standard.name}/{clock}"
		# An old document that is saved again begins in the past: what was due before the promise was made is no miss of it
		if get_datetime(row.due_at) < get_datetime(standard.creation):
			continue
		if frappe.db.exists(DEVIATION, {"entry_key": key}):
			continue
		entry = enter(
			key,
			_("{0}: {1} {2}").format(standard.title, _(doc.doctype), doc.name),
			get_datetime(row.due_at),
			standard=standard.name,
			reference=(doc.doctype, doc.name),
			company=row.company or doc.get("company"),
			responsible=standard.responsible or doc.get("call_owner"),
			consequence=standard.consequence,
		)
		if standard.consequence_action == TELL:
			# A mail that cannot be made loses neither the entry nor the escalation around it
			with one_of_many(
				_("The customer could not be told of {0}").format(entry.name), DEVIATION, entry.name
			):
				_tell_customer(entry, doc, standard)


def enter(
	key: str,
	subject: str,
	missed_at: datetime,
	*,
	standard: str | None = None,
	goal: str | None = None,
	reference: tuple[str, str] | None = None,
	company: str | None = None,
	responsible: str | None = None,
	consequence: str | None = None,
) -> Document:
	"""One Service Deviation for `key`; whoever is responsible is notified."""
	entry = frappe.new_doc(DEVIATION)
	entry.update(
		{
			"subject": subject[:140],
			"missed_at": min(missed_at, now_datetime()),
			"standard": standard,
			"goal": goal,
			"company": company,
			"responsible": responsible,
			"reference_doctype": reference and reference[0],
			"reference_name": reference and reference[1],
		}
	)
	set_protected_values(entry, entry_key=key, consequence=consequence)
	entry.insert(ignore_permissions=True)
	for user in stand_ins(responsible):
		notify(
			user, Notice(_("{0} was missed: enter cause and measure").format(subject), DEVIATION, entry.name)
		)
	return entry


def enter_missed_goals(on: str | None = None) -> int:
	"""Daily: an entry for each goal that was missed in the period that is over; returns how many.

	A goal is counted once for a period, in the first night after it. One that cannot be counted is logged and counted
	again the next night; the others go on.
	"""
	entered = 0
	for goal in goals.to_count(on):
		title = _("Goal {0} could not be counted").format(goal.name)
		with one_of_many(title, "Service Goal", goal.name):
			entered += _count(goal)
	return entered


def _count(goal: frappe._dict) -> bool:
	"""Enter a goal of :func:`goals.to_count` as missed where it was; True when it was entered now."""
	value = goals.missed_by(goal)
	key = f"{goal.name}/{goal.first}"
	is_new = value is not None and not frappe.db.exists(DEVIATION, {"entry_key": key})
	if is_new:
		enter(
			key,
			_said(goal, value),
			now_datetime(),
			goal=goal.name,
			standard=frappe.db.get_value("Service Standard", {"goal": goal.name, "disabled": 0}),
			company=goal.for_company,
			responsible=goal.responsible,
		)
	goals.note_counted(goal)
	return is_new


def _said(goal: frappe._dict, value: float) -> str:
	"""What was missed; costs are not said, as more people read entries than books."""
	if goal_figures.FIGURES[goal.figure].of_costs:
		return _("{0}: missed in {1}").format(goal.title, format_date(goal.first, "MMMM yyyy"))
	reached, wanted = (goal_figures.in_words(goal.figure, one) for one in (value, goal.goal))
	return _("{0}: {1} instead of {2}").format(goal.title, reached, wanted)


def _standards_of(target: str | None) -> list[frappe._dict]:
	if not target:
		return []
	rows = frappe.get_all(
		"Service Standard Target",
		{"service_target": target, "parenttype": "Service Standard"},
		pluck="parent",
		order_by="parent asc",
	)
	return frappe.get_all(
		"Service Standard",
		{"name": ("in", rows or [""]), "disabled": 0},
		["name", "title", "creation", "responsible", "consequence", "consequence_action"],
		order_by="name asc",
	)


def _tell_customer(entry: Document, doc: Document, standard: frappe._dict) -> None:
	"""A mail to the address on the document, where messages are sent; else somebody has to call, as the entry shows."""
	address = cstr(doc.get("contact_email")).strip()
	account = EmailAccount.find_default_outgoing()
	if not aftersales_settings().send_customer_messages or not account or not account.email_id:
		return
	if not contacts_on_file.is_address(address):
		return
	lang = frappe.db.get_value("Customer", doc.get("customer"), "language") if doc.get("customer") else None
	said = _("We are sorry: what we promised you is late.", lang)
	before = frappe.flags.message_to_customer
	frappe.flags.message_to_customer = True  # no absence note answers it
	try:
		frappe.sendmail(
			recipients=[address],
			subject=_("{0} {1} is late", lang).format(_(doc.doctype, lang), doc.name),
			message=f"<p>{said}</p><p>{frappe.utils.escape_html(standard.consequence or '')}</p>",
			reference_doctype=doc.doctype,
			reference_name=doc.name,
		)
	finally:
		frappe.flags.message_to_customer = before
	set_protected_values(entry, customer_told=1)
	entry.save(ignore_permissions=True)
