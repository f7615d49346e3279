"""The planner on public instances with time windows (Solomon 1987), beside the best known distances.

	python3 benchmarks/planner.py FOLDER [--seconds 30] [--instances R101 C101 …] [--skills] [--insertion-only]

FOLDER holds instances of 25, 50 and 100 customers, in TSPLIB form (as LKH-3 has them) or in Solomon's own; they are not part
of this repository. Distances are cut to one decimal, as in the literature on exact methods, whose optima the script knows for
the instances it runs by default. `--skills` gives each visit one of three skills and each shift two of them: the optima
are then a lower bound that nobody may reach, and what is compared are the two ways of the planner.

The solver is PyVRP where it is installed. No site is needed. Prints a table and, as its last line, the figures as JSON.
"""

import argparse
import json
import math
import random
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "apps"))

from aftersales.service_routes.planner import solver
from aftersales.service_routes.planner.planning_rules import make_plan
from aftersales.service_routes.planner.route_rules import Prices, Problem, Shift, Visit

VEHICLES = 25
SKILLS = ("gas", "power", "water")
BEST = {
	# Optima of the instances with 25, 50 and 100 customers, distances cut to one decimal (Solomon's site; CVRPLIB)
	"C101": (191.3, 362.4, 827.3),
	"C105": (191.3, 362.4, 827.3),
	"C201": (214.7, 360.2, 589.1),
	"C205": (214.7, 359.8, 586.4),
	"R101": (617.1, 1044.0, 1637.7),
	"R105": (530.5, 899.3, 1355.3),
	"R109": (441.3, 786.8, 1146.9),
	"R201": (463.3, 791.9, 1143.2),
	"R205": (393.0, 690.1, 949.8),
	"RC101": (461.1, 944.0, 1619.8),
	"RC105": (411.3, 855.3, 1513.7),
	"RC201": (360.2, 684.8, 1261.8),
	"RC205": (338.0, 630.2, 1154.0),
}
SIZES = (25, 50, 100)


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("folder", type=Path)
	parser.add_argument("--seconds", type=float, default=30)
	parser.add_argument("--instances", nargs="*", default=sorted(BEST))
	parser.add_argument("--sizes", nargs="*", type=int, default=SIZES)
	parser.add_argument("--skills", action="store_true")
	parser.add_argument("--insertion-only", action="store_true")
	options = parser.parse_args()
	solves = solver.is_there() and not options.insertion_only
	print(
		f"{'instance':10}{'size':>5}{'best known':>12}{'insertion':>12}{'gap %':>8}{'PyVRP':>12}{'gap %':>8}"
	)
	rows = []
	for name in options.instances:
		for size in options.sizes:
			path = found(options.folder, name, size)
			if not path:
				print(f"{name:10}{size:>5}  not in {options.folder}")
				continue
			case = problem(read(path), size, options.skills)
			best = BEST[name][SIZES.index(size)] if name in BEST else None
			row = {"instance": name, "size": size, "best": best}
			for way, orders in (("insertion", None), ("solver", solver.orders)):
				if orders and not solves:
					continue
				began = time.monotonic()
				plan = make_plan(case, orders, options.seconds, rounds=10**7)
				distance = sum(shift.metres for shift in plan.shifts) / 10
				row[way] = {
					"distance": distance,
					"left": len(plan.left),
					"seconds": round(time.monotonic() - began, 1),
					"gap": round(100 * (distance / best - 1), 2) if best else None,
				}
			rows.append(row)
			print(line(row), flush=True)
	print(json.dumps({"seconds": options.seconds, "skills": options.skills, "rows": rows}))
	return 0


def line(row: dict) -> str:
	text = f"{row['instance']:10}{row['size']:>5}{row['best'] or '-':>12}"
	for way in ("insertion", "solver"):
		if way in row:
			text += f"{row[way]['distance']:>12.1f}{row[way]['gap'] if row['best'] else '-':>8}"
			text += f" ({row[way]['left']} left)" if row[way]["left"] else ""
	return text


def found(folder: Path, name: str, size: int) -> Path | None:
	exact = [
		path
		for path in sorted(folder.rglob("*"))
		if path.is_file() and re.fullmatch(rf"{name}\.{size}\b.*|{name}_{size}\b.*", path.name, re.IGNORECASE)
	]
	whole = [path for path in sorted(folder.rglob("*")) if path.stem.lower() == name.lower()]
	return next(iter([*exact, *whole]), None)


def read(path: Path) -> dict:
	"""Capacity and customers (x, y, demand, ready, due, service), the depot first."""
	text = path.read_text()
	return _tsplib(text) if "NODE_COORD_SECTION" in text else _solomon(text)


def _solomon(text: str) -> dict:
	rows = [[float(part) for part in line.split()] for line in text.splitlines() if _is_numbers(line)]
	customers = [tuple(row[1:7]) for row in rows if len(row) == 7]
	return {"capacity": int(rows[0][1]), "customers": customers}


def _is_numbers(line: str) -> bool:
	return bool(line.split()) and all(re.fullmatch(r"[\d.]+", part) for part in line.split())


def _tsplib(text: str) -> dict:
	section, values, capacity, service = "", {}, 0, 0.0
	for line in text.splitlines():
		parts = line.replace(":", " ").split()
		if not parts or parts[0] == "EOF":
			continue
		if parts[0] == "CAPACITY":
			capacity = int(parts[1])
		elif parts[0] == "SERVICE_TIME":
			service = float(parts[1])
		elif parts[0].endswith("_SECTION"):
			section = parts[0]
		elif section and parts[0].isdigit():
			values.setdefault(section, {})[int(parts[0])] = [float(part) for part in parts[1:]]
	customers = [
		(
			*values["NODE_COORD_SECTION"][number],
			values["DEMAND_SECTION"][number][0],
			*values["TIME_WINDOW_SECTION"][number],
			service if number > 1 else 0,
		)
		for number in sorted(values["NODE_COORD_SECTION"])
	]
	return {"capacity": capacity, "customers": customers}


def problem(instance: dict, size: int, skills: bool) -> Problem:
	"""Distances in tenths; time and distance are the same."""
	customers = instance["customers"][: size + 1]
	ways = [[int(10 * math.dist(a[:2], b[:2]) + 1e-9) for b in customers] for a in customers]
	horizon = round(customers[0][4] * 10)
	chance = random.Random(1)
	shifts = [
		Shift(f"T{number}", 0, 0, 0, horizon, capacity=instance["capacity"]) for number in range(VEHICLES)
	]
	has = {shift.key: set(chance.sample(SKILLS, 2)) for shift in shifts}
	visits = []
	for number, (_x, _y, demand, ready, due, service) in enumerate(customers[1:], 1):
		need = chance.choice(SKILLS)
		fits = frozenset(key for key, own in has.items() if need in own) if skills else None
		visits.append(
			Visit(
				str(number),
				number,
				round(service * 10),
				round(ready * 10),
				round(due * 10),
				left_out_cost=100_000.0,
				fits=fits,
				load=round(demand),
			)
		)
	return Problem(visits, shifts, ways, ways, Prices(0, 1000.0, 0), grid=1)


if __name__ == "__main__":
	sys.exit(main())
