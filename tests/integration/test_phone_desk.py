"""The phone desk's side of the server: finding, looking, promising, registering once."""

import json
from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_datetime, now_datetime, nowdate

from aftersales.field_service import arrival
from aftersales.installed_base import search_keys
from aftersales.service_desk import customer_panel, phone_desk
from aftersales.setup import defaults
from tests import factories as make

AGENT = "orla.desk@example.com"
ACCOUNTANT = "maeve.books@example.com"


@pytest.fixture(scope="module", autouse=True)
def desk(shared_site):
	defaults.insert_missing()
	for values in defaults.shipped():
		if values["doctype"] in ("Service Target", "Service Calendar"):
			defaults.restore(values["doctype"], values["name"])
	frappe.cache.delete_value("aftersales_service_targets")
	for technician in frappe.get_all("Service Technician", pluck="name"):
		frappe.db.set_value("Service Technician", technician, "is_active", 0)
	make.settings(
		default_company=make.COMPANY,
		default_request_type="Repair",
		default_priority="Medium",
		emergency_priority="Emergency",
		working_calendar="Around the Clock",
		arrival_lead=60,
		arrival_window=120,
		visit_minutes=90,
	)
	make.user(AGENT, "Service Agent")
	make.user(ACCOUNTANT, "Service Accountant")
	nora = make.customer("Nora Byrne")
	make.customer("Sean Doyle")
	make.contact(nora, "Niamh", "+353 86 123 4567", "nora@example.com")
	frappe.set_user(AGENT)


def boiler(owner="Nora Byrne", **values):
	return make.equipment(owner, **{"serial_text": "VK24-771204", **values})


def found(text):
	return [(row["customer"], row["equipment"]) for row in phone_desk.search(text)]


def take(entry_key="entry-1", **more):
	values = {"customer": "Nora Byrne", "subject": "No hot water", **more.pop("values", {})}
	return phone_desk.take_call(json.dumps(values), entry_key, **more)


@pytest.mark.parametrize(
	"typed", ["086 123", "+353 86 123 4567", "0035386", "861234567", "byr", "Nora By", "niamh"]
)
def test_a_customer_is_found_by_phone_and_name(typed):
	assert ("Nora Byrne", None) in found(typed)
	assert ("Sean Doyle", None) not in found(typed)


@pytest.mark.parametrize("typed", ["VK24", "vk24-7712", "771204", "byrne vk24"])
def test_a_product_is_found_by_its_serial(typed):
	name = boiler()
	(row,) = [row for row in phone_desk.search(typed) if row["equipment"]]
	assert (row["customer"], row["equipment"], row["kind"]) == ("Nora Byrne", name, "Serial")
	assert row["serial"] == "VK24-771204"


def test_who_called_before_is_known_though_on_no_contact():
	make.plain_call("Sean Doyle", contact_name="Site office", contact_phone="01 555 0199 77")
	assert found("01 555 0199 77") == [("Sean Doyle", None)]


@pytest.mark.parametrize("typed", ["", " ", "b", "08", "zzzz", "%", "__"])
def test_nothing_is_found_for_nothing(typed):
	assert found(typed) == []


def test_keys_follow_their_source():
	frappe.set_user("Administrator")
	name = boiler()
	doc = frappe.get_doc("Customer Equipment", name)
	doc.serial_text = "QX-9001"
	doc.save()
	assert found("VK24") == [] and found("qx9001") == [("Nora Byrne", name)]
	contact = frappe.get_doc("Contact", {"first_name": "Niamh"})
	contact.phone_nos = []
	contact.append("phone_nos", {"phone": "087 999 1111", "is_primary_mobile_no": 1})
	contact.save()
	assert ("Nora Byrne", None) in found("087 999")
	customer = frappe.get_doc("Customer", "Nora Byrne")
	customer.customer_name = "Nora Quirke"
	customer.save()
	assert ("Nora Byrne", None) in found("quirke")
	frappe.delete_doc("Customer Equipment", name)
	assert found("qx9001") == []


def test_a_renamed_customer_is_found_by_the_new_name():
	frappe.set_user("Administrator")
	frappe.rename_doc("Customer", "Sean Doyle", "Sean Murphy")
	assert ("Sean Murphy", None) in found("murphy")


def test_a_customer_nobody_needs_can_be_deleted():
	frappe.set_user("Administrator")
	make.customer("Passing Trade")
	frappe.delete_doc("Customer", "Passing Trade")
	assert not frappe.db.exists("Service Search Key", {"customer": "Passing Trade"})


def test_rebuilding_gives_the_same_keys():
	boiler()
	# The factory wrote the number past the form; a save of the form that changes it writes its keys
	frappe.db.set_value("Customer", "Nora Byrne", "mobile_no", None)
	frappe.get_doc("Customer", "Nora Byrne").save()
	assert frappe.db.get_value("Customer", "Nora Byrne", "mobile_no"), "fetched from the primary contact"
	fields = ["search_key", "kind", "customer", "contact", "equipment"]
	kept = sorted(map(str, frappe.get_all("Service Search Key", fields=fields, as_list=True)))
	assert search_keys.rebuild() == len(kept)
	assert sorted(map(str, frappe.get_all("Service Search Key", fields=fields, as_list=True))) == kept


def test_user_permissions_hold():
	frappe.set_user("Administrator")
	make.make("User Permission", user=AGENT, allow="Customer", for_value="Sean Doyle")
	frappe.set_user(AGENT)
	assert found("byrne") == []
	assert ("Sean Doyle", None) in found("doyle")


def test_what_the_desk_sees_of_a_customer():
	name = boiler()
	call = make.plain_call("Nora Byrne", equipment=name)
	over = make.plain_call("Nora Byrne", subject="Noise")
	over.resolve_by_phone("Valve opened")
	complaint = make.make("Service Complaint", customer="Nora Byrne", subject="Late")
	frappe.db.set_value("Customer", "Nora Byrne", "customer_details", "Deaf in one ear; wants a quieter pump")
	seen = phone_desk.about_customer("Nora Byrne")
	assert seen["note"] == customer_panel.load("Repair Call", call.name)["note"]
	assert seen["note"] == "Deaf in one ear; wants a quieter pump"
	assert (seen["contact_name"], seen["contact_phone"]) == ("Niamh", "+353 86 123 4567")
	assert [row.name for row in seen["products"]] == [name]
	assert [row.name for row in seen["open"]] == [call.name]
	assert [(row.name, row.resolution) for row in seen["history"]] == [(over.name, "Valve opened")]
	assert [row.name for row in seen["complaints"]] == [complaint.name]


def test_a_preview_is_what_the_call_becomes():
	name = boiler(warranty_until=add_days(nowdate(), 100), item_group="Products")
	values = {"customer": "Nora Byrne", "equipment": name, "subject": "No hot water", "hazard": "Gas"}
	seen = phone_desk.preview(json.dumps(values))
	count = frappe.db.count("Repair Call")
	call = frappe.get_doc("Repair Call", take(values=values)["name"])
	assert frappe.db.count("Repair Call") == count + 1, "the preview has written nothing"
	for field in ("coverage", "coverage_until", "service_category", "priority", "service_zone"):
		assert seen[field] == call.get(field)
	assert (seen["coverage"], seen["priority"]) == ("Warranty", "Emergency")
	assert get_datetime(seen["due"]) > now_datetime()
	again = phone_desk.preview(json.dumps(values))
	assert [row.name for row in again["open"]] == [call.name]


def test_a_preview_for_somebody_who_is_not_on_file():
	seen = phone_desk.preview({"subject": "", "hazard": "Fire", "brand": "Calora"})
	assert (seen["coverage"], seen["priority"], seen["open"]) == ("Unknown", "Emergency", [])


def test_a_call_taken_is_triaged_and_answered():
	answer = take(values={"contact_phone": "086 123 4567"})
	call = frappe.get_doc("Repair Call", answer["name"])
	assert (call.status, call.channel, call.call_owner) == ("Triaged", "Phone", AGENT)
	assert call.responded_at


def test_solved_on_the_phone():
	call = frappe.get_doc("Repair Call", take(resolution="Opened the valve")["name"])
	assert (call.status, call.resolved_by_phone, call.resolution) == ("Resolved", 1, "Opened the valve")


def test_a_window_is_promised():
	start = add_to_date(now_datetime(), days=1).replace(microsecond=0)
	end = start + timedelta(hours=2)
	call = frappe.get_doc("Repair Call", take(promised_from=str(start), promised_to=str(end))["name"])
	assert (call.status, call.promised_from, call.promised_to) == ("Scheduled", start, end)


def test_the_same_entry_is_registered_once():
	first, again = take(), take(values={"subject": "Sent again"})
	assert first["name"] == again["name"]
	assert frappe.db.count("Repair Call", {"entry_key": "entry-1"}) == 1
	assert take("entry-2")["name"] != first["name"]


# ---------------------------------------------------------------------------- sold, without a product file


def sold(number="HF-9004-77", owner="Nora Byrne", **values) -> str:
	"""A serial that ERPNext delivered to a customer: it writes him past the document."""
	user = frappe.session.user
	frappe.set_user("Administrator")
	item = make.item("Heat Pump 9", has_serial_no=1)
	serial = frappe.get_doc({"doctype": "Serial No", "serial_no": number, "item_code": item, **values})
	serial.flags.via_stock_ledger = True
	serial.insert(ignore_permissions=True)
	frappe.db.set_value("Serial No", number, "customer", owner)
	frappe.set_user(user)
	return number


@pytest.mark.parametrize("typed", ["HF-9004-77", "hf-9004", " hf-9 "])
def test_a_serial_that_only_erpnext_knows_is_found(typed):
	sold()
	(row,) = phone_desk.search(typed)
	assert (row.kind, row.customer, row.serial_no) == ("Serial No", "Nora Byrne", "HF-9004-77")
	assert row.product == "Heat Pump 9"


@pytest.mark.parametrize("typed", ["hf9004", "9004", "HF-_004", "%9004", "hfx"])
def test_what_is_no_beginning_of_it_is_not(typed):
	sold()
	assert phone_desk.search(typed) == []


def test_a_serial_of_nobody_or_with_a_product_file_is_not_offered():
	sold("HF-1111", owner=None)
	sold("HF-2222")
	boiler(serial_no="HF-2222", serial_text=None, item_code="Heat Pump 9")
	assert phone_desk.search("HF-1111") == []
	assert [row.get("serial_no") for row in phone_desk.search("HF-2222")] == [None]


def test_only_who_may_read_the_customer_is_told_of_a_serial():
	sold("HF-3333", owner="Sean Doyle")
	frappe.set_user("Administrator")
	make.make("User Permission", user=AGENT, allow="Customer", for_value="Nora Byrne")
	frappe.set_user(AGENT)
	assert phone_desk.search("HF-3333") == []


def test_a_sold_product_gets_its_file_with_the_call_and_once():
	values = {"serial_no": sold()}
	call = frappe.get_doc("Repair Call", take(values=values, keep_product=1)["name"])
	product = frappe.get_doc("Customer Equipment", call.equipment)
	assert (product.customer, product.serial_no, product.item_code) == (
		"Nora Byrne",
		"HF-9004-77",
		"Heat Pump 9",
	)
	again = frappe.get_doc("Repair Call", take("entry-2", values=values, keep_product=1)["name"])
	assert again.equipment == product.name
	(row,) = phone_desk.search("hf-9004")
	assert row.equipment == product.name


def test_nobody_writes_the_key_of_an_entry():
	call = frappe.get_doc("Repair Call", take()["name"])
	call.entry_key = "entry-2"
	with pytest.raises(frappe.PermissionError):
		call.save()
	sent_along = make.plain_call("Nora Byrne", entry_key="entry-3")
	assert not sent_along.entry_key


def test_an_entry_lost_to_another_request_gives_that_one_s_call(monkeypatch):
	first = take()
	asked = frappe.db.get_value
	# the other request's call is not in this request's snapshot yet
	monkeypatch.setattr(
		frappe.db,
		"get_value",
		lambda doctype, filters=None, *args, **more: None
		if filters == {"entry_key": "entry-1"} and not more.get("for_update")
		else asked(doctype, filters, *args, **more),
	)
	again = take(new_customer=json.dumps({"customer_name": "Nobody New"}), values={"customer": ""})
	assert again["name"] == first["name"]
	assert not frappe.db.exists("Customer", "Nobody New"), "what the lost request had made is undone"


def test_a_new_customer_with_a_new_product():
	answer = take(
		values={
			"customer": "",
			"contact_phone": "01 999 0001",
			"brand": "Calora",
			"model": "GWH 11",
			"serial_text": "CAL-77",
		},
		new_customer=json.dumps({"customer_name": "Ciara Nolan"}),
		keep_product=1,
	)
	call = frappe.get_doc("Repair Call", answer["name"])
	product = frappe.get_doc("Customer Equipment", call.equipment)
	assert (call.customer_name, product.brand, product.serial_text) == ("Ciara Nolan", "Calora", "CAL-77")
	assert ("Ciara Nolan", product.name) in found("cal77")
	assert any(row["customer"] == "Ciara Nolan" for row in phone_desk.search("01999"))


def test_new_records_need_the_permission():
	frappe.set_user("Administrator")
	make.user("vera.view@example.com", "Service Technician")
	frappe.set_user("vera.view@example.com")
	for act in (lambda: phone_desk.search("byrne"), take, lambda: phone_desk.about_customer("Nora Byrne")):
		with pytest.raises(frappe.PermissionError):
			act()


@pytest.mark.parametrize(
	("values", "because"),
	[
		({"subject": ""}, "[Ss]ubject"),
		({"customer": "", "subject": "x"}, "[Cc]ustomer"),
		({"equipment": "other"}, "belongs to customer"),
	],
)
def test_what_does_not_fit_is_refused(values, because):
	if values.get("equipment"):
		values = {"equipment": boiler("Sean Doyle")}
	with pytest.raises(frappe.ValidationError, match=because):
		take(values=values)


def test_only_what_may_be_typed_is_taken():
	call = frappe.get_doc("Repair Call", take(values={"status": "Closed", "coverage": "Warranty"})["name"])
	assert (call.status, call.coverage) == ("Triaged", "Unknown")


def test_a_complaint_by_phone_is_handed_over():
	answer = take(values={"request_type": "Complaint", "subject": "Rude on the phone"})
	assert frappe.db.get_value("Service Complaint", answer["complaint"], "intake_call") == answer["name"]


# ---------------------------------------------------------------- arrival windows


def windows(**values):
	now = now_datetime().replace(hour=9, minute=0, second=0, microsecond=0)
	return now, arrival.suggest(make.COMPANY, **{"now": now, **values})


def test_a_qualified_technician_beside_his_visits():
	frappe.set_user("Administrator")
	make.technician("Aoife Doyle")
	make.technician("Brian Casey", skills=[{"item_group": "Services", "support_kind": "Both"}])
	now, _found = windows()
	busy = make.planned(
		make.call("Nora Byrne"),
		"Aoife Doyle",
		planned_start=now + timedelta(hours=1),
		planned_end=now + timedelta(hours=3),
	)
	_now, found = windows(item_group="Products")
	assert {window.technician for window in found} == {"Aoife Doyle"}
	assert found[0].start == get_datetime(busy.planned_end)
	assert windows(item_group="Products", support_kind="Use")[1] == found


def test_a_promise_is_kept_free_until_it_is_dispatched():
	frappe.set_user("Administrator")
	make.technician("Aoife Doyle")
	now = windows()[0] + timedelta(days=1)  # a window of today may be over when this runs
	_now, free = windows(now=now)
	promise = (free[0].start, free[0].end)
	call = make.plain_call("Nora Byrne")
	call.schedule(*promise)
	assert windows(now=now, promised=[(call.name, *promise)])[1][0].start >= promise[0] + timedelta(
		minutes=90
	)
	make.planned(
		call, "Aoife Doyle", planned_start=now + timedelta(hours=20), planned_end=now + timedelta(hours=21)
	)
	assert windows(now=now, promised=[(call.name, *promise)])[1][0].start == free[0].start, (
		"the visit counts, not the promise"
	)


def test_an_expired_certificate_and_a_day_off():
	frappe.set_user("Administrator")
	make.technician(
		"Aoife Doyle",
		skills=[{"item_group": "Products", "support_kind": "Both", "valid_until": add_days(nowdate(), -1)}],
	)
	assert windows(item_group="Products")[1] == []
	holidays = make.make(
		"Holiday List",
		holiday_list_name="Brian",
		from_date=nowdate(),
		to_date=add_days(nowdate(), 1),
		holidays=[{"holiday_date": nowdate(), "description": "Off"}],
	)
	make.technician("Brian Casey", holiday_list=holidays.name)
	now, found = windows(item_group="Products")
	assert found[0].start.date() == add_to_date(now, days=1).date()


def test_nobody_is_promised_after_his_certificate_has_run_out():
	frappe.set_user("Administrator")
	until = add_days(nowdate(), 2)
	make.technician(
		"Aoife Doyle",
		skills=[{"item_group": "Products", "support_kind": "Both", "valid_until": until}],
	)
	_now, found = windows(item_group="Products", count=100)
	assert found and max(str(window.end) for window in found) <= f"{add_days(nowdate(), 3)} 00:00:00"


def test_days_off_hold_without_working_hours_too():
	frappe.set_user("Administrator")
	frappe.db.set_single_value("Aftersales Settings", "working_calendar", None)
	frappe.clear_document_cache("Aftersales Settings")
	tomorrow, after = add_days(nowdate(), 1), add_days(nowdate(), 2)
	holidays = make.make(
		"Holiday List",
		holiday_list_name="Aoife",
		from_date=nowdate(),
		to_date=after,
		holidays=[{"holiday_date": tomorrow, "description": "Off"}],
	)
	make.technician("Aoife Doyle", holiday_list=holidays.name)
	_now, found = windows(item_group="Products", count=20)
	days = {str(window.start.date()) for window in found}
	assert tomorrow not in days and {nowdate(), after} <= days


def test_working_hours_and_an_emergency_at_night():
	frappe.set_user("Administrator")
	make.settings(working_calendar="Service Hours")
	make.technician("Aoife Doyle")
	night = get_datetime("2026-03-02 22:10:00")  # a Monday
	(first, *_rest) = arrival.suggest(make.COMPANY, now=night)
	assert str(first.start) == "2026-03-03 08:00:00"
	due = night + timedelta(hours=1)
	(first, second, _third) = arrival.suggest(make.COMPANY, now=night, due=due, emergency=True)
	assert (str(first.start), first.end, first.outside_hours) == ("2026-03-02 22:30:00", due, True)
	assert not second.outside_hours


def test_the_form_gets_windows_for_its_call():
	frappe.set_user("Administrator")
	make.technician("Aoife Doyle")
	call = make.plain_call("Nora Byrne")
	frappe.set_user(AGENT)
	assert len(phone_desk.suggest_windows(call.name)) == 3
