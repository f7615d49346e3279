"""200 technicians and 2,000 visits on a day of a site: proposed zone by zone, then the board of one zone beside plain lists.

	python3 tools/dev.py run -- python ../apps/aftersales/benchmarks/planner_zones.py [--zones N] [--rounds N]

Twenty zones of ten technicians each; a hundred calls wait in each zone, within some kilometres. Of each zone: seconds to
read the problem, to plan it without a solver, and the memory of the process after it. Then every proposal becomes a
dispatched visit by a plain insert, and the board of a zone is opened beside the lists of its calls and visits. Called on the
site AFTERSALES_SITE (default bench.localhost); removes what it made; prints a table and, as its last line, the figures as JSON.
"""

import argparse
import json
import random
import resource
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import dispatch_board as board_benchmark
import frappe
from frappe.utils import now_datetime
from frappe.utils.response import json_handler
from measuring import in_turn, insert, on_site, statements

from aftersales.field_service import dispatch_board
from aftersales.service_routes.planner.planning_rules import make_plan
from aftersales.visit_planning import loading
from aftersales.visit_planning.loading import Wanted

MARK = board_benchmark.MARK
DAY = board_benchmark.DAY
TECHNICIANS, CALLS = 10, 100
"""Of a zone."""
TABLES = (*board_benchmark.TABLES, "Address", "Service Zone")


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--zones", type=int, default=20)
	parser.add_argument("--rounds", type=int, default=20)
	options = parser.parse_args()
	with on_site():
		try:
			remove()
			company = fill(options.zones)
			frappe.set_user(board_benchmark.SUPERVISOR)
			figures, planned = plan(company, options.zones)
			frappe.set_user("Administrator")
			make_visits(company, planned)
			frappe.set_user(board_benchmark.SUPERVISOR)
			figures |= open_board(company, options.rounds)
		finally:
			remove()
	for name, value in figures.items():
		print(f"{name:28} {value}")
	print(json.dumps(figures))
	return 0


def zone_of(number: int) -> str:
	return f"{MARK}Zone {number:02}"


def fill(zones: int) -> str:
	"""Zones, technicians who set out in the middle of theirs, calls with places around it."""
	chance = random.Random(1)
	user = {"doctype": "User", "email": board_benchmark.SUPERVISOR, "first_name": MARK}
	frappe.get_doc({**user, "send_welcome_email": 0, "roles": [{"role": "Service Supervisor"}]}).insert()
	company = frappe.get_all("Company", pluck="name", order_by="creation asc", limit=1)[0]
	middles = [(52.0 + 0.4 * (number % 5), -9.0 + 0.6 * (number // 5)) for number in range(zones)]
	insert("Service Zone", [zone_of(number) for number in range(zones)], lambda n: {"zone": zone_of(n)})
	people = [f"{MARK}{n:04}" for n in range(zones * TECHNICIANS)]
	calls = [f"{MARK}{n:05}" for n in range(zones * CALLS)]
	places = [f"{MARK}A{n:05}" for n in range(zones * CALLS)]
	homes = [f"{MARK}H{n:04}" for n in range(zones)]

	def place(latitude: float, longitude: float) -> dict:
		return {"aftersales_latitude": latitude, "aftersales_longitude": longitude}

	def around(n: int) -> dict:
		latitude, longitude = middles[n // CALLS]
		return place(latitude + chance.uniform(-0.12, 0.12), longitude + chance.uniform(-0.2, 0.2))

	insert("Address", places, lambda n: {"address_title": places[n], **around(n)})
	insert("Address", homes, lambda n: {"address_title": homes[n], **place(*middles[n])})
	insert(
		"Service Technician",
		people,
		lambda n: {
			**{"technician_name": people[n], "company": company, "is_active": 1},
			**{"service_zone": zone_of(n // TECHNICIANS), "start_address": homes[n // TECHNICIANS]},
		},
	)
	insert(
		"Technician Skill",
		people,
		lambda n: {
			**{"parent": people[n], "parenttype": "Service Technician", "parentfield": "skills", "idx": 1},
			**{"item_group": "All Item Groups", "support_kind": "Both" if n % 2 else "Use"},
		},
	)
	insert("Customer Equipment", calls, lambda n: {"title": f"Heater {n}", "item_group": "All Item Groups"})
	insert(
		"Repair Call",
		calls,
		lambda n: {
			**{"subject": f"Fault {n}", "priority": "Medium", "company": company, "status": "Triaged"},
			**{"customer_name": f"Customer {n}", "support_kind": "Use", "equipment": calls[n]},
			**{"service_zone": zone_of(n // CALLS), "service_address": places[n]},
			"received_at": now_datetime() - timedelta(hours=n % 400),
		},
	)
	frappe.db.commit()
	for doctype in TABLES:
		frappe.db.sql_ddl(f"ANALYZE TABLE `tab{doctype}`")
	return company


def plan(company: str, zones: int) -> tuple[dict, list]:
	"""Each zone by itself, one after another on one core."""
	reading, planning, memory, planned, left = [], [], [], [], 0
	for number in range(zones):
		begun = time.perf_counter()
		case = loading.load(Wanted(company, DAY, DAY, zone_of(number)), now_datetime())
		reading.append(time.perf_counter() - begun)
		begun = time.perf_counter()
		made = make_plan(case.problem, seconds=30)
		planning.append(time.perf_counter() - begun)
		memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
		left += len(made.left)
		planned += [(one.key, case.shifts[one.shift][0], case.moment(one.start)) for one in made.planned]
		assert len(case.calls) == CALLS, f"{len(case.calls)} calls of {zone_of(number)} are read"
	return {
		"technicians": zones * TECHNICIANS,
		"calls": zones * CALLS,
		"visits_proposed": len(planned),
		"left_over": left,
		"seconds": round(sum(reading) + sum(planning), 1),
		"reading_s_a_zone": round(sum(reading) / zones, 2),
		"planning_s_a_zone": round(sum(planning) / zones, 2),
		"memory_mb_first_zone": round(memory[0]),
		"memory_mb_last_zone": round(memory[-1]),
	}, planned


def make_visits(company: str, planned: list[tuple[str, str, datetime]]) -> None:
	def visit(n: int) -> dict:
		call, technician, start = planned[n]
		return {
			**{"technician": technician, "repair_call": call, "equipment": call, "company": company},
			**{"customer_name": call, "support_kind": "Use", "status": "Dispatched"},
			**{"planned_start": start, "planned_end": start + timedelta(hours=1)},
		}

	insert("Service Voucher", [call for call, _technician, _start in planned], visit)
	frappe.db.commit()
	frappe.db.sql_ddl("ANALYZE TABLE `tabService Voucher`")


def open_board(company: str, rounds: int) -> dict:
	"""The board of the first zone beside two lists, of its visits and calls, and beside the six in which all that it shows stands."""
	zone = zone_of(0)
	people = [f"{MARK}{n:04}" for n in range(TECHNICIANS)]
	shown = dispatch_board.load(str(DAY), company, zone)
	visits = [visit["name"] for row in shown["technicians"] for visit in row["visits"]]
	waiting = [call["call"] for call in shown["waiting"]]

	def board() -> str:
		return json.dumps(dispatch_board.load(str(DAY), company, zone), default=json_handler)

	def two_lists() -> str:
		found = _visits_and_calls(people, waiting)
		assert len(found[0].get("values", ())) == len(visits), "the lists show other visits"
		return json.dumps(found, default=json_handler)

	def all_lists() -> str:
		found = (*_visits_and_calls(people, [*waiting, *calls]), *_lists_beside(people, [*waiting, *calls]))
		assert all(one.get("values") for one in found[:-1]), "a list is empty"
		return json.dumps(found, default=json_handler)

	calls = [visit["call"] for row in shown["technicians"] for visit in row["visits"]]
	ours, plain = in_turn(board, two_lists, rounds, warm_up=3)
	again, whole = in_turn(board, all_lists, rounds, warm_up=3)
	with statements() as sent:
		board()
	return {
		"zone_visits": len(visits),
		"zone_waiting": len(waiting),
		"board_ms": round(ours * 1000, 1),
		"two_lists_ms": round(plain * 1000, 1),
		"board_over_two_lists": round(ours / plain, 2),
		"all_lists_ms": round(whole * 1000, 1),
		"board_over_all_lists": round(again / whole, 2),
		"statements": len(sent),
	}


def _visits_and_calls(people: list[str], calls: list[str]) -> tuple[dict, dict]:
	days = [str(DAY), str(DAY + timedelta(days=1))]
	return (
		board_benchmark._plain_list(
			"Service Voucher",
			board_benchmark.VISIT_FIELDS,
			[
				["Service Voucher", "planned_start", "between", days],
				["Service Voucher", "technician", "in", people],
			],
		),
		board_benchmark._plain_list(
			"Repair Call", board_benchmark.CALL_FIELDS, [["Repair Call", "name", "in", calls or [""]]]
		),
	)


def _lists_beside(people: list[str], calls: list[str]) -> tuple[dict, ...]:
	"""The other lists in which the board's facts stand: products, addresses, technicians, targets."""
	places = [f"{MARK}A{call.removeprefix(MARK)}" for call in calls]
	return (
		board_benchmark._plain_list(
			"Customer Equipment",
			("name", "title", "item_group", "address"),
			[["Customer Equipment", "name", "in", calls]],
		),
		board_benchmark._plain_list(
			"Address",
			("name", "aftersales_latitude", "aftersales_longitude"),
			[["Address", "name", "in", places]],
		),
		board_benchmark._plain_list(
			"Service Technician",
			("name", "company", "service_zone", "is_active", "start_address"),
			[["Service Technician", "name", "in", people]],
		),
		board_benchmark._plain_list(
			"Service Clock",
			("name", "reference_name", "measure", "state", "due_at"),
			[["Service Clock", "reference_name", "in", calls]],
		),
	)


def remove() -> None:
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.delete_doc("User", board_benchmark.SUPERVISOR, ignore_missing=True, force=True)
	for doctype in TABLES:
		table = frappe.qb.DocType(doctype)
		frappe.qb.from_(table).delete().where(table.name.like(f"{MARK}%")).run()
	frappe.db.commit()


if __name__ == "__main__":
	sys.exit(main())
