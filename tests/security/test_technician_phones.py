"""Nobody reads or does anything by way of the technician's app that the desk would not let them read or do.

Each method and each kind of act is tried by whoever it does not belong to, on a visit full of texts that are seen
nowhere else: an answer that has one of them, or a document that differs afterwards, is a finding.
"""

import hashlib
import json

import frappe
import pytest

from aftersales.field_service.mobile import acts, api, page
from tests import factories as make
from tests.phone_acts import AOIFE, DECLAN, PHONE, act, added, dispatched, fields, load, send, van_and_product

SECRET = "Quarzwald"
"""In all texts of the visit, its call, customer, product and checklist, and nowhere else."""

STRANGERS = {
	"another technician": DECLAN,
	"a technician of the workshop": "bench.phones@example.com",
	"an agent": "agent.phones@example.com",
	"a user of the website": "web.phones@example.com",
	"nobody": "Guest",
}
KINDS = (*acts.STEPS, "take_payment")
WRITERS = ("an agent",)
"""Who may change any visit in the desk may do so here: an agent, not in another's name."""
READERS = ("a technician of the workshop", *WRITERS)
"""Who may read any visit in the desk is told what they may read."""


@pytest.fixture
def visit():
	shop = van_and_product()
	owner = make.customer(f"{SECRET} Ltd")
	product = make.equipment(owner, serial_text=f"{SECRET}-17", location_details=f"Behind the {SECRET}")
	make.make(
		"Checklist Template",
		template_name=f"{SECRET} checklist",
		model="600 Combi",
		questions=[{"question": f"{SECRET}?", "kind": "Text"}],
	)
	call = make.call(owner, equipment=product, contact_name=f"Mr {SECRET}", contact_phone="+353 1 555 0100")
	doc = make.planned(call, shop.technician, preliminary_plan=f"Mind the {SECRET}")
	doc.dispatch()
	send(act(doc, "save", fields(findings=f"{SECRET} found")))
	make.user(STRANGERS["a technician of the workshop"], "Workshop Technician")
	make.user(STRANGERS["an agent"], "Service Agent")
	web = make.user(STRANGERS["a user of the website"])
	frappe.db.set_value("User", web, "user_type", "Website User")
	return doc


def as_user(who: str, call, /, *args, **kwargs):
	"""What the user gets: the answer, or the message of the refusal."""
	frappe.db.commit()
	frappe.set_user(who)
	try:
		return call(*args, **kwargs)
	except (frappe.PermissionError, frappe.ValidationError, frappe.DoesNotExistError) as error:
		frappe.db.rollback()
		return {"refused": f"{error} {frappe.get_message_log()}"}
	finally:
		frappe.clear_messages()
		frappe.set_user("Administrator")


def reads_nothing(answer) -> bool:
	return SECRET.lower() not in json.dumps(answer, default=str).lower()


def state_of(visit) -> str:
	"""All that an act could change of the visit."""
	doc = frappe.get_doc(visit.doctype, visit.name)
	checklists = frappe.get_all(
		"Service Checklist", {"reference_name": visit.name}, ["name", "modified"], order_by="name"
	)
	made = {
		name: frappe.db.count(name, filters)
		for name, filters in {
			"Quotation": {"aftersales_voucher": visit.name},
			"Service Payment": {"reference_name": visit.name},
			"Communication": {"reference_name": visit.name},
			"Comment": {"reference_name": visit.name},
			"File": {"attached_to_name": visit.name},
			"Technician Upload": {"service_voucher": visit.name},
		}.items()
	}
	return json.dumps([doc.as_dict(), checklists, made], default=str, sort_keys=True)


VALUES = {
	"set_out": {"minutes": 10},
	"collect_cash": {"amount": 10, "so_far": 0},
	"send_report": {"to": "thief@example.com"},
	"accept_quote": {"approved_by": "Thief", "signature": make.SIGNATURE, "limit": 1},
	"decline_quote": {"reason": "No"},
	"hand_over": {"condition": "Stolen", "signature": make.SIGNATURE, "signed_by": "Thief"},
	"take_payment": {"amount": 10, "mode": "Cash", "key": "t" * 20},
}


def test_each_kind_of_act_is_tried():
	assert set(KINDS) == {*acts.STEPS, *frappe.get_hooks("aftersales_technician_acts")}


@pytest.mark.parametrize("kind", KINDS)
def test_no_act_on_a_visit_of_another(visit, kind):
	before = state_of(visit)
	for who, user in STRANGERS.items():
		if who in WRITERS:
			continue
		for values in ({}, VALUES.get(kind, {})):
			one = act(visit, kind, fields(advice="Taken over"), **values)
			answer = as_user(user, api.take, user=user, act=dict(one))
			assert answer.get("state") == "Refused" or "refused" in answer, (who, answer)
			if who not in READERS:
				assert reads_nothing(answer) and answer.get("visit") is None, (who, answer)
			frappe.db.rollback()
			assert state_of(visit) == before, who


@pytest.mark.parametrize("kind", KINDS)
def test_no_act_in_the_name_of_another(visit, kind):
	before = state_of(visit)
	for who, user in STRANGERS.items():
		one = act(visit, kind, fields(advice="Taken over"), **VALUES.get(kind, {}))
		answer = as_user(user, api.take, user=AOIFE, act=one)
		assert "refused" in answer and reads_nothing(answer), (who, answer)
		assert state_of(visit) == before, who
		assert not frappe.db.exists("Technician Act", one["id"])


def test_the_answer_to_an_act_is_told_to_its_user_only(visit):
	one = act(visit, "save", fields(findings=f"{SECRET} again"))  # a conflict: both values are told
	assert send(one)["conflicts"]
	for who, user in STRANGERS.items():
		answer = as_user(user, api.take, user=user, act=dict(one))
		assert "refused" in answer and reads_nothing(answer), (who, answer)
	for who, user in STRANGERS.items():
		found = as_user(
			user,
			frappe.get_list,
			"Technician Act",
			fields=["name", "user", "message", "answer"],
			filters={"service_voucher": visit.name},
		)
		assert not found or "refused" in found, (who, found)


def test_a_parcel_has_nothing_of_others(visit):
	assert SECRET in json.dumps(load(), default=str)
	for number, (who, user) in enumerate(STRANGERS.items()):
		answer = as_user(user, api.load, user=user, phone=f"{number:032x}")
		assert reads_nothing(answer), who
		assert "refused" in answer or answer["visits"] == [], who
		answer = as_user(user, api.load, user=AOIFE, phone=PHONE)
		assert "refused" in answer and reads_nothing(answer), who
		answer = as_user(user, api.load, user=user, phone=PHONE)  # the number of Aoife's data
		assert "refused" in answer and reads_nothing(answer), who


def test_who_may_not_read_visits_has_no_session_of_the_app(visit):
	for who in ("a user of the website", "nobody"):
		assert "refused" in as_user(STRANGERS[who], api.session), who


def test_no_photo_on_a_visit_of_another_and_no_word_of_theirs(visit):
	content = b"\xff\xd8\xff" + b"x" * 60
	digest = hashlib.sha256(content).hexdigest()
	before = state_of(visit)
	for who, user in STRANGERS.items():
		if who in WRITERS:
			continue
		for name in (visit.name, "SV-NONE"):
			answer = as_user(
				user, api.upload, user=user, voucher=name, digest=digest, size=len(content), offset=0
			)
			assert "refused" in answer and reads_nothing(answer), (who, answer)
		assert state_of(visit) == before, who


def test_files_of_other_documents_are_no_photos_of_ones_own(visit):
	"""Declan names Aoife's photo on his own visit, as a photo and as the answer to a question."""
	shop = frappe._dict(customer=make.customer("Own Ltd"), product=None, technician="Declan")
	mine = dispatched(shop, equipment=make.equipment(shop.customer, serial_text="OWN-1"))
	stolen = make.make(
		"File",
		file_name="theirs.png",
		is_private=1,
		content=b"\x89PNG\r\n\x1a\n" + b"y" * 40,
		attached_to_doctype=visit.doctype,
		attached_to_name=visit.name,
	)
	for name in (stolen.file_url, f"sha256:{stolen.content_hash}", "/private/files/other.pdf"):
		answer = send(act(mine, "save", added(photos=[{"photo": name, "shows": "After"}])), DECLAN)
		assert answer["state"] == "Refused", answer
	rows = frappe.get_all(
		"Checklist Answer",
		{"parenttype": "Service Checklist", "parent": ("in", checklists_of(mine))},
		pluck="name",
	)
	for row in rows:
		for name in (stolen.file_url, "/private/files/other.pdf"):
			changes = {"name": row, "fields": {"photo": {"seen": None, "mine": name}}}
			answer = send(act(mine, "save", {"tables": {"answers": {"changed": [changes]}}}), DECLAN)
			assert answer["state"] == "Refused", answer
	assert rows


def checklists_of(visit) -> list[str]:
	return frappe.get_all("Service Checklist", {"reference_name": visit.name}, pluck="name") or [""]


def test_the_page_and_the_question_about_a_phone_say_nothing_of_anybody(visit, monkeypatch):
	load()
	frappe.set_user("Guest")
	try:
		for path in ("technician", f"technician/visit/{visit.name}", f"technician/phone/{PHONE}"):
			for method in ("GET", "POST"):
				monkeypatch.setattr(frappe.local, "request", frappe._dict(method=method), raising=False)
				answer = page.TechnicianApp(path).render().get_data(as_text=True)
				assert SECRET not in answer and AOIFE not in answer
	finally:
		frappe.set_user("Administrator")
	assert not frappe.db.get_value("Technician Phone", PHONE, "wiped_at")  # nobody asked for it to be wiped
