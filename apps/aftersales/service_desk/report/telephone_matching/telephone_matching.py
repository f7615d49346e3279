"""Telephone calls without a Repair Call, and Repair Calls by phone without a telephone call (Call Log)."""

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import add_days

from aftersales.core.guards import require_role
from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import column, link, period_of
from aftersales.core.roles import DESK
from aftersales.service_desk.telephone import call_logs
from aftersales.service_desk.telephone.match_rules import ENDED

MOST_ROWS = 500
LOGS, CALLS = "Call Logs without a Call", "Calls without a Call Log"


@validate_filters
def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Script report. Filters: from_date, to_date (both needed), show (one of LOGS, CALLS; default LOGS).

	Raises:
		frappe.PermissionError: the user is not of the desk.
	"""
	require_role(DESK, _("Matching telephone calls"))
	filters = frappe._dict(filters or {})
	first, last = period_of(filters)
	if filters.show == CALLS:
		return _call_columns(), _calls(first, last)
	return _log_columns(), _logs(first, last)


def _logs(first, last) -> list[dict]:
	rows = frappe.get_all(
		"Call Log",
		filters=[
			["name", "not in", _linked_logs() or [""]],
			["status", "in", ENDED],
			[call_logs.NOT_FOR_A_CALL, "=", 0],
			["creation", ">=", first],
			["creation", "<", add_days(last, 1)],
		],
		fields=["*"],
		order_by="creation asc, name asc",
		limit=MOST_ROWS,
	)
	return [
		{
			"log": row.name,
			"at": row.start_time or row.creation,
			"type": _(row.type),
			"number": call_logs.number_of(row),
			"status": _(row.status),
			"duration": row.duration,
			"recording_url": row.recording_url,
			"possible": call_logs.candidates_of(row),
			"could_be": ", ".join(call_logs.candidates_of(row)),
			"action": "",
		}
		for row in rows
	]


def _linked_logs():
	dynamic_link = frappe.qb.DocType("Dynamic Link")
	return (
		frappe.qb.from_(dynamic_link)
		.select(dynamic_link.parent)
		.where((dynamic_link.parenttype == "Call Log") & (dynamic_link.link_doctype == "Repair Call"))
		.run(pluck=True)
	)


def _calls(first, last) -> list[dict]:
	call, dynamic_link = frappe.qb.DocType("Repair Call"), frappe.qb.DocType("Dynamic Link")
	names = (
		frappe.qb.from_(call)
		.left_join(dynamic_link)
		.on(
			(dynamic_link.link_name == call.name)
			& (dynamic_link.link_doctype == "Repair Call")
			& (dynamic_link.parenttype == "Call Log")
		)
		.select(call.name)
		.where(dynamic_link.name.isnull() & (call.channel == "Phone"))
		.where((call.received_at >= first) & (call.received_at < add_days(last, 1)))
		.orderby(call.received_at, order=Order.asc)
		.limit(MOST_ROWS)
		.run(pluck=True)
	)
	rows = names and frappe.get_list(
		"Repair Call",
		{"name": ("in", names)},
		["name", "received_at", "customer_name", "contact_phone", "call_owner"],
		order_by="received_at asc, name asc",
		limit_page_length=0,
	)
	return [
		{
			"call": row.name,
			"at": row.received_at,
			"customer_name": row.customer_name,
			"number": row.contact_phone,
			"call_owner": row.call_owner,
		}
		for row in rows or ()
	]


def _log_columns() -> list[dict]:
	return [
		link("log", _("Call Log"), "Call Log", 130),
		column("at", _("At"), "Datetime", 160),
		column("type", _("Type"), width=90),
		column("number", _("Number"), width=140),
		column("status", _("Status"), width=100),
		column("duration", _("Duration"), "Duration", 100),
		column("recording_url", _("Recording"), width=220),
		column("could_be", _("Could Be"), width=220),
		column("action", _("Action", context="After-sales"), width=200),
	]


def _call_columns() -> list[dict]:
	return [
		link("call", _("Repair Call"), "Repair Call", 140),
		column("at", _("Received at"), "Datetime", 160),
		column("customer_name", _("Customer"), width=180),
		column("number", _("Number"), width=140),
		link("call_owner", _("Call Owner"), "User", 180),
	]
