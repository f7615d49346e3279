from frappe.model.document import Document


class LoanerWarehouse(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		company: DF.Link
		customer_warehouse: DF.Link
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		pool_warehouse: DF.Link
	# end: auto-generated types

	"""Where the loaners of a company wait, and where those that customers have are kept in the books."""
