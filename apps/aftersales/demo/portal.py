"""Customers of the demo who can log in on the website and see their own service."""

import frappe
from frappe.utils.password import update_password

from aftersales.demo.clock import Event, past
from aftersales.demo.company import PASSWORD

CUSTOMERS = (
	("anna@kowalska.example", "Anna Kowalska", "an estimate waits for her decision"),
	("tomas@healy.example", "Tomás Healy", "a visit is promised"),
	("patrick@oshea.example", "Patrick O'Shea", "a finished repair with its documents"),
)
"""Login, customer, and what there is to see."""


def events() -> list[Event]:
	"""Logins, and from then on messages to customers."""
	return [(past(10, "08:00"), _logins), (past(9, "07:55"), _messages)]


def _messages() -> None:
	settings = frappe.get_single("Aftersales Settings")
	settings.send_customer_messages = 1
	settings.self_booking = "After Triage"
	settings.save()


def _logins() -> None:
	"""Give each of `CUSTOMERS` a login of its own."""
	for email, customer, _sees in CUSTOMERS:
		first_name, _space, last_name = customer.partition(" ")
		frappe.get_doc(
			{
				"doctype": "User",
				"email": email,
				"first_name": first_name,
				"last_name": last_name,
				"user_type": "Website User",
				"send_welcome_email": 0,
				"roles": [{"role": "Customer"}],
			}
		).insert()
		update_password(email, PASSWORD)
		doc = frappe.get_doc("Customer", {"customer_name": customer})
		doc.append("portal_users", {"user": email})
		doc.save()
