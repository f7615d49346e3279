"""Filling vans: what is lacking, the drafts that bring it, nothing twice, and who may."""

import frappe
import pytest

from aftersales.spare_parts import vans
from aftersales.spare_parts.report.van_replenishment import van_replenishment
from tests import factories as make
from tests.jobs import done

OWN = "aoife.van@example.com"


@pytest.fixture(scope="module")
def masters(shared_site):
	"""Aoife's van has ten seals (fill at 3, up to 12); the store has twenty of them and two fans."""
	store, other_van = make.warehouse("Main Store"), make.warehouse("Van Declan")
	found = make.shop()
	found.update({"store": store, "other_van": other_van})
	found.fan = make.item("Flue Fan")
	make.price(found.fan, 120)
	make.receive(found.seal, 20, 12.5, found.store)
	make.receive(found.fan, 2, 60, found.store)
	make.receive(found.fan, 1, 60, found.van)
	van = frappe.get_doc("Service Technician", found.technician)
	van.update({"supply_warehouse": found.store, "user": make.user(OWN, "Service Technician")})
	van.append("van_stock", {"item_code": found.seal, "minimum": 3, "maximum": 12})
	van.save()
	return found


def lacking(shop) -> dict[str, float]:
	return {row.item_code: row.propose for row in vans.needs(technician=shop.technician) if row.propose}


def use(shop, item_code: str, qty: float) -> None:
	done(shop, parts=[make.part(item_code, qty)])


def test_a_van_above_its_minimum_lacks_nothing(shop):
	use(shop, shop.seal, 7)
	assert lacking(shop) == {}
	assert vans.fill_vans([shop.technician]) == []


def test_below_its_minimum_it_is_filled_up_by_one_draft(shop):
	use(shop, shop.seal, 8)
	assert lacking(shop) == {shop.seal: 10}
	(made,) = vans.fill_vans([shop.technician, shop.technician])
	entry = frappe.get_doc("Stock Entry", made["name"])
	assert (entry.purpose, entry.docstatus, entry.company) == ("Material Transfer", 0, make.COMPANY)
	assert [(row.item_code, row.qty, row.s_warehouse, row.t_warehouse) for row in entry.items] == [
		(shop.seal, 10, shop.store, shop.van)
	]
	assert lacking(shop) == {}
	assert vans.fill_vans([shop.technician]) == []
	assert vans.fill_vans([shop.technician], "Material Request") == []
	entry.submit()
	(row,) = [row for row in vans.needs(technician=shop.technician) if row.item_code == shop.seal]
	assert (row.there, row.coming, row.propose, row.in_store) == (12, 0, 0, 10)


def test_a_draft_that_is_deleted_is_proposed_again(shop):
	use(shop, shop.seal, 8)
	(made,) = vans.fill_vans([shop.technician])
	frappe.delete_doc("Stock Entry", made["name"])
	assert lacking(shop) == {shop.seal: 10}


def test_what_is_used_without_being_listed_is_replaced(shop):
	use(shop, shop.fan, 1)
	assert lacking(shop) == {shop.fan: 1}
	(made,) = vans.fill_vans([shop.technician], "Material Request")
	request = frappe.get_doc("Material Request", made["name"])
	assert (request.material_request_type, request.docstatus) == ("Material Transfer", 0)
	assert [(row.item_code, row.qty, row.from_warehouse, row.warehouse) for row in request.items] == [
		(shop.fan, 1, shop.store, shop.van)
	]
	assert lacking(shop) == {}
	request.submit()
	assert lacking(shop) == {}


def test_a_transfer_made_from_a_request_counts_once(shop):
	from erpnext.stock.doctype.material_request.material_request import make_stock_entry

	use(shop, shop.seal, 8)
	(made,) = vans.fill_vans([shop.technician], "Material Request")
	frappe.get_doc("Material Request", made["name"]).submit()
	entry = make_stock_entry(made["name"])
	entry.insert()
	(row,) = [row for row in vans.needs(technician=shop.technician) if row.item_code == shop.seal]
	assert (row.there, row.coming) == (2, 10)
	entry.submit()
	(row,) = [row for row in vans.needs(technician=shop.technician) if row.item_code == shop.seal]
	assert (row.there, row.coming, row.propose) == (12, 0, 0)


def test_two_vans_share_what_the_store_has(shop):
	declan = make.technician("Declan Van", shop.other_van, supply_warehouse=shop.store)
	for name in (shop.technician, declan):
		van = frappe.get_doc("Service Technician", name)
		van.append("van_stock", {"item_code": shop.fan, "minimum": 2, "maximum": 2})
		van.save()
	made = vans.fill_vans([shop.technician, declan])
	drafted = [
		(row["technician"], line.qty)
		for row in made
		for line in frappe.get_doc("Stock Entry", row["name"]).items
	]
	assert drafted == [(shop.technician, 1), (declan, 1)]


def test_moving_parts_elsewhere_is_no_use(shop):
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Transfer",
			"company": make.COMPANY,
			"items": [{"item_code": shop.fan, "qty": 1, "s_warehouse": shop.van, "t_warehouse": shop.store}],
		}
	)
	entry.insert()
	entry.submit()
	assert lacking(shop) == {}


def test_a_transfer_takes_no_more_than_the_store_has(shop):
	van = frappe.get_doc("Service Technician", shop.technician)
	van.append("van_stock", {"item_code": shop.fan, "minimum": 5, "maximum": 9})
	van.save()
	(made,) = vans.fill_vans([shop.technician])
	entry = frappe.get_doc("Stock Entry", made["name"])
	assert [(row.item_code, row.qty) for row in entry.items] == [(shop.fan, 2)]
	assert vans.fill_vans([shop.technician], "Stock Entry") == []
	columns, rows = van_replenishment.execute({"company": make.COMPANY})
	(row,) = [row for row in rows if row["item_code"] == shop.fan]
	assert (row["there"], row["coming"], row["propose"], row["in_store"]) == (1, 2, 6, 0)
	assert {"technician", "propose", "reason"} <= {column["fieldname"] for column in columns}


def test_the_report_shows_all_when_asked(shop):
	assert van_replenishment.execute({"company": make.COMPANY})[1] == []
	rows = van_replenishment.execute({"company": make.COMPANY, "all": 1})[1]
	assert [(row["item_code"], row["there"], row["minimum"], row["maximum"]) for row in rows] == [
		(shop.seal, 10, 3, 12)
	]


def test_without_a_store_it_says_where_to_set_one(shop):
	frappe.db.set_single_value("Stock Settings", "default_warehouse", None)
	frappe.db.set_value("Service Technician", shop.technician, "supply_warehouse", None)
	use(shop, shop.seal, 8)
	with pytest.raises(frappe.MandatoryError, match="Van Is Filled from"):
		vans.fill_vans([shop.technician])


def test_who_may_fill_a_van(shop):
	use(shop, shop.seal, 8)
	other = make.technician("Declan Other", make.warehouse("Van Declan"))
	supervisor = make.user("orla.vans@example.com", "Service Supervisor")
	agent = make.user("sean.vans@example.com", "Service Agent")
	frappe.set_user(OWN)
	with pytest.raises(frappe.PermissionError):
		vans.fill_vans([other])
	frappe.set_user(agent)
	with pytest.raises(frappe.PermissionError):
		vans.fill_vans([shop.technician])
	frappe.set_user(OWN)
	assert len(vans.fill_vans([shop.technician])) == 1
	frappe.set_user(supervisor)
	assert vans.fill_vans([shop.technician, other]) == []
	with pytest.raises(frappe.ValidationError, match="Stock Entry"):
		vans.fill_vans([shop.technician], "Sales Invoice")


@pytest.mark.parametrize(
	("row", "why"),
	[
		({"item_code": "Gas Valve Seal", "minimum": 1, "maximum": 2}, "twice"),
		({"item_code": "Service Hour", "minimum": 1, "maximum": 2}, "not a stock item"),
		({"item_code": "Flue Fan", "minimum": 3, "maximum": 2}, "below the minimum"),
		({"item_code": "Flue Fan", "minimum": 0, "maximum": 0}, "above 0"),
	],
)
def test_a_list_that_makes_no_sense_is_refused(shop, row, why):
	van = frappe.get_doc("Service Technician", shop.technician)
	van.append("van_stock", row)
	with pytest.raises(frappe.ValidationError, match=why):
		van.save()


def test_a_van_is_not_filled_from_itself(shop):
	van = frappe.get_doc("Service Technician", shop.technician)
	van.supply_warehouse = shop.van
	with pytest.raises(frappe.ValidationError, match="from itself"):
		van.save()
