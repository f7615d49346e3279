"""The pages of a customer who is logged in: what each shows and what its form does. Routes are in `pages`."""

from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import fmt_money, format_date

from aftersales.core.guards import NotPossible
from aftersales.customer_care import care_portal_api as care
from aftersales.customer_portal import documents, limits, payments, photos, progress
from aftersales.customer_portal.appointments import booking_page
from aftersales.customer_portal.customers import contact_of
from aftersales.customer_portal.forms import (
	DAY,
	HOUR,
	SAID,
	can_answer_arrival,
	can_be_written_about,
	estimate_of,
	estimate_page,
	hazards,
	name_of_product,
	register,
	take_arrival_answer,
	take_message,
	wants_pdf,
)
from aftersales.customer_portal.product_pages import help_for
from aftersales.customer_portal.web import HOME, File, GoTo, NotHere, Page, Person, Visit, form
from aftersales.field_service import quotes
from aftersales.installed_base.meters import readings
from aftersales.repair_workshop import portal_api as workshop
from aftersales.service_calls import portal_api as desk
from aftersales.service_calls.call_status_rules import NO_WORK_LEFT

LISTED = 20
MOST = 100


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
			"undecided": _undecided(visit) if page == 1 else [],
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
		return _call_page(visit, found, person, visit.one_of("said", SAID))

	def act() -> GoTo:
		limits.count("act", 60, HOUR, frappe.session.user)
		here = f"{HOME}/calls/{quote(found.name)}"
		if visit.text("action") == "message":
			return GoTo(f"{here}?said={take_message(visit, found, person)}")
		if visit.text("action") in booking_page.ACTIONS:
			return GoTo(f"{here}?said={booking_page.act(visit, found, person)}")
		return GoTo(f"{here}?said={take_arrival_answer(visit, found, person)}")

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
				"hazards": hazards(),
				"contact": contact_of(frappe.session.user, customers[0]),
				"prices": desk.prices_shown_to(customers[0]),
				"money": fmt_money,
			},
		)

	def act() -> GoTo:
		limits.count("new call", 20, DAY, frappe.session.user)
		name = register(visit, customers)
		return GoTo(f"{HOME}/calls/{quote(name)}?said=registered")

	return form(visit, show, act)


def estimate(visit: Visit, card: str) -> Page | GoTo:
	"""The estimate of a repair, to be accepted or declined."""
	found = _mine(estimate_of(card, visit.customers))
	return estimate_page(visit, found, visit.person)


def products(visit: Visit) -> Page:
	"""Own products with what covers them today."""
	if not visit.customers:
		return _nobodys_customer()
	rows = desk.products_of(visit.customers)
	for row in rows:
		row.covered = _covered(row)
	said = visit.one_of("said", SAID) or ""
	return Page("products.html", {"title": _("Your products"), "products": rows, "said": said})


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
			"meters": [_shown_meter(row) for row in readings.of_product(found.name)],
			"said": visit.one_of("said", SAID) or "",
			**help_for(found.name),
		},
	)


def reading(visit: Visit, equipment: str) -> GoTo:
	"""A customer enters what a meter of an own product reads."""
	found = desk.product_of(equipment, visit.customers)
	if not found:
		raise NotHere
	back = f"{HOME}/products/{found.name}"

	def act() -> GoTo:
		limits.count("reading", 60, DAY, frappe.session.user)
		meter = visit.one_of("meter", [row.meter for row in readings.of_product(found.name)])
		value = visit.number("reading")
		if not meter or value is None:
			raise NotPossible(_("Please enter what the meter reads."))
		try:
			readings.take(found.name, meter, value, "Portal", entry_key=f"portal-{visit.form_key}")
		except frappe.ValidationError:
			raise NotPossible(_("This is less than the last reading. Please check it, or call us."))
		return GoTo(f"{back}?said=saved")

	return form(visit, lambda: product(visit, equipment), act)


def document(visit: Visit, kind: str, name: str) -> File:
	"""A receipt, service report, repair list or invoice of one's own."""
	found = documents.show(kind, name, visit.customers, wants_pdf(visit, frappe.session.user))
	return _mine(found)


def pay(visit: Visit, name: str) -> Page | GoTo:
	"""How an invoice of one's own is paid."""
	return _mine(payments.page(visit, name, visit.customers))


def paid(visit: Visit) -> Page:
	"""Where a gateway sends customers without a login; says nothing of any invoice."""
	return Page("paid.html", {"title": _("Thank you"), "navigation": False})


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


def _undecided(visit: Visit) -> list[frappe._dict]:
	return [*workshop.undecided_of(visit.customers), *quotes.undecided_of(list(visit.customers))]


def _call_page(visit: Visit, found: frappe._dict, person: Person, said: str | None) -> Page:
	state = progress.of_call(found)
	waiting = next((card for card in state.cards if card.status == "Awaiting Approval"), None)
	waiting = waiting or next((visit for visit in state.visits if visit.approval_status == "Pending"), None)
	return Page(
		"call.html",
		{
			"title": state.title,
			"call": found,
			"progress": state,
			"product": name_of_product(found),
			"answerable": can_answer_arrival(found, state),
			"booking": booking_page.of_call(visit, found),
			"estimate": waiting and waiting.name,
			"documents": documents.of_progress(state, found.customer),
			"photos": photos.of_call(found.name),
			"address": frappe.utils.strip_html_tags(
				(found.service_address_display or "").replace("<br>", "\n")
			),
			"complaint_link": f"{HOME}/complaint?call={quote(found.name)}",
			"writable": can_be_written_about(found),
			"said": said or "",
		},
	)


def _listed(call: frappe._dict) -> frappe._dict:
	state = progress.of_call(call) if call.status not in NO_WORK_LEFT else None
	return frappe._dict(
		name=call.name,
		subject=call.subject,
		product=name_of_product(call),
		at=format_date(call.received_at),
		title=state.title if state else progress.title_of(call),
		window=state.window if state and state.headline == "appointment" else "",
		needs_you=bool(state and state.headline == "your_decision"),
	)


def _product_facts(product: frappe._dict) -> list[tuple[str, str]]:
	facts = (
		(_("Brand"), product.brand),
		(_("Model"), product.model),
		(_("Serial number"), product.serial_text or product.serial_no),
		(_("Bought on"), product.purchase_date and format_date(product.purchase_date)),
		(_("Installed on"), product.installed_on and format_date(product.installed_on)),
	)
	return [(label, value) for label, value in facts if value]


def _shown_meter(row: frappe._dict) -> dict:
	"""A meter with its last reading as a customer reads it."""
	read = f"{frappe.format(row.last_reading, 'Float')} {row.uom or ''}".strip()
	return {"meter": row.meter, "read": read, "on": row.last_read_at and format_date(row.last_read_at)}


def _covered(product: frappe._dict) -> str:
	"""What covers a product today, in a customer's words."""
	answer = desk.coverage_of(product)
	words = {
		"Repair Warranty": _("Warranty on our last repair"),
		"Warranty": _("Under warranty"),
		"Warranty on Parts": _("Parts under warranty"),
		"Contract": _("Under a service contract"),
		"Part Warranty": _("Part under warranty"),
		"None": _("No warranty"),
	}.get(answer.kind, "")
	if words and answer.until and answer.kind != "None":
		return _("{0} until {1}").format(words, format_date(answer.until))
	return words


def _mine(found):
	if not found:
		raise NotHere
	return found


def _nobodys_customer() -> Page:
	return Page(
		"nobodys_customer.html", {"title": _("Your login is not linked yet"), "navigation": False}, 403
	)
