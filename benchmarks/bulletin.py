"""A bulletin to many owners, killed on the way: everybody is told exactly once.

	python benchmarks/bulletin.py [--owners N] [--kills N]

A process of its own sends; it is killed (SIGKILL) at even distances and started again, as the scheduler does. What
it made is removed. Prints a table and, as its last line, the figures as JSON.

Called on the site AFTERSALES_SITE (default bench.localhost).
"""

import argparse
import json
import os
import signal
import sys
import time
from multiprocessing import get_context

import frappe
from frappe.utils import nowdate
from measuring import insert, on_site

MARK = "BM-BU-"
MODEL = "Benchmark Bulletin"
FORK = get_context("fork")


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--owners", type=int, default=5_000)
	parser.add_argument("--kills", type=int, default=2)
	options = parser.parse_args()
	with on_site():
		remove()
		try:
			campaign = fill(options.owners)
			figures = measure(campaign, options)
		finally:
			remove()
	for name, value in figures.items():
		print(f"{name:40} {value}")
	print(json.dumps(figures))
	return 0 if figures["told_once"] == options.owners else 1


def fill(count: int) -> str:
	company = frappe.get_all("Company", pluck="name", order_by="creation asc", limit=1)[0]
	names = [f"{MARK}{number:06}" for number in range(count)]
	insert("Customer", names, lambda n: {"customer_name": names[n], "email_id": f"owner{n}@bulletin.invalid"})
	insert(
		"Customer Equipment",
		names,
		lambda n: {
			"customer": names[n],
			"company": company,
			"title": f"Boiler {n}",
			"model": MODEL,
			"status": "In Use",
			"purchase_date": nowdate(),
		},
	)
	account = frappe.new_doc("Email Account")
	account.update(
		{
			"email_account_name": f"{MARK}Account",
			"email_id": "service@bulletin.invalid",
			"enable_outgoing": 1,
			"default_outgoing": not frappe.db.exists("Email Account", {"default_outgoing": 1}),
			"smtp_server": "mail.invalid",
			"no_smtp_authentication": 1,
		}
	)
	account.set_new_name()
	account.db_insert()
	campaign = frappe.get_doc(
		{
			"doctype": "Service Campaign",
			"title": f"{MARK}Bulletin",
			"kind": "Bulletin",
			"company": company,
			"model": MODEL,
			"sends_message": 1,
			"subject": "About your boiler",
			"message": "<p>Please read this.</p>",
		}
	).insert()
	campaign.db_set("status", "Running")
	frappe.db.commit()
	return campaign.name


def measure(campaign: str, options) -> dict:
	started, killed = time.perf_counter(), 0
	while True:
		process = FORK.Process(target=send, args=(frappe.local.site, campaign))
		process.start()
		while process.is_alive():
			frappe.db.rollback()
			if killed < options.kills and told(campaign) >= options.owners * (killed + 1) / (
				options.kills + 1
			):
				os.kill(process.pid, signal.SIGKILL)
				killed += 1
				break
			time.sleep(0.2)
		process.join()
		frappe.db.rollback()
		if process.exitcode == 0:
			break
	taken = time.perf_counter() - started
	mails = frappe.get_all(
		"Email Queue",
		{"reference_doctype": "Campaign Recipient"},
		pluck="reference_name",
		order_by="name asc",
	)
	return {
		"owners": options.owners,
		"killed": killed,
		"told_once": len(set(mails)) if len(mails) == len(set(mails)) else -len(mails),
		"noted_as_sent": told(campaign),
		"seconds": round(taken, 1),
		"ms_each": round(taken / options.owners * 1e3, 1),
	}


def send(site: str, campaign: str) -> None:
	from aftersales.product_knowledge import campaigns

	frappe.init(site=site, sites_path=".", force=True)
	frappe.connect()
	campaigns.work(campaign)
	frappe.destroy()
	os._exit(0)


def told(campaign: str) -> int:
	return frappe.db.count("Campaign Recipient", {"campaign": campaign, "status": "Sent"})


def remove() -> None:
	rows = frappe.get_all("Campaign Recipient", {"customer": ("like", f"{MARK}%")}, pluck="email_queue")
	queued = [name for name in rows if name]
	for start in range(0, len(queued), 1000):
		names = queued[start : start + 1000]
		frappe.db.delete("Email Queue Recipient", {"parent": ("in", names)})
		frappe.db.delete("Email Queue", {"name": ("in", names)})
	frappe.db.delete("Campaign Recipient", {"customer": ("like", f"{MARK}%")})
	frappe.db.delete("Campaign Product", {"customer": ("like", f"{MARK}%")})
	frappe.db.delete("Service Campaign", {"title": ("like", f"{MARK}%")})
	frappe.db.delete("Email Account", {"email_account_name": f"{MARK}Account"})
	for doctype in ("Customer Equipment", "Customer"):
		frappe.db.delete(doctype, {"name": ("like", f"{MARK}%")})
	frappe.db.commit()


if __name__ == "__main__":
	sys.exit(main())
