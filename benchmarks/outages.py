"""What breaks, broken for real, and counted: cache down, queue down, disk full, database cut, workers killed.

	python3 tools/dev.py run -- env AFTERSALES_SITE=bench.localhost python ../apps/aftersales/benchmarks/outages.py
	[--forms 20] [--kills 5] [--seed 1] [--only "disk full"]

Starts web servers of the site that cannot reach a Redis, or may write no file of more than 64 KB, and asks over HTTP;
cuts the connections of the database while forms are sent; kills background workers in the midst of a billing run. Each
form is sent again, as it is, until it is taken; then calls and photos are counted. Commits, and removes what it made.
Prints a line for each, and as its last line the counts as JSON. Exit code 1 when something was lost, or there twice.
"""

import argparse
import json
import os
import random
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import frappe
from frappe.utils import add_to_date, now_datetime
from PIL import Image
from werkzeug.test import EnvironBuilder

from aftersales.customer_portal import links
from aftersales.installed_base.product_codes import product_signature
from aftersales.service_billing import billing_resume
from aftersales.service_billing.doctype.billing_run.billing_run import bill_now
from tests import factories as make
from tests import jobs as finished
from tests.committed import swept_afterwards
from tests.processes import Server, Worker, free_port, wait_for

SITE = os.environ.get("AFTERSALES_SITE", "bench.localhost")
PASSWORD = "outages-benchmark-1"
BLOCKS = 64
"""KB that a file may have where the disk is "full"."""


class BrokenServer(Server):
	"""The site's web server without something: environment variables, or room for files."""

	def __init__(self, environment: dict[str, str] | None = None, file_limit: int | None = None):
		super().__init__(SITE)
		self.without, self.file_limit = environment or {}, file_limit

	def environment(self) -> dict[str, str]:
		return {**super().environment(), **self.without}

	def command(self) -> list[str]:
		command = super().command()
		if not self.file_limit:
			return command
		return ["bash", "-c", f'ulimit -f {self.file_limit}; exec "$@"', "bash", *command]


def main() -> int:
	options = _options()
	if bench := os.environ.get("AFTERSALES_BENCH"):
		# Frappe opens its log files by paths relative to the sites folder.
		os.chdir(Path(bench) / "sites")
	frappe.init(site=SITE, sites_path=".")
	frappe.connect()
	before = frappe.db.get_singles_dict("Aftersales Settings")
	counts = {}
	try:
		with swept_afterwards():
			shop = make.shop()
			make.settings(invoicing="One Invoice per Job")
			frappe.db.commit()
			for what, count in {
				"cache down": lambda: cache_down(shop, options.forms),
				"disk full": lambda: disk_full(options.forms),
				"database cut": lambda: database_cut(options.forms, random.Random(options.seed)),
				"queue down": lambda: queue_down(shop),
				"workers killed": lambda: workers_killed(shop, options.kills, random.Random(options.seed)),
			}.items():
				if options.only not in ("", what):
					continue
				counted = counts[what] = count()
				print(f"{what}: " + ", ".join(f"{name} {n}" for name, n in counted.items()), flush=True)
	finally:
		frappe.db.rollback()
		for field in ("invoicing", "labour_item", "travel_item"):  # what the shop of the tests sets
			frappe.db.set_single_value("Aftersales Settings", field, before.get(field))
		frappe.db.commit()
		frappe.destroy()
	print(json.dumps(counts))
	return 0 if all(counted["sound"] for counted in counts.values()) else 1


# ---------------------------------------------------------------- customers' pages


def cache_down(shop, forms: int) -> dict:
	"""A signed link is opened and answered without the cache."""
	call = make.plain_call(shop.customer)
	address = links.path(links.TRACK, "Repair Call", call.name, shop.customer)
	frappe.db.commit()
	server = BrokenServer({"FRAPPE_REDIS_CACHE": _nowhere()}).start()
	try:
		opened = Counter(_ask(server.url + address)[0] for _number in range(forms))
		sent = Counter(
			_ask(server.url + address, {"action": "message", "message": f"Message {number}"})[0]
			for number in range(min(forms, 20))
		)
	finally:
		server.stop()
	frappe.db.rollback()
	stored = frappe.db.count("Communication", {"reference_name": call.name})
	sound = set(opened) == {200} and set(sent) == {303} and stored == min(forms, 20)
	return {"opened": dict(opened), "sent": dict(sent), "messages stored": stored, "sound": sound}


def disk_full(forms: int) -> dict:
	"""Reports with two photos each while no file can be written, then the same forms again with room."""
	tags = [_label() for _number in range(forms)]
	server = BrokenServer(file_limit=BLOCKS).start()
	try:
		refused = Counter(_report(server.url, *tag)[0] for tag in tags)
	finally:
		server.stop()
	half_done = _stored(tags)
	server = BrokenServer().start()
	try:
		taken = Counter(_report(server.url, *tag)[0] for tag in tags)
	finally:
		server.stop()
	calls, photos = _stored(tags)
	sound = half_done == (0, 0) and set(refused) == {500} and (calls, photos) == (forms, 2 * forms)
	return {
		"answers while full": dict(refused),
		"calls and photos while full": half_done,
		"answers of the retry": dict(taken),
		"calls": calls,
		"photos": photos,
		"sound": sound,
	}


def database_cut(forms: int, dice: random.Random) -> dict:
	"""The connections of the site are cut again and again while reports are sent; each is sent until it is taken."""
	tags = [_label() for _number in range(forms)]
	over, cuts = threading.Event(), Counter()
	server = BrokenServer().start()
	MAIN_CONNECTION[0] = frappe.db.sql("select connection_id()")[0][0]
	answers: Counter = Counter()
	cutter = None
	try:
		usual = _seconds_of_a_report(server.url)
		cutter = threading.Thread(target=_cut_connections, args=(over, cuts, dice, usual))
		cutter.start()
		for tag in tags:
			for _attempt in range(200):
				status, _text = _report(server.url, *tag)
				answers[status] += 1
				if status == 303:
					break
	finally:
		over.set()
		if cutter:
			cutter.join()
		server.stop()
	calls, photos = _stored(tags)
	return {
		"connections cut": cuts["cut"],
		"answers": dict(answers),
		"calls": calls,
		"photos": photos,
		"sound": (calls, photos) == (forms, 2 * forms) and answers[303] == forms,
	}


def _seconds_of_a_report(url: str) -> float:
	"""How long a report takes on this machine now that the server is warm; the calls are not counted."""
	for _number in range(3):
		started = time.perf_counter()
		_report(url, *_label())
	return time.perf_counter() - started


def _cut_connections(over: threading.Event, cuts: Counter, dice: random.Random, usual: float) -> None:
	"""Cut all now and then: some reports are cut several times, some come through, however fast the machine is."""
	import pymysql

	conf = frappe.get_site_config(sites_path=".", site_path=SITE)
	own = pymysql.connect(
		host=conf.db_host or "127.0.0.1",
		port=int(conf.db_port or 3306),
		user=conf.db_name,
		password=conf.db_password,
		autocommit=True,
	)
	spared = {own.thread_id(), MAIN_CONNECTION[0]}
	while not over.is_set():
		time.sleep(dice.uniform(0.1, 2.5) * usual)
		with own.cursor() as cursor:
			cursor.execute("select id from information_schema.processlist where user = %s", conf.db_name)
			for (connection,) in cursor.fetchall():
				if connection not in spared:
					try:
						cursor.execute(f"kill {int(connection)}")
						cuts["cut"] += 1
					except pymysql.MySQLError:
						pass  # it has ended by itself
	own.close()


MAIN_CONNECTION = [0]
"""The connection that counts: not to be cut."""


def _label() -> tuple[str, str]:
	"""The form behind the code of a product of its own (ten reports a day is what one allows), and a form key."""
	product = make.equipment(make.customer("Outages Household"), serial_text=frappe.generate_hash(length=8))
	frappe.db.commit()
	return f"/aftersales/code/{product}/{product_signature(product)}", frappe.generate_hash(length=32)


def _report(url: str, address: str, key: str) -> tuple[int, str]:
	frappe.cache.delete_keys("aftersales:rl:")
	noise = Image.effect_noise((600, 500), 90).convert("RGB")
	photos = []
	for number in range(2):
		written = BytesIO()
		noise.save(written, "JPEG", quality=80)
		photos.append((BytesIO(written.getvalue()), f"{number}.jpg"))
	fields = {"subject": "No hot water", "contact_name": "N", "contact_phone": "+353 1 1", "form_key": key}
	return _ask(url + address, {**fields, "photos": photos})


def _stored(tags) -> tuple[int, int]:
	frappe.db.rollback()
	keys = [key for _address, key in tags]
	calls = frappe.get_all("Repair Call", {"entry_key": ("in", keys)}, pluck="name")
	return len(calls), frappe.db.count("File", {"attached_to_name": ("in", [*calls, "-"])})


# ---------------------------------------------------------------- runs in the background


def queue_down(shop) -> dict:
	"""*Bill* over HTTP while the queue is down: told, stored, and taken up by the scheduler's job."""
	accountant = make.user("outages@desk.example", "Service Accountant")
	user = frappe.get_doc("User", accountant)
	user.new_password = PASSWORD
	user.save()
	job = finished.done(shop, labour=[make.hours(1)])
	frappe.db.commit()
	server = BrokenServer({"FRAPPE_REDIS_QUEUE": _nowhere()}).start()
	try:
		opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
		_call(opener, server.url, "login", usr=accountant, pwd=PASSWORD)
		method = "aftersales.service_billing.doctype.billing_run.billing_run.bill_now"
		status, answer = _call(opener, server.url, method, jobs=json.dumps([[job.doctype, job.name]]))
	finally:
		server.stop()
	frappe.db.rollback()
	run = answer.get("message")
	told = "cannot be reached" in answer.get("_server_messages", "")
	stored = run and frappe.db.get_value("Billing Run", run, "status")
	if run:
		_long_ago(run)
		done = _worked_off(run)
	else:
		done = None
	sound = (status, stored, told, done) == (200, "Queued", True, "Done")
	return {"answer": status, "told": told, "stored as": stored, "in the end": done, "sound": sound}


def workers_killed(shop, kills: int, dice: random.Random) -> dict:
	"""A run over many jobs whose worker is killed again and again; the scheduler's job takes it up."""
	waiting = [finished.done(shop, labour=[make.hours(1)]) for _number in range(kills * 8)]
	frappe.db.commit()
	run = bill_now([[job.doctype, job.name] for job in waiting])
	frappe.db.commit()
	killed = 0
	while killed < kills:
		worker = Worker(SITE).start(empty=False)
		try:
			before = frappe.db.get_value("Billing Run", run, "attempt")
			wait_for(lambda: _rows(run) > killed * 4 or _status(run) == "Done", 60)
			time.sleep(dice.uniform(0, 0.3))
		finally:
			worker.kill()
		killed += 1
		if _status(run) != "Running":
			break
		frappe.db.set_value("Billing Run", run, "held_until", add_to_date(now_datetime(), minutes=-1))
		# somebody looked at it: so many kills in a row are not what a site sees
		frappe.db.set_value("Billing Run", run, "resumes", 0)
		frappe.db.commit()
		assert billing_resume.resume_interrupted() == [run], before
		frappe.db.commit()
	done = _worked_off(run)
	invoices = [frappe.db.get_value(job.doctype, job.name, "sales_invoice") for job in waiting]
	keys = frappe.get_all(
		"Sales Invoice Item", {"parent": ("in", list(filter(None, invoices)))}, pluck="aftersales_posting_key"
	)
	told = frappe.db.count("Notification Log", {"document_name": run})
	once = len(set(filter(None, invoices))) == len(waiting) and len(keys) == len(set(keys)) == len(waiting)
	return {
		"jobs": len(waiting),
		"kills": killed,
		"times its starter was told": told,
		"in the end": done,
		"invoices": len(set(filter(None, invoices))),
		"sound": once and done == "Done",
	}


def _worked_off(run: str) -> str:
	if _status(run) == "Queued":
		billing_resume.resume_interrupted()
		frappe.db.commit()
	worker = Worker(SITE).start(empty=False)
	try:
		wait_for(lambda: _status(run) in ("Done", "Stopped"), 120)
	finally:
		worker.stop()
	return _status(run)


def _long_ago(run: str) -> None:
	long_ago = add_to_date(now_datetime(), minutes=-11)
	frappe.db.set_value("Billing Run", run, "modified", long_ago, update_modified=False)
	frappe.db.commit()


def _status(run: str) -> str:
	frappe.db.rollback()
	return frappe.db.get_value("Billing Run", run, "status")


def _rows(run: str) -> int:
	frappe.db.rollback()
	return frappe.db.count("Billing Run Entry", {"parent": run})


# ---------------------------------------------------------------- asking


def _nowhere() -> str:
	"""The address of a Redis that nobody runs."""
	return f"redis://127.0.0.1:{free_port()}"


class _Stay(urllib.request.HTTPRedirectHandler):
	def redirect_request(self, *args):
		return None


_stay = urllib.request.build_opener(_Stay)


def _ask(address: str, form: dict | None = None) -> tuple[int, str]:
	request = urllib.request.Request(address)
	if form is not None:
		form.setdefault("form_key", frappe.generate_hash(length=32))
		environ = EnvironBuilder(method="POST", data=form).get_environ()
		request = urllib.request.Request(
			address, environ["wsgi.input"].read(), {"Content-Type": environ["CONTENT_TYPE"]}
		)
	try:
		with _stay.open(request, timeout=60) as answer:
			return answer.status, answer.read().decode(errors="replace")
	except urllib.error.HTTPError as answer:
		return answer.code, answer.read().decode(errors="replace")
	except OSError:
		return 0, ""  # no answer at all


def _call(opener, url: str, method: str, **values) -> tuple[int, dict]:
	"""A session that no page of the desk was opened in has no CSRF token, and needs none."""
	body = json.dumps(values).encode()
	headers = {"Content-Type": "application/json"}
	try:
		with opener.open(
			urllib.request.Request(f"{url}/api/method/{method}", body, headers), timeout=60
		) as answer:
			return answer.status, json.load(answer)
	except urllib.error.HTTPError as answer:
		text = answer.read().decode(errors="replace")
		print(text[-2000:], file=sys.stderr)
		return answer.code, {}


def _options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("--forms", type=int, default=20)
	parser.add_argument("--kills", type=int, default=5)
	parser.add_argument("--seed", type=int, default=1)
	parser.add_argument("--only", default="", help="one of the outages, by the name that is printed")
	return parser.parse_args()


if __name__ == "__main__":
	sys.exit(main())
