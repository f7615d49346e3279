"""Service Payments follow what happens to their Payment Entries in ERPNext: doc_events of hooks.py."""

import frappe
from frappe.model.document import Document

DOCTYPE = "Service Payment"


def payment_changed(payment: Document, method: str | None = None) -> None:
	"""on_change of a Payment Entry: an invoice took the deposit, somebody reconciled it, or gave it back."""
	if payment.get("aftersales_voucher_type") != DOCTYPE or payment.docstatus != 1:
		return
	# of a refund, which names the payment too, the payment itself is asked
	if frappe.db.exists(
		DOCTYPE, {"name": payment.aftersales_voucher, "docstatus": 1, "payment_entry": payment.name}
	):
		frappe.get_doc(DOCTYPE, payment.aftersales_voucher).follow_payment()
