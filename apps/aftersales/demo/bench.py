"""The workshop of the demo: a product on every bench, each a step further than the one before."""

from datetime import datetime
from functools import partial

import frappe
from frappe.model.document import Document
from frappe.utils import nowdate

from aftersales.demo.actors import acting_as, signature
from aftersales.demo.clientele import product
from aftersales.demo.clock import Event, at, coming, later, past, spread
from aftersales.demo.company import ACCOUNTANT, AGENT, NIAMH, SUPERVISOR, WORKSHOP, of_company
from aftersales.demo.steps import answer, close_call, submit_invoice, take_call
from aftersales.demo.technicians import technician_of

ON_THE_BENCH = {
	"Received": ("BR18-21-316", "Trips the breaker when switched on", "SYM-SHOCK", 1, "16:40"),
	"Diagnosing": ("SP2-0645", "Does not switch on after a power cut", "SYM-DEAD", 1, "14:20"),
	"Awaiting Approval": ("BR21-22-905", "Heats in bursts", "SYM-NOHEAT", 1, "11:15"),
	"Approved": ("CW-2016-0412", "Leaks at the cold inlet", "SYM-LEAK", 1, "10:05"),
	"Awaiting Parts": ("BR18-19-552", "Casing cracked, drips", "SYM-DAMAGE", 3, "09:40"),
	"In Repair": ("SP2-0389", "Wavelength off by 3 nm", "SYM-RESULT", 4, "15:30"),
	"Quality Check": ("BR18-20-413", "No hot water, lamp blinks", "SYM-NOHEAT", 1, "09:25"),
	"Ready": ("SP2-0388", "Lamp cover jammed", "SYM-DAMAGE", 5, "08:35"),
	"Returned": ("SP2-0644", "No signal at 340 nm", "SYM-RESULT", 8, "10:20"),
	"Not Repairable": ("CW-2019-0733", "Heat exchanger leaks", "SYM-LEAK", 1, "08:50"),
	"Declined": ("CW-2017-2210", "Gas valve sticks", "SYM-NOIGN", 1, "09:10"),
}
"""State of the card: serial number, subject, symptom, working days ago and time it was brought in."""
MOMENTS = {
	"Returned": (
		(8, "11:00"),
		(8, "11:55"),
		(4, "13:05"),
		(4, "13:30"),
		(4, "15:40"),
		(4, "16:30"),
		(3, "15:20"),
	),
}
"""State of the card: working days ago and time of its steps, where they are not spread evenly."""
PROMISED = {"Ready": (2, "16:00"), "Returned": (3, "16:00")}
"""State of the card: working days ago and time for which the product was promised; else in the coming days."""
WORKS = "Ballymount Instrument Works"
FINDINGS = {
	"diagnosis": "Inspected completely; the part named below is defective.",
	"fault_code": "FLT-SENSOR",
	"cause_code": "CAU-WEAR",
	"action_code": "ACT-REPLACE",
	"repair_method": "Component",
}


def events() -> list[Event]:
	"""A product is brought in for each state that a card can be in."""
	return [
		(past(9, "09:00"), _instrument_works),
		*((past(row[3], row[4]), partial(_on_the_bench, state, *row)) for state, row in ON_THE_BENCH.items()),
	]


def _on_the_bench(state: str, serial: str, subject: str, symptom: str, days: int, at: str) -> None:
	received = past(days, at)
	call = take_call(received, **product(serial), subject=subject, symptom_code=symptom, channel="Walk-in")
	receipt = _handed_in(call, received)
	card = _card(receipt, received, past(*PROMISED[state]) if state in PROMISED else None)
	answer(call, later(received, 5))
	with acting_as(AGENT, later(received, 6)):
		call.start_work()
	steps = STEPS[state]
	moments = [past(*moment) for moment in MOMENTS.get(state, ())] or spread(received, len(steps))
	for step, moment in zip(steps, moments, strict=True):
		step(card, receipt, moment)


def _handed_in(call: Document, received: datetime) -> Document:
	from aftersales.customer_goods.custody import receipt_from_call

	with acting_as(AGENT, later(received, 2)):
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


def _card(receipt: Document, received: datetime, promised: datetime | None) -> Document:
	from aftersales.repair_workshop.cards import card_from_receipt

	with acting_as(NIAMH, later(received, 4)):
		card = card_from_receipt(receipt.name)
		card.update(
			{
				"assigned_technician": technician_of(NIAMH),
				"warehouse": of_company(WORKSHOP),
				"received_at": received,
				"promised_return": promised or coming(1 + len(receipt.signed_by) % 3, "16:00"),
			}
		)
		return card.insert()


def _diagnose(card: Document, receipt: Document, moment: datetime) -> None:
	with acting_as(NIAMH, moment):
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


def _send_out(card: Document, receipt: Document, moment: datetime) -> None:
	"""Nobody here repairs this board: the product is with the works since yesterday afternoon."""
	from aftersales.vendor_repairs.vendor_repairs import vendor_repair_from_card

	with acting_as(NIAMH, moment):
		card.diagnosis = "Supply board dead after the power cut, no output at 24 V."
		card.save()
		repair = vendor_repair_from_card(card.name)
		repair.update(
			{
				"supplier": WORKS,
				"sent_at": moment,
				"expected_back": coming(4, "12:00").date(),
				"work_wanted": "Repair or replace the supply board. Tell us the price before you begin.",
				"shipping_reference": "By our van",
			}
		)
		repair.insert()
		repair.submit()
	card.reload()


def _repaired_by_the_works(card: Document, receipt: Document, moment: datetime) -> None:
	"""The works repaired the detector board and billed it; the customer pays that and the diagnosis."""
	from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_invoice

	from aftersales.vendor_repairs.vendor_repairs import vendor_repair_from_card

	back = past(4, "11:40")
	with acting_as(NIAMH, moment):
		card.update({**FINDINGS, "diagnosis": "Detector board gives no signal below 400 nm."})
		card.append("labour", {"activity": "Diagnosis", "hours": 0.5})
		card.save()
	# What the customer is charged is a typed price: it needs the right to authorise one
	with acting_as(SUPERVISOR, later(moment, 5)):
		repair = vendor_repair_from_card(card.name)
		repair.update(
			{
				"supplier": WORKS,
				"sent_at": later(moment, 5),
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
	with acting_as(SUPERVISOR, back):
		repair.receive("Repaired", "Photodiode and its amplifier replaced, linear to 2.5 A.")
		repair.make_purchase_order()
	repair.reload()
	order = frappe.get_doc("Purchase Order", repair.purchase_order)
	with at(later(back, 5)):
		order.submit()  # the buyer's, who is nobody of the service
	with acting_as(ACCOUNTANT, later(back, 10)):
		bill = make_purchase_invoice(order.name)
		bill.update({"bill_no": "BIW-2026-0388", "bill_date": nowdate()})
		bill.insert()
		bill.submit()
	card.reload()
	with acting_as(SUPERVISOR, later(back, 20)):
		card.make_quotation()
		frappe.get_doc("Quotation", card.quotation).submit()
		card.await_approval()


def _give_back(card: Document, receipt: Document, moment: datetime) -> None:
	"""The customer fetches the product; the accountant sends the invoice."""
	name = receipt.signed_by
	with acting_as(AGENT, moment):
		receipt.reload()
		receipt.recover(name, signature(name))
	with acting_as(SUPERVISOR, later(moment, 3)):
		receipt.void()
		card.hand_over()
	submit_invoice(card, later(moment, 15))
	close_call(frappe.get_doc("Repair Call", card.repair_call), later(moment, 25))


def _estimate(card: Document, receipt: Document, moment: datetime) -> None:
	with acting_as(NIAMH, moment):
		card.update(FINDINGS)
		card.append("labour", {"activity": "Diagnosis", "hours": 0.5})
		card.append("labour", {"activity": "Repair", "hours": 1})
		card.append("parts", {"item_code": "FLW-18" if _is_heater(card) else "LMP-HAL", "qty": 1})
		card.save()
	with acting_as(SUPERVISOR, moment):
		card.make_quotation()
		frappe.get_doc("Quotation", card.quotation).submit()
		card.await_approval()


def _is_heater(card: Document) -> bool:
	"""Water heaters and laboratory instruments stand on the benches of the demo."""
	return frappe.db.get_value("Customer Equipment", card.equipment, "item_group") == "Water Heaters"


def _accept(card: Document, receipt: Document, moment: datetime) -> None:
	with acting_as(AGENT, moment):
		card.record_approval("Phone", receipt.signed_by)


def _decline(card: Document, receipt: Document, moment: datetime) -> None:
	with acting_as(AGENT, moment):
		card.record_decline("A new one costs little more.")
	with acting_as(NIAMH, moment):
		card.labour = [line for line in card.labour if line.activity == "Diagnosis"]
		card.parts = []
		card.save()


def _wait_for_parts(card: Document, receipt: Document, moment: datetime) -> None:
	with acting_as(NIAMH, moment):
		card.append("parts", {"item_code": "HTB-18", "qty": 1})
		card.request_parts()


def _lend(card: Document, receipt: Document, moment: datetime) -> None:
	"""A heater of ours, until the customer's is repaired; it should be back by now."""
	from aftersales.customer_goods.loaners import loaner_from_call

	with acting_as(AGENT, later(card.received_at, 12)):
		loaner = loaner_from_call(card.repair_call)
		loaner.update(
			{
				"item_code": "BRI-18",
				"serial_no": "LOAN-18-1",
				"issued_at": later(card.received_at, 12),
				"due_back": past(1, "12:00").date(),
				"condition": "Cleaned and tested, no marks.",
				"accessories": "Water connectors",
				"signed_by": card.customer_name,
				"customer_signature": signature(card.customer_name),
			}
		)
		loaner.insert()
		loaner.submit()


def _give_up(card: Document, receipt: Document, moment: datetime) -> None:
	with acting_as(NIAMH, moment):
		card.update(FINDINGS)
		card.give_up("Heat exchanger corroded through; the maker supplies it no more.")


def _start_work(card: Document, receipt: Document, moment: datetime) -> None:
	with acting_as(NIAMH, moment):
		card.start_work()


def _repair(card: Document, receipt: Document, moment: datetime) -> None:
	with acting_as(NIAMH, moment):
		card.start_repair()


def _to_check(card: Document, receipt: Document, moment: datetime) -> None:
	start = later(moment, -60)
	with acting_as(NIAMH, moment):
		card.append(
			"time_logs",
			{"technician": technician_of(NIAMH), "from_time": start, "to_time": moment},
		)
		card.hand_to_check()


def _finish(card: Document, receipt: Document, moment: datetime) -> None:
	with acting_as(SUPERVISOR, moment):
		card.verify("Tested for an hour, no fault.")
		card.finish()


STEPS = {
	"Received": (),
	"Diagnosing": (_diagnose, _send_out),
	"Awaiting Approval": (_diagnose, _estimate),
	"Approved": (_diagnose, _estimate, _accept),
	"Awaiting Parts": (_lend, _diagnose, _estimate, _accept, _wait_for_parts),
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
