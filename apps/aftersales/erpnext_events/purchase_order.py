"""Purchase Order: what is ordered from a vendor for a repair, or from a subcontractor for a visit."""

from frappe.model.document import Document

from aftersales.erpnext_events.purchase_invoice import BOUGHT
from aftersales.vendor_repairs import purchases


def before_insert(doc: Document, method: str | None = None) -> None:
	for kind in BOUGHT:
		purchases.order_inserted(doc, kind)


def on_change(doc: Document, method: str | None = None) -> None:
	for kind in BOUGHT:
		purchases.order_changed(doc, kind)


def on_cancel(doc: Document, method: str | None = None) -> None:
	for kind in BOUGHT:
		purchases.order_released(doc, kind)


def on_trash(doc: Document, method: str | None = None) -> None:
	for kind in BOUGHT:
		purchases.order_released(doc, kind)
