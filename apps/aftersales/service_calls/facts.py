"""What the steps of a call's save read from other records: each is loaded once per save."""

from collections.abc import Callable, Iterable

import frappe
from frappe.model.document import Document

from aftersales.installed_base import equipment, ownership
from aftersales.service_calls import repeat_calls
from aftersales.service_calls.entitlement import repairs
from aftersales.service_calls.entitlement.part_warranty_rules import FittedPart
from aftersales.service_contracts import contracts
from aftersales.service_setup.settings import aftersales_settings

CUSTOMER_FIELDS = (
	"customer_name",
	"customer_primary_contact",
	"customer_primary_address",
	"mobile_no",
	"email_id",
	"territory",
)


def forget(call: Document) -> None:
	"""Start a save with nothing loaded, so that a second save of the same object reads anew."""
	call.flags.facts = {}


def request_type(call: Document, fieldname: str):
	"""A field of the call's Service Request Type."""
	if not call.request_type:
		return None
	return frappe.get_cached_value("Service Request Type", call.request_type, fieldname)


def customer(call: Document) -> frappe._dict:
	return _once(
		call,
		("customer", call.customer),
		lambda: frappe.db.get_value("Customer", call.customer, CUSTOMER_FIELDS, as_dict=True),
	)


def product_file(call: Document) -> frappe._dict:
	"""Fields of the call's Customer Equipment; empty without one."""
	return _once(call, ("product_file", call.equipment), lambda: equipment.product_file(call.equipment))


def serial(call: Document) -> frappe._dict:
	"""Fields of the call's ERPNext Serial No; empty without one."""
	return _once(call, ("serial", call.serial_no), lambda: equipment.serial_record(call.serial_no))


def contract(call: Document) -> frappe._dict:
	"""The service contract that covers the call's product on the day of receipt; empty without one."""
	key = ("contract", call.customer, call.company, call.equipment, str(call.received_at)[:10])
	return _once(call, key, lambda: contracts.covering(*key[1:]))


def finished_jobs(call: Document) -> list[frappe._dict]:
	"""Finished calls of the same product, the latest first."""
	product = (call.equipment, call.serial_no, call.serial_text, call.customer)
	return _once(
		call, ("finished_jobs", *product), lambda: repeat_calls.of_product(*product, exclude=call.name)
	)


def fitted_parts(call: Document) -> list[FittedPart]:
	"""Parts we fitted into the call's product that carry a warranty."""
	return (
		_once(
			call,
			("fitted_parts", call.equipment),
			lambda: repairs.fitted_parts(call.equipment, for_call=call.name),
		)
		or []
	)


def is_failure(call: Document) -> bool:
	"""True when the request type says that something has failed, and while no type is known."""
	return bool(request_type(call, "is_failure")) if call.request_type else True


def doubt(call: Document) -> ownership.Doubt | None:
	"""What speaks against covering the call's product for its customer."""
	told = call.serial_text or call.serial_no
	key = ("doubt", call.customer, call.equipment, call.serial_no, told)
	return (
		_once(call, key, lambda: ownership.doubt(call.customer, product_file(call), serial(call), told))
		or None
	)


def any_changed(call: Document, fieldnames: Iterable[str]) -> bool:
	"""True when this save changes one of the fields; always true for a new call."""
	return any(call.has_value_changed(fieldname) for fieldname in fieldnames)


def _once(call: Document, key: tuple, load: Callable):
	loaded = call.flags.setdefault("facts", {})
	if key not in loaded:
		loaded[key] = load() or frappe._dict()
	return loaded[key]
