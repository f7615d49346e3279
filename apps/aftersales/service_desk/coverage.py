"""Loads what the registers know of a product and asks `coverage_rules` what covers it."""

from datetime import date

import frappe
from frappe.utils import getdate

from aftersales.service_billing import contracts
from aftersales.service_desk import equipment as product_files
from aftersales.service_desk import past_jobs
from aftersales.service_desk.coverage_rules import (
	Category,
	Coverage,
	KnownDates,
	propose_category,
	work_out,
)


def of_product(
	equipment: str | None = None,
	serial_no: str | None = None,
	on: date | str | None = None,
	symptom: str | None = None,
) -> Coverage:
	"""Coverage of a product on the day `on` (today when empty), for the symptom reported."""
	file = product_files.product_file(equipment) or frappe._dict()
	serial = product_files.serial_record(serial_no or file.serial_no) or frappe._dict()
	jobs = past_jobs.of_product(equipment=equipment) if file.repair_warranty_until else []
	contract = contracts.covering(file.customer, file.company, file.name, on)
	return from_records(file, serial, jobs, on, symptom, contract)


def from_records(
	file: frappe._dict,
	serial: frappe._dict,
	jobs: list[frappe._dict],
	on: date | str | None = None,
	symptom: str | None = None,
	contract: frappe._dict | None = None,
) -> Coverage:
	"""Coverage from records the caller has loaded: product file, Serial No, finished jobs, contract."""
	contract = contract or frappe._dict()
	known = KnownDates(
		serial_no=serial.name,
		serial_warranty_until=_date(serial.warranty_expiry_date),
		equipment=file.name,
		product_warranty_until=_date(file.warranty_until),
		repair_warranty_until=_date(file.repair_warranty_until),
		repaired_symptom=past_jobs.last_repaired_symptom(jobs),
		contract=contract.name,
		contract_until=_date(contract.end_date),
	)
	return work_out(known, getdate(on), symptom)


def category_for(coverage: str | None, request_type: str | None, support_kind: str | None) -> str | None:
	"""The Service Category a call's coverage, request type and kind of support propose."""
	return propose_category(
		coverage,
		support_kind,
		frappe.get_cached_value("Service Request Type", request_type, "default_service_category")
		if request_type
		else None,
		[Category(*row) for row in enabled_categories()],
	)


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
def coverage_today(equipment: str) -> dict:
	"""Coverage of a product as it stands today: kind, source, until, and the repair warranty."""
	doc = frappe.get_doc("Customer Equipment", equipment)
	doc.check_permission("read")
	answer = of_product(equipment=doc.name, serial_no=doc.serial_no, on=getdate())
	return {
		"kind": answer.kind,
		"source": answer.source,
		"until": answer.until,
		"repair_warranty_until": doc.repair_warranty_until,
	}
