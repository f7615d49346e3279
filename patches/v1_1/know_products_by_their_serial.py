"""Serial numbers as they are compared on product files and calls; numbers of fitted parts find their product.

Which other requests a contract pays for is told by the request type now: what a site has made itself stays as
it was, paid by a contract; of the shipped ones those that ship so.
"""

import frappe

from aftersales.installed_base import search_keys
from aftersales.installed_base.serial_rules import serial_key
from aftersales.setup import defaults

TYPE = "Service Request Type"
CHUNK = 2000


def execute() -> None:
	for doctype in ("Customer Equipment", "Repair Call"):
		fill_keys(doctype)
	tell_what_contracts_cover()
	if frappe.db.exists("Service Part Line", {"serial_no": ("is", "set"), "docstatus": 1}):
		search_keys.rebuild()


def fill_keys(doctype: str) -> None:
	"""Set `serial_key` of every record that has a number, in chunks by name."""
	last = ""
	while rows := frappe.get_all(
		doctype,
		filters={"name": (">", last), "serial_key": ("is", "not set")},
		or_filters={"serial_text": ("is", "set"), "serial_no": ("is", "set")},
		fields=["name", "serial_text", "serial_no"],
		order_by="name asc",
		limit=CHUNK,
	):
		for row in rows:
			key = serial_key(row.serial_text or row.serial_no)
			frappe.db.set_value(doctype, row.name, "serial_key", key, update_modified=False)
		last = rows[-1].name


def tell_what_contracts_cover() -> None:
	"""What contracts paid for until now, without the shipped types for which they never should."""
	shipped = {values["name"]: values for values in defaults.shipped() if values["doctype"] == TYPE}
	for name in frappe.get_all(TYPE, pluck="name", order_by="name asc"):
		if name not in shipped or shipped[name].get("covered_by_contract"):
			frappe.db.set_value(TYPE, name, "covered_by_contract", 1, update_modified=False)
