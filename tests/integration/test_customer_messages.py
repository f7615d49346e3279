"""Messages by the customer's channel, in texts that a service manager writes without code."""

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from aftersales.customer_portal.messaging import channels
from tests import factories as make
from tests import mails

NORA, PHONE, MANAGER = "nora@byrne.example", "+353 1 555 01", "manager@channels.example"
sent: list[dict] = []


def other_way(**message) -> None:
	"""Stands for an app of the ecosystem that sends by its own way."""
	sent.append(message)


def broken_way(**message) -> None:
	raise frappe.ValidationError("no credit left")


@pytest.fixture
def shop(_site, monkeypatch):
	shop = make.shop()
	make.settings(send_customer_messages=1)
	make.contact(shop.customer, "Nora", PHONE, NORA)
	mails.mailbox()
	make.user(MANAGER, "Service Manager")
	sent.clear()
	# Background jobs at once: what they are given is what a worker would get
	queue = frappe.enqueue

	def at_once(path, *args, enqueue_after_commit=False, **given):
		if path != "aftersales.customer_portal.messaging.channels.deliver":
			return queue(path, *args, enqueue_after_commit=enqueue_after_commit, **given)
		return channels.deliver(**given)

	monkeypatch.setattr(frappe, "enqueue", at_once)
	return shop


def enable(moment: str, **texts) -> None:
	frappe.set_user(MANAGER)
	doc = frappe.get_doc("Customer Message", moment)
	doc.enabled = 1
	if texts:
		doc.set("texts", [])
		for language, text in texts.items():
			doc.append("texts", {"language": None if language == "other" else language, **text})
	doc.save()
	frappe.set_user("Administrator")


def prefers(shop, channel: str, **contacts) -> None:
	rows = [{"contact": name, "channel": way} for name, way in contacts.items()]
	make.make("Customer Service Preferences", customer=shop.customer, channel=channel, contact_channels=rows)


def messages(call) -> list[frappe._dict]:
	return frappe.get_all(
		"Communication",
		{"reference_name": call.name, "communication_type": "Automated Message"},
		["communication_medium", "subject", "content", "recipients"],
		order_by="creation asc",
	)


def test_a_text_in_plain_words_takes_the_place_of_the_notification(shop):
	enable("Call Received", other={"subject": "Call {call}", "text": "Hello {contact},\nwe mend {subject}."})
	call = make.plain_call(shop.customer, subject="<b>Boiler</b>")
	(mail,) = mails.queued(reference_name=call.name)
	assert mail.to == [NORA] and f"Call {call.name}" in mail.text
	assert "Hello Nora,<br>we mend &lt;b&gt;Boiler&lt;/b&gt;." in mail.text
	assert "will answer you shortly" not in mail.text


def test_one_text_for_each_language(shop):
	enable("Call Received")
	frappe.db.set_value("Customer", shop.customer, "language", "de")
	call = make.plain_call(shop.customer)
	(mail,) = mails.queued(reference_name=call.name)
	assert f"Wir haben Ihren Auftrag {call.name}" in mail.text
	assert mails.link_in(mail.text) not in mail.stored


def test_a_customer_who_wants_sms_gets_sms(shop, monkeypatch):
	gone = []
	monkeypatch.setattr(channels, "_send_sms", lambda phone, text: gone.append((phone, text)))
	enable("Call Received")
	prefers(shop, "SMS")
	call = make.plain_call(shop.customer)
	((phone, text),) = gone
	assert phone == call.contact_phone and call.name in text
	(kept,) = messages(call)
	assert (kept.communication_medium, kept.recipients) == ("SMS", call.contact_phone)
	assert mails.queued(reference_name=call.name) == []


def test_sms_without_a_gateway_is_told_on_the_call_and_stops_no_work(shop):
	frappe.db.set_single_value("SMS Settings", "sms_gateway_url", "")
	enable("Call Received")
	prefers(shop, "SMS")
	call = make.plain_call(shop.customer)
	told = frappe.get_all("Comment", {"reference_name": call.name, "comment_type": "Info"}, pluck="content")
	assert any("SMS Settings name no gateway" in line for line in told)


@pytest.mark.parametrize("way", (other_way, broken_way))
def test_any_other_way_is_a_hook(shop, monkeypatch, way):
	monkeypatch.setattr(channels, "way_of_an_app", way, raising=False)
	hooks = {"WhatsApp": ["aftersales.customer_portal.messaging.channels.way_of_an_app"]}
	asked = frappe.get_hooks

	def get_hooks(name=None, *args, **kwargs):
		return hooks if name == channels.HOOK else asked(name, *args, **kwargs)

	monkeypatch.setattr(frappe, "get_hooks", get_hooks)
	enable("Call Received")
	prefers(shop, "WhatsApp")
	assert channels.available() == ["E-mail", "SMS", "WhatsApp"]
	call = make.plain_call(shop.customer)
	if way is other_way:
		(message,) = sent
		assert (message["phone"], message["doc"].name) == (call.contact_phone, call.name)
	else:
		told = frappe.get_all(
			"Comment", {"reference_name": call.name, "comment_type": "Info"}, pluck="content"
		)
		assert any("no credit left" in line for line in told)


def test_a_contact_may_have_a_channel_of_its_own(shop, monkeypatch):
	monkeypatch.setattr(channels, "_send_sms", lambda phone, text: sent.append(phone))
	enable("Call Received")
	contact = frappe.get_last_doc("Contact", {"email_id": NORA}).name
	prefers(shop, "E-mail", **{contact: "SMS"})
	make.plain_call(shop.customer)
	other = make.plain_call(
		shop.customer, contact_name="Tom", contact_email="tom@byrne.example", contact_phone="0871"
	)
	assert len(sent) == 1 and mails.queued(reference_name=other.name)


def test_the_stages_of_a_complaint_are_told(shop):
	for moment in ("Complaint Acknowledged", "Complaint Answered"):
		enable(moment)
	complaint = make.make(
		"Service Complaint",
		customer=shop.customer,
		company=make.COMPANY,
		subject="Late",
		description="Late again",
		contact_name="Nora",
		contact_email=NORA,
	)
	complaint.acknowledge()
	(mail,) = mails.queued(reference_name=complaint.name)
	assert mail.to == [NORA] and f"We have your complaint {complaint.name}" in mail.text


def test_a_text_that_is_no_plain_text_is_refused_with_the_names_there_are(shop):
	for text in ("{{ doc.name }}", "{% for x in y %}", "{technician}"):
		with pytest.raises(frappe.ValidationError, match="no placeholder"):
			enable("Call Received", other={"subject": "x", "text": text})


def test_preview_with_a_real_call_and_with_examples(shop):
	call = make.plain_call(shop.customer, subject="No heat")
	frappe.set_user(MANAGER)
	message = frappe.get_doc("Customer Message", "Call Received")
	shown = message.preview(document=call.name)
	assert call.name in shown["subject"] and "No heat" in shown["html"]
	assert "RC-0001" in message.preview(language="de")["subject"]
	frappe.set_user(make.user("tech@channels.example", "Service Technician"))
	with pytest.raises(frappe.PermissionError):
		message.preview(document=call.name)


def test_a_step_that_would_tell_the_customer_says_that_it_does_not(shop, monkeypatch):
	make.settings(send_customer_messages=0)
	call = make.plain_call(shop.customer)
	frappe.set_user(make.user("agent@channels.example", "Service Agent"))
	monkeypatch.setattr(frappe.local, "request", frappe._dict(path="/api"), raising=False)
	start = add_to_date(now_datetime(), days=1)
	frappe.get_doc("Repair Call", call.name).schedule(str(start), str(add_to_date(start, hours=2)))
	assert any("not told" in str(message) for message in frappe.get_message_log())
