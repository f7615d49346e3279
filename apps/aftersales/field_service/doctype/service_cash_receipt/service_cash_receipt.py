from aftersales.core.input.child_row import ChildRow


class ServiceCashReceipt(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		authorised_by: DF.Link | None
		customer_signature: DF.Signature | None
		given_at: DF.Datetime | None
		kind: DF.Literal["Received", "Paid Out"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		reason: DF.SmallText | None
		receipt_no: DF.Data | None
		signed_by: DF.Data | None
	# end: auto-generated types

	pass
