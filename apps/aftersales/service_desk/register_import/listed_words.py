"""The words of a register's statuses, outcomes and channels, listed on its import for the user to say what they mean."""

from typing import TYPE_CHECKING

import frappe

from .survey import Survey
from .words import fold, propose_meaning

if TYPE_CHECKING:
	from aftersales.service_desk.doctype.register_import.register_import import RegisterImport

WORD_ROW = "Register Import Word"


def proposed_words(settings: "RegisterImport", survey: Survey) -> list[dict]:
	"""Rows for the form: each word with how many rows have it and what it means, as said before or as usual."""
	said = {(row.kind, fold(row.word)): row.meaning for row in settings.words}
	return [
		{
			"kind": kind,
			"word": word,
			"row_count": count,
			"meaning": said.get((kind, fold(word))) or propose_meaning(kind, word),
		}
		for kind, word, count in survey.words()
	]


def store_words(settings: "RegisterImport", words: list[dict]) -> None:
	"""Replace the words listed on the stored import."""
	frappe.db.delete(WORD_ROW, {"parent": settings.name, "parenttype": settings.doctype})
	for idx, values in enumerate(words, start=1):
		parent = {"parent": settings.name, "parenttype": settings.doctype, "parentfield": "words", "idx": idx}
		frappe.get_doc({"doctype": WORD_ROW, **parent, **values}).db_insert()
