"""Stock that leaves a warehouse by any document, and the parts set aside there for repair cards (R-WS-7).

Jobs are checked before they are posted. Everything else that moves stock (a Stock Entry, Delivery Note,
invoice, return or count made by hand, a receipt that is cancelled) is looked at when its moves are
written: by then the transaction has written the Bins of all places it takes from, so that they are locked,
and what is read of them is what others have committed. Whoever sets parts aside locks the same rows.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, get_link_to_form
from pypika.terms import Criterion

from aftersales.core.guards import has_any_role
from aftersales.core.job_types import CARD, JOB_DOCTYPES
from aftersales.service_setup.settings import aftersales_settings
from aftersales.spare_parts import reservations
from aftersales.spare_parts.reservation_rules import IGNORE, STOP, Place, answer, exact, taken

CARDS_NAMED = 5


class PartsSetAside(frappe.ValidationError):
	"""A document takes parts that are set aside for repair cards."""


@dataclass(frozen=True)
class Taking:
	"""In one place `gone` of the pieces set aside would not be there any more."""

	place: Place
	set_aside: float
	gone: float


def note_move(entry: Document, method: str | None = None) -> None:
	"""doc_events on_submit of a Stock Ledger Entry: remember what its document moves, until that is done."""
	if frappe.flags.stock_moved is None:
		frappe.flags.stock_moved = defaultdict(lambda: defaultdict(float))
		frappe.db.after_rollback.add(_forget)
	moved = frappe.flags.stock_moved[entry.voucher_type, entry.voucher_no]
	# The entry of a count says what is left, not what has gone
	counted = entry.voucher_type == "Stock Reconciliation" and not flt(entry.actual_qty)
	moved[entry.item_code, entry.warehouse] += float("-inf") if counted else flt(entry.actual_qty)


def validate_reserved_stock(doc: Document, method: str | None = None) -> None:
	"""doc_events on_submit, on_cancel of all documents: what was set aside is not taken unnoticed.

	A document that moves no stock costs nothing, one that takes some a single query.

	Raises:
		PartsSetAside: Aftersales Settings say Stop, and the user has not the role that may take the parts.
	"""
	moved = (frappe.flags.stock_moved or {}).pop((doc.doctype, doc.name), None)
	left = sorted(place for place, qty in (moved or {}).items() if qty < 0)
	if not left or _checked_already(doc):
		return
	takings = _takings(left)
	if not takings:
		return
	settings = aftersales_settings()
	if doc.flags.made_by_posting:  # the app itself takes nothing that it has promised
		verdict = STOP
	else:
		may_take = bool(settings.set_aside_role) and has_any_role([settings.set_aside_role])
		verdict = answer(settings.taking_set_aside or STOP, may_take)
	if verdict == STOP:
		_refuse(doc, takings, settings.set_aside_role)
	if verdict != IGNORE:
		_warn(takings)
	for taking in takings:
		item_code, warehouse = taking.place
		frappe.enqueue(
			"aftersales.spare_parts.reservations.let_go_of_taken",
			queue="short",
			enqueue_after_commit=True,
			item_code=item_code,
			warehouse=warehouse,
			voucher_type=doc.doctype,
			voucher_no=doc.name,
		)


# ---------------------------------------------------------------------------------- details


def _checked_already(doc: Document) -> bool:
	"""A job was refused before its documents were made, where it needs more than is free."""
	return bool(doc.flags.made_by_posting) and doc.get("aftersales_voucher_type") in JOB_DOCTYPES


def _takings(places: Iterable[Place]) -> list[Taking]:
	"""A plain read, since this transaction wrote the rows: a locking one might wait for other places."""
	row = frappe.qb.DocType("Bin")
	set_aside = row[reservations.SET_ASIDE]
	found = (
		frappe.qb.from_(row)
		.select(row.item_code, row.warehouse, row.actual_qty, row.reserved_stock, set_aside)
		.where(
			Criterion.any(
				(row.item_code == item_code) & (row.warehouse == warehouse) for item_code, warehouse in places
			)
		)
		.where(set_aside > 0)
		.orderby(row.item_code, row.warehouse)
	).run()
	takings = []
	for item_code, warehouse, actual, reserved, held in found:
		gone = taken(flt(actual), flt(reserved) + flt(held), flt(held))
		if gone:
			takings.append(Taking((item_code, warehouse), exact(flt(held)), gone))
	return takings


def _refuse(doc: Document, takings: Iterable[Taking], role: str | None) -> None:
	lines = [_sentence(taking) for taking in takings]
	if role:
		lines.append(
			_("Use another warehouse, or ask a user with the role {0}.").format(frappe.bold(_(role)))
		)
	else:
		lines.append(_("Use another warehouse, or release the reservation of the repair card first."))
	frappe.throw(lines, PartsSetAside, title=_("Reserved for repairs: {0}").format(doc.name), as_list=True)


def _warn(takings: Iterable[Taking]) -> None:
	frappe.msgprint(
		[_sentence(taking) for taking in takings],
		title=_("Reserved for Repairs"),
		indicator="orange",
		as_list=True,
	)


def _sentence(taking: Taking) -> str:
	item_code, warehouse = taking.place
	cards = reservations.holders(item_code, warehouse)
	named = ", ".join(get_link_to_form(CARD, card) for card in cards[:CARDS_NAMED])
	if len(cards) > CARDS_NAMED:
		named += " …"
	return _("{0} of the {1} {2} reserved in {3} would be consumed. Reserved for {4}.").format(
		f"{taking.gone:g}",
		f"{taking.set_aside:g}",
		frappe.bold(escape_html(item_code)),
		frappe.bold(escape_html(warehouse)),
		named,
	)


def _forget() -> None:
	frappe.flags.stock_moved = None
