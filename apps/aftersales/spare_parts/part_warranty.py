"""How long the parts of a job are under warranty."""

from datetime import date

import frappe
from frappe.model.document import Document
from frappe.utils import add_months, cint

from aftersales.service_calls.entitlement.part_warranty import warranty_of_rework
from aftersales.service_calls.jobs import restarts_warranty


def set_part_warranty(doc: Document, used_on: date) -> None:
	"""Set `warranty_until` of each part line from the part warranty (months) of its Spare Part.

	A part put in for free under the warranty of the one it replaces is warranted as long as that was, unless
	the site starts warranties anew.
	"""
	items = {line.item_code for line in doc.parts}
	if not items:
		return
	months = dict(
		frappe.db.get_values(
			"Spare Part",
			{"item_code": ("in", list(items))},
			["item_code", "part_warranty_months"],
			order_by="name asc",
		)
	)
	restarts = restarts_warranty()
	for line in doc.parts:
		warranty = cint(months.get(line.item_code))
		line.warranty_until = add_months(used_on, warranty) if warranty else None
		is_rework, until = warranty_of_rework(line)
		if is_rework and not restarts:
			line.warranty_until = until
