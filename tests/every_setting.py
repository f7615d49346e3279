"""Settings of ERPNext that change what a job books: a choice on each of AXES, and a shop that is set like it.

tests/every_history.py does the jobs and compares the reports; tests/integration/test_every_setting.py runs a sample
that has each choice, `make settings` one in which each three choices meet.
"""

from itertools import combinations, product

import frappe
from frappe.utils import nowdate

from tests import factories as make

AXES: dict[str, tuple] = {
	"inventory": ("perpetual", "periodic"),
	"delivery": ("by invoice", "by delivery note"),
	"discount": ("net", "own account"),
	"taxes": ("excluded", "included"),
	"currency": ("EUR", "USD"),
	"accounts": ("by category", "defaults"),
	"rounding": ("cents", "five cents"),
	"deferred": ("no", "in the ledger", "by journal"),
}
Setting = dict[str, str]


def every_setting() -> list[Setting]:
	"""All of them: the product of the axes."""
	return [dict(zip(AXES, chosen, strict=True)) for chosen in product(*AXES.values())]


def covering(strength: int) -> list[Setting]:
	"""As few settings as a greedy search finds so that each `strength` choices of different axes meet in one."""
	wanted = {
		frozenset(zip(axes, choices, strict=True))
		for axes in combinations(AXES, strength)
		for choices in product(*(AXES[axis] for axis in axes))
	}
	every = [(setting, _met_in(setting, strength)) for setting in every_setting()]
	chosen: list[Setting] = []
	while wanted:
		setting, met = max(every, key=lambda one: len(wanted & one[1]))
		wanted -= met
		chosen.append(setting)
	return chosen


def _met_in(setting: Setting, strength: int) -> set[frozenset]:
	return {frozenset(choices) for choices in combinations(setting.items(), strength)}


def name_of(setting: Setting) -> str:
	return "-".join(choice.replace(" ", "_") for choice in setting.values())


# ---------------------------------------------------------------- settings


def shop_with(setting: Setting) -> frappe._dict:
	"""A shop whose company, customer and items are set as `setting` says."""
	shop = make.shop()
	make.receive(shop.seal, 100, 12.337, shop.van)  # 12.3518181... on the average
	make.cash_mode()
	shop.contract_expense = make.account("Contract Service Expense", "Direct Expenses")
	shop.discounts = make.account("Discounts Given", "Indirect Expenses")
	shop.freight = make.account("Freight Income", "Direct Income")
	make.category_accounts("B", expense_account=shop.contract_expense, cost_center=shop.cost_center)
	make.settings(small_fee_limit=500, excess_item=make.service_item("Contract Excess", uom="Nos"))
	shop.setting = setting
	for axis in (
		"inventory",
		"delivery",
		"discount",
		"taxes",
		"currency",
		"accounts",
		"rounding",
		"deferred",
	):
		_SETTERS[axis](shop, setting[axis])
	frappe.local.enable_perpetual_inventory = {}
	frappe.clear_cache()
	return shop


def _set_inventory(shop, choice: str) -> None:
	frappe.db.set_value("Company", make.COMPANY, "enable_perpetual_inventory", int(choice == "perpetual"))


def _set_delivery(shop, choice: str) -> None:
	needed = "Yes" if choice == "by delivery note" else "No"
	frappe.get_doc("Selling Settings").update({"dn_required": needed}).save()


def _set_discount(shop, choice: str) -> None:
	frappe.db.set_single_value("Selling Settings", "enable_discount_accounting", int(choice == "own account"))


def _set_taxes(shop, choice: str) -> None:
	template = frappe.get_doc("Sales Taxes and Charges Template", shop.vat)
	template.taxes[0].included_in_print_rate = int(choice == "included")
	template.save()


def _set_currency(shop, choice: str) -> None:
	if choice == "EUR":
		return
	make.make(
		"Currency Exchange",
		from_currency=choice,
		to_currency="EUR",
		exchange_rate=0.8,
		for_selling=1,
		for_buying=1,
		date=nowdate(),
	)
	frappe.db.set_single_value(
		"Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1
	)
	shop.customer = make.customer("Hudson Import", default_currency=choice)


def _set_accounts(shop, choice: str) -> None:
	if choice == "defaults":
		make.category_accounts("A")


def _set_rounding(shop, choice: str) -> None:
	for currency in ("EUR", "USD"):
		smallest = 0.05 if choice == "five cents" else 0
		frappe.db.set_value("Currency", currency, "smallest_currency_fraction_value", smallest)


def _set_deferred(shop, choice: str) -> None:
	if choice == "no":
		return
	account = make.account("Deferred Service Income", "Current Liabilities")
	frappe.db.set_value("Company", make.COMPANY, "default_deferred_revenue_account", account)
	frappe.get_doc("Item", shop.hour).update({"enable_deferred_revenue": 1, "no_of_months": 12}).save()
	frappe.db.set_single_value(
		"Accounts Settings", "book_deferred_entries_via_journal_entry", int(choice == "by journal")
	)
	frappe.db.set_single_value("Accounts Settings", "submit_journal_entries", 1)


_SETTERS = {axis: globals()[f"_set_{axis}"] for axis in AXES}
