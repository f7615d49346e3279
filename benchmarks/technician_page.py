"""How soon the technician's app is usable on a slow network, against the desk: Lighthouse, bytes, installability.

Lighthouse (from npm) loads the page with its own slow phone: slow 4G, processor four times slower, nothing cached, as a
technician who is logged in and has five visits. Told is the median of `--runs`, as Lighthouse advises, and the score of each; with
`--desk` the desk's list and form of visits the same way.

	python3 tools/dev.py run -- python benchmarks/technician_page.py --lighthouse 'npx --yes lighthouse@12'

Called on the site AFTERSALES_SITE with the browser AFTERSALES_CHROMIUM. What is made is removed. Exit code 1 when an aim
is missed: performance 90, accessibility 95, installable, script 350 kB compressed.
"""

import argparse
import gzip
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import frappe
import requests
from frappe.utils import add_to_date, now_datetime
from frappe.utils.password import update_password
from playwright.sync_api import sync_playwright

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]
import run as bench

from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import CHROMIUM_ARGUMENTS
from tests.processes import Server

USER, PASSWORD = "page@benchmark.example", "page-of-the-benchmark"
AIMS = {"performance": 0.90, "accessibility": 0.95}
SCRIPT_LIMIT = 350_000
METRICS = {
	"first-contentful-paint": "first paint (ms)",
	"largest-contentful-paint": "largest paint (ms)",
	"interactive": "usable (ms)",
	"total-blocking-time": "blocked (ms)",
	"cumulative-layout-shift": "layout shift",
	"total-byte-weight": "bytes",
}


def main() -> int:
	options = _options()
	if folder := os.environ.get("AFTERSALES_BENCH"):
		os.chdir(Path(folder) / "sites")
	bench._new_request("Administrator")
	try:
		with swept_afterwards():
			visit = _visits(5)
			server = Server(bench.SITE).start()
			try:
				found = measure(server.url, visit, options)
			finally:
				server.stop()
	finally:
		frappe.destroy()
	print(json.dumps(found, indent=1))
	return int(bool(found["missed"]))


def measure(url: str, visit: str, options: argparse.Namespace) -> dict:
	"""Figures of the app and of the desk, and the aims that are missed."""
	cookie = _log_in(url)
	runs = [_lighthouse(f"{url}/technician", cookie, options.lighthouse) for _run in range(options.runs)]
	app = sorted(runs, key=lambda run: run["performance"])[len(runs) // 2]
	script = _script_bytes()
	errors = _installability(url, cookie)
	missed = [name for name, aim in AIMS.items() if app[name] < aim]
	missed += ["script"] * (script > SCRIPT_LIMIT) + ["installable"] * bool(errors)
	found = {
		"app": app,
		"performance of each run": [run["performance"] for run in runs],
		"script, compressed": script,
		"installability errors": errors,
		"missed": missed,
	}
	if options.desk:
		found["desk: list"] = _lighthouse(f"{url}/app/service-voucher", cookie, options.lighthouse)
		found["desk: form"] = _lighthouse(f"{url}/app/service-voucher/{visit}", cookie, options.lighthouse)
	return found


def _lighthouse(address: str, cookie: str, command: str) -> dict:
	with tempfile.TemporaryDirectory() as folder:
		report = Path(folder) / "report.json"
		subprocess.run(
			[
				*shlex.split(command),
				address,
				"--quiet",
				"--output=json",
				f"--output-path={report}",
				"--only-categories=performance,accessibility",
				"--max-wait-for-load=90000",
				f"--extra-headers={json.dumps({'Cookie': cookie})}",
				f"--chrome-flags=--headless=new {' '.join(CHROMIUM_ARGUMENTS)}",
			],
			check=True,
			env={**os.environ, "CHROME_PATH": os.environ["AFTERSALES_CHROMIUM"]},
		)
		said = json.loads(report.read_text())
	scores = {name: said["categories"][name]["score"] or 0 for name in AIMS}
	wrong = [
		audit["id"]
		for audit in said["audits"].values()
		if audit["score"] == 0 and audit["id"] in _ids(said, "accessibility")
	]
	values = {
		label: round(said["audits"][name].get("numericValue") or 0, 3) for name, label in METRICS.items()
	}
	return {**scores, **values, "accessibility found": wrong}


def _ids(said: dict, category: str) -> set[str]:
	return {one["id"] for one in said["categories"][category]["auditRefs"]}


def _script_bytes() -> int:
	"""All scripts of the app that are loaded without a tap (the reader of bar codes is loaded by one)."""
	folder = Path(frappe.get_app_path("aftersales", "public", "dist", "technician", "assets"))
	scripts = [path for path in folder.glob("*.js") if not path.name.startswith("esm-")]
	return sum(len(gzip.compress(path.read_bytes(), 6)) for path in scripts)


def _installability(url: str, cookie: str) -> list[str]:
	"""What Chromium says against installing the page."""
	name, value = cookie.split("=", 1)
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=list(CHROMIUM_ARGUMENTS)
		)
		context = browser.new_context()
		context.add_cookies([{"name": name, "value": value, "url": url}])
		page = context.new_page()
		page.goto(f"{url}/technician")
		page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
		said = context.new_cdp_session(page).send("Page.getInstallabilityErrors")
		browser.close()
	# A context of a test is a private window, which nothing can be installed from
	return [one["errorId"] for one in said["installabilityErrors"] if one["errorId"] != "in-incognito"]


def _log_in(url: str) -> str:
	web = requests.Session()
	web.post(f"{url}/api/method/login", data={"usr": USER, "pwd": PASSWORD}, timeout=60).raise_for_status()
	return f"sid={web.cookies['sid']}"


def _visits(count: int) -> str:
	update_password(make.user(USER, "Service Technician"), PASSWORD)
	technician = make.technician("Page Technician", make.warehouse("Page Van"), user=USER)
	category = make.category("Page", charge_rule="Warranty")
	start = now_datetime().replace(microsecond=0)
	for number in range(count):
		owner = make.customer(f"Page Customer {number}")
		call = make.call(
			owner, service_category=category, equipment=make.equipment(owner, serial_text=f"PG-{number}")
		)
		visit = make.planned(
			call,
			technician,
			planned_start=add_to_date(start, minutes=10 + 2 * number),
			planned_end=add_to_date(start, minutes=11 + 2 * number),
		)
		visit.dispatch()
	frappe.db.commit()
	return visit.name


def _options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("--lighthouse", default="npx --yes lighthouse@12", help="how Lighthouse is called")
	parser.add_argument("--runs", type=int, default=3)
	parser.add_argument("--desk", action="store_true", help="the desk's pages, too")
	return parser.parse_args()


if __name__ == "__main__":
	sys.exit(main())
