"""The shipped translations: filled, and with the same placeholders and tags as the English."""

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import aftersales

LOCALE = Path(aftersales.__file__).resolve().parent / "locale"
LANGUAGES = sorted(path.stem for path in LOCALE.glob("*.po"))
# {0}, {name}, %s, %(name)s; tags with their attributes; entities.
FILLED_IN = re.compile(r"\{[^{}]*\}|%\(\w+\)[sd]|%[sd]\b|</?[a-z][^<>]*>|&(?:\w+|#\d+);")


def messages(file: str) -> list:
	with open(LOCALE / file, "rb") as stream:
		return [message for message in read_po(stream) if message.id]


def test_german_is_shipped():
	assert "de" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_tags_are_those_of_the_english(language):
	differ = [
		(message.id, message.string)
		for message in messages(f"{language}.po")
		if Counter(FILLED_IN.findall(message.id)) != Counter(FILLED_IN.findall(message.string))
	]
	assert not differ


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_doubtful_or_loses_its_margins(language):
	for message in messages(f"{language}.po"):
		assert message.string.strip(), message.id
		assert not message.fuzzy, message.id
		for here, there in ((message.id[0], message.string[0]), (message.id[-1], message.string[-1])):
			assert here.isspace() == there.isspace(), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_a_message_of_the_template_is_missing(language):
	"""Who adds an English message need not know every language; what is missing is shown in English."""
	template = {(message.id, message.context) for message in messages("main.pot")}
	translated = {(message.id, message.context) for message in messages(f"{language}.po")}
	assert len(template - translated) <= len(template) / 20, sorted(template - translated)
