"""Parts set aside for a repair card, and documents made by hand that take them (R-WS-7)."""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from aftersales.repair_workshop import parts_supply
from aftersales.spare_parts import reservations
from aftersales.spare_parts.stock_leaving import PartsSetAside
from tests import factories as make
from tests.attacks import bulk, comments
from tests.jobs import in_stock

STOREKEEPER = "store.keeper@example.com"
HEAD_OF_STORES = "head.stores@example.com"


@pytest.fixture(scope="module")
def masters(shared_site):
	"""A store of five gaskets; three of them are set aside for two cards, two and one."""
	names = make.shop()
	names.store = f"Stores - {make.ABBR}"
	names.gasket = make.item("Kept gasket")
	make.receive(names.gasket, 5, 8, names.store)
	make.settings(taking_set_aside="Stop", set_aside_role="Service Manager")
	names.early, names.late = card(names, 2, 1), card(names, 1, 5)
	make.user(STOREKEEPER, "Stock User", "Stock Manager", "Accounts User")
	make.user(HEAD_OF_STORES, "Stock User", "Service Manager")
	return names


def card(shop, qty: float, promised_in: int):
	"""A card that is promised in so many days and holds so many gaskets."""
	doc = make.received_card(
		make.call(shop.customer, service_category=make.category("C")),
		warehouse=shop.store,
		promised_return=add_days(nowdate(), promised_in),
		parts=[make.part(shop.gasket, qty)],
	)
	doc.set_parts_aside()
	return frappe.get_doc("Repair Card", doc.name)


def held(doc) -> float:
	return sum(line.set_aside for line in frappe.get_doc("Repair Card", doc.name).parts)


def total(shop) -> float:
	return frappe.db.get_value(
		"Bin", {"item_code": shop.gasket, "warehouse": shop.store}, "aftersales_set_aside"
	)


def entry(shop, qty: float, purpose: str = "Material Issue"):
	return make.make(
		"Stock Entry",
		stock_entry_type=purpose,
		purpose=purpose,
		company=make.COMPANY,
		items=[
			{
				"item_code": shop.gasket,
				"qty": qty,
				"s_warehouse": shop.store,
				"t_warehouse": shop.van if purpose == "Material Transfer" else None,
			}
		],
	)


def delivery_note(shop, qty: float):
	return make.make(
		"Delivery Note",
		customer=shop.customer,
		company=make.COMPANY,
		items=[{"item_code": shop.gasket, "qty": qty, "rate": 20, "warehouse": shop.store}],
	)


def stock_invoice(shop, qty: float):
	return make.make(
		"Sales Invoice",
		customer=shop.customer,
		company=make.COMPANY,
		update_stock=1,
		items=[
			{
				"item_code": shop.gasket,
				"qty": qty,
				"rate": 20,
				"warehouse": shop.store,
				"income_account": shop.income,
			}
		],
	)


def count(shop, qty: float):
	"""A Stock Reconciliation that finds so many less than there are."""
	return make.make(
		"Stock Reconciliation",
		company=make.COMPANY,
		purpose="Stock Reconciliation",
		expense_account=f"Stock Adjustment - {make.ABBR}",
		items=[
			{
				"item_code": shop.gasket,
				"warehouse": shop.store,
				"qty": in_stock(shop.gasket, shop.store) - qty,
				"valuation_rate": 8,
			}
		],
	)


def transfer(shop, qty: float):
	return entry(shop, qty, "Material Transfer")


WAYS = {
	"issue": entry,
	"transfer": transfer,
	"delivery": delivery_note,
	"invoice": stock_invoice,
	"count": count,
}


def submit_as(user: str, doc) -> None:
	"""Insert was by the Administrator; whoever submits is who is asked."""
	frappe.set_user(user)
	try:
		frappe.get_doc(doc.doctype, doc.name).submit()
	finally:
		frappe.set_user("Administrator")


def told() -> str:
	return frappe.utils.strip_html_tags(
		" ".join(str(message.get("message")) for message in frappe.get_message_log())
	)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_free_may_go_and_not_one_piece_more(shop, way):
	too_much = WAYS[way](shop, 3)
	frappe.db.commit()
	with pytest.raises(PartsSetAside):
		submit_as(STOREKEEPER, too_much)
	assert f"1 of the 3 {shop.gasket} reserved in {shop.store}" in told()
	assert shop.early.name in told() and shop.late.name in told()
	frappe.db.rollback()
	assert (in_stock(shop.gasket, shop.store), total(shop)) == (5, 3)

	submit_as(STOREKEEPER, WAYS[way](shop, 2))
	assert (in_stock(shop.gasket, shop.store), total(shop)) == (3, 3)


def test_nor_by_the_list_or_the_api(shop):
	doc = entry(shop, 3)
	frappe.db.commit()
	frappe.set_user(STOREKEEPER)
	assert not bulk(doc, "submit")
	with pytest.raises(PartsSetAside):
		frappe.client.submit(frappe.get_doc("Stock Entry", doc.name).as_json())
	frappe.db.rollback()
	frappe.set_user("Administrator")
	assert in_stock(shop.gasket, shop.store) == 5


def test_whoever_has_the_role_is_warned_and_the_card_promised_last_lets_go(shop):
	doc = entry(shop, 4)
	frappe.clear_messages()
	submit_as(HEAD_OF_STORES, doc)
	assert "2 of the 3" in told()

	names = reservations.let_go_of_taken(shop.gasket, shop.store, doc.doctype, doc.name)
	assert names == [shop.late.name, shop.early.name]
	assert (held(shop.early), held(shop.late), total(shop)) == (1, 0, 1)
	assert f"1 of {shop.gasket}" in comments(shop.late) and doc.name in comments(shop.early)
	assert reservations.let_go_of_taken(shop.gasket, shop.store, doc.doctype, doc.name) == []
	rows = parts_supply.parts_at_hand(shop.late.name)
	assert [(row["held"], row["free"], row["missing"]) for row in rows] == [(0, 0, 1)]


@pytest.mark.parametrize("policy, message", [("Warn", True), ("Ignore", False)])
def test_a_site_that_only_warns_or_lets_go(shop, policy, message):
	make.settings(taking_set_aside=policy)
	frappe.clear_messages()
	submit_as(STOREKEEPER, entry(shop, 5))
	assert ("3 of the 3" in told()) is message
	assert in_stock(shop.gasket, shop.store) == 0


def test_without_a_role_nobody_takes_them(shop):
	make.settings(set_aside_role=None)
	doc = entry(shop, 3)
	frappe.db.commit()
	with pytest.raises(PartsSetAside):
		doc.submit()
	frappe.db.rollback()


def test_cancelling_what_brought_them_is_taking_them(shop):
	receipt = make.receive(shop.gasket, 4, 8, shop.store)
	card(shop, 6, 9)
	frappe.db.commit()
	assert total(shop) == 9
	frappe.set_user(STOREKEEPER)
	with pytest.raises(PartsSetAside):
		frappe.get_doc("Stock Entry", receipt).cancel()
	frappe.db.rollback()
	frappe.set_user("Administrator")
	assert in_stock(shop.gasket, shop.store) == 9


def test_what_was_issued_comes_back_and_what_only_passes_through_takes_nothing(shop):
	doc = entry(shop, 2)
	submit_as(STOREKEEPER, doc)
	frappe.set_user(STOREKEEPER)
	frappe.get_doc("Stock Entry", doc.name).cancel()
	frappe.set_user("Administrator")
	assert in_stock(shop.gasket, shop.store) == 5

	repacked = make.make(
		"Stock Entry",
		stock_entry_type="Repack",
		purpose="Repack",
		company=make.COMPANY,
		items=[
			{"item_code": shop.gasket, "qty": 5, "s_warehouse": shop.store},
			{"item_code": shop.gasket, "qty": 5, "t_warehouse": shop.store, "is_finished_item": 1},
		],
	)
	submit_as(STOREKEEPER, repacked)
	assert (in_stock(shop.gasket, shop.store), total(shop)) == (5, 3)


def test_the_card_itself_uses_what_it_holds(shop):
	doc = frappe.get_doc("Repair Card", shop.early.name)
	frappe.db.set_value("Repair Card", doc.name, "assigned_technician", shop.technician)
	doc = frappe.get_doc("Repair Card", doc.name)
	doc.diagnosis = "Gasket leaks"
	doc.save()
	doc.start_repair()
	doc.hand_to_check()
	doc.verify("Tight")
	doc.finish()
	assert (in_stock(shop.gasket, shop.store), total(shop)) == (3, 1)


def test_one_question_a_document_however_many_rows(shop):
	other = [make.item(f"Other part {number}") for number in range(4)]
	for item_code in other:
		make.receive(item_code, 2, 5, shop.store)
	doc = make.make(
		"Stock Entry",
		stock_entry_type="Material Issue",
		purpose="Material Issue",
		company=make.COMPANY,
		items=[{"item_code": item_code, "qty": 1, "s_warehouse": shop.store} for item_code in other],
	)
	asked = []
	run = frappe.local.db.sql

	def counting(query, *args, **kwargs):
		if "aftersales_set_aside" in str(query):
			asked.append(str(query))
		return run(query, *args, **kwargs)

	frappe.local.db.sql = counting
	try:
		doc.submit()
	finally:
		frappe.local.db.sql = run
	assert len(asked) == 1
