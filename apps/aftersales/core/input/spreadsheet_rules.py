"""Text that Excel, LibreOffice or Google Sheets would take for a formula, written so that none does. Pure.

A cell whose text begins with `=`, `+`, `-` or `@` is calculated, also when it comes from a CSV file; a formula
can call programs and send the sheet's contents away. Source: OWASP, "CSV Injection". Frappe's own exports
(list, report, Data Export, print to CSV) write stored values as they are, so the text is made harmless before it
is stored. Numbers, amounts and telephone numbers (`+353 1 777 1234`, `-5`) calculate nothing and stay.
"""

import re

_NUMBER_OR_PHONE = re.compile(r"[+-]\(?\d[\d\s().,/%-]*")
_CELL_START = re.compile(r"^([\s\x00-\x1f]*)([=+\-@])")
_BEFORE_TEXT = re.compile(r"^(?:\s|&nbsp;|<[^<>]*>)*")
_TAG = re.compile(r"<[^<>]*>")
_AFTER_SEPARATOR = re.compile(r"([;\t]\s*)(?=[=@]|[+-][A-Za-z(])")
"""Where a file is opened with another separator than it was written with, a cell begins here."""


def no_formula(text: str) -> str:
	"""The same words in a text that begins no formula: a dash for a minus, else an apostrophe before it.

	The apostrophe is what a spreadsheet itself puts before text that it is not to calculate.
	"""
	if not text or not isinstance(text, str):
		return text
	start = _CELL_START.match(text)
	if start and not _NUMBER_OR_PHONE.fullmatch(text.strip()):
		space, sign = start.groups()
		text = space + ("–" if sign == "-" else f"'{sign}") + text[start.end() :]
	return _AFTER_SEPARATOR.sub(r"\1'", text)


def no_formula_in_html(html: str) -> str:
	"""The same for text with tags, of which exports take the text only: what is seen first begins no formula."""
	if not html or not isinstance(html, str):
		return html
	before = _BEFORE_TEXT.match(html).group()
	text = html[len(before) :]
	start = _CELL_START.match(text)
	if not start or _NUMBER_OR_PHONE.fullmatch(_TAG.sub("", text).strip()):
		return html
	sign = start.group(2)
	return before + ("–" if sign == "-" else f"'{sign}") + text[start.end() :]
