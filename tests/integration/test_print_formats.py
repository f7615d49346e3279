"""The papers a shop hands out: what stands on them, and that they fit the page, as Chromium prints them."""

import io
import os

import frappe
import pypdf
import pytest
import zxingcpp
from bs4 import BeautifulSoup
from frappe.utils import fmt_money
from PIL import Image

from aftersales import printing
from aftersales.repair_workshop import board
from aftersales.vendor_repairs.vendor_repairs import vendor_repair_from_card
from tests import factories as make
from tests.jobs import done

FORMATS = {
	"Service Voucher": "Service Voucher",
	"Collection Receipt": "Collection Receipt",
	"Repair List": "Repair Card",
	"Repair Card Tag": "Repair Card",
	"Complaint Answer": "Service Complaint",
	"Loan Agreement": "Loaner Issue",
	"Vendor Repair Note": "Vendor Repair",
	"Notice to Collect": "Uncollected Product",
	"Service Invoice": "Sales Invoice",
}
NASTY = "<img src=x onerror=alert(1)> & \"quoted\" 'text'"


@pytest.fixture(scope="module")
def chromium():
	from playwright.sync_api import sync_playwright

	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"],
			args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
		)
		yield browser
		browser.close()


@pytest.fixture
def call(shop):
	file = make.equipment(shop.customer, brand="Calora", model="GWH 11", serial_text="CW-5531")
	return make.call(shop.customer, equipment=file, subject="Leaks onto the floor")


@pytest.fixture
def visit(shop, call):
	return make.voucher(
		call,
		shop.technician,
		advice="Service it every year",
		labour=[make.hours(1.5)],
		parts=[make.part(shop.seal, 2, warehouse=shop.van)],
	)


def html_of(doc, print_format: str, **options) -> str:
	return frappe.get_print(doc.doctype, doc.name, print_format, **options)


def text_of(doc, print_format: str, **options) -> str:
	soup = BeautifulSoup(html_of(doc, print_format, **options), "html.parser")
	for style in soup("style"):
		style.decompose()
	return " ".join(soup.get_text(" ").split())


def pdf_of(chromium, html: str) -> pypdf.PdfReader:
	page = chromium.new_page()
	show(page, html)
	reader = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
	page.close()
	return reader


def show(page, html: str) -> None:
	"""Load a print view without a server: its buttons are hidden as Frappe's own style sheet does."""
	page.set_content(
		html.replace("</head>", "<style>.print-hide { display: none } body { margin: 0 }</style></head>")
	)


def millimetres(reader: pypdf.PdfReader) -> tuple[int, int]:
	box = reader.pages[0].mediabox
	return round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)


# --- service report --------------------------------------------------------------------------------


def test_a_report_shows_what_was_done_and_what_it_costs(shop, visit):
	visit.submit()
	text = text_of(visit, "Service Voucher")
	invoice = frappe.get_doc("Sales Invoice", visit.sales_invoice)
	for expected in (
		visit.name,
		"Nora Byrne",
		"Calora GWH 11",
		"CW-5531",
		"Leaks onto the floor",
		"Worn seal replaced, flow tested",
		"Service it every year",
		"Repair Aoife Doyle 1.5",
		fmt_money(90, currency="EUR"),
		f"{shop.seal} {shop.seal} 2 Nos",
		fmt_money(84, currency="EUR"),
		f"Net {fmt_money(174, currency='EUR')}",
		f"VAT 13.5% {fmt_money(23.49, currency='EUR')}",
		f"You pay {fmt_money(197.49, currency='EUR')}",
		"The invoice follows.",
	):
		assert expected in text, expected
	assert invoice.grand_total == 197.49


def test_a_report_says_what_is_paid_and_what_is_left(visit):
	visit.submit()
	invoice = frappe.get_doc("Sales Invoice", visit.sales_invoice)
	invoice.submit()
	visit.reload()
	assert f"Invoice {invoice.name}; {fmt_money(197.49, currency='EUR')} outstanding." in text_of(
		visit, "Service Voucher"
	)
	invoice.db_set("outstanding_amount", 0)
	assert f"Invoice {invoice.name}, paid in full." in text_of(visit, "Service Voucher")


def test_lines_others_pay_have_no_amount(shop, call):
	visit = make.voucher(
		call,
		shop.technician,
		labour=[make.hours(1)],
		parts=[
			make.part(
				shop.seal, 1, warehouse=shop.van, charge_to="Warranty", charge_reason="Seal of our repair"
			)
		],
	)
	text = text_of(visit, "Service Voucher")
	assert f"{shop.seal} {shop.seal} 1 Nos Warranty" in text
	assert f"You pay {fmt_money(68.1, currency='EUR')}" in text


def test_a_visit_without_anything_to_pay_says_so(shop, call):
	visit = make.voucher(call, shop.technician)
	visit.submit()
	text = text_of(visit, "Service Voucher")
	assert "There is nothing to pay for this visit." in text
	assert "You pay" not in text
	assert "None" not in text


def test_a_draft_is_a_job_sheet_to_fill_in(call, shop):
	visit = make.planned(call, shop.technician, preliminary_plan="Check the valve")
	soup = BeautifulSoup(html_of(visit, "Service Voucher"), "html.parser")
	assert "Check the valve" in soup.get_text()
	assert len(soup.select(".rule")) == 4
	assert len(soup.select("td.blank")) == 5
	assert "None" not in soup.get_text()


def test_internal_work_needs_no_customer_and_no_signature(shop):
	visit = make.voucher(
		None,
		shop.technician,
		service_category="D",
		customer_signature=None,
		signed_by=None,
		labour=[make.hours(1)],
	)
	visit.submit()
	text = text_of(visit, "Service Voucher")
	assert "Internal work" in text
	assert "Signature of the customer" not in text
	assert "You pay" not in text


def test_amounts_are_in_the_customers_currency(shop):
	frappe.get_doc(
		{
			"doctype": "Currency Exchange",
			"date": frappe.utils.nowdate(),
			"from_currency": "GBP",
			"to_currency": "EUR",
			"exchange_rate": 1.2,
			"for_selling": 1,
		}
	).insert()
	customer = make.customer("Belfast Dental Ltd", default_currency="GBP")
	visit = make.voucher(make.call(customer), shop.technician, labour=[make.hours(1)])
	bill = printing.aftersales_bill(visit)
	assert (bill.currency, bill.net) == ("GBP", 50)
	# 56.75, which this site rounds to whole pounds
	text = text_of(visit, "Service Voucher")
	assert (
		f"Taxes and Rounding {fmt_money(7, currency='GBP')} You pay {fmt_money(57, currency='GBP')}" in text
	)


def test_what_the_accountant_added_to_the_invoice_is_on_the_report(shop, visit):
	visit.submit()
	invoice = frappe.get_doc("Sales Invoice", visit.sales_invoice)
	invoice.append("items", {"item_code": shop.hour, "qty": 1, "rate": 10, "income_account": shop.income})
	invoice.save()
	visit.reload()
	bill = printing.aftersales_bill(visit)
	assert (bill.further, bill.net) == (10, 184)
	assert f"Further items of the invoice {fmt_money(10, currency='EUR')}" in text_of(
		visit, "Service Voucher"
	)


# --- workshop papers -------------------------------------------------------------------------------


def test_a_collection_receipt_has_two_copies_on_one_page(chromium, shop):
	make.contact(shop.customer, "Nora", "+353 86 123 4567")
	make.address(shop.customer)
	make.make(
		"Letter Head",
		letter_head_name="Ours",
		source="HTML",
		content="<p>Liffey Service Ltd<br>Unit 4, Greenhills Court<br>+353 20 910 0100</p>",
		is_default=1,
	)
	file = make.equipment(shop.customer, brand="Calora", model="GWH 11", serial_text="CW-5531")
	receipt = make.receipt(make.call(shop.customer, equipment=file, subject="Leaks onto the floor"))
	receipt.submit()
	text = text_of(receipt, "Collection Receipt")
	assert text.count(receipt.name) == 2
	assert text.count("Flue adapter; Mounting plate") == 2
	assert text.count("Casing scratched on the left") == 2
	assert "Customer's copy" in text
	assert "Shop's copy" in text
	customers, shops = text.split("cut here")
	for condition in printing.aftersales_conditions():
		assert condition in customers
		assert condition not in shops
	assert "Product received back by the customer" in shops
	assert text.count("4 Grand Canal Quay") == text.count("086 123 4567") == 2
	paper = pdf_of(chromium, html_of(receipt, "Collection Receipt", letterhead="Ours"))
	assert len(paper.pages) == 1
	assert millimetres(paper) == (210, 297)


def test_a_tag_is_one_label_whose_code_opens_the_card(chromium, call):
	card = make.received_card(call, promised_return="2030-05-17 16:00:00")
	html = html_of(card, "Repair Card Tag")
	label = pdf_of(chromium, html)
	assert len(label.pages) == 1
	assert millimetres(label) == (100, 60)

	page = chromium.new_page(viewport={"width": 500, "height": 300}, device_scale_factor=2)
	show(page, html)
	codes = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
	page.close()
	assert [code.text for code in codes] == [frappe.utils.get_url(f"/scan/{card.name}")]
	found = board.look_up(codes[0].text)["card"]
	assert (found["name"], found["status"]) == (card.name, "Received")
	assert board.advance(found["name"], "start_diagnosis", found["status"])["status"] == "Diagnosing"
	text = text_of(card, "Repair Card Tag")
	for expected in (
		card.name,
		"Calora GWH 11",
		"CW-5531",
		"Nora Byrne",
		"17-05-2030 16:00",
		"Leaks onto the floor",
	):
		assert expected in text, expected


def test_a_tag_with_long_texts_stays_one_label(chromium, shop):
	file = make.equipment(
		shop.customer, brand="Manufacturer of " * 7, model="Model " * 20, serial_text="SN" * 60
	)
	call = make.call(shop.customer, equipment=file, subject="It does many things wrong " * 5)
	card = make.received_card(call, promised_return="2030-05-17 16:00:00")
	assert len(pdf_of(chromium, html_of(card, "Repair Card Tag")).pages) == 1


def test_a_repair_list_names_fault_parts_hours_and_cost(shop, call):
	card = make.card(
		call,
		fault_code="FLT-SEAL",
		cause_code="CAU-WEAR",
		warehouse=shop.van,
		labour=[make.hours(2, charge_to="Customer", technician=shop.technician)],
		parts=[make.part(shop.seal, 1, charge_to="Customer")],
	)
	card.submit()
	text = text_of(card, "Repair List")
	for expected in (
		card.name,
		"Seal or Gasket Leaks",
		"Normal Wear",
		"Seal worn",
		f"{shop.seal} {shop.seal} 1 Nos {fmt_money(42, currency='EUR')}",
		f"2 {fmt_money(120, currency='EUR')}",
		f"Net {fmt_money(162, currency='EUR')}",
		f"You pay {fmt_money(183.87, currency='EUR')}",
		"approved by N. Byrne",
	):
		assert expected in text, expected


def test_an_empty_card_prints(call):
	card = make.received_card(call)
	text = text_of(card, "Repair List")
	assert "None" not in text
	assert "You pay" not in text


# --- uncollected products ---------------------------------------------------------------------------


def uncollected_of(call, shop):
	"""The record of a repaired product that nobody collects."""
	card = done(shop, "Repair Card", labour=[make.hours(1)])
	doc = frappe.new_doc("Uncollected Product")
	doc.update(
		{
			"repair_card": card.name,
			"repair_call": call.name,
			"equipment": call.equipment,
			"customer": call.customer,
			"customer_name": "Nora Byrne",
			"company": make.COMPANY,
			"ready_on": "2026-03-02",
		}
	)
	return doc.insert(ignore_permissions=True)


def test_the_notice_says_from_when_what_happens_and_the_record_what_happened(call, shop):
	make.settings(
		storage_free_days=30, dispose_after_days=180, storage_fee_item=make.service_item("Storage Day")
	)
	doc = uncollected_of(call, shop)
	text = text_of(doc, "Notice to Collect")
	for expected in (
		"Please Collect Your Product",
		"Calora GWH 11",
		"ready since 02-03-2026",
		"From 02-04-2026 on we charge storage",
		"dispose of it from 29-08-2026 on",
	):
		assert expected in text, expected
	doc.db_set(
		{
			"status": "Disposed",
			"disposal": "Sold",
			"disposal_reason": "Reminded twice",
			"disposed_on": "2026-09-01",
		}
	)
	text = text_of(frappe.get_doc(doc.doctype, doc.name), "Notice to Collect")
	for expected in ("Record of Disposal", "01-09-2026", "Sold", "Reminded twice", "Witness"):
		assert expected in text, expected
	assert "we may sell it" not in text


# --- every format ----------------------------------------------------------------------------------


def sample(print_format: str, call, shop, **texts):
	"""A document for `print_format` with `texts` in its free-text fields."""
	if print_format == "Service Voucher":
		doc = make.voucher(call, shop.technician, labour=[make.hours(1)])
	elif print_format == "Collection Receipt":
		doc = make.receipt(call)
	elif print_format == "Complaint Answer":
		doc = complaint_about(call)
	elif print_format == "Loan Agreement":
		doc = loaner_for(call)
	elif print_format == "Vendor Repair Note":
		doc = sent_out(call)
	elif print_format == "Notice to Collect":
		doc = uncollected_of(call, shop)
	elif print_format == "Service Invoice":
		frappe.db.set_value("Repair Call", call.name, "contact_phone", None)  # ERPNext takes numbers only
		visit = make.voucher(call, shop.technician, labour=[make.hours(1)])
		visit.submit()
		doc = frappe.get_doc("Sales Invoice", visit.sales_invoice)
	else:
		doc = make.received_card(call)
	for field in doc.meta.get("fields", {"fieldtype": ("in", ("Data", "Small Text"))}):
		if texts and not field.read_only and not field.options and not field.get("is_virtual"):
			doc.db_set(field.fieldname, texts["text"])
	return frappe.get_doc(doc.doctype, doc.name)


def loaner_for(call, **values):
	heater = make.item("Loaner heater", has_serial_no=1)
	make.receive(heater, 1, 150, f"Stores - {make.ABBR}", ("LH-1",))
	make.once("Item Price", "LH", item_code=heater, price_list="Standard Selling", price_list_rate=480)
	return make.make(
		"Loaner Issue",
		**{
			"repair_call": call.name,
			"company": make.COMPANY,
			"item_code": heater,
			"serial_no": "LH-1",
			"from_warehouse": f"Stores - {make.ABBR}",
			"to_warehouse": f"Goods In Transit - {make.ABBR}",
			"issued_at": "2030-05-01 10:00:00",
			"due_back": "2030-05-15",
			"condition": "Two scratches on the lid",
			"accessories": "Hose, bracket",
			"customer_signature": make.SIGNATURE,
			"signed_by": "N. Byrne",
			**values,
		},
	)


def sent_out(call):
	receipt = make.receipt(call, fault_as_told="Trips the fuse when it warms up")
	receipt.submit()
	card = make.received_card(call, collection_receipt=receipt.name, diagnosis="Control board dead")
	make.once("Supplier", "Calora Works", supplier_name="Calora Works", supplier_group="All Supplier Groups")
	repair = vendor_repair_from_card(card.name)
	repair.update(
		{"supplier": "Calora Works", "expected_back": "2030-05-20", "sent_at": "2030-05-10 09:00:00"}
	)
	return repair.insert()


def test_a_loan_agreement_says_what_for_how_long_and_for_how_much(chromium, call):
	doc = loaner_for(call)
	text = text_of(doc, "Loan Agreement")
	for expected in (
		doc.name,
		"Nora Byrne",
		"Loaner heater",
		"LH-1",
		"In place of Calora GWH 11, CW-5531",
		"To be returned by 15-05-2030",
		f"Value {fmt_money(480, currency='EUR')}",
		"Two scratches on the lid",
		"Hose, bracket",
		"Received by the customer N. Byrne",
		"The loaner stays our property.",
	):
		assert expected in text, expected
	assert fmt_money(150, currency="EUR") not in text, "what it cost us is nobody's business"
	assert make.SIGNATURE in html_of(doc, "Loan Agreement")
	assert len(pdf_of(chromium, html_of(doc, "Loan Agreement")).pages) == 1


def test_a_loan_agreement_tells_how_the_loaner_came_back(call):
	doc = loaner_for(call, issued_at="2026-05-01 10:00:00")
	doc.submit()
	frappe.get_doc(doc.doctype, doc.name).take_back("Damaged", "Nora Byrne", make.SIGNATURE, "Lid broken")
	text = text_of(frappe.get_doc(doc.doctype, doc.name), "Loan Agreement")
	assert "Condition Damaged" in text and "Lid broken" in text
	assert "Given back by the customer Nora Byrne" in text


def test_the_note_to_a_vendor_has_all_he_needs_and_no_value(chromium, call):
	repair = sent_out(call)
	repair.cost = 90
	repair.save()
	text = text_of(repair, "Vendor Repair Note")
	for expected in (
		repair.name,
		"Calora Works",
		"Calora GWH 11",
		"CW-5531",
		"Complaint Trips the fuse when it warms up",
		"Please do Control board dead",
		"Sent along Flue adapter, Mounting plate",
		"Casing scratched on the left",
		"Wanted back by 20-05-2030",
	):
		assert expected in text, expected
	assert fmt_money(90, currency="EUR") not in text, "what we pay is on the order"
	sheet = BeautifulSoup(html_of(repair, "Vendor Repair Note"), "html.parser").select_one(".sheet")
	assert "Nora Byrne" not in sheet.get_text(), "the vendor need not know our customer"
	assert len(pdf_of(chromium, html_of(repair, "Vendor Repair Note")).pages) == 1


def complaint_about(call):
	return make.make(
		"Service Complaint",
		repair_call=call.name,
		customer=call.customer,
		contact_phone="+353 86 123 4567",
		subject="Came two hours late",
		answer="<p>We are sorry and refund the call-out.</p>",
		measures=[
			{"measure": "Refund of the call-out", "due_on": "2026-03-02"},
			{"measure": "Brief the crews", "kind": "Prevention"},
		],
	)


def test_the_answer_to_a_complaint_is_a_letter(chromium, call):
	doc = complaint_about(call)
	text = text_of(doc, "Complaint Answer")
	assert "Your complaint Came two hours late" in text
	assert "We are sorry and refund the call-out." in text
	assert "Refund of the call-out" in text
	assert "Brief the crews" not in text, "what we do among ourselves is not for the letter"
	assert f"quote {doc.name}" in text
	assert len(pdf_of(chromium, html_of(doc, "Complaint Answer")).pages) == 1
	doc.answer = None
	doc.save()
	assert "not to be sent" in text_of(doc, "Complaint Answer")


@pytest.mark.parametrize("print_format", FORMATS)
def test_user_text_is_never_markup(print_format, call, shop):
	# written past the framework's own cleaning of input, as an import or another app could
	frappe.db.set_value(
		"Repair Call", call.name, {"subject": NASTY, "contact_name": NASTY, "contact_phone": NASTY}
	)
	frappe.db.set_value("Customer Equipment", call.equipment, {"brand": NASTY, "serial_text": NASTY})
	doc = sample(print_format, call, shop, text=NASTY)
	html = html_of(doc, print_format)
	assert "&lt;img src=x" in html
	assert "<img src=x" not in html


@pytest.mark.parametrize("print_format", FORMATS)
def test_formats_are_standard_and_belong_to_their_doctype(print_format):
	stored = frappe.get_doc("Print Format", print_format)
	assert (stored.standard, stored.doc_type, stored.disabled) == ("Yes", FORMATS[print_format], 0)


@pytest.mark.parametrize("print_format", [name for name in FORMATS if name != "Repair Card Tag"])
def test_the_letterhead_of_the_company_is_respected(print_format, call, shop):
	make.make(
		"Letter Head", letter_head_name="Ours", source="HTML", content="<p>Unit 4, Parkgate</p>", is_default=1
	)
	doc = sample(print_format, call, shop)
	copies = 2 if print_format == "Collection Receipt" else 1
	assert text_of(doc, print_format, letterhead="Ours").count("Unit 4, Parkgate") == copies
	assert "Unit 4, Parkgate" not in text_of(doc, print_format, no_letterhead=1)


@pytest.mark.parametrize("print_format", FORMATS)
def test_a_user_without_access_cannot_print(print_format, call, shop):
	doc = sample(print_format, call, shop)
	frappe.set_user(make.user("nobody@print.example"))
	with pytest.raises(frappe.PermissionError):
		html_of(doc, print_format)


def test_a_long_job_breaks_between_rows_and_repeats_the_head(chromium, shop, call):
	visit = make.voucher(
		call,
		shop.technician,
		labour=[make.hours(0.25, description=f"Step {step} of a long job") for step in range(30)],
		parts=[make.part(shop.seal, 1, warehouse=shop.van, charge_to="Customer") for _row in range(30)],
	)
	paper = pdf_of(chromium, html_of(visit, "Service Voucher"))
	pages = [page.extract_text() for page in paper.pages]
	assert len(pages) >= 2
	assert all("Hours" in page or "Quantity" in page for page in pages[:2])
	assert sum(page.count("Step ") for page in pages) == 30
	assert "You pay" in "".join(pages)


@pytest.mark.parametrize(
	("value", "shown"), [(0, "0"), (1, "1"), (1.5, "1.5"), (0.125, "0.125"), (1000, "1,000"), (None, "0")]
)
def test_quantities_have_no_idle_zeros(value, shown):
	assert printing.aftersales_quantity(value) == shown


def test_a_missing_title_prints_nothing_with_a_catalogue_loaded(monkeypatch):
	"""gettext answers an empty text with the header of its catalogue."""
	header = "Project-Id-Version: aftersales"
	monkeypatch.setattr(printing, "_", lambda text: text or header)
	assert printing.aftersales_code("no such code") == ""
	assert printing.aftersales_code(None) == ""
