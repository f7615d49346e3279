"""Attacks on what settles with the customer and on what customers register: each was possible once."""

import frappe
import pytest
from frappe import client
from frappe.utils import add_days, nowdate

from aftersales.field_service.mobile import steps
from aftersales.installed_base.sale import registrations
from aftersales.service_desk.mail import unplaced
from tests import factories as make
from tests.jobs import done
from tests.settling_cases import boiler, exchange, receive_payment, sold_boiler, terminal

TECHNICIAN = "technician@attacks.example"


# ---------------------------------------------------------------- refunds


def test_a_sale_is_refunded_once_whatever_call_asks_for_it(shop):
	item, store = boiler(shop, "B-1")
	invoice, product = sold_boiler(shop, "B-1", item, store)
	refund = {"decision": "Refund", "original_invoice": invoice, "old_unit": "Customer Keeps It"}
	first = exchange(shop, product, **refund)
	for again in (
		refund,
		{"decision": "Replacement", "source": "From Maker", "new_serial": "M-1", "old_unit": "Scrap"},
	):
		with pytest.raises(frappe.ValidationError, match="refunded"):
			exchange(shop, product, **again)
	assert frappe.db.count("Sales Invoice", {"return_against": invoice}) == 1
	first.cancel()
	exchange(shop, product, **refund)


def test_a_product_is_refunded_by_the_invoice_that_sold_it(shop):
	item, store = boiler(shop, "B-1", "B-2")
	bought, product = sold_boiler(shop, "B-1", item, store)
	other, _file = sold_boiler(shop, "B-2", item, store)
	with pytest.raises(frappe.ValidationError, match="does not sell"):
		exchange(shop, product, decision="Refund", original_invoice=other)
	gift = make.equipment(shop.customer, item_code=item, serial_text="GIFT-7")
	with pytest.raises(frappe.ValidationError, match="does not sell"):
		exchange(shop, gift, decision="Refund", original_invoice=bought)
	exchange(shop, product, decision="Refund", original_invoice=bought)


def test_a_replaced_product_is_refunded_by_its_first_number(shop):
	item, store = boiler(shop, "B-1", "B-2")
	bought, product = sold_boiler(shop, "B-1", item, store)
	exchange(
		shop,
		product,
		decision="Replacement",
		source="Own Stock",
		new_item_code=item,
		new_serial="B-2",
		new_warehouse=store,
	)
	doc = exchange(shop, product, decision="Refund", original_invoice=bought)
	assert (doc.old_serial, doc.refund_rate) == ("B-2", 1000)


# ---------------------------------------------------------------- payments


def test_what_a_card_company_keeps_is_not_said_by_a_technician(shop):
	mode = terminal()
	make.account("Card Fees", "Indirect Expenses")
	rows = [row.as_dict() for row in frappe.get_doc("Aftersales Settings").billing_accounts]
	fees = make.account("Card Fees", "Indirect Expenses")
	make.settings(
		submit_invoice=1, billing_accounts=[*rows, {"company": make.COMPANY, "payment_fee_account": fees}]
	)
	user = make.user(TECHNICIAN, "Service Technician")
	visit = done(
		shop,
		"Service Voucher",
		labour=[make.hours(1)],
		technician=make.technician("Own", shop.van, user=user),
	)
	frappe.set_user(TECHNICIAN)
	with pytest.raises(frappe.PermissionError, match="Fee Kept Back"):
		receive_payment(visit, 68.1, mode, fee=68)
	assert not client.get_list("Service Payment")
	frappe.set_user(make.user("counter@attacks.example", "Service Agent"))
	assert receive_payment(visit, 68.1, mode, fee=1).fee == 1


# ---------------------------------------------------------------- registered products


def test_a_product_of_somebody_else_changes_hands_by_no_registration_alone(shop):
	"""Whoever scans the label in a hallway registers it; the desk is told whose it is before it changes hands."""
	product = make.equipment(shop.customer, serial_text="N-7")
	mallory = make.customer("Mallory")
	name = registrations.register(
		{
			"equipment": product,
			"company": make.COMPANY,
			"purchase_date": add_days(nowdate(), -3),
			"contact_name": "Mallory",
			"customer": mallory,
		},
		"QR",
		"key-1",
	)
	frappe.set_user(make.user("desk@attacks.example", "Service Agent"))
	doc = frappe.get_doc("Warranty Registration", name)
	for word in ({}, {"former_owner": mallory}, {"former_owner": ""}):
		with pytest.raises(frappe.ValidationError, match=f"belongs to.*{shop.customer}"):
			doc.confirm(**word)
	assert frappe.db.get_value("Customer Equipment", product, "customer") == shop.customer
	assert doc.confirm(former_owner=shop.customer) == product
	assert frappe.db.get_value("Customer Equipment", product, "customer") == mallory


def test_a_registration_makes_no_sale_younger(shop):
	"""Bought from us two years ago, registered as of yesterday: the warranty would begin anew."""
	product = make.equipment(shop.customer, serial_text="N-7", purchase_date=add_days(nowdate(), -700))
	name = registrations.register(
		{
			"equipment": product,
			"company": make.COMPANY,
			"purchase_date": add_days(nowdate(), -1),
			"customer": shop.customer,
		},
		"Portal",
		"key-1",
	)
	frappe.set_user(make.user("desk@attacks.example", "Service Agent"))
	doc = frappe.get_doc("Warranty Registration", name)
	with pytest.raises(frappe.ValidationError, match="was bought on"):
		doc.confirm()
	assert str(frappe.db.get_value("Customer Equipment", product, "purchase_date")) == add_days(
		nowdate(), -700
	)
	doc.purchase_date = add_days(nowdate(), -700)
	doc.save()
	assert doc.confirm() == product


# ---------------------------------------------------------------- mails


def test_a_report_goes_to_one_address(shop):
	visit = frappe.get_doc("Service Voucher", done(shop, "Service Voucher", labour=[make.hours(1)]).name)
	for to in (
		"a@b.example, c@d.example",
		"a@b.example\nBcc: c@d.example",
		"Nora <a@b.example>",
		"nora",
		None,
	):
		with pytest.raises(frappe.ValidationError, match="e-mail address"):
			steps.send_report(visit, {"to": to}, None)
	assert not frappe.db.exists("Communication", {"reference_name": visit.name})


def test_only_mails_to_the_mailboxes_of_calls_are_placed(shop):
	"""A mail to another mailbox is nobody's at the desk, though its name be known."""
	private = make.make(
		"Communication",
		communication_type="Communication",
		communication_medium="Email",
		sent_or_received="Received",
		sender="applicant@jobs.example",
		subject="My application",
		content="Confidential",
	)
	call = make.call(shop.customer)
	frappe.set_user(make.user("desk@attacks.example", "Service Agent"))
	for way in (
		lambda: unplaced.open_call(private.name, shop.customer),
		lambda: unplaced.put_on_call(private.name, call.name),
		lambda: unplaced.set_aside(private.name),
	):
		with pytest.raises(frappe.PermissionError):
			way()
	frappe.set_user("Administrator")
	assert frappe.db.get_value("Communication", private.name, ["reference_name", "status"]) == (None, "Open")


# ---------------------------------------------------------------- documents for customers


@pytest.mark.parametrize("fieldname", ["address", "file"])
def test_a_document_leads_to_a_page_or_a_file(fieldname):
	"""Customers and colleagues open it: a script in its place would run in their session."""
	values = {
		"title": "Manual",
		"kind": "Manual",
		"audience": "Customer",
		"brand": "Baxi",
		"model": "600 Combi",
	}
	for address in ("javascript://x.ie/%0aalert(1)", "data:text/html,x", "javascript:alert(1)"):
		with pytest.raises(frappe.ValidationError, match="https://"):
			make.make("Product Document", **values, **{fieldname: address})
	doc = make.make("Product Document", **values, address="https://baxi.example/manual.pdf")
	with pytest.raises(frappe.ValidationError, match="https://"):
		client.set_value(doc.doctype, doc.name, fieldname, "javascript:alert(1)")
