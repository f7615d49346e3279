"""Real repair time on a Repair Card: start and stop per technician, hours, labour lines (R-WS-4)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_datetime, get_link_to_form, now_datetime

from aftersales.core.guards import require_role, validate_not_in_future
from aftersales.core.roles import SUPERVISORS
from aftersales.customer_goods import custody
from aftersales.repair_workshop import card_rules as rules
from aftersales.service_calls import jobs
from aftersales.service_staff.technicians import technicians_of_user

STARTING_STATES = {
	rules.RECEIVED: rules.DIAGNOSING,
	rules.DIAGNOSING: rules.DIAGNOSING,
	rules.APPROVED: rules.IN_REPAIR,
	rules.AWAITING_PARTS: rules.IN_REPAIR,
	rules.IN_REPAIR: rules.IN_REPAIR,
	rules.QUALITY_CHECK: rules.IN_REPAIR,
}
"""State in which work starts → state the card is in then."""


def check_time_logs(doc: Document) -> None:
	"""Order of times, hours, nobody at two products at once; work stops in states of waiting.

	Raises:
		frappe.ValidationError: names the technician and the other card.
		frappe.PermissionError: somebody writes the log of another, or rewrites their own.
	"""
	_validate_authors(doc)
	_refuse_work_to_come(doc)
	_stop_when_waiting(doc)
	_check_order(doc)
	_refuse_overlap_on_card(doc)
	_refuse_running_elsewhere(doc)
	_count_hours(doc)


def start(doc: Document, technician: str | None = None) -> None:
	"""Append a running log for `technician`; the card goes to Diagnosing or In Repair."""
	technician = _whose(technician)
	if doc.status not in STARTING_STATES:
		frappe.throw(_("No work can be started while the card is {0}.").format(frappe.bold(_(doc.status))))
	custody.validate_product_is_here("repair_card", doc.name)
	doc.status = STARTING_STATES[doc.status]
	doc.append("time_logs", {"technician": technician, "from_time": now_datetime()})


def stop(doc: Document, technician: str | None = None) -> None:
	"""Close the running log of `technician` on this card."""
	technician = _whose(technician)
	running = [row for row in doc.time_logs if row.technician == technician and not row.to_time]
	if not running:
		frappe.throw(_("{0} has no running work on this card.").format(frappe.bold(escape_html(technician))))
	for row in running:
		row.to_time = now_datetime()


def charge(doc: Document) -> int:
	"""Append a labour line for each finished log that has none; return how many were added."""
	charged = {
		(line.technician, get_datetime(line.from_time), get_datetime(line.to_time))
		for line in doc.labour
		if line.from_time and line.to_time
	}
	entries = [rules.StateEntry(row.status, get_datetime(row.entered_at)) for row in doc.state_log]
	open_logs = rules.uncharged(logs_of(doc), charged)
	for log in open_logs:
		doc.append(
			"labour",
			{
				"activity": rules.activity_at(entries, log.from_time),
				"technician": log.technician,
				"from_time": log.from_time,
				"to_time": log.to_time,
			},
		)
	return len(open_logs)


def logs_of(doc: Document) -> list[rules.TimeLog]:
	"""The time logs of a card as plain values."""
	return [
		rules.TimeLog(
			row.technician, get_datetime(row.from_time), get_datetime(row.to_time) if row.to_time else None
		)
		for row in doc.time_logs
	]


def work_done(doc: Document) -> tuple:
	"""What a verification confirms: who worked when, and the parts fitted."""
	parts = tuple((row.item_code, row.qty, row.serial_no or "") for row in doc.parts)
	return tuple(logs_of(doc)), parts


def users_who_worked(doc: Document) -> set[str]:
	"""Users of the repairer and of every technician on time logs and labour lines."""
	technicians = {row.technician for row in (*doc.time_logs, *doc.labour) if row.technician}
	if doc.repaired_by:
		technicians.add(doc.repaired_by)
	users = {frappe.get_cached_value("Service Technician", name, "user") for name in technicians}
	return {user for user in users if user}


def _whose(technician: str | None) -> str:
	own = technicians_of_user(frappe.session.user)
	if not technician:
		if not own:
			frappe.throw(_("You are not a Service Technician. Choose whose work it is."))
		return own[0]
	if technician not in own:
		require_role(SUPERVISORS, _("Starting or stopping the work of another user"))
	return technician


def _validate_authors(doc: Document) -> None:
	"""A technician logs their own work and ends it; whoever corrects logs supervises, and the timeline says so."""
	if doc.flags.ignore_permissions:
		return
	before = doc.get_doc_before_save()
	stored = {row.name: row for row in before.time_logs} if before else {}
	own = set(technicians_of_user(frappe.session.user))
	corrected = [row.technician for row in doc.time_logs if not _is_own_work(row, stored.get(row.name), own)]
	kept = {row.name for row in doc.time_logs}
	corrected += [row.technician for name, row in stored.items() if name not in kept]
	if not corrected:
		return
	whose = ", ".join(sorted({escape_html(technician or "") for technician in corrected}))
	require_role(SUPERVISORS, _("Correcting the time logs of {0}").format(whose))
	jobs.note(doc, _("Time logs of {0} corrected").format(whose))


def _is_own_work(row: Document, stored: Document | None, own: set[str]) -> bool:
	"""True for a log as it is stored, a new one of one of the `own` technicians, or a running one that ends."""
	if stored is None:
		return row.technician in own
	if (row.technician, get_datetime(row.from_time)) != (stored.technician, get_datetime(stored.from_time)):
		return False
	if (row.to_time and get_datetime(row.to_time)) == (stored.to_time and get_datetime(stored.to_time)):
		return True
	return not stored.to_time and row.technician in own


def _stop_when_waiting(doc: Document) -> None:
	"""Nobody works on a product that waits, was given up, or went to the check."""
	if doc.status in rules.WORKING:
		return
	for row in doc.time_logs:
		if not row.to_time:
			row.to_time = now_datetime()


def _refuse_work_to_come(doc: Document) -> None:
	"""Work that begins in the future could not be stopped before."""
	for row in doc.time_logs:
		validate_not_in_future(row, "from_time", "to_time")


def _check_order(doc: Document) -> None:
	wrong = rules.disordered(logs_of(doc))
	if wrong:
		frappe.throw(_("Time log of {0}: it stops before it starts.").format(escape_html(wrong.technician)))


def _refuse_overlap_on_card(doc: Document) -> None:
	pair = rules.overlapping(logs_of(doc))
	if pair:
		frappe.throw(
			_("{0} cannot work twice at the same time: the time logs from {1} and {2} overlap.").format(
				frappe.bold(escape_html(pair[0].technician)), pair[0].from_time, pair[1].from_time
			)
		)


def _refuse_running_elsewhere(doc: Document) -> None:
	running = sorted({row.technician for row in doc.time_logs if not row.to_time})
	before = doc.get_doc_before_save()
	known = {row.technician for row in before.time_logs if not row.to_time} if before else set()
	for technician in running:
		if technician in known:
			continue
		# The lock makes two clocks of one technician, started at the same moment, wait for each other.
		frappe.db.get_value("Service Technician", technician, "name", for_update=True)
		other = _running_card(technician, doc.name)
		if other:
			frappe.throw(
				_("{0} is at work on {1}. Stop that work first.").format(
					frappe.bold(escape_html(technician)), get_link_to_form("Repair Card", other)
				),
				title=_("Already at Work"),
			)


def _running_card(technician: str, except_card: str | None) -> str | None:
	log = frappe.qb.DocType("Service Time Log")
	found = (
		frappe.qb.from_(log)
		.select(log.parent)
		.where((log.technician == technician) & log.to_time.isnull())
		.where((log.docstatus == 0) & (log.parent != (except_card or "")))
		.limit(1)
		.for_update()  # sees what others committed since this transaction began
	).run()
	return found[0][0] if found else None


def _count_hours(doc: Document) -> None:
	logs = logs_of(doc)
	for row, log in zip(doc.time_logs, logs, strict=True):
		row.hours = rules.hours(log)
	doc.total_hours = rules.total_hours(logs)
