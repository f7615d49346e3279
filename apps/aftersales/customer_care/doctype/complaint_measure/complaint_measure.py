from aftersales.core.input.child_row import ChildRow


class ComplaintMeasure(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		done_on: DF.Date | None
		due_on: DF.Date | None
		kind: DF.Literal["Correction", "Prevention"]
		measure: DF.SmallText
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		responsible: DF.Link | None

	# end: auto-generated types

	pass
