"""The desk beside the day's calls: complaints in several stages, visits by plan, customers' own answers."""

import frappe
from frappe.model.document import Document
from frappe.utils import get_first_day, nowdate

from aftersales.customer_care import complaints, follow_ups
from aftersales.demo.actors import acting_as
from aftersales.demo.clientele import product
from aftersales.demo.clock import Event, ago, coming, past, present
from aftersales.demo.company import AGENT, COMPANY, SUPERVISOR

KEY_CUSTOMERS = ("Boyne Precision Ltd", "Tolka Analytics Ltd")

BY_THEMSELVES = (
	{"repair_effective": "Yes", "hidden_hazard": "No", "csat": 5, "nps": 9, "comments": "Clean and quick."},
	{
		"repair_effective": "Yes",
		"hidden_hazard": "No",
		"csat": 3,
		"nps": 6,
		"comments": "Nobody told me when.",
	},
	{"repair_effective": "Yes", "hidden_hazard": "No", "csat": 5, "nps": 10},
	{"repair_effective": "Yes", "hidden_hazard": "No", "csat": 4, "nps": 8, "comments": "Friendly, on time."},
	{"repair_effective": "Yes", "csat": 5, "nps": 9},
)
"""What customers answered in the survey on the web."""


def events() -> list[Event]:
	"""The complaints, the plan of visits and the answers."""
	return [
		(past(9, "10:20"), _settled_complaint),
		(past(2, "08:50"), _complaint_being_looked_into),
		(past(1, "20:10"), _answers_from_the_web),
		(ago(0.5), _visits_by_plan),
	]


def _settled_complaint() -> None:
	doc = _complaint(
		"CW-2020-1187",
		"The technician came two hours after the window",
		"I took the morning off for eight to ten. He came at noon and did not call.",
		past(9, "10:20"),
		about="Delay",
		contact_phone="+353 20 910 0102",
	)
	with acting_as(SUPERVISOR, past(9, "11:05")):
		doc.acknowledge()
	with acting_as(SUPERVISOR, past(8, "09:30")):
		doc.assess("Medium", "The visit before ran late; nobody told the customer.")
	with acting_as(SUPERVISOR, past(7, "15:10")):
		done = {"responsible": SUPERVISOR, "done_on": past(7, "15:00").date()}
		doc.append("measures", {"measure": "Refund of the call-out fee", **done})
		doc.append(
			"measures",
			{
				"measure": "Crews call ahead when a window cannot be kept",
				"kind": "Prevention",
				**done,
			},
		)
		doc.respond(
			"Yes",
			"<p>You are right: we promised eight to ten and came at noon, without a call. That should not happen.</p>"
			"<p>We refund the call-out fee. Our technicians now call ahead as soon as a window cannot be kept.</p>",
		)
	asked = frappe.db.get_value("Follow-up", {"service_complaint": doc.name}, "name")
	with acting_as(AGENT, past(4, "09:40")):
		frappe.get_doc("Follow-up", asked).complete(answer_accepted="Yes", csat=4, comments="Fair enough.")
	doc.reload()
	with acting_as(SUPERVISOR, past(4, "10:00")):
		doc.close(doc.customer_accepts)


def _complaint_being_looked_into() -> None:
	doc = _complaint(
		"TR180-0092",
		"Repaired twice, and the spindle hums again",
		"The lathe stood still for three days in all. Who pays for that?",
		past(2, "08:50"),
		about="Repair",
		channel="E-mail",
	)
	with acting_as(SUPERVISOR, past(2, "09:15")):
		doc.acknowledge()
	with acting_as(SUPERVISOR, past(2, "14:00")):
		doc.assess("High", "A machine in production; two visits for the same fault.")
		due = {"measure": "Second opinion of the maker on the bearing", "due_on": coming(4, "12:00").date()}
		doc.append("measures", due)
		doc.save()
	with acting_as(SUPERVISOR, past(1, "08:30")):
		doc.investigate()


def _complaint(serial: str, subject: str, text: str, received_at, **values) -> Document:
	owner = product(serial)
	with acting_as(AGENT):
		name = complaints.register(
			owner["customer"],
			subject,
			text,
			equipment=owner["equipment"],
			company=COMPANY,
			received_at=received_at,
			call_owner=SUPERVISOR,
			**{"channel": "Phone", **values},
		)
	return frappe.get_doc("Service Complaint", name)


def _visits_by_plan() -> None:
	plan = frappe.get_doc("Periodic Visit Plan", "Key Customers")
	plan.update(
		{
			"enabled": 1,
			"company": COMPANY,
			"starts_on": get_first_day(nowdate()),
			"call_owner": AGENT,
			"customers": [
				{"customer": frappe.db.get_value("Customer", {"customer_name": name}, "name")}
				for name in KEY_CUSTOMERS
			],
		}
	)
	plan.save()
	plan.plan_now()


def _answers_from_the_web() -> None:
	"""Customers who had a visit answer before they are called; those who are due today are left to call."""
	due_next = frappe.get_all(
		"Follow-up",
		filters={
			"status": "Planned",
			"kind": "Effectiveness",
			"technician": ("is", "set"),
			"due_date": (">", present().date()),
		},
		pluck="name",
		order_by="due_date asc, name asc",
		limit=len(BY_THEMSELVES),
	)
	for name, answers in zip(due_next, BY_THEMSELVES, strict=False):
		follow_ups.record_answers(name, answers, "Web")
