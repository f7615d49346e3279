"""Names of ours that the site uses already for something of its own: nothing is installed over it.

Frappe reads an app's DocTypes, reports and pages in by name. Where the site has its own of that name it
would become ours without a word, and be dropped, records and all, when the app is uninstalled.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import frappe
from frappe import _

APP = "aftersales"


def validate_nothing_is_taken() -> None:
	"""before_install: refuse with the names that the site has to free first.

	Raises:
		frappe.ValidationError: a DocType, report, page or module of the site has the name of one of ours.
	"""
	if taken := sorted(names_taken()):
		frappe.throw(
			_(
				"This site has its own records with names that the app After-sales brings. Rename or delete"
				" them before installing the app; their data would be taken over otherwise: {0}"
			).format(", ".join(f"{_(doctype)} {name}" for doctype, name in taken)),
			title=_("Names Already in Use"),
		)


def names_taken() -> Iterable[tuple[str, str]]:
	"""(DocType, name) of what the app ships and the site has as its own, such as ("DocType", "Spare Part")."""
	ours = set(frappe.get_all("Module Def", filters={"app_name": APP}, pluck="name"))
	for module in frappe.get_module_list(APP):
		if module not in ours and frappe.db.exists("Module Def", module):
			yield "Module Def", module
	for doctype, name in shipped():
		if not frappe.db.exists("DocType", doctype) or not frappe.db.exists(doctype, name):
			continue
		if not _is_ours(doctype, name, ours):
			yield doctype, name


def _is_ours(doctype: str, name: str, modules: set[str]) -> bool:
	"""Of a broken-off installation of ours."""
	if frappe.get_meta(doctype).has_field("module"):
		return frappe.db.get_value(doctype, name, "module") in modules
	if doctype == "Onboarding Step":  # names no module; its onboarding does
		of_ours = {"module": ("in", [*modules, ""])}
		onboardings = frappe.get_all("Module Onboarding", filters=of_ours, pluck="name")
		step = {"step": name, "parent": ("in", [*onboardings, ""])}
		return bool(frappe.db.exists("Onboarding Step Map", step))
	return False


def shipped() -> Iterable[tuple[str, str]]:
	"""(DocType, name) of each record in the folders of our modules."""
	for path in sorted(Path(frappe.get_app_path(APP)).glob("*/*/*/*.json")):
		if path.parent.name != path.stem:
			continue
		values = json.loads(path.read_text())
		if isinstance(values, dict) and values.get("doctype") and values.get("name"):
			yield values["doctype"], values["name"]
