"""Photos that customers send: checked by what they are, not by what they are called.

Each is decoded and written anew as a JPEG of ours. What reaches the desk is therefore a picture and
nothing else: no markup, no script in a vector graphic, no place where it was taken.
"""

import io
from collections.abc import Collection, Iterable

import frappe
from frappe import _
from PIL import Image, ImageOps, UnidentifiedImageError

from aftersales.core.guards import NotPossible
from aftersales.customer_portal.web import File

LARGEST = 10 * 1024 * 1024
MOST = 5
MOST_OF_CALL = 30
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
LONGEST_SIDE = 2000
MOST_PIXELS = 16_000_000
"""Of one picture, after a JPEG was reduced while it is decoded; a screen has four to eight million."""

MOST_PIXELS_OF_FORM = 32_000_000
"""Of all pictures of a form: what bounds the work of a request (two PNGs of 16 million: 0.6 s), whatever their files weigh."""

_UNREADABLE = (
	UnidentifiedImageError,
	OSError,
	ValueError,
	SyntaxError,
	EOFError,
	OverflowError,
	Image.DecompressionBombError,
)
"""What Pillow raises for a file that is no picture, or not all of one."""


class NotAPhoto(NotPossible):
	"""A file is no picture we can read, or there are too many."""


def read(files: Iterable) -> list[bytes]:
	"""The uploaded files (werkzeug) as JPEG; empty fields of the form are left out.

	Raises:
		NotAPhoto: too many or too large, or one of them is no picture.
	"""
	named = [file for file in files if file and file.filename]
	if len(named) > MOST:
		raise NotAPhoto(_("Please send at most {0} photos.").format(MOST))
	images = [_open(file.read(LARGEST + 1)) for file in named]
	if sum(image.width * image.height for image in images) > MOST_PIXELS_OF_FORM:
		raise NotAPhoto(_("These pictures are too large together. Please send fewer, or smaller ones."))
	return [_as_jpeg(image) for image in images]


def check_room(call: str, pictures: Collection[bytes]) -> None:
	"""So many photos say what there is to see of a call; more would only fill the disk.

	Raises:
		NotAPhoto: with these the call would have more.
	"""
	if pictures and len(of_call(call)) + len(pictures) > MOST_OF_CALL:
		raise NotAPhoto(
			_("We have {0} photos of this call already. Please write to us.").format(MOST_OF_CALL)
		)


def attach(call: str, pictures: Iterable[bytes]) -> None:
	"""Attach pictures to a call, private like everything a customer sends."""
	attach_to("Repair Call", call, pictures)


def attach_to(doctype: str, name: str, pictures: Iterable[bytes], fieldname: str | None = None) -> None:
	"""The same to another document; the first picture becomes the value of its field, where one is named."""
	for picture in pictures:
		file = frappe.new_doc("File")
		file.update(
			{
				"file_name": f"{name}-{frappe.generate_hash(length=6)}.jpg",
				"attached_to_doctype": doctype,
				"attached_to_name": name,
				"attached_to_field": fieldname,
				"content": picture,
				"is_private": 1,
			}
		)
		file.insert(ignore_permissions=True)
		if fieldname and not frappe.db.get_value(doctype, name, fieldname):
			frappe.db.set_value(doctype, name, fieldname, file.file_url)


def of_call(call: str) -> list[str]:
	"""Names of the photos that came with a call over customers' pages, the first sent first.

	What the desk or a technician attached is theirs: it is not shown. The caller has checked whose call it is.
	"""
	files = frappe.get_all(
		"File",
		filters={
			"attached_to_doctype": "Repair Call",
			"attached_to_name": call,
			"file_url": ("like", "/private/files/%.jpg"),
		},
		fields=["name", "owner"],
		order_by="creation asc, name asc",
	)
	if not files:
		return []
	owners = tuple({file.owner for file in files})
	customers = frappe.get_all("User", {"name": ("in", owners), "user_type": "Website User"}, pluck="name")
	return [file.name for file in files if file.owner in ("Guest", *customers)]


def show(call: str, name: str) -> File | None:
	"""One of the photos of `of_call`; None for any other file, or when it is gone from the disk."""
	if name not in of_call(call):
		return None
	try:
		return File(frappe.get_doc("File", name).get_content(), "image/jpeg")
	except OSError:
		return None


def _open(content: bytes) -> Image.Image:
	"""The picture in a file, of which only the header is read so far."""
	if len(content) > LARGEST:
		raise NotAPhoto(_("A photo may have at most {0} MB.").format(LARGEST // 1024 // 1024))
	try:
		image = Image.open(io.BytesIO(content), formats=FORMATS)
		# a large photo of a camera is decoded at a fraction of its size (JPEG only)
		image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
		if image.width * image.height > MOST_PIXELS:
			raise NotAPhoto(_("This picture is too large. Please send a smaller one."))
		return image
	except _UNREADABLE:
		raise _unreadable()


def _unreadable() -> NotAPhoto:
	return NotAPhoto(_("One of the files is not a photo we can read. Please send JPEG or PNG pictures."))


def _as_jpeg(image: Image.Image) -> bytes:
	try:
		image = ImageOps.exif_transpose(image).convert("RGB")
	except _UNREADABLE:
		raise _unreadable()
	image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
	written = io.BytesIO()
	image.save(written, "JPEG", quality=85)
	return written.getvalue()
