"""The fifteen standards of a manufacturer, one by one: kept, missed, what follows, and what the report says."""

import json
from pathlib import Path

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_datetime, getdate, now_datetime, nowdate

from aftersales.customer_portal import standards_page
from aftersales.service_desk.staff_months import staff_months
from aftersales.service_levels.sweep import sweep
from aftersales.service_quality.report.service_standards import service_standards
from aftersales.service_quality.standards import deviations, sets
from tests import factories as make
from tests import mails, portal

MANAGER, SUPERVISOR, AGENT = "maeve@standards.example", "orla@standards.example", "sean@standards.example"
AOIFE = "aoife@standards.example"
NORA = "nora@standards.example"
CHIEF = "grania@standards.example"
"""A manager who owns no call and leads nobody."""


@pytest.fixture(scope="module")
def masters(shared_clock):
	shared_clock.to(f"{nowdate()} 09:00:00")
	shop = make.shop()
	make.fiscal_years(getdate().year + 1)
	make.contact(shop.customer, "Nora", "+353 1 555 77", NORA)
	make.user(MANAGER, "Service Manager", "Service Supervisor", "Service Agent")
	make.user(SUPERVISOR, "Service Supervisor", "Service Agent")
	make.user(AGENT, "Service Agent")
	make.user(CHIEF, "Service Manager")
	make.user(AOIFE, "Service Technician")
	frappe.db.set_value("Service Technician", shop.technician, "user", AOIFE)
	mails.mailbox()
	make.settings(send_customer_messages=1, delay_rate_per_day=10, delay_grace_days=0, delay_max_percent=100)
	frappe.set_user(MANAGER)
	sets.install("manufacturer")
	frappe.set_user("Administrator")
	return shop


@pytest.fixture
def business(shop):
	return shop


def report(**filters) -> dict[str, dict]:
	frappe.set_user(MANAGER)
	period = {"from_date": add_days(nowdate(), -90), "to_date": nowdate()}
	rows = service_standards.execute({**period, **filters})[1]
	frappe.set_user("Administrator")
	return {row["name"]: row for row in rows}


def tally(standard: str) -> tuple[int, int]:
	row = report()[standard]
	return row["kept"], row["missed"]


def entries(standard: str) -> list:
	return frappe.get_all(
		"Service Deviation",
		{"standard": standard},
		[
			"name",
			"status",
			"reference_doctype",
			"reference_name",
			"consequence",
			"customer_told",
			"responsible",
		],
		order_by="creation asc",
	)


def a_call(business, request_type="Repair", **values):
	frappe.set_user(AGENT)
	call = make.plain_call(
		business.customer, request_type=request_type, contact_name="Nora", contact_email=NORA, **values
	)
	frappe.set_user("Administrator")
	return frappe.get_doc("Repair Call", call.name)


def resolve(call) -> None:
	call.reload()
	call.update({"status": "Resolved", "resolution": "Done as promised", "resolved_by_phone": 1})
	call.save()


def told(user: str, name: str, measure: str = "") -> list:
	"""What somebody was notified of about a document; of one of its targets where it is named."""
	filters = {"for_user": user, "document_name": name, "subject": ("like", f"%{measure}%")}
	return frappe.get_all("Notification Log", filters, pluck="name")


def a_record(business, kind: str):
	before = frappe.session.user
	frappe.set_user(SUPERVISOR)
	record = make.make(
		"Staff Record",
		technician=business.technician,
		record_date=nowdate(),
		kind=kind,
		subject="Justified complaint: came late, said nothing",
		consequence="Talked through and noted",
	)
	frappe.set_user(before)
	return record


# ------------------------------------------------------------------ the set


def test_a_button_installs_fifteen_and_the_second_press_changes_nothing(business):
	frappe.set_user(MANAGER)
	found = {row["key"]: row for row in sets.available()}
	assert (found["manufacturer"]["standards"], found["manufacturer"]["installed"]) == (15, 15)
	standard = frappe.get_doc("Service Standard", "Free Training")
	standard.promise = "Ours"
	standard.save()
	assert sets.install("manufacturer") == {}
	assert frappe.db.get_value("Service Standard", "Free Training", "promise") == "Ours"
	assert frappe.db.get_value("Service Target", "24-hour Hotline", "enabled") == 1
	numbers = frappe.get_all(
		"Service Standard",
		{"standard_set": "Fifteen standards of a manufacturer"},
		pluck="number",
		order_by="number asc",
	)
	assert numbers == list(range(1, 16))


@pytest.mark.parametrize("key", ["instruments", "water_heaters"])
def test_two_more_sets_each_with_target_consequence_and_report(business, key):
	frappe.set_user(MANAGER)
	assert sets.install(key)["Service Standard"] == 8
	path = Path(frappe.get_app_path("aftersales", "fixtures", "standards", f"{key}.json"))
	for values in json.loads(path.read_text())["records"]:
		if values["doctype"] == "Service Standard":
			standard = frappe.get_doc("Service Standard", values["name"])
			assert standard.targets or standard.goal
			assert standard.consequence and standard.report
	assert report(standard_set={"instruments": "Service of instruments"}.get(key, "Service of water heaters"))


@pytest.mark.parametrize("user", [SUPERVISOR, AGENT])
def test_only_managers_install(business, user):
	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError):
		sets.install("instruments")


def test_there_is_no_other_set(business):
	frappe.set_user(MANAGER)
	with pytest.raises(frappe.ValidationError, match="no set"):
		sets.install("../defaults/75_service_target")


# ------------------------------------------------------------------ one by one


def test_1_a_miss_is_explained_within_a_week_or_is_a_miss_itself(business, clock):
	a_call(business, channel="Phone")
	clock.forward(hours=5)
	sweep()
	(entry,) = entries("Hotline around the Clock")
	frappe.set_user(SUPERVISOR)
	doc = frappe.get_doc("Service Deviation", entry.name)
	doc.update({"cause": "Nobody at the desk at noon", "measure": "Second agent from 12 to 14"})
	doc.staff_record = a_record(business, "Warning").name
	doc.save()
	assert (doc.status, doc.explained_by) == ("Explained", SUPERVISOR)
	frappe.set_user("Administrator")
	assert tally("Rewards and Penalties") == (1, 0)

	a_call(business, channel="Phone")
	clock.forward(hours=5)
	sweep()
	clock.forward(days=8)
	sweep()
	assert tally("Rewards and Penalties") == (1, 1)
	(late,) = entries("Rewards and Penalties")
	assert late.reference_doctype == "Service Deviation"
	clock.forward(days=8)
	sweep()
	assert len(entries("Rewards and Penalties")) == 1, (
		"an explanation that is late is not asked to be explained"
	)


def test_2_a_grade_asks_for_experience_and_a_degree(business):
	aoife = frappe.get_doc("Service Technician", business.technician)
	aoife.update({"grade": "Senior Technician", "in_service_since": add_days(nowdate(), -365)})
	with pytest.raises(frappe.ValidationError, match="years of experience instead of 5"):
		aoife.save()
	aoife.reload()
	aoife.update(
		{
			"grade": "Senior Technician",
			"in_service_since": add_to_date(nowdate(), years=-5),
			"education": "Degree",
		}
	)
	if not aoife.skills:
		aoife.append("skills", {"item_group": "All Item Groups", "support_kind": "Use"})
	aoife.save()
	frappe.db.set_value("Service Technician", {"name": ("!=", aoife.name)}, "is_active", 0)
	assert tally("Qualified Staff") == (1, 0)
	make.technician("Newcomer of the Standards")
	newcomer = frappe.get_doc("Service Technician", "Newcomer of the Standards")
	newcomer.update({"grade": "Senior Technician", "grade_exception": "Alone on the island"})
	newcomer.save()
	row = report()["Qualified Staff"]
	assert (row["kept"], row["missed"], row["share"], row["color"]) == (1, 1, 50.0, "red")


@pytest.mark.parametrize("read", [True, False])
def test_3_the_record_of_the_month_is_read_and_confirmed(business, clock, read):
	call = a_call(business)
	resolve(call)
	clock.to(f"{add_to_date(nowdate(), months=1)} 09:00:00")
	assert staff_months.write_last_month() >= 1
	assert staff_months.write_last_month() == 0
	frappe.set_user(AGENT)
	(name,) = frappe.get_list("Staff Monthly Record", pluck="name")
	record = frappe.get_doc("Staff Monthly Record", name)
	shown = {row.figure: row.value for row in record.figures}
	assert (shown["Calls"], shown["Solved by Phone"]) == ("1", "100.0 %")
	if read:
		record.confirm("Mine.")
		frappe.set_user(SUPERVISOR)
		frappe.get_doc("Staff Monthly Record", name).confirm_as_leader()
	frappe.set_user("Administrator")
	clock.forward(days=11)
	sweep()
	assert tally("Record of Every Service") == ((1, 0) if read else (0, 1))
	assert [row.reference_name for row in entries("Record of Every Service")] == ([] if read else [name])
	assert bool(told(SUPERVISOR, name)) is not read, "the leader is told, and asks"


@pytest.mark.parametrize("hours", [3, 5])
def test_4_hotline_by_night(business, clock, hours):
	clock.to(f"{nowdate()} 23:00:00")
	call = a_call(business, channel="Phone")
	clock.forward(hours=hours)
	sweep()
	resolve(call)
	assert tally("Hotline around the Clock") == ((1, 0) if hours == 3 else (0, 1))
	found = entries("Hotline around the Clock")
	assert [row.reference_name for row in found] == ([] if hours == 3 else [call.name])
	assert [bool(told(user, call.name)) for user in (SUPERVISOR, CHIEF)] == [hours > 4] * 2


def an_order(business, days: int, qty: int = 2, **values):
	frappe.set_user("Administrator")
	make.receive(business.seal, 10, 5, business.van)
	order = frappe.get_doc(
		{
			"doctype": "Sales Order",
			"customer": business.customer,
			"company": make.COMPANY,
			"transaction_date": nowdate(),
			"delivery_date": add_days(nowdate(), days),
			"set_warehouse": business.van,
			"items": [
				{
					"item_code": business.seal,
					"qty": qty,
					"rate": 50,
					"delivery_date": add_days(nowdate(), days),
					"warehouse": business.van,
				}
			],
			**values,
		}
	).insert()
	order.submit()
	return frappe.get_doc("Sales Order", order.name)


def deliver(order) -> None:
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note

	note = make_delivery_note(order.name)
	note.set_posting_time = 1
	note.posting_date = nowdate()
	note.insert()
	note.submit()


@pytest.mark.parametrize(("days", "given"), [(0, None), (3, 30)])
def test_5_delivery_as_agreed_or_a_compensation_for_each_day(business, clock, days, given):
	order = an_order(business, days=2)
	clock.forward(days=2 + days)
	sweep()
	deliver(order)
	assert tally("Delivery as Agreed") == ((1, 0) if not days else (0, 1))
	found = frappe.get_all("Delay Compensation", {"sales_order": order.name}, pluck="name")
	assert len(found) == (1 if days else 0)
	if not days:
		return
	proposed = frappe.get_doc("Delay Compensation", found[0])
	assert (proposed.days_late, proposed.proposed_amount, proposed.apply_as) == (
		days,
		given,
		"Credit to the Customer",
	)
	proposed.update({"fault": "Ours", "delay_account": business.warranty})
	proposed.submit()
	rows = frappe.get_all(
		"GL Entry",
		{"voucher_no": proposed.journal_entry, "is_cancelled": 0},
		["account", "party", "debit", "credit"],
		order_by="debit desc",
	)
	assert [(row.debit, row.credit, row.party) for row in rows] == [
		(given, 0, None),
		(0, given, business.customer),
	]
	with pytest.raises(frappe.ValidationError):
		make.make("Delay Compensation", sales_order=order.name)
	proposed.cancel()
	assert not frappe.db.exists("GL Entry", {"voucher_no": proposed.journal_entry, "is_cancelled": 0})


def test_5_a_visit_days_after_the_promise_is_compensated_too(business, clock):
	call = a_call(business)
	tomorrow = add_days(nowdate(), 1)
	call.schedule(f"{tomorrow} 10:00:00", f"{tomorrow} 12:00:00")
	visit = make.planned(call, business.technician)
	clock.to(f"{add_days(tomorrow, 2)} 10:00:00")
	sweep()
	visit.reload()
	visit.arrive()
	(found,) = frappe.get_all(
		"Delay Compensation", {"repair_call": call.name}, ["days_late", "proposed_amount"]
	)
	assert (found.days_late, found.proposed_amount) == (2, 20)
	assert tally("Delivery as Agreed") == (0, 1)


def test_5_a_contract_may_name_the_rate_where_the_site_names_none(business, clock):
	make.settings(delay_rate_per_day=0)
	contract = make.contract(business.customer, delay_rate_per_day=8).name
	call = a_call(business)
	tomorrow = add_days(nowdate(), 1)
	call.schedule(f"{tomorrow} 10:00:00", f"{tomorrow} 12:00:00")
	visit = make.planned(call, business.technician)
	frappe.db.set_value("Repair Call", call.name, "service_contract", contract)
	clock.to(f"{add_days(tomorrow, 2)} 10:00:00")
	visit.reload()
	visit.arrive()
	assert frappe.get_all("Delay Compensation", {"repair_call": call.name}, pluck="proposed_amount") == [16]


def test_5_goods_that_leave_by_the_invoice_and_goods_that_are_sent_again(business, clock):
	"""The day on which the last of what was ordered had left counts, by whatever document, and no exchange after it."""
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	late, in_time = an_order(business, days=2), an_order(business, days=9)
	clock.forward(days=5)
	invoice = make_sales_invoice(late.name)
	invoice.update({"update_stock": 1, "set_posting_time": 1, "posting_date": nowdate()})
	invoice.insert()
	invoice.submit()
	assert frappe.get_all("Delay Compensation", {"sales_order": late.name}, pluck="days_late") == [3]
	deliver(in_time)
	note = frappe.db.get_value("Delivery Note Item", {"against_sales_order": in_time.name}, "parent")
	clock.forward(days=20)
	back = make_sales_return(note)
	back.update({"set_posting_time": 1, "posting_date": nowdate()})
	back.insert()
	back.submit()
	clock.forward(days=1)
	sweep()
	deliver(in_time)
	assert not frappe.db.exists("Delay Compensation", {"sales_order": in_time.name})
	assert tally("Delivery as Agreed") == (1, 1)


def test_5_a_visit_is_compensated_for_so_many_days_at_most(business, clock):
	"""There is no bill to take a share of."""
	make.settings(delay_max_days=30)
	call = a_call(business)
	tomorrow = add_days(nowdate(), 1)
	call.schedule(f"{tomorrow} 10:00:00", f"{tomorrow} 12:00:00")
	visit = make.planned(call, business.technician)
	clock.to(f"{add_days(tomorrow, 90)} 10:00:00")
	visit.reload()
	visit.arrive()
	assert frappe.get_all("Delay Compensation", {"repair_call": call.name}, pluck="proposed_amount") == [300]


def test_5_what_was_proposed_for_a_delivery_that_is_cancelled_can_be_declined(business, clock):
	order = an_order(business, days=2)
	clock.forward(days=5)
	deliver(order)
	note = frappe.db.get_value(
		"Delivery Note Item", {"against_sales_order": order.name, "docstatus": 1}, "parent"
	)
	frappe.get_doc("Delivery Note", note).cancel()
	proposed = frappe.get_doc("Delay Compensation", {"sales_order": order.name})
	with pytest.raises(frappe.ValidationError, match="is not late"):
		proposed.save()
	proposed = frappe.get_doc("Delay Compensation", {"sales_order": order.name})
	proposed.decline("Delivered anew")
	assert proposed.reload().status == "Declined"


AFTER_PAYMENT = "Goods out after Payment"


def paid(document):
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	payment = get_payment_entry(
		document.doctype,
		document.name,
		bank_account=make.account("Bank of Standards", "Bank Accounts", account_type="Bank"),
	)
	payment.reference_no, payment.reference_date = "1", nowdate()
	payment.insert()
	payment.submit()
	return payment


@pytest.mark.parametrize(("late", "invoiced"), [(False, False), (True, False), (False, True), (True, True)])
def test_6_goods_are_out_two_days_after_the_payment_or_the_customer_hears(business, clock, late, invoiced):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	order = an_order(business, days=20, contact_email=NORA)
	frappe.db.set_value("Sales Order", order.name, "contact_email", NORA)
	clock.forward(days=5)
	if invoiced:
		invoice = make_sales_invoice(order.name).insert()
		invoice.submit()
	assert tally("Goods out in Two Days") == (0, 0), "nothing is paid yet"
	assert not frappe.db.exists("Service Clock", {"reference_name": order.name, "target": AFTER_PAYMENT})
	paid(invoice if invoiced else order)
	clock.forward(days=1)
	if late:
		clock.forward(days=2)
		sweep()
	deliver(order)
	assert tally("Goods out in Two Days") == ((0, 1) if late else (1, 0))
	found = entries("Goods out in Two Days")
	assert [row.customer_told for row in found] == ([1] if late else [])
	queued = frappe.get_all("Email Queue", {"reference_name": order.name}, pluck="name")
	told = [frappe.get_all("Email Queue Recipient", {"parent": name}, pluck="recipient") for name in queued]
	assert ([NORA] in told) is late


def test_6_goods_sent_on_credit_are_no_case_and_a_payment_that_goes_back_ends_its_clock(business, clock):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	on_credit, in_advance = an_order(business, days=20), an_order(business, days=20)
	deliver(on_credit)
	invoice = make_sales_invoice(on_credit.name).insert()
	invoice.submit()
	paid(invoice)
	payment = paid(in_advance)
	clocks = {"target": AFTER_PAYMENT, "reference_name": ("in", [on_credit.name, in_advance.name])}
	rows = frappe.get_all("Service Clock", clocks, ["reference_name", "state"])
	assert rows == [{"reference_name": in_advance.name, "state": "Running"}]
	frappe.get_doc("Payment Entry", payment.name).cancel()
	clock.forward(days=4)
	sweep()
	assert frappe.get_all("Service Clock", clocks, pluck="state") == ["Cancelled"]
	assert not frappe.db.get_value("Sales Order", in_advance.name, "aftersales_paid_at")
	assert tally("Goods out in Two Days") == (0, 0)


@pytest.mark.parametrize("named", [True, False])
def test_7_visitors_have_a_host_and_a_programme_before_they_come(business, clock, named):
	frappe.set_user(AGENT)
	arrives, departs = (str(add_to_date(now_datetime(), days=2, hours=hours)) for hours in (0, 6))
	visit = make.make(
		"Hosted Visit",
		customer=business.customer,
		company=make.COMPANY,
		visitors="Nora and two of her people",
		arrives_at=arrives,
		departs_at=departs,
	)
	if named:
		clock.forward(hours=2)
		visit.host = AGENT
		for moment, what in ((departs, "To the station"), (arrives, "At the gate")):
			visit.append("programme", {"from_time": moment, "what": what, "guide": AGENT})
		visit.save()
		assert [row.what for row in visit.programme] == ["At the gate", "To the station"]
	frappe.set_user("Administrator")
	clock.forward(days=3)
	sweep()
	assert tally("A Host for Visitors") == ((1, 0) if named else (0, 1))
	if not named:
		visit.reload()
		visit.status = "Done"
		with pytest.raises(frappe.MandatoryError, match="Host"):
			visit.save()


@pytest.mark.parametrize("made", [True, False])
def test_8_visits_are_made_on_the_planned_day(business, clock, made):
	visit = make.make(
		"Follow-up",
		kind="Periodic Visit",
		customer=business.customer,
		company=make.COMPANY,
		due_date=add_days(nowdate(), 3),
		call_owner=AGENT,
	)
	clock.to(f"{add_days(nowdate(), 3)} 17:00:00")
	sweep()
	if made:
		visit.reload()
		visit.update({"status": "Done", "repair_effective": "Yes", "csat": 5, "comments": "All well"})
		visit.save()
	clock.forward(days=1)
	sweep()
	assert tally("Regular Visits") == ((1, 0) if made else (0, 1))
	assert [row.responsible for row in entries("Regular Visits")] == ([] if made else [AGENT])


def test_8_key_customers_are_visited_by_senior_staff(business):
	plan = frappe.get_doc("Periodic Visit Plan", "Key Customers")
	assert plan.visitor_grade == "Senior Technician", "the set says who visits by a plan that is not in use"
	plan.update({"enabled": 1, "company": make.COMPANY, "customers": [{"customer": business.customer}]})
	plan.update({"only_with_products": 0, "starts_on": nowdate(), "call_owner": AGENT})
	plan.save()
	assert plan.plan_now() == 1
	visit = frappe.get_doc("Follow-up", {"periodic_visit_plan": plan.name})
	for somebody in (None, business.technician):
		visit.reload().technician = somebody
		with pytest.raises(frappe.ValidationError, match="of grade <strong>Senior Technician"):
			visit.complete(csat=5)
	frappe.db.set_value("Service Technician", business.technician, "grade", "Senior Technician")
	visit.reload().technician = business.technician
	visit.complete(csat=5)
	assert visit.status == "Done"


OF_CALLS = {
	"Free Training": ("Training", 30 * 24, "Hold Training"),
	"Agencies": ("Agency", 10 * 24, "Set Up the Agency"),
	"Help with Marketing": ("Marketing Help", 20 * 24, "Help with Marketing"),
	"Guidance of Industrial Users": ("Use Guidance", 10 * 24, "Guide the User"),
}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("standard", OF_CALLS)
def test_9_12_13_14_requests_of_a_kind_in_their_time_and_free(business, clock, standard, late):
	request_type, hours, measure = OF_CALLS[standard]
	call = a_call(business, request_type)
	assert call.service_category == "D"
	assert frappe.db.get_value("Service Category", "D", "charge_rule") == "Internal"
	clock.forward(hours=hours + (2 if late else -1))
	sweep()
	assert bool(told(CHIEF, call.name, measure)) is late, "the manager takes it over"
	resolve(call)
	assert tally(standard) == ((0, 1) if late else (1, 0))
	assert len(entries(standard)) == int(late)


def test_12_an_agency_is_ready_when_goods_shop_front_and_material_are_there(business):
	call = a_call(business, "Agency")
	visit = make.voucher(call, business.technician, service_category="D")
	(name,) = frappe.get_all("Service Checklist", {"template": "Agency"}, pluck="name")
	with pytest.raises(frappe.MandatoryError, match="Shop front as agreed"):
		visit.submit()
	checklist = frappe.get_doc("Service Checklist", name)
	for row in checklist.answers:
		row.update({"yes_no": "Yes"} if row.kind == "Yes or No" else {"photo": "/files/shop-front.png"})
	checklist.save()
	visit.reload().submit()
	assert frappe.db.get_value("Service Checklist", name, "status") == "Complete"
	assert not frappe.db.exists("Sales Invoice", {"customer": business.customer}), "it is free"


@pytest.mark.parametrize("late", [False, True])
def test_10_the_day_of_a_sample_test_begins_with_the_sample(business, clock, late):
	call = a_call(business, "Sample Test")
	assert call.service_category == "D"
	clock.forward(days=4)  # the sample is on its way
	sweep()
	assert tally("Free Sample Test") == (0, 0)
	call.reload()
	call.sample_received_at = now_datetime()
	call.save()
	clock.forward(hours=25 if late else 23)
	sweep()
	resolve(call)
	assert tally("Free Sample Test") == ((0, 1) if late else (1, 0))
	assert [row.customer_told for row in entries("Free Sample Test")] == ([1] if late else [])


@pytest.mark.parametrize("late", [False, True])
def test_11_a_complaint_is_answered_in_a_day_and_settled_in_a_month(business, clock, late):
	complaint = make.make(
		"Service Complaint", subject="Came late", customer=business.customer, contact_email=NORA
	)
	clock.forward(hours=25 if late else 2)
	sweep()
	complaint.reload()
	complaint.update({"status": "Acknowledged"})
	complaint.save()
	assert tally("Complaints") == ((0, 1) if late else (1, 0))
	clock.forward(days=30 if late else 20)
	sweep()
	complaint.reload()
	said = {"severity": "Low", "justified": "No", "answer": "The technician came in the window."}
	for values in ({"status": "Answered", **said}, {"status": "Closed", "customer_accepts": "Yes"}):
		complaint.update(values)
		complaint.save()
	assert tally("Complaints") == ((0, 2) if late else (2, 0))
	assert [(row.reference_name, row.customer_told) for row in entries("Complaints")] == (
		[(complaint.name, 1)] * 2 if late else []
	)


@pytest.mark.parametrize("read", [True, False])
def test_15_a_justified_complaint_has_consequences_that_the_person_reads(business, clock, read):
	record = a_record(business, "Warning")
	frappe.set_user(SUPERVISOR)
	if read:
		record.submit()
		frappe.set_user(AOIFE)
		frappe.get_doc("Staff Record", record.name).confirm_read()
	frappe.set_user("Administrator")
	clock.forward(days=15)
	sweep()
	assert tally("Consequences of Complaints") == ((1, 0) if read else (0, 1))
	assert bool(told(CHIEF, record.name)) is not read, "the manager takes the next step"


# ------------------------------------------------------------------ entries, goals, page


def test_an_entry_is_made_once_and_kept(business, clock):
	a_call(business, channel="Phone")
	clock.forward(hours=5)
	sweep()
	sweep()
	(entry,) = entries("Hotline around the Clock")
	assert entry.consequence == "The supervisor takes over, the manager is told after an hour."
	frappe.set_user(MANAGER)
	doc = frappe.get_doc("Service Deviation", entry.name)
	doc.standard = "Free Training"
	with pytest.raises(frappe.ValidationError, match="set by the system"):
		doc.save()
	doc.reload()
	doc.status = "Closed"
	with pytest.raises(frappe.MandatoryError, match="Cause"):
		doc.save()
	with pytest.raises(frappe.ValidationError, match="cannot be deleted"):
		frappe.delete_doc("Service Deviation", entry.name)
	row = report()["Hotline around the Clock"]
	assert (row["deviations"], row["unexplained"]) == (1, 1)


def test_a_missed_goal_is_entered_once_when_its_period_is_over(business, clock):
	frappe.set_user("Administrator")
	frappe.db.set_value("Service Goal", {"name": ("!=", "")}, "disabled", 1)
	make.make(
		"Service Goal",
		title="All by Phone",
		figure="Solved by Phone",
		goal=80,
		margin_percent=10,
		period="Month",
		for_company=make.COMPANY,
		responsible=SUPERVISOR,
	)
	a_call(business)
	first = getdate(nowdate()).replace(day=1)
	clock.to(f"{add_to_date(first, months=1)} 03:00:00")
	make.make("Service Goal", title="Aimed at Too Late", figure="Solved by Phone", goal=90, period="Month")
	assert deviations.enter_missed_goals() == 1
	assert deviations.enter_missed_goals() == 0
	(entry,) = frappe.get_all(
		"Service Deviation", {"goal": "All by Phone"}, ["subject", "responsible", "company", "status"]
	)
	assert entry == {
		"subject": "All by Phone: 0 % instead of 80 %",
		"responsible": SUPERVISOR,
		"company": make.COMPANY,
		"status": "Open",
	}


def test_a_goal_is_counted_once_and_one_that_fails_stops_no_other(business, clock, monkeypatch):
	frappe.db.set_value("Service Goal", {"name": ("!=", "")}, "disabled", 1)
	for title, figure in (("A Broken One", "Repeat Rate"), ("By Phone", "Solved by Phone")):
		make.make("Service Goal", title=title, figure=figure, goal=80, period="Month")
	a_call(business)
	clock.to(f"{add_to_date(getdate(nowdate()).replace(day=1), months=1)} 03:00:00")
	counted, value_of = [], deviations.goals.value_of

	def watched(label, *args):
		counted.append(label)
		if label == "Repeat Rate" and len(counted) == 1:
			raise ZeroDivisionError
		return value_of(label, *args)

	monkeypatch.setattr(deviations.goals, "value_of", watched)
	assert deviations.enter_missed_goals() == 1
	assert frappe.db.exists("Error Log", {"method": "Goal A Broken One could not be counted"})
	deviations.enter_missed_goals()
	deviations.enter_missed_goals()
	assert counted == ["Repeat Rate", "Solved by Phone", "Repeat Rate"]


def test_a_word_to_the_customer_that_fails_loses_no_entry(business, clock, monkeypatch):
	order = an_order(business, days=20, contact_email=NORA)
	frappe.db.set_value("Sales Order", order.name, "contact_email", NORA)
	paid(order)
	monkeypatch.setattr(frappe, "sendmail", lambda **_values: 1 / 0)
	clock.forward(days=3)
	sweep()
	assert [row.customer_told for row in entries("Goods out in Two Days")] == [0]
	assert frappe.db.exists("Service Clock", {"reference_name": order.name, "state": "Overdue"})


def test_what_fell_due_before_the_standard_was_there_is_no_miss_of_it(business, clock):
	frappe.db.set_value("Service Standard", "Delivery as Agreed", "creation", add_days(nowdate(), 4))
	an_order(business, days=2)
	late = an_order(business, days=5)
	clock.forward(days=7)
	sweep()
	assert [row.reference_name for row in entries("Delivery as Agreed")] == [late.name]


def test_the_page_shows_what_is_published_and_what_was_kept_last_quarter(business, clock):
	portal.forget_limits()
	standards_page.forget()
	assert portal.get("/aftersales/standards").status == 404
	frappe.set_user("Administrator")
	call = a_call(business, "Training")
	clock.forward(days=2)
	resolve(call)
	standard = frappe.get_doc("Service Standard", "Free Training")
	standard.published = 1
	standard.save()
	page = portal.get("/aftersales/standards")
	assert page.status == 200
	assert "We train your people free of charge" in page.html and "no case" in page.html
	assert "Qualified Staff" not in page.html and call.name not in page.html
	clock.forward(months=3)
	standards_page.forget()
	assert "100.0 %" in portal.get("/aftersales/standards").html


def test_the_page_shows_a_key_figure_in_its_own_unit(business, clock):
	frappe.set_user("Administrator")
	make.make("Service Goal", title="Soon Answered", figure="Response Time", goal=4, period="Quarter")
	make.make(
		"Service Standard",
		title="We Answer Soon",
		promise="We answer within four hours.",
		measured_by="Key Figure",
		goal="Soon Answered",
		published=1,
	)
	row = {"title": "We Answer Soon", "promise": "We answer.", "consequence": None, "cases": 1, "least": 95}
	shown = standards_page._shown(
		{**row, "is_figure": True, "figure": "Response Time", "value": 2.5, "share": 100.0}
	)
	assert (shown["text"], shown["width"]) == ("2.5 h", None)
	(found,) = (one for one in standards_page.tally.standards() if one.name == "We Answer Soon")
	assert found.figure == "Response Time"


def test_the_figures_of_the_report_are_those_of_the_clocks_in_sql(business, clock):
	for hours in (3, 5, 6):
		call = a_call(business, channel="Phone")
		clock.forward(hours=hours)
		sweep()
		resolve(call)
	kept, missed = frappe.db.sql(
		"""
		select sum(state = 'Met' and stopped_at >= %(first)s), sum(state in ('Missed', 'Overdue') and due_at >= %(first)s)
		from `tabService Clock` where target = '24-hour Hotline'
		""",
		{"first": add_days(nowdate(), -90)},
	)[0]
	assert tally("Hotline around the Clock") == (kept, missed) == (1, 2)
	assert get_datetime(frappe.get_all("Service Deviation", pluck="missed_at", order_by="missed_at asc")[0])


@pytest.mark.parametrize(
	("values", "said"),
	[
		({"targets": []}, "at least one target"),
		({"targets": [{"service_target": "Training"}, {"service_target": "Training"}]}, "listed twice"),
		({"least_share": 120}, "0 to 100"),
		(
			{"measured_by": "Grades of Technicians", "consequence_action": "Word to the Customer"},
			"no single customer",
		),
	],
)
def test_what_a_standard_refuses(business, values, said):
	with pytest.raises(frappe.ValidationError, match=said):
		make.make(
			"Service Standard",
			**{"title": "Odd", "promise": "Odd", "targets": [{"service_target": "Training"}], **values},
		)
