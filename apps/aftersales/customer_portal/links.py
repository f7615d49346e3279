"""Signed links: made for a message, opened without a login, revoked at the desk.

Each opens one page about one document for a limited time. They are stored (Service Link), so that the
desk sees what is abroad and can withdraw it; what they are good for is decided in `link_rules`.
"""

import secrets
from datetime import datetime, timezone

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, get_datetime, now_datetime

from aftersales.core import site_address
from aftersales.core.guards import require_role
from aftersales.core.input.requests import DocTypeName, validate_call
from aftersales.core.roles import DESK
from aftersales.core.signing import secret
from aftersales.customer_care.care_portal_api import follow_ups_to_ask
from aftersales.customer_portal import link_rules
from aftersales.customer_portal.link_rules import Link
from aftersales.service_setup.settings import aftersales_settings

TRACK, ESTIMATE, APPOINTMENT, SURVEY, DOCUMENT = "Track", "Estimate", "Appointment", "Survey", "Document"
CONTACT = "Contact"
PAYMENT = "Payment"
CASE, SUBCONTRACT = "Case", "Subcontract"
PURPOSES: dict[str, tuple[str, ...]] = {
	TRACK: ("Repair Call",),
	APPOINTMENT: ("Repair Call",),
	ESTIMATE: ("Repair Card", "Service Voucher"),
	SURVEY: ("Follow-up",),
	CONTACT: ("Repair Call",),
	PAYMENT: ("Sales Invoice",),
	DOCUMENT: ("Sales Invoice", "Repair Card", "Service Voucher", "Collection Receipt"),
}
"""What each purpose of a customer's link may be about. Links of purpose Case and Subcontract are vendors': `vendors`."""

VALID_DAYS = 30
STILL_GOOD = 7  # days a link must have left to be sent once more


def address(purpose: str, doctype: str, name: str, customer: str) -> str:
	"""The absolute address of a signed link, for a message; see :func:`path`."""
	return site_address.absolute(path(purpose, doctype, name, customer))


def path(purpose: str, doctype: str, name: str, customer: str, copied_by: str | None = None) -> str:
	"""The path of a signed link to a document, a new one when none with some days left exists.

	Args:
		copied_by: the user of the desk who gets it in hand; such a link is not used for messages, so that what
			is done by it can be told from what is done by a link that only the customer has.

	Raises:
		ValueError: the purpose is not for documents of this kind.
	"""
	if doctype not in PURPOSES[purpose]:
		raise ValueError(f"{purpose} is not about {doctype}")
	link = _stored_link(purpose, doctype, name, customer, copied_by) or _new_link(
		purpose, doctype, name, customer, copied_by
	)
	return f"/aftersales/link/{link_rules.token_of(link, secret())}"


def path_of_case(non_conformance: str, supplier: str | None, recipient: str | None) -> str:
	"""The path of a new signed link by which a vendor sees a Non Conformance; one for each who gets it."""
	doc = _insert(
		purpose=CASE,
		reference_doctype="Non Conformance",
		reference_name=non_conformance,
		supplier=supplier,
		recipient=recipient,
		copied_by=frappe.session.user,
	)
	return f"/aftersales/link/{link_rules.token_of(_as_link(doc), secret())}"


def path_of_order(
	order: str, supplier: str, recipient: str | None = None, copied_by: str | None = None
) -> str:
	"""The path of a new signed link by which a subcontractor sees the order of a visit."""
	doc = _insert(
		purpose=SUBCONTRACT,
		reference_doctype="Subcontracted Visit",
		reference_name=order,
		supplier=supplier,
		recipient=recipient,
		copied_by=copied_by,
	)
	return f"/aftersales/link/{link_rules.token_of(_as_link(doc), secret())}"


def revoke_all(doctype: str, name: str) -> None:
	"""Withdraw the links to a document that has ended."""
	filters = {"reference_doctype": doctype, "reference_name": name, "revoked_at": ("is", "not set")}
	for link in frappe.get_all("Service Link", filters, pluck="name", order_by="creation asc"):
		frappe.get_doc("Service Link", link, for_update=True).revoke()


def token_of_key(key: str) -> str | None:
	"""The token of the stored link with `key`; None when it is gone or revoked."""
	link = _load(key)
	return link_rules.token_of(link, secret()) if link and not link.revoked else None


def record_of(key: str) -> tuple[str, str | None]:
	"""Name of the Service Link with `key`, and the user of the desk who has had it in hand, if one has."""
	return frappe.db.get_value("Service Link", {"link_key": key}, ["name", "copied_by"])


def opened_by(token: str) -> Link | None:
	"""The link that `token` opens now; None for a token that is unknown, mutated, expired or revoked."""
	link = _load(link_rules.key_of(token) or link_rules.NO_LINK.key)
	now = int(datetime.now(timezone.utc).timestamp())
	return link if link_rules.is_good(link, token, secret(), now) else None


def exists(purpose: str, doctype: str, name: str) -> bool:
	"""True when a link of this purpose to the document was ever made. A locking read."""
	filters = {"purpose": purpose, "reference_doctype": doctype, "reference_name": name}
	return bool(frappe.db.get_value("Service Link", filters, "name", for_update=True))


def clear_old(days: int) -> None:
	"""Delete the links that expired or were revoked more than `days` ago; they open nothing any more.

	The link of a survey that may still be due stays: by it the customer is not asked a second time.
	"""
	link = frappe.qb.DocType("Service Link")
	over = (link.expires_at < _utc_in_days(-days)) | (link.revoked_at < add_days(now_datetime(), -days))
	query = frappe.qb.from_(link).delete().where(over)
	if asked := [follow_up.name for follow_up in follow_ups_to_ask()]:
		query = query.where((link.purpose != SURVEY) | link.reference_name.notin(asked))
	query.run()


@frappe.whitelist(methods=["POST"])
@validate_call
def make(purpose: str, doctype: DocTypeName, name: str) -> str:
	"""The address of a link for the customer, to be sent by whatever means; returns it.

	Raises:
		frappe.PermissionError: the user may not read the document, or is not of the desk.
		frappe.ValidationError: there is no link of this purpose to such a document.
	"""
	require_role(DESK, _("Making a link for the customer"))
	if doctype not in PURPOSES.get(purpose, ()):
		frappe.throw(
			_("There is no link of purpose {0} to a {1}.").format(
				frappe.utils.escape_html(purpose), frappe.utils.escape_html(doctype)
			)
		)
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	return site_address.absolute(path(purpose, doctype, name, doc.customer, frappe.session.user))


@frappe.whitelist(methods=["POST"])
@validate_call
def revoke(link: str) -> None:
	"""Withdraw a link: whoever has it sees from now on what a wrong link shows.

	Raises:
		frappe.PermissionError: the user is not of the desk.
	"""
	require_role(DESK, _("Revoking a link"))
	doc = frappe.get_doc("Service Link", link, for_update=True)
	doc.check_permission("read")
	doc.revoke()


def _seconds(expires_at) -> int:
	"""The stored expiry (UTC, whatever the site's time zone) in seconds since 1970."""
	return int(get_datetime(expires_at).replace(tzinfo=timezone.utc).timestamp())


def _load(key: str) -> Link | None:
	return _as_link(frappe.db.get_value("Service Link", {"link_key": key}, _FIELDS, as_dict=True))


_FIELDS = (
	"link_key",
	"purpose",
	"reference_doctype",
	"reference_name",
	"customer",
	"expires_at",
	"revoked_at",
)


def _as_link(row: frappe._dict | None) -> Link | None:
	if not row:
		return None
	return Link(
		row.link_key,
		row.purpose,
		row.reference_doctype,
		row.reference_name,
		row.customer or "",
		_seconds(row.expires_at),
		revoked=bool(row.revoked_at),
	)


def _stored_link(purpose: str, doctype: str, name: str, customer: str, copied_by: str | None) -> Link | None:
	earliest = _utc_in_days(min(STILL_GOOD, _valid_days() / 2))
	rows = frappe.get_all(
		"Service Link",
		filters={
			"purpose": purpose,
			"reference_doctype": doctype,
			"reference_name": name,
			"customer": customer,
			"copied_by": copied_by or ("is", "not set"),
			"revoked_at": ("is", "not set"),
			"expires_at": (">", earliest),
		},
		fields=list(_FIELDS),
		order_by="expires_at desc",
		limit=1,
	)
	return _as_link(rows[0]) if rows else None


def _new_link(purpose: str, doctype: str, name: str, customer: str, copied_by: str | None) -> Link:
	return _as_link(
		_insert(
			purpose=purpose,
			reference_doctype=doctype,
			reference_name=name,
			customer=customer,
			copied_by=copied_by,
		)
	)


def _insert(**values) -> Document:
	doc = frappe.new_doc("Service Link")
	doc.update(values)
	doc.update({"link_key": secrets.token_urlsafe(16), "expires_at": _utc_in_days(_valid_days())})
	# the app makes it for a message, whoever's step the message tells of
	return doc.insert(ignore_permissions=True)


def _valid_days() -> int:
	return cint(aftersales_settings().link_valid_days) or VALID_DAYS


def _utc_in_days(days: float) -> datetime:
	now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
	return frappe.utils.add_to_date(now, days=days)
