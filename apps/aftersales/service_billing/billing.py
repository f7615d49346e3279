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
from frappe.utils import date_diff, flt, getdate, now_datetime, nowdate

from aftersales.core.guards import require_role
from aftersales.core.input.requests import Day, validate_call
from aftersales.core.job_types import CARD, VISIT
from aftersales.core.money import rounded
from aftersales.core.roles import ACCOUNTANTS
from aftersales.service_levels import lateness
from aftersales.service_posting.invoicing import discounts
from aftersales.service_posting.invoicing.invoices import JobKey, amounts_due, invoicing_of
from aftersales.service_posting.job_plan import checked_plan
from aftersales.service_posting.plan import billing_rules
from aftersales.service_posting.plan.billing_rules import ON_COMPLETION, PER_JOB, Bill, JobToBill
from aftersales.service_posting.posting import invoice_for, record_invoice

LOOKING_ROLES = (*ACCOUNTANTS, "Service Supervisor")
DONE_ON = {VISIT: "departed_at", CARD: "ready_at"}
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


class ReadAhead:
	"""Jobs that are billed one after the other, read some at a time before their turn.

	What is taken is used only where it is still as it was read, see :func:`bill`.
	"""

	AT_A_TIME = 50

	def __init__(self, jobs: Iterable[JobKey]):
		self.jobs = list(jobs)
		self.turns = {job: turn for turn, job in enumerate(self.jobs)}
		self.read: dict[JobKey, Document] = {}

	def take(self, job: JobKey) -> Document | None:
		"""The job as it was read lately, for one use; None when it is none of those."""
		if job in self.turns and job not in self.read:
			turn = self.turns[job]
			self.read = _read(self.jobs[turn : turn + self.AT_A_TIME])
		return self.read.pop(job, None)


def bill(
	jobs: Iterable[JobKey], submitted: bool, ahead: ReadAhead | None = None
) -> tuple[Document, list[Document]] | None:
	"""Make one Sales Invoice of those of `jobs` that are not billed yet; all are of one customer.

	Args:
		ahead: where the jobs may have been read already. Each is locked, and read anew unless its time stamp is
			still the same, which is also how Frappe tells whether a form is out of date.

	Returns:
		the invoice and the jobs on it; None when somebody else has billed them all.

	Raises:
		frappe.ValidationError: names the job that cannot be billed, and why; nothing is made.
	"""
	docs = [_locked(job, ahead) for job in sorted(set(jobs))]
	docs = [doc for doc in docs if doc.docstatus == 1 and not doc.sales_invoice]
	if len(docs) > 1:  # granted since the jobs were grouped: billed alone, by the next run
		alone = {
			(discounts.CARD, row.job) for row in discounts.held([(doc.doctype, doc.name) for doc in docs])
		}
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


def _locked(job: JobKey, ahead: ReadAhead | None) -> Document:
	doctype, name = job
	early = ahead and ahead.take(job)
	if early and early.modified == frappe.db.get_value(doctype, name, "modified", for_update=True):
		return early
	return frappe.get_doc(doctype, name, for_update=True)


def _read(jobs: Sequence[JobKey]) -> dict[JobKey, Document]:
	"""Jobs with their tables: a query for each table, however many jobs."""
	found: dict[JobKey, Document] = {}
	for doctype in DONE_ON:
		names = [name for job_type, name in jobs if job_type == doctype]
		if not names:
			continue
		rows = {
			row.name: row
			for row in frappe.get_all(doctype, {"name": ("in", names)}, ["*"], order_by="name asc")
		}
		for table in frappe.get_meta(doctype).get_table_fields():
			of_jobs = {"parent": ("in", list(rows)), "parenttype": doctype, "parentfield": table.fieldname}
			for line in frappe.get_all(table.options, of_jobs, ["*"], order_by="idx asc") if rows else ():
				rows[line.parent].setdefault(table.fieldname, []).append(line)
		for name, row in rows.items():
			found[doctype, name] = frappe.get_doc({"doctype": doctype, **row})
	return found


@frappe.whitelist()
@validate_call
def what_to_bill(company: str | None = None, customer: str | None = None, until: Day | None = None) -> dict:
	"""The billing desk: invoices to make and drafts to submit of the jobs the user may see, the longest waiting first.

	Args:
		until: day until which a customer's period has to be over; default today.

	Returns:
		bills: list of dicts with kind (New or Draft), sales_invoice, company, customer, customer_name,
		due_on, is_due, is_late, days_late, currency, amount (taxes included) and jobs (doctype, name, done_on, amount_due);
		more: how many are not listed; jobs: number of jobs waiting.

	Raises:
		frappe.PermissionError: the user is no accountant, supervisor or manager of the service.
	"""
	require_role(LOOKING_ROLES, _("The billing desk"))
	day = getdate(until)
	rows = _waiting(company or None, customer or None, with_invoice=None)
	set_clocks(rows)
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


def set_clocks(rows: Sequence[frappe._dict]) -> None:
	"""`clock_due` of jobs (doctype, name): when the clock that waits for the invoice is over, None without one."""
	for doctype in DONE_ON:
		due = lateness.clock_due(doctype, [row.name for row in rows if row.doctype == doctype])
		for row in rows:
			if row.doctype == doctype:
				row.clock_due = due.get(row.name)


def late_since_of(row: frappe._dict, due_on: date | None = None) -> date | None:
	"""The day since which a job (clock_due, posted_at) is late to be invoiced; None when it is not."""
	return billing_rules.late_since(
		due_on or getdate(row.posted_at), getdate(row.posted_at), row.clock_due, now_datetime()
	)


def _listed(
	first: JobToBill | frappe._dict,
	due_on: date,
	until: date,
	members: Sequence[frappe._dict],
	invoice: str | None = None,
) -> dict:
	late_since = min((day for day in (late_since_of(row, due_on) for row in members) if day), default=None)
	return {
		"kind": "Draft" if invoice else "New",
		"sales_invoice": invoice,
		"company": first.company,
		"customer": first.customer,
		"customer_name": frappe.get_cached_value("Customer", first.customer, "customer_name"),
		"due_on": due_on,
		"is_due": due_on <= until,
		"is_late": bool(late_since),
		"days_late": date_diff(nowdate(), late_since) if late_since else 0,
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
