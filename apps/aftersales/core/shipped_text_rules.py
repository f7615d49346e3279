"""Which texts of the shipped records (fixtures/defaults) are said in the site's language, and how they are cut into messages.

Names that other records refer to stay English and are translated where they are shown. Texts that people read or send
are stored: each of their lines is a message of the catalogue, without the paragraph (`<p>`) around it, because Frappe
looks for no message with such tags. Pure.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

_FIELDS = json.loads((Path(__file__).parent / "shipped_texts.json").read_text(encoding="utf-8"))

TEXTS: dict[str, list[str]] = _FIELDS["texts"]
"""DocType of a shipped record, or of its rows -> fields whose texts are stored in the site's language."""

ROWS: dict[tuple[str, str], str] = {
	(doctype, table): rows for doctype, tables in _FIELDS["rows"].items() for table, rows in tables.items()
}
"""DocType and table of a shipped record -> the DocType of its rows, where they have texts."""

# A number or a paragraph's tags are no part of the message
_LINE = re.compile(r"^(\s*(?:<p>)?(?:\d+\. )?)(.*?)((?:<br>|</p>)?\s*)$")
_ENDS = re.compile(r"(?<=\n)|(?<=<br>)")
_WORD = re.compile(r"[^\W\d_]{2}")
_PLACEHOLDERS = re.compile(r"\{\{.*?\}\}|\{\w+\}")


def messages(text: str) -> Iterator[str]:
	"""The messages a text is made of, in order.

	>>> list(messages("<p>Dear {{ name }},</p>\\n<p>1. Is it on?</p>\\n\\n{company}"))
	['Dear {{ name }},', 'Is it on?']
	"""
	for line in _lines(text):
		message = _LINE.match(line)[2]
		if _WORD.search(_PLACEHOLDERS.sub("", message)):
			yield message


def said(text: str, say: Callable[[str], str]) -> str:
	"""`text` with each of its messages replaced by what `say` makes of it.

	>>> said("<p>1. Is it on?</p>\\n{company}", str.upper)
	'<p>1. IS IT ON?</p>\\n{company}'
	"""
	lines = []
	for line in _lines(text):
		before, message, after = _LINE.match(line).groups()
		if _WORD.search(_PLACEHOLDERS.sub("", message)):
			message = say(message)
		lines.append(f"{before}{message}{after}")
	return "".join(lines)


def _lines(text: str) -> list[str]:
	"""The lines of a text, each with its end."""
	return [line for line in _ENDS.split(text) if line]


def texts_of(record: dict) -> Iterator[str]:
	"""The texts of a shipped record and of its rows that are stored in the site's language."""
	doctype = record.get("doctype", "")
	for field in TEXTS.get(doctype, ()):
		if record.get(field):
			yield record[field]
	for (parent, table), rows_doctype in ROWS.items():
		if parent == doctype:
			for row in record.get(table) or ():
				yield from texts_of({**row, "doctype": rows_doctype})


def in_words(record: dict, say: Callable[[str], str]) -> dict:
	"""The record with its texts, and those of its rows, replaced by what `say` makes of their messages."""
	doctype = record.get("doctype", "")
	changed = {field: said(record[field], say) for field in TEXTS.get(doctype, ()) if record.get(field)}
	for (parent, table), rows_doctype in ROWS.items():
		if parent == doctype and record.get(table):
			changed[table] = [
				{**in_words({**row, "doctype": rows_doctype}, say), "doctype": rows_doctype}
				for row in record[table]
			]
	return {**record, **changed}
