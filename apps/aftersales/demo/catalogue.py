"""What the demo company sells, fits and charges, and what is in its stores.

Prices are without VAT.
"""

from collections.abc import Iterable

import frappe
from frappe.utils import add_days, cint

from aftersales.demo.clock import present
from aftersales.demo.company import (
	COMPANY,
	COST_CENTER,
	DAYS_IN_BUSINESS,
	LENT_OUT,
	LOANERS,
	PRICE_LIST,
	VAN_AOIFE,
	VAN_DECLAN,
	VENDOR_REPAIR,
	WORKSHOP,
	ensure,
	of_company,
)

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
		("GVS-15", 9, 6.4, ""),
		# The last one at last year's price, then ten at this year's: first in, first out
		("IGN-E2", 1, 11.2, ""),
		("IGN-E2", 10, 11.8, ""),
		("HX-GSK", 8, 9.75, ""),
		("PRV-3B", 9, 8.25, ""),
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


def build() -> None:
	"""Make whatever is missing of items, prices, spare parts and opening stock, and say in the settings what is charged."""
	_items()
	_settings()
	_opening_stock()


def _items() -> None:
	for name in ("Spare Parts", "Service Charges", *PRODUCT_GROUPS):
		ensure("Item Group", name, item_group_name=name, parent_item_group="All Item Groups")
	for brand in BRANDS:
		ensure("Brand", brand, brand=brand)
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
	ensure("Batch", BATCH, batch_id=BATCH, item="DESC-10", expiry_date=add_days(present().date(), 540))


def _item(code: str, name: str, group: str, uom: str, **values) -> None:
	ensure(
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
				"valid_from": add_days(present().date(), -DAYS_IN_BUSINESS),
			}
		).insert()


def _spare_part(code: str, minutes: int, warranty: int) -> None:
	ensure(
		"Spare Part",
		code,
		item_code=code,
		fitting_minutes=minutes,
		part_warranty_months=warranty,
		fits=[{"brand": brand, "model": model} for brand, model in FITS.get(code, ())],
		substitutes=[{"item_code": other, "notes": notes} for other, notes in SUBSTITUTES.get(code, ())],
		supply_guaranteed_until=add_days(present().date(), SUPPLY_DAYS[code])
		if code in SUPPLY_DAYS
		else None,
	)


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


def _opening_stock() -> None:
	for name, rows in OPENING_STOCK.items():
		warehouse = of_company(name)
		if not frappe.db.exists("Stock Ledger Entry", {"warehouse": warehouse}):
			receive(warehouse, rows, DAYS_IN_BUSINESS)


def receive(warehouse: str, rows: Iterable[tuple], days_ago: int) -> None:
	"""Stock brought in at the start of business: Stock Entry, Material Receipt, marked as opening."""
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"purpose": "Material Receipt",
			"company": COMPANY,
			"set_posting_time": 1,
			"posting_date": add_days(present().date(), -days_ago),
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
