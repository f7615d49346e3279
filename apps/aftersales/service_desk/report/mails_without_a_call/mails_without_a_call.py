"""Mails of persons that came to a mailbox for calls and belong to no call yet, the oldest first."""

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime, strip_html_tags

from aftersales.core.guards import require_role
from aftersales.core.input.filters import validate_filters
from aftersales.core.roles import DESK
from aftersales.service_desk.mail import correspondents
from aftersales.service_desk.mail.unplaced import DONE, accounts_for_calls

MOST_ROWS = 300
EXCERPT = 200


@validate_filters
def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Script report. Filter: from_date. Whose mail it could be is worked out anew each time."""
	require_role(DESK, _("Placing mails"))
	accounts = accounts_for_calls()
	if not accounts:
		return columns(), []
	waiting = {
		"sent_or_received": "Received",
		"communication_type": "Communication",
		"communication_medium": "Email",
		"email_account": ("in", accounts),
		"reference_name": ("is", "not set"),
		"status": ("!=", DONE),
	}
	if filters and filters.get("from_date"):
		waiting["communication_date"] = (">=", filters.from_date)
	rows = frappe.get_all(
		"Communication",
		waiting,
		["name", "communication_date", "sender", "sender_full_name", "subject", "text_content", "content"],
		order_by="communication_date asc, name asc",
		limit=MOST_ROWS,
	)
	return columns(), [_row(row) for row in rows]


def columns() -> list[dict]:
	return [
		{"fieldname": "communication_date", "label": _("Received at"), "fieldtype": "Datetime", "width": 160},
		{"fieldname": "waiting", "label": _("Waiting"), "fieldtype": "Duration", "width": 110},
		{"fieldname": "sender", "label": _("From"), "fieldtype": "Data", "width": 200},
		{"fieldname": "subject", "label": _("Subject"), "fieldtype": "Data", "width": 240},
		{"fieldname": "excerpt", "label": _("Text"), "fieldtype": "Data", "width": 320},
		{"fieldname": "customers", "label": _("Could Be Of"), "fieldtype": "Data", "width": 200},
		{
			"fieldname": "action",
			"label": _("Action", context="After-sales"),
			"fieldtype": "Data",
			"width": 220,
		},
	]


def _row(row: frappe._dict) -> dict:
	text = row.text_content or strip_html_tags(row.content or "")
	found = correspondents.customers_of(row.sender)
	return {
		"name": row.name,
		"communication_date": row.communication_date,
		"waiting": max(0, round((now_datetime() - get_datetime(row.communication_date)).total_seconds())),
		"sender": row.sender,
		"subject": row.subject,
		"excerpt": " ".join(text.split())[:EXCERPT],
		"customers": ", ".join(found),
		"possible": found,
		"action": "",
	}
