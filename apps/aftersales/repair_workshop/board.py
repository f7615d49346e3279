"""The workshop board: cards by stage, and the steps that move them (page workshop-board).

One query for the cards and one for each further fact, whatever their number. Ages are seconds, so that a
browser in another time zone counts right. A step is the document's own action: nothing here writes a
status.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.workflow import apply_workflow, get_transitions, get_workflow_name, has_approval_access
from frappe.query_builder.functions import Max
from frappe.utils import cint, escape_html, flt, get_datetime, now_datetime

from aftersales.core.guards import has_any_role
from aftersales.core.input.requests import Flag, Names, Values, validate_call
from aftersales.repair_workshop import board_rules as rules
from aftersales.repair_workshop import board_steps, card_rules, scan_rules
from aftersales.service_calls import jobs
from aftersales.service_contracts import contracts
from aftersales.service_levels import lateness
from aftersales.service_staff.technicians import technicians_of_user

MOST_CARDS = 5000
"""Beyond so many the board shows those promised first and says that there are more."""

MOST_PARTS = 2
FIELDS = (
	"name",
	"status",
	"docstatus",
	"workflow_state",
	"customer_name",
	"customer",
	"assigned_technician",
	"service_category",
	"company",
	"received_at",
	"promised_return",
	"collection_receipt",
	"repair_call",
	"verified_by",
	"estimated_amount",
	"currency",
	"equipment",
	"equipment.title as product",
	"repair_call.subject as fault",
	"repair_call.priority as priority",
	"service_category.title as category",
)
SHOWN = (
	"name",
	"status",
	"docstatus",
	"workflow_state",
	"customer_name",
	"product",
	"fault",
	"priority",
	"assigned_technician",
	"service_category",
	"category",
	"company",
	"verified",
	"estimated_amount",
	"currency",
	"age",
	"in_stage",
	"left",
	"waiting",
	"working",
)
"""What the page knows of a card. `left` are the seconds to the promised return, None without one, and what it is late by (service_levels.lateness)."""


@frappe.whitelist()
@validate_call
def load() -> dict:
	"""The whole board for the user: stages, steps and every card they may read that is not returned.

	Returns:
		stages [[title, statuses, workflow state or None]], steps (by status, or by workflow state), keys and cards (one list of
		values per card), more (True when there are more than MOST_CARDS), technicians (the user's own).

	Raises:
		frappe.PermissionError: the user may not read Repair Cards.
	"""
	frappe.has_permission("Repair Card", "read", throw=True)
	cards = _cards()
	return {
		"stages": rules.stages_with(board_steps.states()),
		"workflow": bool(get_workflow_name("Repair Card")),
		"steps": board_steps.steps_offered(),
		"channels": [way for way in _options("approval_channel") if way not in card_rules.OWN_CHANNELS],
		"keys": SHOWN,
		"cards": [[card[key] for key in SHOWN] for card in cards[:MOST_CARDS]],
		"more": len(cards) > MOST_CARDS,
		"own_technicians": technicians_of_user(frappe.session.user),
	}


@frappe.whitelist()
@validate_call
def cards(names: Names) -> list[dict]:
	"""Those of the cards `names` (JSON or list, at most 500) that are on the board now.

	Raises:
		frappe.PermissionError: the user may not read Repair Cards.
	"""
	frappe.has_permission("Repair Card", "read", throw=True)
	return [_shown(card) for card in _cards(list(frappe.parse_json(names) or ())[:500])]


@frappe.whitelist(methods=["POST"])
@validate_call
def advance(name: str, step: str, seen_status: str, values: Values | None = None) -> dict:
	"""Take `step` with Repair Card `name`, by the document's own action or the workflow's transition.

	Args:
		step: key of a step the board offered.
		seen_status: the status in which the user saw the card.
		values: what the step asks for.

	Returns:
		the card as the board shows it now; what became of it (name, status, left) when it has left the board.

	Raises:
		frappe.PermissionError: the user may not write the card, or not take the step.
		frappe.ValidationError: somebody else has moved the card meanwhile, or a guard of the card refuses.
	"""
	doc = _locked_for_writing(name)
	if doc.status != seen_status:
		frappe.throw(
			_("{0} has already been moved to {1}.").format(frappe.bold(doc.name), frappe.bold(_(doc.status))),
			title=_("Moved by Another User"),
		)
	taken = next((offered for offered in board_steps.steps_of(doc) if offered.key == step), None)
	if not taken:
		frappe.throw(
			_("{0} cannot take this step in state {1}: {2}").format(
				frappe.bold(doc.name),
				frappe.bold(_(doc.get("workflow_state") or doc.status)),
				escape_html(step),
			),
			frappe.PermissionError,
		)
	board_steps.take(doc, taken, board_steps.inputs_of(taken, values))
	return _row(doc.name) or {"name": doc.name, "status": _(_state_of(doc.name)), "left": True}


@frappe.whitelist(methods=["POST"])
@validate_call
def clock(name: str, start: Flag) -> dict | None:
	"""Start or stop the user's own work on Repair Card `name`; the card as the board shows it then.

	Raises:
		frappe.PermissionError: the user may not write the card.
		frappe.ValidationError: the user is no technician, or is at work elsewhere, or was not at work here.
	"""
	doc = _locked_for_writing(name)
	if cint(start):
		doc.start_work()
	else:
		doc.stop_work()
	return _row(name)


@frappe.whitelist()
@validate_call
def look_up(code: str) -> dict:
	"""What a scanned or typed `code` stands for: the card to work on, or the document to open.

	The code may be the address on a tag, the name of a card, receipt, visit or product, or a serial number.
	A receipt or product whose card is on the board gives that card.

	Returns:
		card (as the board shows it) and steps; or doctype and name.

	Raises:
		frappe.DoesNotExistError: nothing the user may see goes by this code.
		frappe.PermissionError: the user may not read Repair Cards.
	"""
	frappe.has_permission("Repair Card", "read", throw=True)
	found = what_is(code)
	if not found:
		frappe.throw(
			_("No card, receipt or product has the number {0}.").format(frappe.bold(escape_html(code))),
			frappe.DoesNotExistError,
		)
	doctype, name = found
	frappe.has_permission(doctype, "read", doc=name, throw=True)
	card = name if doctype == "Repair Card" else _card_on_board(doctype, name)
	row = card and _row(card)
	return {"card": row} if row else {"doctype": doctype, "name": name}


def what_is(code: str) -> tuple[str, str] | None:
	"""DocType and name of the document a scanned or typed code stands for, whoever asks."""
	read = scan_rules.read(code)
	if not read:
		return None
	if read.doctype:
		return (read.doctype, read.name) if frappe.db.exists(read.doctype, read.name) else None
	for doctype in scan_rules.SCANNED:
		if frappe.db.exists(doctype, read.name):
			return doctype, read.name
	from aftersales.installed_base import equipment

	product = equipment.find_by_serial(read.name)
	return ("Customer Equipment", product) if product else None


def _locked_for_writing(name: str) -> Document:
	frappe.has_permission("Repair Card", "write", throw=True)
	if job := frappe.db.get_value("Repair Card", name, ["service_contract", "posted_at"], as_dict=True):
		contracts.lock_contract(job)  # the step may submit the card, which takes this lock first
	doc = frappe.get_doc("Repair Card", name, for_update=True)
	doc.check_permission("write")
	return doc


# ---------------------------------------------------------------------------------- cards


def _cards(names: Iterable[str] | None = None) -> list[frappe._dict]:
	filters = {"docstatus": ("<", 2), "status": ("in", rules.ON_BOARD)}
	if names is not None:
		filters["name"] = ("in", list(names) or [""])
	found = frappe.get_list(
		"Repair Card",
		filters=filters,
		fields=list(FIELDS),
		order_by="received_at asc, name asc",
		limit_page_length=MOST_CARDS + 1,
	)
	only = None if names is None else [card.name for card in found] or [""]
	since, working, parts = _since(only), _at_work(only), _parts_waited_for(only)
	now = now_datetime()
	due = lateness.clock_due("Repair Card", [card.name for card in found])
	for card in found:
		card.verified = bool(card.verified_by)
		card.category = _(card.category or card.service_category or "")
		card.working = working.get(card.name)
		card.age = _seconds(card.received_at, now)
		card.in_stage = _seconds(since.get(card.name) or card.received_at, now)
		card.left = _left(card, due.get(card.name), now)
		card.customer_name = card.customer_name or card.customer
		card.product = card.product or card.equipment
		card.waiting = _waiting(card, parts.get(card.name, ()))
	return sorted(found, key=_most_pressing_first)


def _left(card: frappe._dict, clock_due: datetime | None, now: datetime) -> int | None:
	"""Seconds to the promised return, or since a clock is overdue where that is longer ago."""
	promised = _seconds(now, card.promised_return) if card.promised_return else None
	overdue = _seconds(now, clock_due) if clock_due and clock_due <= now else None
	return min((left for left in (promised, overdue) if left is not None), default=None)


def _most_pressing_first(card: frappe._dict) -> tuple:
	"""What was promised earliest, then what was not promised; among these what came in first."""
	return card.left is None, card.left or 0, -card.age


def _state_of(name: str) -> str:
	"""The state that the administrator's workflow gives a card now, or else its status."""
	status, state = frappe.db.get_value("Repair Card", name, ["status", "workflow_state"])
	return (board_steps.active_workflow() and state) or status


def _row(name: str) -> dict | None:
	return next((_shown(card) for card in _cards([name])), None)


def _shown(card: frappe._dict) -> dict:
	return {key: card[key] for key in SHOWN}


def _waiting(card: frappe._dict, parts: tuple[str, ...]) -> str:
	text, whom = rules.waiting_for(
		rules.Situation(
			status=card.status,
			docstatus=card.docstatus,
			receipt=card.collection_receipt,
			on_a_call=bool(card.repair_call),
			verified=card.verified,
			working=card.working,
			technician=card.assigned_technician,
			parts=parts,
		)
	)
	return _(text).format(whom)


def _since(names: list[str] | None) -> dict[str, object]:
	"""When each card came into its present state."""
	log = frappe.qb.DocType("Service State Log")
	query = frappe.qb.from_(log).select(log.parent, Max(log.entered_at)).groupby(log.parent)
	return dict(_of_cards(query, log, names).run())


def _at_work(names: list[str] | None) -> dict[str, str]:
	"""Who is at work on which card now."""
	log = frappe.qb.DocType("Service Time Log")
	query = frappe.qb.from_(log).select(log.parent, log.technician).where(log.to_time.isnull())
	found: dict[str, list[str]] = defaultdict(list)
	for card, technician in _of_cards(query, log, names).orderby(log.from_time).run():
		found[card].append(technician)
	return {card: ", ".join(technicians) for card, technicians in found.items()}


def _parts_waited_for(names: list[str] | None) -> dict[str, tuple[str, ...]]:
	"""The first part lines of the cards that wait for parts."""
	line = frappe.qb.DocType("Service Part Line")
	card = frappe.qb.DocType("Repair Card")
	query = frappe.qb.from_(line).select(line.parent, line.item_code).where(line.parenttype == "Repair Card")
	found: dict[str, list[str]] = defaultdict(list)
	rows = _of_cards(query, line, names).where(card.status == "Awaiting Parts").orderby(line.idx).run()
	for name, item_code in rows:
		found[name].append(item_code)
	return {
		name: (*items[:MOST_PARTS], *(["…"] if len(items) > MOST_PARTS else []))
		for name, items in found.items()
	}


def _of_cards(query, child, names: list[str] | None):
	"""`query` on a child table, confined to cards on the board."""
	card = frappe.qb.DocType("Repair Card")
	query = query.inner_join(card).on(card.name == child.parent)
	if names is not None:
		return query.where(card.name.isin(names))
	return query.where((card.docstatus < 2) & card.status.isin(rules.ON_BOARD))


def _card_on_board(doctype: str, name: str) -> str | None:
	field = {
		"Collection Receipt": "collection_receipt",
		"Customer Equipment": "equipment",
	}.get(doctype)
	if not field:
		return None
	found = frappe.get_list(
		"Repair Card",
		filters={field: name, "docstatus": ("<", 2), "status": ("in", rules.ON_BOARD)},
		pluck="name",
		order_by="received_at desc",
		limit_page_length=1,
	)
	return found[0] if found else None


def _seconds(start, end) -> int:
	return round((get_datetime(end) - get_datetime(start)).total_seconds())


def _options(fieldname: str) -> list[str]:
	return [option for option in frappe.get_meta("Repair Card").get_options(fieldname).split("\n") if option]
