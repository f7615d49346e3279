"""Loads what the registers know of a product and asks `coverage_rules` what covers it."""

from datetime import date

import frappe
from frappe.utils import getdate

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
	file: frappe._dict | None = None,
	jobs: list | None = None,
) -> Coverage:
	"""Coverage of a product on a day.

	Args:
		equipment: its product file.
		serial_no: its ERPNext Serial No (only read, never written).
		on: the day of receipt; today when empty.
		symptom: Fault Code the customer reports.
		file, jobs: what the caller has already loaded of the product file and its finished jobs.
	"""
	file = file or product_files.product_file(equipment) or frappe._dict()
	if file.repair_warranty_until and jobs is None:
		jobs = past_jobs.of_product(equipment=equipment)
	serial_no = serial_no or file.serial_no
	known = KnownDates(
		serial_no=serial_no,
		serial_warranty_until=_date(_serial_warranty(serial_no)),
		equipment=file.name,
		product_warranty_until=_date(file.warranty_until),
		repair_warranty_until=_date(file.repair_warranty_until),
		repaired_symptom=past_jobs.last_repaired_symptom(jobs or []),
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
	rows = frappe.get_all(
		"Service Category",
		filters={"disabled": 0},
		fields=["name", "charge_rule", "requires_authorisation"],
		order_by="name",
	)
	return [(row.name, row.charge_rule, bool(row.requires_authorisation)) for row in rows]


def _serial_warranty(serial_no: str | None):
	return frappe.db.get_value("Serial No", serial_no, "warranty_expiry_date") if serial_no else None


def _date(value) -> date | None:
	return getdate(value) if value else None
