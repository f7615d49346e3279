"""What makes the demo look like a company: a logo on its documents, and a portrait of each of its people, drawn."""

import io

import frappe
from PIL import Image, ImageDraw

from aftersales.demo.company import COMPANY, PEOPLE

COLORS = ("#2f6f8f", "#8f5b2f", "#4f7a3a", "#7a3a6b", "#3a4f7a", "#7a6b3a", "#3a7a74", "#7a3a3a")
SKIN = ("#f0c9a5", "#e0ac86", "#d79b6f", "#f3d3b8")
HAIR = ("#3b2a1e", "#6b4a2b", "#1f1f24", "#a8763e", "#7c7c80")
CLOTHES = ("#e9edf0", "#22303c", "#f2b134", "#d9dee3", "#5b6770", "#f4f1ea")
LONG_HAIR = (1, 2, 5, 6)
"""Of the people of the company, in their order: Orla, Aoife, Niamh, Gráinne."""
SIDE = 256


def build() -> None:
	"""Give the company its logo and each user a picture, where they have none."""
	_logo()
	for number, (email, *_rest) in enumerate(PEOPLE):
		if not frappe.db.get_value("User", email, "user_image"):
			address = _public(portrait(number), f"portrait-{email.split('@')[0]}")
			frappe.db.set_value("User", email, "user_image", address)


def portrait(number: int) -> Image.Image:
	"""Head and shoulders on a coloured ground, drawn four times as large and made smaller."""
	scale, side = 4, SIDE * 4
	picture = Image.new("RGB", (side, side), COLORS[number % len(COLORS)])
	draw = ImageDraw.Draw(picture)

	def oval(left: int, top: int, right: int, bottom: int, fill: str) -> None:
		draw.ellipse([value * scale for value in (left, top, right, bottom)], fill=fill)

	def box(*corners: int) -> list[int]:
		return [value * scale for value in corners]

	skin, hair = SKIN[number % len(SKIN)], HAIR[number % len(HAIR)]
	if number in LONG_HAIR:
		draw.rounded_rectangle(box(70, 60, 186, 196), 50 * scale, fill=hair)
	oval(38, 182, 218, 364, CLOTHES[number % len(CLOTHES)])  # shoulders
	draw.rounded_rectangle(box(110, 150, 146, 204), 18 * scale, fill=skin)  # neck
	oval(74, 44, 182, 148, hair)
	oval(84, 58, 172, 174, skin)
	draw.pieslice(box(78, 42, 178, 138), 180, 360, fill=hair)
	for left in (104, 142):
		oval(left, 112, left + 10, 122, "#33261d")
	draw.arc(box(106, 116, 150, 154), 30, 150, fill="#8c4a3a", width=4 * scale)
	return picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def logo() -> Image.Image:
	"""A drop in a ring, and the name."""
	scale = 4
	picture = Image.new("RGB", (96 * scale, 96 * scale), "white")
	draw = ImageDraw.Draw(picture)
	draw.ellipse([2 * scale, 2 * scale, 94 * scale, 94 * scale], fill="#0b5c6b")
	draw.polygon([(48 * scale, 16 * scale), (70 * scale, 54 * scale), (26 * scale, 54 * scale)], fill="white")
	draw.ellipse([24 * scale, 34 * scale, 72 * scale, 80 * scale], fill="white")
	draw.ellipse([36 * scale, 50 * scale, 58 * scale, 72 * scale], fill="#0b5c6b")
	return picture.resize((96, 96), Image.Resampling.LANCZOS)


def _logo() -> None:
	if frappe.db.get_value("Company", COMPANY, "company_logo"):
		return
	address = _public(logo(), "liffey-logo")
	frappe.db.set_value("Company", COMPANY, "company_logo", address)
	head = frappe.get_doc("Letter Head", COMPANY)
	head.content = (
		f'<table style="width: 100%"><tr><td style="width: 60px"><img src="{address}" alt="" width="48" height="48">'
		f"</td><td>{head.content}</td></tr></table>"
	)
	head.save()


def _public(picture: Image.Image, name: str) -> str:
	"""The address of the picture as a file that everybody may see."""
	content = io.BytesIO()
	picture.save(content, "PNG")
	file = frappe.get_doc(
		{"doctype": "File", "file_name": f"{name}.png", "content": content.getvalue(), "is_private": 0}
	)
	return file.insert().file_url
