"""Two dispatchers and a planner at once: no visit twice, no hour filled twice. Real commits; what is made is removed."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import get_datetime

from aftersales.field_service import dispatch_board as board
from aftersales.visit_planning import proposing
from tests import factories as make
from tests.committed import swept_afterwards
from tests.races import at_once, overtaken

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
