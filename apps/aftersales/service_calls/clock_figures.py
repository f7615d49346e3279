"""How many service targets of calls were met in a period, for the key figures (R-KPI)."""

import frappe

from aftersales.service_calls import metrics as calls
from aftersales.service_calls.metrics import Selection
from aftersales.service_levels.clock_machine import State


def decided(selection: Selection) -> list[dict]:
	"""met, missed: clocks of calls that stopped in the period."""
	clock = frappe.qb.DocType("Service Clock")
	query = frappe.qb.from_(clock).where(clock.reference_doctype == "Repair Call")
	return (
		calls.of_calls(selection, query, clock.stopped_at, clock.reference_name)
		.select(
			calls.number(clock.state == State.MET.value).as_("met"),
			calls.number(clock.state == State.MISSED.value).as_("missed"),
		)
		.run(as_dict=True)
	)
