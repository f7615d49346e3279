"""A language is added by its .po file alone: one written from right to left, made up of the English, is tried on the
customers' pages, on prints and in the technician's app."""

from pathlib import Path

import frappe
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from frappe.gettext import translate
from frappe.translate import MERGED_TRANSLATION_KEY

from aftersales.customer_portal import links
from aftersales.field_service.mobile import texts
from tests import factories as make
from tests import portal

LANGUAGE = "fa"
MARK = "٭"


@pytest.fixture
def pseudo(tmp_path, monkeypatch):
	"""Each message in the language is the English one behind a star; Frappe finds the file where it finds others."""
	with open(Path(frappe.get_app_path("aftersales", "locale", "main.pot")), "rb") as stream:
		catalogue = read_po(stream, locale=LANGUAGE)
	for message in catalogue:
		if message.id:
			message.string = MARK + message.id
	with open(tmp_path / f"{LANGUAGE}.po", "wb") as stream:
		write_po(stream, catalogue, width=None)
	with open(tmp_path / f"{LANGUAGE}.po", "rb") as stream:
		read_again = read_po(stream)
	folder = tmp_path / LANGUAGE / "LC_MESSAGES"
	folder.mkdir(parents=True)
	with open(folder / "aftersales.mo", "wb") as stream:
		write_mo(stream, read_again)
	monkeypatch.setattr(translate, "get_locale_dir", lambda: tmp_path)
	frappe.cache.hdel(MERGED_TRANSLATION_KEY, LANGUAGE)
	yield LANGUAGE
	frappe.cache.hdel(MERGED_TRANSLATION_KEY, LANGUAGE)


def test_pages_prints_and_app_are_in_it_and_turn_round(pseudo, monkeypatch):
	portal.forget_limits()
	customer = make.customer("Nora Byrne")
	frappe.db.set_value("Customer", customer, "language", pseudo)
	frappe.clear_document_cache("Customer", customer)
	call = make.plain_call(customer, contact_name="Nora Byrne")
	receipt = make.receipt(call)
	monkeypatch.setattr(frappe.local, "lang", pseudo)
	printed = frappe.get_print(receipt.doctype, receipt.name, "Collection Receipt")
	assert 'dir="rtl"' in printed
	assert f"{MARK}The product is handed back against this receipt" in printed
	assert frappe._(call.status) == f"{MARK}{call.status}"

	said = texts.translated()
	assert said["Arrived"] == f"{MARK}Arrived"
	others = [text for text in said if said[text] != MARK + text]
	assert others == [], others

	page = portal.get(links.address(links.TRACK, "Repair Call", call.name, customer))
	assert f'lang="{pseudo}" dir="rtl"' in page.html
	assert f"{MARK}We received your request" in page.words
