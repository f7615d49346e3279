"""Aftersales Settings for all rooms: typed, and cached by Frappe."""

from typing import TYPE_CHECKING

import frappe

if TYPE_CHECKING:
	from aftersales.service_setup.doctype.aftersales_settings.aftersales_settings import AftersalesSettings


def aftersales_settings() -> "AftersalesSettings":
	"""The settings of the site. Nobody changes the document that this gives."""
	return frappe.get_cached_doc("Aftersales Settings")
