"""What a visit must show before it counts as done: decisions without frappe (R-SV-2..5)."""

from collections.abc import Iterable
from dataclasses import dataclass

COMPLETED = "Completed"
TAKEN_TO_WORKSHOP = "Taken to Workshop"
REVISIT_NEEDED = "Revisit Needed"
NO_ACCESS = "No Access"
NOT_REPAIRABLE = "Not Repairable"
NO_FAULT_FOUND = "No Fault Found"
DECLINED = "Declined"

DISPATCHED_STATES = ("Dispatched", "On Site")
"""States of a draft in which a technician is on their way or there."""

DONE_STATES = ("Completed", "Archived")
"""States of a submitted voucher."""


@dataclass(frozen=True)
class Visit:
	"""What is known of a visit when it is submitted."""

	outcome: str | None
	findings: str | None
	test_result: str | None
	signature: str | None
	signed_by: str | None
	unsigned_reason: str | None
	internal: bool


def missing_for_completion(visit: Visit) -> tuple[str, ...]:
	"""The fields that still have to be filled before `visit` can be submitted."""
	missing = []
	if not visit.outcome:
		missing.append("outcome")
	if visit.outcome == COMPLETED:
		if not visit.findings:
			missing.append("findings")
		if not visit.test_result:
			missing.append("test_result")
	if needs_signature(visit):
		if visit.signature and not visit.signed_by:
			missing.append("signed_by")
		if not visit.signature and not visit.unsigned_reason:
			missing.append("customer_signature")
	return tuple(missing)


def needs_signature(visit: Visit) -> bool:
	"""Internal work has no customer, and where nobody opened there was nobody to sign."""
	return not visit.internal and visit.outcome != NO_ACCESS


def contradicts_test(visit: Visit) -> bool:
	"""A product that failed its test after repair was not repaired."""
	return visit.outcome == COMPLETED and visit.test_result == "Failed"


def state_is_allowed(status: str, docstatus: int) -> bool:
	"""Which states go with a draft (0), a submitted (1) and a cancelled (2) voucher.

	A draft may be called off, which leaves it a draft in state Cancelled.
	"""
	if docstatus == 0:
		return status not in DONE_STATES
	if docstatus == 1:
		return status in DONE_STATES
	return status == "Cancelled"


def carried_over(planned: str | None, left: str | None) -> str | None:
	"""The plan (or the parts to take) of the next visit: what was left, else what was planned."""
	return (left or "").strip() or planned


def open_cash(receipts: Iterable[tuple[bool, float]]) -> float:
	"""What a technician has of receipts: (whether money was received, or else paid out; amount)."""
	return sum(amount if received else -amount for received, amount in receipts)


def cash_refusal(
	collected: float, amount_due: float, limit: float, rate_to_company: float, digits: int = 2
) -> str:
	"""Why so much cash may not be taken on the spot; "" when it may.

	Args:
		collected, amount_due: in the currency of the invoice.
		limit: small fee limit in company currency; 0 allows nothing.
		rate_to_company: company currency per unit of invoice currency.
		digits: of an amount.

	Returns:
		"", "more_than_due" or "more_than_limit".
	"""
	if round(collected - amount_due, digits) > 0:
		return "more_than_due"
	if round(collected * rate_to_company - limit, digits) > 0:
		return "more_than_limit"
	return ""


QUOTE_CHANNELS = ("Signature", "Phone", "E-mail", "In Person", "Letter")
"""How a technician can be told that a quote is accepted."""


def is_kept_when_declined(activity: str | None, is_fee: bool, price_kind: str | None) -> bool:
	"""Whether a line is charged although the customer declined the quote.

	Diagnosis and travel were done, the fee is for the diagnosis; of service prices the call-out, its surcharge and
	the minimum stay, a flat rate for work that is not done does not.
	"""
	if price_kind:
		return price_kind != "Flat Rate"
	return is_fee or activity in ("Diagnosis", "Travel")
