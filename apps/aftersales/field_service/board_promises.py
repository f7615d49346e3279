"""Windows that customers were promised and nobody is planned for: on the dispatch board they take room."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import frappe

from aftersales.field_service import day_rules
from aftersales.field_service.arrival_rules import Span, Technician
from aftersales.field_service.board_needs import Needs


def of_day(
	days: Iterable[Technician],
	waiting: Iterable[frappe._dict],
	needs: Needs,
	midnight: datetime,
	length: int,
) -> dict[str, list[tuple[str, Span]]]:
	"""Technician → the calls promised that day that nobody is planned for, as `day_rules` gives them to rows."""
	next_midnight = midnight + timedelta(days=1)
	windows = [
		(row.name, (row.promised_from, row.promised_to), needs.fits[needs.of(row)])
		for row in waiting
		if row.promised_from and midnight <= row.promised_from < next_midnight
	]
	return day_rules.place_promises(days, windows, timedelta(minutes=length))


def with_room_taken(day: Technician, promised: Iterable[tuple[str, Span]], length: int) -> Technician:
	"""The day with a usual visit at the beginning of each window: what is promised is not free."""
	visit = timedelta(minutes=length)
	taken = [(window[0], window[0] + visit) for _call, window in promised]
	return replace(day, busy=tuple(sorted((*day.busy, *taken))))
