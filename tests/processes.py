"""Real processes beside a test: the web server with its websockets, and a background worker.

Each is started on demand for the site under test, logs to the bench's log folder and is ended by its
fixture. They see only what is committed, so tests that use them are marked `commits`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlparse

from tests import clock

BENCH = Path(os.environ.get("AFTERSALES_BENCH") or "/nonexistent")
SITES = BENCH / "sites"
LOGS = BENCH / ".aftersales" / "log"


def wait_for(condition: Callable[[], object], timeout: float = 30, what: str = ""):
	"""Ask `condition` until it gives something true and return that; fail after `timeout` seconds."""
	end = time.monotonic() + timeout
	while True:
		if answer := condition():
			return answer
		if time.monotonic() > end:
			raise AssertionError(f"not within {timeout} s: {what or condition}")
		time.sleep(0.05)


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return probe.getsockname()[1]


class Process:
	"""A child process with a log file, in the sites folder."""

	name = "process"

	def __init__(self, site: str):
		self.site = site
		self.child: subprocess.Popen | None = None
		self.log = LOGS / f"test-{self.name}-{site}.log"

	def command(self) -> list[str]:
		raise NotImplementedError

	def environment(self) -> dict[str, str]:
		return {}

	def ready(self) -> bool:
		raise NotImplementedError

	def start(self):
		LOGS.mkdir(parents=True, exist_ok=True)
		with open(self.log, "ab") as out:
			self.child = subprocess.Popen(
				self.command(),
				cwd=SITES,
				env={**os.environ, **clock.current.environment(), **self.environment()},
				stdin=subprocess.DEVNULL,
				stdout=out,
				stderr=subprocess.STDOUT,
				start_new_session=True,
			)
		wait_for(self._ready_or_dead, 60, f"{self.name} ready (log: {self.log})")
		return self

	def _ready_or_dead(self) -> bool:
		if self.child.poll() is not None:
			tail = self.log.read_text(errors="replace")[-2000:]
			raise AssertionError(f"{self.name} ended with {self.child.returncode}:\n{tail}")
		return self.ready()

	def stop(self) -> None:
		self._end(signal.SIGTERM)

	def kill(self) -> None:
		"""End it and its children at once, as a power cut would."""
		self._end(signal.SIGKILL)

	def _kill_with_descendants(self) -> None:
		import psutil

		try:
			leader = psutil.Process(self.child.pid)
			# A background worker runs each job in a child that leads a process group of its own.
			family = [leader, *leader.children(recursive=True)]
		except psutil.NoSuchProcess:
			return
		for process in family:
			if process.is_running():
				process.kill()
		psutil.wait_procs(family, 20)

	def _end(self, how: int) -> None:
		if not self.child:
			return
		try:
			if how == signal.SIGKILL:
				self._kill_with_descendants()
			elif self.child.poll() is None:
				self.child.send_signal(how)
			self.child.wait(20)
		except ProcessLookupError:
			pass
		except subprocess.TimeoutExpired:
			os.killpg(self.child.pid, signal.SIGKILL)
			self.child.wait(20)
		self.child = None


class SocketServer(Process):
	"""Frappe's websocket server, for progress bars and live updates in the desk."""

	name = "socketio"

	def __init__(self, site: str):
		super().__init__(site)
		self.port = free_port()

	def command(self) -> list[str]:
		return ["node", str(BENCH / "apps" / "frappe" / "socketio.js")]

	def environment(self) -> dict[str, str]:
		given = {"FRAPPE_SITE": self.site, "FRAPPE_SOCKETIO_PORT": str(self.port)}
		# Version 16: the server shows a secret that the site keeps in its queue's Redis
		config = json.loads((SITES / self.site / "site_config.json").read_text())
		if queue := config.get("redis_queue"):
			given["FRAPPE_REDIS_QUEUE"] = queue
		return given

	def ready(self) -> bool:
		with socket.socket() as probe:
			return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Server(Process):
	"""The site's web server. `url` has no trailing slash."""

	name = "web"
	running: ClassVar[list["Server"]] = []

	def __init__(self, site: str):
		super().__init__(site)
		self.port = free_port()
		self.url = f"http://127.0.0.1:{self.port}"
		self.sockets = SocketServer(site)
		self._config = SITES / site / "site_config.json"

	def command(self) -> list[str]:
		tools = Path(__file__).resolve().parents[1] / "tools" / "devkit" / "in_bench"
		return [
			*(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--workers", "2"),
			*("--worker-class", "gthread", "--threads", "8", "--timeout", "120", "--preload"),
			*("--pythonpath", str(tools), "bench_wsgi:application"),
		]

	def environment(self) -> dict[str, str]:
		return {"AFTERSALES_SITE": self.site}

	def ready(self) -> bool:
		try:
			with urllib.request.urlopen(f"{self.url}/api/method/ping", timeout=10) as answer:
				return json.load(answer).get("message") == "pong"
		except OSError:
			return False

	def start(self):
		self.sockets.start()
		self.running.append(self)
		self._name_in_config()
		return super().start()

	def stop(self) -> None:
		super().stop()
		self.sockets.stop()
		if self in self.running:
			self.running.remove(self)
		self._name_in_config()

	def _name_in_config(self) -> None:
		"""The site names the server started last; when that one stops, the one that is still running."""
		last = self.running[-1] if self.running else None
		self._set_config(socketio_port=last and last.sockets.port, host_name=last and last.url)

	def _set_config(self, **changes) -> None:
		config = json.loads(self._config.read_text())
		for key, value in changes.items():
			if value is None:
				config.pop(key, None)
			else:
				config[key] = value
		fresh = self._config.with_suffix(".test")
		fresh.write_text(json.dumps(config, indent=1, sort_keys=True))
		os.replace(fresh, self._config)


class Worker(Process):
	"""A background worker for all queues of the site, on the site's own Redis database."""

	name = "worker"

	def __init__(self, site: str):
		super().__init__(site)
		site_config = json.loads((SITES / site / "site_config.json").read_text())
		common = json.loads((SITES / "common_site_config.json").read_text())
		self.queue_url = site_config.get("redis_queue") or common["redis_queue"]
		self.own_queue = urlparse(self.queue_url).path.strip("/") not in ("", "0")

	def command(self) -> list[str]:
		return [
			*(sys.executable, "-m", "frappe.utils.bench_helper", "frappe"),
			*("worker", "--queue", "short,default,long"),
		]

	def environment(self) -> dict[str, str]:
		return {"FRAPPE_REDIS_QUEUE": self.queue_url}

	def connection(self):
		import redis

		return redis.from_url(self.queue_url)

	def ready(self) -> bool:
		from rq import Worker as RQWorker

		return any(worker.pid == self.child.pid for worker in RQWorker.all(connection=self.connection()))

	def start(self, *, empty: bool = True):
		"""Start it; `empty`: first drop jobs that earlier tests left in the site's own queue."""
		if empty and self.own_queue:
			self.connection().flushdb()
		return super().start()


class MailServer(Process):
	"""A mail server that takes every mail and puts it into one mailbox (Maildir): `mails()`, `port`."""

	name = "smtp"

	def __init__(self, site: str, mailbox: Path):
		super().__init__(site)
		self.port = free_port()
		self.mailbox = mailbox

	def command(self) -> list[str]:
		return [
			*(sys.executable, "-m", "aiosmtpd", "--nosetuid", "--listen", f"127.0.0.1:{self.port}"),
			*("--class", "aiosmtpd.handlers.Mailbox", str(self.mailbox)),
		]

	def ready(self) -> bool:
		with socket.socket() as probe:
			return probe.connect_ex(("127.0.0.1", self.port)) == 0

	def mails(self) -> list[EmailMessage]:
		"""What has arrived, the oldest first."""
		arrived = sorted((self.mailbox / "new").iterdir(), key=lambda file: file.stat().st_mtime_ns)
		return [message_from_bytes(file.read_bytes(), policy=default_policy) for file in arrived]


class Mailbox(Process):
	"""Dovecot on loopback, with the mailbox (Maildir) that a :class:`MailServer` fills: `port`, `password`.

	It runs as whoever runs the tests, with one account, and touches no Dovecot of the machine.
	"""

	name = "imap"
	password = "secret"

	def __init__(self, site: str, mailbox: Path, folder: Path):
		super().__init__(site)
		self.port = free_port()
		self.mailbox = mailbox
		self.folder = folder

	def command(self) -> list[str]:
		return [_dovecot(), "-F", "-c", str(self.folder / "dovecot.conf")]

	def start(self):
		for name in ("cur", "new", "tmp"):
			(self.mailbox / name).mkdir(parents=True, exist_ok=True)
		(self.folder / "dovecot.conf").write_text(self._config())
		return super().start()

	def _config(self) -> str:
		import getpass
		import grp

		user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
		return f"""{self._mailbox_and_account(user, group)}
protocols = imap
listen = 127.0.0.1
base_dir = {self.folder}/base
state_dir = {self.folder}/state
log_path = {self.folder}/dovecot.log
ssl = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""

	def _mailbox_and_account(self, user: str, group: str) -> str:
		"""Where Dovecot 2.4 (Debian 13) has other words than 2.3 (Debian 12, Ubuntu 24.04); 2.4 wants the first two first."""
		if _dovecot_version() < (2, 4):
			return f"""
disable_plaintext_auth = no
mail_location = maildir:{self.mailbox}
passdb {{
  driver = static
  args = password={self.password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={self.folder}
}}"""
		return f"""dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {self.mailbox}
passdb static {{
  password = {self.password}
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
    home = {self.folder}
  }}
}}"""

	def ready(self) -> bool:
		with socket.socket() as probe:
			return probe.connect_ex(("127.0.0.1", self.port)) == 0


def _dovecot_version() -> tuple[int, int]:
	told = subprocess.run([_dovecot(), "--version"], capture_output=True, text=True, check=True).stdout
	major, minor = told.split()[0].split(".")[:2]
	return int(major), int(minor)


def _dovecot() -> str:
	import shutil

	return shutil.which("dovecot") or "/usr/sbin/dovecot"
