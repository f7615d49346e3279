"""What a customer may see of their calls and products, and what they may do with them.

Everything is asked for with the customers somebody acts for; what belongs to others does not exist here.
Only named columns leave this module: nobody's notes, reasons, costs or next actions.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.query_builder.functions import Count
from frappe.utils import (
	add_to_date,
	escape_html,
	format_datetime,
	get_datetime,
	getdate,
	now_datetime,
)

from aftersales.core.guards import NotPossible, privileged, set_protected_values, with_system_privileges
from aftersales.core.plain_text import plain_line
from aftersales.core.roles import DESK
from aftersales.core.savepoints import insert_once
from aftersales.service_calls import contacts_on_file
from aftersales.service_calls.call_status_rules import CLOSED, NO_WORK_LEFT
from aftersales.service_calls.contact_rules import same_address
from aftersales.service_calls.entitlement import coverage
from aftersales.service_prices import prices
from aftersales.service_setup.settings import aftersales_settings

CALL_FIELDS = (
	"name",
	"customer",
	"customer_name",
	"company",
	"subject",
	"status",
	"channel",
	"equipment",
	"brand",
	"model",
	"serial_text",
	"received_at",
	"responded_at",
	"promised_from",
	"promised_to",
	"arrival_answer",
	"arrived_at",
	"resolved_at",
	"closed_at",
	"resolved_by_phone",
	"contact_name",
	"contact_email",
	"contact_phone",
	"contact_confirmed",
	"service_address_display",
)
PRODUCT_FIELDS = (
	"name",
	"customer",
	"title",
	"brand",
	"model",
	"serial_text",
	"serial_no",
	"status",
	"purchase_date",
	"installed_on",
	"warranty_until",
	"repair_warranty_until",
)
HAZARDS = ("Water Leak", "Electric Leakage", "Gas", "Fire", "Injury", "Other")
"""A customer's call that nothing more is done about, unless they say that the fault is back."""

CONFIRMED, ANOTHER_TIME = "Confirmed", "Another Time"


def calls_of(
	customers: Iterable[str],
	equipment: str | None = None,
	*,
	over: bool | None = None,
	start: int = 0,
	limit: int = 100,
) -> list[frappe._dict]:
	"""Calls of the customers (of one product), the latest first; with `over` only finished or only open ones."""
	filters: dict = {"customer": ("in", list(customers))}
	if equipment:
		filters["equipment"] = equipment
	if over is not None:
		filters["status"] = ("in" if over else "not in", NO_WORK_LEFT)
	return frappe.get_all(
		"Repair Call",
		filters=filters,
		fields=list(CALL_FIELDS),
		order_by="received_at desc, name desc",
		limit_start=start,
		limit_page_length=limit,
	)


def call_of(name: str, customers: Iterable[str]) -> frappe._dict | None:
	"""A call of one of the customers; None for any other name."""
	return one("Repair Call", name, customers, CALL_FIELDS)


def products_of(customers: Iterable[str], limit: int = 200) -> list[frappe._dict]:
	"""Product files of the customers that are not scrapped, by title."""
	return frappe.get_all(
		"Customer Equipment",
		filters={"customer": ("in", list(customers)), "status": ("!=", "Scrapped")},
		fields=list(PRODUCT_FIELDS),
		order_by="title asc",
		limit=limit,
	)


def product_of(name: str, customers: Iterable[str]) -> frappe._dict | None:
	"""A product file of one of the customers; None for any other name."""
	return one("Customer Equipment", name, customers, PRODUCT_FIELDS)


def product_on_tag(name: str) -> frappe._dict | None:
	"""What stands on a product's own plate, and whose it is; for whoever has its code in hand."""
	fields = ("name", "customer", "company", "brand", "model", "serial_text", "title", "status")
	product = frappe.db.get_value("Customer Equipment", name, fields, as_dict=True)
	return product if product and product.status != "Scrapped" else None


def coverage_of(product: frappe._dict) -> frappe._dict:
	"""Coverage of a product today: kind and until."""
	answer = coverage.of_product(equipment=product.name, serial_no=product.serial_no, on=getdate())
	return frappe._dict(kind=answer.kind, until=answer.until)


def register(
	customer: str,
	subject: str,
	description: str,
	*,
	key: str,
	channel: str = "Web",
	product: str | None = None,
	new_product: dict | None = None,
	hazard: str | None = None,
	contact: dict | None = None,
	own_email: str | None = None,
) -> tuple[str, bool]:
	"""Register a call as the customer tells it; returns its name, and whether it is new.

	Whoever reports it over a product's code is not known: the contact is to be confirmed. Of somebody who is
	logged in it is confirmed as far as address and number are their own or on file.

	Args:
		key: made by the form; the same key registers one call, however often it is sent.
		product: name of a product file of the customer.
		new_product: brand, model and serial_text of one we do not know.
		contact: contact_name, contact_phone and contact_email of who reports.
		own_email: of whoever is logged in.
	"""
	call = frappe.new_doc("Repair Call")
	call.update(
		{
			"customer": customer,
			"subject": plain_line(subject),
			"description": as_html(description),
			"channel": channel,
			"equipment": product,
			"hazard": hazard if hazard in HAZARDS else None,
			"call_owner": owner_for_customers(),
			**{field: plain_line(value) for field, value in (new_product or {}).items()},
			**{field: plain_line(value) for field, value in (contact or {}).items()},
		}
	)
	set_protected_values(
		call, entry_key=key, contact_confirmed=int(channel != "QR" and _is_own(call, own_email))
	)
	# Registered by the app on the customer's word: neither they nor a guest has rights on calls.
	with with_system_privileges(call):
		return once("Repair Call", customer, key, lambda: call.insert().name)


def answer_arrival(call: str, seen_from: datetime | str, answer: str, wish: str | None, by: str) -> None:
	"""The customer confirms the arrival window that they saw, or says when they would rather have us.

	A wish becomes the next action of the call, due now; the promise stands until the desk changes it.

	Raises:
		NotPossible: the promise has changed meanwhile, or the call is past it.
	"""
	doc = frappe.get_doc("Repair Call", call, for_update=True)
	if not doc.promised_from or doc.status in NO_WORK_LEFT or doc.arrived_at:
		frappe.throw(_("There is no longer an appointment to answer."), NotPossible)
	if str(get_datetime(doc.promised_from)) != str(seen_from):
		frappe.throw(_("The appointment has changed meanwhile. Please look at the new time."), NotPossible)
	window = f"{format_datetime(doc.promised_from)} – {format_datetime(doc.promised_to)}"
	if answer == ANOTHER_TIME:
		doc.next_action = _("Agree another time: {0}").format(plain_line(wish))[:140]
		doc.next_action_by = now_datetime()
		told = _("has asked for another time than {0} ({1}): {2}").format(
			window, escape_html(by), escape_html(wish or "")
		)
	else:
		told = _("has confirmed the arrival window {0} ({1})").format(window, escape_html(by))
	set_protected_values(doc, arrival_answer=answer, arrival_answered_at=now_datetime())
	privileged(doc).save()
	doc.add_comment("Info", told)


def add_message(
	call: str, text: str, by: str, email: str | None = None, pictures: Iterable[bytes] = ()
) -> bool:
	"""Put what the customer writes on the timeline of their call, as a message received.

	The same words with the same pictures within two minutes are the same message, sent by an impatient
	finger: False then. The caller attaches the pictures.
	"""
	sent = (call, text, by, *(sha256(picture).hexdigest() for picture in pictures))
	message_id = f"{sha256(repr(sent).encode()).hexdigest()[:32]}@aftersales"
	frappe.db.get_value("Repair Call", call, "name", for_update=True)
	if frappe.db.get_value(
		"Communication",
		{
			"reference_doctype": "Repair Call",
			"reference_name": call,
			"message_id": message_id,
			"creation": (">", add_to_date(now_datetime(), minutes=-2)),
		},
		for_update=True,
	):
		return False
	frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Other",
			"sent_or_received": "Received",
			"subject": _("Message from {0}").format(plain_line(by)),
			"content": as_html(text),
			"message_id": message_id,
			"sender": email,
			"sender_full_name": plain_line(by),
			"reference_doctype": "Repair Call",
			"reference_name": call,
			"status": "Linked",
		}
	).insert(ignore_permissions=True)
	return True


def confirm_contact(call: str, by: str) -> None:
	"""Whoever has the address on file says that the contact of a call is right; `by` is HTML for the timeline."""
	with with_system_privileges(frappe.get_doc("Repair Call", call, for_update=True), incomplete=True) as doc:
		contacts_on_file.confirm(doc, by)


def validate_contact_details(call: str, by: str) -> None:
	"""Whoever has the address on file does not know the contact of a call: it goes, the desk is told.

	Nothing happens where the contact is confirmed, or gone, already.
	"""
	doc = frappe.get_doc("Repair Call", call, for_update=True)
	contact = {field: doc.get(field) for field in ("contact_name", "contact_phone", "contact_email")}
	if doc.contact_confirmed or not any(contact.values()):
		return
	doc.update(dict.fromkeys(contact))
	privileged(doc).save()
	named = ", ".join(escape_html(value) for value in contact.values() if value)
	doc.add_comment("Info", _("contact not known to the customer and removed: {0} ({1})").format(named, by))


def tell_timeline(call: str, text: str) -> None:
	"""One line of the app on the timeline of a call; `text` is HTML, escaped by the caller."""
	frappe.get_doc("Repair Call", call).add_comment("Info", text)


def owner_for_customers() -> str:
	"""Who gets a call that a customer opens: the user of the settings, else who has the fewest open ones."""
	chosen = aftersales_settings().get("customer_calls_owner")
	if chosen and frappe.get_cached_value("User", chosen, "enabled"):
		return chosen
	for role in DESK:
		if user := _least_busy(role):
			return user
	return "Administrator"


def as_html(text: str | None) -> str:
	"""What a customer wrote, as text in HTML: nothing of it is markup."""
	lines = escape_html((text or "").strip()).splitlines()
	return f"<p>{'<br>'.join(lines)}</p>" if lines else ""


def _is_own(call: Document, own_email: str | None) -> bool:
	email = None if same_address(call.contact_email, own_email) else call.contact_email
	return contacts_on_file.is_on_file(call.customer, email, call.contact_phone)


def once(doctype: str, customer: str, key: str, insert: Callable[[], str]) -> tuple[str, bool]:
	"""Insert what a form asks for, or find what the same form inserted before: its name, and whether new."""
	return insert_once(doctype, {"entry_key": key, "customer": customer}, insert)


def _least_busy(role: str) -> str | None:
	user, has_role = frappe.qb.DocType("User"), frappe.qb.DocType("Has Role")
	call = frappe.qb.DocType("Repair Call")
	rows = (
		frappe.qb.from_(user)
		.join(has_role)
		.on((has_role.parent == user.name) & (has_role.parenttype == "User"))
		.left_join(call)
		.on((call.call_owner == user.name) & call.status.notin(CLOSED))
		.select(user.name)
		.where((has_role.role == role) & (user.enabled == 1) & (user.user_type == "System User"))
		.where(user.name.notin(("Administrator", "Guest")))
		.groupby(user.name)
		.orderby(Count(call.name), order=Order.asc)
		.orderby(user.name)
		.limit(1)
		.run()
	)
	return rows[0][0] if rows else None


def one(doctype: str, name: str, customers: Iterable[str], fields: Iterable[str]) -> frappe._dict | None:
	customers = list(customers)
	if not customers or not isinstance(name, str):
		return None
	return frappe.db.get_value(
		doctype, {"name": name, "customer": ("in", customers)}, list(fields), as_dict=True
	)


def prices_shown_to(customer: str) -> list[dict]:
	"""What our service costs the customer, as far as it is for customers and has a price; see `prices.told`."""
	company = frappe.get_cached_doc(
		"Aftersales Settings"
	).default_company or frappe.defaults.get_defaults().get("company")
	if not company:
		return []
	try:
		shown = prices.for_customer(company, customer)
	except frappe.ValidationError:  # cannot be priced: an account or exchange rate is missing
		frappe.clear_last_message()
		return []
	return [row for row in shown if row["percent"] or row["rate"]]
