"""What is settled with customers in the business of test_fifteen_months.py, and what it should have done to the books.

Each month a call with a deposit, a flat rate and an accepted quote, whose visit is done and drafted in the next month and
submitted in the month after that. By turns parts sold over the counter, a boiler sold, exchanged, its old unit
refurbished, a refund, old parts sent to their maker, a loaner lost and charged, an invoice paid by link.
"""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import add_to_date, flt, getdate, now_datetime

from aftersales.field_service import quotes
from aftersales.service_cash.payments.receipts import payments_of
from aftersales.spare_parts.part_sales import sell_parts
from aftersales.vendor_repairs.cores import cores
from tests import factories as make
from tests.settling_cases import (
	boiler,
	exchange,
	payment_request,
	receive_payment,
	sold_boiler,
	terminal,
	warehouse,
)

DEPOSIT = 60
INVOICE = "Sales Invoice"


@dataclass(frozen=True)
class Fact:
	"""On a day: income that no job and no contract earned, and what stock gained (less: lost), company currency."""

	on: date
	income: float = 0
	stock: float = 0


class Settling:
	"""The part of the business that settles with customers; `facts` is the expectation, written before it is booked."""

	def __init__(self, shop):
		self.shop = shop
		self.facts: list[Fact] = []
		self.waiting: list = []
		self.received = 0.0
		self.bank = terminal()
		self.sold = make.account("Goods Sold", "Direct Income")
		self.filter = self.goods("Water Filter", 20)
		self.stores = make.warehouse("Stores of Goods")
		frappe.flags.pop("warehouse_account_map", None)
		self.note(stock=600)
		make.receive(self.filter, 100, 6, self.stores)
		self.boiler, self.units = boiler(shop, *(f"B-{number}" for number in range(1, 12)))
		self.note(stock=11 * 600)
		self.income_of(self.boiler)
		self.quarantine, self.tester = warehouse("Quarantine"), make.technician("Brendan Quinn")
		make.service_price(
			"Inspection",
			90,
			request_type=make.request_type("Inspection"),
			included_hours=1,
			included_parts=[{"item_code": shop.seal, "qty": 1}],
		)
		self.prepare_cores()
		self.prepare_loaners()
		self.exchanges: list = []
		self.numbers = iter(range(1, 12))

	# ---------------------------------------------------------------- masters

	def goods(self, title: str, rate: float) -> str:
		item = make.item(title)
		make.price(item, rate)
		self.income_of(item)
		return item

	def income_of(self, item: str) -> None:
		doc = frappe.get_doc("Item", item)
		doc.set("item_defaults", [{"company": make.COMPANY, "income_account": self.sold}])
		doc.save()

	def prepare_cores(self) -> None:
		self.jet, core = make.item("Burner Jet"), make.item("Old Jet")
		make.price(self.jet, 20)
		make.receive(self.jet, 40, 5, self.shop.van)
		self.note(stock=200)
		make.make("Spare Part", item_code=self.jet, core_return=1, core_item=core, core_credit=4)
		account = make.account("Core Credits", "Indirect Income")
		make.settings(billing_accounts=[{"company": make.COMPANY, "core_credit_account": account}])
		self.maker = make.make(
			"Supplier", supplier_name="Seal Works", supplier_group="All Supplier Groups"
		).name

	def prepare_loaners(self) -> None:
		store, lent = make.warehouse("Loaners"), make.warehouse("Loaners Out")
		frappe.flags.pop("warehouse_account_map", None)
		self.heater = make.item("Loaner Heater")
		make.receive(self.heater, 3, 400, store)
		self.note(stock=1200)
		make.loaner_warehouses(store, lent)
		charge = make.service_item("Loaner Loss", uom="Nos")
		self.income_of(charge)
		make.settings(loaner_charge_item=charge)

	# ---------------------------------------------------------------- what is expected

	def note(self, income: float = 0, stock: float = 0) -> None:
		self.facts.append(Fact(getdate(), income, stock))

	def expected(self, field: str, first: date, last: date) -> float:
		return flt(sum(getattr(fact, field) for fact in self.facts if first <= fact.on <= last), 2)

	def open_deposits(self) -> float:
		"""What no invoice has taken of the deposits, as the app says."""
		return flt(sum(row.open_amount for row in self.payments()), 2)

	def payments(self) -> list:
		return frappe.get_all(
			"Service Payment", {"docstatus": 1}, ["name", "amount", "open_amount"], order_by="name asc"
		)

	# ---------------------------------------------------------------- what happens

	def month(self, number: int) -> list:
		"""The middle of a month; returns the jobs that were done, whose drafts wait for the accountant."""
		done = [self.do_the_visit(*self.waiting.pop())] if self.waiting else []
		self.waiting.append(self.agree_on_a_visit())
		if number % 3 == 0:
			self.sell_over_the_counter()
		if number % 4 == 1:
			self.exchange_a_boiler()
		if number % 4 == 3:
			self.refurbish_or_take_apart(number)
		if number == 6:
			self.refund_a_boiler()
		if number % 5 == 4:
			self.lose_a_loaner()
		if number % 6 == 5:
			self.send_old_parts()
		return done

	def agree_on_a_visit(self):
		call = make.call(self.shop.customer, request_type="Inspection")
		payment = receive_payment(call, DEPOSIT, self.bank)
		self.received += DEPOSIT
		visit = make.voucher(
			call,
			self.shop.technician,
			labour=[make.hours(2)],
			parts=[make.part(self.shop.seal), make.part(self.jet, old_part_returned=1)],
		)
		quotes.make_quote(visit.name)
		quotes.accept_quote(visit.name, "Phone", "N. Byrne")
		return visit, payment

	def do_the_visit(self, visit, payment):
		visit.reload()
		departed = now_datetime()
		visit.update({"arrived_at": add_to_date(departed, hours=-2), "departed_at": departed})
		visit.save()
		visit.submit()
		assert payments_of(visit.doctype, visit.name)["payments"][0]["receipt"] == payment.name
		return visit

	def sell_over_the_counter(self) -> None:
		call = make.call(self.shop.customer)
		made = sell_parts(call.name, INVOICE, [{"item_code": self.filter, "qty": 2}], self.stores)
		self.note(income=40, stock=-12)
		invoice = frappe.get_doc(INVOICE, made["name"])
		invoice.submit()
		self.pay_by_link(invoice)

	def pay_by_link(self, invoice) -> None:
		request = payment_request(invoice.name, invoice.outstanding_amount)
		for _time in range(3):
			frappe.get_doc("Payment Request", request.name).run_method("on_payment_authorized", "Completed")
		self.received += flt(invoice.outstanding_amount)
		assert frappe.db.get_value(INVOICE, invoice.name, "outstanding_amount") == 0

	def sell_a_boiler(self):
		number = f"B-{next(self.numbers)}"
		self.note(income=1000, stock=-600)
		return sold_boiler(self.shop, number, self.boiler, self.units)

	def exchange_a_boiler(self) -> None:
		_invoice, product = self.sell_a_boiler()
		self.note(stock=-600 + 150)
		doc = exchange(
			self.shop,
			product,
			decision="Replacement",
			source="Own Stock",
			new_item_code=self.boiler,
			new_serial=f"B-{next(self.numbers)}",
			new_warehouse=self.units,
			old_unit="Own Stock",
			old_warehouse=self.quarantine,
			old_value=150,
		)
		self.exchanges.append(doc)

	def refurbish_or_take_apart(self, number: int) -> None:
		unit = self.exchanges.pop()
		values = (
			{"outcome": "Scrapped", "reason": "Cracked"}
			if number == 7
			else {
				"tested_by": self.tester,
				"work_done": "New seals",
				"to_warehouse": self.units,
				"parts": [{"item_code": self.shop.seal, "qty": 2, "warehouse": self.shop.van}],
			}
		)
		self.note(stock=-150 if number == 7 else 30)  # 205.00 in for 175.00 out: an hour at 30.00
		make.make(
			"Product Refurbishment",
			company=make.COMPANY,
			product_exchange=unit.name,
			item_code=self.boiler,
			warehouse=self.quarantine,
			technician=self.shop.technician,
			hours=1,
			**values,
		).submit()

	def refund_a_boiler(self) -> None:
		invoice, product = self.sell_a_boiler()
		self.note(income=-1000)
		doc = exchange(self.shop, product, decision="Refund", original_invoice=invoice)
		frappe.get_doc(INVOICE, doc.credit_note).submit()

	def lose_a_loaner(self) -> None:
		loaner = make.make(
			"Loaner Issue",
			repair_call=make.call(self.shop.customer).name,
			company=make.COMPANY,
			item_code=self.heater,
			condition="As new",
			customer_signature=make.SIGNATURE,
			signed_by="N. Byrne",
		)
		loaner.submit()
		loaner.reload()
		self.note(income=300, stock=-400)
		loaner.declare_lost("Left on a train")
		loaner.reload()
		frappe.get_doc(INVOICE, loaner.charge_customer(300, "Lost by the customer")).submit()

	def send_old_parts(self) -> None:
		rows = cores.in_stock(make.COMPANY, self.maker)
		doc = make.make("Core Return", supplier=self.maker, company=make.COMPANY, items=rows)
		doc.submit()
		doc.record_answer(accepted_percent=100)
		self.note(income=4 * sum(row["qty"] for row in rows))
		frappe.get_doc("Purchase Invoice", doc.make_debit_note()).submit()
