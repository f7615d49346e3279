"""Service Revenue Reconciliation and the reports beside it: every planted break is found, none else, and
the sums are the general ledger's to the cent (R-AC-6). The full counts: benchmarks/reconciliation.py.
"""

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.utils import add_days, flt, getdate, nowdate

from aftersales.core.report_filters import Scope
from aftersales.service_accounts import reconciliation
from aftersales.service_accounts.reconciliation_rules import CORRECTIONS, Correction, Reason
from aftersales.service_accounts.report.cash_with_technicians import cash_with_technicians
from aftersales.service_accounts.report.contract_profitability import contract_profitability
from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_accounts.report.service_revenue_reconciliation import (
	service_revenue_reconciliation,
)
from aftersales.service_accounts.report.unbilled_work import unbilled_work
from aftersales.service_accounts.report.warranty_cost import warranty_cost
from tests import factories as make
from tests.jobs import billed, done
from tests.reconciled import (
	CASH,
	PLANTED,
	clean_job,
	contract_job,
	credited_job,
	job_to_bill_together,
	paid,
	settle,
	with_agreements,
)

CLEAN_JOBS = 12


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	make.receive(names.seal, 200, 12.5, names.van)
	make.settings(small_fee_limit=500)
	mode = frappe.get_doc("Mode of Payment", "Cash")
	mode.set("accounts", [{"company": make.COMPANY, "default_account": f"Cash - {make.ABBR}"}])
	mode.save()
	return names


def period() -> dict:
	return {"company": make.COMPANY, "from_date": add_days(nowdate(), -1), "to_date": nowdate()}


def scope() -> Scope:
	return Scope(make.COMPANY, getdate(add_days(nowdate(), -1)), getdate(nowdate()))


def breaks() -> dict[str, Reason]:
	"""Job (or document where no job is concerned) → reason."""
	return {found.job or found.document: found.reason for found in reconciliation.find(scope())}


def in_ledger(root_type: str, side: int) -> float:
	"""What the ledger holds on accounts of a kind today, as an accountant would add it up.

	The other side of the goods received by `factories.shop` is left out.
	"""
	accounts = frappe.get_all(
		"Account",
		{
			"company": make.COMPANY,
			"root_type": root_type,
			"is_group": 0,
			"name": ("!=", f"Stock Adjustment - {make.ABBR}"),
		},
		pluck="name",
	)
	rows = frappe.get_all(
		"GL Entry",
		{"account": ("in", accounts), "posting_date": nowdate(), "is_cancelled": 0, "company": make.COMPANY},
		["debit", "credit"],
	)
	return flt(sum(side * (row.debit - row.credit) for row in rows), 2)


# ---------------------------------------------------------------- reconciliation


def test_jobs_of_all_categories_reconcile_and_add_up_to_the_ledger(shop):
	for number in range(CLEAN_JOBS):
		clean_job(shop, number)

	assert breaks() == {}
	rows = job_profitability.execute(period())[1]
	assert len(rows) == CLEAN_JOBS
	# Nothing but service was sold in this company; parts and booked hours are all it spent
	assert flt(sum(row.income for row in rows), 2) == in_ledger("Income", -1) > 0
	assert flt(sum(row.parts for row in rows), 2) == in_ledger("Expense", 1) > 0
	assert {row.margin for row in rows} == {
		flt(row.income - row.parts - row.work - row.travel, 2) for row in rows
	}
	summary = {one["label"]: one for one in service_revenue_reconciliation.execute(period())[4]}
	assert summary["Invoiced for jobs, net"]["value"] == summary["Income in the ledger"]["value"]
	assert summary["Parts issued to jobs"]["value"] == summary["Parts in the ledger"]["value"]
	assert {one["indicator"] for one in summary.values()} == {"Green"}


def test_every_planted_break_is_found_and_none_else(shop):
	for number in range(6):
		clean_job(shop, number)
	planted = {plant(shop): reason for reason, plant in PLANTED.items()}

	assert breaks() == planted
	assert set(planted.values()) == set(Reason)
	_columns, rows, _message, _chart, summary = service_revenue_reconciliation.execute(period())
	assert {row["job"] or row["document"]: row["reason"] for row in rows} == {
		name: reason.value for name, reason in planted.items()
	}
	# A draft invoice is listed, and counted beside the breaks
	counted = {one["label"]: (one["value"], one["indicator"]) for one in summary}
	assert counted["Breaks"] == (len(planted) - 1, "Red")
	assert counted["Draft invoices"] == (1, "Blue")
	only = service_revenue_reconciliation.execute({**period(), "job_type": "Repair Card"})[1]
	assert {row["job_type"] for row in only} == {"Repair Card"}


@pytest.mark.parametrize(
	"reason",
	[
		Reason.NOT_BILLED,
		Reason.PART_NOT_ISSUED,
		Reason.DOCUMENT_CANCELLED,
		Reason.AMOUNT_DIFFERS,
		Reason.STATUS_DIFFERS,
		Reason.COST_DIFFERS,
	],
)
def test_one_click_puts_it_right(shop, reason):
	name = PLANTED[reason](shop)
	(found,) = reconciliation.find(scope())
	assert (found.job, found.reason) == (name, reason)

	for _twice in range(2):
		reconciliation.correct(reason.value, found.job_type, found.job)

	left = breaks()
	if reason in (Reason.NOT_BILLED, Reason.DOCUMENT_CANCELLED):
		assert left.pop(name) is Reason.DRAFT_INVOICE  # made anew, for the accountant to look at
	assert left == {}


def test_what_needs_a_person_is_not_corrected_by_itself(shop):
	name = PLANTED[Reason.CASH_DIFFERS](shop)
	for reason in Reason:
		if CORRECTIONS.get(reason, Correction.NONE) in (
			Correction.NONE,
			Correction.OPEN,
			Correction.HAND_OVER,
		):
			with pytest.raises(frappe.ValidationError, match="not corrected automatically"):
				reconciliation.correct(reason.value, "Service Voucher", name)
	with pytest.raises(frappe.ValidationError, match="not corrected automatically"):
		reconciliation.correct(Reason.NOT_BILLED.value, "Sales Invoice", name)


def test_only_accountants_correct(shop):
	name = PLANTED[Reason.AMOUNT_DIFFERS](shop)
	frappe.set_user(make.user("supervisor@reconcile.example", "Service Supervisor"))
	with pytest.raises(frappe.PermissionError):
		reconciliation.correct(Reason.AMOUNT_DIFFERS.value, "Service Voucher", name)
	frappe.set_user(make.user("accountant@reconcile.example", "Service Accountant"))
	reconciliation.correct(Reason.AMOUNT_DIFFERS.value, "Service Voucher", name)
	frappe.set_user("Administrator")
	assert breaks() == {}


@pytest.mark.parametrize("doctype", ["Stock Entry", "Sales Invoice", "Delivery Note"])
def test_whatever_takes_a_part_out_of_a_van_for_no_job_is_named(shop, doctype):
	"""Two seals at 12.50 leave the van by a document made by hand; a return that brings one back is no break."""
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return as return_note

	row = {"item_code": shop.seal, "qty": 2}
	if doctype == "Stock Entry":
		values = {"stock_entry_type": "Material Issue", "items": [{**row, "s_warehouse": shop.van}]}
	else:
		values = {"customer": shop.customer, "items": [{**row, "warehouse": shop.van}]}
	if doctype == "Sales Invoice":
		values["update_stock"] = 1
	taken = make.make(doctype, company=make.COMPANY, **values)
	assert reconciliation.find(scope()) == []
	taken.submit()

	(found,) = reconciliation.find(scope())
	assert (found.reason, found.document_type, found.document) == (
		Reason.ISSUED_WITHOUT_JOB,
		doctype,
		taken.name,
	)
	assert (found.expected, found.found) == (0, 25)
	if doctype == "Delivery Note":
		back = return_note(taken.name)
		back.insert().submit()
		assert [one.document for one in reconciliation.find(scope())] == [taken.name]
	stores = make.warehouse("Stores")
	make.receive(shop.seal, 5, 12.5, stores)
	of_stores = {**values, "items": [_from(row, stores, doctype)]}
	make.make(doctype, company=make.COMPANY, **of_stores).submit()
	assert len(reconciliation.find(scope())) == 1


def _from(row: dict, warehouse: str, doctype: str) -> dict:
	return {**row, "s_warehouse" if doctype == "Stock Entry" else "warehouse": warehouse}


def test_parts_at_cost_that_differ_are_told_on_the_side_that_says_them(shop):
	"""The job says 1.00, its Stock Entry 12.50."""
	name = PLANTED[Reason.COST_DIFFERS](shop)
	(row,) = service_revenue_reconciliation.execute(period())[1]
	assert (row["reason"], row["job"]) == (Reason.COST_DIFFERS.value, name)
	assert (row["expected"], row["found"], row["difference"]) == (1, 12.5, 11.5)


def test_another_company_and_another_month_are_left_out(shop):
	PLANTED[Reason.AMOUNT_DIFFERS](shop)
	PLANTED[Reason.ISSUED_WITHOUT_JOB](shop)
	before = Scope(make.COMPANY, getdate(add_days(nowdate(), -60)), getdate(add_days(nowdate(), -30)))
	assert reconciliation.find(before) == []
	assert len(reconciliation.find(scope())) == 2


def test_filters_are_checked(shop):
	for left_out in ("company", "from_date", "to_date"):
		with pytest.raises(frappe.MandatoryError):
			service_revenue_reconciliation.execute({**period(), left_out: None})
	with pytest.raises(frappe.ValidationError):
		service_revenue_reconciliation.execute({**period(), "to_date": "2020-01-01"})


# ---------------------------------------------------------------- beside it


def test_profit_of_a_job_after_a_credit_note(shop):
	doc = paid(shop)
	(row,) = job_profitability.execute(period())[1]
	# 60 + 42 earned; a seal of 12.50 and an hour of 30 spent
	assert (row.income, row.parts, row.work, row.cost, row.margin) == (102, 12.5, 30, 42.5, 59.5)
	assert row.margin_percent == 58.3

	make_sales_return(doc.sales_invoice).insert().submit()
	(row,) = job_profitability.execute(period())[1]
	assert (row.job, row.income, row.margin) == (doc.name, 0, -42.5)


def test_profit_by_customer_and_category(shop):
	paid(shop)
	paid(shop, "Repair Card")
	done(shop, category="C", parts=[make.part(shop.seal)])
	by_category = job_profitability.execute({**period(), "group_by": "Service Category"})[1]
	assert [(row.value, row.jobs, row.income, row.cost, row.margin) for row in by_category] == [
		("A", 2, 204, 85, 119),
		("C", 1, 0, 12.5, -12.5),
	]
	with pytest.raises(frappe.ValidationError):
		job_profitability.execute({**period(), "group_by": "Nobody"})


def test_cash_with_technicians(shop):
	first = paid(shop, cash_collected=CASH)
	draft = done(shop, labour=[make.hours(1)], cash_collected=50)
	rows = cash_with_technicians.execute({"company": make.COMPANY})[1]
	assert [(row.voucher, row.amount, row.invoice_state) for row in rows] == [
		(first.name, 115.77, "Open"),
		(draft.name, 50, "Draft"),
	]
	summary = cash_with_technicians.execute({"company": make.COMPANY})[4]
	assert [(one["label"], one["value"]) for one in summary] == [("Aoife Doyle", 165.77)]
	assert cash_with_technicians.execute({"company": make.COMPANY, "older_than": 30})[1] == []


def test_unbilled_work(shop):
	paid(shop)
	draft = done(shop, labour=[make.hours(1)])
	none = done(shop, "Repair Card", labour=[make.hours(1)])
	frappe.delete_doc("Sales Invoice", none.sales_invoice)
	frappe.db.set_value("Repair Card", none.name, "posted_at", add_days(nowdate(), -9))
	rows = unbilled_work.execute({"company": make.COMPANY})[1]
	assert [(row.job, row.age, row.state) for row in rows] == [
		(none.name, 9, "No invoice"),
		(draft.name, 0, "Draft invoice"),
	]


# ---------------------------------------------------------------- invoices of several jobs, contracts


def shared_invoice(shop):
	"""Two jobs of one customer on one submitted invoice: 102 net each."""
	make.settings(invoicing="One Invoice per Customer", billing_period="Day")
	jobs = [
		done(shop, kind, labour=[make.hours(1)], parts=[make.part(shop.seal)])
		for kind in ("Service Voucher", "Repair Card")
	]
	billed(*jobs, submit_invoices=1)
	return [frappe.get_doc(doc.doctype, doc.name) for doc in jobs]


def test_each_job_has_its_rows_of_an_invoice_of_several(shop):
	first, second = shared_invoice(shop)
	assert first.sales_invoice == second.sales_invoice
	assert breaks() == {}
	rows = {row.job: row.income for row in job_profitability.execute(period())[1]}
	assert rows == {first.name: 102, second.name: 102}
	summary = {one["label"]: one["value"] for one in service_revenue_reconciliation.execute(period())[4]}
	assert summary["Invoiced for jobs, net"] == summary["Income in the ledger"] == 204


def test_contracts_invoices_of_several_and_credits_add_up(shop):
	"""The kinds of jobs that benchmarks/reconciliation.py makes by the thousand: no break, no cent off."""
	with_agreements(shop)
	under = [contract_job(shop, number) for number in range(4)]
	together = [job_to_bill_together(shop, number) for number in range(4)]
	billed(*together, submit_invoices=1)
	again = [credited_job(shop, number) for number in range(2)]
	assert breaks() == {}
	rows = {row.job: row.income for row in job_profitability.execute(period())[1]}
	# half a seal, half an hour of travel, the excess; twice the parts for every other job
	assert [rows[doc.name] for doc in under] == [71, 92, 71, 92]
	assert [rows[doc.name] for doc in together] == [102, 144, 186, 102]
	assert [rows[doc.name] for doc in again] == [0, 102]
	summary = {one["label"]: one["value"] for one in service_revenue_reconciliation.execute(period())[4]}
	assert summary["Invoiced for jobs, net"] == summary["Income in the ledger"] == 962
	contracts = contract_profitability.execute(period())[1]
	# Travel, of which the contracts pay nothing, is the customer's own: 30.00 less a job
	assert sorted((row.fees, row.billed, row.parts) for row in contracts) == [(300, 82, 25), (300, 124, 50)]
	assert [row.travel for row in contracts] == [0, 0]


def test_a_contract_bears_its_own_lines_and_no_others(shop):
	"""A job in warranty and one that the customer pays name the contract, too: 12.50 and 30.00 are Warranty Cost,
	102.00 are the job's. Of a job under contract the seal that the customer broke is his."""
	make.category_accounts("B", expense_account=make.account("Contract Service Expense", "Direct Expenses"))
	contract = make.contract(shop.customer, start_date=nowdate(), parts_share=50)
	named = {"service_contract": contract.name, "labour": [make.hours(1)], "parts": [make.part(shop.seal)]}
	done(shop, category="C", **named)
	settle(done(shop, **named))
	broken = make.part(shop.seal, charge_to="Customer", charge_reason="Broken by the customer")
	under = settle(done(shop, category="B", **{**named, "parts": [make.part(shop.seal), broken]}))

	(row,) = contract_profitability.execute(period())[1]
	assert (row.jobs, row.billed, row.parts, row.work, row.cost) == (1, 21, 12.5, 30, 42.5)
	(cost,) = warranty_cost.execute({**period(), "group_by": "Month"})[1]
	assert (cost.parts, cost.labour) == (12.5, 30)
	incomes = {row.job: (row.income, row.parts) for row in job_profitability.execute(period())[1]}
	assert incomes[under.name] == (63, 25)
	assert sum(parts for _income, parts in incomes.values()) == 50
	assert breaks() == {}

	note = make_sales_return(under.sales_invoice)
	note.insert().submit()
	(row,) = contract_profitability.execute(period())[1]
	assert (row.billed, row.cost) == (0, 42.5)


def test_credit_note_for_one_job_of_several(shop):
	first, second = shared_invoice(shop)
	credit = make_sales_return(first.sales_invoice)
	of_first = frappe.get_all(
		"Sales Invoice Item", {"parent": first.sales_invoice, "aftersales_voucher": first.name}, pluck="name"
	)
	credit.set("items", [row for row in credit.items if row.sales_invoice_item in of_first])
	credit.insert().submit()
	rows = {row.job: row.income for row in job_profitability.execute(period())[1]}
	assert rows == {first.name: 0, second.name: 102}
	summary = {one["label"]: one["value"] for one in service_revenue_reconciliation.execute(period())[4]}
	assert summary["Invoiced for jobs, net"] == summary["Income in the ledger"] == 102


def test_breaks_on_an_invoice_of_several_jobs(shop):
	first, second = shared_invoice(shop)
	frappe.db.set_value("Service Part Line", first.parts[0].name, "amount", 40)
	frappe.db.set_value("Repair Card", second.name, {"docstatus": 2, "status": "Cancelled"})
	assert breaks() == {first.name: Reason.AMOUNT_DIFFERS, second.name: Reason.JOB_CANCELLED}
	reconciliation.correct(Reason.AMOUNT_DIFFERS.value, first.doctype, first.name)
	assert breaks() == {second.name: Reason.JOB_CANCELLED}


def test_a_job_that_waits_for_the_billing_run_is_billed_at_once(shop):
	make.settings(invoicing="One Invoice per Customer", billing_period="Month")
	doc = done(shop, labour=[make.hours(1)])
	assert breaks() == {doc.name: Reason.NOT_BILLED}
	reconciliation.correct(Reason.NOT_BILLED.value, doc.doctype, doc.name)
	assert breaks() == {doc.name: Reason.DRAFT_INVOICE}


def test_profit_of_a_contract(shop):
	expense = make.account("Contract Service Expense", "Direct Expenses")
	make.category_accounts("B", expense_account=expense, cost_center=shop.cost_center)
	fee = make.service_item("Boiler Care Fee", uom="Nos")
	plan = make.make(
		"Subscription Plan",
		plan_name="Boiler Care",
		item=fee,
		price_determination="Fixed Rate",
		cost=240,
		currency="EUR",
		billing_interval="Month",
		billing_interval_count=1,
	)
	contract = make.contract(
		shop.customer,
		start_date=nowdate(),
		end_date=add_days(nowdate(), 364),
		labour_share=100,
		parts_share=50,
		plans=[{"plan": plan.name, "qty": 1}],
		submit_fee_invoices=1,
	)
	frappe.get_doc("Subscription", contract.subscription).process()
	settle(
		done(
			shop,
			category="B",
			service_contract=contract.name,
			labour=[make.hours(2), make.hours(0.5, activity="Travel")],
			parts=[make.part(shop.seal)],
		)
	)
	(row,) = contract_profitability.execute(period())[1]
	# Half of the seal's 42; 2 hours and half an hour on the road at 30, a seal of 12.50
	assert (row.service_contract, row.jobs, row.fees, row.billed) == (contract.name, 1, 240, 21)
	assert (row.parts, row.work, row.travel, row.cost, row.margin) == (12.5, 60, 15, 87.5, 173.5)
	assert breaks() == {}
	assert flt(row.fees + row.billed, 2) == in_ledger("Income", -1)
	assert contract_profitability.execute({**period(), "customer": "Nobody"})[1] == []
