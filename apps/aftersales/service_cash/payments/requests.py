"""Payment by link: ERPNext's Payment Request on an invoice of service jobs, through a gateway of the payments app.

Once only: a request that is paid stays paid, however often the gateway says so, and money that comes for an invoice that
was paid meanwhile is booked as the customer's own.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, nowdate

from aftersales.core.money import nothing, rounded
from aftersales.core.system_user import booking_as_system, mapping_as_system
from aftersales.service_cash.payments.booking import is_overtaken
from aftersales.service_cash.payments.transfer import open_of

REQUEST = "Payment Request"
LIVE = ("Requested", "Initiated", "Partially Paid")
PAID = ("Authorized", "Completed")
THANKS = "/aftersales"


def authorized(request: Document, status: str | None) -> str | None:
	"""The gateway says that a request was paid, as often as it likes.

	ERPNext leaves this event to the web shop; where that is installed, it has booked the payment already.

	Returns:
		the page to which the gateway sends the customer.
	"""
	if status not in PAID or request.reference_doctype != "Sales Invoice":
		return None
	book(request)  # as a guest, in whose name the gateway calls
	return THANKS


def book(request: Document) -> str | None:
	"""Book a paid request once; return its Payment Entry.

	What comes for an invoice that was paid in another way meanwhile is booked as the customer's own money.
	"""
	# The locking reads see what another request has committed since this one began
	stored = frappe.db.get_value(
		REQUEST, request.name, ["docstatus", "status"], as_dict=True, for_update=True
	)
	booked = _booked(request.name)
	if booked or stored.status == "Paid":
		return booked
	if is_overtaken(request.reference_name):
		# In a transaction of its own, which sees what was paid at this moment
		frappe.enqueue(
			"aftersales.service_cash.payments.requests.book_named",
			request=request.name,
			enqueue_after_commit=True,
		)
		return None
	owed = flt(frappe.db.get_value("Sales Invoice", request.reference_name, "outstanding_amount"))
	if stored.docstatus == 1 and owed + nothing() >= flt(request.outstanding_amount):
		with mapping_as_system():
			payment = request.create_payment_entry(submit=False)
		return _submit(payment)
	return _book_as_advance(request)


def book_named(request: str) -> None:
	"""In the background: book a paid request that was overtaken by another payment."""
	book(frappe.get_doc(REQUEST, request))


def _book_as_advance(request: Document) -> str:
	"""Nothing, or less, was due: the accountant finds the money on the customer's account, and a word on the invoice."""
	invoice = frappe.get_doc("Sales Invoice", request.reference_name)
	with mapping_as_system():
		payment = _advance(request, invoice)
	name = _submit(payment)
	request.db_set({"status": "Paid", "outstanding_amount": 0})
	invoice.add_comment(
		"Info",
		_(
			"{0} was paid although nothing was due: Payment Entry {1} is not allocated. Refund it or allocate it."
		).format(request.name, name),
	)
	return name


def _submit(payment: Document) -> str:
	payment.flags.ignore_permissions = True
	with booking_as_system():
		payment.insert()
		payment.submit()
	return payment.name


def online(invoice: Document) -> bool:
	"""Whether the customer can pay the open invoice through a gateway."""
	return open_of(invoice) > 0 and bool(_gateway_account(invoice))


def address_for(invoice: Document, payer_email: str | None = None) -> str:
	"""The gateway's page where the open amount of `invoice` is paid; one Payment Request serves until it is paid.

	Raises:
		frappe.ValidationError: nothing is open, or there is no gateway, or it does not answer.
	"""
	# Two clicks at once make one request
	owed = flt(frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount", for_update=True))
	account = _gateway_account(invoice)
	if owed <= 0 or not account:
		frappe.throw(_("Nothing is open on {0}, or it cannot be paid online.").format(invoice.name))
	request = _live_request(invoice, owed) or _new_request(invoice, account, payer_email)
	if not request.payment_url:
		request.set_payment_request_url()
	if not request.payment_url:
		frappe.throw(_("The payment page cannot be opened at the moment."))
	return request.payment_url


def _live_request(invoice: Document, owed: float) -> Document | None:
	"""The request that asks for exactly what is open; one for another amount is withdrawn."""
	names = frappe.db.get_values(
		REQUEST,
		{
			"reference_doctype": "Sales Invoice",
			"reference_name": invoice.name,
			"docstatus": 1,
			"status": ("in", LIVE),
		},
		"name",
		order_by="creation desc",
		pluck=True,
		for_update=True,
	)
	found = None
	for name in names:
		request = frappe.get_doc(REQUEST, name)
		if not found and rounded(request.outstanding_amount) == rounded(owed):
			found = request
		elif not _booked(name):
			request.flags.ignore_permissions = True
			request.cancel()
	return found


def _new_request(invoice: Document, account: str, payer_email: str | None) -> Document:
	gateway = frappe.get_cached_doc("Payment Gateway Account", account)
	request = frappe.new_doc(REQUEST)
	request.update(
		{
			"payment_request_type": "Inward",
			"transaction_date": nowdate(),
			"payment_gateway_account": account,
			"payment_gateway": gateway.payment_gateway,
			"payment_account": gateway.payment_account,
			"payment_channel": gateway.payment_channel,
			"currency": invoice.currency,
			"party_account_currency": invoice.party_account_currency,
			"grand_total": open_of(invoice),
			"email_to": payer_email or invoice.contact_email or invoice.owner,
			"subject": _("Payment of {0}").format(invoice.name),
			"message": gateway.message,
			"reference_doctype": "Sales Invoice",
			"reference_name": invoice.name,
			"company": invoice.company,
			"party_type": "Customer",
			"party": invoice.customer,
			"party_name": invoice.customer_name,
			"cost_center": invoice.cost_center,
			"project": invoice.project,
		}
	)
	request.flags.ignore_permissions = True
	request.flags.mute_email = True
	request.insert()
	request.submit()
	return request


def _gateway_account(invoice: Document) -> str | None:
	"""The company's gateway account in the currency of the invoice, the default one first; none without the payments app."""
	if "payments" not in frappe.get_installed_apps():
		return None
	rows = frappe.get_all(
		"Payment Gateway Account",
		filters={"currency": invoice.currency},
		fields=["name", "payment_account"],
		order_by="is_default desc, name asc",
	)
	return next(
		(
			row.name
			for row in rows
			if frappe.get_cached_value("Account", row.payment_account, "company") == invoice.company
		),
		None,
	)


def _booked(request: str) -> str | None:
	"""The submitted Payment Entry that books a request; a locking read."""
	return frappe.db.get_value(
		"Payment Entry Reference",
		{"payment_request": request, "docstatus": 1},
		"parent",
		for_update=True,
	) or frappe.db.get_value(
		"Payment Entry", {"reference_no": request, "docstatus": 1}, "name", for_update=True
	)


def _advance(request: Document, invoice: Document) -> Document:
	own = frappe.get_cached_value("Company", invoice.company, "default_currency")
	kept_in = frappe.get_cached_value("Account", request.payment_account, "account_currency")
	rate = flt(invoice.conversion_rate) or 1
	base = rounded(flt(request.grand_total) * (1 if invoice.currency == own else rate))
	of_party = flt(request.grand_total) if invoice.party_account_currency == invoice.currency else base
	of_bank = flt(request.grand_total) if kept_in == invoice.currency else base
	payment = frappe.new_doc("Payment Entry")
	payment.update(
		{
			"payment_type": "Receive",
			"company": invoice.company,
			"party_type": "Customer",
			"party": invoice.customer,
			"posting_date": nowdate(),
			"paid_from": invoice.debit_to,
			"paid_from_account_currency": invoice.party_account_currency,
			"paid_to": request.payment_account,
			"paid_to_account_currency": kept_in,
			"paid_amount": of_party,
			"received_amount": of_bank,
			"source_exchange_rate": base / of_party,
			"target_exchange_rate": base / of_bank,
			"mode_of_payment": request.mode_of_payment,
			"reference_no": request.name,
			"reference_date": nowdate(),
		}
	)
	payment.setup_party_account_field()
	payment.set_missing_values()
	return payment
