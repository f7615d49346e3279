from aftersales.core.input.child_row import ChildRow


class ServiceCategoryAccount(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		company: DF.Link
		cost_center: DF.Link | None
		expense_account: DF.Link | None
		income_account: DF.Link | None
		labour_expense_account: DF.Link | None
		labour_recovery_account: DF.Link | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
	# end: auto-generated types

	pass
