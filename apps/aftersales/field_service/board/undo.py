"""The last change on the dispatch board, taken back by who made it.

Nothing is kept for this. The board says where the visit was before; that it may go back there is decided by what is stored: the
visit is still as this user left it, and it goes back by its own save, with every guard of a move.
"""

from datetime import datetime, time, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate, now_datetime

from aftersales.core.input.requests import Day, Flag, Moment, WholeNumber, validate_call
from aftersales.field_service import board_rows, dispatch_board

OPEN_FOR = timedelta(minutes=15)
"""A slip of the hand is seen soon. Later somebody may have spoken to the customer: the visit is moved as any other."""


@frappe.whitelist(methods=["POST"])
@validate_call
def undo(
	voucher: str,
	seen: Moment,
	dispatched: Flag = False,
	promised: Flag = False,
	technician: str | None = None,
	day: Day | None = None,
	minute: WholeNumber | None = None,
	minutes: WholeNumber | None = None,
	although_told: Flag = False,
) -> str | None:
	"""Put a visit back to where it was before the user's last change.

	Args:
		seen: `modified` of the visit after that change.
		dispatched: whether it was dispatched before.
		promised: whether its customer was promised a window before.
		technician, day, minute, minutes: who it was planned for and when, as for `dispatch_board.plan`; without `day` it
			was not planned.
		although_told: also where the customer was told of the change.

	Returns:
		What to ask the user first; None when it is done.

	Raises:
		frappe.PermissionError: the user may not write the visit.
		frappe.ValidationError: somebody has changed it since, that is long ago, it has begun, or one of its guards refuses.
	"""
	from aftersales.service_calls import calls

	frappe.has_permission("Service Voucher", "write", throw=True)
	doc = dispatch_board.movable(voucher, seen)
	if doc.modified_by != frappe.session.user:
		dispatch_board.refuse_changed(doc)
	if now_datetime() - get_datetime(doc.modified) > OPEN_FOR:
		frappe.throw(
			_("This change was made more than {0} minutes ago. Move the visit instead.").format(
				round(OPEN_FOR.total_seconds() / 60)
			)
		)
	sent_at = get_datetime(doc.modified) if doc.status == "Dispatched" else None
	if sent_at and doc.repair_call:
		if not although_told and calls.is_told_of_window(doc.repair_call, sent_at):
			return _(
				"The customer has been told of this change. Undoing it takes no message back: agree the appointment anew. Undo anyway?"
			)
		calls.take_back_dispatch(doc.repair_call, sent_at, promised, dispatched)
	_restore(doc, technician or None, _times(day, minute, minutes), dispatched)
	return None


def _times(
	day: str | None, minute: int | None, minutes: int | None
) -> tuple[datetime | None, datetime | None]:
	if day is None or minute is None or minutes is None:
		return None, None
	longest = int(board_rows.LONGEST.total_seconds() // 60)
	offset = dispatch_board.within(minute, -longest, 24 * 60 - 1, _("Start", context="After-sales"))
	length = dispatch_board.within(minutes, 1, longest, _("Duration"))
	start = datetime.combine(getdate(day), time()) + timedelta(minutes=offset)
	return start, start + timedelta(minutes=length)


def _restore(doc: Document, technician: str | None, times: tuple, dispatched: bool) -> None:
	doc.update({"technician": technician, "planned_start": times[0], "planned_end": times[1]})
	doc.promise_changed_for = None
	if doc.status == "Dispatched" and not dispatched:
		# Why somebody without the skill, or away, was to go is asked again
		doc.update(
			{"status": "Draft", "qualification_override_reason": None, "absence_override_reason": None}
		)
	doc.save()
