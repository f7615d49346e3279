"""What the app adds to ERPNext's documents: one constant feeds install, patches and uninstall.

An ERPNext document made for a job names the job (`aftersales_voucher_type`, `aftersales_voucher`);
its posting key is unique, so that the database refuses a second document for the same purpose; a
row names the line of the job it was made from. A Sales Invoice may bill several jobs: its rows name
them too, and one row of each job holds the key, so that no job is billed on two rows. A Subscription
names the Service Contract whose fee it invoices. A Customer says when they are invoiced, a Non Conformance
which fault of which model it is about. Items and item groups say whether their sale makes a product file.
An Address says where it is.
"""

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from aftersales.core.source_text import N_
from aftersales.service_posting.plan.billing_rules import INVOICING, PER_CUSTOMER, PERIODS
from aftersales.setup import record
from aftersales.setup.master_fields import (
	call_log_fields,
	place_fields,
	product_file_field,
	reply_fields,
	upi_field,
)

MODULE = "Service Billing"

# Document -> a field of the section behind which its "After-sales Service" section stands
_LINKED = {
	"Stock Entry": "is_return",
	"Sales Invoice": "remarks",
	"Delivery Note": "instructions",
	"Journal Entry": "amended_from",
	"Payment Entry": "title",
	"Purchase Invoice": "remarks",
	"Quotation": "enq_det",
	"Material Request": "terms",
	"Purchase Order": "ref_sq",
	"Subscription": "cost_center",
}
# A quotation is an offer: a job may have several, so nothing is claimed by a key
_WITH_POSTING_KEY = (
	"Stock Entry",
	"Sales Invoice",
	"Delivery Note",
	"Journal Entry",
	"Payment Entry",
	"Purchase Invoice",
	"Subscription",
)
_WITH_LINES = {
	"Stock Entry Detail": "job_card_item",
	"Sales Invoice Item": "page_break",
	"Delivery Note Item": "page_break",
	"Purchase Invoice Item": "page_break",
	"Quotation Item": "page_break",
	"Material Request Item": "page_break",
}


def _link_fields(insert_after: str) -> list[dict]:
	return [
		{
			"fieldname": "aftersales_section",
			"fieldtype": "Section Break",
			"label": N_("After-sales Service"),
			"insert_after": insert_after,
			"collapsible": 1,
			"depends_on": "eval:doc.aftersales_voucher || doc.aftersales_service",
			"print_hide": 1,
		},
		{
			"fieldname": "aftersales_voucher_type",
			"fieldtype": "Link",
			"label": N_("Service Job Type"),
			"options": "DocType",
			"insert_after": "aftersales_section",
			"read_only": 1,
		},
		{
			"fieldname": "aftersales_column",
			"fieldtype": "Column Break",
			"insert_after": "aftersales_voucher_type",
		},
		{
			"fieldname": "aftersales_voucher",
			"fieldtype": "Dynamic Link",
			"label": N_("Service Job"),
			"options": "aftersales_voucher_type",
			"insert_after": "aftersales_column",
			"read_only": 1,
			"search_index": 1,
		},
	]


def _posting_key_field() -> dict:
	return {
		"fieldname": "aftersales_posting_key",
		"fieldtype": "Data",
		"label": "After-sales Posting Key",
		"insert_after": "aftersales_voucher",
		"read_only": 1,
		"hidden": 1,
		"unique": 1,
	}


def _line_field(insert_after: str) -> dict:
	return {
		"fieldname": "aftersales_line",
		"fieldtype": "Data",
		"label": "After-sales Line",
		"insert_after": insert_after,
		"read_only": 1,
		"hidden": 1,
	}


def _set_aside_field() -> dict:
	"""What repair cards hold of the stock, beside the stock: one row to lock for whoever promises it."""
	return {
		"fieldname": "aftersales_set_aside",
		"fieldtype": "Float",
		"label": N_("Reserved for Repairs"),
		"insert_after": "reserved_stock",
		"read_only": 1,
	}


def _job_of_row_fields(insert_after: str) -> list[dict]:
	return [
		{
			"fieldname": "aftersales_voucher_type",
			"fieldtype": "Data",
			"label": N_("Service Job Type"),
			"insert_after": insert_after,
			"read_only": 1,
			"hidden": 1,
		},
		{
			"fieldname": "aftersales_voucher",
			"fieldtype": "Data",
			"label": N_("Service Job"),
			"insert_after": "aftersales_voucher_type",
			"read_only": 1,
			"depends_on": "aftersales_voucher",
		},
		_posting_key_field(),
	]


def _agreed_price_field() -> dict:
	"""What a Service Contract pays for a whole period of a plan, whatever the plan costs by then."""
	return {
		"fieldname": "aftersales_rate",
		"fieldtype": "Currency",
		"label": N_("Agreed Price"),
		"options": "currency",
		"insert_after": "qty",
		"in_list_view": 1,
		"depends_on": "eval:parent.doctype === 'Service Contract'",
		"description": N_(
			"For a whole period. Leave empty for the price of the plan on the day of submission"
		),
	}


def _invoicing_fields(insert_after: str) -> list[dict]:
	return [
		{
			"fieldname": "aftersales_invoicing",
			"fieldtype": "Select",
			"label": N_("Invoicing of Service Jobs"),
			"options": "\n".join(("", *INVOICING)),
			"insert_after": insert_after,
			"description": N_("Leave empty to use Aftersales Settings"),
			"no_copy": 0,
		},
		{
			"fieldname": "aftersales_billing_period",
			"fieldtype": "Select",
			"label": N_("Period of Service Invoices"),
			"options": "\n".join(("", *PERIODS)),
			"insert_after": "aftersales_invoicing",
			"depends_on": f"eval:doc.aftersales_invoicing === '{PER_CUSTOMER}'",
			"no_copy": 0,
		},
	]


def _fault_fields(insert_after: str) -> list[dict]:
	"""Which fault of which model a Non Conformance is about; the key keeps a second one from being open."""
	return [
		{
			"fieldname": "aftersales_section",
			"fieldtype": "Section Break",
			"label": N_("After-sales Service"),
			"insert_after": insert_after,
			"depends_on": "aftersales_fault_code",
		},
		{
			"fieldname": "aftersales_fault_code",
			"fieldtype": "Link",
			"label": N_("Fault"),
			"options": "Fault Code",
			"insert_after": "aftersales_section",
			"read_only": 1,
		},
		{
			"fieldname": "aftersales_column",
			"fieldtype": "Column Break",
			"insert_after": "aftersales_fault_code",
		},
		{
			"fieldname": "aftersales_brand",
			"fieldtype": "Data",
			"label": N_("Brand"),
			"insert_after": "aftersales_column",
			"read_only": 1,
		},
		{
			"fieldname": "aftersales_model",
			"fieldtype": "Data",
			"label": N_("Model"),
			"insert_after": "aftersales_brand",
			"read_only": 1,
		},
		{
			"fieldname": "aftersales_effective_from",
			"fieldtype": "Date",
			"label": N_("Changed in Products from"),
			"description": N_(
				"Products in the field since this day have the change. The report Effect of Corrective Actions compares."
			),
			"insert_after": "aftersales_model",
		},
		{
			"fieldname": "aftersales_fault_key",
			"fieldtype": "Data",
			"label": "After-sales Fault Key",
			"insert_after": "aftersales_effective_from",
			"read_only": 1,
			"hidden": 1,
			"unique": 1,
		},
	]


def _service_field() -> dict:
	"""Job, day, product, place and receipt of what an invoice bills; printed by formats that print all fields."""
	return {
		"fieldname": "aftersales_service",
		"fieldtype": "Small Text",
		"label": N_("Service"),
		"insert_after": "aftersales_posting_key",
		"read_only": 1,
		"print_hide": 0,
		"depends_on": "eval:doc.aftersales_service",
	}


def _call_field(insert_after: str) -> dict:
	"""The call from which parts were sold; ERPNext carries it from quotation to order, delivery and invoice."""
	return {
		"fieldname": "aftersales_call",
		"fieldtype": "Link",
		"label": N_("Repair Call"),
		"options": "Repair Call",
		"insert_after": insert_after,
		"read_only": 1,
		"no_copy": 0,
		"depends_on": "aftersales_call",
		"search_index": 1,
	}


def _paid_field() -> dict:
	"""Since when an order that has not left is paid in full; a Service Target may start by it."""
	return {
		"fieldname": "aftersales_paid_at",
		"fieldtype": "Datetime",
		"label": N_("Paid in Full at"),
		"insert_after": "advance_paid",
		"read_only": 1,
		"depends_on": "aftersales_paid_at",
	}


def _ours(fields: list[dict]) -> list[dict]:
	return [{"module": MODULE, "no_copy": 1, "print_hide": 1, "translatable": 0, **field} for field in fields]


def _all_fields() -> dict[str, list[dict]]:
	fields = {doctype: _link_fields(insert_after) for doctype, insert_after in _LINKED.items()}
	for doctype in _WITH_POSTING_KEY:
		fields[doctype].append(_posting_key_field())
	for doctype, insert_after in _WITH_LINES.items():
		fields[doctype] = [_line_field(insert_after)]
	fields["Sales Invoice"].append(_service_field())
	for doctype in ("Quotation", "Sales Order", "Delivery Note", "Sales Invoice"):
		fields.setdefault(doctype, []).append(_call_field("customer_name"))
	fields["Sales Order"].append(_paid_field())
	# Whose deposit a payment is: only invoices of this call take it
	fields["Payment Entry"].append({**_call_field("aftersales_posting_key"), "no_copy": 1})
	fields["Bank Account"] = [upi_field()]
	fields["Bin"] = [_set_aside_field()]
	fields["Sales Invoice Item"] += _job_of_row_fields("aftersales_line")
	fields["Non Conformance"] = _fault_fields("preventive_action")
	fields["Customer"] = _invoicing_fields("payment_terms")
	fields["Item"] = [
		product_file_field("warranty_period", N_("Leave empty to use the template or the item group"))
	]
	fields["Item Group"] = [
		product_file_field("is_group", N_("For the items of this group and the groups below it"))
	]
	fields["Subscription Plan Detail"] = [_agreed_price_field()]
	fields["Call Log"] = call_log_fields()
	fields["Email Template"] = reply_fields()
	fields["Address"] = place_fields("disabled")
	return {doctype: _ours(rows) for doctype, rows in fields.items()}


CUSTOM_FIELDS = _all_fields()


def create() -> None:
	"""Create what is missing of `CUSTOM_FIELDS`, bring the rest up to date. Safe to repeat."""
	without_index = [doctype for doctype in CUSTOM_FIELDS if not _has_creation_index(doctype)]
	placed = {
		doctype: [_placed(doctype, field) for field in fields] for doctype, fields in CUSTOM_FIELDS.items()
	}
	create_custom_fields(placed, ignore_validate=True)
	# Frappe adds this index by the way when it alters a table that has none yet
	record.remember("Index on creation", *(part for part in without_index if _has_creation_index(part)))


def _placed(doctype: str, field: dict) -> dict:
	"""The field; a section of ours comes behind the end of the section that it follows, which is not torn by it.

	Which field ends a section differs between versions of ERPNext.
	"""
	if field["fieldtype"] != "Section Break":
		return field
	standard = frappe.get_all("DocField", {"parent": doctype}, ["fieldname", "fieldtype"], order_by="idx asc")
	end = field["insert_after"]
	at = [row.fieldname for row in standard].index(end)
	for row in standard[at + 1 :]:
		if row.fieldtype in ("Section Break", "Tab Break"):
			break
		end = row.fieldname
	return {**field, "insert_after": end}


def remove() -> None:
	"""Delete our fields, their columns and indexes, so that ERPNext's tables are as they were before us."""
	for doctype, fields in CUSTOM_FIELDS.items():
		fieldnames = [field["fieldname"] for field in fields]
		for name in frappe.get_all(
			"Custom Field", filters={"dt": doctype, "fieldname": ("in", fieldnames)}, pluck="name"
		):
			frappe.delete_doc(
				"Custom Field", name, ignore_permissions=True, force=True, delete_permanently=True
			)
		_restore_table(doctype, fieldnames)
		frappe.clear_cache(doctype=doctype)


def _restore_table(doctype: str, fieldnames: list[str]) -> None:
	# Frappe keeps the column of a deleted Custom Field. All names are constants of this module.
	changes = [f"DROP COLUMN IF EXISTS `{fieldname}`" for fieldname in fieldnames]
	if doctype in record.added("Index on creation"):
		changes.append("DROP INDEX IF EXISTS `creation`")
	# DDL has no query builder; the names are those of our own constant
	frappe.db.sql_ddl(f"ALTER TABLE `tab{doctype}` {', '.join(changes)}")  # nosemgrep


def _has_creation_index(doctype: str) -> bool:
	return bool(frappe.db.has_index(f"tab{doctype}", "creation"))
