"""Loads what the registers know of a product and asks `coverage_rules` what covers it."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from aftersales.core.input.requests import validate_call
from aftersales.installed_base import equipment as product_files
from aftersales.installed_base import ownership
from aftersales.installed_base.serial_rules import serial_key
from aftersales.service_calls import repeat_calls
from aftersales.service_calls.entitlement import repairs
from aftersales.service_calls.entitlement.coverage_rules import (
	Category,
	Coverage,
	KnownDates,
	Proposal,
	Request,
	propose,
	work_out,
)
from aftersales.service_calls.entitlement.part_warranty_rules import FittedPart, fitted_on
from aftersales.service_contracts import contracts
from aftersales.service_setup.settings import aftersales_settings


def of_product(
	equipment: str | None = None,
	serial_no: str | None = None,
	on: date | str | None = None,
	symptom: str | None = None,
) -> Coverage:
	"""Coverage of a product on the day `on` (today when empty), for the symptom reported."""
	file = product_files.product_file(equipment) or frappe._dict()
	serial = product_files.serial_record(serial_no or file.serial_no) or frappe._dict()
	jobs = repeat_calls.of_product(equipment=equipment) if file.repair_warranty_until else []
	contract = contracts.covering(file.customer, file.company, file.name, on)
	if file and doubt_about(file, serial):
		return work_out(known_dates(frappe._dict(), frappe._dict(), [], contract), getdate(on), symptom)
	known = known_dates(file, serial, jobs, contract, repairs.fitted_parts(file.name))
	return work_out(known, getdate(on), symptom)


def doubt_about(file: frappe._dict, serial: frappe._dict) -> ownership.Doubt | None:
	"""What speaks against the product's being its customer's, unless somebody has said why it is."""
	doubt = ownership.doubt(file.customer, file, serial, None)
	return doubt if doubt and doubt.key != file.ownership_confirmed else None


def known_dates(
	file: frappe._dict,
	serial: frappe._dict,
	jobs: list[frappe._dict],
	contract: frappe._dict | None = None,
	parts: Iterable[FittedPart] = (),
) -> KnownDates:
	"""What `coverage_rules` asks of a product, from records the caller has loaded.

	Args:
		file: the product file; empty without one.
		serial: the ERPNext Serial No; empty without one.
		jobs: finished calls of the product, the latest first.
		contract: the Service Contract in force.
		parts: parts that finished jobs fitted.
	"""
	contract = contract or frappe._dict()
	until = _date(file.repair_warranty_until)
	past = repairs.warranted(file.name) if until else []
	if until and repairs.gave_warranty(file.name, until):
		until = None  # the jobs tell it themselves, with what they repaired
	return KnownDates(
		serial_no=serial.name,
		serial_warranty_until=_date(serial.warranty_expiry_date),
		amc_until=_date(serial.amc_expiry_date),
		equipment=file.name,
		product_warranty_until=_date(file.warranty_until),
		labour_warranty_until=_date(file.labour_warranty_until),
		repair_warranty_until=until,
		repaired_symptom=repeat_calls.last_repaired_symptom(jobs),
		contract=contract.name,
		contract_until=_date(contract.end_date),
		repairs=tuple(past),
		parts=tuple(parts),
	)


def of_call(call: Document, known: KnownDates) -> Coverage:
	"""Coverage of a call's product on the day of receipt, for what the call says of the fault."""
	return work_out(
		known,
		getdate(call.received_at),
		call.symptom_code,
		call.fault_code,
		serial_key(call.part_serial_no),
	)


def proposal_for(coverage: str | None, request_type: str | None, support_kind: str | None) -> Proposal:
	"""The Service Category that a call's coverage, request type and kind of support propose, and why."""
	fields = ("is_failure", "covered_by_contract", "default_service_category")
	kind = request_type and frappe.get_cached_value(
		"Service Request Type", request_type, fields, as_dict=True
	)
	kind = kind or frappe._dict(is_failure=1)
	request = Request(
		is_failure=bool(kind.is_failure),
		by_contract=bool(kind.covered_by_contract),
		support_kind=support_kind,
		type_default=kind.default_service_category,
	)
	covers_work = bool(aftersales_settings().part_warranty_covers_work)
	return propose(coverage, request, [Category(*row) for row in enabled_categories()], covers_work)


def enabled_categories() -> list[tuple]:
	"""Enabled Service Categories by name: (name, charge_rule, requires_authorisation)."""
	category = frappe.qb.DocType("Service Category")
	rows = (
		frappe.qb.from_(category)
		.select(category.name, category.charge_rule, category.requires_authorisation)
		.where(category.disabled == 0)
		.orderby(category.name)
	).run()
	return [(name, charge_rule, bool(authorised)) for name, charge_rule, authorised in rows]


def _date(value) -> date | None:
	return getdate(value) if value else None


@frappe.whitelist()
@validate_call
def coverage_today(equipment: str) -> dict:
	"""Coverage of a product as it stands today.

	Returns:
		kind, source, until, repair_warranty_until; parts: the fitted parts under warranty, each `part` and
		`until`; concern: what speaks against the customer's owning the product, if anything.
	"""
	doc = frappe.get_doc("Customer Equipment", equipment)
	doc.check_permission("read")
	answer = of_product(equipment=doc.name, serial_no=doc.serial_no, on=getdate())
	serial = product_files.serial_record(doc.serial_no) or frappe._dict()
	doubt = doubt_about(product_files.product_file(doc.name), serial)
	return {
		"kind": answer.kind,
		"source": answer.source,
		"until": answer.until,
		"repair_warranty_until": doc.repair_warranty_until,
		"parts": [
			{"part": part.item_name or part.item_code, "until": part.until}
			for part in fitted_on(repairs.fitted_parts(doc.name), getdate())
		],
		"concern": doubt and doubt.text,
	}
