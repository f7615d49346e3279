"""What a screen shows in English though it is ours: words that the catalogue says otherwise, and words in no catalogue.

Nothing is known of whose a text is but the texts themselves: ours are the messages of `locale/main.pot` and what stands
as text in the app's sources. A name that somebody typed is neither, unless it is a word of ours.
"""

import re
from functools import cache
from pathlib import Path

import frappe
from babel.messages.pofile import read_po
from playwright.sync_api import Page

import aftersales
from aftersales.core.shipped_text_rules import messages, texts_of
from aftersales.setup import defaults

APP = Path(aftersales.__file__).resolve().parent
LOCALE = APP / "locale"
FRONTEND = APP.parent.parent / "frontend" / "technician" / "src"
FILLED_IN = re.compile(r"\{[^{}]*\}|%\(\w+\)[sd]|%[sd]\b")
WORDS = re.compile(r"[A-Za-z]{3,}")
MARGINS = re.compile(r"^[\s:*…·•()\d.,/-]+|[\s:*…·•()\d.,/-]+$")
PARTS = re.compile(r"\s*[:：·|]\s+|：|\s+·\s+")
ENGLISH_DAY = re.compile(
	r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(day|sday|nesday|rsday|urday)?\b(?=,? ?\d)|\d日 ?[A-Z][a-z]"
)
IN_QUOTES = re.compile(r"""(["'`])([A-Z][A-Za-z][^"'`{}<>\n\\$]{1,120})\1""")
IN_TAGS = re.compile(r">\s*([A-Z][a-z][^<>{}\n]{1,120}?)\s*<")
SAME_EVERYWHERE = frozenset({"English", "Deutsch", "Administrator", "Guest", "EUR", "Ctrl ⏎", "Ctrl ⇧ ⏎"})

NAMED = (
	"Company",
	"Customer",
	"Customer Group",
	"Service Technician",
	"Item",
	"Item Group",
	"Warehouse",
	"Brand",
	"Issue Priority",
)

SHOWN = """() => {
	const found = new Set();
	const add = (text) => text && found.add(text.replace(/\\s+/g, " ").trim());
	const shown = (element) => element && element.getClientRects().length > 0;
	for (const pane of document.querySelectorAll(".tab-pane")) pane.classList.add("show", "active");
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const parent = walker.currentNode.parentElement;
		if (!parent || parent.closest("script, style, noscript, template, .ace_editor, [data-fieldtype=Code], .filter-name")) continue;
		if (shown(parent.closest("select") || parent)) add(walker.currentNode.data);
	}
	for (const element of document.querySelectorAll("[placeholder], [title], [aria-label]"))
		// The tip of a list's cell repeats what is stored
		if (shown(element) && !element.closest(".list-row"))
			for (const name of ["placeholder", "title", "aria-label"]) add(element.getAttribute(name));
	for (const element of document.querySelectorAll("input[data-fieldtype=Link], .like-disabled-input"))
		if (shown(element)) add(element.value || "");
	add(document.title);
	return [...found].filter(Boolean);
}"""
"""All that can be read on a page: texts, hidden tabs of a form included, what an empty field asks for, tips. Names of
saved filters are the site's: they are in its language."""


def on(page: Page) -> list[str]:
	"""The texts that can be read on a page."""
	return page.evaluate(SHOWN)


def names() -> set[str]:
	"""What people called records that are shown on the screens, and shipped texts, which are the site's."""
	texts = {part for values in defaults.shipped() for text in texts_of(values) for part in messages(text)}
	return {name for doctype in NAMED for name in frappe.get_all(doctype, pluck="name")} | texts


class Catalogue:
	"""The app's catalogue of a language, asked whether a text on the screen should have been said otherwise."""

	def __init__(self, language: str, names: set[str] = frozenset()):
		"""`names`: what somebody called a record of the site."""
		self.names = {_bare(name) for name in names}
		self.said: dict[str, set[str]] = {}
		for message in _messages(f"{language}.po"):
			self.said.setdefault(_bare(message.id), set()).add(_bare(message.string))
		self.words = {one for said in self.said.values() for one in said}
		self.patterns = [
			(re.compile(".+?".join(map(re.escape, FILLED_IN.split(text))) + "$"), text)
			for text, said in self.said.items()
			if FILLED_IN.search(text)
			and len(WORDS.findall(FILLED_IN.sub(" ", text))) > 1
			and text not in said
		]

	def fault(self, text: str) -> str | None:
		"""What is wrong with a text that is read on a screen; None where nothing is."""
		text = _bare(text)
		if ENGLISH_DAY.search(text):
			return f"{text}: a day in English"
		if not WORDS.search(text) or text in SAME_EVERYWHERE | self.names | self.words:
			return None
		if text in self.said:
			return f"{text}: is {' / '.join(sorted(self.said[text]))} in the catalogue"
		if text in _texts_of_sources():
			return f"{text}: in no catalogue"
		for pattern, message in self.patterns:
			if pattern.match(text):
				return f"{text}: is {message} in the catalogue"
		return None

	def faults(self, texts: list[str]) -> set[str]:
		"""What is wrong with the texts, and with the parts of those that are put together (`Answer: 2 h left`)."""
		parts = {part for text in texts for part in (text, *PARTS.split(text))}
		return {fault for fault in map(self.fault, sorted(parts)) if fault}


def _bare(text: str) -> str:
	return MARGINS.sub("", " ".join(re.sub(r"<[^>]+>", "", text).split()))


@cache
def _messages(file: str) -> tuple:
	with open(LOCALE / file, "rb") as stream:
		return tuple(message for message in read_po(stream) if message.id and message.string)


@cache
def _texts_of_sources() -> frozenset[str]:
	"""Texts in scripts, templates and modules that begin like words on a screen, and are no message."""
	files = [
		*(path for kind in ("js", "html", "py") for path in APP.rglob(f"*.{kind}")),
		*FRONTEND.rglob("*.vue"),
		*FRONTEND.rglob("*.ts"),
	]
	found = set()
	for path in files:
		if {"dist", "node_modules", "demo", "patches"} & set(path.parts) or path.name == "sample.py":
			continue
		source = path.read_text()
		found.update(text for _quote, text in IN_QUOTES.findall(source))
		if path.suffix in (".html", ".vue", ".js"):
			found.update(IN_TAGS.findall(source))
	return frozenset(map(_bare, found))
