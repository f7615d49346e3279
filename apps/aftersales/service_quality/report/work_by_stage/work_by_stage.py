"""Where work waits: how much, how long, how much of it late, by department and stage (R-KPI, bottleneck).

Age is the time in the stage where that is known (workshop), else since the work came in.
"""

import frappe
from frappe import _

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.customer_care import opinion_figures as opinions
from aftersales.field_service import metrics as visits
from aftersales.repair_workshop import metrics as workshop
from aftersales.service_accounts import metrics as billing
from aftersales.service_calls import metrics as calls


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filter: company."""
	company = frappe._dict(filters or {}).company or None
	rows = [row for department in _departments(company) for row in department]
	return columns(), rows, None, _chart(rows), _summary(rows)


def columns() -> list[dict]:
	def age(fieldname: str, label: str) -> dict:
		return {
			"fieldname": fieldname,
			"label": label,
			"fieldtype": "Duration",
			"hide_seconds": 1,
			"width": 150,
		}

	return [
		{"fieldname": "department", "label": _("Department"), "fieldtype": "Data", "width": 160},
		{"fieldname": "document", "label": _("Document"), "fieldtype": "Data", "hidden": 1},
		{"fieldname": "stage", "label": _("Stage"), "fieldtype": "Data", "width": 200},
		{"fieldname": "number", "label": _("Waiting"), "fieldtype": "Int", "width": 100},
		{"fieldname": "late", "label": _("Late"), "fieldtype": "Int", "width": 100},
		age("mean", _("Mean Age")),
		age("oldest", _("Oldest")),
	]


def _departments(company: str | None) -> list[list[frappe._dict]]:
	return [
		_rows(_("Service Desk"), "Repair Call", calls.queue(company)),
		_rows(_("Field Service"), "Service Voucher", visits.queue(company)),
		_rows(_("Workshop"), "Repair Card", workshop.queue(company)),
		_rows(_("Billing"), None, billing.queue(company)),
		_rows(_("Follow-up"), "Follow-up", opinions.follow_up_queue(company)),
	]


def _rows(department: str, document: str | None, queue: list[dict]) -> list[frappe._dict]:
	"""Longest queue first; a job to be billed is told by its document, everything else by its status."""
	return [
		frappe._dict(
			department=department,
			document=document or row.stage,
			status="To Bill" if document is None else row.stage,
			stage=_(row.stage),
			number=row.number,
			late=int(row.late or 0),
			mean=round(row.mean or 0),
			oldest=int(row.oldest or 0),
		)
		for row in sorted(queue, key=lambda row: (-row.number, row.stage))
		if row.number
	]


def _chart(rows: list[frappe._dict]) -> dict | None:
	if not rows:
		return None
	late: dict[str, int] = {}
	in_time: dict[str, int] = {}
	for row in rows:
		late[row.department] = late.get(row.department, 0) + row.late
		in_time[row.department] = in_time.get(row.department, 0) + row.number - row.late
	return charts.bars(
		list(late),
		[(_("In Time"), in_time.values(), charts.COUNT), (_("Late"), late.values(), charts.BAD)],
		stacked=True,
	)


def _summary(rows: list[frappe._dict]) -> list[dict]:
	late = sum(row.late for row in rows)
	return [
		{"label": _("Waiting"), "value": sum(row.number for row in rows), "datatype": "Int"},
		{"label": _("Late"), "value": late, "datatype": "Int", "indicator": "Red" if late else None},
	]
