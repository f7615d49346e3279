"""Products that are ready and not collected: when to remind, what storage costs, when they can be disposed of. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Terms:
	"""The site's rule, in days; 0 switches a step off."""

	remind_every: int = 14
	storage_free: int = 30
	dispose_after: int = 180
	least_reminders: int = 2


def is_due(ready_on: date, reminded_on: date | None, today: date, terms: Terms) -> bool:
	"""Whether the customer is reminded today: so many days after the product was ready, and again after each reminder."""
	if terms.remind_every <= 0:
		return False
	return today >= (reminded_on or ready_on) + timedelta(days=terms.remind_every)


def storage_days(ready_on: date, charged_until: date | None, today: date, terms: Terms) -> int:
	"""Days of storage to charge up to and including today: those after the free ones and after what was charged."""
	if terms.storage_free <= 0:
		return 0
	last_free = ready_on + timedelta(days=terms.storage_free)
	return max((today - max(last_free, charged_until or last_free)).days, 0)


def days_to_disposal(ready_on: date, today: date, terms: Terms) -> int | None:
	"""Days until the product can be disposed of; 0 when it can; None where the site never disposes."""
	if terms.dispose_after <= 0:
		return None
	return max((ready_on + timedelta(days=terms.dispose_after) - today).days, 0)


def fee_from(ready_on: date, terms: Terms) -> date | None:
	"""The first day of storage that is charged; None where none is."""
	return ready_on + timedelta(days=terms.storage_free + 1) if terms.storage_free > 0 else None


def disposal_from(ready_on: date, terms: Terms) -> date | None:
	"""The first day on which the product can be disposed of; None where the site never disposes."""
	return ready_on + timedelta(days=terms.dispose_after) if terms.dispose_after > 0 else None
