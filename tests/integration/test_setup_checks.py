"""The set-up checks name what is missing on a site, and what to do."""

import frappe
import pytest
from frappe.utils import scheduler

from aftersales.core import signing
from aftersales.setup import checks, site_checks
from tests import factories as make
from tests.administrator import outgoing_account


def state_of(title: str) -> tuple[str, str]:
	(found,) = [each for each in checks.run() if each["title"] == title]
	return found["state"], found["what_to_do"]


def test_another_encryption_key_is_noticed_until_it_is_accepted(monkeypatch):
	signing.remember_key()
	assert state_of("Key of links and labels") == ("Good", "")

	monkeypatch.setattr(signing, "get_encryption_key", lambda: "k" * 44)
	state, what_to_do = state_of("Key of links and labels")
	assert state == "Wrong"
	assert "Copy encryption_key" in what_to_do

	signing.remember_key()
	assert state_of("Key of links and labels")[0] == "Good"


@pytest.mark.parametrize(("off", "state"), [(True, "Wrong"), (False, "Good")])
def test_scheduler_that_is_off(monkeypatch, off, state):
	monkeypatch.setitem(frappe.local.conf, "pause_scheduler", int(off))
	monkeypatch.setattr(scheduler, "is_scheduler_disabled", lambda verbose=True: False)
	found, what_to_do = state_of("Scheduler")
	assert found == state
	assert ("enable-scheduler" in what_to_do) is off


def test_queue_without_workers_and_queue_that_does_not_answer(monkeypatch):
	assert state_of("Background jobs") == (
		"Wrong",
		"No worker runs: nothing is done in the background. Start the workers.",
	)
	monkeypatch.setattr(site_checks, "get_workers", lambda: ["worker"])
	assert state_of("Background jobs")[0] == "Good"

	def refused():
		raise ConnectionError

	monkeypatch.setattr(site_checks, "get_redis_conn", refused)
	assert "does not answer" in state_of("Background jobs")[1]


def test_account_for_outgoing_mail(monkeypatch):
	assert "mute_emails" in state_of("Outgoing mail")[1]
	monkeypatch.setitem(frappe.local.conf, "mute_emails", 0)
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	assert state_of("Outgoing mail")[0] == "Warning"
	outgoing_account()
	assert state_of("Outgoing mail")[0] == "Good"


def test_serial_numbers_where_erpnext_can_switch_them_off():
	title = "Serial numbers and batches of parts"
	if not frappe.get_meta("Stock Settings").has_field(site_checks.SERIALS_SWITCH):
		assert title not in {each["title"] for each in checks.run()}
		return
	make.settings()
	for switched, state in ((0, "Warning"), (1, "Good")):
		frappe.db.set_single_value("Stock Settings", site_checks.SERIALS_SWITCH, switched)
		assert state_of(title)[0] == state
