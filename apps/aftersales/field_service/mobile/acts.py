"""What a technician's phone did to a visit, taken once.

One request brings one act, and is one transaction: either what the act did and the record that it was taken are
stored together, or neither is. The record's name is the id that the phone gave the act, so that the database takes
each id once; an id that comes again is answered with what was answered then.

What the desk would refuse is refused here by the same documents: everything is undone, and the refusal is stored as
the answer. A phone sends the acts of a visit one after the other, and says of each which one it follows.
"""

import json
import math
from collections.abc import Callable
from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime, strip_html_tags

from aftersales.core.input import field_values, value_rules
from aftersales.field_service.mobile import act_rules as rules
from aftersales.field_service.mobile import changes, phones, visits_on_phone
from aftersales.field_service.mobile.steps import STEPS

ACT = "Technician Act"
REFUSALS = (
	frappe.ValidationError,
	frappe.PermissionError,
	frappe.DoesNotExistError,
	frappe.LinkExistsError,
)
"""What the documents answer to a user. Anything else is an error: nothing is stored, and the phone tries again."""

Step = Callable[[Document, dict, datetime], dict | None]


class Conflicting(frappe.ValidationError):
	"""Others have changed the same values meanwhile."""

	def __init__(self, conflicts: list[dict]):
		super().__init__(
			_("Changed by somebody else meanwhile: {0}.").format(", ".join(one["label"] for one in conflicts))
		)
		self.conflicts = conflicts


def take(act: dict) -> dict:
	"""Do what a phone did, once. See field_service/mobile/README.md for the fields of an act and of the answer.

	Raises:
		frappe.ValidationError: the act is no act (its id, kind or form); such an act is not stored.
	"""
	check_form(act)
	act = {**act, "digest": rules.digest(act)}
	if answer := _answered(act):
		return answer
	if act.get("after") and not frappe.db.exists(ACT, act["after"]):
		return {"state": rules.WAIT, "for": act["after"]}
	try:
		_reserve(act)
	except frappe.DuplicateEntryError:  # it is being taken, or was a moment ago, by another request
		frappe.db.rollback()
		return _answered(act, for_update=True) or {"state": rules.WAIT, "for": act["id"]}
	try:
		answer = _do(act)
	except REFUSALS as error:
		if isinstance(error, frappe.QueryDeadlockError | frappe.QueryTimeoutError):
			raise
		answer = _refusal(error)
		frappe.db.rollback()
		frappe.clear_messages()
		try:
			_reserve(act)
		except frappe.DuplicateEntryError:
			frappe.db.rollback()
			return _answered(act, for_update=True) or {"state": rules.WAIT, "for": act["id"]}
	frappe.db.set_value(
		ACT,
		act["id"],
		{
			"state": answer["state"],
			"message": answer.get("message"),
			"answer": json.dumps(_without_values(answer), default=str),
		},
		update_modified=False,
	)
	return _with_visit(act, answer)


def check_form(act: dict) -> None:
	"""Refuse what no phone of ours sends.

	Raises:
		frappe.ValidationError: names the part and its value.
	"""
	for name, pattern in (("id", rules.ACT_ID), ("after", rules.ACT_ID)):
		value = act.get(name)
		if (name == "id" or value) and not (isinstance(value, str) and pattern.fullmatch(value)):
			field_values.refuse(name, value, _("the id of an action: a random UUID"))
	if not isinstance(act.get("kind"), str) or act["kind"] not in {**STEPS, **_steps_of_others()}:
		field_values.refuse("kind", act.get("kind"), ", ".join(STEPS))
	try:
		voucher = value_rules.parse_text(act.get("voucher"), value_rules.SHORT_TEXT)
	except value_rules.InvalidValue:
		voucher = ""
	if not voucher:
		field_values.refuse("voucher", act.get("voucher"), _("the name of a Service Voucher"))
	if act.get("phone") and not (isinstance(act["phone"], str) and phones.NUMBER.fullmatch(act["phone"])):
		field_values.refuse("phone", act["phone"], _("the number of a phone: 32 hexadecimal digits"))
	for name in ("at", "sent_at"):
		value = act.get(name)
		if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
			field_values.refuse(name, act.get(name), _("milliseconds since 1970"))
	for name in ("changes", "values"):
		if not isinstance(act.get(name) or {}, dict):
			field_values.refuse(name, act.get(name), _("values by their field names"))


def _answered(act: dict, for_update: bool = False) -> dict | None:
	stored = frappe.db.get_value(
		ACT, act["id"], ["user", "digest", "answer"], as_dict=True, for_update=for_update
	)
	if not stored:
		return None
	if stored.user != frappe.session.user or stored.digest != act["digest"]:
		frappe.throw(_("The id {0} belongs to another action.").format(act["id"]), frappe.PermissionError)
	return _with_visit(act, {**_with_values(act, json.loads(stored.answer or "{}")), "seen": True})


def _reserve(act: dict) -> None:
	"""The id is taken: a second request with it waits here until this one is stored, and then finds it."""
	voucher = act["voucher"] if frappe.db.exists("Service Voucher", act["voucher"]) else None
	frappe.get_doc(
		{
			"doctype": ACT,
			"name": act["id"],
			"service_voucher": voucher,
			"kind": act["kind"],
			"state": rules.DONE,
			"user": frappe.session.user,
			"done_at": rules.moment(act["at"], act["sent_at"], now_datetime()),
			"phone": act.get("phone") or "",
			"digest": act["digest"],
		}
	).db_insert()


def _do(act: dict) -> dict:
	doc = frappe.get_doc("Service Voucher", act["voucher"], for_update=True)
	doc.check_permission("write")
	at = rules.moment(act["at"], act["sent_at"], now_datetime())
	sent = act.get("changes") or {}
	if doc.docstatus and any(sent.values()):
		frappe.throw(
			_(
				"This visit was completed or cancelled meanwhile, and its report can no longer be changed. "
				"Tell the office what else you did, then discard this."
			)
		)
	conflicts = changes.apply(doc, sent)
	if conflicts:
		raise Conflicting(conflicts)
	told = _step(act["kind"])(doc, act.get("values") or {}, at) or {}
	return {"state": rules.DONE, **told}


def _step(kind: str) -> Step:
	return STEPS.get(kind) or frappe.get_attr(_steps_of_others()[kind])


def _steps_of_others() -> dict[str, str]:
	"""Acts of rooms above, by the hook aftersales_technician_acts: kind → dotted path of a Step."""
	found = frappe.get_hooks("aftersales_technician_acts") or {}
	return {kind: paths[-1] for kind, paths in found.items()}


def _refusal(error: Exception) -> dict:
	if isinstance(error, Conflicting):
		return {"state": rules.CONFLICT, "message": str(error), "conflicts": error.conflicts}
	message = strip_html_tags(str(error)).strip() or _messages()
	if isinstance(error, frappe.PermissionError | frappe.DoesNotExistError):
		message = message or _("This visit is not yours any more, or you are not permitted to change it.")
	return {"state": rules.REFUSED, "message": message or type(error).__name__}


def _without_values(answer: dict) -> dict:
	"""The answer as it is stored: what customers said and signed is in their documents only."""
	if not answer.get("conflicts"):
		return answer
	named = [{key: one[key] for key in ("field", "table", "row", "label")} for one in answer["conflicts"]]
	return {**answer, "conflicts": named}


def _with_values(act: dict, answer: dict) -> dict:
	"""The stored answer to `act` with both values of each conflict: what the phone sent, and what is there by now."""
	if not answer.get("conflicts"):
		return answer
	doc = frappe.get_doc("Service Voucher", act["voucher"])
	if not doc.has_permission("read"):
		return {**answer, "conflicts": []}
	told = [{**one, **changes.both_values(doc, act.get("changes") or {}, one)} for one in answer["conflicts"]]
	return {**answer, "conflicts": told}


def _messages() -> str:
	told = (frappe.parse_json(one) if isinstance(one, str) else one for one in frappe.local.message_log)
	return strip_html_tags(" ".join(str(one.get("message") or "") for one in told)).strip()


def _with_visit(act: dict, answer: dict) -> dict:
	"""The answer with the visit as it is now, where the user may still read it."""
	return {**answer, "visit": visits_on_phone.one(act["voucher"])}
