import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from aftersales.core.guards import set_protected_values, validate_protected_fields
from aftersales.core.input.document import ServiceDocument


class HostedVisit(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.customer_care.doctype.hosted_visit_item.hosted_visit_item import HostedVisitItem

		arrives_at: DF.Datetime
		company: DF.Link
		customer: DF.Link
		customer_group: DF.Link | None
		departs_at: DF.Datetime
		host: DF.Link | None
		naming_series: DF.Literal["HV-.YYYY.-.#####"]
		planned_at: DF.Datetime | None
		programme: DF.Table[HostedVisitItem]
		purpose: DF.Data | None
		status: DF.Literal["Planned", "Here", "Done", "Cancelled"]
		territory: DF.Link | None
		visitors: DF.SmallText
	# end: auto-generated types

	"""A customer comes to us: somebody looks after the visitors from arrival to departure."""

	def validate(self):
		validate_protected_fields(self, ("planned_at",))
		self.validate_stay()
		self.validate_programme()
		self.validate_host()
		self.set_planned()

	def validate_stay(self):
		if get_datetime(self.departs_at) <= get_datetime(self.arrives_at):
			frappe.throw(
				_("{0} has to be after {1}.").format(
					frappe.bold(_("Departs at")), frappe.bold(_("Arrives at"))
				)
			)

	def validate_programme(self):
		for row in self.programme:
			if (
				not get_datetime(self.arrives_at)
				<= get_datetime(row.from_time)
				<= get_datetime(self.departs_at)
			):
				frappe.throw(
					_("Row {0} of {1} is not between arrival and departure.").format(
						row.idx, frappe.bold(_("Programme"))
					)
				)
		self.programme.sort(key=lambda row: get_datetime(row.from_time))
		for place, row in enumerate(self.programme, 1):
			row.idx = place

	def validate_host(self):
		if self.host and not frappe.db.get_value("User", self.host, "enabled"):
			frappe.throw(
				_("{0} ({1}) is disabled. Choose another user.").format(frappe.bold(_("Host")), self.host)
			)
		if self.status in ("Here", "Done") and not self.host:
			frappe.throw(
				_("Enter who looks after the visitors in {0}.").format(frappe.bold(_("Host"))),
				frappe.MandatoryError,
			)

	def set_planned(self):
		"""Complete is a plan with a host that begins with the arrival and ends with the departure."""
		ends = {get_datetime(row.from_time) for row in self.programme}
		stay = {get_datetime(self.arrives_at), get_datetime(self.departs_at)}
		if not (self.host and stay <= ends):
			set_protected_values(self, planned_at=None)
		elif not self.planned_at:
			set_protected_values(self, planned_at=now_datetime())
