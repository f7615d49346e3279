"""A register file as a header and a stream of rows, whatever it was written with.

CSV (any usual delimiter, UTF-8, UTF-16 or Windows-1252) and Excel (.xlsx) come out the same way. Rows are
read one at a time, so memory does not follow the length of the file. Nothing here knows a site or a DocType.
"""

import codecs
import csv
import datetime
import hashlib
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CSV, EXCEL = "CSV", "Excel"
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = {"UTF-8": "utf-8-sig", "UTF-16": "utf-16", "Windows-1252": "cp1252"}
EXCEL_ERRORS = frozenset(
	("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
)
MAX_UNPACKED_BYTES = 500 * 1024 * 1024
"""An Excel file is a ZIP archive; a few kilobytes can unpack to more than any server holds."""

_BLOCK = 1 << 16
_DATE_LIKE = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?[./-]\d\d?[./-]\d{2,4}")
_NUMBER_LIKE = re.compile(r"[-+]?\d+([.,]\d+)?")


class FileProblem(Exception):
	"""The file as a whole cannot be read. `code` says why, `params` fill the message."""

	def __init__(self, code: str, **params):
		super().__init__(code, params)
		self.code = code
		self.params = params


@dataclass(frozen=True)
class CellFault:
	"""A cell without a usable value, such as an Excel error; `shown` is what the sheet shows."""

	code: str
	shown: str


Cell = str | datetime.datetime | CellFault


@dataclass(frozen=True)
class SourceRow:
	"""One row. `number` counts as a spreadsheet does: the header is row 1, a quoted line break is no new row."""

	number: int
	cells: tuple[Cell, ...]
	fault: str | None = None
	"""Why the row as a whole is unusable: not_csv, too_many_cells, too_few_cells."""


@dataclass(frozen=True)
class Register:
	"""An open register file. `rows` can be consumed once."""

	kind: str
	encoding: str
	delimiter: str
	header: tuple[str, ...]
	rows: Iterator[SourceRow] = field(repr=False)


def content_hash(path: str | Path) -> str:
	"""SHA-256 of the file's content, as 64 hex digits."""
	digest = hashlib.sha256()
	with open(path, "rb") as stream:
		while block := stream.read(_BLOCK):
			digest.update(block)
	return digest.hexdigest()


@contextmanager
def open_register(
	path: str | Path, encoding: str = "", delimiter: str = "", sheet: str = ""
) -> Iterator[Register]:
	"""Open a register and read its header.

	Args:
		path: the file; its content, not its name, decides between CSV and Excel.
		encoding: a key of ENCODINGS; empty: found out from the content.
		delimiter: one character; empty: found out from the first rows.
		sheet: name of the Excel sheet; empty: the first visible one.

	Raises:
		FileProblem: the file is missing, empty, of another kind, wrongly encoded or has no header. Wrong bytes
			further down raise it while rows are read.
	"""
	path = Path(path)
	kind = _kind_of(path)
	if kind == EXCEL:
		with _open_excel(path, sheet) as register:
			yield register
	else:
		with _open_csv(path, encoding, delimiter) as register:
			yield register


def _kind_of(path: Path) -> str:
	try:
		with open(path, "rb") as stream:
			start = stream.read(4096)
	except OSError:
		raise FileProblem("file_missing", file=path.name) from None
	if not start.strip():
		raise FileProblem("file_empty", file=path.name)
	if start.startswith(b"PK\x03\x04"):
		return EXCEL
	if start.startswith(b"\xd0\xcf\x11\xe0"):
		raise FileProblem("old_excel", file=path.name)
	if b"\x00" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
		raise FileProblem("not_a_register", file=path.name)
	return CSV


# CSV


@contextmanager
def _open_csv(path: Path, encoding: str, delimiter: str) -> Iterator[Register]:
	encoding = encoding or detect_encoding(path)
	if encoding not in ENCODINGS:
		raise FileProblem("unknown_encoding", encoding=encoding)
	with open(path, encoding=ENCODINGS[encoding], newline="") as stream:
		delimiter = delimiter or _delimiter_of(stream, encoding)
		rows = _csv_rows(csv.reader(stream, delimiter=delimiter, strict=True), encoding)
		header = _header(rows, path)
		yield Register(CSV, encoding, delimiter, header, _shaped(rows, header, pad=False))


def _delimiter_of(stream, encoding: str) -> str:
	try:
		return detect_delimiter(stream)
	except UnicodeError as error:
		raise FileProblem("wrong_encoding", encoding=encoding, detail=str(error)) from None
	finally:
		stream.seek(0)


def detect_encoding(path: str | Path) -> str:
	"""UTF-16 or UTF-8 when the bytes are exactly that, else Windows-1252, what Excel writes in the West."""
	with open(path, "rb") as stream:
		start = stream.read(2)
		if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
			return "UTF-16"
		decoder = codecs.getincrementaldecoder("utf-8")()
		try:
			decoder.decode(start)
			while block := stream.read(_BLOCK):
				decoder.decode(block)
			decoder.decode(b"", final=True)
		except UnicodeDecodeError:
			return "Windows-1252"
	return "UTF-8"


def detect_delimiter(stream) -> str:
	"""The delimiter under which the first rows have the most columns, all rows the same number.

	The standard library's sniffer guesses from letters and is wrong on free text; a table is recognised by
	its equal rows.
	"""
	scores = []
	for rank, delimiter in enumerate(DELIMITERS):
		stream.seek(0)
		widths = []
		try:
			for row in csv.reader(stream, delimiter=delimiter, strict=True):
				if row:
					widths.append(len(row))
				if len(widths) == 50:
					break
		except csv.Error:
			pass
		if not widths:
			continue
		header_width = widths[0]
		alike = sum(width == header_width for width in widths) / len(widths)
		scores.append((header_width > 1, header_width * alike, -rank, delimiter))
	return max(scores)[-1] if scores else ","


def _csv_rows(reader, encoding: str) -> Iterator[SourceRow]:
	number = 0
	while True:
		number += 1
		try:
			cells = next(reader)
		except StopIteration:
			return
		except csv.Error as error:
			yield SourceRow(number, (str(error),), "not_csv")
			continue
		except UnicodeError as error:
			raise FileProblem("wrong_encoding", encoding=encoding, detail=str(error)) from None
		yield SourceRow(number, tuple(_clean(cell) for cell in cells))


# Excel


@contextmanager
def _open_excel(path: Path, sheet: str) -> Iterator[Register]:
	formulas = _check_archive(path)
	with _workbook(path, data_only=True) as values:
		name = _sheet_name(values, sheet)
		if formulas:
			with _workbook(path, data_only=False) as with_formulas:
				rows = _excel_rows(values[name], with_formulas[name])
				header = _header(rows, path)
				yield Register(EXCEL, "", "", header, _shaped(rows, header, pad=True))
		else:
			rows = _excel_rows(values[name])
			header = _header(rows, path)
			yield Register(EXCEL, "", "", header, _shaped(rows, header, pad=True))


def _check_archive(path: Path) -> bool:
	"""Refuse what is no workbook or too big; True when any sheet has formulas."""
	try:
		with zipfile.ZipFile(path) as archive:
			members = archive.infolist()
			if not any(member.filename == "xl/workbook.xml" for member in members):
				raise FileProblem("not_a_register", file=path.name)
			if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
				raise FileProblem(
					"too_big_unpacked", file=path.name, megabytes=MAX_UNPACKED_BYTES // (1024 * 1024)
				)
			return any(
				_has_formula(archive, member)
				for member in members
				if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
			)
	except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError):
		raise FileProblem("broken_excel", file=path.name) from None


def _has_formula(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
	tail = b""
	with archive.open(member) as stream:
		while block := stream.read(_BLOCK):
			# A tag may lie across two blocks.
			if re.search(rb"<(\w+:)?f[ >/]", tail + block):
				return True
			tail = block[-16:]
	return False


@contextmanager
def _workbook(path: Path, data_only: bool):
	import openpyxl

	try:
		workbook = openpyxl.load_workbook(path, read_only=True, data_only=data_only, keep_links=False)
	except Exception:
		# openpyxl lets through whatever its XML and ZIP layers raise; to the user it is one thing.
		raise FileProblem("broken_excel", file=path.name) from None
	try:
		yield workbook
	finally:
		workbook.close()


def _sheet_name(workbook, wanted: str) -> str:
	if wanted:
		if wanted not in workbook.sheetnames:
			raise FileProblem("sheet_missing", sheet=wanted, sheets=", ".join(workbook.sheetnames))
		return wanted
	for worksheet in workbook.worksheets:
		if worksheet.sheet_state == "visible":
			return worksheet.title
	raise FileProblem("sheet_missing", sheet="", sheets=", ".join(workbook.sheetnames))


def _excel_rows(values, formulas=None) -> Iterator[SourceRow]:
	# The dimension an exporting program wrote into the sheet is often wrong and would cut rows off.
	values.reset_dimensions()
	if formulas is None:
		for number, cells in enumerate(values.iter_rows(values_only=True), start=1):
			yield SourceRow(number, tuple(_excel_cell(cell) for cell in cells))
		return
	formulas.reset_dimensions()
	pairs = zip(values.iter_rows(values_only=True), formulas.iter_rows(values_only=True), strict=False)
	for number, (cells, sources) in enumerate(pairs, start=1):
		yield SourceRow(
			number,
			tuple(
				CellFault("formula_without_value", str(source))
				if cell is None and isinstance(source, str) and source.startswith("=")
				else _excel_cell(cell)
				for cell, source in zip(cells, sources, strict=False)
			),
		)


def _excel_cell(value) -> Cell:
	if value is None:
		return ""
	if isinstance(value, str):
		return CellFault("excel_error", value) if value in EXCEL_ERRORS else _clean(value)
	if isinstance(value, datetime.datetime):
		return value
	if isinstance(value, datetime.date):
		return datetime.datetime.combine(value, datetime.time())
	if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
		return str(int(value))
	return str(value)


# Common to both


def _header(rows: Iterator[SourceRow], path: Path) -> tuple[str, ...]:
	"""Names of the columns: the first row with anything in it."""
	for row in rows:
		if row.fault:
			raise FileProblem("no_header", value=str(row.cells[0]), row=row.number)
		if not _is_blank(row):
			break
	else:
		raise FileProblem("file_empty", file=path.name)

	cells = list(row.cells)
	while cells and cells[-1] == "":
		cells.pop()
	for cell in cells:
		if not isinstance(cell, str) or _DATE_LIKE.fullmatch(cell):
			raise FileProblem("no_header", value=shown(cell), row=row.number)
	figures = sum(bool(_NUMBER_LIKE.fullmatch(cell)) for cell in cells)
	if figures * 2 > len(cells):
		raise FileProblem(
			"no_header", value=next(c for c in cells if _NUMBER_LIKE.fullmatch(c)), row=row.number
		)

	names = [cell for cell in cells if cell]
	for name in names:
		if names.count(name) > 1:
			raise FileProblem("column_twice", column=name)
	return tuple(cells)


def _shaped(rows: Iterator[SourceRow], header: tuple[str, ...], *, pad: bool) -> Iterator[SourceRow]:
	"""Rows after the header, as wide as it; blank ones left out, ill-shaped ones marked.

	`pad`: Excel stores no empty cells at the end of a row, so a short row is complete there. In CSV it is the
	trace of a broken line.
	"""
	width = len(header)
	for row in rows:
		if row.fault or _is_blank(row):
			if row.fault:
				yield row
			continue
		cells = row.cells
		if len(cells) > width:
			if any(cell != "" for cell in cells[width:]):
				yield SourceRow(row.number, cells, "too_many_cells")
				continue
			cells = cells[:width]
		elif len(cells) < width:
			if not pad:
				yield SourceRow(row.number, cells, "too_few_cells")
				continue
			cells = cells + ("",) * (width - len(cells))
		yield SourceRow(row.number, cells)


def shown(cell: Cell) -> str:
	"""A cell as a person would write it: for lists of bad rows and for samples."""
	if isinstance(cell, CellFault):
		return cell.shown
	if isinstance(cell, datetime.datetime):
		return cell.isoformat(sep=" ") if cell.time() != datetime.time() else cell.date().isoformat()
	return cell


def _is_blank(row: SourceRow) -> bool:
	return all(cell == "" for cell in row.cells)


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _clean(text: str) -> str:
	"""Without control characters and blanks around, line breaks as the database keeps them."""
	if "\r" in text:
		text = text.replace("\r\n", "\n").replace("\r", "\n")
	return _CONTROL.sub("", text).strip()
