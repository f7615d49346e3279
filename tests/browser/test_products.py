"""A product's file, its help, a plan and a checklist on the desk and on a phone; the manual by the code on it."""

import os

import frappe
import pytest
from frappe.utils import add_months, nowdate
from playwright.sync_api import expect

from aftersales.installed_base.meters import readings
from aftersales.installed_base.product_codes import product_signature
from aftersales.planned_service import planning
from aftersales.setup import defaults
from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import PHONE, WAIT, chromium, desks_of, passwords

MODEL = "Browser Combi 24"


@pytest.fixture
def shop():
	with swept_afterwards(), passwords(lead="Service Supervisor") as users:
		defaults.insert_missing(["Service Request Type", "Service Category", "Issue Priority"])
		customer = make.customer("Browser Product Ltd")
		file = make.equipment(
			customer,
			model=MODEL,
			serial_text="BP-1",
			installed_on=add_months(nowdate(), -7),
			purchase_date=add_months(nowdate(), -8),
		)
		readings.take(file, "Operating hours", 812, "Desk")
		make.make(
			"Product Document",
			title="Operating manual",
			audience="Customer",
			model=MODEL,
			version="2",
			address="https://example.com/manual.pdf",
		)
		make.make(
			"Service Article",
			title="Refill the system",
			problem="Pressure too low",
			solution="<p>Open the valve</p>",
			model=MODEL,
			audience="Customer",
			status="Reviewed",
		)
		plan = make.make(
			"Maintenance Plan",
			plan_name="Browser yearly",
			company=make.COMPANY,
			applies_to="Model",
			model=MODEL,
			every_months=12,
			request_type="Inspection and Preventive Maintenance",
			tasks=[{"task": "Clean the burner", "hours": 0.75}],
		)
		planning.plan_services(plan, frappe.utils.getdate())
		call = make.call(customer, equipment=file)
		make.make(
			"Checklist Template",
			template_name="Browser safety",
			model=MODEL,
			questions=[
				{"question": "Flue is tight", "kind": "Yes or No", "good_answer": "Yes", "reqd": 1},
				{"question": "CO", "kind": "Value", "uom": "ppm", "has_upper": 1, "upper": 50, "reqd": 1},
			],
		)
		visit = make.planned(call, make.technician("Browser Aoife"))
		frappe.db.commit()
		yield frappe._dict(users=users, file=file, plan=plan, call=call, visit=visit)
		frappe.db.rollback()


def test_the_file_tells_the_life_and_helps(server, shop):
	for size in (None, PHONE):
		where = "phone" if size else "desk"
		with (
			chromium() as browser,
			desks_of(
				browser, server.url, {"lead": shop.users["lead"]}, **({"size": size} if size else {})
			) as desks,
		):
			lead = desks.lead
			lead.page.goto(f"/app/customer-equipment/{shop.file}")
			expect(lead.page.locator(".form-dashboard").first).to_be_attached(timeout=WAIT)
			lead.page.wait_for_function("() => window.cur_frm?.doc?.name && !cur_frm.is_new()", timeout=WAIT)
			lead.ask("() => aftersales.product_help.open(cur_frm)")
			expect(lead.page.locator(".modal-dialog:visible")).to_contain_text(
				"Operating manual", timeout=WAIT
			)
			expect(lead.page.locator(".modal-dialog:visible")).to_contain_text("Refill the system")
			lead.picture(f"product-help-{where}")
			lead.page.keyboard.press("Escape")
			lead.ask("() => cur_frm.set_active_tab && cur_frm.scroll_to_field('life_html')")
			expect(lead.page.locator("[data-fieldname=life_html]")).to_contain_text(
				"Meter read", timeout=WAIT
			)
			lead.picture(f"product-life-{where}")


def test_a_plan_and_a_checklist_are_readable(server, shop):
	checklist = frappe.db.get_value("Service Checklist", {"reference_name": shop.visit.name})
	assert checklist
	for size in (None, PHONE):
		where = "phone" if size else "desk"
		with (
			chromium() as browser,
			desks_of(
				browser, server.url, {"lead": shop.users["lead"]}, **({"size": size} if size else {})
			) as desks,
		):
			lead = desks.lead
			lead.page.goto(f"/app/maintenance-plan/{shop.plan.name}")
			expect(lead.page.get_by_text("Clean the burner").first).to_be_visible(timeout=WAIT)
			lead.picture(f"maintenance-plan-{where}")
			lead.page.goto(f"/app/service-checklist/{checklist}")
			expect(lead.page.get_by_text("Flue is tight").first).to_be_visible(timeout=WAIT)
			lead.picture(f"checklist-{where}")


def test_the_manual_by_the_code_on_the_product(server, shop):
	with chromium() as browser:
		page = browser.new_page(viewport=PHONE)
		page.goto(f"{server.url}/aftersales/code/{shop.file}/{product_signature(shop.file)}")
		expect(page.get_by_text("Operating manual")).to_be_visible(timeout=WAIT)
		page.get_by_text("Refill the system").click()
		expect(page.get_by_text("Open the valve")).to_be_visible()
		assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
		if folder := os.environ.get("AFTERSALES_PICTURES"):
			page.screenshot(path=os.path.join(folder, "product-code-page.png"), full_page=True)
