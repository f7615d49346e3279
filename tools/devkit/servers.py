"""MariaDB and Redis of the bench's own, on loopback, inside the bench folder.

Nothing of a server that already runs on the machine is used or changed. An existing bench that this
tool did not make keeps its own servers: they are only asked whether they answer.
"""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlparse

from devkit.ground import Ground, Stop, say

PREFERRED = {"mariadb": 13307, "redis_cache": 13100, "redis_queue": 11100, "web": 8000, "socketio": 9000}
# One Redis database per site for its queue, so that a test's jobs never meet the demo's worker.
QUEUE_DATABASES = 128


# --- ports -----------------------------------------------------------------------------------------


def is_free(port: int) -> bool:
	"""True if nobody listens on this loopback port (nor on all addresses)."""
	for host in ("127.0.0.1", "0.0.0.0"):
		with socket.socket() as probe:
			probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
			try:
				probe.bind((host, port))
			except OSError:
				return False
	return True


def port(ground: Ground, name: str) -> int:
	"""The port of one of our servers: chosen once, the preferred or the next free one, then kept."""
	path = ground.state / "ports.json"
	ports = ground.read_state(path)
	if name not in ports:
		taken = set(ports.values())
		start = PREFERRED[name]
		ports[name] = next(p for p in range(start, start + 2000) if p not in taken and is_free(p))
		ground.write_state(path, ports)
	return ports[name]


# --- daemons ---------------------------------------------------------------------------------------


def _started_at(pid: int) -> str | None:
	"""The kernel's start time of a process: tells a re-used process id from the one we started."""
	try:
		stat = Path(f"/proc/{pid}/stat").read_text()
	except OSError:
		return None
	fields = stat.rpartition(")")[2].split()
	return None if fields[0] == "Z" else fields[19]


def daemon_pid(ground: Ground, name: str) -> int | None:
	"""Process id of a daemon we started, if that very process still lives."""
	kept = ground.read_state(ground.run_dir / f"{name}.json")
	if kept and _started_at(kept["pid"]) == kept["started"]:
		return kept["pid"]
	return None


def start_daemon(
	ground: Ground, name: str, command: list, *, cwd: Path, env: dict | None = None, **note
) -> int:
	"""Start a process that outlives us, under the bench's user, output to its own log. Returns its id."""
	ground.log_dir.mkdir(parents=True, exist_ok=True)
	with open(ground.log_dir / f"{name}.log", "ab") as out:
		process = subprocess.Popen(
			[str(part) for part in command],
			cwd=cwd,
			env=env or ground.env(),
			stdin=subprocess.DEVNULL,
			stdout=out,
			stderr=subprocess.STDOUT,
			start_new_session=True,
			**ground.drop(),
		)
	content = {"pid": process.pid, "started": _started_at(process.pid), **note}
	ground.write_state(ground.run_dir / f"{name}.json", content)
	return process.pid


def daemon_note(ground: Ground, name: str) -> dict:
	"""What was noted when the daemon was started (for example the code it runs)."""
	return ground.read_state(ground.run_dir / f"{name}.json")


def stop_daemon(ground: Ground, name: str, patience: float = 30) -> bool:
	"""End one of our daemons and its group. Returns True if it was running."""
	pid = daemon_pid(ground, name)
	if pid:
		with ground.as_root():
			with contextlib.suppress(ProcessLookupError):
				os.kill(pid, signal.SIGTERM)
			if not wait_until(lambda: _gone(pid), patience):
				with contextlib.suppress(ProcessLookupError):
					os.killpg(pid, signal.SIGKILL)
				wait_until(lambda: _gone(pid), 5)
	(ground.run_dir / f"{name}.json").unlink(missing_ok=True)
	return bool(pid)


def _gone(pid: int) -> bool:
	# A daemon started by this very process has to be reaped, or it stays as a zombie.
	with contextlib.suppress(ChildProcessError):
		os.waitpid(pid, os.WNOHANG)
	return _started_at(pid) is None


def wait_until(ready, patience: float, pause: float = 0.1) -> bool:
	"""Ask again and again until `ready` says yes or patience (seconds) is over."""
	end = time.monotonic() + patience
	while True:
		if ready():
			return True
		if time.monotonic() > end:
			return False
		time.sleep(pause)


# --- Redis -----------------------------------------------------------------------------------------


def redis_answers(host: str, number: int, folder: Path | None = None) -> bool:
	"""True if a Redis answers there; with `folder`, only if it is the one that works in that folder."""
	try:
		with socket.create_connection((host, number), timeout=2) as link:
			link.sendall(b"CONFIG GET dir\r\nPING\r\n" if folder else b"PING\r\n")
			answer = b""
			while b"+PONG" not in answer and (part := link.recv(4096)):
				answer += part
	except OSError:
		return False
	return b"+PONG" in answer and (folder is None or str(folder).encode() in answer)


def _ensure_redis(ground: Ground, name: str, extra: str) -> None:
	number = port(ground, name)
	folder = (ground.state / name).resolve() if (ground.state / name).exists() else ground.state / name
	if redis_answers("127.0.0.1", number, folder):
		return
	folder.mkdir(parents=True, exist_ok=True)
	config = ground.run_dir / f"{name}.conf"
	config.parent.mkdir(parents=True, exist_ok=True)
	config.write_text(
		f'bind 127.0.0.1\nport {number}\ndir "{folder}"\ndaemonize no\nsave ""\nappendonly no\n'
		f"databases {QUEUE_DATABASES}\n{extra}"
	)
	start_daemon(ground, name, [ground.which("redis-server"), config], cwd=folder)
	if not wait_until(lambda: redis_answers("127.0.0.1", number, folder), 15):
		raise Stop(f"Redis ({name}) did not start on port {number}:\n{ground.log_end(name)}")


# --- MariaDB ---------------------------------------------------------------------------------------


def root_options(ground: Ground) -> list[str]:
	"""Client arguments that log in as the database's root; the password stays out of the process list."""
	return [f"--defaults-file={ground.state / 'mariadb-root.cnf'}"]


def sql(ground: Ground, statement: str, *, check: bool = True) -> str:
	"""Run statements as the database's root and return the rows, tab-separated, without headings."""
	done = ground.run(
		[
			ground.which("mariadb"),
			*root_options(ground),
			"--batch",
			"--skip-column-names",
			"--default-character-set=utf8mb4",
		],
		text_in=statement,
		capture=True,
		check=check,
	)
	return done.stdout.strip() if done.returncode == 0 else ""


def _mariadb_ready(ground: Ground) -> bool:
	return sql(ground, "select @@datadir", check=False).rstrip("/") == str(ground.state / "mariadb")


def _ensure_mariadb(ground: Ground) -> None:
	data = ground.state / "mariadb"
	options = ground.state / "mariadb-root.cnf"
	if options.exists() and daemon_pid(ground, "mariadb") and _mariadb_ready(ground):
		return
	number = port(ground, "mariadb")
	config = ground.run_dir / "mariadb.cnf"
	ground.run_dir.mkdir(parents=True, exist_ok=True)
	config.write_text(_mariadb_config(ground, data, number))
	fresh = not (data / "mysql").exists() or not options.exists()
	first = ground.run_dir / "first-start.sql"
	if fresh:
		if daemon_pid(ground, "mariadb"):
			stop_daemon(ground, "mariadb")
		say("creating the private MariaDB data folder")
		data.mkdir(parents=True, exist_ok=True)
		ground.run(
			[
				ground.which("mariadb-install-db", "mysql_install_db"),
				f"--defaults-file={config}",
				"--auth-root-authentication-method=normal",
				"--skip-test-db",
				"--skip-name-resolve",
				"--force",  # the host's own name need not resolve: only 127.0.0.1 is used
			],
			log="mariadb-install",
		)
		password = secrets.token_urlsafe(24)
		_write_private(options, f"[client]\nuser=root\npassword={password}\nhost=127.0.0.1\nport={number}\n")
		# The installer leaves roots without a password and anonymous users; the first start ends that.
		_write_private(
			first,
			"delete from mysql.global_priv where user = '' or host not in ('127.0.0.1', 'localhost');\n"
			"flush privileges;\n"
			f"alter user 'root'@'127.0.0.1' identified by '{password}';\n"
			f"alter user 'root'@'localhost' identified by '{password}';\n",
		)
	command = [ground.which("mariadbd"), f"--defaults-file={config}"]
	if first.exists():
		command.append(f"--init-file={first}")
	start_daemon(ground, "mariadb", command, cwd=data)
	if not wait_until(
		lambda: _mariadb_ready(ground) or not daemon_pid(ground, "mariadb"), 90, 0.2
	) or not daemon_pid(ground, "mariadb"):
		raise Stop(f"MariaDB did not start on port {number}:\n{ground.log_end('mariadb')}")
	first.unlink(missing_ok=True)


def _write_private(path: Path, text: str) -> None:
	with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
		handle.write(text)


def _mariadb_config(ground: Ground, data: Path, number: int) -> str:
	memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
	pool = max(128, min(1024, memory // 8 // 2**20))
	# A socket path may have about 107 characters; a longer bench path does without (TCP is what we use).
	place = ground.run_dir / "mariadb.sock"
	wanted = (
		f"socket = {place}" if len(str(place)) < 100 else f"socket = /tmp/aftersales-mariadb-{number}.sock"
	)
	# Commits outlive the end of any process, not a power cut: it is a developer's database.
	# Snapshot isolation (MariaDB 11.6.2 and newer) as docs/operations.md asks for, or as the server ships it; older
	# servers pass it over.
	isolation = "ON" if os.environ.get("SNAPSHOT_ISOLATION") == "ON" else "OFF"
	return f"""[mariadbd]
datadir = {data}
port = {number}
bind-address = 127.0.0.1
{wanted}
pid-file = {ground.run_dir / "mariadb.pid"}
skip-name-resolve
skip-external-locking
character-set-server = utf8mb4
collation-server = utf8mb4_unicode_ci
innodb-file-per-table = 1
innodb-buffer-pool-size = {pool}M
innodb-log-file-size = 256M
innodb-flush-log-at-trx-commit = 2
loose-innodb-snapshot-isolation = {isolation}
max-allowed-packet = 256M
max-connections = 300
table-open-cache = 4000
tmpdir = /tmp
"""


# --- all -------------------------------------------------------------------------------------------


def ensure(ground: Ground) -> None:
	"""Start the private servers that do not run yet; for a bench not ours, check that its own answer."""
	if not ground.is_ours():
		_check_foreign(ground)
		return
	with ground.lock("servers"):
		_ensure_redis(ground, "redis_cache", "maxmemory 512mb\nmaxmemory-policy allkeys-lru\n")
		_ensure_redis(ground, "redis_queue", "")
		_ensure_mariadb(ground)


def _check_foreign(ground: Ground) -> None:
	config = ground.read_state(ground.sites / "common_site_config.json")
	for key in ("redis_cache", "redis_queue"):
		address = urlparse(config.get(key) or "")
		if not address.port or not redis_answers(address.hostname, address.port):
			raise Stop(
				f"{key} of the bench {ground.bench} does not answer at {config.get(key)}: start the bench's services."
			)
	if not (ground.state / "mariadb-root.cnf").exists():
		ground.state.mkdir(parents=True, exist_ok=True)
		password = os.environ.get("DB_ROOT_PASSWORD") or config.get("root_password")
		if not password:
			raise Stop(
				"set DB_ROOT_PASSWORD (and DB_ROOT_USER unless it is root): a site needs its own database."
			)
		host, number = config.get("db_host") or "127.0.0.1", config.get("db_port") or 3306
		user = os.environ.get("DB_ROOT_USER") or config.get("root_login") or "root"
		_write_private(
			ground.state / "mariadb-root.cnf",
			f'[client]\nuser="{user}"\npassword="{password}"\nhost={host}\nport={number}\n',
		)
	if sql(ground, "select 1", check=False) != "1":
		(ground.state / "mariadb-root.cnf").unlink()
		raise Stop("the database of the bench refuses DB_ROOT_USER / DB_ROOT_PASSWORD, or does not run.")


def stop(ground: Ground) -> list[str]:
	"""End the private servers, database last. Returns the names of those that ran."""
	return [name for name in ("redis_cache", "redis_queue", "mariadb") if stop_daemon(ground, name, 60)]
