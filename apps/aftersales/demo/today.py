"""A day in the field, today and tomorrow, for each technician: what is over by now is done, what is on is on.

The plan has clock times, so that the board shows a working day at whatever hour the demo is built. And an emergency
that is being met: gas was smelt an hour ago, the technician was there within forty minutes.
"""

from datetime import datetime
from functools import partial

from aftersales.demo.clientele import product
from aftersales.demo.clock import Event, ago, day, later, past, present
from aftersales.demo.company import AOIFE, DECLAN, NIAMH, RONAN
from aftersales.demo.steps import arrive, finish, send, submit_invoice, take_call

TODAY = (
	("CW-2018-5531", "Yearly service of the water heater", AOIFE, "08:15", "09:15"),
	("BR18-20-771", "Tap drips when the heater is off", AOIFE, "09:45", "10:45"),
	("GWH11-88204", "New heater: flame goes out after a minute", AOIFE, "11:15", "12:30"),
	("BR21-19-040", "Temperature jumps", AOIFE, "13:30", "14:30"),
	("VK24-990173", "Boiler: pressure too high", AOIFE, "15:15", "16:45"),
	("TR250-0417", "Coolant hose leaks", DECLAN, "08:30", "10:30"),
	("TR180-0311", "Chuck does not open", DECLAN, "11:15", "13:15"),
	("TR250-0417", "Software update of the control", DECLAN, "14:30", "16:30"),
	("SP3-1093", "Blank value too high", RONAN, "08:30", "10:00"),
	("SP2-0644", "Lid switch loose", RONAN, "10:45", "12:00"),
	("SP2-0513", "Cuvette holder bent", RONAN, "14:45", "16:30"),
	("CW-2019-0734", "Clean the burner", NIAMH, "15:45", "16:45"),
)
TOMORROW = (
	("VK35-104488", "Second look after the gas alarm", AOIFE, "08:00", "08:45"),
	("VK24-660018", "Set the pressure of the gas", AOIFE, "11:30", "12:30"),
	("BR21-19-040", "Measure the inlet pressure", AOIFE, "15:30", "16:30"),
	("TR180-0311", "Spindle temperature", DECLAN, "08:30", "11:00"),
	("TR250-0417", "Probe calibration", DECLAN, "12:00", "14:00"),
	("SP2-0512", "Fit the second cuvette changer", RONAN, "08:30", "10:15"),
	("SP2-0513", "Yearly performance check", RONAN, "10:45", "12:15"),
	("SP3-1093", "Introduction of a new operator", RONAN, "14:45", "16:45"),
	("SP2-0388", "Bring back the instrument and set it up", NIAMH, "09:00", "10:30"),
)
"""Serial number, subject, technician, from, until; none of these products is in the workshop."""

EMERGENCY = ("VK35-104488", "Smell of gas in the boiler room", AOIFE)
CREW = {"Chuck does not open": (NIAMH,), "Probe calibration": (NIAMH,)}
"""Subject: who goes along."""
AHEAD = 23.4
"""Hours: a customer of today called so long before the visit, which is to be made within a day."""
PLANNED_WORK = "Inspection and Preventive Maintenance"
"""What is visited tomorrow can wait: no target for ordinary repairs runs on it."""
BILLED_BEFORE = 4
"""Hours ago: of the visits of today, those that the accountant has billed; the others wait on the billing desk."""
RECEIVED, ARRIVED, LEAVES = 1.2, 0.6, -0.5
"""Hours ago: of the emergency. Nothing else is planned for its technician meanwhile."""


def events() -> list[Event]:
	"""The emergency, and the calls that lead to the visits of both days."""
	planned = []
	for number, row in enumerate((*TODAY, *TOMORROW)):
		is_today = number < len(TODAY)
		start, end = (day(0 if is_today else 1, at) for at in row[3:])
		if row[2] == EMERGENCY[2] and start < ago(LEAVES) and end > ago(RECEIVED):
			continue
		received = _received(number, start, is_today)
		about = {"symptom_code": "SYM-ERROR"} if is_today else {"request_type": PLANNED_WORK}
		planned.append((received, partial(_visit, number, *row[:3], received, start, end, about)))
	return [*planned, (ago(RECEIVED), _emergency)]


def _received(number: int, start: datetime, is_today: bool) -> datetime:
	"""Calls of today's visits came the day before, at weekends too: the target of a day is kept. Those of tomorrow's
	came this morning, where the morning is over."""
	if is_today:
		return later(start, -60 * AHEAD + 7 * number % 20)
	this_morning = later(day(0, "08:20"), 11 * number % 90)
	if this_morning < ago(RECEIVED):
		return this_morning
	return min(later(past(1, "10:00"), 23 * number % 360), ago(2))


def _emergency() -> None:
	serial, subject, user = EMERGENCY
	received = ago(RECEIVED)
	call = take_call(received, **product(serial), subject=subject, symptom_code="SYM-SMELL", hazard="Gas")
	window = (later(received, 25), ago(LEAVES))
	voucher = send(user, call, later(received, 3), window, "Gas detector, seals, leak spray.")
	arrive(voucher, ago(ARRIVED))


def _visit(
	number: int,
	serial: str,
	subject: str,
	user: str,
	received: datetime,
	start: datetime,
	end: datetime,
	about: dict[str, str],
) -> None:
	call = take_call(received, **product(serial), subject=subject, **about)
	answered = later(received, 5 + 11 * number % 50)
	voucher = send(user, call, answered, (start, end), "See the call.", CREW.get(subject, ()))
	arrival = later(start, 5)
	if arrival < present():
		arrive(voucher, arrival)
	if end < present():
		hours = (end - arrival).total_seconds() / 3600
		finish(voucher, end, hours=round(hours, 2), findings="Set anew and tested.")
		if voucher.sales_invoice and end < ago(BILLED_BEFORE):
			submit_invoice(voucher, later(end, 40))
