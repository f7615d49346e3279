"""Sites of before do with customers' messages what new ones do: a single has the defaults of new sites only."""

import frappe

DOCTYPE = "Aftersales Settings"
FIELDS = ("answer_after_resolution", "answer_days")


def execute():
	stored = frappe.db.get_singles_dict(DOCTYPE)
	for fieldname in FIELDS:
		if stored.get(fieldname) is None:  # a zero was chosen
			field = frappe.get_meta(DOCTYPE).get_field(fieldname)
			frappe.db.set_single_value(DOCTYPE, fieldname, field.default)
