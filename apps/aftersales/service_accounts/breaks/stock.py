"""Parts and hours of jobs: not issued, and what the documents of stock and ledger say otherwise."""

from collections.abc import Iterable

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Abs, Coalesce, Sum
from pypika.functions import Max
from pypika.queries import QueryBuilder, Table
from pypika.terms import ExistsCriterion, Term

from aftersales.core.money import nothing
from aftersales.core.report_filters import Scope
from aftersales.service_accounts.breaks.queries import (
	EMPTY,
	NOTHING,
	QUANTITY,
	Check,
	differ,
	jobs,
	rounding,
	select,
	with_stocked_parts,
)
from aftersales.service_accounts.reconciliation_rules import Reason


def of_stock(scope: Scope, job_type: str) -> Iterable[Check]:
	yield Reason.PART_NOT_ISSUED, job_type, None, _part_not_issued(scope, job_type)
	yield Reason.QUANTITY_DIFFERS, job_type, "Stock Entry", _quantity_differs(scope, job_type)
	yield Reason.QUANTITY_DIFFERS, job_type, "Stock Entry", _bundle_differs(scope, job_type)
	yield Reason.COST_DIFFERS, job_type, "Stock Entry", _cost_differs(scope, job_type)
	yield Reason.COST_DIFFERS, job_type, "Delivery Note", _cost_differs_from_note(scope, job_type)
	yield Reason.LABOUR_DIFFERS, job_type, "Journal Entry", _labour_differs(scope, job_type)


def _part_not_issued(scope: Scope, job_type: str) -> QueryBuilder:
	job, query, part = with_stocked_parts(scope, job_type)
	query = query.where(job.stock_entry.isnull() & job.delivery_note.isnull()).groupby(job.name)
	units = Case().when(part.bundle_qty > 0, part.bundle_qty).else_(part.qty)
	return select(query, job, job_type, EMPTY, Sum(units), NOTHING, QUANTITY)


def _quantity_differs(scope: Scope, job_type: str) -> QueryBuilder:
	"""What the job says was used, and what its document moved, line by line."""
	job, query, part = with_stocked_parts(scope, job_type)
	issued, delivered = (frappe.qb.DocType(name) for name in ("Stock Entry Detail", "Delivery Note Item"))
	moved = Coalesce(issued.qty, 0) + Coalesce(delivered.qty, 0)
	query = (
		query.left_join(issued)
		.on((issued.parent == job.stock_entry) & (issued.aftersales_line == part.name))
		.left_join(delivered)
		.on((delivered.parent == job.delivery_note) & (delivered.aftersales_line == part.name))
		.where(job.stock_entry.isnotnull() | job.delivery_note.isnotnull())
		.where((part.bundle_qty == 0) & (Abs(part.qty - moved) > 0.0005))
		.groupby(job.name)
	)
	document = Coalesce(job.stock_entry, job.delivery_note)
	return select(query, job, job_type, document, Sum(part.qty), Sum(moved), QUANTITY)


def _bundle_differs(scope: Scope, job_type: str) -> QueryBuilder:
	"""The same of what product bundles are made of, all items of a bundle together."""
	job, query, part = with_stocked_parts(scope, job_type)
	issued, delivered = frappe.qb.DocType("Stock Entry Detail"), frappe.qb.DocType("Delivery Note Item")
	moved = Coalesce(Sum(issued.qty), 0)
	query = (
		query.left_join(issued)
		.on((issued.parent == job.stock_entry) & (issued.aftersales_line == part.name))
		.left_join(delivered)
		.on((delivered.parent == job.delivery_note) & (delivered.aftersales_line == part.name))
		.where((job.stock_entry.isnotnull() | job.delivery_note.isnotnull()) & (part.bundle_qty > 0))
		.where(delivered.name.isnull())  # ERPNext packs the items on its own notes
		.groupby(job.name, part.name)
		.having(Abs(Max(part.bundle_qty) - moved) > 0.0005)
	)
	document = Coalesce(job.stock_entry, job.delivery_note)
	return select(query, job, job_type, document, Max(part.bundle_qty), moved, QUANTITY)


def _cost_differs(scope: Scope, job_type: str) -> QueryBuilder:
	job, query = jobs(scope, job_type)
	entry = frappe.qb.DocType("Stock Entry")
	query = (
		query.join(entry)
		.on(entry.name == job.stock_entry)
		.where((entry.docstatus == 1) & job.delivery_note.isnull())
		.where(differ(job.parts_cost + _came_back(job, job_type), entry.total_outgoing_value))
	)
	said = job.parts_cost + _came_back(job, job_type)
	return select(query, job, job_type, entry.name, said, entry.total_outgoing_value)


def _came_back(job: Table, job_type: str) -> Term:
	"""What parts of a job that were returned to stock cost (company currency)."""
	entry = frappe.qb.DocType("Stock Entry").as_("came_back")
	return Coalesce(
		frappe.qb.from_(entry)
		.select(Sum(entry.total_incoming_value))
		.where((entry.aftersales_voucher_type == job_type) & (entry.aftersales_voucher == job.name))
		.where((entry.purpose == "Material Receipt") & (entry.docstatus == 1)),
		0,
	)


def _cost_differs_from_note(scope: Scope, job_type: str) -> QueryBuilder:
	"""Parts that left by a Delivery Note, less its returns, and by a Stock Entry beside it."""
	job, query = jobs(scope, job_type)
	entry, note = frappe.qb.DocType("Stock Entry"), frappe.qb.DocType("Delivery Note")
	moved = frappe.qb.DocType("Stock Ledger Entry")
	worth = Sum(moved.stock_value_difference) * -1 + Coalesce(Max(entry.total_outgoing_value), 0)
	query = (
		query.join(note)
		.on((note.name == job.delivery_note) | (note.return_against == job.delivery_note))
		.join(moved)
		.on((moved.voucher_type == "Delivery Note") & (moved.voucher_no == note.name))
		.left_join(entry)
		.on((entry.name == job.stock_entry) & (entry.docstatus == 1))
		.where(job.delivery_note.isnotnull() & (note.docstatus == 1) & (moved.is_cancelled == 0))
		.groupby(job.name)
		.having(Abs(Max(job.parts_cost) - worth) > rounding())
	)
	return select(query, job, job_type, job.delivery_note, job.parts_cost, worth)


def _labour_differs(scope: Scope, job_type: str) -> QueryBuilder:
	"""More hours at cost are booked than were worked; fewer are right where a category books none."""
	job, query = jobs(scope, job_type)
	entry = frappe.qb.DocType("Journal Entry")
	query = (
		query.join(entry)
		.on(entry.name == job.labour_journal_entry)
		.where((entry.docstatus == 1) & (entry.total_debit > job.labour_cost + nothing()))
	)
	return select(query, job, job_type, entry.name, job.labour_cost, entry.total_debit)


def issued_without_job(scope: Scope) -> Iterable[Check]:
	"""A part left a technician's van for no job, by whatever document takes parts out of stock."""
	for document_type in ("Stock Entry", "Sales Invoice", "Delivery Note"):
		yield Reason.ISSUED_WITHOUT_JOB, None, document_type, _left_a_van(scope, document_type)


def _left_a_van(scope: Scope, document_type: str) -> QueryBuilder:
	"""Hand-made documents that took parts out of a van, with their value. Returns bring parts in."""
	document, moved = frappe.qb.DocType(document_type), frappe.qb.DocType("Stock Ledger Entry")
	technician = frappe.qb.DocType("Service Technician")
	vans = frappe.qb.from_(technician).select(technician.van_warehouse).where(technician.van_warehouse != "")
	query = (
		frappe.qb.from_(document)
		.join(moved)
		.on((moved.voucher_type == document_type) & (moved.voucher_no == document.name))
		.where(
			document.posting_date[scope.from_date : scope.to_date]
			& (document.company == scope.company)
			& (document.docstatus == 1)
			& (Coalesce(document.aftersales_voucher, "") == "")
			& (moved.is_cancelled == 0)
			& (moved.actual_qty < 0)
			& moved.warehouse.isin(vans)
		)
		.groupby(document.name)
	)
	if document_type == "Stock Entry":
		query = query.where(document.purpose == "Material Issue")
	if document_type == "Sales Invoice":
		row = frappe.qb.DocType("Sales Invoice Item")
		of_jobs = (
			frappe.qb.from_(row)
			.select(row.name)
			.where((row.parent == document.name) & (row.aftersales_voucher > ""))
		)
		query = query.where((document.update_stock == 1) & ExistsCriterion(of_jobs).negate())
	return query.select(
		EMPTY.as_("job"),
		document.name.as_("document"),
		document.posting_date.as_("date"),
		(EMPTY if document_type == "Stock Entry" else document.customer).as_("customer"),
		EMPTY.as_("technician"),
		EMPTY.as_("unit"),
		NOTHING.as_("expected"),
		(Sum(moved.stock_value_difference) * -1).as_("found"),
	)
