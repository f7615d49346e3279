"""Records that are named after another document (a Spare Part after its Item) follow when that is renamed."""

import frappe
from frappe.model.rename_doc import rename_doc


def take_name(doctype: str, fieldname: str, new: str) -> None:
	"""Give the record of `doctype` whose `fieldname` says `new` that name.

	Frappe has changed the link when this runs, but what reads the record by its name still looks for the
	old one. The right to do this is that to rename the other document, which was checked there.
	"""
	name = frappe.db.get_value(doctype, {fieldname: new})
	if name and name != new:
		rename_doc(
			doctype,
			name,
			new,
			force=True,
			ignore_permissions=True,
			show_alert=False,
			rebuild_search=False,
		)
