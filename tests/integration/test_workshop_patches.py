"""What an update brings to a workshop that had the app before."""

import frappe
import pytest

from aftersales.patches.v1_1 import set_apart_by_company
from tests import factories as make

SETTINGS = "Aftersales Settings"
STORE = f"Stores - {make.ABBR}"
LENT_OUT = f"Goods In Transit - {make.ABBR}"


@pytest.fixture(autouse=True)
def before(_site):
	"""Settings as the version before kept them."""
	frappe.db.delete("Loaner Warehouse")
	former(loaner_warehouse=STORE, lent_out_warehouse=LENT_OUT)
	frappe.db.delete("Singles", {"doctype": SETTINGS, "field": ("like", "%set_aside%")})
	frappe.clear_document_cache(SETTINGS)


def former(**values) -> None:
	for field, value in values.items():
		frappe.db.delete("Singles", {"doctype": SETTINGS, "field": field})
		if value:
			single = frappe.qb.Table("tabSingles")
			(
				frappe.qb.into(single)
				.columns(single.doctype, single.field, single.value)
				.insert(SETTINGS, field, value)
				.run()
			)


def rows() -> list[tuple]:
	return [
		(row.company, row.loaner_warehouse, row.lent_out_warehouse)
		for row in frappe.get_doc(SETTINGS).loaner_warehouses
	]


def test_the_pair_of_loaner_warehouses_becomes_the_row_of_its_company():
	for _number in range(2):
		set_apart_by_company.execute()
		assert rows() == [(make.COMPANY, STORE, LENT_OUT)]
	assert not frappe.db.exists("Singles", {"doctype": SETTINGS, "field": "loaner_warehouse"})
	make.settings(loaner_days=10)
	assert rows() == [(make.COMPANY, STORE, LENT_OUT)]


@pytest.mark.parametrize("pair", [(STORE, None), (STORE, STORE), (None, LENT_OUT)])
def test_a_pair_that_could_not_be_used_is_not_carried_over(pair):
	former(loaner_warehouse=pair[0], lent_out_warehouse=pair[1])
	set_apart_by_company.execute()
	assert rows() == []


def test_storekeepers_who_were_free_are_warned_and_what_was_chosen_stays():
	set_apart_by_company.execute()
	settings = frappe.get_doc(SETTINGS)
	assert (settings.taking_set_aside, settings.set_aside_role) == ("Warn", "Stock Manager")
	make.settings(taking_set_aside="Stop", set_aside_role=None)
	set_apart_by_company.execute()
	settings = frappe.get_doc(SETTINGS)
	assert (settings.taking_set_aside, settings.set_aside_role or None) == ("Stop", None)
