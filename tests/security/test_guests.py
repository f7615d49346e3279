"""Who has no login: what a scanned label, a signed link and a forged header let somebody do, and what not."""

import re
import time

import frappe
import pytest
from frappe.email.doctype.email_queue.email_queue import EmailQueue
from frappe.utils import add_to_date, get_datetime, nowdate
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from aftersales.core import site_address
from aftersales.core.guards import NotPossible
from aftersales.core.plain_text import plain_line, plain_text
from aftersales.customer_care import follow_ups
from aftersales.customer_goods import loaners
from aftersales.customer_portal import link_masks, links, photos, web
from aftersales.installed_base import equipment
from aftersales.installed_base.product_codes import product_signature
from aftersales.service_calls.portal_api import as_html
from aftersales.setup import checks
from tests import factories as make
from tests import mails, portal
from tests.mails import queued
from tests.portal import ANNA

EVIL = "http://evil.example:8000"


@pytest.fixture
def two():
	"""Nora, who has a boiler with a label, and whoever stands before it."""
	portal.forget_limits()
	make.user("agent@desk.example", "Service Agent")
	nora = make.customer("Nora Byrne")
	boiler = make.equipment(nora, brand="Baxi", model="600 Combi", serial_text="B-1")
	return frappe._dict(
		nora=nora, boiler=boiler, label=f"/aftersales/code/{boiler}/{product_signature(boiler)}"
	)


@pytest.fixture
def host_name(monkeypatch):
	"""Sets host_name in the site's configuration; None takes it away."""

	def configure(name: str | None) -> None:
		conf = frappe._dict(frappe.local.conf, host_name=name)
		conf.pop("hostname", None)
		monkeypatch.setattr(frappe.local, "conf", conf)

	return configure


def scanned(two, **fields) -> portal.Answer:
	"""The form behind the label, as somebody with the product at hand sends it."""
	return portal.post(
		two.label, **{"subject": "No hot water", "contact_name": "M", "contact_phone": "+353 1 1", **fields}
	)


# ---------------------------------------------------------------------------- the address of the site


@pytest.mark.parametrize("configured", [None, "https://service.liffey.example"])
def test_no_link_follows_a_host_that_is_not_the_sites(two, host_name, configured, monkeypatch):
	made = []
	real = links.path
	monkeypatch.setattr(
		links, "path", lambda *about: made.append(links.site_address.absolute(real(*about))) or real(*about)
	)
	host_name(configured)
	answer = scanned(two, host=EVIL)
	assert answer.status == 303
	assert answer.location.startswith("/aftersales/link/")
	assert "evil" not in answer.location
	assert made
	assert all(address.startswith(configured or f"http://{frappe.local.site}") for address in made), made


def test_codes_on_labels_do_not_follow_a_foreign_host(two, host_name, monkeypatch):
	host_name(None)
	environ = EnvironBuilder(path="/app", base_url=EVIL).get_environ()
	monkeypatch.setattr(frappe.local, "request", Request(environ), raising=False)
	for doctype in ("Customer Equipment", "Repair Card"):
		assert equipment.scan_address(doctype, "X").startswith(f"http://{frappe.local.site}")


def test_frappes_own_addresses_do_not_follow_it_either_on_a_guests_page(two, host_name, monkeypatch):
	told = []
	host_name(None)
	real = frappe.get_doc
	monkeypatch.setattr(
		frappe, "get_doc", lambda *a, **k: told.append(frappe.utils.get_url()) or real(*a, **k)
	)
	scanned(two, host=EVIL)
	assert told
	assert not [address for address in told if "evil" in address]


def test_a_domain_that_bench_was_told_of_is_the_sites(host_name, monkeypatch):
	host_name(None)
	frappe.local.conf.domains = ["help.liffey.example", {"domain": "service.liffey.example"}]
	assert site_address.known_hosts() == {
		frappe.local.site,
		"help.liffey.example",
		"service.liffey.example",
	}


def test_the_set_up_check_says_when_the_address_is_missing(host_name):
	host_name(None)
	(found,) = [finding for finding in checks.run() if finding["title"] == "Address of the site"]
	assert found["state"] == "Wrong"
	assert "set-config host_name" in found["what_to_do"]
	host_name("https://service.liffey.example")
	assert checks.host_name() == checks.Finding("Address of the site", "Good")


def test_a_check_that_fails_is_a_finding_and_hides_no_other(monkeypatch):
	def broken():
		raise RuntimeError

	monkeypatch.setattr(checks, "host_name", broken)
	assert {finding["state"] for finding in checks.run()} >= {"Warning"}


def test_only_who_sets_the_site_up_asks_for_the_checks():
	frappe.set_user(make.user("agent@desk.example", "Service Agent"))
	with pytest.raises(frappe.PermissionError):
		checks.run()


# ---------------------------------------------------------------------------- one address is one address

STRANGER, NORA = "mallory@evil.example", "nora@byrne.example"


@pytest.fixture
def sending(two):
	"""Messages to customers are switched on, and Nora's address is on file."""
	make.settings(send_customer_messages=1)
	make.contact(two.nora, "Nora", "+353 1 555 01", NORA)
	mails.mailbox()
	return two


@pytest.mark.parametrize(
	"address",
	[
		"a10@b.example,a11@b.example",
		"a10@b.example, a11@b.example",
		"a10@b.example;a11@b.example",
		"a10@b.example a11@b.example",
		"a10@b.example\na11@b.example",
		"Friend <a10@b.example>",
		"a10@b.example,",
		"a10@b.example,nonsense",
		"<a10@b.example>",
	],
)
def test_two_addresses_and_an_address_with_words_are_none(sending, address):
	answer = scanned(sending, contact_email=address)
	assert answer.status == 422
	assert "not an e-mail address" in answer.words
	assert not frappe.db.count("Repair Call", {"customer": sending.nora})
	assert queued() == []


def test_staff_too_enters_one_address(sending):
	with pytest.raises(frappe.ValidationError, match="one e-mail address"):
		make.plain_call(sending.nora, contact_email="a@b.example, c@d.example")


def test_what_a_guest_writes_is_mailed_to_nobody(sending):
	"""B1: no mail to the stranger; the customer is asked in our words."""
	evil = "pay at https://evil.example/pay"
	scanned(
		sending,
		subject=f"You won: {evil}",
		description=f"Claim it: {evil}",
		contact_name=f"friend, {evil}",
		contact_email=STRANGER,
	)
	(mail,) = queued()
	assert mail.to == [NORA]
	assert "evil" not in mail.text
	assert "somebody who scanned the code on your product" in mail.text
	assert "Baxi 600 Combi" in mail.text


def test_a_guest_is_told_nothing_where_no_address_is_on_file(two):
	make.settings(send_customer_messages=1)
	mails.mailbox()
	assert scanned(two, contact_email=STRANGER).status == 303
	assert queued() == []


def test_a_customer_who_is_logged_in_sends_no_mail_to_strangers_either(sending):
	portal.website_user(ANNA, sending.nora, "Anna")
	for address, to in ((STRANGER, NORA), (ANNA, ANNA), (NORA, NORA)):
		portal.post("/aftersales/new", ANNA, subject="No hot water", contact_name="A", contact_email=address)
		assert queued()[-1].to == [to], address


def test_mail_from_an_address_we_do_not_know_is_answered_to_nobody(sending):
	"""The sender of a mail is what somebody wrote there: nobody gets a text of ours for it."""
	unknown = make.customer("Unknown senders")
	make.settings(unknown_sender_customer=unknown)
	for sender, confirmed in ((STRANGER, 0), (NORA, 1)):
		call = frappe.new_doc("Repair Call")
		call.update({"contact_email": sender, "subject": "pay at https://evil.example"})
		call.insert(ignore_permissions=True)
		assert (call.channel, call.contact_confirmed) == ("E-mail", confirmed)
	assert [mail.to for mail in queued()] == [[NORA]]


# ---------------------------------------------------------------------------- whose contact it is


def registered(two, **fields):
	assert scanned(two, contact_email=STRANGER, **fields).status == 303
	return frappe.get_last_doc("Repair Call")


def moment_of(call) -> None:
	"""Something of which the customer is told: an appointment."""
	start = add_to_date(get_datetime(f"{nowdate()} 09:00:00"), days=1)
	call.reload()
	call.schedule(str(start), str(add_to_date(start, hours=3)))


def test_who_scans_a_label_is_not_told_what_is_done(sending):
	"""B2: appointment, invoice and whatever else go to the customer."""
	call = registered(sending)
	assert call.contact_confirmed == 0
	moment_of(call)
	visit = make.voucher(call, make.shop().technician, labour=[make.hours(1)])
	visit.submit()
	frappe.get_doc(
		"Sales Invoice", frappe.db.get_value("Service Voucher", visit.name, "sales_invoice")
	).submit()
	told = queued()
	assert len(told) == 3
	assert {tuple(mail.to) for mail in told} == {(NORA,)}
	assert "Invoice" in told[-1].text


@pytest.mark.parametrize("role", ["Service Agent", "Service Supervisor", "Service Manager"])
def test_the_desk_confirms_a_contact(sending, role):
	call = registered(sending)
	frappe.set_user(make.user("desk@desk.example", role))
	frappe.get_doc("Repair Call", call.name).confirm_contact()
	frappe.set_user("Administrator")
	assert frappe.db.get_value("Repair Call", call.name, "contact_confirmed") == 1
	moment_of(call)
	assert [mail.to for mail in queued()[1:]] == [[STRANGER], [STRANGER]], "received, and the appointment"


@pytest.mark.parametrize("role", ["Service Technician", "Workshop Technician", "Service Accountant"])
def test_nobody_else_confirms_it(sending, role):
	call = registered(sending)
	frappe.db.set_value("Repair Call", call.name, "call_owner", make.user("other@desk.example", role))
	frappe.set_user("other@desk.example")
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Repair Call", call.name).confirm_contact()


def test_a_form_cannot_say_that_a_contact_is_confirmed(sending):
	call = registered(sending)
	call.contact_confirmed = 1
	with pytest.raises(frappe.PermissionError):
		call.save()


def test_the_customer_confirms_it_by_the_message_to_the_address_on_file(sending):
	call = registered(sending)
	address = mails.link_in(queued()[0].text)
	page = portal.get(address)
	assert STRANGER in page.words
	assert "write to this contact" in portal.follow(portal.post(address, answer="yes")).words
	call.reload()
	assert call.contact_confirmed == 1
	assert queued()[-1].to == [STRANGER]


def test_the_customer_does_not_know_the_contact(sending):
	call = registered(sending)
	address = mails.link_in(queued()[0].text)
	portal.post(address, answer="no")
	portal.post(address, answer="no")
	call.reload()
	assert (call.contact_email, call.contact_name, call.contact_phone) == (None, None, None)
	assert call.contact_confirmed == 0
	portal.post(address, answer="yes")
	moment_of(call)
	assert queued()[-1].to == [NORA]


def test_a_number_that_a_guest_named_does_not_speak_for_the_customer(sending):
	from aftersales.service_desk import phone_desk

	call = registered(sending, contact_phone="+353 1 98765432")
	assert phone_desk.search("+353 1 98765432") == []
	frappe.get_doc("Repair Call", call.name).confirm_contact()
	assert [row["customer"] for row in phone_desk.search("+353 1 98765432")] == [sending.nora]


def test_what_comes_of_the_call_confirms_its_contact_no_more(sending):
	"""A new call that a bad answer opens, and a loaner, take over the contact as it is."""
	call = registered(sending, contact_name="Mallory", subject="pay at https://evil.example")
	call.resolve("Fan replaced")
	call.close()
	follow_up = frappe.get_doc("Follow-up", {"repair_call": call.name})
	follow_ups.record_answers(follow_up.name, {"repair_effective": "No"}, "Phone")
	new = frappe.get_doc("Repair Call", {"repeat_of": call.name})
	assert (new.contact_name, new.contact_confirmed) == ("Mallory", 0)
	assert not [mail for mail in queued() if STRANGER in mail.to or "evil" in mail.text]
	loaner = frappe.new_doc("Loaner Issue")
	loaner.update({"repair_call": call.name, "customer": sending.nora})
	loaners.take_contact(loaner)
	assert loaner.contact_email == NORA


def test_the_guests_own_page_tells_what_he_typed_and_nobodys_name(sending):
	answer = scanned(sending, contact_email=STRANGER)
	words = portal.follow(answer).words
	assert "No hot water" in words
	for hidden in ("Nora", NORA, "555"):
		assert hidden not in words


# ---------------------------------------------------------------------------- the customer's own word


@pytest.fixture
def undecided(sending):
	"""A card whose estimate waits for Nora, and the call it belongs to."""
	call = make.plain_call(sending.nora, contact_name="Nora Byrne", contact_email=NORA)
	return frappe._dict(sending, call=call, card=portal.estimated_card(call))


def live_links(text: str | None) -> list[str]:
	return [path for path in re.findall(r"/aftersales/link/[\w.-]+", text or "") if len(path) == 17 + 54]


def test_no_live_link_is_stored_where_staff_reads(undecided):
	"""B3: not on the timeline, not in the queue, not in an answer that quotes the mail."""
	frappe.get_doc(
		{
			"doctype": "Communication",
			"sent_or_received": "Received",
			"communication_type": "Communication",
			"subject": "Re: estimate",
			"content": f"<p>yes</p><blockquote>{queued()[-1].text}</blockquote>",
			"reference_doctype": "Repair Call",
			"reference_name": undecided.call.name,
		}
	).insert()
	undecided.call.add_comment("Comment", f"sent {queued()[-1].text}")
	mails = queued()
	assert all(live_links(mail.text) for mail in mails)
	assert not [mail for mail in mails if live_links(mail.stored)]
	for doctype, field in (("Communication", "content"), ("Comment", "content"), ("Email Queue", "message")):
		for text in frappe.get_all(doctype, pluck=field):
			assert not live_links((text or "").replace("=\n", "").replace("=\r\n", "")), (doctype, text)


def test_the_mail_that_is_sent_carries_the_live_link(undecided, monkeypatch):
	"""Over a real mail server: tests/integration/test_real_mail.py."""
	mail = frappe.get_last_doc("Email Queue")
	before, sent = mail.message, []
	monkeypatch.setattr(EmailQueue, "send", lambda self, *args, **options: sent.append(self.message))
	mail.send()
	assert "Accept the estimate" in portal.get(mails.link_in(mails.text_of(sent[0]))).words
	assert frappe.db.get_value("Email Queue", mail.name, "message") == before == mail.message


def test_a_mail_of_ones_own_opens_no_seal_read_elsewhere(undecided):
	key = frappe.get_all("Service Link", {"purpose": "Estimate"}, pluck="link_key")[0]
	frappe.local.flags.aftersales_links_in_mails = set()  # another request
	frappe.sendmail(
		recipients=["tech@evil.example"],
		sender="service@liffey.example",
		subject="x",
		message=f"http://x/aftersales/link/{key}{link_masks.SEAL}",
	)
	assert not live_links(queued()[-1].text)


def test_the_desk_sends_a_copied_link_by_mail(undecided):
	"""`links.make` is the way to send a link again: it reaches the customer, and is not stored."""
	from frappe.core.doctype.communication.email import make as send

	frappe.set_user(make.user("agent@desk.example", "Service Agent"))
	address = links.make("Estimate", "Repair Card", undecided.card.name)
	frappe.set_user("Administrator")
	send(
		doctype="Repair Call",
		name=undecided.call.name,
		content=f"<p>{address}</p>",
		subject="Your estimate",
		recipients=NORA,
		send_email=1,
	)
	assert live_links(queued()[-1].text) == live_links(address)
	assert not live_links(queued()[-1].stored)


def accept(undecided, address: str, user: str = "Guest", **fields) -> portal.Answer:
	return portal.post(address, user, answer="accept", agreed="1", seen="120", **fields)


def test_an_acceptance_stores_by_what_it_was_given(undecided):
	address = mails.link_in(queued()[-1].text)
	assert accept(undecided, address).status == 303
	card = frappe.get_doc("Repair Card", undecided.card.name)
	link = frappe.db.get_value("Service Link", {"reference_name": card.name}, "name")
	assert (card.approval_channel, card.approval_link, card.approval_user) == ("Signed Link", link, None)
	assert card.approval_ip == "203.0.113.7"


def test_an_acceptance_on_the_portal_stores_the_user(undecided):
	portal.website_user(ANNA, undecided.nora, "Anna")
	assert accept(undecided, f"/aftersales/estimates/{undecided.card.name}", ANNA).status == 303
	card = frappe.get_doc("Repair Card", undecided.card.name)
	assert (card.approval_channel, card.approval_link, card.approval_user) == ("Portal", None, ANNA)


def test_a_link_that_staff_had_in_hand_says_so(undecided):
	agent = make.user("agent@desk.example", "Service Agent")
	frappe.set_user(agent)
	address = portal.path_of(links.make("Estimate", "Repair Card", undecided.card.name))
	frappe.set_user("Administrator")
	assert address != mails.link_in(queued()[-1].text), "the customer's own is another"
	assert accept(undecided, address, agent).status == 403, "logged in at the desk it decides nothing"
	assert accept(undecided, address).status == 303
	told = frappe.get_all(
		"Comment", {"reference_name": undecided.call.name, "comment_type": "Info"}, pluck="content"
	)
	assert any("copied by" in text for text in told)


@pytest.mark.parametrize("channel", ["Portal", "Signed Link"])
def test_staff_cannot_say_that_the_customer_decided_on_his_page(undecided, channel):
	for role in ("Workshop Technician", "Service Manager"):
		frappe.set_user(make.user(f"{frappe.scrub(role)}@desk.example", role))
		card = frappe.get_doc("Repair Card", undecided.card.name)
		with pytest.raises(frappe.PermissionError, match="decides online"):
			card.record_approval(channel, "Nora Byrne", 120)
		assert not frappe.get_doc("Repair Card", undecided.card.name).approved_by


# ---------------------------------------------------------------------------- what a request may cost


def timed(work) -> float:
	began = time.process_time()
	work()
	return time.process_time() - began


def test_a_long_text_costs_what_a_short_one_does(monkeypatch):
	"""24 MB in a field were normalised character by character: 6.5 s. What parses the request is not ours."""
	text = "a\u0301" * 6_000_000
	fields = {f"field {number}": text for number in range(1000)}
	monkeypatch.setattr(frappe.local, "form_dict", frappe._dict(fields, subject=text), raising=False)
	request = Request(EnvironBuilder(path="/aftersales/new", method="POST").get_environ())
	monkeypatch.setattr(frappe.local, "request", request, raising=False)
	visit = web.Visit()
	read = (visit.entered, lambda: visit.text("subject", 140), lambda: visit.number("subject"))
	for work in (*read, lambda: plain_line(text), lambda: as_html(plain_text(text))):
		assert timed(work) < 0.5
	assert visit.text("subject", 140) == "á" * 140


def test_pictures_are_bounded_before_they_are_decoded(two):
	large = portal.picture("PNG", (4000, 3900))  # 15.6 million pixels, a few KB

	def uploads(count: int) -> tuple:
		return tuple(portal.photo(f"{number}.png", large) for number in range(count))

	answer = None

	def send():
		nonlocal answer
		answer = scanned(two, photos=uploads(5))

	assert timed(send) < 2
	assert (answer.status, "too large together" in answer.words) == (422, True)
	assert scanned(two, photos=uploads(1)).status == 303
	with pytest.raises(NotPossible):
		photos.read([frappe._dict(filename="x.png", read=lambda _n: portal.picture("PNG", (5000, 5000)))])


@pytest.mark.parametrize("path", ["/scan", "/scan/", "/scan/%20"])
def test_a_scan_of_nothing_is_no_error_of_the_server(path):
	from frappe.website.serve import get_response

	frappe.local.request = Request(EnvironBuilder(path=path).get_environ())
	frappe.local.form_dict = frappe._dict()
	frappe.set_user("Guest")
	try:
		answer = get_response(path.strip("/").replace("%20", " "))
		assert (answer.status_code, answer.headers["Location"]) == (302, "/aftersales")
	finally:
		frappe.local.request = None
