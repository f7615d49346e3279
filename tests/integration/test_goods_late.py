"""The desk and the foreman are told of loaners and vendor repairs that are late, where the site wants it."""

import frappe
import pytest
from frappe.email.doctype.notification.notification import trigger_daily_alerts
from frappe.utils import add_days, add_to_date, now_datetime, nowdate

from aftersales.setup import defaults
from tests import factories as make

AGENT = "late.agent@example.com"
FOREMAN = "late.foreman@example.com"


@pytest.fixture
def people(_site, monkeypatch):
	"""A call, its desk and its foreman; what Frappe leaves to a worker is done at once."""
	enqueue = frappe.enqueue
	monkeypatch.setattr(
		frappe, "enqueue", lambda method, **kwargs: enqueue(method, **{**kwargs, "now": True})
	)
	defaults.insert_missing(["Notification"])
	make.user(AGENT, "Service Agent")
	make.user(FOREMAN, "Service Supervisor")
	return make.call(make.customer("Late Goods Ltd"))


def told(user: str) -> list[str]:
	"""Subjects of what the bell of `user` shows after the daily alerts."""
	trigger_daily_alerts()
	return frappe.get_all(
		"Notification Log", filters={"for_user": user}, pluck="subject", order_by="creation asc"
	)


def switch_on(name: str) -> None:
	defaults.restore("Notification", name)
	frappe.db.set_value("Notification", name, "enabled", 1)
	frappe.cache.delete_value("notifications")


def loaner(call, due_in: int, **values):
	item = make.item("Late heater", has_serial_no=1)
	make.receive(item, 1, 150, f"Stores - {make.ABBR}", ("LATE-1",))
	doc = make.make(
		"Loaner Issue",
		repair_call=call and call.name,
		**values,
		company=make.COMPANY,
		item_code=item,
		serial_no="LATE-1",
		from_warehouse=f"Stores - {make.ABBR}",
		to_warehouse=f"Goods In Transit - {make.ABBR}",
		issued_at=add_to_date(now_datetime(), days=-20),
		due_back=add_days(nowdate(), due_in),
		condition="As new",
		customer_signature=make.SIGNATURE,
		signed_by="N. Byrne",
	)
	doc.submit()
	return doc


@pytest.mark.parametrize(("name", "due_in"), [("Loaner Due Soon", 2), ("Loaner Overdue", -1)])
def test_the_desk_is_told_of_a_loaner_while_it_is_out(people, name, due_in):
	doc = loaner(people, due_in)
	assert not any(doc.name in subject for subject in told(AGENT)), "switched off as it comes"
	switch_on(name)
	assert [subject for subject in told(AGENT) if doc.name in subject]


def test_the_desk_is_told_of_a_loaner_without_a_call_too(people):
	doc = loaner(None, -1, customer=make.customer("Late Goods Ltd"))
	switch_on("Loaner Overdue")
	assert [subject for subject in told(AGENT) if doc.name in subject]


def test_a_service_target_watches_a_loaner_without_a_call(people):
	target = make.make(
		"Service Target",
		target_name="Loaner Back",
		enabled=1,
		document_type="Loaner Issue",
		measure="Back",
		calendar=make.once("Service Calendar", "Late Goods", calendar_name="Late Goods", around_the_clock=1),
		time_allowed=14 * 86400,
		start_field="issued_at",
		stop_status="Returned\nLost",
		cancel_status="Cancelled",
		steps=[{"moment": "After Due", "minutes": 0, "notify_role": "Service Agent"}],
	)
	doc = loaner(None, -1, customer=make.customer("Late Goods Ltd"))
	clock = frappe.get_doc("Service Clock", {"reference_name": doc.name, "target": target.name})
	assert clock.next_event_at < now_datetime(), "the next sweep tells the desk"
	frappe.get_doc(doc.doctype, doc.name).take_back("As Lent", "N. Byrne", make.SIGNATURE)
	assert frappe.db.get_value("Service Clock", clock.name, "state") == "Missed"


def test_nobody_is_told_of_a_loaner_that_is_back(people):
	doc = loaner(people, -1)
	frappe.get_doc(doc.doctype, doc.name).take_back("As Lent", "N. Byrne", make.SIGNATURE)
	switch_on("Loaner Overdue")
	assert not [subject for subject in told(AGENT) if doc.name in subject]


def test_the_foreman_is_told_of_a_late_vendor(people):
	supplier = make.once(
		"Supplier", "Late Works", supplier_name="Late Works", supplier_group="All Supplier Groups"
	)
	doc = make.make(
		"Vendor Repair",
		repair_card=make.received_card(people, diagnosis="Board dead").name,
		supplier=supplier,
		work_wanted="Mend it",
		sent_at=add_to_date(now_datetime(), days=-5),
		expected_back=add_days(nowdate(), -1),
	)
	doc.submit()
	switch_on("Vendor Repair Overdue")
	assert [subject for subject in told(FOREMAN) if doc.name in subject and "Late Works" in subject]
	assert not [subject for subject in told(AGENT) if doc.name in subject]
	frappe.get_doc(doc.doctype, doc.name).receive("Repaired", "Mended")
	frappe.db.delete("Notification Log")
	assert told(FOREMAN) == []
