"""Opening the workshop board beside the plain list of the same cards, by the list's own endpoint, in one run.

	python benchmarks/workshop_board.py [--cards N] [--rounds N]

What the server does for each, its answer as JSON included, as a supervisor may see. Called on the site
AFTERSALES_SITE (default bench.localhost); one of each in turn, so that both meet the same load; removes what
it made; prints a table and, as its last line, the figures as JSON.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import frappe
from frappe.desk import reportview
from frappe.utils import now_datetime
from frappe.utils.response import json_handler
from measuring import insert, on_site

from aftersales.repair_workshop import board

MARK = "BM-WB-"
SUPERVISOR = "bm.workshop@example.com"
STATUSES = ("Received", "Diagnosing", "Awaiting Approval", "Approved", "Awaiting Parts", "In Repair")
TABLES = ("Repair Card", "Repair Call", "Customer Equipment", "Service State Log")
LIST_FIELDS = (
	*("name", "owner", "creation", "modified", "modified_by", "docstatus", "status", "customer"),
	*("customer_name", "equipment", "repair_call", "company", "service_category", "assigned_technician"),
	*("received_at", "promised_return", "approval_status", "estimated_amount", "currency", "billing_status"),
)


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--cards", type=int, default=2000)
	parser.add_argument("--rounds", type=int, default=40)
	options = parser.parse_args()
	with on_site():
		try:
			remove()
			fill(options.cards)
			frappe.set_user(SUPERVISOR)
			figures = measure(options.rounds, options.cards)
		finally:
			remove()
	for name, value in figures.items():
		print(f"{name:40} {value}")
	print(json.dumps(figures))
	return 0


def fill(count: int) -> None:
	"""Cards with call, product and history, in plain inserts."""
	supervisor = frappe.get_doc(
		{
			"doctype": "User",
			"email": SUPERVISOR,
			"first_name": MARK,
			"send_welcome_email": 0,
			"roles": [{"role": "Service Supervisor"}],
		}
	)
	supervisor.flags.no_welcome_mail = True
	supervisor.insert()
	now = now_datetime()
	company = frappe.get_all("Company", pluck="name", order_by="creation asc", limit=1)[0]
	names = [f"{MARK}{n:05}" for n in range(count)]
	insert("Repair Call", names, lambda n: {"subject": f"Fault {n}", "priority": "Normal"})
	insert("Customer Equipment", names, lambda n: {"title": f"Heater {n}", "serial_text": f"S-{n}"})
	insert(
		"Repair Card",
		names,
		lambda n: {
			"status": STATUSES[n % len(STATUSES)],
			"company": company,
			"currency": "EUR",
			"customer": f"{MARK}{n % 500}",
			"customer_name": f"Customer {n % 500}",
			"equipment": names[n],
			"repair_call": names[n],
			"received_at": now - timedelta(hours=n % 400),
			"promised_return": now + timedelta(hours=n % 200 - 60),
		},
	)
	for step in range(3):
		insert(
			"Service State Log",
			[f"{name}-{step}" for name in names],
			lambda n, step=step: {
				"parent": names[n],
				"parenttype": "Repair Card",
				"parentfield": "state_log",
				"idx": step + 1,
				"status": STATUSES[step],
				"entered_at": now - timedelta(hours=n % 400 - step),
			},
		)
	frappe.db.commit()
	for doctype in TABLES:
		frappe.db.sql_ddl(f"ANALYZE TABLE `tab{doctype}`")


def remove() -> None:
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.delete_doc("User", SUPERVISOR, ignore_missing=True, force=True)
	for doctype in TABLES:
		table = frappe.qb.DocType(doctype)
		frappe.qb.from_(table).delete().where(table.name.like(f"{MARK}%")).run()
	frappe.db.commit()


def measure(rounds: int, count: int) -> dict:
	assert len(board.load()["cards"]) >= count, "the board does not show every card"
	assert len(_plain_list(count)["values"]) == count, "the list does not show every card"
	opened = {"board": board.load, "list": lambda: _plain_list(count)}
	times: dict[str, list[float]] = {what: [] for what in opened}
	sizes: dict[str, int] = {}
	for turn in range(rounds):
		for what in sorted(opened, reverse=turn % 2 == 1):
			began = time.perf_counter()
			answer = json.dumps(opened[what](), default=json_handler, separators=(",", ":"))
			times[what].append(time.perf_counter() - began)
			sizes[what] = len(answer)
	ours, plain = (statistics.median(times[what]) for what in ("board", "list"))
	return {
		"cards": count,
		"rounds": rounds,
		"board_ms": round(ours * 1000, 1),
		"list_ms": round(plain * 1000, 1),
		"board_kb": round(sizes["board"] / 1024),
		"list_kb": round(sizes["list"] / 1024),
		"board_over_list": round(ours / plain, 2),
	}


def _plain_list(count: int) -> dict:
	"""What the list view of Repair Card asks for."""
	frappe.local.form_dict = frappe._dict(
		doctype="Repair Card",
		fields=json.dumps([f"`tabRepair Card`.`{field}`" for field in LIST_FIELDS]),
		filters=json.dumps([["Repair Card", "status", "in", STATUSES]]),
		order_by="`tabRepair Card`.`received_at` asc",
		start=0,
		page_length=count,
		view="List",
		with_comment_count=1,
	)
	return reportview.get()


if __name__ == "__main__":
	sys.exit(main())
