"""A job under contract is cancelled: the excess it bore and the visit it used pass on to the next one (R-AC-5).

A job keeps what it was posted with. So without this, the excess of a call whose first visit is cancelled would be
borne by nobody, and a visit beyond those included would stay the customer's though one is free again.
"""

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from aftersales.core.job_types import JOB_DOCTYPES, VISIT
from aftersales.service_contracts import contracts
from aftersales.service_contracts.contracts import BEYOND, INCLUDED, ON_EACH_JOB, REVISIT
from aftersales.service_posting.posting import post_job, take_off_invoice


def pass_on(cancelled: Document, excess: float, visit: str | None) -> None:
	"""Post the jobs anew that bear or use what `cancelled` has freed: `excess` and its `visit` (kind).

	The contract is locked. A job whose invoice is submitted stays as it is, and the user is told.
	"""
	if not cancelled.service_contract or not (flt(excess) or visit == INCLUDED):
		return
	contract = frappe.get_doc("Service Contract", cancelled.service_contract)
	for job in _later_jobs(cancelled, contract, bool(flt(excess)), visit == INCLUDED):
		if not _changes(job, contract):
			continue
		invoice = job.sales_invoice
		if invoice and frappe.db.get_value("Sales Invoice", invoice, "docstatus") == 1:
			frappe.msgprint(
				_(
					"{0} is invoiced as if {1} had been done: Sales Invoice {2} is submitted. Credit it and bill the job again."
				).format(
					get_link_to_form(job.doctype, job.name),
					cancelled.name,
					get_link_to_form("Sales Invoice", invoice),
				)
			)
			continue
		_post_anew(job)
		job.add_comment(
			"Info",
			_("{0} is cancelled: share and excess of the contract are calculated again").format(
				cancelled.name
			),
		)


def _later_jobs(cancelled: Document, contract: Document, excess: bool, visit: bool) -> Iterator[Document]:
	"""Finished jobs that may bear the excess of the call, or be the visit that is free again; oldest first."""
	found = set()
	for doctype in JOB_DOCTYPES:
		finished = {
			"service_contract": contract.name,
			"docstatus": 1,
			"posted_at": ("is", "set"),
			"name": ("!=", cancelled.name),
		}
		wanted = []
		if excess and cancelled.repair_call and contract.excess_per != ON_EACH_JOB:
			wanted.append({"repair_call": cancelled.repair_call})
		if visit and doctype == VISIT:
			wanted.append({"contract_visit": BEYOND})
			wanted.append({"contract_visit": REVISIT, "repair_call": cancelled.repair_call})
		for one in wanted:
			rows = frappe.get_all(
				doctype, {**finished, **one}, ["name", "posted_at"], order_by="posted_at asc, name asc"
			)
			found |= {(row.posted_at, doctype, row.name) for row in rows}
	for _posted_at, doctype, name in sorted(found):
		yield frappe.get_doc(doctype, name, for_update=True)


def _changes(job: Document, contract: Document) -> bool:
	"""Whether the job would count otherwise, or bear more of the excess, if it were posted now."""
	if job.doctype == VISIT and contracts.visit_kind(job, contract, locked=True) != job.contract_visit:
		return True
	unposted = frappe.get_doc(job.as_dict()).update({"posted_at": None})
	unposted.flags.holds_contract = True
	terms = contracts.terms_of_job(unposted)
	return bool(terms) and flt(terms.excess) > flt(job.contract_excess) and flt(job.contract_share) > 0


def _post_anew(job: Document) -> None:
	posted_at = job.posted_at
	if job.sales_invoice:
		take_off_invoice(job)
	contracts.give_visit_back(job)
	nothing = {"amount_due": 0, "contract_excess": 0, "contract_share": 0}
	job.db_set({"sales_invoice": None, "posted_at": None, **nothing})
	for line in (*job.labour, *job.parts):
		line.db_set({"amount": 0, "contract_amount": 0}, update_modified=False)
	job = frappe.get_doc(job.doctype, job.name)
	post_job(job)
	job.db_set("posted_at", posted_at, notify=True)
