"""Records for tests, made through the controllers of ERPNext and of the app, in the current transaction.

Each function makes one record (or returns the one of that name) and returns its name, or the document
where tests go on with it. Everything has a default that a service agency could have; tests name only
what they are about. Money is company currency (EUR), times are site time.
"""

from collections.abc import Iterable

import frappe
from frappe.utils import add_to_date, get_datetime, now_datetime, nowdate

COMPANY = "Liffey Service Ltd"
ABBR = "LSL"
SIGNATURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def make(doctype: str, **values):
	"""Insert a document and return it."""
	return frappe.get_doc({"doctype": doctype, **values}).insert()


def once(doctype: str, name: str, **values) -> str:
	"""Name of the record `name`, inserted with `values` when it is missing."""
	if not frappe.db.exists(doctype, name):
		name = make(doctype, **values).name
	return name


# ---------------------------------------------------------------- ERPNext masters


def company(name: str = "Corrib Service Ltd", abbr: str = "CSL") -> str:
	"""A company beside the one that is there, with ERPNext's standard accounts."""
	return once(
		"Company",
		name,
		company_name=name,
		abbr=abbr,
		default_currency="EUR",
		country="Ireland",
		chart_of_accounts="Standard",
	)


def fiscal_years(*years: int) -> None:
	"""Calendar years in which documents can be posted; the site has the current one only."""
	for year in years:
		once(
			"Fiscal Year",
			str(year),
			year=str(year),
			year_start_date=f"{year}-01-01",
			year_end_date=f"{year}-12-31",
		)


def payment_terms(name: str, *terms: tuple[int, int]) -> str:
	"""A Payment Terms Template of (portion in per cent, days after the invoice)."""
	return once(
		"Payment Terms Template",
		name,
		template_name=name,
		terms=[
			{
				"invoice_portion": portion,
				"due_date_based_on": "Day(s) after invoice date",
				"credit_days": days,
			}
			for portion, days in terms
		],
	)


def fee_plan(name: str, cost: float = 300, interval: str = "Month", count: int = 1) -> str:
	"""A Subscription Plan that asks for `cost` every `count` intervals, with an item of its name."""
	return once(
		"Subscription Plan",
		name,
		plan_name=name,
		item=service_item(name, uom="Nos"),
		currency="EUR",
		price_determination="Fixed Rate",
		cost=cost,
		billing_interval=interval,
		billing_interval_count=count,
	)


def abbreviation(company: str) -> str:
	return frappe.get_cached_value("Company", company, "abbr")


def account(title: str, parent: str, company: str = COMPANY, **values) -> str:
	"""Account `title` under the group `parent` (titles without the company's abbreviation)."""
	abbr = abbreviation(company)
	return once(
		"Account",
		f"{title} - {abbr}",
		account_name=title,
		parent_account=f"{parent} - {abbr}",
		company=company,
		**values,
	)


def cost_center(title: str, company: str = COMPANY) -> str:
	abbr = abbreviation(company)
	return once(
		"Cost Center",
		f"{title} - {abbr}",
		cost_center_name=title,
		parent_cost_center=f"{company} - {abbr}",
		company=company,
	)


def warehouse(title: str, company: str = COMPANY) -> str:
	return once("Warehouse", f"{title} - {abbreviation(company)}", warehouse_name=title, company=company)


def item(item_code: str, **values) -> str:
	"""A stocked part counted in Nos unless `values` say otherwise."""
	return once(
		"Item",
		item_code,
		**{
			"item_code": item_code,
			"item_name": item_code,
			"item_group": "Products",
			"stock_uom": "Nos",
			"is_stock_item": 1,
			**values,
		},
	)


def service_item(item_code: str, uom: str = "Hour", **values) -> str:
	"""Something sold that is never in stock: an hour, a kilometre."""
	return item(item_code, item_group="Services", stock_uom=uom, is_stock_item=0, **values)


def bundle(item_code: str, contents: dict[str, float]) -> str:
	"""A Product Bundle sold as `item_code`; `contents`: item → quantity of one bundle, in Nos."""
	made = item(item_code, is_stock_item=0)
	rows = [{"item_code": code, "qty": qty, "uom": "Nos"} for code, qty in contents.items()]
	make("Product Bundle", new_item_code=made, items=rows)
	return made


def price(item_code: str, rate: float, price_list: str = "Standard Selling", **values) -> str:
	return make("Item Price", item_code=item_code, price_list=price_list, price_list_rate=rate, **values).name


def receive(
	item_code: str,
	qty: float,
	rate: float,
	into: str,
	serial_nos: Iterable[str] = (),
	batch_no: str | None = None,
) -> str:
	"""Bring stock in by a Material Receipt at `rate` each; returns the Stock Entry."""
	row = {"item_code": item_code, "qty": qty, "t_warehouse": into, "basic_rate": rate}
	if serial_nos or batch_no:
		row.update(use_serial_batch_fields=1, serial_no="\n".join(serial_nos), batch_no=batch_no)
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"purpose": "Material Receipt",
			"company": frappe.db.get_value("Warehouse", into, "company"),
			"items": [row],
		}
	)
	entry.insert()
	entry.submit()
	return entry.name


def customer(name: str = "Nora Byrne", **values) -> str:
	return once(
		"Customer",
		name,
		**{
			"customer_name": name,
			"customer_type": "Individual",
			"customer_group": "Individual",
			"territory": "Ireland",
			**values,
		},
	)


def sales_taxes(title: str, rate: float, account_head: str, company: str = COMPANY, **values) -> str:
	"""A Sales Taxes and Charges Template with one tax of `rate` per cent on the net total."""
	return once(
		"Sales Taxes and Charges Template",
		f"{title} - {abbreviation(company)}",
		title=title,
		company=company,
		taxes=[
			{"charge_type": "On Net Total", "account_head": account_head, "rate": rate, "description": title}
		],
		**values,
	)


def user(email: str, *roles: str) -> str:
	"""A desk user with exactly `roles` (and those everybody has)."""
	if not frappe.db.exists("User", email):
		made = frappe.get_doc(
			{
				"doctype": "User",
				"email": email,
				"first_name": email.split("@")[0].title(),
				"send_welcome_email": 0,
				"user_type": "System User",
				"roles": [{"role": role} for role in roles],
			}
		)
		made.flags.no_welcome_mail = True
		made.insert(ignore_permissions=True)
	return email


# ---------------------------------------------------------------- our masters


def settings(**values) -> None:
	"""Set fields of Aftersales Settings."""
	doc = frappe.get_doc("Aftersales Settings")
	doc.update(values)
	doc.save()


def loaner_warehouses(store: str, lent_out: str, company: str = COMPANY) -> None:
	"""Where the loaners of a company stand, and where they are while they are lent."""
	rows = [
		row.as_dict()
		for row in frappe.get_doc("Aftersales Settings").loaner_warehouses
		if row.company != company
	]
	settings(
		loaner_warehouses=[
			*rows,
			{"company": company, "loaner_warehouse": store, "lent_out_warehouse": lent_out},
		]
	)


CHARGE_RULES = {"A": "Customer", "B": "Contract", "C": "Warranty", "D": "Internal", "Goodwill": "Goodwill"}


def category(name: str, **values) -> str:
	"""Service Category `name`; the five shipped ones know who pays."""
	return once(
		"Service Category",
		name,
		**{"category": name, "title": name, "charge_rule": CHARGE_RULES.get(name, "Customer"), **values},
	)


def category_accounts(name: str, company: str = COMPANY, **accounts) -> None:
	"""Set the accounts of a category in `company`; without `accounts` the company's row is removed."""
	doc = frappe.get_doc("Service Category", category(name))
	doc.set("accounts", [row for row in doc.accounts if row.company != company])
	if accounts:
		doc.append("accounts", {"company": company, **accounts})
	doc.save()


def request_type(name: str = "Repair", **values) -> str:
	return once("Service Request Type", name, request_type=name, **values)


def technician(name: str, van: str | None = None, **values) -> str:
	"""A Service Technician whose van is `van`, qualified for every product unless `skills` are given."""
	return once(
		"Service Technician",
		name,
		**{
			"technician_name": name,
			"company": COMPANY,
			"is_active": 1,
			"van_warehouse": van,
			"cost_rate": 30,
			"skills": [{"item_group": "All Item Groups", "support_kind": "Both"}],
			**values,
		},
	)


def cash_mode(title: str = "Cash", account: str | None = None, company: str = COMPANY) -> str:
	"""A Mode of Payment of type Cash into `account`, the company's Cash when empty."""
	account = account or f"Cash - {abbreviation(company)}"
	name = once("Mode of Payment", title, mode_of_payment=title, type="Cash", enabled=1)
	mode = frappe.get_doc("Mode of Payment", name)
	mode.set("accounts", [row for row in mode.accounts if row.company != company])
	mode.append("accounts", {"company": company, "default_account": account})
	mode.save()
	return name


def service_price(title: str, rate: float, kind: str = "Flat Rate", **values) -> str:
	"""A Service Price of `kind` whose own item costs `rate`; 0 gives it no price (surcharges)."""
	item_code = service_item(f"{title} Item", uom="Nos")
	if rate:
		price(item_code, rate)
	return once("Service Price", title, title=title, kind=kind, item_code=item_code, **values)


# ---------------------------------------------------------------- jobs


def equipment(owner: str, **values) -> str:
	return make(
		"Customer Equipment",
		**{
			"customer": owner,
			"company": COMPANY,
			"brand": "Baxi",
			"model": "600 Combi",
			"status": "In Use",
			**values,
		},
	).name


def call(owner: str, **values):
	"""A Repair Call of category A (paid) that has just come in."""
	return make(
		"Repair Call",
		**{
			"subject": "No hot water",
			"customer": owner,
			"company": COMPANY,
			"channel": "Phone",
			"request_type": request_type(),
			"received_at": now_datetime(),
			"service_category": category("A"),
			"category_reason": "As agreed with the customer",
			**values,
		},
	)


def contract(owner: str, **values):
	"""A submitted Service Contract of this year for all products of `owner`, which pays everything."""
	doc = make(
		"Service Contract",
		**{
			"customer": owner,
			"company": COMPANY,
			"title": "Boiler Care",
			"start_date": add_to_date(nowdate(), months=-6),
			"end_date": add_to_date(nowdate(), months=6, days=-1),
			"covers_all_equipment": 1,
			**values,
		},
	)
	doc.submit()
	return doc


def hours(quantity: float = 1, **values) -> dict:
	"""A labour line of `quantity` hours."""
	return {"activity": "Repair", "hours": quantity, **values}


def part(item_code: str, qty: float = 1, **values) -> dict:
	"""A part line."""
	return {"item_code": item_code, "qty": qty, **values}


def voucher(repair_call=None, technician: str | None = None, **values):
	"""A draft Service Voucher with everything a completed and signed visit needs."""
	# Of today, also in a test that runs soon after midnight
	departed = max(add_to_date(now_datetime(), minutes=-30), get_datetime(nowdate()))
	return make(
		"Service Voucher",
		**{
			"repair_call": repair_call and repair_call.name,
			"company": COMPANY,
			"technician": technician,
			"arrived_at": add_to_date(departed, hours=-1, minutes=-30),
			"departed_at": departed,
			"outcome": "Completed",
			"findings": "Worn seal replaced, flow tested",
			"test_result": "Passed",
			"customer_signature": SIGNATURE,
			"signed_by": "N. Byrne",
			**values,
		},
	)


def card(repair_call=None, **values):
	"""A Repair Card whose repair is accepted, done and verified: ready to be submitted."""
	doc = make(
		"Repair Card",
		**{
			"repair_call": repair_call and repair_call.name,
			"company": COMPANY,
			"received_at": add_to_date(now_datetime(), hours=-5),
			"diagnosis": "Seal worn",
			"repair_method": "Component",
			**values,
		},
	)
	if any(line.charge_to == "Customer" for line in (*doc.labour, *doc.parts)):
		doc.record_approval("Phone", "N. Byrne", 100000)
	doc.start_repair()
	doc.hand_to_check()
	doc.verify("Ran for ten minutes without a leak")
	return doc


# ---------------------------------------------------------------- a small service business


def manual(title: str, text: str, **values):
	"""A Product Document with a text file, for technicians, of the boilers of the factories unless `values` say otherwise."""
	file = make("File", file_name=f"{title}.txt", is_private=1, content=text.encode())
	made = make(
		"Product Document",
		**{
			"title": title,
			"kind": "Manual",
			"audience": "Technician",
			"brand": "Baxi",
			"model": "600 Combi",
			"valid_from": nowdate(),
			"file": file.file_url,
			**values,
		},
	)
	place = {"attached_to_doctype": made.doctype, "attached_to_name": made.name}
	frappe.db.set_value("File", file.name, place)
	return made


def shop() -> frappe._dict:
	"""The masters of a small agency: accounts, a van with stock, prices, taxes, a customer.

	An hour costs the customer 60, a seal 42; the seals in the van were bought at 12.50, a technician's
	hour costs 30. VAT is 13.5 %. Category A posts to its own accounts, C, D and Goodwill to an expense
	account each; C also books hours at cost. Returns the names.
	"""
	names = frappe._dict(
		income=account("Repair Income", "Direct Income"),
		parts_cost=account("Cost of Repair Parts", "Direct Expenses"),
		warranty=account("Warranty Expense", "Direct Expenses"),
		internal=account("Internal Service Expense", "Direct Expenses"),
		goodwill=account("Goodwill Expense", "Direct Expenses"),
		recovery=account("Labour Recovery", "Direct Expenses"),
		cost_center=cost_center("Service"),
		van=warehouse("Van Aoife"),
		hour=service_item("Service Hour"),
		seal=item("Gas Valve Seal"),
	)
	for item_code, rate in ((names.hour, 60), (names.seal, 42)):
		price(item_code, rate)
	receive(names.seal, 10, 12.5, names.van)
	common = {"cost_center": names.cost_center}
	category_accounts("A", income_account=names.income, expense_account=names.parts_cost, **common)
	category_accounts(
		"C",
		expense_account=names.warranty,
		labour_expense_account=names.warranty,
		labour_recovery_account=names.recovery,
		**common,
	)
	category_accounts("D", expense_account=names.internal, **common)
	category_accounts("Goodwill", expense_account=names.goodwill, **common)
	settings(labour_item=names.hour, travel_item=names.hour, submit_invoice=0)
	names.vat = sales_taxes("VAT 13.5%", 13.5, f"VAT - {ABBR}", is_default=1)
	names.technician = technician("Aoife Doyle", names.van)
	names.customer = customer("Nora Byrne")
	return names


def planned(repair_call, technician: str | None, **values):
	"""A draft Service Voucher planned for tomorrow from 9 to 10:30, not dispatched yet."""
	start = add_to_date(get_datetime(f"{nowdate()} 09:00:00"), days=1)
	return make(
		"Service Voucher",
		**{
			"repair_call": repair_call and repair_call.name,
			"company": COMPANY,
			"technician": technician,
			"planned_start": start,
			"planned_end": add_to_date(start, hours=1, minutes=30),
			**values,
		},
	)


def receipt(repair_call, **values):
	"""A draft Collection Receipt, signed by the customer, for the product of a call."""
	return make(
		"Collection Receipt",
		**{
			"repair_call": repair_call.name,
			"company": COMPANY,
			"location": "Bench 2",
			"condition": "Casing scratched on the left",
			"accessories": [
				{"accessory": "Flue adapter", "qty": 1},
				{"accessory": "Mounting plate", "qty": 1},
			],
			"customer_signature": SIGNATURE,
			"signed_by": "N. Byrne",
			**values,
		},
	)


def received_card(repair_call, **values):
	"""A draft Repair Card that has just been received."""
	return make("Repair Card", **{"repair_call": repair_call.name, "company": COMPANY, **values})


# ---------------------------------------------------------------- service desk


def serial_no(name: str, item_code: str, **values) -> str:
	"""An ERPNext Serial No as a delivery would leave it."""
	return once("Serial No", name, serial_no=name, item_code=item_code, company=COMPANY, **values)


def contact(owner: str, first_name: str, phone: str | None = None, email: str | None = None) -> str:
	"""A contact of customer `owner`, made its primary one."""
	doc = frappe.new_doc("Contact", first_name=first_name, is_primary_contact=1)
	doc.append("links", {"link_doctype": "Customer", "link_name": owner})
	if phone:
		doc.append("phone_nos", {"phone": phone, "is_primary_mobile_no": 1})
	if email:
		doc.append("email_ids", {"email_id": email, "is_primary": 1})
	doc.insert()
	frappe.db.set_value(
		"Customer",
		owner,
		{"customer_primary_contact": doc.name, "mobile_no": doc.mobile_no, "email_id": doc.email_id},
	)
	return doc.name


def address(owner: str, line: str = "4 Grand Canal Quay", pincode: str = "D04 X285", **values) -> str:
	"""An address of customer `owner`, made its primary one."""
	doc = make(
		"Address",
		**{
			"address_title": owner,
			"address_line1": line,
			"city": "Dublin",
			"pincode": pincode,
			"country": "Ireland",
			"links": [{"link_doctype": "Customer", "link_name": owner}],
			**values,
		},
	)
	frappe.db.set_value("Customer", owner, "customer_primary_address", doc.name)
	return doc.name


def zone(name: str, postal_codes: str = "", **values) -> str:
	return once("Service Zone", name, zone=name, postal_codes=postal_codes, **values)


def fault_code(code: str, kind: str = "Symptom", **values) -> str:
	return once("Fault Code", code, code=code, kind=kind, title=code, **values)


def plain_call(owner: str | None = None, **values):
	"""A call as the desk registers it: the app proposes category, priority, owner and next action."""
	return make("Repair Call", **{"subject": "No hot water", "customer": owner, "company": COMPANY, **values})
