"""The technician's app, server side: quotes signed on the spot, checklists, documents, card payments.

Figures are those of `factories.shop`: an hour 60.00, a seal 42.00, VAT 13.5 %.
"""

import hashlib
import io

import frappe
import pytest
from frappe.utils import add_days, get_datetime, now_datetime, nowdate
from PIL import Image

from tests import factories as make
from tests.jobs import gl, stock_ledger
from tests.phone_acts import (
	AOIFE,
	DECLAN,
	act,
	added,
	changed,
	dispatched,
	fields,
	load,
	report,
	send,
	upload,
	van_and_product,
)
from tests.settling_cases import terminal


@pytest.fixture(scope="module")
def masters(shared_site):
	return van_and_product()


@pytest.fixture
def visit(shop):
	doc = dispatched(shop)
	send(act(doc, "arrive"))
	return doc


def fresh(doc):
	return frappe.get_doc(doc.doctype, doc.name)


def lines(shop, parts: int = 1) -> dict:
	return added(labour=[make.hours(1)], parts=[make.part(shop.seal)] * parts)


def signed(visit, changes: dict | None = None, limit: float | None = None, **more) -> dict:
	values = {"approved_by": "N. Byrne", "signature": make.SIGNATURE, "limit": limit}
	return act(visit, "accept_quote", changes, **{**values, **more})


def told_of(visit) -> dict:
	return next(one for one in load()["visits"] if one["name"] == visit.name)


# ---------------------------------------------------------------- a quote on the spot


def test_a_quote_signed_without_a_network_is_billed_as_signed(shop, visit):
	"""The phone knew the prices: lines and signature come together, hours after they were made."""
	one = signed(visit, lines(shop), limit=102)
	one["at"] -= 90 * 60_000
	for _again in range(2):  # the answer was lost
		answer = send(one)
		assert answer["state"] == "Done", answer
	assert (answer["quoted"], answer["approval_status"], answer["needs_new_quote"]) == (
		102,
		"Approved",
		False,
	)
	doc = fresh(visit)
	assert (doc.approval_channel, doc.approved_by, doc.approved_amount) == ("Signature", "N. Byrne", 102)
	assert abs((now_datetime() - get_datetime(doc.approved_at)).total_seconds() - 90 * 60) < 60
	assert frappe.db.count("Quotation", {"aftersales_voucher": visit.name}) == 1
	told = told_of(visit)["quote"]
	assert (told["total"], told["net"], told["approved_by"]) == (115.77, 102, "N. Byrne")
	over = report()
	del over["tables"]
	assert send({**act(visit, "complete", over), "after": one["id"]})["amount_due"] == 115.77
	assert sum(row[1] for row in gl(fresh(visit).sales_invoice)) == 115.77


def test_dearer_than_the_customer_signed_for_has_to_be_asked_again(shop, visit):
	"""On the phone the seal cost 30; meanwhile it costs 42. What was signed is kept, the visit cannot be completed."""
	make.settings(approval_tolerance=5)
	answer = send(signed(visit, lines(shop), limit=90))
	assert (answer["state"], answer["quoted"], answer["needs_new_quote"]) == ("Done", 102, True)
	over = report()
	del over["tables"]
	refused = send(act(visit, "complete", over))
	assert refused["state"] == "Refused" and "was accepted" in refused["message"]
	assert send(signed(visit, limit=102))["needs_new_quote"] is False
	assert send(act(visit, "complete", over))["state"] == "Done"


def test_more_work_than_signed_for_is_quoted_and_signed_again(shop, visit):
	first = send(act(visit, "quote", lines(shop)))
	assert (first["state"], first["quoted"], first["approval_status"]) == ("Done", 102, "Pending")
	assert told_of(visit)["quote"]["total"] == 115.77
	refused = send(act(visit, "complete", {"fields": report()["fields"]}))
	assert refused["state"] == "Refused" and "not answered the quote" in refused["message"]
	send(signed(visit, limit=102))
	answer = send(act(visit, "save", added(parts=[make.part(shop.seal)])))
	assert answer["visit"]["quote"]["needs_new_quote"]
	again = send(signed(visit, limit=144))
	assert (again["quoted"], again["needs_new_quote"]) == (144, False)
	assert send(act(visit, "complete", {"fields": report()["fields"]}))["state"] == "Done"
	assert sum(row[1] for row in gl(fresh(visit).sales_invoice)) == 163.44


def test_a_declined_quote_leaves_what_was_done(shop, visit):
	rows = added(labour=[make.hours(0.5, activity="Diagnosis"), make.hours(1)], parts=[make.part(shop.seal)])
	send(act(visit, "quote", rows))
	assert send(act(visit, "decline_quote", reason=" "))["state"] == "Refused"
	answer = send(act(visit, "decline_quote", fields(outcome="Declined"), reason="Too expensive"))
	assert answer["state"] == "Done", answer
	assert [row["activity"] for row in answer["visit"]["labour"]] == ["Diagnosis"]
	assert (answer["visit"]["outcome"], answer["visit"]["parts"]) == ("Declined", [])
	assert answer["visit"]["quote"]["decline_reason"] == "Too expensive"
	over = {"fields": {**report()["fields"], "outcome": {"seen": "Declined", "mine": "Declined"}}}
	assert send(act(visit, "complete", over))["amount_due"] == 34.05


@pytest.mark.parametrize(
	"wrong",
	[
		{"signature": None},
		{"signature": "x"},
		{"signature": 5},
		{"approved_by": " "},
		{"approved_by": ["N"]},
		{"limit": "102"},
		{"limit": True},
		{"limit": -1},
	],
)
def test_a_signature_that_is_none_accepts_nothing(shop, visit, wrong):
	answer = send(signed(visit, lines(shop), **wrong))
	assert answer["state"] == "Refused", answer
	doc = fresh(visit)
	assert (doc.approval_status, doc.quotation, doc.parts) == ("Not Needed", None, [])


# ---------------------------------------------------------------- checklists


def checklist(**values):
	return make.make(
		"Checklist Template",
		template_name="Boiler safety (app)",
		model="600 Combi",
		questions=[
			{"question": "Flue is tight", "kind": "Yes or No", "good_answer": "Yes", "reqd": 1},
			{
				"question": "CO",
				"kind": "Value",
				"uom": "ppm",
				"has_upper": 1,
				"upper": 50,
				"reqd": 1,
				"makes_call": 1,
			},
			{"question": "Seal", "kind": "Choice", "choices": "New\n*Worn out"},
			{"question": "Flame", "kind": "Photo"},
		],
		**values,
	)


@pytest.fixture
def asked(shop):
	from aftersales.setup import defaults

	defaults.insert_missing(["Service Request Type", "Issue Priority"])
	make.settings(default_request_type="Repair", default_priority="Medium")
	for name in frappe.get_all("Checklist Template", pluck="name"):
		frappe.db.set_value("Checklist Template", name, "disabled", 1)
	checklist()
	return dispatched(shop)


def answer_to(visit, **given) -> dict:
	"""Changes that answer the questions of a visit, named by their texts."""
	told = told_of(visit)
	rows = {
		question["question"]: question["name"] for one in told["checklists"] for question in one["questions"]
	}
	values = {row["name"]: row for row in told["answers"]}
	return changed(
		"answers",
		{
			rows[question]: {field: (values[rows[question]][field], mine) for field, mine in answer.items()}
			for question, answer in given.items()
		},
	)


def test_checklists_go_along_are_answered_and_asked_for(asked):
	told = told_of(asked)
	[one] = told["checklists"]
	questions = {question["question"]: question for question in one["questions"]}
	assert (one["status"], questions["CO"]["upper"], questions["Seal"]["bad_choices"]) == (
		"Open",
		50,
		["Worn out"],
	)
	refused = send(act(asked, "complete", report()))
	assert refused["state"] == "Refused" and "Flue is tight" in refused["message"]
	given = answer_to(
		asked,
		**{"Flue is tight": {"yes_no": "Yes"}, "CO": {"value": 120, "value_is_set": 1, "remark": "Dirty"}},
	)
	assert send(act(asked, "save", given))["state"] == "Done"
	assert send(act(asked, "complete", report()))["state"] == "Done"
	stored = frappe.get_doc("Service Checklist", one["name"])
	assert (stored.status, stored.out_of_limits, stored.answers[1].remark) == ("Complete", 1, "Dirty")
	assert stored.answers[1].follow_up_call
	late = send(act(asked, "save", answer_to(asked, Seal={"choice": "New"})))
	assert late["state"] == "Refused" and "complete" in late["message"]


def test_zero_is_an_answer(asked):
	send(act(asked, "save", answer_to(asked, CO={"value_is_set": 1})))
	row = next(row for row in told_of(asked)["answers"] if row["value_is_set"])
	assert row["value"] == 0
	send(act(asked, "save", answer_to(asked, CO={"value_is_set": 0})))
	assert not any(row["value_is_set"] for row in told_of(asked)["answers"])


def test_an_answer_that_another_gave_meanwhile_is_not_overwritten(asked):
	mine = answer_to(asked, **{"Flue is tight": {"yes_no": "Yes"}, "Seal": {"choice": "New"}})
	send(act(asked, "save", answer_to(asked, **{"Flue is tight": {"yes_no": "No"}})))
	one = act(asked, "save", mine)
	answer = send(one)
	[conflict] = answer["conflicts"]
	assert (conflict["label"], conflict["mine"], conflict["theirs"], conflict["table"]) == (
		"Flue is tight",
		"Yes",
		"No",
		"answers",
	)
	assert {row["choice"] for row in told_of(asked)["answers"]} == {None}
	again = send(one)  # the answer was lost: both values are told again
	assert (again["seen"], again["conflicts"]) == (True, answer["conflicts"])


def test_a_photo_answers_a_question_by_its_content(asked):
	made = io.BytesIO()
	Image.effect_noise((60, 60), 90).convert("RGB").save(made, "JPEG")
	content = made.getvalue()
	named = f"sha256:{hashlib.sha256(content).hexdigest()}"
	assert send(act(asked, "save", answer_to(asked, Flame={"photo": named})))["state"] == "Refused"
	assert upload(asked, content)["done"]
	assert send(act(asked, "save", answer_to(asked, Flame={"photo": named})))["state"] == "Done"
	row = told_of(asked)["answers"][3]
	assert frappe.db.get_value("File", {"file_url": row["photo"]}, "attached_to_name") == asked.name
	# and none of another document
	forged = answer_to(asked, Flame={"photo": "sha256:" + "0" * 64})
	assert send(act(asked, "save", forged))["state"] == "Refused"


@pytest.mark.parametrize(
	"sent",
	[
		5,
		{"added": []},
		{"changed": 5},
		{"changed": [{"name": "x", "fields": {"yes_no": {"seen": None, "mine": "Yes"}}}]},
		{"changed": [{"name": "CO", "fields": {"upper": {"seen": 50, "mine": 500}}}]},
		{"changed": [{"name": "CO", "fields": {"value": {"seen": 0, "mine": "many"}}}]},
		{"changed": [{"name": "CO", "fields": {"value": {"seen": 0, "mine": [1]}}}]},
		{"changed": [{"name": "Seal", "fields": {"choice": {"seen": None, "mine": "Golden"}}}]},
		{"changed": [{"name": "CO", "fields": 7}]},
	],
)
def test_a_phone_answers_questions_of_its_visit_and_changes_nothing_else_of_them(asked, sent):
	told = told_of(asked)
	names = {question["question"]: question["name"] for question in told["checklists"][0]["questions"]}
	if isinstance(sent, dict) and isinstance(sent.get("changed"), list):
		sent = {"changed": [{**row, "name": names.get(row["name"], row["name"])} for row in sent["changed"]]}
	answer = send(act(asked, "save", {"tables": {"answers": sent}}))
	assert answer["state"] == "Refused", answer
	assert told_of(asked)["answers"] == told["answers"]


def test_another_technician_answers_nothing(asked, shop):
	given = answer_to(asked, Seal={"choice": "New"})
	assert send(act(asked, "save", given), DECLAN)["state"] == "Refused"
	theirs = make.planned(make.call(shop.customer, equipment=shop.product), "Declan")
	theirs.dispatch()
	assert send(act(theirs, "save", given), DECLAN)["state"] == "Refused"  # a question of another visit
	assert not any(row["choice"] for row in told_of(asked)["answers"])


# ---------------------------------------------------------------- documents


def test_documents_of_the_products_go_along(shop, visit):
	told = make.manual("App wiring", "Connect L")
	make.manual("App secret", "Do not", audience="Staff")
	make.manual("App other model", "x", model="Nothing Else")
	make.manual("App of tomorrow", "y", valid_from=add_days(nowdate(), 1))
	[document] = load()["documents"][visit.name]
	assert (document["title"], document["file"], document["bytes"]) == ("App wiring", told.file, 9)
	assert len(document["digest"]) >= 32
	frappe.set_user(AOIFE)
	assert frappe.get_doc("File", {"file_url": told.file}).is_downloadable()


# ---------------------------------------------------------------- card payments


def test_a_card_payment_is_booked_once_and_has_a_receipt(shop, visit):
	mode = terminal()
	send(act(visit, "complete", report()))
	more = told_of(visit)["more"]
	assert mode in more["payment_modes"] and "Cash" not in more["payment_modes"]
	one = act(visit, "take_payment", amount=115.77, mode=mode, key="k" * 20, slip="T-4711")
	answers = [send(one), send(one), send({**one, **act(visit, "take_payment", **one["values"])})]
	[receipt] = {answer["receipt"] for answer in answers}
	stored = frappe.get_doc("Service Payment", receipt)
	assert (stored.amount, stored.reference_no, stored.docstatus) == (115.77, "T-4711", 1)
	assert frappe.db.count("Service Payment", {"reference_name": visit.name}) == 1
	assert fresh(visit).billing_status == "Paid"
	assert [row["receipt"] for row in told_of(visit)["more"]["payments"]] == [receipt]


def test_the_receipt_goes_to_the_customer(shop, visit):
	send(act(visit, "complete", report()))
	answer = send(
		act(visit, "take_payment", amount=15.77, mode=terminal(), key="m" * 20, to="n.byrne@example.com")
	)
	assert answer["state"] == "Done", answer
	mail = frappe.get_last_doc("Communication", {"reference_doctype": "Service Payment"})
	assert (mail.reference_name, mail.recipients) == (answer["receipt"], "n.byrne@example.com")


@pytest.mark.parametrize(
	"wrong",
	[
		{"amount": 115.78},
		{"amount": "all"},
		{"amount": True},
		{"amount": -5},
		{"mode": "Barter"},
		{"mode": None},
		{"key": ""},
		{"key": ["k"]},
		{"to": "nobody"},
	],
)
def test_a_payment_that_cannot_be_received_is_refused(shop, visit, wrong):
	send(act(visit, "complete", report()))
	values = {"amount": 20, "mode": terminal(), "key": "n" * 20, **wrong}
	assert send(act(visit, "take_payment", **values))["state"] == "Refused"
	assert not frappe.db.count("Service Payment", {"reference_name": visit.name})


def test_nobody_takes_a_payment_for_anothers_visit(shop, visit):
	send(act(visit, "complete", report()))
	one = act(visit, "take_payment", amount=20, mode=terminal(), key="o" * 20)
	assert send(one, DECLAN)["state"] == "Refused"
	assert not frappe.db.count("Service Payment", {"reference_name": visit.name})


# ---------------------------------------------------------------- serial numbers, batches, old parts, two technicians


def test_serial_number_batch_and_old_part_go_with_the_visit(shop, visit):
	board = make.item("App Board", has_serial_no=1)
	glue = make.item("App Glue", has_batch_no=1)
	for item in (board, glue):
		make.price(item, 10)
	make.once("Spare Part", board, item_code=board, core_return=1)
	batch = make.make("Batch", item=glue, batch_id="APP-GLUE-1").name
	make.receive(board, 1, 50, shop.van, serial_nos=["APP-B-1"])
	make.receive(glue, 5, 2, shop.van, batch_no=batch)
	known = load()["parts"]
	assert (known[board]["serials"], known[board]["core_return"], known[glue]["batches"]) == (
		["APP-B-1"],
		1,
		[batch],
	)
	over = report()
	rows = [
		{"item_code": board, "qty": 1, "serial_no": "APP-B-1"},
		{"item_code": glue, "qty": 2, "batch_no": batch},
	]
	over["tables"] = added(labour=[make.hours(1)], parts=rows)["tables"]
	refused = send(act(visit, "complete", over))
	assert refused["state"] == "Refused" and "old part" in refused["message"].lower()
	rows[0].update({"old_part_returned": 1, "old_serial_no": "OLD-77"})
	over["tables"] = added(labour=[make.hours(1)], parts=rows)["tables"]
	answer = send(act(visit, "complete", over))
	assert answer["state"] == "Done", answer
	doc = fresh(visit)
	assert {(row[0], row[2]) for row in stock_ledger(doc.stock_entry)} == {(board, -1), (glue, -2)}
	assert frappe.db.get_value("Serial No", "APP-B-1", "warehouse") is None
	assert (doc.parts[0].old_part_returned, doc.parts[0].old_serial_no) == (1, "OLD-77")


def test_hours_of_a_second_technician_are_theirs(shop, visit):
	over = report()
	rows = [make.hours(1), {**make.hours(0.5), "technician": "Declan"}]
	over["tables"] = added(labour=rows)["tables"]
	assert "Declan" in load()["technicians"]
	assert send(act(visit, "complete", over))["amount_due"] == 102.15
	assert [(row.technician, row.hours) for row in fresh(visit).labour] == [
		(shop.technician, 1),
		("Declan", 0.5),
	]
