"""A register file as a header and a stream of rows, whatever it was written with.

CSV (any usual delimiter and encoding) and Excel (.xlsx) come out the same way. Rows are read one at a time, so
memory does not follow the length of the file. Nothing here knows a site or a DocType.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from .columns import is_column_name
from .csv_file import csv_rows
from .encodings import ENCODINGS, Encoding, detect_encoding
from .excel_file import excel_rows
from .rows import Cell, FileProblem, Register, SourceRow, is_blank, shown

CSV, EXCEL = "CSV", "Excel"
TITLE_ROWS = 20
"""Rows above the names of the columns (a title, a period, a letterhead) that are looked through for them."""

_BLOCK = 1 << 16
_DATE_LIKE = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?[./-]\d\d?[./-]\d{2,4}")
_NUMBER_LIKE = re.compile(r"[-+]?\d+([.,]\d+)?")


def content_hash(path: str | Path) -> str:
	"""SHA-256 of the file's content, as 64 hex digits."""
	digest = hashlib.sha256()
	with open(path, "rb") as stream:
		while block := stream.read(_BLOCK):
			digest.update(block)
	return digest.hexdigest()


@contextmanager
def open_register(
	path: str | Path, encoding: str = "", delimiter: str = "", sheet: str = "", header_row: int = 0
) -> Iterator[Register]:
	"""Open a register and read its header.

	Args:
		path: the file; its content, not its name, decides between CSV and Excel.
		encoding: a key of ENCODINGS; empty: found out from the content.
		delimiter: one character; empty: found out from the first rows.
		sheet: name of the Excel sheet; empty: the first visible one.
		header_row: number of the row that names the columns; 0: found out from the first rows.

	Raises:
		FileProblem: the file is missing, empty, of another kind, wrongly encoded or has no header. Wrong bytes
			further down raise it while rows are read.
	"""
	path = Path(path)
	if _kind_of(path) == EXCEL:
		with excel_rows(path, sheet) as rows:
			number, header, rows = _header(rows, path, header_row)
			yield Register(EXCEL, None, "", header, number, _shaped(rows, header, pad=True))
		return
	if encoding and encoding not in ENCODINGS:
		raise FileProblem("unknown_encoding", encoding=encoding)
	found = Encoding(encoding, certain=True) if encoding else detect_encoding(path, is_column_name)
	with csv_rows(path, found.name, delimiter) as (delimiter, rows):
		number, header, rows = _header(rows, path, header_row)
		yield Register(CSV, found, delimiter, header, number, _shaped(rows, header, pad=False))


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
	if b"\x00" in start and not detect_encoding(path).name.startswith("UTF-16"):
		raise FileProblem("not_a_register", file=path.name)
	return CSV


def _header(
	rows: Iterator[SourceRow], path: Path, wanted: int
) -> tuple[int, tuple[str, ...], Iterator[SourceRow]]:
	"""Number of the row that names the columns, these names, and the rows below it."""
	first = []
	for row in rows:
		if not row.fault and is_blank(row):
			continue
		first.append(row)
		if len(first) >= TITLE_ROWS or (wanted and row.number >= wanted):
			break
	if not first:
		raise FileProblem("file_empty", file=path.name)
	index = len(first) - 1 if wanted else _header_index(first)
	row = first[index]
	if wanted and row.number != wanted:
		raise FileProblem("header_row_blank", row=wanted)
	return row.number, _names(row), chain(first[index + 1 :], rows)


def _header_index(first: list[SourceRow]) -> int:
	"""Which of the first rows names the columns: the one with most known names, else the first that is no title."""
	known = [0 if row.fault else sum(_is_known(cell) for cell in row.cells) for row in first]
	if max(known) >= 2:
		return known.index(max(known))
	widths = [1 if row.fault else sum(cell != "" for cell in row.cells) for row in first]
	# A title fills one cell, a letterhead two or three, above a table of many more.
	return next(index for index, width in enumerate(widths) if width * 3 > max(widths))


def _is_known(cell: Cell) -> bool:
	return isinstance(cell, str) and is_column_name(cell)


def _names(row: SourceRow) -> tuple[str, ...]:
	"""The cells of a header as names of columns."""
	if row.fault:
		raise FileProblem("no_header", value=str(row.cells[0]), row=row.number)
	cells = list(row.cells)
	while cells and cells[-1] == "":
		cells.pop()
	for cell in cells:
		if not isinstance(cell, str) or _DATE_LIKE.fullmatch(cell):
			raise FileProblem("no_header", value=shown(cell), row=row.number)
	figures = [cell for cell in cells if _NUMBER_LIKE.fullmatch(cell)]
	if len(figures) * 2 > len(cells):
		raise FileProblem("no_header", value=figures[0], row=row.number)
	cells = [" ".join(cell.split()) for cell in cells]
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
		if row.fault or is_blank(row):
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
