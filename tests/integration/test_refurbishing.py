"""Units that came back: refurbished and sold again with their history, taken apart, scrapped; by value, in their roles.

The boiler B-1 was sold, exchanged for B-2 and is in the quarantine stock at 150.00; a seal costs 12.50, an hour 30.00.
"""

import frappe
import pytest
from frappe.utils import nowdate

from aftersales.customer_goods.refurbishing import history
from aftersales.installed_base.life import product_life
from tests import factories as make
from tests.jobs import gl, in_stock
from tests.settling_cases import boiler, exchange, sold_boiler, warehouse


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.item, names.store = boiler(names, "B-1", "B-2", "B-3")
	names.invoice, names.product = sold_boiler(names, "B-1", names.item, names.store)
	names.quarantine, names.resale = warehouse("Quarantine"), warehouse("Resale")
	names.tester = make.technician("Brendan Quinn")
	names.exchange = exchange(
		names,
		names.product,
		decision="Replacement",
		source="Own Stock",
		new_item_code=names.item,
		new_serial="B-2",
		new_warehouse=names.store,
		old_unit="Own Stock",
		old_warehouse=names.quarantine,
		old_value=150,
	)
	return names


def refurbishment(shop, **values):
	return make.make(
		"Product Refurbishment",
		**{
			"company": make.COMPANY,
			"product_exchange": shop.exchange.name,
			"item_code": shop.item,
			"warehouse": shop.quarantine,
			"technician": shop.technician,
			"hours": 1,
			"tested_by": shop.tester,
			"work_done": "New seal, burner cleaned",
			"to_warehouse": shop.resale,
			"parts": [{"item_code": shop.seal, "qty": 2, "warehouse": shop.van}],
			**values,
		},
	)


def apart(shop, rate: float = 30, **values):
	burner = make.item("Burner")
	return refurbishment(
		shop,
		outcome="Taken Apart",
		reason="Heat exchanger cracked",
		parts=[{"item_code": burner, "qty": 2, "warehouse": shop.resale, "rate": rate}],
		**values,
	)


def test_a_unit_goes_back_to_stock_at_what_it_cost(shop):
	doc = refurbishment(shop)
	assert (doc.serial_no, doc.new_serial, doc.work_cost) == ("B-1", "B-1", 30)
	doc.submit()
	doc.reload()
	assert (doc.status, doc.unit_value, doc.new_value, doc.stock_value, doc.cost) == (
		*("Done", 150, 0, 205, -30),
	)
	assert (in_stock(shop.item, shop.quarantine), in_stock(shop.item, shop.resale)) == (0, 1)
	assert in_stock(shop.seal, shop.van) == 8
	internal = "Internal Service Expense - LSL"
	assert [row[:3] for row in gl(doc.issue_entry)] == [
		(internal, 175, 0),
		("Stock In Hand - LSL", 0, 175),
	]
	assert [row[:3] for row in gl(doc.receipt_entry)] == [
		(internal, 0, 205),
		("Stock In Hand - LSL", 205, 0),
	]


def test_sold_again_its_file_tells_what_was_done_and_where_it_was(shop, clock):
	doc = refurbishment(shop)
	doc.submit()
	buyer = make.customer("Second Owner")
	sold_boiler(frappe._dict(shop, customer=buyer), "B-1", shop.item, shop.resale)
	file = frappe.db.get_value("Customer Equipment", {"serial_no": "B-1", "customer": buyer})
	assert file and file != shop.product
	events = [(row["what"], row["name"]) for row in product_life(file)]
	assert ("Refurbished", doc.name) in events
	found = history.of_unit("B-1")
	assert {row["name"] for row in found} >= {doc.name, shop.exchange.name, shop.exchange.repair_call}
	clock.forward(days=1)
	later = make.call(shop.customer, equipment=shop.product)
	assert later.name not in {row["name"] for row in history.of_unit("B-1")}, "that one is about B-2"


def test_as_an_item_of_its_own_it_gets_a_number_of_its_own(shop):
	used = make.item("Boiler, refurbished", has_serial_no=1)
	doc = refurbishment(shop, new_item_code=used, new_value=180)
	assert doc.new_serial == "B-1-R"
	doc.submit()
	assert (doc.cost, in_stock(used, shop.resale)) == (-5, 1)
	assert frappe.db.get_value("Serial No", "B-1-R", "item_code") == used


def test_taken_apart_its_parts_share_its_value(shop):
	doc = apart(shop)
	doc.submit()
	assert (doc.cost, in_stock("Burner", shop.resale), in_stock(shop.item, shop.quarantine)) == (90, 2, 0)
	assert frappe.db.get_value("Bin", {"item_code": "Burner", "warehouse": shop.resale}, "stock_value") == 60


def test_scrapped_the_whole_value_is_lost(shop):
	doc = refurbishment(shop, outcome="Scrapped", reason="Burnt out")
	doc.submit()
	assert (doc.parts, doc.receipt_entry, doc.cost) == ([], None, 150)


@pytest.mark.parametrize("kind", ["unit", "parts"])
def test_stock_is_not_written_up_above_cost(shop, kind):
	doc = refurbishment(shop, new_value=205.01) if kind == "unit" else apart(shop, rate=90.01)
	with pytest.raises(frappe.ValidationError, match="cannot come into stock"):
		doc.submit()


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"work_done": ""}, "What was done"),
		({"tested_by": "Aoife Doyle"}, "Somebody else tests"),
		({"outcome": "Scrapped"}, "Why is the unit not sold again"),
		({"outcome": "Taken Apart", "reason": "Cracked", "parts": []}, "parts that were gained"),
	],
)
def test_what_is_missing_is_said(shop, values, message):
	doc = refurbishment(shop, **values)
	with pytest.raises(frappe.ValidationError, match=message):
		doc.submit()
	assert in_stock(shop.item, shop.quarantine) == 1


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"done_on": "2099-01-01"}, "is in the future"),
		({"to_warehouse": "All Warehouses - LSL"}, "is not an open warehouse"),
		({"parts": [{"item_code": "Gas Valve Seal", "qty": 0, "warehouse": "Van Aoife - LSL"}]}, "quantity"),
		(
			{"parts": [{"item_code": "Boiler", "qty": 1, "warehouse": "Units - LSL"}]},
			"enter 1.0 serial numbers",
		),
	],
)
def test_what_cannot_be_is_refused(shop, values, message):
	with pytest.raises(frappe.ValidationError, match=message):
		refurbishment(shop, **values)


def test_of_two_decisions_about_a_unit_the_second_is_refused(shop):
	second = refurbishment(shop, outcome="Scrapped", reason="Burnt out")
	refurbishment(shop).submit()
	with pytest.raises(frappe.ValidationError, match="is about the same unit"):
		second.submit()


def test_who_decides(shop):
	frappe.set_user(make.user("bench@refurbish.example", "Workshop Technician"))
	doc = refurbishment(shop)
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(doc.doctype, doc.name).submit()
	frappe.set_user(make.user("boss@refurbish.example", "Service Supervisor"))
	frappe.get_doc(doc.doctype, doc.name).submit()
	frappe.set_user("bench@refurbish.example")
	read = frappe.get_doc(doc.doctype, doc.name)
	read.apply_fieldlevel_read_permissions()
	assert (read.unit_value, read.new_value) == (150, 0), (
		"what the colleague's hour costs cannot be worked out"
	)
	assert [read.get(field) for field in ("stock_value", "work_cost", "cost")] == [None] * 3
	frappe.set_user(make.user("nobody@refurbish.example", "Sales User"))
	with pytest.raises(frappe.PermissionError):
		history.of_unit("B-1")


def test_cancelled_all_is_as_before_and_can_be_decided_anew(shop):
	doc = refurbishment(shop)
	doc.submit()
	doc.cancel()
	assert (in_stock(shop.item, shop.quarantine), in_stock(shop.seal, shop.van)) == (1, 10)
	amended = frappe.copy_doc(doc)
	amended.update({"amended_from": doc.name, "status": "Done", "issue_entry": doc.issue_entry})
	amended.insert()
	amended.submit()
	assert (amended.status, in_stock(shop.item, shop.resale)) == ("Done", 1)


def test_a_unit_sold_meanwhile_keeps_its_refurbishment(shop):
	doc = refurbishment(shop)
	doc.submit()
	sold_boiler(frappe._dict(shop, customer=make.customer("Second Owner")), "B-1", shop.item, shop.resale)
	with pytest.raises(frappe.ValidationError):
		frappe.get_doc(doc.doctype, doc.name).cancel()


def test_any_other_unit_of_another_company_in_another_year(shop, clock):
	other = make.company()
	make.category_accounts(
		"D", other, expense_account=make.account("Internal Service Expense", "Direct Expenses", other)
	)
	store = make.warehouse("Units", other)
	frappe.flags.pop("warehouse_account_map", None)
	plain = make.item("Fan heater")
	make.receive(plain, 1, 40, store)
	make.fiscal_years(int(nowdate()[:4]) + 1)
	clock.forward(years=1)
	doc = refurbishment(
		shop,
		company=other,
		product_exchange=None,
		item_code=plain,
		warehouse=store,
		to_warehouse=store,
		parts=[],
	)
	doc.submit()
	assert (doc.stock_value, doc.cost, doc.serial_no) == (70, -30, None)
	assert {row[0] for row in gl(doc.receipt_entry)} == {
		"Internal Service Expense - CSL",
		"Stock In Hand - CSL",
	}
