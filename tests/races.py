"""Two people at once, for tests marked `commits`: each on a connection and in a transaction of his own."""

import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable
from threading import Event, Thread

import frappe

from tests import sessions

FORK = multiprocessing.get_context("fork")


def overtaken(first: Callable, second: Callable) -> Exception | None:
	"""Commit `first`, then run `second` in a transaction that began before; return what it raised."""
	site, began, done = frappe.local.site, Event(), Event()
	raised: list[Exception] = []

	def latecomer():
		sessions.connect(site)
		frappe.flags.check_lock_order = True
		try:
			frappe.db.sql("select count(*) from `tabRepair Call`")  # from here on the view is fixed
			began.set()
			done.wait(60)
			second()
			frappe.db.commit()
		except Exception as error:
			raised.append(error)
			frappe.db.rollback()
		finally:
			began.set()
			frappe.destroy()

	thread = Thread(target=latecomer)
	thread.start()
	began.wait(60)
	try:
		first()
		frappe.db.commit()
	finally:
		done.set()
		thread.join(60)
	frappe.db.rollback()
	return raised[0] if raised else None


_OF_THE_PARENT: list = []


def keep_open(connection) -> None:
	"""In a forked process: the parent's connection is closed by nobody, not when it is forgotten either.

	Both share the socket: a driver that says goodbye on it (that of version 16) would end the parent's.
	"""
	_OF_THE_PARENT.append(connection)


def at_once(*calls: tuple[Callable, str]) -> list[int]:
	"""Exit codes of the calls, each in a process and transaction of its own, begun together."""
	site, barrier = frappe.local.site, FORK.Barrier(len(calls))

	def run(function, argument):
		keep_open(frappe.local.db)
		sessions.connect(site, force=True)
		frappe.flags.check_lock_order = True
		try:
			barrier.wait(60)
			function(argument)
			frappe.db.commit()
			os._exit(0)
		except Exception:
			traceback.print_exc()  # pytest shows it where the test fails
			sys.stderr.flush()
		finally:
			os._exit(1)

	children = [FORK.Process(target=run, args=call) for call in calls]
	for child in children:
		child.start()
	for child in children:
		child.join(120)
		assert child.exitcode is not None, "a process hangs"
	frappe.db.rollback()  # look at what is committed now
	return [child.exitcode for child in children]
