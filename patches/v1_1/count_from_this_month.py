"""Records of staff and entries of missed goals begin with the month that runs, not with one that was over before the upgrade."""

import frappe
from frappe.utils import get_first_day, getdate

from aftersales.service_desk.staff_months import staff_months
from aftersales.service_quality import goals


def execute() -> None:
	latest = frappe.get_all(staff_months.RECORD, pluck="month", order_by="month desc", limit=1)
	staff_months.note_written(getdate(latest[0] if latest else get_first_day(getdate(), d_months=-1)))
	for goal in goals.to_count():
		goals.note_counted(goal)
