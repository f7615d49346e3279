"""What a finished job books into stock and ledger, and at which prices (R-AC-1).

Masters are those of `factories.shop`: an hour sells at 60, a seal at 42 and cost 12.50, VAT 13.5 %.
"""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from tests import factories as make
from tests.jobs import KINDS, bundles_of, documents_of, done, gl, in_stock, job, stock_ledger


@pytest.fixture(params=KINDS)
def kind(request):
	return request.param


# ---------------------------------------------------------------- what is booked


def test_paid_job_takes_the_part_from_stock_and_bills_part_and_hours(shop, kind):
	doc = done(shop, kind, labour=[make.hours(1.5)], parts=[make.part(shop.seal, 2)])

	assert stock_ledger(doc.stock_entry) == [(shop.seal, shop.van, -2, -25)]
	assert gl(doc.stock_entry) == [
		("Cost of Repair Parts - LSL", 25, 0, "Service - LSL"),
		("Stock In Hand - LSL", 0, 25, "Service - LSL"),
	]
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert [
		(row.item_code, row.qty, row.rate, row.net_amount, row.income_account, row.cost_center)
		for row in invoice.items
	] == [
		(shop.hour, 1.5, 60, 90, "Repair Income - LSL", "Service - LSL"),
		(shop.seal, 2, 42, 84, "Repair Income - LSL", "Service - LSL"),
	]
	# 174.00 net, 13.5 % = 23.49
	assert (invoice.net_total, invoice.total_taxes_and_charges, invoice.grand_total) == (174, 23.49, 197.49)
	assert (invoice.docstatus, invoice.update_stock) == (0, 0)
	assert [line.amount for line in (*doc.labour, *doc.parts)] == [90, 84]
	assert (doc.currency, doc.amount_due, doc.billing_status) == ("EUR", 197.49, "To Bill")
	assert (doc.parts_cost, doc.labour_cost) == (25, 45)
	assert doc.parts[0].valuation_amount == 25
	assert doc.posted_at
	assert documents_of(doc) == {"Stock Entry": [doc.stock_entry], "Sales Invoice": [doc.sales_invoice]}


def test_preview_shows_the_amount_of_the_invoice_to_come(shop, kind):
	doc = job(shop, kind, labour=[make.hours(1.5)], parts=[make.part(shop.seal, 2)])

	assert (doc.currency, doc.amount_due) == ("EUR", 197.49)
	assert [line.amount for line in (*doc.labour, *doc.parts)] == [90, 84]
	assert doc.billing_status == "Not Billable"  # nothing to bill before the work is done
	assert documents_of(doc) == {}


def test_warranty_job_books_part_and_hours_as_expense_and_bills_nobody(shop, kind):
	doc = done(shop, kind, "C", labour=[make.hours(2)], parts=[make.part(shop.seal)])

	assert gl(doc.stock_entry) == [
		("Stock In Hand - LSL", 0, 12.5, "Service - LSL"),
		("Warranty Expense - LSL", 12.5, 0, "Service - LSL"),
	]
	assert gl(doc.labour_journal_entry) == [
		("Labour Recovery - LSL", 0, 60, "Service - LSL"),
		("Warranty Expense - LSL", 60, 0, "Service - LSL"),
	]
	assert doc.sales_invoice is None
	assert (doc.amount_due, doc.billing_status) == (0, "Not Billable")
	assert documents_of(doc) == {
		"Stock Entry": [doc.stock_entry],
		"Journal Entry": [doc.labour_journal_entry],
	}


def test_internal_work_has_neither_customer_nor_invoice(shop, kind):
	doc = done(shop, kind, "D", labour=[make.hours(1)], parts=[make.part(shop.seal)])

	assert doc.customer is None
	assert documents_of(doc) == {"Stock Entry": [doc.stock_entry]}
	assert gl(doc.stock_entry) == [
		("Internal Service Expense - LSL", 12.5, 0, "Service - LSL"),
		("Stock In Hand - LSL", 0, 12.5, "Service - LSL"),
	]
	# Category D names no labour accounts here: hours are counted, not booked
	assert (doc.labour_cost, doc.labour_journal_entry) == (30, None)


def test_each_line_posts_to_the_account_of_who_pays_it(shop, kind):
	doc = done(
		shop,
		kind,
		"C",
		labour=[
			make.hours(1),
			make.hours(0.5, activity="Training", charge_to="Customer", charge_reason="Misuse"),
		],
		parts=[
			make.part(shop.seal, 1),
			make.part(shop.seal, 2, charge_to="Customer", charge_reason="Misuse"),
			make.part(shop.seal, 3, charge_to="Goodwill", charge_reason="Long wait"),
			make.part(shop.seal, 1, charge_to="Internal", charge_reason="Broken by us"),
		],
	)

	assert gl(doc.stock_entry) == [
		("Cost of Repair Parts - LSL", 25, 0, "Service - LSL"),
		("Goodwill Expense - LSL", 37.5, 0, "Service - LSL"),
		("Internal Service Expense - LSL", 12.5, 0, "Service - LSL"),
		("Stock In Hand - LSL", 0, 87.5, "Service - LSL"),
		("Warranty Expense - LSL", 12.5, 0, "Service - LSL"),
	]
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert [(row.item_code, row.qty, row.net_amount) for row in invoice.items] == [
		(shop.hour, 0.5, 30),
		(shop.seal, 2, 84),
	]
	assert [line.amount for line in doc.parts] == [0, 84, 0, 0]
	assert [line.valuation_amount for line in doc.parts] == [12.5, 25, 37.5, 12.5]
	# Only the warranty hour is booked at cost: category A names no labour accounts
	assert gl(doc.labour_journal_entry) == [
		("Labour Recovery - LSL", 0, 30, "Service - LSL"),
		("Warranty Expense - LSL", 30, 0, "Service - LSL"),
	]
	assert doc.labour_cost == 45


def test_hours_at_cost_go_to_one_journal_entry_by_category(shop):
	make.category_accounts(
		"A",
		income_account=shop.income,
		expense_account=shop.parts_cost,
		labour_expense_account=shop.parts_cost,
		labour_recovery_account=shop.recovery,
	)
	doc = done(
		shop,
		category="C",
		labour=[
			make.hours(1),
			make.hours(0.25),
			make.hours(2, charge_to="Customer", charge_reason="Misuse"),
		],
	)

	# 1.25 h warranty and 2 h customer at 30; A has no cost centre of its own here: the company's
	assert gl(doc.labour_journal_entry) == [
		("Cost of Repair Parts - LSL", 60, 0, "Main - LSL"),
		("Labour Recovery - LSL", 0, 37.5, "Service - LSL"),
		("Labour Recovery - LSL", 0, 60, "Main - LSL"),
		("Warranty Expense - LSL", 37.5, 0, "Service - LSL"),
	]


def test_serial_and_batch_leave_the_warehouse_as_entered(shop, kind):
	board = make.item("Control Board", has_serial_no=1)
	cleaner = make.item("Descaler", has_batch_no=1, create_new_batch=1)
	make.price(board, 180)
	make.price(cleaner, 15)
	make.make("Batch", batch_id="DS-2026-01", item=cleaner)
	make.make("Batch", batch_id="DS-2026-02", item=cleaner)
	make.receive(board, 3, 95, shop.van, serial_nos=["CB-101", "CB-102", "CB-103"])
	make.receive(cleaner, 4, 6, shop.van, batch_no="DS-2026-01")
	make.receive(cleaner, 4, 7, shop.van, batch_no="DS-2026-02")

	doc = done(
		shop,
		kind,
		parts=[
			make.part(board, 2, serial_no="CB-103\nCB-101"),
			make.part(cleaner, 1, batch_no="DS-2026-02"),
		],
	)

	warehouses = dict(frappe.get_all("Serial No", {"item_code": board}, ["name", "warehouse"], as_list=True))
	assert warehouses == {"CB-101": None, "CB-102": shop.van, "CB-103": None}
	used = {
		(row.serial_no, row.batch_no)
		for row in frappe.get_all(
			"Serial and Batch Entry",
			filters={"parent": ("in", bundles_of(doc.stock_entry))},
			fields=["serial_no", "batch_no"],
		)
	}
	assert used == {("CB-101", None), ("CB-103", None), (None, "DS-2026-02")}
	assert [line.valuation_amount for line in doc.parts] == [190, 7]
	assert gl(doc.stock_entry)[0] == ("Cost of Repair Parts - LSL", 197, 0, "Service - LSL")


def test_serialised_part_kept_in_batches(shop):
	burner = make.item("Burner", has_serial_no=1, has_batch_no=1)
	make.price(burner, 200)
	make.make("Batch", batch_id="BU-7", item=burner)
	make.receive(burner, 2, 80, shop.van, serial_nos=["BU-1", "BU-2"], batch_no="BU-7")

	doc = done(shop, parts=[make.part(burner, 1, serial_no="BU-2", batch_no="BU-7")])

	assert stock_ledger(doc.stock_entry) == [(burner, shop.van, -1, -80)]
	assert frappe.db.get_value("Serial No", "BU-2", "warehouse") is None
	assert frappe.db.get_value("Serial No", "BU-1", "warehouse") == shop.van


def test_part_that_is_not_stocked_is_billed_and_moves_nothing(shop, kind):
	sealant = make.item("Sealant", is_stock_item=0)
	make.price(sealant, 9)
	doc = done(shop, kind, parts=[make.part(sealant, 2)])

	assert documents_of(doc) == {"Sales Invoice": [doc.sales_invoice]}
	# 18.00 net + 2.43
	assert (doc.amount_due, doc.parts_cost) == (20.43, 0)


def test_job_without_lines_posts_nothing(shop, kind):
	doc = done(shop, kind)

	assert documents_of(doc) == {}
	assert (doc.billing_status, doc.amount_due) == ("Not Billable", 0)
	assert doc.posted_at


def test_invoice_is_submitted_where_the_settings_say_so(shop, kind):
	make.settings(submit_invoice=1)
	doc = done(shop, kind, labour=[make.hours(1)], parts=[make.part(shop.seal)])

	# 102.00 net + 13.77 VAT
	assert gl(doc.sales_invoice) == [
		("Debtors - LSL", 115.77, 0, None),
		("Repair Income - LSL", 0, 102, "Service - LSL"),
		("VAT - LSL", 0, 13.77, "Main - LSL"),
	]
	assert (doc.billing_status, doc.amount_due) == ("Billed", 115.77)


def test_parts_sold_go_to_the_default_cost_of_goods_when_the_category_names_no_account(shop):
	make.category_accounts("A")
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])

	assert gl(doc.stock_entry) == [
		("Cost of Goods Sold - LSL", 12.5, 0, "Main - LSL"),
		("Stock In Hand - LSL", 0, 12.5, "Main - LSL"),
	]
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert {(row.income_account, row.cost_center) for row in invoice.items} == {("Sales - LSL", "Main - LSL")}


def test_quantities_are_stock_units_whatever_unit_the_item_is_sold_in(shop):
	washer = make.item(
		"Washer",
		sales_uom="Box",
		uoms=[{"uom": "Nos", "conversion_factor": 1}, {"uom": "Box", "conversion_factor": 50}],
	)
	make.price(washer, 0.4, uom="Nos")
	make.receive(washer, 100, 0.1, shop.van)
	doc = done(shop, parts=[make.part(washer, 5)])

	row = frappe.get_doc("Sales Invoice", doc.sales_invoice).items[0]
	assert (row.uom, row.qty, row.stock_qty, row.rate, row.net_amount) == ("Nos", 5, 5, 0.4, 2)
	assert stock_ledger(doc.stock_entry) == [(washer, shop.van, -5, -0.5)]


# ---------------------------------------------------------------- prices, taxes, currency


def invoice_by_hand(customer: str, rows: list[dict]):
	"""A draft Sales Invoice as ERPNext's form makes it: party details, default taxes, insert."""
	from erpnext.accounts.party import get_party_details
	from erpnext.controllers.accounts_controller import (
		get_default_taxes_and_charges,
		get_taxes_and_charges,
	)

	template = "Sales Taxes and Charges Template"
	invoice = frappe.new_doc("Sales Invoice")
	invoice.update({"company": make.COMPANY, "customer": customer})
	invoice.update(
		get_party_details(
			party=customer,
			party_type="Customer",
			company=make.COMPANY,
			posting_date=nowdate(),
			doctype="Sales Invoice",
			price_list=invoice.selling_price_list,
		)
	)
	if not invoice.taxes_and_charges:
		invoice.update(get_default_taxes_and_charges(template, company=make.COMPANY))
	if not invoice.taxes:
		invoice.set("taxes", get_taxes_and_charges(template, invoice.taxes_and_charges))
	for row in rows:
		invoice.append("items", row)
	invoice.insert()
	return invoice


def ordinary_customer(shop):
	return {}


def customer_abroad(shop):
	make.make(
		"Currency Exchange",
		from_currency="GBP",
		to_currency="EUR",
		exchange_rate=1.25,
		for_selling=1,
		for_buying=1,
		date=nowdate(),
	)
	debtors = make.account(
		"Debtors GBP", "Accounts Receivable", account_type="Receivable", account_currency="GBP"
	)
	return {
		"default_currency": "GBP",
		"accounts": [{"company": make.COMPANY, "account": debtors}],
	}


def customer_abroad_in_the_common_account(shop):
	frappe.db.set_single_value(
		"Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1
	)
	return {**customer_abroad(shop), "accounts": []}


def customer_abroad_with_prices_of_his_currency(shop):
	make.once("Price List", "UK Selling", price_list_name="UK Selling", currency="GBP", selling=1)
	make.price(shop.seal, 39.95, "UK Selling")
	make.price(shop.hour, 55, "UK Selling")
	return {**customer_abroad(shop), "default_price_list": "UK Selling"}


def customer_with_price_list(shop):
	make.once("Price List", "Trade", price_list_name="Trade", currency="EUR", selling=1)
	make.price(shop.seal, 35, "Trade")
	make.price(shop.hour, 48.5, "Trade")
	return {"default_price_list": "Trade"}


def customer_with_tax_rule(shop):
	make.sales_taxes("VAT 23%", 23, "VAT - LSL")
	make.make(
		"Tax Rule",
		tax_type="Sales",
		customer=shop.customer,
		sales_tax_template="VAT 23% - LSL",
		company=make.COMPANY,
	)
	return {}


def customer_group_with_price_list(shop):
	make.once("Price List", "Trade", price_list_name="Trade", currency="EUR", selling=1)
	make.price(shop.seal, 35, "Trade")
	make.price(shop.hour, 48.5, "Trade")
	frappe.get_doc("Customer Group", "Individual").update({"default_price_list": "Trade"}).save()
	return {}


def other_defaults_of_the_site(shop):
	"""Defaults that ERPNext's own settings put on every new document, and that this customer differs from."""
	frappe.get_doc("Selling Settings").update(
		{"customer_group": "Commercial", "territory": "Rest Of The World"}
	).save()
	make.make(
		"Pricing Rule",
		title="Commercial customers",
		apply_on="Item Code",
		items=[{"item_code": shop.seal}],
		selling=1,
		applicable_for="Customer Group",
		customer_group="Commercial",
		company=make.COMPANY,
		currency="EUR",
		rate_or_discount="Discount Percentage",
		discount_percentage=50,
	)
	return {"language": "de"}


def customer_with_payment_terms(shop):
	make.make("Payment Term", payment_term_name="Half Now", invoice_portion=50, credit_days=0)
	make.make("Payment Term", payment_term_name="Half in 30 Days", invoice_portion=50, credit_days=30)
	terms = make.make(
		"Payment Terms Template",
		template_name="Half and Half",
		terms=[
			{
				"payment_term": "Half Now",
				"invoice_portion": 50,
				"credit_days": 0,
				"due_date_based_on": "Day(s) after invoice date",
			},
			{
				"payment_term": "Half in 30 Days",
				"invoice_portion": 50,
				"credit_days": 30,
				"due_date_based_on": "Day(s) after invoice date",
			},
		],
	)
	return {"payment_terms": terms.name}


def discount_on_parts(shop):
	make.make(
		"Pricing Rule",
		title="Loyal customers",
		apply_on="Item Code",
		items=[{"item_code": shop.seal}],
		selling=1,
		applicable_for="Customer",
		customer=shop.customer,
		company=make.COMPANY,
		currency="EUR",
		rate_or_discount="Discount Percentage",
		discount_percentage=10,
	)
	return {}


def free_part_by_rule(shop):
	brush = make.item("Brush", is_stock_item=0)
	make.price(brush, 4)
	make.make(
		"Pricing Rule",
		title="A brush with two seals",
		apply_on="Item Code",
		price_or_product_discount="Product",
		items=[{"item_code": shop.seal}],
		selling=1,
		min_qty=2,
		free_item=brush,
		free_qty=1,
		free_item_rate=0,
		company=make.COMPANY,
		currency="EUR",
	)
	return {}


def item_tax(shop):
	make.make(
		"Item Tax Template",
		title="Reduced 9%",
		company=make.COMPANY,
		taxes=[{"tax_type": "VAT - LSL", "tax_rate": 9}],
	)
	item = frappe.get_doc("Item", shop.seal)
	item.append("taxes", {"item_tax_template": "Reduced 9% - LSL"})
	item.save()
	return {}


def tax_category_of_address(shop):
	make.make("Tax Category", title="Zero Rated")
	make.make(
		"Address",
		address_title=shop.customer,
		address_type="Billing",
		address_line1="1 Quay Street",
		city="Belfast",
		country="United Kingdom",
		tax_category="Zero Rated",
		links=[{"link_doctype": "Customer", "link_name": shop.customer}],
	)
	make.sales_taxes("Export", 0, "VAT - LSL")
	make.make(
		"Tax Rule",
		tax_type="Sales",
		tax_category="Zero Rated",
		# A rule takes the site's own group where it names none, which version 16 has set
		customer_group=frappe.db.get_value("Customer", shop.customer, "customer_group"),
		sales_tax_template="Export - LSL",
		company=make.COMPANY,
	)
	return {}


@pytest.mark.parametrize(
	("prepare", "grand_total"),
	[
		(ordinary_customer, 197.49),  # 90 + 84 = 174, 13.5 % = 23.49
		(customer_abroad, 157.99),  # the same in pounds at 1.25: 48 an hour, 33.60 a seal; 139.20 + 18.79
		(customer_abroad_in_the_common_account, 157.99),
		(customer_abroad_with_prices_of_his_currency, 184.32),  # 82.50 + 79.90 = 162.40 + 21.92
		(customer_with_price_list, 162.02),  # 72.75 + 70 = 142.75 + 19.27
		(customer_group_with_price_list, 162.02),
		(other_defaults_of_the_site, 197.49),
		(customer_with_tax_rule, 214.02),  # 174 + 23 % 40.02
		(customer_with_payment_terms, 197.49),
		(discount_on_parts, 187.96),  # 90 + 2 x 37.80 = 165.60 + 22.36
		(free_part_by_rule, 197.49),
		(item_tax, 193.71),  # 90 x 13.5 % = 12.15; 84 x 9 % = 7.56
		(tax_category_of_address, 174),
	],
)
def test_invoice_is_the_one_erpnext_makes_by_hand(shop, prepare, grand_total):
	frappe.get_doc("Customer", shop.customer).update(prepare(shop)).save()
	by_hand = invoice_by_hand(
		shop.customer,
		[{"item_code": shop.hour, "qty": 1.5}, {"item_code": shop.seal, "qty": 2}],
	)

	doc = job(shop, labour=[make.hours(1.5)], parts=[make.part(shop.seal, 2)])
	previewed = (doc.currency, doc.amount_due)
	doc.submit()
	posted = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	for invoice in (posted, by_hand):
		invoice.submit()
		invoice.reload()

	assert differences(terms(posted), terms(by_hand)) == {}
	assert posted.grand_total == grand_total
	assert previewed == (posted.currency, posted.rounded_total or posted.grand_total)


def terms(invoice) -> dict:
	"""What the customer sees of an invoice, without what a category decides (accounts, cost centres)."""
	rows = (
		"item_code item_name qty uom stock_uom conversion_factor price_list_rate discount_percentage rate "
		"net_amount base_net_amount item_tax_template item_tax_rate is_free_item"
	).split()
	header = (
		"customer customer_name currency conversion_rate selling_price_list price_list_currency plc_conversion_rate "
		"debit_to party_account_currency taxes_and_charges tax_category customer_address contact_person net_total "
		"total_taxes_and_charges grand_total rounded_total outstanding_amount due_date payment_terms_template "
		"language territory customer_group ignore_pricing_rule"
	).split()
	seen = {field: invoice.get(field) or None for field in header}
	seen["due_date"] = str(seen["due_date"])
	for row in invoice.items:
		seen.update({f"{field} of row {row.idx}": row.get(field) or None for field in rows})
	for tax in invoice.taxes:
		seen[f"tax {tax.idx}"] = (tax.account_head, tax.rate, tax.tax_amount, tax.total)
	for due in invoice.payment_schedule:
		seen[f"due {due.idx}"] = (str(due.due_date), due.payment_amount)
	return seen


def differences(one: dict, other: dict) -> dict:
	return {key: (one.get(key), other.get(key)) for key in {*one, *other} if one.get(key) != other.get(key)}


def test_rate_agreed_on_a_line_wins_over_price_list_and_pricing_rule(shop, kind):
	discount_on_parts(shop)
	other = make.item("Ignition Electrode")
	make.price(other, 20)
	make.make(
		"Pricing Rule",
		title="Electrodes",
		apply_on="Item Code",
		items=[{"item_code": other}],
		selling=1,
		company=make.COMPANY,
		currency="EUR",
		rate_or_discount="Discount Percentage",
		discount_percentage=25,
	)
	make.receive(other, 5, 4, shop.van)

	doc = job(
		shop,
		kind,
		labour=[make.hours(1, rate=75)],
		parts=[make.part(shop.seal, 2, rate=30), make.part(other, 1)],
	)
	previewed = doc.amount_due
	doc.submit()

	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert [(row.item_code, row.rate, row.net_amount) for row in invoice.items] == [
		(shop.hour, 75, 75),
		(shop.seal, 30, 60),
		(other, 15, 15),
	]
	# 150.00 + 20.25; the agreed rate stays when the accountant saves and submits the draft
	assert previewed == invoice.grand_total == 170.25
	invoice.save()
	invoice.submit()
	assert invoice.grand_total == 170.25
	assert (
		doc.as_dict().billing_status is not None
		and frappe.db.get_value(doc.doctype, doc.name, "amount_due") == 170.25
	)


def test_agreed_rate_above_the_price_list(shop):
	doc = done(shop, parts=[make.part(shop.seal, 1, rate=55)])

	row = frappe.get_doc("Sales Invoice", doc.sales_invoice).items[0]
	assert (row.rate, row.net_amount) == (55, 55)


def test_preview_of_an_agreed_rate_writes_no_item_price(shop):
	glue = make.item("Glue")
	make.receive(glue, 5, 1, shop.van)
	doc = job(shop, parts=[make.part(glue, 1, rate=8)])

	assert doc.amount_due == 9.08
	assert not frappe.db.exists("Item Price", {"item_code": glue})


def test_draft_that_cannot_be_priced_yet_can_be_saved(shop):
	frappe.db.set_value("Customer", shop.customer, "default_currency", "GBP")
	frappe.db.set_single_value("Currency Exchange Settings", "disabled", 1)  # no rate, no look-up
	doc = job(shop, labour=[make.hours(1)])

	assert (doc.docstatus, doc.amount_due, doc.currency) == (0, 0, "GBP")


# ---------------------------------------------------------------- Delivery Note companies


@pytest.fixture
def note_first():
	"""Selling Settings that demand a Delivery Note before an invoice."""
	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()


def test_sold_parts_go_by_delivery_note_where_selling_settings_demand_one(shop, note_first, kind):
	doc = done(
		shop,
		kind,
		labour=[make.hours(1)],
		parts=[
			make.part(shop.seal, 2),
			make.part(shop.seal, 1, charge_to="Goodwill", charge_reason="Long wait"),
		],
	)

	note = frappe.get_doc("Delivery Note", doc.delivery_note)
	assert (note.docstatus, [(row.item_code, row.qty, row.rate) for row in note.items]) == (
		1,
		[(shop.hour, 1, 60), (shop.seal, 2, 42)],
	)
	assert stock_ledger(note.name) == [(shop.seal, shop.van, -2, -25)]
	assert gl(note.name) == [
		("Cost of Repair Parts - LSL", 25, 0, "Service - LSL"),
		("Stock In Hand - LSL", 0, 25, "Service - LSL"),
	]
	# What the customer does not pay still goes by Material Issue
	assert stock_ledger(doc.stock_entry) == [(shop.seal, shop.van, -1, -12.5)]
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert [(row.delivery_note, row.dn_detail, row.net_amount) for row in invoice.items] == [
		(note.name, note.items[0].name, 60),
		(note.name, note.items[1].name, 84),
	]
	assert invoice.grand_total == note.grand_total == 163.44  # 144 + 19.44
	assert (doc.parts_cost, [line.valuation_amount for line in doc.parts]) == (37.5, [25, 12.5])
	invoice.submit()
	assert frappe.db.get_value("Delivery Note", note.name, "per_billed") == 100
	assert in_stock(shop.seal, shop.van) == 7


def test_delivery_note_carries_serial_batch_discount_and_agreed_rate_to_the_invoice(shop, note_first):
	discount_on_parts(shop)
	board = make.item("Control Board", has_serial_no=1)
	make.price(board, 180)
	make.receive(board, 2, 95, shop.van, serial_nos=["CB-101", "CB-102"])

	doc = done(
		shop,
		parts=[make.part(board, 1, serial_no="CB-102"), make.part(shop.seal, 2)],
		labour=[make.hours(1)],
	)

	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert [(row.item_code, row.rate) for row in invoice.items] == [
		(shop.hour, 60),
		(board, 180),
		(shop.seal, 37.8),
	]
	assert frappe.db.get_value("Serial No", "CB-102", "warehouse") is None
	invoice.submit()
	assert invoice.grand_total == frappe.db.get_value("Delivery Note", doc.delivery_note, "grand_total")

	agreed = done(shop, parts=[make.part(shop.seal, 1, rate=30)])
	invoice = frappe.get_doc("Sales Invoice", agreed.sales_invoice)
	invoice.submit()
	assert [row.rate for row in invoice.items] == [30]


def test_customer_exempt_from_delivery_notes_gets_a_material_issue(shop, note_first):
	frappe.db.set_value("Customer", shop.customer, "dn_required", 1)
	frappe.clear_document_cache("Customer", shop.customer)
	doc = done(shop, parts=[make.part(shop.seal)])

	assert documents_of(doc) == {"Stock Entry": [doc.stock_entry], "Sales Invoice": [doc.sales_invoice]}
	frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()


def test_hours_alone_need_a_delivery_note_too_and_move_no_stock(shop, note_first):
	doc = done(shop, labour=[make.hours(1)])

	assert stock_ledger(doc.delivery_note) == []
	frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
	assert frappe.db.get_value(doc.doctype, doc.name, "billing_status") == "Billed"


# ---------------------------------------------------------------- a second company


@pytest.fixture
def branch(shop):
	"""A second company with a van, stock and a technician of its own, and no rows in any category."""
	company = make.company()
	van = make.warehouse("Van Cormac", company)
	make.receive(shop.seal, 5, 11, van)
	return frappe._dict(
		company=company, van=van, technician=make.technician("Cormac Burke", van, company=company)
	)


def test_second_company_posts_to_its_own_accounts(shop, branch, kind):
	make.category_accounts(
		"A",
		branch.company,
		income_account=make.account("Repair Income", "Direct Income", branch.company),
		expense_account=make.account("Repair Parts", "Direct Expenses", branch.company),
	)
	doc = done(
		shop,
		kind,
		company=branch.company,
		technician=branch.technician,
		warehouse=branch.van,
		labour=[make.hours(1)],
		parts=[make.part(shop.seal)],
	)

	assert gl(doc.stock_entry) == [
		("Repair Parts - CSL", 11, 0, "Main - CSL"),
		("Stock In Hand - CSL", 0, 11, "Main - CSL"),
	]
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert (invoice.company, invoice.debit_to) == (branch.company, "Debtors - CSL")
	assert {row.income_account for row in invoice.items} == {"Repair Income - CSL"}
	assert {tax.account_head for tax in invoice.taxes} <= {"VAT - CSL"}


def test_second_company_without_accounts_takes_its_own_defaults(shop, branch):
	doc = done(
		shop,
		company=branch.company,
		technician=branch.technician,
		labour=[make.hours(1)],
		parts=[make.part(shop.seal)],
	)

	assert gl(doc.stock_entry)[0] == ("Cost of Goods Sold - CSL", 11, 0, "Main - CSL")
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert {row.income_account for row in invoice.items} == {"Sales - CSL"}


# ---------------------------------------------------------------- by whom


def test_technician_without_any_right_on_erpnext_documents_completes_his_visit(shop):
	user = make.user("aoife@example.com", "Service Technician")
	frappe.db.set_value("Service Technician", shop.technician, "user", user)
	doc = job(shop, labour=[make.hours(1)], parts=[make.part(shop.seal, rate=40)])

	frappe.set_user(user)
	frappe.get_doc("Service Voucher", doc.name).submit()
	frappe.set_user("Administrator")

	doc.reload()
	assert (doc.docstatus, doc.amount_due) == (1, 113.5)  # 100 + 13.50
	assert frappe.db.get_value("Sales Invoice", doc.sales_invoice, "owner") == user
	assert not frappe.has_permission("Sales Invoice", "create", user=user)


def test_fractions_of_a_unit_add_up_to_what_is_there(shop):
	pipe = make.item("Copper Pipe", stock_uom="Meter")
	make.price(pipe, 8)
	make.receive(pipe, 0.3, 4, shop.van)

	doc = done(shop, parts=[make.part(pipe, 0.1), make.part(pipe, 0.2)])

	assert in_stock(pipe, shop.van) == 0
	assert doc.parts_cost == 1.2
