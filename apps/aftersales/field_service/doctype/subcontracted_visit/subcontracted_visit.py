import frappe
from frappe import _

from aftersales.core.input.document import ServiceDocument


class SubcontractedVisit(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		answered_at: DF.Datetime | None
		answered_by: DF.Data | None
		company: DF.Link
		cost: DF.Currency
		cost_source: DF.Literal["Estimate", "Purchase Order", "Purchase Invoice"]
		currency: DF.Link | None
		done_at: DF.Datetime | None
		end_reason: DF.SmallText | None
		hours: DF.Float
		naming_series: DF.Literal["SU-.YYYY.-.#####"]
		offered_at: DF.Datetime | None
		open_key: DF.Data | None
		planned_end: DF.Datetime | None
		planned_start: DF.Datetime | None
		price_basis: DF.Literal["Per Visit", "Per Hour"]
		purchase_order: DF.Link | None
		rate: DF.Currency
		service_voucher: DF.Link
		status: DF.Literal["Draft", "Offered", "Accepted", "Done", "Declined", "No-Show", "Cancelled"]
		supplier: DF.Link
		technician: DF.Link | None
		worked_hours: DF.Float
	# end: auto-generated types

	"""A visit that a supplier makes; `subcontracting.orders` writes it, nobody else."""

	def validate(self):
		if not self.flags.by_app:
			frappe.throw(
				_("{0} cannot be edited. Use its actions.").format(_(self.doctype)), frappe.PermissionError
			)
