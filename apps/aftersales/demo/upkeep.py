"""What is promised and what comes back every year: standards, maintenance plans with their checklists, articles, a plan of the next days.

One boiler was served by its plan, one spectrophotometer is measured every quarter, the other services are to come; the calls
of the nearest ones were made this morning and wait for a visit, which the supervisor has the planner propose.
"""

from datetime import datetime, timedelta
from functools import partial

import frappe
from frappe.utils import now_datetime, nowdate

from aftersales.demo.actors import acting_as
from aftersales.demo.agreements import CAFE
from aftersales.demo.clientele import product
from aftersales.demo.clock import Event, ago, coming, day, later, past
from aftersales.demo.company import AGENT, AOIFE, COMPANY, MANAGER, RONAN, SUPERVISOR
from aftersales.demo.steps import arrive, close_call, file_voucher, finish, send, submit_invoice
from aftersales.planned_service import calling, planning
from aftersales.service_quality.standards import sets
from aftersales.visit_planning import proposing

SERVICE = "Inspection and Preventive Maintenance"
BLANK, WAVELENGTH, HOURS = "Blank value at 546 nm", "Deviation at 656.1 nm", "Lamp hours"
CHECK = "Performance Check of a Spectrophotometer"
QUESTIONS = (
	{"question": BLANK, "kind": "Value", "uom": "A", "has_upper": 1, "upper": 0.01, "reqd": 1},
	{
		"question": WAVELENGTH,
		"kind": "Value",
		"uom": "nm",
		"has_lower": 1,
		"lower": -1,
		"has_upper": 1,
		"upper": 1,
		"reqd": 1,
	},
	{"question": "Cuvette compartment clean", "kind": "Yes or No", "good_answer": "Yes", "reqd": 1},
	{"question": HOURS, "kind": "Meter", "meter": HOURS},
)
FIRST = 292
"""Days ago: the first of the plans, and its checklist."""
PLANS = (
	{
		"plan_name": "Yearly Boiler Service",
		"applies_to": "Item Group",
		"item_group": "Boilers",
		"every_months": 12,
		"began": 60,
		"tasks": [
			{"task": "Clean burner and heat exchanger", "hours": 0.75},
			{"task": "Measure the flue gas, set CO2", "hours": 0.25},
			{"task": "Change the electrodes", "hours": 0.25, "every_nth": 2},
		],
		"parts": [{"item_code": "HX-GSK", "qty": 1}, {"item_code": "IGN-E2", "qty": 2, "every_nth": 2}],
	},
	{
		"plan_name": "Yearly Gas Heater Service",
		"applies_to": "Model",
		"brand": "Calora",
		"model": "GWH 11",
		"every_months": 12,
		"began": 60,
		"days_ahead": 26,
		"tasks": [
			{"task": "Clean burner and pilot", "hours": 0.5},
			{"task": "Check flue and safety devices", "hours": 0.5},
		],
		"parts": [{"item_code": "GVS-15", "qty": 1, "every_nth": 2}],
	},
	{
		"plan_name": "Quarterly Performance Check",
		"applies_to": "Product",
		"serial": "SP2-0512",
		"every_months": 3,
		"began": FIRST,
		"tasks": [{"task": "Baseline, noise, wavelength", "hours": 1.5}],
		"parts": [{"item_code": "LMP-HAL", "qty": 1, "every_nth": 4}],
	},
	{
		"plan_name": "Visits of the Café's Contract",
		"applies_to": "Service Contract",
		"contract_of": CAFE,
		"by_included_visits": 1,
		"began": 60,
		"days_ahead": 20,
		"tasks": [{"task": "Descale, measure flow and temperature", "hours": 0.75}],
	},
)
SERVED = (
	("SP2-0512", RONAN, -235, (151, "13:30")),
	("SP2-0512", RONAN, -144, (86, "13:30")),
	("SP2-0512", RONAN, -52, (21, "13:30")),
	("VK24-990173", AOIFE, -38, (8, "10:30")),
)
"""Services that were made: of what, by whom, days from today on which a night made their call, working days ago and time of arrival."""
CAUSES = {
	"Ordinary Visits": (
		"Called on a Friday afternoon; nobody drives on Saturdays.",
		"Friday's calls are offered the evening.",
	),
	"The Bill on the Same Day": (
		"The hours were entered the day after.",
		"Hours are entered on site, before the signature.",
	),
}
OTHER_CAUSE = ("Two colleagues were away.", "The other desk takes over by noon.")
"""Standard: why it was missed, and what is done about it."""
ARTICLES = (
	{
		"title": "Calora GWH: ticks, but no flame",
		"audience": "Technician",
		"brand": "Calora",
		"symptom_code": "SYM-NOIGN",
		"fault_code": "FLT-IGNITION",
		"problem": "The igniter ticks, the burner does not light, or lights at the third try.",
		"solution": "<ol><li>Battery below 1.3 V: change it.</li><li>Gap of the electrode 3 to 4 mm.</li>"
		"<li>Electrode cracked or white: change it (IGN-E2). Parts from 2019 fail early; note the serial number for the maker.</li></ol>",
	},
	{
		"title": "Blank value drifts in the first half hour",
		"audience": "Customer",
		"brand": "Medira",
		"symptom_code": "SYM-RESULT",
		"problem": "Blanks rise by about 0.02 during a series.",
		"solution": "<p>Switch the lamp on 30 minutes before the first sample, and run a blank every tenth sample.</p>",
	},
)
DOCUMENTS = (
	{"title": "GWH 11: operating instructions", "audience": "Customer", "brand": "Calora", "model": "GWH 11"},
	{
		"title": "GWH 11: wiring and gas diagram",
		"kind": "Drawing",
		"audience": "Technician",
		"brand": "Calora",
		"model": "GWH 11",
	},
	{
		"title": "SP2: service manual",
		"audience": "Technician",
		"brand": "Medira",
		"model": "SP2",
		"version": "4",
	},
)
MANUALS = "https://manuals.example/"
"""Where the makers have their documents."""


def events() -> list[Event]:
	"""Standards and plans begin, services are called and made, the planner proposes the next days."""
	this_morning = min(day(0, "05:30"), ago(0.5))
	return [
		(past(120, "08:00"), _standards),
		(day(-FIRST, "07:00"), _checklist),
		*((day(-terms["began"], "07:10"), partial(_plan, **terms)) for terms in PLANS),
		(past(30, "16:40"), _knowledge),
		*((day(called, "05:30"), _night) for _serial, _user, called, _moment in SERVED),
		*(
			(later(past(*moment), -90), partial(_serve, serial, user, past(*moment)))
			for serial, user, _called, moment in SERVED
		),
		(past(1, "16:45"), _explain),
		(this_morning, _night),
		(ago(0.15), _plan_of_the_next_days),
	]


def _standards() -> None:
	with acting_as(MANAGER):
		sets.install("water_heaters")


def _explain() -> None:
	"""Cause and measure of what was missed longer ago; the supervisor still has to explain the latest."""
	waiting = frappe.get_all(
		"Service Deviation", {"status": "Open"}, ["name", "standard"], order_by="name asc"
	)
	for row in waiting[:-1]:
		cause, measure = CAUSES.get(row.standard, OTHER_CAUSE)
		with acting_as(SUPERVISOR):
			frappe.get_doc("Service Deviation", row.name).update({"cause": cause, "measure": measure}).save()


def _checklist() -> None:
	frappe.get_doc(
		{
			"doctype": "Checklist Template",
			"template_name": CHECK,
			"item_group": "Laboratory Instruments",
			"brand": "Medira",
			"questions": QUESTIONS,
		}
	).insert()


def _plan(began: int, serial: str | None = None, contract_of: str | None = None, **terms) -> None:
	with acting_as(MANAGER):
		frappe.get_doc(
			{
				"doctype": "Maintenance Plan",
				"company": COMPANY,
				"starts_on": nowdate(),
				"request_type": SERVICE,
				"call_owner": AGENT,
				"equipment": product(serial)["equipment"] if serial else None,
				"service_contract": contract_of
				and frappe.db.get_value("Service Contract", {"customer": contract_of}),
				**terms,
			}
		).insert()


def _knowledge() -> None:
	for values in DOCUMENTS:
		address = f"{MANUALS}{frappe.scrub(values['title']).replace(':', '')}.pdf"
		frappe.get_doc(
			{"doctype": "Product Document", "language": "en", "address": address, **values}
		).insert()
	for values in ARTICLES:
		with acting_as(SUPERVISOR):
			frappe.get_doc(
				{"doctype": "Service Article", "status": "Reviewed", "language": "en", **values}
			).insert()


def _night() -> None:
	"""The nightly job, in the transaction of the demo."""
	planning.plan_all()
	calling.call_due()


def _serve(serial: str, user: str, arrival: datetime) -> None:
	called = {"equipment": product(serial)["equipment"], "status": "Called"}
	call = frappe.get_doc("Repair Call", frappe.db.get_value("Planned Service", called, "repair_call"))
	voucher = send(user, call, later(arrival, -90), (arrival, later(arrival, 90)), "")
	arrive(voucher, later(arrival, 5))
	finish(voucher, later(arrival, 80), hours=1.25, findings="Served by the plan, all values in order.")
	if voucher.sales_invoice:
		submit_invoice(voucher, later(arrival, 120))
	file_voucher(voucher, later(arrival, 125))
	close_call(call, later(arrival, 130))
	with acting_as(AGENT, arrival + timedelta(days=7)):
		frappe.get_doc("Follow-up", {"repair_call": call.name}).complete("Yes", "No", 5, "9")


def _plan_of_the_next_days() -> None:
	"""Proposed and not yet accepted: who could make which of the visits that still wait, and why."""
	with acting_as(SUPERVISOR):
		days = {"from_date": coming(1, "08:00").date(), "to_date": coming(2, "08:00").date()}
		plan = frappe.get_doc({"doctype": "Visit Plan", "company": COMPANY, **days}).insert()
		plan.db_set({"status": "Planning", "run_by": SUPERVISOR, "started_at": now_datetime()})
		plan.reload()
		proposing.propose(plan, plan.attempt)
