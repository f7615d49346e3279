"""The service view of an item: checks, parts for a model, stock by warehouse, permissions."""

import frappe
import pytest

from aftersales.spare_parts.parts import parts_for_equipment, parts_for_model, stock_by_warehouse
from tests import factories as make


@pytest.fixture
def seal():
	return make.make(
		"Spare Part",
		item_code=make.item("Gas valve seal"),
		fitting_minutes=20,
		part_warranty_months=12,
		fits=[{"brand": "Thermon", "model": "TH 18"}, {"brand": "Thermon", "model": "TH 24"}],
	)


def test_only_stock_items(seal):
	with pytest.raises(frappe.ValidationError, match="stock item"):
		make.make("Spare Part", item_code=make.service_item("Labour hour"))


def test_substitutes(seal):
	seal.append("substitutes", {"item_code": seal.item_code})
	with pytest.raises(frappe.ValidationError, match="own substitute"):
		seal.save()
	seal.reload()
	other = make.item("Gas valve seal, universal")
	for _ in range(2):
		seal.append("substitutes", {"item_code": other})
	with pytest.raises(frappe.ValidationError, match="twice"):
		seal.save()


def test_model_listed_twice(seal):
	seal.append("fits", {"brand": " thermon ", "model": "th 18"})
	with pytest.raises(frappe.ValidationError, match="twice"):
		seal.save()


def test_parts_for_model(seal):
	any_maker = make.make("Spare Part", item_code=make.item("Descaler"), fits=[{"model": "TH 18"}])
	make.make(
		"Spare Part",
		item_code=make.item("Old seal"),
		disabled=1,
		fits=[{"brand": "Thermon", "model": "TH 18"}],
	)
	make.make("Spare Part", item_code=make.item("Spindle encoder"), fits=[{"brand": "Haas", "model": "VF-2"}])

	def codes(brand, model):
		return [row["item_code"] for row in parts_for_model(brand, model)]

	assert codes("Thermon", "TH 18") == [any_maker.name, seal.name]
	assert codes("thermon", "th 18") == [any_maker.name, seal.name]
	assert codes("Baxi", "TH 18") == [any_maker.name]
	assert codes(None, "TH 18") == [any_maker.name, seal.name]
	assert codes("Thermon", "") == []
	assert parts_for_model("Thermon", "TH 24")[0]["part_warranty_months"] == 12


def test_parts_for_equipment(seal):
	heater = make.equipment(make.customer(), brand="Thermon", model="TH 24")
	assert [row["item_code"] for row in parts_for_equipment(heater)] == [seal.name]


def test_stock_by_warehouse(seal):
	van, store = make.warehouse("Van - Aoife"), make.warehouse("Workshop Store")
	make.receive(seal.item_code, 3, 4, van)
	make.receive(seal.item_code, 20, 4, store)
	rows = [(row["warehouse"], row["actual_qty"]) for row in stock_by_warehouse(seal.name)]
	assert rows == [(store, 20), (van, 3)]


def test_without_role_nothing_is_told(seal):
	heater = make.equipment(make.customer(), brand="Thermon", model="TH 24")
	frappe.set_user(make.user("nobody@example.com"))
	for ask in (
		lambda: parts_for_model("Thermon", "TH 24"),
		lambda: parts_for_equipment(heater),
		lambda: stock_by_warehouse(seal.name),
	):
		with pytest.raises(frappe.PermissionError):
			ask()


# ---------------------------------------------------------------- items renamed and merged


def rename_item(old, new, merge=False):
	frappe.rename_doc("Item", old, new, merge=merge, show_alert=False, rebuild_search=False)


def test_a_renamed_item_keeps_its_spare_part(seal):
	other = make.item("Gas valve seal, universal")
	seal.append("substitutes", {"item_code": other})
	seal.save()
	rename_item("Gas valve seal", "GVS-18")
	renamed = frappe.get_doc("Spare Part", "GVS-18")
	assert renamed.item_code == "GVS-18"
	assert [row.model for row in renamed.fits] == ["TH 18", "TH 24"]
	assert [row.item_code for row in renamed.substitutes] == [other]
	assert not frappe.db.exists("Spare Part", "Gas valve seal")
	assert [row["item_code"] for row in parts_for_model("Thermon", "TH 18")] == ["GVS-18"]


def test_merged_items_have_one_spare_part(seal):
	washer = make.item("Washer")
	seal.append("substitutes", {"item_code": washer})
	seal.save()
	twin = make.make(
		"Spare Part",
		item_code=make.item("Gas valve seal (old no.)"),
		fitting_minutes=45,
		fits=[{"brand": "thermon", "model": "th 24"}, {"brand": "Baxi", "model": "B 10"}],
		substitutes=[
			{"item_code": "Gas valve seal"},
			{"item_code": washer},
			{"item_code": make.item("O-ring")},
		],
	)
	third = make.make(
		"Spare Part",
		item_code="O-ring",
		substitutes=[{"item_code": twin.item_code}, {"item_code": seal.item_code}],
	)
	rename_item(twin.item_code, seal.item_code, merge=True)
	seal.reload()
	assert seal.fitting_minutes == 20, "what stays keeps its values"
	assert [(row.brand, row.model) for row in seal.fits] == [
		("Thermon", "TH 18"),
		("Thermon", "TH 24"),
		("Baxi", "B 10"),
	]
	assert [row.item_code for row in seal.substitutes] == ["Washer", "O-ring"]
	assert [row.item_code for row in third.reload().substitutes] == [seal.item_code]
	assert not frappe.db.exists("Spare Part", "Gas valve seal (old no.)")


def test_a_spare_part_goes_to_the_item_that_stays(seal):
	kept = make.item("GVS-18")
	seal.append("substitutes", {"item_code": kept})
	seal.save()
	rename_item("Gas valve seal", kept, merge=True)
	part = frappe.get_doc("Spare Part", kept)
	assert (part.item_code, part.fitting_minutes, part.substitutes) == (kept, 20, [])
