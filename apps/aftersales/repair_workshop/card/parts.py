"""Parts of a Repair Card: reserved, requested, replaced by substitutes, given back."""

import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.core.guards import status_changed_to
from aftersales.core.input.requests import Day, validate_call
from aftersales.repair_workshop import card_rules as rules
from aftersales.repair_workshop import parts_supply
from aftersales.repair_workshop.card.state import require_draft
from aftersales.service_billing.service_job import ServiceJob
from aftersales.spare_parts import old_parts, reservations
from aftersales.spare_parts.substitutes import substitutes_of


class PartsActions(ServiceJob):
	"""Buttons of the group Parts."""

	@frappe.whitelist()
	@validate_call
	def await_parts(self) -> None:
		"""→ Awaiting Parts; running work is stopped, what is there is set aside."""
		self.move_to(rules.AWAITING_PARTS)

	@frappe.whitelist()
	@validate_call
	def set_parts_aside(self) -> None:
		"""Set aside every stocked part of this card, so that no other job gets it.

		Raises:
			frappe.ValidationError: names each part that is short, and its substitutes; nothing is set aside.
		"""
		self.check_permission("write")
		require_draft(self)
		self.save()
		reservations.validate_stock_is_enough(self, reservations.reserve(self))

	@frappe.whitelist()
	@validate_call
	def request_parts(self, required_by: Day | None = None) -> list[str]:
		"""Set aside what is there and request the rest: → Awaiting Parts, until the parts have come.

		Args:
			required_by: date on which the parts are needed, default today.

		Returns:
			names of the Material Requests made; none when nothing is short, or all is on order.
		"""
		self.check_permission("write")
		require_draft(self)
		self.save()
		shares = reservations.reserve(self)
		requests = parts_supply.request_missing(self, shares, required_by)
		if self.status != rules.AWAITING_PARTS and any(share.missing for share in shares):
			self.status = rules.AWAITING_PARTS
			self.save()
		return requests

	@frappe.whitelist()
	@validate_call
	def use_substitute(self, line: str, item_code: str) -> None:
		"""Take a listed substitute instead of the part on a line.

		Args:
			line: name of the part line.
			item_code: one of the substitutes on the Spare Part of the line.

		Raises:
			frappe.ValidationError: there is no such line, or the item is not listed as its substitute.
		"""
		self.check_permission("write")
		require_draft(self)
		row = next((row for row in self.parts if row.name == line), None)
		if not row or item_code not in substitutes_of(row.item_code):
			frappe.throw(
				_("{0} is not listed as a substitute. List it in the Spare Part first.").format(
					frappe.bold(frappe.utils.escape_html(item_code))
				)
			)
		self.flags.substituted_line = row.name
		row.update(
			{
				"substitute_for": row.substitute_for or row.item_code,
				"item_code": item_code,
				"rate": 0,
				"serial_no": None,
				"batch_no": None,
			}
		)
		self.save()


def set_substitutes(card: Document) -> None:
	"""What a part stands in for is noted when it is chosen, and goes when the line wants another part."""
	before = card.get_doc_before_save()
	noted = {(line.name, line.item_code): line.substitute_for for line in (before.parts if before else [])}
	for line in card.parts:
		if line.name != card.flags.substituted_line:
			line.substitute_for = noted.get((line.name, line.item_code))


def validate_warehouse_company(card: Document) -> None:
	"""Before anything is set aside there: the card could never be posted with it."""
	for line in card.parts:
		found = line.warehouse and frappe.get_cached_value("Warehouse", line.warehouse, "company")
		if found and found != card.company:
			frappe.throw(
				_("Parts row {0}: warehouse {1} belongs to {2}, not to {3}. Choose another one.").format(
					line.idx,
					frappe.bold(frappe.utils.escape_html(line.warehouse)),
					frappe.utils.escape_html(found),
					frappe.utils.escape_html(card.company),
				)
			)


def require_old_parts_at_check(card: Document) -> None:
	"""An old part that has to come back is back when the repair is checked, or it is said why not (R-SP)."""
	if status_changed_to(card, rules.QUALITY_CHECK):
		old_parts.require_old_parts(card)


def set_parts_aside_when_due(card: Document) -> None:
	"""What the customer accepted, or the card waits for, is promised to it as far as it is there."""
	if status_changed_to(card, rules.APPROVED) or status_changed_to(card, rules.AWAITING_PARTS):
		reservations.reserve(card)
