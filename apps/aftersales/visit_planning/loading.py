"""The problem of a Visit Plan: reads technicians, their days and visits, and the calls that wait; `service_routes.planner` decides.

Who is qualified, who is away, which hours are worked and which calls wait is asked of the same functions as on the dispatch
board, with the rights of the user who plans.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import frappe
from frappe.utils import cint, flt, get_datetime, getdate

from aftersales.core.geo_rules import Point
from aftersales.field_service import arrival, day_rules, dispatch_board
from aftersales.field_service.arrival_rules import Span
from aftersales.field_service.board_needs import Needs
from aftersales.field_service.board_rows import LONGEST
from aftersales.field_service.crew import crews
from aftersales.service_calls import triage
from aftersales.service_routes import places, settings, travel
from aftersales.service_routes.planner.route_rules import Problem, Shift, Visit
from aftersales.service_staff import availability, availability_rules
from aftersales.visit_planning import van_parts

MOST_CALLS = 2000
MOST_DAYS = 14
PROMISED, EMERGENCY, DUE, WAITING = 20_000.0, 10_000.0, 3_000.0, 1_000.0
"""What it costs to leave a call out, by how it presses; see docs/day-planning.md."""
EMERGENCY_COUNTS = 10
OPEN_STATES = ("Draft", "Dispatched", "On Site")


@dataclass
class Wanted:
	"""What is to be planned: the open days of a company's technicians."""

	company: str
	begin: date
	until: date
	zone: str | None = None
	technicians: tuple[str, ...] = ()
	reschedule: bool = False


@dataclass
class Case:
	"""A problem, and what its keys mean: calls, visits there are, and shifts by technician and day."""

	problem: Problem
	midnight: datetime
	calls: dict[str, frappe._dict] = field(default_factory=dict)
	visits: dict[str, frappe._dict] = field(default_factory=dict)
	shifts: dict[str, tuple[str, date]] = field(default_factory=dict)
	travel_by: str = ""
	missing: dict[str, dict[str, van_parts.Needs]] = field(default_factory=dict)
	"""Call → technician → parts that are not in the van; calls that need parts only."""

	def moment(self, seconds: int) -> datetime:
		return self.midnight + timedelta(seconds=seconds)


def load(wanted: Wanted, now: datetime) -> Case:
	"""Everything the planner needs, with the rights of the session's user."""
	midnight = datetime.combine(wanted.begin, time())
	days = [wanted.begin + timedelta(days=n) for n in range((wanted.until - wanted.begin).days + 1)]
	people = _people(wanted)
	planned = _visits(list(people), midnight, datetime.combine(wanted.until, time()) + timedelta(days=1))
	calls = _calls(wanted, now, midnight, days)
	shifts = _shifts(people, days, midnight, now)
	planned = _day_by_day(planned, days, shifts)
	fits = _fits(people, days, [*planned, *calls], shifts)
	ways = _Ways()
	problem_shifts = _with_places(shifts, people, midnight, ways)
	visits = [_existing(row, fits[row.name], wanted, midnight, now, ways) for row in planned]
	price = settings.missing_parts()
	missing = van_parts.missing(list(people), calls, planned) if price else {}
	end = max((spans[-1][1] for _technician, _day, spans in shifts.values()), default=midnight)
	for row in calls:
		extra = _extra(missing.get(row.name), shifts, price)
		visits.append(_new(row, fits[row.name], midnight, end, now, ways, extra))
	seconds, metres, by = ways.table()
	return Case(
		Problem(visits, problem_shifts, seconds, metres, settings.prices()),
		midnight,
		{row.name: row for row in calls},
		{row.name: row for row in planned},
		{key: (technician, day) for key, (technician, day, _hours) in shifts.items()},
		by,
		missing,
	)


def shift_key(technician: str, day: date) -> str:
	return f"{day:%Y-%m-%d} {technician}"


# ---------------------------------------------------------------- who


def _people(wanted: Wanted) -> dict[str, frappe._dict]:
	filters: dict = {"company": wanted.company, "is_active": 1}
	if wanted.technicians:
		filters["name"] = ("in", list(wanted.technicians))
	if wanted.zone:
		filters["service_zone"] = wanted.zone
	rows = frappe.get_list(
		"Service Technician",
		filters=filters,
		fields=["name", "company", "service_zone", "is_active"],
		order_by="name asc",
		limit_page_length=0,
	)
	return {row.name: row for row in rows}


def _shifts(
	people: dict[str, frappe._dict], days: list[date], midnight: datetime, now: datetime
) -> dict[str, tuple[str, date, tuple[Span, ...]]]:
	"""Shift → technician, day, hours worked; those who are away, and days that are over, have none.

	Half a day off counts as a day off: which half is not known, so nothing is proposed for it.
	"""
	known = availability.people(people, days[0], days[-1])
	hours = arrival.working_hours(None, midnight, midnight + timedelta(days=len(days)))
	found = {}
	for name in people:
		for day in days:
			if availability_rules.absence(known[name], day) or availability_rules.half_day(known[name], day):
				continue
			begin = max(datetime.combine(day, time()), now)
			end = datetime.combine(day, time()) + timedelta(days=1)
			spans = tuple((max(a, begin), min(b, end)) for a, b in hours if a < end and b > begin)
			if spans:
				found[shift_key(name, day)] = (name, day, spans)
	return found


def _with_places(shifts: dict, people: dict, base: datetime, ways: "_Ways") -> list[Shift]:
	where = places.of_technicians(people)
	overtime = cint(settings.routes_settings().most_overtime) * 60
	made = []
	for key, (name, _day, spans) in shifts.items():
		start, end = where.get(name, (None, None))
		zone = people[name].service_zone
		made.append(
			Shift(
				key,
				ways.number(start, zone, anywhere=True),
				ways.number(end, zone, anywhere=True),
				_seconds(spans[0][0], base),
				_seconds(spans[-1][1], base),
				overtime,
				tuple(
					(_seconds(a[1], base), _seconds(b[0], base)) for a, b in pairwise(spans) if b[0] > a[1]
				),
			)
		)
	return made


def _fits(
	people: dict, days: list[date], rows: list[frappe._dict], shifts: dict
) -> dict[str, frozenset[str]]:
	"""Call or visit → the shifts of those who are qualified for it on that day and there."""
	known = availability.people(people, days[0], days[-1])
	found: dict[str, set[str]] = {row.name: set() for row in rows}
	for day in days:
		there = {
			name: frappe._dict(person, absence=availability_rules.absence(known[name], day))
			for name, person in people.items()
		}
		needs = Needs(there, rows, day)
		for row in rows:
			found[row.name].update(
				key for name in needs.fits[needs.of(row)] if (key := shift_key(name, day)) in shifts
			)
	return {name: frozenset(keys) for name, keys in found.items()}


# ---------------------------------------------------------------- what


def _visits(technicians: list[str], begin: datetime, until: datetime) -> list[frappe._dict]:
	"""Visits that are planned or under way on the days, whoever planned them: they take their time."""
	if not technicians:
		return []
	rows = _read_visits(
		{
			"technician": ("in", technicians),
			"docstatus": 0,
			"status": ("in", OPEN_STATES),
			"planned_start": ("between", [begin - LONGEST, until]),
			"planned_end": (">", begin),
		}
	)
	known = {row.name: row for row in rows}
	others = crews.spans(technicians, begin, until)
	if missing := sorted({row.name for row in others} - set(known)):
		known.update((row.name, row) for row in _read_visits({"name": ("in", missing)}))
	for visit, members in crews.of_visits(row.name for row in rows).items():
		known[visit].crew = [member.technician for member in members]
	rows += [_with_crew(known[row.name], row) for row in others]
	return [row for row in rows if row.planned_start < until]


def _day_by_day(rows: list[frappe._dict], days: list[date], shifts: dict) -> list[frappe._dict]:
	"""A visit that lasts several days fills what is worked on each of them; it is never moved by a plan."""
	found = []
	for row in rows:
		span = (row.planned_start, row.planned_end)
		if not day_rules.lasts_days(span):
			found.append(row)
			continue
		for day in days:
			midnight = datetime.combine(day, time())
			_name, _day, working = shifts.get(shift_key(row.technician, day), (None, None, ()))
			parts = day_rules.time_of_day(span, midnight, working)
			if parts:
				part = {
					"name": f"{row.name} {day}",
					"planned_start": parts[0][0],
					"planned_end": parts[-1][1],
				}
				found.append(frappe._dict(row, **part, arrived_at=None, part_of=row.name))
	return found


def _read_visits(filters: dict) -> list[frappe._dict]:
	return frappe.get_all(
		"Service Voucher",
		filters=filters,
		fields=[
			*("name", "technician", "status", "planned_start", "planned_end", "arrived_at", "modified"),
			*("company", "support_kind", "repair_call", "repair_call.service_address as service_address"),
			*("repair_call.service_zone as service_zone", "repair_call.item_group as call_group"),
			*("repair_call.promised_from as promised_from", "repair_call.promised_to as promised_to"),
			*("equipment.item_group as product_group", "equipment.address as product_address"),
		],
		order_by="planned_start asc, name asc",
	)


def _with_crew(visit: frappe._dict, member: frappe._dict) -> frappe._dict:
	"""The visit of somebody else as it fills the day of one of its crew; its key is not that of the visit."""
	return frappe._dict(
		visit,
		name=f"{visit.name} {member.technician}",
		technician=member.technician,
		planned_start=member.planned_start,
		planned_end=member.planned_end,
		crew=[visit.technician],
	)


def _calls(wanted: Wanted, now: datetime, midnight: datetime, days: list[date]) -> list[frappe._dict]:
	"""Calls that wait for a visit and may be visited on the days, with place and the time they are due."""
	end = midnight + timedelta(days=len(days))
	rows = [
		row
		for row in dispatch_board.calls_waiting(wanted.company, now, MOST_CALLS, wanted.zone)
		if not (row.promised_from and row.promised_from >= end)
		and not (row.promised_to and row.promised_to < midnight and row.promised_to > now)
	]
	names = [row.name for row in rows]
	where = {
		row.name: row
		for row in frappe.get_all(
			"Repair Call",
			filters={"name": ("in", names or [""])},
			fields=["name", "service_address", "equipment.address as product_address"],
			order_by="name asc",
		)
	}
	due = _due(names)
	for row in rows:
		row.update(where[row.name])
		row.due = due.get(row.name)
	return rows


def _due(calls: list[str]) -> dict[str, datetime]:
	"""Call → by when somebody has to be there, as its running targets say."""
	found: dict[str, datetime] = {}
	for clock in frappe.get_all(
		"Service Clock",
		filters={
			"reference_doctype": "Repair Call",
			"reference_name": ("in", calls or [""]),
			"state": ("in", ("Running", "Overdue")),
			"paused_at": ("is", "not set"),
		},
		fields=["reference_name", "due_at", "terms"],
		order_by="due_at asc",
	):
		if frappe.parse_json(clock.terms or "{}").get("stop_field") == "arrived_at":
			found.setdefault(clock.reference_name, clock.due_at)
	return found


def _existing(
	row: frappe._dict, fits: frozenset[str], wanted: Wanted, midnight: datetime, now: datetime, ways: "_Ways"
) -> Visit:
	start = row.arrived_at or row.planned_start
	length = max(300, round((row.planned_end - row.planned_start).total_seconds()))
	place = ways.of_row(row)
	key = shift_key(row.technician, getdate(start))
	loose = row.status == "Draft" and row.planned_start > now and not row.crew and not row.part_of
	if wanted.reschedule and loose:
		earliest, latest = _window(row, midnight, now)
		return Visit(row.name, place, length, earliest, latest, left_out_cost=PROMISED, fits=fits)
	earliest, latest = _window(row, midnight, now)
	fixed = (key, _seconds(start, midnight))
	return Visit(row.name, place, length, earliest, latest, fixed=fixed, left_out_cost=PROMISED)


def _extra(missing: dict[str, van_parts.Needs] | None, shifts: dict, price: float) -> dict[str, float]:
	"""What a call costs more in the shifts of those who would have to fetch its parts."""
	if not missing:
		return {}
	return {key: price for key, (technician, _day, _hours) in shifts.items() if missing.get(technician)}


def _new(
	row: frappe._dict,
	fits: frozenset[str],
	midnight: datetime,
	end: datetime,
	now: datetime,
	ways: "_Ways",
	extra: dict[str, float],
) -> Visit:
	"""A call that waits. `end`: of the last day; who is left over is visited after it, and is as late as then at least."""
	emergency = triage.is_emergency(row)
	earliest, latest = _window(row, midnight, now)
	due = row.due
	if row.promised_to:
		# What the customer has agreed to stands for the target while it is not over
		due = min(moment for moment in (row.promised_to, due) if moment) if row.promised_to <= now else None
	cost = WAITING
	if row.promised_to and row.promised_to > now:
		cost = PROMISED
	elif emergency:
		cost = EMERGENCY
	elif due:
		cost = DUE
	late_cost = flt(settings.routes_settings().late_hour) * (EMERGENCY_COUNTS if emergency else 1)
	if due:
		cost += max(0.0, (end - due) / timedelta(hours=1)) * late_cost
	age = max(0, (now - get_datetime(row.received_at)).days) if row.received_at else 0
	return Visit(
		row.name,
		ways.of_row(row),
		max(5, cint(settings.routes_settings().work_minutes) or 60) * 60,
		earliest,
		latest,
		due=_seconds(due, midnight) if due else None,
		late_cost=late_cost,
		left_out_cost=cost + min(age, 300),
		fits=fits,
		extra=extra,
	)


def _window(row: frappe._dict, midnight: datetime, now: datetime) -> tuple[int, int]:
	"""When a visit may begin: the window promised to the customer while it is not over, else any time from now."""
	soonest = max(0, _seconds(now, midnight))
	if row.promised_from and row.promised_to and row.promised_to > now:
		return max(soonest, _seconds(row.promised_from, midnight)), _seconds(row.promised_to, midnight)
	return soonest, 10**9


def _seconds(moment: datetime, midnight: datetime) -> int:
	return round((moment - midnight).total_seconds())


# ---------------------------------------------------------------- where


class _Ways:
	"""The places of a problem, each known one once; the table between them."""

	def __init__(self):
		self.points: list[Point | None] = []
		self.zones: list[str | None] = []
		self.numbers: dict[tuple, int] = {}
		self.addresses: dict[str, int] = {}
		self.waiting: dict[int, tuple[str, str | None]] = {}
		self.anywhere: set[int] = set()

	def number(self, point: Point | None, zone: str | None, anywhere: bool = False) -> int:
		"""The row of a place; one that is not known has a row of its own. `anywhere`: then it costs no way at all."""
		key = (point, zone) if point else ("anywhere",) if anywhere else ("unknown", len(self.points))
		if key not in self.numbers:
			self.numbers[key] = len(self.points)
			self.points.append(point)
			self.zones.append(zone)
			if not point and anywhere:
				self.anywhere.add(self.numbers[key])
		return self.numbers[key]

	def of_row(self, row: frappe._dict) -> int:
		"""The row of the address of a call, else of its product; looked up for all of them in `table`."""
		address = row.service_address or row.product_address
		if not address:
			return self.number(None, None)
		if address not in self.addresses:
			number = self.addresses[address] = len(self.points)
			self.points.append(None)
			self.zones.append(row.service_zone)
			self.waiting[number] = (address, row.service_zone)
		return self.addresses[address]

	def table(self) -> tuple[list[list[int]], list[list[int]], str]:
		known = places.of_addresses(address for address, _zone in self.waiting.values())
		for number, (address, _zone) in self.waiting.items():
			self.points[number] = known.get(address)
		table = travel.table(self.points, self.zones)
		for nowhere in self.anywhere:
			for other in range(len(self.points)):
				table.seconds[nowhere][other] = table.seconds[other][nowhere] = 0
				table.metres[nowhere][other] = table.metres[other][nowhere] = 0
		return table.seconds, table.metres, table.by
