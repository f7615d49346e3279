"""What the app adds to ERPNext's forms and rights: no section is torn, and every right is explained in the docs."""

import re
from pathlib import Path

import frappe

import aftersales
from aftersales.setup import permissions
from tests import discovery

DOCS = Path(aftersales.__file__).resolve().parents[2] / "docs"
BREAKS = {"Tab Break": 0, "Section Break": 1, "Column Break": 2}


def ours() -> dict[str, set[str]]:
	"""Fieldnames of the app on DocTypes of others, by DocType."""
	found: dict[str, set[str]] = {}
	for row in frappe.get_all(
		"Custom Field", {"module": ("in", discovery.app_modules())}, ["dt", "fieldname"], order_by="dt, idx"
	):
		found.setdefault(row.dt, set()).add(row.fieldname)
	return found


def places(fields: list) -> dict[str, tuple]:
	"""Tab, section and column that each field stands in."""
	place: list = [None, None, None]
	found = {}
	for field in fields:
		if field.fieldtype in BREAKS:
			level = BREAKS[field.fieldtype]
			place[level:] = [field.fieldname, *[None] * (2 - level)]
		found[field.fieldname] = tuple(place)
	return found


def test_fields_of_erpnext_stand_where_erpnext_put_them():
	added = ours()
	assert added
	torn = {}
	for doctype, names in added.items():
		fields = frappe.get_meta(doctype).fields
		theirs = [field for field in fields if field.fieldname not in names]
		before, after = places(theirs), places(fields)
		moved = {
			field.fieldname: (before[field.fieldname], after[field.fieldname])
			for field in theirs
			if before[field.fieldname] != after[field.fieldname]
		}
		if moved:
			torn[doctype] = moved
	assert not torn


def test_rights_on_doctypes_of_others_are_explained():
	page = (DOCS / "security.md").read_text()
	table = page.split("### Rights on ERPNext's DocTypes")[1].split("\n## ")[0]
	explained = {
		name
		for line in table.splitlines()
		if line.startswith("|")
		for name in re.findall(r"\*([^*]+)\*", line)
	}
	assert explained == set(permissions.GRANTS)
