"""The customers' pages: what each shows and what its form does. Routes are in `pages`.

A page of somebody who is logged in and the page of a signed link share what they show; what differs is
the :class:`Person` on whose word something is done.
"""

from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import fmt_money, format_date

from aftersales.customer_portal import documents, limits, links, photos, progress
from aftersales.customer_portal.customers import contact_of, language_of
from aftersales.customer_portal.link_rules import NO_LINK, Link
from aftersales.customer_portal.web import HOME, File, GoTo, NotHere, Page, Person, Visit, form
from aftersales.guards import NotPossible
from aftersales.repair_workshop import for_customers as workshop
from aftersales.service_desk import care_for_customers as care
from aftersales.service_desk import for_customers as desk
from aftersales.service_desk.product_codes import is_product_code

HOUR, DAY = 3600, 86400
LISTED = 20
MOST = 100


# ---------------------------------------------------------------------------- logged in


def home(visit: Visit) -> Page:
	"""Own calls: what waits for a decision, what is open, what is over."""
	if not visit.customers:
		return _nobodys_customer()
	page = max(int(visit.number("page") or 1), 1)
	running = desk.calls_of(visit.customers, over=False, limit=MOST) if page == 1 else []
	past = desk.calls_of(visit.customers, over=True, start=(page - 1) * LISTED, limit=LISTED + 1)
	return Page(
		"home.html",
		{
			"title": _("Your service calls"),
			"undecided": workshop.undecided_of(visit.customers) if page == 1 else [],
			"running": [_listed(call) for call in running],
			"past": [_listed(call) for call in past[:LISTED]],
			"page": page,
			"earlier": len(past) > LISTED,
		},
	)


def call(visit: Visit, name: str) -> Page | GoTo:
	"""One call: where it stands, the appointment, the documents, a message to us."""
	found = _mine(desk.call_of(name, visit.customers))
	person = visit.person

	def show() -> Page:
		return _call_page(found, person, visit.one_of("said", SAID))

	def act() -> GoTo:
		limits.count("act", 60, HOUR, frappe.session.user)
		here = f"{HOME}/calls/{quote(found.name)}"
		if visit.text("action") == "message":
			return GoTo(f"{here}?said={_take_message(visit, found, person)}")
		return GoTo(f"{here}?said={_take_arrival_answer(visit, found, person)}")

	return form(visit, show, act)


def photo(visit: Visit, name: str, photo: str) -> File:
	"""A photo sent with an own call."""
	found = _mine(desk.call_of(name, visit.customers))
	return _mine(photos.show(found.name, photo))


def new_call(visit: Visit) -> Page | GoTo:
	"""Report a problem with an own product or with one we do not know."""
	customers = visit.customers
	if not customers:
		return _nobodys_customer()

	def show() -> Page:
		return Page(
			"new_call.html",
			{
				"title": _("Report a problem"),
				"products": desk.products_of(customers),
				"product": visit.text("product", 140),
				"customers": customers,
				"hazards": _hazards(),
				"contact": contact_of(frappe.session.user, customers[0]),
			},
		)

	def act() -> GoTo:
		limits.count("new call", 20, DAY, frappe.session.user)
		name = _register(visit, customers)
		return GoTo(f"{HOME}/calls/{quote(name)}?said=registered")

	return form(visit, show, act)


def estimate(visit: Visit, card: str) -> Page | GoTo:
	"""The estimate of a repair, to be accepted or declined."""
	found = _mine(workshop.estimate_of(card, visit.customers))
	return _estimate(visit, found, visit.person)


def products(visit: Visit) -> Page:
	"""Own products with what covers them today."""
	if not visit.customers:
		return _nobodys_customer()
	rows = desk.products_of(visit.customers)
	for row in rows:
		row.covered = _covered(row)
	return Page("products.html", {"title": _("Your products"), "products": rows})


def product(visit: Visit, name: str) -> Page:
	"""One product: its data, coverage and calls."""
	found = _mine(desk.product_of(name, visit.customers))
	calls = desk.calls_of((found.customer,), equipment=found.name, limit=MOST)
	return Page(
		"product.html",
		{
			"title": found.title,
			"product": found,
			"covered": _covered(found),
			"facts": _product_facts(found),
			"calls": [_listed(call) for call in calls],
		},
	)


def document(visit: Visit, kind: str, name: str) -> File:
	"""A receipt, service report, repair list or invoice of one's own."""
	found = documents.show(kind, name, visit.customers, _wants_pdf(visit, frappe.session.user))
	return _mine(found)


def complaint(visit: Visit) -> Page | GoTo:
	"""Complain, about a call or in general."""
	if not visit.customers:
		return _nobodys_customer()
	name = visit.text("call", 140)
	about = _mine(desk.call_of(name, visit.customers)) if name else None

	def show() -> Page:
		return Page(
			"complaint.html",
			{
				"title": _("Tell us what went wrong"),
				"call": about or frappe._dict(),
				"customers": visit.customers,
				"received": visit.text("received", 140),
			},
		)

	def act() -> GoTo:
		limits.count("complaint", 10, DAY, frappe.session.user)
		customer = (
			about.customer if about else visit.one_of("customer", visit.customers) or visit.customers[0]
		)
		subject, text = visit.text("subject", 140), visit.text("text")
		if len(subject) < 3:
			raise NotPossible(_("Please tell us in a few words what went wrong."))
		number = care.complain(
			customer,
			subject,
			text or subject,
			key=visit.form_key,
			call=about,
			contact=contact_of(frappe.session.user, customer),
		)
		return GoTo(f"{HOME}/complaint?received={quote(number)}")

	return form(visit, show, act)


def preferences(visit: Visit) -> Page | GoTo:
	"""Which messages a customer wants."""
	from aftersales.customer_portal import messages

	if not visit.customers:
		return _nobodys_customer()
	customer = visit.one_of("customer", visit.customers) or visit.customers[0]

	def show() -> Page:
		return Page(
			"preferences.html",
			{
				"title": _("Messages"),
				"customers": visit.customers,
				"customer": customer,
				"moments": messages.choices_of(customer),
				"said": visit.one_of("said", ("saved",)) or "",
			},
		)

	def act() -> GoTo:
		limits.count("act", 60, HOUR, frappe.session.user)
		messages.choose(customer, {moment for moment in messages.MOMENTS if visit.text(moment, 10) == "1"})
		return GoTo(f"{HOME}/messages?customer={quote(customer)}&said=saved")

	return form(visit, show, act)


# ---------------------------------------------------------------------------- without a login


def link(visit: Visit, token: str) -> Page | GoTo | File:
	"""What a signed link opens. Whatever is wrong with the token, the answer is the same.

	A wrong token looks for a document too, which nobody has: else the clock would tell it from a link that was
	good once (benchmarks/links.py).
	"""
	limits.count("link", 600 if not visit.posted else 60, HOUR)
	opened = links.opened_by(token) or NO_LINK
	if opened.customer:
		frappe.local.lang = language_of(opened.customer) or frappe.local.lang
	found = OPENED.get(opened.purpose, _track)(visit, opened)
	return _no_such_link() if found is None else found


def product_code(visit: Visit, equipment: str, code: str) -> Page | GoTo:
	"""Report a problem with the product whose code was scanned, without a login.

	Shows what stands on the product's plate; whose it is and what was done with it is not told.
	"""
	limits.count("code", 120, HOUR)
	found = desk.product_on_tag(equipment) if is_product_code(equipment, code) else None
	if not found:
		return _no_such_link()

	def show() -> Page:
		return Page(
			"product_code.html",
			{
				"title": _("Report a problem"),
				"product": found,
				"hazards": _hazards(),
				"navigation": False,
			},
		)

	def act() -> GoTo:
		limits.count("new call", 10, HOUR)
		limits.count("new call", 10, DAY, found.name)
		if not visit.text("contact_name") or not (visit.text("contact_phone") or visit.text("contact_email")):
			raise NotPossible(_("Please tell us your name, and a phone number or an e-mail address."))
		name = _register(visit, (found.customer,), channel="QR", product=found.name)
		return GoTo(links.address(links.TRACK, "Repair Call", name, found.customer))

	return form(visit, show, act)


def _track(visit: Visit, opened: Link) -> Page | GoTo | None:
	"""Where a call stands; whoever follows it can send what we should see."""
	found = desk.call_of(opened.name, (opened.customer,))
	if not found:
		return None

	def show() -> Page:
		state = progress.of_call(found)
		return Page(
			"track.html",
			{
				"title": state.title,
				"call": found,
				"progress": state,
				"product": _name_of(found),
				"writable": _can_be_written_about(found),
				"said": visit.one_of("said", ("message",)) or "",
				"navigation": False,
			},
		)

	def act() -> GoTo:
		limits.count("act", 60, HOUR, opened.key)
		limits.count("message by link", 20, DAY, found.name)
		return GoTo(f"{visit.path}?said={_take_message(visit, found, _person_of_link(opened, found))}")

	return form(visit, show, act)


def _appointment(visit: Visit, opened: Link) -> Page | GoTo | None:
	found = desk.call_of(opened.name, (opened.customer,))
	if not found:
		return None

	def show() -> Page:
		state = progress.of_call(found)
		return Page(
			"appointment.html",
			{
				"title": _("Your appointment"),
				"call": found,
				"progress": state,
				"product": _name_of(found),
				"answerable": _can_answer_arrival(found, state),
				"said": visit.one_of("said", SAID) or "",
				"navigation": False,
			},
		)

	def act() -> GoTo:
		return GoTo(f"{visit.path}?said={_take_arrival_answer(visit, found, _person_of_link(opened, found))}")

	return form(visit, show, act)


def _estimate_by_link(visit: Visit, opened: Link) -> Page | GoTo | None:
	found = workshop.estimate_of(opened.name, (opened.customer,))
	if not found:
		return None
	told = (found.repair_call and desk.call_of(found.repair_call, (opened.customer,))) or frappe._dict()
	return _estimate(visit, found, _person_of_link(opened, told), navigation=False)


def _document_by_link(visit: Visit, opened: Link) -> File | None:
	as_pdf = _wants_pdf(visit, opened.key)
	return documents.show(documents.kind_of(opened.doctype), opened.name, (opened.customer,), as_pdf)


def _survey(visit: Visit, opened: Link) -> Page | GoTo | None:
	from aftersales.customer_portal import survey

	return survey.page(visit, opened)


OPENED = {
	links.TRACK: _track,
	links.APPOINTMENT: _appointment,
	links.ESTIMATE: _estimate_by_link,
	links.DOCUMENT: _document_by_link,
	links.SURVEY: _survey,
}


# ---------------------------------------------------------------------------- what they share

SAID = ("registered", "message", "confirmed", "another_time", "approved", "declined")
"""What a page may say above its content after a form was taken."""


def _estimate(visit: Visit, found: frappe._dict, person: Person, navigation: bool = True) -> Page | GoTo:
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

	def act() -> GoTo:
		limits.count("act", 60, HOUR, found.card)
		seen = visit.number("seen")
		if seen is None:
			raise NotPossible(_("Please send the form once more."))
		if visit.text("answer") == "accept":
			if visit.text("agreed") != "1":
				raise NotPossible(_("Please tick that you accept the estimate."))
			workshop.accept_estimate(found.card, seen, person.name, person.channel)
			_tell_call(
				found, _("has accepted the estimate ({0}, {1})").format(_(person.channel), _esc(person.name))
			)
			return GoTo(f"{visit.path}?said=approved")
		reason = visit.text("reason", 500)
		if not reason:
			raise NotPossible(_("Please tell us why you decide against the repair."))
		workshop.decline_estimate(found.card, seen, reason, person.name, person.channel)
		_tell_call(
			found,
			_("has declined the estimate ({0}, {1}): {2}").format(
				_(person.channel), _esc(person.name), _esc(reason)
			),
		)
		return GoTo(f"{visit.path}?said=declined")

	return form(visit, show, act)


def _call_page(found: frappe._dict, person: Person, said: str | None) -> Page:
	state = progress.of_call(found)
	waiting = next((card for card in state.cards if card.status == "Awaiting Approval"), None)
	return Page(
		"call.html",
		{
			"title": state.title,
			"call": found,
			"progress": state,
			"product": _name_of(found),
			"answerable": _can_answer_arrival(found, state),
			"estimate": waiting and waiting.name,
			"documents": documents.of_progress(state),
			"photos": photos.of_call(found.name),
			"address": frappe.utils.strip_html_tags(
				(found.service_address_display or "").replace("<br>", "\n")
			),
			"complaint_link": f"{HOME}/complaint?call={quote(found.name)}",
			"writable": _can_be_written_about(found),
			"said": said or "",
		},
	)


def _register(
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
	if contact["contact_email"] and not frappe.utils.validate_email_address(contact["contact_email"]):
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
	)
	if is_new:
		photos.attach(name, pictures)
	return name


def _take_message(visit: Visit, found: frappe._dict, person: Person) -> str:
	text = visit.typed("message")
	pictures = photos.read(visit.files)
	if not text and not pictures:
		raise NotPossible(_("Please write a message."))
	if not _can_be_written_about(found):
		raise NotPossible(_("This call is finished. Please report the problem again."))
	photos.check_room(found.name, pictures)
	if desk.add_message(found.name, text or _("Photos"), person.name, person.email, pictures):
		photos.attach(found.name, pictures)
	return "message"


def _take_arrival_answer(visit: Visit, found: frappe._dict, person: Person) -> str:
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


def _can_be_written_about(found: frappe._dict) -> bool:
	return found.status not in ("Closed", "Cancelled")


def _can_answer_arrival(found: frappe._dict, state: frappe._dict) -> bool:
	return state.headline == "appointment" and not found.arrived_at


def _wants_pdf(visit: Visit, who: str) -> bool:
	"""True when the document is asked for as PDF, which costs a process of its own: so many an hour."""
	if visit.text("as", 10) != documents.PDF:
		return False
	limits.count("pdf", 60, HOUR, who)
	return True


def _person_of_link(opened: Link, told: frappe._dict) -> Person:
	name = told.contact_name or told.customer_name or opened.customer
	return Person((opened.customer,), name, "Signed Link", told.contact_email)


def _tell_call(found: frappe._dict, text: str) -> None:
	if found.repair_call:
		desk.tell_timeline(found.repair_call, text)


def _listed(call: frappe._dict) -> frappe._dict:
	state = progress.of_call(call) if call.status not in desk.DONE else None
	return frappe._dict(
		name=call.name,
		subject=call.subject,
		product=_name_of(call),
		at=format_date(call.received_at),
		title=state.title if state else progress.title_of(call),
		window=state.window if state and state.headline == "appointment" else "",
		needs_you=bool(state and state.headline == "your_decision"),
	)


def _name_of(call: frappe._dict) -> str:
	product = " ".join(part for part in (call.brand, call.model) if part)
	return (
		f"{product} ({call.serial_text})"
		if product and call.serial_text
		else product or call.serial_text or ""
	)


def _product_title(found: frappe._dict) -> str:
	known = found.equipment and desk.product_of(found.equipment, (found.customer,))
	return known.title if known else ""


def _product_facts(product: frappe._dict) -> list[tuple[str, str]]:
	facts = (
		(_("Brand"), product.brand),
		(_("Model"), product.model),
		(_("Serial number"), product.serial_text or product.serial_no),
		(_("Bought on"), product.purchase_date and format_date(product.purchase_date)),
		(_("Installed on"), product.installed_on and format_date(product.installed_on)),
	)
	return [(label, value) for label, value in facts if value]


def _covered(product: frappe._dict) -> str:
	"""What covers a product today, in a customer's words."""
	answer = desk.coverage_of(product)
	words = {
		"Repair Warranty": _("Warranty on our last repair"),
		"Warranty": _("Under warranty"),
		"Contract": _("Under a service contract"),
		"Part Warranty": _("Part under warranty"),
		"None": _("No warranty"),
	}.get(answer.kind, "")
	if words and answer.until and answer.kind != "None":
		return _("{0} until {1}").format(words, format_date(answer.until))
	return words


def _hazards() -> list[tuple[str, str]]:
	return [(hazard, _(hazard)) for hazard in desk.HAZARDS]


def _mine(found):
	if not found:
		raise NotHere
	return found


def _no_such_link() -> Page:
	return Page("no_link.html", {"title": _("This link does not work"), "navigation": False}, 404)


def _nobodys_customer() -> Page:
	return Page(
		"nobodys_customer.html", {"title": _("Your login is not linked yet"), "navigation": False}, 403
	)


_esc = frappe.utils.escape_html
