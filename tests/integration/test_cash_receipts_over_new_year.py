"""A receipt for cash that is carried on from one year into the next; the others are in test_cash_receipts.py."""

import frappe
from frappe.utils import getdate

from aftersales.core.report_filters import Scope
from aftersales.service_accounts import reconciliation
from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_accounts.report.cash_with_technicians import cash_with_technicians
from tests import factories as make
from tests.integration.test_cash_receipts import amended, read, visit, with_technician


def test_a_receipt_of_last_year_is_carried_on_and_handed_over_this_year(clock):
	"""50.00 on 31 December; amended and 20.00 more on 4 January; handed over on 1 March: told all the time between."""
	clock.to("2026-12-31")
	make.fiscal_years(2026, 2027)
	shop = make.shop()
	make.cash_mode()
	make.settings(small_fee_limit=500)
	doc = visit(shop, submitted=False)
	first = doc.cash_receipt_no
	again = amended(doc).insert()
	clock.to("2027-01-04")
	december = Scope(make.COMPANY, getdate("2026-12-01"), getdate("2026-12-31"))
	assert [found.reason for found in reconciliation.find(december)] == [Reason.CASH_OF_CANCELLED_JOB]
	again = read(again)
	again.cash_collected = 70
	again.submit()
	second = read(again).cash_receipt_no
	for day, amount in (("2026-12-31", 50), ("2027-01-03", 50), ("2027-01-04", 70)):
		rows = cash_with_technicians.execute({"company": make.COMPANY, "on_date": day})[1]
		assert [(row.voucher, row.amount) for row in rows] == [(again.name, amount)]
	assert (first[:13], second[:13]) == ("REC-LSL-2026-", "REC-LSL-2027-")
	assert reconciliation.find(december) == []
	clock.to("2027-03-01")
	handed = make.make(
		"Technician Cash Handover", company=make.COMPANY, technician=shop.technician, counted_amount=70
	)
	handed.submit()

	payment = frappe.get_doc("Payment Entry", read(again).payment_entry)
	assert (str(payment.posting_date), payment.reference_no) == ("2027-03-01", f"{first}, {second}")
	invoice = frappe.get_doc("Sales Invoice", read(again).sales_invoice)
	assert (str(invoice.posting_date), invoice.outstanding_amount) == ("2027-03-01", 45.77)
	assert with_technician(shop) == 0
