from aftersales.core.input.child_row import ChildRow


class CoreReturnItem(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		accepted_amount: DF.Currency
		credit_rate: DF.Currency
		expected_amount: DF.Currency
		item_code: DF.Link
		item_name: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		qty: DF.Float
		warehouse: DF.Link
	# end: auto-generated types

	pass
