"""Records follow when what they are named after is renamed: a Spare Part its Item, open documents their customer."""

import frappe
from frappe.model.document import Document
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


CUSTOMER_S_NAME = "customer.customer_name"
OVER = ("Closed", "Done", "Cancelled")


def take_customer_name(customer: Document, method: str | None = None, *renamed) -> None:
	"""on_update and after_rename of Customer: open documents of ours say what the customer is called now.

	What is submitted or over keeps the name it was made with, as ERPNext's documents do.
	"""
	if not renamed and (customer.flags.in_insert or not customer.has_value_changed("customer_name")):
		return
	name = customer.customer_name
	for doctype in _with_customer_name():
		table = frappe.qb.DocType(doctype)
		query = (
			frappe.qb.update(table)
			.set(table.customer_name, name)
			.where((table.customer == customer.name) & (table.docstatus == 0))
			.where(table.customer_name.isnull() | (table.customer_name != name))
		)
		if frappe.get_meta(doctype).has_field("status"):
			query = query.where(table.status.notin(OVER))
		query.run()


def _with_customer_name() -> list[str]:
	"""DocTypes of the app whose `customer_name` comes from the customer."""
	field, doctype, module = (frappe.qb.DocType(name) for name in ("DocField", "DocType", "Module Def"))
	return (
		frappe.qb.from_(field)
		.join(doctype)
		.on(doctype.name == field.parent)
		.join(module)
		.on(module.name == doctype.module)
		.select(field.parent)
		.where((module.app_name == "aftersales") & (field.fetch_from == CUSTOMER_S_NAME))
		.where((doctype.istable == 0) & (field.fieldname == "customer_name"))
		.orderby(field.parent)
		.run(pluck=True)
	)
