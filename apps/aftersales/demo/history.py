"""Half a year of finished work before the stories, so that key figures, trends and recurring faults show something.

Light on purpose: fixed by phone, or a visit in warranty without parts. One ignition of one model fails again and
again; the watch over recurring faults raises it for the maker.
"""

from datetime import datetime, timedelta

import frappe

from aftersales.core.guards import set_protected_values
from aftersales.demo.actors import acting_as
from aftersales.demo.clock import happened, past
from aftersales.demo.company import AGENT, AOIFE, DECLAN, RONAN, SUPERVISOR, product, technician_of
from aftersales.demo.stories import arrive, close_call, report, send, settle, take_call
from aftersales.service_quality.faults import raise_recurring

BY_PHONE = (
	(
		"SP2-0644",
		"Zero drifts after cleaning",
		"SYM-RESULT",
		"FLT-ADJUST",
		122,
		"Calibrated over the phone.",
		5,
		"9",
	),
	(
		"BR21-22-905",
		"Flame only at full flow",
		"SYM-WEAK",
		"FLT-BLOCKED",
		117,
		"Inlet filter cleaned.",
		4,
		"8",
	),
	(
		"VK24-771204",
		"Radiators stay cold",
		"SYM-NOHEAT",
		"FLT-SOFTWARE",
		108,
		"Summer mode switched off.",
		5,
		"10",
	),
	("SP2-0512", "Printer not found", "SYM-CONNECT", "FLT-SOFTWARE", 99, "Driver set up again.", 3, "6"),
	("BR21-20-412", "Shows E4", "SYM-ERROR", "FLT-BLOCKED", 90, "Filter in the inlet cleaned.", 5, "9"),
	("TR180-0092", "Door switch does not close", "SYM-ERROR", "FLT-ADJUST", 84, "Catch set anew.", 0, ""),
	("BR18-21-316", "Pilot goes out", "SYM-STOP", "FLT-BATTERY", 76, "Battery changed.", 4, "9"),
	("SP2-0388", "Lamp hours warning", "SYM-ERROR", "FLT-SOFTWARE", 67, "Counter reset.", 5, "10"),
	("VK24-660018", "Pressure too low", "SYM-ERROR", "FLT-ADJUST", 58, "Filled up together.", 4, "7"),
	("BR18-20-413", "Display dark", "SYM-DISPLAY", "FLT-BATTERY", 47, "Battery changed.", 5, "10"),
)
"""Serial, subject, symptom, fault, working days ago, resolution, CSAT (0: not said), NPS."""

VISITS = (
	("CW-2017-2210", "Leaks at the union", "SYM-LEAK", "FLT-SEAL", AOIFE, 120, "09:00", 1.5, 5, "9"),
	("SP2-0389", "Reads too high", "SYM-RESULT", "FLT-SENSOR", RONAN, 112, "10:30", 2.0, 4, "8"),
	("TR180-0092", "Spindle noise", "SYM-NOISE", "FLT-BEARING", DECLAN, 104, "13:00", 3.5, 3, "5"),
	("BR18-19-552", "Does not light", "SYM-NOIGN", "FLT-IGNITION", AOIFE, 96, "08:30", 1.0, 5, "10"),
	("VK35-104488", "Fan rattles", "SYM-NOISE", "FLT-PUMP", AOIFE, 88, "14:00", 2.0, 4, "8"),
	("SP2-0645", "No signal", "SYM-RESULT", "FLT-SENSOR", RONAN, 80, "09:30", 1.5, 5, "9"),
	("BR18-21-316", "Drips at the valve", "SYM-LEAK", "FLT-SEAL", AOIFE, 72, "11:00", 1.0, 4, "9"),
	("CW-2019-0733", "Does not light", "SYM-NOIGN", "FLT-IGNITION", AOIFE, 56, "09:00", 1.0, 4, "8"),
	("CW-2020-1187", "Ticks, but no flame", "SYM-NOIGN", "FLT-IGNITION", AOIFE, 53, "15:00", 1.5, 3, "6"),
	("CW-2019-0734", "No ignition", "SYM-NOIGN", "FLT-IGNITION", AOIFE, 49, "10:00", 1.0, 3, "3"),
	("CW-2019-0733", "Does not light again", "SYM-NOIGN", "FLT-IGNITION", AOIFE, 44, "08:30", 2.0, 3, "2"),
	(
		"CW-2019-0734",
		"No ignition, second time",
		"SYM-NOIGN",
		"FLT-IGNITION",
		AOIFE,
		41,
		"13:30",
		2.0,
		3,
		"4",
	),
	("SP2-0513", "Wavelength wrong", "SYM-RESULT", "FLT-ADJUST", RONAN, 37, "09:00", 1.5, 5, "10"),
	("BR21-19-040", "Lukewarm", "SYM-NOHEAT", "FLT-HEATEX", AOIFE, 33, "10:00", 2.5, 4, "9"),
)
"""Serial, subject, symptom, fault, technician, working days ago, arrival, hours, CSAT, NPS."""

PROCEDURE = "Analysis of Recurring Faults"


def build() -> None:
	"""Make the finished calls and visits, and let the watch over faults look at them."""
	for row in BY_PHONE:
		_by_phone(*row)
	for row in VISITS:
		_visit(*row)
	_watch_faults()


def _by_phone(
	serial: str, subject: str, symptom: str, fault: str, days: int, resolution: str, csat: int, nps: str
) -> None:
	received = past(days, "10:15")
	call = take_call(**product(serial), subject=subject, symptom_code=symptom, received_at=received)
	with acting_as(AGENT):
		set_protected_values(call, responded_at=received + timedelta(minutes=4 + days % 9))
		call.fault_code = fault
		call.resolve_by_phone(resolution)
	close_call(call)
	over = received + timedelta(minutes=20 + days % 17)
	settle(call, received_at=received, resolved_at=over, closed_at=over)
	_answer(call.name, over, csat, nps)


def _visit(
	serial: str,
	subject: str,
	symptom: str,
	fault: str,
	user: str,
	days: int,
	at: str,
	hours: float,
	csat: int,
	nps: str,
) -> None:
	arrival = past(days, at)
	received = past(days + 1, at)
	departed = arrival + timedelta(hours=hours)
	answered = received + timedelta(minutes=8 + days % 20)
	call = take_call(**product(serial), subject=subject, symptom_code=symptom, received_at=received)
	with acting_as(SUPERVISOR):
		call.update({"service_category": "C", "category_reason": "Known fault, free of charge"})
		call.save()
	voucher = send(user, call, answered, (arrival - timedelta(minutes=30), departed), "See the call.")
	arrive(voucher, arrival)
	with acting_as(user):
		report(
			voucher,
			departed_at=departed,
			outcome="Completed",
			fault_code=fault,
			cause_code="CAU-PART" if fault == "FLT-IGNITION" else "CAU-WEAR",
			action_code="ACT-ADJUST",
			findings="Cleaned, set anew, tested.",
			test_result="Passed",
			signed_by=frappe.db.get_value("Customer", voucher.customer, "customer_name"),
		)
		voucher.append("labour", {"activity": "Travel", "hours": 0.5, "technician": technician_of(user)})
		voucher.append("labour", {"activity": "Repair", "hours": hours, "technician": technician_of(user)})
		voucher.save()
		voucher.complete()
	close_call(call)
	happened(voucher, arrived_at=arrival, departed_at=departed, posted_at=departed)
	settle(
		call,
		received_at=received,
		responded_at=answered,
		arrived_at=arrival,
		resolved_at=departed,
		closed_at=departed + timedelta(minutes=25),
	)
	_answer(call.name, departed, csat, nps)


def _answer(call: str, closed_at: datetime, csat: int, nps: str) -> None:
	follow_up = frappe.get_doc("Follow-up", {"repair_call": call})
	with acting_as(AGENT):
		follow_up.complete("Yes", "No", csat, nps)
	happened(follow_up, done_at=closed_at + timedelta(days=7))


def _watch_faults() -> None:
	if not frappe.db.exists("Quality Procedure", PROCEDURE):
		frappe.get_doc(doctype="Quality Procedure", quality_procedure_name=PROCEDURE).insert()
	settings = frappe.get_doc("Aftersales Settings")
	settings.update({"quality_procedure": PROCEDURE, "recurring_faults": 4, "recurring_fault_days": 120})
	settings.save()
	raise_recurring()
