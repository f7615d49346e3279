"""When things happened in the demo: on past working days, so that nothing lies in the future."""

from datetime import datetime, time, timedelta

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, now_datetime


def past(working_days: int, at: str) -> datetime:
	"""A moment so many working days (Monday to Friday) before today, at the clock time `at` (HH:MM)."""
	return _at(_working_day(-working_days), at)


def coming(working_days: int, at: str) -> datetime:
	"""A moment so many working days after today, at the clock time `at` (HH:MM)."""
	return _at(_working_day(working_days), at)


def ago(hours: float) -> datetime:
	"""So many hours before now, to the minute."""
	return (now_datetime() - timedelta(hours=hours)).replace(second=0, microsecond=0)


def happened(doc: Document, **moments: datetime) -> None:
	"""Put the stamps of `doc` where the story says they were.

	The app stamps with the moment of the action, which in a demo is today for everything: response
	times of days would be the result. Nothing but moments is changed, and only after all guards passed.
	`creation` is the first of them, `modified` the last; the rows of its tables came in with it.
	"""
	when = [get_datetime(moment) for moment in moments.values()]
	frappe.db.set_value(
		doc.doctype,
		doc.name,
		{**moments, "creation": min(when), "modified": max(when)},
		update_modified=False,
	)
	for table in doc.meta.get_table_fields():
		frappe.db.set_value(
			table.options,
			{"parenttype": doc.doctype, "parent": doc.name},
			{"creation": min(when), "modified": max(when)},
			update_modified=False,
		)
	doc.reload()


def _working_day(distance: int) -> datetime:
	day = now_datetime()
	step = timedelta(days=1 if distance > 0 else -1)
	left = abs(distance)
	while left:
		day += step
		if day.weekday() < 5:
			left -= 1
	return day


def _at(day: datetime, at: str) -> datetime:
	hours, minutes = (int(part) for part in at.split(":"))
	return datetime.combine(day.date(), time(hours, minutes))
