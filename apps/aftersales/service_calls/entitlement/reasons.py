"""Says in one sentence why a call's service category is proposed: who pays, by what, until when."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.utils import format_date

from aftersales.service_calls.entitlement.coverage_rules import Coverage, Proposal
from aftersales.service_calls.entitlement.part_warranty_rules import FittedPart, fitted_on

MOST_PARTS = 5
"""Parts named in a reason; the product file lists them all."""


def sentence(coverage: Coverage, proposal: Proposal, request_type: str | None) -> str:
	"""The reason of a proposal, plain text in the language of the user.

	Args:
		coverage: what covers the product.
		proposal: the category proposed, and what decided.
		request_type: name of the call's Service Request Type.
	"""
	category = proposal.category or "-"
	if proposal.because == "not a failure":
		return _(
			"{0} is not a failure, so no warranty applies: category {1}, as the request type says."
		).format(_(request_type) if request_type else "-", category)
	if proposal.because == "application":
		return _("Help with using the product is not covered by the warranty: category {0}.").format(category)
	if proposal.because == "part only" and coverage.kind == "Warranty on Parts":
		return _("{0}: the work is charged (category {1}).").format(
			parts_in_product_warranty(coverage.until), category
		)
	if proposal.because == "part only":
		return _("{0}: the part is free, the work is charged (category {1}).").format(
			_part(coverage), category
		)
	if proposal.because == "not covered":
		return _("{0}: category {1}.").format(_not_covered(coverage), category)
	return _("{0}: category {1}.").format(_covered(coverage), category)


def parts_in_warranty(fitted: Iterable[FittedPart], on: date, told: FittedPart | None = None) -> str | None:
	"""Which fitted parts are under warranty as well, without the one that was `told` already."""
	parts = [part for part in fitted_on(fitted, on) if not told or part.line != told.line]
	if not parts:
		return None
	named_parts = [
		_("{0} until {1}").format(
			" ".join(text for text in (part.item_name or part.item_code, part.serial_text) if text),
			format_date(part.until),
		)
		for part in parts[:MOST_PARTS]
	]
	return _("Parts under warranty: {0}.").format(", ".join(named_parts))


def parts_in_product_warranty(until: date | None) -> str:
	"""That the product's warranty pays for parts and no longer for work."""
	return _("Only the parts of the product are in warranty until {0}").format(format_date(until))


def _covered(coverage: Coverage) -> str:
	until = format_date(coverage.until)
	if coverage.kind == "Part Warranty":
		return _part(coverage)
	if coverage.kind == "Repair Warranty":
		return _("The repair {0} is under warranty until {1}").format(
			named(coverage.job or coverage.source), until
		)
	if coverage.kind == "Contract":
		return _("{0} covers the product until {1}").format(named(coverage.source), until)
	return _("The product is in warranty until {0} ({1})").format(until, named(coverage.source))


def _not_covered(coverage: Coverage) -> str:
	if coverage.kind == "None":
		return _("The warranty of the product ended on {0} ({1})").format(
			format_date(coverage.until), named(coverage.source)
		)
	return _("No warranty or contract is known for the product")


def _part(coverage: Coverage) -> str:
	part = coverage.part
	if not part:
		return _("A fitted part is under warranty until {0}").format(format_date(coverage.until))
	return _("Part {0}, fitted by {1}, is under warranty until {2}").format(
		" ".join(text for text in (part.item_name or part.item_code, part.serial_text) if text),
		named(part.job),
		format_date(part.until),
	)


def named(source: str | None) -> str:
	"""A source such as "Service Voucher SV-1" with the name of its DocType translated."""
	for doctype in sorted(_doctypes(), key=len, reverse=True):
		if source and source.startswith(f"{doctype} "):
			return f"{_(doctype)}{source[len(doctype) :]}"
	return source or "-"


def _doctypes() -> list[str]:
	return [
		*frappe.get_hooks("aftersales_job_doctypes"),
		"Serial No",
		"Customer Equipment",
		"Service Contract",
	]
