from aftersales.core.input.child_row import ChildRow


class HostedVisitItem(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from_time: DF.Datetime
		guide: DF.Link | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		what: DF.Data
	# end: auto-generated types
	pass
