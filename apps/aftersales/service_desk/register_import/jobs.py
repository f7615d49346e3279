"""The dry run and the import of a Register Import, run by a background worker.

Both read the file from its first row. What is already in the database is skipped by its external id, so a
run that was stopped or killed is continued by just running again: the database is the only memory of how far
it came.
"""

import hashlib
import html
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import now_datetime

from . import source
from .bad_rows import BadRows
from .listed_words import proposed_words, store_words
from .masters import Masters
from .messages import DATE_ORDERS, file_reason
from .records import BadRow, Problem, Record
from .rows import FileProblem, Register
from .words import END_OF_LIFE, FIXED, REPAIRABLE, UNKNOWN
from .writing import RecordRefused, Writer, already_there

if TYPE_CHECKING:
	from aftersales.service_desk.doctype.register_import.register_import import RegisterImport

IMPORT = "Register Import"
BATCH = 100
"""Records written in one transaction: what a kill throws away, and how long counters of series are held."""
LOOKUP = 500
"""Records whose ids are looked up at once by the check."""
MAX_RETRIES = 5
NEW_NAMES_SHOWN = 50
PROGRESS_EVENT = "register_import_progress"


# ------------------------------------------------------------------ check


def check(name: str) -> None:
	"""Dry run: read every row, write nothing but the result on the Register Import `name`."""
	settings: RegisterImport = frappe.get_doc(IMPORT, name)
	settings.check_permission("write")
	try:
		_check(settings)
	except FileProblem as problem:
		_note_failure(settings, file_reason(problem))
	except Exception:
		frappe.db.rollback()
		frappe.log_error(title=_("Register Import {0}: check failed").format(name))
		_note_failure(settings, _("The check ended with an error; the Error Log has the details."))
	_publish(settings.name, done=1, total=1, over=True)


def _check(settings: "RegisterImport") -> None:
	before = source.file_hash(settings)
	words = _survey(settings)
	found = _Findings()
	masters = Masters(settings)
	with source.opened(settings) as opened:
		register = opened.register
		bad = BadRows(register.header, register.delimiter)
		try:
			for batch in _batches(opened.rows, LOOKUP):
				there = already_there([entry for entry in batch if isinstance(entry, Record)])
				for entry in batch:
					entry = _with_masters(entry, masters, opened.column_of)
					if isinstance(entry, BadRow):
						bad.add(entry)
					else:
						found.note(entry, entry.external_id in there, masters)
				_publish(settings.name, done=found.good + bad.count, total=0)
			if not found.good + bad.count:
				raise FileProblem("no_rows", file=settings.import_file)
			bad_rows_file = bad.store(settings)
			store_words(settings, words)
		finally:
			bad.close()
	settings.note(
		status="Checked",
		failure=None,
		found_kind=_kind(register),
		found_date_format=settings.found_date_format,
		encoding_guessed=int(bool(register.encoding and not register.encoding.certain)),
		rows_with_remarks=found.with_remarks,
		rows_total=found.good + bad.count,
		rows_good=found.good,
		rows_bad=bad.count,
		rows_already=found.already,
		rows_imported=0,
		rows_done=0,
		count_fixed=found.outcomes[FIXED],
		count_repairable=found.outcomes[REPAIRABLE],
		count_end_of_life=found.outcomes[END_OF_LIFE],
		count_unknown=found.outcomes[UNKNOWN],
		new_customers=_listing(found.new_customers),
		new_item_groups=_listing(found.new_product_groups) if settings.create_item_groups else None,
		bad_rows_file=bad_rows_file,
		checked_at=now_datetime(),
		checked_file=before,
		checked_options=source.options_hash(settings),
		started_at=None,
		finished_at=None,
	)


def _survey(settings: "RegisterImport") -> list[dict]:
	"""Find how the register writes dates and which words it uses; sets them on `settings`, unsaved.

	Raises:
		FileProblem: the dates can be read in several orders and none is chosen.
	"""
	survey = source.surveyed(settings)
	if survey is None:
		settings.found_date_format = None
		return []
	if not settings.date_format:
		order = survey.dates.found()
		if not order:
			raise FileProblem("date_order_unclear", value=survey.dates.unclear)
		settings.found_date_format = next(name for name, key in DATE_ORDERS.items() if key == order)
	else:
		settings.found_date_format = settings.date_format
	words = proposed_words(settings, survey)
	settings.set("words", words)
	return words


@dataclass
class _Findings:
	good: int = 0
	already: int = 0
	with_remarks: int = 0
	outcomes: Counter = field(default_factory=Counter)
	new_customers: Counter = field(default_factory=Counter)
	new_product_groups: Counter = field(default_factory=Counter)

	def note(self, record: Record, already: bool, masters: Masters) -> None:
		self.good += 1
		self.with_remarks += bool(record.remarks)
		self.outcomes[record.outcome] += 1
		if already:
			self.already += 1
			return
		if masters.is_new_customer(record):
			self.new_customers[masters.customer_name(record)] += 1
		if masters.is_new_product_group(record):
			self.new_product_groups[record.product_group] += 1


def _with_masters(entry: Record | BadRow, masters: Masters, column_of: dict) -> Record | BadRow:
	if isinstance(entry, Record) and (problems := masters.problems_of(entry, column_of)):
		return BadRow(entry.number, entry.cells, tuple(problems))
	return entry


def _listing(names: Counter) -> str | None:
	lines = [f"{name} ({count})" for name, count in names.most_common(NEW_NAMES_SHOWN)]
	if len(names) > NEW_NAMES_SHOWN:
		lines.append(_("and {0} more").format(len(names) - NEW_NAMES_SHOWN))
	# The form shows it as HTML, and the names come from the file.
	return html.escape("\n".join(lines), quote=False) or None


def _kind(register: Register) -> str:
	"""How the file was read, for the form: CSV, GB18030 (GBK), Semicolon, row 3."""
	encoding = register.encoding.name if register.encoding else ""
	if encoding and not register.encoding.certain:
		encoding = _("{0} (guessed)").format(encoding)
	row = _("column names in row {0}").format(register.header_row) if register.header_row > 1 else ""
	parts = (register.kind, encoding, _delimiter_name(register.delimiter), row)
	return ", ".join(part for part in parts if part)


def _delimiter_name(delimiter: str) -> str:
	return next((name for name, character in source.DELIMITERS.items() if character == delimiter), "")


# ------------------------------------------------------------------ import


def run_import(name: str, attempt: int) -> None:
	"""Write the good rows of the Register Import `name` that are not in the database yet.

	`attempt` is the number its start was given; a job of an older start does nothing.
	"""
	settings: RegisterImport = frappe.get_doc(IMPORT, name, for_update=True)
	if settings.attempt != attempt or settings.status != "Queued":
		return
	settings.check_permission("write")
	with sole_run(settings.checked_file) as alone:
		if not alone:
			_note_failure(settings, _("This file is being imported by another Register Import."), "Stopped")
			return
		try:
			_import(settings)
		except FileProblem as problem:
			_note_failure(settings, file_reason(problem))
		except Exception:
			frappe.db.rollback()
			frappe.log_error(title=_("Register Import {0} failed").format(name))
			_note_failure(
				settings,
				_(
					"The import ended with an error; the Error Log has the details. Start it again to continue."
				),
			)
	_publish(settings.name, done=1, total=1, over=True)


def _import(settings: "RegisterImport") -> None:
	if source.file_hash(settings) != settings.checked_file:
		_note_failure(settings, _("The file has changed since the check. Check it again."))
		return
	imported_before = settings.rows_imported
	settings.note(
		status="Importing",
		failure=None,
		rows_done=0,
		stop_requested=0,
		started_at=settings.started_at or now_datetime(),
	)
	_keep()

	masters = Masters(settings)
	writer = Writer(settings, masters)
	already = 0
	with history_mode(), source.opened(settings) as opened:
		bad = BadRows(opened.register.header, opened.register.delimiter)
		try:
			for batch in _batches(opened.rows, BATCH):
				result = _write_batch(settings, batch, writer, opened.column_of)
				already += result.already
				for row in result.bad:
					bad.add(row)
				_publish(settings.name, done=result.done, total=settings.rows_total)
				if _stop_requested(settings):
					settings.note(status="Stopped", stop_requested=0)
					_keep()
					return
			settings.note(
				status="Done",
				finished_at=now_datetime(),
				rows_bad=bad.count,
				rows_already=max(already - imported_before, 0),
				bad_rows_file=bad.store(settings),
			)
			_keep()
		finally:
			bad.close()
	frappe.publish_realtime("list_update", {"doctype": "Repair Call"}, doctype="Repair Call")


@dataclass
class _BatchResult:
	done: int = 0
	imported: int = 0
	already: int = 0
	bad: list[BadRow] = field(default_factory=list)


def _write_batch(
	settings: "RegisterImport", batch: list[Record | BadRow], writer: Writer, column_of: dict
) -> _BatchResult:
	"""Write one batch in one transaction; again from its start when the database asks for it."""
	for attempt in itertools.count(1):
		try:
			result = _write_records(batch, writer, column_of)
			result.done = settings.count_batch(len(batch), result.imported)
			_keep()
			return result
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			# The database has undone the whole transaction, also what masters remember of it.
			frappe.db.rollback()
			writer.masters.forget()
			settings.rows_done = frappe.db.get_value(IMPORT, settings.name, "rows_done")
			if attempt == MAX_RETRIES:
				raise


def _write_records(batch: list[Record | BadRow], writer: Writer, column_of: dict) -> _BatchResult:
	result = _BatchResult()
	there = already_there([entry for entry in batch if isinstance(entry, Record)])
	for entry in batch:
		if isinstance(entry, Record) and entry.external_id in there:
			result.already += 1
			continue
		entry = _with_masters(entry, writer.masters, column_of)
		if isinstance(entry, BadRow):
			result.bad.append(entry)
			continue
		try:
			writer.write(entry)
			result.imported += 1
		except RecordRefused as refusal:
			problem = Problem(entry.number, "", entry.external_id, refusal.code, {"message": refusal.message})
			result.bad.append(BadRow(entry.number, entry.cells, (problem,)))
	return result


@contextmanager
def history_mode() -> Iterator[None]:
	"""Notifications, webhooks and assignment rules are for what happens now, not for the past."""
	flags = frappe.flags
	before = flags.in_import, flags.mute_emails
	flags.in_import = flags.mute_emails = True
	try:
		yield
	finally:
		flags.in_import, flags.mute_emails = before


def _stop_requested(settings: "RegisterImport") -> bool:
	return bool(frappe.db.get_value(IMPORT, settings.name, "stop_requested"))


def _keep() -> None:
	# One of the app's few commits, and only in this background job: each batch is complete in itself, what is
	# committed is never written again, and one transaction over a whole register would lock it for minutes.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit


# ------------------------------------------------------------------ one run at a time


@contextmanager
def sole_run(file_hash: str) -> Iterator[bool]:
	"""True inside when no other process imports the same file on this site.

	A lock of the database connection: it holds over commits and is gone the moment the process is.
	"""
	key = _lock_key(file_hash)
	alone = bool(frappe.db.sql("select get_lock(%s, 0)", key)[0][0])  # nosemgrep
	try:
		yield alone
	finally:
		if alone:
			frappe.db.sql("select release_lock(%s)", key)  # nosemgrep


def is_running(file_hash: str) -> bool:
	"""True while a process holds the lock of this file."""
	return not frappe.db.sql("select is_free_lock(%s)", _lock_key(file_hash))[0][0]  # nosemgrep


def _lock_key(file_hash: str) -> str:
	# Lock names are shared by all sites of a database server and at most 64 characters long.
	text = f"{frappe.conf.db_name}:{file_hash}"
	return "aftersales-import-" + hashlib.sha1(text.encode()).hexdigest()


# ------------------------------------------------------------------ common


def _batches(rows: Iterable, size: int) -> Iterator[list]:
	iterator = iter(rows)
	while batch := list(itertools.islice(iterator, size)):
		yield batch


def _note_failure(settings: "RegisterImport", reason: str, status: str = "Failed") -> None:
	frappe.db.rollback()
	settings.note(status=status, failure=reason)


def _publish(name: str, done: int, total: int, over: bool = False) -> None:
	"""Tell open forms how far the run is. At the end, after the transaction that stores the result."""
	frappe.publish_realtime(
		PROGRESS_EVENT,
		{"name": name, "done": done, "total": total, "over": over},
		doctype=IMPORT,
		docname=name,
		after_commit=over,
	)
