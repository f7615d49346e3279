"""Service levels through real documents: clocks start, pause, stop, and what an administrator may get wrong."""

import json
from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, getdate, now_datetime

from aftersales.patches.v1_1 import note_pauses_of_clocks
from aftersales.service_levels import display, targets
from aftersales.service_levels import sweep as sweeping
from aftersales.setup import defaults
from tests import factories as make

MANAGER = "brona.boss@example.com"
AGENT = "orla.desk@example.com"
HOUR = 3600


@pytest.fixture(scope="module", autouse=True)
def levels(shared_site):
	"""No targets but those of the test, a calendar that always works, and a manager."""
	for name in frappe.get_all("Service Target", pluck="name"):
		frappe.db.set_value("Service Target", name, "enabled", 0)
	frappe.cache.delete_value("aftersales_service_targets")
	make.once("Service Calendar", "Always", calendar_name="Always", around_the_clock=1)
	office()
	for priority in ("Emergency", "Low", "Medium", "High"):
		make.once("Issue Priority", priority, __newname=priority)
	make.settings(emergency_priority="Emergency", default_priority="Medium", default_company=make.COMPANY)
	make.user(MANAGER, "Service Manager")


def office(name: str = "Office", **values) -> str:
	windows = [
		{"weekday": day, "start_time": start, "end_time": end}
		for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
		for start, end in (("08:00:00", "12:00:00"), ("13:00:00", "17:00:00"))
	]
	return make.once("Service Calendar", name, calendar_name=name, windows=windows, **values)


def target(name: str = "Answer in 4 h", **values):
	return make.make(
		"Service Target",
		**{
			"target_name": name,
			"document_type": "Repair Call",
			"measure": "Answer",
			"time_allowed": 4 * HOUR,
			"calendar": "Always",
			"start_field": "received_at",
			"stop_field": "responded_at",
			**values,
		},
	)


def repair(**values):
	"""A target on the whole repair: until Resolved, waiting for the customer not counted."""
	return target(
		"Repair in 24 h",
		**{
			"measure": "Repair",
			"time_allowed": 24 * HOUR,
			"stop_field": None,
			"stop_status": "Resolved\nClosed",
			"pause_status": "On Hold",
			**values,
		},
	)


def call(**values):
	return make.call(make.customer(), **values)


def clocks(doc, **filters) -> list[frappe._dict]:
	return frappe.get_all(
		"Service Clock",
		filters={"reference_doctype": doc.doctype, "reference_name": doc.name, **filters},
		fields=["*"],
		order_by="creation asc, started_at asc",
	)


def clock(doc, **filters) -> frappe._dict:
	(only,) = clocks(doc, **filters)
	return only


def back(doc, **ago) -> None:
	"""Let a clock have started earlier, and its pause with it."""
	for row in clocks(doc):
		shift = {f: get_datetime(row[f]) - timedelta(**ago) for f in ("started_at", "paused_at") if row[f]}
		frappe.db.set_value("Service Clock", row.name, shift)


def refused(document) -> str:
	with pytest.raises(frappe.ValidationError) as caught:
		document() if callable(document) else document.insert()
	return frappe.utils.strip_html_tags(str(caught.value))


# ---------------------------------------------------------------- a call's clocks


def test_a_new_call_starts_its_clocks():
	target()
	repair()
	doc = call(received_at=add_to_date(now_datetime(), hours=-1))
	answer, mend = sorted(clocks(doc), key=lambda row: row.measure)
	assert (answer.measure, answer.state, answer.target) == ("Answer", "Running", "Answer in 4 h")
	assert answer.started_at == get_datetime(doc.received_at).replace(microsecond=0)
	assert answer.due_at == answer.started_at + timedelta(hours=4)
	assert (mend.measure, mend.customer, mend.company) == ("Repair", doc.customer, doc.company)


def test_due_in_the_working_time_of_the_calendar():
	target(calendar="Office", time_allowed=6 * HOUR)
	doc = call(received_at=datetime(2025, 11, 21, 15))
	assert clock(doc).due_at == datetime(2025, 11, 24, 12)


def test_answering_stops_the_clock():
	target()
	doc = call()
	doc.triage()
	row = clock(doc)
	assert (row.state, row.open_key, row.next_event_at) == ("Met", None, None)
	assert row.stopped_at == get_datetime(doc.responded_at).replace(microsecond=0)


def test_an_answer_after_the_due_time_is_missed_with_its_overrun():
	target()
	doc = call(received_at=add_to_date(now_datetime(), hours=-5))
	doc.triage()
	row = clock(doc)
	assert row.state == "Missed"
	assert row.overrun_seconds == row.spent_seconds - 4 * HOUR
	assert HOUR <= row.overrun_seconds < HOUR + 60


def test_a_call_answered_when_it_is_entered_counts_as_met_once():
	target()
	doc = call(status="Triaged")
	assert [row.state for row in clocks(doc)] == ["Met"]
	doc.save()
	assert [row.state for row in clocks(doc)] == ["Met"]


def test_saving_again_changes_nothing():
	target()
	doc = call()
	before = clock(doc)
	doc.description = "Still cold"
	doc.save()
	assert clock(doc) == before


def test_waiting_for_the_customer_pauses_and_gives_the_time_back():
	repair()
	doc = call()
	due = clock(doc).due_at
	doc.put_on_hold("The building manager has the key")
	paused = clock(doc)
	assert (paused.state, paused.pauses, paused.next_event_at) == ("Paused", 1, None)
	back(doc, hours=3)
	doc.resume()
	resumed = clock(doc)
	assert resumed.state == "Running"
	assert 3 * HOUR <= resumed.paused_seconds < 3 * HOUR + 60
	# started 3 h earlier, and 3 h of pause given back
	assert abs(resumed.due_at - due) < timedelta(minutes=1)


def pause_log(row) -> list:
	return frappe.get_doc("Service Clock", row.name).pause_log


def test_each_pause_is_a_row_that_says_when_why_and_by_whom():
	repair()
	doc = call()
	doc.put_on_hold("The building manager has the key")
	(lasting,) = pause_log(clock(doc))
	assert (lasting.document_status, lasting.paused_by, lasting.paused_to) == (
		"On Hold",
		frappe.session.user,
		None,
	)
	assert lasting.paused_from == clock(doc).paused_at
	back(doc, hours=3)
	frappe.set_user(make.user(AGENT, "Service Agent"))
	doc.resume()
	doc.put_on_hold("The customer is away")
	back(doc, hours=1)
	doc.resolve("Valve opened")
	frappe.set_user("Administrator")

	row = clock(doc)
	first, second = pause_log(row)
	assert (first.resumed_by, second.paused_by) == (AGENT, AGENT)
	assert 3 * HOUR <= first.lost_seconds < 3 * HOUR + 60
	assert (second.paused_to, row.state, row.pauses) == (row.stopped_at, "Met", 2)
	assert first.lost_seconds + second.lost_seconds == row.paused_seconds
	shown = display.of_document("Repair Call", doc.name)[0]["pause_log"]
	assert [pause["document_status"] for pause in shown] == ["On Hold", "On Hold"]

	frappe.delete_doc("Repair Call", doc.name, force=True)
	assert not frappe.db.exists("Service Clock Pause", {"parent": row.name})


def test_pauses_go_to_the_clock_that_takes_over():
	repair()
	target("Urgent", priority="Emergency", measure="Repair", stop_field=None, stop_status="Closed")
	doc = call()
	doc.put_on_hold("No key")
	back(doc, hours=2)
	doc.resume()
	lost = clock(doc).paused_seconds
	doc.hazard = "Gas"
	doc.save()
	taken_over = clock(doc, target="Urgent")
	(pause,) = pause_log(taken_over)
	assert pause.lost_seconds == taken_over.paused_seconds == lost > 0


def test_pauses_of_clocks_that_were_counted_only_are_brought_along():
	repair()
	doc = call()
	doc.put_on_hold("No key")
	row = clock(doc)
	frappe.db.delete("Service Clock Pause", {"parent": row.name})
	frappe.db.set_value("Service Clock", row.name, "paused_seconds", 5400)
	note_pauses_of_clocks.execute()
	note_pauses_of_clocks.execute()
	known, lasting = pause_log(row)
	assert (known.lost_seconds, known.paused_from) == (5400, None)
	assert (lasting.paused_from, lasting.document_status) == (row.paused_at, "On Hold")
	doc.resume()
	assert sum(pause.lost_seconds for pause in pause_log(row)) == clock(doc).paused_seconds


def test_resolving_stops_and_reopening_starts_a_second_run():
	repair()
	doc = call()
	doc.resolve_by_phone("Valve opened")
	first = clock(doc)
	assert first.state == "Met"
	doc.close()
	doc.reopen("Cold again")
	second = clock(doc, state="Running")
	assert second.name != first.name
	assert second.started_at >= first.stopped_at
	assert frappe.db.get_value("Service Clock", first.name, "state") == "Met"


def test_cancelling_the_call_cancels_its_clocks():
	target()
	repair()
	doc = call()
	doc.cancel_call("Entered twice")
	assert {row.state for row in clocks(doc)} == {"Cancelled"}


def test_deleting_the_call_takes_its_clocks_along():
	target()
	doc = call()
	frappe.delete_doc("Repair Call", doc.name)
	assert clocks(doc) == []


def test_clocks_of_a_disabled_target_still_stop():
	only = target()
	doc = call()
	only.enabled = 0
	only.save()
	doc.triage()
	assert clock(doc).state == "Met"
	assert clocks(call()) == []


# ---------------------------------------------------------------- which target


def test_the_most_specific_target_runs():
	nora = make.customer("Nora Byrne")
	target()
	target("Urgent answer", priority="High", time_allowed=HOUR)
	target("Nora's answer", customer=nora, time_allowed=2 * HOUR)
	assert clock(make.call(nora, priority="High")).target == "Nora's answer"
	other = make.customer("Dara Walsh")
	assert clock(make.call(other, priority="High")).target == "Urgent answer"
	assert clock(make.call(other)).target == "Answer in 4 h"


def test_a_group_of_customers_includes_the_groups_below():
	make.once(
		"Customer Group",
		"Hospitals",
		customer_group_name="Hospitals",
		parent_customer_group="All Customer Groups",
		is_group=1,
	)
	make.once("Customer Group", "Clinics", customer_group_name="Clinics", parent_customer_group="Hospitals")
	target("Hospitals", for_customer_group="Hospitals", time_allowed=HOUR)
	clinic = make.customer("Harbour Clinic", customer_group="Clinics")
	assert clock(make.call(clinic)).target == "Hospitals"
	assert clocks(call()) == []


def test_a_condition_of_the_administrator_decides():
	target("Application", condition="doc.support_kind == 'Application'")
	assert clocks(call(support_kind="Use")) == []
	assert clock(call(support_kind="Application")).target == "Application"


def test_a_job_is_measured_by_the_facts_of_its_call():
	target(
		"Visit of emergencies",
		document_type="Service Voucher",
		measure="Report",
		priority="High",
		start_field="creation",
		stop_field="departed_at",
	)
	shop = make.shop()
	voucher = make.planned(make.call(shop.customer, priority="High"), shop.technician)
	assert clock(voucher).target == "Visit of emergencies"
	assert clocks(make.planned(make.call(shop.customer), shop.technician)) == []


def test_a_call_rated_anew_runs_under_the_target_that_fits_now():
	target()
	target("Emergency answer", priority="Emergency", time_allowed=HOUR)
	doc = call()
	doc.hazard = "Gas"
	doc.save()
	old, new = sorted(clocks(doc), key=lambda row: row.state)
	assert (old.state, old.target) == ("Cancelled", "Answer in 4 h")
	assert (new.state, new.target) == ("Running", "Emergency answer")
	assert new.started_at == old.started_at


def test_what_is_overdue_is_not_forgotten_by_rating_the_call_anew():
	target()
	target("Emergency answer", priority="Emergency", time_allowed=HOUR)
	doc = call(received_at=add_to_date(now_datetime(), hours=-5))
	sweeping.sweep()
	doc.reload()
	doc.hazard = "Gas"
	doc.save()
	assert (clock(doc).state, clock(doc).target) == ("Overdue", "Answer in 4 h")


def test_an_edited_target_reaches_new_calls_only():
	rule = target()
	old = call()
	due = clock(old).due_at
	rule.time_allowed = HOUR
	rule.save()
	target("Tighter", request_type="Repair", time_allowed=HOUR)
	old.description = "Still cold"
	old.save()
	assert (clock(old).due_at, clock(old).target) == (due, "Answer in 4 h")
	new = clock(call())
	assert (new.due_at - new.started_at, new.target) == (timedelta(hours=1), "Tighter")


def test_an_edited_calendar_reaches_new_calls_only():
	target(calendar="Office")
	received = datetime(2025, 11, 24, 8)
	old = call(received_at=received)
	holidays = make.make(
		"Holiday List",
		holiday_list_name="Bank Holidays",
		from_date="2025-11-01",
		to_date="2025-12-31",
		holidays=[{"holiday_date": "2025-11-24", "description": "Founders' Day"}],
	)
	calendar = frappe.get_doc("Service Calendar", "Office")
	calendar.holiday_list = holidays.name
	calendar.save()
	assert clock(old).due_at == datetime(2025, 11, 24, 12)
	assert clock(call(received_at=received)).due_at == datetime(2025, 11, 25, 12)
	holidays.append("holidays", {"holiday_date": "2025-11-25", "description": "Day after"})
	holidays.save()
	assert clock(call(received_at=received)).due_at == datetime(2025, 11, 26, 12)


def test_until_the_end_of_the_business_day():
	target(calendar="Office", time_allowed=None, until_end_of_day=1)
	due = {
		received: clock(call(received_at=received)).due_at
		for received in (
			datetime(2025, 11, 21, 9),
			datetime(2025, 11, 21, 17),  # after closing: the next business day
			datetime(2025, 11, 22, 12),
		)
	}
	assert list(due.values()) == [
		datetime(2025, 11, 21, 17),
		datetime(2025, 11, 24, 17),
		datetime(2025, 11, 24, 17),
	]


# ---------------------------------------------------------------- other documents


def test_a_submitted_job_is_measured_until_it_is_cancelled():
	target(
		"Invoice",
		document_type="Service Voucher",
		measure="Invoice",
		start_field="posted_at",
		stop_status="Archived",
		stop_field=None,
	)
	shop = make.shop()
	voucher = make.voucher(
		make.call(shop.customer), shop.technician, service_category=make.category("A"), labour=[make.hours()]
	)
	assert clocks(voucher) == []
	voucher.submit()
	assert clock(voucher).state == "Running"
	assert clock(voucher).started_at == get_datetime(voucher.posted_at).replace(microsecond=0)
	voucher.cancel()
	assert clock(voucher).state == "Cancelled"


def test_any_document_of_the_site_can_have_targets():
	target(
		"Task",
		document_type="Task",
		measure="Do",
		start_field="creation",
		stop_field=None,
		stop_status="Completed",
	)
	task = make.make("Task", subject="Order the key")
	assert clock(task).state == "Running"
	task.status = "Completed"
	task.save()
	assert clock(task).state == "Met"


# ---------------------------------------------------------------- a target that breaks


def test_a_condition_that_breaks_later_disables_its_target_and_never_blocks_the_call():
	good = target()
	bad = target("Broken", condition="doc.subject != ''", time_allowed=HOUR)
	frappe.db.set_value("Service Target", bad.name, "condition", "doc.nothing.upper() == ''")
	frappe.cache.delete_value("aftersales_service_targets")
	doc = call()
	assert clock(doc).target == good.name
	bad.reload()
	assert bad.enabled == 0
	assert doc.name in bad.disabled_reason
	told = frappe.get_all(
		"Notification Log",
		filters={"document_type": "Service Target", "document_name": bad.name, "for_user": MANAGER},
		pluck="subject",
	)
	assert len(told) == 1
	assert "Broken" in told[0]
	call()
	assert frappe.db.count("Notification Log", {"document_name": bad.name, "for_user": MANAGER}) == 1


# ---------------------------------------------------------------- mistakes refused at save


@pytest.mark.parametrize(
	("windows", "told"),
	[
		([], "no working time"),
		([("Monday", "10:00:00", "09:00:00")], "Monday: window 10:00 to 09:00 ends before it starts"),
		([("Monday", "10:00:00", "10:00:00")], "Monday: window 10:00 to 10:00 ends before it starts"),
		(
			[("Tuesday", "08:00:00", "12:00:00"), ("Tuesday", "11:00:00", "17:00:00")],
			"Tuesday: window from 11:00 overlaps 08:00 to 12:00",
		),
	],
)
def test_a_calendar_that_cannot_be_counted_is_refused(windows, told):
	rows = [{"weekday": day, "start_time": start, "end_time": end} for day, start, end in windows]
	message = refused(lambda: make.make("Service Calendar", calendar_name="Bad", windows=rows))
	assert "Working Hours" in message
	assert told in message


def test_an_unknown_time_zone_is_refused():
	message = refused(lambda: office("Elsewhere", time_zone="Europe/Atlantis"))
	assert "Time Zone" in message and "Europe/Atlantis" in message


@pytest.mark.parametrize(
	("values", "told"),
	[
		({"time_allowed": 0}, ["Time Allowed", "0", "more than zero"]),
		({"time_allowed": -60}, ["Time Allowed", "-60", "more than zero"]),
		({"stop_status": "Solved"}, ["Stops on Status", "Solved", "Resolved"]),
		({"start_status": "Begun"}, ["Starts on Status", "Begun", "Open"]),
		({"pause_status": "On Hold\nAsleep"}, ["Pauses on Status", "Asleep", "On Hold"]),
		({"start_field": "no_such"}, ["Starts at the Time in Field", "no_such", "no such field"]),
		({"start_field": "subject"}, ["Starts at the Time in Field", "subject", "datetime"]),
		({"stop_field": "no_such"}, ["Stops when Field is Set", "no_such", "no such field"]),
		({"stop_field": None}, ["when the clock stops"]),
		({"stop_field": "received_at"}, ["Stops when Field is Set", "received_at", "stop when it starts"]),
		(
			{"start_status": "Open", "stop_status": "Open"},
			["Starts on Status", "Open", "Stops on Status"],
		),
		(
			{"pause_status": "On Hold", "stop_status": "On Hold"},
			["Pauses on Status", "On Hold", "Stops on Status"],
		),
		({"condition": "doc.nothing.upper()"}, ["Condition", "doc.nothing.upper()"]),
		({"condition": "doc.subject ="}, ["Condition", "doc.subject ="]),
		({"condition": "unknown_name > 1"}, ["Condition", "unknown_name"]),
		({"steps": [{"moment": "Percent of Time", "percent": 0}]}, ["Step 1", "percent"]),
		({"steps": [{"moment": "Before Due", "minutes": 0}]}, ["Step 1", "minutes"]),
		({"steps": [{"moment": "After Due", "times": 3}]}, ["Step 1", "repeated"]),
		({"steps": [{"moment": "After Due", "notify_field": "fax"}]}, ["Step 1", "fax"]),
	],
)
def test_a_target_that_cannot_work_is_refused_with_field_value_and_reason(values, told):
	message = refused(lambda: target(**values))
	assert [word for word in told if word not in message] == [], message
	assert not frappe.db.exists("Service Target", "Answer in 4 h")


def test_a_calendar_in_use_is_not_deleted():
	target(calendar="Office")
	assert "Answer in 4 h" in refused(lambda: frappe.delete_doc("Service Calendar", "Office"))


def test_a_clock_is_nobodys_to_edit():
	target()
	row = clock(call())
	frappe.set_user(MANAGER)
	doc = frappe.get_doc("Service Clock", row.name)
	doc.due_at = add_to_date(row.due_at, days=7)
	with pytest.raises(frappe.PermissionError):
		doc.save()


def test_the_terms_are_kept_with_the_clock():
	rule = target(steps=[{"moment": "Percent of Time", "percent": 75, "notify_assignee": 1}])
	row = clock(call())
	terms = json.loads(row.terms)
	assert terms["allowed_seconds"] == 4 * HOUR
	assert [step["percent"] for step in terms["steps"]] == [75]
	assert row.next_event_at == row.started_at + timedelta(hours=3)
	assert terms["facts"] == {}
	assert rule.name == row.target


# ---------------------------------------------------------------- the targets a site starts with


@pytest.fixture
def shipped(levels):
	"""The targets that come with the app, as a new site has them."""
	defaults.insert_missing(["Service Zone", "Service Request Type", "Service Calendar", "Service Target"])
	for values in defaults.shipped():
		if values["doctype"] in ("Service Calendar", "Service Target"):
			defaults.restore(values["doctype"], values["name"])
	# Restoring leaves off what is off; the other tests' fixture has switched them off
	frappe.db.set_value("Service Target", {"name": ("is", "set")}, "enabled", 1)
	frappe.db.set_value("Service Target", "24-hour Hotline", "enabled", 0)  # as it is shipped
	targets.clear_cache()


def allowed(doc) -> dict[str, tuple[str, float]]:
	"""What is measured on a document: by which target, in how many hours."""
	return {row.measure: (row.target, row.allowed_seconds / HOUR) for row in clocks(doc, state="Running")}


@pytest.mark.parametrize(
	("values", "expected"),
	[
		({}, {"Answer": ("Answer", 4), "Arrive": ("Visit", 24)}),
		(
			{"service_zone": "Zone 3 (60-150 km)"},
			{"Answer": ("Answer", 4), "Arrive": ("Visit, Zone 3", 36)},
		),
		(
			{"service_zone": "Zone 4 (over 150 km)"},
			{"Answer": ("Answer", 4), "Arrive": ("Visit, Zone 4", 36)},
		),
		({"hazard": "Gas"}, {"Answer": ("Answer", 4), "Arrive": ("Emergency on Site", 2)}),
		(
			{"hazard": "Gas", "service_zone": "Zone 1 (0-20 km)"},
			{"Answer": ("Answer", 4), "Arrive": ("Emergency on Site, Zone 1", 1)},
		),
		(
			{"hazard": "Gas", "service_zone": "Zone 2 (20-60 km)"},
			{"Answer": ("Answer", 4), "Arrive": ("Emergency on Site, Zone 2", 1.5)},
		),
		(
			{"hazard": "Gas", "service_zone": "Zone 3 (60-150 km)"},
			{"Answer": ("Answer", 4), "Arrive": ("Emergency on Site, Zone 3", 2)},
		),
		# a complaint is measured as such (tests/integration/test_complaints.py)
		({"request_type": "Complaint"}, {}),
		({"request_type": "Training"}, {"Answer": ("Answer", 4), "Hold Training": ("Training", 720)}),
		(
			{"request_type": "Sample Test"},
			{"Answer": ("Answer", 4), "Give Test Result": ("Sample Test", 24)},
		),
		({"request_type": "Documents and Manuals"}, {"Answer": ("Answer", 4)}),
	],
)
def test_what_is_promised_for_a_call(shipped, values, expected):
	assert allowed(call(**values)) == expected


def test_a_call_resolved_by_phone_was_answered_and_needs_no_arrival(shipped):
	doc = call()
	doc.resolve_by_phone("Valve opened")
	assert {row.measure: row.state for row in clocks(doc)} == {"Answer": "Met", "Arrive": "Cancelled"}


def test_a_workshop_job_has_two_working_days_without_waiting_for_the_customer(shipped):
	card = make.received_card(call(), labour=[make.hours(charge_to="Customer")], estimated_amount=50)
	assert allowed(card) == {"Repair": ("Workshop Job", 20)}
	card.diagnosis = "Seal worn"
	card.await_approval()
	assert clock(card).state == "Paused"
	card.record_approval("Phone", "N. Byrne", 100)
	assert clock(card).state == "Running"


def test_a_finished_visit_is_billed_the_same_business_day(shipped):
	shop = make.shop()
	make.settings(submit_invoice=0)
	voucher = make.voucher(
		make.call(shop.customer), shop.technician, service_category=make.category("A"), labour=[make.hours()]
	)
	voucher.submit()
	row = clock(voucher)
	assert (row.target, row.state) == ("Invoice a Visit", "Running")
	assert row.due_at.strftime("%H:%M") == "18:00"
	assert row.due_at.weekday() < 5
	voucher.reload()
	frappe.get_doc("Sales Invoice", voucher.sales_invoice).submit()
	voucher.reload()
	row = clock(voucher)
	assert (voucher.billing_status, row.state) == ("Billed", "Met")
	assert row.stopped_at == get_datetime(voucher.billed_at).replace(microsecond=0)


def test_a_visit_nobody_pays_for_is_not_billed(shipped):
	shop = make.shop()
	free = make.category("C")
	voucher = make.voucher(
		make.call(shop.customer, service_category=free),
		shop.technician,
		service_category=free,
		labour=[make.hours()],
	)
	voucher.submit()
	assert clocks(voucher) == []


def test_the_follow_up_is_made_by_the_end_of_the_seventh_day(shipped):
	make.settings(follow_up_days=7)
	doc = call()
	doc.resolve_by_phone("Valve opened")
	doc.close()
	(name,) = frappe.get_all("Follow-up", filters={"repair_call": doc.name}, pluck="name")
	follow_up = frappe.get_doc("Follow-up", name)
	row = clock(follow_up)
	assert row.due_at == get_datetime(getdate(add_to_date(follow_up.creation, days=8)))
	follow_up.complete(repair_effective="Yes")
	assert clock(follow_up).state == "Met"


def test_every_shipped_target_warns_and_escalates(shipped):
	shipped_targets = [v for v in defaults.shipped() if v["doctype"] == "Service Target"]
	assert len(shipped_targets) >= 10
	for values in shipped_targets:
		warning, breach, later = frappe.get_doc("Service Target", values["name"]).steps
		assert (warning.moment, warning.percent, warning.notify_assignee) == ("Percent of Time", 75, 1)
		assert (breach.moment, breach.minutes, breach.notify_role) == ("After Due", 0, "Service Supervisor")
		assert (later.moment, later.minutes, later.notify_role) == ("After Due", 60, "Service Manager")
