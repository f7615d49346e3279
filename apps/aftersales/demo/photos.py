"""Photos for the demo's damage claims, drawn: a cracked tile, a water stain."""

import io
import random

import frappe
from PIL import Image, ImageDraw, ImageFilter

SIZE = (960, 720)
TILE = 240
SEED = 7


def cracked_tiles() -> Image.Image:
	"""A tiled wall with a crack through two tiles."""
	dice = random.Random(SEED)
	picture = Image.new("RGB", SIZE, "#c9c4b8")
	draw = ImageDraw.Draw(picture)
	for left in range(0, SIZE[0], TILE):
		for top in range(0, SIZE[1], TILE):
			shade = 232 + dice.randint(-6, 6)
			draw.rectangle(
				(left + 4, top + 4, left + TILE - 4, top + TILE - 4), fill=(shade, shade - 2, shade - 10)
			)
	x, y = 300, 250
	crack = [(x, y)]
	while x < 700 and y < 480:
		x, y = x + dice.randint(8, 26), y + dice.randint(-2, 18)
		crack.append((x, y))
	draw.line(crack, fill="#4a4640", width=4, joint="curve")
	draw.line([(px + 2, py + 3) for px, py in crack], fill="#8d877b", width=2)
	for px, py in crack[4::5]:
		draw.line((px, py, px + dice.randint(-40, 40), py + dice.randint(15, 60)), fill="#6a655c", width=2)
	return picture.filter(ImageFilter.GaussianBlur(0.8))


def water_stain() -> Image.Image:
	"""A ceiling with the rings that water leaves."""
	dice = random.Random(SEED)
	picture = Image.new("RGB", SIZE, "#ece9e1")
	draw = ImageDraw.Draw(picture)
	for ring, shade in enumerate(("#cbb68f", "#dcc9a4", "#d2bf97", "#e2d6bb", "#dccdab")):
		width, height = 620 - ring * 105, 400 - ring * 72
		left, top = 190 + ring * 52 + dice.randint(-8, 8), 150 + ring * 36 + dice.randint(-6, 6)
		draw.ellipse((left, top, left + width, top + height), fill=shade)
	for _drop in range(5):
		left, top = dice.randint(340, 620), dice.randint(280, 420)
		draw.ellipse((left, top, left + 22, top + 16), fill="#b9a277")
	return picture.filter(ImageFilter.GaussianBlur(7))


def attached(picture: Image.Image, name: str) -> str:
	"""The address of the picture as a private file."""
	content = io.BytesIO()
	picture.save(content, "JPEG", quality=85)
	file = frappe.get_doc(
		{"doctype": "File", "file_name": f"{name}.jpg", "content": content.getvalue(), "is_private": 1}
	)
	return file.insert().file_url
