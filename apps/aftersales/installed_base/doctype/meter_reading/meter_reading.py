import frappe
from frappe import _
from frappe.utils import flt

from aftersales.core.guards import validate_not_in_future
from aftersales.core.input.document import ServiceDocument
from aftersales.installed_base.meters import readings
from aftersales.installed_base.meters.meter_rules import goes_back, total_of


class MeterReading(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		entry_key: DF.Data | None
		equipment: DF.Link | None
		is_new_meter: DF.Check
		meter: DF.Data | None
		notes: DF.SmallText | None
		product_meter: DF.Link
		read_at: DF.Datetime
		reading: DF.Float
		reference_name: DF.DynamicLink | None
		reference_type: DF.Link | None
		source: DF.Literal["Desk", "Visit", "Portal", "REST", "Import"]
		total: DF.Float
	# end: auto-generated types

	"""What a meter read at a moment. A wrong one is deleted and entered again."""

	def validate(self):
		if not self.is_new():
			return
		meter = frappe.db.get_value(
			"Product Meter", self.product_meter, ("equipment", "meter", "kind"), as_dict=True, for_update=True
		)
		if not meter:
			return  # Frappe says that the link leads nowhere
		if not self.flags.ignore_permissions:
			frappe.get_doc("Product Meter", self.product_meter).check_permission("read")
		self.update({"equipment": meter.equipment, "meter": meter.meter, "total": None})
		validate_not_in_future(self, "read_at")
		before, after = readings.neighbours(self)
		if meter.kind == "Counter":
			self.validate_order(meter.meter, before, after)
		self.total = (
			total_of(flt(self.reading), bool(self.is_new_meter), before)
			if meter.kind == "Counter"
			else flt(self.reading)
		)

	def validate_order(self, meter, before, after):
		if flt(self.reading) < 0:
			frappe.throw(_("{0} cannot be negative.").format(frappe.bold(_("Reading"))))
		conflict = goes_back(flt(self.reading), None if self.is_new_meter else before, after)
		if conflict:
			frappe.throw(
				_(
					"{0} read {1} on {2}, so it cannot read {3} now. Check the reading; if the meter was replaced, tick {4}."
				).format(
					frappe.bold(frappe.utils.escape_html(meter)),
					frappe.format(conflict.value, "Float"),
					frappe.format(conflict.at, "Datetime"),
					frappe.format(flt(self.reading), "Float"),
					frappe.bold(_("First Reading of a New Meter")),
				),
				title=_("Counter Goes Back"),
			)

	def after_insert(self):
		readings.refresh(self.product_meter)

	def after_delete(self):
		readings.refresh(self.product_meter)
