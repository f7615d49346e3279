"""Photos from a technician's phone: in pieces that go on where the network failed, each content once on a visit."""

import base64
import binascii
import hashlib
import re

import frappe
from frappe import _
from frappe.utils import now

from aftersales.core.input import field_values

UPLOAD = "Technician Upload"
MOST_BYTES = 8 * 1024 * 1024
"""Of one photo; the app makes them smaller than 1 MB."""

PIECE = 3 * 15 * 1024
"""Bytes of a piece at most: an argument of a call has 64 kB, its base64 a third more than the piece. Pieces before the last have to be of a multiple of three bytes: their base64 is joined."""

DIGEST = re.compile(r"[0-9a-f]{64}")
KINDS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
SCHEME = "sha256:"


def receive(voucher: str, digest: str, size: int, offset: int, piece: str) -> dict:
	"""Take the piece of a photo that begins at byte `offset`.

	Returns:
		received: how many bytes are here, where the phone goes on; done: whether the photo is stored.

	Raises:
		frappe.PermissionError: the user may not write the visit.
		frappe.ValidationError: too big, no picture, or not what `digest` (SHA-256, hexadecimal) says.
	"""
	doc = frappe.get_doc("Service Voucher", voucher)
	doc.check_permission("write")
	_check(digest, size, offset)
	upload = _upload(doc.name, digest, size)
	if upload.file:
		return {"received": upload.size, "done": True}
	content = _decoded(piece)
	if offset != upload.received or not content:
		return {"received": upload.received, "done": False}
	received = upload.received + len(content)
	if received > upload.size or (received < upload.size and len(content) % 3):
		field_values.refuse("piece", len(content), _("bytes up to the size of the photo, in multiples of 3"))
	whole = (upload.content or "") + base64.b64encode(content).decode()
	if received < upload.size:
		frappe.db.set_value(UPLOAD, upload.name, {"content": whole, "received": received})
		return {"received": received, "done": False}
	return _store(doc.name, upload, base64.b64decode(whole))


def file_of(voucher: str, photo: str) -> str:
	"""Address of the file that a phone names `sha256:<digest>`, or names by its address already.

	Raises:
		frappe.ValidationError: it has not been sent, or belongs to another visit.
	"""
	if photo.startswith(SCHEME):
		file = frappe.db.get_value(UPLOAD, _name(voucher, photo.removeprefix(SCHEME)), "file")
		if file and (url := frappe.db.get_value("File", file, "file_url")):
			return url
	elif frappe.db.exists(
		"File", {"file_url": photo, "attached_to_doctype": "Service Voucher", "attached_to_name": voucher}
	):
		return photo
	frappe.throw(_("The photo {0} has not been sent yet.").format(photo[:24]))


def _check(digest: str, size: int, offset: int) -> None:
	if not DIGEST.fullmatch(digest):
		field_values.refuse("digest", digest, _("a SHA-256 in hexadecimal digits"))
	if not 0 < size <= MOST_BYTES:
		field_values.refuse("size", size, _("at most {0} bytes").format(MOST_BYTES))
	if not 0 <= offset <= size:
		field_values.refuse("offset", offset, _("a byte of the photo"))


def _name(voucher: str, digest: str) -> str:
	"""Of the row: one for each content on each visit, so that the database stores it once."""
	return hashlib.sha256(f"{voucher}\n{digest}".encode()).hexdigest()


def _upload(voucher: str, digest: str, size: int) -> frappe._dict:
	name = _name(voucher, digest)
	for _again in range(2):
		found = frappe.db.get_value(
			UPLOAD,
			name,
			["name", "size", "received", "content", "file", "digest"],
			as_dict=True,
			for_update=True,
		)
		if found:
			if found.size != size:
				field_values.refuse("size", size, str(found.size))
			return found
		try:
			frappe.get_doc(
				{
					"doctype": UPLOAD,
					"name": name,
					"service_voucher": voucher,
					"user": frappe.session.user,
					"digest": digest,
					"size": size,
					"received": 0,
				}
			).db_insert()
		except frappe.DuplicateEntryError:
			frappe.db.rollback()  # another request has begun it: go on with that one
	frappe.throw(_("The photo is being sent at this moment. Try again."))


def _decoded(piece: str) -> bytes:
	try:
		content = base64.b64decode(piece, validate=True)
	except (binascii.Error, ValueError):
		field_values.refuse("piece", piece[:40], _("base64"))
	if len(content) > PIECE:
		field_values.refuse("piece", len(content), _("at most {0} bytes").format(PIECE))
	return content


def _store(voucher: str, upload: frappe._dict, content: bytes) -> dict:
	if hashlib.sha256(content).hexdigest() != upload.digest:
		# What came is not what was sent: begin again
		frappe.db.set_value(UPLOAD, upload.name, {"content": None, "received": 0})
		return {"received": 0, "done": False}
	kind = next((name for start, name in KINDS.items() if content.startswith(start)), None)
	if not kind:
		field_values.refuse("piece", upload.digest[:12], _("a picture (JPEG or PNG)"))
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{voucher}-{upload.digest[:10]}.{kind}".replace("/", "-"),
			"attached_to_doctype": "Service Voucher",
			"attached_to_name": voucher,
			"is_private": 1,
			"content": content,
		}
	).insert()
	frappe.db.set_value(
		UPLOAD, upload.name, {"content": None, "received": upload.size, "file": file.name, "modified": now()}
	)
	return {"received": upload.size, "done": True}
