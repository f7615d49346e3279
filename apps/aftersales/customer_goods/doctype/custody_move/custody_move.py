from aftersales.core.input.child_row import ChildRow


class CustodyMove(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		location: DF.Data | None
		moved_at: DF.Datetime | None
		moved_by: DF.Link | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
	# end: auto-generated types

	"""Where a customer's product was, and since when; written by its Collection Receipt."""
