"""Stock Entry: what the rooms do at each event, in this order."""

from frappe.model.document import Document

from aftersales.service_billing import job_place
from aftersales.service_posting import part_returns
from aftersales.service_posting.posting import refresh_part_costs


def before_insert(doc: Document, method: str | None = None) -> None:
	job_place.claim(doc)


def validate(doc: Document, method: str | None = None) -> None:
	job_place.keep(doc)


def after_insert(doc: Document, method: str | None = None) -> None:
	job_place.take(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
	job_place.refresh_costs(doc)
	part_returns.count(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
	if job := job_place.release(doc, cancelled=True):
		refresh_part_costs(job)
	part_returns.count(doc)


def on_trash(doc: Document, method: str | None = None) -> None:
	if job := job_place.release(doc, cancelled=False):
		refresh_part_costs(job)
