"""Payment by link: ERPNext's Payment Request on an invoice of service jobs, through a gateway of the payments app.

Once only: each payment that a gateway completed is booked once, however often the gateway says so. Gateways of the
payments app note each payment as an Integration Request; what is completed there and booked nowhere (the server was
killed, the period was closed) is booked by the hourly job. Money for an invoice that was paid meanwhile is booked as the
customer's own.

What is booked is what the gateway charged, as it has noted it: some gateways take the amount from an address in the
customer's browser, where it can be changed.
"""

import json
from urllib.parse import quote

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, add_to_date, flt, fmt_money, now_datetime, nowdate

from aftersales.core.money import nothing, rounded
from aftersales.core.savepoints import one_of_many
from aftersales.core.system_user import booking_as_system, mapping_as_system
from aftersales.service_cash.payments.booking import is_overtaken
from aftersales.service_cash.payments.transfer import open_of, owed_on

REQUEST = "Payment Request"
LIVE = ("Requested", "Initiated", "Partially Paid")
PAID = ("Authorized", "Completed")
COMPLETED = "Completed"
ENDED = ("Cancelled", "Failed", COMPLETED)
HOURS_OF_PAGE = 2
"""PayPal's page is open for three hours."""
LOG = "Integration Request"
THANKS, PAGE = "/aftersales/paid", "/aftersales/pay/{0}"


def authorized(request: Document, status: str | None) -> str | None:
	"""The gateway says that a request was paid, as often as it likes.

	ERPNext leaves this event to the web shop; where that is installed, it has booked the payment already.

	Returns:
		the page to which the gateway sends the customer.
	"""
	if status not in PAID or request.reference_doctype != "Sales Invoice":
		return None
	is_guest = frappe.session.user == "Guest"
	book(request)  # also as a guest, in whose name the gateway calls
	return THANKS if is_guest else PAGE.format(quote(request.reference_name, safe=""))


def book(request: Document) -> str | None:
	"""Book what was paid for a request and is not booked yet; return its last Payment Entry.

	What comes for an invoice that was paid in another way meanwhile is booked as the customer's own money.
	"""
	# The locking reads see what another request has committed since this one began
	stored = frappe.db.get_value(
		REQUEST, request.name, ["docstatus", "status"], as_dict=True, for_update=True
	)
	booked = _booked(request.name)
	# A gateway notes what it completed before or after it tells us: the first word counts in any case
	charged = _charged(request) or [_asked(request)]
	# The accountant books what came in another currency; it hides no payment that is booked here
	ours = [payment for payment in charged if payment[1] == request.currency]
	for payment in charged:
		if payment not in ours:
			_tell_of_other_currency(request, *payment)
	if len(booked) >= len(ours):
		return booked[-1] if booked else None
	if not booked and stored.status == "Paid":
		return None
	if is_overtaken(request.reference_name):
		# In a transaction of its own, which sees what was paid at this moment
		frappe.enqueue(
			"aftersales.service_cash.payments.requests.book_named",
			request=request.name,
			enqueue_after_commit=True,
		)
		return None
	outstanding = flt(frappe.db.get_value("Sales Invoice", request.reference_name, "outstanding_amount"))
	owed = owed_on(request.reference_name, outstanding)
	amount, currency = ours[len(booked)]
	is_due = stored.docstatus == 1 and not booked and (amount, currency) == _asked(request)
	if is_due and owed + nothing() >= flt(request.outstanding_amount):
		with mapping_as_system():
			payment = request.create_payment_entry(submit=False)
		return _submit(payment)
	return _book_as_advance(request, amount, currency)


def _asked(request: Document) -> tuple[float, str]:
	return rounded(flt(request.grand_total), request.currency), request.currency


def _charged(request: Document) -> list[tuple[float, str]]:
	"""Amount and currency of each payment that the gateway completed, the first first; as asked where a note says nothing."""
	notes = frappe.get_all(
		LOG,
		{"reference_doctype": REQUEST, "reference_docname": request.name, "status": COMPLETED},
		pluck="data",
		order_by="modified asc, creation asc",
	)
	return [_noted(note, *_asked(request)) for note in notes]


def _noted(note: str | None, amount: float, currency: str) -> tuple[float, str]:
	try:
		values = json.loads(note)
		said, in_currency = flt(values.get("amount")), values.get("currency") or currency
	except (TypeError, ValueError, AttributeError):
		return amount, currency
	return (rounded(said, in_currency), in_currency) if said > 0 else (amount, currency)


def book_completed() -> None:
	"""Hourly: book what gateways completed and nobody booked; each in a savepoint, so that one does not stop the rest."""
	for name in _completed_requests():
		if len(_booked(name)) >= _completed(name):
			continue
		with one_of_many("A completed payment is not booked", REQUEST, name):
			book_named(name)
		frappe.db.commit()  # nosemgrep


def book_named(request: str) -> None:
	"""In the background: book a paid request that was overtaken by another payment."""
	book(frappe.get_doc(REQUEST, request))


def _book_as_advance(request: Document, amount: float, currency: str) -> str | None:
	"""Nothing, or another amount, was due: the accountant finds the money on the customer's account, and a word on the invoice."""
	invoice = frappe.get_doc("Sales Invoice", request.reference_name)
	if currency != invoice.currency:
		return _tell_of_other_currency(request, amount, currency)
	with mapping_as_system():
		payment = _advance(request, invoice, amount)
	name = _submit(payment)
	request.db_set({"status": "Paid", "outstanding_amount": 0})
	if (amount, currency) == _asked(request):
		why = _(
			"{0} was paid although nothing was due: Payment Entry {1} is not allocated. Refund it or allocate it."
		).format(request.name, name)
	else:
		why = _(
			"{0} asked for {2}, and {3} was paid: Payment Entry {1} is not allocated. Refund it or allocate it."
		).format(
			request.name,
			name,
			fmt_money(request.grand_total, currency=request.currency),
			fmt_money(amount, currency=currency),
		)
	invoice.add_comment("Info", why)
	return name


def _tell_of_other_currency(request: Document, amount: float, currency: str) -> None:
	"""Once on the invoice: the accountant, who knows what the bank received, books it."""
	text = _("{0} was paid with {1}, although {2} was asked. Book what the bank received.").format(
		request.name,
		fmt_money(amount, currency=currency),
		fmt_money(request.grand_total, currency=request.currency),
	)
	told = {"reference_doctype": "Sales Invoice", "reference_name": request.reference_name, "content": text}
	if not frappe.db.exists("Comment", told):
		frappe.get_doc("Sales Invoice", request.reference_name).add_comment("Info", text)


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
	locked = frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount", for_update=True)
	owed = owed_on(invoice.name, flt(locked))
	account = _gateway_account(invoice)
	if owed <= 0 or not account:
		frappe.throw(_("Nothing is open on {0}, or it cannot be paid online.").format(invoice.name))
	request = _live_request(invoice, owed) or _new_request(invoice, account, payer_email)
	if not request.payment_url or not _page_is_open(request.name):
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


def _page_is_open(request: str) -> bool:
	"""Whether the gateway's page that a request has can still be paid: it may have expired, or was cancelled there.

	As long as it can, every tab of the customer gets the same one, which a gateway charges once.
	"""
	page = frappe.db.get_value(
		LOG,
		{"reference_doctype": REQUEST, "reference_docname": request},
		["status", "creation"],
		as_dict=True,
		order_by="creation desc",
	)
	if not page:
		return True
	is_old = page.creation < add_to_date(now_datetime(), hours=-HOURS_OF_PAGE)
	return page.status not in ENDED and not is_old


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
		fields=["name", "payment_account", "payment_channel"],
		order_by="is_default desc, name asc",
	)
	return next(
		(
			row.name
			for row in rows
			# one that calls the customer's phone has no page
			if row.payment_channel != "Phone"
			and frappe.get_cached_value("Account", row.payment_account, "company") == invoice.company
		),
		None,
	)


def _booked(request: str) -> list[str]:
	"""Payment Entries that booked a request, the oldest first; locking reads.

	One that an accountant cancelled counts, too, because it is the accountant's decision; its amendment does not count again.
	"""
	referring = frappe.db.get_values(
		"Payment Entry Reference",
		{"payment_request": request, "docstatus": ("in", (1, 2))},
		"parent",
		pluck=True,
		for_update=True,
		order_by="creation asc",
	)
	found = frappe.db.get_values(
		"Payment Entry",
		{"reference_no": request, "docstatus": ("in", (1, 2)), "amended_from": ("is", "not set")},
		"name",
		pluck=True,
		for_update=True,
		order_by="creation asc",
	)
	amended = frappe.get_all(
		"Payment Entry",
		{"name": ("in", referring), "amended_from": ("is", "set")},
		pluck="name",
		order_by="name asc",
	)
	return list(dict.fromkeys(name for name in (*found, *referring) if name not in amended))


def _completed(request: str) -> int:
	"""How many payments of a request the gateway has completed, as far as it has noted them."""
	return frappe.db.count(
		LOG, {"reference_doctype": REQUEST, "reference_docname": request, "status": COMPLETED}
	)


def _completed_requests() -> list[str]:
	"""Requests of sales invoices of the last month for which a gateway completed something."""
	log, request = frappe.qb.DocType(LOG), frappe.qb.DocType(REQUEST)
	return (
		frappe.qb.from_(log)
		.join(request)
		.on(request.name == log.reference_docname)
		.select(request.name)
		.distinct()
		.where((log.reference_doctype == REQUEST) & (log.status == COMPLETED))
		.where(log.modified >= add_days(nowdate(), -31))
		.where(request.reference_doctype == "Sales Invoice")
		.orderby(request.name)
		.run(pluck=True)
	)


def _advance(request: Document, invoice: Document, amount: float) -> Document:
	own = frappe.get_cached_value("Company", invoice.company, "default_currency")
	kept_in = frappe.get_cached_value("Account", request.payment_account, "account_currency")
	rate = flt(invoice.conversion_rate) or 1
	base = rounded(amount * (1 if invoice.currency == own else rate))
	of_party = amount if invoice.party_account_currency == invoice.currency else base
	of_bank = amount if kept_in == invoice.currency else base
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
