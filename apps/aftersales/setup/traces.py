"""What the framework keeps about our DocTypes; removed at uninstall, since nothing of ours remains.

Frappe deletes our DocTypes, their tables and the records of our modules. It leaves what was written
about our documents (assignments, comments, attachments, versions, shares) and what administrators
built on our DocTypes (workflows, notifications, reports). Both kinds name a DocType by a Link
field, so they are found by asking the framework's own DocTypes for such fields.
"""

import re
from collections.abc import Iterable

import frappe

APP = "aftersales"
_BATCH = 1000

# Somebody's own documents: they stay, only their link to ours goes
_STAYS = (
	"Activity Log",
	"Communication",
	"Email Account",
	"Event",
	"IMAP Folder",
	"Onboarding Step",
	"User Type",
)
# Named by us or by the framework in fields that are no Link to DocType
_ALSO = (
	("Deleted Document", "deleted_doctype"),
	("Custom DocPerm", "parent"),
	("List View Settings", "name"),
	("__UserSettings", "doctype"),
	("__global_search", "doctype"),
)
_DATE_PARTS = {"YYYY": r"\d{4}", "YY": r"\d{2}", "MM": r"\d{2}", "DD": r"\d{2}", "WW": r"\d{2}"}


def our_doctypes() -> list[str]:
	"""DocTypes of the app's modules, as long as the app is installed."""
	return frappe.get_all("DocType", filters={"module": ("in", our_modules())}, pluck="name")


def our_modules() -> list[str]:
	"""Modules of the app, as long as it is installed."""
	return frappe.get_all("Module Def", filters={"app_name": APP}, pluck="name")


def remove() -> None:
	"""Remove everything the framework keeps about our DocTypes, modules, patches and jobs."""
	doctypes = our_doctypes()
	_release_series(doctypes)
	_delete_files(doctypes)
	for field in _fields_naming_a_doctype():
		_clear_field(field, doctypes)
	for table, fieldname in _ALSO:
		frappe.db.delete(table, {fieldname: ("in", doctypes)})
	_leave_desk()
	_delete_jobs()
	frappe.db.delete("Patch Log", {"patch": ("like", f"{APP}.%")})


def _fields_naming_a_doctype() -> list[frappe._dict]:
	"""Link fields to DocType in the framework's stored DocTypes; business documents are not touched."""
	doctype, field, module = (frappe.qb.DocType(name) for name in ("DocType", "DocField", "Module Def"))
	return (
		frappe.qb.from_(field)
		.join(doctype)
		.on(doctype.name == field.parent)
		.join(module)
		.on(module.name == doctype.module)
		.select(field.parent, field.fieldname, doctype.istable, doctype.issingle)
		.where((field.fieldtype == "Link") & (field.options == "DocType"))
		.where((module.app_name == "frappe") & (doctype.is_virtual == 0))
		.where(field.parent.notin(["DocType", "File"]))
		.run(as_dict=True)
	)


def _clear_field(field: frappe._dict, doctypes: list[str]) -> None:
	if field.issingle:
		frappe.db.delete(
			"Singles", {"doctype": field.parent, "field": field.fieldname, "value": ("in", doctypes)}
		)
	elif field.parent in _STAYS:
		_unlink(field, doctypes)
	else:
		_delete_rows(field, doctypes)


def _unlink(field: frappe._dict, doctypes: list[str]) -> None:
	fieldnames = [field.fieldname]
	fieldnames += frappe.get_all(
		"DocField",
		filters={"parent": field.parent, "fieldtype": "Dynamic Link", "options": field.fieldname},
		pluck="fieldname",
	)
	frappe.db.set_value(
		field.parent,
		{field.fieldname: ("in", doctypes)},
		dict.fromkeys(fieldnames),
		update_modified=False,
	)


def _delete_rows(field: frappe._dict, doctypes: list[str]) -> None:
	tables = {df.options for df in frappe.get_meta(field.parent).get_table_fields()}
	filters = {field.fieldname: ("in", doctypes)}
	while names := frappe.get_all(field.parent, filters=filters, pluck="name", limit=_BATCH):
		for table in tables:
			frappe.db.delete(table, {"parenttype": field.parent, "parent": ("in", names)})
		frappe.db.delete(field.parent, {"name": ("in", names)})


def _delete_files(doctypes: list[str]) -> None:
	for name in frappe.get_all("File", filters={"attached_to_doctype": ("in", doctypes)}, pluck="name"):
		# one by one: deleting the document removes the file from disk
		frappe.delete_doc("File", name, ignore_permissions=True, force=True, delete_permanently=True)


def _leave_desk() -> None:
	"""Nobody starts in our workspace or app any more, and no list of blocked modules names ours."""
	modules = our_modules()
	workspaces = frappe.get_all("Workspace", filters={"module": ("in", modules)}, pluck="name")
	for fieldname, gone in (("default_workspace", workspaces), ("default_app", [APP])):
		if gone and frappe.get_meta("User").has_field(fieldname):
			frappe.db.set_value("User", {fieldname: ("in", gone)}, fieldname, None, update_modified=False)
	if frappe.get_meta("System Settings").has_field("default_app"):
		frappe.db.delete("Singles", {"doctype": "System Settings", "field": "default_app", "value": APP})
	frappe.db.delete("Block Module", {"module": ("in", modules)})
	_delete_onboarding(modules)
	_leave_desktop(modules)


def _delete_onboarding(modules: list[str]) -> None:
	"""The steps of our onboarding, which name no module; Frappe deletes the onboarding itself."""
	ours = frappe.get_all("Module Onboarding", filters={"module": ("in", modules)}, pluck="name")
	steps = frappe.get_all("Onboarding Step Map", filters={"parent": ("in", ours or [""])}, pluck="step")
	frappe.db.delete("Onboarding Step", {"name": ("in", steps or [""])})


def _leave_desktop(modules: list[str]) -> None:
	"""Icons and sidebars of version 16: Frappe deletes its own after the last commit of an uninstallation."""
	for doctype in ("Desktop Icon", "Workspace Sidebar"):
		if not frappe.db.exists("DocType", doctype):
			continue
		meta = frappe.get_meta(doctype)
		names = (
			set(frappe.get_all(doctype, filters={"app": APP}, pluck="name"))
			if meta.has_field("app")
			else set()
		)
		if meta.has_field("module"):
			names |= set(frappe.get_all(doctype, filters={"module": ("in", modules)}, pluck="name"))
		for table in meta.get_table_fields():
			frappe.db.delete(table.options, {"parenttype": doctype, "parent": ("in", sorted(names) or [""])})
		frappe.db.delete(doctype, {"name": ("in", sorted(names) or [""])})


def _delete_jobs() -> None:
	jobs = frappe.get_all("Scheduled Job Type", filters={"method": ("like", f"{APP}.%")}, pluck="name")
	if jobs:
		frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": ("in", jobs)})
		frappe.db.delete("Scheduled Job Type", {"name": ("in", jobs)})


def _release_series(doctypes: list[str]) -> None:
	"""Forget the counters of our naming series, except those another DocType counts with too."""
	taken = set(_series_of(_doctypes_with_series() - set(doctypes)))
	patterns = [_series_pattern(series) for series in set(_series_of(doctypes)) - taken]
	table = frappe.qb.DocType("Series")
	names = [name for (name,) in frappe.qb.from_(table).select(table.name).run()]
	ours = [name for name in names if any(pattern.fullmatch(name) for pattern in patterns)]
	if ours:
		frappe.qb.from_(table).delete().where(table.name.isin(ours)).run()


def _doctypes_with_series() -> set[str]:
	return set(frappe.get_all("DocField", filters={"fieldname": "naming_series"}, pluck="parent"))


def _series_of(doctypes: Iterable[str]) -> Iterable[str]:
	for doctype in doctypes:
		field = frappe.get_meta(doctype).get_field("naming_series")
		if field:
			yield from (part for part in (field.options or "").split("\n") if part)


def _series_pattern(series: str) -> re.Pattern:
	"""What the counter of `series` may be called: "SV-.YYYY.-.#####" counts as "SV-2025-"."""
	parts = series.split(".#", 1)[0].split(".")
	return re.compile("".join(_DATE_PARTS.get(part, re.escape(part)) for part in parts))
