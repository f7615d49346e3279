"""An invoice of a job says job, day, work or travel, product, place of service and receipt (R-AC-1)."""

import frappe
import pytest
from frappe.utils import format_date, strip_html_tags

from tests import factories as make
from tests.jobs import billed, done, job


@pytest.fixture
def shop():
	names = make.shop()
	make.settings(small_fee_limit=500)
	names.boiler = make.equipment(
		names.customer, brand="Vaillant", model="ecoTEC", serial_text="21-0042 & Co"
	)
	names.place = make.address(names.customer)
	return names


def visit(shop, **values):
	call = make.call(
		shop.customer,
		service_category=make.category("A"),
		equipment=shop.boiler,
		service_address=shop.place,
	)
	doc = make.voucher(
		call,
		shop.technician,
		service_category=make.category("A"),
		labour=[make.hours(1), make.hours(0.5, activity="Travel")],
		parts=[make.part(shop.seal)],
		**values,
	)
	doc.submit()
	return frappe.get_doc(doc.doctype, doc.name)


def rows_of(invoice) -> list[str]:
	return [strip_html_tags(item.description.replace("<br>", " | ")) for item in invoice.items]


def test_a_single_invoice_says_what_it_is_for(shop):
	doc = visit(shop)
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	day = format_date(doc.departed_at)
	work, travel, part = rows_of(invoice)
	assert work.startswith(f"Service Hour: Repair ({doc.name} of {day})")
	assert "Vaillant ecoTEC, serial number 21-0042" in work and "Grand Canal Quay" in work
	assert travel == f"Service Hour: Travel ({doc.name} of {day})"
	assert part == f"Gas Valve Seal ({doc.name} of {day})"
	assert invoice.aftersales_service.startswith(f"{doc.name}, {day}, Vaillant ecoTEC, serial number 21-0042")
	assert "Grand Canal Quay" in invoice.aftersales_service
	printed = frappe.get_print("Sales Invoice", invoice.name)
	for text in (doc.name, "Service Hour: Travel", "Vaillant ecoTEC", "Grand Canal Quay"):
		assert text in printed


def test_the_receipt_for_cash_is_named_whenever_it_is_given(shop):
	doc = visit(shop, cash_collected=20)
	late = visit(shop)
	late.collect_cash(30)
	late = frappe.get_doc(late.doctype, late.name)
	for visited in (doc, late):
		invoice = frappe.get_doc("Sales Invoice", visited.sales_invoice)
		assert visited.cash_receipt_no
		assert invoice.aftersales_service.endswith(f"Receipt {visited.cash_receipt_no}")
		assert rows_of(invoice)[0].endswith(f"Receipt {visited.cash_receipt_no}")
		before = invoice.net_total
		invoice.submit()  # it is still the invoice that it was
		assert invoice.net_total == before


def test_an_invoice_of_several_jobs_names_each(shop):
	make.settings(invoicing="One Invoice per Customer")
	first, second = visit(shop), visit(shop)
	first.collect_cash(10)
	billed(first, second)
	first.reload()
	invoice = frappe.get_doc("Sales Invoice", first.sales_invoice)
	lines = invoice.aftersales_service.splitlines()
	assert [line.split(",")[0] for line in lines] == sorted([first.name, second.name])
	assert lines[0].endswith(f"Receipt {first.cash_receipt_no}")


def test_a_job_without_product_or_place_says_job_and_day(shop):
	doc = done(shop, category="A", labour=[make.hours(1)])
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert invoice.aftersales_service.startswith(f"{doc.name}, ")


# ---------------------------------------------------------------- net and gross


def test_what_a_contract_covers_is_net_where_prices_include_tax(shop):
	template = frappe.get_doc("Sales Taxes and Charges Template", shop.vat)
	template.taxes[0].included_in_print_rate = 1
	template.save()
	make.category_accounts("B", expense_account=shop.parts_cost, cost_center=shop.cost_center)
	terms = make.contract(shop.customer, parts_share=50)
	doc = job(
		shop, category="B", service_contract=terms.name, labour=[make.hours(1)], parts=[make.part(shop.seal)]
	)
	# 60.00 and half of 42.00, each with 13.5 % in it
	assert [line.contract_amount for line in (*doc.labour, *doc.parts)] == [52.86, 18.5]
	assert doc.contract_share == 71.36
	doc.submit()
	doc = frappe.get_doc(doc.doctype, doc.name)
	assert (doc.contract_share, doc.amount_due) == (71.36, 21)
