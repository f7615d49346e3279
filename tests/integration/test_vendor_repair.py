"""A product sent to its maker and back: custody, order, cost on the job, charged on or not (R-WS-10)."""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from aftersales.service_accounts.recovery import claimable_lines
from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_accounts.report.warranty_cost import warranty_cost
from aftersales.vendor_repairs.vendor_repairs import bill_from_vendor_repair
from tests import factories as make
from tests.attacks import bulk_edited, comments, refused


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.outside = make.service_item("Repair by the maker", uom="Nos", is_purchase_item=1)
	make.settings(vendor_repair_item=names.outside, approval_tolerance=10)
	names.maker = make.once(
		"Supplier", "Calora Works", supplier_name="Calora Works", supplier_group="All Supplier Groups"
	)
	names.heater = make.equipment(names.customer, model="Instant 11", serial_text="IN-11")
	names.call = make.call(names.customer, equipment=names.heater)
	names.receipt = make.receipt(names.call)
	names.receipt.submit()
	names.card = make.received_card(
		names.call,
		collection_receipt=names.receipt.name,
		warehouse=names.van,
		assigned_technician=names.technician,
		diagnosis="Control board dead",
		labour=[make.hours(1)],
	)
	return names


def draft(shop, **values):
	return make.make(
		"Vendor Repair",
		**{
			"repair_card": shop.card.name,
			"supplier": shop.maker,
			"work_wanted": "Repair or replace the control board",
			"cost": 90,
			"expected_back": add_days(nowdate(), 10),
			**values,
		},
	)


@pytest.fixture
def sent(shop):
	doc = draft(shop)
	doc.submit()
	return doc


def fresh(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def location(shop) -> str:
	return frappe.db.get_value("Collection Receipt", shop.receipt.name, "location")


def test_out_and_back(shop, sent):
	assert (sent.customer, sent.equipment, sent.collection_receipt) == (
		shop.customer,
		shop.heater,
		shop.receipt.name,
	)
	assert location(shop) == f"Sent out: Calora Works ({sent.name})"
	assert sent.name in comments(shop.card)
	assert fresh(shop.card).vendor_cost == 90

	fresh(sent).receive("Replaced", "New board fitted", "CB-77")
	doc = fresh(sent)
	assert (doc.status, doc.new_serial_no) == ("Back", "CB-77") and doc.back_at
	assert location(shop) == "Bench 2"
	assert [row.location for row in fresh(shop.receipt).moves] == [
		"Bench 2",
		f"Sent out: Calora Works ({sent.name})",
		"Bench 2",
	]
	assert fresh(shop.card).parts == []


def test_the_product_file_goes_on_with_the_number_that_came_back(shop, sent):
	frappe.db.set_value("Customer Equipment", shop.heater, "warranty_until", add_days(nowdate(), 60))
	fresh(sent).receive("Replaced", "New unit sent by the maker", "NEW-1")
	file = frappe.get_doc("Customer Equipment", shop.heater)
	assert (file.serial_text, file.serial_key) == ("NEW-1", "NEW1")
	last = file.serials[-1]
	assert (last.reason, last.reference_doctype, last.reference_name) == (
		"Replaced by Maker",
		"Vendor Repair",
		sent.name,
	)
	call = make.plain_call(shop.customer, serial_text="new 1")
	assert (call.equipment, call.coverage) == (shop.heater, "Warranty")
	assert "was replaced" in make.plain_call(shop.customer, serial_text="IN 11").ownership_concern


def test_a_number_that_another_product_has_is_refused(shop, sent):
	make.equipment(shop.customer, serial_text="NEW-1")
	with pytest.raises(frappe.DuplicateEntryError, match="product file with this serial number"):
		fresh(sent).receive("Replaced", "New unit sent by the maker", "new1")


def test_what_comes_back_is_described(sent):
	refused(frappe.MandatoryError, sent, status="Back")
	refused(frappe.MandatoryError, sent, status="Back", result="Replaced", result_notes="New board")
	fresh(sent).receive("Repaired", "Board mended")
	refused(frappe.ValidationError, sent, status="Sent")
	refused(frappe.PermissionError, sent, result="Not Repairable")
	refused(frappe.PermissionError, sent, charged_on=500)


@pytest.fixture
def workshop_user(shop):
	return make.user("tom@vendor.example", "Workshop Technician")


def test_what_the_customer_is_charged_needs_the_right_of_a_typed_rate(shop, sent, workshop_user):
	make.price(shop.outside, 180)
	make.settings(rate_change_limit=10)
	frappe.db.commit()
	for price in (0.01, 161, 99_999):
		frappe.set_user(workshop_user)
		with pytest.raises(
			frappe.PermissionError, match=r"Charge the Customer.*differs from the usual one.*180"
		):
			fresh(sent).update({"charged_on": price}).save()
		frappe.db.rollback()
		with pytest.raises(frappe.PermissionError, match="differs from the usual"):
			draft(shop, charged_on=price)
		frappe.db.rollback()
	frappe.set_user(workshop_user)
	fresh(sent).update({"charged_on": 162}).save()
	fresh(sent).receive("Repaired", "New board")
	frappe.set_user("Administrator")
	(line,) = fresh(shop.card).parts
	assert (line.item_code, line.rate, line.amount) == (shop.outside, 162, 162)
	assert comments(sent) == comments(sent).replace("authorised", "")


def test_a_charge_is_authorised_and_the_timeline_says_so(shop, sent, workshop_user):
	supervisor = make.user("sean@vendor.example", "Service Supervisor")
	frappe.set_user(supervisor)
	fresh(sent).update({"charged_on": 195}).save()
	assert "195.00 authorised (usual: the price list has none)" in comments(sent)
	frappe.db.commit()
	frappe.set_user(workshop_user)
	with pytest.raises(frappe.PermissionError, match="differs from the usual"):  # for nothing after all
		fresh(sent).update({"charged_on": 0}).save()
	frappe.db.rollback()
	fresh(sent).receive("Repaired", "New board")
	assert fresh(shop.card).amount_due > 195
	frappe.set_user("Administrator")


def test_a_product_that_is_out_is_neither_worked_on_nor_finished_nor_returned(shop, sent):
	frappe.db.commit()
	for step, args in (
		("start_work", [shop.technician]),
		("give_up", ["Too old"]),
		("call_off", ["Opened twice"]),
	):
		with pytest.raises(frappe.ValidationError, match="Calora Works"):
			getattr(fresh(shop.card), step)(*args)
		frappe.db.rollback()
	with pytest.raises(frappe.ValidationError, match="Calora Works"):
		fresh(shop.receipt).recover("N. Byrne", make.SIGNATURE)
	frappe.db.rollback()
	refused(
		frappe.ValidationError, shop.receipt, status="Recovered", return_signed_by="N", return_signature="x"
	)
	fresh(shop.card).record_approval("Phone", "N. Byrne", 100)
	fresh(shop.card).start_repair()
	refused(frappe.ValidationError, shop.card, status="Quality Check")


def test_a_product_is_sent_once_at_a_time(shop, sent):
	second = draft(shop)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="Calora Works"):
		second.submit()
	frappe.db.rollback()
	fresh(sent).receive("Returned Unrepaired", "No spare board")
	fresh(second).submit()


def test_not_sent_while_somebody_works_on_it_or_when_it_is_checked(shop):
	repair = draft(shop)
	fresh(shop.card).start_work(shop.technician)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="Stop that work"):
		repair.submit()
	frappe.db.rollback()
	fresh(shop.card).stop_work(shop.technician)
	fresh(shop.card).give_up("Burnt out")
	with pytest.raises(frappe.ValidationError, match="cannot be sent out"):
		fresh(repair).submit()


def test_the_purchase_order_tells_the_cost(shop, sent):
	name = fresh(sent).make_purchase_order()
	assert fresh(sent).make_purchase_order() == name
	order = frappe.get_doc("Purchase Order", name)
	assert (order.supplier, order.docstatus, order.aftersales_voucher) == (shop.maker, 0, sent.name)
	assert [(row.item_code, row.qty, row.rate, row.cost_center) for row in order.items] == [
		(shop.outside, 1, 90, shop.cost_center)
	]
	assert order.items[0].expense_account == shop.parts_cost
	order.items[0].rate = 120
	order.save()
	order.submit()
	assert (fresh(sent).cost, fresh(shop.card).vendor_cost) == (120, 120)
	refused(frappe.PermissionError, sent, cost=10)
	refused(frappe.PermissionError, sent, purchase_order=None)
	with pytest.raises(frappe.ValidationError, match=name):
		fresh(sent).cancel()
	frappe.db.rollback()
	fresh(order).cancel()
	assert fresh(sent).purchase_order is None
	fresh(sent).cancel()
	assert (location(shop), fresh(shop.card).vendor_cost) == ("Bench 2", 0)


def test_a_vendor_who_is_paid_in_another_currency(shop):
	repair = draft(shop, supplier=dollar_works())
	repair.submit()
	order = frappe.get_doc("Purchase Order", fresh(repair).make_purchase_order())
	assert (order.currency, order.conversion_rate, order.items[0].rate) == ("USD", 0.8, 112.5)
	assert (order.base_net_total, fresh(repair).cost, fresh(shop.card).vendor_cost) == (90, 90, 90)


# ---------------------------------------------------------------- what the vendor bills


def ordered(repair, rate=120, qty=1):
	"""A submitted order for a vendor repair."""
	order = frappe.get_doc("Purchase Order", fresh(repair).make_purchase_order())
	order.items[0].update({"rate": rate, "qty": qty})
	order.save()
	order.submit()
	return order


def bill(order, qty=1, rate=None, **values):
	"""A submitted Purchase Invoice of so much of an order."""
	from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_invoice

	invoice = make_purchase_invoice(order.name)
	invoice.update(
		{"credit_to": frappe.db.get_value("Company", make.COMPANY, "default_payable_account")} | values
	)
	invoice.items[0].qty = qty
	if rate:
		invoice.items[0].rate = rate
	invoice.insert()
	invoice.submit()
	return invoice


def give_back(invoice, qty=-1, rate=None):
	"""A submitted Debit Note of an invoice."""
	from erpnext.accounts.doctype.purchase_invoice.purchase_invoice import make_debit_note

	note = make_debit_note(invoice.name)
	note.items[0].qty = qty
	if rate:
		note.items[0].rate = rate
	note.insert()
	note.submit()
	return note


def cost_of(shop, repair) -> tuple:
	"""What the vendor repair and its card say, and on what ground."""
	stored = fresh(repair)
	return stored.cost, stored.cost_source, fresh(shop.card).vendor_cost


def in_the_books(*invoices) -> float:
	"""What Purchase Invoices and Debit Notes moved on expense accounts."""
	rows = frappe.get_all(
		"GL Entry",
		{"voucher_no": ("in", [one.name for one in invoices]), "is_cancelled": 0},
		["account", "debit", "credit"],
	)
	return sum(
		row.debit - row.credit
		for row in rows
		if frappe.get_cached_value("Account", row.account, "root_type") == "Expense"
	)


def profit_of(shop, day=None) -> dict | None:
	period = {"company": make.COMPANY, "from_date": day or nowdate(), "to_date": day or nowdate()}
	return next((row for row in job_profitability.execute(period)[1] if row.job == shop.card.name), None)


def test_the_bill_tells_the_cost_and_the_order_again_when_it_is_cancelled(shop, sent):
	assert cost_of(shop, sent) == (90, "Estimate", 90)
	order = ordered(sent, 120)
	assert cost_of(shop, sent) == (120, "Purchase Order", 120)
	frappe.db.set_single_value("Buying Settings", "maintain_same_rate", 0)
	invoice = bill(order, rate=111.37)
	assert cost_of(shop, sent) == (111.37, "Purchase Invoice", 111.37)
	assert in_the_books(invoice) == profit_of(shop).vendor == 111.37
	refused(frappe.PermissionError, sent, cost=10)
	refused(frappe.PermissionError, sent, cost_source="Estimate")
	invoice.cancel()
	assert cost_of(shop, sent) == (120, "Purchase Order", 120)
	assert profit_of(shop) is None  # not billed, and not back


def test_several_bills_and_a_debit_note(shop, sent):
	order = ordered(sent, 40, qty=3)
	first, second = bill(order, 1), bill(order, 2)
	assert cost_of(shop, sent) == (120, "Purchase Invoice", 120)
	note = give_back(second, -1, 40)
	assert cost_of(shop, sent) == (80, "Purchase Invoice", 80)
	assert in_the_books(first, second, note) == profit_of(shop).vendor == 80
	note.cancel()
	assert cost_of(shop, sent) == (120, "Purchase Invoice", 120)


def test_a_bill_given_back_in_full_leaves_no_cost(shop, sent):
	invoice = bill(ordered(sent))
	give_back(invoice)
	assert cost_of(shop, sent) == (0, "Purchase Invoice", 0)
	fresh(sent).receive("Returned Unrepaired", "No board to be had")
	assert profit_of(shop) is None


def test_a_bill_belongs_to_its_own_day(shop, sent):
	"""As in the ledger: the estimate of the day it came back makes room for the bill."""
	fresh(sent).receive("Repaired", "Board mended")
	assert profit_of(shop).vendor == 90
	yesterday = add_days(nowdate(), -1)
	order = ordered(sent)
	assert profit_of(shop).vendor == 120
	# Version 16 takes no bill that is dated before its order
	frappe.db.set_value("Purchase Order", order.name, "transaction_date", yesterday)
	bill(order, set_posting_time=1, posting_date=yesterday, due_date=nowdate())
	assert (profit_of(shop), profit_of(shop, yesterday).vendor) == (None, 120)


def test_a_bill_in_another_currency_costs_what_it_is_worth_in_ours(shop):
	repair = draft(shop, supplier=dollar_works())
	repair.submit()
	order = ordered(repair, 150)
	assert cost_of(shop, repair) == (120, "Purchase Order", 120)
	payable = make.once(
		"Account",
		f"Creditors USD - {make.ABBR}",
		account_name="Creditors USD",
		parent_account=f"Accounts Payable - {make.ABBR}",
		company=make.COMPANY,
		account_type="Payable",
		account_currency="USD",
	)
	invoice = bill(order, conversion_rate=0.9, credit_to=payable)
	assert cost_of(shop, repair) == (135, "Purchase Invoice", 135)
	assert in_the_books(invoice) == profit_of(shop).vendor == 135


def dollar_works() -> str:
	rate = {"from_currency": "USD", "to_currency": "EUR", "exchange_rate": 0.8, "date": nowdate()}
	make.make("Currency Exchange", for_buying=1, for_selling=1, **rate)
	return make.once(
		"Supplier",
		"Dollar Works",
		supplier_name="Dollar Works",
		supplier_group="All Supplier Groups",
		default_currency="USD",
	)


@pytest.mark.parametrize("end", ["Not Repairable", "Declined", "called off", "finished"])
def test_a_card_given_up_has_cost_what_the_vendor_billed(shop, sent, end):
	fresh(sent).receive("Not Repairable", "Board out of production")
	bill(ordered(sent, 48.2))
	card = fresh(shop.card)
	if end == "called off":
		card.call_off("Opened twice")
	elif end == "Declined":
		card.record_decline("Too dear")
	else:
		card.give_up("No board to be had")
	if end == "finished":
		card = fresh(card)
		card.labour = []
		card.save()
		card.finish()
	row = profit_of(shop)
	assert (row.income, row.work, row.vendor, row.cost, row.margin) == (0, 0, 48.2, 48.2, -48.2)


def test_warranty_costs_what_the_vendor_bills_on_a_warranty_card(shop, sent):
	period = {"company": make.COMPANY, "from_date": nowdate(), "to_date": nowdate()}
	fresh(sent).receive("Not Repairable", "Board out of production")
	bill(ordered(sent, 48.2))
	assert warranty_cost.execute(period)[1] == []
	frappe.db.set_value("Repair Card", shop.card.name, "service_category", make.category("C"))
	for group, value in (
		("Model", "Instant 11"),
		("Customer", shop.customer),
		("Month", nowdate()[:7]),
		("Part", shop.outside),
	):
		(row,) = warranty_cost.execute({**period, "group_by": group})[1]
		assert (row.value, row.jobs, row.parts, row.labour) == (value, 1, 0, 0)
		assert (row.vendor, row.cost, row.net) == (48.2, 48.2, 48.2)
	assert warranty_cost.execute({**period, "brand": "Other"})[1] == []
	frappe.db.set_value("Vendor Repair", sent.name, "charged_on", 70)  # then it is the customer's
	assert warranty_cost.execute(period)[1] == []


def claim_on(maker):
	make.once("Brand", "Baxi", brand="Baxi")
	return make.make(
		"Warranty Recovery Claim",
		supplier=maker,
		company=make.COMPANY,
		brand="Baxi",
		lines=claimable_lines(make.COMPANY, maker, brand="Baxi"),
	)


def test_what_a_vendor_billed_for_a_warranty_repair_is_claimed_from_the_maker(shop, sent):
	baxi = supplier("Baxi Heating")
	frappe.db.set_value("Repair Card", shop.card.name, "service_category", make.category("C"))
	assert claimable_lines(make.COMPANY, baxi, brand="Baxi") == []  # estimated only
	invoice = bill(ordered(sent, 48.2))
	doc = claim_on(baxi)
	assert [(row.line_type, row.line, row.job, row.qty, row.cost) for row in doc.lines] == [
		("Vendor Repair", sent.name, shop.card.name, 1, 48.2)
	]
	assert claimable_lines(make.COMPANY, shop.maker, brand="Baxi") == []  # who repaired it
	doc.submit()
	assert claimable_lines(make.COMPANY, baxi, brand="Baxi") == []
	doc.record_answer(accepted_percent=50)
	note = frappe.get_doc("Purchase Invoice", doc.make_debit_note())
	note.submit()
	assert [(row.expense_account, row.cost_center, row.base_net_amount) for row in note.items] == [
		(invoice.items[0].expense_account, shop.cost_center, -24.1)
	]
	period = {"company": make.COMPANY, "from_date": nowdate(), "to_date": nowdate()}
	(row,) = warranty_cost.execute(period)[1]
	assert (row.cost, row.claimed, row.credited, row.net) == (48.2, 48.2, 24.1, 24.1)
	assert in_the_books(invoice, note) == 24.1


def test_the_maker_is_not_asked_for_his_own_bill(shop, sent):
	frappe.db.set_value("Repair Card", shop.card.name, "service_category", make.category("C"))
	bill(ordered(sent, 48.2))
	doc = claim_on(supplier("Baxi Heating"))
	frappe.db.commit()
	for attempt in (
		lambda: doc.update({"supplier": shop.maker}).save(),
		lambda: frappe.client.set_value(doc.doctype, doc.name, "supplier", shop.maker),
	):
		with pytest.raises(frappe.ValidationError, match="cannot be claimed from them"):
			attempt()
		frappe.db.rollback()
	assert not bulk_edited(doc, supplier=shop.maker)


# ---------------------------------------------------------------- a bill without an order


def supplier(name: str) -> str:
	return make.once("Supplier", name, supplier_name=name, supplier_group="All Supplier Groups")


def billed_directly(repair, rate=111.37, **values):
	"""A submitted Purchase Invoice for a vendor repair that nobody ordered."""
	invoice = bill_from_vendor_repair(repair.name)
	invoice.items[0].rate = rate
	invoice.update(
		{"credit_to": frappe.db.get_value("Company", make.COMPANY, "default_payable_account"), **values}
	)
	invoice.insert()
	invoice.submit()
	return invoice


def test_a_bill_without_an_order_tells_the_cost(shop, sent):
	draft_bill = bill_from_vendor_repair(sent.name)
	assert (draft_bill.supplier, draft_bill.aftersales_voucher) == (shop.maker, sent.name)
	assert [(row.item_code, row.qty, row.rate, row.expense_account) for row in draft_bill.items] == [
		(shop.outside, 1, 90, shop.parts_cost)
	]
	invoice = billed_directly(sent)
	assert cost_of(shop, sent) == (111.37, "Purchase Invoice", 111.37)
	assert in_the_books(invoice) == profit_of(shop).vendor == 111.37
	refused(frappe.PermissionError, sent, cost=10)
	refused(frappe.PermissionError, sent, cost_source="Estimate")
	refused(frappe.UpdateAfterSubmitError, fresh(invoice), aftersales_voucher=None)
	with pytest.raises(frappe.ValidationError, match="billed already"):
		fresh(sent).make_purchase_order()
	frappe.db.rollback()


def test_a_second_bill_a_debit_note_and_an_amendment_without_an_order(shop, sent):
	first, second = billed_directly(sent, 100), billed_directly(sent, 20)
	assert cost_of(shop, sent) == (120, "Purchase Invoice", 120)
	note = give_back(second)
	assert note.aftersales_voucher == sent.name
	assert cost_of(shop, sent) == (100, "Purchase Invoice", 100)
	assert in_the_books(first, second, note) == profit_of(shop).vendor == 100
	note.cancel()
	fresh(second).cancel()
	first = fresh(first)
	first.cancel()
	assert cost_of(shop, sent)[1] == "Estimate"
	amended = frappe.copy_doc(fresh(first))
	amended.amended_from = first.name
	amended.items[0].update(
		{
			"rate": 70,
			"price_list_rate": 70,
			"margin_type": "",
			"margin_rate_or_amount": 0,
			"discount_amount": 0,
		}
	)
	amended.insert()
	amended.submit()
	assert cost_of(shop, sent) == (70, "Purchase Invoice", 70)


def test_a_bill_is_about_a_repair_of_its_own_supplier(shop, sent):
	frappe.db.commit()
	invoice = bill_from_vendor_repair(sent.name)
	invoice.supplier = supplier("Baxi Heating")
	with pytest.raises(frappe.ValidationError, match="cannot be for it"):
		invoice.insert()
	frappe.db.rollback()
	ordered(sent)
	with pytest.raises(frappe.ValidationError, match="bill that order"):
		bill_from_vendor_repair(sent.name)
	frappe.set_user(make.user("agent@vendors.example", "Service Agent"))
	with pytest.raises(frappe.PermissionError):
		bill_from_vendor_repair(sent.name)


def test_the_patch_says_what_tells_the_cost_of_older_repairs(shop, sent):
	from aftersales.patches.v1_1.follow_vendor_bills import execute

	bill(ordered(sent))
	frappe.db.set_value("Vendor Repair", sent.name, {"cost": 90, "cost_source": "Estimate"})
	execute()
	assert cost_of(shop, sent) == (120, "Purchase Invoice", 120)


def test_an_amended_order_takes_the_place_of_the_one_cancelled(shop, sent):
	order = frappe.get_doc("Purchase Order", fresh(sent).make_purchase_order())
	order.submit()
	fresh(order).cancel()
	amended = frappe.copy_doc(fresh(order), ignore_no_copy=False)
	amended.amended_from = order.name
	amended.items[0].rate = 140
	amended.insert()
	amended.submit()

	assert (fresh(sent).purchase_order, fresh(sent).cost) == (amended.name, 140)
	assert fresh(shop.card).vendor_cost == 140
	assert fresh(sent).make_purchase_order() == amended.name


def test_a_draft_order_goes_with_the_repair_that_is_cancelled(shop, sent):
	name = fresh(sent).make_purchase_order()
	fresh(sent).cancel()
	assert not frappe.db.exists("Purchase Order", name)


def test_charged_on_it_is_a_line_the_customer_has_to_accept(shop):
	repair = draft(shop, charged_on=130)
	repair.submit()
	fresh(repair).receive("Repaired", "Board mended")
	lines = fresh(shop.card).parts
	assert [(line.item_code, line.rate, line.amount, line.charge_to) for line in lines] == [
		(shop.outside, 130, 130, "Customer")
	]
	fresh(shop.card).record_approval("Phone", "N. Byrne", 190)
	card = fresh(shop.card)
	card.start_repair()
	card.hand_to_check()
	card.verify("Heats")
	card.finish()
	invoice = frappe.get_doc("Sales Invoice", fresh(card).sales_invoice)
	assert [(row.item_code, row.net_amount) for row in invoice.items] == [
		(shop.hour, 60),
		(shop.outside, 130),
	]
	assert fresh(card).stock_entry is None
	invoice.submit()
	period = {"company": make.COMPANY, "from_date": nowdate(), "to_date": nowdate()}
	(row,) = (row for row in job_profitability.execute(period)[1] if row.job == card.name)
	# 190 earned; an hour of 30 and the maker's 90 spent
	assert (row.income, row.work, row.vendor, row.cost, row.margin) == (190, 30, 90, 120, 70)


def test_what_came_back_is_not_cancelled(sent):
	fresh(sent).receive("Repaired", "Board mended")
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="has come back, so this cannot be cancelled"):
		fresh(sent).cancel()
