import frappe
from frappe import _
from frappe.utils import escape_html

from aftersales.core.guards import validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.installed_base.meters.readings import key_of

FIELDS_OF_RECORD = ("last_reading", "last_total", "last_read_at", "per_day")


class ProductMeter(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		equipment: DF.Link
		kind: DF.Literal["Counter", "Gauge"]
		last_read_at: DF.Datetime | None
		last_reading: DF.Float
		last_total: DF.Float
		meter: DF.Data
		meter_key: DF.Data | None
		per_day: DF.Float
		product_title: DF.Data | None
		uom: DF.Link | None
	# end: auto-generated types

	"""A meter of a product; what it reads is told by its readings."""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.meter = " ".join((self.meter or "").split())
		self.meter_key = key_of(self.equipment, self.meter)
		self.validate_only_one()

	def validate_only_one(self):
		there = frappe.db.get_value(
			self.doctype, {"meter_key": self.meter_key, "name": ("!=", self.name or "")}
		)
		if there:
			frappe.throw(
				_("{0} has a meter called {1} already.").format(
					frappe.bold(escape_html(self.equipment)), frappe.bold(escape_html(self.meter))
				),
				frappe.DuplicateEntryError,
			)
