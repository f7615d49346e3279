"""Saved filters of the lists and the Kanban board of Repair Calls, as the desk uses them."""

import json

import frappe
import pytest
from frappe.desk.doctype.kanban_board.kanban_board import get_kanban_boards, update_order_for_single_card

from aftersales.patches.v1_1 import offer_saved_views
from aftersales.setup import defaults
from tests import factories as make

BOARD = "Repair Calls"
VIEWS = [values for values in defaults.shipped() if values["doctype"] == "List Filter"]


@pytest.fixture
def agent():
	email = make.user("views@example.com", "Service Agent")
	frappe.set_user(email)
	yield email
	frappe.set_user("Administrator")


def listed(doctype: str, title: str) -> list[str]:
	"""What the list shows when somebody chooses the saved filter."""
	filters = frappe.db.get_value(
		"List Filter",
		{"reference_doctype": doctype, "filter_name": title, "for_user": ("is", "not set")},
		"filters",
	)
	return frappe.get_list(doctype, filters=[row[:4] for row in json.loads(filters)], pluck="name")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view["name"])
def test_every_saved_filter_can_be_applied(view):
	fields = {row[1] for row in json.loads(view["filters"])}
	meta = frappe.get_meta(view["reference_doctype"])
	assert all(field in frappe.model.default_fields or meta.get_field(field) for field in fields)
	listed(view["reference_doctype"], view["filter_name"])


def test_calls_to_triage_and_emergencies(agent):
	with_gas = make.call(make.customer("Saved Views"), hazard="Gas")
	triaged = make.call(make.customer("Saved Views"))
	triaged.triage()
	assert with_gas.name in listed("Repair Call", "To Triage")
	assert with_gas.name in listed("Repair Call", "Emergencies")
	assert triaged.name not in listed("Repair Call", "To Triage") + listed("Repair Call", "Emergencies")


def move(call, from_column: str, to_column: str) -> None:
	update_order_for_single_card(BOARD, call.name, from_column, to_column, 0, 0)
	call.reload()


def test_a_card_of_the_board_moves_by_the_rules_of_the_call(agent):
	assert BOARD in {board.name for board in get_kanban_boards("Repair Call")}
	call = make.call(make.customer("Saved Views"))
	move(call, "Open", "Triaged")
	assert (call.status, bool(call.responded_at)) == ("Triaged", True)
	with pytest.raises(frappe.ValidationError, match=r"(?i)reason"):
		move(call, "Triaged", "On Hold")
	with pytest.raises(frappe.ValidationError):
		move(call, "Triaged", "Scheduled")
	call.reload()
	assert call.status == "Triaged"


def test_the_patch_leaves_an_edited_view():
	name = VIEWS[0]["name"]
	frappe.db.set_value("List Filter", name, "filter_name", "Mine")
	assert offer_saved_views.execute() is None
	assert frappe.db.get_value("List Filter", name, "filter_name") == "Mine"
