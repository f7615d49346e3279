"""Messages to customers: their Notifications and settings for sites from before.

The two messages that used to come with the app were switched off when installed. Where nobody switched
them on they go, since the new ones say the same; where somebody did, they are the site's and stay.
"""

import frappe

from aftersales.setup import defaults

FORMER = ("Repair Call Received", "Arrival Window Promised")


def execute() -> None:
	for name in FORMER:
		if frappe.db.get_value("Notification", name, "enabled") == 0:
			frappe.delete_doc("Notification", name, ignore_permissions=True, delete_permanently=True)
	defaults.insert_missing(["Notification", "Aftersales Settings"])
