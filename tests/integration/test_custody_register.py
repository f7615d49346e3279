"""The in/out register of customers' goods, and the list of loaners that are out (R-WS-2, R-WS-3)."""

import frappe
import pytest
from frappe.utils import add_days, add_to_date, now_datetime, nowdate

from aftersales.customer_goods.report.loaners_out import loaners_out
from aftersales.repair_workshop.report.custody_register import custody_register
from tests import factories as make
from tests.attacks import refused


@pytest.fixture
def receipts():
	"""Two customers: one product here for 10 days, one for 40, one that is back after 5."""
	made = []
	for owner, days, location in (
		("Nora Byrne", 10, "Shelf 1"),
		("Nora Byrne", 40, "Shelf 2"),
		("Liam Tuohy", 20, "Shelf 1"),
	):
		customer = make.customer(owner)
		call = make.call(customer, equipment=make.equipment(customer, serial_text=f"REG-{days}"))
		doc = make.receipt(call, location=location, received_at=add_to_date(now_datetime(), days=-days))
		doc.submit()
		made.append(doc)
	back = made[2]
	back.returned_at = add_to_date(now_datetime(), days=-15)
	back.recover("L. Tuohy", make.SIGNATURE)
	return made


def ours(rows, receipts):
	names = [doc.name for doc in receipts]
	return [row for row in rows if row["name"] in names]


def test_what_is_here_the_longest_first(receipts):
	columns, rows, _message, chart, summary = custody_register.execute({"in_our_hands": 1})
	found = ours(rows, receipts)
	assert [(row["serial"], row["days"], row["location"]) for row in found] == [
		("REG-40", 40, "Shelf 2"),
		("REG-10", 10, "Shelf 1"),
	]
	assert {column["fieldname"] for column in columns} >= {"name", "days", "location", "customer", "card"}
	assert sum(chart["data"]["datasets"][0]["values"]) == len(rows)
	assert summary[0]["value"] == len(rows)


def test_the_register_keeps_what_went_out(receipts):
	rows = ours(custody_register.execute({"status": "Recovered"})[1], receipts)
	assert [(row["serial"], row["days"], row["return_signed_by"]) for row in rows] == [
		("REG-20", 5, "L. Tuohy")
	]


@pytest.mark.parametrize(
	("filters", "found"),
	[
		({"customer": "Nora Byrne"}, ["REG-40", "REG-10"]),
		({"location": "Shelf 1"}, ["REG-20", "REG-10"]),
		({"older_than": 30}, ["REG-40"]),
		({"from_date": -15}, ["REG-10"]),
		({"to_date": -15}, ["REG-40", "REG-20"]),
		({"company": "Nobody"}, []),
	],
)
def test_filters(receipts, filters, found):
	filters = {
		field: add_days(nowdate(), value) if field.endswith("_date") else value
		for field, value in filters.items()
	}
	assert [row["serial"] for row in ours(custody_register.execute(filters)[1], receipts)] == found


def test_grouped_by_location_and_by_customer(receipts):
	rows = custody_register.execute({"group_by": "Location", "customer": "Nora Byrne"})[1]
	assert [(row["location"], row["count"], row["oldest"]) for row in rows] == [
		("Shelf 2", 1, 40),
		("Shelf 1", 1, 10),
	]
	rows = custody_register.execute({"group_by": "Customer", "location": "Shelf 1"})[1]
	assert {(row["customer"], row["count"]) for row in rows} == {("Nora Byrne", 1), ("Liam Tuohy", 1)}


def test_a_user_permission_holds_in_the_register_too(receipts):
	user = make.user("shelf.agent@example.com", "Service Agent")
	make.make("User Permission", user=user, allow="Customer", for_value="Liam Tuohy")
	frappe.set_user(user)
	assert {row["customer"] for row in custody_register.execute({})[1]} == {"Liam Tuohy"}


def test_strangers_see_neither_register(receipts):
	frappe.set_user(make.user("nobody@register.example"))
	for report in (custody_register, loaners_out):
		with pytest.raises(frappe.PermissionError):
			report.execute({})


def test_where_a_product_has_been_is_kept_and_cannot_be_edited(receipts):
	doc = receipts[0]
	frappe.get_doc("Collection Receipt", doc.name).move("Bench 4")
	moved = frappe.get_doc("Collection Receipt", doc.name)
	assert [(row.location, row.moved_by) for row in moved.moves] == [
		("Shelf 1", "Administrator"),
		("Bench 4", "Administrator"),
	]
	moved.moves[0].location = "Elsewhere"
	with pytest.raises((frappe.PermissionError, frappe.UpdateAfterSubmitError)):
		moved.save()
	moved.reload()
	moved.moves = moved.moves[:1]
	with pytest.raises(frappe.PermissionError):
		moved.save()


def test_photos_are_added_but_not_taken_away(receipts):
	doc = frappe.get_doc("Collection Receipt", receipts[0].name)
	doc.append("photos", {"photo": "/files/back.jpg", "caption": "Back, as returned"})
	doc.save()
	assert doc.photos[0].at_return == 1
	doc.photos = []
	with pytest.raises(frappe.ValidationError, match="added, not changed or removed"):
		doc.save()
	refused((frappe.ValidationError), doc, status="Draft")


def test_loaners_that_are_out():
	names = make.shop()
	store, out = f"Stores - {make.ABBR}", f"Goods In Transit - {make.ABBR}"
	make.receive(make.item("Loaner kettle"), 2, 20, store)
	for due in (-4, 5):
		make.make(
			"Loaner Issue",
			repair_call=make.call(names.customer).name,
			company=make.COMPANY,
			item_code="Loaner kettle",
			issued_at=add_to_date(now_datetime(), days=-9),
			due_back=add_days(nowdate(), due),
			from_warehouse=store,
			to_warehouse=out,
			condition="As new",
			customer_signature=make.SIGNATURE,
			signed_by="N. Byrne",
		).submit()
	rows = loaners_out.execute({"item_code": "Loaner kettle"})[1]
	assert [(row.days_out, row.days_overdue) for row in rows] == [(9, 4), (9, 0)]
	assert len(loaners_out.execute({"item_code": "Loaner kettle", "overdue": 1})[1]) == 1
