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


def needs(ground: Ground, *, building: bool, browser: bool) -> list[Need]:
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
	if browser:
		listed.append(Need("Chromium (browser tests)", ("chromium",), bool(chromium(ground))))
	return listed


def chromium(ground: Ground) -> str | None:
	"""A Chromium or Chrome that the browser tests can drive."""
	return ground.which("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def ensure(ground: Ground, *, building: bool, browser: bool = False) -> None:
	"""Install what is missing, or raise NoBench with one line per missing thing."""
	missing = [need for need in needs(ground, building=building, browser=browser) if not need.present]
	if not missing:
		return
	packages = [package for need in missing for package in need.packages]
	if is_root() and shutil.which("apt-get"):
		with ground.as_root():
			_apt_install(packages)
		missing = [need for need in needs(ground, building=building, browser=browser) if not need.present]
		if not missing:
			return
	lines = [f"missing: {need.label}. Install it: {_hint(need)}" for need in missing]
	raise NoBench("\n".join(lines))


def _hint(need: Need) -> str:
	command = f"sudo apt-get install -y {' '.join(need.packages)}"
	if "nodejs" in need.packages:
		return f"{command} (a release that ships an older Node needs a package of Node {LOWEST_NODE}+ from its makers)"
	return command


def _apt_install(packages: list[str]) -> None:
	say(f"installing by apt: {' '.join(packages)}")
	# RUNLEVEL=1 asks the packages' scripts not to start their services: we only want the programs.
	env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
	log = Path("/tmp") / f"aftersales-apt-{os.getpid()}.log"
	with open(log, "wb") as out:
		root = {"user": 0, "group": 0, "cwd": "/", "env": env, "stdout": out, "stderr": subprocess.STDOUT}
		subprocess.run(["apt-get", "update", "-q"], check=False, **root)
		done = subprocess.run(
			["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], check=False, **root
		)
	if done.returncode:
		tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
		raise NoBench(f"apt-get install {' '.join(packages)} failed:\n{tail}\n(full log: {log})")
	log.unlink()
