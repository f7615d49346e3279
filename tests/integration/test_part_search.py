"""Finding parts for a job, where a part is used, and the stock of all parts at a glance."""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from aftersales.spare_parts import part_search
from aftersales.spare_parts.report.spare_part_stock import spare_part_stock
from tests import factories as make
from tests.jobs import done


@pytest.fixture(scope="module")
def masters(shared_site):
	"""A seal that fits the customer's boiler, none in the van any more; its substitute is; a fan of another maker."""
	store, other_van = make.warehouse("Main Store"), make.warehouse("Van Declan")
	found = make.shop()
	found.update({"store": store, "other_van": other_van})
	found.boiler = make.equipment(found.customer, brand="Baxi", model="600 Combi")
	found.other = make.item("Universal Seal")
	found.fan = make.item("Flue_Fan", item_name="Fan 24 kW 100%")
	make.receive(found.other, 4, 9, found.van)
	make.receive(found.fan, 3, 60, found.store)
	make.price(found.fan, 120)
	make.receive(found.seal, 6, 12.5, found.store)
	make.make(
		"Spare Part",
		item_code=found.seal,
		fitting_minutes=20,
		supply_guaranteed_until=add_days(nowdate(), -1),
		fits=[{"brand": "Baxi", "model": "600 Combi"}],
		substitutes=[{"item_code": found.other, "notes": "needs grease"}],
	)
	make.make("Spare Part", item_code=found.other)
	make.make("Spare Part", item_code=found.fan, fits=[{"brand": "Vulkan", "model": "Kompakt 24"}])
	return found


@pytest.fixture
def voucher(shop):
	return make.planned(make.call(shop.customer, equipment=shop.boiler), shop.technician)


def search(doc, **values) -> dict:
	return part_search.find_for_job(doc.doctype, doc.name, **values)


def codes(found: dict) -> list[str]:
	return [part.item_code for part in found["parts"]]


def test_what_fits_with_stock_price_and_supply(shop, voucher):
	found = search(voucher)
	assert (found["brand"], found["model"], found["only_fitting"]) == ("Baxi", "600 Combi", True)
	assert (found["warehouse"], found["currency"]) == (shop.van, "EUR")
	(seal,) = found["parts"]
	assert (seal.item_code, seal.fits, seal.rate, seal.fitting_minutes) == (shop.seal, True, 42, 20)
	assert (seal.here, seal.stores, seal.vans) == (10, 6, 0)
	assert seal.out_of_supply is True
	assert seal.substitutes == []


def test_substitutes_are_given_when_it_is_short_here(shop, voucher):
	done(shop, parts=[make.part(shop.seal, 10)])
	(seal,) = search(voucher)["parts"]
	assert seal.here == 0
	assert [(row["item_code"], row["here"], row["notes"]) for row in seal.substitutes] == [
		(shop.other, 4, "needs grease")
	]


def test_other_vans_are_told_apart_from_stores(shop, voucher):
	make.technician("Declan Test", shop.other_van)
	make.receive(shop.seal, 2, 12.5, shop.other_van)
	(seal,) = search(voucher)["parts"]
	assert (seal.here, seal.stores, seal.vans) == (10, 6, 2)


def test_all_parts_those_that_fit_first(shop, voucher):
	assert codes(search(voucher, fitting=0)) == [shop.seal, shop.fan, shop.other]


@pytest.mark.parametrize(
	("text", "expected"),
	[
		("fan", ["Flue_Fan"]),
		("kompakt", ["Flue_Fan"]),
		("vulkan 24", ["Flue_Fan"]),
		("100%", ["Flue_Fan"]),
		("flue_", ["Flue_Fan"]),
		("seal", ["Gas Valve Seal", "Universal Seal"]),
		("seal gas", ["Gas Valve Seal"]),
		("50%", []),
		("gas_valve", []),
		("' or 1=1 --", []),
	],
)
def test_by_words_of_number_name_brand_and_model(shop, voucher, text, expected):
	assert codes(search(voucher, text=text, fitting=0)) == expected


def test_a_card_takes_its_own_warehouse_and_the_model_of_the_call(shop):
	call = make.call(shop.customer, brand="Baxi", model="600 Combi")
	card = make.received_card(call, warehouse=shop.store)
	found = search(card)
	(seal,) = found["parts"]
	assert (found["warehouse"], seal.here, seal.vans) == (shop.store, 6, 10)


def test_the_customer_s_own_price_wins(shop, voucher):
	make.price(shop.seal, 35, customer=shop.customer, selling=1)
	make.price(shop.seal, 99, valid_from=add_days(nowdate(), 5), selling=1)
	assert search(voucher)["parts"][0].rate == 35


def test_what_is_set_aside_for_a_card_is_not_free(shop, voucher):
	bin_name = frappe.db.get_value("Bin", {"item_code": shop.seal, "warehouse": shop.van})
	frappe.db.set_value("Bin", bin_name, "aftersales_set_aside", 4)
	assert search(voucher)["parts"][0].here == 6


def test_who_may_not_read_the_job_finds_nothing(shop, voucher):
	frappe.set_user(make.user("declan.search@example.com", "Service Technician"))
	with pytest.raises(frappe.PermissionError):
		search(voucher)
	frappe.set_user("Administrator")
	with pytest.raises(frappe.ValidationError, match="Repair Card"):
		part_search.find_for_job("Customer", shop.customer)


# ---------------------------------------------------------------- where used


def test_where_a_part_is_used(shop):
	make.equipment(shop.customer, brand="Baxi", model="600 Combi")
	make.equipment(shop.customer, brand="Other", model="600 Combi")
	job = done(shop, parts=[make.part(shop.seal, 2)])
	card = done(shop, kind="Repair Card", parts=[make.part(shop.seal, 1)])
	used = part_search.where_used(shop.seal)
	assert used["models"] == [{"brand": "Baxi", "model": "600 Combi", "products": 2}]
	assert sorted((row["doctype"], row["name"], row["qty"]) for row in used["jobs"]) == [
		("Repair Card", card.name, 1),
		("Service Voucher", job.name, 2),
	]
	assert used["used"] == 3
	assert [row.item_code for row in part_search.where_used(shop.other)["substitute_for"]] == [shop.seal]


def test_jobs_of_others_are_not_told(shop):
	done(shop, parts=[make.part(shop.seal, 2)])
	frappe.set_user(make.user("declan.search@example.com", "Service Technician"))
	assert part_search.where_used(shop.seal)["jobs"] == []
	frappe.set_user(make.user("nobody@example.com"))
	with pytest.raises(frappe.PermissionError):
		part_search.where_used(shop.seal)


# ---------------------------------------------------------------- at a glance


def test_stock_of_all_parts_by_store_and_van(shop):
	columns, rows = spare_part_stock.execute({"company": make.COMPANY})
	labels = {column["fieldname"]: column["label"] for column in columns}
	van = next(field for field, label in labels.items() if label == shop.technician)
	by_item = {row["item_code"]: row for row in rows}
	assert (by_item[shop.seal][van], by_item[shop.seal]["stores"], by_item[shop.seal]["total"]) == (10, 6, 16)
	assert by_item[shop.fan]["total"] == 3
	assert van not in by_item[shop.fan]
	fitting = spare_part_stock.execute({"company": make.COMPANY, "brand": "Vulkan", "model": "Kompakt 24"})[1]
	assert [row["item_code"] for row in fitting] == [shop.fan]
