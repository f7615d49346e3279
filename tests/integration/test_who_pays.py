"""Who pays: coverage speaks of failures, a warranty comes from a repair, a part's own warranty is honoured (R-IN-6, R-SP).

Told as documents over months: each visit takes place on its own day, entered when it was made.
"""

import frappe
import pytest
from frappe.utils import add_days, add_months, add_to_date, get_datetime, getdate, now_datetime, nowdate

from aftersales.service_calls.entitlement import coverage
from aftersales.service_desk import phone_desk
from aftersales.setup import defaults
from tests import factories as make
from tests.jobs import gl, stock_ledger

SERIAL = "C4-70117"


@pytest.fixture(scope="module")
def masters(shared_site):
	"""The small agency, with a circuit board that has 24 months of warranty and a product of Nora's."""
	names = make.shop()
	make.settings(
		default_company=make.COMPANY,
		default_request_type=make.request_type("Repair"),
		repair_warranty_days=90,
		repeat_days=30,
		restart_repair_warranty=0,
		part_warranty_covers_work=0,
	)
	for name in ("A", "B", "C", "D"):
		make.category(name)
	names.board = make.item("Control Board", has_serial_no=1)
	make.price(names.board, 180)
	make.receive(names.board, 3, 70, names.van, serial_nos=(SERIAL, "C4-70118", "C4-70119"))
	make.make("Spare Part", item_code=names.board, part_warranty_months=24)
	make.fault_code("SYM-DEAD-T")
	make.fault_code("SYM-NOISE-T")
	for values in defaults.shipped():  # the site's own since it was installed
		if values["doctype"] == "Service Request Type":
			defaults.restore(values["doctype"], values["name"])
	names.boiler = make.equipment(names.customer, serial_text="TR250-0417")
	return names


def ago(days: int):
	"""Ten o'clock on the day so many days ago."""
	return get_datetime(f"{add_days(nowdate(), -days)} 10:00:00")


def visit(shop, call, on, **values):
	"""A visit of `call` made and completed at `on`; the call is closed that day."""
	voucher = make.voucher(
		call,
		shop.technician,
		arrived_at=on,
		departed_at=add_to_date(on, hours=1),
		service_category=None,
		**values,
	)
	voucher.complete()
	frappe.db.set_value("Repair Call", call.name, {"status": "Closed", "resolved_at": on, "closed_at": on})
	return frappe.get_doc("Service Voucher", voucher.name)


def called(shop, on=None, **values):
	"""Nora calls about her boiler; the app proposes who pays."""
	return make.plain_call(shop.customer, equipment=shop.boiler, received_at=on or now_datetime(), **values)


def paid_repair(shop, on, **values):
	"""A board was fitted and paid for at `on`."""
	call = called(shop, on=add_to_date(on, hours=-2), symptom_code="SYM-DEAD-T")
	return visit(
		shop, call, on, parts=[make.part(shop.board, serial_no=SERIAL, **values)], labour=[make.hours(1)]
	)


# ---------------------------------------------------------------- coverage speaks of failures


@pytest.mark.parametrize(
	("request_type", "category"),
	[
		("Repair", "C"),
		("Inspection and Preventive Maintenance", "A"),
		("Installation and Commissioning", "A"),
		("Software Update", "A"),
		("Spare Parts", "A"),
		("Training", "D"),
		("Sample Test", "D"),
	],
)
def test_in_warranty_only_a_failure_is_free(shop, request_type, category):
	frappe.db.set_value("Customer Equipment", shop.boiler, "warranty_until", add_days(nowdate(), 30))
	call = called(shop, request_type=request_type)
	assert call.coverage == "Warranty", "the fact is kept whatever is asked for"
	assert (call.proposed_category, call.service_category) == (category, category)
	assert call.coverage_reason.endswith("request says.") or category in call.coverage_reason


def test_the_reason_is_one_sentence_on_call_visit_and_phone_desk(shop):
	frappe.db.set_value("Customer Equipment", shop.boiler, "warranty_until", add_days(nowdate(), 30))
	call = called(shop, request_type="Software Update")
	said = "Software Update is not a failure, so no warranty applies: category A, as the request type says."
	assert call.coverage_reason == said
	assert make.voucher(call, shop.technician).coverage_reason == said
	assert make.received_card(call).coverage_reason == said
	preview = phone_desk.preview({"customer": shop.customer, "equipment": shop.boiler, "subject": "-"})
	assert preview["coverage_reason"].startswith("The product is in warranty until")


def test_a_contract_pays_for_what_its_request_type_says(shop):
	make.contract(shop.customer)
	inspection = called(shop, request_type="Inspection and Preventive Maintenance")
	assert (inspection.coverage, inspection.service_category) == ("Contract", "B")
	training = called(shop, request_type="Training")
	assert (training.coverage, training.service_category) == ("Contract", "D")


def test_erpnext_s_own_maintenance_contract_of_a_serial_is_read(shop):
	item = make.item("BOILER-24", has_serial_no=1)
	make.serial_no("SN-AMC", item, amc_expiry_date=add_days(nowdate(), 5), customer=shop.customer)
	call = make.plain_call(shop.customer, serial_no="SN-AMC")
	assert (call.coverage, call.coverage_source) == ("Contract", "Serial No SN-AMC")
	assert call.service_category == "B"


# ---------------------------------------------------------------- a warranty comes from a repair


def test_an_inspection_leaves_no_warranty_and_is_not_repeated_by_a_fault(shop):
	call = called(shop, on=ago(10), request_type="Inspection and Preventive Maintenance")
	done = visit(shop, call, ago(9), labour=[make.hours(1)])
	assert done.repair_warranty_until is None
	fault = called(shop, symptom_code="SYM-NOISE-T")
	assert (fault.coverage, fault.service_category) == ("Unknown", "A")
	assert (fault.is_repeat, fault.repeat_of) == (0, None)


def test_an_inspection_after_a_repair_is_no_repeat(shop):
	paid_repair(shop, ago(10))
	assert called(shop, request_type="Inspection and Preventive Maintenance").is_repeat == 0
	assert called(shop).is_repeat == 1


def test_the_repair_answers_for_the_fault_it_repaired_of_several(shop):
	first = paid_repair(shop, ago(40))
	noise = called(shop, on=ago(21), symptom_code="SYM-NOISE-T")
	second = visit(shop, noise, ago(20), labour=[make.hours(1)])
	again = called(shop, symptom_code="SYM-DEAD-T")
	assert again.coverage == "Repair Warranty", (
		"an earlier repair of that fault, though another came after it"
	)
	assert getdate(again.coverage_until) == getdate(first.repair_warranty_until)
	assert first.name in again.coverage_reason
	assert getdate(called(shop, symptom_code="SYM-NOISE-T").coverage_until) == getdate(
		second.repair_warranty_until
	)


def free_rework(shop):
	paid_repair(shop, ago(60))
	call = called(shop, on=ago(2), symptom_code="SYM-DEAD-T")
	assert (call.coverage, call.service_category) == ("Repair Warranty", "C")
	return visit(shop, call, ago(1), labour=[make.hours(1)])


def test_free_rework_does_not_start_the_warranty_anew(shop):
	assert getdate(free_rework(shop).repair_warranty_until) == getdate(add_days(ago(60), 90))


def test_free_rework_starts_it_anew_where_the_site_wants_it(shop):
	make.settings(restart_repair_warranty=1)
	assert getdate(free_rework(shop).repair_warranty_until) == getdate(add_days(ago(1), 90))


# ---------------------------------------------------------------- the part warranty that is printed


def test_a_part_under_warranty_is_free_a_year_later_and_the_work_is_paid(shop):
	first = paid_repair(shop, ago(365))
	assert first.parts[0].charge_to == "Customer"
	assert getdate(first.parts[0].warranty_until) == getdate(add_months(getdate(ago(365)), 24))
	call = called(shop, symptom_code="SYM-DEAD-T")
	assert (call.coverage, call.service_category) == ("Part Warranty", "A")
	assert SERIAL in call.coverage_reason
	assert "the part is free, the work is charged (category A)." in call.coverage_reason
	again = make.voucher(
		call,
		shop.technician,
		service_category=None,
		labour=[make.hours(1)],
		parts=[make.part(shop.board, serial_no="C4-70118", old_serial_no="c4 70117")],
	)
	line = again.parts[0]
	assert (line.charge_to, again.labour[0].charge_to) == ("Warranty", "Customer")
	assert f"fitted by Service Voucher {first.name}" in line.payer_reason
	assert again.amount_due == 68.1  # the hour and its VAT
	again.complete()
	assert gl(again.stock_entry) == [
		(f"Stock In Hand - {make.ABBR}", 0, 70, shop.cost_center),
		(shop.warranty, 70, 0, shop.cost_center),
	]
	assert stock_ledger(again.stock_entry) == [(shop.board, shop.van, -1, -70)]
	# put in for free: it is warranted as long as the one it replaced
	assert getdate(again.parts[0].warranty_until) == getdate(first.parts[0].warranty_until)


def test_another_part_than_ours_was_taken_out(shop):
	paid_repair(shop, ago(365))
	again = make.voucher(
		called(shop),
		shop.technician,
		service_category=None,
		parts=[make.part(shop.board, serial_no="C4-70118", old_serial_no="X-1")],
	)
	assert (again.parts[0].charge_to, again.parts[0].payer_reason) == ("Customer", None)


def test_the_payer_follows_when_the_removed_part_is_told_later(shop):
	paid_repair(shop, ago(365))
	again = make.voucher(
		called(shop),
		shop.technician,
		service_category=None,
		parts=[make.part(shop.board, serial_no="C4-70118", old_serial_no="X-1")],
	)
	again.parts[0].old_serial_no = SERIAL
	again.save()
	assert again.parts[0].charge_to == "Warranty"


def test_a_part_under_warranty_is_charged_only_with_a_reason(shop):
	paid_repair(shop, ago(365))
	again = make.voucher(
		called(shop),
		shop.technician,
		service_category=None,
		parts=[make.part(shop.board, serial_no="C4-70118")],
	)
	again.parts[0].charge_to = "Customer"
	with pytest.raises(frappe.ValidationError, match="Reason for Another Payer"):
		again.save()
	again.reload()
	again.parts[0].update({"charge_to": "Customer", "charge_reason": "Broken by the customer"})
	again.save()
	assert again.parts[0].charge_to == "Customer"


def test_a_part_is_honoured_once_and_through_its_last_day(shop):
	first = paid_repair(shop, ago(365))
	two = make.voucher(
		called(shop),
		shop.technician,
		service_category=None,
		parts=[
			make.part(shop.board, serial_no="C4-70118"),
			make.part(shop.board, serial_no="C4-70119"),
		],
	)
	assert [line.charge_to for line in two.parts] == ["Warranty", "Customer"]
	frappe.db.set_value("Service Part Line", first.parts[0].name, "warranty_until", add_days(nowdate(), -1))
	two.save()
	assert [line.charge_to for line in two.parts] == ["Customer", "Customer"]


def test_an_inspection_pays_for_what_it_exchanges_again_unless_the_part_is_warranted(shop):
	call = called(shop, on=ago(22), symptom_code="SYM-NOISE-T")
	parts = [make.part(shop.seal), make.part(shop.board, serial_no=SERIAL)]
	visit(shop, call, ago(20), parts=parts)
	again = [make.part(shop.seal), make.part(shop.board, serial_no="C4-70118", old_serial_no=SERIAL)]
	inspection = called(shop, request_type="Inspection and Preventive Maintenance")
	planned = make.voucher(inspection, shop.technician, service_category=None, parts=again)
	assert [line.charge_to for line in planned.parts] == ["Customer", "Warranty"]
	repair = make.voucher(called(shop), shop.technician, service_category=None, parts=again)
	assert [line.charge_to for line in repair.parts] == ["Warranty", "Warranty"]


def test_the_site_may_give_the_work_too(shop):
	make.settings(part_warranty_covers_work=1)
	paid_repair(shop, ago(365))
	call = called(shop, symptom_code="SYM-DEAD-T")
	assert (call.coverage, call.service_category) == ("Part Warranty", "C")


def test_a_contract_pays_the_work_and_the_part_s_warranty_the_part(shop):
	paid_repair(shop, ago(365))
	make.contract(shop.customer)
	call = called(shop, symptom_code="SYM-DEAD-T")
	assert (call.coverage, call.service_category) == ("Contract", "B")
	assert "Parts under warranty" in call.coverage_reason
	again = make.voucher(
		call,
		shop.technician,
		service_category=None,
		service_contract=call.service_contract,
		parts=[make.part(shop.board, serial_no="C4-70118")],
		labour=[make.hours(1)],
	)
	assert (again.parts[0].charge_to, again.labour[0].charge_to) == ("Warranty", "Contract")


def test_the_number_of_a_fitted_part_finds_its_product(shop):
	paid_repair(shop, ago(365))
	(row,) = [row for row in phone_desk.search("c4-70117") if row["kind"] == "Serial"]
	assert (row["equipment"], row["part_serial_no"], row["part"]) == (shop.boiler, SERIAL, shop.board)
	call = make.plain_call(shop.customer, serial_text="C4 70117")
	assert (call.equipment, call.part_serial_no, call.serial_text) == (shop.boiler, "C4 70117", "TR250-0417")
	assert call.coverage == "Part Warranty"
	shown = coverage.coverage_today(shop.boiler)
	assert [part["part"] for part in shown["parts"]] == [shop.board]


def test_the_printed_warranty_holds_through_its_day_and_not_a_day_longer(shop, clock):
	clock.to(f"{add_days(nowdate(), 1)} 15:00:00")
	first = paid_repair(shop, get_datetime(f"{nowdate()} 10:00:00"))
	last_day = first.parts[0].warranty_until
	clock.to(f"{last_day} 15:00:00")
	assert called(shop, symptom_code="SYM-DEAD-T").coverage == "Part Warranty"
	reported_in_time = called(shop, symptom_code="SYM-DEAD-T")
	clock.forward(days=1)
	assert called(shop, symptom_code="SYM-DEAD-T").coverage == "Unknown"
	# the visit comes later than the call: the day the customer called counts
	part = make.part(shop.board, serial_no="C4-70118")
	late = make.voucher(reported_in_time, shop.technician, service_category=None, parts=[part])
	assert late.parts[0].charge_to == "Warranty"


def test_a_cancelled_job_has_fitted_nothing(shop):
	done = paid_repair(shop, ago(100))
	frappe.db.set_value("Repair Call", done.repair_call, "status", "Resolved")
	done.cancel()
	assert phone_desk.search("C4-70117") == []
	call = called(shop, symptom_code="SYM-DEAD-T")
	assert (call.coverage, call.service_category) == ("Unknown", "A")
