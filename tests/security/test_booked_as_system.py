"""What ERPNext books for users without rights on its documents is booked in their name, whoever asks for rights."""

import frappe
import pytest

from aftersales.erpnext_events import payment_entry
from tests import factories as make
from tests.jobs import done
from tests.settling_cases import boiler, exchange, payment_request, receive_payment, sold_boiler, terminal

TECHNICIAN = "own@booked.example"
SEEN_BY = ("before_insert", "after_insert", "before_submit", "on_submit")
"""Moments at which hooks of other apps, Server Scripts, workflows, webhooks and notifications act."""


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	make.settings(submit_invoice=1)
	names.terminal = terminal()
	return names


@pytest.fixture
def seen(monkeypatch):
	"""Who the session's user was at each moment of a Payment Entry."""
	found = []
	for moment in SEEN_BY:
		own = getattr(payment_entry, moment)

		def hook(doc, method=None, own=own, moment=moment):
			found.append((moment, frappe.session.user))
			return own(doc, method)

		monkeypatch.setattr(payment_entry, moment, hook)
	return found


def visit_of_technician(shop):
	user = make.user(TECHNICIAN, "Service Technician")
	doc = done(
		shop,
		"Service Voucher",
		labour=[make.hours(1)],
		parts=[make.part(shop.seal)],
		technician=make.technician("Own", shop.van, user=user),
	)
	return frappe.get_doc(doc.doctype, doc.name)


def in_name_of(payment: str) -> dict[str, set]:
	"""Who stands on a payment, its ledger entries and its history, by DocType."""
	entries = {"voucher_type": "Payment Entry", "voucher_no": payment}
	about = {"reference_doctype": "Payment Entry", "reference_name": payment}
	return {
		"Payment Entry": {
			user
			for row in frappe.get_all("Payment Entry", {"name": payment}, ["owner", "modified_by"])
			for user in row.values()
		},
		"GL Entry": set(frappe.get_all("GL Entry", entries, pluck="owner")),
		"Payment Ledger Entry": set(frappe.get_all("Payment Ledger Entry", entries, pluck="owner")),
		"Comment": set(frappe.get_all("Comment", about, pluck="owner")),
		"Version": set(
			frappe.get_all("Version", {"ref_doctype": "Payment Entry", "docname": payment}, pluck="owner")
		),
	}


def test_a_technicians_payment_is_booked_in_their_name(shop, seen):
	visit = visit_of_technician(shop)
	frappe.set_user(TECHNICIAN)
	assert not frappe.has_permission("Payment Entry", "read")
	payment = receive_payment(visit, 115.77, shop.terminal)

	assert {moment for moment, _user in seen} == set(SEEN_BY)
	assert {user for _moment, user in seen} == {TECHNICIAN}
	assert set().union(*in_name_of(payment.payment_entry).values()) == {TECHNICIAN}
	assert frappe.get_user().name == TECHNICIAN
	assert frappe.session.user == TECHNICIAN


def test_a_refund_is_booked_in_the_accountants_name(shop, seen):
	payment = receive_payment(make.call(shop.customer), 100, shop.terminal)
	seen.clear()
	frappe.set_user(make.user("books@booked.example", "Service Accountant"))
	entry = frappe.get_doc(payment.doctype, payment.name).refund(40, shop.terminal, "Half")

	assert {user for _moment, user in seen} == {"books@booked.example"}
	assert set().union(*in_name_of(entry).values()) == {"books@booked.example"}


def test_a_gateways_payment_is_booked_by_the_guest_in_whose_name_it_calls(shop, seen):
	request = payment_request(visit_of_technician(shop).sales_invoice, 115.77)
	frappe.set_user("Guest")
	frappe.get_doc("Payment Request", request.name).run_method("on_payment_authorized", "Completed")
	assert {user for _moment, user in seen} == {"Guest"}
	assert frappe.session.user == "Guest"
	frappe.set_user("Administrator")
	assert frappe.db.get_value("Payment Request", request.name, "status") == "Paid"


def test_jobs_given_to_the_queue_while_booking_are_the_users(shop, seen, monkeypatch):
	visit = visit_of_technician(shop)
	queued = []
	own = payment_entry.on_submit

	def on_submit(doc, method=None):
		frappe.enqueue("frappe.ping", now=False, enqueue_after_commit=False)
		return own(doc, method)

	monkeypatch.setattr(payment_entry, "on_submit", on_submit)
	monkeypatch.setattr(
		"frappe.utils.background_jobs.get_queue",
		lambda *_args, **_values: frappe._dict(
			enqueue_call=lambda *_args, **values: queued.append(values["kwargs"]["user"])
		),
	)
	frappe.set_user(TECHNICIAN)
	receive_payment(visit, 115.77, shop.terminal)
	assert set(queued) == {TECHNICIAN}


def test_an_error_while_booking_gives_the_user_back(shop, monkeypatch):
	visit = visit_of_technician(shop)
	validate = payment_entry.validate

	def fail(doc, method=None):
		assert frappe.session.user == "Administrator"
		raise frappe.ValidationError("No")

	monkeypatch.setattr(payment_entry, "validate", fail)
	frappe.set_user(TECHNICIAN)
	with pytest.raises(frappe.ValidationError, match="No"):
		receive_payment(visit, 115.77, shop.terminal)
	assert frappe.session.user == TECHNICIAN
	assert not frappe.flags.booked_for
	monkeypatch.setattr(payment_entry, "validate", validate)

	# and nobody's own Payment Entry passes for one of the app
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc({"doctype": "Payment Entry", "payment_type": "Receive"}).insert()


def test_a_refund_of_the_sale_needs_no_right_to_invoices(shop):
	item, store = boiler(shop, "B-1")
	invoice, product = sold_boiler(shop, "B-1", item, store)
	frappe.set_user(make.user("decides@booked.example", "Service Manager"))
	doc = exchange(shop, product, decision="Refund", original_invoice=invoice)
	assert frappe.session.user == "decides@booked.example"
	assert frappe.db.get_value("Sales Invoice", doc.credit_note, "owner") == "decides@booked.example"
