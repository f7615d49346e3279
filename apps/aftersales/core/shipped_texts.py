"""The shipped records (fixtures/defaults) in the site's language, and their texts in a customer's.

A text that the site has not changed is known to be ours, and can be said in any language of the catalogues.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import frappe
from frappe import _

from aftersales.core import shipped_text_rules as rules

ENGLISH = "en"
_BOLD = re.compile("</?b>")  # earlier versions shipped it


def records() -> Iterator[dict]:
	"""The shipped records as they stand in the files, in English, in the order they depend on each other."""
	for path in sorted(Path(frappe.get_app_path("aftersales", "fixtures", "defaults")).glob("*.json")):
		yield from json.loads(path.read_text(encoding="utf-8"))


def languages() -> list[str]:
	"""English and the languages that have a catalogue."""
	found = Path(frappe.get_app_path("aftersales", "locale")).glob("*.po")
	return [ENGLISH, *sorted(path.stem.replace("_", "-") for path in found)]


def site_language() -> str:
	return frappe.db.get_single_value("System Settings", "language") or ENGLISH


def in_language(record: dict, language: str | None = None) -> dict:
	"""A shipped record with its texts in a language, by default the site's.

	A table whose rows have a language gets one for each that has a catalogue; the row without a language is in the
	site's.
	"""
	language = language or site_language()
	said = _said(record, language)
	for (doctype, table), _rows in rules.ROWS.items():
		if doctype == record["doctype"] and any("language" in row for row in record[table]):
			english = {**record, table: [row for row in record[table] if not row.get("language")]}
			# Empty and not missing: Frappe fills what is missing with the default of the user
			said[table] = [{**row, "language": ""} for row in _said(english, language)[table]]
			for other in languages():
				if other != language:
					said[table] += [{**row, "language": other} for row in _said(english, other)[table]]
	return said


def spoken(doctype: str, name: str, fieldname: str, stored: str | None, language: str | None) -> str | None:
	"""What the site stores in a text of a shipped record, in `language` while it is the one that was shipped."""
	if not stored or not language:
		return stored
	shipped = next((one for one in records() if (one["doctype"], one["name"]) == (doctype, name)), None)
	text = shipped and shipped.get(fieldname)
	if not text or not is_shipped(stored, text, (ENGLISH, site_language())):
		return stored
	return rules.said(text, lambda message: _(message, language))


def is_shipped(stored: str | None, text: str, among: tuple[str, ...] | list[str]) -> bool:
	"""Whether what is stored says the English `text` in one of the languages."""
	plain = _plain(stored)
	return any(plain == _plain(rules.said(text, lambda message: _(message, one))) for one in among)


def _said(record: dict, language: str) -> dict:
	return rules.in_words(record, lambda message: _(message, language))


def _plain(text: str | None) -> str:
	return _BOLD.sub("", "\n".join(line.strip() for line in (text or "").strip().splitlines()))
