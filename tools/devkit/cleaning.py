"""`make clean` and `make stop`: end and remove what this tool made, and nothing else."""

import os
import shutil
import subprocess
from pathlib import Path

from devkit import bench, demo, servers, sites, sync, testing
from devkit.ground import Ground, is_root, say

SKELETON = {
	".bash_logout",
	".bashrc",
	".profile",
	".cache",
	".config",
	".local",
	".npm",
	".npmrc",
	".yarn",
	".node-gyp",
}


def stop(ground: Ground) -> None:
	"""End the demo's processes and the private servers."""
	ended = demo.stop(ground)
	if ground.is_ours():
		ended += servers.stop(ground)
	say(f"stopped: {', '.join(ended)}" if ended else "nothing of ours was running")


def clean(ground: Ground) -> None:
	"""Remove the bench if this tool made it, else only our sites, copy and state in it."""
	if ground.user and ground.is_ours():
		_clean_own(ground)
	elif ground.user and ground.state.exists() and ground.is_bench():
		_clean_foreign(ground)
	elif ground.user and ground.state.exists():
		_clean_broken_off(ground)
	else:
		say(f"no bench of this tool at {ground.bench}")
	with ground.as_root():
		if testing.unit_venv().exists():
			shutil.rmtree(testing.unit_venv())
			say(f"removed {testing.unit_venv()}")
	print("kept: system packages installed by apt, the sources that were cloned from, this checkout.")


def _clean_own(ground: Ground) -> None:
	user_made = ground.read_state(ground.marker).get("user_made")
	ground.become_bench_user()
	os.chdir("/")
	stop(ground)
	with ground.as_root():
		shutil.rmtree(ground.bench)
	say(f"removed {ground.bench}")
	if user_made and is_root():
		with ground.as_root():
			_remove_user(ground)


def _clean_broken_off(ground: Ground) -> None:
	"""A creation that stopped before anything was made left its lock files and perhaps an empty folder."""
	with ground.as_root():
		shutil.rmtree(ground.state)
		if not any(ground.bench.iterdir()):
			ground.bench.rmdir()
	say(f"removed what a broken-off creation left in {ground.bench}")


def _remove_user(ground: Ground) -> None:
	"""Take back the account we created, unless somebody put something into its home."""
	home = Path(ground.user.pw_dir)
	strangers = [path.name for path in home.iterdir() if path.name not in SKELETON] if home.exists() else []
	if strangers:
		say(f"user {ground.user_name} stays: {home} holds {', '.join(sorted(strangers)[:5])}")
		return
	done = subprocess.run(["userdel", "--remove", ground.user_name], capture_output=True, text=True, user=0)
	say(f"removed user {ground.user_name}" if done.returncode in (0, 12) else done.stderr.strip())


def _clean_foreign(ground: Ground) -> None:
	ground.become_bench_user()
	os.chdir("/")
	stop(ground)
	servers.ensure(ground)
	for site in sites.all_ours(ground):
		sites.drop(ground, site)
		say(f"removed the site {site}")
	if (ground.copy / sync.MARK).exists():
		ground.run(
			[ground.python, "-m", "pip", "uninstall", "-y", "-q", "aftersales"], check=False, capture=True
		)
		apps = ground.sites / "apps.txt"
		apps.write_text("".join(f"{app}\n" for app in apps.read_text().split() if app != "aftersales"))
		(ground.sites / "assets" / "aftersales").unlink(missing_ok=True)
		shutil.rmtree(ground.copy)
		say(f"removed {ground.copy}")
	shutil.rmtree(ground.state)
	say(f"the bench {ground.bench} itself was not made here and stays")
