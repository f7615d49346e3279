"""The app at /technician: a page renderer of Frappe (hook `page_renderer`) that hands out what the build made.

The page is the same for everybody and has no data in it; it asks for its data with the session of the browser. Its
service worker has to come from below /technician, because a browser lets it answer for the folder it comes from.
"""

import json
import mimetypes
from pathlib import Path

import frappe
from frappe import _
from werkzeug.wrappers import Response

from aftersales.field_service.mobile import phones

HOME = "technician"
PHONE = "phone/"
BUILT = ("public", "dist", "technician")
FILES = {"sw.js": "text/javascript", "manifest.webmanifest": "application/manifest+json"}
HEADERS = {
	"Cache-Control": "no-cache",
	"X-Content-Type-Options": "nosniff",
	"Referrer-Policy": "same-origin",
	"X-Frame-Options": "SAMEORIGIN",
	"X-Robots-Tag": "noindex, nofollow",
	# img, media: photos taken here; connect: the site alone
	"Content-Security-Policy": (
		"default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
		"connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; object-src 'none'; "
		"form-action 'self'; frame-ancestors 'self'"
	),
}


class TechnicianApp:
	"""Renders /technician and what lies below."""

	def __init__(self, path: str, http_status_code: int | None = None):
		self.path = path.strip("/")

	def can_render(self) -> bool:
		return self.path == HOME or self.path.startswith(f"{HOME}/")

	def render(self) -> Response:
		name = self.path[len(HOME) + 1 :]
		if name.startswith(PHONE):
			return self.phone(name.removeprefix(PHONE))
		file = Path(frappe.get_app_path("aftersales", *BUILT)) / (name if name in FILES else "index.html")
		if not file.exists():
			return Response(
				_("The technician's app has not been built. Run bench build --app aftersales."), status=503
			)
		kind = FILES.get(name) or mimetypes.guess_type(file.name)[0]
		# The page itself, which has no slash behind it, is the worker's, too
		headers = {**HEADERS, "Service-Worker-Allowed": f"/{HOME}"} if name == "sw.js" else HEADERS
		return Response(file.read_bytes(), mimetype=kind, headers=headers)

	def phone(self, number: str) -> Response:
		"""Whether a phone is to delete its data (GET), and that it has (POST); with or without a session.

		A number that no phone has is answered like one that is to keep what it has.
		"""
		wipe = phones.is_wiped(number)
		if frappe.request.method == "POST":
			phones.wiped(number)
		return Response(
			json.dumps({"wipe": wipe}),
			mimetype="application/json",
			headers={**HEADERS, "Cache-Control": "no-store"},
		)
