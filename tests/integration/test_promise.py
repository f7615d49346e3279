"""The promise: the window promised first is kept on record, takes room, is measured, and is left only aloud."""

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_datetime, now_datetime, nowdate

from aftersales.field_service import dispatch, dispatch_board
from aftersales.service_calls.metrics import Selection
from aftersales.service_levels.sweep import sweep
from aftersales.service_quality import key_figures
from aftersales.service_quality.key_figure_rules import figures, total
from tests import factories as make
from tests import mails

AGENT, SUPERVISOR = "sean@promise.example", "orla@promise.example"
NORA = "nora@byrne.example"


def tomorrow(time: str, days: int = 1):
	return get_datetime(f"{add_days(nowdate(), days)} {time}")


@pytest.fixture(scope="module")
def masters(shared_clock):
	shared_clock.to(f"{nowdate()} 09:00:00")
	shop = make.shop()
	make.contact(shop.customer, "Nora", "+353 1 555 01", NORA)
	make.user(AGENT, "Service Agent")
	make.user(SUPERVISOR, "Service Supervisor", "Service Agent")
	return shop


@pytest.fixture
def call(shop):
	frappe.set_user(AGENT)
	call = make.plain_call(shop.customer)
	call.schedule(str(tomorrow("11:30:00")), str(tomorrow("13:30:00")))
	frappe.set_user(SUPERVISOR)
	return frappe.get_doc("Repair Call", call.name)


def visit(call, shop, start):
	voucher = make.planned(call, shop.technician)
	voucher.update({"planned_start": start, "planned_end": add_to_date(start, hours=1)})
	voucher.save()
	return voucher


def arrive(voucher, clock, at):
	clock.to(at)
	voucher.reload()
	voucher.arrive()
	return frappe.get_doc("Repair Call", voucher.repair_call)


def window(call) -> tuple:
	return get_datetime(call.promised_from), get_datetime(call.promised_to)


def kept() -> tuple:
	found = key_figures.counts_by_group(Selection(nowdate(), add_days(nowdate(), 0)))
	counted = total(found.values())
	return counted.promises_kept, counted.promises_measured, figures(counted).promise_kept_rate


def test_the_first_promise_is_kept_when_the_dispatcher_leaves_it(shop, call, clock):
	first = window(call)
	voucher = visit(call, shop, tomorrow("08:15:00"))
	assert "11:30" in dispatch.check_technician(voucher.name)["promise"]
	voucher.dispatch()
	call.reload()
	assert window(call)[0] == tomorrow("08:15:00")
	assert (call.promise_from, call.promise_due) == first
	told, changed = call.promises
	assert (told.made_by, changed.made_by, changed.changed_for) == (AGENT, SUPERVISOR, "Service")
	assert changed.notice_minutes == 26 * 60 + 30
	call = arrive(voucher, clock, tomorrow("08:20:00"))
	assert (call.promise_result, call.promise_deviation) == ("Early", -190)
	frappe.set_user("Administrator")
	assert kept() == (0, 1, 0.0)


def test_a_visit_in_the_window_keeps_the_promise(shop, call, clock):
	voucher = visit(call, shop, tomorrow("12:00:00"))
	assert dispatch.check_technician(voucher.name)["promise"] == ""
	voucher.dispatch()
	call = arrive(voucher, clock, tomorrow("13:30:30"))
	assert (call.promise_result, len(call.promises)) == ("Kept", 1)
	frappe.set_user("Administrator")
	assert kept() == (1, 1, 100.0)


def test_a_window_that_the_customer_asked_to_change_is_measured_by_the_new_one(shop, call, clock):
	voucher = visit(call, shop, tomorrow("15:00:00"))
	voucher.promise_changed_for = "Customer"
	voucher.save()
	voucher.dispatch()
	call = arrive(voucher, clock, tomorrow("15:30:00"))
	assert (call.promise_result, call.promises[-1].changed_for) == ("Kept", "Customer")


def test_another_time_asked_for_on_the_customers_page_counts_as_the_customers_change(shop, call):
	from aftersales.service_calls import portal_api

	portal_api.answer_arrival(call.name, call.promised_from, "Another Time", "In the evening", "Nora")
	call.reload()
	call.schedule(str(tomorrow("17:00:00")), str(tomorrow("19:00:00")))
	assert call.promises[-1].changed_for == "Customer"
	assert get_datetime(call.promise_due) == tomorrow("19:00:00")


def test_a_dispatched_visit_that_is_moved_moves_what_the_customer_is_told(shop, call):
	voucher = visit(call, shop, tomorrow("12:00:00"))
	voucher.dispatch()
	dispatch_board.plan(
		shop.technician,
		add_days(nowdate(), 1),
		minute=16 * 60,
		minutes=60,
		voucher=voucher.name,
		promise_changed_for="Service",
	)
	call.reload()
	assert window(call)[0] == tomorrow("16:00:00")
	assert [row.changed_for for row in call.promises] == [None, "Service"]


def test_where_no_message_tells_the_customer_somebody_has_to(shop, call):
	frappe.set_user("Administrator")
	make.settings(send_customer_messages=0)
	frappe.set_user(SUPERVISOR)
	visit(call, shop, tomorrow("08:15:00")).dispatch()
	call.reload()
	assert call.next_action.startswith("Tell the customer the new time")


def test_the_customer_is_told_of_another_time_where_messages_are_sent(shop, call):
	frappe.set_user("Administrator")
	make.settings(send_customer_messages=1)
	mails.mailbox()
	frappe.set_user(SUPERVISOR)
	visit(call, shop, tomorrow("08:15:00")).dispatch()
	frappe.set_user("Administrator")
	(mail,) = mails.queued(reference_name=call.name)
	assert mail.to == [NORA] and "08:15" in mail.text
	call.reload()
	assert call.next_action == "Visit the customer"


def test_the_target_of_the_promise_is_due_when_the_window_ends(shop, call, clock):
	def state() -> tuple:
		row = frappe.db.get_value(
			"Service Clock",
			{"reference_name": call.name, "measure": "Keep Promise", "state": ("!=", "Cancelled")},
			["state", "due_at"],
		)
		return row[0], get_datetime(row[1])

	assert state() == ("Running", tomorrow("13:30:00"))
	call.schedule(str(tomorrow("15:00:00")), str(tomorrow("17:00:00")), "Customer")
	assert state() == ("Running", tomorrow("17:00:00"))
	call.schedule(str(tomorrow("09:00:00", 2)), str(tomorrow("11:00:00", 2)), "Service")
	assert state() == ("Running", tomorrow("17:00:00")), "what we change does not move what was promised"
	clock.to(tomorrow("17:01:00"))
	sweep()
	assert state()[0] == "Overdue"


@pytest.mark.parametrize(
	"start, end, said",
	[
		(-3, -1, "is over"),
		(3, 2, "must end after it begins"),
	],
)
def test_a_promise_lies_in_the_future_and_is_a_window(shop, start, end, said):
	call = make.plain_call(shop.customer)
	with pytest.raises(frappe.ValidationError, match=said):
		call.schedule(
			str(add_to_date(now_datetime(), hours=start)), str(add_to_date(now_datetime(), hours=end))
		)


def test_a_visit_that_is_noted_afterwards_breaks_no_promise(shop, clock):
	call = make.plain_call(shop.customer)
	voucher = visit(call, shop, add_to_date(now_datetime(), hours=-3))
	voucher.dispatch()
	call.reload()
	assert (call.status, call.promised_at, call.promise_due) == ("Scheduled", None, None)


def test_work_needs_a_promise_where_the_request_type_asks_for_one(shop):
	frappe.db.set_value("Service Request Type", "Repair", "requires_promise", 1)
	call = make.plain_call(shop.customer, request_type="Repair")
	call.triage()
	with pytest.raises(frappe.MandatoryError, match="Arrival until"):
		call.start_work()
	call.reload()
	call.schedule(str(tomorrow("11:30:00")), str(tomorrow("13:30:00")))
	call.start_work()
	assert call.status == "In Progress"


def test_nobody_rewrites_what_was_promised(call):
	frappe.set_user(AGENT)
	for change in ({"promise_due": str(tomorrow("20:00:00"))}, {"promises": []}):
		doc = frappe.get_doc("Repair Call", call.name)
		doc.update(change)
		with pytest.raises(frappe.PermissionError):
			doc.save()


# ---------------------------------------------------------------------------- the board


def board(shop, days: int = 1) -> dict:
	return dispatch_board.load(day=str(add_days(nowdate(), days)))


def test_the_board_shows_the_promise_as_room_taken_and_sorts_by_it(shop):
	received = add_to_date(now_datetime(), hours=-2)
	older, call = (
		make.plain_call(shop.customer, request_type="Training", received_at=at)
		for at in (received, now_datetime())
	)
	older.triage()
	call.schedule(str(tomorrow("11:30:00")), str(tomorrow("13:30:00")))
	frappe.set_user(SUPERVISOR)
	shown = board(shop)
	assert [row["call"] for row in shown["waiting"]] == [call.name, older.name]
	row = next(row for row in shown["technicians"] if row["promised"])
	assert row["promised"] == [{"call": call.name, "window": (690, 810)}]
	assert not any(other["promised"] for other in board(shop, 2)["technicians"])
	visit(call, shop, tomorrow("12:00:00"))
	planned = board(shop)
	assert not any(row["promised"] for row in planned["technicians"])
	(shown,) = [shown for row in planned["technicians"] for shown in row["visits"]]
	assert shown["promised"] == (690, 810)
