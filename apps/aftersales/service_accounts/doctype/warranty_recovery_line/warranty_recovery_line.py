from aftersales.core.input.child_row import ChildRow


class WarrantyRecoveryLine(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		accepted_amount: DF.Currency
		claim_key: DF.Data | None
		claimed_amount: DF.Currency
		cost: DF.Currency
		credited_amount: DF.Currency
		description: DF.SmallText | None
		item_code: DF.Link | None
		job: DF.DynamicLink
		job_type: DF.Data
		line: DF.Data
		line_type: DF.Data
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		qty: DF.Float
	# end: auto-generated types

	pass
