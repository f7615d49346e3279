"""A year of finished work before the stories, so that income, key figures and recurring faults have a course.

Fixed by phone, visits that are invoiced and paid on their own days, and one ignition of one model that fails again
and again in warranty: the watch over recurring faults raises it for the maker.
"""

from datetime import datetime, timedelta
from functools import partial

import frappe

from aftersales.demo.actors import acting_as
from aftersales.demo.clientele import product
from aftersales.demo.clock import Event, later, past
from aftersales.demo.company import AGENT, AOIFE, DECLAN, RONAN
from aftersales.demo.steps import (
	arrive,
	close_call,
	file_voucher,
	finish,
	pay_by_bank,
	rate,
	send,
	submit_invoice,
	take_call,
)
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
	(
		"VK24-660018",
		"Yearly service and flue check",
		"SYM-WEAK",
		"FLT-ADJUST",
		AOIFE,
		243,
		"09:00",
		2.0,
		5,
		"9",
	),
	("SP2-0388", "Baseline drifts", "SYM-RESULT", "FLT-ADJUST", RONAN, 231, "10:00", 2.5, 4, "8"),
	("VK35-104488", "Boiler locks out at night", "SYM-STOP", "FLT-VALVE", AOIFE, 218, "13:00", 1.75, 4, "9"),
	("SP2-0644", "Sample wheel jams", "SYM-ERROR", "FLT-ADJUST", RONAN, 205, "09:30", 3.0, 5, "9"),
	("BR21-19-040", "Water runs hot and cold", "SYM-NOHEAT", "FLT-HEATEX", AOIFE, 190, "11:00", 1.5, 4, "7"),
	("TR180-0092", "Tool changer out of step", "SYM-ERROR", "FLT-ADJUST", DECLAN, 176, "08:30", 4.0, 5, "10"),
	("VK24-771204", "Expansion vessel empty", "SYM-LEAK", "FLT-VALVE", AOIFE, 161, "09:15", 2.25, 5, "9"),
	("CW-2020-1187", "Burner cleaned, gas set", "SYM-WEAK", "FLT-SEAL", AOIFE, 147, "08:45", 1.5, 4, "8"),
	("SP2-0645", "Monochromator adjusted", "SYM-RESULT", "FLT-ADJUST", RONAN, 131, "09:00", 4.0, 5, "10"),
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

FITTED = {"FLT-SEAL": "GVS-15", "FLT-VALVE": "PRV-3B", "FLT-HEATEX": "HX-GSK"}
"""Fault: the part that Aoife has in her van for it."""
IN_WARRANTY = "FLT-IGNITION"
REFERRALS = {
	"VK24-660018": "Neighbour",
	"VK24-771204": "Neighbour",
	"CW-2017-2210": "Neighbour",
	"BR21-19-040": "Van in the street",
	"BR18-21-316": "Van in the street",
	"SP2-0389": "Trade fair",
	"TR180-0092": "Trade fair",
	"CW-2019-0733": "Search engine",
	"BR18-20-413": "Search engine",
	"BR21-22-905": "Search engine",
}
"""Serial number: what its customer said when asked how they had found the company."""
PAID_AFTER = (9, 14, 6, 21, 11)
"""Days from the invoice to its payment, in turn."""

PROCEDURE = "Analysis of Recurring Faults"


def events() -> list[Event]:
	"""The finished calls and visits, and the watch over faults."""
	return [
		*((past(row[4], "10:15"), partial(_by_phone, *row)) for row in BY_PHONE),
		*((_received(row[5], row[6]), partial(_visit, *row)) for row in VISITS),
		(past(40, "06:30"), _watch_faults),
	]


def _received(days: int, arrival: str) -> datetime:
	"""Who is visited early called the afternoon before, the others in the morning."""
	return past(days, "08:40") if arrival >= "11:00" else past(days + 1, "16:10")


def _by_phone(
	serial: str, subject: str, symptom: str, fault: str, days: int, resolution: str, csat: int, nps: str
) -> None:
	received = past(days, "10:15")
	call = take_call(received, **_told(serial), subject=subject, symptom_code=symptom)
	over = later(received, 9 + days % 17)
	with acting_as(AGENT, over):
		call.fault_code = fault
		call.resolve_by_phone(resolution)
	close_call(call, over)
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
	received = _received(days, at)
	departed = later(arrival, hours * 60)
	call = take_call(received, **_told(serial), subject=subject, symptom_code=symptom)
	if fault == IN_WARRANTY:
		rate(call, "C", "Known fault, free of charge", later(received, 3))
	elif call.service_category != "B":
		rate(call, "A", "The customer orders and pays it", later(received, 3))
	window = (later(arrival, -30), departed)
	voucher = send(user, call, later(received, 8 + days % 20), window, "See the call.")
	arrive(voucher, arrival)
	finish(
		voucher,
		departed,
		hours=hours,
		parts=(FITTED[fault],) if user == AOIFE and fault in FITTED else (),
		fault_code=fault,
		cause_code="CAU-PART" if fault == IN_WARRANTY else "CAU-WEAR",
		findings=f"{subject}: set right, tested under load.",
	)
	if voucher.sales_invoice:
		submit_invoice(voucher, later(departed, 15))
		pay_by_bank(voucher, departed + timedelta(days=PAID_AFTER[days % len(PAID_AFTER)]))
	file_voucher(voucher, later(departed, 20))
	close_call(call, later(departed, 25))
	_answer(call.name, departed, csat, nps)


def _told(serial: str) -> dict[str, str | None]:
	return {**product(serial), "referral": REFERRALS.get(serial)}


def _answer(call: str, closed_at: datetime, csat: int, nps: str) -> None:
	"""A week later the desk asks how it was."""
	with acting_as(AGENT, closed_at + timedelta(days=7)):
		frappe.get_doc("Follow-up", {"repair_call": call}).complete("Yes", "No", csat, nps)


def _watch_faults() -> None:
	if not frappe.db.exists("Quality Procedure", PROCEDURE):
		frappe.get_doc(doctype="Quality Procedure", quality_procedure_name=PROCEDURE).insert()
	settings = frappe.get_doc("Aftersales Settings")
	settings.update({"quality_procedure": PROCEDURE, "recurring_faults": 4, "recurring_fault_days": 120})
	settings.save()
	raise_recurring()
