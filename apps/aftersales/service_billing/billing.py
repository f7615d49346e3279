"""What is to be billed, and one invoice for the jobs of a customer.

The database makes it once: the rows of the jobs are locked in the order of their names, so that two
runs that want the same jobs come one after the other, and the second finds them billed; and a row of
the invoice holds the unique posting key of each job.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from aftersales.guards import require_role
from aftersales.money import rounded
from aftersales.service_billing import billing_rules, discounts
from aftersales.service_billing.billing_rules import ON_COMPLETION, PER_JOB, Bill, JobToBill
from aftersales.service_billing.invoices import JobKey, amounts_due, invoicing_of
from aftersales.service_billing.job_plan import checked_plan
from aftersales.service_billing.posting import invoice_for, record_invoice

BILLING_ROLES = ("Service Accountant", "Service Manager")
LOOKING_ROLES = (*BILLING_ROLES, "Service Supervisor")
DONE_ON = {"Service Voucher": "departed_at", "Repair Card": "ready_at"}
SHOWN = 500
"""Invoices listed on the billing desk; a run has no such limit."""


def waiting_jobs(
	company: str | None = None, customer: str | None = None, only: Collection[JobKey] = ()
) -> list[JobToBill]:
	"""Finished jobs (`only` these, if any are given) on no invoice yet, with the terms of their customers.

	Only what the user may see: an accountant of one company bills that company.
	"""
	jobs = []
	terms: dict[str, tuple[str, str]] = {}
	rows = _waiting(company, customer, with_invoice=False, only=only)
	discounted = discounts.waiting([(row.doctype, row.name) for row in rows])
	for row in rows:
		if row.customer not in terms:
			terms[row.customer] = invoicing_of(row.customer)
		invoicing, period = terms[row.customer]
		jobs.append(
			JobToBill(
				row.doctype,
				row.name,
				row.company,
				row.customer,
				row.done_on,
				# Of a customer invoiced on completion a job waits only when its invoice was taken back
				PER_JOB if invoicing == ON_COMPLETION else invoicing,
				period,
				alone=(row.doctype, row.name) in discounted,
			)
		)
	return jobs


def waiting_drafts(company: str | None = None, customer: str | None = None) -> list[str]:
	"""Draft invoices of finished jobs that the user may see, which wait to be submitted."""
	return sorted({row.sales_invoice for row in _waiting(company, customer, with_invoice=True)})


def bills_due(jobs: Iterable[JobToBill], until: date) -> list[Bill]:
	"""The invoices to make of `jobs` until the end of the day `until`."""
	return billing_rules.due(billing_rules.bills(jobs), until)


def bill(jobs: Iterable[JobKey], submitted: bool) -> tuple[Document, list[Document]] | None:
	"""Make one Sales Invoice of those of `jobs` that are not billed yet; all are of one customer.

	Returns:
		the invoice and the jobs on it; None when somebody else has billed them all.

	Raises:
		frappe.ValidationError: names the job that cannot be billed, and why; nothing is made.
	"""
	docs = [frappe.get_doc(doctype, name, for_update=True) for doctype, name in sorted(set(jobs))]
	docs = [doc for doc in docs if doc.docstatus == 1 and not doc.sales_invoice]
	if len(docs) > 1:  # granted since the jobs were grouped: billed alone, by the next run
		alone = discounts.waiting([(doc.doctype, doc.name) for doc in docs])
		docs = [doc for doc in docs if (doc.doctype, doc.name) not in alone]
	plans = [checked_plan(doc, invoice_only=True) for doc in docs]
	charged = [(doc, plan) for doc, plan in zip(docs, plans, strict=True) if plan.invoice_rows]
	if not charged:
		return None
	docs = [doc for doc, _plan in charged]
	invoice = invoice_for(
		docs, [plan for _doc, plan in charged], {doc.name: doc.delivery_note for doc in docs}, submitted
	)
	due = amounts_due(invoice)
	for doc in docs:
		record_invoice(doc, invoice, due)
	return invoice, docs


@frappe.whitelist()
def what_to_bill(company: str | None = None, customer: str | None = None, until: str | None = None) -> dict:
	"""The billing desk: invoices to make and drafts to submit of the jobs the user may see, the longest waiting first.

	Args:
		until: day until which a customer's period has to be over; default today.

	Returns:
		bills: list of dicts with kind (New or Draft), sales_invoice, company, customer, customer_name,
		due_on, is_due, currency, amount (taxes included) and jobs (doctype, name, done_on, amount_due);
		more: how many are not listed; jobs: number of jobs waiting.

	Raises:
		frappe.PermissionError: the user is no accountant, supervisor or manager of the service.
	"""
	require_role(LOOKING_ROLES, _("The billing desk"))
	day = getdate(until)
	rows = _waiting(company or None, customer or None, with_invoice=None)
	by_job = {(row.doctype, row.name): row for row in rows}
	listed = [
		_listed(bill.jobs[0], bill.due_on, day, [by_job[job.doctype, job.name] for job in bill.jobs])
		for bill in billing_rules.bills(waiting_jobs(company or None, customer or None))
	]
	drafts: dict[str, list[frappe._dict]] = {}
	for row in rows:
		if row.sales_invoice:
			drafts.setdefault(row.sales_invoice, []).append(row)
	listed += [
		_listed(members[0], min(row.done_on for row in members), day, members, invoice)
		for invoice, members in drafts.items()
	]
	listed.sort(key=lambda entry: (not entry["is_due"], entry["due_on"], entry["customer_name"] or ""))
	return {"bills": listed[:SHOWN], "more": max(0, len(listed) - SHOWN), "jobs": len(rows)}


def _listed(
	first: JobToBill | frappe._dict,
	due_on: date,
	until: date,
	members: Sequence[frappe._dict],
	invoice: str | None = None,
) -> dict:
	return {
		"kind": "Draft" if invoice else "New",
		"sales_invoice": invoice,
		"company": first.company,
		"customer": first.customer,
		"customer_name": frappe.get_cached_value("Customer", first.customer, "customer_name"),
		"due_on": due_on,
		"is_due": due_on <= until,
		"currency": members[0].currency,
		"amount": rounded(sum(flt(row.amount_due) for row in members)),
		"jobs": [
			{
				"doctype": row.doctype,
				"name": row.name,
				"done_on": row.done_on,
				"amount_due": row.amount_due,
			}
			for row in members
		],
	}


def _waiting(
	company: str | None, customer: str | None, with_invoice: bool | None, only: Collection[JobKey] = ()
) -> list[frappe._dict]:
	found = []
	for doctype, done_at in DONE_ON.items():
		names = [name for job_type, name in only if job_type == doctype]
		if only and not names:
			continue
		filters: dict = {"docstatus": 1, "billing_status": "To Bill"}
		if names:
			filters["name"] = ("in", names)
		if company:
			filters["company"] = company
		if customer:
			filters["customer"] = customer
		if with_invoice is not None:
			filters["sales_invoice"] = ("is", "set" if with_invoice else "not set")
		rows = frappe.get_list(
			doctype,
			filters=filters,
			fields=[
				"name",
				"company",
				"customer",
				"currency",
				"amount_due",
				"sales_invoice",
				"posted_at",
				f"{done_at} as done_at",
			],
			order_by="name asc",
		)
		for row in rows:
			row.doctype = doctype
			row.done_on = getdate(row.done_at or row.posted_at)
		found += rows
	return found
