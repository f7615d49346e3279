"""Install, migrate twice, uninstall: nothing of ours remains, nothing of ERPNext's is touched.

Each test takes a throwaway site with ERPNext only and compares the whole database before and after:
every table's definition and every row.
"""

import json
import re

import frappe
import frappe.database
import pytest

from tests.other_sites import SITES, bench, python, throwaway

pytestmark = [pytest.mark.slow, pytest.mark.commits]

# What Frappe writes whenever commands run, whichever app it is about.
LOGS = {
	"tabAccess Log",
	"tabActivity Log",
	"tabDeleted Document",  # the uninstall's own record, written by Frappe after the app's last word
	"tabError Log",
	"tabPermission Log",  # of version 16
	"tabRoute History",
	"tabScheduled Job Log",
	"tabSessions",
	"tabVersion",
}
# A row is known by its key, so its name needs no comparing.
CLOCK_COLUMNS = {"name", "creation", "modified", "modified_by"}

ERPNEXT_RECORDS = (
	"Account",
	"Bin",
	"Company",
	"Cost Center",
	"Customer",
	"GL Entry",
	"Item",
	"Payment Ledger Entry",
	"Sales Invoice",
	"Stock Entry",
	"Stock Ledger Entry",
	"Warehouse",
)

USE_THE_APP = """
import frappe
import frappe.database
from tests import factories

frappe.init(site={site!r}, sites_path=".")
frappe.connect()
shop = factories.shop()
call = factories.call(shop.customer)
visit = factories.voucher(
	call, shop.technician, labour=[factories.hours(1)], parts=[factories.part(shop.seal, 1, warehouse=shop.van)]
)
visit.submit()
frappe.db.commit()
visit.reload()
assert visit.stock_entry and visit.sales_invoice, "the visit was not posted"
print(frappe.as_json({{"stock_entry": visit.stock_entry, "sales_invoice": visit.sales_invoice}}))
"""


@pytest.fixture
def bare_site():
	"""Name of a fresh site with ERPNext set up and without the app; removed afterwards."""
	with throwaway("install", bare=True) as name:
		yield name


def test_an_unused_app_leaves_the_database_as_it_was(bare_site):
	bench(bare_site, "migrate", "--skip-search-index")
	before = _State(bare_site)

	bench(bare_site, "install-app", "aftersales")
	bench(bare_site, "migrate", "--skip-search-index")
	once = _State(bare_site)
	bench(bare_site, "migrate", "--skip-search-index")
	assert _State(bare_site).differences(once) == [], "a second migrate changes something"

	bench(bare_site, "uninstall-app", "aftersales", "--yes", "--no-backup")
	after = _State(bare_site)
	assert after.schema_differences(before) == []
	assert after.differences(before) == []


def test_a_used_app_leaves_the_accountants_documents_and_nothing_else(bare_site):
	before = _State(bare_site)
	bench(bare_site, "install-app", "aftersales")
	ours = _our_words(bare_site)
	posted = json.loads(python(USE_THE_APP.format(site=bare_site)))
	used = _State(bare_site)

	bench(bare_site, "uninstall-app", "aftersales", "--yes", "--no-backup")
	after = _State(bare_site)
	assert after.schema_differences(before) == []
	assert posted["stock_entry"] in after.names("tabStock Entry")
	assert posted["sales_invoice"] in after.names("tabSales Invoice")
	erpnext = tuple(
		f"tab{name} {change} " for name in ERPNEXT_RECORDS for change in ("lost", "got", "changed")
	)
	assert [line for line in after.differences(used) if line.startswith(erpnext)] == []
	since = after.differences(before)
	assert [line for line in since if " lost " in line] == []
	assert [line for line in since if _mentions(line, ours)] == []


# --- database states -------------------------------------------------------------------------------


class _Table:
	"""Rows of one table by what identifies them: their place in a parent, their name, or all of it."""

	def __init__(self, rows: list[dict]):
		self.rows = {}
		for row in rows:
			plain = {column: str(value) for column, value in row.items()}
			key = self._key(plain)
			while key in self.rows:
				key += "+"
			self.rows[key] = plain

	@staticmethod
	def _key(row: dict) -> str:
		if "parenttype" in row and row["parent"] not in ("None", ""):
			# Frappe re-imports some DocTypes at every migrate: same rows, new random names.
			return "/".join(row[part] for part in ("parenttype", "parent", "parentfield", "idx"))
		if row.keys() == {"doctype", "field", "value"}:
			return f"{row['doctype']}/{row['field']}"
		return row.get("name") or json.dumps(row, sort_keys=True)

	def differences(self, before: "_Table") -> list[str]:
		"""Rows lost, got or changed since `before`; a changed row with its columns."""
		found = [f"lost {key[:300]}" for key in before.rows.keys() - self.rows.keys()]
		found += [f"got {json.dumps(self.rows[key])[:2000]}" for key in self.rows.keys() - before.rows.keys()]
		for key in self.rows.keys() & before.rows.keys():
			old, new = before.rows[key], self.rows[key]
			if key.endswith("/modified") and "field" in old:
				continue
			for column in (old.keys() & new.keys()) - CLOCK_COLUMNS:
				if old[column] != new[column]:
					found.append(f"changed {key[:300]}: {column} {old[column][:300]} -> {new[column][:300]}")
		return sorted(found)


class _State:
	"""Definitions and rows of all tables of a site, read at one moment."""

	def __init__(self, site: str):
		config = {
			**json.loads((SITES / "common_site_config.json").read_text()),
			**json.loads((SITES / site / "site_config.json").read_text()),
		}
		db = frappe.database.get_db(
			host=config.get("db_host"),
			port=config.get("db_port"),
			user=config["db_name"],
			password=config["db_password"],
			cur_db_name=config["db_name"],
		)
		try:
			names = [name for (name,) in db.sql("show tables")]
			self.schema = {name: self._definition(db, name) for name in names}
			self.tables = {
				name: _Table(db.sql(f"select * from `{name}`", as_dict=True))
				for name in names
				if name not in LOGS
			}
		finally:
			db.close()

	@staticmethod
	def _definition(db, table: str) -> str:
		text = re.sub(r" AUTO_INCREMENT=\d+", "", db.sql(f"show create table `{table}`")[0][1])
		lines = [line.rstrip(",") for line in text.splitlines()]
		# Frappe adds this index by itself the next time it looks at a table that lacks it.
		return "\n".join(line for line in lines if "KEY `creation` (`creation`)" not in line)

	def names(self, table: str) -> set[str]:
		return set(self.tables[table].rows)

	def schema_differences(self, before: "_State") -> list[str]:
		"""Lines that left or joined a table's definition; the order of columns does not count."""
		found = []
		for table in sorted({*self.schema, *before.schema}):
			old, new = (set(state.schema.get(table, "").splitlines()) for state in (before, self))
			found += [f"{table} -{line}" for line in sorted(old - new)]
			found += [f"{table} +{line}" for line in sorted(new - old)]
		return found

	def differences(self, before: "_State") -> list[str]:
		"""Rows that came, went or changed, apart from time stamps; each line starts with its table."""
		found = []
		for table in sorted({*self.tables, *before.tables}):
			old, new = (state.tables.get(table, _Table([])) for state in (before, self))
			found += [f"{table} {line}" for line in new.differences(old)]
		return found


def _mentions(line: str, words: set[str]) -> bool:
	"""True if an added or changed row names one of our DocTypes or modules, or the app."""
	return "aftersales" in line.lower() or any(f'"{word}"' in line for word in words)


def _our_words(site: str) -> set[str]:
	"""Names of our DocTypes, modules and roles on a site that has the app."""
	script = f"""
import frappe
import frappe.database
frappe.init(site={site!r}, sites_path=".")
frappe.connect()
modules = frappe.get_all("Module Def", filters={{"app_name": "aftersales"}}, pluck="name")
doctypes = frappe.get_all("DocType", filters={{"module": ["in", modules]}}, pluck="name")
print(frappe.as_json([*modules, *doctypes]))
"""
	words = set(json.loads(python(script)))
	assert "Repair Call" in words
	return words
