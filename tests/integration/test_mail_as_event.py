"""Mail counts: a person's answer stops the clock, a customer's moves the call, what no person wrote does nothing."""

import frappe
import pytest
from frappe.core.doctype.communication.email import make as compose
from frappe.utils import add_days, add_to_date, get_datetime, now_datetime

from aftersales.service_desk.mail import unplaced
from aftersales.service_desk.report.mails_without_a_call import mails_without_a_call
from tests import factories as make
from tests import mails
from tests.mails import MAILBOX, received

NORA, AGENT, COLLEAGUE = "nora@byrne.example", "agent@liffey.example", "sean@liffey.example"
HOUR = 3600


@pytest.fixture(scope="module")
def desk(shared_site) -> frappe._dict:
	"""A mailbox for calls, a customer with an address, an agent; the shipped targets answer and visit."""
	shop = make.shop()
	make.contact(shop.customer, "Nora", "+353 1 555 01", NORA)
	mails.mailbox()
	make.user(AGENT, "Service Agent")
	make.user(COLLEAGUE, "Service Agent")
	make.settings(
		customer_calls_owner=AGENT,
		answer_after_resolution="Reopen the Call",
		answer_days=14,
		next_action_within=240,
	)
	return shop


@pytest.fixture
def call(desk):
	return make.plain_call(desk.customer, call_owner=AGENT, received_at=add_to_date(now_datetime(), hours=-1))


def write(call, to: str = NORA, user: str = AGENT, **values) -> str:
	"""*New Email* of the form."""
	frappe.set_user(user)
	told = {"content": "We are on it.", "subject": f"{call.subject} (#{call.name})", **values}
	made = compose(doctype="Repair Call", name=call.name, recipients=to, send_email=1, **told)
	frappe.set_user("Administrator")
	return frappe.db.get_value("Communication", made["name"], "message_id")


def clock(call, measure: str) -> frappe._dict:
	fields = ["state", "paused_at", "stopped_at", "started_at"]
	filters = {"reference_name": call.name, "measure": measure}
	return frappe.get_all("Service Clock", filters, fields, order_by="creation desc", limit=1)[0]


def employee(name: str, **values) -> str:
	born = {"gender": "Female", "date_of_birth": "1990-05-01", "date_of_joining": "2020-01-06"}
	return make.make(
		"Employee", first_name=name, company=make.COMPANY, status="Active", **born, **values
	).name


def told(user: str) -> list[str]:
	return frappe.get_all("Notification Log", {"for_user": user, "type": "Alert"}, pluck="subject")


# ---------------------------------------------------------------------------- answers of ours


def test_an_agents_answer_by_mail_is_the_first_response_and_stops_the_clock(call):
	assert clock(call, "Answer").state == "Running"
	write(call)
	call.reload()
	assert abs((now_datetime() - call.responded_at).total_seconds()) < 60
	assert (clock(call, "Answer").state, call.status) == ("Met", "Open")
	first = call.responded_at
	write(call)
	call.reload()
	assert call.responded_at == first


@pytest.mark.parametrize("to", (COLLEAGUE, MAILBOX, "parts@maker.example"))
def test_a_mail_to_somebody_else_answers_no_customer(call, to):
	supplier = make.once("Supplier", "Maker", supplier_name="Maker", supplier_group="All Supplier Groups")
	contact = frappe.new_doc("Contact", first_name="Parts")
	contact.append("email_ids", {"email_id": "parts@maker.example", "is_primary": 1})
	contact.append("links", {"link_doctype": "Supplier", "link_name": supplier})
	contact.insert()
	write(call, to)
	call.reload()
	assert call.responded_at is None and clock(call, "Answer").state == "Running"


def test_the_apps_own_messages_answer_nobody(desk):
	make.settings(send_customer_messages=1)
	call = make.plain_call(desk.customer, call_owner=AGENT)
	assert frappe.db.count("Email Queue", {"reference_name": call.name}) == 1
	call.reload()
	assert call.responded_at is None and clock(call, "Answer").state == "Running"


def test_an_answer_from_the_agents_own_mail_program_counts(desk):
	opened = received("Boiler is cold", sender=NORA).process()
	call = frappe.get_doc("Repair Call", opened.reference_name)
	answer = received(
		"Re: Boiler is cold",
		"We come at two.",
		AGENT,
		to=f"Nora <{NORA}>, {MAILBOX}",
		In_Reply_To=f"<{opened.message_id}>",
	).process()
	call.reload()
	assert (answer.reference_name, call.status) == (call.name, "Open")
	assert call.responded_at and clock(call, "Answer").state == "Met"


def test_a_colleagues_note_on_a_call_answers_nobody_and_moves_nothing(desk):
	opened = received("Boiler is cold", sender=NORA).process()
	call = frappe.get_doc("Repair Call", opened.reference_name)
	note = received(
		"Re: Boiler is cold", "Is it the pump?", COLLEAGUE, In_Reply_To=f"<{opened.message_id}>"
	).process()
	call.reload()
	assert note.reference_name == call.name
	assert (call.responded_at, call.unanswered_since, call.status) == (None, None, "Open")


def test_an_answer_that_is_sent_later_counts_from_then(call):
	later = add_to_date(now_datetime(), hours=2).replace(microsecond=0)
	write(call, send_after=str(later))
	call.reload()
	assert call.responded_at == later


# ---------------------------------------------------------------------------- messages of customers


def test_a_call_on_hold_for_the_customer_goes_on(call):
	mine = write(call)
	call.reload()
	call.triage()
	call.put_on_hold("A photo of the plate")
	assert clock(call, "Arrive").paused_at
	received("Re: photo", "Here it is.", NORA, In_Reply_To=f"<{mine}>").process()
	call.reload()
	assert (call.status, call.hold_reason) == ("Triaged", None)
	assert clock(call, "Arrive").paused_at is None
	assert call.next_action == "Answer the customer's message" and call.unanswered_since
	assert told(AGENT) == [f"{NORA} has written about {call.name}: No hot water"]
	write(call)
	call.reload()
	assert call.unanswered_since is None
	assert call.next_action == "Solve by phone, or agree an arrival window"


def test_a_call_on_hold_for_parts_stays_on_hold_and_is_told(call):
	mine = write(call)
	call.reload()
	call.put_on_hold("The pump", hold_for="Parts")
	received("Re: pump", "Any news?", NORA, In_Reply_To=f"<{mine}>").process()
	call.reload()
	assert call.status == "On Hold" and call.unanswered_since
	assert len(told(AGENT)) == 1


def resolved(call, days_ago: int = 0):
	call.reload()
	call.resolve("New pump")
	if days_ago:
		frappe.db.set_value("Repair Call", call.name, "resolved_at", add_days(now_datetime(), -days_ago))
	return call


def test_a_resolved_call_reopens_and_its_clock_runs_again(call):
	mine = write(call)
	resolved(call)
	received("Re: boiler", "It still leaks!", NORA, In_Reply_To=f"<{mine}>").process()
	call.reload()
	assert (call.status, call.resolved_at) == ("Triaged", None)
	assert clock(call, "Arrive").state == "Running"
	assert frappe.db.count("Repair Call", {"customer": call.customer}) == 1


def test_after_the_period_it_is_always_a_new_call_for_the_same_product(call):
	call.equipment = make.equipment(call.customer, brand="Vaillant", model="T1", serial_text="S-1")
	call.save()
	mine = write(call)
	resolved(call, days_ago=15)
	answer = received("Re: boiler", "It leaks again", NORA, In_Reply_To=f"<{mine}>").process()
	call.reload()
	new = frappe.get_doc("Repair Call", answer.reference_name)
	assert (call.status, new.name != call.name) == ("Resolved", True)
	assert (new.customer, new.equipment, new.contact_email, new.status) == (
		call.customer,
		call.equipment,
		NORA,
		"Open",
	)
	assert (new.call_owner, new.channel, new.contact_confirmed) == (AGENT, "E-mail", 1)


@pytest.mark.parametrize(
	"choice, status, calls", [("Open a New Call", "Resolved", 2), ("Tell the Owner", "Resolved", 1)]
)
def test_the_site_chooses_what_a_message_about_a_resolved_call_does(call, choice, status, calls):
	make.settings(answer_after_resolution=choice)
	mine = write(call)
	resolved(call)
	received("Re: boiler", "Thank you!", NORA, In_Reply_To=f"<{mine}>").process()
	call.reload()
	assert (call.status, frappe.db.count("Repair Call", {"customer": call.customer})) == (status, calls)


def test_a_closed_call_is_not_reopened_by_a_mail(call):
	mine = write(call)
	resolved(call).close()
	answer = received("Re: boiler", "It leaks again", NORA, In_Reply_To=f"<{mine}>").process()
	assert frappe.db.get_value("Repair Call", call.name, "status") == "Closed"
	assert answer.reference_name != call.name


def test_where_the_owner_is_locked_out_the_next_in_line_is_told(call):
	supervisor = make.user("super@liffey.example", "Service Supervisor")
	mine = write(call)
	frappe.db.set_value("User", AGENT, "enabled", 0)
	received("Re: boiler", "Hello?", NORA, In_Reply_To=f"<{mine}>").process()
	assert told(AGENT) == []
	assert [line for line in told(supervisor) if call.name in line]


def test_where_the_owner_is_away_the_superior_is_told_too(call, monkeypatch):
	boss_user = make.user("boss@liffey.example", "Service Supervisor")
	boss = employee("Boss", user_id=boss_user)
	mine_employee = employee("Agent", user_id=AGENT, reports_to=boss)
	from aftersales.service_staff import availability

	# HRMS, which knows leave, is no part of every site
	monkeypatch.setattr(availability, "is_on_leave", lambda employee, day: employee == mine_employee)
	mine = write(call)
	received("Re: boiler", "Hello?", NORA, In_Reply_To=f"<{mine}>").process()
	assert [line for line in told(boss_user) if call.name in line]
	assert [line for line in told(AGENT) if call.name in line]


# ---------------------------------------------------------------------------- which call a mail is about


def test_a_new_fault_under_an_old_subject_is_a_new_call(desk):
	first = received("Boiler broken", sender=NORA).process().reference_name
	frappe.get_doc("Repair Call", first).resolve("New pump")
	frappe.get_doc("Repair Call", first).close()
	again = received("Boiler broken", "The other boiler", NORA).process().reference_name
	alike = received("boiler", "A third one", NORA).process().reference_name
	assert len({first, again, alike}) == 3
	assert frappe.db.get_value("Repair Call", again, "next_action")


def test_a_colleagues_mail_lands_on_no_customers_call(desk):
	call = received("Boiler is broken since Monday", sender=NORA).process().reference_name
	mail = received("Boiler is broken since Monday", "The one in our kitchen", COLLEAGUE).process()
	assert mail.reference_name is None
	assert frappe.db.count("Communication", {"reference_name": call}) == 1


@pytest.mark.parametrize("sender", (NORA, "nora.private@post.example"))
def test_the_thread_is_found_by_any_header_and_by_our_reference(call, sender):
	mine = write(call)
	by_references = received(
		"Something else", "a", sender, References=f"<{mine}> <other@byrne.example>"
	).process()
	by_name = received(f"AW: Ihr Auftrag {call.name}", "b", sender).process()
	assert {by_references.reference_name, by_name.reference_name} == {call.name}


def test_a_contact_of_two_customers_is_asked_about_and_never_guessed(desk):
	other = make.customer("Byrne Hotels")
	contact = frappe.get_last_doc("Contact", {"email_id": NORA})
	contact.append("links", {"link_doctype": "Customer", "link_name": other})
	contact.save()
	mail = received("Boiler is cold", "Since today", NORA).process()
	assert mail.reference_name is None and frappe.db.count("Repair Call") == 0
	(line,) = told(AGENT)
	assert "Byrne Hotels" in line and desk.customer in line
	frappe.set_user(AGENT)
	(row,) = mails_without_a_call.execute({})[1]
	assert (row["name"], set(row["possible"])) == (mail.name, {other, desk.customer})
	frappe.db.set_value(
		"Communication", mail.name, "communication_date", add_to_date(now_datetime(), hours=-3)
	)
	name = unplaced.open_call(mail.name, other)
	assert unplaced.open_call(mail.name, desk.customer) == name, "a second click opens no second call"
	call = frappe.get_doc("Repair Call", name)
	assert (call.customer, call.contact_email, call.channel) == (other, NORA, "E-mail")
	assert (now_datetime() - get_datetime(call.received_at)).total_seconds() > 2 * HOUR
	assert mails_without_a_call.execute({})[1] == []


def test_a_mail_is_put_on_a_call_by_hand_and_does_what_it_would_have_done(call, desk):
	call.put_on_hold("A photo")
	mail = received("Boiler", "Here is the photo", COLLEAGUE).process()
	frappe.set_user(AGENT)
	assert unplaced.put_on_call(mail.name, call.name) == call.name
	assert frappe.db.get_value("Repair Call", call.name, "status") == "Open"


def test_a_mail_that_needs_no_call_leaves_the_list(desk):
	mail = received("Lunch?", "At one", COLLEAGUE).process()
	frappe.set_user(AGENT)
	unplaced.set_aside(mail.name)
	assert mails_without_a_call.execute({})[1] == []


def test_only_the_desk_places_mails(desk):
	mail = received("Lunch?", "At one", COLLEAGUE).process()
	frappe.set_user(make.user("tech@liffey.example", "Service Technician"))
	for act in (
		lambda: unplaced.open_call(mail.name, desk.customer),
		lambda: unplaced.put_on_call(mail.name, "x"),
		lambda: unplaced.set_aside(mail.name),
		lambda: mails_without_a_call.execute({}),
	):
		with pytest.raises(frappe.PermissionError):
			act()


# ---------------------------------------------------------------------------- what no person has written


def test_what_no_person_has_written_opens_nothing_and_is_answered_by_nothing(desk):
	make.settings(send_customer_messages=1)
	for headers in (
		{"Auto_Submitted": "auto-replied"},
		{"List_Id": "<news.byrne.example>"},
		{"Precedence": "bulk"},
	):
		mail = received("Good news", sender=NORA, **headers)
		message = mail.process()
		assert (message.reference_name, message.communication_type) == (None, "Automated Message")
		assert not mail.flags.is_new_communication, "Frappe would answer it"
	assert frappe.db.count("Repair Call") == frappe.db.count("Email Queue") == 0
	assert told(AGENT) == []


def test_an_absence_note_stands_on_its_call_and_moves_nothing(call):
	mine = write(call)
	resolved(call)
	note = received(
		"Abwesend", "Bin bis Montag weg", NORA, In_Reply_To=f"<{mine}>", Auto_Submitted="auto-replied"
	).process()
	call.reload()
	assert (note.reference_name, call.status, call.unanswered_since) == (call.name, "Resolved", None)
	assert told(AGENT) == []


BOUNCE = """Return-Path: <>
From: MAILER-DAEMON@mx.cust.example
To: {mailbox}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <bounce1@mx.cust.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.cust.example

Final-Recipient: rfc822; {nora}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{nora}>: User unknown

--b
Content-Type: message/rfc822

Message-ID: <{message_id}>
Subject: Your call
From: {mailbox}

Hello

--b--
"""


def test_a_bounce_is_shown_where_the_address_is_kept(call):
	mine = write(call)
	raw = BOUNCE.format(mailbox=MAILBOX, nora=NORA, message_id=mine)
	report = mails.from_bytes(raw.encode()).process()
	assert (report.reference_name, report.communication_type) == (call.name, "Automated Message")
	assert frappe.db.get_value("Communication", {"message_id": mine}, "delivery_status") == "Bounced"
	bad = frappe.get_doc("Undeliverable Address", NORA)
	assert (bad.status_code, bad.reason, bad.repair_call, bad.times) == (
		"5.1.1",
		f"550 5.1.1 {NORA}: User unknown",
		call.name,
		1,
	)
	assert [line for line in told(AGENT) if NORA in line and call.name in line]
	received("It is me", "My box was full", NORA).process()
	assert not frappe.db.exists("Undeliverable Address", NORA), "whoever writes from it can be reached"
