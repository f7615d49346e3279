"""Service Targets as loaded rules, and the choice of those that run on a document."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, data, escape_html, get_datetime
from frappe.utils.nestedset import get_ancestors_of
from frappe.utils.safe_exec import VALID_UTILS

from aftersales.service_levels import calendars, working_time
from aftersales.service_levels.clock_machine import Step, Terms
from aftersales.service_levels.target_rules import WEIGHTS, Phases, Rule, matches, most_specific

CACHE_KEY = "aftersales_service_targets"

CONDITION_FIELDS = {field: field for field in WEIGHTS} | {
	"customer_group": "for_customer_group",
	"company": "for_company",
}
"""Condition → field of Service Target. A field named `company` or `customer_group` would be filled by
Frappe with the user's or the site's default, and every new target would be narrowed by it."""

FACTS_OF_THE_CALL = ("request_type", "priority", "service_zone", "customer", "service_contract")


def targets_of(doctype: str) -> list[dict]:
	"""The enabled targets on `doctype` as plain dicts, cached until a target or calendar changes."""
	return _all_targets().get(doctype, [])


def is_tracked(doctype: str) -> bool:
	"""True when there is a target on `doctype`, enabled or not: its documents may have clocks."""
	return doctype in _all_targets()


def clear_cache(doc: Document | None = None, method: str | None = None) -> None:
	"""doc_events of Service Target, Service Calendar and Holiday List: forget the loaded targets.

	Again when the transaction ends: until then another process may load and keep what was before.
	"""
	_forget()
	frappe.db.after_commit.add(_forget)
	frappe.db.after_rollback.add(_forget)


def facts_of(doc: Document, conditions: Iterable[str] = ()) -> dict[str, str | frozenset[str] | None]:
	"""What the targets on this type (and further `conditions`) ask of `doc` and of its call.

	A target's own expression is no fact: it is asked when a clock starts.
	"""
	loaded = targets_of(doc.doctype)
	asked = {field for target in loaded for field in target["conditions"]}
	due = {target["due_field"] for target in loaded if target["due_field"]}
	facts = _facts(doc, asked | set(conditions))
	return facts | {field: doc.get(field) and str(get_datetime(doc.get(field))) for field in due}


def chosen(doc: Document, facts: dict) -> list[dict]:
	"""The targets that run on `doc`: matching, and the most specific for each measure.

	A condition that raises disables its target and tells the managers; it never stops the document.
	"""
	targets = {target["name"]: target for target in targets_of(doc.doctype)}
	rules = [
		rule
		for rule in (Rule(t["name"], t["measure"], t["conditions"]) for t in targets.values())
		if matches(rule, facts) and _condition_holds(doc, targets[rule.name])
	]
	return [targets[rule.name] for rule in most_specific(rules)]


def phases_of(target: dict) -> Phases:
	"""When a loaded target starts, stops, pauses and is cancelled."""
	return Phases(
		start_field=target["start_field"],
		start_status=frozenset(target["start_status"]),
		stop_field=target["stop_field"],
		stop_status=frozenset(target["stop_status"]),
		pause_status=frozenset(target["pause_status"]),
		cancel_status=frozenset(target["cancel_status"]),
	)


def terms_of(stored_terms: dict | str) -> Terms:
	"""The pure terms from those frozen in a clock or loaded with a target."""
	terms = json.loads(stored_terms) if isinstance(stored_terms, str) else stored_terms
	return Terms.of(
		calendars.from_terms(terms["calendar"]),
		terms["allowed_seconds"],
		[
			Step(step["name"], step["percent"], step["minutes"], step["repeat_minutes"], step["times"])
			for step in terms["steps"]
		],
	)


def conditions_of(target: Document) -> dict[str, str]:
	"""The conditions of Service Target `target` that name a value."""
	return {
		condition: target.get(field) for condition, field in CONDITION_FIELDS.items() if target.get(field)
	}


def terms_from(terms: dict, begin: datetime, due: datetime | None = None) -> dict:
	"""The terms of a target for a clock that starts at `begin` (aware).

	Time that ends with a business day, or at a time `due` (aware) that the document names, has a length only
	once it is known from when it runs.
	"""
	calendar = terms["calendar"]
	if due is not None:
		seconds = working_time.elapsed(calendars.from_terms(calendar), begin, due) if due > begin else 0
		return {**terms, "allowed_seconds": max(1, round(seconds))}
	if terms["until_close"] is None:
		return terms
	seconds = working_time.until_close(calendars.from_terms(calendar), begin, terms["until_close"])
	return {**terms, "allowed_seconds": round(seconds)}


def load(target: Document) -> dict:
	"""Everything a clock needs of Service Target `target`, as plain values."""
	return {
		"name": target.name,
		"measure": target.measure,
		"conditions": conditions_of(target),
		"start_field": target.start_field or "creation",
		"start_status": lines(target.start_status),
		"stop_field": target.stop_field or None,
		"due_field": target.due_field or None,
		"stop_status": lines(target.stop_status),
		"pause_status": lines(target.pause_status),
		"cancel_status": lines(target.cancel_status),
		"calendar_name": target.calendar,
		"terms": {
			"calendar": calendars.as_terms(target.calendar),
			"allowed_seconds": cint(target.time_allowed),
			"until_close": cint(target.business_days) if target.until_end_of_day else None,
			"steps": [_step(row) for row in target.steps],
		},
	}


def disable(target: str, reason: str) -> None:
	"""Switch a target off because it broke, and say so to every Service Manager."""
	frappe.db.set_value("Service Target", target, {"enabled": 0, "disabled_reason": reason})
	clear_cache()
	from aftersales.core.notices import Notice, notify
	from aftersales.service_levels.escalation import users_with_role

	subject = _("Service Target {0} was disabled: {1}").format(escape_html(target), escape_html(reason))
	for user in users_with_role("Service Manager"):
		notify(user, Notice(subject, "Service Target", target))


def evaluate(condition: str, doc: Document) -> bool:
	"""Value of a target's own condition on `doc`, in Frappe's sandbox."""
	return bool(frappe.safe_eval(condition, {"frappe": _safe_frappe()}, {"doc": doc.as_dict()}))


def _forget() -> None:
	frappe.cache.delete_value(CACHE_KEY)


def _safe_frappe() -> frappe._dict:
	# A copy each time: a condition may change what it is given, but not what the next one gets
	return frappe._dict(utils=frappe._dict(_safe_utils()))


@lru_cache(maxsize=1)
def _safe_utils() -> dict:
	"""The functions of frappe.utils that Frappe's sandbox allows; all its globals take milliseconds to gather."""
	return {name: getattr(data, name) for name in VALID_UTILS if hasattr(data, name)}


def _all_targets() -> dict[str, list[dict]]:
	def read() -> dict[str, list[dict]]:
		found: dict[str, list[dict]] = {}
		for row in frappe.get_all(
			"Service Target", fields=["name", "document_type", "enabled"], order_by="name asc"
		):
			of_type = found.setdefault(row.document_type, [])
			if row.enabled:
				of_type.append(load(frappe.get_doc("Service Target", row.name)))
		return found

	return frappe.cache.get_value(CACHE_KEY, read)


def _condition_holds(doc: Document, target: dict) -> bool:
	condition = target["conditions"].get("condition")
	if not condition:
		return True
	try:
		return evaluate(condition, doc)
	except Exception as error:
		disable(target["name"], _("its condition failed on {0}: {1}").format(doc.name, cstr(error)))
		return False


def _facts(doc: Document, wanted: set[str]) -> dict:
	facts = {field: doc.get(field) for field in wanted if field != "condition"}
	missing = [field for field in FACTS_OF_THE_CALL if field in wanted and not facts.get(field)]
	for link, functions in frappe.get_hooks("aftersales_target_facts").items() if missing else ():
		if doc.get(link):
			for function in functions:
				facts.update(frappe.get_attr(function)(doc.get(link), missing))
	if "customer_group" in wanted:
		facts["customer_group"] = _customer_groups(doc.get("customer"))
	return facts


def _customer_groups(customer: str | None) -> frozenset[str]:
	group = customer and frappe.get_cached_value("Customer", customer, "customer_group")
	return frozenset([group, *get_ancestors_of("Customer Group", group)]) if group else frozenset()


def _step(row: Document) -> dict:
	minutes = cint(row.minutes)
	return {
		"name": row.name,
		"percent": row.percent if row.moment == "Percent of Time" else None,
		"minutes": -minutes if row.moment == "Before Due" else minutes,
		"repeat_minutes": cint(row.repeat_minutes) if row.moment == "After Due" else 0,
		"times": (cint(row.times) or 1) if row.moment == "After Due" else 1,
		"notify_assignee": cint(row.notify_assignee),
		"notify_role": row.notify_role,
		"notify_user": row.notify_user,
		"notify_field": row.notify_field,
		"send_email": cint(row.send_email),
		"assign_to": row.assign_to,
		"raise_priority_to": row.raise_priority_to,
		"message": row.message,
	}


def lines(text: str | None) -> list[str]:
	return [line.strip() for line in cstr(text).splitlines() if line.strip()]
