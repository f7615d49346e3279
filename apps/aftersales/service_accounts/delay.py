"""Late returns by our fault: proposed by rule, given as a discount or a credit when decided (R-AC-8)."""

from datetime import date
from decimal import Decimal

import frappe
from erpnext.accounts.party import get_party_account
from erpnext.setup.utils import get_exchange_rate
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, get_link_to_form, getdate, nowdate

from aftersales.core.guards import require_role, with_system_privileges
from aftersales.core.input.requests import validate_call
from aftersales.core.locks import lock
from aftersales.core.money import exact, unit
from aftersales.core.roles import SUPERVISORS_AND_ACCOUNTANTS
from aftersales.service_accounts.delay_rules import Rule, compensation, complete_on, days_late
from aftersales.service_billing import billing, journal
from aftersales.service_posting.invoicing import discounts
from aftersales.service_posting.invoicing.invoices import credited_jobs, jobs_on
from aftersales.service_posting.line_amounts import lines_of, net_excess
from aftersales.service_posting.posting import take_off_invoice
from aftersales.service_setup.settings import aftersales_settings

DISCOUNT = "Discount on the Invoice"
CREDIT = "Credit to the Customer"
LATE_FIELDS = ("job", "sales_order", "repair_call")
"""What can be late: a Repair Card, goods of a Sales Order, a visit of a Repair Call."""
COMPENSATION = "Delay Compensation"


def propose(doc: Document, method: str | None = None) -> None:
	"""on_submit, on_update_after_submit of a Repair Card: propose a compensation when it is late.

	Once for a job: a proposal that was declined does not come again.
	"""
	if (
		doc.docstatus != 1
		or not _rule(doc.service_contract).per_day
		or frappe.db.exists(COMPENSATION, {"delay_key": doc.name})
	):
		return
	found = proposal(doc.name)
	if found and flt(found["proposed_amount"]):
		proposed = frappe.get_doc({"doctype": COMPENSATION, "job": doc.name})
		proposed.insert(ignore_permissions=True)
		doc.add_comment(
			"Info",
			_("{0} days late: compensation proposed in {1}").format(
				proposed.days_late, get_link_to_form(COMPENSATION, proposed.name)
			),
		)


def propose_for(doctype: str, name: str) -> str | None:
	"""Propose a compensation for a Sales Order or Repair Call that was late; None when it was not, or has one."""
	if frappe.db.exists(COMPENSATION, {"delay_key": name}):
		return None
	found = proposal_for(doctype, name)  # nothing where neither the site nor the contract names a rate
	if not found or not flt(found["proposed_amount"]):
		return None
	field = "sales_order" if doctype == "Sales Order" else "repair_call"
	proposed = frappe.get_doc({"doctype": COMPENSATION, field: name, "apply_as": CREDIT})
	proposed.insert(ignore_permissions=True)
	frappe.get_doc(doctype, name).add_comment(
		"Info",
		_("{0} days late: compensation proposed in {1}").format(
			proposed.days_late, get_link_to_form(COMPENSATION, proposed.name)
		),
	)
	return proposed.name


@frappe.whitelist()
@validate_call
def proposal_for_invoice(sales_invoice: str) -> dict | None:
	"""The proposal that waits for a decision about the job of an invoice; None when there is none.

	Raises:
		frappe.PermissionError: the user may not read the invoice or see compensations.
	"""
	require_role(SUPERVISORS_AND_ACCOUNTANTS, _("Seeing compensations"))
	invoice = frappe.get_doc("Sales Invoice", sales_invoice)
	invoice.check_permission("read")
	cards = frappe.get_all("Repair Card", {"sales_invoice": invoice.name, "docstatus": 1}, pluck="name")
	if not cards:
		return None
	return frappe.db.get_value(
		COMPENSATION,
		{"job": ("in", cards), "status": "Proposed", "docstatus": 0},
		["name", "job", "days_late", "proposed_amount", "company"],
		as_dict=True,
	)


def proposal_for(doctype: str, name: str) -> dict | None:
	"""What the rule gives for a Repair Card, Sales Order or Repair Call; None when it is not late."""
	if doctype == "Repair Card":
		return proposal(name)
	read = _late_order if doctype == "Sales Order" else _late_visit
	late = name and read(name)
	if not late:
		return None
	days = days_late(late.promised_on, late.ready_on)
	if not days:
		return None
	rule = _rule(late.service_contract)
	return {
		"customer": late.customer,
		"company": late.company,
		"promised_on": late.promised_on,
		"ready_on": late.ready_on,
		"days_late": days,
		"rate_per_day": flt(rule.per_day),
		"proposed_amount": flt(compensation(rule, days, exact(late.net), unit())),
	}


def _late_order(name: str) -> frappe._dict | None:
	"""Goods that have all left: late by the first day on which all of them had."""
	fields = ["customer", "company", "delivery_date", "per_delivered", "base_net_total as net"]
	order = frappe.db.get_value("Sales Order", {"name": name, "docstatus": 1}, fields, as_dict=True)
	if not order or flt(order.per_delivered) < 100:
		return None
	ordered = frappe.get_all(
		"Sales Order Item", {"parent": name}, ["name", "stock_qty"], as_list=True, order_by="idx asc"
	)
	left = _left_by("Delivery Note", "against_sales_order", name) + _left_by(
		"Sales Invoice", "sales_order", name
	)
	ready_on = complete_on({row: Decimal(str(qty)) for row, qty in ordered}, left)
	order.update(promised_on=order.delivery_date, ready_on=ready_on, service_contract=None)
	return order


def _left_by(doctype: str, field: str, order: str) -> list[tuple[date, str, Decimal]]:
	"""Day, row of the Sales Order and quantity of what left by documents of a type; returns are left out.

	Goods that are sent again after a return, or in exchange, had left before.
	"""
	sent, item = frappe.qb.DocType(doctype), frappe.qb.DocType(f"{doctype} Item")
	query = (
		frappe.qb.from_(sent)
		.join(item)
		.on(item.parent == sent.name)
		.select(sent.posting_date, item.so_detail, item.stock_qty)
		.where((item[field] == order) & (sent.docstatus == 1) & (sent.is_return == 0))
	)
	if doctype == "Sales Invoice":
		query = query.where(sent.update_stock == 1)
	return [(getdate(day), row, Decimal(str(qty))) for day, row, qty in query.run()]


def _late_visit(name: str) -> frappe._dict | None:
	"""A visit that came on a later day than the window that counts."""
	fields = ["customer", "company", "promise_due", "arrived_at", "service_contract"]
	call = frappe.db.get_value("Repair Call", name, fields, as_dict=True)
	if not call or not call.promise_due or not call.arrived_at:
		return None
	call.update(promised_on=getdate(call.promise_due), ready_on=getdate(call.arrived_at), net=0)
	return call


def proposal(job: str | None) -> dict | None:
	"""What the rule gives for a Repair Card; None when it is not late."""
	card = job and frappe.db.get_value(
		"Repair Card",
		{"name": job, "docstatus": 1},
		[
			"name",
			"customer",
			"company",
			"promised_return",
			"ready_at",
			"returned_at",
			"sales_invoice",
			"service_contract",
		],
		as_dict=True,
	)
	if not card:
		return None
	promised = card.promised_return and getdate(card.promised_return)
	ready = card.ready_at or card.returned_at
	late = days_late(promised, ready and getdate(ready))
	if not late:
		return None
	rule = _rule(card.service_contract)
	amount = compensation(rule, late, _net_bill(card.name), unit())
	return {
		"customer": card.customer,
		"company": card.company,
		"promised_on": promised,
		"ready_on": getdate(ready),
		"days_late": late,
		"rate_per_day": flt(rule.per_day),
		"proposed_amount": flt(amount),
	}


def hold_job(doc: Document) -> None:
	"""Lock the job of a compensation, before the compensation itself, as whoever bills the job does."""
	lock(*doc.late_document())


def grant(doc: Document) -> None:
	"""Give what was granted: a discount on the job's invoice, made or to come, or a credit to the customer.

	Raises:
		frappe.ValidationError: the invoice is no draft any more, or an account is missing.
	"""
	if doc.apply_as == DISCOUNT:
		_discount(doc)
	else:
		doc.db_set("journal_entry", _credit(doc))


def take_back(doc: Document) -> None:
	"""Undo :func:`grant`.

	Raises:
		frappe.ValidationError: the discounted invoice is submitted; it is credited, not changed.
	"""
	journal.take_back(doc.journal_entry)
	doc.db_set("journal_entry", None)
	name = doc.discounted_invoice
	docstatus = name and lock("Sales Invoice", name, "docstatus")
	if docstatus == 1 and ("Repair Card", doc.job) not in credited_jobs(name):
		frappe.throw(
			_("Sales Invoice {0} is submitted with this discount. Cancel it first.").format(
				get_link_to_form("Sales Invoice", name)
			)
		)
	if docstatus == 0:
		invoice = frappe.get_doc("Sales Invoice", name, for_update=True)
		discounts.set_discount(invoice, flt(invoice.discount_amount) - flt(doc.discount))
		_save(invoice)
		doc.db_set({"discounted_invoice": None, "discount": 0})


def _discount(doc: Document) -> None:
	"""On the draft invoice of the job alone; one for several jobs gives this one an invoice of its own.

	The job is locked, as by whoever bills it: no invoice is made of it meanwhile, and one made a moment ago is read.
	"""
	lock("Repair Card", doc.job)
	card = frappe.get_doc("Repair Card", doc.job, for_update=True)
	if not card.sales_invoice and card.billing_status == "To Bill":
		doc.db_set("status", discounts.WAITING)
		return
	name = card.sales_invoice
	docstatus = name and lock("Sales Invoice", name, "docstatus")
	if not name or docstatus != 0:
		frappe.throw(
			_("{0} has no draft invoice to discount. Give it as {1}.").format(
				get_link_to_form("Repair Card", doc.job), frappe.bold(_(CREDIT))
			)
		)
	invoice = frappe.get_doc("Sales Invoice", name, for_update=True)
	if jobs_on(invoice) != [(card.doctype, card.name)]:
		_bill_alone(doc, card)
		return
	if invoice.discount_amount and invoice.apply_discount_on != discounts.NET:
		frappe.throw(
			_("{0} has a discount on its grand total already. Give it as {1}.").format(
				get_link_to_form("Sales Invoice", name), frappe.bold(_("Credit to the Customer"))
			)
		)
	before = flt(invoice.discount_amount)
	discount = discounts.add(invoice, doc.amount)
	_save(invoice)
	if not discounts.is_on(invoice, before + discount):
		frappe.throw(
			_("A pricing rule sets the discount of {0}. Give it as {1}.").format(
				get_link_to_form("Sales Invoice", name), frappe.bold(_("Credit to the Customer"))
			)
		)
	doc.db_set({"discounted_invoice": name, "discount": discount})


def _bill_alone(doc: Document, card: Document) -> None:
	"""Take the job off an invoice for several, and draft its own, which is made with the discount."""
	doc.db_set("status", discounts.WAITING)
	take_off_invoice(card)
	card.db_set("sales_invoice", None)
	billing.bill([(card.doctype, card.name)], submitted=False)
	fields = ["status", "discounted_invoice", "discount"]
	doc.update(frappe.db.get_value(doc.doctype, doc.name, fields, as_dict=True))


def _save(invoice: Document) -> None:
	invoice.flags.changes_discount = True
	with with_system_privileges(invoice):
		invoice.save()


def _credit(doc: Document) -> str:
	amount = exact(doc.amount)
	account = journal.company_account(doc.company, "delay_account", doc.delay_account)
	center = journal.cost_center(doc.company)
	return journal.book(
		doc,
		(
			journal.Entry(account, debit=amount, cost_center=center),
			journal.Entry(
				get_party_account("Customer", doc.customer, doc.company),
				credit=amount,
				party_type="Customer",
				party=doc.customer,
				cost_center=center,
			),
		),
		doc.posting_date,
		_("Compensation for {0} days of delay, {1}").format(doc.days_late, doc.late_document()[1]),
		[("Repair Card", doc.job)] if doc.job else [],
	)


def _rule(service_contract: str | None) -> Rule:
	"""The rule of Aftersales Settings, at the daily rate of the job's contract where that names one."""
	settings = aftersales_settings()
	agreed = service_contract and frappe.get_cached_value(
		"Service Contract", service_contract, "delay_rate_per_day"
	)
	return Rule(
		per_day=Decimal(str(flt(agreed or settings.delay_rate_per_day))),
		grace_days=cint(settings.delay_grace_days),
		max_percent=Decimal(str(flt(settings.delay_max_percent))),
		max_days=cint(settings.delay_max_days),
	)


def _net_bill(job: str) -> Decimal:
	"""What the customer pays for a Repair Card, net, in company currency.

	Of an invoice for several jobs only the rows of this one; without an invoice what the job shows until a
	billing run makes it.
	"""
	card = frappe.get_doc("Repair Card", job)
	if not card.sales_invoice:
		net = sum(flt(line.amount) for line in lines_of(card)) + net_excess(card)
		return exact(net * _rate_to_company(card))
	invoice = frappe.get_doc("Sales Invoice", card.sales_invoice)
	if jobs_on(invoice) == [(card.doctype, card.name)]:
		return exact(invoice.base_net_total)
	net = sum(flt(item.base_net_amount) for item in invoice.items if item.aftersales_voucher == card.name)
	return exact(net)


def _rate_to_company(card: Document) -> float:
	own = frappe.get_cached_value("Company", card.company, "default_currency")
	if not card.currency or card.currency == own:
		return 1
	return flt(get_exchange_rate(card.currency, own, nowdate(), "for_selling"))
