"""/scan/<product file>?code=<signature>: where the QR code on a product leads.

The printed address must hold for as long as the product lives, so it names only the product; where
that takes the person who scans it is decided here. Staff go to the desk; a customer to his own page for
the product; anybody else who has the code before his eyes to the page that takes a call without a login.
A code printed without a signature, or with a wrong one, leads to the login and back.
"""

from urllib.parse import quote

import frappe

no_cache = 1


def get_context(context):
	code = frappe.form_dict.get("code")
	frappe.local.flags.redirect_location = _target(
		frappe.form_dict.equipment, code if isinstance(code, str) else ""
	)
	raise frappe.Redirect(302)


def _target(equipment: str, code: str = "") -> str:
	from aftersales.customer_portal import customers, links
	from aftersales.service_desk.for_customers import product_of

	product = quote(equipment, safe="")
	if frappe.session.user != "Guest" and _works_at_the_desk():
		return f"/app/repair-call/new?equipment={product}"
	if product_of(equipment, customers.customers_of()):
		return f"/aftersales/new?product={product}"
	if code and links.is_product_code(equipment, code):
		return f"/aftersales/code/{product}/{code}"
	if frappe.session.user == "Guest":
		return f"/login?redirect-to={quote(f'/scan/{product}', safe='')}"
	return "/aftersales"


def _works_at_the_desk() -> bool:
	return frappe.get_cached_value("User", frappe.session.user, "user_type") == "System User"
