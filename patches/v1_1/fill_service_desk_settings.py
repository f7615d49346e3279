"""A new field of the settings has its default on a new site only: give an old one the same start."""

import frappe

DOCTYPE = "Aftersales Settings"
FIELDS = (
	"arrival_lead",
	"arrival_window",
	"visit_minutes",
	"follow_up_attempts",
	"follow_up_retry_hours",
	"complaint_reply_days",
)


def execute():
	meta = frappe.get_meta(DOCTYPE)
	stored = frappe.db.get_singles_dict(DOCTYPE)
	for fieldname in FIELDS:
		if stored.get(fieldname) is None:  # a zero was chosen
			frappe.db.set_single_value(DOCTYPE, fieldname, meta.get_field(fieldname).default)
