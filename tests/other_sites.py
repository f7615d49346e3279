"""Sites beside the one under test, made and removed by the project's tool, and commands run on them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import frappe

ROOT = Path(__file__).resolve().parents[1]
SITES = Path(os.environ.get("AFTERSALES_BENCH") or "/nonexistent") / "sites"


@contextmanager
def throwaway(kind: str, *, bare: bool = False) -> Iterator[str]:
	"""Name of a fresh site with ERPNext set up, with the app or `bare` of it; removed afterwards."""
	name = f"{kind}-{os.environ['AFTERSALES_SITE']}"
	_dev("site", name, "--fresh", *(["--bare"] if bare else []))
	try:
		yield name
	finally:
		_dev("drop-site", name)


def bench(site: str, *arguments: str) -> None:
	"""One of Frappe's commands, as `bench --site SITE ...` runs it."""
	_run([sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", site, *arguments], cwd=SITES)


def python(script: str) -> str:
	"""Run a script in a process of its own: another site must not get into this test's Frappe context."""
	return _run([sys.executable, "-c", script], cwd=SITES, env={**os.environ, "PYTHONPATH": str(ROOT)})


@contextmanager
def visit(site: str) -> Iterator[None]:
	"""This process works on `site` inside the block, as one request does: committed at its end."""
	from frappe.utils import caching

	home = frappe.local.site
	_go_to(site)
	caching._SITE_CACHE.pop(site, None)
	try:
		yield
		frappe.db.commit()
	finally:
		_go_to(home)


def _go_to(site: str) -> None:
	from frappe.utils import background_jobs

	frappe.destroy()
	frappe.init(site=site, sites_path=".", force=True)
	frappe.connect()
	# Frappe keeps the first connection of a process, but each site here has a queue of its own
	background_jobs._redis_queue_conn = None


def _dev(*arguments: str) -> None:
	_run([sys.executable, str(ROOT / "tools" / "dev.py"), *arguments], cwd=ROOT)


def _run(command: list[str], **options) -> str:
	done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **options)
	assert done.returncode == 0, f"{' '.join(command)[:300]}\n{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
	return done.stdout
