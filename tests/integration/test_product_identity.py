"""One product, one file: spelling, owners, replacement, merged customers (R-IN-2, R-IN-6, R-IN-7)."""

import frappe
import pytest
from frappe.model.rename_doc import rename_doc
from frappe.utils import add_days, getdate, nowdate

from aftersales.service_calls.entitlement import coverage
from aftersales.service_desk import phone_desk
from tests import factories as make

ITEM = "BOILER-24"


@pytest.fixture(scope="module")
def nora(shared_site):
	for name in ("A", "B", "C", "D"):
		make.category(name)
	make.settings(
		default_company=make.COMPANY,
		default_request_type=make.request_type("Repair"),
		repeat_days=30,
		repair_warranty_days=90,
	)
	make.item(ITEM, has_serial_no=1)
	return make.customer("Nora Byrne")


def in_warranty(owner, **values):
	return make.equipment(owner, **{"warranty_until": add_days(nowdate(), 100), **values})


def told_of(call) -> tuple:
	return call.coverage, call.service_category


def closed(call):
	call.resolve("Seal replaced")
	call.close()
	return call


# ---------------------------------------------------------------- spelling


@pytest.mark.parametrize("spelled", ["AB12345", "SN:AB-1234/5", "ab-12 34/5"])
def test_a_serial_spelled_otherwise_is_the_same_product(nora, spelled):
	file = in_warranty(nora, serial_text="SN: AB-12 34/5")
	first = make.plain_call(nora, serial_text=spelled)
	assert (first.equipment, *told_of(first)) == (file, "Warranty", "C")
	assert first.serial_text == spelled, "kept as it was told"
	closed(first)
	assert make.plain_call(nora, serial_text="Serial No. AB 12345").repeat_of == first.name
	with pytest.raises(frappe.DuplicateEntryError, match="product file with this serial number"):
		make.equipment(nora, serial_text=spelled)


def test_calls_without_a_file_are_repeats_however_the_plate_is_spelled(nora):
	first = closed(make.plain_call(nora, serial_text="XY 900-1"))
	assert first.equipment is None
	assert make.plain_call(nora, serial_text="xy9001").repeat_of == first.name


# ---------------------------------------------------------------- whose product it is


def sold(serial, customer, **values):
	make.serial_no(serial, ITEM, warranty_expiry_date=add_days(nowdate(), 200))
	frappe.db.set_value("Serial No", serial, {"customer": customer, **values})


def test_another_customer_s_serial_is_asked_about_and_not_given_away(nora):
	sold("SN-B-1", make.customer("Buyer Two"))
	call = make.plain_call(nora, serial_no="SN-B-1")
	assert told_of(call) == ("Unknown", "A")
	assert call.ownership_concern == "Serial No SN-B-1 belongs to Buyer Two, not to Nora Byrne."
	assert call.ownership_concern in call.coverage_reason
	call.ownership_reason = "Bought second-hand, receipt shown"
	call.save()
	assert told_of(call) == ("Warranty", "C")
	notes = frappe.get_all("Comment", {"reference_name": call.name}, pluck="content", order_by="creation asc")
	assert any("Bought second-hand, receipt shown" in note for note in notes)


def test_what_was_confirmed_is_not_asked_again_for_the_same_owner(nora):
	sold("SN-B-1", make.customer("Dealer"))
	file = make.equipment(nora, serial_no="SN-B-1")
	assert coverage.coverage_today(file)["kind"] == "Unknown"
	assert "Dealer" in coverage.coverage_today(file)["concern"]
	call = make.plain_call(nora, equipment=file, ownership_reason="Bought from the dealer")
	assert told_of(call) == ("Warranty", "C")
	assert told_of(make.plain_call(nora, equipment=file)) == ("Warranty", "C")
	assert coverage.coverage_today(file)["kind"] == "Warranty"
	sold("SN-B-1", make.customer("Buyer Two"))
	assert told_of(make.plain_call(nora, equipment=file)) == ("Unknown", "A"), (
		"another owner, another question"
	)


def test_a_reason_for_one_product_is_none_for_another(nora):
	sold("SN-B-1", make.customer("Buyer Two"))
	sold("SN-B-2", make.customer("Buyer Three"))
	call = make.plain_call(nora, serial_no="SN-B-1", ownership_reason="Second-hand")
	assert told_of(call) == ("Warranty", "C")
	call.serial_no = "SN-B-2"
	call.save()
	assert (call.ownership_reason, *told_of(call)) == (None, "Unknown", "A")


def test_the_phone_desk_asks_before_it_promises(nora):
	sold("SN-B-1", make.customer("Buyer Two"))
	said = {"customer": nora, "serial_no": "SN-B-1", "subject": "No heat"}
	preview = phone_desk.preview(said)
	assert (preview["coverage"], preview["service_category"]) == ("Unknown", "A")
	assert "Buyer Two" in preview["ownership_concern"]
	preview = phone_desk.preview({**said, "ownership_reason": "Second-hand"})
	assert (preview["coverage"], preview["service_category"]) == ("Warranty", "C")


def delivered(customer, serial, is_return=0, against=None):
	"""A Delivery Note of one serial, submitted, or its return."""
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"customer": customer,
			"company": make.COMPANY,
			"is_return": is_return,
			"return_against": against,
			"items": [
				{
					"item_code": ITEM,
					"qty": -1 if is_return else 1,
					"rate": 900,
					"warehouse": f"Stores - {make.ABBR}",
					"use_serial_batch_fields": 1,
					"serial_no": serial,
				}
			],
		}
	)
	note.insert()
	note.submit()
	return note.name


def test_sold_returned_and_sold_again_by_erpnext_s_own_documents(nora):
	frappe.db.set_value("Item", ITEM, "warranty_period", 365)
	make.receive(ITEM, 1, 400, f"Stores - {make.ABBR}", serial_nos=("SN-R-1",))
	note = delivered(nora, "SN-R-1")
	file = make.equipment(nora, serial_no="SN-R-1")
	assert getdate(frappe.db.get_value("Customer Equipment", file, "warranty_until")) == getdate(
		add_days(nowdate(), 365)
	)
	assert told_of(make.plain_call(nora, equipment=file)) == ("Warranty", "C")

	back = delivered(nora, "SN-R-1", is_return=1, against=note)
	call = make.plain_call(nora, equipment=file)
	assert told_of(call) == ("Unknown", "A"), "between return and resale it is in our stock"
	assert call.ownership_concern == (
		f"Serial No SN-R-1 is in our stock (Stores - {make.ABBR}), last moved by Delivery Note {back}."
	)

	buyer = make.customer("Buyer Two")
	again = delivered(buyer, "SN-R-1")
	call = make.plain_call(nora, equipment=file)
	assert call.ownership_concern == (
		f"Serial No SN-R-1 was delivered to Buyer Two by Delivery Note {again}, not to Nora Byrne."
	)
	theirs = make.plain_call(buyer, serial_no="SN-R-1")
	assert f"Product file {file} of Nora Byrne has this serial number" in theirs.ownership_concern

	frappe.get_doc("Customer Equipment", file).change_owner(buyer, notes="Sold again")
	moved = make.plain_call(buyer, serial_no="SN-R-1")
	assert (moved.equipment, moved.ownership_concern, *told_of(moved)) == (file, None, "Warranty", "C")
	doc = frappe.get_doc("Customer Equipment", file)
	assert [(row.customer, row.reason, row.to_date is None) for row in doc.serials] == [
		(nora, "Registered", False),
		(buyer, "New Owner", True),
	]


def test_a_second_file_for_a_sold_serial_is_pointed_out_with_the_first(nora):
	sold("SN-B-1", nora)
	file = make.equipment(nora, serial_no="SN-B-1")
	frappe.clear_messages()
	make.equipment(make.customer("Buyer Two"), serial_no="SN-B-1")
	assert file in str(frappe.message_log)


# ---------------------------------------------------------------- replaced


def test_a_replaced_product_keeps_its_file_warranties_and_history(nora):
	file = in_warranty(nora, serial_text="OLD-1")
	first = closed(make.plain_call(nora, equipment=file))
	doc = frappe.get_doc("Customer Equipment", file)
	doc.replace_product("NEW-1", "Replaced by Us", notes="Exchanged on site")
	with_new = make.plain_call(nora, serial_text="new 1")
	assert (with_new.equipment, with_new.repeat_of, *told_of(with_new)) == (file, first.name, "Warranty", "C")
	with_old = make.plain_call(nora, serial_text="OLD 1")
	assert (with_old.equipment, *told_of(with_old)) == (file, "Unknown", "A")
	assert with_old.ownership_concern == (
		f"The product with the number OLD 1 was replaced: {file} has the number NEW-1 now."
	)
	assert [row["equipment"] for row in phone_desk.search("OLD-1")] == [file]
	doc.reload()
	assert [(row.serial_text, row.reason, row.notes) for row in doc.serials] == [
		("OLD-1", "Registered", None),
		("NEW-1", "Replaced by Us", "Exchanged on site"),
	]
	doc.serials[0].serial_text = "FORGED"
	with pytest.raises(frappe.PermissionError, match="set by the system"):
		doc.save()


def test_a_new_number_of_another_file_is_refused(nora):
	make.equipment(nora, serial_text="NEW-1")
	doc = frappe.get_doc("Customer Equipment", make.equipment(nora, serial_text="OLD-1"))
	with pytest.raises(frappe.DuplicateEntryError):
		doc.replace_product("new1", "Replaced by Us")
	doc.reload()
	with pytest.raises(frappe.ValidationError, match="Choose one of the reasons"):
		doc.replace_product("NEW-2", "Registered")


# ---------------------------------------------------------------- merged and renamed customers


def test_merging_a_customer_entered_twice_joins_the_product(nora):
	twice = make.customer("N. Byrne")
	ours = make.equipment(nora, serial_text="S1", model=None)
	theirs = in_warranty(twice, serial_text="s-1", model="600 Combi")
	other = make.equipment(twice, serial_text="S2")
	first = closed(make.plain_call(twice, equipment=theirs))
	still_open = make.plain_call(twice, equipment=other)
	contract = make.contract(twice, covers_all_equipment=0, equipment=[{"equipment": theirs}])
	rename_doc("Customer", "N. Byrne", nora, merge=True, show_alert=False)

	assert frappe.get_all("Customer Equipment", {"customer": nora}, pluck="name", order_by="name") == [
		ours,
		other,
	]
	kept = frappe.get_doc("Customer Equipment", ours)
	assert (kept.model, getdate(kept.warranty_until)) == ("600 Combi", getdate(add_days(nowdate(), 100)))
	call = make.plain_call(nora, serial_text="S1")
	assert (call.equipment, call.repeat_of, *told_of(call)) == (ours, first.name, "Warranty", "C")
	assert frappe.db.get_value("Repair Call", first.name, "equipment") == ours
	assert [row.equipment for row in frappe.get_doc("Service Contract", contract.name).equipment] == [ours]
	assert frappe.db.get_value("Repair Call", still_open.name, "customer_name") == "Nora Byrne"
	assert frappe.db.get_value("Repair Call", first.name, "customer_name") == "N. Byrne", "over: as it was"


def test_two_makers_with_the_same_number_stay_two_after_a_merge(nora):
	twice = make.customer("N. Byrne")
	make.equipment(nora, serial_text="S1", brand="Baxi")
	make.equipment(twice, serial_text="S1", brand="Vaillant")
	rename_doc("Customer", "N. Byrne", nora, merge=True, show_alert=False)
	assert frappe.db.count("Customer Equipment", {"customer": nora, "serial_key": "S1"}) == 2


def test_a_customer_s_new_name_is_on_what_is_open(nora):
	file = make.equipment(nora)
	call = make.plain_call(nora, equipment=file)
	done = closed(make.plain_call(nora))
	customer = frappe.get_doc("Customer", nora)
	customer.customer_name = "Nora Walsh"
	customer.save()
	assert frappe.db.get_value("Repair Call", call.name, "customer_name") == "Nora Walsh"
	assert frappe.db.get_value("Customer Equipment", file, "customer_name") == "Nora Walsh"
	assert frappe.db.get_value("Repair Call", done.name, "customer_name") == "Nora Byrne"


def test_a_new_customer_changes_no_document_there_is(nora, monkeypatch):
	"""Nothing can be about a customer before it is there: its first save asks none of our tables."""
	make.plain_call(nora)
	told, execute = [], frappe.db.sql

	def noted(query, *args, **kwargs):
		told.append(str(query))
		return execute(query, *args, **kwargs)

	monkeypatch.setattr(frappe.db, "sql", noted)
	new = make.make("Customer", customer_name="Ben Quinn", customer_type="Individual", territory="Ireland")
	assert [query for query in told if query.startswith("UPDATE")] == []
	new.update({"customer_name": "Ben Quinn Ltd", "territory": "All Territories"})
	new.save()
	assert [query for query in told if query.startswith("UPDATE `tabRepair Call`")]
