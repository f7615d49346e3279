from zoneinfo import available_timezones

import frappe
from frappe import _
from frappe.utils import escape_html

from aftersales.core.input.document import ServiceDocument
from aftersales.service_levels.calendars import WEEKDAYS, window_of
from aftersales.service_levels.working_time import Calendar, CalendarError


class ServiceCalendar(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_levels.doctype.service_calendar_window.service_calendar_window import (
			ServiceCalendarWindow,
		)

		around_the_clock: DF.Check
		calendar_name: DF.Data
		holiday_list: DF.Link | None
		summary: DF.SmallText | None
		time_zone: DF.Autocomplete | None
		windows: DF.Table[ServiceCalendarWindow]

	# end: auto-generated types

	def validate(self) -> None:
		self.check_time_zone()
		self.sort_windows()
		self.check_windows()
		self.summary = self.in_words()

	def on_trash(self) -> None:
		used_by = frappe.get_all("Service Target", filters={"calendar": self.name}, pluck="name", limit=1)
		if used_by:
			frappe.throw(
				_("Service Target {0} uses this calendar.").format(used_by[0]), frappe.LinkExistsError
			)

	def check_time_zone(self) -> None:
		if self.time_zone and self.time_zone not in available_timezones():
			frappe.throw(
				_("{0}: there is no time zone {1}. Choose one like Europe/Dublin.").format(
					frappe.bold(_("Time Zone")), escape_html(self.time_zone)
				)
			)

	def sort_windows(self) -> None:
		self.windows.sort(key=lambda row: (WEEKDAYS.index(row.weekday), window_of(row)))
		for idx, row in enumerate(self.windows, start=1):
			row.idx = idx

	def check_windows(self) -> None:
		"""The pure calendar refuses what cannot be counted; its reason names day and window."""
		if self.around_the_clock:
			return
		try:
			Calendar.of(self._by_weekday())
		except CalendarError as error:
			frappe.throw(
				_("{0}: {1}").format(frappe.bold(_("Working Hours")), _with_weekday(str(error))),
				title=_("Calendar cannot be used"),
			)

	def in_words(self) -> str:
		"""One line a weekday, as an administrator would read it aloud."""
		if self.around_the_clock:
			return _("Around the clock")
		lines = []
		for day, windows in sorted(self._by_weekday().items()):
			spans = ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in windows)
			lines.append(f"{_(WEEKDAYS[day])}: {spans}")
		return "\n".join(lines)

	def _by_weekday(self) -> dict[int, list[tuple[int, int]]]:
		found: dict[int, list[tuple[int, int]]] = {}
		for row in self.windows:
			found.setdefault(WEEKDAYS.index(row.weekday), []).append(window_of(row))
		return found


def _clock(seconds: int) -> str:
	return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def _with_weekday(message: str) -> str:
	for number, weekday in enumerate(WEEKDAYS):
		message = message.replace(f"weekday {number}", _(weekday))
	return message
