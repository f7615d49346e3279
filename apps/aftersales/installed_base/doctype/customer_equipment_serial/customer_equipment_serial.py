from aftersales.core.input.child_row import ChildRow


class CustomerEquipmentSerial(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		customer: DF.Link | None
		from_date: DF.Date | None
		notes: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		reason: DF.Literal[
			"",
			"Registered",
			"Replaced by Maker",
			"Replaced by Us",
			"New Owner",
			"Merged",
		]
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		serial_key: DF.Data | None
		serial_no: DF.Link | None
		serial_text: DF.Data | None
		to_date: DF.Date | None
	# end: auto-generated types

	pass
