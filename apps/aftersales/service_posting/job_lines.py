"""Fills and checks the labour and part lines of a job before it is planned or posted."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, fmt_money, get_datetime, get_link_to_form

from aftersales.core.guards import has_any_role
from aftersales.core.roles import SUPERVISORS_AND_ACCOUNTANTS
from aftersales.service_calls.entitlement import part_warranty
from aftersales.service_contracts.contracts import default_payer
from aftersales.service_posting import service_charges
from aftersales.service_posting.job_category import category_of
from aftersales.service_posting.line_authorisation import (
	CUSTOMER,
	validate_hours,
	validate_rates,
)
from aftersales.service_posting.plan import bundles
from aftersales.service_posting.plan.exact_hours import HOUR_DIGITS
from aftersales.service_setup.settings import aftersales_settings


def complete_lines(doc: Document) -> None:
	"""Fill what a line may leave empty, and refuse a payer that was changed without right or reason.

	Hours come from the times, the payer from service category and contract, items from Aftersales Settings,
	the warehouse from the job, cost per hour (company currency) from the technician.

	Raises:
		frappe.ValidationError: names the row, the field and what to do.
		frappe.PermissionError: a payer or category that needs a supervisor.
	"""
	category = category_of(doc)
	_check_authorisation(doc, category)
	service_charges.set_lines(doc)
	for line in doc.labour:
		_fill_labour(doc, line)
	for line in doc.parts:
		_fill_part(doc, line)
	part_warranty.honour(doc)
	for line in (*doc.labour, *doc.parts):
		_keep_accepted_rate(doc, line)
		_set_payer(doc, line, category.charge_rule)
	service_charges.follow_amounts(doc)
	validate_rates(doc)
	validate_hours(doc)


def _check_authorisation(doc: Document, category: frappe._dict) -> None:
	if not category.requires_authorisation or not doc.has_value_changed("service_category"):
		return
	if not has_any_role(SUPERVISORS_AND_ACCOUNTANTS):
		frappe.throw(
			_("Service Category {0} ({1}) needs the authorisation of a supervisor.").format(
				category.name, _(category.title)
			),
			frappe.PermissionError,
		)


def _fill_labour(doc: Document, line: Document) -> None:
	if line.from_time and line.to_time:
		seconds = (get_datetime(line.to_time) - get_datetime(line.from_time)).total_seconds()
		if seconds < 0:
			frappe.throw(
				_("Labour row {0}: {1} ({2}) is before {3} ({4}).").format(
					line.idx, _("To", context="After-sales"), line.to_time, _("From"), line.from_time
				)
			)
		line.hours = flt(round(seconds) / 3600, HOUR_DIGITS)
	if not line.item_code:
		setting = "travel_item" if line.activity == "Travel" else "labour_item"
		line.item_code = aftersales_settings().get(setting)
	if not line.technician:
		line.technician = doc.get("technician") or doc.get("assigned_technician")
	if line.technician:
		line.cost_rate = frappe.get_cached_value("Service Technician", line.technician, "cost_rate")


def _fill_part(doc: Document, line: Document) -> None:
	item = frappe.get_cached_value(
		"Item", line.item_code, ["item_name", "stock_uom", "is_stock_item"], as_dict=True
	)
	if not item:
		frappe.throw(_("Parts row {0}: Item {1} does not exist.").format(line.idx, line.item_code))
	line.item_name = item.item_name
	line.uom = item.stock_uom
	line.contains = None if cint(item.is_stock_item) else bundles.described(line.item_code) or None
	if (cint(item.is_stock_item) or line.contains) and not line.warehouse:
		line.warehouse = doc.parts_warehouse


def _keep_accepted_rate(doc: Document, line: Document) -> None:
	"""The rate of a Quotation that the customer accepted stays; for another part it was not accepted.

	Raises:
		frappe.PermissionError: the rate was changed by somebody who may not.
	"""
	if "agreed_in" in (line.flags.written_by_app or {}):
		return
	before = doc.get_doc_before_save()
	was = next(
		(row for row in (before.get(line.parentfield) if before else ()) if row.name == line.name), None
	)
	line.agreed_in = was.agreed_in if was else None
	if not line.agreed_in:
		return
	if _authorised_item(was) != _authorised_item(line):
		line.agreed_in = None
		if flt(line.rate) == flt(was.rate):
			line.rate = 0
	elif flt(line.rate) != flt(was.rate):
		if not has_any_role(SUPERVISORS_AND_ACCOUNTANTS):
			frappe.throw(
				_(
					"{0} row {1}: the customer accepted {2} in {3}. Create a new Quotation, or ask a supervisor to change it."
				).format(
					_("Parts") if line.parentfield == "parts" else _("Labour"),
					line.idx,
					fmt_money(was.rate, currency=doc.currency),
					get_link_to_form("Quotation", was.agreed_in),
				),
				frappe.PermissionError,
				title=_("Accepted Rate"),
			)
		line.agreed_in = None


def _authorised_item(line: Document) -> str:
	return line.get("substitute_for") or line.item_code


def _set_payer(doc: Document, line: Document, charge_rule: str) -> None:
	expected = part_warranty.payer(line, default_payer(doc, line, charge_rule))
	if not line.charge_to or _follows_proposal(doc, line):
		line.charge_to = expected
	if line.parentfield == "parts":
		line.proposed_payer = expected
	usual = (expected,) if line.get("covered_by_line") else (charge_rule, expected)
	if line.charge_to in usual or not _payer_changed(doc, line):
		return
	if not (line.charge_reason or "").strip():
		frappe.throw(
			_("{0} row {1}: {2} pays instead of {3}. Give the reason in {4}.").format(
				_("Parts") if line.parentfield == "parts" else _("Labour"),
				line.idx,
				_(line.charge_to),
				_(charge_rule),
				frappe.bold(_("Reason for Another Payer")),
			)
		)
	if line.charge_to != CUSTOMER and not has_any_role(SUPERVISORS_AND_ACCOUNTANTS):
		frappe.throw(
			_("{0} row {1}: only a supervisor can charge it to {2} instead of {3}.").format(
				_("Parts") if line.parentfield == "parts" else _("Labour"),
				line.idx,
				_(line.charge_to),
				_(charge_rule),
			),
			frappe.PermissionError,
		)


def _follows_proposal(doc: Document, line: Document) -> bool:
	"""The part that is replaced has become known, or turned out another: the payer proposed for it is taken.

	As long as nobody chose a payer against the former proposal.
	"""
	before = doc.get_doc_before_save()
	stored = before and next((row for row in before.get(line.parentfield) if row.name == line.name), None)
	if not stored or not stored.get("proposed_payer") or (line.charge_reason or "").strip():
		return False
	if (stored.covered_by_line or None) == (line.covered_by_line or None):
		return False
	return line.charge_to == stored.charge_to == stored.proposed_payer


def _payer_changed(doc: Document, line: Document) -> bool:
	"""A payer that was authorised on an earlier save is not asked about again, for the same item or its substitute."""
	before = doc.get_doc_before_save()
	if not before or doc.has_value_changed("service_category"):
		return True
	was = {row.name: _authorised(row) for row in before.get(line.parentfield)}
	return was.get(line.name) != _authorised(line)


def _authorised(line: Document) -> tuple:
	"""What somebody agreed to when they let another payer pay."""
	return line.charge_to, line.charge_reason, _authorised_item(line)
