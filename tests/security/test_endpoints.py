"""Every whitelisted function and action of the app, called by somebody who may not.

Nothing is listed by hand: the package is searched, so that a new endpoint without a check fails here.
"""

import importlib
import inspect
import pkgutil

import frappe
import pytest

import aftersales
from tests import factories as f

SEEN_BY_ALL = {
	# Counts what the user may see: somebody without rights counts nothing.
	"aftersales.service_levels.display.count_overdue",
	"aftersales.service_levels.display.count_due_next_hour",
}


def _modules():
	for found in pkgutil.walk_packages(aftersales.__path__, "aftersales."):
		if ".patches" not in found.name and ".fixtures" not in found.name:
			yield importlib.import_module(found.name)


def _functions() -> list[str]:
	found = set()
	for module in _modules():
		for name, function in inspect.getmembers(module, inspect.isfunction):
			if function in frappe.whitelisted and function.__module__ == module.__name__:
				found.add(f"{module.__name__}.{name}")
	return sorted(found)


def _actions() -> list[tuple[str, str]]:
	found = []
	for doctype in _doctypes():
		controller = frappe.model.base_document.get_controller(doctype)
		for name, function in inspect.getmembers(controller, inspect.isfunction):
			if function in frappe.whitelisted and function.__module__.startswith("aftersales."):
				found.append((doctype, name))
	return sorted(found)


def _doctypes() -> list[str]:
	modules = frappe.get_all("Module Def", filters={"app_name": "aftersales"}, pluck="name")
	return frappe.get_all("DocType", filters={"module": ("in", modules), "istable": 0}, pluck="name")


@pytest.fixture
def shop():
	return f.shop()


@pytest.fixture
def documents(shop):
	"""One document of each kind that has actions, by DocType."""
	call = f.call(shop.customer)
	equipment = f.equipment(shop.customer, brand="Calora", model="GWH 11")
	other = f.call(shop.customer, equipment=equipment)
	receipt = f.receipt(other)
	return {
		"Repair Call": call,
		"Customer Equipment": frappe.get_doc("Customer Equipment", equipment),
		"Service Voucher": f.planned(call, shop.technician),
		"Collection Receipt": receipt,
		"Repair Card": f.received_card(other),
		"Follow-up": f.make(
			"Follow-up",
			repair_call=call.name,
			customer=shop.customer,
			company=f.COMPANY,
			due_date="2030-01-01",
		),
		"Periodic Visit Plan": f.make("Periodic Visit Plan", plan_name="Yearly", every_months=12),
		"Service Complaint": f.make(
			"Service Complaint", subject="Late", customer=shop.customer, company=f.COMPANY
		),
		"Loaner Issue": frappe.new_doc("Loaner Issue"),
		"Vendor Repair": frappe.new_doc("Vendor Repair"),
		"Register Import": frappe.new_doc("Register Import"),
		"Warranty Recovery Claim": frappe.new_doc("Warranty Recovery Claim"),
		"Delay Compensation": frappe.new_doc("Delay Compensation"),
		"Service Contract": f.contract(shop.customer),
		"Billing Run": f.make("Billing Run"),
	}


@pytest.fixture(params=["Guest", "nobody@aftersales.example"])
def stranger(request):
	"""Guest, and a desk user without any role of ours."""
	if request.param != "Guest":
		f.user(request.param)
	return request.param


def test_there_are_endpoints_to_try():
	assert len(_functions()) > 15
	assert len(_actions()) > 20


def test_nothing_is_open_to_guests():
	open_to_guests = [
		f"{function.__module__}.{function.__name__}"
		for function in frappe.guest_methods
		if function.__module__.startswith("aftersales.")
	]
	assert open_to_guests == []


def test_functions_refuse_strangers(documents, shop, stranger):
	known = {doctype: doc.name for doctype, doc in documents.items()}
	f.once("Spare Part", shop.seal, item_code=shop.seal)
	known.update({"Customer": shop.customer, "Item": shop.seal})
	accepted = []
	for path in _functions():
		if path in SEEN_BY_ALL:
			continue
		function = frappe.get_attr(path)
		frappe.set_user(stranger)
		try:
			function(**_arguments(function, known))
			accepted.append(path)
		except frappe.PermissionError:
			pass
		except Exception as error:
			accepted.append(f"{path}: {type(error).__name__} {error}")
		finally:
			frappe.set_user("Administrator")
	assert accepted == []


def test_counts_show_a_stranger_nothing(documents, stranger):
	frappe.set_user(stranger)
	for path in sorted(SEEN_BY_ALL):
		try:
			assert frappe.get_attr(path)()["value"] == 0
		except frappe.PermissionError:
			pass


def test_actions_refuse_strangers(documents, stranger):
	accepted = []
	for doctype, action in _actions():
		if doctype not in documents:
			accepted.append(f"{doctype}.{action}: no document of this kind is tried, add one to the fixture")
			continue
		doc = documents[doctype]
		method = getattr(doc if doc.is_new() else frappe.get_doc(doctype, doc.name), action)
		frappe.set_user(stranger)
		try:
			method(**_arguments(method, {}))
			accepted.append(f"{doctype}.{action}")
		except frappe.PermissionError:
			pass
		except Exception as error:
			accepted.append(f"{doctype}.{action}: {type(error).__name__} {error}")
		finally:
			frappe.set_user("Administrator")
	assert accepted == []


def _source_of(function) -> str:
	"""What a mapper named `..._from_voucher` is called with."""
	if function.__name__ == "renewal_of":
		return "Service Contract"
	sources = {"card": "Repair Card", "voucher": "Service Voucher", "receipt": "Collection Receipt"}
	return sources.get(function.__name__.rpartition("_from_")[2], "Repair Call")


def _arguments(function, known: dict[str, str]) -> dict:
	"""A plausible value for every parameter without a default; names of real documents where it asks."""
	by_name = {
		"voucher": known.get("Service Voucher"),
		"equipment": known.get("Customer Equipment"),
		"repair_call": known.get("Repair Call"),
		"customer": known.get("Customer"),
		"service_contract": known.get("Service Contract"),
		"item_code": known.get("Item"),
		"doctype": "Repair Call",
		"name": known.get("Repair Call"),
		"follow_up": known.get("Follow-up"),
		"names": [known.get("Repair Call")],
		"source_name": known.get(_source_of(function)),
		"start": "2026-01-01 00:00:00",
		"end": "2026-12-31 00:00:00",
	}
	values = {}
	for name, parameter in inspect.signature(function).parameters.items():
		if parameter.default is parameter.empty:
			values[name] = by_name.get(name) or ("1" if parameter.annotation in (int, float) else "x")
	return values
