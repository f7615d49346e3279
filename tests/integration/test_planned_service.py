"""Maintenance plans: services planned for every product, called ahead once, grouped, followed to the end."""

import frappe
import pytest
from frappe.utils import add_days, add_months, getdate, nowdate

from aftersales.installed_base.meters import readings
from aftersales.patches.v1_1 import move_services_to_owners
from aftersales.planned_service import calling, nightly, planning
from aftersales.service_calls import calls
from aftersales.service_contracts import contracts
from aftersales.setup import defaults
from tests import factories as make

KIND = "Inspection and Preventive Maintenance"


@pytest.fixture(scope="module", autouse=True)
def desk(shared_site):
	defaults.insert_missing(
		["Service Category", "Service Request Type", "Issue Priority", "Aftersales Settings"]
	)
	make.settings(default_company=make.COMPANY, default_request_type="Repair", default_priority="Medium")
	make.user("orla.desk@example.com", "Service Agent")
	make.customer("Nora Byrne")
	make.customer("Sean Doyle")
	for name in frappe.get_all("Maintenance Plan", pluck="name"):
		frappe.db.set_value("Maintenance Plan", name, "enabled", 0)


def plan(name="Boiler service", **values):
	return make.make(
		"Maintenance Plan",
		**{
			"plan_name": name,
			"company": make.COMPANY,
			"applies_to": "Model",
			"brand": "Baxi",
			"model": "600 Combi",
			"every_months": 12,
			"starts_on": nowdate(),
			"days_ahead": 30,
			"request_type": KIND,
			"tasks": [
				{"task": "Clean the burner", "hours": 0.75},
				{"task": "Change the electrode", "hours": 0.5, "every_nth": 2},
			],
			**values,
		},
	)


def services(**filters):
	return frappe.get_all("Planned Service", filters=filters, fields=["*"], order_by="due_on asc, name asc")


def boiler(owner="Nora Byrne", **values):
	return make.equipment(owner, **{"installed_on": add_months(nowdate(), -6), **values})


def finish(call: str) -> None:
	calls.resolve_from_job(call, "Completed", "Cleaned and measured")


def test_the_next_service_of_each_product_is_planned_once():
	file = boiler()
	boiler(model="800 Combi")
	boiler(status="Out of Service")
	plan()
	assert planning.plan_all() == 1
	assert planning.plan_all() == 0
	(service,) = services()
	assert (service.equipment, service.customer, service.number, service.status) == (
		file,
		"Nora Byrne",
		1,
		"Planned",
	)
	assert service.due_on == getdate(add_months(add_months(nowdate(), -6), 12))
	assert service.call_on == getdate(add_days(service.due_on, -30))
	assert service.hours == 0.75


def test_calls_come_ahead_once_and_the_next_service_follows(clock):
	file = boiler()
	plan()
	nightly.plan_and_call()
	assert not services(status="Called")
	(first,) = services()
	clock.to(first.call_on)
	for _night in range(3):
		nightly.plan_and_call()
	(called,) = services(status="Called")
	call = frappe.get_doc("Repair Call", called.repair_call)
	assert (call.customer, call.equipment, call.request_type) == ("Nora Byrne", file, KIND)
	assert call.status == "Triaged" and "Clean the burner" in call.description
	assert "electrode" not in call.description, "only at every second service"
	(following,) = services(status="Planned")
	assert (following.number, following.due_on, following.hours) == (
		2,
		getdate(add_months(first.due_on, 12)),
		1.25,
	)
	assert frappe.db.count("Repair Call", {"equipment": file}) == 1
	finish(call.name)
	(done,) = services(status="Done")
	assert (done.name, done.done_on) == (called.name, getdate())


def test_after_two_years_without_a_scheduler_one_call_is_made(clock):
	file = boiler()
	plan(every_months=6)
	nightly.plan_and_call()
	clock.forward(years=2)
	nightly.plan_and_call()
	nightly.plan_and_call()
	assert frappe.db.count("Repair Call", {"equipment": file}) == 1
	(waiting,) = services(status="Planned")
	assert waiting.due_on >= getdate()
	assert waiting.passed_over == waiting.number - 2


def test_no_second_call_while_one_is_open_and_a_cancelled_one_is_skipped(clock):
	file = boiler()
	plan(every_months=3)
	nightly.plan_and_call()
	clock.to(services()[0].call_on)
	nightly.plan_and_call()
	clock.forward(months=4)
	nightly.plan_and_call()
	assert frappe.db.count("Repair Call", {"equipment": file}) == 1
	call = frappe.get_doc("Repair Call", services(status="Called")[0].repair_call)
	call.cancel_call("The customer is away")
	assert services(status="Skipped")[0].reason == "The customer is away"
	nightly.plan_and_call()
	assert frappe.db.count("Repair Call", {"equipment": file}) == 2


def test_counting_from_the_last_service_waits_for_it(clock):
	boiler()
	plan(counting="Last Service", every_months=12)
	nightly.plan_and_call()
	clock.to(services()[0].call_on)
	nightly.plan_and_call()
	assert not services(status="Planned")
	clock.forward(months=3)
	finish(services(status="Called")[0].repair_call)
	nightly.plan_and_call()
	(following,) = services(status="Planned")
	assert (following.number, following.due_on) == (2, getdate(add_months(nowdate(), 12)))


def test_services_of_a_site_are_called_together(clock):
	place = make.address("Nora Byrne")
	one = boiler(serial_text="A-1", address=place)
	boiler(serial_text="A-2", address=place, installed_on=add_days(add_months(nowdate(), -6), 10))
	boiler("Sean Doyle", serial_text="A-3", installed_on=add_days(add_months(nowdate(), -6), 10))
	plan(group_days=21)
	planning.plan_all()
	clock.to(services(equipment=one)[0].call_on)
	assert calling.call_due() == 2
	lead, other = services(status="Called")
	assert (lead.site_group, other.site_group) == (None, lead.repair_call)
	assert services(status="Planned")[0].customer == "Sean Doyle"


def test_a_season_moves_the_service():
	boiler(installed_on=f"{getdate().year}-01-15")
	plan(season_from="April", season_to="September")
	planning.plan_all()
	(service,) = services()
	assert (service.due_on.month, service.due_on.day, service.base_due_on.month) == (4, 1, 1)


def test_a_meter_makes_the_service_due_before_the_months(clock):
	file = boiler(installed_on=nowdate())
	readings.take(file, "Operating hours", 900, "Desk")
	clock.forward(days=10)
	readings.take(file, "operating  hours", 1000, "Desk")
	plan(meter="Operating hours", every_units=1000, every_months=12)
	planning.plan_all()
	(service,) = services()
	assert (service.due_total, service.due_on) == (2000, getdate(add_days(nowdate(), 100)))
	clock.forward(days=10)
	readings.take(file, "Operating hours", 1990, "REST")
	(service,) = services()
	assert service.due_on == getdate(add_days(nowdate(), 1)), "ten more hours at 54.5 a day"
	assert calling.call_due() == 1


def of_other_currency() -> str:
	name = "Thames Service Ltd"
	return make.once(
		"Company",
		name,
		company_name=name,
		abbr="TSL",
		default_currency="GBP",
		country="United Kingdom",
		chart_of_accounts="Standard",
	)


@pytest.mark.parametrize(
	"company_of", [lambda: make.COMPANY, of_other_currency], ids=["own", "other currency"]
)
def test_what_a_contract_includes_is_planned_and_used(clock, company_of):
	make.fiscal_years(getdate().year, getdate().year + 1)
	company = company_of()
	file = boiler(company=company)
	boiler("Sean Doyle", company=company)
	contract = make.contract(
		"Nora Byrne",
		company=company,
		start_date=nowdate(),
		end_date=add_days(add_months(nowdate(), 12), -1),
		limited_visits=1,
		included_visits=2,
		visit_period="Year",
		service_category=None,
	)
	plan(
		"Contract visits",
		company=company,
		applies_to="Service Contract",
		service_contract=contract.name,
		by_included_visits=1,
		every_months=0,
	)
	for _day in range(13):
		nightly.plan_and_call()
		if called := services(status="Called"):
			call = frappe.get_doc("Repair Call", called[0].repair_call)
			assert (call.service_contract, call.service_category) == (contract.name, "B")
			technician = make.technician("Aoife Doyle", company=company)
			make.voucher(call, technician, company=company).submit()
		clock.forward(months=1)
	done = services(status="Done")
	assert [row.due_on for row in done] == [
		getdate(add_months(contract.start_date, 3)),
		getdate(add_months(contract.start_date, 9)),
	]
	assert {row.equipment for row in done} == {file}
	assert len(frappe.get_doc("Service Contract", contract.name).visits) == 2
	assert not services(status="Planned"), "nothing is planned beyond the contract"


def test_what_is_gone_is_planned_no_more():
	file = boiler()
	plan()
	planning.plan_all()
	frappe.db.set_value("Customer Equipment", file, "status", "Scrapped")
	planning.plan_all()
	assert not services()
	frappe.db.set_value("Customer Equipment", file, "status", "In Use")
	assert planning.plan_all() == 1
	frappe.delete_doc("Customer Equipment", file)
	assert not services()


def test_a_visit_knows_what_to_do_and_what_to_take(clock):
	kit = make.item("Electrode", is_stock_item=1)
	boiler()
	plan(parts=[{"item_code": kit, "qty": 2}])
	planning.plan_all()
	clock.to(services()[0].call_on)
	nightly.plan_and_call()
	call = frappe.get_doc("Repair Call", services(status="Called")[0].repair_call)
	visit = make.planned(call, make.technician("Aoife Doyle"))
	assert visit.preliminary_plan == "Clean the burner"
	assert visit.parts_to_take == "2.0 × Electrode" or visit.parts_to_take.endswith("× Electrode")


def test_a_service_is_moved_skipped_or_called_by_hand():
	boiler()
	plan()
	planning.plan_all()
	make.user("aine.lead@example.com", "Service Supervisor")
	frappe.set_user("aine.lead@example.com")
	service = frappe.get_doc("Planned Service", services()[0].name)
	service.due_on = add_days(nowdate(), 40)
	service.save()
	assert service.call_on == getdate(add_days(nowdate(), 10))
	with pytest.raises(frappe.MandatoryError):
		service.skip(" ")
	call = service.make_call()
	assert frappe.db.get_value("Planned Service", service.name, ("status", "repair_call")) == ("Called", call)
	with pytest.raises(frappe.ValidationError, match="already"):
		frappe.get_doc("Planned Service", service.name).make_call()
	service.reload().status = "Planned"
	with pytest.raises(frappe.PermissionError):
		service.save()


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"model": None}, "Model"),
		({"every_months": 0}, "when is the service due"),
		({"meter": "Hours", "every_units": 0}, "after how many units"),
		({"season_from": "May"}, "Season to"),
		({"applies_to": "Item"}, "Item"),
	],
)
def test_a_plan_that_cannot_plan_is_refused(values, message):
	with pytest.raises(frappe.ValidationError, match=message):
		plan(**values)


def test_readings_by_rest_once_and_in_order(clock):
	file = boiler()
	frappe.set_user(make.user("gateway@example.com", "Service Technician"))
	sent = {"equipment": file, "meter": "Copies", "reading": 500, "entry_key": "gw-1"}
	one = readings.record_reading(**sent)
	assert readings.record_reading(**sent)["name"] == one["name"]
	clock.forward(days=1)
	with pytest.raises(frappe.ValidationError, match="cannot read"):
		readings.record_reading(file, "Copies", 400)
	readings.record_reading(file, "Copies", 10, is_new_meter=True)
	clock.forward(days=1)
	assert readings.record_reading(file, "Copies", 110)["total"] == 600
	(meter,) = readings.of_product(file)
	assert (meter.last_reading, meter.last_total) == (110, 600)
	# A name that a spreadsheet would calculate is stored otherwise, and is the same meter again
	for reading in (5, 7):
		assert readings.record_reading(file, "-Scans", reading)["total"] == reading
	assert len(readings.of_product(file)) == 2


# ---------------------------------------------------------------------------- forecast and take-over


def test_arrears_and_months_ahead_as_hours_and_parts(clock):
	from aftersales.planned_service import forecast
	from aftersales.planned_service.report.maintenance_forecast import maintenance_forecast

	make.fiscal_years(getdate().year + 1)
	clock.to(f"{getdate().year + 1}-03-10")
	kit, store = make.item("Electrode"), make.warehouse("Kit Store")
	make.receive(kit, 3, 5, store)
	boiler(installed_on=add_months(nowdate(), -11))
	boiler(serial_text="Q-2", installed_on=add_months(nowdate(), -4))
	plan(every_months=6, parts=[{"item_code": kit, "qty": 2}], group_days=0)
	planning.plan_all()
	clock.forward(months=2)
	report = {"company": make.COMPANY, "months": 6}
	rows = [(row["month"], row["services"], row["hours"]) for row in maintenance_forecast.execute(report)[1]]
	assert rows[0] == ("Arrears", 1, 0.75)
	assert [row[1] for row in rows[1:]] == [1, 1, 1]
	(part,) = maintenance_forecast.execute({**report, "show": "Parts"})[1]
	assert (part["item_code"], part["qty"]) == (kit, 8)
	request = frappe.get_doc(
		"Material Request", forecast.propose_parts(make.COMPANY, forecast.last_day_of(6), store)
	)
	assert [(row.item_code, row.qty) for row in request.items] == [(kit, 5)]
	assert (request.docstatus, request.material_request_type) == (0, "Purchase")


def test_maintenance_schedules_are_taken_over_once(clock):
	from aftersales.planned_service import take_over

	item = make.item("BOILER-S", is_stock_item=0)
	make.make("Sales Person", sales_person_name="Sam", parent_sales_person="Sales Team")
	schedule = frappe.get_doc(
		{
			"doctype": "Maintenance Schedule",
			"customer": "Nora Byrne",
			"company": make.COMPANY,
			"transaction_date": nowdate(),
			"items": [
				{
					"item_code": item,
					"start_date": nowdate(),
					"end_date": add_months(nowdate(), 24),
					"periodicity": "Half Yearly",
					"no_of_visits": 4,
					"sales_person": "Sam",
				}
			],
		}
	)
	schedule.insert()
	schedule.generate_schedule()
	schedule.save()
	schedule.submit()
	first = min(getdate(row.scheduled_date) for row in schedule.schedules)
	assert take_over.take_over_schedules()["made"] == 1
	assert take_over.take_over_schedules() == {"made": 0, "left_out": []}
	for numbers in ("T-1, T-2", None):
		several = frappe.copy_doc(schedule)
		several.items[0].serial_no = numbers
		several.insert().generate_schedule()
		several.save()
		several.submit()
		for row in several.schedules:  # as in an amendment, which keeps what the cancelled schedule named
			row.db_set("item_reference", schedule.items[0].name)
		if not numbers:
			bundle = frappe.new_doc("Serial and Batch Bundle")
			bundle.update(
				{
					"company": make.COMPANY,
					"item_code": item,
					"entries": [{"serial_no": "T-3"}, {"serial_no": "T-4"}],
				}
			)
			bundle.flags.update({"ignore_validate": 1, "ignore_mandatory": 1, "ignore_links": 1})
			several.items[0].db_set("serial_and_batch_bundle", bundle.insert().name)
	assert take_over.take_over_schedules() == {"made": 4, "left_out": []}
	assert take_over.take_over_schedules() == {"made": 0, "left_out": []}
	for serial in ("T-1", "T-2", "T-3", "T-4"):
		assert (
			len(services(equipment=frappe.db.get_value("Customer Equipment", {"serial_text": serial}))) == 1
		)
	taken = frappe.get_doc("Maintenance Plan", {"external_id": f"{schedule.name}/1/1"})
	(service,) = services(plan=taken.name)
	assert (taken.every_months, service.due_on, service.customer) == (6, first, "Nora Byrne")
	clock.to(service.call_on)
	nightly.plan_and_call()
	assert services(plan=taken.name, status="Called")
	planning.plan_all()
	(following,) = services(plan=taken.name, status="Planned")
	assert following.due_on == getdate(add_months(first, 6))


# ---------------------------------------------------------------------------- what changes meanwhile


def test_a_call_is_the_present_owners_and_only_while_the_plan_is_for_the_product(clock):
	sold, other = boiler(serial_text="S-1"), boiler(serial_text="S-2")
	plan(window_days=5, group_days=0)
	planning.plan_all()
	file = frappe.get_doc("Customer Equipment", sold)
	file.change_owner("Sean Doyle")
	(service,) = services(equipment=sold)
	assert service.customer == "Sean Doyle"
	frappe.db.set_value("Planned Service", service.name, "customer", "Nora Byrne")  # as before they followed
	move_services_to_owners.execute()
	assert services(equipment=sold)[0].customer == "Sean Doyle"
	frappe.db.set_value("Customer Equipment", other, "model", "900 Combi")
	clock.to(service.call_on)
	assert calling.call_due() == 1
	assert not services(equipment=other), "the plan is not for this model"
	call = frappe.get_doc("Repair Call", services(equipment=sold, status="Called")[0].repair_call)
	assert call.customer == "Sean Doyle"
	assert frappe.utils.format_date(add_days(service.due_on, 5)) in call.next_action


def test_a_changed_plan_plans_what_is_to_come_anew():
	boiler()
	doc = plan()
	planning.plan_all()
	doc.save()
	assert len(services()) == 1, "nothing changed"
	doc.every_months = 9
	doc.save()
	assert not services()
	planning.plan_all()
	assert services()[0].due_on == getdate(add_months(add_months(nowdate(), -6), 9))
	assert doc.plan_now() == {"planned": 0, "called": 0, "waiting": 0}


def test_two_files_of_one_product_have_one_service_and_one_meter():
	make.customer("Nora Burne")
	one, two = boiler(serial_text="M-1"), boiler("Nora Burne", serial_text="M 1")
	for file, value in ((one, 100), (two, 150)):
		readings.take(file, "Hours", value, "Desk")
	readings.take(two, "Starts", 7, "Desk")
	plan()
	assert planning.plan_all() == 2
	frappe.rename_doc("Customer", "Nora Burne", "Nora Byrne", merge=True, force=True)
	assert not frappe.db.exists("Customer Equipment", two)
	assert [row.equipment for row in services()] == [one]
	readings.take(one, "Starts", 9, "Desk")
	assert [(row.meter, row.last_reading) for row in readings.of_product(one)] == [
		("Hours", 150),
		("Starts", 9),
	]


def test_a_renewed_contract_goes_on_with_its_plan(clock):
	make.fiscal_years(getdate().year, getdate().year + 1, getdate().year + 2)
	boiler()
	terms = {"limited_visits": 1, "included_visits": 2, "visit_period": "Year", "service_category": None}
	end = getdate(add_days(add_months(nowdate(), 12), -1))
	contract = make.contract("Nora Byrne", start_date=nowdate(), end_date=end, **terms)
	plan(applies_to="Service Contract", service_contract=contract.name, by_included_visits=1, every_months=0)
	dues = []

	def a_month():
		nightly.plan_and_call()
		for row in services(status="Called"):
			dues.append(row.due_on)
			finish(row.repair_call)
		clock.forward(months=1)

	for _month in range(10):
		a_month()
	renewed = frappe.get_doc(contracts.renewal_of(contract.name)).insert()
	renewed.submit()
	for _month in range(13):
		a_month()
	start = getdate(contract.start_date)
	assert dues == [getdate(add_months(start, months)) for months in (3, 9, 15, 21)]


def test_each_company_plans_its_own_products(clock):
	company = make.company()
	mine, theirs = boiler(serial_text="C-1"), boiler(serial_text="C-2", company=company)
	plan(company=company)
	planning.plan_all()
	(service,) = services()
	assert (service.equipment, service.company) == (theirs, company)
	clock.to(service.call_on)
	nightly.plan_and_call()
	call = frappe.get_doc("Repair Call", services(status="Called")[0].repair_call)
	assert call.company == company
	assert not services(equipment=mine)
