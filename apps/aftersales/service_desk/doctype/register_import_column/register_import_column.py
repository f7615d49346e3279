from aftersales.core.input.child_row import ChildRow


class RegisterImportColumn(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		sample: DF.Data | None
		source_column: DF.Data
		target: DF.Literal[
			"",
			"Id",
			"Received at",
			"Fault as Told",
			"Subject",
			"Outcome",
			"Status",
			"Resolved at",
			"Closed at",
			"Resolution",
			"Diagnosis",
			"Why not Repairable",
			"Channel",
			"Customer",
			"Contact",
			"Phone",
			"E-mail",
			"Brand",
			"Model",
			"Serial Number",
			"Product Group",
			"Product Description",
			"Year of Manufacture",
			"Purchased on",
			"Warranty until",
			"Place",
			"Country",
		]
	# end: auto-generated types

	pass
