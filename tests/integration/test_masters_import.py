"""Masters by Frappe's Data Import: the files of docs/import-files, and what a bad row says."""

import json
from pathlib import Path

import frappe
import pytest
from frappe.core.doctype.data_import.importer import Importer
from frappe.utils import strip_html_tags

from tests import factories as make

FILES = Path(__file__).parents[2] / "docs" / "import-files"


@pytest.fixture
def manager():
	"""The masters that the files name, and a manager who imports."""
	make.customer("Nora Byrne")
	for group in ("Boilers", "Washing Machines"):
		make.once("Item Group", group, item_group_name=group, parent_item_group="All Item Groups")
	for item in ("PUMP-600", "PUMP-600-B", "SEAL-12"):
		make.item(item)
	frappe.set_user(make.user("importer@masters.example", "Service Manager", "System Manager"))


def imported(doctype: str, text: str) -> tuple[str, list[str]]:
	"""Status of the Data Import and what it says of each row that did not go in."""
	file = make.make("File", file_name=f"{frappe.scrub(doctype)}.csv", is_private=1, content=text.encode())
	run = make.make(
		"Data Import", reference_doctype=doctype, import_type="Insert New Records", import_file=file.file_url
	)
	frappe.db.commit()  # as the request that starts it does; a row that fails takes back what is not
	Importer(doctype, data_import=run).import_data()
	run.reload()
	said = [warning["message"] for warning in json.loads(run.template_warnings or "[]")]
	for messages in frappe.get_all(
		"Data Import Log", {"data_import": run.name, "success": 0}, pluck="messages", order_by="log_index"
	):
		said += [
			json.loads(one)["message"] if isinstance(one, str) else one["message"]
			for one in json.loads(messages)
		]
	return run.status, [strip_html_tags(one) for one in said]


def file(name: str) -> str:
	return (FILES / f"{name}.csv").read_text()


def test_the_files_of_the_documentation_go_in(manager):
	assert imported("Customer Equipment", file("products")) == ("Success", [])
	boiler = frappe.get_doc("Customer Equipment", {"serial_text": "BX-2001"})
	assert (boiler.customer, boiler.model, str(boiler.warranty_until)) == (
		"Nora Byrne",
		"600 Combi",
		"2028-03-05",
	)

	assert imported("Spare Part", file("spare-parts")) == ("Success", [])
	pump = frappe.get_doc("Spare Part", "PUMP-600")
	assert [(row.brand, row.model) for row in pump.fits] == [("Baxi", "600 Combi"), ("Baxi", "630 Combi")]
	assert [(row.item_code, row.notes) for row in pump.substitutes] == [("PUMP-600-B", "With the new plug")]

	assert imported("Fault Code", file("fault-codes")) == ("Success", [])
	assert frappe.db.get_value("Fault Code", "BX-F28", "title") == "Display shows F28"

	assert imported("Service Technician", file("technicians")) == ("Success", [])
	technician = frappe.get_doc("Service Technician", "Aoife Doyle")
	assert {row.item_group for row in technician.skills} >= {"Boilers", "Washing Machines"}
	assert {row.item_code: row.maximum for row in technician.van_stock} == {"PUMP-600": 2, "SEAL-12": 10}

	# A contract names products by their number, as the list of products exports it
	assert imported("Service Contract", file("contracts").replace("BX-2001", boiler.name)) == ("Success", [])
	contract = frappe.get_last_doc("Service Contract")
	assert (contract.title, contract.parts_share, contract.docstatus) == ("Boiler care", 50, 0)
	assert [row.equipment for row in contract.equipment] == [boiler.name]


def test_a_value_that_does_not_exist_is_told_before_anything_goes_in(manager):
	status, said = imported(
		"Customer Equipment",
		file("products").replace(
			"Nora Byrne,Liffey Service Ltd,In Use,Miele", "Nobody At All,Liffey Service Ltd,Sold,Miele"
		),
	)
	assert status == "Pending"
	assert any("do not exist for Customer: nobody at all" in one for one in said)
	assert any("Sold" in one and "In Use" in one for one in said)
	assert not frappe.db.exists("Customer Equipment", {"serial_text": "BX-2001"})


def test_a_bad_row_says_what_is_wrong_and_the_others_go_in(manager):
	lines = file("products").splitlines()
	status, said = imported("Customer Equipment", "\n".join([*lines, lines[1]]))
	assert status == "Partial Success"
	assert len(said) == 1 and "has a product file with this serial number already" in said[0]
	assert frappe.db.count("Customer Equipment", {"serial_text": "BX-2001"}) == 1

	codes = file("fault-codes").replace("BX-IGN,", "BX-F28,")
	status, said = imported("Fault Code", codes)
	assert status == "Partial Success" and "BX-F28" in said[0]

	status, said = imported(
		"Service Contract", file("contracts").replace("BX-2001", "").replace("2033-12-31", "2023-12-31")
	)
	assert status == "Error"
	assert said and all(one for one in said)
