"""What is late is late everywhere: on the billing desk, in lists, on boards and in the reports."""

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_first_day, getdate, now_datetime, nowdate

from aftersales.repair_workshop import board
from aftersales.service_accounts.report.unbilled_work import unbilled_work
from aftersales.service_billing.billing import what_to_bill
from aftersales.service_levels import display
from aftersales.service_quality.report.work_by_stage import work_by_stage
from tests import factories as make
from tests.jobs import done


@pytest.fixture(scope="module")
def masters(shared_clock):
	names = make.shop()
	make.fiscal_years(getdate().year + 1)
	make.settings(invoicing="One Invoice per Job")
	return names


def paid_job(shop, **values):
	return done(shop, "Service Voucher", labour=[make.hours(1)], parts=[make.part(shop.seal)], **values)


def stage(document: str, status: str) -> tuple[int, int]:
	rows = work_by_stage.execute({"company": make.COMPANY})[1]
	return next(((r.number, r.late) for r in rows if (r.document, r.status) == (document, status)), (0, 0))


def test_one_deadline_on_desk_list_report_and_stage(shop, clock):
	"""Completed on a Friday evening, a visit is to be invoiced on Monday."""
	friday = add_days(nowdate(), (4 - getdate().weekday()) % 7 or 7)
	clock.to(f"{friday} 20:30:00")
	job = paid_job(shop)

	def said():
		(bill,) = what_to_bill(make.COMPANY)["bills"]
		(row,) = unbilled_work.execute({"company": make.COMPANY})[1]
		chip = display.most_pressing(job.doctype, [job.name])[job.name]
		late = stage("Service Voucher", "To Bill")[1]
		return bill["is_late"], bill["days_late"], row.days_late, late, chip["left"] < 0

	for days in (0, 1, 2):
		clock.to(f"{add_days(friday, days)} 23:00:00")
		assert said() == (False, 0, 0, 0, False), days
	clock.to(f"{add_days(friday, 3)} 21:00:00")
	assert said() == (True, 0, 0, 1, True)
	clock.to(f"{add_days(friday, 5)} 09:00:00")
	assert said() == (True, 2, 2, 1, True)


def test_a_job_that_waits_for_the_end_of_the_month_is_not_late(shop, clock):
	clock.to(f"{get_first_day(nowdate(), d_months=1)} 09:00:00")
	make.settings(invoicing="One Invoice per Customer")
	paid_job(shop, customer=make.customer("Hotel Shelbourne", aftersales_billing_period="Month"))
	clock.forward(days=5)
	(bill,) = what_to_bill(make.COMPANY)["bills"]
	assert (bill["is_due"], bill["is_late"], bill["days_late"]) == (False, False, 0)


def test_a_card_whose_clock_is_over_is_late_on_the_board_and_by_stage(shop, clock):
	clock.to(f"{nowdate()} 09:00:00")
	card = make.received_card(make.call(shop.customer))
	before = stage("Repair Card", "Received")
	clock.forward(days=30)
	assert stage("Repair Card", "Received") == (before[0], before[1] + 1)
	shown = board.load()
	rows = [dict(zip(shown["keys"], values, strict=True)) for values in shown["cards"]]
	(left,) = (row["left"] for row in rows if row["name"] == card.name)
	due = frappe.get_all("Service Clock", {"reference_name": card.name}, pluck="due_at")
	assert left == pytest.approx((min(due) - now_datetime()).total_seconds(), abs=5)
	assert left < 0


def test_a_call_is_late_by_its_next_action_or_by_its_clock(shop, clock):
	clock.to(f"{nowdate()} 09:00:00")
	before = stage("Repair Call", "Open")
	call = make.call(shop.customer)
	far = add_to_date(now_datetime(), days=90)
	frappe.db.set_value("Repair Call", call.name, "next_action_by", far)
	assert stage("Repair Call", "Open") == (before[0] + 1, before[1])
	clock.forward(days=30)
	assert stage("Repair Call", "Open")[1] > before[1], "its clock is over"
