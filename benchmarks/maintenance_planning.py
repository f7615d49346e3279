"""Nightly planning of maintenance over many products, beside the bare SQL and inserts of the same rows.

	python benchmarks/maintenance_planning.py [--products N] [--calls N] [--rounds N]

1. Planning the first service of every product, beside the bare query and bulk inserts of as many rows.
2. Planning again with nothing due, beside the bare query that finds that nothing is missing.
3. Making the calls that are due, beside inserting as many bare Repair Calls.

Called on the site AFTERSALES_SITE (default bench.localhost); one of each in turn; removes what it made; prints a
table and, as its last line, the figures as JSON.
"""

import argparse
import json
import sys
from datetime import timedelta

import frappe
from frappe.utils import add_days, getdate, now_datetime, nowdate
from measuring import in_turn, insert, on_site, seconds

MARK = "BM-MP-"
MODEL = "Benchmark Boiler"
KIND = "Inspection and Preventive Maintenance"
AIMS = {"plan_over_bare": 1.5, "nothing_due_over_bare": 2.0, "whole_night_over_bare": 2.0}

MISSING = """
	select e.name, e.title, e.customer, e.customer_group, e.territory, e.address, e.company, e.installed_on
	from `tabCustomer Equipment` e
	left join `tabPlanned Service` s on s.plan = %s and s.equipment = e.name and s.status = 'Planned'
	where e.status = 'In Use' and e.company = %s and e.model = %s and s.name is null
	order by e.name"""


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--products", type=int, default=100_000)
	parser.add_argument("--calls", type=int, default=100)
	parser.add_argument("--rounds", type=int, default=3)
	options = parser.parse_args()
	with on_site():
		remove()
		try:
			plan = fill(options.products)
			figures = measure(plan, options)
		finally:
			remove()
	for name, value in figures.items():
		aim = f"  (aim <= {AIMS[name]})" if name in AIMS else ""
		print(f"{name:40} {value}{aim}")
	print(json.dumps(figures))
	return 0


def fill(count: int):
	"""Products in plain inserts, and a plan for all of them."""
	company = frappe.get_all("Company", pluck="name", order_by="creation asc", limit=1)[0]
	customer = frappe.get_doc(
		{
			"doctype": "Customer",
			"customer_name": f"{MARK}Customer",
			"customer_type": "Individual",
			"customer_group": frappe.get_all(
				"Customer Group", {"is_group": 0}, pluck="name", order_by="name"
			)[0],
			"territory": frappe.get_all("Territory", {"is_group": 0}, pluck="name", order_by="name")[0],
		}
	).insert()
	today = getdate()
	names = [f"{MARK}{number:07}" for number in range(count)]
	insert(
		"Customer Equipment",
		names,
		lambda n: {
			"customer": customer.name,
			"company": company,
			"title": f"Boiler {n}",
			"model": MODEL,
			"brand": "Benchmark",
			"status": "In Use",
			"installed_on": today - timedelta(days=n % 340 + 1),
		},
	)
	plan = frappe.get_doc(
		{
			"doctype": "Maintenance Plan",
			"plan_name": f"{MARK}Plan",
			"company": company,
			"applies_to": "Model",
			"brand": "Benchmark",
			"model": MODEL,
			"every_months": 12,
			"starts_on": nowdate(),
			"days_ahead": 30,
			"group_days": 0,
			"request_type": KIND,
			"tasks": [{"task": "Clean", "hours": 1}],
		}
	).insert()
	frappe.db.commit()
	return plan


def measure(plan, options) -> dict:
	from aftersales.planned_service import calling, planning

	today = getdate()

	def ours():
		empty()
		return seconds(lambda: (planning.plan_services(plan, today), frappe.db.commit()))

	def theirs():
		empty()
		return seconds(lambda: bare(plan))

	pairs = [
		(ours(), theirs()) if n % 2 else tuple(reversed((theirs(), ours()))) for n in range(options.rounds)
	]
	planned, inserted = (sorted(side)[len(pairs) // 2] for side in zip(*pairs, strict=True))
	empty()
	planning.plan_services(plan, today)
	frappe.db.commit()
	again, query = in_turn(
		lambda: planning.plan_services(plan, today),
		lambda: frappe.db.sql(MISSING, (plan.name, plan.company, MODEL)),
		options.rounds,
		warm_up=1,
	)
	night, query_of_night = in_turn(
		planning.plan_all,
		lambda: frappe.db.sql(MISSING, (plan.name, plan.company, MODEL)),
		options.rounds,
		warm_up=1,
	)
	due = frappe.get_all(
		"Planned Service", {"plan": plan.name}, pluck="name", order_by="name", limit=options.calls
	)
	frappe.db.set_value("Planned Service", {"plan": plan.name}, "call_on", add_days(today, 5))
	frappe.db.set_value("Planned Service", {"name": ("in", due)}, "call_on", today)
	frappe.db.commit()
	called = seconds(lambda: calling.call_due(today, frappe.db.commit))
	made = frappe.db.count("Repair Call", {"request_type": KIND, "entry_key": ("like", "planned-service-%")})
	assert made == len(due), (made, len(due))
	bare_calls = seconds(lambda: insert_calls(plan, due))
	return {
		"products": options.products,
		"plan_s": round(planned, 2),
		"bare_sql_and_inserts_s": round(inserted, 2),
		"plan_over_bare": round(planned / inserted, 2),
		"nothing_due_s": round(again, 3),
		"bare_query_s": round(query, 3),
		"nothing_due_over_bare": round(again / query, 2),
		"whole_night_nothing_due_s": round(night, 3),
		"whole_night_over_bare": round(night / query_of_night, 2),
		"calls": made,
		"call_ms": round(called / made * 1e3, 1),
		"bare_call_insert_ms": round(bare_calls / made * 1e3, 1),
		"calls_over_bare_inserts": round(called / bare_calls, 2),
	}


def bare(plan) -> None:
	"""The same rows by the plainest means: one query, a day added, bulk inserts."""
	rows = frappe.db.sql(MISSING, (plan.name, plan.company, MODEL), as_dict=True)
	now = now_datetime()
	frappe.db.bulk_insert(
		"Planned Service",
		(
			*("name", "creation", "modified", "owner", "modified_by", "plan", "equipment", "product_title"),
			*("customer", "customer_group", "territory", "address", "company", "status", "number", "due_on"),
			*("base_due_on", "call_on", "due_total", "passed_over", "hours", "plan_key"),
		),
		[
			(
				*(frappe.generate_hash(length=10), now, now, "Administrator", "Administrator", plan.name),
				*(row.name, row.title, row.customer, row.customer_group, row.territory, row.address),
				*(row.company, "Planned", 1, row.installed_on + timedelta(days=365)),
				*(row.installed_on + timedelta(days=365), row.installed_on + timedelta(days=335), 0, 0, 1),
				f"{plan.name}|{row.name}|1",
			)
			for row in rows
		],
		chunk_size=5000,
	)
	frappe.db.commit()


def insert_calls(plan, services: list[str]) -> None:
	for name in services:
		equipment = frappe.db.get_value("Planned Service", name, "equipment")
		call = frappe.get_doc(
			{
				"doctype": "Repair Call",
				"equipment": equipment,
				"company": plan.company,
				"request_type": KIND,
				"subject": "Bare",
				"channel": "Other",
				"status": "Triaged",
				"next_action": "Agree a day",
				"next_action_by": now_datetime(),
			}
		)
		call.insert()
		frappe.db.commit()


def empty() -> None:
	frappe.db.delete("Planned Service", {"plan": f"{MARK}Plan"})
	frappe.db.commit()


def remove() -> None:
	calls = frappe.get_all("Repair Call", {"customer": f"{MARK}Customer"}, pluck="name")
	for doctype in ("Service Clock", "Comment", "ToDo", "Version"):
		field = {"Comment": "reference_name", "ToDo": "reference_name", "Version": "docname"}.get(
			doctype, "reference_name"
		)
		if calls:
			frappe.db.delete(doctype, {field: ("in", calls)})
	frappe.db.delete("Repair Call", {"customer": f"{MARK}Customer"})
	empty()
	frappe.db.delete("Maintenance Task", {"parent": f"{MARK}Plan"})
	frappe.db.delete("Maintenance Plan", {"name": f"{MARK}Plan"})
	frappe.db.delete("Customer Equipment", {"name": ("like", f"{MARK}%")})
	if frappe.db.exists("Customer", f"{MARK}Customer"):
		frappe.delete_doc("Customer", f"{MARK}Customer", force=True)
	frappe.db.commit()


if __name__ == "__main__":
	sys.exit(main())
