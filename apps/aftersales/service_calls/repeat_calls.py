"""Calls about the same product or from the same phone, finished ones and open ones (R-IN-7)."""

import re
from datetime import datetime

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.query_builder.functions import Coalesce
from frappe.utils import cint, get_datetime, now_datetime

from aftersales.core.input.requests import Moment, validate_call
from aftersales.installed_base.serial_rules import serial_key
from aftersales.service_calls.call_status_rules import FINISHED, NO_WORK_LEFT
from aftersales.service_calls.repeat_rules import PastJob, find_repeated
from aftersales.service_setup.settings import aftersales_settings

LOOK_BACK = 20  # jobs of one product that are looked at, latest first
PHONE_DIGITS = 8  # compared from the end, so that country code and trunk zero do not matter


def of_product(
	equipment: str | None = None,
	serial_no: str | None = None,
	serial_text: str | None = None,
	customer: str | None = None,
	exclude: str | None = None,
) -> list[frappe._dict]:
	"""Finished calls about failures of a product, the latest first; [] when nothing identifies the product.

	The product file identifies it first, then the Serial No, then the number on the plate together
	with the customer.
	"""
	product = _product_filter(equipment, serial_no, serial_text, customer)
	if not product:
		return []
	call = frappe.qb.DocType("Repair Call")
	kind = frappe.qb.DocType("Service Request Type")
	query = (
		frappe.qb.from_(call)
		.left_join(kind)
		.on(kind.name == call.request_type)
		.select(call.name, call.resolved_at, call.closed_at, call.symptom_code, call.resolved_by_phone)
		.where(call.status.isin(FINISHED) & (call.name != (exclude or "")))
		# An inspection or an installation was no repair that could have failed
		.where(Coalesce(kind.is_failure, 1) == 1)
		.orderby(call.closed_at, call.resolved_at, order=Order.desc)
		.limit(LOOK_BACK)
	)
	for fieldname, value in product.items():
		query = query.where(call[fieldname] == value)
	rows = query.run(as_dict=True)
	for row in rows:
		row.finished_at = row.closed_at or row.resolved_at
	return sorted((row for row in rows if row.finished_at), key=lambda row: row.finished_at, reverse=True)


def repeated_by(received_at: datetime | str, symptom: str | None, jobs: list, within_days: int) -> str | None:
	"""The finished call that a call received at `received_at` repeats, or None."""
	past = [PastJob(row.name, get_datetime(row.finished_at), row.symptom_code) for row in jobs]
	return find_repeated(get_datetime(received_at), symptom, past, within_days)


def last_repaired_symptom(jobs: list) -> str | None:
	"""Symptom of the latest repair among `jobs`; a call solved by phone is no repair."""
	return next((row.symptom_code for row in jobs if not row.resolved_by_phone), None)


def phone_key(phone: str | None) -> str | None:
	"""The digits by which two spellings of a phone number are recognised as the same."""
	digits = re.sub(r"\D", "", phone or "")
	return digits[-PHONE_DIGITS:] or None


@frappe.whitelist()
@validate_call
def find_related(
	customer: str | None = None,
	equipment: str | None = None,
	serial_no: str | None = None,
	serial_text: str | None = None,
	contact_phone: str | None = None,
	symptom_code: str | None = None,
	received_at: Moment | None = None,
	call: str | None = None,
	request_type: str | None = None,
) -> dict:
	"""What the desk should know before it registers one more call.

	Returns:
		open: open calls for the same product or from the same phone, each with `because`.
		repeats: name of the finished call this one would repeat, or None.

	Only calls the user may read are told of.
	"""
	frappe.has_permission("Repair Call", "read", throw=True)
	product = _product_filter(equipment, serial_no, serial_text, customer)
	phone = phone_key(contact_phone)
	found = {}
	for because, filters in (
		(_("same product"), product),
		(_("same phone"), {"phone_key": phone} if phone else None),
	):
		for row in _readable_open_calls(filters, exclude=call):
			found.setdefault(row.name, row).setdefault("because", because)
	jobs = []
	if _is_failure(request_type):
		jobs = of_product(equipment, serial_no, serial_text, customer, exclude=call)
	return {"open": list(found.values()), "repeats": _readable_repeat(jobs, symptom_code, received_at)}


def _is_failure(request_type: str | None) -> bool:
	found = request_type and frappe.get_cached_value("Service Request Type", request_type, "is_failure")
	return bool(found) if request_type else True


def _readable_open_calls(filters: dict | None, exclude: str | None) -> list[frappe._dict]:
	if not filters:
		return []
	return frappe.get_list(
		"Repair Call",
		filters={**filters, "status": ["not in", NO_WORK_LEFT], "name": ["!=", exclude or ""]},
		fields=["name", "subject", "status", "received_at", "customer_name", "call_owner"],
		order_by="received_at desc",
		limit=5,
	)


def _readable_repeat(jobs: list, symptom: str | None, received_at: str | None) -> str | None:
	within = cint(aftersales_settings().repeat_days)
	name = repeated_by(received_at or now_datetime(), symptom, jobs, within)
	return name if name and frappe.has_permission("Repair Call", "read", name) else None


def _product_filter(
	equipment: str | None, serial_no: str | None, serial_text: str | None, customer: str | None
) -> dict | None:
	if equipment:
		return {"equipment": equipment}
	if serial_no:
		return {"serial_no": serial_no}
	if (key := serial_key(serial_text)) and customer:
		return {"serial_key": key, "customer": customer}
	return None
