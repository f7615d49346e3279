"""The app's own pages of the desk: nothing of them is wider than a phone.

What axe finds in them is not tested yet: in the dark theme Frappe's blue pills are of too little contrast.
"""

import frappe
import pytest
from axe_playwright_python.sync_playwright import Axe

from aftersales.setup.roles import ROLES
from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import PHONE, WAIT, chromium, desks_of, passwords

PAGES = {
	"setup-assistant": ".setup-assistant",
	"phone-desk": ".phone-desk",
	"dispatch-board": ".dispatch-board",
	"workshop-board": ".workshop-board",
	"billing-desk": ".billing-desk",
}
"""Page and what of it is ours: the frame around it is Frappe's."""


@pytest.fixture
def someone():
	"""A manager with every role, a visit planned for tomorrow, and a product on the bench."""
	with swept_afterwards(), passwords(manager=(*ROLES, "System Manager")) as users:
		customer = make.customer("Access Customer")
		make.planned(make.call(customer), make.technician("Access Technician"))
		make.received_card(make.call(customer, equipment=make.equipment(customer)))
		frappe.db.commit()
		yield users


def grave(page, selector: str) -> list[str]:
	results = Axe().run(page, context=selector, options={"resultTypes": ["violations"]}).response
	return [
		f"{found['id']}: {node['html'][:160]}"
		for found in results["violations"]
		if found["impact"] in ("serious", "critical")
		for node in found["nodes"]
	]


def test_pages_of_the_desk_on_a_phone(server, someone):
	with chromium() as browser, desks_of(browser, server.url, someone, size=PHONE) as desks:
		page = desks.manager.page
		wide = {}
		for name, selector in PAGES.items():
			page.goto(f"/app/{name}")
			page.locator(selector).wait_for(timeout=WAIT)
			desks.manager.settled().picture(f"access-{name}-phone")
			width = page.evaluate("document.documentElement.scrollWidth")
			if width > PHONE["width"]:
				wide[name] = width
		assert wide == {}
