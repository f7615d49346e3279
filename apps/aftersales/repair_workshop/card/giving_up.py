"""A repair that is not made: the reason, the fee for the diagnosis, and what cannot be charged."""

import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.core.guards import require_value, status_changed_to
from aftersales.repair_workshop import card_rules as rules
from aftersales.service_calls import jobs
from aftersales.service_setup.settings import aftersales_settings


def require_reason_for_giving_up(card: Document) -> None:
	if card.status == rules.NOT_REPAIRABLE:
		require_value(card, "not_repairable_reason", _("Enter the reason for the customer."))
	if card.status == rules.DECLINED:
		require_value(card, "decline_reason", _("Record the reason for the decline."))


def charge_diagnosis_fee(card: Document) -> None:
	"""Nothing is repaired: the customer pays the fee for the diagnosis, where one is set; it may be taken off."""
	fee = aftersales_settings().diagnosis_fee_item
	if not fee or card.status not in rules.GIVEN_UP or not status_changed_to(card, card.status):
		return
	charged = [line for line in card.as_rule_lines() if line.activity == rules.FEE]
	if not charged and jobs.charge_rule(card.service_category) == jobs.CUSTOMER:
		card.append("parts", {"item_code": fee, "qty": 1})


def validate_charges_without_repair(card: Document) -> None:
	if card.status not in rules.GIVEN_UP:
		return
	if rules.charged_without_repair(card.as_rule_lines()):
		frappe.throw(
			_(
				"Nothing was repaired, so the customer can be charged for Diagnosis and Travel only. Change who the other lines are charged to, or remove them."
			),
			title=_(card.status),
		)
