"""What may be wrong between a service job and the books, and what puts it right (R-AC-6).

Decided here, without frappe: the kinds of breaks in the order of their weight, what each of them says,
and which of them may be corrected by one click. `reconciliation.py` finds them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from aftersales.core.source_text import N_


class Correction(str, Enum):
	"""What one click may do: each is idempotent, and none changes an amount in the books."""

	NONE = ""
	BILL_NOW = N_("Bill Now")
	POST_AGAIN = N_("Create Missing Documents")
	RELEASE_AND_POST = N_("Release and Create Missing Documents")
	REFRESH = N_("Read from Invoice")
	REFRESH_COSTS = N_("Read from Stock")
	HAND_OVER = N_("Hand Over")
	OPEN = N_("Open Document")


class Reason(str, Enum):
	"""The kinds of breaks. Their order is their weight: the first one found explains a document."""

	JOB_CANCELLED = N_("Job is cancelled, document is not")
	DOCUMENT_CANCELLED = N_("Document is cancelled or gone")
	FREE_JOB_BILLED = N_("Free job is billed")
	SECOND_DOCUMENT = N_("Booked twice")
	ISSUED_WITHOUT_JOB = N_("Part issued without a job")
	PART_NOT_ISSUED = N_("Part used, not issued")
	QUANTITY_DIFFERS = N_("Quantity differs")
	LINES_DIFFER = N_("Lines differ from what was posted")
	NOT_BILLED = N_("Done, not billed")
	DRAFT_INVOICE = N_("Done, invoice is a draft")
	LEDGER_DIFFERS = N_("Ledger differs from document")
	AMOUNT_DIFFERS = N_("Amount differs")
	STATUS_DIFFERS = N_("Billing status differs")
	COST_DIFFERS = N_("Parts at cost differ")
	LABOUR_DIFFERS = N_("Labour at cost differs")
	FEE_NOT_INVOICED = N_("Fee of a contract not invoiced")
	CASH_OF_CANCELLED_JOB = N_("Cash of a cancelled visit")
	PAID_OTHERWISE = N_("Cash collected, invoice paid otherwise")
	CASH_NOT_HANDED_OVER = N_("Cash not handed over")
	CASH_DIFFERS = N_("Cash differs from payment")


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
