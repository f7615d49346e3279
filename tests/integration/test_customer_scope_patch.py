"""Documents from before carry their customer's territory and group after the patch."""

import frappe

from aftersales.patches.v1_1.fill_customer_scope import execute
from tests import factories as make


def test_what_is_there_follows_its_customer():
	frappe.db.set_value(
		"Customer",
		make.customer("Nora Byrne"),
		{"territory": "All Territories", "customer_group": "Individual"},
	)
	frappe.db.set_value(
		"Customer", make.customer("Ben Quinn"), {"territory": None, "customer_group": "Commercial"}
	)
	calls = [make.plain_call(name).name for name in ("Nora Byrne", "Ben Quinn")]
	for call in calls:
		frappe.db.set_value("Repair Call", call, {"territory": None, "customer_group": None})
	execute()
	assert [frappe.db.get_value("Repair Call", call, ["territory", "customer_group"]) for call in calls] == [
		("All Territories", "Individual"),
		(None, "Commercial"),
	]
