"""A job that cannot be posted says what to set, and leaves nothing half-posted (issue: "a message").

Each case is provoked through a real job. It is refused with the sentence named here, nothing is in
stock or books, and once the thing that the sentence names is set, the same job goes through.
"""

import ast
import inspect
import re
from dataclasses import dataclass

import frappe
import pytest
from frappe.utils import add_days, nowdate

from aftersales.service_posting import posting
from aftersales.service_posting.invoicing import invoices
from aftersales.service_posting.plan import posting_checks, posting_messages, posting_plan
from tests import factories as make
from tests.jobs import documents_of, job, refuse

CASES = []


def case(code: str, says: str):
	"""Register a function (shop) -> (job, way to mend it) as the case of a message."""

	def register(function):
		CASES.append(pytest.param(code, says, function, id=function.__name__))
		return function

	return register


def set_line(doc, field, value, table="parts"):
	doc.get(table)[0].set(field, value)
	doc.save()


def set_value(doctype, name, field, value):
	frappe.db.set_value(doctype, name, field, value)
	frappe.clear_document_cache(doctype, name)


@case("part_without_quantity", "Parts row 1: set a quantity above zero for Gas Valve Seal")
def quantity_zero(shop):
	doc = job(shop, parts=[make.part(shop.seal, 0)])
	return doc, lambda: set_line(doc, "qty", 1)


@case("part_without_warehouse", "Parts row 1: set From Warehouse for Gas Valve Seal")
def no_warehouse(shop):
	on_foot = make.technician("Brian Walsh")
	doc = job(shop, technician=on_foot, parts=[make.part(shop.seal)])
	return doc, lambda: set_line(doc, "warehouse", shop.van)


def board(shop, **values):
	"""A serialised part with CB-101 and CB-102 in the van."""
	item = make.item("Control Board", has_serial_no=1)
	make.price(item, 180)
	make.receive(item, 2, 95, shop.van, serial_nos=["CB-101", "CB-102"])
	return item


@case(
	"serials_do_not_match", "Control Board is serialised. Enter 1.0 serial numbers, one per line (given: 0)"
)
def no_serial(shop):
	doc = job(shop, parts=[make.part(board(shop))])
	return doc, lambda: set_line(doc, "serial_no", "CB-101")


@case("serials_do_not_match", "Enter 1.0 serial numbers, one per line (given: 2)")
def too_many_serials(shop):
	doc = job(shop, parts=[make.part(board(shop), 1, serial_no="CB-101\nCB-102")])
	return doc, lambda: set_line(doc, "qty", 2)


@case("serial_twice", "Parts row 1: the same serial number of Control Board is entered twice")
def same_serial_twice(shop):
	doc = job(shop, parts=[make.part(board(shop), 2, serial_no="CB-101\nCB-101")])
	return doc, lambda: set_line(doc, "serial_no", "CB-101\nCB-102")


@case(
	"serial_on_two_lines",
	"Parts row 2: serial number CB-101 of Control Board is already entered on another line",
)
def serial_on_two_lines(shop):
	item = board(shop)
	doc = job(shop, parts=[make.part(item, serial_no="CB-101"), make.part(item, serial_no="CB-101")])
	return doc, lambda: set_line(doc, "serial_no", "CB-102")


@case("serial_unknown", "Parts row 1: there is no Serial No CB-999 of item Control Board")
def serial_unknown(shop):
	doc = job(shop, parts=[make.part(board(shop), serial_no="CB-999")])
	return doc, lambda: set_line(doc, "serial_no", "CB-102")


@case("serial_unknown", "there is no Serial No PU-1 of item Control Board")
def serial_of_another_item(shop):
	pump = make.item("Pump", has_serial_no=1)
	make.receive(pump, 1, 60, shop.van, serial_nos=["PU-1"])
	doc = job(shop, parts=[make.part(board(shop), serial_no="PU-1")])
	return doc, lambda: set_line(doc, "serial_no", "CB-102")


@case("serial_elsewhere", "Serial No CB-201 of Control Board is not in Van Aoife - LSL but in Stores - LSL")
def serial_in_another_warehouse(shop):
	item = board(shop)
	make.receive(item, 1, 95, "Stores - LSL", serial_nos=["CB-201"])
	doc = job(shop, parts=[make.part(item, serial_no="CB-201")])
	return doc, lambda: set_line(doc, "warehouse", "Stores - LSL")


@case("serial_not_in_stock", "Serial No CB-101 of Control Board is not in stock")
def serial_used_before(shop):
	item = board(shop)
	job(shop, parts=[make.part(item, serial_no="CB-101")]).submit()
	doc = job(shop, parts=[make.part(item, serial_no="CB-101")])
	return doc, lambda: set_line(doc, "serial_no", "CB-102")


def descaler(shop):
	item = make.item("Descaler", has_batch_no=1, create_new_batch=1)
	make.price(item, 15)
	make.make("Batch", batch_id="DS-01", item=item)
	make.receive(item, 4, 6, shop.van, batch_no="DS-01")
	return item


@case(
	"income_account_missing", "Service Category A: set the Income Account for company Liffey Service Ltd, or"
)
def no_income_account(shop):
	make.category_accounts("A", expense_account=shop.parts_cost)
	set_value("Company", make.COMPANY, "default_income_account", None)
	doc = job(shop, labour=[make.hours(1)])
	return doc, lambda: set_value("Company", make.COMPANY, "default_income_account", shop.income)


@case(
	"cost_account_missing", "Service Category A: set the Parts Expense Account for company Liffey Service Ltd"
)
def no_cost_account(shop):
	make.category_accounts("A", income_account=shop.income)
	set_value("Company", make.COMPANY, "default_expense_account", None)
	doc = job(shop, parts=[make.part(shop.seal)])
	return doc, lambda: set_value("Company", make.COMPANY, "default_expense_account", shop.parts_cost)


def kit(shop, component, name="Kit"):
	"""A Product Bundle of one `component` and one seal, sold at 250."""
	item = make.bundle(name, {component: 1, shop.seal: 1})
	make.price(item, 250)
	return item


@case("bundle_serials", "product bundle Kit contains Control Board, which is serialised. Enter 1.0 serial")
def bundle_without_serial(shop):
	doc = job(shop, parts=[make.part(kit(shop, board(shop)))])
	return doc, lambda: set_line(doc, "serial_no", "CB-101")


@case("bundle_serial_of_other_item", "Serial No CB-999 belongs to no item of product bundle Kit")
def bundle_with_unknown_serial(shop):
	doc = job(shop, parts=[make.part(kit(shop, board(shop)), serial_no="CB-101\nCB-999")])
	return doc, lambda: set_line(doc, "serial_no", "CB-101")


@case("bundle_batch", "product bundle Kit contains Descaler, which is kept in batches. Set a Batch of it")
def bundle_without_batch(shop):
	doc = job(shop, parts=[make.part(kit(shop, descaler(shop)))])
	return doc, lambda: set_line(doc, "batch_no", "DS-01")


@case("bundle_tracked_by_delivery_note", "Enter the items of the bundle as separate parts")
def bundle_with_serial_by_delivery_note(shop):
	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	item = board(shop)
	doc = job(shop, parts=[make.part(kit(shop, item), serial_no="CB-101")])
	return doc, lambda: set_line(doc, "item_code", item)


@case("labour_is_bundle", "Labour row 1: Kit is a product bundle with stocked items. Enter it under Parts")
def bundle_as_hours(shop):
	doc = job(shop, labour=[make.hours(1, item_code=kit(shop, shop.seal))])
	return doc, lambda: set_line(doc, "item_code", shop.hour, "labour")


@case("batch_missing", "Parts row 1: Descaler is kept in batches. Set the Batch")
def no_batch(shop):
	doc = job(shop, parts=[make.part(descaler(shop))])
	return doc, lambda: set_line(doc, "batch_no", "DS-01")


@case("batch_of_other_item", "Parts row 1: Batch GL-01 does not belong to Descaler")
def batch_of_another_item(shop):
	glue = make.item("Glue", has_batch_no=1)
	make.make("Batch", batch_id="GL-01", item=glue)
	doc = job(shop, parts=[make.part(descaler(shop), batch_no="GL-01")])
	return doc, lambda: set_line(doc, "batch_no", "DS-01")


@case("batch_expired", "Parts row 1: Batch DS-01 of Descaler expired on")
def batch_expired(shop):
	item = descaler(shop)
	set_value("Batch", "DS-01", "expiry_date", add_days(nowdate(), -1))
	doc = job(shop, parts=[make.part(item, batch_no="DS-01")])
	return doc, lambda: set_value("Batch", "DS-01", "expiry_date", add_days(nowdate(), 1))


@case("not_enough_stock", "Part Gas Valve Seal: 11.0 needed from Van Aoife - LSL, 10.0 there. Transfer stock")
def not_enough_stock(shop):
	doc = job(shop, parts=[make.part(shop.seal, 11)])
	return doc, lambda: make.receive(shop.seal, 1, 12.5, shop.van)


@case("not_enough_stock", "Part Gas Valve Seal: 12.0 needed from Van Aoife - LSL, 10.0 there")
def not_enough_stock_over_two_lines(shop):
	doc = job(shop, parts=[make.part(shop.seal, 6), make.part(shop.seal, 6)])
	return doc, lambda: make.receive(shop.seal, 2, 12.5, shop.van)


@case(
	"set_aside_for_others",
	"Part Gas Valve Seal: 4.0 needed from Van Aoife - LSL, 2.0 available there; the rest is reserved",
)
def set_aside_for_others(shop):
	call = make.call(shop.customer)
	other = make.received_card(call, warehouse=shop.van, parts=[make.part(shop.seal, 8)])
	other.set_parts_aside()
	doc = job(shop, parts=[make.part(shop.seal, 4)])
	return doc, lambda: frappe.get_doc("Repair Card", other.name).call_off("Opened twice")


@case("item_disabled", "Item Gas Valve Seal is disabled. Choose a substitute, or enable it in the Item")
def item_disabled(shop):
	doc = job(shop, parts=[make.part(shop.seal)])
	set_value("Item", shop.seal, "disabled", 1)
	return doc, lambda: set_value("Item", shop.seal, "disabled", 0)


@case("item_disabled", "Item Gas Valve Seal is disabled")
def item_at_its_end_of_life(shop):
	doc = job(shop, parts=[make.part(shop.seal)])
	set_value("Item", shop.seal, "end_of_life", add_days(nowdate(), -1))
	return doc, lambda: set_value("Item", shop.seal, "end_of_life", None)


@case("item_not_sold", "Item Gas Valve Seal cannot be sold. Tick Allow Sales in the Item")
def item_not_sold(shop):
	doc = job(shop, parts=[make.part(shop.seal)])
	set_value("Item", shop.seal, "is_sales_item", 0)
	return doc, lambda: set_value("Item", shop.seal, "is_sales_item", 1)


@case(
	"warehouse_of_other_company",
	"warehouse Van Cormac - CSL belongs to Corrib Service Ltd, not to Liffey Service Ltd",
)
def warehouse_of_another_company(shop):
	company = "Corrib Service Ltd"
	make.make("Company", company_name=company, abbr="CSL", default_currency="EUR", country="Ireland")
	van = make.warehouse("Van Cormac", company)
	make.receive(shop.seal, 1, 11, van)
	doc = job(shop, parts=[make.part(shop.seal, warehouse=van)])
	return doc, lambda: set_line(doc, "warehouse", shop.van)


@case(
	"warehouse_unusable", "Parts row 1: warehouse Van Aoife - LSL is disabled or a group. Choose another one"
)
def warehouse_disabled(shop):
	doc = job(shop, parts=[make.part(shop.seal)])
	set_value("Warehouse", shop.van, "disabled", 1)
	return doc, lambda: set_value("Warehouse", shop.van, "disabled", 0)


@case("warehouse_unusable", "warehouse All Warehouses - LSL is disabled or a group")
def warehouse_is_a_group(shop):
	doc = job(shop, parts=[make.part(shop.seal, warehouse="All Warehouses - LSL")])
	return doc, lambda: set_line(doc, "warehouse", shop.van)


@case(
	"labour_without_item",
	"Labour row 1: set Billing Item, or the Labour Item and Travel Item in Aftersales Settings",
)
def hours_without_item(shop):
	make.settings(labour_item=None)
	doc = job(shop, labour=[make.hours(1)])
	return doc, lambda: set_line(doc, "item_code", shop.hour, "labour")


@case("customer_missing", "Set Customer: a line is charged to the customer")
def nobody_to_charge(shop):
	doc = job(shop, category="D", parts=[make.part(shop.seal, charge_to="Customer", charge_reason="Sold")])

	def mend():
		doc.customer = shop.customer
		doc.save()

	return doc, mend


@case(
	"category_missing", "No enabled Service Category is charged to Goodwill. Create one, or change the line"
)
def no_category_for_a_payer(shop):
	doc = job(shop, parts=[make.part(shop.seal, charge_to="Goodwill", charge_reason="Long wait")])
	set_value("Service Category", "Goodwill", "disabled", 1)
	return doc, lambda: set_value("Service Category", "Goodwill", "disabled", 0)


@case(
	"expense_account_missing",
	"Service Category C: set the Parts Expense Account for company Liffey Service Ltd",
)
def no_expense_account(shop):
	make.category_accounts("C")
	doc = job(shop, category="C", parts=[make.part(shop.seal)])
	return doc, lambda: make.category_accounts("C", expense_account=shop.warranty)


@case(
	"labour_accounts_incomplete",
	"Service Category C: set both Labour Expense Account and Labour Recovery Account",
)
def one_labour_account(shop):
	rows = frappe.get_doc("Service Category", "C").accounts
	set_value("Service Category Account", rows[0].name, "labour_recovery_account", None)
	frappe.clear_document_cache("Service Category", "C")
	doc = job(shop, category="C", labour=[make.hours(1)])

	def mend():
		set_value("Service Category Account", rows[0].name, "labour_recovery_account", shop.recovery)
		frappe.clear_document_cache("Service Category", "C")

	return doc, mend


@case(
	"account_unusable",
	"Service Category A: account Cost of Repair Parts - LSL is disabled, a group, or of another company",
)
def account_disabled(shop):
	doc = job(shop, parts=[make.part(shop.seal)])
	set_value("Account", shop.parts_cost, "disabled", 1)
	return doc, lambda: set_value("Account", shop.parts_cost, "disabled", 0)


@case(
	"account_unusable",
	"Service Category A: account Repair Income - LSL is disabled, a group, or of another company",
)
def account_turned_into_a_group(shop):
	doc = job(shop, labour=[make.hours(1)])
	set_value("Account", shop.income, "is_group", 1)
	return doc, lambda: set_value("Account", shop.income, "is_group", 0)


@case(
	"cost_center_unusable",
	"Service Category A: cost center Service - LSL is disabled, a group, or of another company",
)
def cost_center_disabled(shop):
	doc = job(shop, parts=[make.part(shop.seal)])
	set_value("Cost Center", shop.cost_center, "disabled", 1)
	return doc, lambda: set_value("Cost Center", shop.cost_center, "disabled", 0)


@case(
	"sales_order_required",
	"Selling Settings demand a Sales Order before an invoice. Allow customer Nora Byrne to be invoiced without one",
)
def sales_order_required(shop):
	frappe.get_doc("Selling Settings").update({"so_required": "Yes"}).save()
	doc = job(shop, labour=[make.hours(1)])
	return doc, lambda: set_value("Customer", shop.customer, "so_required", 1)


@case("customer_disabled", "Customer Nora Byrne is disabled or frozen. Enable the customer before posting")
def customer_disabled(shop):
	doc = job(shop, labour=[make.hours(1)])
	set_value("Customer", shop.customer, "disabled", 1)
	return doc, lambda: set_value("Customer", shop.customer, "disabled", 0)


@case("customer_disabled", "Customer Nora Byrne is disabled or frozen")
def customer_frozen_whose_parts_leave_by_delivery_note(shop):
	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	doc = job(shop, labour=[make.hours(1)])
	set_value("Customer", shop.customer, "is_frozen", 1)
	return doc, lambda: set_value("Customer", shop.customer, "is_frozen", 0)


@case(
	"no_price",
	"Item Glue has no price in price list Standard Selling. Add an Item Price, or set the rate on the line",
)
def no_price(shop):
	glue = make.item("Glue")
	make.receive(glue, 1, 3, shop.van)
	doc = job(shop, parts=[make.part(shop.seal), make.part(glue)])
	return doc, lambda: make.price(glue, 8)


@case("excess_item_missing", "has an excess: set the Excess Item in Aftersales Settings")
def no_excess_item(shop):
	make.category_accounts("B", expense_account=shop.warranty, cost_center=shop.cost_center)
	contract = make.contract(shop.customer, excess_per_job=25)
	doc = job(shop, "Repair Card", "B", labour=[make.hours(1)], service_contract=contract.name)
	return doc, lambda: make.settings(excess_item=make.service_item("Excess", uom="Nos"))


@case("period_closed", "is closed for Stock Entry. Open it there, or post after")
def accounting_period_closed(shop):
	period = make.make(
		"Accounting Period",
		period_name="Stocktaking",
		company=make.COMPANY,
		start_date=add_days(nowdate(), -1),
		end_date=nowdate(),
		closed_documents=[{"document_type": "Stock Entry", "closed": 1}],
	)
	doc = job(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	return doc, lambda: set_value("Closed Document", period.closed_documents[0].name, "closed", 0)


@case("period_closed", "is closed for Sales Invoice")
def accounting_period_closed_for_invoices(shop):
	period = make.make(
		"Accounting Period",
		period_name="Year end",
		company=make.COMPANY,
		start_date=add_days(nowdate(), -1),
		end_date=nowdate(),
		closed_documents=[{"document_type": "Sales Invoice", "closed": 1}],
	)
	doc = job(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	return doc, lambda: set_value("Closed Document", period.closed_documents[0].name, "closed", 0)


@case("stock_frozen", "Stock is frozen up to")
def stock_frozen(shop):
	frappe.db.set_single_value("Stock Settings", "stock_frozen_upto", nowdate())
	doc = job(shop, parts=[make.part(shop.seal)])
	return doc, lambda: frappe.db.set_single_value(
		"Stock Settings", "stock_frozen_upto", add_days(nowdate(), -1)
	)


@case("accounts_frozen", "The accounts of Liffey Service Ltd are frozen up to")
def accounts_frozen(shop):
	freeze_accounts(nowdate())
	doc = job(shop, parts=[make.part(shop.seal)])
	return doc, lambda: freeze_accounts(add_days(nowdate(), -1))


@case("no_fiscal_year", "No Fiscal Year of Liffey Service Ltd contains")
def no_fiscal_year(shop):
	doc = job(shop, parts=[make.part(shop.seal)])
	years = frappe.get_all("Fiscal Year", {"disabled": 0}, pluck="name")

	def disable(value: int) -> None:
		for year in years:
			set_value("Fiscal Year", year, "disabled", value)
		frappe.cache.delete_value("fiscal_years")

	disable(1)
	return doc, lambda: disable(0)


def freeze_accounts(until: str) -> None:
	if frappe.get_meta("Company").has_field("accounts_frozen_till_date"):
		set_value("Company", make.COMPANY, "accounts_frozen_till_date", until)
	else:
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", until)


@pytest.mark.parametrize(("code", "says", "prepare"), CASES)
def test_job_is_refused_with_what_to_set_and_goes_through_once_it_is_set(shop, code, says, prepare):
	doc, mend = prepare(shop)

	told = refuse(doc)

	assert says in re.sub(r"\s+", " ", told)
	mend()
	frappe.get_doc(doc.doctype, doc.name).submit()
	assert documents_of(doc)


def test_everything_wrong_is_told_at_once(shop):
	make.settings(labour_item=None)
	make.category_accounts("C")
	doc = job(
		shop,
		labour=[make.hours(1)],
		parts=[
			make.part(shop.seal, 11),
			make.part(shop.seal, 1, charge_to="Warranty", charge_reason="Seal of the last repair"),
		],
	)

	told = refuse(doc)

	assert "Labour row 1: set Billing Item" in told
	assert "Service Category C: set the Parts Expense Account" in told
	assert "12.0 needed" in told


def test_every_message_is_provoked_by_a_case():
	provoked = {case.values[0] for case in CASES}
	assert provoked == codes_raised() == codes_with_a_message()


def codes_raised() -> set[str]:
	"""First argument of every Problem(...) in the engine."""
	return {
		call.args[0].value
		for module in (posting, posting_checks, posting_plan, invoices)
		for call in ast.walk(ast.parse(inspect.getsource(module)))
		if isinstance(call, ast.Call) and getattr(call.func, "id", None) == "Problem"
	}


def codes_with_a_message() -> set[str]:
	return set(posting_messages.SENTENCES)


# ---------------------------------------------------------------- what only ERPNext knows


def batch_used_up(shop):
	item = descaler(shop)
	make.make("Batch", batch_id="DS-02", item=item)
	make.receive(item, 4, 6, shop.van, batch_no="DS-02")
	return job(shop, parts=[make.part(item, 5, batch_no="DS-01")])


def no_exchange_rate(shop):
	debtors = make.account(
		"Debtors GBP", "Accounts Receivable", account_type="Receivable", account_currency="GBP"
	)
	frappe.get_doc("Customer", shop.customer).update(
		{"default_currency": "GBP", "accounts": [{"company": make.COMPANY, "account": debtors}]}
	).save()
	frappe.db.set_single_value("Currency Exchange Settings", "disabled", 1)  # no rate, no look-up
	return job(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])


def foreign_currency_in_a_home_currency_account(shop):
	make.make(
		"Currency Exchange",
		from_currency="GBP",
		to_currency="EUR",
		exchange_rate=1.25,
		for_selling=1,
		date=nowdate(),
	)
	set_value("Customer", shop.customer, "default_currency", "GBP")
	return job(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])


def books_closed_for_the_year(shop):
	retained = "Retained Earnings - LSL"
	doc = job(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	year = frappe.get_last_doc("Fiscal Year")
	voucher = make.make(
		"Period Closing Voucher",
		company=make.COMPANY,
		fiscal_year=year.name,
		period_start_date=year.year_start_date,
		period_end_date=year.year_end_date,
		transaction_date=nowdate(),
		closing_account_head=retained,
		remarks="Year end",
	)
	frappe.db.set_value("Period Closing Voucher", voucher.name, "docstatus", 1)
	return doc


@pytest.mark.parametrize(
	("prepare", "says"),
	[
		(batch_used_up, "DS-01"),
		(no_exchange_rate, "Maybe Currency Exchange record is not created for GBP to EUR"),
		(foreign_currency_in_a_home_currency_account, "Party Account Debtors - LSL currency (EUR)"),
		(books_closed_for_the_year, "Books have been closed till the period ending on"),
	],
)
def test_what_erpnext_refuses_is_refused_whole(shop, prepare, says):
	assert says in refuse(prepare(shop))
