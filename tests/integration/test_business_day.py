"""A business day in Spanish and one in Chinese: from the call to invoice, mails and papers, nothing of ours in English.

In the browser: tests/browser/test_day_in_languages.py.
"""

import io
import os
import shutil
import subprocess
import unicodedata

import frappe
import pypdf
import pytest
from bs4 import BeautifulSoup
from frappe.utils import now_datetime

from tests import factories as make
from tests import languages, mails, portal

DAYS = {
	"es": frappe._dict(
		customer="Begoña Ibáñez Núñez",
		subject="La caldera pierde presión",
		findings="Junta del intercambiador cambiada",
		mails=("Hemos recibido su aviso", "Le visitamos", "Factura"),
		papers={
			"Service Voucher": ("Informe de servicio", "Trabajo realizado", "Mano de obra y desplazamiento"),
			"Service Invoice": ("Factura",),
		},
	),
	"zh": frappe._dict(
		customer="上海机床厂",
		subject="热水器漏水",
		findings="已更换热交换器密封圈",
		mails=("我们已收到您的报修", "上门", "发票"),
		papers={"Service Voucher": ("服务报告", "上门服务", "处理情况"), "Service Invoice": ("发票",)},
	),
}


@pytest.fixture(params=DAYS)
def day(request, monkeypatch):
	"""A site, its people and a customer who speak the language."""
	language, day = request.param, DAYS[request.param]
	frappe.db.set_single_value("System Settings", "language", language)
	monkeypatch.setattr(frappe.local, "lang", language)
	shop = make.shop()
	make.settings(send_customer_messages=1, submit_invoice=1)
	mails.mailbox()
	portal.forget_limits()
	customer = make.customer(day.customer, language=language)
	make.contact(customer, "Begoña", "+34 91 123 45 67", "customer@day.example")
	return frappe._dict(day, shop=shop, customer_name=customer, language=language)


def words(html: str) -> list[str]:
	"""What is read on a paper or in a mail, part by part."""
	soup = BeautifulSoup(html, "html.parser")
	for element in soup(["style", "script"]):
		element.decompose()
	return [" ".join(text.split()) for text in soup.stripped_strings]


def told(call: str) -> list[frappe._dict]:
	return frappe.get_all(
		"Communication",
		filters={"reference_name": call, "communication_type": "Automated Message"},
		fields=["subject", "content"],
		order_by="creation asc",
	)


def test_from_the_call_to_the_invoice(day):
	frappe.set_user(make.user("agent@day.example", "Service Agent", "Service Supervisor"))
	call = make.plain_call(
		day.customer_name,
		subject=day.subject,
		contact_name=day.customer,
		contact_email="customer@day.example",
	)
	start = frappe.utils.add_to_date(now_datetime(), hours=20)
	call.schedule(str(start), str(frappe.utils.add_to_date(start, hours=3)))
	frappe.set_user("Administrator")
	visit = make.voucher(
		call,
		day.shop.technician,
		findings=day.findings,
		labour=[make.hours(1.5)],
		parts=[make.part(day.shop.seal, 2, warehouse=day.shop.van)],
	)
	visit.submit()
	visit.reload()

	catalogue = languages.Catalogue(day.language, {"Liffey Service Ltd", "Aoife Doyle", "Nos"})
	messages = told(call.name)
	for begin, message in zip(day.mails, messages, strict=True):
		assert begin in message.subject, [each.subject for each in messages]
	papers = {
		"Service Voucher": visit,
		"Service Invoice": frappe.get_doc("Sales Invoice", visit.sales_invoice),
	}
	# ERPNext 16 makes a letter head that names the DocType in English
	printed = {
		name: frappe.get_print(doc.doctype, doc.name, name, no_letterhead=1) for name, doc in papers.items()
	}
	for name, said in day.papers.items():
		assert all(any(each in part for part in words(printed[name])) for each in said), words(printed[name])
	english = {
		name: catalogue.faults(words(html))
		for name, html in {**printed, **{each.subject: each.content for each in messages}}.items()
	}
	faults = {name: each for name, each in english.items() if each}
	assert not faults, faults
	page = portal.get(mails.link_in(mails.queued()[0].text))
	assert f'lang="{day.language}"' in page.html
	faults = catalogue.faults(words(page.html))
	assert not faults, faults

	if day.language == "zh" and not fonts_for_chinese():
		pytest.skip("no Chinese font on this machine: apt install fonts-noto-cjk")
	reader = pdf_of(printed["Service Voucher"])
	# A font may have one glyph for two code points: a radical and its character, a compatibility form
	text = unicodedata.normalize(
		"NFKC", "".join("".join(each.extract_text().split()) for each in reader.pages)
	)
	assert "".join(day.findings.split()) in text
	if day.language == "zh":
		assert any("CJK" in font or "Hei" in font or "Song" in font for font in fonts(reader)), fonts(reader)


def pdf_of(html: str) -> pypdf.PdfReader:
	from playwright.sync_api import sync_playwright

	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=["--no-sandbox", "--disable-gpu"]
		)
		page = browser.new_page()
		page.set_content(html)
		pdf = page.pdf(prefer_css_page_size=True)
		browser.close()
	return pypdf.PdfReader(io.BytesIO(pdf))


def fonts_for_chinese() -> bool:
	if not shutil.which("fc-list"):
		return False
	return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=True).stdout)


def fonts(reader: pypdf.PdfReader) -> set[str]:
	found = set()
	for page in reader.pages:
		for font in (page["/Resources"].get("/Font") or {}).values():
			each = font.get_object()
			described = each.get("/FontDescriptor")
			found.add(str(each.get("/BaseFont") or (described and described.get_object().get("/FontName"))))
	return found
