"""What a user wants to see of the customer beside a document: the call's next step, other calls, products, contracts, balance.

Each part is asked with the rights of the user who looks; the balance needs the right to read Sales Invoices.
"""

import frappe
from frappe import _
from frappe.query_builder.functions import Sum
from frappe.utils import get_fullname

from aftersales.core.input.requests import DocTypeName, validate_call

MOST = 5
SHOWN_ON = (
	"Repair Call",
	"Service Voucher",
	"Repair Card",
	"Collection Receipt",
	"Follow-up",
	"Service Complaint",
	"Loaner Issue",
	"Customer Equipment",
)
OVER = ("Resolved", "Closed", "Cancelled")
CALL_FIELDS = (
	"name",
	"subject",
	"status",
	"next_action",
	"next_action_by",
	"promised_from",
	"promised_to",
	"contact_name",
	"contact_phone",
)


@frappe.whitelist()
@validate_call
def load(doctype: DocTypeName, name: str) -> dict:
	"""The panel beside a document of SHOWN_ON; {} where it has no customer.

	Returns:
		customer, customer_name, note (Customer Details), call (CALL_FIELDS and owner_name; None without one), calls (open ones first),
		products, contracts, balances ([amount, currency] of invoices to be paid; None where the user may not know).

	Raises:
		frappe.PermissionError: the user may not read the document.
	"""
	if doctype not in SHOWN_ON:
		frappe.throw(_("There is no customer panel for {0}.").format(_(doctype)))
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	if not doc.get("customer"):
		return {}
	own_call = doc.name if doctype == "Repair Call" else doc.get("repair_call")
	return {
		"customer": doc.customer,
		"customer_name": doc.get("customer_name") or doc.customer,
		"note": _note(doc.customer),
		"call": _call(own_call),
		"calls": _calls(doc.customer, own_call),
		"products": _products(doc),
		"contracts": _contracts(doc.customer),
		"balances": _balances(doc.customer, doc.get("company")),
	}


def _note(customer: str) -> str | None:
	"""What is noted of a customer: personal needs, what they have suggested."""
	found = frappe.get_list(
		"Customer", {"name": customer}, ["customer_details"], limit=1, order_by="name asc"
	)
	return found[0].customer_details if found else None


def _call(name: str | None) -> dict | None:
	if not name:
		return None
	found = frappe.get_list(
		"Repair Call", {"name": name}, [*CALL_FIELDS, "call_owner"], limit=1, order_by="name asc"
	)
	if not found:
		return None
	call = found[0]
	return {**call, "owner_name": call.call_owner and get_fullname(call.call_owner)}


def _calls(customer: str, but: str | None) -> list[dict]:
	def ask(filters: dict, limit: int) -> list[dict]:
		return frappe.get_list(
			"Repair Call",
			{"customer": customer, "name": ("!=", but or ""), **filters},
			["name", "subject", "status", "received_at"],
			order_by="received_at desc",
			limit=limit,
		)

	if not frappe.has_permission("Repair Call", "read"):
		return []
	still_open = ask({"status": ("not in", OVER)}, MOST)
	return [
		*still_open,
		*(ask({"status": ("in", OVER)}, MOST - len(still_open)) if len(still_open) < MOST else []),
	]


def _products(doc) -> list[dict]:
	if not frappe.has_permission("Customer Equipment", "read"):
		return []
	own = doc.name if doc.doctype == "Customer Equipment" else doc.get("equipment")
	found = frappe.get_list(
		"Customer Equipment",
		{"customer": doc.customer},
		["name", "title", "warranty_until", "status"],
		order_by="modified desc",
		limit=MOST,
	)
	return sorted(found, key=lambda product: product.name != own)


def _contracts(customer: str) -> list[dict]:
	if not frappe.has_permission("Service Contract", "read"):
		return []
	return frappe.get_list(
		"Service Contract",
		{"customer": customer, "docstatus": 1},
		["name", "status", "end_date"],
		order_by="end_date desc",
		limit=3,
	)


def _balances(customer: str, company: str | None) -> list[tuple[float, str]] | None:
	if not frappe.has_permission("Sales Invoice", "read"):
		return None
	invoice = frappe.qb.DocType("Sales Invoice")
	query = (
		frappe.qb.from_(invoice)
		.select(Sum(invoice.outstanding_amount), invoice.party_account_currency)
		.where((invoice.customer == customer) & (invoice.docstatus == 1) & (invoice.outstanding_amount != 0))
		.groupby(invoice.party_account_currency)
		.orderby(invoice.party_account_currency)
	)
	if company:
		query = query.where(invoice.company == company)
	return [(amount, currency) for amount, currency in query.run()]
