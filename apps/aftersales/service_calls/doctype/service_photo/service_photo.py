from aftersales.core.input.child_row import ChildRow


class ServicePhoto(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		notes: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		photo: DF.AttachImage
		shows: DF.Literal["Before", "Fault", "After", "Nameplate", "Damage", "Other"]
	# end: auto-generated types

	pass
