"""The sidebar of the desk in version 16: one for the app, shipped in workspace_sidebar/aftersales.json."""

import frappe

from aftersales.setup.traces import APP, our_modules


def leave_the_shipped_one(bootinfo: frappe._dict) -> None:
	"""extend_bootinfo: the shipped sidebar beside every list, form and report of the app, and no other.

	Frappe makes one up for each module that has none of its own: it lists the three DocTypes with most rows and no
	way to the rest, so it is taken out; an administrator's own stay. For a list Frappe then looks for the app of its
	module by the module's name in small letters, but knows apps by names with underscores: a module of two words
	has no sidebar at all. It is told the app by both. Version 15 has no such sidebars.
	"""
	shown = bootinfo.get("workspace_sidebar_item")
	if not shown:
		return
	stored = _stored()
	modules = our_modules()
	for module in modules:
		if module not in stored:
			shown.pop(module.lower(), None)
	# The dictionary is the one that Frappe itself works with
	bootinfo.module_app = {**bootinfo.module_app, **{module.lower(): APP for module in modules}}


def _stored() -> set[str]:
	return set(frappe.get_all("Workspace Sidebar", pluck="name"))
