"""How tests share one real site without leaving anything on it.

A test runs inside one database transaction that is rolled back at its end. Code under test may call
commit and rollback: commit moves a savepoint, rollback returns to it, so both mean to the code what they
mean in production, and nothing reaches the disk. What a test prepared in fixtures counts as committed
when its body starts.

What all tests of a file begin with is made once a file: a fixture of scope "module" that asks for `shared_site`. Its rows
stay in the transaction, each test goes back to them, and the file's end undoes them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import frappe
from frappe.cache_manager import user_cache_keys

from tests import clock, sessions

SAVEPOINT = "aftersales_test"
SHARED = "aftersales_shared"
WRITE = re.compile(
	r"^\s*(?:insert(?:\s+ignore)?(?:\s+into)?|replace(?:\s+into)?|update|delete\s+from)"
	r"\s+(?:`(?:tab)?([^`]+)`|(?:tab)?(\w+))",
	re.I,
)
DDL = re.compile(r"^\s*(?:create|alter|drop|truncate|rename)\s+(?!temporary\b)", re.I)

# Tables whose rows Frappe keeps in Redis beyond the documents themselves. After a rollback the cache
# would still hold what the test wrote, for later tests and for every other process of the site.
CACHED_PER_USER = {"User", "Has Role", "User Permission", "DefaultValue", "Block Module"}
HOLIDAYS = {"Holiday List", "Holiday", "Service Calendar", "Service Calendar Window"}
OURS_CACHED = {
	"aftersales_service_prices": {"Service Price", "Service Price Part", *HOLIDAYS},
	"aftersales_service_targets": {"Service Target", "Service Target Step", "Singles", *HOLIDAYS},
}
"""What the app itself keeps in Redis, and the tables that it is made of; Singles has the time zone."""
CACHED_WIDELY = {
	"Assignment Rule",
	"Client Script",
	"Custom DocPerm",
	"Custom Field",
	"DocField",
	"DocPerm",
	"DocType",
	"Document Naming Rule",
	"Domain",
	"Energy Point Rule",
	"Installed Application",
	"Milestone Tracker",
	"Module Def",
	"Notification",
	"Page",
	"Print Format",
	"Property Setter",
	"Report",
	"Role",
	"Server Script",
	"Translation",
	"Web Form",
	"Web Page",
	"Webhook",
	"Website Settings",
	"Workflow",
	"Workflow Document State",
	"Workflow Transition",
	"Workspace",
}


class DDLInTest(AssertionError):
	"""A statement that MariaDB commits implicitly ran in a test that is to be rolled back."""


class HeldTransaction:
	"""The connection of one test, with commit and rollback confined to a savepoint."""

	def __init__(self, db):
		self.db = db
		self.written: set[str] = set()
		self.cache: SiteCache | None = None
		forget_limits()
		self._sql, self._rollback = db.sql, db.rollback
		db.sql, db.commit, db.rollback = self.sql, self.commit, self.rollback
		db.begin, db.sql_ddl = self.begin, self.sql_ddl
		self.mark()

	def mark(self) -> None:
		"""What has been written so far counts as committed."""
		self._sql(f"savepoint {SAVEPOINT}")

	def sql(self, query, *args, **kwargs):
		text = str(query)
		if found := WRITE.match(text):
			self._note(found.group(1) or found.group(2))
		elif DDL.match(text):
			raise DDLInTest(f"mark this test with @pytest.mark.commits, it changes the schema: {text[:120]}")
		return self._sql(query, *args, **kwargs)

	def _note(self, table: str) -> None:
		if table in CACHED_WIDELY and not self.cache:
			self.cache = SiteCache()
		self.written.add(table)

	@contextmanager
	def writes(self) -> Iterator[set[str]]:
		"""The tables (names without `tab`) that are written inside, also what is undone at once."""
		before, self.written = self.written, set()
		try:
			yield self.written
		finally:
			self.written = self.written | before

	def sql_ddl(self, query, *args, **kwargs):
		self.sql(query, *args, **kwargs)

	def begin(self, *, read_only: bool = False) -> None:
		"""START TRANSACTION would commit; the transaction has begun long ago."""

	def commit(self) -> None:
		self.db.before_rollback.reset()
		self.db.after_rollback.reset()
		self.db.before_commit.run()
		self.mark()
		self.db.transaction_writes = 0
		self.db.value_cache.clear()
		self.db.after_commit.run()

	def rollback(self, *, save_point: str | None = None) -> None:
		if save_point:
			self._rollback(save_point=save_point)
			return
		self._back_to(SAVEPOINT)

	def _back_to(self, savepoint: str) -> None:
		self.db.before_commit.reset()
		self.db.after_commit.reset()
		self.db.before_rollback.run()
		self._sql(f"rollback to savepoint {savepoint}")
		self.db.value_cache.clear()
		self.db.after_rollback.run()

	def release(self) -> None:
		"""Undo everything and drop from Redis what the test may have put there."""
		for name in ("sql", "commit", "rollback", "begin", "sql_ddl"):
			delattr(self.db, name)
		self.db.rollback()
		forget(self.written, self.cache)


class SharedTransaction(HeldTransaction):
	"""The connection of the tests of one file: what its module fixtures made stays, what a test made is undone.

	Each test begins as the user whom the module fixtures left, at the moment to which they moved the clock.
	"""

	def __init__(self, db):
		super().__init__(db)
		self.written_by_file: set[str] = set()
		self.cache_before_file: SiteCache | None = None
		self.user = frappe.session.user
		self.moment: datetime | None = None

	def begin_test(self) -> None:
		"""All that is there now belongs to the file, and is what :meth:`end_test` goes back to."""
		self.written_by_file |= self.written
		self.cache_before_file = self.cache_before_file or self.cache
		self.written, self.cache = set(), None
		self.user = frappe.session.user
		self.moment = clock.current.moment()
		self._sql(f"savepoint {SHARED}")
		self.mark()

	def end_test(self) -> None:
		"""Undo what the test made, to the session as well."""
		frappe.set_user("Administrator")
		self._back_to(SHARED)
		self.mark()
		self._sql("set session max_statement_time = default")
		self._sql("do release_all_locks()")
		self.db.transaction_writes = 0
		forget(self.written, self.cache)
		self.written, self.cache = set(), None
		sessions.begin_anew(frappe.local.site, self.db, self.user)
		clock.current.set_back_to(self.moment)

	def release(self) -> None:
		self.written |= self.written_by_file
		self.cache = self.cache_before_file or self.cache
		super().release()


class SiteCache:
	"""What is in the site's Redis cache now: reading the DocTypes anew takes seconds, putting this back does not."""

	def __init__(self):
		keys = frappe.cache.get_keys("")
		asked = frappe.cache.pipeline(transaction=False)
		for key in keys:
			asked.dump(key).pttl(key)
		answers = asked.execute()
		self.kept = [row for row in zip(keys, answers[::2], answers[1::2], strict=True) if row[1]]

	def put_back(self) -> None:
		told = frappe.cache.pipeline(transaction=False)
		for key, content, milliseconds_left in self.kept:
			told.restore(key, max(milliseconds_left, 0), content, replace=True)
		told.execute()


def forget(tables: set[str], before: SiteCache | None = None) -> None:
	"""Remove from the site's Redis cache whatever depends on these tables (names without `tab`).

	`before`: what was in the cache before tables that Frappe caches widely were written to.
	"""
	if tables & CACHED_WIDELY:
		frappe.clear_cache()
		if before:
			before.put_back()
	forget_limits()  # after what was put back: it holds those of the test
	if not tables:
		return
	_forget_documents(tables)
	frappe.cache.delete_value([key for key, made_of in OURS_CACHED.items() if tables & made_of])
	if "Fiscal Year" in tables:
		frappe.cache.delete_value("fiscal_years")  # ERPNext's own list of them
	if tables & CACHED_PER_USER:
		for key in user_cache_keys:
			frappe.cache.delete_key(key)
	if "Singles" in tables or "System Settings" in tables:
		frappe.cache.delete_value(["system_settings", "time_zone"])


def _forget_documents(tables: set[str]) -> None:
	"""Documents that Frappe keeps in Redis, and that these tables are part of."""
	changed = []
	for key in frappe.cache.get_keys("document_cache::"):
		meta = frappe.get_meta(key.decode().split("::")[1])
		own = {"Singles"} if meta.issingle else {meta.name}
		if not tables.isdisjoint(own | {field.options for field in meta.get_table_fields()}):
			changed.append(key)
	frappe.cache.delete_value(changed, make_keys=False)


def forget_limits() -> None:
	"""Requests of earlier tests are not this one's."""
	frappe.cache.delete_keys("aftersales:rl:")


def row_counts() -> dict[str, int]:
	"""Rows of every table that a service job writes: ours, and ERPNext's that jobs are posted to."""
	ours = frappe.get_all(
		"DocType",
		filters={"issingle": 0, "is_virtual": 0, "module": ["in", frappe.get_module_list("aftersales")]},
		pluck="name",
		order_by="name",
	)
	erpnext = [
		"Address",
		"Bin",
		"Contact",
		"Customer",
		"Delivery Note",
		"File",
		"GL Entry",
		"Item",
		"Item Price",
		"Journal Entry",
		"Payment Entry",
		"Quotation",
		"Role",
		"Sales Invoice",
		"Serial No",
		"Stock Entry",
		"Stock Ledger Entry",
		"User",
		"Warehouse",
	]
	each = [f"select '{name}', count(*) from `tab{name}`" for name in [*ours, *erpnext]]
	return dict(frappe.db.sql(" union all ".join(each)))
