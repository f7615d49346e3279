"""`make demo`: the demo company with its six stories, and a shop in the middle of its work."""

import frappe

from aftersales.demo import agreements, company, desk, history, money, portal, shop, stories

BUILT = "aftersales_demo_built"
"""Global default that says the demo is complete. All of it is made in one transaction, or nothing."""


def run() -> None:
	"""Build the demo where it is missing, and print who can log in.

	Raises:
		frappe.ValidationError: the site is not the demo's.
	"""
	if not frappe.db.get_global(BUILT):
		build()
	print(logins())


def build() -> None:
	"""Make company, stories and shop as the demo's people, and note that they are there."""
	muted = frappe.flags.mute_emails
	frappe.flags.mute_emails = True
	try:
		company.build()
		for tell in stories.STORIES.values():
			tell()
		shop.build()
		desk.build()
		portal.build()
		money.build()
		agreements.build()
		history.build()
		frappe.db.set_global(BUILT, company.COMPANY)
	finally:
		frappe.flags.mute_emails = muted


def logins() -> str:
	"""The demo users with their roles and the password they share."""
	people = [
		f"  {email:<24} {first_name} {last_name}: {', '.join(roles)}"
		for email, first_name, last_name, roles in company.PEOPLE
	]
	customers = [f"  {email:<24} {name}: {sees}" for email, name, sees in portal.CUSTOMERS]
	return "\n".join(
		(
			f"Demo users, password {company.PASSWORD}:",
			*people,
			"Customers, at /aftersales, same password:",
			*customers,
		)
	)
