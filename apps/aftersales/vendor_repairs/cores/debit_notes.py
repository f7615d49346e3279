"""What the maker credits for old parts: a Debit Note in ERPNext (Purchase Invoice that is a return).

The maker owes us; the account for core credits of the company gets the income. One debit note for a return: its key is unique.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form, nowdate

from aftersales.core import dimensions
from aftersales.core.guards import with_system_privileges
from aftersales.core.money import rounded
from aftersales.core.selling_terms import KEY, posting_key
from aftersales.service_posting.supplier_terms import currency_of_supplier, draft_debit_note
from aftersales.service_setup.settings import aftersales_settings
from aftersales.vendor_repairs.cores import core_rules as rules

RETURN, DEBIT_NOTE = "Core Return", "Purchase Invoice"


def make(doc: Document) -> str:
	"""Draft the Debit Note of the accepted amounts; return its name.

	Raises:
		frappe.ValidationError: no account for core credits is set.
	"""
	account, center = credit_account(doc.company)
	currency, rate, _payable = terms = currency_of_supplier(doc.supplier, doc.company)
	items = [
		{
			"item_name": _("Old part: {0}").format(row.item_name or row.item_code)[:140],
			"description": f"{doc.name}: {flt(row.qty):g} × {frappe.utils.escape_html(row.item_code)}",
			"qty": -1,
			"uom": "Nos",
			"stock_uom": "Nos",
			"conversion_factor": 1,
			"rate": rounded(flt(row.accepted_amount) / rate, currency),
			"expense_account": account,
			"cost_center": center,
		}
		for row in doc.items
		if flt(row.accepted_amount)
	]
	return draft_debit_note(
		doc,
		terms,
		items,
		remarks=_("Old parts by {0}").format(doc.name),
		**dimensions.of_job_named(None, None, doc.company),
	)


def credit_account(company: str) -> tuple[str, str]:
	"""Account and cost centre of core credits in a company.

	Raises:
		frappe.ValidationError: none is set.
	"""
	row = next((row for row in aftersales_settings().billing_accounts if row.company == company), None)
	if not row or not row.core_credit_account:
		frappe.throw(
			_(
				"Set {0} for {1} in Aftersales Settings: what makers credit for old parts is booked there."
			).format(frappe.bold(_("Core Credit Account")), frappe.bold(company)),
			title=_("Account Missing"),
		)
	return row.core_credit_account, row.cost_center or frappe.get_cached_value(
		"Company", company, "cost_center"
	)


# ---------------------------------------------------------------- the debit note in ERPNext


def before_insert(note: Document) -> None:
	"""An amendment credits what the cancelled debit note did, unless another was made meanwhile.

	Raises:
		frappe.ValidationError: the return is no longer open for a debit note.
	"""
	if note.flags.made_by_posting or not note.get("amended_from"):
		return
	original = frappe.db.get_value(
		DEBIT_NOTE, note.amended_from, ["aftersales_voucher_type", "aftersales_voucher"], as_dict=True
	)
	if original.aftersales_voucher_type != RETURN:
		return
	doc = frappe.db.get_value(RETURN, original.aftersales_voucher, ["docstatus", "debit_note"], as_dict=True)
	if doc.docstatus != 1 or doc.debit_note:
		frappe.throw(
			_("{0} is no longer open for a debit note: see {1}.").format(
				get_link_to_form(RETURN, original.aftersales_voucher), doc.debit_note or _("its state")
			)
		)
	note.update(original)
	note.set(KEY, posting_key(RETURN, original.aftersales_voucher, DEBIT_NOTE))


def after_insert(note: Document) -> None:
	"""The return names the debit note that holds its key."""
	if doc := _return_of(note):
		doc.db_set("debit_note", note.name)


def on_submit(note: Document) -> None:
	if doc := _return_of(note):
		doc.db_set("status", rules.CREDITED, notify=True)


def release(note: Document, cancelled: bool) -> None:
	"""on_cancel (`cancelled`), on_trash: the return is answered, and may be credited again."""
	doc = _return_of(note)
	if not doc:
		return
	if cancelled:
		note.db_set(KEY, None, update_modified=False)
	doc.db_set({"status": rules.ANSWERED, "debit_note": None}, notify=True)


def _return_of(note: Document) -> Document | None:
	if note.get("aftersales_voucher_type") != RETURN or not note.get(KEY):
		return None
	return frappe.get_doc(RETURN, note.aftersales_voucher)
