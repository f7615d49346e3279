from aftersales.core.input.child_row import ChildRow


class TechnicianCashHandoverLine(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		cash_receipt_no: DF.Data | None
		collected_on: DF.Date | None
		customer_name: DF.Data | None
		handover_key: DF.Data | None
		invoice_submitted: DF.Check
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		payment_entry: DF.Link | None
		sales_invoice: DF.Link | None
		service_voucher: DF.Link
		unallocated_amount: DF.Currency
	# end: auto-generated types

	pass
