from aftersales.core.input.child_row import ChildRow


class ServicePromise(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		changed_for: DF.Literal["", "Service", "Customer"]
		made_at: DF.Datetime | None
		made_by: DF.Link | None
		notice_minutes: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		promised_from: DF.Datetime | None
		promised_to: DF.Datetime | None
	# end: auto-generated types

	pass
