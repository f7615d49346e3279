"""The same cash is booked once, whoever books it at the same moment, and whole or not at all (R-AC-3).

Real commits, real processes. What the tests make is removed afterwards.
"""

import os
import signal

import frappe
import pytest

from aftersales.service_cash.cash import receive_cash
from tests import factories as make
from tests.committed import swept_afterwards
from tests.jobs import done
from tests.races import at_once

pytestmark = pytest.mark.commits

STORE = "Stores - LSL"


@pytest.fixture
def shop():
	"""Masters that touch no record of the site but the limit, which is set back."""
	limit = frappe.db.get_single_value("Aftersales Settings", "small_fee_limit")
	with swept_afterwards():
		names = frappe._dict(
			hour=make.service_item("Cash Once Hour"),
			customer=make.customer("Cash Once Ltd"),
			technician=make.technician("Cash Once Technician", STORE),
		)
		make.price(names.hour, 60)
		make.settings(small_fee_limit=500)
		frappe.db.commit()
		try:
			yield names
		finally:
			frappe.db.rollback()
			make.settings(small_fee_limit=limit)
			frappe.db.commit()


def visit(shop):
	"""A completed visit with 50 in cash; its invoice is a draft."""
	doc = done(shop, labour=[make.hours(1, item_code=shop.hour)], cash_collected=50)
	frappe.db.commit()
	return doc


def handover(shop, *visits) -> str:
	doc = make.make(
		"Technician Cash Handover",
		company=make.COMPANY,
		technician=shop.technician,
		mode_of_payment="Cash",
		counted_amount=45 * len(visits),
		difference_account="Miscellaneous Expenses - LSL",
		difference_reason="Short",
		vouchers=[{"service_voucher": one.name} for one in visits],
	)
	frappe.db.commit()
	return doc.name


def submit(name: str) -> None:
	frappe.get_doc("Technician Cash Handover", name).submit()


def payments(voucher) -> int:
	return frappe.db.count("Payment Entry", {"aftersales_voucher": voucher.name, "docstatus": 1})


def test_two_handovers_and_receive_cash_at_once_book_the_cash_once(shop):
	first, second = visit(shop), visit(shop)
	frappe.get_doc("Sales Invoice", first.sales_invoice).submit()
	frappe.db.commit()
	handovers = [handover(shop, first, second), handover(shop, second, first)]

	codes = at_once(
		*((submit, name) for name in handovers * 3), (receive_cash, first.name), (receive_cash, first.name)
	)

	assert 0 in codes
	assert payments(first) == 1
	booked = frappe.get_all(
		"Technician Cash Handover", {"name": ("in", handovers), "docstatus": 1}, pluck="name"
	)
	named = [frappe.db.get_value("Service Voucher", one.name, "cash_handover") for one in (first, second)]
	if booked:
		assert (named, payments(second)) == ([*booked, *booked], 1)
	else:  # receive_cash was first: neither handover may book half of its vouchers
		assert (named, payments(second)) == ([None, None], 0)


def submit_and_die(name: str, query: int) -> None:
	"""Submit, killed when so many queries of it have run."""
	sql, asked = frappe.db.sql, 0

	def counted(*args, **kwargs):
		nonlocal asked
		asked += 1
		if asked == query:
			os.kill(os.getpid(), signal.SIGKILL)
		return sql(*args, **kwargs)

	frappe.db.sql = counted
	submit(name)


@pytest.mark.parametrize("query", [40, 150, 260])
def test_a_handover_killed_half_way_leaves_nothing_and_then_goes_through(shop, query):
	one = visit(shop)
	name = handover(shop, one)

	assert at_once((lambda doc: submit_and_die(doc, query), name)) == [-signal.SIGKILL]

	assert payments(one) == 0
	assert frappe.db.get_value("Sales Invoice", one.sales_invoice, "docstatus") == 0
	assert frappe.db.get_value("Technician Cash Handover", name, "docstatus") == 0
	assert at_once((submit, name)) == [0]
	assert payments(one) == 1
	assert frappe.db.count("Journal Entry", {"aftersales_voucher": name, "docstatus": 1}) == 1
