"""Steps of rating a call: how urgent, a repeat or not, what covers it, in which category.

Each step asks a pure rule and asks for authority where the rule says so; what was decided against a
proposal goes to the timeline with its reason.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, get_link_to_form, getdate

from aftersales.core.guards import previous_status, require_role, require_value, set_protected_values
from aftersales.core.roles import SUPERVISORS
from aftersales.service_calls import facts, repeat_calls, triage_rules
from aftersales.service_calls.entitlement import coverage, reasons
from aftersales.service_calls.entitlement.coverage_rules import Coverage, KnownDates, Proposal
from aftersales.service_calls.triage_rules import Urgency, Verdict
from aftersales.service_setup.settings import aftersales_settings

UNDER_TRIAGE = ("Open", "Triaged")
REPEAT_FACTS = ("equipment", "serial_no", "serial_text", "symptom_code", "received_at", "request_type")
COVERAGE_FACTS = (
	*("customer", "company", "equipment", "serial_no", "serial_text", "part_serial_no"),
	*("symptom_code", "fault_code", "received_at", "ownership_reason"),
)


def is_emergency(call: Document | frappe._dict) -> bool:
	"""A hazard was reported, or the priority is the one that Aftersales Settings name for emergencies."""
	return bool(call.hazard) or bool(
		call.priority and call.priority == aftersales_settings().emergency_priority
	)


def set_urgency(call: Document) -> None:
	"""A hazard makes an emergency; lowering it needs a role and a reason (R-IN-4)."""
	before = call.get_doc_before_save()
	verdict = triage_rules.decide(
		_urgency(call),
		_urgency(before) if before else None,
		emergency=_emergency_priority(call),
		default=facts.request_type(call, "default_priority") or aftersales_settings().default_priority,
	)
	if verdict.needs_authority:
		_authorise_urgency(call, verdict, before)
	call.priority = verdict.priority


def link_repeated_call(call: Document) -> None:
	"""Flag and link a call that repeats a finished job of the same product (R-IN-7)."""
	chosen_by_hand = call.repeat_of and call.has_value_changed("repeat_of")
	if chosen_by_hand and call.repeat_of == call.name:
		frappe.throw(_("A call cannot repeat itself."))
	if not chosen_by_hand and is_under_triage(call) and facts.any_changed(call, REPEAT_FACTS):
		call.repeat_of = facts.is_failure(call) and repeat_calls.repeated_by(
			call.received_at,
			call.symptom_code,
			facts.finished_jobs(call),
			cint(aftersales_settings().repeat_days),
		)
		call.repeat_of = call.repeat_of or None
	set_protected_values(call, is_repeat=int(bool(call.repeat_of)))


def take_coverage_snapshot(call: Document) -> None:
	"""What covers the product on the day of receipt; kept as it was once work is planned (R-IN-6)."""
	if not is_under_triage(call):
		return
	facts_changed = facts.any_changed(call, COVERAGE_FACTS)
	if not facts_changed and not facts.any_changed(call, ("request_type", "support_kind")):
		return
	is_ours = ask_about_owner(call)
	answer = coverage.of_call(call, _known(call, is_ours))
	if facts_changed:
		set_protected_values(
			call,
			coverage=answer.kind,
			coverage_source=answer.source,
			coverage_until=answer.until,
			# Also where a warranty goes first: the contract's own service targets hold all the same
			service_contract=facts.contract(call).name,
		)
	proposal = coverage.proposal_for(call.coverage, call.request_type, call.support_kind)
	set_protected_values(
		call,
		proposed_category=proposal.category,
		coverage_reason=_reason(call, answer, proposal, is_ours),
	)


def ask_about_owner(call: Document) -> bool:
	"""Tell what speaks against the customer's owning the product; whether it may be covered all the same.

	It may once somebody has said why, on this call or on an earlier one of the same product and customer.
	"""
	doubt = facts.doubt(call)
	text = doubt and doubt.text
	stored = call.get_doc_before_save()
	is_new_concern = stored and (stored.ownership_concern or None) != text
	if is_new_concern and not call.has_value_changed("ownership_reason"):
		call.ownership_reason = None
	set_protected_values(call, ownership_concern=text)
	if not doubt:
		return True
	if (call.ownership_reason or "").strip():
		if call.has_value_changed("ownership_reason"):
			note_decision(
				call,
				_("Covered in spite of the doubt: {0} {1}").format(
					escape_html(doubt.text), escape_html(call.ownership_reason)
				),
			)
		return True
	return facts.product_file(call).ownership_confirmed == doubt.key


def remember_owner(call: Document) -> None:
	"""After the save: what was confirmed of a product's owner is not asked again on its next call."""
	doubt = call.equipment and call.ownership_reason and facts.doubt(call)
	if doubt and facts.product_file(call).ownership_confirmed != doubt.key:
		frappe.db.set_value(
			"Customer Equipment",
			call.equipment,
			{"ownership_confirmed": doubt.key[:140], "ownership_reason": call.ownership_reason},
		)


def _known(call: Document, is_ours: bool) -> KnownDates:
	"""What the registers say; while the owner is in doubt, only the customer's own contract counts."""
	if not is_ours:
		return coverage.known_dates(frappe._dict(), frappe._dict(), [], facts.contract(call))
	return coverage.known_dates(
		facts.product_file(call),
		facts.serial(call),
		facts.finished_jobs(call),
		facts.contract(call),
		facts.fitted_parts(call),
	)


def _reason(call: Document, answer: Coverage, proposal: Proposal, is_ours: bool) -> str:
	reason = reasons.sentence(answer, proposal, call.request_type)
	if is_ours:
		also = reasons.parts_in_warranty(facts.fitted_parts(call), getdate(call.received_at), answer.part)
		return " ".join(part for part in (reason, also) if part)
	return _("{0} Nothing is covered until a reason is given: {1}").format(reason, call.ownership_concern)


def set_category(call: Document) -> None:
	"""Follow the proposal until a supervisor chooses another category and says why (R-IN-6)."""
	before = call.get_doc_before_save() or frappe._dict()
	chosen, stored = call.service_category, before.service_category
	follows_proposal = stored == before.proposed_category
	if not chosen or (chosen == stored and follows_proposal):
		call.service_category = (call.proposed_category or chosen) if follows_proposal else stored
	elif chosen != stored and (stored or chosen != call.proposed_category):
		_authorise_category(call, stored or call.proposed_category)


def is_under_triage(call: Document) -> bool:
	"""True while nothing is planned yet: intake and triage may still be corrected."""
	return call.is_new() or {call.status, previous_status(call)} <= set(UNDER_TRIAGE)


def note_decision(call: Document, text: str) -> None:
	"""Remember a decision for the timeline; :func:`log_decisions` writes it after the save."""
	call.flags.setdefault("decisions", []).append(text)


def log_decisions(call: Document) -> None:
	for text in call.flags.pop("decisions", []):
		call.add_comment("Comment", text)


def _urgency(doc: Document) -> Urgency:
	return Urgency(doc.hazard or None, doc.priority or None, (doc.priority_reason or "").strip() or None)


def _emergency_priority(call: Document) -> str | None:
	priority = aftersales_settings().emergency_priority
	if call.hazard and not priority:
		frappe.throw(
			_("A hazard was reported. Set the priority for hazards in {1}, field {0}.").format(
				frappe.bold(_("Emergency Priority")),
				get_link_to_form("Aftersales Settings", "Aftersales Settings"),
			)
		)
	return priority


def _authorise_urgency(call: Document, verdict: Verdict, before: Document | None) -> None:
	what = _("Withdrawing a hazard") if verdict.withdrawn else _("Lowering the priority under a hazard")
	require_role(SUPERVISORS, what)
	require_value(call, "priority_reason", _("Enter why there is no danger any more."))
	old = before or frappe._dict(hazard=call.hazard, priority=aftersales_settings().emergency_priority)
	note_decision(
		call,
		_("{0}: {1}, {2} became {3}, {4}. {5}").format(
			what,
			_(old.hazard),
			_(old.priority) if old.priority else _("no priority"),
			_(call.hazard) if call.hazard else _("no hazard"),
			_(verdict.priority) if verdict.priority else _("no priority"),
			escape_html(call.priority_reason),
		),
	)


def _authorise_category(call: Document, old: str | None) -> None:
	new = frappe.get_cached_doc("Service Category", call.service_category)
	if new.disabled:
		frappe.throw(_("Service Category {0} is disabled.").format(frappe.bold(new.name)))
	if not old and not new.requires_authorisation:
		return  # nothing was proposed: the first choice is free
	what = (
		_("Category {0} instead of {1}").format(new.name, old) if old else _("Category {0}").format(new.name)
	)
	require_role(SUPERVISORS, what)
	require_value(call, "category_reason", _("Enter why this category applies."))
	note_decision(call, f"{what}: {escape_html(call.category_reason)}")
