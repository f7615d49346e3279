import re

import frappe
from frappe import _
from frappe.utils import cint, escape_html, flt, getdate

from aftersales.core.input.document import ServiceDocument
from aftersales.service_prices import prices
from aftersales.service_prices.price_rules import CALL_OUT, FLAT_RATE, SURCHARGE

HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::\d\d)?")


class ServicePrice(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_prices.doctype.service_price_part.service_price_part import ServicePricePart

		brand: DF.Data | None
		company: DF.Link | None
		day: DF.Literal["", "Working Day", "Saturday", "Sunday", "Public Holiday"]
		disabled: DF.Check
		each_visit: DF.Check
		for_customer_group: DF.Link | None
		for_item_group: DF.Link | None
		from_time: DF.Data | None
		holiday_list: DF.Link | None
		included_hours: DF.Float
		included_parts: DF.Table[ServicePricePart]
		includes_all_work: DF.Check
		includes_travel: DF.Check
		item_code: DF.Link
		kind: DF.Literal["Flat Rate", "Call-out", "Minimum Charge", "Surcharge"]
		model: DF.Data | None
		percent: DF.Percent
		request_type: DF.Link | None
		service_zone: DF.Link | None
		show_to_customers: DF.Check
		title: DF.Data
		to_time: DF.Data | None
		valid_from: DF.Date | None
		valid_upto: DF.Date | None
	# end: auto-generated types

	"""What a kind of service costs where and when, and what that includes (flat rate, call-out, minimum, surcharge)."""

	def validate(self):
		self.validate_item()
		self.validate_period()
		self.validate_hours()
		self.validate_percent()
		self.clear_what_the_kind_does_not_have()

	def on_update(self):
		prices.clear_cache()

	def after_rename(self, old: str, new: str, merge: bool = False):
		prices.clear_cache()

	def on_trash(self):
		prices.clear_cache()

	def validate_item(self):
		"""A price moves no stock: its item is a service."""
		item = frappe.get_cached_value(
			"Item", self.item_code, ["is_stock_item", "has_variants"], as_dict=True
		)
		if item and (cint(item.is_stock_item) or cint(item.has_variants)):
			frappe.throw(
				_("{0}: {1} is kept in stock or is a template. Choose a service item.").format(
					frappe.bold(_("Item")), frappe.bold(self.item_code)
				)
			)

	def validate_period(self):
		if self.valid_from and self.valid_upto and getdate(self.valid_upto) < getdate(self.valid_from):
			frappe.throw(
				_("{0} ({1}) is before {2} ({3}).").format(
					frappe.bold(_("Valid Up To")),
					self.get_formatted("valid_upto"),
					frappe.bold(_("Valid From")),
					self.get_formatted("valid_from"),
				)
			)

	def validate_hours(self):
		for fieldname in ("from_time", "to_time"):
			self.set(fieldname, self.hour_of(fieldname))
		if bool(self.from_time) != bool(self.to_time):
			frappe.throw(
				_("Enter both {0} and {1}, or neither.").format(_("From"), _("To", context="After-sales"))
			)
		if self.from_time and self.from_time == self.to_time:
			frappe.throw(
				_("{0} and {1} are the same. Leave both empty for the whole day.").format(
					_("From"), _("To", context="After-sales")
				)
			)

	def hour_of(self, fieldname: str) -> str | None:
		"""The hour as HH:MM. No Time field: Frappe would fill an empty one with the present hour."""
		text = (self.get(fieldname) or "").strip()
		if not text:
			return None
		found = HOUR.fullmatch(text)
		if not found:
			frappe.throw(
				_("{0}: {1} is no time of the day. Enter hours and minutes, for example 22:00.").format(
					frappe.bold(_(self.meta.get_label(fieldname))), frappe.bold(escape_html(text))
				)
			)
		return f"{int(found[1]):02}:{found[2]}"

	def validate_percent(self):
		if self.kind == SURCHARGE and flt(self.percent) <= 0:
			frappe.throw(
				_("Enter {0}: how much more is the work in these hours?").format(
					frappe.bold(_("Surcharge on Work (%)"))
				),
				frappe.MandatoryError,
			)

	def clear_what_the_kind_does_not_have(self):
		if self.kind not in (FLAT_RATE, CALL_OUT):
			self.update({"each_visit": 0, "included_hours": 0, "includes_travel": 0})
			self.set("included_parts", [])
		if self.kind != FLAT_RATE:
			self.includes_all_work = 0
		if self.kind != SURCHARGE:
			self.percent = 0
