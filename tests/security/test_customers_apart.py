"""Two customers: nothing of Ben's reaches Anna, a guest or somebody of the desk through customers' pages.

Generated: every route of the pages, every whitelisted function and action of the app, called with Ben's
documents; REST routes are tried in test_customers_apart_by_rest.py. Whatever is Ben's carries a word that
stands nowhere else; it may not appear in any answer, and no row of his may change.

A sample runs here: each address by one of the users. `make doors` (AFTERSALES_ALL_DOORS=1) takes each by both.
"""

import itertools
import os
import zlib

import frappe
import pytest
import requests

from aftersales.customer_portal import documents, links, pages
from aftersales.installed_base.product_codes import product_signature
from tests import discovery, portal
from tests import factories as make
from tests.portal import ANNA, BEN
from tests.security import test_endpoints as endpoints

SECRET = "Zanzibar"
PASSWORD = "apart-from-each-other"
ALL = bool(os.environ.get("AFTERSALES_ALL_DOORS"))
DESK_ROLES = (
	"Service Agent",
	"Service Supervisor",
	"Service Technician",
	"Workshop Technician",
	"Service Accountant",
	"Service Manager",
)
FORM = {
	"subject": "Mine now",
	"description": "Mine now",
	"message": "Mine now",
	"answer": "accept",
	"agreed": "1",
	"seen": "120",
	"action": "confirm",
	"reason": "Mine now",
	"wish": "Mine now",
	"text": "Mine now",
	"repair_effective": "Yes",
	"contact_name": "Mine now",
	"contact_phone": "1",
}
"""Fields that one form or another would take."""


def household(shop, customer: str, word: str) -> frappe._dict:
	"""One document of every kind that belongs to a customer, with `word` in what he would read."""
	equipment = make.equipment(customer, brand=word, model="Model", serial_text=f"{word}-1")
	call = make.plain_call(
		customer,
		subject=f"{word} is broken",
		equipment=equipment,
		contact_name=f"{word} Contact",
		contact_email=f"{word.lower()}@reads.example",
	)
	receipt = make.receipt(call)
	receipt.submit()
	waiting = portal.estimated_card(call, collection_receipt=receipt.name)
	frappe.db.set_value("Repair Card", waiting.name, "diagnosis", f"{word} diagnosis")
	other = make.plain_call(customer, subject=f"{word} again")
	hour = make.hours(1, item_code=shop.hour)
	agreed = {"service_category": shop.category, "category_reason": "As agreed"}
	visit = make.voucher(other, shop.technician, **agreed, labour=[hour], findings=f"{word} findings")
	visit.submit()
	frappe.get_doc("Sales Invoice", visit.sales_invoice).submit()
	visit.reload()
	finished = make.card(
		make.plain_call(customer, subject=f"{word} card"),
		diagnosis=f"{word} done",
		**agreed,
		labour=[{**hour, "technician": shop.technician}],
	)
	finished.submit()
	follow_up = make.make(
		"Follow-up", repair_call=other.name, customer=customer, company=make.COMPANY, due_date="2030-01-01"
	)
	complaint = make.make(
		"Service Complaint",
		customer=customer,
		company=make.COMPANY,
		subject=f"{word} complains",
		description=word,
	)
	preferences = make.make("Customer Service Preferences", customer=customer)
	settled = of_settling(customer, word, call, equipment)
	for purpose, doctype, name in (
		(links.TRACK, "Repair Call", call.name),
		(links.ESTIMATE, "Repair Card", waiting.name),
		(links.SURVEY, "Follow-up", follow_up.name),
	):
		links.address(purpose, doctype, name, customer)
	return frappe._dict(
		{
			"Customer": customer,
			"Customer Equipment": equipment,
			"Repair Call": call.name,
			"Collection Receipt": receipt.name,
			"Repair Card": waiting.name,
			"Finished Card": finished.name,
			"Service Voucher": visit.name,
			"Sales Invoice": visit.sales_invoice,
			"Follow-up": follow_up.name,
			"Service Complaint": complaint.name,
			"Customer Service Preferences": preferences.name,
			**settled,
			"Service Link": frappe.db.get_value("Service Link", {"customer": customer}),
		}
	)


def of_settling(customer: str, word: str, call, equipment: str) -> dict[str, str]:
	"""What is there of a customer for money, registration, exchange and meters: DocType → name."""
	meter = make.make("Product Meter", equipment=equipment, meter=f"{word} hours")
	made = [
		make.make(
			"Service Payment",
			reference_doctype="Repair Call",
			reference_name=call.name,
			amount=10,
			mode_of_payment=make.once(
				"Mode of Payment", "Apart Card", mode_of_payment="Apart Card", type="Bank", enabled=1
			),
			reference_no=f"{word} slip",
		),
		make.make(
			"Warranty Registration",
			customer=customer,
			company=make.COMPANY,
			equipment=equipment,
			model=f"{word} model",
			purchase_date="2026-01-05",
			contact_name=word,
		),
		make.make(
			"Product Exchange",
			repair_call=call.name,
			equipment=equipment,
			ground="Other",
			decision_reason=f"{word} reason",
			decision="Replacement",
			source="From Maker",
			old_unit="Scrap",
		),
		make.make("Meter Reading", product_meter=meter.name, reading=7, notes=f"{word} told"),
		meter,
	]
	return {doc.doctype: doc.name for doc in made}


def build() -> frappe._dict:
	"""Both households, with masters of their own: what is committed is swept, the site's records stay."""
	portal.forget_limits()
	hour = make.service_item("Apart Hour")
	make.price(hour, 60)
	shop = frappe._dict(
		hour=hour,
		seal=make.item("Apart Seal"),
		technician=make.technician("Apart Technician"),
		category=make.category("Apart", charge_rule="Customer"),
	)
	anna, ben = make.customer("Anna's Household"), make.customer(f"{SECRET} Ltd")
	portal.website_user(ANNA, anna, "Anna")
	portal.website_user(BEN, ben, "Ben")
	return frappe._dict(shop=shop, anna=household(shop, anna, "Annaword"), ben=household(shop, ben, SECRET))


@pytest.fixture(scope="module")
def world(shared_site):
	return build()


@pytest.fixture(autouse=True)
def no_limit_reached(_site):
	portal.forget_limits()


def rows_of(customer: str) -> dict:
	"""Everything stored for a customer, by table."""
	found = {}
	for doctype in ours():
		meta = frappe.get_meta(doctype)
		if meta.istable or meta.issingle or not meta.has_field("customer"):
			continue
		found[doctype] = frappe.get_all(doctype, {"customer": customer}, ["*"], order_by="name")
	names = [row.name for rows in found.values() for row in rows]
	for table, field in (
		("Comment", "reference_name"),
		("Communication", "reference_name"),
		("File", "attached_to_name"),
		("ToDo", "reference_name"),
		("Version", "docname"),
	):
		found[table] = frappe.get_all(table, {field: ("in", names)}, pluck="name", order_by="name")
	return found


def ours(tables: bool = False) -> list[str]:
	modules = frappe.get_all("Module Def", filters={"app_name": "aftersales"}, pluck="name")
	filters = {"module": ("in", modules), "is_virtual": 0}
	if not tables:
		filters["istable"] = 0
	return frappe.get_all("DocType", filters=filters, pluck="name", order_by="name")


# ---------------------------------------------------------------------------- pages


def addresses(his: frappe._dict, mine: frappe._dict) -> list[str]:
	"""Every route of the pages with every name of his, and with what somebody could put in its place."""
	names = list(his.values())
	beside = [*documents.KINDS, "A" * 54, product_signature(mine["Customer Equipment"])]
	found = []
	for pattern, _view in pages.ROUTES:
		pattern = pattern.replace(pages.PART, pages.NAME)
		gaps = pattern.count(pages.NAME)
		if gaps == 0:
			found.append(pattern)
		elif gaps == 1:
			found += [_filled(pattern, name) for name in names]
		else:
			found += [_filled(pattern, word, name) for word in beside for name in names]
			found += [_filled(pattern, name, word) for word in beside for name in names]
	found += [f"/aftersales/documents/{word}/{name}?as=pdf" for word in documents.KINDS for name in names]
	for path, field in (("new", "product"), ("complaint", "call"), ("messages", "customer")):
		found += [f"/aftersales/{path}?{portal.query(**{field: name})}" for name in his.values()]
	return found


def _filled(pattern: str, *values: str) -> str:
	for value in values:
		pattern = pattern.replace(pages.NAME, requests.utils.quote(value, safe=""), 1)
	return pattern


def in_sample(*words: str, out_of: int) -> bool:
	"""Whether this one is tried: one of `out_of`, always the same."""
	return ALL or zlib.crc32(" ".join(words).encode()) % out_of == 0


def asked_by(users: list[str], his: frappe._dict, mine: frappe._dict) -> list[tuple[str, str]]:
	"""Who asks for which address: both for what Ben sees himself, one of them for the rest."""
	his_own = set(right_addresses(his))
	return [
		(user, address)
		for address in addresses(his, mine)
		for user in users
		if ALL or address in his_own or user == users[zlib.crc32(address.encode()) % len(users)]
	]


def test_there_is_something_to_try(world):
	assert len(addresses(world.ben, world.anna)) > 300
	own = portal.get(f"/aftersales/calls/{world.ben['Repair Call']}", BEN)
	assert (own.status, SECRET in own.words) == (200, True)


def unlimited(ask, *args, **kwargs) -> portal.Answer:
	"""The answer that is given before the limit of an hour is reached."""
	answer = ask(*args, **kwargs)
	if answer.status == 429:
		portal.forget_limits()
		answer = ask(*args, **kwargs)
	return answer


def test_no_page_shows_anything_of_another(world):
	before = rows_of(world.ben.Customer)
	own = ("", "/new", "/paid", "/products", "/products/register", "/complaint", "/messages")
	for user, address in asked_by([ANNA, "Guest"], world.ben, world.anna):
		answer = unlimited(portal.get, address, user)
		told = f"{user} {address} {answer.status}"
		assert SECRET not in answer.html, told
		mine = address.partition("?")[0].removeprefix("/aftersales") in own
		assert answer.status in ((200, 303, 403, 404) if mine else (303, 404)), told
	assert rows_of(world.ben.Customer) == before


def right_addresses(his: frappe._dict) -> list[str]:
	"""The addresses that show something to Ben himself."""
	documents_of = {
		"receipt": his["Collection Receipt"],
		"repair-list": his["Finished Card"],
		"report": his["Service Voucher"],
		"invoice": his["Sales Invoice"],
	}
	assert set(documents_of) == set(documents.KINDS)
	paths = ["", "/new", "/products", "/complaint", "/messages"]
	paths += [f"/calls/{his['Repair Call']}", f"/estimates/{his['Repair Card']}"]
	paths += [f"/products/{his['Customer Equipment']}", f"/complaint?call={his['Repair Call']}"]
	paths += [
		f"/documents/{word}/{name}{end}" for word, name in documents_of.items() for end in ("", "?as=pdf")
	]
	return [f"/aftersales{path}" for path in paths]


def test_those_addresses_show_something_to_their_owner(world):
	for address in right_addresses(world.ben):
		assert portal.get(address, BEN).status == 200, address


@pytest.mark.parametrize("role", DESK_ROLES)
def test_no_role_of_the_desk_opens_a_page_of_a_customer(world, role):
	"""Whoever works at the desk and is nobody's customer sees the desk, and no customer's page."""
	user = make.user("one.role@apart.example", role)
	before = rows_of(world.ben.Customer)
	his = {
		"product": world.ben["Customer Equipment"],
		"call": world.ben["Repair Call"],
		"customer": world.ben.Customer,
	}
	for address in right_addresses(world.ben):
		for answer in (
			unlimited(portal.get, address, user),
			unlimited(portal.post, address, user, **{**FORM, **his}),
		):
			told = f"{role} {address} {answer.status}"
			assert SECRET not in answer.html, told
			assert answer.status in (303, 403, 404, 422), told
	assert rows_of(world.ben.Customer) == before


def test_no_form_changes_anything_of_another(world):
	before = rows_of(world.ben.Customer)
	his = {
		"product": world.ben["Customer Equipment"],
		"call": world.ben["Repair Call"],
		"customer": world.ben.Customer,
	}
	for user, address in asked_by([ANNA, "Guest"], world.ben, world.anna):
		answer = unlimited(portal.post, address, user, **{**FORM, **his})
		told = f"{user} {address} {answer.status}"
		assert SECRET not in answer.html, told
		assert answer.status in (200, 303, 403, 404, 422), told
	assert rows_of(world.ben.Customer) == before


def test_a_link_opens_its_own_document_only(world):
	"""Every link of Anna's with the rest of the address of Ben's."""
	hers = [
		portal.path_of(
			links.address(links.TRACK, "Repair Call", world.anna["Repair Call"], world.anna.Customer)
		)
	]
	for address in hers:
		for name in world.ben.values():
			for tried in (f"{address}?name={name}&call={name}&card={name}", f"{address}/{name}"):
				assert SECRET not in portal.get(tried).html
				assert SECRET not in portal.post(tried, **FORM).html


# ---------------------------------------------------------------------------- functions and actions


def test_customers_may_call_no_function_of_the_desk(world):
	"""Not even with their own documents: what customers do goes through their pages."""
	make.once("Spare Part", world.shop.seal, item_code=world.shop.seal)
	known = {**world.ben, "Item": world.shop.seal}
	accepted = []
	for user, path in itertools.product((ANNA, BEN), discovery.functions()):
		if path in endpoints.SEEN_BY_ALL:
			continue
		function = frappe.get_attr(path)
		frappe.set_user(user)
		try:
			function(**discovery.arguments(function, known))
			accepted.append(path)
		except frappe.PermissionError:
			pass
		except Exception as error:
			accepted.append(f"{path}: {type(error).__name__} {error}")
		finally:
			frappe.set_user("Administrator")
	assert accepted == []


def test_customers_may_run_no_action_of_a_document(world):
	tried, accepted = 0, []
	for doctype, action in discovery.actions():
		if doctype not in world.ben:
			continue
		doc = frappe.get_doc(doctype, world.ben[doctype])
		method = getattr(doc, action)
		tried += 1
		for user in (ANNA, BEN):
			frappe.set_user(user)
			try:
				method(**discovery.arguments(method, {}))
				accepted.append(f"{user} {doctype}.{action}")
			except frappe.PermissionError:
				pass
			except Exception as error:
				accepted.append(f"{user} {doctype}.{action}: {type(error).__name__} {error}")
			finally:
				frappe.set_user("Administrator")
	assert tried > 20
	assert accepted == []


# ---------------------------------------------------------------------------- timing


def test_a_wrong_token_costs_the_work_of_a_right_one(world):
	"""Mutated, unknown, expired and revoked tokens: the same statements, the same answer."""
	good = portal.path_of(
		links.address(links.TRACK, "Repair Call", world.anna["Repair Call"], world.anna.Customer)
	)
	expired = portal.path_of(
		links.address(links.SURVEY, "Follow-up", world.anna["Follow-up"], world.anna.Customer)
	)
	frappe.db.set_value(
		"Service Link", {"purpose": "Survey", "customer": world.anna.Customer}, "expires_at", "2020-01-01"
	)
	mutated = good[:-1] + ("A" if good[-1] != "A" else "B")
	answers = {}
	for kind, address in (
		("mutated", mutated),
		("unknown", "/aftersales/link/" + "A" * 54),
		("expired", expired),
		("short", "/aftersales/link/x"),
	):
		answers[kind] = (_statements(address), portal.get(address).status, portal.get(address).words)
	assert len({str(answer) for answer in answers.values()}) == 1, answers


def _statements(address: str) -> int:
	frappe.db.commit()
	real, asked = frappe.db.sql, []

	def counting(query, *args, **kwargs):
		if "tabService Link" in str(query):
			asked.append(str(query))
		return real(query, *args, **kwargs)

	frappe.db.sql = counting
	try:
		portal.get(address)
	finally:
		frappe.db.sql = real
	return len(asked)
