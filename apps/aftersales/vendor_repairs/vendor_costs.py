"""What work that is bought from suppliers costs: what they billed, or the order, or what is expected."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import add_days, flt
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, Term, ValueWrapper

from aftersales.core.money import rounded

ESTIMATED, ORDERED, BILLED = "Estimate", "Purchase Order", "Purchase Invoice"
"""What tells the cost of a vendor repair."""


@dataclass(frozen=True)
class Kind:
	"""A DocType of work that is bought from a supplier for a job.

	Its documents have the fields supplier, company, cost (net, company currency), cost_source and purchase_order;
	`job_field` leads to the job, `done_field` says when the work was done, those with `docstatus` count.

	Args:
		item_setting: field of Aftersales Settings with the non-stock item that is bought.
		charged_field: what the customer pays for it, where the document says so.
	"""

	doctype: str
	job_type: str
	job_field: str
	done_field: str
	docstatus: int
	item_setting: str
	charged_field: str | None = None


VENDOR_REPAIR = Kind(
	"Vendor Repair", "Repair Card", "repair_card", "back_at", 1, "vendor_repair_item", "charged_on"
)


def costs(company: str, from_date: date, to_date: date, kind: Kind = VENDOR_REPAIR) -> list[frappe._dict]:
	"""What suppliers cost in a period, a row for each document of a kind and day: name, supplier, cost_source,
	job, charged_on, dated, cost.

	Net, company currency. Billed: by the bills and debit notes dated in the period, so that the sum is the
	ledger's. Not billed yet: as ordered or estimated, when the work was done in the period. Whether the
	job was finished, given up or called off makes no difference.
	"""
	repair = frappe.qb.DocType(kind.doctype)
	done_at = repair[kind.done_field]
	charged_on = repair[kind.charged_field] if kind.charged_field else ValueWrapper(0)
	billed = []
	for by_order in (True, False):
		bill, row, bills = _bills()
		same = (
			repair.purchase_order == row.purchase_order if by_order else _names(bill, row, repair.name, kind)
		)
		billed.append(
			bills.join(repair)
			.on(same)
			.where(bill.posting_date[from_date:to_date])
			.select(bill.posting_date.as_("dated"), Sum(row.base_net_amount).as_("cost"))
			.groupby(repair.name, bill.posting_date)
		)
	estimated = (
		frappe.qb.from_(repair)
		.where((done_at >= from_date) & (done_at < add_days(to_date, 1)))
		.where(repair.cost_source != BILLED)
		.select(done_at.as_("dated"), repair.cost)
	)
	found = []
	for query in (*billed, estimated):
		found += (
			query.where((repair.docstatus == kind.docstatus) & (repair.company == company))
			.select(
				*(repair.name, repair.supplier, repair.cost_source),
				*(repair[kind.job_field].as_("job"), charged_on.as_("charged_on")),
			)
			.orderby(repair.name)
			.run(as_dict=True)
		)
	return [row for row in found if rounded(row.cost)]


def _bills() -> tuple[Table, Table, QueryBuilder]:
	"""The submitted bills and debit notes with their rows."""
	bill, row = frappe.qb.DocType("Purchase Invoice"), frappe.qb.DocType("Purchase Invoice Item")
	return bill, row, frappe.qb.from_(row).join(bill).on(bill.name == row.parent).where(bill.docstatus == 1)


def _names(bill: Table, row: Table, repair: Term | str, kind: Kind) -> Criterion:
	"""Rows of bills that name a document of a kind and bill no order."""
	return (
		(bill.aftersales_voucher_type == kind.doctype)
		& (bill.aftersales_voucher == repair)
		& (Coalesce(row.purchase_order, "") == "")
	)


def billed(name: str, order: str | None, kind: Kind) -> float | None:
	"""Net total of what bills a document of a kind or its order, less what was given back; None while nothing does."""
	amounts: list[float] = []
	for by_order in (True, False):
		bill, row, query = _bills()
		if by_order and not order:
			continue
		same = row.purchase_order == order if by_order else _names(bill, row, name, kind)
		amounts += query.where(same).select(row.base_net_amount).for_update().run(pluck=True)
	return sum(flt(amount) for amount in amounts) if amounts else None


def bills_of(repairs: Iterable[str], kind: Kind = VENDOR_REPAIR) -> dict[str, list[frappe._dict]]:
	"""What suppliers billed, by document of a kind: posting_date, expense_account, cost_center, amount; the first day first."""
	repair = frappe.qb.DocType(kind.doctype)
	found: dict[str, list[frappe._dict]] = {}
	names = list(repairs)
	for by_order in (True, False) if names else ():
		bill, row, query = _bills()
		same = (
			repair.purchase_order == row.purchase_order if by_order else _names(bill, row, repair.name, kind)
		)
		rows = (
			query.join(repair)
			.on(same)
			.where(repair.name.isin(names) & (bill.is_return == 0))
			.select(
				repair.name,
				bill.posting_date,
				row.expense_account,
				row.cost_center,
				row.base_net_amount.as_("amount"),
			)
		).run(as_dict=True)
		for one in rows:
			found.setdefault(one.name, []).append(one)
	return {name: sorted(rows, key=lambda one: one.posting_date) for name, rows in found.items()}


def refresh_cost(job: str, kind: Kind = VENDOR_REPAIR) -> None:
	"""Set what suppliers cost on a job: the sum of its documents of a kind, company currency.

	The job is locked and the sum a locking read: of two who change it at once the later counts both.
	"""
	known = frappe.db.get_value(kind.job_type, job, "vendor_cost", for_update=True)
	repair = frappe.qb.DocType(kind.doctype)
	total = (
		frappe.qb.from_(repair)
		.select(Sum(repair.cost))
		.where((repair[kind.job_field] == job) & (repair.docstatus == kind.docstatus))
		.for_update()
		.run()
	)[0][0]
	if flt(known) != flt(total):
		frappe.db.set_value(kind.job_type, job, "vendor_cost", flt(total))
