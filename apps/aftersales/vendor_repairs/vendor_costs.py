"""What vendors' repairs cost: what they billed, or the order, or what is expected."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import add_days, flt
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, Term

from aftersales.core.money import rounded

ESTIMATED, ORDERED, BILLED = "Estimate", "Purchase Order", "Purchase Invoice"
"""What tells the cost of a vendor repair."""


def costs(company: str, from_date: date, to_date: date) -> list[frappe._dict]:
	"""What vendors cost in a period, a row for each vendor repair and day: name, supplier, cost_source,
	repair_card, charged_on, dated, cost.

	Net, company currency. Billed: by the bills and debit notes dated in the period, so that the sum is the
	ledger's. Not billed yet: as ordered or estimated, when the product came back in the period. Whether the
	card was finished, given up or called off makes no difference.
	"""
	repair = frappe.qb.DocType("Vendor Repair")
	billed = []
	for by_order in (True, False):
		bill, row, bills = _bills()
		same = repair.purchase_order == row.purchase_order if by_order else _names(bill, row, repair.name)
		billed.append(
			bills.join(repair)
			.on(same)
			.where(bill.posting_date[from_date:to_date])
			.select(bill.posting_date.as_("dated"), Sum(row.base_net_amount).as_("cost"))
			.groupby(repair.name, bill.posting_date)
		)
	estimated = (
		frappe.qb.from_(repair)
		.where((repair.back_at >= from_date) & (repair.back_at < add_days(to_date, 1)))
		.where(repair.cost_source != BILLED)
		.select(repair.back_at.as_("dated"), repair.cost)
	)
	found = []
	for query in (*billed, estimated):
		found += (
			query.where((repair.docstatus == 1) & (repair.company == company))
			.select(repair.name, repair.supplier, repair.cost_source, repair.repair_card, repair.charged_on)
			.orderby(repair.name)
			.run(as_dict=True)
		)
	return [row for row in found if rounded(row.cost)]


def _bills() -> tuple[Table, Table, QueryBuilder]:
	"""The submitted bills and debit notes with their rows."""
	bill, row = frappe.qb.DocType("Purchase Invoice"), frappe.qb.DocType("Purchase Invoice Item")
	return bill, row, frappe.qb.from_(row).join(bill).on(bill.name == row.parent).where(bill.docstatus == 1)


def _names(bill: Table, row: Table, repair: Term | str) -> Criterion:
	"""Rows of bills that name a vendor repair and bill no order."""
	return (
		(bill.aftersales_voucher_type == "Vendor Repair")
		& (bill.aftersales_voucher == repair)
		& (Coalesce(row.purchase_order, "") == "")
	)


def billed(repair: str, order: str | None) -> float | None:
	"""Net total of what bills a vendor repair or its order, less what was given back; None while nothing does."""
	amounts: list[float] = []
	for by_order in (True, False):
		bill, row, query = _bills()
		if by_order and not order:
			continue
		same = row.purchase_order == order if by_order else _names(bill, row, repair)
		amounts += query.where(same).select(row.base_net_amount).for_update().run(pluck=True)
	return sum(flt(amount) for amount in amounts) if amounts else None


def bills_of(repairs: Iterable[str]) -> dict[str, list[frappe._dict]]:
	"""What vendors billed, by vendor repair: posting_date, expense_account, cost_center, amount; the first day first."""
	repair = frappe.qb.DocType("Vendor Repair")
	found: dict[str, list[frappe._dict]] = {}
	names = list(repairs)
	for by_order in (True, False) if names else ():
		bill, row, query = _bills()
		same = repair.purchase_order == row.purchase_order if by_order else _names(bill, row, repair.name)
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


def refresh_cost(card: str) -> None:
	"""Set what vendors cost on a card: the sum of its vendor repairs, company currency.

	The card is locked and the sum a locking read: of two who change it at once the later counts both.
	"""
	frappe.db.get_value("Repair Card", card, "name", for_update=True)
	repair = frappe.qb.DocType("Vendor Repair")
	total = (
		frappe.qb.from_(repair)
		.select(Sum(repair.cost))
		.where((repair.repair_card == card) & (repair.docstatus == 1))
		.for_update()
		.run()
	)[0][0]
	frappe.db.set_value("Repair Card", card, "vendor_cost", flt(total))
