"""Sites: each is restored from one snapshot of a set-up ERPNext, then gets the app.

Making the snapshot (install Frappe and ERPNext, complete the setup wizard) takes minutes and happens
once per bench, ERPNext version and calendar year; restoring takes seconds.
"""

import hashlib
import json
import re
import secrets
import shutil
import string
import time
from pathlib import Path
from urllib.parse import urlsplit

from devkit import bench, servers, sync
from devkit.ground import Ground, Stop, say

BASE_SITE = "aftersales-base.localhost"
ADMIN_PASSWORD = "admin"
STATE = ".aftersales.json"
SETUP_SCRIPT = Path("tools/devkit/in_bench/complete_setup.py")
SERIALS_SCRIPT = Path("tools/devkit/in_bench/switch_on_serials.py")
NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
# What a Redis has that nobody configured otherwise: the queue's of a bench that this tool did not make
REDIS_DATABASES = 16


def exists(ground: Ground, site: str) -> bool:
	return (ground.sites / site / "site_config.json").exists()


def state(ground: Ground, site: str) -> dict:
	"""What we know of a site: the snapshot it came from, the code last migrated and last seen."""
	return ground.read_state(ground.sites / site / STATE)


def note(ground: Ground, site: str, **facts) -> None:
	ground.write_state(ground.sites / site / STATE, {**state(ground, site), **facts})


def all_ours(ground: Ground) -> list[str]:
	"""Names of the sites this tool made."""
	return sorted(path.parent.name for path in ground.sites.glob(f"*/{STATE}"))


# --- snapshot --------------------------------------------------------------------------------------


def _snapshot_key(ground: Ground) -> str:
	"""Names the snapshot: versions of Frappe and ERPNext, the year, and how the setup is answered."""
	parts = [time.strftime("%Y")]
	for app in ("frappe", "erpnext"):
		text = (ground.bench / "apps" / app / app / "__init__.py").read_text()
		parts.append(re.search(r'__version__\s*=\s*"([^"]+)"', text).group(1))
		commit = ground.run(
			["git", "-C", ground.bench / "apps" / app, "rev-parse", "HEAD"], capture=True, check=False
		).stdout
		parts.append((commit or "").strip())
	parts.append((ground.copy / SETUP_SCRIPT).read_text())
	digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
	return f"erpnext-{parts[3]}-{parts[0]}-{digest}"


def snapshot(ground: Ground) -> Path:
	"""Folder of the snapshot (site.sql.gz, files.tar, site_config.json); made when it is not there."""
	folder = ground.state / "snapshots" / _snapshot_key(ground)
	if (folder / "site_config.json").exists():
		return folder
	with ground.lock("snapshot"):
		if not (folder / "site_config.json").exists():
			_make_snapshot(ground, folder)
	return folder


def _make_snapshot(ground: Ground, folder: Path) -> None:
	say("making the ERPNext snapshot that every site is restored from (once, some minutes)")
	began = time.monotonic()
	drop(ground, BASE_SITE)
	name, password = _database_of(ground, BASE_SITE), _password()
	_create_database(ground, name, password)
	bench.frappe(
		ground,
		[
			"new-site",
			BASE_SITE,
			"--no-setup-db",
			"--db-name",
			name,
			"--db-password",
			password,
			"--admin-password",
			ADMIN_PASSWORD,
			"--install-app",
			"erpnext",
		],
		log="snapshot",
	)
	for script in (SETUP_SCRIPT, SERIALS_SCRIPT):
		ground.run([ground.python, ground.copy / script, BASE_SITE], cwd=ground.sites, log="snapshot")
	write_to(ground, BASE_SITE, folder)
	drop(ground, BASE_SITE)
	say(f"snapshot {folder.name}: {time.monotonic() - began:.0f} s")


def write_to(ground: Ground, site: str, folder: Path) -> None:
	"""Database, files and encryption key of a site, as `_restore_from` reads them."""
	folder.mkdir(parents=True, exist_ok=True)
	kept = config(ground, site)
	_dump(ground, kept["db_name"], folder / "site.sql.gz")
	ground.run(["tar", "-cf", folder / "files.tar", "public", "private"], cwd=ground.sites / site)
	# Written last: its presence says that the folder is whole.
	ground.write_state(folder / "site_config.json", {"encryption_key": kept.get("encryption_key")}, 0o600)


def _dump(ground: Ground, database: str, target: Path) -> None:
	options = " ".join(servers.root_options(ground))
	ground.run(
		[
			"bash",
			"-c",
			'set -o pipefail; "$0" $1 --single-transaction --quick --skip-dump-date "$2" | gzip -1 > "$3"',
			ground.which("mariadb-dump", "mysqldump"),
			options,
			database,
			target,
		],
	)


# --- databases -------------------------------------------------------------------------------------


def _database_of(ground: Ground, site: str) -> str:
	return "_" + hashlib.sha1(str(ground.sites / site).encode(), usedforsecurity=False).hexdigest()[:16]


def _password() -> str:
	return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(24))


def _create_database(ground: Ground, name: str, password: str) -> None:
	servers.sql(
		ground,
		f"drop database if exists `{name}`;"
		f"create database `{name}` character set utf8mb4 collate utf8mb4_unicode_ci;"
		f"create or replace user '{name}'@'%' identified by '{password}';"
		f"grant all privileges on `{name}`.* to '{name}'@'%';",
	)


def drop(ground: Ground, site: str) -> None:
	"""Remove a site, its database and its database user; nothing happens if there is none."""
	name = _database_of(ground, site)
	servers.sql(ground, f"drop database if exists `{name}`; drop user if exists '{name}'@'%';")
	shutil.rmtree(ground.sites / site, ignore_errors=True)


# --- sites -----------------------------------------------------------------------------------------


def ensure(ground: Ground, site: str, *, fresh: bool = False, bare: bool = False, demo: bool = False) -> None:
	"""The site exists and has the app at the code of the copy (`bare`: without the app)."""
	if not NAME.fullmatch(site):
		raise Stop(f"'{site}' is not a site name: small letters, digits, dots and hyphens only.")
	with ground.lock(f"site-{site}"):
		if exists(ground, site) and not state(ground, site):
			raise Stop(f"the site {site} is not one of this tool's: choose another name.")
		if (
			fresh
			or not exists(ground, site)
			or _install_broke_off(ground, site)
			or _from_old_snapshot(ground, site, demo)
		):
			_restore(ground, site, demo)
		if bare:
			return
		if not state(ground, site).get("installed"):
			_install(ground, site)
		else:
			_follow_code(ground, site, demo)


def _install_broke_off(ground: Ground, site: str) -> bool:
	"""A half-installed app cannot be installed again: what it left stands in the way."""
	known = state(ground, site)
	return bool(known.get("installing")) and not known.get("installed")


def _from_old_snapshot(ground: Ground, site: str, demo: bool) -> bool:
	"""A test site starts again when ERPNext or the year changed; a demo or brought site keeps its data."""
	keeps_data = demo or state(ground, site).get("brought")
	return not keeps_data and state(ground, site).get("snapshot") != snapshot(ground).name


def bring_from(ground: Ground, site: str, source: Path) -> None:
	"""The site is what `source` holds, with the app, brought to this bench's versions."""
	if not NAME.fullmatch(site):
		raise Stop(f"'{site}' is not a site name: small letters, digits, dots and hyphens only.")
	if exists(ground, site) and not state(ground, site):
		raise Stop(f"the site {site} is not one of this tool's: choose another name.")
	with ground.lock(f"site-{site}"):
		_restore_from(ground, site, source, demo=False)
		everything, migrated = sync.digests(ground)
		note(ground, site, brought=True, installed=True)
		_run_migrate(ground, site)
		note(ground, site, migrated=migrated, seen=everything)


def _restore(ground: Ground, site: str, demo: bool) -> None:
	_restore_from(ground, site, snapshot(ground), demo)


def _restore_from(ground: Ground, site: str, source: Path, demo: bool) -> None:
	began = time.monotonic()
	drop(ground, site)
	name, password = _database_of(ground, site), _password()
	_create_database(ground, name, password)
	_load(ground, name, source / "site.sql.gz")
	folder = ground.sites / site
	for sub in ("locks", "logs"):
		(folder / sub).mkdir(parents=True, exist_ok=True)
	ground.run(["tar", "-xf", source / "files.tar"], cwd=folder)
	config = {
		"db_name": name,
		"db_password": password,
		"db_type": "mariadb",
		"mute_emails": 1,
		**_site_extras(ground, site, demo),
	}
	# Frappe makes the key when it first encrypts something; a snapshot without one must not name it at all.
	if key := ground.read_state(source / "site_config.json").get("encryption_key"):
		config["encryption_key"] = key
	note(ground, site, snapshot=source.name, installing=False, installed=False)
	ground.write_state(folder / "site_config.json", config, 0o640)
	say(f"{site}: restored from {source.name} in {time.monotonic() - began:.0f} s")


def _site_extras(ground: Ground, site: str, demo: bool) -> dict:
	"""The demo uses the bench's queue; any other site has a queue, and no scheduler, of its own."""
	if demo:
		return {"host_name": f"http://127.0.0.1:{servers.port(ground, 'web')}"}
	common = ground.read_state(ground.sites / "common_site_config.json")
	# Version 16 refuses more than 500 queued jobs, and nobody works a test site's queue off
	extras = {"pause_scheduler": 1, "allow_tests": True, "max_queued_jobs": 100_000}
	queue = urlsplit(common["redis_queue"])._replace(path=f"/{_queue_database(ground, site)}")
	return {**extras, "redis_queue": queue.geturl()}


def _queue_database(ground: Ground, site: str) -> int:
	path = ground.state / "queue-databases.json"
	with ground.lock("queue-databases"):
		known = {
			name: number
			for name, number in ground.read_state(path).items()
			if name == site or exists(ground, name)
		}
		if site not in known:
			limit = servers.QUEUE_DATABASES if ground.is_ours() else REDIS_DATABASES
			known[site] = next(n for n in range(1, limit) if n not in known.values())
		ground.write_state(path, known)
		return known[site]


def _load(ground: Ground, database: str, dump: Path) -> None:
	options = " ".join(servers.root_options(ground))
	ground.run(
		[
			"bash",
			"-c",
			'set -o pipefail; gzip -dc "$3" | "$0" $1 --default-character-set=utf8mb4 "$2"',
			ground.which("mariadb"),
			options,
			database,
			dump,
		],
		capture=True,
	)


def _install(ground: Ground, site: str) -> None:
	began = time.monotonic()
	everything, migrated = sync.digests(ground)
	note(ground, site, installing=True)
	bench.frappe(ground, ["--site", site, "install-app", "aftersales"], log=f"site-{site}")
	note(ground, site, installed=True, migrated=migrated, seen=everything)
	say(f"{site}: app installed in {time.monotonic() - began:.0f} s")


def _follow_code(ground: Ground, site: str, demo: bool) -> None:
	everything, migrated = sync.digests(ground)
	known = state(ground, site)
	if known.get("migrated") != migrated:
		_migrate(ground, site, demo)
		note(ground, site, migrated=migrated, seen=everything)
	elif known.get("seen") != everything:
		# Hooks and the like are cached in Redis; the site must not go on with the old ones.
		bench.frappe(ground, ["--site", site, "clear-cache"], log=f"site-{site}")
		note(ground, site, seen=everything)


def _migrate(ground: Ground, site: str, demo: bool) -> None:
	try:
		_run_migrate(ground, site)
	except Stop as error:
		if demo:
			raise Stop(
				f"{error}\nThe demo site was left as it is; `make demo FRESH=1` makes it anew."
			) from None
		say(f"{site}: migrate failed, making the site anew from the snapshot")
		print(error, flush=True)
		_restore(ground, site, demo)
		_install(ground, site)


def _run_migrate(ground: Ground, site: str) -> None:
	began = time.monotonic()
	bench.frappe(ground, ["--site", site, "migrate", "--skip-search-index"], log=f"site-{site}")
	say(f"{site}: migrated in {time.monotonic() - began:.0f} s")


def config(ground: Ground, site: str) -> dict:
	return json.loads((ground.sites / site / "site_config.json").read_text())
