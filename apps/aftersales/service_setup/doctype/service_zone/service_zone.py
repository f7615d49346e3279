import frappe
from frappe import _
from frappe.utils import flt

from aftersales.core.geo_rules import NoPoint, areas_of_geojson
from aftersales.core.input.document import ServiceDocument


class ServiceZone(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		area: DF.Geolocation | None
		detour: DF.Float
		disabled: DF.Check
		distance_from: DF.Float
		distance_to: DF.Float
		postal_codes: DF.SmallText | None
		territory: DF.Link | None
		travel_speed: DF.Float
		zone: DF.Data

	# end: auto-generated types

	def validate(self):
		self.check_distances()
		self.validate_travel()
		self.validate_area()

	def check_distances(self):
		if self.distance_to and flt(self.distance_to) <= flt(self.distance_from):
			frappe.throw(_("The zone must end farther away than it begins."))

	def validate_travel(self):
		for fieldname, least, most in (("travel_speed", 1, 200), ("detour", 1, 5)):
			value = flt(self.get(fieldname))
			if value and not least <= value <= most:
				frappe.throw(
					_("{0}: {1} is not between {2} and {3}.").format(
						frappe.bold(_(self.meta.get_label(fieldname))), frappe.bold(value), least, most
					)
				)

	def validate_area(self):
		try:
			areas_of_geojson(self.area)
		except NoPoint:
			frappe.throw(
				_("{0} is not a map with polygons or circles. Draw the area again.").format(
					frappe.bold(_(self.meta.get_label("area")))
				)
			)
