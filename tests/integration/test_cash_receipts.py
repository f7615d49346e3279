"""Receipts for cash grow by a new one and shrink by one paid out; ERPNext's own payment of the same money is
recognised or linked; cash is taken in whatever the mode of payment is called. What is booked, row by row:
docs/accountants-cases.md, 6a to 6g.
"""

import frappe
import pytest
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from frappe.utils import add_days, getdate, nowdate

from aftersales.core.report_filters import Scope
from aftersales.service_accounts import reconciliation
from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_accounts.report.cash_with_technicians import cash_with_technicians
from aftersales.service_cash.cash import receive_cash
from aftersales.service_cash.handover import open_cash
from aftersales.service_cash.own_payments import link_payment, payments_to_link
from aftersales.service_posting.invoicing.payable import payable
from tests import factories as make
from tests.attacks import comments, refused
from tests.jobs import done, gl


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	make.cash_mode()
	make.settings(small_fee_limit=500)
	return names


def visit(shop, amount=50.0, submitted=True, **values):
	"""A completed visit of 115.77 for which a receipt of `amount` was given."""
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)], cash_collected=amount, **values)
	if submitted:
		frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
	return read(doc)


def read(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def amended(doc, **values):
	"""The visit is cancelled and amended as the desk does; not saved."""
	doc.cancel()
	copy = frappe.copy_doc(doc)
	copy.update({"amended_from": doc.name, "signed_by": "N. Byrne", "customer_signature": make.SIGNATURE})
	copy.update({"cash_collected": 0, **values})
	return copy


def receipts(doc) -> list[tuple]:
	return [(row.receipt_no, row.kind, row.amount) for row in read(doc).cash_receipts]


def with_technician(shop) -> float:
	return sum(row["amount"] for row in open_cash(make.COMPANY, shop.technician))


def breaks() -> list[Reason]:
	today = getdate(nowdate())
	return [found.reason for found in reconciliation.find(Scope(make.COMPANY, today, today))]


def by_erpnext(doc, amount=None, **values):
	payment = get_payment_entry(
		"Sales Invoice", doc.sales_invoice, party_amount=amount, bank_account="Cash - LSL"
	)
	payment.update({"reference_no": "4711", "reference_date": nowdate(), **values})
	payment.insert().submit()
	return payment


def told() -> str:
	text = " ".join(str(message.get("message")) for message in frappe.message_log)
	frappe.clear_messages()
	return frappe.utils.strip_html_tags(text)


# ---------------------------------------------------------------- a receipt stays


def test_an_amendment_has_the_receipts_of_the_cancelled_visit(shop):
	"""REC 1 of 50.00. The visit is cancelled and amended: 10.00 is no answer, 70.00 is a second receipt."""
	doc = visit(shop, submitted=False)
	first = doc.cash_receipt_no
	again = amended(doc, cash_collected=10)
	with pytest.raises(frappe.ValidationError, match=r"€ 50\.00.*Pay Out Cash"):
		again.insert()

	again.cash_collected = 0
	again.insert()
	assert (again.cash_collected, receipts(again)) == (50, [(first, "Received", 50)])
	again.cash_collected = 70
	again.submit()

	again = read(again)
	assert receipts(again) == [(first, "Received", 50), (again.cash_receipt_no, "Received", 20)]
	assert first != again.cash_receipt_no
	assert with_technician(shop) == 70
	assert Reason.CASH_OF_CANCELLED_JOB not in breaks()


def test_receipts_go_through_two_amendments_and_are_told_until_the_last_has_them(shop):
	doc = visit(shop, submitted=False)
	number = doc.cash_receipt_no
	first = amended(doc).insert()
	assert breaks().count(Reason.CASH_OF_CANCELLED_JOB) == 1  # the amendment is a draft still
	first.submit()
	second = amended(read(first))
	assert breaks().count(Reason.CASH_OF_CANCELLED_JOB) == 1  # of the first amendment only
	second.insert().submit()

	assert receipts(second) == [(number, "Received", 50)]
	assert with_technician(shop) == 50
	assert Reason.CASH_OF_CANCELLED_JOB not in breaks()


def test_an_amendment_that_costs_less_keeps_the_cash_and_the_rest_is_the_customers(shop):
	"""115.77 were receipted. Amended without the seal, 68.10 are due: 47.67 stay unallocated."""
	doc = visit(shop, 115.77, submitted=False)
	again = amended(doc, parts=[])
	again.insert().submit()
	again = read(again)
	assert (again.amount_due, again.cash_collected) == (68.1, 115.77)
	frappe.get_doc("Sales Invoice", again.sales_invoice).submit()
	frappe.clear_messages()

	payment = frappe.get_doc("Payment Entry", receive_cash(again.name))

	assert payment.unallocated_amount == 47.67
	assert "€ 47.67 remains unallocated on the account of Nora Byrne" in told()
	assert breaks() == []


def test_the_cash_of_the_customer_does_not_pay_the_insurers_invoice(shop):
	doc = visit(shop, 20, submitted=False)
	insurer = make.customer("Shannon Insurance")
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	invoice.update({"customer": insurer, "customer_name": insurer})
	invoice.save()
	invoice.submit()

	payment = frappe.get_doc("Payment Entry", receive_cash(doc.name))

	assert (payment.party, payment.unallocated_amount) == (shop.customer, 20)
	assert frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount") == 115.77


def test_an_invoice_made_out_to_an_insurer_is_the_insurers(shop):
	"""Its account and terms are the insurer's, who pays it; the customer owes nothing and is told nothing of it."""
	from aftersales.customer_portal import documents, progress
	from aftersales.service_calls.portal_api import call_of

	doc = visit(shop, 0, submitted=False)
	assert payable(doc) == 115.77
	account = make.account("Debtors Insurers", "Accounts Receivable", account_type="Receivable")
	insurer = make.customer(
		"Shannon Insurance",
		accounts=[{"company": make.COMPANY, "account": account}],
		payment_terms=make.payment_terms("Net 30", (100, 30)),
	)
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	invoice.customer = insurer
	invoice.save()

	assert (invoice.debit_to, invoice.customer_name) == (account, insurer)
	assert getdate(invoice.due_date) == getdate(add_days(nowdate(), 30))
	assert "is made out to" in comments(doc) and insurer in comments(doc)
	assert payable(read(doc)) == 0
	invoice.submit()
	assert [row[:3] for row in gl(invoice.name)] == [
		(account, 115.77, 0),
		("Repair Income - LSL", 0, 102),
		("VAT - LSL", 0, 13.77),
	]
	with pytest.raises(frappe.ValidationError, match=r"only .* 0\.00 is due"):
		read(doc).collect_cash(20)
	call = call_of(doc.repair_call, [doc.customer])
	assert [one.kind for one in documents.of_progress(progress.of_call(call), call.customer)] == ["report"]

	payment = get_payment_entry("Sales Invoice", invoice.name, bank_account="Cash - LSL")
	payment.update({"reference_no": "SM-1", "reference_date": nowdate()})
	payment.insert().submit()
	assert (payment.party, payment.paid_from) == (insurer, account)
	assert read(doc).billing_status == "Paid"
	assert breaks() == []


def test_receipts_are_not_edited(shop):
	doc = visit(shop)
	more = {"receipt_no": "REC-1", "kind": "Paid Out", "amount": 50}
	for rows in ([], [*doc.as_dict().cash_receipts, more], [{**more, "kind": "Received"}]):
		edited = read(doc)
		edited.set("cash_receipts", rows)
		with pytest.raises(frappe.PermissionError, match=r"Receipts.* set by the system"):
			edited.save()
	assert len(receipts(doc)) == 1
	refused(frappe.ValidationError, doc, cash_collected=10)
	draft = make.voucher(
		make.call(shop.customer),
		shop.technician,
		labour=[make.hours(1)],
		cash_receipts=[{"receipt_no": "REC-1", "kind": "Received", "amount": 50}],
	)
	assert draft.cash_receipts == []


# ---------------------------------------------------------------- more, and less


def test_a_second_receipt_needs_to_know_of_the_first(shop):
	doc = visit(shop)
	with pytest.raises(frappe.ValidationError, match=rf"{doc.cash_receipt_no}.* was handed out"):
		read(doc).collect_cash(20)
	read(doc).collect_cash(20, 50)
	with pytest.raises(frappe.ValidationError, match="was handed out"):  # pressed twice
		read(doc).collect_cash(20, 50)
	with pytest.raises(frappe.ValidationError, match=r"only € 115\.77 is due"):
		read(doc).collect_cash(50, 70)
	assert [amount for _number, _kind, amount in receipts(doc)] == [50, 20]


def test_money_is_paid_out_with_reason_and_signature_or_authority(shop):
	doc = visit(shop)
	frappe.set_user(make.user("aoife@receipts.example", "Service Technician"))
	frappe.db.set_value("Service Technician", shop.technician, "user", frappe.session.user)
	frappe.clear_cache(doctype="Service Technician")
	with pytest.raises(frappe.MandatoryError, match="reason"):
		read(doc).pay_out_cash(40, 50, " ", "N. Byrne", make.SIGNATURE)
	with pytest.raises(frappe.MandatoryError, match="name of the customer"):
		read(doc).pay_out_cash(40, 50, "Too much", None, make.SIGNATURE)
	with pytest.raises(frappe.PermissionError, match="Capture the customer's signature"):
		read(doc).pay_out_cash(40, 50, "Too much")
	number = read(doc).pay_out_cash(40, 50, "Too much", "N. Byrne", make.SIGNATURE)
	with pytest.raises(frappe.ValidationError, match="was handed out"):  # pressed twice
		read(doc).pay_out_cash(40, 50, "Too much", "N. Byrne", make.SIGNATURE)

	frappe.set_user(make.user("supervisor@receipts.example", "Service Supervisor"))
	with pytest.raises(frappe.ValidationError, match=r"the receipts say € 10\.00"):
		read(doc).pay_out_cash(10.01, 10, "The rest")
	read(doc).pay_out_cash(4, 10, "Did not sign, has left")

	rows = read(doc).cash_receipts
	assert [(row.kind, row.amount, row.authorised_by) for row in rows] == [
		("Received", 50, None),
		("Paid Out", 40, None),
		("Paid Out", 4, "supervisor@receipts.example"),
	]
	assert rows[1].receipt_no == number and number.startswith(f"REF-{make.ABBR}-{getdate().year}-")
	frappe.set_user("Administrator")
	assert with_technician(shop) == 6


def test_what_was_handed_over_is_neither_paid_out_nor_added_to(shop):
	doc = visit(shop)
	payment = receive_cash(doc.name)
	for act in (
		lambda: read(doc).pay_out_cash(10, 50, "Too much"),
		lambda: read(doc).collect_cash(10, 50),
	):
		with pytest.raises(frappe.ValidationError, match=payment):
			act()


def test_the_cash_of_a_visit_cancelled_for_good_is_paid_back(shop):
	doc = visit(shop, submitted=False)
	doc.cancel()
	assert breaks() == [Reason.CASH_OF_CANCELLED_JOB]
	(row,) = cash_with_technicians.execute({"company": make.COMPANY})[1]
	assert (row.voucher, row.amount, row.invoice_state) == (doc.name, 50, "Visit cancelled")
	read(doc).pay_out_cash(50, 50, "Came in vain")
	assert breaks() == []
	assert cash_with_technicians.execute({"company": make.COMPANY})[1] == []
	assert read(doc).cash_collected == 0
	again = frappe.copy_doc(read(doc))
	again.update({"amended_from": doc.name, "signed_by": "N. Byrne", "customer_signature": make.SIGNATURE})
	again.insert().submit()
	assert (read(again).cash_collected, len(receipts(again))) == (0, 2)


def test_the_cash_of_an_amended_visit_is_the_amendments(shop):
	doc = visit(shop, submitted=False)
	again = amended(doc).insert()
	with pytest.raises(frappe.ValidationError, match=again.name):
		read(doc).pay_out_cash(50, 50, "Twice")
	with pytest.raises(frappe.ValidationError, match=again.name):
		receive_cash(doc.name)


# ---------------------------------------------------------------- ERPNext's own payment


def test_a_payment_of_another_amount_is_not_the_receipts(shop):
	doc = visit(shop)
	frappe.clear_messages()
	payment = by_erpnext(doc, 40, reference_no=doc.cash_receipt_no)
	assert "does not settle it" in told()
	assert (read(doc).payment_entry, with_technician(shop)) == (None, 50)
	assert payment.reload().aftersales_posting_key is None
	assert payments_to_link(doc.name) == []


def test_a_payment_cancelled_opens_its_receipt_again(shop):
	doc = visit(shop)
	payment = by_erpnext(doc, 50, reference_no=doc.cash_receipt_no)
	assert (read(doc).payment_entry, with_technician(shop)) == (payment.name, 0)
	payment.reload().cancel()
	assert (read(doc).payment_entry, with_technician(shop)) == (None, 50)


def test_a_payment_is_linked_once(shop):
	doc, other = visit(shop, 115.77), visit(shop, 115.77)
	payment = by_erpnext(doc)
	assert with_technician(shop) == 231.54
	accountant = make.user("accountant@receipts.example", "Service Accountant")
	frappe.set_user(accountant)
	assert [row["name"] for row in payments_to_link(doc.name)] == [payment.name]
	for _twice in range(2):
		link_payment(doc.name, payment.name)
	assert receive_cash(doc.name) == payment.name
	assert payments_to_link(other.name) == []
	with pytest.raises(frappe.ValidationError, match="must not book another receipt"):
		link_payment(other.name, payment.name)
	with pytest.raises(frappe.ValidationError, match="cannot be linked"):
		link_payment(other.name, "<b>nothing</b>")
	frappe.set_user("Administrator")
	assert with_technician(shop) == 115.77
	assert breaks() == [Reason.CASH_NOT_HANDED_OVER]
	frappe.set_user(make.user("agent@receipts.example", "Service Agent"))
	with pytest.raises(frappe.PermissionError):
		link_payment(other.name, payment.name)


# ---------------------------------------------------------------- modes of payment


def test_cash_is_taken_whatever_the_mode_of_payment_is_called(shop):
	frappe.rename_doc("Mode of Payment", "Cash", "Efectivo", force=True)
	payment = frappe.get_doc("Payment Entry", receive_cash(visit(shop).name))
	assert (payment.mode_of_payment, payment.paid_to) == ("Efectivo", "Cash - LSL")
	other = visit(shop)
	doc = make.make(
		"Technician Cash Handover", company=make.COMPANY, technician=shop.technician, counted_amount=50
	)
	assert (doc.mode_of_payment, doc.vouchers[0].service_voucher) == ("Efectivo", other.name)


def test_the_mode_of_payment_is_asked_for_where_it_is_not_clear(shop):
	doc = visit(shop)
	make.cash_mode("Till 2", make.account("Till 2", "Cash In Hand", account_type="Cash"))
	with pytest.raises(frappe.ValidationError, match=r"Choose the Mode of Payment.*Cash.*Till 2"):
		receive_cash(doc.name)
	payment = receive_cash(doc.name, "Till 2")
	assert gl(payment)[1][:3] == ("Till 2 - LSL", 50, 0)
	for name in ("Cash", "Till 2"):
		frappe.db.set_value("Mode of Payment", name, "enabled", 0)
	with pytest.raises(frappe.ValidationError, match=r"No Mode of Payment of type Cash.*Liffey"):
		receive_cash(visit(shop).name)


# ---------------------------------------------------------------- handover


def test_a_handover_names_the_voucher_that_holds_it_up(shop):
	good, bad = visit(shop, submitted=False), visit(shop, submitted=False)
	doc = make.make(
		"Technician Cash Handover", company=make.COMPANY, technician=shop.technician, counted_amount=100
	)
	draft = frappe.get_doc("Sales Invoice", bad.sales_invoice)
	draft.db_set("debit_to", "Creditors - LSL")
	frappe.db.commit()
	frappe.clear_messages()
	with pytest.raises(
		frappe.ValidationError, match=rf"Row 2: .*{bad.name}.*nothing is booked.*remove the row"
	):
		doc.submit()
	frappe.db.rollback()
	assert len([told for told in frappe.message_log if told.get("raise_exception")]) == 1
	assert read(good).payment_entry is None

	doc = frappe.get_doc(doc.doctype, doc.name)
	doc.vouchers.pop()
	doc.counted_amount = 50
	doc.save()
	doc.submit()
	assert read(good).cash_handover == doc.name


def test_a_handover_takes_in_more_than_the_invoices_owe(shop):
	"""One customer has paid 80.00 by bank meanwhile: of his receipt of 115.77 80.00 are left over."""
	one, other = visit(shop, 115.77), visit(shop, 115.77)
	by_erpnext(other, 80)
	doc = make.make(
		"Technician Cash Handover", company=make.COMPANY, technician=shop.technician, counted_amount=231.54
	)
	doc.submit()
	doc.reload()
	assert [(line.amount, line.unallocated_amount) for line in doc.vouchers] == [(115.77, 0), (115.77, 80)]
	assert (doc.difference, doc.journal_entry) == (0, None)
	for done_visit in (one, other):
		assert read(done_visit).billing_status == "Paid"
	assert breaks() == []
