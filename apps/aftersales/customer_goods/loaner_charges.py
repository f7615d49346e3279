"""A loaner that was lost, or came back damaged: charged to the customer, or written off, by decision."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, fmt_money, get_link_to_form, nowdate

from aftersales.core import dimensions
from aftersales.core.guards import require_role
from aftersales.core.money import rounded
from aftersales.core.roles import SUPERVISORS_AND_ACCOUNTANTS
from aftersales.core.selling_terms import billing_currency, save_privileged, set_customer_terms
from aftersales.service_posting.invoicing.invoices import submits_at_once
from aftersales.service_setup.settings import aftersales_settings

DECIDING_ROLES = SUPERVISORS_AND_ACCOUNTANTS
CHARGED, WRITTEN_OFF = "Charged", "Written Off"
CHARGEABLE_CONDITIONS = ("Damaged", "Incomplete")


def charge(loaner: str, amount: float, reason: str) -> str:
	"""Invoice `amount` (net, currency of the customer) for a loaner; return the Sales Invoice. Once for a loaner.

	Raises:
		frappe.PermissionError: the user decides nothing about loaners.
		frappe.ValidationError: the loaner is neither lost nor damaged, or it was decided before.
		frappe.MandatoryError: no amount, no reason, or no item to charge it by.
	"""
	doc = _undecided(loaner, reason)
	if not rounded(amount) > 0:
		frappe.throw(_("Enter the net amount to charge."), frappe.MandatoryError)
	item = aftersales_settings().loaner_charge_item
	if not item:
		frappe.throw(
			_("Set {0} in Aftersales Settings: loaners are charged by it.").format(
				frappe.bold(_("Loaner Charge Item"))
			),
			frappe.MandatoryError,
		)
	invoice = _invoice(doc, item, rounded(amount), reason)
	_decide(doc, CHARGED, reason, charge_invoice=invoice.name, charged_amount=rounded(amount))
	return invoice.name


def write_off(loaner: str, reason: str) -> None:
	"""Charge nobody for a loaner; the reason stays on it.

	Raises:
		as :func:`charge`.
	"""
	_decide(_undecided(loaner, reason), WRITTEN_OFF, reason)


def validate_not_charged(doc: Document) -> None:
	"""A Loaner Issue whose customer was charged is not cancelled before the invoice is.

	Raises:
		frappe.ValidationError: names the invoice.
	"""
	if doc.charge_invoice and frappe.db.get_value("Sales Invoice", doc.charge_invoice, "docstatus") in (0, 1):
		frappe.throw(
			_("Sales Invoice {0} charges this loaner. Cancel or delete it first.").format(
				get_link_to_form("Sales Invoice", doc.charge_invoice)
			)
		)


def release(invoice: Document) -> None:
	"""on_cancel and on_trash of a Sales Invoice: a loaner that it charged is to be decided about again."""
	for name in frappe.get_all(
		"Loaner Issue", {"charge_invoice": invoice.name}, pluck="name", order_by="name asc"
	):
		doc = frappe.get_doc("Loaner Issue", name)
		doc.db_set(
			{"charge_decision": None, "charge_invoice": None, "charged_amount": 0, "charge_reason": None},
			notify=True,
		)
		doc.add_comment(
			"Info",
			_("Sales Invoice {0} was cancelled or deleted: the loaner is not charged.").format(
				escape_html(invoice.name)
			),
		)


def _undecided(loaner: str, reason: str) -> Document:
	require_role(DECIDING_ROLES, _("Deciding about a lost or damaged loaner"))
	doc = frappe.get_doc("Loaner Issue", loaner, for_update=True)
	doc.check_permission("read")
	if not (reason or "").strip():
		frappe.throw(_("Enter the reason for the decision."), frappe.MandatoryError)
	is_damaged = doc.status == "Returned" and doc.return_condition in CHARGEABLE_CONDITIONS
	if doc.docstatus != 1 or not (doc.status == "Lost" or is_damaged):
		frappe.throw(
			_("{0} is neither lost nor damaged or incomplete: there is nothing to charge.").format(doc.name)
		)
	if doc.charge_decision:
		frappe.throw(
			_("It was decided already: {0}.").format(_(doc.charge_decision)), title=_("Decided Already")
		)
	return doc


def _invoice(doc: Document, item: str, amount: float, reason: str) -> Document:
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": doc.customer,
			"company": doc.company,
			"currency": billing_currency(doc),
			"posting_date": nowdate(),
			"update_stock": 0,
			**dimensions.of_job_named(None, None, doc.company),
			"aftersales_call": doc.repair_call,
			"items": [
				{
					"item_code": item,
					"qty": 1,
					"description": _("Loaner {0} ({1}): {2}").format(
						doc.item_name or doc.item_code, doc.name, reason
					),
				}
			],
		}
	)
	set_customer_terms(invoice, priced=True)
	invoice.ignore_pricing_rule = 1
	invoice.items[0].update(
		{"rate": amount, "discount_percentage": 0, "discount_amount": 0, "pricing_rules": None}
	)
	save_privileged(invoice, submits_at_once())
	return invoice


def _decide(doc: Document, decision: str, reason: str, **values) -> None:
	doc.db_set({"charge_decision": decision, "charge_reason": reason.strip(), **values}, notify=True)
	told = _(decision)
	if amount := flt(values.get("charged_amount")):
		told = f"{told}, {fmt_money(amount, currency=billing_currency(doc))}"
	doc.add_comment("Info", f"{told}: {escape_html(reason.strip())}")
