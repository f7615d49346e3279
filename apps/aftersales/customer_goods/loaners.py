"""Loaners of ours at customers: what other rooms ask, and how stock moves (R-WS-3).

A loaner stays our stock: it moves by Stock Entry (Material Transfer) between two warehouses of ours, the
one where loaners stand and the one for what is lent out. Customers' goods never move there.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc
from frappe.utils import (
	add_days,
	cint,
	flt,
	get_link_to_form,
	getdate,
	nowdate,
	validate_email_address,
	validate_phone_number,
)

from aftersales.core.guards import with_system_privileges
from aftersales.core.input.requests import TargetDocument, validate_call
from aftersales.customer_goods.loaner_rules import ISSUED, reminder
from aftersales.service_calls.intake import primary_contact_of
from aftersales.service_posting.posting import posting_key
from aftersales.service_setup.settings import aftersales_settings
from aftersales.spare_parts.part_search import price_for

CONTACT = {
	"contact_name": bool,
	"contact_phone": validate_phone_number,
	"contact_email": validate_email_address,
}
"""Fields of a contact → what a value has to pass."""

WAREHOUSES = {"from_warehouse": "loaner_warehouse", "to_warehouse": "lent_out_warehouse"}


def outstanding_of_call(call: str) -> list[str]:
	"""Names of the loaners that a call's customer still has.

	A locking read: whoever closes the call sees what was lent since their request began.
	"""
	return frappe.db.get_values(
		"Loaner Issue",
		{"repair_call": call, "docstatus": 1, "status": "Issued"},
		"name",
		order_by="creation asc",
		pluck=True,
		for_update=True,
	)


def validate_not_lent(call: str | None) -> None:
	"""Refuse to end a job whose customer still has our loaner.

	Raises:
		frappe.ValidationError: names the loaner.
	"""
	lent = outstanding_of_call(call) if call else []
	if lent:
		frappe.throw(
			_("Take back the loaner first: {0}").format(
				", ".join(get_link_to_form("Loaner Issue", name) for name in lent)
			),
			title=_("Loaner Outstanding"),
		)


def set_defaults(doc: Document) -> None:
	"""Warehouses of the company and due date as Aftersales Settings say; the price as value."""
	settings = aftersales_settings()
	of_company = next((row for row in settings.loaner_warehouses if row.company == doc.company), None)
	for fieldname, setting in WAREHOUSES.items():
		if of_company and not doc.get(fieldname):
			doc.set(fieldname, of_company.get(setting))
	if not doc.due_back:
		doc.due_back = add_days(getdate(doc.issued_at) or nowdate(), cint(settings.loaner_days))
	if not flt(doc.value) and doc.item_code and doc.is_new():
		doc.value = price_for(doc.item_code, doc.customer, doc.company)


def take_contact(doc: Document) -> None:
	"""Whom we write to about a loaner: the contact of its call, else the customer's primary one.

	What was imported may be no number or address; nobody is kept from lending for that.
	"""
	if doc.has_value_changed("customer") and not any(doc.has_value_changed(field) for field in CONTACT):
		doc.update(dict.fromkeys(CONTACT))  # that was somebody at the former customer
	if any(doc.get(field) for field in CONTACT):
		return
	# of a call whose contact nobody has confirmed, we write to the customer
	call = doc.repair_call and frappe.db.get_value(
		"Repair Call", {"name": doc.repair_call, "contact_confirmed": 1}, [*CONTACT], as_dict=True
	)
	contact = call if call and any(call.values()) else doc.customer and primary_contact_of(doc.customer)
	for field, is_sound in CONTACT.items():
		value = contact and contact.get(field)
		doc.set(field, value if value and is_sound(value) else None)


def who_lent(name: str) -> str:
	"""The user who lent a loaner."""
	return frappe.db.get_value("Loaner Issue", name, "owner")


def to_remind() -> list[str]:
	"""Names of the loaners whose customers are to be reminded today, those due first at the head."""
	days = cint(aftersales_settings().loaner_remind_days)
	rows = frappe.get_all(
		"Loaner Issue",
		filters={
			"docstatus": 1,
			"status": ISSUED,
			"due_back": ("<=", add_days(nowdate(), days)),
		},
		fields=["name", "due_back", "customer_reminded"],
		order_by="due_back asc, name asc",
	)
	return [row.name for row in rows if _reminder_of(row)]


def take_reminder(name: str) -> tuple[str, frappe._dict] | None:
	"""Note that the customer of a loaner is reminded; returns of what (Due Soon, Overdue), and the loaner.

	None when they were reminded, or the loaner came back, since it was found: the row is locked, so that of two
	who remind them one does.
	"""
	loaner = frappe.db.get_value(
		"Loaner Issue",
		name,
		[
			"name",
			"status",
			"docstatus",
			"due_back",
			"customer_reminded",
			"repair_call",
			"item_name",
			"serial_no",
		],
		as_dict=True,
		for_update=True,
	)
	if not loaner or loaner.docstatus != 1 or loaner.status != ISSUED:
		return None
	what = _reminder_of(loaner)
	if not what:
		return None
	frappe.db.set_value("Loaner Issue", name, "customer_reminded", what, update_modified=False)
	return what, loaner


def _reminder_of(loaner: frappe._dict) -> str | None:
	days = cint(aftersales_settings().loaner_remind_days)
	return reminder(loaner.due_back, getdate(nowdate()), days, loaner.customer_reminded)


def move_stock(doc: Document, purpose: str, source: str, target: str | None) -> str:
	"""Submit the Stock Entry of one step of a loaner's life, once: the database keeps a key for it.

	Args:
		purpose: Lent, Back or Lost; part of the key.
		target: empty writes the loaner off (Material Issue).

	Returns:
		name of the Stock Entry.
	"""
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
			"remarks": _("Loaner {0} of {1}").format(doc.name, doc.customer_name or doc.customer),
			"items": [row],
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"aftersales_posting_key": posting_key(doc.doctype, doc.name, purpose),
		}
	)
	# Whoever may lend may move the loaner; ERPNext's own roles need not be theirs.
	entry.flags.made_by_posting = True
	with with_system_privileges(entry):
		entry.insert()
		entry.submit()
	return entry.name


def take_back_stock_moves(doc: Document) -> None:
	"""Cancel the entries of a Loaner Issue that is cancelled, the last one first."""
	for fieldname in ("return_entry", "issue_entry"):
		name = doc.get(fieldname)
		if not name:
			continue
		doc.db_set(fieldname, None)
		entry = frappe.get_doc("Stock Entry", name)
		with with_system_privileges(entry):
			entry.cancel()


@frappe.whitelist()
@validate_call
def loaner_from_call(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved Loaner Issue for the customer of Repair Call `source_name`.

	Raises:
		frappe.PermissionError: the user may not read the call or create a loaner.
	"""

	def lend(call: Document, loaner: Document) -> None:
		loaner.repair_call = call.name
		loaner.status = "Draft"
		set_defaults(loaner)

	return get_mapped_doc(
		"Repair Call",
		source_name,
		{
			"Repair Call": {
				"doctype": "Loaner Issue",
				"field_no_map": ["naming_series", "item_code", "item_name", "serial_no", "status"],
			}
		},
		target_doc,
		lend,
	)


def forget_warehouses_of(company: Document, method: str | None = None) -> None:
	"""on_trash of Company: the row with its warehouses for loaners goes."""
	frappe.db.delete("Loaner Warehouse", {"company": company.name})
	frappe.clear_document_cache("Aftersales Settings")
