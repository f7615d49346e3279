"""Rates and hours on the lines of a job: what a technician may type, what needs somebody who authorises it."""

import frappe
import pytest
from frappe.utils import add_to_date

from tests import factories as make
from tests.attacks import comments


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.user = make.user("aoife@rates.example", "Service Technician")
	frappe.db.set_value("Service Technician", names.technician, "user", names.user)
	names.supervisor = make.user("sean@rates.example", "Service Supervisor")
	names.accountant = make.user("mary@rates.example", "Service Accountant", "Service Supervisor")
	return names


def visit(shop, **values):
	"""A draft visit of the technician with an hour of work and a seal."""
	lines = {"labour": [make.hours(1)], "parts": [make.part(shop.seal)], **values}
	doc = make.voucher(make.call(shop.customer), shop.technician, **lines)
	frappe.db.commit()  # what is refused later is rolled back to here
	return doc


def as_user(user: str, doc):
	frappe.set_user(user)
	return frappe.get_doc(doc.doctype, doc.name)


@pytest.mark.parametrize("table, usual", [("labour", "60.00"), ("parts", "42.00")])
@pytest.mark.parametrize("rate", [0.01, 99_999])
def test_a_technician_types_no_rate_of_his_own(shop, table, usual, rate):
	doc = as_user(shop.user, visit(shop))
	doc.get(table)[0].rate = rate
	with pytest.raises(frappe.PermissionError, match=rf"differs from the usual one.*{usual}"):
		doc.save()
	frappe.db.rollback()
	stored = frappe.get_doc(doc.doctype, doc.name)
	assert (stored.amount_due, stored.get(table)[0].rate) == (115.77, 0)


def test_the_price_itself_may_be_typed(shop):
	doc = as_user(shop.user, visit(shop))
	doc.labour[0].rate, doc.parts[0].rate = 60, 42
	doc.save()
	assert doc.amount_due == 115.77


def test_a_limit_lets_small_departures_pass(shop):
	make.settings(rate_change_limit=10)
	doc = as_user(shop.user, visit(shop))
	doc.labour[0].rate = 54
	doc.save()
	assert doc.amount_due == 108.96  # (54 + 42) * 1.135
	doc.labour[0].rate = 53.99
	with pytest.raises(frappe.PermissionError, match="differs from the usual"):
		doc.save()


def test_a_new_visit_is_no_way_round(shop):
	call = make.call(shop.customer)
	frappe.db.set_value("Repair Call", call.name, "call_owner", shop.user)
	frappe.set_user(shop.user)
	with pytest.raises(frappe.PermissionError, match="differs from the usual"):
		make.voucher(call, shop.technician, labour=[make.hours(1, rate=0.01)])


def test_a_supervisor_authorises_and_the_timeline_says_so(shop):
	doc = as_user(shop.supervisor, visit(shop))
	doc.labour[0].rate = 50
	doc.save()
	assert doc.amount_due == 104.42  # (50 + 42) * 1.135
	assert "Labour row 1" in comments(doc) and "50.00" in comments(doc) and "60.00" in comments(doc)
	# What was authorised stands when the technician goes on with his work
	doc = as_user(shop.user, doc)
	doc.findings = "Seal worn"
	doc.save()
	doc.submit()
	assert frappe.db.get_value("Sales Invoice", doc.sales_invoice, "grand_total") == 104.42
	frappe.set_user("Administrator")


def test_an_authorised_rate_belongs_to_its_item(shop):
	doc = as_user(shop.supervisor, visit(shop))
	doc.labour[0].rate = 50
	doc.save()
	frappe.set_user("Administrator")
	dear = make.service_item("Dear Hour")
	make.price(dear, 200)
	doc = as_user(shop.user, doc)
	doc.labour[0].item_code = dear
	with pytest.raises(frappe.PermissionError, match="200"):
		doc.save()


def test_the_role_is_a_setting(shop):
	make.settings(rate_change_role="Service Accountant")
	doc = as_user(shop.supervisor, visit(shop))
	doc.labour[0].rate = 50
	with pytest.raises(frappe.PermissionError, match="Only Service Accountant can authorise"):
		doc.save()
	frappe.db.rollback()
	doc = as_user(shop.accountant, doc)
	doc.labour[0].rate = 50
	doc.save()
	assert doc.amount_due == 104.42


def test_what_has_no_price_needs_somebody_to_price_it(shop):
	odd = make.item("Odd Gasket", is_stock_item=0)
	doc = as_user(shop.user, visit(shop))
	doc.append("parts", make.part(odd, rate=3))
	with pytest.raises(frappe.PermissionError, match="the price list has none"):
		doc.save()
	frappe.db.rollback()
	doc = as_user(shop.supervisor, doc)
	doc.append("parts", make.part(odd, rate=3))
	doc.save()
	assert doc.amount_due == 119.18  # (60 + 42 + 3) * 1.135


# ---------------------------------------------------------------------------- hours


def test_a_technician_bills_no_day_for_a_visit_of_an_hour_and_a_half(shop):
	doc = as_user(shop.user, visit(shop))
	doc.labour[0].hours = 24
	with pytest.raises(frappe.PermissionError, match=r"hours of work on a visit of 1\.5"):
		doc.save()
	frappe.db.rollback()
	doc = as_user(shop.user, doc)
	doc.labour[0].hours = 2.5  # an hour beyond, as a minimum charge may want
	doc.save()
	doc = as_user(shop.supervisor, doc)
	doc.labour[0].hours = 24
	doc.save()
	assert "authorised" in comments(doc)


def test_nobody_works_twice_at_the_same_time(shop):
	doc = visit(shop)
	start = doc.arrived_at
	times = [(0, 60), (30, 90)]
	doc.labour = []
	for first, last in times:
		doc.append(
			"labour",
			make.hours(
				activity="Repair",
				technician=shop.technician,
				from_time=add_to_date(start, minutes=first),
				to_time=add_to_date(start, minutes=last),
			),
		)
	with pytest.raises(frappe.ValidationError, match=r"Labour rows 1 and 2: .*cannot work twice"):
		doc.save()
	rows = [line.as_dict() for line in doc.labour]
	rows[1].from_time = rows[0].to_time
	doc.reload()
	doc.set("labour", [{**row, "name": None} for row in rows])
	doc.save()
	assert [line.hours for line in doc.labour] == [1, 0.5]
