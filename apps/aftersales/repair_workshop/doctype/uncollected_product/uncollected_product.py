import frappe
from frappe import _

from aftersales.core.input.document import ServiceDocument


class UncollectedProduct(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		charged_until: DF.Date | None
		company: DF.Link | None
		customer: DF.Link | None
		customer_group: DF.Link | None
		customer_name: DF.Data | None
		disposal: DF.Literal["", "Sold", "Given Away", "Scrapped"]
		disposal_reason: DF.SmallText | None
		disposed_by: DF.Link | None
		disposed_on: DF.Date | None
		equipment: DF.Link | None
		naming_series: DF.Literal["UP-.YYYY.-.#####"]
		ready_on: DF.Date | None
		reminded_on: DF.Date | None
		reminders: DF.Int
		repair_call: DF.Link | None
		repair_card: DF.Link
		status: DF.Literal["Open", "Collected", "Disposed"]
		storage_invoice: DF.Link | None
		territory: DF.Link | None
	# end: auto-generated types

	"""A product that is ready and not collected; kept by `repair_workshop.uncollected`, read by people."""

	def validate(self):
		if not self.flags.ignore_permissions:
			frappe.throw(
				_("Uncollected products are noted by the system. Use Charge Storage or Dispose."),
				frappe.PermissionError,
			)
