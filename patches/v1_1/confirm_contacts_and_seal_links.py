"""Sites from before contacts were confirmed, and from when messages kept their signed links.

Calls that came by the code on a product and are not over: their contact is to be confirmed unless it is on
file. Stored messages lose the links; a mail that is still to be sent keeps its links sealed.
"""

import frappe

from aftersales.customer_portal import link_masks
from aftersales.service_calls import contacts_on_file
from aftersales.setup import defaults

BATCH = 500


def execute() -> None:
	defaults.insert_missing(["Notification"], ["Customer: Confirm Contact"])
	_ask_for_contacts()
	for doctype, fieldname in (("Communication", "content"), ("Comment", "content"), ("SMS Log", "message")):
		_rewrite(doctype, fieldname, link_masks.hide)
	_rewrite("Email Queue", "message", lambda message: link_masks.seal(message)[0])


def _ask_for_contacts() -> None:
	calls = frappe.get_all(
		"Repair Call",
		filters={"channel": "QR", "status": ("not in", ("Closed", "Cancelled")), "owner": "Guest"},
		fields=["name", "customer", "contact_email", "contact_phone"],
		order_by="name asc",
	)
	for call in calls:
		if not contacts_on_file.is_on_file(call.customer, call.contact_email, call.contact_phone):
			frappe.db.set_value("Repair Call", call.name, "contact_confirmed", 0, update_modified=False)


def _rewrite(doctype: str, fieldname: str, change) -> None:
	"""Change the texts that may hold a link, a batch at a time by name."""
	last = ""
	while True:
		rows = frappe.get_all(
			doctype,
			filters={"name": (">", last), fieldname: ("like", "%aftersales%")},
			fields=["name", fieldname],
			order_by="name asc",
			limit=BATCH,
		)
		for row in rows:
			text = row[fieldname]
			if link_masks.holds_link(text) and (changed := change(text)) != text:
				frappe.db.set_value(doctype, row.name, fieldname, changed, update_modified=False)
		if len(rows) < BATCH:
			return
		last = rows[-1].name
