"""Card and other payments on a visit by the technician's app: an act of its own, and what the phone has to know.

Hooks `aftersales_technician_acts` and `aftersales_technician_parcel` of field_service/mobile.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.core.doctype.communication.email import make as send_mail
from frappe.model.document import Document

from aftersales.core.input import field_values
from aftersales.service_calls import contacts_on_file
from aftersales.service_cash import modes
from aftersales.service_cash.payments import receipts


def take_payment(doc: Document, values: dict, at: datetime) -> dict:
	"""Receive `amount` for the visit in `mode` under the phone's `key`, with the number `slip` of the terminal's slip.

	The receipt goes to the e-mail address `to`, where there is one. The same key is booked once.

	Returns:
		receipt, and paid: the amount it is for.
	"""
	amount, to = values.get("amount"), values.get("to")
	if isinstance(amount, bool) or not isinstance(amount, int | float):
		field_values.refuse("amount", amount, _("a number"))
	for name in ("mode", "key", "slip", "to"):
		if values.get(name) is not None and not isinstance(values[name], str):
			field_values.refuse(name, values[name], _("a text"))
	if to and not contacts_on_file.is_address(to):
		field_values.refuse("to", to, _("one e-mail address without a name"))
	told = receipts.take_payment(
		doc.doctype, doc.name, amount, values.get("mode") or "", values.get("key") or "", values.get("slip")
	)
	if to:
		send_mail(
			doctype="Service Payment",
			name=told["receipt"],
			recipients=to,
			subject=_("Receipt {0}").format(told["receipt"]),
			content=_("Please find the receipt of your payment attached."),
			send_email=True,
			print_format="Standard",
			communication_medium="Email",
		)
	return {"receipt": told["receipt"], "paid": told["amount"]}


def of_visits(docs: list[Document]) -> dict[str, dict]:
	"""Visit → payment_modes: Modes of Payment that it can be paid by; payments: receipt, amount and mode of what was."""
	if not frappe.has_permission("Service Payment", "create"):
		return {}
	by_company = {company: modes.without_cash(company) for company in sorted({doc.company for doc in docs})}
	paid: dict[str, list[dict]] = {}
	for row in frappe.get_all(
		"Service Payment",
		filters={
			"docstatus": 1,
			"reference_doctype": "Service Voucher",
			"reference_name": ("in", [doc.name for doc in docs] or [""]),
		},
		fields=["reference_name", "name as receipt", "amount", "mode_of_payment"],
		order_by="creation asc",
	):
		paid.setdefault(row.pop("reference_name"), []).append(dict(row))
	return {
		doc.name: {"payment_modes": by_company[doc.company], "payments": paid.get(doc.name, [])}
		for doc in docs
	}
