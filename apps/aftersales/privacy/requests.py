"""What Frappe's requests for personal data need of service cases: to give out, and to erase.

Frappe finds what is named in the hook `user_data_fields` by an e-mail address in the document itself. Most of a
service case holds none: a signature, a photo, a comment belong to a call, and the call to a contact.
"""

import json
from collections import Counter

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_url
from frappe.utils.verified_command import get_signed_params

from aftersales.privacy import erasure
from aftersales.privacy.log import is_logged, write_log
from aftersales.privacy.personal_fields import CASES, CONTACTS, KINDS, OVER_CALL, Kept
from aftersales.service_desk.mail import bounces

INDIVIDUAL = "Individual"


def erase_for_request(request: Document, method: str | None = None) -> None:
	"""on_update of Personal Data Deletion Request: when it is carried out, service cases are part of it.

	Frappe saves the request with its steps before it begins with them: then the address still leads to the cases.
	Signatures and photos of what is not over stay: they say whose goods we have. Contacts go at once.
	"""
	if not request.deletion_steps or is_logged(request.name):
		return
	erased: Counter = Counter()
	calls = calls_of(request.email)
	for kept in CASES:
		for kind in KINDS:
			names = _documents(kept, calls, request.email, over_only=kind != CONTACTS)
			erased += erasure.erase(kept, names, kind)
	keys = erasure.erase_numbers(_contacts(request.email), _individuals(request.email))
	if keys:
		erased["Service Search Key"] += keys
	if frappe.db.exists("Undeliverable Address", request.email):
		bounces.forget(request.email)
		erased["Undeliverable Address"] += 1
	write_log("Request", erased, request.name)


def add_service_data(request: Document, method: str | None = None) -> None:
	"""after_insert of Personal Data Download Request: a second file, with the service cases, and its link by mail."""
	data = data_of(request.user)
	if not data:
		return
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"Service-Data-{request.name}.json",
			"attached_to_doctype": request.doctype,
			"attached_to_name": request.name,
			"content": json.dumps(data, indent=1, default=str, ensure_ascii=False),
			"is_private": 1,
		}
	).save(ignore_permissions=True)
	address = "/api/method/frappe.utils.file_manager.download_file"
	frappe.sendmail(
		recipients=request.user,
		subject=_("Download Your Service Data"),
		template="download_data",
		args={
			"user": request.user,
			"user_name": request.user_name,
			"link": f"{get_url(address)}?{get_signed_params({'file_url': file.file_url})}",
			"host_name": frappe.local.site,
		},
	)


def data_of(email: str) -> dict[str, list[dict]]:
	"""What service cases hold of a person, by DocType; pictures by their addresses."""
	calls = calls_of(email)
	found = {}
	for kept in CASES:
		columns = [
			"name",
			"creation",
			"status",
			*kept.contacts,
			*kept.texts,
			*kept.signatures,
			*kept.photo_fields,
		]
		names = _documents(kept, calls, email, over_only=False)
		rows = (
			frappe.get_all(kept.doctype, {"name": ("in", names)}, columns, order_by="name asc")
			if names
			else []
		)
		for row in rows:
			about = {"reference_doctype": kept.doctype, "reference_name": row.name}
			row.messages = frappe.get_all(
				"Communication", about, ["creation", "subject", "content"], order_by="creation asc"
			)
			attached = {"attached_to_doctype": kept.doctype, "attached_to_name": row.name}
			row.files = frappe.get_all("File", attached, pluck="file_url", order_by="creation asc")
		if rows:
			found[kept.doctype] = rows
	return found


def calls_of(email: str) -> list[str]:
	"""Calls on which the person is the contact, that the person registered, or of a customer who is the person.

	A customer is somebody themselves where it is an individual and the address is its own or its contact's. Of a
	company that somebody speaks for, only the calls on which the person is named.
	"""
	call = frappe.qb.DocType("Repair Call")
	customers = _individuals(email)
	own = (call.contact_email == email) | (call.owner == email)
	if customers:
		own |= call.customer.isin(customers)
	return frappe.qb.from_(call).select(call.name).where(own).orderby(call.name).run(pluck=True)


def _individuals(email: str) -> list[str]:
	link, customer = frappe.qb.DocType("Dynamic Link"), frappe.qb.DocType("Customer")
	contacts = _contacts(email)
	mine = customer.email_id == email
	if contacts:
		linked = (
			frappe.qb.from_(link)
			.select(link.link_name)
			.where(
				(link.parenttype == "Contact")
				& (link.link_doctype == "Customer")
				& link.parent.isin(contacts)
			)
		)
		mine |= customer.name.isin(linked)
	query = (
		frappe.qb.from_(customer).select(customer.name).where((customer.customer_type == INDIVIDUAL) & mine)
	)
	return query.orderby(customer.name).run(pluck=True)


def _contacts(email: str) -> list[str]:
	address, contact = frappe.qb.DocType("Contact Email"), frappe.qb.DocType("Contact")
	by_address = frappe.qb.from_(address).select(address.parent).where(address.email_id == email)
	query = frappe.qb.from_(contact).select(contact.name)
	return (
		query.where((contact.user == email) | contact.name.isin(by_address))
		.orderby(contact.name)
		.run(pluck=True)
	)


def _documents(kept: Kept, calls: list[str], email: str, over_only: bool) -> list[str]:
	table = frappe.qb.DocType(kept.doctype)
	conditions = []
	if calls and kept.call:
		conditions.append(table[kept.call].isin(calls))
	if kept.email:
		conditions.append(table[kept.email] == email)
	if not conditions:
		return []
	mine = conditions[0] if len(conditions) == 1 else conditions[0] | conditions[1]
	query = frappe.qb.from_(table).select(table.name).where(mine)
	if over_only:
		query = query.where(table.status.isin(kept.over or OVER_CALL))
	return query.orderby(table.name).run(pluck=True)
