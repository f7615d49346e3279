"""Messages to customers: each at its moment, once, in his language, as far as he wants it; answers come back."""

import re

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime, nowdate

from aftersales.customer_portal import links, messages
from aftersales.customer_portal.doctype.service_link.service_link import ServiceLink
from aftersales.service_desk.mail.inbound import ServiceMail
from aftersales.setup import defaults
from tests import factories as make
from tests import mails, portal
from tests.jobs import billed
from tests.portal import ANNA


@pytest.fixture(scope="module")
def masters(shared_site):
	shop = make.shop()
	make.settings(send_customer_messages=1, submit_invoice=1, follow_up_days=7)
	make.contact(shop.customer, "Nora", "+353 1 555 01", "nora@byrne.example")
	mails.mailbox()
	return shop


@pytest.fixture
def call(shop):
	return make.plain_call(shop.customer, contact_name="Nora Byrne", contact_email="nora@byrne.example")


def sent(call) -> list[frappe._dict]:
	"""The messages to the customer on the timeline of a call, the oldest first."""
	return frappe.get_all(
		"Communication",
		filters={
			"reference_doctype": "Repair Call",
			"reference_name": call if isinstance(call, str) else call.name,
			"communication_type": "Automated Message",
		},
		fields=["subject", "content", "recipients", "name"],
		order_by="creation asc",
	)


def subjects(call) -> list[str]:
	return [message.subject for message in sent(call)]


def opened(message) -> portal.Answer:
	"""What the link in a message opens for whoever gets it by mail."""
	(mail,) = mails.queued(communication=message.name)
	return portal.get(mails.link_in(mail.text))


def window(call) -> tuple[str, str]:
	start = add_to_date(get_datetime(f"{nowdate()} 09:00:00"), days=1)
	return str(start), str(add_to_date(start, hours=3))


# ---------------------------------------------------------------------------- the moments


def test_a_call_is_confirmed_with_a_link_to_follow_it(call):
	(message,) = sent(call)
	assert message.subject == f"We have your call {call.name}"
	assert message.recipients == "nora@byrne.example"
	assert "We received your request" in opened(message).words
	queued = frappe.get_last_doc("Email Queue")
	assert queued.reference_name == call.name
	assert [row.recipient for row in queued.recipients] == ["nora@byrne.example"]


def test_an_appointment_is_told_once_and_again_when_it_changes(call):
	begin, end = window(call)
	call.schedule(begin, end)
	call.reload()
	call.next_action = "Take the long ladder"
	call.save()
	assert len(sent(call)) == 2
	told = sent(call)[-1]
	assert "between 09:00 and 12:00" in told.subject
	assert "That suits me" in opened(told).words
	call.promised_to = add_to_date(end, hours=1)
	call.save()
	assert "between 09:00 and 13:00" in subjects(call)[-1]
	assert len(sent(call)) == 3


def test_the_technician_is_on_the_way(shop, call):
	visit = make.planned(call, shop.technician)
	with pytest.raises(frappe.ValidationError):
		messages.on_the_way(visit.name)
	visit.dispatch()
	messages.on_the_way(visit.name)
	assert subjects(call)[-1] == "Our technician is on the way"
	assert "Aoife Doyle" in sent(call)[-1].content


def test_taken_in_estimate_and_ready(shop, call):
	receipt = make.receipt(call)
	receipt.submit()
	assert subjects(call)[-1] == f"We have your product: receipt {receipt.name}"
	card = portal.estimated_card(call, collection_receipt=receipt.name)
	told = sent(call)[-1]
	assert told.subject == "Our estimate for your repair"
	assert "Accept the estimate" in opened(told).words
	card.reload()
	card.record_approval("Phone", "N. Byrne")
	card.assigned_technician = shop.technician
	card.start_repair()
	card.hand_to_check()
	card.verify("Ran for ten minutes")
	card.submit()
	assert subjects(call)[-1] == "Your product is ready"


def test_the_invoice_of_a_visit(shop, call):
	visit = make.voucher(call, shop.technician, labour=[make.hours(1)])
	visit.submit()
	visit.reload()
	told = sent(call)[-1]
	assert told.subject == f"Invoice {visit.sales_invoice}"
	assert "68.10" in told.content
	assert "68.10" in opened(told).words


def test_one_invoice_for_several_jobs_is_told_once(shop, call):
	make.settings(invoicing="One Invoice per Customer", billing_period="Day")
	unreachable = make.plain_call(shop.customer, contact_email="", contact_phone="")
	frappe.db.set_value("Repair Call", unreachable.name, {"contact_email": None, "contact_phone": None})
	another = make.plain_call(shop.customer, contact_name="Nora Byrne", contact_email="nora@byrne.example")
	calls = (call, another, unreachable)
	visits = [make.voucher(one, shop.technician, labour=[make.hours(1)]) for one in calls]
	for visit in visits:
		visit.submit()
	(name,) = {row.sales_invoice for row in billed(*visits).entries}
	frappe.get_doc("Sales Invoice", name).submit()
	told = [message for one in calls for message in sent(one) if message.subject == f"Invoice {name}"]
	assert len(told) == 1
	assert "204.30" in told[0].content
	assert "204.30" in opened(told[0]).words


def test_the_survey_is_sent_when_due_and_once(call):
	call.resolve("Fan replaced")
	call.close()
	messages.send_due_surveys()
	assert len(sent(call)) == 1
	follow_up = frappe.db.get_value("Follow-up", {"repair_call": call.name})
	frappe.db.set_value("Follow-up", follow_up, "due_date", nowdate())
	messages.send_due_surveys()
	messages.send_due_surveys()
	assert subjects(call)[1:] == ["Was our repair a good one?"]
	assert "Does everything work now?" in opened(sent(call)[-1]).words


def test_links_that_open_nothing_any_more_are_deleted_after_ninety_days(shop, call):
	follow_ups = [
		make.make(
			"Follow-up",
			repair_call=call.name,
			customer=shop.customer,
			company=make.COMPANY,
			kind="Effectiveness",
			due_date=due,
		).name
		for due in (nowdate(), add_to_date(nowdate(), days=30))
	]
	long_ago, lately = (add_to_date(now_datetime(), days=-days) for days in (92, 88))
	fresh = {"expires_at": (">", now_datetime()), "revoked_at": ("is", "not set")}

	def link(purpose, about, **values):
		links.address(purpose, *about, shop.customer)
		name = frappe.db.get_value("Service Link", {"purpose": purpose, "reference_name": about[1], **fresh})
		frappe.db.set_value("Service Link", name, values)
		return name

	about = ("Repair Call", call.name)
	link(links.TRACK, about, expires_at=long_ago)
	link(links.TRACK, about, revoked_at=long_ago)
	link(links.SURVEY, ("Follow-up", follow_ups[1]), expires_at=long_ago)
	kept = {
		link(links.TRACK, about, expires_at=lately),
		link(links.TRACK, about, revoked_at=lately),
		link(links.SURVEY, ("Follow-up", follow_ups[0]), expires_at=long_ago),
		link(links.TRACK, about),
	}
	settings = frappe.get_doc("Log Settings")
	settings.add_default_logtypes()
	assert [row.days for row in settings.logs_to_clear if row.ref_doctype == "Service Link"] == [90]
	ServiceLink.clear_old_logs(90)
	assert set(frappe.get_all("Service Link", {"customer": shop.customer}, pluck="name")) == kept
	messages.send_due_surveys()
	assert "Was our repair a good one?" not in subjects(call)


def test_whoever_was_asked_by_phone_already_gets_no_survey(call):
	call.resolve("Fan replaced")
	call.close()
	follow_up = frappe.get_doc("Follow-up", {"repair_call": call.name})
	frappe.db.set_value("Follow-up", follow_up.name, "due_date", nowdate())
	follow_up.reload()
	follow_up.record_attempt()
	messages.send_due_surveys()
	assert len(sent(call)) == 1


# ---------------------------------------------------------------------------- whether, how, to whom


def test_nothing_is_sent_until_it_is_switched_on(shop):
	make.settings(send_customer_messages=0)
	call = make.plain_call(shop.customer, contact_email="nora@byrne.example")
	call.schedule(*window(call))
	assert sent(call) == []
	assert not frappe.db.count("Service Link", {"reference_name": call.name})


def test_a_single_message_is_switched_off_by_its_notification(shop):
	frappe.get_doc("Notification", "Customer: Call Received").update({"enabled": 0}).save()
	call = make.plain_call(shop.customer, contact_email="nora@byrne.example")
	assert sent(call) == []


def test_a_customer_chooses_on_his_page(shop):
	portal.website_user(ANNA, shop.customer, "Anna")
	page = portal.get("/aftersales/messages", ANNA)
	assert page.html.count(" checked") == len(messages.MOMENTS) == 13
	wanted = {moment: "1" for moment in messages.MOMENTS if moment != "received"}
	portal.follow(portal.post("/aftersales/messages", ANNA, customer=shop.customer, **wanted), ANNA)
	assert portal.get("/aftersales/messages", ANNA).html.count(" checked") == 12
	call = make.plain_call(shop.customer, contact_email="nora@byrne.example")
	call.schedule(*window(call))
	assert len(sent(call)) == 1


def test_nobody_chooses_for_another(shop):
	portal.website_user(ANNA, shop.customer, "Anna")
	other = make.customer("Quinn Foods")
	portal.post("/aftersales/messages", ANNA, customer=other)
	assert not frappe.db.exists("Customer Service Preferences", other)


def test_choices_follow_a_renamed_customer(shop):
	messages.choose(shop.customer, set(messages.MOMENTS) - {"survey"})
	frappe.rename_doc("Customer", shop.customer, "Byrne & Sons", show_alert=False, rebuild_search=False)
	assert not messages.wants("Byrne & Sons", "survey")
	assert messages.wants("Byrne & Sons", "ready")


def test_what_either_of_two_customers_switched_off_stays_off(shop):
	other = make.customer("Quinn Foods")
	messages.choose(shop.customer, set(messages.MOMENTS) - {"survey"})
	messages.choose(other, set(messages.MOMENTS) - {"ready"})
	frappe.rename_doc("Customer", other, shop.customer, merge=True, show_alert=False, rebuild_search=False)
	off = {choice.moment for choice in messages.choices_of(shop.customer) if not choice.wanted}
	assert off == {"survey", "ready"}
	assert frappe.db.count("Customer Service Preferences") == 1


def test_a_message_speaks_the_customers_language(shop):
	frappe.db.set_value("Customer", shop.customer, "language", "de")
	make.make(
		"Translation",
		language="de",
		source_text="We have your call {0}",
		translated_text="Wir haben Ihren Auftrag {0}",
	)
	call = make.plain_call(shop.customer, contact_email="nora@byrne.example")
	assert subjects(call) == [f"Wir haben Ihren Auftrag {call.name}"]
	call.schedule(*window(call))
	day = frappe.utils.formatdate(call.promised_from, "EEEE")
	german = dict(
		zip(
			("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
			("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
			strict=True,
		)
	)
	assert german[day] in subjects(call)[-1]
	assert frappe.local.lang == "en"


def test_a_broken_template_stops_no_work(shop):
	frappe.db.set_value("Notification", "Customer: Call Received", "subject", "{{ doc.no.such.thing }}")
	call = make.plain_call(shop.customer, contact_email="nora@byrne.example")
	assert call.name
	assert sent(call) == []
	assert frappe.db.count("Error Log", {"creation": (">", add_to_date(now_datetime(), minutes=-1))})


def test_what_a_customer_wrote_is_no_markup_in_a_message(shop):
	call = make.plain_call(
		shop.customer,
		contact_email="nora@byrne.example",
		contact_name="<img src=x>",
		subject="2 < 3 & <i>so</i>",
	)
	assert "<img" not in sent(call)[-1].content
	assert "<i>" not in sent(call)[-1].content


def test_an_imported_call_sends_nothing(shop):
	call = frappe.new_doc("Repair Call")
	call.update({"customer": shop.customer, "subject": "Long ago", "contact_email": "nora@byrne.example"})
	call.update({"company": make.COMPANY, "received_at": "2020-01-01 10:00:00", "request_type": "Repair"})
	call.flags.from_register = True
	call.insert()
	assert sent(call) == []


def test_shipped_messages_can_be_restored(shop):
	shipped = [values for values in defaults.shipped() if values["doctype"] == "Notification"]
	moments = {
		doctype: {
			values["method"].removeprefix("customer_")
			for values in shipped
			if values["name"].startswith("Customer: ") and values["document_type"] == doctype
		}
		for doctype in ("Repair Call", "Loaner Issue")
	}
	asked = {"contact"}  # whether a contact is right: nothing that a customer switches off
	assert moments == {
		"Repair Call": {*messages.MOMENTS, *asked},
		"Loaner Issue": {"loaner_due", "loaner_overdue"},
	}
	frappe.db.set_value("Notification", "Customer: Survey", "message", "changed")
	defaults.restore("Notification", "Customer: Survey")
	assert "Does everything work" in frappe.db.get_value("Notification", "Customer: Survey", "message")


# ---------------------------------------------------------------------------- loaners


@pytest.fixture
def loaner(call):
	return lent(repair_call=call.name)


@pytest.fixture
def lone_loaner(shop):
	defaults.insert_missing(["Notification"])
	return lent(customer=shop.customer)


def lent(**values):
	make.settings(loaner_remind_days=2)
	heater = make.item("Loaner heater", has_serial_no=1)
	make.receive(heater, 1, 150, f"Stores - {make.ABBR}", ("LH-1",))
	doc = make.make(
		"Loaner Issue",
		**values,
		company=make.COMPANY,
		item_code=heater,
		serial_no="LH-1",
		from_warehouse=f"Stores - {make.ABBR}",
		to_warehouse=f"Goods In Transit - {make.ABBR}",
		issued_at=add_to_date(now_datetime(), days=-20),
		due_back=add_to_date(nowdate(), days=3),
		condition="As new",
		customer_signature=make.SIGNATURE,
		signed_by="N. Byrne",
	)
	doc.submit()
	return doc


def due(loaner, days: int) -> None:
	doc = frappe.get_doc("Loaner Issue", loaner.name)
	doc.due_back = add_to_date(nowdate(), days=days)
	doc.save()


def reminded(call) -> list[str]:
	messages.remind_of_loaners()
	return subjects(call)[1:]


def test_a_customer_is_reminded_of_his_loaner_once_before_and_once_after(call, loaner):
	assert reminded(call) == []
	due(loaner, 2)
	soon = frappe.utils.format_date(add_to_date(nowdate(), days=2))
	for _number in range(2):
		assert reminded(call) == [f"Our loaner: please bring it back by {soon}"]
	assert "Loaner heater LH-1" in sent(call)[-1].content
	due(loaner, -1)
	for _number in range(2):
		assert len(reminded(call)) == 2
	assert subjects(call)[-1].startswith("Our loaner was due back on")
	due(loaner, 1)
	assert len(reminded(call)) == 3, "a new date is a new reminder"


def test_no_reminder_of_a_loaner_that_is_back_or_not_wanted(shop, call, loaner):
	due(loaner, -1)
	messages.choose(shop.customer, set(messages.MOMENTS) - {"loaner_overdue"})
	assert reminded(call) == []
	due(loaner, 1)
	frappe.get_doc("Loaner Issue", loaner.name).take_back("As Lent", "N. Byrne", make.SIGNATURE)
	assert reminded(call) == []


def test_nothing_is_reminded_where_no_messages_are_sent(call, loaner):
	due(loaner, -1)
	make.settings(send_customer_messages=0)
	assert reminded(call) == []
	assert not frappe.db.get_value("Loaner Issue", loaner.name, "customer_reminded")


def told_of(loaner) -> list[frappe._dict]:
	messages.remind_of_loaners()
	return frappe.get_all(
		"Communication",
		filters={"reference_name": loaner.name, "communication_type": "Automated Message"},
		fields=["subject", "content", "recipients"],
		order_by="creation asc",
	)


def test_a_customer_is_reminded_of_a_loaner_that_belongs_to_no_call(lone_loaner):
	assert (lone_loaner.contact_name, lone_loaner.contact_email) == ("Nora", "nora@byrne.example")
	due(lone_loaner, 2)
	for _number in range(2):
		(message,) = told_of(lone_loaner)
	assert message.subject.startswith("Our loaner: please bring it back by")
	assert message.recipients == "nora@byrne.example"
	assert "Loaner heater LH-1" in message.content and lone_loaner.name in message.content
	due(lone_loaner, -1)
	for _number in range(2):
		assert len(told_of(lone_loaner)) == 2
	assert told_of(lone_loaner)[-1].subject.startswith("Our loaner was due back on")
	due(lone_loaner, 1)
	frappe.get_doc("Loaner Issue", lone_loaner.name).take_back("As Lent", "N. Byrne", make.SIGNATURE)
	assert len(told_of(lone_loaner)) == 2


def test_a_contact_that_is_none_keeps_nobody_from_lending(shop, call):
	frappe.db.set_value("Repair Call", call.name, {"contact_phone": "ext. nine", "contact_email": "none"})
	doc = lent(repair_call=call.name)
	assert (doc.contact_name, doc.contact_phone, doc.contact_email) == ("Nora Byrne", None, None)


def test_no_reminder_of_a_lone_loaner_that_is_not_wanted_or_has_nobody_to_write_to(shop, lone_loaner):
	due(lone_loaner, -1)
	messages.choose(shop.customer, set(messages.MOMENTS) - {"loaner_overdue"})
	assert told_of(lone_loaner) == []
	messages.choose(shop.customer, set(messages.MOMENTS))
	due(lone_loaner, 1)
	frappe.db.set_value("Loaner Issue", lone_loaner.name, dict.fromkeys(("contact_email", "contact_phone")))
	assert told_of(lone_loaner) == []


def test_the_answer_about_a_lone_loaner_reaches_who_lent_it(lone_loaner):
	clerk = make.user("lender@messages.example", "Service Agent")
	frappe.db.set_value("Loaner Issue", lone_loaner.name, "owner", clerk)
	due(lone_loaner, -1)
	told_of(lone_loaner)
	queued = frappe.get_last_doc("Email Queue")
	reply = mail("Re: loaner", "On Friday.", "nora@byrne.example", queued.message_id)
	received = reply.process()
	assert (received.reference_doctype, received.reference_name) == ("Loaner Issue", lone_loaner.name)
	assert [subject for subject in told(clerk) if lone_loaner.name in subject]


# ---------------------------------------------------------------------------- answers


def mail(subject: str, text: str, sender: str, in_reply_to: str | None = None) -> ServiceMail:
	headers = {"In_Reply_To": f"<{in_reply_to}>"} if in_reply_to else {}
	return mails.received(subject, text, sender, **headers)


def test_a_reply_lands_on_the_call(call):
	queued = frappe.get_last_doc("Email Queue")
	reply = mail("Re: your call", "The key is next door.", "nora@byrne.example", queued.message_id)
	received = reply.process()
	assert (received.reference_doctype, received.reference_name) == ("Repair Call", call.name)
	assert "The key is next door." in received.content
	assert frappe.db.count("Repair Call", {"customer": call.customer}) == 1


def told(user: str) -> list[str]:
	return frappe.get_all("Notification Log", {"for_user": user, "type": "Alert"}, pluck="subject")


def test_the_owner_is_told_of_a_reply(call):
	agent = make.user("agent@desk.example", "Service Agent")
	call.call_owner = agent
	call.save()
	queued = frappe.get_last_doc("Email Queue")
	mail("Re: your call", "The key is next door.", "nora@byrne.example", queued.message_id).process()
	assert told(agent) == [f"nora@byrne.example has written about {call.name}: No hot water"]
	mail("Re: your call", "I look after it.", agent, queued.message_id).process()
	assert len(told(agent)) == 1, "nobody is told of his own mail"


def test_a_new_mail_of_a_known_sender_opens_a_call(shop):
	agent = make.user("agent@desk.example", "Service Agent")
	make.settings(customer_calls_owner=agent)
	received = mail("Boiler is cold again", "Since today.", "nora@byrne.example").process()
	opened_call = frappe.get_doc("Repair Call", received.reference_name)
	assert (opened_call.customer, opened_call.channel, opened_call.call_owner) == (
		shop.customer,
		"E-mail",
		agent,
	)
	assert (opened_call.subject, opened_call.contact_email) == ("Boiler is cold again", "nora@byrne.example")
	assert told(agent) == [], "the call is told of by its assignment"


def test_an_unknown_sender_goes_to_the_customer_named_for_that_or_waits_for_a_decision(shop):
	asked = mail("Do you repair ovens?", "Ours is broken.", "who@knows.example").process()
	assert (asked.reference_doctype, asked.reference_name) == (None, None)
	make.settings(unknown_sender_customer=make.customer("Unknown Sender"))
	received = mail("Do you repair ovens?", "Ours is broken.", "who@knows.example").process()
	assert frappe.db.get_value("Repair Call", received.reference_name, "customer") == "Unknown Sender"
