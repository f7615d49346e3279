"""Contracts made before say that each job bears the excess: they keep it. New ones ask for it once per call."""

import frappe


def execute() -> None:
	contract = frappe.qb.DocType("Service Contract")
	frappe.qb.update(contract).set(contract.excess_per, "On Each Job").where(
		contract.excess_per_job > 0
	).run()
