"""Masters of the service desk: what an administrator cannot set wrongly."""

import frappe
import pytest

from tests import factories as make


@pytest.fixture
def other_company(_site) -> str:
	name = "Shannon Service Ltd"
	if not frappe.db.exists("Company", name):
		make.make(
			"Company",
			company_name=name,
			abbr="SSL",
			default_currency="EUR",
			country="Ireland",
			create_chart_of_accounts_based_on="Standard Template",
			chart_of_accounts="Standard",
		)
	return name


def category_with(**accounts):
	doc = frappe.get_doc("Service Category", make.category("A"))
	doc.set("accounts", [])
	doc.append("accounts", {"company": make.COMPANY, **accounts})
	return doc


def test_accounts_of_a_category_belong_to_the_company(_site, other_company):
	theirs = frappe.db.get_value("Account", {"company": other_company, "is_group": 0, "root_type": "Income"})
	with pytest.raises(frappe.ValidationError, match="belongs to company"):
		category_with(income_account=theirs).save()


def test_accounts_of_a_category_take_postings(_site):
	group = frappe.db.get_value("Account", {"company": make.COMPANY, "is_group": 1, "root_type": "Income"})
	with pytest.raises(frappe.ValidationError, match="is a group"):
		category_with(income_account=group).save()


def test_one_row_per_company(_site):
	doc = category_with()
	doc.append("accounts", {"company": make.COMPANY})
	with pytest.raises(frappe.ValidationError, match="more than once"):
		doc.save()


def test_what_needs_authorisation_is_no_default(_site):
	make.category("Goodwill", requires_authorisation=1)
	with pytest.raises(frappe.ValidationError, match="authorisation"):
		make.make("Service Request Type", request_type="Test Favour", default_service_category="Goodwill")


@pytest.mark.parametrize(
	("start", "end", "fits"), [(0, 20, True), (20, 20, False), (20, 5, False), (150, 0, True)]
)
def test_a_zone_ends_farther_away_than_it_begins(_site, start, end, fits):
	zone = frappe.new_doc("Service Zone", zone="Test Zone", distance_from=start, distance_to=end)
	if fits:
		assert zone.insert().name == "Test Zone"
	else:
		with pytest.raises(frappe.ValidationError, match="farther away"):
			zone.insert()


def test_the_emergency_priority_cannot_be_emptied(_site):
	if not frappe.db.exists("Issue Priority", "Emergency"):
		make.make("Issue Priority", name="Emergency")
	make.settings(emergency_priority="Emergency")
	with pytest.raises(frappe.ValidationError, match="cannot be empty"):
		make.settings(emergency_priority=None)


@pytest.mark.parametrize("field", ["labour_item", "travel_item"])
def test_hours_and_travel_are_billed_by_non_stock_items(_site, field):
	with pytest.raises(frappe.ValidationError, match="stock item"):
		make.settings(**{field: make.item("SEAL-20")})
