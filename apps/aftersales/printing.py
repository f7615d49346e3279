"""What the print formats show: values read here, laid out in templates/print and print_format/*.html.

The functions are Jinja methods (hooks.py). They return plain text; templates escape it.
"""

import re
from datetime import datetime
from html import unescape

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, fmt_money, format_date, format_time, strip_html_tags

from aftersales.core import shipped_texts
from aftersales.core.money import rounded, unit
from aftersales.installed_base import location
from aftersales.repair_workshop import uncollected
from aftersales.service_cash.payments import transfer
from aftersales.service_posting.invoicing import advances
from aftersales.service_posting.invoicing.invoices import jobs_on, total_of
from aftersales.service_posting.line_amounts import net_excess
from aftersales.service_setup.settings import aftersales_settings

CUSTOMER = "Customer"
_LINE_ENDS = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6])>", re.IGNORECASE)


def aftersales_bill(doc: Document) -> frappe._dict:
	"""What the customer pays for a visit or a repair card, in the customer's currency.

	From the Sales Invoice when there is one, which the accountant may have completed; else from the
	job's own preview.

	Returns:
		lines (labour and parts charged to the customer), net, taxes [(label, amount)], total,
		currency, invoice (name of a submitted one), outstanding (None without one), advance (paid
		before, while no invoice is submitted), covered (lines that somebody else pays).
	"""
	lines = [line for line in (*doc.labour, *doc.parts) if line.charge_to == CUSTOMER or flt(line.amount)]
	excess = net_excess(doc)
	bill = frappe._dict(
		lines=lines,
		covered=[line for line in (*doc.labour, *doc.parts) if line.charge_to != CUSTOMER],
		currency=doc.currency or frappe.get_cached_value("Company", doc.company, "default_currency"),
		net=sum(flt(line.amount) for line in lines) + excess,
		total=flt(doc.amount_due),
		further=excess,
		invoice=None,
		outstanding=None,
	)
	invoice = None
	if doc.sales_invoice and frappe.db.exists("Sales Invoice", doc.sales_invoice):
		invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	if invoice and len(jobs_on(invoice)) == 1:
		_take_from_invoice(bill, invoice)
	else:
		if invoice and invoice.docstatus == 1:
			# Of an invoice for several jobs only this job's own part is shown
			bill.invoice = invoice.name
			bill.outstanding = min(flt(invoice.outstanding_amount), bill.total)
		label = _("Taxes and Rounding") if _rounds_totals(bill.currency) else _("Taxes")
		bill.taxes = [(label, bill.total - bill.net)] if rounded(bill.total - bill.net) else []
	bill.advance = 0 if bill.invoice else min(advances.open_for(doc, invoice), bill.total)
	return bill


def aftersales_invoice(doc: Document) -> frappe._dict:
	"""What a Sales Invoice says to the customer, in its own currency.

	Returns:
		lines (description as lines of text, qty, uom, rate, amount), discount, taxes [(label, amount)], total,
		paid and outstanding (0 while it is a draft), customer_address and company_address (lines), payment_terms,
		terms, transfer (bank details and payment code of what is open; None without an account).
	"""
	bill = frappe._dict(
		lines=[
			frappe._dict(
				description=_lines(item.description) or [item.item_name],
				qty=item.qty,
				uom=item.uom,
				rate=item.rate,
				amount=item.amount,
			)
			for item in doc.items
		],
		discount=flt(doc.discount_amount),
		taxes=_taxes_of(doc),
		total=total_of(doc),
		outstanding=transfer.open_of(doc),
		customer_address=_lines(doc.address_display),
		company_address=_lines(doc.company_address_display),
		payment_terms=doc.payment_terms_template,
		terms="\n".join(_lines(doc.terms)),
		transfer=transfer.details_of(doc),
	)
	bill.paid = rounded(bill.total - bill.outstanding) if doc.docstatus == 1 and bill.total > 0 else 0
	return bill


def _rounds_totals(currency: str) -> bool:
	"""Whether ERPNext rounds totals in the currency to more than its smallest amount."""
	if cint(frappe.get_cached_doc("Global Defaults").disable_rounded_total):
		return False
	fraction = flt(frappe.get_cached_value("Currency", currency, "smallest_currency_fraction_value"))
	return not fraction or fraction > float(unit(currency))


def aftersales_product(doc: Document) -> frappe._dict:
	"""Brand, model, serial, group and place of the product of `doc`, from its file or its call."""
	fields = ("brand", "model", "serial_text", "serial_no", "item_group", "item_code")
	product = frappe._dict()
	if doc.get("equipment"):
		product = _values("Customer Equipment", doc.equipment, (*fields, "title", "location_details"))
	elif doc.get("repair_call"):
		product = _values("Repair Call", doc.repair_call, fields)
	product.serial = product.serial_no or product.serial_text
	product.plate = product.serial_text if product.serial_text != product.serial else None
	product.name = (
		" ".join(part for part in (product.brand, product.model) if part)
		or product.title
		or product.item_code
	)
	return product


def aftersales_place(doc: Document) -> frappe._dict:
	"""Where and whom to reach: contact, phone, address lines; from the call, else from the customer."""
	call = frappe._dict()
	if doc.get("repair_call"):
		fields = ("contact_name", "contact_phone", "contact_email", "service_address_display", "subject")
		call = _values("Repair Call", doc.repair_call, fields)
	customer = frappe._dict()
	if doc.get("customer"):
		customer = _values(
			"Customer",
			doc.customer,
			("primary_address", "customer_primary_address", "mobile_no", "email_id"),
		)
	return frappe._dict(
		contact=call.contact_name,
		phone=location.phone(call.contact_phone or customer.mobile_no, doc.get("company")),
		email=call.contact_email or customer.email_id,
		address=_lines(
			call.service_address_display
			or location.display(customer.customer_primary_address)
			or customer.primary_address
		),
		subject=call.subject,
	)


def aftersales_code(code: str | None) -> str:
	"""Translated title of a fault code; empty without one."""
	title = frappe.get_cached_value("Fault Code", code, "title") if code else None
	# gettext answers an empty text with the catalogue's header
	return _(title) if title else ""


def aftersales_conditions(kind: str = "collection") -> list[str]:
	"""Paragraphs of the conditions printed on a Collection Receipt, or (`loaner`) on a loan agreement.

	Those that came with the app are printed in the language of the print.
	"""
	fieldname = {"collection": "collection_conditions", "loaner": "loaner_conditions"}[kind]
	settings = aftersales_settings()
	return _lines(
		shipped_texts.spoken(
			settings.doctype, settings.name, fieldname, settings.get(fieldname), frappe.local.lang
		)
	)


def aftersales_is_for_customer() -> bool:
	"""Whether a customer opens the document on the portal or by a link: no copy of the shop's belongs to it."""
	return bool(frappe.flags.aftersales_for_customer)


def aftersales_vendor(supplier: str, company: str | None = None) -> frappe._dict:
	"""The vendor a product is sent to: `name`, `address` (lines), `phone` as in the company's country, `email`."""
	known = _values(
		"Supplier", supplier, ("supplier_name", "supplier_primary_address", "mobile_no", "email_id")
	)
	return frappe._dict(
		name=known.supplier_name or supplier,
		address=_lines(location.display(known.supplier_primary_address)),
		phone=location.phone(known.mobile_no, company),
		email=known.email_id,
	)


def aftersales_taken_in(receipt: str | None) -> frappe._dict:
	"""Of a Collection Receipt: `condition` and `fault_as_told`; empty without one."""
	return (
		_values("Collection Receipt", receipt, ("condition", "fault_as_told")) if receipt else frappe._dict()
	)


def aftersales_signature(image: str | None) -> str | None:
	"""The data URI of a signature; None for anything that is no embedded picture."""
	return image if image and image.startswith("data:image/") else None


def aftersales_checklists(doc: Document) -> list[dict]:
	"""The checklists of a visit or card as its report prints them; pictures of other places are left out."""
	from aftersales.service_checklists.checklists import printed

	lists = printed(doc)
	for line in (line for each in lists for line in each["lines"] if line["is_picture"]):
		if not str(line["answer"]).startswith(("data:image/", "/files/", "/private/files/")):
			line.update({"answer": "", "is_picture": False})
	return lists


def aftersales_moment(value: datetime | str | None) -> str:
	"""Date in the user's format and time to the minute; empty without a value."""
	return f"{format_date(value)} {format_time(value, 'HH:mm')}" if value else ""


def aftersales_quantity(value: float | None) -> str:
	"""A quantity or number of hours in the site's number format, without zeros after the last digit."""
	decimals = len(f"{flt(value, 3):.3f}".rstrip("0").split(".")[1])
	return fmt_money(flt(value, 3), precision=decimals)


def aftersales_hours(value: float | None) -> str:
	"""Hours for people: `1.5`, and minutes where no hundredth of an hour says it: `0:20`."""
	minutes = round(flt(value) * 60)
	if abs(flt(value) * 60 - minutes) > 0.01 or not round(flt(value, 2) - flt(value), 6):
		return aftersales_quantity(value)
	return f"{minutes // 60}:{minutes % 60:02}"


def _take_from_invoice(bill: frappe._dict, invoice: Document) -> None:
	bill.currency = invoice.currency
	bill.further = rounded(invoice.net_total - bill.net + bill.further)
	bill.net = flt(invoice.net_total)
	bill.taxes = _taxes_of(invoice)
	bill.total = total_of(invoice)
	if invoice.docstatus == 1:
		bill.invoice = invoice.name
		bill.outstanding = flt(invoice.outstanding_amount)


def _taxes_of(invoice: Document) -> list[tuple[str, float]]:
	taxes = [
		(tax.description or tax.account_head, flt(tax.tax_amount_after_discount_amount))
		for tax in invoice.taxes
		if flt(tax.tax_amount_after_discount_amount)
	]
	rounding = total_of(invoice) - flt(invoice.grand_total)
	return [*taxes, (_("Rounding"), rounding)] if rounded(rounding) else taxes


def _values(doctype: str, name: str, fields: tuple[str, ...]) -> frappe._dict:
	return frappe.db.get_value(doctype, name, fields, as_dict=True) or frappe._dict()


def _lines(text: str | None) -> list[str]:
	"""The lines of a text or of an address that Frappe rendered as HTML."""
	plain = strip_html_tags(_LINE_ENDS.sub("\n", text or ""))
	return [unescape(line).strip() for line in plain.splitlines() if line.strip()]


def aftersales_waiting(doc: Document) -> frappe._dict:
	"""What the notice about a product that nobody collects says, see `uncollected.notice_of`."""
	return uncollected.notice_of(doc)
