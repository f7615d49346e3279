import frappe
from frappe import _
from frappe.utils import flt

from aftersales.core.input.document import ServiceDocument


class ServiceZone(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		disabled: DF.Check
		distance_from: DF.Float
		distance_to: DF.Float
		postal_codes: DF.SmallText | None
		territory: DF.Link | None
		zone: DF.Data

	# end: auto-generated types

	def validate(self):
		self.check_distances()

	def check_distances(self):
		if self.distance_to and flt(self.distance_to) <= flt(self.distance_from):
			frappe.throw(_("The zone must end farther away than it begins."))
