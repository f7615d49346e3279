"""Payments and credits of ERPNext made for users who have no right to them: the app has checked their right to its own.

ERPNext asks the session's user for rights while it maps an invoice and while it validates a Payment Entry, whatever
flags are set. In these two places, and nowhere else, the session's user is the Administrator. All the rest of a booking
happens in the name of the user: owner and history, hooks and Server Scripts, workflows, notifications, jobs that are
given to the queue.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.model.document import Document

SYSTEM = "Administrator"


@contextmanager
def mapping_as_system() -> Iterator[None]:
	"""Inside, functions of ERPNext that fill in a document from others ask nobody for rights. Nothing is saved here."""
	user = frappe.session.user
	_switch_to(SYSTEM)
	try:
		yield
	finally:
		_switch_to(user)


@contextmanager
def booking_as_system() -> Iterator[None]:
	"""Inside, Payment Entries are saved and submitted without rights on them and on accounts.

	They need `flags.ignore_permissions` as well, which a caller sets on those that it saves itself.
	"""
	before = frappe.flags.booked_for
	frappe.flags.booked_for = frappe.session.user
	try:
		yield
	finally:
		_switch_to(frappe.flags.booked_for)
		frappe.flags.booked_for = before


def before_validate(payment: Document) -> None:
	"""ERPNext's own validation follows."""
	if frappe.flags.booked_for:
		_switch_to(SYSTEM)


def validated(payment: Document) -> None:
	"""ERPNext's own validation is done; what other apps and scripts add to it is the user's again."""
	if frappe.flags.booked_for:
		_switch_to(frappe.flags.booked_for)
		payment.modified_by = frappe.flags.booked_for  # ERPNext stores the status while it validates


def _switch_to(user: str) -> None:
	if frappe.session.user == user:
		return
	frappe.session.user = user
	frappe.local.user_perms = None  # Frappe keeps there what it has read of one user
