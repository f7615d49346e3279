"""What a draft job would cost the customer, shown while it is being written."""

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.core.selling_terms import billing_currency
from aftersales.service_posting import free_items, line_amounts
from aftersales.service_posting.invoicing.invoices import Charge, priced_unsaved, total_of
from aftersales.service_posting.job_plan import plan_of
from aftersales.service_posting.plan.posting_plan import ContractShares, PostingPlan
from aftersales.service_posting.plan.posting_types import line_key


def preview(doc: Document) -> None:
	"""Set `currency`, `amount_due` and the net `amount` of each line as the invoice would have them.

	Uses an unsaved Sales Invoice, so that price list, pricing rules and taxes are ERPNext's own. A
	draft that cannot be priced yet shows zero; posting says what is missing.
	"""
	line_amounts.clear(doc)
	doc.update({"amount_due": 0, "contract_share": 0, "contract_excess": 0})
	doc.currency = billing_currency(doc)
	if not doc.customer:
		return
	try:
		plan = plan_of(doc)
		if not plan.invoice_rows and not plan.contract.lines:
			return
		set_contract_shares(doc, plan.contract, stored=False)
		if plan.invoice_rows:
			_show_amounts(doc, plan)
	except frappe.ValidationError:
		return


def _show_amounts(doc: Document, plan: PostingPlan) -> None:
	invoice = priced_unsaved([Charge(doc, plan.invoice_rows)])
	free_items.set_lines(doc, invoice, bool(plan.delivery_rows))
	doc.currency = invoice.currency
	doc.amount_due = total_of(invoice)
	for line, values in line_amounts.of_lines(doc, invoice):
		line.update(values)


def set_contract_shares(doc: Document, contract: ContractShares, stored: bool) -> None:
	"""Set what the contract pays of the job and of each line: in the database too (`stored`), or on the draft alone."""
	for line in line_amounts.lines_of(doc):
		share = contract.lines.get(line_key(line))
		values = {"contract_amount": float(share.contract_net) if share else 0.0}
		line_amounts.store(line, values) if stored else line.update(values)
	doc.update({"contract_share": flt(contract.covered), "contract_excess": flt(contract.excess)})
