"""Connections of tests that begin as a request's or a job's does."""

import frappe


def connect(site: str, **options) -> None:
	"""Frappe and the database of the site, for this thread or process, with what the app does first.

	It is what the hooks before_request and before_job do to the connection, so that a test meets what a user meets
	on a database server that has snapshot isolation on, too.
	"""
	frappe.init(site=site, sites_path=".", **options)
	frappe.connect()
	begin()


def begin() -> None:
	"""What the app does first on a connection that is open."""
	from aftersales.core.transactions import read_what_is_committed

	if "aftersales" in frappe.get_installed_apps():
		read_what_is_committed()


def begin_anew(site: str, database, user: str) -> None:
	"""Frappe as a new request finds it, on a connection that stays open, as `user`."""
	frappe.local.db = None  # or it would be closed
	frappe.destroy()
	frappe.init(site=site, sites_path=".", force=True)
	frappe.local.db = database
	frappe.set_user(user)
