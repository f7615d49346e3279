"""Journal Entry: hours at cost of a job."""

from frappe.model.document import Document

from aftersales.service_billing import job_place


def before_insert(doc: Document, method: str | None = None) -> None:
	job_place.claim(doc)


def validate(doc: Document, method: str | None = None) -> None:
	job_place.keep(doc)


def after_insert(doc: Document, method: str | None = None) -> None:
	job_place.take(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
	job_place.release(doc, cancelled=True)


def on_trash(doc: Document, method: str | None = None) -> None:
	job_place.release(doc, cancelled=False)
