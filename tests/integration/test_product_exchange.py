"""Exchange and refund under warranty: who decides, what moves, what the product file says."""

import frappe
import pytest
from frappe.utils import add_months, getdate, nowdate

from tests import factories as make
from tests.jobs import done, in_stock
from tests.settling_cases import boiler, exchange, sold_boiler, warehouse


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.item, names.store = boiler(names, "B-1", "B-2", "B-3")
	names.invoice, names.product = sold_boiler(names, "B-1", names.item, names.store)
	return names


def from_stock(shop, serial="B-2", **values):
	return exchange(
		shop,
		shop.product,
		**{
			"decision": "Replacement",
			"source": "Own Stock",
			"new_item_code": shop.item,
			"new_serial": serial,
			"new_warehouse": shop.store,
			**values,
		},
	)


def file_of(shop):
	return frappe.get_doc("Customer Equipment", shop.product)


def set_on_file(shop, **values):
	file_of(shop).update(values).save()


def test_the_product_file_goes_on_with_the_new_unit_and_the_rest_of_the_warranty(shop):
	until = file_of(shop).warranty_until
	doc = from_stock(shop, old_unit="Own Stock", old_warehouse=warehouse("Quarantine"), old_value=150)
	file = file_of(shop)
	assert (file.serial_text, file.serial_no, file.warranty_until) == ("B-2", "B-2", until)
	assert [(row.serial_text, row.reason, row.reference_name) for row in file.serials][-1] == (
		"B-2",
		"Replaced by Us",
		doc.name,
	)
	assert (in_stock(shop.item, shop.store), in_stock(shop.item, "Quarantine - LSL")) == (1, 1)
	assert (doc.status, doc.cost, doc.old_serial) == ("Done", 450, "B-1")


def test_a_new_warranty_where_the_decision_says_so(shop):
	from_stock(shop, warranty="New", warranty_months=24)
	assert getdate(file_of(shop).warranty_until) == getdate(add_months(nowdate(), 24))


def test_another_model_keeps_the_rest_of_the_warranty_whatever_its_own_terms_are(shop):
	until = add_months(nowdate(), 7)
	make.make("Warranty Terms", terms_name="Boiler", item_code=shop.item, months=7, runs_from="Delivery")
	set_on_file(shop, delivered_on=nowdate(), warranty_until=None)
	assert getdate(file_of(shop).warranty_until) == getdate(until)
	other = make.item("Boiler of Another Model", has_serial_no=1)
	make.receive(other, 1, 700, shop.store, ["N-1"])
	doc = from_stock(shop, "N-1", new_item_code=other)
	file = file_of(shop)
	assert (file.item_code, file.serial_no, getdate(file.warranty_until)) == (other, "N-1", getdate(until))
	doc.cancel()
	file = file_of(shop)
	assert (file.item_code, file.serial_no, getdate(file.warranty_until)) == (
		shop.item,
		"B-1",
		getdate(until),
	)


def test_a_new_warranty_ends_with_the_exchange_that_gave_it(shop):
	until, labour = add_months(nowdate(), 3), add_months(nowdate(), -1)
	set_on_file(shop, warranty_until=until, labour_warranty_until=labour)
	doc = from_stock(shop, warranty="New", warranty_months=24)
	assert file_of(shop).labour_warranty_until is None
	doc.cancel()
	file = file_of(shop)
	assert (getdate(file.warranty_until), getdate(file.labour_warranty_until)) == (
		getdate(until),
		getdate(labour),
	)
	doc = from_stock(shop, warranty="New", warranty_months=24)
	entered = add_months(nowdate(), 36)
	set_on_file(shop, warranty_until=entered)
	doc.cancel()
	assert getdate(file_of(shop).warranty_until) == getdate(entered)


def test_an_exchange_from_before_the_upgrade_takes_no_warranty_along_when_cancelled(shop):
	until = add_months(nowdate(), 3)
	set_on_file(shop, warranty_until=until)
	doc = from_stock(shop)
	doc.db_set({"old_warranty_until": None, "old_labour_warranty_until": None})
	doc.cancel()
	assert getdate(file_of(shop).warranty_until) == getdate(until)


def test_a_unit_from_the_maker_moves_no_stock(shop):
	doc = exchange(
		shop, shop.product, decision="Replacement", source="From Maker", new_serial="M-77", old_unit="Maker"
	)
	assert (doc.issue_entry, doc.receipt_entry, doc.cost) == (None, None, 0)
	assert [row.reason for row in file_of(shop).serials][-1] == "Replaced by Maker"


def test_what_the_records_show_a_supervisor_decides(shop):
	call = make.call(shop.customer, equipment=shop.product, service_category=make.category("C"))
	for _time in range(2):
		visit = make.voucher(
			make.call(shop.customer, equipment=shop.product), shop.technician, labour=[make.hours(1)]
		)
		visit.submit()
	values = dict(
		repair_call=call.name,
		equipment=shop.product,
		decision="Refund",
		original_invoice=shop.invoice,
		old_unit="Scrap",
	)
	frappe.db.set_value("Repair Call", call.name, "coverage", "Warranty")
	several = make.make("Product Exchange", ground="Repaired Several Times", **values)
	assert "2 finished repairs" in several.finding
	assert "The records show the ground." in several.finding
	late = make.make("Product Exchange", ground="Repair Takes Too Long", **values)
	frappe.set_user(make.user("agent@exchange.example", "Service Agent"))
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Product Exchange", several.name).submit()
	frappe.set_user(make.user("boss@exchange.example", "Service Supervisor"))
	with pytest.raises(frappe.PermissionError, match="do not show a ground"):
		frappe.get_doc("Product Exchange", late.name).submit()
	frappe.get_doc("Product Exchange", several.name).submit()
	frappe.set_user(make.user("manager@exchange.example", "Service Manager"))
	with pytest.raises(frappe.ValidationError):
		frappe.get_doc("Product Exchange", late.name).submit()  # no reason; and exchanged already


def test_a_product_is_exchanged_once_for_a_call(shop):
	doc = from_stock(shop)
	again = frappe.copy_doc(doc)
	again.update({"new_serial": "B-3", "status": "Draft"})
	again.insert()
	with pytest.raises(frappe.ValidationError, match="exchanged this product"):
		again.submit()


def test_a_cancelled_exchange_leaves_all_as_it_was(shop):
	doc = from_stock(shop, old_unit="Own Stock", old_warehouse=warehouse("Quarantine"), old_value=150)
	doc.cancel()
	assert (file_of(shop).serial_text, file_of(shop).serial_no) == ("B-1", "B-1")
	assert (in_stock(shop.item, shop.store), in_stock(shop.item, "Quarantine - LSL")) == (2, 0)
	assert not frappe.db.exists(
		"GL Entry", {"voucher_no": ("in", [doc.issue_entry, doc.receipt_entry]), "is_cancelled": 0}
	)


def test_a_refund_takes_the_product_from_the_customer(shop):
	doc = exchange(shop, shop.product, decision="Refund", original_invoice=shop.invoice, old_unit="Scrap")
	note = frappe.get_doc("Sales Invoice", doc.credit_note)
	assert (note.is_return, note.return_against, note.net_total, note.update_stock) == (
		1,
		shop.invoice,
		-1000,
		0,
	)
	assert file_of(shop).status == "Returned"


@pytest.mark.parametrize(("applied_on", "discount"), [("Net Total", 200), ("Grand Total", 227)])
def test_of_a_discount_on_the_whole_sale_a_unit_has_its_share(shop, applied_on, discount):
	invoice, product = sold_boiler(
		shop,
		"B-2",
		shop.item,
		shop.store,
		None,
		["B-3"],
		apply_discount_on=applied_on,
		discount_amount=discount,
	)
	doc = exchange(shop, product, decision="Refund", original_invoice=invoice, old_unit="Scrap")
	note = frappe.get_doc("Sales Invoice", doc.credit_note)
	assert (doc.refund_rate, note.net_total, note.grand_total, doc.cost) == (900, -900, -1021.5, 900)


def test_a_credit_note_that_is_cancelled_and_amended_refunds_the_same_exchange(shop):
	make.settings(submit_invoice=1)
	doc = exchange(shop, shop.product, decision="Refund", original_invoice=shop.invoice, old_unit="Scrap")
	note = frappe.get_doc("Sales Invoice", doc.credit_note)
	with pytest.raises(frappe.ValidationError, match="Cancel it first"):
		doc.cancel()
	note.cancel()
	assert frappe.db.get_value(doc.doctype, doc.name, "credit_note") is None
	amended = frappe.copy_doc(note)
	amended.amended_from = note.name
	amended.insert()
	amended.submit()
	assert frappe.db.get_value(doc.doctype, doc.name, "credit_note") == amended.name
	amended.cancel()
	frappe.get_doc(doc.doctype, doc.name).cancel()
	assert file_of(shop).status == "In Use"


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"decision": "Replacement", "source": "Own Stock"}, "where does the new unit come from"),
		({"decision": "Refund"}, "which sale is refunded"),
		({"decision": "Refund", "original_invoice": "other"}, "does not sell"),
		(
			{"decision": "Replacement", "source": "From Maker", "old_unit": "Own Stock"},
			"where does the old unit go",
		),
		({"decision": "Replacement", "source": "From Maker", "warranty": "New"}, "how long"),
	],
)
def test_what_is_missing_is_said(shop, values, message):
	if values.get("original_invoice") == "other":
		values = {**values, "original_invoice": done(shop, labour=[make.hours(1)]).sales_invoice}
		frappe.get_doc("Sales Invoice", values["original_invoice"]).submit()
	with pytest.raises(frappe.ValidationError, match=message):
		exchange(shop, shop.product, **values)


def test_the_cost_is_in_the_report_equals_the_ledger_and_is_claimed_from_the_maker(shop):
	from aftersales.service_accounts import recovery
	from aftersales.service_accounts.report.warranty_cost import warranty_cost

	doc = from_stock(shop, old_unit="Own Stock", old_warehouse=warehouse("Quarantine"), old_value=150)
	period = {"company": make.COMPANY, "from_date": nowdate(), "to_date": nowdate()}
	(row,) = warranty_cost.execute(period)[1]
	ledger = frappe.get_all(
		"GL Entry", {"account": shop.warranty, "is_cancelled": 0}, ["debit", "credit"], order_by="name asc"
	)
	assert row.exchange == row.cost == sum(entry.debit - entry.credit for entry in ledger) == 450
	maker = make.once(
		"Supplier", "Boiler Works", supplier_name="Boiler Works", supplier_group="All Supplier Groups"
	)
	lines = recovery.claimable_lines(make.COMPANY, maker, brand="Baxi")
	assert [(line["job"], line["cost"]) for line in lines] == [(doc.name, 450)]
	claim = make.make(
		"Warranty Recovery Claim",
		supplier=maker,
		company=make.COMPANY,
		from_date=nowdate(),
		to_date=nowdate(),
		lines=lines,
	)
	claim.submit()
	claim.record_answer(accepted_percent=100)
	note = frappe.get_doc("Purchase Invoice", frappe.get_doc(claim.doctype, claim.name).make_debit_note())
	note.submit()
	assert warranty_cost.execute(period)[1][0].net == 0
