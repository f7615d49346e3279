"""No English of ours on the screens of another language: the desk's pages, lists, forms and reports, customers' pages,
the technician's app.

With `make test` a handful of pages in Chinese are read; all of them in every language, wide and on a phone, by
`make languages` (AFTERSALES_LANGUAGES="de es zh zh-TW"; with AFTERSALES_PICTURES a picture of each is kept, with
AFTERSALES_ONLY="board|desk" only the desk's pages whose paths fit are read).
"""

import os
import re

import frappe
import pytest
from frappe.utils import add_months, nowdate
from frappe.utils.password import update_password
from playwright.sync_api import Error

from aftersales.installed_base.product_codes import product_signature
from aftersales.setup import defaults
from aftersales.setup.roles import ROLES
from tests import discovery, languages, portal
from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import DESK, PASSWORD, PHONE, chromium, desks_of, passwords

ALL = os.environ.get("AFTERSALES_LANGUAGES", "").split()
ONLY = os.environ.get("AFTERSALES_ONLY", "")
SAMPLE = (
	"aftersales",
	"phone-desk",
	"dispatch-board",
	"workshop-board",
	"billing-desk",
	"setup-assistant",
	"repair-call/view/list",
	"repair-call/*",
	"service-voucher/*",
	"repair-card/*",
	"customer-equipment/*",
	"maintenance-plan/new",
	"aftersales-settings",
)
ANNA = "anna@languages.example"
NOT_OURS = ("Access Log",)


@pytest.fixture
def world(monkeypatch):
	"""Documents of each kind, with names that are no English; a user who sees everything, a customer, a technician.

	What the app writes into documents is in the language of the one who works.
	"""
	monkeypatch.setattr(frappe.local, "lang", (ALL or ["zh"])[0])
	everything = (*ROLES, "System Manager", "Accounts Manager", "Sales User", "Stock User", "Quality Manager")
	with swept_afterwards(), passwords(reader=everything) as users:
		defaults.insert_missing(["Service Request Type", "Service Category", "Issue Priority"])
		shop = make.shop()
		customer = make.customer("Łódź Ñandú")
		file = make.equipment(
			customer,
			brand="Bąxi",
			model="Ñ-24",
			serial_text="Ñ-1",
			installed_on=add_months(nowdate(), -7),
			warranty_until=add_months(nowdate(), 16),
		)
		make.make(
			"Maintenance Plan",
			plan_name="Ñ-24",
			company=make.COMPANY,
			applies_to="Model",
			model="Ñ-24",
			every_months=12,
			starts_on=nowdate(),
			request_type="Inspection and Preventive Maintenance",
			tasks=[{"task": "Ñ", "hours": 0.75}],
		)
		make.make(
			"Checklist Template",
			template_name="Ñ-24",
			model="Ñ-24",
			questions=[
				{"question": "Ñ1", "kind": "Yes or No", "good_answer": "Yes", "reqd": 1},
				{"question": "Ñ2", "kind": "Value", "uom": "Nos", "has_upper": 1, "upper": 50},
			],
		)
		call = make.call(customer, equipment=file, contact_name="Ñ", subject="Ñ")
		visit = make.planned(call, shop.technician)
		visit.dispatch()
		make.voucher(call, shop.technician, labour=[make.hours(1)], parts=[make.part(shop.seal)])
		second = make.call(
			customer, contact_name="Ñ", subject="Ñ", equipment=make.equipment(customer, model="Ñ-25")
		)
		make.received_card(second)
		make.contract(customer)
		frappe.db.set_value("Service Technician", shop.technician, "user", users["reader"])
		portal.website_user(ANNA, customer, "Ñ")
		update_password(ANNA, PASSWORD)
		frappe.db.commit()
		code = f"/aftersales/code/{file}/{product_signature(file)}"
		yield frappe._dict(users=users, file=file, call=call.name, code=code, visit=visit.name)


def routes() -> list[str]:
	"""Every page of the desk: own pages, lists, a form of each, new forms, reports."""
	found = ["aftersales", "dashboard-view/After-sales Service"]
	modules = ("in", discovery.app_modules())
	found += frappe.get_all("Page", {"module": modules}, pluck="name", order_by="name")
	for doctype in discovery.doctypes():
		path = doctype.lower().replace(" ", "-")
		meta = frappe.get_meta(doctype)
		if meta.issingle:
			found.append(path)
		elif doctype not in NOT_OURS:
			found += [f"{path}/view/list", f"{path}/*"]
			if not meta.in_create:
				found.append(f"{path}/new")
	return found + [f"query-report/{report}" for report in discovery.reports()]


def with_names(paths) -> list[str]:
	"""The routes with the name of the newest document in place of the star; those without one are left out."""
	by_path = {doctype.lower().replace(" ", "-"): doctype for doctype in discovery.doctypes()}
	found = []
	for path in paths:
		if path.endswith("/*"):
			newest = frappe.get_all(
				by_path[path[:-2]], pluck="name", order_by="creation desc, name desc", limit=1
			)
			found += [f"{path[:-1]}{name}" for name in newest]
		else:
			found.append(path)
	return found


def read(desk, catalogue, paths, where: str) -> dict[str, set[str]]:
	"""Path -> what is wrong on it."""
	found = {}
	desk.page.wait_for_function("() => window.frappe?.router?.current_route")
	for path in paths:
		try:
			desk.page.evaluate("path => frappe.set_route(path.split('/'))", path)
			desk.settled()
		except Error as failed:
			found[path] = {f"does not come to rest: {failed.message[:200]}"}
			desk.page.goto("/app/aftersales")
			desk.settled()
			continue
		desk.picture(f"{where}-{path.replace('/', '_').replace(' ', '-')}")
		if faults := catalogue.faults(languages.on(desk.page)):
			found[path] = faults
	return found


def told(found: dict[str, set[str]]) -> str:
	"""Each fault once, with the first page it was seen on and the number of the others."""
	places: dict[str, list[str]] = {}
	for path, faults in found.items():
		for fault in faults:
			places.setdefault(fault, []).append(path)
	return "\n".join(f"{fault} ({pages[0]}, {len(pages)})" for fault, pages in sorted(places.items()))


def in_language(user: str, language: str) -> None:
	frappe.db.set_value("User", user, "language", language)
	frappe.db.commit()
	frappe.clear_cache(user=user)


def test_a_sample_of_the_desk_in_chinese(server, world):
	in_language(world.users["reader"], "zh")
	with chromium() as browser, desks_of(browser, server.url, world.users) as desks:
		found = read(desks.reader, languages.Catalogue("zh", languages.names()), with_names(SAMPLE), "zh")
	assert not found, told(found)


@pytest.mark.skipif(not ALL, reason="make languages")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ALL)
def test_every_page(server, world, language, size):
	in_language(world.users["reader"], language)
	in_language(ANNA, language)
	catalogue = languages.Catalogue(language.replace("-", "_"), languages.names())
	paths = [path for path in with_names(routes()) if re.search(ONLY, path)]
	where = f"{language}-{size['width']}"
	with chromium() as browser, desks_of(browser, server.url, world.users, size=size) as desks:
		found = read(desks.reader, catalogue, paths, where)
		page = desks.reader.page
		for path in ("/technician", f"/technician/visit/{world.visit}", "/technician/more"):
			page.goto(path)
			page.wait_for_timeout(2000)
			desks.reader.picture(f"{where}-technician{len(path)}")
			found[path] = catalogue.faults(languages.on(page))
		desks.reader.log_in(ANNA)
		for path in (
			*("/aftersales", "/aftersales/new", "/aftersales/products", "/aftersales/products/register"),
			*(
				"/aftersales/messages",
				f"/aftersales/products/{world.file}",
				f"/aftersales/calls/{world.call}",
			),
			*(world.code, f"{world.code}/register", "/aftersales/standards"),
		):
			page.goto(path)
			desks.reader.picture(f"{where}-{path.replace('/', '_')}")
			found[path] = catalogue.faults(languages.on(page))
	# At once: of a long run that is stopped, the languages that were read are known
	print(f"\n{where}: {len(found)} pages read, {sum(map(bool, found.values()))} with a fault\n{told(found)}")
	assert not any(found.values()), told(found)
