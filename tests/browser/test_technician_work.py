"""A visit on a phone without a network: checklist, quote signed and signed again, manual, second technician, card."""

import frappe
import pytest
from axe_playwright_python.sync_playwright import Axe
from frappe.utils import add_to_date, now_datetime
from playwright.sync_api import expect, sync_playwright

from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import PASSWORD, WAIT
from tests.jobs import gl
from tests.phones import phone_of
from tests.processes import Server, wait_for
from tests.settling_cases import terminal

AOIFE = "work.aoife@example.com"
CUSTOMER, OTHER = "Phone Work Byrne", "Phone Work Kelly"
MODEL = "Phone Work 600"
EAN = "4006381333931"
SET = ("labour_item", "travel_item", "submit_invoice", "small_fee_limit", "approval_tolerance")


@pytest.fixture
def day():
	"""Two visits that the customer pays; a checklist and a manual for the product, a terminal, a van with seals."""
	settings = frappe.get_doc("Aftersales Settings")
	before = {field: settings.get(field) for field in SET}
	with swept_afterwards():
		hour = make.service_item("Phone Work Hour")
		make.price(hour, 60)
		make.settings(**dict(zip(SET, (hour, hour, 1, 500, 0), strict=True)))
		make.sales_taxes("Phone Work VAT", 13.5, "VAT - LSL", is_default=1)
		accounts = {
			"income_account": make.account("Phone Work Income", "Direct Income"),
			"expense_account": "Miscellaneous Expenses - LSL",
		}
		category = make.category(
			"Phone Work", charge_rule="Customer", accounts=[{"company": make.COMPANY, **accounts}]
		)
		van = make.warehouse("Phone Work Van")
		seal = make.item("Phone Work Seal", barcodes=[{"barcode": EAN}])
		make.price(seal, 42)
		make.receive(seal, 10, 12.5, van)
		make.once("Spare Part", seal, item_code=seal, fits=[{"brand": "Baxi", "model": MODEL}])
		make.user(AOIFE, "Service Technician")
		frappe.utils.password.update_password(AOIFE, PASSWORD)
		technician = make.technician("Phone Work Aoife", van, user=AOIFE)
		make.technician("Phone Work Declan")
		make.make(
			"Checklist Template",
			template_name="Phone Work Boiler",
			model=MODEL,
			questions=[
				{"question": "Flue is tight", "kind": "Yes or No", "good_answer": "Yes", "reqd": 1},
				{"question": "CO", "kind": "Value", "uom": "ppm", "has_upper": 1, "upper": 50, "reqd": 1},
			],
		)
		make.manual("Phone Work Wiring", "Connect L to 1.", model=MODEL, brand="Baxi")
		start = now_datetime().replace(microsecond=0)
		visits = {}
		for number, name in enumerate((CUSTOMER, OTHER)):
			owner = make.customer(name)
			call = make.call(
				owner,
				service_category=category,
				contact_name="N. Byrne",
				contact_email="n.byrne@example.com",
				equipment=make.equipment(owner, serial_text=f"PW-{number}", model=MODEL),
			)
			visits[name] = make.planned(
				call,
				technician,
				planned_start=add_to_date(start, minutes=10 + 2 * number),
				planned_end=add_to_date(start, minutes=11 + 2 * number),
			)
			visits[name].dispatch()
		mode = terminal("Phone Work Card", "Phone Work Terminal")
		frappe.db.commit()
		try:
			yield frappe._dict(visits=visits, mode=mode)
		finally:
			frappe.db.rollback()
			make.settings(**before)
			frappe.db.commit()


@pytest.fixture
def network():
	server = Server(frappe.local.site).start()
	yield server
	server.stop()


def over(name: str) -> bool:
	frappe.db.rollback()
	return frappe.db.get_value("Service Voucher", name, "docstatus") == 1


def test_a_visit_with_all_that_it_may_need_without_a_network(day, network, tmp_path):
	visit = day.visits[CUSTOMER]
	with sync_playwright() as playwright, phone_of(playwright, tmp_path / "phone", network.url) as phone:
		page = phone.log_in(AOIFE).open().works_offline().page
		phone.visit(CUSTOMER)
		page.get_by_text("Documents").click()
		expect(page.get_by_text("On this phone")).to_be_visible(timeout=WAIT)
		network.stop()

		# The manual is whole on the phone
		assert page.evaluate("document.querySelector('[data-digest]').href").startswith("blob:")
		assert stored_files(page, AOIFE) == ["Connect L to 1."]

		phone.tap("Arrived")
		page.get_by_label("Add Second Technician").select_option("Phone Work Declan")
		page.get_by_role("button", name="Add Part").click()
		page.locator("button.found", has_text="Phone Work Seal").click()
		phone.tap(page.get_by_role("button", name="More: Hours").first)  # half an hour of Aoife's

		# A quote from what the phone knows: an estimate, signed up to an amount
		phone.tap("Quote to the Customer")
		expect(page.locator("dialog").get_by_text("Estimate: the server's prices")).to_be_visible()
		phone.picture("technician-quote")
		phone.tap("Customer Accepts")
		expect(page.locator("dialog .problem")).to_have_count(1)  # the signature
		phone.sign().tap("Customer Accepts")
		expect(page.get_by_text("Accepted by N. Byrne, up to €87.00 before tax")).to_be_visible()

		# One seal more than accepted: it is said, and signed again
		page.get_by_role("button", name="More: Quantity").click()
		phone.type("What was found and done", "Seal worn").tap("Passed").tap("Completed").sign()
		phone.tap("Complete Visit")
		expect(page.get_by_text("more than the customer accepted")).to_be_visible()
		expect(page.get_by_text("Answer this question.")).to_have_count(2)
		phone.picture("technician-checklist-missing", whole=True)
		phone.tap("Quote Again")
		phone.sign_in(page.locator("dialog")).tap("Customer Accepts")

		flue = page.get_by_role("group", name="Flue is tight *")
		flue.get_by_role("button", name="Yes").click()
		page.get_by_label("CO (ppm) *").fill("120")
		expect(page.get_by_text("Out of Limits")).to_be_visible()
		page.get_by_label("Remark").fill("Burner dirty")
		phone.picture("technician-checklist")
		page.emulate_media(color_scheme="dark")
		phone.picture("technician-dark", whole=True)
		page.emulate_media(color_scheme="light")
		phone.tap("Complete Visit")
		expect(page.get_by_text("The visit is on this phone")).to_be_visible()
		expect(page.get_by_text("The report is sent to n.byrne@example.com.")).to_be_visible()

		# By card, for what the phone reckons
		page.get_by_text("Take a Payment").click()
		phone.tap(day.mode)
		page.get_by_label("Number of the slip").fill("T-4711")
		expect(page.get_by_label("Amount (EUR), as the phone knows it")).to_have_value("146.42")
		phone.picture("technician-payment", whole=True)
		phone.tap("Give Receipt")
		phone.stored().kill().start().open()
		assert not over(visit.name)

		network.start()
		phone.log_in(AOIFE).open()
		wait_for(
			lambda: frappe.db.rollback() or frappe.db.count("Technician Act", {"kind": "take_payment"}), 120
		)
		phone.visit(CUSTOMER)
		expect(page_text(phone, "The visit is on the server.")).to_be_visible(timeout=WAIT)
		phone.picture("technician-paid", whole=True)

	frappe.db.rollback()
	doc = frappe.get_doc("Service Voucher", visit.name)
	assert {act.state for act in frappe.get_all("Technician Act", {"user": AOIFE}, ["state"])} == {"Done"}
	assert (doc.docstatus, doc.approval_status, doc.approved_amount, doc.approved_by) == (
		1,
		"Approved",
		129,
		"N. Byrne",
	)
	# Both that were accepted are kept; the visit goes by the last
	quoted = frappe.get_all(
		"Quotation", {"aftersales_voucher": doc.name}, ["name", "net_total"], order_by="net_total"
	)
	assert [row.net_total for row in quoted] == [87, 129] and doc.quotation == quoted[1].name
	assert {(row.technician, row.hours) for row in doc.labour} == {
		("Phone Work Aoife", 0.5),
		("Phone Work Declan", 0.25),
	}
	assert sum(row[1] for row in gl(doc.sales_invoice)) == 146.42
	[checklist] = frappe.get_all(
		"Service Checklist", {"reference_name": doc.name}, ["name", "status", "out_of_limits"]
	)
	assert (checklist.status, checklist.out_of_limits) == ("Complete", 1)
	[payment] = frappe.get_all(
		"Service Payment", {"reference_name": doc.name}, ["amount", "reference_no", "mode_of_payment"]
	)
	assert (payment.amount, payment.reference_no, payment.mode_of_payment) == (146.42, "T-4711", day.mode)
	assert doc.billing_status == "Paid"
	reports = frappe.get_all(
		"Communication", {"reference_name": doc.name, "recipients": "n.byrne@example.com"}
	)
	assert len(reports) == 1


def page_text(phone, text: str):
	return phone.page.get_by_text(text)


def stored_files(page, user: str) -> list[str]:
	"""What of the documents is in the phone's store, as text."""
	return page.evaluate(
		"""(user) => new Promise((resolve, reject) => {
			const opening = indexedDB.open(`technician:${user}`);
			opening.onerror = reject;
			opening.onsuccess = () => {
				const all = opening.result.transaction("files").objectStore("files").getAll();
				all.onsuccess = () => Promise.all(all.result.map(({ blob }) => blob.text())).then(resolve);
			};
		})""",
		user,
	)


# ---------------------------------------------------------------- for everybody


def findings(phone, name: str) -> list[str]:
	"""What axe says of the page in either theme, and whether it is wider than the phone."""
	found = []
	for theme in ("light", "dark"):
		phone.page.emulate_media(color_scheme=theme)
		results = Axe().run(phone.page, options={"resultTypes": ["violations"]}).response
		found += [
			f"{name}, {theme}: {one['id']}: {node['html'][:140]}"
			for one in results["violations"]
			if one["impact"] in ("serious", "critical")
			for node in one["nodes"]
		]
	phone.page.emulate_media(color_scheme="light")
	width = phone.page.evaluate("document.documentElement.scrollWidth")
	return found + [f"{name}: {width} pixels wide"] * (width > 390)


def test_everybody_can_use_each_page_in_both_themes(day, network, tmp_path):
	with sync_playwright() as playwright, phone_of(playwright, tmp_path / "phone", network.url) as phone:
		page = phone.log_in(AOIFE).open().works_offline().page
		expect(page.locator("a.visit")).to_have_count(2)
		found = findings(phone, "my day")
		phone.tap("More", "link")
		found += findings(phone, "more")
		phone.tap("Back", "link").visit(CUSTOMER)
		found += findings(phone, "before arrival")
		phone.tap("Arrived").tap("Add Part")
		found += findings(phone, "parts")
		phone.tap(page.locator("button.found").first).tap("Complete Visit")
		page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
		found += findings(phone, "visit with what is missing")
		phone.tap("Quote to the Customer")
		found += findings(phone, "quote")
		phone.tap("The customer declines")
		found += findings(phone, "declined quote")
		phone.type("Why does the customer decline?", "Too dear").tap("Customer Declines")
		expect(page.get_by_text("Declined: Too dear")).to_be_visible(timeout=WAIT)
		phone.sign().tap("Complete Visit")
		expect(page.get_by_text("The visit is on the server.")).to_be_visible(timeout=WAIT)
		found += findings(phone, "over")
		assert found == []
	doc = frappe.get_doc("Service Voucher", day.visits[CUSTOMER].name)
	frappe.db.rollback()
	doc.reload()
	assert (doc.outcome, doc.approval_status, doc.decline_reason, doc.parts) == (
		"Declined",
		"Declined",
		"Too dear",
		[],
	)


# ---------------------------------------------------------------- scanning

CAMERA = """
	navigator.mediaDevices.getUserMedia = async () => {
		const canvas = document.createElement("canvas");
		canvas.width = 640;
		canvas.height = 480;
		const pen = canvas.getContext("2d");
		const modules = %s;
		const draw = () => {
			pen.fillStyle = "#fff";
			pen.fillRect(0, 0, 640, 480);
			pen.fillStyle = "#000";
			[...modules].forEach((bar, index) => bar === "1" && pen.fillRect(130 + 4 * index, 120, 4, 240));
		};
		draw();
		setInterval(draw, 50);
		return canvas.captureStream(20);
	};
"""
"""A camera that looks at a bar code."""

BROWSERS_OWN = """
	window.BarcodeDetector = class {
		static async getSupportedFormats() { return ["ean_13"]; }
		async detect(source) {
			if (!(source instanceof HTMLVideoElement)) throw new TypeError("no video");
			return [{ rawValue: "%s" }];
		}
	};
"""
NONE_IN_THE_BROWSER = "delete window.BarcodeDetector;"


def ean13(code: str) -> str:
	"""The bars of an EAN-13, 1 for black."""
	left = (
		"0001101",
		"0011001",
		"0010011",
		"0111101",
		"0100011",
		"0110001",
		"0101111",
		"0111011",
		"0110111",
		"0001011",
	)
	parity = (
		"LLLLLL",
		"LLGLGG",
		"LLGGLG",
		"LLGGGL",
		"LGLLGG",
		"LGGLLG",
		"LGGGLL",
		"LGLGLG",
		"LGLGGL",
		"LGGLGL",
	)
	right = [each.translate(str.maketrans("01", "10")) for each in left]
	kinds = parity[int(code[0])]
	first = "".join(
		left[int(digit)] if kind == "L" else right[int(digit)][::-1]
		for digit, kind in zip(code[1:7], kinds, strict=True)
	)
	return "101" + first + "01010" + "".join(right[int(digit)] for digit in code[7:]) + "101"


@pytest.mark.parametrize("reader", [BROWSERS_OWN % EAN, NONE_IN_THE_BROWSER], ids=["browser", "library"])
def test_a_part_is_found_by_its_bar_code_without_a_network(day, network, tmp_path, reader):
	with sync_playwright() as playwright, phone_of(playwright, tmp_path / "phone", network.url) as phone:
		phone.context.add_init_script(CAMERA % f"'{ean13(EAN)}'" + reader)
		page = phone.log_in(AOIFE).open().works_offline().page
		network.stop()
		phone.visit(OTHER).tap("Arrived").tap("Add Part")
		phone.tap(page.locator("dialog").get_by_role("button", name="Scan"))
		expect(page.locator(".item", has_text="Phone Work Seal")).to_be_visible(timeout=WAIT)
		expect(page.locator("dialog")).to_have_count(0)
