"""What service prices will make of a visit while nobody can ask the server: plain values for a phone to estimate with.

The phone adds hours and parts to what is here (frontend/technician/src/lib/charges.ts); the server decides.
"""

from datetime import datetime, time, timedelta

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.service_posting import service_charges
from aftersales.service_prices import price_rules as rules
from aftersales.service_prices import prices

DAYS = 2
"""Surcharges are told from the midnight before the visit on for so many days."""


def ahead_of(doc: Document) -> dict | None:
	"""Prices of the draft visit `doc`; None where none apply or the customer has accepted a quote, whose lines stay.

	Returns:
		prices: name → kind, text (name of the item), hours (of work included; None for all), travel, parts (item →
		quantity included), of the flat rates, call-outs, surcharges and minimum charges that may apply; surcharges: name,
		percent, from, to (datetimes of the site) of the hours of each; least: the amount of the minimum charge (net,
		currency of the invoice), 0 without one; begin: from when on work is counted.
	"""
	if doc.docstatus or not service_charges.applies(doc) or service_charges.is_settled(doc):
		return None
	every = {price.name: price for price in prices.all_prices(doc.company)}
	charged = [every[row.service_price] for row in doc.parts if row.get("service_price") in every]
	least = service_charges.applying_to(doc, (rules.MINIMUM,))
	facts, begin = service_charges.facts_of_job(doc)
	windows = _surcharges(every.values(), facts, begin)
	known = {price.name: price for price in (*charged, *least, *(price for price, _from, _to in windows))}
	if not known:
		return None
	amounts = prices.amounts_of([price.item_code for price in least], doc.company, doc.customer)
	return {
		"prices": {name: _told(price) for name, price in known.items()},
		"surcharges": [
			{"name": price.name, "percent": price.percent, "from": str(start), "to": str(end)}
			for price, start, end in windows
		],
		"minimum": least[0].name if least else None,
		"least": flt((amounts.get(least[0].item_code) or (0,))[0]) if least else 0,
		"begin": str(begin.replace(microsecond=0)),
	}


def _told(price: rules.Price) -> dict:
	return {
		"kind": price.kind,
		"text": frappe.get_cached_value("Item", price.item_code, "item_name"),
		"hours": price.included_hours,
		"travel": price.includes_travel,
		"parts": dict(price.included_parts),
	}


def _surcharges(every, values: dict, begin: datetime) -> list[tuple[rules.Price, datetime, datetime]]:
	midnight = datetime.combine(begin.date(), time.min)
	return rules.surcharges_between(every, prices.facts_of(values), midnight, midnight + timedelta(days=DAYS))
