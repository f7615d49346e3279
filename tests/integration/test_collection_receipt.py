"""A customer's product in our hands: issued, moved, recovered, voided, cancelled; what blocks a call."""

import json

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from aftersales.customer_goods import custody
from aftersales.repair_workshop import cards
from tests import factories as make
from tests.attacks import bulk, bulk_edited, comments, refused

SUPERVISOR = "orla.supervisor@example.com"
AGENT = "niamh.agent@example.com"


@pytest.fixture
def call():
	make.category("A")
	customer = make.customer()
	heater = make.equipment(customer, model="Instant 11", serial_text="IN-11-7731")
	return make.call(customer, equipment=heater)


@pytest.fixture
def issued(call):
	receipt = make.receipt(call)
	receipt.submit()
	return receipt


def test_issued_by_submitting(call):
	receipt = make.receipt(call)
	refused(frappe.ValidationError, receipt, status="Issued")
	receipt = frappe.get_doc("Collection Receipt", receipt.name)
	receipt.submit()
	assert (receipt.status, receipt.customer, receipt.equipment) == ("Issued", call.customer, call.equipment)
	assert custody.unrecovered_receipts_of_call(call.name) == [receipt.name]


def test_what_the_customer_hands_over_is_signed(call):
	for fieldname in ("customer_signature", "signed_by", "condition"):
		receipt = make.receipt(call)
		frappe.db.set_value("Collection Receipt", receipt.name, fieldname, None)
		assert not bulk(receipt, "submit")
		with pytest.raises(frappe.MandatoryError):
			frappe.get_doc("Collection Receipt", receipt.name).submit()
		frappe.db.rollback()


def test_inserting_an_issued_receipt_does_not_skip_the_signature(call):
	with pytest.raises(frappe.MandatoryError):
		make.receipt(call, status="Recovered", docstatus=1, customer_signature=None)


def test_one_product_is_collected_once(call, issued):
	second = make.receipt(call)
	assert not bulk(second, "submit")
	with pytest.raises(frappe.ValidationError, match="already"):
		second.submit()
	frappe.db.rollback()
	issued.reload()
	issued.recover("N. Byrne", make.SIGNATURE)
	frappe.get_doc("Collection Receipt", second.name).submit()
	assert custody.issued_receipts_of_equipment(call.equipment) == [second.name]


def test_product_of_somebody_else(call):
	other = make.equipment(make.customer("Padraig Walsh"), model="Ecoline")
	with pytest.raises(frappe.ValidationError, match="belongs to"):
		make.receipt(call, equipment=other)


def test_receipt_from_call(call):
	call.db_set("description", "<div>Flame goes out.</div>")
	receipt = custody.receipt_from_call(call.name)
	assert (receipt.repair_call, receipt.customer, receipt.equipment) == (
		call.name,
		call.customer,
		call.equipment,
	)
	assert (receipt.fault_as_told, receipt.status) == ("Flame goes out.", "Draft")


def test_moves_are_on_the_timeline(issued):
	issued.reload()
	issued.move("Shelf B3")
	assert frappe.db.get_value("Collection Receipt", issued.name, "location") == "Shelf B3"
	assert bulk_edited(issued, location="Van 1")
	assert "Bench 2" in comments(issued) and "Shelf B3" in comments(issued) and "Van 1" in comments(issued)
	with pytest.raises(frappe.MandatoryError):
		frappe.get_doc("Collection Receipt", issued.name).move(" ")


def test_recovered_against_signature(call, issued):
	issued.reload()
	issued.recover("N. Byrne", make.SIGNATURE)
	issued.reload()
	assert (issued.status, issued.returned_by, issued.return_signed_by) == (
		"Recovered",
		"Administrator",
		"N. Byrne",
	)
	assert issued.returned_at and all(row.returned for row in issued.accessories)
	assert custody.unrecovered_receipts_of_call(call.name) == []


def test_not_recovered_without_signature(issued):
	refused(frappe.MandatoryError, issued, status="Recovered")
	refused(frappe.MandatoryError, issued, status="Recovered", return_signed_by="N. Byrne")
	refused(frappe.MandatoryError, issued, status="Recovered", return_signature=make.SIGNATURE)


def test_recovered_by_setting_the_status(issued):
	"""The same end by other means: every field set, then the state."""
	issued.reload()
	for row in issued.accessories:
		row.returned = 1
	issued.update({"status": "Recovered", "return_signature": make.SIGNATURE, "return_signed_by": "N. Byrne"})
	issued.save()
	assert issued.returned_by == "Administrator" and issued.returned_at


def test_accessory_kept_back_is_explained(issued):
	issued.reload()
	kept = issued.accessories[1].name
	with pytest.raises(frappe.MandatoryError, match="Mounting plate"):
		issued.recover("N. Byrne", make.SIGNATURE, kept_back=json.dumps([kept]))
	issued.reload()
	issued.recover("N. Byrne", make.SIGNATURE, notes="Plate follows by post", kept_back=[kept])
	issued.reload()
	assert [row.returned for row in issued.accessories] == [1, 0]


def test_returned_after_it_was_received(issued):
	issued.reload()
	issued.returned_at = add_to_date(issued.received_at, minutes=-1)
	with pytest.raises(frappe.ValidationError, match="cannot be before"):
		issued.recover("N. Byrne", make.SIGNATURE)


def test_lost_receipt_is_declared_by_a_supervisor(issued):
	make.user(SUPERVISOR, "Service Supervisor")
	frappe.set_user(make.user(AGENT, "Service Agent", "Service Technician"))
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Collection Receipt", issued.name).declare_lost("Slip gone")
	refused(frappe.PermissionError, issued, status="Recovered", lost_declaration="Slip gone")
	refused(frappe.PermissionError, issued, lost_declared_by=SUPERVISOR)
	frappe.set_user(SUPERVISOR)
	receipt = frappe.get_doc("Collection Receipt", issued.name)
	with pytest.raises(frappe.MandatoryError):
		receipt.declare_lost("")
	receipt = frappe.get_doc("Collection Receipt", issued.name)
	receipt.declare_lost("Slip gone; N. Byrne took the heater on 3 March, driving licence seen")
	assert (receipt.status, receipt.lost_declared_by) == ("Recovered", SUPERVISOR)
	assert "driving licence" in comments(receipt)


def test_one_way_to_voided(issued):
	refused(frappe.ValidationError, issued, status="Voided")
	refused(frappe.ValidationError, issued, status="Draft")
	refused(frappe.ValidationError, issued, status="Cancelled")
	receipt = frappe.get_doc("Collection Receipt", issued.name)
	receipt.recover("N. Byrne", make.SIGNATURE)
	refused(frappe.ValidationError, issued, status="Issued")
	frappe.get_doc("Collection Receipt", issued.name).void()
	assert frappe.db.get_value("Collection Receipt", issued.name, "status") == "Voided"
	refused(frappe.ValidationError, issued, status="Recovered")


def test_what_was_signed_at_return_stays(issued):
	receipt = frappe.get_doc("Collection Receipt", issued.name)
	receipt.recover("N. Byrne", make.SIGNATURE)
	refused(frappe.PermissionError, issued, return_signed_by="Somebody else")
	refused(frappe.PermissionError, issued, return_signature=None)
	refused(frappe.PermissionError, issued, returned_at=add_to_date(now_datetime(), days=-1))
	receipt = frappe.get_doc("Collection Receipt", issued.name)
	receipt.accessories[0].returned = 0
	with pytest.raises(frappe.ValidationError, match="accessories"):
		receipt.save()


def test_the_list_of_accessories_stays(issued):
	receipt = frappe.get_doc("Collection Receipt", issued.name)
	receipt.accessories = receipt.accessories[:1]
	with pytest.raises(frappe.ValidationError, match="accessories"):
		receipt.save()
	receipt = frappe.get_doc("Collection Receipt", issued.name)
	receipt.append("accessories", {"accessory": "Gold watch", "qty": 1, "returned": 1})
	with pytest.raises(frappe.ValidationError, match="accessories"):
		receipt.save()
	receipt = frappe.get_doc("Collection Receipt", issued.name)
	receipt.accessories[0].accessory = "Gold watch"
	with pytest.raises(frappe.UpdateAfterSubmitError):
		receipt.save()


def test_cancelled_while_nobody_has_worked_on_it(call, issued):
	card = cards.card_from_receipt(issued.name).insert()
	issued.reload()
	issued.cancel()
	assert frappe.db.get_value("Collection Receipt", issued.name, "status") == "Cancelled"
	card.reload()
	assert card.collection_receipt is None
	card.save()
	assert issued.name in comments(card)


def test_not_cancelled_once_the_card_is_past_received(issued):
	cards.card_from_receipt(issued.name).insert().start_diagnosis()
	assert not bulk(issued, "cancel")
	with pytest.raises(frappe.ValidationError, match="Diagnosing"):
		frappe.get_doc("Collection Receipt", issued.name).cancel()
	frappe.db.rollback()
	assert frappe.db.get_value("Collection Receipt", issued.name, "docstatus") == 1


def test_an_amendment_is_signed_for_anew(issued):
	receipt = frappe.get_doc("Collection Receipt", issued.name)
	receipt.recover("N. Byrne", make.SIGNATURE)
	receipt = frappe.get_doc("Collection Receipt", issued.name)
	receipt.cancel()
	# as the desk does it: everything is copied, fields that are not to be copied too
	amended = frappe.copy_doc(receipt, ignore_no_copy=True)
	amended.update({"amended_from": receipt.name, "docstatus": 0})
	amended.insert()
	assert amended.status == "Draft"
	assert not any(
		(amended.return_signature, amended.return_signed_by, amended.returned_at, amended.returned_by)
	)
	assert [row.returned for row in amended.accessories] == [0, 0]
	amended.submit()
	refused(frappe.MandatoryError, amended, status="Recovered")


def test_nothing_else_changes_while_cancelling(issued):
	frappe.db.commit()
	sent = frappe.get_doc("Collection Receipt", issued.name).as_dict()
	for change in ({"condition": "Brand new"}, {"location": "Nowhere"}, {"accessories": []}):
		with pytest.raises((frappe.UpdateAfterSubmitError, frappe.PermissionError, frappe.ValidationError)):
			frappe.client.save(json.dumps({**sent, **change, "docstatus": 2}, default=str))
		frappe.db.rollback()


def test_the_call_stays_open_while_the_product_is_here(call, issued):
	call.reload()
	call.update({"status": "Resolved", "resolution": "Repaired"})
	call.save()
	refused(frappe.ValidationError, call, status="Closed")
	frappe.get_doc("Collection Receipt", issued.name).declare_lost("Slip gone, product handed out")
	frappe.get_doc("Repair Call", call.name).close()
	assert frappe.db.get_value("Repair Call", call.name, "status") == "Closed"


def test_receipt_of_a_visit_belongs_to_the_same_call(call):
	other = make.call(call.customer, equipment=call.equipment, subject="Another fault")
	voucher = make.voucher(other, make.technician("Aoife"), outcome="Taken to Workshop")
	with pytest.raises(frappe.ValidationError, match=voucher.name):
		make.receipt(call, service_voucher=voucher.name)
	assert make.receipt(other, service_voucher=voucher.name).repair_call == other.name
