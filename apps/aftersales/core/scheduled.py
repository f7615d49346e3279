"""What scheduled jobs share that do one record after the other."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


@contextmanager
def one_of_many(title: str, doctype: str, name: str) -> Iterator[None]:
	"""Inside, one record is done: where that fails it is undone and logged, and the others are still done.

	A notification of the site whose condition fails for one record is such a case.

	Raises:
		frappe.QueryDeadlockError, frappe.QueryTimeoutError: the database has undone more than this record.
	"""
	frappe.db.savepoint("one_of_many")
	messages = len(frappe.message_log)
	try:
		yield
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		raise
	except Exception:
		frappe.db.rollback(save_point="one_of_many")
		del frappe.message_log[messages:]
		frappe.log_error(title=title, reference_doctype=doctype, reference_name=name)
