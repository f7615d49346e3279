"""What the app ships to a site and who owns it afterwards; what its roles may do in ERPNext."""

import frappe
import pytest
from frappe.desk.search import search_link
from frappe.modules.import_file import import_file_by_path
from frappe.permissions import add_permission, setup_custom_perms

from aftersales.setup import custom_fields, defaults, permissions, record, roles
from tests import factories as make

# --- default records -------------------------------------------------------------------------------


def test_every_shipped_record_can_be_inserted_and_is_so_only_once():
	defaults.insert_missing()  # a test site that is older than the newest shipped record lacks it
	assert defaults.insert_missing() == []
	missing = [
		(values["doctype"], values["name"])
		for values in defaults.shipped()
		if not frappe.db.exists(values["doctype"], values["name"])
	]
	assert missing == []


def test_shipped_links_point_to_shipped_or_erpnext_records():
	for values in defaults.shipped():
		meta = frappe.get_meta(values["doctype"])
		for field in meta.get_link_fields():
			if target := values.get(field.fieldname):
				assert frappe.db.exists(field.options, target), (values["name"], field.fieldname, target)


def test_only_what_is_missing_is_inserted_and_only_when_asked_for():
	zone = frappe.get_doc("Service Zone", "Zone 1 (0-20 km)")
	zone.distance_to = 25
	zone.save()
	frappe.delete_doc("Fault Code", "ACT-NONE")
	assert defaults.insert_missing(["Service Zone"]) == []
	assert defaults.insert_missing(["Fault Code"]) == [("Fault Code", "ACT-NONE")]
	assert frappe.db.get_value("Service Zone", zone.name, "distance_to") == 25


def test_migrate_does_not_bring_a_deleted_default_back():
	frappe.delete_doc("Fault Code", "ACT-NONE")
	for hook in ("before_migrate", "after_migrate"):
		for method in frappe.get_hooks(hook, app_name="aftersales"):
			frappe.get_attr(method)()
	sync_fixtures_of_the_app()
	assert not frappe.db.exists("Fault Code", "ACT-NONE")


def test_restore_brings_back_the_shipped_version_and_keeps_the_accounts():
	make.shop()
	category = frappe.get_doc("Service Category", "A")
	category.update({"title": "Renamed", "disabled": 0})
	category.save()
	accounts = [row.income_account for row in category.accounts]
	assert accounts

	frappe.set_user(make.user("manager@setup.example", "Service Manager"))
	assert defaults.restore("Service Category", "A") == "A"
	category.reload()
	assert category.title == "Paid by the customer"
	assert [row.income_account for row in category.accounts] == accounts


def test_restore_leaves_on_what_is_on_and_off_what_is_off():
	tried = {}
	for values in defaults.shipped():
		doctype, name = values["doctype"], values["name"]
		switch = next(
			(field for field in defaults.SWITCHES if frappe.get_meta(doctype).has_field(field)), None
		)
		if not switch or doctype in tried or not frappe.db.exists(doctype, name):
			continue
		if doctype == "Periodic Visit Plan":
			continue  # one without customers cannot be on
		for on in (1, 0):
			frappe.db.set_value(doctype, name, switch, on)
			defaults.restore(doctype, name)
			assert frappe.db.get_value(doctype, name, switch) == on, (doctype, name)
		tried[doctype] = name
	assert {"Workflow", "Notification", "Service Target"} <= set(tried)


def test_restore_inserts_a_deleted_default_again():
	frappe.delete_doc("Fault Code", "SYM-LEAK")
	defaults.restore("Fault Code", "SYM-LEAK")
	assert frappe.db.get_value("Fault Code", "SYM-LEAK", "title") == "Leaks"


def test_restore_refuses_what_was_not_shipped():
	with pytest.raises(frappe.DoesNotExistError):
		defaults.restore("User", "Administrator")


@pytest.mark.parametrize("role", ["Service Agent", "Service Supervisor", "Service Technician"])
def test_restore_is_for_managers(role):
	frappe.set_user(make.user("somebody@setup.example", role))
	with pytest.raises(frappe.PermissionError):
		defaults.restore("Service Category", "A")


def test_settings_that_are_set_are_not_overwritten():
	make.settings(default_priority="High", next_action_within=15)
	frappe.db.set_single_value("Aftersales Settings", "emergency_priority", None)
	defaults.complete_settings()
	settings = frappe.get_doc("Aftersales Settings")
	assert settings.default_priority == "High"
	assert settings.next_action_within == 15
	assert settings.emergency_priority == "Emergency"


# --- roles -----------------------------------------------------------------------------------------


def test_the_six_roles_may_use_the_desk():
	found = frappe.get_all("Role", filters={"name": ("in", roles.ROLES), "desk_access": 1}, pluck="name")
	assert sorted(found) == sorted(roles.ROLES)


def test_what_the_administrator_set_on_a_role_survives_the_sync():
	frappe.db.set_value("Role", "Service Manager", {"two_factor_auth": 1, "home_page": "app/aftersales"})
	user = make.user("manager@setup.example", "Service Manager")
	sync_fixtures_of_the_app()
	role = frappe.get_doc("Role", "Service Manager")
	assert (role.two_factor_auth, role.home_page, role.desk_access) == (1, "app/aftersales", 1)
	assert "Service Manager" in frappe.get_roles(user)


def sync_fixtures_of_the_app():
	import_file_by_path(
		frappe.get_app_path("aftersales", "fixtures", "role.json"),
		data_import=True,
		force=True,
		reset_permissions=True,
	)


# --- custom fields ---------------------------------------------------------------------------------


@pytest.mark.parametrize("doctype", custom_fields.CUSTOM_FIELDS)
def test_custom_fields_belong_to_the_app_and_what_tells_of_a_job_is_never_copied(doctype):
	meta = frappe.get_meta(doctype)
	for field in custom_fields.CUSTOM_FIELDS[doctype]:
		stored = meta.get_field(field["fieldname"])
		assert stored, field["fieldname"]
		# How a customer is invoiced, and what a sale makes of an item, are settings, which a copy keeps;
		# ERPNext carries the call that parts were sold for from quotation to invoice, and only as a copy
		kept = doctype in ("Customer", "Item", "Item Group") or (
			stored.fieldname == "aftersales_call" and doctype != "Payment Entry"
		)
		assert stored.no_copy == (not kept)
		# What the invoice says of the job is there to be printed
		assert stored.print_hide == (stored.fieldname != "aftersales_service")
		assert (
			frappe.db.get_value("Custom Field", f"{doctype}-{stored.fieldname}", "module")
			== "Service Billing"
		)


@pytest.mark.parametrize(
	"doctype", ["Stock Entry", "Sales Invoice", "Delivery Note", "Journal Entry", "Payment Entry"]
)
def test_the_database_keeps_the_posting_key_unique(doctype):
	indexes = frappe.db.sql(
		f"show index from `tab{doctype}` where Column_name = 'aftersales_posting_key'", as_dict=True
	)
	assert [index.Non_unique for index in indexes] == [0]


# --- permissions in ERPNext ------------------------------------------------------------------------


def test_every_grant_is_in_force():
	for doctype, grants in permissions.GRANTS.items():
		for granted_roles, rights in grants:
			for role in granted_roles:
				rule = {"parent": doctype, "role": role, "permlevel": 0, "if_owner": 0}
				row = frappe.db.get_value("Custom DocPerm", rule, "*", as_dict=True)
				assert row, (doctype, role)
				given = {right for right in frappe.permissions.rights if row[right]}
				assert given == set(rights), (doctype, role)


def test_granting_keeps_the_standard_rules_and_a_rule_of_the_site():
	standard = {(row.role, row.permlevel) for row in frappe.get_all("DocPerm", {"parent": "Customer"}, ["*"])}
	in_force = {
		(row.role, row.permlevel) for row in frappe.get_all("Custom DocPerm", {"parent": "Customer"}, ["*"])
	}
	assert standard <= in_force

	rule = {"parent": "Customer", "role": "Service Technician", "permlevel": 0}
	frappe.db.set_value("Custom DocPerm", rule, "export", 1)
	permissions.grant(["Customer"])
	assert frappe.db.get_value("Custom DocPerm", rule, "export") == 1
	assert frappe.db.count("Custom DocPerm", rule) == 1


def test_revoking_makes_untouched_doctypes_standard_again_and_keeps_the_sites_own_rules():
	setup_custom_perms("Item")
	add_permission("Item", "Projects User", 0, "read")
	permissions.revoke()
	ours = {"role": ("in", roles.ROLES), "parent": ("in", list(permissions.GRANTS))}
	assert not frappe.db.exists("Custom DocPerm", ours)
	assert not frappe.db.exists("Custom DocPerm", {"parent": "Customer"})
	assert frappe.db.exists("Custom DocPerm", {"parent": "Item", "role": "Projects User"})
	assert frappe.db.exists("Custom DocPerm", {"parent": "Item", "role": "Stock User"})


def test_a_role_that_was_there_before_the_app_stays_at_uninstall():
	record.forget_all()
	record.remember("Role", *(role for role in roles.ROLES if role != "Service Manager"))
	user = make.user("manager@setup.example", "Service Manager", "Service Agent")
	roles.remove()
	assert frappe.get_all("Role", filters={"name": ("in", roles.ROLES)}, pluck="name") == ["Service Manager"]
	kept = frappe.get_all("Has Role", filters={"parent": user, "parenttype": "User"}, pluck="role")
	assert kept == ["Service Manager"]


# --- a day at work with one role only --------------------------------------------------------------


def test_an_agent_takes_a_call_from_a_new_customer():
	frappe.set_user(make.user("agent@setup.example", "Service Agent"))
	customer = frappe.get_doc(
		{
			"doctype": "Customer",
			"customer_name": "Una Kinsella",
			"customer_type": "Individual",
			"mobile_number": "+353 86 555 0123",
			"address_line1": "7 Harbour View",
			"city": "Howth",
			"country": "Ireland",
		}
	).insert()
	equipment = make.make(
		"Customer Equipment", customer=customer.name, company=make.COMPANY, brand="Calora", model="GWH 11"
	)
	call = make.make(
		"Repair Call", subject="Leaks", customer=customer.name, company=make.COMPANY, equipment=equipment.name
	)
	assert call.call_owner == "agent@setup.example"
	for doctype in ("Customer", "Item", "Serial No", "Territory", "Issue Priority", "Address", "Contact"):
		assert isinstance(search(doctype), list)


def test_a_technician_picks_parts_and_serials_for_his_voucher():
	shop = make.shop()
	user = make.user("tech@setup.example", "Service Technician")
	frappe.db.set_value("Service Technician", shop.technician, "user", user)
	call = make.call(shop.customer)
	visit = make.planned(call, shop.technician)
	frappe.set_user(user)
	visit = frappe.get_doc("Service Voucher", visit.name)
	visit.append("labour", make.hours(1, charge_to="Customer"))
	visit.append("parts", make.part(shop.seal, warehouse=shop.van, charge_to="Customer"))
	visit.save()
	assert visit.amount_due > 0
	assert [row["value"] for row in search("Item", shop.seal)] == [shop.seal]
	assert [row["value"] for row in search("Warehouse", "Van Aoife")] == [shop.van]


@pytest.mark.parametrize("role", roles.ROLES)
def test_no_role_may_change_accounts_stock_or_items(role):
	frappe.set_user(make.user("somebody@setup.example", role))
	for doctype in (
		"Item",
		"Stock Entry",
		"Sales Invoice",
		"Journal Entry",
		"Payment Entry",
		"Account",
		"Serial No",
	):
		for right in ("write", "create", "submit", "delete"):
			assert not frappe.has_permission(doctype, right), (role, doctype, right)


def search(doctype: str, text: str = "") -> list[dict]:
	"""What a link field of the desk offers."""
	return search_link(doctype, text)
