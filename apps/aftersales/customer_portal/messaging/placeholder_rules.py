"""Plain texts with named placeholders, as service managers write them: `Dear {contact}`. Pure.

No code runs in a text: what is in braces is a name of a list, or the text is refused with the names there are.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape

NAME = re.compile(r"\{\s*([a-z_]+)\s*\}")
BRACES = re.compile(r"\{[^{}]*\}?|\}")
ADDRESS = re.compile(r"https?://[^\s<>\"]+")
BLANK_LINES = re.compile(r"\n{3,}")

COMMON = ("contact", "customer", "call", "subject", "product", "company")
OF_CALL = ("link", "title", "sentence", "documents")
MOMENTS: dict[str, tuple[str, ...]] = {
	"received": OF_CALL,
	"contact": ("link",),
	"appointment": (*OF_CALL, "window"),
	"visit_reminder": (*OF_CALL, "window"),
	"visit_today": (*OF_CALL, "window", "estimated_at", "stops_before"),
	"on_the_way": (*OF_CALL, "technician", "arrival"),
	"taken_in": (*OF_CALL, "document"),
	"estimate": OF_CALL,
	"ready": OF_CALL,
	"invoice": (*OF_CALL, "document", "amount"),
	"survey": OF_CALL,
	"loaner_due": (*OF_CALL, "document", "loaner", "due_back"),
	"loaner_overdue": (*OF_CALL, "document", "loaner", "due_back"),
	"complaint_acknowledged": (),
	"complaint_answered": ("answer",),
	"complaint_closed": (),
}
"""Moment → placeholders it knows besides the common ones."""

KEYS = {
	"Call Received": "received",
	"Confirm Contact": "contact",
	"Appointment": "appointment",
	"Visit Reminder": "visit_reminder",
	"Estimated Time": "visit_today",
	"Technician on the Way": "on_the_way",
	"Product Taken In": "taken_in",
	"Estimate Ready": "estimate",
	"Ready for Return": "ready",
	"Invoice": "invoice",
	"Survey": "survey",
	"Loaner Due Soon": "loaner_due",
	"Loaner Overdue": "loaner_overdue",
	"Complaint Acknowledged": "complaint_acknowledged",
	"Complaint Answered": "complaint_answered",
	"Complaint Closed": "complaint_closed",
}
"""Moment as a Customer Message names it → as the app does."""

EXAMPLES = {
	"contact": "Nora Byrne",
	"customer": "Byrne Household",
	"call": "RC-0001",
	"subject": "No hot water",
	"product": "Vaillant ecoTEC",
	"company": "Liffey Service Ltd",
	"link": "https://service.example.com/aftersales/link/example",
	"title": "Your appointment",
	"sentence": "Our technician comes in the window we agreed.",
	"window": "Monday, 1 March, 10:00 to 12:00",
	"document": "CR-0001",
	"amount": "€ 115.77",
	"technician": "Aoife Doyle",
	"estimated_at": "10:40",
	"stops_before": "There are two stops before you.",
	"arrival": "14:30",
	"loaner": "Heater H1",
	"due_back": "15 March",
	"documents": "Operating manual: https://service.example.com/aftersales/link/example/documents/PD-00001",
	"answer": "We replaced the pump free of charge.",
}


def names_for(moment: str) -> tuple[str, ...]:
	"""Placeholders that a text for `moment`, as a Customer Message names it, may use."""
	return (*COMMON, *MOMENTS[KEYS[moment]])


def unknown(text: str, known: Iterable[str]) -> list[str]:
	"""What stands in braces and is no placeholder of `known`, as it is written."""
	names = set(known)
	found = []
	for part in BRACES.findall(text or ""):
		match = NAME.fullmatch(part)
		if not match or match[1] not in names:
			found.append(part)
	return list(dict.fromkeys(found))


def fill(text: str, values: Mapping[str, object]) -> str:
	"""`text` with its placeholders replaced; a value that is missing leaves nothing, and its empty line goes."""
	filled = NAME.sub(lambda found: str(values.get(found[1]) or ""), text or "")
	lines = [line.rstrip() for line in filled.replace("\r\n", "\n").split("\n")]
	return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def as_html(text: str) -> str:
	"""A filled text as paragraphs of HTML: all of it is text, addresses can be followed."""
	paragraphs = (part.strip() for part in text.split("\n\n"))
	return "".join(f"<p>{_linked(part)}</p>" for part in paragraphs if part)


def _linked(text: str) -> str:
	html, at = [], 0
	for found in ADDRESS.finditer(text):
		html.append(escape(text[at : found.start()]))
		html.append(f'<a href="{escape(found[0])}">{escape(found[0])}</a>')
		at = found.end()
	html.append(escape(text[at:]))
	return "".join(html).replace("\n", "<br>")
