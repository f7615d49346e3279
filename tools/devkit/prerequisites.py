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

from devkit.ground import Ground, NoBench, is_root, say

PYTHONS = ("/usr/bin/python3", "python3.12", "python3.11", "python3.10", "python3.13", "python3")
LOWEST_NODE = 18


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
	"""A Python 3.10 to 3.13 with venv and headers that the bench's user can run."""
	probe = (
		"import sys, venv, ensurepip, sysconfig, os;"
		"ok = (3, 10) <= sys.version_info[:2] <= (3, 13)"
		" and os.path.exists(os.path.join(sysconfig.get_path('include'), 'Python.h'));"
		"sys.exit(0 if ok else 1)"
	)
	for name in PYTHONS:
		program = ground.which(name) if not name.startswith("/") else name
		if program and os.path.exists(program):
			if ground.run([program, "-c", probe], capture=True, check=False).returncode == 0:
				return program
	return None


def needs(ground: Ground, *, building: bool) -> list[Need]:
	"""The prerequisites of this call. `building`: the bench is still to be made."""
	has = ground.which
	listed = [
		Need("MariaDB server 10.6 or newer (mariadbd)", ("mariadb-server-core",), bool(has("mariadbd"))),
		Need(
			"MariaDB client (mariadb, mariadb-dump)",
			("mariadb-client",),
			bool(has("mariadb") and has("mariadb-dump")),
		),
		Need("Redis server (redis-server)", ("redis-server",), bool(has("redis-server"))),
		Need("Git (git)", ("git",), bool(has("git"))),
	]
	node = has("node")
	if not building:
		listed.append(Need(f"Node.js {LOWEST_NODE} or newer (node)", ("nodejs",), bool(node)))
	else:
		fit = bool(node) and version_of(ground, [node, "--version"]) >= (LOWEST_NODE,)
		listed += [
			Need(f"Node.js {LOWEST_NODE} or newer (node)", ("nodejs",), fit),
			Need("npm", ("npm",), bool(has("npm"))),
			Need("a C compiler (gcc)", ("build-essential",), bool(has("gcc"))),
			Need("pkg-config", ("pkg-config",), bool(has("pkg-config"))),
			Need(
				"Python 3.10 to 3.13 with venv and headers",
				("python3", "python3-venv", "python3-dev"),
				bool(bench_python(ground)),
			),
		]
	return listed


def chromium(ground: Ground) -> str | None:
	"""A Chromium or Chrome that the browser tests can drive."""
	return ground.which("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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
	if not chromium(ground) and _may_install():
		_apt_install(ground, ["chromium"])
	if not chromium(ground):
		say(
			"missing: Chromium or Chrome, the tests of tests/browser are NOT RUN. Install it: apt-get install chromium"
		)


def _may_install() -> bool:
	return is_root() and bool(shutil.which("apt-get"))


def _hint(need: Need) -> str:
	command = f"sudo apt-get install -y {' '.join(need.packages)}"
	if "nodejs" in need.packages:
		return f"{command} (a release that ships an older Node needs a package of Node {LOWEST_NODE}+ from its makers)"
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
