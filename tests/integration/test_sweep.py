"""The sweep: every event once, whoever sweeps and whatever breaks, and what people are told by it."""

import json
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime

from aftersales.service_levels import escalation, sweep
from tests import factories as make
from tests.processes import SITES, wait_for

OWNER = "orla.desk@example.com"
SUPERVISOR = "fergal.super@example.com"
MANAGER = "brona.boss@example.com"
HOUR = 3600
STEPS = [
	{"moment": "Percent of Time", "percent": 75, "notify_assignee": 1, "send_email": 1},
	{"moment": "After Due", "minutes": 0, "notify_role": "Service Supervisor", "send_email": 1},
	{"moment": "After Due", "minutes": 60, "notify_user": MANAGER, "send_email": 0},
]


@pytest.fixture(autouse=True)
def levels(request, _site):
	"""People, an outgoing account, and no targets but those of the test."""
	if request.node.get_closest_marker("commits"):
		yield
		return
	for name in frappe.get_all("Service Target", pluck="name"):
		frappe.db.set_value("Service Target", name, "enabled", 0)
	frappe.cache.delete_value("aftersales_service_targets")
	make.once("Service Calendar", "Always", calendar_name="Always", around_the_clock=1)
	for priority in ("Emergency", "Low", "Medium", "High"):
		make.once("Issue Priority", priority, __newname=priority)
	make.settings(emergency_priority="Emergency", default_priority="Medium", default_company=make.COMPANY)
	make.user(OWNER, "Service Agent")
	make.user(SUPERVISOR, "Service Supervisor")
	make.user(MANAGER, "Service Manager")
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	make.make(
		"Email Account",
		email_account_name="Desk",
		email_id="desk@example.com",
		enable_outgoing=1,
		default_outgoing=1,
		awaiting_password=1,
		smtp_server="mail.example.com",
	)
	yield
	frappe.cache.delete_value("aftersales_service_targets")


def target(**values):
	return make.make(
		"Service Target",
		**{
			"target_name": "Answer in 4 h",
			"document_type": "Repair Call",
			"measure": "Answer",
			"time_allowed": 4 * HOUR,
			"calendar": "Always",
			"start_field": "received_at",
			"stop_field": "responded_at",
			"steps": STEPS,
			**values,
		},
	)


def call(hours_ago: float = 0, **values):
	received = add_to_date(now_datetime(), seconds=-round(hours_ago * HOUR))
	return make.call(make.customer(), received_at=received, **{"call_owner": OWNER, **values})


def clock(doc) -> frappe._dict:
	(row,) = frappe.get_all(
		"Service Clock", filters={"reference_name": doc.name}, fields=["*"], order_by="creation asc"
	)
	return row


def told(user: str, doc=None) -> list[str]:
	"""Subjects of a user's system notifications of service levels, the first one first."""
	return frappe.get_all(
		"Notification Log",
		filters={"for_user": user, "type": "Alert", **({"document_name": doc.name} if doc else {})},
		pluck="subject",
		order_by="creation asc, name asc",
	)


def mailed(address: str) -> list[str]:
	"""Subjects of the queued e-mails to an address."""
	from email import message_from_string
	from email.header import decode_header, make_header

	queue = frappe.qb.DocType("Email Queue")
	recipient = frappe.qb.DocType("Email Queue Recipient")
	rows = (
		frappe.qb.from_(queue)
		.join(recipient)
		.on(recipient.parent == queue.name)
		.select(queue.message)
		.where(recipient.recipient == address)
		.orderby(queue.creation)
		.run()
	)
	return [str(make_header(decode_header(message_from_string(row[0])["Subject"]))) for row in rows]


def timeline(doc) -> list[str]:
	return [
		comment
		for comment in frappe.get_all(
			"Comment",
			filters={"reference_name": doc.name, "comment_type": "Info"},
			pluck="content",
			order_by="creation asc",
		)
		if "due" in comment
	]


def later(doc, hours: float):
	return get_datetime(doc.received_at) + timedelta(hours=hours, seconds=1)


# ---------------------------------------------------------------- one clock through its life


def test_nothing_is_done_before_it_is_due():
	target()
	doc = call()
	assert sweep.sweep(later(doc, 2.9)) == 0
	assert (clock(doc).state, clock(doc).events_done) == ("Running", 0)


def test_each_step_once_to_whom_it_names():
	target()
	doc = call()
	assert sweep.sweep(later(doc, 3)) == 1
	assert [len(told(user, doc)) for user in (OWNER, SUPERVISOR, MANAGER)] == [1, 0, 0]
	assert "is due at" in told(OWNER, doc)[0]

	assert sweep.sweep(later(doc, 4)) == 2  # the breach, and the step of that moment
	assert clock(doc).state == "Overdue"
	assert [len(told(user, doc)) for user in (OWNER, SUPERVISOR, MANAGER)] == [1, 1, 0]
	assert "is overdue since" in told(SUPERVISOR, doc)[0]

	assert sweep.sweep(later(doc, 5)) == 1
	assert [len(told(user, doc)) for user in (OWNER, SUPERVISOR, MANAGER)] == [1, 1, 1]
	assert [len(mailed(user)) for user in (OWNER, SUPERVISOR, MANAGER)] == [1, 1, 0]
	assert doc.name in mailed(OWNER)[0]

	assert sweep.sweep(later(doc, 500)) == 0
	assert clock(doc).next_event_at is None
	assert [line.split(" is ")[1].split()[0] for line in timeline(doc)] == ["due", "overdue", "still"]


def test_the_state_is_set_by_the_sweep_and_not_at_the_next_save():
	target(steps=[])
	doc = call(hours_ago=5)
	assert clock(doc).state == "Running"
	sweep.sweep()
	assert clock(doc).state == "Overdue"


def test_a_late_answer_between_two_sweeps_still_does_its_steps_once():
	target()
	doc = call(hours_ago=4.5)
	doc.triage()
	assert clock(doc).state == "Missed"
	assert [len(told(user, doc)) for user in (OWNER, SUPERVISOR, MANAGER)] == [1, 1, 0]
	assert sweep.sweep() == 0
	assert [len(told(user, doc)) for user in (OWNER, SUPERVISOR, MANAGER)] == [1, 1, 0]


def test_a_step_is_repeated_as_often_as_it_says():
	target(
		steps=[
			{"moment": "After Due", "minutes": 30, "repeat_minutes": 30, "times": 3, "notify_user": MANAGER}
		]
	)
	doc = call()
	counts = []
	for hours in (4.4, 4.5, 4.6, 5, 5.5, 6, 60):
		sweep.sweep(later(doc, hours))
		counts.append(len(told(MANAGER, doc)))
	assert counts == [0, 1, 1, 2, 3, 3, 3]


def test_a_waiting_clock_has_no_events():
	target(measure="Repair", stop_field=None, stop_status="Resolved", pause_status="On Hold")
	doc = call()
	doc.put_on_hold("The building manager has the key")
	assert sweep.sweep(later(doc, 100)) == 0
	assert told(OWNER, doc) == []


def test_the_document_s_own_address_is_told():
	target(
		steps=[
			{
				"moment": "After Due",
				"minutes": 0,
				"notify_field": "contact_email",
				"message": "Please call us",
			}
		]
	)
	doc = call(contact_email="nora@example.com")
	sweep.sweep(later(doc, 4))
	assert len(mailed("nora@example.com")) == 1


def test_a_technician_is_told_of_his_visits_and_a_disabled_user_of_nothing():
	target(
		document_type="Service Voucher",
		measure="Report",
		start_field="creation",
		stop_field="departed_at",
		steps=[{"moment": "After Due", "minutes": 0, "notify_assignee": 1, "notify_user": MANAGER}],
	)
	frappe.db.set_value("User", MANAGER, "enabled", 0)
	frappe.clear_document_cache("User", MANAGER)
	make.user("aoife@example.com", "Service Technician")
	shop = make.shop()
	frappe.db.set_value("Service Technician", shop.technician, "user", "aoife@example.com")
	frappe.clear_document_cache("Service Technician", shop.technician)
	visit = make.planned(call(), shop.technician)
	sweep.sweep(add_to_date(now_datetime(), hours=5))
	assert len(told("aoife@example.com", visit)) == 1
	assert told(MANAGER, visit) == []


def test_a_step_reassigns_and_raises_the_priority():
	target(steps=[{"moment": "After Due", "minutes": 0, "assign_to": MANAGER, "raise_priority_to": "High"}])
	doc = call()
	sweep.sweep(later(doc, 4))
	doc.reload()
	assert (doc.call_owner, doc.priority) == (MANAGER, "High")
	assert doc.get_assigned_users() == {MANAGER}
	lines = frappe.get_all(
		"Comment", filters={"reference_name": doc.name, "comment_type": "Info"}, pluck="content"
	)
	assert any("High" in line for line in lines) and any(MANAGER in line for line in lines)


def test_an_emergency_is_not_lowered():
	target(steps=[{"moment": "After Due", "minutes": 0, "raise_priority_to": "High"}])
	doc = call(hazard="Gas")
	sweep.sweep(later(doc, 4))
	assert frappe.db.get_value("Repair Call", doc.name, "priority") == "Emergency"


def test_a_deleted_document_leaves_nothing_to_do():
	target()
	doc = call(hours_ago=5)
	row = clock(doc)
	frappe.db.delete("Repair Call", {"name": doc.name})
	assert sweep.sweep() == 0
	assert frappe.db.get_value("Service Clock", row.name, "next_event_at") is None or sweep.sweep() == 0


# ---------------------------------------------------------------- notifications made in the UI


def method_notification(name: str, method: str, **values):
	return make.make(
		"Notification",
		**{
			"__newname": name,
			"name": name,
			"subject": "Late: {{ doc.name }}",
			"document_type": "Repair Call",
			"event": "Method",
			"method": method,
			"channel": "Email",
			"message": "{{ doc.subject }}",
			"recipients": [{"receiver_by_role": "Service Manager"}],
			"enabled": 1,
			**values,
		},
	)


@pytest.mark.parametrize(
	("method", "hours"),
	[
		("service_target_warning", 3),
		("service_target_breached", 4),
		("service_target_escalated", 5),
	],
)
def test_a_notification_of_the_administrator_fires_once(method, hours):
	target()
	method_notification("Tell the boss", method)
	doc = call()
	sweep.sweep(later(doc, hours - 0.5))
	assert mailed(MANAGER) == []
	sweep.sweep(later(doc, hours))
	sweep.sweep(later(doc, hours))
	assert mailed(MANAGER) == [f"Late: {doc.name}"]


def test_a_script_that_raises_keeps_nobody_from_being_told_and_holds_up_no_other():
	target()
	first, second = call(hours_ago=4.5), call(hours_ago=4.4)

	original = frappe.get_doc("Repair Call", first.name).__class__
	broken_for = first.name

	def explode(self, method=None):
		if self.name == broken_for:
			frappe.db.set_value("Repair Call", self.name, "referral", "half done")
			raise ValueError("the script is broken")

	original.service_target_breached = explode
	try:
		assert sweep.sweep() == 6
	finally:
		del original.service_target_breached
	for doc in (first, second):
		assert clock(doc).state == "Overdue"
		assert len(told(SUPERVISOR, doc)) == 1
	assert frappe.db.get_value("Repair Call", first.name, "referral") is None
	assert frappe.get_all("Error Log", filters={"method": ("like", f"%{clock(first).name}%")}, limit=1)
	assert sweep.sweep() == 0


def test_a_notification_that_cannot_be_rendered_holds_up_no_other():
	target()
	method_notification("Broken", "service_target_breached", subject="{{ doc.nothing.at.all }}")
	method_notification("Sound", "service_target_breached")
	doc = call(hours_ago=4.5)
	sweep.sweep()
	assert mailed(MANAGER) == [f"Late: {doc.name}"]
	assert len(told(SUPERVISOR, doc)) == 1


# ---------------------------------------------------------------- many at once


def test_after_a_downtime_people_get_a_digest_and_not_a_flood():
	target()
	docs = [call(hours_ago=30) for _ in range(escalation.DIGEST_FROM + 2)]
	assert sweep.sweep() == 4 * len(docs)
	for user in (OWNER, SUPERVISOR, MANAGER):
		assert told(user) == [f"{len(docs)} service targets need attention"]
	content = frappe.get_all("Notification Log", filters={"for_user": SUPERVISOR}, pluck="email_content")[0]
	assert all(doc.name in content for doc in docs)
	assert len(mailed(SUPERVISOR)) == 1
	assert all(len(timeline(doc)) == 3 for doc in docs)


def test_a_batch_that_is_full_is_followed_by_the_next():
	target(steps=[])
	docs = [call(hours_ago=5) for _ in range(5)]
	assert sweep.sweep(batch=2) == 5
	assert {clock(doc).state for doc in docs} == {"Overdue"}


# ---------------------------------------------------------------- several processes

SWEEPER = """
import sys, frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
from aftersales.core.transactions import read_what_is_committed
read_what_is_committed()
from aftersales.service_levels.sweep import sweep
print("ready", flush=True)
sys.stdin.readline()
print(sweep(batch=7), flush=True)
"""
CLOCKS = 240
EVENTS = 4  # warning, breach, the step at the due time, the step after it


@pytest.fixture
def overdue():
	"""Documents that have been overdue for a day, committed, and every trace removed afterwards."""
	frappe.set_user("Administrator")
	enabled = frappe.get_all("Service Target", filters={"enabled": 1}, pluck="name")
	frappe.db.set_value("Service Target", {"name": ("in", enabled)}, "enabled", 0)
	make.make("Service Calendar", calendar_name="Sweep Test", around_the_clock=1)
	frappe.get_doc(
		{
			"doctype": "Service Target",
			"target_name": "Sweep Test",
			"document_type": "ToDo",
			"measure": "Sweep Test",
			"time_allowed": HOUR,
			"calendar": "Sweep Test",
			"start_field": "creation",
			"stop_status": "Closed",
			"steps": [
				{"moment": "Percent of Time", "percent": 50, "notify_user": "Administrator", "send_email": 0},
				{"moment": "After Due", "minutes": 0, "notify_user": "Administrator", "send_email": 0},
				{"moment": "After Due", "minutes": 60, "notify_user": "Administrator", "send_email": 0},
			],
		}
	).insert()
	names = [
		frappe.get_doc({"doctype": "ToDo", "description": f"sweep test {i}"}).insert().name
		for i in range(CLOCKS)
	]
	frappe.db.commit()
	clocks = frappe.qb.DocType("Service Clock")
	begin = add_to_date(now_datetime(), days=-1)
	frappe.qb.update(clocks).set(clocks.started_at, begin).set(clocks.next_event_at, begin).where(
		clocks.target == "Sweep Test"
	).run()
	frappe.db.commit()
	yield names
	frappe.db.rollback()
	frappe.db.delete("Service Clock", {"target": "Sweep Test"})
	frappe.db.delete("Comment", {"reference_doctype": "ToDo", "reference_name": ("in", names)})
	frappe.db.delete("Notification Log", {"document_type": "ToDo", "document_name": ("in", names)})
	frappe.db.delete("Version", {"ref_doctype": ("in", ("Service Target", "Service Calendar"))})
	frappe.db.delete("ToDo", {"name": ("in", names)})
	frappe.delete_doc("Service Target", "Sweep Test", force=True, delete_permanently=True)
	frappe.delete_doc("Service Calendar", "Sweep Test", force=True, delete_permanently=True)
	frappe.db.set_value("Service Target", {"name": ("in", enabled)}, "enabled", 1)
	frappe.cache.delete_value("aftersales_service_targets")
	frappe.db.commit()


@pytest.mark.commits
def test_three_sweepers_one_killed_again_and_again_do_every_event_once(overdue):
	def begin() -> subprocess.Popen:
		child = subprocess.Popen(
			[sys.executable, "-c", SWEEPER, frappe.local.site],
			cwd=SITES,
			stdin=subprocess.PIPE,
			stdout=subprocess.PIPE,
			stderr=subprocess.PIPE,
			text=True,
		)
		assert child.stdout.readline().strip() == "ready", child.stderr.read()
		return child

	def left() -> int:
		frappe.db.rollback()
		return frappe.db.count("Service Clock", {"target": "Sweep Test", "events_done": ("<", EVENTS)})

	steady, victims = [begin(), begin()], [begin() for _ in range(3)]
	for child in steady:
		child.stdin.write("go\n")
		child.stdin.flush()
	killed_at = []
	for victim in victims:
		before = left()
		victim.stdin.write("go\n")
		victim.stdin.flush()
		wait_for(lambda: left() < before or victim.poll() is not None, 60, "the sweepers to get on")
		victim.kill()
		victim.wait()
		killed_at.append(before)
	for child in steady:
		_out, err = child.communicate(timeout=300)
		assert child.returncode == 0, err
	# What the killed ones held was given back; the next minute's sweep finds it.
	sweep.sweep()
	assert left() == 0
	assert killed_at[0] > killed_at[-1] > 0, killed_at
	rows = frappe.get_all(
		"Comment",
		filters={"reference_doctype": "ToDo", "reference_name": ("in", overdue), "comment_type": "Info"},
		fields=["reference_name", "content"],
	)
	lines = Counter((row.reference_name, row.content) for row in rows)
	assert set(lines.values()) == {1}
	assert Counter(name for name, _content in lines) == dict.fromkeys(overdue, 3)
	states = frappe.get_all("Service Clock", filters={"target": "Sweep Test"}, fields=["state", "terms"])
	assert {row.state for row in states} == {"Overdue"}
	assert len(states) == CLOCKS
	assert json.loads(states[0].terms)["allowed_seconds"] == HOUR


HOLDER = """
import sys, frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
{take}
print("held", flush=True)
sys.stdin.readline()
"""


@contextmanager
def held(take: str, *arguments: str):
	"""Another process that has run the code `take`, and holds what it locked, during the block."""
	holder = subprocess.Popen(
		[sys.executable, "-c", HOLDER.format(take=take), frappe.local.site, *arguments],
		cwd=SITES,
		stdin=subprocess.PIPE,
		stdout=subprocess.PIPE,
		text=True,
	)
	assert holder.stdout.readline().strip() == "held"
	try:
		yield
	finally:
		holder.communicate("go\n", timeout=30)


@pytest.mark.commits
def test_no_sweeper_waits_for_what_another_one_holds(overdue):
	take = "from aftersales.service_levels import sweep\nassert len(sweep._take(frappe.utils.now_datetime(), 7)) == 7"
	frappe.db.sql("set session innodb_lock_wait_timeout = 1")
	frappe.db.rollback()
	with held(take):
		assert sweep.sweep(batch=50) == (CLOCKS - 7) * EVENTS
	assert sweep.sweep(batch=50) == 7 * EVENTS


@pytest.mark.commits
def test_a_document_that_is_being_edited_waits_for_the_next_sweep(overdue):
	take = "frappe.db.get_value('ToDo', sys.argv[2], 'name', for_update=True)"

	def done_of(name: str) -> int:
		frappe.db.rollback()
		return frappe.db.get_value("Service Clock", {"reference_name": name}, "events_done")

	with held(take, overdue[0]):
		sweep.sweep()
		assert (done_of(overdue[0]), done_of(overdue[1])) == (0, EVENTS)
	sweep.sweep()
	assert done_of(overdue[0]) == EVENTS
