"""What one Frappe version has and another lacks. Nothing else in the app asks for the version.

:func:`prepare` is called before each request and each background job.
"""

import functools


def prepare(*args, **kwargs) -> None:
	"""Give either version what the app relies on and the other does by itself. Once for each process."""
	_check_fields_of_queries()
	_check_rows_of_queries()


def _check_fields_of_queries() -> None:
	"""Version 15 lets everybody filter and sort by fields above their permission level; 16 refuses."""
	# No hook sees the finished query; version 16 checks by itself
	from frappe.model.db_query import DatabaseQuery  # nosemgrep

	original = DatabaseQuery.prepare_args
	if hasattr(original, "__wrapped__"):
		return

	@functools.wraps(original)
	def prepare_args(self):
		from aftersales.core.input.query_fields import validate_query

		parts = original(self)
		if not self.flags.ignore_permissions:
			validate_query(self, parts)
		return parts

	DatabaseQuery.prepare_args = prepare_args


def _check_rows_of_queries() -> None:
	"""Version 16 checks the fields of a table's rows only where it knows the rows' document; 15 has no such check.

	Where a query names a column with its table, as the desk's lists do, it asks for the levels of the table
	itself, which has none, and lets everybody sort by it. The levels are those of the document. And a table
	that is above somebody's levels as a whole is not counted or sorted by it either.
	"""
	from frappe.database.query import Engine  # nosemgrep

	check = getattr(Engine, "_check_field_permission", None)
	if not check or hasattr(check, "__wrapped__"):
		return

	from aftersales.core.input.query_fields import is_protected_table, parent_of_rows

	permitted, may_read = Engine._get_cached_permitted_fields, Engine.check_read_permission

	@functools.wraps(check)
	def check_field_permission(self, doctype, fieldname, parent_doctype=None):
		if self.apply_permissions:
			parent_doctype = parent_doctype or parent_of_rows(self, doctype) or None
		return check(self, doctype, fieldname, parent_doctype)

	@functools.wraps(permitted)
	def get_cached_permitted_fields(self, doctype, parenttype, permission_type):
		if parenttype and is_protected_table(parenttype, doctype, self.user):
			return set()
		return permitted(self, doctype, parenttype, permission_type)

	@functools.wraps(may_read)
	def check_read_permission(self):
		may_read(self)
		if self.parent_doctype and is_protected_table(self.parent_doctype, self.doctype, self.user):
			self._raise_permission_error()

	Engine._check_field_permission = check_field_permission
	Engine._get_cached_permitted_fields = get_cached_permitted_fields
	Engine.check_read_permission = check_read_permission
