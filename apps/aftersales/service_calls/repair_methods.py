"""The cheapest sound repair first (R-WS-6): a finished repair says its method, and why a dearer one was taken."""

import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.core.guards import require_value
from aftersales.core.job_types import CARD, VISIT
from aftersales.service_calls.entitlement.repairs import is_for_failure
from aftersales.service_setup.settings import aftersales_settings

DEARER = ("Module", "Replacement")
REPAIRED = {VISIT: ("outcome", ("Completed",)), CARD: ("status", ("Ready", "Returned"))}


def validate(doc: Document, method: str | None = None) -> None:
	"""before_submit of Service Voucher and Repair Card, where the settings ask for it.

	A repair that used no parts and fixed nothing but a setting is a Component repair.

	Raises:
		frappe.MandatoryError: the method is missing, or the reason for the dearer one.
	"""
	if doc.flags.from_register or not aftersales_settings().ask_repair_method:
		return
	fieldname, values = REPAIRED[doc.doctype]
	if doc.get(fieldname) not in values or not is_for_failure(doc) or not doc.equipment:
		return
	require_value(doc, "repair_method", _("a finished repair says how it was done."))
	if doc.repair_method in DEARER:
		require_value(doc, "repair_method_reason", _("why was no cheaper method sound?"))
