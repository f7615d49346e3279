"""The accountant's week of the demo: cash handed over, jobs credited, warranty claimed, a damage settled, a late return."""

from functools import partial

import frappe
from frappe.model.document import Document

from aftersales.demo.actors import acting_as, signature
from aftersales.demo.clientele import product
from aftersales.demo.clock import Event, later, past
from aftersales.demo.company import ACCOUNTANT, AOIFE, COMPANY, COST_CENTER, SUPERVISOR, of_company
from aftersales.demo.photos import attached, cracked_tiles, water_stain
from aftersales.demo.steps import arrive, close_call, finish, rate, send, submit_invoice, take_call
from aftersales.demo.technicians import technician_of
from aftersales.service_billing.credits import bill_again

ACCOUNTS = {
	"cash_difference_account": "Cash Short and Over",
	"damage_account": "Damage to Customers",
	"delay_account": "Delay Compensation",
}
MAKER = "Tornell Werkzeugmaschinen"
INSURER = "Shannon Mutual Insurance"

CASH_VISITS = (
	("VK24-771204", "Boiler locks out at night", "SYM-NOIGN", 3, "IGN-E2", "Tomás Healy"),
	("CW-2020-1187", "Heater drips at the cold inlet", "SYM-LEAK", 2, "GVS-15", "Róisín Flynn"),
)
"""Serial number, subject, symptom, working days ago, part, who signed and paid in cash."""

CREDITED = (
	("VK24-660018", "Relief valve drips", "SYM-LEAK", 6, "PRV-3B", "Liam Tuohy", "LT-2207"),
	("BR21-19-040", "Lukewarm again after an hour", "SYM-NOHEAT", 7, None, "Eileen Power", None),
)
"""The same of visits whose invoice was credited in full, and the customer's order number: he wanted it on the
invoice, which was made anew; the other one stays credited, as a gesture."""

FAULTS = {"GVS-15": "FLT-SEAL", "IGN-E2": "FLT-IGNITION", "PRV-3B": "FLT-VALVE", None: "FLT-ADJUST"}
"""Part replaced, or none: what was found."""


def events() -> list[Event]:
	"""The accountant's week."""
	return [
		(past(9, "08:00"), _settings),
		(past(9, "08:05"), _suppliers),
		*((past(row[3], "08:50"), partial(_cash_visit, *row)) for row in CASH_VISITS),
		*((past(row[3], "08:50"), partial(_credited_visit, *row)) for row in CREDITED),
		(past(4, "08:00"), _rule_for_delays),
		(past(2, "14:20"), _tiles_paid_on_the_spot),
		(past(1, "09:00"), _hand_over),
		(past(1, "12:10"), _ceiling_for_the_insurer),
		(past(1, "15:00"), _claim_warranty),
	]


def _settings() -> None:
	for title in ACCOUNTS.values():
		if not frappe.db.exists("Account", of_company(title)):
			frappe.get_doc(
				{
					"doctype": "Account",
					"account_name": title,
					"parent_account": of_company("Indirect Expenses"),
					"company": COMPANY,
				}
			).insert()
	settings = frappe.get_single("Aftersales Settings")
	accounts = {field: of_company(title) for field, title in ACCOUNTS.items()}
	settings.set(
		"billing_accounts", [{"company": COMPANY, "cost_center": of_company(COST_CENTER), **accounts}]
	)
	settings.damage_spot_limit = 150
	settings.save()


def _suppliers() -> None:
	group = frappe.get_all("Supplier Group", {"is_group": 0}, pluck="name", order_by="name asc")[0]
	for name in (MAKER, INSURER):
		if not frappe.db.exists("Supplier", name):
			frappe.get_doc({"doctype": "Supplier", "supplier_name": name, "supplier_group": group}).insert()
	brand = frappe.get_doc("Brand", "Tornell")
	if not brand.brand_defaults:
		brand.append("brand_defaults", {"company": COMPANY, "default_supplier": MAKER})
		brand.save()


def _cash_visit(*visit) -> None:
	voucher = _visit(*visit)
	with acting_as(AOIFE, later(past(visit[3], "14:05"), 1)):
		voucher.collect_cash(voucher.amount_due)


def _credited_visit(*visit) -> None:
	"""Billed, credited in full; billed again where the customer gave an order number."""
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	*visit, order_no = visit
	voucher = _visit(*visit)
	submit_invoice(voucher, past(visit[3], "16:40"))
	with acting_as(ACCOUNTANT, past(visit[3] - 2, "10:20")):
		note = make_sales_return(voucher.sales_invoice)
		note.update_outstanding_for_self = 0  # what the invoice asks for is settled with it
		note.insert()
		note.submit()
		if order_no:
			invoice = frappe.get_doc("Sales Invoice", bill_again(voucher.doctype, voucher.name))
			invoice.po_no = order_no
			invoice.save()
			invoice.submit()


def _visit(serial: str, subject: str, symptom: str, days: int, part: str | None, signed_by: str) -> Document:
	received = past(days, "08:50")
	call = take_call(received, **product(serial), subject=subject, symptom_code=symptom)
	rate(call, "A", "Another fault than the one before", later(received, 5))
	window = (past(days, "13:00"), past(days, "15:00"))
	voucher = send(AOIFE, call, past(days, "09:05"), window, "Electrodes, seals, valves.")
	arrive(voucher, past(days, "13:10"))
	finish(
		voucher,
		past(days, "14:05"),
		hours=0.75,
		travel=0,
		parts=(part,) if part else (),
		signed_by=signed_by,
		fault_code=FAULTS[part],
		findings="Worn part replaced, tested under load." if part else "Inlet filter and flow set anew.",
	)
	close_call(call, past(days, "16:30"))
	return voucher


def _hand_over() -> None:
	"""Aoife brings the cash of two visits, five euro short; that of the third she still has."""
	customers = [signed_by for *_visit, signed_by in CASH_VISITS]
	with acting_as(ACCOUNTANT):
		handover = frappe.get_doc(
			{
				"doctype": "Technician Cash Handover",
				"company": COMPANY,
				"technician": technician_of(AOIFE),
				"mode_of_payment": "Cash",
				"vouchers": [
					{"service_voucher": name}
					for name in frappe.get_all(
						"Service Voucher",
						{"customer": ("in", customers), "cash_collected": (">", 0), "docstatus": 1},
						pluck="name",
						order_by="departed_at asc",
					)
				],
				"difference_reason": "Five euro too much change given in Skerries",
			}
		)
		handover.insert()
		handover.counted_amount = handover.expected_amount - 5
		handover.save()
		handover.submit()


def _claim_warranty() -> None:
	"""The maker of the lathe takes four fifths of what its warranty cost us."""
	from aftersales.service_accounts.recovery import claimable_lines

	with acting_as(ACCOUNTANT):
		claim = frappe.get_doc(
			{
				"doctype": "Warranty Recovery Claim",
				"supplier": MAKER,
				"company": COMPANY,
				"lines": claimable_lines(COMPANY, MAKER),
			}
		).insert()
		claim.submit()
		claim.record_answer(
			supplier_reference="TW-G-40718", accepted_percent=80, answer="Travel is not part of our warranty."
		)
		frappe.get_doc("Purchase Invoice", claim.make_debit_note()).submit()


def _tiles_paid_on_the_spot() -> None:
	with acting_as(SUPERVISOR):
		small = _damage(
			"Róisín Flynn",
			past(2, "13:50"),
			incident="Ladder slipped and cracked two wall tiles beside the heater.",
			items=[{"description": "Two wall tiles, with fitting", "amount": 85}],
			photos=[{"image": attached(cracked_tiles(), "cracked-tiles"), "caption": "Left of the heater"}],
			settlement="Paid on the Spot",
			mode_of_payment="Cash",
			signed_by="Róisín Flynn",
			customer_signature=signature("Róisín Flynn"),
		)
		small.submit()


def _ceiling_for_the_insurer() -> None:
	with acting_as(SUPERVISOR):
		_damage(
			"Dodder Guesthouse",
			past(1, "11:30"),
			incident="Water ran into the room below while the heater in room 7 was being changed.",
			items=[
				{"description": "Ceiling of room 3, painter", "amount": 380},
				{"description": "Two nights the room could not be let", "amount": 260},
			],
			photos=[{"image": attached(water_stain(), "ceiling-room-3"), "caption": "Ceiling of room 3"}],
			insurer=INSURER,
			insurer_share=500,
			insurer_reference="SM-2219/7",
		)


def _damage(customer: str, incident_at, **values) -> Document:
	claim = frappe.get_doc(
		{
			"doctype": "Damage Claim",
			"customer": customer,
			"company": COMPANY,
			"incident_at": incident_at,
			"reported_by": technician_of(AOIFE),
			"cause": "Our Work",
			**values,
		}
	).insert()
	for row in claim.photos:  # whoever may see the claim sees them, as when they are uploaded in its form
		frappe.db.set_value(
			"File",
			{"file_url": row.image},
			{"attached_to_doctype": claim.doctype, "attached_to_name": claim.name},
		)
	return claim


def _rule_for_delays() -> None:
	"""Whoever waits longer than promised gets something for it; the product that is ready late asks for a decision."""
	settings = frappe.get_single("Aftersales Settings")
	settings.update({"delay_rate_per_day": 15, "delay_max_percent": 30})
	settings.save()
