"""Delivery Note: what the rooms do at each event, in this order."""

from frappe.model.document import Document

from aftersales.installed_base.sale import deliveries
from aftersales.service_billing import job_place
from aftersales.service_posting import delivery
from aftersales.service_posting.plan import exact_hours
from aftersales.service_posting.posting import refresh_part_costs
from aftersales.service_quality.standards import compensation


def before_insert(doc: Document, method: str | None = None) -> None:
	job_place.claim(doc)
	delivery.name_returned_job(doc)


def before_validate(doc: Document, method: str | None = None) -> None:
	exact_hours.before_validate(doc)


def validate(doc: Document, method: str | None = None) -> None:
	job_place.keep(doc)


def after_insert(doc: Document, method: str | None = None) -> None:
	job_place.take(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
	_refresh_returned_job(doc)
	job_place.refresh_costs(doc)
	deliveries.on_submit(doc)
	compensation.goods_left(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
	_refresh_returned_job(doc)
	if job := job_place.release(doc, cancelled=True):
		refresh_part_costs(job)
	deliveries.on_cancel(doc)


def on_trash(doc: Document, method: str | None = None) -> None:
	_refresh_returned_job(doc)
	if job := job_place.release(doc, cancelled=False):
		refresh_part_costs(job)


def _refresh_returned_job(doc: Document) -> None:
	"""A return brings parts of a job back: the job costs less by them."""
	if job := delivery.returned_job(doc):
		refresh_part_costs(job)
