"""Texts in another language than that of the request."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


@contextmanager
def in_language(language: str | None) -> Iterator[str]:
	"""Inside, texts are in `language`, where one is given; gives the language that holds.

	As Frappe's `print_language`, but the language of the request is back after an error, too.
	"""
	before = frappe.local.lang
	frappe.local.lang = language or before
	try:
		yield frappe.local.lang
	finally:
		frappe.local.lang = before


def answer_in(language: str | None) -> None:
	"""The rest of the request is in `language`, where one is given: that of the customer whose link was opened."""
	frappe.local.lang = language or frappe.local.lang
