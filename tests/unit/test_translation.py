"""The shipped translations: filled, and with the same placeholders and tags as the English."""

import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import aftersales
from aftersales.setup import translatable

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
	assert len(template - translated) <= len(template) / 20, sorted(template - translated, key=str)


def test_what_is_shipped_is_in_the_template():
	"""Titles of fault codes stand on what customers get; steps of a workflow on the form; added fields on ERPNext's."""
	template = {message.id for message in messages("main.pot")}
	for shown in (
		"Heat Exchanger or Heating Element Defective",
		"Paid by the customer",
		"Plan Again",
		"Called Off",
	):
		assert shown in template
	assert {"Service Job", "Invoicing of Service Jobs"} <= template
	assert "After-sales Posting Key" not in template, "a hidden field"


def test_words_that_others_translate_are_left_to_them():
	"""ERPNext's Issue is no verb: our German for the step would rename its document."""
	records = [
		{"doctype": "Workflow Action Master", "workflow_action_name": name}
		for name in ("Issue", "Plan Again")
	]
	found = translatable.extract(io.BytesIO(json.dumps(records).encode()))
	assert [text for _line, _function, text, _comments in found] == ["Plan Again"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_mean_something_else_at_erpnext_are_translated_in_our_places_only(language):
	"""A translation without context is that of all apps: ERPNext's *State* of an address became our *Status*."""
	translated = messages(f"{language}.po")
	assert not [m.id for m in translated if m.id in translatable.WITH_CONTEXT and not m.context]
	assert translatable.WITH_CONTEXT <= {m.id for m in translated if m.context}


def test_code_says_the_context_of_such_words():
	plain = re.compile(rf"""(?<!\w)__?\(\s*["']({"|".join(translatable.WITH_CONTEXT)})["']\s*\)""")
	root = LOCALE.parent
	found = [
		f"{path.relative_to(root)}: {word}"
		for pattern in ("*.py", "*.js", "*.html")
		for path in root.rglob(pattern)
		if "patches" not in path.parts and "dist" not in path.parts
		for word in plain.findall(path.read_text())
	]
	assert not found


def test_labels_of_such_words_have_their_doctype_as_context():
	pytest.importorskip("frappe")
	doctype = {
		"name": "Service Clock",
		"fields": [{"fieldname": "state", "fieldtype": "Data", "label": "State"}],
	}
	found = list(translatable.extract_doctype(io.BytesIO(json.dumps(doctype).encode())))
	assert [(function, text) for _line, function, text, _comments in found] == [
		("_", "Service Clock"),
		("pgettext", ("Service Clock", "State")),
	]


def test_calls_that_frappes_extractors_miss_are_found():
	pytest.importorskip("frappe")
	script = b'show(`<a title="${__("Next Day")}">${block(__("Other Calls"), [])}</a>`, __("Share", null, "After-sales"));'
	module = b'text = _("It concerns:", lang=language) + _("Plain")'
	component = b'<p v-if="a">{{ __("Accepted by {0}, up to {1}", [\n\tname,\n\tmoney(b),\n]) }}</p>'

	def texts(extractor, code):
		found = extractor(io.BytesIO(code), ("__", "_"), (), {})
		return {text if isinstance(text, str) else text[-1] for _line, _function, text, _comments in found}

	assert texts(translatable.extract_script, script) == {"Next Day", "Other Calls", "Share"}
	assert texts(translatable.extract_module, module) == {"It concerns:", "Plain"}
	assert texts(translatable.extract_template, component) == {"Accepted by {0}, up to {1}"}


def test_titles_of_charts_cards_prints_and_tours_are_in_the_template():
	template = {message.id for message in messages("main.pot")}
	missing = []
	for kind in ("dashboard_chart", "form_tour", "number_card", "print_format"):
		for path in LOCALE.parent.glob(f"*/{kind}/*/*.json"):
			found = translatable.extract_titles(io.BytesIO(path.read_bytes()))
			missing += [text for _line, _function, text, _comments in found if text not in template]
	assert not missing
