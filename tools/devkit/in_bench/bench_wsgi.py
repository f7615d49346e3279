"""The web application of one site, with static files, for gunicorn: no Host header or proxy needed.

Environment: AFTERSALES_SITE, the site served. Runs in the sites folder.
"""

import os

import frappe.app
import frappe.utils.jinja
from frappe.utils import safe_exec


def tell_pages_the_socket_port() -> None:
	"""Let the desk connect its websocket to `socketio_port`, as no proxy joins the two servers.

	Frappe's DEV_SERVER would do it too, but it also asks the database for the class of each row of each document.
	"""
	plain = safe_exec.get_safe_globals

	def globals_of_pages():
		known = plain()
		known["dev_server"] = 1
		return known

	for module in (safe_exec, frappe.utils.jinja):
		if hasattr(module, "get_safe_globals"):
			module.get_safe_globals = globals_of_pages


tell_pages_the_socket_port()
frappe.app._site = os.environ["AFTERSALES_SITE"]
frappe.app._sites_path = "."
application = frappe.app.application_with_statics()
