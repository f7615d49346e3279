from aftersales.core.input.child_row import ChildRow


class CampaignText(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		language: DF.Link
		message: DF.TextEditor
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		subject: DF.Data
	# end: auto-generated types

	pass
