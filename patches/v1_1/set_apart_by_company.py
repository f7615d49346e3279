"""Loaner warehouses of each company, and what happens when others take parts that are set aside.

The one pair of warehouses there was becomes the row of its company. A site that has run with nothing in
the way of its storekeepers goes on with a warning; a new one stops them.
"""

import frappe

DOCTYPE = "Aftersales Settings"
FORMER = ("loaner_warehouse", "lent_out_warehouse")
FIRST_VALUES = {"taking_set_aside": "Warn", "set_aside_role": "Stock Manager"}


def execute() -> None:
	stored = frappe.db.get_singles_dict(DOCTYPE)
	if not stored.get("taking_set_aside"):
		for fieldname, value in FIRST_VALUES.items():
			frappe.db.set_single_value(DOCTYPE, fieldname, value)
	_carry_warehouses_over(*(stored.get(fieldname) for fieldname in FORMER))
	frappe.db.delete("Singles", {"doctype": DOCTYPE, "field": ("in", FORMER)})


def _carry_warehouses_over(loaner: str | None, lent_out: str | None) -> None:
	"""A pair that was never complete, or of two companies, could not be used: it is entered anew."""
	company = loaner and frappe.db.get_value("Warehouse", loaner, "company")
	if not company or loaner == lent_out:
		return
	if frappe.db.get_value("Warehouse", lent_out, "company") != company:
		return
	settings = frappe.get_doc(DOCTYPE)
	if any(row.company == company for row in settings.loaner_warehouses):
		return
	row = settings.append(
		"loaner_warehouses",
		{"company": company, "loaner_warehouse": loaner, "lent_out_warehouse": lent_out},
	)
	row.db_insert()  # the settings may lack what they now demand; the row stands for itself
	frappe.clear_document_cache(DOCTYPE)
