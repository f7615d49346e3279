"""Sites of before may bill an hour beyond the visit, as new ones do: a single has the defaults of new sites only."""

import frappe

DOCTYPE = "Aftersales Settings"


def execute():
	if frappe.db.get_singles_dict(DOCTYPE).get("hours_beyond_visit") is None:  # a zero was chosen
		field = frappe.get_meta(DOCTYPE).get_field("hours_beyond_visit")
		frappe.db.set_single_value(DOCTYPE, field.fieldname, field.default)
