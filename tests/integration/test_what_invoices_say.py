"""An invoice of a job says job, day, work or travel, product, place of service and receipt (R-AC-1)."""

import frappe
import pytest
from bs4 import BeautifulSoup
from frappe.utils import fmt_money, format_date, strip_html_tags

from aftersales.setup import site_checks
from tests import factories as make
from tests.jobs import billed, done, job


@pytest.fixture(scope="module")
def masters(shared_site):
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
	for print_format in ("Standard", "Service Invoice"):  # version 16 has another default (docs/printing.md)
		printed = frappe.get_print("Sales Invoice", invoice.name, print_format)
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


# ---------------------------------------------------------------- on paper


def paper(invoice) -> str:
	soup = BeautifulSoup(frappe.get_print("Sales Invoice", invoice.name, "Service Invoice"), "html.parser")
	for style in soup("style"):
		style.decompose()
	return " ".join(soup.get_text(" ").split())


def test_our_invoice_says_job_rows_taxes_and_what_is_left(shop):
	doc = visit(shop)
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	text = paper(invoice)
	for said in (
		"Invoice Draft",
		invoice.name,
		f"Service {doc.name}, {format_date(doc.departed_at)}, Vaillant ecoTEC, serial number 21-0042 & Co",
		f"Service Hour: Travel ({doc.name} of {format_date(doc.departed_at)})",
		f"Gas Valve Seal ({doc.name} of {format_date(doc.departed_at)})",
		f"Net {fmt_money(invoice.net_total, currency='EUR')}",
		f"VAT 13.5% {fmt_money(invoice.total_taxes_and_charges, currency='EUR')}",
		f"Total {fmt_money(invoice.grand_total, currency='EUR')}",
	):
		assert said in text, (said, text)
	assert "Still to pay" not in text

	invoice.submit()
	invoice.db_set("outstanding_amount", invoice.grand_total - 20)
	text = paper(invoice)
	assert f"Paid {fmt_money(20, currency='EUR')}" in text
	assert f"Still to pay {fmt_money(invoice.grand_total - 20, currency='EUR')}" in text


def test_our_invoice_carries_the_code_for_what_is_left(shop):
	make.make(
		"Bank Account",
		account_name="Service",
		bank=make.once("Bank", "AIB", bank_name="AIB", swift_number="AIBKIE2D"),
		company=make.COMPANY,
		is_company_account=1,
		is_default=1,
		account=make.account("Business Account", "Bank Accounts", account_type="Bank"),
		iban="IE29AIBK93115212345678",
	)
	doc = visit(shop)
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert "Bank transfer" not in paper(invoice), "a draft asks for nothing"
	invoice.submit()
	html = frappe.get_print("Sales Invoice", invoice.name, "Service Invoice")
	assert "Bank transfer" in html and 'src="data:image/svg+xml' in html


def test_check_names_a_default_that_says_nothing_of_the_job(monkeypatch):
	def state(html: str) -> str:
		name = "Tried"
		frappe.delete_doc_if_exists("Print Format", name)
		make.make(
			"Print Format", name=name, doc_type="Sales Invoice", standard="No", custom_format=1, html=html
		)
		monkeypatch.setattr(frappe.get_meta("Sales Invoice"), "default_print_format", name)
		return site_checks.print_of_invoices().state

	assert state("{{ doc.items[0].item_name }}") == "Warning"
	assert state("{{ doc.items[0].description }}") == "Good"
	monkeypatch.setattr(frappe.get_meta("Sales Invoice"), "default_print_format", None)
	assert site_checks.print_of_invoices().state == "Good"


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
