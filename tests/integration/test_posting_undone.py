"""Cancelling, amending, deleting and paying on either side leaves job and books in step (R-AC-10)."""

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.utils import flt, getdate, nowdate

from aftersales.core.report_filters import Scope
from aftersales.service_accounts import reconciliation
from aftersales.service_cash.cash import receive_cash
from aftersales.service_posting.posting import PURPOSES_OF_POSTING, post_again
from tests import factories as make
from tests.jobs import KINDS, documents_of, done, gl, in_stock, stock_ledger


@pytest.fixture(params=KINDS)
def kind(request):
	return request.param


def paid_job(shop, kind="Service Voucher", **values):
	"""One hour and one seal: 102 net, 115.77 with VAT; the seal cost 12.50."""
	return done(shop, kind, labour=[make.hours(1)], parts=[make.part(shop.seal)], **values)


def billed_job(shop, kind="Service Voucher", **values):
	doc = paid_job(shop, kind, **values)
	frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
	return read(doc)


def read(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def cancel(doctype: str, name: str):
	doc = frappe.get_doc(doctype, name)
	doc.cancel()
	return doc


def amendment_of(doc):
	"""An amendment as the desk makes it: a copy that names what it amends."""
	amended = frappe.copy_doc(doc)
	amended.amended_from = doc.name
	amended.docstatus = 0
	return amended


def amend(doctype: str, name: str):
	return amendment_of(frappe.get_doc(doctype, name)).insert()


def keys_held(doc) -> list[str]:
	"""Posting keys of the job that some document still holds."""
	prefix = f"{doc.doctype}/{doc.name}/%"
	return [
		key
		for doctype in ("Stock Entry", "Delivery Note", "Sales Invoice", "Journal Entry", "Payment Entry")
		for key in frappe.get_all(
			doctype, filters={"aftersales_posting_key": ("like", prefix)}, pluck="aftersales_posting_key"
		)
	]


# ---------------------------------------------------------------- cancelling the job


def test_cancelling_a_job_takes_back_everything_not_billed_yet(shop, kind):
	doc = done(
		shop,
		kind,
		"C",
		labour=[make.hours(1), make.hours(1, charge_to="Customer", charge_reason="Misuse")],
		parts=[make.part(shop.seal, 2)],
	)
	assert in_stock(shop.seal, shop.van) == 8
	posted = {field: doc.get(field) for field in PURPOSES_OF_POSTING}

	doc.cancel()

	doc = read(doc)
	assert (doc.docstatus, doc.status) == (2, "Cancelled")
	assert in_stock(shop.seal, shop.van) == 10
	assert not frappe.db.exists("Sales Invoice", posted["sales_invoice"])
	assert frappe.db.get_value("Stock Entry", posted["stock_entry"], "docstatus") == 2
	assert frappe.db.get_value("Journal Entry", posted["labour_journal_entry"], "docstatus") == 2
	assert gl(posted["stock_entry"]) == gl(posted["labour_journal_entry"]) == []
	assert [doc.get(field) for field in PURPOSES_OF_POSTING] == [None] * 4
	assert (doc.billing_status, doc.amount_due, doc.parts_cost, doc.labour_cost) == ("Not Billable", 0, 0, 0)
	assert documents_of(doc) == {}
	assert keys_held(doc) == []


def test_job_is_not_cancelled_over_the_accountants_head(shop, kind):
	doc = billed_job(shop, kind)
	frappe.db.commit()

	with pytest.raises(
		frappe.ValidationError, match="is submitted\\. Cancel it first, or create a credit note"
	):
		doc.cancel()
	frappe.db.rollback()

	doc = read(doc)
	assert (doc.docstatus, doc.billing_status) == (1, "Billed")
	assert documents_of(doc) == {"Stock Entry": [doc.stock_entry], "Sales Invoice": [doc.sales_invoice]}
	assert in_stock(shop.seal, shop.van) == 9


def test_job_is_cancelled_after_its_invoice_was(shop, kind):
	doc = billed_job(shop, kind)
	cancel("Sales Invoice", doc.sales_invoice)
	doc = read(doc)
	assert (doc.sales_invoice, doc.billing_status) == (None, "To Bill")

	doc.cancel()

	assert documents_of(doc) == {}
	assert in_stock(shop.seal, shop.van) == 10


def test_job_with_cash_booked_is_not_cancelled(shop):
	doc = cash_job(shop)
	receive_cash(doc.name)
	frappe.db.commit()

	with pytest.raises(frappe.ValidationError):
		read(doc).cancel()
	frappe.db.rollback()
	assert read(doc).docstatus == 1


def test_delivery_note_goes_back_with_the_job(shop):
	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	doc = paid_job(shop)
	note = doc.delivery_note

	doc.cancel()

	assert frappe.db.get_value("Delivery Note", note, "docstatus") == 2
	assert in_stock(shop.seal, shop.van) == 10
	assert documents_of(doc) == {}


def test_amended_job_posts_anew(shop, kind):
	doc = paid_job(shop, kind)
	first = doc.stock_entry
	doc.cancel()

	amended = amendment_of(read(doc))
	amended.parts[0].qty = 3
	amended.insert()
	assert [amended.get(field) for field in PURPOSES_OF_POSTING] == [None] * 4
	assert (amended.posted_at, amended.billing_status) == (None, "Not Billable")
	if kind == "Repair Card":
		amended.record_approval("Phone", "N. Byrne", 1000)
		amended.start_repair()
		amended.hand_to_check()
		amended.verify()
	amended.submit()

	amended = read(amended)
	assert amended.stock_entry != first
	assert in_stock(shop.seal, shop.van) == 7
	assert stock_ledger(amended.stock_entry) == [(shop.seal, shop.van, -3, -37.5)]
	assert amended.amount_due == 211.11  # 60 + 126 = 186, VAT 25.11


# ---------------------------------------------------------------- somebody works on the ERPNext side


def test_stock_entry_cancelled_by_hand_is_posted_again(shop, kind):
	doc = paid_job(shop, kind)
	first, invoice = doc.stock_entry, doc.sales_invoice

	cancel("Stock Entry", first)

	doc = read(doc)
	assert (doc.stock_entry, doc.parts_cost, doc.parts[0].valuation_amount) == (None, 0, 0)
	assert doc.sales_invoice == invoice
	assert in_stock(shop.seal, shop.van) == 10

	assert post_again(doc.doctype, doc.name)["stock_entry"] not in (None, first)
	doc = read(doc)
	assert doc.sales_invoice == invoice
	assert (doc.parts_cost, in_stock(shop.seal, shop.van)) == (12.5, 9)
	assert documents_of(doc) == {"Stock Entry": [doc.stock_entry], "Sales Invoice": [invoice]}


def test_stock_entry_amended_by_hand_takes_its_place(shop):
	doc = paid_job(shop)
	first = doc.stock_entry
	cancel("Stock Entry", first)

	amended = amend("Stock Entry", first)
	assert read(doc).stock_entry == amended.name
	amended.items[0].qty = 2
	amended.save()
	amended.submit()

	doc = read(doc)
	assert (doc.stock_entry, doc.parts_cost, doc.parts[0].valuation_amount) == (amended.name, 25, 25)
	assert post_again(doc.doctype, doc.name)["stock_entry"] == amended.name
	read(doc).cancel()
	assert in_stock(shop.seal, shop.van) == 10


def test_stock_entry_amended_without_a_row_keeps_the_cost_of_the_others(shop):
	"""The desk numbers the rows that are left anew."""
	strainer = make.item("Strainer")
	make.receive(strainer, 5, 7, shop.van)
	doc = done(shop, category="C", parts=[make.part(shop.seal), make.part(strainer)])
	assert doc.parts_cost == 19.5
	entry = frappe.get_doc("Stock Entry", doc.stock_entry)
	entry.cancel()

	amended = frappe.copy_doc(entry)
	amended.amended_from = entry.name
	amended.items = amended.items[1:]
	amended.items[0].idx = 1
	amended.insert()
	amended.submit()

	doc = read(doc)
	assert (doc.stock_entry, doc.parts_cost) == (amended.name, 7)
	assert [line.valuation_amount for line in doc.parts] == [0, 7]


def test_hours_at_cost_cancelled_by_hand_are_posted_again(shop):
	doc = done(shop, category="C", labour=[make.hours(2)])
	first = doc.labour_journal_entry
	cancel("Journal Entry", first)
	assert read(doc).labour_journal_entry is None

	again = post_again(doc.doctype, doc.name)["labour_journal_entry"]

	assert again != first
	assert gl(again) == [
		("Labour Recovery - LSL", 0, 60, "Service - LSL"),
		("Warranty Expense - LSL", 60, 0, "Service - LSL"),
	]


def test_draft_invoice_deleted_by_hand_is_billed_again(shop, kind):
	doc = paid_job(shop, kind)
	first, stock_entry = doc.sales_invoice, doc.stock_entry

	frappe.delete_doc("Sales Invoice", first)

	doc = read(doc)
	assert (doc.sales_invoice, doc.billing_status) == (None, "To Bill")
	posted = post_again(doc.doctype, doc.name)
	assert posted["sales_invoice"] and posted["stock_entry"] == stock_entry
	assert read(doc).amount_due == 115.77
	assert post_again(doc.doctype, doc.name) == posted  # once more makes nothing
	assert documents_of(doc) == {"Stock Entry": [stock_entry], "Sales Invoice": [posted["sales_invoice"]]}


def test_invoice_cancelled_and_amended_by_hand_takes_its_place(shop, kind):
	doc = billed_job(shop, kind)
	first = doc.sales_invoice
	cancel("Sales Invoice", first)
	assert read(doc).billing_status == "To Bill"

	amended = amend("Sales Invoice", first)
	doc = read(doc)
	assert (doc.sales_invoice, doc.billing_status) == (amended.name, "To Bill")
	amended.items[1].rate = 32
	amended.save()
	amended.submit()

	doc = read(doc)
	assert (doc.billing_status, doc.amount_due) == ("Billed", 104.42)  # 92 + 12.42
	assert [line.amount for line in (*doc.labour, *doc.parts)] == [60, 32]
	assert post_again(doc.doctype, doc.name)["sales_invoice"] == amended.name


def test_invoice_edited_as_a_draft_shows_on_the_job(shop):
	doc = paid_job(shop)
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	invoice.items[0].qty = 2
	invoice.apply_discount_on = "Net Total"
	invoice.additional_discount_percentage = 10
	invoice.save()

	doc = read(doc)
	# 120 + 42 = 162, less 10 % = 145.80, VAT 19.68
	assert (doc.amount_due, doc.billing_status) == (165.48, "To Bill")
	assert [line.amount for line in (*doc.labour, *doc.parts)] == [108, 37.8]


def test_old_invoice_is_not_amended_once_the_job_is_billed_again(shop):
	doc = billed_job(shop)
	first = doc.sales_invoice
	cancel("Sales Invoice", first)
	second = post_again(doc.doctype, doc.name)["sales_invoice"]

	with pytest.raises(frappe.ValidationError, match="was posted again"):
		amend("Sales Invoice", first)
	assert documents_of(doc)["Sales Invoice"] == [second]


def test_invoice_of_a_cancelled_job_is_not_amended(shop):
	doc = billed_job(shop)
	first = doc.sales_invoice
	cancel("Sales Invoice", first)
	read(doc).cancel()

	with pytest.raises(frappe.ValidationError, match="cancelled"):
		amend("Sales Invoice", first)


def test_copy_of_an_invoice_bills_nothing_of_the_job(shop):
	doc = billed_job(shop)

	copy = frappe.copy_doc(frappe.get_doc("Sales Invoice", doc.sales_invoice)).insert()

	assert copy.aftersales_posting_key is None
	assert read(doc).sales_invoice == doc.sales_invoice
	copy.delete()
	assert read(doc).sales_invoice == doc.sales_invoice


def test_delivery_note_cancelled_by_hand_is_made_again_and_the_draft_invoice_follows(shop):
	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	doc = paid_job(shop)
	invoice = doc.sales_invoice
	cancel("Delivery Note", doc.delivery_note)
	assert read(doc).delivery_note is None

	again = post_again(doc.doctype, doc.name)

	assert again["sales_invoice"] == invoice
	assert {row.delivery_note for row in frappe.get_doc("Sales Invoice", invoice).items} == {
		again["delivery_note"]
	}
	frappe.get_doc("Sales Invoice", invoice).submit()
	assert read(doc).billing_status == "Billed"


# ---------------------------------------------------------------- who may post again


@pytest.mark.parametrize("role", ["Service Supervisor", "Service Manager", "Service Accountant"])
def test_those_who_answer_for_money_post_again(shop, role):
	doc = paid_job(shop)
	frappe.delete_doc("Sales Invoice", doc.sales_invoice)
	user = make.user("deirdre@example.com", role)

	frappe.set_user(user)
	posted = post_again(doc.doctype, doc.name)

	assert posted["sales_invoice"]


@pytest.mark.parametrize("role", ["Service Agent", "Service Technician", "Workshop Technician", "Sales User"])
def test_others_do_not_post_again(shop, role):
	doc = paid_job(shop)
	frappe.delete_doc("Sales Invoice", doc.sales_invoice)
	user = make.user("cathal@example.com", role)

	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError):
		post_again(doc.doctype, doc.name)

	frappe.set_user("Administrator")
	assert read(doc).sales_invoice is None


def test_only_a_submitted_job_is_posted_again(shop):
	draft = make.voucher(make.call(shop.customer), shop.technician, parts=[make.part(shop.seal)])
	with pytest.raises(frappe.ValidationError, match="is not submitted"):
		post_again(draft.doctype, draft.name)
	with pytest.raises(frappe.ValidationError, match="is not a service job"):
		post_again("Customer", shop.customer)
	assert documents_of(draft) == {}


# ---------------------------------------------------------------- payments


def pay(invoice: str, amount: float | None = None):
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	payment = get_payment_entry("Sales Invoice", invoice, party_amount=amount, bank_account="Cash - LSL")
	payment.update({"reference_no": "TRF-1", "reference_date": nowdate()})
	payment.insert()
	payment.submit()
	return payment


def test_billing_status_follows_payment_entries(shop, kind):
	doc = billed_job(shop, kind)
	assert doc.billing_status == "Billed"

	first = pay(doc.sales_invoice, 100)
	assert read(doc).billing_status == "Billed"
	second = pay(doc.sales_invoice)
	assert flt(second.paid_amount) == 15.77
	assert read(doc).billing_status == "Paid"
	first.reload()
	first.cancel()
	assert read(doc).billing_status == "Billed"


def payment_journal(doc, amount: float):
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Journal Entry",
			"company": make.COMPANY,
			"posting_date": nowdate(),
			"accounts": [
				{"account": "Cash - LSL", "debit_in_account_currency": amount},
				{
					"account": "Debtors - LSL",
					"party_type": "Customer",
					"party": doc.customer,
					"credit_in_account_currency": amount,
					"reference_type": "Sales Invoice",
					"reference_name": doc.sales_invoice,
				},
			],
		}
	)
	entry.insert()
	entry.submit()
	return entry


def test_billing_status_follows_a_journal_entry(shop):
	doc = billed_job(shop)
	entry = payment_journal(doc, 115.77)
	assert read(doc).billing_status == "Paid"
	entry.cancel()
	assert read(doc).billing_status == "Billed"


def test_billing_status_follows_payment_reconciliation(shop):
	doc = billed_job(shop)
	advance = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": make.COMPANY,
			"party_type": "Customer",
			"party": shop.customer,
			"paid_from": "Debtors - LSL",
			"paid_to": "Cash - LSL",
			"paid_amount": 115.77,
			"received_amount": 115.77,
			"posting_date": nowdate(),
		}
	).insert()
	advance.submit()
	assert read(doc).billing_status == "Billed"

	tool = frappe.get_doc("Payment Reconciliation")
	tool.update(
		{
			"company": make.COMPANY,
			"party_type": "Customer",
			"party": shop.customer,
			"receivable_payable_account": "Debtors - LSL",
		}
	)
	tool.get_unreconciled_entries()
	tool.allocate_entries(
		frappe._dict(
			invoices=[row.as_dict() for row in tool.invoices],
			payments=[row.as_dict() for row in tool.payments],
		)
	)
	tool.reconcile()
	assert read(doc).billing_status == "Paid"

	undo = frappe.get_doc(
		{
			"doctype": "Unreconcile Payment",
			"company": make.COMPANY,
			"voucher_type": "Payment Entry",
			"voucher_no": advance.name,
		}
	)
	undo.add_references()
	undo.insert()
	undo.submit()
	assert read(doc).billing_status == "Billed"


def credit_note(invoice: str, on_invoice: bool):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	note = make_sales_return(invoice)
	if note.meta.has_field("update_outstanding_for_self"):
		note.update_outstanding_for_self = 0 if on_invoice else 1
	note.insert()
	note.submit()
	return note


@pytest.mark.parametrize("on_invoice", [True, False])
def test_credit_note_credits_the_job_whatever_it_is_set_against(shop, on_invoice):
	doc = billed_job(shop)
	note = credit_note(doc.sales_invoice, on_invoice)

	assert note.aftersales_posting_key is None
	after = read(doc)
	assert (after.sales_invoice, after.billing_status, after.amount_due) == (
		doc.sales_invoice,
		"Credited",
		115.77,
	)
	note.reload()
	note.cancel()
	assert read(doc).billing_status == "Billed"


def test_a_job_credited_in_full_is_cancelled_and_its_part_comes_back(shop):
	"""Invoice and credit note stay in the books and balance; the seal is back in the van, at its cost."""
	doc = billed_job(shop)
	note = credit_note(doc.sales_invoice, True)
	before = in_stock(shop.seal, shop.van)

	read(doc).cancel()

	after = read(doc)
	assert (after.status, after.sales_invoice, after.stock_entry) == ("Cancelled", None, None)
	assert in_stock(shop.seal, shop.van) == before + 1
	assert gl(doc.stock_entry) == []
	sums: dict[str, float] = {}
	for name in (doc.sales_invoice, note.name):
		for account, debit, credit, _cost_center in gl(name):
			sums[account] = flt(sums.get(account, 0) + debit - credit, 2)
	assert set(sums.values()) == {0}
	today = getdate(nowdate())
	assert reconciliation.find(Scope(make.COMPANY, today, today)) == []
	note.reload()
	with pytest.raises(frappe.ValidationError, match="must stay credited"):
		note.cancel()


def test_a_job_credited_in_part_is_not_cancelled(shop):
	doc = billed_job(shop)
	note = make_sales_return(doc.sales_invoice)
	note.items = note.items[:1]
	note.insert().submit()
	with pytest.raises(frappe.ValidationError, match="is submitted"):
		read(doc).cancel()


# ---------------------------------------------------------------- cash collected on the spot


def cash_job(shop, amount=100.0, **values):
	make.settings(small_fee_limit=250)
	doc = paid_job(shop, cash_collected=amount, **values)
	frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
	return read(doc)


def test_cash_becomes_one_payment_entry(shop):
	doc = cash_job(shop)

	payment = receive_cash(doc.name)

	assert receive_cash(doc.name) == payment
	assert gl(payment) == [("Cash - LSL", 100, 0, None), ("Debtors - LSL", 0, 100, None)]
	assert read(doc).billing_status == "Billed"  # 15.77 are still open
	assert documents_of(doc)["Payment Entry"] == [payment]


def test_cash_payment_cancelled_by_hand_can_be_received_again(shop):
	doc = cash_job(shop, 115.77)
	first = receive_cash(doc.name)
	assert read(doc).billing_status == "Paid"

	cancel("Payment Entry", first)
	doc = read(doc)
	assert (doc.payment_entry, doc.billing_status) == (None, "Billed")

	second = receive_cash(doc.name)
	assert second != first
	assert read(doc).billing_status == "Paid"


def test_cash_payment_amended_by_hand_takes_its_place(shop):
	doc = cash_job(shop, 115.77)
	first = receive_cash(doc.name)
	cancel("Payment Entry", first)

	amended = amend("Payment Entry", first)
	amended.submit()

	doc = read(doc)
	assert (doc.payment_entry, doc.billing_status) == (amended.name, "Paid")
	assert receive_cash(doc.name) == amended.name


def test_cash_in_a_foreign_currency_is_booked_at_the_invoices_rate(shop):
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
	# Pounds would be rounded to whole ones
	frappe.get_doc("Global Defaults").update({"disable_rounded_total": 1}).save()
	frappe.get_doc("Customer", shop.customer).update({"default_currency": "GBP"}).save()
	# 48 + 33.60 = 81.60, VAT 11.02: GBP 92.62 = EUR 115.78
	doc = cash_job(shop, 92.62)
	assert (doc.currency, doc.amount_due) == ("GBP", 92.62)

	payment = receive_cash(doc.name)

	assert [row[:3] for row in gl(payment)] == [("Cash - LSL", 115.78, 0), ("Debtors - LSL", 0, 115.78)]
	assert read(doc).billing_status == "Paid"


def test_more_cash_than_is_open_stays_unallocated(shop):
	"""50.00 came by bank meanwhile: of the receipt of 100.00 65.77 pay the invoice."""
	doc = cash_job(shop, 100)
	pay(doc.sales_invoice, 50)

	payment = frappe.get_doc("Payment Entry", receive_cash(doc.name))

	assert (payment.paid_amount, payment.unallocated_amount) == (100, 34.23)
	assert [row.allocated_amount for row in payment.references] == [65.77]
	assert read(doc).billing_status == "Paid"


def test_cash_is_what_the_invoice_is_rounded_to(shop):
	frappe.db.set_value("Currency", "EUR", "smallest_currency_fraction_value", 0.05)
	frappe.clear_document_cache("Currency", "EUR")
	with pytest.raises(frappe.ValidationError, match=r"115\.77 was collected, but only .*115\.75 is due"):
		cash_job(shop, 115.77)
	doc = cash_job(shop, 115.75)

	receive_cash(doc.name)

	assert read(doc).billing_status == "Paid"


def test_cash_waits_for_the_submitted_invoice(shop):
	make.settings(small_fee_limit=250)
	doc = paid_job(shop, cash_collected=50)

	with pytest.raises(frappe.ValidationError, match="submit Sales Invoice"):
		receive_cash(doc.name)
