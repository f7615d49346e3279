import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.core.input.document import ServiceDocument

OF_A_COMPANY = ("Account", "Cost Center", "Warehouse")


class AftersalesSettings(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.customer_goods.doctype.loaner_warehouse.loaner_warehouse import LoanerWarehouse
		from aftersales.service_setup.doctype.service_billing_account.service_billing_account import (
			ServiceBillingAccount,
		)

		answer_after_resolution: DF.Literal["Reopen the Call", "Open a New Call", "Tell the Owner"]
		answer_days: DF.Int
		ask_promised_return: DF.Check
		ask_repair_method: DF.Check
		approval_tolerance: DF.Percent
		arrival_lead: DF.Int
		arrival_window: DF.Int
		billing_accounts: DF.Table[ServiceBillingAccount]
		billing_period: DF.Literal["Day", "Week", "Month"]
		booking_cutoff: DF.Int
		collection_conditions: DF.SmallText | None
		collect_remind_days: DF.Int
		complaint_owner: DF.Link | None
		complaint_reply_days: DF.Int
		damage_spot_limit: DF.Currency
		damage_technician_limit: DF.Currency
		customer_calls_owner: DF.Link | None
		default_company: DF.Link | None
		default_priority: DF.Link | None
		diagnosis_fee_item: DF.Link | None
		dispose_after_days: DF.Int
		default_request_type: DF.Link | None
		delay_grace_days: DF.Int
		delay_max_days: DF.Int
		delay_max_percent: DF.Percent
		delay_rate_per_day: DF.Currency
		emergency_priority: DF.Link | None
		estimate_minutes: DF.Int
		follow_up_attempts: DF.Int
		excess_item: DF.Link | None
		exchange_after_days: DF.Int
		exchange_after_repairs: DF.Int
		follow_up_days: DF.Int
		invoicing: DF.Literal["On Completion", "One Invoice per Job", "One Invoice per Customer"]
		follow_up_retry_hours: DF.Int
		follow_up_script: DF.Text | None
		hours_beyond_visit: DF.Float
		keep_contacts: DF.Int
		keep_photos: DF.Int
		keep_signatures: DF.Int
		labour_item: DF.Link | None
		loaner_before_removal: DF.Check
		loaner_charge_item: DF.Link | None
		loaner_conditions: DF.SmallText | None
		loaner_days: DF.Int
		loaner_remind_days: DF.Int
		loaner_warehouses: DF.Table[LoanerWarehouse]
		link_valid_days: DF.Int
		next_action_within: DF.Int
		own_check_allowed: DF.Check
		part_warranty_covers_work: DF.Check
		quality_procedure: DF.Link | None
		rate_change_limit: DF.Percent
		rate_change_role: DF.Link | None
		recurring_fault_days: DF.Int
		recurring_faults: DF.Int
		repair_warranty_days: DF.Int
		repeat_days: DF.Int
		restart_repair_warranty: DF.Check
		self_booking: DF.Literal["Off", "After Triage", "All Calls"]
		send_customer_messages: DF.Check
		set_aside_role: DF.Link | None
		small_fee_limit: DF.Currency
		storage_fee_item: DF.Link | None
		storage_free_days: DF.Int
		subcontract_orders: DF.Literal["Draft", "Submitted"]
		subcontracted_visit_item: DF.Link | None
		subcontractors_report_hours: DF.Check
		subcontractors_report_parts: DF.Check
		submit_invoice: DF.Check
		taking_set_aside: DF.Literal["Stop", "Warn", "Ignore"]
		travel_item: DF.Link | None
		vendor_repair_item: DF.Link | None
		visit_minutes: DF.Int
		visit_reminder_hours: DF.Int
		working_calendar: DF.Link | None
		unknown_sender_customer: DF.Link | None

	# end: auto-generated types

	def validate(self):
		self.validate_emergency_priority()
		self.check_billing_items()
		self.check_billing_accounts()
		self.check_loaner_warehouses()

	def validate_emergency_priority(self):
		"""Without it a reported hazard could not be told from any other fault (R-IN-4)."""
		before = self.get_doc_before_save()
		if before and before.emergency_priority and not self.emergency_priority:
			frappe.throw(
				_("{0} cannot be empty: every hazard must create an emergency.").format(
					frappe.bold(_("Emergency Priority"))
				)
			)

	def check_billing_items(self):
		for fieldname in (
			"labour_item",
			"travel_item",
			"excess_item",
			"vendor_repair_item",
			"subcontracted_visit_item",
			"diagnosis_fee_item",
			"loaner_charge_item",
			"storage_fee_item",
		):
			item = self.get(fieldname)
			if item and frappe.get_cached_value("Item", item, "is_stock_item"):
				frappe.throw(
					_("{0}: {1} is a stock item; what is no part is billed by a non-stock item.").format(
						frappe.bold(_(self.meta.get_label(fieldname))), frappe.bold(item)
					)
				)

	def check_billing_accounts(self):
		self.check_rows_of_companies("billing_accounts")

	def check_loaner_warehouses(self):
		self.check_rows_of_companies("loaner_warehouses")
		for row in self.loaner_warehouses:
			if row.loaner_warehouse == row.lent_out_warehouse:
				frappe.throw(
					_("Loaner Warehouses row {0}: {1} and {2} have to differ.").format(
						row.idx,
						frappe.bold(_(row.meta.get_label("loaner_warehouse"))),
						frappe.bold(_(row.meta.get_label("lent_out_warehouse"))),
					)
				)

	def check_rows_of_companies(self, table: str):
		"""One row a company, and what a row names belongs to it."""
		rows = self.get(table)
		companies = [row.company for row in rows]
		for row in rows:
			if companies.count(row.company) > 1:
				frappe.throw(
					_("{0}: {1} has more than one row.").format(
						_(self.meta.get_label(table)), frappe.bold(row.company)
					)
				)
			for field in row.meta.get_link_fields():
				if field.options in OF_A_COMPANY and row.get(field.fieldname):
					self.check_of_company(table, row, field)

	def check_of_company(self, table: str, row: Document, field):
		company = frappe.get_cached_value(field.options, row.get(field.fieldname), "company")
		if company != row.company:
			frappe.throw(
				_("{0} row {1}, {2}: {3} belongs to {4}, not to {5}.").format(
					_(self.meta.get_label(table)),
					row.idx,
					frappe.bold(_(field.label)),
					frappe.bold(row.get(field.fieldname)),
					company,
					row.company,
				)
			)
