"""What may be wrong between a service job and the books, and what puts it right (R-AC-6).

Decided here, without frappe: the kinds of breaks in the order of their weight, what each of them says,
and which of them may be corrected by one click. `reconciliation.py` finds them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Correction(str, Enum):
	"""What one click may do: each is idempotent, and none changes an amount in the books."""

	NONE = ""
	BILL_NOW = "Bill Now"
	POST_AGAIN = "Create Missing Documents"
	RELEASE_AND_POST = "Release and Post Again"
	REFRESH = "Read from Invoice"
	REFRESH_COSTS = "Read from Stock"
	HAND_OVER = "Hand Over"
	OPEN = "Open Document"


class Reason(str, Enum):
	"""The kinds of breaks. Their order is their weight: the first one found explains a document."""

	JOB_CANCELLED = "Job is cancelled, document is not"
	DOCUMENT_CANCELLED = "Document is cancelled or gone"
	FREE_JOB_BILLED = "Free job is billed"
	SECOND_DOCUMENT = "Booked twice"
	ISSUED_WITHOUT_JOB = "Part issued without a job"
	PART_NOT_ISSUED = "Part used, not issued"
	QUANTITY_DIFFERS = "Quantity differs"
	LINES_DIFFER = "Lines differ from what was posted"
	NOT_BILLED = "Done, not billed"
	DRAFT_INVOICE = "Done, invoice is a draft"
	LEDGER_DIFFERS = "Ledger differs from document"
	AMOUNT_DIFFERS = "Amount differs"
	STATUS_DIFFERS = "Billing status differs"
	COST_DIFFERS = "Parts at cost differ"
	LABOUR_DIFFERS = "Labour at cost differs"
	FEE_NOT_INVOICED = "Fee of a contract not invoiced"
	CASH_OF_CANCELLED_JOB = "Cash of a cancelled visit"
	PAID_OTHERWISE = "Cash collected, invoice paid otherwise"
	CASH_NOT_HANDED_OVER = "Cash not handed over"
	CASH_DIFFERS = "Cash differs from payment"


CORRECTIONS = {
	Reason.NOT_BILLED: Correction.BILL_NOW,
	Reason.PART_NOT_ISSUED: Correction.POST_AGAIN,
	Reason.DOCUMENT_CANCELLED: Correction.RELEASE_AND_POST,
	Reason.AMOUNT_DIFFERS: Correction.REFRESH,
	Reason.STATUS_DIFFERS: Correction.REFRESH,
	Reason.COST_DIFFERS: Correction.REFRESH_COSTS,
	Reason.CASH_NOT_HANDED_OVER: Correction.HAND_OVER,
	Reason.DRAFT_INVOICE: Correction.OPEN,
	Reason.FEE_NOT_INVOICED: Correction.OPEN,
}
"""Everything else needs an accountant's judgement: the report leads to the documents."""

DRAFTS = frozenset({Reason.DRAFT_INVOICE})
"""Work of the accountant that is on its way: listed, and no break."""

_WEIGHT = {reason: number for number, reason in enumerate(Reason)}


@dataclass(frozen=True)
class Break:
	"""One thing that does not fit. `expected` is what the job says, `found` what the document says, in
	`unit`, a currency or `Qty`."""

	reason: Reason
	job_type: str | None
	job: str | None
	document_type: str | None
	document: str | None
	date: object
	customer: str | None = None
	technician: str | None = None
	unit: str | None = None
	expected: float = 0
	found: float = 0

	@property
	def difference(self) -> float:
		return round(self.found - self.expected, 9)

	@property
	def correction(self) -> Correction:
		return CORRECTIONS.get(self.reason, Correction.NONE)


def without_consequences(breaks: Iterable[Break]) -> list[Break]:
	"""One row for each thing that went wrong: the weightiest reason for a job and a document.

	An invoice that was cancelled behind the job's back differs in amount and status too; that follows
	from the first and is not told again. Rows come out by date, job and weight.
	"""
	first: dict[tuple, Break] = {}
	for found in sorted(breaks, key=lambda one: _WEIGHT[one.reason]):
		first.setdefault((found.job_type, found.job, found.document_type, found.document), found)
	return sorted(
		first.values(), key=lambda one: (str(one.date or ""), str(one.job or ""), _WEIGHT[one.reason])
	)
