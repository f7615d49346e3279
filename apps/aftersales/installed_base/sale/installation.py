"""An installation tells the product file: installed on, by whom, and the warranty that runs from then."""

from datetime import date

import frappe
from frappe.model.document import Document

from aftersales.core.guards import privileged, set_protected_values

DOCTYPE = "Customer Equipment"


def record(equipment: str, on: date, by: str | None, job: Document) -> None:
	"""A finished job has installed the product. The first installation counts; a later one is kept by the calls.

	Args:
		on: the day it was put to work.
		by: whose work it was, as a name.
		job: the document that tells it.
	"""
	file = frappe.get_doc(DOCTYPE, equipment, for_update=True)
	if file.installed_by:
		return
	file.installed_on = on
	set_protected_values(file, commissioned_by=by, installed_by_type=job.doctype, installed_by=job.name)
	privileged(file).save()


def withdraw(equipment: str, job: Document) -> None:
	"""The job is cancelled: what it told the product file is taken back."""
	file = frappe.get_doc(DOCTYPE, equipment, for_update=True)
	if (file.installed_by_type, file.installed_by) != (job.doctype, job.name):
		return
	file.installed_on = None
	set_protected_values(file, commissioned_by=None, installed_by_type=None, installed_by=None)
	privileged(file).save()
