"""What is drafted today is posted tomorrow, next month, next year: due dates run from the day of posting.

The clock is moved; a job is done on 30 November 2026 and its draft invoice waits for the accountant. One hour
and one seal are 102.00 net, 115.77 with VAT.
"""

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.utils import add_to_date, getdate, now_datetime

from aftersales.service_accounts.recovery import claimable_lines
from aftersales.service_billing.credits import bill_again
from tests import factories as make
from tests.jobs import KINDS, billed, done, gl

DONE = "2026-11-30"
INVOICE = "Sales Invoice"


@pytest.fixture(scope="module")
def masters(shared_clock):
	shared_clock.to(DONE)
	make.fiscal_years(2026, 2027)
	return make.shop()


def job(shop, kind="Service Voucher", **values):
	return done(shop, kind, labour=[make.hours(1)], parts=[make.part(shop.seal)], **values)


def draft(shop, **values):
	return frappe.get_doc(INVOICE, job(shop, **values).sales_invoice)


def terms(shop, *portions):
	template = make.payment_terms("Net", *portions)
	frappe.get_doc("Customer", shop.customer).update({"payment_terms": template}).save()


def read(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def days(invoice) -> tuple:
	"""Posting date, due date and the schedule's due dates with amounts, as stored."""
	invoice = read(invoice)
	rows = [(str(row.due_date), row.payment_amount) for row in invoice.payment_schedule]
	return str(invoice.posting_date), str(invoice.due_date), rows


# ---------------------------------------------------------------- the accountant


@pytest.mark.parametrize("day", ["2026-12-01", "2026-12-31", "2027-02-15"])
def test_submitted_later_without_terms_it_is_due_on_that_day(shop, clock, day):
	invoice = draft(shop)
	assert days(invoice) == (DONE, DONE, [(DONE, 115.77)])
	clock.to(day)
	read(invoice).submit()
	assert days(invoice) == (day, day, [(day, 115.77)])
	assert gl(invoice.name)[0][:2] == ("Debtors - LSL", 115.77)


@pytest.mark.parametrize(
	("day", "due"), [("2026-12-10", "2026-12-24"), ("2026-12-20", "2027-01-03"), ("2027-02-15", "2027-03-01")]
)
def test_fourteen_days_stay_fourteen_days(shop, clock, day, due):
	terms(shop, (100, 14))
	invoice = draft(shop)
	assert days(invoice)[1] == "2026-12-14"
	clock.to(day)
	read(invoice).submit()
	assert days(invoice) == (day, due, [(due, 115.77)])


def test_each_part_of_a_schedule_moves(shop, clock):
	terms(shop, (50, 0), (50, 30))
	invoice = draft(shop)
	assert days(invoice)[2] == [(DONE, 57.88), ("2026-12-30", 57.88)]  # 57.885 each, rounded to even
	clock.to("2027-01-05")
	read(invoice).submit()
	assert days(invoice)[1:] == ("2027-02-04", [("2027-01-05", 57.88), ("2027-02-04", 57.88)])


def test_a_rate_changed_on_the_next_day(shop, clock):
	invoice = draft(shop)
	clock.to("2026-12-01")
	doc = read(invoice)
	doc.items[0].rate = 50
	doc.save()
	assert days(invoice) == ("2026-12-01", "2026-12-01", [("2026-12-01", 104.42)])


def test_a_due_date_that_was_entered_stays_while_it_is_not_past(shop, clock):
	invoice = draft(shop)
	doc = read(invoice)
	doc.due_date = "2026-12-20"
	doc.save()
	assert days(invoice) == (DONE, "2026-12-20", [("2026-12-20", 115.77)])
	clock.to("2026-12-05")
	read(invoice).save()
	assert days(invoice) == ("2026-12-05", "2026-12-20", [("2026-12-20", 115.77)])
	clock.to("2026-12-21")
	read(invoice).submit()
	assert days(invoice) == ("2026-12-21", "2026-12-21", [("2026-12-21", 115.77)])


def test_a_due_date_entered_on_the_later_day_is_taken(shop, clock):
	invoice = draft(shop)
	clock.to("2026-12-05")
	doc = read(invoice)
	doc.due_date = "2026-12-31"
	doc.submit()
	assert days(invoice) == ("2026-12-05", "2026-12-31", [("2026-12-31", 115.77)])


def test_a_due_date_in_the_past_is_refused_when_it_is_entered(shop, clock):
	invoice = draft(shop)
	clock.to("2026-12-05")
	doc = read(invoice)
	doc.due_date = "2026-12-04"
	with pytest.raises(frappe.ValidationError, match="Due Date cannot be before"):
		doc.save()


def test_a_posting_date_that_was_entered_is_kept(shop, clock):
	"""Late entry: the accountant dates the invoice of 30 November on that day, on 5 December."""
	terms(shop, (100, 14))
	invoice = draft(shop)
	clock.to("2026-12-05")
	doc = read(invoice)
	doc.set_posting_time = 1
	doc.submit()
	assert days(invoice) == (DONE, "2026-12-14", [("2026-12-14", 115.77)])


def test_terms_agreed_since_hold_once_the_invoice_names_them(shop, clock):
	invoice = draft(shop)
	clock.to("2026-12-05")
	doc = read(invoice)
	doc.payment_terms_template = make.payment_terms("Month", (100, 30))
	doc.set("payment_schedule", [])
	doc.due_date = "2027-01-04"
	doc.submit()
	assert days(invoice) == ("2026-12-05", "2027-01-04", [("2027-01-04", 115.77)])


def test_invoices_of_no_job_are_left_to_erpnext(shop, clock):
	doc = frappe.get_doc(
		{
			"doctype": INVOICE,
			"customer": shop.customer,
			"company": make.COMPANY,
			"items": [{"item_code": shop.hour, "qty": 1, "rate": 60}],
		}
	).insert()
	clock.to("2026-12-01")
	with pytest.raises(frappe.ValidationError, match="Due Date cannot be before"):
		read(doc).submit()


# ---------------------------------------------------------------- the app


@pytest.mark.parametrize("day", ["2026-12-01", "2027-01-04"])
def test_cash_is_handed_over_later(shop, clock, day):
	make.settings(small_fee_limit=500)
	mode = frappe.get_doc("Mode of Payment", "Cash")
	mode.set("accounts", [{"company": make.COMPANY, "default_account": "Cash - LSL"}])
	mode.save()
	visit = job(shop, cash_collected=115.77)
	clock.to(day)
	handover = make.make(
		"Technician Cash Handover",
		company=make.COMPANY,
		technician=shop.technician,
		mode_of_payment="Cash",
		counted_amount=115.77,
	)
	handover.submit()
	visit = read(visit)
	assert days(frappe.get_doc(INVOICE, visit.sales_invoice))[:2] == (day, day)
	assert visit.billing_status == "Paid"
	assert str(frappe.db.get_value("Payment Entry", visit.payment_entry, "posting_date")) == day


@pytest.mark.parametrize("day", ["2026-12-01", "2027-01-04"])
@pytest.mark.parametrize("entered", [None, "2026-11-29"])
def test_a_handover_that_was_drafted_is_dated_the_day_it_is_submitted_unless_a_date_was_entered(
	shop, clock, day, entered
):
	make.settings(small_fee_limit=500)
	make.cash_mode()
	visit = job(shop, cash_collected=115.77)
	handover = make.make(
		"Technician Cash Handover",
		company=make.COMPANY,
		technician=shop.technician,
		mode_of_payment="Cash",
		counted_amount=115.77,
		**({"posting_date": entered} if entered else {}),
	)
	assert (str(handover.posting_date), handover.set_posting_date) == (entered or DONE, int(bool(entered)))
	clock.to(day)
	handover = read(handover)
	handover.submit()
	assert str(read(handover).posting_date) == entered or day
	assert str(frappe.db.get_value("Payment Entry", read(visit).payment_entry, "posting_date")) == (
		entered or day
	)
	assert days(frappe.get_doc(INVOICE, read(visit).sales_invoice))[0] == day


def test_drafts_of_handovers_from_before_keep_the_date_that_was_entered(shop, clock):
	from aftersales.patches.v1_1.keep_dates_of_handovers import execute

	make.settings(small_fee_limit=500)
	make.cash_mode()
	drafted = []
	for date in (DONE, "2026-11-29"):
		job(shop, cash_collected=20)
		drafted.append(
			make.make(
				"Technician Cash Handover",
				company=make.COMPANY,
				technician=shop.technician,
				mode_of_payment="Cash",
				posting_date=date,
			).name
		)
		frappe.db.set_value("Technician Cash Handover", drafted[-1], "set_posting_date", 0)
	execute()
	found = [frappe.db.get_value("Technician Cash Handover", name, "set_posting_date") for name in drafted]
	assert found == [0, 1]


def test_a_billing_run_submits_drafts_of_earlier_days(shop, clock):
	terms(shop, (100, 14))
	drafts = [draft(shop) for _number in range(3)]
	clock.to("2026-12-20")
	run = billed(company=make.COMPANY, submit_invoices=1)
	assert [row.result for row in run.entries] == ["Submitted"] * 3
	assert {days(invoice)[:2] for invoice in drafts} == {("2026-12-20", "2027-01-03")}


def test_a_visit_taken_off_a_shared_draft_later(shop, clock):
	make.settings(invoicing="One Invoice per Customer", billing_period="Day")
	first, second = job(shop), job(shop)
	billed(first, second)
	clock.to("2026-12-01")
	read(first).cancel()
	second = read(second)
	assert days(frappe.get_doc(INVOICE, second.sales_invoice)) == (
		"2026-12-01",
		"2026-12-01",
		[("2026-12-01", 115.77)],
	)


def test_a_compensation_is_granted_later_and_taken_back_later_still(shop, clock):
	make.settings(delay_rate_per_day=5, delay_max_percent=50)
	card = job(shop, "Repair Card", promised_return=add_to_date(now_datetime(), days=-4))
	invoice = frappe.get_doc(INVOICE, card.sales_invoice)
	clock.to("2026-12-02")
	granted = frappe.get_doc("Delay Compensation", {"job": card.name})
	granted.fault = "Ours"
	granted.submit()
	assert days(invoice) == ("2026-12-02", "2026-12-02", [("2026-12-02", 93.07)])
	clock.to("2026-12-03")
	read(granted).cancel()
	assert days(invoice) == ("2026-12-03", "2026-12-03", [("2026-12-03", 115.77)])


def late_card_with_a_small_bill(shop):
	"""Thirty days late at 5.00 a day, at most half of the bill of 102.00; the accountant lowers that to 60.00."""
	make.settings(delay_rate_per_day=5, delay_max_percent=50)
	card = job(shop, "Repair Card", promised_return=add_to_date(now_datetime(), days=-30))
	invoice = frappe.get_doc(INVOICE, card.sales_invoice)
	compensation = frappe.get_doc("Delay Compensation", {"job": card.name})
	assert (compensation.proposed_amount, compensation.amount) == (51, 51)
	invoice.items[0].rate = 18
	invoice.save()
	assert invoice.net_total == 60
	return compensation


def test_the_limit_of_a_compensation_follows_the_bill(shop, clock):
	compensation = late_card_with_a_small_bill(shop)
	clock.to("2026-12-02")
	compensation = read(compensation)
	compensation.fault = "Ours"
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match=r"the rule gives 30\.0 at most"):
		compensation.submit()
	frappe.db.rollback()
	compensation = read(compensation)
	compensation.fault = "Ours"
	compensation.save()
	assert (compensation.proposed_amount, compensation.amount) == (30, 30)
	compensation.submit()
	assert frappe.db.get_value(INVOICE, read(compensation).discounted_invoice, "net_total") == 30


@pytest.mark.parametrize(("entered", "booked"), [(None, "2027-01-20"), ("2026-12-31", "2026-12-31")])
def test_a_compensation_is_booked_on_the_day_it_is_granted(shop, clock, entered, booked):
	make.settings(
		delay_rate_per_day=5,
		delay_max_percent=50,
		billing_accounts=[
			{"company": make.COMPANY, "delay_account": make.account("Delays", "Indirect Expenses")}
		],
	)
	card = job(shop, "Repair Card", promised_return=add_to_date(now_datetime(), days=-4))
	clock.to("2027-01-20")
	frappe.get_doc(INVOICE, card.sales_invoice).submit()
	granted = frappe.get_doc("Delay Compensation", {"job": card.name})
	granted.update({"fault": "Ours", "apply_as": "Credit to the Customer"})
	if entered:
		granted.posting_date = entered
	granted.submit()
	journal = frappe.get_doc("Journal Entry", read(granted).journal_entry)
	assert (str(journal.posting_date), journal.total_debit) == (booked, 20)


def test_a_makers_debit_note_is_submitted_next_year(shop, clock):
	maker = make.once(
		"Supplier",
		"Baxi Heating",
		supplier_name="Baxi Heating",
		supplier_group=frappe.get_all("Supplier Group", {"is_group": 0}, pluck="name", order_by="name")[0],
	)
	brand = frappe.get_doc("Brand", make.once("Brand", "Baxi", brand="Baxi"))
	brand.append("brand_defaults", {"company": make.COMPANY, "default_supplier": maker})
	brand.save()
	product = make.equipment(shop.customer)
	done(shop, category="C", labour=[make.hours(1)], parts=[make.part(shop.seal)], equipment=product)
	clock.to("2026-12-15")
	claim = make.make(
		"Warranty Recovery Claim",
		supplier=maker,
		company=make.COMPANY,
		lines=claimable_lines(make.COMPANY, maker),
	)
	assert [line.claimed_amount for line in claim.lines] == [30, 12.5]
	clock.to("2026-12-20")
	read(claim).submit()
	claim = read(claim)
	claim.record_answer(supplier_reference="BX-77", accepted_percent=100)
	note = frappe.get_doc("Purchase Invoice", read(claim).make_debit_note())
	clock.to("2027-01-08")
	read(note).submit()
	assert str(read(note).posting_date) == "2027-01-08"
	assert read(claim).status == "Credited"


def test_a_limit_sent_by_a_form_is_not_believed(shop):
	compensation = late_card_with_a_small_bill(shop)
	compensation.update({"proposed_amount": 500, "amount": 400, "fault": "Ours"})
	with pytest.raises(frappe.ValidationError, match="at most"):
		compensation.save()


@pytest.mark.parametrize("kind", KINDS)
def test_an_amendment_of_a_later_day(shop, clock, kind):
	terms(shop, (100, 14))
	invoice = draft(shop, kind=kind)
	invoice.submit()
	clock.to("2026-12-20")
	read(invoice).cancel()
	amended = frappe.copy_doc(invoice)  # all of it, as the form does
	amended.update({"amended_from": invoice.name, "docstatus": 0})
	amended.insert()
	# ERPNext dates an amendment as what it amends; whoever wants today's date unticks the box
	assert days(amended) == (DONE, "2026-12-14", [("2026-12-14", 115.77)])
	clock.to("2026-12-28")
	doc = read(amended)
	doc.set_posting_time = 0
	doc.submit()
	assert days(amended) == ("2026-12-28", "2027-01-11", [("2027-01-11", 115.77)])


def test_credited_and_billed_again_later(shop, clock):
	visit = job(shop)
	frappe.get_doc(INVOICE, visit.sales_invoice).submit()
	clock.to("2026-12-01")
	note = make_sales_return(visit.sales_invoice)
	note.insert()
	clock.to("2026-12-02")
	read(note).submit()
	assert str(read(note).posting_date) == "2026-12-02"
	again = frappe.get_doc(INVOICE, bill_again("Service Voucher", visit.name))
	clock.to("2027-01-02")
	read(again).submit()
	assert days(again)[:2] == ("2027-01-02", "2027-01-02")


def test_a_delivery_note_made_anew_on_a_later_day_moves_the_draft_with_it(shop, clock):
	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	visit = job(shop)
	clock.to("2026-12-01")
	frappe.get_doc("Delivery Note", visit.delivery_note).cancel()
	from aftersales.service_posting.posting import post_again

	post_again(visit.doctype, visit.name)
	visit = read(visit)
	assert days(frappe.get_doc(INVOICE, visit.sales_invoice))[:2] == ("2026-12-01", "2026-12-01")
	assert getdate(frappe.db.get_value("Delivery Note", visit.delivery_note, "posting_date")) == getdate()
