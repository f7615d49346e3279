"""Customers are reminded of a loaner that belongs to no call: its contact, and the messages, for sites from before."""

import frappe

from aftersales.customer_goods import loaners
from aftersales.setup import defaults

MESSAGES = ("Customer: Loaner without Call Due Soon", "Customer: Loaner without Call Overdue")


def execute() -> None:
	defaults.insert_missing(["Notification"], MESSAGES)
	_note_contacts()
	_leave_late_ones_to_the_desk()


def _note_contacts() -> None:
	for name in frappe.get_all("Loaner Issue", filters=_out(), pluck="name", order_by="name asc"):
		doc = frappe.get_doc("Loaner Issue", name)
		loaners.take_contact(doc)
		contact = {field: doc.get(field) for field in loaners.CONTACT}
		frappe.db.set_value("Loaner Issue", name, contact, update_modified=False)


def _leave_late_ones_to_the_desk() -> None:
	"""Customers whose loaner is overdue already are not written to overnight because of an update."""
	late = {**_out(), "due_back": ("<", frappe.utils.nowdate()), "customer_reminded": ("is", "not set")}
	for name in frappe.get_all("Loaner Issue", filters=late, pluck="name", order_by="name asc"):
		frappe.db.set_value("Loaner Issue", name, "customer_reminded", "Overdue", update_modified=False)


def _out() -> dict:
	return {"docstatus": 1, "status": "Issued", "repair_call": ("is", "not set")}
