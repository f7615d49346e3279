"""An ordinary day beside the six stories: calls in every state.

So that lists, cards and charts of the demo look like those of a living service department. Everything
goes through the same documents and actions as the stories.
"""

from datetime import datetime
from functools import partial

import frappe
from frappe.model.document import Document
from frappe.utils import nowdate

from aftersales.demo.actors import acting_as
from aftersales.demo.clientele import product
from aftersales.demo.clock import Event, ago, coming, later, past
from aftersales.demo.company import AGENT, AOIFE, DECLAN, RONAN, SUPERVISOR
from aftersales.demo.steps import answer, arrive, close_call, finish, rate, send, take_call

SOLVED_BY_PHONE = (
	(
		"CW-2020-1187",
		"Pilot flame goes out",
		"SYM-NOIGN",
		9,
		"09:10",
		"Battery of the igniter was flat; the customer changed it.",
	),
	(
		"SP2-0512",
		"How to enter a new calibration curve",
		"Technical Consultation",
		8,
		"14:25",
		"Went through the menu together, curve stored.",
	),
	(
		"BR21-20-412",
		"Display shows E4",
		"SYM-ERROR",
		7,
		"08:40",
		"Filter in the cold water inlet was blocked; cleaned by the customer.",
	),
	(
		"TR180-0092",
		"Axis does not reference",
		"SYM-ERROR",
		6,
		"16:05",
		"Door switch not closed. Machine runs.",
	),
	(
		"BR21-22-905",
		"Water too hot",
		"SYM-RESULT",
		4,
		"10:50",
		"Set point had been turned to 60 degrees; set back to 42.",
	),
	("SP2-0645", "Printer prints no results", "SYM-CONNECT", 3, "13:15", "Cable in the wrong socket."),
	(
		"VK24-771204",
		"Radiators cold upstairs",
		"SYM-NOHEAT",
		2,
		"11:30",
		"System pressure 0.4 bar; the customer filled it up to 1.5.",
	),
	(
		"SP3-1093",
		"Which cuvettes for 220 nm",
		"Technical Consultation",
		2,
		"15:45",
		"Quartz, not glass; catalogue page sent.",
	),
)
"""Serial number, subject, symptom or request type, working days ago, time, resolution."""
WAITING = (
	{
		"serial": "BR21-19-040",
		"subject": "Loud knocking when the tap is closed",
		"symptom_code": "SYM-NOISE",
		"hours_ago": 0.6,
	},
	{
		"serial": "SP3-1093",
		"subject": "Training for two new operators",
		"request_type": "Training",
		"call_owner": RONAN,
		"channel": "E-mail",
		"hours_ago": 1.5,
	},
	{
		"serial": "SP2-0512",
		"subject": "Readings differ from the reference laboratory",
		"symptom_code": "SYM-RESULT",
		"channel": "E-mail",
		"received_at": (1, "09:50"),
	},
	{
		"serial": "BR18-20-413",
		"subject": "Second heater: who pays the call-out of March?",
		"request_type": "Complaint",
		"call_owner": SUPERVISOR,
		"channel": "Web",
		"received_at": (1, "15:30"),
		"next_action": "Answer the complaint",
	},
)
"""Calls nobody has triaged yet; the next action on those of another day is late."""
TRIAGED = (
	("SP2-0513", "Lamp intensity low", "SYM-WEAK", "Ask for the lamp hours", 1, "09:35"),
	("TR180-0092", "Spindle hums at 2,400 rpm", "SYM-NOISE", "Agree an appointment", 1, "14:10"),
	(
		"VK24-660018",
		"Yearly boiler service",
		"Inspection and Preventive Maintenance",
		"Agree an appointment",
		2,
		"10:00",
	),
)
"""Serial number, subject, symptom or request type, next action, working days ago, time."""
VISITS = (
	("VK24-771204", "Boiler loses pressure every two days", "SYM-LEAK", AOIFE, 1, "09:00", "11:00"),
	("CW-2020-1187", "Heater does not reach 40 degrees", "SYM-NOHEAT", AOIFE, 1, "13:00", "15:00"),
	(
		"SP2-0644",
		"Install the new sample changer",
		"Installation and Commissioning",
		RONAN,
		2,
		"10:00",
		"12:00",
	),
	(
		"TR180-0092",
		"Yearly geometry check",
		"Inspection and Preventive Maintenance",
		DECLAN,
		3,
		"08:30",
		"12:30",
	),
)
"""Dispatched for the coming days: serial number, subject, symptom or request type, user, working days
from now, window."""
OPINIONS = (
	(5, "10", "Solved in five minutes, wonderful."),
	(4, "8", ""),
	(5, "9", ""),
	(3, "6", "The second visit was not needed."),
	(4, "9", ""),
)
"""Satisfaction, would recommend, comment: in turn."""
ASKING = range(9, 0, -1)
"""Working days ago: the afternoons on which the desk makes the follow-ups of the day."""


def events() -> list[Event]:
	"""The calls of an ordinary day, and what became of them."""
	return [
		*((past(row[3], row[4]), partial(_solved_by_phone, *row)) for row in SOLVED_BY_PHONE),
		*((_received(values), partial(_waiting, **values)) for values in WAITING),
		*((past(row[4], row[5]), partial(_triaged, *row)) for row in TRIAGED),
		*((ago(1 + row[4]), partial(_visit_to_come, *row)) for row in VISITS),
		(past(2, "12:40"), _visit_that_is_late),
		(past(3, "15:05"), _waiting_for_customer),
		(past(2, "08:55"), _withdrawn),
		(past(1, "09:15"), _done_and_to_be_billed),
		(past(1, "11:45"), _cash_still_with_the_technician),
		*((past(days, "16:20"), partial(_follow_ups_of_the_day, days)) for days in ASKING),
	]


def _solved_by_phone(serial: str, subject: str, about: str, days: int, at: str, resolution: str) -> None:
	received = past(days, at)
	call = take_call(received, **product(serial), subject=subject, **about_what(about))
	minutes = 14 + len(resolution) % 23
	with acting_as(AGENT, later(received, minutes)):
		call.resolve_by_phone(resolution)
	close_call(call, later(received, minutes + 1))


def _received(values: dict) -> datetime:
	return past(*values["received_at"]) if values.get("received_at") else ago(values["hours_ago"])


def _waiting(serial: str, subject: str, **values) -> None:
	received = _received(values)
	if values.pop("received_at", None):
		values.setdefault("next_action", "Call back and triage")
		values["next_action_by"] = later(received, 240)
	values.pop("hours_ago", None)
	take_call(received, **product(serial), subject=subject, **values)


def _triaged(serial: str, subject: str, about: str, next_action: str, days: int, at: str) -> None:
	received = past(days, at)
	call = take_call(received, **product(serial), subject=subject, **about_what(about))
	answered = later(received, 4 + len(subject) * 7 % 38)
	answer(call, answered)
	with acting_as(AGENT, answered):
		call.next_action = next_action
		call.save()


def _visit_to_come(
	serial: str, subject: str, about: str, user: str, days: int, begins: str, ends: str
) -> None:
	received = ago(1 + days)
	call = take_call(received, **product(serial), subject=subject, **about_what(about))
	window = (coming(days, begins), coming(days, ends))
	send(user, call, later(received, 6 + len(subject) * 5 % 31), window, "See the call.")


def _visit_that_is_late() -> None:
	received = past(2, "12:40")
	call = take_call(
		received, **product("TR250-0417"), subject="Coolant pump does not start", symptom_code="SYM-DEAD"
	)
	send(DECLAN, call, later(received, 20), (past(1, "14:00"), past(1, "16:00")), "Pump, contactor.")


def _waiting_for_customer() -> None:
	received = past(3, "15:05")
	call = take_call(
		received, **product("B18-55120"), subject="Heater in room 7 hums", symptom_code="SYM-NOISE"
	)
	answer(call, later(received, 10))
	with acting_as(AGENT, later(received, 12)):
		call.put_on_hold("Room is let until Friday; the guesthouse calls when it is free.")


def _withdrawn() -> None:
	received = past(2, "08:55")
	call = take_call(
		received, **product("VK24-660018"), subject="Boiler does not start", symptom_code="SYM-DEAD"
	)
	with acting_as(AGENT, later(received, 25)):
		call.cancel_call("The main switch was off.")


def _done_and_to_be_billed() -> None:
	received = past(1, "09:15")
	call = take_call(
		received, **product("VK24-990173"), subject="Relief valve drips", symptom_code="SYM-LEAK"
	)
	rate(call, "A", "Another fault than the one before", later(received, 5))
	window = (past(1, "13:00"), past(1, "15:00"))
	voucher = send(AOIFE, call, later(received, 9), window, "Relief valve 3 bar.")
	arrive(voucher, past(1, "13:20"))
	_repair_on_site(voucher, past(1, "14:15"), "PRV-3B", "Cathal Lynch")


def _cash_still_with_the_technician() -> None:
	received = past(1, "11:45")
	call = take_call(
		received,
		**product("CW-2019-0734"),
		subject="Second heater: ignition clicks, no flame",
		symptom_code="SYM-NOIGN",
	)
	rate(call, "A", "Another fault than the one before", later(received, 5))
	voucher = send(AOIFE, call, later(received, 14), (past(1, "16:00"), past(1, "18:00")), "Electrodes.")
	arrive(voucher, past(1, "16:10"))
	_repair_on_site(voucher, past(1, "17:05"), "IGN-E2", "Donal Keogh")
	with acting_as(AOIFE, past(1, "17:06")):
		voucher.collect_cash(voucher.amount_due)
	close_call(call, past(1, "17:30"))


def _repair_on_site(voucher: Document, departed_at: datetime, part: str, signed_by: str) -> None:
	finish(
		voucher,
		departed_at,
		hours=0.75,
		parts=(part,),
		signed_by=signed_by,
		fault_code="FLT-VALVE" if part == "PRV-3B" else "FLT-IGNITION",
		findings="Worn part replaced, tested under load.",
	)


# ---------------------------------------------------------------------------------- follow-up


def _follow_ups_of_the_day(days: int) -> None:
	"""Who is due is asked, one of yesterday was not reached and another one is left to call."""
	due = frappe.get_all(
		"Follow-up",
		filters={"status": "Planned", "due_date": ("<=", nowdate())},
		pluck="name",
		order_by="due_date asc, name asc",
	)
	left = 2 if days == 1 else 0
	with acting_as(AGENT):
		for number, name in enumerate(due[: len(due) - left]):
			csat, nps, comments = OPINIONS[(days + number) % len(OPINIONS)]
			frappe.get_doc("Follow-up", name).complete("Yes", "No", csat, nps, comments)
		for name in due[len(due) - left :][:1]:
			frappe.get_doc("Follow-up", name).record_attempt()


def about_what(value: str) -> dict[str, str]:
	"""A symptom is one of a repair; anything else names the type of request."""
	return {"symptom_code": value} if value.startswith("SYM-") else {"request_type": value}
