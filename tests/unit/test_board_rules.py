"""Stages, steps and what a card waits for."""

from dataclasses import replace

import pytest

from aftersales.repair_workshop import board_rules as board
from aftersales.repair_workshop import card_rules as rules

ALL = (*board.ON_BOARD, rules.RETURNED, rules.CANCELLED)


def keys(status, docstatus=0, verified=False):
	return [step.key for step in board.steps_of(status, docstatus, verified)]


def test_every_status_has_one_stage_and_only_what_is_over_has_none():
	assert len(board.ON_BOARD) == len(set(board.ON_BOARD))
	assert set(ALL) - set(board.ON_BOARD) == {"Returned", "Cancelled"}


@pytest.mark.parametrize(
	("status", "offered"),
	[
		("Received", ["start_diagnosis", "start_repair", "give_up"]),
		("Diagnosing", ["await_approval", "start_repair", "give_up"]),
		("Awaiting Approval", ["approve", "decline", "give_up"]),
		("Approved", ["start_repair", "await_parts", "give_up"]),
		("Awaiting Parts", ["start_repair", "give_up"]),
		("In Repair", ["hand_to_check", "await_parts", "give_up"]),
		("Quality Check", ["verify", "start_repair", "give_up"]),
		("Not Repairable", ["finish"]),
		("Declined", ["finish"]),
		("Cancelled", []),
	],
)
def test_steps_of_a_draft(status, offered):
	assert keys(status) == offered


def test_a_verified_card_is_finished():
	assert keys("Quality Check", verified=True) == ["finish", "start_repair", "give_up"]


@pytest.mark.parametrize("status", ["Ready", "Not Repairable", "Declined"])
def test_what_is_submitted_goes_back_to_the_customer(status):
	assert keys(status, docstatus=1) == ["hand_over"]
	assert keys("Returned", docstatus=1) == []


def test_a_state_of_the_administrator_has_a_column_behind_its_status():
	states = [
		("In Repair", "In Repair"),
		("Drying", "In Repair"),
		("Elsewhere", None),
		("Given Up", "Not Repairable"),
	]
	columns = board.stages_with(states)
	titles = [title for title, _statuses, _state in columns]
	assert titles[titles.index("In Repair") + 1] == "Drying"
	assert ("Drying", ("In Repair",), "Drying") in columns
	assert len(columns) == len(board.STAGES) + 1
	assert [title for title, _statuses, _state in board.stages_with([])] == [
		title for title, _s in board.STAGES
	]


@pytest.mark.parametrize(
	("to", "docstatus", "offered"),
	[
		("Returned", 1, True),
		("Cancelled", 2, False),
		(None, 2, False),
		("Cancelled", 0, False),
		(None, 0, True),
	],
)
def test_cancelling_is_no_step_of_the_board(to, docstatus, offered):
	assert board.is_offered(to, docstatus) is offered


def test_what_cannot_be_taken_back_is_asked_for():
	assert board.HAND_OVER.question and board.FINISH.question and board.FINISH_GIVEN_UP.question
	assert board.START_REPAIR.question is None
	assert board.VERIFY.question is None  # its dialog asks


def test_every_step_leads_to_a_stage_or_off_the_board():
	titles = {title for title, _statuses in board.STAGES}
	for status in ALL:
		for docstatus in (0, 1):
			for verified in (False, True):
				for step in board.steps_of(status, docstatus, verified):
					assert step.to in {*board.ON_BOARD, *titles, "Returned"}
					assert step.actions


@pytest.mark.parametrize(
	("to", "submits", "docstatus", "verified", "actions", "asks"),
	[
		("Diagnosing", False, 0, False, (), ()),
		(None, False, 0, False, (), ()),
		("Approved", False, 0, False, ("record_approval",), ("approved_by", "channel", "amount")),
		("Declined", False, 0, False, ("record_decline",), ("reason",)),
		("Not Repairable", False, 0, False, ("give_up",), ("reason",)),
		# given up before with its reason; the transition only submits
		("Not Repairable", True, 0, False, (), ()),
		("Ready", True, 0, False, ("verify",), ("notes",)),
		("Ready", True, 0, True, (), ()),
		("Returned", False, 1, True, (), ()),
	],
)
def test_transitions(to, submits, docstatus, verified, actions, asks):
	step = board.step_of_transition("Go", "Some State", to, submits, docstatus, verified)
	assert (step.key, step.label, step.to, step.transition) == ("Go>Some State", "Go", to, "Go")
	assert (step.actions, step.asks) == (actions, asks)
	assert step.needs_submit == (submits or docstatus == 1)


def test_who_is_offered_a_step():
	assert board.may_take(board.START_DIAGNOSIS, True, False, False)
	assert not board.may_take(board.START_DIAGNOSIS, False, True, True)
	assert not board.may_take(board.VERIFY, True, True, False)
	assert not board.may_take(board.VERIFY, True, False, True)
	assert board.may_take(board.VERIFY, True, True, True)
	assert not board.may_take(board.HAND_OVER, True, False, True)


CARD = board.Situation(
	status="Received",
	docstatus=0,
	receipt="CR-1",
	on_a_call=True,
	verified=False,
	working=None,
	technician=None,
)


@pytest.mark.parametrize(
	("changes", "text", "whom"),
	[
		({}, "A technician", ""),
		({"technician": "Niamh"}, "Next: {0}", "Niamh"),
		({"receipt": None}, "A signed receipt", ""),
		({"receipt": None, "on_a_call": False}, "A technician", ""),
		({"status": "In Repair", "working": "Niamh"}, "{0} is at work", "Niamh"),
		({"status": "Awaiting Approval"}, "The customer's answer", ""),
		({"status": "Awaiting Parts"}, "Parts", ""),
		({"status": "Awaiting Parts", "parts": ("FLW-18", "GVS-15")}, "Parts: {0}", "FLW-18, GVS-15"),
		({"status": "Quality Check"}, "Second check", ""),
		({"status": "Quality Check", "verified": True}, "To be finished", ""),
		({"status": "Ready", "docstatus": 1}, "Customer to collect it", ""),
		({"status": "Declined"}, "To be finished without repair", ""),
		({"status": "Declined", "docstatus": 1}, "Customer to collect it", ""),
	],
)
def test_what_a_card_waits_for(changes, text, whom):
	assert board.waiting_for(replace(CARD, **changes)) == (text, whom)
