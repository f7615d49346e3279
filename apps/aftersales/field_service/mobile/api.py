"""What the technician's app calls. The protocol is described in docs/technician-protocol.md.

Every method needs a session, acts as its user, and asks for the same rights as the desk. What a phone without a
session may ask, whether it is to delete what it has, is a page (page.py).
`user` says whose data a phone sends: a phone on which somebody else has logged in meanwhile sends nothing in their
name.
"""

import frappe
from frappe import _
from frappe.sessions import get_csrf_token
from frappe.utils import get_system_timezone, now_datetime

from aftersales.core.input.requests import Values, WholeNumber, validate_call
from aftersales.field_service.mobile import acts, parcel, phones, photos, texts
from aftersales.service_staff.technicians import technicians_of_user


@frappe.whitelist(methods=["GET"])
@validate_call
def session() -> dict:
	"""Who is logged in, and what a phone needs before it can send.

	Returns:
		user, full_name, csrf_token, technician (name of the record, None without one), now (server's time), zone
		(time zone of all times), language, texts (English → the user's language, of those that differ).

	Raises:
		frappe.PermissionError: nobody is logged in, or the user may not read visits.
	"""
	frappe.has_permission("Service Voucher", "read", throw=True)
	user = frappe.session.user
	return {
		"user": user,
		"full_name": frappe.utils.get_fullname(user),
		"csrf_token": get_csrf_token(),
		"technician": next(iter(technicians_of_user(user)), None),
		"now": now_datetime().replace(microsecond=0).isoformat(" "),
		"zone": get_system_timezone(),
		"language": frappe.local.lang,
		"texts": texts.translated(),
	}


@frappe.whitelist(methods=["POST"])
@validate_call
def load(
	user: str,
	phone: str,
	known: str | None = None,
	device: str = "",
	version: str = "",
	unsent: WholeNumber = 0,
) -> dict:
	"""The parcel of the coming seven days; see parcel.pack. `elsewhere`: see phones.unsent_elsewhere.

	Args:
		known: digest of the parcel that the phone has.
		device, version, unsent: what the phone says of itself, for the administrator.

	Raises:
		frappe.PermissionError: the session belongs to somebody else, or is nobody's.
	"""
	_check_user(user)
	frappe.has_permission("Service Voucher", "read", throw=True)
	if phones.note(phone, device, version, unsent):
		return {"wipe": True}
	return {**parcel.pack(known), "elsewhere": phones.unsent_elsewhere(phone)}


@frappe.whitelist(methods=["POST"])
@validate_call
def take(user: str, act: Values) -> dict:
	"""Take one act of a phone, once; see acts.take for what is answered.

	Raises:
		frappe.PermissionError: the session belongs to somebody else, or the id to another act.
		frappe.ValidationError: it is no act.
	"""
	_check_user(user)
	return acts.take(act)


@frappe.whitelist(methods=["POST"])
@validate_call
def upload(
	user: str, voucher: str, digest: str, size: WholeNumber, offset: WholeNumber, piece: str = ""
) -> dict:
	"""Take a piece of a photo; without a piece: say how much is there. See photos.receive.

	Raises:
		frappe.PermissionError: the session belongs to somebody else, or the user may not write the visit.
		frappe.ValidationError: it is no picture, or not what its digest says.
	"""
	_check_user(user)
	return photos.receive(voucher, digest, size, offset, piece)


def _check_user(user: str) -> None:
	if frappe.session.user == "Guest" or user != frappe.session.user:
		frappe.throw(_("Log in as {0} to send what this phone has.").format(user), frappe.PermissionError)
