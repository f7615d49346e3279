"""Part lines that replace a part under warranty: who pays for them, and why (R-SP)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, format_date, getdate

from aftersales.installed_base import equipment as product_files
from aftersales.installed_base.serial_rules import serial_keys
from aftersales.service_calls.entitlement import reasons, repairs
from aftersales.service_calls.entitlement.coverage_rules import labour_is_over
from aftersales.service_calls.entitlement.part_warranty_rules import FittedPart, WantedPart, honoured

CUSTOMER, CONTRACT, WARRANTY = "Customer", "Contract", "Warranty"
PAID_BY_OTHERS = (CUSTOMER, CONTRACT)
"""Payers that a part's own warranty relieves; what is free already stays as it is."""


def honour(doc: Document) -> None:
	"""Note on each part line of a job the fitted part whose warranty pays for it, and say so.

	Sets `covered_by_line` and `payer_reason`; the payer itself is proposed by `job_lines`. What counts is the
	day the customer called, as for all coverage.
	"""
	covered = _covered_lines(doc)
	of_product = _parts_of_product(doc) if doc.parts else None
	for line in doc.parts:
		part = covered.get(_key(line))
		line.covered_by_line = part and part.line
		line.payer_reason = _sentence(part) if part else of_product


def payer(line: Document, default: str) -> str:
	"""Who pays for a part line in the first place: the warranty of part or product before customer and contract."""
	if (line.get("covered_by_line") or line.get("payer_reason")) and default in PAID_BY_OTHERS:
		return WARRANTY
	return default


def warranty_of_rework(line: Document) -> tuple[bool, object]:
	"""Whether a line replaced a part for free, and through when that part was warranted.

	Returns:
		(True, day or None) for a part put in under warranty, else (False, None).
	"""
	if not line.covered_by_line or line.charge_to == CUSTOMER:
		return False, None
	return True, frappe.db.get_value("Service Part Line", line.covered_by_line, "warranty_until")


def _covered_lines(doc: Document) -> dict[str, FittedPart]:
	if not doc.equipment or not doc.parts:
		return {}
	fitted = repairs.fitted_parts(
		doc.equipment, exclude=doc.name, for_call=doc.repair_call, for_failure=repairs.is_for_failure(doc)
	)
	if not fitted:
		return {}
	wanted = [
		WantedPart(
			line=_key(line),
			item_code=line.item_code,
			qty=flt(line.qty),
			removed=serial_keys(line.old_serial_no),
			substitute_for=line.substitute_for,
		)
		for line in doc.parts
	]
	return honoured(wanted, fitted, _day_of(doc))


def _parts_of_product(doc: Document) -> str | None:
	"""Why the product's own warranty pays for the parts of a job alone: that on labour is over; else None."""
	if not doc.equipment or not repairs.is_for_failure(doc):
		return None
	file = product_files.product_file(doc.equipment)
	if not file or not file.warranty_until or not file.labour_warranty_until:
		return None
	day = _day_of(doc)
	if getdate(file.warranty_until) < day or not labour_is_over(getdate(file.labour_warranty_until), day):
		return None
	return f"{reasons.parts_in_product_warranty(file.warranty_until)}."


def _day_of(doc: Document):
	received = doc.repair_call and frappe.db.get_value("Repair Call", doc.repair_call, "received_at")
	return getdate(received or doc.get("arrived_at") or doc.get("planned_start") or doc.get("received_at"))


def _key(line: Document) -> str:
	return str(line.idx)


def _sentence(part: FittedPart) -> str:
	return _("Replaces a part under warranty until {0}, fitted by {1}{2}.").format(
		format_date(part.until),
		reasons.named(part.job),
		f" ({part.serial_text})" if part.serial_text else "",
	)
