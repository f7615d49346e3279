"""The demo company: an Irish service agency with its people, accounts, prices, stock and customers.

Everything is made when missing and left alone when there, so that a second run changes nothing. All
names, brands, addresses and registration numbers are invented; telephone numbers are from the range
that ComReg keeps free for drama (020 91x xxxx), e-mail addresses end in reserved names.

Prices are without VAT. Irish VAT on repairs is 13.5 %, as long as the parts of a job cost us no more
than two thirds of its price (the two-thirds rule); no job of the demo comes near.
"""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.utils import add_days, cint, getdate, nowdate
from frappe.utils.password import update_password

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

TECHNICIANS = {
	"Aoife Brennan": {
		"user": AOIFE,
		"service_zone": "Zone 1 (0-20 km)",
		"van": VAN_AOIFE,
		"cost_rate": 31,
		"skills": (("Water Heaters", "Use", "RGI 30411", 400), ("Boilers", "Use", "RGI 30411", 400)),
	},
	"Declan Walsh": {
		"user": DECLAN,
		"service_zone": "Zone 2 (20-60 km)",
		"van": VAN_DECLAN,
		"cost_rate": 29.5,
		# His gas certificate ran out: the desk cannot send him to a boiler any more
		"skills": (
			("Machine Tools", "Both", "CNC service level 2", 600),
			("Boilers", "Use", "RGI 28790", -20),
		),
	},
	"Ronan Casey": {
		"user": RONAN,
		"service_zone": "Zone 1 (0-20 km)",
		"cost_rate": 34,
		"skills": (("Laboratory Instruments", "Both", "", None),),
	},
	"Niamh Doyle": {
		"user": NIAMH,
		"service_zone": "Zone 1 (0-20 km)",
		"cost_rate": 27,
		"skills": (("Water Heaters", "Use", "", None), ("Laboratory Instruments", "Use", "", None)),
	},
}
"""Cost rate in EUR per hour; skill: product group, kind of support, certificate, days until it ends."""

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

PRODUCT_GROUPS = ("Water Heaters", "Boilers", "Machine Tools", "Laboratory Instruments")

BRANDS = ("Calora", "Brisa", "Tornell", "Medira", "Vulkan")

PRODUCTS = (
	("CAL-GWH11", "Calora GWH 11 gas water heater", "Water Heaters", "Calora", 289, 549),
	("BRI-18", "Brisa 18 instant water heater, 18 kW", "Water Heaters", "Brisa", 214, 399),
	("TOR-250", "Tornell TR-250 CNC lathe", "Machine Tools", "Tornell", 29800, 38500),
	("MED-SP3", "Medira SP3 spectrophotometer", "Laboratory Instruments", "Medira", 4150, 6200),
)
"""Sold by us, each with a serial number and two years of warranty: buying and selling price in EUR."""

WARRANTY_DAYS = 730

CHARGES = (
	("LABOUR", "Labour", 72),
	("TRAVEL", "Travelling time", 54),
)
"""Billed by the hour: EUR."""

VENDOR_REPAIR = "VENDOR-REPAIR"
"""What is bought from a vendor who repairs, and charged on to the customer."""

PARTS = (
	("GVS-15U", "Gas valve seal, universal", "Nos", 16, "", 25, 6),
	("GVS-15", "Gas valve seal 15 mm", "Nos", 14.5, "", 20, 12),
	("IGN-E2", "Ignition electrode", "Nos", 29.5, "", 15, 12),
	("HX-GSK", "Heat exchanger gasket", "Nos", 24, "", 40, 12),
	("FLW-18", "Flow sensor", "Nos", 79, "", 30, 12),
	# None in stock: whoever needs one waits for it
	("HTB-18", "Heating block 18 kW", "Nos", 164, "", 60, 12),
	("PRV-3B", "Pressure relief valve 3 bar", "Nos", 21.5, "", 20, 12),
	("FAN-24", "Flue fan 24 kW", "Nos", 149, "", 45, 12),
	("PCB-C4", "Control board C4", "Nos", 189, "serial", 30, 12),
	("ENC-SP", "Spindle encoder 2048 ppr", "Nos", 780, "serial", 150, 12),
	("LMP-HAL", "Halogen lamp 12 V 20 W, aligned", "Nos", 64, "", 15, 6),
	("DESC-10", "Descaler, ready to use", "Litre", 16.8, "batch", 10, 0),
	("SEAL-PT", "Seal kit for pipe press tool", "Nos", 0, "", 30, 0),
)
"""Spare part: name, unit, selling price in EUR (0 is not for sale), how it is tracked, minutes to fit,
warranty in months."""

FITS = {
	"GVS-15": (("Calora", "GWH 11"), ("Calora", "GWH 14")),
	"IGN-E2": (("Calora", "GWH 11"), ("Vulkan", "Kompakt 24")),
	"HX-GSK": (("Vulkan", "Kompakt 24"),),
	"FLW-18": (("Brisa", "18"), ("Brisa", "21")),
	"HTB-18": (("Brisa", "18"),),
	"PRV-3B": (("Vulkan", "Kompakt 24"),),
	"FAN-24": (("Vulkan", "Kompakt 24"),),
	"PCB-C4": (("Calora", "GWH 11"), ("Brisa", "18")),
	"ENC-SP": (("Tornell", "TR-250"),),
	"LMP-HAL": (("Medira", "SP3"),),
	"DESC-10": (("Brisa", "18"), ("Calora", "GWH 11")),
}

SUBSTITUTES = {
	"GVS-15": (("GVS-15U", "trim to 15 mm, grease it"),),
}
"""Spare part: what may take its place, and what to mind then."""

SUPPLY_DAYS = {"GVS-15": 2100, "FLW-18": 900, "PCB-C4": 60, "ENC-SP": 1500}
"""Spare part: days for which its maker guarantees supply."""

BATCH = "DESC-10-A41"

OPENING_STOCK = {
	LOANERS: (("BRI-18", 2, 214, "LOAN-18-1 LOAN-18-2"),),
	WORKSHOP: (
		("GVS-15", 12, 6.4, ""),
		("IGN-E2", 10, 11.8, ""),
		("HX-GSK", 8, 9.75, ""),
		("FLW-18", 6, 38.6, ""),
		("PRV-3B", 10, 8.25, ""),
		("FAN-24", 3, 74.3, ""),
		("PCB-C4", 3, 96, "C4-70118 C4-70119 C4-70120"),
		("LMP-HAL", 4, 27.5, ""),
		("DESC-10", 40, 7.9, BATCH),
		("SEAL-PT", 3, 18.9, ""),
		("GVS-15U", 15, 7.1, ""),
	),
	VAN_AOIFE: (
		("GVS-15", 6, 6.4, ""),
		# The last one at last year's price, then ten at this year's: first in, first out
		("IGN-E2", 1, 11.2, ""),
		("IGN-E2", 10, 11.8, ""),
		("HX-GSK", 5, 9.75, ""),
		("PRV-3B", 6, 8.25, ""),
		("FAN-24", 1, 74.3, ""),
		("PCB-C4", 1, 96, "C4-70117"),
		("SEAL-PT", 2, 18.9, ""),
	),
	VAN_DECLAN: (
		("ENC-SP", 3, 412, "SE-2201 SE-2202 SE-2203"),
		("LMP-HAL", 2, 27.5, ""),
		("PRV-3B", 2, 8.25, ""),
	),
}
"""Warehouse: item, quantity, EUR each, serial numbers or batch."""

VAN_LISTS = {
	VAN_AOIFE: (
		("GVS-15", 6, 8),
		("IGN-E2", 4, 10),
		("HX-GSK", 2, 5),
		("FLW-18", 1, 2),
		("PRV-3B", 3, 6),
		("FAN-24", 1, 1),
		("SEAL-PT", 2, 2),
	),
	VAN_DECLAN: (("ENC-SP", 1, 3), ("LMP-HAL", 3, 5), ("PRV-3B", 2, 4)),
}
"""Van: item, minimum, maximum."""

DAYS_IN_BUSINESS = 160
"""The opening stock was counted so many days before today."""
DAYS_OF_CONTRACTS = 366
"""So far back a fee of a contract in force was invoiced."""

CUSTOMERS = (
	("Mary Byrne", "", "Mary", "Byrne", "0101", "14 Wharf Lane", "Ballsbridge, Dublin 4", "D04 X1A1"),
	(
		"Patrick O'Shea",
		"",
		"Patrick",
		"O'Shea",
		"0102",
		"3 Seafield Terrace",
		"Blackrock, Co. Dublin",
		"A94 X1B2",
	),
	("Cathal Lynch", "", "Cathal", "Lynch", "0103", "27 Mill Road", "Naas, Co. Kildare", "W91 X1C3"),
	("Siobhán Daly", "", "Siobhán", "Daly", "0104", "8 Orchard Close", "Lucan, Co. Dublin", "K78 X1D4"),
	("Tomás Healy", "", "Tomás", "Healy", "0105", "51 Station Road", "Bray, Co. Wicklow", "A98 X1E5"),
	("Eileen Power", "", "Eileen", "Power", "0106", "2 Chapel Street", "Dublin 8", "D08 X1F6"),
	(
		"Dodder Guesthouse",
		"Commercial",
		"Nuala",
		"Farrell",
		"0107",
		"19 Riverside Walk",
		"Dublin 6",
		"D06 X1G7",
	),
	(
		"Boyne Precision Ltd",
		"Commercial",
		"Kevin",
		"Moran",
		"0108",
		"Unit 6, Mell Business Park",
		"Drogheda, Co. Louth",
		"A92 X1H8",
	),
	(
		"Tolka Analytics Ltd",
		"Commercial",
		"Dr Aisling",
		"Quinn",
		"0109",
		"Unit 12, Glasnevin Science Park",
		"Dublin 11",
		"D11 X1J9",
	),
	(
		"St Brigid's College",
		"Non Profit",
		"Michael",
		"Tierney",
		"0110",
		"Abbey Street",
		"Kildare, Co. Kildare",
		"R51 X1K0",
	),
	(
		"Curragh Tool & Die",
		"Commercial",
		"Paula",
		"Geraghty",
		"0111",
		"4 Plains Industrial Estate",
		"Newbridge, Co. Kildare",
		"W12 X1L1",
	),
	(
		"Slaney Dairy Lab",
		"Commercial",
		"Owen",
		"Redmond",
		"0112",
		"Creamery Road",
		"Enniscorthy, Co. Wexford",
		"Y21 X1M2",
	),
	("Gerard Nugent", "", "Gerard", "Nugent", "0113", "33 Priory Grove", "Dublin 14", "D14 X1N3"),
	("Róisín Flynn", "", "Róisín", "Flynn", "0114", "6 Bayview", "Skerries, Co. Dublin", "K34 X1P4"),
	("Anna Kowalska", "", "Anna", "Kowalska", "0115", "Apt 12, Quayside Court", "Dublin 1", "D01 X1R5"),
	("Liam Tuohy", "", "Liam", "Tuohy", "0116", "Rathmore", "Athy, Co. Kildare", "R14 X1T6"),
	("Café Rialto", "Commercial", "Sinéad", "Hogan", "0117", "88 Canal Road", "Dublin 8", "D08 X1V7"),
	(
		"Meath Valley Brewing",
		"Commercial",
		"Donal",
		"Keogh",
		"0118",
		"Mill Lane",
		"Navan, Co. Meath",
		"C15 X1W8",
	),
)
"""Customer, group (empty: a household), contact, last digits of the telephone number, address."""

SALES = (
	("Boyne Precision Ltd", "TOR-250", "TR250-0417", 150),
	("Tolka Analytics Ltd", "MED-SP3", "SP3-1093", 95),
	("Siobhán Daly", "CAL-GWH11", "GWH11-88204", 60),
	("Dodder Guesthouse", "BRI-18", "B18-55120", 40),
)
"""Products sold: customer, item, serial number, days ago. Invoiced, delivered and paid."""

EQUIPMENT = (
	("Mary Byrne", "CAL-GWH11", "Calora", "GWH 11", "Water Heaters", "CW-2018-5531", -2900, -2170),
	("Patrick O'Shea", "BRI-18", "Brisa", "18", "Water Heaters", "BR18-20-771", -1900, -1170),
	("Boyne Precision Ltd", "TOR-250", "Tornell", "TR-250", "Machine Tools", "TR250-0417", -150, None),
	("Tolka Analytics Ltd", "MED-SP3", "Medira", "SP3", "Laboratory Instruments", "SP3-1093", -95, None),
	# Another maker's boiler, installed by somebody else: no item, no serial number in ERPNext
	("Cathal Lynch", "", "Vulkan", "Kompakt 24", "Boilers", "VK24-990173", -3300, None),
	("Siobhán Daly", "CAL-GWH11", "Calora", "GWH 11", "Water Heaters", "GWH11-88204", -60, None),
	("Dodder Guesthouse", "BRI-18", "Brisa", "18", "Water Heaters", "B18-55120", -40, None),
	("Dodder Guesthouse", "", "Vulkan", "Kompakt 35", "Boilers", "VK35-104488", -2400, None),
	("Tomás Healy", "", "Vulkan", "Kompakt 24", "Boilers", "VK24-771204", -2700, None),
	("Eileen Power", "", "Brisa", "21", "Water Heaters", "BR21-19-040", -2200, None),
	("St Brigid's College", "", "Medira", "SP2", "Laboratory Instruments", "SP2-0388", -3000, -2270),
	("Curragh Tool & Die", "", "Tornell", "TR-180", "Machine Tools", "TR180-0092", -2500, -1770),
	("Slaney Dairy Lab", "", "Medira", "SP2", "Laboratory Instruments", "SP2-0512", -1400, -670),
	("Gerard Nugent", "", "Brisa", "18", "Water Heaters", "BR18-21-316", -1600, -870),
	("Róisín Flynn", "", "Calora", "GWH 14", "Water Heaters", "CW-2020-1187", -2000, -1270),
	("Anna Kowalska", "", "Brisa", "21", "Water Heaters", "BR21-22-905", -1200, -470),
	("Liam Tuohy", "", "Vulkan", "Kompakt 24", "Boilers", "VK24-660018", -3600, None),
	("Café Rialto", "", "Brisa", "21", "Water Heaters", "BR21-20-412", -1800, -1070),
	("Café Rialto", "", "Brisa", "18", "Water Heaters", "BR18-20-413", -1800, -1070),
	("Meath Valley Brewing", "", "Medira", "SP2", "Laboratory Instruments", "SP2-0644", -1100, -370),
	("Meath Valley Brewing", "", "Calora", "GWH 14", "Water Heaters", "CW-2019-0733", -2300, -1570),
	("Meath Valley Brewing", "", "Calora", "GWH 14", "Water Heaters", "CW-2019-0734", -2300, -1570),
	("Meath Valley Brewing", "", "Medira", "SP2", "Laboratory Instruments", "SP2-0645", -1100, -370),
	("Tomás Healy", "", "Brisa", "18", "Water Heaters", "BR18-19-552", -2300, -1570),
	("St Brigid's College", "", "Medira", "SP2", "Laboratory Instruments", "SP2-0389", -3000, -2270),
	("Slaney Dairy Lab", "", "Medira", "SP2", "Laboratory Instruments", "SP2-0513", -1400, -670),
	("Liam Tuohy", "", "Calora", "GWH 11", "Water Heaters", "CW-2017-2210", -3200, -2470),
)
"""Customer, item, brand, model, product group, serial, days since purchase, days since the end of the
warranty (None: not known, or taken from the Serial No)."""


def build() -> None:
	"""Make whatever is missing of the demo company. Runs as Administrator.

	Raises:
		frappe.ValidationError: the site is not the demo's: it has no company Liffey Service Ltd.
	"""
	_require_company()
	_fiscal_years()
	_accounts()
	_tax_template()
	_price_list_and_payment()
	_letter_head()
	_warehouses()
	_items()
	_categories()
	_zones()
	_settings()
	_people()
	_technicians()
	_opening_stock()
	_customers()
	_sales()
	_equipment()


def of_company(name: str) -> str:
	"""The full name of an account, cost centre, warehouse or tax template of the demo company."""
	return f"{name} - {frappe.get_cached_value('Company', COMPANY, 'abbr')}"


def technician_of(user: str) -> str:
	"""Name of the Service Technician record of a demo user."""
	return next(name for name, values in TECHNICIANS.items() if values["user"] == user)


def product(serial: str) -> dict[str, str]:
	"""Customer and Customer Equipment of the demo product with this serial number."""
	found = frappe.db.get_value("Customer Equipment", {"serial_text": serial}, ["customer", "name"])
	return dict(zip(("customer", "equipment"), found or (), strict=False))


def _require_company() -> None:
	if not frappe.db.exists("Company", COMPANY):
		frappe.throw(
			_("This site has no company {0}. The demo is built on a site of its own: make demo.").format(
				COMPANY
			)
		)


def _fiscal_years() -> None:
	for days in (0, DAYS_IN_BUSINESS, DAYS_OF_CONTRACTS):
		day = add_days(nowdate(), -days)
		year = getdate(day).year
		covered = frappe.db.exists(
			"Fiscal Year", {"year_start_date": ("<=", day), "year_end_date": (">=", day), "disabled": 0}
		)
		if not covered:
			_ensure(
				"Fiscal Year",
				str(year),
				year=str(year),
				year_start_date=date(year, 1, 1),
				year_end_date=date(year, 12, 31),
			)


def _accounts() -> None:
	for name, group, account_type in ACCOUNTS:
		_ensure(
			"Account",
			of_company(name),
			account_name=name,
			parent_account=of_company(group),
			account_type=account_type,
			company=COMPANY,
		)
	root = frappe.db.get_value("Cost Center", {"company": COMPANY, "is_group": 1}, "name", order_by="lft asc")
	_ensure(
		"Cost Center",
		of_company(COST_CENTER),
		cost_center_name=COST_CENTER,
		parent_cost_center=root,
		company=COMPANY,
	)


def _tax_template() -> None:
	_ensure(
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
	_ensure("Price List", PRICE_LIST, price_list_name=PRICE_LIST, currency="EUR", selling=1)
	bank = of_company(BANK_ACCOUNT)
	if not frappe.db.get_value("Company", COMPANY, "default_bank_account"):
		company = frappe.get_doc("Company", COMPANY)
		company.update(
			{"default_bank_account": bank, "phone_no": _phone("0100"), "email": "service@liffey.example"}
		)
		company.save()
	mode = frappe.get_doc("Mode of Payment", BANK_MODE)
	if not any(row.company == COMPANY for row in mode.accounts):
		mode.append("accounts", {"company": COMPANY, "default_account": bank})
		mode.save()


def _letter_head() -> None:
	_ensure(
		"Letter Head",
		COMPANY,
		letter_head_name=COMPANY,
		source="HTML",
		content=(
			f"<p><strong>{COMPANY}</strong><br>Unit 4, Greenhills Court, Dublin 12, D12 X1Z0<br>"
			f"{_phone('0100')} &middot; service@liffey.example</p>"
		),
		is_default=1,
	)


def _warehouses() -> None:
	parent = frappe.db.get_value("Warehouse", {"company": COMPANY, "is_group": 1}, "name", order_by="lft asc")
	for name in (WORKSHOP, VAN_AOIFE, VAN_DECLAN, LOANERS, LENT_OUT):
		_ensure("Warehouse", of_company(name), warehouse_name=name, parent_warehouse=parent, company=COMPANY)


def _items() -> None:
	for name in ("Spare Parts", "Service Charges", *PRODUCT_GROUPS):
		_ensure("Item Group", name, item_group_name=name, parent_item_group="All Item Groups")
	for brand in BRANDS:
		_ensure("Brand", brand, brand=brand)
	for code, name, price in CHARGES:
		_item(code, name, "Service Charges", "Hour", is_stock_item=0, is_purchase_item=0)
		_price(code, price)
	_item(VENDOR_REPAIR, "Repair by a vendor", "Services", "Nos", is_stock_item=0)
	for code, name, group, brand, _buying, price in PRODUCTS:
		_item(code, name, group, "Nos", brand=brand, has_serial_no=1, warranty_period=WARRANTY_DAYS)
		_price(code, price)
	for code, name, uom, price, tracking, minutes, warranty in PARTS:
		_item(
			code,
			name,
			"Spare Parts",
			uom,
			is_sales_item=cint(price > 0),
			has_serial_no=cint(tracking == "serial"),
			has_batch_no=cint(tracking == "batch"),
		)
		if price:
			_price(code, price)
		_spare_part(code, minutes, warranty)
	_ensure("Batch", BATCH, batch_id=BATCH, item="DESC-10", expiry_date=add_days(nowdate(), 540))


def _item(code: str, name: str, group: str, uom: str, **values) -> None:
	_ensure(
		"Item",
		code,
		item_code=code,
		item_name=name,
		description=name,
		item_group=group,
		stock_uom=uom,
		item_defaults=[{"company": COMPANY, "selling_cost_center": of_company(COST_CENTER)}],
		**{"is_stock_item": 1, **values},
	)


def _price(code: str, price: float) -> None:
	if not frappe.db.exists("Item Price", {"item_code": code, "price_list": PRICE_LIST}):
		frappe.get_doc(
			{
				"doctype": "Item Price",
				"item_code": code,
				"price_list": PRICE_LIST,
				"price_list_rate": price,
				"valid_from": add_days(nowdate(), -DAYS_IN_BUSINESS),
			}
		).insert()


def _spare_part(code: str, minutes: int, warranty: int) -> None:
	_ensure(
		"Spare Part",
		code,
		item_code=code,
		fitting_minutes=minutes,
		part_warranty_months=warranty,
		fits=[{"brand": brand, "model": model} for brand, model in FITS.get(code, ())],
		substitutes=[{"item_code": other, "notes": notes} for other, notes in SUBSTITUTES.get(code, ())],
		supply_guaranteed_until=add_days(nowdate(), SUPPLY_DAYS[code]) if code in SUPPLY_DAYS else None,
	)


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


def _settings() -> None:
	settings = frappe.get_single("Aftersales Settings")
	wanted = {
		"default_company": COMPANY,
		"labour_item": "LABOUR",
		"travel_item": "TRAVEL",
		"vendor_repair_item": VENDOR_REPAIR,
		"small_fee_limit": 250,
		"loaner_warehouses": [
			{
				"company": COMPANY,
				"loaner_warehouse": of_company(LOANERS),
				"lent_out_warehouse": of_company(LENT_OUT),
			}
		],
	}
	missing = {fieldname: value for fieldname, value in wanted.items() if not settings.get(fieldname)}
	if missing:
		settings.update(missing)
		settings.save()


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


def _technicians() -> None:
	for name, values in TECHNICIANS.items():
		_ensure(
			"Service Technician",
			name,
			technician_name=name,
			company=COMPANY,
			user=values["user"],
			service_zone=values["service_zone"],
			van_warehouse=of_company(values["van"]) if values.get("van") else None,
			cost_rate=values["cost_rate"],
			supply_warehouse=of_company(WORKSHOP) if values.get("van") else None,
			van_stock=[
				{"item_code": code, "minimum": minimum, "maximum": maximum}
				for code, minimum, maximum in VAN_LISTS.get(values.get("van"), ())
			],
			skills=[
				{
					"item_group": group,
					"support_kind": kind,
					"certificate": certificate,
					"valid_until": None if days is None else add_days(nowdate(), days),
				}
				for group, kind, certificate, days in values["skills"]
			],
		)


def _opening_stock() -> None:
	for name, rows in OPENING_STOCK.items():
		warehouse = of_company(name)
		if not frappe.db.exists("Stock Ledger Entry", {"warehouse": warehouse}):
			_receive(warehouse, rows, DAYS_IN_BUSINESS)


def _receive(warehouse: str, rows: Iterable[tuple], days_ago: int) -> None:
	"""Stock brought in at the start of business: Stock Entry, Material Receipt, marked as opening."""
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"purpose": "Material Receipt",
			"company": COMPANY,
			"set_posting_time": 1,
			"posting_date": add_days(nowdate(), -days_ago),
			"posting_time": "08:00:00",
			"is_opening": "Yes",
			"items": [
				{
					"item_code": item_code,
					"qty": qty,
					"t_warehouse": warehouse,
					"basic_rate": rate,
					"expense_account": of_company("Temporary Opening"),
					"cost_center": of_company(COST_CENTER),
					"use_serial_batch_fields": 1,
					**_tracking(item_code, numbers),
				}
				for item_code, qty, rate, numbers in rows
			],
		}
	)
	entry.insert()
	entry.submit()


def _tracking(item_code: str, numbers: str) -> dict:
	if not numbers:
		return {}
	if frappe.get_cached_value("Item", item_code, "has_batch_no"):
		return {"batch_no": numbers}
	return {"serial_no": "\n".join(numbers.split())}


def _customers() -> None:
	for name, group, first_name, last_name, digits, street, town, eircode in CUSTOMERS:
		if frappe.db.exists("Customer", {"customer_name": name}):
			continue
		customer = frappe.get_doc(
			{
				"doctype": "Customer",
				"customer_name": name,
				"customer_type": "Company" if group else "Individual",
				"customer_group": group or "Individual",
				"territory": "Ireland",
			}
		).insert()
		link = {"link_doctype": "Customer", "link_name": customer.name}
		address = frappe.get_doc(
			{
				"doctype": "Address",
				"address_title": name,
				"address_type": "Billing",
				"address_line1": street,
				"city": town,
				"pincode": eircode,
				"country": "Ireland",
				"is_primary_address": 1,
				"is_shipping_address": 1,
				"links": [link],
			}
		).insert()
		contact = frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": first_name,
				"last_name": last_name,
				"is_primary_contact": 1,
				"email_ids": [{"email_id": f"customer{digits}@example.com", "is_primary": 1}],
				"phone_nos": [{"phone": _phone(digits), "is_primary_phone": 1}],
				"links": [link],
			}
		).insert()
		customer.reload()
		customer.update({"customer_primary_address": address.name, "customer_primary_contact": contact.name})
		customer.save()


def _phone(digits: str) -> str:
	return f"+353 20 910 {digits}"


def _sales() -> None:
	buying = {code: price for code, _name, _group, _brand, price, _selling in PRODUCTS}
	for customer, item_code, serial_no, days_ago in SALES:
		if frappe.db.exists("Serial No", serial_no):
			continue
		store = of_company("Finished Goods")
		_receive(store, [(item_code, 1, buying[item_code], serial_no)], days_ago + 5)
		_sell(customer, item_code, serial_no, store, days_ago)


def _sell(customer: str, item_code: str, serial_no: str, warehouse: str, days_ago: int) -> None:
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
	from erpnext.controllers.accounts_controller import get_taxes_and_charges

	day = add_days(nowdate(), -days_ago)
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": customer,
			"company": COMPANY,
			"set_posting_time": 1,
			"posting_date": day,
			"posting_time": "10:00:00",
			"due_date": day,
			"selling_price_list": PRICE_LIST,
			"update_stock": 1,
			# Goods, not repairs: the template of ERPNext's own set-up, 23 %
			"taxes_and_charges": of_company("Ireland Tax"),
			"taxes": get_taxes_and_charges("Sales Taxes and Charges Template", of_company("Ireland Tax")),
			"items": [
				{
					"item_code": item_code,
					"qty": 1,
					"warehouse": warehouse,
					"use_serial_batch_fields": 1,
					"serial_no": serial_no,
				}
			],
		}
	)
	invoice.set_missing_values()
	invoice.insert()
	invoice.submit()
	payment = get_payment_entry("Sales Invoice", invoice.name, bank_account=of_company(BANK_ACCOUNT))
	payment.update(
		{
			"posting_date": day,
			"mode_of_payment": BANK_MODE,
			"reference_no": invoice.name,
			"reference_date": day,
		}
	)
	payment.insert()
	payment.submit()


def _equipment() -> None:
	for customer, item_code, brand, model, group, serial, bought, warranty in EQUIPMENT:
		if product(serial):
			continue
		known = frappe.db.exists("Serial No", serial)
		frappe.get_doc(
			{
				"doctype": "Customer Equipment",
				"customer": customer,
				"company": COMPANY,
				"item_code": item_code or None,
				"brand": brand,
				"model": model,
				"item_group": group,
				"serial_no": serial if known else None,
				"serial_text": serial,
				"purchase_date": add_days(nowdate(), bought),
				"installed_on": add_days(nowdate(), bought + 3),
				"warranty_until": None if warranty is None else add_days(nowdate(), warranty),
			}
		).insert()


def _ensure(doctype: str, name: str, **values) -> None:
	if not frappe.db.exists(doctype, name):
		frappe.get_doc({"doctype": doctype, **values}).insert(set_name=name)
