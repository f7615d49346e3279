"""In which encoding a text file is written: known, or guessed and then said to be a guess.

Bytes tell UTF-8 and UTF-16 beyond doubt. Of the older encodings they never do: the same bytes are another
text in each. chardet, which Frappe brings, knows the languages with an alphabet of their own; between the
Latin ones the words of the header decide where they can. A guess is certain only when every other encoding
of its family reads the same text, so that nothing can be garbled; else a person has to look.
"""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ENCODINGS = {
	"UTF-8": "utf-8-sig",
	"UTF-16": "utf-16",
	"UTF-16 LE": "utf-16-le",
	"UTF-16 BE": "utf-16-be",
	"Windows-1252": "cp1252",
	"Windows-1250": "cp1250",
	"Windows-1251": "cp1251",
	"Windows-1253": "cp1253",
	"Windows-1254": "cp1254",
	"Windows-1255": "cp1255",
	"Windows-1256": "cp1256",
	"Windows-1257": "cp1257",
	"Windows-1258": "cp1258",
	"Windows-874": "cp874",
	"ISO-8859-1": "iso8859-1",
	"ISO-8859-2": "iso8859-2",
	"ISO-8859-15": "iso8859-15",
	"KOI8-R": "koi8-r",
	"DOS 437": "cp437",
	"DOS 850": "cp850",
	"DOS 852": "cp852",
	"DOS 866": "cp866",
	"Mac Roman": "mac-roman",
	"GB18030 (GBK)": "gb18030",
	"Big5": "cp950",
	"Shift_JIS": "cp932",
	"EUC-JP": "euc-jp",
	"EUC-KR": "cp949",
}
"""Name that the form offers -> Python's codec. Where Windows writes a superset, the superset."""

_LATIN = ("Windows-1252", "Windows-1250", "Windows-1254", "Windows-1257")
_BY_CHARDET = {
	"gb2312": "GB18030 (GBK)",
	"gb18030": "GB18030 (GBK)",
	"big5": "Big5",
	"cp949": "EUC-KR",
	"euc-kr": "EUC-KR",
	"euc-jp": "EUC-JP",
	"shift_jis": "Shift_JIS",
	"cp932": "Shift_JIS",
	"windows-1251": "Windows-1251",
	"maccyrillic": "Windows-1251",
	"koi8-r": "KOI8-R",
	"ibm866": "DOS 866",
	"ibm855": "DOS 866",
	"windows-1253": "Windows-1253",
	"iso-8859-7": "Windows-1253",
	"windows-1255": "Windows-1255",
	"iso-8859-8": "Windows-1255",
	"tis-620": "Windows-874",
}
_BLOCK = 1 << 16
_SAMPLE = 1 << 18


@dataclass(frozen=True)
class Encoding:
	"""A key of ENCODINGS, and whether the bytes leave no other reading."""

	name: str
	certain: bool


def detect_encoding(path: str | Path, is_known: Callable[[str], bool] = lambda word: False) -> Encoding:
	"""In which encoding the text file at `path` is written.

	Args:
		path: the file.
		is_known: says whether a cell of a header is the usual name of a column, in any language.
	"""
	marked = _marked(path)
	if marked:
		return Encoding(marked, certain=True)
	if _is_utf8(path):
		return Encoding("UTF-8", certain=True)
	sample = _telling_lines(path)
	by_chardet = _eastern_or_alphabet(sample)
	if by_chardet:
		return Encoding(by_chardet, certain=False)
	return _latin(sample, is_known)


def preview_lines(path: str | Path, encoding: str, limit: int = 12) -> list[str]:
	"""The first lines with letters beyond ASCII as `encoding` reads them; what it cannot read shows as �."""
	codec = ENCODINGS[encoding]
	if codec.startswith("utf-16"):
		with open(path, "rb") as stream:
			text = stream.read(_BLOCK).decode(codec, errors="replace")
		return [line for line in text.splitlines() if not line.isascii()][:limit]
	lines = _telling_lines(path).decode(codec, errors="replace").splitlines()
	return lines[:limit]


def _marked(path: str | Path) -> str:
	"""The encoding that a mark at the start or the pattern of zero bytes proves."""
	with open(path, "rb") as stream:
		start = stream.read(4096)
	if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
		return "UTF-16"
	even, odd = start[0::2].count(0), start[1::2].count(0)
	enough = max(4, len(start) // 8)
	if odd >= enough and odd > even * 4:
		return "UTF-16 LE"
	if even >= enough and even > odd * 4:
		return "UTF-16 BE"
	return ""


def _is_utf8(path: str | Path) -> bool:
	decoder = codecs.getincrementaldecoder("utf-8")()
	try:
		for block in _blocks(path):
			decoder.decode(block)
		decoder.decode(b"", final=True)
	except UnicodeDecodeError:
		return False
	return True


def _blocks(path: str | Path) -> Iterator[bytes]:
	with open(path, "rb") as stream:
		while block := stream.read(_BLOCK):
			yield block


def _telling_lines(path: str | Path) -> bytes:
	"""The header and the first lines with bytes beyond ASCII: the others say nothing and dilute the rest."""
	lines = []
	size = 0
	with open(path, "rb") as stream:
		for number, line in enumerate(stream):
			if number and line.isascii():
				continue
			lines.append(line)
			size += len(line)
			if size > _SAMPLE:
				break
	return b"".join(lines)


def _eastern_or_alphabet(sample: bytes) -> str:
	import chardet

	found = chardet.detect(sample)
	name = _BY_CHARDET.get((found["encoding"] or "").lower(), "")
	if not name or found["confidence"] < 0.8:
		return ""
	return name if _reads(sample, name) is not None else ""


def _latin(sample: bytes, is_known: Callable[[str], bool]) -> Encoding:
	readings = {name: text for name in _LATIN if (text := _reads(sample, name)) is not None}
	if not readings:
		# Bytes that no Windows code page has: ISO-8859-1 reads any.
		return Encoding("ISO-8859-1", certain=False)
	if len(set(readings.values())) == 1 and len(readings) == len(_LATIN):
		return Encoding(_LATIN[0], certain=True)
	scores = {name: _known_cells(text, is_known) for name, text in readings.items()}
	# The first of equals: what Excel writes in the West.
	return Encoding(max(scores, key=lambda name: scores[name]), certain=False)


def _known_cells(text: str, is_known: Callable[[str], bool]) -> int:
	header = text.partition("\n")[0]
	for delimiter in ";\t|":
		header = header.replace(delimiter, ",")
	return sum(bool(cell.strip('" \r')) and is_known(cell.strip('" \r')) for cell in header.split(","))


def _reads(sample: bytes, name: str) -> str | None:
	try:
		return sample.decode(ENCODINGS[name])
	except UnicodeDecodeError:
		return None
