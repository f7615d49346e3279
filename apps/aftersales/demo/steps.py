"""What the people of the demo do again and again, each at its moment: take a call, send, arrive, report, bill, close."""

from datetime import date, datetime

import frappe
from frappe.model.document import Document

from aftersales.demo.actors import acting_as, signature
from aftersales.demo.catalogue import BATCH
from aftersales.demo.clock import later, past
from aftersales.demo.company import (
	ACCOUNTANT,
	AGENT,
	AOIFE,
	BANK_ACCOUNT,
	BANK_MODE,
	COMPANY,
	NIAMH,
	SUPERVISOR,
	WORKSHOP,
	of_company,
)
from aftersales.demo.technicians import technician_of
from aftersales.service_checklists import filling


def take_call(received_at: datetime, **values) -> Document:
	"""The desk writes down what the customer tells."""
	with acting_as(AGENT, received_at):
		return frappe.get_doc(
			{
				"doctype": "Repair Call",
				"company": COMPANY,
				"channel": "Phone",
				"received_at": received_at,
				**values,
			}
		).insert()


def answer(call: Document, moment: datetime) -> None:
	"""The desk speaks to the customer and rates the call."""
	with acting_as(AGENT, moment):
		call.triage()


def rate(call: Document, category: str, reason: str, moment: datetime) -> None:
	"""The supervisor decides who pays, other than proposed."""
	if call.service_category != category:
		with acting_as(SUPERVISOR, moment):
			call.update({"service_category": category, "category_reason": reason})
			call.save()


def send(
	user: str,
	call: Document,
	answered: datetime,
	window: tuple[datetime, datetime],
	plan: str,
	crew: tuple[str, ...] = (),
) -> Document:
	"""The desk promises an arrival window, the supervisor dispatches the technician in it, with a crew where one is named."""
	from aftersales.field_service.visits import voucher_from_call

	answer(call, answered)
	with acting_as(AGENT, answered):
		call.schedule(promised_from=str(window[0]), promised_to=str(window[1]))
	with acting_as(SUPERVISOR, later(answered, 1)):
		voucher = voucher_from_call(call.name)
		voucher.update({"technician": technician_of(user), "parts_to_take": plan})
		for member in crew:
			voucher.append("crew", {"technician": technician_of(member)})
		voucher.insert()
		voucher.dispatch()
	return voucher


def user_of(voucher: Document) -> str:
	"""Who reports a visit: its technician; for the one from the workshop, who makes few, the supervisor."""
	user = frappe.get_cached_value("Service Technician", voucher.technician, "user")
	return user if user != NIAMH else SUPERVISOR


def arrive(voucher: Document, moment: datetime) -> None:
	"""The technician is on site."""
	with acting_as(user_of(voucher), moment):
		voucher.arrived_at = moment
		voucher.arrive()


def report(voucher: Document, **values) -> None:
	"""What the technician writes down on site; the customer signs where `signed_by` is given."""
	voucher.update(values)
	if values.get("signed_by"):
		voucher.customer_signature = signature(values["signed_by"])


def finish(
	voucher: Document,
	departed_at: datetime,
	*,
	hours: float,
	travel: float = 0.5,
	parts: tuple[str, ...] = (),
	signed_by: str | None = None,
	**values,
) -> None:
	"""The technician reports an ordinary visit and leaves: hours on site, the way, a part of each kind."""
	with acting_as(user_of(voucher), departed_at):
		report(
			voucher,
			departed_at=departed_at,
			signed_by=signed_by or frappe.db.get_value("Customer", voucher.customer, "customer_name"),
			**{
				"outcome": "Completed",
				"fault_code": "FLT-ADJUST",
				"cause_code": "CAU-WEAR",
				"action_code": "ACT-REPLACE" if parts else "ACT-ADJUST",
				"test_result": "Passed",
				**values,
			},
		)
		for activity, spent in (("Travel", travel), ("Repair", hours)):
			if spent:
				row = {"activity": activity, "hours": spent, "technician": voucher.technician}
				voucher.append("labour", row)
		for item_code in parts:
			voucher.append("parts", {"item_code": item_code, "qty": 1})
		voucher.save()
		_answer_checklists(voucher)
		voucher.complete()


def _answer_checklists(voucher: Document) -> None:
	"""Values of an instrument that ages a little from one check to the next."""
	before = frappe.db.count("Service Checklist", {"equipment": voucher.equipment, "status": "Complete"})
	values = {"A": 0.004 + 0.0015 * before, "nm": 0.2 + 0.15 * before, None: 410 + 190 * before}
	for found in filling.checklists_of(voucher.doctype, voucher.name):
		given = [
			{"name": row["name"], "yes_no": "Yes"}
			if row["kind"] == "Yes or No"
			else {"name": row["name"], "value": values[row["uom"] or None]}
			for row in found["questions"]
		]
		filling.save_answers(found["name"], given)


def take_in(voucher: Document, moment: datetime) -> Document:
	"""The technician takes the product along and leaves a signed copy of the receipt."""
	with acting_as(AOIFE, moment):
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
	with acting_as(NIAMH, past(1, "11:50")):
		card = frappe.get_doc("Repair Card", {"collection_receipt": receipt.name})
		card.update(
			{
				"assigned_technician": technician_of(NIAMH),
				"warehouse": of_company(WORKSHOP),
				"received_at": past(1, "11:40"),
			}
		)
		card.start_diagnosis()
	with acting_as(NIAMH, past(1, "12:20")):
		work(card, past(1, "11:50"), past(1, "12:20"))
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
	with acting_as(SUPERVISOR, past(1, "12:40")):
		card.make_quotation()
		frappe.get_doc("Quotation", card.quotation).submit()
		card.await_approval()
	with acting_as(AGENT, past(1, "13:05")):
		card.record_approval("Phone", "Patrick O'Shea")
	with acting_as(NIAMH, past(1, "13:30")):
		card.start_repair()
	with acting_as(NIAMH, past(1, "15:00")):
		card.labour = [line for line in card.labour if line.description != "Estimate"]
		work(card, past(1, "13:30"), past(1, "15:00"))
		card.labour[-1].activity = "Repair"
		card.hand_to_check()
	with acting_as(SUPERVISOR, past(1, "15:10")):
		card.verify("Ran for 20 minutes: 42 °C steady at 6 l/min, no leaks, insulation tested.")
		card.finish()
	return card


def return_product(call: Document, receipt: Document, card: Document) -> None:
	"""The customer signs for his product; the receipt is taken back and destroyed."""
	with acting_as(AOIFE, past(1, "15:40")):
		receipt.reload()
		receipt.recover("Patrick O'Shea", signature("Patrick O'Shea"))
	with acting_as(SUPERVISOR, past(1, "15:45")):
		receipt.void()
		card.hand_over()


def submit_invoice(job: Document, moment: datetime) -> None:
	"""The accountant looks at the draft invoice of a job and submits it."""
	with acting_as(ACCOUNTANT, moment):
		job.reload()
		frappe.get_doc("Sales Invoice", job.sales_invoice).submit()
	job.reload()


def receive_cash(voucher: Document, moment: datetime) -> None:
	"""The technician hands the cash to the accountant."""
	from aftersales.service_cash.cash import receive_cash

	with acting_as(ACCOUNTANT, moment):
		receive_cash(voucher.name)
	voucher.reload()


def pay_by_bank(job: Document, moment: datetime) -> None:
	"""The customer's transfer arrives; the accountant books it with ERPNext's own payment form."""
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	with acting_as(ACCOUNTANT, moment):
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


def pay_by_bank_at_once(customer: str, until: date) -> None:
	"""All that a customer was invoiced up to a day and has not paid, by one transfer."""
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	open_invoices = frappe.get_all(
		"Sales Invoice",
		{"customer": customer, "docstatus": 1, "outstanding_amount": (">", 0), "posting_date": ("<=", until)},
		["name", "grand_total", "outstanding_amount"],
		order_by="posting_date asc, name asc",
	)
	if not open_invoices:
		return
	with acting_as(ACCOUNTANT):
		payment = get_payment_entry(
			"Sales Invoice", open_invoices[0].name, bank_account=of_company(BANK_ACCOUNT)
		)
		payment.references = []
		for invoice in open_invoices:
			payment.append(
				"references",
				{
					"reference_doctype": "Sales Invoice",
					"reference_name": invoice.name,
					"allocated_amount": invoice.outstanding_amount,
				},
			)
		amount = sum(invoice.outstanding_amount for invoice in open_invoices)
		payment.update(
			{
				"paid_amount": amount,
				"received_amount": amount,
				"mode_of_payment": BANK_MODE,
				"reference_no": f"DD-{open_invoices[-1].name}",
				"reference_date": payment.posting_date,
			}
		)
		payment.insert()
		payment.submit()


def file_voucher(voucher: Document, moment: datetime) -> None:
	"""The signed voucher goes into the file."""
	with acting_as(SUPERVISOR, moment):
		voucher.reload()
		voucher.archive()


def close_call(call: Document, moment: datetime) -> None:
	"""The desk writes the call off in the register."""
	with acting_as(AGENT, moment):
		call.reload()
		call.close()


def work(card: Document, start: datetime, end: datetime) -> None:
	"""Hands-on time of the user's own technician, charged as it was."""
	card.append(
		"time_logs", {"technician": technician_of(frappe.session.user), "from_time": start, "to_time": end}
	)
	card.save()
	card.charge_time()
