"""Old parts into stock, to the maker, and credited: once, in their roles, to the cent.

Two old seals came back from a warranty visit; the maker credits 4.00 for each.
"""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from aftersales.vendor_repairs.cores import cores
from tests import factories as make
from tests.jobs import done, gl, in_stock

CREDITS = "Core Credits - LSL"


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.core = make.item("Old Seal")
	make.make("Spare Part", item_code=names.seal, core_return=1, core_item=names.core, core_credit=4)
	done(names, category="C", parts=[make.part(names.seal, 2, old_part_returned=1)])
	names.maker = make.once(
		"Supplier", "Seal Works", supplier_name="Seal Works", supplier_group="All Supplier Groups"
	)
	credit_account(make.COMPANY)
	return names


def credit_account(company: str) -> str:
	account = make.account("Core Credits", "Indirect Income", company)
	rows = [row.as_dict() for row in frappe.get_doc("Aftersales Settings").billing_accounts]
	make.settings(billing_accounts=[*rows, {"company": company, "core_credit_account": account}])
	return account


def core_return(shop, **values):
	doc = make.make(
		"Core Return",
		**{
			"supplier": shop.maker,
			"company": make.COMPANY,
			"items": cores.in_stock(make.COMPANY, shop.maker),
			**values,
		},
	)
	doc.submit()
	return doc


def fresh(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def test_old_parts_in_stock_are_found_sent_and_credited(shop):
	assert cores.in_stock(make.COMPANY, shop.maker) == [
		{"item_code": shop.core, "item_name": shop.core, "qty": 2, "warehouse": shop.van, "credit_rate": 4}
	]
	doc = core_return(shop)
	assert (doc.status, doc.total_expected, in_stock(shop.core, shop.van)) == ("Sent", 8, 0)
	assert gl(doc.issue_entry) == [], "they had no value"
	assert cores.in_stock(make.COMPANY, shop.maker) == []
	doc.record_answer(accepted_percent=100, supplier_reference="RMA-7")
	assert (doc.status, doc.total_accepted, doc.supplier_reference) == ("Answered", 8, "RMA-7")
	note = frappe.get_doc("Purchase Invoice", doc.make_debit_note())
	assert doc.make_debit_note() == note.name
	note.submit()
	assert [row[:3] for row in gl(note.name)] == [(CREDITS, 0, 8), ("Creditors - LSL", 8, 0)]
	assert fresh(doc).status == "Credited"


def test_of_less_than_expected_less_is_credited_and_of_nothing_nothing(shop):
	doc = core_return(shop)
	doc.record_answer(accepted_percent=0, answer="Worn out")
	assert doc.status == "Rejected"
	with pytest.raises(frappe.ValidationError, match="record the answer"):
		doc.make_debit_note()
	doc.items[0].accepted_amount = 5.5
	doc.record_answer()
	note = frappe.get_doc("Purchase Invoice", doc.make_debit_note())
	assert note.net_total == -5.5
	with pytest.raises(frappe.ValidationError, match="is based on the present answer"):
		fresh(doc).record_answer(accepted_percent=100)
	note.delete()
	assert (fresh(doc).status, fresh(doc).debit_note) == ("Answered", None)


def test_once_the_maker_has_answered_a_technician_changes_no_amount(shop):
	doc = core_return(shop)
	frappe.set_user(make.user("bench@cores.example", "Workshop Technician"))
	typed = fresh(doc)
	typed.items[0].accepted_amount = 3
	typed.save()
	frappe.set_user("Administrator")
	fresh(doc).record_answer(accepted_percent=50)
	frappe.set_user("bench@cores.example")
	typed = fresh(doc)
	typed.items[0].accepted_amount = 8
	with pytest.raises(frappe.PermissionError, match="needs one of the roles"):
		typed.save()


def test_a_debit_note_that_is_cancelled_and_amended_credits_the_same_return(shop):
	doc = core_return(shop)
	doc.record_answer(accepted_percent=100)
	note = frappe.get_doc("Purchase Invoice", doc.make_debit_note())
	note.submit()
	note.cancel()
	assert (fresh(doc).status, fresh(doc).debit_note) == ("Answered", None)
	amended = frappe.copy_doc(note)
	amended.amended_from = note.name
	amended.insert()
	amended.submit()
	assert (fresh(doc).status, fresh(doc).debit_note) == ("Credited", amended.name)


def test_a_credit_has_its_own_currency_and_each_company_sees_its_own(shop):
	part = frappe.get_doc("Spare Part", shop.seal)
	assert part.core_credit_currency == "EUR", "of the default company where none is entered"
	part.update({"core_credit": 8, "core_credit_currency": "GBP"})
	part.save()
	make.make("Currency Exchange", from_currency="GBP", to_currency="EUR", exchange_rate=1.25, date=nowdate())
	assert [row["credit_rate"] for row in cores.in_stock(make.COMPANY, shop.maker)] == [10]


def test_cancelled_the_old_parts_are_back(shop):
	doc = core_return(shop)
	doc.cancel()
	assert (doc.status, in_stock(shop.core, shop.van)) == ("Cancelled", 2)
	again = core_return(shop)
	again.record_answer(accepted_percent=100)
	again.make_debit_note()
	with pytest.raises(frappe.ValidationError, match="is based on the present answer"):
		fresh(again).cancel()


@pytest.mark.parametrize(
	("row", "message"),
	[
		({"item_code": "Service Hour"}, "is no stock item"),
		({"qty": 0}, "enter the quantity"),
		({"warehouse": "All Warehouses - LSL"}, "is not an open warehouse"),
	],
)
def test_what_cannot_be_sent_is_refused(shop, row, message):
	rows = [{**cores.in_stock(make.COMPANY)[0], **row}]
	with pytest.raises(frappe.ValidationError, match=message):
		core_return(shop, items=rows)


def test_more_than_is_in_stock_is_not_sent(shop):
	rows = [{**cores.in_stock(make.COMPANY)[0], "qty": 3}]
	with pytest.raises(frappe.ValidationError, match="units of"):
		core_return(shop, items=rows)


def test_without_an_account_it_is_said_where_to_set_it(shop):
	make.settings(billing_accounts=[])
	doc = core_return(shop)
	doc.record_answer(accepted_percent=100)
	with pytest.raises(frappe.ValidationError, match="Core Credit Account"):
		doc.make_debit_note()


def test_parts_of_another_maker_are_left_out(shop):
	item = frappe.get_doc("Item", shop.seal)
	other = make.once(
		"Supplier", "Other Works", supplier_name="Other Works", supplier_group="All Supplier Groups"
	)
	item.set("item_defaults", [{"company": make.COMPANY, "default_supplier": other}])
	item.save()
	assert cores.in_stock(make.COMPANY, shop.maker) == []
	assert len(cores.in_stock(make.COMPANY, other)) == 1


def test_who_sends_and_who_credits(shop):
	frappe.set_user(make.user("bench@cores.example", "Workshop Technician"))
	doc = fresh(core_return(shop))
	with pytest.raises(frappe.PermissionError):
		doc.record_answer(accepted_percent=100)
	frappe.set_user(make.user("boss@cores.example", "Service Supervisor"))
	doc = fresh(doc)
	doc.record_answer(accepted_percent=100)
	with pytest.raises(frappe.PermissionError):
		doc.make_debit_note()
	frappe.set_user(make.user("books@cores.example", "Service Accountant"))
	assert frappe.db.get_value("Purchase Invoice", fresh(doc).make_debit_note(), "is_return") == 1
	frappe.set_user(make.user("nobody@cores.example", "Sales User"))
	with pytest.raises(frappe.PermissionError):
		cores.in_stock(make.COMPANY)


def test_rows_stay_once_they_are_sent(shop):
	doc = core_return(shop)
	doc.items[0].qty = 1
	with pytest.raises(frappe.UpdateAfterSubmitError):
		doc.save()
	doc = fresh(doc)
	doc.append("items", {"item_code": shop.core, "qty": 1, "warehouse": shop.van})
	with pytest.raises(frappe.UpdateAfterSubmitError):
		doc.save()


def test_a_maker_in_pounds_a_year_later(shop, clock):
	make.make(
		"Currency Exchange",
		from_currency="GBP",
		to_currency="EUR",
		exchange_rate=1.25,
		date=add_days(nowdate(), 360),
	)
	payable = make.account(
		"Creditors GBP", "Accounts Payable", account_type="Payable", account_currency="GBP"
	)
	maker = make.make(
		"Supplier",
		supplier_name="Belfast Seals",
		supplier_group="All Supplier Groups",
		default_currency="GBP",
		accounts=[{"company": make.COMPANY, "account": payable}],
	).name
	make.fiscal_years(int(nowdate()[:4]) + 1)
	clock.forward(years=1)
	doc = core_return(shop, supplier=maker, items=[{**cores.in_stock(make.COMPANY)[0], "credit_rate": 5}])
	doc.record_answer(accepted_percent=100)
	note = frappe.get_doc("Purchase Invoice", doc.make_debit_note())
	assert (note.currency, note.net_total, note.base_net_total) == ("GBP", -8, -10)
	note.submit()
	assert [row[:3] for row in gl(note.name)] == [(CREDITS, 0, 10), (payable, 10, 0)]
