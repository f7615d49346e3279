"""Settling in a second company, with a customer in pounds (1.25), a year later: prices, quotes, parts, payments, exchange.

An hour costs 50.00 pounds, a seal 40.00; the second company has no VAT template.
"""

import frappe
import pytest
from frappe.utils import nowdate

from aftersales.customer_goods.loaner_charges import charge
from aftersales.field_service import quotes
from aftersales.service_posting.invoicing.payable import payable
from aftersales.spare_parts.part_sales import sell_parts
from tests import factories as make
from tests.jobs import gl, job
from tests.settling_cases import receive_payment

INCOME, DEBTORS, BANK = "Repair Income - CSL", "Debtors - CSL", "Terminal - CSL"


@pytest.fixture(scope="module")
def masters(shared_clock):
	names = make.shop()
	make.settings(submit_invoice=1)
	frappe.db.set_single_value(
		"Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1
	)
	make.fiscal_years(int(nowdate()[:4]) + 1)
	shared_clock.forward(years=1)
	names.company = make.company()
	names.store = make.warehouse("Units", names.company)
	frappe.flags.pop("warehouse_account_map", None)
	accounts = {
		title: make.account(title, "Direct Expenses", names.company)
		for title in ("Cost of Repair Parts", "Warranty Expense")
	}
	make.category_accounts(
		"A",
		names.company,
		income_account=make.account("Repair Income", "Direct Income", names.company),
		expense_account=accounts["Cost of Repair Parts"],
	)
	make.category_accounts("C", names.company, expense_account=accounts["Warranty Expense"])
	make.make("Currency Exchange", from_currency="GBP", to_currency="EUR", exchange_rate=1.25, date=nowdate())
	make.make("Price List", price_list_name="Pounds", currency="GBP", selling=1)
	for item, rate in ((names.hour, 50), (names.seal, 40)):
		make.price(item, rate, "Pounds")
	make.receive(names.seal, 10, 12.5, names.store)
	names.customer = make.customer("Derry Dairy", default_currency="GBP", default_price_list="Pounds")
	names.technician = make.technician("Una Quinn", names.store, company=names.company)
	names.terminal = _terminal(names.company)
	return names


def _terminal(company: str) -> str:
	account = make.account("Terminal", "Bank Accounts", company, account_type="Bank")
	name = make.once("Mode of Payment", "Card Abroad", mode_of_payment="Card Abroad", type="Bank", enabled=1)
	mode = frappe.get_doc("Mode of Payment", name)
	mode.set("accounts", [{"company": company, "default_account": account}])
	mode.save()
	return name


def visit_of(shop, **values):
	return job(
		shop,
		company=shop.company,
		labour=[make.hours(1)],
		parts=[make.part(shop.seal)],
		**values,
	)


def fresh(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def invoice_of(doc):
	return frappe.get_doc("Sales Invoice", fresh(doc).sales_invoice)


def test_a_flat_rate_of_this_company_is_charged_in_pounds_and_that_of_the_other_is_not(shop):
	for title, rate, company in (("Here", 80, shop.company), ("There", 10, make.COMPANY)):
		item = make.service_item(f"{title} Item", uom="Nos")
		make.price(item, rate, "Pounds")
		make.make(
			"Service Price", title=title, kind="Flat Rate", item_code=item, company=company, included_hours=1
		)
	doc = visit_of(shop)
	doc.submit()
	invoice = invoice_of(doc)
	assert (invoice.company, invoice.currency, invoice.net_total, invoice.base_net_total) == (
		shop.company,
		"GBP",
		120,
		150,
	)


def test_a_quote_in_pounds_is_billed_as_it_was_accepted(shop):
	doc = visit_of(shop)
	told = quotes.make_quote(doc.name)
	assert (told["currency"], told["net"]) == ("GBP", 90)
	quotes.accept_quote(doc.name, "Phone", "D. Dairy")
	doc = fresh(doc)
	doc.submit()
	invoice = invoice_of(doc)
	assert (invoice.currency, invoice.net_total, invoice.company) == ("GBP", 90, shop.company)


def test_parts_are_sold_from_this_companys_stock_in_pounds(shop):
	call = make.call(shop.customer, company=shop.company)
	made = sell_parts(call.name, "Sales Invoice", [{"item_code": shop.seal, "qty": 2}], shop.store)
	invoice = frappe.get_doc("Sales Invoice", made["name"])
	invoice.submit()
	assert (invoice.company, invoice.currency, invoice.net_total, invoice.base_net_total) == (
		shop.company,
		"GBP",
		80,
		100,
	)
	with pytest.raises(frappe.ValidationError):
		sell_parts(call.name, "Sales Invoice", [{"item_code": shop.seal, "qty": 1}], shop.van)


def test_a_deposit_in_pounds_is_allocated_and_the_rest_refunded(shop):
	call = make.call(shop.customer, company=shop.company)
	deposit = receive_payment(call, 200, shop.terminal)
	assert (deposit.currency, deposit.company) == ("GBP", shop.company)
	assert [row[:3] for row in gl(deposit.payment_entry)] == [(DEBTORS, 0, 250), (BANK, 250, 0)]
	doc = make.voucher(
		call,
		shop.technician,
		company=shop.company,
		labour=[make.hours(1)],
		parts=[make.part(shop.seal)],
	)
	assert payable(doc) == 0
	doc.submit()
	deposit = fresh(deposit)
	assert (invoice_of(doc).outstanding_amount, deposit.status, deposit.open_amount) == (
		0,
		"Partly Allocated",
		110,
	)
	refund = deposit.refund(110, shop.terminal, "Less work")
	assert [row[:3] for row in gl(refund)] == [(DEBTORS, 137.5, 0), (BANK, 0, 137.5)]
	assert fresh(deposit).open_amount == 0
	assert fresh(doc).billing_status == "Paid"
	assert fresh(deposit).refunded_amount == 110


def test_a_refund_under_warranty_gives_the_pounds_back(shop):
	item = make.item("Pump")
	make.receive(item, 1, 60, shop.store)
	sale = make.make(
		"Sales Invoice",
		customer=shop.customer,
		company=shop.company,
		currency="GBP",
		update_stock=1,
		selling_price_list="Pounds",
		items=[{"item_code": item, "qty": 1, "rate": 100, "warehouse": shop.store}],
	)
	sale.submit()
	product = make.equipment(shop.customer, company=shop.company, item_code=item)
	call = make.call(
		shop.customer, company=shop.company, equipment=product, service_category=make.category("C")
	)
	doc = make.make(
		"Product Exchange",
		repair_call=call.name,
		equipment=product,
		ground="Other",
		decision="Refund",
		decision_reason="Third fault",
		original_invoice=sale.name,
		refund="Reduced for Use",
		useful_life_months=60,
		old_unit="Own Stock",
		old_warehouse=shop.store,
		old_value=20,
	)
	doc.submit()
	doc.reload()
	note = frappe.get_doc("Sales Invoice", doc.credit_note)
	assert (note.currency, note.net_total, note.base_net_total, doc.cost) == ("GBP", -100, -125, 105)
	note.cancel()
	doc = fresh(doc)
	doc.cancel()
	assert not frappe.db.exists("GL Entry", {"voucher_no": doc.name, "is_cancelled": 0})
	amended = frappe.copy_doc(doc)
	amended.amended_from = doc.name
	amended.insert()
	amended.submit()
	assert fresh(amended).status == "Done"


def test_a_loaner_lost_is_charged_in_pounds(shop):
	lent = make.warehouse("Lent", shop.company)
	frappe.flags.pop("warehouse_account_map", None)
	item = make.item("Loaner pump")
	make.receive(item, 1, 60, shop.store)
	make.loaner_warehouses(shop.store, lent, shop.company)
	make.settings(loaner_charge_item=make.service_item("Loaner Loss", uom="Nos"))
	loaner = make.make(
		"Loaner Issue",
		repair_call=make.call(shop.customer, company=shop.company).name,
		company=shop.company,
		item_code=item,
		condition="As new",
		customer_signature=make.SIGNATURE,
		signed_by="D. Dairy",
	)
	loaner.submit()
	loaner.reload()
	loaner.declare_lost("Left on a train")
	invoice = frappe.get_doc("Sales Invoice", charge(loaner.name, 80, "Lost"))
	assert (invoice.company, invoice.currency, invoice.net_total, invoice.base_net_total) == (
		shop.company,
		"GBP",
		80,
		100,
	)
	invoice.cancel()  # charged to the wrong customer: it is decided about again
	loaner.reload()
	assert (loaner.charge_decision, loaner.charge_invoice) == (None, None)
	again = frappe.get_doc("Sales Invoice", charge(loaner.name, 40, "Half of it"))
	assert again.net_total == 40
