"""Keeps the search keys of customers, contacts and products in step with them (hooks and our own forms).

A key belongs to where it comes from: a contact, a product file, or the customer itself when neither is
named. Whoever saves the source rewrites its keys, and only when they have changed.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime

from aftersales.installed_base import identity
from aftersales.installed_base.search_key_rules import phone_keys, serial_keys, words

DOCTYPE = "Service Search Key"
NAME, PHONE, SERIAL = "Name", "Phone", "Serial"
CHUNK = 5000

Key = tuple[str, str, str, str | None, str | None]
"""Key, kind, customer, contact, product file."""


def of_customer(doc: Document, method: str | None = None, *renamed) -> None:
	"""on_update, after_rename of Customer: its name and number lead to it.

	A save that changes neither asks nothing.

	Args:
		renamed: the old name and the new, after a rename.
	"""
	if not (renamed or doc.has_value_changed("customer_name") or doc.has_value_changed("mobile_no")):
		return
	keys = _customer_keys(doc.name, doc.customer_name, doc.mobile_no)
	_keep({"customer": doc.name, "contact": ("is", "not set"), "equipment": ("is", "not set")}, keys, doc)


def of_contact(doc: Document, method: str | None = None) -> None:
	"""doc_events of Contact (on_update): its name and numbers lead to each customer it is linked to."""
	customers = [row.link_name for row in doc.links if row.link_doctype == "Customer"]
	numbers = {doc.phone, doc.mobile_no, *(row.phone for row in doc.phone_nos)}
	name = " ".join(part for part in (doc.first_name, doc.last_name) if part)
	keys = {key for customer in customers for key in _contact_keys(doc.name, customer, name, numbers)}
	_keep({"contact": doc.name}, keys, doc)


def of_equipment(doc: Document, method: str | None = None) -> None:
	"""A product file was saved: its serial numbers, former ones and those of fitted parts lead to it."""
	keys = _equipment_keys(
		doc.name, doc.customer, (doc.serial_no, doc.serial_text, *_more_numbers([doc.name]).get(doc.name, ()))
	)
	_keep({"equipment": doc.name}, keys, doc)


def forget(doc: Document, method: str | None = None) -> None:
	"""The source is deleted (on_trash): its keys go with it, else Frappe would keep it for their sake."""
	field = {"Customer": "customer", "Contact": "contact", "Customer Equipment": "equipment"}[doc.doctype]
	frappe.db.delete(DOCTYPE, {field: doc.name})


def rebuild() -> int:
	"""Write the keys of all customers, contacts and products anew; returns how many there are.

	For a site that had customers before the app. Reads and writes in chunks.
	"""
	frappe.db.delete(DOCTYPE)
	count = 0
	for keys in (_all_customer_keys(), _all_contact_keys(), _all_equipment_keys()):
		count += _insert(keys)
	return count


def _customer_keys(name: str, title: str | None, phone: str | None) -> set[Key]:
	found = {(word, NAME, name, None, None) for word in (*words(title), *words(name))}
	return found | {(key, PHONE, name, None, None) for key in phone_keys(phone)}


def _contact_keys(name: str, customer: str, title: str | None, numbers: Iterable[str | None]) -> set[Key]:
	found = {(word, NAME, customer, name, None) for word in words(title)}
	return found | {(key, PHONE, customer, name, None) for number in numbers for key in phone_keys(number)}


def _equipment_keys(name: str, customer: str, serials: Iterable[str | None]) -> set[Key]:
	return {(key, SERIAL, customer, None, name) for serial in serials for key in serial_keys(serial)}


def _keep(source: dict, keys: set[Key], doc: Document) -> None:
	stored = set()
	if not doc.flags.in_insert:
		fields = ["search_key", "kind", "customer", "contact", "equipment"]
		rows = frappe.get_all(DOCTYPE, filters=source, fields=fields, order_by="name", as_list=True)
		stored = {tuple(row) for row in rows}
	if stored == keys:
		return
	if stored:
		frappe.db.delete(DOCTYPE, source)
	_insert(sorted(keys, key=str))


def _insert(keys: Iterable[Key]) -> int:
	now, user = now_datetime(), frappe.session.user
	count = 0

	def rows() -> Iterator[tuple]:
		nonlocal count
		for key in keys:
			count += 1
			# ten digits, as Frappe takes for rows, meet twice among a million
			yield (frappe.generate_hash(length=20), now, now, user, user, *key)

	columns = ["name", "creation", "modified", "owner", "modified_by"]
	columns += ["search_key", "kind", "customer", "contact", "equipment"]
	frappe.db.bulk_insert(DOCTYPE, columns, rows(), chunk_size=CHUNK)
	return count


def _all_customer_keys() -> Iterator[Key]:
	for row in _in_chunks("Customer", ["name", "customer_name", "mobile_no"]):
		yield from _customer_keys(row.name, row.customer_name, row.mobile_no)


def _all_contact_keys() -> Iterator[Key]:
	link = frappe.qb.DocType("Dynamic Link")
	number = frappe.qb.DocType("Contact Phone")
	for row in _in_chunks("Contact", ["name", "first_name", "last_name", "phone", "mobile_no"]):
		customers = (
			frappe.qb.from_(link)
			.select(link.link_name)
			.where(
				(link.parenttype == "Contact") & (link.parent == row.name) & (link.link_doctype == "Customer")
			)
			.run(pluck=True)
		)
		if not customers:
			continue
		numbers = (
			frappe.qb.from_(number).select(number.phone).where(number.parent == row.name).run(pluck=True)
		)
		name = " ".join(part for part in (row.first_name, row.last_name) if part)
		for customer in dict.fromkeys(customers):
			yield from _contact_keys(row.name, customer, name, {row.phone, row.mobile_no, *numbers})


def _all_equipment_keys() -> Iterator[Key]:
	rows = _in_chunks("Customer Equipment", ["name", "customer", "serial_no", "serial_text"])
	while chunk := list(islice(rows, CHUNK)):
		more = _more_numbers([row.name for row in chunk])
		for row in chunk:
			numbers = (row.serial_no, row.serial_text, *more.get(row.name, ()))
			yield from _equipment_keys(row.name, row.customer, numbers)


def of_product(equipment: str | None) -> None:
	"""A job has fitted parts into a product, or took them back: the keys of its file are written anew."""
	if equipment:
		of_equipment(frappe.get_doc("Customer Equipment", equipment))


def _more_numbers(equipment: list[str]) -> dict[str, list[str]]:
	"""Product file → its former numbers, and those that other rooms know to be in it (fitted parts)."""
	found = identity.former_numbers(equipment)
	for path in frappe.get_hooks("aftersales_numbers_in_products"):
		for product, numbers in frappe.get_attr(path)(equipment).items():
			found.setdefault(product, []).extend(numbers)
	return found


def _in_chunks(doctype: str, fields: list[str]) -> Iterator[frappe._dict]:
	"""All records in the order of their names, each chunk from where the last one ended."""
	last = ""
	while True:
		rows = frappe.get_all(
			doctype, filters={"name": (">", last)}, fields=fields, order_by="name asc", limit=CHUNK
		)
		yield from rows
		if len(rows) < CHUNK:
			return
		last = rows[-1].name
