"""Bad rows: every one goes to a CSV file to be mended and imported again, the first ones to the form."""

import csv
import html
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import frappe
from frappe import _

from aftersales.core.input.spreadsheet_rules import no_formula

from .messages import reason_of
from .records import BadRow, Problem
from .rows import shown

if TYPE_CHECKING:
	from aftersales.service_desk.doctype.register_import.register_import import RegisterImport

SHOWN = 200
ERROR_ROW = "Register Import Error"
FILE_FIELD = "bad_rows_file"


class BadRows:
	"""Collects bad rows of one run; the file grows on disk, not in memory."""

	def __init__(self, header: tuple[str, ...], delimiter: str):
		self.count = 0
		self.first: list[dict] = []
		self._file = tempfile.TemporaryFile()
		text = io.TextIOWrapper(self._file, encoding="utf-8-sig", newline="", write_through=True)
		self._text = text
		self._csv = csv.writer(text, delimiter=delimiter or ",")
		self._csv.writerow([*(no_formula(part) for part in header), _("Row in the file"), _("Reason")])

	def add(self, row: BadRow) -> None:
		self.count += 1
		reasons = []
		for problem in row.problems:
			reason = reason_of(problem)
			reasons.append(f"{problem.column}: {reason}" if problem.column else reason)
			if len(self.first) < SHOWN:
				self.first.append(_for_form(problem, reason))
		cells = [] if row.problems[0].code == "not_csv" else [shown(cell) for cell in row.cells]
		cells = [no_formula(cell) for cell in (*cells, " ".join(reasons))]
		self._csv.writerow([*cells[:-1], row.number, cells[-1]])

	def store(self, settings: "RegisterImport") -> str | None:
		"""Replace what the form shows by this run's bad rows; returns the address of the list, if any."""
		_forget(settings)
		for idx, values in enumerate(self.first, start=1):
			row = frappe.get_doc(
				{
					"doctype": ERROR_ROW,
					"parent": settings.name,
					"parenttype": settings.doctype,
					"parentfield": "errors",
					"idx": idx,
					**values,
				}
			)
			row.db_insert()
		return self._attach(settings) if self.count else None

	def close(self) -> None:
		self._text.close()

	def _attach(self, settings: "RegisterImport") -> str:
		self._file.seek(0)
		file = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": f"bad-rows-{Path(settings.import_file).stem[:60]}-{settings.name}.csv",
				"attached_to_doctype": settings.doctype,
				"attached_to_name": settings.name,
				"attached_to_field": FILE_FIELD,
				"is_private": 1,
				"content": self._file.read(),
			}
		)
		file.save(ignore_permissions=True)
		return file.file_url


def _for_form(problem: Problem, reason: str) -> dict:
	# Written past Document.save, which would clean it, and shown by the desk as HTML: whatever the file holds
	# must be seen as the text it is.
	return {
		"row_number": problem.row,
		"column_name": html.escape(problem.column, quote=False)[:140],
		"cell_value": html.escape(problem.value[:1000], quote=False),
		"reason": html.escape(reason, quote=False),
	}


def _forget(settings: "RegisterImport") -> None:
	frappe.db.delete(ERROR_ROW, {"parent": settings.name, "parenttype": settings.doctype})
	attached = {
		"attached_to_doctype": settings.doctype,
		"attached_to_name": settings.name,
		"attached_to_field": FILE_FIELD,
	}
	for name in frappe.get_all("File", filters=attached, pluck="name", order_by="creation"):
		frappe.delete_doc("File", name, ignore_permissions=True, force=True)
