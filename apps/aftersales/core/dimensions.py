"""Project and accounting dimensions of what is booked: those of the job, or of the document that books.

ERPNext refuses a ledger row without a dimension that is mandatory for its company. Where nobody chose one,
the company's default dimension stands in, as on ERPNext's own forms.
"""

from collections.abc import Collection, Iterable

import frappe
from erpnext.accounts.doctype.accounting_dimension import accounting_dimension
from frappe.model.document import Document

from aftersales.core.job_types import JOB_DOCTYPES


def of_job(job: Document, line: str | None = None) -> dict:
	"""Those of a job; those set on its `line` win."""
	source = next((row for row in (*job.labour, *job.parts) if line and row.name == line), None)
	return _filled([source, job] if source else [job], job.company)


def of_jobs(jobs: Collection[Document]) -> dict:
	"""What all of several jobs have in common, for the head of their invoice."""
	return common([of_job(job) for job in jobs])


def of_job_named(job_type: str | None, job: str | None, company: str) -> dict:
	"""The same by the name of a job; the company's defaults without one."""
	if job_type not in JOB_DOCTYPES or not job:
		return _filled([], company)
	fields = [name for name in _fieldnames() if frappe.get_meta(job_type).has_field(name)]
	stored = fields and frappe.db.get_value(job_type, job, fields, as_dict=True)
	return _filled([stored] if stored else [], company)


def of_source(source: Document, jobs: Iterable[tuple[str, str]] = ()) -> dict:
	"""Those chosen on a document of the app that books, else what its jobs have in common."""
	shared = common([of_job_named(job_type, job, source.company) for job_type, job in jobs if job])
	return _filled([source, shared], source.company)


def common(found: Collection[dict]) -> dict:
	"""What all of `found` say alike."""
	if not found:
		return {}
	first, *others = found
	return {name: value for name, value in first.items() if all(one.get(name) == value for one in others)}


def _filled(sources: Collection, company: str) -> dict:
	"""The first value that one of `sources` has of each dimension, else the company's default."""
	defaults = _defaults(company)
	found = {}
	for fieldname in _fieldnames():
		values = [source.get(fieldname) for source in sources] + [defaults.get(fieldname)]
		if value := next((part for part in values if part), None):
			found[fieldname] = value
	return found


def _fieldnames() -> tuple[str, ...]:
	return tuple(dict.fromkeys(("project", *accounting_dimension.get_accounting_dimensions())))


def _defaults(company: str) -> dict[str, str]:
	return {
		row.fieldname: row.default_dimension
		for row in accounting_dimension.get_checks_for_pl_and_bs_accounts()
		if row.company == company
	}
