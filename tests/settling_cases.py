"""Jobs of the accountant's cases about settling with the customer (docs/accountants-cases.md, from 40 on).

`tests/integration/test_accountants_cases.py` runs them; each returns the documents by their labels, the company, and
how many ledger entries its preparation made.
"""

from collections.abc import Callable

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, getdate, nowdate

from aftersales.repair_workshop import uncollected
from aftersales.service_cash.payments import requests
from aftersales.service_cash.payments.receipts import take_payment
from tests import factories as make
from tests.jobs import done

CASES: dict[str, Callable] = {}


def case(number: str):
	def register(function):
		CASES[number] = function
		return function

	return register


def documents(doc) -> dict[str, str]:
	labels = {
		"Stock Entry": "stock_entry",
		"Sales Invoice": "sales_invoice",
		"Journal Entry": "labour_journal_entry",
	}
	return {label: doc.get(field) for label, field in labels.items() if doc.get(field)}


# ---------------------------------------------------------------- 40: service prices


def flat_rate(shop, **values):
	return make.service_price(
		"Boiler Service",
		90,
		included_hours=1,
		included_parts=[{"item_code": shop.seal, "qty": 1}],
		**values,
	)


def at_night(hours: int = 1) -> dict:
	"""A visit of yesterday, from 22:00 on."""
	arrived = add_to_date(get_datetime(f"{nowdate()} 22:00:00"), days=-1)
	return {"arrived_at": arrived, "departed_at": add_to_date(arrived, hours=hours)}


@case("40a")
def flat(shop):
	flat_rate(shop)
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	return documents(doc), make.COMPANY, 0


@case("40b")
def night(shop):
	make.service_price("Call-out", 35, kind="Call-out")
	make.service_price("Night", 0, kind="Surcharge", percent=50, from_time="20:00:00", to_time="06:00:00")
	doc = done(shop, labour=[make.hours(1)], **at_night())
	return documents(doc), make.COMPANY, 0


@case("40c")
def minimum(shop):
	make.service_price("Minimum", 80, kind="Minimum Charge")
	doc = done(shop, labour=[make.hours(0.5)], parts=[make.part(shop.seal)])
	return documents(doc), make.COMPANY, 0


@case("40d")
def flat_by_delivery_note(shop):
	frappe.get_doc("Selling Settings").update({"dn_required": "Yes"}).save()
	flat_rate(shop)
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	return documents(doc), make.COMPANY, 0


# ---------------------------------------------------------------- 42: payments


def terminal(title: str = "Terminal", bank: str = "Terminal") -> str:
	"""A Mode of Payment by card or transfer into an own bank account."""
	account = make.account(bank, "Bank Accounts", account_type="Bank")
	name = make.once("Mode of Payment", title, mode_of_payment=title, type="Bank", enabled=1)
	mode = frappe.get_doc("Mode of Payment", name)
	mode.set("accounts", [{"company": make.COMPANY, "default_account": account}])
	mode.save()
	return name


def receive_payment(job, amount: float, mode: str, **values):
	"""A payment for a call or job, booked; the document as it stands."""
	told = take_payment(job.doctype, job.name, amount, mode, frappe.generate_hash(length=12), **values)
	return frappe.get_doc("Service Payment", told["receipt"])


def booked_by(payment) -> str:
	return frappe.db.get_value("Service Payment", payment.name, "payment_entry")


@case("42a")
def deposit_then_less_work(shop):
	mode = terminal()
	call = make.call(shop.customer)
	payment = receive_payment(call, 200, mode)
	doc = make.voucher(
		call, shop.technician, labour=[make.hours(1)], parts=[make.part(shop.seal)], service_category="A"
	)
	doc.submit()
	doc.reload()
	payment.reload()
	refund = payment.refund(84.23, mode, "Less work than expected")
	payment.reload()
	assert (payment.status, payment.open_amount) == ("Allocated", 0)
	assert doc.billing_status == "Paid"
	return {**documents(doc), "Deposit": payment.payment_entry, "Refund": refund}, make.COMPANY, 0


@case("42b")
def deposit_then_called_off(shop):
	mode = terminal()
	call = make.call(shop.customer)
	payment = receive_payment(call, 50, mode)
	call.reload()
	call.cancel_call("Sold the boiler")
	refund = payment.refund(50, mode, "Called off")
	payment.reload()
	assert payment.status == "Refunded"
	return {"Deposit": payment.payment_entry, "Refund": refund}, make.COMPANY, 0


@case("42c")
def two_modes(shop):
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	card = receive_payment(doc, 60, terminal())
	transfer = receive_payment(doc, 55.77, terminal("Transfer", "Business Account"))
	doc.reload()
	assert doc.billing_status == "Paid"
	return {**documents(doc), "Card": booked_by(card), "Transfer": booked_by(transfer)}, make.COMPANY, 0


@case("42d")
def card_fee(shop):
	fees = make.account("Card Fees", "Indirect Expenses")
	rows = [row.as_dict() for row in frappe.get_doc("Aftersales Settings").billing_accounts]
	make.settings(billing_accounts=[*rows, {"company": make.COMPANY, "payment_fee_account": fees}])
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	card = receive_payment(doc, 115.77, terminal(), fee=1.62)
	doc.reload()
	assert doc.billing_status == "Paid"
	return {**documents(doc), "Card": booked_by(card)}, make.COMPANY, 0


def payment_request(invoice: str, amount: float):
	"""A submitted Payment Request as a gateway has it; the payments app, which owns the gateway, is not needed."""
	doc = frappe.get_doc("Sales Invoice", invoice)
	request = frappe.new_doc("Payment Request")
	request.update(
		{
			"payment_request_type": "Inward",
			"transaction_date": nowdate(),
			"payment_account": make.account("Terminal", "Bank Accounts", account_type="Bank"),
			"currency": doc.currency,
			"party_account_currency": doc.party_account_currency,
			"grand_total": amount,
			"reference_doctype": "Sales Invoice",
			"reference_name": invoice,
			"company": doc.company,
			"party_type": "Customer",
			"party": doc.customer,
		}
	)
	request.flags.mute_email = True
	request.insert()
	request.submit()
	return request


@case("42e")
def link_paid_twice(shop):
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	first = payment_request(doc.sales_invoice, 57)
	second = payment_request(doc.sales_invoice, 58.77)
	for request in (first, second):
		frappe.db.set_value(
			"Payment Request", request.name, {"grand_total": 115.77, "outstanding_amount": 115.77}
		)
	first.reload()
	second.reload()
	for request in (first, second):
		for _again in range(10):
			frappe.get_doc("Payment Request", request.name).run_method("on_payment_authorized", "Completed")
	doc.reload()
	assert doc.billing_status == "Paid"
	entries = [
		frappe.db.get_value("Payment Entry", {"reference_no": request.name, "docstatus": 1})
		for request in (first, second)
	]
	return {**documents(doc), "First": entries[0], "Second": entries[1]}, make.COMPANY, 0


@case("42f")
def deposit_in_pounds(shop):
	make.make("Currency Exchange", from_currency="GBP", to_currency="EUR", exchange_rate=1.25, date=nowdate())
	call = make.call(make.customer("Derry Dairy", default_currency="GBP"))
	payment = receive_payment(call, 50, terminal())
	return {"Deposit": payment.payment_entry}, make.COMPANY, 0


@case("42g")
def gateway_down(shop):
	doc = done(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	with pytest.raises(frappe.ValidationError, match="cannot be paid online"):
		requests.address_for(invoice)
	assert not frappe.db.exists("Payment Request", {"reference_name": invoice.name})
	transfer = receive_payment(doc, 115.77, terminal("Transfer", "Business Account"))
	doc.reload()
	assert doc.billing_status == "Paid"
	return {**documents(doc), "Transfer": booked_by(transfer)}, make.COMPANY, 0


# ---------------------------------------------------------------- 43: exchange and refund


def warehouse(title: str) -> str:
	"""A warehouse made after ERPNext has read those of the company, which it does once a request."""
	name = make.warehouse(title)
	frappe.flags.pop("warehouse_account_map", None)
	return name


def boiler(shop, *serials: str):
	"""A serialised boiler that costs 600.00 and is sold for 1,000.00; its units are in the main store."""
	store = warehouse("Units")
	item = make.item("Boiler", has_serial_no=1)
	if not frappe.db.exists("Item Price", {"item_code": item}):
		make.price(item, 1000)
	make.receive(item, len(serials), 600, store, serials)
	return item, store


def sold_boiler(shop, serial: str, item: str, store: str, on=None, units=(), **values) -> tuple[str, str]:
	"""The invoice by which a customer bought the boiler (it moves stock), and its product file, warranted for two years."""
	on = on or nowdate()
	invoice = make.make(
		"Sales Invoice",
		customer=shop.customer,
		company=make.COMPANY,
		posting_date=on,
		set_posting_time=1,
		update_stock=1,
		due_date=on,
		taxes_and_charges=shop.vat,
		taxes=[
			{
				"charge_type": "On Net Total",
				"account_head": f"VAT - {make.ABBR}",
				"rate": 13.5,
				"description": "VAT",
			}
		],
		items=[
			{
				"item_code": item,
				"qty": 1 + len(units),
				"rate": 1000,
				"warehouse": store,
				"use_serial_batch_fields": 1,
				"serial_no": "\n".join([serial, *units]),
			}
		],
		**values,
	)
	invoice.submit()
	name = frappe.db.get_value("Customer Equipment", {"serial_no": serial}) or make.equipment(
		shop.customer, item_code=item, serial_no=serial, serial_text=serial
	)
	frappe.db.set_value("Customer Equipment", name, "warranty_until", frappe.utils.add_months(on, 24))
	return invoice.name, name


def exchange(shop, product: str, **values):
	"""A submitted Product Exchange of a covered product that was repaired twice."""
	call = make.call(shop.customer, equipment=product, service_category=make.category("C"))
	doc = make.make(
		"Product Exchange",
		**{
			"repair_call": call.name,
			"equipment": product,
			"ground": "Other",
			"decision_reason": "Third fault in a month",
			"old_unit": "Scrap",
			**values,
		},
	)
	doc.submit()
	return frappe.get_doc(doc.doctype, doc.name)


def _entries() -> int:
	return frappe.db.count("GL Entry", {"is_cancelled": 0})


@case("43a")
def exchange_from_stock(shop):
	before = _entries()
	item, store = boiler(shop, "B-1", "B-2")
	_invoice, product = sold_boiler(shop, "B-1", item, store)
	prepared = _entries() - before
	doc = exchange(
		shop,
		product,
		decision="Replacement",
		source="Own Stock",
		new_item_code=item,
		new_serial="B-2",
		new_warehouse=store,
		old_unit="Own Stock",
		old_warehouse=warehouse("Quarantine"),
		old_value=150,
	)
	assert doc.cost == 450
	return {"New Unit": doc.issue_entry, "Old Unit": doc.receipt_entry}, make.COMPANY, prepared


@case("43b")
def refund_whole(shop):
	before = _entries()
	item, store = boiler(shop, "B-1")
	invoice, product = sold_boiler(shop, "B-1", item, store)
	prepared = _entries() - before
	doc = exchange(shop, product, decision="Refund", original_invoice=invoice)
	assert (doc.refund_rate, doc.cost) == (1000, 1000)
	return {"Credit Note": doc.credit_note}, make.COMPANY, prepared


@case("43c")
def refund_reduced(shop):
	from tests.clock import current as clock

	before = _entries()
	item, store = boiler(shop, "B-1")
	sold = getdate()
	invoice, product = sold_boiler(shop, "B-1", item, store, sold)
	prepared = _entries() - before
	make.fiscal_years(sold.year + 1)
	clock.to(frappe.utils.add_months(sold, 12))
	doc = exchange(shop, product, decision="Refund", original_invoice=invoice, refund="Reduced for Use")
	assert (doc.used_months, doc.refund_rate) == (12, 800)
	return {"Credit Note": doc.credit_note}, make.COMPANY, prepared


@case("43d")
def exchange_by_maker(shop):
	before = _entries()
	item, store = boiler(shop, "B-1")
	_invoice, product = sold_boiler(shop, "B-1", item, store)
	prepared = _entries() - before
	doc = exchange(
		shop, product, decision="Replacement", source="From Maker", new_serial="M-7", old_unit="Maker"
	)
	assert doc.cost == 0
	return {}, make.COMPANY, prepared


# ---------------------------------------------------------------- 44: a lost loaner


def lost_loaner(shop):
	"""A loaner worth 400.00 that is lost, and how many ledger entries there were before that."""
	before = _entries()
	store, lent_out = f"Stores - {make.ABBR}", f"Goods In Transit - {make.ABBR}"
	item = make.item("Loaner heater")
	make.receive(item, 1, 400, store)
	make.loaner_warehouses(store, lent_out)
	make.settings(loaner_charge_item=make.service_item("Loaner Loss", uom="Nos"))
	loaner = make.make(
		"Loaner Issue",
		repair_call=make.call(shop.customer).name,
		company=make.COMPANY,
		item_code=item,
		condition="As new",
		customer_signature=make.SIGNATURE,
		signed_by="N. Byrne",
	)
	loaner.submit()
	prepared = _entries() - before
	loaner.reload()
	loaner.declare_lost("Left on a train")
	loaner.reload()
	return loaner, frappe.db.get_value(loaner.doctype, loaner.name, "return_entry"), prepared


@case("44")
def loaner_charged(shop):
	loaner, lost, prepared = lost_loaner(shop)
	return (
		{"Lost": lost, "Sales Invoice": loaner.charge_customer(300, "Lost by the customer")},
		make.COMPANY,
		prepared,
	)


@case("44b")
def loaner_written_off(shop):
	loaner, lost, prepared = lost_loaner(shop)
	loaner.write_off("A good customer")
	return {"Lost": lost}, make.COMPANY, prepared


# ---------------------------------------------------------------- 45: refurbished, taken apart


def unit_in_quarantine(shop):
	"""The Product Exchange of case 43a, and how many ledger entries it took to come there."""
	before = _entries()
	item, store = boiler(shop, "B-1", "B-2")
	_invoice, product = sold_boiler(shop, "B-1", item, store)
	doc = exchange(
		shop,
		product,
		decision="Replacement",
		source="Own Stock",
		new_item_code=item,
		new_serial="B-2",
		new_warehouse=store,
		old_unit="Own Stock",
		old_warehouse=warehouse("Quarantine"),
		old_value=150,
	)
	return doc, _entries() - before


def refurbished(shop, unit, **values):
	doc = make.make(
		"Product Refurbishment",
		company=make.COMPANY,
		product_exchange=unit.name,
		item_code=unit.old_item_code,
		warehouse=unit.old_warehouse,
		technician=shop.technician,
		hours=1,
		**values,
	)
	doc.submit()
	return {"Out": doc.issue_entry, "In": doc.receipt_entry}


@case("45a")
def unit_refurbished(shop):
	unit, prepared = unit_in_quarantine(shop)
	entries = refurbished(
		shop,
		unit,
		tested_by=make.technician("Brendan Quinn"),
		work_done="New seals",
		to_warehouse=unit.old_warehouse,
		parts=[{"item_code": shop.seal, "qty": 2, "warehouse": shop.van}],
	)
	return entries, make.COMPANY, prepared


@case("45b")
def unit_taken_apart(shop):
	unit, prepared = unit_in_quarantine(shop)
	burners = [{"item_code": make.item("Burner"), "qty": 2, "warehouse": unit.old_warehouse, "rate": 30}]
	entries = refurbished(shop, unit, outcome="Taken Apart", reason="Cracked", parts=burners)
	return entries, make.COMPANY, prepared


# ---------------------------------------------------------------- 46, 47: old parts, uncollected products


@case("46")
def cores_credited(shop):
	before = _entries()
	core = make.item("Old Seal")
	make.make("Spare Part", item_code=shop.seal, core_return=1, core_item=core, core_credit=4)
	done(shop, category="C", parts=[make.part(shop.seal, 2, old_part_returned=1)])
	maker = make.make("Supplier", supplier_name="Seal Works", supplier_group="All Supplier Groups").name
	account = make.account("Core Credits", "Indirect Income")
	rows = [row.as_dict() for row in frappe.get_doc("Aftersales Settings").billing_accounts]
	make.settings(billing_accounts=[*rows, {"company": make.COMPANY, "core_credit_account": account}])
	prepared = _entries() - before
	doc = make.make(
		"Core Return",
		supplier=maker,
		company=make.COMPANY,
		items=[{"item_code": core, "qty": 2, "warehouse": shop.van, "credit_rate": 4}],
	)
	doc.submit()
	doc.record_answer(accepted_percent=100)
	note = frappe.get_doc("Purchase Invoice", doc.make_debit_note())
	note.submit()
	return {"Debit Note": note.name}, make.COMPANY, prepared


@case("47")
def storage_charged(shop):
	from tests.clock import current as clock

	before = _entries()
	storage = make.service_item("Storage Day", uom="Nos")
	make.price(storage, 2)
	make.settings(collect_remind_days=14, storage_free_days=30, storage_fee_item=storage)
	card = done(shop, "Repair Card", labour=[make.hours(1)])
	prepared = _entries() - before
	make.fiscal_years(getdate().year + 1)
	clock.forward(days=40)
	uncollected.note_all()
	waiting = frappe.db.get_value("Uncollected Product", {"repair_card": card.name})
	return {"Sales Invoice": uncollected.charge_storage(waiting)}, make.COMPANY, prepared
