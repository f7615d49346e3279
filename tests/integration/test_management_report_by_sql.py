"""Every figure of the management report, reckoned again by SQL written by hand: a month made by documents, in its order."""

import frappe
import pytest
from frappe.utils import (
	add_days,
	add_months,
	add_to_date,
	fmt_money,
	formatdate,
	get_first_day,
	getdate,
	now_datetime,
	nowdate,
)

from aftersales.service_levels.sweep import sweep
from aftersales.service_quality import goal_rules, goals
from aftersales.service_quality.management import management_report
from aftersales.service_quality.standards import deviations, sets
from tests import factories as make
from tests.jobs import done

MANAGER = "maeve@by-sql.example"

CALLS = "from `tabRepair Call` c where c.company = %(company)s"
RECEIVED = f"{CALLS} and c.status != 'Cancelled' and c.received_at >= %(first)s and c.received_at < %(after)s"
SAME_FAULT = """r.repeat_of = f.name and r.status != 'Cancelled'
	and r.received_at <= coalesce(f.closed_at, f.resolved_at) + interval %(repeat_days)s day
	and (ifnull(r.fault_code, '') = '' or ifnull(f.fault_code, '') = '' or r.fault_code = f.fault_code
		or (f.symptom_code != '' and f.symptom_code = r.symptom_code))"""
FAILED = """(ifnull(c.request_type, '') = '' or c.request_type in (select name from `tabService Request Type` where is_failure = 1))
	and ifnull(c.support_kind, 'Use') != 'Application'"""
ANSWERS = """from `tabFollow-up` a left join `tabRepair Call` c on c.name = a.repair_call
	where a.company = %(company)s and a.status in ('Done', 'Escalated') and a.done_at >= %(first)s and a.done_at < %(after)s"""
SERVICE_INVOICES = """select distinct parent from `tabSales Invoice Item`
	where aftersales_voucher_type in ('Service Voucher', 'Repair Card')"""
LEDGER = f"""from `tabPayment Ledger Entry` p where p.company = %(company)s and p.delinked = 0
	and p.account_type = 'Receivable' and p.against_voucher_no in ({SERVICE_INVOICES})"""

FIGURES = {
	"Solved by Phone": f"select 100 * sum(c.resolved_by_phone) / count(*) {RECEIVED}",
	"Repeat Rate": f"""select 100 * (select count(*) from `tabRepair Call` r join `tabRepair Call` f on f.name = r.repeat_of
		where r.company = %(company)s and r.received_at >= %(first)s and r.received_at < %(after)s and {SAME_FAULT})
		/ count(*) {CALLS} and c.closed_at >= %(first)s and c.closed_at < %(after)s""",
	"Promise Kept": f"""select 100 * sum(c.promise_result = 'Kept') / count(*) {CALLS} and ifnull(c.promise_result, '') != ''
		and c.arrived_at >= %(first)s and c.arrived_at < %(after)s""",
	"First-time Fix Rate": f"""select 100 * sum(visits = 1 and outcome = 'Completed' and not came_back) / count(*) from (
		select f.name, count(v.name) visits, max(v.outcome) outcome,
			exists (select 1 from `tabRepair Call` r where {SAME_FAULT}) came_back
		from `tabRepair Call` f join `tabService Voucher` v on v.repair_call = f.name
		where f.company = %(company)s and v.docstatus = 1 and v.status != 'Cancelled'
			and f.resolved_at >= %(first)s and f.resolved_at < %(after)s group by f.name) t""",
	"SLA Compliance": """select 100 * sum(k.state = 'Met') / sum(k.state in ('Met', 'Missed')) from `tabService Clock` k
		join `tabRepair Call` c on c.name = k.reference_name where k.reference_doctype = 'Repair Call'
		and c.company = %(company)s and k.stopped_at >= %(first)s and k.stopped_at < %(after)s""",
	"CSAT": f"select 100 * sum(a.csat in (4, 5)) / sum(a.csat > 0) {ANSWERS}",
	"NPS": f"""select 100 * (sum(a.nps in ('9', '10')) - sum(a.nps in ('0', '1', '2', '3', '4', '5', '6')))
		/ sum(a.nps != '') {ANSWERS}""",
	"Response Time": f"select avg(greatest(timestampdiff(second, c.received_at, c.responded_at), 0)) / 3600 {RECEIVED}",
	"Time to Arrive": f"select avg(greatest(timestampdiff(second, c.received_at, c.arrived_at), 0)) / 3600 {RECEIVED}",
	"Resolution Time": f"""select avg(greatest(timestampdiff(second, c.received_at, c.resolved_at), 0)) / 3600 {CALLS}
		and c.resolved_at >= %(first)s and c.resolved_at < %(after)s""",
	"Workshop Turnaround": """select avg(greatest(timestampdiff(second, d.received_at, d.ready_at), 0)) / 3600 from `tabRepair Card` d
		join `tabRepair Call` c on c.name = d.repair_call where c.company = %(company)s and d.docstatus < 2
		and d.status in ('Ready', 'Returned') and d.ready_at >= %(first)s and d.ready_at < %(after)s""",
	"Mean Repair Time": f"""select (ifnull((select sum(l.hours) from `tabService Voucher` v join `tabRepair Call` c on c.name = v.repair_call
			join `tabService Labour Line` l on l.parent = v.name and l.parenttype = 'Service Voucher' and l.activity != 'Travel'
			where c.company = %(company)s and v.docstatus = 1 and v.outcome in ('Completed', 'Revisit Needed', 'Taken to Workshop')
			and v.departed_at >= %(first)s and v.departed_at < %(after)s and {FAILED}), 0)
		+ ifnull((select sum(l.hours) from `tabRepair Card` d join `tabRepair Call` c on c.name = d.repair_call
			join `tabService Labour Line` l on l.parent = d.name and l.parenttype = 'Repair Card' and l.activity != 'Travel'
			where c.company = %(company)s and d.docstatus < 2 and d.status in ('Ready', 'Returned') and d.total_hours = 0
			and d.ready_at >= %(first)s and d.ready_at < %(after)s and {FAILED}), 0))
		/ ((select count(*) from `tabService Voucher` v join `tabRepair Call` c on c.name = v.repair_call
			where c.company = %(company)s and v.docstatus = 1 and v.outcome = 'Completed'
			and v.departed_at >= %(first)s and v.departed_at < %(after)s and {FAILED})
		+ (select count(*) from `tabRepair Card` d join `tabRepair Call` c on c.name = d.repair_call
			where c.company = %(company)s and d.docstatus < 2 and d.status in ('Ready', 'Returned')
			and d.ready_at >= %(first)s and d.ready_at < %(after)s and {FAILED}))""",
	"Days Outstanding": f"""select (sum(if(p.posting_date < %(first)s, p.amount, 0)) + sum(p.amount)) / 2
		/ sum(if(p.posting_date >= %(first)s and p.voucher_no = p.against_voucher_no, p.amount, 0)) * %(days)s
		{LEDGER} and p.posting_date < %(after)s""",
	"Receivable Turnover": f"""select sum(if(p.posting_date >= %(first)s and p.voucher_no = p.against_voucher_no, p.amount, 0))
		/ ((sum(if(p.posting_date < %(first)s, p.amount, 0)) + sum(p.amount)) / 2) {LEDGER} and p.posting_date < %(after)s""",
}
"""Figure of a goal -> its value in per cent, hours, days or times. Nobody answers or arrives before the call."""

MONEY = {
	"Cost per Call": f"""select ((select ifnull(sum(v.parts_cost + v.labour_cost), 0) from `tabService Voucher` v
			join `tabRepair Call` c on c.name = v.repair_call where v.docstatus = 1 and c.company = %(company)s
			and c.closed_at >= %(first)s and c.closed_at < %(after)s)
		+ (select ifnull(sum(if(d.docstatus = 1, d.parts_cost + d.labour_cost, 0) + ifnull(d.vendor_cost, 0)), 0) from `tabRepair Card` d
			join `tabRepair Call` c on c.name = d.repair_call where c.company = %(company)s
			and c.closed_at >= %(first)s and c.closed_at < %(after)s))
		/ count(*) {CALLS} and c.closed_at >= %(first)s and c.closed_at < %(after)s""",
	"Warranty Cost of Product Revenue": """select 100
		* ((select ifnull(sum(l.valuation_amount), 0) from `tabService Part Line` l join `tabService Voucher` v on v.name = l.parent
			where v.company = %(company)s and v.docstatus = 1 and l.charge_to = 'Warranty'
			and v.posted_at >= %(first)s and v.posted_at < %(after)s)
		+ (select ifnull(sum(l.hours * t.cost_rate), 0) from `tabService Labour Line` l join `tabService Voucher` v on v.name = l.parent
			join `tabService Technician` t on t.name = ifnull(nullif(l.technician, ''), v.technician)
			where v.company = %(company)s and v.docstatus = 1 and l.charge_to = 'Warranty'
			and v.posted_at >= %(first)s and v.posted_at < %(after)s))
		/ sum(i.base_net_amount) from `tabSales Invoice Item` i join `tabSales Invoice` s on s.name = i.parent
		where s.company = %(company)s and s.docstatus = 1 and s.posting_date >= %(first)s and s.posting_date < %(after)s
		and ifnull(i.aftersales_voucher_type, '') = ''""",
}

WORK = """from `tabService Labour Line` l
	join (select 'Service Voucher' kind, name, repair_call, technician, company, docstatus, posted_at from `tabService Voucher`
		union all select 'Repair Card', name, repair_call, assigned_technician, company, docstatus, posted_at from `tabRepair Card`) j
		on j.name = l.parent and j.kind = l.parenttype
	left join `tabRepair Call` c on c.name = j.repair_call
	where j.company = %(company)s and j.docstatus = 1 and j.posted_at >= %(first)s and j.posted_at < %(after)s"""
INCOME = f"""select sum(g.credit - g.debit) from `tabGL Entry` g join `tabAccount` a on a.name = g.account
	where a.root_type = 'Income' and g.is_cancelled = 0 and g.voucher_type = 'Sales Invoice' and g.company = %(company)s
	and g.voucher_no in ({SERVICE_INVOICES}) and g.posting_date >= %(first)s and g.posting_date < %(after)s"""

FIGURES |= MONEY | {
	"Courtesy": """select avg(a.courtesy) from `tabCall Assessment` a join `tabRepair Call` c on c.name = a.repair_call
		where c.company = %(company)s and a.assessed_on >= %(first)s and a.assessed_on < %(after)s""",
	"Mean Time to Restore": f"""select avg(greatest(timestampdiff(second, c.received_at, c.resolved_at), 0)) / 3600 {CALLS}
		and c.resolved_at >= %(first)s and c.resolved_at < %(after)s and {FAILED}""",
	"Share of Repair": f"""select 100 * sum(if(c.name is not null and {FAILED}, l.hours, 0)) / sum(l.hours) {WORK}
		and l.activity != 'Travel'""",
	"Component Repairs": f"""select 100 * sum(j.repair_method = 'Component') / sum(j.repair_method != '') from (
			select repair_method, repair_call, company, departed_at done_at from `tabService Voucher`
			where docstatus = 1 and outcome = 'Completed'
			union all select repair_method, repair_call, company, verified_at from `tabRepair Card`
			where docstatus = 1 and status in ('Ready', 'Returned')) j
		join `tabRepair Call` c on c.name = j.repair_call
		where j.company = %(company)s and j.done_at >= %(first)s and j.done_at < %(after)s and {FAILED}""",
	"Margin %": f"""select 100 * (1 - ((select sum(l.hours * l.cost_rate) {WORK})
		+ (select sum(p.valuation_amount) from `tabService Part Line` p join `tabService Voucher` v on v.name = p.parent
			where v.company = %(company)s and v.docstatus = 1 and v.posted_at >= %(first)s and v.posted_at < %(after)s))
		/ ({INCOME}))""",
}

AIMS = {"Courtesy": 3}
"""Figure -> goal; 50 for the others."""

FLOWS = {
	"Service Desk": (
		"`tabRepair Call`",
		"received_at",
		"coalesce(resolved_at, closed_at)",
		"status != 'Cancelled'",
	),
	"Field Service": (
		"`tabService Voucher`",
		"creation",
		"coalesce(departed_at, posted_at)",
		"docstatus < 2 and status != 'Cancelled'",
	),
	"Workshop": (
		"`tabRepair Card`",
		"received_at",
		"coalesce(ready_at, returned_at, posted_at)",
		"docstatus < 2",
	),
}
"""Department -> table, when work came, when it left, what counts."""


@pytest.fixture
def month(_site, clock):
	"""Solved by phone, on the first visit, too late, again, in the workshop; invoices paid and not; a product sold."""
	clock.to(f"{get_first_day(nowdate())} 08:00:00")
	shop = make.shop()
	make.fiscal_years(getdate().year + 1)
	make.user(MANAGER, "Service Manager", "Service Supervisor", "Service Agent")
	make.settings(submit_invoice=1, invoicing="On Completion", default_company=make.COMPANY)
	frappe.set_user(MANAGER)
	sets.install("manufacturer")
	frappe.set_user("Administrator")
	frappe.db.set_value("Service Standard", {"name": ("!=", "")}, "creation", nowdate())
	frappe.db.set_value("Service Goal", {"name": ("!=", "")}, "disabled", 1)
	for figure in goals.FIGURES:
		make.make(
			"Service Goal",
			title=f"Goal for {figure}",
			figure=figure,
			goal=AIMS.get(figure, 50),
			margin_percent=0,
			period="Month",
			for_company=make.COMPANY,
		)
	_phone(shop, clock)
	first = _visited(shop, clock, late_days=0, answers=(5, "10"), repair_method="Component")
	_visited(shop, clock, 2, (2, "3"), repair_method="Module", repair_method_reason="Board burnt")
	_visited(shop, clock, late_days=0, answers=(4, "8"), repeat_of=first)
	free = done(shop, category="C", parts=[make.part(shop.seal)], labour=[make.hours(1)])
	frappe.get_doc("Repair Call", free.repair_call).reload().close()
	card = done(shop, "Repair Card", labour=[make.hours(3)])
	frappe.db.set_value("Repair Card", card.name, "received_at", add_to_date(card.ready_at, hours=-50))
	_paid(first, shop)
	_product_sold(shop)
	make.plain_call(shop.customer, company=make.COMPANY)
	period = goal_rules.period_of("Month", getdate(nowdate()))
	clock.to(f"{add_days(period.last, 1)} 02:00:00")
	sweep()
	deviations.enter_missed_goals()
	return period


def _phone(shop, clock):
	for hours in (1, 6):
		call = make.plain_call(shop.customer, company=make.COMPANY)
		clock.forward(hours=hours)
		call.reload().update({"status": "Resolved", "resolution": "Reset", "resolved_by_phone": 1})
		call.save()
		call.reload().close()
		clock.forward(hours=2)
		_assessed(call, courtesy=hours if hours < 5 else 4)


def _assessed(call, courtesy: int):
	agent = make.user("sean@by-sql.example", "Service Agent")
	links = [{"link_doctype": "Repair Call", "link_name": call.name}]
	numbers = {"id": f"log-{call.name}", "from": "+353155500", "to": "100", "type": "Incoming"}
	log = make.make("Call Log", status="Completed", links=links, **numbers)
	scores = {"courtesy": courtesy, "knowledge": 4, "completeness": 3}
	make.make("Call Assessment", call_log=log.name, agent=agent, **scores)


def _visited(shop, clock, late_days: int, answers: tuple, repeat_of: str | None = None, **found) -> str:
	category = make.category("A")
	call = make.call(shop.customer, company=make.COMPANY, service_category=category, repeat_of=repeat_of)
	tomorrow = add_days(nowdate(), 1)
	call.reload().schedule(f"{tomorrow} 10:00:00", f"{tomorrow} 12:00:00")
	visit = make.planned(call, shop.technician, labour=[make.hours(2)], parts=[make.part(shop.seal)])
	clock.to(f"{add_days(tomorrow, late_days)} 10:30:00")
	visit.reload().arrive()
	clock.forward(hours=2)
	visit.reload().update(
		{
			"outcome": "Completed",
			"findings": "Worn seal replaced",
			**found,
			"test_result": "Passed",
			"departed_at": now_datetime(),
			"customer_signature": make.SIGNATURE,
			"signed_by": "N. Byrne",
		}
	)
	visit.submit()
	call.reload().close()
	clock.forward(days=1)
	follow_up = frappe.get_doc("Follow-up", {"repair_call": call.name})
	follow_up.complete("Yes", "No", *answers)
	return call.name


def _paid(call: str, shop):
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	invoice = frappe.db.get_value("Service Voucher", {"repair_call": call}, "sales_invoice")
	bank = make.account("Bank of Figures", "Bank Accounts", account_type="Bank")
	payment = get_payment_entry("Sales Invoice", invoice, bank_account=bank)
	payment.reference_no, payment.reference_date = "1", nowdate()
	payment.insert()
	payment.submit()


def _product_sold(shop):
	frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": shop.customer,
			"company": make.COMPANY,
			"posting_date": nowdate(),
			"due_date": nowdate(),
			"items": [{"item_code": shop.seal, "qty": 10, "rate": 100, "warehouse": shop.van}],
		}
	).insert().submit()


def by_sql(statement: str, period, **more):
	after = add_days(period.last, 1)
	values = {
		"company": make.COMPANY,
		"first": period.first,
		"after": after,
		"days": (period.last - period.first).days + 1,
		"repeat_days": frappe.db.get_single_value("Aftersales Settings", "repeat_days"),
		**more,
	}
	return frappe.db.sql(statement, values)


def one(statement: str, period) -> float | None:
	value = by_sql(statement, period)[0][0]
	return None if value is None else float(value)


def number(text: str) -> float | None:
	"""The number of a cell, without its unit."""
	return None if text == "–" else float(text.replace("€ ", "").split()[0].rstrip("%").replace(",", ""))


def test_every_figure_of_the_report_by_sql(month):
	tables = {table.title: table for table in management_report.tables(make.COMPANY, month)}
	assert set(tables) == {
		*("Goals", "Standards", "Key figures", "Service invoices", "Where work waits"),
		"Missed, without a cause yet",
	}
	check_goals(tables["Goals"], month)
	check_key_figures(tables["Key figures"], month)
	check_standards(tables["Standards"], month)
	check_receivables(tables["Service invoices"], month)
	check_flow(tables["Where work waits"], month)
	check_deviations(tables["Missed, without a cause yet"], month)


def check_goals(table, month):
	shown = {row[0].removeprefix("Goal for "): row for row in table.rows}
	assert set(shown) == set(FIGURES) == set(goals.FIGURES)
	for figure, row in shown.items():
		value = one(FIGURES[figure], month)
		assert value is not None, figure
		assert number(row[2]) == pytest.approx(value, abs=0.06), figure
		lower = goals.FIGURES[figure].name in goal_rules.LOWER_IS_BETTER
		aim = AIMS.get(figure, 50)
		assert row[4] == ("Reached" if (value <= aim if lower else value >= aim) else "Missed"), figure
		assert row[3] == "–", "nothing happened in the month before"


def check_key_figures(table, month):
	wanted = {key: FIGURES[key] for key in FIGURES if key in MONEY or key in {row[0] for row in table.rows}}
	assert {row[0] for row in table.rows} == set(wanted)
	for label, now, _before in table.rows:
		value = one(wanted[label], month)
		if label == "Cost per Call":
			assert now == fmt_money(value, currency="EUR")
		else:
			assert number(now) == pytest.approx(value, abs=0.06), label


def check_standards(table, month):
	decided = by_sql(
		"""
		select t.parent, sum(k.state = 'Met'), sum(k.state != 'Met') from `tabService Standard Target` t
		join `tabService Standard` s on s.name = t.parent and s.disabled = 0 and s.measured_by = 'Service Targets'
		join `tabService Clock` k on k.target = t.service_target
		where k.company = %(company)s and k.state in ('Met', 'Missed', 'Overdue')
			and if(k.state = 'Met', k.stopped_at, k.due_at) >= %(first)s
			and if(k.state = 'Met', k.stopped_at, k.due_at) < %(after)s
		group by t.parent
		""",
		month,
	)
	open_entries = dict(
		by_sql(
			"""
			select standard, count(*) from `tabService Deviation` where company = %(company)s and status = 'Open'
				and missed_at >= %(first)s and missed_at < %(after)s and standard is not null group by standard
			""",
			month,
		)
	)
	wanted = {
		standard: [str(int(kept + missed)), str(int(missed)), f"{100 * kept / (kept + missed):.1f} %"]
		for standard, kept, missed in decided
	}
	shown = {row[0]: row for row in table.rows}
	assert wanted and set(wanted) <= set(shown)
	for standard, row in shown.items():
		if standard in wanted:
			assert row[1:4] == wanted[standard], standard
		assert row[4] == str(open_entries.get(standard, 0)), standard


def check_receivables(table, month):
	for place, row in enumerate(table.rows):
		first = getdate(add_months(month.first, place - 2))
		period = goal_rules.period_of("Month", first)
		billed, settled, closing = (
			float(value or 0)
			for value in by_sql(
				f"""
				select sum(if(p.posting_date >= %(first)s and p.voucher_no = p.against_voucher_no, p.amount, 0)),
					-sum(if(p.posting_date >= %(first)s and p.voucher_no != p.against_voucher_no, p.amount, 0)),
					sum(p.amount)
				{LEDGER} and p.posting_date < %(after)s
				""",
				period,
			)[0]
		)
		amounts = [fmt_money(value, currency="EUR") for value in (billed, settled, closing)]
		assert row[:4] == [formatdate(first, "MMM yyyy"), *amounts]
		days = one(FIGURES["Days Outstanding"], period)
		assert row[4] == ("–" if days is None else f"{days:.1f}")
	assert billed > settled > 0


def check_flow(table, month):
	shown = {row[0]: row for row in table.rows}
	for department, (source, came, left, only) in FLOWS.items():
		arrived, gone, waiting, before, days = by_sql(
			f"""
			select sum({came} >= %(first)s), sum(gone), sum(not gone), sum({came} < %(first)s),
				avg(if(gone, timestampdiff(second, {came}, left_at), null)) / 86400
			from (select *, {left} left_at, ifnull({left} < %(after)s, 0) gone from {source}) t
			where company = %(company)s and {only} and {came} < %(after)s and (left_at is null or left_at > %(first)s)
			""",
			month,
			after=f"{add_days(month.last, 1)} 00:00:00",
		)[0]
		change = waiting - before
		direction = (
			"Steady"
			if abs(change) < max(2, 0.1 * float(arrived))
			else ("Growing" if change > 0 else "Shrinking")
		)
		assert shown[department] == [
			department,
			*(str(int(value)) for value in (arrived, gone, waiting)),
			f"{days:.1f}",
			direction,
		], department
	jobs = by_sql(
		"""
		select sum(posted_at >= %(first)s), sum(billed_at < %(after)s) from (
			select posted_at, billed_at, company, docstatus, billing_status from `tabService Voucher` union all
			select posted_at, billed_at, company, docstatus, billing_status from `tabRepair Card`) j
		where company = %(company)s and docstatus = 1 and billing_status != 'Not Billable' and posted_at is not null
		""",
		month,
	)[0]
	assert shown["Billing"][1:3] == [str(int(value)) for value in jobs]


def check_deviations(table, month):
	rows = by_sql(
		"""
		select subject from `tabService Deviation` where ifnull(company, '') in (%(company)s, '') and status = 'Open'
			and missed_at >= %(first)s and missed_at < %(after)s order by missed_at limit 30
		""",
		month,
	)
	assert sorted(row[0] for row in table.rows) == sorted(row[0] for row in rows)
	assert rows
