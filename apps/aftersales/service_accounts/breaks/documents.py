"""Documents that one side has cancelled, or made twice."""

from collections.abc import Iterable

import frappe
from frappe.query_builder.functions import Coalesce
from pypika.functions import Concat
from pypika.queries import QueryBuilder

from aftersales.core.report_filters import Scope
from aftersales.service_accounts.breaks.queries import (
	EMPTY,
	NOTHING,
	VISIT,
	Check,
	documents_naming,
	jobs,
	select,
	taken_back,
	value_of,
)
from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_posting.posting import PURPOSES

HANDED_OVER = {"Payment Entry": "payment_entry", "Technician Cash Handover": "cash_handover"}
POSTED = ("Sales Invoice", "Stock Entry", "Delivery Note", "Journal Entry")


def of_both_sides(scope: Scope, job_type: str) -> Iterable[Check]:
	named = {**PURPOSES, **HANDED_OVER}
	for document_type, fieldname in named.items():
		if document_type in HANDED_OVER and job_type != VISIT:
			continue
		query = _document_cancelled(scope, job_type, document_type, fieldname)
		yield Reason.DOCUMENT_CANCELLED, job_type, document_type, query
	for document_type in POSTED:
		query = _second_document(scope, job_type, document_type)
		yield Reason.SECOND_DOCUMENT, job_type, document_type, query
	for document_type in (*POSTED, "Payment Entry"):
		query = _job_cancelled(scope, job_type, document_type)
		yield Reason.JOB_CANCELLED, job_type, document_type, query
	yield Reason.JOB_CANCELLED, job_type, "Sales Invoice", _cancelled_job_on_invoice(scope, job_type)


def _document_cancelled(scope: Scope, job_type: str, document_type: str, fieldname: str) -> QueryBuilder:
	job, query = jobs(scope, job_type)
	document = frappe.qb.DocType(document_type)
	query = (
		query.left_join(document)
		.on(document.name == job[fieldname])
		.where(job[fieldname].isnotnull() & (document.name.isnull() | (document.docstatus == 2)))
	)
	return select(query, job, job_type, job[fieldname], NOTHING, NOTHING)


def _second_document(scope: Scope, job_type: str, document_type: str) -> QueryBuilder:
	"""A document that names a job which names another one, or none."""
	job, query, document = documents_naming(scope, job_type, document_type)
	query = query.where((job.docstatus == 1) & (Coalesce(job[PURPOSES[document_type]], "") != document.name))
	if document_type in ("Sales Invoice", "Delivery Note"):
		query = query.where(document.is_return == 0)
	if document_type == "Sales Invoice":
		# One that was credited in full, and billed again by the invoice the job names
		query = query.where(taken_back(job, job_type, document).negate())
	if document_type == "Stock Entry":
		query = query.where(document.purpose == "Material Issue")
	worth = value_of(document_type, document)
	currency = document.currency if document_type in ("Sales Invoice", "Delivery Note") else EMPTY
	return select(query, job, job_type, document.name, NOTHING, worth, currency, document.posting_date)


def _job_cancelled(scope: Scope, job_type: str, document_type: str) -> QueryBuilder:
	"""Reached from the job: there are few cancelled ones, and not every document is indexed by date."""
	job, document = frappe.qb.DocType(job_type), frappe.qb.DocType(document_type)
	query = (
		frappe.qb.from_(job)
		.join(document)
		.on((document.aftersales_voucher == job.name) & (document.aftersales_voucher_type == job_type))
		.where(
			(job.status == "Cancelled")
			& (job.docstatus == 2)
			& (job.company == scope.company)
			& (document.docstatus < 2)
			& document.posting_date[scope.from_date : scope.to_date]
		)
	)
	if document_type == "Sales Invoice":
		query = query.where(taken_back(job, job_type, document).negate())
	worth = value_of(document_type, document)
	currency = document.currency if document_type in ("Sales Invoice", "Delivery Note") else EMPTY
	return select(query, job, job_type, document.name, NOTHING, worth, currency, document.posting_date)


def _cancelled_job_on_invoice(scope: Scope, job_type: str) -> QueryBuilder:
	"""A row of an invoice of several jobs still holds the posting key of a cancelled one."""
	job, invoice = frappe.qb.DocType(job_type), frappe.qb.DocType("Sales Invoice")
	row = frappe.qb.DocType("Sales Invoice Item")
	query = (
		frappe.qb.from_(job)
		.join(row)
		.on(row.aftersales_posting_key == Concat(f"{job_type}/", job.name, "/Sales Invoice"))
		.join(invoice)
		.on(invoice.name == row.parent)
		.where(
			(job.status == "Cancelled")
			& (job.docstatus == 2)
			& (job.company == scope.company)
			& (invoice.docstatus < 2)
			& invoice.posting_date[scope.from_date : scope.to_date]
		)
	)
	return select(
		query, job, job_type, invoice.name, NOTHING, row.net_amount, invoice.currency, invoice.posting_date
	)
