"""The check of a repair by a second person, or by the repairer who signs for it."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_fullname, get_link_to_form, now_datetime

from aftersales.core.guards import previous_status, set_protected_values
from aftersales.repair_workshop import card_rules as rules
from aftersales.repair_workshop import time_tracking
from aftersales.service_setup.settings import aftersales_settings
from aftersales.service_staff.technicians import technicians_of_user


def stamp_repair(card: Document) -> None:
	if card.status != rules.QUALITY_CHECK or (
		previous_status(card) == rules.QUALITY_CHECK and card.repaired_by
	):
		return
	repairer = rules.repairer(
		technicians_of_user(frappe.session.user),
		time_tracking.logs_of(card),
		[line.technician for line in card.labour if line.technician],
		card.assigned_technician,
	)
	if not repairer:
		frappe.throw(
			_("Enter who repaired it in {0}, or start and stop the work.").format(
				frappe.bold(_(card.meta.get_label("assigned_technician")))
			),
			frappe.MandatoryError,
		)
	set_protected_values(card, repaired_by=repairer, repaired_at=now_datetime())


def withdraw_verification(card: Document) -> None:
	"""A card that goes back to work, or whose work was changed since, has to be verified anew."""
	if not card.verified_by:
		return
	back_to_work = card.docstatus == 0 and card.status != rules.QUALITY_CHECK
	before = card.get_doc_before_save()
	changed = before.verified_by and time_tracking.work_done(before) != time_tracking.work_done(card)
	if back_to_work or changed:
		set_protected_values(
			card, verified_by=None, verified_at=None, own_check=0, verification_signature=None
		)


def require_verification(card: Document) -> None:
	if card.status in rules.GIVEN_UP:
		return
	if not card.verified_by or previous_status(card) != rules.QUALITY_CHECK:
		frappe.throw(
			_("A supervisor other than the repairer has to verify the repair first (state {0}).").format(
				_(rules.QUALITY_CHECK)
			),
			title=_("Not Verified"),
		)
	validate_verification(card)


def is_checked_by_repairer(card: Document, user: str) -> bool:
	"""Whether `user` worked on the product and may verify its repair all the same."""
	allowed = aftersales_settings().own_check_allowed
	return bool(allowed) and not rules.may_verify(user, time_tracking.users_who_worked(card))


def validate_verification(card: Document) -> None:
	"""A second person verifies; in a workshop of one the repairer does, and signs (own_check_allowed)."""
	if rules.may_verify(card.verified_by, time_tracking.users_who_worked(card)):
		return
	if not (card.own_check and aftersales_settings().own_check_allowed):
		frappe.throw(
			_(
				"{0} worked on this product. A second person has to verify the repair, unless {1} is set in {2}."
			).format(
				frappe.bold(get_fullname(card.verified_by)),
				frappe.bold(_("Allow Own Quality Check with Signature")),
				get_link_to_form("Aftersales Settings", "Aftersales Settings"),
			),
			frappe.PermissionError,
			title=_("Second Check Required"),
		)
	if not card.verification_signature:
		frappe.throw(
			_("Sign for the check of your own repair."), frappe.MandatoryError, title=_("Missing Signature")
		)


def stamp_ready(card: Document) -> None:
	if card.status == rules.READY:
		set_protected_values(card, ready_at=now_datetime())
