"""What the phone desk finds while somebody types: customers and products by name, phone or serial number."""

import re

import frappe
from frappe.model.db_query import DatabaseQuery
from frappe.query_builder import Order
from frappe.query_builder.custom import ConstantColumn
from frappe.query_builder.functions import Coalesce, NullIf
from pypika.queries import QueryBuilder
from pypika.terms import Criterion, ExistsCriterion

from aftersales.installed_base.search_key_rules import Asked, asked
from aftersales.installed_base.serial_rules import serial_key
from aftersales.service_calls import repeat_calls
from aftersales.service_calls.entitlement import fitted_numbers

FOUND = 12
LOOKED_AT = 40
"""Keys that are read per search: several lead to the same customer or product."""

MOST_WORDS = 4
FEWEST_OF_SERIAL = 4


def find(text: str) -> list[dict]:
	"""At most twelve customers and products the user may read, as `phone_desk.search` tells them."""
	wanted = asked(text)
	if not wanted:
		return []
	rows = run_search(wanted) or _from_calls(wanted) or _from_serials(text)
	found: dict[tuple, dict] = {}
	for row in rows:
		found.setdefault((row.customer, row.equipment, row.get("serial_no")), row)
	answer = _only_readable(list(found.values()))[:FOUND]
	_name_fitted_parts(answer, text)
	return answer


def run_search(wanted: Asked) -> list[frappe._dict]:
	"""The customers and products that a search finds."""
	return search_query(wanted).run(as_dict=True)


def search_query(wanted: Asked) -> QueryBuilder:
	"""The query of a search: one statement, answered by the index."""
	key = frappe.qb.DocType("Service Search Key")
	found = (
		frappe.qb.from_(key)
		.select(key.customer, key.contact, key.equipment, key.kind, key.search_key)
		.where(Criterion.any(key.search_key.like(f"{leading}%") for leading in wanted.leading))
		.orderby(key.search_key, order=Order.asc)
		.limit(LOOKED_AT)
	)
	for number, word in enumerate(wanted.also[:MOST_WORDS]):
		other = frappe.qb.DocType("Service Search Key").as_(f"other{number}")
		found = found.where(
			ExistsCriterion(
				frappe.qb.from_(other)
				.select(other.name)
				.where((other.customer == key.customer) & other.search_key.like(f"{word}%"))
			)
		)
	found = found.as_("found")
	customer = frappe.qb.DocType("Customer")
	contact = frappe.qb.DocType("Contact")
	equipment = frappe.qb.DocType("Customer Equipment")
	return (
		frappe.qb.from_(found)
		.join(customer)
		.on(customer.name == found.customer)
		.left_join(contact)
		.on(contact.name == found.contact)
		.left_join(equipment)
		.on(equipment.name == found.equipment)
		.select(
			found.kind,
			found.customer,
			customer.customer_name,
			customer.mobile_no.as_("phone"),
			found.contact,
			Coalesce(NullIf(contact.full_name, ""), contact.first_name).as_("contact_name"),
			Coalesce(NullIf(contact.mobile_no, ""), contact.phone).as_("contact_phone"),
			found.equipment,
			equipment.title.as_("product"),
			equipment.serial_text.as_("serial"),
		)
		.orderby(found.search_key, order=Order.asc)
		.orderby(customer.customer_name, order=Order.asc)
	)


def _from_calls(wanted: Asked) -> list[frappe._dict]:
	"""A number that is on no contact: who called from it before."""
	digits = wanted.leading[0]
	if not digits.isdigit() or len(digits) < repeat_calls.PHONE_DIGITS:
		return []
	rows = frappe.get_list(
		"Repair Call",
		# a number that a guest named for a customer's product does not yet speak for the customer
		filters={"phone_key": repeat_calls.phone_key(digits), "contact_confirmed": 1},
		fields=["customer", "customer_name", "contact_name", "contact_phone as phone"],
		order_by="received_at desc",
		limit=LOOKED_AT,
	)
	return [frappe._dict(row, kind="Call", contact=None, equipment=None) for row in rows]


def _from_serials(text: str) -> list[frappe._dict]:
	"""A number that only ERPNext knows: products sold, without a product file, by the beginning of their Serial No.

	ERPNext writes the customer of a Serial No past its document, so no key of ours could follow; its name is
	what an index answers.
	"""
	text = text.strip()
	if len(text) < FEWEST_OF_SERIAL or not re.search(r"\d", text) or not frappe.has_permission("Serial No"):
		return []
	serial, file = frappe.qb.DocType("Serial No"), frappe.qb.DocType("Customer Equipment")
	customer = frappe.qb.DocType("Customer")
	beginning = re.sub(r"([\\%_])", r"\\\1", text)
	return (
		frappe.qb.from_(serial)
		.join(customer)
		.on(customer.name == serial.customer)
		.left_join(file)
		.on(file.serial_no == serial.name)
		.select(
			ConstantColumn("Serial No").as_("kind"),
			serial.customer,
			customer.customer_name,
			customer.mobile_no.as_("phone"),
			serial.name.as_("serial_no"),
			serial.name.as_("serial"),
			Coalesce(NullIf(serial.item_name, ""), serial.item_code).as_("product"),
		)
		.where(serial.name.like(f"{beginning}%") & file.name.isnull() & (customer.disabled == 0))
		.orderby(serial.name, order=Order.asc)
		.limit(FOUND)
		.run(as_dict=True)
	)


def _name_fitted_parts(rows: list[dict], text: str) -> None:
	"""Say on a product found by the number of a part we fitted which part that is."""
	key = serial_key(text)
	products = [row["equipment"] for row in rows if row["kind"] == "Serial" and row.get("equipment")]
	fitted = fitted_numbers.numbers_in(products) if key else {}
	for row in rows:
		for item_code, number in fitted.get(row.get("equipment"), ()):
			if (serial_key(number) or "").startswith(key):
				row.update(part_serial_no=number, part=item_code)


def _only_readable(rows: list[dict]) -> list[dict]:
	"""Drop what user permissions or permission scripts of the site keep from this user."""
	for doctype, field in (
		("Customer", "customer"),
		("Customer Equipment", "equipment"),
		("Serial No", "serial_no"),
	):
		names = {row[field] for row in rows if row.get(field)}
		if not names or not DatabaseQuery(doctype).build_match_conditions():
			continue
		readable = set(
			frappe.get_list(doctype, filters={"name": ("in", names)}, pluck="name", limit_page_length=0)
		)
		rows = [row for row in rows if not row.get(field) or row[field] in readable]
	return rows
