"""Articles that may help: proposed by product, symptom and fault, and counted by what they did."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Count, Sum
from frappe.utils import cint, escape_html

from aftersales.core.guards import privileged, set_protected_values
from aftersales.core.input.requests import DocTypeName, validate_call
from aftersales.product_knowledge import documents, scopes
from aftersales.product_knowledge.scope_rules import AUDIENCES, Product, fits

DOCTYPE, ANSWER = "Service Article", "Article Answer"
HELPFUL, NOT_HELPFUL = "Helpful", "Not Helpful"
MOST = 8
FIELDS = (
	*("name", "title", "problem", "solution", "audience", "language", "symptom_code", "fault_code"),
	*("item_code", "brand", "model", "item_group", "helpful", "not_helpful", "solved_by_phone"),
)


@frappe.whitelist()
@validate_call
def articles_for(doctype: DocTypeName, name: str) -> list[dict]:
	"""Reviewed articles that may help with a call, visit, card or product, the most fitting first.

	Raises:
		frappe.PermissionError: the user may not read the document, or no articles.
	"""
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	frappe.has_permission(DOCTYPE, "read", throw=True)
	product = documents.product_of_document(doc) or Product()
	return proposed(product, documents.audience_of_user(), doc.get("symptom_code"), doc.get("fault_code"))


def proposed(
	product: Product, audience: str, symptom: str | None = None, fault: str | None = None
) -> list[dict]:
	"""Reviewed articles for a product and an audience, by fault, symptom, model and how often they helped."""
	rows = frappe.get_all(
		DOCTYPE,
		filters={
			"status": "Reviewed",
			"audience": ("in", [a for a in AUDIENCES if AUDIENCES[a] <= AUDIENCES[audience]]),
		},
		fields=list(FIELDS),
		order_by="helpful desc, name asc",
	)
	fitting = [
		row
		for row in rows
		if fits(scopes.scope_of(row), product, empty_fits=True)
		and (not row.symptom_code or not symptom or row.symptom_code == symptom)
		and (not row.fault_code or not fault or row.fault_code == fault)
		and not (scopes.scope_of(row).is_empty and not row.symptom_code and not row.fault_code)
	]
	fitting.sort(
		key=lambda row: (
			not (fault and row.fault_code == fault),
			not (symptom and row.symptom_code == symptom),
			scopes.scope_of(row).is_empty,
			cint(row.not_helpful) - cint(row.helpful),
		)
	)
	return fitting[:MOST]


@frappe.whitelist(methods=["POST"])
@validate_call
def answer(article: str, helpful: bool, repair_call: str | None = None) -> dict:
	"""Say whether an article helped (on a call): once for each call, or for each user without one.

	Returns:
		helpful, not_helpful: how often it was said so far.

	Raises:
		frappe.PermissionError: the user may not read the article or the call.
	"""
	frappe.has_permission(DOCTYPE, "read", throw=True)
	frappe.get_doc(DOCTYPE, article).check_permission("read")
	if repair_call:
		frappe.get_doc("Repair Call", repair_call).check_permission("read")
	return count(article, helpful, f"{article}|{repair_call or frappe.session.user}", repair_call)


def count(
	article: str, helpful: bool, key: str, repair_call: str | None = None, by_customer: bool = False
) -> dict:
	"""Note an answer under a key; another answer under the same key takes its place."""
	frappe.db.get_value(DOCTYPE, article, "name", for_update=True)  # two answers come one after the other
	name = frappe.db.get_value(ANSWER, {"answer_key": key[:140]})
	doc = frappe.get_doc(ANSWER, name) if name else frappe.new_doc(ANSWER)
	doc.update(
		{
			"article": article,
			"answer": HELPFUL if helpful else NOT_HELPFUL,
			"repair_call": repair_call,
			"by_customer": int(by_customer),
			"answer_key": key[:140],
			"solved_by_phone": int(helpful and _by_phone(repair_call)),
		}
	)
	privileged(doc).save()
	return _recount(article)


def call_saved(doc: Document, method: str | None = None) -> None:
	"""on_update of Repair Call: whether it was solved by phone counts for the articles that helped on it."""
	if doc.flags.in_insert or not doc.has_value_changed("resolved_by_phone"):  # a new call has no answers yet
		return
	for row in frappe.get_all(
		ANSWER,
		filters={"repair_call": doc.name, "answer": HELPFUL},
		fields=["name", "article"],
		order_by="name asc",
	):
		frappe.db.set_value(ANSWER, row.name, "solved_by_phone", cint(doc.resolved_by_phone))
		_recount(row.article)


@frappe.whitelist(methods=["POST"])
@validate_call
def from_job(doctype: DocTypeName, name: str) -> str:
	"""A draft article from what a finished visit or card found and did; returns its name.

	Raises:
		frappe.PermissionError: the user may not read the job or not write articles.
	"""
	job = frappe.get_doc(doctype, name)
	job.check_permission("read")
	frappe.has_permission(DOCTYPE, "create", throw=True)
	if there := frappe.db.get_value(DOCTYPE, {"source_type": doctype, "source_name": name}):
		return there
	product = documents.product_of_document(job) or Product()
	call = job.get("repair_call") and frappe.db.get_value(
		"Repair Call", job.repair_call, ("subject", "resolution"), as_dict=True
	)
	told = job.get("findings") or job.get("diagnosis") or (call and call.resolution) or ""
	doc = frappe.new_doc(DOCTYPE)
	doc.update(
		{
			"title": ((call and call.subject) or told or job.name)[:140],
			"problem": (call and call.subject) or _("Describe the problem"),
			"solution": f"<p>{escape_html(told) or _('Describe what helped')}</p>",
			"symptom_code": job.get("symptom_code"),
			"fault_code": job.get("fault_code"),
			"brand": product.brand or None,
			"model": product.model or None,
		}
	)
	set_protected_values(doc, source_type=doctype, source_name=name)
	return doc.insert().name


def _by_phone(repair_call: str | None) -> bool:
	return bool(repair_call and frappe.db.get_value("Repair Call", repair_call, "resolved_by_phone"))


def _recount(article: str) -> dict:
	answers = frappe.qb.DocType(ANSWER)
	rows = (
		frappe.qb.from_(answers)
		.select(answers.answer, Count("*"), Sum(answers.solved_by_phone))
		.where(answers.article == article)
		.groupby(answers.answer)
		.run()
	)
	counts = {row[0]: row[1] for row in rows}
	values = {
		"helpful": counts.get(HELPFUL, 0),
		"not_helpful": counts.get(NOT_HELPFUL, 0),
		"solved_by_phone": cint(sum(cint(row[2]) for row in rows)),
	}
	frappe.db.set_value(DOCTYPE, article, values, update_modified=False)
	return values
