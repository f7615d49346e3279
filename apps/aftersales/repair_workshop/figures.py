"""What workshop jobs count for in a period: turnaround and hands-on hours for the key figures (R-KPI)."""

import frappe
from frappe.query_builder.functions import Count, Sum

from aftersales.service_desk import figures as calls
from aftersales.service_desk.figures import Selection

REPAIRED = ("Ready", "Returned")


def turnaround(selection: Selection) -> list[dict]:
	"""turnaround_seconds from received to ready, ready; hands_on_hours and repairs of those that were repaired."""
	card = frappe.qb.DocType("Repair Card")
	query = frappe.qb.from_(card).where((card.docstatus < 2) & card.status.isin(REPAIRED))
	return (
		calls.of_calls(selection, query, card.ready_at, card.repair_call)
		.select(
			Sum(calls.between(card.received_at, card.ready_at)).as_("turnaround_seconds"),
			Count(card.name).as_("ready"),
			Sum(card.total_hours).as_("hands_on_hours"),
			Count(card.name).as_("repairs"),
		)
		.run(as_dict=True)
	)
