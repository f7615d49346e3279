"""Two dispatchers and a planner at once: no visit twice, no hour filled twice. Real commits; what is made is removed."""

import os
import signal
from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import add_days, get_datetime, getdate, now_datetime

from aftersales.core.guards import NotPossible
from aftersales.field_service import dispatch_board as board
from aftersales.visit_planning import booking, proposing
from tests import factories as make
from tests import sessions
from tests.committed import swept_afterwards
from tests.races import FORK, at_once, keep_open, overtaken

pytestmark = pytest.mark.commits
DAY = "2027-03-03"


@pytest.fixture
def plan():
	"""A proposal of one call at nine, written as its worker would write it."""
	with swept_afterwards():
		category = make.category("Plan Once", charge_rule="Warranty")
		technician = make.technician("Plan Once Aoife")
		calls = [
			make.call(make.customer(f"Plan Once {name}"), service_category=category)
			for name in ("One", "Two")
		]
		doc = make.make("Visit Plan", company=make.COMPANY, from_date=DAY, to_date=DAY)
		doc.flags.writes_proposal = True
		start = get_datetime(f"{DAY} 09:00:00")
		doc.append(
			"proposals",
			{
				"repair_call": calls[0].name,
				"technician": technician,
				"planned_start": start,
				"planned_end": start + timedelta(hours=1),
				"state": "Proposed",
			},
		)
		doc.save()
		doc.db_set({"status": "Proposed", "attempt": 1})
		frappe.db.commit()
		doc.technician, doc.calls = technician, calls
		yield doc


def accept(plan) -> dict:
	return frappe.get_doc("Visit Plan", plan.name).accept()


def visits(plan) -> list[str]:
	frappe.db.rollback()
	return frappe.get_all(
		"Service Voucher", {"repair_call": ("in", [call.name for call in plan.calls])}, pluck="repair_call"
	)


def state(plan) -> tuple[str, str]:
	(row,) = frappe.get_doc("Visit Plan", plan.name).proposals
	return row.state, row.refused_because or ""


def test_two_who_accept_the_same_proposal_make_one_visit(plan):
	assert at_once((accept, plan), (accept, plan)) == [0, 0]
	assert visits(plan) == [plan.calls[0].name]
	assert state(plan)[0] == "Accepted"


def test_a_dispatcher_who_was_faster_wins_and_the_proposal_says_so(plan):
	error = overtaken(
		lambda: board.plan(plan.technician, DAY, 15 * 60, 60, call=plan.calls[0].name),
		lambda: accept(plan),
	)
	assert error is None
	assert visits(plan) == [plan.calls[0].name]
	assert state(plan)[0] == "Refused" and "has the visit" in state(plan)[1]


def test_an_hour_that_was_filled_meanwhile_is_not_filled_twice(plan):
	error = overtaken(
		lambda: board.plan(plan.technician, DAY, 9 * 60, 60, call=plan.calls[1].name),
		lambda: accept(plan),
	)
	assert error is None
	assert visits(plan) == [plan.calls[1].name]
	assert "meanwhile" in state(plan)[1]


def test_two_dispatchers_and_a_planner_at_once_make_one_visit_and_lose_no_move(plan):
	name = plan.calls[0].name

	def dispatcher(minute: int) -> None:
		board.plan(plan.technician, DAY, minute, 60, call=name)

	*dispatchers, planner = at_once((dispatcher, 11 * 60), (dispatcher, 13 * 60), (accept, plan))
	assert visits(plan) == [name]
	done = {"Accepted": [1, 1], "Refused": [0, 1]}[state(plan)[0]]
	assert (sorted(dispatchers), planner) == (done, 0)

	(visit,) = frappe.get_all("Service Voucher", {"repair_call": name}, ["name", "modified"])

	def move(minute: int) -> None:
		board.plan(plan.technician, DAY, minute, 60, voucher=visit.name, seen=str(visit.modified))

	codes = at_once((move, 14 * 60), (move, 16 * 60))
	assert sorted(codes) == [0, 1]
	frappe.db.rollback()
	at = frappe.db.get_value("Service Voucher", visit.name, "planned_start")
	assert at.hour == (14, 16)[codes.index(0)]


def test_a_planner_that_comes_late_leaves_what_was_accepted(plan):
	"""Its worker was at it while the plan was started anew and accepted."""
	plan.db_set({"status": "Planning", "attempt": 2})
	frappe.db.commit()

	def accepted():
		frappe.db.set_value("Visit Plan", plan.name, {"status": "Proposed", "attempt": 3})
		accept(plan)

	error = overtaken(accepted, lambda: proposing.propose(frappe.get_doc("Visit Plan", plan.name), 2))
	assert error is None
	frappe.db.rollback()
	assert state(plan)[0] == "Accepted" and len(visits(plan)) == 1


# ---------------------------------------------------------------- customers, and a killed planner


@pytest.fixture
def bookable(plan):
	"""The two calls may be booked by their customers, and there is one technician; gives a free window in two days."""
	settings = frappe.get_single("Aftersales Settings")
	kept = {name: settings.get(name) for name in ("self_booking", "working_calendar", "arrival_window")}
	others = frappe.get_all(
		"Service Technician", {"is_active": 1, "name": ("!=", plan.technician)}, pluck="name"
	)
	for name in others:
		frappe.db.set_value("Service Technician", name, "is_active", 0)
	make.settings(self_booking="All Calls", working_calendar=None, arrival_window=120)
	frappe.db.commit()
	start = datetime.combine(getdate(add_days(now_datetime(), 2)), datetime.min.time()) + timedelta(hours=10)
	yield start, start + timedelta(hours=2)
	frappe.db.rollback()
	make.settings(**kept)
	for name in others:
		frappe.db.set_value("Service Technician", name, "is_active", 1)
	frappe.db.commit()


def book(call, window) -> None:
	booking.book(call.name, *window, "", "the customer")


def promised(plan) -> list:
	frappe.db.rollback()
	names = [call.name for call in plan.calls]
	return frappe.get_all(
		"Repair Call", {"name": ("in", names), "promised_from": ("is", "set")}, pluck="name"
	)


def test_two_customers_who_choose_the_same_hour_at_once_get_one(plan, bookable):
	done = at_once(*((lambda call: book(call, bookable), call) for call in plan.calls))
	assert sorted(done) == [0, 1]
	assert len(promised(plan)) == 1


def test_an_hour_that_a_dispatcher_or_a_customer_has_taken_meanwhile_is_not_promised(plan, bookable):
	error = overtaken(
		lambda: board.plan(plan.technician, str(bookable[0].date()), 10 * 60, 60, call=plan.calls[0].name),
		lambda: book(plan.calls[1], bookable),
	)
	assert isinstance(error, NotPossible) and "taken meanwhile" in str(error)
	later = tuple(moment + timedelta(days=1) for moment in bookable)
	error = overtaken(lambda: book(plan.calls[0], later), lambda: book(plan.calls[1], later))
	assert isinstance(error, NotPossible)
	assert promised(plan) == [plan.calls[0].name]


def test_a_planner_that_is_killed_at_work_leaves_nothing_half_and_begins_anew(plan):
	plan.db_set(
		{"status": "Queued", "attempt": 2, "from_date": DAY, "to_date": DAY, "run_by": "Administrator"}
	)
	frappe.db.commit()
	site, name = frappe.local.site, plan.name

	def at_work():
		keep_open(frappe.local.db)
		sessions.connect(site, force=True)

		sql = frappe.db.sql

		def killed(statement, *args, **kwargs):
			result = sql(statement, *args, **kwargs)
			words = str(statement).lower()
			if "tabvisit plan proposal" in words and words.lstrip().startswith(
				("insert", "update", "delete")
			):
				os.kill(os.getpid(), signal.SIGKILL)  # between the first and the last row of the proposal
			return result

		frappe.db.sql = killed
		proposing.run(name, 2)
		os._exit(0)

	child = FORK.Process(target=at_work)
	child.start()
	child.join(120)
	assert child.exitcode == -signal.SIGKILL
	frappe.db.rollback()
	assert state(plan) == ("Proposed", "")  # what was proposed before
	frappe.db.set_value(
		"Visit Plan", name, "started_at", now_datetime() - timedelta(hours=1), update_modified=False
	)
	assert proposing.is_given_up(frappe.get_doc("Visit Plan", name), now_datetime())
	frappe.db.set_value("Visit Plan", name, {"status": "Queued", "attempt": 3})
	frappe.db.commit()
	proposing.run(name, 3)
	frappe.db.commit()
	doc = frappe.get_doc("Visit Plan", name)
	assert doc.status == "Proposed" and {row.state for row in doc.proposals} <= {"Proposed", "Left over"}
	assert visits(plan) == []
