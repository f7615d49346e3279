"""What a form sends along is not what is stored: actions, cancelling and submitting by forged documents.

Generated from the DocTypes and their whitelisted methods.
"""

import frappe
import pytest
from frappe.desk.form.save import savedocs
from frappe.handler import run_doc_method
from frappe.utils import cint
from frappe.www.printview import get_html_and_style

from aftersales.core.input.document import ServiceDocument
from tests import discovery
from tests import factories as f
from tests.one_of_each import stored_ones

MARKUP = '<img src=x onerror="alert(1)">Scratched'
FORGED = {
	"Data": "Forged",
	"Small Text": "Forged",
	"Text": "Forged",
	"Select": "Forged",
	"Link": "Forged",
	"Dynamic Link": "Forged",
	"Currency": 98765.0,
	"Float": 98765.0,
	"Int": 98765,
	"Date": "2033-03-03",
	"Datetime": "2033-03-03 03:03:03",
}


@pytest.fixture
def documents():
	return stored_ones(f.shop())


@pytest.fixture(autouse=True)
def request_by_post():
	frappe.local.request = frappe._dict(method="POST")
	frappe.local.form_dict = frappe._dict()
	frappe.local.response = frappe._dict(docs=[])
	yield
	frappe.local.request = None


def forged(doc, **values) -> str:
	"""`doc` as a form would send it, with every field that is not empty by nature replaced."""
	sent = frappe.get_doc(doc.doctype, doc.name).as_dict()
	for field in doc.meta.fields:
		if field.fieldtype in FORGED:
			sent[field.fieldname] = FORGED[field.fieldtype]
	return frappe.as_json({**sent, **values})


def by_form(doc, method: str, args: dict | None = None, **values):
	return run_doc_method(method, docs=forged(doc, **values), args=frappe.as_json(args or {}))


def called(call, /, *args, **kwargs) -> Exception | None:
	frappe.db.savepoint("forged")
	try:
		call(*args, **kwargs)
	except Exception as error:
		return error
	return None


def test_no_action_sees_or_stores_what_a_form_has_forged(documents):
	found = []
	for doctype, action in discovery.actions():
		doc = documents.get(doctype) or frappe.get_doc(doctype)
		args = discovery.arguments(getattr(frappe.get_doc(doctype, doc.name), action), {})
		for docstatus in (0, 1) if doc.meta.is_submittable else (0,):
			error = called(by_form, doc, action, args, docstatus=docstatus)
			if error is not None and getattr(error, "http_status_code", 500) >= 500:
				found.append(f"{doctype}.{action}: {type(error).__name__} {error}")
			if "Forged" in str(error) or "98765" in str(error):
				found.append(f"{doctype}.{action} has seen forged values: {error}")
			stored = frappe.get_doc(doctype, doc.name).as_dict()
			found += [
				f"{doctype}.{action} has stored {fieldname} = {value}"
				for fieldname, value in stored.items()
				if str(value) in ("Forged", "98765", "98765.0", "2033-03-03", "2033-03-03 03:03:03")
			]
			frappe.db.rollback(save_point="forged")
			frappe.clear_messages()
	assert not found, "\n".join(found)
	assert len(discovery.actions()) > 50


def test_no_action_runs_on_a_document_that_is_not_stored(documents):
	accepted = []
	for doctype, action in discovery.actions():
		if frappe.get_meta(doctype).issingle:
			continue  # there is one, stored or not
		doc = documents[doctype]
		args = discovery.arguments(getattr(frappe.get_doc(doctype, doc.name), action), {})
		error = called(by_form, doc, action, args, __islocal=1, name="new-1")
		if not isinstance(error, frappe.ValidationError) or "Save the" not in str(error):
			accepted.append(f"{doctype}.{action}: {error!r}")
		frappe.db.rollback(save_point="forged")
	assert accepted == []


def test_every_function_and_action_checks_what_it_is_called_with():
	unchecked = [path for path in discovery.functions() if not hasattr(frappe.get_attr(path), "__wrapped__")]
	for doctype, action in discovery.actions():
		method = getattr(frappe.model.base_document.get_controller(doctype), action)
		inner = getattr(method, "__wrapped__", None)
		if inner is None or not hasattr(inner, "__wrapped__"):
			unchecked.append(f"{doctype}.{action}")
	assert unchecked == []


def test_every_document_and_report_checks_what_is_sent():
	get_controller = frappe.model.base_document.get_controller
	plain = [name for name in discovery.doctypes() if not issubclass(get_controller(name), ServiceDocument)]
	assert plain == []
	unchecked = []
	for report in discovery.reports():
		name = frappe.scrub(report)
		room = frappe.scrub(frappe.db.get_value("Report", report, "module"))
		execute = frappe.get_attr(f"aftersales.{room}.report.{name}.{name}.execute")
		if not hasattr(execute, "__wrapped__"):
			unchecked.append(report)
	assert unchecked == []


def test_an_order_is_made_of_what_is_stored():
	"""A technician's unsent draft, sent along as submitted with another vendor and another price."""
	shop = f.shop()
	outside = f.service_item("Repair by the maker", uom="Nos", is_purchase_item=1)
	f.settings(vendor_repair_item=outside)
	makers = [
		f.once("Supplier", name, supplier_name=name, supplier_group="All Supplier Groups")
		for name in ("Calora Works", "Evil Supplies")
	]
	call = f.call(shop.customer, equipment=f.equipment(shop.customer, model="Instant 11"))
	receipt = f.receipt(call)
	receipt.submit()
	card = f.received_card(call, collection_receipt=receipt.name, diagnosis="Control board dead")
	draft = f.make(
		"Vendor Repair", repair_card=card.name, supplier=makers[0], work_wanted="Repair the board", cost=50
	)
	frappe.set_user(f.user("workshop@forged.example", "Workshop Technician"))
	sent = {**frappe.get_doc("Vendor Repair", draft.name).as_dict(), "docstatus": 1}
	with pytest.raises(frappe.ValidationError, match="Send the product out first"):
		run_doc_method(
			"make_purchase_order", docs=frappe.as_json({**sent, "supplier": makers[1], "cost": 99999})
		)
	frappe.set_user("Administrator")
	assert not frappe.db.exists("Purchase Order", {"supplier": makers[1]})
	assert frappe.db.get_value("Vendor Repair", draft.name, ["supplier", "cost", "purchase_order"]) == (
		"Calora Works",
		50,
		None,
	)
	draft.reload()
	draft.submit()
	sent = {**frappe.get_doc("Vendor Repair", draft.name).as_dict(), "supplier": makers[1], "cost": 99999}
	run_doc_method("make_purchase_order", docs=frappe.as_json(sent))
	order = frappe.get_doc("Purchase Order", {"supplier": makers[0]})
	assert [(row.rate, row.qty) for row in order.items] == [(50, 1)]


def test_a_print_shows_what_is_stored():
	"""A technician's own visit, sent along with another customer and another call."""
	shop = f.shop()
	other = f.customer("Gerda Privat")
	f.contact(other, "Gerda", phone="+353 1 999 8877")
	secret = f.plain_call(other, contact_name="Gerda Privat", contact_phone="+353 1 999 8877")
	visit = f.planned(f.call(shop.customer), shop.technician)
	user = frappe.db.get_value("Service Technician", shop.technician, "user") or f.user(
		"aoife@forged.example", "Service Technician"
	)
	frappe.db.set_value("Service Technician", shop.technician, "user", user)
	sent = frappe.get_doc("Service Voucher", visit.name).as_dict()
	frappe.set_user(user)
	sent.update(customer=other, repair_call=secret.name)
	printed = get_html_and_style(frappe.as_json(sent), print_format="Service Voucher")["html"]
	assert visit.name in printed
	assert "999 8877" not in printed and "Gerda" not in printed


@pytest.mark.parametrize("asked", [{"force": 1}, {"validate_rename": 0}, {"force": 1, "validate_rename": 0}])
def test_nothing_is_renamed_past_rights_and_rules(asked):
	"""Frappe's own method lets the caller say that nothing is to be checked."""
	call = f.call(f.shop().customer)
	for role in ("Service Accountant", "Service Agent"):  # the one may read calls only, the other write them
		frappe.set_user(f.user(f"{frappe.scrub(role)}.rename@forged.example", role))
		with pytest.raises(frappe.ValidationError, match=r"not allowed to be renamed|need write permission"):
			run_doc_method(
				"rename", dt="Repair Call", dn=call.name, args=frappe.as_json({"name": "X", **asked})
			)
		frappe.set_user("Administrator")
		assert frappe.db.exists("Repair Call", call.name)


def test_nobody_writes_lines_of_a_timeline_in_anothers_name():
	call = f.call(f.customer())
	args = {"comment_type": "Info", "text": "Approved", "comment_email": "manager@example.com"}
	frappe.set_user(f.user("agent@forged.example", "Service Agent"))
	with pytest.raises(frappe.PermissionError):
		run_doc_method("add_comment", dt="Repair Call", dn=call.name, args=frappe.as_json(args))


def test_cancelling_changes_nothing_else(documents):
	"""Every submittable DocType refuses other values that come with a cancellation."""
	taken = []
	for doctype, doc in documents.items():
		if not doc.meta.is_submittable:
			continue
		frappe.db.set_value(doctype, doc.name, "docstatus", 1, update_modified=False)
		for field in doc.meta.fields:
			if field.fieldtype not in ("Data", "Small Text", "Currency") or field.fieldname == "status":
				continue
			sent = {
				**frappe.get_doc(doctype, doc.name).as_dict(),
				field.fieldname: FORGED[field.fieldtype],
			}
			error = called(savedocs, frappe.as_json(sent), "Cancel")
			if error is None and str(frappe.db.get_value(doctype, doc.name, field.fieldname)) in (
				"Forged",
				"98765.0",
			):
				taken.append(f"{doctype}.{field.fieldname}")
			frappe.db.rollback(save_point="forged")
			frappe.flags.currently_saving = []
	assert taken == []


def test_what_is_inserted_as_submitted_is_sanitised_like_a_draft():
	"""A Collection Receipt by a technician, as the API takes it."""
	shop = f.shop()
	call = f.call(shop.customer)
	draft = f.receipt(call)
	values = frappe.copy_doc(draft).as_dict()
	technician = f.user("technician@forged.example", "Service Technician", "Workshop Technician")
	call.db_set("call_owner", technician)
	frappe.set_user(technician)
	stored = frappe.client.insert(
		{
			**values,
			"docstatus": 1,
			"condition": MARKUP,
			"fault_as_told": MARKUP,
			"accessories": [{"accessory": MARKUP}],
		}
	)
	frappe.set_user("Administrator")
	doc = frappe.get_doc("Collection Receipt", stored["name"])
	assert doc.docstatus == 1
	for text in (doc.condition, doc.fault_as_told, doc.accessories[0].accessory):
		assert "Scratched" in text and "onerror" not in text


def test_every_text_of_every_submittable_document_is_sanitised_on_submit(documents):
	"""The same for every field and every row, by the step of Frappe's save that sanitises."""
	raw, tried = [], 0
	for doctype, doc in documents.items():
		if not doc.meta.is_submittable:
			continue
		doc = frappe.new_doc(doctype)
		for table in doc.meta.get_table_fields():
			doc.append(table.fieldname, {})
		for row in (doc, *doc.get_all_children()):
			for field in texts_of(row):
				row.set(field.fieldname, MARKUP)
		doc.name, doc.docstatus, doc._action = "X", 1, "submit"
		doc.flags.ignore_mandatory = True
		doc._validate()
		assert doc.docstatus == 1
		for row in (doc, *doc.get_all_children()):
			assert row.docstatus == doc.docstatus
			for field in texts_of(row):
				tried += 1
				if "onerror" in row.get(field.fieldname):
					raw.append(f"{row.doctype}.{field.fieldname}")
	assert raw == []
	assert tried > 80


def texts_of(row) -> list:
	return [
		field
		for field in row.meta.fields
		if field.fieldtype in ("Data", "Small Text", "Text", "Long Text", "Text Editor")
		and not field.options
		and not cint(field.ignore_xss_filter)
	]


@pytest.mark.parametrize(
	"typed, stored",
	[
		("nora@example.com", "nora@example.com"),
		(" nora@example.com ", "nora@example.com"),
		('"<img src=x onerror=alert(1)>" <a@b.example>', "a@b.example"),
		("Nora Byrne <nora@example.com>", "nora@example.com"),
		("a@example.com, b@example.com", None),
		("a@example.com\nb@example.com", None),
		("<img src=x onerror=alert(1)>@example.com", None),
		("nobody", None),
		(["a@example.com"], None),
	],
)
def test_a_contact_email_is_one_address_without_markup(typed, stored):
	call = f.plain_call(f.customer())
	for doctype, doc in (("Repair Call", call), ("Service Complaint", None)):
		doc = doc or frappe.get_doc(
			{
				"doctype": "Service Complaint",
				"subject": "Late",
				"customer": f.customer(),
				"company": f.COMPANY,
			}
		)
		doc.contact_email = typed
		if stored:
			doc.save()
			assert frappe.db.get_value(doctype, doc.name, "contact_email") == stored
		else:
			with pytest.raises(frappe.ValidationError, match=r"(?s)E-mail.*Expected: one e-mail address"):
				doc.save()
