"""The attached file of a Register Import, opened the way its settings say."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_system_timezone, getdate

from . import columns as c
from .encodings import ENCODINGS, detect_encoding, preview_lines
from .messages import DATE_ORDERS
from .reading import content_hash, open_register
from .records import BadRow, Record, RowReader
from .rows import FileProblem, Register, shown
from .survey import Survey, survey
from .words import fold

if TYPE_CHECKING:
	from aftersales.service_desk.doctype.register_import.register_import import RegisterImport

DELIMITERS = {"Comma": ",", "Semicolon": ";", "Tab": "\t", "Bar": "|"}
SAMPLE_ROWS = 200
OPTIONS = (
	"file_format",
	"register_name",
	"company",
	"date_format",
	"encoding",
	"delimiter",
	"sheet_name",
	"header_row",
	"customer",
	"create_customers",
	"customer_group",
	"territory",
	"create_item_groups",
	"item_group_parent",
	"request_type",
	"service_category",
	"call_owner",
)


@dataclass(frozen=True)
class Source:
	"""An opened register: how the file is written, and its rows read into records."""

	register: Register
	column_of: dict[str, str]
	rows: Iterator[Record | BadRow]


@contextmanager
def opened(settings: "RegisterImport") -> Iterator[Source]:
	"""Open the attached file for reading its rows once.

	Raises:
		FileProblem: it cannot be read as the settings say.
	"""
	with _register(settings) as register:
		layout = _layout(settings, register.header)
		reader = RowReader(layout, register.header, getdate(), ZoneInfo(get_system_timezone()))
		yield Source(register, reader.column_of, reader.read(register.rows))


def surveyed(settings: "RegisterImport") -> Survey | None:
	"""What all rows together show of a register of own columns; nothing is asked of Open Repair Data.

	Raises:
		FileProblem: the file cannot be read as the settings say.
	"""
	if settings.file_format == c.OPEN_REPAIR_DATA:
		return None
	with _register(settings) as register:
		return survey(register.rows, register.header, _layout(settings, register.header), getdate())


def file_hash(settings: "RegisterImport") -> str:
	"""SHA-256 of the attached file's content.

	Raises:
		FileProblem: the file is gone or may not be read.
	"""
	path = file_path(settings.import_file)
	try:
		return content_hash(path)
	except OSError:
		raise FileProblem("file_missing", file=path.name) from None


def options_hash(settings: "RegisterImport") -> str:
	"""What the check depends on besides the file, as 64 hex digits."""
	options = [str(settings.get(fieldname) or "") for fieldname in OPTIONS]
	mapping = [(row.source_column, row.target or "") for row in settings.columns]
	words = sorted((row.kind, row.word, row.meaning) for row in settings.words if row.meaning)
	return hashlib.sha256(json.dumps([options, mapping, words]).encode()).hexdigest()


def file_path(file_url: str | None) -> Path:
	"""Path of an attached file that the session user may read.

	The address in an attachment field is only a text the user sends: the File record decides.
	"""
	url = file_url or ""
	if not url.startswith(("/files/", "/private/files/")):
		raise FileProblem("file_remote", file=url)
	files = frappe.get_all("File", filters={"file_url": url}, pluck="name", order_by="creation")
	if not files:
		raise FileProblem("file_missing", file=Path(url).name)
	for name in files:
		file = frappe.get_doc("File", name)
		if file.has_permission("read"):
			return Path(file.get_full_path())
	raise FileProblem("file_no_permission", file=Path(url).name)


@dataclass(frozen=True)
class Preview:
	"""What the start of a file shows: column names, an example of each, and what each seems to mean."""

	header: tuple[str, ...]
	samples: dict[str, str]
	proposal: dict[str, str]


def preview(settings: "RegisterImport") -> Preview:
	"""Look at the first rows to propose what the columns mean.

	Raises:
		FileProblem: the file cannot be read.
	"""
	with _register(settings) as register:
		header = tuple(name for name in register.header if name)
		values: dict[str, list[str]] = {name: [] for name in header}
		for _count, row in zip(range(SAMPLE_ROWS), register.rows, strict=False):
			if row.fault:
				continue
			for name, cell in zip(register.header, row.cells, strict=True):
				if name and cell != "":
					values[name].append(shown(cell))
	samples = {name: cells[0][:140] for name, cells in values.items() if cells}
	return Preview(header, samples, c.propose(header))


def readings(settings: "RegisterImport") -> list[dict]:
	"""The telling lines of a text file in each encoding that reads them: `encoding`, `lines`, `likely`.

	Raises:
		FileProblem: the file is gone or may not be read.
	"""
	path = file_path(settings.import_file)
	if not path.exists():
		raise FileProblem("file_missing", file=path.name)
	likely = detect_encoding(path, c.is_column_name).name
	found = []
	for encoding in sorted(ENCODINGS, key=lambda name: name != likely):
		lines = preview_lines(path, encoding)
		if not any("\ufffd" in line for line in lines):
			found.append({"encoding": encoding, "lines": lines, "likely": encoding == likely})
	return found


def _register(settings: "RegisterImport"):
	return open_register(
		file_path(settings.import_file),
		encoding=settings.encoding or "",
		delimiter=DELIMITERS.get(settings.delimiter, ""),
		sheet=settings.sheet_name or "",
		header_row=settings.header_row or 0,
	)


def _layout(settings: "RegisterImport", header: tuple[str, ...]) -> c.Layout:
	if settings.file_format == c.OPEN_REPAIR_DATA:
		missing = c.missing_ords_columns(header)
		if missing:
			raise FileProblem("ords_columns_missing", columns=", ".join(missing))
		return c.ords_layout(header)

	mapping: dict[str, str] = {}
	for row in settings.columns:
		if not row.target:
			continue
		if row.target in mapping:
			raise FileProblem("target_twice", target=frappe._(row.target))
		if row.source_column not in header:
			raise FileProblem("column_missing", column=row.source_column)
		mapping[row.target] = row.source_column
	missing = [frappe._(target) for target in c.REQUIRED_TARGETS if target not in mapping]
	if missing:
		raise FileProblem("targets_missing", targets=", ".join(missing))
	return c.Layout(
		mapping,
		register_name=settings.register_name,
		date_order=DATE_ORDERS[settings.date_format or settings.found_date_format or "YYYY-MM-DD"],
		meanings={(row.kind, fold(row.word)): row.meaning for row in settings.words if row.meaning},
	)
