"""The texts of shipped records, for the template of all messages.

Frappe asks `babel_extractors.csv` for this when it makes `locale/main.pot`. The texts of the shipped
notifications are Jinja with `_("…")`; Frappe itself looks for such calls in code and templates only. What a
service target measures is translated where its clock is shown; the title of a fault code is translated on the
documents customers get, the steps and states of a workflow on the form.
"""

import json
import re
from collections.abc import Iterator

_CALL = re.compile(r"""\b_\(\s*"((?:[^"\\]|\\.)*)"\s*\)""")

Message = tuple[int, str, str, list[str]]
"""What babel wants of a message: line, function, text and comments."""

SHOWN_NAMES = {
	"Fault Code": "title",
	"Service Category": "title",
	"Service Request Type": "request_type",
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
		*("Accounts", "Action", "Article", "Bill", "Carrier", "Complete", "Condition", "Dispatch", "Finish"),
		*("Fixed", "Issue", "Manual", "Meter", "Plan", "Product", "Products", "Return", "Script", "Share"),
		*("Start", "State", "Stores", "To", "Used", "Verified", "Verify", "Vouchers"),
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
		shown = record.get(SHOWN_NAMES.get(doctype))
		if shown and shown not in NOT_OURS:
			yield 1, "_", shown, [f"A shipped {doctype}"]
