"""Products that are ready and not collected: reminders, storage fee, disposal after the lawful time, on later days."""

import frappe
import pytest
from frappe.utils import nowdate

from aftersales.repair_workshop import uncollected
from tests import factories as make
from tests.jobs import done


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	storage = make.service_item("Storage Day", uom="Nos")
	make.price(storage, 2)
	make.settings(
		collect_remind_days=14, storage_free_days=30, storage_fee_item=storage, dispose_after_days=180
	)
	make.fiscal_years(int(nowdate()[:4]) + 1)
	return names


@pytest.fixture
def card(shop):
	return done(shop, "Repair Card", labour=[make.hours(1)])


def of_card(card):
	name = frappe.db.get_value("Uncollected Product", {"repair_card": card.name})
	return name and frappe.get_doc("Uncollected Product", name)


def test_it_is_noted_reminded_of_charged_and_disposed_of(card, clock):
	uncollected.note_all()
	assert of_card(card) is None
	clock.forward(days=14)
	for _twice in range(2):
		uncollected.note_all()
	doc = of_card(card)
	assert (doc.status, doc.customer, doc.reminders) == ("Open", card.customer, 0)
	assert uncollected.to_remind() == [doc.name]
	assert uncollected.take_reminder(doc.name).repair_card == card.name
	assert uncollected.take_reminder(doc.name) is None
	with pytest.raises(frappe.ValidationError, match="No storage is due"):
		uncollected.charge_storage(doc.name)
	clock.forward(days=26)
	invoice = uncollected.charge_storage(doc.name)
	assert frappe.db.get_value("Sales Invoice", invoice, "net_total") == 20
	with pytest.raises(frappe.ValidationError, match="No storage is due"):
		uncollected.charge_storage(doc.name)
	uncollected.take_reminder(doc.name)
	with pytest.raises(frappe.ValidationError, match="140 days are left"):
		uncollected.dispose(doc.name, "Sold", "Nobody came")
	clock.forward(days=140)
	frappe.set_user(make.user("boss@uncollected.example", "Service Supervisor"))
	with pytest.raises(frappe.PermissionError):
		uncollected.dispose(doc.name, "Sold", "Nobody came")
	frappe.set_user(make.user("manager@uncollected.example", "Service Manager"))
	uncollected.dispose(doc.name, "Sold", "Nobody came")
	doc = of_card(card)
	assert (doc.status, doc.disposal, doc.disposed_by) == ("Disposed", "Sold", "manager@uncollected.example")
	assert frappe.db.get_value("Repair Card", card.name, "status") == "Returned"


@pytest.mark.parametrize("submitted", [0, 1])
def test_storage_whose_invoice_is_gone_is_charged_again(card, clock, submitted):
	make.settings(submit_invoice=submitted)
	clock.forward(days=40)
	uncollected.note_all()
	name = of_card(card).name
	invoice = frappe.get_doc("Sales Invoice", uncollected.charge_storage(name))
	invoice.cancel() if submitted else invoice.delete()
	again = frappe.get_doc("Sales Invoice", uncollected.charge_storage(name))
	assert (again.net_total, of_card(card).storage_invoice) == (20, again.name)


def test_days_of_storage_are_charged_once_whatever_becomes_of_their_invoices(card, clock):
	"""Ten days, then five; the accountant charges fewer, cancels, amends, and cancels the first of two."""
	make.settings(submit_invoice=0)
	clock.forward(days=40)
	uncollected.note_all()
	name = of_card(card).name
	first = frappe.get_doc("Sales Invoice", uncollected.charge_storage(name))
	first.items[0].qty = 4
	first.save()
	first.submit()
	clock.forward(days=5)
	second = frappe.get_doc("Sales Invoice", uncollected.charge_storage(name))
	assert second.items[0].qty == 5
	second.delete()
	assert of_card(card).storage_invoice == first.name
	second = frappe.get_doc("Sales Invoice", uncollected.charge_storage(name))
	assert second.items[0].qty == 5, "not more, because the first named fewer"
	second.submit()
	second.cancel()
	amended = frappe.copy_doc(second)
	amended.amended_from = second.name
	amended.insert()
	assert of_card(card).storage_invoice == amended.name
	with pytest.raises(frappe.ValidationError, match="No storage is due"):
		uncollected.charge_storage(name)
	first.reload()
	first.cancel()
	with pytest.raises(frappe.ValidationError, match="No storage is due"):
		uncollected.charge_storage(name)
	again = frappe.copy_doc(first)
	again.amended_from = first.name
	with pytest.raises(frappe.ValidationError, match="was charged by"):
		again.insert()


def test_the_law_of_the_companys_country_goes_before_the_settings(card, clock):
	rows = [row.as_dict() for row in frappe.get_doc("Aftersales Settings").billing_accounts]
	law = {"dispose_after_days": 365, "collection_notice": "Section 9 of the Act applies.\nSecond line"}
	make.settings(billing_accounts=[*rows, {"company": make.COMPANY, **law}])
	clock.forward(days=190)
	uncollected.note_all()
	doc = of_card(card)
	frappe.set_user(make.user("manager@uncollected.example", "Service Manager"))
	with pytest.raises(frappe.ValidationError, match="175 days are left"):
		uncollected.dispose(doc.name, "Sold", "Nobody came")
	printed = frappe.get_print("Uncollected Product", doc.name, "Notice to Collect")
	assert "Section 9 of the Act applies.\nSecond line" in printed


def test_who_collects_is_reminded_no_more(card, clock):
	clock.forward(days=20)
	uncollected.note_all()
	frappe.get_doc("Repair Card", card.name).hand_over()
	assert of_card(card).status == "Collected"
	assert uncollected.to_remind() == []


def test_nobody_edits_the_record(card, clock):
	clock.forward(days=20)
	uncollected.note_all()
	doc = of_card(card)
	doc.reminders = 9
	with pytest.raises(frappe.PermissionError):
		doc.save()
