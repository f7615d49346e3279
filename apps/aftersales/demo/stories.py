"""Six jobs from the call to the books, each done by the people and actions of everyday work.

`docs/stories.md` tells them with their figures, `tests/integration/test_stories.py` proves those. A story
returns the names of the documents it made.
"""

from collections.abc import Callable
from dataclasses import dataclass

import frappe

from aftersales.demo.actors import acting_as
from aftersales.demo.clientele import product
from aftersales.demo.clock import Event, past
from aftersales.demo.company import AOIFE, COMPANY, DECLAN, RONAN
from aftersales.demo.steps import (
	arrive,
	close_call,
	file_voucher,
	pay_by_bank,
	receive_cash,
	repair_on_the_bench,
	report,
	return_product,
	send,
	submit_invoice,
	take_call,
	take_in,
)
from aftersales.demo.technicians import technician_of


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
	with acting_as(AOIFE, past(1, "10:20")):
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
	submit_invoice(voucher, past(1, "15:10"))
	receive_cash(voucher, past(1, "15:20"))
	file_voucher(voucher, past(1, "15:30"))
	close_call(call, past(1, "15:40"))
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
		(past(1, "10:30"), past(1, "11:30")),
		"Check flow sensor and scale.",
	)
	arrive(voucher, past(1, "10:45"))
	with acting_as(AOIFE, past(1, "11:15")):
		report(
			voucher,
			departed_at=past(1, "11:15"),
			outcome="Taken to Workshop",
			findings="Flow signal drops out, block heavily scaled. Has to be descaled on the bench.",
			signed_by="Patrick O'Shea",
		)
		voucher.save()
		voucher.complete()
	receipt = take_in(voucher, past(1, "11:15"))
	card = repair_on_the_bench(receipt)
	return_product(call, receipt, card)
	submit_invoice(card, past(1, "16:30"))
	file_voucher(voucher, past(1, "16:40"))
	close_call(call, past(1, "16:45"))
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
	with acting_as(DECLAN, past(3, "13:45")):
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
	file_voucher(voucher, past(3, "15:40"))
	close_call(call, past(3, "16:00"))
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
	with acting_as(RONAN, past(1, "11:20")):
		call = frappe.get_doc("Repair Call", call.name)
		call.resolve_by_phone(
			"Lamp was switched on right before the series. Warm up for 30 minutes, run a blank every tenth sample. Tried on the phone: drift gone."
		)
	close_call(call, past(1, "12:00"))
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
	with acting_as(AOIFE, past(5, "16:30")):
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
	submit_invoice(voucher, past(5, "17:10"))
	pay_by_bank(voucher, past(2, "09:05"))
	file_voucher(voucher, past(1, "10:00"))
	close_call(call, past(1, "10:10"))
	return Story(call=call.name, voucher=voucher.name)


def tool_upkeep() -> Story:
	"""(f) Internal work: the technician mends her own pipe press tool. No customer, no invoice."""
	with acting_as(AOIFE, past(2, "15:50")):
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
	with acting_as(AOIFE, past(2, "17:00")):
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
	file_voucher(voucher, past(1, "10:05"))
	return Story(voucher=voucher.name)


STORIES: dict[str, Callable[[], Story]] = {
	"a": leaking_water_heater,
	"b": instant_heater_in_workshop,
	"c": machine_in_warranty,
	"d": question_solved_by_phone,
	"e": other_makers_boiler,
	"f": tool_upkeep,
}

BEGINS = {
	"a": (1, "08:12"),
	"b": (1, "08:05"),
	"c": (3, "07:50"),
	"d": (1, "11:05"),
	"e": (5, "09:20"),
	"f": (2, "15:50"),
}
"""Working days ago and time at which a story begins."""


def events() -> list[Event]:
	"""The stories, each when it begins."""
	return [(past(*BEGINS[key]), tell) for key, tell in STORIES.items()]
