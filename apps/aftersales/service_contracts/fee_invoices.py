"""The fee of a contract: one invoice for each period that has begun, whenever somebody or the scheduler looks.

ERPNext's Subscription is the document, and its own daily run may make an invoice too; but it does so only on
exactly the first (or last) day of a period, lets periods drift after a short month, charges a part of a period in
full and asks the plan for its price of the day. So the app keeps the Subscription at the first period that is not
invoiced, makes the invoices itself (on submit of the contract, and daily), and sets key and price on whichever
invoice is made: the database refuses a second one for the same period.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

import frappe
from erpnext.accounts.doctype.subscription_plan.subscription_plan import get_plan_rate
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, flt, fmt_money, get_link_to_form, getdate

from aftersales.core.locks import lock
from aftersales.core.money import exact, unit
from aftersales.core.savepoints import one_of_many
from aftersales.core.selling_terms import KEY, posting_key, tax_template_of
from aftersales.service_contracts.fee_period_rules import Cycle, Period, periods

INVOICE, CONTRACT, SUBSCRIPTION = "Sales Invoice", "Service Contract", "Subscription"
IN_ARREARS = "End of the Period"
RATE = "aftersales_rate"


# ---------------------------------------------------------------- what is owed


def periods_of(contract: Document, last: date | None = None) -> Iterator[Period]:
	"""The periods of a contract with a fee, the last one cut where it ends, or on `last` where that is earlier."""
	cycle = _cycle(contract)
	if not cycle:
		return iter(())
	end = min(part for part in (getdate(contract.end_date), last) if part)
	return periods(getdate(contract.invoice_fees_from or contract.start_date), end, cycle)


def missing(contract: Document, on: date | str | None = None, for_update: bool = False) -> list[Period]:
	"""Periods whose fee could be invoiced on the day `on` (today) and that no invoice bills, drafts counted too.

	`for_update`: a locking read, which sees what others have invoiced meanwhile.
	"""
	if contract.docstatus != 1 or not contract.subscription:
		return []
	invoices = _invoices([contract.subscription], for_update)[contract.subscription]
	stopped = frappe.db.get_value(SUBSCRIPTION, contract.subscription, "cancelation_date")
	return _missing(contract, getdate(on), invoices, stopped)


def told(contract: Document, period: Period) -> str:
	"""What is said of a period whose fee is not invoiced."""
	return _("Fee not invoiced: {0} for {1} to {2}").format(
		fmt_money(fee_of(contract, period), currency=contract.currency),
		frappe.format(period.first, "Date"),
		frappe.format(period.last, "Date"),
	)


def fee_of(contract: Document, period: Period) -> float:
	"""Net fee of a period in the currency of the contract."""
	return flt(sum(_rate(contract, row, period) * exact(row.qty) for row in contract.plans))


def missing_in(company: str, first: date, last: date) -> Iterable[tuple[Document, list[Period]]]:
	"""Contracts of a company with the periods due from `first` to `last`, and by now, that nobody invoiced."""
	names = frappe.get_all(
		CONTRACT,
		{
			"company": company,
			"docstatus": 1,
			"subscription": ("is", "set"),
			"start_date": ("<=", last),
			"end_date": (">=", first),
		},
		pluck="name",
		order_by="name asc",
	)
	contracts = [frappe.get_cached_doc(CONTRACT, name) for name in names]
	invoices = _invoices([contract.subscription for contract in contracts])
	stopped = dict(
		frappe.get_all(
			SUBSCRIPTION,
			{"name": ("in", [contract.subscription for contract in contracts])},
			["name", "cancelation_date"],
			as_list=True,
		)
		if contracts
		else ()
	)
	for contract in contracts:
		found = _missing(
			contract,
			min(last, getdate()),
			invoices[contract.subscription],
			stopped.get(contract.subscription),
		)
		found = [period for period in found if period.due_on(_in_advance(contract)) >= first]
		if found:
			yield contract, found


def drafts(company: str, first: date, last: date) -> list[frappe._dict]:
	"""Draft invoices of fees dated in a period: name, contract, posting_date, customer, currency, grand_total."""
	invoice, contract = frappe.qb.DocType(INVOICE), frappe.qb.DocType(CONTRACT)
	return (
		frappe.qb.from_(invoice)
		.join(contract)
		.on((contract.subscription == invoice.subscription) & (contract.docstatus == 1))
		.select(
			invoice.name,
			contract.name.as_("contract"),
			invoice.posting_date,
			invoice.customer,
			invoice.currency,
			invoice.grand_total,
		)
		.where((invoice.company == company) & (invoice.docstatus == 0) & (invoice.is_return == 0))
		.where(invoice.posting_date[first:last] & (contract.subscription != ""))
		.orderby(invoice.posting_date)
		.orderby(invoice.name)
	).run(as_dict=True)


def _missing(
	contract: Document, on: date, invoices: list[frappe._dict], stopped: date | None
) -> list[Period]:
	in_advance = _in_advance(contract)
	return [
		period
		for period in periods_of(contract, stopped and getdate(stopped))
		if period.due_on(in_advance) <= on and not _is_on(invoices, period, (0, 1))
	]


def _is_on(invoices: Iterable[frappe._dict], period: Period, states: tuple[int, ...]) -> bool:
	return any(row.docstatus in states and row.from_date <= period.first <= row.to_date for row in invoices)


def _invoices(subscriptions: list[str], for_update: bool = False) -> dict[str, list[frappe._dict]]:
	"""The fee invoices of subscriptions, cancelled ones too, credit notes left out."""
	found: dict[str, list[frappe._dict]] = defaultdict(list)
	if not subscriptions:
		return found
	invoice = frappe.qb.DocType(INVOICE)
	query = (
		frappe.qb.from_(invoice)
		.select(invoice.subscription, invoice.from_date, invoice.to_date, invoice.docstatus)
		.where(invoice.subscription.isin(subscriptions) & (invoice.is_return == 0))
		.where(invoice.from_date.isnotnull() & invoice.to_date.isnotnull())
		.orderby(invoice.from_date)
		.orderby(invoice.name)
	)
	for row in (query.for_update() if for_update else query).run(as_dict=True):
		found[row.subscription].append(row)
	return found


def _in_advance(contract: Document) -> bool:
	return contract.invoice_at != IN_ARREARS


def _cycle(contract: Document) -> Cycle | None:
	if not contract.plans:
		return None
	interval, count = frappe.get_cached_value(
		"Subscription Plan", contract.plans[0].plan, ["billing_interval", "billing_interval_count"]
	)
	return Cycle(interval, max(cint(count), 1))


# ---------------------------------------------------------------- prices


def agree_prices(contract: Document) -> None:
	"""The price of each plan on the day of submission is the contract's until it ends, unless one was entered."""
	first = next(periods_of(contract), None)
	if not first:
		return
	for row in contract.plans:
		if not flt(row.get(RATE)):
			row.set(RATE, _plan_price(contract, row, first))


def _rate(contract: Document, row: Document, period: Period) -> Decimal:
	whole = flt(row.get(RATE)) or _plan_price(contract, row, period)
	return period.fee(exact(whole, contract.currency), unit(contract.currency))


def _plan_price(contract: Document, row: Document, period: Period) -> float:
	"""What ERPNext asks for a whole period of a plan; by the month it counts every month begun."""
	plan = frappe.get_cached_doc("Subscription Plan", row.plan)
	months = _cycle(contract).months
	if plan.price_determination == "Monthly Rate" and months:
		return flt(plan.cost) * months
	return flt(get_plan_rate(row.plan, row.qty, contract.customer, period.first, period.whole_last))


# ---------------------------------------------------------------- making the invoices


def invoice_due_fees() -> None:
	"""Daily: every fee that is due and not invoiced, of all contracts, whatever days the scheduler missed.

	One that cannot be invoiced is logged, tried again the next day, and listed by Service Revenue Reconciliation.
	"""
	contract, subscription = frappe.qb.DocType(CONTRACT), frappe.qb.DocType(SUBSCRIPTION)
	query = (
		frappe.qb.from_(contract)
		.join(subscription)
		.on(subscription.name == contract.subscription)
		.select(contract.name)
		.where((contract.docstatus == 1) & (contract.start_date <= getdate()))
		.where(subscription.status != "Cancelled")
		.orderby(contract.name)
	)
	for name in query.run(pluck=True):
		if missing(frappe.get_cached_doc(CONTRACT, name)):
			with one_of_many(f"Fee of {name} was not invoiced", CONTRACT, name):
				invoice(name)


def invoice(contract: str, again: bool = False) -> list[str]:
	"""Invoice the periods of a contract that are due, dated today; the names, oldest period first.

	The contract's row is locked. A period whose invoice was cancelled is left to the accountant unless `again`.

	Raises:
		frappe.ValidationError: an invoice cannot be made; none is.
	"""
	lock(CONTRACT, contract)
	doc = frappe.get_doc(CONTRACT, contract, for_update=True)
	made = [
		_make(doc, period)
		for period in missing(doc, for_update=True)
		if again or not _is_on(_invoices([doc.subscription])[doc.subscription], period, (2,))
	]
	if made:
		follow_calendar(doc.subscription)
	return made


def follow_calendar(name: str) -> None:
	"""Set the current period of a Subscription, which others may have locked for editing, past its form."""
	subscription = frappe.get_doc(SUBSCRIPTION, name)
	set_next_period(subscription)
	fields = ("current_invoice_start", "current_invoice_end", "status", "cancelation_date")
	subscription.db_set({field: subscription.get(field) for field in fields})


def _make(contract: Document, period: Period) -> str:
	"""The invoice as ERPNext's Subscription makes it, for the user whose right to the contract was checked before."""
	subscription = frappe.get_doc(SUBSCRIPTION, contract.subscription)
	subscription.update({"current_invoice_start": period.first, "current_invoice_end": period.last})
	fee = frappe.get_doc(
		{
			"doctype": INVOICE,
			"company": contract.company,
			"customer": contract.customer,
			"currency": contract.currency,
			"set_posting_time": 1,  # a draft keeps the day of its making, as ERPNext's own do
			"posting_date": getdate(),
			"cost_center": subscription.cost_center,
			"subscription": subscription.name,
			"from_date": period.first,
			"to_date": period.last,
			"items": _rows(subscription),
			**_dimensions(subscription),
			**_discount(subscription),
		}
	)
	if subscription.sales_tax_template:
		fee.taxes_and_charges = subscription.sales_tax_template
		fee.set_taxes()
	if cint(subscription.days_until_due):
		due = add_days(fee.posting_date, cint(subscription.days_until_due))
		fee.append("payment_schedule", {"due_date": due, "invoice_portion": 100})
	fee.flags.ignore_permissions = fee.flags.ignore_mandatory = True
	fee.set_missing_values()
	fee.insert()
	if cint(subscription.submit_invoice):
		fee.submit()
	return fee.name


def _rows(subscription: Document) -> list[dict]:
	rows = subscription.get_items_from_plans(subscription.plans)
	return [{**row, "cost_center": row.get("cost_center") or subscription.cost_center} for row in rows]


def _dimensions(subscription: Document) -> dict:
	from erpnext.accounts.doctype.accounting_dimension.accounting_dimension import get_accounting_dimensions

	return {
		field: subscription.get(field) for field in get_accounting_dimensions() if subscription.get(field)
	}


def _discount(subscription: Document) -> dict:
	values = {
		"additional_discount_percentage": flt(subscription.additional_discount_percentage),
		"discount_amount": flt(subscription.additional_discount_amount),
	}
	if not any(values.values()):
		return {}
	return {**values, "apply_discount_on": subscription.apply_additional_discount or "Grand Total"}


# ---------------------------------------------------------------- doc_events


def claim_period(fee: Document, method: str | None = None) -> None:
	"""before_insert of a Sales Invoice: one for a period of a contract holds that period's key, at its price.

	Raises:
		frappe.ValidationError: the period lies after the end of the contract.
	"""
	if fee.get("is_return") or not all(fee.get(field) for field in ("subscription", "from_date", "to_date")):
		return
	contract = _contract_of(fee.subscription)
	if not contract:
		return
	if getdate(fee.from_date) > getdate(contract.end_date):
		frappe.throw(
			_("{0} ends on {1}: the period that begins on {2} cannot be invoiced.").format(
				get_link_to_form(CONTRACT, contract.name),
				frappe.format(contract.end_date, "Date"),
				frappe.format(fee.from_date, "Date"),
			)
		)
	fee.set(KEY, posting_key(CONTRACT, contract.name, f"Fee/{getdate(fee.from_date)}"))
	if not fee.get("amended_from"):
		_set_prices(fee, contract)
		_set_taxes(fee)


def free_period(fee: Document, method: str | None = None) -> None:
	"""on_cancel of a Sales Invoice: its period may be invoiced again."""
	if fee.get("subscription") and (fee.get(KEY) or "").startswith(f"{CONTRACT}/"):
		fee.db_set(KEY, None, update_modified=False)


def set_next_period(subscription: Document, method: str | None = None) -> None:
	"""validate of a Subscription: its current period is the contract's first one that is not invoiced.

	When none is left it is stopped on the last day of the contract.
	"""
	if subscription.get("aftersales_voucher_type") != CONTRACT or not subscription.aftersales_voucher:
		return
	contract = frappe.get_doc(CONTRACT, subscription.aftersales_voucher)
	invoices = _invoices([subscription.name])[subscription.name] if not subscription.is_new() else []
	left = next(
		(period for period in periods_of(contract) if not _is_on(invoices, period, (0, 1, 2))),
		None,
	)
	if left:
		subscription.update({"current_invoice_start": left.first, "current_invoice_end": left.last})
	elif subscription.status != "Cancelled":
		subscription.update({"status": "Cancelled", "cancelation_date": getdate(contract.end_date)})


def _contract_of(subscription: str) -> Document | None:
	name = frappe.db.get_value(
		SUBSCRIPTION, {"name": subscription, "aftersales_voucher_type": CONTRACT}, "aftersales_voucher"
	)
	return frappe.get_doc(CONTRACT, name) if name and frappe.db.exists(CONTRACT, name) else None


def _set_taxes(fee: Document) -> None:
	"""The taxes of the customer's other invoices of the day, unless the Subscription names a template.

	ERPNext puts none on a Subscription's invoices, or for years those of the day on which it was made.
	"""
	if fee.taxes:
		return
	fee.taxes_and_charges = fee.taxes_and_charges or tax_template_of(fee.customer, fee.company)
	if fee.taxes_and_charges:
		fee.set_taxes()


def _set_prices(fee: Document, contract: Document) -> None:
	"""The price of each plan for the days invoiced, and the days over which a deferred fee is earned."""
	first, last = getdate(fee.from_date), getdate(fee.to_date)
	period = next((one for one in periods_of(contract) if one.first == first), None)
	if not period:
		return  # of a contract whose periods were counted otherwise when it was invoiced
	period = period.until(last)
	for row, item in zip(contract.plans, fee.items, strict=False):
		if frappe.get_cached_value("Subscription Plan", row.plan, "item") != item.item_code:
			continue
		rate = flt(_rate(contract, row, period))
		item.update({"rate": rate, "price_list_rate": rate, "discount_percentage": 0, "discount_amount": 0})
		if item.get("enable_deferred_revenue"):
			item.update({"service_start_date": first, "service_end_date": last})
			if last < getdate(fee.posting_date):  # earned already; ERPNext would refuse to defer it
				item.enable_deferred_revenue = 0
	fee.ignore_pricing_rule = 1  # the price was agreed
