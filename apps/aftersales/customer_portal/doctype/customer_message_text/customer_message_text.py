from aftersales.core.input.child_row import ChildRow


class CustomerMessageText(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		language: DF.Link | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		sms_text: DF.SmallText | None
		subject: DF.Data
		text: DF.Text
	# end: auto-generated types

	pass
