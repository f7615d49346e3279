from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import flt, getdate

from aftersales.core.guards import (
	require_value,
	reset_on_amend,
	set_protected_values,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.service_billing import journal
from aftersales.service_calls import jobs
from aftersales.service_cash import handover, modes
from aftersales.service_cash.handover_rules import difference, refusals, total

FIELDS_OF_RECORD = ("status", "received_by", "journal_entry", "conversion_rate")


class TechnicianCashHandover(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_cash.doctype.technician_cash_handover_line.technician_cash_handover_line import (
			TechnicianCashHandoverLine,
		)

		amended_from: DF.Link | None
		cancel_invoices: DF.Check
		company: DF.Link
		conversion_rate: DF.Float
		cost_center: DF.Link | None
		counted_amount: DF.Currency
		currency: DF.Link | None
		difference: DF.Currency
		difference_account: DF.Link | None
		difference_reason: DF.SmallText | None
		expected_amount: DF.Currency
		journal_entry: DF.Link | None
		mode_of_payment: DF.Link
		naming_series: DF.Literal["CH-.YYYY.-.#####"]
		posting_date: DF.Date
		received_by: DF.Link | None
		set_posting_date: DF.Check
		status: DF.Literal["Draft", "Booked", "Cancelled"]
		technician: DF.Link
		vouchers: DF.Table[TechnicianCashHandoverLine]
	# end: auto-generated types

	"""What a technician hands over: expected against counted, booked in one transaction (R-AC-3)."""

	def before_insert(self):
		reset_on_amend(self)
		self.set_currency()
		self.set_mode_of_payment()
		self.start_lines_over()
		if not self.vouchers:
			self.take_all_open_cash()

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.set_currency()
		self.set_date()
		self.check_posting()
		self.read_vouchers()
		self.set_difference()

	def before_submit(self):
		self.lock_vouchers()
		self.check_difference()
		self.claim_vouchers()
		set_protected_values(self, status="Booked", received_by=frappe.session.user)

	def on_submit(self):
		handover.book(self)

	def before_update_after_submit(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		set_protected_values(self, status="Cancelled")
		for line in self.vouchers:
			line.handover_key = None  # the vouchers may be handed over anew

	def on_cancel(self):
		handover.take_back(self)

	# ------------------------------------------------------------------ steps of validate

	def start_lines_over(self):
		"""Rows of an amendment or a copy have booked nothing yet."""
		for line in self.vouchers:
			line.update(
				{"payment_entry": None, "invoice_submitted": 0, "handover_key": None, "unallocated_amount": 0}
			)

	def set_mode_of_payment(self):
		"""The only way in which the company takes cash need not be chosen."""
		if self.company:
			self.mode_of_payment = modes.chosen(self.company, self.currency, self.mode_of_payment)

	def take_all_open_cash(self):
		self.set("vouchers", handover.open_rows(self.company, self.technician, self.currency))

	def set_currency(self):
		if not self.currency and self.company:
			self.currency = frappe.get_cached_value("Company", self.company, "default_currency")

	def set_date(self):
		"""As ERPNext dates its invoices: the day of submission, unless a date was entered."""
		stored = self.get_doc_before_save()
		proposed = getdate(stored.posting_date) if stored else getdate()
		if self.posting_date and getdate(self.posting_date) != proposed:
			self.set_posting_date = 1
		if not self.set_posting_date:
			self.posting_date = getdate()

	def check_posting(self):
		"""Cash that a technician took before they went to another company is handed over where they took it."""
		if self.vouchers:
			return
		company = frappe.get_cached_value("Service Technician", self.technician, "company")
		if company != self.company:
			frappe.throw(
				_("{0} works for {1}, not for {2}.").format(
					frappe.bold(self.technician), company, self.company
				)
			)

	def read_vouchers(self):
		"""Amounts are those on the receipts, never typed here; a voucher that does not fit is refused."""
		self.read_rows(handover.vouchers(line.service_voucher for line in self.vouchers))

	def read_rows(self, found: dict):
		for line in self.vouchers:
			if line.service_voucher not in found:
				frappe.throw(
					_("Row {0}: Service Voucher {1} does not exist.").format(
						line.idx, frappe.bold(frappe.utils.escape_html(line.service_voucher or ""))
					)
				)
			line.update(handover.row_of(found[line.service_voucher]))
		cash = [handover.as_cash(found[line.service_voucher]) for line in self.vouchers]
		if reasons := refusals(handover.as_handover(self), cash):
			frappe.throw(
				[handover.refusal_message(reason) for reason in reasons],
				title=_("Not to Be Handed Over"),
				as_list=True,
			)
		self.expected_amount = flt(total(cash))

	def set_difference(self):
		self.difference = flt(
			difference(Decimal(str(flt(self.expected_amount))), Decimal(str(flt(self.counted_amount))))
		)

	# ------------------------------------------------------------------ steps of submit

	def lock_vouchers(self):
		"""From here on nobody else books this cash; what others have booked meanwhile is seen."""
		names = [line.service_voucher for line in self.vouchers]
		self.read_rows(handover.vouchers(names, for_update=True))
		self.set_difference()

	def check_difference(self):
		if not self.vouchers:
			frappe.throw(_("There is no cash to hand over."))
		if flt(self.difference):
			require_value(
				self,
				"difference_reason",
				_("The counted amount differs from the receipts. Enter the reason."),
			)
			self.difference_account = journal.company_account(
				self.company, "cash_difference_account", self.difference_account
			)

	def claim_vouchers(self):
		"""The unique key lets the database itself refuse a voucher in a second handover."""
		for line in self.vouchers:
			line.handover_key = line.service_voucher
