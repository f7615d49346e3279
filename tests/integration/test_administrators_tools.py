"""The desk's standard tools on every DocType of the app, as an administrator uses them."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import frappe
import pytest
from frappe.core.page.permission_manager import permission_manager
from frappe.desk import reportview
from frappe.desk.doctype.workspace.workspace import save_page
from frappe.utils import set_request
from frappe.website.path_resolver import resolve_path

import aftersales
from aftersales.customer_portal import pages
from aftersales.repair_workshop import scan_rules
from aftersales.setup import names_taken, permissions, roles
from tests import factories as make

DOCTYPES = {
	values["name"]: values
	for values in (
		json.loads(path.read_text())
		for path in sorted(Path(aftersales.__file__).parent.glob("*/doctype/*/*.json"))
		if path.parent.name == path.stem
	)
	if values.get("doctype") == "DocType"
}
FORMS = [name for name, values in DOCTYPES.items() if not values.get("istable")]
MASTERS = [
	"Checklist Template",
	"Customer Equipment",
	"Customer Message",
	"Customer Service Preferences",
	"Fault Code",
	"Follow-up Rule",
	"Maintenance Plan",
	"Meter Reading",
	"Periodic Visit Plan",
	"Product Document",
	"Product Meter",
	"Service Article",
	"Service Calendar",
	"Service Campaign",
	"Service Category",
	"Service Contract",
	"Service Goal",
	"Service Price",
	"Service Request Type",
	"Service Standard",
	"Service Target",
	"Service Technician",
	"Service Zone",
	"Spare Part",
	"Technician Grade",
	"Warranty Terms",
]
NUMBERED = [
	name
	for name, values in DOCTYPES.items()
	if any(field["fieldname"] == "naming_series" for field in values["fields"])
]


def test_role_permission_manager_changes_who_may_do_what():
	for doctype in FORMS:
		permission_manager.add(doctype, "Sales Manager", 0)
		permission_manager.update(doctype, "Sales Manager", 0, "print", 1)

		rule = {"parent": doctype, "role": "Sales Manager", "permlevel": 0}
		assert frappe.db.get_value("Custom DocPerm", rule, ["read", "print"]) == (1, 1), doctype


def test_masters_and_the_installed_base_come_in_by_data_import():
	assert sorted(name for name, values in DOCTYPES.items() if values.get("allow_import")) == MASTERS
	for doctype in MASTERS:
		make.make("Data Import", reference_doctype=doctype, import_type="Insert New Records")


def test_document_naming_settings_change_the_number_series():
	for doctype in NUMBERED:
		series = f"{frappe.scrub(doctype).upper()}/.YY./.#####"
		settings = frappe.get_doc("Document Naming Settings")
		settings.update({"transaction_type": doctype, "naming_series_options": series})

		settings.update_series()

		field = frappe.get_meta(doctype).get_field("naming_series")
		assert (field.options, field.default) == (series, series), doctype


def test_workspace_is_edited():
	workspace = frappe.get_doc("Workspace", "Aftersales")
	assert workspace.title == workspace.label == workspace.name

	save_page(workspace.title, 1, "[]", workspace.content)


def test_rights_taken_by_restore_original_permissions_are_granted_again():
	permission_manager.reset("Item")
	assert not frappe.get_all("Custom DocPerm", {"parent": "Item", "role": "Service Agent"})

	permissions.grant_again()

	assert frappe.get_all("Custom DocPerm", {"parent": "Item", "role": "Service Agent", "read": 1})


@pytest.mark.parametrize(
	("allow", "mine", "other"),
	[
		("Territory", {"territory": "Ireland"}, {"territory": "All Territories"}),
		("Customer Group", {"customer_group": "Individual"}, {"customer_group": "Commercial"}),
	],
)
def test_user_permissions_of_customers_reach_what_is_about_them(allow, mine, other):
	make.once("Territory", "Ireland", territory_name="Ireland", parent_territory="All Territories")
	north, south = make.customer("Nora North", **mine), make.customer("Sean South", **other)
	calls = [make.call(owner, equipment=make.equipment(owner)) for owner in (north, south)]
	user = make.user("ciara@example.com", "Service Agent")
	make.make("User Permission", user=user, allow=allow, for_value=next(iter(mine.values())))

	frappe.set_user(user)
	for doctype in ("Repair Call", "Customer Equipment"):
		owners = set(frappe.get_list(doctype, pluck="customer", limit=0))
		assert north in owners and south not in owners
	assert [frappe.has_permission("Repair Call", "read", call.name) for call in calls] == [True, False]

	frappe.set_user("Administrator")
	frappe.get_doc("Customer", south).update(mine).save()
	frappe.set_user(user)
	assert frappe.has_permission("Repair Call", "read", calls[1].name)


def test_installation_tells_what_the_site_has_of_the_same_name():
	assert ("DocType", "Repair Call") in set(names_taken.shipped())
	assert ("Report", "Warranty Cost") in set(names_taken.shipped())
	assert list(names_taken.names_taken()) == []  # ours are ours

	frappe.db.set_value("DocType", "Spare Part", {"module": "Core", "custom": 1})
	with pytest.raises(frappe.ValidationError, match="DocType Spare Part"):
		names_taken.validate_nothing_is_taken()


def test_role_of_the_site_keeps_what_its_administrator_set():
	frappe.db.set_value(
		"Role", "Service Manager", {"two_factor_auth": 1, "disabled": 1, "home_page": "/desk"}
	)
	roles.note_new_roles()
	frappe.db.set_value("Role", "Service Manager", {"two_factor_auth": 0, "disabled": 0, "home_page": None})

	roles.restore_site_settings()

	stored = frappe.db.get_value("Role", "Service Manager", ["two_factor_auth", "disabled", "home_page"])
	assert stored == (1, 1, "/desk")


def test_delete_transactions_of_a_company_leaves_masters():
	left_alone = frappe.get_hooks("company_data_to_be_ignored")
	of_company = {
		name
		for name, values in DOCTYPES.items()
		if any(
			field.get("options") == "Company" and field["fieldtype"] == "Link" for field in values["fields"]
		)
	}
	work = {"Service Campaign", "Service Contract"}  # comes in by import, too, but is done and over
	kept = {name for name in of_company if DOCTYPES[name].get("istable") or name in MASTERS} - work
	assert kept <= set(left_alone)


# ---------------------------------------------------------------- what an administrator builds on a DocType

TOOLS = {
	"Assignment Rule": lambda doctype: {
		"document_type": doctype,
		"description": "New {{ name }}",
		"assign_condition": "name",
		"rule": "Round Robin",
		"users": [{"user": "Administrator"}],
		"assignment_days": [{"day": "Monday"}],
	},
	"Client Script": lambda doctype: {"dt": doctype, "view": "Form", "script": "// nothing"},
	"Document Naming Rule": lambda doctype: {"document_type": doctype, "prefix": "N/26/", "prefix_digits": 5},
	"Dashboard Chart": lambda doctype: {
		"document_type": doctype,
		"chart_name": f"Chart of {doctype}",
		"chart_type": "Count",
		"timeseries": 1,
		"based_on": "creation",
		"type": "Line",
		"filters_json": "[]",
	},
	"Notification": lambda doctype: {
		"document_type": doctype,
		"event": "New",
		"channel": "System Notification",
		"subject": "New {{ doc.name }}",
		"recipients": [{"receiver_by_role": "System Manager"}],
	},
	"Number Card": lambda doctype: {
		"document_type": doctype,
		"label": f"Card of {doctype}",
		"type": "Document Type",
		"function": "Count",
		"filters_json": "[]",
	},
	"Print Format": lambda doctype: {
		"doc_type": doctype,
		"print_format_type": "Jinja",
		"html": "{{ doc.name }}",
	},
	"Report": lambda doctype: {
		"report_name": f"Report of {doctype}",
		"ref_doctype": doctype,
		"report_type": "Report Builder",
		"is_standard": "No",
	},
	"Webhook": lambda doctype: {
		"webhook_doctype": doctype,
		"webhook_docevent": "after_insert",
		"request_url": "https://example.com/hook",
	},
}


@pytest.mark.parametrize("tool", TOOLS)
def test_tool_is_built_on_every_doctype(tool):
	for doctype in FORMS:
		if tool == "Dashboard Chart" and DOCTYPES[doctype].get("issingle"):
			continue  # Frappe draws none of a single document
		name = f"{tool} of {doctype}"
		values = {"__newname": name, "name": name, **TOOLS[tool](doctype)}
		assert frappe.db.exists(tool, make.make(tool, **values).name)


def test_customize_form_changes_every_doctype():
	for doctype in FORMS:
		if DOCTYPES[doctype].get("issingle"):
			continue  # Frappe customises none
		form = frappe.get_doc("Customize Form")
		form.doc_type = doctype
		form.fetch_to_customize()
		field = next(
			row for row in form.fields if row.fieldtype not in ("Section Break", "Column Break", "Tab Break")
		)
		field.label = "Renamed"
		form.save_customization()
		assert frappe.get_meta(doctype).get_field(field.fieldname).label == "Renamed", doctype


def test_report_builder_and_export_show_every_field():
	for doctype in FORMS:
		if DOCTYPES[doctype].get("issingle"):
			continue
		meta = frappe.get_meta(doctype)
		fields = [f"`tab{doctype}`.`name`"]
		fields += [
			f"`tab{doctype}`.`{field.fieldname}`"
			for field in meta.fields
			if field.fieldname in meta.get_valid_columns()
		]
		frappe.local.form_dict = frappe._dict(
			doctype=doctype,
			fields=json.dumps(fields),
			file_format_type="CSV",
			title=doctype,
			start=0,
			page_length=5,
		)
		reportview.export_query()
		assert frappe.response["type"] == "binary" and frappe.response["filecontent"], doctype


# ---------------------------------------------------------------- names with slashes


def test_names_with_slashes_lead_to_their_pages():
	make.make("Document Naming Rule", document_type="Customer Equipment", prefix="EQ/26/", prefix_digits=5)
	name = make.equipment(make.customer())
	assert name == "EQ/26/00001"

	set_request(method="GET", path=f"/scan/{name}")
	assert resolve_path(f"scan/{name}") == "scan"  # the server has decoded %2F by then
	assert frappe.form_dict.tag == name
	assert scan_rules.read(f"https://erp.example/scan/{quote(name, safe='')}") == scan_rules.Code(name)

	for path, view, parts in (
		(f"products/{name}", "product", (name,)),
		("calls/RC/26/1", "call", ("RC/26/1",)),
		("calls/RC/26/1/photos/f3a.png", "photo", ("RC/26/1", "f3a.png")),
		("documents/invoice/SINV/26-27/1", "document", ("invoice", "SINV/26-27/1")),
		(f"code/{name}/5e1f", "product_code", (name, "5e1f")),
	):
		found = next(
			(each, match)
			for pattern, each in pages.ROUTES
			if (match := re.fullmatch(pattern, f"{pages.HOME}/{path}"))
		)
		assert (found[0].__name__, found[1].groups()) == (view, parts)
