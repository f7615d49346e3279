"""Every guard of loaners, vendor repairs and receipts, tried on the form, by the API and by the list's bulk edit.

Each row: where the document stands, what is set, and the reason it must be refused for.
"""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from tests import factories as make
from tests.attacks import bulk
from tests.refusals import assert_refused

STORE = f"Stores - {make.ABBR}"
LENT_OUT = f"Goods In Transit - {make.ABBR}"
GROUP = f"All Warehouses - {make.ABBR}"
BEFORE = "2020-01-01 08:00:00"

ON_RECORD = "set by the system"
SIGNED = "Not allowed to change"
DRAFT = "cannot be set on a draft"
ORDER = "does not follow"


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	names.loaner = make.item("Loaner heater", has_serial_no=1)
	make.receive(names.loaner, 1, 150, STORE, ("LH-1",))
	names.maker = make.once(
		"Supplier", "Calora Works", supplier_name="Calora Works", supplier_group="All Supplier Groups"
	)
	names.call = make.call(
		names.customer, equipment=make.equipment(names.customer, model="Instant 11", serial_text="IN-11")
	)
	names.others = make.equipment(make.customer("Padraig Walsh"), model="Ecoline")
	return names


# ---------------------------------------------------------------- where they stand


def draft_loaner(shop):
	return make.make(
		"Loaner Issue",
		repair_call=shop.call.name,
		company=make.COMPANY,
		item_code=shop.loaner,
		serial_no="LH-1",
		from_warehouse=STORE,
		to_warehouse=LENT_OUT,
		condition="As new",
		customer_signature=make.SIGNATURE,
		signed_by="N. Byrne",
	)


def issued_loaner(shop):
	doc = draft_loaner(shop)
	doc.submit()
	return doc


def returned_loaner(shop):
	doc = issued_loaner(shop)
	frappe.get_doc(doc.doctype, doc.name).take_back("As Lent", "N. Byrne", make.SIGNATURE)
	return doc


def lost_loaner(shop):
	doc = issued_loaner(shop)
	frappe.get_doc(doc.doctype, doc.name).declare_lost("Stolen from the cellar")
	return doc


def draft_receipt(shop):
	return make.receipt(shop.call)


def issued_receipt(shop):
	doc = draft_receipt(shop)
	doc.submit()
	return doc


def recovered_receipt(shop):
	doc = issued_receipt(shop)
	frappe.get_doc(doc.doctype, doc.name).recover("N. Byrne", make.SIGNATURE)
	return doc


def voided_receipt(shop):
	doc = recovered_receipt(shop)
	frappe.get_doc(doc.doctype, doc.name).void()
	return doc


def draft_repair(shop):
	shop.receipt = issued_receipt(shop)
	shop.card = make.received_card(shop.call, collection_receipt=shop.receipt.name, diagnosis="Board dead")
	return make.make(
		"Vendor Repair",
		repair_card=shop.card.name,
		supplier=shop.maker,
		work_wanted="Mend the board",
		expected_back=add_days(nowdate(), 10),
	)


def sent_repair(shop):
	doc = draft_repair(shop)
	doc.submit()
	return doc


def returned_repair(shop):
	doc = sent_repair(shop)
	frappe.get_doc(doc.doctype, doc.name).receive("Repaired", "Board mended")
	return doc


# ---------------------------------------------------------------- what is refused


RETURNED = {"status": "Returned", "return_condition": "As Lent", "return_notes": "At the door"}
RECOVERED = {"status": "Recovered", "return_signed_by": "N. Byrne", "return_signature": make.SIGNATURE}
BACK = {"status": "Back", "result": "Repaired", "result_notes": "Mended"}

REFUSED = [
	(draft_loaner, {"status": "Issued"}, DRAFT),
	(draft_loaner, RETURNED, DRAFT),
	(draft_loaner, {"status": "Lost"}, DRAFT),
	(draft_loaner, {"customer": "Padraig Walsh"}, "differs from that of Repair Call"),
	(draft_loaner, {"equipment": "{others}"}, "belongs to"),
	(draft_loaner, {"serial_no": None}, "Choose the serial number of the loaner"),
	(draft_loaner, {"item_code": "Service Hour"}, "cannot be lent"),
	(draft_loaner, {"to_warehouse": STORE}, "have to differ"),
	(draft_loaner, {"to_warehouse": GROUP}, "not an open warehouse"),
	(draft_loaner, {"value": -1}, "negative"),
	(draft_loaner, {"issue_entry": "{entry}"}, ON_RECORD),
	(draft_loaner, {"customer_reminded": "Overdue"}, ON_RECORD),
	(issued_loaner, {"status": "Draft"}, ORDER),
	(issued_loaner, {"status": "Cancelled"}, ORDER),
	(issued_loaner, {"status": "Returned"}, "Inspect the loaner first"),
	(
		issued_loaner,
		{"status": "Returned", "return_condition": "As Lent"},
		"why it was returned without a signature",
	),
	(
		issued_loaner,
		{
			"status": "Returned",
			"return_condition": "Damaged",
			"return_signed_by": "N. Byrne",
			"return_signature": make.SIGNATURE,
		},
		"Enter what is wrong with it",
	),
	(issued_loaner, {**RETURNED, "returned_at": BEFORE}, "Returned at .* cannot be before Issued at"),
	(issued_loaner, {**RETURNED, "return_warehouse": GROUP}, "not an open warehouse"),
	(issued_loaner, {"status": "Lost"}, "Only a supervisor can declare a loaner lost"),
	(issued_loaner, {"status": "Lost", "lost_declaration": "Gone"}, ON_RECORD),
	(issued_loaner, {"due_back": None}, "the loaner is due back"),
	(issued_loaner, {"due_back": "2020-01-01"}, "due back before"),
	(issued_loaner, {"issue_entry": None}, ON_RECORD),
	(issued_loaner, {"returned_by": "Guest"}, ON_RECORD),
	(issued_loaner, {"lost_declared_by": "Guest"}, ON_RECORD),
	(issued_loaner, {"customer_reminded": "Overdue"}, ON_RECORD),
	(issued_loaner, {"serial_no": None}, SIGNED),
	(issued_loaner, {"condition": "Scratched"}, SIGNED),
	(issued_loaner, {"customer_signature": None}, SIGNED),
	(issued_loaner, {"value": 1}, SIGNED),
	(issued_loaner, {"to_warehouse": STORE}, SIGNED),
	(returned_loaner, {"status": "Issued"}, ORDER),
	(returned_loaner, {"status": "Lost"}, ORDER),
	(returned_loaner, {"return_condition": "Worn"}, ON_RECORD),
	(returned_loaner, {"return_notes": "Was scratched"}, ON_RECORD),
	(returned_loaner, {"return_signature": None}, ON_RECORD),
	(returned_loaner, {"returned_at": BEFORE}, ON_RECORD),
	(returned_loaner, {"return_warehouse": LENT_OUT}, ON_RECORD),
	(returned_loaner, {"return_entry": None}, ON_RECORD),
	(returned_loaner, {"due_back": "2099-01-01"}, ON_RECORD),
	(lost_loaner, {"status": "Returned", "return_condition": "As Lent", "return_notes": "Found"}, ORDER),
	(lost_loaner, {"lost_declaration": "Burnt"}, ON_RECORD),
	(draft_receipt, {"status": "Issued"}, DRAFT),
	(draft_receipt, RECOVERED, DRAFT),
	(draft_receipt, {"customer": "Padraig Walsh"}, "differs from that of Repair Call"),
	(draft_receipt, {"equipment": "{others}"}, "belongs to"),
	(draft_receipt, {"lost_declaration": "Gone"}, ON_RECORD),
	(issued_receipt, {"status": "Draft"}, ORDER),
	(issued_receipt, {"status": "Voided"}, ORDER),
	(issued_receipt, {"status": "Cancelled"}, ORDER),
	(issued_receipt, {"status": "Recovered"}, "Capture the customer's signature"),
	(issued_receipt, {**RECOVERED, "return_signed_by": None}, "Enter who returned the product"),
	(issued_receipt, {**RECOVERED, "returned_at": BEFORE}, "cannot be before Received at"),
	(issued_receipt, {"status": "Recovered", "lost_declaration": "Lost in the post"}, ON_RECORD),
	(issued_receipt, {"returned_by": "Guest"}, ON_RECORD),
	(issued_receipt, {"condition": "New"}, SIGNED),
	(issued_receipt, {"customer_signature": None}, SIGNED),
	(issued_receipt, {"equipment": None}, SIGNED),
	(issued_receipt, {"accessories": []}, "signed for the accessories"),
	(recovered_receipt, {"status": "Issued"}, ORDER),
	(recovered_receipt, {"return_signed_by": "Somebody"}, ON_RECORD),
	(recovered_receipt, {"returned_at": BEFORE}, ON_RECORD),
	(recovered_receipt, {"returned_by": "Guest"}, ON_RECORD),
	(voided_receipt, {"status": "Recovered"}, ORDER),
	(voided_receipt, {"return_notes": "All well"}, ON_RECORD),
	(draft_repair, {"status": "Sent"}, DRAFT),
	(draft_repair, BACK, DRAFT),
	(draft_repair, {"expected_back": "2020-01-01"}, "before it is sent"),
	(draft_repair, {"location_before": "Shelf"}, ON_RECORD),
	(sent_repair, {"status": "Draft"}, ORDER),
	(sent_repair, {"status": "Cancelled"}, ORDER),
	(sent_repair, {"status": "Back"}, "Choose the result of the vendor's repair"),
	(sent_repair, {"status": "Back", "result": "Repaired"}, "Enter what the vendor did"),
	(sent_repair, {**BACK, "result": "Replaced"}, "instead of the one sent"),
	(sent_repair, {**BACK, "back_at": BEFORE}, "cannot be before Sent at"),
	(sent_repair, {"expected_back": "2020-01-01"}, "before it is sent"),
	(sent_repair, {"location_before": "Shelf"}, ON_RECORD),
	(sent_repair, {"supplier": None}, SIGNED + "|Value missing|MandatoryError"),
	(sent_repair, {"work_wanted": "Polish it"}, SIGNED),
	(sent_repair, {"accessories": "A gold ring"}, SIGNED),
	(returned_repair, {"status": "Sent"}, ORDER),
	(returned_repair, {"result": "Not Repairable"}, ON_RECORD),
	(returned_repair, {"result_notes": "Nothing done"}, ON_RECORD),
	(returned_repair, {"back_at": BEFORE}, ON_RECORD),
	(returned_repair, {"charged_on": 500}, ON_RECORD),
]


@pytest.mark.parametrize("stands", dict.fromkeys(row[0] for row in REFUSED), ids=lambda made: made.__name__)
def test_refused_on_every_way(shop, stands):
	"""One document stands all its attacks: each leaves it as it was."""
	doc = stands(shop)
	named = {
		"{others}": shop.others,
		"{entry}": frappe.db.get_value("Stock Entry", {"docstatus": 1}, order_by="creation asc"),
	}
	for _stands, values, because in (row for row in REFUSED if row[0] is stands):
		values = {
			field: named.get(value, value) if isinstance(value, str) else value
			for field, value in values.items()
		}
		assert_refused(doc, because, **values)


# ---------------------------------------------------------------- submitted and cancelled from the list


def refused_in_list(doc, action: str) -> bool:
	before = frappe.db.get_value(doc.doctype, doc.name, ["docstatus", "status"])
	done = bulk(doc, action)
	return not done and frappe.db.get_value(doc.doctype, doc.name, ["docstatus", "status"]) == before


@pytest.mark.parametrize("missing", ["condition", "customer_signature", "signed_by"])
@pytest.mark.parametrize("stands", [draft_loaner, draft_receipt])
def test_the_list_submits_nothing_unsigned(shop, stands, missing):
	doc = stands(shop)
	frappe.db.set_value(doc.doctype, doc.name, missing, "")
	assert refused_in_list(doc, "submit")


def test_the_list_lends_no_piece_that_is_not_there(shop):
	first, second = draft_loaner(shop), draft_loaner(shop)
	first.submit()
	assert refused_in_list(second, "submit")


def test_the_list_sends_out_no_product_that_is_out(shop):
	first = sent_repair(shop)
	second = make.make(
		"Vendor Repair", repair_card=first.repair_card, supplier=shop.maker, work_wanted="Mend it again"
	)
	assert refused_in_list(second, "submit")


def test_the_list_cancels_nothing_that_has_gone_on(shop):
	repair = returned_repair(shop)
	assert refused_in_list(repair, "cancel")
	frappe.get_doc("Repair Card", shop.card.name).start_diagnosis()
	assert refused_in_list(shop.receipt, "cancel")


def test_the_list_recovers_no_receipt_whose_product_is_with_a_vendor(shop):
	sent_repair(shop)
	assert_refused(shop.receipt, "Calora Works", **RECOVERED)


def test_the_list_cancels_no_loaner_that_a_receipt_names(shop):
	loaner = issued_loaner(shop)
	visit = make.voucher(shop.call, shop.technician, service_category="A", outcome="Taken to Workshop")
	make.receipt(shop.call, service_voucher=visit.name).submit()
	assert refused_in_list(loaner, "cancel")
