"""The desk's tools on stored documents of every DocType: repeat, mail, cards, bulk edit, scripts, prints, names, the bin."""

import json

import frappe
import pytest
from frappe.automation.doctype.auto_repeat.auto_repeat import make_auto_repeat
from frappe.core.doctype.deleted_document.deleted_document import restore
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs
from frappe.desk.doctype.kanban_board import kanban_board
from frappe.utils import add_days, safe_exec, today
from frappe.www.printview import get_html_and_style

from tests import discovery, refusals
from tests import factories as make
from tests.committed import swept_afterwards
from tests.one_of_each import stored_ones

KEPT_BY_THE_APP = {
	"Service Clock",
	"Service Erasure Log",
	"Service Link",
	"Service Search Key",
	"Technician Act",
	"Technician Upload",
}
"""Records that the app writes by itself: nobody repeats or edits them."""
MADE_BY_OTHERS = {
	"Planned Service",
	"Service Checklist",
	"Staff Monthly Record",
	"Subcontracted Visit",
	"Uncollected Product",
}
"""Made by the app for a plan or a job, then worked on by people: a deleted one is made anew, not restored."""


@pytest.fixture
def documents() -> dict:
	return stored_ones(make.shop())


def made_by_people(documents: dict) -> dict:
	return {doctype: doc for doctype, doc in documents.items() if doctype not in KEPT_BY_THE_APP}


# ---------------------------------------------------------------- repeat


def test_auto_repeat_is_switched_on_for_every_doctype(monkeypatch):
	monkeypatch.setattr(frappe.db, "updatedb", lambda *doctype: None)  # no column is made for a test
	for doctype in discovery.doctypes():
		if frappe.get_meta(doctype).issingle or doctype in KEPT_BY_THE_APP:
			continue
		_allow_auto_repeat(doctype)
		meta = frappe.get_meta(doctype)
		assert meta.allow_auto_repeat and meta.get_field("auto_repeat").options == "Auto Repeat", doctype


def _allow_auto_repeat(doctype: str) -> None:
	form = frappe.get_doc("Customize Form")
	form.doc_type = doctype
	form.fetch_to_customize()
	form.allow_auto_repeat = 1
	form.save_customization()


@pytest.mark.commits
def test_repeated_call_begins_as_a_new_one():
	with swept_afterwards():
		try:
			_allow_auto_repeat("Repair Call")
			_a_solved_call_is_repeated()
		finally:
			frappe.db.sql_ddl("alter table `tabRepair Call` drop column if exists auto_repeat")
	frappe.clear_cache(doctype="Repair Call")


def _a_solved_call_is_repeated() -> None:
	call = make.call(make.customer("Repeat Customer"), subject="Yearly inspection")
	call.update({"status": "Resolved", "resolution": "Done", "resolved_by_phone": 1})
	call.save()
	repeat = make_auto_repeat("Repair Call", call.name, start_date=today())

	repeat.create_documents()

	(copy,) = frappe.get_all(
		"Repair Call",
		{"auto_repeat": repeat.name, "name": ("!=", call.name)},
		["name", "status", "subject", "resolution", "resolved_by_phone"],
		order_by="name",
	)
	assert (copy.status, copy.subject) == ("Open", "Yearly inspection")
	assert not copy.resolution and not copy.resolved_by_phone
	clocks = frappe.get_all(
		"Service Clock", {"reference_name": copy.name}, pluck="state", order_by="creation"
	)
	assert clocks and set(clocks) <= {"Running", "Waiting"}


# ---------------------------------------------------------------- mail


@pytest.mark.parametrize("file_format", ["HTML", "CSV", "XLSX"])
def test_every_report_is_mailed(file_format):
	shop = make.shop()
	make.voucher(make.call(shop.customer), shop.technician, labour=[make.hours(1)]).submit()
	filters = {"company": make.COMPANY, "from_date": add_days(today(), -30), "to_date": today()}
	# Frappe lets a user have twenty; the app has more reports
	frappe.db.set_single_value("System Settings", "max_auto_email_report_per_user", 100)
	for report in discovery.reports():
		mail = make.make(
			"Auto Email Report",
			report=report,
			user="Administrator",
			enabled=1,
			email_to="boss@example.com",
			format=file_format,
			frequency="Daily",
			no_of_rows=100,
			send_if_data=0,
			filters=json.dumps(filters),
		)
		assert mail.get_report_content(), report


# ---------------------------------------------------------------- cards


def with_choices() -> list[tuple[str, str]]:
	"""DocTypes with the fields by whose choices cards are put into columns."""
	return [
		(doctype, field.fieldname)
		for doctype in discovery.doctypes()
		if not frappe.get_meta(doctype).issingle
		for field in frappe.get_meta(doctype).fields
		if field.fieldtype == "Select" and field.options and not field.options.isdigit()
	]


def test_kanban_board_by_each_choice_shows_the_documents(documents):
	for doctype, fieldname in with_choices():
		board = kanban_board.quick_kanban_board(doctype, f"{doctype} by {fieldname}", fieldname)
		choices = [each for each in frappe.get_meta(doctype).get_options(fieldname).split("\n") if each]
		assert [column.column_name for column in board.columns] == choices
		assert kanban_board.update_order(board.name, json.dumps({column: [] for column in choices}))


def test_card_is_put_into_a_column_that_the_form_would_take():
	call = make.call(make.customer())
	board = kanban_board.quick_kanban_board("Repair Call", "Calls", "channel")
	for column in board.columns:
		column.order = json.dumps([call.name] if column.column_name == call.channel else [])
	board.save()
	other = next(each.column_name for each in board.columns if each.column_name != call.channel)

	kanban_board.update_order_for_single_card(board.name, call.name, call.channel, other, 0, 0)

	assert frappe.db.get_value("Repair Call", call.name, "channel") == other


def test_card_does_not_go_where_the_form_refuses():
	call = make.call(make.customer())
	board = kanban_board.quick_kanban_board("Repair Call", "Calls", "status")
	for column in board.columns:
		column.order = json.dumps([call.name] if column.column_name == "Open" else [])
	board.save()

	with pytest.raises(frappe.ValidationError):
		kanban_board.update_order_for_single_card(board.name, call.name, "Open", "Closed", 0, 0)


# ---------------------------------------------------------------- bulk edit


def test_bulk_edit_changes_a_field_or_says_why_not(documents):
	changed = 0
	for doctype, doc in made_by_people(documents).items():
		field = next(
			(
				field
				for field in frappe.get_meta(doctype).fields
				if field.fieldtype in ("Small Text", "Text", "Data")
				and not (
					field.read_only or field.unique or field.set_only_once or field.options or field.hidden
				)
				and not field.depends_on  # where it is not shown it says nothing, and the form empties it
			),
			None,
		)
		if not field:
			continue
		failed = submit_cancel_or_update_docs(doctype, [doc.name], "update", {field.fieldname: "Changed"})
		stored = frappe.db.get_value(doctype, doc.name, field.fieldname)
		assert failed == ([] if stored == "Changed" else [doc.name]), (doctype, field.fieldname)
		changed += stored == "Changed"
	assert changed > 5


@pytest.mark.parametrize(
	("doctype", "fieldname", "value"),
	[
		("Repair Call", "status", "Closed"),
		("Service Voucher", "status", "Completed"),
		("Repair Card", "status", "Returned"),
		("Follow-up", "status", "Done"),
	],
)
def test_bulk_edit_refuses_what_the_form_refuses(documents, doctype, fieldname, value):
	doc = documents[doctype]
	with pytest.raises(refusals.RefusedInBulk):
		refusals.by_bulk_edit(doc, {fieldname: value})
	assert frappe.db.get_value(doctype, doc.name, fieldname) == doc.get(fieldname)


# ---------------------------------------------------------------- scripts and prints


def test_server_script_runs_before_each_save(documents, monkeypatch):
	monkeypatch.setattr(safe_exec, "is_safe_exec_enabled", lambda: True)
	for doctype, doc in made_by_people(documents).items():
		make.make(
			"Server Script",
			__newname=f"On {doctype}",
			name=f"On {doctype}",
			script_type="DocType Event",
			reference_doctype=doctype,
			doctype_event="Before Validate",
			script="doc.flags.seen_by_script = 1",
		)
		stored = frappe.get_doc(doctype, doc.name)
		stored.run_method("before_validate")
		assert stored.flags.seen_by_script, doctype


def test_print_format_builder_lays_out_every_doctype(documents):
	for doctype, doc in documents.items():
		meta = frappe.get_meta(doctype)
		rows = [
			{"fieldname": "print_heading_template", "fieldtype": "Custom HTML", "options": "<h1>Mine</h1>"}
		]
		rows.append({"fieldtype": "Section Break", "label": ""})
		rows.append({"fieldtype": "Column Break"})
		rows += [
			{"fieldname": field.fieldname, "label": field.label, "print_hide": 0}
			for field in meta.fields
			if field.fieldtype in ("Data", "Link", "Select", "Date", "Currency", "Small Text", "Check")
		]
		name = make.make(
			"Print Format",
			__newname=f"Mine of {doctype}",
			name=f"Mine of {doctype}",
			doc_type=doctype,
			custom_format=0,
			print_format_builder=0,
			format_data=json.dumps(rows),
		).name
		printed = get_html_and_style(doctype, name=doc.name, print_format=name)["html"]
		assert "<h1>Mine</h1>" in printed, doctype


# ---------------------------------------------------------------- names


RENAMED = {
	"Fault Code": lambda: make.fault_code("SYM-COLD"),
	"Follow-up Rule": lambda: frappe.get_all("Follow-up Rule", pluck="name", order_by="name")[0],
	"Periodic Visit Plan": lambda: make.make("Periodic Visit Plan", plan_name="Old", every_months=12).name,
	"Service Calendar": lambda: frappe.get_all("Service Calendar", pluck="name", order_by="name")[0],
	"Service Request Type": lambda: make.request_type("Repair of Old"),
	"Service Target": lambda: frappe.get_all("Service Target", pluck="name", order_by="name")[0],
	"Service Technician": lambda: make.technician("Old Name"),
	"Service Zone": lambda: make.zone("Old Zone"),
}
"""Masters that are called by a name people chose, with one of each."""


@pytest.mark.parametrize("doctype", RENAMED)
def test_masters_are_renamed_and_links_follow(doctype):
	old = RENAMED[doctype]()
	links = _links_to(doctype, old)

	new = frappe.rename_doc(doctype, old, "New Name")

	field = frappe.get_meta(doctype).autoname.removeprefix("field:")
	assert frappe.db.get_value(doctype, new, field) == new
	assert not any(_links_to(doctype, old).values())
	assert _links_to(doctype, new) == links


def _links_to(doctype: str, name: str) -> dict:
	return {
		(link.parent, link.fieldname): frappe.db.count(link.parent, {link.fieldname: name})
		for link in frappe.get_all(
			"DocField",
			{"fieldtype": "Link", "options": doctype, "parent": ("!=", "Aftersales Settings")},
			["parent", "fieldname"],
			order_by="parent, fieldname",
		)
	}


@pytest.mark.parametrize(
	("doctype", "kept", "joined", "fieldname"),
	[
		("Service Zone", "Zone West", "Zone Wset", "service_zone"),
		("Fault Code", "SYM-LEAK", "SYM-LEEK", "symptom_code"),
		("Service Request Type", "Repair at Home", "Repair ta Home", "request_type"),
	],
)
def test_master_entered_twice_is_merged(doctype, kept, joined, fieldname):
	enter = {
		"Service Zone": make.zone,
		"Fault Code": make.fault_code,
		"Service Request Type": make.request_type,
	}
	enter[doctype](kept)
	enter[doctype](joined)
	call = make.call(make.customer(), **{fieldname: joined})

	frappe.rename_doc(doctype, joined, kept, merge=True)

	assert not frappe.db.exists(doctype, joined)
	assert frappe.db.get_value("Repair Call", call.name, fieldname) == kept
	call.reload()
	call.save()


# ---------------------------------------------------------------- companies, logs, words, the bin


def test_company_that_never_booked_is_deleted_with_what_was_set_up_for_it():
	company = make.company()
	income = make.account("Repairs of Corrib", "Direct Income", company)
	make.category_accounts(
		"A",
		company,
		income_account=income,
		cost_center=frappe.db.get_value("Company", company, "cost_center"),
	)
	make.loaner_warehouses(make.warehouse("Loaners", company), make.warehouse("Lent Out", company), company)

	frappe.delete_doc("Company", company)

	assert not frappe.db.exists("Company", company)
	for row in ("Service Category Account", "Service Billing Account", "Loaner Warehouse"):
		assert not frappe.db.exists(row, {"company": company}), row
	frappe.get_doc("Service Category", "A").save()
	frappe.get_doc("Aftersales Settings").save()


def test_company_with_a_call_is_not_deleted():
	company = make.company()
	make.call(make.customer(), company=company)

	with pytest.raises(frappe.LinkExistsError, match=company):
		frappe.delete_doc("Company", company)


def test_log_settings_clear_old_links():
	settings = frappe.get_doc("Log Settings")
	settings.register_doctype("Service Link", 30)
	settings.save()

	assert [row.days for row in settings.logs_to_clear if row.ref_doctype == "Service Link"] == [30]
	settings.clear_logs()


def test_administrators_words_take_the_place_of_the_apps():
	make.make("Translation", language="en", source_text="Repair Call", translated_text="Job Ticket")
	frappe.clear_cache()
	frappe.local.lang = "en"

	assert frappe._("Repair Call") == "Job Ticket"


def test_deleted_documents_come_back_as_they_were(documents):
	came_back, made_anew = 0, set()
	for doctype, doc in made_by_people(documents).items():
		try:
			frappe.delete_doc(doctype, doc.name)
		except (frappe.ValidationError, frappe.LinkExistsError):
			continue  # others need it, or it is a record that stays
		deleted = frappe.db.get_value(
			"Deleted Document", {"deleted_doctype": doctype, "deleted_name": doc.name}
		)
		try:
			restore(deleted, alert=False)
		except frappe.PermissionError:
			made_anew.add(doctype)
			continue
		except frappe.ValidationError:
			assert doc.name.endswith("that was stored"), doctype  # no rule had seen it before either
			continue
		came_back += 1
	assert made_anew <= MADE_BY_OTHERS
	assert came_back
