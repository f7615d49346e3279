"""Forty kinds of mails through a real mail server and a real mailbox: what each did, and that nothing answers a program.

aiosmtpd takes the mails over SMTP into a Maildir, Dovecot serves it over IMAP, Frappe's Email Account fetches from
there as on any site.
"""

import smtplib
from collections.abc import Iterator

import frappe
import pytest
from frappe.core.doctype.communication.email import make as compose
from frappe.utils import get_url

from tests import factories as make
from tests.committed import swept_afterwards
from tests.processes import Mailbox, MailServer, wait_for
from tests.real_mails import KINDS, MAILBOX, NEW_CALL, NORA, NOWHERE, ON_CALL, OTHER_CALL, raw

pytestmark = [pytest.mark.commits, pytest.mark.needs("dovecot")]
AGENT = "agent@real-mail.example"
SETTINGS = {
	"send_customer_messages": 1,
	"answer_after_resolution": "Reopen the Call",
	"unknown_sender_customer": None,
	"customer_calls_owner": AGENT,
}


@pytest.fixture
def mailbox(tmp_path) -> Iterator[tuple[MailServer, Mailbox]]:
	smtp = MailServer(frappe.local.site, tmp_path / "mail").start()
	imap = Mailbox(frappe.local.site, tmp_path / "mail", tmp_path).start()
	yield smtp, imap
	imap.stop()
	smtp.stop()


@pytest.fixture
def desk(mailbox, monkeypatch) -> Iterator[frappe._dict]:
	smtp, imap = mailbox
	monkeypatch.setitem(frappe.conf, "mute_emails", 0)
	before = {field: frappe.db.get_single_value("Aftersales Settings", field) for field in SETTINGS}
	with swept_afterwards():
		try:
			make.user(AGENT, "Service Agent")
			make.settings(**{**SETTINGS, "send_customer_messages": 0})
			customer = make.customer("Real Mail Household")
			make.contact(customer, "Nora", "+353 1 555 77", NORA)
			call = make.plain_call(customer, call_owner=AGENT, contact_email=NORA)
			_account(smtp.port, imap)
			mine = compose(
				doctype="Repair Call",
				name=call.name,
				recipients=NORA,
				subject="Your call",
				content="We need a photo.",
				send_email=1,
			)["name"]
			make.settings(**SETTINGS)
			frappe.db.commit()
			mine = frappe.db.get_value("Communication", mine, "message_id")
			yield frappe._dict(customer=customer, call=call.name, smtp=smtp, mine=mine)
		finally:
			frappe.db.rollback()
			frappe.db.delete("__Auth", {"doctype": "Email Account", "name": "Real Mailbox"})
			make.settings(**before)
			frappe.db.commit()
			frappe.clear_cache()


def _account(port: int, imap: Mailbox) -> None:
	"""One account that sends, without a login, and one that receives from Dovecot."""
	sending = frappe.new_doc("Email Account")
	sending.update(
		{
			"email_account_name": "Real Mail Out",
			"email_id": "out@real-mail.example",
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"smtp_port": port,
			"no_smtp_authentication": 1,
		}
	)
	receiving = frappe.new_doc("Email Account")
	receiving.update(
		{
			"email_account_name": "Real Mailbox",
			"email_id": MAILBOX,
			"enable_incoming": 1,
			"default_incoming": 1,
			"use_imap": 1,
			"email_sync_option": "UNSEEN",
			"email_server": "127.0.0.1",
			"incoming_port": imap.port,
			"password": imap.password,
			"enable_auto_reply": 1,
			"auto_reply_message": "We have your mail.",
		}
	)
	receiving.append("imap_folder", {"folder_name": "INBOX", "append_to": "Repair Call"})
	for account in (sending, receiving):
		account.insert(ignore_permissions=True)
	frappe.cache.delete_value("outgoing_email_account")
	frappe.local.outgoing_email_account = {}


def deliver(desk, kind: str, number: int) -> frappe._dict:
	"""Send a mail of a kind, fetch it, and tell what it has become."""
	call = frappe.get_doc("Repair Call", desk.call)
	call.db_set(
		{
			"status": "On Hold",
			"hold_for": "Customer",
			"hold_reason": "A photo",
			"status_before_hold": "Open",
			"unanswered_since": None,
		}
	)
	frappe.db.delete("Undeliverable Address")
	frappe.db.commit()
	queued = set(frappe.get_all("Email Queue", pluck="name"))
	calls = set(frappe.get_all("Repair Call", pluck="name"))
	mail = raw(kind, desk.call, desk.mine, get_url(), number)
	with smtplib.SMTP("127.0.0.1", desk.smtp.port) as smtp:
		smtp.sendmail("sender@test.example", [MAILBOX], mail)
	frappe.get_doc("Email Account", "Real Mailbox").receive()
	frappe.db.commit()
	found = frappe.get_all(
		"Communication",
		{"message_id": f"kind-{number}@test.example", "sent_or_received": "Received"},
		["name", "reference_doctype", "reference_name", "communication_type"],
	)
	sent = set(frappe.get_all("Email Queue", pluck="name")) - queued
	return frappe._dict(
		message=found[0] if found else None,
		count=len(found),
		status=frappe.db.get_value("Repair Call", desk.call, "status"),
		new=sorted(set(frappe.get_all("Repair Call", pluck="name")) - calls),
		answered=sorted(
			frappe.get_all("Email Queue Recipient", {"parent": ("in", [*sent, ""])}, pluck="recipient")
		),
		undeliverable=frappe.get_all("Undeliverable Address", pluck="name"),
	)


def expected(kind: str, desk) -> tuple:
	told = KINDS[kind]
	place = {ON_CALL: desk.call, NOWHERE: None, OTHER_CALL: None, NEW_CALL: "new"}[told.does]
	return (
		place,
		"Open" if told.moves else "On Hold",
		int(told.does == NEW_CALL),
		[told.bounced] if told.bounced else [],
	)


def test_forty_kinds_of_mails(desk):
	assert len(KINDS) == 40
	wrong = {}
	for number, kind in enumerate(KINDS):
		did = deliver(desk, kind, number)
		place = did.message and did.message.reference_name
		seen = ("new" if place in did.new else place, did.status, len(did.new), did.undeliverable)
		if did.count != 1 or seen != expected(kind, desk):
			wrong[kind] = (did.count, seen, "expected", expected(kind, desk))
		by_person = KINDS[kind].moves or KINDS[kind].does in (NEW_CALL, OTHER_CALL)
		if not by_person and did.answered:
			wrong[f"{kind}: answered"] = did.answered
		daemons = [
			address for address in did.answered if "daemon" in address.lower() or "postmaster" in address
		]
		if daemons:
			wrong[f"{kind}: to a daemon"] = daemons
	assert not wrong, "\n".join(f"{kind}: {told}" for kind, told in wrong.items())
	assert not frappe.get_all("Unhandled Email", pluck="reason")


def test_the_same_mail_twice_is_one_and_the_mailbox_is_left_as_it_is(desk):
	first = deliver(desk, "answer, Outlook", 900)
	again = deliver(desk, "answer, Outlook", 900)
	assert (first.count, again.count) == (1, 1)
	assert wait_for(lambda: len(list((desk.smtp.mailbox / "cur").iterdir())) >= 2, 5)
