"""Payments, checklists and exchanges are read and written by whoever may read the job they are about."""

import frappe
import pytest
from frappe import client

from aftersales.service_cash.payments import receipts
from aftersales.service_checklists import filling
from tests import factories as make
from tests.settling_cases import receive_payment, terminal

MINE, OTHER = "mine@readwith.example", "other@readwith.example"


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.terminal = terminal()
	for title, user in (("Mine", MINE), ("Other", OTHER)):
		names[title] = make.technician(title, names.van, user=make.user(user, "Service Technician"))
	make.make(
		"Checklist Template",
		template_name="Boiler",
		model="600 Combi",
		questions=[{"question": "Flue is tight", "kind": "Yes or No", "good_answer": "Yes"}],
	)
	return names


@pytest.fixture
def documents(shop):
	"""What is about a visit of the technician Other: DocType → name."""
	file = make.equipment(shop.customer)
	call = make.call(shop.customer, equipment=file)
	visit = make.voucher(call, shop.Other, labour=[make.hours(1)])
	exchange = make.make(
		"Product Exchange",
		repair_call=call.name,
		equipment=file,
		ground="Other",
		decision_reason="Third fault",
		old_unit="Scrap",
		decision="Replacement",
		source="From Maker",
	)
	return {
		"Service Payment": receive_payment(visit, 20, shop.terminal).name,
		"Service Checklist": frappe.db.get_value("Service Checklist", {"reference_name": visit.name}),
		"Product Exchange": exchange.name,
		"call": call,
		"visit": visit,
	}


DOCTYPES = ("Service Payment", "Service Checklist", "Product Exchange")


@pytest.mark.parametrize("doctype", DOCTYPES)
def test_of_a_job_of_another_technician_nothing_is_read_or_written(documents, doctype):
	name = documents[doctype]
	frappe.set_user(MINE)
	assert client.get_list(doctype, fields=["name"]) == []
	assert client.get_count(doctype) == 0
	assert not client.get_value(doctype, "owner", name)
	with pytest.raises(frappe.PermissionError):
		client.get(doctype, name)
	with pytest.raises(frappe.PermissionError):
		client.set_value(doctype, name, "customer", "Somebody")
	frappe.set_user(OTHER)
	assert [row.name for row in client.get_list(doctype, fields=["name"])] == [name]
	assert client.get(doctype, name)["name"] == name
	frappe.set_user(make.user("desk@readwith.example", "Service Agent", "Service Supervisor"))
	assert [row.name for row in client.get_list(doctype, fields=["name"])] == [name]


def test_nor_by_a_document_that_names_a_job_of_ones_own(shop, documents):
	own = make.voucher(make.call(shop.customer), shop.Mine, labour=[make.hours(1)])
	frappe.set_user(MINE)
	doc = frappe.get_doc("Service Payment", documents["Service Payment"])
	doc.reference_name = own.name
	assert not doc.has_permission("read")
	with pytest.raises(frappe.PermissionError):
		doc.save()


def test_nor_are_answers_sent_and_payments_received_for_it(shop, documents):
	visit, call = documents["visit"], documents["call"]
	frappe.set_user(MINE)
	for about in (visit, call):
		with pytest.raises(frappe.PermissionError):
			receive_payment(about, 5, shop.terminal)
		with pytest.raises(frappe.PermissionError):
			receipts.payments_of(about.doctype, about.name)
	with pytest.raises(frappe.PermissionError):
		filling.save_answers(documents["Service Checklist"], [])
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(
			{
				"doctype": "Product Exchange",
				"repair_call": call.name,
				"equipment": call.equipment,
				"decision": "Replacement",
				"source": "From Maker",
				"old_unit": "Scrap",
				"ground": "Other",
			}
		).insert()


def test_nor_is_a_product_told_by_a_question_about_its_call(shop, documents):
	frappe.set_user(MINE)
	question = {
		"doctype": "Technical Consultation",
		"repair_call": documents["call"].name,
		"subject": "What is it?",
		"question": "Brand and serial number",
	}
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(question).insert()
	frappe.set_user(OTHER)
	assert frappe.get_doc(question).insert().model == "600 Combi"


def test_a_technician_reads_what_they_made_themselves(shop, documents):
	call = make.call(shop.customer, call_owner=MINE)
	frappe.set_user(MINE)
	payment = receive_payment(call, 10, shop.terminal)
	frappe.set_user("Administrator")
	frappe.db.set_value("Repair Call", call.name, "call_owner", OTHER)
	frappe.set_user(MINE)
	assert not frappe.has_permission("Repair Call", "read", doc=call.name)
	assert [row.name for row in client.get_list("Service Payment", fields=["name"])] == [payment.name]
	assert client.get("Service Payment", payment.name)["amount"] == 10
