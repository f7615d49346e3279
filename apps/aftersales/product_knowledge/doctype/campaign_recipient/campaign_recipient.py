from aftersales.core.guards import validate_protected_fields
from aftersales.core.input.document import ServiceDocument

FIELDS_OF_RECORD = ("campaign", "customer", "email", "status", "sent_at", "email_queue", "recipient_key")


class CampaignRecipient(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		campaign: DF.Link
		customer: DF.Link
		customer_group: DF.Link | None
		email: DF.Data | None
		email_queue: DF.Link | None
		recipient_key: DF.Data | None
		sent_at: DF.Datetime | None
		status: DF.Literal["To Send", "Sent", "No Address"]
		territory: DF.Link | None
		told_otherwise: DF.SmallText | None
	# end: auto-generated types

	"""A customer that a campaign concerns: told when, by which mail."""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
