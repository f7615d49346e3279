"""The fee of a contract over months and years: one invoice for every period begun, whoever looks when (R-AC-5).

The clock is moved, and on each day both daily jobs run as on a site: ERPNext's own for Subscriptions and ours.
Amounts are net. What is expected is written down as (date of the invoice, first and last day, net).
"""

import frappe
import pytest
from erpnext.accounts.deferred_revenue import convert_deferred_revenue_to_income
from erpnext.accounts.doctype.subscription.subscription import process_all
from frappe.query_builder.functions import Sum
from frappe.utils import add_days, flt, getdate

from aftersales.service_accounts.report.contract_profitability import contract_profitability
from aftersales.service_accounts.report.service_revenue_reconciliation import service_revenue_reconciliation
from aftersales.service_contracts import fee_invoices
from aftersales.service_contracts.contracts import renewal_of
from aftersales.setup import custom_fields
from tests import factories as make
from tests.jobs import gl

TODAY = "2026-11-30"
INVOICE, CONTRACT = "Sales Invoice", "Service Contract"


@pytest.fixture(scope="module")
def masters(shared_clock):
	shared_clock.to(TODAY)
	make.fiscal_years(2026, 2027, 2028)
	return make.shop()


def plan(cost: float, interval: str = "Month", count: int = 1, **values) -> str:
	name = f"Care {count} {interval} {cost}"
	return make.once(
		"Subscription Plan",
		name,
		**{
			"plan_name": name,
			"item": make.service_item("Care Fee", uom="Nos"),
			"currency": "EUR",
			"price_determination": "Fixed Rate",
			"cost": cost,
			"billing_interval": interval,
			"billing_interval_count": count,
			**values,
		},
	)


def contract(shop, first: str, last: str, cost: float = 300, interval="Month", count=1, **values):
	return make.contract(
		shop.customer,
		**{
			"start_date": first,
			"end_date": last,
			"plans": [{"plan": plan(cost, interval, count), "qty": 1}],
			"submit_fee_invoices": 1,
			**values,
		},
	)


def erpnext_runs() -> None:
	"""ERPNext's daily job, as `process_subscription` queues it."""
	names = frappe.get_all("Subscription", {"status": ("!=", "Cancelled")}, pluck="name")
	process_all(names, getdate())


def every_day(clock, until: str, *jobs) -> None:
	for _day in clock.days(until):
		for run in jobs or (erpnext_runs, fee_invoices.invoice_due_fees):
			run()


def invoiced(doc, **filters) -> list[tuple]:
	rows = frappe.get_all(
		INVOICE,
		{"subscription": doc.subscription, "docstatus": 1, "is_return": 0, **filters},
		["posting_date", "from_date", "to_date", "net_total"],
		order_by="from_date asc",
	)
	return [(str(row.posting_date), str(row.from_date), str(row.to_date), row.net_total) for row in rows]


def read(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def missing_rows(first: str, last: str) -> list[tuple]:
	filters = {"company": make.COMPANY, "from_date": first, "to_date": last, "job_type": CONTRACT}
	rows = service_revenue_reconciliation.execute(filters)[1]
	return [(row["job"], str(row["date"]), row["expected"], row["reason_code"]) for row in rows]


# ---------------------------------------------------------------- the ordinary ones


@pytest.mark.parametrize(
	("interval", "count", "cost", "fees"), [("Year", 1, 1200, 1), ("Month", 3, 300, 4), ("Month", 1, 100, 12)]
)
def test_from_new_year_to_new_years_eve(shop, clock, interval, count, cost, fees):
	"""1,200.00 for 2027 in all, whatever the instalments."""
	doc = contract(shop, "2027-01-01", "2027-12-31", cost, interval, count)
	assert invoiced(doc) == []
	for month in range(1, 13):  # nothing happens in between; the days around each beginning are gone through
		clock.to(f"2027-{month:02}-01")
		erpnext_runs()
		fee_invoices.invoice_due_fees()
		every_day(clock, f"2027-{month:02}-02")
	every_day(clock, "2027-12-10")
	clock.to("2027-12-31")
	every_day(clock, "2028-01-02")

	rows = invoiced(doc)
	assert len(rows) == fees
	assert sum(net for *_days, net in rows) == 1200
	assert [posted for posted, *_rest in rows] == [first for _posted, first, *_rest in rows]
	assert rows[0][1] == "2027-01-01" and rows[-1][2] == "2027-12-31"
	assert frappe.db.get_value("Subscription", doc.subscription, "status") == "Cancelled"


def test_submitted_on_the_first_day_it_is_invoiced_at_once(shop, clock):
	doc = contract(shop, TODAY, "2027-11-29", 1200, "Year")
	assert invoiced(doc) == [(TODAY, TODAY, "2027-11-29", 1200)]
	every_day(clock, "2026-12-05")
	clock.to("2027-11-28")
	every_day(clock, "2027-12-02")
	assert len(invoiced(doc)) == 1


def test_submitted_after_the_first_period_every_fee_is_invoiced(shop, clock):
	"""From 26 October for six months, entered on 30 November: six fees, not five, by the days agreed."""
	doc = contract(shop, "2026-10-26", "2027-04-25")
	assert invoiced(doc) == [
		(TODAY, "2026-10-26", "2026-11-25", 300),
		(TODAY, "2026-11-26", "2026-12-25", 300),
	]
	every_day(clock, "2027-04-27")
	assert [(posted, first) for posted, first, *_rest in invoiced(doc)][2:] == [
		("2026-12-26", "2026-12-26"),
		("2027-01-26", "2027-01-26"),
		("2027-02-26", "2027-02-26"),
		("2027-03-26", "2027-03-26"),
	]


def test_a_renewed_half_year_has_six_fees_as_the_first(shop, clock):
	first = contract(shop, "2026-07-01", "2026-12-31")
	clock.to("2026-12-20")
	renewal = renewal_of(first.name)
	renewal.insert()
	renewal.submit()
	for month in range(1, 8):
		clock.to(f"2027-{month:02}-01")
		erpnext_runs()
		fee_invoices.invoice_due_fees()
	assert (str(renewal.start_date), str(renewal.end_date)) == ("2027-01-01", "2027-06-30")
	assert [(first, net) for _posted, first, _last, net in invoiced(renewal)] == [
		(f"2027-{month:02}-01", 300) for month in range(1, 7)
	]


def test_the_last_part_of_a_period_costs_its_days(shop, clock):
	"""45 days at 300.00 a month: November, and 15 of the 31 days of December."""
	doc = contract(shop, "2026-11-01", "2026-12-15")
	every_day(clock, "2026-12-20")
	assert [row[1:] for row in invoiced(doc)] == [
		("2026-11-01", "2026-11-30", 300),
		("2026-12-01", "2026-12-15", 145.16),
	]
	assert fee_invoices.missing(read(doc)) == []
	with pytest.raises(frappe.ValidationError, match="left to credit"):
		read(doc).credit_unused_fee()


def test_one_day_more_than_a_year_is_a_day_more(shop, clock):
	doc = contract(shop, "2026-11-30", "2027-11-30", 1200, "Year")
	clock.to("2027-11-30")
	fee_invoices.invoice_due_fees()
	assert invoiced(doc)[1:] == [("2027-11-30", "2027-11-30", "2027-11-30", 3.28)]  # 1,200 / 366


def test_on_the_31st_and_on_leap_day(shop, clock):
	doc = contract(shop, "2027-12-31", "2028-06-29")
	clock.to("2027-12-30")
	every_day(clock, "2028-07-01")
	assert [row[1:3] for row in invoiced(doc)] == [
		("2027-12-31", "2028-01-30"),
		("2028-01-31", "2028-02-28"),
		("2028-02-29", "2028-03-30"),
		("2028-03-31", "2028-04-29"),
		("2028-04-30", "2028-05-30"),
		("2028-05-31", "2028-06-29"),
	]
	assert {row[3] for row in invoiced(doc)} == {300}


def test_in_arrears_each_period_on_its_last_day(shop, clock):
	doc = contract(shop, "2026-12-01", "2027-02-10", invoice_at="End of the Period")
	every_day(clock, "2027-02-15")
	assert invoiced(doc) == [
		("2026-12-31", "2026-12-01", "2026-12-31", 300),
		("2027-01-31", "2027-01-01", "2027-01-31", 300),
		("2027-02-10", "2027-02-01", "2027-02-10", 107.14),  # 10 of 28 days
	]


# ---------------------------------------------------------------- whenever the scheduler ran


@pytest.mark.parametrize("order", ["ours first", "ERPNext first"])
def test_after_an_outage_all_that_was_missed_is_made_once(shop, clock, order):
	doc = contract(shop, "2026-12-01", "2027-11-30")
	clock.to("2027-02-03")  # the scheduler stood still since November
	jobs = [fee_invoices.invoice_due_fees, erpnext_runs]
	every_day(clock, "2027-02-06", *(jobs if order == "ours first" else reversed(jobs)))
	assert invoiced(doc) == [
		("2027-02-04", "2026-12-01", "2026-12-31", 300),
		("2027-02-04", "2027-01-01", "2027-01-31", 300),
		("2027-02-04", "2027-02-01", "2027-02-28", 300),
	]


def test_erpnexts_run_alone_makes_the_same_periods_at_the_same_price(shop, clock):
	doc = contract(shop, "2027-01-31", "2027-04-15")
	clock.to("2027-01-30")
	every_day(clock, "2027-04-16", erpnext_runs)
	assert [row[1:] for row in invoiced(doc)] == [
		("2027-01-31", "2027-02-27", 300),
		("2027-02-28", "2027-03-30", 300),
		("2027-03-31", "2027-04-15", 160),  # 16 of 30 days
	]


def test_the_database_refuses_a_second_invoice_for_a_period(shop):
	doc = contract(shop, TODAY, "2027-11-29")
	invoice = frappe.get_doc(INVOICE, {"subscription": doc.subscription})
	second = frappe.copy_doc(invoice)
	second.update(
		{"subscription": doc.subscription, "from_date": invoice.from_date, "to_date": invoice.to_date}
	)
	with pytest.raises(frappe.UniqueValidationError):
		second.insert()


def test_no_period_after_the_end_is_invoiced_by_any_door(shop):
	doc = contract(shop, TODAY, "2026-12-29")
	invoice = frappe.get_doc(INVOICE, {"subscription": doc.subscription})
	second = frappe.copy_doc(invoice)
	second.update({"subscription": doc.subscription, "from_date": "2026-12-30", "to_date": "2027-01-29"})
	with pytest.raises(frappe.ValidationError, match="cannot be invoiced"):
		second.insert()


def test_a_manager_without_rights_in_erpnext_submits_and_invoices(shop):
	manager = make.user("manager@fees.example", "Service Manager")
	draft = make.make(
		CONTRACT,
		customer=shop.customer,
		company=make.COMPANY,
		start_date=TODAY,
		end_date="2027-11-29",
		covers_all_equipment=1,
		plans=[{"plan": plan(1200, "Year"), "qty": 1}],
		submit_fee_invoices=1,
	)
	frappe.set_user(manager)
	read(draft).submit()
	frappe.set_user("Administrator")
	assert invoiced(read(draft)) == [(TODAY, TODAY, "2027-11-29", 1200)]


# ---------------------------------------------------------------- told, when one is missing


def test_a_fee_that_cannot_be_invoiced_is_told_until_it_can(shop, clock):
	"""No fiscal year 2029: the daily job goes on, the report says what is missing, and the next run makes it."""
	doc = contract(shop, "2028-11-15", "2029-02-14")
	clock.to("2028-12-14")
	every_day(clock, "2029-01-16")
	assert [row[1] for row in invoiced(doc)] == ["2028-11-15", "2028-12-15"]
	assert missing_rows("2029-01-01", "2029-01-31") == [
		(doc.name, "2029-01-15", 300, "Fee of a contract not invoiced")
	]
	frappe.set_user("Administrator")
	opened = read(doc)
	opened.run_method("onload")
	assert "300.00 for 15-01-2029 to 14-02-2029" in opened.get_onload("missing_fee")[0].replace("€ ", "")
	make.fiscal_years(2029)
	every_day(clock, "2029-01-17")
	assert invoiced(doc)[-1] == ("2029-01-17", "2029-01-15", "2029-02-14", 300)
	assert missing_rows("2029-01-01", "2029-01-31") == []


def test_a_cancelled_invoice_is_left_to_the_accountant_and_told(shop, clock):
	doc = contract(shop, TODAY, "2027-11-29")
	frappe.get_doc(INVOICE, {"subscription": doc.subscription}).cancel()
	every_day(clock, "2026-12-31")
	assert [row[1] for row in invoiced(doc)] == ["2026-12-30"]
	assert missing_rows(TODAY, "2026-12-31") == [(doc.name, TODAY, 300, "Fee of a contract not invoiced")]

	(made,) = read(doc).invoice_missing_fees()

	assert invoiced(doc)[0] == ("2026-12-31", TODAY, "2026-12-29", 300)
	assert frappe.db.get_value(INVOICE, made, "docstatus") == 1
	assert missing_rows(TODAY, "2026-12-31") == []
	with pytest.raises(frappe.ValidationError, match="left to invoice"):
		read(doc).invoice_missing_fees()


def test_an_amended_invoice_holds_its_period(shop, clock):
	doc = contract(shop, TODAY, "2027-11-29")
	invoice = frappe.get_doc(INVOICE, {"subscription": doc.subscription})
	invoice.cancel()
	amended = frappe.copy_doc(invoice, ignore_no_copy=False)
	amended.update({"amended_from": invoice.name, "docstatus": 0, "aftersales_posting_key": None})
	amended.update({"from_date": invoice.from_date, "to_date": invoice.to_date})
	amended.items[0].rate = 250
	amended.insert()
	amended.submit()
	every_day(clock, "2026-12-05")
	assert invoiced(doc) == [(TODAY, TODAY, "2026-12-29", 250)]


def test_a_fee_that_waits_as_a_draft_is_told(shop, clock):
	doc = contract(shop, TODAY, "2027-11-29", submit_fee_invoices=0)
	clock.to("2026-12-05")
	assert missing_rows(TODAY, TODAY) == [(doc.name, TODAY, 340.50, "Done, invoice is a draft")]
	frappe.get_doc(INVOICE, {"subscription": doc.subscription}).submit()
	assert missing_rows(TODAY, TODAY) == []
	assert [row[0] for row in invoiced(doc)] == [TODAY]  # dated as ERPNext dates a Subscription's


def test_a_draft_of_a_fee_that_is_dated_later_is_due_by_the_same_terms(shop, clock):
	terms = make.payment_terms("Net", (100, 14))
	frappe.get_doc("Customer", shop.customer).update({"payment_terms": terms}).save()
	doc = contract(shop, TODAY, "2027-11-29", submit_fee_invoices=0)
	clock.to("2027-01-05")
	fee = frappe.get_doc(INVOICE, {"subscription": doc.subscription, "from_date": TODAY})
	assert str(fee.due_date) == "2026-12-14"
	fee.set_posting_time = 0
	fee.submit()
	assert (str(fee.posting_date), str(fee.due_date)) == ("2027-01-05", "2027-01-19")


def test_only_accountants_and_managers_invoice_what_is_missing(shop):
	doc = contract(shop, TODAY, "2027-11-29")
	frappe.set_user(make.user("supervisor@fees.example", "Service Supervisor"))
	with pytest.raises(frappe.PermissionError):
		read(doc).invoice_missing_fees()


# ---------------------------------------------------------------- agreed once


def test_a_running_contract_keeps_its_price_and_the_renewal_takes_the_new_one(shop, clock):
	doc = contract(shop, "2026-12-01", "2027-02-28")
	frappe.db.set_value("Subscription Plan", doc.plans[0].plan, "cost", 330)
	frappe.clear_document_cache("Subscription Plan", doc.plans[0].plan)
	every_day(clock, "2027-02-02")
	assert [row[3] for row in invoiced(doc)] == [300, 300, 300]

	renewal = renewal_of(doc.name)
	assert (str(renewal.start_date), str(renewal.end_date)) == ("2027-03-01", "2027-05-31")
	renewal.insert()
	renewal.submit()
	every_day(clock, "2027-03-02")
	assert [row[1:] for row in invoiced(renewal)] == [("2027-03-01", "2027-03-31", 330)]


def test_a_price_entered_on_the_contract_is_the_price(shop):
	doc = contract(shop, TODAY, "2027-11-29", plans=[{"plan": plan(300), "qty": 2, "aftersales_rate": 280}])
	assert [row[3] for row in invoiced(doc)] == [560]


def test_a_monthly_rate_by_the_year(shop):
	name = plan(50, "Year", 1, price_determination="Monthly Rate")
	doc = contract(shop, TODAY, "2027-11-29", plans=[{"plan": name, "qty": 1}])
	assert [row[3] for row in invoiced(doc)] == [600]


def test_a_contract_that_ran_before_it_was_entered_here(shop, clock):
	"""Fees up to 14 January were invoiced elsewhere; from then on by the month from that day."""
	doc = contract(shop, "2026-01-01", "2027-03-31", invoice_fees_from="2027-01-15")
	assert invoiced(doc) == []
	every_day(clock, "2027-04-02")
	assert [row[1:] for row in invoiced(doc)] == [
		("2027-01-15", "2027-02-14", 300),
		("2027-02-15", "2027-03-14", 300),
		("2027-03-15", "2027-03-31", 164.52),  # 17 of 31 days
	]
	with pytest.raises(frappe.ValidationError, match="is not a day of the contract"):
		contract(shop, "2027-01-01", "2027-12-31", invoice_fees_from="2026-12-31")


def test_ended_early_the_period_not_yet_invoiced_is_cut(shop, clock):
	doc = contract(shop, "2026-12-01", "2027-11-30", invoice_at="End of the Period")
	clock.to("2027-01-05")
	fee_invoices.invoice_due_fees()
	read(doc).end_early("2027-01-10", "Sold the boiler")
	every_day(clock, "2027-02-02")
	assert invoiced(doc) == [
		("2027-01-05", "2026-12-01", "2026-12-31", 300),
		("2027-01-10", "2027-01-01", "2027-01-10", 96.77),  # 10 of 31 days
	]
	with pytest.raises(frappe.ValidationError, match="left to credit"):
		read(doc).credit_unused_fee()


def test_a_subscription_cancelled_by_the_accountant_is_not_invoiced_on(shop, clock):
	doc = contract(shop, TODAY, "2027-11-29")
	frappe.get_doc("Subscription", doc.subscription).cancel_subscription()
	every_day(clock, "2027-01-02")
	assert len(invoiced(doc)) == 1
	assert missing_rows(TODAY, "2027-01-31") == []


def test_the_books_of_a_year_are_the_contracts_fees(shop, clock):
	doc = contract(shop, "2027-01-01", "2027-12-31", 1200, "Year")
	clock.to("2027-01-01")
	fee_invoices.invoice_due_fees()
	invoice = frappe.get_doc(INVOICE, {"subscription": doc.subscription})
	assert [(account, debit, credit) for account, debit, credit, _center in gl(invoice.name)] == [
		("Debtors - LSL", 1362, 0),
		("Sales - LSL", 0, 1200),
		("VAT - LSL", 0, 162),
	]
	period = {"company": make.COMPANY, "from_date": "2027-01-01", "to_date": "2027-12-31"}
	assert [(row.service_contract, row.fees) for row in contract_profitability.execute(period)[1]] == [
		(doc.name, 1200)
	]


# ---------------------------------------------------------------- deferred revenue


@pytest.fixture
def deferred(shop):
	"""The fee is earned over its days: booked to Deferred Revenue, moved to income at the end of each month."""
	shop.deferred = make.account("Deferred Fees", "Current Liabilities")
	name = plan(1200, "Year")
	item = frappe.get_doc("Item", "Care Fee")
	item.enable_deferred_revenue = 1
	item.set("item_defaults", [{"company": make.COMPANY, "deferred_revenue_account": shop.deferred}])
	item.save()
	shop.plan = name
	return shop


def month_end(clock, day: str) -> None:
	"""ERPNext's monthly job on the first of a month, for the days before."""
	clock.to(day)
	convert_deferred_revenue_to_income(None, add_days(day, -31), add_days(day, -1))


def balance(account: str, until: str) -> float:
	"""Credit less debit of an account up to a day."""
	entry = frappe.qb.DocType("GL Entry")
	query = frappe.qb.from_(entry).select(Sum(entry.credit - entry.debit))
	query = query.where(
		(entry.account == account) & (entry.posting_date <= until) & (entry.is_cancelled == 0)
	)
	return flt(query.run()[0][0], 2)


def test_a_deferred_fee_is_earned_over_the_days_of_its_period(deferred, clock):
	clock.to("2027-01-05")
	doc = contract(deferred, "2027-01-01", "2027-12-31", 1200, "Year")
	row = frappe.get_doc(INVOICE, {"subscription": doc.subscription}).items[0]
	assert (str(row.service_start_date), str(row.service_end_date)) == ("2027-01-01", "2027-12-31")
	assert balance(deferred.deferred, "2027-01-31") == 1200
	month_end(clock, "2027-02-01")
	assert balance("Sales - LSL", "2027-01-31") == 101.92  # 31 of 365 days
	assert balance(deferred.deferred, "2027-01-31") == 1098.08


@pytest.mark.parametrize(
	("entered", "ends", "earned"),
	[
		("2027-03-20", "2027-03-31", 295.89),  # 90 of 365 days
		("2027-03-20", "2027-03-10", 226.85),  # 69 days, entered ten days after
		("2027-04-05", "2027-03-10", 226.85),  # March has been moved to income by then
	],
)
def test_a_deferred_fee_that_ends_early_leaves_nothing_deferred(deferred, clock, entered, ends, earned):
	clock.to("2027-01-01")
	doc = contract(deferred, "2027-01-01", "2027-12-31", 1200, "Year")
	for day in ("2027-02-01", "2027-03-01", "2027-04-01"):
		if day <= entered:
			month_end(clock, day)
	clock.to(entered)
	read(doc).end_early(ends, "Sold the boiler")
	(note,) = read(doc).credit_unused_fee()
	frappe.get_doc(INVOICE, note).submit()
	for month in range(4, 13):
		if (day := f"2027-{month:02}-01") > entered:
			month_end(clock, day)
	assert balance(deferred.deferred, "2027-12-31") == 0
	assert balance("Sales - LSL", "2027-12-31") == earned


def test_a_credit_that_is_deleted_lets_the_fee_be_earned_on(deferred, clock):
	clock.to("2027-01-01")
	doc = contract(deferred, "2027-01-01", "2027-12-31", 1200, "Year")
	invoice = frappe.get_doc(INVOICE, {"subscription": doc.subscription})
	read(doc).end_early("2027-03-31", "Sold the boiler")
	(note,) = read(doc).credit_unused_fee()
	assert str(read(invoice).items[0].service_stop_date) == "2027-03-31"
	frappe.delete_doc(INVOICE, note)
	assert read(invoice).items[0].service_stop_date is None


def test_a_fee_invoiced_after_its_days_is_earned_at_once(deferred, clock):
	clock.to("2027-02-10")
	doc = contract(deferred, "2026-12-01", "2027-11-30", plans=[{"plan": plan(100), "qty": 1}])
	rows = frappe.get_all(
		"Sales Invoice Item",
		{"parent": ("in", frappe.get_all(INVOICE, {"subscription": doc.subscription}, pluck="name"))},
		["enable_deferred_revenue", "service_start_date"],
		order_by="creation asc",
	)
	assert [row.enable_deferred_revenue for row in rows] == [0, 0, 1]
	assert balance("Sales - LSL", "2027-02-28") == 200


# ---------------------------------------------------------------- contracts made before


def test_a_contract_made_before_goes_on_after_its_last_invoice_at_its_price(shop, clock, monkeypatch):
	"""ERPNext had moved its periods to the day of entry and left one out: that one is not invoiced by itself."""
	from aftersales.patches.v1_1.invoice_fees_by_calendar import execute

	monkeypatch.setattr(custom_fields, "create", lambda: None)  # changes the schema
	clock.to("2026-12-10")
	doc = contract(shop, "2026-12-10", "2027-05-09")
	frappe.db.set_value("Service Contract", doc.name, "start_date", "2026-11-10")
	frappe.db.set_value("Subscription Plan Detail", doc.plans[0].name, "aftersales_rate", 0)
	frappe.clear_document_cache(CONTRACT, doc.name)
	clock.to("2027-01-05")

	execute()

	assert str(read(doc).invoice_fees_from) == "2027-01-10"
	assert read(doc).plans[0].aftersales_rate == 300
	every_day(clock, "2027-01-12")
	assert [row[1:3] for row in invoiced(doc)] == [("2026-12-10", "2027-01-09"), ("2027-01-10", "2027-02-09")]
	execute()  # again does no harm
	assert str(read(doc).invoice_fees_from) == "2027-02-10"
