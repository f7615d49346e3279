"""The people of the demo: who acts, and how they sign."""

import base64
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from random import Random

import frappe

from aftersales.demo.clock import at


@contextmanager
def acting_as(user: str, moment: datetime | None = None) -> Iterator[None]:
	"""Do what follows as `user`, with that user's permissions, and return to the one before.

	`moment`: when it is done; left out, the clock stays where it is.
	"""
	before = frappe.session.user
	with ExitStack() as stack:
		if moment:
			stack.enter_context(at(moment))
		frappe.set_user(user)
		try:
			yield
		finally:
			frappe.set_user(before)


def signature(name: str) -> str:
	"""A scribble for `name` as a data URL, always the same for the same name."""
	random = Random(name)
	x, strokes = 12, ["M 12 40"]
	for _letter in name:
		width = random.randint(8, 14)
		strokes.append(
			f"C {x + random.randint(1, 5)} {random.randint(5, 22)},"
			f" {x + width} {random.randint(8, 30)}, {x + width} {random.randint(34, 48)}"
		)
		x += width
	strokes.append(f"q 18 -14 {random.randint(24, 40)} -4")
	drawing = (
		f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {x + 60} 60" width="{x + 60}" height="60">'
		f'<path d="{" ".join(strokes)}" fill="none" stroke="#1b2a49" stroke-width="1.8"'
		' stroke-linecap="round"/></svg>'
	)
	return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()
