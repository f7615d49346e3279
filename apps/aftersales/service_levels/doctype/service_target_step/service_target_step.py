from aftersales.core.input.child_row import ChildRow


class ServiceTargetStep(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		assign_to: DF.Link | None
		message: DF.SmallText | None
		minutes: DF.Int
		moment: DF.Literal["Percent of Time", "Before Due", "After Due"]
		notify_assignee: DF.Check
		notify_field: DF.Data | None
		notify_role: DF.Link | None
		notify_user: DF.Link | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		percent: DF.Percent
		raise_priority_to: DF.Link | None
		repeat_minutes: DF.Int
		send_email: DF.Check
		times: DF.Int
	# end: auto-generated types

	pass
