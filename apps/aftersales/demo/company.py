"""The demo company: an Irish service agency with its people, accounts, prices, stock and customers.

Everything is made when missing and left alone when there, so that a second run changes nothing. All
names, brands, addresses and registration numbers are invented; telephone numbers are from the range
that ComReg keeps free for drama (020 91x xxxx), e-mail addresses end in reserved names.

Prices are without VAT. Irish VAT on repairs is 13.5 %, as long as the parts of a job cost us no more
than two thirds of its price (the two-thirds rule); no job of the demo comes near.
"""

from datetime import date

import frappe
from frappe import _
from frappe.utils import add_days, getdate
from frappe.utils.password import update_password

from aftersales.demo.clock import present

COMPANY = "Liffey Service Ltd"
PASSWORD = "liffey-demo"
"""Of all demo users, who exist on the demo's own site only."""
PRICE_LIST = "Standard Selling"
TAX_TEMPLATE = "VAT 13.5% on Services"
BANK_ACCOUNT = "Current Account"
COST_CENTER = "Service"
BANK_MODE = "Wire Transfer"
WORKSHOP = "Workshop Store"
VAN_AOIFE = "Van Aoife"
VAN_DECLAN = "Van Declan"
LOANERS = "Loaners"
LENT_OUT = "Lent to Customers"
AGENT = "sean@liffey.example"
SUPERVISOR = "orla@liffey.example"
ACCOUNTANT = "grainne@liffey.example"
MANAGER = "fionn@liffey.example"
AOIFE = "aoife@liffey.example"
DECLAN = "declan@liffey.example"
NIAMH = "niamh@liffey.example"
RONAN = "ronan@liffey.example"
PEOPLE = (
	(AGENT, "Seán", "Kavanagh", ("Service Agent",)),
	(SUPERVISOR, "Orla", "Nolan", ("Service Supervisor", "Sales User", "Stock User")),
	(AOIFE, "Aoife", "Brennan", ("Service Technician",)),
	(DECLAN, "Declan", "Walsh", ("Service Technician",)),
	(RONAN, "Ronan", "Casey", ("Service Technician",)),
	(NIAMH, "Niamh", "Doyle", ("Workshop Technician",)),
	(ACCOUNTANT, "Gráinne", "Murphy", ("Service Accountant", "Accounts User")),
	(MANAGER, "Fionn", "Kelly", ("Service Manager", "Accounts Manager", "Stock Manager", "Sales Manager")),
)
"""User, first name, last name, roles."""
ACCOUNTS = (
	("Repair Income", "Direct Income", ""),
	("Parts Used in Repairs", "Direct Expenses", "Cost of Goods Sold"),
	("Contract Service Expense", "Direct Expenses", ""),
	("Warranty Expense", "Direct Expenses", ""),
	("Internal Service Expense", "Direct Expenses", ""),
	("Goodwill Expense", "Direct Expenses", ""),
	("Labour Recovery", "Direct Expenses", ""),
	(BANK_ACCOUNT, "Bank Accounts", "Bank"),
)
"""Account, its group, its type. Wages are booked elsewhere: Labour Recovery takes the hours of a job
out of them again, so that the expense account of a category shows what its work cost."""
CATEGORY_ACCOUNTS = {
	"A": ("Repair Income", "Parts Used in Repairs", None),
	"B": (None, "Contract Service Expense", "Contract Service Expense"),
	"C": (None, "Warranty Expense", "Warranty Expense"),
	"D": (None, "Internal Service Expense", "Internal Service Expense"),
	"Goodwill": (None, "Goodwill Expense", "Goodwill Expense"),
}
"""Service category: income account, parts expense account, labour expense account."""
ZONES = {
	"Zone 1 (0-20 km)": "D01 D02 D03 D04 D05 D06 D6W D07 D08 D09 D10 D11 D12 D13 D14 D15 D16 D17 D18 D20 D22 D24 A94 A96 K78",
	"Zone 2 (20-60 km)": "A63 A67 A98 K32 K34 K36 K45 K67 W12 W23 W91 R51 C15",
	"Zone 3 (60-150 km)": "A91 A92 N37 N39 N91 R14 R32 R93 R95 Y14 Y21 Y25 E41",
	"Zone 4 (over 150 km)": "T12 T23 V94 H91 F91 X91",
}
"""Routing keys of Eircodes by driving distance from the workshop in Dublin 12."""
VENDOR_REPAIR = "VENDOR-REPAIR"
"""What is bought from a vendor who repairs, and charged on to the customer."""
DAYS_IN_BUSINESS = 400
"""The opening stock was counted so many days before today."""
DAYS_OF_CONTRACTS = 366
"""So far back a fee of a contract in force was invoiced."""


def build() -> None:
	"""Make whatever is missing of the company itself. Runs as Administrator.

	Raises:
		frappe.ValidationError: the site is not the demo's: it has no company Liffey Service Ltd.
	"""
	_require_company()
	_fiscal_years()
	_accounts()
	_tax_template()
	_price_list_and_payment()
	_letter_head()
	_mail_account()
	_warehouses()
	_categories()
	_zones()
	_people()


def of_company(name: str) -> str:
	"""The full name of an account, cost centre, warehouse or tax template of the demo company."""
	return f"{name} - {frappe.get_cached_value('Company', COMPANY, 'abbr')}"


def _require_company() -> None:
	if not frappe.db.exists("Company", COMPANY):
		frappe.throw(
			_("This site has no company {0}. The demo is built on a site of its own: make demo.").format(
				COMPANY
			)
		)


def _fiscal_years() -> None:
	for days in (0, DAYS_IN_BUSINESS, DAYS_OF_CONTRACTS):
		day = add_days(present().date(), -days)
		year = getdate(day).year
		covered = frappe.db.exists(
			"Fiscal Year", {"year_start_date": ("<=", day), "year_end_date": (">=", day), "disabled": 0}
		)
		if not covered:
			ensure(
				"Fiscal Year",
				str(year),
				year=str(year),
				year_start_date=date(year, 1, 1),
				year_end_date=date(year, 12, 31),
			)


def _accounts() -> None:
	for name, group, account_type in ACCOUNTS:
		ensure(
			"Account",
			of_company(name),
			account_name=name,
			parent_account=of_company(group),
			account_type=account_type,
			company=COMPANY,
		)
	root = frappe.db.get_value("Cost Center", {"company": COMPANY, "is_group": 1}, "name", order_by="lft asc")
	ensure(
		"Cost Center",
		of_company(COST_CENTER),
		cost_center_name=COST_CENTER,
		parent_cost_center=root,
		company=COMPANY,
	)


def _tax_template() -> None:
	ensure(
		"Sales Taxes and Charges Template",
		of_company(TAX_TEMPLATE),
		title=TAX_TEMPLATE,
		company=COMPANY,
		is_default=1,
		taxes=[
			{
				"charge_type": "On Net Total",
				"account_head": of_company("VAT"),
				"description": "VAT 13.5 %",
				"rate": 13.5,
				"cost_center": of_company(COST_CENTER),
			}
		],
	)


def _price_list_and_payment() -> None:
	ensure("Price List", PRICE_LIST, price_list_name=PRICE_LIST, currency="EUR", selling=1)
	bank = of_company(BANK_ACCOUNT)
	if not frappe.db.get_value("Company", COMPANY, "default_bank_account"):
		company = frappe.get_doc("Company", COMPANY)
		company.update(
			{"default_bank_account": bank, "phone_no": phone("0100"), "email": "service@liffey.example"}
		)
		company.save()
	mode = frappe.get_doc("Mode of Payment", BANK_MODE)
	if not any(row.company == COMPANY for row in mode.accounts):
		mode.append("accounts", {"company": COMPANY, "default_account": bank})
		mode.save()


def _letter_head() -> None:
	ensure(
		"Letter Head",
		COMPANY,
		letter_head_name=COMPANY,
		source="HTML",
		content=(
			f"<p><strong>{COMPANY}</strong><br>Unit 4, Greenhills Court, Dublin 12, D12 X1Z0<br>"
			f"{phone('0100')} &middot; service@liffey.example</p>"
		),
		is_default=1,
	)


def _mail_account() -> None:
	"""Whom mails are from. The demo's site sends none: they wait in its Email Queue, to be read."""
	name = "Liffey Service"
	ensure(
		"Email Account",
		name,
		email_account_name=name,
		email_id="service@liffey.example",
		enable_outgoing=1,
		default_outgoing=0 if frappe.db.exists("Email Account", {"default_outgoing": 1}) else 1,
		smtp_server="mail.liffey.example",
		no_smtp_authentication=1,
	)


def _warehouses() -> None:
	parent = frappe.db.get_value("Warehouse", {"company": COMPANY, "is_group": 1}, "name", order_by="lft asc")
	for name in (WORKSHOP, VAN_AOIFE, VAN_DECLAN, LOANERS, LENT_OUT):
		ensure("Warehouse", of_company(name), warehouse_name=name, parent_warehouse=parent, company=COMPANY)


def _categories() -> None:
	for name, (income, expense, labour) in CATEGORY_ACCOUNTS.items():
		category = frappe.get_doc("Service Category", name)
		if any(row.company == COMPANY for row in category.accounts):
			continue
		category.append(
			"accounts",
			{
				"company": COMPANY,
				"income_account": income and of_company(income),
				"expense_account": of_company(expense),
				"cost_center": of_company(COST_CENTER),
				"labour_expense_account": labour and of_company(labour),
				"labour_recovery_account": labour and of_company("Labour Recovery"),
			},
		)
		category.save()


def _zones() -> None:
	for name, codes in ZONES.items():
		zone = frappe.get_doc("Service Zone", name)
		if not zone.postal_codes:
			zone.postal_codes = "\n".join(codes.split())
			zone.save()


def _people() -> None:
	for email, first_name, last_name, roles in PEOPLE:
		if frappe.db.exists("User", email):
			continue
		frappe.get_doc(
			{
				"doctype": "User",
				"email": email,
				"first_name": first_name,
				"last_name": last_name,
				"send_welcome_email": 0,
				"roles": [{"role": role} for role in roles],
			}
		).insert()
		update_password(email, PASSWORD)


def phone(digits: str) -> str:
	return f"+353 20 910 {digits}"


def ensure(doctype: str, name: str, **values) -> None:
	if not frappe.db.exists(doctype, name):
		frappe.get_doc({"doctype": doctype, **values}).insert(set_name=name)
