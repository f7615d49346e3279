"""Checklists: made with a visit or card, asked for, printed, kept with the product, followed up."""

import frappe
import pytest
from frappe.utils import getdate

from aftersales.planned_service import planning
from aftersales.service_checklists import filling
from aftersales.setup import defaults
from tests import factories as make


@pytest.fixture(scope="module", autouse=True)
def masters(shared_site):
	defaults.insert_missing(
		["Service Category", "Service Request Type", "Issue Priority", "Aftersales Settings"]
	)
	shop = make.shop()
	make.settings(default_company=make.COMPANY, default_request_type="Repair", default_priority="Medium")
	for name in frappe.get_all("Checklist Template", pluck="name"):
		frappe.db.set_value("Checklist Template", name, "disabled", 1)
	return shop


def template(name="Boiler safety", **values):
	return make.make(
		"Checklist Template",
		**{
			"template_name": name,
			"model": "600 Combi",
			"on_cards": 1,
			"questions": [
				{"question": "Flue is tight", "kind": "Yes or No", "good_answer": "Yes", "reqd": 1},
				{
					"question": "CO in the flue gas",
					"kind": "Value",
					"uom": "ppm",
					"has_upper": 1,
					"upper": 50,
					"reqd": 1,
					"makes_call": 1,
				},
				{"question": "Seal", "kind": "Choice", "choices": "New\nUsed\n*Worn out"},
				{"question": "Hours", "kind": "Meter", "meter": "Operating hours"},
			],
			**values,
		},
	)


def visit(shop, **values):
	file = make.equipment(shop.customer)
	call = make.call(shop.customer, equipment=file)
	return make.voucher(call, shop.technician, labour=[make.hours(1)], **values)


def answers(found: dict, *given: dict) -> list[dict]:
	return [
		{"name": question["name"], **answer}
		for question, answer in zip(found["questions"], given, strict=False)
		if answer
	]


def test_a_visit_is_not_completed_before_its_mandatory_questions_are_answered(shop):
	template()
	template("By plan only", model=None)
	doc = visit(shop)
	(found,) = filling.checklists_of(doc.doctype, doc.name)
	assert (found["template"], found["missing"]) == (
		"Boiler safety",
		["Flue is tight", "CO in the flue gas"],
	)
	with pytest.raises(frappe.MandatoryError) as refused:
		doc.submit()
	assert "Flue is tight" in str(refused.value) and "CO in the flue gas" in str(refused.value)
	assert "Seal" not in str(refused.value)


def test_what_was_found_is_kept_read_and_followed_up_once(shop):
	template()
	doc = visit(shop)
	user = make.user("aoife@example.com", "Service Technician")
	frappe.db.set_value("Service Technician", shop.technician, "user", user)
	(found,) = filling.checklists_of(doc.doctype, doc.name)
	given = answers(
		found, {"yes_no": "Yes"}, {"value": 120, "remark": "Burner dirty"}, {"choice": "Used"}, {"value": 812}
	)
	frappe.set_user(user)
	filling.save_answers(found["name"], given)
	again = filling.save_answers(found["name"], given)
	frappe.set_user("Administrator")
	assert (again["out_of_limits"], again["missing"]) == (1, [])
	doc.reload().submit()
	checklist = frappe.get_doc("Service Checklist", found["name"])
	assert (checklist.status, checklist.done_on, checklist.equipment) == (
		"Complete",
		getdate(doc.departed_at),
		doc.equipment,
	)
	call = frappe.get_doc("Repair Call", checklist.answers[1].follow_up_call)
	assert (call.equipment, call.subject) == (doc.equipment, "Out of limits: CO in the flue gas")
	meter = frappe.get_all(
		"Meter Reading", filters={"equipment": doc.equipment}, fields=["reading", "reference_name"]
	)
	assert [(row.reading, row.reference_name) for row in meter] == [(812, doc.name)]
	with pytest.raises(frappe.ValidationError, match="complete"):
		filling.save_answers(found["name"], given)
	doc.cancel()
	assert frappe.db.get_value("Service Checklist", found["name"], "status") == "Open"


def test_a_value_of_zero_is_a_value_and_null_is_none(shop):
	template()
	doc = visit(shop)
	(found,) = filling.checklists_of(doc.doctype, doc.name)
	zero = filling.save_answers(found["name"], [{"name": found["questions"][1]["name"], "value": 0}])
	assert zero["missing"] == ["Flue is tight"]
	none = filling.save_answers(found["name"], [{"name": found["questions"][1]["name"], "value": None}])
	assert none["missing"] == ["Flue is tight", "CO in the flue gas"]


def test_questions_and_limits_are_not_changed_by_answering(shop):
	template()
	doc = visit(shop)
	checklist = frappe.get_doc("Service Checklist", filling.checklists_of(doc.doctype, doc.name)[0]["name"])
	checklist.answers[1].update({"upper": 500, "value": 120, "reqd": 0})
	checklist.answers[2].choice = "Used"
	checklist.save()
	assert (checklist.answers[1].upper, checklist.answers[1].state) == (50, "Out of Limits")
	checklist.answers[2].choice = "Golden"
	with pytest.raises(frappe.ValidationError, match="is not one of"):
		checklist.save()
	checklist.reload()
	checklist.answers.pop()
	with pytest.raises(frappe.ValidationError, match="cannot be added"):
		checklist.save()


def test_who_may_not_write_the_visit_may_not_answer(shop):
	template()
	doc = visit(shop)
	(found,) = filling.checklists_of(doc.doctype, doc.name)
	make.technician("Brian Walsh")
	other = make.user("brian@example.com", "Service Technician")
	frappe.db.set_value("Service Technician", "Brian Walsh", "user", other)
	frappe.set_user(other)
	with pytest.raises(frappe.PermissionError):
		filling.save_answers(found["name"], answers(found, {"yes_no": "Yes"}))
	with pytest.raises(frappe.PermissionError):
		make.make(
			"Service Checklist", template="Boiler safety", reference_type=doc.doctype, reference_name=doc.name
		)


def test_nobody_at_home_needs_no_checklist(shop):
	template()
	doc = visit(shop, outcome="No Access", findings=None, test_result=None)
	doc.submit()
	assert frappe.db.get_value("Service Checklist", {"reference_name": doc.name}, "status") == "Open"


def test_the_report_prints_what_was_found(shop):
	template()
	doc = visit(shop)
	(found,) = filling.checklists_of(doc.doctype, doc.name)
	filling.save_answers(
		found["name"], answers(found, {"yes_no": "No"}, {"value": 12, "remark": "<b>ok</b>"})
	)
	html = frappe.get_print(doc.doctype, doc.name, print_format="Service Voucher")
	assert "Flue is tight" in html and "No (out of limits)" in html
	assert "&lt;b&gt;ok&lt;/b&gt;" in html and "≤ 50 ppm" in html


def test_a_planned_service_brings_the_checklists_of_its_tasks(shop, clock):
	template("Yearly", model=None)
	file = make.equipment(shop.customer, installed_on="2020-01-10")
	plan = make.make(
		"Maintenance Plan",
		plan_name="Yearly service",
		company=make.COMPANY,
		applies_to="Product",
		equipment=file,
		every_months=12,
		request_type="Inspection and Preventive Maintenance",
		tasks=[{"task": "Measure", "hours": 1, "checklist_template": "Yearly"}],
	)
	planning.plan_services(plan, getdate())
	(service,) = frappe.get_all("Planned Service", filters={"plan": plan.name}, pluck="name")
	call = frappe.get_doc("Repair Call", frappe.get_doc("Planned Service", service).make_call())
	doc = make.planned(call, shop.technician)
	assert [each["template"] for each in filling.checklists_of(doc.doctype, doc.name)] == ["Yearly"]


def test_a_card_has_its_checklist(shop):
	template()
	call = make.call(shop.customer, equipment=make.equipment(shop.customer))
	card = make.card(call, assigned_technician=shop.technician)
	with pytest.raises(frappe.MandatoryError, match="Flue is tight"):
		card.submit()


def test_a_wrong_meter_value_is_mended_by_an_amendment(shop):
	template()
	doc = visit(shop)
	(found,) = filling.checklists_of(doc.doctype, doc.name)
	given = ({"yes_no": "Yes"}, {"value": 20}, {"choice": "Used"})
	filling.save_answers(found["name"], answers(found, *given, {"value": 81200}))
	doc.reload().submit()
	doc.cancel()
	assert not frappe.get_all("Meter Reading", {"equipment": doc.equipment})
	amended = frappe.copy_doc(doc)
	amended.update({"amended_from": doc.name, "docstatus": 0})
	amended.insert()
	(again,) = filling.checklists_of(amended.doctype, amended.name)
	filling.save_answers(again["name"], answers(again, *given, {"value": 812}))
	amended.reload().submit()
	assert frappe.get_all("Product Meter", {"equipment": doc.equipment}, pluck="last_reading") == [812]


def test_an_amendment_keeps_the_answers_and_a_deleted_draft_leaves_none(shop):
	template()
	doc = visit(shop)
	(found,) = filling.checklists_of(doc.doctype, doc.name)
	filling.save_answers(found["name"], answers(found, {"yes_no": "Yes"}, {"value": 20}))
	doc.reload().submit()
	doc.cancel()
	amended = frappe.copy_doc(doc)
	amended.update({"amended_from": doc.name, "docstatus": 0})
	amended.insert()
	(again,) = filling.checklists_of(amended.doctype, amended.name)
	assert (again["missing"], again["questions"][1]["value"]) == ([], 20)
	frappe.delete_doc(amended.doctype, amended.name)
	assert not frappe.db.exists("Service Checklist", again["name"])
