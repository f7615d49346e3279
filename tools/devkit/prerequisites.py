"""What must be on the machine before a bench can be made, and how it gets there.

As root on a Debian or Ubuntu system missing packages are installed by apt; anywhere else each missing
thing is named in one line with the command that installs it.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devkit.ground import Ground, NoBench, branch, is_root, say


@dataclass(frozen=True)
class Versions:
	"""What a version of Frappe runs on: lowest and highest Python, lowest Node."""

	lowest_python: tuple[int, int]
	highest_python: tuple[int, int]
	node: int

	@property
	def python(self) -> str:
		"""The range in words: "3.10 to 3.13"."""
		ends = (".".join(map(str, end)) for end in (self.lowest_python, self.highest_python))
		return " to ".join(dict.fromkeys(ends))


VERSION_15 = Versions((3, 10), (3, 13), 18)
VERSION_16 = Versions((3, 14), (3, 14), 24)


def versions() -> Versions:
	"""What the Frappe of FRAPPE_BRANCH runs on; a branch newer than version-16 is taken for one of its kind."""
	return VERSION_15 if branch() == "version-15" else VERSION_16


@dataclass
class Need:
	"""One prerequisite: how it is named, what provides it, whether it is there."""

	label: str
	packages: tuple[str, ...]
	present: bool


def version_of(ground: Ground, command: list[str]) -> tuple[int, ...]:
	"""Numbers of the first dotted version a command prints; empty if it does not run."""
	done = ground.run(command, capture=True, check=False)
	found = re.search(r"(\d+)(?:\.(\d+))?", done.stdout or "")
	return tuple(int(part) for part in found.groups(default="0")) if done.returncode == 0 and found else ()


def bench_python(ground: Ground) -> str | None:
	"""A Python of the right version, with venv and headers, that the bench's user can run.

	The machine's own first; else one that uv has, or can fetch.
	"""
	wanted = versions()
	for name in _python_names(wanted):
		program = ground.which(name) if not name.startswith("/") else name
		if program and os.path.exists(program) and _fits(ground, program, wanted):
			return program
	if uv := ground.which("uv"):
		version = ".".join(map(str, wanted.highest_python))
		for arguments in (("find",), ("install",), ("find",)):
			done = ground.run([uv, "python", *arguments, version], capture=True, check=False)
			program = (done.stdout or "").strip()
			if done.returncode == 0 and os.path.exists(program) and _fits(ground, program, wanted):
				return program
	return None


def _python_names(wanted: Versions) -> list[str]:
	minors = range(wanted.highest_python[1], wanted.lowest_python[1] - 1, -1)
	# The newest of a version is the least tried with it
	ordered = [*[minor for minor in minors if minor != wanted.highest_python[1]], wanted.highest_python[1]]
	return ["/usr/bin/python3", *(f"python3.{minor}" for minor in ordered), "python3"]


def _fits(ground: Ground, program: str, wanted: Versions) -> bool:
	probe = (
		"import sys, venv, ensurepip, sysconfig, os;"
		f"ok = {wanted.lowest_python} <= sys.version_info[:2] <= {wanted.highest_python}"
		" and os.path.exists(os.path.join(sysconfig.get_path('include'), 'Python.h'));"
		"sys.exit(0 if ok else 1)"
	)
	return ground.run([program, "-c", probe], capture=True, check=False).returncode == 0


def needs(ground: Ground, *, building: bool) -> list[Need]:
	"""The prerequisites of this call. `building`: the bench is still to be made.

	A bench that this tool did not make has its own servers, perhaps on another machine.
	"""
	has = ground.which
	listed = [
		Need(
			"MariaDB client (mariadb, mariadb-dump)",
			("mariadb-client",),
			bool(has("mariadb") and has("mariadb-dump")),
		),
		Need("Git (git)", ("git",), bool(has("git"))),
	]
	if ground.is_ours() or not ground.is_bench():
		listed += [
			Need("MariaDB server 10.6 or newer (mariadbd)", ("mariadb-server-core",), bool(has("mariadbd"))),
			Need("Redis server (redis-server)", ("redis-server",), bool(has("redis-server"))),
		]
	node, wanted = has("node"), versions()
	if not building:
		listed.append(Need(f"Node.js {wanted.node} or newer (node)", ("nodejs",), bool(node)))
	else:
		fit = bool(node) and version_of(ground, [node, "--version"]) >= (wanted.node,)
		listed += [
			Need(f"Node.js {wanted.node} or newer (node)", ("nodejs",), fit),
			Need("npm", ("npm",), bool(has("npm"))),
			Need("a C compiler (gcc)", ("build-essential",), bool(has("gcc"))),
			Need("pkg-config", ("pkg-config",), bool(has("pkg-config"))),
			Need(
				f"Python {wanted.python} with venv and headers",
				("python3", "python3-venv", "python3-dev"),
				bool(bench_python(ground)),
			),
		]
	return listed


# Chromium without windows of its own: as a whole browser it needs about twice the processor time for the same page.
HEADLESS = "chromium-headless-shell"


def chromium(ground: Ground) -> str | None:
	"""A Chromium or Chrome that the browser tests can drive."""
	return ground.which(HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def ensure(ground: Ground, *, building: bool) -> None:
	"""Install what is missing, or raise NoBench with one line per missing thing."""
	missing = [need for need in needs(ground, building=building) if not need.present]
	if missing and _may_install():
		failure = _apt_install(ground, [package for need in missing for package in need.packages])
		if failure:
			raise NoBench(failure)
		missing = [need for need in needs(ground, building=building) if not need.present]
	if missing:
		raise NoBench("\n".join(f"missing: {need.label}. Install it: {_hint(need)}" for need in missing))


def ensure_browser(ground: Ground) -> None:
	"""Install Chromium for the browser tests; without it they are left out, and that is said."""
	if not ground.which(HEADLESS) and _may_install() and _apt_has(HEADLESS):
		_apt_install(ground, [HEADLESS])
	if not chromium(ground) and _may_install():
		_apt_install(ground, ["chromium"])
	if not chromium(ground):
		say(
			"missing: Chromium or Chrome, the tests of tests/browser are NOT RUN. Install it: apt-get install chromium"
		)


def ensure_mailbox(ground: Ground) -> None:
	"""Install Dovecot for the tests with a real mailbox; without it they are left out, and that is said."""
	if not ground.which("dovecot") and _may_install():
		_apt_install(ground, ["dovecot-imapd"])
	if not ground.which("dovecot"):
		say(
			"missing: Dovecot (dovecot), tests/integration/test_mailbox.py is NOT RUN. "
			"Install it: apt-get install dovecot-imapd"
		)


def _may_install() -> bool:
	return is_root() and bool(shutil.which("apt-get"))


def _apt_has(package: str) -> bool:
	found = subprocess.run(["apt-cache", "show", package], capture_output=True)
	return found.returncode == 0


def _hint(need: Need) -> str:
	command = f"sudo apt-get install -y {' '.join(need.packages)}"
	if "nodejs" in need.packages:
		return f"{command} (a release that ships an older Node needs a package of Node {versions().node}+ from its makers)"
	if "python3" in need.packages:
		return f"{command} (a release that ships another Python: install uv, which fetches one)"
	return command


def _apt_install(ground: Ground, packages: list[str]) -> str:
	"""Install packages as root. Returns nothing, or why it failed."""
	say(f"installing by apt: {' '.join(packages)}")
	# RUNLEVEL=1 asks the packages' scripts not to start their services: we only want the programs.
	env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
	log = Path("/tmp") / f"aftersales-apt-{os.getpid()}.log"
	install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
	with ground.as_root():
		with open(log, "wb") as out:
			root = {"user": 0, "group": 0, "cwd": "/", "env": env, "stdout": out, "stderr": subprocess.STDOUT}
			subprocess.run(["apt-get", "update", "-q"], check=False, **root)
			failed = subprocess.run(install, check=False, **root).returncode
		if failed:
			tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
			return f"apt-get install {' '.join(packages)} failed:\n{tail}\n(full log: {log})"
		log.unlink()
	return ""
