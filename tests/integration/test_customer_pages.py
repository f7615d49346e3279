"""Customers' pages: a call is opened and followed, an estimate decided, a document read, a link opened."""

import re

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime

from aftersales.core.site_address import desk
from aftersales.customer_portal import documents, limits, links, photos
from aftersales.installed_base import equipment
from aftersales.installed_base.product_codes import product_signature
from aftersales.service_calls import portal_api
from tests import factories as make
from tests import portal
from tests.portal import ANNA, BEN

LINE = "/aftersales"


@pytest.fixture(autouse=True)
def no_printer(monkeypatch):
	"""Whether the machine of the tests can make PDFs plays no part."""
	monkeypatch.setattr(documents, "can_be_pdf", lambda word: False)


@pytest.fixture(scope="module")
def agent(shared_site):
	return make.user("agent@desk.example", "Service Agent")


@pytest.fixture(scope="module")
def masters(agent):
	"""Anna acts for Nora Byrne, Ben for Quinn Foods; each has a boiler."""
	make.settings(customer_calls_owner=agent)
	nora, quinn = make.customer("Nora Byrne"), make.customer("Quinn Foods")
	portal.website_user(ANNA, nora, "Anna")
	portal.website_user(BEN, quinn, "Ben")
	return frappe._dict(
		nora=nora,
		quinn=quinn,
		boiler=make.equipment(nora, serial_text="B-1"),
		oven=make.equipment(quinn, brand="Rational", model="Oven 6", serial_text="O-1"),
	)


@pytest.fixture
def two(shop):
	portal.forget_limits()
	return shop


def a_call(two, **values):
	return make.plain_call(two.nora, equipment=two.boiler, contact_name="Nora Byrne", **values)


def appointed(two, **values):
	call = a_call(two, **values)
	start = add_to_date(get_datetime(f"{frappe.utils.nowdate()} 09:00:00"), days=1)
	call.schedule(str(start), str(add_to_date(start, hours=3)))
	return call


# ---------------------------------------------------------------------------- who comes in


def test_guests_log_in_first_and_come_back():
	answer = portal.get("/aftersales/products")
	assert (answer.status, answer.location) == (303, "/login?redirect-to=%2Faftersales%2Fproducts")


def test_a_login_without_a_customer_is_told_whom_to_ask():
	stranger = make.user("nobodys@customer.example")
	answer = portal.get("/aftersales", stranger)
	assert answer.status == 403
	assert "not linked yet" in answer.words


def test_a_contact_of_the_customer_comes_in_like_a_portal_user(two):
	name = make.contact(two.nora, "Carl", email="carl@byrne.example")
	make.user("carl@byrne.example")
	frappe.db.set_value("Contact", name, "user", "carl@byrne.example")
	call = a_call(two)
	assert call.name in portal.get("/aftersales", "carl@byrne.example").words


def test_pages_are_not_kept_and_run_no_script(two):
	answer = portal.get("/aftersales", ANNA)
	assert answer.headers["Cache-Control"] == "no-store"
	assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
	assert "script" not in answer.html
	assert portal.get("/aftersales/nowhere", ANNA).status == 404


# ---------------------------------------------------------------------------- opening a call


def report(user=ANNA, **fields):
	return portal.post("/aftersales/new", user, **{"subject": "No hot water", **fields})


def test_a_customer_reports_a_problem_with_photos(two, agent):
	answer = report(
		product=two.boiler,
		description="Since this morning.\nIt clicks.",
		contact_name="Anna Byrne",
		contact_phone="+353 1 555",
		contact_email=ANNA,
		photos=(portal.photo(), portal.photo("second.jpg", portal.picture("JPEG"))),
	)
	page = portal.follow(answer, ANNA)
	assert "We received your request" in page.words
	call = frappe.get_last_doc("Repair Call")
	assert (call.customer, call.equipment, call.channel) == (two.nora, two.boiler, "Web")
	assert (call.subject, call.contact_name, call.contact_email) == ("No hot water", "Anna Byrne", ANNA)
	assert call.description == "<p>Since this morning.<br>It clicks.</p>"
	assert (call.call_owner, call.status, call.owner) == (agent, "Open", ANNA)
	assert call.service_category and call.coverage and call.next_action
	files = frappe.get_all(
		"File",
		{"attached_to_doctype": "Repair Call", "attached_to_name": call.name},
		["is_private", "file_name"],
	)
	assert [file.is_private for file in files] == [1, 1]
	assert all(file.file_name.endswith(".jpg") for file in files)


def test_a_customer_sees_the_photos_he_sent_and_nobody_else_does(two):
	report(product=two.boiler, photos=(portal.photo(),))
	call = frappe.get_last_doc("Repair Call").name
	photos.attach(call, [portal.picture("JPEG", (30, 30))])  # by the desk: for the desk
	page = portal.get(f"/aftersales/calls/{call}", ANNA)
	(address,) = re.findall(r'<img src="(/aftersales/calls/[^"]+)"', page.html)
	seen = portal.get(address, ANNA)
	assert (seen.status, seen.headers["Content-Type"], seen.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
	answer = portal.get(address, BEN)
	assert (answer.status, answer.html) == (404, portal.get(address + "0", BEN).html)
	assert portal.get(address).status == 303
	of_desk = frappe.get_last_doc("File", {"attached_to_name": call, "owner": "Administrator"}).name
	bens = report(BEN).location.partition("?")[0]
	for name in (of_desk, address.rpartition("/")[2]):
		assert portal.get(f"{bens}/photos/{name}", BEN).status == 404
		assert portal.get(f"{bens}/photos/{name}", ANNA).status == 404
	assert portal.get(f"/aftersales/calls/{call}/photos/{of_desk}", ANNA).status == 404


def test_the_form_sent_twice_registers_one_call(two):
	key = "0123456789abcdef" * 2
	first, second = report(form_key=key), report(form_key=key)
	assert first.location == second.location
	assert frappe.db.count("Repair Call", {"customer": two.nora}) == 1


def test_another_customer_cannot_take_over_a_form(two):
	key = "0123456789abcdef" * 2
	report(form_key=key)
	answer = report(BEN, form_key=key)
	assert answer.status == 422
	assert frappe.db.count("Repair Call", {"customer": two.quinn}) == 0


def test_a_hazard_makes_it_an_emergency(two):
	report(hazard="Gas")
	call = frappe.get_last_doc("Repair Call")
	assert (call.hazard, call.priority) == ("Gas", "Emergency")


def test_a_product_we_do_not_know_is_taken_as_told(two):
	report(brand="Vaillant", model="ecoTEC", serial_text="V-9")
	call = frappe.get_last_doc("Repair Call")
	assert (call.equipment, call.brand, call.model, call.serial_text) == (None, "Vaillant", "ecoTEC", "V-9")


def test_somebody_elses_product_is_refused(two):
	answer = report(product=two.oven)
	assert answer.status == 422
	assert "choose one of your products" in answer.words
	assert "Rational" not in answer.words
	assert not frappe.db.count("Repair Call", {"customer": ("in", [two.nora, two.quinn])})


@pytest.mark.parametrize(
	("fields", "words"),
	[
		({"subject": "x"}, "what is wrong"),
		({"contact_email": "not an address"}, "not an e-mail address"),
		({"form_key": "short"}, "once more"),
	],
)
def test_what_is_wrong_with_a_form_is_said_and_what_was_typed_stays(two, fields, words):
	answer = report(description="typed with care", **fields)
	assert answer.status == 422
	assert words in answer.words
	assert "typed with care" in answer.html
	assert not frappe.db.count("Repair Call", {"customer": two.nora})


@pytest.mark.parametrize(
	"content",
	[
		b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
		b"<html><script>alert(1)</script>",
		b"\xff\xd8\xff\xe0 not really",
		b"",
	],
)
def test_only_pictures_are_taken_as_photos(two, content):
	answer = report(photos=(portal.photo("harmless.jpg", content),))
	assert answer.status == 422
	assert "not a photo" in answer.words
	assert not frappe.db.count("Repair Call", {"customer": two.nora})


def test_a_photo_loses_what_is_not_picture(two):
	polyglot = portal.picture("JPEG") + b"<script>alert(1)</script>"
	report(photos=(portal.photo("a.html", polyglot),))
	file = frappe.get_last_doc("File", {"attached_to_doctype": "Repair Call"})
	assert b"script" not in file.get_content()
	assert file.file_name.endswith(".jpg")


def test_more_photos_than_one_looks_at_are_refused(two):
	answer = report(photos=tuple(portal.photo() for _ in range(6)))
	assert (answer.status, "at most 5" in answer.words) == (422, True)


def test_too_many_calls_a_day_are_refused(two):
	for _ in range(20):
		assert report().status == 303
	answer = report()
	assert answer.status == 429
	assert "Too many attempts" in answer.words
	assert report(BEN).status == 303


def test_a_form_without_the_token_of_a_session_is_refused(two, monkeypatch):
	real = frappe.set_user

	def without_token(user):
		real(user)

	monkeypatch.setattr(frappe.session.data, "csrf_token", None, raising=False)
	monkeypatch.setattr(frappe, "set_user", without_token)
	from aftersales.customer_portal import web

	real(ANNA)
	frappe.session.data.csrf_token = None
	with pytest.raises(web.NotPossible):
		web.check_sender()


# ---------------------------------------------------------------------------- following it


def test_an_old_open_call_stands_above_many_finished_ones(two):
	old = a_call(two, subject="Still dripping")
	frappe.db.set_value("Repair Call", old.name, "received_at", "2020-01-01 10:00:00")
	done = [a_call(two).name for _number in range(22)]
	frappe.db.set_value("Repair Call", {"name": ("in", done)}, "status", "Closed")
	first = portal.get("/aftersales", ANNA)
	assert first.words.index("Still dripping") < first.words.index("Finished")
	assert sum(name in first.html for name in done) == 20
	second = portal.get("/aftersales?page=2", ANNA)
	assert "?page=2" in first.html and "?page=3" not in second.html
	assert sum(name in second.html for name in done) == 2
	assert "Still dripping" not in second.words
	assert {name for name in done if name in first.html}.isdisjoint(
		name for name in done if name in second.html
	)


@pytest.mark.parametrize("page", ["0", "-3", "x", "1e14", "9999"])
def test_any_page_is_answered(two, page):
	assert portal.get(f"/aftersales?page={page}", ANNA).status == 200


def test_the_appointment_and_progress_in_plain_words(two):
	call = appointed(two)
	page = portal.get(f"/aftersales/calls/{call.name}", ANNA)
	assert "Your appointment" in page.words
	day = frappe.utils.format_datetime(call.promised_from, "EEEE, d MMMM")
	assert f"{day}, between 09:00 and 12:00" in page.words
	assert re.search(r'<li class="current" aria-current="step">\s*<span class="what">Visit', page.html)
	assert f"{day}, between 09:00 and 12:00" in portal.get("/aftersales", ANNA).words


def test_nothing_internal_is_shown(two):
	call = appointed(two, hazard="Gas")
	call.reload()
	call.put_on_hold("Customer owes us money")
	words = portal.get(f"/aftersales/calls/{call.name}", ANNA).html
	for hidden in ("owes us", call.next_action, call.call_owner, "On Hold", "Emergency"):
		assert str(hidden) not in words, hidden


def test_a_message_lands_on_the_timeline_of_the_call(two):
	call = a_call(two)
	address = f"/aftersales/calls/{call.name}"
	answer = portal.post(address, ANNA, action="message", message="The key is\n<b>at the pub</b>")
	assert "Your message has been added to the call" in portal.follow(answer, ANNA).words
	portal.post(address, ANNA, action="message", message="The key is\n<b>at the pub</b>")
	message = frappe.get_all(
		"Communication",
		{"reference_doctype": "Repair Call", "reference_name": call.name},
		["content", "sent_or_received", "sender"],
	)
	assert len(message) == 1
	assert message[0].content == "<p>The key is<br>&lt;b&gt;at the pub&lt;/b&gt;</p>"
	assert (message[0].sent_or_received, message[0].sender) == ("Received", ANNA)


def test_confirming_the_appointment(two):
	call = appointed(two)
	address = f"/aftersales/calls/{call.name}"
	seen = portal.get(address, ANNA).hidden("seen")
	portal.post(address, ANNA, action="confirm", seen=seen)
	call.reload()
	assert (call.arrival_answer, call.status) == ("Confirmed", "Scheduled")
	assert "has confirmed the arrival window" in comments(call)
	call.promised_to = add_to_date(call.promised_to, hours=1)
	call.save()
	assert not call.arrival_answer


def test_asking_for_another_time_is_the_desks_next_action(two):
	call = appointed(two)
	address = portal.link_to(links.APPOINTMENT, "Repair Call", call.name)
	seen = portal.get(address).hidden("seen")
	answer = portal.post(address, action="another_time", seen=seen, wish="Friday <i>after</i> four")
	assert "We will call you" in portal.follow(answer).words
	call.reload()
	assert call.arrival_answer == "Another Time"
	assert call.next_action == "Agree another time: Friday ‹i>after‹/i> four"
	assert "Friday ‹i&gt;after‹/i&gt; four" in comments(call)


def test_an_appointment_that_changed_meanwhile_is_not_confirmed(two):
	call = appointed(two)
	address = portal.link_to(links.APPOINTMENT, "Repair Call", call.name)
	seen = portal.get(address).hidden("seen")
	call.promised_from = add_to_date(call.promised_from, hours=1)
	call.save()
	answer = portal.post(address, action="confirm", seen=seen)
	assert (answer.status, "changed meanwhile" in answer.words) == (422, True)
	call.reload()
	assert not call.arrival_answer


def comments(doc) -> str:
	return "\n".join(
		frappe.get_all(
			"Comment",
			filters={"reference_doctype": doc.doctype, "reference_name": doc.name, "comment_type": "Info"},
			pluck="content",
			order_by="creation asc",
		)
	)


# ---------------------------------------------------------------------------- the estimate


@pytest.mark.parametrize("way", ["portal", "link"])
def test_accepting_an_estimate(two, way):
	call = a_call(two)
	card = portal.estimated_card(call)
	address, user, channel = (
		(f"/aftersales/estimates/{card.name}", ANNA, "Portal")
		if way == "portal"
		else (portal.link_to(links.ESTIMATE, "Repair Card", card.name), "Guest", "Signed Link")
	)
	page = portal.get(address, user)
	assert "The fan is worn." in page.words
	assert "120.00" in page.words
	answer = portal.post(address, user, answer="accept", agreed="1", seen=page.hidden("seen"))
	assert "We start the repair" in portal.follow(answer, user).words
	card.reload()
	assert (card.status, card.approval_status, card.approved_amount) == ("Approved", "Approved", 120)
	assert card.approval_channel == channel
	assert card.approved_by == ("Anna" if way == "portal" else "Nora Byrne")
	assert "has accepted the estimate" in comments(call)


def test_accepting_twice_and_after_the_repair_began_changes_nothing(two):
	card = portal.estimated_card(a_call(two))
	address = f"/aftersales/estimates/{card.name}"
	portal.post(address, ANNA, answer="accept", agreed="1", seen="120.0")
	at = frappe.db.get_value("Repair Card", card.name, "approved_at")
	card.reload()
	card.start_repair()
	assert portal.post(address, ANNA, answer="accept", agreed="1", seen="120.0").status == 303
	assert frappe.db.get_value("Repair Card", card.name, ["status", "approved_at"]) == ("In Repair", at)
	assert portal.post(address, ANNA, answer="decline", reason="Too late", seen="120.0").status == 422
	assert frappe.db.get_value("Repair Card", card.name, "status") == "In Repair"


def test_the_amount_that_was_seen_is_accepted_and_no_other(two):
	card = portal.estimated_card(a_call(two))
	card.estimated_amount = 180
	card.save()
	answer = portal.post(f"/aftersales/estimates/{card.name}", ANNA, answer="accept", agreed="1", seen="120")
	assert (answer.status, "changed meanwhile" in answer.words) == (422, True)
	assert frappe.db.get_value("Repair Card", card.name, "approval_status") == "Pending"


def test_declining_needs_a_reason(two):
	call = a_call(two)
	card = portal.estimated_card(call)
	address = portal.link_to(links.ESTIMATE, "Repair Card", card.name)
	assert portal.post(address, answer="decline", seen="120").status == 422
	portal.follow(portal.post(address, answer="decline", reason="A <b>new</b> one", seen="120"))
	card.reload()
	assert (card.status, card.approval_status) == ("Declined", "Declined")
	assert "has declined (Signed Link, Nora Byrne): A ‹b&gt;new‹/b&gt; one" in comments(card)
	assert "You decided against" in portal.get(address).words


def test_the_lines_and_taxes_of_the_quotation_are_shown(two):
	shop = make.shop()
	call = a_call(two)
	card = make.received_card(
		call,
		diagnosis="Seal worn",
		labour=[make.hours(2, charge_to="Customer")],
		parts=[make.part(shop.seal, 1, charge_to="Customer", warehouse=shop.van)],
	)
	card.make_quotation()
	card.start_diagnosis()
	card.await_approval()
	words = portal.get(f"/aftersales/estimates/{card.name}", ANNA).words
	for figure in ("162.00", "21.87", "183.87"):
		assert figure in words
	assert "12.5" not in words.replace("12.50%", "")


# ---------------------------------------------------------------------------- survey and complaint


def asked(two, **values):
	"""The follow-up of a closed call."""
	call = a_call(two)
	call.resolve("Fan replaced")
	call.close()
	name = frappe.db.get_value("Follow-up", {"repair_call": call.name})
	frappe.db.set_value("Follow-up", name, "due_date", frappe.utils.nowdate())
	return call, frappe.get_doc("Follow-up", name)


def test_the_survey_is_answered_once(two):
	_call, follow_up = asked(two)
	address = portal.link_to(links.SURVEY, "Follow-up", follow_up.name)
	assert "Does everything work now?" in portal.get(address).words
	assert portal.post(address, csat="4").status == 422
	answer = portal.post(
		address, repair_effective="Yes", hidden_hazard="No", csat="5", nps="9", comments="Fine <b>work</b>"
	)
	assert "Thank you" in portal.follow(answer).words
	portal.post(address, repair_effective="No", csat="1")
	follow_up.reload()
	assert (follow_up.status, follow_up.repair_effective, follow_up.csat, follow_up.nps) == (
		"Done",
		"Yes",
		5,
		"9",
	)
	assert follow_up.answer_channel == "Web"
	assert follow_up.comments == "Fine ‹b>work‹/b>"


def test_a_bad_answer_opens_a_new_call(two):
	call, follow_up = asked(two)
	portal.post(portal.link_to(links.SURVEY, "Follow-up", follow_up.name), repair_effective="No")
	follow_up.reload()
	assert follow_up.status == "Escalated"
	assert frappe.db.get_value("Repair Call", follow_up.new_repair_call, "repeat_of") == call.name


@pytest.mark.parametrize("answer", [{"csat": "9"}, {"nps": "11"}, {"repair_effective": "Perhaps"}])
def test_answers_that_cannot_be_are_left_out(two, answer):
	_call, follow_up = asked(two)
	address = portal.link_to(links.SURVEY, "Follow-up", follow_up.name)
	portal.post(address, **{"repair_effective": "Yes", **answer})
	follow_up.reload()
	assert (follow_up.csat, follow_up.nps or None) == (0, None)


def test_a_complaint_about_a_call(two):
	call = a_call(two)
	address = f"/aftersales/complaint?call={call.name}"
	key = "0123456789abcdef" * 2
	words = {"subject": "Nobody came", "text": "I waited <i>all</i> day", "form_key": key}
	first, second = portal.post(address, ANNA, **words), portal.post(address, ANNA, **words)
	assert first.location == second.location
	complaint = frappe.get_last_doc("Service Complaint", {"customer": two.nora})
	assert complaint.name in portal.follow(first, ANNA).words
	assert (complaint.repair_call, complaint.equipment, complaint.channel) == (call.name, two.boiler, "Web")
	assert (complaint.subject, complaint.description) == ("Nobody came", "I waited ‹i>all‹/i> day")
	assert frappe.db.count("Service Complaint", {"customer": two.nora}) == 1
	assert portal.get(address, BEN).status == 404


# ---------------------------------------------------------------------------- documents and products


def test_documents_of_a_finished_repair(two):
	shop = make.shop()
	make.settings(submit_invoice=1)
	call = a_call(two)
	receipt = make.receipt(call)
	receipt.submit()
	card = make.card(
		call,
		collection_receipt=receipt.name,
		labour=[make.hours(1, charge_to="Customer", technician=shop.technician)],
	)
	words = portal.get(f"/aftersales/calls/{call.name}", ANNA).words
	assert "Receipt for your product" in words
	assert "Repair list" not in words
	assert portal.get(f"/aftersales/documents/repair-list/{card.name}", ANNA).status == 404
	card.submit()
	page = portal.get(f"/aftersales/calls/{call.name}", ANNA)
	for address in re.findall(r'href="(/aftersales/documents/[^"]+)"', page.html):
		printed = portal.get(address, ANNA)
		assert printed.status == 200
		assert "default-src 'none'" in printed.headers["Content-Security-Policy"]
	card.reload()
	assert card.sales_invoice in page.words
	assert "68.10" in portal.get(f"/aftersales/documents/invoice/{card.sales_invoice}", ANNA).words
	linked = portal.get(portal.link_to(links.DOCUMENT, "Sales Invoice", card.sales_invoice))
	assert "68.10" in linked.words


@pytest.fixture
def printer(monkeypatch):
	"""A site that can make PDFs: what is printed is kept, the program that draws it is not needed."""
	from frappe.utils import pdf

	printed = []
	monkeypatch.setattr(documents, "can_be_pdf", lambda word: True)

	def draw(html, options=None, output=None):
		printed.append(html)
		return b"%PDF-1.4 drawn"

	monkeypatch.setattr(pdf, "get_pdf", draw)
	return printed


def a_receipt(two) -> str:
	receipt = make.receipt(a_call(two))
	receipt.submit()
	return receipt.name


def test_a_document_is_a_pdf_where_the_site_can_make_one(two, printer):
	receipt = a_receipt(two)
	address = f"/aftersales/documents/receipt/{receipt}"
	page = portal.get(address, ANNA)
	assert (page.headers["Content-Type"], "Save as PDF" in page.words) == ("text/html; charset=utf-8", True)
	assert "download_pdf" not in page.html
	for asked, user in (
		(f"{address}?as=pdf", ANNA),
		(portal.link_to(links.DOCUMENT, "Collection Receipt", receipt) + "?as=pdf", "Guest"),
	):
		answer = portal.get(asked, user)
		assert (answer.headers["Content-Type"], answer.content) == ("application/pdf", b"%PDF-1.4 drawn")
		assert answer.headers["Content-Disposition"] == f"inline; filename={receipt}.pdf"
		assert receipt in printer[-1]
	assert portal.get(f"{address}?as=pdf", BEN).status == 404
	assert len(printer) == 2


def test_a_document_is_a_page_where_the_site_makes_no_pdf(two):
	answer = portal.get(f"/aftersales/documents/receipt/{a_receipt(two)}?as=pdf", ANNA)
	assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
	assert "action-banner" not in answer.html
	assert "PDF" not in answer.words


def test_a_customer_gets_no_copy_of_the_shop_s(two):
	answer = portal.get(f"/aftersales/documents/receipt/{a_receipt(two)}", ANNA)
	assert "Customer's copy" in answer.words
	assert "Shop's copy" not in answer.words
	assert not frappe.flags.aftersales_for_customer  # what the desk prints next has both


@pytest.mark.parametrize(
	("installed", "prints_headers", "possible"),
	[
		(None, False, []),
		("/usr/bin/wkhtmltopdf", False, ["receipt", "repair-list", "report"]),
		("/usr/bin/wkhtmltopdf", True, ["receipt", "repair-list", "report", "invoice"]),
	],
)
def test_what_can_be_a_pdf_on_which_machine(monkeypatch, installed, prints_headers, possible):
	monkeypatch.undo()
	monkeypatch.setattr(documents.shutil, "which", lambda name: installed)
	monkeypatch.setattr(documents, "is_wkhtmltopdf_valid", lambda: prints_headers)
	assert [word for word in documents.KINDS if documents.can_be_pdf(word)] == possible


def test_an_invoice_is_printed_as_the_site_does_else_in_erpnexts_layout(two):
	meta = frappe.get_meta("Sales Invoice")
	meta.default_print_format = None
	expected = (
		"Sales Invoice Print" if frappe.db.exists("Print Format", "Sales Invoice Print") else "Standard"
	)
	assert documents._format_of_site("Sales Invoice") == expected
	meta.default_print_format = "Sales Invoice Return"
	try:
		assert documents._format_of_site("Sales Invoice") == "Sales Invoice Return"
	finally:
		meta.default_print_format = None


def test_a_pdf_that_fails_leaves_the_page(two, printer, monkeypatch):
	from frappe.utils import pdf

	def fail(*args, **kwargs):
		raise OSError("wkhtmltopdf reported an error")

	monkeypatch.setattr(pdf, "get_pdf", fail)
	before = now_datetime()
	answer = portal.get(f"/aftersales/documents/receipt/{a_receipt(two)}?as=pdf", ANNA)
	assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
	logged = {"method": "PDF for a customer", "creation": (">", before)}
	assert frappe.db.count("Error Log", logged) == 1


def test_an_address_changes_nothing_of_a_document(two):
	address = f"/aftersales/documents/receipt/{a_receipt(two)}"
	plain = portal.get(address, ANNA).html
	asked = portal.query(format="Repair Card Tag", style="Classic", no_letterhead=1, trigger_print=1, key="x")
	assert portal.get(f"{address}?{asked}", ANNA).html == plain


def test_pdfs_are_made_so_many_an_hour(two, printer):
	address = f"/aftersales/documents/receipt/{a_receipt(two)}?as=pdf"
	for _ in range(60):
		limits.count("pdf", 60, 3600, ANNA)
	assert portal.get(address, ANNA).status == 429
	assert printer == []


def test_an_invoice_that_is_no_services_is_not_shown(two):
	frappe.set_user("Administrator")
	invoice = make.make(
		"Sales Invoice",
		customer=two.nora,
		company=make.COMPANY,
		items=[{"item_code": make.service_item("Something Else"), "qty": 1, "rate": 5}],
	)
	invoice.submit()
	assert portal.get(f"/aftersales/documents/invoice/{invoice.name}", ANNA).status == 404


def test_products_with_coverage_and_history(two):
	frappe.db.set_value(
		"Customer Equipment", two.boiler, "warranty_until", add_to_date(now_datetime(), years=1)
	)
	call = a_call(two)
	products = portal.get("/aftersales/products", ANNA).words
	assert "Baxi 600 Combi (B-1)" in products
	assert "Under warranty until" in products
	assert "Rational" not in products
	page = portal.get(f"/aftersales/products/{two.boiler}", ANNA).words
	assert "Under warranty until" in page
	assert call.name in page


# ---------------------------------------------------------------------------- links


def test_a_tracking_link_shows_progress_and_decides_nothing(two):
	call = appointed(two)
	address = portal.link_to(links.TRACK, "Repair Call", call.name)
	page = portal.get(address)
	assert "Your appointment" in page.words
	assert "That suits me" not in page.words
	portal.post(address, action="confirm", seen=str(call.promised_from), message="")
	call.reload()
	assert not call.arrival_answer


def test_a_photo_is_added_to_a_call_by_its_tracking_link(two, agent):
	call = a_call(two, call_owner=agent)
	address = portal.link_to(links.TRACK, "Repair Call", call.name)
	sent = {"action": "message", "message": "This is the plate."}
	answer = portal.post(
		address, photos=(portal.photo(), portal.photo("b.jpg", portal.picture("JPEG"))), **sent
	)
	page = portal.follow(answer)
	assert "Your message has been added to the call" in page.words
	assert "<img" not in page.html, "whoever has the link sees no photo"
	files = frappe.get_all("File", {"attached_to_name": call.name}, ["is_private", "file_url", "owner"])
	assert [(file.is_private, file.owner) for file in files] == [(1, "Guest")] * 2
	assert all(file.file_url.endswith(".jpg") for file in files)
	assert len(photos.of_call(call.name)) == 2
	assert portal.get(f"/aftersales/calls/{call.name}", ANNA).html.count("<img src=") == 2
	told = frappe.get_last_doc("Communication", {"reference_name": call.name})
	assert (told.content, told.sent_or_received) == ("<p>This is the plate.</p>", "Received")
	notice = frappe.get_last_doc("Notification Log", {"for_user": agent})
	assert notice.subject == f"Nora Byrne has written about {call.name}: No hot water"


def test_photos_sent_twice_are_one_message_and_other_photos_another(two):
	call = a_call(two)
	address = portal.link_to(links.TRACK, "Repair Call", call.name)
	one, other = portal.picture(), portal.picture(size=(50, 50))
	for content in (one, one, other):
		assert portal.post(address, action="message", photos=(portal.photo("a.png", content),)).status == 303
	assert len(photos.of_call(call.name)) == 2
	assert frappe.db.count("Communication", {"reference_name": call.name}) == 2


@pytest.mark.parametrize(
	("sent", "words"),
	[
		((b"<svg onload=alert(1)>",), "not a photo"),
		((b"x" * (photos.LARGEST + 1),), "at most 10 MB"),
		((portal.picture(),) * (photos.MOST + 1), "at most 5"),
		((), "write a message"),
	],
)
def test_what_a_tracking_link_does_not_take(two, sent, words):
	call = a_call(two)
	address = portal.link_to(links.TRACK, "Repair Call", call.name)
	answer = portal.post(
		address, action="message", photos=tuple(portal.photo("a.jpg", content) for content in sent)
	)
	assert (answer.status, words in answer.words) == (422, True)
	assert not photos.of_call(call.name)


def test_photos_of_a_call_and_messages_by_link_have_an_end(two):
	call = a_call(two)
	address = portal.link_to(links.TRACK, "Repair Call", call.name)
	for number in range(5):
		photos.attach(call.name, [portal.picture("JPEG", (20 + number, 20))] * 6)
	frappe.db.set_value("File", {"attached_to_name": call.name}, "owner", "Guest")
	answer = portal.post(address, action="message", photos=(portal.photo(),))
	assert (answer.status, "30 photos" in answer.words) == (422, True)
	for number in range(19):
		assert portal.post(address, action="message", message=f"Number {number}").status == 303
	assert portal.post(address, action="message", message="One more").status == 429


def test_nothing_is_added_to_a_finished_call(two):
	call = a_call(two)
	address = portal.link_to(links.TRACK, "Repair Call", call.name)
	call.resolve("Fan replaced")
	call.close()
	assert "<form" not in portal.get(address).html
	assert portal.post(address, action="message", photos=(portal.photo(),)).status == 422
	assert not photos.of_call(call.name)


def test_a_link_is_sent_again_while_it_is_good(two):
	call = a_call(two)
	one = links.address(links.TRACK, "Repair Call", call.name, two.nora)
	assert links.address(links.TRACK, "Repair Call", call.name, two.nora) == one
	assert links.address(links.APPOINTMENT, "Repair Call", call.name, two.nora) != one


def test_a_revoked_link_and_one_whose_call_went_to_another_customer_open_nothing(two, agent):
	call = a_call(two)
	address = portal.link_to(links.TRACK, "Repair Call", call.name)
	unknown = portal.get("/aftersales/link/" + "A" * 54)
	assert portal.get(address).status == 200
	frappe.set_user(agent)
	links.revoke(frappe.db.get_value("Service Link", {"reference_name": call.name}))
	frappe.set_user("Administrator")
	revoked = portal.get(address)
	assert (revoked.status, revoked.words) == (404, unknown.words)
	second = portal.link_to(links.TRACK, "Repair Call", call.name)
	frappe.db.set_value("Repair Call", call.name, {"customer": two.quinn, "equipment": None})
	assert portal.get(second).words == unknown.words


def test_an_edited_record_widens_no_link(two):
	call, other = a_call(two), make.plain_call(two.quinn)
	address = portal.link_to(links.TRACK, "Repair Call", call.name)
	name = frappe.db.get_value("Service Link", {"reference_name": call.name})
	for change in (
		{"reference_name": other.name, "customer": two.quinn},
		{"purpose": "Appointment"},
		{"expires_at": add_to_date(now_datetime(), years=5)},
	):
		before = frappe.db.get_value("Service Link", name, list(change), as_dict=True)
		frappe.db.set_value("Service Link", name, change)
		assert portal.get(address).status == 404
		frappe.db.set_value("Service Link", name, before)
	assert portal.get(address).status == 200


def test_nobody_edits_a_link(two):
	call = a_call(two)
	portal.link_to(links.TRACK, "Repair Call", call.name)
	doc = frappe.get_last_doc("Service Link")
	doc.expires_at = "2099-01-01"
	with pytest.raises(frappe.PermissionError):
		doc.save()


def test_the_desk_makes_a_link_and_nobody_else_does(two, agent):
	call = a_call(two)
	frappe.set_user(agent)
	address = links.make("Track", "Repair Call", call.name)
	assert portal.get(portal.path_of(address)).status == 200
	with pytest.raises(frappe.ValidationError):
		links.make("Estimate", "Repair Call", call.name)
	frappe.set_user(ANNA)
	with pytest.raises(frappe.PermissionError):
		links.make("Track", "Repair Call", call.name)


def test_a_call_with_links_can_be_deleted(two):
	call = a_call(two)
	portal.link_to(links.TRACK, "Repair Call", call.name)
	frappe.delete_doc("Repair Call", call.name)
	assert not frappe.db.exists("Repair Call", call.name)


# ---------------------------------------------------------------------------- the code on the product


def code_page(two) -> str:
	return f"/aftersales/code/{two.boiler}/{product_signature(two.boiler)}"


def test_the_code_on_the_product_opens_a_call_without_a_login(two):
	page = portal.get(code_page(two))
	assert "Baxi 600 Combi (B-1)" in page.words
	assert two.nora not in page.html
	answer = portal.post(
		code_page(two), subject="It drips", contact_name="The caretaker", contact_phone="555 01"
	)
	call = frappe.get_last_doc("Repair Call")
	assert (call.customer, call.equipment, call.channel) == (two.nora, two.boiler, "QR")
	assert (call.contact_name, call.contact_phone) == ("The caretaker", "555 01")
	tracked = portal.follow(answer)
	assert "We received your request" in tracked.words
	assert "Nora" not in tracked.words


def test_the_code_asks_who_reports(two):
	assert portal.post(code_page(two), subject="It drips").status == 422
	assert portal.post(code_page(two), subject="It drips", contact_name="Me").status == 422
	assert not frappe.db.count("Repair Call", {"customer": two.nora})


def test_a_wrong_code_and_a_scrapped_product_answer_like_an_unknown_link(two):
	unknown = portal.get("/aftersales/link/" + "A" * 54)
	other = f"/aftersales/code/{two.oven}/{product_signature(two.boiler)}"
	assert portal.get(other).words == unknown.words
	frappe.db.set_value("Customer Equipment", two.boiler, "status", "Scrapped")
	assert portal.get(code_page(two)).words == unknown.words


def test_a_scan_leads_each_to_his_own_page(two, agent):
	from tests.integration.test_equipment import visit

	scanned = equipment.scan_address("Customer Equipment", two.boiler)
	for user, expected in (
		(agent, desk(f"repair-call/new?equipment={two.boiler}")),
		(ANNA, f"/aftersales/new?product={two.boiler}"),
		(BEN, code_page(two)),
		("Guest", code_page(two)),
	):
		frappe.set_user(user)
		assert visit(scanned) == expected, user
	frappe.set_user(BEN)
	assert visit(f"/scan/{two.boiler}") == "/aftersales"


# ---------------------------------------------------------------------------- who owns such a call


def test_calls_of_customers_go_to_the_agent_with_the_fewest_open_ones(two):
	make.settings(customer_calls_owner=None)
	first, second = make.user("a@desk.example", "Service Agent"), make.user("b@desk.example", "Service Agent")
	for user in frappe.get_all("Has Role", {"role": "Service Agent", "parenttype": "User"}, pluck="parent"):
		if user not in (first, second):
			frappe.db.set_value("User", user, "enabled", 0)
	owners = {first: 0, second: 0}
	for _ in range(4):
		call = make.plain_call(two.nora, call_owner=portal_api.owner_for_customers())
		owners[call.call_owner] += 1
	assert owners == {first: 2, second: 2}
