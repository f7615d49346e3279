"""A service contract from the call to the books: coverage, shares, visits, targets, fee (R-AC-5)."""

from decimal import Decimal

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.utils import add_days, add_months, add_to_date, getdate, now_datetime, nowdate

from aftersales.service_accounts.report.contract_profitability import contract_profitability
from aftersales.service_contracts import fees
from aftersales.service_contracts.contracts import entitlement_of, renewal_of, roll_over
from tests import factories as make
from tests.attacks import comments
from tests.jobs import billed, documents_of, done, gl, job, refuse, stock_ledger
from tests.refusals import assert_refused


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.contract_expense = make.account("Contract Service Expense", "Direct Expenses")
	names.excess = make.service_item("Contract Excess", uom="Nos")
	make.category_accounts("B", expense_account=names.contract_expense, cost_center=names.cost_center)
	make.settings(excess_item=names.excess)
	return names


def visit(shop, contract, **values):
	values.setdefault("labour", [make.hours(2)])
	return job(shop, "Service Voucher", "B", service_contract=contract.name, **values)


def refused(because, action, *args, error=frappe.ValidationError, **values):
	with pytest.raises(error, match=because):
		action(*args, **values)


def read(doc):
	return frappe.get_doc(doc.doctype, doc.name)


# ---------------------------------------------------------------- coverage at intake


def test_a_call_under_contract_takes_it_and_proposes_category_b(shop):
	product = make.equipment(shop.customer)
	contract = make.contract(
		shop.customer, covers_all_equipment=0, equipment=[{"equipment": product}], title="Gold"
	)

	call = make.plain_call(shop.customer, equipment=product)

	assert (call.coverage, call.coverage_source) == ("Contract", f"Service Contract {contract.name}")
	assert getdate(call.coverage_until) == getdate(contract.end_date)
	assert (call.service_contract, call.service_category) == (contract.name, "B")
	other = make.plain_call(shop.customer, equipment=make.equipment(shop.customer, model="900 Combi"))
	assert (other.coverage, other.service_contract, other.service_category) == ("Unknown", None, "A")


def test_warranty_goes_before_the_contract_whose_targets_hold_all_the_same(shop):
	contract = make.contract(shop.customer)
	product = make.equipment(shop.customer, warranty_until=add_days(nowdate(), 10))

	call = make.plain_call(shop.customer, equipment=product)

	assert (call.coverage, call.service_category) == ("Warranty", "C")
	assert call.service_contract == contract.name


def test_the_contract_that_names_the_product_goes_first(shop):
	product = make.equipment(shop.customer)
	make.contract(shop.customer)
	named = make.contract(shop.customer, covers_all_equipment=0, equipment=[{"equipment": product}])
	assert make.plain_call(shop.customer, equipment=product).service_contract == named.name


@pytest.mark.parametrize(("boundary", "days"), [("start_date", 1), ("end_date", -1)])
def test_a_contract_not_in_force_covers_nothing(shop, boundary, days):
	make.contract(shop.customer, **{boundary: add_days(nowdate(), days)})
	assert make.plain_call(shop.customer).coverage == "Unknown"


def test_another_customers_contract_covers_nothing(shop):
	make.contract(make.customer("Cathal Walsh"))
	assert make.plain_call(shop.customer).service_contract is None


def test_the_snapshot_is_not_edited(shop):
	contract = make.contract(shop.customer)
	call = make.plain_call(shop.customer)
	other = make.contract(shop.customer, title="Silver")
	assert_refused(call, "set by the system", service_contract=other.name)
	assert call.service_contract == contract.name


# ---------------------------------------------------------------- who pays what


def test_shares_and_excess_reach_invoice_and_books(shop):
	contract = make.contract(shop.customer, parts_share=50, travel_share=0, excess_per_job=20)

	doc = done(
		shop,
		"Service Voucher",
		"B",
		service_contract=contract.name,
		labour=[make.hours(1), make.hours(0.5, activity="Travel")],
		parts=[make.part(shop.seal)],
	)

	# labour 60 covered; travel 30 by the customer; seal 42, half of it covered; excess 20
	assert [line.charge_to for line in (*doc.labour, *doc.parts)] == ["Contract", "Customer", "Contract"]
	assert [line.contract_amount for line in (*doc.labour, *doc.parts)] == [60, 0, 21]
	assert [line.amount for line in (*doc.labour, *doc.parts)] == [0, 30, 21]
	assert (doc.contract_share, doc.contract_excess) == (61, 20)  # 60 + 21 - 20
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert [(row.item_code, row.qty, row.rate) for row in invoice.items] == [
		(shop.hour, 0.5, 60),
		(shop.seal, 1, 21),
		(shop.excess, 1, 20),
	]
	assert (
		f"your share of 50.0 %, service contract {contract.name} covers 50.0 %"
		in invoice.items[1].description
	)
	assert doc.amount_due == invoice.grand_total == 80.58  # 71 + VAT 9.585, which ERPNext rounds to even
	assert gl(doc.stock_entry) == [
		(shop.contract_expense, 12.5, 0, shop.cost_center),
		("Stock In Hand - LSL", 0, 12.5, shop.cost_center),
	]
	assert stock_ledger(doc.stock_entry) == [(shop.seal, shop.van, -1, -12.5)]


def test_a_draft_shows_the_same(shop):
	contract = make.contract(shop.customer, parts_share=50, excess_per_job=20)
	doc = visit(shop, contract, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	assert (doc.contract_share, doc.contract_excess, doc.amount_due) == (61, 20, 46.54)  # 41 + VAT 5.535


def test_a_full_contract_invoices_nothing(shop):
	doc = done(
		shop,
		"Service Voucher",
		"B",
		service_contract=make.contract(shop.customer).name,
		labour=[make.hours(1)],
		parts=[make.part(shop.seal)],
	)
	assert (doc.billing_status, doc.sales_invoice, doc.contract_share) == ("Not Billable", None, 102)


def test_a_workshop_job_asks_for_approval_of_the_customers_share(shop):
	contract = make.contract(shop.customer, labour_share=50)
	call = make.call(shop.customer, service_category="B")
	card = make.received_card(
		call,
		service_category="B",
		service_contract=contract.name,
		warehouse=shop.van,
		labour=[make.hours(2)],
		diagnosis="Seal worn",
		assigned_technician=shop.technician,
	)
	refused("has not accepted it", card.start_repair)
	card = read(card)
	card.record_approval("Phone", "N. Byrne", 60)
	card.start_repair()
	card.hand_to_check()
	card.verify()
	card.repair_method = "Component"
	card.submit()
	assert read(card).amount_due == 68.1  # half of 120, VAT 8.10


def test_somebody_else_may_pay_only_with_right_and_reason(shop):
	contract = make.contract(shop.customer)
	user = make.user("cathal@example.com", "Service Technician", "Service Agent")
	doc = visit(shop, contract)
	frappe.set_user(user)
	attempt = read(doc)
	attempt.flags.ignore_permissions = True
	attempt.labour[0].update({"charge_to": "Goodwill", "charge_reason": "He was angry"})
	refused("only a supervisor", attempt.save, error=frappe.PermissionError)
	frappe.set_user("Administrator")
	doc = read(doc)
	doc.labour[0].charge_to = "Customer"
	refused("Give the reason", doc.save)
	doc = read(doc)
	doc.labour[0].update({"charge_to": "Customer", "charge_reason": "Misuse"})
	doc.save()
	assert doc.amount_due == 136.2  # 120 + VAT 16.20


def test_a_contract_of_somebody_else_is_refused(shop):
	contract = make.contract(make.customer("Cathal Walsh"))
	refused("is made with .*Cathal Walsh", visit, shop, contract)


def test_a_technician_does_not_choose_the_contract(shop):
	doc = job(shop, "Service Voucher", "A", labour=[make.hours(1)])
	contract = make.contract(shop.customer)
	user = make.user("cathal@example.com", "Service Agent")
	frappe.set_user(user)
	attempt = read(doc)
	attempt.service_contract = contract.name
	refused("needs one of the roles", attempt.save, error=frappe.PermissionError)


@pytest.mark.parametrize(("first", "last"), [(-400, -35), (35, 400)])
def test_a_contract_chosen_by_hand_is_in_force_on_the_day(shop, first, last):
	contract = make.contract(
		shop.customer, start_date=add_days(nowdate(), first), end_date=add_days(nowdate(), last)
	)
	refused("is in force from", visit, shop, contract)


def test_a_contract_chosen_by_hand_names_the_product(shop):
	mine, other = make.equipment(shop.customer), make.equipment(shop.customer)
	contract = make.contract(shop.customer, covers_all_equipment=0, equipment=[{"equipment": mine}])
	refused("does not name product", visit, shop, contract)
	refused(f"does not name product .*{other}", visit, shop, contract, equipment=other)
	doc = visit(shop, contract, equipment=mine)
	assert doc.service_contract == contract.name
	doc.equipment = other
	refused(f"does not name product .*{other}", doc.save)


def test_a_contract_agreed_after_the_call_may_be_chosen(shop):
	call = make.call(
		shop.customer,
		service_category=make.category("B"),
		received_at=add_to_date(now_datetime(), days=-10),
	)
	contract = make.contract(shop.customer, start_date=add_days(nowdate(), -1))
	assert call.service_contract is None
	doc = make.voucher(call, shop.technician, service_category="B", service_contract=contract.name)
	assert doc.service_contract == contract.name


def test_what_was_authorised_is_not_exchanged_for_something_dearer(shop):
	boiler = make.item("Boiler Unit", standard_rate=900)
	doc = job(
		shop,
		"Service Voucher",
		"A",
		parts=[make.part(shop.seal, charge_to="Goodwill", charge_reason="Came back within a week")],
	)
	frappe.set_user(make.user("cathal@example.com", "Service Technician", "Service Agent"))
	attempt = read(doc)
	attempt.flags.ignore_permissions = True
	attempt.parts[0].item_code = boiler
	refused("only a supervisor", attempt.save, error=frappe.PermissionError)


@pytest.mark.parametrize(
	"agreed",
	[
		{"parts_share": 50},
		{"excess_per_job": 20},
		{"limited_visits": 1, "included_visits": 0},  # beyond those included: the customer pays all of it
	],
)
def test_a_price_forgotten_is_told_where_the_customer_bears_a_part_of_it(shop, agreed):
	strainer = make.item("Strainer")
	make.receive(strainer, 5, 7, shop.van)
	contract = make.contract(shop.customer, **agreed)
	doc = visit(shop, contract, labour=[], parts=[make.part(strainer)])
	assert "Item Strainer has no price in price list Standard Selling" in refuse(doc)
	make.price(strainer, 40)
	doc.submit()
	assert read(doc).amount_due > 0


def test_the_excess_is_worth_the_same_to_a_customer_who_is_invoiced_in_dollars_since(shop):
	contract = make.contract(shop.customer, excess_per_job=20)
	assert contract.currency == "EUR"
	make.make(
		"Currency Exchange",
		from_currency="USD",
		to_currency="EUR",
		exchange_rate=0.8,
		for_selling=1,
		for_buying=1,
		date=nowdate(),
	)
	frappe.db.set_single_value(
		"Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1
	)
	frappe.get_doc("Customer", shop.customer).update({"default_currency": "USD"}).save()

	doc = visit(shop, contract)
	doc.submit()

	doc = read(doc)
	assert (doc.currency, doc.contract_excess) == ("USD", 25)
	assert frappe.db.get_value("Sales Invoice", doc.sales_invoice, "base_net_total") == 20


def test_what_a_contract_pays_in_full_needs_no_price(shop):
	strainer = make.item("Strainer")
	make.receive(strainer, 5, 7, shop.van)
	doc = visit(shop, make.contract(shop.customer), labour=[], parts=[make.part(strainer)])
	doc.submit()
	assert (read(doc).billing_status, read(doc).parts_cost) == ("Not Billable", 7)


# ---------------------------------------------------------------- visits


def test_visits_beyond_those_included_are_the_customers(shop):
	contract = make.contract(shop.customer, limited_visits=1, included_visits=1, visit_period="Contract Term")

	first, second = visit(shop, contract), visit(shop, contract)
	first.submit()
	second.submit()

	first, second = read(first), read(second)
	assert (first.contract_visit, first.amount_due, first.contract_share) == ("Included", 0, 120)
	assert (second.contract_visit, second.amount_due, second.contract_share) == ("Beyond Included", 136.2, 0)
	told = entitlement_of(contract.name)
	assert (told["included"], told["used"], told["left"]) == (1, 1, 0)
	assert (told["jobs"], told["covered"]) == (2, 120)
	assert [row.service_voucher for row in read(contract).visits] == [first.name]


def test_a_cancelled_visit_gives_its_entitlement_back(shop):
	contract = make.contract(shop.customer, limited_visits=1, included_visits=1)
	doc = visit(shop, contract)
	doc.submit()
	doc = read(doc)
	doc.cancel()
	assert entitlement_of(contract.name)["left"] == 1
	assert (read(doc).contract_visit, read(doc).contract_share) == (None, 0)
	again = visit(shop, contract)
	again.submit()
	assert read(again).contract_visit == "Included"


def test_a_revisit_uses_no_second_visit_and_no_second_excess(shop):
	contract = make.contract(shop.customer, limited_visits=1, included_visits=1, excess_per_job=20)
	first = visit(shop, contract, outcome="Revisit Needed")
	first.submit()
	again = frappe.get_doc(
		"Service Voucher", frappe.db.get_value("Service Voucher", {"previous_voucher": first.name})
	)
	again.update(
		{
			"arrived_at": first.arrived_at,
			"departed_at": first.departed_at,
			"outcome": "Completed",
			"findings": "Seal replaced",
			"test_result": "Passed",
			"customer_signature": make.SIGNATURE,
			"signed_by": "N. Byrne",
		}
	)
	again.append("labour", make.hours(1))
	again.save()
	again.submit()
	first, again = read(first), read(again)
	assert (first.contract_visit, first.contract_excess) == ("Included", 20)
	assert (again.contract_visit, again.contract_excess, again.contract_share) == ("Revisit", 0, 60)


def second_trip(shop, contract, first):
	"""A completed visit of an hour that follows `first`, on the same call."""
	again = make.voucher(
		frappe.get_doc("Repair Call", first.repair_call),
		shop.technician,
		service_category="B",
		service_contract=contract.name,
		previous_voucher=first.name,
		labour=[make.hours(1)],
	)
	again.submit()
	return read(again)


def test_the_trip_after_nobody_was_home_is_the_visit_that_counts(shop):
	contract = make.contract(shop.customer, limited_visits=1, included_visits=1, excess_per_job=20)
	first = visit(shop, contract, outcome="No Access", labour=[])
	first.submit()

	again = second_trip(shop, contract, first)

	assert (again.contract_visit, again.contract_excess, again.contract_share) == ("Included", 20, 40)
	assert entitlement_of(contract.name)["left"] == 0


def test_a_revisit_of_a_visit_beyond_those_included_is_the_customers_too(shop):
	contract = make.contract(shop.customer, limited_visits=1, included_visits=0)
	first = visit(shop, contract, outcome="No Fault Found")
	first.submit()

	again = second_trip(shop, contract, first)

	assert (again.contract_visit, again.contract_share) == ("Beyond Included", 0)
	assert again.amount_due == 68.1  # 60 + VAT 8.10


def test_nobody_home_uses_no_visit(shop):
	contract = make.contract(shop.customer, limited_visits=1, included_visits=1)
	doc = visit(shop, contract, outcome="No Access", labour=[])
	doc.submit()
	assert read(doc).contract_visit is None
	assert entitlement_of(contract.name)["left"] == 1


def test_counted_visits_are_not_edited(shop):
	contract = make.contract(shop.customer, limited_visits=1, included_visits=1)
	doc = visit(shop, contract)
	doc.submit()
	attempt = read(contract)
	attempt.set("visits", [])
	refused("set by the system when a visit is completed", attempt.save, error=frappe.PermissionError)
	assert_refused(read(doc), "set by the system", contract_visit="Revisit")


# ---------------------------------------------------------------- service targets


def test_the_contracts_own_target_wins_on_call_and_visit(shop):
	contract = make.contract(shop.customer)
	target = make.make(
		"Service Target",
		target_name="Gold answers in an hour",
		document_type="Repair Call",
		measure="Answer",
		enabled=1,
		time_allowed=3600,
		calendar="Around the Clock",
		service_contract=contract.name,
		start_field="received_at",
		stop_field="responded_at",
	)
	make.make(
		"Service Target",
		target_name="Gold is invoiced",
		document_type="Service Voucher",
		measure="Invoice",
		enabled=1,
		time_allowed=3600,
		calendar="Around the Clock",
		service_contract=contract.name,
		start_field="posted_at",
		stop_field="billed_at",
	)
	call = make.plain_call(shop.customer)
	other = make.plain_call(make.customer("Cathal Walsh"))
	assert clock(call, "Answer") == target.name
	assert clock(other, "Answer") != target.name

	doc = make.voucher(call, shop.technician, labour=[make.hours(1)])
	assert doc.service_contract == contract.name
	doc.submit()
	assert clock(doc, "Invoice") == "Gold is invoiced"


def clock(doc, measure):
	return frappe.db.get_value(
		"Service Clock", {"reference_name": doc.name, "measure": measure}, "target", order_by="creation desc"
	)


# ---------------------------------------------------------------- its own life


def test_status_and_reminder_follow_the_dates(shop):
	contract = make.contract(shop.customer, remind_days=30)
	assert contract.status == "Active"
	assert getdate(contract.remind_on) == getdate(add_days(contract.end_date, -30))
	ahead = make.contract(shop.customer, start_date=add_days(nowdate(), 1))
	assert ahead.status == "Upcoming"
	frappe.db.set_value("Service Contract", ahead.name, "start_date", nowdate())
	frappe.db.set_value("Service Contract", contract.name, "end_date", add_days(nowdate(), -1))
	roll_over()
	assert (read(ahead).status, read(contract).status) == ("Active", "Expired")


def test_the_reminder_is_a_notification_of_the_site(shop):
	notification = frappe.get_doc("Notification", "Service Contract Ends Soon")
	assert not notification.is_standard
	contract = make.contract(shop.customer, end_date=add_days(nowdate(), 30), remind_days=30)
	notification.enabled = 1
	assert contract.name in [doc.name for doc in notification.get_documents_for_today()]


@pytest.mark.parametrize(
	("values", "because"),
	[
		({"end_date": "2020-01-01"}, "is before"),
		({"covers_all_equipment": 0}, "List the products covered"),
		({"parts_share": 101}, "not between 0 and 100"),
		({"labour_share": -1}, "not between 0 and 100"),
	],
)
def test_what_makes_no_contract(shop, values, because):
	refused(because, make.contract, shop.customer, **values)


def test_products_are_the_customers_own_and_listed_once(shop):
	theirs = make.equipment(make.customer("Cathal Walsh"))
	ours = make.equipment(shop.customer)
	common = {"covers_all_equipment": 0}
	refused("belongs to", make.contract, shop.customer, equipment=[{"equipment": theirs}], **common)
	refused("listed twice", make.contract, shop.customer, equipment=[{"equipment": ours}] * 2, **common)


def test_a_contract_in_use_is_ended_early_not_cancelled(shop):
	contract = make.contract(shop.customer)
	doc = visit(shop, contract)
	doc.submit()
	refused("End it early instead", read(contract).cancel)
	contract = read(contract)
	refused(
		"Enter why the contract ends early", contract.end_early, nowdate(), "", error=frappe.MandatoryError
	)
	refused("is not between", read(contract).end_early, add_days(nowdate(), -30), "Sold the boiler")
	contract = read(contract)
	contract.end_early(nowdate(), "Sold the boiler")
	contract = read(contract)
	assert (getdate(contract.end_date), contract.end_reason) == (getdate(), "Sold the boiler")


def test_a_renewal_follows_on(shop):
	contract = make.contract(shop.customer, limited_visits=1, included_visits=3, parts_share=80)
	visit(shop, contract).submit()
	renewal = renewal_of(contract.name)
	renewal.insert()
	renewal.submit()
	assert getdate(renewal.start_date) == getdate(add_days(contract.end_date, 1))
	assert (renewal.renewed_from, renewal.parts_share, renewal.visits) == (contract.name, 80, [])


# ---------------------------------------------------------------- the fee


@pytest.fixture
def plan(shop):
	care = make.service_item("Boiler Care", uom="Nos")
	return make.make(
		"Subscription Plan",
		plan_name="Boiler Care monthly",
		item=care,
		price_determination="Fixed Rate",
		cost=25,
		currency="EUR",
		billing_interval="Month",
		billing_interval_count=1,
	).name


def test_the_fee_is_invoiced_by_a_subscription(shop, plan):
	contract = make.contract(
		shop.customer, start_date=nowdate(), plans=[{"plan": plan, "qty": 2}], submit_fee_invoices=1
	)

	subscription = frappe.get_doc("Subscription", contract.subscription)
	assert (subscription.party, subscription.company) == (shop.customer, make.COMPANY)
	assert not subscription.end_date  # the app stops it when the contract ends
	assert subscription.aftersales_voucher == contract.name
	subscription.process()
	(invoice,) = frappe.get_all(
		"Sales Invoice",
		{"subscription": subscription.name},
		["name", "net_total", "grand_total", "docstatus", "customer"],
	)
	assert (invoice.net_total, invoice.docstatus, invoice.customer) == (50, 1, shop.customer)
	assert invoice.grand_total == 56.75  # VAT of 13.5 %, as on any other invoice of the customer
	assert [(account, debit, credit) for account, debit, credit, _center in gl(invoice.name)] == [
		("Debtors - LSL", 56.75, 0),
		("Sales - LSL", 0, 50),
		("VAT - LSL", 0, 6.75),
	]
	refused("The fee was invoiced", read(contract).cancel)


def test_a_contract_nobody_invoiced_takes_its_subscription_along(shop, plan):
	contract = make.contract(
		shop.customer, start_date=add_months(nowdate(), 1), plans=[{"plan": plan, "qty": 1}]
	)
	read(contract).cancel()
	assert read(contract).status == "Cancelled"
	assert frappe.db.get_value("Subscription", contract.subscription, "status") == "Cancelled"


def test_a_cancelled_contract_takes_its_draft_invoices_along(shop, plan):
	contract = make.contract(shop.customer, start_date=nowdate(), plans=[{"plan": plan, "qty": 1}])
	frappe.get_doc("Subscription", contract.subscription).process()
	assert frappe.db.count("Sales Invoice", {"subscription": contract.subscription, "docstatus": 0}) == 1

	read(contract).cancel()

	assert frappe.db.count("Sales Invoice", {"subscription": contract.subscription}) == 0


def test_a_contract_ends_by_what_is_stored_not_by_what_a_form_sends(shop):
	contract = make.contract(shop.customer, limited_visits=1, included_visits=1)
	visit(shop, contract).submit()
	sent = read(contract)
	sent.update({"start_date": add_days(nowdate(), -900), "visits": []})
	refused("is not between", sent.end_early, add_days(nowdate(), -800), "Moved away")


def test_one_contract_has_one_subscription(shop, plan):
	contract = make.contract(shop.customer, plans=[{"plan": plan, "qty": 1}])
	with pytest.raises(frappe.UniqueValidationError):
		contract.make_subscription()


def test_ending_early_ends_the_subscription(shop, plan):
	contract = make.contract(shop.customer, plans=[{"plan": plan, "qty": 1}])
	contract.end_early(nowdate(), "Moved away")
	subscription = frappe.get_doc("Subscription", contract.subscription)
	assert f"{contract.name}</a> ends on" in comments(subscription)
	for month in range(1, 6):
		process_subscriptions(add_days(add_months(nowdate(), month), -1))
		process_subscriptions(add_months(nowdate(), month))
	assert [row for row in fee_invoices(contract) if getdate(row.from_date) > getdate()] == []


def make_fiscal_year(year: int) -> None:
	first, last = f"{year}-01-01", f"{year}-12-31"
	if not frappe.db.exists(
		"Fiscal Year", {"year_start_date": ("<=", last), "year_end_date": (">=", first), "disabled": 0}
	):
		make.make("Fiscal Year", year=f"{year} of fees", year_start_date=first, year_end_date=last)


@pytest.fixture
def thirty_days(plan):
	"""A plan of 30.00 for thirty days; the fiscal year may end meanwhile."""
	for year in (getdate().year, getdate().year + 1):
		make_fiscal_year(year)
	frappe.cache.delete_value("fiscal_years")
	yield make.make(
		"Subscription Plan",
		plan_name="Boiler Care for thirty days",
		item="Boiler Care",
		price_determination="Fixed Rate",
		cost=30,
		currency="EUR",
		billing_interval="Day",
		billing_interval_count=30,
	).name
	frappe.cache.delete_value("fiscal_years")


def prepaid(shop, plan, ends_on=None):
	"""A contract for two boilers begun today, whose first 60.00 are invoiced; ended on `ends_on`."""
	contract = make.contract(
		shop.customer, start_date=nowdate(), plans=[{"plan": plan, "qty": 2}], submit_fee_invoices=1
	)
	process_subscriptions(nowdate())
	if ends_on:
		contract.end_early(ends_on, "Sold the boiler")
	return read(contract)


def process_subscriptions(day) -> None:
	"""As ERPNext does every day: all but the cancelled ones."""
	for name in frappe.get_all("Subscription", {"status": ("!=", "Cancelled")}, pluck="name"):
		frappe.get_doc("Subscription", name).process(day)


def fee_invoices(contract, **filters) -> list:
	return frappe.get_all(
		"Sales Invoice",
		{"subscription": contract.subscription, **filters},
		["name", "net_total", "from_date", "to_date"],
		order_by="posting_date asc, creation asc",
	)


def test_the_unused_days_of_a_prepaid_fee_are_credited_once(shop, thirty_days):
	contract = prepaid(shop, thirty_days, add_days(nowdate(), 9))
	(invoice,) = fee_invoices(contract)
	assert f"{invoice.name}</a>, 20 of 30 days" in comments(contract)

	(name,) = contract.credit_unused_fee()
	refused("No fee", contract.credit_unused_fee)  # a double click
	note = frappe.get_doc("Sales Invoice", name)
	assert (note.docstatus, note.is_return, note.return_against) == (0, 1, invoice.name)
	assert (note.aftersales_voucher, note.net_total) == (contract.name, -40)
	note.submit()
	assert [(account, debit, credit) for account, debit, credit, _center in gl(name)] == [
		("Debtors - LSL", 0, 45.40),
		("Sales - LSL", 40, 0),
		("VAT - LSL", 5.40, 0),
	]
	period = {"company": make.COMPANY, "from_date": nowdate(), "to_date": nowdate()}
	rows = contract_profitability.execute(period)[1]
	assert [(row.service_contract, row.fees) for row in rows] == [(contract.name, 20)]

	note.cancel()
	assert len(contract.credit_unused_fee()) == 1  # it may be credited anew


def test_the_key_lets_the_database_refuse_a_second_credit(shop, thirty_days, monkeypatch):
	contract = prepaid(shop, thirty_days, nowdate())
	contract.credit_unused_fee()
	monkeypatch.setattr(fees, "_credited", lambda invoice, for_update: Decimal(0))  # not seen
	frappe.db.commit()
	with pytest.raises(frappe.UniqueValidationError):
		contract.credit_unused_fee()
	frappe.db.rollback()


def test_an_earlier_end_credits_the_rest(shop, thirty_days):
	contract = prepaid(shop, thirty_days, add_days(nowdate(), 9))
	contract.credit_unused_fee()
	contract.end_early(add_days(nowdate(), 4), "Moved earlier")
	read(contract).credit_unused_fee()
	assert [note.net_total for note in fee_invoices(contract, is_return=1)] == [-40, -10]


def test_an_invoice_is_not_cancelled_beside_its_credit(shop, thirty_days):
	contract = prepaid(shop, thirty_days, add_days(nowdate(), 9))
	note = frappe.get_doc("Sales Invoice", contract.credit_unused_fee()[0])
	note.submit()
	invoice = frappe.get_doc("Sales Invoice", fee_invoices(contract, is_return=0)[0].name)
	refused(note.name, invoice.cancel, error=frappe.LinkExistsError)


def test_the_draft_credit_of_a_cancelled_invoice_credits_nothing(shop, thirty_days):
	contract = prepaid(shop, thirty_days, add_days(nowdate(), 9))
	note = frappe.get_doc("Sales Invoice", contract.credit_unused_fee()[0])
	frappe.get_doc("Sales Invoice", fee_invoices(contract, is_return=0)[0].name).cancel()
	frappe.db.savepoint("cancelled")
	refused("Return Against", note.reload().submit, error=frappe.CancelledLinkError)
	frappe.db.rollback(save_point="cancelled")
	frappe.delete_doc("Sales Invoice", note.name)
	refused("No fee", contract.credit_unused_fee)


def test_what_the_accountant_credited_himself_is_not_credited_again(shop, thirty_days):
	contract = prepaid(shop, thirty_days, add_days(nowdate(), 9))
	note = make_sales_return(fee_invoices(contract)[0].name)
	note.items[0].rate = 15
	note.insert()
	contract.credit_unused_fee()
	assert [one.net_total for one in fee_invoices(contract, is_return=1)] == [-30, -10]


def test_what_rounding_leaves_is_no_fee(shop, thirty_days):
	frappe.db.set_value("Subscription Plan", thirty_days, "cost", 10.01)
	contract = prepaid(shop, thirty_days, add_days(nowdate(), 9))
	contract.credit_unused_fee()  # 20.02 for thirty days: 13.35 for twenty, 2 x 6.67 or 6.68
	refused("No fee", contract.credit_unused_fee)


def test_a_contract_that_runs_its_time_has_nothing_to_credit(shop, thirty_days):
	contract = prepaid(shop, thirty_days)
	refused("No fee", contract.credit_unused_fee)
	frappe.set_user(make.user("supervisor@fees.example", "Service Supervisor"))
	with pytest.raises(frappe.PermissionError):
		read(contract).credit_unused_fee()


def test_no_period_that_begins_after_the_end_is_invoiced(shop, thirty_days):
	contract = prepaid(shop, thirty_days, add_days(nowdate(), 9))
	for day in (9, 10, 29, 30, 31, 60):
		process_subscriptions(add_days(nowdate(), day))
	assert [getdate(row.to_date) for row in fee_invoices(contract)] == [getdate(add_days(nowdate(), 29))]


def test_periods_before_the_end_are_invoiced_and_none_after(shop, thirty_days):
	contract = prepaid(shop, thirty_days, add_days(nowdate(), 34))
	for day in (29, 30, 31, 34, 35, 36, 60, 61):
		process_subscriptions(add_days(nowdate(), day))
	assert [getdate(row.from_date) for row in fee_invoices(contract)] == [
		getdate(),
		getdate(add_days(nowdate(), 30)),
	]
	assert frappe.db.get_value("Subscription", contract.subscription, "status") == "Cancelled"


@pytest.mark.parametrize(("ends", "fees_invoiced"), [(9, [20]), (34, [60, 10])])
def test_a_fee_invoiced_at_the_end_of_its_period(shop, thirty_days, ends, fees_invoiced):
	# ERPNext prorates by today's date, which stands still here
	frappe.db.set_single_value("Subscription Settings", "prorate", 0)
	contract = make.contract(
		shop.customer,
		start_date=nowdate(),
		plans=[{"plan": thirty_days, "qty": 2}],
		submit_fee_invoices=1,
		invoice_at="End of the Period",
	)
	contract.end_early(add_days(nowdate(), ends), "Sold the boiler")
	for day in (9, 29, 30, 34, 35, 59, 60, 89):
		process_subscriptions(add_days(nowdate(), day))
	# the days of the contract: ten of thirty, or five of the second thirty
	assert [row.net_total for row in fee_invoices(contract)] == fees_invoiced
	refused("No fee", read(contract).credit_unused_fee)


# ---------------------------------------------------------------- excess of a call


def visit_and_card(shop, contract, hours=1):
	"""A visit that is done, and the workshop job of the same call."""
	visit = done(shop, category="B", service_contract=contract.name, labour=[make.hours(hours)])
	call = frappe.get_doc("Repair Call", visit.repair_call)
	card = make.card(
		call,
		service_category="B",
		service_contract=contract.name,
		assigned_technician=shop.technician,
		warehouse=shop.van,
		labour=[make.hours(1)],
	)
	card.submit()
	return visit, frappe.get_doc(card.doctype, card.name)


def test_the_excess_is_borne_once_per_call(shop):
	contract = make.contract(shop.customer, excess_per_job=20)
	visit, card = visit_and_card(shop, contract)
	assert (visit.contract_excess, visit.contract_share) == (20, 40)
	assert (card.contract_excess, card.contract_share, card.sales_invoice) == (0, 60, None)
	other = done(shop, category="B", service_contract=contract.name, labour=[make.hours(1)])
	assert other.contract_excess == 20  # another call


def test_what_a_small_visit_leaves_of_the_excess_is_borne_by_the_card(shop):
	contract = make.contract(shop.customer, excess_per_job=20)
	visit, card = visit_and_card(shop, contract, hours=0.25)  # 15.00 of work
	assert (visit.contract_excess, card.contract_excess, card.contract_share) == (15, 5, 55)
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	assert [(row.item_code, row.net_amount) for row in invoice.items] == [(shop.excess, 5)]


def test_the_excess_on_each_job_where_the_contract_says_so(shop):
	contract = make.contract(shop.customer, excess_per_job=20, excess_per="On Each Job")
	visit, card = visit_and_card(shop, contract)
	assert (visit.contract_excess, card.contract_excess) == (20, 20)


def test_the_excess_of_a_cancelled_visit_is_borne_by_the_card(shop):
	contract = make.contract(shop.customer, excess_per_job=20)
	visit, card = visit_and_card(shop, contract)
	posted_at = card.posted_at
	read(visit).cancel()
	card = read(card)
	assert (card.contract_excess, card.contract_share, card.amount_due) == (20, 40, 22.70)
	assert card.posted_at == posted_at
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	assert [(row.item_code, row.net_amount) for row in invoice.items] == [(shop.excess, 20)]
	assert documents_of(card) == {"Sales Invoice": [invoice.name]}

	again = frappe.copy_doc(visit)
	again.update({"amended_from": visit.name, "docstatus": 0})
	again.insert()
	again.submit()
	assert read(again).contract_excess == 0  # the card bears it by now


def test_an_excess_that_is_invoiced_elsewhere_is_told(shop):
	contract = make.contract(shop.customer, excess_per_job=20)
	visit, card = visit_and_card(shop, contract, hours=0.25)
	frappe.get_doc("Sales Invoice", card.sales_invoice).submit()
	frappe.clear_messages()
	read(visit).cancel()
	assert read(card).contract_excess == 5
	assert "is submitted. Credit it" in str(frappe.message_log)


def test_a_visit_beyond_those_included_takes_the_place_of_a_cancelled_one(shop):
	contract = make.contract(shop.customer, limited_visits=1, included_visits=1, visit_period="Contract Term")
	first, second, third = (visit(shop, contract) for _number in range(3))
	for one in (first, second, third):
		one.submit()
	assert [read(one).contract_visit for one in (second, third)] == ["Beyond Included"] * 2
	read(first).cancel()
	second, third = read(second), read(third)
	assert (second.contract_visit, second.amount_due, second.sales_invoice) == ("Included", 0, None)
	assert (third.contract_visit, third.amount_due) == ("Beyond Included", 136.2)
	assert [row.service_voucher for row in read(contract).visits] == [second.name]


def test_a_job_keeps_its_excess_until_it_is_invoiced(shop):
	frappe.get_doc("Customer", shop.customer).update({"aftersales_invoicing": "One Invoice per Job"}).save()
	contract = make.contract(shop.customer, excess_per_job=20)
	visit, card = visit_and_card(shop, contract, hours=0.25)
	billed(visit, card)
	totals = [
		frappe.db.get_value("Sales Invoice", frappe.get_doc(job.doctype, job.name).sales_invoice, "net_total")
		for job in (visit, card)
	]
	assert totals == [15, 5]


def test_contracts_made_before_keep_the_excess_on_each_job(shop):
	from aftersales.patches.v1_1.keep_excess_on_each_job import execute

	with_excess, without = make.contract(shop.customer, excess_per_job=20), make.contract(shop.customer)
	execute()
	assert [
		frappe.db.get_value("Service Contract", one.name, "excess_per") for one in (with_excess, without)
	] == [
		"On Each Job",
		"Once per Call",
	]


# ---------------------------------------------------------------- dimensions


def test_the_project_of_a_job_is_on_every_document(shop):
	project = make.make("Project", project_name="Hotel Refit", company=make.COMPANY).name
	doc = done(
		shop,
		"Service Voucher",
		"C",
		project=project,
		labour=[make.hours(1), make.hours(1, charge_to="Customer", charge_reason="Misuse")],
		parts=[make.part(shop.seal)],
	)
	assert set(documents_of(doc)) == {"Stock Entry", "Sales Invoice", "Journal Entry"}
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	assert (invoice.project, {row.project for row in invoice.items}) == (project, {project})
	assert {row.project for row in frappe.get_doc("Stock Entry", doc.stock_entry).items} == {project}
	entry = frappe.get_doc("Journal Entry", doc.labour_journal_entry)
	assert {row.project for row in entry.accounts} == {project}


def test_accounting_dimensions_of_job_and_line_go_along(shop, monkeypatch):
	from erpnext.accounts.doctype.accounting_dimension import accounting_dimension

	from aftersales.core.dimensions import of_job as dimensions_of

	ours = {"Service Voucher", "Repair Card", "Service Labour Line", "Service Part Line"}
	assert ours <= set(accounting_dimension.get_doctypes_with_dimensions())
	monkeypatch.setattr(accounting_dimension, "get_accounting_dimensions", lambda: ["region", "segment"])
	doc = job(shop, "Service Voucher", "A", labour=[make.hours(1)], parts=[make.part(shop.seal)])
	doc.region = "West"
	doc.parts[0].update({"region": "East", "segment": "Hotels"})
	assert dimensions_of(doc) == {"region": "West"}
	assert dimensions_of(doc, doc.labour[0].name) == {"region": "West"}
	assert dimensions_of(doc, doc.parts[0].name) == {"region": "East", "segment": "Hotels"}
