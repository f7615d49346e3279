"""`make demo`: the demo company with its six stories, a year behind it, and a shop in the middle of its work."""

import frappe

from aftersales.demo import (
	agreements,
	bench,
	brand,
	catalogue,
	clientele,
	clock,
	company,
	desk,
	history,
	money,
	places,
	portal,
	shop,
	stories,
	technicians,
	today,
	upkeep,
)

TOLD = (history, agreements, stories, shop, bench, desk, portal, money, today, upkeep)
"""What happened in the company: each module names its events with their moments."""

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
	"""Make the company, let the year up to now happen as its people lived it, and note that it is there."""
	muted = frappe.flags.mute_emails
	frappe.flags.mute_emails = True
	try:
		with clock.at(clock.present()):
			set_up()
			clock.run([event for tell in TOLD for event in tell.events()])
		frappe.db.set_global(BUILT, company.COMPANY)
	finally:
		frappe.flags.mute_emails = muted


def set_up() -> None:
	"""Make the company with what it sells, its people and its customers: its first day in business, then its sales."""
	with clock.at(clock.day(-company.DAYS_IN_BUSINESS, "07:30")):
		for part in (company, catalogue, technicians, clientele, places, brand):
			part.build()
	clock.run(clientele.events())


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
