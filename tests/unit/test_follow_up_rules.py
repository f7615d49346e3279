"""Whether a customer is asked, and what the answers mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.customer_care.follow_up_rules import (
	WEIGHTS,
	Answers,
	Rule,
	choose,
	reasons_to_act,
	rejects_answer,
)


def rule(name, days=7, **conditions):
	return Rule(name, conditions, days)


FACTS = {
	"customer": "Liffey Labs",
	"customer_group": ["Key Accounts", "Commercial", "All Customer Groups"],
	"service_category": "A",
	"request_type": "Repair",
}


@pytest.mark.parametrize(
	("rules", "chosen"),
	[
		([], None),
		([rule("other", request_type="Training")], None),
		([rule("type", request_type="Repair"), rule("category", service_category="A")], "category"),
		(
			[
				rule("group", customer_group="Commercial"),
				rule("both", service_category="A", request_type="Repair"),
			],
			"group",
		),
		([rule("wish", customer="Liffey Labs"), rule("group", customer_group="Key Accounts")], "wish"),
		([rule("b", request_type="Repair"), rule("a", request_type="Repair")], "a"),
		([rule("half", customer="Liffey Labs", request_type="Training")], None),
	],
)
def test_the_most_specific_rule_counts(rules, chosen):
	found = choose(rules, FACTS)
	assert (found and found.name) == chosen


@given(st.lists(st.sets(st.sampled_from(sorted(WEIGHTS)), min_size=1), min_size=1))
def test_the_order_of_rules_does_not_matter(sets):
	values = {**FACTS, "customer_group": "Commercial"}
	rules = [Rule(str(n), {k: values[k] for k in keys}, n) for n, keys in enumerate(sets)]
	assert choose(rules, FACTS) == choose(reversed(rules), FACTS)
	assert choose(rules, FACTS) is not None


@pytest.mark.parametrize(
	("answers", "kind", "reasons"),
	[
		(Answers("Yes", "No", 5), "Effectiveness", []),
		(
			Answers("No", "Yes", 1),
			"Effectiveness",
			["Hidden hazard", "Repair not effective", "Customer not satisfied"],
		),
		(Answers(csat=2), "Periodic Visit", ["Customer not satisfied"]),
		(Answers(csat=0), "Effectiveness", []),
		(Answers(csat=1, answer_accepted="No"), "Complaint Reply", []),
		(Answers(hidden_hazard="Yes"), "Complaint Reply", ["Hidden hazard"]),
	],
)
def test_what_asks_for_a_new_call(answers, kind, reasons):
	assert reasons_to_act(answers, kind) == reasons


@pytest.mark.parametrize(
	("accepted", "kind", "rejected"),
	[
		("No", "Complaint Reply", True),
		("Yes", "Complaint Reply", False),
		("No", "Effectiveness", False),
		(None, "Complaint Reply", False),
	],
)
def test_an_answer_that_is_not_accepted(accepted, kind, rejected):
	assert rejects_answer(Answers(answer_accepted=accepted), kind) is rejected
