"""What must be true in ERPNext before a plan is posted; everything wrong is told in one go.

ERPNext checks all of this again when its documents are submitted; asking first gives the user the
field to set instead of the first exception from inside a Stock Entry.
"""

from collections import defaultdict
from collections.abc import Iterable

import frappe
from erpnext.accounts.utils import get_fiscal_years
from frappe import _
from frappe.utils import cint, flt, formatdate, getdate, nowdate

from aftersales.service_posting.plan import bundles
from aftersales.service_posting.plan.default_accounts import default_account
from aftersales.service_posting.plan.posting_plan import CUSTOMER, Job, PartLine, PostingPlan, Problem
from aftersales.spare_parts.reservation_rules import Stock
from aftersales.spare_parts.reservations import lock_stock

QTY_DIGITS = 6
"""Quantities are compared to so many digits: 0.1 and 0.2 of a metre are 0.3, not a trifle more."""


def check_selling(job: Job, plan: PostingPlan, invoice_only: bool) -> Iterable[Problem]:
	"""The customer may be invoiced, directly. A frozen one holds up the invoice, not the work that was done."""
	if not plan.invoice_rows or not job.customer:
		return
	customer = frappe.get_cached_value(
		"Customer", job.customer, ["disabled", "is_frozen", "so_required"], as_dict=True
	)
	held = customer.is_frozen and (invoice_only or plan.delivery_rows)
	if customer.disabled or held:
		yield Problem("customer_disabled", {"customer": job.customer})
	if frappe.get_cached_doc("Selling Settings").so_required == "Yes" and not cint(customer.so_required):
		yield Problem("sales_order_required", {"customer": job.customer})


def check_accounts(company: str, job: Job) -> Iterable[Problem]:
	"""Accounts and cost centres of the categories used are there, enabled and of the company."""
	for rule in job.rules.values():
		for account in (
			rule.income_account,
			rule.expense_account,
			rule.labour_expense_account,
			rule.labour_recovery_account,
		):
			if account and not _usable("Account", account, company):
				yield Problem(
					"account_unusable", {"category": rule.category, "account": account, "company": company}
				)
		if rule.cost_center and not _usable("Cost Center", rule.cost_center, company):
			yield Problem(
				"cost_center_unusable",
				{"category": rule.category, "cost_center": rule.cost_center, "company": company},
			)


def check_default_accounts(job: Job, plan: PostingPlan) -> Iterable[Problem]:
	"""Where a category names no account, ERPNext has one for the item: of the item, its group or the company."""
	category = job.rules[CUSTOMER].category if CUSTOMER in job.rules else ""
	wanted = [
		*(("income_account", row.item_code) for row in plan.invoice_rows if not row.income_account),
		*(("expense_account", row.item_code) for row in plan.issue_rows if not row.expense_account),
	]
	for fieldname, item_code in dict.fromkeys(wanted):
		if item_code and not default_account(item_code, job.company, fieldname):
			about = {"category": category, "item": item_code, "company": job.company}
			if fieldname == "income_account":
				yield Problem("income_account_missing", about)
			else:
				yield Problem("cost_account_missing", about)


def check_items(job: Job, plan: PostingPlan) -> Iterable[Problem]:
	"""Every item may be used today, and sold when the customer pays for it."""
	sold = {row.item_code for row in plan.invoice_rows}
	used = {line.item_code for line in (*job.parts, *job.labour) if line.item_code}
	used |= {component.item_code for part in job.parts for component in part.components}
	for item_code in sorted(sold | used):
		item = frappe.get_cached_value(
			"Item", item_code, ["disabled", "end_of_life", "is_sales_item"], as_dict=True
		)
		if item.disabled or (item.end_of_life and getdate(item.end_of_life) < getdate(nowdate())):
			yield Problem("item_disabled", {"item": item_code})
		elif item_code in sold and not item.is_sales_item:
			yield Problem("item_not_sold", {"item": item_code})
	packed = bundles.among({line.item_code for line in job.labour if line.item_code})
	for line in job.labour:
		if line.item_code in packed:
			yield Problem("labour_is_bundle", {"row": line.idx, "item": line.item_code})


def check_stock(company: str, job: Job) -> Iterable[Problem]:
	"""Warehouses are the company's, serials and batches are theirs, and enough is there."""
	stocked = [stocked for part in job.parts if part.warehouse for stocked in part.stocked()]
	for part in stocked:
		yield from _check_warehouse(company, part)
		yield from _check_serials(part)
		yield from _check_batch(part)
	yield from _check_quantities(stocked)


def check_dates(company: str, plan: PostingPlan) -> Iterable[Problem]:
	"""Today is open for the documents the plan makes: fiscal year, accounting period, stock, accounts.

	Where only the invoice is held up it waits as a draft.
	"""
	documents = _documents(plan)
	if documents and not get_fiscal_years(nowdate(), company=company, boolean=True):
		yield Problem("no_fiscal_year", {"today": formatdate(nowdate()), "company": company})
	yield from _closed_periods(company, documents)
	if plan.issue_rows or any(row.stock for row in plan.delivery_rows):
		yield from _frozen_stock()
	ledgers = [doctype for doctype in documents if doctype != "Sales Invoice"]
	if ledgers:
		yield from _frozen_accounts(company)


def _documents(plan: PostingPlan) -> list[str]:
	made = {
		"Stock Entry": plan.issue_rows,
		"Delivery Note": plan.delivery_rows,
		"Sales Invoice": plan.invoice_rows,
		"Journal Entry": plan.labour_rows,
	}
	return [doctype for doctype, rows in made.items() if rows]


def _closed_periods(company: str, documents: list[str]) -> Iterable[Problem]:
	if not documents:
		return
	period, closed = frappe.qb.DocType("Accounting Period"), frappe.qb.DocType("Closed Document")
	today = nowdate()
	rows = (
		frappe.qb.from_(period)
		.join(closed)
		.on(closed.parent == period.name)
		.select(period.name, period.end_date, closed.document_type)
		.where(
			(period.company == company)
			& (period.start_date <= today)
			& (period.end_date >= today)
			& (closed.closed == 1)
			& closed.document_type.isin(documents)
		)
		.orderby(closed.document_type)
	).run(as_dict=True)
	for row in rows:
		yield Problem(
			"period_closed",
			{"period": row.name, "document": _(row.document_type), "until": formatdate(row.end_date)},
		)


def _frozen_stock() -> Iterable[Problem]:
	settings = frappe.get_cached_doc("Stock Settings")
	if not settings.stock_frozen_upto or getdate(settings.stock_frozen_upto) < getdate(nowdate()):
		return
	if settings.stock_auth_role not in frappe.get_roles():
		yield Problem("stock_frozen", {"until": formatdate(settings.stock_frozen_upto)})


def _frozen_accounts(company: str) -> Iterable[Problem]:
	until, role = _accounts_frozen_until(company)
	if not until or getdate(until) < getdate(nowdate()):
		return
	# ERPNext does not let the Administrator pass, who holds every role
	if role not in frappe.get_roles() or frappe.session.user == "Administrator":
		yield Problem("accounts_frozen", {"until": formatdate(until), "company": company})


def _accounts_frozen_until(company: str) -> tuple[str | None, str | None]:
	"""The date and the role that may pass; version-16 keeps both in the Company."""
	if frappe.get_meta("Company").has_field("accounts_frozen_till_date"):
		values = frappe.get_cached_doc("Company", company)
		return values.accounts_frozen_till_date, values.get("role_allowed_for_frozen_entries")
	settings = frappe.get_cached_doc("Accounts Settings")
	return settings.get("acc_frozen_upto"), settings.get("frozen_accounts_modifier")


def _usable(doctype: str, name: str, company: str) -> bool:
	found = frappe.get_cached_value(doctype, name, ["company", "is_group", "disabled"], as_dict=True)
	return bool(found) and found.company == company and not found.is_group and not found.disabled


def _check_warehouse(company: str, part: PartLine) -> Iterable[Problem]:
	found = frappe.get_cached_value(
		"Warehouse", part.warehouse, ["company", "is_group", "disabled"], as_dict=True
	)
	if not found or found.is_group or found.disabled:
		yield Problem("warehouse_unusable", {"row": part.idx, "warehouse": part.warehouse})
	elif found.company != company:
		yield Problem(
			"warehouse_of_other_company",
			{"row": part.idx, "warehouse": part.warehouse, "found": found.company, "company": company},
		)


def _check_serials(part: PartLine) -> Iterable[Problem]:
	if not part.serial_nos:
		return
	known = {
		serial.name: serial
		for serial in frappe.get_all(
			"Serial No", filters={"name": ("in", part.serial_nos)}, fields=["name", "item_code", "warehouse"]
		)
	}
	for serial_no in part.serial_nos:
		named = {"row": part.idx, "item": part.item_code, "serial": serial_no}
		serial = known.get(serial_no)
		if not serial or serial.item_code != part.item_code:
			yield Problem("serial_unknown", named)
		elif not serial.warehouse:
			yield Problem("serial_not_in_stock", named)
		elif serial.warehouse != part.warehouse:
			yield Problem(
				"serial_elsewhere", {**named, "warehouse": part.warehouse, "found": serial.warehouse}
			)


def _check_batch(part: PartLine) -> Iterable[Problem]:
	if not cint(frappe.get_cached_value("Item", part.item_code, "has_batch_no")):
		return
	named = {"row": part.idx, "item": part.item_code}
	if not part.batch_no:
		if not part.is_serialised:
			yield Problem("batch_missing", named)
		return
	batch = frappe.db.get_value("Batch", part.batch_no, ["item", "expiry_date"], as_dict=True)
	if not batch or batch.item != part.item_code:
		yield Problem("batch_of_other_item", {**named, "batch": part.batch_no})
	elif batch.expiry_date and getdate(batch.expiry_date) < getdate(nowdate()):
		yield Problem(
			"batch_expired", {**named, "batch": part.batch_no, "until": formatdate(batch.expiry_date)}
		)


def _check_quantities(parts: Iterable[PartLine]) -> Iterable[Problem]:
	needed: dict[tuple[str, str], float] = defaultdict(float)
	for part in parts:
		needed[part.item_code, part.warehouse] += part.qty
	# Locked until the job is posted: two jobs that want the last piece come one after the other
	stock = lock_stock(needed)
	allow_negative = cint(frappe.get_cached_doc("Stock Settings").allow_negative_stock)
	for (item_code, warehouse), total in needed.items():
		qty = flt(total, QTY_DIGITS)
		if allow_negative or cint(frappe.get_cached_value("Item", item_code, "allow_negative_stock")):
			continue
		there = stock.get((item_code, warehouse), Stock())
		if there.actual < qty:
			yield Problem(
				"not_enough_stock",
				{"item": item_code, "warehouse": warehouse, "needed": qty, "available": there.actual},
			)
		elif there.free < qty:
			yield Problem(
				"set_aside_for_others",
				{"item": item_code, "warehouse": warehouse, "needed": qty, "free": there.free},
			)
