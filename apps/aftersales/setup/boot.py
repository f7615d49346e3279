"""What the desk is told at start."""

import frappe

from aftersales.setup.traces import our_modules

WORKSPACE = "Aftersales"


def lead_back_to_workspace(bootinfo: frappe._dict) -> None:
	"""extend_bootinfo: breadcrumbs of every room lead to the one workspace, which belongs to one of them."""
	workspaces = bootinfo.get("module_wise_workspaces")
	if workspaces is None:
		return
	for module in our_modules():
		workspaces.setdefault(module, [WORKSPACE])
