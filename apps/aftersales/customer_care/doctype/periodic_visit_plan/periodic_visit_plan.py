import frappe
from frappe import _
from frappe.utils import cint

from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.customer_care import periodic_visits
from aftersales.service_calls import facts
from aftersales.service_setup.settings import aftersales_settings


class PeriodicVisitPlan(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.customer_care.doctype.periodic_visit_customer.periodic_visit_customer import (
			PeriodicVisitCustomer,
		)

		applies_to: DF.Literal["Chosen Customers", "Customer Group", "All Customers"]
		call_owner: DF.Link | None
		company: DF.Link | None
		customer_group_of_plan: DF.Link | None
		customers: DF.TableMultiSelect[PeriodicVisitCustomer]
		enabled: DF.Check
		every_months: DF.Int
		only_with_products: DF.Check
		plan_name: DF.Data
		request_type: DF.Link | None
		script: DF.Text | None
		spread: DF.Check
		starts_on: DF.Date
		visitor_grade: DF.Link | None

	# end: auto-generated types

	"""Which customers are visited how often (R-FU-2); the visits are Follow-ups planned once a day."""

	def validate(self):
		self.check_interval()
		self.check_who()
		self.check_company()

	@frappe.whitelist()
	@validate_call
	def plan_now(self) -> int:
		"""Plan what is due in the current period without waiting for the night; returns how many visits."""
		self.check_permission("write")
		if not self.enabled:
			frappe.throw(_("Tick {0} first.").format(frappe.bold(_("Enabled"))))
		return periodic_visits.plan_visits(self.name)

	def check_interval(self):
		if not 1 <= cint(self.every_months) <= 60:
			frappe.throw(
				_("{0} is a number from 1 to 60, not {1}.").format(
					frappe.bold(_("Every (months)")), cint(self.every_months)
				)
			)

	def check_who(self):
		"""Only a plan that is on has to say whom it visits: shipped ones wait to be filled."""
		if self.applies_to != "Customer Group":
			self.customer_group_of_plan = None
		if self.applies_to != "Chosen Customers":
			self.customers = []
		if not self.enabled:
			return
		if self.applies_to == "Customer Group" and not self.customer_group_of_plan:
			frappe.throw(_("Set {0}.").format(frappe.bold(_("Customer Group"))), frappe.MandatoryError)
		if self.applies_to == "Chosen Customers" and not self.customers:
			frappe.throw(
				_("Choose at least one of {0}.").format(frappe.bold(_("Customers"))), frappe.MandatoryError
			)

	def check_company(self):
		if self.enabled and not (self.company or aftersales_settings().default_company):
			frappe.throw(
				_("Set {0}, here or in the settings.").format(frappe.bold(_("Company"))),
				frappe.MandatoryError,
			)
