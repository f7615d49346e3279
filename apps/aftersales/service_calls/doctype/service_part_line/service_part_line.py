from aftersales.core.input.child_row import ChildRow


class ServicePartLine(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		agreed_in: DF.Link | None
		amount: DF.Currency
		batch_no: DF.Link | None
		billed_rate: DF.Currency
		bundle_qty: DF.Float
		charge_reason: DF.SmallText | None
		charge_to: DF.Literal["", "Customer", "Contract", "Warranty", "Internal", "Goodwill"]
		contains: DF.SmallText | None
		contract_amount: DF.Currency
		covered_by_line: DF.Data | None
		free_with: DF.Link | None
		included_in: DF.Link | None
		included_qty: DF.Float
		item_code: DF.Link
		item_name: DF.Data | None
		old_part_missing_reason: DF.Data | None
		old_part_returned: DF.Check
		old_serial_no: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		payer_reason: DF.SmallText | None
		proposed_payer: DF.Data | None
		qty: DF.Float
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
		returned_qty: DF.Float
		serial_no: DF.SmallText | None
		service_price: DF.Link | None
		set_aside: DF.Float
		substitute_for: DF.Link | None
		uom: DF.Link | None
		valuation_amount: DF.Currency
		warehouse: DF.Link | None
		warranty_until: DF.Date | None
	# end: auto-generated types

	pass
