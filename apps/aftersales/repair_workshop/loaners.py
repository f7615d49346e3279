"""Loaners: which are out, how they come about, and how they move between our own warehouses (R-WS-3).

A loaner is stock of ours and stays it: it moves from the pool to the warehouse of what is lent, and back.
The customer's own product never enters the stock ledger.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc
from frappe.utils import add_days, cint, now_datetime, nowdate

from aftersales.repair_workshop.loaner_rules import ISSUED
from aftersales.service_billing.invoices import posting_key

OUT, BACK = "Stock Entry out", "Stock Entry back"
"""What a Stock Entry of a loaner is for: each of them once, by its posting key."""

NOT_TAKEN_OVER = ["naming_series", "status", "customer_signature", "signed_by"]


def outstanding_loaners_of_call(call: str) -> list[str]:
	"""Names of the loaners of a call that the customer still has."""
	return frappe.get_all(
		"Loaner Issue",
		filters={"repair_call": call, "docstatus": 1, "status": ISSUED},
		pluck="name",
		order_by="creation asc",
	)


def installed_for(receipt: Document) -> int:
	"""How many loaners the customer has in place of the product that `receipt` takes away."""
	return frappe.db.count(
		"Loaner Issue",
		{
			"docstatus": 1,
			"status": ISSUED,
			"customer": receipt.customer,
			**(
				{"equipment": receipt.equipment}
				if receipt.equipment
				else {"repair_call": receipt.repair_call or ("is", "not set")}
			),
		},
	)


def take_warehouses(doc: Document) -> None:
	"""Fill the two warehouses of a Loaner Issue from Aftersales Settings where they are empty."""
	row = _warehouses_of(doc.company)
	doc.from_warehouse = doc.from_warehouse or row.get("pool_warehouse")
	doc.customer_warehouse = doc.customer_warehouse or row.get("customer_warehouse")


def lend(doc: Document) -> str:
	"""Move the loaner to the warehouse of what is lent; returns the Stock Entry."""
	return _move(
		doc, OUT, doc.from_warehouse, doc.customer_warehouse, _("Loaner {0} issued").format(doc.name)
	)


def take_back(doc: Document) -> str:
	"""Move the loaner back to `return_warehouse`, or to where it came from; returns the Stock Entry."""
	target = doc.return_warehouse or doc.from_warehouse
	return _move(doc, BACK, doc.customer_warehouse, target, _("Loaner {0} returned").format(doc.name))


def write_off(doc: Document) -> str:
	"""The loaner is lost: it leaves our stock as an adjustment; returns the Stock Entry."""
	return _move(doc, BACK, doc.customer_warehouse, None, _("Loaner {0} lost").format(doc.name))


def undo(doc: Document) -> None:
	"""Cancel the stock entries of a Loaner Issue, the later one first, before it is cancelled itself."""
	for fieldname in ("stock_entry_back", "stock_entry_out"):
		name = doc.get(fieldname)
		if not name:
			continue
		# ERPNext refuses to cancel what a submitted document names
		doc.db_set(fieldname, None)
		entry = frappe.get_doc("Stock Entry", name)
		if entry.docstatus == 1:
			entry.flags.ignore_permissions = True
			entry.cancel()


@frappe.whitelist()
def loaner_from_call(source_name: str, target_doc: str | Document | None = None) -> Document:
	"""An unsaved Loaner Issue in place of the product of Repair Call `source_name`.

	Raises:
		frappe.PermissionError: the user may not read the call or create a loaner.
	"""

	def lend_now(call: Document, loaner: Document) -> None:
		_issue_now(loaner)
		loaner.repair_call = call.name

	return _mapped("Repair Call", source_name, target_doc, lend_now, ["item_code", "serial_no"])


@frappe.whitelist()
def loaner_from_voucher(source_name: str, target_doc: str | Document | None = None) -> Document:
	"""An unsaved Loaner Issue, installed on visit `source_name` from the technician's van.

	Raises:
		frappe.PermissionError: the user may not read the visit or create a loaner.
	"""

	def lend_now(voucher: Document, loaner: Document) -> None:
		_issue_now(loaner)
		loaner.service_voucher = voucher.name

	return _mapped("Service Voucher", source_name, target_doc, lend_now, [])


@frappe.whitelist()
def loaner_from_receipt(source_name: str, target_doc: str | Document | None = None) -> Document:
	"""An unsaved Loaner Issue in place of the product that receipt `source_name` takes in.

	Raises:
		frappe.PermissionError: the user may not read the receipt or create a loaner.
	"""

	def lend_now(receipt: Document, loaner: Document) -> None:
		_issue_now(loaner)

	return _mapped("Collection Receipt", source_name, target_doc, lend_now, ["accessories"])


def _mapped(doctype: str, source: str, target_doc, postprocess, more_unmapped: list[str]) -> Document:
	unmapped = [*NOT_TAKEN_OVER, *more_unmapped]
	return get_mapped_doc(
		doctype,
		source,
		{doctype: {"doctype": "Loaner Issue", "field_no_map": unmapped}},
		target_doc,
		postprocess,
	)


def _issue_now(loaner: Document) -> None:
	loaner.status = "Draft"
	loaner.issued_at = now_datetime()
	loaner.issued_by = frappe.session.user
	days = cint(frappe.get_cached_doc("Aftersales Settings").loaner_days)
	loaner.due_back = add_days(nowdate(), days) if days else None
	take_warehouses(loaner)


def _warehouses_of(company: str | None) -> dict:
	for row in frappe.get_cached_doc("Aftersales Settings").loaner_warehouses:
		if row.company == company:
			return row.as_dict()
	return {}


def _move(doc: Document, purpose: str, source: str, target: str | None, remarks: str) -> str:
	"""A submitted Material Transfer, or a Material Issue without `target`."""
	kind = "Material Transfer" if target else "Material Issue"
	row = {"item_code": doc.item_code, "qty": 1, "s_warehouse": source, "t_warehouse": target}
	if doc.serial_no:
		row.update(use_serial_batch_fields=1, serial_no=doc.serial_no)
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": kind,
			"purpose": kind,
			"company": doc.company,
			"remarks": remarks,
			"items": [row],
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"aftersales_posting_key": posting_key(doc.doctype, doc.name, purpose),
		}
	)
	# The right to lend was checked on the Loaner Issue
	entry.flags.ignore_permissions = True
	entry.flags.made_by_posting = True
	entry.insert()
	entry.submit()
	return entry.name
