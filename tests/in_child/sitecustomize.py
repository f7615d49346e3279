"""Python reads this first in a process that tests/clock.py has started: the clock is moved as the test's is.

Where tests/gateway.py says so, what is sent to PayPal's sandbox goes to its stand-in.

The folder is on the path of such processes only.
"""

import importlib.util
import os
import sys
from datetime import datetime, timedelta, timezone


def _move_clock(seconds: float) -> None:
	import time_machine

	moment = datetime.now(timezone.utc) + timedelta(seconds=seconds)
	time_machine.travel(moment, tick=True).start()


class _TellSessions:
	"""Finds nothing itself: once Frappe's database module is loaded, each session it opens is told the time."""

	def find_spec(self, name, path=None, target=None):
		if name != "frappe.database.database":
			return None
		sys.meta_path.remove(self)
		spec = importlib.util.find_spec(name)
		load = spec.loader.exec_module

		def load_and_wrap(module) -> None:
			load(module)
			_wrap(module.Database)

		spec.loader.exec_module = load_and_wrap
		return spec


def _wrap(database_class) -> None:
	import time

	connect = database_class.connect

	def told(database) -> None:
		connect(database)
		database.sql("set timestamp = %s", (time.time(),))

	database_class.connect = told


if offset := os.environ.get("AFTERSALES_CLOCK_OFFSET"):
	_move_clock(float(offset))
	sys.meta_path.insert(0, _TellSessions())


def _pay_by_stand_in(address: str) -> None:
	import requests

	send = requests.Session.request

	def redirected(session, method, url, *args, **kwargs):
		if str(url).startswith("https://api-3t.sandbox.paypal.com/"):
			url = address
		return send(session, method, url, *args, **kwargs)

	requests.Session.request = redirected


if stand_in := os.environ.get("AFTERSALES_PAYPAL"):
	_pay_by_stand_in(stand_in)
