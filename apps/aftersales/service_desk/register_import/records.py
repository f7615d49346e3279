"""A row of a register becomes what to write, or the reasons why it cannot be written.

One :class:`Record` is one past (or still open) service case: the product, the call, and the repair card when
work on the product came to a definite end. Field names are those of Customer Equipment, Repair Call and
Repair Card. Nothing here knows a site: whether a customer or product group exists is the shell's question.
"""

import datetime
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from . import columns as c
from .reading import Cell, CellFault, SourceRow, shown

FIXED, REPAIRABLE, END_OF_LIFE, UNKNOWN = OUTCOMES = ("Fixed", "Repairable", "End of life", "Unknown")
OPEN, CLOSED, CANCELLED = "Open", "Closed", "Cancelled"
CHANNELS = ("Phone", "E-mail", "Web", "Walk-in", "Messaging", "QR", "Fax", "Other")

MAX_DATA = 140
"""Longest text of a one-line field, in characters."""
MAX_TEXT = 60_000
"""Longest text of a many-line field, in UTF-8 bytes (the column holds 65,535, labels are added)."""
FIRST_YEAR = 1800

_OUTCOME_WORDS = {
	FIXED: "fixed repaired ok working",
	REPAIRABLE: "repairable",
	END_OF_LIFE: "end-of-life not-repairable unrepairable irreparable beyond-repair "
	"beyond-economic-repair ber scrap scrapped",
	UNKNOWN: "unknown",
}
_STATUS_WORDS = {
	OPEN: "open new registered triaged scheduled in-progress wip working on-hold pending waiting"
	" awaiting-parts reopened",
	CLOSED: "closed done complete completed finished resolved solved delivered returned collected archived",
	CANCELLED: "cancelled canceled void withdrawn",
}


def _words(table: dict[str, str]) -> dict[str, str]:
	return {word.replace("-", " "): value for value, words in table.items() for word in words.split()}


_OUTCOMES = _words(_OUTCOME_WORDS)
_STATUSES = _words(_STATUS_WORDS)
_ORDS_OUTCOMES = {outcome.lower(): outcome for outcome in OUTCOMES}
_CHANNELS = {channel.lower(): channel for channel in CHANNELS}
# What Frappe accepts in a field of option Phone and Email, so that the dry run finds it and not the insert.
_PHONE = re.compile(r"[0-9 +_\-,.*#()]{1,20}")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")
_DATE = {
	"YMD": re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"),
	"DMY": re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})"),
	"MDY": re.compile(r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})"),
}
_TIME = re.compile(r"(?:[T ]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:\.\d+)?)?)?")


@dataclass(frozen=True)
class Problem:
	"""Why a row cannot be imported. `code` has its words in `messages`; `params` fill them."""

	row: int
	column: str
	value: str
	code: str
	params: dict = field(default_factory=dict)


@dataclass(frozen=True)
class BadRow:
	"""A row with everything found wrong in it, and its cells for the list to be mended."""

	number: int
	cells: tuple[Cell, ...]
	problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Record:
	"""One case ready to be written: field values per document, links still in the file's words."""

	number: int
	cells: tuple[Cell, ...]
	external_id: str
	register_name: str
	customer: str
	"""As in the file; empty: the customer chosen for the whole import."""
	product_group: str
	outcome: str
	equipment: dict
	call: dict
	card: dict | None


class RowReader:
	"""Reads the rows of one file in order; remembers the ids seen, to find those that come twice.

	Keeps 8 bytes and a set slot per row (about 5 MB for 100,000 rows), nothing else.
	"""

	def __init__(self, layout: c.Layout, header: Iterable[str], today: datetime.date):
		self.layout = layout
		self.today = today
		self.column_of = dict(layout.columns)
		positions = {name: index for index, name in enumerate(header)}
		self.width = len(positions)
		self.index_of = {target: positions[name] for target, name in self.column_of.items()}
		self._seen: set[int] = set()

	def read(self, rows: Iterable[SourceRow]) -> Iterator[Record | BadRow]:
		"""One Record or BadRow per row, in the order of the file."""
		for row in rows:
			yield self.read_row(row)

	def read_row(self, row: SourceRow) -> Record | BadRow:
		"""The record of one row, or everything that is wrong with it."""
		if row.fault:
			return BadRow(row.number, row.cells, (self._row_problem(row),))
		reading = _RowReading(self, row)
		record = reading.record()
		if reading.problems:
			return BadRow(row.number, row.cells, tuple(reading.problems))
		return record

	def seen_before(self, external_id: str) -> bool:
		"""True when an earlier row had this id. Capital letters do not make an id another: the database's key."""
		key = hash(external_id.casefold())
		if key in self._seen:
			return True
		self._seen.add(key)
		return False

	def _row_problem(self, row: SourceRow) -> Problem:
		value = shown(row.cells[0]) if row.fault == "not_csv" else ""
		params = {"found": len(row.cells), "expected": self.width}
		return Problem(row.number, "", value, row.fault, params)


class _RowReading:
	"""The reading of one row: each method gives a value or notes a problem and gives nothing."""

	def __init__(self, reader: RowReader, row: SourceRow):
		self.reader = reader
		self.layout = reader.layout
		self.row = row
		self.problems: list[Problem] = []

	def record(self) -> Record | None:
		register_name = self.name(c.REGISTER, required=True) if self.layout.open_repair_data else ""
		external_id = self.external_id(register_name or self.layout.register_name)
		received_at = self.date(c.RECEIVED_AT, required=True)
		status = self.status()
		outcome = self.outcome(status)
		equipment = self.equipment(received_at, outcome)
		call = self.call(received_at, status, outcome, equipment)
		card = self.card(call, outcome)
		customer, product_group = self.name(c.CUSTOMER), self.name(c.PRODUCT_GROUP)
		if self.problems:
			return None
		equipment["external_id"] = call["external_id"] = external_id
		if card:
			card["external_id"] = external_id
		return Record(
			number=self.row.number,
			cells=self.row.cells,
			external_id=external_id,
			register_name=register_name or self.layout.register_name,
			customer=customer,
			product_group=product_group,
			outcome=outcome,
			equipment=equipment,
			call=call,
			card=card,
		)

	# documents

	def equipment(self, received_at: datetime.datetime | None, outcome: str) -> dict:
		brand = self.line(c.BRAND)
		if self.layout.open_repair_data and brand.lower() == "unknown":
			brand = ""
		return {
			"brand": brand,
			"model": self.line(c.MODEL),
			"serial_text": self.line(c.SERIAL),
			"year_of_manufacture": self.year(received_at),
			"purchase_date": self.day(c.PURCHASED, not_after=received_at),
			"warranty_until": self.day(c.WARRANTY, may_be_future=True),
			"status": "Out of Service" if outcome == END_OF_LIFE else "In Use",
			"notes": as_html(self.text(c.PRODUCT_NOTE)),
		}

	def call(self, received_at, status: str, outcome: str, equipment: dict) -> dict:
		fault = self.text(c.FAULT)
		resolved_at = self.date(c.RESOLVED_AT, not_before=received_at)
		closed_at = self.date(c.CLOSED_AT, not_before=received_at)
		return {
			"subject": subject_from(self.line(c.SUBJECT))
			or subject_from(fault)
			or self.product_in_words(equipment),
			"description": as_html(fault),
			"received_at": received_at,
			"channel": self.channel(),
			"status": status,
			"resolved_at": resolved_at,
			# A register that tells no closing time closed the case on the day it took it in.
			"closed_at": (closed_at or resolved_at or received_at) if status == CLOSED else None,
			"contact_name": self.line(c.CONTACT),
			"contact_phone": self.matching(c.PHONE, _PHONE, "not_a_phone_number"),
			"contact_email": self.matching(c.EMAIL, _EMAIL, "not_an_email"),
			"brand": equipment["brand"],
			"model": equipment["model"],
			"serial_text": equipment["serial_text"],
			"resolution": self.resolution(),
			"register_outcome": outcome,
		}

	def card(self, call: dict, outcome: str) -> dict | None:
		"""A card when work on the product came to a definite end; else the call alone tells the story."""
		if call["status"] != CLOSED or outcome not in (FIXED, END_OF_LIFE):
			return None
		card = {
			"status": "Returned" if outcome == FIXED else "Not Repairable",
			"received_at": call["received_at"],
			"returned_at": call["closed_at"],
			"diagnosis": self.text(c.DIAGNOSIS),
		}
		if outcome == END_OF_LIFE:
			card["not_repairable_reason"] = self.text(c.NOT_REPAIRABLE_REASON)
		return card

	def resolution(self) -> str:
		"""What was done and where, in lines; nothing the file tells is lost, nothing is added."""
		barrier = self.text(c.NOT_REPAIRABLE_REASON)
		place = ", ".join(part for part in (self.line(c.PLACE), self.line(c.COUNTRY)) if part)
		return "\n".join(part for part in (self.text(c.RESOLUTION), barrier, place) if part)

	def product_in_words(self, equipment: dict) -> str:
		words = (
			equipment["brand"],
			equipment["model"] or self.line(c.PRODUCT_GROUP) or self.text(c.PRODUCT_NOTE),
		)
		return subject_from(" ".join(part for part in words if part)) or shorten(self.line(c.ID))

	# values

	def external_id(self, register_name: str) -> str:
		number = self.name(c.ID, required=True)
		if not number or not register_name:
			return ""
		external_id = f"{register_name}:{number}"
		if len(external_id) > MAX_DATA:
			self.problem(c.ID, "too_long", limit=MAX_DATA - len(register_name) - 1)
		elif self.reader.seen_before(external_id):
			self.problem(c.ID, "id_twice")
		return external_id

	def status(self) -> str:
		value = self.line(c.STATUS)
		if not value:
			return CLOSED
		status = _STATUSES.get(_plain(value))
		if not status:
			self.problem(c.STATUS, "unknown_status", accepted=_accepted(_STATUSES))
		return status or CLOSED

	def outcome(self, status: str) -> str:
		value = self.line(c.OUTCOME, required=self.layout.open_repair_data)
		if not value:
			return UNKNOWN
		words = _ORDS_OUTCOMES if self.layout.open_repair_data else _OUTCOMES
		outcome = words.get(value.lower() if self.layout.open_repair_data else _plain(value))
		if not outcome:
			self.problem(c.OUTCOME, "unknown_outcome", accepted=_accepted(words))
		elif status != CLOSED and outcome != UNKNOWN:
			self.problem(c.OUTCOME, "outcome_of_unfinished")
		return outcome or UNKNOWN

	def channel(self) -> str:
		if self.layout.open_repair_data:
			return "Walk-in"
		value = self.line(c.CHANNEL)
		if not value:
			return "Other"
		channel = _CHANNELS.get(value.lower()) or _CHANNELS.get(value.lower().replace("email", "e-mail"))
		if not channel:
			self.problem(c.CHANNEL, "unknown_channel", accepted=", ".join(CHANNELS))
		return channel or "Other"

	def year(self, received_at: datetime.datetime | None) -> int | None:
		value = self.line(c.YEAR)
		if not value:
			return None
		if not re.fullmatch(r"\d{4}", value):
			self.problem(c.YEAR, "not_a_year")
			return None
		year = int(value)
		last = (received_at or self.now()).year
		if not FIRST_YEAR <= year <= last:
			self.problem(c.YEAR, "impossible_year", first=FIRST_YEAR, last=last)
			return None
		return year

	def day(self, target: str, *, not_after=None, may_be_future=False) -> datetime.date | None:
		value = self.date(target, may_be_future=may_be_future)
		if value and not_after and value.date() > not_after.date():
			self.problem(target, "after_received", received=not_after.date().isoformat())
			return None
		return value.date() if value else None

	def date(
		self, target: str, *, required=False, not_before=None, may_be_future=False
	) -> datetime.datetime | None:
		cell = self.cell(target, required=required)
		if cell in ("", None):
			return None
		value = cell if isinstance(cell, datetime.datetime) else parse_date(cell, self.layout.date_order)
		if value is None:
			self.problem(target, "not_a_date", expected=self.layout.date_order)
		elif value.year < 1900:
			self.problem(target, "impossible_date")
		elif not may_be_future and value.date() > self.reader.today:
			self.problem(target, "date_in_future")
		elif not_before and _before(value, not_before):
			self.problem(target, "before_received", received=not_before.date().isoformat())
		else:
			# The database stores a local time without zone.
			return value.replace(tzinfo=None, microsecond=0)
		return None

	def matching(self, target: str, pattern: re.Pattern, code: str) -> str:
		value = self.line(target)
		if value and not pattern.fullmatch(value):
			self.problem(target, code)
			return ""
		return value

	def name(self, target: str, *, required=False) -> str:
		"""Value that names a record or becomes part of an id: Frappe takes no angle brackets in those."""
		value = self.line(target, required=required)
		if "<" in value or ">" in value:
			self.problem(target, "brackets_in_name")
			return ""
		return value

	def line(self, target: str, *, required=False) -> str:
		"""Value of a one-line field."""
		value = " ".join(shown(self.cell(target, required=required) or "").split())
		if len(value) > MAX_DATA:
			self.problem(target, "too_long", limit=MAX_DATA)
			return ""
		return value

	def text(self, target: str) -> str:
		"""Value of a many-line field."""
		value = shown(self.cell(target) or "")
		if len(value) * 4 > MAX_TEXT and len(value.encode()) > MAX_TEXT:
			self.problem(target, "too_long", limit=MAX_TEXT)
			return ""
		return value

	def cell(self, target: str, *, required=False) -> Cell | None:
		index = self.reader.index_of.get(target)
		cell = "" if index is None else self.row.cells[index]
		if isinstance(cell, CellFault):
			self.problem(target, cell.code)
			return None
		if required and cell == "":
			self.problem(target, "missing")
		return cell

	def now(self) -> datetime.date:
		return self.reader.today

	def problem(self, target: str, code: str, **params) -> None:
		index = self.reader.index_of.get(target)
		value = "" if index is None else shown(self.row.cells[index])
		column = self.reader.column_of.get(target, target)
		found = Problem(self.row.number, column, value, code, params)
		# A value used for several fields is wrong once.
		if found not in self.problems:
			self.problems.append(found)


def parse_date(text: str, order: str) -> datetime.datetime | None:
	"""Date, with time where given, written in `order` (YMD, DMY, MDY) with - / or . between; None if it is none.

	ISO dates (year first) are taken under every order: nobody writes year, day, month.
	"""
	for pattern in (_DATE[order], _DATE["YMD"]):
		found = pattern.match(text)
		if not found:
			continue
		time = _TIME.fullmatch(text.removesuffix("Z"), found.end())
		if not time:
			return None
		parts = [int(found[part]) for part in "ymd"] + [int(time[part] or 0) for part in "HMS"]
		try:
			return datetime.datetime(*parts)
		except ValueError:
			return None
	return None


def detect_date_order(samples: Iterable[str]) -> str:
	"""The one order in which all `samples` are dates; empty when none or several fit."""
	possible = ["YMD", "DMY", "MDY"]
	any_sample = False
	for text in samples:
		if not text:
			continue
		any_sample = True
		if _DATE["YMD"].match(text):
			possible = [order for order in possible if parse_date(text, order)]
		else:
			possible = [order for order in possible if order != "YMD" and parse_date(text, order)]
	if not any_sample:
		return ""
	if len(possible) == 3:
		return "YMD"
	return possible[0] if len(possible) == 1 else ""


def subject_from(text: str) -> str:
	"""First line with a word in it, cut at a word to fit one line; empty when the text has no word.

	Without markup: Frappe counts a field that holds nothing else as empty.
	"""
	for line in text.split("\n"):
		words = re.sub(r"<[^<>]*>", " ", line)
		if re.search(r"\w", words):
			return shorten(words)
	return ""


def shorten(text: str, limit: int = MAX_DATA) -> str:
	"""`text` on one line of at most `limit` characters, cut between words and marked where cut."""
	text = " ".join(text.split())
	if len(text) <= limit:
		return text
	cut = text[: limit - 1]
	at = cut.rfind(" ")
	# A text without blanks, or with one only near the start, is cut where the space ends.
	return (cut[:at] if at > limit // 2 else cut).rstrip() + "…"


def as_html(text: str) -> str:
	"""Plain text for a rich text field: shown as written, line breaks kept."""
	return html.escape(text, quote=False).replace("\n", "<br>")


def _before(value: datetime.datetime, other: datetime.datetime) -> bool:
	"""Earlier; where one of the two tells no time of day, an earlier day."""
	midnight = datetime.time()
	if value.time() == midnight or other.time() == midnight:
		return value.date() < other.date()
	return value < other


def _plain(value: str) -> str:
	return re.sub(r"[\s_\-]+", " ", value).strip().lower()


def _accepted(words: dict[str, str]) -> str:
	return ", ".join(dict.fromkeys(words.values()))
