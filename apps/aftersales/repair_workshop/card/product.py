"""Whose product a Repair Card is about, where it is, and what its call hears of the outcome."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form, now_datetime

from aftersales.core.guards import previous_status, set_protected_values, status_changed_to
from aftersales.customer_goods import custody, loaners
from aftersales.repair_workshop import card_rules as rules
from aftersales.repair_workshop import cards
from aftersales.service_calls import jobs
from aftersales.service_calls.calls import expect_repair_by, resolve_from_job


def take_values_from_receipt(card: Document) -> None:
	if not card.collection_receipt:
		return
	receipt = frappe.db.get_value(
		"Collection Receipt",
		card.collection_receipt,
		["repair_call", "customer", "equipment", "company"],
		as_dict=True,
	)
	for fieldname, value in (receipt or {}).items():
		if not card.get(fieldname):
			card.set(fieldname, value)


def check_receipt(card: Document) -> None:
	if not card.collection_receipt or not card.has_value_changed("collection_receipt"):
		return
	# The lock makes two cards for one receipt, saved at the same moment, wait for each other.
	receipt = frappe.db.get_value(
		"Collection Receipt",
		card.collection_receipt,
		["customer", "equipment", "docstatus", "status"],
		as_dict=True,
		for_update=True,
	)
	if not receipt or receipt.docstatus != 1:
		frappe.throw(
			_("Collection Receipt {0} is not issued, so the product is not in our custody.").format(
				frappe.bold(card.collection_receipt)
			)
		)
	if receipt.customer != card.customer or (receipt.equipment or None) != (card.equipment or None):
		frappe.throw(
			_("Collection Receipt {0} is for another customer or product.").format(
				frappe.bold(card.collection_receipt)
			)
		)
	others = [card.name for card in cards.cards_of_receipt(card.collection_receipt)]
	others = [name for name in others if name != card.name]
	if others:
		frappe.throw(
			_("{0} has Repair Card {1} already: one card per product.").format(
				card.collection_receipt, get_link_to_form("Repair Card", others[0])
			)
		)


def validate_product_is_here(card: Document) -> None:
	"""What is with a vendor can neither be checked nor finished nor called off (R-WS-10)."""
	if card.status in (rules.QUALITY_CHECK, rules.READY, *rules.GIVEN_UP, rules.CANCELLED):
		if status_changed_to(card, card.status) or card.docstatus:
			custody.validate_product_is_here("repair_card", card.name)


def check_quotation(card: Document) -> None:
	if not card.quotation or not card.has_value_changed("quotation"):
		return
	party = frappe.db.get_value("Quotation", card.quotation, ["quotation_to", "party_name", "company"])
	if party and party != ("Customer", card.customer, card.company):
		frappe.throw(
			_("Quotation {0} is for another customer or company.").format(frappe.bold(card.quotation))
		)


def require_recovered_receipt(card: Document) -> None:
	if not status_changed_to(card, rules.RETURNED) or not card.collection_receipt:
		return
	status = frappe.db.get_value("Collection Receipt", card.collection_receipt, "status")
	if status not in ("Recovered", "Voided"):
		frappe.throw(
			_("Recover Collection Receipt {0} first: the customer signs for the product there.").format(
				get_link_to_form("Collection Receipt", card.collection_receipt)
			),
			title=_("Receipt Not Recovered"),
		)


def require_loaner_back(card: Document) -> None:
	if status_changed_to(card, rules.RETURNED):
		loaners.validate_not_lent(card.repair_call)


def stamp_return(card: Document) -> None:
	if status_changed_to(card, rules.RETURNED):
		set_protected_values(card, returned_at=now_datetime())


def tell_call_about_outcome(card: Document) -> None:
	if card.repair_call:
		outcome = "Completed" if previous_status(card) == rules.READY else "Not Repairable"
		resolve_from_job(card.repair_call, outcome, resolution(card), jobs.codes(card))


def tell_call_the_promised_return(card: Document) -> None:
	"""The call's next action is due when the product is promised back; a step tells it again, to a call that went on since."""
	changed = card.has_value_changed("promised_return") or card.has_value_changed("status")
	if card.repair_call and card.promised_return and changed:
		expect_repair_by(card.repair_call, card.promised_return)


def resolution(card: Document) -> str | None:
	"""How the call ended, in words for its register."""
	if previous_status(card) == rules.DECLINED:
		return _("Repair declined by the customer: {0}").format(card.decline_reason)
	if previous_status(card) == rules.NOT_REPAIRABLE:
		return _("Not repairable: {0}").format(card.not_repairable_reason)
	return card.diagnosis


def put_call_back_to_work(card: Document) -> None:
	if card.repair_call:
		resolve_from_job(
			card.repair_call,
			"Taken to Workshop",
			_("Repair Card {0} was cancelled.").format(card.name),
			{},
		)
