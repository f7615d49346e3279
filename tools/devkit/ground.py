"""Where things lie, who runs them, and how a command is started.

The tool may be called by root from a checkout nobody else can read. It reads that checkout as root
and does everything else as the unprivileged user who owns the bench: after `become_bench_user` the
effective user is that user, and each child process drops root for good.
"""

import contextlib
import encodings.idna  # sockets ask for it late; a Python in root's home cannot be read once root is dropped
import fcntl
import getpass
import json
import os
import pwd
import shutil
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
STATE_DIR = ".aftersales"
MARKER = "made-here.json"
DEFAULT_USER = "frappe"
DEFAULT_BENCH = "aftersales-bench"
DEFAULT_BRANCH = "version-15"
BENCH_PARTS = ("apps", "sites", "env")


class Stop(Exception):
	"""The command cannot go on; the message is what the caller has to do about it."""


class NoBench(Stop):
	"""There is no bench and none can be made here."""


def say(message: str) -> None:
	"""Print one line of progress at once."""
	print(f"» {message}", flush=True)


def branch() -> str:
	"""The branch of Frappe and ERPNext: FRAPPE_BRANCH."""
	return os.environ.get("FRAPPE_BRANCH") or DEFAULT_BRANCH


def default_bench() -> str:
	"""Folder name of the bench; one of another version stands beside that of the default branch."""
	return DEFAULT_BENCH if branch() == DEFAULT_BRANCH else f"{DEFAULT_BENCH}-{branch()}"


def is_root() -> bool:
	return os.getuid() == 0


class Ground:
	"""The checkout called, the bench it works on, and the user the bench belongs to."""

	def __init__(self):
		self.checkout = CHECKOUT
		given = os.environ.get("BENCH_DIR")
		self.user_made = False
		self.user = self._bench_user(Path(given).expanduser() if given else None)
		if given:
			self.bench = Path(os.path.abspath(os.path.expanduser(given)))
		else:
			home = Path(self.user.pw_dir if self.user else f"/home/{self.user_name}")
			self.bench = home / default_bench()

	def _bench_user(self, given: Path | None) -> pwd.struct_passwd | None:
		"""The account the bench runs under, or None if root has to create it first."""
		if not is_root():
			self.user_name = getpass.getuser()
			return pwd.getpwuid(os.getuid())
		name = os.environ.get("BENCH_USER")
		if not name and given and given.exists() and given.stat().st_uid != 0:
			name = pwd.getpwuid(given.stat().st_uid).pw_name
		self.user_name = name or DEFAULT_USER
		if self.user_name == "root":
			raise Stop("BENCH_USER must not be root: bench refuses to run as root.")
		try:
			return pwd.getpwnam(self.user_name)
		except KeyError:
			return None

	# --- places -------------------------------------------------------------------------------

	@property
	def state(self) -> Path:
		return self.bench / STATE_DIR

	@property
	def marker(self) -> Path:
		return self.state / MARKER

	@property
	def sites(self) -> Path:
		return self.bench / "sites"

	@property
	def python(self) -> Path:
		return self.bench / "env" / "bin" / "python"

	@property
	def copy(self) -> Path:
		"""The app inside the bench: equal to the checkout after a sync."""
		return self.bench / "apps" / "aftersales"

	@property
	def tools_venv(self) -> Path:
		return self.state / "tools" / "venv"

	@property
	def log_dir(self) -> Path:
		return self.state / "log"

	@property
	def run_dir(self) -> Path:
		return self.state / "run"

	def is_bench(self) -> bool:
		return all((self.bench / part).exists() for part in BENCH_PARTS)

	def is_ours(self) -> bool:
		"""True if this tool made the bench (or has begun to), so that it may change and remove it."""
		return self.marker.exists()

	# --- user ---------------------------------------------------------------------------------

	def create_user(self) -> None:
		"""As root: create the unprivileged account when it does not exist yet."""
		if self.user:
			return
		say(f"creating the unprivileged user {self.user_name}")
		subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", self.user_name], check=True)
		self.user = pwd.getpwnam(self.user_name)
		self.user_made = True
		if not os.environ.get("BENCH_DIR"):
			self.bench = Path(self.user.pw_dir) / default_bench()

	def become_bench_user(self) -> None:
		"""Go on with the rights of the bench's owner; `as_root` takes root's back for a moment."""
		os.umask(0o022)
		if not is_root():
			return
		os.initgroups(self.user.pw_name, self.user.pw_gid)
		os.setegid(self.user.pw_gid)
		os.seteuid(self.user.pw_uid)

	@contextlib.contextmanager
	def as_root(self):
		"""Read what only root may read (the checkout). Without root it changes nothing."""
		if not is_root():
			yield
			return
		mine = os.geteuid()
		os.seteuid(0)
		try:
			yield
		finally:
			os.seteuid(mine)

	# --- processes ----------------------------------------------------------------------------

	def env(self, **extra: str | None) -> dict[str, str]:
		"""Environment of a child: the caller's, made fit for the bench's user; caches stay in the bench."""
		keep = {
			k: v
			for k, v in os.environ.items()
			if not k.startswith(("PYENV", "XDG_", "SUDO_", "MAKE", "MFLAGS"))
			and k not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "FRAPPE_SITE", "OLDPWD", "PWD", "MAIL")
		}
		cache = self.state / "cache"
		keep.update(
			HOME=self.user.pw_dir,
			USER=self.user.pw_name,
			LOGNAME=self.user.pw_name,
			PATH=self.path(),
			UV_CACHE_DIR=str(cache / "uv"),
			PIP_CACHE_DIR=str(cache / "pip"),
			YARN_CACHE_FOLDER=str(cache / "yarn"),
			npm_config_cache=str(cache / "npm"),
			GIT_CONFIG_GLOBAL=str(self.state / "gitconfig"),
			GIT_TERMINAL_PROMPT="0",
			PYTHONUNBUFFERED="1",
			LANG=os.environ.get("LANG") or "C.UTF-8",
		)
		keep.pop("PYTHONDONTWRITEBYTECODE", None)
		for key, value in extra.items():
			if value is None:
				keep.pop(key, None)
			else:
				keep[key] = str(value)
		return keep

	def path(self) -> str:
		"""Our tools first, then what the bench's user can read of the caller's PATH, then the system's."""
		ours = [self.tools_venv / "bin", self.state / "tools" / "node" / "node_modules" / ".bin"]
		asked = [Path(p) for p in os.environ.get("PATH", "").split(os.pathsep) if p]
		system = [
			Path(p) for p in ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
		]
		seen: list[str] = []
		for folder in [*ours, *asked, *system]:
			# A pyenv shim picks its Python by the caller's settings; the bench needs a fixed one.
			if str(folder) in seen or "pyenv" in folder.parts or ".pyenv" in folder.parts:
				continue
			if folder in ours or self._readable(folder):
				seen.append(str(folder))
		return os.pathsep.join(seen)

	def _readable(self, folder: Path) -> bool:
		# os.access asks for the real user; effective_ids asks for the one we became.
		return os.access(folder, os.R_OK | os.X_OK, effective_ids=True)

	def which(self, *names: str) -> str | None:
		"""First of these programs on the path of the bench's user."""
		for name in names:
			if found := shutil.which(name, path=self.path()):
				return found
		return None

	def drop(self) -> dict:
		"""Popen arguments by which a child gives up root for good."""
		return {"user": self.user.pw_uid, "group": self.user.pw_gid} if is_root() else {}

	def run(
		self,
		command: list,
		*,
		cwd: Path | None = None,
		env: dict[str, str] | None = None,
		log: str | None = None,
		check: bool = True,
		capture: bool = False,
		stdin=None,
		text_in: str | None = None,
		timeout: float | None = None,
	) -> subprocess.CompletedProcess:
		"""Run as the bench's user.

		`log`: name of a file in the log folder that takes the output; its end is shown on failure.
		`capture`: return stdout and stderr as text. Raises Stop when `check` and the exit code is not 0.
		"""
		command = [str(part) for part in command]
		out = subprocess.PIPE if capture else None
		target = None
		if log:
			self.log_dir.mkdir(parents=True, exist_ok=True)
			target = open(self.log_dir / f"{log}.log", "ab")
			target.write(f"\n=== {time.strftime('%F %T')} {' '.join(command)}\n".encode())
			target.flush()
			out = target
		try:
			done = subprocess.run(
				command,
				cwd=cwd or (self.bench if self.bench.exists() else "/"),
				env=env or self.env(),
				stdout=out,
				stderr=subprocess.STDOUT if log else out,
				stdin=stdin if stdin is not None else (None if text_in is not None else subprocess.DEVNULL),
				input=text_in,
				text=True,
				timeout=timeout,
				**self.drop(),
			)
		finally:
			if target:
				target.close()
		if check and done.returncode:
			shown = " ".join(Path(command[0]).name if i == 0 else part for i, part in enumerate(command))
			detail = (done.stderr or done.stdout or "") if capture else self.log_end(log) if log else ""
			raise Stop(f"failed with exit code {done.returncode}: {shown[:400]}\n{detail.rstrip()}")
		return done

	def log_end(self, log: str, lines: int = 25) -> str:
		"""The last lines of one of our log files, with its path."""
		path = self.log_dir / f"{log}.log"
		try:
			tail = path.read_text(errors="replace").splitlines()[-lines:]
		except OSError:
			return ""
		return "\n".join(tail) + f"\n(full log: {path})"

	# --- state --------------------------------------------------------------------------------

	@contextlib.contextmanager
	def lock(self, name: str, shared: bool = False):
		"""Hold a file lock of this bench, so that calls side by side do not tread on each other."""
		folder = self.state / "lock"
		folder.mkdir(parents=True, exist_ok=True)
		with open(folder / f"{name}.lock", "a+") as handle:
			kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
			try:
				fcntl.flock(handle, kind | fcntl.LOCK_NB)
			except BlockingIOError:
				say(f"waiting for another call that holds the lock '{name}'")
				fcntl.flock(handle, kind)
			yield

	def read_state(self, path: Path) -> dict:
		try:
			return json.loads(path.read_text())
		except FileNotFoundError:
			return {}

	def write_state(self, path: Path, content: dict, mode: int = 0o644) -> None:
		"""Write JSON so that a reader sees the old or the new content, never half of it."""
		path.parent.mkdir(parents=True, exist_ok=True)
		fresh = path.with_name(f"{path.name}.{os.getpid()}")
		with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as handle:
			json.dump(content, handle, indent=1, sort_keys=True)
		os.replace(fresh, path)


def fail(message: str) -> None:
	"""Print why the command stops and leave with exit code 1."""
	print(f"\n✗ {message}", file=sys.stderr, flush=True)
	sys.exit(1)
