"""/scan/<product file>: where the QR code on a product leads.

The printed address must hold for as long as the product lives, so it names only the product; where
that takes the person who scans it is decided here. Who is not logged in logs in first and comes back.
"""

from urllib.parse import quote

import frappe

no_cache = 1


def get_context(context):
	frappe.local.flags.redirect_location = _target(frappe.form_dict.equipment)
	raise frappe.Redirect(302)


def _target(equipment: str) -> str:
	product = quote(equipment, safe="")
	if frappe.session.user == "Guest":
		return f"/login?redirect-to={quote(f'/scan/{product}', safe='')}"
	return f"/app/repair-call/new?equipment={product}"
