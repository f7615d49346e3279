"""Periodic visits by plan: whom, how often, exactly once per period (R-FU-2)."""

import frappe
import pytest
from frappe.utils import add_days, add_months, get_first_day, getdate, nowdate

from aftersales.customer_care import periodic_visits
from aftersales.setup import defaults
from tests import factories as make

AGENT = "orla.desk@example.com"


@pytest.fixture(scope="module", autouse=True)
def desk(shared_site):
	defaults.insert_missing(["Service Request Type", "Issue Priority", "Aftersales Settings"])
	make.settings(default_company=make.COMPANY, default_request_type="Repair", default_priority="Medium")
	make.user(AGENT, "Service Agent")
	for plan in frappe.get_all("Periodic Visit Plan", pluck="name"):
		frappe.db.set_value("Periodic Visit Plan", plan, "enabled", 0)
	for name in ("Nora Byrne", "Sean Doyle", "Ciara Nolan"):
		make.customer(name)
	make.contact("Nora Byrne", "Nora", "+353 86 123 4567")


def plan(name="Half-yearly", **values):
	return make.make(
		"Periodic Visit Plan",
		**{
			"plan_name": name,
			"enabled": 1,
			"applies_to": "Chosen Customers",
			"customers": [{"customer": "Nora Byrne"}],
			"every_months": 6,
			"starts_on": get_first_day(nowdate()),
			"call_owner": AGENT,
			**values,
		},
	)


def visits(**filters):
	return frappe.get_all(
		"Follow-up", filters={"kind": "Periodic Visit", **filters}, fields=["*"], order_by="customer asc"
	)


def test_a_visit_is_planned_once_per_period():
	doc = plan()
	assert periodic_visits.plan_all() == 1
	assert periodic_visits.plan_all() == 0
	(visit,) = visits()
	assert (visit.customer, visit.company, visit.call_owner) == ("Nora Byrne", make.COMPANY, AGENT)
	assert (visit.contact_name, visit.contact_phone) == ("Nora", "+353 86 123 4567")
	assert visit.period_start == getdate(doc.starts_on)
	assert getdate(nowdate()) <= visit.due_date < getdate(add_months(doc.starts_on, 6))
	frappe.get_doc("Follow-up", visit.name).complete(csat=5)
	assert periodic_visits.plan_all() == 0, "done in this period"
	next_period = add_months(doc.starts_on, 6)
	assert periodic_visits.plan_all(on=next_period) == 1
	assert periodic_visits.plan_all(on=add_days(next_period, 40)) == 0


def test_no_second_visit_while_one_is_still_to_be_made():
	doc = plan()
	periodic_visits.plan_all()
	assert periodic_visits.plan_all(on=add_months(doc.starts_on, 6)) == 0
	frappe.get_doc("Follow-up", visits()[0].name).cancel_follow_up()
	assert periodic_visits.plan_all(on=add_months(doc.starts_on, 6)) == 1


def test_an_open_visit_of_another_company_holds_nothing_back():
	other = make.make(
		"Company", company_name="Other Service Ltd", abbr="OTS", default_currency="EUR", country="Ireland"
	)
	plan("Ours")
	plan("Theirs", company=other.name)
	assert periodic_visits.plan_all() == 2
	assert {visit.company for visit in visits(customer="Nora Byrne")} == {make.COMPANY, other.name}
	later = add_months(get_first_day(nowdate()), 6)
	assert periodic_visits.plan_all(on=later) == 0  # each waits for its own


def test_the_database_refuses_a_second_one(monkeypatch):
	doc = plan()
	periodic_visits.plan_all()
	# another run that has not seen the first one's visit
	customer = frappe._dict(name="Nora Byrne")
	monkeypatch.setattr(periodic_visits, "_customers_without_visit", lambda plan, period, day: [customer])
	assert periodic_visits.plan_visits(doc.name) == 0
	assert len(visits()) == 1


def test_chosen_customers_before_groups_before_all():
	make.make(
		"Customer Group", customer_group_name="Key Accounts", parent_customer_group="All Customer Groups"
	)
	make.customer("Key One", customer_group="Key Accounts")
	for owner in ("Nora Byrne", "Sean Doyle", "Key One"):
		make.equipment(owner)
	plan("Chosen")
	plan("Group", applies_to="Customer Group", customer_group_of_plan="Key Accounts", customers=[])
	plan("All", applies_to="All Customers", customers=[], every_months=1)
	periodic_visits.plan_all()
	planned = {
		row.customer: row.periodic_visit_plan
		for row in visits()
		if row.customer in ("Nora Byrne", "Sean Doyle", "Key One", "Ciara Nolan")
	}
	assert planned == {"Nora Byrne": "Chosen", "Key One": "Group", "Sean Doyle": "All"}


def test_a_disabled_or_future_plan_and_a_disabled_customer():
	plan("Later", starts_on=add_days(nowdate(), 1))
	plan("Off", enabled=0)
	assert periodic_visits.plan_all() == 0
	frappe.db.set_value("Customer", "Nora Byrne", "disabled", 1)
	plan("Gone")
	assert periodic_visits.plan_all() == 0


@pytest.mark.parametrize(
	("values", "because"),
	[
		({"every_months": 0}, "1 to 60"),
		({"customers": []}, "at least one"),
		({"applies_to": "Customer Group"}, "Set"),
	],
)
def test_a_plan_that_is_on_says_whom_it_visits(values, because):
	with pytest.raises(frappe.ValidationError, match=because):
		plan(**values)


def test_a_batch_at_a_time(monkeypatch):
	asked = []
	monkeypatch.setattr(periodic_visits, "BATCH", 2)
	monkeypatch.setattr(frappe, "enqueue", lambda method, **more: asked.append(more["plan"]))
	customers = [{"customer": name} for name in ("Nora Byrne", "Sean Doyle", "Ciara Nolan")]
	doc = plan(customers=customers)
	assert doc.plan_now() == 2
	assert asked == [doc.name], "the rest is asked for"
	assert doc.plan_now() == 1
	assert {row.customer for row in visits()} == {"Nora Byrne", "Sean Doyle", "Ciara Nolan"}


def test_a_customer_whose_visit_cannot_be_saved_stops_no_other():
	frappe.db.set_value("Customer", "Nora Byrne", "mobile_no", "ask at work")  # as an old import left it
	doc = plan(customers=[{"customer": name} for name in ("Nora Byrne", "Sean Doyle")])
	frappe.db.delete("Error Log", {"reference_name": doc.name})  # no rollback takes them away
	assert periodic_visits.plan_all() == 1
	assert [row.customer for row in visits()] == ["Sean Doyle"]
	(told,) = frappe.message_log
	assert "No visit planned for" in told["message"] and "ask at work is not a valid Phone" in told["message"]
	assert frappe.get_all("Error Log", {"reference_name": doc.name}, pluck="method") == [
		"No visit planned for Nora Byrne"
	]
	frappe.db.set_value("Customer", "Nora Byrne", "mobile_no", "+353 86 123 4567")
	assert doc.plan_now() == 1


def test_a_visit_becomes_a_call_once():
	plan(request_type="Inspection and Preventive Maintenance")
	periodic_visits.plan_all()
	frappe.set_user(AGENT)
	doc = frappe.get_doc("Follow-up", visits()[0].name)
	call = frappe.get_doc("Repair Call", doc.arrange_visit())
	assert (call.customer, call.request_type) == ("Nora Byrne", "Inspection and Preventive Maintenance")
	assert call.subject == "Periodic visit: Half-yearly"
	assert doc.arrange_visit() == call.name
	assert frappe.db.count("Repair Call", {"customer": "Nora Byrne"}) == 1


def test_what_a_plan_plans_is_the_app_s():
	frappe.set_user(AGENT)
	made = make.make(
		"Follow-up",
		kind="Periodic Visit",
		customer="Nora Byrne",
		company=make.COMPANY,
		due_date=nowdate(),
		period_start=nowdate(),
	)
	assert made.period_start is None


def test_a_plan_that_has_not_begun_takes_nobody_from_another():
	plan("Next year", starts_on=add_months(get_first_day(nowdate()), 3))
	plan("Others", customers=[{"customer": "Nora Byrne"}, {"customer": "Sean Doyle"}])
	assert periodic_visits.plan_all() == 2


# ---------------------------------------------------------------- customers who become one


def merged(old="Sean Doyle", new="Nora Byrne"):
	frappe.rename_doc("Customer", old, new, merge=True, show_alert=False, rebuild_search=False)


def both_planned(**values):
	plan(customers=[{"customer": "Nora Byrne"}, {"customer": "Sean Doyle"}], **values)
	periodic_visits.plan_all()
	return [frappe.get_doc("Follow-up", visit.name) for visit in visits()]


def test_customers_who_become_one_are_visited_once():
	nora, sean = both_planned()
	merged()
	nora.reload()
	sean.reload()
	assert {nora.customer, sean.customer} == {"Nora Byrne"}
	assert sorted((nora.status, sean.status)) == ["Cancelled", "Planned"]
	(counted,) = visits(period_start=("is", "set"))
	assert counted.status == "Planned"
	assert periodic_visits.plan_all() == 0


def test_the_visit_that_was_made_counts():
	nora, sean = both_planned()
	sean.complete(csat=5)
	merged()
	assert frappe.db.get_value("Follow-up", nora.name, ["status", "period_start"]) == ("Cancelled", None)
	kept = frappe.get_doc("Follow-up", sean.name)
	assert (kept.status, kept.csat, kept.customer) == ("Done", 5, "Nora Byrne")
	assert kept.period_start


def test_two_visits_made_both_stay():
	nora, sean = both_planned()
	nora.complete(csat=5)
	sean.complete(csat=4)
	merged()
	made = visits()
	assert [(row.status, row.customer) for row in made] == [("Done", "Nora Byrne")] * 2
	assert sorted(row.csat for row in made) == [4, 5]
	assert len([row for row in made if row.period_start]) == 1
	assert periodic_visits.plan_all() == 0


def test_a_customer_is_merged_by_who_may_not_see_follow_ups():
	both_planned()
	frappe.set_user(make.user("siobhan.sales@example.com", "Sales Manager", "Sales Master Manager"))
	merged()
	assert sorted(visit.status for visit in visits()) == ["Cancelled", "Planned"]
