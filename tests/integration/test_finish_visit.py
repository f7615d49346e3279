"""Finish Visit: the report of a visit in one go, completed by the visit's own submit or by the workflow."""

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from aftersales.field_service import finishing
from tests import factories as make
from tests.administrator import activate

TECHNICIAN = "aoife.technician@example.com"
AGENT = "clara.agent@example.com"
REPORT = {
	"outcome": "Completed",
	"findings": "Seal replaced",
	"test_result": "Passed",
	"unsigned_reason": "Customer at work",
}


@pytest.fixture(scope="module")
def masters(shared_site):
	hour, seal = make.service_item("Labour hour"), make.item("Gas valve seal")
	make.price(hour, 60)
	make.price(seal, 42)
	van = make.warehouse("Van - Aoife")
	make.receive(seal, 5, 12.5, van)
	make.settings(labour_item=hour, travel_item=hour, small_fee_limit=250, submit_invoice=0)
	make.user(TECHNICIAN, "Service Technician")
	make.user(AGENT, "Service Agent")
	aoife = make.technician("Aoife", van, user=TECHNICIAN)
	customer = make.customer()
	boiler = make.equipment(customer)
	make.make("Spare Part", item_code=seal, fits=[{"brand": "Baxi", "model": "600 Combi"}])
	return frappe._dict(seal=seal, hour=hour, aoife=aoife, customer=customer, boiler=boiler)


@pytest.fixture
def visit(shop):
	"""Planned for an hour ago, contact known."""
	call = make.call(shop.customer, equipment=shop.boiler, contact_name="Nora Byrne")
	doc = make.planned(call, shop.aoife)
	doc.planned_start = add_to_date(now_datetime().replace(microsecond=0), minutes=-50)
	doc.planned_end = add_to_date(doc.planned_start, hours=1)
	doc.save()
	doc.dispatch()
	return doc.reload()


def test_what_the_dialog_proposes(shop, visit):
	frappe.set_user(TECHNICIAN)
	shown = finishing.begin(visit.name)
	assert (shown["report"]["outcome"], shown["report"]["signed_by"]) == ("Completed", "Nora Byrne")
	assert shown["report"]["arrived_at"] == visit.planned_start
	assert [(line["activity"], line["hours"]) for line in shown["labour"]] == [("Repair", 1.0), ("Travel", 0)]
	assert [(part["item_code"], part["here"]) for part in shown["suggested"]] == [(shop.seal, 5)]
	visit.append("parts", {"item_code": shop.seal, "qty": 1})
	visit.save()
	shown = finishing.begin(visit.name)
	assert [(part["item_code"], part["qty"]) for part in shown["parts"]] == [(shop.seal, 1)]
	assert shown["suggested"] == []


def test_a_visit_is_reported_completed_and_billed_at_once(shop, visit):
	frappe.set_user(TECHNICIAN)
	shown = finishing.begin(visit.name)
	done = finishing.finish(
		visit.name,
		{**REPORT, "arrived_at": shown["report"]["arrived_at"]},
		[{"activity": "Repair", "hours": 1.5}, {"activity": "Travel", "hours": 0}],
		[{"item_code": shop.seal, "qty": 2}],
		shown["seen"],
	)
	visit.reload()
	assert (visit.docstatus, visit.status, visit.arrived_at) == (1, "Completed", visit.planned_start)
	assert [(line.activity, line.hours) for line in visit.labour] == [("Repair", 1.5)]
	assert [(line.item_code, line.qty) for line in visit.parts] == [(shop.seal, 2)]
	# 1.5 h at 60 and two seals at 42
	assert frappe.db.get_value("Sales Invoice", visit.sales_invoice, "net_total") == 174
	assert (done["status"], done["amount_due"], done["payable_in_cash"]) == (
		"Completed",
		visit.amount_due,
		visit.amount_due,
	)


def test_stored_rows_are_changed_and_taken_out(shop, visit):
	visit.append("labour", make.hours(1, item_code=shop.hour))
	visit.append("parts", {"item_code": shop.seal, "qty": 1})
	visit.save()
	(labour,), (part,) = visit.labour, visit.parts
	finishing.finish(
		visit.name,
		{**REPORT, "arrived_at": visit.planned_start},
		[{"name": labour.name, "activity": "Repair", "hours": 2}],
		[{"name": part.name, "item_code": shop.seal, "qty": 0}],
	)
	visit.reload()
	assert [line.hours for line in visit.labour] == [2]
	assert visit.parts == [] and not visit.stock_entry


def test_all_that_is_missing_is_said_at_once_and_nothing_is_stored(shop, visit):
	with pytest.raises(frappe.MandatoryError) as refusal:
		finishing.finish(visit.name, {"outcome": "Completed", "arrived_at": visit.planned_start})
	for fieldname in ("findings", "test_result", "customer_signature"):
		assert f'data-missing-field="{fieldname}"' in str(refusal.value)
	docstatus, outcome = frappe.db.get_value("Service Voucher", visit.name, ["docstatus", "outcome"])
	assert (docstatus, outcome or None) == (0, None)


def test_a_visit_changed_meanwhile_is_not_overwritten(shop, visit):
	seen = finishing.begin(visit.name)["seen"]
	visit.advice = "Descale"
	visit.save()
	with pytest.raises(frappe.TimestampMismatchError):
		finishing.finish(visit.name, {**REPORT, "arrived_at": visit.planned_start}, seen=seen)


def test_a_second_press_completes_nothing_twice(shop, visit):
	report = {**REPORT, "arrived_at": visit.planned_start}
	finishing.finish(visit.name, report, [{"activity": "Repair", "hours": 1}])
	with pytest.raises(frappe.ValidationError, match="already"):
		finishing.finish(visit.name, report, [{"activity": "Repair", "hours": 1}])
	assert frappe.db.count("Sales Invoice", {"aftersales_voucher": visit.name}) == 1


def test_who_may_not_complete_gets_no_dialog(shop, visit):
	other = make.user("declan.technician@example.com", "Service Technician")
	make.technician("Declan", user=other)
	for user in (AGENT, other):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			finishing.begin(visit.name)
		with pytest.raises(frappe.PermissionError):
			finishing.finish(visit.name, REPORT)


def test_fields_that_the_dialog_does_not_know_are_left_alone(shop, visit):
	finishing.finish(
		visit.name,
		{
			**REPORT,
			"arrived_at": visit.planned_start,
			"customer": "Somebody",
			"amount_due": 1,
			"docstatus": 1,
		},
		[{"activity": "Repair", "hours": 1}],
	)
	visit.reload()
	assert (visit.customer, visit.docstatus) == (shop.customer, 1)


def test_with_a_workflow_the_step_is_the_workflow_s(shop, visit):
	activate("Service Voucher")
	frappe.set_user(TECHNICIAN)
	finishing.finish(visit.name, {**REPORT, "arrived_at": visit.planned_start})
	visit.reload()
	assert (visit.docstatus, visit.workflow_state) == (1, "Completed")
