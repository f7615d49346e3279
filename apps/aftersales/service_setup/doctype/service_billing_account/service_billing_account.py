from aftersales.core.input.child_row import ChildRow


class ServiceBillingAccount(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cash_difference_account: DF.Link | None
		collection_notice: DF.SmallText | None
		company: DF.Link
		core_credit_account: DF.Link | None
		cost_center: DF.Link | None
		damage_account: DF.Link | None
		delay_account: DF.Link | None
		dispose_after_days: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		payment_fee_account: DF.Link | None
	# end: auto-generated types

	pass
