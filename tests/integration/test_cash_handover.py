"""Technician Cash Handover: expected against counted, booked whole or not at all, taken back (R-AC-3).

The ledger rows are written down as an accountant would expect them. Masters are those of
`factories.shop`: one hour and one seal make 102.00 net, 115.77 with VAT.
"""

import frappe
import pytest
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.utils import flt, fmt_money, getdate, nowdate

from aftersales.core.report_filters import Scope
from aftersales.service_accounts import reconciliation
from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_billing import credits
from aftersales.service_cash.cash import receive_cash
from aftersales.service_cash.handover import open_cash
from tests import factories as make
from tests.attacks import bulk, refused
from tests.jobs import billed, done, gl


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.cash_account = make.account("Till", "Cash In Hand", account_type="Cash")
	names.short_and_over = make.account("Cash Short and Over", "Indirect Expenses")
	mode = frappe.get_doc("Mode of Payment", "Cash")
	mode.set("accounts", [{"company": make.COMPANY, "default_account": names.cash_account}])
	mode.save()
	make.settings(
		small_fee_limit=500,
		billing_accounts=[
			{
				"company": make.COMPANY,
				"cash_difference_account": names.short_and_over,
				"cost_center": names.cost_center,
			}
		],
	)
	return names


def cash_visit(shop, amount=115.77, **values):
	"""A completed visit whose customer owes 115.77 and gave `amount`; its invoice is a draft."""
	return done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)], cash_collected=amount, **values)


def handover(shop, counted, vouchers=(), **values):
	return make.make(
		"Technician Cash Handover",
		company=make.COMPANY,
		technician=shop.technician,
		mode_of_payment="Cash",
		counted_amount=counted,
		vouchers=[{"service_voucher": voucher.name} for voucher in vouchers],
		**values,
	)


def ledger_of(doc) -> dict[str, float]:
	"""What a handover moved: account → debit less credit, over all it booked."""
	names = [line.payment_entry for line in doc.vouchers]
	if doc.journal_entry:
		names.append(doc.journal_entry)
	balance: dict[str, float] = {}
	for name in names:
		for account, debit, credit, _cost_center in gl(name):
			balance[account] = flt(balance.get(account, 0) + debit - credit, 2)
	return balance


# ---------------------------------------------------------------- booked


def test_exact_cash(shop):
	first, second = cash_visit(shop), cash_visit(shop, 50)
	doc = handover(shop, 165.77)
	assert [line.service_voucher for line in doc.vouchers] == [first.name, second.name]
	assert (doc.expected_amount, doc.difference, doc.status) == (165.77, 0, "Draft")

	doc.submit()

	doc.reload()
	assert (doc.status, doc.journal_entry, doc.received_by) == ("Booked", None, "Administrator")
	assert ledger_of(doc) == {"Till - LSL": 165.77, "Debtors - LSL": -165.77}
	for voucher, status in ((first, "Paid"), (second, "Billed")):
		voucher.reload()
		assert (voucher.cash_handover, voucher.billing_status) == (doc.name, status)
		assert frappe.db.get_value("Sales Invoice", voucher.sales_invoice, "docstatus") == 1
		payment = frappe.get_doc("Payment Entry", voucher.payment_entry)
		assert (payment.docstatus, payment.reference_no) == (1, voucher.cash_receipt_no)
	assert frappe.db.get_value("Sales Invoice", second.sales_invoice, "outstanding_amount") == 65.77


def test_cash_short(shop):
	"""165.77 expected, 160.00 counted: the customers have paid in full, 5.77 is a loss of ours."""
	cash_visit(shop), cash_visit(shop, 50)
	doc = handover(shop, 160, difference_reason="Wrong change given")
	doc.submit()
	doc.reload()

	assert doc.difference == -5.77
	assert gl(doc.journal_entry) == [
		("Cash Short and Over - LSL", 5.77, 0, "Service - LSL"),
		("Till - LSL", 0, 5.77, "Service - LSL"),
	]
	assert [gl(line.payment_entry) for line in doc.vouchers] == [
		[("Debtors - LSL", 0, 115.77, None), ("Till - LSL", 115.77, 0, None)],
		[("Debtors - LSL", 0, 50, None), ("Till - LSL", 50, 0, None)],
	]
	assert ledger_of(doc) == {"Till - LSL": 160, "Debtors - LSL": -165.77, "Cash Short and Over - LSL": 5.77}


def test_cash_over(shop):
	"""115.77 expected, 120.00 counted: the surplus is ours until somebody asks for it."""
	cash_visit(shop)
	doc = handover(shop, 120, difference_reason="Customer would not take the change")
	doc.submit()
	doc.reload()

	assert doc.difference == 4.23
	assert gl(doc.journal_entry) == [
		("Cash Short and Over - LSL", 0, 4.23, "Service - LSL"),
		("Till - LSL", 4.23, 0, "Service - LSL"),
	]
	assert ledger_of(doc) == {"Till - LSL": 120, "Debtors - LSL": -115.77, "Cash Short and Over - LSL": -4.23}


def test_cash_in_a_foreign_currency(shop):
	"""A customer billed in dollars at 0.80 pays dollars; two of them are missing."""
	make.make(
		"Currency Exchange",
		from_currency="USD",
		to_currency="EUR",
		exchange_rate=0.8,
		for_selling=1,
		for_buying=1,
		date=nowdate(),
	)
	frappe.db.set_single_value(
		"Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1
	)
	american = make.customer("Hudson Import", default_currency="USD")
	shop.customer = american
	visit = cash_visit(shop, 100)
	assert (visit.currency, visit.amount_due) == ("USD", 144.71)

	assert open_cash(make.COMPANY, shop.technician) == []  # nothing in euro
	doc = handover(shop, 98, currency="USD", difference_reason="Torn note")
	doc.submit()
	doc.reload()

	assert (doc.expected_amount, doc.difference, doc.conversion_rate) == (100, -2, 0.8)
	assert ledger_of(doc) == {
		"Till - LSL": 78.4,
		"Debtors - LSL": -80,
		"Cash Short and Over - LSL": 1.6,
	}


def dollar_customer(**values) -> str:
	"""A customer billed in dollars, today at 0.80, in the books in euro."""
	make.make(
		"Currency Exchange",
		from_currency="USD",
		to_currency="EUR",
		exchange_rate=0.8,
		for_selling=1,
		for_buying=1,
		date=nowdate(),
	)
	frappe.db.set_single_value(
		"Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1
	)
	return make.customer("Hudson Import", default_currency="USD", **values)


def test_the_whole_of_an_untaxed_invoice_in_a_foreign_currency_pays_it_whole(shop):
	"""Twice 10.03 dollars at 0.80 are booked as twice 8.02, a cent less than 20.06 at 0.80."""
	frappe.db.set_value("Sales Taxes and Charges Template", shop.vat, "is_default", 0)
	shop.customer = dollar_customer()
	agreed = [make.hours(1, rate=10.03), make.hours(1, rate=10.03)]
	visit = done(shop, labour=agreed, cash_collected=20.06)
	doc = handover(shop, 20.06, [visit], currency="USD")

	doc.submit()

	assert ledger_of(doc) == {"Till - LSL": 16.04, "Debtors - LSL": -16.04}
	visit.reload()
	assert (visit.amount_due, visit.billing_status) == (20.06, "Paid")
	today = getdate(nowdate())
	assert reconciliation.find(Scope(make.COMPANY, today, today)) == []


def test_a_till_in_the_currency_of_the_cash_holds_what_was_counted(shop):
	"""Invoiced at 0.80; by the day of the handover the dollar is worth 0.90."""
	till = make.account("Dollar Till", "Cash In Hand", account_type="Cash", account_currency="USD")
	accounts = [{"company": make.COMPANY, "default_account": till}]
	mode = make.make("Mode of Payment", mode_of_payment="Dollars", type="Cash", accounts=accounts)
	shop.customer = dollar_customer()
	visit = cash_visit(shop, 100)
	frappe.get_doc("Sales Invoice", visit.sales_invoice).submit()
	frappe.get_last_doc("Currency Exchange").db_set("exchange_rate", 0.9)
	frappe.clear_cache()
	doc = handover(shop, 98, [visit], currency="USD", difference_reason="Torn note")
	doc.mode_of_payment = mode.name

	doc.submit()

	doc.reload()
	assert ledger_of(doc) == {
		"Dollar Till - LSL": 78.4,
		"Debtors - LSL": -80,
		"Cash Short and Over - LSL": 1.6,
	}
	dollars = frappe.get_all(
		"GL Entry",
		{"account": till, "is_cancelled": 0},
		["debit_in_account_currency as debit", "credit_in_account_currency as credit"],
		order_by="debit desc",
	)
	assert [(row.debit, row.credit) for row in dollars] == [(100, 0), (0, 2)]


def terms(*rows: dict, **values) -> str:
	"""A Payment Terms Template; each row is a term of so many per cent."""
	day = "Day(s) after invoice date"
	filled = [
		{
			"due_date_based_on": day,
			"discount_type": "Percentage",
			"discount_validity_based_on": day,
			**row,
			"payment_term": make.make(
				"Payment Term", payment_term_name=f"Term {number}", invoice_portion=row["invoice_portion"]
			).name,
		}
		for number, row in enumerate(rows)
	]
	return make.make("Payment Terms Template", template_name="Agreed", terms=filled, **values).name


def test_a_discount_for_early_payment_takes_nothing_from_the_cash(shop):
	"""The terms offer 2 % within ten days. The receipt says 115.77, and so much is in the till."""
	discount = make.account("Early Payment", "Indirect Expenses")
	frappe.db.set_value("Company", make.COMPANY, "default_discount_account", discount)
	offered = terms({"invoice_portion": 100, "credit_days": 30, "discount": 2, "discount_validity": 10})
	shop.customer = make.customer("Dunne Dairies", payment_terms=offered)
	visit = cash_visit(shop)
	doc = handover(shop, 115.77, [visit])

	doc.submit()

	assert ledger_of(doc) == {"Till - LSL": 115.77, "Debtors - LSL": -115.77}
	visit.reload()
	assert (doc.conversion_rate, visit.billing_status) == (1, "Paid")


@pytest.mark.parametrize(("amount", "allocated"), [(50, [50]), (80, [57.88, 22.12])])
def test_a_part_payment_goes_to_the_terms_due_first(shop, amount, allocated):
	halves = terms(
		{"invoice_portion": 50, "credit_days": 0},
		{"invoice_portion": 50, "credit_days": 30},
		allocate_payment_based_on_payment_terms=1,
	)
	shop.customer = make.customer("Dunne Dairies", payment_terms=halves)
	visit = cash_visit(shop, amount)
	doc = handover(shop, amount, [visit])

	doc.submit()

	assert ledger_of(doc) == {"Till - LSL": amount, "Debtors - LSL": -amount}
	payment = frappe.get_doc("Payment Entry", doc.vouchers[0].payment_entry)
	assert [row.allocated_amount for row in payment.references] == allocated
	owed = frappe.db.get_value("Sales Invoice", doc.vouchers[0].sales_invoice, "outstanding_amount")
	assert owed == flt(115.77 - amount, 2)


# ---------------------------------------------------------------- refused


def test_no_more_cash_than_is_still_open_of_the_invoice(shop):
	"""65.77 came by card: the technician takes the other 50.00, not 115.77 again."""
	visit = cash_visit(shop, 0)
	frappe.get_doc("Sales Invoice", visit.sales_invoice).submit()
	by_card = get_payment_entry("Sales Invoice", visit.sales_invoice, party_amount=65.77)
	by_card.update({"reference_no": "4711", "reference_date": nowdate()})
	by_card.insert().submit()
	visit.reload()
	with pytest.raises(frappe.ValidationError, match=r"only € 50\.00 is due"):
		visit.collect_cash(115.77)
	visit.reload()
	visit.collect_cash(50)
	handover(shop, 50, [visit]).submit()
	assert frappe.db.get_value(visit.doctype, visit.name, "billing_status") == "Paid"


def test_no_cash_is_collected_of_what_was_credited(shop):
	"""The seal (42.00 and VAT) is credited: 68.10 are owed. Then the hour too: nothing is."""
	visit = cash_visit(shop, 0)
	frappe.get_doc("Sales Invoice", visit.sales_invoice).submit()
	for item_code, owed in ((shop.seal, r"68\.10"), (shop.hour, r"0\.00")):
		note = make_sales_return(visit.sales_invoice)
		note.items = [row for row in note.items if row.item_code == item_code]
		note.insert().submit()
		visit.reload()
		with pytest.raises(frappe.ValidationError, match=f"only € {owed} is due"):
			visit.collect_cash(115.77)
		visit.reload()
	assert visit.billing_status == "Credited"


def test_difference_needs_a_reason_and_an_account(shop):
	visit = cash_visit(shop)
	doc = handover(shop, 100)
	with pytest.raises(frappe.MandatoryError, match="Reason of the Difference"):
		doc.submit()
	make.settings(billing_accounts=[])
	doc = handover(shop, 100, difference_reason="Lost")
	with pytest.raises(frappe.ValidationError, match="Cash Difference Account"):
		doc.submit()
	visit.reload()
	assert (visit.payment_entry, visit.cash_handover) == (None, None)


def test_a_voucher_is_in_one_handover(shop):
	visit = cash_visit(shop)
	first, second = handover(shop, 115.77, [visit]), handover(shop, 115.77, [visit])
	first.submit()
	with pytest.raises(frappe.ValidationError, match=f"handed over by.*{first.name}"):
		second.submit()
	# Past every check of ours the database refuses it
	line = frappe.get_doc("Technician Cash Handover Line", {"parent": second.name})
	line.handover_key = visit.name
	with pytest.raises(frappe.UniqueValidationError):
		line.db_update()


def test_receive_cash_and_handover_do_not_both_book(shop):
	visit = cash_visit(shop)
	frappe.get_doc("Sales Invoice", visit.sales_invoice).submit()
	doc = handover(shop, 115.77, [visit])
	payment = receive_cash(visit.name)
	with pytest.raises(frappe.ValidationError, match=payment):
		doc.submit()
	assert frappe.db.count("Payment Entry", {"aftersales_voucher": visit.name}) == 1

	other = cash_visit(shop)
	doc = handover(shop, 115.77, [other])
	doc.submit()
	doc.reload()
	assert receive_cash(other.name) == doc.vouchers[0].payment_entry
	assert frappe.db.count("Payment Entry", {"aftersales_voucher": other.name}) == 1


def test_cash_of_somebody_else_is_refused(shop):
	visit = cash_visit(shop)
	make.technician("Declan Roche", shop.van)
	shop.technician = "Declan Roche"
	with pytest.raises(frappe.ValidationError, match=r"was collected by.*Aoife Doyle"):
		handover(shop, 115.77, [visit])


def test_cash_taken_before_the_technician_changed_company_is_handed_over(shop):
	doc = cash_visit(shop)
	other = make.make("Company", company_name="Other Service Ltd", default_currency="EUR", country="Ireland")
	frappe.db.set_value("Service Technician", shop.technician, "company", other.name)
	frappe.clear_document_cache("Service Technician", shop.technician)
	handed = handover(shop, 115.77, [doc], currency="EUR")
	handed.submit()
	assert frappe.db.get_value(doc.doctype, doc.name, "billing_status") == "Paid"


def test_one_bad_voucher_leaves_nothing_booked(shop):
	good, bad = cash_visit(shop), cash_visit(shop, 100)
	doc = handover(shop, 215.77, [good, bad])
	frappe.db.set_value("Sales Invoice", bad.sales_invoice, "debit_to", "Creditors - LSL")
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match=bad.name):
		doc.submit()
	frappe.db.rollback()
	assert frappe.db.count("Payment Entry", {"aftersales_voucher": good.name}) == 0
	assert frappe.db.get_value("Sales Invoice", good.sales_invoice, "docstatus") == 0
	assert frappe.db.get_value("Service Voucher", good.name, "cash_handover") is None


def test_fields_of_record(shop):
	visit = cash_visit(shop)
	doc = handover(shop, 115.77, [visit])
	refused(frappe.PermissionError, doc, status="Booked")
	refused(frappe.PermissionError, visit, cash_handover=doc.name)
	doc.submit()
	refused(frappe.PermissionError, doc, status="Draft")
	refused(frappe.UpdateAfterSubmitError, doc, counted_amount=10)


def test_amounts_are_those_of_the_receipts(shop):
	visit = cash_visit(shop)
	doc = handover(shop, 115.77, [visit])
	doc.vouchers[0].amount = 10
	doc.expected_amount = 10
	doc.save()
	assert (doc.vouchers[0].amount, doc.expected_amount) == (115.77, 115.77)


def test_only_accountants_see_who_has_cash(shop):
	cash_visit(shop)
	frappe.set_user(make.user("agent@cash.example", "Service Agent"))
	with pytest.raises(frappe.PermissionError):
		open_cash(make.COMPANY, shop.technician)
	frappe.set_user(make.user("accountant@cash.example", "Service Accountant"))
	assert [row["amount"] for row in open_cash(make.COMPANY, shop.technician)] == [115.77]


def test_accountant_needs_no_right_of_erpnext(shop):
	visit = cash_visit(shop)
	frappe.set_user(make.user("accountant@cash.example", "Service Accountant"))
	doc = handover(shop, 110, difference_reason="Short")
	doc.submit()
	assert frappe.db.get_value("Service Voucher", visit.name, "billing_status") == "Paid"


# ---------------------------------------------------------------- taken back


def test_cancel_takes_payments_and_difference_back(shop):
	visit = cash_visit(shop)
	doc = handover(shop, 110, difference_reason="Short")
	doc.submit()
	doc.reload()
	booked = [doc.vouchers[0].payment_entry, doc.journal_entry]

	doc.cancel()

	assert [gl(name) for name in booked] == [[], []]
	visit.reload()
	assert (visit.payment_entry, visit.cash_handover, visit.billing_status) == (None, None, "Billed")
	assert frappe.db.get_value("Sales Invoice", visit.sales_invoice, "outstanding_amount") == 115.77
	assert doc.status == "Cancelled"
	again = handover(shop, 115.77, [visit])
	again.submit()
	assert frappe.db.get_value("Service Voucher", visit.name, "cash_handover") == again.name


def test_cancel_takes_the_invoices_back_where_asked(shop):
	visit, billed_before = cash_visit(shop), cash_visit(shop)
	frappe.get_doc("Sales Invoice", billed_before.sales_invoice).submit()
	doc = handover(shop, 231.54)
	doc.submit()
	doc.reload()
	doc.cancel_invoices = 1
	doc.save()

	doc.cancel()

	first = visit.sales_invoice
	visit.reload()
	assert gl(first) == []
	assert visit.sales_invoice != first
	assert frappe.db.get_value("Sales Invoice", visit.sales_invoice, "docstatus") == 0
	assert (visit.billing_status, visit.amount_due, visit.payment_entry) == ("To Bill", 115.77, None)
	# It was submitted before the handover, which does not take it back
	assert frappe.db.get_value("Sales Invoice", billed_before.sales_invoice, "docstatus") == 1


@pytest.mark.parametrize(
	"take_back, owed, open_rows",
	[
		(0, 115.77, [Reason.CASH_NOT_HANDED_OVER]),
		(1, 0, [Reason.DRAFT_INVOICE, Reason.CASH_NOT_HANDED_OVER]),
	],
)
def test_a_cancelled_handover_leaves_the_books_as_the_reports_say(shop, take_back, owed, open_rows):
	visit = cash_visit(shop)
	doc = handover(shop, 110, difference_reason="Short")
	doc.submit()
	doc.reload()
	doc.cancel_invoices = take_back
	doc.save()
	doc.cancel()

	moved = {account: 0.0 for account in ("Debtors - LSL", shop.cash_account, shop.short_and_over)}
	for row in frappe.get_all("GL Entry", {"is_cancelled": 0, "account": ("in", list(moved))}, "*"):
		moved[row.account] = flt(moved[row.account] + row.debit - row.credit, 2)
	assert list(moved.values()) == [owed, 0, 0]
	today = getdate(nowdate())
	breaks = reconciliation.find(Scope(make.COMPANY, today, today))
	assert [(found.job, found.reason) for found in breaks] == [(visit.name, reason) for reason in open_rows]
	assert [row["service_voucher"] for row in open_cash(make.COMPANY, shop.technician)] == [visit.name]


def test_an_invoice_for_several_jobs_is_taken_back_for_all_of_them(shop):
	make.settings(invoicing="One Invoice per Customer")
	visit, other = cash_visit(shop), done(shop, labour=[make.hours(1)])
	billed(visit, other)
	doc = handover(shop, 115.77, [visit])
	doc.submit()
	doc.reload()
	invoice = doc.vouchers[0].sales_invoice
	assert frappe.db.get_value("Service Voucher", other.name, "billing_status") == "Billed"
	doc.cancel_invoices = 1
	doc.save()

	doc.cancel()

	assert gl(invoice) == []
	for job in (visit, other):  # both wait for the next billing run
		job.reload()
		assert (job.sales_invoice, job.billing_status) == (None, "To Bill")


@pytest.mark.parametrize("unlinks", [0, 1])
def test_an_invoice_for_two_vouchers_of_a_handover_is_taken_back_with_it(shop, unlinks):
	"""Whether or not ERPNext may take a payment off an invoice that is cancelled."""
	frappe.db.set_single_value("Accounts Settings", "unlink_payment_on_cancellation_of_invoice", unlinks)
	make.settings(invoicing="One Invoice per Customer")
	visits = [cash_visit(shop), cash_visit(shop)]
	billed(*visits)
	doc = handover(shop, 231.54)
	doc.submit()
	doc.reload()
	doc.cancel_invoices = 1
	doc.save()

	doc.cancel()

	assert gl(doc.vouchers[0].sales_invoice) == []
	for visit in visits:
		visit.reload()
		assert (visit.sales_invoice, visit.billing_status) == (None, "To Bill")
		assert (visit.payment_entry, visit.cash_handover) == (None, None)


def test_amended_with_the_right_count(shop):
	visit = cash_visit(shop)
	doc = handover(shop, 110, difference_reason="Short")
	doc.submit()
	doc.reload()
	doc.cancel()
	doc.reload()
	amended = frappe.copy_doc(doc)  # with what is not to be copied, as the desk amends
	amended.amended_from = doc.name
	amended.counted_amount = 115.77
	amended.insert()
	amended.submit()
	amended.reload()
	assert (amended.status, amended.difference, amended.journal_entry) == ("Booked", 0, None)
	visit.reload()
	assert (visit.cash_handover, visit.billing_status) == (amended.name, "Paid")


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_handover_that_books_nothing_does_not_hold_the_draft_invoice(shop, taken_back):
	"""A visit is cancelled under a handover that is a draft, or that was taken back with its invoices."""
	visit = cash_visit(shop)
	doc = handover(shop, 115.77, [visit])
	if taken_back:
		doc.submit()
		doc.reload()
		doc.cancel_invoices = 1
		doc.save()
		doc.cancel()
	visit.reload()
	draft = visit.sales_invoice

	visit.cancel()

	assert not frappe.db.exists("Sales Invoice", draft)
	doc.reload()
	assert doc.vouchers[0].sales_invoice is None


def test_a_draft_handover_follows_the_amended_invoice(shop):
	visit = cash_visit(shop)
	invoice = frappe.get_doc("Sales Invoice", visit.sales_invoice)
	invoice.submit()
	doc = handover(shop, 115.77, [visit])
	invoice.reload()
	invoice.cancel()
	amended = frappe.copy_doc(invoice)
	amended.amended_from = invoice.name
	amended.insert()
	doc.reload()

	doc.submit()

	visit.reload()
	assert (visit.sales_invoice, visit.billing_status) == (amended.name, "Paid")


def test_amended_after_its_invoice_was_cancelled(shop):
	visit = cash_visit(shop)
	doc = handover(shop, 115.77, [visit])
	doc.submit()
	doc.reload()
	doc.cancel()
	visit.reload()
	frappe.get_doc("Sales Invoice", visit.sales_invoice).cancel()
	doc.reload()
	amended = frappe.copy_doc(doc)
	amended.amended_from = doc.name

	amended.insert()
	amended.submit()

	visit.reload()
	assert (visit.cash_handover, visit.billing_status) == (amended.name, "Paid")


def test_cash_of_a_visit_that_was_credited_and_billed_again(shop):
	"""The handover is taken back and amended: the cash pays the new invoice."""
	visit = cash_visit(shop)
	doc = handover(shop, 115.77, [visit])
	doc.submit()
	visit.reload()
	note = make_sales_return(visit.sales_invoice)
	note.insert()
	note.submit()
	again = credits.bill_again(visit.doctype, visit.name)
	doc.reload()
	doc.cancel()
	doc.reload()
	amended = frappe.copy_doc(doc)
	amended.amended_from = doc.name
	amended.insert()

	amended.submit()

	visit.reload()
	assert (visit.sales_invoice, visit.billing_status) == (again, "Paid")
	today = getdate(nowdate())
	assert reconciliation.find(Scope(make.COMPANY, today, today)) == []


@pytest.mark.parametrize("merged", [False, True])
def test_cash_of_a_customer_who_is_renamed_meanwhile(shop, merged):
	visit = cash_visit(shop)
	doc = handover(shop, 115.77, [visit])
	if merged:
		make.customer("N. Byrne & Sons")
	frappe.rename_doc(
		"Customer", shop.customer, "N. Byrne & Sons", merge=merged, show_alert=False, rebuild_search=False
	)
	doc.reload()

	doc.submit()

	visit.reload()
	payment = frappe.get_doc("Payment Entry", visit.payment_entry)
	assert (visit.customer, payment.party, visit.billing_status) == (
		"N. Byrne & Sons",
		"N. Byrne & Sons",
		"Paid",
	)


def test_what_a_handover_booked_is_not_cancelled_by_itself(shop):
	visit = cash_visit(shop)
	doc = handover(shop, 110, difference_reason="Short")
	doc.submit()
	doc.reload()
	visit.reload()
	for doctype, name in (
		("Payment Entry", doc.vouchers[0].payment_entry),
		("Journal Entry", doc.journal_entry),
		("Sales Invoice", visit.sales_invoice),
	):
		frappe.db.commit()
		with pytest.raises(frappe.LinkExistsError):
			frappe.get_doc(doctype, name).cancel()
		frappe.db.rollback()
		assert not bulk(frappe.get_doc(doctype, name), "cancel")
	with pytest.raises(frappe.ValidationError):
		visit.cancel()


# ---------------------------------------------------------------- printed


def test_the_slip_shows_receipts_count_and_difference(shop):
	visit = cash_visit(shop)
	doc = handover(shop, 110, difference_reason="<b>Short</b> of change")
	doc.submit()
	html = frappe.get_print(doc.doctype, doc.name, "Cash Handover Slip")
	visit.reload()
	for expected in (
		doc.name,
		visit.cash_receipt_no,
		"Nora Byrne",
		fmt_money(115.77, currency="EUR"),
		fmt_money(5.77, currency="EUR"),
		fmt_money(110, currency="EUR"),
		"&lt;b&gt;Short&lt;/b&gt; of change",
	):
		assert expected in html, expected
