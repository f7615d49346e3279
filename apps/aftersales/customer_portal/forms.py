"""What the pages of somebody who is logged in and those of a signed link share: their forms.

What differs between them is the :class:`Person` on whose word something is done.
"""

import frappe
from frappe import _
from frappe.utils import escape_html, fmt_money, format_date

from aftersales.core.guards import NotPossible
from aftersales.customer_portal import documents, limits, photos, progress
from aftersales.customer_portal.web import GoTo, Page, Person, Visit, form
from aftersales.field_service import quotes_portal_api
from aftersales.repair_workshop import portal_api as workshop
from aftersales.service_calls import contacts_on_file
from aftersales.service_calls import portal_api as desk
from aftersales.service_calls.call_status_rules import CLOSED

HOUR, DAY = 3600, 86400
SAID = (
	"registered",
	"message",
	"confirmed",
	"another_time",
	"booked",
	"visit_cancelled",
	"approved",
	"declined",
	"contact_confirmed",
	"contact_refused",
	"saved",
	"tip",
	"registered_product",
)
"""What a page may say above its content after a form was taken."""


ANSWERS = {
	"Repair Card": (workshop.accept_estimate, workshop.decline_estimate),
	"Service Voucher": (quotes_portal_api.accept_quote, quotes_portal_api.decline_quote),
}
"""Who takes the customer's answer: accepted, declined."""


def estimate_of(name: str, customers: tuple[str, ...]) -> frappe._dict | None:
	"""The estimate of a repair in the workshop, or the quote of a visit, of one of the customers."""
	return workshop.estimate_of(name, customers) or quotes_portal_api.quote_of(name, customers)


def estimate_page(visit: Visit, found: frappe._dict, person: Person, navigation: bool = True) -> Page | GoTo:
	def show() -> Page:
		return Page(
			"estimate.html",
			{
				"title": _("Estimate for your repair"),
				"estimate": found,
				"money": lambda amount: fmt_money(amount, currency=found.currency),
				"product": _product_title(found),
				"return_by": progress.moment(found.promised_return),
				"valid_until": format_date(found.valid_until) if found.valid_until else "",
				"answered_at": progress.moment(found.approved_at),
				"said": visit.one_of("said", SAID) or "",
				"navigation": navigation,
			},
		)

	accept, decline = ANSWERS[found.doctype]

	def act() -> GoTo:
		limits.count("act", 60, HOUR, found.card)
		seen = visit.number("seen")
		if seen is None:
			raise NotPossible(_("Please send the form once more."))
		if visit.text("answer") == "accept":
			if visit.text("agreed") != "1":
				raise NotPossible(_("Please tick that you accept the estimate."))
			accept(found.card, seen, person.name, person.channel, person.decided)
			_tell_call(
				found,
				_("has accepted the estimate ({0}, {1})").format(person.way, escape_html(person.name)),
			)
			return GoTo(f"{visit.path}?said=approved")
		reason = visit.text("reason", 500)
		if not reason:
			raise NotPossible(_("Please tell us why you decide against the repair."))
		decline(found.card, seen, reason, person.name, person.channel, person.decided)
		_tell_call(
			found,
			_("has declined the estimate ({0}, {1}): {2}").format(
				person.way, escape_html(person.name), escape_html(reason)
			),
		)
		return GoTo(f"{visit.path}?said=declined")

	return form(visit, show, act)


def register(
	visit: Visit, customers: tuple[str, ...], channel: str = "Web", product: str | None = None
) -> str:
	"""Take the form of a new call; returns the name of the call."""
	subject = visit.text("subject", 140)
	if len(subject) < 3:
		raise NotPossible(_("Please tell us in a few words what is wrong."))
	customer, known = customers[0], product
	if channel == "Web":
		customer = visit.one_of("customer", customers) or customers[0]
		known = visit.text("product", 140) or None
		if known:
			owned = desk.product_of(known, customers)
			if not owned:
				raise NotPossible(_("Please choose one of your products."))
			customer = owned.customer
	pictures = photos.read(visit.files)
	contact = {field: visit.text(field, 140) for field in ("contact_name", "contact_phone", "contact_email")}
	if contact["contact_email"] and not contacts_on_file.is_address(contact["contact_email"]):
		raise NotPossible(_("This is not an e-mail address: {0}").format(contact["contact_email"]))
	new_product = {} if known else {f: visit.text(f, 140) for f in ("brand", "model", "serial_text")}
	key = visit.form_key
	name, is_new = desk.register(
		customer,
		subject,
		visit.typed("description"),
		key=key,
		channel=channel,
		product=known,
		new_product=new_product,
		hazard=visit.one_of("hazard", desk.HAZARDS),
		contact=contact,
		own_email=None if frappe.session.user == "Guest" else frappe.session.user,
	)
	if is_new:
		photos.attach(name, pictures)
	return name


def take_message(visit: Visit, found: frappe._dict, person: Person) -> str:
	text = visit.typed("message")
	pictures = photos.read(visit.files)
	if not text and not pictures:
		raise NotPossible(_("Please write a message."))
	if not can_be_written_about(found):
		raise NotPossible(_("This call is finished. Please report the problem again."))
	photos.check_room(found.name, pictures)
	if desk.add_message(found.name, text or _("Photos"), person.name, person.email, pictures):
		photos.attach(found.name, pictures)
	return "message"


def take_arrival_answer(visit: Visit, found: frappe._dict, person: Person) -> str:
	seen = visit.text("seen", 40)
	if not seen:
		raise NotPossible(_("Please send the form once more."))
	if visit.text("action") == "confirm":
		desk.answer_arrival(found.name, seen, desk.CONFIRMED, None, person.name)
		return "confirmed"
	wish = visit.text("wish", 500)
	if not wish:
		raise NotPossible(_("Please tell us when it suits you."))
	desk.answer_arrival(found.name, seen, desk.ANOTHER_TIME, wish, person.name)
	return "another_time"


def can_be_written_about(found: frappe._dict) -> bool:
	return found.status not in CLOSED


def can_answer_arrival(found: frappe._dict, state: frappe._dict) -> bool:
	return state.headline == "appointment" and not found.arrived_at


def wants_pdf(visit: Visit, who: str) -> bool:
	"""True when the document is asked for as PDF, which costs a process of its own: so many an hour."""
	if visit.text("as", 10) != documents.PDF:
		return False
	limits.count("pdf", 60, HOUR, who)
	return True


def _tell_call(found: frappe._dict, text: str) -> None:
	if found.repair_call:
		desk.tell_timeline(found.repair_call, text)


def name_of_product(call: frappe._dict) -> str:
	product = " ".join(part for part in (call.brand, call.model) if part)
	return (
		f"{product} ({call.serial_text})"
		if product and call.serial_text
		else product or call.serial_text or ""
	)


def _product_title(found: frappe._dict) -> str:
	known = found.equipment and desk.product_of(found.equipment, (found.customer,))
	return known.title if known else ""


def hazards() -> list[tuple[str, str]]:
	return [(hazard, _(hazard)) for hazard in desk.HAZARDS]
