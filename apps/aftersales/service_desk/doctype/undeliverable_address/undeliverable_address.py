from aftersales.core.input.document import ServiceDocument


class UndeliverableAddress(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		address: DF.Data
		bounced_at: DF.Datetime | None
		reason: DF.SmallText | None
		repair_call: DF.Link | None
		status_code: DF.Data | None
		times: DF.Int
	# end: auto-generated types

	pass
