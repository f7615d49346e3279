"""Visits a contract includes, and who pays what of a line under one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.core.rounding_rules import CENT, Unit
from aftersales.service_contracts.contract_rules import (
	CARRY_OVER,
	FORFEIT,
	MONTHS,
	NEXT_PERIOD,
	UNTIL_END,
	Terms,
	Visits,
	entitlement,
)
from aftersales.service_posting.plan.posting_plan import (
	CategoryAccounts,
	Job,
	LabourLine,
	PartLine,
	contract_shares,
	posting_plan,
)

START, END = date(2026, 3, 15), date(2027, 3, 14)


def visits(included=2, period="Quarter", carry_over=FORFEIT):
	return Visits(START, END, included, period, carry_over)


def test_periods_run_from_the_first_day_of_the_contract():
	found = entitlement(visits(), [], date(2026, 7, 1))
	assert (found.period_start, found.period_end) == (date(2026, 6, 15), date(2026, 9, 14))
	last = entitlement(visits(), [], END)
	assert (last.period_start, last.period_end) == (date(2026, 12, 15), END)


def test_visits_of_the_period_are_used_up():
	used = [date(2026, 6, 15), date(2026, 9, 14), date(2026, 9, 15)]
	found = entitlement(visits(), used, date(2026, 8, 1))
	assert (found.used, found.left, found.covers_another) == (2, 0, False)


@pytest.mark.parametrize(
	("carry_over", "left"),
	[
		(FORFEIT, 2),
		(NEXT_PERIOD, 4),  # those of the second period only
		(UNTIL_END, 5),  # one of the first, two of the second
	],
)
def test_unused_visits(carry_over, left):
	used = [date(2026, 4, 1)]
	assert entitlement(visits(carry_over=carry_over), used, date(2026, 10, 1)).left == left


def test_carried_visits_are_used_first():
	used = [date(2026, 7, 1), date(2026, 7, 2)]  # nothing in the first quarter, two in the second
	found = entitlement(visits(carry_over=NEXT_PERIOD), used, date(2026, 10, 1))
	assert (found.carried, found.left) == (2, 4)


def test_without_a_limit_nothing_is_left_to_count():
	found = entitlement(visits(included=None), [date(2026, 4, 1)] * 50, date(2026, 4, 2))
	assert (found.left, found.covers_another) == (None, True)


def test_the_whole_term_is_one_period():
	found = entitlement(visits(period="Contract Term"), [date(2026, 4, 1)], date(2027, 1, 1))
	assert (found.period_start, found.period_end, found.left) == (START, END, 1)


days = st.dates(START, END)


@settings(max_examples=100, deadline=None)
@given(
	st.lists(days, max_size=12),
	days,
	st.integers(0, 5),
	st.sampled_from(sorted(MONTHS)),
	st.sampled_from(CARRY_OVER),
)
def test_entitlement_never_exceeds_what_was_agreed(used, on, included, period, carry_over):
	found = entitlement(visits(included, period, carry_over), used, on)
	assert found.period_start <= on <= found.period_end
	assert 0 <= found.left <= included + found.carried
	assert found.used == sum(found.period_start <= day <= found.period_end for day in used)
	if carry_over == FORFEIT:
		assert found.carried == 0
	if carry_over == NEXT_PERIOD:
		assert found.carried <= included
	more = entitlement(visits(included, period, carry_over), [*used, on], on)
	assert more.left == max(0, found.left - 1)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(MONTHS)), days)
def test_each_day_lies_in_one_period(period, day):
	here = entitlement(visits(period=period), [], day)
	if here.period_end < END:
		after = entitlement(visits(period=period), [], here.period_end + timedelta(days=1))
		assert after.period_start == here.period_end + timedelta(days=1)


# ---------------------------------------------------------------- shares of a line

RULES = {
	"Customer": CategoryAccounts("A", "Income", "Cost", "Service"),
	"Contract": CategoryAccounts("B", None, "Contract Expense", "Service"),
}


def job(terms, *lines, unit=CENT):
	return Job(
		parts=tuple(line for line in lines if isinstance(line, PartLine)),
		labour=tuple(line for line in lines if isinstance(line, LabourLine)),
		rules=RULES,
		customer="Byrne",
		name="SV-1",
		terms=terms,
		unit=unit,
	)


def seal(qty=3, full_rate=33.33, **kw):
	return PartLine("p1", 1, "SEAL", qty, "Contract", "Van", full_rate=full_rate, **kw)


def hour(hours=1.5, full_rate=60.0, travel=False, name="l1"):
	return LabourLine(name, 1, hours, "Contract", "LABOUR", travel=travel, full_rate=full_rate)


def test_contract_and_customer_pay_their_shares():
	terms = Terms("SC-1", labour=Decimal(100), parts=Decimal(80), travel=Decimal(0))
	plan = posting_plan(job(terms, hour(), seal(), hour(travel=True, name="l2")))

	assert [(row.line, row.qty, row.rate, row.covered) for row in plan.invoice_rows] == [
		("l2", 1.5, 60, 0),
		("p1", 3, 6.67, 80),
	]
	shares = plan.contract.lines
	assert (shares["l1"].contract, shares["l1"].customer) == (Decimal(90), 0)
	assert (shares["l2"].contract, shares["l2"].customer) == (0, Decimal(90))
	assert (shares["p1"].full, shares["p1"].contract, shares["p1"].customer) == (
		Decimal("99.99"),
		Decimal("79.98"),
		Decimal("20.01"),
	)
	assert plan.contract.covered == Decimal("169.98")
	# all parts leave stock to the contract's expense, whoever pays
	assert [row.expense_account for row in plan.issue_rows] == ["Contract Expense"]


def test_the_excess_is_taken_from_what_the_contract_would_pay():
	plan = posting_plan(job(Terms("SC-1", excess=Decimal(50), excess_item="EXCESS"), hour()))
	assert [(row.item_code, row.qty, row.rate) for row in plan.invoice_rows] == [("EXCESS", 1, 50)]
	assert plan.contract.covered == Decimal(40)


def test_the_excess_is_never_more_than_that():
	plan = posting_plan(job(Terms("SC-1", excess=Decimal(500), excess_item="EXCESS"), hour()))
	assert [(row.item_code, row.rate) for row in plan.invoice_rows] == [("EXCESS", 90)]
	assert plan.contract.covered == 0


def test_excess_without_an_item_is_a_problem():
	plan = posting_plan(job(Terms("SC-1", excess=Decimal(50)), hour()))
	assert [problem.code for problem in plan.problems] == ["excess_item_missing"]


def test_beyond_the_included_visits_the_customer_pays_all():
	terms = Terms("SC-1", excess=Decimal(50), excess_item="EXCESS").without_cover()
	plan = posting_plan(job(terms, hour(), seal()))
	assert [(row.line, row.rate) for row in plan.invoice_rows] == [("l1", 60), ("p1", 33.33)]
	assert (plan.contract.covered, plan.contract.excess) == (0, 0)


def test_without_a_contract_its_payer_bears_everything():
	plan = posting_plan(job(None, hour(), seal()))
	assert plan.invoice_rows == ()
	assert plan.contract.covered == 0


def test_coins_of_other_currencies():
	yen = contract_shares(job(Terms("SC-1", parts=Decimal("33.3")), seal(3, 1001), unit=Unit(1)))
	assert (yen.lines["p1"].rate, yen.lines["p1"].customer) == (Decimal(668), Decimal(2004))


percents = st.integers(0, 10000).map(lambda hundredths: Decimal(hundredths) / 100)
prices = st.integers(0, 500_000).map(lambda units: units / 100)
quantities = st.integers(1, 40).map(lambda quarters: quarters / 4)


@settings(max_examples=200, deadline=None)
@given(
	percents,
	percents,
	percents,
	st.integers(0, 30000),
	quantities,
	prices,
	quantities,
	prices,
	st.integers(0, 3),
)
def test_both_shares_are_the_full_price_to_the_cent(
	labour, parts, travel, excess, hours, hour_price, qty, part_price, digits
):
	unit = Unit(Decimal(1).scaleb(-digits))
	terms = Terms("SC-1", labour, parts, travel, Decimal(excess) / 100, "EXCESS")
	shares = contract_shares(
		job(
			terms,
			hour(hours, hour_price),
			hour(hours, hour_price, True, "l2"),
			seal(qty, part_price),
			unit=unit,
		)
	)
	for share in shares.lines.values():
		assert share.contract + share.customer == share.full
		assert share.customer >= 0 and share.contract >= 0
		assert share.full % unit == share.customer % unit == 0
	for line, covered, quantity in (("l1", labour, hours), ("l2", travel, hours), ("p1", parts, qty)):
		share = shares.lines[line]
		# the customer's price is rounded once per unit, the amount once per line
		exact = share.full * (100 - covered) / 100
		assert abs(share.customer - exact) <= unit * (Decimal(str(quantity)) / 2 + 1)
		if covered == 100:
			assert share.customer == 0
		if covered == 0:
			assert share.contract == 0
	assert 0 <= shares.excess <= sum(share.contract for share in shares.lines.values())
