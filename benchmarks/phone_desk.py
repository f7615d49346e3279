"""The phone desk's search, as an agent may see, beside the bare indexed SQL it rests on, in one run.

Makes 100,000 customers with a contact's number each and 200,000 products with a serial number, then types
beginnings of names, numbers and serials. One of each in turn, so that both meet the same load of the machine.

	python benchmarks/phone_desk.py [--customers N] [--products N] [--rounds N]

Called on the site AFTERSALES_SITE (default bench.localhost); removes what it made; prints a table and, as its
last line, the figures as JSON.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import frappe
from frappe.utils import now_datetime

from aftersales.installed_base import search_keys
from aftersales.installed_base.search_key_rules import asked
from aftersales.service_desk import phone_desk, phone_search

MARK = "BM"
FIRST = "Aoife Brian Ciara Dara Eoin Fiona Grainne Hugh Ita Jack Kate Liam Maeve Niall Orla Padraig Roisin".split()
LAST = (
	"Byrne Casey Doyle Egan Flynn Gorman Hayes Kelly Lynch Moran Nolan Quirke Ryan Tobin Ward Walsh".split()
)
TRADES = "Bakery Dental Hotel Laundry Motors Pharmacy Print School Studio Timber Veterinary Works".split()
CHUNK = 10_000
AGENT = "bm.agent@example.com"


def main() -> int:
	options = _options()
	bench = os.environ.get("AFTERSALES_BENCH")
	if bench:
		# Frappe opens its log files by paths relative to the sites folder.
		os.chdir(Path(bench) / "sites")
	frappe.init(site=os.environ.get("AFTERSALES_SITE", "bench.localhost"), sites_path=".")
	frappe.connect()
	figures: dict = {"customers": options.customers, "products": options.products}
	try:
		remove_what_was_made()
		make(options.customers, options.products)
		frappe.set_user(AGENT)
		figures["keys"] = frappe.db.count("Service Search Key")
		figures |= measure(options.rounds, options.customers, options.products)
	finally:
		remove_what_was_made()
		frappe.destroy()
	for name, value in figures.items():
		print(f"{name:48} {value}")
	print(json.dumps(figures))
	return 0


# ---------------------------------------------------------------- the data


def make(customers: int, products: int) -> None:
	"""Rows as the forms would write them, past the forms; the keys by the app's own code."""
	agent = frappe.get_doc(
		{
			"doctype": "User",
			"email": AGENT,
			"first_name": MARK,
			"send_welcome_email": 0,
			"roles": [{"role": "Service Agent"}],
		}
	)
	agent.flags.no_welcome_mail = True
	agent.insert()
	now, user = now_datetime(), "Administrator"
	stamp = (now, now, user, user)
	stamped = ["name", "creation", "modified", "owner", "modified_by"]
	_insert(
		"Customer",
		[*stamped, "customer_name", "customer_type", "customer_group", "territory", "mobile_no"],
		(
			(_customer(n), *stamp, _name(n), "Company", "Commercial", "Ireland", _phone(n))
			for n in range(customers)
		),
	)
	_insert(
		"Contact",
		[*stamped, "first_name", "mobile_no"],
		((f"{MARK}-CON-{n:06}", *stamp, FIRST[n % len(FIRST)], _phone(n)) for n in range(customers)),
	)
	_insert(
		"Customer Equipment",
		[*stamped, "customer", "company", "brand", "title", "serial_text", "status"],
		(
			(
				f"{MARK}-EQ-{n:06}",
				*stamp,
				_customer(n % customers),
				"",
				"Baxi",
				f"Baxi 600 ({_serial(n)})",
				_serial(n),
				"In Use",
			)
			for n in range(products)
		),
	)
	search_keys._insert(
		key
		for n in range(customers)
		for key in sorted(
			search_keys._customer_keys(_customer(n), _name(n), None)
			| search_keys._contact_keys(
				f"{MARK}-CON-{n:06}", _customer(n), FIRST[n % len(FIRST)], {_phone(n)}
			),
			key=str,
		)
	)
	search_keys._insert(
		key
		for n in range(products)
		for key in search_keys._equipment_keys(f"{MARK}-EQ-{n:06}", _customer(n % customers), (_serial(n),))
	)
	frappe.db.commit()
	for table in ("Customer", "Contact", "Customer Equipment", "Service Search Key"):
		frappe.db.sql_ddl(f"ANALYZE TABLE `tab{table}`")


def remove_what_was_made() -> None:
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.delete_doc("User", AGENT, ignore_missing=True, force=True)
	keys = frappe.qb.DocType("Service Search Key")
	frappe.qb.from_(keys).delete().where(keys.customer.like(f"{MARK}-CUS-%")).run()
	for doctype in ("Customer", "Contact", "Customer Equipment"):
		table = frappe.qb.DocType(doctype)
		frappe.qb.from_(table).delete().where(table.name.like(f"{MARK}-%")).run()
	frappe.db.commit()


def _insert(doctype: str, columns: list[str], rows: Iterator[tuple]) -> None:
	frappe.db.bulk_insert(doctype, columns, rows, chunk_size=CHUNK)


def _customer(n: int) -> str:
	return f"{MARK}-CUS-{n:06}"


def _name(n: int) -> str:
	picked = random.Random(n)
	return f"{picked.choice(LAST)} {picked.choice(TRADES)} {n}"


def _phone(n: int) -> str:
	return f"+353 {random.Random(n).randint(10, 99)} {n // 1000:03} {n % 1000:04}"


def _serial(n: int) -> str:
	return f"VK{n % 97:02}-{n:06}"


# ---------------------------------------------------------------- the measurement


def measure(rounds: int, customers: int, products: int) -> dict:
	"""Median seconds of a search and of its statement alone, for what agents type."""
	typed = {
		"phone, five digits": lambda n: "0" + _phone(n)[5:].replace(" ", "")[:5],
		"phone, whole": lambda n: _phone(n),
		"serial, whole": lambda n: _serial(n % products),
		"serial, its number": lambda n: f"{n % products:06}",
		"name, three letters": lambda n: _name(n)[:3],
		"name and trade": lambda n: " ".join(_name(n).split()[:2]),
		"name and number": lambda n: f"{_name(n).split()[0]} {n}",
	}
	figures = {}
	ratios = []
	for what, text in typed.items():
		picked = random.Random(what)
		texts = [text(picked.randrange(customers)) for _round in range(rounds)]
		ours, bare = _in_turn(texts, phone_desk.search, _bare)
		figures[f"{what}: search ms"] = round(ours * 1000, 2)
		figures[f"{what}: bare SQL ms"] = round(bare * 1000, 2)
		figures[f"{what}: ratio"] = round(ours / bare, 2)
		ratios.append(ours / bare)
	figures["search_over_bare_sql_median"] = round(statistics.median(ratios), 2)
	figures["search_over_bare_sql_worst"] = round(max(ratios), 2)
	return figures


def _bare(text: str) -> Callable[[], tuple]:
	"""The same statement by frappe.db.sql, written already."""
	query, values = phone_search.search_query(asked(text)).walk()
	return lambda: frappe.db.sql(query, values)


def _in_turn(texts: list[str], ours: Callable, bare: Callable) -> tuple[float, float]:
	times: tuple[list[float], list[float]] = ([], [])
	for text in texts:
		run = bare(text)
		run()  # both read from a warm cache
		for place, call in enumerate((lambda text=text: ours(text), run)):
			began = time.perf_counter()
			call()
			times[place].append(time.perf_counter() - began)
	return statistics.median(times[0]), statistics.median(times[1])


def _options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--customers", type=int, default=100_000)
	parser.add_argument("--products", type=int, default=200_000)
	parser.add_argument("--rounds", type=int, default=200)
	return parser.parse_args()


if __name__ == "__main__":
	sys.exit(main())
