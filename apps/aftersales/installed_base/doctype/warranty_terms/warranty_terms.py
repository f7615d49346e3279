from aftersales.core.input.document import ServiceDocument


class WarrantyTerms(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		brand: DF.Autocomplete | None
		company: DF.Link | None
		conditions: DF.SmallText | None
		disabled: DF.Check
		item_code: DF.Link | None
		item_group: DF.Link | None
		labour_differs: DF.Check
		labour_months: DF.Int
		latest_start_months: DF.Int
		months: DF.Int
		runs_from: DF.Literal["Delivery", "Installation"]
		terms_name: DF.Data
		valid_from: DF.Date | None
	# end: auto-generated types

	pass
