"""Messages to customers at the right moments, each by a Notification that belongs to the site.

The app says when: it runs a method event on the Repair Call (`customer_received`, `customer_ready` …),
for which Notifications, webhooks and server scripts can be made in the desk. What is said, and whether
by e-mail or SMS, is the Notification's. Whatever happens on a visit, in the workshop or in the accounts,
the event is the call's, so that the message and the answer to it stand on the call's timeline. Only of a
loaner that was lent without a call the event is the Loaner Issue's own.

In the templates `doc.message` holds what the moment is about: `link` (a signed link), `window`, `title`
and `sentence` (where the call stands), `document`, `amount`, `technician`, `arrival` (time of day), `estimated_at`, `stops_before`, `loaner`, `due_back`,
`ready_on`, `pay` (the page on which an open invoice is paid), and `documents` (title and link of each document for
customers of the product, one a line).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.core.utils import html2text
from frappe.email.email_body import EMail
from frappe.model.document import Document
from frappe.utils import add_to_date, fmt_money, format_date, format_time, get_datetime, now_datetime

from aftersales.core import renaming
from aftersales.core.guards import status_changed_to
from aftersales.core.input.requests import WholeNumber, validate_call
from aftersales.core.language import in_language
from aftersales.core.savepoints import one_of_many
from aftersales.customer_care import care_portal_api as care
from aftersales.customer_goods import loaners
from aftersales.customer_goods.loaner_rules import DUE_SOON, OVERDUE
from aftersales.customer_portal import links, progress
from aftersales.customer_portal.customers import language_of
from aftersales.customer_portal.messaging import channels, product_documents, texts
from aftersales.field_service.visits import call_of_visit
from aftersales.repair_workshop import uncollected
from aftersales.repair_workshop.cards import call_of_card
from aftersales.service_calls import contacts_on_file
from aftersales.service_calls import portal_api as desk
from aftersales.service_calls.call_status_rules import NO_WORK_LEFT
from aftersales.service_posting.invoicing.invoices import jobs_on, total_of
from aftersales.service_setup.settings import aftersales_settings

PREFERENCES = "Customer Service Preferences"
MOMENTS = (
	"received",
	"appointment",
	"visit_reminder",
	"visit_today",
	"on_the_way",
	"taken_in",
	"estimate",
	"ready",
	"invoice",
	"survey",
	"loaner_due",
	"loaner_overdue",
	"uncollected",
)
COMPLAINT_MOMENTS = {
	"Acknowledged": "complaint_acknowledged",
	"Answered": "complaint_answered",
	"Closed": "complaint_closed",
}


# ---------------------------------------------------------------------------- the moments (hooks)


def call_saved(call: Document, method: str | None = None) -> None:
	"""on_update of Repair Call: it came in, or an arrival window was promised."""
	before = call.get_doc_before_save()
	if call.flags.from_register or call.flags.taken_over or call.status in NO_WORK_LEFT:
		return
	if not is_switched_on():
		if not before or (call.promised_to and _window(before) != _window(call)):
			say_that_nobody_is_told()
		return
	if not before and not call.contact_confirmed and call.channel == "QR":
		_tell(
			frappe.get_doc("Repair Call", call.name), "contact", lambda: _facts(call, links.CONTACT, None, {})
		)
	elif not before or (call.contact_confirmed and not before.contact_confirmed):
		tell(call.name, "received", links.TRACK)
	if call.promised_to and get_datetime(call.promised_to) > now_datetime() and not call.arrived_at:
		if not before or _window(before) != _window(call):
			tell(
				call.name,
				"appointment",
				links.APPOINTMENT,
				window=lambda: progress.window(call.promised_from, call.promised_to),
			)


def complaint_saved(complaint: Document, method: str | None = None) -> None:
	"""on_update of Service Complaint: acknowledged, answered or closed."""
	moment = COMPLAINT_MOMENTS.get(complaint.status)
	if moment and status_changed_to(complaint, complaint.status):
		if not is_switched_on():
			return say_that_nobody_is_told()
		answer = complaint.answer
		_tell(
			frappe.get_doc("Service Complaint", complaint.name),
			moment,
			lambda: frappe._dict(answer=html2text(answer or "").strip()),
		)


def say_that_nobody_is_told() -> None:
	"""A step that would tell the customer says so where messages are switched off; once in a request."""
	if (
		frappe.request
		and frappe.session.user not in ("Administrator", "Guest")
		and not frappe.flags.said_that_nobody_is_told
	):
		frappe.flags.said_that_nobody_is_told = True
		frappe.msgprint(
			_("The customer is not told: messages are switched off in {0}.").format(
				frappe.bold(_("Aftersales Settings"))
			),
			alert=True,
			indicator="orange",
		)


def receipt_submitted(receipt: Document, method: str | None = None) -> None:
	"""on_submit of Collection Receipt: the product is with us."""
	if receipt.repair_call and not receipt.flags.from_register:
		if not is_switched_on():
			return say_that_nobody_is_told()
		tell(receipt.repair_call, "taken_in", links.TRACK, document=receipt.name)


def card_saved(card: Document, method: str | None = None) -> None:
	"""on_update of Repair Card: the customer is asked for their decision."""
	if card.repair_call and not card.flags.from_register and status_changed_to(card, "Awaiting Approval"):
		if not is_switched_on():
			say_that_nobody_is_told()
		else:
			tell(card.repair_call, "estimate", links.ESTIMATE, about=("Repair Card", card.name))


def card_submitted(card: Document, method: str | None = None) -> None:
	"""on_submit of Repair Card: repaired or not, it can be collected."""
	if card.repair_call and not card.flags.from_register:
		if not is_switched_on():
			return say_that_nobody_is_told()
		tell(card.repair_call, "ready", links.TRACK)


def invoice_submitted(invoice: Document, method: str | None = None) -> None:
	"""on_submit of Sales Invoice: one message, however many service jobs it bills.

	It stands on the first of their calls whose customer can be told. An invoice that is made out to somebody else,
	an insurer say, is none of the customer's.
	"""
	jobs = jobs_on(invoice)
	if not is_switched_on():
		if jobs:
			say_that_nobody_is_told()
		return
	for call in dict.fromkeys(part for part in (_call_of_job(*job) for job in jobs) if part):
		if frappe.db.get_value("Repair Call", call, "customer") != invoice.customer:
			continue
		if tell(
			call,
			"invoice",
			links.DOCUMENT,
			about=("Sales Invoice", invoice.name),
			document=invoice.name,
			amount=lambda: fmt_money(total_of(invoice), currency=invoice.currency),
			pay=lambda: links.address(links.PAYMENT, "Sales Invoice", invoice.name, invoice.customer)
			if invoice.outstanding_amount > 0
			else "",
		):
			return


@frappe.whitelist(methods=["POST"])
@validate_call
def on_the_way(voucher: str, minutes: WholeNumber | None = None) -> None:
	"""The technician sets out: tells the customer, and the timeline of the call.

	`minutes`: how long it takes, where the technician says so; the message names the time of arrival.

	Raises:
		frappe.PermissionError: the user may not write the visit.
		frappe.ValidationError: the visit is not dispatched.
	"""
	visit = frappe.get_doc("Service Voucher", voucher, for_update=True)
	visit.check_permission("write")
	if visit.status != "Dispatched":
		frappe.throw(
			_("Only for a visit that is dispatched: {0} is {1}.").format(visit.name, _(visit.status))
		)
	visit.add_comment("Info", _("is on the way to the customer"))
	if visit.repair_call:
		desk.tell_timeline(
			visit.repair_call,
			_("says that {0} is on the way").format(frappe.utils.escape_html(visit.technician)),
		)
		if not is_switched_on():
			say_that_nobody_is_told()
		else:
			arrival = format_time(add_to_date(now_datetime(), minutes=minutes), "HH:mm") if minutes else None
			tell(visit.repair_call, "on_the_way", links.TRACK, technician=visit.technician, arrival=arrival)


def send_due_surveys() -> None:
	"""Daily: ask the customers whose follow-up is due, each once, while nobody has reached them by phone."""
	if not is_switched_on():
		return
	for follow_up in care.follow_ups_to_ask():
		if care.lock_follow_up(follow_up.name) == "Planned" and not links.exists(
			links.SURVEY, "Follow-up", follow_up.name
		):
			tell(follow_up.repair_call, "survey", links.SURVEY, about=("Follow-up", follow_up.name))


def remind_of_loaners() -> None:
	"""Daily: tell customers that a loaner is due back soon, and once more when it is overdue.

	On the timeline of the call; a loaner that belongs to none has its own.
	"""
	if not is_switched_on():
		return
	moments = {DUE_SOON: "loaner_due", OVERDUE: "loaner_overdue"}
	for name in loaners.to_remind():
		taken = loaners.take_reminder(name)
		if not taken:
			continue
		what, loaner = taken
		facts = {
			"document": name,
			"loaner": " ".join(part for part in (loaner.item_name, loaner.serial_no) if part),
			"due_back": lambda loaner=loaner: format_date(loaner.due_back),
		}
		if loaner.repair_call:
			tell(loaner.repair_call, moments[what], links.TRACK, **facts)
		else:
			_tell(frappe.get_doc("Loaner Issue", name), moments[what], lambda facts=facts: _said(facts))


def remind_of_uncollected() -> None:
	"""Daily: ask customers to collect what is ready, again and again until they do."""
	if not is_switched_on():
		return
	for name in uncollected.to_remind():
		if (taken := uncollected.take_reminder(name)) and taken.repair_call:
			tell(
				taken.repair_call,
				"uncollected",
				links.TRACK,
				document=taken.repair_card,
				ready_on=lambda taken=taken: format_date(taken.ready_on),
			)


# ---------------------------------------------------------------------------- telling


def tell(call: str, moment: str, purpose: str, *, about: tuple[str, str] | None = None, **facts) -> bool:
	"""Run the event of a moment on a call, when its customer has an e-mail address or phone and wants it.

	Returns False when there is nobody to tell.

	Args:
		purpose: of the link in the message; `about` names its document, by default the call.
		facts: values of `doc.message`; a function is called in the customer's language.
	"""
	doc = frappe.get_doc("Repair Call", call)
	return _tell(doc, moment, lambda: _facts(doc, purpose, about, facts))


def mark_automatic(mail: EMail) -> None:
	"""make_email_body_message (hook): a message of ours says that nobody wrote it, and in which language it is.

	Without the first (RFC 3834) absence notes answer it, and where mails open calls each would be a new one.
	"""
	if frappe.flags.message_to_customer:
		mail.set_header("Auto-Submitted", "auto-generated")
		mail.set_header("X-Auto-Response-Suppress", "OOF, AutoReply")
		mail.set_header("Content-Language", frappe.local.lang)


def is_switched_on() -> bool:
	return bool(aftersales_settings().send_customer_messages)


def wants(customer: str, moment: str) -> bool:
	"""True unless the customer has switched this message off."""
	if moment not in MOMENTS:
		return True  # to be asked whether a contact is right is nothing to switch off
	chosen = frappe.db.get_value(PREFERENCES, customer, moment)
	return chosen is None or bool(chosen)


def choices_of(customer: str) -> list[frappe._dict]:
	"""The messages a customer can choose from: moment, words, wanted."""
	return [
		frappe._dict(moment=moment, words=words, wanted=wants(customer, moment))
		for moment, words in (
			("received", _("We received your request")),
			("appointment", _("When we come")),
			("visit_reminder", _("A reminder before we come")),
			("visit_today", _("On the day: when we are likely to be there")),
			("on_the_way", _("Our technician is on the way")),
			("taken_in", _("We have your product")),
			("estimate", _("An estimate waits for your decision")),
			("ready", _("Your product is ready")),
			("invoice", _("An invoice")),
			("survey", _("Questions after the repair")),
			("loaner_due", _("A loaner is due back soon")),
			("loaner_overdue", _("A loaner should be back")),
			("uncollected", _("Your product waits to be collected")),
		)
	]


def choose(customer: str, moments: set[str]) -> None:
	"""Store which messages a customer wants. The caller has checked that they may say so."""
	name = frappe.db.get_value(PREFERENCES, customer, for_update=True)
	doc = frappe.get_doc(PREFERENCES, name) if name else frappe.new_doc(PREFERENCES, customer=customer)
	doc.update({moment: int(moment in moments) for moment in MOMENTS})
	doc.save(ignore_permissions=True)


def join_choices(customer: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""before_rename of Customer: where two become one, what either has switched off stays off."""
	if not merge or not (theirs := _choices(old)):
		return
	if ours := _choices(new):
		doc = frappe.get_doc(PREFERENCES, ours.name)
		doc.update({moment: int(ours[moment] and theirs[moment]) for moment in MOMENTS})
		doc.save(ignore_permissions=True)
		frappe.delete_doc(PREFERENCES, theirs.name, ignore_permissions=True)


def take_choices_along(customer: Document, method: str | None, old: str, *renamed) -> None:
	"""after_rename of Customer: what they chose is found under their new name."""
	renaming.take_name(PREFERENCES, "customer", customer.name)


def _choices(customer: str) -> frappe._dict | None:
	return frappe.db.get_value(PREFERENCES, {"customer": customer}, ["name", *MOMENTS], as_dict=True)


def _call_of_job(doctype: str, name: str) -> str | None:
	call_of = {"Service Voucher": call_of_visit, "Repair Card": call_of_card}.get(doctype)
	return call_of and call_of(name)


def _tell(doc: Document, moment: str, facts: Callable[[], frappe._dict]) -> bool:
	"""Run the event of a moment on a document that knows its contact; False when there is nobody to tell.

	A contact that nobody has confirmed is not told: the address on file is, in our words
	(`contacts_on_file.addressed`). `doc` is changed for it, and not to be saved afterwards.

	A template that fails must not keep the workshop from working: what the event did is undone and
	logged, the save that led to it goes on.
	"""
	contacts_on_file.addressed(doc)
	if not (doc.contact_email or doc.contact_phone) or not wants(doc.customer, moment):
		return False
	with one_of_many(f"Message to customer: {moment}", doc.doctype, doc.name):
		with _written_to_customer(doc.customer):
			doc.message = facts()
			message = texts.enabled(moment)
			if message:
				# Instead of the shipped Notification; webhooks and the site's own Notifications go on
				doc.flags.notifications_executed = list(texts.NOTIFICATIONS.get(moment, ()))
			doc.run_method(f"customer_{moment}")
			if message and (text := texts.for_document(message, doc, frappe.local.lang)):
				files = product_documents.attachments(doc) if message.attach_documents else ()
				channels.send(doc, text, files)
	return True


def _facts(doc: Document, purpose: str, about: tuple[str, str] | None, facts: dict) -> frappe._dict:
	state = progress.of_call(doc)
	told = frappe._dict(title=state.title, sentence=state.sentence, window=state.window)
	told.update(_said(facts))
	told.documents = product_documents.lines(doc) if doc.doctype == "Repair Call" else ""
	told.link = links.address(purpose, *(about or ("Repair Call", doc.name)), doc.customer)
	return told


def _said(facts: dict) -> frappe._dict:
	return frappe._dict({key: value() if callable(value) else value for key, value in facts.items()})


@contextmanager
def _written_to_customer(customer: str) -> Iterator[None]:
	"""Inside, texts are in the customer's language, and mails carry the headers of :func:`mark_automatic`."""
	with in_language(language_of(customer) or frappe.get_system_settings("language")):
		frappe.flags.message_to_customer = True
		try:
			yield
		finally:
			frappe.flags.message_to_customer = False


def _window(call: Document) -> tuple:
	return get_datetime(call.promised_from), get_datetime(call.promised_to)
