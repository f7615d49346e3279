"""What warranty cost by product, model and period, and what the makers gave back (R-AC-9).

Parts at their value when they left stock, hours at the technician's cost, of jobs posted in the period;
claimed, accepted and credited amounts belong to the same lines. Vendor repairs by the bills dated in the
period, or when the product came back unbilled, unless the customer is charged for them. Replaced products
by the day of the exchange. Company currency.
"""

import frappe
from frappe import _
from frappe.utils import flt

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.money import rounded
from aftersales.core.report_filters import column, currency, link, money, scope_of
from aftersales.service_accounts.warranty_exchanges import replaced_in
from aftersales.service_accounts.warranty_lines import warranty_lines, warranty_vendor_repairs

CLAIMED = ("claimed", "accepted", "credited")
COLUMN_OF = {
	"Service Part Line": "parts",
	"Service Labour Line": "labour",
	"Vendor Repair": "vendor",
	"Subcontracted Visit": "vendor",
	"Product Exchange": "exchange",
}
GROUPS = {
	"Model": ("model", {"fieldtype": "Data"}),
	"Brand": ("brand", {"fieldtype": "Link", "options": "Brand"}),
	"Product": ("product", {"fieldtype": "Link", "options": "Item"}),
	"Part": ("item_code", {"fieldtype": "Link", "options": "Item"}),
	"Month": ("month", {"fieldtype": "Data"}),
	"Customer": ("customer", {"fieldtype": "Link", "options": "Customer"}),
}
AMOUNTS = ("parts", "labour", "vendor", "exchange", "cost", "claimed", "accepted", "credited", "net")


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company, from_date, to_date (all needed), group_by (one of GROUPS), brand."""
	scope = scope_of(filters)
	filters = frappe._dict(filters)
	group = filters.group_by or "Model"
	if group not in GROUPS:
		frappe.throw(_("Group by one of: {0}.").format(", ".join(_(name) for name in GROUPS)))
	code = frappe.get_cached_value("Company", scope.company, "default_currency")
	lines = [
		*warranty_lines(scope, filters.brand),
		*warranty_vendor_repairs(scope, filters.brand),
		*replaced_in(scope, filters.brand),
	]
	rows = _grouped(lines, GROUPS[group][0], code)
	return columns(group), rows, None, _chart(rows, group), _summary(rows, code)


def columns(group: str) -> list[dict]:
	return [
		{"fieldname": "value", "label": _(group), "width": 200, **GROUPS[group][1]},
		*([column("brand", _("Brand"), width=110)] if group == "Model" else []),
		column("jobs", _("Jobs"), "Int", 70),
		money("parts", _("Parts")),
		money("labour", _("Labour")),
		money("vendor", _("Vendor Repairs")),
		money("exchange", _("Replaced Products")),
		money("cost", _("Warranty Cost")),
		money("claimed", _("Claimed")),
		money("accepted", _("Accepted")),
		money("credited", _("Credited")),
		money("net", _("Net Cost")),
		currency(),
	]


def _grouped(lines: list[frappe._dict], field: str, code: str) -> list[frappe._dict]:
	found: dict[str, frappe._dict] = {}
	jobs: dict[str, set] = {}
	for line in lines:
		value = line[field] or ""
		row = found.setdefault(
			value,
			frappe._dict(value=value, brand=line.get("brand"), currency=code, **dict.fromkeys(AMOUNTS, 0)),
		)
		jobs.setdefault(value, set()).add((line.job_type, line.job))
		row[COLUMN_OF[line.line_type]] += line.cost
		row.cost += line.cost
		for amount in CLAIMED:
			row[amount] += flt(line.get(amount))
	for value, row in found.items():
		row.jobs = len(jobs[value])
		row.net = row.cost - row.credited
		row.update({amount: rounded(row[amount]) for amount in AMOUNTS})
	return sorted(found.values(), key=lambda row: (-row.cost, row.value))


def _chart(rows: list[frappe._dict], group: str) -> dict | None:
	if not rows:
		return None
	shown = rows[:12]
	return charts.bars(
		[_label(row, group) for row in shown],
		[
			(_("Warranty Cost"), [row.cost for row in shown], charts.BAD),
			(_("Credited"), [row.credited for row in shown], charts.GOOD),
		],
	)


def _label(row: frappe._dict, group: str) -> str:
	"""A model with its maker: "18" alone says nothing."""
	parts = (row.brand, row.value) if group == "Model" and row.value else (row.value,)
	return " ".join(part for part in parts if part) or _("Not known")


def _summary(rows: list[frappe._dict], code: str) -> list[dict]:
	labels = {"cost": _("Warranty Cost"), "credited": _("Credited by Makers"), "net": _("Net Cost")}
	return [
		{
			"label": label,
			"value": rounded(sum(row[field] for row in rows)),
			"datatype": "Currency",
			"currency": code,
		}
		for field, label in labels.items()
	]
