"""Whether the clock tells wrong links apart: response times over HTTP of tokens that open nothing, each kind in turn.

Starts the web server of the site, makes links of every kind that opens nothing (unknown, mutated, malformed,
expired, revoked, used up, of a call that went to another customer), and asks for one of each per round, in
random order. Each is compared with the unknown token of the same round; a second unknown token shows the noise.
Status, headers and body must be the same to the byte.

	python benchmarks/links.py [--rounds 2000] [--seed N]

A kind is told apart when the 99.9 % interval of its median difference (by order statistics, so whatever the
distribution) leaves zero out. Called on the site AFTERSALES_SITE (default bench.localhost); removes what it
made; prints a table and, as its last line, the figures as JSON. Exit code 1 when a kind is told apart.
"""

import argparse
import http.client
import json
import math
import os
import random
import re
import secrets
import statistics
import string
import sys
import time
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import frappe
from frappe.utils import add_to_date

from aftersales.customer_portal import link_rules, links
from tests import factories as make
from tests.committed import swept_afterwards
from tests.processes import Server

SITE = os.environ.get("AFTERSALES_SITE", "bench.localhost")
KEY_SIGNS = string.ascii_letters + string.digits + "-_"
WARM_UP = 50
OPENED_ONCE = 500
"""A good link may be opened 600 times an hour: so often each that leads nowhere is asked for here."""
Z = 3.29
"""Standard deviations on either side that leave out 0.1 %."""

UNKNOWN, AGAIN = "unknown", "unknown again (noise)"


def main() -> int:
	options = _options()
	if bench := os.environ.get("AFTERSALES_BENCH"):
		# Frappe opens its log files by paths relative to the sites folder.
		os.chdir(Path(bench) / "sites")
	frappe.init(site=SITE, sites_path=".")
	frappe.connect()
	server = Server(SITE)
	try:
		with swept_afterwards():
			tokens = make_links(options.rounds)
			frappe.db.commit()
			server.start()
			differing, times = ask(server.url, tokens, options.rounds, random.Random(options.seed))
	finally:
		server.stop()
		frappe.destroy()
	return report(differing, times)


# ---------------------------------------------------------------- the links


def make_links(rounds: int) -> dict:
	"""What to ask for, by kind: a function that gives a token; of good links that lead nowhere enough for all rounds."""
	enough = range(math.ceil((rounds + WARM_UP) / OPENED_ONCE))
	customer, other = make.customer("Links Household"), make.customer("Links Neighbour")
	call = make.plain_call(customer)
	moved = make.plain_call(customer)
	good, expired, revoked = (
		_link(links.TRACK, "Repair Call", call.name, customer, days) for days in (30, -1, 30)
	)
	of_another = [_link(links.TRACK, "Repair Call", moved.name, customer, 30) for _one in enough]
	frappe.get_doc("Service Link", {"link_key": revoked[: link_rules.KEY_LENGTH]}).revoke()
	frappe.db.set_value("Repair Call", moved.name, {"customer": other, "equipment": None})
	follow_up = make.make(
		"Follow-up", repair_call=call.name, customer=customer, company=make.COMPANY, due_date="2030-01-01"
	)
	used_up = [_link(links.SURVEY, "Follow-up", follow_up.name, customer, 30) for _one in enough]
	follow_up.cancel_follow_up()
	changed = good[:-1] + ("A" if good[-1] != "A" else "B")
	return {
		UNKNOWN: _unknown,
		AGAIN: _unknown,
		"malformed": lambda: secrets.token_urlsafe(9),
		"mutated": lambda: changed,
		"expired": lambda: expired,
		"revoked": lambda: revoked,
		"used up": cycle(used_up).__next__,
		"of another": cycle(of_another).__next__,
	}


def _link(purpose: str, doctype: str, name: str, customer: str, days: int) -> str:
	"""The token of a genuine link that ends in so many days."""
	doc = frappe.new_doc("Service Link")
	doc.update(
		{
			"purpose": purpose,
			"reference_doctype": doctype,
			"reference_name": name,
			"customer": customer,
			"link_key": secrets.token_urlsafe(16),
			"expires_at": add_to_date(None, days=days),
		}
	)
	doc.insert(ignore_permissions=True)
	return link_rules.token_of(links._load(doc.link_key), links.secret())


def _unknown() -> str:
	return "".join(secrets.choice(KEY_SIGNS) for _sign in range(link_rules.KEY_LENGTH + 32))


# ---------------------------------------------------------------- the measurement


def ask(url: str, tokens: dict, rounds: int, chance: random.Random) -> tuple[list[dict], dict]:
	"""One of each kind per round: the answers of each round whose answers are not all the same, by kind; and the
	seconds taken, by kind.

	What changes for all kinds between two rounds (styles that are built anew) tells nothing.
	"""
	connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
	differing = []
	times = {kind: [] for kind in tokens}
	for number in range(-WARM_UP, rounds):
		# each round from an address of its own, which the limit of requests per hour lets through
		headers = {"X-Forwarded-For": f"198.18.{number // 250 % 250}.{number % 250}"}
		answers = {}
		for kind in chance.sample(list(tokens), len(tokens)):
			path = f"/aftersales/link/{tokens[kind]()}"
			began = time.perf_counter()
			connection.request("GET", path, headers=headers)
			answer = connection.getresponse()
			body = answer.read()
			took = time.perf_counter() - began
			if number >= 0:
				times[kind].append(took)
			answers[kind] = (answer.status, _without_time(answer.getheaders()), body)
		if number >= 0 and len(set(answers.values())) > 1:
			differing.append(answers)
	return differing, times


def _without_time(headers: list[tuple[str, str]]) -> tuple:
	"""Headers without what the clock alone makes differ: the date, and when the cookie of a guest ends."""
	kept = ((name, re.sub(r"Expires=[^;]*", "Expires", value)) for name, value in headers if name != "Date")
	return tuple(sorted(kept))


def report(differing: list[dict], times: dict) -> int:
	figures: dict = {"rounds": len(times[UNKNOWN]), "unknown_ms": _ms(statistics.median(times[UNKNOWN]))}
	same = not differing
	figures["same_status_headers_and_body"] = same
	apart = []
	print(f"{'kind':24} {'median ms':>10} {'difference µs':>14} {'99.9 % interval µs':>22}")
	for kind, taken in times.items():
		row = f"{kind:24} {_ms(statistics.median(taken)):>10}"
		if kind != UNKNOWN:
			differences = sorted(a - b for a, b in zip(taken, times[UNKNOWN], strict=True))
			middle = statistics.median(differences)
			low, high = _interval(differences)
			figures[kind] = [round(value * 1e6, 1) for value in (middle, low, high)]
			row += f" {middle * 1e6:>14.1f} {f'{low * 1e6:.1f} to {high * 1e6:.1f}':>22}"
			if not low <= 0 <= high:
				apart.append(kind)
				row += "  TOLD APART"
		print(row)
	figures["told_apart"] = apart
	if not same:
		print(f"The answers differ in status, headers or body in {len(differing)} rounds, first:")
		for kind, (status, headers, body) in differing[0].items():
			print(f"  {kind}: {status}, {len(body)} bytes, {dict(headers)}")
	print(json.dumps(figures))
	return int(bool(apart) or not same)


def _interval(values: list[float]) -> tuple[float, float]:
	"""Between which of the sorted values the true median lies, by the binomial distribution."""
	half = Z * math.sqrt(len(values)) / 2
	middle = len(values) / 2
	return values[max(0, math.floor(middle - half))], values[min(len(values) - 1, math.ceil(middle + half))]


def _ms(seconds: float) -> float:
	return round(seconds * 1000, 3)


def _options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--rounds", type=int, default=2000)
	parser.add_argument("--seed", type=int, default=None, help="of the order in which kinds are asked")
	return parser.parse_args()


if __name__ == "__main__":
	sys.exit(main())
