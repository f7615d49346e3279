"""The quote on a visit: told, accepted or declined, quoted again, and billed as accepted (R-WS-5).

Figures are those of `factories.shop`: an hour 60.00, a seal 42.00, VAT 13.5 %.
"""

import frappe
import pytest

from aftersales.core.guards import NotPossible
from aftersales.customer_portal import links
from aftersales.field_service import quotes, quotes_portal_api
from tests import factories as make
from tests.jobs import job
from tests.settling_cases import flat_rate


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.technician = make.technician(
		"Own", names.van, user=make.user("own@quote.example", "Service Technician")
	)
	return names


@pytest.fixture
def visit(shop):
	return job(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])


def as_technician():
	frappe.set_user("own@quote.example")


def fresh(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def invoice_of(doc):
	return frappe.get_doc("Sales Invoice", fresh(doc).sales_invoice)


def test_a_technician_quotes_the_customer_signs_and_that_is_billed(shop, visit, clock):
	as_technician()
	told = quotes.make_quote(visit.name)
	assert (told["net"], told["taxes"], told["total"], told["approval_status"]) == (
		102,
		13.77,
		115.77,
		"Pending",
	)
	assert [(row["qty"], row["amount"]) for row in told["lines"]] == [(1, 60), (1, 42)]
	with pytest.raises(frappe.ValidationError, match="has not answered the quote"):
		fresh(visit).submit()
	told = quotes.accept_quote(visit.name, "Signature", "N. Byrne", signature=make.SIGNATURE)
	assert (told["approval_status"], told["approved_amount"]) == ("Approved", 102)
	frappe.set_user("Administrator")
	make.fiscal_years(int(frappe.utils.nowdate()[:4]) + 1)
	clock.forward(days=40)  # prices have gone up since
	for name in frappe.get_all("Item Price", {"item_code": shop.seal}, pluck="name"):
		frappe.get_doc("Item Price", name).update({"price_list_rate": 48}).save()
	doc = fresh(visit)
	doc.submit()
	doc = fresh(doc)
	assert invoice_of(doc).net_total == 102
	assert {(line.rate_source, line.rate_source_detail) for line in (*doc.labour, *doc.parts)} == {
		("Quotation", doc.quotation)
	}
	assert (doc.approved_by, doc.approval_channel, bool(doc.approval_signature)) == (
		"N. Byrne",
		"Signature",
		True,
	)


def test_more_than_accepted_is_quoted_again(visit, shop):
	as_technician()
	quotes.make_quote(visit.name)
	quotes.accept_quote(visit.name, "Phone", "N. Byrne")
	doc = fresh(visit)
	doc.append("parts", make.part(shop.seal))
	doc.save()
	assert quotes.quote_of(doc.name)["needs_new_quote"]
	with pytest.raises(frappe.ValidationError, match=r"144\.00 net would be charged"):
		fresh(doc).submit()


def test_quoted_again_keeps_what_was_accepted_and_asks_for_the_rest(visit, shop):
	quotes.make_quote(visit.name)
	quotes.accept_quote(visit.name, "Phone", "N. Byrne")
	first = fresh(visit).quotation
	for name in frappe.get_all("Item Price", {"item_code": shop.seal}, pluck="name"):
		frappe.get_doc("Item Price", name).update({"price_list_rate": 48}).save()
	doc = fresh(visit)
	doc.append("parts", make.part(shop.seal))
	doc.save()
	told = quotes.make_quote(doc.name)
	assert (told["net"], told["approval_status"], told["quotation"] != first) == (150, "Pending", True)
	quotes.accept_quote(doc.name, "In Person", "N. Byrne")
	doc = fresh(doc)
	doc.submit()
	assert invoice_of(doc).net_total == 150


def test_less_than_accepted_is_billed_without_a_new_quote(visit):
	quotes.make_quote(visit.name)
	quotes.accept_quote(visit.name, "Phone", "N. Byrne")
	doc = fresh(visit)
	doc.remove(doc.parts[0])
	doc.save()
	doc.submit()
	assert invoice_of(doc).net_total == 60


def test_a_declined_quote_charges_diagnosis_travel_and_call_out(shop):
	fee = make.service_item("Diagnosis Fee", uom="Nos")
	make.price(fee, 25)
	make.settings(diagnosis_fee_item=fee)
	make.service_price("Call-out", 35, kind="Call-out")
	flat_rate(shop)
	doc = job(
		shop,
		labour=[make.hours(1), make.hours(0.5, activity="Travel")],
		parts=[make.part(shop.seal)],
		outcome=None,
	)
	quotes.make_quote(doc.name)
	as_technician()
	with pytest.raises(frappe.MandatoryError):
		quotes.decline_quote(doc.name, " ")
	quotes.decline_quote(doc.name, "Too expensive")
	doc = fresh(doc)
	assert doc.outcome == "Declined"
	assert [line.activity for line in doc.labour] == ["Travel"]
	assert sorted(line.item_code for line in doc.parts) == ["Call-out Item", "Diagnosis Fee"]
	doc.append("parts", make.part(shop.seal))
	doc.save()
	with pytest.raises(frappe.ValidationError, match="declined the quote"):
		doc.submit()
	doc = fresh(doc)
	doc.remove(next(line for line in doc.parts if line.item_code == shop.seal))
	doc.submit()
	assert invoice_of(doc).net_total == 90
	call = frappe.get_doc("Repair Call", doc.repair_call)
	assert (call.status, call.resolution) == ("Resolved", doc.findings)


def test_the_service_prices_of_an_accepted_quote_stay(shop):
	flat_rate(shop)
	doc = job(shop, labour=[make.hours(1)], parts=[make.part(shop.seal)])
	assert quotes.make_quote(doc.name)["net"] == 90
	quotes.accept_quote(doc.name, "Phone", "N. Byrne")
	make.service_price("Dearer", 190, brand="Baxi")
	frappe.get_doc("Service Price", "Boiler Service").update({"disabled": 1}).save()
	doc = fresh(doc)
	doc.labour[0].included_qty = 0
	doc.findings = "Done"
	doc.save()
	doc.submit()
	assert invoice_of(doc).net_total == 90


def test_fields_of_the_approval_cannot_be_forged(visit):
	as_technician()
	doc = fresh(visit)
	doc.update({"approval_status": "Approved", "approved_amount": 500, "approved_by": "Nobody"})
	with pytest.raises(frappe.PermissionError):
		doc.save()
	with pytest.raises(frappe.PermissionError, match="cannot be chosen"):
		quotes.make_quote(visit.name)
		quotes.accept_quote(visit.name, "Portal", "N. Byrne")
	with pytest.raises(frappe.MandatoryError, match="signature"):
		quotes.accept_quote(visit.name, "Signature", "N. Byrne")


def test_nobody_quotes_a_visit_that_is_over_or_not_his(visit):
	frappe.set_user(make.user("reader@quote.example", "Service Accountant"))
	with pytest.raises(frappe.PermissionError):
		quotes.make_quote(visit.name)
	frappe.set_user("Administrator")
	fresh(visit).submit()
	with pytest.raises(frappe.ValidationError, match="completed or cancelled"):
		quotes.make_quote(visit.name)


def test_the_customer_answers_by_a_page(visit, shop):
	quotes.make_quote(visit.name)
	assert [row.name for row in quotes.undecided_of([shop.customer])] == [visit.name]
	assert links.path(links.ESTIMATE, "Service Voucher", visit.name, shop.customer)
	found = quotes_portal_api.quote_of(visit.name, (shop.customer,))
	assert (found.state, found.net, found.total, len(found.lines)) == ("open", 102, 115.77, 2)
	assert quotes_portal_api.quote_of(visit.name, (make.customer("Somebody Else"),)) is None
	frappe.set_user("Guest")
	with pytest.raises(NotPossible, match="changed meanwhile"):
		quotes_portal_api.accept_quote(visit.name, 99, "N. Byrne", "Signed Link", {"approval_ip": "1.1.1.1"})
	for _twice in range(2):
		quotes_portal_api.accept_quote(visit.name, 102, "N. Byrne", "Signed Link", {"approval_ip": "1.1.1.1"})
	frappe.set_user("Administrator")
	doc = fresh(visit)
	assert (doc.approval_status, doc.approval_channel, doc.approval_ip) == (
		"Approved",
		"Signed Link",
		"1.1.1.1",
	)
	with pytest.raises(NotPossible):
		quotes_portal_api.decline_quote(visit.name, 102, "No", "N. Byrne", "Signed Link", {})
