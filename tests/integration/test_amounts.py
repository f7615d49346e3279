"""The amount of a job: minutes, accepted rates, advances, rounding, and who earns a commission (R-AC-1).

Figures are those of `factories.shop`: an hour 60.00, a seal 42.00, VAT 13.5 %.
"""

from contextlib import contextmanager
from decimal import Decimal

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from frappe.utils import add_days, add_to_date, flt, nowdate

from aftersales.core.money import unit
from aftersales.core.rounding_rules import round_to
from aftersales.printing import aftersales_hours
from aftersales.service_posting.invoicing.payable import payable
from tests import factories as make
from tests.integration.test_accountants_reports import run
from tests.jobs import billed, done, gl, in_stock, job


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	make.settings(small_fee_limit=500)
	mode = frappe.get_doc("Mode of Payment", "Cash")
	mode.set("accounts", [{"company": make.COMPANY, "default_account": f"Cash - {make.ABBR}"}])
	mode.save()
	return names


def invoice_of(doc):
	return frappe.get_doc("Sales Invoice", doc.sales_invoice)


def fresh(doc):
	return frappe.get_doc(doc.doctype, doc.name)


@pytest.mark.parametrize("method", ["Commercial Rounding", "Banker's Rounding"])
@pytest.mark.parametrize("amount", ["0.125", "0.135", "2.5", "-0.125"])
def test_decisions_round_as_the_books_do(method, amount):
	frappe.db.set_single_value("System Settings", "rounding_method", method)
	frappe.clear_document_cache("System Settings", "System Settings")
	frappe.local.system_settings = None
	try:
		assert round_to(Decimal(amount), unit("EUR")) == Decimal(str(flt(amount, 2)))
	finally:
		frappe.local.system_settings = None


# ---------------------------------------------------------------- minutes


def worked(minutes: int, after: int = 0, **values) -> dict:
	"""Work of so many minutes that began `after` so many minutes of yesterday."""
	began = add_to_date(f"{add_days(nowdate(), -1)} 00:00:00", minutes=after, as_datetime=True)
	return {
		"activity": "Repair",
		"from_time": began,
		"to_time": add_to_date(began, minutes=minutes, as_datetime=True),
		**values,
	}


@pytest.mark.parametrize(("minutes", "rate", "amount"), [(20, 0, 20), (10, 0, 10), (7, 0, 7), (50, 150, 125)])
def test_time_is_billed_by_minutes(shop, minutes, rate, amount):
	doc = done(shop, labour=[worked(minutes, rate=rate)])
	assert doc.labour[0].amount == amount
	invoice = invoice_of(doc)
	assert (invoice.items[0].amount, invoice.net_total) == (amount, amount)
	invoice.submit()
	assert ("Repair Income - LSL", 0.0, float(amount), "Service - LSL") in gl(invoice.name)


def test_minutes_survive_a_form_that_rounds_them_and_the_credit_note(shop):
	doc = done(shop, labour=[worked(20), worked(10, after=20)])
	invoice = invoice_of(doc)
	invoice.items[0].qty = 0.333  # what ERPNext's form makes of it when anything is edited
	invoice.remarks = "Seen"
	invoice.save()
	assert [item.amount for item in invoice.items] == [20, 10]
	invoice.items[1].qty = 0.5  # a quantity that the accountant does change
	invoice.save()
	assert invoice.net_total == 50
	invoice.submit()
	note = make_sales_return(invoice.name)
	note.update_outstanding_for_self = 0
	note.insert()
	note.submit()
	assert note.net_total == -50
	assert fresh(doc).billing_status == "Credited"


def test_minutes_at_cost_and_on_a_delivery_note(shop):
	free = done(shop, category="C", labour=[worked(20)])
	assert gl(free.labour_journal_entry)[0][1:3] in [(0.0, 10.0), (10.0, 0.0)]
	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	doc = done(shop, labour=[worked(20)], parts=[make.part(shop.seal)])
	assert frappe.get_doc("Delivery Note", doc.delivery_note).net_total == 62
	assert invoice_of(doc).net_total == 62


def test_hours_are_printed_readably():
	assert [aftersales_hours(value) for value in (1, 1.5, 0.25, 0.333333, 1.166667)] == [
		"1",
		"1.5",
		"0.25",
		"0:20",
		"1:10",
	]


# ---------------------------------------------------------------- what was accepted


def estimate(shop, **values):
	"""A diagnosed card of an hour and a seal with its draft Quotation: 102.00."""
	call = make.call(shop.customer, service_category=make.category("A"))
	doc = make.make(
		"Repair Card",
		repair_call=call.name,
		company=make.COMPANY,
		received_at=add_to_date(frappe.utils.now_datetime(), hours=-5),
		diagnosis="Seal worn",
		repair_method="Component",
		service_category=make.category("A"),
		assigned_technician=shop.technician,
		warehouse=shop.van,
		labour=[make.hours(1)],
		parts=[make.part(shop.seal)],
		**values,
	)
	quotation = frappe.get_doc("Quotation", doc.make_quotation())
	return fresh(doc), quotation


def repaired(doc):
	doc = fresh(doc)
	doc.start_repair()
	doc.hand_to_check()
	doc.verify("Ran for ten minutes without a leak")
	doc.submit()
	return fresh(doc)


def test_the_rates_of_the_accepted_quotation_are_billed(shop, clock):
	doc, quotation = estimate(shop)
	quotation.items[0].rate = 56
	quotation.save()
	quotation.submit()
	assert fresh(doc).estimated_amount == 98
	fresh(doc).await_approval()
	fresh(doc).record_approval("Phone", "N. Byrne")
	doc = fresh(doc)
	assert (doc.estimated_amount, doc.approved_amount) == (98, 98)
	assert [line.rate for line in (*doc.labour, *doc.parts)] == [56, 42]

	clock.forward(days=12)
	for price in frappe.get_all("Item Price", {"item_code": shop.seal}, pluck="name"):
		frappe.get_doc("Item Price", price).update({"price_list_rate": 48}).save()
	doc.append("parts", make.part(shop.seal))
	doc.save()
	assert (doc.parts[1].amount, doc.parts[1].rate_source) == (48, "Price List")
	doc.remove(doc.parts[1])
	doc.save()
	doc = repaired(doc)
	assert invoice_of(doc).net_total == 98
	assert [(line.rate_source, line.rate_source_detail) for line in (*doc.labour, *doc.parts)] == [
		("Quotation", quotation.name)
	] * 2


def test_a_discount_on_the_whole_quotation_is_part_of_the_rates(shop):
	doc, quotation = estimate(shop)
	quotation.update({"apply_discount_on": "Net Total", "additional_discount_percentage": 50})
	quotation.save()
	fresh(doc).await_approval()
	fresh(doc).record_approval("Phone", "N. Byrne")
	assert invoice_of(repaired(doc)).net_total == 51


def test_what_is_given_for_nothing_in_the_quotation_is_not_billed(shop):
	doc, quotation = estimate(shop)
	quotation.items[0].update({"discount_percentage": 100, "rate": 0})
	quotation.save()
	assert quotation.net_total == 42
	fresh(doc).await_approval()
	fresh(doc).record_approval("Phone", "N. Byrne")
	assert invoice_of(repaired(doc)).net_total == 42


def test_less_than_the_quotation_is_no_acceptance_of_its_rates(shop):
	doc, quotation = estimate(shop)
	quotation.items[0].rate = 56
	quotation.save()
	fresh(doc).await_approval()
	fresh(doc).record_approval("Phone", "N. Byrne", 97)
	assert [line.rate for line in fresh(doc).labour] == [0]


def test_an_accepted_rate_is_changed_by_a_supervisor_only(shop):
	doc, _quotation = estimate(shop)
	fresh(doc).await_approval()
	fresh(doc).record_approval("Phone", "N. Byrne")
	doc = fresh(doc)
	with logged_in(make.user("bench@liffey.example", "Workshop Technician")):
		doc.labour[0].rate = 10
		with pytest.raises(frappe.PermissionError, match=r"the customer accepted € 60\.00 in"):
			doc.save()
	doc = fresh(doc)
	with logged_in(make.user("boss@liffey.example", "Service Supervisor")):
		doc.labour[0].rate = 50
		doc.save()
	assert (fresh(doc).labour[0].rate_source, fresh(doc).labour[0].agreed_in) == ("Agreed", None)


def test_an_acceptance_cannot_be_claimed_by_a_form(shop):
	_doc, quotation = estimate(shop)
	made = job(shop, labour=[make.hours(1, rate=1, agreed_in=quotation.name)])
	assert made.labour[0].agreed_in is None


@contextmanager
def logged_in(email):
	frappe.set_user(email)
	try:
		yield
	finally:
		frappe.set_user("Administrator")


# ---------------------------------------------------------------- where a price comes from


def test_each_line_says_where_its_price_comes_from(shop):
	kit = make.item("Pump")
	make.price(kit, 200)
	make.receive(kit, 2, 90, shop.van)
	make.make(
		"Pricing Rule",
		title="Pumps",
		apply_on="Item Code",
		items=[{"item_code": kit}],
		selling=1,
		price_or_product_discount="Price",
		rate_or_discount="Discount Percentage",
		discount_percentage=10,
		company=make.COMPANY,
		currency="EUR",
	)
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(kit)])
	shown = [(row.billed_rate, row.rate_source, row.rate_source_detail) for row in (*doc.labour, *doc.parts)]
	rule = frappe.db.get_value("Pricing Rule", {"title": "Pumps"})
	assert shown == [(60, "Price List", "Standard Selling"), (180, "Pricing Rule", rule)]

	invoice = invoice_of(doc)
	invoice.ignore_pricing_rule = 1
	invoice.items[0].update({"discount_percentage": 25, "rate": 45})
	invoice.save()
	line = fresh(doc).labour[0]
	assert (line.billed_rate, line.amount, line.rate_source, line.rate_source_detail) == (
		45,
		45,
		"Discount",
		"25 %",
	)
	agreed = done(shop, labour=[make.hours(1, rate=55)])
	assert (agreed.labour[0].billed_rate, agreed.labour[0].rate_source) == (55, "Agreed")


def test_a_contract_share_names_the_contract(shop):
	make.category_accounts("B", expense_account=shop.parts_cost, cost_center=shop.cost_center)
	terms = make.contract(shop.customer, parts_share=50)
	doc = done(
		shop, category="B", service_contract=terms.name, labour=[make.hours(1)], parts=[make.part(shop.seal)]
	)
	shown = [(row.billed_rate, row.rate_source, row.rate_source_detail) for row in (*doc.labour, *doc.parts)]
	assert shown == [(0, "Contract Share", terms.name), (21, "Contract Share", terms.name)]


def test_a_free_item_of_a_pricing_rule_leaves_the_van(shop):
	filter_ = make.item("Filter")
	make.receive(filter_, 5, 3, shop.van)
	make.make(
		"Pricing Rule",
		title="A filter with two seals",
		apply_on="Item Code",
		items=[{"item_code": shop.seal}],
		selling=1,
		min_qty=2,
		price_or_product_discount="Product",
		free_item=filter_,
		free_qty=1,
		company=make.COMPANY,
		currency="EUR",
	)
	draft = job(shop, parts=[make.part(shop.seal, 2)])
	rule = frappe.db.get_value("Pricing Rule", {"title": "A filter with two seals"})
	assert [(row.item_code, row.qty, row.free_with, row.warehouse) for row in draft.parts] == [
		(shop.seal, 2, None, shop.van),
		(filter_, 1, rule, shop.van),
	]
	draft.save()
	draft.submit()
	doc = fresh(draft)
	assert in_stock(filter_, shop.van) == 4
	assert [(row.amount, row.rate_source) for row in doc.parts] == [(84, "Price List"), (0, "Pricing Rule")]
	assert doc.parts_cost == 28
	items = invoice_of(doc).items
	assert [(row.item_code, row.qty, row.net_amount) for row in items] == [
		(shop.seal, 2, 84),
		(filter_, 1, 0),
	]

	fewer = job(shop, parts=[make.part(shop.seal, 2)])
	fewer.parts[0].qty = 1
	fewer.save()
	assert [row.item_code for row in fewer.parts] == [shop.seal]


# ---------------------------------------------------------------- advances


def paid_in(amount, **values):
	"""Money of the customer that arrives at the bank."""
	payment = make.make(
		"Payment Entry",
		payment_type="Receive",
		party_type="Customer",
		company=make.COMPANY,
		paid_from="Debtors - LSL",
		paid_to="Cash - LSL",
		paid_amount=amount,
		received_amount=amount,
		source_exchange_rate=1,
		target_exchange_rate=1,
		reference_no="T-1",
		reference_date=nowdate(),
		**values,
	)
	payment.submit()
	return payment


def test_a_deposit_is_not_collected_again(shop):
	paid_in(50, party=shop.customer)
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	assert (doc.amount_due, payable(doc)) == (115.77, 65.77)
	doc.run_method("onload")
	assert doc.get("__onload").payable == 65.77
	with pytest.raises(frappe.ValidationError, match=r"only € 65\.77 is due\. The job costs € 115\.77"):
		doc.collect_cash(115.77)
	doc = fresh(doc)
	doc.collect_cash(65.77)
	invoice = invoice_of(doc)
	assert [(row.advance_amount, row.allocated_amount) for row in invoice.advances] == [(50, 50)]
	invoice.submit()
	assert invoice.outstanding_amount == 65.77


def test_a_deposit_that_arrives_after_the_draft_is_seen_too(shop, clock):
	doc = done(shop, labour=[make.hours(1)])
	assert payable(doc) == 68.1
	clock.forward(days=3)
	paid_in(100, party=shop.customer)
	assert payable(fresh(doc)) == 0
	invoice = invoice_of(doc)
	invoice.submit()
	invoice.reload()
	assert (invoice.outstanding_amount, invoice.advances[0].allocated_amount) == (0, 68.1)
	assert fresh(doc).billing_status == "Paid"


def test_a_job_that_waits_for_the_billing_run_counts_the_deposit(shop):
	make.settings(invoicing="One Invoice per Job")
	paid_in(50, party=shop.customer)
	doc = done(shop, labour=[make.hours(1)])
	assert (doc.sales_invoice, payable(doc)) == (None, 18.1)


def test_what_was_paid_on_the_sales_order_of_the_estimate_is_taken(shop):
	doc, quotation = estimate(shop)
	quotation.submit()
	fresh(doc).await_approval()
	fresh(doc).record_approval("Phone", "N. Byrne")
	order = make_sales_order(quotation.name)
	order.delivery_date = nowdate()
	order.insert()
	order.submit()
	paid_in(
		60,
		party=shop.customer,
		references=[
			{"reference_doctype": "Sales Order", "reference_name": order.name, "allocated_amount": 60}
		],
	)
	doc = repaired(doc)
	invoice = invoice_of(doc)
	assert {item.sales_order for item in invoice.items} == {order.name}
	assert [(row.advance_amount, row.allocated_amount) for row in invoice.advances] == [(60, 60)]
	invoice.submit()
	assert invoice.outstanding_amount == 55.77
	assert frappe.db.get_value("Sales Order", order.name, "per_billed") == 100


# ---------------------------------------------------------------- rounded totals


@pytest.fixture
def whole_euros(shop):
	frappe.db.set_value("Currency", "EUR", "smallest_currency_fraction_value", 1)
	frappe.clear_document_cache("Currency", "EUR")


def test_the_amount_due_is_the_rounded_total(shop, whole_euros):
	doc = job(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	assert doc.amount_due == 116
	doc.submit()
	doc = fresh(doc)
	assert (doc.amount_due, payable(doc)) == (116, 116)
	invoice = invoice_of(doc)
	invoice.submit()
	assert (invoice.grand_total, invoice.rounded_total, invoice.outstanding_amount) == (115.77, 116, 116)


def test_jobs_of_one_invoice_share_its_rounded_total(shop, whole_euros):
	make.settings(invoicing="One Invoice per Customer")
	jobs = [done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)]) for _number in range(2)]
	billed(*jobs)
	jobs = [fresh(doc) for doc in jobs]
	assert invoice_of(jobs[0]).rounded_total == 232  # of 231.54
	assert sum(doc.amount_due for doc in jobs) == 232


def test_where_totals_are_not_rounded_nothing_is(shop, whole_euros):
	frappe.get_doc("Global Defaults").update({"disable_rounded_total": 1}).save()
	assert done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)]).amount_due == 115.77


# ---------------------------------------------------------------- commission


def test_sales_team_and_partner_are_the_customers(shop):
	person = make.once("Sales Person", "Ciara Daly", sales_person_name="Ciara Daly", commission_rate=5)
	partner = make.once(
		"Sales Partner", "Boyne Trade", partner_name="Boyne Trade", commission_rate=2, territory="Ireland"
	)
	frappe.get_doc("Customer", shop.customer).update(
		{
			"sales_team": [{"sales_person": person, "allocated_percentage": 100, "commission_rate": 5}],
			"default_sales_partner": partner,
			"default_commission_rate": 2,
		}
	).save()
	invoice = invoice_of(done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)]))
	assert [(row.sales_person, row.allocated_amount, row.incentives) for row in invoice.sales_team] == [
		(person, 102, 5.1)
	]
	assert (invoice.sales_partner, invoice.total_commission) == (partner, 2.04)


def rows_of(report: str) -> list[dict]:
	return [row for row in run(report)["result"] if isinstance(row, dict)]


def test_hours_cost_in_the_reports_what_they_cost_in_the_books(shop):
	"""Three times 0.17 hours at 30.10 are 5.12 each, 15.36 together, not 15.35."""
	frappe.get_doc("Service Technician", shop.technician).update({"cost_rate": 30.1}).save()
	job = done(shop, category="C", labour=[make.hours(0.17), make.hours(0.17), make.hours(0.17)])
	assert gl(job.labour_journal_entry)[1][:3] == ("Warranty Expense - LSL", 15.36, 0)
	assert job.labour_cost == 15.36
	(row,) = (row for row in rows_of("Job Profitability") if row.get("job") == job.name)
	assert (row["work"], row["cost"]) == (15.36, 15.36)
	(row,) = (row for row in rows_of("Warranty Cost") if row.get("jobs"))
	assert (row["labour"], row["cost"]) == (15.36, 15.36)
