"""Payments that customers make for a call, a visit or a repair, before the work or after it, in any mode.

For forms and for the technician's app. Each payment is a Service Payment, whose number is that of the receipt; several
modes are several payments. The cash that a technician collects on a visit is not here but on the visit, because it is
handed over (`field_service.cash`).
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.core.guards import has_any_role
from aftersales.core.input.requests import DocTypeName, validate_call
from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.roles import ACCOUNTANTS
from aftersales.core.selling_terms import billing_currency
from aftersales.service_cash.payments import booking
from aftersales.service_posting.invoicing.payable import payable

CALL = "Repair Call"
COUNTER_ROLES = ("Service Agent", "Service Supervisor", "Workshop Technician", *ACCOUNTANTS)
"""Users who can put cash into a till, and enter fees; a technician on the road collects it on the visit and hands it over."""
SAVEPOINT = "service_payment"


@frappe.whitelist(methods=["POST"])
@validate_call
def take_payment(
	reference_doctype: DocTypeName,
	reference_name: str,
	amount: float,
	mode_of_payment: str,
	entry_key: str,
	reference_no: str | None = None,
	fee: float = 0,
) -> dict:
	"""Receive `amount` (currency of the customer's invoices) for a call or job; book it at once.

	Args:
		reference_doctype: Repair Call (deposit), Service Voucher or Repair Card.
		mode_of_payment: an enabled Mode of Payment with an account of the company.
		entry_key: made by the caller for each payment; the same key twice books one payment.
		reference_no: of the terminal slip or transfer.
		fee: what the card company keeps of it.

	Returns:
		as :func:`payments_of`, for the one payment.

	Raises:
		frappe.PermissionError: the user may not receive payments, or not read the job.
		frappe.ValidationError: the amount is more than is due, or the mode has no account.
	"""
	frappe.has_permission("Service Payment", "create", throw=True)
	if not (entry_key or "").strip():
		frappe.throw(_("The payment has no key."), frappe.MandatoryError)
	if taken := _taken(entry_key):
		return taken
	frappe.db.savepoint(SAVEPOINT)
	doc = frappe.new_doc("Service Payment")
	doc.update(
		{
			"reference_doctype": reference_doctype,
			"reference_name": reference_name,
			"amount": amount,
			"mode_of_payment": mode_of_payment,
			"reference_no": reference_no,
			"fee": fee,
		}
	)
	doc.flags.entry_key = entry_key
	try:
		doc.insert()
	except frappe.UniqueValidationError:
		# the same payment, sent twice at once: the other request has booked it in this moment
		frappe.db.rollback(save_point=SAVEPOINT)
		if taken := _taken(entry_key, for_update=True):
			return taken
		raise
	doc.submit()
	return _told(doc)


@frappe.whitelist()
@validate_call
def payments_of(reference_doctype: DocTypeName, reference_name: str) -> dict:
	"""What was paid for a call or job, and what is still to pay.

	Returns:
		currency, due (what is still to pay, None for a call), takes_fee (whether the user can enter a fee that the card
		company keeps back), payments: receipt, received_on, amount, mode_of_payment,
		reference_no, status, open_amount; the oldest first.

	Raises:
		frappe.PermissionError: the user may not read the job.
	"""
	frappe.has_permission("Service Payment", "read", throw=True)
	job = read_job(reference_doctype, reference_name)
	call = job.name if job.doctype == CALL else job.get("repair_call")
	rows = frappe.get_all(
		"Service Payment",
		filters={"docstatus": 1, **({"repair_call": call} if call else {"reference_name": job.name})},
		fields=[
			"name as receipt",
			"received_on",
			"amount",
			"currency",
			"mode_of_payment",
			"reference_no",
			"status",
			"open_amount",
		],
		order_by="creation asc",
	)
	return {
		"currency": job.get("currency") or billing_currency(job),
		"due": due_of(job),
		"takes_fee": has_any_role(COUNTER_ROLES) and bool(booking.set_fee_account(job.company)),
		"payments": [dict(row) for row in rows],
	}


def read_job(doctype: str, name: str) -> Document:
	"""The call or job that something is paid for.

	Raises:
		frappe.PermissionError: the user may not read it.
		frappe.ValidationError: nothing is paid for such a document.
	"""
	if doctype not in (CALL, *JOB_DOCTYPES):
		frappe.throw(
			_("Payments are received for {0}, {1} or {2}.").format(
				_(CALL), *(_(name) for name in JOB_DOCTYPES)
			)
		)
	job = frappe.get_doc(doctype, name)
	job.check_permission("read")
	return job


def due_of(job: Document) -> float | None:
	"""What is still to pay for a job, advances taken off; None for a call, whose price is not known."""
	return None if job.doctype == CALL else payable(job)


def _taken(entry_key: str, for_update: bool = False) -> dict | None:
	name = frappe.db.get_value("Service Payment", {"entry_key": entry_key}, "name", for_update=for_update)
	if not name:
		return None
	# A locking read, where another request has booked it since this one began
	doc = frappe.get_doc("Service Payment", name, for_update=for_update)
	doc.check_permission("read")
	return _told(doc)


def _told(doc: Document) -> dict:
	return {
		"receipt": doc.name,
		"received_on": doc.received_on,
		"amount": flt(doc.amount),
		"currency": doc.currency,
		"mode_of_payment": doc.mode_of_payment,
		"reference_no": doc.reference_no,
		"status": doc.status,
		"open_amount": flt(doc.open_amount),
	}
