"""Customers choose, move and cancel the time of their visit: by link and in the portal, once, until it is too late."""

from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import get_datetime

from aftersales.core.guards import NotPossible
from aftersales.customer_portal import links
from aftersales.customer_portal.appointments import visit_messages
from aftersales.visit_planning import booking, estimates
from tests import factories as make
from tests import mails, portal
from tests.portal import ANNA, BEN

MONDAY = "2027-03-01"


@pytest.fixture
def shop(clock):
	"""Monday at ten to nine; one technician, who works from 8 to 17."""
	found = make.shop()
	windows = [
		{"weekday": day, "start_time": "08:00:00", "end_time": "17:00:00"}
		for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
	]
	calendar = make.once("Service Calendar", "Booking Hours", calendar_name="Booking Hours", windows=windows)
	make.settings(
		default_company=make.COMPANY,
		working_calendar=calendar,
		visit_minutes=60,
		arrival_window=120,
		arrival_lead=60,
		self_booking="After Triage",
		booking_cutoff=24,
		visit_reminder_hours=24,
		estimate_minutes=120,
		send_customer_messages=1,
	)
	clock.to(f"{MONDAY} 08:50:00")
	for name in frappe.get_all("Service Technician", pluck="name", order_by="name asc"):
		frappe.db.set_value("Service Technician", name, "is_active", 0)
	found.aoife = make.technician("Booking Aoife")
	make.contact(found.customer, "Nora", "+353 1 555 01", "nora@byrne.example")
	mails.mailbox()
	portal.forget_limits()
	return found


@pytest.fixture
def call(shop):
	doc = make.plain_call(shop.customer, contact_name="Nora Byrne", contact_email="nora@byrne.example")
	doc.triage()
	return doc


def address(call) -> str:
	return portal.link_to(links.APPOINTMENT, "Repair Call", call.name)


def window(day: int, hour: int, hours: int = 2) -> str:
	start = datetime(2027, 3, day, hour)
	return f"{start.isoformat()}/{(start + timedelta(hours=hours)).isoformat()}"


def promised(call) -> tuple:
	values = frappe.db.get_value(
		"Repair Call", call.name, ["status", "promised_from", "arrival_answer"], as_dict=True
	)
	return values.status, values.promised_from and f"{values.promised_from:%d %H:%M}", values.arrival_answer


def subjects(call) -> list[str]:
	return frappe.get_all(
		"Communication",
		filters={"reference_name": call.name, "communication_type": "Automated Message"},
		pluck="subject",
		order_by="creation asc",
	)


def test_a_visit_is_booked_by_link_moved_and_cancelled(shop, call):
	page = portal.get(address(call))
	assert "Choose a time for our visit" in page.words and "Wednesday" not in page.words
	page = portal.get(address(call) + "?choose=1")
	assert f'value="{window(1, 10)}"' in page.html and f'value="{window(2, 8)}"' in page.html
	booked = portal.post(address(call), action="book", window=window(3, 10), seen="")
	assert "Your appointment is booked" in portal.follow(booked).words
	assert promised(call) == ("Scheduled", "03 10:00", "Confirmed")
	assert "We come to you" in subjects(call)[-1]
	told = len(subjects(call))
	again = portal.post(address(call), action="book", window=window(3, 10), seen="")  # a second click
	assert again.status == 303 and len(subjects(call)) == told

	# The desk plans it, the customer moves it: the planned visit waits again; a dispatched one moves
	visit = make.planned(
		call, shop.aoife, planned_start="2027-03-03 10:30:00", planned_end="2027-03-03 11:30:00"
	)
	moved = portal.post(address(call), action="book", window=window(4, 8), seen="2027-03-03 10:00:00")
	assert moved.status == 303, moved.words
	assert promised(call) == ("Scheduled", "04 08:00", "Confirmed")
	assert frappe.db.get_value("Service Voucher", visit.name, ["technician", "planned_start"]) == (None, None)
	visit.reload().update({"technician": shop.aoife, "planned_start": "2027-03-04 08:30:00"})
	visit.planned_end = "2027-03-04 09:30:00"
	visit.save()
	visit.dispatch()
	moved = portal.post(address(call), action="book", window=window(5, 14), seen="2027-03-04 08:00:00")
	assert moved.status == 303, moved.words
	visit.reload()
	assert (visit.status, str(visit.planned_start), str(visit.planned_end)) == (
		"Dispatched",
		"2027-03-05 14:00:00",
		"2027-03-05 15:00:00",
	)
	call.reload()
	assert [row.changed_for or "" for row in call.promises] == ["", "Customer", "Customer"]

	cancelled = portal.post(
		address(call), action="cancel_visit", seen="2027-03-05 14:00:00", reason="<b>away"
	)
	assert "Your appointment is cancelled" in portal.follow(cancelled).words
	assert promised(call) == ("Triaged", None, None)
	assert frappe.db.get_value("Service Voucher", visit.name, "status") == "Cancelled"
	assert "away" in frappe.db.get_value("Repair Call", call.name, "next_action")


def test_who_follows_a_call_chooses_a_first_time_and_changes_none(shop, call):
	track = portal.link_to(links.TRACK, "Repair Call", call.name)
	assert "Choose a time for our visit" in portal.get(track).words
	booked = portal.post(track, action="book", window=window(3, 10), seen="")
	assert "Your appointment is booked" in portal.follow(booked).words
	assert "Choose another time" not in portal.get(track).words
	for values in (
		{"action": "cancel_visit", "seen": "2027-03-03 10:00:00"},
		{"action": "book", "seen": "2027-03-03 10:00:00", "window": window(4, 10)},
		{"action": "book", "seen": "", "window": window(4, 10)},
	):
		assert portal.post(track, **values).status == 422
	assert promised(call) == ("Scheduled", "03 10:00", "Confirmed")


def test_two_customers_do_not_get_the_same_hour_and_nobody_the_appointment_of_another(shop, call):
	other = make.plain_call(make.customer("Ben Quinn"), contact_email="ben@quinn.example")
	other.triage()
	portal.website_user(ANNA, shop.customer, "Anna")
	portal.website_user(BEN, other.customer, "Ben")
	mine = f"/aftersales/calls/{call.name}"
	assert portal.post(mine, ANNA, action="book", window=window(3, 10), seen="").status == 303
	# Ben sees neither Anna's call, nor her hour among his
	assert portal.post(mine, BEN, action="cancel_visit", seen="2027-03-03 10:00:00").status == 404
	page = portal.get(f"/aftersales/calls/{other.name}?choose=1", BEN)
	assert f'value="{window(3, 10)}"' not in page.html and "Nora" not in page.words
	taken = portal.post(f"/aftersales/calls/{other.name}", BEN, action="book", window=window(3, 10), seen="")
	assert taken.status == 422 and "has been taken meanwhile" in taken.words
	assert promised(other) == ("Triaged", None, None)
	far = ("9999-12-31T10:00:00/9999-12-31T12:00:00", "99999999999999999999/2027-03-03T12:00:00")
	uneven = "2027-03-03T10:07:00/2027-03-03T11:00:00"
	narrow = window(3, 12, 1)  # two hours are offered
	for forged in ("", "x/y", window(3, 3), window(3, 10, 9), narrow, uneven, *far):
		answer = portal.post(f"/aftersales/calls/{other.name}", BEN, action="book", window=forged, seen="")
		assert answer.status == 422, forged
	assert promised(other) == ("Triaged", None, None)
	assert promised(call) == ("Scheduled", "03 10:00", "Confirmed")


def test_a_long_visit_moves_only_to_where_all_of_it_has_room(shop, call):
	"""Five hours: from two o'clock on they would end after the day, and over whatever is planned then."""
	call.schedule("2027-03-03 10:00:00", "2027-03-03 12:00:00")
	visit = make.planned(
		call, shop.aoife, planned_start="2027-03-03 10:00:00", planned_end="2027-03-03 15:00:00"
	)
	visit.dispatch()
	offered = booking.offered(call.name)
	assert offered and all(one.end.hour <= 12 for one in offered)
	seen = "2027-03-03 10:00:00"
	assert portal.post(address(call), action="book", window=window(4, 12), seen=seen).status == 422
	assert portal.post(address(call), action="book", window=window(4, 8), seen=seen).status == 303
	assert str(visit.reload().planned_end) == "2027-03-04 13:00:00"
	# Another visit of the call does not move with it: then the appointment is changed by phone
	second = make.planned(
		call, shop.aoife, planned_start="2027-03-05 10:00:00", planned_end="2027-03-05 11:00:00"
	)
	second.dispatch()
	seen = "2027-03-04 08:00:00"
	for values in ({"action": "book", "window": window(8, 8)}, {"action": "cancel_visit"}):
		assert portal.post(address(call), seen=seen, **values).status == 422
	assert booking.why_not(call.name) == "several"
	assert [doc.reload().status for doc in (visit, second)] == ["Dispatched", "Dispatched"]


def test_too_late_not_looked_at_emergencies_and_switched_off_are_for_the_phone(shop, call, clock):
	call.schedule("2027-03-03 10:00:00", "2027-03-03 12:00:00")
	clock.to("2027-03-02 10:00:00")
	page = portal.get(address(call))
	assert "too close to the appointment" in page.words and "Another time would be better" in page.words
	late = portal.post(address(call), action="book", window=window(4, 8), seen="2027-03-03 10:00:00")
	assert late.status == 422 and "too close" in late.words
	assert promised(call)[1] == "03 10:00"
	fresh = make.plain_call(shop.customer)
	assert booking.why_not(fresh.name) == "not_looked_at"
	urgent = make.plain_call(shop.customer, hazard="Gas")
	urgent.triage()
	assert booking.why_not(urgent.name) == "emergency"
	make.settings(self_booking="Off")
	assert "Choose a time" not in portal.get(address(fresh)).words
	with pytest.raises(NotPossible):
		booking.book(fresh.name, datetime(2027, 3, 4, 8), datetime(2027, 3, 4, 10), "", "somebody")


def test_a_reminder_the_day_before_and_the_estimate_on_the_day_each_once(shop, call, clock):
	make.settings(booking_cutoff=2)
	other = make.plain_call(make.customer("Ben Quinn"))
	for doc, hour in ((other, 9), (call, 10)):
		doc.schedule(f"2027-03-03 {hour}:00:00", f"2027-03-03 {hour + 2}:00:00")
		visit = make.planned(
			doc,
			shop.aoife,
			planned_start=f"2027-03-03 {hour}:00:00",
			planned_end=f"2027-03-03 {hour}:45:00",
		)
		visit.dispatch()
	before = len(subjects(call))
	form = call.reload().as_dict()
	clock.to("2027-03-02 09:30:00")
	visit_messages.send_due()
	assert len(subjects(call)) == before  # more than a day ahead
	clock.to("2027-03-02 10:30:00")
	visit_messages.send_due()
	visit_messages.send_due()
	assert subjects(call)[before:] == ["Reminder: we come to you Wednesday, 3 March, between 10:00 and 12:00"]
	# Who had the form open all the time can save it, and nobody is reminded again
	frappe.get_doc(form).update({"subject": "Boiler is cold again"}).save()
	assert visit_messages.remind() == 0
	clock.to("2027-03-03 08:05:00")
	visit_messages.send_due()
	visit_messages.send_due()
	assert subjects(call)[before + 1 :] == ["Estimated at 10:00 today"]
	assert "Estimated at 10:00. There is one stop before you." in portal.get(address(call)).words
	assert "Ben" not in portal.get(address(call)).words
	# The first stop takes longer
	first = frappe.get_doc("Service Voucher", {"repair_call": other.name})
	frappe.db.set_value(
		"Service Voucher", first.name, {"status": "On Site", "arrived_at": "2027-03-03 09:40:00"}
	)
	clock.to("2027-03-03 10:20:00")
	found, stops = estimates.of_call(call.name)
	assert (f"{found:%H:%M}", stops) == ("10:25", 1)
	# Moved to another day, the customer is reminded of that one; one promised within the day is not
	call.reload().schedule("2027-03-05 10:00:00", "2027-03-05 12:00:00", "Service")
	clock.to("2027-03-04 11:00:00")
	assert visit_messages.remind() == 1
	late = make.plain_call(shop.customer, contact_email="nora@byrne.example")
	late.schedule("2027-03-04 15:00:00", "2027-03-04 16:00:00")
	assert visit_messages.remind() == 0
	assert get_datetime(frappe.db.get_value("Repair Call", call.name, "reminded_of")).day == 5
