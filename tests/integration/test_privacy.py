"""Personal data: what is given out and erased on request, what goes when its time is over, and what stays."""

import json

import frappe
import pytest
from frappe.utils import add_months, add_to_date, now_datetime

from aftersales.customer_portal import links, photos
from aftersales.privacy import requests, retention
from aftersales.privacy.personal_fields import CASES, ERASED
from tests import factories as make
from tests import mails, portal

GERDA, PHONE = "gerda@privat.example", "+353 1 777 1234"
SECRETS = ("Gerda", "gerda@", "777 1234", "7771234", "my neighbour", "back door")

NOBODYS = {
	"Repair Call": {
		"priority_reason",
		"hold_reason",
		"category_reason",
		"cancel_reason",
		"coverage_reason",
		"ownership_concern",
		"ownership_reason",
		"customer_name",
	},
	"Service Voucher": {
		"repair_method_reason",
		"absence_override_reason",
		"coverage_reason",
		"category_reason",
		"preliminary_plan",
		"parts_to_take",
		"qualification_override_reason",
		"findings",
		"advice",
		"test_notes",
		"work_left",
		"parts_left",
		"customer_name",
	},
	"Collection Receipt": {"condition", "fault_as_told", "return_notes", "lost_declaration", "customer_name"},
	"Repair Card": {
		"repair_method_reason",
		"coverage_reason",
		"category_reason",
		"diagnosis",
		"not_repairable_reason",
		"verification_notes",
		"customer_name",
		"approval_link",
	},
	"Product Exchange": {"finding", "customer_name"},
	"Uncollected Product": {"customer_name"},
	"Service Payment": {"customer_name"},
	"Loaner Issue": {"condition", "accessories", "return_notes", "lost_declaration", "customer_name"},
	"Damage Claim": {"incident", "customer_name"},
	"Follow-up": {"customer_name"},
	"Warranty Registration": {"notes", "reason"},
	"Service Complaint": {
		"assessment",
		"findings",
		"root_cause",
		"answer",
		"closing_note",
		"cancel_reason",
		"customer_name",
	},
}
"""Texts that staff writes about a product or a decision, and the customer's name, which the books need."""


def test_every_text_signature_and_picture_is_somebodys_or_nobodys():
	"""A field added to a service case next year is named in the table, or above."""
	free = {"Small Text", "Text", "Text Editor", "Long Text", "Signature", "Attach Image", "Attach"}
	telling = ("contact_", "signed_by", "phone", "approval_ip", "approval_user", "approved_by")
	for kept in CASES:
		meta = frappe.get_meta(kept.doctype)
		named = {*kept.contacts, *kept.texts, *kept.signatures, *kept.photo_fields}
		assert all(meta.has_field(field) for field in named), kept.doctype
		assert all(meta.get_field(table).fieldtype == "Table" for table in kept.photo_tables)
		of_app = [field for field in meta.fields if not field.get("is_custom_field")]
		found = {
			field.fieldname
			for field in of_app
			if (field.fieldtype in free or any(word in field.fieldname for word in telling))
			and field.fieldtype
			not in ("Section Break", "Column Break", "Table", "HTML", "Tab Break", "Check")
		}
		assert found - named <= NOBODYS[kept.doctype], (kept.doctype, found - named - NOBODYS[kept.doctype])


@pytest.fixture
def gerda():
	"""A private customer with a case from call to opinion, and another customer who must lose nothing."""
	portal.forget_limits()
	shop = make.shop()
	make.settings(submit_invoice=1, send_customer_messages=1, follow_up_days=7)
	mails.mailbox()
	gerda = make.customer("Gerda Privat", customer_type="Individual")
	make.contact(gerda, "Gerda", PHONE, GERDA)
	case = a_case(shop, gerda, contact_name="Gerda Privat", contact_email=GERDA, contact_phone=PHONE)
	other = a_case(shop, shop.customer, contact_name="Nora", contact_email="nora@byrne.example")
	return frappe._dict(name=gerda, case=case, other=other, shop=shop)


def a_case(shop, customer, **contact) -> frappe._dict:
	call = make.plain_call(
		customer,
		subject="My boiler",
		description="<p>my neighbour has the key to the back door</p>",
		**contact,
	)
	links.address(links.TRACK, "Repair Call", call.name, customer)
	photos.attach(call.name, [portal.picture("JPEG")])
	call.add_comment("Comment", f"{contact['contact_name']} says: my neighbour")
	visit = make.voucher(call, shop.technician, labour=[make.hours(1)], signed_by=contact["contact_name"])
	visit.submit()
	call.reload()
	if call.status not in ("Resolved", "Closed"):
		call.resolve("Fan replaced")
	if call.status != "Closed":
		call.close()
	complaint = make.make(
		"Service Complaint",
		customer=customer,
		company=make.COMPANY,
		repair_call=call.name,
		subject="Rude",
		description="my neighbour says so",
		**contact,
	)
	follow_up = frappe.db.get_value("Follow-up", {"repair_call": call.name})
	frappe.db.set_value("Follow-up", follow_up, {"comments": "my neighbour", "status": "Done"})
	return frappe._dict(call=call.name, visit=visit.name, complaint=complaint.name, follow_up=follow_up)


def everything_about(case) -> str:
	"""All that is stored of a case, as text."""
	found = []
	for doctype, name in (
		("Repair Call", case.call),
		("Service Voucher", case.visit),
		("Service Complaint", case.complaint),
		("Follow-up", case.follow_up),
	):
		row = frappe.db.get_value(doctype, name, "*", as_dict=True)
		for field in ("customer", "customer_name", "title"):
			row.pop(field, None)  # whose case it is stays: the books name the customer
		found.append(row)
		about = {"reference_doctype": doctype, "reference_name": name}
		for told in ("Communication", "Comment", "Email Queue", "Service Link"):
			for text in frappe.get_all(told, about, ["*"]):
				text.pop("customer", None)
				found.append(text)
		found += frappe.get_all("Version", {"ref_doctype": doctype, "docname": name}, ["data"])
	return frappe.as_json(found)


def files_of(case) -> int:
	return frappe.db.count("File", {"attached_to_name": ("in", list(case.values()))})


def ledgers(case) -> tuple:
	invoice = frappe.db.get_value("Service Voucher", case.visit, "sales_invoice")
	return (
		frappe.db.get_value("Sales Invoice", invoice, ["grand_total", "customer", "docstatus"]),
		frappe.db.get_value("Service Voucher", case.visit, ["amount_due", "billing_status", "docstatus"]),
		frappe.db.count("GL Entry", {"voucher_no": invoice}),
	)


def deletion_request(email: str):
	user = portal.website_user(
		email, frappe.db.get_value("Customer", {"email_id": email}) or "Gerda Privat", "Gerda"
	)
	request = frappe.get_doc({"doctype": "Personal Data Deletion Request", "email": user}).insert()
	request.db_set("status", "Pending Approval")
	request.reload()
	return request


def carry_out(request) -> None:
	"""What the button does: the second half is a background job."""
	request.disable_user()
	request._anonymize_data()
	request.reload()


def test_a_deletion_request_erases_the_person_and_leaves_the_books(gerda):
	assert any(secret in everything_about(gerda.case) for secret in SECRETS)
	before, others = ledgers(gerda.case), everything_about(gerda.other)
	request = deletion_request(GERDA)
	carry_out(request)
	assert request.status == "Deleted"
	left = everything_about(gerda.case)
	assert [secret for secret in SECRETS if secret in left] == []
	assert ERASED in left
	assert files_of(gerda.case) == 0
	assert ledgers(gerda.case) == before
	assert everything_about(gerda.other) == others
	assert files_of(gerda.other) == 1
	log = frappe.get_last_doc("Service Erasure Log")
	assert (log.occasion, log.request) == ("Request", request.name)
	assert "Repair Call: contacts: 1" in log.erased
	assert "Gerda" not in frappe.as_json(log.as_dict())
	assert not frappe.db.exists("Service Search Key", {"search_key": ("like", "%7771234%")})


def test_the_carried_out_request_is_not_carried_out_twice(gerda):
	request = deletion_request(GERDA)
	carry_out(request)
	request.save()
	assert frappe.db.count("Service Erasure Log") == 1


def test_what_is_still_with_us_keeps_its_signature(gerda):
	call = make.plain_call(gerda.name, contact_name="Gerda Privat", contact_email=GERDA)
	receipt = make.receipt(call)
	receipt.submit()
	carry_out(deletion_request(GERDA))
	assert frappe.db.get_value("Collection Receipt", receipt.name, "customer_signature")
	assert not frappe.db.get_value("Repair Call", call.name, "contact_email")


def test_a_download_request_holds_the_service_case(gerda):
	user = portal.website_user(GERDA, gerda.name, "Gerda")
	request = frappe.get_doc(
		{"doctype": "Personal Data Download Request", "user": user, "user_name": "Gerda"}
	).insert(ignore_permissions=True)
	files = frappe.get_all("File", {"attached_to_name": request.name}, ["name", "file_name", "is_private"])
	(service,) = [file for file in files if file.file_name.startswith("Service-Data")]
	assert service.is_private
	data = json.loads(frappe.get_doc("File", service.name).get_content())
	assert set(data) == {"Repair Call", "Service Voucher", "Service Complaint", "Follow-up"}
	(call,) = data["Repair Call"]
	assert (call["contact_email"], call["contact_phone"]) == (GERDA, PHONE)
	assert len(call["files"]) == 1 and call["messages"]
	assert "Nora" not in json.dumps(data)


def test_somebody_who_speaks_for_a_company_gets_his_own_calls_only(gerda):
	firm = make.customer("Quinn Foods", customer_type="Company")
	make.contact(firm, "Carl", email="carl@quinn.example")
	own = make.plain_call(firm, contact_name="Carl", contact_email="carl@quinn.example")
	make.plain_call(firm, contact_name="Dora", contact_email="dora@quinn.example")
	assert requests.calls_of("carl@quinn.example") == [own.name]


# ---------------------------------------------------------------------------- retention


def closed_months_ago(case, months: int) -> None:
	frappe.db.set_value("Repair Call", case.call, "closed_at", add_months(now_datetime(), -months))
	frappe.db.set_value("Service Complaint", case.complaint, "status", "Closed")
	frappe.db.set_value("Service Voucher", case.visit, {"customer_signature": make.SIGNATURE})


def test_nothing_goes_unless_a_period_is_set(gerda):
	closed_months_ago(gerda.case, 100)
	before = everything_about(gerda.case)
	assert not retention.erase_what_is_over()
	assert everything_about(gerda.case) == before
	assert not frappe.db.count("Service Erasure Log")


def test_contacts_signatures_and_photos_go_each_in_its_time(gerda):
	make.settings(keep_contacts=24, keep_signatures=36, keep_photos=6)
	closed_months_ago(gerda.case, 7)
	closed_months_ago(gerda.other, 5)
	assert retention.erase_what_is_over()["File"] == 1
	assert (files_of(gerda.case), files_of(gerda.other)) == (0, 1)
	assert "777 1234" in everything_about(gerda.case)

	closed_months_ago(gerda.case, 25)
	before = ledgers(gerda.case)
	erased = retention.erase_what_is_over()
	assert erased["Repair Call: contacts"] == 1
	left = everything_about(gerda.case)
	assert not [secret for secret in SECRETS if secret in left and secret != "Gerda"]
	assert frappe.db.get_value("Service Voucher", gerda.case.visit, "customer_signature")
	closed_months_ago(gerda.case, 37)
	assert retention.erase_what_is_over()["Service Voucher: signatures"] == 1
	assert frappe.db.get_value("Service Voucher", gerda.case.visit, ["customer_signature", "signed_by"]) == (
		None,
		None,
	)
	assert not retention.erase_what_is_over(), "the night after there is nothing left to do"
	assert ledgers(gerda.case) == before
	assert frappe.db.count("Service Erasure Log", {"occasion": "Retention"}) == 3


def test_an_open_call_keeps_everything(gerda):
	make.settings(keep_contacts=1, keep_signatures=1, keep_photos=1)
	call = make.plain_call(gerda.name, contact_name="Gerda Privat", contact_email=GERDA)
	frappe.db.set_value("Repair Call", call.name, "received_at", add_to_date(now_datetime(), years=-3))
	retention.erase_what_is_over()
	assert frappe.db.get_value("Repair Call", call.name, "contact_email") == GERDA


def test_the_log_is_written_by_the_app_alone():
	from aftersales.privacy.log import write_log

	write_log("Retention", {"File": 1})
	log = frappe.get_last_doc("Service Erasure Log")
	log.erased = "nothing"
	with pytest.raises(frappe.PermissionError):
		log.save(ignore_permissions=True)
