"""Windows that customers have been promised and nobody has come to yet are kept from now on, with a target.

What was promised on calls that are over is not known any more: dispatch wrote over it. They are not measured.
"""

import frappe
from frappe.utils import now_datetime

from aftersales.setup import defaults

OVER = ("Resolved", "Closed", "Cancelled")


def execute():
	defaults.insert_missing(["Service Target"], ["Promised Window", "24-hour Hotline"])
	defaults.insert_missing(["Service Goal"])
	calls = frappe.get_all(
		"Repair Call",
		filters={
			"promised_to": (">", now_datetime()),
			"arrived_at": ("is", "not set"),
			"promised_at": ("is", "not set"),
			"status": ("not in", OVER),
		},
		fields=["name", "promised_from", "promised_to", "owner"],
		order_by="name asc",
	)
	for call in calls:
		now = now_datetime()
		row = frappe.new_doc("Service Promise")
		row.update(
			{
				"name": frappe.generate_hash(length=10),
				"parent": call.name,
				"parenttype": "Repair Call",
				"parentfield": "promises",
				"idx": 1,
				"promised_from": call.promised_from,
				"promised_to": call.promised_to,
				"made_at": now,
				"made_by": call.owner,
			}
		)
		row.db_insert()
		values = {"promised_at": now, "promise_from": call.promised_from, "promise_due": call.promised_to}
		frappe.db.set_value("Repair Call", call.name, values, update_modified=False)
