"""Lines of a job follow the service prices: what a price charges, and what of the other lines it includes.

A flat rate, call-out, minimum or surcharge is a part line of the job that names its Service Price. What a price
includes stays on its line and is not charged. Once the customer has accepted a Quotation with these lines, they
stay as they were accepted. Where another than the customer pays by the service category, no price applies.
"""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, get_datetime, now_datetime

from aftersales.core.guards import has_any_role
from aftersales.core.job_types import JOB_DOCTYPES, VISIT
from aftersales.core.money import rounded
from aftersales.core.roles import SUPERVISORS_AND_ACCOUNTANTS
from aftersales.service_calls import jobs
from aftersales.service_posting.invoicing.invoices import Charge, priced_unsaved
from aftersales.service_posting.job_plan import line_key, plan_of
from aftersales.service_prices import price_rules as rules
from aftersales.service_prices import prices

GIVEN_UP = ("Not Repairable", "Declined")
"""Of a card on which nothing was repaired."""
FIELDS_OF_CALL = (
	"company",
	"customer",
	"request_type",
	"service_zone",
	"item_group",
	"brand",
	"model",
	"received_at",
)


def set_lines(doc: Document) -> None:
	"""Set the lines of flat rate and call-out on the draft job `doc`; amounts follow in :func:`follow_amounts`.

	Raises:
		frappe.PermissionError: somebody without the right to do so leaves the prices aside.
	"""
	_check_left_aside(doc)
	if is_settled(doc):
		_restore(doc)
		return
	applying = applying_to(doc, (rules.FLAT_RATE, rules.CALL_OUT))
	_set_lines(doc, {price.name: (price, 0) for price in applying}, (rules.FLAT_RATE, rules.CALL_OUT))


def follow_amounts(doc: Document) -> None:
	"""Set what the prices include on the lines, and the lines of surcharge and minimum, whose rates depend on others.

	Payers of the lines are known by now.
	"""
	if is_settled(doc):
		return
	_set_included(doc)
	if not applies(doc) or not prices.all_prices(doc.company):
		_set_lines(doc, {}, (rules.SURCHARGE, rules.MINIMUM))
		return
	values = facts_of_job(doc)[0]
	surcharges = {p.name: p for p in prices.all_prices(doc.company) if p.kind == rules.SURCHARGE}
	minimum = applying_to(doc, (rules.MINIMUM,))
	if not (surcharges and doc.doctype == VISIT) and not minimum:
		_set_lines(doc, {}, (rules.SURCHARGE, rules.MINIMUM))
		return
	_set_lines(doc, {}, (rules.SURCHARGE, rules.MINIMUM))
	wanted = _surcharges(doc, values, surcharges) if doc.doctype == VISIT else {}
	_set_lines(doc, wanted, (rules.SURCHARGE,))
	if minimum:
		_set_lines(doc, _up_to_minimum(doc, minimum[0]), (rules.MINIMUM,))


def is_settled(doc: Document) -> bool:
	"""Whether the customer has accepted a Quotation, whose lines stay what they are."""
	return doc.get("approval_status") == "Approved" and any(
		line.get("agreed_in") for line in (*doc.labour, *doc.parts)
	)


def _check_left_aside(doc: Document) -> None:
	if not doc.meta.has_field("without_service_prices") or not doc.has_value_changed(
		"without_service_prices"
	):
		return
	if not doc.is_new() or cint(doc.without_service_prices):
		if not has_any_role(SUPERVISORS_AND_ACCOUNTANTS):
			frappe.throw(
				_("Only {0} can change {1}.").format(
					", ".join(_(role) for role in SUPERVISORS_AND_ACCOUNTANTS),
					frappe.bold(_(doc.meta.get_label("without_service_prices"))),
				),
				frappe.PermissionError,
			)
		jobs.note(
			doc,
			_("Service prices do not apply to this job")
			if cint(doc.without_service_prices)
			else _("Service prices apply to this job"),
		)


def applies(doc: Document) -> bool:
	"""Whether service prices are asked for the job at all: its customer pays, and nobody has set them aside."""
	return (
		bool(doc.repair_call)
		and not cint(doc.get("without_service_prices"))
		and doc.status != "Cancelled"
		and jobs.charge_rule(doc.service_category) == jobs.CUSTOMER
	)


def facts_of_job(doc: Document) -> tuple[dict, datetime]:
	"""What prices ask of the job's call, and the moment they are asked for."""
	values = frappe.db.get_value("Repair Call", doc.repair_call, FIELDS_OF_CALL, as_dict=True)
	moments = ("arrived_at", "planned_start") if doc.doctype == VISIT else ("received_at",)
	at = next((doc.get(field) for field in moments if doc.get(field)), None)
	return values, get_datetime(at) if at else now_datetime()


def applying_to(doc: Document, kinds: tuple[str, ...]) -> list[rules.Price]:
	"""The prices of `kinds` that the job charges by the moment of its work, but for what other jobs of the call charge."""
	if not applies(doc) or not prices.all_prices(doc.company):
		return []
	values, at = facts_of_job(doc)
	wanted = [kind for kind in kinds if doc.doctype == VISIT or kind not in rules.ON_VISITS_ONLY]
	if doc.status in GIVEN_UP:
		return []
	if doc.get("approval_status") == "Declined":
		wanted = [kind for kind in wanted if kind != rules.FLAT_RATE]
	found = prices.applying(values, at, wanted)
	charged = _kinds_charged_elsewhere(doc) if any(not price.each_visit for price in found) else set()
	return [price for price in found if price.each_visit or price.kind not in charged]


def _kinds_charged_elsewhere(doc: Document) -> set[str]:
	"""Kinds of prices that other jobs of the call charge. The call is locked when a job is submitted: of two, one charges."""
	if doc.docstatus == 1:
		frappe.db.get_value("Repair Call", doc.repair_call, "name", for_update=True)
	found: set[str] = set()
	for doctype in JOB_DOCTYPES:
		names = frappe.db.get_values(
			doctype,
			{"repair_call": doc.repair_call, "docstatus": ("<", 2), "status": ("!=", "Cancelled")},
			"name",
			order_by="name asc",
			pluck=True,
		)
		others = [name for name in names if (doctype, name) != (doc.doctype, doc.name)]
		if not others:
			continue
		lines = frappe.db.get_values(
			"Service Part Line",
			{"parenttype": doctype, "parent": ("in", others), "service_price": ("is", "set")},
			"service_price",
			order_by="name asc",
			pluck=True,
			for_update=doc.docstatus == 1,
		)
		kinds = frappe.get_all(
			prices.PRICE, {"name": ("in", list(set(lines)))}, pluck="kind", order_by="name asc"
		)
		found.update(kind for kind in kinds if kind in (rules.FLAT_RATE, rules.CALL_OUT))
	return found


def _set_lines(doc: Document, wanted: dict[str, tuple[rules.Price, float]], kinds: tuple[str, ...]) -> None:
	"""Add, change or take away the lines of `kinds`: price → (price, rate; 0 for the price list)."""
	wanted = dict(wanted)
	for line in [line for line in doc.parts if line.get("service_price")]:
		price, rate = wanted.pop(line.service_price, (None, 0))
		if line.get("agreed_in"):
			continue
		if price:
			line.update({"item_code": price.item_code, "qty": 1, "rate": rate, "warehouse": None})
		elif _kind_of(line.service_price) in kinds:
			doc.remove(line)
	for price, rate in wanted.values():
		item = frappe.get_cached_value("Item", price.item_code, ["item_name", "stock_uom"], as_dict=True)
		doc.append(
			"parts",
			{
				"item_code": price.item_code,
				"item_name": item.item_name,
				"uom": item.stock_uom,
				"qty": 1,
				"rate": rate,
				"charge_to": jobs.CUSTOMER,
				"proposed_payer": jobs.CUSTOMER,
				"service_price": price.name,
			},
		)


def _kind_of(name: str) -> str | None:
	return frappe.get_cached_value(prices.PRICE, name, "kind")


def _set_included(doc: Document) -> None:
	for line in (*doc.labour, *doc.parts):
		line.update({"included_qty": 0, "included_in": None})
	charged = {
		line.service_price
		for line in doc.parts
		if line.get("service_price") and line.charge_to == jobs.CUSTOMER
	}
	if not charged:
		return
	by_name = {price.name: price for price in prices.all_prices(doc.company)}
	lines = {**_by_key(doc.labour), **_by_key(doc.parts)}
	found = rules.included([by_name[name] for name in sorted(charged) if name in by_name], _rule_lines(doc))
	for key, (qty, price) in found.items():
		lines[key].update({"included_qty": qty, "included_in": price})


def _rule_lines(doc: Document) -> list[rules.Line]:
	work = [
		rules.Line(_key(line), flt(line.hours), None, line.activity == "Travel")
		for line in doc.labour
		if line.charge_to == jobs.CUSTOMER
	]
	parts = [
		rules.Line(_key(line), flt(line.qty), line.item_code)
		for line in doc.parts
		if line.charge_to == jobs.CUSTOMER and not line.get("service_price") and not line.get("free_with")
	]
	return [*work, *parts]


def _by_key(lines: list[Document]) -> dict[str, Document]:
	return {_key(line): line for line in lines}


def _key(line: Document) -> str:
	return f"{line.parentfield}:{line.idx}"


def _amounts(doc: Document) -> dict[str, float]:
	"""Line → what the customer would pay for it, in the currency of the invoice; empty while it cannot be priced."""
	try:
		rows = plan_of(doc).invoice_rows
		if not rows:
			return {}
		invoice = priced_unsaved([Charge(doc, rows)])
	except frappe.ValidationError:
		return {}
	by_name = {
		item.aftersales_line: flt(item.amount) for item in invoice.items if item.get("aftersales_line")
	}
	return {_key(line): by_name.get(line_key(line), 0) for line in (*doc.labour, *doc.parts)}


def _surcharges(doc: Document, values: dict, by_name: dict[str, rules.Price]) -> dict:
	if not by_name:
		return {}
	amounts, facts = _amounts(doc), prices.facts_of(values)
	sums: dict[str, float] = {}
	for line in doc.labour:
		amount = amounts.get(_key(line), 0)
		span = _span(doc, line)
		if line.charge_to != jobs.CUSTOMER or not amount or not span:
			continue
		begin, end = span
		whole = (end - begin).total_seconds() / 3600
		for name, hours in rules.surcharged_hours(by_name.values(), facts, begin, end).items():
			sums[name] = sums.get(name, 0) + amount * hours / whole * by_name[name].percent / 100
	return {
		name: (by_name[name], rounded(rate, doc.currency))
		for name, rate in sums.items()
		if rounded(rate, doc.currency)
	}


def _span(doc: Document, line: Document) -> tuple[datetime, datetime] | None:
	"""When the work of a line was: its own times, else the stay, else so many hours from the arrival or plan on."""
	begin, end = line.from_time, line.to_time
	if not (begin and end):
		begin, end = doc.get("arrived_at"), doc.get("departed_at")
	if not (begin and end):
		begin = doc.get("arrived_at") or doc.get("planned_start")
		end = begin and get_datetime(begin) + timedelta(hours=flt(line.hours) or 1)
	if not begin or get_datetime(end) <= get_datetime(begin):
		return None
	return get_datetime(begin), get_datetime(end)


def _up_to_minimum(doc: Document, price: rules.Price) -> dict:
	"""What is missing to the minimum: work, travel and service prices count, parts are on top of it."""
	amounts = _amounts(doc)
	counted = [
		_key(line)
		for line in (*doc.labour, *(line for line in doc.parts if line.get("service_price")))
		if line.charge_to == jobs.CUSTOMER
	]
	if not any(line.charge_to == jobs.CUSTOMER for line in doc.labour):
		return {}
	least = prices.amounts_of([price.item_code], doc.company, doc.customer).get(price.item_code)
	missing = rounded(flt(least and least[0]) - sum(amounts.get(key, 0) for key in counted), doc.currency)
	return {price.name: (price, missing)} if missing > 0 else {}


def _restore(doc: Document) -> None:
	"""What was accepted is what is billed: nobody changes what a price charges or includes afterwards."""
	before = doc.get_doc_before_save()
	stored = {row.name: row for row in (*before.labour, *before.parts)} if before else {}
	for line in (*doc.labour, *doc.parts):
		was = stored.get(line.name)
		line.update(
			{"included_qty": was.included_qty if was else 0, "included_in": was.included_in if was else None}
		)
		if line.parentfield == "parts":
			line.service_price = was.service_price if was else None
