"""Set-up checks of what the site itself has to have: key, scheduler, queue, mail account, serial numbers.

Each is a check as setup/checks.py describes it.
"""

import re

import frappe
from frappe import _
from frappe.utils import cint
from frappe.utils.background_jobs import get_redis_conn, get_workers
from frappe.utils.scheduler import is_scheduler_inactive

from aftersales.core import signing
from aftersales.setup.checks import GOOD, WARNING, WRONG, Finding

SERIALS_SWITCH = "enable_serial_and_batch_no_for_item"
"""Field of Stock Settings since version 16 of ERPNext."""


def signing_key() -> Finding:
	"""Links in messages and codes on labels are signed with a key derived from the site's encryption key."""
	title = _("Key of links and labels")
	if signing.is_the_remembered_key():
		return Finding(title, GOOD)
	return Finding(
		title,
		WRONG,
		_(
			"The encryption key of the site has changed, so links in messages and codes on printed labels open"
			" nothing. Copy encryption_key from the old site_config.json, or from *-site_config_backup.json of the"
			" backup. If it is lost, print the labels again and run: {0}"
		).format(f"bench --site {frappe.local.site} execute aftersales.core.signing.remember_key"),
	)


def scheduler() -> Finding:
	"""Clocks, messages, fees and periodic visits are work of the scheduler."""
	title = _("Scheduler")
	if not is_scheduler_inactive(verbose=False):
		return Finding(title, GOOD)
	return Finding(
		title,
		WRONG,
		_(
			"The scheduler is off: service targets are not watched, and messages, contract fees and periodic visits"
			" are not made. Switch it on: {0}"
		).format(f"bench --site {frappe.local.site} enable-scheduler"),
	)


def queue() -> Finding:
	"""Billing runs and imports, mails and scheduled jobs wait in a queue that workers take them from."""
	title = _("Background jobs")
	try:
		get_redis_conn().ping()
		workers = get_workers()
	except Exception:
		return Finding(title, WRONG, _("The queue (Redis) does not answer. Start it, then the workers."))
	if workers:
		return Finding(title, GOOD)
	return Finding(title, WRONG, _("No worker runs: nothing is done in the background. Start the workers."))


def mail_account() -> Finding:
	"""Messages to customers need an account that sends them."""
	title = _("Outgoing mail")
	if cint(frappe.conf.mute_emails):
		return Finding(title, WARNING, _("mute_emails is set in the site's configuration: no mail is sent."))
	if frappe.db.exists("Email Account", {"enable_outgoing": 1, "default_outgoing": 1}):
		return Finding(title, GOOD)
	return Finding(
		title, WARNING, _("No Email Account has Default Outgoing set: messages to customers are not sent.")
	)


def serial_numbers() -> Finding | None:
	"""Version 16 of ERPNext has serial numbers and batches switched off on a new site."""
	if not frappe.get_meta("Stock Settings").has_field(SERIALS_SWITCH):
		return None
	title = _("Serial numbers and batches of parts")
	if cint(frappe.db.get_single_value("Stock Settings", SERIALS_SWITCH)):
		return Finding(title, GOOD)
	return Finding(
		title,
		WARNING,
		_(
			"Serial and Batch No for Item is not enabled in Stock Settings: a job with a part that is kept by serial"
			" number or batch cannot be completed."
		),
	)


def print_of_invoices() -> Finding:
	"""What an invoice bills is in the descriptions of its rows and in *Service*: version 16's default prints neither."""
	title = _("Print of invoices")
	name = frappe.get_meta("Sales Invoice").default_print_format
	chosen = name and frappe.db.get_value("Print Format", name, ["custom_format", "html"], as_dict=True)
	if not chosen or not chosen.custom_format or re.search(r"description|aftersales_", chosen.html or ""):
		return Finding(title, GOOD)
	return Finding(
		title,
		WARNING,
		_(
			"{0}, the default for Sales Invoice, prints neither the job nor what was done. "
			"Choose Service Invoice as Default Print Format of Sales Invoice in Customize Form, or print with it."
		).format(name),
	)
