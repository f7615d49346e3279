"""A sample company to try the app with, made and removed by a button of the set-up assistant, as ERPNext's demo data.

A company of its own with customers, products, technicians, calls, visits and two products in the workshop, so that
boards and lists show something. Nothing is posted, no setting and no record of another company is touched. Removing it
deletes everything of that company, what users have added meanwhile included.
"""

import json
from datetime import datetime, time, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from aftersales.core.guards import require_role
from aftersales.core.input.requests import validate_call

NOTE = "aftersales_sample"
"""Global default that names the company and the masters made for it."""
TITLE, ABBREVIATION = "After-sales Sample", "ASMP"
DAY_BEGINS = 9

CUSTOMERS = (
	("Sample: Ada Hill", "+353 20 910 0201", "Boiler", "Vulkan", "Kompakt 24", "VK24-1001"),
	("Sample: Harbour Café", "+353 20 910 0202", "Coffee machine", "Tornell", "Duo 2", "TD2-2002"),
	("Sample: Ben Marsh", "+353 20 910 0203", "Water heater", "Calora", "GWH 11", "CW-3003"),
)
"""Name, telephone number (of the range kept free for drama), product, brand, model, serial number."""
TECHNICIANS = ("Sample: Mia", "Sample: Tom")
CALLS = (
	# customer, subject, hazard, what becomes of it
	(0, "Boiler loses pressure", "", "open"),
	(1, "Steam wand drips", "", "visit today"),
	(2, "Only lukewarm water", "", "visit tomorrow"),
	(0, "Smell of gas in the kitchen", "Gas", "open"),
	(1, "Grinder makes a loud noise", "", "workshop"),
	(2, "Ignition clicks, no flame", "", "workshop"),
)


@frappe.whitelist(methods=["POST"])
@validate_call
def create() -> str:
	"""Make the sample company; its name.

	Raises:
		frappe.PermissionError: the user is no System Manager.
		frappe.ValidationError: it is there already, or ERPNext has no company to copy country and currency from.
	"""
	require_role(("System Manager",), _("The sample company"))
	if frappe.db.get_global(NOTE):
		frappe.throw(_("The sample company is there already."))
	made: list[tuple[str, str]] = []
	company = _company(made)
	customers = [_customer(company, *row, made) for row in CUSTOMERS]
	for name in TECHNICIANS:
		_technician(company, name)
	for number, (place, subject, hazard, fate) in enumerate(CALLS):
		customer, product = customers[place]
		call = _insert(
			{
				"doctype": "Repair Call",
				"company": company,
				"customer": customer,
				"equipment": product,
				"subject": subject,
				"hazard": hazard,
				"channel": "Phone",
				"received_at": now_datetime() - timedelta(minutes=25 * (number + 1)),
			}
		)
		_go_on(call, fate, number)
	frappe.db.set_global(NOTE, json.dumps({"company": company, "made": made}))
	return company


@frappe.whitelist(methods=["POST"])
@validate_call
def remove() -> None:
	"""Delete the sample company with all of its documents, and the masters made for it.

	Raises:
		frappe.PermissionError: the user is no System Manager.
		frappe.ValidationError: there is none, or documents of other companies name one of its customers.
	"""
	from erpnext.setup.demo import create_transaction_deletion_record

	require_role(("System Manager",), _("The sample company"))
	note = json.loads(frappe.db.get_global(NOTE) or "{}")
	if not note:
		frappe.throw(_("There is no sample company."))
	create_transaction_deletion_record(note["company"])
	for doctype in ("Customer Equipment", "Service Technician"):
		for name in frappe.get_all(doctype, {"company": note["company"]}, pluck="name", order_by="name asc"):
			frappe.delete_doc(doctype, name, ignore_permissions=True, force=True)
	for doctype, name in reversed(note["made"]):
		if frappe.db.exists(doctype, name):
			frappe.delete_doc(doctype, name, ignore_permissions=True, force=doctype == "Contact")
	frappe.db.set_global(NOTE, None)


def _company(made: list) -> str:
	template = frappe.db.get_single_value("Global Defaults", "default_company")
	if not template:
		frappe.throw(_("There is no company yet. Complete the set-up of ERPNext first."))
	own = frappe.get_cached_doc("Company", template)
	doc = frappe.get_doc(
		{
			"doctype": "Company",
			"company_name": TITLE,
			"abbr": ABBREVIATION,
			"default_currency": own.default_currency,
			"country": own.country,
			"chart_of_accounts_based_on": "Standard Template",
			"chart_of_accounts": own.chart_of_accounts,
		}
	).insert()
	made.append(("Company", doc.name))
	return doc.name


def _customer(
	company: str, name: str, phone: str, title: str, brand: str, model: str, serial: str, made: list
) -> tuple[str, str]:
	customer = _insert(
		{
			"doctype": "Customer",
			"customer_name": name,
			"customer_type": "Individual",
			"customer_group": _first("Customer Group"),
			"territory": _first("Territory"),
		}
	)
	made.append(("Customer", customer.name))
	contact = _insert(
		{
			"doctype": "Contact",
			"first_name": name,
			"phone_nos": [{"phone": phone, "is_primary_phone": 1}],
			"links": [{"link_doctype": "Customer", "link_name": customer.name}],
		}
	)
	made.append(("Contact", contact.name))
	product = _insert(
		{
			"doctype": "Customer Equipment",
			"company": company,
			"customer": customer.name,
			"title": title,
			"brand": brand,
			"model": model,
			"serial_text": serial,
		}
	)
	return customer.name, product.name


def _technician(company: str, name: str) -> None:
	_insert(
		{
			"doctype": "Service Technician",
			"technician_name": name,
			"company": company,
			"is_active": 1,
			"skills": [{"item_group": _root("Item Group"), "support_kind": "Both"}],
		}
	)


def _go_on(call: Document, fate: str, number: int) -> None:
	from aftersales.field_service.visits import voucher_from_call
	from aftersales.repair_workshop.cards import card_from_call

	if fate == "open":
		return
	call.triage()
	if fate.startswith("visit"):
		day = now_datetime().date() + timedelta(days=fate == "visit tomorrow")
		start = datetime.combine(day, time(DAY_BEGINS + 2 * number))
		voucher = voucher_from_call(call.name)
		voucher.update(
			{
				"technician": TECHNICIANS[number % 2],
				"planned_start": start,
				"planned_end": start + timedelta(minutes=90),
			}
		)
		voucher.insert()
		voucher.dispatch()
	else:
		card = card_from_call(call.name)
		card.assigned_technician = TECHNICIANS[number % 2]
		card.insert()
		card.start_diagnosis()


def _insert(values: dict) -> Document:
	return frappe.get_doc(values).insert()


def _first(doctype: str) -> str:
	return frappe.get_all(doctype, {"is_group": 0}, pluck="name", order_by="lft asc", limit=1)[0]


def _root(doctype: str) -> str:
	return frappe.get_all(doctype, {"is_group": 1}, pluck="name", order_by="lft asc", limit=1)[0]
