"""A visit that a supplier makes: offered by a link, agreed, done, ordered, billed, and what it costs, counted once."""

import frappe
import pytest
from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_invoice
from frappe.utils import add_days, add_months, add_to_date, get_datetime, getdate, now_datetime, nowdate

from aftersales.customer_portal.vendors import visit_orders
from aftersales.field_service.subcontracting import actions
from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_accounts.report.warranty_cost import warranty_cost
from tests import factories as make
from tests import mails, portal

ORDER = "Subcontracted Visit"
SUPERVISOR, AGENT, FITTER = "lead@subs.example", "desk@subs.example", "fitter@subs.example"


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	mails.mailbox()
	for user, role in (
		(SUPERVISOR, "Service Supervisor"),
		(AGENT, "Service Agent"),
		(FITTER, "Service Technician"),
	):
		make.user(user, role)
	names.outside = make.service_item("Visit by a subcontractor", uom="Nos", is_purchase_item=1)
	make.settings(subcontracted_visit_item=names.outside, subcontractors_report_hours=1)
	names.firm = supplier("Delaney Heating")
	names.fitter = fitter("Tom Delaney", names.firm, order_email="tom@delaney.example", price_rate=120)
	names.address = make.address(names.customer)
	return names


def supplier(name: str, **values) -> str:
	return make.once("Supplier", name, supplier_name=name, supplier_group="All Supplier Groups", **values)


def fitter(name: str, firm: str, **values) -> str:
	return make.technician(name, supplier=firm, **values)


def call_of(shop, **values):
	return make.call(
		shop.customer,
		service_address=shop.address,
		contact_name="Nora Byrne",
		contact_phone="+353 86 555",
		call_owner=AGENT,
		**values,
	)


def dispatched(shop, call=None, technician=None, **values):
	visit = make.planned(call or call_of(shop), technician or shop.fitter, **values)
	visit.dispatch()
	return visit.reload()


def order_of(visit, **filters):
	name = frappe.db.get_value(ORDER, {"service_voucher": visit.name, **filters}, order_by="creation desc")
	return frappe.get_doc(ORDER, name)


def link_to(order) -> str:
	return visit_orders.link(order.name)


def done(address: str, **values):
	left = max(add_to_date(now_datetime(), minutes=-5), get_datetime(nowdate()))
	told = {
		"arrived_at": f"{add_to_date(left, hours=-2):%Y-%m-%dT%H:%M}",
		"departed_at": f"{left:%Y-%m-%dT%H:%M}",
		"outcome": "Completed",
		"findings": "Seal replaced <b>twice</b>",
		"test_result": "Passed",
		"signed_by": "N. Byrne",
		**values,
	}
	return portal.post(address, action="report", seen=portal.get(address).hidden("seen"), **told)


def answer(address: str, action: str, **values):
	return portal.post(address, action=action, seen=portal.get(address).hidden("seen"), **values)


def profit_of(visit, day=None):
	day = day or nowdate()
	period = {"company": make.COMPANY, "from_date": day, "to_date": day}
	return next((row for row in job_profitability.execute(period)[1] if row.job == visit.name), None)


def on_account(account: str, voucher: str) -> float:
	rows = frappe.get_all(
		"GL Entry",
		{"account": account, "voucher_no": voucher, "is_cancelled": 0},
		["debit", "credit"],
	)
	return sum(row.debit - row.credit for row in rows)


def bill(order_name: str, rate: float | None = None, **values):
	invoice = make_purchase_invoice(order_name)
	if rate is not None:
		frappe.db.set_single_value("Buying Settings", "maintain_same_rate", 0)
		invoice.items[0].rate = rate
	invoice.update(values)
	invoice.insert()
	invoice.submit()
	return invoice


def test_from_the_offer_to_the_bill_of_next_month(shop, clock):
	make.fiscal_years(*{getdate(nowdate()).year, getdate(add_months(nowdate(), 1)).year})
	other = make.call(make.customer("Ben Quinn"), subject="Ben's burner")
	visit = dispatched(shop)
	order = order_of(visit)
	assert (order.status, order.supplier, order.amount, order.cost) == ("Offered", shop.firm, 120, 0)
	mail = frappe.get_last_doc("Email Queue")
	assert [row.recipient for row in mail.recipients] == ["tom@delaney.example"]

	# The link: where, what, when and for how much; the customer's name and telephone once it is accepted
	address = link_to(order)
	page = portal.get(address)
	assert page.status == 200
	for told in ("No hot water", "4 Grand Canal Quay", "120.00"):
		assert told in page.words, told
	for hidden in ("Nora Byrne", "86 555", other.name, "Ben Quinn", shop.customer, "60.00"):
		assert hidden not in page.html, hidden
	assert answer(address, "report").status == 422, "not accepted yet"
	assert portal.post(address, action="accept", seen="2020-01-01 00:00:00").status == 422
	accepted = answer(address, "accept")
	assert "86 555" in portal.follow(accepted).words
	order.reload()
	assert (order.status, order.cost, order.cost_source) == ("Accepted", 120, "Purchase Order")
	purchase = frappe.get_doc("Purchase Order", order.purchase_order)
	assert (purchase.docstatus, purchase.supplier, purchase.net_total) == (0, shop.firm, 120)
	assert [(row.item_code, row.expense_account, row.cost_center) for row in purchase.items] == [
		(shop.outside, shop.parts_cost, shop.cost_center)
	]
	assert shop.customer not in frappe.as_json(purchase.as_dict()), "suppliers see it on the portal"

	# Done: on the visit, which the desk completes; the customer is billed as always
	answered = done(address, photos=(portal.photo(),))
	assert answered.status == 303, answered.words
	assert answer_again(address).status == 422
	visit.reload()
	assert (visit.status, visit.docstatus, visit.outcome, visit.signed_by) == (
		"On Site",
		0,
		"Completed",
		"N. Byrne",
	)
	assert visit.findings == "Seal replaced ‹b>twice‹/b>"
	assert [(line.technician, line.hours, line.cost_rate) for line in visit.labour] == [(shop.fitter, 2, 0)]
	assert len(visit.photos) == 1
	assert frappe.db.exists("Notification Log", {"for_user": AGENT, "document_name": visit.name})
	visit.complete()
	visit.reload()
	invoice = frappe.get_doc("Sales Invoice", visit.sales_invoice)
	assert (invoice.net_total, visit.labour_cost, visit.vendor_cost) == (120, 0, 120)
	visit.archive()
	invoice.submit()
	row = profit_of(visit)
	assert (row.income, row.work, row.vendor, row.margin) == (120, 0, 120, 0)
	purchase.reload().submit()

	# The bill of next month costs then, and the estimate makes room for it: counted once
	today = nowdate()
	clock.to(add_months(today, 1))
	billed = bill(purchase.name, rate=110)
	assert on_account(shop.parts_cost, billed.name) == 110
	assert (order.reload().cost, order.cost_source, visit.reload().vendor_cost) == (
		110,
		"Purchase Invoice",
		110,
	)
	assert profit_of(visit, today).vendor == 0
	assert profit_of(visit).vendor == 110
	frappe.set_user(SUPERVISOR)
	with pytest.raises(frappe.ValidationError, match="cannot be changed"):
		actions.set_price(order.name, "Per Visit", 10)


def answer_again(address: str):
	return portal.post(address, action="accept", seen="2020-01-01 00:00:00")


def test_declined_no_show_and_taken_away_leave_nothing_to_pay(shop):
	make.settings(subcontract_orders="Submitted")
	visit = dispatched(shop)
	first = order_of(visit)
	address = link_to(first)
	assert answer(address, "decline").status == 422, "no reason"
	assert answer(address, "decline", reason="On holiday").status == 303
	visit.reload()
	assert (visit.status, visit.technician) == ("Draft", None), "its call waits for somebody else"
	assert (first.reload().status, first.end_reason, first.purchase_order) == ("Declined", "On holiday", None)
	page = portal.get(address)
	assert "You have declined" in page.words and "Grand Canal" not in page.words

	visit.update({"technician": shop.fitter})
	visit.save()
	visit.dispatch()
	second = order_of(visit, status="Offered")
	frappe.set_user(AGENT)
	actions.accept(second.name)
	with pytest.raises(frappe.PermissionError):
		actions.end(second.name, "Nobody came", no_show=True)
	frappe.set_user("Administrator")
	purchase = second.reload().purchase_order
	assert frappe.db.get_value("Purchase Order", purchase, "docstatus") == 1
	assert visit.reload().vendor_cost == 120
	frappe.set_user(SUPERVISOR)
	actions.end(second.name, "Nobody came", no_show=True)
	frappe.set_user("Administrator")
	assert (second.reload().status, second.cost, second.purchase_order) == ("No-Show", 0, None)
	assert frappe.db.get_value("Purchase Order", purchase, "docstatus") == 2
	assert (visit.reload().status, visit.technician, visit.vendor_cost) == ("Draft", None, 0)
	assert portal.get(link_to(second)).status == 200

	visit.update({"technician": shop.fitter})
	visit.save()
	visit.dispatch()
	third = order_of(visit, status="Offered")
	orders_page = link_to(third)
	visit.reload().update({"technician": shop.technician})
	visit.save()
	assert third.reload().status == "Cancelled"
	assert portal.get(orders_page).status == 404, "the link is revoked"
	assert frappe.db.count(ORDER, {"service_voucher": visit.name}) == 3
	assert not frappe.db.exists(ORDER, {"open_key": visit.name})
	visit.reload().delete()
	assert not frappe.db.exists(ORDER, {"service_voucher": visit.name})


def test_another_price_or_time_is_agreed_anew_and_hours_tell_what_is_owed(shop):
	make.settings(subcontract_orders="Submitted")
	hourly = fitter("Una Roche", supplier("Roche Gas"), price_basis="Per Hour")
	visit = dispatched(shop, technician=hourly)
	order = order_of(visit)
	assert (order.status, order.rate) == ("Draft", 0), "without a usual price nothing is offered"
	frappe.set_user(AGENT)
	with pytest.raises(frappe.PermissionError):
		actions.set_price(order.name, "Per Hour", 40)
	frappe.set_user(SUPERVISOR)
	actions.set_price(order.name, "Per Hour", 40)
	assert (order.reload().status, order.hours, order.amount) == ("Offered", 1.5, 60)
	actions.accept(order.name)
	first = order.reload().purchase_order
	later = add_to_date(visit.planned_start, hours=2)
	frappe.set_user("Administrator")
	visit.reload().update({"planned_start": later, "planned_end": add_to_date(later, hours=1)})
	visit.save()
	assert (order.reload().status, order.amount, order.purchase_order) == ("Offered", 40, first)
	frappe.set_user(SUPERVISOR)
	actions.accept(order.name)
	second = order.reload().purchase_order
	assert first != second
	assert frappe.db.get_value("Purchase Order", first, "docstatus") == 2
	assert frappe.db.get_value("Purchase Order", second, ["docstatus", "net_total"]) == (1, 40)

	# Completed at the desk after a telephone call: the hours of the visit are what is owed
	frappe.set_user("Administrator")
	visit.reload()
	visit.update(
		{
			"arrived_at": add_to_date(now_datetime(), hours=-4),
			"departed_at": add_to_date(now_datetime(), minutes=-10),
			"outcome": "Completed",
			"findings": "Pump changed",
			"test_result": "Passed",
			"unsigned_reason": "By telephone",
			"labour": [make.hours(2.5)],
		}
	)
	visit.submit()
	order.reload()
	assert (order.status, order.worked_hours, order.amount, order.cost) == ("Done", 2.5, 100, 100)
	assert frappe.db.get_value("Purchase Order", order.purchase_order, "net_total") == 100
	assert visit.reload().vendor_cost == 100
	visit.archive()  # what was written beside it does not stop its next step
	order_before = order.name

	# Cancelled and amended: what was ordered goes with the amendment
	visit.reload().cancel()
	amended = frappe.copy_doc(visit, ignore_no_copy=False)
	amended.amended_from = visit.name
	amended.update(
		{
			**{field: visit.get(field) for field in ("arrived_at", "departed_at", "outcome")},
			"findings": "Pump changed",
			"test_result": "Passed",
			"unsigned_reason": "By telephone",
		}
	)
	amended.insert()
	assert order.reload().service_voucher == amended.name
	assert (amended.reload().vendor_cost, frappe.db.get_value(visit.doctype, visit.name, "vendor_cost")) == (
		100,
		0,
	)
	amended.submit()
	assert frappe.get_all(ORDER, {"service_voucher": amended.name}, pluck="name") == [order_before]
	with pytest.raises(frappe.ValidationError, match="is completed"):
		actions.end(order.name, "Too dear")


def test_a_supplier_with_another_currency_in_a_second_company_for_warranty_and_contract(shop):
	corrib = make.company()
	make.make(
		"Currency Exchange",
		from_currency="USD",
		to_currency="EUR",
		exchange_rate=0.8,
		date=nowdate(),
		for_buying=1,
		for_selling=1,
	)
	works = supplier("Dollar Fitters", default_currency="USD")
	here = fitter("Dollar Dan", works, price_rate=150)
	with pytest.raises(frappe.ValidationError, match="works for"):
		make.planned(make.call(shop.customer, company=corrib), here, company=corrib).dispatch()
	boiler = make.equipment(shop.customer, model="Instant 11")
	visit = dispatched(
		shop, call_of(shop, equipment=boiler, service_category=make.category("C")), technician=here
	)
	order = order_of(visit)
	frappe.set_user(SUPERVISOR)
	actions.accept(order.name)
	frappe.set_user("Administrator")
	order.reload()
	assert (order.currency, order.amount, order.cost) == ("USD", 150, 120)
	purchase = frappe.get_doc("Purchase Order", order.purchase_order)
	assert (purchase.currency, purchase.net_total, purchase.base_net_total) == ("USD", 150, 120)
	assert purchase.items[0].expense_account == shop.warranty
	done(link_to(order))
	visit.reload().complete()
	period = {"company": make.COMPANY, "from_date": nowdate(), "to_date": nowdate()}
	(row,) = warranty_cost.execute(period)[1]
	assert (row.value, row.labour, row.vendor, row.cost) == ("Instant 11", 0, 120, 120)
	assert visit.reload().vendor_cost == 120


def test_who_may_be_a_subcontractor_and_what_holds_for_one(shop):
	with pytest.raises(frappe.ValidationError, match="is a subcontractor"):
		fitter("Both", shop.firm, user=FITTER)
	assert frappe.db.get_value("Service Technician", shop.fitter, "cost_rate") == 0
	# Skills count, the days off of the company do not
	skills = [{"item_group": "Products", "support_kind": "Use"}]
	unskilled = make.technician("No Gas", supplier=shop.firm, skills=skills, price_rate=50)
	with pytest.raises(frappe.ValidationError, match="not qualified"):
		dispatched(shop, call_of(shop, support_kind="Application"), technician=unskilled)
	day = getdate(add_days(nowdate(), 1))
	holidays = make.make(
		"Holiday List",
		holiday_list_name="Liffey Days Off",
		from_date=nowdate(),
		to_date=add_days(nowdate(), 30),
		holidays=[{"holiday_date": day, "description": "Company Day"}],
	)
	frappe.db.set_value("Company", make.COMPANY, "default_holiday_list", holidays.name)
	frappe.clear_document_cache("Company", make.COMPANY)
	with pytest.raises(frappe.ValidationError, match="day off"):
		dispatched(shop, technician=shop.technician)
	visit = dispatched(shop)
	order = order_of(visit)

	# Nobody writes an order: not by the form, by REST or by an import
	for user in (SUPERVISOR, AGENT, FITTER, "Administrator"):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			frappe.client.set_value(ORDER, order.name, "rate", 1)
		with pytest.raises(frappe.PermissionError):
			make.make(ORDER, service_voucher=visit.name, supplier=shop.firm, company=make.COMPANY)
	frappe.set_user(FITTER)
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(ORDER, order.name).check_permission("read")
	with pytest.raises(frappe.PermissionError):
		actions.accept(order.name)
	frappe.set_user("Administrator")

	# Without the item of the settings nobody is held up: the order says what is missing
	make.settings(subcontracted_visit_item=None)
	answer(link_to(order), "accept")
	assert (order.reload().status, order.purchase_order, order.cost) == ("Accepted", None, 120)
	told = frappe.get_all("Comment", {"reference_name": order.name, "comment_type": "Info"}, pluck="content")
	assert any("Subcontracted Visit Item" in line for line in told)
	frappe.set_user(SUPERVISOR)
	with pytest.raises(frappe.MandatoryError):
		actions.make_purchase_order(order.name)


def test_parts_from_the_stock_of_the_subcontractor_where_the_site_allows_it(shop):
	make.settings(subcontractors_report_parts=1, subcontractors_report_hours=0)
	van = make.warehouse("Stock Delaney")
	frappe.db.set_value("Service Technician", shop.fitter, "van_warehouse", van)
	make.receive(shop.seal, 3, 12.5, van)
	visit = dispatched(shop)
	order = order_of(visit)
	address = link_to(order)
	answer(address, "accept")
	assert shop.seal in portal.get(address).words
	refused = done(address, **{f"part:{shop.seal}": "4"})
	assert refused.status == 422 and "not in your stock" in refused.words
	assert done(address, **{f"part:{shop.seal}": "2"}).status == 303
	visit.reload().complete()
	visit.reload()
	assert [(line.item_code, line.qty, line.warehouse) for line in visit.parts] == [(shop.seal, 2, van)]
	assert (visit.labour, visit.parts_cost, visit.vendor_cost) == ([], 25, 120)
	row = profit_of(visit)
	assert (row.parts, row.vendor) == (25, 120)
