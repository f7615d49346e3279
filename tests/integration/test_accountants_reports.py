"""The accountants' reports as the desk runs them: who may, what the rows are, and that the Excel file opens."""

import io

import frappe
import pytest
from frappe.desk import query_report
from frappe.utils import add_days, nowdate
from openpyxl import load_workbook

from tests import factories as make
from tests.jobs import done
from tests.reconciled import CASH, PLANTED, Reason, paid

ACCOUNTANTS = ("Service Manager", "Service Accountant")
SUPERVISED = (*ACCOUNTANTS, "Service Supervisor")
REPORTS = {
	"Service Revenue Reconciliation": ACCOUNTANTS,
	"Job Profitability": SUPERVISED,
	"Contract Profitability": SUPERVISED,
	"Cash with Technicians": SUPERVISED,
	"Unbilled Work": SUPERVISED,
	"Service Receivables": SUPERVISED,
	"Warranty Cost": SUPERVISED,
}
"""Report → who may open it, of our roles."""


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	make.settings(small_fee_limit=500)
	paid(names, cash_collected=CASH)
	done(names, labour=[make.hours(1)])
	done(names, category="C", parts=[make.part(names.seal)])
	make.contract(names.customer)
	PLANTED[Reason.AMOUNT_DIFFERS](names)
	return names


def filters() -> dict:
	return {"company": make.COMPANY, "from_date": add_days(nowdate(), -1), "to_date": nowdate()}


def run(report: str) -> dict:
	return query_report.run(report, filters=frappe.as_json(filters()), ignore_prepared_report=True)


@pytest.mark.parametrize("report", REPORTS)
def test_report_opens_in_the_desk_and_in_excel(shop, report):
	frappe.set_user(make.user("accountant@reports.example", "Service Accountant"))
	answer = run(report)
	rows = [row for row in answer["result"] if isinstance(row, dict)]
	assert rows

	frappe.local.form_dict = frappe._dict(
		report_name=report,
		file_format_type="Excel",
		filters=frappe.as_json(filters()),
		visible_idx=frappe.as_json(list(range(len(rows)))),
	)
	query_report.export_query()
	sheet = load_workbook(io.BytesIO(frappe.response["filecontent"])).active
	shown = [column["label"] for column in answer["columns"] if not column.get("hidden")]
	assert [cell.value for cell in sheet[1]][: len(shown)] == shown
	assert sheet.max_row >= 1 + len(rows)


def test_a_margin_is_a_number_in_excel_and_not_added_up(shop):
	answer = run("Job Profitability")
	frappe.local.form_dict = frappe._dict(
		report_name="Job Profitability",
		file_format_type="Excel",
		filters=frappe.as_json(filters()),
		visible_idx=frappe.as_json(list(range(len(answer["result"])))),
	)
	query_report.export_query()
	sheet = load_workbook(io.BytesIO(frappe.response["filecontent"])).active
	place = [cell.value for cell in sheet[1]].index("Margin %")
	margins = {row[0].value: row[place].value for row in sheet.iter_rows(min_row=2)}
	shown = [row["margin_percent"] for row in answer["result"] if isinstance(row, dict)]
	assert 58.3 in shown and 58.3 in margins.values()
	assert margins.get("Total", "") in (None, "")


@pytest.mark.parametrize(
	"role", ("Service Accountant", "Service Supervisor", "Service Agent", "Service Technician")
)
def test_reports_are_for_their_roles(shop, role):
	frappe.set_user(make.user(f"{frappe.scrub(role)}@reports.example", role))
	opened = set()
	for report in REPORTS:
		try:
			run(report)
			opened.add(report)
		except frappe.PermissionError:
			pass
	assert opened == {report for report, roles in REPORTS.items() if role in roles}


def test_reports_of_a_company_are_for_those_who_may_see_it(shop):
	user = make.user("accountant@reports.example", "Service Accountant")
	other = frappe.new_doc("Company", company_name="Shannon Service Ltd", default_currency="EUR")
	other.name = other.company_name
	other.db_insert()  # without the accounts and warehouses that nobody asks for here
	make.make("User Permission", user=user, allow="Company", for_value=other.name)
	frappe.set_user(user)
	for report in REPORTS:
		with pytest.raises(frappe.PermissionError):
			run(report)
