"""Books a finished job into ERPNext, once, and takes it back when the job is cancelled.

`posting_plan` decides, this module loads what it needs and writes ERPNext documents inside the
transaction of the request: either all of them land or none. Each document carries a link back to
the job and a unique `aftersales_posting_key`, so that the database itself refuses a second one.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, flt, get_link_to_form, now_datetime, nowdate

from aftersales.guards import require_role
from aftersales.service_billing.job_lines import AUTHORISING_ROLES, category_of
from aftersales.service_billing.posting_checks import (
	check_accounts,
	check_dates,
	check_items,
	check_selling,
	check_stock,
)
from aftersales.service_billing.posting_messages import problem_message
from aftersales.service_billing.posting_plan import (
	CUSTOMER,
	PAYERS,
	CategoryAccounts,
	InvoiceRow,
	Job,
	LabourLine,
	PartLine,
	PostingPlan,
	Problem,
	StockRow,
	posting_plan,
)

JOB_DOCTYPES = ("Service Voucher", "Repair Card")

PURPOSES = {
	"Stock Entry": "stock_entry",
	"Delivery Note": "delivery_note",
	"Sales Invoice": "sales_invoice",
	"Journal Entry": "labour_journal_entry",
	"Payment Entry": "payment_entry",
}
"""ERPNext document made for a job → the job's field that names it. One of each at a time."""

PURPOSES_OF_POSTING = ("sales_invoice", "delivery_note", "stock_entry", "labour_journal_entry")

PRICE_FIELDS = (
	"rate",
	"price_list_rate",
	"discount_percentage",
	"discount_amount",
	"margin_type",
	"margin_rate_or_amount",
	"pricing_rules",
)
"""What an invoice row takes over from the row of the Delivery Note that it bills."""

BILLED = ("Billed", "Paid")

MONEY_FIELDS = (
	"currency",
	"amount_due",
	"billing_status",
	"billed_at",
	"sales_invoice",
	"delivery_note",
	"stock_entry",
	"labour_journal_entry",
	"parts_cost",
	"labour_cost",
	"posted_at",
)
"""Fields of record of every job that only this module writes."""


def post_job(doc: Document) -> None:
	"""Make the ERPNext documents that the submitted job `doc` still lacks.

	Stock Entry (Material Issue, submitted) for parts, Delivery Note (submitted) where the company
	demands one, Sales Invoice (a draft unless Aftersales Settings says to submit) for what the
	customer pays, Journal Entry for hours at cost. Calling it again makes nothing twice.

	Raises:
		frappe.ValidationError: one message with everything that has to be set first; nothing is posted.
	"""
	_lock(doc)
	plan = _checked_plan(doc)
	stock_entry = doc.stock_entry or _make_stock_entry(doc, plan.issue_rows)
	delivery_note = doc.delivery_note or _make_delivery_note(doc, plan.delivery_rows)
	if doc.sales_invoice and delivery_note != doc.delivery_note:
		_bill_new_delivery_note(doc.sales_invoice, delivery_note)
	invoice = None if doc.sales_invoice else _make_invoice(doc, plan.invoice_rows, delivery_note)
	posted = {
		"stock_entry": stock_entry,
		"delivery_note": delivery_note,
		"sales_invoice": invoice.name if invoice else doc.sales_invoice,
		"labour_journal_entry": doc.labour_journal_entry or _make_labour_entry(doc, plan),
	}
	if doc.posted_at and all(doc.get(fieldname) == name for fieldname, name in posted.items()):
		return  # by another request, whose documents this one may not see yet
	doc.update(posted)
	doc.update(
		{
			"labour_cost": flt(plan.labour_cost),
			"parts_cost": _store_line_costs(doc),
			"posted_at": doc.posted_at or now_datetime(),
			**_billing_values(doc, invoice),
		}
	)
	# The save under way stamped the job already and tells about the change at its end
	frappe.db.set_value(
		doc.doctype, doc.name, {field: doc.get(field) for field in MONEY_FIELDS}, update_modified=False
	)


@frappe.whitelist()
def post_again(doctype: str, name: str) -> dict[str, str | None]:
	"""Make the documents that a submitted job lacks, because somebody cancelled or deleted them.

	Returns:
		field of the job → name of the document, for all documents of the job.

	Raises:
		frappe.PermissionError: the user is no supervisor, manager or accountant, or may not see the job.
		frappe.ValidationError: the job is not submitted, or cannot be posted.
	"""
	require_role(AUTHORISING_ROLES, _("Posting again"))
	if doctype not in JOB_DOCTYPES:
		frappe.throw(_("{0} is not a service job.").format(frappe.bold(frappe.utils.escape_html(doctype))))
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	if frappe.db.get_value(doctype, name, "docstatus", for_update=True) != 1:
		frappe.throw(_("{0} is not submitted: only a finished job is posted.").format(doc.name))
	post_job(doc)
	doc.db_set("posted_at", doc.posted_at, notify=True)  # open forms and service clocks learn of it
	return {fieldname: doc.get(fieldname) for fieldname in PURPOSES_OF_POSTING}


def unpost_job(doc: Document) -> None:
	"""Take back what `post_job` made, before the job is cancelled.

	A draft invoice is deleted, stock and labour entries are cancelled.

	Raises:
		frappe.ValidationError: the accountant has moved on (invoice submitted, payment booked); the
			message names the document and what to do first.
	"""
	_lock(doc)
	_refuse_when_accountant_moved_on(doc)
	if doc.sales_invoice:
		frappe.delete_doc("Sales Invoice", doc.sales_invoice, ignore_permissions=True)
	for doctype in ("Journal Entry", "Delivery Note", "Stock Entry"):
		name = doc.get(PURPOSES[doctype])
		if name:
			_cancel(doctype, name)
	doc.db_set(
		{
			**dict.fromkeys(PURPOSES_OF_POSTING),
			"billing_status": "Not Billable",
			"amount_due": 0,
			"parts_cost": 0,
			"labour_cost": 0,
			"posted_at": None,
			"billed_at": None,
		}
	)


def preview(doc: Document) -> None:
	"""Set `currency`, `amount_due` and the net `amount` of each line as the invoice would have them.

	Uses an unsaved Sales Invoice, so that price list, pricing rules and taxes are ERPNext's own. A
	draft that cannot be priced yet shows zero; posting says what is missing.
	"""
	for line in (*doc.labour, *doc.parts):
		line.amount = 0
	doc.amount_due = 0
	doc.currency = _billing_currency(doc)
	rows = invoice_rows(doc)
	if not rows or not doc.customer:
		return
	try:
		invoice = _previewed(doc, rows)
	except frappe.ValidationError:
		return
	doc.currency = invoice.currency
	doc.amount_due = flt(invoice.grand_total)
	for line, amount in _amounts(doc, invoice):
		line.amount = amount


def _previewed(doc: Document, rows: Iterable[InvoiceRow]) -> Document:
	"""The invoice to come, priced but not saved. What ERPNext has to say waits until it is posted."""
	muted = frappe.flags.mute_messages
	frappe.flags.mute_messages = True
	try:
		invoice = _invoice(doc, rows)
		invoice.set_missing_values()
		_set_agreed_rates(invoice, rows)
		invoice.calculate_taxes_and_totals()
	finally:
		frappe.flags.mute_messages = muted
	return invoice


def invoice_rows(doc: Document) -> tuple[InvoiceRow, ...]:
	"""The rows the customer would pay for `doc` as it stands, without any check."""
	return posting_plan(_job(doc)).invoice_rows


def refresh_billing(doc: Document, invoice: Document | None = None) -> None:
	"""Set billing status, currency, amount due and line amounts of `doc` from its invoice.

	`invoice`: the job's Sales Invoice where the caller has it at hand.
	"""
	doc.db_set(_billing_values(doc, invoice))


def refresh_part_costs(doc: Document) -> None:
	"""Set what the parts of `doc` cost (company currency) from the documents that moved them."""
	doc.db_set("parts_cost", _store_line_costs(doc))


def billing_status(invoice: Document) -> str:
	"""To Bill while the invoice is a draft, Paid when nothing is outstanding, else Billed."""
	if invoice.docstatus != 1:
		return "To Bill"
	return "Billed" if flt(invoice.outstanding_amount) > 0 else "Paid"


def posting_key(doctype: str, name: str, purpose: str) -> str:
	"""The unique key of the document of kind `purpose` made for a job."""
	return f"{doctype}/{name}/{purpose}"


# ---------------------------------------------------------------------------------- the plan


def _checked_plan(doc: Document) -> PostingPlan:
	job = _job(doc)
	plan = posting_plan(job)
	problems: list[Problem] = list(plan.problems)
	problems += check_selling(job)
	problems += check_accounts(doc.company, job)
	problems += check_items(job)
	problems += check_dates(doc.company, plan, _submits_invoice())
	if not doc.stock_entry and not doc.delivery_note:
		problems += check_stock(doc.company, job)
	if problems:
		messages = list(dict.fromkeys(problem_message(problem) for problem in problems))
		frappe.throw(messages, title=_("{0} cannot be posted yet").format(doc.name), as_list=True)
	return plan


def _job(doc: Document) -> Job:
	return Job(
		parts=tuple(_part_line(line) for line in doc.parts),
		labour=tuple(_labour_line(line) for line in doc.labour),
		rules=_rules(doc),
		company=doc.company,
		customer=doc.customer,
		delivery_note_required=_delivery_note_required(doc.customer),
	)


def _part_line(line: Document) -> PartLine:
	item = frappe.get_cached_value(
		"Item", line.item_code, ["is_stock_item", "has_serial_no"], as_dict=True
	) or frappe._dict(is_stock_item=1)
	return PartLine(
		name=_line_key(line),
		idx=cint(line.idx),
		item_code=line.item_code,
		qty=flt(line.qty),
		charge_to=line.charge_to,
		warehouse=line.warehouse,
		rate=flt(line.rate),
		is_stock_item=bool(cint(item.is_stock_item)),
		is_serialised=bool(cint(item.has_serial_no)),
		serial_nos=tuple(filter(None, (serial.strip() for serial in cstr(line.serial_no).splitlines()))),
		batch_no=line.batch_no,
	)


def _line_key(line: Document) -> str:
	"""The line's name, or its place while the line is not stored yet (preview of a draft)."""
	return line.name or f"{line.parentfield}-{line.idx}"


def _labour_line(line: Document) -> LabourLine:
	return LabourLine(
		name=_line_key(line),
		idx=cint(line.idx),
		hours=flt(line.hours),
		charge_to=line.charge_to,
		item_code=line.item_code,
		rate=flt(line.rate),
		cost_rate=flt(line.cost_rate),
		description=line.description,
	)


def _rules(doc: Document) -> dict[str, CategoryAccounts]:
	"""The category of each payer: the job's own for its charge rule, else the first enabled one."""
	own = category_of(doc)
	used = {line.charge_to for line in (*doc.parts, *doc.labour)}
	categories = {own.charge_rule: own.name}
	for charge_to in used - set(categories):
		name = charge_to in PAYERS and frappe.db.get_value(
			"Service Category",
			{"charge_rule": charge_to, "disabled": 0},
			"name",
			order_by="name asc",
			cache=True,
		)
		if name:
			categories[charge_to] = name
	return {
		charge_to: _accounts(name, doc.company) for charge_to, name in categories.items() if charge_to in used
	}


def _accounts(category: str, company: str) -> CategoryAccounts:
	for row in frappe.get_cached_doc("Service Category", category).accounts:
		if row.company == company:
			return CategoryAccounts(
				category,
				row.income_account or None,
				row.expense_account or None,
				row.cost_center or None,
				row.labour_expense_account or None,
				row.labour_recovery_account or None,
			)
	return CategoryAccounts(category)


def _submits_invoice() -> bool:
	return bool(cint(frappe.get_cached_doc("Aftersales Settings").submit_invoice))


def _delivery_note_required(customer: str | None) -> bool:
	if frappe.get_cached_doc("Selling Settings").dn_required != "Yes":
		return False
	return not (customer and cint(frappe.get_cached_value("Customer", customer, "dn_required")))


# ---------------------------------------------------------------------------------- documents


def _make_stock_entry(doc: Document, rows: Iterable[StockRow]) -> str | None:
	if not rows:
		return None
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Issue",
			"purpose": "Material Issue",
			"company": doc.company,
			"remarks": _("Parts used for {0} {1}").format(_(doc.doctype), doc.name),
			"items": [
				{
					"item_code": row.item_code,
					"qty": row.qty,
					"s_warehouse": row.warehouse,
					"expense_account": row.expense_account
					or _item_expense_account(row.item_code, doc.company),
					"cost_center": row.cost_center,
					**_serial_and_batch(row),
					"aftersales_line": row.line,
				}
				for row in rows
			],
			**_link_back(doc, "Stock Entry"),
		}
	)
	_save(entry, submitted=True)
	return entry.name


def _make_delivery_note(doc: Document, rows: Iterable[InvoiceRow]) -> str | None:
	if not rows:
		return None
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"customer": doc.customer,
			"company": doc.company,
			"posting_date": nowdate(),
			"items": [_delivery_item(row) for row in rows],
			**_link_back(doc, "Delivery Note"),
		}
	)
	_set_customer_terms(note)
	_price(note, rows)
	_save(note, submitted=True)
	return note.name


def _delivery_item(row: InvoiceRow) -> dict:
	item = _charged_item(row)
	if row.stock:
		item.update(
			warehouse=row.stock.warehouse,
			expense_account=row.stock.expense_account,
			**_serial_and_batch(row.stock),
		)
	item.pop("income_account", None)
	return item


def _make_invoice(doc: Document, rows: Iterable[InvoiceRow], delivery_note: str | None) -> Document | None:
	if not rows:
		return None
	invoice = _invoice(doc, rows)
	if delivery_note:
		_refer_to_delivery_note(invoice, delivery_note)
	else:
		_price(invoice, rows)
	_save(invoice, submitted=_submits_invoice())
	_refuse_free_rows(invoice)
	if invoice.docstatus == 1:
		# Ledgers write it past the document
		invoice.outstanding_amount = frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount")
	return invoice


def _invoice(doc: Document, rows: Iterable[InvoiceRow]) -> Document:
	"""An unsaved Sales Invoice with the customer's own currency, price list and taxes."""
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": doc.customer,
			"company": doc.company,
			"posting_date": nowdate(),
			"update_stock": 0,
			"items": [_charged_item(row) for row in rows],
			**_link_back(doc, "Sales Invoice"),
		}
	)
	_set_customer_terms(invoice)
	return invoice


def _set_customer_terms(target: Document) -> None:
	"""Currency, price list and taxes as ERPNext's own form would set them for the customer.

	ERPNext fills in the rest on insert, but only after the defaults of site and user, which would
	take the place of what is set here.
	"""
	target.flags.ignore_permissions = True
	target.set("__islocal", True)  # ERPNext sets the company's default taxes on new documents only
	if frappe.db.exists("Tax Rule", {"tax_type": "Sales"}):
		# Customer, group and address may decide the taxes; without any rule this would be asked twice
		target.set_missing_lead_customer_details()
	customer = frappe.get_cached_doc("Customer", target.customer)
	target.update(
		{
			"currency": _billing_currency(target),
			"selling_price_list": target.selling_price_list or _price_list(customer),
			"customer_group": customer.customer_group,
			"territory": customer.territory,
			"language": customer.language,
		}
	)
	target.set_taxes()


def _price_list(customer: Document) -> str | None:
	from erpnext.accounts.party import get_default_price_list

	return get_default_price_list(customer) or frappe.get_cached_doc("Selling Settings").selling_price_list


def _charged_item(row: InvoiceRow) -> dict:
	item = {
		"item_code": row.item_code,
		"qty": row.qty,
		# Quantities of a job are stock units, whatever unit the item is usually sold in
		"uom": frappe.get_cached_value("Item", row.item_code, "stock_uom"),
		"income_account": row.income_account,
		"cost_center": row.cost_center,
		"aftersales_line": row.line,
	}
	if row.description:
		item["description"] = row.description
	return item


def _price(target: Document, rows: Iterable[InvoiceRow]) -> None:
	"""Price the rows that have an agreed rate; ERPNext prices all others when the document is inserted."""
	if any(row.rate for row in rows):
		target.set_missing_values()
		_set_agreed_rates(target, rows)


def _set_agreed_rates(target: Document, rows: Iterable[InvoiceRow]) -> None:
	"""What was agreed on a line wins over the price list and over any pricing rule.

	ERPNext applies pricing rules again on every save and would discount the agreed rate. Where they
	touch `target`, they are switched off on it, and the other rows keep the prices they gave.
	"""
	agreed = {row.line: row.rate for row in rows if row.rate}
	if not agreed:
		return
	if any(item.pricing_rules for item in target.items):
		target.ignore_pricing_rule = 1
		target.set("pricing_rules", [])
	for item in target.items:
		item.pricing_rules = None
		if item.aftersales_line in agreed:
			item.update(
				{
					"rate": agreed[item.aftersales_line],
					"discount_percentage": 0,
					"discount_amount": 0,
					"margin_type": None,
					"margin_rate_or_amount": 0,
				}
			)


def _refer_to_delivery_note(invoice: Document, delivery_note: str) -> None:
	"""The invoice bills what the note delivered, at the note's prices."""
	note = frappe.get_doc("Delivery Note", delivery_note)
	invoice.ignore_pricing_rule = note.ignore_pricing_rule
	delivered = {item.aftersales_line: item for item in note.items}
	for item in invoice.items:
		source = delivered[item.aftersales_line]
		item.update({fieldname: source.get(fieldname) for fieldname in PRICE_FIELDS})
		item.update({"delivery_note": delivery_note, "dn_detail": source.name})


def _bill_new_delivery_note(sales_invoice: str, delivery_note: str) -> None:
	"""A draft invoice whose Delivery Note was cancelled by hand bills the one made in its place."""
	invoice = frappe.get_doc("Sales Invoice", sales_invoice)
	if invoice.docstatus == 0:
		_refer_to_delivery_note(invoice, delivery_note)
		invoice.flags.ignore_permissions = True
		invoice.flags.made_by_posting = True
		invoice.save()


def _make_labour_entry(doc: Document, plan: PostingPlan) -> str | None:
	if not plan.labour_rows:
		return None
	default_cost_center = frappe.get_cached_value("Company", doc.company, "cost_center")
	accounts = []
	for row in plan.labour_rows:
		cost_center = row.cost_center or default_cost_center
		for account, side in ((row.debit_account, "debit"), (row.credit_account, "credit")):
			accounts.append(
				{
					"account": account,
					"cost_center": cost_center,
					f"{side}_in_account_currency": flt(row.amount),
				}
			)
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Journal Entry",
			"company": doc.company,
			"posting_date": nowdate(),
			"user_remark": _("Hours at cost of {0} {1}").format(_(doc.doctype), doc.name),
			"accounts": accounts,
			**_link_back(doc, "Journal Entry"),
		}
	)
	_save(entry, submitted=True)
	return entry.name


def _link_back(doc: Document, purpose: str) -> dict:
	return {
		"aftersales_voucher_type": doc.doctype,
		"aftersales_voucher": doc.name,
		"aftersales_posting_key": posting_key(doc.doctype, doc.name, purpose),
	}


def _save(target: Document, submitted: bool) -> None:
	"""Insert, and submit in the same pass, for the user whose right to submit the job was checked before."""
	target.flags.ignore_permissions = True
	target.flags.made_by_posting = True
	try:
		target.submit() if submitted else target.insert()
	except frappe.UniqueValidationError:
		frappe.throw(
			_("{0} is being posted by somebody else at this moment. Reload to see the result.").format(
				target.aftersales_voucher
			),
			frappe.UniqueValidationError,
			title=_("Already Posted"),
		)


def _cancel(doctype: str, name: str) -> None:
	target = frappe.get_doc(doctype, name)
	if target.docstatus == 1:
		target.flags.ignore_permissions = True
		target.cancel()
	elif target.docstatus == 0:
		frappe.delete_doc(doctype, name, ignore_permissions=True)


# ---------------------------------------------------------------------------------- details


def _lock(doc: Document) -> None:
	"""Lock the job's row until the request ends, and take over what another request posted before."""
	fields = [*PURPOSES_OF_POSTING, "posted_at"]
	stored = frappe.db.get_value(doc.doctype, doc.name, fields, as_dict=True, for_update=True)
	doc.update(stored)


def _refuse_when_accountant_moved_on(doc: Document) -> None:
	if doc.get("payment_entry"):
		frappe.throw(
			_("Payment Entry {0} is booked for {1}. Cancel it first.").format(
				get_link_to_form("Payment Entry", doc.payment_entry), doc.name
			)
		)
	if doc.sales_invoice and frappe.db.get_value("Sales Invoice", doc.sales_invoice, "docstatus") == 1:
		frappe.throw(
			_(
				"Sales Invoice {0} of {1} is submitted. Cancel it first, or make a credit note instead."
			).format(get_link_to_form("Sales Invoice", doc.sales_invoice), doc.name),
			title=_("Already Invoiced"),
		)


def _refuse_free_rows(invoice: Document) -> None:
	free = [
		item
		for item in invoice.items
		if not flt(item.rate) and not flt(item.price_list_rate) and not item.is_free_item
	]
	if free:
		frappe.throw(
			[
				problem_message(
					Problem(
						"no_price", {"item": item.item_code, "price_list": cstr(invoice.selling_price_list)}
					)
				)
				for item in free
			],
			title=_("No Price"),
			as_list=True,
		)


def _serial_and_batch(row: StockRow) -> dict:
	if not row.serial_nos and not row.batch_no:
		return {}
	return {"use_serial_batch_fields": 1, "serial_no": "\n".join(row.serial_nos), "batch_no": row.batch_no}


def _item_expense_account(item_code: str, company: str) -> str | None:
	"""What a sold part costs: ERPNext's own default for item, group or company (cost of goods sold)."""
	from erpnext.setup.doctype.brand.brand import get_brand_defaults
	from erpnext.setup.doctype.item_group.item_group import get_item_group_defaults
	from erpnext.stock.doctype.item.item import get_item_defaults

	for defaults in (get_item_defaults, get_item_group_defaults, get_brand_defaults):
		account = (defaults(item_code, company) or {}).get("expense_account")
		if account:
			return account
	return frappe.get_cached_value("Company", company, "default_expense_account")


def _billing_currency(doc: Document) -> str:
	currency = doc.customer and frappe.get_cached_value("Customer", doc.customer, "default_currency")
	return currency or frappe.get_cached_value("Company", doc.company, "default_currency")


def _billing_values(doc: Document, invoice: Document | None) -> dict:
	"""What the job shows of its invoice; the amount of each line is stored on the way."""
	if not doc.sales_invoice:
		billable = doc.docstatus == 1 and bool(invoice_rows(doc))
		return {"billing_status": "To Bill" if billable else "Not Billable", "billed_at": None}
	invoice = invoice or frappe.get_doc("Sales Invoice", doc.sales_invoice)
	for line, amount in _amounts(doc, invoice):
		_store(line, "amount", amount)
	status = billing_status(invoice)
	return {
		"billing_status": status,
		"billed_at": (doc.billed_at or now_datetime()) if status in BILLED else None,
		"currency": invoice.currency,
		"amount_due": flt(invoice.grand_total),
	}


def _amounts(doc: Document, invoice: Document) -> list[tuple[Document, float]]:
	"""Each line of the job with its net amount on the invoice."""
	net = {item.aftersales_line: flt(item.net_amount) for item in invoice.items}
	return [(line, net.get(_line_key(line), 0)) for line in (*doc.labour, *doc.parts)]


def _store_line_costs(doc: Document) -> float:
	"""Store what each part cost (company currency) on its line and return the sum."""
	costs: dict[str, float] = {}
	if doc.stock_entry:
		for row in frappe.get_all(
			"Stock Entry Detail", filters={"parent": doc.stock_entry}, fields=["aftersales_line", "amount"]
		):
			costs[row.aftersales_line] = flt(row.amount)
	if doc.delivery_note:
		for row in frappe.get_all(
			"Delivery Note Item",
			filters={"parent": doc.delivery_note},
			fields=["aftersales_line", "incoming_rate", "stock_qty"],
		):
			costs[row.aftersales_line] = flt(row.incoming_rate) * flt(row.stock_qty)
	for line in doc.parts:
		_store(line, "valuation_amount", costs.get(line.name, 0))
	return sum(flt(line.valuation_amount) for line in doc.parts)


def _store(line: Document, fieldname: str, value: float) -> None:
	if flt(line.get(fieldname)) != flt(value):
		line.set(fieldname, value)
		frappe.db.set_value(line.doctype, line.name, fieldname, value, update_modified=False)
