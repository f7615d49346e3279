"""What one Frappe version has and another lacks. Nothing else in the app asks for the version.

:func:`prepare` is called before each request and each background job.
"""

import functools


def prepare(*args, **kwargs) -> None:
	"""Give Frappe 15 what the app relies on and Frappe 16 does by itself. Once for each process."""
	_check_fields_of_queries()


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
