"""Repair Call: intake, triage, coverage, progress and their guards, on a real site."""

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_datetime, getdate, now_datetime, nowdate

from aftersales.installed_base import location
from aftersales.service_calls import calls
from aftersales.service_calls.repeat_calls import find_related
from tests import factories as make
from tests.refusals import assert_done, assert_refused

AGENT = "orla.desk@example.com"
SUPERVISOR = "fergal.super@example.com"
ACCOUNTANT = "maeve.books@example.com"


@pytest.fixture(scope="module", autouse=True)
def desk(shared_site):
	"""A service desk with its people, categories and settings."""
	for name in ("A", "B", "C", "D"):
		make.category(name)
	make.category("Goodwill", requires_authorisation=1)
	for priority in ("Emergency", "Low", "Medium", "High"):
		if not frappe.db.exists("Issue Priority", priority):
			make.make("Issue Priority", name=priority)
	make.request_type("Repair", default_support_kind="Use")
	make.settings(
		default_company=make.COMPANY,
		default_request_type="Repair",
		default_priority="Medium",
		emergency_priority="Emergency",
		repeat_days=30,
		next_action_within=240,
		working_calendar=None,
		follow_up_days=7,
	)
	make.user(AGENT, "Service Agent")
	make.user(SUPERVISOR, "Service Supervisor", "Service Agent")
	make.user(ACCOUNTANT, "Service Accountant")
	frappe.set_user(AGENT)


@pytest.fixture
def nora(desk):
	frappe.set_user("Administrator")
	name = make.customer("Nora Byrne")
	frappe.set_user(AGENT)
	return name


def as_admin(function, *args, **kwargs):
	"""Prepare something that is not this test's subject."""
	user = frappe.session.user
	frappe.set_user("Administrator")
	try:
		return function(*args, **kwargs)
	finally:
		frappe.set_user(user)


def boiler(owner: str, **values) -> str:
	return as_admin(make.equipment, owner, **values)


def resolved(call):
	call.resolve(resolution="Seal replaced")
	return call


def closed(call):
	resolved(call).close()
	return call


def timeline(doc, kind: str = "Comment") -> str:
	rows = frappe.get_all(
		"Comment",
		filters={"reference_doctype": doc.doctype, "reference_name": doc.name, "comment_type": kind},
		pluck="content",
		order_by="creation",
	)
	return " | ".join(rows)


# ---------------------------------------------------------------- intake


def test_a_call_gets_its_defaults(nora):
	before = now_datetime()
	call = frappe.get_doc({"doctype": "Repair Call", "customer": nora, "subject": "No hot water"}).insert()
	assert call.company == make.COMPANY
	assert (call.request_type, call.support_kind, call.priority) == ("Repair", "Use", "Medium")
	assert (call.status, call.channel) == ("Open", "Phone")
	assert call.call_owner == AGENT
	assert call.next_action == "Call back and triage"
	late = (get_datetime(call.next_action_by) - before).total_seconds()
	assert 240 * 60 <= late < 240 * 60 + 60
	assert (call.coverage, call.proposed_category, call.service_category) == ("Unknown", "A", "A")


def test_the_first_action_is_due_in_working_time_but_on_an_emergency(nora, clock):
	"""Told on a Friday at 17:00, with four hours of working time: Monday at 11:00; smell of gas: that evening."""
	days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
	windows = [{"weekday": day, "start_time": "08:00:00", "end_time": "18:00:00"} for day in days]
	hours = as_admin(make.make, "Service Calendar", calendar_name="Hours of the Desk", windows=windows)
	as_admin(make.settings, working_calendar=hours.name)
	clock.to("2027-03-05 17:00:00")
	ordinary, emergency = make.plain_call(nora), make.plain_call(nora, hazard="Gas")
	assert str(ordinary.next_action_by)[:16] == "2027-03-08 11:00"
	assert str(emergency.next_action_by)[:16] == "2027-03-05 21:00"
	clock.to("2027-03-08 10:00:00")
	ordinary.reload().triage()
	assert str(ordinary.next_action_by)[:16] == "2027-03-08 14:00"


def test_a_landline_of_the_contact_is_better_than_no_number(nora):
	contact = frappe.get_doc("Contact", as_admin(make.contact, nora, "Nora"))
	contact.append("phone_nos", {"phone": "+353 1 555 0100", "is_primary_phone": 1})
	as_admin(contact.save)
	assert make.plain_call(nora).contact_phone == "+353 1 555 0100"


def test_contact_and_address_come_from_the_customer_when_the_caller_gave_none(nora):
	as_admin(make.contact, nora, "Nora", "+353 86 123 4567", "nora@example.com")
	address = as_admin(make.address, nora)
	as_admin(make.zone, "Canal", "D04")
	call = make.plain_call(nora)
	assert (call.contact_name, call.contact_phone) == ("Nora", "+353 86 123 4567")
	assert call.contact_email == "nora@example.com"
	assert call.service_address == address
	assert "4 Grand Canal Quay" in call.service_address_display
	assert call.service_zone == "Canal"


def test_an_address_is_written_as_its_country_writes_it(nora):
	values = {
		"line": "Gran Vía 1",
		"pincode": "28013",
		"city": "Madrid",
		"state": "Madrid",
		"country": "Spain",
	}
	address = as_admin(make.address, nora, phone="+34911234567", **values)
	call = make.plain_call(nora, service_address=address)
	lines = ["Gran Vía 1", "28013 Madrid", "Spain", "Phone: 911 23 45 67"]
	assert call.service_address_display.splitlines() == lines
	as_admin(make.make, "Address Template", country="Spain", template="{{ city }}, {{ address_line1 }}")
	assert location.display(address) == "Madrid, Gran Vía 1", "the site's own template goes before"


def test_what_the_caller_said_is_kept(nora):
	as_admin(make.contact, nora, "Nora", "+353 86 123 4567", "nora@example.com")
	as_admin(make.address, nora)
	elsewhere = as_admin(make.address, nora, line="9 Quay St")
	call = make.plain_call(nora, contact_name="The tenant", service_address=elsewhere)
	assert (call.contact_name, call.contact_phone, call.contact_email) == ("The tenant", None, None)
	assert call.service_address == elsewhere
	assert "9 Quay St" in call.service_address_display


def test_zone_follows_a_changed_address_unless_it_was_chosen(nora):
	as_admin(make.zone, "Canal", "D04")
	as_admin(make.zone, "Coast", "A94")
	as_admin(make.zone, "Islands", "")
	near = as_admin(make.address, nora, pincode="D04 X285")
	far = as_admin(make.address, nora, line="1 Sea Road", pincode="A94 F6X0")
	call = make.plain_call(nora, service_address=near)
	assert call.service_zone == "Canal"
	call.service_address = far
	call.save()
	assert call.service_zone == "Coast"
	call.update({"service_address": near, "service_zone": "Islands"})
	call.save()
	assert call.service_zone == "Islands"


def test_territory_decides_where_no_postal_code_does(nora):
	as_admin(make.zone, "Whole Country", "", territory="Ireland")
	assert make.plain_call(nora).service_zone == "Whole Country"


def test_product_data_is_taken_from_the_product_file(nora):
	name = boiler(nora, brand="Baxi", model="600 Combi", serial_text="PL-77", item_group="Products")
	call = make.plain_call(equipment=name)
	assert (call.customer, call.customer_name) == (nora, "Nora Byrne")
	assert (call.brand, call.model, call.serial_text) == ("Baxi", "600 Combi", "PL-77")
	assert call.item_group == "Products"


@pytest.mark.parametrize("by", ["serial_no", "serial_text"])
def test_the_product_file_is_found_by_its_serial(nora, by):
	as_admin(make.item, "BOILER-24", has_serial_no=1)
	as_admin(make.serial_no, "SN-24-1", "BOILER-24")
	name = boiler(nora, serial_no="SN-24-1", serial_text="PL-77", item_code="BOILER-24")
	serial = {"serial_no": "SN-24-1"} if by == "serial_no" else {"serial_text": "pl-77"}
	assert make.plain_call(nora, **serial).equipment == name


def test_the_same_plate_number_of_another_maker_or_customer_is_another_product(nora):
	boiler(nora, brand="Baxi", serial_text="PL-77")
	other = as_admin(make.customer, "Sean Doyle")
	assert make.plain_call(nora, brand="Ideal", serial_text="PL-77").equipment is None
	assert make.plain_call(other, brand="Baxi", serial_text="PL-77").equipment is None


def test_another_makers_product_needs_no_item_and_no_serial(nora):
	call = make.plain_call(nora, brand="Vaillant", model="ecoTEC", serial_text="2119-X")
	assert (call.item_code, call.serial_no, call.equipment) == (None, None, None)
	assert call.coverage == "Unknown"


def test_equipment_of_another_customer_is_refused(nora):
	other = as_admin(make.customer, "Sean Doyle")
	theirs = boiler(other)
	with pytest.raises(frappe.ValidationError, match="belongs to customer"):
		make.plain_call(nora, equipment=theirs)
	assert_refused(make.plain_call(nora), "belongs to customer", equipment=theirs)


def test_serial_of_another_item_is_refused(nora):
	as_admin(make.item, "BOILER-24", has_serial_no=1)
	as_admin(make.item, "PUMP-3", has_serial_no=1)
	as_admin(make.serial_no, "SN-24-1", "BOILER-24")
	with pytest.raises(frappe.ValidationError, match="belongs to item"):
		make.plain_call(nora, item_code="PUMP-3", serial_no="SN-24-1")
	call = make.plain_call(nora, serial_no="SN-24-1")
	assert call.item_code == "BOILER-24"
	assert_refused(call, "belongs to item", item_code="PUMP-3")


def test_the_serial_record_is_never_written(nora):
	as_admin(make.item, "BOILER-24", has_serial_no=1)
	as_admin(make.serial_no, "SN-24-1", "BOILER-24", warranty_expiry_date=add_days(nowdate(), 10))
	before = frappe.db.get_value("Serial No", "SN-24-1", "*", as_dict=True)
	file = boiler(nora, serial_no="SN-24-1")
	closed(make.plain_call(nora, serial_no="SN-24-1", equipment=file))
	assert frappe.db.get_value("Serial No", "SN-24-1", "*", as_dict=True) == before


def test_a_code_of_the_wrong_kind_is_refused(nora):
	as_admin(make.fault_code, "FLT-TEST", "Fault")
	assert_refused(make.plain_call(nora), "not a code of kind Symptom", symptom_code="FLT-TEST")


def test_a_call_cannot_be_received_in_the_future(nora):
	with pytest.raises(frappe.ValidationError, match="future"):
		make.plain_call(nora, received_at=add_to_date(now_datetime(), hours=2))


# ---------------------------------------------------------------- urgency (R-IN-4)


def test_a_hazard_makes_an_emergency_whatever_else_is_set(nora):
	assert make.plain_call(nora, hazard="Gas", priority="Low").priority == "Emergency"
	call = make.plain_call(nora, priority="Low")
	assert_done(call, hazard="Water Leak")
	assert call.priority == "Emergency"


def test_an_agent_cannot_lower_or_withdraw_a_hazard(nora):
	call = make.plain_call(nora, hazard="Gas")
	assert_refused(call, "needs one of the roles", priority="Low")
	assert_refused(call, "needs one of the roles", priority="Low", priority_reason="valve is shut")
	assert_refused(call, "needs one of the roles", hazard="", priority_reason="smelt nothing")
	assert_refused(call, "needs one of the roles", hazard="", priority="Low", priority_reason="x")


def test_a_supervisor_lowers_it_with_a_reason_and_it_is_logged(nora):
	call = make.plain_call(nora, hazard="Gas")
	frappe.set_user(SUPERVISOR)
	assert_refused(call, "Reason for Lowering", priority="High")
	assert_done(call, priority="High", priority_reason="Main valve is shut <b>now</b>")
	assert "Main valve is shut &lt;b&gt;now&lt;/b&gt;" in timeline(call)
	assert "Emergency" in timeline(call) and "High" in timeline(call)
	frappe.set_user(AGENT)
	assert_done(call, contact_name="Nora")  # the lowered priority stands
	assert call.priority == "High"
	assert_refused(call, "needs one of the roles", priority="Low")


def test_without_a_named_emergency_priority_the_message_says_where_to_set_it(nora):
	frappe.db.set_single_value("Aftersales Settings", "emergency_priority", None)
	frappe.clear_document_cache("Aftersales Settings", "Aftersales Settings")
	with pytest.raises(frappe.ValidationError, match="Emergency Priority"):
		make.plain_call(nora, hazard="Gas")
	assert make.plain_call(nora).priority == "Medium"


def test_priority_of_the_request_type_comes_first(nora):
	as_admin(make.request_type, "Complaint Test", default_priority="High")
	assert make.plain_call(nora, request_type="Complaint Test").priority == "High"
	assert make.plain_call(nora, request_type="Complaint Test", priority="Low").priority == "Low"


# ---------------------------------------------------------------- coverage and category (R-IN-6)


def in_warranty(owner: str, days: int = 10) -> str:
	return boiler(owner, serial_text="PL-W", warranty_until=add_days(nowdate(), days))


def test_warranty_of_the_serial_is_stored_with_its_source(nora):
	as_admin(make.item, "BOILER-24", has_serial_no=1)
	until = add_days(nowdate(), 10)
	as_admin(make.serial_no, "SN-24-1", "BOILER-24", warranty_expiry_date=until)
	call = make.plain_call(nora, serial_no="SN-24-1")
	assert (call.coverage, call.coverage_source) == ("Warranty", "Serial No SN-24-1")
	assert getdate(call.coverage_until) == getdate(until)
	assert (call.proposed_category, call.service_category) == ("C", "C")


def test_coverage_counts_on_the_day_of_receipt(nora):
	file = in_warranty(nora, days=-5)
	assert make.plain_call(nora, equipment=file).coverage == "None"
	earlier = make.plain_call(nora, equipment=file, received_at=add_days(now_datetime(), -6))
	assert (earlier.coverage, earlier.service_category) == ("Warranty", "C")


def test_the_snapshot_outlives_the_product_file(nora):
	file = in_warranty(nora)
	call = make.plain_call(nora, equipment=file)
	frappe.db.set_value("Customer Equipment", file, "warranty_until", add_days(nowdate(), -300))
	call.contact_name = "Nora"
	call.save()
	assert call.coverage == "Warranty"


def test_while_under_triage_a_corrected_product_gets_its_own_coverage(nora):
	covered, old = in_warranty(nora), boiler(nora, serial_text="PL-OLD")
	call = make.plain_call(nora, equipment=covered)
	assert_done(call, equipment=old)
	assert (call.coverage, call.coverage_source, call.service_category) == ("Unknown", None, "A")
	assert call.serial_text == "PL-OLD"
	call.start_work()
	assert_done(call, equipment=covered)
	assert (call.coverage, call.service_category) == ("Unknown", "A")  # frozen


def test_application_support_is_not_a_matter_of_warranty(nora):
	as_admin(make.request_type, "Training Test", default_support_kind="Application")
	call = make.plain_call(nora, equipment=in_warranty(nora), request_type="Training Test")
	assert (call.support_kind, call.coverage) == ("Application", "Warranty")
	assert call.service_category == "A"


def test_coverage_and_proposal_are_fields_of_record(nora):
	call = make.plain_call(nora)
	assert_refused(call, "set by the system", coverage="Warranty")
	assert_refused(call, "set by the system", coverage_until=add_days(nowdate(), 99))
	assert_refused(call, "set by the system", proposed_category="C")
	assert_refused(call, "set by the system", is_repeat=1)
	assert_refused(call, "set by the system", arrived_at=now_datetime())
	forged = make.plain_call(nora, coverage="Warranty", proposed_category="C", resolved_at=now_datetime())
	assert (forged.coverage, forged.proposed_category, forged.resolved_at) == ("Unknown", "A", None)


def test_an_agent_cannot_choose_another_category(nora):
	call = make.plain_call(nora)
	assert_refused(call, "needs one of the roles", service_category="C")
	assert_refused(call, "needs one of the roles", service_category="C", category_reason="He insists")
	with pytest.raises(frappe.PermissionError):
		make.plain_call(nora, service_category="C", category_reason="He insists")
	with pytest.raises(frappe.PermissionError):
		make.plain_call(nora, service_category="Goodwill", category_reason="Old customer")


def test_a_supervisor_chooses_another_category_with_a_reason(nora):
	call = make.plain_call(nora)
	frappe.set_user(SUPERVISOR)
	assert_refused(call, "Reason for Another Category", service_category="C")
	assert_done(call, service_category="Goodwill", category_reason="Third visit in a year")
	assert call.proposed_category == "A"
	assert "Category Goodwill instead of A: Third visit in a year" in timeline(call)
	frappe.set_user(AGENT)
	assert_refused(call, "needs one of the roles", service_category="A")
	by_hand = frappe.get_doc("Repair Call", call.name)
	by_hand.service_category = None
	by_hand.save()
	assert by_hand.service_category == "Goodwill"  # emptying it does not undo the decision


def test_an_overridden_category_survives_a_new_proposal(nora):
	call = make.plain_call(nora)
	frappe.set_user(SUPERVISOR)
	assert_done(call, service_category="D", category_reason="Our own demonstration unit")
	assert_done(call, equipment=in_warranty(nora))
	assert (call.proposed_category, call.service_category) == ("C", "D")


def test_a_disabled_category_is_refused_and_not_proposed(nora):
	frappe.db.set_value("Service Category", "C", "disabled", 1)
	frappe.clear_document_cache("Service Category", "C")
	call = make.plain_call(nora, equipment=in_warranty(nora))
	assert call.coverage == "Warranty"
	assert (call.proposed_category, call.service_category) == (None, None)
	assert_refused(call, "is disabled", service_category="C")


def test_repair_warranty_covers_the_symptom_repaired(nora):
	for code in ("SYM-LEAK-T", "SYM-NOISE-T"):
		as_admin(make.fault_code, code)
	file = boiler(nora)
	closed(make.plain_call(nora, equipment=file, symptom_code="SYM-LEAK-T"))
	from aftersales.installed_base.equipment import extend_repair_warranty

	extend_repair_warranty(file, add_days(nowdate(), 90))
	again = make.plain_call(nora, equipment=file, symptom_code="SYM-LEAK-T")
	assert (again.coverage, again.coverage_source) == ("Repair Warranty", f"Repair of {file}")
	assert again.service_category == "C"
	other = make.plain_call(nora, equipment=file, symptom_code="SYM-NOISE-T")
	assert (other.coverage, other.service_category) == ("Unknown", "A")
	assert make.plain_call(nora, equipment=file).coverage == "Repair Warranty"


# ---------------------------------------------------------------- repeats and duplicates (R-IN-7)


def test_a_repeat_within_the_days_is_flagged_and_linked(nora):
	file = boiler(nora)
	first = closed(make.plain_call(nora, equipment=file))
	again = make.plain_call(nora, equipment=file)
	assert (again.is_repeat, again.repeat_of) == (1, first.name)
	frappe.db.set_value("Repair Call", first.name, "closed_at", add_days(now_datetime(), -31))
	assert make.plain_call(nora, equipment=file).repeat_of is None


def test_another_symptom_is_no_repeat(nora):
	for code in ("SYM-LEAK-T", "SYM-NOISE-T"):
		as_admin(make.fault_code, code)
	file = boiler(nora)
	first = closed(make.plain_call(nora, equipment=file, symptom_code="SYM-LEAK-T"))
	call = make.plain_call(nora, equipment=file, symptom_code="SYM-NOISE-T")
	assert (call.is_repeat, call.repeat_of) == (0, None)
	assert_done(call, symptom_code="SYM-LEAK-T")  # triage finds that it is the old fault
	assert (call.is_repeat, call.repeat_of) == (1, first.name)


def test_a_product_without_file_repeats_by_the_number_on_its_plate(nora):
	first = closed(make.plain_call(nora, serial_text="2119-X"))
	assert make.plain_call(nora, serial_text="2119-X").repeat_of == first.name
	other = as_admin(make.customer, "Sean Doyle")
	assert make.plain_call(other, serial_text="2119-X").repeat_of is None


def test_open_calls_for_the_product_or_the_phone_are_pointed_out(nora):
	file = boiler(nora)
	same_product = make.plain_call(nora, equipment=file)
	same_phone = make.plain_call(nora, contact_phone="+353 86 123 4567")
	done = resolved(make.plain_call(nora, equipment=file))
	found = find_related(customer=nora, equipment=file, contact_phone="086 1234567")
	assert {row.name: row.because for row in found["open"]} == {
		same_product.name: "same product",
		same_phone.name: "same phone",
	}
	assert found["repeats"] == done.name
	assert find_related(customer=nora) == {"open": [], "repeats": None}


def test_related_calls_are_told_only_to_readers(nora):
	file = boiler(nora)
	make.plain_call(nora, equipment=file)
	stranger = as_admin(make.user, "stranger@example.com", "Accounts User")
	frappe.set_user(stranger)
	with pytest.raises(frappe.PermissionError):
		find_related(equipment=file)


# ---------------------------------------------------------------- owner and next action (R-IN-1)


@pytest.mark.parametrize(
	("field", "label"),
	[("call_owner", "Call Owner"), ("next_action", "Next Action"), ("next_action_by", "Next Action by")],
)
def test_an_open_call_keeps_owner_next_action_and_its_date(nora, field, label):
	assert_refused(make.plain_call(nora), f"{label} is required. Enter an owner", **{field: None})


def test_a_disabled_user_cannot_own_a_call(nora):
	gone = as_admin(make.user, "gone@example.com", "Service Agent")
	frappe.db.set_value("User", gone, "enabled", 0)
	frappe.clear_document_cache("User", gone)
	assert_refused(make.plain_call(nora), "disabled", call_owner=gone)


def test_a_new_status_brings_its_next_action_unless_one_was_written(nora):
	call = make.plain_call(nora)
	call.triage()
	assert call.next_action == "Solve by phone, or agree an arrival window"
	start = add_to_date(now_datetime(), days=1)
	end = add_to_date(start, hours=2)
	call.schedule(promised_from=str(start), promised_to=str(end))
	assert call.next_action == "Visit the customer"
	assert get_datetime(call.next_action_by) == get_datetime(end)
	call.next_action = "Order the seal"
	call.start_work()
	assert call.next_action == "Order the seal"
	resolved(call)
	assert call.next_action == "Confirm with the customer and close"
	call.close()
	assert (call.next_action, call.next_action_by) == (None, None)


def open_todos(call) -> list[str]:
	return frappe.get_all(
		"ToDo",
		filters={"reference_type": "Repair Call", "reference_name": call.name, "status": "Open"},
		pluck="allocated_to",
	)


def test_the_owner_is_mirrored_in_frappes_assignments(nora):
	call = make.plain_call(nora)
	assert open_todos(call) == []  # taken by himself
	call.call_owner = SUPERVISOR
	call.save()
	assert open_todos(call) == [SUPERVISOR]
	call.contact_name = "Nora"
	call.save()  # not taken for a stale document
	call.call_owner = AGENT
	call.save()
	assert open_todos(call) == []
	assert frappe.db.get_value("Repair Call", call.name, "call_owner") == AGENT
	call.call_owner = SUPERVISOR
	call.save()
	closed(call)
	assert open_todos(call) == []
	assert frappe.db.get_value("Repair Call", call.name, "call_owner") == SUPERVISOR


# ---------------------------------------------------------------- progress


def test_the_promise_is_a_window(nora):
	call = make.plain_call(nora)
	start = add_to_date(now_datetime(), days=1)
	assert_refused(call, "set both", promised_from=start)
	assert_refused(call, "must end after", promised_from=start, promised_to=start)
	assert_refused(call, "Arrival until", status="Scheduled")
	call.schedule(promised_from=str(start), promised_to=str(add_to_date(start, hours=2)))
	assert call.status == "Scheduled"
	assert call.responded_at


def test_times_are_stamped_when_the_status_means_them(nora):
	call = make.plain_call(nora)
	assert call.responded_at is None
	call.triage()
	answered = call.responded_at
	assert answered
	resolved(call)
	assert (call.responded_at, call.closed_at) == (answered, None)
	assert call.resolved_at
	call.close()
	assert call.closed_at >= call.resolved_at


def test_hold_needs_a_reason_and_resume_goes_back(nora):
	call = make.plain_call(nora)
	call.triage()
	assert_refused(call, "Waiting for", status="On Hold")
	with pytest.raises(frappe.ValidationError):
		frappe.get_doc("Repair Call", call.name).put_on_hold(reason="")
	call.put_on_hold(reason="Customer is away until Monday")
	assert_refused(call, "set by the system", status_before_hold="Scheduled")
	call.resume()
	assert (call.status, call.hold_reason, call.status_before_hold) == ("Triaged", None, None)
	with pytest.raises(frappe.ValidationError, match="on hold"):
		call.resume()


def test_resolving_needs_a_resolution(nora):
	call = make.plain_call(nora)
	assert_refused(call, "Resolution", status="Resolved")
	assert_refused(call, "Resolution", status="Closed")
	with pytest.raises(frappe.MandatoryError):
		make.plain_call(nora, status="Closed")


def test_resolved_by_phone_is_an_outcome_of_its_own(nora):
	call = make.plain_call(nora, request_type=as_admin(make.request_type))
	assert_refused(call, "at the moment it is resolved", resolved_by_phone=1)
	call.resolve_by_phone(resolution="Pressure topped up together on the phone")
	assert (call.status, call.resolved_by_phone) == ("Resolved", 1)
	assert call.resolved_at and call.responded_at
	assert_refused(call, "How the call was resolved cannot be changed", resolved_by_phone=0)
	assert_done(make.plain_call(nora), status="Resolved", resolution="Told how", resolved_by_phone=1)


def test_a_call_somebody_drove_to_was_not_resolved_by_phone(nora):
	call = make.plain_call(nora)
	calls.record_arrival(call.name, now_datetime())
	call.reload()
	with pytest.raises(frappe.ValidationError, match="on site"):
		call.resolve_by_phone(resolution="Told how")
	resolved(frappe.get_doc("Repair Call", call.name))
	assert_refused(call, "at the moment it is resolved", resolved_by_phone=1)


@pytest.mark.parametrize("status", ["Closed", "Cancelled"])
def test_what_is_over_is_opened_only_by_a_supervisor(nora, status):
	call = make.plain_call(nora)
	if status == "Closed":
		closed(call)
	else:
		call.cancel_call(reason="Entered twice")
	for other in ("Open", "In Progress", "Resolved"):
		assert_refused(call, "needs one of the roles", status=other, resolution="x", resolved_by_phone=0)
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Repair Call", call.name).reopen(reason="Leaks again")
	frappe.set_user(SUPERVISOR)
	call.reload()
	with pytest.raises(frappe.MandatoryError):
		call.reopen(reason=" ")
	call.reopen(reason="Leaks again")
	assert call.status == ("Triaged" if status == "Closed" else "Open")
	assert (call.resolved_at, call.closed_at, call.cancel_reason) == (None, None, None)
	assert call.next_action and call.next_action_by
	assert "Leaks again" in timeline(call)


def test_a_resolved_call_may_go_back_to_work(nora):
	call = make.plain_call(nora)
	call.resolve_by_phone(resolution="Told how")
	call.reopen(reason="It did not help")
	assert (call.status, call.resolved_by_phone, call.resolved_at) == ("Triaged", 0, None)


def test_cancelling_needs_a_reason(nora):
	call = make.plain_call(nora)
	assert_refused(call, "Reason for Cancelling", status="Cancelled")
	call.cancel_call(reason="Entered twice")
	assert (call.status, call.cancel_reason) == ("Cancelled", "Entered twice")


def test_a_planned_visit_blocks_closing_and_cancelling(nora):
	call = resolved(make.plain_call(nora))
	visit = as_admin(make.make, "Service Voucher", repair_call=call.name, company=make.COMPANY)
	assert_refused(call, f"open: .*{visit.name}", status="Closed")
	assert_refused(call, f"open: .*{visit.name}", status="Cancelled", cancel_reason="Entered twice")
	frappe.db.set_value("Service Voucher", visit.name, "status", "Cancelled")
	call.reload()
	call.close()
	assert call.status == "Closed"


def test_goods_in_our_hands_block_closing_and_cancelling(nora):
	file = boiler(nora)
	call = resolved(make.plain_call(nora, equipment=file))
	receipt = as_admin(
		make.make,
		"Collection Receipt",
		repair_call=call.name,
		customer=nora,
		equipment=file,
		company=make.COMPANY,
		condition="Scratched cover",
		customer_signature=make.SIGNATURE,
		signed_by="N. Byrne",
	)
	as_admin(receipt.submit)
	assert_refused(call, f"open: .*{receipt.name}", status="Closed")
	assert_refused(call, f"open: .*{receipt.name}", status="Cancelled", cancel_reason="Entered twice")
	frappe.set_user("Administrator")
	assert_refused(call, f"open: .*{receipt.name}", status="Closed")


def test_a_reader_cannot_act(nora):
	call = make.plain_call(nora)
	frappe.set_user(ACCOUNTANT)
	theirs = frappe.get_doc("Repair Call", call.name)
	for action in (
		lambda: theirs.triage(),
		lambda: theirs.schedule(str(now_datetime()), str(now_datetime())),
		lambda: theirs.start_work(),
		lambda: theirs.put_on_hold("x"),
		lambda: theirs.resume(),
		lambda: theirs.resolve_by_phone("x"),
		lambda: theirs.resolve("x"),
		lambda: theirs.close(),
		lambda: theirs.cancel_call("x"),
		lambda: theirs.reopen("x"),
	):
		with pytest.raises(frappe.PermissionError):
			action()
	assert_refused(call, "PermissionError|permission", status="Triaged")


# ---------------------------------------------------------------- what visits and workshop report


def test_dispatch_schedules_and_keeps_a_promise_that_holds(nora):
	call = make.plain_call(nora)
	start = add_to_date(now_datetime(), days=1)
	end = add_to_date(start, hours=4)
	calls.record_dispatch(call.name, start, end)
	call.reload()
	assert (call.status, bool(call.responded_at)) == ("Scheduled", True)
	assert (call.promised_from, call.promised_to) == (get_datetime(start), get_datetime(end))
	within = add_to_date(start, hours=1)
	calls.record_dispatch(call.name, within, add_to_date(within, hours=1))
	call.reload()
	assert call.promised_from == get_datetime(start)
	later = add_to_date(start, days=1)
	calls.record_dispatch(call.name, later, add_to_date(later, hours=1))
	call.reload()
	assert call.promised_from == get_datetime(later)
	assert "Arrival window was" in timeline(call, "Info")


def test_the_first_arrival_counts(nora):
	call = make.plain_call(nora)
	first = add_to_date(now_datetime(), hours=-3)
	calls.record_arrival(call.name, first)
	calls.record_arrival(call.name, now_datetime())
	call.reload()
	assert (call.status, call.arrived_at) == ("In Progress", get_datetime(first))


@pytest.mark.parametrize("outcome", ["Completed", "No Fault Found", "Not Repairable"])
def test_an_outcome_that_ends_the_work_resolves_the_call(nora, outcome):
	as_admin(make.fault_code, "CAU-TEST", "Cause")
	call = make.plain_call(nora)
	calls.resolve_from_job(
		call.name, outcome, "Seal replaced", {"cause_code": "CAU-TEST", "status": "Closed"}
	)
	call.reload()
	assert (call.status, call.resolution, call.cause_code) == ("Resolved", "Seal replaced", "CAU-TEST")
	assert call.resolved_by_phone == 0


@pytest.mark.parametrize(
	("outcome", "next_action"),
	[
		("Revisit Needed", "Plan the next visit"),
		("No Access", "Agree another appointment with the customer"),
		("Taken to Workshop", "Repair in the workshop"),
	],
)
def test_an_outcome_that_leaves_work_brings_the_call_back(nora, outcome, next_action):
	call = resolved(make.plain_call(nora))
	calls.resolve_from_job(call.name, outcome, "Needs a <new> pump", {})
	call.reload()
	assert (call.status, call.next_action, call.resolved_at) == ("In Progress", next_action, None)
	assert "&lt;new&gt;" in timeline(call, "Info")


def test_jobs_cannot_touch_a_call_that_is_over(nora):
	call = closed(make.plain_call(nora))
	frappe.set_user("Administrator")
	for report in (
		lambda: calls.check_open(call.name),
		lambda: calls.record_arrival(call.name, now_datetime()),
		lambda: calls.record_dispatch(call.name, now_datetime(), now_datetime()),
		lambda: calls.resolve_from_job(call.name, "Completed", "x", {}),
	):
		with pytest.raises(frappe.ValidationError, match="supervisor must reopen"):
			report()


# ---------------------------------------------------------------- technicians


def technicians_call(owner: str, user: str | None = None):
	call = make.plain_call(owner)
	if user:
		call.call_owner = user
		call.save()
	return call


def test_a_technician_sees_his_calls_and_those_of_his_visits(nora):
	declan = as_admin(make.user, "declan.tech@example.com", "Service Technician")
	technician = as_admin(make.technician, "Declan Test", user=declan)
	own, visited, other = (
		technicians_call(nora, declan),
		technicians_call(nora),
		technicians_call(nora),
	)
	as_admin(
		make.make,
		"Service Voucher",
		repair_call=visited.name,
		company=make.COMPANY,
		technician=technician,
	)
	frappe.set_user(declan)
	assert set(frappe.get_list("Repair Call", pluck="name")) == {own.name, visited.name}
	assert frappe.has_permission("Repair Call", "read", visited.name) is True
	assert frappe.has_permission("Repair Call", "write", visited.name) is False
	assert frappe.has_permission("Repair Call", "read", other.name) is False
	assert_done(own, contact_name="Nora")
	assert_refused(visited, "ermission", contact_name="Nora")
	assert_refused(other, "ermission", call_owner=declan)  # he cannot give it to himself
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Repair Call", other.name).triage()


def test_a_workshop_technician_reads_the_calls_of_the_workshop(nora):
	brid = as_admin(make.user, "brid.bench@example.com", "Workshop Technician")
	in_workshop, other = technicians_call(nora), technicians_call(nora)
	as_admin(
		make.make,
		"Repair Card",
		repair_call=in_workshop.name,
		company=make.COMPANY,
		customer=nora,
		equipment=boiler(nora),
	)
	frappe.set_user(brid)
	assert frappe.get_list("Repair Call", pluck="name") == [in_workshop.name]
	assert frappe.has_permission("Repair Call", "read", in_workshop.name) is True
	assert frappe.has_permission("Repair Call", "write", in_workshop.name) is False
	assert frappe.has_permission("Repair Call", "read", other.name) is False


def test_a_technician_with_another_service_role_is_not_bound(nora):
	lead = as_admin(make.user, "lead.tech@example.com", "Service Technician", "Service Supervisor")
	call = technicians_call(nora)
	frappe.set_user(lead)
	assert call.name in frappe.get_list("Repair Call", pluck="name")
	assert_done(call, contact_name="Nora")


# ---------------------------------------------------------------- cost of an intake


def test_intake_asks_the_database_little(nora):
	"""A bound on the statements of one insert, product, address, serial and repeats included: it is
	measured against ERPNext's Issue with a service level agreement (23 statements) in benchmarks/."""
	as_admin(make.item, "BOILER-24", has_serial_no=1)
	as_admin(make.serial_no, "SN-24-1", "BOILER-24", warranty_expiry_date=add_days(nowdate(), 10))
	as_admin(make.address, nora)
	file = boiler(nora, serial_no="SN-24-1")
	make.plain_call(nora, equipment=file)
	statements = []
	execute = frappe.db.sql

	def counted(query, *args, **kwargs):
		statements.append(str(query))
		return execute(query, *args, **kwargs)

	frappe.db.sql = counted
	try:
		make.plain_call(nora, equipment=file)
	finally:
		frappe.db.sql = execute
	assert len(statements) <= 16, "\n".join(statements)
