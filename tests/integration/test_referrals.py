"""How customers found us, from the phone desk to the report, with known figures (R-FU-5)."""

import frappe
import pytest
from frappe.utils import nowdate

from aftersales.service_calls.report.referrals.referrals import execute
from aftersales.service_desk.phone_desk import take_call
from tests import factories as make


@pytest.fixture(autouse=True)
def calls():
	make.shop()
	nora, quinn = make.customer("Nora Byrne"), make.customer("Quinn Foods")
	for customer, source, month in (
		(nora, "Neighbour", "01"),
		(nora, "Neighbour", "02"),
		(quinn, "Neighbour", "02"),
		(quinn, "Van in the street", "02"),
		(quinn, None, "02"),
	):
		call = make.plain_call(customer, referral=source)
		frappe.db.set_value("Repair Call", call.name, "received_at", f"2031-{month}-28 23:30:00")


def report(from_date="2031-01-01", to_date="2031-02-28", **filters):
	data = execute({"from_date": from_date, "to_date": to_date, **filters})[1]
	fields = ("source", "month", "calls", "customers")
	return [tuple(row[field] for field in fields if field in row) for row in data]


def test_by_source():
	assert report() == [("Neighbour", 3, 2), ("Van in the street", 1, 1)]


def test_by_source_and_month():
	assert report(by_month=1) == [
		("Neighbour", "2031-01", 1, 1),
		("Neighbour", "2031-02", 2, 2),
		("Van in the street", "2031-02", 1, 1),
	]


def test_the_period_and_cancelled_calls():
	assert report(to_date="2031-02-27") == [("Neighbour", 1, 1)]
	name = frappe.db.get_value("Repair Call", {"referral": "Van in the street"})
	frappe.db.set_value("Repair Call", name, "status", "Cancelled")
	assert report() == [("Neighbour", 3, 2)]


def test_the_phone_desk_takes_it_down_for_a_new_caller():
	taken = take_call(
		{"subject": "No hot water", "referral": "Radio", "contact_phone": "+353 1 555 77"},
		entry_key=frappe.generate_hash(length=20),
		new_customer={"customer_name": "Una Kelly"},
	)
	assert frappe.db.get_value("Repair Call", taken["name"], "referral") == "Radio"
	assert report(nowdate(), nowdate()) == [("Radio", 1, 1)]
