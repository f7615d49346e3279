from aftersales.core.input.child_row import ChildRow


class ServiceContractEquipment(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		equipment: DF.Link
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		product: DF.Data | None
		serial_text: DF.Data | None
	# end: auto-generated types

	pass
