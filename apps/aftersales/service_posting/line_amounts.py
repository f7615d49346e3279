"""What the lines of a job show of its invoice: net amount, price used, and where that price comes from."""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from frappe.utils import cstr, flt

from aftersales.service_posting.plan.posting_types import CONTRACT, line_key
from aftersales.service_posting.plan.price_source_rules import (
	CONTRACT_SHARE,
	PRICING_RULE,
	SERVICE_PRICE,
	Price,
	price_source,
)

NONE = {"amount": 0.0, "billed_rate": 0.0, "rate_source": None, "rate_source_detail": None}


def of_lines(doc: Document, invoice: Document) -> list[tuple[Document, dict]]:
	"""Each line of the job with what it shows of `invoice`, saved or not."""
	items = {item.aftersales_line: item for item in invoice.items if item.get("aftersales_line")}
	return [(line, _values(line, items.get(line_key(line)), doc, invoice)) for line in lines_of(doc)]


def lines_of(doc: Document) -> Iterable[Document]:
	return (*doc.labour, *doc.parts)


def net_excess(doc: Document) -> float:
	"""The excess of a contract that the customer bears of a job, without tax, in the job's currency.

	`contract_excess` is what the invoice asks for, with tax in it where prices include tax. The contract's share is what
	it pays of the lines less the excess, both net.
	"""
	if not flt(doc.contract_excess):
		return 0.0
	return sum(flt(line.contract_amount) for line in lines_of(doc)) - flt(doc.contract_share)


def clear(doc: Document) -> None:
	"""Set all of it to nothing on the lines of an unsaved or draft job."""
	for line in lines_of(doc):
		line.update({**NONE, "contract_amount": 0.0})


def store(line: Document, values: dict) -> None:
	"""Set and write those of `values` that differ from what the line says."""
	changed = {name: value for name, value in values.items() if _differs(line.get(name), value)}
	if changed:
		line.update(changed)
		frappe.db.set_value(line.doctype, line.name, changed, update_modified=False)


def _values(line: Document, item: Document | None, doc: Document, invoice: Document) -> dict:
	if line.get("free_with"):
		return {**NONE, "rate_source": PRICING_RULE, "rate_source_detail": line.free_with}
	if not item and line.get("included_in"):
		return {**NONE, "rate_source": SERVICE_PRICE, "rate_source_detail": line.included_in}
	if not item:
		whole = {"rate_source": CONTRACT_SHARE, "rate_source_detail": doc.get("service_contract")}
		return {**NONE, **(whole if line.charge_to == CONTRACT and doc.get("service_contract") else {})}
	source, detail = price_source(
		Price(
			rate=flt(item.rate),
			list_rate=flt(item.price_list_rate),
			price_list=cstr(invoice.selling_price_list),
			agreed_rate=flt(line.rate),
			quotation=cstr(line.get("agreed_in")),
			contract=cstr(doc.get("service_contract")) if line.charge_to == CONTRACT else "",
			service_price=cstr(line.get("service_price")),
			rules=_rules(item.get("pricing_rules")),
			discount=flt(item.get("discount_percentage")),
		)
	)
	return {
		"amount": flt(item.net_amount),
		"billed_rate": flt(item.rate),
		"rate_source": source,
		"rate_source_detail": detail or None,
	}


def _rules(applied: str | None) -> tuple[str, ...]:
	"""ERPNext keeps the names of pricing rules as a JSON list, or separated by commas."""
	if not applied:
		return ()
	if applied.startswith("["):
		return tuple(frappe.parse_json(applied))
	return tuple(name for name in applied.split(",") if name)


def _differs(old, new) -> bool:
	if isinstance(new, float) or isinstance(old, float):
		return flt(old) != flt(new)
	return (old or None) != (new or None)
