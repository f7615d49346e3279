"""Two supervisors at the dispatch board at once: a call gets one visit. Real commits; what is made is removed."""

import frappe
import pytest

from aftersales.field_service import dispatch_board as board
from aftersales.field_service.board.undo import undo
from tests import factories as make
from tests.committed import swept_afterwards
from tests.races import at_once, overtaken

pytestmark = pytest.mark.commits


@pytest.fixture
def call():
	with swept_afterwards():
		category = make.category("Dispatch Once", charge_rule="Warranty")
		made = make.call(make.customer("Dispatch Once Ltd"), service_category=category)
		made.technician = make.technician("Dispatch Once Aoife")
		frappe.db.commit()
		yield made


def plan_at(call, minute: int) -> str:
	return board.plan(call.technician, "2027-03-03", minute, 60, call=call.name)


def visits(call) -> int:
	frappe.db.rollback()
	return frappe.db.count("Service Voucher", {"repair_call": call.name})


def test_who_comes_later_is_told_of_the_visit_that_was_planned_meanwhile(call):
	refused = overtaken(lambda: plan_at(call, 540), lambda: plan_at(call, 660))
	assert "has the visit" in str(refused)
	assert visits(call) == 1


def test_of_two_presses_at_the_same_moment_one_plans(call):
	codes = at_once((lambda minute: plan_at(call, minute), 540), (lambda minute: plan_at(call, minute), 540))
	assert sorted(map(bool, codes)) == [False, True]
	assert visits(call) == 1


def test_a_move_is_not_undone_over_what_another_supervisor_did_meanwhile(call):
	name = plan_at(call, 540)
	frappe.db.commit()
	modified = str(frappe.db.get_value("Service Voucher", name, "modified"))
	refused = overtaken(
		lambda: board.plan(call.technician, "2027-03-03", 660, 60, voucher=name),
		lambda: undo(name, modified),
	)
	assert "changed by another user" in str(refused)
	assert f"{frappe.db.get_value('Service Voucher', name, 'planned_start'):%H:%M}" == "11:00"
