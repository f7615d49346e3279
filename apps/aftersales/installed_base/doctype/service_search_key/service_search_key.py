import frappe

from aftersales.core.input.document import ServiceDocument


class ServiceSearchKey(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		contact: DF.Link | None
		customer: DF.Link
		equipment: DF.Link | None
		kind: DF.Literal["Name", "Phone", "Serial"]
		search_key: DF.Data

	# end: auto-generated types

	"""One beginning by which a customer or product is found; written by `search_keys` alone."""


def on_doctype_update() -> None:
	"""A search reads nothing but this index; the second finds further words of a customer."""
	frappe.db.add_index(
		"Service Search Key", ["search_key", "customer", "equipment", "contact", "kind"], "found_by"
	)
	frappe.db.add_index("Service Search Key", ["customer", "search_key"], "words_of_customer")
