"""What a customer may see of the invoices of his service jobs."""

from collections.abc import Iterable

import frappe

INVOICE_FIELDS = (
	"name",
	"customer",
	"posting_date",
	"due_date",
	"grand_total",
	"outstanding_amount",
	"currency",
	"status",
	"aftersales_voucher_type",
	"aftersales_voucher",
)


def invoices_of_jobs(jobs: Iterable[str]) -> list[frappe._dict]:
	"""Submitted invoices made for the jobs (names of visits and repair cards), the oldest first."""
	jobs = list(jobs)
	if not jobs:
		return []
	return frappe.get_all(
		"Sales Invoice",
		filters={"aftersales_voucher": ("in", jobs), "docstatus": 1, "is_return": 0},
		fields=list(INVOICE_FIELDS),
		order_by="posting_date asc, name asc",
	)
