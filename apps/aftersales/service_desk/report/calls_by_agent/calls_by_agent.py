"""What agents have done in a period: calls they own, solved by phone, with what opinion; telephone calls taken and missed,
time, matched, and how they were assessed."""

import frappe
from frappe import _
from frappe.utils import add_days, flt

from aftersales.core.guards import require_role
from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import column, link, period_of, share
from aftersales.core.roles import SUPERVISORS
from aftersales.service_desk.staff_months import agent_figures
from aftersales.service_desk.telephone import call_logs


@validate_filters
def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Script report. Filters: from_date, to_date (both needed).

	Raises:
		frappe.PermissionError: the user does not lead the service.
	"""
	require_role(SUPERVISORS, _("Figures of agents"))
	first, last = period_of(filters or {})
	rows: dict[str, frappe._dict] = {}
	for log in _logs(first, last):
		row = rows.setdefault(log.agent or "", _empty(log.agent))
		talk = call_logs.talk_of(log)
		row.talks += talk.was_held
		row.missed += talk.was_missed
		row.seconds += talk.seconds if talk.was_held else 0
		row.matched += talk.was_held and bool(log.matched)
	for agent, scores in _scores(first, last).items():
		row = rows.setdefault(agent, _empty(agent))
		row.update({"assessed": len(scores), "score": flt(sum(scores) / len(scores), 1)})
	for agent, done in agent_figures.by_agent(first, last).items():
		rows.setdefault(agent, _empty(agent)).update(done)
	return _columns(), [_shown(rows[agent]) for agent in sorted(rows)]


def _logs(first, last) -> list[frappe._dict]:
	log, dynamic_link = frappe.qb.DocType("Call Log"), frappe.qb.DocType("Dynamic Link")
	return (
		frappe.qb.from_(log)
		.left_join(dynamic_link)
		.on(
			(dynamic_link.parent == log.name)
			& (dynamic_link.parenttype == "Call Log")
			& (dynamic_link.link_doctype == "Repair Call")
		)
		.select(
			log.name,
			log.type,
			log.status,
			log.start_time,
			log.end_time,
			log.duration,
			log.creation,
			log.employee_user_id.as_("agent"),
			dynamic_link.link_name.as_("matched"),
		)
		.where((log.creation >= first) & (log.creation < add_days(last, 1)))
		.run(as_dict=True)
	)


def _scores(first, last) -> dict[str, list[float]]:
	found: dict[str, list[float]] = {}
	period = {"assessed_on": ("between", [first, last])}
	for row in frappe.get_all("Call Assessment", period, ["agent", "score"], order_by="agent asc"):
		found.setdefault(row.agent, []).append(row.score)
	return found


def _empty(agent: str | None) -> frappe._dict:
	counts = dict.fromkeys(("talks", "missed", "matched", "assessed", *agent_figures.SUMS), 0)
	return frappe._dict(agent=agent, seconds=0.0, score=None, response=None, courtesy=None, **counts)


def _shown(row: frappe._dict) -> dict:
	mean = round(row.seconds / row.talks) if row.talks else None
	return {
		**row,
		"mean_seconds": mean,
		"matched_share": share(row.matched, row.talks),
		"phone_share": share(row.by_phone, row.calls),
		"csat": share(row.content, row.rated),
		"courtesy": None if row.courtesy is None else flt(row.courtesy, 1),
	}


def _columns() -> list[dict]:
	return [
		link("agent", _("Agent"), "User", 220),
		column("calls", _("Calls"), "Int", 90),
		column("phone_share", _("Solved by Phone (%)"), "Float", 160, precision=1),
		column("response", _("Response Time"), "Duration", 140, hide_seconds=1),
		column("csat", _("CSAT on the Phone (%)"), "Float", 170, precision=1),
		column("talks", _("Calls Taken"), "Int", 110),
		column("missed", _("Missed"), "Int", 90),
		column("mean_seconds", _("Mean Duration"), "Duration", 130),
		column("matched_share", _("Matched (%)"), "Float", 120, precision=1),
		column("assessed", _("Assessed"), "Int", 100),
		column("score", _("Score"), "Float", 90, precision=1),
		column("courtesy", _("Courtesy"), "Float", 100, precision=1),
	]
