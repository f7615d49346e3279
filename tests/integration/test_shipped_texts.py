"""What is shipped speaks the language of the site, and to customers their own."""

import frappe
import pytest

from aftersales.core import shipped_texts
from aftersales.customer_care import follow_ups
from aftersales.service_desk.mail import writing
from aftersales.setup import defaults
from tests import factories as make

REPLY = "Reply: Please Send a Photo"
SAID = {
	"es": {
		("Email Template", REPLY, "subject"): "Su aviso {{ name }}: {{ subject }}",
		("List Filter", "Aftersales: Repair Call, To Triage", "filter_name"): "Por clasificar",
		("Service Category", "C", "description"): "Cubierto por la garantía",
		("Service Request Type", "Repair", "description"): "Algo está averiado",
		("Follow-up Rule", "Technical Consultation", "script"): "\n1. ¿Lo obtiene ahora?\n",
	},
	"zh": {
		("Email Template", REPLY, "subject"): "您的报修 {{ name }}：{{ subject }}",
		("List Filter", "Aftersales: Repair Call, To Triage", "filter_name"): "待分诊",
		("Service Category", "C", "description"): "保修",
		("Service Request Type", "Repair", "description"): "损坏",
		("Follow-up Rule", "Technical Consultation", "script"): "\n1. 现在能达到了吗？\n",
	},
}
TEXTS = ("Email Template", "Customer Message", "List Filter")


def in_the_language(language: str) -> None:
	frappe.db.set_single_value("System Settings", "language", language)


def stored(language: str) -> dict:
	return {place: frappe.db.get_value(*place) for place in SAID[language]}


def says(language: str) -> bool:
	return all(part in stored(language)[place] for place, part in SAID[language].items())


@pytest.mark.parametrize("language", SAID)
def test_a_site_set_up_in_the_language_gets_the_records_in_it(language):
	in_the_language(language)
	for doctype in TEXTS:
		for values in defaults.shipped():
			if values["doctype"] == doctype:
				frappe.delete_doc(doctype, values["name"], ignore_missing=True, force=True)
	for fieldname in ("collection_conditions", "loaner_conditions", "follow_up_script"):
		frappe.db.set_single_value("Aftersales Settings", fieldname, None)
	defaults.insert_missing(TEXTS)
	defaults.complete_settings()  # as the setup wizard does, when it has asked for the language
	assert says(language)
	conditions = frappe.db.get_single_value("Aftersales Settings", "collection_conditions")
	assert {"es": "Tráigalo consigo", "zh": "凭本单取回产品"}[language] in conditions
	rows = {row.language or "": row for row in frappe.get_doc("Customer Message", "Call Received").texts}
	assert set(rows) == {"", *shipped_texts.languages()} - {language}
	assert {"es": "Hemos recibido su aviso", "zh": "我们已收到您的报修"}[language] in rows[""].subject
	assert rows["de"].text.startswith("Guten Tag {contact},")
	assert rows["en"].subject == "We have your call {call}"


def test_the_command_says_anew_what_nobody_has_changed():
	frappe.db.set_value("Service Request Type", "Repair", "description", "Ours, and not theirs")
	in_the_language("es")
	frappe.set_user(make.user("manager@texts.example", "Service Manager"))
	assert defaults.translate() > 20
	frappe.set_user("Administrator")
	assert frappe.db.get_value("Service Request Type", "Repair", "description") == "Ours, and not theirs"
	assert frappe.db.get_value("Service Category", "C", "description").startswith("Cubierto")
	assert defaults.translate() == 0
	in_the_language("zh")
	assert defaults.translate() > 20
	frappe.db.set_value(
		"Service Request Type",
		"Repair",
		"description",
		SAID["zh"]["Service Request Type", "Repair", "description"],
	)
	assert says("zh")
	in_the_language("en")
	assert defaults.translate() > 20
	for values in defaults.shipped():
		if values["doctype"] == "Email Template":
			assert (
				frappe.db.get_value("Email Template", values["name"], "response_html")
				== values["response_html"]
			)


def test_translating_is_for_managers():
	frappe.set_user(make.user("agent@texts.example", "Service Agent"))
	with pytest.raises(frappe.PermissionError):
		defaults.translate()


def test_a_customer_gets_what_is_shipped_in_his_language():
	customer = make.customer("Talleres Núñez")
	frappe.db.set_value("Customer", customer, "language", "es")
	frappe.clear_document_cache("Customer", customer)
	defaults.insert_missing(["Email Template", "Aftersales Settings"])
	defaults.restore("Email Template", REPLY)
	defaults.restore("Aftersales Settings", "Aftersales Settings")
	call = make.plain_call(customer, contact_name="Ana Núñez", subject="No calienta")
	mail = writing.reply("Repair Call", call.name, REPLY)
	assert mail["subject"].startswith(f"Su aviso {call.name}: No calienta")
	assert "Estimado/a Ana Núñez:" in mail["message"] and "placa de características" in mail["message"]
	asked = frappe._dict(customer=customer, kind="Effectiveness", repair_call=None, periodic_visit_plan=None)
	assert follow_ups.script_for(asked).startswith("Buenos días")

	make.settings(follow_up_script="Hello, it is us.")
	assert follow_ups.script_for(asked) == "Hello, it is us."


def test_conditions_are_printed_in_the_language_of_the_print(monkeypatch):
	defaults.restore("Aftersales Settings", "Aftersales Settings")
	receipt = make.receipt(make.plain_call(make.customer("王小明")))
	assert "The product is handed back" in frappe.get_print(receipt.doctype, receipt.name)
	monkeypatch.setattr(frappe.local, "lang", "zh")
	html = frappe.get_print(receipt.doctype, receipt.name)
	assert "凭本单取回产品" in html and "The product is handed back" not in html
