from aftersales.core.input.child_row import ChildRow


class ServiceClockPause(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		document_status: DF.Data | None
		lost_seconds: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		paused_by: DF.Link | None
		paused_from: DF.Datetime | None
		paused_to: DF.Datetime | None
		resumed_by: DF.Link | None
	# end: auto-generated types

	pass
