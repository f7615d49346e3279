"""The state of a Repair Card and the log of its states."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, now_datetime

from aftersales.core.guards import previous_status, require_role
from aftersales.core.roles import SUPERVISORS
from aftersales.repair_workshop import card_rules as rules
from aftersales.service_calls import jobs


def validate_state(card: Document) -> None:
	before = card.get_doc_before_save()
	if card.docstatus == 1 and not (before and before.docstatus == 1):
		validate_not_called_off(card)
		return
	if not rules.state_is_allowed(card.status, card.docstatus) or (
		card.docstatus == 1 and not rules.submitted_move_is_allowed(before.status, card.status)
	):
		frappe.throw(
			_(
				"{0} cannot be set here: Ready comes with submitting, Returned after it, Cancelled with cancelling."
			).format(frappe.bold(_(card.status))),
			title=_("State", context="After-sales"),
		)
	if previous_status(card) == rules.CANCELLED and card.status != rules.CANCELLED:
		require_role(SUPERVISORS, _("Resuming a cancelled card"))


def validate_not_called_off(card: Document) -> None:
	if rules.CANCELLED in (card.status, previous_status(card)):
		frappe.throw(_("This card was cancelled. Resume it before finishing it."))


def validate_state_log(card: Document) -> None:
	"""The state log is written by the app: rows sent by a client have to be the stored ones."""
	before = card.get_doc_before_save()
	stored = [(row.name, row.status, row.entered_at, row.user) for row in before.state_log] if before else []
	sent = [(row.name, row.status, get_datetime(row.entered_at), row.user) for row in card.state_log]
	if before is None:
		card.set("state_log", [])
	elif sent != stored:
		frappe.throw(
			_("The history of states is set by the system and cannot be edited."), frappe.PermissionError
		)


def log_state(card: Document) -> None:
	if card.state_log and card.state_log[-1].status == card.status:
		return
	card.append(
		"state_log",
		{"status": card.status, "entered_at": now_datetime(), "user": frappe.session.user},
	)


def require_draft(card: Document) -> None:
	if card.docstatus:
		frappe.throw(_("Repair Card {0} is submitted already.").format(card.name))
