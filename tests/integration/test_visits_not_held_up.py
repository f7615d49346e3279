"""A visit is over when it is over: credit limit, budget and freeze leave the invoice to the accountant (R-AC-1)."""

import frappe
import pytest
from erpnext.accounts.utils import get_fiscal_year
from frappe.utils import nowdate

from aftersales.service_accounts import reconciliation
from aftersales.service_accounts.reconciliation_checks import Scope
from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_posting.posting import post_again
from tests import factories as make
from tests.jobs import gl, in_stock, job

TECHNICIAN = "aoife@liffey.example"


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	make.settings(submit_invoice=1)
	make.user(TECHNICIAN, "Service Technician")
	frappe.get_doc("Service Technician", names.technician).update({"user": TECHNICIAN}).save()
	return names


def completed_by_technician(shop, **values):
	doc = job(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)], **values)
	frappe.set_user(TECHNICIAN)
	try:
		frappe.get_doc(doc.doctype, doc.name).complete()
	finally:
		frappe.set_user("Administrator")
	return frappe.get_doc(doc.doctype, doc.name)


def comments(doctype, name) -> str:
	rows = frappe.get_all("Comment", {"reference_doctype": doctype, "reference_name": name}, pluck="content")
	return " ".join(filter(None, rows))


def told() -> str:
	return " ".join(str(message.get("message")) for message in frappe.message_log)


def test_a_credit_limit_leaves_a_draft_that_says_why(shop):
	frappe.get_doc("Customer", shop.customer).update(
		{"credit_limits": [{"company": make.COMPANY, "credit_limit": 100}]}
	).save()
	doc = completed_by_technician(shop)
	assert (doc.status, doc.billing_status, doc.amount_due) == ("Completed", "To Bill", 115.77)
	assert frappe.db.get_value("Sales Invoice", doc.sales_invoice, "docstatus") == 0
	assert frappe.db.count("Sales Invoice", {"aftersales_voucher": doc.name}) == 1
	assert in_stock(shop.seal, shop.van) == 9
	for text in (
		comments(doc.doctype, doc.name),
		comments("Sales Invoice", doc.sales_invoice),
		told(),
	):
		assert "extend the credit limits" in text, text
	assert "could not be submitted" in told()
	# the accountant grants more, or waits for the payment, and goes on
	frappe.get_doc("Customer", shop.customer).update({"credit_limits": []}).save()
	frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
	assert frappe.db.get_value(doc.doctype, doc.name, "billing_status") == "Billed"


def test_frozen_accounts_leave_a_draft(shop):
	if frappe.get_meta("Company").has_field("accounts_frozen_till_date"):
		frappe.get_doc("Company", make.COMPANY).update({"accounts_frozen_till_date": nowdate()}).save()
	else:
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", nowdate())
	doc = job(shop, labour=[make.hours(1)])
	doc.submit()
	assert frappe.db.get_value("Sales Invoice", doc.sales_invoice, "docstatus") == 0


def test_a_frozen_customer_leaves_the_job_to_be_billed(shop):
	frappe.db.set_value("Customer", shop.customer, "is_frozen", 1)
	frappe.clear_document_cache("Customer", shop.customer)
	doc = completed_by_technician(shop)
	assert (doc.status, doc.billing_status, doc.sales_invoice) == ("Completed", "To Bill", None)
	assert (doc.amount_due, in_stock(shop.seal, shop.van)) == (115.77, 9)
	assert "is frozen" in comments(doc.doctype, doc.name)
	frappe.db.set_value("Customer", shop.customer, "is_frozen", 0)
	frappe.clear_document_cache("Customer", shop.customer)
	assert post_again(doc.doctype, doc.name)["sales_invoice"]


def _amount_of_a_year(account: str, amount: float) -> dict:
	"""A budget is for one account since version 16, and may go over several years."""
	year = get_fiscal_year(nowdate())[0]
	if frappe.get_meta("Budget").has_field("account"):
		return {
			"account": account,
			"budget_amount": amount,
			"from_fiscal_year": year,
			"to_fiscal_year": year,
			"distribution_frequency": "Yearly",
		}
	return {"fiscal_year": year, "accounts": [{"account": account, "budget_amount": amount}]}


def test_a_budget_leaves_the_parts_to_be_booked(shop):
	budget = make.make(
		"Budget",
		company=make.COMPANY,
		budget_against="Cost Center",
		cost_center=shop.cost_center,
		applicable_on_booking_actual_expenses=1,
		action_if_annual_budget_exceeded="Stop",
		action_if_accumulated_monthly_budget_exceeded="Stop",
		**_amount_of_a_year(shop.parts_cost, 5),
	)
	budget.submit()
	doc = completed_by_technician(shop)
	assert (doc.status, doc.stock_entry) == ("Completed", None)
	assert frappe.db.get_value("Sales Invoice", doc.sales_invoice, "docstatus") == 1
	assert "budget" in comments(doc.doctype, doc.name).lower()
	today = frappe.utils.getdate()
	reasons = {
		one.reason for one in reconciliation.find(Scope(doc.company, today, today)) if one.job == doc.name
	}
	assert reasons == {Reason.PART_NOT_ISSUED}
	budget.cancel()
	entry = post_again(doc.doctype, doc.name)["stock_entry"]
	assert gl(entry)[0][1] == 12.5


def test_a_price_forgotten_still_holds_the_visit(shop):
	nut = make.item("Nut")
	make.receive(nut, 5, 1, shop.van)
	doc = job(shop, parts=[make.part(nut)])
	with pytest.raises(frappe.ValidationError, match="has no price in price list"):
		doc.submit()
