"""Three sweepers at once, one of them killed again and again: every event must happen exactly once.

	python3 tools/dev.py run -- env AFTERSALES_SITE=bench.localhost python ../apps/aftersales/benchmarks/sweep_exactly_once.py
	[--clocks 2500] [--pause 2.0]

Each clock has four events that are overdue (a warning, the breach, and two steps): 2,500 clocks are 10,000
events. Two sweepers work through; the third is killed after a random while and started again until nothing is
due. Then the lines on the documents' timelines and the system notifications are counted. Ends with exit code
1 when one is missing or there twice. Commits; removes what it made. The small version of it that every test
run makes is in tests/integration/test_sweep.py.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import frappe
from frappe.utils import add_to_date, now_datetime

MARK = "Exactly Once"
HOUR = 3600
EVENTS_PER_CLOCK = 4
LINES_PER_CLOCK = 3  # the step at the due time shares the line of the breach
NOTICES_PER_CLOCK = 3  # one per step
SWEEPER = """
import sys, frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
from aftersales.service_levels import escalation
from aftersales.service_levels.sweep import sweep
escalation.DIGEST_FROM = 10**9  # one notification per event, so that each can be counted
print("ready", flush=True)
sys.stdin.readline()
sweep(batch=50)
"""


def main() -> int:
	options = _options()
	if bench := os.environ.get("AFTERSALES_BENCH"):
		# Frappe opens its log files by paths relative to the sites folder.
		os.chdir(Path(bench) / "sites")
	frappe.init(site=os.environ.get("AFTERSALES_SITE", "bench.localhost"), sites_path=".")
	frappe.connect()
	enabled = frappe.get_all("Service Target", filters={"enabled": 1}, pluck="name")
	try:
		_remove()
		_make(enabled, options.clocks)
		return _run(options)
	finally:
		_remove()
		for name in enabled:
			frappe.db.set_value("Service Target", name, "enabled", 1)
		frappe.cache.delete_value("aftersales_service_targets")
		frappe.db.commit()
		frappe.destroy()


def _run(options: argparse.Namespace) -> int:
	chance = random.Random(3)
	began = time.monotonic()
	steady, kills = [_start(), _start()], 0
	while _left():
		victim = _start()
		try:
			victim.wait(chance.uniform(0.2, 1) * options.pause)
		except subprocess.TimeoutExpired:
			victim.kill()
			victim.wait()
			kills += 1
		# A sweeper that found nothing to take (the others hold it) has done its minute: the next begins.
		for place, child in enumerate(steady):
			if child.poll() is not None:
				assert child.returncode == 0, f"a sweeper failed: {child.returncode}"
				steady[place] = _start()
	for child in steady:
		child.wait()
	seconds = time.monotonic() - began
	found = _count()
	expected = {
		"clocks with all events done": options.clocks,
		"timeline lines": options.clocks * LINES_PER_CLOCK,
		"timeline lines that differ": options.clocks * LINES_PER_CLOCK,
		"notifications": options.clocks * NOTICES_PER_CLOCK,
		"notifications that differ": options.clocks * NOTICES_PER_CLOCK,
	}
	print(f"{options.clocks * EVENTS_PER_CLOCK} events, {kills} sweepers killed, {seconds:.0f} s")
	for what, number in expected.items():
		print(f"{what:32} {found[what]:>8} of {number:>8}")
	return int(found != expected)


def _start() -> subprocess.Popen:
	child = subprocess.Popen(
		[sys.executable, "-c", SWEEPER, frappe.local.site],
		stdin=subprocess.PIPE,
		stdout=subprocess.PIPE,
		text=True,
	)
	assert child.stdout.readline().strip() == "ready"
	child.stdin.write("go\n")
	child.stdin.flush()
	return child


def _left() -> int:
	frappe.db.rollback()
	return frappe.db.count("Service Clock", {"target": MARK, "events_done": ("<", EVENTS_PER_CLOCK)})


def _count() -> dict[str, int]:
	frappe.db.rollback()
	lines = _pairs("Comment", "reference_name", "content", reference_doctype="ToDo", comment_type="Info")
	notices = _pairs("Notification Log", "document_name", "subject", document_type="ToDo")
	return {
		"clocks with all events done": frappe.db.count(
			"Service Clock", {"target": MARK, "events_done": EVENTS_PER_CLOCK, "state": "Overdue"}
		),
		"timeline lines": sum(lines.values()),
		"timeline lines that differ": len(lines),
		"notifications": sum(notices.values()),
		"notifications that differ": len(notices),
	}


def _pairs(doctype: str, name_field: str, text_field: str, **filters) -> Counter:
	rows = frappe.get_all(doctype, filters=filters, fields=[name_field, text_field], order_by="creation asc")
	ours = set(frappe.get_all("ToDo", filters={"description": ("like", f"{MARK} %")}, pluck="name"))
	return Counter((row[name_field], row[text_field]) for row in rows if row[name_field] in ours)


def _make(enabled: list[str], clocks: int) -> None:
	"""Documents whose clock has been overdue for a day."""
	for name in enabled:
		frappe.db.set_value("Service Target", name, "enabled", 0)
	frappe.get_doc(
		{"doctype": "Service Calendar", "calendar_name": MARK, "around_the_clock": 1, "windows": []}
	).insert()
	notice = {"notify_user": "Administrator", "send_email": 0}
	frappe.get_doc(
		{
			"doctype": "Service Target",
			"target_name": MARK,
			"document_type": "ToDo",
			"measure": MARK,
			"time_allowed": HOUR,
			"calendar": MARK,
			"start_field": "creation",
			"stop_status": "Closed",
			"steps": [
				{"moment": "Percent of Time", "percent": 50, **notice},
				{"moment": "After Due", "minutes": 0, **notice},
				{"moment": "After Due", "minutes": 60, **notice},
			],
		}
	).insert()
	for number in range(clocks):
		frappe.get_doc({"doctype": "ToDo", "description": f"{MARK} {number}"}).insert()
	clock = frappe.qb.DocType("Service Clock")
	begin = add_to_date(now_datetime(), days=-1)
	(
		frappe.qb.update(clock)
		.set(clock.started_at, begin)
		.set(clock.next_event_at, begin)
		.where(clock.target == MARK)
		.run()
	)
	frappe.db.commit()


def _remove() -> None:
	"""Also what a run before this one left when it was interrupted."""
	frappe.db.rollback()
	names = frappe.get_all("ToDo", filters={"description": ("like", f"{MARK} %")}, pluck="name")
	for doctype, field in (
		("Comment", "reference_name"),
		("Notification Log", "document_name"),
		("ToDo", "name"),
	):
		if names:
			frappe.db.delete(doctype, {field: ("in", names)})
	frappe.db.delete("Service Clock", {"target": MARK})
	for doctype in ("Service Target", "Service Calendar"):
		if frappe.db.exists(doctype, MARK):
			frappe.delete_doc(doctype, MARK, force=True, delete_permanently=True)
	frappe.db.commit()


def _options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("--clocks", type=int, default=2500)
	parser.add_argument(
		"--pause", type=float, default=2.0, help="seconds until the third one is killed at last"
	)
	return parser.parse_args()


if __name__ == "__main__":
	sys.exit(main())
