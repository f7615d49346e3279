"""How long photos, signatures and contacts of finished cases are kept: a nightly job, and what it did.

The periods are the site's (Aftersales Settings, in months; 0 keeps for ever). Links without a login are
deleted by Frappe's Log Settings.
"""

from collections import Counter
from datetime import datetime

import frappe
from frappe.query_builder import Order
from frappe.query_builder.functions import Coalesce
from frappe.utils import add_months, cint, now_datetime

from aftersales.privacy import erasure
from aftersales.privacy.log import write_log
from aftersales.privacy.personal_fields import CASES, ERASED, KINDS, OVER_CALL, PHOTOS, Kept, fields_of

MOST = 2000
"""Documents of a kind and DocType that one night works off; the rest is done the night after."""


def erase_what_is_over() -> Counter:
	"""Daily: erase what the settings say is kept no longer; returns, and logs, how much of what."""
	erased: Counter = Counter()
	for kind in KINDS:
		months = cint(frappe.db.get_single_value("Aftersales Settings", f"keep_{kind}"))
		if months > 0:
			before = add_months(now_datetime(), -months)
			for kept in CASES:
				erased += erasure.erase(kept, _due(kept, kind, before), kind)
	if erased:
		write_log("Retention", erased)
	return erased


def _due(kept: Kept, kind: str, before: datetime) -> list[str]:
	"""Documents whose case was over before that moment, and which still hold something of the kind."""
	table = frappe.qb.DocType(kept.doctype)
	held = _held(kept, kind, table)
	if held is None:
		return []
	call = frappe.qb.DocType("Repair Call")
	over = (
		frappe.qb.from_(call)
		.select(call.name)
		.where(call.status.isin(OVER_CALL) & (Coalesce(call.closed_at, call.modified) < before))
	)
	case_is_over = table.name.isin(over)
	if not kept.call:
		case_is_over = table.status.isin(kept.over) & (table.modified < before)
	elif kept.doctype != "Repair Call":
		alone = Coalesce(table[kept.call], "") == ""
		# also of a call that is over a document of its own may not be: goods that are still with us
		done = table.status.isin(kept.over)
		case_is_over = done & (table[kept.call].isin(over) | (alone & (table.modified < before)))
	query = frappe.qb.from_(table).select(table.name).where(case_is_over & held)
	return query.orderby(table.name, order=Order.asc).limit(MOST).run(pluck=True)


def _held(kept: Kept, kind: str, table):
	"""The condition that a document holds something of the kind; None where its DocType never does."""
	conditions = [
		(Coalesce(table[field], "") != "") & (table[field] != ERASED) for field in fields_of(kept, kind)
	]
	if kind == PHOTOS:
		file = frappe.qb.DocType("File")
		pictures = frappe.qb.from_(file).select(file.attached_to_name)
		pictures = pictures.where(file.attached_to_doctype == kept.doctype)
		endings = [file.file_url.like(f"%{ending}") for ending in erasure.PICTURES]
		conditions.append(table.name.isin(pictures.where(_any(endings))))
	return _any(conditions) if conditions else None


def _any(conditions):
	found = conditions[0]
	for condition in conditions[1:]:
		found |= condition
	return found
