"""What the maker owes us for their warranty: from the claim to the credit in ERPNext (R-AC-9).

The credit is a Debit Note (a Purchase Invoice that is a return): the maker owes us, taxes are those of
purchases, and the account that bore the warranty is relieved.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_months, flt, get_link_to_form, getdate, nowdate

from aftersales.core import dimensions
from aftersales.core.guards import require_role, set_protected_values, with_system_privileges
from aftersales.core.input.requests import Day, validate_call
from aftersales.core.money import rounded
from aftersales.core.report_filters import Scope
from aftersales.core.roles import SUPERVISORS_AND_ACCOUNTANTS
from aftersales.service_accounts import warranty_exchanges
from aftersales.service_accounts.warranty_lines import (
	CLAIM,
	WARRANTY,
	billed_vendor_repairs,
	warranty_lines,
)
from aftersales.service_billing.journal import cost_center
from aftersales.service_posting.job_plan import category_accounts, category_of_payer
from aftersales.service_posting.posting import posting_key
from aftersales.service_posting.supplier_terms import currency_of_supplier, draft_debit_note
from aftersales.vendor_repairs.vendor_costs import VENDOR_REPAIR, bills_of

DEBIT_NOTE = "Purchase Invoice"


@frappe.whitelist()
@validate_call
def claimable_lines(
	company: str,
	supplier: str,
	from_date: Day | None = None,
	to_date: Day | None = None,
	brand: str | None = None,
) -> list[dict]:
	"""Warranty lines of the period that no claim holds yet, as rows of a claim on `supplier`.

	What other vendors billed for warranty repairs is among them.

	The period is the last twelve months when empty. Without `brand` those of the brands and items whose
	default supplier in this company is `supplier`.

	Raises:
		frappe.PermissionError: the user claims nothing, or may not see the company.
	"""
	require_role(SUPERVISORS_AND_ACCOUNTANTS, _("Claiming warranty"))
	frappe.has_permission("Company", doc=company, throw=True)
	last = getdate(to_date or nowdate())
	scope = Scope(company, getdate(from_date or add_months(last, -12)), last)
	lines = [
		*warranty_lines(scope, brand),
		# What the maker themselves billed they are not asked for: they should not have billed it
		*(repair for repair in billed_vendor_repairs(scope, brand) if repair.supplier != supplier),
		*warranty_exchanges.replaced_in(scope, brand),
	]
	lines = [line for line in lines if not line.claim and line.cost]
	if not brand:
		lines = _supplied_by(supplier, company, lines)
	return [row_of(line) for line in lines]


def row_of(line: frappe._dict) -> dict:
	"""What a row of the claim shows of a warranty line."""
	return {
		"job_type": line.job_type,
		"job": line.job,
		"line_type": line.line_type,
		"line": line.line,
		"item_code": line.item_code,
		"description": ", ".join(
			part
			for part in (line.activity, line.brand, line.model, line.serial and f"S/N {line.serial}")
			if part
		),
		"qty": line.qty,
		"cost": line.cost,
		"claimed_amount": line.cost,
	}


def make_debit_note(claim: Document) -> str:
	"""Draft the Debit Note of the accepted amounts and return its name; the claim's row is locked.

	Raises:
		frappe.ValidationError: an account is missing; names the field to fill.
	"""
	accounts = _accounts(claim)
	currency, rate, _payable = terms = currency_of_supplier(claim.supplier, claim.company)
	accepted = [line for line in claim.lines if flt(line.accepted_amount)]
	return draft_debit_note(
		claim,
		terms,
		[_item(claim, line, accounts, rate, currency) for line in accepted],
		remarks=_("Warranty claim {0}").format(claim.name),
		**dimensions.of_source(claim, {(line.job_type, line.job) for line in claim.lines}),
	)


# ---------------------------------------------------------------- the debit note in ERPNext


def set_debit_note_key(doc: Document, method: str | None = None) -> None:
	"""before_insert of a Purchase Invoice: only a claim's own debit note, or its amendment, holds its key."""
	if doc.flags.made_by_posting:
		return
	doc.aftersales_posting_key = None
	original = doc.get("amended_from") and frappe.get_doc(DEBIT_NOTE, doc.amended_from)
	if not original or original.aftersales_voucher_type != CLAIM:
		return
	claim = frappe.db.get_value(CLAIM, original.aftersales_voucher, ["docstatus", "debit_note"], as_dict=True)
	if claim.docstatus != 1 or claim.debit_note:
		frappe.throw(
			_("{0} is no longer open for a debit note: see {1}.").format(
				get_link_to_form(CLAIM, original.aftersales_voucher), claim.debit_note or _("its state")
			)
		)
	doc.aftersales_voucher_type, doc.aftersales_voucher = CLAIM, original.aftersales_voucher
	doc.aftersales_posting_key = posting_key(CLAIM, original.aftersales_voucher, DEBIT_NOTE)
	lines = {row.aftersales_line for row in original.items if row.aftersales_line}
	if any(row.get("aftersales_line") for row in doc.items):  # rows may have been left out or moved
		for row in doc.items:
			row.aftersales_line = row.aftersales_line if row.aftersales_line in lines else None
		return
	for row, before in zip(doc.items, original.items, strict=False):
		row.aftersales_line = before.aftersales_line


def set_debit_note_of_claim(doc: Document, method: str | None = None) -> None:
	"""after_insert: the claim names the debit note that holds its key."""
	if claim := _claim_of(doc):
		claim.db_set("debit_note", doc.name)


def credited(doc: Document, method: str | None = None) -> None:
	"""on_submit: what the debit note credits is credited on the claim, line by line."""
	claim = _claim_of(doc)
	if not claim:
		return
	amounts: dict[str | None, float] = defaultdict(float)
	for row in doc.items:  # several of a line where the accountant has split its row
		amounts[row.aftersales_line] -= flt(row.base_net_amount)
	for line in claim.lines:
		line.db_set("credited_amount", rounded(amounts[line.name]))
	claim.db_set({"status": "Credited", "credited_amount": abs(flt(doc.base_net_total))}, notify=True)


def release(doc: Document, cancelled: bool) -> None:
	"""on_cancel (`cancelled`), on_trash: the claim is answered, and may be credited again."""
	claim = _claim_of(doc)
	if not claim:
		return
	if cancelled:
		doc.db_set("aftersales_posting_key", None, update_modified=False)
	for line in claim.lines:
		line.db_set("credited_amount", 0)
	claim.db_set({"status": "Answered", "credited_amount": 0, "debit_note": None}, notify=True)


def _claim_of(doc: Document) -> Document | None:
	if doc.get("aftersales_voucher_type") != CLAIM or not doc.get("aftersales_posting_key"):
		return None
	return frappe.get_doc(CLAIM, doc.aftersales_voucher)


# ---------------------------------------------------------------- details


def _supplied_by(supplier: str, company: str, lines: list[frappe._dict]) -> list[frappe._dict]:
	"""Lines whose product is of a brand of the maker, or whose product or part comes from them."""
	of_brand, of_item = (
		set(
			frappe.get_all(
				"Item Default",
				filters={"parenttype": kind, "company": company, "default_supplier": supplier},
				pluck="parent",
			)
		)
		for kind in ("Brand", "Item")
	)
	return [
		line
		for line in lines
		if line.brand in of_brand or line.product in of_item or line.item_code in of_item
	]


def _accounts(claim: Document) -> dict[str, tuple[str, str | None]]:
	"""Account and cost centre to relieve, by the claim line's name."""
	booked = _booked_accounts(line.line for line in claim.lines)
	default = cost_center(claim.company)
	found = {}
	for line in claim.lines:
		account, center = booked.get(line.line) or _category_account(claim, line)
		found[line.name] = (claim.recovery_account or account, center or default)
		if not found[line.name][0]:
			frappe.throw(
				_("Row {0}: no warranty expense account is known. Set {1}.").format(
					line.idx, frappe.bold(_(claim.meta.get_label("recovery_account")))
				)
			)
	return found


def _booked_accounts(lines: Iterable[str]) -> dict[str, tuple[str, str | None]]:
	names = list(lines)
	rows = frappe.get_all(
		"Stock Entry Detail",
		filters={"aftersales_line": ("in", names), "docstatus": 1},
		fields=["aftersales_line", "expense_account", "cost_center"],
	)
	found = {row.aftersales_line: (row.expense_account, row.cost_center) for row in rows}
	for repair, bills in bills_of(
		frappe.get_all(VENDOR_REPAIR.doctype, {"name": ("in", names)}, pluck="name")
	).items():
		most = max(bills, key=lambda row: row.amount)
		found[repair] = (most.expense_account, most.cost_center)
	found.update(warranty_exchanges.booked_accounts(names))
	return found


def _category_account(claim: Document, line: Document) -> tuple[str | None, str | None]:
	"""Where hours of warranty go, also on a job of which others pay the rest; the parts account where hours have none."""
	own = frappe.db.get_value(line.job_type, line.job, "service_category")
	rule = frappe.get_cached_value("Service Category", own, "charge_rule")
	category = category_of_payer(WARRANTY, frappe._dict(name=own, charge_rule=rule))
	accounts = category_accounts(category or own, claim.company)
	return accounts.labour_expense_account or accounts.expense_account, accounts.cost_center


def _item(claim: Document, line: Document, accounts: dict, rate: float, currency: str) -> dict:
	account, center = accounts[line.name]
	return {
		"item_name": _("Warranty: {0}").format(line.item_code or line.description)[:140],
		"description": f"{line.job}: {line.description or line.item_code}",
		"qty": -1,
		"uom": "Nos",
		"stock_uom": "Nos",
		"conversion_factor": 1,
		"rate": rounded(flt(line.accepted_amount) / rate, currency),
		"expense_account": account,
		"cost_center": center,
		**dimensions.of_job_named(line.job_type, line.job, claim.company),
		"aftersales_line": line.name,
	}


def record_answer(
	claim: Document, answered_on: date, reference: str | None, answer: str | None, percent: float | None
) -> None:
	"""Store what the maker says; `percent` of each claimed amount is accepted, or the amounts in the rows."""
	for line in claim.lines:
		if percent is not None:
			line.accepted_amount = rounded(flt(line.claimed_amount) * percent / 100)
	claim.answered_on, claim.supplier_reference, claim.answer = answered_on, reference, answer
	accepted = sum(flt(line.accepted_amount) for line in claim.lines)
	set_protected_values(claim, status="Answered" if accepted else "Rejected")
	claim.save()
