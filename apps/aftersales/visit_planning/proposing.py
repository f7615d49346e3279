"""A Visit Plan in the background: reads, plans, and writes its proposal in one transaction under the plan's lock."""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate, now_datetime

from aftersales.core import background
from aftersales.core.guards import privileged, set_protected_values
from aftersales.service_routes import settings
from aftersales.service_routes.planner import solver
from aftersales.service_routes.planner.planning_rules import Left, Plan, Planned, make_plan
from aftersales.visit_planning import explaining, loading
from aftersales.visit_planning.loading import Case, Wanted

PLAN = "Visit Plan"
PROGRESS_EVENT = "visit_plan_progress"
RUNNING = ("Queued", "Planning")
SPARE = timedelta(minutes=5)
"""So long after its time limit a plan is taken to be given up by its worker."""


def run(name: str, attempt: int) -> None:
	"""Work out the proposal of Visit Plan `name`; a job of an older start than `attempt` does nothing."""
	doc = frappe.get_doc(PLAN, name, for_update=True)
	if doc.attempt != attempt or doc.status != "Queued":
		return
	doc.db_set({"status": "Planning", "started_at": now_datetime(), "progress": 0, "error": None})
	# The run is seen to have begun; its proposal is a transaction of its own
	frappe.db.commit()  # nosemgrep
	try:
		propose(doc, attempt)
	except Exception:
		frappe.db.rollback()
		frappe.log_error(
			title=f"Visit Plan {name} was not planned", reference_doctype=PLAN, reference_name=name
		)
		_end(
			name,
			attempt,
			{"status": "Failed", "error": _("The planning ended with an error. It is in the Error Log.")},
		)
	_publish(name, 100)


def propose(doc, attempt: int) -> None:
	"""Plan, and store the proposal unless the plan was started anew meanwhile."""
	now = now_datetime()
	case = loading.load(wanted_of(doc), now)
	limit = settings.routes_settings().time_limit or 30
	solved = solver.orders if solver.is_there() else None
	plan = make_plan(case.problem, solved, limit, told=lambda share: _publish(doc.name, share * 100))
	stored = frappe.get_doc(PLAN, doc.name, for_update=True)
	if stored.attempt != attempt or stored.status != "Planning":
		return
	write(stored, case, plan)


def wanted_of(doc) -> Wanted:
	today = getdate(now_datetime())
	return Wanted(
		doc.company,
		max(getdate(doc.from_date), today),
		getdate(doc.to_date),
		doc.service_zone or None,
		tuple(row.technician for row in doc.technicians),
		bool(doc.reschedule),
	)


def write(doc, case: Case, plan: Plan) -> None:
	"""The proposal as rows of the document, and what it comes to."""
	fixed = {visit.key for visit in case.problem.visits if visit.fixed}
	rows = [_row(case, found) for found in plan.planned if found.key not in fixed]
	rows.sort(key=lambda row: (row["technician"], row["planned_start"]))
	left = [_left_row(case, one) for one in plan.left if one.key in case.calls]
	doc.flags.writes_proposal = True
	doc.flags.ignore_links = True  # names that the planner has just read
	doc.set("proposals", [])
	for row in (*rows, *left):
		doc.append("proposals", row)
	set_protected_values(
		doc,
		status="Proposed",
		finished_at=now_datetime(),
		progress=100,
		planned_visits=len(rows),
		left_over=len(left),
		travel_minutes=round(sum(shift.travel for shift in plan.shifts) / 60),
		kilometres=round(sum(shift.metres for shift in plan.shifts) / 1000, 1),
		work_minutes=round(sum(shift.work for shift in plan.shifts) / 60),
		overtime_minutes=round(sum(shift.overtime for shift in plan.shifts) / 60),
		planned_with="PyVRP" if plan.solver else "Insertion",
		travel_by=case.travel_by,
	)
	privileged(doc).save()


def _row(case: Case, found: Planned) -> dict:
	technician, _day = case.shifts[found.shift]
	start = case.moment(found.start)
	length = next(visit.length for visit in case.problem.visits if visit.key == found.key)
	visit = case.visits.get(found.key)
	call = case.calls.get(found.key)
	draft = visit or (call.visit if call else None) or frappe._dict()
	unchanged = visit and visit.technician == technician and get_datetime(visit.planned_start) == start
	return {
		"repair_call": found.key if call else visit.repair_call,
		"service_voucher": draft.name,
		"seen": draft.modified,
		"technician": technician,
		"planned_start": start,
		"planned_end": start + timedelta(seconds=length),
		"state": "Unchanged" if unchanged else "Proposed",
		"why": explaining.why(case, found),
		"position": found.order,
		"travel_minutes": round(found.travel / 60),
		"kilometres": round(found.metres / 1000, 1),
		"late_minutes": round(found.late / 60),
	}


def _left_row(case: Case, left: Left) -> dict:
	return {"repair_call": left.key, "state": "Left over", "why": explaining.why_left(case, left)}


def _end(name: str, attempt: int, values: dict) -> None:
	doc = frappe.get_doc(PLAN, name, for_update=True)
	if doc.attempt == attempt and doc.status in RUNNING:
		doc.db_set({**values, "finished_at": now_datetime()})


def _publish(name: str, share: float) -> None:
	frappe.publish_realtime(
		PROGRESS_EVENT, {"name": name, "progress": round(share)}, doctype=PLAN, docname=name
	)


def is_given_up(doc, now: datetime) -> bool:
	"""A run whose worker is gone: longer at work than its time limit allows."""
	limit = timedelta(seconds=settings.routes_settings().time_limit or 30)
	begun = doc.started_at if doc.status == "Planning" else doc.modified
	return bool(begun) and get_datetime(begun) + limit + SPARE < now


def resume_interrupted() -> list[str]:
	"""Plans whose worker or place in the queue is gone begin anew, three times at most; returns their names."""
	if not background.queue_answers():
		return []
	resumed = []
	for name in frappe.get_all(PLAN, filters={"status": ("in", RUNNING)}, pluck="name", order_by="name asc"):
		doc = frappe.get_doc(PLAN, name, for_update=True)
		if doc.status not in RUNNING or not is_given_up(doc, now_datetime()):
			continue
		why_not = background.why_not(doc.run_by, lambda doc=doc: doc.check_permission("write"))
		if why_not or doc.attempt > background.MOST_RESUMES:
			reason = why_not or _("It was interrupted {0} times.").format(doc.attempt)
			doc.db_set({"status": "Failed", "error": reason, "finished_at": now_datetime()})
			continue
		doc.db_set({"status": "Queued", "attempt": doc.attempt + 1})
		with background.acting_for(doc.run_by):
			doc.push()
		resumed.append(name)
	return resumed
