"""Finished jobs for tests, and what they left in stock and in the books.

A job goes the way people take: a Repair Call, a Service Voucher or Repair Card with lines, submit. The
masters are those of `factories.shop`.
"""

from unittest import mock

import frappe
import pytest
from frappe.utils import flt

from aftersales.service_billing import billing_worker
from aftersales.service_billing.doctype.billing_run.billing_run import bill_now
from aftersales.service_posting.posting import PURPOSES_OF_POSTING
from tests import factories as make

ERPNEXT_DOCUMENTS = ("Stock Entry", "Delivery Note", "Sales Invoice", "Journal Entry", "Payment Entry")
KINDS = ("Service Voucher", "Repair Card")


def job(shop, kind="Service Voucher", category="A", labour=(), parts=(), **values):
	"""A job ready to be submitted, with its call; `labour` and `parts` are its lines."""
	customer = values.pop("customer", shop.customer)
	company = values.pop("company", make.COMPANY)
	call = None
	if make.CHARGE_RULES.get(category) != "Internal":
		call = make.call(customer, service_category=make.category(category), company=company)
	common = {
		"service_category": make.category(category),
		"company": company,
		"labour": list(labour),
		"parts": list(parts),
		**values,
	}
	if kind == "Service Voucher":
		return make.voucher(call, common.pop("technician", shop.technician), **common)
	return make.card(
		call,
		assigned_technician=common.pop("technician", shop.technician),
		warehouse=common.pop("warehouse", shop.van),
		**common,
	)


def done(*args, **kwargs):
	"""The same, submitted and read back."""
	doc = job(*args, **kwargs)
	doc.submit()
	return frappe.get_doc(doc.doctype, doc.name)


def billed(*docs, **values):
	"""A Billing Run over these jobs, worked off as the background worker does, and read back."""
	jobs = [[doc.doctype, doc.name] for doc in docs]
	return worked_off(lambda: bill_now(jobs or None, **values))


def worked_off(start):
	"""What `start` puts into the queue is done at once; the Billing Run it names (or none), read back."""
	with mock.patch.object(frappe, "enqueue") as queue:  # the queue outlives this test
		name = start()
	((function,), values) = queue.call_args
	assert function is billing_worker.run
	function(name=values["name"], attempt=values["attempt"])
	return frappe.get_doc("Billing Run", name or values["name"])


def gl(voucher: str) -> list[tuple]:
	"""The general ledger of a document: account, debit, credit, cost centre; sorted."""
	rows = frappe.get_all(
		"GL Entry",
		filters={"voucher_no": voucher, "is_cancelled": 0},
		fields=["account", "debit", "credit", "cost_center"],
		order_by="account asc, debit asc, credit asc",
	)
	return [(row.account, row.debit, row.credit, row.cost_center) for row in rows]


def stock_ledger(voucher: str) -> list[tuple]:
	"""The stock ledger of a document: item, warehouse, quantity, value."""
	rows = frappe.get_all(
		"Stock Ledger Entry",
		filters={"voucher_no": voucher, "is_cancelled": 0},
		fields=["item_code", "warehouse", "actual_qty", "stock_value_difference"],
		order_by="item_code asc, creation asc",
	)
	return [(row.item_code, row.warehouse, row.actual_qty, row.stock_value_difference) for row in rows]


def in_stock(item_code: str, warehouse: str) -> float:
	return flt(frappe.db.get_value("Bin", {"item_code": item_code, "warehouse": warehouse}, "actual_qty"))


def documents_of(doc) -> dict[str, list[str]]:
	"""Every ERPNext document that names the job, cancelled ones left out."""
	return {
		doctype: names
		for doctype in ERPNEXT_DOCUMENTS
		if (
			names := frappe.get_all(
				doctype,
				filters={
					"aftersales_voucher_type": doc.doctype,
					"aftersales_voucher": doc.name,
					"docstatus": ("<", 2),
				},
				pluck="name",
				order_by="creation asc",
			)
		)
	}


def books() -> dict[str, int]:
	return {
		doctype: frappe.db.count(doctype)
		for doctype in (*ERPNEXT_DOCUMENTS, "GL Entry", "Stock Ledger Entry", "Payment Ledger Entry")
	}


def refuse(doc, error=frappe.ValidationError) -> str:
	"""Submit `doc` as a request does, see it refused with nothing left behind; what the user is told."""
	frappe.db.commit()
	before = books()
	frappe.clear_messages()
	with pytest.raises(error) as caught:
		doc.submit()
	frappe.db.rollback()
	assert books() == before
	assert documents_of(doc) == {}
	stored = frappe.get_doc(doc.doctype, doc.name)
	assert stored.docstatus == 0
	assert [stored.get(field) for field in PURPOSES_OF_POSTING] == [None] * 4
	doc.reload()
	doc.flags.clear()
	told = [str(caught.value)] + [str(message.get("message")) for message in frappe.message_log]
	frappe.clear_messages()
	return frappe.utils.strip_html_tags(" ".join(told)).replace("&quot;", '"')


def bundles_of(stock_entry: str) -> list[str]:
	return frappe.get_all(
		"Stock Entry Detail", filters={"parent": stock_entry}, pluck="serial_and_batch_bundle"
	)
