"""What a document that is not saved yet would be measured by: for those who promise something to a customer."""

from datetime import datetime

from frappe.model.document import Document
from frappe.utils import now_datetime

from aftersales.service_levels import clocks, targets


def due_at(doc: Document, field: str) -> datetime | None:
	"""By when `field` (a date of `doc`) has to be set, as the most specific targets say; None without one.

	Nothing is written; `doc` may be new. Naive system time, the earliest where several targets end there.
	"""
	facts = targets.facts_of(doc)
	now = now_datetime().replace(microsecond=0)
	due = []
	for target in targets.chosen(doc, facts):
		if target["stop_field"] != field:
			continue
		clock = clocks.new_clock(doc, target, False, None, {}, now)
		if clock and clock["state"] in ("Running", "Overdue"):
			due.append(clock["due_at"])
	return min(due, default=None)
