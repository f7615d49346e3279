from aftersales.core.input.child_row import ChildRow


class BillingRunEntry(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		customer: DF.Link | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		reason: DF.SmallText | None
		result: DF.Literal["Billed", "Submitted", "Failed", "Skipped"]
		sales_invoice: DF.Link | None
		voucher: DF.DynamicLink | None
		voucher_type: DF.Link | None
	# end: auto-generated types

	pass
