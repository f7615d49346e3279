"""Sales Invoice: what the rooms do at each event, in this order."""

from frappe.model.document import Document

from aftersales.customer_goods import loaner_charges
from aftersales.customer_goods.exchange import credit_notes
from aftersales.customer_portal import messages
from aftersales.installed_base.sale import deliveries
from aftersales.repair_workshop import uncollected
from aftersales.service_billing import credits, invoiced_jobs
from aftersales.service_cash import handover
from aftersales.service_contracts import fee_invoices, fees
from aftersales.service_posting.invoicing import advances, discounts, due_dates, other_payer
from aftersales.service_posting.plan import exact_hours
from aftersales.service_quality.standards import compensation, paid_orders


def before_insert(doc: Document, method: str | None = None) -> None:
	invoiced_jobs.claim(doc)
	discounts.amend(doc)
	fee_invoices.claim_period(doc)
	credit_notes.before_insert(doc)
	uncollected.claim_storage(doc)


def before_validate(doc: Document, method: str | None = None) -> None:
	exact_hours.before_validate(doc)
	other_payer.before_validate(doc)
	due_dates.renew(doc)
	advances.before_validate(doc)


def validate(doc: Document, method: str | None = None) -> None:
	invoiced_jobs.keep(doc)
	discounts.keep(doc)
	advances.validate(doc)


def after_insert(doc: Document, method: str | None = None) -> None:
	invoiced_jobs.name_on_jobs(doc)
	discounts.follow_amendment(doc)
	credit_notes.after_insert(doc)
	uncollected.note_storage(doc)


def on_update(doc: Document, method: str | None = None) -> None:
	other_payer.note(doc)


def on_change(doc: Document, method: str | None = None) -> None:
	invoiced_jobs.refresh(doc)
	paid_orders.invoice_changed(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
	messages.invoice_submitted(doc)
	credits.update_jobs(doc)
	deliveries.on_submit(doc)
	compensation.goods_left(doc)


def before_cancel(doc: Document, method: str | None = None) -> None:
	credits.validate_owed_once(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
	invoiced_jobs.release(doc, cancelled=True)
	handover.forget_invoice(doc)
	credits.update_jobs(doc, cancelled=True)
	fees.free_key(doc)
	fee_invoices.free_period(doc)
	deliveries.on_cancel(doc)
	_release_of_goods(doc, cancelled=True)


def on_trash(doc: Document, method: str | None = None) -> None:
	_release_of_goods(doc, cancelled=False)
	invoiced_jobs.release(doc, cancelled=False)
	handover.forget_invoice(doc)
	fees.resume_recognition(doc)


def _release_of_goods(doc: Document, cancelled: bool) -> None:
	"""What a refund, a loaner or storage is charged by goes: they can be decided about again."""
	credit_notes.release(doc, cancelled)
	loaner_charges.release(doc)
	uncollected.release_storage(doc)
