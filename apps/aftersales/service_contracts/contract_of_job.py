"""The contract that a job names: whose it is, and whether it is in force for the job's product."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_link_to_form, getdate

from aftersales.core.guards import require_role
from aftersales.core.roles import SUPERVISORS_AND_ACCOUNTANTS
from aftersales.service_contracts.contracts import day_of


def check_contract(doc: Document, call: frappe._dict | None) -> None:
	"""The contract of a job is the customer's own, and the one its call says unless a supervisor chose.

	The call's was in force for its product when the call came in; one chosen by hand has to be as well,
	then or on the day of the work.

	Args:
		call: `service_contract` and `received_at` of the job's call; None without one.

	Raises:
		frappe.ValidationError: it is of another customer or company, not in force, or for other products.
		frappe.PermissionError: somebody without the right chose another one than the call's.
	"""
	chosen = doc.has_value_changed("service_contract")
	if not chosen and not (doc.service_contract and doc.has_value_changed("equipment")):
		return
	proposed = call and call.service_contract
	by_hand = (doc.service_contract or None) != (proposed or None)
	if chosen and by_hand:
		require_role(
			SUPERVISORS_AND_ACCOUNTANTS,
			_("Service Contract {0} instead of {1}").format(
				escape_html(doc.service_contract or "-"), escape_html(proposed or "-")
			),
		)
	if not doc.service_contract:
		return
	fields = ["customer", "company", "docstatus", "start_date", "end_date", "covers_all_equipment"]
	found = frappe.db.get_value("Service Contract", doc.service_contract, fields, as_dict=True)
	if not found or found.docstatus != 1:
		frappe.throw(
			_("Service Contract {0} is not submitted: choose one that is in force.").format(
				frappe.bold(escape_html(doc.service_contract))
			)
		)
	if (found.customer, found.company) != (doc.customer, doc.company):
		frappe.throw(
			_("Service Contract {0} is made with {1} by {2}, this job is for {3} by {4}.").format(
				get_link_to_form("Service Contract", doc.service_contract),
				*(
					frappe.bold(escape_html(value or "-"))
					for value in (found.customer, found.company, doc.customer, doc.company)
				),
			)
		)
	if by_hand:
		_refuse_other_days(doc, found, call and call.received_at)
		_refuse_other_products(doc, found)


def _refuse_other_days(doc: Document, contract: frappe._dict, received_at) -> None:
	days = [day_of(doc), *([getdate(received_at)] if received_at else [])]
	if any(getdate(contract.start_date) <= day <= getdate(contract.end_date) for day in days):
		return
	frappe.throw(
		_("Service Contract {0} is in force from {1} to {2}, this job is of {3}.").format(
			get_link_to_form("Service Contract", doc.service_contract),
			frappe.format(contract.start_date, "Date"),
			frappe.format(contract.end_date, "Date"),
			frappe.format(days[0], "Date"),
		)
	)


def _refuse_other_products(doc: Document, contract: frappe._dict) -> None:
	row = {"parent": doc.service_contract, "parenttype": "Service Contract", "equipment": doc.equipment or ""}
	if contract.covers_all_equipment or frappe.db.exists("Service Contract Equipment", row):
		return
	frappe.throw(
		_("Service Contract {0} does not name product {1}. Choose a contract that does, or none.").format(
			get_link_to_form("Service Contract", doc.service_contract),
			frappe.bold(escape_html(doc.equipment or "-")),
		)
	)
