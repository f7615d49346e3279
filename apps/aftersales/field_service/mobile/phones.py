"""The phones that have the app: when each was last seen, and which are to delete what they have."""

import re

import frappe
from frappe import _
from frappe.utils import add_days, now_datetime

from aftersales.core.input import field_values

PHONE = "Technician Phone"
FORGOTTEN_DAYS = 14
"""After so long a phone has deleted what it had."""
NUMBER = re.compile(r"[0-9a-f]{32}")
"""128 random bits: whoever knows a number may ask whether that phone is to be wiped, and learns nothing else."""


def check_number(phone: str) -> str:
	"""The number of a phone for one user.

	Raises:
		frappe.ValidationError: it is none.
	"""
	if not NUMBER.fullmatch(phone or ""):
		field_values.refuse("phone", phone, _("the number of a phone: 32 hexadecimal digits"))
	return phone


def note(phone: str, device: str, version: str, unsent: int) -> bool:
	"""The phone has reached the server as the session's user; returns whether it is to be wiped.

	Raises:
		frappe.PermissionError: the number belongs to another user's data.
	"""
	found = frappe.db.get_value(PHONE, check_number(phone), ["user", "wipe"], as_dict=True)
	seen = {
		"device": device[:140],
		"version": version[:40],
		"unsent": max(0, unsent),
		"last_seen": now_datetime(),
	}
	if found and found.user != frappe.session.user:
		frappe.throw(_("This number belongs to the phone of another user."), frappe.PermissionError)
	if found:
		frappe.db.set_value(PHONE, phone, seen, update_modified=False)
		return bool(found.wipe)
	made = frappe.get_doc({"doctype": PHONE, "name": phone, "user": frappe.session.user, **seen})
	made.db_insert(ignore_if_duplicate=True)
	return False


def unsent_elsewhere(phone: str) -> list[dict]:
	"""Other phones of the session's user, or this one before its storage was cleared, that said they have something that
	is not sent: device, last_seen, unsent; those seen in the last FORGOTTEN_DAYS, the latest first."""
	return frappe.get_all(
		PHONE,
		filters={
			"user": frappe.session.user,
			"name": ("!=", phone),
			"unsent": (">", 0),
			"wiped_at": ("is", "not set"),
			"last_seen": (">", add_days(now_datetime(), -FORGOTTEN_DAYS)),
		},
		fields=["device", "last_seen", "unsent"],
		order_by="last_seen desc",
		limit=5,
	)


def is_wiped(phone: str) -> bool:
	"""Whether an administrator wants the data of this phone deleted; asked by phones without a session, too."""
	return bool(phone and NUMBER.fullmatch(phone) and frappe.db.get_value(PHONE, phone, "wipe"))


def wiped(phone: str) -> None:
	"""The phone says that it has deleted everything: it begins anew under another number."""
	if is_wiped(phone):
		frappe.db.set_value(PHONE, phone, {"wiped_at": now_datetime(), "unsent": 0}, update_modified=False)
