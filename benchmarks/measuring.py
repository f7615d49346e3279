"""What the measurements share: a site and rows in it, two sides timed in turn, so that other work on the machine
meets both alike, and the statements that one side sends to the database."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import frappe
from frappe.utils import now_datetime


@contextmanager
def on_site(default: str = "bench.localhost") -> Iterator[None]:
	"""Connected to the site AFTERSALES_SITE."""
	if bench := os.environ.get("AFTERSALES_BENCH"):
		os.chdir(Path(bench) / "sites")  # Frappe opens its log files by paths relative to it
	frappe.init(site=os.environ.get("AFTERSALES_SITE", default), sites_path=".")
	frappe.connect()
	try:
		yield
	finally:
		frappe.destroy()


def insert(doctype: str, names: list[str], values: Callable[[int], dict]) -> None:
	"""Rows in plain inserts; `values` gives those of the row with that number."""
	now, user = now_datetime(), "Administrator"
	columns = ["name", "creation", "modified", "owner", "modified_by", *values(0)]
	rows = [(name, now, now, user, user, *values(n).values()) for n, name in enumerate(names)]
	frappe.db.bulk_insert(doctype, columns, rows, chunk_size=5000)


def seconds(side: Callable) -> float:
	"""How long one run of `side` takes."""
	started = time.perf_counter()
	side()
	return time.perf_counter() - started


def in_turn(one: Callable, other: Callable, rounds: int, warm_up: int = 0) -> tuple[float, float]:
	"""Median seconds of both, which take turns at going first; rounds to warm up are not counted."""
	times: tuple[list[float], list[float]] = ([], [])
	for number in range(-warm_up, rounds):
		for place in (0, 1) if number % 2 else (1, 0):
			taken = seconds((one, other)[place])
			if number >= 0:
				times[place].append(taken)
	return statistics.median(times[0]), statistics.median(times[1])


@contextmanager
def statements() -> Iterator[list[str]]:
	"""Gathers the statements sent to the database, as text with their values."""
	sent: list[str] = []
	sql = frappe.db.sql

	def noted(*values, **named):
		answer = sql(*values, **named)
		sent.append(frappe.db.last_query)
		return answer

	frappe.db.sql = noted
	try:
		yield sent
	finally:
		del frappe.db.sql


def read_whole(statement: str, at_least: int) -> list[str]:
	"""The tables that the database reads from one end to the other for a statement, of those it takes to have
	so many rows; by EXPLAIN."""
	return [
		f"{row.table} ({row.rows} rows)"
		for row in frappe.db.sql(f"explain {statement}", as_dict=True)
		if row.type in ("ALL", "index") and int(row.rows or 0) >= at_least and not _is_made_up(row.table)
	]


def _is_made_up(table: str | None) -> bool:
	"""The result of a part of the same statement, e.g. <derived2>."""
	return not table or table.startswith("<")
