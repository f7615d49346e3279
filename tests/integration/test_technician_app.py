"""The technician's app, server side: what a phone takes along, and that each of its acts is done once.

Acts are sent as the phone sends them, as the technician; what they do is read from the documents and the ledgers.
"""

import base64
import hashlib
import io

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_datetime, now_datetime
from PIL import Image

from aftersales.field_service.mobile import api, page, photos
from tests import factories as make
from tests.jobs import books, gl, stock_ledger
from tests.phone_acts import (
	AOIFE,
	DECLAN,
	PHONE,
	act,
	added,
	dispatched,
	fields,
	load,
	report,
	send,
	upload,
	van_and_product,
)


@pytest.fixture(scope="module")
def masters(shared_site):
	return van_and_product()


@pytest.fixture
def visit(shop):
	return dispatched(shop)


# ---------------------------------------------------------------- what goes along


def test_a_phone_takes_the_days_to_come_along(shop, visit):
	later = dispatched(
		shop, planned_start=add_days(now_datetime(), 20), planned_end=add_days(now_datetime(), 20.1)
	)
	theirs = make.planned(make.call(shop.customer), "Declan")
	theirs.dispatch()
	draft = make.planned(make.call(shop.customer), shop.technician)
	parcel = load()
	# What is dispatched goes along whenever it is planned; a draft within the days to come
	assert {one["name"] for one in parcel["visits"]} == {visit.name, later.name, draft.name}
	one = next(one for one in parcel["visits"] if one["name"] == visit.name)
	assert (one["status"], one["customer_name"]) == ("Dispatched", "Nora Byrne")
	assert one["call"]["contact_phone"] == "+353 1 555 0100"
	assert one["product"]["serial_text"] == "TH-18-0042"
	assert one["planned_start"] == str(visit.planned_start)[:19]
	assert parcel["fits"][visit.name] == [shop.seal]
	assert parcel["parts"][shop.seal]["van"] == 10
	terms = parcel["terms"][visit.name]
	assert (terms["rates"][shop.seal], terms["labour_rate"], terms["tax_percent"]) == (42, 60, 13.5)
	assert "cost_rate" not in str(parcel) and "valuation" not in str(parcel)
	assert load(known=parcel["digest"]) == {"digest": parcel["digest"], "unchanged": True, "elsewhere": []}


def test_a_visit_given_to_another_goes_along_no_more(shop, visit):
	assert load()["visits"]
	visit.technician = "Declan"
	visit.save()
	assert load()["visits"] == []
	assert [one["name"] for one in load(DECLAN, "b" * 32)["visits"]] == [visit.name]


# ---------------------------------------------------------------- two technicians on a visit


def test_who_comes_along_works_on_their_own_phone_and_the_technician_completes(shop, visit):
	"""Planned by the desk; hours and parts are each one's own, and nothing of the other is lost."""
	assert load(DECLAN, "b" * 32)["visits"] == []
	frappe.flags.pop(
		"warehouse_account_map", None
	)  # ERPNext's, of this request: from before there was a second van
	make.receive(shop.seal, 3, 12.5, "Van Declan - LSL")
	visit.append("crew", {"technician": "Declan"})
	visit.save()
	parcel = load(DECLAN, "b" * 32)
	assert [(one["name"], one["technician"]) for one in parcel["visits"]] == [(visit.name, shop.technician)]
	assert parcel["parts"][shop.seal]["van"] == 3
	assert frappe.get_doc("Repair Call", visit.repair_call).has_permission("read", user=DECLAN)

	arrived = act(visit, "arrive", added(labour=[make.hours(1)]), minutes_ago=150)
	assert send(arrived)["state"] == "Done"
	# Declan was without a network since before Aoife arrived
	mine = {
		**fields(advice="Have it cleaned each year"),
		**added(labour=[make.hours(2)], parts=[make.part(shop.seal)]),
	}
	assert send(act(visit, "arrive", mine, minutes_ago=30), DECLAN)["state"] == "Done"
	visit.reload()
	assert [(row.technician, row.hours) for row in visit.labour] == [(shop.technician, 1), ("Declan", 2)]
	assert [row.warehouse for row in visit.parts] == ["Van Declan - LSL"]

	for kind, values in (("complete", {}), ("collect_cash", {"amount": 5, "so_far": 0})):
		answer = send(act(visit, kind, report() if kind == "complete" else {}, **values), DECLAN)
		assert answer["state"] == "Refused", kind
	frappe.set_user(DECLAN)
	theirs = frappe.get_doc("Service Voucher", visit.name)
	theirs.technician = "Declan"
	with pytest.raises(frappe.PermissionError):
		theirs.save()
	frappe.set_user("Administrator")

	answer = send(act(visit, "complete", report()))
	assert answer["state"] == "Done", answer
	assert answer["amount_due"] == 367.74  # 4 hours of 60 and 2 seals of 42, and 13.5 % on them
	visit.reload()
	assert sorted(row[1:3] for row in stock_ledger(visit.stock_entry)) == [
		("Van Aoife - LSL", -1),
		("Van Declan - LSL", -1),
	]
	assert [one["docstatus"] for one in load(DECLAN, "b" * 32)["visits"]] == [1]


def test_whoever_gets_hours_on_a_visit_sees_it(shop, visit):
	assert load(DECLAN, "b" * 32)["visits"] == []
	third = make.technician("Comes Again")
	work = [make.hours(1, technician=name) for name in ("Declan", third)]
	send(act(visit, "save", added(labour=work)))
	assert [one["name"] for one in load(DECLAN, "b" * 32)["visits"]] == [visit.name]
	frappe.db.set_value("Service Technician", "Declan", "is_active", 0)
	visit.reload()
	visit.advice = "The hours of one who has left stay"
	visit.save()
	again = {**report(), **added(labour=[make.hours(1)])}
	again["fields"]["outcome"]["mine"] = "Revisit Needed"
	again["fields"]["advice"] = {"seen": visit.advice, "mine": "Come again"}
	assert send(act(visit, "complete", again))["state"] == "Done"
	revisit = frappe.get_doc("Service Voucher", {"previous_voucher": visit.name})
	assert [row.technician for row in revisit.crew] == [
		third
	]  # planned in the name of who completes, who plans nobody


# ---------------------------------------------------------------- service prices, and what is taken along


def test_a_phone_knows_what_service_prices_make_of_the_visit(shop):
	"""The same figures as in frontend/technician/tests/rules.test.ts, where the phone makes them by itself."""
	make.service_price("Out", 45, "Call-out", included_hours=0.5, includes_travel=1)
	make.service_price("Night", 0, "Surcharge", percent=10)
	make.service_price("Least", 100, "Minimum Charge")
	visit = dispatched(shop)
	one = load()["visits"][0]
	charges = one["charges"]
	kinds = {price["kind"]: (price["hours"], price["travel"]) for price in charges["prices"].values()}
	assert kinds == {"Call-out": (0.5, True), "Surcharge": (0, False), "Minimum Charge": (0, False)}
	assert (charges["least"], [part["percent"] for part in charges["surcharges"]]) == (100, [10, 10])
	call_out = next(row for row in one["parts"] if one["priced"][row["name"]]["price"])
	assert one["priced"][call_out["name"]]["rate"] == 45
	answer = send(act(visit, "complete", report()))
	assert answer["amount_due"] == 161.17  # 100 at least, a seal of 42, and 13.5 %
	assert answer["visit"]["charges"] is None  # it is over


def test_the_receipt_of_a_product_taken_along_is_signed_on_the_phone(shop, visit):
	taken = {**report(), **added(labour=[make.hours(1)])}
	taken["fields"]["outcome"]["mine"] = "Taken to Workshop"
	values = {
		"condition": "Cover scratched",
		"accessories": [{"accessory": "Remote control", "qty": 2}],
		"signature": make.SIGNATURE,
		"signed_by": "N. Byrne",
	}
	too_early = send(act(visit, "hand_over", **values))
	assert (too_early["state"], too_early["visit"]["taken_along"]) == ("Refused", None)
	answer = send(act(visit, "complete", taken))
	drafted = answer["visit"]["taken_along"]
	assert drafted["issued"] == 0

	make.settings(loaner_before_removal=1)
	refused = send(act(visit, "hand_over", **values))
	assert refused["state"] == "Refused" and "loaner" in refused["message"]
	for wrong in ({"accessories": [{"qty": 1}]}, {"condition": 7}, {"signature": "javascript:x"}):
		assert send(act(visit, "hand_over", **{**values, **wrong}))["state"] == "Refused", wrong
	signed = act(visit, "hand_over", **values, loaner="Declined")
	assert send(signed)["issued"] == drafted["name"]
	assert send(signed)["seen"]
	receipt = frappe.get_doc("Collection Receipt", drafted["name"])
	assert (receipt.status, receipt.condition, receipt.signed_by) == ("Issued", "Cover scratched", "N. Byrne")
	assert [(row.accessory, row.qty) for row in receipt.accessories] == [("Remote control", 2)]
	assert receipt.customer_signature == make.SIGNATURE
	card = frappe.db.get_value("Repair Card", {"repair_call": visit.repair_call}, "collection_receipt")
	assert card == receipt.name
	again = send(act(visit, "hand_over", **values, loaner="Declined"))
	assert again["state"] == "Refused" and again["visit"]["taken_along"]["issued"] == 1


# ---------------------------------------------------------------- a visit, once


def test_a_whole_visit_from_the_phone_stands_on_the_ledgers_once(shop, visit):
	arrived = act(visit, "arrive", minutes_ago=70)
	over = {**act(visit, "complete", report(), minutes_ago=10), "after": arrived["id"]}
	assert send(arrived)["state"] == "Done"
	answer = send(over)
	assert answer["state"] == "Done", answer
	assert answer["amount_due"] == 115.77  # (60 + 42) * 1.135
	visit.reload()
	assert (visit.docstatus, visit.status) == (1, "Completed")
	assert abs((now_datetime() - get_datetime(visit.arrived_at)).total_seconds() - 70 * 60) < 60
	assert abs((now_datetime() - get_datetime(visit.departed_at)).total_seconds() - 10 * 60) < 60
	before = books()
	assert [row[2] for row in stock_ledger(visit.stock_entry)] == [-1]
	assert sum(row[1] for row in gl(visit.sales_invoice)) == 115.77
	for _again in range(3):  # the answer was lost on the way
		again = send(over)
		assert (again["state"], again["seen"], again["amount_due"]) == ("Done", True, 115.77)
		assert send(arrived)["seen"]
	assert books() == before
	assert frappe.db.count("Technician Act", {"service_voucher": visit.name}) == 2


def test_acts_that_come_out_of_order_wait_for_those_before_them(visit):
	first = act(visit, "arrive")
	second = {**act(visit, "save", fields(findings="Valve stuck")), "after": first["id"]}
	assert send(second) == {"state": "Wait", "for": first["id"]}
	assert not frappe.db.get_value("Service Voucher", visit.name, "findings")
	assert send(first)["state"] == send(second)["state"] == "Done"
	assert frappe.db.get_value("Service Voucher", visit.name, "findings") == "Valve stuck"


def test_an_id_stands_for_one_act_of_one_user(visit):
	one = act(visit, "save", fields(findings="Valve stuck"))
	send(one)
	with pytest.raises(frappe.PermissionError):
		send({**one, "changes": fields(findings="Something else")})
	with pytest.raises(frappe.PermissionError):
		send(one, DECLAN)


@pytest.mark.parametrize("off", [-120, 120])
def test_a_phone_whose_clock_is_off_says_the_right_time(visit, off):
	send(act(visit, "arrive", minutes_ago=30, clock_off=off))
	arrived = frappe.db.get_value("Service Voucher", visit.name, "arrived_at")
	assert abs((now_datetime() - arrived).total_seconds() - 30 * 60) < 60


def test_rows_are_added_changed_and_removed_by_their_names(visit):
	make_rows = added(labour=[make.hours(1), make.hours(0.5, activity="Travel")])
	rows = make_rows["tables"]["labour"]["added"]
	answer = send(act(visit, "save", make_rows))
	assert [row["name"] for row in answer["visit"]["labour"]] == [row["name"] for row in rows]
	changes = {
		"tables": {
			"labour": {
				"changed": [{"name": rows[0]["name"], "fields": {"hours": {"seen": 1, "mine": 1.5}}}],
				"removed": [rows[1]["name"]],
				"added": [rows[0]],  # sent before
			}
		}
	}
	answer = send(act(visit, "save", changes))
	assert [(row["name"], row["hours"]) for row in answer["visit"]["labour"]] == [(rows[0]["name"], 1.5)]


# ---------------------------------------------------------------- refused, changed by others


def test_what_the_desk_refuses_is_refused_and_kept_as_an_answer(visit):
	without = report()
	del without["fields"]["test_result"]
	one = act(visit, "complete", without)
	for _again in range(2):
		answer = send(one)
		assert answer["state"] == "Refused"
		assert "Test" in answer["message"] and "<" not in answer["message"]
	visit.reload()
	assert (visit.docstatus, visit.findings, visit.labour) == (0, None, [])
	assert frappe.db.get_value("Technician Act", one["id"], "state") == "Refused"
	# Dealt with: a new act follows the refused one
	assert send({**act(visit, "complete", report()), "after": one["id"]})["state"] == "Done"


def test_both_values_are_told_and_nothing_is_overwritten(visit):
	visit.findings = "The office knows: pump"
	visit.save()
	one = act(visit, "save", fields(findings="Valve stuck", advice="Flush yearly"))
	answer = send(one)
	assert answer["state"] == "Conflict"
	[conflict] = answer["conflicts"]
	assert (conflict["field"], conflict["mine"], conflict["theirs"]) == (
		"findings",
		"Valve stuck",
		"The office knows: pump",
	)
	visit.reload()
	assert (visit.findings, visit.advice) == ("The office knows: pump", None)
	decided = {"fields": {"findings": {"seen": conflict["theirs"], "mine": "Valve stuck"}}}
	assert send({**act(visit, "save", decided), "after": one["id"]})["state"] == "Done"
	visit.reload()
	assert visit.findings == "Valve stuck"


def test_two_phones_of_one_technician_do_not_overwrite_each_other(visit):
	assert send(act(visit, "save", fields(findings="From the tablet")))["state"] == "Done"
	assert send(act(visit, "save", fields(findings="From the phone")))["state"] == "Conflict"
	assert send(act(visit, "save", fields(advice="From the phone")))["state"] == "Done"


def test_a_visit_called_off_or_over_takes_nothing_more(visit):
	visit.call_off("Customer ill")
	answer = send(act(visit, "complete", report()))
	assert answer["state"] == "Refused" and "cancelled" in answer["message"]


def test_a_visit_that_the_office_completed_meanwhile_says_so_whatever_the_phone_did(visit):
	assert send(act(visit, "complete", report()))["state"] == "Done"  # from the desk, or another phone
	for kind in ("save", "arrive", "complete"):
		answer = send(act(visit, kind, fields(advice="Flush yearly")))
		assert answer["state"] == "Refused" and "can no longer be changed" in answer["message"], kind
		assert answer["visit"]["docstatus"] == 1
	assert send(act(visit, "complete"))["state"] == "Done"  # nothing new was entered: it is over, as wanted


def test_a_visit_given_to_another_is_kept_and_told(visit):
	visit.technician = "Declan"
	visit.save()
	answer = send(act(visit, "save", fields(findings="Mine")))
	assert (answer["state"], answer["visit"]) == ("Refused", None)
	assert not frappe.db.get_value("Service Voucher", visit.name, "findings")


# ---------------------------------------------------------------- outcomes, money, messages


def test_outcomes_make_their_next_step(shop):
	again, taken = dispatched(shop), dispatched(shop)
	made = report(work_left="Fit the new fan")
	made["fields"]["outcome"]["mine"] = "Revisit Needed"
	assert send(act(again, "complete", made))["state"] == "Done"
	[revisit] = frappe.get_all(
		"Service Voucher", {"previous_voucher": again.name}, pluck="name", order_by="name"
	)
	assert frappe.db.get_value("Service Voucher", revisit, "preliminary_plan").endswith("Fit the new fan")
	made = report()
	made["fields"]["outcome"]["mine"] = "Taken to Workshop"
	assert send(act(taken, "complete", made))["state"] == "Done"
	assert frappe.db.count("Collection Receipt", {"service_voucher": taken.name}) == 1


def test_cash_has_one_receipt(visit):
	one = act(visit, "complete", report(cash_collected=115.77))
	receipt = send(one)["receipt"]
	assert receipt and send(one)["receipt"] == receipt
	visit.reload()
	assert [row.amount for row in visit.cash_receipts] == [115.77]


def test_cash_after_completion_is_collected_once(visit):
	send(act(visit, "complete", report()))
	one = act(visit, "collect_cash", amount=100, so_far=0)
	assert send(one)["receipt"] == send(one)["receipt"]
	assert send(act(visit, "collect_cash", amount=100, so_far=0))["state"] == "Refused"
	visit.reload()
	assert visit.cash_collected == 100


def test_the_customer_is_told_once_that_somebody_is_on_the_way(visit, monkeypatch):
	told = []
	monkeypatch.setattr(
		"aftersales.customer_portal.messages.tell", lambda *args, **facts: told.append((args, facts))
	)
	make.settings(send_customer_messages=1)
	one = act(visit, "set_out", minutes=25)
	assert send(one)["state"] == send(one)["state"] == "Done"
	[(args, facts)] = told
	assert args[1] == "on_the_way"
	assert facts["arrival"] == add_to_date(now_datetime(), minutes=25).strftime("%H:%M")


# ---------------------------------------------------------------- photos


def picture(colour: str = "red", size: int = 40) -> bytes:
	made = io.BytesIO()
	noise = Image.effect_noise((size, size), 100).convert("RGB")
	Image.blend(noise, Image.new("RGB", (size, size), colour), 0.3).save(made, "JPEG", quality=95)
	return made.getvalue()


def test_a_photo_goes_on_where_the_network_failed_and_is_stored_once(visit):
	content = picture(size=120)
	assert not upload(visit, content, until=2000)["done"]
	assert upload(visit, content)["done"]
	assert upload(visit, content)["done"]  # the answer was lost
	named = {"photo": f"sha256:{hashlib.sha256(content).hexdigest()}", "shows": "Before"}
	assert send(act(visit, "save", added(photos=[named])))["state"] == "Done"
	visit.reload()
	[file] = frappe.get_all("File", {"attached_to_name": visit.name}, ["name", "file_url", "is_private"])
	assert visit.photos[0].photo == file.file_url and file.is_private
	stored = frappe.get_doc(
		"File", file.name
	).get_content()  # without what the camera noted, where the site wants that
	assert Image.open(io.BytesIO(stored)).size == (120, 120)
	assert not frappe.db.get_value("Technician Upload", {"service_voucher": visit.name}, "content")


def test_a_photo_of_a_phone_goes_in_pieces_of_the_apps_size(visit):
	content = picture(size=600)
	assert len(content) > 2 * photos.PIECE
	assert upload(visit, content, piece=photos.PIECE)["done"]


def test_a_photo_is_no_other_file_and_of_this_visit(shop, visit):
	with pytest.raises(frappe.ValidationError):
		upload(visit, b"<svg onload=alert(1)>" * 50)
	other = dispatched(shop)
	content = picture("blue")
	upload(other, content)
	named = {"photo": f"sha256:{hashlib.sha256(content).hexdigest()}", "shows": "After"}
	answer = send(act(visit, "save", added(photos=[named])))
	assert answer["state"] == "Refused" and "not been sent" in answer["message"]
	with pytest.raises(frappe.PermissionError):
		upload(visit, content, DECLAN)


# ---------------------------------------------------------------- users and phones


def test_nobody_sends_in_the_name_of_somebody_else(visit):
	one = act(visit, "save", fields(findings="Mine"))
	frappe.set_user(DECLAN)
	for call in (
		lambda: api.take(user=AOIFE, act=one),
		lambda: api.load(user=AOIFE, phone=PHONE),
		lambda: api.upload(user=AOIFE, voucher=visit.name, digest="0" * 64, size=9, offset=0),
	):
		with pytest.raises(frappe.PermissionError):
			call()
	frappe.set_user("Administrator")
	assert send(one, DECLAN)["state"] == "Refused"  # in their own name it is not theirs either
	assert not frappe.db.get_value("Service Voucher", visit.name, "findings")


def test_what_another_phone_has_not_sent_is_told(visit):
	load(device="Chrome, Android", unsent=2)
	load(DECLAN, "c" * 32, unsent=7)
	other = "b" * 32
	[told] = load(phone=other)["elsewhere"]
	assert (told["device"], told["unsent"]) == ("Chrome, Android", 2)
	load(unsent=0)  # the first phone has sent it
	assert load(phone=other)["elsewhere"] == []
	frappe.db.set_value("Technician Phone", PHONE, {"unsent": 3, "last_seen": add_days(now_datetime(), -15)})
	assert load(phone=other)["elsewhere"] == []


def test_a_lost_phone_is_wiped_with_and_without_a_session(visit, monkeypatch):
	load(device="Chrome, Android", version="1", unsent=2)
	phone = frappe.get_doc("Technician Phone", PHONE)
	assert (phone.user, phone.unsent, phone.device) == (AOIFE, 2, "Chrome, Android")
	with pytest.raises(frappe.PermissionError):
		load(DECLAN)  # the number of Aoife's data
	phone.wipe = 1
	phone.save()
	assert load() == {"wipe": True}
	frappe.set_user("Guest")
	for method, number, wipe in (("GET", PHONE, True), ("GET", "c" * 32, False), ("POST", PHONE, True)):
		monkeypatch.setattr(frappe.local, "request", frappe._dict(method=method), raising=False)
		answer = page.TechnicianApp(f"technician/phone/{number}").render()
		assert answer.json == {"wipe": wipe}
	frappe.set_user("Administrator")
	phone.reload()
	assert phone.wiped_at and phone.unsent == 0


@pytest.mark.parametrize(
	"wrong",
	[
		{"id": "1"},
		{"id": None},
		{"after": "x"},
		{"kind": "drop"},
		{"voucher": None},
		{"kind": ["save"]},
		{"voucher": "x" * 500},
		{"phone": "\ud83d"},
		{"at": "today"},
		{"at": float("nan")},
		{"sent_at": None},
		{"changes": [1]},
		{"values": "x"},
	],
)
def test_what_is_no_act_is_a_message_and_not_stored(visit, wrong):
	before = frappe.db.count("Technician Act")
	with pytest.raises(frappe.ValidationError):
		send({**act(visit, "save"), **wrong})
	assert frappe.db.count("Technician Act") == before


@pytest.mark.parametrize(
	"changes",
	[
		fields(technician="Declan"),
		fields(status="Completed"),
		{"tables": {"cash_receipts": {"added": []}}},
		{"tables": {"labour": {"added": [{"name": "x", "values": {}}]}}},
		{"tables": {"labour": {"added": "x", "changed": [{"name": ["y"]}], "removed": 5}}},
		{"tables": {"labour": 5}},
		{"fields": ["findings"]},
		fields(findings=["x"], arrived_at="yesterday"),
		added(labour=[{"activity": "Repair", "hours": 1, "rate": 500}]),
		added(photos=[{"photo": "/private/files/salaries.pdf", "shows": "After"}]),
	],
)
def test_a_phone_changes_only_what_a_technician_enters(visit, changes):
	answer = send(act(visit, "save", changes))
	assert answer["state"] == "Refused", answer
	assert frappe.db.get_value("Service Voucher", visit.name, ["technician", "status"]) == (
		visit.technician,
		"Dispatched",
	)


def test_records_of_acts_and_photos_are_written_by_the_app_only(visit):
	send(act(visit, "arrive"))
	stored = frappe.get_last_doc("Technician Act")
	stored.state = "Refused"
	with pytest.raises(frappe.PermissionError):
		stored.save()
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc({"doctype": "Technician Upload", "name": "x", "service_voucher": visit.name}).insert()
