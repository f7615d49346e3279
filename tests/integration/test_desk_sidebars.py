"""The workspace of every role, and the sidebar of version 16: every list, form and report is beside the shipped one."""

import frappe
import pytest
from frappe.desk.desktop import get_desktop_page, get_workspace_sidebar_items

from aftersales.setup import desk_sidebars, traces
from aftersales.setup.roles import ROLES
from tests import factories as make

BILLING = ("Service Manager", "Service Supervisor", "Service Accountant")


def test_each_module_has_the_shipped_sidebar_and_its_app_is_found_by_both_of_its_names(monkeypatch):
	modules = traces.our_modules()
	made_up = {module.lower(): {"label": module, "items": []} for module in modules}
	known = {"stock": "erpnext", **{frappe.scrub(module): "aftersales" for module in modules}}
	boot = frappe._dict(workspace_sidebar_item={"aftersales": {}, "stock": {}, **made_up}, module_app=known)

	monkeypatch.setattr(desk_sidebars, "_stored", lambda: {"Aftersales", "Stock"})

	desk_sidebars.leave_the_shipped_one(boot)

	assert set(boot.workspace_sidebar_item) == {"aftersales", "stock"}
	assert {boot.module_app[module.lower()] for module in modules} == {"aftersales"}
	assert boot.module_app["stock"] == "erpnext"
	assert "service calls" not in known, "Frappe's own dictionary"


def test_version_15_has_no_such_sidebars():
	boot = frappe._dict(module_app={"stock": "erpnext"})
	desk_sidebars.leave_the_shipped_one(boot)
	assert boot == {"module_app": {"stock": "erpnext"}}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_the_workspace(role):
	"""Frappe shows a workspace to users who read a document type of its module."""
	email = make.user("workspace-of@example.com", role)
	frappe.clear_cache(user=email)
	frappe.set_user(email)
	try:
		(page,) = (page for page in get_workspace_sidebar_items()["pages"] if page.name == "Aftersales")
		shown = {row.label for row in get_desktop_page(frappe.as_json(page))["shortcuts"]["items"]}
	finally:
		frappe.set_user("Administrator")
	assert ("Unbilled Work" in shown) == (role in BILLING), "shortcuts to lists are for all who read them"
