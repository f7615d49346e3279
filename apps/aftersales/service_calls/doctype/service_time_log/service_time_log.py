import frappe

from aftersales.core.input.child_row import ChildRow


class ServiceTimeLog(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from_time: DF.Datetime
		hours: DF.Float
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		technician: DF.Link
		to_time: DF.Datetime | None
	# end: auto-generated types

	pass


def on_doctype_update() -> None:
	"""The running clock of a technician is found, and locked, without touching their past logs."""
	frappe.db.add_index("Service Time Log", ["technician", "to_time"])
