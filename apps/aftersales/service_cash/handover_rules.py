"""Which vouchers a technician may hand over together, and what is missing or left over.

Decided here, without frappe, from plain values. Amounts are in the currency of the handover.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from aftersales.core.rounding_rules import CENT, Unit, round_to


@dataclass(frozen=True)
class Cash:
	"""What a technician took from one customer against a receipt."""

	voucher: str
	submitted: bool
	technician: str | None
	company: str
	currency: str
	amount: Decimal
	payment_entry: str | None = None
	handover: str | None = None


@dataclass(frozen=True)
class Handover:
	"""Who hands over, for which company, in which currency; `name` as the vouchers would name it."""

	name: str
	technician: str
	company: str
	currency: str


@dataclass(frozen=True)
class Refusal:
	"""Why a voucher is not part of a handover: a code for the message, and what was found."""

	voucher: str
	code: str
	found: str | None = None


def refusals(handover: Handover, cash: Iterable[Cash]) -> tuple[Refusal, ...]:
	"""Every reason against `cash` in `handover`; empty when it can be booked."""
	cash = tuple(cash)
	times = Counter(row.voucher for row in cash)
	found = [reason for row in cash for reason in _against(handover, row)]
	found += [Refusal(voucher, "twice") for voucher, count in times.items() if count > 1]
	return tuple(found)


def total(cash: Iterable[Cash]) -> Decimal:
	"""What the technician should have with them."""
	return sum((row.amount for row in cash), Decimal(0))


def difference(expected: Decimal, counted: Decimal) -> Decimal:
	"""Positive when more was counted than expected (cash over), negative when cash is short."""
	return counted - expected


def in_company_currency(amount: Decimal, rate: Decimal, unit: Unit = CENT) -> Decimal:
	"""`amount` at `rate`, in whole `unit`s."""
	return round_to(amount * rate, unit)


def _against(handover: Handover, row: Cash) -> Iterable[Refusal]:
	if not row.submitted:
		yield Refusal(row.voucher, "not_completed")
	if row.amount <= 0:
		yield Refusal(row.voucher, "nothing_collected")
	if row.technician != handover.technician:
		yield Refusal(row.voucher, "other_technician", row.technician)
	if row.company != handover.company:
		yield Refusal(row.voucher, "other_company", row.company)
	if row.currency != handover.currency:
		yield Refusal(row.voucher, "other_currency", row.currency)
	if row.handover and row.handover != handover.name:
		yield Refusal(row.voucher, "handed_over", row.handover)
	elif row.payment_entry:
		yield Refusal(row.voucher, "paid", row.payment_entry)
