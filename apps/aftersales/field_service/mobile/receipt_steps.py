"""The act of handing over: the customer signs the receipt for a product that is taken to the workshop."""

from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.core.input import field_values
from aftersales.field_service import taken_along

PICTURE = "data:image/png;base64,"
TEXTS = ("condition", "signed_by", "unsigned_reason", "loaner")
MOST_ACCESSORIES = 50


def hand_over(doc: Document, values: dict, at: datetime) -> dict:
	"""Issue the receipt of the visit: `condition`, `accessories` (rows of accessory and qty), `signature` (data URI of a
	PNG) with `signed_by`, or `unsigned_reason`; `loaner` Declined where the customer wants none."""
	for name in TEXTS:
		if values.get(name) is not None and not isinstance(values[name], str):
			field_values.refuse(name, values[name], _("a text"))
	signature = values.get("signature") or ""
	if not isinstance(signature, str) or (signature and not signature.startswith(PICTURE)):
		frappe.throw(_("Capture the customer's signature."), frappe.MandatoryError)
	receipt = taken_along.issue_receipt(
		doc,
		{
			**{name: (values.get(name) or "").strip() for name in TEXTS},
			"customer_signature": signature,
		},
		_accessories(values.get("accessories") or []),
	)
	return {"issued": receipt}


def _accessories(rows: list) -> list[dict]:
	if not isinstance(rows, list) or len(rows) > MOST_ACCESSORIES:
		field_values.refuse("accessories", rows, _("at most {0} rows").format(MOST_ACCESSORIES))
	found = []
	for row in rows:
		row = row if isinstance(row, dict) else {}
		accessory, qty = row.get("accessory"), row.get("qty") or 1
		if not isinstance(accessory, str) or not accessory.strip():
			field_values.refuse("accessory", accessory, _("a text"))
		if isinstance(qty, bool) or not isinstance(qty, int) or not 0 < qty < 10_000:
			field_values.refuse("qty", qty, _("a whole number"))
		found.append({"accessory": accessory.strip(), "qty": qty})
	return found
