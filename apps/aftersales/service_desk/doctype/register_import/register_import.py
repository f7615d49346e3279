import os

import frappe
from frappe import _

from aftersales.core import background
from aftersales.core.guards import set_protected_values, validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.service_desk.register_import import columns as c
from aftersales.service_desk.register_import import jobs, messages, source
from aftersales.service_desk.register_import.rows import FileProblem
from aftersales.service_desk.register_import.words import MEANINGS

RUNNING = ("Checking", "Queued", "Importing")
SMALL_FILE = 1024 * 1024  # bytes; a few thousand rows, checked while the user waits
TIMEOUT = 12 * 60 * 60  # seconds; a run cut off by it can be continued

RESULT = (
	"rows_total",
	"rows_good",
	"rows_bad",
	"rows_with_remarks",
	"rows_already",
	"rows_done",
	"rows_imported",
	"count_fixed",
	"count_repairable",
	"count_end_of_life",
	"count_unknown",
	"found_kind",
	"found_date_format",
	"encoding_guessed",
	"checked_at",
	"new_customers",
	"new_item_groups",
	"started_at",
	"finished_at",
	"imported_by",
	"bad_rows_file",
	"checked_options",
	"checked_file",
	"stop_requested",
	"failure",
)
FIELDS_OF_RECORD = ("status", "attempt", "resumes", *RESULT)


class RegisterImport(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_desk.doctype.register_import_column.register_import_column import (
			RegisterImportColumn,
		)
		from aftersales.service_desk.doctype.register_import_error.register_import_error import (
			RegisterImportError,
		)
		from aftersales.service_desk.doctype.register_import_word.register_import_word import (
			RegisterImportWord,
		)

		attempt: DF.Int
		bad_rows_file: DF.Attach | None
		call_owner: DF.Link | None
		checked_at: DF.Datetime | None
		checked_file: DF.Data | None
		checked_options: DF.Data | None
		columns: DF.Table[RegisterImportColumn]
		company: DF.Link
		count_end_of_life: DF.Int
		count_fixed: DF.Int
		count_repairable: DF.Int
		count_unknown: DF.Int
		create_customers: DF.Check
		create_item_groups: DF.Check
		customer: DF.Link | None
		customer_group: DF.Link | None
		date_format: DF.Literal["", "YYYY-MM-DD", "DD-MM-YYYY", "MM-DD-YYYY"]
		delimiter: DF.Literal["", "Comma", "Semicolon", "Tab", "Bar"]
		encoding: DF.Literal[
			"",
			"UTF-8",
			"UTF-16",
			"UTF-16 LE",
			"UTF-16 BE",
			"Windows-1252",
			"Windows-1250",
			"Windows-1251",
			"Windows-1253",
			"Windows-1254",
			"Windows-1255",
			"Windows-1256",
			"Windows-1257",
			"Windows-1258",
			"Windows-874",
			"ISO-8859-1",
			"ISO-8859-2",
			"ISO-8859-15",
			"KOI8-R",
			"DOS 437",
			"DOS 850",
			"DOS 852",
			"DOS 866",
			"Mac Roman",
			"GB18030 (GBK)",
			"Big5",
			"Shift_JIS",
			"EUC-JP",
			"EUC-KR",
		]
		encoding_guessed: DF.Check
		errors: DF.Table[RegisterImportError]
		failure: DF.SmallText | None
		file_format: DF.Literal["Open Repair Data", "Own columns"]
		finished_at: DF.Datetime | None
		found_date_format: DF.Data | None
		found_kind: DF.Data | None
		header_row: DF.Int
		import_file: DF.Attach
		imported_by: DF.Link | None
		item_group_parent: DF.Link | None
		new_customers: DF.SmallText | None
		new_item_groups: DF.SmallText | None
		register_name: DF.Data | None
		request_type: DF.Link
		resumes: DF.Int
		rows_already: DF.Int
		rows_bad: DF.Int
		rows_done: DF.Int
		rows_good: DF.Int
		rows_imported: DF.Int
		rows_total: DF.Int
		rows_with_remarks: DF.Int
		service_category: DF.Link
		sheet_name: DF.Data | None
		started_at: DF.Datetime | None
		status: DF.Literal["Draft", "Checking", "Checked", "Queued", "Importing", "Stopped", "Done", "Failed"]
		stop_requested: DF.Check
		territory: DF.Link | None
		words: DF.Table[RegisterImportWord]
	# end: auto-generated types

	"""An existing register of repairs: checked by a dry run, then imported in the background (R-IN-9)."""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.restore_first_bad_rows()
		self.validate_listed_words()
		self.validate_not_running()
		self.validate_file_owner()
		self.tidy_settings()
		self.propose_columns_of_new_file()
		self.demand_new_check()

	def on_trash(self):
		if self.status in RUNNING and self.is_alive():
			frappe.throw(_("An import that is running cannot be deleted. Stop it first."))

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def check_file(self) -> None:
		"""Dry run: find every bad row; large files in the background. The result is stored here."""
		self.check_permission("write")
		stored = self.locked()
		if stored.status in ("Queued", "Importing") and stored.is_alive():
			frappe.throw(_("The import is running. Stop it before checking again."))
		stored.validate_permissions_for_import()
		size = stored.size_of_file()
		stored.note(
			status="Checking",
			failure=None,
			checked_options=None,
			checked_file=None,
			attempt=stored.attempt + 1,
			imported_by=frappe.session.user,
			resumes=0,
		)
		if size < SMALL_FILE:
			frappe.enqueue(jobs.check, now=True, name=stored.name)
		else:
			stored.push()

	@frappe.whitelist()
	@validate_call
	def start_import(self) -> None:
		"""Import the good rows in the background; continues where an earlier run ended.

		Raises:
			frappe.ValidationError: not checked, changed since the check, no good row, or running already.
		"""
		self.check_permission("write")
		stored = self.locked()
		stored.validate_permissions_for_import()
		stored.validate_single_run()
		stored.validate_checked()
		stored.note(
			status="Queued",
			failure=None,
			stop_requested=0,
			attempt=stored.attempt + 1,
			imported_by=frappe.session.user,
			resumes=0,
		)
		stored.push()

	@frappe.whitelist()
	@validate_call
	def stop_import(self) -> None:
		"""End a running import after its current batch; what is imported stays, and it can be continued."""
		self.check_permission("write")
		stored = self.locked()
		if stored.status not in RUNNING:
			frappe.throw(_("No import is running."))
		if stored.status == "Importing" and stored.is_alive():
			stored.note(stop_requested=1)
		else:
			# Nobody is at work: a new attempt number makes a job still waiting in the queue do nothing.
			stored.note(
				status="Draft" if stored.status == "Checking" else "Stopped", attempt=stored.attempt + 1
			)

	@frappe.whitelist()
	@validate_call
	def propose_columns(self) -> None:
		"""Read the column names of the file anew and propose what each means; replaces the mapping."""
		self.check_permission("write")
		self.set("columns", [])
		try:
			self.read_columns()
		except FileProblem as problem:
			frappe.throw(messages.file_reason(problem), title=_("File Cannot Be Read"))
		self.save()

	@frappe.whitelist()
	@validate_call
	def encodings(self) -> list[dict]:
		"""How the first lines beyond plain English letters look in each encoding that can read them, likeliest first."""
		self.check_permission("read")
		stored = frappe.get_doc(self.doctype, self.name)
		try:
			return source.readings(stored)
		except FileProblem as problem:
			frappe.throw(messages.file_reason(problem), title=_("File Cannot Be Read"))

	@frappe.whitelist()
	@validate_call
	def progress(self) -> dict:
		"""How far a run is: status, rows done and in all, and whether a process is at work on it."""
		self.check_permission("read")
		stored = frappe.get_doc(self.doctype, self.name)
		return {
			"status": stored.status,
			"done": stored.rows_done,
			"total": stored.rows_total,
			"alive": stored.status not in RUNNING or stored.is_alive(),
		}

	# ------------------------------------------------------------------ steps of validate

	def restore_first_bad_rows(self):
		"""The rows shown as bad are a result like the counters: a save neither adds nor edits them."""
		before = self.get_doc_before_save()
		self.set("errors", [row.as_dict() for row in before.errors] if before else [])

	def validate_listed_words(self):
		"""Which words the file uses is a result of the check; what each means is the user's to say."""
		before = self.get_doc_before_save()
		said = {(row.kind, row.word): row.meaning for row in self.words}
		rows = [row.as_dict() for row in before.words] if before else []
		for row in rows:
			row.meaning = said.get((row.kind, row.word), row.meaning)
			if row.meaning and row.meaning not in MEANINGS[row.kind]:
				frappe.throw(
					_("{0} is no meaning of a word in the column {1}. Select one of: {2}.").format(
						row.meaning, _(row.kind), ", ".join(_(meaning) for meaning in MEANINGS[row.kind])
					)
				)
		self.set("words", rows)

	def validate_not_running(self):
		if self.status in RUNNING and self.is_alive():
			frappe.throw(_("Nothing can be changed while the register is being read or imported."))

	def validate_file_owner(self):
		"""Only a file that the user may read, asked before Frappe attaches whatever address was sent."""
		if self.import_file and self.has_value_changed("import_file"):
			try:
				source.file_path(self.import_file)
			except FileProblem as problem:
				frappe.throw(messages.file_reason(problem), title=_("File Cannot Be Read"))

	def tidy_settings(self):
		self.register_name = " ".join((self.register_name or "").split())
		if self.file_format != c.OWN_COLUMNS:
			self.register_name = ""
			self.set("columns", [])
		elif not self.register_name:
			frappe.throw(_("Give the register a name: its ids are stored under it."), frappe.MandatoryError)
		if self.create_item_groups and not self.item_group_parent:
			frappe.throw(_("Choose under which Item Group new product groups go."), frappe.MandatoryError)

	def propose_columns_of_new_file(self):
		if self.file_format != c.OWN_COLUMNS:
			return
		if self.has_value_changed("import_file") or self.has_value_changed("file_format") or not self.columns:
			try:
				self.read_columns()
			except FileProblem as problem:
				# The file may still be saved; the check will say the same and stop there.
				frappe.msgprint(messages.file_reason(problem), indicator="orange", alert=True)

	def demand_new_check(self):
		"""A result is worth as much as the settings and the file it was made with."""
		before = self.get_doc_before_save()
		if not before or before.status == "Draft":
			return
		changed = self.checked_options and self.checked_options != source.options_hash(self)
		if changed or self.has_value_changed("import_file"):
			set_protected_values(self, status="Draft", failure=None, checked_options=None, checked_file=None)

	def read_columns(self):
		"""Fill the mapping from the header: what is mapped stays, new columns get a proposal.

		Raises:
			FileProblem: the file cannot be read.
		"""
		preview = source.preview(self)
		chosen = {row.source_column: row.target for row in self.columns}
		taken = set(chosen.values())
		rows = []
		for name in preview.header:
			target = chosen.get(name)
			if name not in chosen and preview.proposal.get(name) not in taken:
				target = preview.proposal.get(name)
			rows.append({"source_column": name, "target": target, "sample": preview.samples.get(name)})
		self.set("columns", rows)

	# ------------------------------------------------------------------ used by actions and jobs

	def locked(self) -> "RegisterImport":
		"""The stored document, locked till the end of the request: actions trust it, not what a form sends."""
		return frappe.get_doc(self.doctype, self.name, for_update=True)

	def note(self, **values) -> None:
		"""Store results and states; a form that was opened before has to be loaded again before saving."""
		self.update(values)
		frappe.db.set_value(self.doctype, self.name, values)

	def count_batch(self, done: int, imported: int) -> int:
		"""Add to the counters inside the transaction that writes the rows; returns the rows done so far."""
		table = frappe.qb.DocType(self.doctype)
		(
			frappe.qb.update(table)
			.set(table.rows_done, table.rows_done + done)
			.set(table.rows_imported, table.rows_imported + imported)
			.where(table.name == self.name)
		).run()
		self.rows_done += done
		return self.rows_done

	def job_id(self, what: str) -> str:
		return f"register_import::{what}::{self.name}::{self.attempt}"

	def is_alive(self) -> bool:
		"""True while a worker is, or soon will be, at work on this document."""
		if self.status == "Importing":
			return jobs.is_running(self.checked_file)
		what = "check" if self.status == "Checking" else "import"
		return background.is_waiting(self.job_id(what))

	def push(self) -> bool:
		"""Have a worker take up the check or the import; see :func:`background.push`."""
		if self.status == "Checking":
			return background.push(jobs.check, job_id=self.job_id("check"), queue="long", name=self.name)
		return background.push(
			jobs.run_import,
			job_id=self.job_id("import"),
			queue="long",
			timeout=TIMEOUT,
			name=self.name,
			attempt=self.attempt,
		)

	def size_of_file(self) -> int:
		"""Bytes of the attached file; says what is wrong when it cannot be read."""
		try:
			return os.path.getsize(source.file_path(self.import_file))
		except FileProblem as problem:
			frappe.throw(messages.file_reason(problem), title=_("File Cannot Be Read"))
		except OSError:
			missing = FileProblem("file_missing", file=os.path.basename(self.import_file))
			frappe.throw(messages.file_reason(missing), title=_("File Cannot Be Read"))

	def validate_permissions_for_import(self):
		"""What the import will create, the user must be allowed to create."""
		wanted = [
			("Customer Equipment", "create"),
			("Repair Call", "create"),
			("Repair Card", "create"),
			("Repair Card", "submit"),
		]
		if self.create_customers:
			wanted.append(("Customer", "create"))
		if self.create_item_groups:
			wanted.append(("Item Group", "create"))
		for doctype, ptype in wanted:
			frappe.has_permission(doctype, ptype, throw=True)

	def validate_single_run(self):
		if self.status in RUNNING and self.is_alive():
			frappe.throw(_("This import is already running."))
		if self.checked_file and jobs.is_running(self.checked_file):
			frappe.throw(
				_("The same file is being imported by another Register Import. Wait until it has finished.")
			)

	def validate_checked(self):
		if not self.checked_options or self.status in ("Draft", "Checking"):
			frappe.throw(_("Check the file first."))
		if self.checked_options != source.options_hash(self):
			frappe.throw(_("The settings have changed since the check. Check the file again."))
		try:
			if self.checked_file != source.file_hash(self):
				frappe.throw(_("The file has changed since the check. Check it again."))
		except FileProblem as problem:
			frappe.throw(messages.file_reason(problem), title=_("File Cannot Be Read"))
		if self.encoding_guessed:
			frappe.throw(
				_(
					"The encoding of the file is a guess ({0}). Compare the examples, select the Encoding and check the file again."
				).format(self.found_kind),
				title=_("Encoding Not Certain"),
			)
		if not self.rows_good:
			frappe.throw(_("No row of the file can be imported."))
