"""A vendor or maker sees the calls behind a Non Conformance by a signed link, answers there, and learns nothing of the
customer.

Each recipient has a link of its own (Service Link, purpose Case): the desk sees it and can revoke it.
"""

import frappe
from frappe import _
from frappe.utils import escape_html, format_date, format_datetime, validate_email_address

from aftersales.core import site_address
from aftersales.core.guards import NotPossible, require_role
from aftersales.core.input.requests import validate_call
from aftersales.core.language import answer_in
from aftersales.core.notices import Notice, notify
from aftersales.core.roles import SUPERVISORS
from aftersales.customer_portal import limits, links
from aftersales.customer_portal.forms import DAY, HOUR
from aftersales.customer_portal.link_rules import Link
from aftersales.customer_portal.web import File, GoTo, NotHere, Page, Visit, form
from aftersales.service_quality import shared_case

DOCTYPE = "Non Conformance"
MOST_LETTERS = 4000


@frappe.whitelist(methods=["POST"])
@validate_call
def share(
	non_conformance: str, supplier: str | None = None, email: str | None = None, message: str | None = None
) -> str:
	"""Make a link to the calls behind a Non Conformance for a vendor; returns its address.

	Args:
		supplier: whose it is, for the record, and for the language of the page.
		email: with it the link is sent there, with the message above it.

	Raises:
		frappe.PermissionError: the user leads no service, or may not read the Non Conformance or the supplier.
		frappe.ValidationError: neither supplier nor address, or no address.
	"""
	require_role(SUPERVISORS, _("Sharing a case"))
	doc = frappe.get_doc(DOCTYPE, non_conformance)
	doc.check_permission("read")
	if not (supplier or email):
		frappe.throw(
			_("Enter the {0} or an {1}.").format(frappe.bold(_("Supplier")), frappe.bold(_("E-mail")))
		)
	if supplier:
		frappe.has_permission("Supplier", "read", supplier, throw=True)
	if email:
		validate_email_address(email, throw=True)
	address = site_address.absolute(links.path_of_case(doc.name, supplier, email))
	if email:
		_send(doc.name, doc.subject, email, message, address)
	doc.add_comment("Info", _("shared the service cases with {0}").format(escape_html(supplier or email)))
	return address


def _send(name: str, subject: str, email: str, message: str | None, address: str) -> None:
	told = "".join(f"<p>{escape_html(line)}</p>" for line in (message or "").splitlines() if line.strip())
	link = (
		f'<p><a href="{escape_html(address)}">{_("Service cases: {0}").format(escape_html(subject))}</a></p>'
	)
	frappe.sendmail(
		recipients=[email],
		subject=_("Service cases: {0}").format(subject),
		message=told + link,
		reference_doctype=DOCTYPE,
		reference_name=name,
	)


def page(visit: Visit, opened: Link) -> Page | GoTo | None:
	"""The page that a vendor's link opens; None when the Non Conformance is gone."""
	case = frappe.db.get_value(DOCTYPE, opened.name, ("name", "subject", "status", "owner"), as_dict=True)
	if not case:
		return None
	link, supplier, recipient = frappe.db.get_value(
		"Service Link", {"link_key": opened.key}, ("name", "supplier", "recipient")
	)
	answer_in(supplier and frappe.db.get_value("Supplier", supplier, "language"))

	def show() -> Page:
		calls = shared_case.calls_of(case.name)
		titles = _titles_of_codes(calls)
		return Page(
			"case.html",
			{
				"title": case.subject,
				"case": case,
				"calls": [_shown(call, titles) for call in calls],
				"said": visit.one_of("said", ("answer",)) or "",
				"navigation": False,
			},
		)

	def act() -> GoTo:
		limits.count("act", 60, HOUR, opened.key)
		limits.count("answer by link", 20, DAY, opened.key)
		text = visit.typed("answer", MOST_LETTERS)
		if not text:
			raise NotPossible(_("Please write your answer first."))
		_take_answer(case, text, supplier or recipient or link)
		return GoTo(f"{visit.path}?said=answer")

	return form(visit, show, act)


def photo(visit: Visit, token: str, photo: str) -> File:
	"""A photo of one of the jobs behind the case of a vendor's link."""
	opened = links.opened_by(token)
	limits.count("link", 600, HOUR, opened.key if opened else None)
	found = opened and opened.purpose == links.CASE and shared_case.photo_of(opened.name, photo)
	if not found:
		raise NotHere
	content = found.get_content()
	kind = found.file_name.rpartition(".")[2].lower()
	content_type = PICTURES.get(kind, "application/octet-stream")
	return File(content.encode() if isinstance(content, str) else content, content_type, f"{photo}.{kind}")


PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}
"""What is shown; anything else is saved, never run."""


def _take_answer(case: frappe._dict, text: str, by: str) -> None:
	"""The answer stands on the Non Conformance, and who raised it is told."""
	heading = _("Answer of {0} to {1}").format(by, case.subject)
	html = escape_html(text).replace("\n", "<br>")
	comment = {
		"comment_type": "Comment",
		"reference_doctype": DOCTYPE,
		"reference_name": case.name,
		"content": f"<p><strong>{escape_html(heading)}</strong></p><p>{html}</p>",
	}
	frappe.db.get_value(DOCTYPE, case.name, "name", for_update=True)  # the same form twice waits here
	if frappe.db.exists("Comment", comment):
		return
	frappe.get_doc({"doctype": "Comment", **comment}).insert(ignore_permissions=True)
	if frappe.db.get_value("User", case.owner, "user_type") == "System User":
		notify(case.owner, Notice(heading, DOCTYPE, case.name, html))


def _codes_of(call: frappe._dict) -> list[str]:
	codes = (call[f"{kind}_code"] for kind in ("symptom", "fault", "cause", "action"))
	return [code for code in codes if code]


def _titles_of_codes(calls: list[frappe._dict]) -> dict[str, str]:
	codes = sorted({code for call in calls for code in _codes_of(call)})
	return dict(
		frappe.get_all(
			"Fault Code",
			filters={"name": ("in", codes or [""])},
			fields=["name", "title"],
			order_by="name asc",
			as_list=True,
		)
	)


def _shown(call: frappe._dict, titles: dict[str, str]) -> dict:
	"""A call as the page shows it: days and numbers in the reader's format."""
	return {
		"day": format_date(call.received_at),
		"product": " ".join(part for part in (call.brand, call.model) if part),
		"serial": call.serial_text or "",
		"status": call.status,
		"codes": [f"{code} {titles.get(code) or ''}".strip() for code in _codes_of(call)],
		"jobs": [{**job, "day": format_datetime(job["done_on"], "short")} for job in call.jobs],
	}
