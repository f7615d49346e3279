"""The in/out register of customers' goods over many receipts, beside the bare SQL of the same rows.

	python benchmarks/custody_register.py [--receipts N] [--rounds N]

Called on the site AFTERSALES_SITE (default bench.localhost); one of each in turn, so that both meet the same
load; removes what it made; prints a table and, as its last line, the figures as JSON.
"""

import argparse
import json
import os
import sys
from datetime import timedelta
from pathlib import Path

import frappe
from frappe.utils import now_datetime
from measuring import in_turn

MARK = "BM-CR-"
BATCH = 5000
CUSTOMERS = 500
LOCATIONS = 60

BARE = """
	select r.name, r.received_at, r.customer, r.equipment, e.title as product, e.serial_text as serial,
		r.location, r.status, c.name as card, c.status as card_status, c.promised_return, r.returned_at,
		r.return_signed_by
	from `tabCollection Receipt` r
	left join `tabCustomer Equipment` e on e.name = r.equipment
	left join `tabRepair Card` c
		on c.collection_receipt = r.name and c.docstatus < 2 and c.status != 'Cancelled'
	where r.docstatus = 1
	order by r.received_at, r.name"""


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--receipts", type=int, default=100_000)
	parser.add_argument("--rounds", type=int, default=5)
	options = parser.parse_args()
	if bench := os.environ.get("AFTERSALES_BENCH"):
		os.chdir(Path(bench) / "sites")  # Frappe opens its log files by paths relative to it
	frappe.init(site=os.environ.get("AFTERSALES_SITE", "bench.localhost"), sites_path=".")
	frappe.connect()
	try:
		remove()
		fill(options.receipts)
		figures = measure(options.rounds)
	finally:
		remove()
		frappe.destroy()
	for name, value in figures.items():
		print(f"{name:40} {value}")
	print(json.dumps(figures))
	return 0


def fill(count: int) -> None:
	"""Receipts with product and card, three in four given back, in plain inserts."""
	now = now_datetime()
	company = frappe.get_all("Company", pluck="name", order_by="creation asc", limit=1)[0]
	stamps = (now, now, "Administrator", "Administrator")
	for start in range(0, count, BATCH):
		numbers = range(start, min(start + BATCH, count))
		frappe.db.bulk_insert(
			"Customer Equipment",
			[
				"name",
				"creation",
				"modified",
				"owner",
				"modified_by",
				"customer",
				"company",
				"title",
				"serial_text",
			],
			[
				(f"{MARK}{n}", *stamps, f"{MARK}{n % CUSTOMERS}", company, f"Heater {n}", f"S-{n}")
				for n in numbers
			],
		)
		frappe.db.bulk_insert(
			"Collection Receipt",
			[
				*("name", "creation", "modified", "owner", "modified_by", "docstatus", "status", "company"),
				*("customer", "equipment", "received_at", "returned_at", "location", "return_signed_by"),
			],
			[_receipt(n, stamps, company, now) for n in numbers],
		)
		frappe.db.bulk_insert(
			"Repair Card",
			[
				*("name", "creation", "modified", "owner", "modified_by", "docstatus", "status", "company"),
				*("customer", "equipment", "received_at", "collection_receipt", "promised_return"),
			],
			[
				(
					*(f"{MARK}{n}", *stamps, 0, "In Repair", company, f"{MARK}{n % CUSTOMERS}", f"{MARK}{n}"),
					*(now, f"{MARK}{n}", now + timedelta(days=n % 9 - 4)),
				)
				for n in numbers
			],
		)
	frappe.db.commit()


def _receipt(n: int, stamps: tuple, company: str, now) -> tuple:
	here = n % 4 == 0
	received = now - timedelta(days=n % 700 + 1, minutes=n % 480)
	return (
		*(f"{MARK}{n}", *stamps, 1, "Issued" if here else "Voided", company),
		*(f"{MARK}{n % CUSTOMERS}", f"{MARK}{n}", received),
		*(
			None if here else received + timedelta(hours=9),
			f"Shelf {n % LOCATIONS}",
			None if here else "A. B.",
		),
	)


def measure(rounds: int) -> dict:
	from aftersales.repair_workshop.report.custody_register import custody_register

	def report(**filters):
		return custody_register.execute(filters)[1]

	def bare():
		return frappe.db.sql(BARE, as_dict=True)

	rows = len(report())
	assert rows == len(bare()), "the report and the SQL beside it are not about the same rows"
	ours, theirs = in_turn(report, bare, rounds)
	grouped, again = in_turn(lambda: report(group_by="Location"), bare, rounds)
	here, _bare = in_turn(lambda: report(in_our_hands=1, location="Shelf 8"), int, rounds)
	return {
		"receipts": rows,
		"register_s": round(ours, 3),
		"bare_sql_s": round(theirs, 3),
		"register_over_bare_sql": round(ours / theirs, 2),
		"grouped_over_bare_sql": round(grouped / again, 2),
		"one_shelf_ms": round(here * 1e3, 1),
	}


def remove() -> None:
	for doctype in ("Repair Card", "Collection Receipt", "Customer Equipment"):
		frappe.db.delete(doctype, {"name": ("like", f"{MARK}%")})
	frappe.db.commit()


if __name__ == "__main__":
	sys.exit(main())
