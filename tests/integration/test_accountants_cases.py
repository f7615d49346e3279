"""The accountant's cases: booked rows equal the tables of docs/accountants-cases.md exactly (R-AC-1).

The page holds the expectation; each function here does the job of the case that it names.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import frappe
import pytest
from erpnext.accounts.deferred_revenue import convert_deferred_revenue_to_income
from frappe.utils import add_days, getdate, nowdate

from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_accounts.report.service_revenue_reconciliation import service_revenue_reconciliation
from aftersales.service_cash.cash import receive_cash
from aftersales.service_contracts import fee_invoices
from tests import clock, settling_cases
from tests import factories as make
from tests.clock import current as clock_of_the_test
from tests.jobs import billed, done, in_stock

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accountants-cases.md"
OTHER = "Shannon Service Ltd"
CASES: dict[str, Callable] = {}
YEAR = clock.common_year()
"""The first year to come that has 365 days: what the page says of days and months holds in it."""
MONTH_ENDS = (
	(f"{YEAR}-02-01", f"{YEAR}-01-01", f"{YEAR}-01-31"),
	(f"{YEAR}-03-01", f"{YEAR}-02-01", f"{YEAR}-02-28"),
	(f"{YEAR}-04-01", f"{YEAR}-03-01", f"{YEAR}-03-31"),
	(f"{YEAR}-05-01", f"{YEAR}-04-01", f"{YEAR}-04-30"),
)
"""When ERPNext moves deferred revenue to income, and of which days."""


def case(number: str):
	def register(function):
		CASES[number] = function
		return function

	return register


CASES.update(settling_cases.CASES)


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.contract = make.account("Contract Service Expense", "Direct Expenses")
	make.category_accounts("B", expense_account=names.contract, cost_center=names.cost_center)
	make.settings(submit_invoice=1, excess_item=make.service_item("Contract Excess", uom="Nos"))
	return names


def expected() -> dict[str, list[tuple]]:
	"""Rows of each table of the page by the number of its case."""
	tables: dict[str, list[tuple]] = {}
	number = None
	for line in PAGE.read_text(encoding="utf-8").splitlines():
		if heading := re.match(r"#{2,3} (\d+[a-z]?)\. ", line):
			number = heading.group(1)
		elif number and line.startswith("| document"):
			tables[number] = []
		elif number in tables and line.startswith("| "):
			document, account, debit, credit, cost_center = (
				cell.strip() for cell in line.strip().strip("|").split("|")
			)
			tables[number].append((document, account, amount(debit), amount(credit), cost_center))
	return tables


def amount(cell: str) -> Decimal:
	return Decimal(cell or 0).quantize(Decimal("0.01"))


def booked(documents: dict[str, str], company: str) -> list[tuple]:
	"""The general ledger of the documents of a case, as the page writes it."""
	rows = []
	for label, voucher in documents.items():
		for entry in frappe.get_all(
			"GL Entry",
			filters={"voucher_no": voucher, "is_cancelled": 0},
			fields=["account", "debit", "credit", "cost_center", "company"],
		):
			assert entry.company == company
			rows.append(
				(
					label,
					titled(entry.account, company),
					amount(str(entry.debit)),
					amount(str(entry.credit)),
					titled(entry.cost_center, company),
				)
			)
	return rows


def titled(name: str | None, company: str) -> str:
	return (name or "").removesuffix(f" - {make.abbreviation(company)}")


def entries_since(before: int) -> int:
	return frappe.db.count("GL Entry", {"is_cancelled": 0}) - before


@pytest.mark.parametrize("number", sorted(expected()))
def test_books_are_as_the_page_says(shop, clock, number):
	before = frappe.db.count("GL Entry", {"is_cancelled": 0})
	documents, company, prepared = CASES[number](shop)
	rows = booked(documents, company)
	assert sorted(rows) == sorted(expected()[number])
	assert entries_since(before) == len(rows) + prepared, "something else was booked"


def test_every_case_of_the_page_is_done_and_no_other():
	assert set(CASES) == set(expected())


# ---------------------------------------------------------------- the jobs


def job(shop, category="A", kind="Service Voucher", **values):
	values.setdefault("labour", [make.hours(1)])
	values.setdefault("parts", [make.part(shop.seal)])
	return done(shop, kind, category, **values)


def documents(doc, **more) -> tuple[dict[str, str], str, int]:
	"""What a job names, and `more`; its company; entries that its masters needed."""
	labels = {
		"Stock Entry": doc.stock_entry,
		"Delivery Note": doc.delivery_note,
		"Sales Invoice": doc.sales_invoice,
		"Journal Entry": doc.labour_journal_entry,
		**more,
	}
	return {label: name for label, name in labels.items() if name}, doc.company, 0


@case("1a")
def paid(shop):
	return documents(job(shop))


@case("1b")
def contract(shop):
	return documents(job(shop, "B", service_contract=make.contract(shop.customer).name))


@case("1c")
def warranty(shop):
	return documents(job(shop, "C"))


@case("1d")
def internal(shop):
	return documents(job(shop, "D"))


@case("1e")
def goodwill(shop):
	return documents(job(shop, "Goodwill"))


@case("2")
def mixed(shop):
	broken = make.part(shop.seal, charge_to="Customer", charge_reason="Broken by the customer")
	return documents(job(shop, "C", parts=[make.part(shop.seal), broken]))


@case("3")
def contract_with_excess(shop):
	terms = make.contract(shop.customer, parts_share=50, excess_per_job=20)
	return documents(job(shop, "B", service_contract=terms.name))


@case("4a")
def tax_excluded(shop):
	return documents(job(shop, labour=[make.hours(1, rate=100)], parts=[]))


@case("4b")
def tax_included(shop):
	template = frappe.get_doc("Sales Taxes and Charges Template", shop.vat)
	template.taxes[0].included_in_print_rate = 1
	template.save()
	return documents(job(shop, labour=[make.hours(1, rate=113.5)], parts=[]))


@case("5")
def foreign_currency(shop):
	make.make(
		"Currency Exchange",
		from_currency="GBP",
		to_currency="EUR",
		exchange_rate=1.25,
		for_selling=1,
		for_buying=1,
		date=nowdate(),
	)
	frappe.db.set_single_value(
		"Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1
	)
	frappe.get_doc("Global Defaults").update({"disable_rounded_total": 1}).save()
	frappe.get_doc("Customer", shop.customer).update({"default_currency": "GBP"}).save()
	doc = job(shop)
	assert (doc.currency, doc.amount_due) == ("GBP", 92.62)
	return documents(doc)


def cash_job(shop, amount=115.77, submitted=True):
	"""A visit of 115.77 for which `amount` was receipted; the till is the company's Cash."""
	make.cash_mode()
	make.settings(submit_invoice=int(submitted), small_fee_limit=500)
	return job(shop, cash_collected=amount)


def received(doc, **more) -> tuple[dict[str, str], str, int]:
	"""The documents of the visit after its cash was received, which is booked once."""
	payment = receive_cash(doc.name)
	assert receive_cash(doc.name) == payment
	doc.reload()
	return documents(doc, **{"Payment Entry": payment, **more})


def outstanding(doc) -> float:
	return frappe.db.get_value("Sales Invoice", doc.sales_invoice, "outstanding_amount")


@case("6a")
def more_cash_than_owed(shop):
	doc = cash_job(shop, submitted=False)
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	next(row for row in invoice.items if row.item_code == shop.hour).rate = 58
	invoice.save()
	invoice.submit()
	doc.reload()
	names = received(doc)
	assert (outstanding(doc), doc.billing_status) == (0, "Paid")
	assert frappe.db.get_value("Payment Entry", doc.payment_entry, "unallocated_amount") == 2.27
	return names


@case("6b")
def less_cash_than_owed(shop):
	doc = cash_job(shop, 50)
	names = received(doc)
	assert (outstanding(doc), doc.billing_status) == (65.77, "Billed")
	return names


@case("6c")
def cash_after_the_bank(shop):
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	doc = cash_job(shop)
	bank = make.account("Bank", "Bank Accounts", account_type="Bank")
	payment = get_payment_entry("Sales Invoice", doc.sales_invoice, bank_account=bank)
	payment.update({"reference_no": "4711", "reference_date": nowdate()})
	payment.insert().submit()
	doc.reload()
	assert (doc.billing_status, doc.payment_entry) == ("Paid", None)
	names = received(doc, **{"Bank Payment": payment.name})
	assert frappe.db.get_value("Payment Entry", doc.payment_entry, "unallocated_amount") == 115.77
	return names


@case("6d")
def cash_paid_out_again(shop):
	doc = cash_job(shop, 50)
	doc.pay_out_cash(40, 50, "Took too much", "N. Byrne", make.SIGNATURE)
	return received(doc)


@case("6e")
def two_receipts(shop):
	doc = cash_job(shop, 50)
	first = doc.cash_receipt_no
	second = doc.collect_cash(20, 50)
	names = received(doc)
	reference = frappe.db.get_value("Payment Entry", doc.payment_entry, "reference_no")
	assert reference == f"{first}, {second}"
	return names


@case("6f")
def payment_entered_in_erpnext(shop):
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	doc = cash_job(shop)
	payment = get_payment_entry("Sales Invoice", doc.sales_invoice, bank_account="Cash - LSL")
	payment.update({"reference_no": doc.cash_receipt_no, "reference_date": nowdate()})
	payment.insert().submit()
	assert receive_cash(doc.name) == payment.name
	doc.reload()
	assert (doc.payment_entry, doc.billing_status) == (payment.name, "Paid")
	return documents(doc, **{"Payment Entry": payment.name})


@case("6g")
def cash_of_a_visit_cancelled_for_good(shop):
	doc = cash_job(shop, submitted=False)
	doc.cancel()
	payment = receive_cash(doc.name)
	assert in_stock(shop.seal, shop.van) == 10
	return {"Payment Entry": payment}, doc.company, 0


@case("6h")
def made_out_to_an_insurer(shop):
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	make.settings(submit_invoice=0)
	account = make.account("Debtors Insurers", "Accounts Receivable", account_type="Receivable")
	insurer = make.customer("Shannon Insurance", accounts=[{"company": make.COMPANY, "account": account}])
	doc = job(shop)
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	invoice.customer = insurer
	invoice.submit()
	payment = get_payment_entry("Sales Invoice", invoice.name, bank_account="Cash - LSL")
	payment.insert().submit()
	doc.reload()
	assert doc.billing_status == "Paid"
	return documents(doc, **{"Payment Entry": payment.name})


@case("7")
def partial_payment(shop):
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	doc = job(shop)
	payment = get_payment_entry(
		"Sales Invoice", doc.sales_invoice, party_amount=100, bank_account="Cash - LSL"
	)
	payment.insert()
	payment.submit()
	doc.reload()
	assert doc.billing_status == "Billed"
	assert frappe.db.get_value("Sales Invoice", doc.sales_invoice, "outstanding_amount") == 15.77
	return documents(doc, **{"Payment Entry": payment.name})


@case("8")
def credit_note(shop):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	doc = job(shop)
	note = make_sales_return(doc.sales_invoice)
	note.insert()
	note.submit()
	doc.reload()
	return documents(doc, **{"Credit Note": note.name})


@case("9")
def two_jobs_on_one_invoice(shop):
	make.settings(invoicing="One Invoice per Customer")
	visit, card = job(shop), job(shop, kind="Repair Card")
	billed(visit, card)
	visit.reload()
	card.reload()
	assert visit.sales_invoice == card.sales_invoice
	return documents(visit, **{"Second Stock Entry": card.stock_entry})


@case("10a")
def cancelled_before_billing(shop):
	make.settings(submit_invoice=0)
	doc = job(shop)
	names = documents(doc)
	doc.cancel()
	assert in_stock(shop.seal, shop.van) == 10
	return names


@case("10b")
def cancelled_after_billing(shop):
	doc = job(shop)
	names = documents(doc)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="is submitted"):
		doc.cancel()
	frappe.db.rollback()
	frappe.get_doc("Sales Invoice", doc.sales_invoice).cancel()
	frappe.get_doc(doc.doctype, doc.name).cancel()
	assert in_stock(shop.seal, shop.van) == 10
	return names


@case("11")
def second_company(shop):
	if not frappe.db.exists("Company", OTHER):
		make.make(
			"Company",
			company_name=OTHER,
			abbr="SSL",
			default_currency="EUR",
			country="Ireland",
			enable_perpetual_inventory=1,
		)
	van = make.warehouse("Van Brian", OTHER)
	before = frappe.db.count("GL Entry", {"is_cancelled": 0})
	make.receive(shop.seal, 5, 9, van)
	prepared = entries_since(before)
	make.sales_taxes(
		"VAT 23%", 23, make.account("VAT", "Duties and Taxes", OTHER, account_type="Tax"), OTHER, is_default=1
	)
	doc = job(
		shop,
		company=OTHER,
		technician=make.technician("Brian Walsh", van, company=OTHER),
	)
	names, company, _none = documents(doc)
	return names, company, prepared


@case("12")
def delivery_note_company(shop):
	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	return documents(job(shop))


def fees(first: str, last: str, cost: float, interval: str, submitted_on: str, until: str) -> list:
	"""The invoices of a contract's fee, submitted on one day and looked at by the daily job until another."""
	make.fiscal_years(YEAR - 1, YEAR)
	clock_of_the_test.to(submitted_on)
	plan = make.fee_plan("Boiler Care Fee", cost, interval)
	contract = make.contract(
		"Nora Byrne",
		start_date=first,
		end_date=last,
		plans=[{"plan": plan, "qty": 1}],
		submit_fee_invoices=1,
	)
	for day in (first, until):
		clock_of_the_test.to(day)
		fee_invoices.invoice_due_fees()
	filters = {"subscription": contract.subscription}
	return frappe.get_all("Sales Invoice", filters, ["name", "posting_date"], order_by="from_date asc")


@case("13a")
def fee_of_a_calendar_year(shop):
	(fee,) = fees(f"{YEAR}-01-01", f"{YEAR}-12-31", 1200, "Year", f"{YEAR - 1}-11-30", f"{YEAR}-12-31")
	assert str(fee.posting_date) == f"{YEAR}-01-01"
	return {"Fee of the Year": fee.name}, make.COMPANY, 0


@case("13b")
def fee_of_forty_five_days(shop):
	first, last = fees(
		f"{YEAR - 1}-11-01", f"{YEAR - 1}-12-15", 300, "Month", f"{YEAR - 1}-11-01", f"{YEAR - 1}-12-01"
	)
	return {"First Fee": first.name, "Last Fee": last.name}, make.COMPANY, 0


@case("13c")
def deferred_fee_that_ends_early(shop):
	make.fiscal_years(YEAR - 1, YEAR)
	clock_of_the_test.to(f"{YEAR}-01-01")
	plan = make.fee_plan("Boiler Care Fee", 1200, "Year")
	deferred = make.account("Deferred Fees", "Current Liabilities")
	item = frappe.get_doc("Item", "Boiler Care Fee")
	item.enable_deferred_revenue = 1
	item.set("item_defaults", [{"company": make.COMPANY, "deferred_revenue_account": deferred}])
	item.save()
	terms = make.contract(
		shop.customer,
		start_date=f"{YEAR}-01-01",
		end_date=f"{YEAR}-12-31",
		plans=[{"plan": plan, "qty": 1}],
		submit_fee_invoices=1,
	)
	fee = frappe.db.get_value("Sales Invoice", {"subscription": terms.subscription})
	for day, first, last in MONTH_ENDS[:2]:
		clock_of_the_test.to(day)
		convert_deferred_revenue_to_income(None, first, last)
	clock_of_the_test.to(f"{YEAR}-03-20")
	terms.end_early(f"{YEAR}-03-31", "Sold the boiler")
	(note,) = terms.credit_unused_fee()
	frappe.get_doc("Sales Invoice", note).submit()
	for day, first, last in MONTH_ENDS[2:]:
		clock_of_the_test.to(day)
		convert_deferred_revenue_to_income(None, first, last)
	return {"Fee of the Year": fee, "Credit Note": note}, make.COMPANY, 0


@case("14")
def draft_of_another_month(shop):
	year = getdate().year + 1  # after the stock of the shop came in, whatever day and hour it is
	last, first = f"{year}-11-30", f"{year}-12-01"
	make.fiscal_years(year, year + 1)
	make.settings(submit_invoice=0)
	clock_of_the_test.to(last)
	doc = job(shop)
	clock_of_the_test.to(first)
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	invoice.submit()
	assert (str(invoice.posting_date), str(invoice.due_date)) == (first, first)
	assert str(frappe.db.get_value("Stock Entry", doc.stock_entry, "posting_date")) == last
	return documents(doc)


@case("31")
def product_bundle(shop):
	gasket = make.item("Gasket")
	before = frappe.db.count("GL Entry", {"is_cancelled": 0})
	make.receive(gasket, 10, 4, shop.van)
	prepared = entries_since(before)
	kit = make.bundle("Seal Kit", {shop.seal: 2, gasket: 1})
	make.price(kit, 100)
	names, company, _none = documents(job(shop, labour=[], parts=[make.part(kit)]))
	return names, company, prepared


@case("32")
def delivery_returned(shop):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	doc = job(shop)
	back = make_sales_return(doc.delivery_note)
	back.items = [row for row in back.items if row.item_code == shop.seal]
	back.insert()
	back.submit()
	return documents(doc, Return=back.name)


# ---------------------------------------------------------------- settings of ERPNext


def reported(**period) -> tuple[float, float, list[str]]:
	"""Income and parts of Job Profitability, and the labels of red sums of the reconciliation."""
	period = {"company": make.COMPANY, "from_date": add_days(nowdate(), -1), "to_date": nowdate(), **period}
	rows = job_profitability.execute(period)[1]
	summary = service_revenue_reconciliation.execute(period)[4]
	red = [one["label"] for one in summary if one["indicator"] == "Red"]
	return sum(row.income for row in rows), sum(row.parts for row in rows), red


@case("30a")
def part_returned_by_delivery_note(shop):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	doc = job(shop)
	back = make_sales_return(doc.delivery_note)
	back.items = [row for row in back.items if row.item_code == shop.seal]
	back.insert().submit()
	assert in_stock(shop.seal, shop.van) == 10
	assert reported() == (102, 0, [])
	return documents(doc, Return=back.name)


@case("30b")
def periodic_inventory(shop):
	frappe.db.set_value("Company", make.COMPANY, "enable_perpetual_inventory", 0)
	frappe.local.enable_perpetual_inventory = {}
	doc = job(shop)
	assert reported() == (102, 12.5, [])
	return documents(doc)


@case("30c")
def discount_accounting(shop):
	frappe.db.set_single_value("Selling Settings", "enable_discount_accounting", 1)
	make.settings(submit_invoice=0)
	doc = job(shop)
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	invoice.update(
		{
			"apply_discount_on": "Net Total",
			"additional_discount_percentage": 10,
			"additional_discount_account": make.account("Discounts Given", "Indirect Expenses"),
		}
	)
	invoice.save()
	invoice.submit()
	assert reported() == (91.8, 12.5, [])
	doc.reload()
	return documents(doc)


@case("30f")
def discount_of_a_pricing_rule(shop):
	frappe.db.set_single_value("Selling Settings", "enable_discount_accounting", 1)
	account = make.account("Discounts Given", "Indirect Expenses")
	item = frappe.get_doc("Item", shop.seal)
	item.set("item_defaults", [{"company": make.COMPANY, "default_discount_account": account}])
	item.save()
	make.make(
		"Pricing Rule",
		title="Seals",
		apply_on="Item Code",
		items=[{"item_code": shop.seal}],
		selling=1,
		price_or_product_discount="Price",
		rate_or_discount="Discount Percentage",
		discount_percentage=10,
		company=make.COMPANY,
		currency="EUR",
	)
	doc = job(shop)
	assert (doc.amount_due, doc.parts[0].amount) == (111, 37.8)
	assert reported() == (97.8, 12.5, [])
	return documents(doc)


@case("30d")
def deferred_by_journal(shop):
	clock_of_the_test.to(f"{YEAR - 1}-12-01")
	make.fiscal_years(YEAR - 1, YEAR)
	for fieldname in ("book_deferred_entries_via_journal_entry", "submit_journal_entries"):
		frappe.db.set_single_value("Accounts Settings", fieldname, 1)
	account = make.account("Deferred Service Income", "Current Liabilities")
	frappe.db.set_value("Company", make.COMPANY, "default_deferred_revenue_account", account)
	frappe.get_doc("Item", shop.hour).update({"enable_deferred_revenue": 1, "no_of_months": 12}).save()
	make.settings(submit_invoice=0)
	doc = job(shop, labour=[make.hours(1, rate=7300)], parts=[])
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	invoice.items[0].update({"service_start_date": f"{YEAR - 1}-12-01", "service_end_date": f"{YEAR}-11-30"})
	invoice.save()
	invoice.submit()
	december = {"from_date": f"{YEAR - 1}-12-01", "to_date": f"{YEAR - 1}-12-31"}
	assert reported(**december) == (0, 0, [])

	clock_of_the_test.to(f"{YEAR}-01-05")
	entry = recognised(f"{YEAR - 1}-12-01", f"{YEAR - 1}-12-31")
	assert reported(**december) == (620, 0, [])
	assert reported(from_date=f"{YEAR}-01-01", to_date=f"{YEAR}-01-31") == (0, 0, [])
	doc.reload()
	return documents(doc, **{"Journal Entry": entry})


def recognised(first: str, last: str) -> str:
	"""What ERPNext's own monthly run books of deferred income: the Journal Entry."""
	frappe.get_doc(
		{
			"doctype": "Process Deferred Accounting",
			"company": make.COMPANY,
			"type": "Income",
			"posting_date": last,
			"start_date": first,
			"end_date": last,
		}
	).insert().submit()
	(entry,) = frappe.get_all("Journal Entry", {"voucher_type": "Deferred Revenue"}, pluck="name")
	return entry


@case("30e")
def credited_and_cancelled(shop):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	doc = job(shop)
	names = documents(doc)[0]
	note = make_sales_return(doc.sales_invoice)
	note.insert().submit()
	doc.reload()
	doc.cancel()
	assert in_stock(shop.seal, shop.van) == 10
	assert reported() == (0, 0, [])
	return {**names, "Credit Note": note.name}, doc.company, 0
