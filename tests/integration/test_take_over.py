"""Starting from ERPNext's own: open Issues, Warranty Claims and Maintenance Schedules become calls, once."""

import frappe
import pytest
from frappe.utils import add_days, get_datetime, nowdate

from aftersales.service_desk.report.open_in_erpnext import open_in_erpnext
from aftersales.service_desk.take_over import taking
from tests import factories as make
from tests import mails

NORA, MANAGER = "nora@byrne.example", "manager@takeover.example"


@pytest.fixture(scope="module")
def masters(shared_site):
	shop = make.shop()
	make.contact(shop.customer, "Nora", "+353 1 555 01", NORA)
	make.user(MANAGER, "Service Manager")
	make.settings(send_customer_messages=1)
	mails.mailbox()
	return shop


def issue(**values):
	return make.make(
		"Issue",
		**{
			"subject": "Boiler is cold",
			"raised_by": NORA,
			"opening_date": add_days(nowdate(), -3),
			"opening_time": "09:30:00",
			**values,
		},
	)


def dry_run(source: str) -> list[dict]:
	frappe.set_user(MANAGER)
	try:
		return open_in_erpnext.execute({"source": source})[1]
	finally:
		frappe.set_user("Administrator")


def take(source: str, rows: list[dict]) -> dict:
	frappe.set_user(MANAGER)
	try:
		return taking.take_over(source, [row["key"] for row in rows])
	finally:
		frappe.set_user("Administrator")


def test_an_issue_becomes_a_call_once_and_keeps_its_mails(shop):
	doc = issue(customer=shop.customer)
	frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"sender": NORA,
			"subject": "Boiler is cold",
			"content": "Since Monday",
			"message_id": "first@byrne.example",
			"reference_doctype": "Issue",
			"reference_name": doc.name,
		}
	).insert()
	rows = dry_run("Issue")
	assert [(row["source"], row["problem"]) for row in rows] == [(doc.name, "")]
	assert frappe.db.count("Repair Call") == 0, "a dry run makes nothing"
	(name,) = take("Issue", rows)["made"]
	call = frappe.get_doc("Repair Call", name)
	assert (call.customer, call.contact_email, call.taken_over_from) == (shop.customer, NORA, doc.name)
	assert get_datetime(call.received_at) == get_datetime(f"{add_days(nowdate(), -3)} 09:30:00")
	assert frappe.db.get_value("Issue", doc.name, "status") == "Closed"
	assert dry_run("Issue") == [] and take("Issue", rows)["made"] == []
	assert mails.queued(reference_name=name) == [], "the customer knows of it"
	answer = mails.received(
		"Re: Boiler is cold", "Still cold", NORA, In_Reply_To="<first@byrne.example>"
	).process()
	assert answer.reference_name == name


def test_an_issue_without_a_customer_says_what_to_do(shop):
	issue(raised_by="who@knows.example")
	(row,) = dry_run("Issue")
	assert row["problem"] == "Enter the customer."
	told = take("Issue", [row])
	assert told["made"] == [] and "Enter the customer" in told["left"][0]


def test_an_answered_issue_counts_as_answered(shop):
	doc = issue(customer=shop.customer)
	at = f"{add_days(nowdate(), -3)} 10:00:00"
	frappe.db.set_value("Issue", doc.name, "first_responded_on", at)
	(name,) = take("Issue", dry_run("Issue"))["made"]
	assert get_datetime(frappe.db.get_value("Repair Call", name, "responded_at")) == get_datetime(at)


def test_a_warranty_claim_becomes_a_repair(shop):
	claim = make.make(
		"Warranty Claim",
		customer=shop.customer,
		company=make.COMPANY,
		complaint="<p>Pump is <b>loud</b></p>",
		complaint_date=add_days(nowdate(), -1),
		status="Open",
		contact_email=NORA,
	)
	(name,) = take("Warranty Claim", dry_run("Warranty Claim"))["made"]
	call = frappe.get_doc("Repair Call", name)
	assert (call.subject, call.request_type, call.taken_over_from) == ("Pump is loud", "Repair", claim.name)
	assert frappe.db.get_value("Warranty Claim", claim.name, "status") == "Closed"


def test_the_coming_visits_of_a_maintenance_schedule_become_calls(shop):
	item = make.item("Heater M")
	schedule = make.make(
		"Maintenance Schedule",
		customer=shop.customer,
		company=make.COMPANY,
		transaction_date=nowdate(),
		items=[
			{
				"item_code": item,
				"start_date": nowdate(),
				"end_date": add_days(nowdate(), 200),
				"periodicity": "Random",
				"no_of_visits": 2,
				"sales_person": None,
			}
		],
		schedules=[
			{
				"item_code": item,
				"item_name": item,
				"scheduled_date": add_days(nowdate(), days),
				"completion_status": "Pending",
			}
			for days in (10, 100)
		],
	)
	frappe.db.set_value("Maintenance Schedule", schedule.name, "docstatus", 1)
	frappe.db.set_value("Maintenance Schedule Detail", {"parent": schedule.name}, "docstatus", 1)
	rows = dry_run("Maintenance Schedule")
	assert len(rows) == 1
	(name,) = take("Maintenance Schedule", rows)["made"]
	call = frappe.get_doc("Repair Call", name)
	assert (call.item_code, str(call.next_action_by)[:10]) == (item, add_days(nowdate(), 10))
	assert dry_run("Maintenance Schedule") == []


def test_only_managers_take_over(shop):
	frappe.set_user(make.user("agent@takeover.example", "Service Agent"))
	for act in (lambda: taking.take_over("Issue", []), lambda: open_in_erpnext.execute({})):
		with pytest.raises(frappe.PermissionError):
			act()


def test_what_is_of_a_company_that_the_manager_may_not_see_is_left(shop):
	mine, theirs = issue(customer=shop.customer, company=make.COMPANY), issue(company=make.company())
	make.make("User Permission", user=MANAGER, allow="Company", for_value=make.COMPANY)
	rows = dry_run("Issue")
	assert [row["source"] for row in rows] == [mine.name]
	assert take("Issue", [*rows, {"key": f"Issue:{theirs.name}"}])["left"] == []
	assert frappe.db.get_value("Issue", theirs.name, "status") == "Open"
