"""A boiler from the Delivery Note to scrap: eight years on a moved clock, every planned call exactly once."""

import frappe
import pytest
from frappe.utils import add_days, add_months, getdate, nowdate

from aftersales.installed_base import life
from aftersales.installed_base.meters import readings
from aftersales.installed_base.sale import registrations
from aftersales.planned_service import nightly, planning
from aftersales.product_knowledge import campaigns
from aftersales.service_checklists import filling
from aftersales.setup import defaults
from tests import factories as make

KIND = "Inspection and Preventive Maintenance"


@pytest.fixture(scope="module")
def masters(shared_site):
	defaults.insert_missing(
		["Service Category", "Service Request Type", "Issue Priority", "Aftersales Settings"]
	)
	frappe.db.set_value("Service Request Type", "Installation and Commissioning", "is_installation", 1)
	frappe.clear_document_cache("Service Request Type", "Installation and Commissioning")
	make.settings(default_company=make.COMPANY, default_request_type="Repair", default_priority="Medium")
	for doctype in ("Maintenance Plan", "Checklist Template"):
		field, off = ("enabled", 0) if doctype == "Maintenance Plan" else ("disabled", 1)
		for name in frappe.get_all(doctype, pluck="name"):
			frappe.db.set_value(doctype, name, field, off)
	shop = make.shop()
	make.fiscal_years(*range(getdate().year, getdate().year + 10))
	make.item("BOILER-8", item_name="Boiler 8", brand=None, has_serial_no=1, aftersales_product_file="Create")
	make.receive("BOILER-8", 1, 800, shop.van, serial_nos=("LIFE-1",))
	make.make(
		"Warranty Terms",
		terms_name="Boilers 24",
		item_code="BOILER-8",
		months=24,
		runs_from="Installation",
		latest_start_months=6,
	)
	make.make("Spare Part", item_code=shop.seal, part_warranty_months=24)
	make.make(
		"Checklist Template",
		template_name="Half-yearly",
		questions=[
			{"question": "CO", "kind": "Value", "uom": "ppm", "has_upper": 1, "upper": 50, "reqd": 1},
			{"question": "Hours", "kind": "Meter", "meter": "Operating hours", "reqd": 1},
			{"question": "Starts", "kind": "Meter", "meter": "Burner starts", "reqd": 1},
		],
	)
	make.make(
		"Maintenance Plan",
		plan_name="Boiler 8 service",
		company=make.COMPANY,
		applies_to="Item",
		item_code="BOILER-8",
		every_months=6,
		days_ahead=30,
		starts_on=nowdate(),
		request_type=KIND,
		tasks=[{"task": "Clean and measure", "hours": 1, "checklist_template": "Half-yearly"}],
	)
	return shop


def sell(shop) -> str:
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"customer": shop.customer,
			"company": make.COMPANY,
			"items": [
				{
					"item_code": "BOILER-8",
					"qty": 1,
					"rate": 2000,
					"warehouse": shop.van,
					"use_serial_batch_fields": 1,
					"serial_no": "LIFE-1",
				}
			],
		}
	).insert()
	note.submit()
	return frappe.db.get_value("Customer Equipment", {"sold_by": note.name})


def visit(shop, call, **values):
	doc = make.voucher(call, shop.technician, labour=[make.hours(1)], **values)
	for checklist in filling.checklists_of(doc.doctype, doc.name):
		months = (getdate().year - 2020) * 12 + getdate().month
		filling.save_answers(
			checklist["name"],
			[
				{
					"name": question["name"],
					"value": {"CO": 20, "Hours": months * 100, "Starts": months * 900}[question["question"]],
				}
				for question in checklist["questions"]
			],
		)
	doc.reload().submit()
	return doc


def test_eight_years(shop, clock):
	file = sell(shop)
	clock.forward(days=14)
	installing = make.call(shop.customer, equipment=file, request_type="Installation and Commissioning")
	visit(shop, installing)
	installed = getdate()
	registration = registrations.register(
		{
			"customer": shop.customer,
			"equipment": file,
			"company": make.COMPANY,
			"purchase_date": add_days(nowdate(), -14),
		},
		"Portal",
		"registration-of-a-life",
	)
	frappe.get_doc("Warranty Registration", registration).confirm()
	product = frappe.get_doc("Customer Equipment", file)
	assert (product.installed_on, product.commissioned_by) == (installed, "Aoife Doyle")
	assert product.warranty_until == getdate(add_months(installed, 24))

	due = []
	for month in range(1, 8 * 12 + 2):
		clock.to(add_months(installed, month))
		nightly.plan_and_call()
		for row in frappe.get_all(
			"Planned Service", {"equipment": file, "status": "Called"}, ["repair_call", "due_on"]
		):
			due.append(row.due_on)
			visit(shop, frappe.get_doc("Repair Call", row.repair_call))
		if month == 20:
			in_warranty = make.plain_call(shop.customer, equipment=file, subject="Noise")
			assert (in_warranty.coverage, in_warranty.service_category) == ("Warranty", "C")
			visit(shop, in_warranty)
		if month == 30:
			after = make.plain_call(shop.customer, equipment=file, subject="Leak", part_serial_no=None)
			assert (after.coverage, after.service_category) == ("None", "A")
			visit(shop, after, parts=[make.part(shop.seal)])
		if month == 40:
			again = make.plain_call(shop.customer, equipment=file, subject="Leak again")
			doc = make.voucher(again, shop.technician, labour=[make.hours(1)], parts=[make.part(shop.seal)])
			assert doc.parts[0].charge_to == "Warranty", "the seal has 24 months of its own"
			doc.submit()
		if month == 50:
			recall = make.make(
				"Service Campaign",
				title="Valve recall",
				kind="Recall",
				company=make.COMPANY,
				item_code="BOILER-8",
				sends_message=0,
				makes_calls=1,
				request_type="Software Update",
				service_category="C",
			)
			recall.start()
			assert campaigns.work(recall.name, bool)["called"] == 1
			row = frappe.get_all("Campaign Product", {"campaign": recall.name}, ["repair_call"])[0]
			visit(shop, frappe.get_doc("Repair Call", row.repair_call))
			assert frappe.db.get_value("Service Campaign", recall.name, ("products", "done")) == (1, 1)
		if month == 60:
			frappe.get_doc("Customer Equipment", file).replace_product("LIFE-2", "Replaced by Us")

	assert due[:16] == [getdate(add_months(installed, 6 * number)) for number in range(1, 17)]
	keys = frappe.get_all("Planned Service", {"equipment": file}, pluck="number")
	assert len(keys) == len(set(keys))
	calls = frappe.get_all("Repair Call", {"equipment": file, "request_type": KIND}, pluck="name")
	assert len(calls) == len(due), "every planned call came once"
	meters = {row.meter: row.last_reading for row in readings.of_product(file)}
	assert set(meters) == {"Operating hours", "Burner starts"} and all(meters.values())

	product = frappe.get_doc("Customer Equipment", file)
	product.status = "Scrapped"
	product.save()
	planning.plan_all()
	assert not frappe.db.exists("Planned Service", {"equipment": file, "status": "Planned"})

	story = [event["what"] for event in life.product_life(file)]
	for what, times in (
		("Delivered", 1),
		("Installed", 1),
		("Registered for the warranty", 1),
		("Recall", 1),
	):
		assert story.count(what) == times, what
	assert story.count("Planned service done") == len(due) >= 16
	assert story.count("Replaced by Us") == 1
