from aftersales.core.input.child_row import ChildRow


class ServiceLabourLine(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		activity: DF.Literal[
			"Repair", "Diagnosis", "Travel", "Installation", "Inspection", "Training", "Other"
		]
		agreed_in: DF.Link | None
		amount: DF.Currency
		billed_rate: DF.Currency
		charge_reason: DF.SmallText | None
		charge_to: DF.Literal["", "Customer", "Contract", "Warranty", "Internal", "Goodwill"]
		contract_amount: DF.Currency
		cost_rate: DF.Currency
		description: DF.SmallText | None
		from_time: DF.Datetime | None
		hours: DF.Float
		included_in: DF.Link | None
		included_qty: DF.Float
		item_code: DF.Link | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		rate: DF.Currency
		rate_source: DF.Literal[
			"",
			"Agreed",
			"Quotation",
			"Price List",
			"Pricing Rule",
			"Contract Share",
			"Service Price",
			"Discount",
		]
		rate_source_detail: DF.Data | None
		technician: DF.Link | None
		to_time: DF.Datetime | None
	# end: auto-generated types

	pass
