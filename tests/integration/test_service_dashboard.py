"""The dashboard After-sales Service: each chart draws its report, for those who may see it and nobody else (R-KPI)."""

import json

import frappe
import pytest
from frappe.desk.doctype.dashboard.dashboard import get_permitted_cards, get_permitted_charts
from frappe.desk.query_report import run
from frappe.utils import add_months, add_to_date, get_first_day, now_datetime, nowdate

from tests import factories as make

DASHBOARD = "After-sales Service"


def in_the_browser(words: str) -> str:
	"""What the browser puts in the place of a chart's moving filter."""
	return {
		"frappe.datetime.add_months(frappe.datetime.month_start(), -5)": str(
			add_months(get_first_day(nowdate()), -5)
		),
		"frappe.datetime.add_months(frappe.datetime.get_today(), -12)": str(add_months(nowdate(), -12)),
		"frappe.datetime.get_today()": nowdate(),
		'frappe.defaults.get_user_default("Company")': make.COMPANY,
	}[words]


@pytest.fixture
def month():
	"""A call solved by the first visit, with a fault; one in the workshop; both answered."""
	shop = make.shop()
	fault = make.fault_code("DASH-SEAL", "Fault")
	visit = make.voucher(make.call(shop.customer), shop.technician, fault_code=fault)
	visit.submit()
	make.card(make.call(shop.customer), fault_code=fault, assigned_technician=shop.technician).submit()
	call = frappe.get_doc("Repair Call", visit.repair_call)
	hours = {"received_at": add_to_date(now_datetime(), hours=-2), "responded_at": now_datetime()}
	call.db_set({**hours, "fault_code": fault})
	return shop


def drawn(name: str) -> dict:
	chart = frappe.get_doc("Dashboard Chart", name)
	moving = {field: in_the_browser(words) for field, words in json.loads(chart.dynamic_filters_json).items()}
	filters = {**json.loads(chart.filters_json), **moving}
	return run(chart.report_name, filters=filters, ignore_prepared_report=True)["chart"]


@pytest.mark.parametrize(
	"name",
	[
		"Service First-time Fix Rate",
		"Service Response in Hours",
		"Service Work Waiting",
		"Service Fault Pareto",
	],
)
def test_a_chart_draws_what_its_report_says(month, name):
	data = drawn(name)["data"]
	assert data["labels"]
	assert any(value for values in data["datasets"] for value in values["values"])


def test_every_chart_of_the_dashboard_can_be_drawn(month):
	charts = [chart.chart for chart in frappe.get_doc("Dashboard", DASHBOARD).charts]
	assert len(charts) == 8
	for name in charts:
		drawn(name)  # a filter the report does not know, or lacks, is refused by it


@pytest.mark.parametrize(
	("role", "charts", "cards"),
	[
		("Service Manager", 8, 8),
		("Service Supervisor", 8, 8),
		("Service Technician", 0, None),
		("Stock User", 0, 0),
	],
)
def test_who_may_not_see_a_report_is_not_shown_its_chart(role, charts, cards):
	make.user("dashboard@example.com", role)
	frappe.set_user("dashboard@example.com")
	assert len(get_permitted_charts(DASHBOARD)) == charts
	if cards is not None:
		assert len(get_permitted_cards(DASHBOARD)) == cards
