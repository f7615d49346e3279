"""Products that are ready and that nobody collects: reminders, storage fee, sale or disposal after the lawful time.

An Uncollected Product is kept by the daily job for each Repair Card that waits longer than the first reminder; it ends
when the product is collected, or is disposed of by a manager.
"""

import re
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, fmt_money, get_link_to_form, getdate, nowdate

from aftersales.core import dimensions
from aftersales.core.guards import privileged, require_role
from aftersales.core.input.requests import validate_call
from aftersales.core.roles import MANAGER, SUPERVISORS_AND_ACCOUNTANTS
from aftersales.core.selling_terms import (
	KEY,
	billing_currency,
	posting_key,
	save_privileged,
	set_customer_terms,
)
from aftersales.repair_workshop import card_rules
from aftersales.repair_workshop import uncollected_rules as rules
from aftersales.service_posting.invoicing.invoices import submits_at_once
from aftersales.service_setup.settings import aftersales_settings

DOCTYPE = "Uncollected Product"
CARD = "Repair Card"
OPEN, COLLECTED, DISPOSED = "Open", "Collected", "Disposed"
DISPOSALS = ("Sold", "Given Away", "Scrapped")
WAITING = (card_rules.READY, *card_rules.GIVEN_UP)


def note_all() -> None:
	"""Daily: open a record for each product that waits; close those that were collected. Safe to repeat."""
	terms = _terms()
	if terms.remind_every <= 0:
		return
	for card in frappe.get_all(
		CARD,
		filters={"docstatus": 1, "status": ("in", WAITING), "customer": ("is", "set")},
		fields=[
			"name",
			"repair_call",
			"equipment",
			"customer",
			"company",
			"ready_at",
			"posted_at",
			"modified",
		],
		order_by="name asc",
	):
		ready_on = getdate(card.ready_at or card.posted_at or card.modified)
		if rules.is_due(ready_on, None, getdate(), terms) and not frappe.db.exists(
			DOCTYPE, {"repair_card": card.name}
		):
			_open(card, ready_on)


def card_changed(card: Document, method: str | None = None) -> None:
	"""doc_events on_change of a Repair Card: who has the product again is reminded no more."""
	if card.status in WAITING or card.docstatus == 0:
		return
	for name in frappe.get_all(
		DOCTYPE, {"repair_card": card.name, "status": OPEN}, pluck="name", order_by="name asc"
	):
		frappe.get_doc(DOCTYPE, name).db_set("status", COLLECTED, notify=True)


def to_remind() -> list[str]:
	"""Names of the products whose customers are reminded today."""
	terms = _terms()
	rows = frappe.get_all(
		DOCTYPE, {"status": OPEN}, ["name", "ready_on", "reminded_on"], order_by="ready_on asc, name asc"
	)
	return [row.name for row in rows if rules.is_due(row.ready_on, row.reminded_on, getdate(), terms)]


def take_reminder(name: str) -> frappe._dict | None:
	"""Note that a customer is reminded, and say of what; None when somebody else did, or the product was collected.

	The row is locked, so that of two who remind at once one does.
	"""
	fields = [
		"name",
		"status",
		"ready_on",
		"reminded_on",
		"reminders",
		"repair_call",
		"repair_card",
		"equipment",
	]
	row = frappe.db.get_value(DOCTYPE, name, fields, as_dict=True, for_update=True)
	if not row or row.status != OPEN or not rules.is_due(row.ready_on, row.reminded_on, getdate(), _terms()):
		return None
	frappe.db.set_value(DOCTYPE, name, {"reminders": cint(row.reminders) + 1, "reminded_on": nowdate()})
	return row


@frappe.whitelist(methods=["POST"])
@validate_call
def charge_storage(name: str) -> str:
	"""Invoice the storage up to today that was not charged yet; return the Sales Invoice.

	Raises:
		frappe.PermissionError: the user is no supervisor, manager or accountant.
		frappe.ValidationError: nothing is due, or no item is set to charge it by.
	"""
	require_role(SUPERVISORS_AND_ACCOUNTANTS, _("Charging storage"))
	doc = _locked(name)
	days = rules.storage_days(doc.ready_on, doc.charged_until, getdate(), _terms())
	if days <= 0:
		frappe.throw(_("No storage is due for {0} yet.").format(doc.name))
	item = aftersales_settings().storage_fee_item
	if not item:
		frappe.throw(
			_("Set {0} in Aftersales Settings: a day of storage is charged by it.").format(
				frappe.bold(_("Storage Fee Item"))
			),
			frappe.MandatoryError,
		)
	invoice = _storage_invoice(doc, item, days)
	doc.db_set({"charged_until": nowdate(), "storage_invoice": invoice.name}, notify=True)
	return invoice.name


@frappe.whitelist(methods=["POST"])
@validate_call
def dispose(name: str, disposal: str, reason: str) -> None:
	"""The lawful time is over: the product is sold, given away or scrapped; its receipt is closed by declaration.

	Raises:
		frappe.PermissionError: the user is no manager.
		frappe.MandatoryError: no reason.
		frappe.ValidationError: too early, too few reminders, or another way than Sold, Given Away or Scrapped.
	"""
	require_role((MANAGER,), _("Disposing of a customer's product"))
	doc = _locked(name)
	if disposal not in DISPOSALS:
		frappe.throw(
			_("{0} cannot be chosen. Choose one of: {1}.").format(
				frappe.bold(escape_html(disposal)), ", ".join(_(way) for way in DISPOSALS)
			)
		)
	if not (reason or "").strip():
		frappe.throw(_("Enter the reason for the disposal."), frappe.MandatoryError)
	_validate_time(doc)
	doc.db_set(
		{
			"status": DISPOSED,
			"disposal": disposal,
			"disposed_on": nowdate(),
			"disposed_by": frappe.session.user,
			"disposal_reason": reason.strip(),
		},
		notify=True,
	)
	_close_custody(doc, f"{_(disposal)}: {reason.strip()}")


def claim_storage(invoice: Document) -> None:
	"""before_insert of a Sales Invoice: an amendment charges the days that the cancelled invoice did.

	Raises:
		frappe.ValidationError: they were charged by another invoice meanwhile.
	"""
	original = invoice.get("amended_from")
	key = original and frappe.db.get_value("Sales Invoice", original, KEY)
	if invoice.get(KEY) or not key or not key.startswith(f"{DOCTYPE}/"):
		return
	name, until = _of_key(key)
	doc = frappe.db.get_value(
		DOCTYPE, name, ["charged_until", "storage_invoice"], as_dict=True, for_update=True
	)
	if doc and doc.charged_until and getdate(doc.charged_until) >= until:
		frappe.throw(
			_("Storage up to {0} was charged by {1} meanwhile.").format(
				frappe.utils.formatdate(until), get_link_to_form("Sales Invoice", doc.storage_invoice)
			)
		)
	invoice.set(KEY, _storage_key(name, until))


def note_storage(invoice: Document) -> None:
	"""after_insert of a Sales Invoice: the product names the amendment that charges its storage."""
	key = invoice.get(KEY) or ""
	if invoice.get("amended_from") and key.startswith(f"{DOCTYPE}/"):
		name, until = _of_key(key)
		frappe.get_doc(DOCTYPE, name).db_set(
			{"charged_until": until, "storage_invoice": invoice.name}, notify=True
		)


def release_storage(invoice: Document) -> None:
	"""on_cancel and on_trash of a Sales Invoice: the days of storage since the invoice before it can be charged again.

	However many days the invoice names: an accountant may have charged fewer. Where a later invoice was made meanwhile,
	its days are charged and these are not asked for again.
	"""
	key = invoice.get(KEY) or ""
	if not key.startswith(f"{DOCTYPE}/") or key.endswith(f"/{invoice.name}"):
		return
	name, until = _of_key(key)
	doc = frappe.get_doc(DOCTYPE, name, for_update=True)
	if invoice.docstatus == 2:
		# The key is free for another invoice; an amendment still finds what it was
		invoice.db_set(KEY, f"{key}/{invoice.name}", update_modified=False)
	if doc.charged_until and getdate(doc.charged_until) > until:
		doc.add_comment(
			"Info",
			_(
				"{0} is gone; storage was charged up to {1} since, the days of it are not charged again."
			).format(invoice.name, doc.get_formatted("charged_until")),
		)
		return
	before = frappe.get_all(
		"Sales Invoice",
		{KEY: ("like", _storage_key(name, "%")), "docstatus": ("<", 2), "name": ("!=", invoice.name)},
		["name", KEY],
		order_by=f"{KEY} desc",
		limit=1,
	)
	doc.db_set(
		{
			"storage_invoice": before[0].name if before else None,
			"charged_until": _of_key(before[0][KEY])[1] if before else None,
		},
		notify=True,
	)


def notice_of(doc: Document) -> frappe._dict:
	"""For the notice to the customer: fee_from, disposal_from (None where the site has neither), receipt, due of the repair,
	and law: what the company's country has it say."""
	terms, ready_on = _terms(doc.company), getdate(doc.ready_on)
	has_fee = bool(aftersales_settings().storage_fee_item)
	card = frappe.db.get_value(CARD, doc.repair_card, ["collection_receipt", "sales_invoice"], as_dict=True)
	owed = card.sales_invoice and frappe.db.get_value(
		"Sales Invoice",
		{"name": card.sales_invoice, "docstatus": 1},
		["outstanding_amount", "party_account_currency"],
		as_dict=True,
	)
	return frappe._dict(
		fee_from=rules.fee_from(ready_on, terms) if has_fee else None,
		disposal_from=rules.disposal_from(ready_on, terms),
		receipt=card.collection_receipt,
		law=_of_company(doc.company, "collection_notice") or "",
		due=fmt_money(owed.outstanding_amount, currency=owed.party_account_currency)
		if owed and owed.outstanding_amount > 0
		else "",
	)


def _validate_time(doc: Document) -> None:
	terms = _terms(doc.company)
	left = rules.days_to_disposal(doc.ready_on, getdate(), terms)
	if left is None:
		frappe.throw(
			_("Customers' products are not disposed of here (Aftersales Settings, Dispose after Days).")
		)
	if left:
		frappe.throw(
			_("{0} cannot be disposed of yet: {1} days are left.").format(doc.name, left),
			title=_("Too Early"),
		)
	if cint(doc.reminders) < terms.least_reminders:
		frappe.throw(
			_(
				"The customer was reminded {0} times. Remind at least {1} times before disposing of the product."
			).format(cint(doc.reminders), terms.least_reminders)
		)


def _close_custody(doc: Document, declaration: str) -> None:
	card = frappe.get_doc(CARD, doc.repair_card)
	if card.collection_receipt:
		receipt = frappe.get_doc("Collection Receipt", card.collection_receipt)
		if receipt.status == "Issued":
			privileged(receipt).declare_lost(declaration)
	card.reload()
	card.add_comment(
		"Info", _("Disposed of, because nobody collected it. {0}").format(escape_html(declaration))
	)
	if card.status != card_rules.RETURNED:
		card.status = card_rules.RETURNED
		privileged(card).save()
	if doc.equipment:
		file = frappe.get_doc("Customer Equipment", doc.equipment)
		file.status = "Scrapped" if doc.disposal == "Scrapped" else "Returned"
		privileged(file).save()


def _open(card: frappe._dict, ready_on) -> None:
	doc = frappe.new_doc(DOCTYPE)
	doc.update(
		{
			"repair_card": card.name,
			"repair_call": card.repair_call,
			"equipment": card.equipment,
			"customer": card.customer,
			"customer_name": frappe.get_cached_value("Customer", card.customer, "customer_name"),
			"company": card.company,
			"ready_on": ready_on,
		}
	)
	privileged(doc).insert()


def _locked(name: str) -> Document:
	doc = frappe.get_doc(DOCTYPE, name, for_update=True)
	doc.check_permission("read")
	if doc.status != OPEN:
		frappe.throw(_("{0} is {1} already.").format(get_link_to_form(DOCTYPE, doc.name), _(doc.status)))
	return doc


def _storage_invoice(doc: Document, item: str, days: int) -> Document:
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": doc.customer,
			"company": doc.company,
			"currency": billing_currency(doc),
			"posting_date": nowdate(),
			"update_stock": 0,
			**dimensions.of_job_named(CARD, doc.repair_card, doc.company),
			"aftersales_call": doc.repair_call,
			KEY: _storage_key(doc.name, nowdate()),
			"items": [
				{
					"item_code": item,
					"qty": days,
					"description": _("Storage of {0} up to {1}").format(
						doc.repair_card, frappe.utils.formatdate(nowdate())
					),
				}
			],
		}
	)
	set_customer_terms(invoice)
	save_privileged(invoice, submits_at_once())
	return invoice


def _storage_key(name: str, until: date | str) -> str:
	"""The unique key of the invoice that charges the storage of a product up to a day."""
	return f"{posting_key(DOCTYPE, name, 'Sales Invoice')}/{until}"


def _of_key(key: str) -> tuple[str, date]:
	"""Product and day of :func:`_storage_key`, also of an invoice that was cancelled."""
	found = re.fullmatch(rf"{DOCTYPE}/(.+)/Sales Invoice/(\d{{4}}-\d\d-\d\d)(/.*)?", key)
	return found[1], getdate(found[2])


def _terms(company: str | None = None) -> rules.Terms:
	"""The site's terms; with the time that the law of a company's country asks for, where that is set."""
	settings = aftersales_settings()
	return rules.Terms(
		cint(settings.collect_remind_days),
		cint(settings.storage_free_days),
		cint(_of_company(company, "dispose_after_days")) or cint(settings.dispose_after_days),
	)


def _of_company(company: str | None, field: str) -> str | int | None:
	return next(
		(row.get(field) for row in aftersales_settings().billing_accounts if row.company == company), None
	)
