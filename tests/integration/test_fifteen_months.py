"""A business over fifteen months, 1 December to a 29 February: at each month end every report is the ledger.

Each month has a visit paid in cash that is handed over in the next month, a workshop job whose draft the accountant
submits in the next month, a warranty job, and a visit under contract late on the last day. Fees run on the 31st and
by the year; both contracts are renewed. VAT changes with the year, prices in July, the scheduler stands still over
the end of August; invoices are dated back, credited, billed again; a visit is cancelled in the month after. Clocks
change in March and October; the last day is a leap day. In the middle of each month customers are settled with
(tests/settled_months.py): flat rates, quotes, deposits, parts sold, products exchanged and refunded, loaners charged. It is the next such time to come: 2026 to 2028, then 2030
to 2032.

One story, looked at on each month end, again a month later, and once more for all months from the end.
"""

from calendar import monthrange
from datetime import date

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.accounts.doctype.subscription.subscription import process_all
from frappe.query_builder.functions import Sum
from frappe.utils import add_days, flt, getdate

from aftersales.service_accounts import revenue_ledger
from aftersales.service_accounts.reconciliation_checks import Scope
from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_accounts.report.cash_with_technicians import cash_with_technicians
from aftersales.service_accounts.report.contract_profitability import contract_profitability
from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_accounts.report.service_revenue_reconciliation import service_revenue_reconciliation
from aftersales.service_accounts.report.unbilled_work import unbilled_work
from aftersales.service_accounts.report.warranty_cost import warranty_cost
from aftersales.service_billing.credits import bill_again
from aftersales.service_contracts import fee_invoices
from aftersales.service_contracts.contracts import renewal_of, roll_over
from tests import clock as clocks
from tests import factories as make
from tests.jobs import done
from tests.settled_months import Settling

pytestmark = pytest.mark.slow

YEAR = clocks.before_leap_year()
FIRST, LAST = date(YEAR, 12, 1), date(YEAR + 2, 2, 29)
MONTHS = [(YEAR + (number + 11) // 12, (number + 11) % 12 + 1) for number in range(15)]
OUTAGE = (date(YEAR + 1, 8, 25), date(YEAR + 1, 9, 11))
INVOICE, STOCK, FEES = "Sales Invoice", "Stock In Hand - LSL", "Sales - LSL"
WAITING = {Reason.DRAFT_INVOICE.value, Reason.CASH_NOT_HANDED_OVER.value}
"""What a month end may show: the accountant has not come to it yet."""


class Business:
	"""The service agency, its people and its calendar."""

	def __init__(self, clock):
		self.clock = clock
		clock.to(FIRST)
		make.fiscal_years(YEAR, YEAR + 1, YEAR + 2)
		self.shop = make.shop()
		make.receive(self.shop.seal, 100, 12.5, self.shop.van)
		self.till = make.account("Till", "Cash In Hand", account_type="Cash")
		mode = frappe.get_doc("Mode of Payment", "Cash")
		mode.set("accounts", [{"company": make.COMPANY, "default_account": self.till}])
		mode.save()
		make.category_accounts(
			"B",
			income_account=self.shop.income,
			expense_account=make.account("Contract Service Expense", "Direct Expenses"),
			cost_center=self.shop.cost_center,
		)
		make.settings(small_fee_limit=500, excess_item=make.service_item("Contract Excess", uom="Nos"))
		self.monthly = self.agree("Care by the Month", 100, "Month", f"{YEAR}-12-31", f"{YEAR + 1}-12-30")
		self.yearly = self.agree("Care by the Year", 1200, "Year", f"{YEAR + 1}-01-01", f"{YEAR + 1}-12-31")
		self.settling = Settling(self.shop)
		self.drafts: list = []
		self.collected: list[tuple[date, float]] = []

	def agree(self, name: str, cost: float, interval: str, first: str, last: str):
		return make.contract(
			make.customer(f"Customer of {name}"),
			start_date=first,
			end_date=last,
			parts_share=50,
			plans=[{"plan": make.fee_plan(name, cost, interval), "qty": 1}],
			submit_fee_invoices=1,
		)

	# ---------------------------------------------------------------- what happens

	def night(self) -> None:
		"""What ERPNext and the app do every day."""
		if OUTAGE[0] <= getdate() <= OUTAGE[1]:
			return
		process_all(frappe.get_all("Subscription", {"status": ("!=", "Cancelled")}, pluck="name"), getdate())
		fee_invoices.invoice_due_fees()
		roll_over()

	def day(self, day: date | str) -> None:
		self.clock.to(day)
		self.night()

	def month(self, year: int, month: int) -> date:
		"""A month until late on its last day, which is returned."""
		number = MONTHS.index((year, month))
		first, end = date(year, month, 1), date(year, month, monthrange(year, month)[1])
		self.clock.to(first)
		self.changes_of_the_day(first)
		self.night()
		self.day(first.replace(day=4))
		self.work_off_last_month(number, first)
		self.day(first.replace(day=5))
		self.cash_visit()
		self.day(first.replace(day=12))
		self.drafts.append(self.job("Repair Card"))
		self.day(first.replace(day=15))
		self.drafts += self.settling.month(number)
		self.day(first.replace(day=20))
		self.job(category="C")
		self.clock.to(f"{end} 00:30:00")
		self.night()
		self.clock.to(f"{end} 23:30:00")
		contract = self.contract_in_force(self.monthly)
		self.drafts.append(
			self.job(category="B", service_contract=contract.name, customer=contract.customer)
			if contract
			else self.job()
		)
		return end

	def changes_of_the_day(self, day: date) -> None:
		if day == date(YEAR + 1, 1, 1):
			frappe.db.set_value("Sales Taxes and Charges Template", self.shop.vat, "is_default", 0)
			make.sales_taxes("VAT 15%", 15, f"VAT - {make.ABBR}", is_default=1)
		if day == date(YEAR + 1, 7, 1):
			for item, rate in ((self.shop.hour, 66), (self.shop.seal, 45)):
				frappe.get_doc("Item Price", {"item_code": item}).update({"price_list_rate": rate}).save()
		if day == date(YEAR + 1, 12, 1):
			for contract in (self.monthly, self.yearly):
				plan = frappe.get_doc("Subscription Plan", contract.plans[0].plan)
				plan.update({"cost": plan.cost * 1.1}).save()
				renewal = renewal_of(contract.name)
				renewal.insert()
				renewal.submit()

	def work_off_last_month(self, number: int, first: date) -> None:
		"""The accountant: hands cash over, submits drafts, one dated back now and then; credits and bills again."""
		if any(day < first for day, _amount in self.collected):
			self.hand_over()
		if number == 6:
			self.take(self.drafts.pop()).cancel()  # the visit of 31 May was written for the wrong customer
		for place, job in enumerate(self.drafts):
			invoice = frappe.get_doc(INVOICE, self.take(job).sales_invoice)
			if number % 5 == 2 and not place:
				invoice.update({"set_posting_time": 1, "posting_date": add_days(first, -1)})
			invoice.submit()
		if number % 4 == 1:
			job = self.take(self.drafts[0])
			make_sales_return(job.sales_invoice).submit()
			self.clock.to(first.replace(day=4))
			bill_again(job.doctype, job.name)
			self.drafts = [job]
		else:
			self.drafts = []

	def hand_over(self) -> None:
		open_cash = sum(amount for _day, amount in self.collected) - balance(self.till, getdate())
		make.make(
			"Technician Cash Handover",
			company=make.COMPANY,
			technician=self.shop.technician,
			mode_of_payment="Cash",
			counted_amount=flt(open_cash, 2),
		).submit()

	def cash_visit(self) -> None:
		self.job(cash_collected=100)
		self.collected.append((getdate(), 100))

	def job(self, kind="Service Voucher", category="A", **values):
		return done(
			self.shop, kind, category, labour=[make.hours(1)], parts=[make.part(self.shop.seal)], **values
		)

	def take(self, job):
		return frappe.get_doc(job.doctype, job.name)

	def contract_in_force(self, contract):
		filters = {"customer": contract.customer, "start_date": ("<=", getdate()), "docstatus": 1}
		filters["end_date"] = (">=", getdate())
		name = frappe.db.get_value("Service Contract", filters)
		return name and frappe.get_doc("Service Contract", name)


# ---------------------------------------------------------------- ledger


def ledger(first: date, last: date, account: str | None = None, **filters) -> float:
	"""Debit less credit in a period: of one account, or of all of a root type."""
	entry, accounts = frappe.qb.DocType("GL Entry"), frappe.qb.DocType("Account")
	query = (
		frappe.qb.from_(entry)
		.join(accounts)
		.on(accounts.name == entry.account)
		.select(Sum(entry.debit - entry.credit))
		.where((entry.company == make.COMPANY) & (entry.is_cancelled == 0))
		.where(entry.posting_date[first:last])
	)
	if account:
		query = query.where(entry.account == account)
	for field, value in filters.items():
		query = query.where((accounts if field == "root_type" else entry)[field] == value)
	return flt(query.run()[0][0], 2)


def balance(account: str, day: date) -> float:
	return ledger(date(2000, 1, 1), day, account)


# ---------------------------------------------------------------- what reports say


def rows_of(report, first: date, last: date) -> list:
	filters = {"company": make.COMPANY, "from_date": str(first), "to_date": str(last)}
	return report.execute(filters)[1]


def total(rows: list, field: str) -> float:
	return flt(sum(row[field] for row in rows), 2)


def check_month(business: Business, first: date, last: date, over: bool) -> None:
	"""Reports of a month against the ledger, whatever day it is; `over`: nothing of it waits any more."""
	jobs = rows_of(job_profitability, first, last)
	contracts = rows_of(contract_profitability, first, last)
	fees = total(contracts, "fees")
	assert fees == -ledger(first, last, FEES)
	settled = business.settling
	income = flt(total(jobs, "income") + fees + settled.expected("income", first, last), 2)
	assert income == -ledger(first, last, root_type="Income")
	received = 1250 if first <= FIRST <= last else 0  # a hundred seals; the first ten were there before
	if received:
		received += 125
	received += settled.expected("stock", first, last)
	assert total(jobs, "parts") == flt(received - ledger(first, last, STOCK), 2)
	warranty = rows_of(warranty_cost, first, last)
	assert total(warranty, "cost") == ledger(first, last, business.shop.warranty)

	found = service_revenue_reconciliation.execute(
		{"company": make.COMPANY, "from_date": first, "to_date": last}
	)
	assert [row for row in found[4] if (row["datatype"], row["indicator"]) == ("Currency", "Red")] == []
	reasons = {row["reason_code"] for row in found[1]}
	waiting = WAITING | ({Reason.FEE_NOT_INVOICED.value} if OUTAGE[0] <= getdate() <= OUTAGE[1] else set())
	assert reasons <= (set() if over else waiting), found[1]


def unbilled(day: date) -> dict[str, float]:
	filters = {"company": make.COMPANY, "on_date": str(day), "with_credited": 1}
	return {row.job: row.net for row in unbilled_work.execute(filters)[1]}


def check_cash(business: Business, day: date) -> None:
	rows = cash_with_technicians.execute({"company": make.COMPANY, "on_date": str(day)})[1]
	collected = sum(amount for on, amount in business.collected if on <= day)
	assert total(rows, "amount") == flt(collected - balance(business.till, day), 2)


def check_deposits(business: Business, day: date) -> None:
	"""What came in by terminal and link is in the bank; what no invoice took is what ERPNext has as unallocated."""
	settled = business.settling
	assert balance("Terminal - LSL", day) == flt(settled.received, 2)
	unallocated = frappe.get_all(
		"Payment Entry", {"docstatus": 1, "payment_type": "Receive"}, "unallocated_amount"
	)
	assert settled.open_deposits() == flt(sum(row.unallocated_amount for row in unallocated), 2)


def earned_after(day: date, until: date) -> dict[str, float]:
	"""Income booked after `day` of the jobs that were posted by then, from the ledger."""
	posted = {
		name
		for doctype in revenue_ledger.JOB_DOCTYPES
		for name in frappe.get_all(
			doctype, {"docstatus": 1, "posted_at": ("<", add_days(day, 1))}, pluck="name"
		)
	}
	income = revenue_ledger.income(Scope(make.COMPANY, getdate(add_days(day, 1)), until))
	return {name: amount for (_kind, name), amount in income.items() if name in posted and flt(amount, 2)}


# ---------------------------------------------------------------- the story


def test_every_month_end_is_the_ledger_on_its_day_and_later(clock):
	business = Business(clock)
	ends: list[date] = []
	accrued: dict[date, dict[str, float]] = {}
	for year, month in MONTHS:
		ends.append(business.month(year, month))
		end = ends[-1]
		check_month(business, date(year, month, 1), end, over=False)
		check_cash(business, end)
		check_deposits(business, end)
		accrued[end] = unbilled(end)
		assert set(accrued[end]) >= {business.drafts[-1].name}
		for earlier in ends[-3:-1]:  # late entries have come since
			check_month(business, earlier.replace(day=1), earlier, over=False)
			check_cash(business, earlier)

	clock.to(f"{YEAR + 2}-03-10")
	business.night()
	business.hand_over()
	for job in business.drafts:
		frappe.get_doc(INVOICE, business.take(job).sales_invoice).submit()
	today = getdate()

	for end in ends:
		check_month(business, end.replace(day=1), end, over=True)
		check_cash(business, end)
		# What was finished by then and not billed is what was booked for it afterwards
		assert unbilled(end) == earned_after(end, today)
	check_month(business, FIRST, today, over=True)
	assert unbilled(today) == {}
	assert balance(business.till, today) == 1500  # 15 receipts of 100.00
	assert business.settling.open_deposits() == 60, "the call that was agreed on last is not visited yet"

	# As seen on the day: only what was dated back or cancelled since has left the accrual
	changed = {end: set(accrued[end]) - set(unbilled(end)) for end in ends}
	dated_back = {ends[1], ends[6], ends[11]}
	assert {end for end in ends if changed[end]} == dated_back | {ends[5]}
	assert all(unbilled(end).items() <= accrued[end].items() for end in ends)

	# Twelve fees of 100.00 from the 31st, one of 1,200.00; renewed at ten per cent more
	fees = frappe.get_all(INVOICE, {"subscription": ("is", "set")}, ["from_date", "net_total", "grand_total"])
	monthly = sorted(str(row.from_date) for row in fees if row.net_total in (100, 110))
	assert monthly == [
		f"{YEAR}-12-31",
		*(f"{YEAR + 1}-{month:02}-{monthrange(YEAR + 1, month)[1]}" for month in range(1, 12)),
		f"{YEAR + 1}-12-31",
		f"{YEAR + 2}-01-31",
		f"{YEAR + 2}-02-29",
	]
	vat = {row.from_date: round(row.grand_total / row.net_total, 3) for row in fees}
	assert [rate for day, rate in vat.items() if rate != 1.15] == [1.135] == [vat[date(YEAR, 12, 31)]]
	assert flt(sum(row.net_total for row in fees), 2) == 1200 + 330 + 1200 + 1320
	assert -ledger(FIRST, LAST, FEES) == 4050
