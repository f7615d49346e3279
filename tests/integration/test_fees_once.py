"""Money of a contract with two people at it: one excess, one discount, one credit of a fee, one end (R-AC-5, R-AC-8).

Real commits, real processes. What the tests make is removed afterwards.
"""

import frappe
import pytest
from frappe.utils import add_days, add_to_date, getdate, now_datetime, nowdate

from aftersales.service_billing import billing
from tests import factories as make
from tests.committed import swept_afterwards
from tests.jobs import gl
from tests.races import at_once, overtaken

pytestmark = pytest.mark.commits

CARD, VISIT, INVOICE = "Repair Card", "Service Voucher", "Sales Invoice"
SETTINGS = (
	"excess_item",
	"labour_item",
	"travel_item",
	"submit_invoice",
	"delay_rate_per_day",
	"delay_max_percent",
)
STORE = f"Stores - {make.ABBR}"
DEBTORS, INCOME, CENTER = (f"{account} - {make.ABBR}" for account in ("Debtors", "Sales", "Main"))


@pytest.fixture
def shop():
	"""Masters that touch no record of the site; without taxes, so that the figures are plain."""
	before = {field: frappe.db.get_single_value("Aftersales Settings", field) for field in SETTINGS}
	with swept_afterwards():
		names = frappe._dict(
			hour=make.service_item("Fees Once Hour"),
			excess=make.service_item("Fees Once Excess", uom="Nos"),
			customer=make.customer("Fees Once Ltd"),
			technician=make.technician("Fees Once Technician", STORE),
			van=STORE,
		)
		names.contract_work = make.category("Fees Once Contract", charge_rule="Contract")
		names.paid_work = make.category("Fees Once Paid", charge_rule="Customer")
		make.price(names.hour, 60)
		make.settings(
			excess_item=names.excess,
			labour_item=names.hour,
			travel_item=names.hour,
			submit_invoice=0,
			delay_rate_per_day=5,
			delay_max_percent=50,
		)
		frappe.db.commit()
		try:
			yield names
		finally:
			frappe.db.rollback()
			make.settings(**before)
			frappe.db.commit()


def submit_of(doctype: str):
	def submit(name: str) -> None:
		frappe.get_doc(doctype, name).submit()

	return submit


def read(doctype: str, name: str):
	return frappe.get_doc(doctype, name)


# ---------------------------------------------------------------- the excess of a call


def jobs_of_a_call(shop, visit_hours: float) -> tuple[str, str]:
	"""Drafts of a visit and a card of one call, under a contract with an excess of 20 per call."""
	contract = make.contract(shop.customer, excess_per_job=20)
	call = make.call(shop.customer, service_category=shop.contract_work)
	values = {"service_category": shop.contract_work, "service_contract": contract.name}
	visit = make.voucher(call, shop.technician, labour=[make.hours(visit_hours)], **values)
	card = make.card(
		call,
		assigned_technician=shop.technician,
		warehouse=shop.van,
		labour=[make.hours(1)],
		**values,
	)
	frappe.db.commit()
	return visit.name, card.name


def borne(visit: str, card: str) -> dict[str, float]:
	"""Excess of each job, when their invoices and the books say the same."""
	found = {}
	for doctype, name in ((VISIT, visit), (CARD, card)):
		doc = read(doctype, name)
		assert doc.docstatus == 1
		found[doctype] = doc.contract_excess
		rows = frappe.get_all(
			"Sales Invoice Item", {"aftersales_voucher": name}, ["item_code", "net_amount", "parent"]
		)
		excess = doc.contract_excess
		assert [(row.item_code, row.net_amount) for row in rows] == (
			[("Fees Once Excess", excess)] if excess else []
		)
		assert doc.sales_invoice == (rows[0].parent if rows else None)
		if excess:
			read(INVOICE, doc.sales_invoice).submit()
			assert gl(doc.sales_invoice) == [(DEBTORS, excess, 0, None), (INCOME, 0, excess, CENTER)]
	return found


def test_a_visit_and_a_card_at_once_bear_the_excess_once(shop):
	visit, card = jobs_of_a_call(shop, 1)
	assert at_once((submit_of(VISIT), visit), (submit_of(CARD), card)) == [0, 0]
	assert sorted(borne(visit, card).values()) == [0, 20]


@pytest.mark.parametrize(
	("first", "visit_hours", "expected"),
	[
		(VISIT, 1, {VISIT: 20, CARD: 0}),
		(CARD, 1, {VISIT: 0, CARD: 20}),
		(VISIT, 0.25, {VISIT: 15, CARD: 5}),  # 15.00 of work
	],
)
def test_the_latecomer_bears_what_the_other_left_of_the_excess(shop, first, visit_hours, expected):
	visit, card = jobs_of_a_call(shop, visit_hours)
	submits = [lambda: submit_of(VISIT)(visit), lambda: submit_of(CARD)(card)]
	if first == CARD:
		submits.reverse()
	assert overtaken(*submits) is None
	assert borne(visit, card) == expected


# ---------------------------------------------------------------- the discount for a delay


def late_card(shop, invoicing: str = "One Invoice per Job") -> str:
	"""A card returned four days late: 60.00 to be billed, a compensation of 20.00 proposed."""
	read("Customer", shop.customer).update({"aftersales_invoicing": invoicing}).save()
	call = make.call(shop.customer, service_category=shop.paid_work)
	card = make.card(
		call,
		service_category=shop.paid_work,
		assigned_technician=shop.technician,
		warehouse=shop.van,
		labour=[make.hours(1)],
		promised_return=add_to_date(now_datetime(), days=-4),
	)
	card.submit()
	frappe.db.commit()
	return card.name


def grant(card: str) -> str:
	doc = frappe.get_doc("Delay Compensation", {"job": card, "docstatus": 0})
	doc.fault = "Ours"
	doc.submit()
	return doc.name


def granted(card: str) -> str:
	name = grant(card)
	frappe.db.commit()
	assert frappe.db.get_value("Delay Compensation", name, "status") == "Awaiting Invoice"
	return name


def bill(card: str) -> None:
	billing.bill([(CARD, card)], submitted=False)


def take_back(compensation: str) -> None:
	frappe.get_doc("Delay Compensation", compensation).cancel()


def stands(card: str) -> tuple:
	"""Compensation, discount and net of the only invoice of the card; the compensation names what it is on."""
	doc = frappe.get_doc("Delay Compensation", {"job": card})
	(invoice,) = set(frappe.get_all("Sales Invoice Item", {"aftersales_voucher": card}, pluck="parent"))
	stored = read(INVOICE, invoice)
	job = read(CARD, card)
	assert (job.sales_invoice, job.amount_due) == (invoice, stored.grand_total)
	assert (doc.discounted_invoice, doc.discount) == ((invoice, 20) if stored.discount_amount else (None, 0))
	return doc.status, stored.discount_amount, stored.net_total


WITH, WITHOUT = ("Granted", 20, 40), ("Cancelled", 0, 60)


def test_two_attempts_bill_the_discount_once(shop):
	card = late_card(shop)
	granted(card)
	assert at_once(*[(bill, card)] * 2) == [0, 0]
	assert stands(card) == WITH


def test_a_late_attempt_bills_nothing_again(shop):
	card = late_card(shop)
	granted(card)
	assert overtaken(lambda: bill(card), lambda: bill(card)) is None
	assert stands(card) == WITH


def test_granted_while_the_job_is_billed(shop):
	card = late_card(shop)
	assert at_once((grant, card), (bill, card)) == [0, 0]
	assert stands(card) == WITH


@pytest.mark.parametrize("order", ["granted first", "billed first"])
def test_granting_and_billing_overtake_each_other(shop, order):
	card = late_card(shop)
	actions = [lambda: grant(card), lambda: bill(card)]
	if order == "billed first":
		actions.reverse()
	assert overtaken(*actions) is None
	assert stands(card) == WITH


def test_a_discount_granted_meanwhile_keeps_its_job_off_the_invoice_for_several(shop):
	together = "One Invoice per Customer"
	late, other = late_card(shop, together), late_card(shop, together)
	both = [(CARD, late), (CARD, other)]
	assert overtaken(lambda: grant(late), lambda: billing.bill(both, submitted=False)) is None
	assert read(CARD, late).sales_invoice is None
	assert frappe.db.get_value(INVOICE, read(CARD, other).sales_invoice, "net_total") == 60
	bill(late)
	assert stands(late) == WITH


def test_taken_back_while_the_job_is_billed(shop):
	card = late_card(shop)
	name = granted(card)
	taken_back, was_billed = at_once((take_back, name), (bill, card))
	assert was_billed == 0
	# Whoever takes it back after the invoice has it is told to look again
	assert stands(card) == (WITHOUT if taken_back == 0 else WITH)


def test_billing_overtaken_by_who_takes_the_discount_back(shop):
	card = late_card(shop)
	name = granted(card)
	assert overtaken(lambda: take_back(name), lambda: bill(card)) is None
	assert stands(card) == WITHOUT


def test_taking_back_what_was_billed_meanwhile_is_refused_and_then_goes_through(shop):
	card = late_card(shop)
	name = granted(card)
	error = overtaken(lambda: bill(card), lambda: take_back(name))
	assert isinstance(error, frappe.TimestampMismatchError)
	assert stands(card) == WITH
	take_back(name)
	assert stands(card) == WITHOUT


# ---------------------------------------------------------------- the fee of a contract that ends


@pytest.fixture
def prepaid(shop) -> str:
	"""A contract begun today, whose first thirty days are paid with 60.00."""
	plan = make.make(
		"Subscription Plan",
		plan_name="Fees Once Plan",
		item=make.service_item("Fees Once Care", uom="Nos"),
		price_determination="Fixed Rate",
		cost=60,
		currency="EUR",
		billing_interval="Day",
		billing_interval_count=30,
	).name
	contract = make.contract(
		shop.customer, start_date=nowdate(), plans=[{"plan": plan, "qty": 1}], submit_fee_invoices=1
	)
	frappe.get_doc("Subscription", contract.subscription).process(nowdate())
	frappe.db.commit()
	return contract.name


def end_on(days: int):
	def end(contract: str) -> None:
		read("Service Contract", contract).end_early(add_days(nowdate(), days), f"Ends after {days}")

	return end


def credit(contract: str) -> None:
	read("Service Contract", contract).credit_unused_fee()


def credited(contract: str) -> list[float]:
	subscription = frappe.db.get_value("Service Contract", contract, "subscription")
	return frappe.get_all(INVOICE, {"subscription": subscription, "is_return": 1}, pluck="net_total")


def test_the_unused_fee_is_credited_once_by_two_people(prepaid):
	end_on(9)(prepaid)
	frappe.db.commit()
	assert sorted(at_once(*[(credit, prepaid)] * 2)) == [0, 1]
	assert credited(prepaid) == [-40]


def test_who_credits_late_is_told_that_nothing_is_left(prepaid):
	end_on(9)(prepaid)
	frappe.db.commit()
	error = overtaken(lambda: credit(prepaid), lambda: credit(prepaid))
	assert isinstance(error, frappe.ValidationError) and "No fee" in str(error)
	assert credited(prepaid) == [-40]


def ended(contract: str) -> int:
	"""The days after which a contract ends, when its reason, its comments and its one Subscription say the same."""
	doc = read("Service Contract", contract)
	days = (getdate(doc.end_date) - getdate()).days
	assert doc.end_reason == f"Ends after {days}"
	comments = frappe.get_all(
		"Comment",
		{"reference_name": contract, "comment_type": "Info", "content": ("like", "Ends early%")},
		pluck="content",
		order_by="creation asc, name asc",
	)
	assert comments[-1].endswith(f"Ends after {days}")
	assert frappe.get_all("Subscription", {"aftersales_voucher": contract}, pluck="name") == [
		doc.subscription
	]
	return days


def test_two_people_end_a_contract_at_once(prepaid):
	later, earlier = at_once((end_on(9), prepaid), (end_on(4), prepaid))
	# The earlier day may follow on the later; the later one is refused after the earlier
	assert earlier == 0 and later in (0, 1)
	assert ended(prepaid) == 4
	credit(prepaid)
	assert credited(prepaid) == [-50]  # 25 of 30 days


def test_an_end_is_not_put_off_by_who_did_not_see_it(prepaid):
	error = overtaken(lambda: end_on(4)(prepaid), lambda: end_on(9)(prepaid))
	assert isinstance(error, frappe.ValidationError) and "is not between" in str(error)
	assert ended(prepaid) == 4


def test_an_end_is_brought_forward_by_who_did_not_see_the_other(prepaid):
	assert overtaken(lambda: end_on(9)(prepaid), lambda: end_on(4)(prepaid)) is None
	assert ended(prepaid) == 4


def test_a_contract_does_not_end_before_a_visit_that_was_counted_meanwhile(shop):
	visit, _card = jobs_of_a_call(shop, 1)
	contract = read(VISIT, visit).service_contract
	error = overtaken(
		lambda: submit_of(VISIT)(visit), lambda: end_on(-2)(contract)
	)  # a visit soon after midnight began the day before
	assert isinstance(error, frappe.ValidationError) and "after its last visit" in str(error)
	assert read("Service Contract", contract).end_reason is None
