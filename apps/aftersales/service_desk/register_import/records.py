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
from .contacts import email_of, phone_of
from .dates import parse_date
from .rows import Cell, CellFault, SourceRow, shown
from .words import (
	CHANNEL,
	CLOSED,
	END_OF_LIFE,
	FIXED,
	MEANINGS,
	OUTCOME,
	OUTCOMES,
	STATUS,
	UNKNOWN,
	fold,
	is_nothing,
	propose_meaning,
)

MAX_DATA = 140
"""Longest text of a one-line field, in characters."""
MAX_TEXT = 60_000
"""Longest text of a many-line field, in UTF-8 bytes (the column holds 65,535, labels are added)."""
FIRST_YEAR = 1800

_ORDS_OUTCOMES = {outcome.lower(): outcome for outcome in OUTCOMES}


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
	remarks: dict[str, str]
	"""Target -> what the file says there and no field can hold, such as a second phone number."""


class RowReader:
	"""Reads the rows of one file in order; remembers the ids seen, to find those that come twice.

	Keeps 8 bytes and a set slot per row (about 5 MB for 100,000 rows), nothing else.
	"""

	def __init__(
		self,
		layout: c.Layout,
		header: Iterable[str],
		today: datetime.date,
		zone: datetime.tzinfo = datetime.timezone.utc,
	):
		self.layout = layout
		self.today = today
		self.zone = zone
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
		self.remarks: dict[str, str] = {}

	def record(self) -> Record | None:
		register_name = self.name(c.REGISTER, required=True) if self.layout.open_repair_data else ""
		external_id = self.external_id(register_name or self.layout.register_name)
		received_at = self.received_at()
		status, outcome = self.status_and_outcome()
		equipment = self.equipment(received_at, outcome)
		call = self.call(received_at, status, outcome, equipment)
		card = self.card(call, outcome)
		customer, product_group = self.master(c.CUSTOMER), self.master(c.PRODUCT_GROUP)
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
			remarks=self.remarks,
		)

	# documents

	def equipment(self, received_at: datetime.datetime | None, outcome: str) -> dict:
		brand = self.word(c.BRAND)
		if self.layout.open_repair_data and brand.lower() == "unknown":
			brand = ""
		return {
			"brand": brand,
			"model": self.word(c.MODEL),
			"serial_text": self.word(c.SERIAL),
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
			"contact_name": self.word(c.CONTACT),
			"contact_phone": self.fitting(c.PHONE, phone_of),
			"contact_email": self.fitting(c.EMAIL, email_of),
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

	def received_at(self) -> datetime.datetime | None:
		"""Day and, where a column of its own or the same cell tells it, time of receipt."""
		at = self.date(c.RECEIVED_AT, required=True)
		time = self.cell(c.RECEIVED_TIME)
		if at and at.time() == datetime.time() and time not in ("", None) and not is_nothing(shown(time)):
			told = time if isinstance(time, datetime.datetime) else parse_date(f"{at.date()} {time}")
			if told is None:
				self.problem(c.RECEIVED_TIME, "not_a_time")
			else:
				at = datetime.datetime.combine(at.date(), told.time().replace(microsecond=0))
		return at

	def status_and_outcome(self) -> tuple[str, str]:
		"""A status that says how the work ended gives the outcome, where the row has no other."""
		status = self.meaning(c.STATUS, STATUS) or CLOSED
		if self.layout.open_repair_data:
			outcome = self.ords_outcome()
		else:
			outcome = self.meaning(c.OUTCOME, OUTCOME)
		if status in OUTCOMES:
			return CLOSED, outcome or status
		if outcome and status != CLOSED and outcome != UNKNOWN:
			self.problem(c.OUTCOME, "outcome_of_unfinished")
		return status, outcome or UNKNOWN

	def ords_outcome(self) -> str:
		value = self.line(c.OUTCOME, required=True)
		outcome = _ORDS_OUTCOMES.get(value.lower(), "")
		if value and not outcome:
			self.problem(c.OUTCOME, "unknown_outcome", accepted=", ".join(OUTCOMES))
		return outcome

	def meaning(self, target: str, kind: str) -> str:
		"""What the word in the column of `target` means: as the user says, else as it usually does."""
		value = self.line(target)
		if not value or is_nothing(value):
			return ""
		meaning = self.layout.meanings.get((kind, fold(value))) or propose_meaning(kind, value)
		if not meaning:
			self.problem(target, f"unknown_{kind.lower()}", accepted=", ".join(MEANINGS[kind]))
		return meaning

	def channel(self) -> str:
		if self.layout.open_repair_data:
			return "Walk-in"
		return self.meaning(c.CHANNEL, CHANNEL) or "Other"

	def year(self, received_at: datetime.datetime | None) -> int | None:
		value = self.word(c.YEAR)
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
		if cell in ("", None) or (not required and is_nothing(shown(cell))):
			return None
		value = cell if isinstance(cell, datetime.datetime) else parse_date(cell, self.layout.date_order)
		if value and value.tzinfo:
			# The database stores the site's local time.
			value = value.astimezone(self.reader.zone).replace(tzinfo=None)
		if value is None:
			self.problem(target, "not_a_date", expected=self.layout.date_order)
		elif value.year < 1900:
			self.problem(target, "impossible_date")
		elif not may_be_future and value.date() > self.reader.today:
			self.problem(target, "date_in_future")
		elif not_before and _before(value, not_before):
			self.problem(target, "before_received", received=not_before.date().isoformat())
		else:
			return value.replace(microsecond=0)
		return None

	def fitting(self, target: str, part_of) -> str:
		"""The part of a cell that its field can hold; the whole is kept as a remark where that is not all."""
		value = self.text(target)
		if not value or is_nothing(value):
			return ""
		part, is_all = part_of(value)
		if not is_all:
			self.remarks[target] = value
		return part

	def word(self, target: str) -> str:
		"""Value of a one-line field; empty for what people write where they have nothing to write."""
		value = self.line(target)
		return "" if is_nothing(value) else value

	def name(self, target: str, *, required=False) -> str:
		"""Value that names a record or becomes part of an id: Frappe takes no angle brackets in those."""
		value = self.line(target, required=required)
		if "<" in value or ">" in value:
			self.problem(target, "brackets_in_name")
			return ""
		return value

	def master(self, target: str) -> str:
		"""Name of a record that rows share; nobody is called n/a."""
		value = self.name(target)
		return "" if is_nothing(value) else value

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
