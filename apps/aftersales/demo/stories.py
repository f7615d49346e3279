"""Six jobs from the call to the books, each done by the people and actions of everyday work.

`docs/stories.md` tells them with their figures, `tests/integration/test_stories.py` proves those. A story
returns the names of the documents it made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, getdate

from aftersales.core.guards import set_protected_values
from aftersales.demo.actors import acting_as, signature
from aftersales.demo.clock import happened, past
from aftersales.demo.company import (
	ACCOUNTANT,
	AGENT,
	AOIFE,
	BANK_ACCOUNT,
	BANK_MODE,
	BATCH,
	COMPANY,
	DECLAN,
	NIAMH,
	RONAN,
	SUPERVISOR,
	WORKSHOP,
	of_company,
	product,
	technician_of,
)


@dataclass(frozen=True)
class Story:
	"""Names of the documents of one job; what the job did not need is None."""

	call: str | None = None
	voucher: str | None = None
	receipt: str | None = None
	card: str | None = None


def leaking_water_heater() -> Story:
	"""(a) Water drips from a gas water heater: emergency, paid repair, small fee in cash."""
	call = take_call(
		**product("CW-2018-5531"),
		subject="Gas water heater leaking onto the floor",
		description="Water runs out below the burner cover since this morning. Gas tap is shut, basin underneath.",
		symptom_code="SYM-LEAK",
		hazard="Water Leak",
		received_at=past(1, "08:12"),
	)
	voucher = send(
		AOIFE,
		call,
		past(1, "08:15"),
		(past(1, "08:45"), past(1, "09:45")),
		"Take gas valve seals and electrodes.",
	)
	arrive(voucher, past(1, "08:58"))
	with acting_as(AOIFE):
		report(
			voucher,
			departed_at=past(1, "10:20"),
			outcome="Completed",
			fault_code="FLT-SEAL",
			cause_code="CAU-WEAR",
			action_code="ACT-REPLACE",
			findings="Seal of the gas and water valve brittle, drips under pressure. Seal replaced, tightness of water and gas side tested.",
			advice="Have the heater serviced every year; the flue was clean.",
			test_result="Passed",
			signed_by="Mary Byrne",
		)
		voucher.append("labour", {"activity": "Travel", "hours": 0.5})
		voucher.append(
			"labour",
			{"activity": "Repair", "from_time": past(1, "09:05"), "to_time": past(1, "10:20")},
		)
		voucher.append("parts", {"item_code": "GVS-15", "qty": 1, "old_part_returned": 0})
		voucher.save()
		voucher.complete()
		voucher.collect_cash(voucher.amount_due)
	submit_invoice(voucher)
	receive_cash(voucher)
	file_voucher(voucher)
	close_call(call)
	settle(
		call,
		received_at=past(1, "08:12"),
		resolved_at=past(1, "10:20"),
		closed_at=past(1, "15:40"),
	)
	return Story(call=call.name, voucher=voucher.name)


def instant_heater_in_workshop() -> Story:
	"""(b) An instant water heater that cannot be mended on site: workshop, verified, returned, invoiced.

	Taken in yesterday: the target for workshop jobs is two working days, whatever the hour it is told at.
	"""
	call = take_call(
		**product("BR18-20-771"),
		subject="Instant water heater: only lukewarm water",
		description="Lukewarm at any setting, the red lamp blinks three times.",
		symptom_code="SYM-NOHEAT",
		received_at=past(1, "08:05"),
	)
	voucher = send(
		AOIFE,
		call,
		past(1, "08:15"),
		(past(1, "09:00"), past(1, "10:00")),
		"Check flow sensor and scale.",
	)
	arrive(voucher, past(1, "09:05"))
	with acting_as(AOIFE):
		report(
			voucher,
			departed_at=past(1, "09:35"),
			outcome="Taken to Workshop",
			findings="Flow signal drops out, block heavily scaled. Has to be descaled on the bench.",
			signed_by="Patrick O'Shea",
		)
		voucher.save()
		voucher.complete()
	receipt = take_in(voucher, past(1, "09:35"))
	card = repair_on_the_bench(receipt)
	return_product(call, receipt, card)
	submit_invoice(card)
	file_voucher(voucher)
	close_call(call)
	settle(
		call,
		received_at=past(1, "08:05"),
		resolved_at=past(1, "16:30"),
		closed_at=past(1, "16:45"),
	)
	return Story(call=call.name, voucher=voucher.name, receipt=receipt.name, card=card.name)


def machine_in_warranty() -> Story:
	"""(c) A CNC lathe sold by us five months ago: part and hours at our own cost, nothing to pay."""
	call = take_call(
		**product("TR250-0417"),
		subject="CNC lathe stops: spindle encoder alarm",
		description="Alarm 407 at spindle start, comes back after every reset. Production stands still.",
		symptom_code="SYM-ERROR",
		priority="Urgent",
		received_at=past(3, "07:50"),
	)
	voucher = send(
		DECLAN,
		call,
		past(3, "08:05"),
		(past(3, "10:00"), past(3, "12:00")),
		"Encoder and alignment gauge.",
	)
	arrive(voucher, past(3, "10:10"))
	with acting_as(DECLAN):
		report(
			voucher,
			departed_at=past(3, "13:45"),
			outcome="Completed",
			fault_code="FLT-SENSOR",
			cause_code="CAU-PART",
			action_code="ACT-REPLACE",
			findings="Encoder loses counts above 1,800 rpm. Encoder replaced, spindle orientation set, test cut within 4 µm.",
			advice="Warm the spindle up for ten minutes before the first cut.",
			test_result="Passed",
			signed_by="Kevin Moran",
		)
		voucher.append("labour", {"activity": "Travel", "hours": 1.5})
		voucher.append(
			"labour",
			{"activity": "Repair", "from_time": past(3, "10:15"), "to_time": past(3, "13:45")},
		)
		voucher.append(
			"parts",
			{
				"item_code": "ENC-SP",
				"qty": 1,
				"serial_no": "SE-2201",
				"old_serial_no": "SE-1764",
				"old_part_returned": 1,
			},
		)
		voucher.save()
		voucher.complete()
	file_voucher(voucher)
	close_call(call)
	settle(
		call,
		received_at=past(3, "07:50"),
		resolved_at=past(3, "13:45"),
		closed_at=past(3, "16:00"),
	)
	return Story(call=call.name, voucher=voucher.name)


def question_solved_by_phone() -> Story:
	"""(d) A laboratory asks how to get a result: an application question, answered by phone."""
	call = take_call(
		**product("SP3-1093"),
		subject="Absorbance of blanks drifts during a series",
		description="Blanks rise by 0.02 within half an hour. Is the instrument faulty?",
		symptom_code="SYM-RESULT",
		request_type="Technical Consultation",
		call_owner=RONAN,
		received_at=past(1, "11:05"),
	)
	with acting_as(RONAN):
		call = frappe.get_doc("Repair Call", call.name)
		set_protected_values(call, responded_at=past(1, "11:20"))
		call.resolve_by_phone(
			"Lamp was switched on right before the series. Warm up for 30 minutes, run a blank every tenth sample. Tried on the phone: drift gone."
		)
	close_call(call)
	settle(
		call,
		received_at=past(1, "11:05"),
		resolved_at=past(1, "11:55"),
		closed_at=past(1, "12:00"),
	)
	return Story(call=call.name)


def other_makers_boiler() -> Story:
	"""(e) A boiler that we neither sold nor know as an item: repaired, invoiced, paid by bank."""
	call = take_call(
		**product("VK24-990173"),
		subject="Boiler does not ignite",
		description="Clicks ten times, then locks out with F28. No heating, no hot water.",
		symptom_code="SYM-NOIGN",
		received_at=past(5, "09:20"),
	)
	voucher = send(
		AOIFE,
		call,
		past(5, "09:40"),
		(past(5, "14:00"), past(5, "16:00")),
		"Electrodes, gaskets, analyser.",
	)
	arrive(voucher, past(5, "14:25"))
	with acting_as(AOIFE):
		report(
			voucher,
			departed_at=past(5, "16:30"),
			outcome="Completed",
			fault_code="FLT-IGNITION",
			cause_code="CAU-WEAR",
			action_code="ACT-REPLACE",
			findings="Both electrodes burnt down, gasket of the burner door leaking. Replaced, combustion set: CO2 9.1 %.",
			test_result="Passed",
			signed_by="Cathal Lynch",
		)
		voucher.append("labour", {"activity": "Travel", "hours": 0.5})
		voucher.append(
			"labour",
			{"activity": "Repair", "from_time": past(5, "14:30"), "to_time": past(5, "16:30")},
		)
		voucher.append("parts", {"item_code": "IGN-E2", "qty": 2})
		voucher.append("parts", {"item_code": "HX-GSK", "qty": 1})
		voucher.save()
		voucher.complete()
	submit_invoice(voucher)
	pay_by_bank(voucher)
	file_voucher(voucher)
	close_call(call)
	settle(
		call,
		received_at=past(5, "09:20"),
		resolved_at=past(5, "16:30"),
		closed_at=past(1, "10:10"),
	)
	return Story(call=call.name, voucher=voucher.name)


def tool_upkeep() -> Story:
	"""(f) Internal work: the technician mends her own pipe press tool. No customer, no invoice."""
	with acting_as(AOIFE):
		voucher = frappe.get_doc(
			{
				"doctype": "Service Voucher",
				"company": COMPANY,
				"service_category": "D",
				"technician": technician_of(AOIFE),
				"planned_start": past(2, "16:00"),
				"planned_end": past(2, "17:00"),
				"preliminary_plan": "Pipe press tool of the van loses pressure: new seals.",
			}
		).insert()
		voucher.dispatch()
		arrive(voucher, past(2, "16:00"))
		report(
			voucher,
			departed_at=past(2, "17:00"),
			outcome="Completed",
			action_code="ACT-REPLACE",
			findings="Seal kit fitted, oil topped up, holds 32 kN.",
			test_result="Passed",
		)
		voucher.append(
			"labour",
			{"activity": "Repair", "from_time": past(2, "16:00"), "to_time": past(2, "17:00")},
		)
		voucher.append("parts", {"item_code": "SEAL-PT", "qty": 1})
		voucher.save()
		voucher.complete()
	file_voucher(voucher)
	return Story(voucher=voucher.name)


STORIES: dict[str, Callable[[], Story]] = {
	"a": leaking_water_heater,
	"b": instant_heater_in_workshop,
	"c": machine_in_warranty,
	"d": question_solved_by_phone,
	"e": other_makers_boiler,
	"f": tool_upkeep,
}


# ---------------------------------------------------------------------------------- steps


def take_call(**values) -> Document:
	"""The desk writes down what the customer tells."""
	with acting_as(AGENT):
		return frappe.get_doc(
			{"doctype": "Repair Call", "company": COMPANY, "channel": "Phone", **values}
		).insert()


def answer(call: Document, at: datetime) -> None:
	"""The desk speaks to the customer and rates the call."""
	with acting_as(AGENT):
		# As if it were saved at that moment: the clock of the answer stops there, not today
		set_protected_values(call, responded_at=at)
		call.triage()


def send(
	user: str, call: Document, answered: datetime, window: tuple[datetime, datetime], plan: str
) -> Document:
	"""The desk promises an arrival window, the supervisor dispatches the technician in it."""
	from aftersales.field_service.visits import voucher_from_call

	answer(call, answered)
	with acting_as(AGENT):
		call.flags.visit_is_recorded = True  # the window was to come when it was promised, and is over today
		call.schedule(promised_from=str(window[0]), promised_to=str(window[1]))
	with acting_as(SUPERVISOR):
		voucher = voucher_from_call(call.name)
		voucher.update({"technician": technician_of(user), "parts_to_take": plan})
		voucher.insert()
		voucher.dispatch()
	return voucher


def arrive(voucher: Document, moment: datetime) -> None:
	"""The technician is on site."""
	with acting_as(frappe.get_cached_value("Service Technician", voucher.technician, "user")):
		voucher.arrived_at = moment
		voucher.arrive()


def report(voucher: Document, **values) -> None:
	"""What the technician writes down on site; the customer signs where `signed_by` is given."""
	voucher.update(values)
	if values.get("signed_by"):
		voucher.customer_signature = signature(values["signed_by"])


def take_in(voucher: Document, moment: datetime) -> Document:
	"""The technician takes the product along and leaves a signed copy of the receipt."""
	with acting_as(AOIFE):
		receipt = frappe.get_doc("Collection Receipt", {"service_voucher": voucher.name})
		receipt.update(
			{
				"received_at": moment,
				"condition": "Used, cover scratched on the left, no dents.",
				"location": "Workshop, shelf 3",
				# He has an electric shower for the two days
				"loaner": "Declined",
				"signed_by": "Patrick O'Shea",
				"customer_signature": signature("Patrick O'Shea"),
			}
		)
		receipt.append("accessories", {"accessory": "Wall bracket", "qty": 1})
		receipt.append("accessories", {"accessory": "Water connectors with filter", "qty": 2})
		receipt.submit()
	return receipt


def repair_on_the_bench(receipt: Document) -> Document:
	"""Diagnosis, estimate, approval by phone, repair, verification by a second person."""
	with acting_as(NIAMH):
		card = frappe.get_doc("Repair Card", {"collection_receipt": receipt.name})
		card.update(
			{
				"assigned_technician": technician_of(NIAMH),
				"warehouse": of_company(WORKSHOP),
				"received_at": past(1, "10:00"),
			}
		)
		card.start_diagnosis()
		_work(card, past(1, "10:10"), past(1, "10:40"))
		card.update(
			{
				"diagnosis": "Flow sensor gives no steady signal, heating block scaled. New sensor, block descaled.",
				"fault_code": "FLT-SENSOR",
				"cause_code": "CAU-SCALE",
				"action_code": "ACT-REPLACE",
				"repair_method": "Component",
				"promised_return": past(1, "17:00"),
			}
		)
		card.append("labour", {"activity": "Travel", "hours": 0.75, "description": "Collection and return"})
		# The estimate names the hours expected; the real ones replace it
		card.append("labour", {"activity": "Repair", "hours": 1.5, "description": "Estimate"})
		card.append("parts", {"item_code": "FLW-18", "qty": 1})
		card.append("parts", {"item_code": "DESC-10", "qty": 2, "batch_no": BATCH})
		card.save()
	with acting_as(SUPERVISOR):
		card.make_quotation()
		frappe.get_doc("Quotation", card.quotation).submit()
		card.await_approval()
	with acting_as(AGENT):
		card.record_approval("Phone", "Patrick O'Shea")
	with acting_as(NIAMH):
		card.start_repair()
		card.labour = [line for line in card.labour if line.description != "Estimate"]
		_work(card, past(1, "13:00"), past(1, "14:30"))
		card.labour[-1].activity = "Repair"
		card.hand_to_check()
	with acting_as(SUPERVISOR):
		card.verify("Ran for 20 minutes: 42 °C steady at 6 l/min, no leaks, insulation tested.")
		card.finish()
	happened(card, received_at=past(1, "10:00"))
	return card


def return_product(call: Document, receipt: Document, card: Document) -> None:
	"""The customer signs for his product; the receipt is taken back and destroyed."""
	with acting_as(AOIFE):
		receipt.reload()
		receipt.recover("Patrick O'Shea", signature("Patrick O'Shea"))
	with acting_as(SUPERVISOR):
		receipt.void()
		card.hand_over()
	happened(receipt, received_at=past(1, "09:35"), returned_at=past(1, "16:20"))
	happened(
		card,
		received_at=past(1, "10:00"),
		approved_at=past(1, "11:40"),
		ready_at=past(1, "15:10"),
		returned_at=past(1, "16:20"),
	)


def submit_invoice(job: Document) -> None:
	"""The accountant looks at the draft invoice of a job and submits it."""
	with acting_as(ACCOUNTANT):
		frappe.get_doc("Sales Invoice", job.sales_invoice).submit()
	job.reload()


def receive_cash(voucher: Document) -> None:
	"""The technician hands the cash to the accountant."""
	from aftersales.service_cash.cash import receive_cash

	with acting_as(ACCOUNTANT):
		receive_cash(voucher.name)
	voucher.reload()


def pay_by_bank(job: Document) -> None:
	"""The customer's transfer arrives; the accountant books it with ERPNext's own payment form."""
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	with acting_as(ACCOUNTANT):
		payment = get_payment_entry("Sales Invoice", job.sales_invoice, bank_account=of_company(BANK_ACCOUNT))
		payment.update(
			{
				"mode_of_payment": BANK_MODE,
				"reference_no": job.sales_invoice,
				"reference_date": payment.posting_date,
			}
		)
		payment.insert()
		payment.submit()
	job.reload()


def file_voucher(voucher: Document) -> None:
	"""The signed voucher goes into the file."""
	with acting_as(SUPERVISOR):
		voucher.reload()
		voucher.archive()


def close_call(call: Document) -> None:
	"""The desk writes the call off in the register."""
	with acting_as(AGENT):
		call.reload()
		call.close()


def settle(call: Document, **moments: datetime) -> None:
	"""Date a closed call, and move its follow-up to the day it would be due."""
	happened(call, **moments)
	follow_up = frappe.get_doc("Follow-up", {"repair_call": call.name})
	days = frappe.get_cached_doc("Aftersales Settings").follow_up_days
	with acting_as(AGENT):
		follow_up.due_date = add_days(getdate(call.closed_at), days)
		follow_up.save()


def _work(card: Document, start: datetime, end: datetime) -> None:
	"""Hands-on time of the user's own technician, charged as it was."""
	card.append(
		"time_logs", {"technician": technician_of(frappe.session.user), "from_time": start, "to_time": end}
	)
	card.save()
	card.charge_time()
