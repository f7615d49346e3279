"""Amounts have as many digits as the site keeps (System Settings): three as for the dinar, none as for the yen.

Nothing is rounded to two digits on the way into the books. Masters are those of `factories.shop`.
"""

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime, nowdate

from aftersales.service_accounts.recovery import claimable_lines
from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_accounts.report.service_revenue_reconciliation import service_revenue_reconciliation
from tests import factories as make
from tests.jobs import done, gl


@pytest.fixture
def digits(monkeypatch):
	"""Sets the digits of the site's amounts: a currency precision, or the number format without a point."""
	stored = frappe.db.get_default

	def keep(number: int) -> None:
		said = {"currency_precision": number or None, "number_format": "#,###.##" if number else "#,###"}

		def get_default(key, parent="__default"):
			return said[key] if key in said else stored(key, parent)

		monkeypatch.setattr(frappe.db, "get_default", get_default)

	return keep


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	make.once("Brand", "Baxi", brand="Baxi")
	group = frappe.get_all("Supplier Group", {"is_group": 0}, pluck="name", order_by="name")[0]
	names.maker = make.once("Supplier", "Baxi Heating", supplier_name="Baxi Heating", supplier_group=group)
	names.damage = make.account("Damage to Customers", "Indirect Expenses")
	names.delay = make.account("Delay Compensation", "Indirect Expenses")
	make.settings(
		billing_accounts=[
			{"company": make.COMPANY, "damage_account": names.damage, "delay_account": names.delay}
		]
	)
	return names


def booked(journal: str) -> list[tuple]:
	return [(account, debit, credit) for account, debit, credit, _center in gl(journal)]


def damage(shop, amount, maker_share):
	doc = make.make(
		"Damage Claim",
		customer=shop.customer,
		company=make.COMPANY,
		incident_at=now_datetime(),
		cause="Our Work",
		incident="Tool slipped, basin cracked",
		no_photo_reason="Customer had cleaned up",
		items=[{"description": "Basin", "amount": amount}],
		maker=shop.maker,
		maker_share=maker_share,
	)
	doc.submit()
	doc.reload()
	return doc


def test_damage_in_three_digits_and_in_none(shop, digits):
	digits(3)
	doc = damage(shop, 100.125, 33.377)
	assert (doc.damage_amount, doc.our_share) == (100.125, 66.748)
	assert booked(doc.journal_entry) == [
		("Creditors - LSL", 33.377, 0),
		("Damage to Customers - LSL", 66.748, 0),
		("Debtors - LSL", 0, 100.125),
	]
	digits(0)
	doc = damage(shop, 1250, 400)
	assert booked(doc.journal_entry) == [
		("Creditors - LSL", 400, 0),
		("Damage to Customers - LSL", 850, 0),
		("Debtors - LSL", 0, 1250),
	]


def late(shop, rate, labour_rate):
	make.settings(delay_rate_per_day=rate, delay_max_percent=50)
	card = done(
		shop,
		"Repair Card",
		labour=[make.hours(1, rate=labour_rate)],
		promised_return=add_to_date(now_datetime(), days=-3),
	)
	return card, frappe.get_doc("Delay Compensation", {"job": card.name})


def test_compensation_in_three_digits(shop, digits):
	digits(3)
	card, doc = late(shop, 1.125, 60)
	assert doc.proposed_amount == 3.375
	doc.fault = "Ours"
	doc.submit()
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	# 60.000 less 3.375; 13.5 % of 56.625 = 7.644
	assert (invoice.discount_amount, invoice.net_total, invoice.grand_total) == (3.375, 56.625, 64.269)
	doc.reload()
	doc.cancel()
	invoice.reload()
	assert (invoice.discount_amount, invoice.net_total) == (0, 60)


def test_compensation_without_digits(shop, digits):
	digits(0)
	_card, doc = late(shop, 500, 2503)
	assert doc.proposed_amount == 1252  # half of 2503, by either rounding method
	doc.update({"fault": "Ours", "apply_as": "Credit to the Customer"})
	doc.submit()
	doc.reload()
	assert booked(doc.journal_entry) == [
		("Debtors - LSL", 0, 1252),
		("Delay Compensation - LSL", 1252, 0),
	]


def test_hours_at_cost_and_their_recovery_in_three_digits(shop, digits):
	digits(3)
	frappe.db.set_value("Service Technician", shop.technician, "cost_rate", 10.254)
	product = make.equipment(shop.customer)
	job = done(shop, category="C", equipment=product, labour=[make.hours(0.5)])
	assert (job.labour_cost, booked(job.labour_journal_entry)) == (
		5.127,
		[("Labour Recovery - LSL", 0, 5.127), ("Warranty Expense - LSL", 5.127, 0)],
	)
	day = {"company": make.COMPANY, "from_date": nowdate(), "to_date": nowdate()}
	assert service_revenue_reconciliation.execute(day)[1] == []
	(row,) = (row for row in job_profitability.execute(day)[1] if row.get("job") == job.name)
	assert (row.work, row.margin) == (5.127, -5.127)
	(line,) = claimable_lines(make.COMPANY, shop.maker, brand="Baxi")
	assert line["cost"] == 5.127


def test_a_difference_of_the_third_digit_is_a_difference(shop, digits):
	digits(3)
	make.settings(submit_invoice=1)
	job = done(shop, labour=[make.hours(1, rate=20.125)])
	day = {"company": make.COMPANY, "from_date": nowdate(), "to_date": nowdate()}
	assert service_revenue_reconciliation.execute(day)[1] == []
	frappe.db.set_value("Service Voucher", job.name, "amount_due", job.amount_due + 0.002)
	(row,) = service_revenue_reconciliation.execute(day)[1]
	assert row["difference"] == -0.002
