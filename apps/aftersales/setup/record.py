"""What the app added to DocTypes of others on this site, noted so that uninstall can undo it.

Kept as a global default, because the note must exist before our tables do and outlive them; read
from the database, because Frappe does not refresh its cache of defaults during an install.
"""

import json

import frappe

_KEY = "aftersales_added"


def remember(doctype: str, *names: str) -> None:
	"""Note that the app itself created `names` of `doctype` on this site."""
	known = _read()
	known += [[doctype, name] for name in names if [doctype, name] not in known]
	frappe.db.set_global(_KEY, json.dumps(known))


def added(doctype: str) -> list[str]:
	"""Names of the records of `doctype` which the app created, in that order."""
	return [name for kind, name in _read() if kind == doctype]


def forget_all() -> None:
	"""Drop the notes, and those of the demo: the last step of an uninstall."""
	frappe.db.delete("DefaultValue", {"parent": "__global", "defkey": ("like", "aftersales\\_%")})


def _read() -> list[list[str]]:
	stored = frappe.db.get_value("DefaultValue", {"parent": "__global", "defkey": _KEY}, "defvalue")
	return json.loads(stored or "[]")
