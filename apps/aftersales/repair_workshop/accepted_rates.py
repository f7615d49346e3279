"""What the customer accepts is the Quotation as it stands: its rates become those of the lines (R-WS-5).

From then on price lists and pricing rules change nothing about these lines; a line added later takes its price
as usual.
"""

from collections import defaultdict, deque

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.core.guards import set_protected_values
from aftersales.core.selling_terms import billing_currency
from aftersales.service_posting.job_plan import plan_of
from aftersales.service_posting.plan.posting_types import line_key


def quoted_net(card: Document) -> float:
	"""Net total of the living Quotation of a card (currency of the invoice); 0 without one."""
	quotation = _quotation(card)
	return flt(quotation.net_total) if quotation else 0


def take(card: Document, accepted: float) -> None:
	"""Set the rates of the card's Quotation on its lines when no less than the Quotation's net total is `accepted`.

	`card` is changed, not saved. Rows that sales added to the Quotation without a line are not the card's.
	"""
	quotation = _quotation(card)
	if not quotation or flt(quotation.net_total) > flt(accepted):
		return
	card.estimated_amount = flt(quotation.net_total)
	if quotation.currency != billing_currency(card):
		return
	covered = {row.line: flt(row.covered) for row in plan_of(card).invoice_rows}
	rows = _Rows(quotation)
	for line in (*card.labour, *card.parts):
		key = line_key(line)
		if key not in covered or not (item := rows.of(key, line.item_code)):
			continue
		full = _rate(item, quotation) * 100 / (100 - covered[key])
		set_protected_values(line, rate=flt(full, line.precision("rate")), agreed_in=quotation.name)


class _Rows:
	"""The rows of a Quotation, each given out once: by the line it was made from, else by its item."""

	def __init__(self, quotation: Document):
		self.by_line = {item.aftersales_line: item for item in quotation.items if item.aftersales_line}
		self.by_item: dict[str, deque] = defaultdict(deque)
		for item in quotation.items:
			if not item.aftersales_line:
				self.by_item[item.item_code].append(item)

	def of(self, line: str, item_code: str) -> Document | None:
		found = self.by_line.get(line)
		if found and found.item_code == item_code:
			return found
		return self.by_item[item_code].popleft() if self.by_item.get(item_code) else None


def _rate(item: Document, quotation: Document) -> float:
	"""The rate per stock unit, less its part of a discount on the whole Quotation."""
	rate = flt(item.rate) / (flt(item.conversion_factor) or 1)
	discount = flt(quotation.discount_amount)
	if not discount:
		return rate
	left = flt(quotation.net_total if quotation.apply_discount_on == "Net Total" else quotation.grand_total)
	return rate * left / (left + discount) if left + discount else rate


def _quotation(card: Document) -> Document | None:
	if not card.quotation:
		return None
	quotation = frappe.get_doc("Quotation", card.quotation)
	return quotation if quotation.docstatus < 2 else None
