"""A Product Bundle used as a part: it is billed as one, its items leave stock, every report agrees (R-AC-1)."""

import frappe
import pytest
from frappe.utils import getdate

from aftersales.service_accounts import parts_ledger, reconciliation
from aftersales.service_accounts.reconciliation_checks import Scope
from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_posting.part_returns import return_part, returnable
from tests import factories as make
from tests.jobs import done, gl, in_stock, job, refuse, stock_ledger

KIT = "Seal Kit"


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.gasket = make.item("Gasket")
	make.receive(names.gasket, 10, 4, names.van)
	names.kit = make.bundle(KIT, {names.seal: 2, names.gasket: 1})
	make.price(names.kit, 100)
	return names


@pytest.mark.parametrize("kind", ["Service Voucher", "Repair Card"])
def test_the_items_of_a_bundle_leave_the_van_and_the_bundle_is_billed(shop, kind):
	doc = done(shop, kind, parts=[make.part(shop.kit, 2)])
	assert doc.parts[0].contains == "2 Nos Gas Valve Seal, 1 Nos Gasket"
	assert (in_stock(shop.seal, shop.van), in_stock(shop.gasket, shop.van)) == (6, 8)
	assert stock_ledger(doc.stock_entry) == [
		(shop.seal, shop.van, -4.0, -50.0),
		(shop.gasket, shop.van, -2.0, -8.0),
	]
	assert gl(doc.stock_entry) == [
		("Cost of Repair Parts - LSL", 58.0, 0.0, "Service - LSL"),
		("Stock In Hand - LSL", 0.0, 58.0, "Service - LSL"),
	]
	items = frappe.get_doc("Sales Invoice", doc.sales_invoice).items
	assert [(row.item_code, row.qty, row.net_amount) for row in items] == [(KIT, 2, 200)]
	assert (doc.parts_cost, doc.parts[0].valuation_amount, doc.parts[0].bundle_qty) == (58, 58, 6)
	assert reasons_of(doc) == {Reason.DRAFT_INVOICE}


def test_a_bundle_under_warranty_costs_what_its_items_cost(shop):
	doc = done(shop, category="C", parts=[make.part(shop.kit)])
	assert gl(doc.stock_entry)[1] == ("Warranty Expense - LSL", 29.0, 0.0, "Service - LSL")
	assert not doc.sales_invoice


def test_a_delivery_note_packs_the_items_from_the_van(shop):
	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	doc = done(shop, parts=[make.part(shop.kit, 2), make.part(shop.seal)])
	assert not doc.stock_entry
	packed = frappe.get_doc("Delivery Note", doc.delivery_note).packed_items
	assert {(row.item_code, row.warehouse, row.qty) for row in packed} == {
		(shop.seal, shop.van, 4),
		(shop.gasket, shop.van, 2),
	}
	assert (in_stock(shop.seal, shop.van), in_stock(shop.gasket, shop.van)) == (5, 8)
	assert gl(doc.delivery_note)[0] == ("Cost of Repair Parts - LSL", 70.5, 0.0, "Service - LSL")
	assert [line.valuation_amount for line in doc.parts] == [58, 12.5]
	assert doc.parts_cost == 70.5


def test_a_returned_delivery_is_of_the_same_job(shop):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	doc = done(shop, parts=[make.part(shop.kit), make.part(shop.seal)])
	back = make_sales_return(doc.delivery_note)
	back.items = [row for row in back.items if row.item_code == shop.seal]
	back.insert()
	back.submit()
	assert (back.aftersales_voucher, back.aftersales_posting_key) == (doc.name, None)
	doc.reload()
	assert [line.valuation_amount for line in doc.parts] == [29, 0]
	assert doc.parts_cost == 29
	today = getdate()
	assert parts_ledger.parts(Scope(doc.company, today, today))[doc.doctype, doc.name] == 29
	back.reload()
	back.cancel()
	doc.reload()
	assert doc.parts_cost == 41.5


def test_serial_numbers_of_the_items_are_entered_on_the_line(shop):
	unit = make.item("Control Unit", has_serial_no=1)
	make.receive(unit, 2, 80, shop.van, ["CU1", "CU2"])
	kit = make.bundle("Control Kit", {unit: 1, shop.gasket: 1})
	make.price(kit, 250)
	draft = job(shop, parts=[make.part(kit, serial_no="CU2")])
	draft.submit()
	assert frappe.db.get_value("Serial No", "CU2", "warehouse") is None
	assert frappe.db.get_value("Serial No", "CU1", "warehouse") == shop.van
	draft.reload()
	assert draft.parts_cost == 84


def test_a_bundle_does_not_come_back_as_one(shop):
	doc = done(shop, parts=[make.part(shop.kit)])
	assert returnable(doc.doctype, doc.name) == []
	with pytest.raises(frappe.ValidationError, match="is a product bundle"):
		return_part(doc.doctype, doc.name, doc.parts[0].name, 1, "Not used")


def test_too_few_items_are_told_before_anything_is_posted(shop):
	told = refuse(job(shop, parts=[make.part(shop.kit, 12)]))
	assert "Gasket: 12.0 needed from Van Aoife - LSL, 10.0 there" in told


def test_a_bundle_changed_later_leaves_the_job_as_it_was(shop):
	doc = done(shop, parts=[make.part(shop.kit)])
	kit = frappe.get_doc("Product Bundle", {"new_item_code": shop.kit})
	kit.items[0].qty = 5
	kit.save()
	kit.disabled = 1
	kit.save()
	assert reasons_of(doc) == {Reason.DRAFT_INVOICE}


def test_items_that_did_not_leave_stock_are_told(shop):
	doc = done(shop, parts=[make.part(shop.kit)])
	frappe.get_doc("Stock Entry", doc.stock_entry).cancel()
	assert reasons_of(doc) == {Reason.DRAFT_INVOICE, Reason.PART_NOT_ISSUED}


def reasons_of(doc) -> set[Reason]:
	today = getdate()
	found = reconciliation.find(Scope(doc.company, today, today))
	return {one.reason for one in found if one.job == doc.name}


# ---------------------------------------------------------------- Update Stock


def test_an_invoice_of_a_job_moves_no_stock(shop):
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	invoice.update({"update_stock": 1, "set_warehouse": shop.van})
	with pytest.raises(
		frappe.ValidationError, match=r"whose parts leave stock when the job is finished\. Untick"
	):
		invoice.save()
	assert in_stock(shop.seal, shop.van) == 9


def test_nor_does_the_amendment_of_one(shop):
	make.settings(submit_invoice=1)
	doc = done(shop, parts=[make.part(shop.seal)])
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	invoice.cancel()
	amended = frappe.copy_doc(invoice)
	amended.update({"amended_from": invoice.name, "update_stock": 1})
	with pytest.raises(frappe.ValidationError, match="Untick"):
		amended.insert()


def test_a_part_sold_out_of_the_van_by_hand_is_told(shop):
	sold = make.make(
		"Sales Invoice",
		customer=shop.customer,
		company=make.COMPANY,
		update_stock=1,
		items=[{"item_code": shop.seal, "qty": 2, "warehouse": shop.van}],
	)
	sold.submit()
	today = getdate()
	found = [
		one for one in reconciliation.find(Scope(make.COMPANY, today, today)) if one.document == sold.name
	]
	assert [(one.reason, one.found) for one in found] == [(Reason.ISSUED_WITHOUT_JOB, 25)]
