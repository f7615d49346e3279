"""The workshop board: what it shows to whom, and that it moves cards only by their own actions."""

from collections import defaultdict

import frappe
import pytest
from frappe.model.workflow import WorkflowTransitionError
from frappe.utils import add_to_date, now_datetime

from aftersales.patches.v1_1 import complete_workflow_roles
from aftersales.repair_workshop import board
from aftersales.setup import defaults
from tests import factories as make

WORKSHOP = "niamh.workshop@example.com"
SUPERVISOR = "orla.supervisor@example.com"


@pytest.fixture(scope="module")
def masters(shared_site):
	found = make.shop()
	make.user(WORKSHOP, "Workshop Technician")
	make.user(SUPERVISOR, "Service Supervisor")
	found.niamh = make.technician("Niamh", user=WORKSHOP)
	found.heater = make.equipment(found.customer, serial_text="CW-2018-5531")
	return found


@pytest.fixture
def call(shop):
	return make.call(shop.customer, equipment=shop.heater, subject="Only lukewarm water")


@pytest.fixture
def card(shop, call):
	return make.received_card(call, assigned_technician=shop.niamh)


def on_board(name: str) -> dict | None:
	shown = board.load()
	cards = [dict(zip(shown["keys"], values, strict=True)) for values in shown["cards"]]
	return next((card for card in cards if card["name"] == name), None)


def step(card, key: str, **values):
	card.reload()
	return board.advance(card.name, key, card.status, values)


# ---------------------------------------------------------------- what it shows


def test_a_card_with_its_ages_its_promise_and_what_it_waits_for(shop, card):
	now = now_datetime()
	frappe.db.set_value(
		"Repair Card",
		card.name,
		{"received_at": add_to_date(now, days=-3), "promised_return": add_to_date(now, hours=-2)},
	)
	frappe.db.set_value("Service State Log", {"parent": card.name}, "entered_at", add_to_date(now, hours=-5))
	shown = on_board(card.name)
	assert (shown["status"], shown["customer_name"], shown["fault"]) == (
		"Received",
		"Nora Byrne",
		"Only lukewarm water",
	)
	assert shown["product"] == frappe.db.get_value("Customer Equipment", shop.heater, "title")
	assert abs(shown["age"] - 3 * 86400) < 10
	assert abs(shown["in_stage"] - 5 * 3600) < 10
	assert abs(shown["left"] + 2 * 3600) < 10
	assert shown["waiting"] == "A signed receipt"


def test_who_is_at_work_and_which_parts_are_waited_for(shop, card):
	frappe.set_user(WORKSHOP)
	board.clock(card.name, 1)
	shown = on_board(card.name)
	assert (shown["status"], shown["working"], shown["waiting"]) == (
		"Diagnosing",
		"Niamh",
		"Niamh is at work",
	)
	card.reload()
	for item_code in ("Fan", "Gasket", "Sensor"):
		card.append("parts", make.part(as_admin(make.item, item_code)))
	card.warehouse = shop.van
	card.save()
	card.await_parts()
	assert on_board(card.name)["waiting"] == "Parts: Fan, Gasket, …"


def test_what_is_over_is_not_on_the_board(shop, call, card):
	card.call_off("Opened by mistake")
	assert on_board(card.name) is None
	assert board.cards([card.name]) == []


def test_who_may_not_read_cards_sees_no_board(card):
	frappe.set_user(as_admin(make.user, "nobody@example.com"))
	for ask in (board.load, lambda: board.cards([card.name]), lambda: board.look_up(card.name)):
		with pytest.raises(frappe.PermissionError):
			ask()


def test_user_permissions_hold_on_the_board(shop, card):
	make.make("User Permission", user=WORKSHOP, allow="Customer", for_value=make.customer("Another Customer"))
	frappe.set_user(WORKSHOP)
	assert on_board(card.name) is None
	assert board.cards([card.name]) == []
	with pytest.raises(frappe.PermissionError):
		board.look_up(card.name)


def test_the_same_few_queries_whatever_the_number_of_cards(shop, call, card):
	board.load()
	few = queries(board.load)
	for _number in range(5):
		make.received_card(call)
	assert queries(board.load) == few


# ---------------------------------------------------------------- steps


def test_through_the_workshop_by_the_card_s_own_actions(shop, call, card):
	card.update({"diagnosis": "Sensor broken", "estimated_amount": 60, "warehouse": shop.van})
	card.append("labour", make.hours(1, technician=shop.niamh))
	card.save()
	frappe.set_user(WORKSHOP)
	assert step(card, "start_diagnosis")["status"] == "Diagnosing"
	assert step(card, "await_approval")["waiting"] == "The customer's answer"
	step(card, "approve", approved_by="N. Byrne", channel="Phone", amount="60")
	card.reload()
	assert (card.status, card.approved_by, card.approved_amount) == ("Approved", "N. Byrne", 60)
	step(card, "start_repair")
	assert step(card, "hand_to_check")["waiting"] == "Second check"
	frappe.set_user(SUPERVISOR)
	shown = step(card, "verify", notes="42 degrees, no leak")
	assert (shown["status"], shown["docstatus"], shown["waiting"]) == ("Ready", 1, "Customer to collect it")
	card.reload()
	assert (card.verified_by, card.verification_notes) == (SUPERVISOR, "42 degrees, no leak")
	assert card.sales_invoice
	assert step(card, "hand_over") == {"name": card.name, "status": "Returned", "left": True}
	assert frappe.db.get_value("Repair Card", card.name, "status") == "Returned"


def test_guards_hold_on_the_board(shop, card):
	frappe.set_user(WORKSHOP)
	step(card, "start_diagnosis")
	with pytest.raises(frappe.MandatoryError, match="Diagnosis"):
		step(card, "await_approval")
	with pytest.raises(frappe.MandatoryError):
		step(card, "give_up")
	assert frappe.db.get_value("Repair Card", card.name, "status") == "Diagnosing"


def test_a_step_that_was_not_offered_is_refused(shop, card):
	frappe.set_user(WORKSHOP)
	for key in ("finish", "hand_over", "verify", "save", "delete", "approve"):
		with pytest.raises(frappe.PermissionError, match="cannot take this step"):
			step(card, key)
	assert frappe.db.get_value("Repair Card", card.name, "status") == "Received"


def test_who_may_not_write_the_card_cannot_move_it(shop, card):
	frappe.set_user(as_admin(make.user, "grainne@example.com", "Service Accountant"))
	assert on_board(card.name)
	assert all(steps == [] for steps in board.load()["steps"].values())
	with pytest.raises(frappe.PermissionError):
		board.advance(card.name, "start_diagnosis", "Received")
	with pytest.raises(frappe.PermissionError):
		board.clock(card.name, 1)


def test_only_a_supervisor_is_offered_the_verification(shop):
	frappe.set_user(WORKSHOP)
	offered = [offer["key"] for offer in board.load()["steps"]["Quality Check|0|0"]]
	assert offered == ["start_repair", "give_up"]
	frappe.set_user(SUPERVISOR)
	assert board.load()["steps"]["Quality Check|0|0"][0]["key"] == "verify"


def test_a_second_click_is_told_that_the_card_has_moved(shop, card):
	frappe.set_user(WORKSHOP)
	board.advance(card.name, "start_diagnosis", "Received")
	with pytest.raises(frappe.ValidationError, match="Diagnosing"):
		board.advance(card.name, "start_diagnosis", "Received")


# ---------------------------------------------------------------- with a workflow


@pytest.fixture
def workflow():
	"""The shipped workflow of cards, switched on, with a state of the administrator's between two others."""
	doc = frappe.get_doc("Workflow", "Repair Card")
	make.once("Workflow State", "Drying", workflow_state_name="Drying")
	make.once("Workflow Action Master", "Let Dry", workflow_action_name="Let Dry")
	doc.append(
		"states",
		{
			"state": "Drying",
			"doc_status": "0",
			"allow_edit": "Workshop Technician",
			"update_field": "status",
			"update_value": "In Repair",
		},
	)
	row = {"action": "Let Dry", "next_state": "Drying", "allowed": "Workshop Technician"}
	doc.append("transitions", {"state": "In Repair", "condition": "doc.diagnosis", **row})
	doc.append(
		"transitions", {**row, "state": "Drying", "action": "Hand to Check", "next_state": "Quality Check"}
	)
	doc.is_active = 1
	doc.save()
	return doc


def offered(card) -> dict[str, str]:
	card.reload()
	steps = board.load()["steps"][f"{card.workflow_state}|{card.docstatus}|{int(bool(card.verified_by))}"]
	return {offer["label"]: offer["key"] for offer in steps}


def test_the_workflow_s_transitions_are_the_steps(shop, call, workflow):
	card = make.received_card(call, warehouse=shop.van, estimated_amount=60)
	card.append("labour", make.hours(1, technician=shop.niamh))
	card.save()
	frappe.set_user(WORKSHOP)
	assert list(offered(card)) == ["Diagnose", "Ask for Approval", "Start Repair", "Give Up"]
	step(card, offered(card)["Diagnose"])
	assert "Approve" not in offered(card)  # that is the desk's
	frappe.set_user(SUPERVISOR)
	step(card, offered(card)["Approve"], approved_by="N. Byrne", channel="Phone", amount=60)
	card.reload()
	assert (card.workflow_state, card.status, card.approval_status) == ("Approved",) * 2 + ("Approved",)
	frappe.set_user(WORKSHOP)
	step(card, offered(card)["Start Repair"])
	with pytest.raises(frappe.PermissionError, match="cannot take this step"):
		step(card, offered(card)["Let Dry"])  # its condition does not hold
	card.reload()
	card.diagnosis = "Wet"
	card.save()
	shown = step(card, offered(card)["Let Dry"])
	assert (shown["workflow_state"], shown["status"]) == ("Drying", "In Repair")
	step(card, offered(card)["Hand to Check"])
	frappe.set_user(SUPERVISOR)
	shown = step(card, offered(card)["Verify"], notes="Dry")
	assert (shown["workflow_state"], shown["status"], shown["docstatus"]) == ("Ready", "Ready", 1)
	card.reload()
	assert card.verified_by == SUPERVISOR


def test_a_card_given_up_by_a_transition_has_its_reason(shop, call, workflow):
	card = make.received_card(call)
	frappe.set_user(WORKSHOP)
	with pytest.raises(frappe.MandatoryError):
		step(card, offered(card)["Give Up"])
	step(card, offered(card)["Give Up"], reason="Heat exchanger cracked")
	card.reload()
	assert (card.workflow_state, card.status, card.not_repairable_reason) == (
		"Given Up",
		"Not Repairable",
		"Heat exchanger cracked",
	)
	shown = step(card, offered(card)["Finish"])
	assert (shown["status"], shown["docstatus"]) == ("Not Repairable", 1)


def test_own_actions_are_no_way_round_the_workflow(shop, call, workflow):
	card = make.received_card(call)
	frappe.set_user(WORKSHOP)
	for key in ("start_diagnosis", "start_repair", "Approve>Approved"):
		with pytest.raises((frappe.PermissionError, WorkflowTransitionError)):
			step(card, key)
	assert frappe.db.get_value("Repair Card", card.name, "status") == "Received"


def ready_card(shop):
	free = make.category("Free", charge_rule="Warranty")
	call = make.call(shop.customer, equipment=shop.heater, service_category=free)
	card = make.received_card(call, warehouse=shop.van, service_category=free)
	card.append("labour", make.hours(1, technician=shop.niamh))
	card.save()
	frappe.set_user(WORKSHOP)
	step(card, offered(card)["Start Repair"])
	step(card, offered(card)["Hand to Check"])
	frappe.set_user(SUPERVISOR)
	step(card, offered(card)["Verify"], notes="Tested")
	return card


def test_no_card_offers_to_cancel_and_a_manager_may_return(shop, call, workflow):
	card = ready_card(shop)
	manager = as_admin(make.user, "maeve.manager@example.com", "Service Manager")
	frappe.set_user(manager)
	assert list(offered(card)) == ["Return"]
	assert not [
		offer for steps in board.load()["steps"].values() for offer in steps if offer["label"] == "Cancel"
	]
	with pytest.raises(frappe.PermissionError, match="cannot take this step"):
		step(card, "Cancel>Cancelled")
	card.reload()
	assert (card.docstatus, card.status) == (1, "Ready")
	assert step(card, offered(card)["Return"]) == {"name": card.name, "status": "Returned", "left": True}


def test_what_a_card_became_is_told_in_the_administrators_word(shop, call, workflow):
	make.once("Workflow State", "Fetched", workflow_state_name="Fetched")
	next(state for state in workflow.states if state.state == "Returned").state = "Fetched"
	for transition in workflow.transitions:
		transition.state = "Fetched" if transition.state == "Returned" else transition.state
		transition.next_state = "Fetched" if transition.next_state == "Returned" else transition.next_state
	workflow.save()
	card = ready_card(shop)
	assert step(card, offered(card)["Return"])["status"] == "Fetched"


def test_what_posts_or_ends_a_card_is_asked_for_first(shop, call, workflow):
	questions = {
		offer["label"]: offer["question"] for steps in board.load()["steps"].values() for offer in steps
	}
	assert questions["Return"].startswith("Has the customer received")
	assert questions["Finish"].startswith("Finish {0}?")
	assert questions["Start Repair"] is None


@pytest.mark.parametrize("name", complete_workflow_roles.FORMER_EDITORS)
def test_a_manager_may_do_what_a_supervisor_may(name):
	"""In the shipped workflows, and everybody with the right to write may write in each state."""
	shipped = next(v for v in defaults.shipped() if (v["doctype"], v["name"]) == ("Workflow", name))
	allowed = defaultdict(set)
	for row in shipped["transitions"]:
		allowed[row["state"], row["action"]].add(row["allowed"])
	assert [
		step
		for step, roles in allowed.items()
		if "Service Supervisor" in roles and "Service Manager" not in roles
	] == []
	assert {row["allow_edit"] for row in shipped["states"]} == {"All"}


# ---------------------------------------------------------------- scanning


def test_a_code_finds_its_card(shop, call, card):
	receipt = make.receipt(call)
	receipt.submit()
	card.reload()
	if not card.collection_receipt:
		card.collection_receipt = receipt.name
		card.save()
	frappe.set_user(WORKSHOP)
	for code in (
		card.name,
		f" {card.name}\n",
		frappe.utils.get_url(f"/scan/{card.name}"),
		frappe.utils.get_url(f"/app/repair-card/{card.name}"),
		receipt.name,
		frappe.utils.get_url(f"/scan/{shop.heater}"),
		"CW-2018-5531",
	):
		assert board.look_up(code)["card"]["name"] == card.name, code


def test_a_code_of_something_else_opens_that(shop, call):
	assert board.look_up(shop.heater) == {"doctype": "Customer Equipment", "name": shop.heater}
	assert board.look_up(call.name) == {"doctype": "Repair Call", "name": call.name}
	with pytest.raises(frappe.DoesNotExistError, match="&lt;b&gt;"):
		board.look_up("<b>nothing</b>")
	with pytest.raises(frappe.DoesNotExistError):
		board.look_up("https://example.com/")


def queries(ask) -> int:
	count = 0
	sql = frappe.db.sql

	def counted(*args, **kwargs):
		nonlocal count
		count += 1
		return sql(*args, **kwargs)

	frappe.db.sql = counted
	try:
		ask()
	finally:
		frappe.db.sql = sql
	return count


def as_admin(function, *args, **values):
	user = frappe.session.user
	frappe.set_user("Administrator")
	try:
		return function(*args, **values)
	finally:
		frappe.set_user(user)
