"""Parts sold without a repair: from a call or over the counter, on ERPNext's own documents.

A Quotation offers them, a Sales Order ships them later (Delivery Note, invoice and returns are made from it as ERPNext
does), a Sales Invoice that moves stock hands them over at once. Each names the call, so that it is found from there.
"""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, nowdate

from aftersales.core.guards import require_role
from aftersales.core.input import field_values, value_rules
from aftersales.core.input.requests import Rows, validate_call
from aftersales.core.selling_terms import billing_currency, set_customer_terms, set_default_taxes

SELLING_ROLES = (
	"Service Agent",
	"Service Supervisor",
	"Service Manager",
	"Service Accountant",
	"Service Technician",
	"Workshop Technician",
)
DOCUMENTS = ("Quotation", "Sales Order", "Sales Invoice")


@frappe.whitelist(methods=["POST"])
@validate_call
def sell_parts(repair_call: str, document: str, parts: Rows, warehouse: str | None = None) -> dict[str, str]:
	"""A draft of a sale to the customer of a call, priced and taxed as ERPNext does for this customer.

	Args:
		document: Quotation, Sales Order or Sales Invoice (which moves stock when it is submitted).
		parts: rows of item_code and qty (stock units).
		warehouse: where they come from; empty takes the item's or the company's default.

	Returns:
		doctype and name of the draft.

	Raises:
		frappe.PermissionError: the user is of no service role, or may not read the call.
		frappe.ValidationError: no parts, or one that cannot be sold.
	"""
	require_role(SELLING_ROLES, _("Selling parts"))
	call = frappe.get_doc("Repair Call", repair_call)
	call.check_permission("read")
	if document not in DOCUMENTS:
		frappe.throw(
			_("{0} cannot be created here. Choose one of: {1}.").format(
				frappe.bold(frappe.utils.escape_html(document)), ", ".join(_(name) for name in DOCUMENTS)
			)
		)
	rows = [_row(number, part, document, warehouse) for number, part in enumerate(parts, 1)]
	if not rows:
		frappe.throw(_("Enter at least one part to sell."), frappe.MandatoryError)
	sale = frappe.get_doc({"doctype": document, **_head(call, document), "items": rows})
	sale.flags.ignore_permissions = True  # whoever may serve the call may offer its parts
	_set_terms(sale, call)
	sale.insert()
	return {"doctype": sale.doctype, "name": sale.name}


def _head(call: Document, document: str) -> dict:
	head = {"company": call.company, "aftersales_call": call.name, "currency": billing_currency(call)}
	if document == "Quotation":
		return {**head, "quotation_to": "Customer", "party_name": call.customer, "order_type": "Sales"}
	if document == "Sales Order":
		return {
			**head,
			"customer": call.customer,
			"delivery_date": add_days(nowdate(), 7),
			"order_type": "Sales",
		}
	return {
		**head,
		"customer": call.customer,
		"posting_date": nowdate(),
		"update_stock": 1,
		"allocate_advances_automatically": 1,
	}


def _row(number: int, part: dict, document: str, warehouse: str | None) -> dict:
	if not isinstance(part, dict):
		frappe.throw(_("Row {0}: enter a part and a quantity.").format(number))
	item_code, qty = part.get("item_code"), _checked("qty", part.get("qty") or 1, value_rules.parse_number)
	item = isinstance(item_code, str) and frappe.get_cached_value(
		"Item", item_code, ["stock_uom", "is_sales_item", "disabled", "has_variants"], as_dict=True
	)
	if not item or cint(item.disabled) or cint(item.has_variants) or not cint(item.is_sales_item):
		frappe.throw(
			_("Row {0}: {1} cannot be sold. Choose another part.").format(
				number, frappe.bold(frappe.utils.escape_html(str(item_code)))
			)
		)
	if qty <= 0:
		frappe.throw(_("Row {0}: enter a quantity above 0.").format(number))
	row = {"item_code": item_code, "qty": qty, "uom": item.stock_uom, "conversion_factor": 1}
	if warehouse:
		row["warehouse"] = warehouse
	if serials := _checked("serial_no", part.get("serial_no") or "", value_rules.parse_text):
		row.update({"use_serial_batch_fields": 1, "serial_no": serials})
	return row


def _checked(fieldname: str, value, parse: Callable):
	"""`value` of a row as `parse` reads it; refused by name where it is none of its kind."""
	try:
		return parse(value)
	except value_rules.InvalidValue:
		field_values.refuse(fieldname, value, field_values.expected_of(parse))


def _set_terms(sale: Document, call: Document) -> None:
	if sale.doctype != "Quotation":
		set_customer_terms(sale)
		return
	sale.set_missing_lead_customer_details()
	if not sale.selling_price_list:
		sale.selling_price_list = frappe.get_cached_doc("Selling Settings").selling_price_list
	set_default_taxes(sale)
