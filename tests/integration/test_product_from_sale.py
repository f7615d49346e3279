"""The product file from the sale: made by a delivery or an invoice, warranted by terms, installed, taken back."""

import frappe
import pytest
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe.utils import add_days, add_months, getdate, nowdate

from aftersales.service_desk import product_connections as dashboards
from tests import factories as make


@pytest.fixture(scope="module", autouse=True)
def desk(shared_site):
	make.settings(default_company=make.COMPANY)
	make.customer("Nora Byrne")
	make.customer("Sean Doyle")
	make.warehouse("Showroom")
	store = f"Showroom - {make.ABBR}"
	series = {"has_serial_no": 1, "serial_no_series": ""}
	make.item("BOILER-24", item_name="Combi boiler 24 kW", aftersales_product_file="Create", **series)
	make.item("FAN-9", item_name="Bathroom fan", aftersales_product_file="Create")
	make.item("SEAL-1")
	make.receive("BOILER-24", 3, 800, store, serial_nos=("B-1", "B-2", "B-3"))
	make.receive("FAN-9", 10, 30, store)
	make.receive("SEAL-1", 10, 2, store)


def sold(*rows: dict, doctype: str = "Delivery Note", customer: str = "Nora Byrne", **values):
	doc = frappe.get_doc(
		{
			"doctype": doctype,
			"customer": customer,
			"company": make.COMPANY,
			"items": [
				{
					"qty": 1,
					"rate": 100,
					"warehouse": f"Showroom - {make.ABBR}",
					"use_serial_batch_fields": 1,
					**row,
				}
				for row in rows
			],
			**values,
		}
	)
	doc.insert()
	doc.submit()
	return doc


def files(**filters):
	return frappe.get_all("Customer Equipment", filters=filters, fields=["*"], order_by="sale_key asc")


def boilers(*serials: str, **values) -> dict:
	return {"item_code": "BOILER-24", "qty": len(serials), "serial_no": "\n".join(serials), **values}


@pytest.mark.parametrize("door", [("Delivery Note", {}), ("Sales Invoice", {"update_stock": 1})])
def test_each_unit_sold_has_a_file_and_parts_have_none(door):
	doctype, values = door
	doc = sold(
		boilers("B-1", "B-2"),
		{"item_code": "FAN-9", "qty": 3},
		{"item_code": "SEAL-1"},
		doctype=doctype,
		**values,
	)
	made = files(sold_by=doc.name)
	assert sorted((row.item_code, row.serial_no) for row in made) == [
		("BOILER-24", "B-1"),
		("BOILER-24", "B-2"),
		*[("FAN-9", None)] * 3,
	]
	boiler = next(row for row in made if row.serial_no == "B-1")
	assert (boiler.customer, boiler.company, boiler.model) == (
		"Nora Byrne",
		make.COMPANY,
		"Combi boiler 24 kW",
	)
	assert (boiler.purchase_date, boiler.delivered_on) == (getdate(), getdate())
	assert (boiler.sold_by_type, boiler.status) == (doctype, "In Use")


def test_an_item_group_says_it_for_its_items_and_an_item_says_otherwise():
	frappe.db.set_value("Item Group", "Products", "aftersales_product_file", "Create")
	frappe.db.set_value("Item", "FAN-9", "aftersales_product_file", "Do Not Create")
	frappe.clear_document_cache("Item", "FAN-9")
	frappe.clear_document_cache("Item Group", "Products")
	doc = sold({"item_code": "SEAL-1", "qty": 2}, {"item_code": "FAN-9"})
	assert [row.item_code for row in files(sold_by=doc.name)] == ["SEAL-1", "SEAL-1"]


def test_an_invoice_for_what_was_delivered_makes_no_second_file():
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	doc = sold(boilers("B-1"))
	invoice = make_sales_invoice(doc.name)
	invoice.insert()
	invoice.submit()
	assert len(files(serial_no="B-1")) == 1


@pytest.mark.parametrize("door", [("Delivery Note", {}), ("Sales Invoice", {"update_stock": 1})])
def test_a_return_takes_back_what_came_back_and_its_cancelling_gives_it_again(door):
	doctype, values = door
	doc = sold(boilers("B-1", "B-2"), {"item_code": "FAN-9", "qty": 3}, doctype=doctype, **values)
	back = make_return_doc(doctype, doc.name)
	back.items[0].update(
		{"qty": -1, "serial_no": "B-2", "serial_and_batch_bundle": None, "use_serial_batch_fields": 1}
	)
	back.items[1].qty = -2
	back.insert()
	back.submit()
	state = [(row.item_code, row.serial_no, row.status) for row in files(sold_by=doc.name)]
	assert sorted(state, key=str) == sorted(
		[
			("BOILER-24", "B-1", "In Use"),
			("BOILER-24", "B-2", "Returned"),
			("FAN-9", None, "In Use"),
			("FAN-9", None, "Returned"),
			("FAN-9", None, "Returned"),
		],
		key=str,
	)
	back.cancel()
	assert {row.status for row in files(sold_by=doc.name)} == {"In Use"}


def test_a_unit_that_came_back_is_sold_on_with_its_history():
	doc = sold(boilers("B-1"))
	(first,) = files(serial_no="B-1")
	back = make_return_doc("Delivery Note", doc.name)
	back.insert()
	back.submit()
	again = sold(boilers("B-1"), customer="Sean Doyle")
	(file,) = files(serial_no="B-1")
	assert (file.name, file.customer, file.status, file.sold_by) == (
		first.name,
		"Sean Doyle",
		"In Use",
		again.name,
	)
	lines = frappe.get_doc("Customer Equipment", file.name).serials
	assert [(line.customer, line.reason, line.reference_name) for line in lines] == [
		("Nora Byrne", "Registered", None),
		("Sean Doyle", "New Owner", again.name),
	]
	again.cancel()
	(file,) = files(serial_no="B-1")
	assert (file.customer, file.status) == ("Nora Byrne", "Returned")


def test_cancelling_a_sale_removes_its_files_but_none_that_was_worked_on():
	doc = sold(boilers("B-1"), {"item_code": "FAN-9", "qty": 2})
	(boiler,) = files(serial_no="B-1")
	make.call("Nora Byrne", equipment=boiler.name)
	doc.cancel()
	assert [(row.name, row.status, row.sold_by) for row in files(customer="Nora Byrne")] == [
		(boiler.name, "Returned", None)
	]
	assert not files(item_code="FAN-9")


def test_cancelling_a_sale_leaves_a_file_that_was_there_before(clock):
	known = make.equipment(
		"Nora Byrne", item_code="BOILER-24", serial_no="B-1", notes="<p>Entered by hand</p>"
	)
	clock.forward(days=1)
	doc = sold(boilers("B-1"))
	(file,) = files(serial_no="B-1")
	assert (file.name, file.sold_by) == (known, doc.name)
	doc.cancel()
	(file,) = files(serial_no="B-1")
	assert (file.name, file.status, file.sold_by, file.notes) == (
		known,
		"Returned",
		None,
		"<p>Entered by hand</p>",
	)


def test_a_bundle_and_what_is_packed_in_it():
	make.bundle("HEATING-SET", {"BOILER-24": 1, "FAN-9": 2})
	frappe.db.set_value("Item", "HEATING-SET", "aftersales_product_file", "Create")
	frappe.clear_document_cache("Item", "HEATING-SET")
	doc = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"customer": "Nora Byrne",
			"company": make.COMPANY,
			"items": [
				{"item_code": "HEATING-SET", "qty": 1, "rate": 100, "warehouse": f"Showroom - {make.ABBR}"}
			],
		}
	)
	doc.insert()
	packed = next(row for row in doc.packed_items if row.item_code == "BOILER-24")
	packed.update({"use_serial_batch_fields": 1, "serial_no": "B-3"})
	doc.save()
	doc.submit()
	made = files(sold_by=doc.name)
	(whole,) = [row for row in made if row.item_code == "HEATING-SET"]
	assert sorted((row.item_code, row.parent_equipment) for row in made if row.name != whole.name) == [
		("BOILER-24", whole.name),
		("FAN-9", whole.name),
		("FAN-9", whole.name),
	]


def terms(name: str, **values):
	return make.make("Warranty Terms", **{"terms_name": name, "months": 24, **values})


def test_the_most_specific_terms_set_the_warranty_and_a_date_that_was_entered_stays():
	terms("Everything", item_group="All Item Groups", months=12)
	terms("Boilers", item_code="BOILER-24", months=60, labour_differs=1, labour_months=24)
	doc = sold(boilers("B-1"), {"item_code": "FAN-9"})
	until = {row.item_code: (row.warranty_terms, row.warranty_until) for row in files(sold_by=doc.name)}
	assert until == {
		"BOILER-24": ("Boilers", getdate(add_months(nowdate(), 60))),
		"FAN-9": ("Everything", getdate(add_months(nowdate(), 12))),
	}
	file = frappe.get_doc("Customer Equipment", files(serial_no="B-1")[0].name)
	assert file.labour_warranty_until == getdate(add_months(nowdate(), 24))
	file.warranty_until = add_months(nowdate(), 72)
	file.save()
	file.installed_on = nowdate()
	file.save()
	assert getdate(file.reload().warranty_until) == getdate(add_months(nowdate(), 72))


def test_an_installation_starts_the_warranty_and_its_cancelling_takes_it_back(clock):
	terms("Boilers", item_code="BOILER-24", months=24, runs_from="Installation", latest_start_months=6)
	doc = sold(boilers("B-1"), posting_date=nowdate())
	(file,) = files(serial_no="B-1")
	assert file.warranty_until == getdate(add_months(nowdate(), 30)), (
		"until it is installed, the latest start"
	)
	sold_on = getdate(doc.posting_date)
	kind = make.request_type("Installation and Commissioning")
	frappe.db.set_value("Service Request Type", kind, "is_installation", 1)
	frappe.clear_document_cache("Service Request Type", kind)
	make.settings(submit_invoice=0)
	call = make.call("Nora Byrne", equipment=file.name, request_type=kind)
	visit = make.voucher(call, make.technician("Aoife Doyle"))
	visit.submit()
	(file,) = files(serial_no="B-1")
	assert (file.installed_on, file.commissioned_by, file.installed_by) == (
		sold_on,
		"Aoife Doyle",
		visit.name,
	)
	assert file.warranty_until == getdate(add_months(sold_on, 24))
	visit.cancel()
	(file,) = files(serial_no="B-1")
	assert (file.installed_on, file.installed_by) == (None, None)
	assert file.warranty_until == getdate(add_months(sold_on, 30))


def test_a_component_is_no_part_of_itself_nor_of_anothers_product():
	whole = make.equipment("Nora Byrne", serial_text="W-1")
	part = make.equipment("Nora Byrne", serial_text="W-2", parent_equipment=whole)
	inner = make.equipment("Nora Byrne", serial_text="W-3", parent_equipment=part)
	file = frappe.get_doc("Customer Equipment", whole)
	file.parent_equipment = inner
	with pytest.raises(frappe.ValidationError, match="cannot contain it"):
		file.save()
	with pytest.raises(frappe.ValidationError, match="belongs to customer"):
		make.equipment("Sean Doyle", serial_text="W-4", parent_equipment=whole)
	file.reload().change_owner("Sean Doyle")
	assert {frappe.db.get_value("Customer Equipment", name, "customer") for name in (whole, part, inner)} == {
		"Sean Doyle"
	}


def test_who_sells_needs_no_right_on_product_files():
	frappe.set_user(make.user("sales@example.com", "Sales User", "Stock User", "Accounts User"))
	doc = sold(boilers("B-1"), posting_date=add_days(nowdate(), 0))
	assert len(files(sold_by=doc.name)) == 1


def test_customer_item_and_serial_show_products_and_jobs():
	for doctype, shown in (
		("Customer", dashboards.customer),
		("Item", dashboards.item),
		("Serial No", dashboards.serial_no),
	):
		data = frappe.get_meta(doctype).get_dashboard_data()
		(group,) = [row for row in data.transactions if "Customer Equipment" in row["items"]]
		field = (data.non_standard_fieldnames or {}).get("Customer Equipment") or data.fieldname
		assert frappe.get_meta("Customer Equipment").has_field(field)
		assert shown({}).transactions[-1]["items"] == group["items"]
