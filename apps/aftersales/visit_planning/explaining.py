"""The reasons of a plan in sentences: why this technician at this time, and what stands against a call left over."""

from frappe import _
from frappe.utils import format_datetime, format_duration, format_time

from aftersales.service_routes.planner.planning_rules import Left, Planned
from aftersales.visit_planning import van_parts
from aftersales.visit_planning.loading import Case


def why(case: Case, found: Planned) -> str:
	"""Why a visit is where it is in the plan, as plain text."""
	row = case.calls.get(found.key) or case.visits.get(found.key)
	told = [_travel(found)]
	if found.choices == 1:
		told.append(_("One other day of a technician had room, at a higher cost."))
	elif found.choices:
		told.append(_("{0} other days of technicians had room, at a higher cost.").format(found.choices))
	else:
		told.append(_("No other technician has room."))
	if row.promised_from and row.promised_to and found.key in case.calls and not found.late:
		told.append(
			_("Keeps the promise {0} to {1}.").format(
				format_datetime(row.promised_from), format_time(row.promised_to)
			)
		)
	elif found.late:
		told.append(_("{0} after it was due.").format(_duration(found.late)))
	elif row.get("due"):
		told.append(_("In time: due {0}.").format(format_datetime(row.due)))
	if found.key in case.missing:
		lacking = case.missing[found.key].get(case.shifts[found.shift][0])
		told.append(
			_("Not in the van: {0}.").format(van_parts.in_words(lacking))
			if lacking
			else _("The parts are in the van.")
		)
	return " ".join(told)


def why_left(case: Case, left: Left) -> str:
	"""What stands against a call that is in no day, as plain text."""
	return " ".join(part for part in (_why_left(left), _parts_in_no_van(case, left)) if part)


def _parts_in_no_van(case: Case, left: Left) -> str:
	missing = case.missing.get(left.key)
	if not missing or not all(missing.values()):
		return ""
	least = min(missing.values(), key=lambda needs: (sum(needs.values()), sorted(needs.items())))
	return _("The parts are in no van: {0}.").format(van_parts.in_words(least))


def _why_left(left: Left) -> str:
	if left.why == "nobody_fits":
		return _("No technician who is there on these days is qualified for it.")
	if left.why == "outside_hours":
		return _(
			"Its window and the way there do not fit into the working hours of those who are qualified ({0} days)."
		).format(left.candidates)
	if left.why == "dearer":
		return _("The way there costs more than waiting for another day.")
	return _("The days of those who are qualified are full with visits that are fixed or more pressing.")


def _duration(seconds: float) -> str:
	"""To the minute; from a day on to the hour."""
	step = 3600 if seconds >= 86400 else 60
	return format_duration(max(round(seconds / step), 1) * step)


def _travel(found: Planned) -> str:
	minutes, detour = round(found.travel / 60), round(found.detour / 60)
	if not minutes and not found.metres:
		return _("No travel from the stop before.")
	return _("{0} minutes from the stop before, {1} minutes more driving that day.").format(minutes, detour)
