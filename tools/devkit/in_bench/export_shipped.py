"""The records that the app ships as files, as Frappe itself writes them: `make export`.

Called as `export_shipped.py` with AFTERSALES_SITE, AFTERSALES_BENCH and AFTERSALES_OUT, from anywhere.
Whoever edits one of them in developer mode gets the lines that were changed, and no other: files that are not in
Frappe's own form (order of keys and fields) are written anew. The same files come out on both versions: what version
16 adds by itself is left out.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import frappe
from frappe.modules.export_file import strip_default_fields

ADDED_BY_VERSION_16 = {"grid_page_length": 50, "row_format": "Dynamic", "rows_threshold_for_grid_search": 0}
APP_FOLDERS = ("desktop_icon", "workspace_sidebar")
"""Records of the app as a whole, for version 16 only."""


def shipped() -> Iterator[Path]:
	"""Files of the app that hold one record, of a DocType that this version has."""
	root = Path(frappe.get_app_path("aftersales"))
	for path in sorted(root.glob("*/*/*/*.json")):
		# Beside the rooms lie built assets and their packages
		if path.stem == path.parent.name and path.relative_to(root).parts[0] != "public":
			yield path
	if frappe.db.exists("DocType", "Workspace Sidebar"):
		for folder in APP_FOLDERS:
			yield from sorted((root / folder).glob("*.json"))


def exported(path: Path) -> str | None:
	"""What Frappe writes into this file, with the moments that it has now; None where no such record is stored."""
	written = json.loads(path.read_text())
	if not frappe.db.exists(written["doctype"], written["name"]):
		return None
	doc = frappe.get_doc(written["doctype"], written["name"])
	values = doc.as_dict(no_nulls=True)
	doc.run_method("before_export", values)
	values = strip_default_fields(doc, values)
	for field in doc.get_code_fields() if hasattr(doc, "get_code_fields") else ():
		values.pop(field, None)
	for field in ("creation", "modified", "modified_by", "owner", "migration_hash"):
		values.pop(field, None)
		if field in written:
			values[field] = written[field]
	for field, value in ADDED_BY_VERSION_16.items():
		if field not in written and values.get(field) == value:
			del values[field]
	return frappe.as_json(values) + "\n"


def main() -> None:
	# Frappe opens its log files by paths relative to the sites folder
	os.chdir(Path(os.environ["AFTERSALES_BENCH"]) / "sites")
	frappe.init(site=os.environ["AFTERSALES_SITE"], sites_path=".")
	frappe.connect()
	root = Path(frappe.get_app_path("aftersales"))
	out = Path(os.environ["AFTERSALES_OUT"]) / "apps" / "aftersales"
	for path in shipped():
		content = exported(path)
		if content and content != path.read_text():
			target = out / path.relative_to(root)
			target.parent.mkdir(parents=True, exist_ok=True)
			target.write_text(content)
	frappe.destroy()


if __name__ == "__main__":
	sys.exit(main())
