"""Every whitelisted function and action of the app, called by somebody who may not.

Nothing is listed by hand: the package is searched, so that a new endpoint without a check fails here.
"""

import inspect

import frappe
import pytest

from tests import discovery
from tests import factories as f
from tests.one_of_each import one_of_each

SEEN_BY_ALL = {
	# Counts what the user may see: somebody without rights counts nothing.
	"aftersales.service_levels.display.count_overdue",
	"aftersales.service_levels.display.count_due_next_hour",
}


@pytest.fixture(scope="module")
def masters(shared_site):
	return f.shop()


@pytest.fixture
def documents(shop):
	return one_of_each(shop)


@pytest.fixture(params=["Guest", "nobody@aftersales.example"])
def stranger(request):
	"""Guest, and a desk user without any role of ours."""
	if request.param != "Guest":
		f.user(request.param)
	return request.param


def test_there_are_endpoints_to_try():
	assert len(discovery.functions()) > 15
	assert len(discovery.actions()) > 20


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
	for path in discovery.functions():
		if path in SEEN_BY_ALL:
			continue
		function = frappe.get_attr(path)
		frappe.set_user(stranger)
		try:
			function(**discovery.arguments(function, known))
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
	for doctype, action in discovery.actions():
		if doctype not in documents:
			accepted.append(f"{doctype}.{action}: no document of this kind is tried, add one to the fixture")
			continue
		doc = documents[doctype]
		method = getattr(doc if doc.is_new() else frappe.get_doc(doctype, doc.name), action)
		frappe.set_user(stranger)
		try:
			method(**discovery.arguments(method, {}))
			accepted.append(f"{doctype}.{action}")
		except frappe.PermissionError:
			pass
		except Exception as error:
			accepted.append(f"{doctype}.{action}: {type(error).__name__} {error}")
		finally:
			frappe.set_user("Administrator")
	assert accepted == []
