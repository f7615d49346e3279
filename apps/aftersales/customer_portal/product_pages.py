"""What customers do with a product beside reporting a problem: documents, tips, registration, meter readings.

With a login for an own product, or by the code on it for whoever has it at hand.
"""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from aftersales.core.guards import NotPossible
from aftersales.customer_portal import limits, photos
from aftersales.customer_portal.forms import DAY, HOUR
from aftersales.customer_portal.web import HOME, File, GoTo, NotHere, Page, Visit, check_sender, form
from aftersales.installed_base.product_codes import is_product_code
from aftersales.installed_base.sale import registrations
from aftersales.product_knowledge import portal_api as knowledge
from aftersales.service_calls import contacts_on_file
from aftersales.service_calls import portal_api as desk
from aftersales.service_calls.portal_api import product_on_tag


def help_for(equipment: str) -> dict:
	"""Documents and articles of a product, for the pages that show it."""
	return {"documents": knowledge.documents_of(equipment), "articles": knowledge.articles_of(equipment)}


def document(visit: Visit, equipment: str, document: str) -> File:
	"""A document for customers of an own product."""
	found = desk.product_of(equipment, visit.customers)
	return file_of(found and knowledge.document_file(found.name, document))


def code_document(visit: Visit, equipment: str, code: str, document: str) -> File:
	"""A document for customers, by the code on the product."""
	limits.count("code", 120, HOUR)
	found = _on_tag(equipment, code)
	return file_of(knowledge.document_file(found.name, document))


def tip(visit: Visit, equipment: str, code: str, article: str) -> GoTo:
	"""Whoever scanned the code says whether an article helped."""
	limits.count("code", 120, HOUR)
	found = _on_tag(equipment, code)
	back = f"{HOME}/code/{found.name}/{code}"

	if not visit.posted:
		return GoTo(back)
	check_sender()
	limits.count("tip", 20, HOUR)
	knowledge.answer(found.name, article, visit.text("helped", 3) == "yes", frappe.local.request_ip or "")
	return GoTo(f"{back}?said=tip")


def register(visit: Visit) -> Page | GoTo:
	"""A customer who is logged in registers a product bought elsewhere."""
	customers = visit.customers
	if not customers:
		raise NotHere

	def act() -> GoTo:
		limits.count("registration", 20, DAY, frappe.session.user)
		customer = visit.one_of("customer", customers) or customers[0]
		_take(visit, "Portal", {"customer": customer, "contact_email": frappe.session.user})
		return GoTo(f"{HOME}/products?said=registered_product")

	return form(visit, lambda: _page(visit, None, customers), act)


def code_register(visit: Visit, equipment: str, code: str) -> Page | GoTo:
	"""Whoever has the product at hand registers it for the warranty."""
	limits.count("code", 120, HOUR)
	found = _on_tag(equipment, code)

	def act() -> GoTo:
		limits.count("registration", 5, HOUR)
		limits.count("registration", 5, DAY, found.name)
		if not visit.text("contact_name") or not (visit.text("contact_phone") or visit.text("contact_email")):
			raise NotPossible(_("Please tell us your name, and a phone number or an e-mail address."))
		_take(visit, "QR", {"equipment": found.name, "company": found.company})
		return GoTo(f"{HOME}/code/{found.name}/{code}?said=registered_product")

	return form(visit, lambda: _page(visit, found, ()), act)


def _take(visit: Visit, channel: str, values: dict) -> None:
	day = visit.text("purchase_date", 10)
	bought = _day(day)
	if not bought or bought > getdate(nowdate()):
		raise NotPossible(_("Please enter the day on which you bought the product."))
	email = visit.text("contact_email", 140)
	if email and not contacts_on_file.is_address(email):
		raise NotPossible(_("This is not an e-mail address: {0}").format(email))
	pictures = photos.read(visit.files)
	typed = ("contact_name", "contact_phone", "contact_email", "brand", "model", "serial_text", "dealer")
	told = {field: text for field in typed if (text := visit.text(field, 140))}
	if not values.get("equipment") and not (told.get("model") or told.get("serial_text")):
		raise NotPossible(_("Please tell us the model or the serial number of the product."))
	installed = _day(visit.text("installed_on", 10))
	known = {**told, **values, "purchase_date": bought, "installed_on": installed}
	key = visit.form_key
	is_new = not frappe.db.exists(registrations.DOCTYPE, {"entry_key": key})
	name = registrations.register(known, channel, key)
	if is_new and pictures:
		photos.attach_to(registrations.DOCTYPE, name, pictures, "proof")


def _day(text: str):
	try:
		return getdate(text) if text else None
	except (ValueError, frappe.ValidationError):
		return None


def _page(visit: Visit, product: frappe._dict | None, customers: tuple[str, ...]) -> Page:
	return Page(
		"register_product.html",
		{
			"title": _("Register your product"),
			"product": product,
			"customers": customers,
			"navigation": bool(customers),
		},
	)


def _on_tag(equipment: str, code: str) -> frappe._dict:
	found = product_on_tag(equipment) if is_product_code(equipment, code) else None
	if not found:
		raise NotHere
	return found


def file_of(found: tuple[str, bytes, str] | None) -> File:
	"""A document as an answer. Raises NotHere when there is none."""
	if not found:
		raise NotHere
	name, content, content_type = found
	return File(content, content_type, name)
