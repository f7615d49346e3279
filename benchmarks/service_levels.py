"""Service levels beside what they compete with, in one run: ratios, not just times.

1. Adding 30 eight-hour working days, and 300, beside ERPNext's own expected-time function.
2. A sweep over a million open clocks with nothing due, beside the bare indexed query.
3. 1,000 due clocks among a million open ones, beside 1,000 among 1,000.
4. Inserting a Repair Call with three matching targets, beside an ERPNext Issue with its Service Level
   Agreement. One of each in turn, so that both meet the same load of the machine.

	python benchmarks/service_levels.py [--clocks N] [--inserts N]

Called on the site AFTERSALES_SITE (default bench.localhost); removes what it made; prints a table and, as its
last line, the figures as JSON.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import frappe
from frappe.utils import add_to_date, now_datetime
from measuring import in_turn

MARK = "Benchmark"
HOUR = 3600
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
DUE = 1000
WARM_UP = 5
"""Rounds of each comparison that are not counted."""


def main() -> int:
	options = _options()
	bench = os.environ.get("AFTERSALES_BENCH")
	if bench:
		# Frappe opens its log files by paths relative to the sites folder.
		os.chdir(Path(bench) / "sites")
	frappe.init(site=os.environ.get("AFTERSALES_SITE", "bench.localhost"), sites_path=".")
	frappe.connect()
	figures: dict = {}
	try:
		remove_what_was_made()
		figures |= measure_adding()
		figures |= measure_inserts(options.inserts)
		figures |= measure_sweeps(options.clocks)
	finally:
		remove_what_was_made()
		frappe.destroy()
	for name, value in figures.items():
		print(f"{name:48} {value}")
	print(json.dumps(figures))
	return 0


# ---------------------------------------------------------------- 1. adding working time


def measure_adding() -> dict:
	"""Seconds per addition with the settings loaded; ERPNext reads holidays from the database each time."""
	from erpnext.support.doctype.service_level_agreement.service_level_agreement import get_expected_time_for

	from aftersales.service_levels import calendars, working_time

	calendar = frappe.get_doc(
		{
			"doctype": "Service Calendar",
			"calendar_name": f"{MARK} Office",
			"windows": [
				{"weekday": day, "start_time": "09:00:00", "end_time": "17:00:00"} for day in WEEKDAYS
			],
		}
	).insert()
	agreement = frappe._dict(
		response_time=30 * 8 * HOUR,
		holiday_list=_holidays(),
		support_and_resolution=[
			frappe._dict(workday=day, start_time=timedelta(hours=9), end_time=timedelta(hours=17))
			for day in WEEKDAYS
		],
	)
	loaded, terms = calendars.load(calendar.name), calendars.as_terms(calendar.name)
	figures = {}
	start = datetime(2026, 1, 5, 9)
	for days in (30, 300):
		agreement.response_time = days * 8 * HOUR
		ours, theirs = in_turn(
			lambda: working_time.add(loaded, start, days * 8 * HOUR),
			lambda: get_expected_time_for("response", agreement, start),
			rounds=500,
			warm_up=WARM_UP,
		)
		frozen, _theirs = in_turn(
			lambda: working_time.add(calendars.from_terms(terms), start, days * 8 * HOUR),
			int,
			rounds=500,
			warm_up=WARM_UP,
		)
		figures[f"add_{days}_days_ours_us"] = round(ours * 1e6, 1)
		figures[f"add_{days}_days_from_frozen_terms_us"] = round(frozen * 1e6, 1)
		figures[f"add_{days}_days_erpnext_us"] = round(theirs * 1e6, 1)
		figures[f"add_{days}_days_times_as_fast"] = round(theirs / ours, 1)
	figures["add_300_days_over_30_days_ours"] = round(
		figures["add_300_days_from_frozen_terms_us"] / figures["add_30_days_from_frozen_terms_us"], 2
	)
	frappe.db.rollback()
	return figures


def _holidays() -> str:
	return (
		frappe.get_doc(
			{
				"doctype": "Holiday List",
				"holiday_list_name": f"{MARK} Holidays",
				"from_date": "2026-01-01",
				"to_date": "2027-12-31",
				"holidays": [{"holiday_date": "2027-12-25", "description": "Christmas"}],
			}
		)
		.insert(ignore_permissions=True)
		.name
	)


# ---------------------------------------------------------------- 4. inserts


def measure_inserts(count: int) -> dict:
	"""Seconds per insert, median; nothing is committed."""
	masters = _masters()
	ours, theirs = in_turn(
		lambda: _repair_call(masters), lambda: _issue(masters), rounds=count, warm_up=WARM_UP
	)
	clocks = frappe.db.count("Service Clock", {"reference_name": _repair_call(masters)})
	agreed = frappe.db.get_value("Issue", _issue(masters), ["service_level_agreement", "response_by"])
	assert clocks == 3, clocks
	assert all(agreed), agreed
	frappe.db.rollback()
	frappe.clear_cache()
	return {
		"insert_repair_call_3_targets_ms": round(ours * 1e3, 2),
		"insert_issue_with_agreement_ms": round(theirs * 1e3, 2),
		"insert_ratio": round(ours / theirs, 3),
	}


def _masters() -> frappe._dict:
	company = frappe.get_all("Company", pluck="name", order_by="creation asc", limit=1)[0]
	customer = frappe.get_doc(
		{"doctype": "Customer", "customer_name": f"{MARK} Customer", "customer_type": "Individual"}
	).insert()
	for name in frappe.get_all("Service Target", pluck="name"):
		frappe.db.set_value("Service Target", name, "enabled", 0)
	calendar = _calendar("Inserts", around_the_clock=0)
	for measure, stop in (("Answer", "responded_at"), ("Arrive", "arrived_at"), ("Repair", "resolved_at")):
		_target(measure, "Repair Call", calendar, start_field="received_at", stop_field=stop)
	frappe.db.set_single_value("Support Settings", "track_service_level_agreement", 1)
	for name in frappe.get_all("Service Level Agreement", pluck="name"):
		frappe.db.set_value("Service Level Agreement", name, "enabled", 0)
	priority = (
		frappe.db.get_value("Issue Priority", "Medium")
		or frappe.get_all("Issue Priority", pluck="name", order_by="name asc", limit=1)[0]
	)
	frappe.get_doc(
		{
			"doctype": "Service Level Agreement",
			"document_type": "Issue",
			"service_level": f"{MARK} Agreement",
			"enabled": 1,
			"default_service_level_agreement": 1,
			"apply_sla_for_resolution": 1,
			"holiday_list": _holidays(),
			"start_date": "2020-01-01",
			"end_date": "2099-12-31",
			"sla_fulfilled_on": [{"status": "Resolved"}],
			"pause_sla_on": [{"status": "Hold"}],
			"priorities": [
				{
					"priority": priority,
					"default_priority": 1,
					"response_time": 4 * HOUR,
					"resolution_time": 24 * HOUR,
				}
			],
			"support_and_resolution": [
				{"workday": day, "start_time": "08:00:00", "end_time": "18:00:00"} for day in WEEKDAYS
			],
		}
	).insert()
	return frappe._dict(company=company, customer=customer.name, priority=priority)


def _repair_call(masters: frappe._dict) -> str:
	return (
		frappe.get_doc(
			{
				"doctype": "Repair Call",
				"subject": "No hot water",
				"customer": masters.customer,
				"company": masters.company,
				"priority": masters.priority,
				"received_at": now_datetime(),
				"description": "The boiler stays cold.",
			}
		)
		.insert()
		.name
	)


def _issue(masters: frappe._dict) -> str:
	return (
		frappe.get_doc(
			{
				"doctype": "Issue",
				"subject": "No hot water",
				"customer": masters.customer,
				"company": masters.company,
				"priority": masters.priority,
				"description": "The boiler stays cold.",
			}
		)
		.insert()
		.name
	)


# ---------------------------------------------------------------- 2. and 3. sweeps


def measure_sweeps(clocks: int) -> dict:
	from aftersales.service_levels.sweep import sweep

	enabled = frappe.get_all("Service Target", filters={"enabled": 1}, pluck="name")
	for name in enabled:
		frappe.db.set_value("Service Target", name, "enabled", 0)
	calendar = _calendar("Sweep", around_the_clock=1)
	_target("Sweep", "ToDo", calendar, start_field="creation", stop_status="Closed")
	frappe.db.commit()
	try:
		few = [_thousand_due(sweep) for _ in range(3)]
		_fill(clocks)
		idle, bare = in_turn(lambda: sweep(), _bare_query, rounds=300, warm_up=WARM_UP)
		many = [_thousand_due(sweep) for _ in range(3)]
	finally:
		frappe.db.rollback()
		for name in enabled:
			frappe.db.set_value("Service Target", name, "enabled", 1)
		frappe.db.commit()
		_clear_targets()
	return {
		"open_clocks": clocks,
		"sweep_nothing_due_ms": round(idle * 1e3, 3),
		"bare_query_ms": round(bare * 1e3, 3),
		"sweep_nothing_due_ratio": round(idle / bare, 2),
		f"sweep_{DUE}_due_among_{DUE}_s": round(min(few).seconds, 2),
		f"sweep_{DUE}_due_among_{clocks}_s": round(min(many).seconds, 2),
		"sweep_due_ratio": round(min(many).seconds / min(few).seconds, 2),
		f"rows_read_{DUE}_due_among_{DUE}": min(few).rows_read,
		f"rows_read_{DUE}_due_among_{clocks}": min(many).rows_read,
		"rows_read_ratio": round(min(many).rows_read / min(few).rows_read, 3),
	}


class Sweep(NamedTuple):
	"""Seconds of a sweep, and rows that MariaDB read for it (which no other load can change)."""

	seconds: float
	rows_read: int


def _thousand_due(sweep: Callable) -> Sweep:
	"""Do 1,000 clocks that have fallen due, each with its breach; they are removed again."""
	names = [
		frappe.get_doc({"doctype": "ToDo", "description": f"{MARK} {i}"}).insert().name for i in range(DUE)
	]
	frappe.db.commit()
	clock = frappe.qb.DocType("Service Clock")
	begin = add_to_date(now_datetime(), days=-1)
	(
		frappe.qb.update(clock)
		.set(clock.started_at, begin)
		.set(clock.next_event_at, begin)
		.where(clock.reference_name.isin(names))
		.run()
	)
	frappe.db.commit()
	read_before = _rows_read()
	started = time.perf_counter()
	done = sweep()
	result = Sweep(time.perf_counter() - started, _rows_read() - read_before)
	assert done == DUE, done
	for doctype, field in (
		("Service Clock", "reference_name"),
		("Comment", "reference_name"),
		("ToDo", "name"),
	):
		frappe.db.delete(doctype, {field: ("in", names)})
	frappe.db.commit()
	return result


def _rows_read() -> int:
	return sum(int(value) for _name, value in frappe.db.sql("show session status like 'Handler_read%'"))


def _bare_query() -> None:
	frappe.db.sql(
		"select name from `tabService Clock` where next_event_at <= %s order by next_event_at limit 200",
		(now_datetime(),),
	)


def _fill(count: int) -> None:
	"""Open clocks that fall due from next year on, by MariaDB's own sequence: nobody's documents."""
	later = add_to_date(now_datetime(), years=1)
	terms = frappe.db.get_value("Service Target", f"{MARK} Sweep", "name")
	for start in range(0, count, 100_000):
		size = min(100_000, count - start)
		frappe.db.sql(
			f"""
			insert into `tabService Clock`
				(name, creation, modified, owner, modified_by, reference_doctype, reference_name, target,
				measure, state, started_at, due_at, next_event_at, allowed_seconds, terms, open_key)
			select concat('bm', seq + %(start)s), now(), now(), 'Administrator', 'Administrator', 'ToDo',
				concat('benchmark', seq + %(start)s), %(target)s, 'Sweep', 'Running', now(),
				%(later)s + interval seq second, %(later)s + interval seq second, 3600, '{{}}',
				concat('benchmark', seq + %(start)s)
			from seq_1_to_{size}
			""",
			{"start": start, "target": terms, "later": later},
		)
		frappe.db.commit()
	frappe.db.sql("analyze table `tabService Clock`")


# ---------------------------------------------------------------- small things


def _calendar(name: str, around_the_clock: int) -> str:
	return (
		frappe.get_doc(
			{
				"doctype": "Service Calendar",
				"calendar_name": f"{MARK} {name}",
				"around_the_clock": around_the_clock,
				"windows": []
				if around_the_clock
				else [{"weekday": day, "start_time": "08:00:00", "end_time": "18:00:00"} for day in WEEKDAYS],
			}
		)
		.insert()
		.name
	)


def _target(measure: str, document_type: str, calendar: str, **values) -> None:
	frappe.get_doc(
		{
			"doctype": "Service Target",
			"target_name": f"{MARK} {measure}",
			"document_type": document_type,
			"measure": measure,
			"time_allowed": HOUR,
			"calendar": calendar,
			**values,
		}
	).insert()


def _clear_targets() -> None:
	from aftersales.service_levels.targets import clear_cache

	clear_cache()


def remove_what_was_made() -> None:
	"""Also what a run before this one left when it was interrupted."""
	frappe.db.rollback()
	target = f"{MARK} Sweep"
	while frappe.db.sql("delete from `tabService Clock` where target = %s limit 50000", target) is not None:
		left = frappe.db.count("Service Clock", {"target": target})
		frappe.db.commit()
		if not left:
			break
	frappe.db.delete("ToDo", {"description": ("like", f"{MARK} %")})
	for doctype, name in (("Service Target", target), ("Service Calendar", target)):
		if frappe.db.exists(doctype, name):
			frappe.delete_doc(doctype, name, force=True, delete_permanently=True)
	frappe.db.commit()
	_clear_targets()


def _options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("--clocks", type=int, default=1_000_000)
	parser.add_argument("--inserts", type=int, default=100)
	return parser.parse_args()


if __name__ == "__main__":
	sys.exit(main())
