"""The report Customer Satisfaction against answers with known figures."""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from aftersales.customer_care.report.customer_satisfaction.customer_satisfaction import execute
from tests import factories as make

ANSWERS = (
	# technician, csat, nps, effective, hazard
	("Aoife Doyle", 5, "10", "Yes", "No"),
	("Aoife Doyle", 4, "8", "Yes", "No"),
	("Aoife Doyle", 3, "6", "Yes", ""),
	("Brian Casey", 1, "0", "No", "Yes"),
	("Brian Casey", 0, "", "Yes", ""),
)


@pytest.fixture(autouse=True)
def answers(_site):
	make.settings(default_company=make.COMPANY, default_request_type=make.request_type("Repair"))
	if not frappe.db.exists("Issue Priority", "Emergency"):
		make.make("Issue Priority", name="Emergency")
	make.settings(emergency_priority="Emergency")
	frappe.db.delete("Follow-up")
	make.customer("Nora Byrne")
	boiler = make.equipment("Nora Byrne")
	for technician in ("Aoife Doyle", "Brian Casey"):
		make.technician(technician)
	for technician, csat, nps, effective, hazard in ANSWERS:
		doc = make.make(
			"Follow-up",
			customer="Nora Byrne",
			company=make.COMPANY,
			equipment=boiler if technician == "Aoife Doyle" else None,
			technician=technician,
			due_date=nowdate(),
		)
		doc.complete(effective, hazard, csat, nps)
	# neither asked nor answered
	make.make("Follow-up", customer="Nora Byrne", company=make.COMPANY, due_date=nowdate())


def report(group_by, **filters):
	data = execute({"from_date": nowdate(), "to_date": nowdate(), "group_by": group_by, **filters})[1]
	fields = ("answers", "rated", "csat", "nps", "effective_share", "hazards", "new_calls")
	return {row.value: tuple(row[field] for field in fields) for row in data}


def test_by_technician():
	assert report("Technician") == {
		"Aoife Doyle": (3, 3, 66.7, 0.0, 100.0, 0, 0),
		"Brian Casey": (2, 1, 0.0, -100.0, 50.0, 1, 1),
	}


def test_by_model_month_and_customer():
	assert set(report("Model")) == {"", "Baxi 600 Combi"}
	assert report("Month") == {nowdate()[:7]: (5, 4, 50.0, -25.0, 80.0, 1, 1)}
	assert report("Customer")["Nora Byrne"][0] == 5


@pytest.mark.parametrize("group", ["Request Type", "Kind", "Channel"])
def test_every_grouping_counts_every_answer(group):
	assert sum(row[0] for row in report(group).values()) == 5


def test_filters():
	assert report("Technician", technician="Aoife Doyle").keys() == {"Aoife Doyle"}
	assert report("Technician", kind="Complaint Reply") == {}
	yesterday = add_days(nowdate(), -1)
	assert report("Technician", from_date=yesterday, to_date=yesterday) == {}
	with pytest.raises(frappe.ValidationError, match="Group by one of"):
		report("owner")


def test_the_summary_adds_up():
	summary = {row["label"]: row["value"] for row in execute({"group_by": "Technician"})[4]}
	assert summary == {"Answers": 5, "CSAT": "50.0%", "NPS": "-25", "Hazards": 1}
