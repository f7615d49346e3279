"""A payment is booked once and whole, whoever sends it at the same moment, however often, and killed where it may be.

Real commits, real processes. What the tests make is removed afterwards.
"""

import os
import signal

import frappe
import pytest

from aftersales.service_cash.payments import booking, receipts
from tests import factories as make
from tests.committed import swept_afterwards
from tests.jobs import done
from tests.races import at_once, overtaken
from tests.settling_cases import payment_request, terminal

pytestmark = pytest.mark.commits

STORE = "Stores - LSL"


@pytest.fixture
def shop():
	with swept_afterwards():
		names = frappe._dict(
			hour=make.service_item("Pay Once Hour"),
			customer=make.customer("Pay Once Ltd"),
			technician=make.technician("Pay Once Technician", STORE),
			terminal=terminal("Pay Once Terminal", "Pay Once Terminal"),
		)
		make.price(names.hour, 60)
		frappe.db.commit()
		yield names


@pytest.fixture
def visit(shop):
	doc = done(shop, labour=[make.hours(1, item_code=shop.hour)])
	frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
	frappe.db.commit()
	return frappe.get_doc(doc.doctype, doc.name)


def booked(shop) -> list[float]:
	return frappe.get_all("Payment Entry", {"party": shop.customer, "docstatus": 1}, pluck="paid_amount")


def outstanding(visit) -> float:
	return frappe.db.get_value("Sales Invoice", visit.sales_invoice, "outstanding_amount")


def test_one_payment_sent_by_two_at_once(shop, visit):
	def pay(key):
		receipts.take_payment("Service Voucher", visit.name, visit.amount_due, shop.terminal, key)

	assert at_once((pay, "same key"), (pay, "same key")) == [0, 0]
	assert booked(shop) == [visit.amount_due]
	assert outstanding(visit) == 0


def test_two_payments_of_the_whole_at_once(shop, visit):
	def pay(key):
		receipts.take_payment("Service Voucher", visit.name, visit.amount_due, shop.terminal, key)

	assert sorted(at_once((pay, "one"), (pay, "two"))) == [0, 1]
	assert booked(shop) == [visit.amount_due]


def test_who_began_before_another_payment_begins_anew(shop, visit):
	def pay(key, amount):
		return lambda: receipts.take_payment("Service Voucher", visit.name, amount, shop.terminal, key)

	late = overtaken(pay("one", 20), pay("two", 30))
	assert "try again" in str(late)
	pay("two", 30)()
	frappe.db.commit()
	assert sorted(booked(shop)) == [20, 30]
	assert outstanding(visit) == visit.amount_due - 50


def test_the_gateway_tells_two_workers_at_once(shop, visit):
	request = payment_request(visit.sales_invoice, visit.amount_due)
	frappe.db.commit()

	def told(name):
		frappe.get_doc("Payment Request", name).run_method("on_payment_authorized", "Completed")

	assert at_once((told, request.name), (told, request.name)) == [0, 0]
	assert booked(shop) == [visit.amount_due]
	assert outstanding(visit) == 0


def test_killed_in_the_middle_nothing_is_left(shop, visit):
	def killed(_argument):
		def die(*_args, **_kwargs):
			os.kill(os.getpid(), signal.SIGKILL)

		booking._submit = die
		receipts.take_payment("Service Voucher", visit.name, visit.amount_due, shop.terminal, "killed")

	assert at_once((killed, None)) == [-signal.SIGKILL]
	assert (booked(shop), frappe.db.count("Service Payment", {"customer": shop.customer})) == ([], 0)
	receipts.take_payment("Service Voucher", visit.name, visit.amount_due, shop.terminal, "killed")
	frappe.db.commit()
	assert booked(shop) == [visit.amount_due]
