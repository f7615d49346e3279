"""What the parts of a job cost, from the documents that moved them."""

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.service_posting import delivery, line_amounts
from aftersales.service_posting.part_returns import returned_costs


def store(doc: Document) -> float:
	"""Store what each part cost (company currency) on its line and return the sum."""
	costs: dict[str, float] = {}
	if doc.stock_entry:
		for row in frappe.get_all(
			"Stock Entry Detail", filters={"parent": doc.stock_entry}, fields=["aftersales_line", "amount"]
		):
			costs[row.aftersales_line] = costs.get(row.aftersales_line, 0) + flt(row.amount)
	if doc.delivery_note:
		costs.update(delivery.costs_of_lines(doc.delivery_note))
	for line, amount in returned_costs(doc).items():
		costs[line] = costs.get(line, 0) - amount
	for line in doc.parts:
		line_amounts.store(line, {"valuation_amount": float(costs.get(line.name, 0))})
	return sum(flt(line.valuation_amount) for line in doc.parts)
