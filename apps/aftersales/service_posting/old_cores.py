"""Old parts that came back are received into stock, where their Spare Part names the item they are kept as.

One Stock Entry (Material Receipt) for each job, at no value: what the core is worth is known when the maker credits
it. It is made when the job is posted and cancelled with it; a unique key of its own lets the database refuse a second.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.core import dimensions
from aftersales.core.selling_terms import posting_key, save_privileged
from aftersales.service_posting.job_documents import cancel_document
from aftersales.spare_parts.parts import items_of_old_parts

ENTRY, RECEIPT = "Stock Entry", "Material Receipt"
PURPOSE = "Old Parts"


def receive(doc: Document) -> str | None:
	"""Receive the old parts of a job that is being posted; the Stock Entry made, or None without any to receive."""
	returned = [line for line in doc.parts if line.get("old_part_returned") and line.warehouse]
	kept_as = items_of_old_parts([line.item_code for line in returned]) if returned else {}
	rows = [line for line in returned if line.item_code in kept_as]
	if not rows or entry_of(doc):
		return None
	entry = frappe.get_doc(
		{
			"doctype": ENTRY,
			"stock_entry_type": RECEIPT,
			"purpose": RECEIPT,
			"company": doc.company,
			"remarks": _("Old parts from {0} {1}").format(_(doc.doctype), doc.name),
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"aftersales_posting_key": _key(doc),
			"items": [
				{
					"item_code": kept_as[line.item_code],
					"qty": flt(line.qty),
					"t_warehouse": line.warehouse,
					"allow_zero_valuation_rate": 1,
					"description": _described(line),
					**dimensions.of_job(doc, line.name),
				}
				for line in rows
			],
			**dimensions.of_job(doc),
		}
	)
	save_privileged(entry, submitted=True)
	return entry.name


def take_back(doc: Document) -> None:
	"""Cancel the receipt before the job is cancelled.

	Raises:
		frappe.ValidationError: ERPNext's own, where the old parts have left stock meanwhile.
	"""
	if entry := entry_of(doc):
		cancel_document(ENTRY, entry)


def entry_of(doc: Document) -> str | None:
	"""The Stock Entry that received the old parts of a job."""
	return frappe.db.get_value(ENTRY, {"aftersales_posting_key": _key(doc)})


def _key(doc: Document) -> str:
	return posting_key(doc.doctype, doc.name, PURPOSE)


def _described(line: Document) -> str:
	number = f", {line.old_serial_no}" if line.old_serial_no else ""
	return frappe.utils.escape_html(f"{line.item_name or line.item_code}{number}")
