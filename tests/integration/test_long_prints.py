"""Papers of long jobs, as Chromium prints them: what belongs together stays on one page.

With AFTERSALES_PICTURES the papers are kept in that folder, for somebody to look at.
"""

import io
import os
import re
from pathlib import Path

import frappe
import pypdf
import pytest
from frappe import _
from frappe.utils.jinja_globals import bundled_asset
from frappe.utils.pdf import cleanup, read_options_from_html

from tests import factories as make
from tests.desk import chromium
from tests.integration.test_print_formats import loaner_for, sent_out

NAME = "Wohnungsbaugenossenschaft der Eisenbahnbediensteten und ihrer Angehörigen in der Landeshauptstadt eG, Hausverwaltung Nord"
WORD = "Warmwasserdurchlauferhitzerzirkulationspumpenanschlussstutzen"
SENTENCE = "The valve was taken apart, cleaned and put together again, and the flow was measured twice. "
LONG = SENTENCE * 30


@pytest.fixture(scope="module")
def browser():
	with chromium() as browser:
		yield browser


@pytest.fixture(scope="module")
def masters(shared_site):
	shop = make.shop()
	shop.customer = make.customer(NAME, customer_name=NAME)
	make.address(shop.customer)
	make.make(
		"Letter Head",
		letter_head_name="Ours",
		source="HTML",
		content="<p><b>Liffey Service Ltd</b><br>Unit 4, Greenhills Court, Dublin</p>",
		footer="<p>Liffey Service Ltd, registered in Dublin no. 512345</p>",
		is_default=1,
	)
	make.receive(shop.seal, 400, 12.5, shop.van)
	return shop


@pytest.fixture
def call(shop):
	file = make.equipment(shop.customer, brand="Calora", model=WORD, serial_text="CW-5531-" * 6)
	return make.call(shop.customer, equipment=file, subject=SENTENCE[:130])


def lines(shop, labour: int, parts: int) -> dict:
	return {
		"labour": [
			make.hours(0.25, description=f"Step {step} with the {WORD}", technician=shop.technician)
			for step in range(labour)
		],
		"parts": [
			make.part(shop.seal, 1, warehouse=shop.van, charge_to="Customer", item_name=f"Seal {row} {WORD}")
			for row in range(parts)
		],
	}


class Paper:
	"""What stands on each page of a paper. `rows`: so many rows of its last table are left on it."""

	def __init__(self, browser, doc, print_format: str, language: str = "en", rows: int | None = None):
		frappe.local.lang = language
		try:
			html = frappe.get_print(doc.doctype, doc.name, print_format, doc=doc, letterhead="Ours")
			style = Path(bundled_asset("print.bundle.css").lstrip("/")).read_text()
		finally:
			frappe.local.lang = "en"
		page = browser.new_page()
		page.set_content(html.replace("</head>", f"<style>{style}</style></head>"))
		pdf = page.pdf(prefer_css_page_size=True, print_background=True)
		page.close()
		if folder := os.environ.get("AFTERSALES_PICTURES"):
			name = "-".join(filter(None, (print_format, language, rows and str(rows))))
			Path(folder, f"{name}.pdf".replace(" ", "-")).write_bytes(pdf)
		self.html = html
		self.language = language
		self.pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]

	def said(self, text: str) -> str:
		"""`text` in the language of the paper."""
		return _(text, self.language)

	def page_of(self, text: str) -> int:
		"""The one page that says `text`."""
		(page,) = (number for number, words in enumerate(self.pages) if self.said(text) in words)
		return page

	def is_numbered(self, name: str) -> None:
		for number, words in enumerate(self.pages, 1):
			assert name in words
			assert f"{number} / {len(self.pages)}" in words

	def has_no_heading_alone(self) -> None:
		"""No page ends with a heading; they are the only lines in capitals."""
		for words in self.pages:
			ends = [line for line in words.splitlines() if " / " not in line][-2:]
			assert not any(line.isupper() and not any(map(str.isdigit, line)) for line in ends), ends


def trimmed(doc, table: str, rows: int):
	"""The document with so many rows; it is printed, not saved."""
	doc = frappe.get_doc(doc.doctype, doc.name)
	doc.set(table, doc.get(table)[:rows])
	return doc


@pytest.mark.parametrize(
	("language", "counts"),
	[("en", (1, 2, 4, 5, 6, 7, 8, 9, 10, 12, 30)), ("de", (1, 4, 7)), ("ar", (1, 4, 7))],
)
def test_totals_and_signatures_stay_with_the_last_rows(browser, shop, call, language, counts):
	visit = make.voucher(call, shop.technician, advice=SENTENCE, **lines(shop, 1, 30))
	page_counts = set()
	for rows in counts:
		paper = Paper(browser, trimmed(visit, "parts", rows), "Service Voucher", language, rows)
		with_rows = [page.count("Gas Valve Seal") // 2 for page in paper.pages]
		assert sum(with_rows) == rows
		last = paper.page_of("You pay")
		assert last == paper.page_of("Signature of the customer") == len(paper.pages) - 1
		assert with_rows[last] >= min(2, rows), f"{rows}: {with_rows}"
		for count, words in zip(with_rows, paper.pages, strict=True):
			assert bool(count) == (paper.said("Part no.").rstrip(".") in words), "each page has its head"
		paper.has_no_heading_alone()
		page_counts.add(len(paper.pages))
	assert page_counts == {1, 2}, "the break is among these"


def test_a_long_report_runs_on_from_page_to_page(browser, shop, call):
	visit = make.voucher(call, shop.technician, findings=LONG, advice=LONG, **lines(shop, 15, 30))
	visit.submit()
	paper = Paper(browser, visit, "Service Voucher")
	paper.is_numbered(visit.name)
	paper.has_no_heading_alone()
	assert len(paper.pages) == 4
	assert paper.page_of("WORK PERFORMED") == paper.page_of("OUR ADVICE") == 0, "long texts leave no gap"
	assert sum(page.count("Step ") for page in paper.pages) == 15

	card = make.card(call, warehouse=shop.van, **lines(shop, 15, 30) | {"diagnosis": LONG})
	paper = Paper(browser, card, "Repair List", "de")
	paper.is_numbered(card.name)
	paper.has_no_heading_alone()
	assert len(paper.pages) == 3


def test_a_job_sheet_has_room_for_what_nobody_knows_yet(browser, shop):
	sheet = make.planned(make.call(shop.customer), shop.technician, preliminary_plan=SENTENCE * 6)
	paper = Paper(browser, sheet, "Service Voucher")
	assert paper.page_of("Brand and model") == 0
	assert paper.page_of("Signature of the customer") == paper.page_of("Part no.")


def test_workshop_papers_with_long_texts(browser, shop, call):
	receipt = make.receipt(
		call,
		condition=SENTENCE * 6,
		fault_as_told=SENTENCE * 4,
		accessories=[{"accessory": f"Part {row} {WORD}", "qty": 2} for row in range(20)],
	)
	paper = Paper(browser, receipt, "Collection Receipt", "de")
	assert len(paper.pages) == 2, "each copy has its page"
	assert all(
		page.count("Annahmeschein") == len(re.findall(r"Part\s19\b", page)) == 1 for page in paper.pages
	)

	loan = loaner_for(call, condition=LONG, accessories=SENTENCE * 5)
	paper = Paper(browser, loan, "Loan Agreement")
	assert paper.page_of("Loan Agreement") == paper.page_of("CONDITION WHEN LENT") == 0
	last = paper.pages[paper.page_of("Received by the customer")]
	assert "Remove your own data" in last and "What is lost or damaged" in last

	repair = sent_out(make.call(shop.customer))
	repair.work_wanted = LONG
	paper = Paper(browser, repair, "Vendor Repair Note")
	assert paper.page_of("Received by the vendor") == paper.page_of("New serial no.")
	paper.is_numbered(repair.name)


def test_a_letter_ends_with_more_than_a_greeting(browser, shop, call):
	complaint = make.make(
		"Service Complaint",
		repair_call=call.name,
		customer=call.customer,
		contact_phone="+353 86 123 4567",
		subject="Came two hours late",
		answer=f"<p>{SENTENCE * 8}</p>" * 6,
		measures=[{"measure": f"Refund {row} {SENTENCE}", "due_on": "2026-03-02"} for row in range(12)],
	)
	for rows in (1, 2, 9, 10, 11, 12):
		paper = Paper(browser, trimmed(complaint, "measures", rows), "Complaint Answer", rows=rows)
		last = paper.pages[paper.page_of("Yours sincerely")]
		assert "Please tell us" in last
		assert last.count("Refund ") >= min(2, rows)


def test_a_handover_keeps_its_sum_with_the_cash_it_adds_up(browser, shop, call):
	visit = make.voucher(call, shop.technician)
	slip = frappe.get_doc(
		doctype="Technician Cash Handover",
		name="CH-2030-00001",
		company=make.COMPANY,
		technician=shop.technician,
		currency="EUR",
		posting_date="2030-05-01",
		expected_amount=360,
		counted_amount=350,
		difference=-10,
		difference_reason=SENTENCE * 3,
		vouchers=[
			{
				"service_voucher": visit.name,
				"cash_receipt_no": f"No {row}",
				"customer_name": "Nora Byrne",
				"amount": 10,
			}
			for row in range(36)
		],
	)
	slip.flags.is_stored = True  # only printed
	for rows in (28, 30, 33, 34, 36):
		slip.vouchers = slip.vouchers[:rows] if rows < len(slip.vouchers) else slip.vouchers
		paper = Paper(browser, slip, "Cash Handover Slip", rows=rows)
		last = paper.pages[paper.page_of("Counted")]
		assert "Handed over" in last and last.count("Nora Byrne") >= 2


def test_pages_are_numbered_where_the_server_makes_the_pdf(browser, shop, call):
	"""wkhtmltopdf takes the foot of each page out of the sheet and fills in the numbers."""
	visit = make.voucher(call, shop.technician)
	html = Paper(browser, visit, "Service Voucher").html
	sheet, options = read_options_from_html(html)
	try:
		foot = Path(options["footer-html"]).read_text()
		assert 'Page <span class="page"></span> of <span class="topage"></span>' in foot
		assert "topage" not in str(sheet)
		assert options["margin-bottom"] == "14mm"
	finally:
		cleanup(options)
