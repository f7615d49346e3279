"""What the app offers to callers, found by searching it: a new DocType, endpoint or report needs no list."""

import importlib
import inspect
import pkgutil

import frappe

import aftersales
from aftersales.core.input import document, requests
from aftersales.core.input import value_rules as rules


def modules():
	for found in pkgutil.walk_packages(aftersales.__path__, "aftersales."):
		if ".patches" not in found.name and ".fixtures" not in found.name:
			yield importlib.import_module(found.name)


STAND_INS = "aftersales.core.checked_endpoints"
"""Answer in the place of functions of Frappe, for DocTypes of other apps too: tests/security/test_rights.py."""


def functions() -> list[str]:
	"""Whitelisted functions, by path; those that stand in for functions of Frappe are left out."""
	found = set()
	for module in modules():
		if module.__name__ == STAND_INS:
			continue
		for name, function in inspect.getmembers(module, inspect.isfunction):
			if function in frappe.whitelisted and function.__module__ == module.__name__:
				found.add(f"{module.__name__}.{name}")
	return sorted(found)


def actions() -> list[tuple[str, str]]:
	"""Whitelisted methods of the app's documents: (DocType, method)."""
	found = []
	for doctype in doctypes():
		controller = frappe.model.base_document.get_controller(doctype)
		for name, function in inspect.getmembers(controller, inspect.isfunction):
			own = function.__module__.startswith("aftersales.") and function.__module__ != document.__name__
			if function in frappe.whitelisted and own:
				found.append((doctype, name))
	return sorted(found)


def doctypes(istable: int = 0) -> list[str]:
	"""The app's DocTypes that are no rows of others, or (1) those that are."""
	return frappe.get_all(
		"DocType",
		filters={"module": ("in", app_modules()), "istable": istable},
		pluck="name",
		order_by="name",
	)


def reports() -> list[str]:
	"""The app's script reports."""
	return frappe.get_all(
		"Report",
		filters={"module": ("in", app_modules()), "report_type": "Script Report", "is_standard": "Yes"},
		pluck="name",
		order_by="name",
	)


def app_modules() -> list[str]:
	return frappe.get_all("Module Def", filters={"app_name": "aftersales"}, pluck="name", order_by="name")


def arguments(function, known: dict[str, str]) -> dict:
	"""A plausible value for every parameter without a default; names of `known` documents (by DocType) where
	it asks for one."""
	job = (
		"Service Voucher" if function.__module__.startswith("aftersales.service_billing.") else "Repair Call"
	)
	by_name = {
		"voucher": known.get("Service Voucher"),
		"equipment": known.get("Customer Equipment"),
		"repair_call": known.get("Repair Call"),
		"customer": known.get("Customer"),
		"service_contract": known.get("Service Contract"),
		"item_code": known.get("Item"),
		"doctype": job,
		"name": known.get(job),
		"follow_up": known.get("Follow-up"),
		"names": [known.get("Repair Call")],
		"source_name": known.get(_source_of(function)),
	}
	values = {}
	for name, parameter in inspect.signature(function).parameters.items():
		if (
			parameter.default is parameter.empty
			and name != "self"
			and parameter.kind != parameter.VAR_KEYWORD
		):
			values[name] = by_name.get(name) or _PLAUSIBLE.get(kind_of(parameter), "x")
	return values


def kind_of(parameter: inspect.Parameter):
	"""The parser of a parameter's values (core/input/requests.py), or None."""
	return requests.parser_of(parameter)


_PLAUSIBLE = {
	rules.parse_date: "2026-01-05",
	rules.parse_datetime: "2026-01-05 10:00:00",
	rules.parse_number: 1,
	rules.parse_whole_number: 1,
	requests.parse_flag: 1,
	requests.parse_plain: 1,
	requests.parse_names: ["x"],
	requests.parse_rows: [],
	requests.parse_values: {"subject": "x"},
	requests.parse_doctype: "Repair Call",
}


def _source_of(function) -> str:
	"""What a mapper named `..._from_voucher` is called with."""
	if function.__name__ == "renewal_of":
		return "Service Contract"
	sources = {"card": "Repair Card", "voucher": "Service Voucher", "receipt": "Collection Receipt"}
	return sources.get(function.__name__.rpartition("_from_")[2], "Repair Call")
