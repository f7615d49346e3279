from aftersales.core.input.child_row import ChildRow


class RegisterImportError(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cell_value: DF.SmallText | None
		column_name: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		reason: DF.SmallText | None
		row_number: DF.Int
	# end: auto-generated types

	pass
