"""What receipts, loaners and vendor repairs have in common: goods go out once and come back once.

Each is a draft, begins by submitting, and then goes one way to its end. The steps here are called by name from
the controllers; which states there are, and what each demands, stands with the document.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, now_datetime

from aftersales.core.guards import previous_status, validate_not_in_future
from aftersales.customer_goods.life_rules import NextStates, may_follow


def validate_draft_state(doc: Document) -> None:
	"""Step of validate: a draft is nothing but a draft; submitting begins its life.

	Raises:
		frappe.ValidationError: names the state.
	"""
	if doc.docstatus == 0 and doc.status != doc.meta.get_field("status").default:
		frappe.throw(
			_("{0} cannot be set on a draft: submit {1} first.").format(
				frappe.bold(_(doc.status)), frappe.bold(doc.name or _(doc.doctype))
			),
			title=_("State", context="After-sales"),
		)


def validate_step_order(doc: Document, next_states: NextStates) -> None:
	"""Step after submitting: only what follows the stored state is entered.

	Raises:
		frappe.ValidationError: names both states, and those that may follow.
	"""
	before = previous_status(doc)
	if may_follow(next_states, before, doc.status):
		return
	told = _("{0} does not follow {1}.").format(frappe.bold(_(doc.status)), frappe.bold(_(before)))
	following = ", ".join(frappe.bold(_(state)) for state in next_states.get(before, ()))
	if following:
		told += " " + _("What may follow is: {0}.").format(following)
	frappe.throw(told, title=_("State", context="After-sales"))


def stamp_end(doc: Document, fieldname: str, begin: str) -> None:
	"""Set when the goods came back, where nobody said so; never before they went out (`begin`), nor to come.

	Raises:
		frappe.ValidationError: names the field, or both.
	"""
	if not doc.get(fieldname):
		doc.set(fieldname, now_datetime())
	validate_not_in_future(doc, fieldname)
	if get_datetime(doc.get(fieldname)) < get_datetime(doc.get(begin)):
		frappe.throw(
			_("{0} ({1}) cannot be before {2} ({3}).").format(
				frappe.bold(_(doc.meta.get_label(fieldname))),
				doc.get_formatted(fieldname),
				frappe.bold(_(doc.meta.get_label(begin))),
				doc.get_formatted(begin),
			)
		)
