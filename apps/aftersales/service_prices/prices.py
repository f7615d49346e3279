"""Service prices as loaded rules, the facts they ask for, and what they cost a customer by ERPNext."""

from collections.abc import Iterable
from datetime import datetime, time

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, get_datetime, get_time, getdate, now_datetime, nowdate
from frappe.utils.nestedset import get_ancestors_of

from aftersales.core.input.requests import Moment, validate_call
from aftersales.core.selling_terms import set_customer_terms
from aftersales.service_prices import price_rules as rules
from aftersales.service_prices.price_rules import Holidays, Price

PRICE = "Service Price"
CACHE_KEY = "aftersales_service_prices"
CONDITIONS = {
	"company": "company",
	"customer_group": "for_customer_group",
	"service_zone": "service_zone",
	"request_type": "request_type",
	"item_group": "for_item_group",
	"brand": "brand",
	"model": "model",
}
"""Condition → field of Service Price. See `service_levels.targets.CONDITION_FIELDS` for the names."""


def clear_cache(doc: Document | None = None, method: str | None = None) -> None:
	"""Forget the loaded prices, again when the transaction ends: until then others may load what was before."""
	_forget()
	frappe.db.after_commit.add(_forget)
	frappe.db.after_rollback.add(_forget)


def all_prices(company: str) -> list[Price]:
	"""The enabled service prices that may apply to jobs of `company`."""
	rows = frappe.cache().get_value(CACHE_KEY, _load)
	return [_price(row, company) for row in rows if row["company"] in (None, "", company)]


def facts_of(values: dict) -> dict:
	"""What prices ask of a call: plain values, trees as a list from the record up.

	Args:
		values: company, customer, service_zone, request_type, item_group, brand and model, as far as known.
	"""
	customer = values.get("customer")
	group = customer and frappe.get_cached_value("Customer", customer, "customer_group")
	return {
		**{
			name: values.get(name) or None
			for name in ("company", "service_zone", "request_type", "brand", "model")
		},
		"item_group": _upwards("Item Group", values.get("item_group")),
		"customer_group": _upwards("Customer Group", group or values.get("customer_group")),
	}


def applying(values: dict, at: datetime, kinds: Iterable[str]) -> list[Price]:
	"""The most specific price of each of `kinds` for a call of these `values` at `at`, in the order of `kinds`."""
	kinds = list(kinds)
	found = rules.chosen(all_prices(values.get("company")), facts_of(values), at, kinds)
	return [found[kind] for kind in kinds if kind in found]


@frappe.whitelist()
@validate_call
def expected(
	company: str,
	customer: str | None = None,
	request_type: str | None = None,
	service_zone: str | None = None,
	item_group: str | None = None,
	brand: str | None = None,
	model: str | None = None,
	at: Moment | None = None,
) -> list[dict]:
	"""What a visit for such a request would cost at `at` (site time, empty: now): for agents, before anybody works.

	Returns:
		see :func:`told`.

	Raises:
		frappe.PermissionError: the user may not read service prices, the company or the customer.
	"""
	frappe.has_permission(PRICE, "read", throw=True)
	frappe.get_doc("Company", company).check_permission("read")
	if customer:
		frappe.get_doc("Customer", customer).check_permission("read")
	values = {
		"company": company,
		"customer": customer,
		"request_type": request_type,
		"service_zone": service_zone,
		"item_group": item_group,
		"brand": brand,
		"model": model,
	}
	return told(values, get_datetime(at) if at else now_datetime())


def told(values: dict, at: datetime) -> list[dict]:
	"""The prices that apply to a call of these `values` at `at`, in words and figures.

	Returns:
		name, kind, title, item_code, rate, currency (rate None: no price in the price list), with_tax (the rate
		with the taxes of the customer), percent, includes (sentences), when (hours of a surcharge).
	"""
	kinds = (rules.FLAT_RATE, rules.CALL_OUT, rules.MINIMUM)
	prices = applying(values, at, kinds)
	every = all_prices(values.get("company"))
	facts = facts_of(values)
	surcharges = [p for p in every if p.kind == rules.SURCHARGE and rules.fits(p, facts, at.date())]
	return described([*prices, *surcharges], values.get("company"), values.get("customer"))


def for_customer(company: str, customer: str) -> list[dict]:
	"""The prices that a customer may be shown, whatever the request; see :func:`told`."""
	facts = facts_of({"company": company, "customer": customer})
	shown = set(
		frappe.get_all(PRICE, {"show_to_customers": 1, "disabled": 0}, pluck="name", order_by="name asc")
	)
	group = facts["customer_group"]
	prices = [
		price
		for price in all_prices(company)
		if price.name in shown
		and ("customer_group" not in price.conditions or price.conditions["customer_group"] in group)
		and not (price.valid_from and getdate() < price.valid_from)
		and not (price.valid_upto and getdate() > price.valid_upto)
	]
	return described(prices, company, customer)


def described(prices: Iterable[Price], company: str, customer: str | None) -> list[dict]:
	"""Prices in words and figures; see :func:`told`."""
	prices = list(prices)
	amounts = amounts_of({price.item_code for price in prices}, company, customer)
	currency = amounts.pop("", None)
	return [
		{
			"name": price.name,
			"kind": price.kind,
			"title": _(price.name),
			"item_code": price.item_code,
			"rate": None if price.percent else amounts.get(price.item_code, (None, None))[0],
			"with_tax": None if price.percent else amounts.get(price.item_code, (None, None))[1],
			"currency": currency,
			"percent": price.percent,
			"includes": _includes(price),
			"when": _when(price),
			"conditions": [value for name, value in price.conditions.items() if name != "company"],
		}
		for price in prices
	]


def amounts_of(items: Iterable[str], company: str, customer: str | None) -> dict:
	"""Item → (rate, rate with tax) for a customer as ERPNext prices an invoice of today; "" → its currency.

	Without a customer: the selling price list of Selling Settings, without tax.
	"""
	items = sorted(items)
	if not items:
		return {"": frappe.get_cached_value("Company", company, "default_currency")}
	if not customer:
		return _list_rates(items, company)
	found: dict = {}
	invoice = _priced(items, company, customer)
	for item in invoice.items:
		if flt(item.rate):
			found[item.item_code] = (flt(item.rate), _with_tax(invoice, item))
	found[""] = invoice.currency
	return found


def _with_tax(invoice: Document, item: Document) -> float:
	"""The whole invoice in proportion: templates differ by item seldom, and this is a word before the work."""
	if not flt(invoice.net_total):
		return flt(item.net_amount)
	return flt(flt(item.net_amount) * flt(invoice.grand_total) / flt(invoice.net_total), 2)


def _priced(items: list[str], company: str, customer: str) -> Document:
	muted = frappe.flags.mute_messages
	frappe.flags.mute_messages = True
	try:
		invoice = frappe.get_doc(
			{
				"doctype": "Sales Invoice",
				"customer": customer,
				"company": company,
				"posting_date": nowdate(),
				"items": [{"item_code": item, "qty": 1} for item in items],
			}
		)
		set_customer_terms(invoice, priced=True)
		invoice.calculate_taxes_and_totals()
		return invoice
	finally:
		frappe.flags.mute_messages = muted


def _list_rates(items: list[str], company: str) -> dict:
	price_list = frappe.get_cached_doc("Selling Settings").selling_price_list
	found = {"": frappe.get_cached_value("Company", company, "default_currency")}
	for row in frappe.get_all(
		"Item Price",
		{"item_code": ("in", items), "price_list": price_list, "selling": 1, "customer": ("is", "not set")},
		["item_code", "price_list_rate"],
		order_by="valid_from asc, creation asc",
	):
		found[row.item_code] = (flt(row.price_list_rate), None)
	return found


def _includes(price: Price) -> list[str]:
	said = []
	if price.included_hours is None:
		said.append(_("all work"))
	elif price.included_hours:
		said.append(_("{0} hours of work").format(frappe.format(price.included_hours, "Float")))
	if price.includes_travel:
		said.append(_("travel"))
	for item_code, qty in price.included_parts:
		name = frappe.get_cached_value("Item", item_code, "item_name")
		said.append(f"{frappe.format(qty, 'Float')} {name}")
	return said


def _when(price: Price) -> str:
	said = [_(price.day)] if price.day else []
	if price.has_hours:
		said.append(f"{price.from_time:%H:%M} - {price.to_time:%H:%M}")
	return ", ".join(said)


# ---------------------------------------------------------------------------------- loading


def _forget() -> None:
	frappe.cache().delete_value(CACHE_KEY)


def _load() -> list[dict]:
	names = frappe.get_all(PRICE, filters={"disabled": 0}, pluck="name", order_by="name asc")
	return [_loaded(frappe.get_doc(PRICE, name)) for name in names]


def _loaded(doc: Document) -> dict:
	return {
		**{
			field: doc.get(field)
			for field in ("name", "kind", "item_code", "company", "day", "holiday_list", "percent")
		},
		"conditions": {name: doc.get(field) for name, field in CONDITIONS.items() if doc.get(field)},
		"valid_from": getdate(doc.valid_from) if doc.valid_from else None,
		"valid_upto": getdate(doc.valid_upto) if doc.valid_upto else None,
		"from_time": _time(doc.from_time),
		"to_time": _time(doc.to_time),
		"included_hours": None if cint(doc.includes_all_work) else flt(doc.included_hours),
		"includes_travel": bool(cint(doc.includes_travel)),
		"included_parts": tuple((row.item_code, flt(row.qty)) for row in doc.included_parts),
		"each_visit": bool(cint(doc.each_visit)),
	}


def _price(row: dict, company: str) -> Price:
	values = {name: value for name, value in row.items() if name not in ("company", "holiday_list")}
	holidays = row["holiday_list"] or frappe.get_cached_value("Company", company, "default_holiday_list")
	values["day"] = row["day"] or ""
	values["percent"] = flt(row["percent"])
	return Price(**values, holidays=_holidays(holidays) if row["day"] and holidays else Holidays())


def _holidays(name: str) -> Holidays:
	days = frappe.get_cached_doc("Holiday List", name).holidays
	return Holidays(
		frozenset(getdate(row.holiday_date) for row in days if not cint(row.weekly_off)),
		frozenset(getdate(row.holiday_date) for row in days if cint(row.weekly_off)),
	)


def _upwards(doctype: str, name: str | None) -> tuple[str, ...]:
	# ERPNext asks the tree for the place of a name, also of one that is none
	return (name, *get_ancestors_of(doctype, name)) if name and frappe.db.exists(doctype, name) else ()


def _time(value: str | None) -> time | None:
	return get_time(value) if value else None
