"""The figures for those who manage: flow and bottlenecks, warranty forecast, effect of a change, the PDF of the month."""

import io
import shutil

import frappe
import pytest
from frappe.utils import (
	add_days,
	add_months,
	add_to_date,
	fmt_money,
	get_first_day,
	getdate,
	now_datetime,
	nowdate,
)
from frappe.utils.response import build_response
from pypdf import PdfReader

from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_quality import goal_rules, goals
from aftersales.service_quality.management import management_report
from aftersales.service_quality.report.bottlenecks import bottlenecks
from aftersales.service_quality.report.effect_of_corrective_actions import effect_of_corrective_actions
from aftersales.service_quality.report.service_goals import service_goals
from aftersales.service_quality.report.service_key_figures import service_key_figures
from aftersales.service_quality.report.warranty_forecast import warranty_forecast
from aftersales.service_quality.standards import deviations
from tests import factories as make
from tests import mails
from tests.jobs import done

MANAGER, ACCOUNTANT, AGENT = "maeve@figures.example", "una@figures.example", "sean@figures.example"


@pytest.fixture(scope="module")
def masters(shared_clock):
	shared_clock.to(f"{nowdate()} 10:00:00")
	shop = make.shop()
	make.fiscal_years(getdate().year + 1)
	make.user(MANAGER, "Service Manager")
	make.user(ACCOUNTANT, "Service Accountant")
	make.user(AGENT, "Service Agent")
	return shop


# ------------------------------------------------------------------ flow


def flow(company: str, **filters) -> dict[str, dict]:
	period = {"from_date": add_days(nowdate(), -10), "to_date": nowdate(), "company": company}
	return {row["key"]: row for row in bottlenecks.execute({**period, **filters})[1]}


def test_what_came_left_and_waits_by_sql(shop, clock):
	company = make.company()
	for days in (3, 5, 12):
		call = make.plain_call(shop.customer, company=company)
		frappe.db.set_value("Repair Call", call.name, "received_at", add_to_date(now_datetime(), days=-days))
		if days != 5:
			frappe.db.set_value("Repair Call", call.name, "resolved_at", add_to_date(now_datetime(), days=-1))
	row = flow(company)["Service Desk"]
	begin = f"{add_days(nowdate(), -10)} 00:00:00"
	arrived, left, waiting = frappe.db.sql(
		"""
		select sum(received_at >= %(begin)s), sum(resolved_at is not null and resolved_at >= %(begin)s), sum(resolved_at is null)
		from `tabRepair Call` where company = %(company)s
		""",
		{"begin": begin, "company": company},
	)[0]
	assert (row["arrived"], row["left"], row["waiting"]) == (arrived, left, waiting) == (2, 2, 1)
	assert (row["waiting_before"], row["days_through"]) == (1, 6.5)
	assert row["direction"] == "Steady"


def test_waiting_for_the_customer_and_for_parts_are_departments_of_their_own(shop, clock):
	card = make.received_card(make.call(shop.customer))
	stages = ("Diagnosing", "Awaiting Approval", "Approved", "Awaiting Parts")
	for place, status in enumerate(stages, 90):
		clock.forward(hours=6)
		card.reload()
		log = frappe.new_doc(
			"Service State Log", parent=card.name, parenttype="Repair Card", parentfield="state_log"
		)
		log.update({"status": status, "entered_at": now_datetime(), "idx": place})
		log.db_insert()
		frappe.db.set_value("Repair Card", card.name, "status", status)
	clock.forward(hours=6)
	rows = flow(make.COMPANY, from_date=nowdate(), to_date=add_days(nowdate(), 1))
	assert rows["Customer's Decision"]["days_through"] in (0.2, 0.3)
	assert rows["Buying"]["waiting"] >= 1


def test_what_a_further_technician_would_change_is_said(shop):
	done(shop, "Service Voucher", labour=[make.hours(4)])
	period = {"from_date": add_days(nowdate(), -10), "to_date": nowdate(), "company": make.COMPANY}
	message = bottlenecks.execute(period)[2]
	assert message and "with one more" in message


# ------------------------------------------------------------------ warranty


def product(shop, days_ago: int, **values) -> str:
	return make.equipment(
		shop.customer,
		brand="Forecast",
		model="F-1",
		company=make.COMPANY,
		installed_on=add_days(nowdate(), -days_ago),
		**values,
	)


def test_failures_and_cost_by_age(shop, clock):
	old, new = product(shop, 400, serial_text="F-1-1"), product(shop, 100, serial_text="F-1-2")
	call = make.call(shop.customer, equipment=old, service_category=make.category("C"))
	visit = make.voucher(
		call, shop.technician, service_category="C", equipment=old, parts=[make.part(shop.seal)]
	)
	visit.submit()
	visit.reload()
	filters = {"company": make.COMPANY, "brand": "Forecast", "model": "F-1"}
	_columns, rows, message, _chart, summary = warranty_forecast.execute(filters)
	by_age = {row["month"]: row for row in rows}
	age = max(by_age)
	assert (by_age[1]["at_risk"], by_age[age]["at_risk"]) == (2, 1)
	assert by_age[age]["failures"] == 1
	cost = frappe.db.sql(
		"""
		select sum(l.valuation_amount) from `tabService Part Line` l join `tabService Voucher` v on v.name = l.parent
		where v.equipment = %s and v.docstatus = 1 and l.charge_to = 'Warranty'
		""",
		old,
	)[0][0]
	assert by_age[age]["cost"] == pytest.approx(cost) and cost > 0
	assert by_age[age]["cumulated"] == pytest.approx(cost)
	assert "at least 5" in message
	assert next(card for card in summary if card["label"] == "Products")["value"] == 2
	assert new


def test_a_forecast_of_ten_failures(shop):
	for number in range(30):
		name = product(shop, 600, serial_text=f"F-{number}")
		if number < 10:
			call = make.call(shop.customer, equipment=name)
			failed = add_to_date(now_datetime(), days=-600 + 50 * (number + 1))
			frappe.db.set_value("Repair Call", call.name, "received_at", failed)
	filters = {"company": make.COMPANY, "brand": "Forecast", "months_ahead": 6}
	_columns, rows, message, _chart, summary = warranty_forecast.execute(filters)
	assert sum(row["failures"] for row in rows) == 10
	assert message.startswith("Weibull")
	shown = next(card for card in summary if card["label"].startswith("First Failures in 6"))["value"]
	expected, _space, bars = shown.partition(" ")
	low, high = (float(part) for part in bars.strip("()").split("–"))
	assert 0 <= low <= float(expected) <= high < 20


# ------------------------------------------------------------------ effect of a change


def test_the_effect_of_a_change_on_products_made_after_it(shop):
	fault = make.fault_code("FLT-EFFECT", "Fault")
	for number in range(40):
		days_ago = 400 if number < 20 else 150
		name = product(shop, days_ago, serial_text=f"E-{number}")
		if number < 15:
			call = make.call(shop.customer, equipment=name, brand="Forecast", model="F-1", fault_code=fault)
			failed = add_to_date(now_datetime(), days=-days_ago + 60)
			frappe.db.set_value(
				"Repair Call", call.name, {"received_at": failed, "fault_code": fault, "model": "F-1"}
			)
	procedure = make.once(
		"Quality Procedure",
		"Effects",
		quality_procedure_name="Effects",
		processes=[{"process_description": "Look"}],
	)
	case = make.make(
		"Non Conformance",
		subject="Fan stops",
		procedure=frappe.get_all("Quality Procedure", {"quality_procedure_name": "Effects"}, pluck="name")[0],
		status="Resolved",
		aftersales_fault_code=fault,
		aftersales_brand="Forecast",
		aftersales_model="F-1",
		aftersales_effective_from=add_days(nowdate(), -200),
	)
	assert procedure
	rows = {row["name"]: row for row in effect_of_corrective_actions.execute({})[1]}
	row = rows[case.name]
	assert (row["products_before"], row["products_after"], row["failures_after"]) == (20, 20, 0)
	assert row["expected"] > 5
	assert (row["verdict"], row["ratio"]) == ("Better", 0.0)


# ------------------------------------------------------------------ goals of money, the PDF


def test_days_outstanding_is_a_goal_of_a_company(shop):
	with pytest.raises(frappe.MandatoryError, match="one company"):
		make.make("Service Goal", title="Paid Soon", figure="Days Outstanding", goal=30)
	make.settings(submit_invoice=1, invoicing="On Completion")
	done(shop, "Service Voucher", labour=[make.hours(1)])
	make.make(
		"Service Goal", title="Paid Soon", figure="Days Outstanding", goal=400, for_company=make.COMPANY
	)
	row = next(row for row in service_goals.execute({})[1] if row["title"] == "Paid Soon")
	assert row["goal_text"] == "400 days"
	assert row["value_text"].endswith(" days") and row["state"] == "Reached"


def test_goals_of_a_period_that_runs_count_the_days_there_were(shop, clock):
	make.settings(submit_invoice=1, invoicing="On Completion")
	first = get_first_day(nowdate())
	clock.to(f"{add_days(first, 9)} 10:00:00")
	done(shop, "Service Voucher", labour=[make.hours(1)])
	period = goal_rules.period_of("Month", getdate(first))
	(opening, billed) = (
		float(value or 0)
		for value in frappe.db.sql(
			"""
			select sum(if(p.posting_date < %(first)s, p.amount, 0)),
				sum(if(p.posting_date >= %(first)s and p.voucher_no = p.against_voucher_no, p.amount, 0))
			from `tabPayment Ledger Entry` p join `tabSales Invoice` i on i.name = p.against_voucher_no
			where p.delinked = 0 and p.company = %(company)s and i.aftersales_voucher_type = 'Service Voucher'
			""",
			{"first": first, "company": make.COMPANY},
		)[0]
	)
	mean = (opening + opening + billed) / 2
	days = (period.last - period.first).days + 1
	company = {"company": make.COMPANY}
	shown = goals.value_of("Days Outstanding", period.first, period.last, company)
	assert shown == pytest.approx(mean / billed * 10, abs=0.06)
	turnover = goals.value_of("Receivable Turnover", period.first, period.last, company)
	assert turnover == pytest.approx(billed * days / 10 / mean, abs=0.006)


def test_goals_for_costs_are_of_a_company_and_for_those_who_see_the_books(shop, clock):
	frappe.db.set_value("Service Goal", {"name": ("!=", "")}, "disabled", 1)
	clock.to(f"{get_first_day(nowdate())} 10:00:00")
	product = make.equipment(shop.customer, brand="Forecast", model="Dear", company=make.COMPANY)
	make.settings(submit_invoice=1, invoicing="On Completion")
	for equipment, hours in ((product, 5), (None, 1)):
		visit = done(shop, "Service Voucher", labour=[make.hours(hours)], equipment=equipment)
		frappe.db.set_value("Repair Call", visit.repair_call, {"model": "Dear" if equipment else "Cheap"})
		frappe.get_doc("Repair Call", visit.repair_call).close()
	common = {"period": "Month", "for_company": make.COMPANY, "responsible": MANAGER, "margin_percent": 0}
	make.make("Service Goal", title="Dear Ones", figure="Cost per Call", goal=40, model="Dear", **common)
	make.make("Service Goal", title="All Calls", figure="Cost per Call", goal=400, **common)
	make.make("Service Goal", title="Earned on Dear Ones", figure="Margin %", goal=99, model="Dear", **common)
	rate = frappe.db.get_value("Service Technician", shop.technician, "cost_rate")

	def standing(user: str) -> dict:
		frappe.set_user(user)
		rows = {row["name"]: row for row in service_goals.execute({"company": make.COMPANY})[1]}
		frappe.set_user("Administrator")
		return rows

	rows = standing(ACCOUNTANT)
	assert (rows["Dear Ones"]["value"], rows["All Calls"]["value"]) == (5 * rate, 3 * rate)
	assert rows["Dear Ones"]["value_text"] == fmt_money(5 * rate, currency="EUR")
	assert (rows["Dear Ones"]["state"], rows["All Calls"]["state"]) == ("Missed", "Reached")
	(job,) = (
		row
		for row in job_profitability.execute(
			{"company": make.COMPANY, "from_date": nowdate(), "to_date": nowdate(), "group_by": "Model"}
		)[1]
		if row.value == "Forecast Dear"
	)
	assert rows["Earned on Dear Ones"]["value"] == job.margin_percent
	supervisor = make.user("orla@figures.example", "Service Supervisor")
	assert {row["value_text"] for row in standing(supervisor).values()} == {"–"}
	clock.to(f"{add_months(get_first_day(nowdate()), 1)} 02:00:00")
	assert deviations.enter_missed_goals() == 2
	subject = frappe.db.get_value("Service Deviation", {"goal": "Dear Ones"}, "subject")
	assert subject.startswith("Dear Ones: missed in") and str(5 * rate) not in subject


def test_a_general_goal_is_measured_for_the_company_that_is_asked_about(shop):
	other = make.company()
	for company, by_phone in ((make.COMPANY, 1), (other, 0)):
		call = make.plain_call(shop.customer, company=company)
		frappe.db.set_value("Repair Call", call.name, "resolved_by_phone", by_phone)
	make.make("Service Goal", title="By Phone", figure="Solved by Phone", goal=80)
	shown = {
		company: next(row for row in goals.standing(company=company) if row["name"] == "By Phone")
		for company in (make.COMPANY, other)
	}
	values = [shown[company]["value"] for company in (make.COMPANY, other)]
	figures = [
		service_key_figures.execute({**this_month(), "company": company})[1][0].remote_resolution_rate
		for company in (make.COMPANY, other)
	]
	assert values == figures and values[1] == 0


def this_month() -> dict:
	return {"from_date": get_first_day(nowdate()), "to_date": nowdate()}


@pytest.mark.parametrize(
	("values", "said"),
	[
		({"figure": "Cost per Call"}, "of one company"),
		(
			{"figure": "Days Outstanding", "for_company": make.COMPANY, "request_type": "Repair"},
			"not measured by",
		),
		({"figure": "Share of Repair", "for_company": make.COMPANY, "model": "X"}, "not measured by"),
		({"figure": "Courtesy", "goal": 6}, "from 1 to 5"),
	],
)
def test_what_a_goal_refuses(shop, values, said):
	with pytest.raises(frappe.ValidationError, match=said):
		make.make("Service Goal", **{"title": "Odd", "goal": 50, **values})


def report_settings(**values):
	doc = frappe.get_doc("Service Management Report")
	doc.update({"enabled": 1, "company": make.COMPANY, "recipients": [{"user": MANAGER}], **values})
	doc.flags.ignore_permissions = True
	return doc.save()


def test_the_report_of_the_month_is_sent_once_as_a_pdf(shop, clock):
	mails.mailbox()
	last_month = get_first_day(nowdate())
	clock.to(f"{last_month} 10:00:00")
	call = make.plain_call(shop.customer)
	assert call
	report_settings()
	clock.to(f"{add_months(get_first_day(nowdate()), 1)} 02:00:00")
	assert management_report.send_monthly() == 1
	assert management_report.send_monthly() == 0
	queued = frappe.get_all(
		"Email Queue", {"reference_name": "Service Management Report"}, ["name", "message"]
	)
	(mail,) = queued
	kind = "pdf" if shutil.which("wkhtmltopdf") else "html"
	assert f"service-{getdate(last_month):%Y-%m}.{kind}" in mail.message
	recipients = frappe.get_all("Email Queue Recipient", {"parent": mail.name}, pluck="recipient")
	assert recipients == [MANAGER]


def test_who_has_lost_the_role_gets_no_report_and_keeps_nobody_from_it(shop, clock):
	mails.mailbox()
	clock.to(f"{get_first_day(nowdate())} 10:00:00")
	report_settings(recipients=[{"user": ACCOUNTANT}, {"user": MANAGER}])
	frappe.get_doc("User", ACCOUNTANT).remove_roles("Service Accountant")
	clock.to(f"{add_months(get_first_day(nowdate()), 1)} 02:00:00")
	assert management_report.send_monthly() == 1
	assert management_report.send_monthly() == 0
	(mail,) = frappe.get_all("Email Queue", {"reference_name": "Service Management Report"}, pluck="name")
	assert frappe.get_all("Email Queue Recipient", {"parent": mail}, pluck="recipient") == [MANAGER]


def test_the_report_of_a_quarter_comes_when_the_quarter_is_over(shop, clock):
	mails.mailbox()
	quarter = goal_rules.period_of("Quarter", getdate(nowdate()))
	clock.to(f"{quarter.first} 10:00:00")
	report_settings(frequency="Quarter")
	assert management_report.send_monthly() == 1, "of the quarter before"
	clock.to(f"{add_months(quarter.first, 2)} 02:00:00")
	assert management_report.send_monthly() == 0
	clock.to(f"{add_days(quarter.last, 1)} 02:00:00")
	assert management_report.send_monthly() == 1
	assert getdate(frappe.db.get_single_value("Service Management Report", "last_month")) == quarter.first


@pytest.mark.needs("wkhtmltopdf")
def test_the_pdf_says_what_the_reports_say(shop):
	month = goal_rules.period_of("Month", getdate(nowdate()))
	make.plain_call(shop.customer)
	paper = management_report.paper(make.COMPANY, month, "en")
	pages = PdfReader(io.BytesIO(paper.content)).pages
	text = " ".join(" ".join(page.extract_text() for page in pages).split())
	assert make.COMPANY in text
	for table in management_report.tables(make.COMPANY, month):
		assert table.title in text
		assert table.rows[0][0][:12] in text


def test_without_a_program_for_pdfs_the_report_is_a_page(shop, monkeypatch):
	"""As on a machine of version 16, which needs no wkhtmltopdf, and where Debian ships none."""
	monkeypatch.setattr(shutil, "which", lambda name: None)
	make.plain_call(shop.customer)
	frappe.set_user(MANAGER)
	frappe.local.response = frappe._dict(docs=[])
	management_report.show(make.COMPANY, nowdate())

	answer = build_response()

	assert answer.content_type == "text/html; charset=utf-8"
	assert answer.headers["Content-Disposition"] == f"inline; filename=service-{getdate():%Y-%m}.html"
	text = answer.get_data(as_text=True)
	month = goal_rules.period_of("Month", getdate(nowdate()))
	tables = management_report.tables(make.COMPANY, month)
	assert tables and all(f"<h2>{table.title}</h2>" in text for table in tables)


def test_who_gets_and_who_sees_the_report(shop):
	with pytest.raises(frappe.ValidationError, match="cannot get the report"):
		report_settings(recipients=[{"user": AGENT}])
	other = make.company()
	frappe.set_user(AGENT)
	with pytest.raises(frappe.PermissionError):
		management_report.show(make.COMPANY, nowdate())
	frappe.set_user("Administrator")
	make.make("User Permission", user=ACCOUNTANT, allow="Company", for_value=make.COMPANY)
	frappe.set_user(ACCOUNTANT)
	with pytest.raises(frappe.PermissionError):
		management_report.show(other, nowdate())
