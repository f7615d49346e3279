"""What a finished job books: decided here, without frappe, from plain values.

A job is a visit (Service Voucher) or a workshop job (Repair Card). Each of its lines says who pays
(`charge_to`); the service category of that payer is a posting rule (R-CAT, R-AC-1):

* every stocked part leaves stock, to the expense account and cost centre of its payer's category;
* what the customer pays becomes a row of one invoice, at the rate agreed on the line or, when the
  line has none, at the customer's price list;
* hours at cost go from the labour recovery account to the labour expense account where the payer's
  category names both.

* what a contract pays is shared: it bears its percentage of the line's price, the customer the rest
  and, once per job, the excess. Both shares together are the full price, to the smallest coin.

Where the company demands a Delivery Note before an invoice, every charged row is on the note, and
the parts the customer pays leave stock by it.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal

from aftersales.core.rounding_rules import Unit, round_to
from aftersales.service_contracts.contract_rules import Terms
from aftersales.service_posting.plan.posting_types import (
	CONTRACT,
	CUSTOMER,
	EXCESS,
	PAYERS,
	CategoryAccounts,
	Component,
	ContractShares,
	InvoiceRow,
	Job,
	LabourCostRow,
	LabourLine,
	PartLine,
	PostingPlan,
	Problem,
	Share,
	StockRow,
)

__all__ = [
	"CONTRACT",
	"CUSTOMER",
	"EXCESS",
	"PAYERS",
	"CategoryAccounts",
	"Component",
	"ContractShares",
	"InvoiceRow",
	"Job",
	"LabourCostRow",
	"LabourLine",
	"PartLine",
	"PostingPlan",
	"Problem",
	"Share",
	"StockRow",
	"contract_shares",
	"posting_plan",
]


def posting_plan(job: Job) -> PostingPlan:
	"""Group the lines of `job` into what leaves stock, what is invoiced and what labour costs.

	Problems are collected, not raised, so that the user is told all of them at once; a plan with
	problems must not be posted.
	"""
	shares = contract_shares(job)
	charged = tuple(_invoice_rows(job, shares))
	delivered = {row.line for row in charged} if job.delivery_note_required else set()
	problems = [
		*_line_problems(job),
		*(problem for part in job.parts for problem in _bundle_problems(part, part.name in delivered)),
		*_rule_problems(job),
		*_contract_problems(job, shares),
	]
	return PostingPlan(
		issue_rows=tuple(_issue_rows(job, delivered)),
		delivery_rows=charged if job.delivery_note_required else (),
		invoice_rows=charged,
		labour_rows=tuple(_labour_rows(job)),
		labour_cost=sum((_labour_cost(job, line) for line in job.labour), Decimal(0)),
		problems=tuple(problems),
		contract=shares,
		bundles={part.name: part.bundle_qty for part in job.parts if part.components},
	)


def contract_shares(job: Job) -> ContractShares:
	"""What contract and customer pay of each line charged to the contract, and the excess.

	The customer's price per unit is the full one less the contract's percentage, rounded to `unit` as
	prices are; the contract bears the rest of the full price. The excess is at most what the contract
	would pay.
	"""
	if not job.terms:
		return ContractShares()
	lines = {
		line.name: _share(line, qty, covered, job.unit)
		for line, qty, covered in _contract_lines(job, job.terms)
	}
	bearable = sum((share.contract for share in lines.values()), Decimal(0))
	net = sum((share.contract_net for share in lines.values()), Decimal(0))
	excess = min(round_to(job.terms.excess, job.unit), bearable)
	return ContractShares(
		lines, excess, round_to(excess * net / bearable, job.unit) if bearable else Decimal(0)
	)


def _contract_lines(job: Job, terms: Terms) -> Iterable[tuple[LabourLine | PartLine, float, Decimal]]:
	for labour in job.labour:
		if labour.charge_to == CONTRACT:
			yield labour, labour.hours, terms.travel if labour.travel else terms.labour
	for part in job.parts:
		if part.charge_to == CONTRACT:
			yield part, part.qty, terms.parts


def _share(line: LabourLine | PartLine, qty: float, covered: Decimal, unit: Unit) -> Share:
	price, quantity = round_to(Decimal(str(line.full_rate or 0)), unit), Decimal(str(qty))
	rate = round_to(price * (100 - covered) / 100, unit)
	full, customer = round_to(price * quantity, unit), round_to(rate * quantity, unit)
	contract = full - customer
	return Share(
		full, contract, customer, rate, covered, round_to(contract * Decimal(str(line.net_part)), unit)
	)


def _issue_rows(job: Job, delivered: Collection[str]) -> Iterable[StockRow]:
	for part in job.parts:
		if not part.warehouse:
			continue
		if part.name not in delivered:
			yield from (_stock_row(job, stocked) for stocked in part.stocked())
		elif part.included:
			# The Delivery Note moves what is charged; what a service price includes is on no note
			left = replace(part, qty=part.included, serial_nos=part.serial_nos[: _whole(part)])
			yield from (_stock_row(job, stocked) for stocked in left.stocked())


def _stock_row(job: Job, part: PartLine) -> StockRow:
	rule = _rule(job, part.charge_to)
	return StockRow(
		line=part.name,
		item_code=part.item_code,
		qty=part.qty,
		warehouse=part.warehouse or "",
		serial_nos=part.serial_nos,
		batch_no=part.batch_no,
		expense_account=rule.expense_account,
		cost_center=rule.cost_center,
	)


def _invoice_rows(job: Job, shares: ContractShares) -> Iterable[InvoiceRow]:
	for line in job.labour:
		if line.item_code and line.hours:
			yield from _charged_row(job, shares, line, _charged(line, line.hours), None)
	for part in job.parts:
		if part.is_free:
			continue
		charged = replace(part, qty=_charged(part, part.qty), serial_nos=part.serial_nos[_whole(part) :])
		stock = _stock_row(job, charged) if job.delivery_note_required and part.moves_stock else None
		yield from _charged_row(job, shares, part, charged.qty, stock)
	if shares.excess and job.terms and job.terms.excess_item:
		rule = _rule(job, CUSTOMER)
		yield InvoiceRow(
			f"{EXCESS}{job.name}",
			job.terms.excess_item,
			1,
			float(shares.excess),
			rule.income_account,
			rule.cost_center,
			None,
		)


def _charged_row(
	job: Job, shares: ContractShares, line: LabourLine | PartLine, qty: float, stock: StockRow | None
) -> Iterable[InvoiceRow]:
	"""The customer's row of a line: all of it, or their share of what a contract pays; none without one."""
	if not qty:
		return
	rate, covered = line.rate, Decimal(0)
	if share := shares.lines.get(line.name):
		rate, covered = float(share.rate), share.covered
	if line.charge_to == CUSTOMER or (share and share.customer):
		rule = _rule(job, CUSTOMER)
		yield InvoiceRow(
			line.name,
			line.item_code or "",
			qty,
			rate,
			rule.income_account,
			rule.cost_center,
			line.description,
			stock,
			covered,
			line.agreed and not covered,
		)


def _charged(line: LabourLine | PartLine, qty: float) -> float:
	"""What is left to charge of a line that a service price includes in part."""
	if line.charge_to != CUSTOMER or not line.included:
		return qty
	return max(float(Decimal(str(qty)) - Decimal(str(line.included))), 0)


def _whole(part: PartLine) -> int:
	"""Serial numbers of a line that belong to its included pieces."""
	return int(part.included) if part.charge_to == CUSTOMER else 0


def _labour_rows(job: Job) -> Iterable[LabourCostRow]:
	totals: dict[tuple[str, str, str | None], Decimal] = {}
	for line in job.labour:
		rule = _rule(job, line.charge_to)
		cost = _labour_cost(job, line)
		if cost and rule.labour_expense_account and rule.labour_recovery_account:
			key = (rule.labour_expense_account, rule.labour_recovery_account, rule.cost_center)
			totals[key] = totals.get(key, Decimal(0)) + cost
	for (debit, credit, cost_center), amount in totals.items():
		yield LabourCostRow(debit, credit, cost_center, amount)


def _labour_cost(job: Job, line: LabourLine) -> Decimal:
	return round_to(Decimal(str(line.hours)) * Decimal(str(line.cost_rate)), job.company_unit)


def _rule(job: Job, charge_to: str) -> CategoryAccounts:
	return job.rules.get(charge_to) or CategoryAccounts(category="")


def _line_problems(job: Job) -> Iterable[Problem]:
	for part in job.parts:
		named = {"row": part.idx, "item": part.item_code}
		if part.qty <= 0:
			yield Problem("part_without_quantity", named)
		if part.moves_stock and not part.warehouse:
			yield Problem("part_without_warehouse", named)
		if part.is_serialised and len(part.serial_nos) != part.qty:
			yield Problem("serials_do_not_match", {**named, "qty": part.qty, "given": len(part.serial_nos)})
		if len(set(part.serial_nos)) != len(part.serial_nos):
			yield Problem("serial_twice", named)
	seen: set[str] = set()
	for part in job.parts:
		for serial_no in set(part.serial_nos):
			if serial_no in seen:
				yield Problem(
					"serial_on_two_lines", {"row": part.idx, "item": part.item_code, "serial": serial_no}
				)
			seen.add(serial_no)
	for line in job.labour:
		priced = line.charge_to == CUSTOMER or (line.charge_to == CONTRACT and job.terms)
		if priced and line.hours and not line.item_code:
			yield Problem("labour_without_item", {"row": line.idx})


def _bundle_problems(part: PartLine, delivered: bool) -> Iterable[Problem]:
	"""Serial numbers and batches of a bundle's items; a Delivery Note packs them by itself, without any."""
	if not part.components:
		return
	named = {"row": part.idx, "item": part.item_code}
	tracked = [one for one in part.components if one.is_serialised or one.in_batches]
	if tracked and delivered:
		yield Problem("bundle_tracked_by_delivery_note", {**named, "component": tracked[0].item_code})
		return
	for one in tracked:
		about = {**named, "component": one.item_code}
		needed = part.qty * one.qty
		if one.is_serialised and len(one.serial_nos) != needed:
			yield Problem("bundle_serials", {**about, "qty": needed, "given": len(one.serial_nos)})
		elif one.in_batches and not one.is_serialised and not one.batch_no:
			yield Problem("bundle_batch", about)
	known = {serial for one in part.components for serial in one.serial_nos}
	for serial_no in dict.fromkeys(part.serial_nos):
		if serial_no not in known:
			yield Problem("bundle_serial_of_other_item", {**named, "serial": serial_no})


def _rule_problems(job: Job) -> Iterable[Problem]:
	if not job.customer and any(line.charge_to == CUSTOMER for line in (*job.parts, *job.labour)):
		yield Problem("customer_missing")
	stocked = {part.charge_to for part in job.parts if part.moves_stock}
	for charge_to in sorted({line.charge_to for line in (*job.parts, *job.labour)}):
		if charge_to not in job.rules:
			yield Problem("category_missing", {"charge_to": charge_to})
			continue
		rule = job.rules[charge_to]
		if charge_to in stocked and charge_to != CUSTOMER and not rule.expense_account:
			yield Problem("expense_account_missing", {"category": rule.category, "company": job.company})
		if bool(rule.labour_expense_account) != bool(rule.labour_recovery_account):
			yield Problem("labour_accounts_incomplete", {"category": rule.category, "company": job.company})


def _contract_problems(job: Job, shares: ContractShares) -> Iterable[Problem]:
	if not job.terms:
		return
	if shares.excess and not job.terms.excess_item:
		yield Problem("excess_item_missing", {"contract": job.terms.contract})
	charged = shares.excess or any(share.customer for share in shares.lines.values())
	if charged and CUSTOMER not in job.rules:
		yield Problem("category_missing", {"charge_to": CUSTOMER})
	# Half of a price forgotten is not nothing; nor is it left out of what an excess is taken of
	short = shares.excess < round_to(job.terms.excess, job.unit)
	for line, qty, covered in _contract_lines(job, job.terms):
		if line.full_rate is None and qty and (covered < 100 or short):
			yield Problem("no_price", {"item": line.item_code or "", "price_list": job.price_list})
