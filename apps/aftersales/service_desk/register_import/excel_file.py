"""Rows of an Excel workbook (.xlsx): values, formulas without one, merged cells, errors."""

import datetime
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .rows import Cell, CellFault, FileProblem, SourceRow, clean

EXCEL_ERRORS = frozenset(
	("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
)
MAX_UNPACKED_BYTES = 500 * 1024 * 1024
"""An Excel file is a ZIP archive; a few kilobytes can unpack to more than any server holds."""

MAX_ROWS = 1_048_576
"""Of a sheet, by the file format. A file may name a row far below, and every row above it would be read as empty."""

_BLOCK = 1 << 16


@contextmanager
def excel_rows(path: Path, sheet: str) -> Iterator[Iterator[SourceRow]]:
	"""The rows of the sheet named, or of the first visible one."""
	formulas = _check_archive(path)
	with _workbook(path, data_only=True) as values:
		name = _sheet_name(values, sheet)
		merged = _merged_cells(path, values[name])
		if formulas:
			with _workbook(path, data_only=False) as with_formulas:
				yield merged_down(_rows(path.name, values[name], with_formulas[name]), merged)
		else:
			yield merged_down(_rows(path.name, values[name]), merged)


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

	# As a stream: of a path, openpyxl asks for a file name that ends in .xlsx.
	with open(path, "rb") as stream:
		try:
			workbook = openpyxl.load_workbook(stream, read_only=True, data_only=data_only, keep_links=False)
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


def _rows(name: str, values, formulas=None) -> Iterator[SourceRow]:
	try:
		yield from _read_rows(values, formulas)
	except FileProblem:
		raise
	except Exception:
		# Only here openpyxl reads the sheet, and lets through what is wrong in it.
		raise FileProblem("broken_excel", file=name) from None


def _read_rows(values, formulas) -> Iterator[SourceRow]:
	# The dimension an exporting program wrote into the sheet is often wrong and would cut rows off.
	values.reset_dimensions()
	if formulas is None:
		for number, cells in enumerate(values.iter_rows(values_only=True), start=1):
			_check_number(number)
			yield SourceRow(number, tuple(_excel_cell(cell) for cell in cells))
		return
	formulas.reset_dimensions()
	pairs = zip(values.iter_rows(values_only=True), formulas.iter_rows(values_only=True), strict=False)
	for number, (cells, sources) in enumerate(pairs, start=1):
		_check_number(number)
		yield SourceRow(
			number,
			tuple(
				CellFault("formula_without_value", str(source))
				if cell is None and isinstance(source, str) and source.startswith("=")
				else _excel_cell(cell)
				for cell, source in zip(cells, sources, strict=False)
			),
		)


def _check_number(number: int) -> None:
	if number > MAX_ROWS:
		raise ValueError(number)


def _excel_cell(value) -> Cell:
	if value is None:
		return ""
	if isinstance(value, str):
		return CellFault("excel_error", value) if value in EXCEL_ERRORS else clean(value)
	if isinstance(value, datetime.datetime):
		return value
	if isinstance(value, datetime.date):
		return datetime.datetime.combine(value, datetime.time())
	if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
		return str(int(value))
	return str(value)


_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def _merged_cells(path: Path, sheet) -> dict[tuple[int, int], int]:
	"""(first row, column) of each cell that is merged over several rows -> its last row."""
	merged = {}
	# openpyxl leaves merged cells out when it streams a sheet; this is where it found the sheet.
	with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path) as stream:
		tail = b""
		while block := stream.read(_BLOCK):
			text = tail + block
			for column, first, _last_column, last in _MERGE.findall(text):
				if int(last) > int(first):
					merged[int(first), _column_number(column)] = int(last)
			# A tag may lie across two blocks; what is found twice is the same.
			tail = text[-128:]
	return merged


def _column_number(letters: bytes) -> int:
	number = 0
	for letter in letters:
		number = number * 26 + letter - ord("A") + 1
	return number


def merged_down(rows: Iterator[SourceRow], merged: dict[tuple[int, int], int]) -> Iterator[SourceRow]:
	"""Rows in which a cell merged over several rows has its value in each: Excel stores it in the first alone."""
	columns = {column for _row, column in merged}
	running: dict[int, tuple[int, Cell]] = {}
	for row in rows:
		cells = list(row.cells)
		for column in columns:
			if column > len(cells):
				continue
			last = merged.get((row.number, column))
			if last:
				running[column] = (last, cells[column - 1])
			elif column in running and row.number <= running[column][0] and cells[column - 1] == "":
				cells[column - 1] = running[column][1]
		yield SourceRow(row.number, tuple(cells), row.fault) if columns else row
