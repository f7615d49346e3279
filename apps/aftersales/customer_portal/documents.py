"""Documents a customer may open: which, in which print format, of which call.

Only these, only in the format meant for customers: a key of Frappe's own sharing would open the
document in any format, the workshop's tag included.
"""

import re
import shutil
from dataclasses import dataclass
from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import fmt_money, format_date
from frappe.utils.pdf import is_wkhtmltopdf_valid

from aftersales.customer_portal.web import HOME, File
from aftersales.service_billing.portal_api import bills_a_job, invoices_of_jobs
from aftersales.service_posting.invoicing.invoices import total_of

PDF = "pdf"
BANNER = re.compile(r'<div class="action-banner.*?</div>', re.DOTALL)
"""What Frappe puts above a print: a script, which these pages do not allow, and a PDF for users of the desk."""

BANNER_OF_OURS = '<div class="action-banner print-hide"><a class="p-2" href="{}">{}</a></div>'
READY_FOR_CUSTOMER = ("Ready", "Returned", "Not Repairable", "Declined")


@dataclass(frozen=True)
class Kind:
	"""A kind of document in an address. Without a `print_format` the one the site prints with is taken."""

	doctype: str
	print_format: str | None


KINDS = {
	"receipt": Kind("Collection Receipt", "Collection Receipt"),
	"repair-list": Kind("Repair Card", "Repair List"),
	"report": Kind("Service Voucher", "Service Voucher"),
	"invoice": Kind("Sales Invoice", None),
}


def kind_of(doctype: str) -> str:
	"""The word for a DocType in an address."""
	return next(word for word, kind in KINDS.items() if kind.doctype == doctype)


def of_progress(progress: frappe._dict, customer: str) -> list[frappe._dict]:
	"""The documents of a call of `customer` (kind, name, title, note, pdf), in the order they come about.

	Invoices that are made out to somebody else are theirs.
	"""
	found = [
		_entry("receipt", receipt.name, _("Receipt for your product"), format_date(receipt.received_at))
		for receipt in progress.receipts
	]
	found += [
		_entry(
			"report", visit.name, _("Service report"), format_date(visit.arrived_at or visit.planned_start)
		)
		for visit in progress.visits
		if visit.docstatus == 1
	]
	found += [
		_entry("repair-list", card.name, _("Repair list"), format_date(card.ready_at or card.received_at))
		for card in progress.cards
		if is_for_customer("Repair Card", card)
	]
	jobs = [("Service Voucher", visit.name) for visit in progress.visits]
	jobs += [("Repair Card", card.name) for card in progress.cards]
	found += [
		_entry("invoice", invoice.name, _("Invoice"), _amount(invoice), invoice.outstanding_amount > 0)
		for invoice in invoices_of_jobs(jobs)
		if invoice.customer == customer
	]
	return found


def can_be_pdf(word: str) -> bool:
	"""True when this machine has what Frappe makes PDFs of such documents with.

	What has no format of ours may have its letter head and number in a header, which only wkhtmltopdf "with
	patched qt" prints: without them it would be no invoice.
	"""
	return bool(shutil.which("wkhtmltopdf")) and (bool(KINDS[word].print_format) or is_wkhtmltopdf_valid())


def show(word: str, name: str, customers: tuple[str, ...], as_pdf: bool = False) -> File | None:
	"""A document of one of the customers: a page to be read and printed, or a PDF where the site can make it.

	None for what is another's, does not exist or is not finished.
	"""
	kind = KINDS.get(word)
	if not kind or not customers:
		return None
	row = frappe.db.get_value(
		kind.doctype,
		{"name": name, "customer": ("in", customers)},
		["name", "docstatus", *(["status"] if kind.doctype == "Repair Card" else [])],
		as_dict=True,
	)
	if not row or not is_for_customer(kind.doctype, row):
		return None
	if kind.doctype == "Sales Invoice" and not bills_a_job(name):
		return None
	return _printed(word, row.name, as_pdf)


def is_for_customer(doctype: str, row: frappe._dict) -> bool:
	"""True when the document is finished as far as its customer is concerned."""
	if doctype == "Repair Card":
		return row.docstatus == 1 and row.status in READY_FOR_CUSTOMER
	return row.docstatus == 1


def _printed(word: str, name: str, as_pdf: bool) -> File:
	kind, possible = KINDS[word], can_be_pdf(word)
	print_format = kind.print_format or _format_of_site(kind.doctype)
	local, flags = frappe.local, frappe.flags
	asked, allowed = local.form_dict, flags.ignore_print_permissions
	# The customer was found to be the owner above; they have no rights on the document at the desk. What else their
	# address asks for (another style, other settings of the print) is not for them to say.
	local.form_dict, flags.ignore_print_permissions = frappe._dict(), True
	flags.aftersales_for_customer = True  # printing.aftersales_is_for_customer: no copy of the shop's
	try:
		if as_pdf and possible and (pdf := _as_pdf(kind.doctype, name, print_format)):
			return File(pdf, "application/pdf", f"{name}.pdf")
		html = frappe.get_print(kind.doctype, name, print_format)
	finally:
		local.form_dict, flags.ignore_print_permissions = asked, allowed
		flags.aftersales_for_customer = False
	banner = BANNER_OF_OURS.format(f"?as={PDF}", _("Save as PDF")) if possible else ""
	return File(BANNER.sub(lambda _found: banner, html, count=1).encode(), "text/html; charset=utf-8")


def _format_of_site(doctype: str) -> str:
	"""The site's default print format; else ERPNext's own layout of an invoice instead of every field there is."""
	if chosen := frappe.get_meta(doctype).default_print_format:
		return chosen
	layout = {"name": f"{doctype} Print", "doc_type": doctype, "disabled": 0}
	return frappe.db.get_value("Print Format", layout) or "Standard"


def _as_pdf(doctype: str, name: str, print_format: str) -> bytes | None:
	"""The PDF of a document; None, and an error log for the desk, when it cannot be made today."""
	try:
		return frappe.get_print(doctype, name, print_format, as_pdf=True)
	except (OSError, frappe.ValidationError):
		frappe.clear_messages()
		frappe.log_error("PDF for a customer", reference_doctype=doctype, reference_name=name)
		return None


def _entry(kind: str, name: str, title: str, note: str, is_open: bool = False) -> frappe._dict:
	pay = f"{HOME}/pay/{quote(name, safe='')}" if is_open else ""
	return frappe._dict(
		kind=kind, name=name, title=title, note=note, pay=pay, pdf=PDF if can_be_pdf(kind) else ""
	)


def _amount(invoice: frappe._dict) -> str:
	amount = total_of(invoice)
	total = fmt_money(amount, currency=invoice.currency)
	outstanding = fmt_money(invoice.outstanding_amount, currency=invoice.currency)
	if invoice.outstanding_amount <= 0:
		return _("{0}, paid").format(total)
	if invoice.outstanding_amount == amount:
		return _("{0} to pay").format(outstanding)
	return _("{0}, {1} to pay").format(total, outstanding)
