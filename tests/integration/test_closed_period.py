"""A period that is closed, and opened again, after a job was posted in it: nothing is taken back by half (R-AC-10)."""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from aftersales.service_accounts.report.service_revenue_reconciliation.service_revenue_reconciliation import (
	execute,
)
from aftersales.service_posting.posting import PURPOSES_OF_POSTING
from tests import factories as make
from tests.jobs import KINDS, documents_of, done, gl, in_stock


@pytest.fixture(params=KINDS)
def kind(request):
	return request.param


def accounts_frozen(until: str) -> None:
	if frappe.get_meta("Company").has_field("accounts_frozen_till_date"):
		frappe.db.set_value("Company", make.COMPANY, "accounts_frozen_till_date", until)
		frappe.clear_document_cache("Company", make.COMPANY)
	else:
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", until)


def stock_frozen(until: str) -> None:
	frappe.db.set_single_value("Stock Settings", "stock_frozen_upto", until)


def accounting_period(until: str) -> None:
	"""The month is closed for all of ERPNext's documents; opened by taking the period away."""
	name = "Closed Month"
	if until < nowdate():
		return frappe.delete_doc("Accounting Period", f"{name} - {make.ABBR}")
	closed = ("Sales Invoice", "Stock Entry", "Journal Entry", "Payment Entry")
	make.make(
		"Accounting Period",
		period_name=name,
		company=make.COMPANY,
		start_date=add_days(nowdate(), -1),
		end_date=nowdate(),
		closed_documents=[{"document_type": doctype, "closed": 1} for doctype in closed],
	)


WAYS = [accounts_frozen, stock_frozen, accounting_period]


@pytest.mark.parametrize("close", WAYS)
def test_a_job_of_a_closed_period_stays_whole_until_it_is_opened(shop, kind, close):
	doc = done(shop, kind, "C", labour=[make.hours(1)], parts=[make.part(shop.seal, 2)])
	before = ledgers(doc)
	assert documents_of(doc)
	close(nowdate())
	frappe.db.commit()

	with pytest.raises(frappe.ValidationError):
		frappe.get_doc(doc.doctype, doc.name).cancel()
	frappe.db.rollback()

	doc = frappe.get_doc(doc.doctype, doc.name)
	assert (doc.docstatus, doc.status) != (2, "Cancelled")
	assert ledgers(doc) == before
	assert in_stock(shop.seal, shop.van) == 8
	assert breaks() == []

	close(add_days(nowdate(), -1))
	doc.cancel()
	assert frappe.get_doc(doc.doctype, doc.name).docstatus == 2
	assert in_stock(shop.seal, shop.van) == 10
	assert breaks() == []


@pytest.mark.parametrize("close", [accounts_frozen, accounting_period])
def test_an_invoice_of_a_closed_period_goes_on_billing_its_job_until_it_is_opened(shop, kind, close):
	doc = done(shop, kind, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	invoice.submit()
	booked = gl(invoice.name)
	close(nowdate())
	frappe.db.commit()

	with pytest.raises(frappe.ValidationError):
		frappe.get_doc("Sales Invoice", invoice.name).cancel()
	frappe.db.rollback()

	doc = frappe.get_doc(doc.doctype, doc.name)
	assert (doc.sales_invoice, doc.billing_status, gl(invoice.name)) == (invoice.name, "Billed", booked)
	assert breaks() == []

	close(add_days(nowdate(), -1))
	frappe.get_doc("Sales Invoice", invoice.name).cancel()
	doc = frappe.get_doc(doc.doctype, doc.name)
	assert (doc.sales_invoice, doc.billing_status) == (None, "To Bill")
	assert gl(invoice.name) == []


def breaks() -> list[dict]:
	filters = {"company": make.COMPANY, "from_date": add_days(nowdate(), -1), "to_date": nowdate()}
	return execute(filters)[1]


def ledgers(doc) -> dict:
	return {field: gl(doc.get(field)) for field in PURPOSES_OF_POSTING if doc.get(field)}
