"""Rows of a CSV file, whatever delimiter it was written with."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .encodings import ENCODINGS
from .rows import FileProblem, SourceRow, clean

DELIMITERS = (",", ";", "\t", "|")


@contextmanager
def csv_rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[str, Iterator[SourceRow]]]:
	"""The delimiter, found where none is given, and the rows of a CSV file in `encoding`, a key of ENCODINGS."""
	with open(path, encoding=ENCODINGS[encoding], newline="") as stream:
		delimiter = delimiter or _delimiter_of(stream, encoding)
		yield delimiter, _rows(csv.reader(stream, delimiter=delimiter, strict=True), encoding)


def _delimiter_of(stream, encoding: str) -> str:
	try:
		return detect_delimiter(stream)
	except UnicodeError as error:
		raise FileProblem("wrong_encoding", encoding=encoding, detail=str(error)) from None
	finally:
		stream.seek(0)


def detect_delimiter(stream) -> str:
	"""The delimiter under which the first rows have the most columns, most rows the same number.

	The standard library's sniffer guesses from letters and is wrong on free text; a table is recognised by
	its equal rows, whatever title stands above it.
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
		width, rows = max(Counter(widths).items(), key=lambda item: (item[0] > 1, item[1], item[0]))
		scores.append((width > 1, width * rows / len(widths), -rank, delimiter))
	return max(scores)[-1] if scores else ","


def _rows(reader, encoding: str) -> Iterator[SourceRow]:
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
		yield SourceRow(number, tuple(clean(cell) for cell in cells))
