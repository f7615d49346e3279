"""Old parts asked for on visits, and issued parts that come back into stock (R-SP, R-AC-6)."""

import frappe
import pytest
from frappe.utils import getdate, nowdate

from aftersales.service_accounts import reconciliation
from aftersales.service_accounts.reconciliation_checks import Scope
from aftersales.service_posting.part_returns import return_part, returnable
from aftersales.service_posting.posting import post_again
from tests import factories as make
from tests.jobs import done, gl, in_stock, job, stock_ledger

BOARD = ("C4-1", "C4-2")
TECHNICIAN = "aoife.back@example.com"


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.board = make.item("Control Board", has_serial_no=1)
	make.price(names.board, 180)
	make.receive(names.board, 2, 70, names.van, serial_nos=BOARD)
	return names


def brought_back(doc, line=0, qty=1, **values) -> str:
	row = doc.parts[line]
	return return_part(doc.doctype, doc.name, row.name, qty, values.pop("reason", "Not needed"), **values)


# ---------------------------------------------------------------- old cores


def test_a_visit_asks_for_the_old_part(shop):
	make.make("Spare Part", item_code=shop.board, core_return=1)
	visit = job(shop, parts=[make.part(shop.board, serial_no="C4-1")])
	with pytest.raises(frappe.MandatoryError, match=r"'Old Part Back',? and 'Serial No Removed'"):
		visit.submit()
	visit.reload()
	visit.parts[0].update({"old_part_returned": 1, "old_serial_no": "OLD-9"})
	visit.submit()
	assert visit.status == "Completed"


def test_why_the_old_part_is_not_back_is_enough(shop):
	make.make("Spare Part", item_code=shop.seal, core_return=1)
	part = make.part(shop.seal, old_part_missing_reason="Customer keeps it")
	assert done(shop, parts=[part]).docstatus == 1


@pytest.fixture
def core(shop):
	"""The item that old seals are kept as."""
	item = make.item("Old Seal")
	make.make("Spare Part", item_code=shop.seal, core_return=1, core_item=item)
	return item


@pytest.mark.parametrize("kind", ["Service Voucher", "Repair Card"])
def test_an_old_part_is_received_as_its_own_item_at_no_value(shop, core, kind):
	lines = [
		make.part(shop.seal, 2, old_part_returned=1),
		make.part(shop.seal, old_part_missing_reason="Customer keeps it"),
	]
	doc = done(shop, kind, category="C", parts=lines)
	entry = frappe.db.get_value(
		"Stock Entry", {"aftersales_voucher": doc.name, "purpose": "Material Receipt"}
	)
	assert stock_ledger(entry) == [(core, shop.van, 2, 0)]
	assert gl(entry) == []
	assert (in_stock(core, shop.van), doc.parts_cost) == (2, 37.5)
	assert returnable(kind, doc.name)[0]["left"] == 2, "an old part received is no new part returned"
	post_again(kind, doc.name)
	assert in_stock(core, shop.van) == 2
	assert breaks_of(doc) == []
	doc.reload()
	doc.cancel()
	assert (in_stock(core, shop.van), in_stock(shop.seal, shop.van)) == (0, 10)


def test_an_old_part_that_went_to_the_maker_holds_the_job(shop, core):
	doc = done(shop, category="C", parts=[make.part(shop.seal, old_part_returned=1)])
	row = {"item_code": core, "qty": 1, "s_warehouse": shop.van, "allow_zero_valuation_rate": 1}
	make.make(
		"Stock Entry",
		stock_entry_type="Material Issue",
		purpose="Material Issue",
		company=make.COMPANY,
		items=[row],
	).submit()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="Old Seal"):
		doc.cancel()
	frappe.db.rollback()
	assert in_stock(shop.seal, shop.van) == 9


def test_the_item_of_old_parts_is_another_one_without_numbers(shop):
	part = frappe.new_doc("Spare Part", item_code=shop.seal, core_return=1)
	for item in (shop.seal, shop.board, shop.hour):
		part.core_item = item
		with pytest.raises(frappe.ValidationError, match=r"Item of the Old Part.*Choose another stock item"):
			part.insert()
	part.update({"core_return": 0, "core_item": make.item("Old Seal")})
	part.insert()
	assert part.core_item is None


# ---------------------------------------------------------------- back into stock


@pytest.mark.parametrize("kind", ["Service Voucher", "Repair Card"])
def test_an_unused_part_comes_back_at_its_cost_and_the_serial_is_in_stock(shop, kind):
	doc = done(
		shop, kind, category="C", parts=[make.part(shop.board, serial_no="C4-1"), make.part(shop.seal, 3)]
	)
	assert doc.parts_cost == 107.5  # 70 + 3 x 12.50
	assert frappe.db.get_value("Serial No", "C4-1", ["warehouse", "status"]) == (None, "Consumed")
	entry = brought_back(doc)
	assert frappe.db.get_value("Serial No", "C4-1", ["warehouse", "status"]) == (shop.van, "Active")
	assert gl(entry) == [
		(f"Stock In Hand - {make.ABBR}", 70, 0, shop.cost_center),
		(shop.warranty, 0, 70, shop.cost_center),
	]
	doc.reload()
	assert (doc.parts_cost, doc.parts[0].valuation_amount, doc.parts[0].returned_qty) == (37.5, 0, 1)
	second = brought_back(doc, line=1, qty=2)
	assert in_stock(shop.seal, shop.van) == 9
	doc.reload()
	assert (doc.parts_cost, doc.parts[1].returned_qty) == (12.5, 2)
	assert [row["left"] for row in returnable(kind, doc.name)] == [1]
	assert breaks_of(doc) == []

	frappe.get_doc("Stock Entry", second).cancel()
	doc.reload()
	assert (doc.parts_cost, doc.parts[1].returned_qty) == (37.5, 0)
	assert breaks_of(doc) == []


def breaks_of(doc) -> list:
	"""What the reconciliation says of the job."""
	today = getdate(nowdate())
	return [
		found for found in reconciliation.find(Scope(make.COMPANY, today, today)) if found.job == doc.name
	]


def test_no_more_comes_back_than_was_issued(shop):
	doc = done(shop, category="C", parts=[make.part(shop.board, 2, serial_no="C4-1\nC4-2")])
	for qty, serials, said in (
		(3, "C4-1\nC4-2", "at most 2.0 can be returned"),
		(1, "C4-9", "choose serial numbers"),
		(1, None, "enter as many serial numbers"),
		(0, None, "enter the quantity to return"),
	):
		with pytest.raises(frappe.ValidationError, match=said):
			brought_back(doc, qty=qty, serial_no=serials)
	brought_back(doc, qty=1, serial_no="C4-2")
	with pytest.raises(frappe.ValidationError, match="choose serial numbers"):
		brought_back(doc, qty=1, serial_no="C4-2")
	with pytest.raises(frappe.MandatoryError):
		brought_back(doc, qty=1, reason=" ")


def test_a_job_with_returned_parts_is_cancelled_after_the_return(shop):
	doc = done(shop, category="C", parts=[make.part(shop.seal, 2)])
	entry = brought_back(doc)
	doc.reload()
	with pytest.raises(frappe.ValidationError, match=entry):
		doc.cancel()
	frappe.get_doc("Stock Entry", entry).cancel()
	doc.reload()
	doc.cancel()
	assert in_stock(shop.seal, shop.van) == 10


def test_a_technician_cannot_return_parts(shop):
	doc = done(shop, category="C", parts=[make.part(shop.seal)])
	make.user(TECHNICIAN, "Service Technician")
	frappe.db.set_value("Service Technician", shop.technician, "user", TECHNICIAN)
	frappe.set_user(TECHNICIAN)
	with pytest.raises(frappe.PermissionError):
		brought_back(doc)


def test_a_part_that_is_still_charged_is_told(shop):
	doc = done(shop, parts=[make.part(shop.seal)])
	frappe.clear_messages()
	brought_back(doc)
	assert doc.sales_invoice in str(frappe.message_log)


def test_a_returned_part_has_no_warranty_any_more(shop):
	make.make("Spare Part", item_code=shop.board, part_warranty_months=24)
	boiler = make.equipment(shop.customer)
	doc = done(shop, parts=[make.part(shop.board, serial_no="C4-1")])
	frappe.db.set_value("Service Voucher", doc.name, "equipment", boiler)
	call = make.plain_call(shop.customer, equipment=boiler)
	assert "Parts under warranty" in call.coverage_reason
	doc.reload()
	brought_back(doc)
	assert "Parts under warranty" not in make.plain_call(shop.customer, equipment=boiler).coverage_reason
