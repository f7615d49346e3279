"""Customers' pages as a browser asks for them, inside the transaction of the test."""

import re
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlencode, urlsplit

import frappe
from frappe.website.serve import get_response_without_exception_handling
from PIL import Image
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from aftersales.customer_portal import links
from tests import factories as make
from tests.isolation import forget_limits

ANNA, BEN = "anna@byrne.example", "ben@quinn.example"


@dataclass
class Answer:
	status: int
	html: str
	headers: Headers
	content: bytes = b""

	@property
	def location(self) -> str:
		return self.headers.get("Location", "")

	@property
	def words(self) -> str:
		"""What somebody reads, tags left out, entities resolved."""
		from html import unescape

		body = self.html.partition("<body>")[2] or self.html
		return unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))

	def hidden(self, name: str) -> str:
		"""The value of a hidden field of the first form that has it."""
		return re.search(rf'name="{name}" value="([^"]*)"', self.html)[1]


def get(address: str, user: str = "Guest", host: str | None = None) -> Answer:
	"""Ask for a page; `host` stands in the request's Host header (default: the site's own)."""
	return _ask(user, "GET", address, host=host)


def post(address: str, user: str = "Guest", photos: tuple = (), host: str | None = None, **fields) -> Answer:
	"""Send a form as the page offers it (with its key and the token of the session)."""
	if user != "Guest":
		fields.setdefault("csrf_token", "of the session")
	fields.setdefault("form_key", frappe.generate_hash(length=32))
	return _ask(user, "POST", address, {**fields, **({"photos": list(photos)} if photos else {})}, host)


def follow(answer: Answer, user: str = "Guest") -> Answer:
	assert answer.status == 303, answer.words
	return get(answer.location, user)


def _ask(user: str, method: str, address: str, data: dict | None = None, host: str | None = None) -> Answer:
	parts = urlsplit(address)
	builder = EnvironBuilder(
		path=parts.path,
		query_string=parts.query,
		method=method,
		data=data,
		base_url=host or frappe.utils.get_url(),
	)
	before, lang, conf = frappe.session.user, frappe.local.lang, frappe.local.conf
	frappe.db.commit()  # a request finds what others have committed, and rolls back to it
	frappe.set_user(user)
	frappe.session.data.csrf_token = None if user == "Guest" else "of the session"
	try:
		frappe.local.request = Request(builder.get_environ())
		frappe.local.request.max_form_memory_size = None  # as on a site that takes photos
		frappe.local.request_ip = "203.0.113.7"
		frappe.local.form_dict = frappe._dict({**frappe.local.request.args, **frappe.local.request.form})
		frappe.local.form_dict.pop("csrf_token", None)
		response = get_response_without_exception_handling()
		content = response.get_data()
		return Answer(response.status_code, content.decode(errors="replace"), response.headers, content)
	finally:
		frappe.local.request = None
		frappe.local.form_dict = frappe._dict()
		frappe.set_user(before)
		frappe.local.lang, frappe.local.conf = lang, conf


def website_user(email: str, customer: str, name: str) -> str:
	"""Somebody who logs in on the website and acts for `customer`."""
	if not frappe.db.exists("User", email):
		user = frappe.get_doc(
			{
				"doctype": "User",
				"email": email,
				"first_name": name,
				"send_welcome_email": 0,
				"user_type": "Website User",
				"roles": [{"role": "Customer"}],
			}
		)
		user.flags.no_welcome_mail = True
		user.insert(ignore_permissions=True)
	doc = frappe.get_doc("Customer", customer)
	doc.append("portal_users", {"user": email})
	doc.save()
	return email


def photo(name: str = "boiler.png", content: bytes | None = None) -> tuple:
	"""An upload: by default a real picture."""
	return (BytesIO(content if content is not None else picture()), name)


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
	written = BytesIO()
	Image.new("RGB", size, (20, 90, 110)).save(written, kind)
	return written.getvalue()


def path_of(address: str) -> str:
	return urlsplit(address).path


def query(**values) -> str:
	return urlencode(values)


def link_to(purpose: str, doctype: str, name: str) -> str:
	"""Path of a signed link to a document, for its customer."""
	customer = frappe.db.get_value(doctype, name, "customer")
	return path_of(links.address(purpose, doctype, name, customer))


def estimated_card(call, amount: float = 120, **values):
	"""A repair card that waits for the customer's decision on `amount` net."""
	card = make.received_card(call, diagnosis="The fan is worn.", estimated_amount=amount, **values)
	card.start_diagnosis()
	card.await_approval()
	return card
