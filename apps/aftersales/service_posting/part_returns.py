"""A part that was issued for a finished job comes back into stock: not used after all, or credited to the customer.

A Stock Entry (Material Receipt) brings it back at the cost it was issued at, against the account and cost
centre it was issued to; it names the job and the line. `part_return_rules` says how much can come back. Jobs
whose parts left by a Delivery Note are returned by ERPNext's own return of that note.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Sum
from frappe.utils import cint, escape_html, flt, get_link_to_form

from aftersales.core.guards import privileged, require_role
from aftersales.core.input.requests import DocTypeName, validate_call
from aftersales.service_posting.posting import refresh_part_costs
from aftersales.spare_parts.part_return_rules import IssuedLine, Problem, problem

RETURNING_ROLES = (
	"Service Supervisor",
	"Service Manager",
	"Service Accountant",
	"Stock User",
	"Stock Manager",
)
LINE = "Service Part Line"
RECEIPT = "Material Receipt"
CHARGED = ("To Bill", "Billed", "Paid")


@frappe.whitelist(methods=["POST"])
@validate_call
def return_part(
	doctype: DocTypeName,
	name: str,
	line: str,
	qty: float,
	reason: str,
	warehouse: str | None = None,
	serial_no: str | None = None,
) -> str:
	"""Bring pieces of a part line of a finished job back into stock; the name of the Stock Entry.

	Args:
		doctype, name: the job, a Service Voucher or Repair Card.
		line: name of its part line.
		qty: pieces, in the stock unit.
		reason: why the part comes back, for the document and the timeline.
		warehouse: where it is put, default where it came from.
		serial_no: numbers that come back, one to a line; default all, where all come back.

	Raises:
		frappe.PermissionError: the user may not write the job, or has none of the roles.
		frappe.ValidationError: the job is not finished, or so much cannot come back.
	"""
	frappe.has_permission(doctype, "write", throw=True)
	_require_job(doctype)
	job = frappe.get_doc(doctype, name, for_update=True)
	job.check_permission("write")
	require_role(RETURNING_ROLES, _("Returning a part to stock"))
	if not (reason or "").strip():
		frappe.throw(_("Enter the reason for returning the part."), frappe.MandatoryError)
	row = _line_of(job, line)
	issued = _issued(job, row)
	back = _serials(serial_no) or (list(issued.serials) if flt(qty) == issued.left else [])
	if found := problem(issued, flt(qty), back):
		frappe.throw(_told(found, row, issued), title=_("Part Cannot Be Returned"))
	entry = _make_receipt(job, row, flt(qty), back, warehouse or row.warehouse, reason.strip())
	job.add_comment(
		"Info",
		_("{0} of {1} returned to stock by {2}: {3}").format(
			flt(qty), escape_html(row.item_code), get_link_to_form("Stock Entry", entry), escape_html(reason)
		),
	)
	_tell_what_is_charged(job, row)
	return entry


@frappe.whitelist()
@validate_call
def returnable(doctype: DocTypeName, name: str) -> list[dict]:
	"""Part lines of a job of which something can come back: line, item_code, item_name, left, serials, warehouse.

	Raises:
		frappe.PermissionError: the user may not read the job.
	"""
	frappe.has_permission(doctype, "read", throw=True)
	_require_job(doctype)
	job = frappe.get_doc(doctype, name)
	job.check_permission("read")
	if job.docstatus != 1 or not job.stock_entry:
		return []
	found = []
	for row in job.parts:
		issued = _issued(job, row)
		if issued.left > 0 and not row.bundle_qty and _issue_row(job, row):
			found.append(
				{
					"line": row.name,
					"item_code": row.item_code,
					"item_name": row.item_name,
					"left": issued.left,
					"serials": list(issued.serials),
					"warehouse": row.warehouse,
				}
			)
	return found


def count(entry: Document, method: str | None = None) -> None:
	"""on_submit and on_cancel of Stock Entry: the lines of the job say how much came back, and cost less."""
	if not is_return(entry):
		return
	lines = {row.aftersales_line for row in entry.items if row.aftersales_line}
	for line in sorted(lines):
		frappe.db.set_value(LINE, line, "returned_qty", _returned_qty(line), update_modified=False)
	job = frappe.get_doc(entry.aftersales_voucher_type, entry.aftersales_voucher)
	refresh_part_costs(job)
	if job.equipment:
		from aftersales.installed_base import search_keys

		search_keys.of_product(job.equipment)


def is_return(entry: Document) -> bool:
	"""True for a Stock Entry that brings parts of a job back."""
	return (
		entry.purpose == RECEIPT
		and entry.get("aftersales_voucher_type") in frappe.get_hooks("aftersales_job_doctypes")
		and bool(entry.get("aftersales_voucher"))
		and not entry.get("aftersales_posting_key")
	)


def validate_nothing_came_back(job: Document) -> None:
	"""A job is not cancelled while parts of it came back by a document of their own: they would be there twice.

	Raises:
		frappe.ValidationError: names the documents to cancel first.
	"""
	entries = _returns_of(job)
	if entries:
		frappe.throw(
			_("Parts of {0} were returned to stock. Cancel {1} first.").format(
				frappe.bold(job.name), ", ".join(get_link_to_form("Stock Entry", name) for name in entries)
			),
			title=_("Parts Were Returned"),
		)


def _require_job(doctype: str) -> None:
	if doctype not in frappe.get_hooks("aftersales_job_doctypes"):
		frappe.throw(_("{0} is not a service job.").format(escape_html(doctype)))


def _returns_of(job: Document) -> list[str]:
	return frappe.get_all(
		"Stock Entry",
		filters={
			"aftersales_voucher_type": job.doctype,
			"aftersales_voucher": job.name,
			"purpose": RECEIPT,
			"aftersales_posting_key": ("is", "not set"),
			"docstatus": 1,
		},
		pluck="name",
		order_by="creation asc",
	)


def _line_of(job: Document, line: str) -> Document:
	row = next((row for row in job.parts if row.name == line), None)
	if not row:
		frappe.throw(_("{0} has no such part line. Reload the document.").format(escape_html(job.name)))
	if job.docstatus != 1:
		frappe.throw(
			_("{0} is not finished: remove the part from its row instead.").format(escape_html(job.name))
		)
	if job.delivery_note:
		frappe.throw(
			_("The parts of {0} were delivered by {1}: create a return of that document.").format(
				escape_html(job.name), get_link_to_form("Delivery Note", job.delivery_note)
			)
		)
	if row.bundle_qty:
		frappe.throw(
			_(
				"Parts row {0}: {1} is a product bundle. Return its items to stock by a separate Stock Entry of type Material Receipt."
			).format(row.idx, escape_html(row.item_code))
		)
	if not job.stock_entry or not _issue_row(job, row):
		frappe.throw(_("Parts row {0}: nothing was issued for this row.").format(row.idx))
	return row


def _issue_row(job: Document, row: Document) -> frappe._dict | None:
	"""The row of the job's Stock Entry that issued a part line."""
	fields = ["qty", "amount", "expense_account", "cost_center", "batch_no"]
	return frappe.db.get_value(
		"Stock Entry Detail", {"parent": job.stock_entry, "aftersales_line": row.name}, fields, as_dict=True
	)


def _issued(job: Document, row: Document) -> IssuedLine:
	came_back = set()
	for name in _returns_of(job):
		for numbers in frappe.get_all(
			"Stock Entry Detail", {"parent": name, "aftersales_line": row.name}, pluck="serial_no"
		):
			came_back.update(_serials(numbers))
	serials = tuple(number for number in _serials(row.serial_no) if number not in came_back)
	return IssuedLine(flt(row.qty), _returned_qty(row.name), serials)


def _returned_qty(line: str) -> float:
	entry, row = frappe.qb.DocType("Stock Entry"), frappe.qb.DocType("Stock Entry Detail")
	found = (
		frappe.qb.from_(row)
		.join(entry)
		.on(entry.name == row.parent)
		.select(Sum(row.qty))
		.where((row.aftersales_line == line) & (entry.docstatus == 1) & (entry.purpose == RECEIPT))
		.run()
	)
	return flt(found[0][0])


def _make_receipt(
	job: Document, row: Document, qty: float, serials: list[str], warehouse: str, reason: str
) -> str:
	from aftersales.core import dimensions

	issue = _issue_row(job, row)
	tracked = {}
	if serials or row.batch_no:
		tracked = {"use_serial_batch_fields": 1, "serial_no": "\n".join(serials), "batch_no": row.batch_no}
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": RECEIPT,
			"purpose": RECEIPT,
			"company": job.company,
			**dimensions.of_job(job),
			"remarks": _("Returned from {0} {1}: {2}").format(_(job.doctype), job.name, reason),
			"aftersales_voucher_type": job.doctype,
			"aftersales_voucher": job.name,
			"items": [
				{
					"item_code": row.item_code,
					"qty": qty,
					"t_warehouse": warehouse,
					"basic_rate": flt(issue.amount) / flt(issue.qty),
					"allow_zero_valuation_rate": cint(not flt(issue.amount)),
					"expense_account": issue.expense_account,
					"cost_center": issue.cost_center,
					**dimensions.of_job(job, row.name),
					**tracked,
					"aftersales_line": row.name,
				}
			],
		}
	)
	privileged(entry).insert()
	entry.submit()
	return entry.name


def _tell_what_is_charged(job: Document, row: Document) -> None:
	if flt(row.amount) and job.billing_status in CHARGED and job.sales_invoice:
		frappe.msgprint(
			_("{0} still charges the part: correct the draft, or create a credit note.").format(
				get_link_to_form("Sales Invoice", job.sales_invoice)
			),
			indicator="orange",
		)


def _told(found: Problem, row: Document, issued: IssuedLine) -> str:
	if found == "nothing":
		return _("Parts row {0}: enter the quantity to return.").format(row.idx)
	if found == "too_much":
		return _("Parts row {0}: at most {1} can be returned.").format(row.idx, issued.left)
	if found == "serials_unknown":
		return _(
			"Parts row {0}: choose serial numbers that were fitted on this row and are not returned yet: {1}"
		).format(row.idx, escape_html(", ".join(issued.serials)) or "-")
	return _("Parts row {0}: enter as many serial numbers as the quantity to return.").format(row.idx)


def _serials(text: str | None) -> list[str]:
	return [number.strip() for number in (text or "").replace(",", "\n").split("\n") if number.strip()]
