"""The demo site and its processes: web server, websockets, worker, scheduler."""

import contextlib
import http.cookiejar
import json
import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request

from devkit import bench, servers, sites, sync
from devkit.ground import Ground, Stop, say

SITE = "demo.localhost"
PROCESSES = ("web", "socketio", "worker", "scheduler")
QUEUE_PATIENCE = 600
"""Seconds that the demo's worker may take to work off what is queued."""


def make_demo(ground: Ground, *, fresh: bool = False) -> None:
	"""`make demo`: the site with its scenarios, served and checked; then where and how to log in."""
	if fresh:
		stop(ground)
	sites.ensure(ground, SITE, demo=True, fresh=fresh)
	said = _build(ground)
	serve(ground)
	url = address(ground)
	_check(url)
	print(
		f"\n  Desk      {url}/app\n  Login     Administrator / {sites.ADMIN_PASSWORD}\n"
		f"  Site      {SITE} in {ground.bench}\n  Logs      {ground.log_dir}\n  Stop      make stop\n"
	)
	if said:
		print(said + "\n")


def address(ground: Ground) -> str:
	return f"http://127.0.0.1:{servers.port(ground, 'web')}"


def _build(ground: Ground) -> str:
	"""Fill the site with the scenarios when the code changed since. Returns what the builder prints."""
	if not (ground.copy / "aftersales" / "demo" / "build.py").exists():
		say("the app has no demo module: the site holds ERPNext's set-up only")
		return ""
	everything, _migrated = sync.digests(ground)
	known = sites.state(ground, SITE)
	if known.get("demo_code") == everything:
		return known.get("demo_said", "")
	began = time.monotonic()
	done = bench.frappe(
		ground, ["--site", SITE, "execute", "aftersales.demo.build.run"], capture=True, check=False
	)
	if done.returncode:
		# Frappe's `execute` tries a second way after a failure; only the first traceback tells something.
		reason = done.stderr.split("\nDuring handling of the above exception")[0]
		raise Stop(f"building the demo data failed:\n{done.stdout}\n{reason}")
	said = done.stdout.strip()
	said = "" if said in ("null", "None") else said
	sites.note(ground, SITE, demo_code=everything, demo_said=said)
	say(f"demo data built in {time.monotonic() - began:.0f} s")
	return said


# --- processes -------------------------------------------------------------------------------------


def serve(ground: Ground) -> None:
	"""Start what does not run; restart what runs other code than the copy's."""
	everything, _migrated = sync.digests(ground)
	with ground.lock("demo-processes"):
		running = [name for name in PROCESSES if servers.daemon_pid(ground, name)]
		current = all(servers.daemon_note(ground, name).get("code") == everything for name in running)
		if len(running) == len(PROCESSES) and current:
			return
		if running and not current:
			say("code changed: restarting the demo's processes")
		stop(ground)
		_free_ports(ground)
		for name, (command, extra) in _commands(ground).items():
			servers.start_daemon(
				ground, name, command, cwd=ground.sites, env=ground.env(**extra), code=everything
			)
		if not servers.wait_until(
			lambda: _answers(address(ground)) or not servers.daemon_pid(ground, "web"), 90
		):
			raise Stop(f"the web server does not answer:\n{ground.log_end('web')}")
		for name in PROCESSES:
			if not servers.daemon_pid(ground, name):
				raise Stop(f"{name} ended at once:\n{ground.log_end(name)}")


def _free_ports(ground: Ground) -> None:
	"""Choose other ports when a stranger has taken ours meanwhile, and tell the site."""
	path = ground.state / "ports.json"
	for name in ("web", "socketio"):
		number = servers.port(ground, name)
		if not servers.is_free(number):
			kept = ground.read_state(path)
			del kept[name]
			ground.write_state(path, kept)
			say(f"port {number} is taken: {name} moves to {servers.port(ground, name)}")
	config = sites.config(ground, SITE)
	wanted = {"host_name": address(ground), "socketio_port": servers.port(ground, "socketio")}
	if {key: config.get(key) for key in wanted} != wanted:
		ground.write_state(ground.sites / SITE / "site_config.json", {**config, **wanted}, 0o640)


def _commands(ground: Ground) -> dict[str, tuple[list, dict]]:
	python, tools = ground.python, ground.copy / "tools" / "devkit" / "in_bench"
	helper = [python, "-m", "frappe.utils.bench_helper", "frappe"]
	number, sockets = servers.port(ground, "web"), servers.port(ground, "socketio")
	gunicorn = [python, "-m", "gunicorn", "--bind", f"127.0.0.1:{number}", "--workers", "2", "--threads", "8"]
	gunicorn += [
		"--worker-class",
		"gthread",
		"--timeout",
		"120",
		"--pythonpath",
		tools,
		"bench_wsgi:application",
	]
	return {
		"web": (gunicorn, {"AFTERSALES_SITE": SITE}),
		"socketio": (
			[ground.which("node"), ground.bench / "apps" / "frappe" / "socketio.js"],
			{"FRAPPE_SITE": SITE, "FRAPPE_SOCKETIO_PORT": str(sockets)},
		),
		"worker": ([*helper, "worker", "--queue", "short,default,long"], {}),
		"scheduler": ([*helper, "schedule"], {}),
	}


def stop(ground: Ground) -> list[str]:
	"""End the demo's processes. Returns the names of those that ran."""
	return [name for name in PROCESSES if servers.stop_daemon(ground, name)]


@contextlib.contextmanager
def at_rest(ground: Ground):
	"""Nothing of the demo's own changes the site meanwhile: what is queued is worked off, then its processes are ended.

	What ran before runs again afterwards.
	"""
	served = all(servers.daemon_pid(ground, name) for name in PROCESSES)
	servers.stop_daemon(ground, "scheduler")
	if servers.daemon_pid(ground, "worker"):
		script = ground.copy / "tools" / "devkit" / "in_bench" / "wait_for_jobs.py"
		ground.run([ground.python, script, SITE, QUEUE_PATIENCE], cwd=ground.sites, log=f"site-{SITE}")
	stop(ground)
	try:
		yield
	finally:
		if served:
			serve(ground)


# --- checks ----------------------------------------------------------------------------------------


def _answers(url: str) -> bool:
	try:
		with urllib.request.urlopen(f"{url}/api/method/ping", timeout=10) as answer:
			return json.load(answer).get("message") == "pong"
	except (OSError, ValueError):
		return False


def _readable(answer: str) -> str:
	"""The traceback in an error answer of Frappe, or the answer without its markup."""
	try:
		content = json.loads(answer)
		return "\n".join(json.loads(content["exc"])) if content.get("exc") else answer
	except ValueError:
		return re.sub(r"<[^>]+>|\s*\n\s*", "\n", answer).strip()


def _check(url: str) -> None:
	"""Log in as a browser would and fetch the desk with its style sheets and scripts."""
	browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

	def fetch(path: str, data: dict | None = None) -> str:
		body = urllib.parse.urlencode(data).encode() if data else None
		try:
			with browser.open(url + path, body, timeout=60) as answer:
				return answer.read().decode(errors="replace")
		except urllib.error.HTTPError as error:
			answer = error.read().decode(errors="replace")
			raise Stop(f"{url}{path} answers {error.code}:\n{_readable(answer)[-3000:]}") from None

	pages = [fetch("/login")]
	fetch("/api/method/login", {"usr": "Administrator", "pwd": sites.ADMIN_PASSWORD})
	pages.append(fetch("/app"))
	if "frappe.boot" not in pages[1]:
		raise Stop(f"{url}/app does not bring up the desk")
	assets = {
		asset
		for page in pages
		for asset in re.findall(r'(?:href|src)="(/assets/[^"]+\.(?:css|js)[^"]*)"', page)
	}
	if not any(".css" in asset for asset in assets):
		raise Stop(f"{url}/login names no style sheet: run `make clean` and `make demo`")
	for asset in sorted(assets):
		fetch(asset)
