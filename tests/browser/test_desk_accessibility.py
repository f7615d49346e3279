"""The app's own pages of the desk: axe finds nothing grave in either theme, and nothing of them is wider than a phone."""

import frappe
import pytest
from axe_playwright_python.sync_playwright import Axe
from frappe.utils import add_to_date, now_datetime

from aftersales.setup.roles import ROLES
from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import PHONE, WAIT, chromium, desks_of, passwords

PAGES = {
	"setup-assistant": ".setup-assistant",
	"phone-desk": ".phone-desk",
	"dispatch-board": ".db-main",
	"workshop-board": ".wb-main",
	"billing-desk": ".billing-desk",
	"service-map": ".service-map",
}
"""Page and what of it is ours: the frame around it is Frappe's."""
GRAVE = ("serious", "critical")
THEMES = {"light": "Light", "dark": "Dark"}


@pytest.fixture
def someone():
	"""A manager for each theme; boards with an emergency, visits in each state, a product on the bench, a visit to bill."""
	everything = (*ROLES, "System Manager", "Accounts Manager", "Sales User", "Stock User")
	with swept_afterwards(), passwords(**dict.fromkeys(THEMES, everything)) as users:
		for who, theme in THEMES.items():
			frappe.db.set_value("User", users[who], "desk_theme", theme)
		customer, technician = make.customer("Access Customer"), make.technician("Access Technician")
		hour = make.service_item("Access Hour")
		make.price(hour, 60)
		category = make.category(
			"Access",
			charge_rule="Customer",
			accounts=[
				{"company": make.COMPANY, "income_account": "Service - LSL", "cost_center": "Main - LSL"}
			],
		)
		job = {"service_category": category, "category_reason": "As agreed"}
		make.call(customer, subject="Smell of gas", hazard="Gas")
		make.call(customer, subject="Drips")
		now = now_datetime()
		for number, state in enumerate(("Draft", "Dispatched", "On Site", "Completed")):
			start = add_to_date(now, minutes=-30 * number)
			visit = make.planned(
				make.call(customer, **job),
				technician,
				planned_start=start,
				planned_end=add_to_date(start, minutes=30),
				labour=[make.hours(1, item_code=hour)],
			)
			go_on(visit, state, start)
		make.received_card(make.call(customer, equipment=make.equipment(customer)))
		frappe.db.commit()
		yield users


def go_on(visit, state: str, start) -> None:
	if state == "Draft":
		return
	visit.dispatch()
	if state == "Dispatched":
		return
	visit.arrived_at = start
	visit.arrive()
	if state == "On Site":
		return
	visit.update(
		{
			"departed_at": now_datetime(),
			"outcome": "Completed",
			"findings": "Set anew",
			"test_result": "Passed",
			"unsigned_reason": "Left a note",
		}
	)
	visit.save()
	visit.complete()


def grave(page, selector: str) -> list[str]:
	results = Axe().run(page, context=selector, options={"resultTypes": ["violations"]}).response
	return [
		f"{found['id']}: {node['html'][:200]} {[check['message'] for check in node['any']][:1]}"
		for found in results["violations"]
		if found["impact"] in GRAVE
		for node in found["nodes"]
	]


def test_axe_finds_nothing_grave_in_either_theme(server, someone):
	with chromium() as browser, desks_of(browser, server.url, someone) as desks:
		found = {}
		for theme in THEMES:
			page = desks[theme].page
			for name, selector in PAGES.items():
				page.goto(f"/app/{name}")
				page.locator(selector).wait_for(timeout=WAIT)
				desks[theme].settled().picture(f"access-{name}-{theme}")
				assert page.evaluate("document.documentElement.dataset.theme") == theme
				if told := grave(page, selector):
					found[f"{name} {theme}"] = told
			page.goto("/app/dispatch-board")
			page.locator(".db-call").first.click()
			page.locator(".db-dialog.show").wait_for(timeout=WAIT)
			desks[theme].settled()
			if told := grave(page, ".db-dialog"):
				found[f"a dialog {theme}"] = told
		assert not found, "\n".join(f"{name}: {line}" for name, lines in found.items() for line in lines)


def test_pages_of_the_desk_on_a_phone(server, someone):
	with chromium() as browser, desks_of(browser, server.url, someone, size=PHONE) as desks:
		page = desks.light.page
		wide = {}
		for name, selector in PAGES.items():
			page.goto(f"/app/{name}")
			page.locator(selector).wait_for(timeout=WAIT)
			desks.light.settled().picture(f"access-{name}-phone")
			width = page.evaluate("document.documentElement.scrollWidth")
			if width > PHONE["width"]:
				wide[name] = width
		assert wide == {}
