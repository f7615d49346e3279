"""What the app of the company's country refuses when an invoice is submitted, found while it is a draft.

A country's app (India Compliance and its like) takes a draft as it is and speaks up when the accountant
submits it: weeks after the visit, when nobody remembers the job. Its own handlers are asked at once.
"""

import erpnext
import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form, strip_html

from aftersales.core.savepoints import DATABASE_GAVE_UP, trial

EVENTS = ("validate", "before_submit")


def tell_refusal(invoice: Document) -> None:
	"""Tell whoever completes the job, and note on the draft, what will keep `invoice` from being submitted.

	`invoice` may be unsaved, as for a job that waits for a billing run. Nothing is refused here.
	"""
	if invoice.docstatus or not (reason := refusal_on_submit(invoice)):
		return
	if invoice.is_new():
		text = _("The Sales Invoice for {0} could not be submitted: {1}").format(
			invoice.aftersales_voucher, reason
		)
	else:
		text = _("Sales Invoice {0} cannot be submitted: {1}").format(
			get_link_to_form("Sales Invoice", invoice.name), reason
		)
		invoice.add_comment("Comment", text)
	frappe.msgprint(text, title=_("Complete Before Billing"), indicator="orange")


def refusal_on_submit(invoice: Document) -> str | None:
	"""Why the country's app would not let `invoice` be submitted as it is; None when it would."""
	handlers = list(_handlers_of_country(invoice))
	if not handlers:
		return None
	tried = frappe.get_doc(invoice.as_dict())
	tried.update({"docstatus": 1, "name": invoice.name or "DRAFT"})
	tried._action = "submit"
	muted, told = frappe.flags.mute_messages, len(frappe.message_log)
	frappe.flags.mute_messages = True
	refusal = broken = None
	try:
		with trial():
			for handler, event in handlers:
				frappe.get_attr(handler)(tried, event)
	except frappe.ValidationError as error:
		refusal = strip_html(str(error)).strip()
	except DATABASE_GAVE_UP:
		raise
	except Exception:
		broken = frappe.get_traceback()
	finally:
		frappe.flags.mute_messages = muted
		del frappe.message_log[told:]
	if broken:
		# The trial is ours, not the accountant's: what it breaks on must not stop the visit
		frappe.log_error("Country check of an invoice", broken)
	return refusal


def _handlers_of_country(invoice: Document):
	overrides = frappe.get_hooks("regional_overrides", {}).get(erpnext.get_region(invoice.company)) or {}
	apps = {path.split(".")[0] for paths in overrides.values() for path in paths} - {"frappe", "erpnext"}
	if not apps:
		return
	hooks = frappe.get_doc_hooks()
	for event in EVENTS:
		for doctype in (invoice.doctype, "*"):
			for handler in hooks.get(doctype, {}).get(event, ()):
				if handler.split(".")[0] in apps:
					yield handler, event
