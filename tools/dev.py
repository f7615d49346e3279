#!/usr/bin/env python3
"""One tool behind the Makefile: bench, servers, sites, tests, demo.

Usage: python3 tools/dev.py COMMAND [...]; see `--help`. Needs nothing but Python 3.10.
Environment: BENCH_DIR, BENCH_USER, FRAPPE_SOURCE, ERPNEXT_SOURCE, FRAPPE_BRANCH (docs/operations.md).
"""

import sys

sys.dont_write_bytecode = True  # root must not leave files in the checkout

import argparse
import os
import signal

# Once root has stepped down to the bench's user, Python still loads modules; where root's own Python lies
# in a folder closed to others (pyenv under /root), the system's Python takes over before anything happens.
SYSTEM_PYTHON = "/usr/bin/python3"
if os.geteuid() == 0 and os.path.exists(SYSTEM_PYTHON) and os.path.realpath(sys.prefix).startswith("/root/"):
	os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])

from devkit import bench, cleaning, demo, linting, moving, prerequisites, sites, sync, testing
from devkit.ground import Ground, Stop, fail


def main() -> None:
	"""Parse the command line and run one command; every expected failure is one message and exit code 1."""
	options = parser().parse_args()
	# An ended tool takes the command it runs with it; otherwise the next call would meet it at work.
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
	try:
		sys.exit(options.command(options) or 0)
	except Stop as stop:
		fail(str(stop))


def parser() -> argparse.ArgumentParser:
	top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
	commands = top.add_subparsers(required=True, metavar="COMMAND")

	def command(name: str, function, text: str) -> argparse.ArgumentParser:
		sub = commands.add_parser(name, help=text, description=text)
		sub.set_defaults(command=function)
		return sub

	command("bench", bench_command, "make or find the bench, start its servers, copy the code into it")
	site = command("site", site_command, "make a site from the snapshot, or bring it to the checkout's code")
	site.add_argument("name")
	site.add_argument("--fresh", action="store_true", help="make it anew")
	site.add_argument("--bare", action="store_true", help="ERPNext only, without the app")
	dropped = command("drop-site", drop_command, "remove a site made by this tool")
	dropped.add_argument("name")
	kept = command(
		"keep", keep_command, "write a site and what is in it into a folder: keep demo.localhost v15"
	)
	brought = command(
		"bring", bring_command, "make a site of such a folder, migrate it and compare what is in it"
	)
	for moved in (kept, brought):
		moved.add_argument("name")
		moved.add_argument("folder", help="one that the bench's user may write to")
	frappe = command("frappe", frappe_command, "run a Frappe command: frappe -- --site NAME console")
	frappe.add_argument("arguments", nargs=argparse.REMAINDER)
	run = command(
		"run", run_command, "run any program as the bench's user in the sites folder; python is the bench's"
	)
	run.add_argument("arguments", nargs=argparse.REMAINDER)
	tests = command("pytest", pytest_command, "run pytest on a site: pytest h2.localhost -- tests/unit -x")
	tests.add_argument("name")
	tests.add_argument("arguments", nargs=argparse.REMAINDER)
	demo_sub = command("demo", demo_command, "the demo site, filled and served")
	demo_sub.add_argument("--fresh", action="store_true", help="make the demo site anew")
	command("serve", serve_command, "start the demo's processes again")
	command("stop", stop_command, "end the demo's processes and the private servers")
	command("clean", clean_command, "remove everything that demo and test made")
	command("lint", lint_command, "ruff, prettier, eslint, import-linter, semgrep, translation template")
	command("benchmark", benchmark_command, "run benchmarks/run.py on a site of its own")
	command("screenshots", screenshots_command, "take the pictures of docs/ from the demo site")
	command(
		"pictures", pictures_command, "take a picture of every page of the demo site, wide and on a phone"
	)
	command("export", export_command, "write the shipped records as Frappe itself writes them")
	command(
		"test", test_command, "all tests, two processes with a site each (PYTEST_ARGS: arguments for pytest)"
	)
	return top


def ready(*, browser: bool = False) -> Ground:
	"""Bench up, servers up, code of this checkout in the bench, app importable."""
	ground = Ground()
	bench.ensure(ground)
	if browser:
		prerequisites.ensure_browser(ground)
		prerequisites.ensure_mailbox(ground)
	sync.report(ground, sync.sync(ground))
	bench.ensure_app(ground)
	return ground


def bench_command(options) -> None:
	ground = ready()
	sites.snapshot(ground)
	print(f"bench: {ground.bench}")


def site_command(options) -> None:
	sites.ensure(ready(), options.name, fresh=options.fresh, bare=options.bare)


def drop_command(options) -> None:
	ground = ready()
	if sites.exists(ground, options.name) and not sites.state(ground, options.name):
		raise Stop(f"{options.name} is not one of this tool's sites")
	sites.drop(ground, options.name)


def keep_command(options) -> None:
	moving.keep(ready(), options.name, options.folder)


def bring_command(options) -> int:
	return 1 if moving.bring(ready(), options.name, options.folder) else 0


def _rest(arguments: list[str]) -> list[str]:
	return arguments[1:] if arguments[:1] == ["--"] else arguments


def frappe_command(options) -> int:
	ground = ready()
	return bench.frappe(ground, _rest(options.arguments), check=False, stdin=sys.stdin).returncode


def run_command(options) -> int:
	ground = ready()
	env = ground.env(
		PATH=f"{ground.python.parent}{os.pathsep}{ground.path()}", AFTERSALES_BENCH=str(ground.bench)
	)
	return ground.run(
		_rest(options.arguments), cwd=ground.sites, env=env, check=False, stdin=sys.stdin
	).returncode


def pytest_command(options) -> int:
	return testing.run(ready(), [options.name], _rest(options.arguments))


def test_command(options) -> int:
	return testing.make_test(ready)


def demo_command(options) -> None:
	demo.make_demo(ready(), fresh=options.fresh or bool(os.environ.get("FRESH")))


def serve_command(options) -> None:
	ground = ready()
	if not sites.exists(ground, demo.SITE):
		raise Stop("there is no demo site yet: make demo")
	sites.ensure(ground, demo.SITE, demo=True)
	demo.serve(ground)
	print(demo.address(ground))


def stop_command(options) -> None:
	ground = Ground()
	if ground.user and ground.state.exists():
		ground.become_bench_user()
		cleaning.stop(ground)


def clean_command(options) -> None:
	cleaning.clean(Ground())


def lint_command(options) -> int:
	return linting.run(ready())


def benchmark_command(options) -> int:
	ground = ready()
	sites.ensure(ground, "bench.localhost")
	return testing.run_script(ground, "bench.localhost", "benchmarks/run.py")


def screenshots_command(options) -> int:
	ground = ready(browser=True)
	demo.make_demo(ground)
	return testing.run_script(ground, demo.SITE, "docs/screenshots.py", AFTERSALES_URL=demo.address(ground))


def pictures_command(options) -> int:
	ground = ready(browser=True)
	demo.make_demo(ground)
	return testing.run_script(ground, demo.SITE, "docs/every_page.py", AFTERSALES_URL=demo.address(ground))


def export_command(options) -> int:
	ground = ready()
	sites.ensure(ground, "test.localhost")
	return testing.run_script(ground, "test.localhost", "tools/devkit/in_bench/export_shipped.py")


if __name__ == "__main__":
	main()
