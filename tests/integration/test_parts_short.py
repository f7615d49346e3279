"""Parts of a repair card: set aside, requested when short, back in the queue when they have come (R-WS-7)."""

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate

from aftersales.repair_workshop import parts_supply
from aftersales.spare_parts import reservations
from tests import factories as make
from tests.attacks import comments
from tests.jobs import in_stock


@pytest.fixture(scope="module")
def masters(shared_site):
	"""The small agency, with a store of three gaskets at 8 each."""
	names = make.shop()
	names.store = f"Stores - {make.ABBR}"
	names.gasket = make.item("Heat exchanger gasket")
	make.price(names.gasket, 20)
	make.receive(names.gasket, 3, 8, names.store)
	return names


@pytest.fixture
def card_for(shop):
	"""A card in warranty that needs so many gaskets."""

	def received(qty: float = 1, category: str = "C", **values):
		call = make.call(shop.customer, service_category=make.category(category))
		return make.received_card(
			call,
			warehouse=shop.store,
			assigned_technician=shop.technician,
			diagnosis="Gasket leaks",
			parts=[make.part(shop.gasket, qty)],
			**values,
		)

	return received


def fresh(card):
	return frappe.get_doc("Repair Card", card.name)


def act(card, method: str, *args, **kwargs):
	doc = fresh(card)
	getattr(doc, method)(*args, **kwargs)
	return fresh(card)


def total(shop) -> float:
	"""What is set aside of the gaskets in the store, as the Bin has it."""
	return frappe.db.get_value(
		"Bin", {"item_code": shop.gasket, "warehouse": shop.store}, "aftersales_set_aside"
	)


def held(card) -> float:
	return sum(line.set_aside for line in fresh(card).parts)


def short(card) -> str:
	frappe.db.commit()
	frappe.clear_messages()
	with pytest.raises(frappe.ValidationError):
		fresh(card).set_parts_aside()
	frappe.db.rollback()
	told = " ".join(str(message.get("message")) for message in frappe.message_log)
	frappe.clear_messages()
	return frappe.utils.strip_html_tags(told)


# ---------------------------------------------------------------- set aside


def test_what_is_set_aside_for_one_card_is_not_promised_to_another(shop, card_for):
	first, second = card_for(2), card_for(2)
	act(first, "set_parts_aside")
	assert (held(first), total(shop)) == (2, 2)
	assert "2 of Heat exchanger gasket needed from Stores - LSL, 1 available" in short(second)
	assert (held(second), total(shop)) == (0, 2)
	act(first, "set_parts_aside")
	assert (held(first), total(shop)) == (2, 2)


def test_substitutes_are_named_when_a_part_is_short(shop, card_for):
	other = make.item("Universal gasket")
	make.make("Spare Part", item_code=shop.gasket, substitutes=[{"item_code": other}])
	assert "Use a substitute (Universal gasket)" in short(card_for(4))


def test_an_accepted_repair_has_its_parts_set_aside(shop, card_for):
	card = card_for(2, "A", estimated_amount=80)
	act(card, "await_approval")
	assert held(card) == 0
	act(card, "record_approval", "Phone", "N. Byrne", 100)
	assert (held(card), total(shop)) == (2, 2)


@pytest.mark.parametrize(
	"change",
	[
		lambda doc: doc.set("parts", []),
		lambda doc: doc.parts[0].update({"item_code": "Gas Valve Seal"}),
		lambda doc: doc.parts[0].update({"warehouse": "Van Aoife - LSL"}),
	],
)
def test_a_line_that_changes_lets_go(shop, card_for, change):
	card = act(card_for(2), "set_parts_aside")
	change(card)
	card.save()
	assert (held(card), total(shop)) == (0, 0)


def test_a_line_that_needs_less_lets_the_rest_go_and_more_has_to_be_asked_for(shop, card_for):
	card = act(card_for(2), "set_parts_aside")
	card.parts[0].qty = 1
	card.save()
	assert (held(card), total(shop)) == (1, 1)
	card = fresh(card)
	card.parts[0].qty = 3
	card.save()
	assert (held(card), total(shop)) == (1, 1)
	act(card, "set_parts_aside")
	assert (held(card), total(shop)) == (3, 3)


@pytest.mark.parametrize(
	("method", "args"),
	[("give_up", ["Corroded"]), ("record_decline", ["Too dear"]), ("call_off", ["Opened twice"])],
)
def test_a_card_that_is_given_up_lets_go(shop, card_for, method, args):
	card = act(card_for(2), "set_parts_aside")
	act(card, method, *args)
	assert (held(card), total(shop)) == (0, 0)


def test_a_deleted_card_lets_go(shop, card_for):
	card = act(card_for(2), "set_parts_aside")
	frappe.delete_doc("Repair Card", card.name)
	assert total(shop) == 0


def test_set_aside_cannot_be_typed_in(shop, card_for):
	card = card_for(1)
	for way in ("save", "api"):
		doc = fresh(card)
		doc.parts[0].set_aside = 1
		doc.save() if way == "save" else frappe.client.save(doc.as_json())
		assert (held(card), total(shop)) == (0, 0)
	frappe.client.set_value("Service Part Line", card.parts[0].name, "set_aside", 1)
	assert (held(card), total(shop)) == (0, 0)


def test_parts_that_are_used_are_let_go(shop, card_for):
	card = act(card_for(2), "set_parts_aside")
	card.start_repair()
	card.hand_to_check()
	card.verify("Tight")
	card.finish()
	assert (held(card), total(shop), in_stock(shop.gasket, shop.store)) == (0, 0, 1)


def test_no_other_job_takes_what_is_set_aside(shop, card_for):
	act(card_for(2), "set_parts_aside")
	visit = make.voucher(
		make.call(shop.customer, service_category=make.category("C")),
		shop.technician,
		service_category="C",
		parts=[make.part(shop.gasket, 2, warehouse=shop.store)],
	)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError):
		visit.submit()
	told = " ".join(str(message.get("message")) for message in frappe.message_log)
	assert "1.0 available there; the rest is reserved" in frappe.utils.strip_html_tags(told)
	frappe.db.rollback()
	visit = frappe.get_doc("Service Voucher", visit.name)
	visit.parts[0].qty = 1
	visit.save()
	visit.submit()
	assert (in_stock(shop.gasket, shop.store), total(shop)) == (2, 2)


def test_totals_are_mended_by_the_recount(shop, card_for):
	act(card_for(2), "set_parts_aside")
	frappe.db.set_value("Bin", {"item_code": shop.gasket, "warehouse": shop.store}, "aftersales_set_aside", 7)
	frappe.db.set_value("Bin", {"item_code": shop.seal, "warehouse": shop.van}, "aftersales_set_aside", 1)
	reservations.recount()
	assert total(shop) == 2
	assert frappe.db.get_value("Bin", {"item_code": shop.seal}, "aftersales_set_aside") == 0


# ---------------------------------------------------------------- requested


def requested(card) -> list[tuple]:
	return [
		(row.item_code, row.qty, row.warehouse, row.docstatus)
		for name in frappe.get_all(
			"Material Request", filters={"aftersales_voucher": card.name}, pluck="name"
		)
		for row in frappe.get_doc("Material Request", name).items
	]


def test_missing_parts_are_requested_once(shop, card_for):
	card = card_for(5)
	names = fresh(card).request_parts(add_days(nowdate(), 4))
	assert requested(card) == [(shop.gasket, 2, shop.store, 1)]
	request = frappe.get_doc("Material Request", names[0])
	assert request.material_request_type == "Purchase"
	assert request.schedule_date == getdate(add_days(nowdate(), 4))
	assert (fresh(card).status, held(card), total(shop)) == ("Awaiting Parts", 3, 3)

	assert fresh(card).request_parts() == []
	assert len(requested(card)) == 1
	request.cancel()
	assert len(fresh(card).request_parts()) == 1


def test_nothing_is_requested_when_everything_is_there(shop, card_for):
	card = card_for(3)
	assert fresh(card).request_parts() == []
	assert (fresh(card).status, held(card)) == ("Received", 3)


def test_a_request_of_an_older_view_of_the_card_is_refused(shop, card_for):
	card = card_for(5)
	first, second = fresh(card), fresh(card)
	first.request_parts()
	with pytest.raises(frappe.TimestampMismatchError):
		second.request_parts()
	assert len(requested(card)) == 1


def test_the_form_is_told_how_the_parts_stand(shop, card_for):
	card = card_for(5)
	assert parts_supply.parts_at_hand(card.name)[0] | {"substitutes": None, "line": None} == {
		"line": None,
		"idx": 1,
		"item_code": shop.gasket,
		"item_name": shop.gasket,
		"warehouse": shop.store,
		"qty": 5,
		"held": 0,
		"free": 3,
		"missing": 2,
		"on_order": 0,
		"substitutes": None,
	}
	fresh(card).request_parts()
	row = parts_supply.parts_at_hand(card.name)[0]
	assert (row["held"], row["free"], row["missing"], row["on_order"]) == (3, 0, 2, 2)


# ---------------------------------------------------------------- arrived


@pytest.fixture
def queued(monkeypatch):
	"""What the app would have done in the background: done at once, after the commit."""
	calls = []

	def at_once(method, places, **kwargs):
		calls.append(places)
		frappe.get_attr(method)(places=[list(place) for place in places])

	monkeypatch.setattr(frappe, "enqueue", at_once)
	return calls


def test_a_card_returns_to_the_queue_when_its_parts_have_come(shop, card_for, queued):
	card = card_for(5)
	act(card, "request_parts")
	make.receive(shop.gasket, 1, 8, shop.store)
	frappe.db.commit()
	assert (fresh(card).status, held(card)) == ("Awaiting Parts", 4)
	make.receive(shop.gasket, 1, 8, shop.store)
	frappe.db.commit()
	assert (fresh(card).status, held(card), total(shop)) == ("Approved", 5, 5)
	assert [row.status for row in fresh(card).state_log] == ["Received", "Awaiting Parts", "Approved"]
	assert "All parts are in stock and reserved" in comments(card)


def test_the_card_promised_first_is_served_first(shop, card_for, queued):
	later, sooner = (
		card_for(4, promised_return=add_days(nowdate(), 9)),
		card_for(4, promised_return=add_days(nowdate(), 2)),
	)
	for card in (later, sooner):
		fresh(card).await_parts()
	assert (held(later), held(sooner)) == (3, 0)
	make.receive(shop.gasket, 4, 8, shop.store)
	frappe.db.commit()
	assert (fresh(sooner).status, fresh(later).status) == ("Approved", "Awaiting Parts")
	assert (held(later), held(sooner), total(shop)) == (3, 4, 7)


def test_parts_of_another_warehouse_wake_nobody(shop, card_for, queued):
	card = card_for(5)
	act(card, "await_parts")
	frappe.db.commit()
	queued.clear()
	make.receive(shop.gasket, 9, 8, shop.van)
	frappe.db.commit()
	assert queued == [] and fresh(card).status == "Awaiting Parts"


def test_a_card_that_was_not_accepted_goes_back_to_where_it_waited_from(shop, card_for, queued):
	card = card_for(5, "A")
	act(card, "start_diagnosis")
	act(card, "await_parts")
	make.receive(shop.gasket, 2, 8, shop.store)
	frappe.db.commit()
	assert fresh(card).status == "Diagnosing"


def test_an_issue_taken_back_counts_as_arrival(shop, card_for, queued):
	issue = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Issue",
			"company": make.COMPANY,
			"items": [{"item_code": shop.gasket, "qty": 3, "s_warehouse": shop.store}],
		}
	).insert()
	issue.submit()
	card = card_for(3)
	act(card, "await_parts")
	frappe.db.commit()
	issue.cancel()
	frappe.db.commit()
	assert fresh(card).status == "Approved"


def test_a_card_that_cannot_be_saved_is_left_waiting_and_does_not_stop_the_others(shop, card_for, queued):
	stuck, other = card_for(4), card_for(1)
	frappe.db.delete("Error Log", {"reference_name": stuck.name})  # no rollback takes them away
	for card in (stuck, other):
		act(card, "await_parts")
	frappe.db.set_value("Repair Call", stuck.repair_call, "status", "Closed")
	make.receive(shop.gasket, 9, 8, shop.store)
	frappe.db.commit()
	assert (fresh(stuck).status, fresh(other).status) == ("Awaiting Parts", "Approved")
	assert held(stuck) == 3
	assert frappe.db.exists("Error Log", {"reference_name": stuck.name})


def test_warranty_work_may_be_approved_without_the_customer_but_not_what_he_pays(shop, card_for):
	assert act(card_for(1), "move_to", "Approved").status == "Approved"
	with pytest.raises(frappe.MandatoryError):
		fresh(card_for(1, "A")).move_to("Approved")
	frappe.db.rollback()


def test_the_hourly_round_serves_who_was_missed(shop, card_for):
	card = card_for(5)
	act(card, "await_parts")
	make.receive(shop.gasket, 2, 8, shop.store)
	assert parts_supply.serve_waiting_cards() == [card.name]
	assert fresh(card).status == "Approved"
