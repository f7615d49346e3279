"""Receipts for cash are rows of the Service Voucher: those handed out before are written down, one for each."""

import frappe
from frappe.query_builder import Order

RECEIPT = "Service Cash Receipt"


def execute() -> None:
	voucher, receipt = frappe.qb.DocType("Service Voucher"), frappe.qb.DocType(RECEIPT)
	rows = (
		frappe.qb.from_(voucher)
		.left_join(receipt)
		.on(receipt.parent == voucher.name)
		.select(
			voucher.name,
			voucher.docstatus,
			voucher.cash_receipt_no,
			voucher.cash_collected,
			voucher.departed_at,
		)
		.where((voucher.cash_receipt_no != "") & (voucher.cash_collected > 0) & receipt.name.isnull())
		.orderby(voucher.name, order=Order.asc)
	).run(as_dict=True)
	for row in rows:
		frappe.get_doc(
			{
				"doctype": RECEIPT,
				"parent": row.name,
				"parenttype": "Service Voucher",
				"parentfield": "cash_receipts",
				"idx": 1,
				"docstatus": row.docstatus,
				"receipt_no": row.cash_receipt_no,
				"kind": "Received",
				"amount": row.cash_collected,
				"given_at": row.departed_at,
			}
		).db_insert()
