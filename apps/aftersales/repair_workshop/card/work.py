"""The work on a Repair Card: diagnosis, repair, check, hand-over, and the clocks of technicians."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from aftersales.core.guards import require_role, set_protected_values
from aftersales.core.input.requests import validate_call
from aftersales.core.roles import SUPERVISORS
from aftersales.repair_workshop import card_rules as rules
from aftersales.repair_workshop import time_tracking
from aftersales.repair_workshop.card import quality
from aftersales.repair_workshop.card.state import require_draft
from aftersales.service_billing.service_job import ServiceJob
from aftersales.service_calls import jobs


class WorkActions(ServiceJob):
	"""Work on the bench, its check, and the end of it."""

	@frappe.whitelist()
	@validate_call
	def start_diagnosis(self) -> None:
		"""Received → Diagnosing."""
		self.move_to(rules.DIAGNOSING)

	@frappe.whitelist()
	@validate_call
	def start_repair(self) -> None:
		"""→ In Repair.

		Raises:
			frappe.ValidationError: the customer pays and has not accepted.
		"""
		self.move_to(rules.IN_REPAIR)

	@frappe.whitelist()
	@validate_call
	def give_up(self, reason: str) -> None:
		"""Beyond economic repair: → Not Repairable.

		Raises:
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("write")
		self.not_repairable_reason = reason
		self.status = rules.NOT_REPAIRABLE
		self.save()

	@frappe.whitelist()
	@validate_call
	def hand_to_check(self) -> None:
		"""The repair is done: → Quality Check; repairer and time are stamped."""
		self.move_to(rules.QUALITY_CHECK)

	@frappe.whitelist()
	@validate_call
	def verify(self, notes: str | None = None, signature: str | None = None) -> None:
		"""Confirm the repair as a supervisor who had no hand in it; or, where the settings allow it, sign for one's own.

		Args:
			signature: of the user, as a picture; only stored where the check is of one's own repair.

		Raises:
			frappe.PermissionError: the user is no supervisor, or worked on the product.
			frappe.MandatoryError: the user checks a repair of their own and has not signed.
			frappe.ValidationError: the card is not in Quality Check.
		"""
		self.check_permission("write")
		require_role(SUPERVISORS, _("Verifying a repair"))
		if self.status != rules.QUALITY_CHECK or self.docstatus:
			frappe.throw(_("A repair is verified in state {0}.").format(frappe.bold(_(rules.QUALITY_CHECK))))
		if notes:
			self.verification_notes = notes
		own = not rules.may_verify(frappe.session.user, time_tracking.users_who_worked(self))
		set_protected_values(
			self,
			verified_by=frappe.session.user,
			verified_at=now_datetime(),
			own_check=int(own),
			verification_signature=signature if own else None,
		)
		quality.validate_verification(self)
		self.save()

	@frappe.whitelist()
	@validate_call
	def finish(self) -> None:
		"""Submit: → Ready (or the state in which it was given up); parts and invoice are posted.

		Raises:
			frappe.ValidationError: not verified, more than approved, or the job cannot be posted.
		"""
		self.check_permission("submit")
		self.submit()

	@frappe.whitelist()
	@validate_call
	def hand_over(self) -> None:
		"""The customer has their product back: → Returned.

		Raises:
			frappe.ValidationError: the Collection Receipt is not recovered.
		"""
		self.check_permission("submit")
		self.status = rules.RETURNED
		self.save()

	@frappe.whitelist()
	@validate_call
	def start_work(self, technician: str | None = None) -> None:
		"""Start the clock of a technician (the user's own when empty) on this card.

		Raises:
			frappe.ValidationError: the technician has a running clock already.
			frappe.PermissionError: for somebody else, without being a supervisor.
		"""
		self.check_permission("write")
		require_draft(self)
		time_tracking.start(self, technician)
		self.save()

	@frappe.whitelist()
	@validate_call
	def stop_work(self, technician: str | None = None) -> None:
		"""Stop the running clock of a technician (the user's own when empty) on this card.

		Raises:
			frappe.ValidationError: none is running.
		"""
		self.check_permission("write")
		time_tracking.stop(self, technician)
		self.save()

	@frappe.whitelist()
	@validate_call
	def charge_time(self) -> int:
		"""Add a labour line for each finished time log that has none; return how many were added."""
		self.check_permission("write")
		require_draft(self)
		added = time_tracking.charge(self)
		if added:
			self.save()
		return added
