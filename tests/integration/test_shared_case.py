"""Designers and makers: questions with a clock and their answer on the call; cases without the customer; methods."""

import json

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate

from aftersales.customer_portal import links
from aftersales.customer_portal.vendors import cases
from aftersales.service_quality import consultations, shared_case
from aftersales.service_quality.report.repair_methods import repair_methods
from aftersales.setup import defaults
from tests import factories as make
from tests import mails, portal

SPECIALIST = "design@maker.example"


@pytest.fixture(scope="module", autouse=True)
def masters(shared_site):
	defaults.insert_missing(
		[
			"Service Category",
			"Service Request Type",
			"Issue Priority",
			"Aftersales Settings",
			"Service Calendar",
		]
	)
	defaults.insert_missing(["Service Target"], ["Answer a Technical Consultation"])
	make.user("orla.desk@example.com", "Service Agent")
	make.user(SPECIALIST, "Product Specialist")
	make.settings(default_company=make.COMPANY, default_request_type="Repair", default_priority="Medium")
	return make.shop()


def call_of(shop, **values):
	return make.call(
		shop.customer, equipment=make.equipment(shop.customer), call_owner="orla.desk@example.com", **values
	)


def test_a_question_has_a_clock_and_its_answer_stands_on_the_call(shop, clock):
	call = call_of(shop)
	frappe.set_user("orla.desk@example.com")
	name = consultations.ask(
		call.name, "Which seal?", "The seal is of another colour. Which one is right?", SPECIALIST
	)
	question = frappe.get_doc("Technical Consultation", name)
	assert (question.status, question.model, question.asked_by) == (
		"Asked",
		"600 Combi",
		"orla.desk@example.com",
	)
	clocks = lambda: frappe.get_all(  # noqa: E731
		"Service Clock", {"reference_name": name}, ["state", "measure"], order_by="creation"
	)
	assert [(row.measure, row.state) for row in clocks()] == [("Answer", "Running")]
	with pytest.raises(frappe.PermissionError):
		question.answer = "The blue one"
		question.save()
	frappe.set_user(SPECIALIST)
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Repair Call", call.name).check_permission("read")
	frappe.get_doc("Technical Consultation", name).give_answer("The green one")
	with pytest.raises(frappe.ValidationError, match="already"):
		frappe.get_doc("Technical Consultation", name).give_answer("No, the red one")
	frappe.set_user("Administrator")
	assert [row.state for row in clocks()] == ["Met"]
	notes = frappe.get_all("Comment", {"reference_name": call.name, "comment_type": "Info"}, pluck="content")
	assert any("The green one" in note for note in notes)


def non_conformance(*calls) -> str:
	procedure = make.once("Quality Procedure", "Faults", quality_procedure_name="Faults")
	doc = make.make("Non Conformance", subject="Seals leak", procedure=procedure, status="Open")
	for call in calls:
		frappe.db.set_value("Repair Call", call.name, "non_conformance", doc.name)
	return doc.name


def test_designers_see_the_work_behind_a_case_and_nothing_of_the_customer(shop):
	call = call_of(shop, contact_name="Nora Byrne", contact_phone="+353 86 555")
	make.voucher(call, shop.technician, labour=[make.hours(1)], parts=[make.part(shop.seal)]).submit()
	case = non_conformance(call)
	frappe.set_user(SPECIALIST)
	(found,) = shared_case.calls_behind(case)
	assert (found["model"], found["jobs"][0]["found"]) == ("600 Combi", "Worn seal replaced, flow tested")
	assert [part["item_code"] for part in found["jobs"][0]["parts"]] == [shop.seal]
	told = json.dumps(found, default=str)
	assert "Nora" not in told and "555" not in told
	frappe.set_user("orla.desk@example.com")
	with pytest.raises(frappe.PermissionError):
		shared_case.calls_behind(case)


def test_photos_of_the_case_only(shop):
	call, other = call_of(shop), make.call(shop.customer)
	visit = make.voucher(call, shop.technician, labour=[make.hours(1)])
	file = make.make(
		"File",
		file_name="seal.png",
		attached_to_doctype=visit.doctype,
		attached_to_name=visit.name,
		content=b"picture of a seal",
		is_private=1,
	)
	visit.append("photos", {"photo": file.file_url, "shows": "Fault"})
	visit.save()
	case, empty = non_conformance(call), non_conformance(other)
	frappe.set_user(SPECIALIST)
	shared_case.photo(case, visit.photos[0].name)
	assert frappe.local.response.filecontent in (b"picture of a seal", "picture of a seal")
	with pytest.raises(frappe.PermissionError):
		shared_case.photo(empty, visit.photos[0].name)


@pytest.fixture
def shared(shop):
	"""A Non Conformance with a finished visit, its photo, and a vendor."""
	call = call_of(shop, contact_name="Nora Byrne", contact_phone="+353 86 555 1234")
	visit = make.voucher(call, shop.technician, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	visit.findings = "Mrs Byrne (086 555 1234, nora@byrne.example) says the seal leaks since March"
	file = make.make(
		"File",
		file_name="seal.png",
		attached_to_doctype=visit.doctype,
		attached_to_name=visit.name,
		content=portal.picture(),
		is_private=1,
	)
	visit.append("photos", {"photo": file.file_url, "shows": "Fault"})
	visit.submit()
	supplier = make.make("Supplier", supplier_name="Seal Makers", supplier_group="All Supplier Groups")
	return frappe._dict(case=non_conformance(call), visit=visit, supplier=supplier.name, call=call)


def test_a_vendor_sees_the_case_by_a_link_and_nothing_of_the_customer(shared):
	mails.mailbox()
	frappe.set_user("orla.desk@example.com")
	with pytest.raises(frappe.PermissionError):
		cases.share(shared.case, shared.supplier)
	frappe.set_user(
		make.user("aine.lead@example.com", "Service Supervisor", "Quality Manager", "Purchase User")
	)
	with pytest.raises(frappe.ValidationError, match="Supplier"):
		cases.share(shared.case)
	address = cases.share(shared.case, shared.supplier, "quality@seals.example", "Please look at this.")
	mail = frappe.get_last_doc("Email Queue")
	assert [row.recipient for row in mail.recipients] == ["quality@seals.example"]
	frappe.set_user("Administrator")
	page = portal.get(address)
	assert page.status == 200
	for told in ("600 Combi", "the seal leaks since March", "Fault"):
		assert told in page.words or told in page.html
	for hidden in ("Byrne", "555", "byrne.example", shared.visit.customer, shared.call.name):
		assert hidden not in page.html, hidden
	photo = shared.visit.photos[0].name
	assert portal.get(f"{address}/photos/{photo}").headers["Content-Type"] == "image/png"


def test_a_vendor_answers_once_and_a_revoked_link_opens_nothing(shared):
	address = cases.share(shared.case, shared.supplier)
	form = {"answer": "Use batch <B> or later", "form_key": "a" * 32}
	for _twice in range(2):
		answer = portal.post(address, **form)
	assert "Your answer has been added" in portal.follow(answer).words
	comments = frappe.get_all(
		"Comment", {"reference_name": shared.case, "comment_type": "Comment"}, pluck="content"
	)
	assert len(comments) == 1 and "batch &lt;B&gt; or later" in comments[0] and "Seal Makers" in comments[0]
	assert portal.post(address, answer=" ").status == 422
	link = frappe.get_last_doc("Service Link")
	assert (link.purpose, link.supplier, link.customer) == ("Case", shared.supplier, None)
	photo = shared.visit.photos[0].name
	other = cases.share(non_conformance(), shared.supplier)
	assert portal.get(f"{other}/photos/{photo}").status == 404, "of another case"
	links.revoke(link.name)
	for gone in (address, f"{address}/photos/{photo}"):
		assert portal.get(gone).status == 404


def test_the_method_is_asked_for_and_the_dearer_one_explained(shop):
	make.settings(ask_repair_method=1)
	visit = make.voucher(call_of(shop), shop.technician, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	with pytest.raises(frappe.MandatoryError, match="Repair Method"):
		visit.submit()
	visit.reload().repair_method = "Module"
	with pytest.raises(frappe.MandatoryError, match="Dearer"):
		visit.submit()
	visit.reload()
	visit.update({"repair_method": "Module", "repair_method_reason": "The board is potted"})
	visit.submit()
	make.settings(ask_repair_method=0)
	make.voucher(call_of(shop), shop.technician, labour=[make.hours(1)]).submit()
	period = {"company": make.COMPANY, "from_date": add_days(nowdate(), -1), "to_date": nowdate()}
	rows = {row["method"]: row for row in repair_methods.execute(period)[1]}
	assert (rows["Module"]["jobs"], rows["Module"]["parts"], rows["Module"]["labour"]) == (1, 12.5, 30)
	assert (rows["Not Said"]["jobs"], rows["Not Said"]["cost"]) == (1, 30)
	summary = {each["label"]: each["value"] for each in repair_methods.execute(period)[4]}
	assert summary["Repairs"] == sum(row["jobs"] for row in rows.values())
	assert summary["Cost per Repair"] == round(summary["Cost"] / summary["Repairs"], 2)
	by_model = repair_methods.execute({**period, "group_by": "Model"})[1]
	assert {row["model"] for row in by_model} == {"600 Combi"} and getdate()
