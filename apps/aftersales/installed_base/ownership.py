"""Asks what ERPNext and our product files say of a product's owner, and puts the concerns into words."""

from collections.abc import Callable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.query_builder import Order

from aftersales.installed_base import identity
from aftersales.installed_base.ownership_rules import Concern, ProductFacts, concerns, key_of
from aftersales.installed_base.serial_rules import serial_key


@dataclass(frozen=True)
class Doubt:
	"""What speaks against covering a product for a customer: a key to recognise it by, and sentences to ask by."""

	key: str
	text: str


def doubt(
	customer: str | None, file: frappe._dict, serial: frappe._dict, told_serial: str | None
) -> Doubt | None:
	"""What the agent has to ask about; None when nothing speaks against it.

	Args:
		customer: who calls.
		file: the product file (`name`, `status`, `serial_key`, `serial_text`); empty without one.
		serial: ERPNext's Serial No (`name`, `customer`, `warehouse`); empty without one.
		told_serial: the number the customer told.
	"""
	facts = _facts(customer, file, serial, told_serial)
	found = concerns(facts)
	if not found:
		return None
	return Doubt(key_of(found), " ".join(SENTENCES[concern.code](concern, facts) for concern in found))


def last_movement(serial_no: str) -> str | None:
	"""The document that moved a serial number last, such as "Delivery Note DN-1"; None where ERPNext knows none."""
	entry = frappe.qb.DocType("Serial and Batch Entry")
	bundle = frappe.qb.DocType("Serial and Batch Bundle")
	rows = (
		frappe.qb.from_(entry)
		.join(bundle)
		.on(bundle.name == entry.parent)
		.select(bundle.voucher_type, bundle.voucher_no)
		.where((entry.serial_no == serial_no) & (bundle.docstatus == 1) & (bundle.is_cancelled == 0))
		.orderby(bundle.creation, order=Order.desc)
		.orderby(bundle.name, order=Order.desc)
		.limit(1)
		.run()
	)
	return f"{_(rows[0][0])} {rows[0][1]}" if rows and rows[0][1] else None


def _facts(
	customer: str | None, file: frappe._dict, serial: frappe._dict, told_serial: str | None
) -> ProductFacts:
	told = serial_key(told_serial)
	is_former = bool(
		file.name
		and told
		and told != file.serial_key
		and file.name in identity.files_with_former_number(told)
	)
	other = identity.file_of_other_owner(customer, serial.name) if not file.name else None
	return ProductFacts(
		customer=customer,
		serial_no=serial.name,
		sold_to=serial.customer,
		warehouse=serial.warehouse,
		equipment=file.name,
		status=file.status,
		told_serial=told_serial,
		current_serial=(file.serial_text or file.serial_no) if is_former else None,
		other_file=other and other.name,
		other_owner=other and other.customer,
	)


def _in_stock(concern: Concern, facts: ProductFacts) -> str:
	moved = last_movement(facts.serial_no)
	if moved:
		return _("Serial No {0} is in our stock ({1}), last moved by {2}.").format(
			facts.serial_no, facts.warehouse, moved
		)
	return _("Serial No {0} is in our stock ({1}).").format(facts.serial_no, facts.warehouse)


def _other_customer(concern: Concern, facts: ProductFacts) -> str:
	moved = last_movement(facts.serial_no)
	if moved:
		return _("Serial No {0} was delivered to {1} by {2}, not to {3}.").format(
			facts.serial_no, facts.sold_to, moved, facts.customer
		)
	return _("Serial No {0} belongs to {1}, not to {2}.").format(
		facts.serial_no, facts.sold_to, facts.customer
	)


def _replaced(concern: Concern, facts: ProductFacts) -> str:
	return _("The product with the number {0} was replaced: {1} has the number {2} now.").format(
		facts.told_serial, facts.equipment, facts.current_serial
	)


def _gone(concern: Concern, facts: ProductFacts) -> str:
	return _("Product file {0}: {1}.").format(facts.equipment, _(facts.status))


def _other_file(concern: Concern, facts: ProductFacts) -> str:
	return _(
		"Product file {0} of {1} has this serial number. If the product was sold, change the owner there."
	).format(facts.other_file, facts.other_owner)


SENTENCES: dict[str, Callable[[Concern, ProductFacts], str]] = {
	"in_stock": _in_stock,
	"other_customer": _other_customer,
	"replaced": _replaced,
	"gone": _gone,
	"other_file": _other_file,
}
