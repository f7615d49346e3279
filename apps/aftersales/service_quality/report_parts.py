"""What the reports on quality share."""

import frappe


def card(label: str, value: float, datatype: str, precision: int = 1) -> dict:
	"""A number above a report. As text: Frappe would show a share with the site's float precision, 87.500 %."""
	if datatype in ("Percent", "Float"):
		value = frappe.format_value(value, {"fieldtype": datatype, "precision": precision})
		datatype = "Data"
	return {"label": label, "value": value, "datatype": datatype}
