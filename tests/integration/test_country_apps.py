"""Documents of jobs on a site with India Compliance: taxed as those made by hand, to the paisa.

Runs on a site that has the app india_compliance (install it before ours, or after). A company in Gujarat;
an hour costs 60.00, a seal 42.00 and 0.00 for the customer's state: SGST 9 % + CGST 9 % in the state, IGST
18 % outside it. Together 120.36, which rupees round to 120.
"""

from contextlib import nullcontext
from unittest import mock

import frappe
import pytest
from erpnext.controllers.sales_and_purchase_return import make_return_doc

from aftersales.core.selling_terms import tax_template_of
from aftersales.repair_workshop.estimate import make_quotation
from tests import factories as make
from tests.jobs import done, job

pytestmark = pytest.mark.needs_app("india_compliance")

COMPANY, ABBR = "Sabarmati Service Ltd", "SSL"
GSTIN = {"Gujarat": "24AAQCA8719H1ZC", "customer": "24AANFA2641L1ZF", "Karnataka": "29AAACI1195H2ZH"}
HSN = "99871690"

SGST_CGST = [("Output Tax SGST", 9.18), ("Output Tax CGST", 9.18)]
IGST = [("Output Tax IGST", 18.36)]

CUSTOMERS = {
	"in the state, registered": (("Gujarat", GSTIN["customer"]), SGST_CGST),
	"in the state, unregistered": (("Gujarat", ""), SGST_CGST),
	"other state, registered": (("Karnataka", GSTIN["Karnataka"]), IGST),
	"other state, unregistered": (("Karnataka", ""), IGST),
	"no address": (None, SGST_CGST),
}


@pytest.fixture(scope="module")
def masters(shared_site):
	"""The masters of `factories.shop` for a company in Gujarat."""
	frappe.db.set_single_value("GST Settings", {"sandbox_mode": 1, "enable_e_invoice": 0})
	with _without_hrms_fields():
		make.make(
			"Company",
			company_name=COMPANY,
			abbr=ABBR,
			default_currency="INR",
			country="India",
			chart_of_accounts="Standard",
			gstin=GSTIN["Gujarat"],
			gst_category="Registered Regular",
		)
	_address(COMPANY, "Company", "Gujarat", GSTIN["Gujarat"], is_your_company_address=1)
	make.once("GST HSN Code", HSN, hsn_code=HSN, description="Repair of boilers")
	names = frappe._dict(
		income=make.account("Repair Income", "Direct Income", COMPANY),
		parts_cost=make.account("Cost of Repair Parts", "Direct Expenses", COMPANY),
		van=make.warehouse("Van Asha", COMPANY),
		hour=make.service_item("Service Hour India", gst_hsn_code=HSN),
		seal=make.item("Gas Valve Seal India", gst_hsn_code=HSN),
	)
	make.make("Price List", price_list_name="India Selling", currency="INR", selling=1)
	for item_code, rate in ((names.hour, 60), (names.seal, 42)):
		make.price(item_code, rate, "India Selling")
	make.receive(names.seal, 10, 12.5, names.van)
	make.category_accounts(
		"A",
		COMPANY,
		income_account=names.income,
		expense_account=names.parts_cost,
		cost_center=frappe.get_cached_value("Company", COMPANY, "cost_center"),
	)
	make.settings(labour_item=names.hour, travel_item=names.hour, submit_invoice=0)
	names.technician = make.technician("Asha Patel", names.van, company=COMPANY)
	return names


def _without_hrms_fields():
	"""HRMS adds fields for the country of a company to its tables, which no test can take back."""
	if "hrms" in frappe.get_installed_apps():
		return mock.patch("hrms.overrides.company.run_regional_setup")
	return nullcontext()


def _address(of: str, doctype: str, state: str, gstin: str, **values) -> str:
	return make.make(
		"Address",
		address_title=of,
		address_type="Billing",
		address_line1="1 Ring Road",
		city="Ahmedabad" if state == "Gujarat" else "Bengaluru",
		state=state,
		pincode="380015" if state == "Gujarat" else "560001",
		country="India",
		gstin=gstin,
		gst_category="Registered Regular" if gstin else "Unregistered",
		links=[{"link_doctype": doctype, "link_name": of}],
		is_primary_address=1,
		is_shipping_address=1,
		**values,
	).name


def a_customer(place) -> str:
	state, gstin = place or (None, "")
	name = make.make(
		"Customer",
		customer_name="Nandini Rao",
		customer_type="Individual",
		customer_group="Individual",
		territory="All Territories",
		gstin=gstin,
		gst_category="Registered Regular" if gstin else "Unregistered",
		default_currency="INR",
		default_price_list="India Selling",
	).name
	if state:
		_address(name, "Customer", state, gstin)
	return name


def by_hand(doctype: str, customer: str, rows: list[dict], **values):
	"""A draft as ERPNext's own mappers and form make it: party details, prices, taxes, insert."""
	doc = frappe.new_doc(doctype)
	doc.update({"company": COMPANY, **values})
	doc.update(
		{"quotation_to": "Customer", "party_name": customer}
		if doctype == "Quotation"
		else {"customer": customer}
	)
	doc.update({"currency": "INR", "selling_price_list": "India Selling", "price_list_currency": "INR"})
	for row in rows:
		doc.append("items", row)
	doc.set_missing_values()
	doc.insert()
	return doc


def gst(doc) -> dict:
	"""What the tax office asks of a document."""
	fields = (
		"taxes_and_charges",
		"place_of_supply",
		"company_gstin",
		"billing_address_gstin",
		"gst_category",
		"net_total",
		"total_taxes_and_charges",
		"grand_total",
	)
	return {
		**{field: doc.get(field) for field in fields},
		"taxes": [(tax.account_head.removesuffix(f" - {ABBR}"), tax.tax_amount) for tax in doc.taxes],
		"rows": [(row.item_code, row.net_amount, row.gst_treatment) for row in doc.items],
	}


@pytest.mark.parametrize("kind", CUSTOMERS)
def test_each_document_is_taxed_as_one_made_by_hand(shop, kind):
	place, taxes = CUSTOMERS[kind]
	customer = a_customer(place)
	rows = [{"item_code": shop.hour, "qty": 1}, {"item_code": shop.seal, "qty": 1}]
	lines = {
		"labour": [make.hours(1)],
		"parts": [make.part(shop.seal)],
		"customer": customer,
		"company": COMPANY,
	}

	visit = job(shop, **lines)
	previewed = visit.amount_due
	visit.submit()
	invoice = frappe.get_doc("Sales Invoice", visit.sales_invoice)
	assert gst(invoice) == gst(by_hand("Sales Invoice", customer, rows))
	assert gst(invoice)["taxes"] == taxes
	# Rupees are rounded to whole ones: that is what the customer owes
	assert (invoice.net_total, invoice.grand_total) == (102, 120.36)
	assert previewed == invoice.rounded_total == 120
	assert [row.gst_treatment for row in invoice.items] == ["Taxable", "Taxable"]
	invoice.submit()

	note = make_return_doc("Sales Invoice", invoice.name)
	note.insert()
	assert gst(note)["taxes"] == [(account, -amount) for account, amount in taxes]

	card = make.make(
		"Repair Card",
		repair_call=make.call(customer, company=COMPANY).name,
		company=COMPANY,
		warehouse=shop.van,
		diagnosis="Seal worn",
		labour=[make.hours(1)],
		parts=[make.part(shop.seal)],
	)
	quotation = frappe.get_doc("Quotation", make_quotation(card))
	assert gst(quotation) == gst(by_hand("Quotation", customer, rows, order_type="Maintenance"))
	assert quotation.grand_total == 120.36

	frappe.db.set_single_value("Selling Settings", "dn_required", "Yes")
	delivered = done(shop, **lines)
	delivery = frappe.get_doc("Delivery Note", delivered.delivery_note)
	assert gst(delivery) == gst(
		by_hand(
			"Delivery Note",
			customer,
			[
				{**row, "warehouse": shop.van}
				for row in rows
				if row["item_code"] in {item.item_code for item in delivery.items}
			],
		)
	)
	assert frappe.db.get_value("Sales Invoice", delivered.sales_invoice, "grand_total") == 120.36

	assert tax_template_of(customer, COMPANY) == invoice.taxes_and_charges


def test_a_default_template_of_the_state_does_not_stop_the_visit_of_a_customer_outside_it(shop):
	template = frappe.get_doc("Sales Taxes and Charges Template", f"Output GST In-state - {ABBR}")
	template.update({"is_default": 1}).save()
	customer = a_customer(("Karnataka", GSTIN["Karnataka"]))

	visit = done(shop, labour=[make.hours(1)], customer=customer, company=COMPANY)

	assert gst(frappe.get_doc("Sales Invoice", visit.sales_invoice))["taxes"] == [("Output Tax IGST", 10.8)]


def test_what_is_refused_at_submitting_is_told_when_the_visit_is_completed(shop):
	frappe.db.set_single_value("GST Settings", {"validate_hsn_code": 1, "min_hsn_digits": "6"})
	frappe.db.set_value("Item", shop.seal, "gst_hsn_code", "")
	visit = job(
		shop,
		labour=[make.hours(1)],
		parts=[make.part(shop.seal)],
		customer=a_customer(("Gujarat", "")),
		company=COMPANY,
	)
	frappe.clear_messages()

	visit.submit()

	told = [
		message["message"]
		for message in frappe.get_message_log()
		if "cannot be submitted" in message["message"]
	]
	assert len(told) == 1
	assert visit.sales_invoice in told[0] and "HSN/SAC must exist" in told[0] and "2" in told[0]
	assert frappe.get_all(
		"Comment", {"reference_name": visit.sales_invoice, "content": ("like", "%HSN/SAC%")}, pluck="name"
	)
	with pytest.raises(frappe.ValidationError, match="HSN/SAC must exist"):
		frappe.get_doc("Sales Invoice", visit.sales_invoice).submit()
