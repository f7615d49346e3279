"""Minutes on ERPNext's documents: 20 minutes of 60.00 are 20.00, not 19.98.

ERPNext rounds quantities to the digits of the site (System Settings, three as shipped), which a third of an hour has
not. The documents of jobs, and only they, keep HOUR_DIGITS; forms and prints go on showing the site's digits.
"""

import frappe
from frappe.model.document import Document
from frappe.utils import flt

HOUR_DIGITS = 6
"""A millionth of an hour is less than a hundredth of a second: no rate makes a cent of it."""


def keep(doc: Document) -> None:
	"""Let `doc`, saved or not, calculate with HOUR_DIGITS digits of the quantities of its rows."""
	digits = doc.precision("qty", "items")
	# Frappe asks a field's digits once per document and remembers the answer there
	doc._precision["items"]["qty"] = max(digits or 0, HOUR_DIGITS)


def before_validate(doc: Document, method: str | None = None) -> None:
	"""doc_events of Sales Invoice, Delivery Note and Quotation: those of a job keep its minutes.

	What a form rounded on the way is what it was; a quantity that somebody changed stays changed.
	"""
	if not any(item.get("aftersales_line") or item.get("aftersales_voucher") for item in doc.items):
		return
	shown = frappe.get_precision(doc.items[0].doctype, "qty")
	keep(doc)
	if doc.flags.made_by_posting or doc.docstatus == 2:
		return
	exact = _exact_quantities(doc)
	for item in doc.items:
		quantity = exact.get(item.get("aftersales_line")) or exact.get(item.get("sales_invoice_item"))
		if quantity and flt(abs(flt(item.qty)), shown) == flt(quantity, shown):
			item.qty = quantity if flt(item.qty) > 0 else -quantity


def _exact_quantities(doc: Document) -> dict[str, float]:
	"""Hours by line of a job, or by the invoice row that a credit note takes back."""
	found = _quantities("Service Labour Line", "hours", {item.get("aftersales_line") for item in doc.items})
	if doc.get("is_return"):
		returned = {item.get("sales_invoice_item") for item in doc.items}
		found.update(_quantities("Sales Invoice Item", "qty", returned))
	return found


def _quantities(doctype: str, field: str, names: set[str | None]) -> dict[str, float]:
	wanted = sorted(name for name in names if name)
	if not wanted:
		return {}
	rows = frappe.get_all(
		doctype, filters={"name": ("in", wanted)}, fields=["name", field], order_by="name asc"
	)
	return {row.name: flt(row[field]) for row in rows}
