"""The posting plan: what leaves stock, what is invoiced, what hours cost."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.service_posting.plan.posting_plan import (
	PAYERS,
	CategoryAccounts,
	Job,
	LabourLine,
	PartLine,
	posting_plan,
)

PAID = CategoryAccounts("A", "Service Income", "Cost of Parts", "Service")
WARRANTY = CategoryAccounts("C", None, "Warranty Expense", "Service", "Warranty Expense", "Labour Recovery")
RULES = {"Customer": PAID, "Warranty": WARRANTY}


def part(name="p1", idx=1, item="SEAL-20", qty=1, charge_to="Customer", **kw):
	return PartLine(name, idx, item, qty, charge_to, kw.pop("warehouse", "Van 1"), **kw)


def hour(name="l1", idx=1, hours=1.5, charge_to="Customer", **kw):
	return LabourLine(name, idx, hours, charge_to, kw.pop("item_code", "LABOUR"), **kw)


def job(parts=(), labour=(), **kw):
	kw.setdefault("rules", RULES)
	return Job(tuple(parts), tuple(labour), company="Own", customer=kw.pop("customer", "Byrne"), **kw)


def codes(plan):
	return [problem.code for problem in plan.problems]


def test_paid_repair_issues_the_part_and_invoices_part_and_hours():
	plan = posting_plan(job([part(rate=42)], [hour()]))

	assert plan.problems == ()
	assert [(row.item_code, row.qty, row.expense_account, row.cost_center) for row in plan.issue_rows] == [
		("SEAL-20", 1, "Cost of Parts", "Service")
	]
	assert [(row.item_code, row.qty, row.rate, row.income_account) for row in plan.invoice_rows] == [
		("LABOUR", 1.5, 0, "Service Income"),
		("SEAL-20", 1, 42, "Service Income"),
	]
	assert plan.delivery_rows == ()
	assert plan.labour_rows == ()


def test_warranty_repair_invoices_nothing_and_books_hours_at_cost():
	plan = posting_plan(
		job([part(charge_to="Warranty")], [hour(hours=2, charge_to="Warranty", cost_rate=38.5)])
	)

	assert plan.invoice_rows == ()
	assert plan.issue_rows[0].expense_account == "Warranty Expense"
	assert [(r.debit_account, r.credit_account, r.amount) for r in plan.labour_rows] == [
		("Warranty Expense", "Labour Recovery", Decimal("77.00"))
	]


def test_one_chargeable_accessory_on_a_warranty_repair():
	plan = posting_plan(
		job([part("p1", charge_to="Warranty"), part("p2", 2, "HOSE")], [hour(charge_to="Warranty")])
	)

	assert [row.line for row in plan.invoice_rows] == ["p2"]
	assert [(row.line, row.expense_account) for row in plan.issue_rows] == [
		("p1", "Warranty Expense"),
		("p2", "Cost of Parts"),
	]


def test_delivery_note_company_sends_charged_parts_by_note_and_free_ones_by_issue():
	plan = posting_plan(
		job([part("p1"), part("p2", 2, charge_to="Warranty")], [hour()], delivery_note_required=True)
	)

	assert [row.line for row in plan.issue_rows] == ["p2"]
	assert [(row.line, bool(row.stock)) for row in plan.delivery_rows] == [("l1", False), ("p1", True)]
	assert plan.delivery_rows == plan.invoice_rows


def test_non_stock_part_is_invoiced_but_never_issued():
	plan = posting_plan(job([part(is_stock_item=False, warehouse=None)]))

	assert plan.problems == ()
	assert plan.issue_rows == ()
	assert len(plan.invoice_rows) == 1


def test_every_problem_is_told_at_once():
	plan = posting_plan(
		job(
			[
				part("p1", 1, qty=0),
				part("p2", 2, warehouse=None),
				part("p3", 3, qty=2, is_serialised=True, serial_nos=("S1",)),
				part("p4", 4, is_serialised=True, serial_nos=("S1",)),
				part("p5", 5, charge_to="Goodwill"),
			],
			[hour(item_code=None)],
			customer=None,
		)
	)

	assert codes(plan) == [
		"part_without_quantity",
		"part_without_warehouse",
		"serials_do_not_match",
		"serial_on_two_lines",
		"labour_without_item",
		"customer_missing",
		"category_missing",
	]


def test_free_part_needs_an_expense_account_and_labour_needs_both_accounts():
	rules = {"Warranty": CategoryAccounts("C", labour_expense_account="Warranty Expense")}
	plan = posting_plan(job([part(charge_to="Warranty")], rules=rules))

	assert codes(plan) == ["expense_account_missing", "labour_accounts_incomplete"]


lines = st.lists(
	st.tuples(
		st.sampled_from(PAYERS), st.integers(1, 20), st.booleans(), st.integers(0, 500), st.integers(1, 16)
	),
	max_size=12,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(lines=lines, by_note=st.booleans())
def test_every_stocked_part_leaves_once_and_every_charged_line_is_invoiced_once(lines, by_note):
	parts = [
		part(f"p{i}", i, f"I{i}", qty, payer, is_stock_item=stocked, rate=rate)
		for i, (payer, qty, stocked, rate, _) in enumerate(lines)
	]
	labour = [
		hour(f"l{i}", i, quarter / 4, payer, cost_rate=31.17)
		for i, (payer, _, _, _, quarter) in enumerate(lines)
	]
	rules = {
		payer: CategoryAccounts(payer, "Income", f"{payer} expense", None, f"{payer} labour", "Recovery")
		for payer in PAYERS
	}
	plan = posting_plan(job(parts, labour, rules=rules, delivery_note_required=by_note))

	leaving = [row.line for row in plan.issue_rows]
	leaving += [row.line for row in plan.delivery_rows if row.stock]
	assert sorted(leaving) == sorted(p.name for p in parts if p.is_stock_item)
	assert sorted(row.line for row in plan.invoice_rows) == sorted(
		line.name for line in (*parts, *labour) if line.charge_to == "Customer"
	)
	assert all(row.expense_account == f"{_payer(parts, row.line)} expense" for row in plan.issue_rows)
	assert sum(row.amount for row in plan.labour_rows) == plan.labour_cost


def _payer(parts, name):
	return next(p.charge_to for p in parts if p.name == name)
