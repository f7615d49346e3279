"""What a mail is, told from its headers: forty kinds are in tests/integration/test_mailbox.py, here the rules."""

from email import message_from_string

import pytest

from aftersales.service_desk.mail import mail_rules as rules

OURS = ("service@liffey.example",)


def mail(headers: str, body: str = "Hello"):
	return message_from_string(f"{headers.strip()}\n\n{body}")


PERSONS = {
	"plain": "From: Nora <nora@byrne.example>\nSubject: Boiler is cold",
	"auto-submitted no": "From: nora@byrne.example\nAuto-Submitted: no",
	"form that names who fills it": "From: noreply@shop.example\nReply-To: nora@byrne.example",
	"group mailbox of ours": "From: nora@byrne.example\nList-Id: <service.liffey.example>\nPrecedence: list",
	"automatic in the middle": "From: nora@byrne.example\nSubject: Door: automatic reply of the panel broken",
	"suppresses nothing": "From: nora@byrne.example\nX-Auto-Response-Suppress: DR, RN",
}
PROGRAMS = {
	"RFC 3834": "From: nora@byrne.example\nAuto-Submitted: auto-replied (vacation)",
	"precedence": "From: nora@byrne.example\nPrecedence: bulk",
	"list": "From: news@maker.example\nList-Id: <news.maker.example>",
	"newsletter": "From: news@maker.example\nList-Unsubscribe: <https://maker.example/x>",
	"null sender": "Return-Path: <>\nFrom: nora@byrne.example",
	"daemon": "From: postmaster@byrne.example",
	"no reply": "From: do-not-reply@bank.example",
	"Exchange": "From: nora@byrne.example\nX-Auto-Response-Suppress: All",
	"old autoresponder": "From: nora@byrne.example\nX-Autorespond: on holiday",
	"read receipt": "From: n@b.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=x",
	"ours that comes back": "From: service@liffey.example\nX-Frappe-Site: https://liffey.example",
	"only a subject": "From: nora@byrne.example\nSubject: Automatische Antwort: Ihr Auftrag",
	"only a subject, quoted": "From: nora@byrne.example\nSubject: AW: Abwesenheitsnotiz: Ihr Auftrag",
	"only a subject, encoded": "From: n@b.example\nSubject: =?utf-8?b?6Ieq5Yqo5Zue5aSNOiDmgqjnmoQ=?=",
}


@pytest.mark.parametrize("kind", PERSONS)
def test_a_person_has_written(kind):
	assert rules.verdict(mail(PERSONS[kind]), OURS, "https://liffey.example").by_person


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_program_has_written(kind):
	found = rules.verdict(mail(PROGRAMS[kind]), OURS, "https://liffey.example")
	assert found.kind == rules.AUTOMATIC and found.reason


def test_the_thread_is_in_reply_to_then_references_from_the_latest():
	answer = mail("In-Reply-To: <c@x>\nReferences: <a@x>\n <b@x> <c@x>")
	assert rules.thread_ids(answer) == ["c@x", "b@x", "a@x"]
	assert rules.thread_ids(mail("Subject: none")) == []


@pytest.mark.parametrize(
	"subject, names",
	[
		("Re: We have your call RC-2026-00001", ["RC-2026-00001"]),
		("AW: [RC/26/00001] Boiler (#RC-2026-00002)", ["RC/26/00001", "RC-2026-00002"]),
		("Boiler broken", []),
		("", []),
	],
)
def test_names_in_a_subject(subject, names):
	assert rules.names_in(subject) == names


def test_whom_a_qmail_bounce_names():
	bounce = mail(
		"From: MAILER-DAEMON@mx.example\nReturn-Path: <>",
		"Hi. This is the qmail-send program.\n\n<gone@byrne.example>:\nSorry, no mailbox here by that name.\n\n"
		"--- Below this line is a copy of the message.\n\nMessage-ID: <m1@liffey.example>\n",
	)
	assert rules.verdict(bounce).kind == rules.BOUNCE
	(failure,) = rules.failures(bounce)
	assert (failure.address, failure.reason) == (
		"gone@byrne.example",
		"Sorry, no mailbox here by that name.",
	)
	assert rules.returned_ids(bounce) == ["m1@liffey.example"]
