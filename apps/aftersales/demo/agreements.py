"""Service contracts of the demo, and a customer whose visits wait for one invoice on the billing desk.

Made last: what came before is not covered by contracts made afterwards.
"""

import frappe
from frappe.utils import add_days, getdate, nowdate

from aftersales.demo.actors import acting_as
from aftersales.demo.clock import happened, past
from aftersales.demo.company import AOIFE, COMPANY, MANAGER, product
from aftersales.demo.stories import arrive, report, send, take_call

CAFE = "Café Rialto"
DAIRY = "Slaney Dairy Lab"

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
		"customer": DAIRY,
		"title": "Spectrophotometer Care",
		"covers_all_equipment": 1,
		"began": 345,
		"days": 365,
	},
)

VISITS = (
	("BR21-20-412", "Water lukewarm in the kitchen", 10, "IGN-E2"),
	("BR18-20-413", "Heater at the bar drips", 13, "GVS-15"),
)
"""Serial number, subject, hour of the last working day, part: visits of the café under its contract."""


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
	_invoice_fees(contract.subscription)


def _invoice_fees(name: str) -> None:
	"""The months gone by, as the scheduler has invoiced them at the beginning of each."""
	subscription = frappe.get_doc("Subscription", name)
	while (begins := getdate(subscription.current_invoice_start)) <= getdate(nowdate()):
		subscription.process(posting_date=begins)
		subscription.reload()
		if getdate(subscription.current_invoice_start) == begins:
			break  # the last period of the contract


def _visit(serial: str, subject: str, hour: int, part: str) -> None:
	received = past(1, "08:40")
	call = take_call(**product(serial), subject=subject, symptom_code="SYM-LEAK", received_at=received)
	window = (past(1, f"{hour}:00"), past(1, f"{hour + 2}:00"))
	voucher = send(AOIFE, call, past(1, "08:55"), window, "Electrodes and seals.")
	arrive(voucher, past(1, f"{hour}:10"))
	with acting_as(AOIFE):
		report(
			voucher,
			departed_at=past(1, f"{hour + 1}:00"),
			outcome="Completed",
			fault_code="FLT-SEAL",
			cause_code="CAU-WEAR",
			action_code="ACT-REPLACE",
			findings="Worn part replaced, tested under load.",
			test_result="Passed",
			signed_by="Sinéad Hogan",
		)
		voucher.append("labour", {"activity": "Travel", "hours": 0.5})
		voucher.append(
			"labour",
			{"activity": "Repair", "from_time": past(1, f"{hour}:15"), "to_time": past(1, f"{hour + 1}:00")},
		)
		voucher.append("parts", {"item_code": part, "qty": 1})
		voucher.save()
		voucher.complete()
	happened(call, received_at=received, resolved_at=past(1, f"{hour + 1}:00"))
