"""The administrator's story with the real `bench migrate`, on a site of its own.

What is checked of it in one transaction, and much quicker, is in test_workflows.py. Here everything is
committed as requests do, and migrate runs as an upgrade runs it.
"""

import frappe
import pytest
from frappe.model.workflow import apply_workflow, get_transitions
from frappe.utils import add_to_date, get_datetime, now_datetime

from aftersales.service_levels import sweep
from aftersales.setup import defaults
from tests import administrator as admin
from tests import factories as make
from tests.other_sites import bench, throwaway, visit

pytestmark = [pytest.mark.slow, pytest.mark.commits]

SUPERVISOR = "fergal.super@example.com"
AGENT = "orla.desk@example.com"
MANAGER = "brona.boss@example.com"
NOTIFICATION = "Tell the manager"
HOUR = 3600


@pytest.fixture
def site():
	with throwaway("story") as name:
		yield name


def edited() -> dict[tuple[str, str], dict]:
	"""Every record that came with the app and belongs to the site, and what was made in the UI, in full."""
	names = {(values["doctype"], values["name"]) for values in defaults.shipped()}
	names |= {("Notification", NOTIFICATION), ("Workflow State", admin.WAITING)}
	return {
		(doctype, name): frappe.get_doc(doctype, name).as_dict(convert_dates_to_str=True)
		for doctype, name in sorted(names)
	}


def test_every_edit_of_an_administrator_outlives_two_migrations(site):
	with visit(site):
		admin.outgoing_account()
		make.settings(default_company=make.COMPANY)
		make.user(SUPERVISOR, "Service Supervisor", "Service Agent")
		make.user(AGENT, "Service Agent")
		make.user(MANAGER, "Service Manager")
		before = _triaged_call()
		due_before = admin.arrive_clock(before).due_at

		admin.add_waiting_state(admin.activate())
		admin.allow("Visit", 8 * HOUR)
		admin.notify_managers_of_breaches(NOTIFICATION)
		_edit("Service Category", "A", description="Paid by the customer, our words")
		_edit(
			"Notification", "Customer: Call Received", enabled=1, subject="We have your call {{ doc.name }}"
		)
	with visit(site):
		as_left = edited()

	for _ in range(2):
		bench(site, "migrate", "--skip-search-index")
		with visit(site):
			assert edited() == as_left

	with visit(site):
		after = _triaged_call()
		by_mail = _triaged_call(channel="E-mail")
		clock = admin.arrive_clock(before)
		assert (clock.state, clock.due_at, clock.allowed_seconds) == ("Running", due_before, 24 * HOUR)
		assert admin.arrive_clock(after).allowed_seconds == 8 * HOUR

		frappe.set_user(AGENT)
		assert admin.ACTION not in _steps_of(after)
		frappe.set_user(SUPERVISOR)
		assert admin.ACTION in _steps_of(after)
		assert admin.ACTION not in _steps_of(by_mail)
		for call in (before, after):
			_take(call, admin.ACTION)
			assert admin.place(call) == (admin.WAITING, "On Hold")
			assert admin.arrive_clock(call).state == "Paused"
		_take(before, "Resume")
		assert admin.arrive_clock(before).state == "Running"
	with visit(site):
		sweep.sweep(get_datetime(admin.arrive_clock(before).due_at))
		sweep.sweep(get_datetime(admin.arrive_clock(before).due_at))
	with visit(site):
		assert admin.mailed(MANAGER) == [f"Missed: {call.name}" for call in (by_mail, before)]
		assert admin.arrive_clock(before).state == "Overdue"
		assert admin.arrive_clock(after).state == "Paused"


def _triaged_call(**values):
	received = add_to_date(now_datetime(), hours=-1)
	call = make.call(make.customer(), received_at=received, request_type="Repair", **values)
	call.triage()
	return call


def _edit(doctype: str, name: str, **values) -> None:
	frappe.get_doc(doctype, name).update(values).save()


def _steps_of(call) -> set[str]:
	return {step["action"] for step in get_transitions(frappe.get_doc("Repair Call", call.name))}


def _take(call, action: str) -> None:
	apply_workflow(frappe.get_doc("Repair Call", call.name).as_dict(), action)
