"""Unbilled Work and Cash with Technicians as they were at the end of an earlier day: the accrual of last month.

Three jobs of 30 November: a visit and a workshop job of 102.00 net, and a visit of 60.00 whose 68.10 the technician
took in cash. What happens to them in December changes what December looks like, and nothing of November.
"""

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

from aftersales.service_accounts import revenue_ledger
from aftersales.service_accounts.reconciliation_checks import Scope
from aftersales.service_accounts.report.cash_with_technicians import cash_with_technicians
from aftersales.service_accounts.report.unbilled_work import unbilled_work
from aftersales.service_billing.credits import bill_again
from tests import factories as make
from tests.jobs import done

NOVEMBER = "2026-11-30"
INVOICE = "Sales Invoice"


@pytest.fixture
def month(clock):
	clock.to(NOVEMBER)
	make.fiscal_years(2026, 2027)
	shop = make.shop()
	make.settings(small_fee_limit=500)
	mode = frappe.get_doc("Mode of Payment", "Cash")
	mode.set("accounts", [{"company": make.COMPANY, "default_account": "Cash - LSL"}])
	mode.save()
	lines = {"labour": [make.hours(1)], "parts": [make.part(shop.seal)]}
	shop.visit = done(shop, **lines)
	shop.card = done(shop, "Repair Card", **lines)
	shop.cash = done(shop, labour=[make.hours(1)], cash_collected=68.10)
	return shop


def unbilled(day: str | None = None, **filters) -> dict[str, tuple]:
	rows = unbilled_work.execute({"company": make.COMPANY, "on_date": day, **filters})[1]
	return {row.job: (row.net, row.state, str(row.invoiced_on or ""), row.age) for row in rows}


def cash_out(day: str | None = None) -> list[tuple]:
	rows = cash_with_technicians.execute({"company": make.COMPANY, "on_date": day})[1]
	return [(row.voucher, row.amount, row.age) for row in rows]


def submit(job) -> None:
	frappe.get_doc(INVOICE, frappe.db.get_value(job.doctype, job.name, "sales_invoice")).submit()


def hand_over(shop) -> None:
	make.make(
		"Technician Cash Handover",
		company=make.COMPANY,
		technician=shop.technician,
		mode_of_payment="Cash",
		counted_amount=68.10,
	).submit()


def test_the_accrual_of_november_on_the_fifth_of_december(month, clock):
	clock.to("2026-12-02")
	submit(month.visit)
	clock.to("2026-12-03")
	hand_over(month)  # submits the invoice
	clock.to("2026-12-05")

	assert unbilled(NOVEMBER) == {
		month.visit.name: (102, "Invoiced since", "2026-12-02", 0),
		month.card.name: (102, "Draft invoice", "", 0),
		month.cash.name: (60, "Invoiced since", "2026-12-03", 0),
	}
	assert unbilled("2026-12-02") == {
		month.card.name: (102, "Draft invoice", "", 2),
		month.cash.name: (60, "Invoiced since", "2026-12-03", 2),
	}
	assert unbilled() == unbilled("2026-12-05") == {month.card.name: (102, "Draft invoice", "", 5)}
	assert unbilled("2026-11-29") == {}
	assert cash_out(NOVEMBER) == [(month.cash.name, 68.10, 0)]
	assert cash_out("2026-12-02") == [(month.cash.name, 68.10, 2)]
	assert cash_out("2026-12-03") == cash_out() == []
	assert cash_out("2026-11-29") == []


def test_the_accrual_is_what_the_ledger_says_later(month, clock):
	clock.to("2027-01-04")
	for job in (month.visit, month.card, month.cash):
		submit(job)
	income = revenue_ledger.income(Scope(make.COMPANY, "2026-12-01", "2027-01-31"))
	assert {job: net for (_kind, job), net in income.items()} == {
		job: net for job, (net, *_rest) in unbilled(NOVEMBER).items()
	}
	assert revenue_ledger.income(Scope(make.COMPANY, "2026-11-01", NOVEMBER)) == {}
	assert unbilled() == {}


def test_an_invoice_dated_back_belongs_to_its_date(month, clock):
	clock.to("2026-12-04")
	invoice = frappe.get_doc(INVOICE, month.visit.sales_invoice)
	invoice.set_posting_time = 1
	invoice.submit()
	assert set(unbilled(NOVEMBER)) == {month.card.name, month.cash.name}


def test_credited_and_billed_again_on_each_day(month, clock):
	clock.to("2026-12-01")
	submit(month.visit)
	clock.to("2026-12-10")
	make_sales_return(month.visit.sales_invoice).submit()
	clock.to("2026-12-20")
	bill_again("Service Voucher", month.visit.name)
	clock.to("2027-01-05")
	submit(month.visit)

	def state(day):
		return unbilled(day, with_credited=1).get(month.visit.name)

	assert state(NOVEMBER)[1] == "Invoiced since"
	assert state("2026-12-01") is None
	assert state("2026-12-09") is None
	assert state("2026-12-10") == (102, "Credited", "2027-01-05", 10)
	assert month.visit.name not in unbilled("2026-12-10")
	assert state("2026-12-20")[1] == "Invoiced since"
	assert state("2027-01-05") is None


def test_a_visit_of_december_is_none_of_november(month, clock):
	clock.to("2026-12-01")
	later = done(month, labour=[make.hours(1)], cash_collected=20)
	assert later.name not in unbilled(NOVEMBER)
	assert later.name in unbilled("2026-12-01")
	assert [row[0] for row in cash_out(NOVEMBER)] == [month.cash.name]
