"""Text that customers and others typed before, and that a spreadsheet would calculate, becomes text.

From now on it is written so when it is stored (core/input/field_values.py); this does the same for what is there. E-mail
fields of documents keep the address alone.
"""

import frappe

from aftersales.core.input.field_values import is_written_by_people, no_formula_of
from aftersales.core.input.value_rules import InvalidValue, parse_email

SIGNS = ("=", "+", "-", "@")


def execute() -> None:
	modules = frappe.get_all("Module Def", {"app_name": "aftersales"}, pluck="name", order_by="name")
	for doctype in frappe.get_all(
		"DocType", {"module": ("in", modules), "issingle": 0}, pluck="name", order_by="name"
	):
		for field in frappe.get_meta(doctype).fields:
			if is_written_by_people(field):
				_rewrite(doctype, field)
			elif field.fieldtype == "Data" and field.options == "Email":
				_keep_address(doctype, field.fieldname)


def _rewrite(doctype: str, field) -> None:
	fieldname, no_formula = field.fieldname, no_formula_of(field)
	likely = "%>{0}%" if field.fieldtype == "Text Editor" else "{0}%"
	begins = [[doctype, fieldname, "like", likely.format(sign)] for sign in SIGNS]
	for row in frappe.get_all(doctype, or_filters=begins, fields=["name", fieldname], order_by="name"):
		if (text := no_formula(row[fieldname])) != row[fieldname]:
			frappe.db.set_value(doctype, row.name, fieldname, text, update_modified=False)


def _keep_address(doctype: str, fieldname: str) -> None:
	named = [[doctype, fieldname, "like", "%<%"]]
	for row in frappe.get_all(doctype, filters=named, fields=["name", fieldname], order_by="name"):
		try:
			address = parse_email(row[fieldname])
		except InvalidValue:
			continue  # several addresses: whoever edits the document next is asked for one
		frappe.db.set_value(doctype, row.name, fieldname, address, update_modified=False)
