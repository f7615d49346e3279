"""What a customer's message does to its call, and which mail of ours answers a customer."""

import pytest

from aftersales.service_calls import answer_rules as rules
from aftersales.service_calls.answer_rules import CONTINUE, NEW, OPENS_NEW, REOPEN, REOPENS, TELL, TELLS


@pytest.mark.parametrize(
	"status, hold_for, days, choice, follows",
	[
		("Open", None, None, REOPENS, TELL),
		("On Hold", "Customer", None, REOPENS, CONTINUE),
		("On Hold", "Parts", None, REOPENS, TELL),
		("Resolved", None, 14, REOPENS, REOPEN),
		("Resolved", None, 15, REOPENS, NEW),
		("Resolved", None, 15, TELLS, NEW),
		("Resolved", None, 1, OPENS_NEW, NEW),
		("Resolved", None, 1, TELLS, TELL),
		("Closed", None, 1, REOPENS, NEW),
		("Closed", None, 1, TELLS, TELL),
		("Cancelled", None, 1, REOPENS, NEW),
		("Resolved", None, 1, None, REOPEN),
	],
)
def test_what_a_message_does(status, hold_for, days, choice, follows):
	assert rules.what_follows(status, hold_for, days, choice, 14) == follows


def test_without_a_limit_of_days_a_resolved_call_is_always_reopened():
	assert rules.what_follows("Resolved", None, 900, REOPENS, 0) == REOPEN


NORA, HUSBAND, US, COLLEAGUE, VENDOR = "nora@x", "husband@x", "service@us", "sean@us", "parts@v"


@pytest.mark.parametrize(
	"written_to, answers",
	[
		({NORA}, True),
		({NORA, VENDOR, COLLEAGUE}, True),
		({HUSBAND}, True),
		({COLLEAGUE}, False),
		({US}, False),
		({VENDOR}, False),
		({VENDOR, HUSBAND}, False),
		(set(), False),
	],
)
def test_which_mail_answers_the_customer(written_to, answers):
	assert rules.is_answer(written_to, {NORA}, {US}, {COLLEAGUE}, {VENDOR}) is answers
