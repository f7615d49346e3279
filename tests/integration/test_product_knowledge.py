"""Documents, articles and past solutions at hand; bulletins and recalls told and followed; products registered."""

import frappe
import pytest
from frappe.utils import add_days, add_months, getdate, nowdate

from aftersales.customer_portal import links
from aftersales.customer_portal.messaging import product_documents
from aftersales.installed_base.meters import readings
from aftersales.installed_base.product_codes import product_signature
from aftersales.product_knowledge import articles, campaigns, documents, solutions
from aftersales.setup import defaults
from tests import factories as make
from tests import mails, portal
from tests.portal import ANNA, BEN


@pytest.fixture(scope="module", autouse=True)
def desk(shared_site):
	defaults.insert_missing(
		["Service Category", "Service Request Type", "Issue Priority", "Aftersales Settings"]
	)
	agent = make.user("agent@desk.example", "Service Agent")
	make.settings(
		default_company=make.COMPANY,
		default_request_type="Repair",
		default_priority="Medium",
		customer_calls_owner=agent,
	)
	nora, quinn = make.customer("Nora Byrne"), make.customer("Quinn Foods")
	portal.website_user(ANNA, nora, "Anna")
	portal.website_user(BEN, quinn, "Ben")


def boiler(owner="Nora Byrne", serial="AB-0150", **values):
	return make.equipment(owner, serial_text=serial, **values)


def document(title="Operating manual", content=b"press the button", **values):
	doc = frappe.get_doc(
		{
			"doctype": "Product Document",
			"title": title,
			"audience": "Customer",
			"model": "600 Combi",
			"address": "https://example.com/manual",
			**values,
		}
	).insert()
	if content:
		file = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": f"{frappe.scrub(title)}.txt",
				"attached_to_doctype": doc.doctype,
				"attached_to_name": doc.name,
				"content": content,
				"is_private": 1,
			}
		).insert()
		doc.file = file.file_url
		doc.save()
	return doc


def code_page(equipment: str) -> str:
	return f"/aftersales/code/{equipment}/{product_signature(equipment)}"


# ---------------------------------------------------------------------------- documents


def test_documents_are_at_hand_on_call_visit_and_product_by_audience():
	file = boiler()
	document()
	document("Service manual", audience="Technician")
	document("Price of a new one", audience="Staff")
	document("Another model", model="800 Combi")
	call = make.call("Nora Byrne", equipment=file)
	visit = make.planned(
		call, make.technician("Aoife Doyle", user=make.user("aoife@t.example", "Service Technician"))
	)
	frappe.set_user("agent@desk.example")
	titles = lambda *where: [row["title"] for row in documents.documents_of(*where)]  # noqa: E731
	assert titles("Repair Call", call.name) == ["Operating manual", "Price of a new one", "Service manual"]
	assert titles("Customer Equipment", file) == titles("Repair Call", call.name)
	frappe.set_user("aoife@t.example")
	assert titles("Service Voucher", visit.name) == ["Operating manual", "Service manual"]


def test_a_call_without_product_file_has_the_documents_of_its_model():
	document()
	call = make.call("Nora Byrne", brand="Baxi", model="600 Combi")
	assert [row["title"] for row in documents.documents_of("Repair Call", call.name)] == ["Operating manual"]


def test_a_newer_version_takes_the_place_of_the_older_one():
	file = boiler()
	old = document(version="1", valid_from="2020-01-01")
	document(version="2", replaces=old.name, valid_from=add_days(nowdate(), 10))
	versions = lambda: [row["version"] for row in documents.documents_of("Customer Equipment", file)]  # noqa: E731
	assert versions() == ["1"]
	frappe.db.set_value("Product Document", {"version": "2"}, "valid_from", nowdate())
	assert versions() == ["2"]


def test_a_customer_reads_the_manual_by_the_code_without_a_login():
	file = boiler()
	manual = document()
	secret = document("Service manual", audience="Technician", content=b"jumper J7")
	page = portal.get(code_page(file))
	assert "Operating manual" in page.words and "Service manual" not in page.words
	answer = portal.get(f"{code_page(file)}/documents/{manual.name}")
	assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
	assert "press the button" in answer.html
	assert answer.headers["X-Content-Type-Options"] == "nosniff"
	assert portal.get(f"{code_page(file)}/documents/{secret.name}").status == 404
	other = boiler("Quinn Foods", "Z-1", model="900")
	assert portal.get(f"{code_page(other)}/documents/{manual.name}").status == 404
	wrong = f"/aftersales/code/{other}/{product_signature(file)}"
	assert portal.get(f"{wrong}/documents/{manual.name}").status == 404


def test_a_customer_who_is_logged_in_reads_documents_of_own_products_only():
	file = boiler()
	manual = document()
	page = portal.get(f"/aftersales/products/{file}", ANNA)
	assert "Operating manual" in page.words
	address = f"/aftersales/products/{file}/documents/{manual.name}"
	assert portal.get(address, ANNA).status == 200
	assert portal.get(address, BEN).status == 404


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"model": None}, "which products"),
		({"address": None}, "Web Address"),
		({"valid_until": "2000-01-01"}, "before"),
		({"serial_from": "AB-200", "serial_to": "AB-100"}, "no range"),
	],
)
def test_a_document_for_nothing_is_refused(values, message):
	with pytest.raises(frappe.ValidationError, match=message):
		document(content=None, **values)


# ---------------------------------------------------------------------------- knowledge


def article(**values):
	return make.make(
		"Service Article",
		**{
			"title": "Refill the system",
			"problem": "Pressure too low",
			"solution": "<p>Open the <b>valve</b></p>",
			"model": "600 Combi",
			"audience": "Customer",
			"status": "Reviewed",
			**values,
		},
	)


def test_reviewed_articles_are_proposed_and_counted_once_for_each_call():
	symptom = make.fault_code("SYM-LOW")
	best = article(symptom_code=symptom)
	article(title="Draft", status="Draft")
	article(title="Other", model="800 Combi")
	call = make.call("Nora Byrne", equipment=boiler(), symptom_code=symptom)
	frappe.set_user("agent@desk.example")
	assert [row["title"] for row in articles.articles_for("Repair Call", call.name)] == ["Refill the system"]
	assert articles.answer(best.name, True, call.name)["helpful"] == 1
	assert articles.answer(best.name, True, call.name)["helpful"] == 1
	frappe.get_doc("Repair Call", call.name).resolve_by_phone("Refilled by the customer")
	assert frappe.db.get_value("Service Article", best.name, ("helpful", "solved_by_phone")) == (1, 1)
	assert articles.answer(best.name, False, call.name) == {
		"helpful": 0,
		"not_helpful": 1,
		"solved_by_phone": 0,
	}


def test_a_technician_writes_and_a_supervisor_reviews():
	user = make.user("aoife@t.example", "Service Technician")
	frappe.set_user(user)
	doc = article(status="Draft")
	doc.status = "Reviewed"
	with pytest.raises(frappe.PermissionError):
		doc.save()
	frappe.set_user(make.user("lead@t.example", "Service Supervisor"))
	doc = frappe.get_doc("Service Article", doc.name)
	doc.status = "Reviewed"
	doc.save()
	assert (doc.reviewed_by, getdate(doc.reviewed_on)) == ("lead@t.example", getdate())


def test_who_scans_the_code_sees_tips_and_says_whether_they_helped():
	file = boiler()
	tip = article()
	page = portal.get(code_page(file))
	assert "Refill the system" in page.words and "Open the valve" in page.words
	portal.post(f"{code_page(file)}/tips/{tip.name}", helped="yes")
	portal.post(f"{code_page(file)}/tips/{tip.name}", helped="yes")
	assert frappe.db.get_value("Service Article", tip.name, "helpful") == 1


def test_what_helped_on_the_same_model_before():
	shop = make.shop()
	symptom, action = (
		make.fault_code("SYM-COLD"),
		make.fault_code("ACT-VALVE", "Action"),
	)
	for number in range(2):
		call = make.call(shop.customer, equipment=boiler(shop.customer, f"P-{number}"), symptom_code=symptom)
		make.voucher(call, shop.technician, labour=[make.hours(1)], action_code=action).submit()
	call = make.call(shop.customer, equipment=boiler(shop.customer, "P-9"), symptom_code=symptom)
	(found,) = solutions.solutions_for("Repair Call", call.name)
	assert (found["action"], found["jobs"], found["repeats"]) == ("ACT-VALVE", 2, 0)
	draft = articles.from_job(*found["example"])
	assert articles.from_job(*found["example"]) == draft
	assert frappe.db.get_value("Service Article", draft, ("model", "status")) == ("600 Combi", "Draft")


def customers_message(moment: str, text: str, **values):
	there = frappe.db.exists("Customer Message", moment)
	message = frappe.get_doc("Customer Message", there) if there else frappe.new_doc("Customer Message")
	texts = [{"subject": "Your call", "text": text}]
	message.update({"moment": moment, "enabled": 1, "texts": texts, **values})
	return message.save()


def attached(mail) -> list[str]:
	return [row["fid"] for row in frappe.parse_json(mail.attachments) or []]


def test_documents_travel_with_messages_linked_or_attached_for_their_audience():
	mails.mailbox()
	make.settings(send_customer_messages=1)
	manual = document(audience="Customer")
	document("Service manual", b"open the case", audience="Technician")
	customers_message("Call Received", "Dear {contact}, read:\n\n{documents}", attach_documents=1)
	call = make.call(
		"Nora Byrne", equipment=boiler(), contact_name="Nora", contact_email="nora@byrne.example"
	)
	mail = frappe.get_last_doc("Email Queue", {"reference_name": call.name})
	file = frappe.db.get_value("File", {"attached_to_name": manual.name})
	assert attached(mail) == [file]
	told = frappe.get_last_doc("Communication", {"reference_name": call.name}).content
	assert "Operating manual" in told and "Service manual" not in told
	address = portal.link_to(links.TRACK, "Repair Call", call.name)
	assert portal.get(f"{address}/documents/{manual.name}").content == b"press the button"
	assert "Operating manual" in portal.get(address).words
	hidden = frappe.db.get_value("Product Document", {"title": "Service manual"})
	assert portal.get(f"{address}/documents/{hidden}").status == 404
	loose = make.call("Nora Byrne", contact_name="Nora", contact_email="nora@byrne.example")
	mail = frappe.get_last_doc("Email Queue", {"reference_name": loose.name})
	assert attached(mail) == [], "no product, no documents"


def test_the_desk_sends_a_customer_a_document_by_link():
	mails.mailbox()
	manual, internal = document(audience="Customer"), document("Service manual", audience="Technician")
	call = make.call(
		"Nora Byrne", equipment=boiler(), contact_name="Nora", contact_email="nora@byrne.example"
	)
	frappe.set_user("agent@desk.example")
	product_documents.send(call.name, manual.name)
	with pytest.raises(frappe.ValidationError, match="not a document for customers"):
		product_documents.send(call.name, internal.name)
	frappe.set_user("Administrator")
	mail = frappe.get_last_doc("Email Queue", {"reference_name": call.name})
	assert [row.recipient for row in mail.recipients] == ["nora@byrne.example"]
	assert "Operating manual" in frappe.get_last_doc("Communication", {"reference_name": call.name}).content


# ---------------------------------------------------------------------------- bulletins and recalls


def campaign(**values):
	return make.make(
		"Service Campaign",
		**{
			"title": "Gas valve recall",
			"kind": "Recall",
			"company": make.COMPANY,
			"model": "600 Combi",
			"serial_from": "AB-0100",
			"serial_to": "AB-0199",
			"sends_message": 1,
			"subject": "Your boiler",
			"message": "<p>We change the valve.</p>",
			"makes_calls": 1,
			"request_type": "Repair",
			"work": "Change the gas valve",
			**values,
		},
	)


def rows(doctype, **filters):
	return frappe.get_all(doctype, filters=filters, fields=["*"], order_by="customer asc, name asc")


def test_everybody_concerned_is_told_once_each_product_is_called_once_and_followed():
	mails.mailbox()
	make.contact("Nora Byrne", "Nora", email="nora@byrne.example")
	frappe.db.set_value("Customer", "Nora Byrne", "language", "es")
	first, second = boiler(serial="AB-0150"), boiler(serial="AB-0151")
	boiler("Quinn Foods", "AB-0160")
	boiler("Quinn Foods", "AB-0260")
	boiler("Quinn Foods", "AB-0161", status="Scrapped")
	spanish = {"language": "es", "subject": "Su caldera", "message": "<p>Cambiamos la pieza.</p>"}
	with pytest.raises(frappe.ValidationError, match="two texts for language"):
		campaign(texts=[spanish, spanish])
	doc = campaign(texts=[spanish])
	assert doc.concerned() == {"products": 3, "customers": 2}
	frappe.set_user(make.user("lead@t.example", "Service Supervisor"))
	frappe.get_doc("Service Campaign", doc.name).start()
	frappe.set_user("Administrator")
	assert campaigns.work(doc.name, bool) == {"sent": 1, "called": 3}
	assert campaigns.work(doc.name, bool) == {"sent": 0, "called": 0}
	told = rows("Campaign Recipient", campaign=doc.name)
	assert [(row.customer, row.status, row.email) for row in told] == [
		("Nora Byrne", "Sent", "nora@byrne.example"),
		("Quinn Foods", "No Address", None),
	]
	mail = frappe.get_doc("Email Queue", told[0].email_queue)
	assert [row.recipient for row in mail.recipients] == ["nora@byrne.example"]
	assert "Subject: Su caldera" in mail.message, "in the language of the customer"
	started = frappe.get_doc("Service Campaign", doc.name)
	started.texts[0].subject = "Otra cosa"
	with pytest.raises(frappe.ValidationError, match="the campaign has started"):
		started.save()
	products = rows("Campaign Product", campaign=doc.name)
	assert [row.status for row in products] == ["Called"] * 3
	calls = {row.equipment: row.repair_call for row in products}
	frappe.get_doc("Repair Call", calls[first]).resolve("Valve changed")
	frappe.get_doc("Repair Call", calls[second]).cancel_call("The product was sold abroad")
	done = frappe.get_doc("Service Campaign", doc.name)
	assert (done.products, done.done, done.not_possible, done.told, done.without_address) == (3, 1, 1, 1, 1)


def test_a_campaign_follows_owners_addresses_and_joined_files_and_stops_when_closed():
	mails.mailbox()
	make.customer("Sean Doyle")
	make.customer("Nora Burne")
	one, two = boiler("Nora Byrne", "AB-0150"), boiler("Nora Burne", "AB 0150")
	sold = boiler("Quinn Foods", "AB-0160")
	doc = campaign()
	doc.start()
	frappe.rename_doc("Customer", "Nora Burne", "Nora Byrne", merge=True, force=True)
	assert not frappe.db.exists("Customer Equipment", two)
	assert [row.equipment for row in rows("Campaign Product", campaign=doc.name)] == [one, sold]
	frappe.get_doc("Customer Equipment", sold).change_owner("Sean Doyle")
	make.contact("Sean Doyle", "Sean", email="sean@doyle.example")
	frappe.db.set_value("Customer", "Quinn Foods", "email_id", "office@quinn.example")
	stopped = campaigns.work(doc.name, lambda: frappe.get_doc("Service Campaign", doc.name).close())
	assert stopped == {"sent": 0, "called": 0}, "closed before the first message"
	frappe.db.set_value("Service Campaign", doc.name, "status", "Running")
	assert campaigns.work(doc.name, bool) == {"sent": 2, "called": 2}
	assert {row.customer for row in rows("Campaign Recipient", campaign=doc.name, status="Sent")} == {
		"Quinn Foods",
		"Sean Doyle",
	}
	calls = frappe.get_all("Repair Call", {"equipment": ("in", (one, sold))}, pluck="customer")
	assert sorted(calls) == ["Nora Byrne", "Sean Doyle"]


def test_calls_come_a_few_a_day_and_new_products_join(clock):
	for number in range(3):
		boiler(serial=f"AB-010{number}")
	doc = campaign(calls_per_day=2, sends_message=0)
	doc.start()
	assert campaigns.work(doc.name, bool)["called"] == 2
	assert campaigns.work(doc.name, bool)["called"] == 0
	boiler(serial="AB-0109")
	clock.forward(days=1)
	assert campaigns.work(doc.name, bool)["called"] == 2
	assert frappe.db.count("Campaign Product", {"campaign": doc.name, "status": "Called"}) == 4


def test_a_campaign_is_started_once_and_not_changed_then():
	boiler()
	doc = campaign()
	frappe.set_user("agent@desk.example")
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Service Campaign", doc.name).start()
	frappe.set_user("Administrator")
	frappe.get_doc("Service Campaign", doc.name).start()
	with pytest.raises(frappe.ValidationError, match="already"):
		frappe.get_doc("Service Campaign", doc.name).start()
	doc.reload().message = "Something else"
	with pytest.raises(frappe.ValidationError, match="has started"):
		doc.save()
	doc.reload().status = "Draft"
	with pytest.raises(frappe.PermissionError):
		doc.save()


# ---------------------------------------------------------------------------- registration and readings


def test_a_product_is_registered_by_its_code_checked_and_warranted():
	make.make("Warranty Terms", terms_name="Baxi", brand="Baxi", months=24)
	file = boiler("Quinn Foods")
	bought = add_days(nowdate(), -20)
	page = f"{code_page(file)}/register"
	assert "Register your product" in portal.get(page).words
	assert portal.post(page, contact_name="Nora", contact_email="n@byrne.example").status == 422
	answer = portal.post(
		page,
		photos=(portal.photo(),),
		contact_name="Nora",
		contact_email="n@byrne.example",
		purchase_date=bought,
		dealer="Heat Ltd",
	)
	assert "proof of purchase" in portal.follow(answer).words
	doc = frappe.get_last_doc("Warranty Registration")
	assert (doc.status, doc.channel, doc.equipment, doc.dealer) == ("Received", "QR", file, "Heat Ltd")
	assert doc.proof.startswith("/private/files/")
	assert frappe.db.get_value("Customer Equipment", file, "customer") == "Quinn Foods"
	frappe.set_user("agent@desk.example")
	with pytest.raises(frappe.MandatoryError, match="who owns"):
		frappe.get_doc("Warranty Registration", doc.name).confirm()
	doc = frappe.get_doc("Warranty Registration", doc.name)
	doc.customer = "Nora Byrne"
	doc.save()
	assert doc.confirm(former_owner="Quinn Foods") == file
	owner, until = frappe.db.get_value("Customer Equipment", file, ("customer", "warranty_until"))
	assert (owner, until) == ("Nora Byrne", getdate(add_months(bought, 24)))
	with pytest.raises(frappe.ValidationError, match="already"):
		frappe.get_doc("Warranty Registration", doc.name).refuse("Twice")


def test_a_customer_registers_a_product_bought_elsewhere():
	answer = portal.post(
		"/aftersales/products/register",
		ANNA,
		brand="Baxi",
		model="600",
		serial_text="N-7",
		purchase_date=nowdate(),
	)
	assert answer.status == 303
	doc = frappe.get_last_doc("Warranty Registration")
	assert (doc.customer, doc.channel) == ("Nora Byrne", "Portal")
	name = doc.confirm()
	assert frappe.db.get_value("Customer Equipment", name, ("customer", "serial_text")) == (
		"Nora Byrne",
		"N-7",
	)


def test_a_customer_enters_a_reading_of_an_own_product():
	file = boiler()
	readings.take(file, "Operating hours", 100, "Desk", read_at=add_days(nowdate(), -5))
	page = f"/aftersales/products/{file}"
	assert "Operating hours" in portal.get(page, ANNA).words
	assert portal.post(f"{page}/reading", ANNA, meter="Operating hours", reading="90").status == 422
	assert portal.post(f"{page}/reading", ANNA, meter="Operating hours", reading="140").status == 303
	assert portal.post(f"{page}/reading", BEN, meter="Operating hours", reading="150").status == 404
	assert readings.of_product(file)[0].last_reading == 140
