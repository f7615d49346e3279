"""The workshop job: custody, diagnosis, approval, hands-on time, four eyes, ready, returned, given up."""

import json

import frappe
import pytest
from frappe.utils import add_days, add_to_date, getdate, now_datetime, nowdate

from aftersales.repair_workshop import cards
from aftersales.repair_workshop.card import quality
from tests import factories as make
from tests.attacks import bulk, bulk_edited, comments, refused

SUPERVISOR = "orla.supervisor@example.com"
REPAIRER = "conor.workshop@example.com"


@pytest.fixture(scope="module")
def masters(shared_site):
	"""A workshop with a store and prices: an hour 60, a diagnosis 45, a gasket 20 net."""
	store = make.warehouse("Workshop Store")
	gasket = make.item("Heat exchanger gasket")
	make.receive(gasket, 10, 8, store)
	make.price(gasket, 20)
	hour = make.service_item("Labour hour")
	make.price(hour, 60)
	for category in ("A", "C"):
		make.category_accounts(
			category,
			income_account=f"Service - {make.ABBR}",
			expense_account=f"Cost of Goods Sold - {make.ABBR}",
			cost_center=f"Main - {make.ABBR}",
		)
	make.settings(
		labour_item=hour, travel_item=hour, submit_invoice=0, approval_tolerance=10, repair_warranty_days=90
	)
	make.technician("Conor", store)
	customer = make.customer()
	return frappe._dict(
		store=store,
		gasket=gasket,
		customer=customer,
		heater=make.equipment(customer, model="Instant 11", serial_text="IN-11-7731"),
	)


@pytest.fixture
def people(shop):
	make.user(SUPERVISOR, "Service Supervisor")
	frappe.db.set_value("Service Technician", "Conor", "user", make.user(REPAIRER, "Workshop Technician"))


@pytest.fixture
def call(shop):
	return make.call(shop.customer, equipment=shop.heater)


@pytest.fixture
def receipt(call):
	doc = make.receipt(call)
	doc.submit()
	return doc


@pytest.fixture
def card(shop, call, receipt):
	"""Received, with what the customer will pay: one hour and one gasket, 80 net."""
	return make.received_card(
		call,
		collection_receipt=receipt.name,
		warehouse=shop.store,
		assigned_technician="Conor",
		diagnosis="Gasket leaks",
		labour=[make.hours(1)],
		parts=[make.part(shop.gasket)],
	)


def fresh(card):
	return frappe.get_doc("Repair Card", card.name)


def act(card, method: str, *args, **kwargs):
	"""Call an action on the stored card, as a new request does, and return the card."""
	doc = fresh(card)
	getattr(doc, method)(*args, **kwargs)
	return fresh(card)


def approved(card, amount: float = 80):
	act(card, "start_diagnosis")
	doc = fresh(card)
	doc.estimated_amount = amount
	doc.await_approval()
	return act(card, "record_approval", "Phone", "N. Byrne")


def checked(card):
	"""Approved, repaired by Conor, verified by Administrator."""
	approved(card)
	act(card, "start_repair")
	act(card, "hand_to_check")
	return act(card, "verify", "Ran ten minutes without a drop")


def stored(card, *fieldnames):
	return frappe.db.get_value("Repair Card", card.name, list(fieldnames))


# ---------------------------------------------------------------- whose product


def test_card_from_receipt(shop, call, receipt):
	card = cards.card_from_receipt(receipt.name).insert()
	assert (card.repair_call, card.customer, card.equipment) == (call.name, shop.customer, shop.heater)
	assert (card.collection_receipt, card.service_category, card.status) == (receipt.name, "A", "Received")
	assert cards.open_cards_of_call(call.name) == [card.name]


def test_card_from_call_takes_the_receipt(call, receipt):
	assert cards.card_from_call(call.name).collection_receipt == receipt.name


def test_receipt_has_to_be_issued_and_for_this_product(shop, call):
	draft = make.receipt(call)
	with pytest.raises(frappe.ValidationError, match="not issued"):
		make.received_card(call, collection_receipt=draft.name)
	other = make.equipment(shop.customer, model="Instant 18")
	other_receipt = make.receipt(call, equipment=other)
	other_receipt.submit()
	with pytest.raises(frappe.ValidationError, match="another customer or product"):
		make.received_card(call, equipment=shop.heater, collection_receipt=other_receipt.name)


def test_one_card_per_receipt(call, receipt, card):
	with pytest.raises(frappe.ValidationError, match=card.name):
		make.received_card(call, collection_receipt=receipt.name)
	act(card, "call_off", "Opened twice")
	assert make.received_card(call, collection_receipt=receipt.name).name != card.name


def test_a_card_for_a_customer_needs_a_call(shop):
	with pytest.raises(frappe.MandatoryError):
		make.make("Repair Card", company=make.COMPANY, customer=shop.customer, service_category="A")


def test_the_call_stays_open_while_the_card_is(call, receipt, card):
	call.reload()
	call.update({"status": "Resolved", "resolution": "By phone"})
	call.save()
	frappe.get_doc("Collection Receipt", receipt.name).recover("N. Byrne", make.SIGNATURE)
	refused(frappe.ValidationError, call, status="Closed")


def test_the_repair_is_due_when_the_product_is_promised_back_unless_the_owner_says_otherwise(call, card):
	call.reload()
	call.triage()
	call.start_work()
	promised = add_to_date(now_datetime(), days=3)
	card.reload()
	card.promised_return = promised
	card.save()
	call.reload()
	assert (call.next_action, call.next_action_by) == ("Finish the repair", card.promised_return)
	call.update({"next_action": "Ask for the key of the cellar"})
	call.save()
	card.promised_return = add_to_date(promised, days=1)
	card.save()
	call.reload()
	assert call.next_action_by == promised.replace(tzinfo=None)
	call.update({"next_action": "Finish the repair", "next_action_by": now_datetime()})
	call.save()
	card.start_diagnosis()
	assert call.reload().next_action_by == card.promised_return, "a step of the card tells it again"


# ---------------------------------------------------------------- history of states


def test_every_state_is_timed(shop, call, receipt):
	card = make.received_card(call, collection_receipt=receipt.name, assigned_technician="Conor")
	for method in ("start_diagnosis", "await_parts", "start_repair", "hand_to_check", "verify", "finish"):
		act(card, method)
	frappe.get_doc("Collection Receipt", receipt.name).recover("N. Byrne", make.SIGNATURE)
	done = act(card, "hand_over")
	log = [(row.status, row.user) for row in done.state_log]
	assert log == [
		(status, "Administrator")
		for status in (
			"Received",
			"Diagnosing",
			"Awaiting Parts",
			"In Repair",
			"Quality Check",
			"Ready",
			"Returned",
		)
	]
	times = [row.entered_at for row in done.state_log]
	assert times == sorted(times)


def test_history_cannot_be_edited(card):
	act(card, "start_diagnosis")
	tampered = [
		lambda rows: rows[:1],
		lambda rows: [],
		lambda rows: [{**rows[0], "status": "Ready"}, rows[1]],
		lambda rows: [{**rows[0], "entered_at": add_days(nowdate(), -3)}, rows[1]],
		lambda rows: [
			*rows,
			{"doctype": "Service State Log", "status": "Ready", "entered_at": now_datetime()},
		],
	]
	frappe.db.commit()
	for change in tampered:
		sent = fresh(card).as_dict()
		sent["state_log"] = change(sent["state_log"])
		with pytest.raises(frappe.PermissionError):
			frappe.client.save(json.dumps(sent, default=str))
		frappe.db.rollback()


def test_history_cannot_be_edited_after_submitting(card):
	checked(card)
	act(card, "finish")
	for change in (lambda rows: rows[:1], lambda rows: [{**rows[0], "user": "Guest"}, *rows[1:]]):
		sent = fresh(card).as_dict()
		sent["state_log"] = change(sent["state_log"])
		with pytest.raises((frappe.PermissionError, frappe.UpdateAfterSubmitError)):
			frappe.client.save(json.dumps(sent, default=str))


# ---------------------------------------------------------------- approval


def test_inspect_first_then_ask(card):
	doc = fresh(card)
	doc.diagnosis = None
	doc.estimated_amount = 80
	doc.save()
	refused(frappe.MandatoryError, card, status="Awaiting Approval")
	doc = fresh(card)
	doc.update({"diagnosis": "Gasket leaks", "estimated_amount": 0})
	doc.save()
	refused(frappe.MandatoryError, card, status="Awaiting Approval")


def test_asked_and_approved(card):
	doc = fresh(card)
	doc.estimated_amount = 80
	doc.await_approval()
	assert stored(card, "status", "approval_status") == ("Awaiting Approval", "Pending")
	refused(frappe.MandatoryError, card, status="Approved")
	doc = act(card, "record_approval", "Phone", "N. Byrne")
	assert (doc.status, doc.approval_status, doc.approved_amount) == ("Approved", "Approved", 80)
	assert (doc.approved_by, doc.approval_channel) == ("N. Byrne", "Phone") and doc.approved_at


def test_approval_names_who_how_and_how_much(card):
	for args in (("Phone", " ", 80), ("", "N. Byrne", 80), ("Phone", "N. Byrne", 0), ("Phone", "N. Byrne")):
		with pytest.raises(frappe.MandatoryError):
			fresh(card).record_approval(*args)
	with pytest.raises(frappe.ValidationError):
		fresh(card).record_approval("Telepathy", "N. Byrne", 80)


def test_approval_cannot_be_forged(card):
	refused(frappe.PermissionError, card, approval_status="Approved")
	refused(
		frappe.PermissionError,
		card,
		status="Approved",
		approval_status="Approved",
		approved_by="N. Byrne",
		approved_at=now_datetime(),
		approval_channel="Phone",
		approved_amount=1000,
	)


def test_approval_sent_with_a_new_card_is_ignored(call):
	doc = make.received_card(
		call, approval_status="Approved", approved_amount=1000, verified_by="Administrator"
	)
	assert (doc.approval_status, doc.approved_amount, doc.verified_by) == ("Not Needed", None, None)


@pytest.mark.parametrize("status", ["In Repair", "Quality Check"])
def test_no_repair_the_customer_pays_without_his_approval(card, status):
	refused(frappe.ValidationError, card, status=status)
	doc = fresh(card)
	doc.estimated_amount = 80
	doc.await_approval()
	refused(frappe.ValidationError, card, status=status)


def test_a_leave_to_spend_given_beforehand(card):
	doc = act(card, "record_approval", "In Person", "N. Byrne", 100)
	assert (doc.status, doc.approved_amount) == ("Received", 100)
	assert act(card, "start_repair").status == "In Repair"


def test_work_begins_with_a_day_for_the_customer_where_the_settings_ask_for_it(card):
	make.settings(ask_promised_return=1)
	approved(card)
	with pytest.raises(frappe.MandatoryError, match="When does the customer get"):
		act(card, "start_repair")
	frappe.db.set_value("Repair Card", card.name, "promised_return", add_days(now_datetime(), 3))
	assert act(card, "start_repair").status == "In Repair"
	frappe.db.set_value("Repair Card", card.name, "promised_return", None)
	fresh(card).save()  # at work since before the settings asked for it


def test_lines_for_the_customer_added_during_repair_need_approval_too(shop, call, receipt):
	card = make.received_card(call, collection_receipt=receipt.name, assigned_technician="Conor")
	act(card, "start_repair")
	doc = fresh(card)
	doc.append("parts", make.part(shop.gasket, 1, warehouse=shop.store))
	with pytest.raises(frappe.ValidationError, match="accepted"):
		doc.save()


def test_repair_in_warranty_needs_no_approval(shop, call):
	call.db_set("service_category", make.category("C"))
	card = make.received_card(
		call, warehouse=shop.store, labour=[make.hours(1)], parts=[make.part(shop.gasket)]
	)
	assert act(card, "start_repair").status == "In Repair"


def test_declined(card):
	doc = fresh(card)
	doc.estimated_amount = 80
	doc.await_approval()
	refused(frappe.MandatoryError, card, status="Declined")
	with pytest.raises(frappe.MandatoryError):
		fresh(card).record_decline("")
	doc = act(card, "record_decline", "A new one costs 120")
	assert (doc.status, doc.approval_status, doc.decline_reason) == (
		"Declined",
		"Declined",
		"A new one costs 120",
	)
	refused(frappe.ValidationError, card, status="In Repair")


def test_asking_again_withdraws_the_old_approval(card):
	approved(card)
	doc = fresh(card)
	doc.estimated_amount = 140
	doc.await_approval()
	assert stored(card, "approval_status", "approved_amount", "approved_by") == ("Pending", 0, None)


# ---------------------------------------------------------------- more than approved


def test_more_than_approved_is_quoted_again(card):
	checked(card)
	doc = fresh(card)
	doc.labour[0].hours = 1.14  # 68.40 + 20 = 88.40, limit 88.00
	doc.save()
	assert not bulk(card, "submit")
	with pytest.raises(frappe.ValidationError, match="Quote again"):
		fresh(card).finish()
	frappe.db.rollback()
	assert stored(card, "docstatus", "sales_invoice", "stock_entry") == (0, None, None)
	doc = fresh(card)
	doc.labour[0].hours = 1.13  # 67.80 + 20 = 87.80
	doc.save()
	assert act(card, "finish").status == "Ready"


def test_dearer_lines_slipped_in_with_the_submit(card):
	checked(card)
	doc = fresh(card)
	doc.labour[0].hours = 5
	with pytest.raises(frappe.ValidationError, match="Quote again"):
		doc.submit()
	frappe.db.rollback()
	assert stored(card, "docstatus") == 0


# ---------------------------------------------------------------- hands-on time


def test_start_and_stop(people, card):
	frappe.set_user(REPAIRER)
	doc = act(card, "start_work")
	assert (doc.status, doc.time_logs[0].technician, doc.time_logs[0].to_time) == (
		"Diagnosing",
		"Conor",
		None,
	)
	frappe.db.set_value(
		"Service Time Log", doc.time_logs[0].name, "from_time", add_to_date(now_datetime(), minutes=-90)
	)
	doc = act(card, "stop_work")
	assert doc.time_logs[0].to_time
	assert (doc.time_logs[0].hours, doc.total_hours) == (1.5, 1.5)
	with pytest.raises(frappe.ValidationError, match="no running work"):
		fresh(card).stop_work()


def test_nobody_works_on_two_products_at_once(shop, people, call, card):
	other_heater = make.equipment(shop.customer, model="Instant 18")
	other_call = make.call(shop.customer, equipment=other_heater)
	other = make.received_card(other_call)
	frappe.set_user(REPAIRER)
	act(card, "start_work")
	with pytest.raises(frappe.ValidationError, match=card.name):
		fresh(other).start_work()
	doc = fresh(other)
	doc.update({"status": "Diagnosing"})
	doc.append("time_logs", {"technician": "Conor", "from_time": now_datetime()})
	with pytest.raises(frappe.ValidationError, match=card.name):
		doc.save()
	act(card, "stop_work")
	assert act(other, "start_work").time_logs[0].technician == "Conor"


def test_nor_twice_on_one(people, card):
	frappe.set_user(REPAIRER)
	act(card, "start_work")
	with pytest.raises(frappe.ValidationError, match="overlap"):
		fresh(card).start_work()


def test_somebody_elses_clock_is_a_supervisors(people, card):
	make.technician("Maeve", user=make.user("maeve.workshop@example.com", "Workshop Technician"))
	frappe.set_user("maeve.workshop@example.com")
	with pytest.raises(frappe.PermissionError):
		fresh(card).start_work("Conor")
	frappe.set_user(SUPERVISOR)
	assert act(card, "start_work", "Conor").time_logs[0].technician == "Conor"
	frappe.set_user("Administrator")
	with pytest.raises(frappe.ValidationError, match="not a Service Technician"):
		fresh(card).start_work()


def test_work_stops_while_the_card_waits(people, card):
	frappe.set_user(REPAIRER)
	act(card, "start_work")
	assert act(card, "await_parts").time_logs[0].to_time
	doc = fresh(card)
	doc.append("time_logs", {"technician": "Conor", "from_time": now_datetime()})
	doc.save()
	assert doc.time_logs[-1].to_time


def test_time_is_charged_once(people, card):
	frappe.set_user(REPAIRER)
	start = add_to_date(now_datetime(), hours=-4)
	doc = fresh(card)
	doc.append(
		"time_logs", {"technician": "Conor", "from_time": start, "to_time": add_to_date(start, minutes=45)}
	)
	doc.save()
	assert fresh(card).charge_time() == 1
	line = fresh(card).labour[-1]
	assert (line.activity, line.technician, line.hours, line.charge_to) == (
		"Diagnosis",
		"Conor",
		0.75,
		"Customer",
	)
	assert fresh(card).charge_time() == 0


def test_hours_cannot_be_claimed_without_times(people, card):
	doc = fresh(card)
	doc.append(
		"time_logs",
		{
			"technician": "Conor",
			"from_time": add_to_date(now_datetime(), hours=-1),
			"to_time": now_datetime(),
			"hours": 40,
		},
	)
	doc.total_hours = 40
	doc.save()
	assert (doc.time_logs[0].hours, doc.total_hours) == (1.0, 1.0)


# ---------------------------------------------------------------- four eyes


def test_repairer_and_time_are_stamped(card):
	approved(card)
	act(card, "start_repair")
	doc = act(card, "hand_to_check")
	assert doc.repaired_by == "Conor" and doc.repaired_at
	refused(frappe.PermissionError, card, repaired_by=make.technician("Maeve"))


def test_quality_check_needs_to_know_who_repaired(call):
	card = make.received_card(call)
	refused(frappe.MandatoryError, card, status="Quality Check")


def test_verified_by_a_supervisor_who_had_no_hand_in_it(people, card):
	approved(card)
	act(card, "start_repair")
	with pytest.raises(frappe.ValidationError, match="Quality Check"):
		fresh(card).verify()
	act(card, "hand_to_check")
	frappe.set_user(REPAIRER)
	with pytest.raises(frappe.PermissionError):
		fresh(card).verify()
	frappe.set_user(SUPERVISOR)
	doc = act(card, "verify", "Tight, 11 litres a minute")
	assert (doc.verified_by, doc.verification_notes) == (SUPERVISOR, "Tight, 11 litres a minute")
	assert doc.verified_at and doc.status == "Quality Check"


def test_a_supervisor_who_repaired_does_not_verify(people, card):
	make.technician("Orla", user=SUPERVISOR)
	approved(card)
	frappe.set_user(SUPERVISOR)
	act(card, "start_work")
	act(card, "stop_work")
	act(card, "hand_to_check")
	with pytest.raises(frappe.PermissionError, match="second person"):
		fresh(card).verify()


SIGNATURE = "data:image/png;base64,iVBORw0KGgo="


def repaired_by_supervisor(card) -> None:
	make.technician("Orla", user=SUPERVISOR)
	approved(card)
	frappe.set_user(SUPERVISOR)
	act(card, "start_work")
	act(card, "stop_work")
	act(card, "hand_to_check")


def test_in_a_workshop_of_one_the_repairer_signs_for_the_check(people, card):
	make.settings(own_check_allowed=1)
	repaired_by_supervisor(card)
	assert quality.is_checked_by_repairer(fresh(card), SUPERVISOR)
	with pytest.raises(frappe.MandatoryError, match="Sign for the check"):
		fresh(card).verify("Tight")
	doc = act(card, "verify", "Tight", SIGNATURE)
	assert (doc.verified_by, doc.own_check, doc.verification_signature) == (SUPERVISOR, 1, SIGNATURE)
	doc = act(card, "start_repair")  # and back: verified anew, signed anew
	assert (doc.verified_by, doc.own_check, doc.verification_signature) == (None, 0, None)
	act(card, "hand_to_check")
	act(card, "verify", "Tight", SIGNATURE)
	assert act(card, "finish").status == "Ready"


def test_an_own_check_cannot_be_forged(people, card):
	make.settings(own_check_allowed=1)
	repaired_by_supervisor(card)
	refused(frappe.PermissionError, card, own_check=1)
	refused(frappe.PermissionError, card, verification_signature=SIGNATURE)


def test_another_s_check_is_not_marked_as_own(people, card):
	make.settings(own_check_allowed=1)
	repaired_by_supervisor(card)
	frappe.set_user("Administrator")
	other = make.user("maeve.other@example.com", "Service Supervisor")
	frappe.set_user(other)
	doc = act(card, "verify", "Tight", SIGNATURE)
	assert (doc.verified_by, doc.own_check, doc.verification_signature) == (other, 0, None)


def test_a_supervisor_on_a_labour_line_does_not_verify(people, card):
	make.technician("Orla", user=SUPERVISOR)
	doc = fresh(card)
	doc.labour[0].technician = "Orla"
	doc.save()
	approved(card)
	act(card, "start_repair")
	act(card, "hand_to_check")
	frappe.set_user(SUPERVISOR)
	with pytest.raises(frappe.PermissionError, match="second person"):
		fresh(card).verify()


def test_verification_cannot_be_forged(people, card):
	approved(card)
	act(card, "start_repair")
	act(card, "hand_to_check")
	refused(frappe.PermissionError, card, verified_by=SUPERVISOR)
	frappe.set_user(SUPERVISOR)
	refused(frappe.PermissionError, card, verified_by=SUPERVISOR, verified_at=now_datetime())


def test_not_finished_without_verification(card):
	approved(card)
	act(card, "start_repair")
	act(card, "hand_to_check")
	assert not bulk(card, "submit")
	with pytest.raises(frappe.ValidationError, match="verify"):
		fresh(card).submit()
	frappe.db.rollback()
	assert stored(card, "docstatus", "status") == (0, "Quality Check")


def test_inserting_a_finished_card_does_not_skip_its_guards(call):
	for status in ("Ready", "Returned", "Quality Check", "Declined"):
		with pytest.raises(frappe.ValidationError):
			make.received_card(
				call, docstatus=1, status=status, verified_by="Administrator", assigned_technician="Conor"
			)
		frappe.db.rollback()


def test_back_to_work_is_verified_anew(card):
	checked(card)
	doc = act(card, "start_repair")
	assert (doc.verified_by, doc.verified_at) == (None, None)
	act(card, "hand_to_check")
	with pytest.raises(frappe.ValidationError, match="verify"):
		fresh(card).finish()


def test_work_changed_after_the_check_is_verified_anew(shop, card):
	checked(card)
	doc = fresh(card)
	doc.parts[0].qty = 2
	doc.save()
	assert doc.verified_by is None
	act(card, "verify")
	doc = fresh(card)
	doc.parts[0].qty = 1
	with pytest.raises(frappe.ValidationError, match="verify"):
		doc.submit()


def test_verifier_who_adds_himself_to_the_work_afterwards(people, card):
	make.technician("Orla", user=SUPERVISOR)
	approved(card)
	act(card, "start_repair")
	act(card, "hand_to_check")
	frappe.set_user(SUPERVISOR)
	act(card, "verify")
	doc = fresh(card)
	doc.labour[0].technician = "Orla"
	doc.save()
	with pytest.raises(frappe.PermissionError, match="second person"):
		fresh(card).submit()


# ---------------------------------------------------------------- ready and returned


@pytest.mark.parametrize("status", ["Ready", "Returned"])
def test_ready_comes_with_submitting_only(card, status):
	checked(card)
	refused(frappe.ValidationError, card, status=status)


def test_ready_and_returned(shop, call, receipt, card):
	make.make("Spare Part", item_code=shop.gasket, part_warranty_months=6)
	checked(card)
	done = act(card, "finish")
	assert (done.status, done.billing_status, done.amount_due) == ("Ready", "To Bill", 80)
	assert done.ready_at
	assert frappe.db.get_value("Stock Entry", done.stock_entry, "docstatus") == 1
	assert done.parts[0].warranty_until > getdate(add_days(nowdate(), 170))
	assert frappe.db.get_value("Customer Equipment", shop.heater, "repair_warranty_until") == getdate(
		add_days(nowdate(), 90)
	)
	assert frappe.db.get_value("Repair Call", call.name, "status") != "Resolved"
	refused(frappe.ValidationError, card, status="Returned")
	frappe.get_doc("Collection Receipt", receipt.name).recover("N. Byrne", make.SIGNATURE)
	assert bulk_edited(card, status="Returned")
	assert stored(card, "status") == "Returned" and stored(card, "returned_at")
	assert frappe.db.get_value("Repair Call", call.name, ["status", "resolution"]) == (
		"Resolved",
		"Gasket leaks",
	)
	assert cards.open_cards_of_call(call.name) == []


@pytest.mark.parametrize("status", ["In Repair", "Received", "Declined", "Cancelled"])
def test_a_finished_card_only_goes_back_to_the_customer(card, status):
	checked(card)
	act(card, "finish")
	refused(frappe.ValidationError, card, status=status)


def test_fields_of_record(card):
	checked(card)
	act(card, "finish")
	for forged in (
		{"amount_due": 1},
		{"billing_status": "Paid"},
		{"verified_by": "Guest"},
		{"approved_amount": 1000},
		{"ready_at": add_days(nowdate(), -1)},
		{"returned_at": now_datetime()},
	):
		refused((frappe.PermissionError, frappe.UpdateAfterSubmitError), card, **forged)


# ---------------------------------------------------------------- given up


def test_not_repairable_goes_back_with_a_fee_for_the_diagnosis(call, receipt, card):
	refused(frappe.MandatoryError, card, status="Not Repairable")
	refused(frappe.MandatoryError, card, status="Not Repairable", not_repairable_reason="  \n")
	act(card, "give_up", "Heat exchanger corroded through; no longer made")
	with pytest.raises(frappe.ValidationError, match="Diagnosis and Travel"):
		fresh(card).finish()
	doc = fresh(card)
	doc.parts = []
	doc.labour[0].update({"activity": "Diagnosis", "hours": 0.5})
	doc.save()
	done = act(card, "finish")
	assert (done.status, done.amount_due, done.verified_by) == ("Not Repairable", 30, None)
	assert done.stock_entry is None and done.ready_at is None
	assert frappe.db.get_value("Customer Equipment", card.equipment, "repair_warranty_until") is None
	frappe.get_doc("Collection Receipt", receipt.name).recover("N. Byrne", make.SIGNATURE)
	act(card, "hand_over")
	status, resolution = frappe.db.get_value("Repair Call", call.name, ["status", "resolution"])
	assert status == "Resolved" and "corroded" in resolution


def test_declined_goes_back_without_invoice(call, receipt, card):
	doc = act(card, "record_decline", "Too dear")
	doc.update({"labour": [], "parts": []})
	doc.save()
	done = act(card, "finish")
	assert (done.status, done.sales_invoice, done.billing_status) == ("Declined", None, "Not Billable")
	refused(frappe.ValidationError, card, status="Ready")
	frappe.get_doc("Collection Receipt", receipt.name).declare_lost("Slip gone, product handed out")
	act(card, "hand_over")
	assert "Too dear" in frappe.db.get_value("Repair Call", call.name, "resolution")


def test_called_off(card):
	with pytest.raises(frappe.MandatoryError):
		fresh(card).call_off("")
	act(card, "call_off", "Opened twice")
	assert "Opened twice" in comments(card)
	with pytest.raises(frappe.ValidationError, match="was cancelled"):
		fresh(card).submit()
	frappe.set_user(make.user(REPAIRER, "Workshop Technician"))
	refused(frappe.PermissionError, card, status="Received")


# ---------------------------------------------------------------- cancelling and amending


def test_cancelled_and_amended(call, receipt, card):
	checked(card)
	done = act(card, "finish")
	entry, invoice = done.stock_entry, done.sales_invoice
	frappe.get_doc("Collection Receipt", receipt.name).recover("N. Byrne", make.SIGNATURE)
	act(card, "hand_over")
	doc = fresh(card)
	doc.cancel()
	assert stored(card, "docstatus", "status") == (2, "Cancelled")
	assert fresh(card).state_log[-1].status == "Cancelled"
	assert frappe.db.get_value("Stock Entry", entry, "docstatus") == 2
	assert not frappe.db.exists("Sales Invoice", invoice)
	assert frappe.db.get_value("Repair Call", call.name, "status") == "In Progress"
	amended = frappe.copy_doc(fresh(card))  # an amendment in the desk copies what a duplicate leaves out, too
	amended.amended_from = card.name
	amended.insert()
	assert (amended.status, amended.approval_status, amended.verified_by) == ("Received", "Not Needed", None)
	assert [row.status for row in amended.state_log] == ["Received"]
	checked(amended)
	again = act(amended, "finish")
	assert again.stock_entry not in (None, entry) and again.amount_due == 80


def test_closed_call_bars_cancelling(call, receipt, card):
	checked(card)
	act(card, "finish")
	frappe.get_doc("Collection Receipt", receipt.name).recover("N. Byrne", make.SIGNATURE)
	act(card, "hand_over")
	frappe.get_doc("Repair Call", call.name).close()
	assert not bulk(card, "cancel")
	assert stored(card, "docstatus") == 1


def test_nothing_else_changes_while_cancelling(card):
	checked(card)
	act(card, "finish")
	frappe.db.commit()
	sent = fresh(card).as_dict()
	for change in ({"diagnosis": "Nothing"}, {"verified_by": "Guest"}, {"state_log": []}):
		with pytest.raises((frappe.UpdateAfterSubmitError, frappe.PermissionError)):
			frappe.client.save(json.dumps({**sent, **change, "docstatus": 2}, default=str))
		frappe.db.rollback()


# ---------------------------------------------------------------- estimate


def test_quotation_of_what_the_customer_pays(shop, card):
	doc = fresh(card)
	doc.labour[0].rate = 75  # agreed, instead of 60
	doc.append("labour", make.hours(1, charge_to="Goodwill", charge_reason="Waited long"))
	doc.save()
	name = fresh(card).make_quotation()
	quotation = frappe.get_doc("Quotation", name)
	assert [(row.item_code, row.qty, row.rate) for row in quotation.items] == [
		("Labour hour", 1, 75),
		(shop.gasket, 1, 20),
	]
	assert (quotation.docstatus, quotation.party_name, quotation.net_total) == (0, shop.customer, 95)
	assert (quotation.aftersales_voucher_type, quotation.aftersales_voucher) == ("Repair Card", card.name)
	assert stored(card, "quotation", "estimated_amount") == (name, 95)
	assert fresh(card).make_quotation() == name
	assert frappe.db.count("Quotation", {"party_name": shop.customer}) == 1


def test_quotation_has_the_customers_taxes(shop, card):
	make.sales_taxes("VAT 13.5% on services", 13.5, f"VAT - {make.ABBR}", is_default=1)
	quotation = frappe.get_doc("Quotation", fresh(card).make_quotation())
	assert (quotation.net_total, quotation.grand_total) == (80, 90.8)
	assert stored(card, "estimated_amount") == 80


def test_a_cancelled_quotation_is_replaced(card):
	first = fresh(card).make_quotation()
	quotation = frappe.get_doc("Quotation", first)
	quotation.submit()
	quotation.cancel()
	second = fresh(card).make_quotation()
	assert second != first and stored(card, "quotation") == second


def test_nothing_to_quote(call):
	with pytest.raises(frappe.ValidationError, match="labour and parts"):
		make.received_card(call).make_quotation()


def test_quotation_of_another_customer(shop, card):
	other = make.customer("Padraig Walsh")
	quotation = frappe.get_doc(
		{
			"doctype": "Quotation",
			"quotation_to": "Customer",
			"party_name": other,
			"company": make.COMPANY,
			"items": [{"item_code": shop.gasket, "qty": 1}],
		}
	).insert()
	refused(frappe.ValidationError, card, quotation=quotation.name)


# ---------------------------------------------------------------- quoted again


def test_quoted_again_beyond_the_tolerance(card):
	first = fresh(card).make_quotation()
	approved(card)
	act(card, "start_repair")
	doc = fresh(card)
	doc.labour[0].hours = 2
	doc.save()
	second = fresh(card).quote_again()
	doc = fresh(card)
	assert second != first and doc.quotation == second
	assert (doc.status, doc.approval_status, doc.approved_amount, doc.estimated_amount) == (
		"Awaiting Approval",
		"Pending",
		0,
		140,
	)
	assert frappe.db.get_value("Quotation", second, "net_total") == 140
	assert frappe.db.exists("Quotation", first) and first in comments(card)
	refused(frappe.ValidationError, card, status="In Repair")
	act(card, "record_approval", "Phone", "N. Byrne")
	for step in ("start_repair", "hand_to_check", "verify", "finish"):
		act(card, step)
	assert stored(card, "status", "amount_due") == ("Ready", 140)


def test_nothing_is_quoted_again_before_the_first_approval(card):
	with pytest.raises(frappe.ValidationError, match="first approval"):
		fresh(card).quote_again()


# ---------------------------------------------------------------- the fee for a diagnosis


@pytest.fixture
def fee():
	item = make.service_item("Diagnosis fee", uom="Nos")
	make.price(item, 35)
	make.settings(diagnosis_fee_item=item)
	return item


@pytest.mark.parametrize(
	("method", "reason"), [("record_decline", "Too dear"), ("give_up", "Corroded through")]
)
def test_the_diagnosis_fee_is_charged_when_nothing_is_repaired(card, fee, method, reason):
	doc = act(card, method, reason)
	assert [line.item_code for line in doc.parts][-1] == fee
	doc.labour = []
	doc.parts = [line for line in doc.parts if line.item_code == fee]
	doc.save()
	done = act(card, "finish")
	invoice = frappe.get_doc("Sales Invoice", done.sales_invoice)
	assert [(row.item_code, row.net_amount) for row in invoice.items] == [(fee, 35)]
	assert done.stock_entry is None


def test_a_fee_may_be_waived_and_is_not_charged_twice_nor_in_warranty(call, card, fee):
	doc = act(card, "give_up", "Corroded")
	doc.update({"labour": [], "parts": []})
	doc.save()
	assert act(card, "finish").sales_invoice is None
	call.db_set("service_category", make.category("C"))
	assert act(make.received_card(call), "give_up", "Corroded").parts == []


# ---------------------------------------------------------------- substitutes and old parts


def test_a_substitute_is_recorded_with_what_it_stands_for(shop, card):
	other = make.item("Universal gasket")
	make.price(other, 25)
	line = fresh(card).parts[0].name
	with pytest.raises(frappe.ValidationError, match="not listed"):
		fresh(card).use_substitute(line, other)
	make.make("Spare Part", item_code=shop.gasket, substitutes=[{"item_code": other}])
	act(card, "use_substitute", line, other)
	row = fresh(card).parts[0]
	assert (row.item_code, row.substitute_for, row.amount) == (other, shop.gasket, 25)
	doc = fresh(card)
	doc.parts[0].substitute_for = None
	doc.save()
	assert fresh(card).parts[0].substitute_for == shop.gasket
	doc = fresh(card)
	doc.parts[0].item_code = shop.gasket
	doc.save()
	assert fresh(card).parts[0].substitute_for is None


def test_an_old_part_that_has_to_come_back_is_back_at_the_check(shop, card):
	make.make("Spare Part", item_code=shop.gasket, core_return=1)
	approved(card)
	act(card, "start_repair")
	refused(frappe.MandatoryError, card, status="Quality Check")
	doc = fresh(card)
	doc.parts[0].serial_no = "NEW-1"
	doc.parts[0].old_part_returned = 1
	doc.save()
	refused(frappe.MandatoryError, card, status="Quality Check")
	doc = fresh(card)
	doc.parts[0].old_serial_no = "OLD-1"
	doc.hand_to_check()
	assert stored(card, "status") == ("Quality Check")


def test_why_an_old_part_is_not_back_may_be_said(shop, card):
	make.make("Spare Part", item_code=shop.gasket, core_return=1)
	approved(card)
	act(card, "start_repair")
	doc = fresh(card)
	doc.parts[0].old_part_missing_reason = "Crumbled when taken out"
	doc.hand_to_check()
	assert stored(card, "status") == ("Quality Check")


# ---------------------------------------------------------------- two at once, and the repair warranty


def test_two_technicians_work_on_one_card_at_once(people, card):
	make.technician("Declan")
	act(card, "start_work", "Conor")
	act(card, "start_work", "Declan")
	assert [row.technician for row in fresh(card).time_logs if not row.to_time] == ["Conor", "Declan"]
	act(card, "stop_work", "Declan")
	assert [row.technician for row in fresh(card).time_logs if not row.to_time] == ["Conor"]


def visited_a_month_ago(call):
	left = add_to_date(now_datetime(), days=-30)
	return make.voucher(
		call, "Conor", service_category="A", arrived_at=add_to_date(left, hours=-1), departed_at=left
	)


def warranty(shop):
	return frappe.db.get_value("Customer Equipment", shop.heater, ["warranty_until", "repair_warranty_until"])


def test_cancelling_takes_back_the_repair_warranty_it_gave_and_no_other(shop, call, card):
	frappe.db.set_value("Customer Equipment", shop.heater, "warranty_until", add_days(nowdate(), 400))
	visit = visited_a_month_ago(call)
	visit.submit()
	assert warranty(shop) == (getdate(add_days(nowdate(), 400)), getdate(add_days(nowdate(), 60)))
	checked(card)
	act(card, "finish")
	assert warranty(shop)[1] == getdate(add_days(nowdate(), 90))
	fresh(card).cancel()
	assert warranty(shop) == (getdate(add_days(nowdate(), 400)), getdate(add_days(nowdate(), 60)))
	frappe.get_doc("Service Voucher", visit.name).cancel()
	assert warranty(shop) == (getdate(add_days(nowdate(), 400)), None)


def test_cancelling_an_earlier_job_leaves_the_longer_warranty_of_a_later_one(shop, call, card):
	visit = visited_a_month_ago(call)
	visit.submit()
	checked(card)
	act(card, "finish")
	frappe.get_doc("Service Voucher", visit.name).cancel()
	assert warranty(shop)[1] == getdate(add_days(nowdate(), 90))
