"""The page of what we promise, and of what we kept last quarter: for everybody, once a standard is published."""

import frappe
from frappe import _
from frappe.utils import format_date, getdate

from aftersales.customer_portal import limits
from aftersales.customer_portal.forms import HOUR
from aftersales.customer_portal.web import NotHere, Page, Visit
from aftersales.service_quality import goal_figures
from aftersales.service_quality.standards import standard_rules, tally
from aftersales.service_quality.standards.standard_rules import KEY_FIGURE

CACHE_KEY = "aftersales_published_standards"
KEPT_SECONDS = 3600
"""The figures of a quarter that is over hardly change: they are counted once an hour."""


def standards(visit: Visit) -> Page:
	"""What we promise. Nothing of a single case is shown, and no standard that is not published."""
	limits.count("standards", 120, HOUR)
	rows, first, last = _counted()
	if not rows:
		raise NotHere
	return Page(
		"standards.html",
		{
			"title": _("What we promise"),
			"rows": [_shown(row) for row in rows],
			"period": _("{0} to {1}").format(format_date(first), format_date(last)),
			"navigation": frappe.session.user != "Guest",
		},
	)


def forget(doc=None, method: str | None = None) -> None:
	"""on_update and on_trash of Service Standard: the page shows it at once."""
	_forget()
	# Until then another process may read what was before, and keep it
	frappe.db.after_commit.add(_forget)


def _forget() -> None:
	frappe.cache.delete_value(CACHE_KEY)


def _counted() -> tuple[list[dict], str, str]:
	first, last = standard_rules.last_quarter(getdate())
	key = f"{CACHE_KEY}/{first}"
	kept = frappe.cache.get_value(CACHE_KEY)
	if kept and kept["key"] == key:
		return kept["rows"], kept["first"], kept["last"]
	found = tally.standards(published=True)
	counts = tally.tallies(found, first, last)
	rows = [
		{
			"title": row.title,
			"promise": row.promise,
			"consequence": row.consequence,
			"is_figure": row.measured_by == KEY_FIGURE,
			"figure": row.figure,
			"company": row.company,
			"value": counts[row.name].value,
			"share": counts[row.name].share,
			"cases": counts[row.name].cases,
			"least": row.least_share,
		}
		for row in found
	]
	answer = {"key": key, "rows": rows, "first": str(first), "last": str(last)}
	frappe.cache.set_value(CACHE_KEY, answer, expires_in_sec=KEPT_SECONDS)
	return rows, str(first), str(last)


def _shown(row: dict) -> dict:
	"""In words: per cent with one decimal, a figure in its own unit, or that there was no case."""
	figure = row.get("figure") if row["is_figure"] else None
	value = row["value"] if row["is_figure"] else row["share"]
	is_percent = value is not None and (not figure or goal_figures.FIGURES[figure].is_share)
	if value is None:
		text = _("no case")
	else:
		text = goal_figures.in_words(figure, value, row.get("company")) if figure else f"{value:.1f} %"
	return {
		"title": _(row["title"]),
		"promise": _(row["promise"]),
		"consequence": _(row["consequence"]) if row["consequence"] else "",
		"text": text,
		"cases": row["cases"] if not row["is_figure"] else None,
		"width": max(0, min(100, round(value))) if is_percent else None,
		"color": standard_rules.color(row["share"], row["least"] or 0),
	}
