from aftersales.core.input.child_row import ChildRow


class RegisterImportWord(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		kind: DF.Literal["Status", "Outcome", "Channel"]
		meaning: DF.Literal[
			"",
			"Open",
			"Closed",
			"Cancelled",
			"Fixed",
			"Repairable",
			"End of life",
			"Unknown",
			"Phone",
			"E-mail",
			"Web",
			"Walk-in",
			"Messaging",
			"QR",
			"Fax",
			"Other",
		]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		row_count: DF.Int
		word: DF.Data | None
	# end: auto-generated types

	pass
