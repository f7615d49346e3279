"""Purchase Invoice: a supplier's bill for a repair or a visit, or the debit note of a warranty claim or of old parts."""

from frappe.model.document import Document

from aftersales.field_service.subcontracting.terms import SUBCONTRACTED_VISIT
from aftersales.service_accounts import recovery
from aftersales.service_billing import job_place
from aftersales.vendor_repairs import purchases
from aftersales.vendor_repairs.cores import debit_notes
from aftersales.vendor_repairs.vendor_costs import VENDOR_REPAIR

BOUGHT = (VENDOR_REPAIR, SUBCONTRACTED_VISIT)


def before_insert(doc: Document, method: str | None = None) -> None:
	recovery.set_debit_note_key(doc)
	debit_notes.before_insert(doc)
	for kind in BOUGHT:
		purchases.bill_inserted(doc, kind)


def validate(doc: Document, method: str | None = None) -> None:
	job_place.keep(doc)


def after_insert(doc: Document, method: str | None = None) -> None:
	recovery.set_debit_note_of_claim(doc)
	debit_notes.after_insert(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
	recovery.credited(doc)
	debit_notes.on_submit(doc)
	for kind in BOUGHT:
		purchases.bill_changed(doc, kind)


def on_cancel(doc: Document, method: str | None = None) -> None:
	recovery.release(doc, cancelled=True)
	debit_notes.release(doc, cancelled=True)
	for kind in BOUGHT:
		purchases.bill_changed(doc, kind)


def on_trash(doc: Document, method: str | None = None) -> None:
	recovery.release(doc, cancelled=False)
	debit_notes.release(doc, cancelled=False)
