"""The clock of tests: process, database session and child processes go by it, and the real one comes back."""

import subprocess
import sys
import time
from datetime import date, datetime, timedelta

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime, nowdate

from tests import factories as make
from tests.processes import SITES, wait_for

SHOW = "import frappe; frappe.init(site={site!r}); frappe.connect(); print(frappe.utils.nowdate(), frappe.db.sql('select current_date')[0][0])"


def today_in_database() -> date:
	return frappe.db.sql("select current_date")[0][0]


def test_process_and_session_are_moved_and_come_back(clock):
	really = datetime.now()
	clock.to("2027-12-31")
	assert nowdate() == "2027-12-31"
	assert now_datetime().hour == 12
	assert today_in_database() == date(2027, 12, 31)
	assert make.customer("Una Moore") and str(
		frappe.db.get_value("Customer", "Una Moore", "creation")
	).startswith("2027-12-31 12:00")

	clock.back()

	assert abs(datetime.now() - really) < timedelta(minutes=5)
	assert today_in_database() == frappe.db.sql("select date(sysdate())")[0][0]


def test_time_goes_on(clock):
	clock.to("2027-02-28 23:59:59")
	wait_for(lambda: nowdate() == "2027-03-01", 5)


def test_a_session_opened_later_says_the_same(clock):
	clock.to("2028-02-29")
	frappe.connect()  # destroyed, as the first one is, at the end of the test
	try:
		assert today_in_database() == date(2028, 2, 29)
	finally:
		frappe.db.close()


def test_a_new_document_is_of_the_day(clock):
	for day in ("2027-01-31", "2027-02-01"):
		clock.to(day)
		assert str(frappe.new_doc("Technician Cash Handover").posting_date) == day


def test_days_go_one_by_one_and_months_by_the_calendar(clock):
	clock.to("2028-02-27")
	assert [str(day) for day in clock.days("2028-03-01")] == ["2028-02-28", "2028-02-29", "2028-03-01"]
	assert list(clock.days("2028-03-01")) == []
	clock.to("2027-01-31")
	assert str(clock.forward(months=1).date()) == "2027-02-28"


def test_daylight_saving_keeps_the_hour(clock):
	"""In Dublin the clocks go forward on 28 March 2027."""
	clock.to("2027-03-27")
	before = time.time()
	clock.forward(days=1)
	assert now_datetime().hour == 12
	assert abs(time.time() - before - 23 * 3600) < 60


def test_a_while_on_another_day(clock):
	clock.to("2027-05-01")
	with clock.at("2027-06-01"):
		assert nowdate() == "2027-06-01"
	assert nowdate() == "2027-05-01"


def test_a_child_process_has_the_same_day(clock):
	import os

	clock.to("2028-02-29")
	told = subprocess.run(
		[sys.executable, "-c", SHOW.format(site=frappe.local.site)],
		cwd=SITES,
		env={**os.environ, **clock.environment()},
		capture_output=True,
		text=True,
	)
	assert told.stdout.split() == ["2028-02-29", "2028-02-29"], told.stderr


@pytest.mark.commits
def test_the_worker_works_on_the_day_of_the_test(clock, request):
	clock.to(add_to_date(now_datetime(), days=400))
	day = nowdate()
	request.getfixturevalue("worker")
	job = frappe.enqueue("frappe.utils.nowdate", queue="short")
	wait_for(lambda: job.get_status(refresh=True) in ("finished", "failed"), 60, "the job")
	assert (job.get_status(), job.return_value()) == ("finished", day)
