"""What happens to a Quotation that is the estimate of a job: the job says the same."""

import frappe
from frappe.model.document import Document
from frappe.utils import flt


def after_insert(quotation: Document, method: str | None = None) -> None:
	"""An amendment takes the place of what it amends on the job."""
	if quotation.get("amended_from") and (job := _job_of(quotation, quotation.amended_from)):
		job.db_set({"quotation": quotation.name, "estimated_amount": flt(quotation.net_total)}, notify=True)


def on_change(quotation: Document, method: str | None = None) -> None:
	"""Sales changed the Quotation: the estimate that the customer is told is its net total."""
	if quotation.docstatus == 2 or not (job := _job_of(quotation, quotation.name)):
		return
	if flt(job.estimated_amount) != flt(quotation.net_total):
		job.db_set("estimated_amount", flt(quotation.net_total), notify=True)


def _job_of(quotation: Document, named: str) -> Document | None:
	"""The draft job that names the Quotation as its estimate and has not been accepted yet."""
	doctype = quotation.get("aftersales_voucher_type")
	if doctype not in frappe.get_hooks("aftersales_job_doctypes"):
		return None
	name = frappe.db.get_value(
		doctype,
		{
			"name": quotation.aftersales_voucher,
			"quotation": named,
			"docstatus": 0,
			"approval_status": ("!=", "Approved"),
		},
	)
	return frappe.get_doc(doctype, name) if name else None
