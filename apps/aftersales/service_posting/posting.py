"""Books a finished job into ERPNext, once, and takes it back when the job is cancelled.

`posting_plan` decides, this module loads what it needs and writes ERPNext documents inside the
transaction of the request: either all of them land or none. Each document carries a link back to
the job and a unique `aftersales_posting_key`, so that the database itself refuses a second one.
"""

from collections.abc import Callable, Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, get_link_to_form, now_datetime, nowdate

from aftersales.core import dimensions, locks
from aftersales.core.guards import require_role, with_system_privileges
from aftersales.core.input.requests import DocTypeName, validate_call
from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.roles import SUPERVISORS_AND_ACCOUNTANTS
from aftersales.core.selling_terms import billing_currency, posting_key, save_privileged, set_customer_terms
from aftersales.service_contracts import contracts
from aftersales.service_posting import country_checks, free_items, line_amounts, old_cores, part_costs
from aftersales.service_posting.attempts import attempt, tell
from aftersales.service_posting.invoicing import billed_rows, discounts, orders, service_facts
from aftersales.service_posting.invoicing.invoices import (
	Charge,
	JobKey,
	amounts_due,
	charged_item,
	credited_jobs,
	has_agreed_rates,
	invoicing_of,
	jobs_on,
	link_back,
	priced_unsaved,
	save_invoice,
	set_agreed_rates,
	submits_at_once,
	total_of,
	unsaved_invoice,
	validate_no_free_rows,
)
from aftersales.service_posting.job_documents import (
	bill_new_delivery_note,
	cancel_document,
	make_delivery_note,
	make_labour_entry,
	make_stock_entry,
	refer_to_delivery_note,
)
from aftersales.service_posting.job_plan import checked_plan, plan_of
from aftersales.service_posting.job_preview import set_contract_shares
from aftersales.service_posting.plan.billing_rules import ON_COMPLETION
from aftersales.service_posting.plan.posting_plan import ContractShares, InvoiceRow, PostingPlan, StockRow
from aftersales.service_posting.plan.posting_types import line_key

__all__ = ["posting_key"]  # asked of this module by those who make documents for a job


PURPOSES = {
	"Stock Entry": "stock_entry",
	"Delivery Note": "delivery_note",
	"Sales Invoice": "sales_invoice",
	"Journal Entry": "labour_journal_entry",
	"Payment Entry": "payment_entry",
}
"""ERPNext document made for a job → the job's field that names it. One of each at a time."""

PURPOSES_OF_POSTING = ("sales_invoice", "delivery_note", "stock_entry", "labour_journal_entry")

BILLED = ("Billed", "Paid", "Credited")

MONEY_FIELDS = (
	"currency",
	"amount_due",
	"billing_status",
	"billed_at",
	"sales_invoice",
	"delivery_note",
	"stock_entry",
	"labour_journal_entry",
	"parts_cost",
	"labour_cost",
	"contract_share",
	"contract_excess",
	"posted_at",
)
"""Fields of record of every job that only this module writes."""


def post_job(doc: Document, invoice_now: bool = False) -> None:
	"""Make the ERPNext documents that the submitted job `doc` still lacks.

	Stock Entry (Material Issue, submitted) for parts, Delivery Note (submitted) where the company
	demands one, Sales Invoice (a draft unless Aftersales Settings says to submit) for what the
	customer pays, Journal Entry for hours at cost. Calling it again makes nothing twice.

	The invoice of a customer who is invoiced by a billing run waits for it, unless `invoice_now`.

	Raises:
		frappe.ValidationError: one message with everything that has to be set first; nothing is posted.
	"""
	lock(doc)
	contracts.take_visit(doc)
	plan = checked_plan(doc)
	stock_entry = doc.stock_entry or _within_budget(doc, lambda: make_stock_entry(doc, plan.issue_rows))
	delivery_note = doc.delivery_note or make_delivery_note(doc, plan.delivery_rows)
	if doc.sales_invoice and delivery_note != doc.delivery_note:
		bill_new_delivery_note(doc.sales_invoice, delivery_note)
	invoice = None
	if not doc.sales_invoice and plan.invoice_rows:
		if invoice_now or invoicing_of(doc.customer)[0] == ON_COMPLETION:
			invoice = _invoice_or_what_is_left(doc, plan, delivery_note)
		if not invoice:
			_await_billing(doc, plan)
	posted = {
		"stock_entry": stock_entry,
		"delivery_note": delivery_note,
		"sales_invoice": invoice.name if invoice else doc.sales_invoice,
		"labour_journal_entry": doc.labour_journal_entry
		or (_within_budget(doc, lambda: make_labour_entry(doc, plan)) if plan.labour_rows else None),
	}
	old_cores.receive(doc)
	if doc.posted_at and all(doc.get(fieldname) == name for fieldname, name in posted.items()):
		return  # by another request, whose documents this one may not see yet
	doc.update(posted)
	set_contract_shares(doc, plan.contract, stored=True)
	for line in doc.parts:
		line_amounts.store(line, {"bundle_qty": float(plan.bundles.get(line.name, 0))})
	doc.update(
		{
			"labour_cost": flt(plan.labour_cost),
			"parts_cost": part_costs.store(doc),
			"posted_at": doc.posted_at or now_datetime(),
			**_billing_values(doc, invoice, plan=plan),
		}
	)
	# The save under way stamped the job already and tells about the change at its end
	frappe.db.set_value(
		doc.doctype, doc.name, {field: doc.get(field) for field in MONEY_FIELDS}, update_modified=False
	)


def invoice_for(
	docs: Iterable[Document],
	plans: Iterable[PostingPlan],
	delivery_notes: dict[str, str | None],
	submitted: bool | None = None,
) -> Document:
	"""One saved Sales Invoice for locked jobs of one customer that are on none yet.

	Submitted as Aftersales Settings say, unless `submitted` is given. `delivery_notes`: job → its note.
	"""
	charges = [Charge(doc, plan.invoice_rows) for doc, plan in zip(docs, plans, strict=True)]
	rows = [row for charge in charges for row in charge.rows]
	notes = [note for note in delivery_notes.values() if note]
	invoice = unsaved_invoice(charges, priced=not notes and has_agreed_rates(rows))
	for charge in charges:
		orders.name_on(invoice.items, charge.job)
	service_facts.put_on(invoice, [charge.job for charge in charges])
	for note in notes:
		refer_to_delivery_note(invoice, note)
	if not notes:
		set_agreed_rates(invoice, rows)
	granted = discounts.put_on(invoice, [(charge.job.doctype, charge.job.name) for charge in charges])
	save_invoice(invoice, submits_at_once() if submitted is None else submitted)
	discounts.note(granted, invoice)
	country_checks.tell_refusal(invoice)
	return invoice


def _invoice_or_what_is_left(doc: Document, plan: PostingPlan, delivery_note: str | None) -> Document | None:
	"""The invoice of one job, submitted where the settings say so and ERPNext lets it; else its draft, else None.

	A credit limit, a budget, frozen accounts or a frozen customer is the accountant's to solve: the visit is over.

	Raises:
		frappe.ValidationError: neither can be made, for any other reason.
	"""
	from erpnext.exceptions import PartyFrozen

	def make(submitted: bool) -> Document:
		return invoice_for([doc], [plan], {doc.name: delivery_note}, submitted=submitted)

	reason = ""
	if submits_at_once():
		invoice, reason = attempt(lambda: make(True))
		if invoice:
			return invoice
	invoice, frozen = attempt(lambda: make(False), (PartyFrozen,))
	if not invoice:
		tell(doc, _("No invoice could be created. The job remains to be billed."), frozen)
	elif reason:
		tell(doc, _("The invoice could not be submitted and remains a draft."), reason)
		invoice.add_comment("Info", _("Could not be submitted: {0}").format(escape_html(reason)))
	return invoice


def _within_budget(doc: Document, make: Callable[[], str | None]) -> str | None:
	"""What `make` returns; None, and a word about it, when a budget stops it: what was used was used all the same."""
	from erpnext.accounts.doctype.budget.budget import BudgetError

	made, reason = attempt(make, (BudgetError,))
	if reason:
		tell(
			doc,
			_("Not booked because a budget is exceeded. Choose Create Missing Documents once it is settled."),
			reason,
		)
	return made


def record_invoice(doc: Document, invoice: Document, due: dict[JobKey, float]) -> None:
	"""Let a job name the invoice it was put on; `due` is what each job of the invoice has of it."""
	doc.sales_invoice = invoice.name
	doc.db_set({"sales_invoice": invoice.name, **_billing_values(doc, invoice, due)}, notify=True)


@frappe.whitelist()
@validate_call
def post_again(doctype: DocTypeName, name: str) -> dict[str, str | None]:
	"""Make the documents that a submitted job lacks, because somebody cancelled or deleted them.

	The invoice too, and at once, of a customer who is invoiced by a billing run.

	Returns:
		field of the job → name of the document, for all documents of the job.

	Raises:
		frappe.PermissionError: the user is no supervisor, manager or accountant, or may not see the job.
		frappe.ValidationError: the job is not submitted, or cannot be posted.
	"""
	require_role(SUPERVISORS_AND_ACCOUNTANTS, _("Posting again"))
	if doctype not in JOB_DOCTYPES:
		frappe.throw(_("{0} is not a service job.").format(frappe.bold(frappe.utils.escape_html(doctype))))
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	contracts.lock_contract(doc)
	if locks.lock(doctype, name, "docstatus") != 1:
		frappe.throw(_("{0} is not submitted: only a finished job is posted.").format(doc.name))
	post_job(doc, invoice_now=True)
	doc.db_set("posted_at", doc.posted_at, notify=True)  # open forms and service clocks learn of it
	return {fieldname: doc.get(fieldname) for fieldname in PURPOSES_OF_POSTING}


def unpost_job(doc: Document) -> None:
	"""Take back what `post_job` made, before the job is cancelled.

	A draft invoice is deleted, or loses the rows of this job where it bills others too; stock and
	labour entries are cancelled.

	Raises:
		frappe.ValidationError: the accountant has moved on (invoice submitted, payment booked); the
			message names the document and what to do first.
	"""
	lock(doc)
	_refuse_when_accountant_moved_on(doc)
	if doc.sales_invoice and _is_credited(doc):
		_leave_credited_invoice(doc)
	elif doc.sales_invoice:
		take_off_invoice(doc)
	old_cores.take_back(doc)
	for doctype in ("Journal Entry", "Delivery Note", "Stock Entry"):
		name = doc.get(PURPOSES[doctype])
		if name:
			cancel_document(doctype, name)
	contracts.give_visit_back(doc)
	doc.db_set(
		{
			**dict.fromkeys(PURPOSES_OF_POSTING),
			"billing_status": "Not Billable",
			"amount_due": 0,
			"parts_cost": 0,
			"labour_cost": 0,
			"contract_share": 0,
			"contract_excess": 0,
			"posted_at": None,
			"billed_at": None,
		}
	)


def invoice_rows(doc: Document) -> tuple[InvoiceRow, ...]:
	"""The rows the customer would pay for `doc` as it stands, without any check."""
	return plan_of(doc).invoice_rows


def refresh_billing(doc: Document, invoice: Document | None = None) -> None:
	"""Set billing status, currency, amount due and line amounts of `doc` from its invoice.

	`invoice`: the job's Sales Invoice where the caller has it at hand.
	"""
	doc.db_set(_billing_values(doc, invoice))


def refresh_jobs_of(invoice: Document) -> None:
	"""The same for every job that `invoice` bills and that names it."""
	due = amounts_due(invoice)
	for doctype, name in sorted(due):
		# Locking reads: what others have committed meanwhile is seen
		if locks.lock(doctype, name, "sales_invoice") == invoice.name:
			doc = frappe.get_doc(doctype, name, for_update=True)
			doc.db_set(_billing_values(doc, invoice, due))


def release_invoice(job: JobKey, invoice: str, deleted: bool = False) -> None:
	"""Let a job forget an invoice that bills it no longer; it is to be billed again."""
	doctype, name = job
	if locks.lock(doctype, name, "sales_invoice") == invoice:
		doc = frappe.get_doc(doctype, name)
		doc.db_set("sales_invoice", None)
		refresh_billing(doc)
		discounts.release(job, invoice, deleted)


def take_off_invoice(doc: Document) -> None:
	"""Remove a job from its draft invoice; the invoice goes when nothing else is on it."""
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	if jobs_on(invoice) in ([], [(doc.doctype, doc.name)]):
		frappe.delete_doc("Sales Invoice", doc.sales_invoice, ignore_permissions=True)
		return
	invoice.set("items", [item for item in invoice.items if item.aftersales_voucher != doc.name])
	invoice.flags.made_by_posting = True
	with with_system_privileges(invoice):
		invoice.save()
	refresh_jobs_of(invoice)


def refresh_part_costs(doc: Document) -> None:
	"""Set what the parts of `doc` cost (company currency) from the documents that moved them."""
	doc.db_set("parts_cost", part_costs.store(doc))


def billing_status(invoice: Document) -> str:
	"""To Bill while the invoice is a draft, Paid when nothing is outstanding, else Billed.

	A job of which credit notes took everything back is Credited, whatever the invoice says.
	"""
	if invoice.docstatus != 1:
		return "To Bill"
	return "Billed" if flt(invoice.outstanding_amount) > 0 else "Paid"


# ---------------------------------------------------------------------------------- documents


def _await_billing(doc: Document, plan: PostingPlan) -> None:
	"""What the invoice will say is shown on the job until a billing run makes it."""
	invoice = priced_unsaved([Charge(doc, plan.invoice_rows)])
	validate_no_free_rows(invoice)
	country_checks.tell_refusal(invoice)
	doc.update({"currency": invoice.currency, "amount_due": total_of(invoice)})
	for line, values in line_amounts.of_lines(doc, invoice):
		line_amounts.store(line, values)


# ---------------------------------------------------------------------------------- details


def lock(doc: Document) -> None:
	"""Lock the job's row until the request ends, and take over what another request posted before."""
	fields = [*PURPOSES_OF_POSTING, "posted_at"]
	doc.update(locks.lock(doc.doctype, doc.name, fields))


def _refuse_when_accountant_moved_on(doc: Document) -> None:
	if doc.get("payment_entry"):
		frappe.throw(
			_("Payment Entry {0} is booked for {1}. Cancel it first.").format(
				get_link_to_form("Payment Entry", doc.payment_entry), doc.name
			)
		)
	if (
		doc.sales_invoice
		and frappe.db.get_value("Sales Invoice", doc.sales_invoice, "docstatus") == 1
		and not _is_credited(doc)
	):
		frappe.throw(
			_(
				"Sales Invoice {0} of {1} is submitted. Cancel it first, or create a credit note for all rows of {1}."
			).format(get_link_to_form("Sales Invoice", doc.sales_invoice), doc.name),
			title=_("Already Invoiced"),
		)


def _is_credited(doc: Document) -> bool:
	"""Credit notes take back every row of the job; the locking read sees what others have submitted meanwhile."""
	return (doc.doctype, doc.name) in credited_jobs(doc.sales_invoice, for_update=True)


def _leave_credited_invoice(doc: Document) -> None:
	"""The invoice and its credit notes stay in the books, balanced, and hold the place of the job no longer."""
	job = (doc.doctype, doc.name)
	billed_rows.free_job(doc.sales_invoice, job)
	discounts.release(job, doc.sales_invoice)


def _billing_values(
	doc: Document,
	invoice: Document | None,
	due: dict[JobKey, float] | None = None,
	plan: PostingPlan | None = None,
) -> dict:
	"""What the job shows of its invoice; the amount of each line is stored on the way.

	`due`: what each job of the invoice has of it, and `plan`, where the caller worked that out already.
	"""
	if not doc.sales_invoice:
		billable = doc.docstatus == 1 and bool((plan or plan_of(doc)).invoice_rows)
		return {"billing_status": "To Bill" if billable else "Not Billable", "billed_at": None}
	invoice = invoice or frappe.get_doc("Sales Invoice", doc.sales_invoice)
	due = amounts_due(invoice) if due is None else due
	for line, values in line_amounts.of_lines(doc, invoice):
		line_amounts.store(line, values)
	status = billing_status(invoice)
	if (
		status in BILLED and not invoice.flags.made_by_posting
	):  # what was made this moment is credited by nobody
		if (doc.doctype, doc.name) in credited_jobs(invoice.name):
			status = "Credited"
	return {
		"billing_status": status,
		"billed_at": (doc.billed_at or now_datetime()) if status in BILLED else None,
		"currency": invoice.currency,
		"amount_due": due.get((doc.doctype, doc.name), 0),
	}
