"""Checks a voucher before its technician drives off: complete, qualified, free (R-SV-1)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, format_date, format_datetime, get_datetime, get_link_to_form, getdate

from aftersales.core.guards import previous_status, require_role, require_values, set_protected_values
from aftersales.core.input.requests import validate_call
from aftersales.core.roles import MANAGER, SUPERVISORS
from aftersales.field_service.crew import crews
from aftersales.field_service.day_rules import days_touched
from aftersales.field_service.dispatch_rules import overlap
from aftersales.field_service.permissions import is_restricted
from aftersales.field_service.visit_rules import DISPATCHED_STATES
from aftersales.service_calls import jobs
from aftersales.service_staff import availability, exams
from aftersales.service_staff.skill_rules import (
	EXPIRED,
	LEARNING,
	OTHER_KIND,
	QUALIFIED,
	RETRAINING,
	Skill,
	Verdict,
	is_qualified,
)

DECIDING_FIELDS = (
	"technician",
	"equipment",
	"repair_call",
	"support_kind",
	"planned_start",
	"qualification_override_reason",
)
"""A change of one of these has the qualification looked at again."""

DAYS_OFF = ("holiday", "no_shift")

PRESENCE_FIELDS = ("technician", "planned_start", "planned_end", "absence_override_reason")
"""A change of one of these has the technician's absences looked at again."""


def check_dispatch(doc: Document) -> None:
	"""Refuse a dispatched voucher without technician and times, or with one who is away or not qualified.

	A supervisor may override absence and qualification with a reason each; who did is recorded. Another visit of
	the technician at the same time is pointed out, not refused: only people know how visits combine.
	The check holds in every state from Dispatched on, however that state was reached.

	Raises:
		frappe.MandatoryError: technician or planned times are missing.
		frappe.ValidationError: technician inactive, away or not qualified, and no reason given.
		frappe.PermissionError: away or not qualified, and the user is no supervisor; or a technician changes the crew.
	"""
	_check_crew(doc)
	if doc.status not in DISPATCHED_STATES and doc.docstatus == 0:
		_forget_stale_override(doc)
		return
	why = {"technician": _("Choose the technician for the visit.")}
	if doc.docstatus == 0:
		planned = _("Plan the visit before dispatching it.")
		why.update(planned_start=planned, planned_end=planned)
	require_values(doc, why)
	if _was_checked(doc):
		return
	_require_active(doc)
	_require_presence(doc)
	_require_qualification(doc)
	_point_out_overlaps(doc)


def _check_crew(doc: Document) -> None:
	# What the app writes itself is not what the user changes, nor is a crew that comes again
	by_user = not doc.flags.ignore_permissions and not crews.comes_again(doc)
	if by_user and crews.has_changed(doc) and is_restricted(frappe.session.user, "write"):
		frappe.throw(_("Only users who plan visits can change the crew."), frappe.PermissionError)
	crews.validate(doc)


def qualification(doc: Document) -> Verdict:
	"""Whether the technician of `doc` is qualified for its product and kind of support on its day."""
	skills = [
		Skill(
			row.item_group,
			row.support_kind,
			row.certificate,
			getdate(row.valid_until) if row.valid_until else None,
			row.level or QUALIFIED,
		)
		for row in frappe.get_cached_doc("Service Technician", doc.technician).skills
	]
	day = _day_of_visit(doc)
	retraining = exams.retraining_of([doc.technician], day).get(doc.technician, ())
	return is_qualified(skills, _product_groups(doc), doc.support_kind, day, retraining)


def overlapping_visits(doc: Document) -> list[frappe._dict]:
	"""Other open visits of its technicians that share time with `doc`: name, technician, start and end."""
	if not doc.planned_start or not doc.planned_end:
		return []
	start, end = get_datetime(doc.planned_start), get_datetime(doc.planned_end)
	everybody = crews.technicians_of(doc)
	others = frappe.get_all(
		"Service Voucher",
		filters={
			"name": ("!=", doc.name or ""),
			"technician": ("in", everybody),
			"docstatus": 0,
			"status": ("in", DISPATCHED_STATES),
			"planned_start": ("<", end),
			"planned_end": (">", start),
		},
		fields=["name", "technician", "planned_start", "planned_end"],
		order_by="planned_start asc",
	)
	others += [row for row in crews.spans(everybody, start, end) if row.name != doc.name]
	return [other for other in others if overlap(start, end, other.planned_start, other.planned_end)]


def _was_checked(doc: Document) -> bool:
	return previous_status(doc) in DISPATCHED_STATES and not (
		_decision_changed(doc) or _presence_changed(doc)
	)


def _require_active(doc: Document) -> None:
	technician = frappe.get_cached_value(
		"Service Technician", doc.technician, ["is_active", "company"], as_dict=True
	)
	if not technician:
		frappe.throw(_("Service Technician {0} does not exist.").format(escape_html(doc.technician)))
	if not technician.is_active:
		frappe.throw(_("Technician {0} is no longer active.").format(frappe.bold(doc.technician)))
	if technician.company != doc.company:
		frappe.throw(
			_("Technician {0} works for {1}, this visit is of {2}.").format(
				frappe.bold(doc.technician), technician.company, doc.company
			)
		)


def _require_presence(doc: Document) -> None:
	"""Nobody is sent who has left, is on leave or has a day off, unless a supervisor says why."""
	was_made, days = bool(doc.arrived_at), _days_of_visit(doc)
	technician, found = next(
		(
			(name, absence)
			for name in crews.technicians_of(doc)
			for number, day in enumerate(days)
			if (absence := availability.absence_on(name, day, was_made))
			# Days off in between are not worked
			and (number in (0, len(days) - 1) or absence.code not in DAYS_OFF)
		),
		(None, None),
	)
	if not found:
		set_protected_values(doc, absence_overridden_by=None)
		_tell_half_day(doc)
		return
	why = availability.told(technician, found)
	label = frappe.bold(_(doc.meta.get_label("absence_override_reason")))
	if not (doc.absence_override_reason or "").strip():
		frappe.throw(
			_(
				"{0} Choose another technician or day. A supervisor can dispatch anyway by filling in {1}."
			).format(why, label),
			title=_("Technician Is Away"),
		)
	if doc.absence_overridden_by and not _presence_changed(doc):
		return
	require_role(SUPERVISORS, _("Dispatching a technician who is away"))
	set_protected_values(doc, absence_overridden_by=frappe.session.user)
	jobs.note(
		doc,
		_("Dispatched despite an absence. {0} Reason: {1}").format(
			why, escape_html(doc.absence_override_reason)
		),
	)


def _days_of_visit(doc: Document) -> list:
	"""The days of the visit: the one on which it was begun where it was made, else as planned."""
	if doc.arrived_at:
		return [getdate(doc.arrived_at)]
	start = get_datetime(doc.planned_start)
	return days_touched((start, get_datetime(doc.planned_end or start)))


def _tell_half_day(doc: Document) -> None:
	found = None if doc.arrived_at else availability.half_day_on(doc.technician, doc.planned_start)
	if found:
		frappe.msgprint(
			availability.told(doc.technician, found), title=_("Half a Day off"), indicator="orange"
		)


def _presence_changed(doc: Document) -> bool:
	return crews.has_changed(doc) or any(doc.has_value_changed(fieldname) for fieldname in PRESENCE_FIELDS)


def _require_qualification(doc: Document) -> None:
	if jobs.is_internal(doc) and not doc.equipment:
		# Tool upkeep or stock keeping: no product group, so no certificate to ask for.
		set_protected_values(doc, qualification_overridden_by=None)
		return
	verdict = qualification(doc)
	if verdict.ok:
		set_protected_values(doc, qualification_overridden_by=None)
		return
	_override(doc, verdict)


def _override(doc: Document, verdict: Verdict) -> None:
	why = _explain(doc, verdict)
	if not (doc.qualification_override_reason or "").strip():
		frappe.throw(
			_("{0} A supervisor can dispatch anyway by giving a reason in {1}.").format(
				why, frappe.bold(_(doc.meta.get_label("qualification_override_reason")))
			),
			title=_("Not Qualified"),
		)
	if _override_stands(doc):
		return
	if verdict.reason == RETRAINING:
		require_role((MANAGER,), _("Dispatching during a retraining"))
	require_role(SUPERVISORS, _("Dispatching without the qualification"))
	set_protected_values(doc, qualification_overridden_by=frappe.session.user)
	jobs.note(
		doc,
		_("Dispatched without the qualification. {0} Reason: {1}").format(
			why, escape_html(doc.qualification_override_reason)
		),
	)


def _override_stands(doc: Document) -> bool:
	"""An override is for one technician, product and day; it does not have to be given twice."""
	return bool(doc.qualification_overridden_by) and not _decision_changed(doc)


def _forget_stale_override(doc: Document) -> None:
	if doc.qualification_overridden_by and _decision_changed(doc):
		set_protected_values(doc, qualification_overridden_by=None)
	if doc.absence_overridden_by and _presence_changed(doc):
		set_protected_values(doc, absence_overridden_by=None)


def _decision_changed(doc: Document) -> bool:
	return any(doc.has_value_changed(fieldname) for fieldname in DECIDING_FIELDS)


def _explain(doc: Document, verdict: Verdict) -> str:
	technician = frappe.bold(escape_html(doc.technician))
	if verdict.reason == EXPIRED:
		return _("{0} is not qualified: certificate {1} for {2} expired on {3}.").format(
			technician,
			escape_html(verdict.skill.certificate or "-"),
			escape_html(verdict.skill.item_group),
			format_date(verdict.skill.valid_until),
		)
	if verdict.reason == RETRAINING:
		return _("{0} is not qualified: the last exam in {1} was failed and not passed since.").format(
			technician, escape_html(verdict.skill.item_group)
		)
	if verdict.reason == LEARNING:
		return _("{0} is not qualified: a trainee in {1} goes along in the crew of somebody else.").format(
			technician, escape_html(verdict.skill.item_group)
		)
	if verdict.reason == OTHER_KIND:
		return _("{0} is not qualified: skilled in {1} for {2} support, this visit is {3}.").format(
			technician,
			escape_html(verdict.skill.item_group),
			_(verdict.skill.support_kind),
			_(doc.support_kind),
		)
	return _("{0} is not qualified: no skill for product group {1}.").format(
		technician, escape_html(_product_group(doc) or _("(not known)"))
	)


def _product_group(doc: Document) -> str | None:
	if doc.equipment:
		group = frappe.db.get_value("Customer Equipment", doc.equipment, "item_group")
		if group:
			return group
	return jobs.call_values(doc.repair_call).item_group if doc.repair_call else None


def _product_groups(doc: Document) -> list[str]:
	from frappe.utils.nestedset import get_ancestors_of

	group = _product_group(doc)
	return [group, *get_ancestors_of("Item Group", group)] if group else []


def _day_of_visit(doc: Document):
	return getdate(doc.planned_start or doc.arrived_at)


def _point_out_overlaps(doc: Document) -> None:
	if doc.docstatus:
		return
	for other in overlapping_visits(doc):
		frappe.msgprint(
			_("{0} is also planned for {1} from {2} to {3}.").format(
				escape_html(other.technician),
				get_link_to_form("Service Voucher", other.name),
				format_datetime(other.planned_start),
				format_datetime(other.planned_end),
			),
			title=_("Two Visits at Once"),
			indicator="orange",
		)


def outside_promise(doc: Document) -> str:
	"""What is said of a visit planned outside the window its customer was promised; "" for any other."""
	from aftersales.service_calls.calls import keeps_promise

	if not doc.repair_call or not doc.planned_start or doc.arrived_at:
		return ""
	if keeps_promise(doc.repair_call, doc.planned_start):
		return ""
	fields = ["promised_from", "promised_to"]
	window = frappe.db.get_value("Repair Call", doc.repair_call, fields, as_dict=True)
	return _("The customer was promised {0} to {1}; this visit begins at {2}.").format(
		format_datetime(window.promised_from),
		format_datetime(window.promised_to),
		format_datetime(doc.planned_start),
	)


@frappe.whitelist()
@validate_call
def check_technician(voucher: str) -> dict:
	"""For the form: is the technician of a stored voucher qualified and free?

	Returns:
		`ok`, `reason` (text, "" when qualified), `overlaps` (names of vouchers), `absence` (text, "" when the
		technician is there) and `promise` (text, "" when the visit keeps what the customer was promised).
	"""
	doc = frappe.get_doc("Service Voucher", voucher)
	doc.check_permission("read")
	if not doc.technician or not (doc.planned_start or doc.arrived_at):
		return {"ok": True, "reason": "", "overlaps": [], "absence": "", "promise": outside_promise(doc)}
	away = availability.absence_on(doc.technician, _day_of_visit(doc), bool(doc.arrived_at))
	verdict = qualification(doc)
	return {
		"ok": verdict.ok,
		"reason": "" if verdict.ok else _explain(doc, verdict),
		"overlaps": [other.name for other in overlapping_visits(doc)],
		"absence": availability.told(doc.technician, away) if away else "",
		"promise": outside_promise(doc),
	}
