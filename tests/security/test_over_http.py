"""What an audit over HTTP once got through, sent again to the served site as it was sent then: nothing gets through.

Each attack has a test of its own elsewhere in tests/security, inside one transaction; here the same requests go over
the wire, with sessions, cookies and headers, to a server that commits. An attack yields what it got, none when it
was refused; `ATTACKS` names the blocker or hole it reproduces.
"""

import json
from collections.abc import Callable, Iterator

import frappe
import pytest
import requests
from frappe.utils import add_days, nowdate
from frappe.utils.password import update_password

from aftersales.installed_base.product_codes import product_signature
from tests import factories as make
from tests import jobs
from tests.committed import swept_afterwards
from tests.portal import ANNA
from tests.security.doors import SECRET
from tests.security.test_customers_apart import PASSWORD, build

TECHNICIAN, OTHER, BENCH, MANAGER, AGENT = (
	f"{who}@wire.example" for who in ("technician", "other", "bench", "manager", "agent")
)
DATES = {
	"Repair Call": ("received_at", "next_action_by", "promised_from", "on_hold_since", "coverage_until"),
	"Repair Card": ("received_at", "promised_return", "approved_at", "ready_at"),
	"Service Voucher": ("planned_start", "arrived_at", "departed_at", "billed_at"),
	"Customer Equipment": ("installed_on", "warranty_until", "purchase_date"),
	"Follow-up": ("due_date", "period_start", "done_at"),
}
BAD = ("not-a-date", "2026-13-45", "0000-00-00")


class Wire:
	"""Somebody's session with the server."""

	def __init__(self, url: str, user: str | None = None):
		self.url, self.user, self.session = url, user, requests.Session()
		self.session.headers["Accept"] = "application/json"
		if user:
			answer = self.session.post(f"{url}/api/method/login", data={"usr": user, "pwd": PASSWORD})
			assert answer.ok, answer.text

	def ask(self, method: str, path: str, /, headers: dict | None = None, files=None, **data):
		sent = {"params" if method == "GET" else "data": data}
		return self.session.request(
			method, self.url + path, timeout=60, headers=headers, files=files, allow_redirects=False, **sent
		)

	def call(self, function: str, /, **data):
		return self.ask("POST", f"/api/method/{function}", **data)

	def insert(self, doctype: str, /, **values):
		return self.ask("POST", f"/api/resource/{doctype}", data=json.dumps(values))

	def change(self, doctype: str, name: str, /, **values):
		return self.ask("PUT", f"/api/resource/{doctype}/{name}", data=json.dumps(values))


Attack = Callable[[frappe._dict], Iterator[str]]


def rows_of_a_finished_visit(world) -> Iterator[str]:
	"""A1: priced rows on a finished visit, forged logs, another payer on a row."""
	due, row = world.visit.amount_due, {"parent": world.visit.name, "parenttype": "Service Voucher"}
	for table, fields in (
		("Service Labour Line", {"parentfield": "labour", "hours": 10, "rate": 500, "amount": 5000}),
		("Service Part Line", {"parentfield": "parts", "item_code": world.shop.seal, "qty": 9}),
		("Service State Log", {"parentfield": "states", "status": "Completed"}),
		("Service Cash Receipt", {"parentfield": "cash_receipts", "receipt_no": "REC-X", "amount": 9}),
	):
		for who in (world.technician, world.other, world.bench):
			yield from got(who, table, who.insert(table, docstatus=1, **row, **fields))
	for line in (*world.draft.labour, *world.draft.parts):
		changed = world.technician.change(
			line.doctype, line.name, charge_to="Goodwill", charge_reason="my friend"
		)
		yield from got(world.technician, "payer of a row", changed)
	stored = frappe.get_doc("Service Voucher", world.visit.name)
	if (len(stored.labour), len(stored.parts), stored.amount_due) != (1, 1, due):
		yield f"rows or amount of {stored.name} have changed"
	if {line.charge_to for line in frappe.get_doc("Service Voucher", world.draft.name).labour} != {
		"Customer"
	}:
		yield "the payer of the draft has changed"


def titles_of_another_customer(world) -> Iterator[str]:
	"""A2: `get_link_title` with a filter for a name, by a customer and by a guest."""
	questions = {
		"Repair Call": ({"customer": world.ben.Customer}, {"subject": ["like", f"{SECRET}%"]}),
		"Customer Equipment": ({"customer": world.ben.Customer},),
	}
	for who in (world.anna, world.guest):
		for doctype, filters in questions.items():
			for asked in (*filters, world.ben[doctype]):
				name = asked if isinstance(asked, str) else json.dumps(asked)
				answer = who.call("frappe.desk.search.get_link_title", doctype=doctype, docname=name)
				told = answer.json().get("message") if answer.ok else name
				if answer.status_code >= 500 or told != name:  # who may not read it gets the question back
					yield f"{who.user} {doctype} {name}: {answer.status_code} {answer.text[:200]}"


def mail_to_many(world) -> Iterator[str]:
	"""B1: a guest's report with a list of addresses."""
	many = ",".join(f"a{number}@b.co" for number in range(15))
	answer = report(world, contact_email=many, subject="Call RC-1: You won https://evil.example/x")
	if answer.status_code == 303:
		yield "a report with fifteen addresses was taken"
	frappe.db.rollback()
	if frappe.db.count("Email Queue Recipient", {"recipient": ("like", "a%@b.co")}):
		yield "mail was queued to strangers"


def links_to_another_host(world) -> Iterator[str]:
	"""B4: the address of the page that a report leads to follows no forged header."""
	for header in ("Host", "X-Forwarded-Host"):
		answer = report(world, headers={header: "evil.example"})
		if "evil.example" in answer.headers.get("Location", "") + answer.text:
			yield f"{header}: {answer.status_code} {answer.headers.get('Location')}"


def contact_of_a_guest(world) -> Iterator[str]:
	"""B2: who scans a label is not the customer's contact."""
	answer = report(world, contact_email="mallory@evil.example")
	if answer.status_code != 303:
		yield f"a plain report was not taken: {answer.status_code}"
	frappe.db.rollback()
	confirmed = frappe.get_all(
		"Repair Call",
		{"contact_email": "mallory@evil.example"},
		pluck="contact_confirmed",
		order_by="name asc",
	)
	if confirmed != [0]:
		yield f"calls of the guest, contact confirmed: {confirmed}"


def consent_by_staff(world) -> Iterator[str]:
	"""B3: nobody at the desk says that the customer accepted on his own page."""
	for who in (world.bench, world.agent, world.manager):
		for channel in ("Portal", "Signed Link"):
			doc = frappe.get_doc("Repair Card", world.card.name)
			args = json.dumps({"channel": channel, "approved_by": "Nora", "amount": 1})
			yield from got(
				who,
				f"approval by {channel}",
				who.call("run_doc_method", docs=frappe.as_json(doc), method="record_approval", args=args),
			)


def markup_inserted_as_submitted(world) -> Iterator[str]:
	"""B5: a document inserted as submitted is sanitised like a draft."""
	for docstatus in (0, 1):
		world.technician.insert(
			"Collection Receipt",
			repair_call=world.call.name,
			company=make.COMPANY,
			docstatus=docstatus,
			condition='<img src=x onerror="alert(1)">',
			accessories=[{"accessory": "<img src=x onerror=alert(1)>"}],
			customer_signature=make.SIGNATURE,
			signed_by="N",
		)
	frappe.db.rollback()
	for table, field in (("Collection Receipt", "condition"), ("Collected Accessory", "accessory")):
		if frappe.db.table_exists(table) and frappe.db.count(table, {field: ("like", "%onerror%")}):
			yield f"{table}.{field} holds a script"


def order_of_a_forged_form(world) -> Iterator[str]:
	"""B6: a Purchase Order is for what is stored."""
	forged = {
		**world.repair.as_dict(),
		"docstatus": 1,
		"status": "Sent",
		"supplier": "Evil Ltd",
		"cost": 99_999,
	}
	yield from got(
		world.bench,
		"order",
		world.bench.call("run_doc_method", docs=frappe.as_json(forged), method="make_purchase_order"),
	)
	frappe.db.rollback()
	if frappe.db.count("Purchase Order", {"aftersales_voucher": world.repair.name}):
		yield "a Purchase Order was made"


def records_and_costs(world) -> Iterator[str]:
	"""B8: personnel records, other technicians' rows, what an hour costs, by lists, filters and sorting."""
	asked = (
		("Staff Record", None, ["name", "subject"], {}, ""),
		("Technician Exam", None, ["name", "mark"], {}, ""),
		("Service Labour Line", "Service Voucher", ["parent", "rate"], {"parent": world.visit.name}, ""),
		("Service Technician", None, ["name"], {"cost_rate": [">=", 30]}, ""),
		("Service Technician", None, ["name"], {}, "cost_rate desc"),
	)
	for doctype, parent, fields, filters, order in asked:
		answer = world.other.ask(
			"GET",
			"/api/method/frappe.client.get_list",
			doctype=doctype,
			parent=parent or "",
			fields=json.dumps(fields),
			filters=json.dumps(filters),
			order_by=order,
		)
		told = answer.json().get("message") if answer.ok else []
		if answer.status_code >= 500 or (told and (filters or parent or order)):
			yield f"{doctype} {filters} {order}: {answer.status_code} {answer.text[:200]}"


def workflow_switched_off(world) -> Iterator[str]:
	"""B9: restoring a workflow needs the right to write workflows."""
	yield from got(
		world.manager,
		"restore",
		world.manager.call("aftersales.setup.defaults.restore", doctype="Workflow", name="Repair Card"),
	)


def address_on_anothers_invoices(world) -> Iterator[str]:
	"""B10: a portal user names no other customer in an address."""
	link = {"link_doctype": "Customer", "link_name": world.ben.Customer}
	values = {"address_title": "Evil", "address_type": "Billing", "address_line1": "666 Mallory Street"}
	made = world.anna.insert(
		"Address", **values, city="Nowhere", country="Ireland", is_primary_address=1, links=[link]
	)
	yield from got(world.anna, "address", made)


def call_opened_by_a_visit(world) -> Iterator[str]:
	"""B11: a technician makes himself no visit to a call that he may not read."""
	yield from got(
		world.technician, "call", world.technician.ask("GET", f"/api/resource/Repair Call/{world.hidden}")
	)
	yield from got(
		world.technician,
		"visit",
		world.technician.insert(
			"Service Voucher", repair_call=world.hidden, technician="Wire Technician", company=make.COMPANY
		),
	)


def price_of_his_own(world) -> Iterator[str]:
	"""B14: a typed rate needs the right."""
	for rate in (0.01, 99_999):
		lines = [{**line.as_dict(), "rate": rate} for line in world.draft.labour]
		sent = json.loads(frappe.as_json(lines))
		yield from got(
			world.technician,
			f"rate {rate}",
			world.technician.change("Service Voucher", world.draft.name, labour=sent),
		)


def malformed_values(world) -> Iterator[str]:
	"""C: dates, numbers and texts that are none, by REST and by actions: a message, no server error."""
	named = {
		"Repair Call": world.call.name,
		"Repair Card": world.card.name,
		"Service Voucher": world.draft.name,
		"Customer Equipment": world.call.equipment or world.heater,
	}
	for doctype, fields in DATES.items():
		for fieldname in fields:
			for bad in BAD:
				answers = [world.root.insert(doctype, **{fieldname: bad})]
				if name := named.get(doctype):
					answers.append(world.root.change(doctype, name, **{fieldname: bad}))
				for answer in answers:
					if answer.status_code >= 500 or answer.ok:
						yield f"{doctype}.{fieldname} = {bad}: {answer.status_code} {answer.text[:200]}"
	card = frappe.as_json(frappe.get_doc("Repair Card", world.card.name))
	for amount in ("NaN", "Infinity", "1e400", "1e30"):
		args = f'{{"channel": "Phone", "approved_by": "N", "amount": {amount}}}'
		answer = world.root.call("run_doc_method", docs=card, method="record_approval", args=args)
		if answer.status_code >= 500 or answer.ok:
			yield f"record_approval {amount}: {answer.status_code} {answer.text[:200]}"
	for path in ("/scan", "/scan/"):
		if (answer := world.guest.ask("GET", path)).status_code >= 500:
			yield f"{path}: {answer.status_code}"


ATTACKS: tuple[Attack, ...] = (
	rows_of_a_finished_visit,
	titles_of_another_customer,
	mail_to_many,
	links_to_another_host,
	contact_of_a_guest,
	consent_by_staff,
	markup_inserted_as_submitted,
	order_of_a_forged_form,
	records_and_costs,
	workflow_switched_off,
	address_on_anothers_invoices,
	call_opened_by_a_visit,
	price_of_his_own,
	malformed_values,
)


@pytest.mark.commits
def test_what_got_through_once_gets_through_no_more(server, record_property):
	with swept_afterwards():
		world = people(server.url)
		asked = count_requests(world)
		found = {}
		for attack in ATTACKS:
			frappe.db.rollback()
			found[attack.__name__] = list(attack(world))
		frappe.db.rollback()
		record_property("requests", len(asked))
		print(f"\n{len(ATTACKS)} attacks, {len(asked)} requests over HTTP")
		assert {name: told for name, told in found.items() if told} == {}
		assert len(asked) > 150


def people(url: str) -> frappe._dict:
	"""Customers A and B, the people of the shop with their passwords, and documents to attack; committed.

	Masters of their own, so that no record of the site is changed.
	"""
	two = build()
	store = f"Stores - {make.ABBR}"
	shop = frappe._dict(
		hour=make.service_item("Wire Hour"),
		seal=make.item("WIRE-SEAL"),
		customer=make.customer("Wire Household"),
		van=store,
	)
	make.price(shop.hour, 60)
	make.price(shop.seal, 42)
	make.receive(shop.seal, 10, 12.5, store)
	roles = {
		TECHNICIAN: "Service Technician",
		OTHER: "Service Technician",
		BENCH: "Workshop Technician",
		MANAGER: "Service Manager",
		AGENT: "Service Agent",
	}
	for user, role in roles.items():
		make.user(user, role)
	root = make.user("root@wire.example", "System Manager", "Service Manager", "Service Supervisor")
	make.technician("Wire Technician", shop.van, user=TECHNICIAN, cost_rate=31)
	make.technician("Other Technician", user=OTHER)
	make.make("Staff Record", technician="Other Technician", **record()).submit()
	heater = make.equipment(shop.customer, serial_text=frappe.generate_hash(length=8))
	call = make.call(shop.customer, equipment=heater)
	frappe.db.set_value("Repair Call", call.name, "call_owner", TECHNICIAN)
	lines = {"labour": [make.hours(1, item_code=shop.hour)], "parts": [make.part(shop.seal)]}
	visit = jobs.done(shop, technician="Wire Technician", **lines)
	card = make.received_card(make.call(shop.customer), warehouse=shop.van, diagnosis="Board dead")
	maker = make.once(
		"Supplier", "Calora Works", supplier_name="Calora Works", supplier_group="All Supplier Groups"
	)
	repair = make.make(
		"Vendor Repair", repair_card=card.name, supplier=maker, work_wanted="Repair the board", cost=50
	)
	frappe.db.set_value("Vendor Repair", repair.name, "owner", BENCH)
	world = frappe._dict(
		shop=shop,
		ben=two.ben,
		visit=visit,
		draft=make.voucher(call, "Wire Technician", **lines),
		call=call,
		heater=heater,
		card=card,
		repair=frappe.get_doc("Vendor Repair", repair.name),
		hidden=make.plain_call(shop.customer, subject=f"{SECRET} call").name,
	)
	for user in (ANNA, root, *roles):
		update_password(user, PASSWORD)
	frappe.db.commit()
	names = {"technician": TECHNICIAN, "other": OTHER, "bench": BENCH, "manager": MANAGER, "agent": AGENT}
	names.update(anna=ANNA, guest=None, root=root)
	world.update({who: Wire(url, user) for who, user in names.items()})
	return world


def record() -> dict:
	return {"kind": "Warning", "subject": "Van left unlocked", "record_date": add_days(nowdate(), -1)}


def report(world, headers: dict | None = None, **fields):
	"""What a guest sends from the page behind the code on a product."""
	frappe.cache.delete_keys("aftersales:rl:")
	product = world.heater
	sent = {"subject": "No hot water", "contact_name": "M", "contact_phone": "+353 1 1", **fields}
	key = frappe.generate_hash(length=32)
	address = f"/aftersales/code/{product}/{product_signature(product)}"
	return world.guest.ask("POST", address, headers=headers, form_key=key, **sent)


def got(who: Wire, what: str, answer) -> Iterator[str]:
	"""The attack went through, or met a server error."""
	if answer.ok or answer.status_code >= 500:
		yield f"{who.user} {what}: {answer.status_code} {answer.text[:300]}"


def count_requests(world) -> list[str]:
	asked: list[str] = []
	for who in world.values():
		if isinstance(who, Wire):
			who.session.hooks["response"].append(lambda answer, **_options: asked.append(answer.url))
	return asked
