"""Forty kinds of mails as they come to a service desk, and what each has to do.

Written for the tests after the documents that define them and the headers that the programs named are known to set;
people and firms are invented. `{call}` is the name of Nora's call, `{mine}` the Message-ID of our answer on it.
"""

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

NORA, MAILBOX = "nora@byrne.example", "desk@real-mail.example"
ON_CALL, NEW_CALL, NOWHERE, OTHER_CALL = "on the call", "a new call", "nowhere", "asked"


@dataclass(frozen=True)
class Kind:
	"""A mail, where it has to be, and whether the customer's call moves by it."""

	does: str
	moves: bool = False
	headers: dict = field(default_factory=dict)
	sender: str = f"Nora Byrne <{NORA}>"
	subject: str = "Re: No hot water (#{call})"
	text: str = "The key is next door."
	in_thread: bool = True
	body: object = None
	bounced: str | None = None


def _answer(**values) -> Kind:
	return Kind(ON_CALL, moves=True, **values)


def _automatic(does: str = ON_CALL, **values) -> Kind:
	return Kind(does, **values)


def _report(text: str, status: str, machine: str, *, boundary: str = "report", copy: bool = True) -> str:
	"""A delivery report (RFC 3464) with its three parts."""
	original = (
		"--{b}\nContent-Type: message/rfc822\n\nMessage-ID: <{{mine}}>\nFrom: {m}\nSubject: Your call\n\nHello\n\n"
		if copy
		else "--{b}\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{{mine}}>\nFrom: {m}\n\n"
	).format(b=boundary, m=MAILBOX)
	return (
		f"--{boundary}\nContent-Type: text/plain; charset=us-ascii\n\n{text}\n\n"
		f"--{boundary}\nContent-Type: message/delivery-status\n\n{machine}\n\n"
		f"{status}\n\n{original}--{boundary}--\n"
	)


REPORT = {"Content-Type": 'multipart/report; report-type=delivery-status; boundary="report"'}
FAILED = (
	f"Final-Recipient: rfc822; {NORA}\nAction: failed\nStatus: 5.1.1\n"
	f"Diagnostic-Code: smtp; 550 5.1.1 <{NORA}>: User unknown"
)


def _parts(*parts) -> MIMEMultipart:
	whole = MIMEMultipart("mixed")
	for part in parts:
		whole.attach(part)
	return whole


def _file(name: str, content: bytes, subtype: str = "octet-stream"):
	part = MIMEApplication(content, subtype)
	part.add_header("Content-Disposition", "attachment", filename=name)
	return part


def _forwarded() -> MIMEMultipart:
	inner = EmailMessage()
	inner["From"], inner["Subject"] = "shop@dealer.example", "Invoice"
	inner.set_content("Your boiler was delivered in May.")
	part = MIMEBase("message", "rfc822")
	part.set_payload([inner])
	return _parts(MIMEText("See below."), part)


KINDS: dict[str, Kind] = {
	# answers of people, from where and with what they write
	"answer, Outlook": _answer(headers={"X-Mailer": "Microsoft Outlook 16.0", "Thread-Index": "AdqX"}),
	"answer, Apple Mail, from the phone": _answer(text="Yes.\n\nSent from my iPhone"),
	"answer, Gmail, HTML": _answer(body=MIMEText("<div>Yes, <b>please</b></div>", "html")),
	"answer from another address": _answer(sender="nora.private@post.example"),
	"answer of the husband, copied": _answer(sender="Tom <tom@byrne.example>", headers={"Cc": NORA}),
	"answer without In-Reply-To, with References": _answer(
		in_thread=False, subject="AW: Ihr Auftrag", headers={"References": "<x@byrne.example> <{mine}>"}
	),
	"answer without any header, with our reference": _answer(
		in_thread=False, subject="AW: WG: Auftrag {call}"
	),
	"answer under another subject": _answer(subject="The key"),
	"answer, Japanese, ISO-2022-JP": _answer(body=MIMEText("鍵は隣にあります", "plain", "iso-2022-jp")),
	"answer, Latin-1 without saying so": _answer(text="Der Schluessel liegt nebenan"),
	"answer, only a picture": _answer(body=_parts(_file("plate.jpg", b"\xff\xd8\xff\xe0JFIF", "jpeg"))),
	"answer, empty": _answer(text=""),
	"answer, signed (S/MIME)": _answer(
		body=_parts(MIMEText("Yes"), _file("smime.p7s", b"0\x82", "pkcs7-signature"))
	),
	"answer, encrypted (PGP)": _answer(
		body=_parts(MIMEText("-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----"))
	),
	"answer, winmail.dat": _answer(
		body=_parts(MIMEText("See file"), _file("winmail.dat", b"\x78\x9f\x3e\x22", "ms-tnef"))
	),
	"answer, forwarded mail inside": _answer(body=_forwarded()),
	"answer, huge": _answer(text="The same line again.\n" * 60_000),
	"answer through a group mailbox of ours": _answer(
		headers={"List-Id": f"<{MAILBOX.replace('@', '.')}>", "Precedence": "list"}
	),
	# what opens a call of its own
	"new fault, subject known from before": Kind(NEW_CALL, in_thread=False, subject="No hot water"),
	"new fault, no subject": Kind(NEW_CALL, in_thread=False, subject=""),
	"form of the website": Kind(
		NEW_CALL,
		in_thread=False,
		subject="Message from your website",
		sender="noreply@shop.example",
		headers={"Reply-To": NORA},
	),
	"unknown sender": Kind(
		OTHER_CALL, in_thread=False, subject="Do you repair ovens?", sender="who@knows.example"
	),
	# absence notes in six languages, with and without the headers that say so
	"absence, English, Exchange": _automatic(
		subject="Automatic reply: No hot water",
		headers={"X-Auto-Response-Suppress": "All", "Auto-Submitted": "auto-generated"},
	),
	"absence, German, no header": _automatic(subject="Automatische Antwort: Auftrag"),
	"absence, French": _automatic(
		subject="Réponse automatique : votre appel", headers={"Auto-Submitted": "auto-replied"}
	),
	"absence, Spanish, no header": _automatic(subject="Respuesta automática: su aviso"),
	"absence, Italian, vacation program": _automatic(
		subject="Risposta automatica", headers={"Precedence": "bulk"}
	),
	"absence, Chinese, no header": _automatic(subject="自动回复: 您的报修"),
	"absence outside a thread": _automatic(
		NOWHERE, in_thread=False, subject="Out of Office", headers={"X-Autoreply": "yes"}
	),
	# what comes back, from four mail servers
	"bounce, Postfix": _automatic(
		sender="MAILER-DAEMON@mx.cust.example",
		subject="Undelivered Mail Returned to Sender",
		headers={**REPORT, "Auto-Submitted": "auto-replied"},
		body=_report("This is the mail system at host mx.", FAILED, "Reporting-MTA: dns; mx.cust.example"),
		in_thread=False,
		bounced=NORA,
	),
	"bounce, Exchange": _automatic(
		sender="postmaster@cust.example",
		subject="Unzustellbar: Your call",
		headers=REPORT,
		body=_report(
			"Delivery has failed",
			FAILED.replace("5.1.1\n", "5.1.10\n"),
			"Reporting-MTA: dns;EX01",
			copy=False,
		),
		in_thread=False,
		bounced=NORA,
	),
	"bounce, Exim": _automatic(
		sender="Mail Delivery System <Mailer-Daemon@exim.example>",
		subject="Mail delivery failed: returning message to sender",
		headers={"X-Failed-Recipients": NORA},
		text="A message that you sent could not be delivered.\n\nMessage-ID: <{mine}>\n",
		in_thread=False,
		bounced=NORA,
	),
	"bounce, qmail": _automatic(
		sender="MAILER-DAEMON@qmail.example",
		subject="failure notice",
		text=f"Hi. This is the qmail-send program.\n\n<{NORA}>:\nNo mailbox here by that name.\n\nMessage-ID: <{{mine}}>\n",
		in_thread=False,
		bounced=NORA,
	),
	"delay, nothing has failed yet": _automatic(
		sender="MAILER-DAEMON@mx.cust.example",
		subject="Delayed Mail",
		headers=REPORT,
		body=_report(
			"Delayed", FAILED.replace("failed", "delayed").replace("5.1.1", "4.4.1"), "Reporting-MTA: dns; mx"
		),
		in_thread=False,
	),
	# lists, receipts, programs
	"newsletter": _automatic(
		NOWHERE,
		in_thread=False,
		subject="Spring offers",
		sender="news@maker.example",
		headers={"List-Unsubscribe": "<https://x.example>"},
	),
	"mailing list": _automatic(
		NOWHERE,
		in_thread=False,
		subject="[trade] Pumps",
		sender="list@trade.example",
		headers={"List-Id": "<trade.example>"},
	),
	"no-reply of a carrier": _automatic(
		NOWHERE, in_thread=False, subject="Your parcel 123456", sender="no-reply@carrier.example"
	),
	"read receipt": _automatic(
		subject="Read: Your call",
		headers={"Content-Type": 'multipart/report; report-type=disposition-notification; boundary="report"'},
		body="--report\nContent-Type: text/plain\n\nYour message was read.\n\n--report--\n",
	),
	"calendar answer": _automatic(
		subject="Accepted: Visit",
		headers={"Content-Type": "text/calendar; method=REPLY"},
		body="BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n",
	),
	"our own mail that comes back": _automatic(
		sender=MAILBOX, headers={"X-Frappe-Site": "{site}", "X-Loop": "1"}
	),
}


def raw(kind: str, call: str, mine: str, site: str, number: int) -> bytes:
	"""The mail of a kind as it goes over SMTP."""
	told = KINDS[kind]

	def fill(text: str) -> str:
		return text.replace("{call}", call).replace("{mine}", mine).replace("{site}", site)

	headers = {name: fill(value) for name, value in told.headers.items()}
	if isinstance(told.body, str):
		mail = MIMEText("")
		del mail["Content-Type"], mail["Content-Transfer-Encoding"]
		mail["Content-Type"] = headers.pop("Content-Type")
		mail.set_payload(fill(told.body))
	else:
		import copy

		mail = copy.deepcopy(told.body) if told.body is not None else MIMEText(fill(told.text))
	mail["From"], mail["To"], mail["Subject"] = told.sender, MAILBOX, fill(told.subject)
	mail["Message-ID"] = f"<kind-{number}@test.example>"
	if told.in_thread:
		mail["In-Reply-To"] = f"<{mine}>"
	for name, value in headers.items():
		mail[name] = value
	return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
