import frappe
from frappe import _
from frappe.utils import escape_html, validate_url

from aftersales.core.input.document import ServiceDocument


class ServiceRoutesSettings(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		detour: DF.Float
		dispatch_accepted: DF.Check
		driving_hour: DF.Float
		geocoder_url: DF.Data | None
		kilometre: DF.Float
		late_hour: DF.Float
		missing_parts: DF.Float
		most_overtime: DF.Int
		overtime_hour: DF.Float
		routing_key: DF.Password | None
		routing_service: DF.Literal["", "OSRM", "openrouteservice", "Valhalla"]
		routing_url: DF.Data | None
		start_address: DF.Link | None
		tile_attribution: DF.Data | None
		tile_url: DF.Data | None
		time_limit: DF.Int
		travel_speed: DF.Float
		unknown_minutes: DF.Int
		work_minutes: DF.Int
	# end: auto-generated types
	"""How travel is worked out, where maps come from, and what the planner weighs."""

	def validate(self):
		self.validate_urls()
		self.validate_ranges()

	def validate_urls(self):
		for fieldname in ("routing_url", "geocoder_url", "tile_url"):
			url = (self.get(fieldname) or "").strip()
			self.set(fieldname, url or None)
			if url and not validate_url(url, valid_schemes=("http", "https")):
				frappe.throw(
					_("{0}: {1} is not a web address. It begins with https:// or http://.").format(
						self._label(fieldname), frappe.bold(escape_html(url))
					)
				)
		for fieldname, wanted in (("geocoder_url", ("{address}",)), ("tile_url", ("{z}", "{x}", "{y}"))):
			missing = [part for part in wanted if self.get(fieldname) and part not in self.get(fieldname)]
			if missing:
				frappe.throw(
					_("{0} needs {1} in its text.").format(
						self._label(fieldname), frappe.bold(", ".join(missing))
					)
				)

	def validate_ranges(self):
		for fieldname, least, most in (
			("travel_speed", 1, 200),
			("detour", 1, 5),
			("time_limit", 1, 600),
			("work_minutes", 5, 1440),
			("most_overtime", 0, 600),
			("unknown_minutes", 0, 600),
		):
			value = self.get(fieldname) or 0
			if not least <= value <= most:
				frappe.throw(
					_("{0}: {1} is not between {2} and {3}.").format(
						self._label(fieldname), frappe.bold(value), least, most
					)
				)

	def _label(self, fieldname: str) -> str:
		return frappe.bold(_(self.meta.get_label(fieldname)))
