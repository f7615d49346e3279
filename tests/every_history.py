"""Histories of jobs made up from a number, and what the reports must add up to after them, whatever ERPNext is set to.

`histories` gives the same sequence of jobs for the same number: another order, other quantities, for each. `compare`
holds every report against the ledgers, read by plain SQL, and against what the histories say they left open.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import frappe
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return as return_note
from frappe.utils import add_days, flt, getdate, nowdate

from aftersales.core.report_filters import Scope
from aftersales.service_accounts import reconciliation
from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_accounts.report.cash_with_technicians import cash_with_technicians
from aftersales.service_accounts.report.contract_profitability import contract_profitability
from aftersales.service_accounts.report.job_profitability import job_profitability
from aftersales.service_accounts.report.service_revenue_reconciliation import service_revenue_reconciliation
from aftersales.service_accounts.report.unbilled_work import unbilled_work
from aftersales.service_accounts.report.warranty_cost import warranty_cost
from aftersales.service_billing.credits import bill_again
from aftersales.service_cash.cash import receive_cash
from aftersales.service_posting.part_returns import return_part
from tests import factories as make
from tests.jobs import KINDS, billed, done


@dataclass
class Left:
	"""What the histories left behind, as they say themselves."""

	breaks: Counter = field(default_factory=Counter)
	cash: float = 0
	drafts: dict[str, float] = field(default_factory=dict)
	contract_invoices: list[str] = field(default_factory=list)


def histories(shop: frappe._dict, number: int) -> Left:
	"""Do all kinds of histories, in the order and with the quantities of `number`."""
	luck, left = random.Random(number), Left()
	kinds = list(HISTORIES)
	luck.shuffle(kinds)
	for kind in kinds:
		kind(shop, luck, left)
	if shop.setting["deferred"] != "no":
		_recognise()
	return left


def _lines(shop, luck: random.Random) -> dict:
	return {
		"labour": [make.hours(luck.choice((0.25, 1, 1.5))), make.hours(0.5, activity="Travel")],
		"parts": [make.part(shop.seal, luck.choice((1, 2, 3)))],
	}


def _job(shop, luck: random.Random, category="A", **values):
	values = {**_lines(shop, luck), **values}
	return done(shop, values.pop("kind", luck.choice(KINDS)), category, **values)


def _submit(doc, **changes):
	"""The accountant changes the draft and submits it."""
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	if changes:
		invoice.update(changes)
		invoice.save()
	invoice.submit()
	doc.reload()
	return invoice


def _paid(shop, luck, left) -> None:
	invoice = _submit(_job(shop, luck))
	payment = get_payment_entry("Sales Invoice", invoice.name, bank_account=f"Cash - {make.ABBR}")
	payment.insert().submit()


def _discounted(shop, luck, left) -> None:
	for base in ("Net Total", "Grand Total"):
		_submit(
			_job(shop, luck),
			apply_discount_on=base,
			additional_discount_percentage=luck.choice((5, 10, 33)),
			additional_discount_account=shop.discounts,
		)


def _charged_freight(shop, luck, left) -> None:
	doc = _job(shop, luck)
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice)
	invoice.append(
		"taxes",
		{
			"charge_type": "Actual",
			"account_head": shop.freight,
			"description": "Freight",
			"tax_amount": luck.choice((3, 7.77)),
			"cost_center": shop.cost_center,
		},
	)
	invoice.save()
	invoice.submit()


def _in_warranty(shop, luck, left) -> None:
	broken = make.part(shop.seal, charge_to="Customer", charge_reason="Broken by the customer")
	doc = _job(shop, luck, "C", parts=[make.part(shop.seal, 2), broken])
	_submit(doc)
	_job(shop, luck, "C")


def _internal(shop, luck, left) -> None:
	_job(shop, luck, "D")
	_job(shop, luck, "Goodwill")


def _credited(shop, luck, left) -> None:
	"""In full; every other one is billed again. And one in part."""
	for again in (False, True):
		doc = _job(shop, luck)
		note = make_sales_return(_submit(doc).name)
		note.update_outstanding_for_self = 0
		note.insert().submit()
		if again:
			doc.reload()
			bill_again(doc.doctype, doc.name)
			doc.reload()
			_submit(doc)
	note = make_sales_return(_submit(_job(shop, luck)).name)
	note.items = note.items[:1]
	note.insert().submit()


def _under_contract(shop, luck, left) -> None:
	"""Shares, an excess; and a job in warranty that names the contract, which bears nothing of it."""
	contract = make.contract(make.customer(f"Contract {luck.random()}"), parts_share=50, excess_per_job=5)
	common = {"customer": contract.customer, "service_contract": contract.name}
	doc = _job(shop, luck, "B", kind="Service Voucher", **common)
	left.contract_invoices.append(_submit(doc).name)
	_job(shop, luck, "C", **common)


def _together(shop, luck, left) -> None:
	customer = make.customer(
		f"Together {luck.random()}",
		aftersales_invoicing="One Invoice per Customer",
		aftersales_billing_period="Day",
	)
	jobs = [_job(shop, luck, customer=customer) for _number in range(3)]
	billed(*jobs)
	jobs[0].reload()
	_submit(
		jobs[0],
		apply_discount_on="Grand Total",
		additional_discount_percentage=luck.choice((0, 7)),
		additional_discount_account=shop.discounts,
	)


def _in_cash(shop, luck, left) -> None:
	"""One receipt is handed over, one is paid out in part, one stays with the technician."""
	for number in range(3):
		doc = _job(shop, luck, kind="Service Voucher", cash_collected=20)
		_submit(doc)
		if number == 0:
			receive_cash(doc.name)
			continue
		if number == 1:
			doc.pay_out_cash(5, 20, "Change")
		left.breaks[Reason.CASH_NOT_HANDED_OVER] += 1
		left.cash += 15 if number == 1 else 20


def _cancelled(shop, luck, left) -> None:
	_job(shop, luck).cancel()


def _credited_and_cancelled(shop, luck, left) -> None:
	doc = _job(shop, luck)
	note = make_sales_return(_submit(doc).name)
	note.update_outstanding_for_self = 0
	note.insert().submit()
	if shop.setting["delivery"] == "by invoice":
		doc.reload()
		doc.cancel()


def _returned(shop, luck, left) -> None:
	"""Where parts leave by a Delivery Note, one comes back by a return."""
	if shop.setting["delivery"] != "by delivery note":
		return
	doc = _job(shop, luck, parts=[make.part(shop.seal, 3)])
	_submit(doc)
	back = return_note(doc.delivery_note)
	for row in back.items:
		row.qty = -1 if row.item_code == shop.seal else row.qty
	back.items = [row for row in back.items if row.item_code == shop.seal]
	back.insert().submit()


def _came_back(shop, luck, left) -> None:
	"""Where parts leave by a Stock Entry, one of three that were not used comes back, of whoever pays."""
	if shop.setting["delivery"] != "by invoice":
		return
	contract = make.contract(make.customer(f"Contract {luck.random()}"))
	for category, more in (
		("C", {}),
		("B", {"customer": contract.customer, "service_contract": contract.name}),
	):
		doc = _job(shop, luck, category, kind="Service Voucher", parts=[make.part(shop.seal, 3)], **more)
		return_part(doc.doctype, doc.name, doc.parts[0].name, 1, "Not used")


def _draft(shop, luck, left) -> None:
	doc = _job(shop, luck)
	left.breaks[Reason.DRAFT_INVOICE] += 1
	left.drafts[doc.currency] = flt(left.drafts.get(doc.currency, 0) + doc.amount_due, 2)


HISTORIES: tuple[Callable, ...] = (
	_paid,
	_discounted,
	_charged_freight,
	_in_warranty,
	_internal,
	_credited,
	_under_contract,
	_together,
	_in_cash,
	_cancelled,
	_credited_and_cancelled,
	_returned,
	_came_back,
	_draft,
)


def _recognise() -> None:
	"""What ERPNext's own monthly run does, at the end of today."""
	frappe.get_doc(
		{
			"doctype": "Process Deferred Accounting",
			"company": make.COMPANY,
			"type": "Income",
			"posting_date": nowdate(),
			"start_date": nowdate(),
			"end_date": nowdate(),
		}
	).insert().submit()


# ---------------------------------------------------------------- what must hold


def compare(shop: frappe._dict, left: Left) -> dict[str, tuple]:
	"""What each report says, and what the ledgers and the histories say; by label."""
	period = {"company": make.COMPANY, "from_date": add_days(nowdate(), -1), "to_date": nowdate()}
	scope = Scope(make.COMPANY, getdate(period["from_date"]), getdate(nowdate()))

	def added(report, *fields, **filters) -> list[float]:
		rows = report.execute({**period, **filters})[1]
		return [flt(sum(flt(row[field]) for row in rows), 2) for field in fields]

	summary = service_revenue_reconciliation.execute(period)[4]
	breaks = reconciliation.find(scope)
	unexpected = [one for one in breaks if one.reason not in left.breaks]
	found = {
		"breaks": (Counter(one.reason for one in breaks), left.breaks),
		"breaks that nobody planted": (unexpected, []),
		"red sums": (
			[one["label"] for one in summary if one["indicator"] == "Red" and one["label"] != "Breaks"],
			[],
		),
	}
	income, parts = _income(shop), _parts()
	for group in ("Job", "Customer", "Technician", "Service Category"):
		found[f"Job Profitability by {group}"] = (
			added(job_profitability, "income", "parts", group_by=group),
			[income, parts],
		)
	contracts = added(contract_profitability, "billed", "parts")
	of_contracts = _net(left.contract_invoices)
	found["Contract Profitability"] = (contracts, [of_contracts, _value_on(shop.contract_expense)])
	for group in ("Model", "Part", "Month"):
		found[f"Warranty Cost by {group}"] = (
			added(warranty_cost, "parts", "labour", group_by=group),
			[_value_on(shop.warranty), _on("Journal Entry", shop.warranty)],
		)
	found["Cash with Technicians"] = (added(cash_with_technicians, "amount"), [flt(left.cash, 2)])
	drafts: dict[str, float] = {}
	for row in unbilled_work.execute({"company": make.COMPANY})[1]:
		drafts[row.currency] = flt(drafts.get(row.currency, 0) + row.amount_due, 2)
	found["Unbilled Work"] = (drafts, left.drafts)
	return found


def _sum(statement: str, **values) -> float:
	((total,),) = frappe.db.sql(statement, {"company": make.COMPANY, **values})
	return flt(total, 2)


def _income(shop) -> float:
	"""All income of the company, discounts taken off: it sells nothing but service."""
	return _sum(
		"""select sum(gl.credit - gl.debit) from `tabGL Entry` gl join tabAccount account
		on account.name = gl.account where gl.company = %(company)s and gl.is_cancelled = 0
		and (account.root_type = 'Income' or account.name = %(discounts)s)""",
		discounts=shop.discounts,
	)


def _parts() -> float:
	"""What left the stock, from its own ledger; goods received are left out."""
	return _sum(
		"""select -sum(round(moved.stock_value_difference, 2)) from `tabStock Ledger Entry` moved
		left join `tabStock Entry` entry on entry.name = moved.voucher_no
		where moved.company = %(company)s and moved.is_cancelled = 0
		and (coalesce(entry.purpose, '') != 'Material Receipt' or entry.aftersales_voucher != '')"""
	)


def _on(voucher_type: str, account: str) -> float:
	return _sum(
		"""select sum(debit - credit) from `tabGL Entry` where company = %(company)s and is_cancelled = 0
		and voucher_type = %(type)s and account = %(account)s""",
		type=voucher_type,
		account=account,
	)


def _value_on(account: str) -> float:
	"""Parts that left stock to an expense account: by the ledger, or by the rows that name it without one."""
	if frappe.db.get_value("Company", make.COMPANY, "enable_perpetual_inventory"):
		return flt(_on("Stock Entry", account) + _on("Delivery Note", account), 2)
	return _sum(
		"""select sum(if(entry.purpose = 'Material Receipt', -row.amount, row.amount)) from `tabStock Entry Detail` row join `tabStock Entry` entry
		on entry.name = row.parent where entry.company = %(company)s and entry.docstatus = 1
		and row.expense_account = %(account)s""",
		account=account,
	) + _sum(
		"""select sum(round(row.incoming_rate * row.stock_qty, 2)) from `tabDelivery Note Item` row
		join `tabDelivery Note` note on note.name = row.parent where note.company = %(company)s
		and note.docstatus = 1 and row.expense_account = %(account)s""",
		account=account,
	)


def _net(invoices: list[str]) -> float:
	return flt(sum(frappe.db.get_value("Sales Invoice", name, "base_net_total") for name in invoices), 2)
