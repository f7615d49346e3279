import frappe
from frappe import _
from frappe.utils import add_days, cint, escape_html, flt, get_link_to_form, getdate, nowdate

from aftersales.core import dimensions
from aftersales.core.guards import (
	has_any_role,
	require_role,
	set_protected_values,
	validate_link_exists,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import Day, validate_call
from aftersales.core.roles import ACCOUNTANTS
from aftersales.core.selling_terms import billing_currency, posting_key
from aftersales.service_contracts import contracts, fee_invoices, fees

FIELDS_OF_RECORD = ("status", "subscription", "remind_on", "renewed_from", "end_reason", "currency")
SHARES = ("labour_share", "parts_share", "travel_share")
INVOICE_AT = {
	"Beginning of the Period": "Beginning of the current subscription period",
	"End of the Period": "End of the current subscription period",
}


class ServiceContract(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from erpnext.accounts.doctype.subscription_plan_detail.subscription_plan_detail import (
			SubscriptionPlanDetail,
		)
		from frappe.types import DF

		from aftersales.service_contracts.doctype.service_contract_equipment.service_contract_equipment import (
			ServiceContractEquipment,
		)
		from aftersales.service_contracts.doctype.service_contract_visit.service_contract_visit import (
			ServiceContractVisit,
		)

		amended_from: DF.Link | None
		carry_over: DF.Literal["Forfeited", "Carried into the Next Period", "Carried until the Contract Ends"]
		company: DF.Link
		covers_all_equipment: DF.Check
		currency: DF.Link | None
		customer: DF.Link
		customer_group: DF.Link | None
		customer_name: DF.Data | None
		delay_rate_per_day: DF.Currency
		end_date: DF.Date
		end_reason: DF.SmallText | None
		equipment: DF.Table[ServiceContractEquipment]
		excess_per: DF.Literal["Once per Call", "On Each Job"]
		excess_per_job: DF.Currency
		included_visits: DF.Int
		invoice_at: DF.Literal["Beginning of the Period", "End of the Period"]
		invoice_fees_from: DF.Date | None
		labour_share: DF.Percent
		limited_visits: DF.Check
		naming_series: DF.Literal["SCT-.YYYY.-.#####"]
		parts_share: DF.Percent
		plans: DF.Table[SubscriptionPlanDetail]
		remind_days: DF.Int
		remind_on: DF.Date | None
		renewed_from: DF.Link | None
		start_date: DF.Date
		status: DF.Literal["Draft", "Upcoming", "Active", "Expired", "Cancelled"]
		submit_fee_invoices: DF.Check
		subscription: DF.Link | None
		terms: DF.TextEditor | None
		territory: DF.Link | None
		title: DF.Data | None
		travel_share: DF.Percent
		visit_period: DF.Literal["Month", "Quarter", "Half-year", "Year", "Contract Term"]
		visits: DF.Table[ServiceContractVisit]
	# end: auto-generated types

	"""What a customer has agreed with us for a time: products, shares, visits, fee (R-AC-5)."""

	def onload(self):
		if self.docstatus == 1 and self.end_reason and has_any_role(ACCOUNTANTS):
			self.set_onload("unused_fee", [fees.told(row) for row in fees.unused(self)])
		if self.docstatus == 1 and has_any_role(ACCOUNTANTS):
			self.set_onload(
				"missing_fee", [fee_invoices.told(self, period) for period in fee_invoices.missing(self)]
			)

	def before_insert(self):
		renewed = self.renewed_from
		if renewed and frappe.db.get_value("Service Contract", renewed, "customer") == self.customer:
			set_protected_values(self, renewed_from=renewed)
		self.set("visits", [])

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_visits_unchanged()
		validate_link_exists(self, "customer")
		self.check_period()
		self.check_fee_start()
		self.check_equipment()
		self.check_shares()
		self.check_visits()
		self.set_currency()
		self.set_reminder()

	def before_submit(self):
		set_protected_values(self, status=contracts.status_on(self.start_date, self.end_date))
		fee_invoices.agree_prices(self)

	def on_submit(self):
		if self.plans:
			self.make_subscription()
			fee_invoices.invoice(self.name)

	def before_update_after_submit(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_visits_unchanged()

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		self.validate_not_used()
		self.cancel_subscription()
		set_protected_values(self, status="Cancelled")
		self.ignore_linked_doctypes = ["Subscription"]

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def end_early(self, end_date: Day, reason: str) -> None:
		"""End a submitted contract on `end_date`, its last day; the Subscription ends with it.

		Raises:
			frappe.ValidationError: it is no submitted contract, or the day lies outside its term or before
				a visit that was counted.
			frappe.MandatoryError: no reason.
		"""
		# What is stored is ended, not what a form has sent along, nor what was stored before somebody else ended it
		self.flags.for_update = True
		self.reload()
		self.check_permission("submit")
		if self.docstatus != 1:
			frappe.throw(_("Only a submitted contract can be ended."))
		if not (reason or "").strip():
			frappe.throw(_("Enter why the contract ends early."), frappe.MandatoryError)
		last_visit = max((getdate(row.visited_on) for row in self.visits), default=None)
		earliest = max(part for part in (getdate(self.start_date), last_visit) if part)
		if not earliest <= getdate(end_date) <= getdate(self.end_date):
			frappe.throw(
				_(
					"{0} is not between {1} and {2}. Choose a day of the contract on or after its last visit."
				).format(
					frappe.format(end_date, "Date"),
					frappe.format(earliest, "Date"),
					frappe.format(self.end_date, "Date"),
				)
			)
		self.db_set(
			{
				"end_date": getdate(end_date),
				"end_reason": reason.strip(),
				"remind_on": None,
				"status": contracts.status_on(self.start_date, end_date),
			},
			notify=True,
		)
		fees.end_subscription(self)
		self.add_comment(
			"Info", _("Ends early, on {0}: {1}").format(frappe.format(end_date, "Date"), escape_html(reason))
		)
		for row in fees.unused(self):
			self.add_comment("Info", fees.told(row))

	@frappe.whitelist()
	@validate_call
	def credit_unused_fee(self) -> list[str]:
		"""Draft credit notes for what was invoiced for days after the contract's end; a second call makes none.

		Returns:
			the names of the drafts made.

		Raises:
			frappe.PermissionError: the user is no accountant or manager, or may not submit contracts.
			frappe.ValidationError: nothing is left to credit.
		"""
		require_role(ACCOUNTANTS, _("Crediting a fee"))
		stored = frappe.get_doc(self.doctype, self.name, for_update=True)
		stored.check_permission("submit")
		made = fees.credit(stored) if stored.docstatus == 1 else []
		if not made:
			frappe.throw(_("No fee of {0} is left to credit.").format(self.name))
		return made

	@frappe.whitelist()
	@validate_call
	def invoice_missing_fees(self) -> list[str]:
		"""Invoice every period that has begun and that no invoice bills, also where one was cancelled.

		Returns:
			the names of the invoices, oldest period first.

		Raises:
			frappe.PermissionError: the user is no accountant or manager, or may not submit contracts.
			frappe.ValidationError: nothing is missing, or an invoice cannot be made.
		"""
		require_role(ACCOUNTANTS, _("Invoicing a fee"))
		stored = frappe.get_doc(self.doctype, self.name)
		stored.check_permission("submit")
		made = fee_invoices.invoice(stored.name, again=True)
		if not made:
			frappe.throw(_("No fee of {0} is left to invoice.").format(self.name))
		return made

	# ------------------------------------------------------------------ steps of validate

	def validate_visits_unchanged(self):
		"""Visits are counted by the app when they are completed."""
		before = self.get_doc_before_save()
		stored = (
			[(row.name, row.service_voucher, getdate(row.visited_on)) for row in before.visits]
			if before
			else []
		)
		sent = [(row.name, row.service_voucher, getdate(row.visited_on)) for row in self.visits]
		if sent != stored:
			frappe.throw(
				_("{0} are set by the system when a visit is completed and cannot be edited.").format(
					frappe.bold(_("Visits"))
				),
				frappe.PermissionError,
			)

	def check_period(self):
		if getdate(self.end_date) < getdate(self.start_date):
			frappe.throw(
				_("{0} ({1}) is before {2} ({3}).").format(
					frappe.bold(_("Until")),
					frappe.format(self.end_date, "Date"),
					frappe.bold(_("From")),
					frappe.format(self.start_date, "Date"),
				)
			)

	def check_fee_start(self):
		first = self.invoice_fees_from
		if not first or getdate(self.start_date) <= getdate(first) <= getdate(self.end_date):
			return
		frappe.throw(
			_("{0}: {1} is not a day of the contract. Enter one from {2} to {3}, or leave it empty.").format(
				frappe.bold(_(self.meta.get_label("invoice_fees_from"))),
				frappe.format(first, "Date"),
				frappe.format(self.start_date, "Date"),
				frappe.format(self.end_date, "Date"),
			)
		)

	def check_equipment(self):
		if self.covers_all_equipment:
			self.set("equipment", [])
			return
		if not self.equipment:
			frappe.throw(
				_("List the products covered, or tick {0}.").format(
					frappe.bold(_("All Products of the Customer"))
				),
				frappe.MandatoryError,
			)
		names = [row.equipment for row in self.equipment]
		owners = dict(
			frappe.get_all(
				"Customer Equipment",
				filters={"name": ("in", names)},
				fields=["name", "customer"],
				as_list=True,
			)
		)
		for row in self.equipment:
			if names.count(row.equipment) > 1:
				frappe.throw(_("Products row {0}: {1} is listed twice.").format(row.idx, row.equipment))
			if owners.get(row.equipment) != self.customer:
				frappe.throw(
					_("Products row {0}: {1} belongs to {2}, not to {3}.").format(
						row.idx,
						frappe.bold(escape_html(row.equipment)),
						frappe.bold(escape_html(owners.get(row.equipment) or "-")),
						frappe.bold(escape_html(self.customer)),
					)
				)

	def check_shares(self):
		for fieldname in SHARES:
			if not 0 <= flt(self.get(fieldname)) <= 100:
				frappe.throw(
					_("{0}: {1} is not between 0 and 100.").format(
						frappe.bold(_(self.meta.get_label(fieldname))), flt(self.get(fieldname))
					)
				)
		if flt(self.excess_per_job) < 0:
			frappe.throw(_("{0}: {1} is below zero.").format(frappe.bold(_("Excess")), self.excess_per_job))

	def check_visits(self):
		if self.limited_visits and cint(self.included_visits) < 0:
			frappe.throw(
				_("{0}: {1} is below zero.").format(frappe.bold(_("Included Visits")), self.included_visits)
			)
		if not self.limited_visits:
			self.included_visits = 0

	def set_currency(self):
		set_protected_values(self, currency=billing_currency(self))

	def set_reminder(self):
		days = cint(self.remind_days)
		set_protected_values(self, remind_on=add_days(self.end_date, -days) if days else None)

	# ------------------------------------------------------------------ the fee

	def make_subscription(self):
		"""The document of the fee in ERPNext; the unique key refuses a second one for the same contract.

		Without an end date, which ERPNext refuses unless more than one period fits: `fee_invoices` stops it.
		"""
		subscription = frappe.get_doc(
			{
				"doctype": "Subscription",
				"party_type": "Customer",
				"party": self.customer,
				"company": self.company,
				"start_date": self.invoice_fees_from or self.start_date,
				"generate_invoice_at": INVOICE_AT[self.invoice_at or "Beginning of the Period"],
				"submit_invoice": cint(self.submit_fee_invoices),
				"generate_new_invoices_past_due_date": 1,
				"plans": [{"plan": row.plan, "qty": row.qty} for row in self.plans],
				"aftersales_voucher_type": self.doctype,
				"aftersales_voucher": self.name,
				"aftersales_posting_key": posting_key(self.doctype, self.name, "Subscription"),
				**dimensions.of_source(self),
			}
		)
		subscription.insert(ignore_permissions=True)
		self.db_set("subscription", subscription.name)

	def cancel_subscription(self):
		if not self.subscription:
			return
		invoices = frappe.get_all(
			"Sales Invoice",
			filters={"subscription": self.subscription, "docstatus": 1},
			pluck="name",
			order_by="name asc",
		)
		if invoices:
			frappe.throw(
				_(
					"The fee was invoiced with {0}. Cancel that first, or end the contract early instead of cancelling it."
				).format(", ".join(get_link_to_form("Sales Invoice", name) for name in invoices[:5])),
				title=_("Fee Invoiced"),
			)
		for draft in frappe.get_all(
			"Sales Invoice",
			filters={"subscription": self.subscription, "docstatus": 0},
			pluck="name",
			order_by="name asc",
		):
			frappe.delete_doc("Sales Invoice", draft, ignore_permissions=True)
		subscription = frappe.get_doc("Subscription", self.subscription)
		frappe.db.set_value(
			"Subscription",
			self.subscription,
			{"status": "Cancelled", "cancelation_date": nowdate(), "aftersales_posting_key": None},
		)
		subscription.add_comment("Info", _("Service Contract {0} was cancelled").format(self.name))

	# ------------------------------------------------------------------ cancelling

	def validate_not_used(self):
		used = contracts.jobs_under(self.name)
		if used:
			links = [get_link_to_form(doctype, name) for doctype, name in used[:5]]
			frappe.throw(
				_(
					"{0} job(s) were done under this contract: {1}. End it early instead of cancelling it."
				).format(len(used), ", ".join(links)),
				title=_("Contract in Use"),
			)
