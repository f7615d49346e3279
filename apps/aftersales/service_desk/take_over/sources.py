"""What of ERPNext's own support is open, and what Repair Call each would become: read only, a dry run.

Issues, Warranty Claims, and the visits of Maintenance Schedules that are due within a month. What was taken over is
known by the unique entry key of its call, so that nothing is taken over twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import frappe
from frappe import _
from frappe.utils import add_days, get_datetime, getdate, now_datetime, strip_html_tags

from aftersales.service_desk.mail import correspondents

ISSUE, CLAIM, SCHEDULE = "Issue", "Warranty Claim", "Maintenance Schedule"
AHEAD_DAYS = 30
MOST = 1000
REQUEST_TYPES = {ISSUE: None, CLAIM: "Repair", SCHEDULE: "Inspection and Preventive Maintenance"}
"""Request type of the calls; None for the one of the settings."""


@dataclass(frozen=True)
class Found:
	"""An open document of ERPNext, or a visit of one, and the values of the call it would become."""

	doctype: str
	name: str
	key: str
	values: dict
	problem: str = ""
	answered_at: object = None
	due: object = None
	details: dict = field(default_factory=dict)


def open_in(source: str) -> list[Found]:
	"""What is open in one of the three; those that have a call already, or are of a company that the user may not see, are
	left out.

	Raises:
		frappe.ValidationError: it is none of them.
	"""
	if source not in READERS:
		frappe.throw(_("Choose one of: {0}.").format(", ".join(_(name) for name in READERS)))
	found = READERS[source]()
	taken = set(
		frappe.get_all(
			"Repair Call", {"entry_key": ("in", [one.key for one in found] or [""])}, pluck="entry_key"
		)
	)
	companies = {None, "", *frappe.get_list("Company", pluck="name", limit_page_length=0)}
	return [one for one in found if one.key not in taken and one.values.get("company") in companies]


def _issues() -> list[Found]:
	rows = frappe.get_all(
		ISSUE,
		{"status": ("not in", ("Resolved", "Closed"))},
		[
			*("name", "subject", "customer", "raised_by", "contact", "priority", "description", "company"),
			*("opening_date", "opening_time", "first_responded_on"),
		],
		order_by="creation asc",
		limit=MOST,
	)
	return [_issue(row) for row in rows]


def _issue(row: frappe._dict) -> Found:
	customer, problem = _customer(row.customer, row.raised_by)
	return Found(
		ISSUE,
		row.name,
		f"{ISSUE}:{row.name}",
		{
			"subject": row.subject,
			"customer": customer,
			"contact_email": row.raised_by if row.raised_by and "@" in row.raised_by else None,
			"contact_name": row.contact and frappe.db.get_value("Contact", row.contact, "full_name"),
			"priority": row.priority,
			"description": row.description,
			"company": row.company,
			"received_at": _moment(row.opening_date, row.opening_time),
			"channel": "E-mail" if row.raised_by else "Other",
			"request_type": _request_type(ISSUE),
		},
		problem,
		answered_at=row.first_responded_on,
	)


def _claims() -> list[Found]:
	rows = frappe.get_all(
		CLAIM,
		{"status": ("in", ("Open", "Work In Progress"))},
		[
			*("name", "customer", "complaint", "complaint_date", "serial_no", "item_code", "item_name"),
			*("contact_display", "contact_mobile", "contact_email", "customer_address", "company"),
		],
		order_by="creation asc",
		limit=MOST,
	)
	return [_claim(row) for row in rows]


def _claim(row: frappe._dict) -> Found:
	customer, problem = _customer(row.customer, row.contact_email)
	told = " ".join(strip_html_tags(row.complaint or "").split())
	return Found(
		CLAIM,
		row.name,
		f"{CLAIM}:{row.name}",
		{
			"subject": (told or row.item_name or row.name)[:140],
			"description": row.complaint,
			"customer": customer,
			"serial_no": row.serial_no,
			"item_code": row.item_code,
			"contact_name": row.contact_display,
			"contact_phone": row.contact_mobile,
			"contact_email": row.contact_email,
			"service_address": row.customer_address,
			"company": row.company,
			"received_at": _moment(row.complaint_date, None),
			"channel": "Other",
			"request_type": _request_type(CLAIM),
		},
		problem,
	)


def _visits() -> list[Found]:
	schedule, visit = frappe.qb.DocType(SCHEDULE), frappe.qb.DocType("Maintenance Schedule Detail")
	rows = (
		frappe.qb.from_(visit)
		.join(schedule)
		.on(schedule.name == visit.parent)
		.select(
			schedule.name,
			schedule.customer,
			schedule.company,
			schedule.contact_email,
			schedule.contact_mobile,
			schedule.contact_display,
			schedule.customer_address,
			visit.name.as_("row"),
			visit.item_code,
			visit.item_name,
			visit.serial_no,
			visit.scheduled_date,
		)
		.where((schedule.docstatus == 1) & (visit.completion_status == "Pending"))
		.where(visit.scheduled_date <= add_days(getdate(), AHEAD_DAYS))
		.orderby(visit.scheduled_date)
		.limit(MOST)
		.run(as_dict=True)
	)
	return [_visit(row) for row in rows]


def _visit(row: frappe._dict) -> Found:
	customer, problem = _customer(row.customer, row.contact_email)
	serials = [part.strip() for part in (row.serial_no or "").splitlines() if part.strip()]
	return Found(
		SCHEDULE,
		row.name,
		f"{SCHEDULE}:{row.row}",
		{
			"subject": _("Maintenance of {0}").format(row.item_name or row.item_code)[:140],
			"customer": customer,
			"item_code": row.item_code,
			"serial_no": serials[0]
			if len(serials) == 1 and frappe.db.exists("Serial No", serials[0])
			else None,
			"description": "<br>".join(serials) if len(serials) > 1 else None,
			"contact_name": row.contact_display,
			"contact_phone": row.contact_mobile,
			"contact_email": row.contact_email,
			"service_address": row.customer_address,
			"company": row.company,
			"received_at": now_datetime(),
			"channel": "Other",
			"request_type": _request_type(SCHEDULE),
		},
		problem,
		due=row.scheduled_date,
	)


def _customer(customer: str | None, email: str | None) -> tuple[str | None, str]:
	"""The customer, or what has to be done before there is one."""
	if customer:
		return customer, ""
	known = correspondents.customers_of(email)
	if len(known) == 1:
		return known[0], ""
	if known:
		return None, _("The address is of several customers: {0}. Enter the customer.").format(
			", ".join(known)
		)
	return None, _("Enter the customer.")


def _request_type(source: str) -> str | None:
	wanted = REQUEST_TYPES[source]
	return wanted if wanted and frappe.db.exists("Service Request Type", wanted) else None


def _moment(day, time):
	"""When it came in; never in the future."""
	moment = get_datetime(f"{day} {time or '00:00:00'}") if day else now_datetime()
	return min(moment, now_datetime())


READERS: dict[str, Callable[[], list[Found]]] = {ISSUE: _issues, CLAIM: _claims, SCHEDULE: _visits}
