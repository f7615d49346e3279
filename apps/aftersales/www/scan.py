"""/scan/<tag>?code=<signature>: where the QR code on a product or on a repair card's tag leads.

The printed address must hold for as long as the product lives, so it names only what it hangs on; where
that takes the person who scans it is decided here. Staff go to the desk: to a new call for a product, to
the workshop board for a card. A customer goes to their own page for the product; anybody else who has the
product's code before their eyes to the page that takes a call without a login. A code printed without a
signature, or with a wrong one, leads to the login and back. Without a tag it leads to the pages of customers.
"""

from urllib.parse import quote

import frappe

no_cache = 1


def get_context(context):
	code = frappe.form_dict.get("code")
	tag = frappe.form_dict.get("tag")
	frappe.local.flags.redirect_location = _target(
		tag.strip() if isinstance(tag, str) else "", code if isinstance(code, str) else ""
	)
	raise frappe.Redirect(302)


def _target(tag: str, code: str = "") -> str:
	from aftersales.core.site_address import desk
	from aftersales.customer_portal import customers
	from aftersales.installed_base.product_codes import is_product_code
	from aftersales.service_calls.portal_api import product_of

	name = quote(tag, safe="")
	if frappe.session.user != "Guest" and _works_at_the_desk():
		return _desk_page(tag) if tag else desk("customer-equipment")
	if not tag:
		return "/aftersales"
	if product_of(tag, customers.customers_of()):
		return f"/aftersales/new?product={name}"
	if code and is_product_code(tag, code):
		return f"/aftersales/code/{name}/{code}"
	if frappe.session.user == "Guest":
		return f"/login?redirect-to={quote(f'/scan/{name}', safe='')}"
	return "/aftersales"


def _desk_page(tag: str) -> str:
	from aftersales.core.site_address import desk
	from aftersales.repair_workshop import board

	doctype, name = board.what_is(tag) or ("Customer Equipment", tag)
	name = quote(name, safe="")
	if doctype == "Repair Card":
		return desk(f"workshop-board/{name}")
	if doctype == "Customer Equipment":
		return desk(f"repair-call/new?equipment={name}")
	return desk(f"{frappe.scrub(doctype).replace('_', '-')}/{name}")


def _works_at_the_desk() -> bool:
	return frappe.get_cached_value("User", frappe.session.user, "user_type") == "System User"
