"""What the whole of a register shows before its rows are read: how dates are written, which words it uses."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import columns as c
from .dates import DateOrders
from .rows import SourceRow, shown
from .words import CHANNEL, KINDS, OUTCOME, STATUS, fold, is_nothing

MAX_WORDS = 200
"""Different words of one kind that are listed; a column with more holds no statuses."""
_TARGET_OF = {STATUS: c.STATUS, OUTCOME: c.OUTCOME, CHANNEL: c.CHANNEL}


@dataclass
class Survey:
	"""Collected over all rows of a register of own columns."""

	dates: DateOrders
	counts: Counter = field(default_factory=Counter)
	"""(kind, folded word) -> rows that have it."""
	spelling: dict[tuple[str, str], str] = field(default_factory=dict)
	"""(kind, folded word) -> the word as it first stands in the file."""

	def words(self) -> list[tuple[str, str, int]]:
		"""(kind, word, rows) of each word, the most used of each kind first."""
		found = []
		for kind in KINDS:
			of_kind = [(key, count) for key, count in self.counts.items() if key[0] == kind]
			of_kind.sort(key=lambda item: (-item[1], item[0]))
			found += [(kind, self.spelling[key], count) for key, count in of_kind[:MAX_WORDS]]
		return found


def survey(
	rows: Iterable[SourceRow], header: Iterable[str], layout: c.Layout, today: datetime.date
) -> Survey:
	"""Go through all `rows` once.

	Args:
		rows: rows of the file below its header.
		header: names of the columns, as wide as the rows.
		layout: which column means what.
		today: a date of the past is not after it.
	"""
	found = Survey(DateOrders(today))
	position = {name: index for index, name in enumerate(header)}
	index_of = {target: position[name] for target, name in layout.columns.items()}
	dates = [(index_of[target], target == c.WARRANTY) for target in c.DATE_TARGETS if target in index_of]
	kinds = [(kind, index_of[target]) for kind, target in _TARGET_OF.items() if target in index_of]
	for row in rows:
		if row.fault:
			continue
		for index, may_be_future in dates:
			cell = row.cells[index]
			if isinstance(cell, str) and cell:
				found.dates.add(cell, may_be_future)
		for kind, index in kinds:
			word = " ".join(shown(row.cells[index]).split())
			if word and not is_nothing(word):
				key = (kind, fold(word))
				found.counts[key] += 1
				found.spelling.setdefault(key, word[:140])
	return found
