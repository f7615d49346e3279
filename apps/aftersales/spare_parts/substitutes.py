"""Parts that may take the place of another."""

import frappe


def substitutes_of(item_code: str) -> list[str]:
	"""Item codes that may take the place of a spare part, as listed on it, in that order."""
	return frappe.get_all(
		"Spare Part Substitute",
		filters={"parent": item_code, "parenttype": "Spare Part"},
		pluck="item_code",
		order_by="idx asc",
	)
