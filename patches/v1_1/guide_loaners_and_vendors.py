"""Workflows, messages and reminders of loaners, vendor repairs and receipts, for sites from before.

Only these records are inserted: what else the site deleted of what came with the app stays deleted.
"""

import frappe

from aftersales.setup import defaults

SETTINGS = "Aftersales Settings"
STATES = ("Issued", "Lost", "Sent", "Back", "Recovered", "Voided", "Draft", "Returned", "Cancelled")
ACTIONS = ("Lend", "Take Back", "Declare Lost", "Send Out", "Is Back", "Issue", "Give Back", "Void", "Cancel")
WORKFLOWS = ("Loaner Issue", "Vendor Repair", "Collection Receipt")
MESSAGES = (
	"Customer: Loaner Due Soon",
	"Customer: Loaner Overdue",
	"Loaner Due Soon",
	"Loaner Overdue",
	"Vendor Repair Overdue",
)
REMIND_DAYS = 2


def execute() -> None:
	defaults.insert_missing(["Workflow State"], STATES)
	defaults.insert_missing(["Workflow Action Master"], ACTIONS)
	defaults.insert_missing(["Workflow"], WORKFLOWS)
	defaults.insert_missing(["Notification"], MESSAGES)
	_fill_settings()
	_leave_late_ones_to_the_desk()


def _fill_settings() -> None:
	stored = frappe.db.get_singles_dict(SETTINGS)
	if stored.get("loaner_remind_days") is None:
		frappe.db.set_single_value(SETTINGS, "loaner_remind_days", REMIND_DAYS)
	if not stored.get("loaner_conditions"):
		shipped = next(values for values in defaults.shipped() if values["doctype"] == SETTINGS)
		frappe.db.set_single_value(SETTINGS, "loaner_conditions", shipped["loaner_conditions"])


def _leave_late_ones_to_the_desk() -> None:
	"""Customers whose loaner is overdue already are not written to overnight because of an update."""
	loaner = frappe.qb.DocType("Loaner Issue")
	(
		frappe.qb.update(loaner)
		.set(loaner.customer_reminded, "Overdue")
		.where((loaner.docstatus == 1) & (loaner.status == "Issued"))
		.where(loaner.due_back < frappe.utils.nowdate())
		.where(loaner.customer_reminded.isnull() | (loaner.customer_reminded == ""))
		.run()
	)
