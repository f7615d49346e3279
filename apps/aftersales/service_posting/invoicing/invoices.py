"""The Sales Invoice of one job or of several: made as ERPNext makes its own, and read back.

A row names the job it bills, and one row of each job holds the job's unique posting key: the database
itself refuses to bill a job on a second row, whichever invoice that is on.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, flt, formatdate, nowdate

from aftersales.core import dimensions
from aftersales.core.money import nothing
from aftersales.core.selling_terms import KEY, posting_key, save_privileged, set_customer_terms
from aftersales.service_posting.plan import exact_hours
from aftersales.service_posting.plan.billing_rules import DAY, ON_COMPLETION, shares
from aftersales.service_posting.plan.posting_messages import problem_message
from aftersales.service_posting.plan.posting_plan import EXCESS, InvoiceRow, Problem
from aftersales.service_setup.settings import aftersales_settings

JobKey = tuple[str, str]
"""DocType and name of a job."""

LINK_FIELDS = ("aftersales_voucher_type", "aftersales_voucher", KEY)


@dataclass(frozen=True)
class Charge:
	"""What one job charges its customer."""

	job: Document
	rows: tuple[InvoiceRow, ...]


# ---------------------------------------------------------------------------------- making one


def unsaved_invoice(charges: Sequence[Charge], *, priced: bool = False) -> Document:
	"""An unsaved Sales Invoice for jobs of one customer, with the customer's currency, price list and taxes.

	The header names the job where there is only one. `priced`: with the prices of its rows, too.
	"""
	first = charges[0].job
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": first.customer,
			"company": first.company,
			"posting_date": nowdate(),
			"update_stock": 0,
			# What a new document takes from Global Defaults when it is inserted
			"disable_rounded_total": cint(frappe.get_cached_doc("Global Defaults").disable_rounded_total),
			# Deposits and payments on account are taken, as "Get Advances Received" does on the form
			"allocate_advances_automatically": 1,
			"items": [item for charge in charges for item in _items(charge)],
		}
	)
	if len(charges) == 1:
		invoice.update(link_back(first, "Sales Invoice"))
	invoice.update(dimensions.of_jobs([charge.job for charge in charges]))
	exact_hours.keep(invoice)
	set_customer_terms(invoice, priced=priced)
	return invoice


def link_back(job: Document, purpose: str) -> dict:
	"""What an ERPNext document says of the job it was made for."""
	return {
		"aftersales_voucher_type": job.doctype,
		"aftersales_voucher": job.name,
		KEY: posting_key(job.doctype, job.name, purpose),
	}


def charged_item(row: InvoiceRow, job: Document) -> dict:
	"""A row of an invoice or delivery note from a row of the plan; ERPNext fills in the rest."""
	units = frappe.get_cached_value("Item", row.item_code, ["stock_uom", "sales_uom"], as_dict=True)
	item = {
		"item_code": row.item_code,
		"qty": row.qty,
		# Quantities of a job are stock units, whatever unit the item is usually sold in
		"uom": units.stock_uom if units.sales_uom not in (None, "", units.stock_uom) else None,
		"income_account": row.income_account,
		"cost_center": row.cost_center,
		"aftersales_line": row.line,
		**dimensions.of_job(job, row.line),
	}
	if description := _description(row, job):
		item["description"] = description
	return item


def has_agreed_rates(rows: Iterable[InvoiceRow]) -> bool:
	"""Whether a rate was agreed for any of `rows`; ERPNext prices all others when the document is inserted."""
	return any(row.has_rate for row in rows)


def priced_unsaved(charges: Sequence[Charge]) -> Document:
	"""The invoice to come, priced but not saved. What ERPNext has to say waits until it is posted."""
	muted = frappe.flags.mute_messages
	frappe.flags.mute_messages = True
	try:
		invoice = unsaved_invoice(charges, priced=True)
		set_agreed_rates(invoice, [row for charge in charges for row in charge.rows])
		invoice.calculate_taxes_and_totals()
	finally:
		frappe.flags.mute_messages = muted
	return invoice


def set_agreed_rates(target: Document, rows: Iterable[InvoiceRow]) -> None:
	"""What was agreed on a line wins over the price list and over any pricing rule.

	ERPNext applies pricing rules again on every save and would discount the agreed rate. Where they
	touch `target`, they are switched off on it, and the other rows keep the prices they gave.
	"""
	agreed = {row.line: row.rate for row in rows if row.has_rate}
	if not agreed:
		return
	if any(item.pricing_rules for item in target.items):
		target.ignore_pricing_rule = 1
		target.set("pricing_rules", [])
	for item in target.items:
		item.pricing_rules = None
		if item.aftersales_line in agreed:
			item.update(
				{
					"rate": agreed[item.aftersales_line],
					# ERPNext takes a rate of 0 for none, unless all of it is a discount
					"discount_percentage": 0 if agreed[item.aftersales_line] else 100,
					"discount_amount": 0,
					"margin_type": None,
					"margin_rate_or_amount": 0,
				}
			)


def save_invoice(invoice: Document, submitted: bool) -> Document:
	"""Save an unsaved invoice, and refuse one that would give something away for want of a price."""
	save_privileged(invoice, submitted)
	validate_no_free_rows(invoice)
	if invoice.docstatus == 1:
		# Ledgers write it past the document
		invoice.outstanding_amount = frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount")
	return invoice


def validate_no_free_rows(invoice: Document) -> None:
	"""An item without a price is a price forgotten.

	Raises:
		frappe.ValidationError: names each item and the price list.
	"""
	free = [item for item in invoice.items if is_free(item)]
	if free:
		frappe.throw(
			[
				problem_message(
					Problem(
						"no_price", {"item": item.item_code, "price_list": cstr(invoice.selling_price_list)}
					)
				)
				for item in free
			],
			title=_("No Price"),
			as_list=True,
		)


def is_free(item: Document) -> bool:
	"""Whether a row costs nothing, and no pricing rule gives it away."""
	return not flt(item.rate) and not flt(item.price_list_rate) and not item.is_free_item


def _items(charge: Charge) -> Iterable[dict]:
	job = charge.job
	for number, row in enumerate(charge.rows):
		item = charged_item(row, job)
		item.update({"aftersales_voucher_type": job.doctype, "aftersales_voucher": job.name})
		if number == 0:
			item[KEY] = posting_key(job.doctype, job.name, "Sales Invoice")
		item["description"] = _with_job(item.get("description"), row, job)
		yield item


def _description(row: InvoiceRow, job: Document) -> str | None:
	if row.line.startswith(EXCESS):
		return _("Excess of service contract {0}").format(job.service_contract)
	what = row.description or _activity(row, job)
	if row.covered:
		what = what or frappe.get_cached_value("Item", row.item_code, "item_name")
		return _("{0}: your share of {1} %, service contract {2} covers {3} %").format(
			what, flt(100 - row.covered), job.service_contract, flt(row.covered)
		)
	return what


def _activity(row: InvoiceRow, job: Document) -> str | None:
	"""Work and travel are often the same item: the row says which it is."""
	line = next((line for line in job.labour if row.line in (line.name, f"labour-{line.idx}")), None)
	if not line or not line.activity:
		return None
	return f"{frappe.get_cached_value('Item', row.item_code, 'item_name')}: {_(line.activity)}"


def _with_job(description: str | None, row: InvoiceRow, job: Document) -> str:
	what = description or frappe.get_cached_value("Item", row.item_code, "item_name")
	return _("{0} ({1} of {2})").format(what, job.name, formatdate(done_on(job)))


def done_on(job: Document):
	"""The day on which a job was finished."""
	return job.get("departed_at") or job.get("ready_at") or job.get("posted_at") or nowdate()


# ---------------------------------------------------------------------------------- reading one


def jobs_on(invoice: Document) -> list[JobKey]:
	"""The jobs that `invoice` bills, in the order of its rows. A credit note bills none."""
	if invoice.get("is_return"):
		return []
	jobs = dict.fromkeys(
		(item.aftersales_voucher_type, item.aftersales_voucher)
		for item in invoice.items
		if item.get("aftersales_voucher")
	)
	if invoice.get(KEY) and invoice.aftersales_voucher:
		jobs[invoice.aftersales_voucher_type, invoice.aftersales_voucher] = None
	return list(jobs)


def credited_jobs(invoice: str, for_update: bool = False) -> set[JobKey]:
	"""The jobs whose rows on a submitted invoice are all taken back by credit notes; nothing is owed for them.

	`for_update`: a locking read, which sees what others have credited or cancelled meanwhile.
	"""
	notes = frappe.db.get_values(
		"Sales Invoice",
		{"return_against": invoice, "docstatus": 1},
		"name",
		order_by="name asc",
		pluck=True,
		for_update=for_update,
	)
	if not notes:
		return set()
	rows = frappe.get_all(
		"Sales Invoice Item",
		filters={"parent": ("in", [invoice, *notes]), "docstatus": 1},
		fields=["parent", "name", "sales_invoice_item", "net_amount", *LINK_FIELDS[:2]],
	)
	left: dict[str, float] = defaultdict(float)
	for row in rows:
		left[row.name if row.parent == invoice else row.sales_invoice_item] += flt(row.net_amount)
	jobs: dict[JobKey, bool] = {}
	smallest = nothing()
	for row in rows:
		if row.parent == invoice and row.aftersales_voucher:
			job = (row.aftersales_voucher_type, row.aftersales_voucher)
			jobs[job] = jobs.get(job, True) and left[row.name] < smallest
	return {job for job, credited in jobs.items() if credited}


def total_of(invoice: Document | frappe._dict) -> float:
	"""What the customer is to pay of an invoice: rounded where the site rounds totals, as ERPNext does."""
	return flt(invoice.get("rounded_total")) or flt(invoice.get("grand_total"))


def amounts_due(invoice: Document) -> dict[JobKey, float]:
	"""What each job has of the invoice's total, taxes and rounding included; together exactly that total.

	An invoice of a single job is all its own, also what the accountant added to it.
	"""
	jobs = jobs_on(invoice)
	if len(jobs) == 1:
		return {jobs[0]: total_of(invoice)}
	gross = _gross_by_job(invoice)
	digits = invoice.precision("grand_total")
	parts = shares(_exact(total_of(invoice), digits), list(gross.values()), Decimal(1).scaleb(-digits))
	return {job: float(part) for job, part in zip(gross, parts, strict=True) if job}


def _gross_by_job(invoice: Document) -> dict[JobKey | None, Decimal]:
	"""Net plus the taxes of each item; None stands for rows of no job."""
	net_of_item: dict[str, float] = defaultdict(float)
	for item in invoice.items:
		net_of_item[item.item_code or item.item_name] += flt(item.net_amount)
	taxes = _taxes_by_item(invoice)
	gross: dict[JobKey | None, Decimal] = defaultdict(Decimal)
	for item in invoice.items:
		code = item.item_code or item.item_name
		net = net_of_item[code]
		tax = taxes.get(code, 0) * flt(item.net_amount) / net if net else 0
		job = (
			(item.aftersales_voucher_type, item.aftersales_voucher)
			if item.get("aftersales_voucher")
			else None
		)
		gross[job] += Decimal(str(flt(item.net_amount) + tax))
	return gross


def _taxes_by_item(invoice: Document) -> dict[str, float]:
	"""Taxes in the invoice's currency by item; version-16 keeps them in a table of their own."""
	rate = flt(invoice.conversion_rate) or 1
	taxes: dict[str, float] = defaultdict(float)
	if invoice.meta.has_field("item_wise_tax_details"):
		codes = {item.name: item.item_code or item.item_name for item in invoice.items}
		for row in invoice.get("item_wise_tax_details"):
			taxes[codes.get(row.item_row)] += flt(row.amount) / rate
		return taxes
	for tax in invoice.taxes:
		details = frappe.parse_json(tax.item_wise_tax_detail or "{}")
		for code, detail in details.items():
			if isinstance(detail, list):
				taxes[code] += flt(detail[1]) / rate
	return taxes


def _exact(amount: float, digits: int) -> Decimal:
	return Decimal(str(flt(amount, digits)))


def invoicing_of(customer: str | None) -> tuple[str, str]:
	"""When a customer is invoiced, and for which period: their own terms, else Aftersales Settings."""
	settings = aftersales_settings()
	own = (
		customer
		and frappe.get_cached_value(
			"Customer", customer, ["aftersales_invoicing", "aftersales_billing_period"], as_dict=True
		)
	) or frappe._dict()
	return (
		own.aftersales_invoicing or settings.invoicing or ON_COMPLETION,
		own.aftersales_billing_period or settings.billing_period or DAY,
	)


def submits_at_once() -> bool:
	"""Whether invoices are submitted when they are made (Aftersales Settings)."""
	return bool(cint(aftersales_settings().submit_invoice))
