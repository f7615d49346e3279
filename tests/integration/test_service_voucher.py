"""The visit: dispatch, qualification, arrival, report, signature, cash, next step, cancelling, permissions.

Every guard is attacked by the ways data comes in: `save` on the document, `frappe.client` (the REST
API), and the bulk edit of lists.
"""

import json

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_datetime, getdate, now_datetime, nowdate

from aftersales.field_service import visits
from aftersales.field_service.dispatch import overlapping_visits
from tests import factories as make
from tests.attacks import bulk, comments, refused

WATER_HEATERS = "Water Heaters"
GAS_WATER_HEATERS = "Gas Water Heaters"
LABORATORY = "Laboratory Instruments"

SUPERVISOR = "orla.supervisor@example.com"
TECHNICIAN = "aoife.technician@example.com"
OTHER_TECHNICIAN = "declan.technician@example.com"


@pytest.fixture(scope="module")
def masters(shared_site):
	"""A small agency: product groups, a van with parts, two technicians, a supervisor, a customer."""
	group = frappe.get_doc(
		{
			"doctype": "Item Group",
			"item_group_name": WATER_HEATERS,
			"parent_item_group": "All Item Groups",
			"is_group": 1,
		}
	).insert()
	for name, parent in ((GAS_WATER_HEATERS, group.name), (LABORATORY, "All Item Groups")):
		frappe.get_doc(
			{"doctype": "Item Group", "item_group_name": name, "parent_item_group": parent}
		).insert()
	van = make.warehouse("Van - Aoife")
	seal = make.item("Gas valve seal")
	make.receive(seal, 10, 4, van)
	make.price(seal, 12.5)
	labour = make.service_item("Labour hour")
	make.price(labour, 60)
	make.category_accounts(
		"A",
		income_account=f"Service - {make.ABBR}",
		expense_account=f"Cost of Goods Sold - {make.ABBR}",
		cost_center=f"Main - {make.ABBR}",
	)
	make.category_accounts(
		"D", expense_account=f"Miscellaneous Expenses - {make.ABBR}", cost_center=f"Main - {make.ABBR}"
	)
	make.settings(
		labour_item=labour, travel_item=labour, small_fee_limit=250, submit_invoice=0, repair_warranty_days=90
	)
	make.technician(
		"Aoife",
		van,
		skills=[
			{
				"item_group": WATER_HEATERS,
				"support_kind": "Use",
				"certificate": "RGI",
				"valid_until": add_days(nowdate(), 30),
			}
		],
	)
	make.technician(
		"Declan",
		make.warehouse("Van - Declan"),
		skills=[{"item_group": LABORATORY, "support_kind": "Both"}],
	)
	customer = make.customer()
	return frappe._dict(
		customer=customer,
		seal=seal,
		van=van,
		heater=make.equipment(
			customer, item_group=GAS_WATER_HEATERS, model="Thermon 18", serial_text="TH-18-0042"
		),
	)


@pytest.fixture
def people(shop):
	"""Users of the two technicians, and a supervisor."""
	make.user(SUPERVISOR, "Service Supervisor")
	for technician, user in (("Aoife", TECHNICIAN), ("Declan", OTHER_TECHNICIAN)):
		frappe.db.set_value("Service Technician", technician, "user", make.user(user, "Service Technician"))


@pytest.fixture
def call(shop):
	return make.call(shop.customer, equipment=shop.heater, support_kind="Use")


def status_of_call(call) -> str:
	return frappe.db.get_value("Repair Call", call.name, "status")


def set_value(doc, fieldname, value):
	"""As PUT /api/resource does."""
	return frappe.client.set_value(doc.doctype, doc.name, fieldname, value)


# ---------------------------------------------------------------- what a voucher is for


def test_values_come_from_the_call(shop):
	call = make.call(
		shop.customer, equipment=shop.heater, support_kind="Use", service_category=make.category("A")
	)
	voucher = make.make("Service Voucher", repair_call=call.name)
	assert (voucher.customer, voucher.equipment, voucher.company) == (
		shop.customer,
		shop.heater,
		make.COMPANY,
	)
	assert (voucher.support_kind, voucher.service_category, voucher.status) == ("Use", "A", "Draft")


def test_a_voucher_needs_a_call_unless_the_work_is_internal(shop):
	with pytest.raises(frappe.MandatoryError):
		make.make("Service Voucher", company=make.COMPANY, customer=shop.customer, service_category="A")
	internal = make.make("Service Voucher", company=make.COMPANY, service_category=make.category("D"))
	assert internal.customer is None


def test_call_of_another_customer(shop, call):
	stranger = make.customer("Padraig Walsh")
	with pytest.raises(frappe.ValidationError, match="differs"):
		make.make("Service Voucher", repair_call=call.name, customer=stranger)


def test_equipment_of_another_customer(shop, call):
	other = make.equipment(make.customer("Padraig Walsh"), model="Ecoline")
	with pytest.raises(frappe.ValidationError, match="belongs to"):
		make.make("Service Voucher", repair_call=call.name, equipment=other)


def test_no_work_on_a_call_that_is_over(shop, call):
	call.reload()
	call.cancel_call("Entered twice")
	with pytest.raises(frappe.ValidationError, match="Cancelled"):
		make.planned(call, "Aoife")


def test_times_in_order(shop, call):
	now = now_datetime()
	with pytest.raises(frappe.ValidationError, match="Planned End"):
		make.planned(call, "Aoife", planned_start=now, planned_end=now)
	with pytest.raises(frappe.ValidationError, match="Departed"):
		make.voucher(call, "Aoife", arrived_at=now, departed_at=add_to_date(now, minutes=-1))
	with pytest.raises(frappe.ValidationError, match="row 1"):
		make.voucher(
			call,
			"Aoife",
			labour=[make.hours(from_time=now, to_time=add_to_date(now, minutes=-1))],
		)


# ---------------------------------------------------------------- category


def test_another_category_needs_a_supervisor_and_a_reason(shop, people, call):
	voucher = make.planned(call, "Aoife")
	frappe.set_user(TECHNICIAN)
	with pytest.raises(frappe.PermissionError):
		set_value(voucher, "service_category", "D")
	frappe.set_user(SUPERVISOR)
	with pytest.raises(frappe.MandatoryError):
		set_value(voucher, "service_category", "D")
	voucher.reload()
	voucher.update({"service_category": "D", "category_reason": "Our own demonstration unit"})
	voucher.save()
	assert "Our own demonstration unit" in comments(voucher)
	# the reason stays with the exception
	with pytest.raises(frappe.MandatoryError):
		set_value(voucher, "category_reason", "")
	# and the technician can go on with what was authorised
	frappe.set_user(TECHNICIAN)
	voucher.reload()
	voucher.parts_to_take = "Seal"
	voucher.save()


# ---------------------------------------------------------------- dispatch


def test_dispatch_tells_the_call(shop, call):
	voucher = make.planned(call, "Aoife")
	voucher.dispatch()
	call.reload()
	assert (voucher.status, call.status) == ("Dispatched", "Scheduled")
	assert get_datetime(call.promised_from) == get_datetime(voucher.planned_start)
	assert call.responded_at


def test_dispatch_needs_technician_and_plan(shop, call):
	for fieldname in ("technician", "planned_start", "planned_end"):
		voucher = make.planned(**{"repair_call": call, "technician": "Aoife", fieldname: None})
		refused(frappe.MandatoryError, voucher, status="Dispatched")


def test_technician_who_left(shop, call):
	frappe.db.set_value("Service Technician", "Aoife", "is_active", 0)
	refused(frappe.ValidationError, make.planned(call, "Aoife"), status="Dispatched")


def test_unqualified_technician_is_refused_whichever_state_is_set(shop, call):
	voucher = make.planned(call, "Declan")
	refused(frappe.ValidationError, voucher, status="Dispatched")
	refused(frappe.ValidationError, voucher, status="On Site")


def test_certificate_must_be_valid_on_the_day_of_the_visit(shop, call):
	start = add_to_date(get_datetime(f"{add_days(nowdate(), 31)} 09:00:00"))
	late = make.planned(call, "Aoife", planned_start=start, planned_end=add_to_date(start, hours=1))
	with pytest.raises(frappe.ValidationError, match="expired"):
		late.dispatch()
	last_day = add_to_date(start, days=-1)
	in_time = make.planned(call, "Aoife", planned_start=last_day, planned_end=add_to_date(last_day, hours=1))
	in_time.dispatch()
	assert in_time.status == "Dispatched"


def test_kind_of_support_counts(shop):
	call = make.call(shop.customer, equipment=shop.heater, support_kind="Application")
	with pytest.raises(frappe.ValidationError, match="Application"):
		make.planned(call, "Aoife").dispatch()


def test_supervisor_overrides_with_a_reason(shop, people, call):
	voucher = make.planned(call, "Declan")
	frappe.set_user(OTHER_TECHNICIAN)
	voucher.reload()
	voucher.qualification_override_reason = "I know this heater"
	with pytest.raises(frappe.PermissionError):
		voucher.dispatch()
	frappe.set_user(SUPERVISOR)
	voucher.reload()
	voucher.qualification_override_reason = "Aoife is ill; Declan is supervised by phone"
	voucher.dispatch()
	assert voucher.qualification_overridden_by == SUPERVISOR
	assert "supervised by phone" in comments(voucher)
	# the technician who was let go can arrive without asking again
	frappe.set_user(OTHER_TECHNICIAN)
	voucher.reload()
	voucher.arrive()
	assert voucher.status == "On Site"


def test_an_override_does_not_cover_another_product(shop, people, call):
	voucher = make.planned(call, "Declan", qualification_override_reason="Supervised by phone")
	voucher.dispatch()
	assert voucher.qualification_overridden_by == "Administrator"
	other = make.equipment(shop.customer, item_group=GAS_WATER_HEATERS, model="Thermon 24")
	frappe.set_user(OTHER_TECHNICIAN)
	refused(frappe.PermissionError, voucher, equipment=other)
	# not by way of a draft in between either
	voucher = frappe.get_doc("Service Voucher", voucher.name)
	voucher.update({"status": "Draft", "equipment": other})
	voucher.save()
	assert voucher.qualification_overridden_by is None
	refused(frappe.PermissionError, voucher, status="Dispatched")


def test_override_cannot_be_forged(shop, people, call):
	voucher = make.planned(call, "Declan")
	refused(frappe.PermissionError, voucher, qualification_overridden_by=SUPERVISOR)


def test_product_of_unknown_group_needs_the_kind_of_support_only(shop):
	unknown = make.equipment(shop.customer, brand="Other maker", model="X1", item_group=None)
	call = make.call(shop.customer, equipment=unknown, support_kind="Use")
	voucher = make.planned(call, "Declan")
	voucher.dispatch()
	assert voucher.status == "Dispatched"


def test_two_visits_at_once_are_pointed_out_not_refused(shop, call):
	first = make.planned(call, "Aoife")
	first.dispatch()
	second_call = make.call(shop.customer, equipment=shop.heater, support_kind="Use", subject="Leaks again")
	second = make.planned(second_call, "Aoife")
	frappe.clear_messages()
	second.dispatch()
	assert [row.name for row in overlapping_visits(second)] == [first.name]
	assert any(first.name in str(message) for message in frappe.get_message_log())
	after = make.planned(
		second_call,
		"Aoife",
		planned_start=first.planned_end,
		planned_end=add_to_date(first.planned_end, hours=1),
	)
	assert overlapping_visits(after) == []


def test_internal_work_needs_no_certificate(shop):
	start = add_to_date(now_datetime(), hours=1)
	internal = make.planned(
		None,
		"Declan",
		service_category=make.category("D"),
		planned_start=start,
		planned_end=add_to_date(start, hours=1),
	)
	internal.dispatch()
	internal.arrive()
	internal.update(
		{"outcome": "Completed", "findings": "Torque wrenches calibrated", "test_result": "Not Tested"}
	)
	internal.complete()
	assert (internal.status, internal.sales_invoice, internal.billing_status) == (
		"Completed",
		None,
		"Not Billable",
	)


# ---------------------------------------------------------------- on site and completion


def test_arrival_is_stamped_and_told(shop, call):
	voucher = make.planned(call, "Aoife")
	voucher.dispatch()
	voucher.arrive()
	call.reload()
	assert voucher.arrived_at
	assert (call.status, get_datetime(call.arrived_at)) == ("In Progress", get_datetime(voucher.arrived_at))


def test_completed_visit(shop, call):
	voucher = make.voucher(
		call,
		"Aoife",
		departed_at=None,
		labour=[make.hours(1.5)],
		parts=[make.part(shop.seal, 1)],
		action_code=None,
	)
	assert (voucher.amount_due, voucher.currency) == (102.5, "EUR")  # 1.5 hours at 60, and 12.50
	voucher.complete()
	assert voucher.status == "Completed"
	assert get_datetime(voucher.departed_at) >= get_datetime(voucher.arrived_at)
	assert frappe.db.get_value("Stock Entry", voucher.stock_entry, "docstatus") == 1
	assert frappe.db.get_value("Sales Invoice", voucher.sales_invoice, "docstatus") == 0
	assert voucher.parts[0].warehouse == shop.van
	call.reload()
	assert (call.status, call.resolution) == ("Resolved", "Worn seal replaced, flow tested")
	assert get_datetime(call.arrived_at) == get_datetime(voucher.arrived_at)
	assert frappe.db.get_value("Customer Equipment", shop.heater, "repair_warranty_until") == getdate(
		add_days(getdate(voucher.departed_at), 90)
	)


def test_part_keeps_its_own_warranty(shop, call):
	make.make("Spare Part", item_code=shop.seal, part_warranty_months=24)
	voucher = make.voucher(
		call,
		"Aoife",
		parts=[make.part(shop.seal, 1)],
		arrived_at="2026-01-31 10:00:00",
		departed_at="2026-01-31 11:00:00",
	)
	voucher.complete()
	stored = frappe.get_doc("Service Voucher", voucher.name)
	assert stored.parts[0].warranty_until == getdate("2028-01-31")


def test_what_a_completed_visit_must_show(shop, call):
	needed = (
		"arrived_at",
		"outcome",
		"findings",
		"test_result",
		"signed_by",
		"technician",
		"customer_signature",
	)
	for fieldname in needed:
		voucher = make.voucher(**{"repair_call": call, "technician": "Aoife", fieldname: None})
		assert not bulk(voucher, "submit")
		with pytest.raises(frappe.MandatoryError):
			voucher.submit()
		frappe.db.rollback()
		assert frappe.db.get_value("Service Voucher", voucher.name, ["docstatus", "status"]) == (0, "Draft")
	assert status_of_call(call) == "Open"


def test_reason_instead_of_signature(shop, call):
	voucher = make.voucher(
		call, "Aoife", customer_signature=None, signed_by=None, unsigned_reason="Caretaker had to leave"
	)
	voucher.complete()
	assert voucher.status == "Completed"


def test_failed_test_is_no_completed_repair(shop, call):
	voucher = make.voucher(call, "Aoife", test_result="Failed")
	with pytest.raises(frappe.ValidationError, match="test"):
		voucher.complete()


def test_nobody_unqualified_by_submitting_directly(shop, call):
	with pytest.raises(frappe.ValidationError, match="not qualified"):
		make.voucher(call, "Declan").submit()
	frappe.db.set_value("Technician Skill", {"parent": "Aoife"}, "level", "Trainee")
	frappe.clear_document_cache("Service Technician", "Aoife")
	with pytest.raises(frappe.ValidationError, match="a trainee in"):
		make.voucher(call, "Aoife").submit()


def test_done_comes_with_submitting_only(shop, call):
	voucher = make.voucher(call, "Aoife")
	for status in ("Completed", "Archived"):
		refused(frappe.ValidationError, voucher, status=status)


def test_inserting_a_finished_voucher_does_not_skip_its_guards(shop, call):
	with pytest.raises(frappe.MandatoryError):
		frappe.get_doc(
			{
				"doctype": "Service Voucher",
				"repair_call": call.name,
				"technician": "Aoife",
				"status": "Archived",
				"docstatus": 1,
				"arrived_at": now_datetime(),
			}
		).insert()


def test_filed_after_completion_only(shop, call):
	voucher = make.voucher(call, "Aoife")
	voucher.complete()
	for status in ("Draft", "On Site", "Cancelled"):
		refused(frappe.ValidationError, voucher, status=status)
	voucher.reload()
	voucher.archive()
	assert frappe.db.get_value("Service Voucher", voucher.name, "status") == "Archived"


def test_fields_of_record(shop, call):
	voucher = make.voucher(call, "Aoife", labour=[make.hours(1)], parts=[make.part(shop.seal, 1)])
	forged = {
		"amount_due": 1,
		"billing_status": "Paid",
		"sales_invoice": None,
		"stock_entry": None,
		"cash_receipt_no": "REC-LSL-2026-99999",
		"parts_cost": 0.01,
	}
	refused(frappe.PermissionError, voucher, cash_receipt_no="REC-LSL-2026-99999", billing_status="Paid")
	voucher = frappe.get_doc("Service Voucher", voucher.name)
	voucher.complete()
	for fieldname, value in forged.items():
		refused((frappe.PermissionError, frappe.UpdateAfterSubmitError), voucher, **{fieldname: value})


# ---------------------------------------------------------------- next step


def test_revisit_is_planned_once(shop, call):
	voucher = make.voucher(
		call,
		"Aoife",
		outcome="Revisit Needed",
		preliminary_plan="Replace the seal",
		parts_to_take="Gas valve seal",
		labour=[make.hours(1)],
	)
	voucher.complete()
	assert status_of_call(call) == "In Progress"
	(revisit,) = visits.open_vouchers_of_call(call.name)
	revisit = frappe.get_doc("Service Voucher", revisit)
	assert (revisit.previous_voucher, revisit.technician, revisit.status) == (voucher.name, "Aoife", "Draft")
	assert (revisit.preliminary_plan, revisit.parts_to_take) == ("Replace the seal", "Gas valve seal")
	assert not any((revisit.labour, revisit.parts, revisit.outcome, revisit.customer_signature))
	assert visits.ensure_revisit(voucher) == revisit.name
	assert visits.open_vouchers_of_call(call.name) == [revisit.name]


def test_the_revisit_takes_over_what_was_left(shop, call):
	make.voucher(
		call,
		"Aoife",
		outcome="Revisit Needed",
		preliminary_plan="Replace the seal",
		parts_to_take="Gas valve seal",
		work_left="Fit the pump",
		parts_left="Pump UPS 25",
	).complete()
	(revisit,) = visits.open_vouchers_of_call(call.name)
	revisit = frappe.get_doc("Service Voucher", revisit)
	assert (revisit.preliminary_plan, revisit.parts_to_take) == ("Fit the pump", "Pump UPS 25")
	assert (revisit.work_left, revisit.parts_left) == (None, None)


def test_a_visit_planned_already_becomes_the_revisit(shop, call):
	planned = make.planned(call, "Aoife", preliminary_plan="Yearly service")
	voucher = make.voucher(
		call, "Aoife", outcome="Revisit Needed", work_left="Fit the pump", parts_left="Pump"
	)
	voucher.complete()
	assert visits.open_vouchers_of_call(call.name) == [planned.name]
	planned.reload()
	assert planned.previous_voucher == voucher.name
	assert (planned.preliminary_plan, planned.parts_to_take) == ("Yearly service\nFit the pump", "Pump")
	visits.ensure_revisit(voucher)
	planned.reload()
	assert planned.preliminary_plan == "Yearly service\nFit the pump"


def test_revisit_made_by_hand(shop, call):
	voucher = make.voucher(call, "Aoife", outcome="No Access", customer_signature=None, signed_by=None)
	voucher.complete()
	assert visits.open_vouchers_of_call(call.name) == []
	revisit = visits.revisit_from_voucher(voucher.name)
	# as the desk does it: the draft goes to the browser and comes back
	revisit = frappe.get_doc(json.loads(frappe.as_json(revisit.as_dict())))
	revisit.insert()
	assert revisit.previous_voucher == voucher.name
	assert frappe.db.get_value("Service Voucher", revisit.name, "arrived_at") is None


def test_voucher_from_call(shop, call):
	voucher = visits.voucher_from_call(call.name)
	voucher.insert()
	assert (voucher.repair_call, voucher.customer, voucher.status) == (call.name, shop.customer, "Draft")
	assert voucher.preliminary_plan == call.subject


def test_taken_to_workshop_goes_on_with_a_receipt(shop, call):
	voucher = taken_to_workshop(call, findings="Heat exchanger leaks")
	(receipt,) = drafts("Collection Receipt", call)
	assert (receipt.service_voucher, receipt.equipment, receipt.status) == (
		voucher.name,
		shop.heater,
		"Draft",
	)
	assert receipt.fault_as_told == "Heat exchanger leaks"
	(card,) = drafts("Repair Card", call)
	assert (card.customer, card.equipment, card.status, card.service_category) == (
		shop.customer,
		shop.heater,
		"Received",
		call.service_category,
	)
	assert "Heat exchanger leaks" in comments(card)
	assert card.collection_receipt is None
	call.reload()
	assert (call.status, call.next_action) == ("In Progress", "Repair in the workshop")


def test_the_card_waits_for_the_signed_receipt(shop, people, call):
	taken_to_workshop(call)
	frappe.set_user(TECHNICIAN)
	(receipt,) = drafts("Collection Receipt", call)
	with pytest.raises(frappe.MandatoryError, match="Condition"):
		receipt.submit()
	receipt.reload()
	receipt.update({"condition": "Scratched", "customer_signature": make.SIGNATURE, "signed_by": "N. Byrne"})
	receipt.loaner = "Declined"
	receipt.submit()
	(card,) = drafts("Repair Card", call)
	assert card.collection_receipt == receipt.name


def test_what_the_call_has_already_is_taken(shop, call):
	receipt = make.receipt(call)
	receipt.submit()
	first = taken_to_workshop(call)
	assert drafts("Collection Receipt", call) == []
	(card,) = drafts("Repair Card", call)
	assert card.collection_receipt == receipt.name
	first.cancel()
	taken_to_workshop(call)
	assert [doc.name for doc in drafts("Repair Card", call)] == [card.name]


def test_a_cancelled_visit_leaves_its_drafts_to_the_next(shop, call):
	first = taken_to_workshop(call)
	(receipt,) = drafts("Collection Receipt", call)
	first.cancel()
	receipt.reload()
	assert receipt.service_voucher is None
	second = taken_to_workshop(call)
	receipt.reload()
	assert receipt.service_voucher == second.name
	assert len(drafts("Repair Card", call)) == 1


def test_a_refused_visit_leaves_no_drafts(shop, call):
	voucher = make.voucher(call, "Aoife", outcome="Taken to Workshop", parts=[make.part(shop.seal, 9999)])
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError):
		voucher.complete()
	frappe.db.rollback()
	assert drafts("Collection Receipt", call) == drafts("Repair Card", call) == []


def test_a_call_with_its_card_on_the_bench_cannot_be_closed(shop, call):
	taken_to_workshop(call)
	call.reload()
	call.resolution = "Forgotten"
	call.status = "Closed"
	with pytest.raises(frappe.ValidationError, match="RP-"):
		call.save()


@pytest.mark.parametrize(
	("outcome", "status", "next_action"),
	[
		("Completed", "Resolved", "Confirm with the customer and close"),
		("No Fault Found", "Resolved", "Ask the customer whether the fault has shown again"),
		("Not Repairable", "Resolved", "Tell the customer why, and offer a replacement"),
		("No Access", "In Progress", "Agree another appointment with the customer"),
		("Revisit Needed", "In Progress", "Plan the next visit"),
	],
)
def test_every_outcome_leaves_a_next_action(shop, call, outcome, status, next_action):
	make.voucher(call, "Aoife", outcome=outcome).complete()
	call.reload()
	assert (call.status, call.next_action) == (status, next_action)
	assert call.next_action_by > now_datetime()


def taken_to_workshop(call, **values):
	voucher = make.voucher(call, "Aoife", outcome="Taken to Workshop", **values)
	voucher.complete()
	return voucher


def drafts(doctype: str, call) -> list:
	names = frappe.get_all(
		doctype, filters={"repair_call": call.name, "docstatus": 0}, pluck="name", order_by="creation"
	)
	return [frappe.get_doc(doctype, name) for name in names]


def test_no_repair_warranty_without_repair(shop, call):
	make.voucher(call, "Aoife", outcome="No Fault Found").complete()
	assert frappe.db.get_value("Customer Equipment", shop.heater, "repair_warranty_until") is None


# ---------------------------------------------------------------- cash


def cash_voucher(shop, call, **values):
	return make.voucher(call, "Aoife", labour=[make.hours(1.5)], parts=[make.part(shop.seal, 1)], **values)


def test_cash_gets_one_numbered_receipt(shop, call):
	voucher = cash_voucher(shop, call, cash_collected=102.5)
	assert voucher.cash_receipt_no is None
	voucher.complete()
	number = frappe.db.get_value("Service Voucher", voucher.name, "cash_receipt_no")
	assert number.startswith(f"REC-{make.ABBR}-{getdate().year}-")
	voucher.reload()
	voucher.archive()
	assert frappe.db.get_value("Service Voucher", voucher.name, "cash_receipt_no") == number


def test_receipts_are_numbered_without_gaps_in_order(shop, call):
	numbers = []
	for _ in range(3):
		voucher = cash_voucher(shop, call, cash_collected=10)
		voucher.complete()
		numbers.append(
			int(frappe.db.get_value("Service Voucher", voucher.name, "cash_receipt_no").split("-")[-1])
		)
	assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_cash_after_completion(shop, call):
	voucher = cash_voucher(shop, call)
	with pytest.raises(frappe.ValidationError, match="Complete"):
		voucher.collect_cash(50)
	voucher.reload()
	voucher.complete()
	number = frappe.get_doc("Service Voucher", voucher.name).collect_cash(50)
	assert number
	refused(frappe.ValidationError, voucher, cash_collected=60)
	refused(frappe.ValidationError, voucher, cash_collected=0)
	with pytest.raises(frappe.ValidationError, match="Receipt"):
		frappe.get_doc("Service Voucher", voucher.name).collect_cash(52.5)


def test_more_cash_than_due(shop, call):
	voucher = cash_voucher(shop, call, cash_collected=102.51)
	with pytest.raises(frappe.ValidationError, match="due"):
		voucher.complete()


def test_more_cash_than_the_limit(shop, call):
	make.settings(small_fee_limit=100)
	with pytest.raises(frappe.ValidationError, match="at most"):
		cash_voucher(shop, call, cash_collected=102.5).complete()
	voucher = cash_voucher(shop, call)
	voucher.complete()
	refused(frappe.ValidationError, voucher, cash_collected=100.01)


def test_no_cash_where_no_limit_is_set(shop, call):
	make.settings(small_fee_limit=0)
	with pytest.raises(frappe.ValidationError, match="at most"):
		cash_voucher(shop, call, cash_collected=1).complete()


# ---------------------------------------------------------------- on the way


def test_where_to_go(shop, people, call):
	call.reload()
	call.update({"contact_name": "Nora Byrne", "contact_phone": "+353 1 496 0123", "hazard": "Water Leak"})
	call.db_update()
	call.db_set("service_address_display", "4 Canal Walk<br>Dublin 8<br>\nIreland")
	frappe.db.set_value(
		"Customer Equipment", shop.heater, "location_details", "Attic, key with the neighbour"
	)
	own, other = make.planned(call, "Aoife"), make.planned(call, "Declan")
	frappe.set_user(TECHNICIAN)
	place = visits.where_to_go(own.name)
	assert place["address"] == "4 Canal Walk\nDublin 8\nIreland"
	assert (place["contact_phone"], place["hazard"]) == ("+353 1 496 0123", "Water Leak")
	assert place["location_details"] == "Attic, key with the neighbour"
	with pytest.raises(frappe.PermissionError):
		visits.where_to_go(other.name)


def test_calendar_shows_what_one_may_see(shop, people, call):
	own, other = make.planned(call, "Aoife"), make.planned(call, "Declan")
	day = str(getdate(own.planned_start))
	rows = visits.planned_visits(day, add_days(day, 1))
	assert {row.name for row in rows} >= {own.name, other.name}
	assert {row.title for row in rows} >= {f"Aoife: {shop.customer}", f"Declan: {shop.customer}"}
	assert visits.planned_visits(add_days(day, 5), add_days(day, 6)) == []
	frappe.set_user(TECHNICIAN)
	assert [row.name for row in visits.planned_visits(day, add_days(day, 1))] == [own.name]
	frappe.set_user(make.user("nobody@example.com"))
	with pytest.raises(frappe.PermissionError):
		visits.planned_visits(day, add_days(day, 1))


# ---------------------------------------------------------------- calling off, cancelling, amending


def test_called_off(shop, people, call):
	voucher = make.planned(call, "Aoife")
	with pytest.raises(frappe.MandatoryError):
		voucher.call_off(" ")
	voucher.reload()
	voucher.call_off("Customer is on holiday")
	assert "on holiday" in comments(voucher)
	assert visits.open_vouchers_of_call(call.name) == []
	voucher.reload()
	with pytest.raises(frappe.ValidationError, match="was cancelled"):
		voucher.submit()
	frappe.set_user(TECHNICIAN)
	refused(frappe.PermissionError, voucher, status="Draft")


def test_cancel_takes_everything_back(shop, call):
	voucher = make.voucher(call, "Aoife", labour=[make.hours(1)], parts=[make.part(shop.seal, 1)])
	voucher.complete()
	entry, invoice = voucher.stock_entry, voucher.sales_invoice
	voucher.reload()
	voucher.cancel()
	assert frappe.db.get_value("Service Voucher", voucher.name, ["docstatus", "status"]) == (2, "Cancelled")
	assert frappe.db.get_value("Stock Entry", entry, "docstatus") == 2
	assert not frappe.db.exists("Sales Invoice", invoice)
	call.reload()
	assert call.status == "In Progress"
	assert call.next_action and call.next_action_by


def test_cancel_by_bulk_action(shop, call):
	voucher = make.voucher(call, "Aoife")
	voucher.complete()
	assert bulk(voucher, "cancel")
	assert frappe.db.get_value("Service Voucher", voucher.name, "status") == "Cancelled"


def test_nothing_else_changes_while_cancelling(shop, call):
	voucher = cash_voucher(shop, call, cash_collected=50)
	voucher.complete()
	forged = frappe.get_doc("Service Voucher", voucher.name).as_dict()
	for change in ({"findings": "Something else"}, {"cash_receipt_no": "REC-1"}, {"cash_collected": 10}):
		with pytest.raises((frappe.UpdateAfterSubmitError, frappe.PermissionError, frappe.ValidationError)):
			frappe.client.save(json.dumps({**forged, **change, "docstatus": 2}, default=str))


def test_closed_call_bars_cancelling(shop, call):
	voucher = make.voucher(call, "Aoife")
	voucher.complete()
	call.reload()
	call.close()
	voucher.reload()
	with pytest.raises(frappe.ValidationError, match="Closed"):
		voucher.cancel()
	assert frappe.db.get_value("Service Voucher", voucher.name, "docstatus") == 1


def test_cancelled_and_amended(shop, call):
	voucher = make.voucher(
		call, "Aoife", outcome="Revisit Needed", labour=[make.hours(1)], parts=[make.part(shop.seal, 1)]
	)
	voucher.complete()
	(revisit,) = visits.open_vouchers_of_call(call.name)
	voucher.reload()
	voucher.cancel()
	assert frappe.db.get_value("Service Voucher", revisit, "previous_voucher") is None
	amended = frappe.copy_doc(voucher, ignore_no_copy=False)
	amended.amended_from = voucher.name
	amended.update(
		{
			"arrived_at": voucher.arrived_at,
			"departed_at": voucher.departed_at,
			"outcome": "Revisit Needed",
			"customer_signature": make.SIGNATURE,
			"signed_by": "N. Byrne",
		}
	)
	amended.insert()
	assert (amended.status, amended.sales_invoice, amended.stock_entry) == ("Draft", None, None)
	amended.submit()
	assert amended.sales_invoice and amended.stock_entry
	assert frappe.db.get_value("Service Voucher", revisit, "previous_voucher") == amended.name
	frappe.get_doc("Service Voucher", revisit).save()


# ---------------------------------------------------------------- whose vouchers


def test_a_technician_sees_his_own_vouchers(shop, people, call):
	own = make.planned(call, "Aoife")
	other = make.planned(call, "Declan")
	frappe.set_user(TECHNICIAN)
	seen = frappe.get_list("Service Voucher", pluck="name")
	assert own.name in seen and other.name not in seen
	assert frappe.has_permission("Service Voucher", "read", own.name)
	for right in ("read", "write", "submit", "print"):
		assert not frappe.has_permission("Service Voucher", right, other.name)
	with pytest.raises(frappe.PermissionError):
		frappe.client.get("Service Voucher", other.name)
	with pytest.raises(frappe.PermissionError):
		set_value(other, "findings", "Not mine")


def test_a_technician_cannot_take_a_voucher_by_naming_himself(shop, people, call):
	other = make.planned(call, "Declan")
	frappe.set_user(TECHNICIAN)
	with pytest.raises(frappe.PermissionError):
		set_value(other, "technician", "Aoife")
	forged = {**frappe.get_doc("Service Voucher", other.name).as_dict(), "technician": "Aoife"}
	with pytest.raises(frappe.PermissionError):
		frappe.client.save(json.dumps(forged, default=str))
	with pytest.raises(frappe.PermissionError):
		frappe.handler.run_doc_method("dispatch", docs=json.dumps(forged, default=str))


def test_a_technician_cannot_hand_his_voucher_to_another(shop, people, call):
	own = make.planned(call, "Aoife")
	frappe.set_user(TECHNICIAN)
	refused(frappe.PermissionError, own, technician="Declan")


def test_a_technician_opens_vouchers_for_himself(shop, people, call):
	frappe.set_user(TECHNICIAN)
	with pytest.raises(frappe.PermissionError, match="not assigned to you"):
		make.planned(call, None)
	frappe.set_user("Administrator")
	frappe.db.set_value("Repair Call", call.name, "call_owner", TECHNICIAN)
	frappe.set_user(TECHNICIAN)
	assert make.planned(call, None).technician == "Aoife"
	with pytest.raises(frappe.PermissionError):
		make.planned(call, "Declan")


def test_supervisors_and_others_see_all(shop, call):
	names = {make.planned(call, "Aoife").name, make.planned(call, "Declan").name}
	for role in ("Service Supervisor", "Service Agent", "Service Accountant", "Service Manager"):
		frappe.set_user(make.user(f"{role.split()[1].lower()}@example.com", role))
		assert names <= set(frappe.get_list("Service Voucher", pluck="name"))
		frappe.set_user("Administrator")


def test_a_technician_with_another_role_is_not_restricted(shop, people, call):
	other = make.planned(call, "Declan")
	frappe.get_doc("User", TECHNICIAN).add_roles("Service Accountant")
	frappe.set_user(TECHNICIAN)
	assert frappe.has_permission("Service Voucher", "read", other.name)
	assert not frappe.has_permission("Service Voucher", "write", other.name)


def test_a_technician_without_record_sees_nothing(shop, call):
	make.planned(call, "Aoife")
	frappe.set_user(make.user("new.technician@example.com", "Service Technician"))
	assert frappe.get_list("Service Voucher", pluck="name") == []


# ---------------------------------------------------------------- technicians


def test_one_technician_per_user(shop, people):
	with pytest.raises((frappe.DuplicateEntryError, frappe.UniqueValidationError)):
		make.technician("Aoife again", user=TECHNICIAN)


def test_van_of_the_same_company(shop):
	group = frappe.db.get_value("Warehouse", {"is_group": 1, "company": make.COMPANY}, "name")
	with pytest.raises(frappe.ValidationError, match="group"):
		make.technician("Conor", group)
	other = frappe.get_doc(
		{
			"doctype": "Company",
			"company_name": "Shannon Service Ltd",
			"abbr": "SSL",
			"default_currency": "EUR",
			"country": "Ireland",
		}
	).insert()
	with pytest.raises(frappe.ValidationError, match="belongs to"):
		make.technician("Conor", make.warehouse("Van - Conor", other.name))


def test_skill_listed_twice(shop):
	skill = {"item_group": WATER_HEATERS, "support_kind": "Use"}
	with pytest.raises(frappe.ValidationError, match="twice"):
		make.technician("Conor", skills=[skill, dict(skill, certificate="Newer")])


# ---------------------------------------------------------------- photos


def test_photos_stay_with_the_visit_they_were_taken_on(shop, people, call):
	planned = make.planned(call, "Aoife")
	frappe.set_user(TECHNICIAN)
	stored = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": "fault.png",
			"content": make.SIGNATURE.partition(",")[2],
			"decode": True,
			"is_private": 1,
			"attached_to_doctype": "Service Voucher",
			"attached_to_name": planned.name,
		}
	).insert()
	planned.append("photos", {"photo": stored.file_url, "shows": "Fault"})
	planned.update({"arrived_at": now_datetime(), "outcome": "Revisit Needed", "unsigned_reason": "Was out"})
	planned.save()
	planned.complete()
	(revisit,) = visits.open_vouchers_of_call(call.name)
	assert frappe.get_doc("Service Voucher", revisit).photos == []
	planned.reload()
	planned.photos[0].shows = "After"
	with pytest.raises(frappe.UpdateAfterSubmitError):
		planned.save()
