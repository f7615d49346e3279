"""Which finished jobs go on which invoice, and what each has of it: decided here, without frappe.

A customer is invoiced when a job is completed, or by a billing run: one invoice per job, or one for
all their jobs of a period (day, week, calendar month). A period's invoice is due on the last day of the
period; an invoice of one job is due at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

ON_COMPLETION = "On Completion"
PER_JOB = "One Invoice per Job"
PER_CUSTOMER = "One Invoice per Customer"
INVOICING = (ON_COMPLETION, PER_JOB, PER_CUSTOMER)

DAY, WEEK, MONTH = "Day", "Week", "Month"
PERIODS = (DAY, WEEK, MONTH)

MAX_JOBS = 100
"""Jobs on one invoice: more rows than a person reads, and ERPNext saves slowly."""


@dataclass(frozen=True, order=True)
class JobToBill:
	"""A finished job whose customer's share is on no invoice yet; `alone`: it goes on one of its own."""

	doctype: str
	name: str
	company: str
	customer: str
	done_on: date
	invoicing: str = PER_JOB
	period: str = DAY
	alone: bool = False


@dataclass(frozen=True)
class Bill:
	"""Jobs that go on one invoice, in the order in which rows are locked; `due_on` is its day."""

	company: str
	customer: str
	due_on: date
	jobs: tuple[JobToBill, ...]


def bills(jobs: Iterable[JobToBill]) -> list[Bill]:
	"""One bill per job, or per company, customer and period; sorted, each with at most `MAX_JOBS`."""
	groups: dict[tuple, list[JobToBill]] = {}
	for job in sorted(set(jobs)):
		groups.setdefault(_group(job), []).append(job)
	return [
		Bill(company, customer, due_on, tuple(members[first : first + MAX_JOBS]))
		for (company, customer, due_on, *_), members in sorted(groups.items())
		for first in range(0, len(members), MAX_JOBS)
	]


def due(some: Iterable[Bill], until: date) -> list[Bill]:
	"""Those of `some` whose period is over on the day `until`."""
	return [bill for bill in some if bill.due_on <= until]


def due_on(job: JobToBill) -> date:
	"""The day on which the job is to be invoiced."""
	if job.invoicing != PER_CUSTOMER:
		return job.done_on
	if job.period == WEEK:
		return job.done_on + timedelta(days=6 - job.done_on.weekday())
	if job.period == MONTH:
		return _last_of_month(job.done_on)
	return job.done_on


def late_since(due: date, posted_on: date, clock_due: datetime | None, now: datetime) -> date | None:
	"""The day since which an invoice is late; None when it is not.

	Args:
		due: the day on which the job is to be invoiced; that of a customer's period may be to come.
		posted_on: the day on which the job was completed in the books: nobody could invoice it before.
		clock_due: when the clock that waits for the invoice is over, where one runs.
	"""
	if clock_due is not None:
		return max(due, clock_due.date()) if clock_due <= now and due <= now.date() else None
	first = max(due, posted_on)
	return first if first < now.date() else None


def is_held(status: str, held_until: datetime | None, now: datetime) -> bool:
	"""True while a run waits in the queue, or a worker holds it: nobody else starts or deletes it then."""
	if status == "Running":
		return bool(held_until) and held_until > now
	return status == "Queued"


def shares(total: Decimal, weights: Sequence[Decimal], unit: Decimal = Decimal("0.01")) -> list[Decimal]:
	"""Split `total` in proportion to `weights`, in whole `unit`s, so that the parts sum up to it exactly.

	Every part is rounded down; the units left over go to the largest remainders, the first of equals
	first. Without any weight everything goes to the first part.
	"""
	if not weights:
		return []
	whole = sum(weights)
	if not whole:
		return [total, *[Decimal(0)] * (len(weights) - 1)]
	exact = [total * weight / whole for weight in weights]
	parts = [(part / unit).to_integral_value(ROUND_FLOOR) * unit for part in exact]
	left = int(((total - sum(parts)) / unit).to_integral_value(ROUND_FLOOR))
	by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
	for place in by_remainder[:left]:
		parts[place] += unit
	return parts


def _group(job: JobToBill) -> tuple:
	shared = job.invoicing == PER_CUSTOMER and not job.alone
	own = () if shared else (job.doctype, job.name)
	return (job.company, job.customer, due_on(job), *own)


def _last_of_month(day: date) -> date:
	return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
