from aftersales.core.input.child_row import ChildRow


class VisitCrewMember(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		planned_end: DF.Datetime | None
		planned_start: DF.Datetime | None
		technician: DF.Link
	# end: auto-generated types

	pass
