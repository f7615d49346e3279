import frappe
from frappe import _

from aftersales.core.guards import validate_protected_fields
from aftersales.core.input.document import ServiceDocument

FIELDS_OF_RECORD = ("campaign", "equipment", "customer", "serial_text", "repair_call", "campaign_key")


class CampaignProduct(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		campaign: DF.Link
		campaign_key: DF.Data | None
		customer: DF.Link | None
		customer_group: DF.Link | None
		equipment: DF.Link
		reason: DF.SmallText | None
		repair_call: DF.Link | None
		serial_text: DF.Data | None
		status: DF.Literal["Open", "Called", "Done", "Not Possible"]
		territory: DF.Link | None
	# end: auto-generated types

	"""A product that a campaign concerns, and how far it is."""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		if self.status == "Not Possible" and not (self.reason or "").strip():
			frappe.throw(
				_("Enter the {0} why it is not possible.").format(frappe.bold(_("Reason"))),
				frappe.MandatoryError,
			)
