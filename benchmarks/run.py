"""The app's operations beside the plain ERPNext operations they compete with, in one run, as ratios.

1. Taking a Repair Call, beside inserting an ERPNext Issue with an active Service Level Agreement.
2. Completing a visit with a part and an hour (Service Voucher, submit), beside making by bare code the
   Stock Entry and Sales Invoice it makes: once with a draft invoice, once with a submitted one.
3. Importing a register, beside bare inserts of the same documents (benchmarks/import_register.py).

Each operation runs as a web request does: a new connection, nothing in the process's own caches, the
site's Redis caches warm, a user with roles instead of the Administrator, and a commit at the end which is
part of the time. The two sides take turns, each first as often as second, and medians are compared.
Queries are counted in rounds of their own. What is made is removed.

	make benchmark [ARGS="--calls 300 --visits 200 --skip-import"]

Called on the site AFTERSALES_SITE (default bench.localhost). Prints a table and writes results.json.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import frappe
from frappe.utils import add_to_date, now_datetime, nowdate
from measuring import statements

SITE = os.environ.get("AFTERSALES_SITE", "bench.localhost")
HERE = Path(__file__).resolve().parent
USER = "benchmark@example.com"
ROLES = (
	"Service Agent",
	"Service Supervisor",
	"Support Team",
	"Sales User",
	"Stock User",
	"Accounts User",
)
COMPANY = "Liffey Service Ltd"
VAN = "Stores - LSL"
WARM_UP = 5
COUNTED = 5
AIMS = {
	"call_insert": ("<=", 1.0),
	"visit_draft_invoice": ("<=", 1.15),
	"visit_submitted_invoice": ("<=", 1.15),
	"import": (">=", 0.7),
}


def main() -> int:
	options = _options()
	if bench := os.environ.get("AFTERSALES_BENCH"):
		# Frappe opens its log files by paths relative to the sites folder.
		os.chdir(Path(bench) / "sites")
	results: dict = {"machine": _machine()}
	_new_request("Administrator")
	try:
		with _swept_afterwards():
			masters = _masters()
			frappe.db.commit()
			results["call_insert"] = _measure(_take_call, _insert_issue, masters, options.calls)
			for key, submitted in (("visit_draft_invoice", 0), ("visit_submitted_invoice", 1)):
				results[key] = _measure_visits(masters, options.visits, submitted)
			results["queries_of_lists"] = _count_lists()
	finally:
		frappe.destroy()
	if not options.skip_import:
		results["import"] = _run_import()
	_print(results)
	_write(results)
	return 0


# ---------------------------------------------------------------- measuring


def _new_request(user: str) -> None:
	frappe.destroy()
	frappe.init(site=SITE, sites_path=".", force=True)
	frappe.connect()
	frappe.set_user(user)


def _timed(operation: Callable, *args) -> float:
	_new_request(USER)
	started = time.perf_counter()
	operation(*args)
	frappe.db.commit()
	return time.perf_counter() - started


def _queries(operation: Callable, *args) -> int:
	"""Statements sent to the database by one run of `operation`, commit included."""
	_new_request(USER)
	with statements() as sent:
		operation(*args)
		frappe.db.commit()
	return len(sent)


def _measure(ours: Callable, theirs: Callable, masters, rounds: int, prepare: Callable | None = None) -> dict:
	"""Run both in turn, `rounds` times each; medians in milliseconds, their ratio, queries of each."""

	def arguments() -> tuple:
		if not prepare:
			return (masters,)
		_new_request("Administrator")
		made = prepare(masters)
		frappe.db.commit()
		return masters, made

	times: dict[Callable, list[float]] = {ours: [], theirs: []}
	for number in range(-WARM_UP, rounds):
		for side in (ours, theirs) if number % 2 else (theirs, ours):
			taken = _timed(side, *arguments())
			if number >= 0:
				times[side].append(taken)
	mine, bare = (statistics.median(times[side]) * 1000 for side in (ours, theirs))
	return {
		"ours_ms": round(mine, 2),
		"bare_ms": round(bare, 2),
		"ratio": round(mine / bare, 3),
		"rounds": rounds,
		"ours_queries": statistics.median(_queries(ours, *arguments()) for _ in range(COUNTED)),
		"bare_queries": statistics.median(_queries(theirs, *arguments()) for _ in range(COUNTED)),
	}


# ---------------------------------------------------------------- 1. a call comes in


def _take_call(masters: frappe._dict) -> None:
	call = frappe.get_doc(
		{
			"doctype": "Repair Call",
			"subject": "No hot water",
			"customer": masters.customer,
			"company": COMPANY,
			"channel": "Phone",
			"request_type": "Repair",
			"equipment": masters.equipment,
			"contact_phone": "+353 1 555 0101",
			"description": "The boiler stays cold. Error code E133 on the display.",
		}
	)
	call.insert()


def _insert_issue(masters: frappe._dict) -> None:
	issue = frappe.get_doc(
		{
			"doctype": "Issue",
			"subject": "No hot water",
			"customer": masters.customer,
			"company": COMPANY,
			"issue_type": masters.issue_type,
			"raised_by": "nora.byrne@example.com",
			"description": "The boiler stays cold. Error code E133 on the display.",
		}
	)
	issue.insert()
	assert issue.service_level_agreement and issue.response_by


# ---------------------------------------------------------------- 2. a visit is completed


def _measure_visits(masters: frappe._dict, rounds: int, submit_invoice: int) -> dict:
	_new_request("Administrator")
	frappe.db.set_single_value("Aftersales Settings", "submit_invoice", submit_invoice)
	frappe.db.commit()
	masters = frappe._dict(masters, submit_invoice=submit_invoice)
	return _measure(_complete_visit, _bare_documents, masters, rounds, prepare=_visit)


def _visit(masters: frappe._dict) -> str:
	"""A visit that was dispatched, whose technician is on site and has reported the work.

	Each is to a product of its own: a second one would be free under the warranty of the first.
	"""
	equipment = frappe.copy_doc(frappe.get_doc("Customer Equipment", masters.equipment))
	equipment.serial_text = frappe.generate_hash(length=12)
	equipment.insert()
	call = frappe.get_doc(
		{
			"doctype": "Repair Call",
			"subject": "No hot water",
			"customer": masters.customer,
			"company": COMPANY,
			"channel": "Phone",
			"request_type": "Repair",
			"equipment": equipment.name,
			"service_category": "A",
			"category_reason": "Out of warranty",
		}
	).insert()
	start = add_to_date(now_datetime(), hours=-2)
	voucher = frappe.get_doc(
		{
			"doctype": "Service Voucher",
			"repair_call": call.name,
			"company": COMPANY,
			"technician": masters.technician,
			"planned_start": start,
			"planned_end": add_to_date(start, minutes=90),
		}
	).insert()
	voucher.dispatch()
	voucher.arrive()
	voucher.update(
		{
			"outcome": "Completed",
			"findings": "Diverter valve seized, replaced and tested",
			"test_result": "Passed",
			"unsigned_reason": "Customer was out",
		}
	)
	voucher.append("labour", {"activity": "Repair", "hours": 1.5, "item_code": masters.hour})
	voucher.append("parts", {"item_code": masters.part, "qty": 1})
	voucher.save()
	return voucher.name


def _complete_visit(masters: frappe._dict, voucher: str) -> None:
	doc = frappe.get_doc("Service Voucher", voucher)
	doc.submit()
	assert doc.stock_entry and doc.sales_invoice


def _bare_documents(masters: frappe._dict, voucher: str) -> None:
	"""What a developer would write to book one part and one and a half hours."""
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Issue",
			"purpose": "Material Issue",
			"company": COMPANY,
			"items": [
				{
					"item_code": masters.part,
					"qty": 1,
					"s_warehouse": VAN,
					"expense_account": masters.expense_account,
					"cost_center": masters.cost_center,
				}
			],
		}
	)
	entry.insert()
	entry.submit()
	invoice = frappe.new_doc("Sales Invoice")
	invoice.update(
		{
			"customer": masters.customer,
			"company": COMPANY,
			"posting_date": nowdate(),
			"items": [
				{
					"item_code": item_code,
					"qty": qty,
					"income_account": masters.income_account,
					"cost_center": masters.cost_center,
				}
				for item_code, qty in ((masters.hour, 1.5), (masters.part, 1))
			],
		}
	)
	invoice.set_taxes()
	invoice.insert()
	assert invoice.grand_total == masters.grand_total, invoice.grand_total
	if masters.submit_invoice:
		invoice.submit()


# ---------------------------------------------------------------- lists


def _count_lists() -> dict[str, int]:
	"""Queries of one page of 20 rows as the desk's list asks for it, with its count."""
	from frappe.desk import reportview

	def page(doctype: str, fields: list[str]) -> None:
		names = [f"`tab{doctype}`.`{field}`" for field in fields]
		frappe.local.form_dict = frappe._dict(
			doctype=doctype,
			fields=json.dumps(names),
			filters="[]",
			order_by=f"`tab{doctype}`.`modified` desc",
			start=0,
			page_length=20,
			view="List",
		)
		reportview.get()
		frappe.local.form_dict = frappe._dict(doctype=doctype, fields="[]", filters="[]", distinct="false")
		reportview.get_count()

	def calls() -> None:
		meta = frappe.get_meta("Repair Call")
		shown = [field.fieldname for field in meta.fields if field.in_list_view]
		page("Repair Call", ["name", "modified", "_assign", "_comments", "status", *shown])

	def issues() -> None:
		page("Issue", ["name", "modified", "_assign", "_comments", "status", "subject", "priority"])

	return {"Repair Call": _queries(calls), "Issue": _queries(issues)}


# ---------------------------------------------------------------- 3. import


def _run_import() -> dict:
	done = subprocess.run(
		[sys.executable, str(HERE / "import_register.py")], capture_output=True, text=True, check=False
	)
	lines = done.stdout.strip().splitlines()
	if done.returncode or not lines:
		return {"not_measured": (done.stderr.strip().splitlines() or ["no output"])[-1]}
	return json.loads(lines[-1])


# ---------------------------------------------------------------- masters, cleaning


def _masters() -> frappe._dict:
	"""Customer, product, part, hour, prices, tax, technician, user, agreement; removed at the end."""
	make = _make
	names = frappe._dict(
		customer=make(
			"Customer",
			customer_name="Benchmark Customer",
			customer_type="Individual",
			customer_group="Individual",
			territory="Ireland",
		),
		hour=make(
			"Item", item_code="Benchmark Hour", item_group="Services", stock_uom="Hour", is_stock_item=0
		),
		part=make("Item", item_code="Benchmark Part", item_group="Products", stock_uom="Nos"),
		technician=make(
			"Service Technician",
			technician_name="Benchmark Technician",
			company=COMPANY,
			van_warehouse=VAN,
			skills=[{"item_group": "All Item Groups", "support_kind": "Both"}],
		),
		issue_type=make("Issue Type", __newname="Benchmark", description="Benchmark"),
		expense_account="Cost of Goods Sold - LSL",
		income_account="Service - LSL",
		cost_center="Main - LSL",
		grand_total=149.82,  # 1.5 x 60 + 42 = 132, 13.5 % = 17.82
	)
	names.equipment = make(
		"Customer Equipment",
		customer=names.customer,
		company=COMPANY,
		brand="Baxi",
		model="600 Combi",
		item_group="Products",
		serial_text="BX-600-1188",
		warranty_until=add_to_date(nowdate(), days=-30),
	)
	for item_code, rate in ((names.hour, 60), (names.part, 42)):
		make("Item Price", item_code=item_code, price_list="Standard Selling", price_list_rate=rate)
	make(
		"Sales Taxes and Charges Template",
		title="Benchmark VAT",
		company=COMPANY,
		is_default=1,
		taxes=[
			{
				"charge_type": "On Net Total",
				"account_head": "VAT - LSL",
				"rate": 13.5,
				"description": "VAT 13.5%",
			}
		],
	)
	_set_category_accounts(names)
	_stock_up(names.part)
	_agree_service_levels()
	make(
		"User",
		email=USER,
		first_name="Benchmark",
		send_welcome_email=0,
		user_type="System User",
		roles=[{"role": role} for role in ROLES],
	)
	return names


def _make(doctype: str, **values) -> str:
	return frappe.get_doc({"doctype": doctype, **values}).insert().name


def _set_category_accounts(names: frappe._dict) -> None:
	category = frappe.get_doc("Service Category", "A")
	category.set("accounts", [])
	category.append(
		"accounts",
		{
			"company": COMPANY,
			"income_account": names.income_account,
			"expense_account": names.expense_account,
			"cost_center": names.cost_center,
		},
	)
	category.save()


def _stock_up(item_code: str) -> None:
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"purpose": "Material Receipt",
			"company": COMPANY,
			"items": [{"item_code": item_code, "qty": 100000, "t_warehouse": VAN, "basic_rate": 12.5}],
		}
	)
	entry.insert()
	entry.submit()


def _agree_service_levels() -> None:
	"""An ordinary agreement for Issues: two targets, five working days, one holiday list."""
	frappe.db.set_single_value("Support Settings", "track_service_level_agreement", 1)
	priority = "Medium"
	holidays = _make(
		"Holiday List", holiday_list_name="Benchmark Holidays", from_date="2020-01-01", to_date="2099-12-31"
	)
	frappe.get_doc(
		{
			"doctype": "Service Level Agreement",
			"document_type": "Issue",
			"service_level": "Benchmark Agreement",
			"enabled": 1,
			"default_service_level_agreement": 1,
			"apply_sla_for_resolution": 1,
			"holiday_list": holidays,
			"start_date": "2020-01-01",
			"end_date": "2099-12-31",
			"sla_fulfilled_on": [{"status": "Resolved"}, {"status": "Closed"}],
			"priorities": [
				{
					"priority": priority,
					"default_priority": 1,
					"response_time": 4 * 3600,
					"resolution_time": 24 * 3600,
				}
			],
			"support_and_resolution": [
				{"workday": day, "start_time": "08:00:00", "end_time": "18:00:00"}
				for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
			],
		}
	).insert()


@contextmanager
def _swept_afterwards() -> Iterator[None]:
	"""Remove every row that was inserted meanwhile; settings and category A get their values back."""
	started = now_datetime()
	there_before = _rows_since(started)
	kept = {
		("Aftersales Settings", "submit_invoice"): None,
		("Support Settings", "track_service_level_agreement"): None,
	}
	for doctype, field in kept:
		kept[doctype, field] = frappe.db.get_single_value(doctype, field)
	try:
		yield
	finally:
		_new_request("Administrator")
		for table, names in _rows_since(started).items():
			ours = sorted(names - there_before.get(table, set()))
			for first in range(0, len(ours), 1000):
				rows = frappe.qb.Table(table)
				frappe.qb.from_(rows).delete().where(rows.name.isin(ours[first : first + 1000])).run()
		for (doctype, field), value in kept.items():
			frappe.db.set_single_value(doctype, field, value)
		frappe.db.commit()
		frappe.clear_cache()


def _rows_since(started) -> dict[str, set[str]]:
	tables = frappe.db.sql(
		"""select table_name from information_schema.columns
		where table_schema = database() and column_name = 'creation' and table_name like 'tab%%'
		order by table_name""",
		pluck=True,
	)
	found = {}
	for table in tables:
		rows = frappe.qb.Table(table)
		found[table] = set(
			frappe.qb.from_(rows).select(rows.name).where(rows.creation >= started).run(pluck=True)
		)
	return found


# ---------------------------------------------------------------- telling


def _machine() -> dict:
	import erpnext

	return {
		"date": nowdate() if getattr(frappe.local, "site", None) else time.strftime("%Y-%m-%d"),
		"cpus": os.cpu_count(),
		"python": platform.python_version(),
		"frappe": frappe.__version__,
		"erpnext": erpnext.__version__,
	}


def _print(results: dict) -> None:
	print(f"{'':28}{'ours':>12}{'bare':>12}{'ratio':>8}{'aim':>10}   queries ours / bare")
	for key, (comparison, aim) in AIMS.items():
		row = results.get(key) or {}
		if "ratio" not in row:
			print(f"{key:28}{row.get('not_measured', 'not measured'):>12}")
			continue
		met = row["ratio"] <= aim if comparison == "<=" else row["ratio"] >= aim
		unit = "ms" if "ours_ms" in row else "rows/s"
		ours = row.get("ours_ms", row.get("rows_per_second"))
		bare = row.get("bare_ms", row.get("bare_rows_per_second"))
		counted = f"{row['ours_queries']:.0f} / {row['bare_queries']:.0f}" if "ours_queries" in row else ""
		print(
			f"{key:28}{ours!s:>9} {unit:<3}{bare!s:>9} {unit:<3}{row['ratio']:>7}"
			f"{comparison:>6} {aim:<5}{'' if met else 'MISSED '}{counted}"
		)
	print("queries of a list page:", results["queries_of_lists"])


def _write(results: dict) -> None:
	out = os.environ.get("AFTERSALES_OUT")
	path = Path(out) / "benchmarks" / "results.json" if out else HERE / "results.json"
	path.parent.mkdir(parents=True, exist_ok=True)
	path.write_text(json.dumps(results, indent=1) + "\n")


def _options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("--calls", type=int, default=300, help="rounds of the first comparison")
	parser.add_argument("--visits", type=int, default=200, help="rounds of the second comparison, each")
	parser.add_argument("--skip-import", action="store_true", help="leave out the import")
	return parser.parse_args()


if __name__ == "__main__":
	sys.exit(main())
