"""Ways in which a guard is tried: on the document, through the API, by the bulk edit of lists."""

import json

import frappe
import pytest
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs


def refused(error, doc, **values) -> None:
	"""`values` are refused whichever way they come in, and nothing of them is stored."""
	frappe.db.commit()
	before = frappe.db.get_value(doc.doctype, doc.name, list(values), as_dict=True)
	plain = json.loads(json.dumps(values, default=str))
	for attempt in (_by_document, _by_set_value, _by_client_save):
		with pytest.raises(error):
			attempt(doc, plain)
		frappe.db.rollback()
	assert not bulk_edited(doc, **plain)
	assert frappe.db.get_value(doc.doctype, doc.name, list(values), as_dict=True) == before


def bulk_edited(doc, **values) -> bool:
	"""As the list's bulk edit does; True when it went through."""
	frappe.db.commit()  # bulk edit rolls back what fails: what stands so far counts as committed
	return not submit_cancel_or_update_docs(
		doc.doctype, json.dumps([doc.name]), "update", json.dumps(values, default=str)
	)


def bulk(doc, action: str) -> bool:
	"""`submit` or `cancel` from the list; True when it went through."""
	frappe.db.commit()
	return not submit_cancel_or_update_docs(doc.doctype, json.dumps([doc.name]), action)


def comments(doc) -> str:
	"""The app's lines on the timeline of `doc`."""
	return "\n".join(
		frappe.get_all(
			"Comment",
			filters={"reference_doctype": doc.doctype, "reference_name": doc.name, "comment_type": "Info"},
			pluck="content",
			order_by="creation asc",
		)
	)


def _by_document(doc, values: dict) -> None:
	fresh = frappe.get_doc(doc.doctype, doc.name)
	fresh.update(values)
	fresh.save()


def _by_set_value(doc, values: dict) -> None:
	frappe.client.set_value(doc.doctype, doc.name, json.dumps(values))


def _by_client_save(doc, values: dict) -> None:
	sent = {**frappe.get_doc(doc.doctype, doc.name).as_dict(), **values}
	frappe.client.save(json.dumps(sent, default=str))
