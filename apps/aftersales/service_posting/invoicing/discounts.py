"""The discount of a granted compensation stands on the invoice that bills its job, once, and on no other (R-AC-8).

A discount lowers a whole invoice. So that it takes nothing from other jobs, a job with one has an invoice of
its own, also where the customer is invoiced for several. When that invoice is cancelled or deleted, the
compensation waits, and the next invoice of the job is made with it.
"""

from collections.abc import Collection

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, fmt_money, get_link_to_form

from aftersales.core.job_types import CARD
from aftersales.core.locks import lock
from aftersales.service_posting.invoicing.invoices import JobKey, jobs_on
from aftersales.service_setup.settings import aftersales_settings

COMPENSATION, INVOICE = "Delay Compensation", "Sales Invoice"
GRANTED, WAITING = "Granted", "Awaiting Invoice"
NET = "Net Total"


def waiting(jobs: Collection[JobKey]) -> set[JobKey]:
	"""Those of `jobs` whose next invoice is made with a discount."""
	found = _of(jobs, docstatus=1, status=WAITING)
	return {(CARD, row.job) for row in found}


def awaiting_invoice(company: str) -> dict[str, float]:
	"""By Repair Card, what the next invoice of the card takes off its net total; in the company's currency."""
	found = frappe.get_all(
		COMPENSATION, {"company": company, "docstatus": 1, "status": WAITING}, ["job", "amount"]
	)
	return {row.job: flt(row.amount) for row in found}  # a job has one compensation that is not cancelled


def held(jobs: Collection[JobKey]) -> list[frappe._dict]:
	"""The compensations that :func:`waiting` counts, locked, so that nobody takes them back meanwhile.

	The jobs are locked: what was granted a moment ago, which a plain read does not show yet, is seen too. Each
	is read by its name, or the lock would keep others from proposing one for another job.
	"""
	found = [
		lock(COMPENSATION, row.name, ["name", "job", "docstatus", "status", "amount"])
		for row in _of(jobs, docstatus=("<", 2))
	]
	return [row for row in found if row and (row.docstatus, row.status) == (1, WAITING)]


def _of(jobs: Collection[JobKey], **filters) -> list[frappe._dict]:
	cards = [name for doctype, name in jobs if doctype == CARD]
	if not cards:
		return []
	return frappe.get_all(
		COMPENSATION, {"job": ("in", cards), **filters}, ["name", "job"], order_by="name asc"
	)


def put_on(invoice: Document, jobs: Collection[JobKey]) -> frappe._dict | None:
	"""Take the discount that waits for the only job of an unsaved invoice off its net total."""
	if len(jobs) != 1 or not (found := held(jobs)):
		return None
	(granted,) = found  # a job has one compensation that is not cancelled
	invoice.set_missing_values()  # the rate to company currency
	granted.before = flt(invoice.discount_amount)
	granted.discount = add(invoice, granted.amount)
	return granted


def note(granted: frappe._dict | None, invoice: Document) -> None:
	"""The compensation names the saved invoice, when its discount is there and no pricing rule took its place."""
	if granted and is_on(invoice, granted.before + granted.discount):
		_store(granted.name, invoice.name, granted.discount)


def add(invoice: Document, amount: float) -> float:
	"""Lower the net total by `amount` of company currency; what that is in the invoice's."""
	digits = invoice.precision("discount_amount")
	discount = flt(flt(amount) / (flt(invoice.conversion_rate) or 1), digits)
	set_discount(invoice, flt(invoice.discount_amount) + discount)
	return discount


def set_discount(invoice: Document, discount: float) -> None:
	invoice.apply_discount_on = NET
	invoice.additional_discount_percentage = 0
	invoice.discount_amount = flt(discount, invoice.precision("discount_amount"))
	if invoice.discount_amount and not invoice.additional_discount_account:
		invoice.additional_discount_account = _account_beside(invoice.company)


def _account_beside(company: str) -> str | None:
	"""Where discounts are booked to an account of their own (Selling Settings): that of compensations.

	Without one in Aftersales Settings the income is booked less the discount, as ERPNext does without the account.
	"""
	if not cint(frappe.db.get_single_value("Selling Settings", "enable_discount_accounting")):
		return None
	rows = aftersales_settings().billing_accounts
	return next((row.delay_account for row in rows if row.company == company), None)


def is_on(invoice: Document, discount: float) -> bool:
	"""Whether the invoice lowers its net total by `discount` at least."""
	digits = invoice.precision("discount_amount")
	return invoice.apply_discount_on == NET and flt(invoice.discount_amount, digits) >= flt(discount, digits)


def release(job: JobKey, invoice: str, deleted: bool = False) -> None:
	"""A job is on that invoice no more: its discount waits for the next. The job's row is locked."""
	doctype, name = job
	if doctype != CARD:
		return
	for compensation in frappe.db.get_values(
		COMPENSATION,
		{"job": name, "docstatus": 1, "discounted_invoice": invoice},
		"name",
		order_by="name asc",
		pluck=True,
		for_update=True,
	):
		doc = frappe.get_doc(COMPENSATION, compensation)
		values = {"discounted_invoice": None, "discount": 0} if deleted else {}
		doc.db_set({"status": WAITING, **values}, notify=True)
		doc.add_comment(
			"Info",
			_("{1} was removed from {0}. The discount is applied to its next invoice").format(
				invoice, get_link_to_form(doctype, name)
			),
		)


def reapply_discount(job: JobKey, invoice: Document) -> None:
	"""A credit note is cancelled and the job is on `invoice` again, with the discount that it had there."""
	for compensation in held([job]) if jobs_on(invoice) == [job] else ():
		digits = invoice.precision("discount_amount")
		discount = flt(flt(compensation.amount) / (flt(invoice.conversion_rate) or 1), digits)
		if is_on(invoice, discount):
			_store(compensation.name, invoice.name, discount)


# ---------------------------------------------------------------- the invoice in ERPNext


def amend(invoice: Document, method: str | None = None) -> None:
	"""doc_events before_insert: an amendment has the discount of a compensation that was taken back no more."""
	if not invoice.get("amended_from") or invoice.get("is_return"):
		return
	for discount in frappe.get_all(
		COMPENSATION,
		{"discounted_invoice": invoice.amended_from, "docstatus": 2},
		pluck="discount",
		order_by="name asc",
	):
		if is_on(invoice, discount):
			set_discount(invoice, flt(invoice.discount_amount) - flt(discount))


def follow_amendment(invoice: Document, method: str | None = None) -> None:
	"""doc_events after_insert: the amendment holds the discount in the place of what it amends.

	Raises:
		frappe.ValidationError: it leaves the discount out.
	"""
	if not invoice.get("amended_from") or invoice.get("is_return"):
		return
	billed = set(jobs_on(invoice))
	for row in _on(invoice.amended_from, WAITING):
		if (CARD, row.job) in billed:
			_refuse_without(invoice, [row])
			_store(row.name, invoice.name, row.discount)


def keep(invoice: Document, method: str | None = None) -> None:
	"""doc_events validate of a stored invoice: a discount that was granted is not taken off by hand.

	Raises:
		frappe.ValidationError: names the compensation to cancel.
	"""
	changed = any(invoice.has_value_changed(field) for field in ("discount_amount", "apply_discount_on"))
	if not invoice.is_new() and changed and not invoice.flags.changes_discount:
		_refuse_without(invoice, _on(invoice.name, GRANTED))


def _on(invoice: str, status: str) -> list[frappe._dict]:
	return frappe.get_all(
		COMPENSATION,
		{"discounted_invoice": invoice, "docstatus": 1, "status": status},
		["name", "job", "discount"],
		order_by="name asc",
	)


def _refuse_without(invoice: Document, granted: Collection[frappe._dict]) -> None:
	expected = sum(flt(row.discount) for row in granted)
	if granted and not is_on(invoice, expected):
		frappe.throw(
			_(
				"{0} of {1} is granted by {2}. Keep a discount of at least this amount on the net total, or cancel {2} first."
			).format(
				frappe.bold(_(invoice.meta.get_label("discount_amount"))),
				fmt_money(expected, currency=invoice.currency),
				", ".join(get_link_to_form(COMPENSATION, row.name) for row in granted),
			),
			title=_("Granted Discount"),
		)


def _store(compensation: str, invoice: str, discount: float) -> None:
	frappe.get_doc(COMPENSATION, compensation).db_set(
		{"status": GRANTED, "discounted_invoice": invoice, "discount": discount}, notify=True
	)
