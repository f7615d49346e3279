from aftersales.core.input.child_row import ChildRow


class MaintenanceTask(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		checklist_template: DF.Link | None
		every_nth: DF.Int
		hours: DF.Float
		instructions: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		task: DF.Data
	# end: auto-generated types

	pass
