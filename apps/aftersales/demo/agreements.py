"""Service contracts of the demo, and a customer whose visits wait for one invoice on the billing desk.

Made last: what came before is not covered by contracts made afterwards.
"""

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, nowdate

from aftersales.demo.actors import acting_as
from aftersales.demo.clock import happened, past
from aftersales.demo.company import AOIFE, COMPANY, DECLAN, MANAGER, product
from aftersales.demo.stories import arrive, report, send, submit_invoice, take_call

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
	("BR21-20-412", "Water lukewarm in the kitchen", "SYM-LEAK", AOIFE, 1, 10, "IGN-E2"),
	("BR18-20-413", "Heater at the bar drips", "SYM-LEAK", AOIFE, 1, 13, "GVS-15"),
)
BILLED_VISIT = ("TR180-0092", "Chip conveyor stops again and again", "SYM-STOP", DECLAN, 9, 9, None)
"""Serial number, subject, symptom, technician, working days ago, hour, part: visits under the contracts."""


def build() -> None:
	"""Make the contracts with their fees, and the visits under one of them."""
	_fee_and_excess()
	for terms in CONTRACTS:
		_agree(**terms)
	frappe.get_doc("Customer", CAFE).update(
		{"aftersales_invoicing": "One Invoice per Customer", "aftersales_billing_period": "Day"}
	).save()
	for visit in VISITS:
		_visit(*visit)
	submit_invoice(_visit(*BILLED_VISIT))


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


def _agree(customer: str, began: int, days: int, **terms) -> None:
	with acting_as(MANAGER):
		contract = frappe.get_doc(
			{
				"doctype": "Service Contract",
				"customer": customer,
				"company": COMPANY,
				"start_date": add_days(nowdate(), -began),
				"end_date": add_days(nowdate(), days - began - 1),
				"plans": [{"plan": "Care, per month", "qty": 2}],
				"submit_fee_invoices": 1,
				**terms,
			}
		).insert()
		contract.submit()


def _visit(
	serial: str, subject: str, symptom: str, user: str, days: int, hour: int, part: str | None
) -> Document:
	received = past(days, "08:40")
	call = take_call(**product(serial), subject=subject, symptom_code=symptom, received_at=received)
	window = (past(days, f"{hour}:00"), past(days, f"{hour + 2}:00"))
	voucher = send(
		user,
		call,
		past(days, "08:55"),
		window,
		"Electrodes and seals." if part else "Conveyor chain, sensors.",
	)
	arrive(voucher, past(days, f"{hour}:10"))
	with acting_as(user):
		report(
			voucher,
			departed_at=past(days, f"{hour + 1}:00"),
			outcome="Completed",
			fault_code="FLT-SEAL" if part else "FLT-ADJUST",
			cause_code="CAU-WEAR",
			action_code="ACT-REPLACE" if part else "ACT-ADJUST",
			findings="Worn part replaced, tested under load."
			if part
			else "Chain tension and torque limit set anew.",
			test_result="Passed",
			signed_by="Sinéad Hogan" if part else "Noel Brophy",
		)
		voucher.append("labour", {"activity": "Travel", "hours": 0.5})
		voucher.append(
			"labour",
			{
				"activity": "Repair",
				"from_time": past(days, f"{hour}:15"),
				"to_time": past(days, f"{hour + 1}:00"),
			},
		)
		if part:
			voucher.append("parts", {"item_code": part, "qty": 1})
		voucher.save()
		voucher.complete()
	happened(call, received_at=received, resolved_at=past(days, f"{hour + 1}:00"))
	return voucher
