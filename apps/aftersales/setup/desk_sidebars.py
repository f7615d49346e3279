"""The sidebar of the desk in version 16: one for the app, shipped in workspace_sidebar/aftersales.json."""

import frappe

from aftersales.setup.traces import our_modules


def leave_the_shipped_one(bootinfo: frappe._dict) -> None:
	"""extend_bootinfo: without the sidebar that Frappe makes up for each module that has none of its own.

	Such a one lists the three DocTypes with most rows and no way to the rest; the shipped sidebar has every
	page, list and report. Version 15 has no such sidebars, and an administrator's own stay.
	"""
	shown = bootinfo.get("workspace_sidebar_item")
	if not shown:
		return
	stored = set(frappe.get_all("Workspace Sidebar", pluck="name"))
	for module in our_modules():
		if module not in stored:
			shown.pop(module.lower(), None)
