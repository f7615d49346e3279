"""Which jobs go on which invoice, and how an amount is shared."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.service_posting.plan.billing_rules import (
	DAY,
	INVOICING,
	MAX_JOBS,
	MONTH,
	PER_CUSTOMER,
	PER_JOB,
	PERIODS,
	WEEK,
	JobToBill,
	bills,
	due,
	due_on,
	is_held,
	late_since,
	shares,
)


def job(name, customer="Byrne", day=date(2026, 11, 24), invoicing=PER_CUSTOMER, period=DAY, company="Own"):
	return JobToBill("Service Voucher", name, company, customer, day, invoicing, period)


def named(bill):
	return [job.name for job in bill.jobs]


def test_one_invoice_per_job():
	made = bills([job("SV-2", invoicing=PER_JOB), job("SV-1", invoicing=PER_JOB)])
	assert [named(bill) for bill in made] == [["SV-1"], ["SV-2"]]


def test_one_invoice_per_customer_company_and_period():
	made = bills(
		[
			job("SV-1"),
			job("SV-2"),
			job("SV-3", customer="Walsh"),
			job("SV-4", company="Other"),
			job("SV-5", day=date(2026, 11, 25)),
		]
	)
	assert sorted(named(bill) for bill in made) == [["SV-1", "SV-2"], ["SV-3"], ["SV-4"], ["SV-5"]]


@pytest.mark.parametrize(
	("period", "day", "expected"),
	[
		(DAY, date(2026, 11, 24), date(2026, 11, 24)),
		(WEEK, date(2026, 11, 23), date(2026, 11, 29)),  # Monday to Sunday
		(WEEK, date(2026, 11, 29), date(2026, 11, 29)),
		(MONTH, date(2026, 11, 1), date(2026, 11, 30)),
		(MONTH, date(2024, 2, 29), date(2024, 2, 29)),
		(MONTH, date(2026, 12, 31), date(2026, 12, 31)),
	],
)
def test_a_period_is_due_on_its_last_day(period, day, expected):
	assert due_on(job("SV-1", day=day, period=period)) == expected


def test_a_job_invoiced_alone_is_due_at_once_whatever_the_period():
	assert due_on(job("SV-1", invoicing=PER_JOB, period=MONTH)) == date(2026, 11, 24)


def test_only_periods_that_are_over_are_due():
	made = bills([job("SV-1", period=MONTH), job("SV-2", customer="Walsh")])
	assert [named(bill) for bill in due(made, date(2026, 11, 24))] == [["SV-2"]]
	assert len(due(made, date(2026, 11, 30))) == 2


def test_a_long_list_is_cut_into_several_invoices():
	made = bills([job(f"SV-{number:03}") for number in range(MAX_JOBS + 1)])
	assert [len(bill.jobs) for bill in made] == [MAX_JOBS, 1]


jobs = st.builds(
	JobToBill,
	st.sampled_from(["Service Voucher", "Repair Card"]),
	st.integers(1, 40).map(str),
	st.sampled_from(["Own", "Other"]),
	st.sampled_from(["Byrne", "Walsh"]),
	st.dates(date(2026, 1, 1), date(2026, 3, 31)),
	st.sampled_from(INVOICING),
	st.sampled_from(PERIODS),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(jobs, unique_by=lambda job: (job.doctype, job.name)))
def test_every_job_is_on_exactly_one_invoice(some):
	made = bills(some)
	assert sorted(job for bill in made for job in bill.jobs) == sorted(some)
	for bill in made:
		assert {(job.company, job.customer, due_on(job)) for job in bill.jobs} == {
			(bill.company, bill.customer, bill.due_on)
		}
		assert list(bill.jobs) == sorted(bill.jobs)
	assert bills(reversed(some)) == made


def test_shares_of_an_amount():
	assert shares(Decimal("100.00"), [Decimal(1)] * 3) == [
		Decimal("33.34"),
		Decimal("33.33"),
		Decimal("33.33"),
	]
	assert shares(Decimal("10.00"), [Decimal(0), Decimal(0)]) == [Decimal("10.00"), Decimal(0)]
	assert shares(Decimal("100"), [Decimal(2), Decimal(1)], Decimal(1)) == [Decimal(67), Decimal(33)]


cents = st.integers(-10_000_00, 10_000_00).map(lambda units: Decimal(units) / 100)
weights = st.lists(st.integers(0, 5_000_00).map(lambda units: Decimal(units) / 100), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(cents, weights)
def test_shares_sum_up_exactly_and_are_off_by_less_than_a_cent(total, parts):
	split = shares(total, parts)
	assert sum(split) == total
	whole = sum(parts)
	if whole:
		for share, weight in zip(split, parts, strict=True):
			assert abs(share - total * weight / whole) < Decimal("0.01")


NOON = datetime(2026, 11, 24, 12)


@pytest.mark.parametrize(
	"status, held_until, held",
	[
		("Draft", None, False),
		("Queued", None, True),
		("Queued", NOON - timedelta(hours=1), True),
		("Running", NOON + timedelta(seconds=1), True),
		("Running", NOON, False),
		("Running", None, False),  # was running when the app was updated
		("Stopped", NOON + timedelta(hours=1), False),
		("Done", NOON + timedelta(hours=1), False),
	],
)
def test_a_run_is_held_while_it_waits_or_a_worker_gives_signs(status, held_until, held):
	assert is_held(status, held_until, NOON) is held


@pytest.mark.parametrize(
	("due", "posted", "clock_due", "since"),
	[
		((2026, 3, 2), (2026, 3, 2), None, (2026, 3, 2)),
		((2026, 3, 2), (2026, 3, 4), None, (2026, 3, 4)),  # noted two days after the visit
		((2026, 3, 5), (2026, 3, 5), None, None),
		((2026, 3, 31), (2026, 3, 2), None, None),  # the customer's month is not over
		((2026, 3, 2), (2026, 3, 2), (2026, 3, 5, 18), None),
		((2026, 3, 2), (2026, 3, 2), (2026, 3, 5, 9), (2026, 3, 5)),
		((2026, 3, 31), (2026, 3, 2), (2026, 3, 2, 18), None),
	],
)
def test_since_when_an_invoice_is_late(due, posted, clock_due, since):
	found = late_since(
		date(*due), date(*posted), clock_due and datetime(*clock_due), datetime(2026, 3, 5, 12)
	)
	assert found == (since and date(*since))
