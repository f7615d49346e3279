from aftersales.core.input.child_row import ChildRow


class TechnicianSkill(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		certificate: DF.Data | None
		item_group: DF.Link
		level: DF.Literal["Trainee", "Qualified", "Expert"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		support_kind: DF.Literal["Use", "Application", "Both"]
		valid_until: DF.Date | None
	# end: auto-generated types

	pass
