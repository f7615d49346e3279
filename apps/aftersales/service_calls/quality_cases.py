"""The calls that show one fault of a model, for whoever looks for its cause (R-FU-4)."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.query_builder.functions import Coalesce, Count
from frappe.utils import escape_html

from aftersales.service_calls.call_status_rules import CLOSED


def unexplained(since: date, at_least: int) -> list[frappe._dict]:
	"""brand, model, fault_code and cases of faults that calls received since then show at least so often, and
	whose cause nobody looks for yet. All calls count, whoever asks: this is for the scheduler."""
	call = frappe.qb.DocType("Repair Call")
	brand = Coalesce(call.brand, "")
	return (
		_cases(since)
		.select(brand.as_("brand"), call.model, call.fault_code, Count(call.name).as_("cases"))
		.where((call.fault_code != "") & (call.model != ""))
		.groupby(brand, call.model, call.fault_code)
		.having(Count(call.name) >= at_least)
		.orderby(Count(call.name), order=Order.desc)
		.orderby(brand, call.model, call.fault_code, order=Order.asc)
	).run(as_dict=True)


def calls_of(brand: str | None, model: str | None, fault_code: str, since: date) -> list[str]:
	"""Names of the unexplained calls that show this fault, the oldest first."""
	call = frappe.qb.DocType("Repair Call")
	query = (
		_cases(since)
		.select(call.name)
		.where((call.fault_code == fault_code) & (call.model == (model or "")))
		.orderby(call.received_at, call.name, order=Order.asc)
	)
	query = (
		query.where(call.brand == brand) if brand else query.where((call.brand == "") | call.brand.isnull())
	)
	return [name for (name,) in query.run()]


def link(names: Iterable[str], non_conformance: str) -> None:
	"""Say on these calls which Non Conformance looks for their cause."""
	names = list(names)
	if names:
		call = frappe.qb.DocType("Repair Call")
		(
			frappe.qb.update(call)
			.set(call.non_conformance, non_conformance)
			.where(call.name.isin(names) & call.non_conformance.isnull())
			.run()
		)


def open_calls_of(non_conformance: str) -> list[frappe._dict]:
	"""name and call_owner of the calls that wait for its answer."""
	return frappe.get_all(
		"Repair Call",
		filters={"non_conformance": non_conformance, "status": ("not in", CLOSED)},
		fields=["name", "call_owner"],
		order_by="received_at asc",
	)


def tell(call: str, heading: str, text: str) -> None:
	"""A note on the call's timeline; `text` is plain."""
	doc: Document = frappe.get_doc("Repair Call", call)
	body = "<br>".join(escape_html(line) for line in text.strip().splitlines())
	doc.add_comment("Info", f"{escape_html(heading)}<br>{body}" if body else escape_html(heading))


def _cases(since: date):
	call = frappe.qb.DocType("Repair Call")
	return frappe.qb.from_(call).where(
		(call.received_at >= since) & (call.status != "Cancelled") & call.non_conformance.isnull()
	)
