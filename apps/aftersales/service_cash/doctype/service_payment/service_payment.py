import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.naming import make_autoname
from frappe.utils import escape_html, flt, fmt_money, get_link_to_form, getdate

from aftersales.core.guards import (
	has_any_role,
	require_role,
	set_protected_values,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.core.money import rounded
from aftersales.core.roles import ACCOUNTANTS
from aftersales.core.selling_terms import billing_currency
from aftersales.service_cash.cash import invoice_of
from aftersales.service_cash.payments import booking, receipts
from aftersales.service_cash.payments.receipts import COUNTER_ROLES

FIELDS_OF_RECORD = (
	"payment_entry",
	"open_amount",
	"refund_entry",
	"refunded_amount",
	"refund_reason",
	"status",
	"received_by",
	"entry_key",
)


class ServicePayment(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amended_from: DF.Link | None
		amount: DF.Currency
		company: DF.Link | None
		currency: DF.Link | None
		customer: DF.Link | None
		customer_group: DF.Link | None
		customer_name: DF.Data | None
		due: DF.Currency
		entry_key: DF.Data | None
		fee: DF.Currency
		mode_of_payment: DF.Link
		open_amount: DF.Currency
		payment_entry: DF.Link | None
		received_by: DF.Link | None
		received_on: DF.Date
		reference_doctype: DF.Literal["Repair Call", "Service Voucher", "Repair Card"]
		reference_name: DF.DynamicLink
		reference_no: DF.Data | None
		refund_entry: DF.Link | None
		refund_reason: DF.SmallText | None
		refunded_amount: DF.Currency
		repair_call: DF.Link | None
		status: DF.Literal["Draft", "Received", "Partly Allocated", "Allocated", "Refunded", "Cancelled"]
		territory: DF.Link | None
	# end: auto-generated types

	"""Money received for a call or job: a numbered receipt, booked as ERPNext's Payment Entry when it is submitted."""

	def autoname(self):
		"""One series a company and year: its numbers are those of the receipts."""
		job = receipts.read_job(self.reference_doctype, self.reference_name)
		# Before the number is taken: of two at once that begin a series, each waits for the other
		self.lock_job()
		abbreviation = frappe.get_cached_value("Company", job.company, "abbr")
		self.name = make_autoname(f"PAY-{abbreviation}-.YYYY.-.#####")

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		job = receipts.read_job(self.reference_doctype, self.reference_name)
		self.set_job_values(job)
		self.validate_mode()
		self.validate_amount()

	def before_submit(self):
		job = receipts.read_job(self.reference_doctype, self.reference_name)
		self.lock_job()
		self.validate_state_of_job(job)
		self.validate_due(job)
		set_protected_values(self, received_by=frappe.session.user, status="Received")

	def on_submit(self):
		self.db_set("payment_entry", booking.book(self, self.open_invoice()))
		self.follow_payment()

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		require_role(ACCOUNTANTS, _("Cancelling a payment"))
		if flt(self.refunded_amount):
			frappe.throw(
				_("{0} was refunded by {1}. It cannot be cancelled.").format(
					self.name, get_link_to_form("Payment Entry", self.refund_entry)
				)
			)
		set_protected_values(self, status="Cancelled")
		self.status = "Cancelled"
		self.ignore_linked_doctypes = ["Payment Entry"]

	def on_cancel(self):
		payment = frappe.get_doc("Payment Entry", self.payment_entry)
		if payment.docstatus == 1:
			payment.flags.ignore_permissions = True
			payment.flags.ignore_links = True
			payment.cancel()
		self.db_set({"open_amount": 0, "entry_key": None})

	# ------------------------------------------------------------------ actions

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def refund(self, amount: float, mode_of_payment: str, reason: str, refunded_so_far: float = 0) -> str:
		"""Pay `amount` of what no invoice has taken back to the customer.

		`refunded_so_far`: what was refunded before, so that a second press pays nothing more.

		Returns:
			the Payment Entry of the refund.

		Raises:
			frappe.PermissionError: the user is no accountant or manager.
			frappe.ValidationError: more than is left, refunded meanwhile, or not received yet.
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("read")
		require_role(ACCOUNTANTS, _("Refunding a payment"))
		if not (reason or "").strip():
			frappe.throw(_("Enter the reason for the refund."), frappe.MandatoryError)
		stored = frappe.db.get_value(
			self.doctype,
			self.name,
			["docstatus", "refunded_amount", "payment_entry"],
			as_dict=True,
			for_update=True,
		)
		if stored.docstatus != 1:
			frappe.throw(_("{0} is not submitted: nothing was received.").format(self.name))
		if rounded(stored.refunded_amount) != rounded(refunded_so_far):
			frappe.throw(
				_("{0} were refunded already. Reload the payment.").format(
					fmt_money(stored.refunded_amount, currency=self.currency)
				)
			)
		self.payment_entry = stored.payment_entry
		left = booking.open_amount(self, for_update=True)
		if not 0 < rounded(amount) <= rounded(left):
			frappe.throw(
				_("{0} cannot be refunded: {1} are left that no invoice has taken.").format(
					fmt_money(amount, currency=self.currency), fmt_money(left, currency=self.currency)
				)
			)
		entry = booking.refund(self, rounded(amount), mode_of_payment, reason)
		self.db_set(
			{
				"refund_entry": entry,
				"refunded_amount": rounded(flt(stored.refunded_amount) + amount),
				"refund_reason": reason.strip(),
			}
		)
		self.follow_payment()
		self.add_comment(
			"Info",
			_("{0} refunded: {1}").format(fmt_money(amount, currency=self.currency), escape_html(reason)),
		)
		return entry

	# ------------------------------------------------------------------ steps

	def set_job_values(self, job: Document):
		call = job if job.doctype == receipts.CALL else None
		self.repair_call = call.name if call else job.repair_call
		self.company = job.company
		self.customer = job.customer
		self.customer_name = job.customer_name
		self.currency = billing_currency(job)
		if self.docstatus == 0:
			self.due = receipts.due_of(job) or 0
		if not self.customer:
			frappe.throw(_("{0} has no customer: nothing can be received for it.").format(job.name))
		if self.is_new() and self.flags.entry_key:
			set_protected_values(self, entry_key=self.flags.entry_key)
			self.entry_key = self.flags.entry_key

	def validate_mode(self):
		mode = frappe.get_cached_value(
			"Mode of Payment", self.mode_of_payment, ["type", "enabled"], as_dict=True
		)
		if not mode or not mode.enabled:
			frappe.throw(
				_("Mode of Payment {0} is disabled. Choose another one.").format(
					frappe.bold(self.mode_of_payment)
				)
			)
		if mode.type == "Cash" and not has_any_role(COUNTER_ROLES):
			frappe.throw(
				_("Collect cash on the visit: enter it in {0}, so that it is part of the handover.").format(
					frappe.bold(_("Cash Collected"))
				),
				frappe.PermissionError,
			)
		if flt(self.fee):
			require_role(COUNTER_ROLES, _("Entering {0}").format(frappe.bold(_("Fee Kept Back"))))
			booking.fee_account(self.company)

	def validate_amount(self):
		if flt(self.amount) <= 0:
			frappe.throw(_("Enter the amount received."), frappe.MandatoryError)
		if flt(self.fee) >= flt(self.amount):
			frappe.throw(
				_("{0} ({1}) has to be less than the amount.").format(
					frappe.bold(_("Fee Kept Back")), fmt_money(self.fee, currency=self.currency)
				)
			)
		if getdate(self.received_on) > getdate():
			frappe.throw(
				_("{0} ({1}) is in the future.").format(
					frappe.bold(_("Received on")), self.get_formatted("received_on")
				)
			)

	def lock_job(self):
		"""Two payments of one job come one after the other, so that the second sees what the first has paid."""
		frappe.db.get_value(self.reference_doctype, self.reference_name, "name", for_update=True)

	def validate_state_of_job(self, job: Document):
		if job.docstatus == 2 or job.status == "Cancelled":
			frappe.throw(
				_("{0} is cancelled: nothing is due for it.").format(get_link_to_form(job.doctype, job.name))
			)

	def validate_due(self, job: Document):
		"""After the work no more is received than is due; before it a deposit may be as high as agreed."""
		if job.docstatus != 1:
			return
		if job.sales_invoice and booking.is_overtaken(job.sales_invoice):
			frappe.throw(
				_(
					"Somebody else received a payment for {0} at this moment. Nothing was booked; try again."
				).format(get_link_to_form(job.doctype, job.name)),
				title=_("Try Again"),
			)
		due = rounded(receipts.due_of(frappe.get_doc(job.doctype, job.name)) or 0)
		if rounded(self.amount) > due:
			frappe.throw(
				_("{0} cannot be received: only {1} is due for {2}.").format(
					fmt_money(self.amount, currency=self.currency),
					fmt_money(due, currency=self.currency),
					get_link_to_form(job.doctype, job.name),
				),
				title=_("More than Due"),
			)

	def open_invoice(self) -> frappe._dict | None:
		if self.reference_doctype == receipts.CALL:
			return None
		job = frappe.get_doc(self.reference_doctype, self.reference_name)
		invoice = invoice_of(job)
		if (
			invoice
			and invoice.docstatus == 1
			and invoice.customer == self.customer
			and invoice.outstanding_amount > 0
		):
			return invoice
		return None

	def follow_payment(self):
		"""What became of the money: allocated by invoices, refunded, or open."""
		left = booking.open_amount(self)
		total = rounded(flt(self.amount))
		if rounded(self.refunded_amount) >= total:
			status = "Refunded"
		elif rounded(left) <= 0:
			status = "Allocated"
		else:
			status = (
				"Received"
				if rounded(left) >= rounded(total - flt(self.refunded_amount))
				else "Partly Allocated"
			)
		if (status, rounded(left)) != (self.status, rounded(self.open_amount)):
			self.db_set({"status": status, "open_amount": left}, notify=True)
