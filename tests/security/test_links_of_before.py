"""A site from before contacts were confirmed and links were masked: the patch on rows as that version wrote them."""

import re

import frappe
import pytest

from aftersales.customer_portal import link_masks, links, stored_messages
from aftersales.patches.v1_1 import confirm_contacts_and_seal_links as patch
from tests import factories as make
from tests import mails

NORA, MALLORY = "nora@byrne.example", "mallory@evil.example"


@pytest.fixture(scope="module")
def masters(shared_site):
	mails.mailbox()
	names = frappe._dict(nora=make.customer("Nora Byrne"))
	make.contact(names.nora, "Nora", "+353 1 555 0101", NORA)
	names.heater = make.equipment(names.nora, serial_text="H-1")
	return names


def guest_call(shop, status="Open", owner="Guest", **values) -> str:
	"""A call as version 1.0 stored it: whoever scanned the label is its contact."""
	call = make.plain_call(shop.nora, equipment=shop.heater, channel="QR", **values)
	# An old row has no flag: the column came with the default of new calls
	frappe.db.set_value(
		"Repair Call",
		call.name,
		{"owner": owner, "status": status, "contact_confirmed": 1},
		update_modified=False,
	)
	return call.name


def confirmed(call: str) -> int:
	return frappe.db.get_value("Repair Call", call, "contact_confirmed")


def test_contacts_that_guests_named_are_to_be_confirmed(shop):
	strangers = guest_call(shop, contact_name="M", contact_email=MALLORY)
	by_phone = guest_call(shop, contact_name="M", contact_phone="+353 1 999 9999")
	known = guest_call(shop, contact_name="Nora", contact_email=NORA)
	known_phone = guest_call(shop, contact_name="Nora", contact_phone="+353 15550101")
	over = guest_call(shop, contact_email=MALLORY, status="Closed")
	of_the_desk = guest_call(shop, contact_email=MALLORY, owner="Administrator")
	modified = frappe.db.get_value("Repair Call", strangers, "modified")

	patch.execute()

	assert [confirmed(call) for call in (strangers, by_phone)] == [0, 0]
	assert [confirmed(call) for call in (known, known_phone, over, of_the_desk)] == [1, 1, 1, 1]
	assert frappe.db.get_value("Repair Call", strangers, "modified") == modified
	assert frappe.db.exists("Notification", "Customer: Confirm Contact")
	patch.execute()  # a patch that was broken off begins again
	assert [confirmed(call) for call in (strangers, known)] == [0, 1]


def live(text: str | None) -> list[str]:
	plain = re.sub(r"=\r?\n", "", text or "")
	return [path for path in re.findall(r"/aftersales/link/[\w.-]+", plain) if len(path) == 17 + 54]


def test_links_in_old_messages_are_taken_out_and_those_of_waiting_mail_sealed(shop):
	"""Communication, Comment, SMS Log and a mail that still waits, each with a live link as it was stored then."""
	call = make.plain_call(shop.nora, contact_email=NORA)
	address = links.address(links.TRACK, "Repair Call", call.name, shop.nora)
	text = f'<p>See <a href="{address}">here</a>, {address}.</p>'
	reference = {"reference_doctype": "Repair Call", "reference_name": call.name}
	of_before = {
		"Communication": {"subject": "Your call", "content": text, **reference},
		"Comment": {"comment_type": "Comment", "content": text, **reference},
		"SMS Log": {"sender_name": "Service", "message": address},
	}
	names = {}
	for doctype, values in of_before.items():
		names[doctype] = frappe.get_doc({"doctype": doctype, **values}).insert().name
		field = "message" if doctype == "SMS Log" else "content"
		frappe.db.set_value(doctype, names[doctype], field, values[field], update_modified=False)
	other = frappe.get_doc(
		{"doctype": "Communication", "subject": "x", "content": "<p>aftersales tips</p>"}
	).insert()
	frappe.sendmail(recipients=[NORA], sender=mails.MAILBOX, subject="x", message=text)
	mail = frappe.get_last_doc("Email Queue")
	wire = stored_messages.opened(mail.message)
	frappe.db.set_value("Email Queue", mail.name, "message", wire, update_modified=False)
	assert live(wire)

	patch.execute()

	for doctype, name in names.items():
		stored = frappe.db.get_value(doctype, name, "message" if doctype == "SMS Log" else "content")
		assert not live(stored) and link_masks.HIDDEN in stored, (doctype, stored)
	assert frappe.db.get_value("Communication", other.name, "content") == "<p>aftersales tips</p>"
	stored = frappe.db.get_value("Email Queue", mail.name, "message")
	assert not live(stored) and link_masks.SEAL in re.sub(r"=\r?\n", "", stored)
	# What waited is sent with the link as it was
	assert mails.link_in(mails.text_of(stored_messages.opened(stored))) in address


def test_more_messages_than_a_batch(shop, monkeypatch):
	monkeypatch.setattr(patch, "BATCH", 2)
	call = make.plain_call(shop.nora)
	address = links.address(links.TRACK, "Repair Call", call.name, shop.nora)
	for number in range(5):
		comment = call.add_comment("Comment", f"{number}")
		frappe.db.set_value("Comment", comment.name, "content", f"{number} {address}", update_modified=False)
	patch.execute()
	found = frappe.get_all("Comment", {"reference_name": call.name}, pluck="content")
	assert not [text for text in found if live(text)]
	assert len([text for text in found if text.endswith(link_masks.HIDDEN)]) == 5
