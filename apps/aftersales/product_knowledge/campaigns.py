"""Bulletins, recalls and updates: everybody concerned is told once, each product gets its call once, and is followed.

Products and recipients are rows with unique keys, written in sets. A message goes into Frappe's mail queue in the
transaction that notes it, a call in the one that notes it: a run that is killed goes on where it was.
"""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Count
from frappe.utils import cint, escape_html, getdate, now_datetime

from aftersales.core import background
from aftersales.core.guards import privileged, set_protected_values
from aftersales.core.language_rules import best
from aftersales.core.savepoints import one_of_many
from aftersales.product_knowledge import scopes
from aftersales.service_calls.intake import primary_contact_of
from aftersales.service_calls.portal_api import owner_for_customers

DOCTYPE, PRODUCT, RECIPIENT = "Service Campaign", "Campaign Product", "Campaign Recipient"
RUNNING, CLOSED = "Running", "Closed"
OPEN, CALLED, DONE, NOT_POSSIBLE = "Open", "Called", "Done", "Not Possible"
TO_SEND, SENT, NO_ADDRESS = "To Send", "Sent", "No Address"
BATCH = 200
PRODUCTS_LISTED = 50


def start(campaign: Document) -> None:
	"""Fix who is concerned and begin; what is to be sent and called follows in the background."""
	set_protected_values(campaign, status=RUNNING, started_at=now_datetime(), started_by=frappe.session.user)
	campaign.save()
	take_products(campaign)
	_count(campaign.name)
	push(campaign.name)


def take_products(campaign: Document) -> int:
	"""Note the products concerned that are not noted yet, and their customers; returns how many products."""
	products = scopes.matching_products(campaign)
	noted = set(frappe.get_all(PRODUCT, filters={"campaign": campaign.name}, pluck="equipment"))
	new = [row for row in products if row.name not in noted]
	now, user = now_datetime(), frappe.session.user
	stamps = ("name", "creation", "modified", "owner", "modified_by")
	if new:
		frappe.db.bulk_insert(
			PRODUCT,
			(
				*stamps,
				*("campaign", "equipment", "customer", "customer_group", "territory", "serial_text"),
				*("status", "campaign_key"),
			),
			[
				(
					*(frappe.generate_hash(length=10), now, now, user, user, campaign.name, row.name),
					*(row.customer, row.customer_group, row.territory, row.serial_text or row.title),
					*(OPEN, f"{campaign.name}|{row.name}"),
				)
				for row in new
			],
			ignore_duplicates=True,
		)
	if campaign.sends_message:
		_take_recipients(campaign, products, stamps, now, user)
	return len(new)


def _take_recipients(campaign: Document, products: list[frappe._dict], stamps: tuple, now, user: str) -> None:
	_find_addresses(campaign.name)
	noted = set(frappe.get_all(RECIPIENT, filters={"campaign": campaign.name}, pluck="customer"))
	customers = {row.customer: row for row in products if row.customer not in noted}
	if not customers:
		return
	emails = _addresses(list(customers))
	frappe.db.bulk_insert(
		RECIPIENT,
		(*stamps, "campaign", "customer", "customer_group", "territory", "email", "status", "recipient_key"),
		[
			(
				*(frappe.generate_hash(length=10), now, now, user, user, campaign.name, customer),
				*(row.customer_group, row.territory, emails.get(customer)),
				*(TO_SEND if emails.get(customer) else NO_ADDRESS, f"{campaign.name}|{customer}"[:140]),
			)
			for customer, row in customers.items()
		],
		ignore_duplicates=True,
	)


def _find_addresses(campaign: str) -> None:
	"""Customers whose address was entered since are to be told, unless they were told otherwise."""
	row, customer = frappe.qb.DocType(RECIPIENT), frappe.qb.DocType("Customer")
	found = (
		frappe.qb.from_(row)
		.join(customer)
		.on(customer.name == row.customer)
		.select(row.name, customer.email_id)
		.where((row.campaign == campaign) & (row.status == NO_ADDRESS) & (customer.email_id != ""))
		.where((row.told_otherwise == "") | row.told_otherwise.isnull())
		.run()
	)
	for name, email in found:
		frappe.db.set_value(RECIPIENT, name, {"email": email, "status": TO_SEND}, update_modified=False)


def _addresses(customers: list[str]) -> dict[str, str]:
	rows = frappe.get_all(
		"Customer", filters={"name": ("in", customers)}, fields=["name", "email_id"], order_by="name asc"
	)
	return {row.name: row.email_id or primary_contact_of(row.name).get("contact_email") for row in rows}


def push(campaign: str) -> None:
	"""Have a worker go on with a campaign."""
	background.push(
		work,
		job_id=f"service-campaign::{campaign}",
		queue="long",
		campaign=campaign,
		after_each=None,
	)


def resume_all() -> None:
	"""Scheduled: campaigns that run are taken up again: after a killed worker, for the next day's calls, for new products."""
	for name in frappe.get_all(DOCTYPE, filters={"status": RUNNING}, pluck="name", order_by="name asc"):
		if not background.is_waiting(f"service-campaign::{name}"):
			push(name)


def work(campaign: str, after_each: Callable[[], object] | None = None) -> dict:
	"""Send what is to be sent, make the calls of today; returns how many of each (sent, called).

	Args:
		after_each: called after each message and call; a job commits there (default).
	"""
	after_each = after_each or frappe.db.commit
	doc = frappe.get_doc(DOCTYPE, campaign)
	if doc.status != RUNNING:
		return {"sent": 0, "called": 0}
	take_products(doc)
	after_each()
	sent = _send(doc, after_each) if doc.sends_message else 0
	called = _call(doc, after_each) if doc.makes_calls else 0
	_count(campaign)
	after_each()
	return {"sent": sent, "called": called}


def _is_running(campaign: str) -> bool:
	"""False once somebody has closed it, which a worker on its way notices before the next message or call."""
	return frappe.db.get_value(DOCTYPE, campaign, "status") == RUNNING


# ---------------------------------------------------------------------------------- messages


def _send(campaign: Document, after_each: Callable[[], object]) -> int:
	sent = 0
	names = frappe.get_all(
		RECIPIENT,
		filters={"campaign": campaign.name, "status": TO_SEND},
		pluck="name",
		order_by="name asc",
	)
	attachments = _attachments(campaign)
	for name in names:
		if not _is_running(campaign.name):
			break
		with one_of_many(f"No message of campaign {campaign.name}", RECIPIENT, name):
			row = frappe.get_doc(RECIPIENT, name, for_update=True)
			if row.status == TO_SEND:
				queued = _mail(campaign, row, attachments)
				set_protected_values(row, status=SENT, sent_at=now_datetime(), email_queue=queued)
				privileged(row).save()
				sent += 1
		after_each()
	return sent


def _mail(campaign: Document, row: Document, attachments: list[dict]) -> str | None:
	language = frappe.db.get_value("Customer", row.customer, "language")
	text = _text_for(campaign, language)
	queued = frappe.sendmail(
		recipients=[row.email],
		subject=text.subject,
		message=(text.message or "") + _products_of(campaign, row.customer, language),
		reference_doctype=RECIPIENT,
		reference_name=row.name,
		attachments=attachments,
	)
	return queued.name if queued else None


def _text_for(campaign: Document, language: str | None) -> Document:
	"""The row of the customer's language, else the campaign itself; both have `subject` and `message`."""
	texts = [*campaign.texts, campaign]
	return texts[best([text.get("language") for text in texts], language)]


def _products_of(campaign: Document, customer: str, language: str | None) -> str:
	row, product = frappe.qb.DocType(PRODUCT), frappe.qb.DocType("Customer Equipment")
	titles = (
		frappe.qb.from_(row)
		.join(product)
		.on(product.name == row.equipment)
		.select(product.title)
		.where((row.campaign == campaign.name) & (row.customer == customer))
		.orderby(product.title)
		.orderby(row.name)
		.limit(PRODUCTS_LISTED)
		.run(pluck=True)
	)
	lines = "".join(f"<li>{escape_html(title or '')}</li>" for title in titles)
	return f"<p>{_('It concerns:', lang=language)}</p><ul>{lines}</ul>" if lines else ""


def _attachments(campaign: Document) -> list[dict]:
	if not campaign.product_document:
		return []
	url, audience = frappe.db.get_value("Product Document", campaign.product_document, ("file", "audience"))
	name = (
		url
		and audience == "Customer"
		and frappe.db.get_value(
			"File",
			{
				"file_url": url,
				"attached_to_doctype": "Product Document",
				"attached_to_name": campaign.product_document,
			},
		)
	)
	return [{"fid": name}] if name else []


# ---------------------------------------------------------------------------------- calls


def _call(campaign: Document, after_each: Callable[[], object]) -> int:
	per_day = cint(campaign.calls_per_day)
	left = max(per_day - _made_today(campaign.name), 0) if per_day else None
	if left == 0:
		return 0
	names = frappe.get_all(
		PRODUCT,
		filters={"campaign": campaign.name, "status": OPEN},
		pluck="name",
		order_by="creation asc, name asc",
		limit=left,
	)
	made = 0
	for name in names:
		if not _is_running(campaign.name):
			break
		with one_of_many(f"No call of campaign {campaign.name}", PRODUCT, name):
			row = frappe.get_doc(PRODUCT, name, for_update=True)
			if row.status == OPEN:
				_make_call(campaign, row)
				made += 1
		after_each()
	return made


def _made_today(campaign: str) -> int:
	row, call = frappe.qb.DocType(PRODUCT), frappe.qb.DocType("Repair Call")
	return (
		frappe.qb.from_(row)
		.join(call)
		.on(call.name == row.repair_call)
		.select(Count("*"))
		.where((row.campaign == campaign) & (call.creation >= getdate()))
		.run()[0][0]
	)


def _make_call(campaign: Document, row: Document) -> None:
	call = frappe.new_doc("Repair Call")
	call.update(
		{
			"customer": row.customer,
			"company": campaign.company,
			"equipment": row.equipment,
			"request_type": campaign.request_type,
			"subject": campaign.title[:140],
			"description": f"<p>{escape_html(campaign.work or campaign.title)}</p>",
			"channel": "Other",
			"status": "Triaged",
		}
	)
	if campaign.service_category:
		call.update({"service_category": campaign.service_category, "category_reason": campaign.title[:140]})
	call.call_owner = owner_for_customers()
	set_protected_values(call, entry_key=f"campaign-{row.name}")
	call.flags.ignore_permissions = True
	call.insert()
	set_protected_values(row, repair_call=call.name)
	row.status = CALLED
	privileged(row).save()


def call_saved(doc: Document, method: str | None = None) -> None:
	"""on_update of Repair Call: a product is done, is not possible, or is to be done again with its call."""
	if doc.flags.in_insert or not doc.has_value_changed("status"):  # a new call is linked once it is stored
		return
	name = frappe.db.get_value(PRODUCT, {"repair_call": doc.name})
	if not name:
		return
	row = frappe.get_doc(PRODUCT, name, for_update=True)
	status = {"Resolved": DONE, "Closed": DONE, "Cancelled": NOT_POSSIBLE}.get(doc.status, CALLED)
	if row.status == status:
		return
	row.update({"status": status, "reason": doc.cancel_reason if status == NOT_POSSIBLE else None})
	privileged(row).save()
	_count(row.campaign)


def _count(campaign: str) -> None:
	"""Bring the progress of a campaign in step; one with nothing left to do is closed."""
	products, recipients = _by_status(PRODUCT, campaign), _by_status(RECIPIENT, campaign)
	values = {
		"products": sum(products.values()),
		"done": products.get(DONE, 0),
		"not_possible": products.get(NOT_POSSIBLE, 0),
		"customers": sum(recipients.values()),
		"told": recipients.get(SENT, 0),
		"without_address": recipients.get(NO_ADDRESS, 0),
	}
	frappe.db.set_value(DOCTYPE, campaign, values, update_modified=False)


def _by_status(doctype: str, campaign: str) -> dict[str, int]:
	row = frappe.qb.DocType(doctype)
	return dict(
		frappe.qb.from_(row)
		.select(row.status, Count("*"))
		.where(row.campaign == campaign)
		.groupby(row.status)
		.run()
	)
