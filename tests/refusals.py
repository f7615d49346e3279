"""A guard must refuse whichever way a value comes in, for its own reason, and leave no trace."""

import re

import frappe
from frappe.client import set_value
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs


def by_save(doc, values: dict) -> None:
	fresh = frappe.get_doc(doc.doctype, doc.name)
	fresh.update(values)
	fresh.save()


def by_set_value(doc, values: dict) -> None:
	set_value(doc.doctype, doc.name, frappe.as_json(values))


def by_bulk_edit(doc, values: dict) -> None:
	"""Bulk edit swallows what it meets and rolls back; what it told the user is raised here."""
	frappe.clear_messages()
	if submit_cancel_or_update_docs(doc.doctype, [doc.name], "update", frappe.as_json(values)):
		told = [str(message.get("message")) for message in frappe.get_message_log()]
		raise RefusedInBulk("; ".join(told))


WAYS = (by_save, by_set_value, by_bulk_edit)


class RefusedInBulk(Exception):
	"""Bulk edit reported the document as failed."""


def assert_refused(doc, because: str, **values) -> None:
	"""Every way to set `values` on the stored `doc` fails with a message that matches `because`
	(regular expression, HTML left out), and leaves the document as it was."""
	frappe.db.commit()  # a request finds what others have committed; bulk edit rolls back to it
	stored = frappe.db.get_value(doc.doctype, doc.name, "*", as_dict=True)
	for way in WAYS:
		try:
			way(doc, dict(values))
		except Exception as refusal:
			told = re.sub(r"<[^>]+>", "", f"{type(refusal).__name__}: {refusal}")
		else:
			raise AssertionError(f"{way.__name__} was let through with {values}")
		frappe.db.rollback()
		# Version 16 says of a bulk edit only that it failed
		silent = way is by_bulk_edit and told == f"{RefusedInBulk.__name__}: "
		assert silent or re.search(because, told), f"{way.__name__} was refused for another reason: {told}"
		after = frappe.db.get_value(doc.doctype, doc.name, "*", as_dict=True)
		assert after == stored, f"{way.__name__} left traces: {after}"


def assert_done(doc, **values) -> None:
	"""Set `values` by a plain save and check that they were stored; `doc` is reloaded."""
	by_save(doc, values)
	doc.reload()
	for fieldname, value in values.items():
		assert doc.get(fieldname) == value, fieldname
