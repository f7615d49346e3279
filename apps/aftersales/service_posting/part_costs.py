"""What the parts of a job cost, from the documents that moved them."""

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Sum
from frappe.utils import flt

from aftersales.service_posting import delivery, line_amounts


def store(doc: Document) -> float:
	"""Store what each part cost (company currency) on its line and return the sum."""
	costs: dict[str, float] = {}
	if doc.stock_entry:
		for row in frappe.get_all(
			"Stock Entry Detail", filters={"parent": doc.stock_entry}, fields=["aftersales_line", "amount"]
		):
			costs[row.aftersales_line] = costs.get(row.aftersales_line, 0) + flt(row.amount)
	if doc.delivery_note:
		for line, amount in delivery.costs_of_lines(doc.delivery_note).items():
			costs[line] = costs.get(line, 0) + amount
	# Nothing comes back of a job that is being posted for the first time
	for line, amount in (returned_costs(doc) if doc.get("posted_at") else {}).items():
		costs[line] = costs.get(line, 0) - amount
	for line in doc.parts:
		line_amounts.store(line, {"valuation_amount": float(costs.get(line.name, 0))})
	return sum(flt(line.valuation_amount) for line in doc.parts)


def returned_costs(job: Document) -> dict[str, float]:
	"""Part line of a job → what came back of it, at cost (company currency)."""
	entry, row = frappe.qb.DocType("Stock Entry"), frappe.qb.DocType("Stock Entry Detail")
	rows = (
		frappe.qb.from_(row)
		.join(entry)
		.on(entry.name == row.parent)
		.select(row.aftersales_line, Sum(row.amount))
		.where((entry.aftersales_voucher_type == job.doctype) & (entry.aftersales_voucher == job.name))
		.where(
			(entry.docstatus == 1) & (entry.purpose == "Material Receipt") & row.aftersales_line.isnotnull()
		)
		.groupby(row.aftersales_line)
		.run()
	)
	return {line: flt(amount) for line, amount in rows}
