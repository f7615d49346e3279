from aftersales.core.input.document import ServiceDocument


class FaultCode(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		code: DF.Data
		description: DF.SmallText | None
		disabled: DF.Check
		item_group: DF.Link | None
		kind: DF.Literal["Symptom", "Fault", "Cause", "Action"]
		title: DF.Data
	# end: auto-generated types

	pass
