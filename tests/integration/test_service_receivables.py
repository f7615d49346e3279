"""Turnover and days outstanding of service invoices, against SQL on the general ledger."""

import frappe
import pytest
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from frappe.utils import add_days, add_months, get_first_day, getdate, nowdate

from aftersales.service_accounts import receivable_rules
from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_accounts.report.service_receivables import service_receivables
from tests import factories as make
from tests.jobs import done


@pytest.fixture(scope="module")
def masters(shared_clock):
	shared_clock.to(f"{get_first_day(nowdate())} 10:00:00")
	shop = make.shop()
	make.fiscal_years(getdate().year + 1)
	make.settings(submit_invoice=1, invoicing="On Completion")
	return shop


def billed(shop, hours: int) -> str:
	return done(shop, "Service Voucher", labour=[make.hours(hours)]).sales_invoice


def pay(invoice: str, amount: float) -> None:
	bank = make.account("Bank of Receivables", "Bank Accounts", account_type="Bank")
	payment = get_payment_entry("Sales Invoice", invoice, party_amount=amount, bank_account=bank)
	payment.reference_no, payment.reference_date = "1", nowdate()
	payment.insert()
	payment.submit()


def ledger(until, *, since="1900-01-01") -> float:
	"""What stands on receivable accounts for the invoices of jobs, by hand."""
	return (
		frappe.db.sql(
			"""
			select sum(gl.debit - gl.credit) from `tabGL Entry` gl
			join `tabSales Invoice` si on si.name = gl.against_voucher
			where gl.against_voucher_type = 'Sales Invoice' and gl.is_cancelled = 0 and gl.party_type = 'Customer'
			and gl.company = %s and gl.posting_date between %s and %s and exists (
				select 1 from `tabSales Invoice Item` i
				where i.parent = si.name and i.aftersales_voucher_type in ('Service Voucher', 'Repair Card'))
			""",
			(make.COMPANY, since, until),
		)[0][0]
		or 0
	)


def test_months_by_hand_and_by_the_ledger(shop, clock):
	first = getdate(nowdate())
	one = billed(shop, 1)
	total = frappe.db.get_value("Sales Invoice", one, "grand_total")
	clock.to(f"{add_months(first, 1)} 10:00:00")
	pay(one, total / 2)
	billed(shop, 2)
	last = add_days(add_months(first, 2), -1)
	make.make("Sales Invoice", customer=shop.customer, company=make.COMPANY, items=[{"item_code": shop.seal, "qty": 1, "rate": 999}]).submit()  # fmt: skip
	rows = service_receivables.execute({"company": make.COMPANY, "from_date": first, "to_date": last})[1]
	november, december = rows
	assert (november["billed"], november["settled"]) == (total, 0)
	assert (december["billed"], december["settled"]) == (2 * total, total / 2)
	for row, until in ((november, add_days(add_months(first, 1), -1)), (december, last)):
		assert row["closing"] == pytest.approx(ledger(until))
	assert december["opening"] == november["closing"]
	mean = (december["opening"] + december["closing"]) / 2
	days = (getdate(nowdate()) - getdate(add_months(first, 1))).days + 1
	assert days == 1, "the month that runs ends today"
	assert december["turnover"] == round(2 * total / mean, 2)
	assert december["days"] == round(mean / (2 * total) * days, 1)


def test_a_credit_note_settles(shop):
	from erpnext.controllers.sales_and_purchase_return import make_return_doc

	before = ledger(nowdate())
	invoice = billed(shop, 1)
	note = make_return_doc("Sales Invoice", invoice)
	note.insert()
	note.submit()
	(row,) = service_receivables.execute(
		{"company": make.COMPANY, "from_date": get_first_day(nowdate()), "to_date": nowdate()}
	)[1]
	assert row["closing"] == pytest.approx(ledger(nowdate())) == pytest.approx(before)


def test_another_company_is_not_counted_and_not_shown_to_who_may_not_see_it(shop):
	other = make.company()
	billed(shop, 1)
	filters = {"company": other, "from_date": nowdate(), "to_date": nowdate()}
	assert service_receivables.execute(filters)[1][0]["billed"] == 0
	user = make.user("accountant@receivables.example", "Service Accountant")
	make.make("User Permission", user=user, allow="Company", for_value=make.COMPANY)
	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError):
		service_receivables.execute(filters)


def test_income_and_cost_by_model_and_kind_of_work(shop):
	boiler = make.equipment(shop.customer, brand="Calora", model="GWH 11")
	make.settings(submit_invoice=1, invoicing="On Completion")
	with_product = done(
		shop, "Service Voucher", labour=[make.hours(2)], parts=[make.part(shop.seal)], equipment=boiler
	)
	without = done(shop, "Service Voucher", labour=[make.hours(1)])
	period = {"company": make.COMPANY, "from_date": nowdate(), "to_date": nowdate()}

	def rows(group: str) -> dict:
		return {row.value: row for row in job_profitability.execute({**period, "group_by": group})[1]}

	models = rows("Model")
	earned = frappe.db.sql(
		"""select sum(gl.credit - gl.debit) from `tabGL Entry` gl join `tabAccount` a on a.name = gl.account
		where gl.voucher_no = %s and a.root_type = 'Income' and gl.is_cancelled = 0""",
		with_product.sales_invoice,
	)[0][0]
	assert models["Calora GWH 11"].income == pytest.approx(earned)
	assert models[""].jobs >= 1 and without.name
	assert sum(row.income_share for row in models.values()) == pytest.approx(100, abs=0.2)
	kinds = rows("Request Type")
	assert sum(row.jobs for row in kinds.values()) == sum(row.jobs for row in models.values())
	assert frappe.db.get_value("Repair Call", with_product.repair_call, "request_type") in kinds


def test_nothing_billed_has_no_days():
	assert receivable_rules.days_outstanding(100, 100, 0, 30) is None
	assert receivable_rules.turnover(0, 0, 0) is None
	assert receivable_rules.turnover(50, 150, 200) == 2.0
	assert receivable_rules.days_outstanding(50, 150, 200, 30) == 15.0
