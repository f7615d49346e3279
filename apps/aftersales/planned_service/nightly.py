"""What is done for planned service every night (hook scheduler_events)."""

import frappe

from aftersales.planned_service.calling import call_due
from aftersales.planned_service.planning import plan_all


def plan_and_call() -> None:
	"""Plan what is missing, forget what is over, make the calls that are due. Commits on the way."""
	plan_all(after_batch=frappe.db.commit)
	call_due(after_each=frappe.db.commit)
