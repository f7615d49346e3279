"""Follow-ups: planned when a call is closed or a complaint answered, called, answered (R-FU-1)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, add_to_date, cint, cstr, escape_html, format_date, getdate, now_datetime
from frappe.utils.nestedset import get_ancestors_of

from aftersales.core import shipped_texts
from aftersales.core.guards import previous_status, privileged, set_protected_values, status_changed_to
from aftersales.core.input.requests import Names, validate_call
from aftersales.customer_care import follow_up_rules
from aftersales.customer_care.follow_up_rules import Rule
from aftersales.installed_base.equipment import PRODUCT_FIELDS
from aftersales.service_setup.settings import aftersales_settings

UNFINISHED = ("Planned", "Attempted")
ANSWERED = ("Done", "Escalated")
ANSWERS = ("repair_effective", "hidden_hazard", "csat", "nps", "comments", "answer_accepted")
CONDITION_FIELDS = {
	"customer": "customer",
	"customer_group": "for_customer_group",
	"service_category": "service_category",
	"request_type": "request_type",
}
SUPERVISOR = "Service Supervisor"
CANDIDATES = 5
"""So many follow-ups are tried before it is said that colleagues have taken them all."""


def follow_call(call: Document, method: str | None = None) -> None:
	"""on_update of Repair Call: plan to ask when it is closed, ask no more when it is opened again."""
	if call.flags.from_register:
		return
	if status_changed_to(call, "Closed"):
		plan_after_closing(call)
	elif previous_status(call) == "Closed" != call.status:
		call_off({"repair_call": call.name, "kind": "Effectiveness"})


def plan_after_closing(call: Document) -> str | None:
	"""Plan the follow-up of a call that is being closed; returns its name.

	One per call: one that was called off, when the call was opened again or otherwise, is taken up anew,
	and one already made is not made again. None when the rules or the settings say not to ask.
	"""
	days = _days_after_closing(call)
	if not days:
		return None
	due = getdate(add_days(call.closed_at, days))
	# closing locks the row of the call, so two requests cannot both find nothing here
	planned = frappe.db.get_value(
		"Follow-up", {"repair_call": call.name, "kind": "Effectiveness"}, ["name", "status"], as_dict=True
	)
	if not planned:
		return _plan(call, due)
	if planned.status not in ANSWERED:
		_take_up(planned.name, due)
	return planned.name


def call_off(filters: dict) -> None:
	"""Cancel the follow-ups that are still to be made among those of `filters`: there is nothing to ask any more."""
	for name in frappe.get_all(
		"Follow-up", filters={**filters, "status": ("in", UNFINISHED)}, pluck="name", order_by="name asc"
	):
		doc = frappe.get_doc("Follow-up", name, for_update=True)
		if doc.status in UNFINISHED:
			doc.status = "Cancelled"
			privileged(doc).save()


def plan_complaint_reply(complaint: Document) -> str | None:
	"""Plan to ask whether a complaint's answer is accepted; returns the follow-up's name, None if switched off.

	A complaint that is answered anew is asked about anew; what is still to be asked moves to the new date.
	"""
	days = cint(aftersales_settings().complaint_reply_days)
	if not days:
		return None
	due = getdate(add_days(complaint.answered_at, days))
	planned = frappe.db.get_value(
		"Follow-up", {"service_complaint": complaint.name, "status": ("in", UNFINISHED)}, "name"
	)
	if planned:
		frappe.db.set_value("Follow-up", planned, {"due_date": due, "next_attempt_at": None})
		return planned
	return _insert(
		complaint,
		kind="Complaint Reply",
		due_date=due,
		service_complaint=complaint.name,
		repair_call=complaint.repair_call,
	)


@frappe.whitelist(methods=["POST"])
@validate_call
def next_to_call(skip: Names | None = None, everybody: int = 0) -> dict | None:
	"""The follow-up to call next, made the user's own so that no colleague calls the same customer.

	Their own first, then those nobody has, with `everybody` also those of colleagues; the longest due first,
	and none whose next attempt is still to come.

	Args:
		skip: names of follow-ups to leave out (JSON or list).

	Returns:
		the call sheet (see :func:`call_sheet`), or None when nobody is left to call.

	Raises:
		frappe.PermissionError: the user may not edit follow-ups.
	"""
	frappe.has_permission("Follow-up", "write", throw=True)
	mine = {"call_owner": frappe.session.user}
	whose = [mine, {"call_owner": ("is", "not set")}, *([{}] if cint(everybody) else [])]
	for filters in whose:
		for name in _due_for_call(filters, frappe.parse_json(skip) or []):
			doc = frappe.get_doc("Follow-up", name, for_update=True)
			# between the list and the lock a colleague may have taken it
			if doc.status not in UNFINISHED or ("call_owner" in filters and not _still(doc, filters)):
				continue
			if doc.call_owner != frappe.session.user:
				doc.call_owner = frappe.session.user
				doc.save()
			return call_sheet(doc.name)
	return None


@frappe.whitelist()
@validate_call
def call_sheet(follow_up: str) -> dict:
	"""What an agent needs to make a follow-up call: whom, about what, what to say, what to ask.

	Raises:
		frappe.PermissionError: the user may not read the follow-up.
	"""
	doc = frappe.get_doc("Follow-up", follow_up)
	doc.check_permission("read")
	sheet = {
		field: doc.get(field)
		for field in (
			"name",
			"kind",
			"status",
			"due_date",
			"customer",
			"customer_name",
			"contact_name",
			"contact_phone",
			"repair_call",
			"service_complaint",
			"technician",
			"attempts",
			"visit_call",
		)
	}
	sheet["most_attempts"] = most_attempts(doc)
	sheet["script"] = script_for(doc)
	sheet["questions"] = follow_up_rules.QUESTIONS[doc.kind]
	if doc.equipment:
		sheet["product"] = frappe.db.get_value("Customer Equipment", doc.equipment, "title")
	if doc.repair_call:
		fields = ["subject", "resolution", "closed_at", "brand", "model"]
		sheet["call"] = frappe.db.get_value("Repair Call", doc.repair_call, fields, as_dict=True)
	if doc.service_complaint:
		fields = ["subject", "answered_at"]
		sheet["complaint"] = frappe.db.get_value(
			"Service Complaint", doc.service_complaint, fields, as_dict=True
		)
	return sheet


def script_for(follow_up: Document) -> str | None:
	"""What to say: of the plan for a periodic visit, else of the rule, else of the settings.

	A script that came with the app, and was not changed, is in the customer's language.
	"""
	if follow_up.periodic_visit_plan:
		source = ("Periodic Visit Plan", follow_up.periodic_visit_plan, "script")
		script = frappe.db.get_value(*source)
	elif follow_up.kind != "Effectiveness":
		return None
	else:
		rule = rule_for_call(follow_up.repair_call) if follow_up.repair_call else None
		settings = aftersales_settings()
		if rule and rule.script:
			source, script = ("Follow-up Rule", rule.name, "script"), rule.script
		else:
			source, script = (settings.doctype, settings.name, "follow_up_script"), settings.follow_up_script
	language = frappe.get_cached_value("Customer", follow_up.customer, "language")
	return shipped_texts.spoken(*source, script, language)


def record_answers(follow_up: str, answers: dict, channel: str) -> None:
	"""Note a customer's own answers, e.g. from a signed survey; the caller has checked who answers.

	Args:
		answers: repair_effective, hidden_hazard, answer_accepted (Yes or No), csat (1 to 5), nps (0 to
			10), comments; empty or left out where the customer says nothing.
		channel: one of the channels of a Follow-up, e.g. "Web".

	Raises:
		frappe.ValidationError: answered or called off already, or an answer is not among those possible.
	"""
	unknown = sorted(set(answers) - set(ANSWERS))
	if unknown:
		frappe.throw(_("{0} is no question of a follow-up.").format(escape_html(", ".join(unknown))))
	doc = frappe.get_doc("Follow-up", follow_up, for_update=True)
	if doc.status in ANSWERED:
		frappe.throw(
			_("Thank you, we have your answer of {0} already.").format(format_date(doc.done_at)),
			title=_("Already Answered"),
		)
	if doc.status == "Cancelled" and not doc.not_reached:
		frappe.throw(_("This survey is over. Please call us if we can help."), title=_("Survey Is Over"))
	doc.take_answers({field: _plain(field, answer) for field, answer in answers.items()}, channel)
	doc.save(ignore_permissions=True)


def open_new_call(follow_up: Document, reasons: list[str]) -> str:
	"""Register the call that a bad answer asks for, linked to the old one, and tell the supervisors.

	Returns its name.
	"""
	told = [_(reason) for reason in reasons]
	old = frappe.get_doc("Repair Call", follow_up.repair_call) if follow_up.repair_call else frappe._dict()
	new = frappe.new_doc("Repair Call")
	new.update(
		{
			"subject": f"{', '.join(told)}: {old.subject or follow_up.customer_name}"[:140],
			"description": escape_html(follow_up.comments or ""),
			"hazard": "Other" if follow_up.hidden_hazard == "Yes" else None,
			"repeat_of": old.name,
			"customer": follow_up.customer,
			"company": follow_up.company,
			"equipment": follow_up.equipment,
			"contact_name": follow_up.contact_name,
			"contact_phone": follow_up.contact_phone,
			"call_owner": follow_up.call_owner,
			"channel": follow_up.answer_channel or "Phone",
			**{
				field: old.get(field)
				for field in ("service_address", "request_type", "support_kind", "symptom_code")
			},
		}
	)
	if not follow_up.equipment:
		new.update({field: old.get(field) for field in PRODUCT_FIELDS})
	if old and not old.contact_confirmed:
		set_protected_values(new, contact_confirmed=0)
	# the answer opens the call, whoever writes it down, be it the customer themselves
	new.insert(ignore_permissions=True)
	tell_supervisors(
		_("Message from {0}: {1}").format(follow_up.customer_name or follow_up.customer, ", ".join(told)), new
	)
	return new.name


def open_visit_call(follow_up: Document) -> str:
	"""Register the call of a periodic visit that was agreed with the customer; returns its name."""
	plan = frappe.db.get_value(
		"Periodic Visit Plan", follow_up.periodic_visit_plan, ["plan_name", "request_type"], as_dict=True
	)
	call = frappe.new_doc("Repair Call")
	call.update(
		{
			field: follow_up.get(field)
			for field in ("customer", "company", "equipment", "contact_name", "contact_phone")
		}
	)
	call.update(
		{
			"subject": _("Periodic visit: {0}").format(plan.plan_name) if plan else _("Periodic visit"),
			"request_type": plan.request_type if plan else None,
			"channel": "Phone",
		}
	)
	return call.insert().name


def tell_supervisors(subject: str, doc: Document) -> None:
	"""A system notification about `doc` to every Service Supervisor but the user who causes it."""
	from aftersales.core.notices import Notice, notify
	from aftersales.service_levels.escalation import users_with_role

	for user in sorted(set(users_with_role(SUPERVISOR)) - {frappe.session.user}):
		notify(user, Notice(escape_html(subject), doc.doctype, doc.name))


def who_did_the_work(call: str) -> str | None:
	"""The technician whom the customer of a call is asked about: of the last visit, else the repairer."""
	from aftersales.field_service import visits
	from aftersales.repair_workshop import cards

	return visits.last_visit_of_call(call).technician or cards.repairer_of_call(call)


def most_attempts(follow_up: Document) -> int:
	"""How many attempts are made to reach the customer; 0: no limit."""
	rule = rule_for_call(follow_up.repair_call) if follow_up.repair_call else None
	return (rule and rule.attempts) or cint(aftersales_settings().follow_up_attempts)


def next_attempt():
	"""When to try again after an attempt that failed (site time)."""
	return add_to_date(now_datetime(), hours=cint(aftersales_settings().follow_up_retry_hours) or 24)


def rule_for_call(call: str | Document) -> Rule | None:
	"""The Follow-up Rule that fits a call best, or None: then the settings hold."""
	rules = _rules()
	if not rules:
		return None
	fields = ("customer", "service_category", "request_type")
	values = (
		frappe.db.get_value("Repair Call", call, fields, as_dict=True) or {}
		if isinstance(call, str)
		else call
	)
	facts = {field: values.get(field) for field in fields}
	if any("customer_group" in rule.conditions for rule in rules):
		facts["customer_group"] = _customer_groups(facts["customer"])
	return follow_up_rules.choose(rules, facts)


def _due_for_call(filters: dict, skip: list[str]) -> list[str]:
	return frappe.get_list(
		"Follow-up",
		filters={
			**filters,
			"status": ("in", UNFINISHED),
			"due_date": ("<=", getdate()),
			"name": ("not in", skip or [""]),
		},
		or_filters=[["next_attempt_at", "is", "not set"], ["next_attempt_at", "<=", now_datetime()]],
		pluck="name",
		order_by="due_date asc, name asc",
		limit=CANDIDATES,
	)


def _still(doc: Document, filters: dict) -> bool:
	return doc.call_owner == frappe.session.user or (
		not doc.call_owner and filters["call_owner"] != frappe.session.user
	)


def _days_after_closing(call: Document) -> int:
	if frappe.get_cached_value("Service Request Type", call.request_type, "registers_complaint"):
		return 0  # the complaint asks for itself
	rule = rule_for_call(call)
	return rule.days if rule else cint(aftersales_settings().follow_up_days)


def _rules() -> list[Rule]:
	rows = frappe.get_all(
		"Follow-up Rule",
		filters={"disabled": 0},
		fields=["name", "no_follow_up", "days_after", "attempts", "script", *CONDITION_FIELDS.values()],
		order_by="name asc",
	)
	return [
		Rule(
			row.name,
			{condition: row[field] for condition, field in CONDITION_FIELDS.items() if row[field]},
			0 if row.no_follow_up else cint(row.days_after),
			cint(row.attempts),
			row.script,
		)
		for row in rows
	]


def _customer_groups(customer: str | None) -> list[str]:
	group = customer and frappe.get_cached_value("Customer", customer, "customer_group")
	return [group, *get_ancestors_of("Customer Group", group)] if group else []


def _plain(field: str, answer):
	"""An answer as the field stores it: a web form may send numbers for choices and choices for numbers."""
	if answer in (None, ""):
		return None
	return cint(answer) if field == "csat" else cstr(answer)


def _take_up(name: str, due) -> None:
	"""A follow-up is made on the day `due`, as if it had just been planned."""
	doc = frappe.get_doc("Follow-up", name, for_update=True)
	doc.update({"status": "Planned", "due_date": due, "next_attempt_at": None})
	set_protected_values(doc, attempts=0, last_attempt_at=None, not_reached=0)
	doc.flags.taken_up = True
	privileged(doc).save()


def _plan(call: Document, due) -> str:
	return _insert(call, kind="Effectiveness", due_date=due, repair_call=call.name)


def _insert(source: Document, **values) -> str:
	"""A follow-up with customer, product, contact and owner of `source` (a call or a complaint)."""
	follow_up = frappe.new_doc("Follow-up")
	follow_up.update(
		{
			field: source.get(field)
			for field in ("customer", "company", "equipment", "call_owner", "contact_name", "contact_phone")
		}
	)
	follow_up.update(values)
	# planned by the app, also where a technician may close a call but not plan follow-ups
	return privileged(follow_up).insert().name
