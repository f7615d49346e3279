from aftersales.core.input.child_row import ChildRow


class VisitPlanProposal(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		kilometres: DF.Float
		late_minutes: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		planned_end: DF.Datetime | None
		planned_start: DF.Datetime | None
		position: DF.Int
		refused_because: DF.SmallText | None
		repair_call: DF.Link | None
		seen: DF.Datetime | None
		service_voucher: DF.Link | None
		state: DF.Literal["Proposed", "Unchanged", "Accepted", "Refused", "Left over"]
		technician: DF.Link | None
		travel_minutes: DF.Int
		why: DF.SmallText | None
	# end: auto-generated types

	pass
