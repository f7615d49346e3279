"""The texts of shipped records, for the template of all messages.

Frappe asks `babel_extractors.csv` for this when it makes `locale/main.pot`. The texts of the shipped
notifications are Jinja with `_("…")`; Frappe itself looks for such calls in code and templates only. What a
service target measures is translated where its clock is shown.
"""

import json
import re
from collections.abc import Iterator

_CALL = re.compile(r"""\b_\(\s*"((?:[^"\\]|\\.)*)"\s*\)""")


def extract(fileobj, *args, **kwargs) -> Iterator[tuple[int, str, str, list[str]]]:
	"""A babel extractor: line, function, message and comments of each sentence in a file of records."""
	records = json.load(fileobj)
	for record in records if isinstance(records, list) else [records]:
		texts = [text for text in record.values() if isinstance(text, str)]
		for sentence in dict.fromkeys(found for text in texts for found in _CALL.findall(text)):
			yield 1, "_", sentence, [f"Text of the shipped {record.get('doctype')} '{record.get('name')}'"]
		if measure := record.get("measure"):
			yield 1, "_", measure, ["What a shipped Service Target measures"]
