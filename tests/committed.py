"""For tests that need real commits: remove every row that came into the site's database meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import frappe
from frappe.utils import now_datetime


@contextmanager
def swept_afterwards() -> Iterator[None]:
	"""Whatever was inserted inside the block, by whatever process, is deleted at its end; our settings are what they were.

	Other rows that were only changed stay as they are: tests make all they touch themselves.
	"""
	started = now_datetime()
	settings, rows_before = _settings(), _child_rows()
	# A site set up in another time zone has rows from the future: they are not ours
	there_before = _rows_since(started)
	try:
		yield
	finally:
		frappe.db.rollback()
		for table, names in _rows_since(started).items():
			ours = names - there_before.get(table, set())
			if ours:
				rows = frappe.qb.Table(table)
				frappe.qb.from_(rows).delete().where(rows.name.isin(sorted(ours))).run()
		# A row that was added to a document of before has the creation of that document
		for table, names in _child_rows().items():
			if ours := names - rows_before.get(table, set()):
				frappe.db.delete(table, {"name": ("in", sorted(ours))})
		_put_back(settings)
		frappe.db.commit()


def _rows_since(started: datetime) -> dict[str, set[str]]:
	"""Names of the rows created at or after `started` (site time), by table."""
	tables = frappe.db.sql(
		"""select table_name from information_schema.columns
		where table_schema = database() and column_name = 'creation' and table_name like 'tab%%'
		order by table_name""",
		pluck=True,
	)
	found: dict[str, set[str]] = {}
	# A thousand tables, few of them with such rows: a statement for many of them, not one for each
	name = "convert(name using utf8mb4) collate utf8mb4_unicode_ci"
	for some in _batches(tables, 200):
		each = (f"select '{table}', {name} from `{table}` where creation >= %(started)s" for table in some)
		for table, name_of_row in frappe.db.sql(" union all ".join(each), {"started": started}):
			found.setdefault(table, set()).add(name_of_row)
	return found


def _ours(**filters) -> list[str]:
	"""DocTypes of the app."""
	modules = frappe.get_module_list("aftersales")
	return frappe.get_all("DocType", {"module": ("in", modules), **filters}, pluck="name", order_by="name")


def _child_rows() -> dict[str, set[str]]:
	found: dict[str, set[str]] = {}
	each = (f"select '{table}', name from `tab{table}`" for table in _ours(istable=1, is_virtual=0))
	for table, name in frappe.db.sql(" union all ".join(each)):
		found.setdefault(table, set()).add(name)
	return found


def _settings() -> list[tuple]:
	single = frappe.qb.DocType("Singles")
	ours = _ours(issingle=1)
	return (
		frappe.qb.from_(single)
		.select(single.doctype, single.field, single.value)
		.where(single.doctype.isin(ours))
		.orderby(single.doctype, single.field)
		.run()
	)


def _put_back(settings: list[tuple]) -> None:
	if _settings() == settings:
		return
	frappe.db.delete("Singles", {"doctype": ("in", _ours(issingle=1))})
	if settings:
		frappe.db.bulk_insert("Singles", ["doctype", "field", "value"], settings)
	for doctype in _ours(issingle=1):
		frappe.clear_document_cache(doctype, doctype)


def _batches(things: list, size: int) -> Iterator[list]:
	return (things[first : first + size] for first in range(0, len(things), size))
