"""What is on file of a product that is to be exchanged."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, date_diff, getdate

from aftersales.core.job_types import JOB_DOCTYPES, VISIT
from aftersales.customer_goods.exchange import exchange_rules as rules
from aftersales.service_setup.settings import aftersales_settings

COVERED = ("Warranty", "Repair Warranty", "Part Warranty", "Contract")


def records_of(doc: Document) -> rules.Records:
	"""Repairs, jobs given up, days and coverage of the product and call of a Product Exchange."""
	call = frappe.db.get_value("Repair Call", doc.repair_call, ["received_at", "coverage"], as_dict=True)
	jobs = [
		row
		for doctype in JOB_DOCTYPES
		for row in frappe.get_all(
			doctype,
			filters={"equipment": doc.equipment, "docstatus": ("<", 2), "status": ("!=", "Cancelled")},
			fields=[
				"name",
				"docstatus",
				"status",
				"repair_call",
				*(["outcome"] if doctype == VISIT else []),
			],
			order_by="creation asc",
		)
	]
	return rules.Records(
		repairs=sum(_is_repair(row) for row in jobs),
		given_up=any(
			row.get("outcome") == "Not Repairable" or row.status == "Not Repairable"
			for row in jobs
			if row.repair_call == doc.repair_call
		),
		days_open=date_diff(getdate(doc.exchanged_on), getdate(call.received_at)),
		awaits_parts=any(
			row.status == "Awaiting Parts" for row in jobs if row.repair_call == doc.repair_call
		),
		is_covered=call.coverage in COVERED,
	)


def terms() -> rules.Terms:
	settings = aftersales_settings()
	return rules.Terms(cint(settings.exchange_after_repairs), cint(settings.exchange_after_days))


def told(records: rules.Records, terms: rules.Terms, ground: str) -> str:
	"""In a sentence: what the records say of the ground and of coverage."""
	facts = _("{0} finished repairs, {1} days since the call.").format(records.repairs, records.days_open)
	met = (
		_("The records show the ground.")
		if rules.is_met(ground, records, terms)
		else _("The records do not show the ground.")
	)
	covered = _("The product is covered.") if records.is_covered else _("Nothing covers the product.")
	return " ".join((facts, met, covered))


def _is_repair(row: frappe._dict) -> bool:
	if row.docstatus != 1:
		return False
	return row.get("outcome") == "Completed" if "outcome" in row else row.status in ("Ready", "Returned")
