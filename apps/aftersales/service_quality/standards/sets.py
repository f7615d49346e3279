"""Ready-made sets of standards, which a button installs: `fixtures/standards/*.json`.

A set brings request types, targets, goals, grades and checklists beside its standards, in the site's language. What is installed belongs to the
site: an edit survives, and installing a set again only brings back what is not there.
"""

import json
from pathlib import Path

import frappe
from frappe import _

from aftersales.core import shipped_texts
from aftersales.core.guards import require_role
from aftersales.core.input.requests import validate_call

ROLES = ("Service Manager", "System Manager")
SETS = ("manufacturer", "instruments", "water_heaters")


@frappe.whitelist()
@validate_call
def available() -> list[dict]:
	"""The sets: key, title, description, number of standards, how many of them the site has.

	Raises:
		frappe.PermissionError: the user may not read standards.
	"""
	frappe.has_permission("Service Standard", "read", throw=True)
	found = []
	for key in SETS:
		one = _read(key)
		titles = [row["name"] for row in one["records"] if row["doctype"] == "Service Standard"]
		found.append(
			{
				"key": key,
				"title": _(one["title"]),
				"description": _(one["description"]),
				"standards": len(titles),
				"installed": frappe.db.count("Service Standard", {"name": ("in", titles)}),
			}
		)
	return found


@frappe.whitelist(methods=["POST"])
@validate_call
def install(key: str) -> dict[str, int]:
	"""Insert the records of a set that the site does not have, switch on its targets, charge as its standards say.

	Returns:
		DocType -> how many were inserted or switched on.

	Raises:
		frappe.PermissionError: the user is neither Service Manager nor System Manager.
		frappe.ValidationError: there is no such set.
	"""
	require_role(ROLES, _("Installing a set of standards"))
	if key not in SETS:
		frappe.throw(
			_("There is no set {0} of standards.").format(frappe.bold(frappe.utils.escape_html(key)))
		)
	done: dict[str, int] = {}
	for values in _read(key)["records"]:
		if _bring(values):
			done[values["doctype"]] = done.get(values["doctype"], 0) + 1
	return done


def _bring(values: dict) -> bool:
	doctype, name = values["doctype"], values["name"]
	if doctype == "Periodic Visit Plan":
		return _set_grade(name, values["visitor_grade"])
	if not frappe.db.exists(doctype, name):
		said = shipped_texts.in_language(values)
		doc = frappe.get_doc({key: value for key, value in said.items() if key != "name"})
		doc.insert(ignore_permissions=True, set_name=name)
		if doctype == "Service Standard":
			_charge(doc.request_type, doc.service_category)
		return True
	if doctype == "Service Target" and not frappe.db.get_value(doctype, name, "enabled"):
		target = frappe.get_doc(doctype, name)
		target.enabled = 1
		target.save(ignore_permissions=True)
		return True
	return False


def _set_grade(plan: str, grade: str) -> bool:
	"""Who visits by a shipped plan that is not in use yet; one that is belongs to the site."""
	filters = {"name": plan, "enabled": 0, "visitor_grade": ("is", "not set")}
	if not frappe.db.exists("Periodic Visit Plan", filters):
		return False
	doc = frappe.get_doc("Periodic Visit Plan", plan)
	doc.visitor_grade = grade
	doc.save(ignore_permissions=True)
	return True


def _charge(request_type: str | None, category: str | None) -> None:
	"""Work of the type is charged as the standard promises; the site may change it afterwards."""
	if not request_type or not category:
		return
	kind = frappe.get_doc("Service Request Type", request_type)
	if kind.default_service_category != category:
		kind.default_service_category = category
		kind.save(ignore_permissions=True)


def _read(key: str) -> dict:
	path = Path(frappe.get_app_path("aftersales", "fixtures", "standards", f"{key}.json"))
	return json.loads(path.read_text(encoding="utf-8"))
