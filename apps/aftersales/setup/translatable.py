"""The texts of shipped records, for the template of all messages.

Frappe asks `babel_extractors.csv` for this when it makes `locale/main.pot`. The texts of the shipped
notifications are Jinja with `_("…")`; Frappe itself looks for such calls in code and templates only. What a
service target measures is translated where its clock is shown; the title of a fault code is translated on the
documents customers get, the steps and states of a workflow on the form. Texts that people read or send (scripts,
conditions, mails) are stored in the site's language: core/shipped_text_rules.py says which.
"""

import ast
import json
import re
from collections.abc import Iterator

from aftersales.core.shipped_text_rules import messages, texts_of

_CALL = re.compile(r"""\b_\(\s*"((?:[^"\\]|\\.)*)"\s*\)""")
# A call in a script or template, wherever it stands; what follows the text is checked, its context is taken
_CALL_IN_SCRIPT = re.compile(
	r"""(?<![\w$.])__\(\s*(["'])((?:\\.|(?!\1)[^\n\\])+)\1\s*(?=[,)])(?:,\s*null\s*,\s*"([^"\n]+)")?"""
)

Message = tuple[int, str, str, list[str]]
"""What babel wants of a message: line, function, text and comments."""

SHOWN_NAMES = {
	"Fault Code": "title",
	"Follow-up Rule": "rule_name",
	"Kanban Board": "kanban_board_name",
	"List Filter": "filter_name",
	"Periodic Visit Plan": "plan_name",
	"Service Calendar": "calendar_name",
	"Service Category": "title",
	"Service Goal": "title",
	"Service Request Type": "request_type",
	"Service Target": "target_name",
	"Service Zone": "zone",
	"Workflow Action Master": "workflow_action_name",
	"Workflow State": "workflow_state_name",
}
"""DocType of a shipped record -> the field that is shown translated."""

NOT_OURS = (
	"Approve",
	"Archive",
	"Cancel",
	"Complete",
	"Dispatch",
	"Finish",
	"Issue",
	"Return",
	"Schedule",
	"Verify",
)
"""Steps that Frappe and ERPNext translate themselves: all apps share one translation of a word, the last app's."""

WITH_CONTEXT = frozenset(
	{
		*("Accounts", "Action", "Article", "Bill", "Carrier", "Complete", "Condition", "Count", "Credit"),
		*("Dispatch", "Finish", "Fixed", "Issue", "Left", "Manual", "Meter", "Plan", "Product", "Products"),
		*("Return", "Script", "Set", "Share", "Start", "State", "Stores", "To", "Used", "Verified", "Verify"),
		"Vouchers",
	}
)
"""Words that mean something else on ERPNext's screens: ours are translated by their DocType, or in code by CONTEXT."""
CONTEXT = "After-sales"


def extract_doctype(fileobj, *args, **kwargs) -> Iterator[tuple]:
	"""A babel extractor: what Frappe takes from a DocType, with the DocType as context of words that others use too."""
	from frappe.gettext.extractors import doctype

	# Frappe's looks at the file once
	name = json.loads(fileobj.read()).get("name")
	fileobj.seek(0)
	for line, function, text, comments in doctype.extract(fileobj, *args, **kwargs):
		if text in WITH_CONTEXT:
			yield line, "pgettext", (name, text), comments
		else:
			yield line, function, text, comments


def extract_script(fileobj, *args, **kwargs) -> Iterator[tuple]:
	"""A babel extractor for scripts: what Frappe's finds, and calls within template literals, which it misses."""
	from frappe.gettext.extractors import javascript

	yield from _completed(javascript.extract, _calls_in_script, fileobj, *args, **kwargs)


def extract_template(fileobj, *args, **kwargs) -> Iterator[tuple]:
	"""A babel extractor for Vue's components: what Frappe's finds, and calls over several lines, which it misses."""
	from frappe.gettext.extractors import html_template

	yield from _completed(html_template.extract, _calls_in_script, fileobj, *args, **kwargs)


def extract_module(fileobj, *args, **kwargs) -> Iterator[tuple]:
	"""A babel extractor for Python: what Frappe's finds, and calls that name a language, which it misses."""
	from frappe.gettext.extractors import python

	yield from _completed(python.extract, _calls_in_python, fileobj, *args, **kwargs)


def _completed(extractor, calls, fileobj, *args, **kwargs) -> Iterator[tuple]:
	code = fileobj.read().decode("utf-8")
	fileobj.seek(0)
	found = set()
	for line, function, message, comments in extractor(fileobj, *args, **kwargs):
		found.update((message,) if isinstance(message, str) else (one for one in message or () if one))
		yield line, function, message, comments
	for line, text, context in calls(code):
		if text not in found:
			yield line, *(("pgettext", (context, text)) if context else ("_", text)), []


def _calls_in_script(code: str) -> Iterator[tuple[int, str, str | None]]:
	for call in _CALL_IN_SCRIPT.finditer(code):
		text = re.sub(r"\\(.)", lambda escaped: {"n": "\n"}.get(escaped[1], escaped[1]), call[2])
		yield code.count("\n", 0, call.start()) + 1, text, call[3]


def _calls_in_python(code: str) -> Iterator[tuple[int, str, None]]:
	for node in ast.walk(ast.parse(code)):
		if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
			if any(keyword.arg == "lang" for keyword in node.keywords) or len(node.args) > 1:
				text = node.args[0]
				if isinstance(text, ast.Constant) and isinstance(text.value, str):
					yield node.lineno, text.value, None


TITLES = {
	"Dashboard Chart": ("chart_name",),
	"Form Tour": ("title",),
	"Form Tour Step": ("title", "description"),
	"Number Card": ("label",),
	"Print Format": ("name",),
}
"""DocType of a module's file, or of its rows -> fields that the desk translates and Frappe's own extractors leave out."""


def extract_titles(fileobj, *args, **kwargs) -> Iterator[Message]:
	"""A babel extractor: the titles of charts, number cards, print formats and of the steps of tours."""
	record = json.load(fileobj)
	for each in (record, *({**step, "doctype": "Form Tour Step"} for step in record.get("steps") or ())):
		for field in TITLES.get(each.get("doctype"), ()):
			# Titles are translated without a context: words that others use too are theirs
			if each.get(field) and each[field] not in WITH_CONTEXT:
				yield 1, "_", each[field], [f"{field} of the {record['doctype']} '{record['name']}'"]


def extract(fileobj, *args, **kwargs) -> Iterator[Message]:
	"""A babel extractor: each sentence in a file of shipped records."""
	records = json.load(fileobj)
	if isinstance(records, dict) and "records" in records:  # a set of standards
		for key in ("title", "description"):
			yield 1, "_", records[key], ["A set of service standards"]
		records = records["records"]
	for record in records if isinstance(records, list) else [records]:
		doctype = record.get("doctype")
		texts = [text for text in record.values() if isinstance(text, str)]
		for sentence in dict.fromkeys(found for text in texts for found in _CALL.findall(text)):
			yield 1, "_", sentence, [f"Text of the shipped {doctype} '{record.get('name')}'"]
		if measure := record.get("measure"):
			yield 1, "_", measure, ["What a shipped Service Target measures"]
		for field in ("title", "promise", "consequence") if doctype == "Service Standard" else ():
			yield 1, "_", record[field], ["A shipped Service Standard"]
		for text in dict.fromkeys(part for stored in texts_of(record) for part in messages(stored)):
			yield 1, "_", text, [f"Text of the shipped {doctype} '{record.get('name')}'"]
		shown = record.get(SHOWN_NAMES.get(doctype))
		if shown and shown not in NOT_OURS:
			yield 1, "_", shown, [f"A shipped {doctype}"]
