"""A job whose invoice was credited: what it says, billed again or left, and back when the credit is cancelled (R-AC-10)."""

import frappe
import pytest
from frappe.utils import getdate, nowdate

from aftersales.core.report_filters import Scope
from aftersales.service_accounts import reconciliation
from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_accounts.report.unbilled_work import unbilled_work
from aftersales.service_billing.credits import bill_again
from tests import factories as make
from tests.jobs import KINDS, billed, done, gl


@pytest.fixture(params=KINDS)
def kind(request):
	return request.param


def issued(shop, kind="Service Voucher"):
	"""A job of one hour and one seal whose invoice is submitted: 102 net, 115.77 with VAT."""
	doc = done(shop, kind, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
	return read(doc)


def read(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def credited(invoice: str, rows: slice | None = None, by_itself: bool = False, **values):
	"""A submitted credit note for rows of an invoice; `by_itself`: it stays open beside the invoice."""
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	note = make_sales_return(invoice)
	if rows:
		note.set("items", note.items[rows])
	for item in note.items:
		item.update(values)
	note.update_outstanding_for_self = int(by_itself)
	note.insert()
	note.submit()
	return note


def breaks() -> list[tuple]:
	scope = Scope(make.COMPANY, getdate(nowdate()), getdate(nowdate()))
	return [(found.job, found.reason) for found in reconciliation.find(scope)]


def income(doc) -> float:
	period = {"company": make.COMPANY, "from_date": nowdate(), "to_date": nowdate()}
	return sum(row.income for row in job_profitability.execute(period)[1] if row.job == doc.name)


def unbilled(**filters) -> dict[str, str]:
	rows = unbilled_work.execute({"company": make.COMPANY, **filters})[1]
	return {row.job: row.state for row in rows}


def cards(**filters) -> dict:
	summary = unbilled_work.execute({"company": make.COMPANY, **filters})[4]
	return {card["label"]: card["value"] for card in summary}


@pytest.mark.parametrize("by_itself", [False, True])
def test_a_job_credited_in_full_says_so_and_what_is_open_is_seen(shop, kind, by_itself):
	doc = issued(shop, kind)
	note = credited(doc.sales_invoice, by_itself=by_itself)
	assert (read(doc).billing_status, read(doc).sales_invoice) == ("Credited", doc.sales_invoice)
	assert read(doc).billed_at == doc.billed_at
	assert (income(doc), breaks()) == (0, [])
	assert unbilled() == {}
	assert cards()["Credited, not billed again"] == 1
	assert unbilled(with_credited=1) == {doc.name: "Credited"}
	assert cards(with_credited=1) == {"Jobs": 0, "Credited, not billed again": 1}  # nothing of it is owed
	note.cancel()
	assert (read(doc).billing_status, income(doc), breaks()) == ("Billed", 102, [])
	assert "Credited, not billed again" not in cards()


def test_a_part_that_is_credited_leaves_the_job_billed(shop):
	doc = issued(shop)
	first = credited(doc.sales_invoice, slice(0, 1))
	assert (read(doc).billing_status, income(doc)) == ("Billed", 42)
	second = credited(doc.sales_invoice, slice(1, 2))
	assert (read(doc).billing_status, income(doc), breaks()) == ("Credited", 0, [])
	first.cancel()
	assert (read(doc).billing_status, income(doc)) == ("Billed", 60)
	second.cancel()
	assert (read(doc).billing_status, income(doc)) == ("Billed", 102)


def test_a_lower_rate_is_no_full_credit(shop):
	doc = issued(shop)
	credited(doc.sales_invoice, rate=10)
	assert (read(doc).billing_status, income(doc)) == ("Billed", 82)


def test_of_an_invoice_for_two_jobs_only_the_one_credited_says_so(shop):
	make.settings(invoicing="One Invoice per Customer")
	one, other = (done(shop, kind, labour=[make.hours(1)], parts=[make.part(shop.seal)]) for kind in KINDS)
	billed(one, other, submit_invoices=1)
	invoice = read(one).sales_invoice
	credited(invoice, slice(0, 2))  # the card's rows stand first
	assert (read(one).billing_status, read(other).billing_status) == ("Billed", "Credited")
	assert breaks() == []

	again = bill_again(other.doctype, other.name)

	assert (read(one).sales_invoice, read(other).sales_invoice) == (invoice, again)
	frappe.get_doc("Sales Invoice", again).submit()
	assert (read(other).billing_status, income(one), income(other), breaks()) == ("Billed", 102, 102, [])


def test_billed_again_it_is_owed_once(shop, kind):
	doc = issued(shop, kind)
	note = credited(doc.sales_invoice)

	again = bill_again(doc.doctype, doc.name)

	draft = frappe.get_doc("Sales Invoice", again)
	assert (draft.docstatus, draft.grand_total, again != doc.sales_invoice) == (0, 115.77, True)
	assert (read(doc).sales_invoice, read(doc).billing_status) == (again, "To Bill")
	draft.submit()
	assert (read(doc).billing_status, income(doc), breaks()) == ("Billed", 102, [])
	owed = [gl(name)[0] for name in (doc.sales_invoice, note.name, again)]
	assert [(row[0], row[1] - row[2]) for row in owed] == [
		("Debtors - LSL", 115.77),
		("Debtors - LSL", -115.77),
		("Debtors - LSL", 115.77),
	]


def test_it_is_drafted_even_where_invoices_are_submitted_at_once(shop):
	make.settings(submit_invoice=1)
	doc = done(shop, labour=[make.hours(1)])
	credited(doc.sales_invoice)
	assert frappe.db.get_value("Sales Invoice", bill_again(doc.doctype, doc.name), "docstatus") == 0


def test_a_second_click_makes_no_second_invoice(shop):
	doc = issued(shop)
	credited(doc.sales_invoice)
	bill_again(doc.doctype, doc.name)
	with pytest.raises(frappe.ValidationError, match="is not credited in full"):
		bill_again(doc.doctype, doc.name)


@pytest.mark.parametrize("state", ["draft", "billed", "credited in part"])
def test_what_is_owed_still_is_not_billed_again(shop, state):
	doc = (
		done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)]) if state == "draft" else issued(shop)
	)
	if state == "credited in part":
		credited(doc.sales_invoice, slice(0, 1))
	with pytest.raises(frappe.ValidationError, match="is not credited in full"):
		bill_again(doc.doctype, doc.name)


def test_the_credit_is_not_cancelled_while_the_job_is_billed_again(shop):
	doc = issued(shop)
	note = credited(doc.sales_invoice)
	again = bill_again(doc.doctype, doc.name)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="owes it twice"):
		note.cancel()
	frappe.db.rollback()

	frappe.delete_doc("Sales Invoice", again)
	assert read(doc).billing_status == "To Bill"
	note.reload()
	note.cancel()

	assert (read(doc).sales_invoice, read(doc).billing_status) == (doc.sales_invoice, "Billed")
	assert (income(doc), breaks()) == (102, [])
	with pytest.raises(frappe.ValidationError, match=r"Invoice .* is submitted"):
		read(doc).cancel()
	key = f"{doc.doctype}/{doc.name}/Sales Invoice"
	assert frappe.get_all("Sales Invoice Item", {"aftersales_posting_key": key}, pluck="parent") == [
		doc.sales_invoice
	]


def test_a_job_cancelled_after_its_invoice_was_credited_and_drafted_anew(shop):
	doc = issued(shop)
	note = credited(doc.sales_invoice)
	bill_again(doc.doctype, doc.name)
	read(doc).cancel()
	assert breaks() == []
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="must stay credited"):
		note.cancel()


def test_a_paid_job_that_is_credited_is_not_called_paid(shop):
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	doc = issued(shop)
	payment = get_payment_entry("Sales Invoice", doc.sales_invoice, bank_account="Cash - LSL")
	payment.insert()
	payment.submit()
	assert read(doc).billing_status == "Paid"
	note = credited(doc.sales_invoice, by_itself=True)
	assert read(doc).billing_status == "Credited"
	note.cancel()
	assert read(doc).billing_status == "Paid"


@pytest.mark.parametrize("says", ["Credited", "Billed"])
def test_the_reconciliation_finds_a_job_that_says_otherwise(shop, kind, says):
	doc = issued(shop, kind)
	if says == "Billed":
		credited(doc.sales_invoice)
	frappe.db.set_value(doc.doctype, doc.name, "billing_status", says)
	assert breaks() == [(doc.name, Reason.STATUS_DIFFERS)]
	reconciliation.correct(Reason.STATUS_DIFFERS.value, doc.doctype, doc.name)
	assert (read(doc).billing_status, breaks()) == ("Credited" if says == "Billed" else "Billed", [])


@pytest.mark.parametrize(
	"role", ["Service Supervisor", "Service Agent", "Service Technician", "Accounts User"]
)
def test_others_do_not_bill_again(shop, role):
	doc = issued(shop)
	credited(doc.sales_invoice)
	frappe.set_user(make.user("cathal@example.com", role))
	with pytest.raises(frappe.PermissionError):
		bill_again(doc.doctype, doc.name)


def test_the_accountant_does(shop):
	doc = issued(shop)
	credited(doc.sales_invoice)
	frappe.set_user(make.user("deirdre@example.com", "Service Accountant"))
	assert bill_again(doc.doctype, doc.name)
