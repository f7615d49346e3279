"""Customers' pages under /aftersales: a page renderer of Frappe (hook `page_renderer`).

A renderer instead of files in `www`, because a page here answers forms, sets its own headers and gives
the same answer to whatever does not exist and whatever is not for who asks.
"""

import re
import secrets
from urllib.parse import quote

import frappe
from frappe import _
from frappe.sessions import get_csrf_token
from frappe.utils.jinja_globals import bundled_asset, is_rtl
from jinja2 import StrictUndefined
from werkzeug.wrappers import Response

from aftersales.core import site_address
from aftersales.customer_portal import link_views, photos, product_pages, standards_page, views
from aftersales.customer_portal.vendors import cases
from aftersales.customer_portal.web import (
	HOME,
	File,
	GoTo,
	LoginNeeded,
	NotHere,
	Page,
	Visit,
	failed,
	log_error,
)

PART = r"([^/]{1,140})"
NAME = r"(.{1,140})"
"""Of a document: a naming rule may put slashes into it, and the server decodes %2F."""

ROUTES = (
	(rf"{HOME}", views.home),
	(rf"{HOME}/new", views.new_call),
	(rf"{HOME}/calls/{NAME}/photos/{PART}", views.photo),
	(rf"{HOME}/calls/{NAME}", views.call),
	(rf"{HOME}/estimates/{NAME}", views.estimate),
	(rf"{HOME}/products", views.products),
	(rf"{HOME}/products/register", product_pages.register),
	(rf"{HOME}/products/{NAME}/documents/{PART}", product_pages.document),
	(rf"{HOME}/products/{NAME}/reading", views.reading),
	(rf"{HOME}/products/{NAME}", views.product),
	(rf"{HOME}/documents/{PART}/{NAME}", views.document),
	(rf"{HOME}/pay/{NAME}", views.pay),
	(rf"{HOME}/paid", views.paid),
	(rf"{HOME}/complaint", views.complaint),
	(rf"{HOME}/standards", standards_page.standards),
	(rf"{HOME}/messages", views.preferences),
	(rf"{HOME}/link/{PART}/photos/{PART}", cases.photo),
	(rf"{HOME}/link/{PART}/documents/{PART}", link_views.document),
	(rf"{HOME}/link/{PART}", link_views.link),
	(rf"{HOME}/code/{NAME}/{PART}/documents/{PART}", product_pages.code_document),
	(rf"{HOME}/code/{NAME}/{PART}/register", product_pages.code_register),
	(rf"{HOME}/code/{NAME}/{PART}/tips/{PART}", product_pages.tip),
	(rf"{HOME}/code/{NAME}/{PART}", link_views.product_code),
)

HEADERS = {
	# Nothing on these pages is for a cache, for a search engine or for the page a link leads to
	"Cache-Control": "no-store",
	"Referrer-Policy": "no-referrer",
	"X-Robots-Tag": "noindex, nofollow",
	"X-Content-Type-Options": "nosniff",
}
NO_SCRIPTS = (
	"default-src 'none'; style-src 'self'; img-src 'self' data: https:; font-src 'self'; "
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PRINTED = (
	"default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; font-src 'self' data:; "
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


_PLAIN = "We cannot show this page at the moment. Please try again in a few minutes."
_PLAIN_POSTED = "Nothing of what you sent was stored. Please go back and send the form again in a few minutes, or call us."
"""What can still be said when there is no database to look a translation up in."""


class CustomerPages:
	"""Renders what lies under /aftersales."""

	def __init__(self, path: str, http_status_code: int | None = None):
		self.path = "/" + path.strip("/")

	def can_render(self) -> bool:
		return self.path == HOME or self.path.startswith(f"{HOME}/")

	def render(self) -> Response:
		site_address.pin()
		try:
			return _respond(_answer(self.path))
		except LoginNeeded:
			back = quote(frappe.request.path, safe="")
			return _respond(GoTo(f"/login?redirect-to={back}"))
		except NotHere:
			return _respond(Page("not_here.html", {"title": _("Page Not Found")}, 404))
		except frappe.RateLimitExceededError as reason:
			frappe.db.rollback()
			frappe.clear_messages()
			return _respond(Page("too_often.html", {"title": _("Too Often"), "reason": str(reason)}, 429))
		except (frappe.PermissionError, frappe.Redirect):
			raise
		except Exception:
			return _broken()


def _broken() -> Response:
	"""A page that failed: what was done on the way to it is undone, and said to be.

	Without the database even that page cannot be made; then a plain line says it.
	"""
	trace = frappe.get_traceback()
	try:
		frappe.db.rollback()
		log_error("A page of a customer failed", trace)
		return _respond(failed(Visit()))
	except Exception:
		text = _PLAIN_POSTED if frappe.request.method == "POST" else _PLAIN
		return Response(
			text, 503, {**HEADERS, "Content-Type": "text/plain; charset=utf-8", "Retry-After": "60"}
		)


def _answer(path: str) -> Page | GoTo | File:
	for pattern, view in ROUTES:
		if found := re.fullmatch(pattern, path):
			return view(Visit(), *found.groups())
	raise NotHere


def _respond(answer: Page | GoTo | File) -> Response:
	if isinstance(answer, GoTo):
		return Response("", 303, {**HEADERS, "Location": answer.location})
	if isinstance(answer, File):
		response = Response(answer.content, 200, {**HEADERS, "Content-Security-Policy": PRINTED})
		response.content_type = answer.content_type
		if answer.filename:
			response.headers.set("Content-Disposition", "inline", filename=answer.filename)
		return response
	html = render(answer)
	policy = NO_SCRIPTS
	if answer.leads_elsewhere:  # browsers apply it to redirects after a form, too
		policy = policy.replace("form-action 'self'", "form-action 'self' https:")
	response = Response(html, answer.status, {**HEADERS, "Content-Security-Policy": policy})
	response.content_type = "text/html; charset=utf-8"
	return response


def render(page: Page) -> str:
	"""The HTML of a page. Unlike Frappe's own templates these escape every value by themselves."""
	jinja = frappe.get_jenv().overlay(autoescape=True, undefined=StrictUndefined)
	template = jinja.get_template(f"aftersales/templates/portal/{page.template}")
	return template.render({**_surroundings(), **page.values})


def _surroundings() -> dict:
	"""What every page shows: whose site it is, who is logged in."""
	guest = frappe.session.user == "Guest"
	website = frappe.get_cached_doc("Website Settings")
	company = frappe.get_cached_doc(
		"Aftersales Settings"
	).default_company or frappe.defaults.get_defaults().get("company")
	return {
		"home": HOME,
		"here": frappe.request.path,
		"lang": frappe.local.lang or "en",
		"direction": "rtl" if is_rtl() else "ltr",
		"style": bundled_asset("customer_pages.bundle.css"),
		"firm": company or website.app_name or _("After-sales Service"),
		"logo": website.app_logo or (company and frappe.get_cached_value("Company", company, "company_logo")),
		"site": site_address.absolute(""),
		"guest": guest,
		"full_name": "" if guest else frappe.utils.get_fullname(frappe.session.user),
		"csrf_token": "" if guest else get_csrf_token(),
		"form_key": secrets.token_hex(16),
		"problem": "",
		"entered": frappe._dict(),
		"most_photos": photos.MOST,
		"said": "",
		"navigation": True,
	}
