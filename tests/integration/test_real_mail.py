"""Messages over a real mail server: what a customer's mail program gets, and where his answer goes.

Every shipped message is sent by Frappe's queue over SMTP; what arrived is read as a mail program reads it.
"""

import re
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import make_msgid

import frappe
import pytest
from frappe.email import queue
from frappe.email.receive import InboundMail
from frappe.utils import add_to_date, get_datetime, nowdate

from aftersales.customer_portal import messages
from tests import factories as make
from tests import mails as mails_read
from tests.committed import swept_afterwards
from tests.portal import estimated_card
from tests.processes import MailServer, wait_for

pytestmark = pytest.mark.commits

MAILBOX, NORA, AGENT = "service@real-mail.example", "nora@real-mail.example", "agent@real-mail.example"
SIGNED = re.compile(r"/aftersales/link/[\w-]{54}")
DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
SETTINGS = {"send_customer_messages": 1, "submit_invoice": 1, "follow_up_days": 7}


@pytest.fixture
def mail_server(tmp_path) -> Iterator[MailServer]:
	running = MailServer(frappe.local.site, tmp_path / "mailbox").start()
	yield running
	running.stop()


@pytest.fixture
def shop(mail_server, monkeypatch) -> Iterator[frappe._dict]:
	"""A German customer with a mail address; masters and settings that leave the site as it was."""
	monkeypatch.setitem(frappe.conf, "mute_emails", 0)  # sites for tests send nothing
	before = {field: frappe.db.get_single_value("Aftersales Settings", field) for field in SETTINGS}
	with swept_afterwards():
		try:
			make.settings(**SETTINGS)
			_account(mail_server.port)
			make.user(AGENT, "Service Agent")
			hour = make.service_item("Real Mail Hour")
			make.price(hour, 60)
			customer = make.customer("Real Mail Household")
			frappe.db.set_value("Customer", customer, "language", "de")
			make.make(
				"Translation",
				language="de",
				source_text="We have your call {0}",
				translated_text="Wir haben Ihren Auftrag {0}",
			)
			frappe.db.commit()
			yield frappe._dict(
				customer=customer,
				hour=hour,
				technician=make.technician("Real Mail Technician"),
				category=make.category("Real Mail", charge_rule="Customer"),
			)
		finally:
			frappe.db.rollback()
			make.settings(**before)
			frappe.db.commit()
			frappe.clear_cache()


def _account(port: int) -> None:
	account = frappe.new_doc("Email Account")
	account.update(
		{
			"email_account_name": "Real Mail",
			"email_id": MAILBOX,
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"smtp_port": port,
			"no_smtp_authentication": 1,
			"enable_incoming": 1,
			"default_incoming": 1,
			"append_to": "Repair Call",
			"email_server": "127.0.0.1",
		}
	)
	account.set_new_name()
	account.db_insert()  # the form would ask a server for the incoming mails
	frappe.cache.delete_value("outgoing_email_account")
	frappe.local.outgoing_email_account = {}


def a_call(shop) -> str:
	return make.plain_call(
		shop.customer, contact_name="Nora Byrne", contact_email=NORA, call_owner=AGENT
	).name


def arrived(mail_server: MailServer, count: int) -> list[EmailMessage]:
	"""What the queue sends now and the server has taken."""
	frappe.db.commit()
	queue.flush()
	return wait_for(lambda: (mails := mail_server.mails()) and len(mails) >= count and mails, 30)


def tell_everything(shop, call: str) -> None:
	"""Each moment of a service, by the documents people use."""
	doc = frappe.get_doc("Repair Call", call)
	start = add_to_date(get_datetime(f"{nowdate()} 09:00:00"), days=1)
	doc.schedule(str(start), str(add_to_date(start, hours=3)))
	agreed = {"service_category": shop.category, "category_reason": "As agreed"}
	hour = make.hours(1, item_code=shop.hour, technician=shop.technician)
	visit = make.planned(doc, shop.technician)
	visit.dispatch()
	messages.on_the_way(visit.name)
	receipt = make.receipt(doc)
	receipt.submit()
	card = estimated_card(doc, collection_receipt=receipt.name, **agreed, labour=[hour])
	card.reload()
	card.record_approval("Phone", "N. Byrne")
	card.assigned_technician = shop.technician
	card.start_repair()
	card.hand_to_check()
	card.verify("Ran for ten minutes")
	card.submit()
	follow_up = make.make(
		"Follow-up", repair_call=call, customer=shop.customer, company=make.COMPANY, due_date=nowdate()
	)
	assert follow_up.status == "Planned"
	messages.send_due_surveys()


def test_every_message_arrives_as_a_mail_program_wants_it(shop, mail_server):
	call = a_call(shop)
	tell_everything(shop, call)
	mails = arrived(mail_server, 8)
	queued = frappe.get_all("Email Queue", {"reference_name": call}, ["message_id", "status", "message"])
	assert not any(SIGNED.search(mails_read.text_of(row.message)) for row in queued), "sent, and not stored"
	assert [row.status for row in queued] == ["Sent"] * 8
	assert {mail["Message-ID"] for mail in mails} == {f"<{row.message_id}>" for row in queued}
	assert mails[0]["Subject"] == f"Wir haben Ihren Auftrag {call}"
	assert any(day in mails[1]["Subject"] for day in DAYS), mails[1]["Subject"]
	for mail in mails:
		told = mail["Subject"]
		assert mail["To"].addresses[0].addr_spec == NORA, told
		assert mail["From"].addresses[0].addr_spec == MAILBOX, told
		assert mail["Reply-To"].addresses[0].addr_spec == MAILBOX, told
		assert mail["Auto-Submitted"] == "auto-generated", told
		assert mail["Content-Language"] == "de", told
		assert mail["Date"].datetime and not mail.defects, told
		plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
		for part in (plain, html):
			assert mails_read.link_in(part.get_content()), told
		assert "<" not in plain.get_content().replace("<http", ""), told
	assert len({mail["Subject"] for mail in mails}) == 8


def test_other_mails_of_the_site_stay_as_they_are(shop, mail_server):
	frappe.sendmail(recipients=[NORA], subject="Not ours", message="Hello")
	(mail,) = arrived(mail_server, 1)
	assert mail["Auto-Submitted"] is None and mail["Content-Language"] is None


def test_the_answer_to_a_message_comes_back_to_its_call_and_its_owner(shop, mail_server):
	call = a_call(shop)
	(mail,) = arrived(mail_server, 1)
	answer = EmailMessage()
	answer["From"], answer["To"] = f"Nora Byrne <{NORA}>", mail["Reply-To"]
	answer["Subject"] = f"AW: {mail['Subject']}"
	answer["Message-ID"] = make_msgid(domain="real-mail.example")
	answer["In-Reply-To"] = answer["References"] = mail["Message-ID"]
	answer.set_content("Der Schlüssel liegt nebenan.")
	with smtplib.SMTP("127.0.0.1", mail_server.port) as smtp:
		smtp.send_message(answer)
	raw = arrived(mail_server, 2)[-1].as_bytes()

	received = InboundMail(raw, frappe.get_doc("Email Account", "Real Mail"), "1", 0).process()
	assert (received.reference_doctype, received.reference_name) == ("Repair Call", call)
	assert "Der Schlüssel liegt nebenan." in received.content
	assert frappe.db.count("Repair Call", {"customer": shop.customer}) == 1
	(notice,) = frappe.get_all("Notification Log", {"for_user": AGENT, "type": "Alert"}, pluck="subject")
	assert notice == f"Nora Byrne has written about {call}: No hot water"
