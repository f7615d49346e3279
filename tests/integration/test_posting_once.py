"""A part is issued once and a job is billed once, whatever is clicked twice or killed half-way (R-AC-2).

Real commits, real processes: twenty requests at the same moment, and twenty deaths by SIGKILL, each at
another query of the posting. What the tests make is removed afterwards.
"""

import multiprocessing
import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import frappe
import psutil
import pytest
import requests

from aftersales.service_posting.posting import PURPOSES, PURPOSES_OF_POSTING
from tests import factories as make
from tests import sessions
from tests.committed import swept_afterwards
from tests.jobs import books, documents_of, gl, stock_ledger
from tests.processes import wait_for
from tests.races import keep_open

pytestmark = pytest.mark.commits

STORE = "Stores - LSL"
REQUESTS = 20
KILLS = 20
SEED = 20260


@pytest.fixture
def shop():
	"""Masters that touch no record of the site: own item, prices, customer, category, technician."""
	with swept_afterwards():
		names = frappe._dict(
			seal=make.item("Once Seal"),
			hour=make.service_item("Once Hour"),
			customer=make.customer("Once Only Ltd"),
			technician=make.technician("Once Technician", STORE),
			category=make.category(
				"Once",
				charge_rule="Warranty",
				accounts=[
					{
						"company": make.COMPANY,
						"expense_account": "Miscellaneous Expenses - LSL",
						"labour_expense_account": "Salary - LSL",
						"labour_recovery_account": "Administrative Expenses - LSL",
					}
				],
			),
		)
		make.price(names.seal, 42)
		make.price(names.hour, 60)
		make.receive(names.seal, 100, 12.5, STORE)
		frappe.db.commit()
		yield names


def draft(shop) -> str:
	"""A committed draft that posts everything there is: parts, hours at cost and an invoice."""
	call = make.call(shop.customer, service_category=shop.category)
	customer_pays = {"charge_to": "Customer", "charge_reason": "Misuse"}
	voucher = make.voucher(
		call,
		shop.technician,
		service_category=shop.category,
		labour=[
			make.hours(1, item_code=shop.hour),
			make.hours(1, item_code=shop.hour, **customer_pays),
		],
		parts=[make.part(shop.seal), make.part(shop.seal, 2, **customer_pays)],
	)
	frappe.db.commit()
	return voucher.name


def posted_completely(name: str) -> bool:
	"""True when the job is posted with all it needs, False when nothing of it is; fails on anything between."""
	frappe.db.rollback()  # look at what is committed now
	doc = frappe.get_doc("Service Voucher", name)
	documents = documents_of(doc)
	if not documents:
		assert doc.docstatus == 0
		assert [doc.get(field) for field in PURPOSES_OF_POSTING] == [None] * 4
		assert doc.posted_at is None
		return False
	assert doc.docstatus == 1
	assert documents == {
		"Stock Entry": [doc.stock_entry],
		"Sales Invoice": [doc.sales_invoice],
		"Journal Entry": [doc.labour_journal_entry],
	}
	assert sorted(stock_ledger(doc.stock_entry)) == [
		("Once Seal", STORE, -2, -25),
		("Once Seal", STORE, -1, -12.5),
	]
	for voucher, total in ((doc.stock_entry, 37.5), (doc.labour_journal_entry, 30)):
		rows = gl(voucher)
		assert sum(row[1] for row in rows) == sum(row[2] for row in rows) == total
	assert frappe.db.get_value("Sales Invoice", doc.sales_invoice, "net_total") == 144
	assert (doc.parts_cost, doc.labour_cost, doc.billing_status) == (37.5, 60, "To Bill")
	return True


# ---------------------------------------------------------------- at the same moment


@pytest.fixture
def session(shop, server) -> dict[str, str]:
	"""Cookies of a user who is logged in."""
	answer = requests.post(
		f"{server.url}/api/method/login", data={"usr": "Administrator", "pwd": "admin"}, timeout=60
	)
	answer.raise_for_status()
	return answer.cookies.get_dict()


def at_once(server, cookies: dict, method: str, **values) -> list[requests.Response]:
	"""The same call from many clients, sent when all are ready."""
	barrier = Barrier(REQUESTS)

	def send(_):
		with requests.Session() as client:
			client.get(f"{server.url}/api/method/ping", cookies=cookies, timeout=120)
			barrier.wait()
			return client.post(f"{server.url}/api/method/{method}", cookies=cookies, json=values, timeout=300)

	with ThreadPoolExecutor(REQUESTS) as clients:
		return list(clients.map(send, range(REQUESTS)))


def test_job_submitted_by_twenty_requests_at_once_is_posted_once(shop, server, session):
	name = draft(shop)
	stored = frappe.get_doc("Service Voucher", name).as_json()
	before = books()

	answers = at_once(server, session, "frappe.client.submit", doc=stored)

	assert [answer.status_code for answer in answers].count(200) == 1, [a.text[:300] for a in answers]
	assert posted_completely(name)
	assert difference(before) == {"Stock Entry": 1, "Sales Invoice": 1, "Journal Entry": 1}


def difference(before: dict[str, int]) -> dict[str, int]:
	frappe.db.rollback()  # count what is committed now
	after = books()
	return {
		doctype: after[doctype] - before[doctype]
		for doctype in ("Stock Entry", "Sales Invoice", "Journal Entry", "Delivery Note", "Payment Entry")
		if after[doctype] != before[doctype]
	}


def test_job_posted_again_by_twenty_requests_at_once_gets_one_invoice(shop, server, session):
	name = draft(shop)
	doc = frappe.get_doc("Service Voucher", name)
	doc.submit()
	frappe.delete_doc("Sales Invoice", doc.sales_invoice)
	frappe.db.commit()
	before = books()

	answers = at_once(
		server,
		session,
		"aftersales.service_posting.posting.post_again",
		doctype="Service Voucher",
		name=name,
	)

	assert difference(before) == {"Sales Invoice": 1}
	assert posted_completely(name)
	invoice = frappe.db.get_value("Service Voucher", name, "sales_invoice")
	assert [answer.status_code for answer in answers] == [200] * REQUESTS, [a.text[-300:] for a in answers]
	assert {answer.json()["message"]["sales_invoice"] for answer in answers} == {invoice}


def test_cash_received_by_twenty_requests_at_once_is_booked_once(shop, server, session):
	make.settings(small_fee_limit=250)
	doc = frappe.get_doc("Service Voucher", draft(shop))
	doc.cash_collected = 50
	doc.submit()
	frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
	frappe.db.commit()
	before = books()
	try:
		answers = at_once(server, session, "aftersales.service_cash.cash.receive_cash", voucher=doc.name)
	finally:
		make.settings(small_fee_limit=0)
		frappe.db.commit()

	assert difference(before) == {"Payment Entry": 1}
	assert [answer.status_code for answer in answers] == [200] * REQUESTS, [a.text[-300:] for a in answers]
	told = {answer.json()["message"] for answer in answers}
	assert told == {frappe.db.get_value("Service Voucher", doc.name, "payment_entry")}


# ---------------------------------------------------------------- killed half-way


def in_a_process(function, *args) -> int:
	"""Exit code of `function` run in a process of its own."""
	child = in_the_background(function, *args)
	child.join(120)
	assert child.exitcode is not None, "the process hangs"
	return child.exitcode


def in_the_background(function, *args):
	"""A process of its own that runs `function`, with a database connection of its own, and commits."""
	site = frappe.local.site

	def run():
		keep_open(frappe.local.db)
		sessions.connect(site, force=True)
		try:
			function(*args)
			frappe.db.commit()
			os._exit(0)
		finally:
			os._exit(1)

	child = multiprocessing.get_context("fork").Process(target=run)
	child.start()
	return child


def submit(name: str) -> None:
	frappe.get_doc("Service Voucher", name).submit()


def submit_and_die(name: str, query: int | str) -> None:
	"""Submit and commit, killed when so many queries of it have run, or "before commit" or "after"."""
	sql = frappe.db.sql
	done = 0

	def counted(statement, *args, **kwargs):
		nonlocal done
		committing = str(statement).strip().lower() == "commit"
		if committing and query == "before commit":
			os.kill(os.getpid(), signal.SIGKILL)
		result = sql(statement, *args, **kwargs)
		done += 1
		if done == query or (committing and query == "after commit"):
			os.kill(os.getpid(), signal.SIGKILL)
		return result

	doc = frappe.get_doc("Service Voucher", name)
	frappe.db.sql = counted
	doc.submit()
	frappe.db.commit()
	raise AssertionError(f"only {done} queries")


def queries_of_a_submit(name: str) -> int:
	"""Queries of a clean submit, counted on this connection."""
	sql = frappe.db.sql
	done = 0

	def counted(*args, **kwargs):
		nonlocal done
		done += 1
		return sql(*args, **kwargs)

	doc = frappe.get_doc("Service Voucher", name)
	frappe.db.sql = counted
	try:
		doc.submit()
	finally:
		frappe.db.sql = sql
	frappe.db.commit()
	return done


def test_job_killed_at_any_query_is_posted_whole_or_not_at_all_and_then_goes_through(shop):
	# A later submit finds more in the cache and asks less: count one that finds it full, stay clear of its end
	total = [queries_of_a_submit(draft(shop)) for _warm in range(2)][1]
	moments = random.Random(SEED).sample(range(1, int(total * 0.7)), KILLS - 2)
	outcomes = []

	for query in (*moments, "before commit", "after commit"):
		name = draft(shop)
		before = books()
		assert in_a_process(submit_and_die, name, query) == -signal.SIGKILL

		outcomes.append(posted_completely(name))
		if not outcomes[-1]:
			assert books() == before
			assert in_a_process(submit, name) == 0
			assert posted_completely(name)
		assert difference(before) == {"Stock Entry": 1, "Sales Invoice": 1, "Journal Entry": 1}

	assert outcomes == [False] * (KILLS - 1) + [True]


# ---------------------------------------------------------------- cancelled and amended at once


def amended(doctype: str, name: str):
	doc = frappe.copy_doc(frappe.get_doc(doctype, name))
	doc.amended_from = name
	return doc.insert()


def amend_after_a_look(doctype: str, name: str) -> None:
	"""A request that has read something already, and amends after others have committed."""
	frappe.db.count(doctype)
	os.kill(os.getpid(), signal.SIGSTOP)
	try:
		amended(doctype, name)
	except frappe.ValidationError as error:
		os._exit(REFUSED if "which is cancelled" in str(error) else 1)


REFUSED = 3


@pytest.mark.parametrize("doctype", ["Sales Invoice", "Stock Entry"])
def test_a_document_is_not_amended_for_a_job_that_somebody_cancels_at_this_moment(shop, doctype):
	job = frappe.get_doc("Service Voucher", draft(shop))
	job.submit()
	frappe.get_doc("Sales Invoice", job.sales_invoice).submit()
	document = job.get(PURPOSES[doctype])
	frappe.get_doc("Sales Invoice", job.sales_invoice).cancel()
	if doctype == "Stock Entry":
		frappe.get_doc(doctype, document).cancel()
	frappe.db.commit()

	amending = in_the_background(amend_after_a_look, doctype, document)
	wait_for(lambda: psutil.Process(amending.pid).status() == psutil.STATUS_STOPPED, 60, "it has looked")
	job.reload()
	job.cancel()
	frappe.db.commit()
	os.kill(amending.pid, signal.SIGCONT)
	amending.join(120)

	assert amending.exitcode == REFUSED
	frappe.db.rollback()
	assert documents_of(job) == {}
