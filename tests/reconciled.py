"""Jobs of all categories, and breaks planted among them behind the app's back.

Used by tests/integration/test_reconciliation.py with some dozens of jobs, and by
benchmarks/reconciliation.py with thousands.
"""

from collections.abc import Callable

import frappe
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.utils import nowdate

from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_billing.credits import bill_again
from aftersales.service_cash.cash import receive_cash
from tests import factories as make
from tests.jobs import KINDS, done

CASH = 115.77
"""What the customer owes for an hour and a seal."""


def settle(doc):
	"""Submit the draft invoice of a job as the accountant does."""
	if doc.sales_invoice:
		frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
	doc.reload()
	return doc


def paid(shop, kind="Service Voucher", **values):
	return settle(done(shop, kind, labour=[make.hours(1)], parts=[make.part(shop.seal)], **values))


def clean_job(shop, number: int):
	"""Job `number` of a series that goes through categories, kinds of jobs and mixed payers."""
	kind = KINDS[number // 5 % 2]
	category = ("A", "C", "D", "Goodwill", "A")[number % 5]
	lines = {"labour": [make.hours(1 + number % 3)], "parts": [make.part(shop.seal, 1 + number % 2)]}
	if category == "C" and number % 2:
		lines["parts"].append(make.part(shop.seal, charge_to="Customer", charge_reason="Misuse"))
	if category == "A" and number % 3 == 0:
		lines["labour"].append(make.hours(0.5, activity="Travel"))
	return settle(done(shop, kind, category, **lines))


def with_agreements(shop, contracts: int = 2):
	"""Add to the shop customers under contract, and others who get one invoice for their jobs of a day.

	The contracts pay the work, half of the parts and no travel, with an excess of 20 a job and 5 included
	visits; visits beyond are the customer's. Each has a fee of 300, invoiced by its Subscription.
	"""
	shop.excess = make.service_item("Contract Excess", uom="Nos")
	shop.contract_expense = make.account("Contract Service Expense", "Direct Expenses")
	make.category_accounts("B", expense_account=shop.contract_expense, cost_center=shop.cost_center)
	make.settings(excess_item=shop.excess)
	plan = make.fee_plan("Care Fee")
	shop.contracts, shop.together = [], []
	for number in range(contracts):
		contract = make.contract(
			make.customer(f"Contract {number}"),
			start_date=nowdate(),
			parts_share=50,
			travel_share=0,
			excess_per_job=20,
			limited_visits=1,
			included_visits=5,
			visit_period="Contract Term",
			plans=[{"plan": plan, "qty": 1}],
			submit_fee_invoices=1,
		)
		frappe.get_doc("Subscription", contract.subscription).process()
		shop.contracts.append(contract)
		shop.together.append(
			make.customer(
				f"Together {number}",
				aftersales_invoicing="One Invoice per Customer",
				aftersales_billing_period="Day",
			)
		)
	return shop


def contract_job(shop, number: int):
	"""A visit or card under a contract: shares, excess, travel, from the sixth visit on in full."""
	contract = shop.contracts[number % len(shop.contracts)]
	return settle(
		done(
			shop,
			KINDS[number // 3 % 3 == 0],
			"B",
			customer=contract.customer,
			service_contract=contract.name,
			labour=[make.hours(1 + number % 2), make.hours(0.5, activity="Travel")],
			parts=[make.part(shop.seal, 1 + number % 2)],
		)
	)


def job_to_bill_together(shop, number: int):
	"""A job that waits for the billing run, which puts it on one invoice with others of its customer."""
	customer = shop.together[number % len(shop.together)]
	lines = {"labour": [make.hours(1)], "parts": [make.part(shop.seal, 1 + number % 3)]}
	return done(shop, KINDS[number % 2], customer=customer, **lines)


def credited_job(shop, number: int):
	"""A job credited in full; every other one is billed again."""
	doc = paid(shop)
	note = make_sales_return(doc.sales_invoice)
	note.update_outstanding_for_self = 0
	note.insert()
	note.submit()
	if number % 2:
		doc.reload()
		bill_again(doc.doctype, doc.name)
		doc.reload()
		settle(doc)
	return doc


def pay_by_bank(invoice: str) -> None:
	payment = get_payment_entry("Sales Invoice", invoice)
	payment.update({"reference_no": "4711", "reference_date": nowdate()})
	payment.insert()
	payment.submit()


def invoice_naming(shop, doc) -> str:
	"""A Sales Invoice that somebody made by hand and that names a job."""
	invoice = make.make(
		"Sales Invoice",
		customer=shop.customer,
		company=make.COMPANY,
		items=[{"item_code": shop.hour, "qty": 1, "rate": 60, "income_account": shop.income}],
		aftersales_voucher_type=doc.doctype,
		aftersales_voucher=doc.name,
	)
	invoice.submit()
	return invoice.name


def _not_billed(shop):
	doc = done(shop, labour=[make.hours(1)])
	frappe.delete_doc("Sales Invoice", doc.sales_invoice)
	return doc.name


def _draft_invoice(shop):
	return done(shop, "Repair Card", labour=[make.hours(1)]).name


def _lines_differ(shop):
	"""A priced line got into the table behind the app's back."""
	doc = done(shop, labour=[make.hours(1)])
	row = frappe.new_doc("Service Labour Line", **make.hours(10), charge_to="Customer", amount=5000, idx=2)
	row.update({"parent": doc.name, "parenttype": doc.doctype, "parentfield": "labour", "docstatus": 1})
	row.db_insert()
	return doc.name


def _document_cancelled(shop):
	doc = paid(shop)
	frappe.db.set_value("Sales Invoice", doc.sales_invoice, "docstatus", 2)
	return doc.name


def _job_cancelled(shop):
	doc = done(shop, "Repair Card", "C", parts=[make.part(shop.seal)])
	frappe.db.set_value("Repair Card", doc.name, {"docstatus": 2, "status": "Cancelled"})
	return doc.name


def _cash_not_handed_over(shop):
	return paid(shop, cash_collected=CASH).name


def _cash_differs(shop):
	doc = paid(shop, cash_collected=CASH)
	receive_cash(doc.name)
	frappe.db.set_value("Service Voucher", doc.name, "cash_collected", 100)
	return doc.name


def _paid_otherwise(shop):
	doc = paid(shop, cash_collected=CASH)
	pay_by_bank(doc.sales_invoice)
	return doc.name


def _cash_of_cancelled_job(shop):
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)], cash_collected=CASH)
	doc.cancel()
	return doc.name


def _free_job_billed(shop):
	doc = done(shop, category="C", parts=[make.part(shop.seal)])
	invoice_naming(shop, doc)
	return doc.name


def _second_document(shop):
	doc = paid(shop)
	invoice_naming(shop, doc)
	return doc.name


def _issued_without_job(shop):
	entry = make.make(
		"Stock Entry",
		stock_entry_type="Material Issue",
		purpose="Material Issue",
		company=make.COMPANY,
		items=[{"item_code": shop.seal, "qty": 1, "s_warehouse": shop.van}],
	)
	entry.submit()
	return entry.name


def _part_not_issued(shop):
	doc = done(shop, category="C", parts=[make.part(shop.seal)])
	frappe.get_doc("Stock Entry", doc.stock_entry).cancel()
	return doc.name


def _quantity_differs(shop):
	doc = done(shop, "Repair Card", "C", parts=[make.part(shop.seal)])
	frappe.db.set_value("Service Part Line", doc.parts[0].name, "qty", 2)
	return doc.name


def _amount_differs(shop):
	doc = paid(shop)
	frappe.db.set_value(doc.doctype, doc.name, "amount_due", 100)
	return doc.name


def _status_differs(shop):
	doc = paid(shop, "Repair Card")
	frappe.db.set_value(doc.doctype, doc.name, "billing_status", "Paid")
	return doc.name


def _ledger_differs(shop):
	doc = paid(shop)
	entry = frappe.db.get_value(
		"GL Entry", {"voucher_no": doc.sales_invoice, "account": ("like", "Debtors%")}, "name"
	)
	frappe.db.set_value("GL Entry", entry, "debit", 100)
	return doc.name


def _cost_differs(shop):
	doc = done(shop, category="C", parts=[make.part(shop.seal)])
	frappe.db.set_value(doc.doctype, doc.name, "parts_cost", 1)
	return doc.name


def _labour_differs(shop):
	doc = done(shop, category="C", labour=[make.hours(2)])
	frappe.db.set_value(doc.doctype, doc.name, "labour_cost", 30)
	return doc.name


def _fee_not_invoiced(shop):
	contract = make.contract(
		make.customer("Fee Forgotten Ltd"),
		start_date=nowdate(),
		plans=[{"plan": make.fee_plan("Care Fee Forgotten"), "qty": 1}],
	)
	for draft in frappe.get_all("Sales Invoice", {"subscription": contract.subscription}, pluck="name"):
		frappe.delete_doc("Sales Invoice", draft)
	return contract.name


PLANTED: dict[Reason, Callable] = {
	Reason.NOT_BILLED: _not_billed,
	Reason.DRAFT_INVOICE: _draft_invoice,
	Reason.LINES_DIFFER: _lines_differ,
	Reason.DOCUMENT_CANCELLED: _document_cancelled,
	Reason.JOB_CANCELLED: _job_cancelled,
	Reason.CASH_NOT_HANDED_OVER: _cash_not_handed_over,
	Reason.CASH_DIFFERS: _cash_differs,
	Reason.PAID_OTHERWISE: _paid_otherwise,
	Reason.CASH_OF_CANCELLED_JOB: _cash_of_cancelled_job,
	Reason.FREE_JOB_BILLED: _free_job_billed,
	Reason.SECOND_DOCUMENT: _second_document,
	Reason.ISSUED_WITHOUT_JOB: _issued_without_job,
	Reason.PART_NOT_ISSUED: _part_not_issued,
	Reason.QUANTITY_DIFFERS: _quantity_differs,
	Reason.AMOUNT_DIFFERS: _amount_differs,
	Reason.STATUS_DIFFERS: _status_differs,
	Reason.LEDGER_DIFFERS: _ledger_differs,
	Reason.COST_DIFFERS: _cost_differs,
	Reason.LABOUR_DIFFERS: _labour_differs,
	Reason.FEE_NOT_INVOICED: _fee_not_invoiced,
}
"""Each makes a job with this break and returns the job's name (the document's where no job is concerned)."""
