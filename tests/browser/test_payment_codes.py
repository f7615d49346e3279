"""Payment codes of the countries as a customer's browser draws them, read back by a decoder: EPC, Swiss QR-bill, UPI.

Nothing is committed: the invoice is read from the transaction of the test, the browser draws the picture it has.
"""

import io
import os

import frappe
import pytest
from playwright.sync_api import sync_playwright

from aftersales.service_cash.payments import transfer
from tests import factories as make

PHONE = {"width": 390, "height": 844}
FRANCS, QR_IBAN = "CH9300762011623852957", "CH4431999123000889012"


@pytest.fixture
def draw():
	"""What a decoder reads of a picture (data URI) that Chromium has drawn as the page shows it."""
	zxingcpp, image = pytest.importorskip("zxingcpp"), pytest.importorskip("PIL.Image")
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=["--no-sandbox", "--disable-gpu"]
		)
		page = browser.new_context(viewport=PHONE, device_scale_factor=3).new_page()

		def read(uri: str) -> list[str]:
			page.set_content(f'<img id="code" style="max-width: 100%" src="{uri}">')
			page.wait_for_function("document.getElementById('code').complete")
			found = zxingcpp.read_barcodes(image.open(io.BytesIO(page.locator("#code").screenshot())))
			return [code.text for code in found]

		yield read
		browser.close()


def company(name: str, abbr: str, country: str, currency: str) -> str:
	made = make.make(
		"Company",
		company_name=name,
		abbr=abbr,
		default_currency=currency,
		country=country,
		chart_of_accounts="Standard",
	).name
	make.make(
		"Address",
		address_title=name,
		address_type="Billing",
		address_line1="Bahnhofstrasse 12",
		pincode="8001",
		city="Zürich",
		country=country,
		is_your_company_address=1,
		links=[{"link_doctype": "Company", "link_name": name}],
	)
	return made


def details(owner: str, currency: str, **account):
	"""Bank details and code of a submitted invoice of 115.75."""
	make.make(
		"Bank Account",
		account_name="Service",
		bank=make.once("Bank", "Bank of Codes", bank_name="Bank of Codes"),
		company=owner,
		is_company_account=1,
		is_default=1,
		account=make.account("Business Account", "Bank Accounts", owner, account_type="Bank"),
		**account,
	)
	price_list = make.once(
		"Price List", f"Codes {currency}", price_list_name=f"Codes {currency}", currency=currency, selling=1
	)
	invoice = make.make(
		"Sales Invoice",
		customer=make.customer(f"Customer in {currency}", default_currency=currency),
		company=owner,
		currency=currency,
		selling_price_list=price_list,
		items=[{"item_code": make.service_item("Hour with a code"), "qty": 1, "rate": 115.75}],
	)
	invoice.submit()
	return transfer.details_of(frappe.get_doc("Sales Invoice", invoice.name))


def test_epc(draw):
	found = details(make.COMPANY, "EUR", iban="IE29AIBK93115212345678")
	(text,) = draw(found.code)
	assert found.code_kind == "EPC"
	assert text.split("\n")[5:8] == [make.COMPANY, "IE29AIBK93115212345678", "EUR115.75"]
	assert found.reference in text


@pytest.mark.parametrize(("iban", "kind"), [(FRANCS, "NON"), (QR_IBAN, "QRR")])
def test_swiss_qr_bill(draw, iban, kind):
	owner = company("Limmat Service AG", "LIM", "Switzerland", "CHF")
	found = details(owner, "CHF", iban=iban)
	assert found.code_kind == "Swiss QR-bill"
	(text,) = draw(found.code)
	lines = text.splitlines()
	assert lines[:4] == ["SPC", "0200", "1", iban]
	assert lines[4:11] == ["S", owner, "Bahnhofstrasse 12", "", "8001", "Zürich", "CH"]
	assert lines[18:20] == ["115.75", "CHF"]
	assert lines[27] == kind
	assert bool(lines[28]) == (kind == "QRR")
	assert lines[29:31] == [found.reference, "EPD"]


def test_upi(draw):
	owner = company("Narmada Service Ltd", "NAR", "India", "INR")
	found = details(owner, "INR", bank_account_no="1234567", aftersales_upi_id="narmada@bank")
	(text,) = draw(found.code)
	assert found.code_kind == "UPI"
	assert text.startswith("upi://pay?pa=narmada@bank&pn=Narmada%20Service%20Ltd&am=")
	assert "&cu=INR" in text


def test_without_the_address_of_the_company_there_is_no_swiss_code_but_there_are_bank_details(draw):
	owner = company("Reuss Service AG", "REU", "Switzerland", "CHF")
	frappe.db.delete("Dynamic Link", {"link_doctype": "Company", "link_name": owner})
	found = details(owner, "CHF", iban=FRANCS)
	assert (found.code, found.iban, found.amount) == (None, FRANCS, 115.75)
