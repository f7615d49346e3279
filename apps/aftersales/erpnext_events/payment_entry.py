"""Payment Entry: cash of a visit, or a payment for the invoice of a job."""

from frappe.model.document import Document

from aftersales.core import system_user
from aftersales.service_billing import job_place
from aftersales.service_cash import own_payments
from aftersales.service_cash.payments import follow


def before_insert(doc: Document, method: str | None = None) -> None:
	job_place.claim(doc, only_if=own_payments.hands_over_cash)


def before_validate(doc: Document, method: str | None = None) -> None:
	system_user.before_validate(doc)


def validate(doc: Document, method: str | None = None) -> None:
	system_user.validated(doc)
	job_place.keep(doc)


def after_insert(doc: Document, method: str | None = None) -> None:
	job_place.take(doc)


def before_submit(doc: Document, method: str | None = None) -> None:
	own_payments.name_paid_job(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
	own_payments.recognise(doc)


def on_change(doc: Document, method: str | None = None) -> None:
	follow.payment_changed(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
	job_place.release(doc, cancelled=True)


def on_trash(doc: Document, method: str | None = None) -> None:
	job_place.release(doc, cancelled=False)
