"""Opening the dispatch board beside the plain lists of the same calls and visits, by the list's own endpoint, in one run.

	python3 tools/dev.py run -- python ../apps/aftersales/benchmarks/dispatch_board.py [--technicians N] [--rounds N]

Each technician has six visits on the day; as many calls wait, within a register of 20,000 calls and as many visits of
other days. What the server does for each, its answer as JSON included, as a supervisor may see. Called on the site
AFTERSALES_SITE (default bench.localhost); one of each in turn, so that both meet the same load; removes what
it made; prints a table and, as its last line, the figures as JSON.
"""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import frappe
from frappe.desk import reportview
from frappe.utils import now_datetime
from frappe.utils.response import json_handler
from measuring import in_turn, insert, on_site, read_whole, statements

from aftersales.field_service import dispatch_board

MARK = "BM-DB-"
SUPERVISOR = "bm.dispatch@example.com"
DAY = date(2031, 3, 5)  # a Wednesday on which nobody else plans
VISITS_A_DAY = 6
REGISTER = 20_000
WAITING = dispatch_board.MOST_WAITING
TABLES = (
	"Service Voucher",
	"Repair Call",
	"Service Technician",
	"Technician Skill",
	"Customer Equipment",
	"Service Clock",
)
CALL_FIELDS = (
	"name",
	"subject",
	"status",
	"priority",
	"company",
	"customer_name",
	"received_at",
	"service_zone",
)
VISIT_FIELDS = (
	"name",
	"status",
	"docstatus",
	"technician",
	"customer_name",
	"planned_start",
	"planned_end",
	"modified",
)


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--technicians", type=int, default=40)
	parser.add_argument("--rounds", type=int, default=40)
	options = parser.parse_args()
	with on_site():
		try:
			remove()
			fill(options.technicians)
			frappe.set_user(SUPERVISOR)
			figures = measure(options.technicians, options.rounds)
		finally:
			remove()
	for name, value in figures.items():
		print(f"{name:28} {value}")
	print(json.dumps(figures))
	return 0


def fill(technicians: int) -> None:
	"""Technicians with skills, visits of the day and of others, calls with clocks, in plain inserts."""
	user = {"doctype": "User", "email": SUPERVISOR, "first_name": MARK, "send_welcome_email": 0}
	frappe.get_doc({**user, "roles": [{"role": "Service Supervisor"}]}).insert()
	company = frappe.get_all("Company", pluck="name", order_by="creation asc", limit=1)[0]
	people = [f"{MARK}{n:03}" for n in range(technicians)]
	calls = [f"{MARK}{n:05}" for n in range(REGISTER + WAITING)]
	begin = datetime.combine(DAY, time(8))
	group = "All Item Groups"
	insert(
		"Service Technician",
		people,
		lambda n: {"technician_name": people[n], "company": company, "is_active": 1},
	)
	insert(
		"Technician Skill",
		people,
		lambda n: {
			**{"parent": people[n], "parenttype": "Service Technician", "parentfield": "skills", "idx": 1},
			**{"item_group": group, "support_kind": "Both" if n % 2 else "Use"},
		},
	)
	insert("Customer Equipment", calls, lambda n: {"title": f"Heater {n}", "item_group": group})
	insert(
		"Repair Call",
		calls,
		lambda n: {
			**{
				"subject": f"Fault {n}",
				"priority": "Medium",
				"company": company,
				"customer_name": f"Customer {n}",
			},
			**{
				"status": "Triaged" if n >= REGISTER else "Closed",
				"support_kind": "Use",
				"equipment": calls[n],
			},
			"received_at": now_datetime() - timedelta(hours=n % 400),
		},
	)
	insert(
		"Service Clock",
		calls[REGISTER:],
		lambda n: {
			**{
				"reference_doctype": "Repair Call",
				"reference_name": calls[REGISTER + n],
				"measure": "On Site",
			},
			**{
				"state": "Running",
				"due_at": now_datetime() + timedelta(hours=n % 50),
				"open_key": calls[REGISTER + n],
			},
		},
	)
	planned = technicians * VISITS_A_DAY

	def visit(n: int) -> dict:
		start = begin + (
			timedelta(minutes=75 * (n % VISITS_A_DAY))
			if n < planned
			else timedelta(days=(7 * (n % 150) + 7) * (1 if n % 2 else -1))
		)
		return {
			**{
				"technician": people[n // VISITS_A_DAY % technicians],
				"repair_call": calls[n],
				"equipment": calls[n],
			},
			**{
				"customer_name": f"Customer {n}",
				"company": company,
				"support_kind": "Use",
				"status": "Dispatched",
			},
			**{"planned_start": start, "planned_end": start + timedelta(hours=1)},
		}

	insert("Service Voucher", calls[:REGISTER], visit)
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


def measure(technicians: int, rounds: int) -> dict:
	shown = dispatch_board.load(str(DAY))
	visits = sum(len(row["visits"]) for row in shown["technicians"] if row["name"].startswith(MARK))
	assert visits == technicians * VISITS_A_DAY, f"the board shows {visits} visits"
	assert len(shown["waiting"]) == WAITING, f"the board shows {len(shown['waiting'])} calls"
	assert (len(_calls()["values"]), len(_visits()["values"])) == (WAITING, visits), "the lists show others"

	def answer_of(side: Callable) -> Callable:
		return lambda: json.dumps(side(), default=json_handler, separators=(",", ":"))

	ours, plain = in_turn(
		answer_of(lambda: dispatch_board.load(str(DAY))), answer_of(_lists), rounds, warm_up=3
	)
	with statements() as sent:
		dispatch_board.load(str(DAY))
	whole = [
		table for one in sent if one.lower().startswith("select") for table in read_whole(one, REGISTER // 10)
	]
	return {
		"technicians": technicians,
		"visits": visits,
		"waiting": WAITING,
		"board_ms": round(ours * 1000, 1),
		"lists_ms": round(plain * 1000, 1),
		"board_over_lists": round(ours / plain, 2),
		"statements": len(sent),
		"read_whole": whole,
	}


def _lists() -> tuple[dict, dict]:
	return _calls(), _visits()


def _calls() -> dict:
	return _plain_list(
		"Repair Call",
		CALL_FIELDS,
		[["Repair Call", "status", "in", ["Open", "Triaged"]], ["Repair Call", "name", "like", f"{MARK}%"]],
	)


def _visits() -> dict:
	next_day = DAY + timedelta(days=1)
	return _plain_list(
		"Service Voucher",
		VISIT_FIELDS,
		[["Service Voucher", "planned_start", "between", [str(DAY), str(next_day)]]],
	)


def _plain_list(doctype: str, fields: tuple[str, ...], filters: list) -> dict:
	"""What the list view asks for."""
	frappe.local.form_dict = frappe._dict(
		doctype=doctype,
		fields=json.dumps([f"`tab{doctype}`.`{field}`" for field in fields]),
		filters=json.dumps(filters),
		order_by=f"`tab{doctype}`.`modified` desc",
		start=0,
		page_length=1000,
		view="List",
		with_comment_count=1,
	)
	return reportview.get()


if __name__ == "__main__":
	sys.exit(main())
