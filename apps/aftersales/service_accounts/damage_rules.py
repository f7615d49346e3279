"""Who bears a damage, and what is booked for it: decided here, without frappe.

All amounts in company currency. Whatever is settled, the rows balance to the cent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

CREDIT, ON_THE_SPOT, REPAIRED = "Credit to the Customer", "Paid on the Spot", "Repaired by Us"
SETTLEMENTS = (CREDIT, ON_THE_SPOT, REPAIRED)

CUSTOMER, CASH, EXPENSE, MAKER, INSURER = "customer", "cash", "expense", "maker", "insurer"
"""Sides of a settlement; the shell knows their accounts and parties."""


@dataclass(frozen=True)
class Shares:
	"""What is settled with the customer, and what others bear of it."""

	settled: Decimal
	maker: Decimal = Decimal(0)
	insurer: Decimal = Decimal(0)


@dataclass(frozen=True)
class Row:
	"""One side: `debit` or `credit`, the other is zero."""

	side: str
	debit: Decimal = Decimal(0)
	credit: Decimal = Decimal(0)


def our_share(shares: Shares) -> Decimal:
	"""What is left to us; negative when others bear more than is settled."""
	return shares.settled - shares.maker - shares.insurer


def rows(settlement: str, shares: Shares) -> tuple[Row, ...]:
	"""The ledger rows of a settlement, without empty ones.

	Maker and insurer owe us their shares. What the customer gets is owed to them, or was paid in cash. A
	damage that we repaired cost us its repair, which its job booked: only what others bear is taken off.
	"""
	owed = (Row(MAKER, debit=shares.maker), Row(INSURER, debit=shares.insurer))
	if settlement == REPAIRED:
		sides: Iterable[Row] = (*owed, Row(EXPENSE, credit=shares.maker + shares.insurer))
	else:
		paid_to = CASH if settlement == ON_THE_SPOT else CUSTOMER
		sides = (*owed, Row(EXPENSE, debit=our_share(shares)), Row(paid_to, credit=shares.settled))
	return tuple(row for row in sides if row.debit or row.credit)
