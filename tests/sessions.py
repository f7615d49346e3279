"""Connections of tests that begin as a request's or a job's does.

Frappe forgets at each change of user what it has read of DocTypes, and asks Redis again: tenths of a second in a test,
which changes its user more often than any request. Between :func:`keep` and the next test that commits it is known
on; whoever changes a DocType takes it out of this process's memory as well as out of Redis.
"""

import frappe

KEPT = (
	"app_hooks",
	"assignment_rule_map",
	"doctype_meta",
	"document_naming_rule_map",
	"energy_point_rule_map",
	"is_table",
	"merged_translations",
	"milestone_tracker_map",
	"notifications",
	"server_script_map",
	"table_columns",
	"workflow",
)
"""What Frappe keeps in Redis of apps and DocTypes; none of it depends on the user. Where a test writes to what it is made
of (CACHED_WIDELY in isolation.py) it is read anew afterwards."""


class _Known:
	"""What this process keeps, and whether it does."""

	on = False
	values: dict = {}


def keep(on: bool) -> None:
	"""Whether what has been read of DocTypes is known to the next user and the next test, or each reads it anew."""
	_Known.on = on
	if not on:
		_Known.values = {}


def connect(site: str, **options) -> None:
	"""Frappe and the database of the site, for this thread or process, with what the app does first.

	It is what the hooks before_request and before_job do to the connection, so that a test meets what a user meets
	on a database server that has snapshot isolation on, too.
	"""
	frappe.init(site=site, sites_path=".", **options)
	frappe.local.cache.update(_Known.values)
	frappe.connect()
	begin()


def leave() -> None:
	"""Close the connection."""
	_Known.values = _read()
	frappe.destroy()


def begin() -> None:
	"""What the app does first on a connection that is open."""
	from aftersales.core.transactions import read_what_is_committed

	if "aftersales" in frappe.get_installed_apps():
		read_what_is_committed()


def begin_anew(site: str, database, user: str) -> None:
	"""Frappe as a new request finds it, on a connection that stays open, as `user`."""
	known = _read()
	frappe.local.db = None  # or it would be closed
	frappe.destroy()
	frappe.init(site=site, sites_path=".", force=True)
	frappe.local.cache.update(known)
	frappe.local.db = database
	frappe.set_user(user)


def _read() -> dict:
	keys = [frappe.cache.make_key(name) for name in KEPT] if _Known.on else []
	return {key: frappe.local.cache[key] for key in keys if key in frappe.local.cache}


_frappes_set_user = frappe.set_user


def _set_user(username: str) -> None:
	known = _read()
	_frappes_set_user(username)
	frappe.local.cache.update(known)


frappe.set_user = _set_user
