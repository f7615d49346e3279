"""Service prices on jobs, before and after the work (R-AC-1): flat rates, call-outs, minimum, surcharges.

Figures are those of `factories.shop`: an hour 60.00, a seal 42.00, VAT 13.5 %.
"""

import frappe
import pytest
from frappe.utils import nowdate

from aftersales.service_calls import expected_price, portal_api
from aftersales.service_desk import phone_desk
from aftersales.service_prices import prices
from tests import factories as make
from tests.jobs import done, in_stock, job
from tests.settling_cases import at_night, flat_rate


def fresh(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def charged(doc) -> list[tuple]:
	return [
		(line.item_code, line.amount, line.included_qty, line.rate_source, line.rate_source_detail)
		for line in (*doc.labour, *doc.parts)
	]


def net(doc) -> float:
	return frappe.db.get_value("Sales Invoice", doc.sales_invoice, "net_total")


def test_work_and_parts_beyond_a_flat_rate_are_charged_as_usual(shop):
	flat_rate(shop)
	doc = job(shop, labour=[make.hours(1.5), make.hours(1)], parts=[make.part(shop.seal, 3)])
	assert charged(doc) == [
		(shop.hour, 30, 1, "Price List", "Standard Selling"),
		(shop.hour, 60, 0, "Price List", "Standard Selling"),
		(shop.seal, 84, 1, "Price List", "Standard Selling"),
		("Boiler Service Item", 90, 0, "Service Price", "Boiler Service"),
	]
	doc.submit()
	doc = fresh(doc)
	assert net(doc) == 264
	assert in_stock(shop.seal, shop.van) == 7
	assert (doc.labour_cost, doc.parts_cost) == (75, 37.5)


def test_what_is_wholly_included_says_by_what(shop):
	flat_rate(shop)
	doc = job(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	assert charged(doc)[:2] == [
		(shop.hour, 0, 1, "Service Price", "Boiler Service"),
		(shop.seal, 0, 1, "Service Price", "Boiler Service"),
	]
	doc.labour[0].activity = "Inspection"
	doc.save()
	assert [line.item_code for line in doc.parts] == [
		shop.seal,
		"Boiler Service Item",
	]  # once, however often saved


def test_the_most_specific_price_of_a_call_applies(shop):
	make.service_price("Any Repair", 70, request_type=make.request_type())
	make.service_price("Baxi", 95, brand="Baxi", includes_all_work=1)
	make.service_price("Not Any More", 10, brand="Baxi", model="600 Combi", valid_upto="2020-12-31")
	file = make.equipment(shop.customer)
	call = make.call(shop.customer, equipment=file)
	doc = make.voucher(call, shop.technician, labour=[make.hours(4)])
	assert [(line.service_price, line.amount) for line in doc.parts] == [("Baxi", 95)]
	assert (doc.labour[0].amount, doc.labour[0].included_qty) == (0, 4)


@pytest.mark.parametrize("category", ["C", "Goodwill", "D"])
def test_no_price_where_the_customer_does_not_pay(shop, category):
	flat_rate(shop)
	make.service_price("Call-out", 35, kind="Call-out")
	doc = job(shop, category=category, labour=[make.hours(1)])
	assert not doc.parts


def test_a_call_out_is_charged_once_a_call_unless_it_says_otherwise(shop):
	make.service_price("Call-out", 35, kind="Call-out", includes_travel=1)
	travel = make.hours(0.5, activity="Travel")
	first = done(shop, labour=[make.hours(1), travel], outcome="Revisit Needed", work_left="Order a valve")
	assert net(first) == 95
	call = frappe.get_doc("Repair Call", first.repair_call)
	second = make.voucher(call, shop.technician, labour=[make.hours(1), travel])
	assert (second.parts, second.labour[1].amount) == ([], 30)
	frappe.db.set_value("Service Price", "Call-out", "each_visit", 1)
	prices.clear_cache()
	second.save()
	assert [line.amount for line in second.parts] == [35]
	frappe.db.set_value("Service Price", "Call-out", "each_visit", 0)
	prices.clear_cache()
	first.cancel()
	second.save()
	assert [line.amount for line in second.parts] == [35], "the first visit charges it no more"


def test_the_workshop_charges_no_call_out_and_no_night(shop):
	make.service_price("Call-out", 35, kind="Call-out")
	make.service_price("Always", 0, kind="Surcharge", percent=50)
	flat_rate(shop)
	doc = done(shop, "Repair Card", labour=[make.hours(1)])
	assert [line.service_price for line in doc.parts] == ["Boiler Service"]
	assert net(doc) == 90


def test_a_surcharge_follows_the_hours_of_the_work(shop):
	make.service_price("Night", 0, kind="Surcharge", percent=50, from_time="23:00:00", to_time="06:00:00")
	doc = job(shop, labour=[make.hours(2)], **at_night(hours=2))
	assert [(line.service_price, line.amount) for line in doc.parts] == [("Night", 30)]
	start = doc.arrived_at
	doc.labour[0].update({"from_time": start, "to_time": frappe.utils.add_to_date(start, hours=1)})
	doc.save()
	assert not doc.parts, "the hour before 23:00 has none"


def test_a_technician_cannot_change_or_forge_a_service_price(shop):
	flat_rate(shop)
	doc = job(
		shop,
		labour=[make.hours(1)],
		technician=make.technician("Own", shop.van, user=make.user("own@x.ie", "Service Technician")),
	)
	frappe.set_user("own@x.ie")
	doc = fresh(doc)
	doc.parts[0].rate = 1
	doc.labour[0].included_qty = 50
	doc.append("parts", make.part(shop.hour, service_price="Boiler Service", rate=0.01, included_qty=1))
	doc.save()
	assert [(line.item_code, line.amount) for line in doc.parts] == [("Boiler Service Item", 90)]
	assert doc.labour[0].included_qty == 1
	doc.without_service_prices = 1
	with pytest.raises(frappe.PermissionError, match="Without Service Prices"):
		doc.save()
	frappe.set_user(make.user("boss@x.ie", "Service Supervisor"))
	doc = fresh(doc)
	doc.without_service_prices = 1
	doc.save()
	assert (len(doc.parts), doc.labour[0].amount) == (0, 60)


def test_a_customer_in_another_currency_pays_by_the_price_list_in_it(shop):
	make.make("Currency Exchange", from_currency="GBP", to_currency="EUR", exchange_rate=1.25, date=nowdate())
	frappe.db.set_single_value(
		"Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1
	)
	make.once("Price List", "Pounds", price_list_name="Pounds", currency="GBP", selling=1, enabled=1)
	customer = make.customer("Derry Dairy", default_currency="GBP", default_price_list="Pounds")
	make.service_price("Call-out", 35, kind="Call-out")
	make.price("Call-out Item", 30, "Pounds")
	make.price(shop.hour, 50, "Pounds")
	doc = done(shop, customer=customer, labour=[make.hours(1)])
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert (invoice.currency, invoice.net_total, invoice.base_net_total) == ("GBP", 80, 100)


def test_an_item_without_a_price_is_said_before_anything_is_booked(shop):
	make.service_price("Forgotten", 0)
	doc = job(shop, labour=[make.hours(1)])
	with pytest.raises(frappe.ValidationError):
		doc.submit()


def test_agents_and_customers_are_told_before_the_work(shop):
	make.settings(default_company=make.COMPANY)
	flat_rate(shop, request_type=make.request_type())
	make.service_price("Internal List", 55, kind="Call-out", show_to_customers=0)
	make.service_price("Sunday", 0, kind="Surcharge", percent=100, day="Sunday")
	frappe.set_user(make.user("agent@x.ie", "Service Agent"))
	told = phone_desk.preview(
		{"customer": shop.customer, "subject": "Cold", "company": make.COMPANY, "request_type": "Repair"}
	)["prices"]
	assert [(row["title"], row["rate"], row["with_tax"], row["percent"]) for row in told] == [
		("Boiler Service", 90, 102.15, 0),
		("Internal List", 55, 62.43, 0),
		("Sunday", None, None, 100),
	]
	assert told[0]["includes"] == ["1 hours of work", f"1 {shop.seal}"]
	frappe.set_user("Administrator")
	call = make.call(shop.customer)
	assert [row["title"] for row in expected_price.of_call(call.name)] == [
		"Boiler Service",
		"Internal List",
		"Sunday",
	]
	covered = make.call(shop.customer, service_category=make.category("C"))
	assert expected_price.of_call(covered.name) == []
	assert [row["title"] for row in portal_api.prices_shown_to(shop.customer)] == [
		"Boiler Service",
		"Sunday",
	]


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"from_time": "08:00:00"}, "both From and To"),
		({"from_time": "08:00:00", "to_time": "08:00:00"}, "are the same"),
		({"valid_from": "2027-02-01", "valid_upto": "2027-01-01"}, "is before"),
		({"kind": "Surcharge"}, "how much more"),
	],
)
def test_a_price_that_cannot_be_is_refused(shop, values, message):
	with pytest.raises(frappe.ValidationError, match=message):
		make.service_price("Odd", 10, **values)


def test_a_stocked_item_is_no_service_price(shop):
	with pytest.raises(frappe.ValidationError, match="kept in stock"):
		make.make("Service Price", title="Seal", kind="Flat Rate", item_code=shop.seal)
