"""How what a phone has changed is joined with what the server has by now: decisions without frappe.

A phone sends of each value what it was when the phone read it, and what it is now. A value that nobody else has
changed is taken; one that somebody else has set to the same is left; any other difference is a conflict, and then
nothing of the act is applied.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

ACT_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
"""A phone's id of an act: a random UUID."""

ROW_ID = re.compile(r"[0-9a-f]{20}")
"""A phone's name of a new row: 80 random bits."""

DONE, REFUSED, CONFLICT, WAIT = "Done", "Refused", "Conflict", "Wait"


@dataclass(frozen=True)
class Change:
	"""One value as the phone first saw it (`seen`) and as it is now on the phone (`mine`)."""

	field: str
	seen: Any
	mine: Any


@dataclass(frozen=True)
class Conflict:
	"""One value that differs three ways: what the phone saw, what it wants, what the server has."""

	field: str
	mine: Any
	theirs: Any


def join(changes: list[Change], stored: dict[str, Any]) -> tuple[dict[str, Any], list[Conflict]]:
	"""Values to set, and the conflicts; `stored` has the server's present values.

	>>> join([Change("a", 1, 2), Change("b", None, "x"), Change("c", "p", "q")], {"a": 1, "b": "y", "c": "q"})
	({'a': 2}, [Conflict(field='b', mine='x', theirs='y')])
	"""
	values: dict[str, Any] = {}
	conflicts: list[Conflict] = []
	for change in changes:
		now = stored.get(change.field)
		if same(now, change.mine):
			continue
		if same(now, change.seen):
			values[change.field] = change.mine
		else:
			conflicts.append(Conflict(change.field, change.mine, now))
	return values, conflicts


def same(one: Any, other: Any) -> bool:
	"""Whether two values mean the same: empty is empty, numbers by value, moments to the second, texts without
	blanks around them.

	>>> (
	...     same(None, ""),
	...     same(1.0, "1"),
	...     same(datetime(2026, 3, 1, 9, 30, 0, 400), "2026-03-01 09:30:00"),
	...     same(0, None),
	... )
	(True, True, True, True)
	>>> same("a", "b"), same(2, 1), same("007", "7"), same(7, "x")
	(False, False, False, False)
	"""
	if isinstance(one, int | float) or isinstance(other, int | float):
		return _number(one) == _number(other)
	return _text(one) == _text(other)


def _number(value: Any) -> Any:
	if value in (None, ""):
		return 0.0
	try:
		return round(float(value), 6)
	except (TypeError, ValueError):
		return value


def _text(value: Any) -> str:
	if isinstance(value, datetime):
		return value.replace(microsecond=0).isoformat(" ")
	text = str(value or "").replace("\r\n", "\n").strip()
	return re.sub(r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)\.\d+$", r"\1 \2", text)


def moment(at: float, sent_at: float, now: datetime) -> datetime:
	"""When something was done, by the server's clock.

	`at` and `sent_at` are the phone's clock (milliseconds since 1970) when it was done and when it was sent, `now`
	the server's clock at arrival. A phone whose clock is two hours off is so in both; never later than now.

	>>> now = datetime(2026, 3, 1, 12, 0)
	>>> moment(at=1_000_000, sent_at=1_600_000, now=now)  # ten minutes before it was sent
	datetime.datetime(2026, 3, 1, 11, 50)
	>>> moment(at=1_700_000, sent_at=1_600_000, now=now)
	datetime.datetime(2026, 3, 1, 12, 0)
	"""
	ago = max(0.0, (sent_at - at) / 1000)
	try:
		return (now - timedelta(seconds=ago)).replace(microsecond=0)
	except OverflowError:
		return now.replace(microsecond=0)


def digest(act: dict) -> str:
	"""What an id stands for: the same id with other contents is no repetition."""
	content = {key: act.get(key) for key in ("voucher", "kind", "at", "changes", "values")}
	return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
