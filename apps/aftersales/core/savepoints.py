"""Work that is undone as a whole where it fails, while the request or job around it goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe

DATABASE_GAVE_UP = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)
"""The database has undone more than the work inside: the whole transaction has to begin anew."""


@contextmanager
def all_or_nothing() -> Iterator[None]:
	"""What is written inside is undone when it raises, and the error goes on.

	Frappe's `savepoint` keeps the error to itself, and after a deadlock rolls back to a savepoint that is gone.
	"""
	name = _new_savepoint()
	try:
		yield
	except DATABASE_GAVE_UP:
		raise
	except Exception:
		frappe.db.rollback(save_point=name)
		raise
	frappe.db.release_savepoint(name)


@contextmanager
def trial() -> Iterator[None]:
	"""Nothing that is written inside stays."""
	name = _new_savepoint()
	try:
		yield
	finally:
		frappe.db.rollback(save_point=name)


@contextmanager
def one_of_many(title: str, doctype: str, name: str) -> Iterator[None]:
	"""Inside, one record is done: where that fails it is undone and logged, and the others are still done.

	A notification of the site whose condition fails for one record is such a case.

	Raises:
		frappe.QueryDeadlockError, frappe.QueryTimeoutError: the database has undone more than this record.
	"""
	messages = len(frappe.message_log)
	try:
		with all_or_nothing():
			yield
	except DATABASE_GAVE_UP:
		raise
	except Exception:
		del frappe.message_log[messages:]
		frappe.log_error(title=title, reference_doctype=doctype, reference_name=name)


def insert_once(doctype: str, filters: dict, insert: Callable[[], str]) -> tuple[str, bool]:
	"""Insert what an entry asks for, or find what the same entry inserted before: its name, and whether it is new.

	The entry's key is unique in the database: of two requests at the same moment the second finds the first one's.

	Args:
		filters: what the document of the same entry has, `entry_key` among it.
		insert: inserts the document and returns its name.

	Raises:
		frappe.UniqueValidationError: another unique key refused, or the entry is somebody else's.
	"""
	try:
		with all_or_nothing():
			return insert(), True
	except frappe.UniqueValidationError:
		known = frappe.db.get_value(doctype, filters, "name", for_update=True)
		if not known:
			raise
		frappe.clear_last_message()
		return known, False


def _new_savepoint() -> str:
	name = f"aftersales_{frappe.generate_hash(length=10)}"
	frappe.db.savepoint(name)
	return name
