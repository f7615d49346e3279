"""Test set-up: `tests/unit` needs nothing; everything else runs on the real site AFTERSALES_SITE.

Called by `make test` (or `python3 tools/dev.py pytest SITE -- ...`), which makes bench and site and sets
AFTERSALES_SITE, AFTERSALES_BENCH, AFTERSALES_SHARED_DATA and AFTERSALES_CHROMIUM. Without a site the
folders that need one are left out, and the summary says so. Where several processes share the run
(pytest-xdist), each takes its own site of AFTERSALES_SITES.

Fixtures: `clock` (moves the time), `server` (web server of the site), `worker` (background worker), `shared_data` (folder of real
registers). Marker `needs`: programs that have to be on the machine; without one the test is left out, and the
summary says so. Marker `needs_app`: apps that the site must have; the same. Marker `commits`: the test commits or starts processes, and removes what it made; rows left
behind fail it. Everything in tests/browser is `commits` by nature.
"""

import collections
import copy
import functools
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no fault of what is tried
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# pytest-xdist numbers its processes gw0, gw1, ...; the one that hands out the tests has no number.
PROCESS = os.environ.get("PYTEST_XDIST_WORKER")
SITES = os.environ.get("AFTERSALES_SITES", "").split()
if PROCESS and SITES:
	os.environ["AFTERSALES_SITE"] = SITES[int(PROCESS.removeprefix("gw"))]
SITE = os.environ.get("AFTERSALES_SITE")
BENCH = os.environ.get("AFTERSALES_BENCH")
HERE = Path(__file__).parent
NEED_SITE = ("integration", "security", "browser")
CHROMIUM = os.environ.get("AFTERSALES_CHROMIUM")
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
AT = os.environ.get("AFTERSALES_AT")
"""A time of day, as 23:50: what is rolled back runs at it, to see whether a run near midnight passes."""
SECONDS = HERE / "seconds.txt"
"""Seconds that each file took: written anew by AFTERSALES_SECONDS=FILE, where that names a file the tests can write."""
SHARED = pytest.StashKey()
"""On a test file: the transaction that its tests share, while a fixture of its has one open."""
left_out: set[str] = set()
missing_programs: set[str] = set()
"""Tests left out for want of a program that a machine may do without, with the program."""


def pytest_configure(config):
	if SITE:
		if not BENCH:
			raise pytest.UsageError("AFTERSALES_BENCH is not set: call tests by `make test`")
		wanted = getattr(config.option, "numprocesses", None)
		if wanted and not PROCESS:
			if wanted > len(SITES):
				raise pytest.UsageError("each process needs a site: call tests by `make test`")
			return  # runs no test itself, and its processes start in its folder
		# Frappe opens its log files by paths relative to the sites folder.
		os.chdir(Path(BENCH) / "sites")


def _room(path: Path) -> str:
	try:
		return Path(path).relative_to(HERE).parts[0]
	except (ValueError, IndexError):
		return ""


def pytest_ignore_collect(collection_path, config):
	room = _room(collection_path)
	if (not SITE and room in NEED_SITE) or (not CHROMIUM and room == "browser"):
		left_out.add(room)
		return True


def pytest_collection_modifyitems(items, config):
	_leave_out_what_lacks_a_program(items, config)
	for item in items:
		if _room(item.path) == "browser":
			item.add_marker(pytest.mark.commits)
	if PROCESS:
		_longest_first(items)


def _leave_out_what_lacks_a_program(items: list[pytest.Item], config: pytest.Config) -> None:
	without = {}
	for item in items:
		lacking = sorted(name for name in _named(item, "needs") if not _program(name))
		if SITE and (apps := _named(item, "needs_app")):
			lacking += sorted(apps - _installed_apps())
		if lacking:
			without[item] = f"{item.nodeid} (no {', '.join(lacking)})"
	if without:
		missing_programs.update(without.values())
		config.hook.pytest_deselected(items=list(without))
		items[:] = [item for item in items if item not in without]


def _program(name: str) -> str | None:
	"""Where a program is; servers are in folders that a user's path may lack."""
	return shutil.which(
		name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
	)


def _named(item: pytest.Item, marker: str) -> set[str]:
	return {name for marked in item.iter_markers(marker) for name in marked.args}


@functools.cache
def _installed_apps() -> set[str]:
	import frappe

	frappe.init(site=SITE, sites_path=".")
	try:
		frappe.connect()
		return set(frappe.get_installed_apps())
	finally:
		frappe.destroy()


def _longest_first(items: list[pytest.Item]) -> None:
	"""The files that take longest go out first, so that the processes end together; one that is new comes first of all."""
	lines = (line.split() for line in SECONDS.read_text().splitlines())
	seconds = {path: int(number) for number, path in lines}
	items.sort(key=lambda item: -seconds.get(_file(item.nodeid), 1000))


def _file(nodeid: str) -> str:
	return nodeid.partition("::")[0].removeprefix("tests/")


def _note_seconds(reports: dict[str, list]) -> None:
	seconds = collections.Counter()
	for report in (report for kind in reports.values() for report in kind if hasattr(report, "duration")):
		seconds[_file(report.nodeid)] += report.duration
	lines = [f"{round(number)} {path}" for path, number in seconds.items()]
	Path(os.environ["AFTERSALES_SECONDS"]).write_text("\n".join(sorted(lines, key=_order)) + "\n")


def _order(line: str) -> tuple:
	number, path = line.split()
	return -int(number), path


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
	"""A process of the run has ended: what it left out counts for the run."""
	told = getattr(node, "workeroutput", {})
	left_out.update(told.get("left_out", ()))
	missing_programs.update(told.get("missing_programs", ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
	if PROCESS:
		session.config.workeroutput["left_out"] = sorted(left_out)
		session.config.workeroutput["missing_programs"] = sorted(missing_programs)
	if left_out and CI and session.exitstatus == 0:
		session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
	if os.environ.get("AFTERSALES_SECONDS") and not PROCESS:
		_note_seconds(terminalreporter.stats)
	if left_out:
		rooms = ", ".join(f"tests/{room}" for room in sorted(left_out))
		why = "there is no Chromium" if SITE else "there is no site"
		terminalreporter.section("NOT RUN", red=True, bold=True)
		terminalreporter.line(
			f"{why}: {rooms} were NOT run." + (" CI=true: that is a failure." if CI else "")
		)
	if missing_programs:
		terminalreporter.section("NOT RUN", yellow=True, bold=True)
		for test in sorted(missing_programs):
			terminalreporter.line(f"{test} was NOT run.")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
	# From here on a rollback in the code under test must not take away what the fixtures prepared.
	if held := getattr(item, "held_transaction", None):
		held.mark()


@pytest.fixture(scope="module", autouse=True)
def _browser_of_the_file():
	"""Tests of one file share a browser (tests/desk.py); the next file may start one of its own."""
	yield
	if desk := sys.modules.get("tests.desk"):
		desk.close_browser()


@pytest.fixture(autouse=True)
def _site(request):
	"""A fresh Frappe context on the site, as Administrator, undone afterwards.

	`frappe.flags.in_test` stays off on purpose: it makes `frappe.only_for` let everybody pass, skips
	version records and runs some background work inline, so tests would see another program than users do.
	"""
	if _room(request.node.path) not in NEED_SITE:
		yield
		return
	import frappe
	from frappe.utils import caching

	from tests import isolation, sessions

	commits = request.node.get_closest_marker("commits")
	shared = request.node.getparent(pytest.Module).stash.get(SHARED, None)
	caching._SITE_CACHE.pop(SITE, None)
	if shared:
		assert not commits, "a test that commits has no place in a file whose fixtures ask for `shared_site`"
		request.node.held_transaction = shared
		shared.begin_test()
		try:
			yield
		finally:
			shared.end_test()
		return
	sessions.keep(not commits)  # other processes, too, change what a test commits
	sessions.connect(SITE, force=True)
	try:
		if commits:
			before = isolation.row_counts()
			frappe.db.rollback()
			yield
			frappe.db.rollback()  # ends the snapshot this connection reads from
			left = {k: (before.get(k), n) for k, n in isolation.row_counts().items() if n != before.get(k)}
			isolation.forget({"Singles"} | isolation.CACHED_PER_USER)
			assert not left, f"the test left rows behind (table: before, after): {left}"
		else:
			held = request.node.held_transaction = isolation.HeldTransaction(frappe.local.db)
			try:
				with _time_of_day():
					yield
			finally:
				frappe.set_user("Administrator")
				held.release()
	finally:
		sessions.leave()


@contextmanager
def _time_of_day():
	from frappe.utils import nowdate

	from tests.clock import current

	if AT:
		current.to(f"{nowdate()} {AT}:00")
	yield
	if AT:
		current.back()


@pytest.fixture(scope="module")
def shared_site(request):
	"""The site for fixtures of scope "module": what they make is there for each test of the file, and undone at its end."""
	import frappe
	from frappe.utils import caching

	from tests import isolation, sessions

	assert not getattr(frappe.local, "db", None), "the test has begun: ask for the fixture as an argument"
	sessions.keep(True)
	sessions.connect(SITE, force=True)
	caching._SITE_CACHE.pop(SITE, None)
	stash = request.node.stash
	shared = stash[SHARED] = isolation.SharedTransaction(frappe.local.db)
	try:
		with _time_of_day():
			yield
	finally:
		del stash[SHARED]
		frappe.set_user("Administrator")
		shared.release()
		sessions.leave()


@pytest.fixture(scope="module")
def shared_clock(shared_site):
	"""The clock for fixtures of scope "module": each test of the file begins at the moment to which they moved it."""
	from tests.clock import current

	yield current
	current.back()


@pytest.fixture(scope="module")
def masters(shared_site):
	"""What the tests of a file begin with, made once: the masters of a small agency, unless the file makes its own."""
	from tests import factories

	return factories.shop()


@pytest.fixture
def shop(masters, _site):
	"""The names of the file's `masters`, for the test to add to."""
	return copy.deepcopy(masters)


@pytest.fixture
def clock(_site):
	"""The clock, to be moved: `clock.to("2027-02-28")`, `clock.days(until)`; see tests/clock.py."""
	from tests.clock import current

	yield current
	current.back()


@pytest.fixture(scope="session")
def server():
	"""The site's running web server: `server.url`. It sees committed data only."""
	from tests.processes import Server

	running = Server(SITE).start()
	yield running
	running.stop()


@pytest.fixture
def worker():
	"""A running background worker of the site: `worker.kill()`, `worker.start(empty=False)`, `worker.log`."""
	from tests.processes import Worker

	running = Worker(SITE).start()
	yield running
	running.stop()


@pytest.fixture(scope="session")
def shared_data() -> Path:
	"""Folder with the real repair registers; the test is skipped where they are not at hand."""
	folder = os.environ.get("AFTERSALES_SHARED_DATA")
	if not folder or not Path(folder).is_dir():
		pytest.skip("AFTERSALES_SHARED_DATA: the folder of real registers is not here")
	return Path(folder)
