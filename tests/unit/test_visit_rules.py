"""What a visit must show before it is done, and how much cash may be taken."""

from dataclasses import replace

import pytest

from aftersales.field_service.visit_rules import (
	Visit,
	carried_over,
	cash_refusal,
	contradicts_test,
	missing_for_completion,
	open_cash,
	state_is_allowed,
)

DONE = Visit(
	outcome="Completed",
	findings="Seal replaced",
	test_result="Passed",
	signature="data:image/png;base64,x",
	signed_by="N. Byrne",
	unsigned_reason=None,
	internal=False,
)


def test_complete_report():
	assert missing_for_completion(DONE) == ()


@pytest.mark.parametrize("fieldname", ["outcome", "findings", "test_result", "signed_by"])
def test_each_field_of_a_completed_visit_is_asked_for(fieldname):
	assert missing_for_completion(replace(DONE, **{fieldname: None})) == (fieldname,)


def test_unsigned_needs_a_reason():
	unsigned = replace(DONE, signature=None, signed_by=None)
	assert missing_for_completion(unsigned) == ("customer_signature",)
	assert missing_for_completion(replace(unsigned, unsigned_reason="Key from the caretaker")) == ()


@pytest.mark.parametrize(
	"outcome", ["Taken to Workshop", "Revisit Needed", "Not Repairable", "No Fault Found"]
)
def test_only_a_completed_repair_is_tested(outcome):
	assert missing_for_completion(replace(DONE, outcome=outcome, findings=None, test_result=None)) == ()


def test_nobody_to_sign():
	unsigned = replace(DONE, signature=None, signed_by=None)
	assert missing_for_completion(replace(unsigned, outcome="No Access")) == ()
	assert missing_for_completion(replace(unsigned, internal=True)) == ()


def test_failed_test_contradicts_completed():
	assert contradicts_test(replace(DONE, test_result="Failed"))
	assert not contradicts_test(replace(DONE, test_result="Not Tested"))
	assert not contradicts_test(replace(DONE, outcome="Revisit Needed", test_result="Failed"))


@pytest.mark.parametrize(
	("status", "docstatus", "allowed"),
	[
		("Draft", 0, True),
		("Dispatched", 0, True),
		("On Site", 0, True),
		("Cancelled", 0, True),
		("Completed", 0, False),
		("Archived", 0, False),
		("Completed", 1, True),
		("Archived", 1, True),
		("On Site", 1, False),
		("Cancelled", 1, False),
		("Cancelled", 2, True),
		("Completed", 2, False),
	],
)
def test_states_by_docstatus(status, docstatus, allowed):
	assert state_is_allowed(status, docstatus) is allowed


def test_what_was_left_replaces_the_plan():
	assert carried_over("Replace the seal", "Fit the pump") == "Fit the pump"
	assert carried_over("Replace the seal", "  ") == "Replace the seal"
	assert carried_over(None, None) is None


@pytest.mark.parametrize(
	("collected", "due", "limit", "rate", "refusal"),
	[
		(100, 100, 100, 1, ""),
		(100.01, 100, 250, 1, "more_than_due"),
		(100, 120, 99.99, 1, "more_than_limit"),
		(1, 100, 0, 1, "more_than_limit"),
		# 100 pounds are 117 euro: above a limit of 110 euro, although 100 is less than 110
		(100, 100, 110, 1.17, "more_than_limit"),
		(100, 100, 117, 1.17, ""),
		# a difference below a cent is rounding, not money
		(100.004, 100, 250, 1, ""),
	],
)
def test_cash(collected, due, limit, rate, refusal):
	assert cash_refusal(collected, due, limit, rate) == refusal


@pytest.mark.parametrize(
	("receipts", "open_amount"),
	[
		([], 0),
		([(True, 50)], 50),
		([(True, 50), (True, 20)], 70),
		([(True, 50), (False, 40)], 10),
		([(True, 50), (False, 40), (True, 5), (False, 15)], 0),
	],
)
def test_a_technician_has_what_was_received_less_what_was_paid_out(receipts, open_amount):
	assert open_cash(receipts) == open_amount
