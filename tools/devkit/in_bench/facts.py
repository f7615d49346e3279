"""What a site holds, as JSON: rows, statuses, figures of reports, links that open.

Called as `facts.py SITE FILE MOMENT` from the sites folder; two sites with the same facts at the same moment hold the
same documents, books and links. MOMENT (site time) is what the clock says meanwhile, for reports count by it.
With `--make-links` signed links are made first, so that there are some.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import frappe
from frappe.desk.query_report import run
from frappe.utils import getdate

from aftersales.customer_portal import links
from aftersales.installed_base.product_codes import product_signature
from tests import clock

ERPNEXT_TABLES = (
	"GL Entry",
	"Stock Ledger Entry",
	"Payment Ledger Entry",
	"Sales Invoice",
	"Sales Invoice Item",
	"Sales Taxes and Charges",
	"Purchase Invoice",
	"Journal Entry",
	"Journal Entry Account",
	"Payment Entry",
	"Payment Entry Reference",
	"Stock Entry",
	"Stock Entry Detail",
	"Delivery Note",
	"Quotation",
	"Customer",
	"Item",
	"Contact",
	"Address",
	"Serial No",
	"ToDo",
	"File",
	"Communication",
	"Workflow",
	"Email Template",
)
"""Tables of Frappe and ERPNext that documents of the app lead to."""
NOT_COMPARED = ("modified", "modified_by", "idx")
LINKS = 10
LEDGERS = {"GL Entry": ("debit", "credit"), "Stock Ledger Entry": ("actual_qty", "stock_value_difference")}


def collect() -> dict:
	"""All facts of the site that is connected."""
	facts = {"links": _links()}
	facts["rows of Notification"] = _table("Notification", "document_type", _own_doctypes())
	for doctype in [*_own_doctypes(), *ERPNEXT_TABLES]:
		facts[f"rows of {doctype}"] = _table(doctype)
		if frappe.get_meta(doctype).has_field("status"):
			facts[f"statuses of {doctype}"] = _statuses(doctype)
	for doctype, fields in LEDGERS.items():
		facts[f"sums of {doctype}"] = _sums(doctype, fields)
	for company in frappe.get_all("Company", pluck="name", order_by="name"):
		for report in _own_reports():
			facts[f"report {report}, {company}"] = _report(report, company)
	return facts


def _own_modules() -> list[str]:
	return frappe.get_all("Module Def", {"app_name": "aftersales"}, pluck="name")


def _own_doctypes() -> list[str]:
	filters = {"module": ("in", _own_modules()), "issingle": 0, "is_virtual": 0}
	return frappe.get_all("DocType", filters, pluck="name", order_by="name")


def _own_reports() -> list[str]:
	filters = {"module": ("in", _own_modules()), "disabled": 0}
	return frappe.get_all("Report", filters, pluck="name", order_by="name")


def _table(doctype: str, fieldname: str = "docstatus", of: Sequence = (0, 1, 2)) -> dict[str, str]:
	"""By column a number that stands for the names of the rows with what the column holds, and the row count.

	Rows whose `fieldname` is one `of` these.
	"""
	columns = sorted({row[0] for row in frappe.db.sql(f"show columns from `tab{doctype}`")} - {*NOT_COMPARED})
	sums = ", ".join(
		f"bit_xor(crc32(concat_ws('|', name, ifnull(cast(`{column}` as char), ''))))" for column in columns
	)
	found = frappe.db.sql(
		f"select count(*), {sums} from `tab{doctype}` where `{fieldname}` in %s", (tuple(of),)
	)[0]
	return {"rows": str(found[0]), **{c: str(v) for c, v in zip(columns, found[1:], strict=True)}}


def _statuses(doctype: str) -> dict[str, int]:
	found = frappe.db.sql(f"select status, count(*) from `tab{doctype}` group by status order by status")
	return {str(status): count for status, count in found}


def _sums(doctype: str, fields: tuple[str, ...]) -> dict[str, str]:
	columns = ", ".join(f"sum(`{field}`)" for field in fields)
	found = frappe.db.sql(f"select {columns} from `tab{doctype}`")[0]
	return {field: str(value) for field, value in zip(fields, found, strict=True)}


def _report(report: str, company: str) -> dict | str:
	"""Number of rows, sum of each column of numbers, and the figures above the report."""
	year = getdate().year
	filters = {"company": company, "from_date": f"{year}-01-01", "to_date": f"{year}-12-31"}
	try:
		found = run(report, filters=filters, ignore_prepared_report=True)
	except frappe.ValidationError as refused:
		return f"refused: {refused}"
	rows = [row for row in found["result"] if isinstance(row, dict)]
	sums: dict[str, float] = {}
	for row in rows:
		for field, value in row.items():
			if isinstance(value, int | float) and not isinstance(value, bool):
				sums[field] = round(sums.get(field, 0) + value, 2)
	summary = {str(each.get("label")): str(each.get("value")) for each in found.get("report_summary") or []}
	return {"rows": len(found["result"]), "sums": sums, "summary": summary}


def _links() -> dict[str, str]:
	"""What each signed link opens, and the signature on each product's label."""
	opened = {}
	for key in frappe.get_all(
		"Service Link", {"revoked_at": ("is", "not set")}, pluck="link_key", order_by="name"
	):
		token = links.token_of_key(key)
		link = links.opened_by(token)
		opened[token] = f"{link.doctype} {link.name}" if link else "nothing"
	for name in frappe.get_all("Customer Equipment", pluck="name", order_by="name"):
		opened[name] = product_signature(name)
	return opened


def _make_links() -> None:
	for call in frappe.get_all("Repair Call", ["name", "customer"], order_by="name", limit=LINKS):
		links.path(links.TRACK, "Repair Call", call.name, call.customer)
	frappe.db.commit()


def main(site: str, target: str, moment: str, *options: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	try:
		frappe.set_user("Administrator")
		if "--make-links" in options:
			_make_links()
		clock.current.to(moment, ticking=False)
		Path(target).write_text(json.dumps(collect(), indent="\t", sort_keys=True, default=str))
	finally:
		clock.current.back()
		frappe.destroy()


if __name__ == "__main__":
	main(*sys.argv[1:])
