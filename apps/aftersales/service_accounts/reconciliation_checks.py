"""The queries that look for breaks between jobs, stock, invoices, payments and the ledger (R-AC-6).

Each is set-based, over the jobs posted or the documents dated in the period of a :class:`Scope`. They lie in
`breaks`, by subject; what the reasons mean is said in `reconciliation_rules`.
"""

from collections.abc import Iterable

from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.report_filters import Scope
from aftersales.service_accounts.breaks.cash import of_cash
from aftersales.service_accounts.breaks.documents import HANDED_OVER, of_both_sides
from aftersales.service_accounts.breaks.invoices import of_invoices
from aftersales.service_accounts.breaks.queries import LINES, TECHNICIAN, Check
from aftersales.service_accounts.breaks.stock import issued_without_job, of_stock

__all__ = ["HANDED_OVER", "LINES", "TECHNICIAN", "checks"]


def checks(scope: Scope) -> Iterable[Check]:
	"""Reason, type of job, type of document and query of each check."""
	for job_type in JOB_DOCTYPES:
		yield from of_invoices(scope, job_type)
		yield from of_stock(scope, job_type)
		yield from of_both_sides(scope, job_type)
	yield from of_cash(scope)
	yield from issued_without_job(scope)
