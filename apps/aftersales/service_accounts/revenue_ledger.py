"""What jobs and contracts earned, read from the general ledger (company currency).

Income is what accounts of root type Income hold and whatever other account the rows of an invoice name for it,
less the discounts that are booked to an account of their own (discount accounting). Where revenue is deferred,
the invoice books it to the deferred revenue account, and income follows month by month, by entries of the
invoice or by Journal Entries for it; both are the invoice's. A credit note belongs to the job of the invoice it
returns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import flt
from pypika.functions import NullIf
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, ExistsCriterion, Term

from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.money import digits, exact, nothing, rounded, unit
from aftersales.core.report_filters import Scope
from aftersales.service_posting.plan.billing_rules import shares

INVOICE, ITEM, TAX = "Sales Invoice", "Sales Invoice Item", "Sales Taxes and Charges"
Job = tuple[str, str]

BY_INVOICE, BY_JOURNAL = "Sales Invoice", "Journal Entry"
"""Voucher types that move the revenue of an invoice: its own entries, and Journal Entries that name it."""


@dataclass
class Booked:
	"""What the ledger moved for one invoice or credit note in a period: income, and revenue still deferred.

	`job`: the only job it bills; None for an invoice of several.
	"""

	job: Job | None
	income: float = 0
	deferred: float = 0


def income(scope: Scope) -> dict[Job, float]:
	"""Income of the period per job.

	An invoice of one job is all its own. On an invoice of several, each has the rows that name it; what the
	ledger holds beside the rows (charges, a tax part of a discount, deferral) is shared in their proportion.
	"""
	found: dict[Job, float] = {}
	booked = of_jobs(scope)
	several = {name: one.income for name, one in booked.items() if one.job is None}
	nets = _nets_of_rows(several)
	for name, one in booked.items():
		of_one = {one.job: one.income} if one.job else _shared(one.income, nets.get(name, {}))
		for job, amount in of_one.items():
			found[job] = rounded(found.get(job, 0) + amount)
	return found


def for_no_job(scope: Scope) -> float:
	"""Income of the invoices of several jobs by rows that name none of them."""
	several = {name: one.income for name, one in of_jobs(scope).items() if one.job is None}
	nets = _nets_of_rows(several)
	left = [total - sum(_shared(total, nets.get(name, {})).values()) for name, total in several.items()]
	return rounded(sum(left))


def of_jobs(scope: Scope) -> dict[str, Booked]:
	"""What the ledger moved in the period for each invoice and credit note of jobs, whenever that was dated."""
	found: dict[str, Booked] = {}
	for source in (BY_INVOICE, BY_JOURNAL):
		ledger, invoice, returned, query = _entries(scope, source)
		job_type = first(invoice.aftersales_voucher_type, returned.aftersales_voucher_type)
		job = first(invoice.aftersales_voucher, returned.aftersales_voucher)
		query = query.where(job_type.isin(JOB_DOCTYPES) | (job.isnull() & _bills_jobs(invoice)))
		for name, earned, deferred, of_type, of_job in _summed(query, ledger, invoice, job_type, job):
			one = found.setdefault(name, Booked((of_type, of_job) if of_job else None))
			one.income = rounded(one.income + flt(earned))
			one.deferred = rounded(one.deferred + flt(deferred))
	return found


def of_all_invoices(scope: Scope) -> float:
	"""Income by every sales invoice and credit note, of jobs or not."""
	total = 0.0
	for source in (BY_INVOICE, BY_JOURNAL):
		ledger, invoice, _returned, query = _entries(scope, source)
		total += sum(flt(row[1]) for row in _summed(query, ledger, invoice))
	return rounded(total)


def contract_fees(scope: Scope) -> dict[str, float]:
	"""Income by the invoices of the contracts' Subscriptions, credit notes taken off; by contract."""
	found: dict[str, float] = {}
	contract = frappe.qb.DocType("Service Contract")
	for source in (BY_INVOICE, BY_JOURNAL):
		ledger, invoice, _returned, query = _entries(scope, source)
		query = (
			query.join(contract)
			.on((contract.subscription == invoice.subscription) & (contract.docstatus > 0))
			.where(contract.subscription != "")
		)
		for _name, earned, _deferred, of_contract in _summed(query, ledger, invoice, contract.name):
			found[of_contract] = rounded(found.get(of_contract, 0) + flt(earned))
	return found


def invoiced(scope: Scope) -> dict[str, float]:
	"""What the submitted invoices and credit notes of jobs, dated in the period, say they earn: net, with the
	charges on accounts of income, less a discount that is booked beside it."""
	invoice, returned = frappe.qb.DocType(INVOICE), frappe.qb.DocType(INVOICE).as_("returned")
	job_type = first(invoice.aftersales_voucher_type, returned.aftersales_voucher_type)
	rows = (
		frappe.qb.from_(invoice)
		.left_join(returned)
		.on(returned.name == invoice.return_against)
		.where(
			invoice.posting_date[scope.from_date : scope.to_date]
			& (invoice.company == scope.company)
			& (invoice.docstatus == 1)
			& (job_type.isin(JOB_DOCTYPES) | _bills_jobs(invoice))
		)
		.select(
			invoice.name,
			invoice.base_net_total,
			invoice.base_discount_amount,
			invoice.additional_discount_account,
			invoice.conversion_rate,
		)
	).run(as_dict=True)
	found = {row.name: flt(row.base_net_total) for row in rows}
	for name, charge in _charges(scope).items():
		if name in found:
			found[name] += charge
	discounted = [row for row in rows if flt(row.base_discount_amount) and row.additional_discount_account]
	for row in discounted:
		found[row.name] += _discount_beside(row)
	return {name: rounded(amount) for name, amount in found.items()}


def differences(scope: Scope) -> dict[str, tuple[float, float]]:
	"""Invoice → what it says and what the ledger holds, where they differ: over all dates, as far as booked."""
	said = invoiced(scope)
	found = {name: one.income + one.deferred for name, one in of_jobs(scope).items() if name in said}
	return {
		name: (amount, rounded(found.get(name, 0)))
		for name, amount in said.items()
		if abs(amount - found.get(name, 0)) > nothing()
	}


# ---------------------------------------------------------------- entries


def _entries(scope: Scope, source: str) -> tuple[Table, Table, Table, QueryBuilder]:
	"""Entries of the period that move the revenue of an invoice, with it and the one it returns."""
	ledger, account = frappe.qb.DocType("GL Entry"), frappe.qb.DocType("Account")
	invoice, returned = frappe.qb.DocType(INVOICE), frappe.qb.DocType(INVOICE).as_("returned")
	query = frappe.qb.from_(ledger).join(account).on(account.name == ledger.account).join(invoice)
	if source == BY_INVOICE:
		query = query.on(invoice.name == ledger.voucher_no)
	else:
		query = query.on(invoice.name == ledger.against_voucher).where(
			(ledger.against_voucher_type == INVOICE) & (ledger.voucher_detail_no != "")
		)
	query = (
		query.left_join(returned)
		.on(returned.name == invoice.return_against)
		.where(
			ledger.posting_date[scope.from_date : scope.to_date]
			& (ledger.company == scope.company)
			& (ledger.voucher_type == source)
			& (ledger.is_cancelled == 0)
		)
	)
	return ledger, invoice, returned, query


def _summed(query: QueryBuilder, ledger: Table, invoice: Table, *more: Term) -> list[tuple]:
	"""Name, income and deferred revenue of each invoice, and `more` about it."""
	amount = ledger.credit - ledger.debit
	earns, defers = _is_income(ledger, invoice), _is_deferred(ledger, invoice)
	return (
		query.where(earns | defers)
		.select(
			invoice.name,
			Sum(Case().when(earns, amount).else_(0)),
			Sum(Case().when(earns, 0).else_(amount)),
			*more,
		)
		.groupby(invoice.name, *more)
	).run()


def _is_income(ledger: Table, invoice: Table) -> Criterion:
	account, company = frappe.qb.DocType("Account"), frappe.qb.DocType("Company")
	rounding = (
		frappe.qb.from_(company).select(company.name).where(company.round_off_account == ledger.account)
	)
	return (
		((account.root_type == "Income") & ExistsCriterion(rounding).negate())
		| _named_by_a_row(ledger, invoice, "income_account", "discount_account")
		| (Coalesce(invoice.additional_discount_account, "") == ledger.account)
	)


def _is_deferred(ledger: Table, invoice: Table) -> Criterion:
	return _named_by_a_row(ledger, invoice, "deferred_revenue_account")


def _named_by_a_row(ledger: Table, invoice: Table, *fieldnames: str) -> Criterion:
	row = frappe.qb.DocType(ITEM)
	named = [row[fieldname] == ledger.account for fieldname in fieldnames]
	if fieldnames == ("deferred_revenue_account",):
		named = [(row.enable_deferred_revenue == 1) & named[0]]
	return ExistsCriterion(
		frappe.qb.from_(row).select(row.name).where((row.parent == invoice.name) & Criterion.any(named))
	)


# ---------------------------------------------------------------- invoices


def _bills_jobs(invoice: Table) -> Criterion:
	"""A row of the invoice, or of the credit note, names a job."""
	row = frappe.qb.DocType(ITEM)
	return ExistsCriterion(
		frappe.qb.from_(row)
		.select(row.name)
		.where((row.parent == invoice.name) & row.aftersales_voucher_type.isin(JOB_DOCTYPES))
	)


def _nets_of_rows(names: Iterable[str]) -> dict[str, dict[Job | None, float]]:
	"""Invoice → net of its rows by job, None for rows of no job."""
	found: dict[str, dict[Job | None, float]] = {}
	names = list(names)
	if not names:
		return found
	row = frappe.qb.DocType(ITEM)
	job_type, job = Coalesce(row.aftersales_voucher_type, ""), Coalesce(row.aftersales_voucher, "")
	rows = (
		frappe.qb.from_(row)
		.select(row.parent, job_type, job, Sum(row.base_net_amount))
		.where(row.parent.isin(names))
		.groupby(row.parent, job_type, job)
		.orderby(row.parent, job_type, job)
	).run()
	for parent, of_type, name, net in rows:
		key = (of_type, name) if of_type in JOB_DOCTYPES else None
		nets = found.setdefault(parent, {})
		nets[key] = rounded(nets.get(key, 0) + flt(net))
	return found


def _shared(total: float, nets: dict[Job | None, float]) -> dict[Job, float]:
	"""`total` by job: the net of its rows where the ledger holds just that, else in their proportion."""
	if abs(sum(nets.values()) - total) > nothing():
		parts = shares(exact(total), [Decimal(str(net)) for net in nets.values()], unit())
		nets = {job: float(part) for job, part in zip(nets, parts, strict=True)}
	return {job: amount for job, amount in nets.items() if job}


def _charges(scope: Scope) -> dict[str, float]:
	"""What invoices of the period charge beside their rows, on accounts of income (freight, a fee)."""
	invoice, tax, account = (frappe.qb.DocType(name) for name in (INVOICE, TAX, "Account"))
	rows = (
		frappe.qb.from_(invoice)
		.join(tax)
		.on((tax.parent == invoice.name) & (tax.parenttype == INVOICE))
		.join(account)
		.on(account.name == tax.account_head)
		.where(
			invoice.posting_date[scope.from_date : scope.to_date]
			& (invoice.company == scope.company)
			& (invoice.docstatus == 1)
			& (account.root_type == "Income")
		)
		.select(invoice.name, Sum(tax.base_tax_amount_after_discount_amount))
		.groupby(invoice.name)
	).run()
	return {name: flt(amount) for name, amount in rows}


def _discount_beside(invoice: frappe._dict) -> float:
	"""What a discount with an account of its own takes off beyond the net total.

	ERPNext credits income as if there were no discount and debits the discount's account with all of it, that
	of the taxes included; without discount accounting only a discount that is said to be cash (or no trade)
	discount, which the net total does not know.
	"""
	booked = frappe.get_all(
		"GL Entry",
		filters={
			"voucher_type": INVOICE,
			"voucher_no": invoice.name,
			"account": invoice.additional_discount_account,
			"is_cancelled": 0,
		},
		pluck="name",
		limit=1,
	)
	if not booked:
		return 0
	distributed = frappe.get_all(
		ITEM, filters={"parent": invoice.name}, fields=["distributed_discount_amount"], order_by="idx asc"
	)
	precision, rate = digits(), flt(invoice.conversion_rate) or 1
	net_part = sum(flt(flt(row.distributed_discount_amount) * rate, precision) for row in distributed)
	return net_part - flt(invoice.base_discount_amount)


def first(one: Term, other: Term) -> Term:
	"""`one`, or `other` where it is empty; the fields of a link are empty strings or null."""
	return Coalesce(NullIf(one, ""), NullIf(other, ""))
