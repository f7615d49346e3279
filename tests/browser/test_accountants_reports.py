"""The accountants' six reports in the desk: figures on the screen, in the Excel file, on paper and in the PDF.

The accountant has the role Service Accountant as it is shipped. What is printed has to say company and period,
the sums above, one row each and the total, as the report has them.
"""

import io
import re
import unicodedata
from urllib.parse import quote

import frappe
import openpyxl
import pytest
from frappe.desk import query_report
from frappe.utils import add_days, nowdate
from playwright.sync_api import Download, expect
from pypdf import PdfReader

from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import WAIT, Desk, chromium, desks_of, passwords

REPORTS = {
	"Service Revenue Reconciliation": True,
	"Job Profitability": True,
	"Contract Profitability": True,
	"Warranty Cost": True,
	"Cash with Technicians": False,
	"Unbilled Work": False,
}
"""Name, and whether it asks for a period."""
TOTALS = {
	"Job Profitability": "Total € 90.00 € 132.50 € -42.50 4.00 € 12.50 € 120.00 € 0.00 € 0.00",
	"Contract Profitability": "Total € 300.00 € 30.00 € 30.00 € 300.00 1 € 0.00 € 30.00 € 0.00 € 0.00",
	"Warranty Cost": "Total 1 € 12.50 € 30.00 € 0.00 € 0.00 € 42.50 € 0.00 € 0.00 € 0.00 € 42.50",
}
"""Of the reports that have a total: what stands in its row."""
SUMS = {
	"Service Revenue Reconciliation": "Invoiced for jobs, net € 90.00 Income in the ledger € 90.00",
	"Cash with Technicians": "Sheet Technician € 60.00",
	"Unbilled Work": "Jobs 1 To be billed € 60.00",
}
"""Of the others: what stands above the rows."""


@pytest.fixture
def books():
	"""A visit that is paid and whose cash is out, one not billed, one in warranty, one under a contract.

	An hour is sold at 60 and costs 30, a seal was bought at 12.50. The contract's fee is 300; it pays half of the work.
	"""
	with swept_afterwards(), passwords(accountant="Service Accountant") as users:
		hour, seal, van = (
			make.service_item("Sheet Hour"),
			make.item("Sheet Seal"),
			make.warehouse("Sheet Van"),
		)
		make.price(hour, 60)
		make.receive(seal, 1, 12.5, van)
		technician = make.technician("Sheet Technician", van)
		accounts = {
			"company": make.COMPANY,
			"income_account": "Service - LSL",
			"expense_account": "Cost of Goods Sold - LSL",
			"cost_center": "Main - LSL",
		}

		def visit(rule: str, customer: str, **values):
			category = make.category(f"Sheet {rule}", charge_rule=rule, accounts=[accounts])
			doc = make.voucher(
				make.call(customer, service_category=category),
				technician,
				service_category=category,
				labour=[make.hours(1, item_code=hour)],
				**values,
			)
			doc.submit()
			doc.reload()
			return doc

		paid = visit("Customer", make.customer("Sheet Cash Ltd"))
		frappe.get_doc("Sales Invoice", paid.sales_invoice).submit()
		make.settings(small_fee_limit=500)
		try:
			frappe.get_doc("Service Voucher", paid.name).collect_cash(60)
		finally:
			make.settings(small_fee_limit=0)
		visit("Customer", make.customer("Sheet Later Ltd", aftersales_invoicing="One Invoice per Job"))
		visit("Warranty", make.customer("Sheet Warranty Ltd"), parts=[make.part(seal)])
		contract = under_contract(make.customer("Sheet Contract Ltd"))
		shared = visit("Contract", contract.customer, service_contract=contract.name)
		frappe.get_doc("Sales Invoice", shared.sales_invoice).submit()
		frappe.db.commit()
		yield frappe._dict(accountant=users["accountant"])


def under_contract(customer: str):
	contract = make.contract(
		customer,
		start_date=nowdate(),
		labour_share=50,
		plans=[{"plan": make.fee_plan("Sheet Fee"), "qty": 1}],
		submit_fee_invoices=1,
	)
	frappe.get_doc("Subscription", contract.subscription).process()
	return contract


@pytest.fixture
def desk(server, books):
	with chromium() as browser, desks_of(browser, server.url, {"accountant": books.accountant}) as desks:
		yield desks.accountant


def filters_of(report: str) -> dict[str, str]:
	period = {"from_date": add_days(nowdate(), -1), "to_date": nowdate()}
	return {"company": make.COMPANY, **(period if REPORTS[report] else {})}


def opened(desk: Desk, report: str) -> tuple[list[dict], list[dict]]:
	"""Open the report in the desk; its columns that are shown, and its rows, as the server has them."""
	filters = filters_of(report)
	query = "&".join(f"{field}={quote(str(value))}" for field, value in filters.items())
	desk.page.goto(f"/app/query-report/{report}?{query}")
	expect(desk.page.locator(".dt-scrollable .dt-row").first).to_be_visible(timeout=WAIT)
	desk.settled().picture(f"report-{report}")
	answer = query_report.run(report, filters=frappe.as_json(filters), ignore_prepared_report=True)
	rows = [row for row in answer["result"] if isinstance(row, dict)]
	assert rows, report
	return [column for column in answer["columns"] if not column.get("hidden")], rows


def read_as(column: dict, row: dict) -> str:
	"""What is to be read in a cell."""
	value = row.get(column["fieldname"])
	if column["fieldtype"] == "Float":
		return f"{value:,.2f}"
	if isinstance(value, float) and column["fieldtype"] == "Data":  # a percentage: a number without a type
		return f"{value:g}"
	return str(frappe.format(value, column, doc=frappe._dict(row)))


def download(desk: Desk, entry: str, button: str) -> Download:
	"""What comes of an entry of the report's menu, once its dialog is answered."""
	desk.menu(entry)
	with desk.page.expect_download(timeout=WAIT) as coming:
		desk.answer(button)
	return coming.value


def content_of(file: Download) -> bytes:
	with open(file.path(), "rb") as stream:
		return stream.read()


def letters(*texts: str) -> str:
	"""Without what the setting of type brings in or leaves out: ligatures, spaces, lines."""
	return "".join(unicodedata.normalize("NFKC", "".join(texts)).split())


def check_paper(report: str, pdf: bytes, columns: list[dict], rows: list[dict]) -> None:
	"""Company, period and sums, then column heads, rows and total, in this order, and no button."""
	(page,) = PdfReader(io.BytesIO(pdf)).pages
	assert page.mediabox.width > page.mediabox.height, report
	read = letters(page.extract_text())
	head = [report, f"Company: {make.COMPANY}"]
	if REPORTS[report]:
		begins, ends = (
			frappe.format(filters_of(report)[field], "Date") for field in ("from_date", "to_date")
		)
		head.append(f"From: {begins} To: {ends}")
	assert read.startswith(letters(*head)), report
	assert letters(SUMS.get(report, "")) in read, report
	columns = [column for column in columns if column["fieldname"] != "correction"]
	cells = [read_as(column, row) for row in rows for column in columns]
	heads = [column["label"] for column in columns]
	assert read.endswith(letters(*heads, *cells, TOTALS.get(report, ""))), report


def test_each_goes_to_excel(desk):
	for report in REPORTS:
		columns, rows = opened(desk, report)
		file = download(desk, "Export", "Download")
		assert file.suggested_filename.endswith(".xlsx"), report
		heads, *lines = openpyxl.load_workbook(io.BytesIO(content_of(file))).active.iter_rows(
			values_only=True
		)
		lines = [line for line in lines if any(cell is not None for cell in line)]
		assert len(lines) == len(rows) + (report in TOTALS), report
		for column in columns:
			place = heads.index(column["label"])
			for line, row in zip(lines, rows, strict=False):
				cell = line[place]
				if cell and column["fieldtype"] == "Date":
					cell = cell.date()
				assert (cell or "") == (row.get(column["fieldname"]) or ""), (report, column["label"])


def test_each_is_printed_by_the_browser(desk):
	for report in REPORTS:
		columns, rows = opened(desk, report)
		desk.menu("Print")
		with desk.page.expect_popup(timeout=WAIT) as coming:
			desk.answer("Submit")
		paper = coming.value
		paper.wait_for_load_state()
		check_paper(report, paper.pdf(landscape=True, format="A4"), columns, rows)
		paper.close()


@pytest.mark.needs("wkhtmltopdf")
def test_each_becomes_a_pdf(desk):
	for report in REPORTS:
		columns, rows = opened(desk, report)
		file = download(desk, "PDF", "Submit")
		assert re.fullmatch(rf"{report}_.*\.pdf", file.suggested_filename)
		check_paper(report, content_of(file), columns, rows)
