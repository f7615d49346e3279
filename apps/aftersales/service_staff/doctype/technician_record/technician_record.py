from aftersales.core.input.child_row import ChildRow


class TechnicianRecord(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		date: DF.Date
		kind: DF.Literal["Training", "Retraining", "Warning", "Commendation"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		recorded_by: DF.Link | None
		subject: DF.SmallText
		valid_until: DF.Date | None

	# end: auto-generated types

	pass
