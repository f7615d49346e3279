"""The report Service Key Figures against a February with known figures.

The calls, visits and cards go the way people take; then their moments are set back to February.
"""

from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import add_days, nowdate

from aftersales.core.report_filters import Scope
from aftersales.service_accounts import metrics, revenue_ledger
from aftersales.service_calls.metrics import GROUPS
from aftersales.service_quality.report.service_key_figures.service_key_figures import FIGURES, execute
from aftersales.service_quality.report.technician_summary import technician_summary
from aftersales.service_quality.report.work_by_stage import work_by_stage
from tests import factories as make

HOUR, DAY = 3600, 86400
FEBRUARY = {"from_date": "2026-02-01", "to_date": "2026-02-28"}


@pytest.fixture(scope="module")
def names(shared_site):
	make.settings(default_company=make.COMPANY)
	return make.shop()


@pytest.fixture
def february(names):
	"""Four calls in zone North, one cancelled, one in the south in March."""
	zone = make.once("Service Zone", "Figures North", zone="Figures North")
	common = {"service_zone": zone, "support_kind": "Use"}

	by_phone = make.call(names.customer, **common)
	by_phone.resolve_by_phone("Reset the timer")
	by_phone.close()
	moments(by_phone, "02 08:00", responded_at="02 08:10", resolved_at="02 08:30", closed_at="02 08:30")

	at_once = make.call(names.customer, **common)
	visit(names, at_once, "03 11:00", parts=[make.part(names.seal)], labour=[make.hours(2), travel(1)])
	at_once.reload()
	at_once.close()
	moments(
		at_once,
		"03 08:00",
		responded_at="03 08:20",
		arrived_at="03 10:00",
		resolved_at="03 11:00",
		closed_at="04 09:00",
	)
	answered(at_once, "11 10:00", csat=5, nps="10")

	came_back = make.call(names.customer, **common)
	visit(names, came_back, "05 14:00", labour=[make.hours(1)])
	moments(
		came_back,
		"05 08:00",
		responded_at="05 08:30",
		arrived_at="05 12:00",
		resolved_at="05 14:00",
		closed_at=None,
	)

	again = make.call(names.customer, repeat_of=came_back.name, **common)
	visit(names, again, "13 10:00", outcome="Revisit Needed", work_left="Valve on order")
	visit(names, again, "14 08:00", labour=[make.hours(3)])
	moments(
		again,
		"12 08:00",
		responded_at="12 09:00",
		arrived_at="13 08:00",
		resolved_at="14 08:00",
		closed_at=None,
		is_repeat=1,
		repeat_of=came_back.name,
		held_seconds=HOUR,
	)

	withdrawn = make.call(names.customer, **common)
	withdrawn.cancel_call("Rang the wrong firm")
	moments(withdrawn, "20 08:00")

	later = make.call(names.customer, support_kind="Use")
	frappe.db.set_value("Repair Call", later.name, "received_at", "2026-03-01 00:00:00")
	return frappe._dict(by_phone=by_phone, at_once=at_once, came_back=came_back, again=again, zone=zone)


def travel(quantity):
	return {"activity": "Travel", "hours": quantity, "charge_to": "Customer"}


def visit(names, call, departed, **values):
	doc = make.voucher(call, names.technician, **{"labour": [], **values})
	doc.submit()
	frappe.db.set_value("Service Voucher", doc.name, "departed_at", at(departed))
	call.reload()
	return doc


def answered(call, moment, csat, nps):
	doc = frappe.get_doc("Follow-up", {"repair_call": call.name})
	doc.complete("Yes", "No", csat, nps)
	frappe.db.set_value("Follow-up", doc.name, "done_at", at(moment))


def moments(call, received, **values):
	values = {name: at(value) if name.endswith("_at") and value else value for name, value in values.items()}
	frappe.db.set_value("Repair Call", call.name, {"received_at": at(received), **values})


def at(text):
	return datetime.strptime(f"2026-02-{text}", "%Y-%m-%d %H:%M") if text else None


def report(**filters):
	data = execute({**FEBRUARY, "company": make.COMPANY, **filters})[1]
	return {row.value: row for row in data}


def test_a_month_of_calls(february):
	row = report(service_zone=february.zone)["2026-02"]
	assert (row.calls, row.closed) == (4, 2)
	# 10, 20, 30 and 60 minutes
	assert row.response_time == 30 * 60
	# two, four, 24 hours
	assert row.time_to_arrive == 10 * HOUR
	# half an hour, three, six and 48 hours, an hour of which waited
	assert row.resolution_time == round((0.5 + 3 + 6 + 48) / 4 * HOUR)
	assert row.resolution_time_net == round((0.5 + 3 + 6 + 47) / 4 * HOUR)
	assert row.mean_time_to_restore == row.resolution_time
	assert row.remote_resolution_rate == 25.0
	# three calls were visited: one was fixed at once, one came back, one took two visits
	assert row.first_time_fix_rate == 33.3
	assert row.repeat_rate == 50.0
	# two, one and three hours on three repairs
	assert row.mean_repair_time == 2 * HOUR
	assert (row.csat, row.nps) == (100.0, 100.0)
	# a seal at 12.50 and three hours at 30, for two closed calls
	assert row.cost_per_call == 51.25
	assert row.turnaround_time is None


def test_a_repeat_after_the_days_of_the_settings_does_not_spoil_the_first_fix(february):
	make.settings(repeat_days=6)
	assert report(service_zone=february.zone)["2026-02"].first_time_fix_rate == 66.7


def test_a_repeat_that_was_withdrawn_does_not_spoil_it_either(february):
	frappe.db.set_value("Repair Call", february.again.name, "status", "Cancelled")
	assert report(service_zone=february.zone)["2026-02"].first_time_fix_rate == 66.7


def test_the_workshop(names, february):
	call = make.call(names.customer, service_zone=february.zone)
	card = make.card(call, warehouse=names.van, assigned_technician=names.technician)
	card.submit()
	frappe.db.set_value(
		"Repair Card",
		card.name,
		{"received_at": at("10 08:00"), "ready_at": at("12 20:00"), "total_hours": 4},
	)
	row = report(service_zone=february.zone)["2026-02"]
	assert row.turnaround_time == 60 * HOUR
	assert row.mean_repair_time == (2 + 1 + 3 + 4) / 4 * HOUR


def test_hours_of_every_visit_of_a_repair_count_and_visits_without_hours_are_repairs(names):
	zone = make.once("Service Zone", "Figures West", zone="Figures West")
	in_two = make.call(names.customer, service_zone=zone)
	visit(names, in_two, "03 10:00", outcome="Revisit Needed", work_left="Seal", labour=[make.hours(2)])
	visit(names, in_two, "04 10:00", labour=[make.hours(1), travel(1)])
	not_written_down = make.call(names.customer, service_zone=zone)
	visit(names, not_written_down, "05 10:00")
	given_up = make.call(names.customer, service_zone=zone)
	visit(names, given_up, "06 10:00", outcome="Not Repairable", labour=[make.hours(5)])
	# three hours on two repairs
	assert report(service_zone=zone)["2026-02"].mean_repair_time == 1.5 * HOUR


def test_an_installation_is_no_failure_and_no_repair(names):
	zone = make.once("Service Zone", "Figures Centre", zone="Figures Centre")
	install = make.request_type("Putting Up", default_support_kind="Use")
	for request_type, day, spent in ((install, "03", 6), ("Repair", "05", 2)):
		call = make.call(
			names.customer,
			service_zone=zone,
			request_type=request_type,
			service_category=None,
			category_reason=None,
		)
		assert call.support_kind == "Use"
		visit(names, call, f"{day} 18:00", labour=[make.hours(spent)])
		moments(call, f"{day} 08:00", resolved_at=f"{day} 18:00" if day == "05" else "04 18:00")
	row = report(service_zone=zone)["2026-02"]
	assert (row.mean_time_to_restore, row.mean_repair_time) == (10 * HOUR, 2 * HOUR)
	# both were solved by their first visit
	assert (row.first_time_fix_rate, row.resolution_time) == (100.0, 22 * HOUR)


def test_another_fault_of_the_same_product_is_no_repeat_of_the_first(february):
	for code in ("KF-SEAL", "KF-FAN"):
		make.fault_code(code, "Fault")
	zone = {"service_zone": february.zone}

	def codes(first, second, symptoms=None):
		for call, code in ((february.came_back, first), (february.again, second)):
			frappe.db.set_value(
				"Repair Call", call.name, {"fault_code": code, "symptom_code": symptoms and symptoms.pop(0)}
			)
		row = report(**zone)["2026-02"]
		return row.first_time_fix_rate, row.repeat_rate

	assert codes("KF-SEAL", "KF-FAN") == (66.7, 0.0)
	assert codes("KF-SEAL", "KF-SEAL") == (33.3, 50.0)
	assert codes("KF-SEAL", None) == (33.3, 50.0)
	# the customer told of the same symptom: what was found first was not what it was
	for code in ("KF-COLD", "KF-NOISE"):
		make.fault_code(code)
	assert codes("KF-SEAL", "KF-FAN", ["KF-COLD", "KF-COLD"]) == (33.3, 50.0)
	assert codes("KF-SEAL", "KF-FAN", ["KF-COLD", "KF-NOISE"]) == (66.7, 0.0)


def test_a_repeat_counts_within_the_days_of_the_settings_from_when_the_job_was_closed(february):
	zone = {"service_zone": february.zone}
	make.settings(repeat_days=6)
	assert report(**zone)["2026-02"].repeat_rate == 0.0, "linked by hand, a week after the job"
	frappe.db.set_value("Repair Call", february.came_back.name, "closed_at", at("06 12:00"))
	row = report(**zone)["2026-02"]
	assert (row.closed, row.repeat_rate, row.first_time_fix_rate) == (3, 33.3, 33.3)


def test_answers_about_no_call_count_as_answers(names):
	customer = make.customer("Sean Doyle")
	for csat, nps in ((5, "10"), (1, "3")):
		doc = make.make(
			"Follow-up", kind="Periodic Visit", customer=customer, company=make.COMPANY, due_date="2026-02-10"
		)
		doc.complete(csat=csat, nps=nps)
		frappe.db.set_value("Follow-up", doc.name, "done_at", at("10 09:00"))
	for filters in ({}, {"customer": customer}, {"group_by": "Customer", "customer": customer}):
		(row,) = report(**filters).values()
		assert (row.csat, row.nps) == (50.0, 0.0), filters
	assert report(customer=names.customer) == {}
	assert report(service_zone=make.once("Service Zone", "Figures East", zone="Figures East")) == {}


def test_a_model_is_one_however_it_is_written(names):
	for brand, model, status in (
		("Quench", "QT 600", None),
		("QUENCH", "QT  600 ", "closed"),
		("", "QT 600", None),
		(None, "QT 600", "closed"),
	):
		call = make.call(names.customer)
		moments(call, "10 08:00", closed_at="11 08:00" if status else None)
		frappe.db.set_value("Repair Call", call.name, {"brand": brand, "model": model})
	found = report(group_by="Model")
	assert {value.casefold(): (row.calls, row.closed) for value, row in found.items()} == {
		"quench qt 600": (2, 1),
		"qt 600": (2, 1),
	}


def test_nobody_arrives_or_answers_before_the_call(names):
	zone = make.once("Service Zone", "Figures South", zone="Figures South")
	told_on_site = make.call(names.customer, service_zone=zone)
	moments(told_on_site, "10 08:00", responded_at="10 07:50", arrived_at="10 06:00", resolved_at="10 07:00")
	asked = make.call(names.customer, service_zone=zone)
	moments(asked, "10 08:00", responded_at="10 08:20", arrived_at="10 10:00", resolved_at="10 11:00")
	row = report(service_zone=zone)["2026-02"]
	assert (row.response_time, row.time_to_arrive, row.resolution_time) == (600, HOUR, 1.5 * HOUR)


def test_what_vendors_cost_counts_with_the_card_called_off_as_well(names, february):
	call = make.call(names.customer, service_zone=february.zone)
	for cost in (80, 40):
		card = make.received_card(call, assigned_technician=names.technician)
		frappe.db.set_value("Repair Card", card.name, {"vendor_cost": cost, "labour_cost": 7})
		card.reload()
		if cost == 40:
			card.call_off("The vendor could not mend it")
		else:
			frappe.db.set_value("Repair Card", card.name, "docstatus", 1)
	moments(call, "20 08:00", closed_at="21 08:00")
	# 102.50 for two calls as before; 80 + 7 and 40 for this one
	assert report(service_zone=february.zone)["2026-02"].cost_per_call == round((102.5 + 127) / 3, 2)


def test_costs_in_several_currencies_are_not_added_up(february, monkeypatch):
	abroad = frappe.new_doc("Company", company_name="Tamar Service Ltd", default_currency="GBP", abbr="TSL")
	abroad.name = abroad.company_name
	abroad.db_insert()
	moved = make.call("Nora Byrne", service_zone=february.zone)
	moments(moved, "12 08:00", closed_at="13 08:00", company=abroad.name)
	zone = {**FEBRUARY, "service_zone": february.zone}
	rows = {row.value: row for row in execute({**zone, "group_by": "Company"})[1]}
	assert (rows[make.COMPANY].cost_per_call, rows[make.COMPANY].currency) == (51.25, "EUR")
	assert (rows[abroad.name].cost_per_call, rows[abroad.name].currency) == (0.0, "GBP")
	_columns, months, _message, _chart, summary = execute(zone)
	assert (months[0].closed, months[0].cost_per_call) == (3, None)
	assert "Cost per Call" not in {row["label"] for row in summary}
	(row,) = execute({**zone, "company": make.COMPANY})[1]
	assert (row.cost_per_call, row.currency) == (51.25, "EUR")


def test_hours_written_down_count_where_none_were_logged(names):
	zone = make.once("Service Zone", "Figures Bench", zone="Figures Bench")
	for logged, day in ((0, "10"), (5, "11")):
		card = make.card(
			make.call(names.customer, service_zone=zone),
			warehouse=names.van,
			assigned_technician=names.technician,
			labour=[make.hours(3), travel(1)],
		)
		card.submit()
		values = {"received_at": at(f"{day} 08:00"), "ready_at": at(f"{day} 20:00"), "total_hours": logged}
		frappe.db.set_value("Repair Card", card.name, values)
	assert report(service_zone=zone)["2026-02"].mean_repair_time == (3 + 5) / 2 * HOUR


def test_service_targets(february):
	for state in ("Met", "Met", "Met", "Missed", "Cancelled"):
		clock = frappe.new_doc("Service Clock")
		clock.update(
			{
				"reference_doctype": "Repair Call",
				"reference_name": february.at_once.name,
				"state": state,
				"stopped_at": at("03 11:00"),
				"started_at": at("03 08:00"),
			}
		)
		clock.db_insert()
	assert report(service_zone=february.zone)["2026-02"].sla_compliance == 75.0


def test_every_grouping_counts_every_call(february):
	for group in GROUPS:
		found = report(group_by=group, service_zone=february.zone)
		assert (group, sum(row.calls for row in found.values())) == (group, 4)
		assert (group, sum(row.closed for row in found.values())) == (group, 2)


def test_a_period_ends_with_its_last_day(february):
	assert "2026-03" not in report()
	assert report(from_date="2026-03-01", to_date="2026-03-01")["2026-03"].calls == 1


def test_the_summary_is_of_all_groups(february):
	summary = execute({**FEBRUARY, "group_by": "Channel", "service_zone": february.zone})[4]
	shown = {row["label"]: row["value"] for row in summary}
	assert shown["First-time Fix Rate"] == "33.3%"
	assert shown["Cost per Call"] == 51.25
	assert "Warranty Cost of Product Revenue" not in shown


def test_the_chart_shows_the_figure_asked_for(february):
	for chart in ("", "nonsense", *FIGURES):
		drawn = execute({**FEBRUARY, "service_zone": february.zone, "chart": chart})[3]
		if chart in ("turnaround_time", "sla_compliance", "promise_kept_rate"):
			assert drawn is None, chart
		else:
			assert len(drawn["data"]["datasets"][0]["values"]) == 1, chart


def test_warranty_cost_beside_the_sale_of_products(names):
	make.settings(submit_invoice=1)
	free = make.voucher(
		make.call(names.customer, service_category="C", category_reason="Sold in May"),
		names.technician,
		parts=[make.part(names.seal, 2)],
	)
	free.submit()
	frappe.db.set_value("Service Voucher", free.name, "posted_at", at("07 10:00"))
	sold(names, 1000)
	summary = execute({**FEBRUARY, "company": make.COMPANY})[4]
	shown = {row["label"]: row["value"] for row in summary}
	# two seals at 12.50 of 1,000
	assert shown["Warranty Cost of Product Revenue"] == "2.5%"


def test_a_contract_s_fee_is_no_sale_of_a_product(names):
	sold(names, 1000)
	contract = make.contract(names.customer)
	subscription = frappe.new_doc("Subscription", party_type="Customer", party=names.customer)
	subscription.update({"company": make.COMPANY, "name": "Fees of Boiler Care"})
	subscription.db_insert()
	frappe.db.set_value("Service Contract", contract.name, "subscription", subscription.name)
	sold(names, 400, subscription=subscription.name)
	scope = Scope(make.COMPANY, at("01 00:00").date(), at("28 00:00").date())
	assert metrics.product_revenue(scope) == 1000
	assert revenue_ledger.contract_fees(scope) == {contract.name: 400}


def sold(names, rate, **values):
	make.make(
		"Sales Invoice",
		customer=names.customer,
		company=make.COMPANY,
		set_posting_time=1,
		posting_date="2026-02-09",
		due_date="2026-02-28",
		taxes_and_charges="",
		items=[{"item_code": names.hour, "qty": 1, "rate": rate, "income_account": names.income}],
		**values,
	).submit()


@pytest.mark.parametrize(
	"filters, told",
	[
		({"from_date": None}, "From"),
		({"to_date": None}, "To"),
		({"to_date": "2026-01-31"}, "must be after"),
		({"group_by": "owner"}, "Group by one of"),
	],
)
def test_what_it_refuses(filters, told):
	with pytest.raises(frappe.ValidationError, match=told):
		execute({**FEBRUARY, **filters})


def test_on_hold_is_measured(names, monkeypatch):
	from aftersales.service_calls import progress

	now = frappe.utils.now_datetime()
	call = make.call(names.customer)
	call.triage()
	call.put_on_hold("The customer is away")
	monkeypatch.setattr(progress, "now_datetime", lambda: now + timedelta(hours=5))
	call.resume()
	assert abs(call.held_seconds - 5 * HOUR) < 60
	call.put_on_hold("The customer is away again")
	monkeypatch.setattr(progress, "now_datetime", lambda: now + timedelta(hours=7))
	call.resolve("He fixed it himself")
	assert abs(call.held_seconds - 7 * HOUR) < 60
	assert call.on_hold_since is None


def test_nobody_writes_how_long_a_call_was_on_hold(names):
	call = frappe.get_doc("Repair Call", make.call(names.customer).name)
	call.held_seconds = 60
	with pytest.raises(frappe.PermissionError, match="Time on Hold"):
		call.save()


def posted_at(visit: str, moment: str) -> None:
	"""As if the visit had been completed then, on a site without a target for its invoice."""
	frappe.db.set_value("Service Voucher", visit, "posted_at", moment)
	frappe.db.delete("Service Clock", {"reference_name": visit})


def test_work_by_stage(names):
	def waiting():
		rows = work_by_stage.execute({"company": make.COMPANY})[1]
		return {(row.document, row.status): (row.number, row.late) for row in rows}

	before = waiting()
	late = make.call(names.customer)
	frappe.db.set_value("Repair Call", late.name, "next_action_by", "2026-02-01 08:00:00")
	visited = make.call(names.customer)
	make.planned(visited, names.technician)
	bench = make.call(names.customer)
	make.received_card(bench, promised_return="2026-02-01 08:00:00")
	make.settings(submit_invoice=0)
	billed = make.voucher(make.call(names.customer), names.technician, labour=[make.hours(1)])
	billed.submit()

	def more(document, status):
		now, then = waiting().get((document, status), (0, 0)), before.get((document, status), (0, 0))
		return tuple(a - b for a, b in zip(now, then, strict=True))

	assert more("Repair Call", "Open") == (3, 1)
	assert more("Repair Call", "Resolved") == (1, 0)
	assert more("Service Voucher", "Draft") == (1, 0)
	assert more("Repair Card", "Received") == (1, 1)
	assert more("Service Voucher", "To Bill") == (1, 0)
	posted_at(billed.name, "2026-02-01 08:00:00")
	assert more("Service Voucher", "To Bill") == (1, 1)


def test_work_due_today_is_not_late(names):
	def late(document, status):
		rows = work_by_stage.execute({"company": make.COMPANY})[1]
		return next(
			((r.number, r.late) for r in rows if (r.document, r.status) == (document, status)), (0, 0)
		)

	before = late("Follow-up", "Planned"), late("Service Voucher", "To Bill")
	common = {"kind": "Periodic Visit", "customer": names.customer, "company": make.COMPANY}
	due = [make.make("Follow-up", due_date=nowdate(), **common).name for _ in range(2)]
	billed = make.voucher(make.call(names.customer), names.technician, labour=[make.hours(1)])
	billed.submit()
	assert late("Follow-up", "Planned") == (before[0][0] + 2, before[0][1])
	frappe.db.set_value("Follow-up", due[0], "due_date", add_days(nowdate(), -1))
	assert late("Follow-up", "Planned") == (before[0][0] + 2, before[0][1] + 1)
	# R-AC-4: the same day; a minute before midnight was yesterday
	assert late("Service Voucher", "To Bill") == (before[1][0] + 1, before[1][1])
	posted_at(billed.name, f"{add_days(nowdate(), -1)} 23:59:00")
	assert late("Service Voucher", "To Bill") == (before[1][0] + 1, before[1][1] + 1)


def test_what_calls_cost_is_for_those_who_see_the_books(february):
	filters = {**FEBRUARY, "service_zone": february.zone}
	for role, sees in (("Service Supervisor", False), ("Service Accountant", True)):
		frappe.set_user(make.user(f"{frappe.scrub(role)}@figures.example", role))
		rows, summary = execute(filters)[1], execute(filters)[4]
		assert rows[0].cost_per_call == (51.25 if sees else None)
		assert ("Cost per Call" in {row["label"] for row in summary}) is sees


def test_reports_of_a_company_are_for_those_who_may_see_it(february):
	user = make.user("elsewhere@figures.example", "Service Accountant", "Service Manager")
	other = frappe.new_doc("Company", company_name="Shannon Service Ltd", default_currency="EUR")
	other.name = other.company_name
	other.db_insert()  # without the accounts and warehouses that nobody asks for here
	make.make("User Permission", user=user, allow="Company", for_value=other.name)
	frappe.set_user(user)
	for report in (execute, technician_summary.execute):
		with pytest.raises(frappe.PermissionError):
			report({**FEBRUARY, "company": make.COMPANY})
	assert execute({**FEBRUARY})[1] == []
