"""An emergency in the running day: who could go, for whom it changes what, and the change itself.

What is shown is worked out again under the lock of the call before anything is written: where the day has changed meanwhile,
nothing is moved and the user looks again. Visits are moved by the dispatch board's own function, so that each customer with
a promise is told as with any other move.
"""

from collections.abc import Iterable
from datetime import datetime, time

import frappe
from frappe import _
from frappe.utils import escape_html, get_datetime, getdate, now_datetime

from aftersales.core.input.requests import Moment, validate_call
from aftersales.field_service import dispatch_board, visits
from aftersales.field_service.permissions import is_restricted
from aftersales.service_calls import calls
from aftersales.service_routes.planner.emergency_rules import Answer, answers
from aftersales.service_routes.planner.insertion_rules import fixed_routes
from aftersales.service_routes.planner.route_rules import Ground
from aftersales.visit_planning import loading
from aftersales.visit_planning.loading import Case, Wanted

MOST_OPTIONS = 3


@frappe.whitelist()
@validate_call
def options(repair_call: str) -> list[dict]:
	"""At most three ways to visit a call today, the one that disturbs least first.

	Returns:
		technician, start (site time), minutes (of work), travel (minutes), late (minutes after the target), overtime
		(minutes) and changes: visit, customer_name, old_start, new_start, missed (the promise is no longer kept).

	Raises:
		frappe.PermissionError: the user may not plan visits or read the call.
		frappe.ValidationError: the call does not wait for a visit.
	"""
	_check_rights(repair_call)
	case, found = _answers(repair_call)
	return [_shown(case, repair_call, answer) for answer in found]


@frappe.whitelist(methods=["POST"])
@validate_call
def take(repair_call: str, technician: str, start: Moment, reason: str | None = None) -> dict:
	"""Send `technician` at `start`, and move the visits after it as :func:`options` said.

	Returns:
		voucher of the new visit, and the names of the visits moved.

	Raises:
		frappe.PermissionError: the user may not plan visits.
		frappe.ValidationError: the day has changed since the options were shown, or a guard of a visit refuses.
	"""
	_check_rights(repair_call)
	calls.lock(repair_call)
	case, found = _answers(repair_call)
	chosen = next(
		(
			answer
			for answer in found
			if case.shifts[answer.shift][0] == technician
			and abs((case.moment(answer.start) - get_datetime(start)).total_seconds()) <= 15 * 60
		),
		None,
	)
	if not chosen:
		frappe.throw(
			_("The day of {0} has changed since. Look at the options again.").format(
				frappe.bold(escape_html(technician))
			),
			title=_("Changed by Another User"),
		)
	moved = [_move(case, change) for change in reversed(chosen.changes)]
	begin = case.moment(chosen.start)
	voucher = dispatch_board.plan(
		technician, getdate(begin), _minute(begin), _minutes_of(case, repair_call), call=repair_call
	)
	dispatch_board.dispatch(voucher, reason=reason)
	return {"voucher": voucher, "moved": moved[::-1]}


def _check_rights(repair_call: str) -> None:
	"""Whoever fits in a call sees and moves the day of others, which technicians may not."""
	frappe.has_permission("Service Voucher", "write", throw=True)
	if is_restricted(frappe.session.user, "write"):
		frappe.throw(_("Only users who plan visits can fit a call into the day."), frappe.PermissionError)
	frappe.get_doc("Repair Call", repair_call).check_permission("read")


def _answers(repair_call: str) -> tuple[Case, list[Answer]]:
	values = frappe.db.get_value("Repair Call", repair_call, ["company", "status"], as_dict=True)
	now = now_datetime()
	case = loading.load(Wanted(values.company, now.date(), now.date()), now)
	keys = [visit.key for visit in case.problem.visits]
	if repair_call not in case.calls:
		_say_why_not(repair_call)
	ground = Ground(case.problem)
	at = round((now - case.midnight).total_seconds())
	begun = _begun(case, keys, now)
	found = answers(ground, fixed_routes(ground), keys.index(repair_call), at, begun, len(case.shifts))
	return case, [answer for answer in found if not _moves_a_crew(case, answer)][:MOST_OPTIONS]


def _moves_a_crew(case: Case, answer: Answer) -> bool:
	"""A visit of several technicians or days is moved by people: somebody else's day, or another one, would change with it."""
	moved = [case.visits[change.key] for change in answer.changes]
	return any(visit.crew or visit.part_of for visit in moved)


def _say_why_not(repair_call: str) -> None:
	if planned := visits.open_vouchers_of_call(repair_call):
		frappe.throw(
			_("{0} has the visit {1} already. Move it on the dispatch board.").format(
				frappe.bold(escape_html(repair_call)), frappe.bold(planned[0])
			)
		)
	frappe.throw(
		_(
			"{0} does not wait for a visit today: it is closed, on hold, promised for another day, or in the workshop."
		).format(frappe.bold(escape_html(repair_call)))
	)


def _begun(case: Case, keys: Iterable[str], now: datetime) -> list[int]:
	return [
		number
		for number, key in enumerate(keys)
		if key in case.visits
		and (case.visits[key].status == "On Site" or get_datetime(case.visits[key].planned_start) <= now)
	]


def _move(case: Case, change) -> str:
	row = case.visits[change.key]
	start = case.moment(change.new_start)
	dispatch_board.plan(
		row.technician,
		getdate(start),
		_minute(start),
		round((row.planned_end - row.planned_start).total_seconds() / 60),
		voucher=row.name,
		seen=row.modified,
		promise_changed_for="Service" if change.missed else None,
	)
	return row.name


def _shown(case: Case, repair_call: str, answer: Answer) -> dict:
	technician, _day = case.shifts[answer.shift]
	names = {
		row.name: row.customer_name
		for row in frappe.get_list(
			"Service Voucher",
			filters={"name": ("in", [change.key for change in answer.changes] or [""])},
			fields=["name", "customer_name"],
			order_by="name asc",
		)
	}
	return {
		"technician": technician,
		"start": case.moment(answer.start),
		"minutes": _minutes_of(case, repair_call),
		"travel": round(answer.travel / 60),
		"late": round(answer.late / 60),
		"overtime": round(answer.overtime / 60),
		"changes": [
			{
				"visit": change.key,
				"customer_name": names.get(change.key),
				"old_start": case.moment(change.old_start),
				"new_start": case.moment(change.new_start),
				"missed": change.missed,
			}
			for change in answer.changes
		],
	}


def _minutes_of(case: Case, repair_call: str) -> int:
	return round(next(visit.length for visit in case.problem.visits if visit.key == repair_call) / 60)


def _minute(moment: datetime) -> int:
	return round((moment - datetime.combine(moment.date(), time())).total_seconds() / 60)
