"""Readings of products' meters: from the desk, from visits, from customers, by REST."""

from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, flt, get_datetime, now_datetime

from aftersales.core.guards import set_protected_values
from aftersales.core.input.requests import Moment, Number, validate_call
from aftersales.core.input.spreadsheet_rules import no_formula
from aftersales.installed_base.meters.meter_rules import Reading, per_day

METER, READING = "Product Meter", "Meter Reading"


@frappe.whitelist(methods=["POST"])
@validate_call
def record_reading(
	equipment: str,
	meter: str,
	reading: Number,
	read_at: Moment | None = None,
	is_new_meter: bool = False,
	entry_key: str | None = None,
) -> dict:
	"""Take a reading of a product's meter, for gateways and other systems (REST).

	Args:
		equipment: name of the Customer Equipment.
		meter: as the meter is called on the product; a meter that is not there yet is made.
		read_at: site time, default now.
		is_new_meter: the meter was replaced, this is the first reading of the new one.
		entry_key: by the sender; the same key is one reading, however often it is sent.

	Returns:
		name, total and per_day of the meter after the reading.

	Raises:
		frappe.PermissionError: the user may not read the product or not enter readings.
		frappe.ValidationError: the counter goes back, or the reading is in the future.
	"""
	frappe.get_doc("Customer Equipment", equipment).check_permission("read")
	frappe.has_permission(READING, "create", throw=True)
	values = {"read_at": read_at, "is_new_meter": int(is_new_meter), "entry_key": entry_key}
	name = take(equipment, meter, flt(reading), "REST", **values)
	found = frappe.db.get_value(
		METER, {"meter_key": key_of(equipment, meter)}, ("last_total", "per_day"), as_dict=True
	)
	return {"name": name, "total": found.last_total, "per_day": found.per_day}


def take(equipment: str, meter: str, reading: float, source: str, **values) -> str:
	"""Name of the Meter Reading, inserted on behalf of a job, a page or a request whose own rights were checked.

	`values` are further fields of it. With an `entry_key` that is there already, nothing is inserted.
	"""
	key = values.get("entry_key")
	if key and (there := frappe.db.get_value(READING, {"entry_key": key})):
		return there
	doc = frappe.new_doc(READING)
	doc.update(
		{
			"product_meter": meter_of(equipment, meter),
			"reading": reading,
			"source": source,
			**{field: value for field, value in values.items() if value is not None},
		}
	)
	doc.flags.ignore_permissions = True
	return doc.insert().name


def withdraw(job: Document) -> None:
	"""A job is cancelled: what was read on it is taken back, so that an amendment can read something else."""
	filters = {"reference_type": job.doctype, "reference_name": job.name}
	for name in frappe.get_all(
		READING, filters=filters, pluck="name", order_by="read_at desc, creation desc"
	):
		frappe.delete_doc(READING, name, ignore_permissions=True, force=True)


def meter_of(equipment: str, meter: str) -> str:
	"""The Product Meter of that name, made when the product has none."""
	there = frappe.db.get_value(METER, {"meter_key": key_of(equipment, meter)})
	if there:
		return there
	doc = frappe.new_doc(METER, equipment=equipment, meter=meter.strip())
	doc.flags.ignore_permissions = True
	return doc.insert().name


def key_of(equipment: str, meter: str) -> str:
	"""One meter of a name for each product, however it is written. A name like a formula is stored as none."""
	return f"{equipment}|{' '.join(no_formula(meter).split()).casefold()}"[:140]


def neighbours(doc: Document) -> tuple[Reading | None, Reading | None]:
	"""The readings of a meter before and after the moment of another one."""
	at = get_datetime(doc.read_at)
	return (
		_one(doc, ("<=", at), "read_at desc, creation desc"),
		_one(doc, (">", at), "read_at asc, creation asc"),
	)


def refresh(meter: str) -> None:
	"""Bring a meter in step with its readings."""
	rows = frappe.get_all(
		READING,
		filters={"product_meter": meter, "read_at": (">=", add_to_date(now_datetime(), months=-12))},
		fields=["read_at", "reading", "total"],
		order_by="read_at asc, creation asc",
	)
	last = frappe.get_all(
		READING,
		filters={"product_meter": meter},
		fields=["read_at", "reading", "total"],
		order_by="read_at desc, creation desc",
		limit=1,
	)
	use = per_day([_reading(row) for row in rows])
	doc = frappe.get_doc(METER, meter, for_update=True)
	set_protected_values(
		doc,
		last_reading=last[0].reading if last else 0,
		last_total=last[0].total if last else 0,
		last_read_at=last[0].read_at if last else None,
		per_day=use,
	)
	doc.flags.ignore_permissions = True
	doc.save()


def of_product(equipment: str) -> list[frappe._dict]:
	"""The meters of a product with their last reading, for forms and customers' pages."""
	return frappe.get_all(
		METER,
		filters={"equipment": equipment},
		fields=["name", "meter", "uom", "kind", "last_reading", "last_total", "last_read_at", "per_day"],
		order_by="meter asc",
	)


def _one(doc: Document, at: tuple[str, datetime], order: str) -> Reading | None:
	rows = frappe.get_all(
		READING,
		filters={"product_meter": doc.product_meter, "read_at": at, "name": ("!=", doc.name or "")},
		fields=["read_at", "reading", "total"],
		order_by=order,
		limit=1,
	)
	return _reading(rows[0]) if rows else None


def _reading(row: frappe._dict) -> Reading:
	return Reading(get_datetime(row.read_at), flt(row.reading), flt(row.total))
