"""A subcontractor sees a visit by a signed link, accepts or declines it there, and reports it as done.

A link (Service Link, purpose Subcontract) is about one order: it shows where to go and what is wrong while that is to be
done, and nothing of other customers. It is revoked when the visit is taken away; of a declined order it shows nothing more.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, fmt_money, get_datetime

from aftersales.core import site_address
from aftersales.core.guards import NotPossible, require_role
from aftersales.core.input.requests import validate_call
from aftersales.core.roles import DESK
from aftersales.core.savepoints import all_or_nothing
from aftersales.customer_portal import limits, links, photos, progress
from aftersales.customer_portal.forms import DAY, HOUR
from aftersales.customer_portal.link_rules import Link
from aftersales.customer_portal.web import GoTo, Page, Visit, form
from aftersales.field_service.subcontracting import portal_api as orders
from aftersales.field_service.subcontracting import subcontract_rules as rules
from aftersales.field_service.subcontracting.terms import ORDER, terms_of

SAID = ("accepted", "reported")
PART = "part:"


@frappe.whitelist(methods=["POST"])
@validate_call
def link(order: str) -> str:
	"""The address of a link for the subcontractor, to be sent by whatever means; returns it.

	Raises:
		frappe.PermissionError: the user is not of the desk, or may not read the order.
	"""
	require_role(DESK, _("Making a link for a subcontractor"))
	doc = frappe.get_doc(ORDER, order)
	doc.check_permission("read")
	return site_address.absolute(links.path_of_order(doc.name, doc.supplier, copied_by=frappe.session.user))


def order_saved(doc: Document, method: str | None = None) -> None:
	"""on_update of an order: what is offered is sent, also when it has changed; the links of what was taken away are revoked."""
	if doc.status == rules.OFFERED and doc.has_value_changed("offered_at"):
		_send(doc)
	elif doc.status in (rules.NO_SHOW, rules.CANCELLED) and doc.has_value_changed("status"):
		links.revoke_all(ORDER, doc.name)


def _send(doc: Document) -> None:
	terms = terms_of(doc.technician)
	if not terms or not terms.email:
		return
	address = site_address.absolute(links.path_of_order(doc.name, doc.supplier, recipient=terms.email))
	language = frappe.db.get_value("Supplier", doc.supplier, "language") or frappe.local.lang
	subject = _("Service visit on {0}", lang=language).format(progress.moment(doc.planned_start))
	text = _("Please see what is to be done, and accept or decline it:", lang=language)
	try:
		with all_or_nothing():
			frappe.sendmail(
				recipients=[terms.email],
				subject=subject,
				message=f'<p>{escape_html(text)}</p><p><a href="{escape_html(address)}">{escape_html(subject)}</a></p>',
				reference_doctype=ORDER,
				reference_name=doc.name,
			)
	except (frappe.OutgoingEmailError, frappe.ValidationError) as reason:
		# The visit is dispatched all the same: the desk copies the link
		frappe.clear_last_message()
		doc.add_comment("Info", _("The link was not sent: {0}").format(str(reason)))


def page(visit: Visit, opened: Link) -> Page | GoTo | None:
	"""The page that a subcontractor's link opens; None when the order is gone."""
	found = orders.order_of(opened.name)
	if not found:
		return None
	language = frappe.db.get_value("Supplier", found.supplier, "language")
	frappe.local.lang = language or frappe.local.lang

	def show() -> Page:
		shown = orders.order_of(opened.name)
		return Page(
			"visit_order.html",
			{
				"title": _("Service visit"),
				"order": shown,
				"when": _span(shown.planned_start, shown.planned_end),
				"window": progress.window(*shown.window) if shown.window else "",
				"price": _price(shown),
				"outcomes": [(value, _(value)) for value in orders.OUTCOMES],
				"test_results": [(value, _(value)) for value in orders.TEST_RESULTS],
				"said": visit.one_of("said", SAID) or "",
				"navigation": False,
			},
		)

	def act() -> GoTo:
		limits.count("act", 60, HOUR, opened.key)
		limits.count("answer by link", 20, DAY, opened.key)
		seen = visit.text("seen", 40)
		by = f"{found.supplier} ({_('Signed Link')})"[:140]
		action = visit.one_of("action", ("accept", "decline", "report"))
		if action == "report":
			orders.report(found.name, seen, _told(visit, found), photos.read(visit.files), by)
			return GoTo(f"{visit.path}?said=reported")
		if not action:
			raise NotPossible(_("Please send the form once more."))
		orders.answer(found.name, seen, action == "accept", visit.text("reason", 500), by)
		return GoTo(f"{visit.path}?said=accepted" if action == "accept" else visit.path)

	return form(visit, show, act)


def _told(visit: Visit, found: frappe._dict) -> dict:
	return {
		**{field: _moment(visit, field) for field in ("arrived_at", "departed_at")},
		**{field: visit.text(field, 140) for field in ("outcome", "test_result", "signed_by")},
		**{field: visit.text(field, 2000) for field in ("findings", "work_left")},
		"hours": visit.number("hours") or 0,
		"parts": {row.item_code: visit.number(f"{PART}{row.item_code}") or 0 for row in found.parts},
	}


def _moment(visit: Visit, name: str) -> datetime | None:
	"""A field of the kind datetime-local, in the time of the site.

	Raises:
		NotPossible: it holds no time.
	"""
	text = visit.text(name, 40)
	if not text:
		return None
	try:
		return datetime.fromisoformat(text).replace(tzinfo=None)
	except ValueError:
		raise NotPossible(_("This is not a time: {0}").format(text))


def _span(start: datetime | None, end: datetime | None) -> str:
	"""From when to when, as customers read it."""
	if not start:
		return ""
	start, end = get_datetime(start), get_datetime(end or start)
	if start.date() != end.date():
		return _("{0} to {1}").format(progress.moment(start), progress.moment(end))
	return _("{0} to {1}").format(progress.moment(start), progress.clock(end))


def _price(order: frappe._dict) -> str:
	money = fmt_money(order.rate, currency=order.currency)
	return _("{0} per hour").format(money) if order.price_basis == rules.PER_HOUR else money
