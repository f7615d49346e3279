"""Loaners: our own stock that stands in for the customer's product, and the two gates (R-WS-3)."""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from aftersales.repair_workshop import loaners
from aftersales.repair_workshop.report.loaners_out.loaners_out import execute as loaners_out
from tests import factories as make
from tests.attacks import bulk, comments, refused
from tests.refusals import assert_refused

AGENT = "agent@loaners.example"
SUPERVISOR = "orla@loaners.example"


@pytest.fixture
def shop():
	# ERPNext reads the accounts of all warehouses once, at the first movement
	pool, lent = make.warehouse("Loaner Pool"), make.warehouse("Loaners with Customers")
	shop = make.shop()
	shop.update(pool=pool, lent=lent)
	shop.heater = make.item(
		"Loaner Heater 11", has_serial_no=1, serial_no_series="LH-.####", valuation_rate=180
	)
	make.receive(shop.heater, 2, 180, shop.pool, serial_nos=("LH-A", "LH-B"))
	make.settings(
		ask_for_loaner=1,
		loaner_days=14,
		loaner_warehouses=[
			{"company": make.COMPANY, "pool_warehouse": shop.pool, "customer_warehouse": shop.lent}
		],
	)
	shop.product = make.equipment(shop.customer, model="Instant 11", serial_text="IN-7731")
	shop.call = make.call(shop.customer, equipment=shop.product)
	return shop


def loaner(shop, **values):
	return make.make(
		"Loaner Issue",
		**{
			"repair_call": shop.call.name,
			"company": make.COMPANY,
			"item_code": shop.heater,
			"serial_no": "LH-A",
			"due_back": add_days(nowdate(), 14),
			"condition_out": "As new",
			"customer_signature": make.SIGNATURE,
			"signed_by": "N. Byrne",
			**values,
		},
	)


@pytest.fixture
def lent(shop):
	doc = loaner(shop)
	doc.submit()
	return frappe.get_doc("Loaner Issue", doc.name)


def stock_rows(doc) -> list[tuple]:
	"""The stock ledger rows of the entries made for a loaner: warehouse, quantity, value."""
	entries = frappe.get_all(
		"Stock Entry",
		filters={"aftersales_voucher_type": doc.doctype, "aftersales_voucher": doc.name, "docstatus": 1},
		pluck="name",
	)
	return sorted(
		frappe.get_all(
			"Stock Ledger Entry",
			filters={"voucher_no": ("in", entries), "is_cancelled": 0},
			fields=["warehouse", "actual_qty", "stock_value_difference"],
			as_list=True,
		)
	)


def test_lent_by_a_transfer_between_our_own_warehouses(shop, lent):
	assert (lent.status, lent.customer, lent.equipment) == ("Issued", shop.customer, shop.product)
	assert stock_rows(lent) == [(shop.pool, -1, -180), (shop.lent, 1, 180)]
	assert frappe.db.get_value("Serial No", "LH-A", ["warehouse", "customer"]) == (shop.lent, None)
	assert loaners.outstanding_loaners_of_call(shop.call.name) == [lent.name]
	assert "Loaner Heater 11" in comments(shop.call)


def test_comes_back_into_stock_with_its_condition(shop, lent):
	lent.give_back("As issued", "N. Byrne")
	lent.reload()
	assert (lent.status, lent.returned_by, lent.return_signed_by) == ("Returned", "Administrator", "N. Byrne")
	assert stock_rows(lent) == [
		(shop.pool, -1, -180),
		(shop.pool, 1, 180),
		(shop.lent, -1, -180),
		(shop.lent, 1, 180),
	]
	assert frappe.db.get_value("Serial No", "LH-A", "warehouse") == shop.pool
	assert loaners.outstanding_loaners_of_call(shop.call.name) == []
	with pytest.raises(frappe.ValidationError, match="is not out"):
		frappe.get_doc("Loaner Issue", lent.name).give_back("Worn", "N. Byrne")


def test_damage_is_described(lent):
	refused(frappe.MandatoryError, lent, status="Returned")
	refused(
		frappe.MandatoryError, lent, status="Returned", return_signed_by="N. Byrne", condition_back="Damaged"
	)


def test_what_was_found_is_kept(lent):
	lent.give_back("Worn", "N. Byrne")
	refused(frappe.PermissionError, lent, condition_back="As issued")
	refused(frappe.PermissionError, lent, return_signed_by="Somebody")
	assert_refused(lent, "does not follow", status="Issued")


def test_records_of_the_app_cannot_be_typed_in(lent):
	refused(frappe.PermissionError, lent, stock_entry_back=lent.stock_entry_out)
	refused(frappe.PermissionError, lent, lost_reason="gone")
	refused(frappe.MandatoryError, lent, status="Lost")


def test_lost_by_a_supervisor_leaves_our_stock(shop, lent):
	make.user(AGENT, "Service Agent")
	make.user(SUPERVISOR, "Service Supervisor")
	frappe.set_user(AGENT)
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Loaner Issue", lent.name).declare_lost("House sold")
	frappe.set_user(SUPERVISOR)
	frappe.get_doc("Loaner Issue", lent.name).declare_lost("House sold")
	frappe.set_user("Administrator")
	lent.reload()
	assert (lent.status, lent.lost_declared_by) == ("Lost", SUPERVISOR)
	assert stock_rows(lent) == [(shop.pool, -1, -180), (shop.lent, -1, -180), (shop.lent, 1, 180)]


def test_one_loaner_is_lent_once(shop, lent):
	second = loaner(shop)
	assert not bulk(second, "submit")
	with pytest.raises(frappe.ValidationError, match="is not in"):
		frappe.get_doc("Loaner Issue", second.name).submit()


def test_signed_for_and_described(shop):
	for fieldname in ("condition_out", "customer_signature", "signed_by"):
		doc = loaner(shop, **{fieldname: None})
		assert not bulk(doc, "submit")
		with pytest.raises(frappe.MandatoryError):
			frappe.get_doc("Loaner Issue", doc.name).submit()
		frappe.db.rollback()


@pytest.mark.parametrize(
	"values,because",
	[
		({"item_code": "Service Hour", "serial_no": None}, "cannot be lent"),
		({"serial_no": None}, "which of them"),
		({"due_back": "2020-01-01"}, "before the loaner was issued"),
	],
)
def test_bad_input_is_named(shop, values, because):
	with pytest.raises(frappe.ValidationError, match=because):
		loaner(shop, **values)


def test_no_warehouse_set(shop):
	make.settings(loaner_warehouses=[])
	doc = loaner(shop)
	with pytest.raises(frappe.MandatoryError, match="Aftersales Settings"):
		doc.submit()


def test_cancelling_takes_the_transfers_back(shop, lent):
	lent.give_back("As issued", "N. Byrne")
	assert bulk(lent, "cancel")
	assert stock_rows(lent) == []
	assert frappe.db.get_value("Serial No", "LH-A", "warehouse") == shop.pool
	again = frappe.copy_doc(frappe.get_doc("Loaner Issue", lent.name))
	again.amended_from = lent.name
	again.customer_signature, again.signed_by = make.SIGNATURE, "N. Byrne"
	again.insert()
	assert (again.status, again.condition_back, again.stock_entry_out) == ("Draft", None, None)
	again.submit()
	assert stock_rows(again) == [(shop.pool, -1, -180), (shop.lent, 1, 180)]


def test_its_stock_entry_is_not_cancelled_by_the_way(lent):
	with pytest.raises(frappe.LinkExistsError):
		frappe.get_doc("Stock Entry", lent.stock_entry_out).cancel()


def test_an_outstanding_loaner_blocks_closing_the_job(shop, lent):
	call = frappe.get_doc("Repair Call", shop.call.name)
	assert_refused(call, lent.name, status="Closed", resolution="Seal replaced")
	lent.reload()
	lent.give_back("As issued", "N. Byrne")
	call.reload()
	call.update({"resolution": "Seal replaced", "status": "Closed"})
	call.save()
	assert call.status == "Closed"


def test_a_product_is_taken_along_only_with_a_loaner(shop):
	visit = make.planned(shop.call, shop.technician)
	taken = make.receipt(
		shop.call, service_voucher=visit.name, loaner_declined=0, loaner_declined_reason=None
	)
	assert not bulk(taken, "submit")
	with pytest.raises(frappe.ValidationError, match="loaner"):
		frappe.get_doc("Collection Receipt", taken.name).submit()
	frappe.db.rollback()
	loaners.loaner_from_voucher(visit.name)
	installed = loaner(shop, service_voucher=visit.name)
	installed.submit()
	frappe.get_doc("Collection Receipt", taken.name).submit()


def test_or_the_customer_declines_one(shop):
	visit = make.planned(shop.call, shop.technician)
	taken = make.receipt(shop.call, service_voucher=visit.name, loaner_declined_reason=" ")
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="loaner"):
		taken.submit()
	frappe.db.rollback()
	taken = frappe.get_doc("Collection Receipt", taken.name)
	taken.loaner_declined_reason = "Goes on holiday"
	taken.submit()
	assert taken.status == "Issued"


def test_nobody_is_asked_at_the_counter_or_where_it_is_switched_off(shop):
	at_counter = make.receipt(shop.call, loaner_declined=0)
	at_counter.submit()
	at_counter.cancel()
	make.settings(ask_for_loaner=0)
	visit = make.planned(shop.call, shop.technician)
	make.receipt(shop.call, service_voucher=visit.name, loaner_declined=0).submit()


def test_mapped_from_call_voucher_and_receipt(shop):
	visit = make.planned(shop.call, shop.technician)
	receipt = make.receipt(shop.call)
	for mapped in (
		loaners.loaner_from_call(shop.call.name),
		loaners.loaner_from_voucher(visit.name),
		loaners.loaner_from_receipt(receipt.name),
	):
		assert (mapped.repair_call, mapped.equipment, mapped.from_warehouse) == (
			shop.call.name,
			shop.product,
			shop.pool,
		)
		assert not mapped.item_code and str(mapped.due_back) == add_days(nowdate(), 14)


def test_list_of_what_is_out(shop, lent):
	lent.db_set({"issued_at": add_days(nowdate(), -9), "due_back": add_days(nowdate(), -3)})
	rows = {row.name: row for row in loaners_out({"customer": shop.customer})[1]}
	assert (rows[lent.name].days_overdue, rows[lent.name].serial_no) == (3, "LH-A")
	assert [row.name for row in loaners_out({"customer": shop.customer, "overdue": 1})[1]] == [lent.name]
	lent.reload()
	lent.give_back("As issued", "N. Byrne")
	assert loaners_out({"customer": shop.customer})[1] == []
