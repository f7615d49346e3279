"""One document of each kind that has actions, for tests that try them all."""

import frappe
from frappe.utils import nowdate

from tests import discovery
from tests import factories as f


def one_of_each(shop: frappe._dict) -> dict:
	"""One document of each kind that has actions, by DocType."""
	call = f.call(shop.customer)
	equipment = f.equipment(shop.customer, brand="Calora", model="GWH 11")
	other = f.call(shop.customer, equipment=equipment)
	receipt = f.receipt(other)
	return {
		"Repair Call": call,
		"Customer Equipment": frappe.get_doc("Customer Equipment", equipment),
		"Service Voucher": f.planned(call, shop.technician),
		"Collection Receipt": receipt,
		"Repair Card": f.received_card(other),
		"Follow-up": f.make(
			"Follow-up",
			repair_call=call.name,
			customer=shop.customer,
			company=f.COMPANY,
			due_date="2030-01-01",
		),
		"Periodic Visit Plan": f.make("Periodic Visit Plan", plan_name="Yearly", every_months=12),
		"Service Complaint": f.make(
			"Service Complaint", subject="Late", customer=shop.customer, company=f.COMPANY
		),
		"Customer Message": frappe.get_doc("Customer Message", "Call Received"),
		"Service Target": frappe.get_doc("Service Target", "Visit"),
		"Loaner Issue": frappe.new_doc("Loaner Issue"),
		"Vendor Repair": frappe.new_doc("Vendor Repair"),
		"Register Import": frappe.new_doc("Register Import"),
		"Warranty Recovery Claim": frappe.new_doc("Warranty Recovery Claim"),
		"Delay Compensation": frappe.new_doc("Delay Compensation"),
		"Damage Claim": _as_stored("Damage Claim"),
		"Core Return": frappe.new_doc("Core Return"),
		"Service Contract": f.contract(shop.customer),
		"Service Payment": frappe.new_doc("Service Payment"),
		"Billing Run": f.make("Billing Run"),
		"Maintenance Plan": _plan(equipment),
		"Visit Plan": f.make("Visit Plan", company=f.COMPANY, from_date=nowdate(), to_date=nowdate()),
		"Planned Service": frappe.new_doc("Planned Service"),
		"Warranty Registration": f.make(
			"Warranty Registration", company=f.COMPANY, model="GWH 11", purchase_date="2026-01-05"
		),
		"Service Campaign": f.make(
			"Service Campaign",
			title="Seals",
			company=f.COMPANY,
			model="GWH 11",
			subject="Seals",
			message="We change them.",
		),
		"Staff Record": f.make(
			"Staff Record", technician=f.technician("Seen Here"), kind="Training", subject="Gas valves"
		),
		"Staff Monthly Record": _month(),
		"Service Management Report": frappe.get_doc("Service Management Report"),
		"Technical Consultation": f.make(
			"Technical Consultation", subject="Which seal?", question="Which one?", repair_call=call.name
		),
	}


def _month():
	record = frappe.new_doc("Staff Monthly Record")
	record.update(
		{"user": f.user("month@seen.example"), "month": "2026-10-01", "entry_key": "month@seen.example"}
	)
	record.flags.by_system = True
	return record.insert()


def _plan(equipment: str):
	return f.make(
		"Maintenance Plan",
		plan_name="Yearly service",
		company=f.COMPANY,
		applies_to="Product",
		equipment=equipment,
		every_months=12,
		request_type=f.request_type(),
	)


def stored_ones(shop: frappe._dict) -> dict:
	"""The same as they are stored, and of every other DocType one that no rule of its own has seen."""
	found = {
		doctype: doc
		for doctype, doc in one_of_each(shop).items()
		if not doc.is_new() and not doc.meta.issingle
	}
	for doctype in discovery.doctypes():
		if doctype not in found and not frappe.get_meta(doctype).issingle:
			found[doctype] = _as_stored(doctype)
	return found


def _as_stored(doctype: str):
	doc = frappe.new_doc(doctype)
	doc.name = f"{doctype} that was stored"
	if doc.meta.has_field("company"):
		doc.company = f.COMPANY
	doc.db_insert()
	return frappe.get_doc(doctype, doc.name)
