"""What no workflow, API call or bulk edit may bypass, shared by every room.

A field of record (who verified, what was billed, what coverage applied) is written by the app
through :func:`set_protected_values`; any other change to it is refused, not silently undone.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, get_datetime, now_datetime

CLOCK_TOLERANCE = 15
"""Minutes something may lie in the future that has happened, for clocks that differ."""


class NotPossible(frappe.ValidationError):
	"""What a customer asks for cannot be done. The message is written for them, without markup."""


def set_protected_values(doc: Document, **values) -> None:
	"""Set fields of record on `doc` and remember that the app itself did it."""
	_written_by_app(doc).update(values)
	doc.update(values)


def validate_protected_fields(doc: Document, fieldnames: Iterable[str]) -> None:
	"""Refuse changes to fields of record that did not come from :func:`set_protected_values`.

	On a new document such fields start empty whatever the caller sent.

	Raises:
		frappe.PermissionError: names the field and why it cannot be edited.
	"""
	before = doc.get_doc_before_save()
	written = _written_by_app(doc)
	for fieldname in fieldnames:
		if fieldname in written:
			continue
		if doc.is_new() or not before:
			doc.set(fieldname, doc.meta.get_field(fieldname).default)
		elif _changed(doc, before, fieldname):
			frappe.throw(
				_("{0} is set by the system and cannot be edited (value sent: {1}).").format(
					frappe.bold(_(doc.meta.get_label(fieldname))),
					frappe.utils.escape_html(doc.get(fieldname)),
				),
				frappe.PermissionError,
				title=_("Set by the System"),
			)


def status_changed_to(doc: Document, status: str) -> bool:
	"""True when this save moves `doc` into `status` (from another status, or as a new document)."""
	return doc.status == status and previous_status(doc) != status


def previous_status(doc: Document) -> str | None:
	"""The status stored before this save; None for a new document."""
	before = doc.get_doc_before_save()
	return before.status if before else None


def reset_on_amend(doc: Document) -> None:
	"""An amendment begins its life anew: the desk copies the state of the cancelled document too."""
	if doc.get("amended_from"):
		doc.status = doc.meta.get_field("status").default
		doc.workflow_state = None


def has_any_role(roles: Iterable[str], user: str | None = None) -> bool:
	"""True when `user` (default: the session's) holds one of `roles`; Administrator holds all."""
	user = user or frappe.session.user
	return user == "Administrator" or bool(set(roles) & set(frappe.get_roles(user)))


def granted_only_by(roles: Collection[str], doctype: str, right: str, user: str) -> bool:
	"""True when `user` has one of `roles`, and no other role gives them `right` on documents of `doctype`.

	Read from the permissions in force, so that a role which an administrator adds counts as well.
	"""
	if user == "Administrator":
		return False
	held = set(frappe.get_roles(user))
	if not held.intersection(roles):
		return False
	others = held.difference(roles)
	return not any(
		rule.role in others and not rule.permlevel and rule.get(right)
		for rule in frappe.get_meta(doctype).permissions
	)


def require_role(roles: Iterable[str], what: str) -> None:
	"""Refuse when the session user holds none of `roles`.

	Raises:
		frappe.PermissionError: says what was attempted and which roles may do it.
	"""
	roles = list(roles)
	if not has_any_role(roles):
		frappe.throw(
			_("{0} needs one of the roles: {1}.").format(what, ", ".join(_(role) for role in roles)),
			frappe.PermissionError,
			title=_("Not Permitted"),
		)


def require_value(doc: Document, fieldname: str, why: str) -> None:
	"""Refuse when `fieldname` is empty or blank; the message names the field and `why` it is needed now."""
	if _is_blank(doc.get(fieldname)):
		frappe.throw(
			_("{0} is required. {1}").format(_link_to_field(doc, fieldname), why),
			frappe.MandatoryError,
			title=_("Missing Value"),
		)


def require_values(doc: Document, why: dict[str, str]) -> None:
	"""Refuse when fields of `doc` are empty or blank: one message that names each of them and why it is needed.

	Each name leads to its field where the form of `doc` is open (public/js/missing_values.js).

	Args:
		why: reason by fieldname, in the order in which they are to be read.
	"""
	missing = [fieldname for fieldname in why if _is_blank(doc.get(fieldname))]
	if not missing:
		return
	if len(missing) == 1:
		require_value(doc, missing[0], why[missing[0]])
	lines = "".join(f"<li>{_link_to_field(doc, fieldname)}: {why[fieldname]}</li>" for fieldname in missing)
	frappe.throw(
		"{}<ul>{}</ul>".format(_("These values are missing:"), lines),
		frappe.MandatoryError,
		title=_("Missing Values"),
	)


def _link_to_field(doc: Document, fieldname: str) -> str:
	name = "" if doc.is_new() else frappe.utils.escape_html(doc.name)
	return (
		f'<a href="#" data-missing-field="{fieldname}" data-doctype="{doc.doctype}" data-name="{name}">'
		f"{frappe.bold(_(doc.meta.get_label(fieldname)))}</a>"
	)


def _is_blank(value) -> bool:
	return not (value.strip() if isinstance(value, str) else value)


def validate_not_in_future(doc: Document, *fieldnames: str) -> None:
	"""What has happened lies not in the future; clocks may differ by CLOCK_TOLERANCE minutes.

	Raises:
		frappe.ValidationError: names the field.
	"""
	latest = add_to_date(now_datetime(), minutes=CLOCK_TOLERANCE)
	for fieldname in fieldnames:
		if doc.get(fieldname) and get_datetime(doc.get(fieldname)) > latest:
			frappe.throw(
				_("{0} ({1}) is in the future.").format(
					frappe.bold(_(doc.meta.get_label(fieldname))), doc.get_formatted(fieldname)
				)
			)


def validate_link_exists(doc: Document, fieldname: str) -> None:
	"""Refuse a link to what does not exist, renamed while the form was open or never there.

	Frappe (version-15) does not, where other fields of `doc` fetch from the link.

	Raises:
		frappe.LinkValidationError: names the field and the value.
	"""
	value = doc.get(fieldname)
	if not value or not doc.has_value_changed(fieldname):
		return
	field = doc.meta.get_field(fieldname)
	if not frappe.db.get_value(field.options, value, "name"):
		frappe.throw(
			_("{0}: {1} {2} does not exist. Was it renamed? Choose it again.").format(
				frappe.bold(_(field.label)), _(field.options), frappe.bold(frappe.utils.escape_html(value))
			),
			frappe.LinkValidationError,
		)


@contextmanager
def with_system_privileges(doc: Document, incomplete: bool = False) -> Iterator[Document]:
	"""Inside, the app saves `doc` on behalf of another document: whoever works on that one needs no rights on this.

	The app's own guards hold, and the rights of the user hold again after it.

	Args:
		incomplete: fields that the administrator has made mandatory since are asked for when somebody opens `doc`.
	"""
	before = doc.flags.ignore_permissions, doc.flags.ignore_mandatory
	doc.flags.ignore_permissions = True
	doc.flags.ignore_mandatory = incomplete or doc.flags.ignore_mandatory
	try:
		yield doc
	finally:
		doc.flags.ignore_permissions, doc.flags.ignore_mandatory = before


class privileged:
	"""`privileged(doc).save()`: one call of `doc` with system privileges, complete or not."""

	def __init__(self, doc: Document):
		self.doc = doc

	def __getattr__(self, name: str):
		method = getattr(self.doc, name)

		def call(*args, **kwargs):
			with with_system_privileges(self.doc, incomplete=True):
				return method(*args, **kwargs)

		return call


def _written_by_app(doc: Document) -> dict:
	if not doc.flags.written_by_app:
		doc.flags.written_by_app = {}
	return doc.flags.written_by_app


def _changed(doc: Document, before: Document, fieldname: str) -> bool:
	field = doc.meta.get_field(fieldname)
	old, new = before.get(fieldname), doc.get(fieldname)
	if field.fieldtype in ("Currency", "Float", "Int", "Check", "Percent"):
		return frappe.utils.flt(old) != frappe.utils.flt(new)
	if field.fieldtype in ("Datetime", "Date", "Time"):
		return _moment(old) != _moment(new)
	return (old or "") != (new or "")


def _moment(value):
	return frappe.utils.get_datetime(value) if value else None


STATE_FIELDS = ("status", "workflow_state")


def validate_unchanged_on_cancel(doc: Document) -> None:
	"""Cancelling changes nothing but the state, whatever else the request carried.

	Frappe compares a document with its stored version on an update after submit, but not on cancel.

	Raises:
		frappe.PermissionError, frappe.UpdateAfterSubmitError: name the field that was changed.
	"""
	validate_protected_fields(
		doc,
		[
			field.fieldname
			for field in doc.meta.fields
			if field.allow_on_submit
			and field.fieldtype not in frappe.model.table_fields
			and field.fieldname not in STATE_FIELDS
		],
	)
	doc.validate_update_after_submit()
