"""The web application of one site, with static files, for gunicorn: no Host header or proxy needed.

Environment: AFTERSALES_SITE, the site served. Runs in the sites folder.
"""

import os

import frappe.app

frappe.app._site = os.environ["AFTERSALES_SITE"]
frappe.app._sites_path = "."
application = frappe.app.application_with_statics()
