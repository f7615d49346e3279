"""Mails of ours that came back: which address they did not reach, shown wherever that address is used."""

from email.message import Message

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, now_datetime

from aftersales.core.input.requests import Names, validate_call
from aftersales.core.notices import Notice, notify
from aftersales.service_desk.mail import mail_rules
from aftersales.service_staff import deputies

DOCTYPE = "Undeliverable Address"


def note(mail: Message, report: Document) -> None:
	"""What a report of a mail server says, on the addresses, on the mail that came back, and on its call."""
	failed = mail_rules.failures(mail)
	if not failed:
		return
	call = report.reference_name if report.reference_doctype == "Repair Call" else None
	for failure in failed:
		_remember(failure, call)
	_mark_mail(mail_rules.returned_ids(mail))
	if call:
		_tell(call, failed)


def forget(address: str | None) -> None:
	"""Somebody writes from an address, or answers at it: it works."""
	if address:
		frappe.db.delete(DOCTYPE, {"name": address.strip().lower()})


@frappe.whitelist()
@validate_call
def undeliverable(addresses: Names) -> list[dict]:
	"""Of e-mail addresses those that mails of ours have not reached: address, bounced_at, reason.

	Raises:
		frappe.PermissionError: the user may not read Undeliverable Address.
	"""
	frappe.has_permission(DOCTYPE, "read", throw=True)
	wanted = [address.strip().lower() for address in frappe.parse_json(addresses) if address][:50]
	if not wanted:
		return []
	fields = ["name as address", "bounced_at", "reason", "status_code"]
	return frappe.get_all(DOCTYPE, {"name": ("in", wanted)}, fields, order_by="name asc")


def _remember(failure: mail_rules.Failure, call: str | None) -> None:
	values = {"bounced_at": now_datetime(), "status_code": failure.status, "reason": failure.reason}
	if call:
		values["repair_call"] = call
	address = failure.address[:140]
	if frappe.db.get_value(DOCTYPE, address, "name", for_update=True):
		doc = frappe.get_doc(DOCTYPE, address)
		doc.update({**values, "times": doc.times + 1})
		doc.save(ignore_permissions=True)
	else:
		frappe.get_doc({"doctype": DOCTYPE, "address": address, "times": 1, **values}).insert(
			ignore_permissions=True
		)


def _mark_mail(ids: list[str]) -> None:
	if not ids:
		return
	sent = {"message_id": ("in", ids), "sent_or_received": "Sent"}
	for name in frappe.get_all("Communication", sent, pluck="name"):
		frappe.db.set_value("Communication", name, "delivery_status", "Bounced")


def _tell(call: str, failed: list[mail_rules.Failure]) -> None:
	addresses = ", ".join(failure.address for failure in failed)
	reason = next((failure.reason for failure in failed if failure.reason), "")
	told = _("Mail to {0} was not delivered: {1}").format(
		escape_html(addresses), escape_html(reason or _("no reason was given"))
	)
	frappe.get_doc("Repair Call", call).add_comment("Info", told)
	owner = frappe.db.get_value("Repair Call", call, "call_owner")
	for user in deputies.who_is_told(owner):
		notify(user, Notice(f"{call}: {told}"[:140], "Repair Call", call))
