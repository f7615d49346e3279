"""Loaners: lent against signature, moved in our own stock, back before the job ends (R-WS-3)."""

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate

from aftersales.customer_goods import loaners
from tests import factories as make
from tests.attacks import bulk_edited, refused
from tests.jobs import gl, in_stock, stock_ledger


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.store = f"Stores - {make.ABBR}"
	names.lent_out = f"Goods In Transit - {make.ABBR}"
	names.loaner = make.item("Loaner heater", has_serial_no=1)
	make.receive(names.loaner, 2, 150, names.store, ("LH-1", "LH-2"))
	make.loaner_warehouses(names.store, names.lent_out)
	make.settings(loaner_days=14, loaner_before_removal=1)
	names.heater = make.equipment(names.customer, model="Instant 11", serial_text="IN-11")
	names.call = make.call(names.customer, equipment=names.heater)
	return names


def draft(shop, **values):
	return make.make(
		"Loaner Issue",
		**{
			"repair_call": shop.call.name,
			"company": make.COMPANY,
			"item_code": shop.loaner,
			"serial_no": "LH-1",
			"condition": "As new",
			"customer_signature": make.SIGNATURE,
			"signed_by": "N. Byrne",
			**values,
		},
	)


@pytest.fixture
def lent(shop):
	doc = draft(shop)
	doc.submit()
	return doc


def fresh(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def where(serial: str) -> str | None:
	return frappe.db.get_value("Serial No", serial, "warehouse")


def test_lent_and_taken_back(shop, lent):
	assert (lent.customer, lent.equipment, lent.status) == (shop.customer, shop.heater, "Issued")
	assert lent.due_back == getdate(add_days(nowdate(), 14))
	entry = frappe.get_doc("Stock Entry", lent.issue_entry)
	assert (entry.purpose, entry.docstatus, entry.aftersales_voucher) == ("Material Transfer", 1, lent.name)
	assert sorted(stock_ledger(entry.name)) == [
		(shop.loaner, shop.lent_out, 1, 150),
		(shop.loaner, shop.store, -1, -150),
	]
	assert where("LH-1") == shop.lent_out
	assert loaners.outstanding_of_call(shop.call.name) == [lent.name]

	fresh(lent).take_back("Worn", "N. Byrne", make.SIGNATURE)
	doc = fresh(lent)
	assert (doc.status, doc.returned_by) == ("Returned", "Administrator")
	assert doc.returned_at and where("LH-1") == shop.store
	assert (in_stock(shop.loaner, shop.store), in_stock(shop.loaner, shop.lent_out)) == (2, 0)
	assert loaners.outstanding_of_call(shop.call.name) == []


@pytest.mark.parametrize("field", ["condition", "customer_signature", "signed_by"])
def test_the_customer_signs_for_what_he_is_lent(shop, field):
	doc = draft(shop)
	doc.set(field, None)
	with pytest.raises(frappe.MandatoryError):
		doc.submit()
	frappe.db.rollback()


def test_only_what_stands_in_our_stock_is_lent(shop, lent):
	second = draft(shop)
	with pytest.raises(frappe.ValidationError, match="is not in"):
		second.submit()
	frappe.db.rollback()
	with pytest.raises(frappe.ValidationError, match="cannot be lent"):
		draft(shop, item_code=shop.hour, serial_no=None)
	with pytest.raises(frappe.MandatoryError, match="Serial No"):
		draft(shop, serial_no=None)
	with pytest.raises(frappe.ValidationError, match="have to differ"):
		draft(shop, serial_no="LH-2", to_warehouse=shop.store)


def test_damaged_goods_are_described_and_may_go_elsewhere(shop, lent):
	with pytest.raises(frappe.MandatoryError, match="Notes"):
		fresh(lent).take_back("Damaged", "N. Byrne", make.SIGNATURE)
	frappe.db.rollback()
	fresh(lent).take_back("Damaged", "N. Byrne", make.SIGNATURE, "Cover cracked", shop.van)
	assert where("LH-1") == shop.van


def test_returned_by_any_way_the_stock_comes_home_once(shop, lent):
	refused(frappe.MandatoryError, lent, status="Returned")
	assert bulk_edited(lent, status="Returned", return_condition="As Lent", return_notes="Left at the door")
	assert where("LH-1") == shop.store and fresh(lent).return_entry
	refused(frappe.ValidationError, lent, status="Issued")
	refused(frappe.ValidationError, lent, status="Lost")
	refused(frappe.PermissionError, lent, return_condition="Worn")
	refused(frappe.PermissionError, lent, due_back=add_days(nowdate(), 30))


def test_what_the_app_notes_cannot_be_forged(lent):
	other = frappe.db.get_value("Stock Entry", {"docstatus": 1, "name": ("!=", lent.issue_entry)})
	for forged in ({"issue_entry": other}, {"lost_declaration": "Gone"}, {"returned_by": "Guest"}):
		refused(frappe.PermissionError, lent, **forged)
	refused(frappe.MandatoryError, lent, status="Lost")
	refused(frappe.ValidationError, lent, due_back=add_days(nowdate(), -3))


def test_lost_by_a_supervisors_word_is_written_off(shop, lent):
	frappe.set_user(make.user("aine.agent@example.com", "Service Agent"))
	with pytest.raises(frappe.PermissionError):
		fresh(lent).declare_lost("Stolen from the cellar")
	frappe.set_user(make.user("orla.supervisor@example.com", "Service Supervisor"))
	fresh(lent).declare_lost("Stolen from the cellar")
	frappe.set_user("Administrator")
	doc = fresh(lent)
	assert (doc.status, doc.lost_declared_by) == ("Lost", "orla.supervisor@example.com")
	assert stock_ledger(doc.return_entry) == [(shop.loaner, shop.lent_out, -1, -150)]
	assert sum(row[1] for row in gl(doc.return_entry)) == 150
	assert loaners.outstanding_of_call(shop.call.name) == []


def test_each_role_that_may_lend_can_lend_and_take_back(shop):
	for number, role in enumerate(("Service Agent", "Service Technician", "Workshop Technician")):
		user = make.user(f"lender{number}@example.com", role)
		if role == "Service Technician":
			make.technician("Lender", user=user)
		if role != "Service Agent":
			shop.call.db_set("call_owner", user)
		frappe.set_user(user)
		doc = draft(shop)
		doc.submit()
		fresh(doc).take_back("As Lent", "N. Byrne", make.SIGNATURE)
		frappe.set_user("Administrator")
		assert where("LH-1") == shop.store


def test_cancelled_the_loaner_is_where_it_was(shop, lent):
	entry = lent.issue_entry
	with pytest.raises(frappe.LinkExistsError):
		frappe.get_doc("Stock Entry", entry).cancel()
	frappe.db.rollback()
	fresh(lent).cancel()
	assert frappe.db.get_value("Stock Entry", entry, "docstatus") == 2
	assert (fresh(lent).status, where("LH-1")) == ("Cancelled", shop.store)
	again = frappe.copy_doc(fresh(lent))
	again.update({"amended_from": lent.name, "customer_signature": make.SIGNATURE, "signed_by": "N. Byrne"})
	again.insert()
	again.submit()
	assert (again.status, where("LH-1")) == ("Issued", shop.lent_out)


# ---------------------------------------------------------------- the gates


def test_an_outstanding_loaner_keeps_the_call_open(shop, lent):
	shop.call.reload()
	shop.call.resolve("Repaired")
	refused(frappe.ValidationError, shop.call, status="Closed")
	fresh(lent).take_back("As Lent", "N. Byrne", make.SIGNATURE)
	frappe.get_doc("Repair Call", shop.call.name).close()


def test_an_outstanding_loaner_keeps_the_card_from_being_returned(shop, lent):
	card = make.card(shop.call, assigned_technician=shop.technician)
	card.submit()
	refused(frappe.ValidationError, card, status="Returned")
	fresh(lent).take_back("As Lent", "N. Byrne", make.SIGNATURE)
	assert bulk_edited(card, status="Returned")


def taken_along(shop, **values):
	visit = make.voucher(shop.call, shop.technician, service_category="A", outcome="Taken to Workshop")
	return make.receipt(shop.call, service_voucher=visit.name, **values)


def test_no_product_leaves_without_loaner_or_decline(shop):
	receipt = taken_along(shop)
	frappe.db.commit()
	with pytest.raises(frappe.MandatoryError, match="Loaner"):
		receipt.submit()
	frappe.db.rollback()
	receipt = fresh(receipt)
	receipt.loaner = "Declined"
	receipt.submit()
	assert receipt.status == "Issued"


def test_the_loaner_of_the_call_is_named_on_the_receipt(shop, lent):
	receipt = taken_along(shop)
	receipt.submit()
	assert (receipt.loaner, receipt.loaner_issue) == ("Issued", lent.name)
	with pytest.raises(frappe.LinkExistsError):
		fresh(lent).cancel()
	frappe.db.rollback()


def test_a_loaner_that_is_not_lent_does_not_count(shop):
	receipt = taken_along(shop, loaner="Issued", loaner_issue=draft(shop).name)
	with pytest.raises(frappe.ValidationError, match="Issue the loaner first"):
		receipt.submit()
	frappe.db.rollback()


def test_over_the_counter_and_where_no_loaners_are_kept_nobody_asks(shop):
	over_the_counter = make.receipt(shop.call)
	over_the_counter.submit()
	over_the_counter.cancel()
	make.settings(loaner_before_removal=0)
	receipt = taken_along(shop)
	receipt.submit()
	assert receipt.status == "Issued"


def test_a_loaner_from_the_call(shop):
	doc = loaners.loaner_from_call(shop.call.name)
	assert (doc.customer, doc.from_warehouse, doc.to_warehouse) == (shop.customer, shop.store, shop.lent_out)
	assert not doc.serial_no and not doc.item_code


# ---------------------------------------------------------------- warehouses by company


@pytest.fixture
def branch(shop):
	"""A second company with a loaner and warehouses of its own."""
	names = frappe._dict(company="Corrib Service Ltd")
	make.make("Company", company_name=names.company, abbr="CSL", default_currency="EUR", country="Ireland")
	names.store = make.warehouse("Loaner Shelf", names.company)
	names.lent_out = make.warehouse("With Customers", names.company)
	make.receive(shop.loaner, 1, 150, names.store, ("LH-CSL",))
	names.call = make.call(shop.customer, company=names.company)
	return names


def test_each_company_lends_from_its_own_warehouse(shop, branch, lent):
	make.loaner_warehouses(branch.store, branch.lent_out, branch.company)
	doc = draft(shop, repair_call=branch.call.name, company=branch.company, serial_no="LH-CSL")
	doc.submit()
	assert (doc.from_warehouse, doc.to_warehouse) == (branch.store, branch.lent_out)
	assert where("LH-CSL") == branch.lent_out
	assert (lent.from_warehouse, where("LH-1")) == (shop.store, shop.lent_out)


def test_a_company_without_a_row_is_told_where_to_enter_it(shop, branch):
	with pytest.raises(frappe.MandatoryError, match="Aftersales Settings"):
		draft(shop, repair_call=branch.call.name, company=branch.company, serial_no="LH-CSL")


def test_the_warehouses_of_a_row_are_its_companys_and_two(shop, branch):
	with pytest.raises(frappe.ValidationError, match="belongs to"):
		make.loaner_warehouses(shop.store, branch.lent_out, branch.company)
	with pytest.raises(frappe.ValidationError, match="have to differ"):
		make.loaner_warehouses(branch.store, branch.store, branch.company)
	row = {
		"company": branch.company,
		"loaner_warehouse": branch.store,
		"lent_out_warehouse": branch.lent_out,
	}
	with pytest.raises(frappe.ValidationError, match="more than one row"):
		make.settings(loaner_warehouses=[row, dict(row)])


# ---------------------------------------------------------------- customers' goods and our stock


def test_the_record_of_a_sold_serial_number_stays_as_it_is(shop):
	"""Intake, repair with a part replaced, a loaner, return: Serial No is the same, field for field."""
	make.serial_no("SOLD-1", make.item("Sold heater", has_serial_no=1))
	frappe.db.set_value(
		"Serial No",
		"SOLD-1",
		{"customer": shop.customer, "warranty_expiry_date": add_days(nowdate(), 90), "status": "Delivered"},
	)
	file = make.equipment(shop.customer, item_code="Sold heater", serial_no="SOLD-1")
	before = frappe.db.get_value("Serial No", "SOLD-1", "*", as_dict=True)
	shop.call = make.call(shop.customer, equipment=file, service_category=make.category("A"))

	loaner = draft(shop)
	loaner.submit()
	receipt = taken_along(shop)
	receipt.submit()
	card = make.card(
		shop.call,
		collection_receipt=receipt.name,
		warehouse=shop.van,
		assigned_technician=shop.technician,
		labour=[make.hours(1)],
		parts=[make.part(shop.seal, old_serial_no="S-OLD")],
	)
	card.submit()
	fresh(loaner).take_back("As Lent", "N. Byrne", make.SIGNATURE)
	fresh(receipt).recover("N. Byrne", make.SIGNATURE)
	fresh(card).hand_over()

	assert frappe.db.get_value("Serial No", "SOLD-1", "*", as_dict=True) == before
	assert not frappe.db.exists("Stock Ledger Entry", {"item_code": "Sold heater"})


# ---------------------------------------------------------------- charged or written off


def test_a_lost_loaner_is_charged_once_by_somebody_who_decides(shop, lent, clock):
	make.settings(loaner_charge_item=make.service_item("Loaner Loss", uom="Nos"))
	with pytest.raises(frappe.ValidationError, match="neither lost nor damaged"):
		fresh(lent).charge_customer(100, "Too early")
	make.fiscal_years(int(nowdate()[:4]) + 1)
	clock.forward(days=40)
	fresh(lent).declare_lost("Stolen")
	lost_on = nowdate()
	assert str(frappe.db.get_value("Stock Entry", fresh(lent).return_entry, "posting_date")) == lost_on
	clock.forward(days=20)  # it is decided about later than it was lost
	frappe.set_user(make.user("agent@loaner.example", "Service Agent"))
	with pytest.raises(frappe.PermissionError):
		fresh(lent).charge_customer(100, "Lost")
	frappe.set_user(make.user("boss@loaner.example", "Service Supervisor"))
	with pytest.raises(frappe.MandatoryError):
		fresh(lent).charge_customer(100, " ")
	invoice = fresh(lent).charge_customer(100, "Lost by the customer")
	with pytest.raises(frappe.ValidationError, match="decided already"):
		fresh(lent).write_off("Second thought")
	doc = fresh(lent)
	assert (doc.charge_decision, doc.charged_amount, doc.charge_invoice) == ("Charged", 100, invoice)
	charged = frappe.db.get_value("Sales Invoice", invoice, ["net_total", "posting_date"])
	assert (charged[0], str(charged[1])) == (100, nowdate())
	frappe.set_user("Administrator")
	with pytest.raises(frappe.ValidationError, match="charges this loaner"):
		doc.cancel()


def test_a_damaged_loaner_is_written_off_with_a_reason(shop, lent):
	fresh(lent).take_back("Damaged", notes="Casing cracked")
	fresh(lent).write_off("A good customer")
	doc = fresh(lent)
	assert (doc.charge_decision, doc.charge_reason, doc.charge_invoice) == (
		"Written Off",
		"A good customer",
		None,
	)
