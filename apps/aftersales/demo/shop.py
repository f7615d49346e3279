"""An ordinary day beside the six stories: calls in every state, and a product on every bench.

So that lists, cards and charts of the demo look like those of a living service department. Everything
goes through the same documents and actions as the stories; `happened` then spreads it over the past days.
"""

from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, nowdate

from aftersales.core.guards import set_protected_values
from aftersales.demo.actors import acting_as, signature
from aftersales.demo.clock import ago, coming, happened, past
from aftersales.demo.company import (
	ACCOUNTANT,
	AGENT,
	AOIFE,
	DECLAN,
	NIAMH,
	RONAN,
	SUPERVISOR,
	WORKSHOP,
	of_company,
	product,
	technician_of,
)
from aftersales.demo.stories import (
	answer,
	arrive,
	close_call,
	report,
	send,
	settle,
	submit_invoice,
	take_call,
)

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
	("SP2-0388", "Printer prints no results", "SYM-CONNECT", 3, "13:15", "Cable in the wrong socket."),
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
		"serial": "VK35-104488",
		"subject": "Smell of gas in the boiler room",
		"symptom_code": "SYM-SMELL",
		"hazard": "Gas",
		"hours_ago": 0.2,
	},
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
	("SP2-0388", "Lamp intensity low", "SYM-WEAK", "Ask for the lamp hours", 1, "09:35"),
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

ON_THE_BENCH = {
	"Received": ("BR18-21-316", "Trips the breaker when switched on", "SYM-SHOCK", 1, "16:40"),
	"Diagnosing": ("SP2-0645", "Does not switch on after a power cut", "SYM-DEAD", 1, "14:20"),
	"Awaiting Approval": ("BR21-22-905", "Heats in bursts", "SYM-NOHEAT", 1, "11:15"),
	"Approved": ("BR21-20-412", "Leaks at the cold inlet", "SYM-LEAK", 1, "10:05"),
	"Awaiting Parts": ("BR18-19-552", "Casing cracked, drips", "SYM-DAMAGE", 3, "09:40"),
	"In Repair": ("SP2-0389", "Wavelength off by 3 nm", "SYM-RESULT", 4, "15:30"),
	"Quality Check": ("BR18-20-413", "No hot water, lamp blinks", "SYM-NOHEAT", 1, "09:25"),
	"Ready": ("SP2-0513", "Lamp cover jammed", "SYM-DAMAGE", 1, "08:35"),
	"Returned": ("SP2-0644", "No signal at 340 nm", "SYM-RESULT", 8, "10:20"),
	"Not Repairable": ("CW-2019-0733", "Heat exchanger leaks", "SYM-LEAK", 1, "08:50"),
	"Declined": ("CW-2017-2210", "Gas valve sticks", "SYM-NOIGN", 1, "09:10"),
}
"""State of the card: serial number, subject, symptom, working days ago and time it was brought in."""

OPINIONS = (
	(5, "10", "Solved in five minutes, wonderful."),
	(4, "8", ""),
)
"""Satisfaction, would recommend, comment."""

WORKS = "Ballymount Instrument Works"

FINDINGS = {
	"diagnosis": "Inspected completely; the part named below is defective.",
	"fault_code": "FLT-SENSOR",
	"cause_code": "CAU-WEAR",
	"action_code": "ACT-REPLACE",
	"repair_method": "Component",
}


def build() -> None:
	"""Make the calls and cards of an ordinary day."""
	for row in SOLVED_BY_PHONE:
		_solved_by_phone(*row)
	for values in WAITING:
		_waiting(**values)
	for row in TRIAGED:
		_triaged(*row)
	for row in VISITS:
		_visit_to_come(*row)
	_on_site_now()
	_visit_that_is_late()
	_waiting_for_customer()
	_withdrawn()
	_done_and_to_be_billed()
	_cash_still_with_the_technician()
	_instrument_works()
	for state, row in ON_THE_BENCH.items():
		_on_the_bench(state, *row)
	_follow_ups_due()


# ---------------------------------------------------------------------------------- calls


def _solved_by_phone(serial: str, subject: str, about: str, days: int, at: str, resolution: str) -> None:
	received = past(days, at)
	call = take_call(
		**product(serial),
		subject=subject,
		**_about(about),
		received_at=received,
	)
	with acting_as(AGENT):
		set_protected_values(call, responded_at=_later(received, 6))
		call.resolve_by_phone(resolution)
	close_call(call)
	settle(
		call,
		received_at=received,
		resolved_at=_later(received, 24),
		closed_at=_later(received, 25),
	)


def _waiting(
	serial: str, subject: str, hours_ago: float = 0, received_at: tuple[int, str] | None = None, **values
) -> None:
	received = past(*received_at) if received_at else ago(hours_ago)
	if received_at:
		values.setdefault("next_action", "Call back and triage")
		values["next_action_by"] = _later(received, 240)
	call = take_call(**product(serial), subject=subject, received_at=received, **values)
	happened(call, received_at=received)


def _triaged(serial: str, subject: str, about: str, next_action: str, days: int, at: str) -> None:
	received = past(days, at)
	call = take_call(
		**product(serial),
		subject=subject,
		**_about(about),
		received_at=received,
	)
	answer(call, _later(received, 15))
	with acting_as(AGENT):
		call.next_action = next_action
		call.save()
	happened(call, received_at=received)


def _visit_to_come(
	serial: str, subject: str, about: str, user: str, days: int, begins: str, ends: str
) -> None:
	received = ago(1 + days)
	call = take_call(
		**product(serial),
		subject=subject,
		**_about(about),
		received_at=received,
	)
	send(user, call, _later(received, 30), (coming(days, begins), coming(days, ends)), "See the call.")
	happened(call, received_at=received)


def _on_site_now() -> None:
	received = ago(3.5)
	call = take_call(
		**product("GWH11-88204"),
		subject="New heater: flame goes out after a minute",
		symptom_code="SYM-STOP",
		received_at=received,
	)
	voucher = send(
		AOIFE, call, _later(received, 12), (ago(1), ago(-1)), "In warranty: ionisation electrode, analyser."
	)
	arrive(voucher, ago(0.5))
	happened(call, received_at=received)


def _visit_that_is_late() -> None:
	received = past(2, "12:40")
	call = take_call(
		**product("TR250-0417"),
		subject="Coolant pump does not start",
		symptom_code="SYM-DEAD",
		received_at=received,
	)
	send(DECLAN, call, _later(received, 20), (past(1, "14:00"), past(1, "16:00")), "Pump, contactor.")
	happened(call, received_at=received)


def _waiting_for_customer() -> None:
	received = past(3, "15:05")
	call = take_call(
		**product("B18-55120"),
		subject="Heater in room 7 hums",
		symptom_code="SYM-NOISE",
		received_at=received,
	)
	answer(call, _later(received, 10))
	with acting_as(AGENT):
		call.put_on_hold("Room is let until Friday; the guesthouse calls when it is free.")
	happened(call, received_at=received)


def _withdrawn() -> None:
	received = past(2, "08:55")
	call = take_call(
		**product("VK24-660018"),
		subject="Boiler does not start",
		symptom_code="SYM-DEAD",
		received_at=received,
	)
	with acting_as(AGENT):
		call.cancel_call("The main switch was off.")
	happened(call, received_at=received)


def _done_and_to_be_billed() -> None:
	received = past(1, "09:15")
	call = take_call(
		**product("VK24-990173"),
		subject="Relief valve drips",
		symptom_code="SYM-LEAK",
		received_at=received,
	)
	voucher = send(
		AOIFE, call, _later(received, 9), (past(1, "13:00"), past(1, "15:00")), "Relief valve 3 bar."
	)
	arrive(voucher, past(1, "13:20"))
	_repair_on_site(voucher, past(1, "13:25"), past(1, "14:10"), "PRV-3B", "Cathal Lynch")
	happened(call, received_at=received, resolved_at=past(1, "14:15"))


def _cash_still_with_the_technician() -> None:
	received = past(1, "11:45")
	call = take_call(
		**product("CW-2019-0734"),
		subject="Second heater: ignition clicks, no flame",
		symptom_code="SYM-NOIGN",
		received_at=received,
	)
	voucher = send(AOIFE, call, _later(received, 14), (past(1, "16:00"), past(1, "18:00")), "Electrodes.")
	arrive(voucher, past(1, "16:10"))
	_repair_on_site(voucher, past(1, "16:15"), past(1, "17:00"), "IGN-E2", "Donal Keogh")
	with acting_as(AOIFE):
		voucher.collect_cash(voucher.amount_due)
	close_call(call)
	settle(
		call,
		received_at=received,
		resolved_at=past(1, "17:05"),
		closed_at=past(1, "17:30"),
	)


def _repair_on_site(voucher: Document, start: datetime, end: datetime, part: str, signed_by: str) -> None:
	with acting_as(AOIFE):
		report(
			voucher,
			departed_at=_later(end, 5),
			outcome="Completed",
			fault_code="FLT-VALVE" if part == "PRV-3B" else "FLT-IGNITION",
			cause_code="CAU-WEAR",
			action_code="ACT-REPLACE",
			findings="Worn part replaced, tested under load.",
			test_result="Passed",
			signed_by=signed_by,
		)
		voucher.append("labour", {"activity": "Travel", "hours": 0.5})
		voucher.append("labour", {"activity": "Repair", "from_time": start, "to_time": end})
		voucher.append("parts", {"item_code": part, "qty": 1})
		voucher.save()
		voucher.complete()


# ---------------------------------------------------------------------------------- workshop


def _on_the_bench(state: str, serial: str, subject: str, symptom: str, days: int, at: str) -> None:
	received = past(days, at)
	call = take_call(
		**product(serial),
		subject=subject,
		symptom_code=symptom,
		channel="Walk-in",
		received_at=received,
	)
	receipt = _handed_in(call, received)
	card = _card(receipt, received)
	answer(call, _later(received, 5))
	with acting_as(AGENT):
		call.start_work()
	for step in STEPS[state]:
		step(card, receipt)
	happened(call, received_at=received)
	happened(card, received_at=received)


def _handed_in(call: Document, received: datetime) -> Document:
	from aftersales.customer_goods.custody import receipt_from_call

	with acting_as(AGENT):
		receipt = receipt_from_call(call.name)
		receipt.update(
			{
				"received_at": received,
				"condition": "Used, normal signs of wear.",
				"location": "Workshop, shelf 1",
				"signed_by": call.contact_name,
				"customer_signature": signature(call.contact_name),
			}
		)
		receipt.append("accessories", {"accessory": "Mains lead", "qty": 1})
		receipt.insert()
		receipt.submit()
	return receipt


def _card(receipt: Document, received: datetime) -> Document:
	from aftersales.repair_workshop.cards import card_from_receipt

	with acting_as(NIAMH):
		card = card_from_receipt(receipt.name)
		card.update(
			{
				"assigned_technician": technician_of(NIAMH),
				"warehouse": of_company(WORKSHOP),
				"received_at": received,
				"promised_return": coming(2, "16:00"),
			}
		)
		return card.insert()


def _diagnose(card: Document, receipt: Document) -> None:
	with acting_as(NIAMH):
		card.start_diagnosis()


def _instrument_works() -> None:
	"""Who repairs the boards of instruments for the shop."""
	if frappe.db.exists("Supplier", WORKS):
		return
	group = frappe.get_all("Supplier Group", {"is_group": 0}, pluck="name", order_by="name asc")[0]
	frappe.get_doc({"doctype": "Supplier", "supplier_name": WORKS, "supplier_group": group}).insert()
	address = frappe.get_doc(
		{
			"doctype": "Address",
			"address_title": WORKS,
			"address_line1": "Unit 9, Ballymount Road",
			"city": "Dublin",
			"country": "Ireland",
			"links": [{"link_doctype": "Supplier", "link_name": WORKS}],
		}
	).insert()
	frappe.db.set_value("Supplier", WORKS, "supplier_primary_address", address.name)


def _send_out(card: Document, receipt: Document) -> None:
	"""Nobody here repairs this board: the product is with the works since yesterday afternoon."""
	from aftersales.vendor_repairs.vendor_repairs import vendor_repair_from_card

	with acting_as(NIAMH):
		card.diagnosis = "Supply board dead after the power cut, no output at 24 V."
		card.save()
		repair = vendor_repair_from_card(card.name)
		repair.update(
			{
				"supplier": WORKS,
				"sent_at": _later(card.received_at, 75),
				"expected_back": coming(4, "12:00").date(),
				"work_wanted": "Repair or replace the supply board. Tell us the price before you begin.",
				"shipping_reference": "By our van",
			}
		)
		repair.insert()
		repair.submit()
	card.reload()


def _repaired_by_the_works(card: Document, receipt: Document) -> None:
	"""The works repaired the detector board and billed it; the customer pays that and the diagnosis."""
	from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_invoice

	from aftersales.vendor_repairs.vendor_repairs import vendor_repair_from_card

	sent = _later(card.received_at, 95)
	with acting_as(NIAMH):
		card.update({**FINDINGS, "diagnosis": "Detector board gives no signal below 400 nm."})
		card.append("labour", {"activity": "Diagnosis", "hours": 0.5})
		card.save()
	# What the customer is charged is a typed price: it needs the right to authorise one
	with acting_as(SUPERVISOR):
		repair = vendor_repair_from_card(card.name)
		repair.update(
			{
				"supplier": WORKS,
				"sent_at": sent,
				"expected_back": past(4, "12:00").date(),
				"work_wanted": "Repair the detector board.",
				"shipping_reference": "By our van",
				"supplier_reference": "BIW-4471",
				"cost": 148,
				"charged_on": 195,
			}
		)
		repair.insert()
		repair.submit()
		repair.receive("Repaired", "Photodiode and its amplifier replaced, linear to 2.5 A.")
		repair.make_purchase_order()
	repair.reload()
	order = frappe.get_doc("Purchase Order", repair.purchase_order)
	order.submit()  # the buyer's, who is nobody of the service
	with acting_as(ACCOUNTANT):
		bill = make_purchase_invoice(order.name)
		bill.update({"bill_no": "BIW-2026-0388", "bill_date": nowdate()})
		bill.insert()
		bill.submit()
	card.reload()
	with acting_as(SUPERVISOR):
		card.make_quotation()
		frappe.get_doc("Quotation", card.quotation).submit()
		card.await_approval()
	happened(repair, sent_at=sent, back_at=past(4, "11:40"))


def _give_back(card: Document, receipt: Document) -> None:
	"""The customer fetches the product; the accountant sends the invoice."""
	name = receipt.signed_by
	with acting_as(AGENT):
		receipt.reload()
		receipt.recover(name, signature(name))
	with acting_as(SUPERVISOR):
		receipt.void()
		card.hand_over()
	submit_invoice(card)
	call = frappe.get_doc("Repair Call", card.repair_call)
	close_call(call)
	settle(call, received_at=card.received_at, resolved_at=past(3, "15:20"), closed_at=past(3, "15:45"))
	happened(card, approved_at=past(4, "13:05"), ready_at=past(4, "16:30"), returned_at=past(3, "15:20"))


def _estimate(card: Document, receipt: Document) -> None:
	with acting_as(NIAMH):
		card.update(FINDINGS)
		card.append("labour", {"activity": "Diagnosis", "hours": 0.5})
		card.append("labour", {"activity": "Repair", "hours": 1})
		card.append("parts", {"item_code": "FLW-18" if _is_heater(card) else "LMP-HAL", "qty": 1})
		card.save()
	with acting_as(SUPERVISOR):
		card.make_quotation()
		frappe.get_doc("Quotation", card.quotation).submit()
		card.await_approval()


def _is_heater(card: Document) -> bool:
	"""Water heaters and laboratory instruments stand on the benches of the demo."""
	return frappe.db.get_value("Customer Equipment", card.equipment, "item_group") == "Water Heaters"


def _accept(card: Document, receipt: Document) -> None:
	with acting_as(AGENT):
		card.record_approval("Phone", receipt.signed_by)


def _decline(card: Document, receipt: Document) -> None:
	with acting_as(AGENT):
		card.record_decline("A new one costs little more.")
	with acting_as(NIAMH):
		card.labour = [line for line in card.labour if line.activity == "Diagnosis"]
		card.parts = []
		card.save()


def _wait_for_parts(card: Document, receipt: Document) -> None:
	with acting_as(NIAMH):
		card.append("parts", {"item_code": "HTB-18", "qty": 1})
		card.request_parts()
	if _is_heater(card):
		_lend(card)


def _lend(card: Document) -> None:
	"""A heater of ours, until the customer's is repaired; it should be back by now."""
	from aftersales.customer_goods.loaners import loaner_from_call

	with acting_as(AGENT):
		loaner = loaner_from_call(card.repair_call)
		loaner.update(
			{
				"item_code": "BRI-18",
				"serial_no": "LOAN-18-1",
				"issued_at": card.received_at,
				"due_back": past(1, "12:00").date(),
				"condition": "Cleaned and tested, no marks.",
				"accessories": "Water connectors",
				"signed_by": card.customer_name,
				"customer_signature": signature(card.customer_name),
			}
		)
		loaner.insert()
		loaner.submit()


def _give_up(card: Document, receipt: Document) -> None:
	with acting_as(NIAMH):
		card.update(FINDINGS)
		card.give_up("Heat exchanger corroded through; the maker supplies it no more.")


def _start_work(card: Document, receipt: Document) -> None:
	with acting_as(NIAMH):
		card.start_work()


def _repair(card: Document, receipt: Document) -> None:
	with acting_as(NIAMH):
		card.start_repair()


def _to_check(card: Document, receipt: Document) -> None:
	start = _later(card.received_at, 150)
	with acting_as(NIAMH):
		card.append(
			"time_logs",
			{"technician": technician_of(NIAMH), "from_time": start, "to_time": _later(start, 60)},
		)
		card.hand_to_check()


def _finish(card: Document, receipt: Document) -> None:
	with acting_as(SUPERVISOR):
		card.verify("Tested for an hour, no fault.")
		card.finish()


STEPS = {
	"Received": (),
	"Diagnosing": (_diagnose, _send_out),
	"Awaiting Approval": (_diagnose, _estimate),
	"Approved": (_diagnose, _estimate, _accept),
	"Awaiting Parts": (_diagnose, _estimate, _accept, _wait_for_parts),
	"In Repair": (_diagnose, _estimate, _accept, _start_work),
	"Quality Check": (_diagnose, _estimate, _accept, _repair, _to_check),
	"Ready": (_diagnose, _estimate, _accept, _repair, _to_check, _finish),
	"Returned": (
		_diagnose,
		_repaired_by_the_works,
		_accept,
		_repair,
		_to_check,
		_finish,
		_give_back,
	),
	"Not Repairable": (_diagnose, _give_up),
	"Declined": (_diagnose, _estimate, _decline),
}
"""What has happened to a card by the time it stands in a state."""


# ---------------------------------------------------------------------------------- follow-up


def _follow_ups_due() -> None:
	"""Of the follow-ups that are due, two were answered and one customer was not reached."""
	due = frappe.get_all(
		"Follow-up",
		filters={"status": "Planned", "due_date": ("<=", nowdate())},
		pluck="name",
		order_by="due_date asc, name asc",
	)
	with acting_as(AGENT):
		for name, (csat, nps, comments) in zip(due, OPINIONS, strict=False):
			frappe.get_doc("Follow-up", name).complete("Yes", "No", csat, nps, comments)
		for name in due[len(OPINIONS) :][:1]:
			frappe.get_doc("Follow-up", name).record_attempt()


def _about(value: str) -> dict[str, str]:
	"""A symptom is one of a repair; anything else names the type of request."""
	return {"symptom_code": value} if value.startswith("SYM-") else {"request_type": value}


def _later(moment: datetime, minutes: int) -> datetime:
	return add_to_date(moment, minutes=minutes)
