"""Queries of ours that find what a list of the same user would show, and no more."""

from frappe.desk.reportview import build_match_conditions
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, LiteralValue


def permitted(query: QueryBuilder, table: Table) -> QueryBuilder:
	"""Only the documents of `table` that a list of them would show to the user: by user permissions and hooks."""
	condition = permitted_rows(table)
	return query.where(condition) if condition else query


def permitted_rows(table: Table) -> Criterion | None:
	"""Frappe's condition of a list of `table`, to be combined with others; None where the user may see every row."""
	condition = build_match_conditions(doctype_of(table))
	return _Condition(f"({condition})") if condition else None


def doctype_of(table: Table) -> str:
	return table._table_name.removeprefix("tab")


class _Condition(LiteralValue, Criterion):
	"""SQL that Frappe wrote, as a criterion that goes with others."""
