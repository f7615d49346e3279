"""Running the tests: all of them on a real site, or, where no bench can be had, those that need none."""

import contextlib
import multiprocessing
import os
import shlex
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from devkit import prerequisites, sites
from devkit.ground import Ground, NoBench, Stop, say

# What the unit tests import besides the app; a bench has them through pyproject.toml and Frappe.
UNIT_REQUIREMENTS = (
	"babel>=2.13,<3",
	"chardet>=5,<6",
	"hypothesis>=6.77,<7",
	"import-linter>=2.5,<3",
	"openpyxl>=3.1,<4",
	"pytest>=8,<9",
	"python-dateutil>=2.8,<3",
	"segno>=1.6,<2",
)
# `make test` runs a process per site, side by side; whole files go to one process or the other.
TEST_SITES = ("test.localhost", "test2.localhost", "test3.localhost", "test4.localhost")
PROCESSES = 2
NEED_SITE = ("tests/integration", "tests/security", "tests/browser")


def extra_arguments() -> list[str]:
	"""Arguments for pytest given through the Makefile."""
	return shlex.split(os.environ.get("PYTEST_ARGS") or os.environ.get("ARGS") or "")


def run(ground: Ground, names: list[str], arguments: list[str]) -> int:
	"""Make these sites and run pytest on them, a process per site. Returns pytest's exit code.

	Two runs on one site would meet each other's rows: the later one waits for the earlier.
	"""
	with contextlib.ExitStack() as locks:
		for name in sorted(names):
			locks.enter_context(ground.lock(f"tests-{name}"))
		_ensure_sites(ground, names)
		command = [ground.python, "-m", "pytest", *arguments]
		env = environment(ground, names[0])
		if len(names) > 1:
			command += ["--numprocesses", len(names), "--dist", "loadfile", "--no-loadscope-reorder"]
			# A process that dies is a failure of its test; one in its place would have no site.
			command += ["--max-worker-restart", "0"]
			env["AFTERSALES_SITES"] = " ".join(names)
		return _run(ground, command, env)


def _ensure_sites(ground: Ground, names: list[str]) -> None:
	"""The sites exist and have the app at this code; they are made side by side."""
	if len(names) == 1:
		sites.ensure(ground, names[0])
		return
	sites.snapshot(ground)
	with ProcessPoolExecutor(len(names), multiprocessing.get_context("fork")) as pool:
		for made in [pool.submit(sites.ensure, ground, name) for name in names]:
			made.result()


def processes() -> int:
	"""How many test processes: TEST_PROCESSES, else one per processor core up to two."""
	given = os.environ.get("TEST_PROCESSES")
	if not given:
		return min(PROCESSES, os.cpu_count() or 1)
	if not given.isdigit() or not 1 <= int(given) <= len(TEST_SITES):
		raise Stop(f"TEST_PROCESSES is '{given}': set it to a number from 1 to {len(TEST_SITES)}.")
	return int(given)


def run_script(ground: Ground, site: str, script: str, **extra: str) -> int:
	"""Run a Python script of the checkout with the environment of the tests. Returns its exit code.

	What it writes into the folder AFTERSALES_OUT is copied to the same place in the checkout.
	"""
	if not (ground.copy / script).exists():
		raise Stop(f"{script} is not in this checkout")
	out = ground.state / "out"
	shutil.rmtree(out, ignore_errors=True)
	out.mkdir(parents=True)
	env = {**environment(ground, site), "AFTERSALES_OUT": str(out), **extra}
	code = _run(ground, [ground.python, script, *extra_arguments()], env)
	results = [path for path in sorted(out.rglob("*")) if path.is_file()]
	with ground.as_root():
		for path in results:
			target = ground.checkout / path.relative_to(out)
			target.parent.mkdir(parents=True, exist_ok=True)
			shutil.copyfile(path, target)
	if results:
		say(f"{len(results)} files written to {ground.checkout}")
	return code


def environment(ground: Ground, site: str) -> dict[str, str]:
	"""What a test or script is told about site, bench, data and browser."""
	return ground.env(
		PATH=f"{ground.python.parent}{os.pathsep}{ground.path()}",
		AFTERSALES_SITE=site,
		AFTERSALES_BENCH=str(ground.bench),
		AFTERSALES_SHARED_DATA=shared_data(ground),
		AFTERSALES_CHROMIUM=prerequisites.chromium(ground),
		BENCH_DIR=str(ground.bench),
		HYPOTHESIS_STORAGE_DIRECTORY=str(ground.state / "cache" / "hypothesis"),
	)


def _run(ground: Ground, command: list, env: dict[str, str]) -> int:
	with ground.lock("code", shared=True):
		return ground.run(command, cwd=ground.copy, env=env, check=False, stdin=subprocess.DEVNULL).returncode


def shared_data(ground: Ground) -> str | None:
	"""The folder of real registers beside the checkout, or a copy of it that the bench's user can read."""
	if given := os.environ.get("AFTERSALES_SHARED_DATA"):
		return given
	origin = ground.checkout.parent / "shared" / "data"
	kept = ground.state / "shared-data"
	with ground.as_root():
		here = origin.is_dir()
		files = (
			[(path.name, path.stat(), path.read_bytes()) for path in origin.iterdir() if path.is_file()]
			if here
			else []
		)
	if not here:
		return str(kept) if kept.is_dir() else None
	kept.mkdir(exist_ok=True)
	for name, info, content in files:
		target = kept / name
		if not target.exists() or target.stat().st_mtime_ns != info.st_mtime_ns:
			target.write_bytes(content)
			os.utime(target, ns=(info.st_mtime_ns, info.st_mtime_ns))
	return str(kept)


def make_test(ready) -> int:
	"""`make test`: the whole suite on the test sites; without a bench the unit tests, loudly."""
	try:
		ground = ready(browser=True)
	except NoBench as reason:
		return _unit_only(str(reason))
	return run(ground, list(TEST_SITES[: processes()]), extra_arguments())


def _unit_only(reason: str) -> int:
	_banner(["NO BENCH: only tests/unit run. NOT RUN: " + ", ".join(NEED_SITE), *reason.splitlines()])
	if os.getuid() == 0:
		os.seteuid(0)
		os.setegid(0)
	python = _python_with_pytest()
	checkout = Path(__file__).resolve().parents[2]
	env = {k: v for k, v in os.environ.items() if k != "AFTERSALES_SITE"}
	env.update(PYTHONDONTWRITEBYTECODE="1", HYPOTHESIS_STORAGE_DIRECTORY=str(unit_venv() / "hypothesis"))
	registers = checkout.parent / "shared" / "data"
	if "AFTERSALES_SHARED_DATA" not in env and registers.is_dir():
		env["AFTERSALES_SHARED_DATA"] = str(registers)
	code = subprocess.run(
		[python, "-m", "pytest", "tests/unit", *extra_arguments()], cwd=checkout, env=env
	).returncode
	_banner(["NOT RUN for want of a bench: " + ", ".join(NEED_SITE), *reason.splitlines()])
	if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
		print("CI=true: tests that were not run count as failed.", file=sys.stderr, flush=True)
		return code or 1
	return code


def _banner(lines: list[str]) -> None:
	width = min(110, max(len(line) for line in lines) + 4)
	print("\n" + "!" * width, file=sys.stderr)
	for line in lines:
		print(f"! {line}", file=sys.stderr)
	print("!" * width + "\n", file=sys.stderr, flush=True)


def unit_venv() -> Path:
	"""Where the venv for unit tests without a bench lies (the caller's cache folder)."""
	return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aftersales-unit-tests"


def _python_with_pytest() -> str:
	needed = "import babel, chardet, dateutil, hypothesis, importlinter, openpyxl, pytest, segno"
	for python in (sys.executable, shutil.which("python3") or ""):
		if python and subprocess.run([python, "-c", needed], capture_output=True).returncode == 0:
			return python
	venv = unit_venv()
	python = str(venv / "bin" / "python")
	if (
		subprocess.run([python, "-c", needed], capture_output=True).returncode
		if Path(python).exists()
		else True
	):
		say(f"making a venv for the unit tests: {venv}")
		subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
		subprocess.run([python, "-m", "pip", "install", "-q", *UNIT_REQUIREMENTS], check=True)
	return python
