"""What reading a register gives: cells, rows, the open register, and why a file cannot be read."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .encodings import Encoding


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
	encoding: Encoding | None
	"""None for Excel, which tells its own."""
	delimiter: str
	header: tuple[str, ...]
	header_row: int
	rows: Iterator[SourceRow] = field(repr=False)


def shown(cell: Cell) -> str:
	"""A cell as a person would write it: for lists of bad rows and for samples."""
	if isinstance(cell, CellFault):
		return cell.shown
	if isinstance(cell, datetime.datetime):
		return cell.isoformat(sep=" ") if cell.time() != datetime.time() else cell.date().isoformat()
	return cell


def is_blank(row: SourceRow) -> bool:
	return all(cell == "" for cell in row.cells)


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean(text: str) -> str:
	"""Without control characters and blanks around, line breaks as the database keeps them."""
	if "\r" in text:
		text = text.replace("\r\n", "\n").replace("\r", "\n")
	return _CONTROL.sub("", text).strip()
