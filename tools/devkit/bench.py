"""Making the bench: frappe-bench in a venv of its own, Frappe, ERPNext, assets, test tools.

Each stage is noted in the marker file when it is done, so that a broken-off creation goes on where it
stopped, and `make clean` knows what is ours.
"""

import hashlib
import os
import shutil
import time
from pathlib import Path

from devkit import prerequisites, servers
from devkit.ground import Ground, NoBench, Stop, branch, is_root, say

BENCH_VERSION = "5.31.1"
YARN_VERSION = "1.22.22"
DEFAULT_SOURCES = {
	"frappe": "https://github.com/frappe/frappe",
	"erpnext": "https://github.com/frappe/erpnext",
}


def source(app: str) -> str:
	"""Where an app is cloned from: FRAPPE_SOURCE / ERPNEXT_SOURCE or upstream."""
	given = os.environ.get(f"{app.upper()}_SOURCE")
	if given and "://" not in given and Path(given).expanduser().exists():
		return str(Path(given).expanduser().resolve())
	return given or DEFAULT_SOURCES[app]


def ensure(ground: Ground) -> None:
	"""A bench with Frappe and ERPNext stands and its servers run. Raises NoBench if that cannot be had."""
	if is_root():
		_prepare_as_root(ground)
	ground.become_bench_user()
	os.chdir("/")
	if ground.is_bench() and not ground.is_ours():
		_check_foreign(ground)
	elif not (ground.is_ours() and _stages(ground) >= {"assets"}):
		_create(ground)
	prerequisites.ensure(ground, building=False)
	servers.ensure(ground)


def _prepare_as_root(ground: Ground) -> None:
	"""The account, and a bench folder that belongs to it: the two things only root can make."""
	ground.create_user()
	if not ground.bench.exists():
		ground.bench.mkdir(parents=True)
		os.chown(ground.bench, ground.user.pw_uid, ground.user.pw_gid)


def _check_foreign(ground: Ground) -> None:
	if not (ground.bench / "apps" / "erpnext").exists():
		raise Stop(
			f"the bench {ground.bench} has no ERPNext: run `bench get-app erpnext --branch {branch()}` in it."
		)


def _stages(ground: Ground) -> set[str]:
	return set(ground.read_state(ground.marker).get("stages", []))


def _done(ground: Ground, stage: str) -> None:
	marker = ground.read_state(ground.marker)
	marker["stages"] = [*marker.get("stages", []), stage]
	ground.write_state(ground.marker, marker)


def _create(ground: Ground) -> None:
	strangers = [path for path in ground.bench.glob("*") if path != ground.state]
	if strangers and not ground.is_ours():
		raise Stop(f"{ground.bench} is neither a bench nor empty: set BENCH_DIR to another folder.")
	try:
		ground.state.mkdir(parents=True, exist_ok=True)
	except OSError as error:
		raise NoBench(
			f"the bench folder cannot be made: {error}. Set BENCH_DIR to a folder you can write."
		) from None
	with ground.lock("bench"):
		if _stages(ground) >= {"assets"}:
			return
		prerequisites.ensure(ground, building=True)
		if not ground.is_ours():
			# Not before everything needed is there: a bare marker would make a failed try look like a bench.
			started = {"stages": [], "started": time.strftime("%F %T"), "user_made": ground.user_made}
			ground.write_state(ground.marker, started)
		(ground.state / "gitconfig").write_text(
			"# git refuses a local source that belongs to another user unless it is told that this is meant.\n"
			"[include]\n\tpath = ~/.gitconfig\n[safe]\n\tdirectory = *\n"
		)
		for app in DEFAULT_SOURCES:
			_check_source(ground, app)
		say(f"making the bench {ground.bench} (once, some minutes)")
		for stage, step in (
			("tools", _install_tools),
			("frappe", _init),
			("erpnext", _get_erpnext),
			("assets", _build_assets),
		):
			if stage not in _stages(ground):
				began = time.monotonic()
				step(ground)
				_done(ground, stage)
				say(f"{stage}: {time.monotonic() - began:.0f} s")


def _check_source(ground: Ground, app: str) -> None:
	stages = _stages(ground)
	if app in stages or "assets" in stages:
		return
	where = source(app)
	done = ground.run(["git", "ls-remote", where, branch()], capture=True, check=False, timeout=120)
	if done.returncode or not done.stdout.strip():
		reason = [line for line in (done.stderr or "").splitlines() if line.startswith("fatal:")]
		raise NoBench(
			f"{app} cannot be cloned from {where}, branch {branch()}"
			f" ({reason[0] if reason else 'no such branch'}): set {app.upper()}_SOURCE to a git URL or path that"
			f" user {ground.user_name} can read (and FRAPPE_BRANCH to its branch)."
		)


def _env(ground: Ground) -> dict[str, str]:
	"""uv does not read pip's settings; where pip has an index of its own, bench has to use pip."""
	extra = {}
	pip = [ground.tools_venv / "bin" / "python", "-m", "pip", "config", "get"]
	for key in ("global.index-url", "global.extra-index-url", "global.no-index"):
		if ground.run([*pip, key], capture=True, check=False).returncode == 0:
			extra["BENCH_DISABLE_UV"] = "1"
	if any(os.environ.get(key) for key in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX")):
		extra["BENCH_DISABLE_UV"] = "1"
	return ground.env(**extra)


def _install_tools(ground: Ground) -> None:
	tools = ground.state / "tools"
	shutil.rmtree(tools, ignore_errors=True)
	tools.mkdir(parents=True)
	ground.run([prerequisites.bench_python(ground), "-m", "venv", ground.tools_venv], log="create")
	pip = [ground.tools_venv / "bin" / "python", "-m", "pip", "install", "--quiet"]
	ground.run([*pip, f"frappe-bench=={BENCH_VERSION}"], log="create")
	ground.run(
		["npm", "install", "--prefix", tools / "node", "--no-save", f"yarn@{YARN_VERSION}"], log="create"
	)


def tools_install(ground: Ground, *requirements: str) -> None:
	"""Add a developer's program to the tools' venv (made here if the bench is not one of ours)."""
	if not ground.tools_venv.exists():
		ground.run([ground.python, "-m", "venv", ground.tools_venv], log="create")
	ground.run(
		[ground.tools_venv / "bin" / "python", "-m", "pip", "install", "--quiet", *requirements], log="pip"
	)


def _init(ground: Ground) -> None:
	for leftover in ground.bench.iterdir():
		if leftover != ground.state:
			shutil.rmtree(leftover) if leftover.is_dir() and not leftover.is_symlink() else leftover.unlink()
	python = prerequisites.bench_python(ground)
	ground.run(
		[
			ground.tools_venv / "bin" / "bench",
			"init",
			"--ignore-exist",
			"--skip-assets",
			"--no-backups",
			"--skip-redis-config-generation",
			"--no-procfile",
			"--python",
			python,
			"--frappe-path",
			source("frappe"),
			"--frappe-branch",
			branch(),
			ground.bench,
		],
		cwd=Path("/"),
		env=_env(ground),
		log="create",
	)
	_write_common_config(ground)


def _write_common_config(ground: Ground) -> None:
	path = ground.sites / "common_site_config.json"
	config = ground.read_state(path)
	cache, queue = servers.port(ground, "redis_cache"), servers.port(ground, "redis_queue")
	config.update(
		db_host="127.0.0.1",
		db_port=servers.port(ground, "mariadb"),
		redis_cache=f"redis://127.0.0.1:{cache}",
		redis_socketio=f"redis://127.0.0.1:{cache}",
		redis_queue=f"redis://127.0.0.1:{queue}",
		webserver_port=servers.port(ground, "web"),
		socketio_port=servers.port(ground, "socketio"),
		live_reload=False,
	)
	ground.write_state(path, config)


def _get_erpnext(ground: Ground) -> None:
	shutil.rmtree(ground.bench / "apps" / "erpnext", ignore_errors=True)
	ground.run(
		[
			ground.tools_venv / "bin" / "bench",
			"get-app",
			"--skip-assets",
			"--branch",
			branch(),
			source("erpnext"),
		],
		env=_env(ground),
		log="create",
	)


def _build_assets(ground: Ground) -> None:
	# The build tells running servers over Redis that there are new assets.
	servers.ensure(ground)
	frappe(ground, ["build", "--production"], log="create")


def frappe(ground: Ground, arguments: list, **options):
	"""Run one of Frappe's commands (what `bench ...` passes on) without bench's own start-up time."""
	command = [ground.python, "-m", "frappe.utils.bench_helper", "frappe", *arguments]
	return ground.run(command, cwd=ground.sites, **options)


def pip_install(ground: Ground, arguments: list) -> None:
	"""Install into the bench's environment, by uv where the tools have it, else by its pip."""
	uv = ground.tools_venv / "bin" / "uv"
	env = _env(ground) if ground.tools_venv.exists() else ground.env()
	if uv.exists() and "BENCH_DISABLE_UV" not in env:
		command = [uv, "pip", "install", "--quiet", "--python", ground.python, *arguments]
	else:
		command = [ground.python, "-m", "pip", "install", "--quiet", *arguments]
	ground.run(command, env=env, log="pip")


def ensure_app(ground: Ground) -> None:
	"""The app of the copy is importable in the bench's environment and listed; test tools included."""
	project = ground.copy / "pyproject.toml"
	key = hashlib.sha256(project.read_bytes() + str(ground.copy).encode()).hexdigest()
	state = ground.state / "app.json"
	with ground.lock("bench"):
		_list_app(ground)
		if ground.read_state(state).get("pyproject") != key:
			say("installing the app and the test tools into the bench's environment")
			pip_install(ground, ["-e", f"{ground.copy}[test]"])
			ground.write_state(state, {**ground.read_state(state), "pyproject": key})
		_ensure_assets(ground, state)
		_ensure_translations(ground, state)


def _list_app(ground: Ground) -> None:
	path = ground.sites / "apps.txt"
	apps = path.read_text().split()
	if "aftersales" not in apps:
		path.write_text("\n".join([*apps, "aftersales"]) + "\n")


def ensure_node_packages(ground: Ground) -> None:
	"""What the technician's app is built, checked and tested with, as yarn.lock says; as bench get-app does it."""
	state = ground.state / "app.json"
	key = hashlib.sha256(
		b"".join((ground.copy / name).read_bytes() for name in ("package.json", "yarn.lock"))
	).hexdigest()
	there = (ground.copy / "node_modules" / ".yarn-integrity").exists()
	if not there or ground.read_state(state).get("node_packages") != key:
		say("installing what the technician's app is built with (yarn)")
		ground.run(["yarn", "install", "--frozen-lockfile"], cwd=ground.copy, log="assets")
		ground.write_state(state, {**ground.read_state(state), "node_packages": key})


def _ensure_assets(ground: Ground, state: Path) -> None:
	"""The public folder is linked; bundles and the technician's app are built when one of their sources changed."""
	public = ground.copy / "aftersales" / "public"
	link = ground.sites / "assets" / "aftersales"
	if not public.exists():
		link.unlink(missing_ok=True)
		return
	files = sorted(p for p in public.rglob("*") if p.is_file() and "dist" not in p.relative_to(public).parts)
	app = [*(ground.copy / "frontend").rglob("*"), ground.copy / "package.json", ground.copy / "yarn.lock"]
	sources = [*files, *sorted(p for p in app if p.is_file() and "tests" not in p.parts)]
	key = hashlib.sha256()
	for path in sources:
		key.update(str(path.relative_to(ground.copy)).encode() + path.read_bytes())
	if not link.exists():
		link.parent.mkdir(exist_ok=True)
		link.unlink(missing_ok=True)
		link.symlink_to(public)
	has_bundles = any(".bundle." in path.name for path in files)
	built = (public / "dist" / "technician" / "index.html").exists()
	if has_bundles and not (built and ground.read_state(state).get("public") == key.hexdigest()):
		ensure_node_packages(ground)
		say("building the app's assets")
		frappe(ground, ["build", "--app", "aftersales", "--production"], log="assets")
		ground.write_state(state, {**ground.read_state(state), "public": key.hexdigest()})


def _ensure_translations(ground: Ground, state: Path) -> None:
	"""Frappe reads compiled translations only; they are compiled when a po file changed."""
	files = sorted((ground.copy / "apps" / "aftersales" / "locale").glob("*.po"))
	key = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()
	compiled = ground.sites / "assets" / "locale"
	there = all((compiled / path.stem / "LC_MESSAGES" / "aftersales.mo").exists() for path in files)
	if not there or ground.read_state(state).get("translations") != key:
		# Forced, because the copy keeps the checkout's times: an older file may be the newer version.
		frappe(ground, ["compile-po-to-mo", "--app", "aftersales", "--force"], log="assets")
		ground.write_state(state, {**ground.read_state(state), "translations": key})
