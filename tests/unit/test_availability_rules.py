"""Whether a technician is there on a day, without a site."""

from datetime import date, timedelta

import pytest

from aftersales.service_staff.availability_rules import Leave, Person, Shift, absence, days_there, half_day

DAY = date(2026, 12, 1)
NEXT, LAST = DAY + timedelta(days=1), DAY - timedelta(days=1)
LEAVE = Leave(DAY, NEXT, "Annual Leave")


@pytest.mark.parametrize(
	("person", "code"),
	[
		({}, None),
		({"employee_status": "Active"}, None),
		({"employee_status": "Left"}, "left"),
		({"employee_status": "Left", "relieving_date": LAST}, "left"),
		({"employee_status": "Left", "relieving_date": DAY}, None),  # the last day is worked
		({"employee_status": "Active", "relieving_date": LAST}, "left"),
		({"employee_status": "Suspended"}, "not_employed"),
		({"user_disabled": True}, "disabled"),
		({"leaves": (LEAVE,)}, "leave"),
		({"leaves": (Leave(NEXT, NEXT),)}, None),
		({"leaves": (Leave(DAY, DAY, "Sick", half_day=DAY),)}, None),
		({"leaves": (Leave(LAST, NEXT, "Sick", half_day=LAST),)}, "leave"),
		({"holidays": {DAY: "Founder's Day"}}, "holiday"),
		({"holidays": {NEXT: "Founder's Day"}}, None),
		({"shifts": (Shift(LAST),)}, None),  # until further notice
		({"shifts": (Shift(DAY, DAY),)}, None),
		({"shifts": (Shift(NEXT), Shift(LAST, LAST))}, "no_shift"),
		({"shifts": (Shift(NEXT),), "holidays": {DAY: "Founder's Day"}}, "holiday"),
	],
)
def test_who_is_away(person, code):
	found = absence(Person(**person), DAY)
	assert (found and found.code) == code


@pytest.mark.parametrize(
	("person", "code"),
	[
		({"leaves": (LEAVE,)}, None),
		({"holidays": {DAY: "Founder's Day"}, "user_disabled": True}, None),
		({"employee_status": "Left", "relieving_date": LAST}, "left"),
	],
)
def test_a_visit_that_was_made_was_made(person, code):
	found = absence(Person(**person), DAY, made=True)
	assert (found and found.code) == code


def test_half_a_day_off_is_told():
	person = Person(leaves=(Leave(DAY, DAY, "Casual Leave", half_day=DAY),))
	assert half_day(person, DAY).what == "Casual Leave"
	assert half_day(person, NEXT) is None


def test_the_days_that_are_left():
	person = Person(leaves=(LEAVE,), relieving_date=NEXT + timedelta(days=1))
	week = [DAY + timedelta(days=number) for number in range(4)]
	assert days_there(person, week) == [week[2]]
