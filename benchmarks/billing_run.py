"""Billing runs: how fast beside bare invoices, and whether any job is billed twice when runs collide or die.

1. `ratio`: billing runs over finished jobs, one invoice each, beside the same number of bare Sales Invoices with
   the same rows (inserted and committed one by one by code). Both sides take turns in blocks of 100, each first
   as often as second; totals are compared. Also the same jobs on one invoice per customer, beside bare invoices
   with as many rows.
2. `storm`: so many billing runs at the same moment over the same jobs, half of them billed alone, half on one
   invoice per customer, in processes of their own; processes are killed by SIGKILL at random moments and others
   started in their place. Then one more run finishes. Every job must be on exactly one invoice that it names.

	python3 tools/dev.py run -- python benchmarks/billing_run.py ratio --jobs 1000
	python3 tools/dev.py run -- python benchmarks/billing_run.py storm --jobs 500 --runs 50 --kills 100

Called on the site AFTERSALES_SITE (default bench.localhost). What is made is removed. Exit code 1 when a job was
billed twice, half, or not at all.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import frappe
from frappe.utils import add_to_date, now_datetime, nowdate

sys.path.insert(0, str(Path(__file__).resolve().parent))
import run as bench

BLOCK = 100
CUSTOMERS = 10
INCOME, COST_CENTER = "Service - LSL", "Main - LSL"


def main() -> int:
	options = _options()
	if folder := os.environ.get("AFTERSALES_BENCH"):
		# Frappe opens its log files by paths relative to the sites folder.
		os.chdir(Path(folder) / "sites")
	bench._new_request("Administrator")
	try:
		with bench._swept_afterwards():
			if options.what == "ratio":
				figures, sound = ratio(options.jobs)
			else:
				figures, sound = storm(options.jobs, options.runs, options.kills, options.seed)
	finally:
		frappe.destroy()
	print(json.dumps(figures, indent=1))
	return 0 if sound else 1


# ---------------------------------------------------------------- 1. beside bare invoices


def ratio(count: int) -> tuple[dict, bool]:
	masters = _masters()
	alone = _jobs(masters, count, "One Invoice per Job")
	ours = bare = 0.0
	for first in range(0, count, BLOCK):
		block = alone[first : first + BLOCK]
		sides = [lambda block=block: _bill(block), lambda block=block: _bare(masters, [1] * len(block))]
		took = {}
		for side in (0, 1) if (first // BLOCK) % 2 else (1, 0):
			started = time.perf_counter()
			sides[side]()
			took[side] = time.perf_counter() - started
		ours, bare = ours + took[0], bare + took[1]
	sound = _judge(alone)["billed_once"] == count

	together = _jobs(masters, count, "One Invoice per Customer")
	started = time.perf_counter()
	_bill(together)
	ours_together = time.perf_counter() - started
	sizes = Counter(
		frappe.get_all("Service Voucher", {"name": ("in", together)}, pluck="sales_invoice")
	).values()
	started = time.perf_counter()
	_bare(masters, sizes)
	bare_together = time.perf_counter() - started
	sound = sound and _judge(together)["billed_once"] == count
	return {
		"jobs": count,
		"one_invoice_per_job": _ratio(ours, bare),
		"one_invoice_per_customer": {"invoices": len(sizes), **_ratio(ours_together, bare_together)},
		"sound": sound,
	}, sound


def _ratio(ours: float, bare: float) -> dict:
	return {"ours_s": round(ours, 2), "bare_s": round(bare, 2), "ratio": round(ours / bare, 3)}


def _bill(jobs: list[str]) -> None:
	from aftersales.service_billing.billing_worker import run

	run(_queued_run(jobs), 1)


def _queued_run(jobs: list[str]) -> str:
	"""A Billing Run as `start` leaves it for the worker."""
	doc = frappe.get_doc({"doctype": "Billing Run", "until": nowdate()})
	doc.selection = json.dumps([["Service Voucher", name] for name in jobs])
	doc.flags.selected = True
	doc.insert()
	doc.db_set({"status": "Queued", "attempt": 1})
	frappe.db.commit()
	return doc.name


def _bare(masters: frappe._dict, sizes) -> None:
	"""What a developer would write to invoice so many jobs, of each size (jobs) one invoice."""
	for number, size in enumerate(sizes):
		invoice = frappe.new_doc("Sales Invoice")
		invoice.update(
			{
				"customer": masters.customers[number % CUSTOMERS],
				"company": bench.COMPANY,
				"posting_date": nowdate(),
				"items": [
					{"item_code": item, "qty": qty, "income_account": INCOME, "cost_center": COST_CENTER}
					for _job in range(size)
					for item, qty in ((masters.hour, 1.5), (masters.trip, 1))
				],
			}
		)
		invoice.set_taxes()
		invoice.insert()
		frappe.db.commit()


# ---------------------------------------------------------------- 2. at once, and killed


def storm(count: int, runs: int, kills: int, seed: int) -> tuple[dict, bool]:
	masters = _masters()
	half = count // 2
	jobs = _jobs(masters, half, "One Invoice per Job")
	jobs += _jobs(masters, count - half, "One Invoice per Customer")
	invoices_before = frappe.db.count("Sales Invoice")
	frappe.db.commit()
	dice = random.Random(seed)
	started = time.perf_counter()
	working = [_start(jobs) for _number in range(runs)]
	killed = at_work = 0
	while killed < kills:
		time.sleep(dice.uniform(0.05, 0.6))
		alive = [child for child in working if child.is_alive()] or [_start(jobs)]
		victim = dice.choice(alive)
		open_jobs = _open(jobs)
		os.kill(victim.pid, signal.SIGKILL)
		victim.join()
		killed += 1
		at_work += bool(open_jobs)
		working = [child for child in working if child.is_alive()] + [_start(jobs)]
	for child in working:
		child.join(600)
	left = _open(jobs)
	frappe.db.rollback()
	bench._new_request("Administrator")
	_bill(jobs)
	judged = _judge(jobs)
	invoices = frappe.db.count("Sales Invoice") - invoices_before
	sound = judged["billed_once"] == count and judged["rows_too_many"] == 0
	return {
		"jobs": count,
		"runs_at_once": runs,
		"kills": killed,
		"kills_while_jobs_were_open": at_work,
		"open_when_the_storm_was_over": left,
		"invoices": invoices,
		**judged,
		"seconds": round(time.perf_counter() - started, 1),
		"sound": sound,
	}, sound


def _start(jobs: list[str]) -> multiprocessing.Process:
	"""A billing run in a process with a database connection of its own."""

	def work() -> None:
		inherited = frappe.local.db  # closing it would end the parent's connection
		frappe.init(site=bench.SITE, sites_path=".", force=True)
		frappe.connect()
		frappe.set_user("Administrator")
		try:
			_bill(jobs)
		finally:
			del inherited
			os._exit(0)

	child = multiprocessing.get_context("fork").Process(target=work)
	child.start()
	return child


def _open(jobs: list[str]) -> int:
	frappe.db.rollback()  # look at what is committed now
	return frappe.db.count("Service Voucher", {"name": ("in", jobs), "sales_invoice": ("is", "not set")})


def _judge(jobs: list[str]) -> dict:
	"""How many of `jobs` are billed exactly once: one key, on the invoice that the job names, with all its rows."""
	frappe.db.rollback()
	rows = frappe.get_all(
		"Sales Invoice Item",
		{"aftersales_voucher": ("in", jobs)},
		["parent", "aftersales_voucher", "aftersales_posting_key"],
	)
	named = dict(
		frappe.get_all("Service Voucher", {"name": ("in", jobs)}, ["name", "sales_invoice"], as_list=True)
	)
	keys = Counter(row.aftersales_voucher for row in rows if row.aftersales_posting_key)
	per_job: dict[str, Counter] = {}
	for row in rows:
		per_job.setdefault(row.aftersales_voucher, Counter())[row.parent] += 1
	once = sum(
		keys[job] == 1 and per_job.get(job) == Counter({named[job]: 2}) for job in jobs if named.get(job)
	)
	return {
		"billed_once": once,
		"not_billed": sum(not named.get(job) for job in jobs),
		"rows_too_many": max(0, len(rows) - 2 * len(jobs)),
	}


# ---------------------------------------------------------------- masters and jobs


def _masters() -> frappe._dict:
	names = frappe._dict(
		hour=bench._make(
			"Item", item_code="Billing Hour", item_group="Services", stock_uom="Hour", is_stock_item=0
		),
		trip=bench._make(
			"Item", item_code="Billing Trip", item_group="Services", stock_uom="Nos", is_stock_item=0
		),
		technician=bench._make(
			"Service Technician",
			technician_name="Billing Technician",
			company=bench.COMPANY,
			skills=[{"item_group": "All Item Groups", "support_kind": "Both"}],
		),
		category=bench._make(
			"Service Category",
			category="Billing",
			title="Billing",
			charge_rule="Customer",
			accounts=[{"company": bench.COMPANY, "income_account": INCOME, "cost_center": COST_CENTER}],
		),
	)
	for item, rate in ((names.hour, 60), (names.trip, 35)):
		bench._make("Item Price", item_code=item, price_list="Standard Selling", price_list_rate=rate)
	names.customers = _customers("", "On Completion")
	bench._make(
		"Sales Taxes and Charges Template",
		title="Billing VAT",
		company=bench.COMPANY,
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
	frappe.db.commit()
	return names


def _customers(title: str, invoicing: str) -> list[str]:
	return [
		bench._make(
			"Customer",
			customer_name=f"Billing Customer {title}{number}",
			customer_type="Company",
			customer_group="Commercial",
			territory="All Territories",
			aftersales_invoicing=invoicing,
		)
		for number in range(CUSTOMERS)
	]


def _jobs(masters: frappe._dict, count: int, invoicing: str) -> list[str]:
	"""Finished visits of one and a half hours and a trip each, of ten customers with these terms in turn."""
	customers = _customers(f"{invoicing} ", invoicing)
	names = []
	for number in range(count):
		call = frappe.get_doc(
			{
				"doctype": "Repair Call",
				"subject": "No hot water",
				"customer": customers[number % CUSTOMERS],
				"company": bench.COMPANY,
				"channel": "Phone",
				"request_type": "Repair",
				"service_category": masters.category,
				"category_reason": "Benchmark",
			}
		).insert()
		arrived = add_to_date(now_datetime(), hours=-2)
		voucher = frappe.get_doc(
			{
				"doctype": "Service Voucher",
				"repair_call": call.name,
				"company": bench.COMPANY,
				"technician": masters.technician,
				"arrived_at": arrived,
				"departed_at": add_to_date(arrived, minutes=90),
				"outcome": "Completed",
				"findings": "Valve replaced",
				"test_result": "Passed",
				"unsigned_reason": "Customer was out",
				"labour": [
					{"activity": "Repair", "hours": 1.5, "item_code": masters.hour},
					{"activity": "Travel", "hours": 1, "item_code": masters.trip},
				],
			}
		).insert()
		voucher.submit()
		names.append(voucher.name)
		frappe.db.commit()
	return names


def _options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("what", choices=("ratio", "storm"))
	parser.add_argument("--jobs", type=int, default=200)
	parser.add_argument("--runs", type=int, default=10, help="billing runs at the same moment")
	parser.add_argument("--kills", type=int, default=20)
	parser.add_argument("--seed", type=int, default=20261124)
	return parser.parse_args()


if __name__ == "__main__":
	sys.exit(main())
