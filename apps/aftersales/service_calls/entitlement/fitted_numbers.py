"""Serial numbers of fitted parts lead to the product they are in: at intake and on the Phone Desk."""

from dataclasses import dataclass

import frappe

from aftersales.installed_base import search_key_rules
from aftersales.installed_base.serial_rules import serial_key, serial_keys
from aftersales.service_calls.entitlement.repairs import PART_LINE, job_doctypes

KEYS = "Service Search Key"
MOST = 20


@dataclass(frozen=True)
class FoundPart:
	"""A fitted part: the product file it is in, its item, and its number as it is written on the job."""

	equipment: str
	item_code: str
	serial_text: str


def numbers_of_products(equipment: list[str]) -> dict[str, list[str]]:
	"""Product file → the numbers of the parts in it (hook `aftersales_numbers_in_products`)."""
	return {
		product: [number for item_code, number in parts] for product, parts in numbers_in(equipment).items()
	}


def numbers_in(equipment: list[str]) -> dict[str, list[tuple[str, str]]]:
	"""Product file → (item code, serial number) of every serialised part that finished jobs fitted."""
	found: dict[str, list[tuple[str, str]]] = {}
	for doctype in job_doctypes() if equipment else ():
		job, line = frappe.qb.DocType(doctype), frappe.qb.DocType(PART_LINE)
		rows = (
			frappe.qb.from_(job)
			.join(line)
			.on((line.parent == job.name) & (line.parenttype == doctype))
			.select(job.equipment, line.item_code, line.serial_no)
			.where(job.equipment.isin(equipment) & (job.docstatus == 1))
			.where(line.serial_no.isnotnull() & (line.serial_no != "") & (line.qty > line.returned_qty))
			.orderby(job.name)
			.orderby(line.idx)
			.run()
		)
		for product, item_code, numbers in rows:
			for number in (line.strip() for line in numbers.split("\n") if line.strip()):
				found.setdefault(product, []).append((item_code, number))
	return found


def find(number: str | None, customer: str | None) -> FoundPart | None:
	"""The product of a customer into which we fitted a part of this number, when exactly one has it."""
	keys = search_key_rules.serial_keys(number)
	if not customer or not keys:
		return None
	products = frappe.get_all(
		KEYS,
		filters={"customer": customer, "search_key": keys[0], "equipment": ("is", "set")},
		pluck="equipment",
		order_by="equipment asc",
		distinct=True,
		limit=MOST,
	)
	wanted = serial_key(number)
	found = [
		FoundPart(product, item_code, text)
		for product, parts in numbers_in(products).items()
		for item_code, text in parts
		if wanted in serial_keys(text)
	]
	return found[0] if len({part.equipment for part in found}) == 1 else None
