"""Erases what is somebody's own from documents of service; the documents, amounts and times stay.

Set by set, past the documents' own rules: they guard what happened, and who it happened to is not part of it.
Nothing is deleted that the books need. The caller has decided what is to be erased.
"""

from collections import Counter
from collections.abc import Sequence

import frappe
from frappe.query_builder.functions import Coalesce

from aftersales.privacy.personal_fields import CONTACTS, ERASED, PHOTOS, Kept, fields_of

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic", ".bmp")
BATCH = 200


def erase(kept: Kept, names: Sequence[str], kind: str) -> Counter:
	"""Erase one kind of personal data from documents of a DocType; returns how much of what."""
	erased: Counter = Counter()
	if kind != PHOTOS and not fields_of(kept, kind):
		return erased
	for start in range(0, len(names), BATCH):
		some = names[start : start + BATCH]
		_empty(kept, some, kind)
		# what was changed is kept with the values before and after
		_delete("Version", {"ref_doctype": kept.doctype, "docname": ("in", some)})
		if kind == PHOTOS:
			erased += _erase_photos(kept, some)
			continue
		if kind == CONTACTS:
			erased += _erase_told(kept.doctype, some)
		erased[f"{kept.doctype}: {kind}"] += len(some)
	return erased


def _empty(kept: Kept, names: Sequence[str], kind: str) -> None:
	table = frappe.qb.DocType(kept.doctype)
	for field in fields_of(kept, kind):
		value = ERASED if field in kept.texts else None
		query = frappe.qb.update(table).set(table[field], value).where(table.name.isin(names))
		query.where(Coalesce(table[field], "") != "").run()


def _erase_told(doctype: str, names: Sequence[str]) -> Counter:
	"""What was written about documents: messages and comments keep their place and time, not their words."""
	erased: Counter = Counter()
	about = {"reference_doctype": doctype, "reference_name": ("in", names)}
	message = frappe.qb.DocType("Communication")
	communications = frappe.get_all("Communication", filters=about, pluck="name", order_by="name asc")
	if communications:
		query = frappe.qb.update(message).where(message.name.isin(communications))
		for field in ("subject", "content"):
			query = query.set(message[field], ERASED)
		for field in ("text_content", "sender", "sender_full_name", "recipients", "cc", "bcc", "phone_no"):
			if frappe.db.has_column("Communication", field):
				query = query.set(message[field], None)
		query.run()
		erased["Communication"] += len(communications)
		_delete("Communication Link", {"parent": ("in", communications)})
	# the desk's lists show the last comments from a copy in the document
	if frappe.db.has_column(doctype, "_comments"):
		table = frappe.qb.DocType(doctype)
		frappe.qb.update(table).set(table["_comments"], None).where(table.name.isin(names)).run()
	comment = frappe.qb.DocType("Comment")
	(
		frappe.qb.update(comment)
		.set(comment.content, ERASED)
		.where((comment.reference_doctype == doctype) & comment.reference_name.isin(names))
		.run()
	)
	# copies of the words: mails, alarms, keys of links
	mails = frappe.get_all("Email Queue", filters=about, pluck="name", order_by="name asc")
	_delete("Email Queue Recipient", {"parent": ("in", mails)})
	_delete("Email Queue", {"name": ("in", mails)})
	_delete("Notification Log", {"document_type": doctype, "document_name": ("in", names)})
	_delete("Service Link", about)
	return erased


def _erase_photos(kept: Kept, names: Sequence[str]) -> Counter:
	"""Pictures on documents, with their files on the disk."""
	pictures = [
		file.name
		for file in frappe.get_all(
			"File",
			filters={"attached_to_doctype": kept.doctype, "attached_to_name": ("in", names)},
			fields=["name", "file_name", "file_url"],
			order_by="name asc",
		)
		if (file.file_url or file.file_name or "").lower().endswith(PICTURES)
	]
	for name in pictures:
		frappe.delete_doc("File", name, ignore_permissions=True, force=True, delete_permanently=True)
	for table in kept.photo_tables:
		child = frappe.get_meta(kept.doctype).get_field(table).options
		_delete(child, {"parenttype": kept.doctype, "parent": ("in", names)})
	return Counter({"File": len(pictures)})


def erase_numbers(contacts: Sequence[str], customers: Sequence[str]) -> int:
	"""Phone and address of people as ERPNext copies them to the Customer, and the keys that find them.

	Args:
		contacts: whose keys go, the name's too.
		customers: individuals; what names them stays.

	Returns:
		how many keys.
	"""
	if customers:
		customer = frappe.qb.DocType("Customer")
		query = frappe.qb.update(customer).set(customer.mobile_no, None).set(customer.email_id, None)
		query.where(customer.name.isin(customers)).run()
	keys = set()
	if contacts:
		keys.update(frappe.get_all("Service Search Key", {"contact": ("in", contacts)}, pluck="name"))
	if customers:
		filters = {"customer": ("in", customers), "kind": "Phone"}
		keys.update(frappe.get_all("Service Search Key", filters, pluck="name"))
	_delete("Service Search Key", {"name": ("in", sorted(keys))})
	return len(keys)


def _delete(doctype: str, filters: dict) -> None:
	"""Delete rows; nothing where a list of names is empty."""
	if any(isinstance(value, tuple) and not value[1] for value in filters.values()):
		return
	frappe.db.delete(doctype, filters)
