"""The pages without a login: what a signed link opens, and the form behind the code on a product.

Routes are in `pages`.
"""

import frappe
from frappe import _

from aftersales.core.guards import NotPossible
from aftersales.core.language import answer_in
from aftersales.customer_portal import documents, limits, links, payments, progress
from aftersales.customer_portal.appointments import booking_page
from aftersales.customer_portal.customers import language_of
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
from aftersales.customer_portal.link_rules import NO_LINK, Link
from aftersales.customer_portal.product_pages import file_of, help_for
from aftersales.customer_portal.vendors import cases, visit_orders
from aftersales.customer_portal.web import File, GoTo, Page, Person, Visit, form
from aftersales.installed_base.product_codes import is_product_code
from aftersales.product_knowledge import portal_api as knowledge
from aftersales.service_calls import portal_api as desk


def link(visit: Visit, token: str) -> Page | GoTo | File:
	"""What a signed link opens. Whatever is wrong with the token, the answer is the same.

	A wrong token looks for a document too, which nobody has: else the clock would tell it from a link that was
	good once (benchmarks/links.py).
	"""
	opened = links.opened_by(token) or NO_LINK
	# A good link is counted by itself: behind one address there may be a whole town. A wrong one by who tries.
	limits.count("link", 60 if visit.posted else 600, HOUR, opened.key if opened != NO_LINK else None)
	if visit.posted and frappe.get_cached_value("User", frappe.session.user, "user_type") == "System User":
		# what a signed link decides is the customer's word, not that of who is logged in at the desk
		return Page(
			"for_customers.html", {"title": _("This page is for customers"), "navigation": False}, 403
		)
	if opened.customer:
		answer_in(language_of(opened.customer))
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
				"hazards": hazards(),
				"code": code,
				"said": visit.one_of("said", SAID) or "",
				"navigation": False,
				**help_for(found.name),
			},
		)

	def act() -> GoTo:
		limits.count("new call", 10, HOUR)
		limits.count("new call", 10, DAY, found.name)
		if not visit.text("contact_name") or not (visit.text("contact_phone") or visit.text("contact_email")):
			raise NotPossible(_("Please tell us your name, and a phone number or an e-mail address."))
		name = register(visit, (found.customer,), channel="QR", product=found.name)
		return GoTo(links.path(links.TRACK, "Repair Call", name, found.customer))

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
				"product": name_of_product(found),
				"writable": can_be_written_about(found),
				"booking": None if found.promised_from else booking_page.of_call(visit, found),
				"said": visit.one_of("said", ("message", "booked")) or "",
				"documents": knowledge.documents_of(found.equipment) if found.equipment else [],
				"navigation": False,
			},
		)

	def act() -> GoTo:
		limits.count("act", 60, HOUR, opened.key)
		if visit.text("action") == "book" and not visit.text("seen", 40):
			# Whoever reported may choose a first time; an appointment is moved by who has been told of it
			person = _person_of_link(opened, found)
			return GoTo(f"{visit.path}?said={booking_page.act(visit, found, person)}")
		limits.count("message by link", 20, DAY, found.name)
		return GoTo(f"{visit.path}?said={take_message(visit, found, _person_of_link(opened, found))}")

	return form(visit, show, act)


def document(visit: Visit, token: str, document: str) -> File:
	"""A document for customers of the product of the call that a link follows."""
	opened = links.opened_by(token) or NO_LINK
	limits.count("link", 600, HOUR, opened.key if opened != NO_LINK else None)
	found = opened.purpose == links.TRACK and desk.call_of(opened.name, (opened.customer,))
	return file_of(found and found.equipment and knowledge.document_file(found.equipment, document))


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
				"product": name_of_product(found),
				"answerable": can_answer_arrival(found, state),
				"booking": booking_page.of_call(visit, found),
				"said": visit.one_of("said", SAID) or "",
				"navigation": False,
			},
		)

	def act() -> GoTo:
		person = _person_of_link(opened, found)
		if visit.text("action") in booking_page.ACTIONS:
			return GoTo(f"{visit.path}?said={booking_page.act(visit, found, person)}")
		return GoTo(f"{visit.path}?said={take_arrival_answer(visit, found, person)}")

	return form(visit, show, act)


def _estimate_by_link(visit: Visit, opened: Link) -> Page | GoTo | None:
	found = estimate_of(opened.name, (opened.customer,))
	if not found:
		return None
	told = (found.repair_call and desk.call_of(found.repair_call, (opened.customer,))) or frappe._dict()
	return estimate_page(visit, found, _person_of_link(opened, told), navigation=False)


def _document_by_link(visit: Visit, opened: Link) -> File | None:
	as_pdf = wants_pdf(visit, opened.key)
	return documents.show(documents.kind_of(opened.doctype), opened.name, (opened.customer,), as_pdf)


def _survey(visit: Visit, opened: Link) -> Page | GoTo | None:
	from aftersales.customer_portal import survey

	return survey.page(visit, opened)


def _contact(visit: Visit, opened: Link) -> Page | GoTo | None:
	"""Whoever has the address on file says whether the contact that somebody named for a call is right."""
	found = desk.call_of(opened.name, (opened.customer,))
	if not found:
		return None

	def show() -> Page:
		return Page(
			"contact.html",
			{
				"title": _("Is this contact right?"),
				"call": found,
				"product": name_of_product(found),
				"said": visit.one_of("said", SAID) or "",
				"navigation": False,
			},
		)

	def act() -> GoTo:
		limits.count("act", 60, HOUR, opened.key)
		by = _person_of_link(opened, found).way
		if visit.text("answer", 10) == "yes":
			desk.confirm_contact(found.name, by)
			return GoTo(f"{visit.path}?said=contact_confirmed")
		desk.validate_contact_details(found.name, by)
		return GoTo(f"{visit.path}?said=contact_refused")

	return form(visit, show, act)


def _payment(visit: Visit, opened: Link) -> Page | GoTo | None:
	return payments.page(visit, opened.name, (opened.customer,), navigation=False)


OPENED = {
	links.CASE: cases.page,
	links.SUBCONTRACT: visit_orders.page,
	links.PAYMENT: _payment,
	links.CONTACT: _contact,
	links.TRACK: _track,
	links.APPOINTMENT: _appointment,
	links.ESTIMATE: _estimate_by_link,
	links.DOCUMENT: _document_by_link,
	links.SURVEY: _survey,
}


def _person_of_link(opened: Link, told: frappe._dict) -> Person:
	link, copied_by = links.record_of(opened.key)
	# an unconfirmed contact is not whom the link was sent to
	name = (told.contact_confirmed and told.contact_name) or told.customer_name or opened.customer
	email = told.contact_email if told.contact_confirmed else None
	return Person((opened.customer,), name, "Signed Link", email, link=link, copied_by=copied_by)


def _no_such_link() -> Page:
	return Page("no_link.html", {"title": _("This link does not work"), "navigation": False}, 404)
