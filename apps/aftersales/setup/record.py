"""What the app has put on this site outside its own DocTypes, remembered so that uninstall can undo it.

Kept as a global default because it must exist before our tables do, and outlive them.
"""

import json

import frappe

_KEY = "aftersales_added"


def remember(doctype: str, name: str) -> None:
	"""Note that the app itself created `doctype` `name` on this site."""
	added = _read()
	if [doctype, name] not in added:
		_write([*added, [doctype, name]])


def is_ours(doctype: str, name: str) -> bool:
	"""True when the app created `doctype` `name` on this site."""
	return [doctype, name] in _read()


def added(doctype: str) -> list[str]:
	"""Names of the records of `doctype` which the app created, in that order."""
	return [name for kind, name in _read() if kind == doctype]


def forget_all() -> None:
	"""Drop the notes: the last step of an uninstall."""
	frappe.db.delete("DefaultValue", {"defkey": _KEY, "parent": "__global"})
	frappe.clear_cache()


def _read() -> list[list[str]]:
	return json.loads(frappe.db.get_global(_KEY) or "[]")


def _write(added: list[list[str]]) -> None:
	frappe.db.set_global(_KEY, json.dumps(added))
