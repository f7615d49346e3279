"""Meters follow their product where its file is renamed, or two files become one (document event)."""

import frappe
from frappe.model.document import Document

from aftersales.installed_base.meters.readings import METER, READING, key_of, refresh


def product_renamed(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""after_rename of Customer Equipment: one meter of a name for each product, with the readings of both."""
	meters = frappe.get_all(
		METER,
		filters={"equipment": new},
		fields=["name", "meter", "meter_key"],
		order_by="creation asc, name asc",
	)
	kept = {row.meter_key: row.name for row in meters if row.meter_key == key_of(new, row.meter)}
	for row in meters:
		key = key_of(new, row.meter)
		stays = kept.setdefault(key, row.name)
		if stays == row.name:
			if row.meter_key != key:
				frappe.db.set_value(METER, row.name, "meter_key", key, update_modified=False)
			continue
		frappe.db.set_value(
			READING, {"product_meter": row.name}, "product_meter", stays, update_modified=False
		)
		frappe.db.delete(METER, {"name": row.name})
		refresh(stays)
