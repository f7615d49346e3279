"""Territory and customer group of a customer on what is about that customer.

User Permissions restrict users by the Link fields of a document. ERPNext's sales documents carry both, so
that who may see one territory only sees its documents only; ours do the same.
"""

import frappe
from frappe.model.document import Document
from pypika import Criterion

FIELDS = ("customer_group", "territory")
SCOPED = (
	"Campaign Product",
	"Campaign Recipient",
	"Collection Receipt",
	"Customer Equipment",
	"Follow-up",
	"Hosted Visit",
	"Planned Service",
	"Product Exchange",
	"Repair Call",
	"Repair Card",
	"Service Checklist",
	"Service Complaint",
	"Service Contract",
	"Service Payment",
	"Service Voucher",
	"Uncollected Product",
	"Warranty Registration",
)


def take_from_customer(doc: Document, method: str | None = None) -> None:
	"""validate of the documents in `SCOPED`: both as the customer's record has them."""
	of_customer = doc.customer and frappe.get_cached_value("Customer", doc.customer, FIELDS, as_dict=True)
	doc.update({field: of_customer[field] if of_customer else None for field in FIELDS})


def follow_customer(customer: Document, method: str | None = None, *renamed: object) -> None:
	"""on_update and after_rename of Customer: all documents about the customer follow, also finished ones."""
	changed = any(customer.has_value_changed(fieldname) for fieldname in FIELDS)
	if not renamed and (customer.flags.in_insert or not changed):
		return
	if renamed:
		customer = frappe.get_doc("Customer", renamed[1])
	for doctype in SCOPED:
		frappe.db.set_value(
			doctype,
			{"customer": customer.name},
			{field: customer.get(field) for field in FIELDS},
			update_modified=False,
		)


def fill() -> None:
	"""Set both on all documents there are, as a patch needs."""
	customer = frappe.qb.DocType("Customer")
	columns = [customer[field] for field in FIELDS]
	# One statement for each pair: the query builder leaves out the table's name where it sets a column, and both
	# tables of a join have these
	for pair in frappe.qb.from_(customer).select(*columns).distinct().run():
		of_pair = [
			column == value if value is not None else column.isnull()
			for column, value in zip(columns, pair, strict=True)
		]
		customers = frappe.qb.from_(customer).select(customer.name).where(Criterion.all(of_pair))
		for doctype in SCOPED:
			table = frappe.qb.DocType(doctype)
			query = frappe.qb.update(table).where(table.customer.isin(customers))
			for field, value in zip(FIELDS, pair, strict=True):
				query = query.set(table[field], value)
			query.run()
