"""The desk beside the day's calls: complaints in several stages, visits by plan, customers' own answers."""

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, get_first_day, nowdate

from aftersales.core.guards import set_protected_values
from aftersales.customer_care import complaints, follow_ups
from aftersales.demo.actors import acting_as
from aftersales.demo.clock import happened, past
from aftersales.demo.company import AGENT, COMPANY, SUPERVISOR, product

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


def build() -> None:
	"""Make the complaints, the plan of visits and the answers."""
	_settled_complaint()
	_complaint_being_looked_into()
	_visits_by_plan()
	_answers_from_the_web()


def _settled_complaint() -> None:
	received = past(9, "10:20")
	doc = _complaint(
		"CW-2020-1187",
		"The technician came two hours after the window",
		"I took the morning off for eight to ten. He came at noon and did not call.",
		received,
		about="Delay",
		contact_phone="+353 20 910 0102",
	)
	with acting_as(SUPERVISOR):
		set_protected_values(doc, acknowledged_at=past(9, "11:05"))
		doc.acknowledge()
		doc.assess("Medium", "The visit before ran late; nobody told the customer.")
		doc.append(
			"measures",
			{
				"measure": "Refund of the call-out fee",
				"responsible": SUPERVISOR,
				"done_on": add_days(nowdate(), -6),
			},
		)
		doc.append(
			"measures",
			{
				"measure": "Crews call ahead when a window cannot be kept",
				"kind": "Prevention",
				"responsible": SUPERVISOR,
				"done_on": add_days(nowdate(), -5),
			},
		)
		doc.respond(
			"Yes",
			"<p>You are right: we promised eight to ten and came at noon, without a call. That should not happen.</p>"
			"<p>We refund the call-out fee. Our technicians now call ahead as soon as a window cannot be kept.</p>",
		)
	asked = frappe.db.get_value("Follow-up", {"service_complaint": doc.name}, "name")
	with acting_as(AGENT):
		frappe.get_doc("Follow-up", asked).complete(answer_accepted="Yes", csat=4, comments="Fair enough.")
	doc.reload()
	with acting_as(SUPERVISOR):
		doc.close(doc.customer_accepts)
	happened(
		doc,
		received_at=received,
		assessed_at=past(8, "09:30"),
		answered_at=past(7, "15:10"),
		closed_at=past(4, "10:00"),
	)


def _complaint_being_looked_into() -> None:
	received = past(2, "08:50")
	doc = _complaint(
		"TR180-0092",
		"Repaired twice, and the spindle hums again",
		"The lathe stood still for three days in all. Who pays for that?",
		received,
		about="Repair",
		channel="E-mail",
	)
	with acting_as(SUPERVISOR):
		set_protected_values(doc, acknowledged_at=past(2, "09:15"))
		doc.acknowledge()
		doc.assess("High", "A machine in production; two visits for the same fault.")
		doc.append(
			"measures",
			{"measure": "Second opinion of the maker on the bearing", "due_on": add_days(nowdate(), 4)},
		)
		doc.investigate()
	happened(
		doc,
		received_at=received,
		assessed_at=past(2, "14:00"),
		investigating_at=past(1, "08:30"),
	)


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
	coming = frappe.get_all(
		"Follow-up",
		filters={"status": "Planned", "kind": "Effectiveness", "technician": ("is", "set")},
		pluck="name",
		order_by="due_date asc, name asc",
		limit=len(BY_THEMSELVES),
	)
	for name, answers in zip(coming, BY_THEMSELVES, strict=False):
		follow_ups.record_answers(name, answers, "Web")
