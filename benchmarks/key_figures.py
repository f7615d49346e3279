"""The reports on quality for one month within a large register, each beside the bare SQL of the same question.

	python3 tools/dev.py site figures.localhost
	python3 tools/dev.py run -- env AFTERSALES_SITE=figures.localhost python ../apps/aftersales/benchmarks/key_figures.py --calls 100000
	python3 tools/dev.py drop-site figures.localhost

Fills the tables by INSERT ... SELECT with calls over 24 months and their visits with hours, cards with state and
time logs, clocks and follow-ups; asks both sides in turn, and compares what they say. Tells of each report its
statements and what the database reads from one end to the other for them. The SQL beside a report is written by
hand, without what only a report needs: rights, groupings, names. Called on a site of its own, which is not
cleaned: drop it afterwards. Prints a table and, as its last line, the figures as JSON; exits with 1 where the two
sides differ or a ratio misses the aim.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import frappe
from frappe.utils import getdate
from measuring import in_turn, read_whole, statements

SITE = os.environ.get("AFTERSALES_SITE", "figures.localhost")
AIM = 1.5
MONTHS = 24
FIRST = "2024-06-01"
MONTH = {"from_date": "2025-06-01", "to_date": "2025-06-30"}
TECHNICIANS = 25
LARGE = 2000
"""Rows from which on reading a table whole is worth a remark."""

STAMP = "owner, modified_by, creation, modified, docstatus"
STAMPS = "'Administrator', 'Administrator', now(), now()"


def main() -> int:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("--calls", type=int, default=100_000)
	parser.add_argument("--rounds", type=int, default=7)
	options = parser.parse_args()
	frappe.init(site=SITE, sites_path=".")
	frappe.connect()
	try:
		fill(options.calls)
		return report(options.calls, options.rounds)
	finally:
		frappe.destroy()


# ---------------------------------------------------------------- the register


def fill(calls: int) -> None:
	from tests import factories as make

	shop = make.shop()
	for number in range(TECHNICIANS):
		make.technician(f"Technician {number:02}")
	windows = [
		{"weekday": day, "start_time": "08:00:00", "end_time": "16:00:00"}
		for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
	]
	make.once("Service Calendar", "Eight Hours", calendar_name="Eight Hours", windows=windows)
	make.settings(working_calendar="Eight Hours", repeat_days=30)
	values = {"company": make.COMPANY, "customer": shop.customer, "first": FIRST}
	values["apart"] = MONTHS * 30 * 24 * 60 / calls
	for table, columns, select, numbers in _rows(calls):
		started = time.perf_counter()
		frappe.db.sql(
			f"insert into `tab{table}` ({columns}, {STAMP}) select {select} from seq_1_to_{numbers}", values
		)
		frappe.db.commit()
		frappe.db.sql(f"analyze table `tab{table}`")
		print(f"{table}: {numbers:,} in {time.perf_counter() - started:.0f} s", flush=True)


def _rows(calls: int) -> tuple:
	"""Table, columns, their values, and how many; `seq` is the number of the row."""
	received = "date_add(%(first)s, interval floor(seq * %(apart)s) minute)"
	over = f"seq <= {calls * 97 // 100}"
	technician = f"concat('Technician ', lpad(seq %% {TECHNICIANS}, 2, '0'))"
	two_in_three = calls * 2 // 3
	one_in_five = calls // 5
	of_visit = "concat('KFC-', floor(seq * 3 / 2))"
	left = "date_add(date_add(%(first)s, interval floor(seq * 3 / 2) * %(apart)s minute), interval 27 hour)"
	at_bench = "date_add(%(first)s, interval floor(seq * 5 * %(apart)s) minute)"
	return (
		(
			"Repair Call",
			"name, company, customer, subject, channel, request_type, support_kind, brand, model, received_at,"
			" responded_at, arrived_at, promise_result, resolved_at, closed_at, status, resolved_by_phone, repeat_of, is_repeat,"
			" held_seconds, fault_code, symptom_code, next_action_by",
			f"""concat('KFC-', seq), %(company)s, concat('Customer ', seq %% 500), 'No hot water', 'Phone',
			'Repair', if(seq %% 7, 'Use', 'Application'), concat('Brand ', seq %% 6), concat('Model ', seq %% 60),
			{received}, date_add({received}, interval 20 minute),
			if(seq %% 3, date_add({received}, interval 26 hour), null),
			if(seq %% 3, elt(1 + seq %% 5, 'Kept', 'Kept', 'Kept', 'Late', null), null),
			if({over}, date_add({received}, interval 48 hour), null),
			if({over}, date_add({received}, interval 72 hour), null),
			if({over}, 'Closed', elt(1 + seq %% 4, 'Open', 'Triaged', 'Scheduled', 'In Progress')),
			seq %% 3 = 0, if(seq %% 12 = 0 and seq > 600, concat('KFC-', seq - 600), null),
			seq %% 12 = 0 and seq > 600, if(seq %% 9, 0, 3600), concat('F-', seq %% 40), null,
			date_add({received}, interval 4 hour), {STAMPS}, 0""",
			calls,
		),
		(
			"Service Voucher",
			"name, company, customer, repair_call, technician, status, outcome, arrived_at, departed_at, posted_at,"
			" planned_end, parts_cost, labour_cost, billing_status",
			f"""concat('KFV-', seq), %(company)s, %(customer)s, {of_visit}, {technician},
			if({over.replace(str(calls * 97 // 100), str(two_in_three * 97 // 100))}, 'Completed', 'Dispatched'),
			if(seq %% 10, 'Completed', 'Taken to Workshop'), date_sub({left}, interval 1 hour), {left}, {left}, {left},
			12.5, 45, if(seq %% 400, 'Billed', 'To Bill'), {STAMPS}, seq <= {two_in_three * 97 // 100}""",
			two_in_three,
		),
		(
			"Service Labour Line",
			"name, parent, parenttype, parentfield, idx, activity, hours, cost_rate, charge_to, technician",
			f"""concat('KFL-', seq), concat('KFV-', ceil(seq / 2)), 'Service Voucher', 'labour', 1 + seq %% 2,
			if(seq %% 2, 'Repair', 'Travel'), if(seq %% 2, 1, 0.5), 30, if(ceil(seq / 2) %% 8, 'Customer', 'Warranty'),
			null, {STAMPS}, 1""",
			two_in_three * 2,
		),
		(
			"Service Part Line",
			"name, parent, parenttype, parentfield, idx, item_code, qty, valuation_amount, charge_to",
			f"""concat('KFP-', seq), concat('KFV-', seq), 'Service Voucher', 'parts', 1, 'Seal', 1, 12.5,
			if(seq %% 8, 'Customer', 'Warranty'), {STAMPS}, 1""",
			two_in_three,
		),
		(
			"Repair Card",
			"name, company, customer, repair_call, status, received_at, ready_at, repaired_by, total_hours, parts_cost,"
			" labour_cost, vendor_cost, promised_return, posted_at, billing_status",
			f"""concat('KFR-', seq), %(company)s, %(customer)s, concat('KFC-', seq * 5),
			if(seq <= {one_in_five * 97 // 100}, 'Returned', elt(1 + seq %% 3, 'Received', 'In Repair', 'Quality Check')),
			{at_bench}, if(seq <= {one_in_five * 97 // 100}, date_add({at_bench}, interval 40 hour), null),
			{technician}, 2, 20, 60, if(seq %% 50, 0, 80), date_add({at_bench}, interval 96 hour),
			date_add({at_bench}, interval 40 hour), 'Billed', {STAMPS}, seq <= {one_in_five * 97 // 100}""",
			one_in_five,
		),
		(
			"Service State Log",
			"name, parent, parenttype, parentfield, idx, status, entered_at",
			f"""concat('KFS-', seq), concat('KFR-', ceil(seq / 4)), 'Repair Card', 'state_log', 1 + seq %% 4, 'In Repair',
			date_add(%(first)s, interval floor(ceil(seq / 4) * 5 * %(apart)s) minute), {STAMPS}, 0""",
			one_in_five * 4,
		),
		(
			"Service Time Log",
			"name, parent, parenttype, parentfield, idx, technician, to_time, hours",
			f"""concat('KFT-', seq), concat('KFR-', seq), 'Repair Card', 'time_logs', 1, {technician},
			date_add({at_bench}, interval 30 hour), 2, {STAMPS}, 0""",
			one_in_five,
		),
		(
			"Service Clock",
			"name, reference_doctype, reference_name, target, measure, state, started_at, stopped_at, company",
			f"""concat('KFK-', seq), 'Repair Call', concat('KFC-', ceil(seq / 2)), 'Answer', 'Answer',
			if(seq %% 11, 'Met', 'Missed'),
			date_add(%(first)s, interval floor(ceil(seq / 2) * %(apart)s) minute),
			date_add(%(first)s, interval floor(ceil(seq / 2) * %(apart)s) + 20 minute), %(company)s, {STAMPS}, 0""",
			calls * 2,
		),
		(
			"Follow-up",
			"name, company, customer, repair_call, kind, status, due_date, done_at, csat, nps, technician",
			f"""concat('KFF-', seq), %(company)s, concat('Customer ', seq %% 500), concat('KFC-', seq), 'Effectiveness',
			if({over}, if(seq %% 4, 'Done', 'Cancelled'), 'Planned'), date_add({received}, interval 10 day),
			if({over} and seq %% 4, date_add({received}, interval 10 day), null),
			if(seq %% 4, 1 + seq %% 5, 0), if(seq %% 4, seq %% 11, null), {technician}, {STAMPS}, 0""",
			calls,
		),
	)


# ---------------------------------------------------------------- the same in SQL

PERIOD = "{0} >= '2025-06-01' and {0} < '2025-07-01'"

FAILED = "(c.request_type = 'Repair' and c.support_kind != 'Application')"

KEY_FIGURES = tuple(
	statement.replace("<company>", "c.company = 'Liffey Service Ltd'")
	for statement in (
		f"""select count(*), sum(c.resolved_by_phone), sum(timestampdiff(second, c.received_at, c.responded_at)),
		sum(timestampdiff(second, c.received_at, c.arrived_at)), sum(f.closed_at + interval 30 day >= c.received_at)
		from `tabRepair Call` c left join `tabRepair Call` f on f.name = c.repeat_of
		where {PERIOD.format("c.received_at")} and c.status != 'Cancelled' and <company>""",
		f"""select count(*), sum(timestampdiff(second, c.received_at, c.resolved_at)), sum(c.held_seconds),
		sum({FAILED}), sum(if({FAILED}, timestampdiff(second, c.received_at, c.resolved_at), 0))
		from `tabRepair Call` c where {PERIOD.format("c.resolved_at")} and <company>""",
		f"select count(*) from `tabRepair Call` c where {PERIOD.format('c.closed_at')} and <company>",
		f"""select sum(a.csat > 0), sum(a.csat >= 4), sum(a.nps != ''), sum(a.nps in ('9', '10')),
		sum(a.nps in ('0', '1', '2', '3', '4', '5', '6'))
		from `tabFollow-up` a left join `tabRepair Call` c on c.name = a.repair_call
		where {PERIOD.format("a.done_at")} and a.status in ('Done', 'Escalated') and <company>""",
		f"""select count(*), sum(visits = 1 and outcome = 'Completed' and not repeated) from (
			select c.name, count(*) visits, max(v.outcome) outcome, exists (select 1 from `tabRepair Call` a
				where a.repeat_of = c.name and a.received_at <= c.closed_at + interval 30 day) repeated
			from `tabRepair Call` c join `tabService Voucher` v on v.repair_call = c.name
			where {PERIOD.format("c.resolved_at")} and v.docstatus = 1 and <company> group by c.name) visited""",
		f"""select sum(l.hours), count(distinct if(v.outcome = 'Completed', v.name, null))
		from `tabService Voucher` v join `tabRepair Call` c on c.name = v.repair_call
		left join `tabService Labour Line` l on l.parent = v.name and l.activity != 'Travel'
		where {PERIOD.format("v.departed_at")} and v.docstatus = 1
		and v.outcome in ('Completed', 'Revisit Needed', 'Taken to Workshop') and {FAILED} and <company>""",
		f"""select sum(timestampdiff(second, r.received_at, r.ready_at)), count(*), sum(if({FAILED}, r.total_hours, 0)),
		sum({FAILED}) from `tabRepair Card` r join `tabRepair Call` c on c.name = r.repair_call
		where {PERIOD.format("r.ready_at")} and r.docstatus < 2 and r.status in ('Ready', 'Returned') and <company>""",
		f"""select sum(k.state = 'Met'), sum(k.state = 'Missed') from `tabService Clock` k
		join `tabRepair Call` c on c.name = k.reference_name
		where {PERIOD.format("k.stopped_at")} and k.reference_doctype = 'Repair Call' and <company>""",
		f"""select sum(v.parts_cost + v.labour_cost) from `tabService Voucher` v
		join `tabRepair Call` c on c.name = v.repair_call
		where {PERIOD.format("c.closed_at")} and v.docstatus = 1 and <company>""",
		f"""select sum(if(r.docstatus = 1, r.parts_cost + r.labour_cost, 0) + r.vendor_cost) from `tabRepair Card` r
		join `tabRepair Call` c on c.name = r.repair_call where {PERIOD.format("c.closed_at")} and <company>""",
		*(
			f"""select sum(l.{cost}) from `tab{job}` c join `tab{lines}` l on l.parent = c.name
			where {PERIOD.format("c.posted_at")} and c.docstatus = 1 and l.charge_to = 'Warranty' and <company>"""
			for job in ("Service Voucher", "Repair Card")
			for lines, cost in (
				("Service Part Line", "valuation_amount"),
				("Service Labour Line", "hours * l.cost_rate"),
			)
		),
		f"""select count(*), sum(c.promise_result = 'Kept') from `tabRepair Call` c
		where {PERIOD.format("c.arrived_at")} and c.promise_result != '' and <company>""",
	)
)

AGE = "max(timestampdiff(second, {0}, now())), avg(timestampdiff(second, {0}, now()))"
ENTERED = "(select max(entered_at) from `tabService State Log` s where s.parent = r.name)"

WORK_BY_STAGE = (
	f"""select status, count(*), {AGE.format("received_at")}, sum(next_action_by < now()) from `tabRepair Call`
	where status not in ('Closed', 'Cancelled') and company = 'Liffey Service Ltd' group by status""",
	f"""select status, count(*), {AGE.format("creation")}, sum(planned_end < now()) from `tabService Voucher`
	where docstatus = 0 and status in ('Draft', 'Dispatched', 'On Site') and company = 'Liffey Service Ltd'
	group by status""",
	f"""select status, count(*), {AGE.format(ENTERED)}, sum(promised_return < now()) from `tabRepair Card` r
	where docstatus < 2 and status not in ('Returned', 'Cancelled') and company = 'Liffey Service Ltd'
	group by status""",
	*(
		f"""select billing_status, count(*), {AGE.format("posted_at")}, sum(posted_at < curdate()) from `tab{job}`
		where docstatus = 1 and billing_status = 'To Bill' and company = 'Liffey Service Ltd' group by billing_status"""
		for job in ("Service Voucher", "Repair Card")
	),
	f"""select status, count(*), {AGE.format("due_date")}, sum(due_date < curdate()) from `tabFollow-up`
	where status in ('Planned', 'Attempted') and due_date <= curdate() and company = 'Liffey Service Ltd'
	group by status""",
)

FAULT_PARETO = (
	f"""select fault_code, count(*), count(distinct brand, model), sum(is_repeat), sum(hazard != '')
	from `tabRepair Call` where {PERIOD.format("received_at")} and status != 'Cancelled'
	and company = 'Liffey Service Ltd' group by fault_code order by count(*) desc""",
)

TECHNICIAN_SUMMARY = (
	f"""select technician, count(*), sum(outcome = 'Completed'), sum(solved),
	sum(solved and outcome = 'Completed' and alone and not back), sum(solved and back) from (
		select v.technician, v.outcome, c.resolved_at is not null and not exists (
			select 1 from `tabService Voucher` w where w.repair_call = v.repair_call and w.docstatus = 1
			and (w.departed_at > v.departed_at or w.departed_at = v.departed_at and w.name > v.name)) solved,
		not exists (select 1 from `tabService Voucher` o where o.repair_call = v.repair_call and o.name != v.name
			and o.docstatus = 1) alone,
		exists (select 1 from `tabRepair Call` a where a.repeat_of = c.name and a.status != 'Cancelled'
			and a.received_at <= c.closed_at + interval 30 day) back
		from `tabService Voucher` v left join `tabRepair Call` c on c.name = v.repair_call
		where {PERIOD.format("v.departed_at")} and v.docstatus = 1 and v.company = 'Liffey Service Ltd') visits
	group by technician""",
	f"""select coalesce(l.technician, v.technician) who, sum(if(l.activity = 'Travel', 0, l.hours)),
	sum(if(l.activity = 'Travel', l.hours, 0)) from `tabService Voucher` v
	join `tabService Labour Line` l on l.parent = v.name
	where {PERIOD.format("v.departed_at")} and v.docstatus = 1 and v.company = 'Liffey Service Ltd' group by who""",
	f"""select repaired_by, count(*) from `tabRepair Card` where {PERIOD.format("ready_at")} and docstatus < 2
	and status in ('Ready', 'Returned') and company = 'Liffey Service Ltd' group by repaired_by""",
	f"""select l.technician, sum(l.hours) from `tabService Time Log` l join `tabRepair Card` r on r.name = l.parent
	where {PERIOD.format("l.to_time")} and r.docstatus < 2 and r.company = 'Liffey Service Ltd'
	group by l.technician""",
	f"""select technician, sum(csat > 0), sum(csat >= 4) from `tabFollow-up` where {PERIOD.format("done_at")}
	and status in ('Done', 'Escalated') and company = 'Liffey Service Ltd' group by technician""",
	"""select t.name, t.service_zone, t.holiday_list, t.is_active, min(s.valid_until) from `tabService Technician` t
	left join `tabTechnician Skill` s on s.parent = t.name where t.company = 'Liffey Service Ltd' group by t.name""",
)

INSIDE = (
	"timestampdiff(second, greatest({0}, '2025-06-01'), least(coalesce({1}, '2025-07-01'), '2025-07-01'))"
)
FLOW = """select sum({0} >= '2025-06-01'), sum({1} is not null and {1} < '2025-07-01'), sum({0} < '2025-06-01'),
	sum({1} is null or {1} >= '2025-07-01'), sum({2}), sum(if({1} < '2025-07-01', timestampdiff(second, {0}, {1}), 0))
	from {3} where {4} and {0} < '2025-07-01' and ({1} is null or {1} > '2025-06-01') and company = 'Liffey Service Ltd'"""


def _flow(source: str, came: str, left: str, only: str) -> str:
	return FLOW.format(came, left, INSIDE.format(came, left), source, only)


def _in_state(status: str) -> tuple[str, str]:
	came = f"""s.parenttype = 'Repair Card' and s.status = '{status}' and s.entered_at < '2025-07-01' and r.docstatus < 2
		and r.company = 'Liffey Service Ltd'"""
	later = "n.parent = s.parent and n.idx = s.idx + 1"
	return (
		f"""select count(*), sum(timestampdiff(second, s.entered_at, n.entered_at)) from `tabService State Log` n
		join `tabService State Log` s on {later} join `tabRepair Card` r on r.name = s.parent
		where n.entered_at > '2025-06-01' and {came}""",
		f"""select count(*) from `tabRepair Card` r join `tabService State Log` s on s.parent = r.name
		left join `tabService State Log` n on {later} where r.status = '{status}' and n.name is null and {came}""",
	)


BOTTLENECKS = (
	_flow("`tabRepair Call`", "received_at", "coalesce(resolved_at, closed_at)", "status != 'Cancelled'"),
	_flow(
		"`tabService Voucher`",
		"creation",
		"coalesce(departed_at, posted_at)",
		"docstatus < 2 and status != 'Cancelled'",
	),
	_flow("`tabRepair Card`", "received_at", "coalesce(ready_at, returned_at, posted_at)", "docstatus < 2"),
	*_in_state("Awaiting Approval"),
	*_in_state("Awaiting Parts"),
	_flow("`tabVendor Repair`", "sent_at", "back_at", "docstatus = 1"),
	"select count(*) from `tabTechnical Consultation` where asked_at < '2025-07-01' and status != 'Withdrawn'",
	*(
		_flow(f"`tab{job}`", "posted_at", "billed_at", "docstatus = 1 and billing_status != 'Not Billable'")
		for job in ("Service Voucher", "Repair Card")
	),
	*(TECHNICIAN_SUMMARY[number] for number in (1, 3)),  # hours, for what one more technician would change
)

MANAGEMENT_REPORT = (
	*KEY_FIGURES,
	*(
		statement.replace("'2025-07-01'", "'2025-06-01'").replace(">= '2025-06-01'", ">= '2025-05-01'")
		for statement in KEY_FIGURES
	),
	"""select p.posting_date, sum(if(p.voucher_no = p.against_voucher_no, p.amount, 0)),
	sum(if(p.voucher_no = p.against_voucher_no, 0, -p.amount)) from `tabPayment Ledger Entry` p
	join (select distinct parent from `tabSales Invoice Item` where aftersales_voucher_type in ('Service Voucher', 'Repair Card')) i
	on i.parent = p.against_voucher_no where p.company = 'Liffey Service Ltd' and p.posting_date < '2025-07-01'
	group by p.posting_date""",
	*BOTTLENECKS,
	f"""select subject, missed_at from `tabService Deviation` where {PERIOD.format("missed_at")} and status = 'Open'
	order by missed_at limit 30""",
)


# ---------------------------------------------------------------- the comparison


def report(calls: int, rounds: int) -> int:
	from aftersales.service_quality.goal_rules import Period
	from aftersales.service_quality.management import management_report
	from aftersales.service_quality.report.bottlenecks import bottlenecks
	from aftersales.service_quality.report.fault_pareto import fault_pareto
	from aftersales.service_quality.report.service_key_figures import service_key_figures
	from aftersales.service_quality.report.technician_summary import technician_summary
	from aftersales.service_quality.report.work_by_stage import work_by_stage

	filters = {**MONTH, "company": "Liffey Service Ltd"}
	month = Period(getdate(MONTH["from_date"]), getdate(MONTH["to_date"]))
	found = {"calls": calls}
	sound = True
	for title, module, bare, compare in (
		("Service Key Figures", service_key_figures, KEY_FIGURES, _key_figures_agree),
		("Work by Stage", work_by_stage, WORK_BY_STAGE, _stages_agree),
		("Fault Pareto", fault_pareto, FAULT_PARETO, _pareto_agrees),
		("Technician Summary", technician_summary, TECHNICIAN_SUMMARY, _summary_agrees),
		("Bottlenecks", bottlenecks, BOTTLENECKS, _flows_agree),
		("Management Report", None, MANAGEMENT_REPORT, _management_agrees),
	):

		def asked(module=module):
			if module:
				return module.execute(dict(filters))
			return None, management_report.tables(filters["company"], month)

		def in_sql(bare=bare):
			return [frappe.db.sql(statement) for statement in bare]

		asked()  # settings, rights and calendars are in the cache, as on a site in use
		compare(asked()[1], in_sql())
		with statements() as sent:
			asked()
		whole = sorted({table for one in sent if _is_select(one) for table in read_whole(one, LARGE)})
		ours, theirs = in_turn(asked, in_sql, rounds)
		ratio = round(ours / theirs, 2)
		sound = sound and ratio <= AIM
		found[title] = {"report_ms": round(ours * 1e3, 1), "bare_ms": round(theirs * 1e3, 1), "ratio": ratio}
		found[title] |= {"queries": len(sent), "bare_queries": len(bare), "read_whole": whole}
		print(
			f"{title:20} report {ours * 1e3:7.1f} ms, bare SQL {theirs * 1e3:7.1f} ms, ratio {ratio:.2f} (aim {AIM}),"
			f" {len(sent)} statements beside {len(bare)}; read whole: {', '.join(whole) or 'nothing'}",
			flush=True,
		)
	print(json.dumps(found))
	return int(not sound)


def _is_select(statement: str) -> bool:
	return statement.lstrip().lower().startswith("select")


def _agree(ours, theirs) -> None:
	assert ours == theirs, f"the report says {ours}, the SQL beside it {theirs}"


def _key_figures_agree(rows: list, answers: list) -> None:
	(row,) = rows
	answered = [one[0] for one in answers]
	received, resolved, closed, opinion, first, hands, bench, clocks, *costs = answered[:10]
	measured, kept = answered[-1]
	number: Callable = float
	_agree((row.calls, row.closed), (received[0], closed[0]))
	_agree(row.remote_resolution_rate, round(100 * number(received[1]) / received[0], 1))
	_agree(row.repeat_rate, round(100 * number(received[4]) / closed[0], 1))
	_agree(row.mean_time_to_restore, round(number(resolved[4]) / number(resolved[3])))
	_agree(row.resolution_time, round(number(resolved[1]) / resolved[0]))
	_agree(row.first_time_fix_rate, round(100 * number(first[1]) / first[0], 1))
	_agree(row.mean_repair_time, round(3600 * (hands[0] + bench[2]) / (hands[1] + number(bench[3]))))
	_agree(row.turnaround_time, round(number(bench[0]) / bench[1]))
	_agree(row.promise_kept_rate, round(100 * number(kept) / measured, 1))
	_agree(row.sla_compliance, round(100 * number(clocks[0]) / number(clocks[0] + clocks[1]), 1))
	_agree(row.csat, round(100 * number(opinion[1]) / number(opinion[0]), 1))
	_agree(row.nps, round(100 * number(opinion[3] - opinion[4]) / number(opinion[2]), 1))
	_agree(row.cost_per_call, round(sum(number(cost[0]) for cost in costs) / closed[0], 2))


def _stages_agree(rows: list, answers: list) -> None:
	counted = sum(row[1] for answer in answers for row in answer)
	late = sum(int(row[-1] or 0) for answer in answers for row in answer)
	_agree((sum(row.number for row in rows), sum(row.late for row in rows)), (counted, late))


def _pareto_agrees(rows: list, answers: list) -> None:
	_agree(sorted((row.code, row.cases, row.models) for row in rows), sorted(row[:3] for row in answers[0]))


def _summary_agrees(rows: list, answers: list) -> None:
	visits, hours, repairs, bench, opinion, _people = answers
	_agree(sum(row.visits for row in rows), sum(row[1] for row in visits))
	_agree(sum(row.fixed_at_once for row in rows), sum(int(row[4]) for row in visits))
	_agree(sum(row.came_back for row in rows), sum(int(row[5]) for row in visits))
	_agree(sum(row.hours + row.travel_hours for row in rows), sum(row[1] + row[2] for row in hours))
	_agree(sum(row.repairs for row in rows), sum(row[1] for row in repairs))
	_agree(sum(row.bench_hours for row in rows), sum(row[1] for row in bench))
	_agree(sum(row.rated for row in rows), sum(int(row[1]) for row in opinion))


def _flows_agree(rows: list, answers: list) -> None:
	ours = {row["key"]: (row["arrived"], row["left"], row["waiting"]) for row in rows}
	for department, answer in zip(("Service Desk", "Field Service", "Workshop"), answers, strict=False):
		arrived, left, _before, waiting, *_seconds = answer[0]
		_agree(
			ours.get(department, (0, 0, 0)), tuple(int(number or 0) for number in (arrived, left, waiting))
		)


def _management_agrees(tables: list, answers: list) -> None:
	shown = {row[0]: row[1] for table in tables if table.title == "Key figures" for row in table.rows}
	received = answers[0][0]
	_agree(shown["Solved by Phone"], f"{100 * float(received[1]) / received[0]:.1f}%")
	flow = next(table for table in tables if table.title == "Where work waits")
	_agree(flow.rows[0][1], str(int(answers[2 * len(KEY_FIGURES) + 1][0][0])))


if __name__ == "__main__":
	sys.exit(main())
