"""What the reports of every room share."""

import frappe


def card(label: str, value: float | None, datatype: str, precision: int = 1) -> dict:
	"""A number above a report. As text: Frappe would show a share with the site's float precision, 87.500 %."""
	if datatype in ("Percent", "Float"):
		value = (
			"–"
			if value is None
			else frappe.format_value(value, {"fieldtype": datatype, "precision": precision})
		)
		datatype = "Data"
	return {"label": label, "value": value, "datatype": datatype}
