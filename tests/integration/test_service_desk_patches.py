"""What an update brings to a site that had the app before: targets, settings, search keys."""

import frappe

from aftersales.patches.v1_1 import (
	fill_search_keys,
	fill_service_desk_settings,
	know_products_by_their_serial,
	move_complaints,
	tell_failures_from_other_requests,
)
from aftersales.setup import defaults
from tests import factories as make


def former_target(name: str, **values) -> None:
	if frappe.db.exists("Service Target", name):
		frappe.delete_doc("Service Target", name, force=True)
	make.make(
		"Service Target",
		**{
			"target_name": name,
			"document_type": "Repair Call",
			"request_type": "Complaint",
			"measure": "Settle",
			"time_allowed": 3600,
			"calendar": "Around the Clock",
			"start_field": "received_at",
			"stop_status": "Closed",
			"enabled": 1,
			**values,
		},
	)


def test_complaints_move_to_targets_of_their_own():
	defaults.insert_missing()
	former_target("Settle a Complaint")
	former_target("Answer a Complaint", measure="Our Own Measure")
	new = ("Acknowledge a Service Complaint", "Settle a Service Complaint")
	for name in new:
		frappe.delete_doc("Service Target", name, force=True)
	frappe.db.set_value("Service Target", "Answer", "condition", None)
	frappe.db.set_value("Service Request Type", "Complaint", "registers_complaint", 0)
	move_complaints.execute()
	enabled = dict(frappe.get_all("Service Target", fields=["name", "enabled"], as_list=True))
	assert [enabled[name] for name in new] == [1, 1]
	assert enabled["Settle a Complaint"] == 0
	assert enabled["Answer a Complaint"] == 1, "one that was changed is the site's"
	assert frappe.db.get_value("Service Target", "Answer", "condition") == "doc.request_type != 'Complaint'"
	assert frappe.db.get_value("Service Request Type", "Complaint", "registers_complaint") == 1


def test_an_answer_target_with_a_condition_of_the_site_s_own_is_kept():
	defaults.insert_missing()
	frappe.db.set_value("Service Target", "Answer", "condition", "doc.hazard")
	move_complaints.execute()
	assert frappe.db.get_value("Service Target", "Answer", "condition") == "doc.hazard"


def test_new_settings_start_with_their_defaults_and_a_zero_stays():
	frappe.db.delete("Singles", {"doctype": "Aftersales Settings", "field": "visit_minutes"})
	frappe.db.set_single_value("Aftersales Settings", "complaint_reply_days", 0)
	fill_service_desk_settings.execute()
	assert frappe.db.get_single_value("Aftersales Settings", "visit_minutes") == 90
	assert frappe.db.get_single_value("Aftersales Settings", "complaint_reply_days") == 0


def test_customers_from_before_are_found():
	make.customer("Nora Byrne")
	frappe.db.delete("Service Search Key")
	fill_search_keys.execute()
	assert frappe.db.exists("Service Search Key", {"search_key": "byrne", "customer": "Nora Byrne"})


def test_the_calendar_of_the_settings_is_there_when_they_are_filled():
	frappe.db.set_single_value("Aftersales Settings", "working_calendar", None)
	frappe.db.delete("Service Calendar", {"name": "Service Hours"})
	frappe.clear_document_cache("Aftersales Settings")
	defaults.insert_missing(["Service Calendar", "Aftersales Settings"])
	assert frappe.db.get_single_value("Aftersales Settings", "working_calendar") == "Service Hours"


def test_what_was_a_failure_stays_one_but_for_shipped_types_that_are_none():
	defaults.insert_missing(["Service Request Type"])
	make.request_type("Our Repair", default_support_kind="Use")
	make.request_type("Our Advice", default_support_kind="Application")
	frappe.db.set_value("Service Request Type", {"name": ("!=", "")}, "is_failure", 0)
	for _number in range(2):
		tell_failures_from_other_requests.execute()
		failures = set(frappe.get_all("Service Request Type", {"is_failure": 1}, pluck="name"))
		assert {"Repair", "Our Repair"} <= failures
		assert not failures & {"Our Advice", "Installation and Commissioning", "Documents and Manuals"}


def test_products_and_calls_from_before_are_known_by_their_serial():
	defaults.insert_missing()
	owner = make.customer()
	file = make.equipment(owner, serial_text="SN: AB-12 34/5")
	call = make.plain_call(owner, serial_text="XY 1")
	make.request_type("Our Own Visit")
	shipped = ("Training", "Inspection and Preventive Maintenance", "Our Own Visit")
	for doctype, name in (("Customer Equipment", file), ("Repair Call", call.name)):
		frappe.db.set_value(doctype, name, "serial_key", None)
	for name in shipped:
		frappe.db.set_value("Service Request Type", name, "covered_by_contract", 0)
	know_products_by_their_serial.execute()
	assert frappe.db.get_value("Customer Equipment", file, "serial_key") == "AB12345"
	assert frappe.db.get_value("Repair Call", call.name, "serial_key") == "XY1"
	covered = [frappe.db.get_value("Service Request Type", name, "covered_by_contract") for name in shipped]
	assert covered == [0, 1, 1], "what the site made itself stays paid by contracts"
