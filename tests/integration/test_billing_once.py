"""Billing runs that collide and die: each job is on one invoice or on none, and the next run finishes (R-AC-2).

Real commits, real processes. The full counts are a command: benchmarks/billing_run.py storm.
"""

import json
import multiprocessing
import os
import random
import signal
import traceback
from collections import Counter
from unittest import mock

import frappe
import psutil
import pytest
from frappe.utils import add_to_date, now_datetime, nowdate

from aftersales.service_billing import billing
from aftersales.service_billing.billing_worker import run
from tests import factories as make
from tests import sessions
from tests.committed import swept_afterwards
from tests.processes import wait_for
from tests.races import keep_open

pytestmark = pytest.mark.commits

JOBS = 12
RUNS = 6
KILLS = 8
SEED = 2026
INCOME, COST_CENTER = "Service - LSL", "Main - LSL"


@pytest.fixture
def jobs() -> list[str]:
	"""Finished visits: half of a customer billed per job, half of one who gets one invoice."""
	with swept_afterwards():
		hour = make.service_item("Storm Hour")
		make.price(hour, 60)
		category = make.category(
			"Storm",
			charge_rule="Customer",
			accounts=[{"company": make.COMPANY, "income_account": INCOME, "cost_center": COST_CENTER}],
		)
		technician = make.technician("Storm Technician")
		names = []
		for terms in ("One Invoice per Job", "One Invoice per Customer"):
			customer = make.customer(f"Storm {terms}", aftersales_invoicing=terms)
			for _number in range(JOBS // 2):
				call = make.call(customer, service_category=category)
				visit = make.voucher(
					call, technician, service_category=category, labour=[make.hours(1, item_code=hour)]
				)
				visit.submit()
				names.append(visit.name)
		frappe.db.commit()
		yield names


def queued(jobs: list[str]) -> str:
	"""A Billing Run as `start` leaves it for the worker."""
	doc = frappe.get_doc({"doctype": "Billing Run", "until": nowdate()})
	doc.selection = json.dumps([["Service Voucher", name] for name in jobs])
	doc.flags.selected = True
	doc.insert()
	doc.db_set({"status": "Queued", "attempt": 1})
	frappe.db.commit()
	return doc.name


def started(jobs: list[str], die_at: int | None = None):
	"""A billing run in a process of its own, killed when so many of its queries have run."""
	return worker(queued(jobs), die_at and (lambda: _signal_at(die_at, signal.SIGKILL)))


def worker(name: str, prepare=None):
	"""The first attempt of a Billing Run in a process of its own."""
	site = frappe.local.site

	def work():
		keep_open(frappe.local.db)
		sessions.connect(site, force=True)
		if prepare:
			prepare()
		try:
			run(name, 1)
			os._exit(0)
		except BaseException:
			traceback.print_exc()
		finally:
			os._exit(1)

	child = multiprocessing.get_context("fork").Process(target=work)
	child.start()
	return child


def _signal_at(count: int, signal_no: int, what: str = "sql", of=None) -> None:
	"""Send this process a signal when so many queries, or calls of `what` of `of`, are done."""
	of = of or frappe.db
	plain, done = getattr(of, what), 0

	def counted(*args, **kwargs):
		nonlocal done
		result = plain(*args, **kwargs)
		done += 1
		if done == count:
			os.kill(os.getpid(), signal_no)
		return result

	setattr(of, what, counted)


def ended(children) -> list[int]:
	for child in children:
		child.join(120)
	return [child.exitcode for child in children]


def billed_once(jobs: list[str]) -> None:
	"""Every job names one invoice, whose only row of it holds the job's key."""
	frappe.db.rollback()  # look at what is committed now
	rows = frappe.get_all(
		"Sales Invoice Item",
		{"aftersales_voucher": ("in", jobs)},
		["parent", "aftersales_voucher", "aftersales_posting_key"],
	)
	named = dict(
		frappe.get_all("Service Voucher", {"name": ("in", jobs)}, ["name", "sales_invoice"], as_list=True)
	)
	assert Counter(row.aftersales_voucher for row in rows) == Counter(jobs)
	assert all(
		row.aftersales_posting_key == f"Service Voucher/{row.aftersales_voucher}/Sales Invoice"
		for row in rows
	)
	assert {row.aftersales_voucher: row.parent for row in rows} == named


def test_runs_at_the_same_moment_bill_each_job_once(jobs):
	assert ended([started(jobs) for _number in range(RUNS)]) == [0] * RUNS

	billed_once(jobs)
	single, together = jobs[: JOBS // 2], jobs[JOBS // 2 :]
	assert len(invoices_of(single)) == JOBS // 2
	assert len(invoices_of(together)) == 1


def invoices_of(jobs: list[str]) -> set[str]:
	return set(frappe.get_all("Service Voucher", {"name": ("in", jobs)}, pluck="sales_invoice"))


def test_runs_that_die_leave_nothing_half_billed_and_the_next_one_finishes(jobs):
	dice = random.Random(SEED)
	moments = [dice.randint(5, 1200) for _number in range(KILLS)]
	codes = ended([started(jobs, die_at=moment) for moment in moments])
	assert -signal.SIGKILL in codes, "no run was killed"

	run(queued(jobs), 1)

	billed_once(jobs)


@pytest.mark.parametrize("moment", ["with an invoice half made", "between two invoices"])
def test_an_attempt_that_lost_its_run_makes_no_invoice_and_counts_none(jobs, moment):
	"""A worker falls asleep for longer than it holds the run, another takes over, then it wakes up."""

	def fall_asleep():
		if moment == "between two invoices":
			_signal_at(4, signal.SIGSTOP, "commit")
		else:
			_signal_at(3, signal.SIGSTOP, "bill", billing)

	name = queued(jobs)
	sleeper = worker(name, fall_asleep)
	wait_for(lambda: psutil.Process(sleeper.pid).status() == psutil.STATUS_STOPPED, 60, "the worker sleeps")
	frappe.db.rollback()
	frappe.db.set_value("Billing Run", name, "held_until", add_to_date(now_datetime(), minutes=-1))
	doc = frappe.get_doc("Billing Run", name)
	with mock.patch.object(frappe, "enqueue"):
		doc.start()
	frappe.db.commit()
	os.kill(sleeper.pid, signal.SIGCONT)
	run(name, 2)
	assert ended([sleeper]) == [0]

	billed_once(jobs)
	doc = frappe.get_doc("Billing Run", name)
	assert (doc.status, doc.attempt, doc.jobs_done, doc.failed) == ("Done", 2, JOBS, 0)
	assert Counter(row.voucher for row in doc.entries) == Counter(jobs)
	assert doc.invoices == len({row.sales_invoice for row in doc.entries}) == JOBS // 2 + 1


def test_an_invoice_made_meanwhile_by_the_accountant_is_not_made_again(jobs):
	from aftersales.service_posting.posting import post_again

	child = started(jobs)
	post_again("Service Voucher", jobs[-1])
	frappe.db.commit()
	assert ended([child]) == [0]
	billed_once(jobs)
