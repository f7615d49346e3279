"""Which request types report a failure, for sites from before: what counted as one then, without what ships as none."""

import frappe

from aftersales.setup import defaults

DOCTYPE = "Service Request Type"


def execute() -> None:
	shipped = {values["name"]: values for values in defaults.shipped() if values["doctype"] == DOCTYPE}
	for row in frappe.get_all(DOCTYPE, fields=["name", "default_support_kind"], order_by="name asc"):
		if row.name in shipped:
			failed = bool(shipped[row.name].get("is_failure"))
		else:
			failed = row.default_support_kind == "Use"
		if failed:
			frappe.db.set_value(DOCTYPE, row.name, "is_failure", 1, update_modified=False)
