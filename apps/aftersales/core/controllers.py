"""Our classes in place of Frappe's (override_doctype_class), beside other apps that do the same.

Of several classes for one DocType Frappe takes the last app's and drops the others. Ours stand on top of what
other apps put in place, and our app stays behind such apps in the order of hooks: nobody loses anything.
"""

import functools

import frappe
from frappe.core.doctype.installed_applications.installed_applications import update_installed_apps_order

APP = "aftersales"
HOOK = "override_doctype_class"


def on_top_of_other_apps(doctype: str, ours: type, name: str) -> type:
	"""`ours`, made to extend the class that another app gives `doctype` on this site.

	Args:
		ours: a class that extends Frappe's own.
		name: how the hook names the answer, in the module of `ours`; Python finds stored documents by it.
	"""
	paths = [path for path in frappe.get_hooks(HOOK).get(doctype, []) if not path.startswith(f"{APP}.")]
	if not paths:
		return ours
	module, _dot, other = paths[-1].rpartition(".")
	return extended(ours, getattr(frappe.get_module(module), other), name)


@functools.cache
def extended(ours: type, other: type, name: str) -> type:
	"""`ours` over `other`, both of which extend the same class; `ours` itself where `other` is what it extends."""
	if issubclass(ours, other):
		return ours
	return type(name, (ours, other), {"__module__": ours.__module__, "__doc__": ours.__doc__})


def replaced_by_others() -> list[str]:
	"""DocTypes that we have a class for, and for which Frappe takes the one of an app behind us."""
	paths = frappe.get_hooks(HOOK)
	return [
		doctype
		for doctype in frappe.get_hooks(HOOK, app_name=APP)
		if not paths[doctype][-1].startswith(f"{APP}.")
	]


def come_after_other_apps(installed: str) -> None:
	"""after_app_install: stay behind the app `installed` where it has classes for the same DocTypes.

	Nobody is asked: ours extends that app's. The order is that of *Installed Applications*, and is kept as it is
	where nothing is in common.
	"""
	if installed == APP or APP not in frappe.get_installed_apps():
		return
	theirs = frappe.get_hooks(HOOK, default={}, app_name=installed)
	if not set(theirs) & set(frappe.get_hooks(HOOK, app_name=APP)):
		return
	order = frappe.get_installed_apps(_ensure_on_bench=True)
	update_installed_apps_order([*(app for app in order if app != APP), APP])
	frappe.clear_cache()
	print(f"{APP} comes after {installed} in the order of hooks: both extend {', '.join(sorted(theirs))}")
