"""The customers of the demo company, what it sold them and the products they have it repair."""

from collections.abc import Iterable
from functools import partial

import frappe
from frappe.utils import add_days

from aftersales.demo import places
from aftersales.demo.catalogue import PRODUCTS, receive
from aftersales.demo.clock import Event, at, day, present
from aftersales.demo.company import BANK_ACCOUNT, BANK_MODE, COMPANY, PRICE_LIST, of_company, phone

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
	("Meath Valley Brewing", "", "Tornell", "TR-180", "Machine Tools", "TR180-0311", -1900, -1170),
	("Patrick O'Shea", "", "Calora", "GWH 14", "Water Heaters", "CW-2016-0412", -3600, -2870),
)
"""Customer, item, brand, model, product group, serial, days since purchase, days since the end of the
warranty (None: not known, or taken from the Serial No)."""


def build() -> None:
	"""Make whatever is missing of customers, what was sold to them, and their products."""
	_customers()
	_equipment(row for row in EQUIPMENT if row[5] not in _sold())


def events() -> list[Event]:
	"""What is sold in the year, each on its day."""
	return [(day(-row[3], "10:00"), partial(_sale, *row)) for row in SALES]


def _sold() -> set[str]:
	return {serial_no for _customer, _item, serial_no, _days in SALES}


def product(serial: str) -> dict[str, str]:
	"""Customer and Customer Equipment of the demo product with this serial number."""
	found = frappe.db.get_value("Customer Equipment", {"serial_text": serial}, ["customer", "name"])
	return dict(zip(("customer", "equipment"), found or (), strict=False))


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
				"aftersales_latitude": places.of(eircode)[0],
				"aftersales_longitude": places.of(eircode)[1],
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
				"phone_nos": [{"phone": phone(digits), "is_primary_phone": 1}],
				"links": [link],
			}
		).insert()
		customer.reload()
		customer.update({"customer_primary_address": address.name, "customer_primary_contact": contact.name})
		customer.save()


def _sale(customer: str, item_code: str, serial_no: str, days_ago: int) -> None:
	if not frappe.db.exists("Serial No", serial_no):
		buying = {code: price for code, _name, _group, _brand, price, _selling in PRODUCTS}
		store = of_company("Finished Goods")
		with at(day(-days_ago - 5, "08:00")):
			receive(store, [(item_code, 1, buying[item_code], serial_no)], days_ago + 5)
		_sell(customer, item_code, serial_no, store, days_ago)
	_equipment(row for row in EQUIPMENT if row[5] == serial_no)


def _sell(customer: str, item_code: str, serial_no: str, warehouse: str, days_ago: int) -> None:
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
	from erpnext.controllers.accounts_controller import get_taxes_and_charges

	sold_on = add_days(present().date(), -days_ago)
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": customer,
			"company": COMPANY,
			"set_posting_time": 1,
			"posting_date": sold_on,
			"posting_time": "10:00:00",
			"due_date": sold_on,
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
			"posting_date": sold_on,
			"mode_of_payment": BANK_MODE,
			"reference_no": invoice.name,
			"reference_date": sold_on,
		}
	)
	payment.insert()
	payment.submit()


def _equipment(rows: Iterable[tuple]) -> None:
	for customer, item_code, brand, model, group, serial, bought, warranty in rows:
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
				"purchase_date": add_days(present().date(), bought),
				"installed_on": add_days(present().date(), bought + 3),
				"warranty_until": None if warranty is None else add_days(present().date(), warranty),
			}
		).insert()
