"""Service contracts of the demo, and a customer whose visits wait for one invoice on the billing desk."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, add_to_date, nowdate

from aftersales.demo.actors import acting_as
from aftersales.demo.clientele import product
from aftersales.demo.clock import Event, day, later, past, present
from aftersales.demo.company import AOIFE, COMPANY, DECLAN, MANAGER
from aftersales.demo.steps import (
	arrive,
	close_call,
	finish,
	pay_by_bank_at_once,
	send,
	submit_invoice,
	take_call,
)
from aftersales.service_contracts import fee_invoices

CAFE = "Café Rialto"
DAIRY = "Slaney Dairy Lab"
TOOLS = "Curragh Tool & Die"

CONTRACTS = (
	{
		"customer": CAFE,
		"title": "Water Heater Care",
		"covers_all_equipment": 1,
		"parts_share": 50,
		"travel_share": 100,
		"excess_per_job": 25,
		"limited_visits": 1,
		"included_visits": 4,
		"visit_period": "Year",
		"carry_over": "Carried into the Next Period",
		"began": 200,
		"days": 365,
		"plans": 6,
	},
	{
		"customer": TOOLS,
		"title": "Machine Care",
		"covers_all_equipment": 1,
		"labour_share": 50,
		"parts_share": 0,
		"travel_share": 50,
		"began": 80,
		"days": 365,
	},
	{
		"customer": DAIRY,
		"title": "Spectrophotometer Care",
		"covers_all_equipment": 1,
		"began": 345,
		"days": 365,
	},
)

VISITS = (
	("BR21-20-412", "Water lukewarm in the kitchen", "SYM-LEAK", AOIFE, 2, 9, "IGN-E2"),
	("BR18-20-413", "Heater at the bar drips", "SYM-LEAK", AOIFE, 2, 11, "GVS-15"),
)
BILLED_VISIT = ("TR180-0092", "Chip conveyor stops again and again", "SYM-STOP", DECLAN, 9, 9, None)
"""Serial number, subject, symptom, technician, working days ago, hour, part: visits under the contracts."""


def events() -> list[Event]:
	"""The contracts begin, their fees are invoiced month by month and collected, visits are made under them."""
	signed = [(day(-terms["began"], "08:30"), partial(_agree, **terms)) for terms in CONTRACTS]
	return [
		(day(-max(terms["began"] for terms in CONTRACTS), "08:00"), _fee_and_excess),
		*signed,
		*(
			(moment, fee_invoices.invoice_due_fees)
			for begun, _sign in signed
			for moment in _months_after(begun)
		),
		(past(4, "08:45"), _collect_fees),
		*((past(visit[4], "08:40"), partial(_visit, *visit)) for visit in VISITS),
		(past(BILLED_VISIT[4], "08:40"), _billed_visit),
	]


def _months_after(begun: datetime) -> Iterator[datetime]:
	"""The days on which another month of a contract begins."""
	month = 1
	while (moment := add_to_date(begun, months=month)) < past(1, "00:00"):
		yield moment
		month += 1


def _collect_fees() -> None:
	"""The customers' direct debits of the fees up to last month."""
	for terms in CONTRACTS:
		pay_by_bank_at_once(terms["customer"], add_to_date(present(), days=-40).date())


def _billed_visit() -> None:
	submit_invoice(_visit(*BILLED_VISIT), later(past(BILLED_VISIT[4], "10:00"), 75))


def _fee_and_excess() -> None:
	for code, name in (("CARE", "Service contract"), ("EXCESS", "Excess of a service contract")):
		if not frappe.db.exists("Item", code):
			frappe.get_doc(
				{
					"doctype": "Item",
					"item_code": code,
					"item_name": name,
					"item_group": "Services",
					"stock_uom": "Nos",
					"is_stock_item": 0,
				}
			).insert()
	settings = frappe.get_single("Aftersales Settings")
	settings.excess_item = "EXCESS"
	settings.save()
	if not frappe.db.exists("Subscription Plan", "Care, per month"):
		frappe.get_doc(
			{
				"doctype": "Subscription Plan",
				"plan_name": "Care, per month",
				"item": "CARE",
				"currency": "EUR",
				"price_determination": "Fixed Rate",
				"cost": 18,
				"billing_interval": "Month",
				"billing_interval_count": 1,
			}
		).insert()


def _agree(customer: str, began: int, days: int, plans: int = 2, **terms) -> None:
	with acting_as(MANAGER):
		contract = frappe.get_doc(
			{
				"doctype": "Service Contract",
				"customer": customer,
				"company": COMPANY,
				"start_date": nowdate(),
				"end_date": add_days(nowdate(), days - 1),
				"plans": [{"plan": "Care, per month", "qty": plans}],
				"submit_fee_invoices": 1,
				**terms,
			}
		).insert()
		contract.submit()
	if customer == CAFE:
		frappe.get_doc("Customer", CAFE).update(
			{"aftersales_invoicing": "One Invoice per Customer", "aftersales_billing_period": "Day"}
		).save()


def _visit(
	serial: str, subject: str, symptom: str, user: str, days: int, hour: int, part: str | None
) -> Document:
	received = past(days, "08:40")
	call = take_call(received, **product(serial), subject=subject, symptom_code=symptom)
	window = (past(days, f"{hour}:00"), past(days, f"{hour + 2}:00"))
	plan = "Electrodes and seals." if part else "Conveyor chain, sensors."
	voucher = send(user, call, later(received, 6), window, plan)
	arrive(voucher, past(days, f"{hour}:10"))
	finish(
		voucher,
		past(days, f"{hour + 1}:00"),
		hours=0.75,
		parts=(part,) if part else (),
		signed_by="Sinéad Hogan" if part else "Noel Brophy",
		fault_code="FLT-SEAL" if part else "FLT-ADJUST",
		findings="Worn part replaced, tested under load."
		if part
		else "Chain tension and torque limit set anew.",
	)
	close_call(call, past(days, f"{hour + 1}:20"))
	return voucher
