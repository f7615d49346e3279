"""Phones that send while the server dies: is anything of a technician's day lost, or done twice?

Each phone works through its visits as the app does: arrive, a photo in pieces, what was entered, complete; an act after
the other, each with its id, until it is answered. Meanwhile, by chance from a seed:

* workers of the web server are killed by SIGKILL in the middle of requests, `--kills` times, every tenth time the whole
  server, and once it is started on new code half-way (all its modules read anew),
* answers are lost: the request arrives, the phone hears nothing of it and sends again,
* ids are sent twice at the same moment, and out of order (the act after the next one first),
* two phones of one technician are at work at once, also on the same visits,
* the clock of every other phone is two hours off.

At the end: each visit is completed once, each part has left the van once, each photo is there once, each hour entered
once, each id is stored once, each arrival has the right time; the stock ledger and the general ledger agree.

	python3 tools/dev.py run -- python benchmarks/technician_phones.py --visits 40 --kills 100

Called on the site AFTERSALES_SITE (default bench.localhost). What is made is removed. Exit code 1 when a count is wrong.
"""

import argparse
import base64
import hashlib
import io
import json
import os
import random
import secrets
import signal
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import frappe
import psutil
import requests
from frappe.utils import get_datetime, now_datetime
from frappe.utils.password import update_password
from PIL import Image

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]
import run as bench

from tests import factories as make
from tests.committed import swept_afterwards
from tests.processes import Server

PASSWORD = "phones-of-the-benchmark"
API = "/api/method/aftersales.field_service.mobile.api."
PIECE = 3 * 15 * 1024
LOST_ANSWERS, TWICE, OUT_OF_ORDER = 0.15, 0.1, 0.1
"""How often by chance."""


def main() -> int:
	options = _options()
	if folder := os.environ.get("AFTERSALES_BENCH"):
		os.chdir(Path(folder) / "sites")
	bench._new_request("Administrator")
	try:
		with swept_afterwards():
			figures, wrong = storm(options.visits, options.kills, options.seed)
	finally:
		frappe.destroy()
	print(json.dumps({**figures, "wrong": wrong}, indent=1))
	return int(bool(wrong))


def storm(count: int, kills: int, seed: int) -> tuple[dict, dict]:
	"""Figures of the run, and every count that is not what it has to be."""
	masters = _masters(count)
	server = Server(bench.SITE).start()
	counts: Counter = Counter()
	started = time.monotonic()
	phones = [
		Phone(server.url, user, visits, random.Random(f"{seed}-{number}"), 7200 * (number % 2), counts)
		for number, (user, visits) in enumerate(masters.phones)
	]
	ended = threading.Event()
	killer = threading.Thread(target=_kill, args=(server, kills, random.Random(seed), ended, counts))
	killer.start()
	try:
		with ThreadPoolExecutor(len(phones)) as pool:
			rounds = 0
			while counts["kills"] < kills or not rounds:
				list(pool.map(lambda phone: phone.day(), phones))
				rounds += 1
				if counts["kills"] < kills:  # the phones were quicker than the killer: another day
					_more_visits(masters, phones)
	finally:
		ended.set()
		killer.join()
		server.stop()
	counts["seconds"] = round(time.monotonic() - started)
	return dict(sorted(counts.items())), _wrong(masters, phones)


class Phone:
	"""One phone of a technician: acts are kept until they are answered."""

	def __init__(
		self, url: str, user: str, visits: list[str], chance: random.Random, off: int, counts: Counter
	):
		self.url, self.user, self.visits, self.chance, self.off, self.counts = (
			url,
			user,
			visits,
			chance,
			off,
			counts,
		)
		self.web = requests.Session()
		self.headers: dict[str, str] = {}
		self.last: dict[str, str] = {}
		self.arrived: dict[str, float] = {}
		self.digests: dict[str, str] = {}
		self.ids: list[str] = []

	def day(self) -> None:
		for visit in self.visits:
			arrive = self.act(visit, "arrive")
			photo, digest = self.photo(visit)
			entered = self.act(visit, "save", photo)
			over = self.act(visit, "complete", _report())
			self.upload(visit, digest)
			for act, following in ((arrive, entered), (entered, over), (over, None)):
				self.send(act, following)

	# ------------------------------------------------------------------ what the phone makes

	def now(self) -> float:
		return (time.time() + self.off) * 1000

	def act(self, visit: str, kind: str, changes: dict | None = None) -> dict:
		one = {
			"id": str(uuid.uuid4()),
			"after": self.last.get(visit),
			"voucher": visit,
			"kind": kind,
			"at": self.now(),
			"changes": changes or {},
			"values": {},
			"phone": "0" * 32,
		}
		if kind == "arrive":
			self.arrived[visit] = time.time()
		self.last[visit] = one["id"]
		self.ids.append(one["id"])
		return one

	def photo(self, visit: str) -> tuple[dict, bytes]:
		made = io.BytesIO()
		noise = os.urandom(160 * 120 * 3)
		Image.frombytes("RGB", (160, 120), noise).save(made, "JPEG", quality=95)
		content = made.getvalue()
		self.digests[visit] = hashlib.sha256(content).hexdigest()
		named = {"photo": f"sha256:{self.digests[visit]}", "shows": "Before"}
		return {"tables": {"photos": {"added": [{"name": secrets.token_hex(10), "values": named}]}}}, content

	# ------------------------------------------------------------------ what it sends

	def upload(self, visit: str, content: bytes) -> None:
		call = {"voucher": visit, "digest": self.digests[visit], "size": len(content)}
		received, done = 0, False
		while not done:
			piece = base64.b64encode(content[received : received + PIECE]).decode()
			answer = self.post("upload", {**call, "offset": received, "piece": piece})
			received, done = answer["received"], answer["done"]
			self.counts["pieces"] += 1

	def send(self, act: dict, following: dict | None) -> None:
		if following and self.chance.random() < OUT_OF_ORDER:
			self.counts["out of order"] += 1
			answer = self.take(following)
			assert answer["state"] == "Wait", answer
		if self.chance.random() < TWICE:
			self.counts["sent twice at once"] += 1
			twin = Phone(self.url, self.user, [], random.Random(self.chance.random()), self.off, self.counts)
			other = threading.Thread(target=twin.take, args=(act,))
			other.start()
			answer = self.take(act)
			other.join()
		else:
			answer = self.take(act)
		assert answer["state"] == "Done", (act["kind"], answer)
		self.counts["acts"] += 1

	def take(self, act: dict) -> dict:
		while True:
			answer = self.post("take", {"act": {**act, "sent_at": self.now()}})
			if answer["state"] != "Wait" or answer["for"] != act["id"]:
				return answer
			time.sleep(0.1)

	def post(self, method: str, values: dict) -> dict:
		"""Until it is answered, however often the network, the server or the session fails."""
		while True:
			try:
				if not self.headers:
					self.log_in()
				lost = self.chance.random() < LOST_ANSWERS
				answer = self.web.post(
					f"{self.url}{API}{method}",
					json={"user": self.user, **values},
					headers=self.headers,
					timeout=self.chance.uniform(0.05, 0.4) if lost else 60,
				)
				if answer.status_code in (400, 401, 403):
					self.headers = {}
					continue
				if answer.status_code < 300:
					return answer.json()["message"]
				self.counts[f"answers {answer.status_code}"] += 1
				assert answer.status_code >= 500 or "Try again" in answer.text, answer.text
			except (requests.RequestException, ValueError, KeyError):
				self.counts["no answer"] += 1
			time.sleep(self.chance.uniform(0.05, 0.3))

	def log_in(self) -> None:
		form = {"usr": self.user, "pwd": PASSWORD}
		self.web.post(f"{self.url}/api/method/login", data=form, timeout=60).raise_for_status()
		session = self.web.get(f"{self.url}{API}session", timeout=60)
		session.raise_for_status()
		self.headers = {"X-Frappe-CSRF-Token": session.json()["message"]["csrf_token"]}


def _report() -> dict:
	said = {
		"outcome": "Completed",
		"findings": "Seal replaced",
		"test_result": "Passed",
		"customer_signature": make.SIGNATURE,
		"signed_by": "N. Byrne",
	}
	rows = {"labour": make.hours(1), "parts": make.part("Phones Seal")}
	return {
		"fields": {field: {"seen": None, "mine": value} for field, value in said.items()},
		"tables": {
			name: {"added": [{"name": secrets.token_hex(10), "values": row}]} for name, row in rows.items()
		},
	}


def _kill(server: Server, kills: int, chance: random.Random, ended: threading.Event, counts: Counter) -> None:
	while counts["kills"] < kills and not ended.wait(chance.uniform(0.2, 1.2)):
		number = counts["kills"] + 1
		if number % 10 == 0 or number == kills // 2:
			server.kill()
			server.sockets.kill()
			server.start()  # number == kills // 2: as after an update, all code is read anew
			counts["whole server killed"] += 1
		else:
			workers = psutil.Process(server.child.pid).children()
			if not workers:
				continue
			os.kill(chance.choice(workers).pid, signal.SIGKILL)
		counts["kills"] = number


# ---------------------------------------------------------------- the business


def _masters(count: int) -> frappe._dict:
	accounts = [{"company": make.COMPANY, "expense_account": "Miscellaneous Expenses - LSL"}]
	masters = frappe._dict(
		seal=make.item("Phones Seal"),
		category=make.category("Phones", charge_rule="Warranty", accounts=accounts),
		customer=make.customer("Phones Ltd"),
		visits=[],
		phones=[],
	)
	masters.technicians = []
	# Both before any stock: ERPNext reads the accounts of warehouses once in a process
	vans = [make.warehouse(f"Phones Van {number}") for number in range(2)]
	for number, van in enumerate(vans):
		user = make.user(f"phones{number}@benchmark.example", "Service Technician")
		update_password(user, PASSWORD)
		make.receive(masters.seal, 5000, 12.5, van)
		masters.technicians.append((make.technician(f"Phones Technician {number}", van, user=user), user))
	for number in range(4):
		technician, user = masters.technicians[number % 2]  # two phones of each
		masters.phones.append((user, _visits(masters, technician, count // 4)))
	frappe.db.commit()
	return masters


def _visits(masters: frappe._dict, technician: str, count: int) -> list[str]:
	made = []
	for _number in range(count):
		visit = make.planned(make.call(masters.customer, service_category=masters.category), technician)
		visit.dispatch()
		made.append(visit.name)
	masters.visits += made
	return made


def _more_visits(masters: frappe._dict, phones: list[Phone]) -> None:
	frappe.db.rollback()
	for number, phone in enumerate(phones):
		phone.visits = _visits(masters, masters.technicians[number % 2][0], 3)
	frappe.db.commit()


def _wrong(masters: frappe._dict, phones: list[Phone]) -> dict:
	"""What was lost, done twice or half, or has the wrong time."""
	frappe.db.rollback()
	found = {}

	def compare(what: str, is_now: object, has_to_be: object) -> None:
		if is_now != has_to_be:
			found[what] = {"is": is_now, "has to be": has_to_be}

	visits, of_ours = masters.visits, {"aftersales_voucher": ("in", masters.visits)}
	parent = {"parent": ("in", visits)}
	count = frappe.db.count
	compare(
		"visits completed", count("Service Voucher", {"name": ("in", visits), "docstatus": 1}), len(visits)
	)
	compare("part issues", count("Stock Entry", {**of_ours, "docstatus": 1}), len(visits))
	compare("part lines", count("Service Part Line", parent), len(visits))
	compare("hours", count("Service Labour Line", parent), len(visits))
	compare("photos", count("Service Photo", parent), len(visits))
	compare("photo files", count("File", {"attached_to_name": ("in", visits)}), len(visits))
	ids = [one for phone in phones for one in phone.ids]
	compare("ids stored as done", count("Technician Act", {"name": ("in", ids), "state": "Done"}), len(ids))
	compare("ids of acts", count("Technician Act", {"service_voucher": ("in", visits)}), len(ids))
	vans = [
		frappe.db.get_value("Service Technician", name, "van_warehouse")
		for name, _user in masters.technicians
	]
	left = sum(
		frappe.get_all(
			"Bin", {"item_code": masters.seal, "warehouse": ("in", vans)}, pluck="actual_qty", order_by="name"
		)
	)
	compare("parts in the vans", left, 10_000.0 - len(visits))
	entries = frappe.get_all("Stock Entry", {**of_ours, "docstatus": 1}, pluck="name", order_by="name")
	debit = sum(
		frappe.get_all(
			"GL Entry", {"voucher_no": ("in", entries), "is_cancelled": 0}, pluck="debit", order_by="name"
		)
	)
	compare("booked", debit, 12.5 * len(visits))
	clocks = time.time() - now_datetime().timestamp()
	for phone in phones:
		for visit, at in phone.arrived.items():
			stored = (
				get_datetime(frappe.db.get_value("Service Voucher", visit, "arrived_at")).timestamp() + clocks
			)
			if abs(stored - at) > 60:
				found[f"arrival at {visit}"] = {"is": stored, "has to be": at}
	return found


def _options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("--visits", type=int, default=40)
	parser.add_argument("--kills", type=int, default=100)
	parser.add_argument("--seed", type=int, default=17)
	return parser.parse_args()


if __name__ == "__main__":
	sys.exit(main())
