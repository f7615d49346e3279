"""Loads what the posting plan of a job is made from, and checks what ERPNext will ask for."""

from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, flt

from aftersales.core.money import unit, unit_of
from aftersales.core.selling_terms import billing_currency
from aftersales.service_contracts import contracts
from aftersales.service_contracts.contract_rules import Terms
from aftersales.service_posting.invoicing.invoices import Charge, is_free, priced_unsaved
from aftersales.service_posting.job_category import category_of
from aftersales.service_posting.plan import bundles
from aftersales.service_posting.plan.posting_checks import (
	check_accounts,
	check_dates,
	check_default_accounts,
	check_items,
	check_selling,
	check_stock,
)
from aftersales.service_posting.plan.posting_messages import problem_message
from aftersales.service_posting.plan.posting_plan import (
	CONTRACT,
	CUSTOMER,
	PAYERS,
	CategoryAccounts,
	InvoiceRow,
	Job,
	LabourLine,
	PartLine,
	PostingPlan,
	Problem,
	posting_plan,
)
from aftersales.service_posting.plan.posting_types import line_key

Line = TypeVar("Line", LabourLine, PartLine)


def plan_of(doc: Document) -> PostingPlan:
	"""The plan for `doc` as it stands, without any check."""
	return posting_plan(_job(doc))


def checked_plan(doc: Document, invoice_only: bool = False) -> PostingPlan:
	"""The plan for `doc`, when everything it needs is there: for all of it, or for its invoice alone.

	Whether the day is open for an invoice ERPNext says itself when that is saved.

	Raises:
		frappe.ValidationError: one message with everything that has to be set first.
	"""
	job = _job(doc)
	plan = posting_plan(job)
	problems: list[Problem] = list(plan.problems)
	problems += check_selling(job, plan, invoice_only)
	problems += check_accounts(doc.company, job)
	problems += check_default_accounts(job, plan)
	problems += check_items(job, plan)
	if not invoice_only:
		problems += check_dates(doc.company, plan)
		if not doc.stock_entry and not doc.delivery_note:
			problems += check_stock(doc.company, job)
	if problems:
		messages = list(dict.fromkeys(problem_message(problem) for problem in problems))
		frappe.throw(messages, title=_("{0} cannot be posted yet").format(doc.name), as_list=True)
	return plan


def _job(doc: Document) -> Job:
	terms = contracts.terms_of_job(doc)
	job = Job(
		parts=tuple(_part_line(line) for line in doc.parts),
		labour=tuple(_labour_line(line) for line in doc.labour),
		rules=_rules(doc, bool(terms)),
		company=doc.company,
		customer=doc.customer,
		delivery_note_required=_delivery_note_required(doc.customer),
		name=doc.name or "",
		company_unit=unit(),
	)
	return _under_contract(doc, job, terms) if terms else job


def _under_contract(doc: Document, job: Job, terms: Terms) -> Job:
	"""The job with the terms of its contract, and what the customer would pay without it."""
	rates, price_list = _full_rates(doc, job)
	digits = cint(frappe.get_precision("Sales Invoice Item", "rate", currency=billing_currency(doc)))
	return replace(
		job,
		terms=terms,
		unit=unit_of(digits),
		price_list=price_list,
		parts=tuple(_with_full_rate(part, rates) for part in job.parts),
		labour=tuple(_with_full_rate(line, rates) for line in job.labour),
	)


def _with_full_rate(line: Line, rates: dict[str, tuple[float | None, float]]) -> Line:
	full_rate, net_part = rates.get(line.name, (0, 1))
	return replace(line, full_rate=full_rate, net_part=net_part)


def _full_rates(doc: Document, job: Job) -> tuple[dict[str, tuple[float | None, float]], str]:
	"""Of each line charged to the contract, as if the customer paid it: price per unit, None without one, and how much
	of it is net; the price list.
	"""
	rows = tuple(
		InvoiceRow(
			line.name,
			line.item_code,
			line.qty if isinstance(line, PartLine) else line.hours,
			line.rate,
			None,
			None,
			None,
			agreed=line.agreed,
		)
		for line in (*job.labour, *job.parts)
		if line.charge_to == CONTRACT and line.item_code
	)
	if not rows:
		return {}, ""
	invoice = priced_unsaved([Charge(doc, rows)])
	rates = {
		item.aftersales_line: (
			None if is_free(item) else flt(item.rate),
			flt(item.net_amount) / flt(item.amount) if flt(item.amount) else 1,
		)
		for item in invoice.items
	}
	return rates, cstr(invoice.selling_price_list)


def _part_line(line: Document) -> PartLine:
	item = frappe.get_cached_value(
		"Item", line.item_code, ["is_stock_item", "has_serial_no"], as_dict=True
	) or frappe._dict(is_stock_item=1)
	serial_nos = bundles.serials_of(line)
	return PartLine(
		name=line_key(line),
		idx=cint(line.idx),
		item_code=line.item_code,
		qty=flt(line.qty),
		charge_to=line.charge_to,
		warehouse=line.warehouse,
		rate=flt(line.rate),
		is_stock_item=bool(cint(item.is_stock_item)),
		is_serialised=bool(cint(item.has_serial_no)),
		serial_nos=serial_nos,
		batch_no=line.batch_no,
		agreed=bool(line.get("agreed_in")),
		is_free=bool(line.get("free_with")),
		included=flt(line.get("included_qty")),
		components=()
		if cint(item.is_stock_item)
		else bundles.components(line.item_code, serial_nos, line.batch_no),
	)


def _labour_line(line: Document) -> LabourLine:
	return LabourLine(
		name=line_key(line),
		idx=cint(line.idx),
		hours=flt(line.hours),
		charge_to=line.charge_to,
		item_code=line.item_code,
		rate=flt(line.rate),
		cost_rate=flt(line.cost_rate),
		description=line.description,
		travel=line.activity == "Travel",
		agreed=bool(line.get("agreed_in")),
		included=flt(line.get("included_qty")),
	)


def _rules(doc: Document, shared: bool) -> dict[str, CategoryAccounts]:
	"""The category of each payer: the job's own for its charge rule, else the first enabled one.

	Where a contract shares the price (`shared`), the customer may pay a part of any line.
	"""
	own = category_of(doc)
	used = {line.charge_to for line in (*doc.parts, *doc.labour)} | ({CUSTOMER} if shared else set())
	categories = {charge_to: category_of_payer(charge_to, own) for charge_to in used}
	return {charge_to: category_accounts(name, doc.company) for charge_to, name in categories.items() if name}


def category_of_payer(charge_to: str, own: frappe._dict) -> str | None:
	"""The category by whose accounts a payer's lines of a job are booked; `own` is the job's (name, charge_rule)."""
	if charge_to == own.charge_rule:
		return own.name
	if charge_to not in PAYERS:
		return None
	return frappe.db.get_value(
		"Service Category",
		{"charge_rule": charge_to, "disabled": 0},
		"name",
		order_by="name asc",
		cache=True,
	)


def category_accounts(category: str, company: str) -> CategoryAccounts:
	"""The posting rule of a service category in a company; empty where the category has no row for it."""
	for row in frappe.get_cached_doc("Service Category", category).accounts:
		if row.company == company:
			return CategoryAccounts(
				category,
				row.income_account or None,
				row.expense_account or None,
				row.cost_center or None,
				row.labour_expense_account or None,
				row.labour_recovery_account or None,
			)
	return CategoryAccounts(category)


def _delivery_note_required(customer: str | None) -> bool:
	if frappe.get_cached_doc("Selling Settings").dn_required != "Yes":
		return False
	return not (customer and cint(frappe.get_cached_value("Customer", customer, "dn_required")))
