"""What does not fit between service jobs and the books, and what puts it right (R-AC-6)."""

from collections.abc import Iterable
from itertools import chain

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from aftersales.core.guards import require_role
from aftersales.core.input.requests import DocTypeName, validate_call
from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.report_filters import Scope
from aftersales.core.roles import ACCOUNTANTS
from aftersales.service_accounts import reconciliation_lines
from aftersales.service_accounts.breaks.ledger import ledger_breaks
from aftersales.service_accounts.reconciliation_checks import HANDED_OVER, checks
from aftersales.service_accounts.reconciliation_rules import (
	CORRECTIONS,
	Break,
	Correction,
	Reason,
	without_consequences,
)
from aftersales.service_contracts import fee_invoices
from aftersales.service_posting.invoicing import billed_rows
from aftersales.service_posting.posting import (
	PURPOSES,
	post_job,
	refresh_billing,
	refresh_part_costs,
)


def find(scope: Scope) -> list[Break]:
	"""Every break of the period, each once, under its weightiest reason."""
	return without_consequences((*_all_breaks(scope), *ledger_breaks(scope)))


@frappe.whitelist(methods=["POST"])
@validate_call
def correct(reason: str, job_type: DocTypeName, job: str) -> None:
	"""Put one break right where that is safe; doing it twice does no harm.

	Raises:
		frappe.PermissionError: the user is no accountant, or may not read the job.
		frappe.ValidationError: a break of this kind needs a person, or the job cannot be posted.
	"""
	require_role(ACCOUNTANTS, _("Correcting a break"))
	known = {one.value: one for one in Reason}
	action = _ACTIONS.get(CORRECTIONS.get(known.get(reason)))
	if not action or job_type not in JOB_DOCTYPES:
		frappe.throw(_("This difference is not corrected automatically. Check the documents and decide."))
	doc = frappe.get_doc(job_type, job, for_update=True)
	doc.check_permission("read")
	if doc.docstatus != 1:
		frappe.throw(_("{0} is not submitted: only a finished job is posted.").format(doc.name))
	action(doc)
	doc.notify_update()


def _all_breaks(scope: Scope) -> Iterable[Break]:
	company_currency = frappe.get_cached_value("Company", scope.company, "default_currency")
	for reason, job_type, document_type, query in chain(checks(scope), reconciliation_lines.checks(scope)):
		for row in query.run(as_dict=True):
			yield Break(
				reason=reason,
				job_type=job_type,
				job=row.job,
				document_type=document_type if row.document else None,
				document=row.document,
				date=row.date and getdate(row.date),
				customer=row.customer,
				technician=row.technician,
				unit=row.unit or company_currency,
				expected=flt(row.expected),
				found=flt(row.found),
			)
	yield from _missing_fees(scope)
	yield from _draft_fees(scope)


def _missing_fees(scope: Scope) -> Iterable[Break]:
	"""One break for each contract: what its periods due in the scope cost that nobody has invoiced."""
	for contract, periods in fee_invoices.missing_in(scope.company, scope.from_date, scope.to_date):
		yield Break(
			reason=Reason.FEE_NOT_INVOICED,
			job_type=contract.doctype,
			job=contract.name,
			document_type=None,
			document=None,
			date=periods[0].first,
			customer=contract.customer,
			unit=contract.currency,
			expected=flt(sum(fee_invoices.fee_of(contract, period) for period in periods)),
		)


def _draft_fees(scope: Scope) -> Iterable[Break]:
	"""Fees of contracts whose invoice is made, and not in the books yet."""
	for row in fee_invoices.drafts(scope.company, scope.from_date, scope.to_date):
		yield Break(
			reason=Reason.DRAFT_INVOICE,
			job_type=fee_invoices.CONTRACT,
			job=row.contract,
			document_type=fee_invoices.INVOICE,
			document=row.name,
			date=row.posting_date,
			customer=row.customer,
			unit=row.currency,
			expected=flt(row.grand_total),
		)


def _release_and_post(doc: Document) -> None:
	"""Drop the links to documents that are cancelled or gone, and make what the job lacks then."""
	for document_type, fieldname in {**PURPOSES, **HANDED_OVER}.items():
		name = doc.get(fieldname)
		docstatus = name and frappe.db.get_value(document_type, name, "docstatus")
		if not name or docstatus in (0, 1):
			continue
		if docstatus == 2 and document_type in PURPOSES:
			_free_key(document_type, name)
		doc.db_set(fieldname, None)
	post_job(doc)
	refresh_billing(doc)
	refresh_part_costs(doc)


def _free_key(document_type: str, name: str) -> None:
	"""What was cancelled past the app holds the job's posting key still."""
	frappe.db.set_value(document_type, name, "aftersales_posting_key", None, update_modified=False)
	if document_type == "Sales Invoice":
		billed_rows.free(frappe.get_doc(document_type, name))


def _bill_now(doc: Document) -> None:
	"""Invoice a job, even where its customer would be invoiced by a billing run later."""
	post_job(doc, invoice_now=True)


_ACTIONS = {
	Correction.BILL_NOW: _bill_now,
	Correction.POST_AGAIN: post_job,
	Correction.RELEASE_AND_POST: _release_and_post,
	Correction.REFRESH: refresh_billing,
	Correction.REFRESH_COSTS: refresh_part_costs,
}
