"""Customers' best opinions commend the technician who was there."""

import frappe
from frappe.model.document import Document
from frappe.utils import add_months, get_first_day, getdate

from aftersales.customer_care.follow_ups import ANSWERED
from aftersales.service_staff import conduct

BEST = 5


def follow_up_saved(follow_up: Document, method: str | None = None) -> None:
	"""on_update of Follow-up: an answer of five out of five about a technician's work was given."""
	if follow_up.flags.from_register or follow_up.status not in ANSWERED or not follow_up.technician:
		return
	if int(follow_up.csat or 0) != BEST or not follow_up.has_value_changed("status"):
		return
	month = getdate(get_first_day(getdate(follow_up.done_at)))
	number = frappe.db.count(
		"Follow-up",
		[
			["technician", "=", follow_up.technician],
			["csat", "=", BEST],
			["status", "in", ANSWERED],
			["done_at", ">=", month],
			["done_at", "<", add_months(month, 1)],
		],
	)
	conduct.follow_best_opinions(follow_up.technician, month, number)
