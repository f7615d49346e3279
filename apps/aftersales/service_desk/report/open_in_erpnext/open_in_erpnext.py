"""Open Issues, Warranty Claims and visits of Maintenance Schedules, and what each would become: the dry run."""

import frappe
from frappe import _

from aftersales.core.guards import require_role
from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import column, link
from aftersales.service_desk.take_over import sources
from aftersales.service_desk.take_over.taking import ROLES


@validate_filters
def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Script report. Filter: source (Issue, Warranty Claim or Maintenance Schedule; default Issue).

	Raises:
		frappe.PermissionError: the user is no Service Manager.
	"""
	require_role(ROLES, _("Taking over open documents"))
	source = (frappe._dict(filters or {})).source or sources.ISSUE
	return _columns(source), [
		{
			"source": found.name,
			"key": found.key,
			"state": _("Ready") if not found.problem else _("Cannot be taken over"),
			"problem": found.problem,
			"due": found.due,
			**{name: found.values.get(name) for name in ("subject", "customer", "received_at", "serial_no")},
			"request_type": found.values.get("request_type") or _("(default)"),
		}
		for found in sources.open_in(source)
	]


def _columns(source: str) -> list[dict]:
	return [
		link("source", _(source), source, 160),
		column("state", _("State", context="After-sales"), width=150),
		column("problem", _("What to Do"), width=260),
		column("subject", _("Subject"), width=240),
		link("customer", _("Customer"), "Customer", 170),
		column("received_at", _("Received at"), "Datetime", 160),
		column("request_type", _("Request Type"), width=170),
		column("serial_no", _("Serial No"), width=130),
		column("due", _("Due"), "Date", 110),
	]
