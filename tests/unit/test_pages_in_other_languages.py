"""Pages about the first ten minutes in other languages, and the list of words: they say what the screens say."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import aftersales

LOCALE = Path(aftersales.__file__).resolve().parent / "locale"
DOCS = Path(__file__).resolve().parents[2] / "docs"
LANGUAGES = ("de", "es", "zh", "zh_TW")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


@cache
def said(language: str) -> dict[str, set[str]]:
	"""What a screen shows -> the English it stands for."""
	found: dict[str, set[str]] = {}
	with open(LOCALE / f"{language}.po", "rb") as stream:
		for message in read_po(stream):
			if message.id:
				found.setdefault(message.string, set()).add(message.id)
	return found


def labels(language: str) -> list[str]:
	page = (DOCS / f"first-ten-minutes.{language}.md").read_text()
	return [" ".join(label.split()) for label in BOLD.findall(page)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_label_is_written_as_the_screen_shows_it(language):
	assert len(labels(language)) > 60
	assert not [label for label in labels(language) if label not in said(language)]


def test_the_pages_lead_over_the_same_buttons_in_the_same_order():
	for together in zip(*map(labels, LANGUAGES), strict=True):
		english = [said(language)[label] for language, label in zip(LANGUAGES, together, strict=True)]
		assert set.intersection(*english), together


def test_the_list_of_words_is_the_catalogues():
	"""A row that begins with the name of a document or a label, not with a word explained."""
	differ = []
	for line in (DOCS / "glossary-languages.md").read_text().splitlines():
		if not re.match(r"\| [A-Z]", line) or line.startswith("| English"):
			continue
		cells = [cell.strip().split(" / ") for cell in line.strip("|").split("|")]
		for language, words in zip(LANGUAGES[1:], cells[1:], strict=True):
			for english, word in zip(cells[0], words, strict=False):
				shown = {text for text, ids in said(language).items() if english in ids}
				if english[0].isupper() and shown and word not in shown:
					differ.append((language, english, word, shown))
	assert not differ
