"""What the accountant has to sort out must not hold up the technician: it is tried, and undone when it is refused."""

from collections.abc import Callable
from typing import TypeVar

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, strip_html_tags

from aftersales.core.savepoints import all_or_nothing

MADE_BY_OTHERS = (frappe.UniqueValidationError, frappe.PermissionError)

Made = TypeVar("Made")


def attempt(
	make: Callable[[], Made], refusals: tuple[type[Exception], ...] = (frappe.ValidationError,)
) -> tuple[Made | None, str]:
	"""What `make` returns and ""; or None and the reason, with everything undone that it wrote, when it is refused.

	Only `refusals` are caught: anything else is an error and stays one.
	"""
	told = len(frappe.local.message_log)
	try:
		with all_or_nothing():
			return make(), ""
	except MADE_BY_OTHERS:
		raise
	except refusals as error:
		reason = _told_since(told) or str(error)
		del frappe.local.message_log[told:]
		return None, strip_html_tags(reason)


def tell(doc: Document, what: str, reason: str) -> None:
	"""Say on the timeline of `doc`, and to who finishes it, what is left to do and why."""
	text = f"{what} {escape_html(reason)}"
	doc.add_comment("Info", text)
	frappe.msgprint(text, title=_("To Be Completed by an Accountant"), indicator="orange")


def _told_since(count: int) -> str:
	"""The messages that came with the refusal."""
	messages = [
		frappe.parse_json(message) if isinstance(message, str) else message
		for message in frappe.local.message_log[count:]
	]
	return " ".join(str(message.get("message") or "") for message in messages).strip()
