"""The few things every customers' page is made of: what was asked, what is answered, who may see it.

The pages use no JavaScript: reading, forms and uploads are plain HTML. A form is sent to the page it
stands on; whatever it changes, the answer is a redirect, so that reloading sends nothing twice.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import frappe
from frappe import _
from frappe.utils import escape_html

from aftersales.core.guards import NotPossible
from aftersales.core.plain_text import harmless, plain_text
from aftersales.customer_portal.customers import customers_of

HOME = "/aftersales"
MOST_FIELDS = 40
"""No form has more; what else is sent is not looked at."""

FORM_KEY = re.compile(r"[0-9a-f]{32}")


class NotHere(Exception):
	"""There is no such page for whoever asks: the same answer for what is another's and what is not."""


class LoginNeeded(Exception):
	"""The page is for customers who are logged in."""


@dataclass
class Page:
	"""A template of templates/portal with its values.

	`leads_elsewhere`: the answer to its form may be an address outside this site.
	"""

	template: str
	values: dict = field(default_factory=dict)
	status: int = 200
	leads_elsewhere: bool = False


@dataclass
class GoTo:
	"""A redirect (303) to an address on this site."""

	location: str


@dataclass
class File:
	"""A document to be shown or saved."""

	content: bytes
	content_type: str
	filename: str | None = None


@dataclass(frozen=True)
class Person:
	"""On whose word something is done: for which customers, by whom, over which way.

	`user` is who is logged in, `link` the name of the Service Link, `copied_by` who of the desk has had it.
	"""

	customers: tuple[str, ...]
	name: str
	channel: str
	email: str | None = None
	user: str | None = None
	link: str | None = None
	copied_by: str | None = None

	@property
	def decided(self) -> dict[str, str | None]:
		"""By what somebody decides here, to be stored with the decision."""
		return {
			"approval_user": self.user,
			"approval_link": self.link,
			"approval_ip": frappe.local.request_ip,
		}

	@property
	def way(self) -> str:
		"""Over which way, as HTML for a timeline; says when staff had the link in hand."""
		if not self.copied_by:
			return _(self.channel)
		return _("{0}, copied by {1}").format(
			_(self.channel), escape_html(frappe.utils.get_fullname(self.copied_by))
		)


class Visit:
	"""One request for a page."""

	def __init__(self):
		self.posted = frappe.request.method == "POST"
		self.path = frappe.request.path

	def text(self, name: str, limit: int = 4000) -> str:
		"""A field of the form or the query, harmless in whichever place shows it; empty when missing."""
		return harmless(self.typed(name, limit))

	def typed(self, name: str, limit: int = 4000) -> str:
		"""A field as it was typed, for places that escape it; without control characters."""
		value = frappe.form_dict.get(name)
		return plain_text(value, limit) if isinstance(value, str) else ""

	def number(self, name: str) -> float | None:
		"""A field that holds a number; None when it holds none."""
		try:
			value = float(self.text(name, 40))
		except ValueError:
			return None
		return value if abs(value) < 1e15 else None

	def one_of(self, name: str, allowed) -> str | None:
		"""A field whose value is one of `allowed`; None for anything else."""
		value = self.text(name, 140)
		return value if value in allowed else None

	@property
	def form_key(self) -> str:
		"""The key of the form, made when it was shown: the same form sent twice has the same."""
		key = self.text("form_key", 32)
		if not FORM_KEY.fullmatch(key):
			raise NotPossible(_("Please send the form once more."))
		return key

	def entered(self) -> frappe._dict:
		"""What was typed into the form, to be shown again."""
		return frappe._dict({name: self.typed(name) for name in list(frappe.form_dict)[:MOST_FIELDS]})

	@property
	def files(self) -> list:
		return frappe.request.files.getlist("photos")

	@cached_property
	def customers(self) -> tuple[str, ...]:
		"""The customers whoever is logged in acts for.

		Raises:
			LoginNeeded: nobody is logged in.
		"""
		if frappe.session.user == "Guest":
			raise LoginNeeded
		return tuple(customers_of())

	@property
	def person(self) -> Person:
		"""Who is logged in."""
		user = frappe.session.user
		name = frappe.db.get_value("User", user, "full_name") or user
		return Person(self.customers, name, "Portal", user, user=user)


def form(visit: Visit, show: Callable[[], Page], act: Callable[[], GoTo]) -> Page | GoTo:
	"""Show a form, or do what it asks; what cannot be done is said above the form, which keeps its values.

	Raises:
		frappe.RateLimitExceededError: the form was sent too often.
	"""
	if not visit.posted:
		return show()
	try:
		check_sender()
		return act()
	except frappe.RateLimitExceededError:
		raise
	except NotPossible as reason:
		frappe.db.rollback()
		problem = str(reason)
	except (frappe.ValidationError, frappe.PermissionError):
		# A rule of the desk that a customer cannot know of: they are told whom to ask, the desk is told what.
		trace = frappe.get_traceback()
		frappe.db.rollback()
		log_error("A form of a customer was refused", trace)
		problem = _("This could not be saved. Please call us.")
	except Exception:
		# Whatever it was: nothing of the form is stored, so that it can be sent again with all that was in it.
		trace = frappe.get_traceback()
		frappe.db.rollback()
		log_error("A form of a customer failed", trace)
		return failed(visit)
	frappe.clear_messages()
	page = show()
	page.values.update(problem=problem, entered=visit.entered())
	page.status = 422
	return page


def failed(visit: Visit) -> Page:
	"""Something broke: nothing was stored, and who sent it is told so."""
	frappe.clear_messages()
	values = {"title": _("Something went wrong"), "posted": visit.posted, "navigation": False}
	return Page("failed.html", values, 500)


def log_error(title: str, trace: str) -> None:
	"""To the Error Log, where that is possible: what broke may be the database or the disk under it."""
	try:
		frappe.log_error(title, trace)
	except Exception:
		frappe.logger("aftersales").error(f"{title}: {trace}")


def check_sender() -> None:
	"""A form sent in a session carries its token: Frappe compares it, when the session has one.

	Raises:
		NotPossible: the session has none, so the form cannot have been shown in it.
	"""
	if frappe.session.user != "Guest" and not frappe.session.data.csrf_token:
		raise NotPossible(_("Please send the form once more."))
