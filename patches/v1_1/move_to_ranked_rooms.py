"""Bring an existing site along when DocTypes, reports and pages moved into the ranked rooms (modules) of version 1.1.

First of all patches: a controller is found by its DocType's module, and the code is already in its new place. Jobs that
still wait in the queue under their old names are renamed.
"""

import json
from pathlib import Path

import frappe
from frappe.installer import add_module_defs
from frappe.utils.background_jobs import get_queue, get_queue_list

RECORDS = (
	"DocType",
	"Report",
	"Page",
	"Print Format",
	"Number Card",
	"Dashboard Chart",
	"Dashboard",
	"Workspace",
)
MOVED_JOBS = {
	"aftersales.repair_workshop.reservations.let_go_of_taken": "aftersales.spare_parts.reservations.let_go_of_taken",
	"aftersales.service_desk.periodic_visits.plan_visits": "aftersales.customer_care.periodic_visits.plan_visits",
}


def execute() -> None:
	add_module_defs("aftersales", ignore_if_duplicate=True)
	app = Path(frappe.get_app_path("aftersales"))
	rooms = {frappe.scrub(module) for module in frappe.get_module_list("aftersales")}
	# Below public lie the packages that scripts are built with, and their files, which are no records
	for path in app.glob("*/*/*/*.json"):
		if path.relative_to(app).parts[0] not in rooms:
			continue
		record = json.loads(path.read_text())
		if isinstance(record, dict) and record.get("doctype") in RECORDS and record.get("module"):
			frappe.db.set_value(
				record["doctype"], record["name"], "module", record["module"], update_modified=False
			)
	frappe.clear_cache()
	rename_waiting_jobs()


def rename_waiting_jobs() -> None:
	"""Jobs of this site that wait in the queue: the work they name lies elsewhere now."""
	for name in get_queue_list():
		for job in get_queue(name).jobs:
			kwargs = job.kwargs or {}
			if kwargs.get("site") == frappe.local.site and kwargs.get("method") in MOVED_JOBS:
				job.kwargs = {**kwargs, "method": MOVED_JOBS[kwargs["method"]]}
				job.save()
